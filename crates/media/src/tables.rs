//! The sample tables of a film, read once and cached by the caller.

use crate::error::{Error, Result};
use crate::index::Index;
use crate::model::Sample;
use crate::mp4::Mp4;
use crate::mp4::tables::Tables;
use crate::source::{ByteRange, ReadAt, read_exact_at};

/// Where every sample of a film is, as the film's own tables say it.
///
/// It keeps the bytes of `moov` and of what fragments list, and walks them in place; besides them it holds a few
/// kilobytes, and 40 bytes for each run of samples in fragments. Cutting a segment costs a few microseconds and allocates nothing.
#[derive(Clone, Debug)]
pub struct SampleTables {
    bytes: Vec<u8>,
    places: TablePlaces,
}

/// Where the sample tables of a film lie in its file, with marks in them, so that what tells of a few samples is read alone:
/// some kilobytes for each segment. It holds less than a twentieth of what the tables take.
#[derive(Clone, Debug)]
pub struct TablePlaces {
    /// The body of `moov`.
    moov: ByteRange,
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
            places: TablePlaces {
                moov: mp4.place,
                tracks: tracks.map(|track| track.tables).collect(),
            },
        }
    }

    /// Leaves the tables in the file. Those of a fragmented film, which lie all over it, are given back as they are.
    ///
    /// # Errors
    /// The tables of a fragmented film.
    pub fn into_places(self) -> std::result::Result<TablePlaces, Box<SampleTables>> {
        let mut tracks = self.places.tracks.iter().flatten();
        if tracks.any(Tables::has_fragments) {
            return Err(Box::new(self));
        }
        Ok(self.places)
    }

    /// What a cache should count for this value, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.bytes.capacity() + size_of::<SampleTables>() + self.places.memory_bytes()
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
        let tables = self.places.of(track)?;
        Ok(tables.samples(&self.bytes, first..first.saturating_add(count)))
    }

    pub(crate) fn count(&self, track: u32) -> Result<u32> {
        self.places.count(track)
    }
}

impl TablePlaces {
    /// What a cache should count for this value, in bytes.
    pub fn memory_bytes(&self) -> usize {
        let tables = self.tracks.iter().flatten().map(Tables::memory_bytes);
        size_of::<TablePlaces>() + tables.sum::<usize>()
    }

    /// The samples of a track (numbered from 1) in decode order, from `first` (counted from 0) on, read from the film.
    ///
    /// # Errors
    /// As [`SampleTables::samples`]; [`Error::IndexMismatch`] when it is another film, and what the source reports.
    pub fn read(
        &self,
        source: &(impl ReadAt + ?Sized),
        track: u32,
        first: u32,
        count: u32,
    ) -> Result<Vec<Sample>> {
        let tables = self.of(track)?;
        tables.read(source, self.moov, first..first.saturating_add(count))
    }

    pub(crate) fn count(&self, track: u32) -> Result<u32> {
        Ok(self.of(track)?.count())
    }

    fn of(&self, track: u32) -> Result<&Tables> {
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
