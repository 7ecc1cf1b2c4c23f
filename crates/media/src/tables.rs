//! The sample tables of a film, read once and cached by the caller.

use crate::error::{Error, Result};
use crate::index::Index;
use crate::model::Sample;
use crate::mp4::Mp4;
use crate::mp4::tables::Tables;
use crate::source::{ReadAt, read_exact_at};

/// Where every sample of a film is, as the film's own tables say it.
///
/// It keeps the bytes of `moov` and of what fragments list, and walks them in place; besides them it holds a few
/// kilobytes, and 40 bytes for each run of samples in fragments. Cutting a segment costs a few microseconds and allocates nothing.
#[derive(Clone, Debug)]
pub struct SampleTables {
    bytes: Vec<u8>,
    tracks: Vec<Option<Tables>>,
}

impl SampleTables {
    /// Reads the tables of the film that `index` was made from: its `moov`, and every `moof` of a fragmented film.
    ///
    /// # Errors
    /// [`Error::IndexMismatch`] when the source has another size than the film had, and whatever is wrong with the
    /// boxes or the source.
    pub fn read(source: &(impl ReadAt + ?Sized), index: &Index) -> Result<SampleTables> {
        if index.moov.end() > index.file_size || !has_size(source, index.file_size)? {
            return Err(Error::IndexMismatch);
        }
        Mp4::read(source, index.moov, index.file_size).map(SampleTables::of)
    }

    pub(crate) fn of(mp4: Mp4) -> SampleTables {
        let tracks = mp4.movie.tracks.into_iter();
        SampleTables {
            bytes: mp4.bytes,
            tracks: tracks.map(|track| track.tables).collect(),
        }
    }

    /// What a cache should count for this value, in bytes.
    pub fn memory_bytes(&self) -> usize {
        let tables = self.tracks.iter().flatten().map(Tables::memory_bytes);
        self.bytes.capacity() + tables.sum::<usize>() + size_of::<SampleTables>()
    }

    /// The samples of a track (numbered from 1) in decode order, from `first` (counted from 0) on.
    ///
    /// # Errors
    /// [`Error::NoSuchTrack`] when there is none or its tables were damaged.
    pub fn samples(
        &self,
        track: u32,
        first: u32,
        count: u32,
    ) -> Result<impl Iterator<Item = Sample> + Clone + '_> {
        let tables = self.tables(track)?;
        Ok(tables.samples(&self.bytes, first..first.saturating_add(count)))
    }

    pub(crate) fn count(&self, track: u32) -> Result<u32> {
        Ok(self.tables(track)?.count())
    }

    fn tables(&self, track: u32) -> Result<&Tables> {
        track
            .checked_sub(1)
            .and_then(|index| self.tracks.get(index as usize))
            .and_then(Option::as_ref)
            .ok_or(Error::NoSuchTrack(track))
    }
}

/// Whether the last byte is there, and nothing after it.
fn has_size(source: &(impl ReadAt + ?Sized), size_bytes: u64) -> Result<bool> {
    let has = |at| match read_exact_at(source, at, &mut [0]) {
        Ok(()) => Ok(true),
        Err(Error::EndedEarly { .. }) => Ok(false),
        Err(error) => Err(error),
    };
    let has_last = size_bytes.checked_sub(1).map_or(Ok(true), has)?;
    Ok(has_last && !has(size_bytes)?)
}
