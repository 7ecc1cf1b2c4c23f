//! The sample tables of one track, walked in place: runs stay runs, and any sample is found in a few steps.

use std::ops::Range;

use super::boxes::{Boxes, Fields, u32_at, u64_at};
use super::fragments::Fragments;
pub(crate) use super::samples::Samples;
use crate::error::{Result, bad};

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
    /// `stss`: where its entries begin, and how many there are.
    pub(super) syncs: Option<(usize, u32)>,
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
            Some(range) => Some(parse_syncs(moov, range)?),
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
            + self.fragments.memory_bytes()
    }

    /// The samples `range` (counted from 0), clipped to those there are.
    ///
    /// `bytes` are those of `moov`, followed by what was kept of the fragments.
    pub(crate) fn samples<'a>(&'a self, bytes: &'a [u8], range: Range<u32>) -> Samples<'a> {
        Samples::new(bytes, self, range)
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

    /// Places a cursor on `sample`; past the last run every value is 0.
    pub(super) fn seek(&self, moov: &[u8], sample: u32) -> (Cursor, u64) {
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

    fn run(&self, moov: &[u8], run: u32) -> (u32, u32) {
        let at = self.at + run as usize * 8;
        (u32_at(moov, at), u32_at(moov, at + 4))
    }

    pub(super) fn advance(&self, moov: &[u8], cursor: &mut Cursor) {
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
            let (first, per_chunk) = chunks.run(moov, run);
            let end = chunks.run_end(moov, run);
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

    /// The first chunk of a run, counted from 1, and the samples in each of its chunks.
    pub(super) fn run(&self, moov: &[u8], run: u32) -> (u32, u32) {
        let at = self.at + run as usize * 12;
        (u32_at(moov, at), u32_at(moov, at + 4))
    }

    /// The chunk after a run's last, counted from 1.
    pub(super) fn run_end(&self, moov: &[u8], run: u32) -> u32 {
        let after_all = self.offsets.saturating_add(1);
        if run + 1 < self.entries {
            self.run(moov, run + 1).0.min(after_all)
        } else {
            after_all
        }
    }

    /// Where a chunk, counted from 1, begins in the file.
    pub(super) fn offset(&self, moov: &[u8], chunk: u32) -> u64 {
        let entry = chunk.saturating_sub(1) as usize;
        if self.wide {
            u64_at(moov, self.offsets_at + entry * 8)
        } else {
            u64::from(u32_at(moov, self.offsets_at + entry * 4))
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

    pub(super) fn get(self, moov: &[u8], sample: u32) -> u32 {
        let index = sample as usize;
        let byte = |at: usize| u32::from(moov.get(at).copied().unwrap_or_default());
        match self {
            Sizes::Uniform(size) => size,
            Sizes::Listed { at, bits: 32 } => u32_at(moov, at + index * 4),
            Sizes::Listed { at, bits: 16 } => byte(at + index * 2) << 8 | byte(at + index * 2 + 1),
            Sizes::Listed { at, bits: 8 } => byte(at + index),
            Sizes::Listed { at, .. } => byte(at + index / 2) >> (4 * (1 - index % 2)) & 15,
        }
    }
}

fn parse_syncs(moov: &[u8], range: Range<usize>) -> Result<(usize, u32)> {
    let mut fields = Fields::new(moov, range, b"stss");
    fields.version_and_flags()?;
    let (at, count) = fields.table(4)?;
    let mut last = 0;
    for entry in 0..count as usize {
        let sample = u32_at(moov, at + entry * 4);
        if sample <= last {
            return Err(bad(b"stss", "its key frames are not in order"));
        }
        last = sample;
    }
    Ok((at, count))
}

/// Where one is in [`Runs`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursor {
    run: u32,
    left: u32,
    pub(super) value: u32,
}
