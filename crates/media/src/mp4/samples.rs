//! The walk over the samples of one track: first those in its tables, then those in fragments.

use std::ops::Range;

use super::fragments;
use super::moov::Moov;
use super::tables::{Cursor, Sizes, Spot, Tables};
use crate::model::Sample;

/// An iterator over samples in decode order; see [`Tables::samples`].
#[derive(Clone, Debug)]
pub(crate) struct Samples<'a> {
    moov: Moov<'a>,
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
    pub(super) fn new(moov: Moov<'a>, tables: &'a Tables, range: Range<u32>) -> Samples<'a> {
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
            fragments: tables.fragments.samples(moov.whole(), later),
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
        if let Some(syncs) = syncs {
            self.sync = syncs.seek(self.moov, self.next + 1);
        }
        let Some(spot) = chunks.find(self.moov, self.next) else {
            return;
        };
        let Spot { in_chunk, .. } = spot;
        self.chunk_run = spot.run;
        self.chunk_run_end = spot.run_end;
        self.per_chunk = spot.per_chunk;
        self.chunk = spot.chunk;
        self.left_in_chunk = spot.per_chunk - in_chunk;
        let skipped: u64 = match sizes {
            Sizes::Uniform(size) => u64::from(*size) * u64::from(in_chunk),
            listed => (self.next - in_chunk..self.next)
                .map(|sample| u64::from(listed.get(self.moov, sample)))
                .sum(),
        };
        self.offset = chunks.offset(self.moov, self.chunk).saturating_add(skipped);
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
        let is_sync = match &tables.syncs {
            None => true,
            Some(syncs) => {
                let hit = self.sync < syncs.entries && syncs.number(self.moov, self.sync) == number;
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
