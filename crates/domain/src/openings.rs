//! The decision in set form: for an audience and an instant, every title that may be shown.
//!
//! Lists ask this instead of [`show`](crate::decide::show) title by title. A property test holds
//! the two equal.

use std::collections::HashSet;

use crate::decide::{Audience, Subject, covers};
use crate::grant::Grant;
use crate::hold::Hold;
use crate::id::TitleId;
use crate::time::Timestamp;

/// What is open to an audience, from an instant until something changes by itself.
#[derive(Debug, Clone)]
pub struct Openings {
    open: HashSet<TitleId>,
    held: HashSet<TitleId>,
    age: Option<u8>,
    since: Timestamp,
    until: Option<Timestamp>,
}

impl Openings {
    /// Finds what is open to `audience` at `now`.
    pub fn at(audience: Audience, grants: &[Grant], holds: &[Hold], now: Timestamp) -> Self {
        let open = grants
            .iter()
            .filter(|grant| covers(grant, audience, now).is_ok())
            .flat_map(|grant| grant.titles.iter().copied())
            .collect();
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
            .any(|title| self.open.contains(&title))
            && !subject
                .lineage
                .iter()
                .any(|title| self.held.contains(&title))
            && !matches!((subject.min_age, self.age), (Some(least), Some(age)) if age < least)
    }
}
