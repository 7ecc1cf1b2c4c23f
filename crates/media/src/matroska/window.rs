//! A view of the source that moves along it: many small looks, few reads.

use crate::error::Result;
use crate::source::{ReadAt, read_exact_at};

/// A page: reads of this size are cheap, and what is larger is stepped over without being read.
const WINDOW_BYTES: usize = 4 << 10;

/// No look needs more than this.
const LOOK_LIMIT: usize = 1 << 20;

/// Bytes of a source around the place looked at last.
pub(crate) struct Window<'s, S: ?Sized> {
    source: &'s S,
    size_bytes: u64,
    /// Where reading on ends by itself: only what is asked for is read of what lies behind.
    until: u64,
    start: u64,
    bytes: Vec<u8>,
    has_read: usize,
}

impl<'s, S: ReadAt + ?Sized> Window<'s, S> {
    pub(crate) fn new(source: &'s S, size_bytes: u64) -> Window<'s, S> {
        Window {
            source,
            size_bytes,
            until: size_bytes,
            start: 0,
            bytes: Vec::new(),
            has_read: 0,
        }
    }

    /// The same, and no further ahead than `until`: a page behind what the disk was told of is another wait for it, as
    /// long as the first.
    pub(crate) fn until(self, until: u64) -> Self {
        let until = until.min(self.size_bytes);
        Window { until, ..self }
    }

    /// The size of the whole source, in bytes.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The bytes from `offset` on: `wanted` of them at least (of at most 1 MiB), fewer only where the source ends.
    ///
    /// # Errors
    /// When the source fails or has become shorter.
    pub(crate) fn look(&mut self, offset: u64, wanted: usize) -> Result<&[u8]> {
        let left = self.size_bytes.saturating_sub(offset);
        let wanted = wanted
            .min(LOOK_LIMIT)
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let held = offset
            .checked_sub(self.start)
            .and_then(|skip| usize::try_from(skip).ok())
            .filter(|skip| skip.saturating_add(wanted) <= self.has_read);
        let skip = match held {
            Some(skip) => skip,
            None => {
                let ahead = self.until.saturating_sub(offset).min(WINDOW_BYTES as u64);
                self.read(offset, wanted.max(ahead as usize))?;
                0
            }
        };
        Ok(&self.bytes[skip..self.has_read])
    }

    fn read(&mut self, offset: u64, count: usize) -> Result<()> {
        self.has_read = 0;
        if self.bytes.len() < count {
            self.bytes.resize(count, 0);
        }
        read_exact_at(self.source, offset, &mut self.bytes[..count])?;
        (self.start, self.has_read) = (offset, count);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn neighbouring_looks_share_a_read_and_the_end_is_the_end() {
        let all: Vec<u8> = (0..40_000_u32).map(|n| (n % 251) as u8).collect();
        let reads = Cell::new(0);
        let source = |offset: u64, buffer: &mut [u8]| {
            reads.set(reads.get() + 1);
            all.read_at(offset, buffer)
        };
        let mut window = Window::new(&source, all.len() as u64);
        for offset in (0..4_000).step_by(100) {
            assert_eq!(
                window.look(offset, 12).expect("it is there")[..12],
                all[offset as usize..][..12]
            );
        }
        assert_eq!(reads.get(), 1);
        assert_eq!(
            window.look(39_990, 12).expect("it is there"),
            &all[39_990..]
        );
        assert_eq!(window.look(50_000, 12).expect("nothing is there"), b"");
        assert_eq!(window.look(0, 30_000).expect("it is there").len(), 30_000);
    }

    #[test]
    fn nothing_is_read_behind_the_end_but_what_is_asked_for() {
        let all = vec![7_u8; 40_000];
        let furthest = Cell::new(0);
        let source = |offset: u64, buffer: &mut [u8]| {
            furthest.set(furthest.get().max(offset + buffer.len() as u64));
            all.read_at(offset, buffer)
        };
        let mut window = Window::new(&source, all.len() as u64).until(10_000);
        for (at, reads_to) in [
            (0, 4_096),
            (9_000, 10_000),
            (9_995, 10_007),
            (20_000, 20_012),
        ] {
            assert!(window.look(at, 12).expect("it is there").len() >= 12);
            assert_eq!(furthest.get(), reads_to);
        }
    }
}
