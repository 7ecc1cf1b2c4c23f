//! Encryption on the way out, for grants that demand it: the key of a film, and its segments under that key.
//!
//! **This is not DRM:** whoever may have the segments is given the key, and can keep both. **A licensed DRM plugs in here**, with
//! a [`KeySystem`] of its own: its licence server gets the key of [`content_key`] instead of the viewer, and segments stay as
//! they are.
//!
//! **Invariant:** a permit that demands protection never gets a clear byte of picture or sound, and a key is never stored.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cineclub_domain::grant::Protection;
use cineclub_domain::permit::Permit;
use cineclub_domain::token::TokenKeys;
use cineclub_media::{
    self as media, ContentKey, Encryption, KeySystem, LARGEST_ENCRYPTED_BYTES, Segment,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::film::{Film, away, unplayable};
use crate::error::{Error, Result};

/// All encrypted segments that are being sent may take so much together, in kibibytes.
const ROOM_KIB: usize = 256 * 1024;
/// How long a segment waits for the others to be sent.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is said of encrypted samples takes less, in bytes.
const HEAD_ROOM: usize = 64 * 1024;

/// The key under which a permit's segments leave; none where they leave as they are.
///
/// It is made of the secret that sealed the token and the file's name, so every node makes the same one, and none keeps it.
///
/// # Errors
/// When the permit demands a protection that nothing here gives.
pub(super) fn content_key(
    keys: &TokenKeys,
    token: &str,
    permit: &Permit,
) -> Result<Option<ContentKey>> {
    match permit.protection() {
        Protection::None => return Ok(None),
        Protection::Encrypted => {}
        Protection::DrmSoftware | Protection::DrmHardware => return Err(away()),
    }
    let asset = permit.asset().to_bytes();
    let part = |purpose| {
        let secret = keys.derive(token, purpose, &asset);
        let first = secret.and_then(|secret| secret.first_chunk::<16>().copied());
        first.ok_or_else(Error::not_found)
    };
    Ok(Some(ContentKey {
        id: part("cineclub content key id")?,
        secret: part("cineclub content key")?,
        iv: part("cineclub content vector")?,
    }))
}

/// Who hands the key out to the players of a token.
pub(super) fn key_system(token: &str) -> KeySystem {
    KeySystem::ClearKey {
        // Seen from a track's playlist, and so the same for every token: those playlists are remembered.
        key_uri: "../key".to_owned(),
        // Players take a relative address of this kind for one of the page they stand on.
        licence_uri: format!("/media/{token}/licence"),
    }
}

/// What the playlists of a token say of its key.
pub(super) fn encryption(key: &ContentKey, token: &str) -> Encryption {
    Encryption {
        key_id: key.id,
        system: key_system(token),
    }
}

/// The key as a JSON Web Key set (Encrypted Media Extensions, section 9.1.4).
pub fn licence(key: &ContentKey) -> serde_json::Value {
    serde_json::json!({
        "keys": [{
            "kty": "oct",
            "kid": URL_SAFE_NO_PAD.encode(key.id),
            "k": URL_SAFE_NO_PAD.encode(key.secret),
        }],
        "type": "temporary",
    })
}

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
