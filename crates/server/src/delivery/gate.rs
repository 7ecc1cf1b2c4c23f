//! The gate: an in-memory set of revocations that every token passes before it gets a byte.
//!
//! **Invariant:** a gate that has not heard from the database lately refuses everything, so that a
//! node cut off from the others can't go on serving what they have stopped.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use cineclub_domain::time::{SECOND_MS, Timestamp};
use cineclub_domain::token::Sealed;

/// How old the last successful poll may be before media is refused, in milliseconds.
pub const STALE_MS: i64 = 30 * SECOND_MS;
/// How far the clock may step back before what the gate knows counts as stale, in milliseconds.
const STEP_BACK_MS: i64 = 5 * SECOND_MS;

/// What a revocation names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// One play.
    Play([u8; 16]),
    /// Everything one sign-in started.
    Session([u8; 16]),
    /// Everything an account started.
    Account([u8; 16]),
    /// Every play of a title and of what is below it.
    Title([u8; 16]),
    /// Every play a grant allowed.
    Grant([u8; 16]),
    /// Every play of a file.
    Asset([u8; 16]),
}

/// One revocation, as the gate keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoked {
    /// Its number in the change sequence. It reaches tokens that had seen less.
    pub seq: i64,
    /// What it names.
    pub subject: Subject,
    /// When it was made.
    pub at: Timestamp,
    /// When no token it could reach is left.
    pub expires: Timestamp,
}

/// Why the gate lets no byte through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Something the token rests on was withdrawn.
    #[error("the permission to play this was withdrawn")]
    Revoked,
    /// The token's own time is over.
    #[error("this playback link has expired")]
    Expired,
    /// The gate has not heard from the database for too long to answer.
    #[error("playback is paused until the server can check permissions again")]
    Stale,
}

/// The set of revocations, shared by everything that sends media. Cloning gives another handle.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    known: Arc<RwLock<Arc<Known>>>,
}

#[derive(Debug, Clone, Default)]
struct Known {
    /// The furthest revocation of each subject.
    reach: HashMap<Subject, Revoked>,
    /// The last number heard of.
    seq: i64,
    /// When the last successful poll was; `None` before the first.
    heard: Option<Timestamp>,
}

impl Gate {
    /// Whether a token still lets bytes flow at `now`.
    ///
    /// # Errors
    /// [`Refusal`]; [`Refusal::Stale`] comes first, because a gate that knows nothing can say nothing.
    pub fn check(&self, sealed: &Sealed, now: Timestamp) -> Result<(), Refusal> {
        let known = self.known();
        if !known.is_fresh(now) {
            return Err(Refusal::Stale);
        }
        if now >= sealed.expires {
            return Err(Refusal::Expired);
        }
        if known.reaches(sealed) {
            return Err(Refusal::Revoked);
        }
        Ok(())
    }

    /// Whether the gate has heard from the database lately enough to answer.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.known().is_fresh(now)
    }

    /// How long ago the last successful poll was, in milliseconds; `None` before the first.
    pub fn age_ms(&self, now: Timestamp) -> Option<i64> {
        self.known().heard.map(|heard| now.millis_since(heard))
    }

    /// The last number heard of; `None` before the first successful poll.
    pub fn heard_of(&self) -> Option<i64> {
        let known = self.known();
        known.heard.map(|_| known.seq)
    }

    /// Takes in what a successful poll at `now` brought, and forgets what no living token needs.
    pub fn learn(&self, news: &[Revoked], seq: i64, now: Timestamp) {
        // Held throughout: of two who learn at once, neither may undo what the other heard.
        let mut shared = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let known = Arc::make_mut(&mut shared);
        known.heard = Some(now);
        known.seq = known.seq.max(seq);
        if !news.is_empty() {
            // Tokens end at the latest when their revocation does, so nothing that is dropped is missed.
            known.reach.retain(|_, revoked| revoked.expires > now);
        }
        for revoked in news {
            let entry = known.reach.entry(revoked.subject).or_insert(*revoked);
            entry.seq = entry.seq.max(revoked.seq);
            entry.at = entry.at.max(revoked.at);
            entry.expires = entry.expires.max(revoked.expires);
            known.seq = known.seq.max(revoked.seq);
        }
    }

    /// Whether any of `subjects` was revoked at `since` or later.
    pub fn withdrew(&self, subjects: impl IntoIterator<Item = Subject>, since: Timestamp) -> bool {
        let known = self.known();
        subjects.into_iter().any(|subject| {
            known
                .reach
                .get(&subject)
                .is_some_and(|revoked| revoked.at >= since)
        })
    }

    /// How many subjects are revoked at present.
    pub fn len(&self) -> usize {
        self.known().reach.len()
    }

    /// Whether nothing is revoked at present.
    pub fn is_empty(&self) -> bool {
        self.known().reach.is_empty()
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Known {
    fn is_fresh(&self, now: Timestamp) -> bool {
        self.heard.is_some_and(|heard| {
            let age = now.millis_since(heard);
            (-STEP_BACK_MS..=STALE_MS).contains(&age)
        })
    }

    fn reaches(&self, sealed: &Sealed) -> bool {
        if self.reach.is_empty() {
            return false;
        }
        let permit = &sealed.permit;
        let fixed = [
            Subject::Play(sealed.play.to_bytes()),
            Subject::Session(permit.session().to_bytes()),
            Subject::Account(permit.account().to_bytes()),
            Subject::Grant(permit.grant().to_bytes()),
        ];
        let assets = permit.assets().map(|id| Subject::Asset(id.to_bytes()));
        let titles = permit
            .lineage()
            .iter()
            .map(|id| Subject::Title(id.to_bytes()));
        fixed
            .into_iter()
            .chain(assets)
            .chain(titles)
            .any(|subject| {
                self.reach
                    .get(&subject)
                    .is_some_and(|revoked| revoked.seq > sealed.seen)
            })
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
