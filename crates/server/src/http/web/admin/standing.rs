//! How a title stands, in one word and one sentence: shown, and if not, what it waits for.

use cineclub_db::assets::AssetState;
use cineclub_domain::decide::{self, Audience, Denial};
use cineclub_domain::grant::{Grant, Protection};
use cineclub_domain::hold::Hold;
use cineclub_domain::time::{DAY_MS, Timestamp};

use super::show;
use super::studio::{Badge, Mood};
use crate::catalogue::{AssetEntry, Entry, Snapshot};
use crate::translations::T;

/// How a title stands towards an audience at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'s> {
    /// It is shown, on this grant, which ends at an instant if one is known.
    Shown(&'s Grant, Option<Timestamp>),
    /// A person holds it back.
    Held,
    /// Nobody has sent its file.
    NoFile,
    /// Its file is kept, but browsers can't play it.
    Waiting,
    /// Its file can't be read.
    Damaged,
    /// Its file is not where it was; its root may be away.
    Away,
    /// No grant names it.
    NoGrant,
    /// Its window opens at this instant.
    Later(Timestamp),
    /// Its window closed at this instant.
    Ended(Timestamp),
    /// It is open elsewhere, but not for this audience.
    Elsewhere,
    /// Its grant demands this protection, which can't be given here.
    Protected(Protection),
    /// It is open, but its grants leave nothing to play of its file.
    Unfit,
}

/// What the list of titles can be narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Shown now.
    Shown,
    /// Named by no grant.
    NoGrant,
    /// Held back by hand.
    Held,
    /// Window over.
    Ended,
    /// Window not open yet.
    Later,
    /// Open elsewhere.
    Elsewhere,
    /// Open on terms that this service or the file can't meet.
    Unmet,
    /// No file that browsers can play.
    Waiting,
    /// File away.
    Away,
}

impl Group {
    /// Every group, in the order the list offers them.
    pub const ALL: [Self; 9] = [
        Self::Shown,
        Self::NoGrant,
        Self::Held,
        Self::Later,
        Self::Ended,
        Self::Elsewhere,
        Self::Unmet,
        Self::Waiting,
        Self::Away,
    ];

    /// Its name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::NoGrant => "no-grant",
            Self::Held => "held",
            Self::Ended => "ended",
            Self::Later => "later",
            Self::Elsewhere => "elsewhere",
            Self::Unmet => "unmet",
            Self::Waiting => "waiting",
            Self::Away => "unavailable",
        }
    }

    /// Reads a name from an address.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == text)
    }

    /// Its name for people.
    pub fn name(self, t: &T) -> String {
        t.get(match self {
            Self::Shown => "admin-shown",
            Self::NoGrant => "admin-no-grant",
            Self::Held => "admin-held",
            Self::Ended => "admin-ended",
            Self::Later => "admin-later-window",
            Self::Elsewhere => "admin-elsewhere",
            Self::Unmet => "admin-unmet",
            Self::Waiting => "admin-waiting",
            Self::Away => "admin-unavailable",
        })
    }
}

impl<'s> Standing<'s> {
    /// Finds how `entry` stands. A person's hold counts before its files, and those before its grants:
    /// the order in which someone would have to act.
    pub fn of(snapshot: &'s Snapshot, entry: &Entry, audience: Audience, now: Timestamp) -> Self {
        let denied = decide::show(
            entry.subject(),
            audience,
            &snapshot.grants,
            &snapshot.holds,
            now,
        );
        if is_held(entry, &snapshot.holds, now) {
            return Self::Held;
        }
        if let Some(standing) = of_files(snapshot, entry) {
            return standing;
        }
        match denied {
            Ok(_) if !snapshot.shelf(audience, now).offers(entry) => Self::Unfit,
            Ok(shown) => Self::Shown(shown.grant, shown.grant.end()),
            Err(Denial::NotYet(from)) => Self::Later(from),
            Err(Denial::Ended(at)) => Self::Ended(at),
            Err(Denial::Held) => Self::Held,
            Err(Denial::Protection(level)) => Self::Protected(level),
            Err(Denial::NoGrant) => Self::NoGrant,
            Err(_) => Self::Elsewhere,
        }
    }

    /// Which group it belongs to.
    pub fn group(self) -> Group {
        match self {
            Self::Shown(..) => Group::Shown,
            Self::Held => Group::Held,
            Self::NoFile | Self::Waiting | Self::Damaged => Group::Waiting,
            Self::Away => Group::Away,
            Self::NoGrant => Group::NoGrant,
            Self::Later(_) => Group::Later,
            Self::Ended(_) => Group::Ended,
            Self::Elsewhere => Group::Elsewhere,
            Self::Protected(_) | Self::Unfit => Group::Unmet,
        }
    }

    /// The word for it.
    pub fn badge(self, t: &T, now: Timestamp) -> Badge {
        match self {
            Self::Shown(_, Some(end)) if end.millis_since(now) < 30 * DAY_MS => Badge::new(
                Mood::Warn,
                t.one("admin-ends-in-days", "n", end.millis_since(now) / DAY_MS),
            ),
            Self::Shown(..) => Badge::new(Mood::Good, t.get("admin-shown")),
            Self::Held => Badge::new(Mood::Bad, t.get("admin-held")),
            Self::NoFile => Badge::new(Mood::Plain, t.get("admin-no-file")),
            Self::Waiting => Badge::new(Mood::Warn, t.get("admin-waiting")),
            Self::Damaged => Badge::new(Mood::Bad, t.get("admin-damaged")),
            Self::Away => Badge::new(Mood::Bad, t.get("admin-unavailable")),
            Self::NoGrant => Badge::new(Mood::Plain, t.get("admin-no-grant")),
            Self::Later(_) => Badge::new(Mood::Plain, t.get("admin-later-window")),
            Self::Ended(_) => Badge::new(Mood::Bad, t.get("admin-ended")),
            Self::Elsewhere => Badge::new(Mood::Warn, t.get("admin-elsewhere")),
            Self::Protected(_) | Self::Unfit => Badge::new(Mood::Warn, t.get("admin-unmet")),
        }
    }

    /// The sentence for it: what is so, and what would change it.
    pub fn sentence(self, t: &T, audience: Audience) -> String {
        match (self, audience.territory) {
            (Self::Shown(..), None) => t.get("admin-sentence-shown"),
            (Self::Shown(..), Some(territory)) => t.one(
                "admin-sentence-shown-in",
                "territory",
                t.territory(territory),
            ),
            (Self::Held, _) => t.get("admin-sentence-held"),
            (Self::NoFile, _) => t.get("admin-sentence-no-file"),
            (Self::Waiting, _) => t.get("admin-sentence-waiting"),
            (Self::Damaged, _) => t.get("admin-sentence-damaged"),
            (Self::Away, _) => t.get("admin-sentence-away"),
            (Self::NoGrant, _) => t.get("admin-sentence-no-grant"),
            (Self::Later(from), _) => t.one("admin-sentence-later", "date", t.moment(from)),
            (Self::Ended(at), _) => t.one("admin-sentence-ended", "date", t.moment(at)),
            (Self::Protected(level), _) => t.one(
                "admin-sentence-protected",
                "protection",
                show::protection(t, level),
            ),
            (Self::Unfit, _) => t.get("admin-sentence-unfit"),
            (Self::Elsewhere, None) => t.get("admin-sentence-elsewhere"),
            (Self::Elsewhere, Some(territory)) => t.one(
                "admin-sentence-elsewhere-in",
                "territory",
                t.territory(territory),
            ),
        }
    }
}

fn is_held(entry: &Entry, holds: &[Hold], now: Timestamp) -> bool {
    holds.iter().any(|hold| hold.keeps(&entry.lineage, now))
}

/// What is wrong with the files of a title and of what is below it; nothing if one can be played.
fn of_files(snapshot: &Snapshot, entry: &Entry) -> Option<Standing<'static>> {
    let states = states_below(snapshot, entry);
    if states.contains(&AssetState::Ready) {
        return None;
    }
    Some(if states.contains(&AssetState::Missing) {
        Standing::Away
    } else if states.contains(&AssetState::Waiting) {
        Standing::Waiting
    } else if states.contains(&AssetState::Damaged) {
        Standing::Damaged
    } else {
        Standing::NoFile
    })
}

fn states_below(snapshot: &Snapshot, entry: &Entry) -> Vec<AssetState> {
    let mut states: Vec<_> = entry.leading().map(AssetEntry::state_now).collect();
    for child in snapshot.children(entry.title.id) {
        states.extend(states_below(snapshot, child));
    }
    states
}
