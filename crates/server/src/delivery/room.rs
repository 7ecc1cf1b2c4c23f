//! Encrypted segments are put together in memory, within a bound: what is said of their slices depends on every one of them.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use cineclub_media::{self as media, ContentKey, LARGEST_ENCRYPTED_BYTES, Segment};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::failure::{away, unplayable};
use super::film::Film;
use crate::error::{Error, Result};

/// All encrypted segments that are being sent may take so much together, in kibibytes.
const ROOM_KIB: usize = 256 * 1024;
/// How long a segment waits for the others to be sent.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is said of encrypted samples takes less, in bytes.
const HEAD_ROOM: usize = 64 * 1024;

/// The memory that encrypted segments may take together.
#[derive(Debug, Clone)]
pub(super) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ROOM_KIB)))
    }
}

/// A planned segment that was encrypted. Its memory is given back when it is dropped.
#[derive(Debug)]
pub(super) struct Encrypted {
    /// Nothing of it is read from the file any more.
    pub(super) segment: Segment,
    pub(super) room: OwnedSemaphorePermit,
}

impl Room {
    /// Reads a planned segment of a film and encrypts it.
    ///
    /// # Errors
    /// Unavailable when it is too large, when others take all the room, when the file is not the one that was indexed, and
    /// when something in it can't be encrypted.
    pub(super) async fn encrypt(
        &self,
        film: &Arc<Film>,
        number: u8,
        segment: Segment,
        key: ContentKey,
    ) -> Result<Encrypted> {
        if segment.len > LARGEST_ENCRYPTED_BYTES {
            return Err(away().because(media::Error::TooLarge {
                kind: b"mdat".into(),
                size_bytes: segment.len,
                limit_bytes: LARGEST_ENCRYPTED_BYTES,
            }));
        }
        let bytes = segment.len.saturating_add(HEAD_ROOM as u64);
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.0).acquire_many_owned(kib);
        let room = tokio::time::timeout(PATIENCE, room).await;
        let room = room.map_err(|error| away().because(error))?;
        let room = room.map_err(Error::internal)?;
        let film = Arc::clone(film);
        let encrypt = move || {
            let clear = whole(&film, &segment).map_err(|error| away().because(error))?;
            let header = media::encrypt_fragment(&film.index, number.into(), clear, &key);
            // The room goes along: a request that is given up must not give it back while this goes on.
            header.map(|header| (header, room)).map_err(unplayable)
        };
        let (header, room) = tokio::task::spawn_blocking(encrypt)
            .await
            .map_err(Error::internal)??;
        Ok(Encrypted {
            segment: Segment {
                len: header.len() as u64,
                header,
                ranges: Vec::new(),
            },
            room,
        })
    }
}

/// A segment's bytes, of a file that is still the one that was indexed.
fn whole(film: &Film, segment: &Segment) -> io::Result<Vec<u8>> {
    // A bound was checked before; with room for the head no second copy is made.
    let mut whole = Vec::with_capacity(segment.len as usize + HEAD_ROOM);
    whole.extend(&segment.header);
    let read = |offset, buffer: &mut [u8]| film.file.read_at(offset, buffer);
    for range in &segment.ranges {
        let start = whole.len();
        whole.resize(start + range.len as usize, 0);
        media::read_exact_at(&read, range.offset, &mut whole[start..]).map_err(io::Error::other)?;
    }
    film.file.verify()?;
    Ok(whole)
}
