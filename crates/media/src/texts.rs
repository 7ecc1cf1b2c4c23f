//! Subtitles that lie inside a film's file, as text.

use crate::error::{Error, Result};
use crate::index::{Index, Track, scale};
use crate::matroska;
use crate::source::{ReadAt, read_exact_at};
use crate::subtitles::{Cue, InsideFormat, InsideTrack, PAYLOAD_LIMIT_BYTES};
use crate::tables::SampleTables;

/// Reads all subtitles inside a film that are text ([`Track::is_text`]), with the numbers of their tracks.
///
/// Their times are those of the file, as in a file beside it: see [`Index::shift_ms`]. In an MP4 they are found by its
/// tables; a Matroska film is walked through from block to block, which takes as long as reading it at the most. `tables`
/// are what [`crate::open`] returned.
///
/// # Errors
/// When the source fails, or the file is not the one that was indexed.
pub fn read_texts(
    source: &(impl ReadAt + ?Sized),
    index: &Index,
    tables: Option<&SampleTables>,
) -> Result<Vec<(u32, Vec<Cue>)>> {
    let texts: Vec<&Track> = index
        .tracks
        .iter()
        .filter(|track| track.is_text())
        .collect();
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let Some(tables) = tables else {
        return matroska::texts(source, index);
    };
    texts
        .into_iter()
        .map(|track| Ok((track.number, of_tables(source, index, tables, track)?)))
        .collect()
}

fn of_tables(
    source: &(impl ReadAt + ?Sized),
    index: &Index,
    tables: &SampleTables,
    track: &Track,
) -> Result<Vec<Cue>> {
    let mut found = InsideTrack::new(InsideFormat::MovText, &[]);
    let count = tables.count(track.number)?;
    let ms = |ticks: i64| scale(ticks.max(0) as u64, track.timescale, 1000);
    for sample in tables.samples(track.number, 0, count)? {
        if found.is_full() {
            break;
        }
        // An empty text has a length of two bytes and nothing else.
        if sample.size <= 2 || sample.size as usize > PAYLOAD_LIMIT_BYTES {
            continue;
        }
        if sample.offset.saturating_add(sample.size.into()) > index.file_size {
            return Err(Error::IndexMismatch);
        }
        let mut payload = vec![0; sample.size as usize];
        read_exact_at(source, sample.offset, &mut payload)?;
        let start = sample.pts().saturating_sub(track.origin);
        found.add(&payload, ms(start), ms(start + i64::from(sample.duration)));
    }
    Ok(found.finish())
}
