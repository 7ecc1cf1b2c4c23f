//! Why a film can't be a rung of a ladder.

use std::fmt;

use super::{LENGTH_SLACK_MS, RUNGS_LIMIT, half_frame_micros};
use crate::index::{Index, Track, scale};

/// Why a film is no rung of a ladder; the sentence is its `Display`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// One of the two has no picture that plays.
    NoPicture,
    /// The pictures are of different codecs.
    Codec {
        /// ffprobe's name of its codec.
        own: String,
        /// The leading film's.
        lead: String,
    },
    /// One has a high dynamic range, the other not, or another.
    LightRange,
    /// One is wider for its height, or turned.
    Shape {
        /// Width and height as shown.
        own: (u32, u32),
        /// The leading film's.
        lead: (u32, u32),
    },
    /// One is longer.
    Length {
        /// How long its picture is.
        own_ms: u64,
        /// How long the leading film's is.
        lead_ms: u64,
    },
    /// One begins at a key frame before its own beginning, so that sound and picture of the two don't belong together.
    Shifted,
    /// Segments of one lean upon the segment before, which is another film's after a switch.
    OpenGroups,
    /// Their key frames lie at different times.
    KeyFrames {
        /// The longest stretch without a time at which both have one.
        longest_ms: u64,
    },
    /// The ladder has as many rungs as it may.
    TooMany,
}

impl fmt::Display for Misfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = |ms: &u64| format!("{}.{}", ms / 1000, ms % 1000 / 100);
        match self {
            Misfit::NoPicture => write!(out, "there is no picture to switch to"),
            Misfit::Codec { own, lead } => write!(
                out,
                "its picture is coded as {own} and the film's as {lead}: players switch within one codec"
            ),
            Misfit::LightRange => {
                write!(out, "its picture has another dynamic range than the film's")
            }
            Misfit::Shape { own, lead } => write!(
                out,
                "its picture has another shape: {}×{} instead of {}×{}",
                own.0, own.1, lead.0, lead.1
            ),
            Misfit::Length { own_ms, lead_ms } => write!(
                out,
                "it is {} s long and the film {} s",
                tenths(own_ms),
                tenths(lead_ms)
            ),
            Misfit::Shifted => write!(
                out,
                "its edit list begins elsewhere between key frames than the film's"
            ),
            Misfit::OpenGroups => write!(
                out,
                "a segment needs pictures of the one before (open groups), so that players can't switch there"
            ),
            Misfit::KeyFrames { longest_ms } => write!(
                out,
                "its key frames lie elsewhere: for {} s there is no common one; encode all sizes with the same key frames",
                tenths(longest_ms)
            ),
            Misfit::TooMany => write!(
                out,
                "a film has at most {RUNGS_LIMIT} sizes beside its first"
            ),
        }
    }
}

/// Whether two films could be switched between, their cuts aside.
pub(super) fn of_films(
    (lead, picture): (&Index, &Track),
    (other, own): (&Index, &Track),
) -> Result<(), Misfit> {
    if own.codec != picture.codec {
        return Err(Misfit::Codec {
            own: own.codec.clone(),
            lead: picture.codec.clone(),
        });
    }
    if own.range != picture.range {
        return Err(Misfit::LightRange);
    }
    let (shown, led) = (own.shown_size(), picture.shown_size());
    if own.rotation != picture.rotation || !are_alike(shown, led) {
        return Err(Misfit::Shape {
            own: shown,
            lead: led,
        });
    }
    let length = |track: &Track| scale(track.end, track.timescale, 1000);
    let (own_ms, lead_ms) = (length(own), length(picture));
    if own_ms.abs_diff(lead_ms) > LENGTH_SLACK_MS {
        return Err(Misfit::Length { own_ms, lead_ms });
    }
    let slack = half_frame_micros(own).max(half_frame_micros(picture));
    if other.shift_ms.abs_diff(lead.shift_ms) * 1000 > slack {
        return Err(Misfit::Shifted);
    }
    if own.has_leading || picture.has_leading {
        return Err(Misfit::OpenGroups);
    }
    Ok(())
}

/// Whether two pictures have one shape: encoders round each side to even numbers, and small ones lose most by it.
fn are_alike(one: (u32, u32), other: (u32, u32)) -> bool {
    let across = u64::from(one.0) * u64::from(other.1);
    let down = u64::from(other.0) * u64::from(one.1);
    across.abs_diff(down) * 50 <= across.max(down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_to_even_sides_is_no_other_shape_and_a_cropped_picture_is_one() {
        assert!(are_alike((1920, 1080), (854, 480)));
        assert!(are_alike((1920, 804), (640, 268)));
        assert!(are_alike((160, 90), (106, 60)));
        assert!(!are_alike((1920, 1080), (1920, 800)));
        assert!(!are_alike((1920, 1080), (720, 576)));
    }

    #[test]
    fn a_misfit_is_a_sentence_that_says_what_differs() {
        let key_frames = Misfit::KeyFrames { longest_ms: 61_250 };
        insta::assert_snapshot!(key_frames, @"its key frames lie elsewhere: for 61.2 s there is no common one; encode all sizes with the same key frames");
        let length = Misfit::Length {
            own_ms: 9_000,
            lead_ms: 10_040,
        };
        insta::assert_snapshot!(length, @"it is 9.0 s long and the film 10.0 s");
    }
}
