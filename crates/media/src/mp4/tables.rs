//! The sample tables of one track, walked in place: runs stay runs, and any sample is found in a few steps.

use std::ops::Range;

use super::boxes::{Boxes, Fields, u32_at};
use super::fragments::Fragments;
use super::moov::{Moov, Parts};
pub(crate) use super::samples::Samples;
use crate::error::{Error, Result, bad};
use crate::model::Sample;
use crate::source::{ByteRange, ReadAt};

/// A running total is kept for every so many runs, so that finding a sample never walks a whole table.
pub(super) const MARK_EVERY: usize = 256;

/// Decode times beyond this cannot be added up safely, and are no film's.
pub(super) const TICKS_LIMIT: u64 = 1 << 60;

/// The six tables of `stbl` (ISO/IEC 14496-12, clauses 8.6 and 8.7), as places in the `moov` bytes, and the samples
/// that fragments add to them.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    /// How many samples `stbl` lists.
    pub(super) count: u32,
    ticks: u64,
    pub(super) times: Runs,
    pub(super) compositions: Option<Runs>,
    pub(super) chunks: Chunks,
    pub(super) sizes: Sizes,
    pub(super) syncs: Option<Syncs>,
    pub(super) fragments: Fragments,
}

/// Runs of `(sample count, value)`: `stts` and `ctts`.
#[derive(Clone, Debug)]
pub(super) struct Runs {
    at: usize,
    entries: u32,
    /// Samples and ticks before each [`MARK_EVERY`]th run.
    marks: Vec<(u64, u64)>,
}

#[derive(Clone, Debug)]
pub(super) struct Chunks {
    /// `stsc`: runs of chunks with equally many samples.
    at: usize,
    pub(super) entries: u32,
    /// Samples before each [`MARK_EVERY`]th run.
    pub(super) marks: Vec<u64>,
    /// `stco` or `co64`.
    offsets_at: usize,
    offsets: u32,
    wide: bool,
    one_description: bool,
}

/// `stss`: the numbers of the key frames, counted from 1.
#[derive(Clone, Debug)]
pub(super) struct Syncs {
    at: usize,
    pub(super) entries: u32,
    /// Every [`MARK_EVERY`]th of them.
    marks: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Sizes {
    Uniform(u32),
    /// `stsz` and `stz2`: where the entries begin, and how many bits each has.
    Listed {
        at: usize,
        bits: u8,
    },
}

impl Tables {
    /// Reads the tables in `stbl`, checking every count against its box and against the others.
    pub(crate) fn parse(moov: &[u8], stbl: Range<usize>) -> Result<Tables> {
        let boxes = || Boxes::new(moov, stbl.clone());
        let (sizes, count) = Sizes::parse(moov, boxes())?;
        let (times, ticks, timed) = Runs::parse(moov, boxes().need(b"stts")?, b"stts")?;
        if timed < u64::from(count) {
            return Err(bad(
                b"stts",
                "it gives times to fewer samples than there are",
            ));
        }
        let compositions = match boxes().find(b"ctts")? {
            Some(range) => Some(Runs::parse(moov, range, b"ctts")?.0),
            None => None,
        };
        let chunks = Chunks::parse(moov, boxes(), count)?;
        let syncs = match boxes().find(b"stss")? {
            Some(range) => Some(Syncs::parse(moov, range)?),
            None => None,
        };
        Ok(Tables {
            count,
            ticks,
            times,
            compositions,
            chunks,
            sizes,
            syncs,
            fragments: Fragments::default(),
        })
    }

    /// How many samples the track declares.
    pub(crate) fn count(&self) -> u32 {
        self.count + self.fragments.count()
    }

    /// The sum of all sample durations, in the track's timescale.
    pub(crate) fn ticks(&self) -> u64 {
        match self.fragments.times() {
            None => self.ticks,
            Some(times) if self.count == 0 => times.end - times.start,
            Some(times) => times.end,
        }
    }

    /// The sum of the durations of the samples in `stbl`, in the track's timescale.
    pub(super) fn own_ticks(&self) -> u64 {
        self.ticks
    }

    /// Whether all samples share the first sample description.
    pub(crate) fn has_one_description(&self) -> bool {
        self.chunks.one_description && self.fragments.has_one_description()
    }

    /// The bytes this holds besides those it is a view of.
    pub(crate) fn memory_bytes(&self) -> usize {
        let marks = |runs: &Runs| runs.marks.capacity() * size_of::<(u64, u64)>();
        size_of::<Tables>()
            + marks(&self.times)
            + self.compositions.as_ref().map_or(0, marks)
            + self.chunks.marks.capacity() * size_of::<u64>()
            + self
                .syncs
                .as_ref()
                .map_or(0, |syncs| syncs.marks.capacity() * size_of::<u32>())
            + self.fragments.memory_bytes()
    }

    /// The samples `range` (counted from 0), clipped to those there are.
    ///
    /// `bytes` are those of `moov`, followed by what was kept of the fragments.
    pub(crate) fn samples<'a>(&'a self, bytes: &'a [u8], range: Range<u32>) -> Samples<'a> {
        Samples::new(Moov::Whole(bytes), self, range)
    }

    /// Whether fragments add to them.
    pub(crate) fn has_fragments(&self) -> bool {
        self.fragments.count() > 0
    }

    /// The samples `range`, read from the `moov` whose body lies at `place`: of the tables only the parts that tell of them.
    ///
    /// # Errors
    /// [`Error::IndexMismatch`] when the tables lead elsewhere, and what the source reports.
    pub(crate) fn read(
        &self,
        source: &(impl ReadAt + ?Sized),
        place: ByteRange,
        range: Range<u32>,
    ) -> Result<Vec<Sample>> {
        let range = range.start.min(self.count)..range.end.min(self.count);
        let mut parts = Parts::default();
        parts.read(source, place, self.runs_for(&range))?;
        let entries = self.entries_for(Moov::Parts(&parts), &range);
        parts.read(source, place, entries)?;
        let samples = Samples::new(Moov::Parts(&parts), self, range).collect();
        if parts.has_missed() {
            return Err(Error::IndexMismatch);
        }
        Ok(samples)
    }

    /// The parts that are found by marks.
    fn runs_for(&self, range: &Range<u32>) -> impl Iterator<Item = Range<usize>> {
        let compositions = self.compositions.as_ref().map(|runs| runs.part(range));
        let syncs = self.syncs.as_ref().map(|syncs| syncs.part(range));
        [
            Some(self.times.part(range)),
            compositions,
            Some(self.chunks.part(range)),
            syncs,
        ]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
    }

    /// The parts that are found by others: where the chunks lie, and the sizes of all samples since the first of them began.
    fn entries_for(&self, moov: Moov<'_>, range: &Range<u32>) -> Vec<Range<usize>> {
        let last = range.end.saturating_sub(1);
        let spots = (
            self.chunks.find(moov, range.start),
            self.chunks.find(moov, last),
        );
        let (Some(first), Some(last)) = spots else {
            return Vec::new();
        };
        let sizes = self.sizes.part(range.start - first.in_chunk..range.end);
        let offsets = self.chunks.offsets_part(first.chunk, last.chunk);
        let mut parts = vec![sizes, offsets];
        parts.retain(|part| !part.is_empty());
        parts
    }
}

impl Runs {
    /// Returns the runs with the sum of their ticks and of their samples.
    fn parse(moov: &[u8], range: Range<usize>, kind: &[u8; 4]) -> Result<(Runs, u64, u64)> {
        let mut fields = Fields::new(moov, range, kind);
        fields.version_and_flags()?;
        let (at, entries) = fields.table(8)?;
        let is_times = kind == b"stts";
        let mut marks = Vec::with_capacity(entries as usize / MARK_EVERY + 1);
        let (mut samples, mut ticks) = (0_u64, 0_u64);
        for run in 0..entries as usize {
            if run.is_multiple_of(MARK_EVERY) {
                marks.push((samples, ticks));
            }
            let count = u64::from(u32_at(moov, at + run * 8));
            let value = u64::from(u32_at(moov, at + run * 8 + 4));
            samples += count;
            if is_times {
                if value > u64::from(i32::MAX as u32) {
                    return Err(bad(kind, "a sample lasts a negative time"));
                }
                ticks += count * value;
                if ticks > TICKS_LIMIT {
                    return Err(bad(kind, "its durations add up to more than any film's"));
                }
            }
        }
        let runs = Runs { at, entries, marks };
        Ok((runs, ticks, samples))
    }

    /// Where the runs of these samples lie in `moov`, and of the one behind them.
    fn part(&self, range: &Range<u32>) -> Range<usize> {
        let marks = |sample: u32| {
            self.marks
                .partition_point(|mark| mark.0 <= u64::from(sample))
        };
        let first = marks(range.start).saturating_sub(1) * MARK_EVERY;
        let end = (marks(range.end) * MARK_EVERY).min(self.entries as usize);
        self.at + first * 8..self.at + end * 8
    }

    /// Places a cursor on `sample`; past the last run every value is 0.
    pub(super) fn seek(&self, moov: Moov<'_>, sample: u32) -> (Cursor, u64) {
        let sample = u64::from(sample);
        let mark = self.marks.partition_point(|mark| mark.0 <= sample);
        let (mut before, mut ticks) = mark.checked_sub(1).map_or((0, 0), |mark| self.marks[mark]);
        let mut run = (mark.saturating_sub(1) * MARK_EVERY) as u32;
        while run < self.entries {
            let (count, value) = self.run(moov, run);
            if before + u64::from(count) > sample {
                let into = sample - before;
                let cursor = Cursor {
                    run,
                    left: count - into as u32,
                    value,
                };
                return (
                    cursor,
                    ticks.wrapping_add(into.wrapping_mul(u64::from(value))),
                );
            }
            before += u64::from(count);
            // Only `stts` has a sum that means something, and that one was checked; `ctts` may wrap.
            ticks = ticks.wrapping_add(u64::from(count).wrapping_mul(u64::from(value)));
            run += 1;
        }
        let end = Cursor {
            run,
            left: u32::MAX,
            value: 0,
        };
        (end, ticks)
    }

    fn run(&self, moov: Moov<'_>, run: u32) -> (u32, u32) {
        let at = self.at + run as usize * 8;
        (moov.u32(at), moov.u32(at + 4))
    }

    pub(super) fn advance(&self, moov: Moov<'_>, cursor: &mut Cursor) {
        cursor.left = cursor.left.saturating_sub(1);
        while cursor.left == 0 {
            cursor.run += 1;
            (cursor.left, cursor.value) = if cursor.run < self.entries {
                self.run(moov, cursor.run)
            } else {
                (u32::MAX, 0)
            };
        }
    }
}

impl Chunks {
    fn parse(moov: &[u8], boxes: Boxes<'_>, count: u32) -> Result<Chunks> {
        let mut stsc = None;
        let mut offsets = None;
        for child in boxes {
            let child = child?;
            match &child.kind {
                b"stsc" if stsc.is_none() => stsc = Some(child.body),
                b"stco" | b"co64" if offsets.is_none() => offsets = Some((child.kind, child.body)),
                _ => {}
            }
        }
        let missing = |kind: &[u8; 4]| crate::Error::MissingBox(kind.into());
        let (kind, range) = offsets.ok_or_else(|| missing(b"stco"))?;
        let wide = &kind == b"co64";
        let mut fields = Fields::new(moov, range, &kind);
        fields.version_and_flags()?;
        let (offsets_at, offsets) = fields.table(if wide { 8 } else { 4 })?;

        let mut fields = Fields::new(moov, stsc.ok_or_else(|| missing(b"stsc"))?, b"stsc");
        fields.version_and_flags()?;
        let (at, entries) = fields.table(12)?;
        let mut chunks = Chunks {
            at,
            entries,
            marks: Vec::with_capacity(entries as usize / MARK_EVERY + 1),
            offsets_at,
            offsets,
            wide,
            one_description: true,
        };
        let mut samples = 0_u64;
        let mut expected_first = 1;
        for run in 0..entries {
            if (run as usize).is_multiple_of(MARK_EVERY) {
                chunks.marks.push(samples);
            }
            let (first, per_chunk) = chunks.run(Moov::Whole(moov), run);
            let end = chunks.run_end(Moov::Whole(moov), run);
            if first < expected_first || (run == 0 && first != 1) || per_chunk == 0 {
                return Err(bad(b"stsc", "its runs of chunks are not in order"));
            }
            expected_first = first.saturating_add(1);
            samples += u64::from(end.saturating_sub(first)) * u64::from(per_chunk);
            chunks.one_description &= u32_at(moov, at + run as usize * 12 + 8) == 1;
        }
        if samples < u64::from(count) {
            return Err(bad(b"stsc", "its chunks hold fewer samples than there are"));
        }
        Ok(chunks)
    }

    /// Where the runs of these samples' chunks lie in `moov`, and the one behind them, where the last ends.
    fn part(&self, range: &Range<u32>) -> Range<usize> {
        let marks = |sample: u32| {
            self.marks
                .partition_point(|before| *before <= u64::from(sample))
        };
        let first = marks(range.start).saturating_sub(1) * MARK_EVERY;
        let end = (marks(range.end) * MARK_EVERY + 1).min(self.entries as usize);
        self.at + first * 12..self.at + end * 12
    }

    /// Where the offsets of the chunks from one to another, counted from 1, lie in `moov`.
    fn offsets_part(&self, first: u32, last: u32) -> Range<usize> {
        let each = if self.wide { 8 } else { 4 };
        let at = |chunk: u32| self.offsets_at + chunk.min(self.offsets) as usize * each;
        at(first.saturating_sub(1))..at(last)
    }

    /// Where a sample lies; nowhere past the last chunk.
    pub(super) fn find(&self, moov: Moov<'_>, sample: u32) -> Option<Spot> {
        let sample = u64::from(sample);
        let mark = self.marks.partition_point(|before| *before <= sample);
        let mut before = mark.checked_sub(1).map_or(0, |mark| self.marks[mark]);
        let mut run = (mark.saturating_sub(1) * MARK_EVERY) as u32;
        while run < self.entries {
            let (first, per_chunk) = self.run(moov, run);
            let run_end = self.run_end(moov, run);
            let inside = u64::from(run_end.saturating_sub(first)) * u64::from(per_chunk);
            if before + inside > sample {
                let into = sample - before;
                return Some(Spot {
                    run,
                    run_end,
                    per_chunk,
                    chunk: first + (into / u64::from(per_chunk)) as u32,
                    in_chunk: (into % u64::from(per_chunk)) as u32,
                });
            }
            before += inside;
            run += 1;
        }
        None
    }

    /// The first chunk of a run, counted from 1, and the samples in each of its chunks.
    pub(super) fn run(&self, moov: Moov<'_>, run: u32) -> (u32, u32) {
        let at = self.at + run as usize * 12;
        (moov.u32(at), moov.u32(at + 4))
    }

    /// The chunk after a run's last, counted from 1.
    pub(super) fn run_end(&self, moov: Moov<'_>, run: u32) -> u32 {
        let after_all = self.offsets.saturating_add(1);
        if run + 1 < self.entries {
            self.run(moov, run + 1).0.min(after_all)
        } else {
            after_all
        }
    }

    /// Where a chunk, counted from 1, begins in the file.
    pub(super) fn offset(&self, moov: Moov<'_>, chunk: u32) -> u64 {
        let entry = chunk.saturating_sub(1) as usize;
        if self.wide {
            moov.u64(self.offsets_at + entry * 8)
        } else {
            u64::from(moov.u32(self.offsets_at + entry * 4))
        }
    }
}

impl Sizes {
    fn parse(moov: &[u8], boxes: Boxes<'_>) -> Result<(Sizes, u32)> {
        for child in boxes {
            let child = child?;
            let mut fields = Fields::new(moov, child.body.clone(), &child.kind);
            match &child.kind {
                b"stsz" => {
                    fields.version_and_flags()?;
                    let uniform = fields.u32()?;
                    if uniform != 0 {
                        return Ok((Sizes::Uniform(uniform), fields.u32()?));
                    }
                    let (at, count) = fields.table(4)?;
                    return Ok((Sizes::Listed { at, bits: 32 }, count));
                }
                b"stz2" => {
                    fields.version_and_flags()?;
                    let bits = (fields.u32()? & 0xFF) as u8;
                    let count = fields.u32()?;
                    if ![4, 8, 16].contains(&bits) {
                        return Err(bad(b"stz2", "its field size is not 4, 8 or 16"));
                    }
                    if (u64::from(count) * u64::from(bits)).div_ceil(8) > fields.remaining() as u64
                    {
                        return Err(bad(b"stz2", "it counts more entries than it holds"));
                    }
                    let at = fields.position();
                    return Ok((Sizes::Listed { at, bits }, count));
                }
                _ => {}
            }
        }
        Err(crate::Error::MissingBox(b"stsz".into()))
    }

    /// Where the sizes of these samples lie in `moov`.
    fn part(self, range: Range<u32>) -> Range<usize> {
        match self {
            Sizes::Uniform(_) => 0..0,
            Sizes::Listed { at, bits } => {
                let bits_before = |sample: u32| sample as usize * usize::from(bits);
                at + bits_before(range.start) / 8..at + bits_before(range.end).div_ceil(8)
            }
        }
    }

    pub(super) fn get(self, moov: Moov<'_>, sample: u32) -> u32 {
        let index = sample as usize;
        match self {
            Sizes::Uniform(size) => size,
            Sizes::Listed { at, bits: 32 } => moov.u32(at + index * 4),
            Sizes::Listed { at, bits: 16 } => {
                moov.byte(at + index * 2) << 8 | moov.byte(at + index * 2 + 1)
            }
            Sizes::Listed { at, bits: 8 } => moov.byte(at + index),
            Sizes::Listed { at, .. } => moov.byte(at + index / 2) >> (4 * (1 - index % 2)) & 15,
        }
    }
}

impl Syncs {
    fn parse(moov: &[u8], range: Range<usize>) -> Result<Syncs> {
        let mut fields = Fields::new(moov, range, b"stss");
        fields.version_and_flags()?;
        let (at, entries) = fields.table(4)?;
        let mut marks = Vec::with_capacity(entries as usize / MARK_EVERY + 1);
        let mut last = 0;
        for entry in 0..entries as usize {
            let sample = u32_at(moov, at + entry * 4);
            if sample <= last {
                return Err(bad(b"stss", "its key frames are not in order"));
            }
            if entry.is_multiple_of(MARK_EVERY) {
                marks.push(sample);
            }
            last = sample;
        }
        Ok(Syncs { at, entries, marks })
    }

    /// Where the key frames among these samples lie in `moov`, and the one behind them.
    fn part(&self, range: &Range<u32>) -> Range<usize> {
        let first = self
            .marks_before(range.start.saturating_add(1))
            .saturating_sub(1)
            * MARK_EVERY;
        let end = self.marks_before(range.end.saturating_add(1)) * MARK_EVERY + 1;
        self.at + first * 4..self.at + end.min(self.entries as usize) * 4
    }

    /// The first entry that is `number` or more, counted from 0.
    pub(super) fn seek(&self, moov: Moov<'_>, number: u32) -> u32 {
        let marks = self.marks_before(number);
        let mut low = (marks.saturating_sub(1) * MARK_EVERY) as u32;
        let mut high = self.entries.min((marks * MARK_EVERY) as u32);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.number(moov, middle) < number {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The number of the sample that an entry names.
    pub(super) fn number(&self, moov: Moov<'_>, entry: u32) -> u32 {
        moov.u32(self.at + entry as usize * 4)
    }

    fn marks_before(&self, number: u32) -> usize {
        self.marks.partition_point(|mark| *mark < number)
    }
}

/// Where a sample lies among the chunks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// The run of its chunk, and the chunk after the run's last, counted from 1.
    pub(super) run: u32,
    pub(super) run_end: u32,
    pub(super) per_chunk: u32,
    /// Its chunk, counted from 1.
    pub(super) chunk: u32,
    /// How many samples of its chunk are before it.
    pub(super) in_chunk: u32,
}

/// Where one is in [`Runs`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursor {
    run: u32,
    left: u32,
    pub(super) value: u32,
}
