//! What saving or ending a grant would change, title by title, before it is done.

use cineclub_domain::decide::{self, Audience, Denial};
use cineclub_domain::grant::Grant;
use cineclub_domain::language::Language;
use cineclub_domain::time::Timestamp;

use super::studio::{Badge, Mood};
use super::titles;
use crate::catalogue::{Entry, Shelf, Snapshot};
use crate::translations::T;

/// Titles told one by one; further ones are counted.
const TOLD: usize = 24;

/// What would change for one title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// What happens.
    pub badge: Badge,
    /// To what.
    pub text: String,
}

/// Compares the catalogue as `audience` sees it with what it would be if `after` stood in the place of
/// the grant with its id.
pub fn of(
    t: &T,
    snapshot: &Snapshot,
    after: &Grant,
    audience: Audience,
    now: Timestamp,
) -> Vec<Effect> {
    let before = snapshot.grants.iter().find(|grant| grant.id == after.id);
    let mut would = snapshot.grants.clone();
    would.retain(|grant| grant.id != after.id);
    would.push(after.clone());
    let shelves = [
        snapshot.shelf(audience, now),
        snapshot.shelf_under(&would, audience, now),
    ];
    let mut touched = after.titles.clone();
    touched.extend(before.iter().flat_map(|grant| grant.titles.iter().copied()));
    touched.sort();
    touched.dedup();
    let language = t.language().language();
    let entries: Vec<_> = touched
        .into_iter()
        .filter_map(|id| snapshot.title(id))
        .collect();
    let is = |entry: &Entry| {
        outlook(
            snapshot,
            &shelves[0],
            &snapshot.grants,
            entry,
            audience,
            now,
        )
    };
    let will = |entry: &Entry| outlook(snapshot, &shelves[1], &would, entry, audience, now);
    let mut effects: Vec<_> = entries
        .iter()
        .take(TOLD)
        .map(|entry| Effect {
            badge: badge(t, is(entry), will(entry)),
            text: told(t, snapshot, entry, &language),
        })
        .collect();
    if entries.len() > TOLD {
        let more = t.one("admin-effect-more", "n", entries.len() - TOLD);
        effects.push(Effect {
            badge: Badge::new(Mood::Plain, "…"),
            text: more,
        });
    }
    effects
}

/// Whether a title is shown, and if not, whether it will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outlook {
    Shown,
    From(Timestamp),
    Dark,
}

/// How a title stands where `grants` make up the `shelf`.
fn outlook(
    snapshot: &Snapshot,
    shelf: &Shelf<'_>,
    grants: &[Grant],
    entry: &Entry,
    audience: Audience,
    now: Timestamp,
) -> Outlook {
    let show = |at| decide::show(entry.subject(), audience, grants, &snapshot.holds, at);
    match show(now) {
        Ok(_) if shelf.offers(entry) => Outlook::Shown,
        Err(Denial::NotYet(from) | Denial::Territory(Some(from))) => {
            let then = snapshot.shelf_under(grants, audience, from);
            match show(from) {
                Ok(_) if then.offers(entry) => Outlook::From(from),
                _ => Outlook::Dark,
            }
        }
        _ => Outlook::Dark,
    }
}

fn badge(t: &T, was: Outlook, will: Outlook) -> Badge {
    match (was, will) {
        (Outlook::Shown, Outlook::Shown) => Badge::new(Mood::Plain, t.get("admin-effect-stays")),
        (_, Outlook::Shown) => Badge::new(Mood::Good, t.get("admin-effect-appears")),
        (Outlook::Shown, Outlook::Dark) => Badge::new(Mood::Warn, t.get("admin-effect-dark")),
        (_, Outlook::From(from)) => {
            Badge::new(Mood::Live, t.one("admin-from-date", "date", t.date(from)))
        }
        (_, Outlook::Dark) => Badge::new(Mood::Plain, t.get("admin-effect-hidden")),
    }
}

fn told(t: &T, snapshot: &Snapshot, entry: &Entry, language: &Language) -> String {
    let name = titles::name(t, snapshot, entry, language);
    match snapshot.episodes(entry.title.id).count() {
        0 => name,
        episodes => t.two("admin-effect-episodes", "name", name, "n", episodes),
    }
}
