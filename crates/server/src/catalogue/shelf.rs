//! The catalogue as one audience may see it.

use std::sync::Arc;

use cineclub_db::search::search_key;
use cineclub_domain::language::Language;
use cineclub_domain::openings::Openings;
use cineclub_domain::title::TitleKind;

use super::{AssetEntry, Entry, Snapshot};

/// The catalogue as one audience may see it at one instant. Whatever it returns may be shown.
pub struct Shelf<'s> {
    snapshot: &'s Snapshot,
    openings: Arc<Openings>,
}

impl<'s> Shelf<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, openings: Arc<Openings>) -> Self {
        Self { snapshot, openings }
    }

    /// Whether the title may be shown.
    pub fn shows(&self, entry: &Entry) -> bool {
        self.openings.shows(entry.subject())
    }

    /// Whether the grants of what is shown leave something to play of its file, or of one below it. What
    /// has no file yet loses nothing by them.
    pub fn offers(&self, entry: &Entry) -> bool {
        if entry.title.kind.is_watched() {
            return entry.film().is_none_or(|film| {
                let sizes = || entry.rungs(film).filter_map(AssetEntry::size);
                let pictures = || sizes().map(|(_, picture)| picture);
                let tracks = || film.rules_tracks().into_iter().chain(pictures()).collect();
                self.openings.offers(entry.subject(), tracks)
            });
        }
        let mut below = self.snapshot.children(entry.title.id).peekable();
        below.peek().is_none() || below.any(|child| self.offers(child))
    }

    /// Films and series worth listing, in the order of names: those that may be shown and have
    /// something to watch.
    pub fn works(&self) -> impl Iterator<Item = &'s Entry> + '_ {
        self.snapshot
            .all()
            .filter(|entry| matches!(entry.title.kind, TitleKind::Film | TitleKind::Series))
            .filter(|entry| self.lists(entry))
    }

    /// Films, in the order of names.
    pub fn films(&self) -> impl Iterator<Item = &'s Entry> + '_ {
        self.works()
            .filter(|entry| entry.title.kind == TitleKind::Film)
    }

    /// Series, in the order of names.
    pub fn series(&self) -> impl Iterator<Item = &'s Entry> + '_ {
        self.works()
            .filter(|entry| entry.title.kind == TitleKind::Series)
    }

    /// Films and series, the latest to arrive first.
    pub fn latest(&self) -> Vec<&'s Entry> {
        let mut works: Vec<_> = self.works().collect();
        works.sort_by_key(|entry| std::cmp::Reverse((entry.title.created, entry.title.id)));
        works
    }

    /// What belongs to a title and may be listed: its seasons or episodes, in their order.
    pub fn below(&self, entry: &'s Entry) -> impl Iterator<Item = &'s Entry> + '_ {
        self.snapshot
            .children(entry.title.id)
            .filter(|child| self.lists(child))
    }

    /// The episodes of a series that may be listed, season by season.
    pub fn episodes(&self, series: &'s Entry) -> impl Iterator<Item = &'s Entry> + '_ {
        self.below(series).flat_map(|season| self.below(season))
    }

    /// The episode after this one in its series, if it may be listed.
    pub fn next(&self, episode: &Entry) -> Option<&'s Entry> {
        let season = self.snapshot.parent(episode)?;
        let series = self.snapshot.parent(season)?;
        self.episodes(series)
            .skip_while(|other| other.title.id != episode.title.id)
            .nth(1)
    }

    /// The genres of what is listed, the most frequent first.
    pub fn genres(&self) -> Vec<&'s str> {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for genre in self.works().flat_map(|entry| &entry.title.genres) {
            match counts.iter_mut().find(|(known, _)| known == genre) {
                Some((_, count)) => *count += 1,
                None => counts.push((genre, 1)),
            }
        }
        counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        counts.into_iter().map(|(genre, _)| genre).collect()
    }

    /// Titles whose name, in any language, has words that begin with those asked for. Names in
    /// `language` that begin with the question come first.
    pub fn search(&self, question: &str, language: &Language, limit: usize) -> Vec<&'s Entry> {
        let asked = search_key(question);
        let words: Vec<_> = asked.split(' ').filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let matches = |name: &str| {
            let key = search_key(name);
            words.iter().all(|word| key.contains(&format!(" {word}")))
        };
        let mut found: Vec<_> = self
            .snapshot
            .all()
            .filter(|entry| entry.title.kind != TitleKind::Season)
            .filter(|entry| entry.texts.iter().any(|text| matches(&text.name)))
            .filter(|entry| self.lists(entry))
            .collect();
        found.sort_by_key(|entry| {
            let begins = search_key(entry.name(language)).starts_with(&asked);
            (!begins, entry.title.kind, entry.title.sort_key.clone())
        });
        found.truncate(limit);
        found
    }

    /// Titles like this one, for whoever came too late for it: sharing a genre before any other.
    pub fn like(&self, entry: &Entry, limit: usize) -> Vec<&'s Entry> {
        let shared = |other: &Entry| {
            other
                .title
                .genres
                .iter()
                .filter(|g| entry.title.genres.contains(g))
                .count()
        };
        let mut others: Vec<_> = self
            .works()
            .filter(|other| other.title.id != entry.title.id)
            .collect();
        others.sort_by_key(|other| std::cmp::Reverse(shared(other)));
        others.truncate(limit);
        others
    }

    /// Whether it may be shown and there is something to watch in it.
    pub fn lists(&self, entry: &Entry) -> bool {
        self.shows(entry) && self.has_film(entry)
    }

    fn has_film(&self, entry: &Entry) -> bool {
        if entry.title.kind.is_watched() {
            return entry.is_embodied() && self.offers(entry);
        }
        self.snapshot
            .children(entry.title.id)
            .any(|child| self.lists(child))
    }
}
