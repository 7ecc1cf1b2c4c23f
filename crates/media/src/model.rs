//! The media model every container is read into, and every output is written from.

use std::fmt;

use serde::Serialize;

/// What a track carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
    /// Text or pictures of text.
    Subtitle,
    /// Timecode, chapters, metadata.
    Other,
}

/// What a track is for, guessed from what the file says of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The film itself.
    #[default]
    Main,
    /// Another language spoken over the original.
    Dub,
    /// Somebody talks about the film.
    Commentary,
    /// A voice describes the picture for those who cannot see it.
    AudioDescription,
    /// Subtitles for the deaf and hard of hearing.
    Sdh,
    /// Subtitles only where the language is foreign to the film's own.
    Forced,
}

impl Role {
    /// Guesses from a name in small letters.
    pub(crate) fn of_words(words: &str) -> Role {
        let has = |list: &[&str]| list.iter().any(|word| words.contains(word));
        if has(&["comment", "kommentar"]) {
            Role::Commentary
        } else if has(&[
            "audio desc",
            "audiodesc",
            "described",
            "description",
            "descriptive",
        ]) {
            Role::AudioDescription
        } else if has(&["forced"]) {
            Role::Forced
        } else if has(&["sdh", "hard of hearing", "malentendants", "caption"]) {
            Role::Sdh
        } else if has(&["dub", "version fran"]) {
            Role::Dub
        } else {
            Role::Main
        }
    }
}

/// How bright and colourful a picture may get: HLS calls it VIDEO-RANGE (RFC 8216bis, section 4.4.6.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LightRange {
    /// Standard dynamic range.
    #[default]
    Standard,
    /// High dynamic range by the perceptual quantizer (HDR10, Dolby Vision).
    Pq,
    /// High dynamic range by hybrid log-gamma.
    Hlg,
}

impl LightRange {
    /// By the number of the transfer characteristics (ISO/IEC 23091-2, table 3).
    pub(crate) fn of_transfer(number: u16) -> LightRange {
        match number {
            16 => LightRange::Pq,
            18 => LightRange::Hlg,
            _ => LightRange::Standard,
        }
    }
}

/// Why a track cannot be played as it is; the sentence is its `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Waiting {
    /// No browser's media source plays this codec, or only some do.
    Codec,
    /// The codec plays, but not with this profile (10 bit, 4:2:2, AAC Main ...).
    Profile,
    /// The samples are encrypted.
    Encrypted,
    /// The samples lie in another file.
    ElsewhereData,
    /// Key frames lie too far apart to cut the film into segments.
    KeyFrames {
        /// The longest stretch without one.
        longest_ms: u64,
    },
    /// The format changes in the middle of the track.
    FormatChanges,
    /// Subtitles inside the container that are read out of it: they are played as text, and not in segments.
    Text,
    /// Subtitles inside the container, of a form that is not read.
    SubtitleInside,
    /// Subtitles that are pictures of text.
    BurnIn,
    /// Each frame is compressed once more, as a file is.
    Compressed,
    /// Sound lies so far from the picture it belongs to that they cannot be read together.
    Scattered,
    /// Neither picture, sound nor subtitle.
    NotShown,
    /// A second picture beside the film's own.
    SecondPicture,
    /// The track holds no samples, or none that can be shown.
    NoSamples,
    /// Its tables contradict themselves.
    Damaged,
}

/// A codec's names and whether browsers play it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Codec {
    /// The name ffprobe uses: `h264`, `aac`, `mp3`.
    pub name: String,
    /// The exact codec string of RFC 6381, where we can tell it.
    pub rfc6381: Option<String>,
}

/// One sample (frame) of a track: where its bytes are and when it is decoded and shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// The first byte in the source.
    pub offset: u64,
    /// How many bytes.
    pub size: u32,
    /// Decode time in the track's timescale, before any edit.
    pub dts: u64,
    /// Composition time minus decode time.
    pub composition_offset: i32,
    /// How long until the next sample is decoded.
    pub duration: u32,
    /// Decoding may begin here.
    pub is_sync: bool,
}

impl Sample {
    /// Composition time in the track's timescale, before any edit.
    pub fn pts(self) -> i64 {
        // Decode times are checked to stay below 2^60 when a table is read.
        self.dts as i64 + i64::from(self.composition_offset)
    }

    /// The sample with its composition moved later by `ticks`.
    pub(crate) fn lifted(self, ticks: u32) -> Sample {
        Sample {
            composition_offset: self.composition_offset.saturating_add_unsigned(ticks),
            ..self
        }
    }
}

impl Waiting {
    /// The sentence for a track with `codec` (ffprobe's name for it).
    pub fn sentence(self, kind: Kind, codec: &str) -> String {
        let what = match kind {
            Kind::Video => "picture",
            Kind::Audio => "sound",
            Kind::Subtitle => "subtitles",
            Kind::Other => "data",
        };
        let name = codec.to_uppercase();
        match self {
            Waiting::Codec => {
                format!("{name} {what} does not play in every browser; needs the workshop")
            }
            Waiting::Profile => {
                format!(
                    "this profile of {name} {what} does not play in browsers; needs the workshop"
                )
            }
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Waiting::Codec => write!(
                out,
                "the codec does not play in every browser; needs the workshop"
            ),
            Waiting::Profile => write!(
                out,
                "the codec's profile does not play in browsers; needs the workshop"
            ),
            Waiting::Encrypted => {
                write!(out, "the track is encrypted; deliver it without encryption")
            }
            Waiting::ElsewhereData => {
                write!(
                    out,
                    "the track keeps its data in another file; deliver one self-contained file"
                )
            }
            Waiting::KeyFrames { longest_ms } => write!(
                out,
                "the film has a stretch of {}.{:01} s without a key frame, so it cannot be cut or sought; needs the workshop",
                longest_ms / 1000,
                longest_ms % 1000 / 100
            ),
            Waiting::FormatChanges => {
                write!(
                    out,
                    "the track changes its format in the middle; needs the workshop"
                )
            }
            Waiting::Text => write!(out, "the track is text, and has no segments"),
            Waiting::SubtitleInside => {
                write!(
                    out,
                    "subtitles of this form are not read; deliver them as an SRT or WebVTT file"
                )
            }
            Waiting::BurnIn => write!(
                out,
                "the subtitles are pictures and have to be drawn into the film's own; needs the workshop"
            ),
            Waiting::Compressed => write!(
                out,
                "the track's frames are compressed once more; write the file without compression of its tracks"
            ),
            Waiting::Scattered => write!(
                out,
                "the sound lies too far from its picture in the file; write the file anew, interleaved"
            ),
            Waiting::NotShown => write!(out, "the track is neither picture, sound nor subtitles"),
            Waiting::SecondPicture => write!(out, "only the first picture track is shown"),
            Waiting::NoSamples => write!(out, "the track is empty"),
            Waiting::Damaged => write!(
                out,
                "the track's tables contradict themselves; deliver the file again"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_sentence_that_says_what_to_do() {
        insta::assert_snapshot!(Waiting::Codec.sentence(Kind::Video, "prores"), @"PRORES picture does not play in every browser; needs the workshop");
        insta::assert_snapshot!(Waiting::KeyFrames { longest_ms: 61_250 }, @"the film has a stretch of 61.2 s without a key frame, so it cannot be cut or sought; needs the workshop");
    }

    #[test]
    fn roles_are_guessed_from_names() {
        assert_eq!(Role::of_words("director's commentary "), Role::Commentary);
        assert_eq!(Role::of_words(" urn:mpeg:dash:role:2011"), Role::Main);
        assert_eq!(Role::of_words("audio description "), Role::AudioDescription);
    }
}
