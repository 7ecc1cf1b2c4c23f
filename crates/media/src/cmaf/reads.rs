//! Turns a segment's ranges into few large reads, for a film whose tracks are interleaved frame by frame.

use std::ops::Range;

use super::segment::{Part, Segment};

/// One read of the source and which of its bytes are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Where in the source.
    pub offset: u64,
    /// How many bytes.
    pub len: u64,
    /// Which entries of [`ReadPlan::pieces`] belong to this read.
    pub pieces: Range<usize>,
}

/// The reads of a segment, or of a part of it; reuse one value for many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadPlan {
    /// Reads in the order of sending.
    pub reads: Vec<Read>,
    /// The wanted bytes, counted from the start of their read, in the order of sending.
    pub pieces: Vec<Range<usize>>,
}

impl Segment {
    /// Plans the reads for the source bytes among `start..end` of the segment.
    ///
    /// Ranges less than `max_gap_bytes` apart share a read, unless it would exceed `max_read_bytes`;
    /// longer ranges are split. The header is not part of the plan: send `header[start..]` first.
    pub fn plan_reads(
        &self,
        start: u64,
        end: u64,
        max_gap_bytes: u64,
        max_read_bytes: u64,
        plan: &mut ReadPlan,
    ) {
        plan.reads.clear();
        plan.pieces.clear();
        let max_read_bytes = max_read_bytes.max(1);
        for part in self.slice(start, end) {
            let Part::Source(range) = part else { continue };
            let mut at = range.offset;
            while at < range.end() {
                at += plan.add(at, range.end() - at, max_gap_bytes, max_read_bytes);
            }
        }
    }
}

impl ReadPlan {
    /// Adds up to `len` bytes at `offset`, to the last read where it fits, and says how many.
    fn add(&mut self, offset: u64, len: u64, max_gap_bytes: u64, max_read_bytes: u64) -> u64 {
        if let Some(read) = self.reads.last_mut() {
            let read_end = read.offset + read.len;
            let room = (read.offset + max_read_bytes).saturating_sub(offset);
            if offset >= read_end && offset - read_end <= max_gap_bytes && room > 0 {
                let len = len.min(room);
                let from = (offset - read.offset) as usize;
                self.pieces.push(from..from + len as usize);
                read.len = offset + len - read.offset;
                read.pieces.end = self.pieces.len();
                return len;
            }
        }
        let len = len.min(max_read_bytes);
        let first = self.pieces.len();
        self.pieces.push(0..len as usize);
        self.reads.push(Read {
            offset,
            len,
            pieces: first..first + 1,
        });
        len
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ByteRange;

    #[test]
    fn near_ranges_share_a_read_and_the_bytes_stay_the_same() {
        let source: Vec<u8> = (0..=255).collect();
        let ranges = [(10, 5), (20, 5), (30, 40), (200, 5), (3, 2)];
        let segment = Segment {
            header: vec![0; 4],
            ranges: ranges
                .iter()
                .map(|&(offset, len)| ByteRange { offset, len })
                .collect(),
            len: 61,
        };
        let expected: Vec<u8> = ranges
            .iter()
            .flat_map(|&(offset, len)| source[offset as usize..(offset + len) as usize].to_vec())
            .collect();
        let mut plan = ReadPlan::default();
        for (max_gap, max_read, reads) in [(5, 1000, 3), (0, 1000, 5), (5, 16, 6)] {
            segment.plan_reads(0, 61, max_gap, max_read, &mut plan);
            let mut sent: Vec<u8> = Vec::new();
            for read in &plan.reads {
                assert!(read.len <= max_read);
                let buffer = &source[read.offset as usize..(read.offset + read.len) as usize];
                for piece in &plan.pieces[read.pieces.clone()] {
                    sent.extend(&buffer[piece.clone()]);
                }
            }
            assert_eq!(sent, expected);
            assert_eq!(plan.reads.len(), reads, "gap {max_gap}, read {max_read}");
        }
    }
}
