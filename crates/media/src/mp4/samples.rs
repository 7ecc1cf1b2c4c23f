//! The walk over the samples of one track: first those in its tables, then those in fragments.

use std::ops::Range;

use super::boxes::u32_at;
use super::fragments;
use super::tables::{Cursor, MARK_EVERY, Sizes, Tables};
use crate::model::Sample;

/// An iterator over samples in decode order; see [`Tables::samples`].
#[derive(Clone, Debug)]
pub(crate) struct Samples<'a> {
    moov: &'a [u8],
    tables: &'a Tables,
    next: u32,
    /// The samples of the tables end here; those of the fragments follow.
    end: u32,
    time: Cursor,
    dts: u64,
    composition: Cursor,
    chunk: u32,
    chunk_run: u32,
    chunk_run_end: u32,
    per_chunk: u32,
    left_in_chunk: u32,
    offset: u64,
    sync: u32,
    fragments: fragments::Samples<'a>,
}

impl<'a> Samples<'a> {
    pub(super) fn new(moov: &'a [u8], tables: &'a Tables, range: Range<u32>) -> Samples<'a> {
        let own = tables.count;
        let end = range.end.min(own);
        let later = range.start.saturating_sub(own)..range.end.saturating_sub(own);
        let mut samples = Samples {
            moov,
            tables,
            next: range.start.min(end),
            end,
            time: Cursor::default(),
            dts: 0,
            composition: Cursor::default(),
            chunk: 0,
            chunk_run: 0,
            chunk_run_end: 0,
            per_chunk: 0,
            left_in_chunk: 0,
            offset: 0,
            sync: 0,
            fragments: tables.fragments.samples(moov, later),
        };
        if samples.next < end {
            samples.seek();
        }
        samples
    }

    fn seek(&mut self) {
        let Tables {
            times,
            compositions,
            chunks,
            sizes,
            syncs,
            ..
        } = self.tables;
        (self.time, self.dts) = times.seek(self.moov, self.next);
        if let Some(compositions) = compositions {
            self.composition = compositions.seek(self.moov, self.next).0;
        }
        if let Some((at, count)) = *syncs {
            let wanted = self.next + 1;
            let (mut low, mut high) = (0, count);
            while low < high {
                let middle = low + (high - low) / 2;
                if u32_at(self.moov, at + middle as usize * 4) < wanted {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            self.sync = low;
        }
        let sample = u64::from(self.next);
        let mark = chunks.marks.partition_point(|before| *before <= sample);
        let mut before = mark.checked_sub(1).map_or(0, |mark| chunks.marks[mark]);
        let mut run = (mark.saturating_sub(1) * MARK_EVERY) as u32;
        while run < chunks.entries {
            let (first, per_chunk) = chunks.run(self.moov, run);
            let end = chunks.run_end(self.moov, run);
            let inside = u64::from(end.saturating_sub(first)) * u64::from(per_chunk);
            if before + inside > sample {
                let into = sample - before;
                let in_chunk = (into % u64::from(per_chunk)) as u32;
                self.chunk_run = run;
                self.chunk_run_end = end;
                self.per_chunk = per_chunk;
                self.chunk = first + (into / u64::from(per_chunk)) as u32;
                self.left_in_chunk = per_chunk - in_chunk;
                let skipped: u64 = match sizes {
                    Sizes::Uniform(size) => u64::from(*size) * u64::from(in_chunk),
                    listed => (self.next - in_chunk..self.next)
                        .map(|sample| u64::from(listed.get(self.moov, sample)))
                        .sum(),
                };
                self.offset = chunks.offset(self.moov, self.chunk).saturating_add(skipped);
                return;
            }
            before += inside;
            run += 1;
        }
    }

    fn next_chunk(&mut self) {
        let chunks = &self.tables.chunks;
        self.chunk = self.chunk.saturating_add(1);
        while self.chunk >= self.chunk_run_end && self.chunk_run + 1 < chunks.entries {
            self.chunk_run += 1;
            (self.chunk, self.per_chunk) = chunks.run(self.moov, self.chunk_run);
            self.chunk_run_end = chunks.run_end(self.moov, self.chunk_run);
        }
        self.left_in_chunk = self.per_chunk;
        self.offset = chunks.offset(self.moov, self.chunk);
    }

    /// How long the sample counted `number` from 1 lasts: the last one until the first fragment begins.
    fn duration(&self, number: u32) -> u32 {
        match self.tables.fragments.times() {
            Some(times) if number == self.tables.count => (times.start - self.dts) as u32,
            _ => self.time.value,
        }
    }
}

impl Iterator for Samples<'_> {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        if self.next >= self.end {
            return self.fragments.next();
        }
        let tables = self.tables;
        if self.left_in_chunk == 0 {
            self.next_chunk();
        }
        let number = self.next + 1;
        let is_sync = match tables.syncs {
            None => true,
            Some((at, count)) => {
                let hit =
                    self.sync < count && u32_at(self.moov, at + self.sync as usize * 4) == number;
                self.sync += u32::from(hit);
                hit
            }
        };
        let sample = Sample {
            offset: self.offset,
            size: tables.sizes.get(self.moov, self.next),
            dts: self.dts,
            // Version 0 is unsigned on paper, but writers put negative offsets there as well.
            composition_offset: self.composition.value as i32,
            duration: self.duration(number),
            is_sync,
        };
        self.dts += u64::from(self.time.value);
        self.offset = self.offset.saturating_add(u64::from(sample.size));
        self.left_in_chunk -= 1;
        times_forward(self);
        self.next = number;
        Some(sample)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.end - self.next) as usize + self.fragments.left();
        (left, Some(left))
    }
}

fn times_forward(samples: &mut Samples<'_>) {
    let tables = samples.tables;
    tables.times.advance(samples.moov, &mut samples.time);
    if let Some(compositions) = &tables.compositions {
        compositions.advance(samples.moov, &mut samples.composition);
    }
}
