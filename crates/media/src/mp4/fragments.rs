//! The samples of one track that fragments list: runs of `trun` entries, walked in place.

use std::ops::Range;

use super::form::{Form, Sum};
use super::tables::{MARK_EVERY, TICKS_LIMIT};
use crate::model::Sample;

/// A run is never longer, so that finding a sample never walks a whole `trun`.
pub(super) const RUN_SAMPLES: u32 = MARK_EVERY as u32;

/// No film has more samples in a track: a week of 48 kHz AAC has 28 million, a day four.
const SAMPLES_LIMIT: u32 = 1 << 24;

/// The longest that a sample may last, as in the tables of `moov`.
const DURATION_LIMIT: u64 = i32::MAX as u64;

/// The samples of one track that lie in fragments (ISO/IEC 14496-12, clause 8.8), in decode order.
///
/// Their decode times never decrease; whatever would make them do so is damage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fragments {
    runs: Vec<Run>,
    count: u32,
    /// How many samples the track has outside of fragments.
    before: u32,
    /// The decode time of the last sample, and where it ends.
    last: u64,
    end: u64,
    /// The decode time of the next sample.
    next: u64,
    /// Some sample is not of the kind that the first sample entry describes.
    has_other_description: bool,
    is_damaged: bool,
}

/// Samples that lie one after the other in the file and in time, and are written alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// The number of the first, counted from 0 among the samples in fragments.
    first: u32,
    /// Where its entry lies in the bytes that were kept.
    at: u32,
    /// Its decode time.
    dts: u64,
    /// Where its bytes lie in the file.
    offset: u64,
    form: Form,
}

impl Fragments {
    /// For a track that has `before` samples outside of fragments, the last of which is decoded from `last` to `end`.
    pub(super) fn after(before: u32, last: u64, end: u64) -> Fragments {
        Fragments {
            before,
            last,
            end,
            next: end,
            ..Fragments::default()
        }
    }

    /// How many samples there are.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// When the first sample is decoded, and when the last one ends; `None` without samples.
    pub(super) fn times(&self) -> Option<Range<u64>> {
        self.runs.first().map(|run| run.dts..self.end)
    }

    /// When the next sample is decoded if nothing else is said (clause 8.8.12).
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    pub(super) fn has_one_description(&self) -> bool {
        !self.has_other_description
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.runs.capacity() * size_of::<Run>()
    }

    pub(super) fn shrink(&mut self) {
        self.runs.shrink_to_fit();
    }

    pub(super) fn note_other_description(&mut self) {
        self.has_other_description = true;
    }

    /// Lets time pass in which there is nothing, or goes on elsewhere.
    pub(super) fn go_on_at(&mut self, ticks: u64) {
        self.next = ticks;
    }

    /// Adds `count` samples, at most [`RUN_SAMPLES`], which add up to `sum`.
    ///
    /// What cannot be so is remembered as damage, and nothing is added from then on.
    pub(super) fn push(&mut self, run: Run, count: u32, sum: Sum) {
        let end = run.dts.saturating_add(sum.ticks);
        let is_first = self.before == 0 && self.count == 0;
        let waited = run.dts.checked_sub(self.last);
        let is_possible = (is_first || waited.is_some_and(|waited| waited <= DURATION_LIMIT))
            && end <= TICKS_LIMIT
            && u64::from(sum.longest) <= DURATION_LIMIT
            && u64::from(self.before) + u64::from(self.count) + u64::from(count)
                <= u64::from(SAMPLES_LIMIT);
        if !is_possible || self.is_damaged {
            self.is_damaged = true;
            self.runs = Vec::new();
            self.count = 0;
            return;
        }
        self.runs.push(Run {
            first: self.count,
            ..run
        });
        self.count += count;
        self.last = end - u64::from(sum.last);
        self.end = end;
        self.next = end;
    }

    /// The samples `range`, counted from 0 among those in fragments, clipped to those there are.
    pub(super) fn samples<'a>(&'a self, bytes: &'a [u8], range: Range<u32>) -> Samples<'a> {
        let end = range.end.min(self.count);
        let mut samples = Samples {
            bytes,
            fragments: self,
            next: range.start.min(end),
            end,
            run: 0,
            run_end: 0,
            dts: 0,
            offset: 0,
        };
        if samples.next < end {
            samples.seek();
        }
        samples
    }

    /// The number after a run's last sample.
    fn run_end(&self, run: usize) -> u32 {
        self.runs.get(run + 1).map_or(self.count, |next| next.first)
    }
}

impl Run {
    pub(super) fn new(at: u32, dts: u64, offset: u64, form: Form) -> Run {
        Run {
            first: 0,
            at,
            dts,
            offset,
            form,
        }
    }
}

/// An iterator over samples in decode order; see [`Fragments::samples`].
#[derive(Clone, Debug)]
pub(super) struct Samples<'a> {
    bytes: &'a [u8],
    fragments: &'a Fragments,
    next: u32,
    end: u32,
    /// The run that holds the next sample, and the number after its last.
    run: usize,
    run_end: u32,
    dts: u64,
    offset: u64,
}

impl Samples<'_> {
    pub(super) fn left(&self) -> usize {
        (self.end - self.next) as usize
    }

    fn seek(&mut self) {
        let runs = &self.fragments.runs;
        let run = runs.partition_point(|run| run.first <= self.next);
        self.begin(run.saturating_sub(1));
        let Some(run) = runs.get(self.run) else {
            return;
        };
        let passed = run
            .form
            .sum(self.bytes, run.at as usize, self.next - run.first);
        self.dts += passed.ticks;
        self.offset = self.offset.saturating_add(passed.size_bytes);
    }

    fn begin(&mut self, run: usize) {
        self.run = run;
        self.run_end = self.fragments.run_end(run);
        if let Some(run) = self.fragments.runs.get(run) {
            (self.dts, self.offset) = (run.dts, run.offset);
        }
    }
}

impl Iterator for Samples<'_> {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        if self.next >= self.end {
            return None;
        }
        if self.next == self.run_end {
            self.begin(self.run + 1);
        }
        let run = self.fragments.runs.get(self.run)?;
        let index = self.next - run.first;
        let at = run.at as usize + index as usize * run.form.entry_len();
        let entry = run.form.entry(self.bytes, at, index == 0);
        self.next += 1;
        // The next fragment may say that it begins later or earlier than this sample ends: what counts is when it begins.
        let duration = match self.fragments.runs.get(self.run + 1) {
            Some(next) if next.first == self.next => (next.dts - self.dts) as u32,
            _ => entry.duration,
        };
        let sample = Sample {
            offset: self.offset,
            size: entry.size,
            dts: self.dts,
            composition_offset: entry.composition_offset,
            duration,
            is_sync: entry.is_sync,
        };
        self.dts += u64::from(duration);
        self.offset = self.offset.saturating_add(u64::from(entry.size));
        Some(sample)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// Three runs with a pause after the first; the second and third lie elsewhere in the file.
    fn three() -> (Vec<u8>, Fragments) {
        let bytes = entries(&[5, 6, 7, 8, 9, 10]);
        let mut fragments = Fragments::default();
        let form = Form {
            // Sizes alone.
            fields: 2,
            duration: 10,
            ..Form::default()
        };
        for (at, dts, offset) in [(0, 100, 1000), (8, 150, 2000), (16, 170, 3000)] {
            let sum = form.sum(&bytes, at, 2);
            fragments.push(Run::new(at as u32, dts, offset, form), 2, sum);
        }
        (bytes, fragments)
    }

    /// Red when a run begins where the one before it ended, in the file or in time.
    #[test]
    fn samples_are_found_by_number_and_last_until_the_next_begins() {
        let (bytes, fragments) = three();
        let all: Vec<Sample> = fragments.samples(&bytes, 0..99).collect();
        let seen: Vec<_> = all
            .iter()
            .map(|sample| (sample.dts, sample.duration, sample.offset, sample.size))
            .collect();
        assert_eq!(
            seen,
            [
                (100, 10, 1000, 5),
                (110, 40, 1005, 6),
                (150, 10, 2000, 7),
                (160, 10, 2007, 8),
                (170, 10, 3000, 9),
                (180, 10, 3009, 10),
            ]
        );
        for first in 0..7 {
            let rest: Vec<Sample> = fragments.samples(&bytes, first..99).collect();
            assert_eq!(rest, all[first as usize..]);
        }
        assert_eq!(fragments.times(), Some(100..190));
    }

    #[test]
    fn a_time_before_that_of_the_last_sample_and_one_far_away_are_damage() {
        for (dts, is_damage) in [(180, false), (179, true), (180 + (1 << 31), true)] {
            let (bytes, mut fragments) = three();
            let form = Form::default();
            let run = Run::new(0, dts, 0, form);
            fragments.push(run, 1, form.sum(&bytes, 0, 1));
            assert_eq!(fragments.is_damaged(), is_damage, "{dts}");
        }
    }
}
