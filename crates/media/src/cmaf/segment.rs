//! One segment as a header of ours followed by ranges of the source.

use super::Shape;
use crate::error::{Error, Result};
use crate::index::{Cut, Index, Track};
use crate::model::{Kind, Sample};
use crate::source::ByteRange;
use crate::tables::SampleTables;

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
/// Nothing of the film is read: the answer says which bytes to send.
///
/// # Errors
/// [`Error::NoSuchTrack`], [`Error::NotPlayable`] and [`Error::NoSuchSegment`] for what is not there, and
/// [`Error::IndexMismatch`] when the tables are not those of the film that was indexed.
pub fn plan_segment(
    index: &Index,
    tables: &SampleTables,
    track: u32,
    n: u32,
    segment: &mut Segment,
) -> Result<()> {
    let track = index.playable_track(track)?;
    let cut = track.cut(n)?;
    let samples = samples_of(track, tables, cut, cut.samples)?;
    plan(index, track, n, (samples, cut.samples), segment)
}

/// Plans the key frame that begins segment `n`, counted from 0, of a picture, as a fragment of its own: it is shown
/// for as long as the segment lasts.
///
/// # Errors
/// As [`plan_segment`]; a track of sound has no key frames.
pub fn plan_key_frame(
    index: &Index,
    tables: &SampleTables,
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
    let samples = samples_of(track, tables, cut, 1)?.map(move |sample| Sample {
        duration: ticks,
        ..sample
    });
    plan(index, track, n, (samples, 1), segment)
}

/// The first `count` samples of a segment, as they are sent.
fn samples_of<'t>(
    track: &Track,
    tables: &'t SampleTables,
    cut: &Cut,
    count: u32,
) -> Result<impl Iterator<Item = Sample> + Clone + 't> {
    if tables.count(track.number)? != track.samples {
        return Err(Error::IndexMismatch);
    }
    let lift = track.lift;
    let samples = tables.samples(track.number, cut.first_sample, count)?;
    // The first sample's time is the index's proof that both speak of the same film.
    let expected = cut
        .decode_time
        .wrapping_sub(track.delay)
        .wrapping_add_signed(track.origin);
    if samples
        .clone()
        .next()
        .is_none_or(|first| first.dts != expected)
    {
        return Err(Error::IndexMismatch);
    }
    Ok(samples.map(move |sample| sample.lifted(lift)))
}

/// Plans a fragment of samples, so many of them, the first of which begins segment `n`.
fn plan(
    index: &Index,
    track: &Track,
    n: u32,
    (samples, count): (impl Iterator<Item = Sample> + Clone, u32),
    segment: &mut Segment,
) -> Result<()> {
    segment.header.clear();
    segment.ranges.clear();
    segment.len = 0;
    let mut shape = Shape::default();
    for sample in samples.clone() {
        shape.add(&sample);
        add_range(&mut segment.ranges, sample.offset, u64::from(sample.size));
    }
    let is_outside = |range: &ByteRange| range.end() > index.file_size;
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
        track.number,
        n.saturating_add(1),
        track.cut(n)?.decode_time,
        mdat_len,
        samples,
    );
    segment.len = segment.header.len() as u64 + shape.payload();
    Ok(())
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
