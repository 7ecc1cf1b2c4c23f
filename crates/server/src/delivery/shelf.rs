//! Stretches of Matroska films, remembered within a bound and read once however many ask for one at a time.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cineclub_media::{self as media, Stretch};
use moka::sync::Cache;

/// The stretches of one opened film, on the shelf that all films share.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    stretches: Cache<(u64, u32), Arc<Stretch>>,
    /// Which film: a file that was replaced is opened anew, and is another.
    film: u64,
    films: Arc<AtomicU64>,
}

impl Shelf {
    /// An empty shelf for `budget_bytes`.
    pub(super) fn new(budget_bytes: u64) -> Self {
        let weigher = |_: &(u64, u32), stretch: &Arc<Stretch>| {
            u32::try_from(stretch.memory_bytes()).unwrap_or(u32::MAX)
        };
        Self {
            stretches: Cache::builder()
                .max_capacity(budget_bytes)
                .weigher(weigher)
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
