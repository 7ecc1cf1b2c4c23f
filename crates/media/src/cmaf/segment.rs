//! One segment as a header of ours followed by ranges of the source.

use std::ops::Range;

use super::Shape;
use crate::error::{Error, Result};
use crate::index::{Cut, Index, Track};
use crate::matroska::{self, Stretches};
use crate::model::{Kind, Sample};
use crate::source::{ByteRange, ReadAt};
use crate::tables::{SampleTables, TablePlaces};

/// Where the samples of a film are looked up.
#[derive(Clone, Copy)]
pub enum Samples<'a> {
    /// In the tables of an MP4.
    Tables(&'a SampleTables),
    /// In the tables of an MP4 that were left in the file.
    Places(&'a TablePlaces, &'a dyn ReadAt),
    /// In the stretches of a Matroska film.
    Stretches(&'a dyn Stretches),
}

impl<'a> From<&'a SampleTables> for Samples<'a> {
    fn from(tables: &'a SampleTables) -> Self {
        Samples::Tables(tables)
    }
}

impl<'a, S: Stretches> From<&'a S> for Samples<'a> {
    fn from(stretches: &'a S) -> Self {
        Samples::Stretches(stretches)
    }
}

/// A segment, ready to be sent: the header, then the ranges, one after the other.
///
/// Reuse one value for many segments: [`plan_segment`] clears and refills it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    /// `styp`, `moof` and the header of `mdat`.
    pub header: Vec<u8>,
    /// Where the samples are in the source, in the order they are sent, neighbours joined.
    pub ranges: Vec<ByteRange>,
    /// All bytes together: the Content-Length.
    pub len: u64,
}

/// A piece of a segment, in the order of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Bytes of the header.
    Header(&'a [u8]),
    /// Bytes of the source.
    Source(ByteRange),
}

impl Segment {
    /// The pieces of the bytes `start..end` of the segment, for an HTTP range; `0..len` is all of it.
    pub fn slice(&self, start: u64, end: u64) -> impl Iterator<Item = Part<'_>> {
        let header_len = self.header.len() as u64;
        let header = (start < header_len && start < end)
            .then(|| &self.header[start as usize..end.min(header_len) as usize]);
        let mut at = header_len;
        let sources = self.ranges.iter().filter_map(move |range| {
            let from = start.saturating_sub(at).min(range.len);
            let to = end.saturating_sub(at).min(range.len);
            at += range.len;
            (from < to).then_some(Part::Source(ByteRange {
                offset: range.offset + from,
                len: to - from,
            }))
        });
        header.map(Part::Header).into_iter().chain(sources)
    }
}

/// Plans segment `n`, counted from 0, of a track, counted from 1, into `segment`.
///
/// With the tables of an MP4 in memory nothing is read: the answer says which bytes to send. Else the parts of them that tell of
/// the segment are, and of a Matroska film the headers of the blocks near by.
///
/// # Errors
/// [`Error::NoSuchTrack`], [`Error::NotPlayable`] and [`Error::NoSuchSegment`] for what is not there,
/// [`Error::IndexMismatch`] when the samples are not those of the film that was indexed, and what the stretches report.
pub fn plan_segment<'s>(
    index: &Index,
    samples: impl Into<Samples<'s>>,
    track: u32,
    n: u32,
    segment: &mut Segment,
) -> Result<()> {
    plan_run(index, samples, track, n..n.saturating_add(1), segment)
}

/// Plans several segments of a track that follow each other as one fragment: what a segment of a [`crate::Ladder`] is.
///
/// # Errors
/// As [`plan_segment`], of an empty run too.
pub fn plan_run<'s>(
    index: &Index,
    samples: impl Into<Samples<'s>>,
    track: u32,
    run: Range<u32>,
    segment: &mut Segment,
) -> Result<()> {
    let track = index.playable_track(track)?;
    let n = run.start;
    let cut = track.cut(n)?;
    // A run that ends beyond the last segment, or before its first, is none.
    let last = run.end.checked_sub(1).filter(|last| *last >= n);
    track.cut(last.unwrap_or(u32::MAX))?;
    let fragment = Fragment::new(index, track, n, cut);
    let count = || {
        let cuts = &track.segments[n as usize..run.end as usize];
        let counts = cuts.iter().map(|cut| u64::from(cut.samples)).sum::<u64>();
        u32::try_from(counts).map_err(|_| Error::IndexMismatch)
    };
    match samples.into() {
        Samples::Tables(tables) => {
            let count = count()?;
            fragment.plan((tabled(track, tables, n, count)?, count), segment)
        }
        Samples::Places(places, source) => {
            let count = count()?;
            let samples = placed(track, (places, source), n, count)?;
            fragment.plan((samples.iter().copied(), count), segment)
        }
        Samples::Stretches(stretches) => {
            let mut samples = stretched(index, track, n, stretches)?;
            for next in n + 1..run.end {
                follow(&mut samples, stretched(index, track, next, stretches)?);
            }
            fragment.of_list(&samples, segment)
        }
    }
}

/// Puts a segment's samples behind those of the one before it, whose last then lasts until the next is decoded.
fn follow(samples: &mut Vec<Sample>, next: Vec<Sample>) {
    if let (Some(last), Some(first)) = (samples.last_mut(), next.first()) {
        let until = first.dts.saturating_sub(last.dts);
        last.duration = u32::try_from(until).unwrap_or(last.duration);
    }
    samples.extend(next);
}

/// Plans the key frame that begins segment `n`, counted from 0, of a picture, as a fragment of its own: it is shown
/// for as long as the segment lasts.
///
/// # Errors
/// As [`plan_segment`]; a track of sound has no key frames.
pub fn plan_key_frame<'s>(
    index: &Index,
    samples: impl Into<Samples<'s>>,
    track: u32,
    n: u32,
    segment: &mut Segment,
) -> Result<()> {
    let track = index.playable_track(track)?;
    let cut = track.cut(n).and_then(|cut| match track.kind {
        Kind::Video => Ok(cut),
        _ => Err(Error::NoSuchSegment {
            track: track.number,
            segment: n,
        }),
    })?;
    let ticks = track.segment_ticks(n as usize).min(u64::from(u32::MAX)) as u32;
    let lasting = move |sample: Sample| Sample {
        duration: ticks,
        ..sample
    };
    let fragment = Fragment::new(index, track, n, cut);
    match samples.into() {
        Samples::Tables(tables) => {
            let samples = tabled(track, tables, n, 1)?.map(lasting);
            fragment.plan((samples, 1), segment)
        }
        Samples::Places(places, source) => {
            let samples = placed(track, (places, source), n, 1)?;
            fragment.plan((samples.iter().copied().map(lasting), 1), segment)
        }
        Samples::Stretches(stretches) => {
            let samples = stretched(index, track, n, stretches)?;
            let first = samples.first().copied().map(lasting);
            fragment.of_list(first.as_slice(), segment)
        }
    }
}

/// The first `count` samples of a segment, as they are sent, by the tables of an MP4.
fn tabled<'t>(
    track: &Track,
    tables: &'t SampleTables,
    n: u32,
    count: u32,
) -> Result<impl Iterator<Item = Sample> + Clone + 't> {
    if tables.count(track.number)? != track.samples {
        return Err(Error::IndexMismatch);
    }
    let cut = track.cut(n)?;
    let lift = track.lift;
    let samples = tables.samples(track.number, cut.first_sample, count)?;
    prove(track, cut, samples.clone().next())?;
    Ok(samples.map(move |sample| sample.lifted(lift)))
}

/// The same samples by tables that were left in the file.
fn placed(
    track: &Track,
    (places, source): (&TablePlaces, &dyn ReadAt),
    n: u32,
    count: u32,
) -> Result<Vec<Sample>> {
    if places.count(track.number)? != track.samples {
        return Err(Error::IndexMismatch);
    }
    let cut = track.cut(n)?;
    let mut samples = places.read(source, track.number, cut.first_sample, count)?;
    prove(track, cut, samples.first().copied())?;
    for sample in &mut samples {
        *sample = sample.lifted(track.lift);
    }
    Ok(samples)
}

/// The first sample's time is the index's proof that it and the tables speak of the same film.
fn prove(track: &Track, cut: &Cut, first: Option<Sample>) -> Result<()> {
    let expected = cut
        .decode_time
        .wrapping_sub(track.delay)
        .wrapping_add_signed(track.origin);
    match first {
        Some(first) if first.dts == expected => Ok(()),
        _ => Err(Error::IndexMismatch),
    }
}

/// The samples of a segment, as they are sent, by the blocks of a Matroska film.
fn stretched(
    index: &Index,
    track: &Track,
    n: u32,
    stretches: &dyn Stretches,
) -> Result<Vec<Sample>> {
    let clusters = index.clusters.as_ref().ok_or(Error::IndexMismatch)?;
    match track.kind {
        Kind::Video => matroska::picture(clusters, track, n, stretches),
        _ => matroska::sound(clusters, track, n, stretches),
    }
}

/// A fragment that is to be planned.
struct Fragment<'a> {
    index: &'a Index,
    track: &'a Track,
    n: u32,
    /// When its first sample is decoded; its `tfdt`.
    decode_time: u64,
}

impl<'a> Fragment<'a> {
    fn new(index: &'a Index, track: &'a Track, n: u32, cut: &Cut) -> Fragment<'a> {
        Fragment {
            index,
            track,
            n,
            decode_time: cut.decode_time,
        }
    }

    /// Plans it of samples whose first says when it is decoded.
    fn of_list(&self, samples: &[Sample], segment: &mut Segment) -> Result<()> {
        let count = u32::try_from(samples.len()).map_err(|_| Error::IndexMismatch)?;
        let fragment = Fragment {
            decode_time: samples.first().map_or(self.decode_time, |first| first.dts),
            ..*self
        };
        fragment.plan((samples.iter().copied(), count), segment)
    }

    /// Plans it of so many samples.
    fn plan(
        &self,
        (samples, count): (impl Iterator<Item = Sample> + Clone, u32),
        segment: &mut Segment,
    ) -> Result<()> {
        segment.header.clear();
        segment.ranges.clear();
        segment.len = 0;
        let prefix = self.track.stored.prefix;
        let samples = samples.map(|sample| Sample {
            size: sample.size.saturating_add(prefix.len as u32),
            ..sample
        });
        let mut shape = Shape::default();
        for sample in samples.clone() {
            shape.add(&sample);
            add_range(&mut segment.ranges, prefix.offset, prefix.len);
            let own = u64::from(sample.size).saturating_sub(prefix.len);
            add_range(&mut segment.ranges, sample.offset, own);
        }
        let is_outside = |range: &ByteRange| range.end() > self.index.file_size;
        if shape.samples() != count || segment.ranges.iter().any(is_outside) {
            segment.ranges.clear();
            return Err(Error::IndexMismatch);
        }
        let mdat_len = u32::try_from(shape.payload() + 8).map_err(|_| Error::TooLarge {
            kind: b"mdat".into(),
            size_bytes: shape.payload(),
            limit_bytes: u64::from(u32::MAX),
        })?;
        shape.write_header(
            &mut segment.header,
            self.track.number,
            self.n.saturating_add(1),
            self.decode_time,
            mdat_len,
            samples,
        );
        segment.len = segment.header.len() as u64 + shape.payload();
        Ok(())
    }
}

fn add_range(ranges: &mut Vec<ByteRange>, offset: u64, len: u64) {
    match ranges.last_mut() {
        _ if len == 0 => {}
        Some(last) if last.end() == offset => last.len += len,
        _ => ranges.push(ByteRange { offset, len }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_is_the_same_bytes_as_the_whole_cut_afterwards() {
        let source: Vec<u8> = (0..100).collect();
        let mut segment = Segment {
            header: vec![200, 201, 202],
            ..Segment::default()
        };
        for (offset, len) in [(10, 5), (15, 5), (50, 1), (20, 0), (5, 4)] {
            add_range(&mut segment.ranges, offset, len);
        }
        assert_eq!(segment.ranges.len(), 3);
        let bytes = |start, end| -> Vec<u8> {
            let parts = segment.slice(start, end).map(|part| match part {
                Part::Header(bytes) => bytes.to_vec(),
                Part::Source(range) => source[range.offset as usize..range.end() as usize].to_vec(),
            });
            parts.collect::<Vec<_>>().concat()
        };
        let whole = bytes(0, 18);
        assert_eq!(whole.len(), 18);
        for start in 0..=18 {
            for end in start..=18 {
                assert_eq!(
                    bytes(start, end),
                    whole[start as usize..end as usize],
                    "{start}..{end}"
                );
            }
        }
    }
}
