//! Walking boxes and fields without copying, every length checked against the bytes there are.

use std::ops::Range;

use crate::error::{FourCc, Result, bad};

/// One box: its name and where its body lies in the buffer it was found in.
#[derive(Clone, Debug)]
pub(crate) struct BoxAt {
    pub(crate) kind: [u8; 4],
    pub(crate) body: Range<usize>,
}

/// The children of one box, in order (ISO/IEC 14496-12, clause 4.2).
///
/// Every step consumes at least eight bytes, so a walk is linear in the box's size.
pub(crate) struct Boxes<'a> {
    all: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Boxes<'a> {
    pub(crate) fn new(all: &'a [u8], within: Range<usize>) -> Boxes<'a> {
        Boxes {
            all,
            at: within.start,
            end: within.end.min(all.len()),
        }
    }

    /// The first child called `kind`.
    pub(crate) fn find(mut self, kind: &[u8; 4]) -> Result<Option<Range<usize>>> {
        while let Some(child) = self.next_box()? {
            if &child.kind == kind {
                return Ok(Some(child.body));
            }
        }
        Ok(None)
    }

    /// The first child called `kind`, which must be there.
    pub(crate) fn need(self, kind: &[u8; 4]) -> Result<Range<usize>> {
        self.find(kind)?
            .ok_or(crate::Error::MissingBox(FourCc(*kind)))
    }

    fn next_box(&mut self) -> Result<Option<BoxAt>> {
        // QuickTime ends some lists with four zero bytes; anything too short for a header is such an end.
        if self.end.saturating_sub(self.at) < 8 {
            return Ok(None);
        }
        let mut fields = Fields::new(self.all, self.at..self.end, b"moov");
        let size = fields.u32()?;
        let kind = fields.array::<4>()?;
        let room = (self.end - self.at) as u64;
        let (header, size) = match size {
            0 => (8, room),
            1 => (
                16,
                Fields::new(self.all, self.at + 8..self.end, &kind).u64()?,
            ),
            size => (8, u64::from(size)),
        };
        if size < header {
            return Err(bad(&kind, "its size is smaller than its own header"));
        }
        if size > room {
            return Err(bad(&kind, "it is larger than the box it lies in"));
        }
        let start = self.at;
        self.at += size as usize;
        Ok(Some(BoxAt {
            kind,
            body: start + header as usize..self.at,
        }))
    }
}

impl Iterator for Boxes<'_> {
    type Item = Result<BoxAt>;

    fn next(&mut self) -> Option<Result<BoxAt>> {
        let next = self.next_box().transpose();
        if matches!(next, Some(Err(_))) {
            self.at = self.end;
        }
        next
    }
}

/// Big-endian fields read one after the other; the end is an error, not a panic.
#[derive(Clone)]
pub(crate) struct Fields<'a> {
    all: &'a [u8],
    at: usize,
    end: usize,
    kind: [u8; 4],
}

impl<'a> Fields<'a> {
    /// Reads `within` of `all`; errors name the box `kind`.
    pub(crate) fn new(all: &'a [u8], within: Range<usize>, kind: &[u8; 4]) -> Fields<'a> {
        let end = within.end.min(all.len());
        Fields {
            all,
            at: within.start.min(end),
            end,
            kind: *kind,
        }
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn remaining(&self) -> usize {
        self.end - self.at
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        if count > self.remaining() {
            return Err(bad(&self.kind, "it ends early"));
        }
        let taken = &self.all[self.at..self.at + count];
        self.at += count;
        Ok(taken)
    }

    pub(crate) fn skip(&mut self, count: usize) -> Result<()> {
        self.take(count).map(|_| ())
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        let rest = &self.all[self.at..self.end];
        self.at = self.end;
        rest
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    pub(crate) fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    pub(crate) fn i32(&mut self) -> Result<i32> {
        Ok(i32::from_be_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    /// The version and flags every full box begins with (clause 4.2).
    pub(crate) fn version_and_flags(&mut self) -> Result<(u8, u32)> {
        let word = self.u32()?;
        Ok(((word >> 24) as u8, word & 0x00FF_FFFF))
    }

    /// A count of `entry`-byte entries that must all lie in this box: where the entries begin, and how many.
    pub(crate) fn table(&mut self, entry: usize) -> Result<(usize, u32)> {
        let count = self.u32()?;
        if count as usize > self.remaining() / entry {
            return Err(bad(&self.kind, "it counts more entries than it holds"));
        }
        Ok((self.at, count))
    }
}

/// Big-endian numbers at a checked place in a table; 0 past the end, which the callers' counts exclude.
pub(crate) fn u32_at(all: &[u8], at: usize) -> u32 {
    all.get(at..at + 4)
        .and_then(|bytes| bytes.first_chunk())
        .map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_larger_than_its_parent_is_an_error_and_ends_the_walk() {
        let bytes = b"\0\0\0\x08free\0\0\0\xFFtrak";
        let mut boxes = Boxes::new(bytes, 0..bytes.len());
        assert!(boxes.next().is_some_and(|child| child.is_ok()));
        assert!(boxes.next().is_some_and(|child| child.is_err()));
        assert!(boxes.next().is_none());
    }

    #[test]
    fn a_count_that_lies_is_caught_before_anything_is_allocated() {
        let bytes = b"\xFF\xFF\xFF\xFF\0\0\0\0";
        assert!(Fields::new(bytes, 0..8, b"stsz").table(4).is_err());
        assert!(
            Fields::new(b"\0\0\0\x01abcd", 0..8, b"stsz")
                .table(4)
                .is_ok()
        );
    }
}
