//! Which bytes of the source go into the next buffer: pure arithmetic over a segment's ranges.

use cineclub_media::ByteRange;

use super::buffers::GAP_ROOM;

/// A hole between two ranges up to this size is read and thrown away: cheaper than another call.
const MAX_GAP: u64 = 16 * 1024;
/// Pieces and holes in one vectored read; the kernel takes 1,024 (IOV_MAX).
const MAX_PIECES: usize = 256;

/// Where a body stands in a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Bytes of the header already sent or left out.
    pub(super) header: usize,
    /// The range it stands in.
    pub(super) range: usize,
    /// Bytes of that range already sent or left out.
    pub(super) within: u64,
    /// Bytes still to send.
    pub(super) remaining: u64,
}

/// One vectored read of contiguous bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// Where in the source it begins.
    pub(super) offset: u64,
    /// How many of the [`Fill::pieces`] it makes.
    pub(super) pieces: usize,
}

/// Bytes to skip, then bytes to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// Bytes to read and throw away first.
    pub(super) gap: usize,
    /// Bytes to send.
    pub(super) len: usize,
}

/// What fills one buffer: bytes of the header, then runs of pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fill {
    /// The part of the header that comes first.
    pub(super) header: std::ops::Range<usize>,
    /// The reads, in order.
    pub(super) runs: Vec<Run>,
    /// Their pieces, in order.
    pub(super) pieces: Vec<Piece>,
}

impl Fill {
    /// From the first byte that is read to the last one; nothing, where none is.
    pub(super) fn span(&self) -> Option<ByteRange> {
        let (first, last) = (self.runs.first()?, self.runs.last()?);
        let pieces = self.pieces.iter().rev().take(last.pieces);
        let end = last.offset
            + pieces
                .map(|piece| (piece.gap + piece.len) as u64)
                .sum::<u64>();
        Some(ByteRange {
            offset: first.offset,
            len: end.saturating_sub(first.offset),
        })
    }
}

impl Cursor {
    /// Stands at byte `start` of a segment that is to be sent up to, not including, `end`.
    pub(super) fn new(header_len: usize, ranges: &[ByteRange], start: u64, end: u64) -> Self {
        let header = header_len.min(usize::try_from(start).unwrap_or(usize::MAX));
        let mut cursor = Self {
            header,
            range: 0,
            within: start - header as u64,
            remaining: end.saturating_sub(start),
        };
        while let Some(range) = ranges.get(cursor.range) {
            if cursor.within < range.len {
                break;
            }
            cursor.within -= range.len;
            cursor.range += 1;
        }
        cursor
    }

    /// The parts of the ranges that are still to be sent, in order.
    pub(super) fn ahead<'a>(
        &self,
        header_len: usize,
        ranges: &'a [ByteRange],
    ) -> impl Iterator<Item = ByteRange> + use<'a> {
        let mut within = self.within;
        let mut left = self
            .remaining
            .saturating_sub((header_len - self.header) as u64);
        ranges[self.range.min(ranges.len())..]
            .iter()
            .map(move |range| {
                let passed = std::mem::take(&mut within);
                let len = (range.len - passed).min(left);
                left -= len;
                ByteRange {
                    offset: range.offset + passed,
                    len,
                }
            })
    }

    /// Plans the next at most `room` bytes into `fill`, moves past them, and says how many they are.
    pub(super) fn advance(
        &mut self,
        header_len: usize,
        ranges: &[ByteRange],
        room: usize,
        fill: &mut Fill,
    ) -> usize {
        fill.runs.clear();
        fill.pieces.clear();
        let room = room.min(usize::try_from(self.remaining).unwrap_or(usize::MAX));
        let head = room.min(header_len - self.header);
        fill.header = self.header..self.header + head;
        self.header += head;
        let (mut filled, mut gaps, mut end) = (head, 0, None::<u64>);
        while filled < room {
            let Some(range) = ranges.get(self.range) else {
                break;
            };
            let offset = range.offset + self.within;
            let left = range.len - self.within;
            let len = (room - filled).min(usize::try_from(left).unwrap_or(usize::MAX));
            let gap = end
                .and_then(|end| offset.checked_sub(end))
                .filter(|gap| *gap <= MAX_GAP && gaps + *gap as usize <= GAP_ROOM);
            match (gap, fill.runs.last_mut()) {
                (Some(gap), Some(run)) if run.pieces < MAX_PIECES => {
                    run.pieces += 1;
                    gaps += gap as usize;
                    fill.pieces.push(Piece {
                        gap: gap as usize,
                        len,
                    });
                }
                _ => {
                    fill.runs.push(Run { offset, pieces: 1 });
                    fill.pieces.push(Piece { gap: 0, len });
                }
            }
            filled += len;
            end = Some(offset + len as u64);
            self.within += len as u64;
            if self.within == range.len {
                self.range += 1;
                self.within = 0;
            }
        }
        self.remaining -= filled as u64;
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(offset: u64, len: u64) -> ByteRange {
        ByteRange { offset, len }
    }

    /// What a fill would bring from `source`, or nothing where it would read past the end.
    fn bring(fill: &Fill, header: &[u8], source: &[u8]) -> Vec<u8> {
        let mut out = header[fill.header.clone()].to_vec();
        let mut pieces = fill.pieces.iter();
        for run in &fill.runs {
            let mut at = run.offset as usize;
            for piece in pieces.by_ref().take(run.pieces) {
                at += piece.gap;
                out.extend_from_slice(&source[at..at + piece.len]);
                at += piece.len;
            }
        }
        out
    }

    #[test]
    fn small_holes_are_read_over_and_large_ones_split_the_read() {
        let ranges = [range(0, 1000), range(1100, 1000), range(900_000, 10)];
        let mut cursor = Cursor::new(0, &ranges, 0, 2010);
        let mut fill = Fill::default();
        assert_eq!(cursor.advance(0, &ranges, 1 << 18, &mut fill), 2010);
        assert_eq!(
            fill.runs,
            [
                Run {
                    offset: 0,
                    pieces: 2
                },
                Run {
                    offset: 900_000,
                    pieces: 1
                }
            ]
        );
        assert_eq!(
            fill.pieces[1],
            Piece {
                gap: 100,
                len: 1000
            }
        );
        assert_eq!(cursor.remaining, 0);
        assert_eq!(fill.span(), Some(range(0, 900_010)));
    }

    proptest! {
        /// Whatever the ranges, the window and the room: the bytes are those of a plain slice.
        #[test]
        fn any_window_of_any_segment_brings_the_bytes_of_the_plain_slice(
            spans in prop::collection::vec((0_u64..40_000, 0_u64..30_000), 0..20),
            header_len in 0_usize..500,
            cut in (0.0_f64..1.0, 0.0_f64..1.0),
            room in 1_usize..100_000,
        ) {
            let source: Vec<u8> = (0..80_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
            let header: Vec<u8> = (0..header_len).map(|n| n as u8).collect();
            let ranges: Vec<_> = spans.iter().map(|(offset, len)| range(*offset, *len)).collect();
            let mut whole = header.clone();
            for r in &ranges {
                whole.extend_from_slice(&source[r.offset as usize..r.end() as usize]);
            }
            let (a, b) = ((cut.0 * whole.len() as f64) as usize, (cut.1 * whole.len() as f64) as usize);
            let (start, end) = (a.min(b), a.max(b));
            let cursor = Cursor::new(header_len, &ranges, start as u64, end as u64);
            let mut ahead = header[start.min(header_len)..end.min(header_len)].to_vec();
            for r in cursor.ahead(header_len, &ranges) {
                ahead.extend_from_slice(&source[r.offset as usize..r.end() as usize]);
            }
            prop_assert_eq!(&ahead, &whole[start..end]);
            let mut cursor = Cursor::new(header_len, &ranges, start as u64, end as u64);
            let (mut fill, mut sent) = (Fill::default(), Vec::new());
            while cursor.remaining > 0 {
                let count = cursor.advance(header_len, &ranges, room, &mut fill);
                let brought = bring(&fill, &header, &source);
                prop_assert_eq!(brought.len(), count);
                prop_assert!(count > 0 && count <= room);
                prop_assert!(fill.pieces.iter().map(|p| p.gap).sum::<usize>() <= GAP_ROOM);
                sent.extend(brought);
            }
            prop_assert_eq!(sent, &whole[start..end]);
        }
    }
}
