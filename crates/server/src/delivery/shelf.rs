//! What is remembered of the films in use besides their tables, within a bound: stretches of Matroska films, read once
//! however many ask for one at a time, and long playlists.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use cineclub_media::{self as media, Stretch};
use moka::sync::Cache;

/// All playlists together may take so much, in bytes: of a hundred films of two hours.
const PLAYLISTS_BYTES: u64 = 16 << 20;

/// A small answer, and its name: an ETag with its quotes.
#[derive(Debug, Clone)]
pub struct Text {
    /// What is sent.
    pub bytes: Bytes,
    /// Changes with the bytes.
    pub tag: String,
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            tag: media::text_tag(&bytes),
            bytes: bytes.into(),
        }
    }
}

/// Which playlist of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum List {
    /// A track's segments.
    Segments(u8),
    /// A picture's key frames.
    Keys(u8),
    /// A track's segments, encrypted.
    EncryptedSegments(u8),
    /// A picture's key frames, encrypted.
    EncryptedKeys(u8),
}

/// What is remembered of one opened film, on the shelf that all films share.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    stretches: Cache<(u64, u32), Arc<Stretch>>,
    playlists: Cache<(u64, List), Text>,
    /// Which film: a file that was replaced is opened anew, and is another.
    film: u64,
    films: Arc<AtomicU64>,
}

impl Shelf {
    /// An empty shelf for `budget_bytes` of stretches.
    pub(super) fn new(budget_bytes: u64) -> Self {
        let weigher = |_: &(u64, u32), stretch: &Arc<Stretch>| {
            u32::try_from(stretch.memory_bytes()).unwrap_or(u32::MAX)
        };
        Self {
            stretches: Cache::builder()
                .max_capacity(budget_bytes)
                .weigher(weigher)
                .build(),
            playlists: Cache::builder()
                .max_capacity(PLAYLISTS_BYTES)
                .weigher(|_, text: &Text| u32::try_from(text.bytes.len()).unwrap_or(u32::MAX))
                .build(),
            film: 0,
            films: Arc::default(),
        }
    }

    /// A place for the stretches of another film.
    pub(super) fn for_a_film(&self) -> Self {
        Self {
            film: self.films.fetch_add(1, Ordering::Relaxed) + 1,
            ..self.clone()
        }
    }

    /// A playlist, remembered or written by `write`.
    ///
    /// # Errors
    /// What `write` reports.
    pub(super) fn playlist(
        &self,
        list: List,
        write: impl FnOnce() -> media::Result<String>,
    ) -> media::Result<Text> {
        if let Some(text) = self.playlists.get(&(self.film, list)) {
            return Ok(text);
        }
        let text = Text::from(write()?.into_bytes());
        self.playlists.insert((self.film, list), text.clone());
        Ok(text)
    }

    /// Stretch `n`, if it is remembered.
    ///
    /// # Errors
    /// [`media::Error::Read`] of the kind [`io::ErrorKind::WouldBlock`] if it is not.
    pub(super) fn at_hand(&self, n: u32) -> media::Result<Arc<Stretch>> {
        self.stretches
            .get(&(self.film, n))
            .ok_or_else(|| io::Error::from(io::ErrorKind::WouldBlock).into())
    }

    /// Stretch `n`, remembered or read by `read`. Blocks.
    ///
    /// # Errors
    /// What `read` reports, for all who waited for it.
    pub(super) fn fetched(
        &self,
        n: u32,
        read: impl FnOnce() -> media::Result<Stretch>,
    ) -> media::Result<Arc<Stretch>> {
        let read = || read().map(Arc::new);
        let fetched = self.stretches.try_get_with((self.film, n), read);
        fetched.map_err(|error: Arc<media::Error>| io::Error::other(error).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_playlist_is_written_once_and_each_film_has_its_own() {
        let shelf = Shelf::new(1 << 20);
        let (one, other) = (shelf.for_a_film(), shelf.for_a_film());
        let first = one
            .playlist(List::Keys(1), || Ok("one".to_owned()))
            .unwrap();
        let again = one.playlist(List::Keys(1), || panic!("it is remembered"));
        assert_eq!(again.unwrap().tag, first.tag);
        let else_ = other.playlist(List::Keys(1), || Ok("other".to_owned()));
        assert_eq!(else_.unwrap().bytes, "other");
    }

    #[test]
    fn a_film_opened_anew_does_not_see_what_was_remembered_of_the_one_before() {
        let shelf = Shelf::new(1 << 20);
        let (one, other) = (shelf.for_a_film(), shelf.for_a_film());
        assert_ne!(one.film, other.film);
        let refused = one.at_hand(0).expect_err("nothing is there");
        assert!(
            matches!(refused, media::Error::Read(error) if error.kind() == io::ErrorKind::WouldBlock)
        );
    }
}
