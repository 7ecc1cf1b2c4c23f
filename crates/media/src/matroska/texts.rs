//! The subtitles inside a Matroska file that are text: they lie between the frames, so that all blocks are passed by.

use super::head::Head;
use super::tracks::{Encoding, TrackEntry};
use super::walk::{Block, Walk};
use crate::error::{Error, Result};
use crate::index::Index;
use crate::source::{ByteRange, ReadAt, read_exact_at};
use crate::subtitles::{Cue, InsideFormat, InsideTrack, PAYLOAD_LIMIT_BYTES};

/// How long a text is shown that does not say so and that none follows.
const UNTOLD_MS: u64 = 5_000;

/// One track that is being read.
struct Reading<'a> {
    number: u32,
    entry: &'a TrackEntry,
    track: InsideTrack,
    /// A text that does not say how long it is shown: until the next one, at most.
    open: Option<(u64, Vec<u8>)>,
}

/// The cues of every track of text, with the tracks' numbers, in the film's own time.
///
/// # Errors
/// When the source fails, or the file is not the one that was indexed.
pub(crate) fn texts(
    source: &(impl ReadAt + ?Sized),
    index: &Index,
) -> Result<Vec<(u32, Vec<Cue>)>> {
    let head = Head::read(source, index.file_size)?;
    let clusters = index.clusters.as_ref().ok_or(Error::IndexMismatch)?;
    let mut readings: Vec<Reading<'_>> = Vec::new();
    for (track, entry) in index.tracks.iter().zip(&head.tracks) {
        if let Some(format) = InsideFormat::of_codec(&entry.codec).filter(|_| track.is_text()) {
            readings.push(Reading {
                number: track.number,
                entry,
                track: InsideTrack::new(format, &entry.private),
                open: None,
            });
        }
    }
    let mut walk = Walk::new(source, index.file_size, head.clusters, clusters.end);
    let mut block = Block::default();
    let ms = |ticks: i64| {
        let nanoseconds = i128::from(ticks) * i128::from(clusters.scale_ns);
        (nanoseconds / 1_000_000).clamp(0, 1 << 60) as u64
    };
    while !readings.is_empty() && walk.next(&mut block)? {
        let is_its = |reading: &&mut Reading<'_>| reading.entry.number == block.track;
        let Some(reading) = readings.iter_mut().find(is_its) else {
            continue;
        };
        let start_ms = ms(block.time.saturating_sub(clusters.zero));
        for frame in &block.frames {
            let Some(payload) = payload(source, *frame, reading.entry.encoding)? else {
                continue;
            };
            let duration = block.duration.map(|ticks| ms(ticks.min(1 << 60) as i64));
            reading.add(payload, start_ms, duration);
        }
    }
    let finished = readings
        .into_iter()
        .map(|reading| (reading.number, reading.finish()));
    Ok(finished.collect())
}

impl Reading<'_> {
    fn add(&mut self, payload: Vec<u8>, start_ms: u64, duration_ms: Option<u64>) {
        self.close(start_ms);
        let each_ms = self.entry.default_duration_ns / 1_000_000;
        match duration_ms.or(Some(each_ms).filter(|each| *each > 0)) {
            Some(duration) => {
                self.track
                    .add(&payload, start_ms, start_ms.saturating_add(duration));
            }
            None => self.open = Some((start_ms, payload)),
        }
    }

    fn close(&mut self, next_ms: u64) {
        if let Some((start_ms, payload)) = self.open.take() {
            let longest = start_ms.saturating_add(UNTOLD_MS);
            self.track.add(&payload, start_ms, next_ms.min(longest));
        }
    }

    fn finish(mut self) -> Vec<Cue> {
        self.close(u64::MAX);
        self.track.finish()
    }
}

/// What a block holds, put right again if it was stripped or compressed; nothing, if it is larger than a text.
fn payload(
    source: &(impl ReadAt + ?Sized),
    frame: ByteRange,
    encoding: Encoding,
) -> Result<Option<Vec<u8>>> {
    if frame.len > PAYLOAD_LIMIT_BYTES as u64 {
        return Ok(None);
    }
    let prefix = match encoding {
        Encoding::Stripped(prefix) => prefix,
        _ => ByteRange::default(),
    };
    let mut bytes = vec![0; (prefix.len + frame.len) as usize];
    let (front, own) = bytes.split_at_mut(prefix.len as usize);
    read_exact_at(source, prefix.offset, front)?;
    read_exact_at(source, frame.offset, own)?;
    if encoding == Encoding::Zlib {
        let inflate = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
        return Ok(inflate(&bytes, PAYLOAD_LIMIT_BYTES).ok());
    }
    Ok(Some(bytes))
}
