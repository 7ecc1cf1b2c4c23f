//! The way in for a caller whose reads may block: sniff, find, index.

use crate::error::{Error, Result};
use crate::index::{Index, build};
use crate::matroska;
use crate::mp4::{Mp4, Scan, Step, chapters};
use crate::sniff::{Container, SNIFF_BYTES, sniff};
use crate::source::{ByteRange, ReadAt, read_exact_at};
use crate::tables::SampleTables;

/// Reads a film's header and makes its index; an MP4 has tables besides.
///
/// # Errors
/// Whatever is wrong with the file or the source, in words for a person; a file that is not a film is
/// [`Error::NotAFilm`], one of a kind not read yet is [`Error::NotYet`].
pub fn open(
    source: &(impl ReadAt + ?Sized),
    size_bytes: u64,
) -> Result<(Index, Option<SampleTables>)> {
    match sniff(&head(source, size_bytes)?) {
        Container::Mp4 => {
            let mp4 = Mp4::read(source, find_moov(source, size_bytes)?, size_bytes)?;
            let index = index_of(source, &mp4, size_bytes)?;
            Ok((index, Some(SampleTables::of(mp4))))
        }
        Container::Matroska => Ok((matroska::build(source, size_bytes)?, None)),
        other => Err(refusal(other)),
    }
}

/// The index of an MP4, chapters included: these lie among the frames.
pub(crate) fn index_of(
    source: &(impl ReadAt + ?Sized),
    mp4: &Mp4,
    size_bytes: u64,
) -> Result<Index> {
    let mut index = build(mp4, size_bytes)?;
    index.chapters = chapters(source, mp4, &index)?;
    Ok(index)
}

pub(crate) fn refusal(container: Container) -> Error {
    match container {
        Container::Empty => Error::Empty,
        found if found.is_film() => Error::NotYet(found),
        found => Error::NotAFilm(found),
    }
}

/// The first bytes, for [`sniff`].
pub(crate) fn head(source: &(impl ReadAt + ?Sized), size_bytes: u64) -> Result<Vec<u8>> {
    let mut head = vec![0; size_bytes.min(SNIFF_BYTES as u64) as usize];
    read_exact_at(source, 0, &mut head)?;
    Ok(head)
}

/// The place of the body of `moov`.
pub(crate) fn find_moov(source: &(impl ReadAt + ?Sized), size_bytes: u64) -> Result<ByteRange> {
    let mut scan = Scan::new(size_bytes);
    let mut buffer = [0; 16];
    loop {
        match scan.step()? {
            Step::Need { offset, len } => {
                let wanted = &mut buffer[..len as usize];
                read_exact_at(source, offset, wanted)?;
                scan.feed(wanted)?;
            }
            // Scan allows at most 64 MiB here, and only bytes that are in the file.
            Step::Done(layout) => return Ok(layout.moov),
        }
    }
}
