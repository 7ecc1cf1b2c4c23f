//! The bytes of `moov` that tables are walked in: all of them, or what some samples need.

use std::cell::Cell;
use std::ops::Range;

use crate::error::Result;
use crate::source::{ByteRange, ReadAt, read_exact_at};

/// Big-endian numbers at a checked place; 0 where nothing is, which the callers' counts exclude.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moov<'a> {
    /// All of it, followed by what was kept of fragments.
    Whole(&'a [u8]),
    /// What was read of it.
    Parts(&'a Parts),
}

/// Parts of a `moov`.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// Where each lies in `moov`, and where its bytes begin in `bytes`.
    places: Vec<(Range<usize>, usize)>,
    bytes: Vec<u8>,
    has_missed: Cell<bool>,
}

impl<'a> Moov<'a> {
    /// Four bytes.
    pub(crate) fn u32(self, at: usize) -> u32 {
        self.array(at).map_or(0, u32::from_be_bytes)
    }

    /// Eight bytes.
    pub(crate) fn u64(self, at: usize) -> u64 {
        self.array(at).map_or(0, u64::from_be_bytes)
    }

    /// One byte.
    pub(crate) fn byte(self, at: usize) -> u32 {
        self.array::<1>(at).map_or(0, |[byte]| u32::from(byte))
    }

    /// All of it, where it is there.
    pub(crate) fn whole(self) -> &'a [u8] {
        match self {
            Moov::Whole(bytes) => bytes,
            Moov::Parts(_) => &[],
        }
    }

    fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        let bytes = match self {
            Moov::Whole(bytes) => bytes.get(at..),
            Moov::Parts(parts) => parts.from(at),
        };
        let found = bytes.and_then(|bytes| bytes.first_chunk()).copied();
        if let (None, Moov::Parts(parts)) = (found, self) {
            parts.has_missed.set(true);
        }
        found
    }
}

impl Parts {
    /// Reads these parts of the `moov` whose body lies at `place`, and keeps them with those that were read before.
    ///
    /// # Errors
    /// What the source reports.
    pub(crate) fn read(
        &mut self,
        source: &(impl ReadAt + ?Sized),
        place: ByteRange,
        wanted: impl IntoIterator<Item = Range<usize>>,
    ) -> Result<()> {
        for part in wanted {
            let start = self.bytes.len();
            self.bytes.resize(start + part.len(), 0);
            let offset = place.offset.saturating_add(part.start as u64);
            read_exact_at(source, offset, &mut self.bytes[start..])?;
            self.places.push((part, start));
        }
        Ok(())
    }

    /// Whether something was asked for that was not read: then what was told is not to be believed.
    pub(crate) fn has_missed(&self) -> bool {
        self.has_missed.get()
    }

    fn from(&self, at: usize) -> Option<&[u8]> {
        let holds = |(part, _): &&(Range<usize>, usize)| part.contains(&at);
        let (part, start) = self.places.iter().find(holds)?;
        self.bytes.get(start + at - part.start..start + part.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_tell_what_the_whole_does_and_say_when_they_cannot() {
        let film: Vec<u8> = (0..100).collect();
        let place = ByteRange {
            offset: 10,
            len: 80,
        };
        let mut parts = Parts::default();
        parts.read(&film, place, [4..12, 40..44]).unwrap();
        let (whole, some) = (Moov::Whole(&film[10..90]), Moov::Parts(&parts));
        for at in [4, 7, 8, 40] {
            assert_eq!(some.u32(at), whole.u32(at), "at {at}");
        }
        assert_eq!((some.u64(4), some.byte(43)), (whole.u64(4), whole.byte(43)));
        assert!(!parts.has_missed());
        assert_eq!(some.u32(9), 0, "it lies half outside");
        assert!(parts.has_missed());
        assert!(Parts::default().read(&film, place, Some(88..92)).is_err());
    }
}
