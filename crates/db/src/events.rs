//! The staff's record of changes: who did what, when, from what to what. It is only added to.

use cineclub_domain::id::{AccountId, EventId};
use cineclub_domain::time::Timestamp;

use crate::value::{params, row};
use crate::{Result, Tx};

row! {
    /// One entry.
    pub struct Event {
        /// Its id.
        pub id: EventId,
        /// When it happened.
        pub at_ms: Timestamp,
        /// Who did it; none when the program did.
        pub actor: Option<AccountId>,
        /// A verb such as `grant.ended`.
        pub action: String,
        /// The kind of thing it was done to.
        pub subject_kind: String,
        /// Which one.
        pub subject: String,
        /// The state before, as JSON.
        pub from_json: Option<String>,
        /// The state after, as JSON.
        pub to_json: Option<String>,
    }
}

macro_rules! columns {
    () => {
        "id, at_ms, actor, action, subject_kind, subject, from_json, to_json"
    };
}

/// Adds an entry.
pub async fn append(tx: &mut Tx, event: &Event) -> Result<()> {
    tx.execute(
        concat!(
            "INSERT INTO event (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        params![
            event.id,
            event.at_ms,
            event.actor,
            event.action,
            event.subject_kind,
            event.subject,
            event.from_json,
            event.to_json,
        ],
    )
    .await?;
    Ok(())
}

/// What was done to one thing, the last first.
pub async fn of_subject(tx: &mut Tx, subject_kind: &str, subject: &str) -> Result<Vec<Event>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM event WHERE subject_kind = $1 AND subject = $2 ORDER BY id DESC"
        ),
        params![subject_kind, subject],
    )
    .await
}

/// What was done at all, the last first, at most `limit`.
pub async fn latest(tx: &mut Tx, limit: u32) -> Result<Vec<Event>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM event ORDER BY id DESC LIMIT $1"
        ),
        params![limit],
    )
    .await
}
