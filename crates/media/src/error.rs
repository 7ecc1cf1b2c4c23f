//! What can be wrong with a file, as values a caller can branch on and sentences a person can act upon.

use std::fmt;

use crate::sniff::Container;

/// The four-character name of a box (ISO/IEC 14496-12, clause 4.2) or of a codec's sample entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FourCc(pub [u8; 4]);

impl fmt::Display for FourCc {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for FourCc {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "'{self}'")
    }
}

impl From<&[u8; 4]> for FourCc {
    fn from(name: &[u8; 4]) -> FourCc {
        FourCc(*name)
    }
}

/// Why a file could not be read, indexed or cut.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The source failed, not the file: worth trying again.
    #[error("the file could not be read: {0}")]
    Read(#[from] std::io::Error),
    /// The source ended before the size it was said to have: it changed or vanished while being read.
    #[error(
        "the file ended at byte {at}, but was said to have {size_bytes} bytes: it changed while being read"
    )]
    EndedEarly {
        /// Where the source had no more bytes.
        at: u64,
        /// The size given by the caller.
        size_bytes: u64,
    },
    /// Nothing in the file at all.
    #[error("the file is empty")]
    Empty,
    /// The content is not a film, whatever the name says.
    #[error("this is {}, not a film", .0.described())]
    NotAFilm(Container),
    /// A film in a container this version does not read.
    #[error("{} files cannot be read yet", .0.described())]
    NotYet(Container),
    /// A box the standard demands is not there.
    #[error("the file has no '{0}' box where one is needed: it is damaged or was not finished")]
    MissingBox(FourCc),
    /// A box says something that cannot be true.
    #[error("the '{kind}' box is damaged: {what}")]
    BadBox {
        /// The box that is wrong.
        kind: FourCc,
        /// What is wrong with it.
        what: &'static str,
    },
    /// An element of a Matroska file says something that cannot be true.
    #[error("the elements of the file are damaged: {0}")]
    BadElement(&'static str),
    /// A box is larger than we are willing to hold.
    #[error("the '{kind}' box has {size_bytes} bytes; at most {limit_bytes} are read")]
    TooLarge {
        /// The box that is too large.
        kind: FourCc,
        /// Its size.
        size_bytes: u64,
        /// What we would have read.
        limit_bytes: u64,
    },
    /// The file stops before the place its own boxes speak of, and nothing of it can be played.
    #[error(
        "the file is cut off: it has {actual_bytes} bytes but its boxes speak of at least {expected_bytes}, and nothing before the cut can be played"
    )]
    Truncated {
        /// The bytes there are.
        actual_bytes: u64,
        /// The bytes there should be at least.
        expected_bytes: u64,
    },
    /// No track could be cut into segments.
    #[error("the film has no picture and no sound that can be read")]
    NoTracks,
    /// The index names no such track.
    #[error("the film has no track {0}")]
    NoSuchTrack(u32),
    /// The track is known but cannot be played: the reason says why.
    #[error("track {track} cannot be played: {reason}")]
    NotPlayable {
        /// The track asked for.
        track: u32,
        /// The sentence of its [`crate::Waiting`].
        reason: String,
    },
    /// The track can't be encrypted, and may not be sent as it is.
    #[error("track {track} ({codec}) cannot be encrypted: {reason}")]
    NotEncrypted {
        /// The track asked for.
        track: u32,
        /// What it is coded with.
        codec: String,
        /// Why not.
        reason: &'static str,
    },
    /// The track has fewer segments.
    #[error("track {track} has no segment {segment}")]
    NoSuchSegment {
        /// The track asked for.
        track: u32,
        /// The segment asked for, counted from 0.
        segment: u32,
    },
    /// The bytes of a stored index are not what [`crate::Index::to_bytes`] wrote.
    #[error("the stored index is damaged: {0}")]
    BadIndex(&'static str),
    /// The stored index was written by another version: index the file again.
    #[error(
        "the stored index has version {found}, this program writes version {expected}: index the file again"
    )]
    IndexVersion {
        /// The version in the bytes.
        found: u16,
        /// [`crate::FORMAT_VERSION`].
        expected: u16,
    },
    /// The file is not the one the index was made from.
    #[error("the file is not the one that was indexed: index it again")]
    IndexMismatch,
    /// Subtitles that cannot be understood.
    #[error("the subtitles cannot be read: {0}")]
    Subtitles(&'static str),
}

/// The result of everything in this crate that reads.
pub type Result<T> = std::result::Result<T, Error>;

pub(crate) fn bad(kind: &[u8; 4], what: &'static str) -> Error {
    Error::BadBox {
        kind: FourCc(*kind),
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_tell_a_person_what_is_wrong() {
        insta::assert_snapshot!(Error::MissingBox(FourCc(*b"moov")), @"the file has no 'moov' box where one is needed: it is damaged or was not finished");
        insta::assert_snapshot!(Error::NotAFilm(Container::Text), @"this is a text file, not a film");
        insta::assert_snapshot!(Error::NotYet(Container::Matroska), @"Matroska or WebM files cannot be read yet");
        insta::assert_snapshot!(bad(b"\xa9nam", "it ends early"), @r"the '\xa9nam' box is damaged: it ends early");
    }
}
