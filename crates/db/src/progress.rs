//! How far an account got in each title.

use cineclub_domain::id::{AccountId, TitleId};
use cineclub_domain::time::Timestamp;

use crate::value::{params, row};
use crate::{Result, Tx};

row! {
    /// How far an account got in a title.
    pub struct Progress {
        /// The account.
        pub account: AccountId,
        /// The title.
        pub title: TitleId,
        /// Where it stopped, in milliseconds.
        pub position_ms: i64,
        /// How long the title is, in milliseconds.
        pub duration_ms: i64,
        /// Whether it was seen to its credits.
        pub finished: bool,
        /// When the position was true on the device.
        pub updated_ms: Timestamp,
    }
}

/// Notes a position; false if a newer one is known, which stays.
pub async fn save(tx: &mut Tx, progress: &Progress) -> Result<bool> {
    let saved = tx
        .execute(
            "INSERT INTO progress (account, title, position_ms, duration_ms, finished, updated_ms)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (account, title) DO UPDATE SET position_ms = excluded.position_ms,
                 duration_ms = excluded.duration_ms, finished = excluded.finished, updated_ms = excluded.updated_ms
             WHERE progress.updated_ms <= excluded.updated_ms",
            params![
                progress.account,
                progress.title,
                progress.position_ms,
                progress.duration_ms,
                progress.finished,
                progress.updated_ms,
            ],
        )
        .await?;
    Ok(saved > 0)
}

/// How far the account got in a title.
pub async fn of_title(tx: &mut Tx, account: AccountId, title: TitleId) -> Result<Option<Progress>> {
    tx.optional(
        "SELECT account, title, position_ms, duration_ms, finished, updated_ms
         FROM progress WHERE account = $1 AND title = $2",
        params![account, title],
    )
    .await
}

/// Everything the account watched, the last first, at most `limit`.
pub async fn history(tx: &mut Tx, account: AccountId, limit: u32) -> Result<Vec<Progress>> {
    tx.all(
        "SELECT account, title, position_ms, duration_ms, finished, updated_ms
         FROM progress WHERE account = $1 ORDER BY updated_ms DESC, title LIMIT $2",
        params![account, limit],
    )
    .await
}
