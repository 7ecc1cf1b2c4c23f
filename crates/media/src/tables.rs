//! The sample tables of a film, read once and cached by the caller.

use crate::error::{Error, Result};
use crate::model::Sample;
use crate::mp4::movie::Movie;
use crate::mp4::tables::Tables;

/// Where every sample of a film is, as the film's own tables say it.
///
/// It keeps the `moov` bytes and walks them in place; besides them it holds a few kilobytes.
/// Cutting a segment costs a few microseconds and allocates nothing.
#[derive(Clone, Debug)]
pub struct SampleTables {
    moov: Vec<u8>,
    tracks: Vec<Option<Tables>>,
}

impl SampleTables {
    /// Reads the body of a `moov` box: the bytes at [`crate::Index::moov`].
    ///
    /// # Errors
    /// When the bytes are not such a body, or it is too large.
    pub fn parse(moov: Vec<u8>) -> Result<SampleTables> {
        if moov.len() as u64 > crate::mp4::MOOV_LIMIT_BYTES {
            return Err(Error::TooLarge {
                kind: b"moov".into(),
                size_bytes: moov.len() as u64,
                limit_bytes: crate::mp4::MOOV_LIMIT_BYTES,
            });
        }
        let movie = Movie::parse(&moov)?;
        let tracks = movie.tracks.into_iter().map(|track| track.tables).collect();
        Ok(SampleTables { moov, tracks })
    }

    /// What a cache should count for this value, in bytes.
    pub fn memory_bytes(&self) -> usize {
        let tables = self.tracks.iter().flatten().map(Tables::memory_bytes);
        self.moov.capacity() + tables.sum::<usize>() + size_of::<SampleTables>()
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
        Ok(tables.samples(&self.moov, first..first.saturating_add(count)))
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
