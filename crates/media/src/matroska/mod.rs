//! Reading Matroska and WebM (RFC 9559), which have no tables of samples.
//!
//! The index keeps the places of clusters that begin with a key frame, one for each segment, and behind the picture's end of some
//! with sound alone. What lies between two of
//! them is a *stretch*: when a segment is first asked for, the headers of its stretch's blocks are read, and give all
//! tracks their samples. The picture's segment is what lies between two key frames; sound is taken from the same stretch,
//! and where the two are not interleaved exactly from the ends of its neighbours.
//!
//! A block says when a frame is shown and not when it is decoded. Since segments begin with key frames and pictures of two
//! segments never mix, decode times are the same times in ascending order.

mod build;
mod chapters;
mod codec;
mod dolby;
mod ebml;
mod head;
mod holes;
mod lacing;
mod reach;
mod samples;
mod stretch;
mod survey;
mod texts;
mod tracks;
mod walk;
mod window;

pub(crate) use build::{build, declared_ms};
pub(crate) use codec::FrameLength;
pub(crate) use samples::{picture, sound};
pub use stretch::{Stretch, Stretches};
pub(crate) use texts::texts;

use std::ops::Range;

use crate::index::{Track, signed};
use crate::model::Kind;
use crate::source::ByteRange;

/// How the frames of a film are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clusters {
    /// Nanoseconds a tick of the file lasts.
    pub(crate) scale_ns: u64,
    /// The tick at which the presentation begins.
    pub(crate) zero: i64,
    /// Where the last stretch ends in the file.
    pub(crate) end: u64,
    /// Where each stretch begins; those behind the picture's end have sound alone.
    pub(crate) marks: Vec<Mark>,
}

/// Where a stretch, and a segment, begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Where its cluster begins in the file.
    pub(crate) cluster: u64,
    /// When its key frame is shown, in ticks, or, behind the picture's end, its first frame of sound.
    pub(crate) time: i64,
    /// How much earlier a picture behind it is shown, in ticks (open groups).
    pub(crate) early: u32,
    /// The cluster has pictures in front of the key frame, which belong to the segment before.
    pub(crate) is_inside: bool,
}

/// How a track lies in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    /// The file's own number of the track.
    pub(crate) number: u64,
    /// Bytes of the file that belong in front of each frame.
    pub(crate) prefix: ByteRange,
    pub(crate) length: FrameLength,
    /// When its first frame is shown, in ticks.
    pub(crate) first: i64,
    /// How long each frame is shown, in nanoseconds; 0 is not said.
    pub(crate) each_ns: u64,
    /// What the decoder needs in front of the first sample heard, in samples.
    pub(crate) priming: u32,
}

impl Clusters {
    /// The marks where a track's segments begin. What lies in front of its first frame is one with it, and no segment
    /// begins behind its last: none is empty because a sound comes late, or ends early, or the picture does.
    pub(crate) fn of(&self, track: &Track) -> Range<usize> {
        let shown = |mark: &Mark| self.ticks(mark.time, track.timescale);
        let end = signed(track.end);
        if track.kind == Kind::Video {
            let end = self.marks.partition_point(|mark| shown(mark) < end).max(1);
            return 0..end.min(self.marks.len());
        }
        let before = |mark: &Mark| mark.time <= track.stored.first;
        let begin = self.marks.partition_point(before).saturating_sub(1);
        let last = end.saturating_sub(i64::from(track.typical_duration));
        let end = self.marks.partition_point(|mark| shown(mark) <= last);
        // A stored index may have no marks, whoever wrote it.
        begin..end.max(begin + 1).min(self.marks.len())
    }

    /// When the presentation begins, in nanoseconds of the file.
    pub(crate) fn zero_ns(&self) -> i128 {
        i128::from(self.zero) * i128::from(self.scale_ns)
    }

    /// Ticks of the file as ticks of a track, counted from the beginning of the presentation.
    pub(crate) fn ticks(&self, time: i64, timescale: u32) -> i64 {
        rescaled(time.saturating_sub(self.zero), self.scale_ns, timescale)
    }
}

/// So many ticks of `scale_ns` nanoseconds as ticks of a track, rounded to the nearest.
fn rescaled(ticks: i64, scale_ns: u64, timescale: u32) -> i64 {
    const SECOND: i128 = 1_000_000_000;
    let product = i128::from(ticks) * i128::from(scale_ns) * i128::from(timescale);
    let rounded = (product + SECOND / 2).div_euclid(SECOND);
    rounded.clamp(-(1 << 61), 1 << 61) as i64
}
