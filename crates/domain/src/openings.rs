//! The decision in set form: for an audience and an instant, every title that may be shown.
//!
//! Lists ask this instead of [`show`](crate::decide::show) title by title. A property test holds
//! the two equal.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::decide::{Audience, Subject, Terms, covers};
use crate::grant::Grant;
use crate::hold::Hold;
use crate::id::TitleId;
use crate::time::Timestamp;
use crate::title::Track;

/// What is open to an audience, from an instant until something changes by itself.
#[derive(Debug, Clone)]
pub struct Openings {
    /// Titles of which any file may be played.
    open: HashSet<TitleId>,
    /// Titles of which a file may be played that meets one of these terms; with none, no file.
    narrow: HashMap<TitleId, Vec<Arc<Terms>>>,
    held: HashSet<TitleId>,
    age: Option<u8>,
    since: Timestamp,
    until: Option<Timestamp>,
}

impl Openings {
    /// Finds what is open to `audience` at `now`.
    pub fn at(audience: Audience, grants: &[Grant], holds: &[Hold], now: Timestamp) -> Self {
        let mut open = HashSet::new();
        let mut narrow: HashMap<_, Vec<_>> = HashMap::new();
        for grant in grants
            .iter()
            .filter(|grant| covers(grant, audience, now).is_ok())
        {
            let terms = Terms::of(grant).ok();
            if terms.as_ref().is_some_and(Terms::take_anything) {
                open.extend(grant.titles.iter().copied());
                continue;
            }
            let terms = terms.map(Arc::new);
            for title in &grant.titles {
                narrow.entry(*title).or_default().extend(terms.clone());
            }
        }
        let held = holds
            .iter()
            .filter(|hold| now >= hold.since && hold.until.is_none_or(|until| now < until))
            .map(|hold| hold.title)
            .collect();
        let edges = grants
            .iter()
            .flat_map(|grant| [grant.window.start(), grant.end()])
            .chain(holds.iter().flat_map(|hold| [Some(hold.since), hold.until]))
            .flatten();
        Self {
            open,
            narrow,
            held,
            age: audience.age,
            since: now,
            until: edges.filter(|edge| *edge > now).min(),
        }
    }

    /// Whether these openings still tell the truth at `now`, as long as no grant or hold was changed.
    pub fn hold_at(&self, now: Timestamp) -> bool {
        self.since <= now && self.until.is_none_or(|until| now < until)
    }

    /// Whether the title may be shown.
    pub fn shows(&self, subject: Subject<'_>) -> bool {
        subject
            .lineage
            .iter()
            .any(|title| self.open.contains(&title) || self.narrow.contains_key(&title))
            && !subject
                .lineage
                .iter()
                .any(|title| self.held.contains(&title))
            && !matches!((subject.min_age, self.age), (Some(least), Some(age)) if age < least)
    }

    /// Whether a title that is shown has something to play in a file with these tracks, for someone with
    /// the best plan.
    pub fn offers(&self, subject: Subject<'_>, tracks: impl FnOnce() -> Vec<Track>) -> bool {
        let mut lineage = subject.lineage.iter();
        if lineage.any(|title| self.open.contains(&title)) {
            return true;
        }
        let tracks = tracks();
        let narrow = subject
            .lineage
            .iter()
            .filter_map(|title| self.narrow.get(&title));
        narrow.flatten().any(|terms| terms.allow(&tracks))
    }
}
