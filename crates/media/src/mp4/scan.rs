//! Finds the `moov` box among a file's top-level boxes, asking for the few bytes it needs.

use crate::error::{Error, FourCc, Result, bad};
use crate::source::ByteRange;

/// The largest `moov` that is read: a day of film has less.
pub const MOOV_LIMIT_BYTES: u64 = 64 << 20;

/// More top-level boxes than this before `moov` is not a film.
const TOP_LEVEL_LIMIT: u32 = 10_000;

/// What [`Scan`] wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read these bytes and give them to [`Scan::feed`].
    Need {
        /// Where they begin.
        offset: u64,
        /// How many; always inside the file.
        len: u64,
    },
    /// The layout is known.
    Done(Layout),
}

/// Where the parts of an MP4 lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The body of the `moov` box, its header left out.
    pub moov: ByteRange,
}

/// The walk over the top-level boxes: a state machine that does no I/O itself.
#[derive(Clone, Debug)]
pub struct Scan {
    size_bytes: u64,
    at: u64,
    seen: u32,
    found: Option<Layout>,
    cut_at: Option<u64>,
}

impl Scan {
    /// Begins the walk over a file of `size_bytes` bytes.
    pub fn new(size_bytes: u64) -> Scan {
        Scan {
            size_bytes,
            at: 0,
            seen: 0,
            found: None,
            cut_at: None,
        }
    }

    /// What to read next, or the layout.
    ///
    /// # Errors
    /// When the file ends without a usable `moov`: [`Error::Truncated`] or [`Error::MissingBox`].
    pub fn step(&self) -> Result<Step> {
        if let Some(layout) = self.found {
            return Ok(Step::Done(layout));
        }
        if self.size_bytes == 0 {
            return Err(Error::Empty);
        }
        let left = self.size_bytes.saturating_sub(self.at);
        if left >= 8 {
            return Ok(Step::Need {
                offset: self.at,
                len: left.min(16),
            });
        }
        Err(match self.cut_at {
            Some(expected_bytes) => Error::Truncated {
                actual_bytes: self.size_bytes,
                expected_bytes,
            },
            None => Error::MissingBox(FourCc(*b"moov")),
        })
    }

    /// Takes the bytes the last [`Step::Need`] asked for.
    ///
    /// # Errors
    /// When a box is impossible, or `moov` is larger than [`MOOV_LIMIT_BYTES`].
    pub fn feed(&mut self, bytes: &[u8]) -> Result<()> {
        let left = self.size_bytes.saturating_sub(self.at);
        let Some(header) = Header::read(bytes, left)? else {
            return Err(Error::EndedEarly {
                at: self.at + bytes.len() as u64,
                size_bytes: self.size_bytes,
            });
        };
        self.seen += 1;
        if self.seen > TOP_LEVEL_LIMIT {
            return Err(bad(
                &header.kind,
                "there are thousands of boxes and none is 'moov'",
            ));
        }
        if header.size > left {
            self.cut_at = Some(self.at.saturating_add(header.size));
        } else if &header.kind == b"moov" {
            self.take_moov(header.len, header.size)?;
        }
        self.at = self.at.saturating_add(header.size);
        Ok(())
    }

    fn take_moov(&mut self, header: u64, size: u64) -> Result<()> {
        if size > MOOV_LIMIT_BYTES {
            return Err(Error::TooLarge {
                kind: FourCc(*b"moov"),
                size_bytes: size,
                limit_bytes: MOOV_LIMIT_BYTES,
            });
        }
        self.found = Some(Layout {
            moov: ByteRange {
                offset: self.at + header,
                len: size - header,
            },
        });
        Ok(())
    }
}

/// The header of a top-level box (clause 4.2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) kind: [u8; 4],
    /// How many bytes the header itself has: 8 or 16.
    pub(super) len: u64,
    /// How many bytes the box has, header included; never fewer than `len`, but maybe more than there are.
    pub(super) size: u64,
}

impl Header {
    /// Reads the first bytes of a box that has at most `left` bytes; `None` when they are too few to tell.
    pub(super) fn read(bytes: &[u8], left: u64) -> Result<Option<Header>> {
        let (Some(size), Some(kind)) = (
            bytes.first_chunk::<4>(),
            bytes.get(4..8).and_then(|kind| kind.first_chunk::<4>()),
        ) else {
            return Ok(None);
        };
        let (len, size) = match u32::from_be_bytes(*size) {
            0 => (8, left),
            1 => match bytes.get(8..16).and_then(|large| large.first_chunk::<8>()) {
                Some(large) => (16, u64::from_be_bytes(*large)),
                None => return Err(bad(kind, "it ends early")),
            },
            size => (8, u64::from(size)),
        };
        if size < len {
            return Err(bad(kind, "its size is smaller than its own header"));
        }
        let kind = *kind;
        Ok(Some(Header { kind, len, size }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(file: &[u8]) -> Result<Layout> {
        let mut scan = Scan::new(file.len() as u64);
        loop {
            match scan.step()? {
                Step::Done(layout) => return Ok(layout),
                Step::Need { offset, len } => {
                    scan.feed(&file[offset as usize..(offset + len) as usize])?;
                }
            }
        }
    }

    #[test]
    fn moov_is_found_before_and_after_mdat_and_behind_64_bit_sizes() {
        let file = b"\0\0\0\x08ftyp\0\0\0\x01mdat\0\0\0\0\0\0\0\x12xx\0\0\0\x0Cmoovabcd";
        assert_eq!(
            run(file).expect("the moov is there").moov,
            ByteRange { offset: 34, len: 4 }
        );
    }

    #[test]
    fn a_download_that_stopped_before_moov_is_called_cut_off() {
        assert!(matches!(
            run(b"\0\0\0\x08ftyp\0\0\x10\0mdatxxxx"),
            Err(Error::Truncated {
                actual_bytes: 20,
                expected_bytes: 4104
            })
        ));
    }

    #[test]
    fn impossible_sizes_are_errors() {
        assert!(matches!(
            run(b"\0\0\0\x04ftypxxxx"),
            Err(Error::BadBox { .. })
        ));
        assert!(matches!(run(b"\0\0\0\x08ftyp"), Err(Error::MissingBox(_))));
        assert!(matches!(run(b""), Err(Error::Empty)));
        assert!(matches!(
            run(b"\0\0\0\x08ftyp\0\0\0\x08moof"),
            Err(Error::MissingBox(_))
        ));
        let huge = b"\0\0\0\x01mdat\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
        assert!(matches!(run(huge), Err(Error::Truncated { .. })));
    }
}
