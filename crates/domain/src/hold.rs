//! Holds: a title kept back by a person, whatever its grants say.

use crate::id::{AccountId, HoldId, TitleId};
use crate::time::Timestamp;
use crate::title::Lineage;

/// A title kept back by hand. It reaches everything below the title, and can never permit anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its identifier.
    pub id: HoldId,
    /// The title kept back.
    pub title: TitleId,
    /// Why, in the words of who did it.
    pub reason: String,
    /// Who did it.
    pub by: AccountId,
    /// From when.
    pub since: Timestamp,
    /// Until when; a hold never outlives its reason.
    pub until: Option<Timestamp>,
}

impl Hold {
    /// Whether it keeps the title back at `instant`.
    pub fn keeps(&self, lineage: &Lineage, instant: Timestamp) -> bool {
        instant >= self.since
            && self.until.is_none_or(|until| instant < until)
            && lineage.contains(self.title)
    }
}
