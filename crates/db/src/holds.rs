//! Holds: titles kept back by a person.

use cineclub_domain::hold::Hold;
use cineclub_domain::id::{AccountId, HoldId, TitleId};
use cineclub_domain::time::Timestamp;

use crate::value::{FromRow, Row, params};
use crate::{Result, Tx, changes};

impl FromRow for Hold {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            title: row.get("title")?,
            reason: row.get("reason")?,
            by: row.get("created_by")?,
            since: row.get("created_ms")?,
            until: row.get("until_ms")?,
        })
    }
}

macro_rules! select {
    () => {
        // A hold ends when it expires or when it is lifted, whichever is first.
        "SELECT id, title, reason, created_by, created_ms,
                CASE WHEN lifted_ms IS NULL THEN expires_ms
                     WHEN expires_ms IS NULL OR lifted_ms < expires_ms THEN lifted_ms
                     ELSE expires_ms END AS until_ms
         FROM hold "
    };
}

/// Keeps a title back.
pub async fn insert(tx: &mut Tx, hold: &Hold) -> Result<()> {
    tx.execute(
        "INSERT INTO hold (id, title, reason, created_by, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        params![hold.id, hold.title, hold.reason, hold.by, hold.since, hold.until],
    )
    .await?;
    changes::append(tx, changes::Kind::Hold, &hold.id.to_string(), hold.since).await?;
    Ok(())
}

/// Lets the title go again; false if the hold had been lifted before or there is none.
pub async fn lift(tx: &mut Tx, id: HoldId, by: AccountId, now: Timestamp) -> Result<bool> {
    let lifted = tx
        .execute(
            "UPDATE hold SET lifted_ms = $2, lifted_by = $3 WHERE id = $1 AND lifted_ms IS NULL",
            params![id, now, by],
        )
        .await?;
    if lifted > 0 {
        changes::append(tx, changes::Kind::Hold, &id.to_string(), now).await?;
    }
    Ok(lifted > 0)
}

/// The holds that are not over at `now`.
pub async fn active(tx: &mut Tx, now: Timestamp) -> Result<Vec<Hold>> {
    tx.all(
        concat!(
            select!(),
            "WHERE (lifted_ms IS NULL OR lifted_ms > $1) AND (expires_ms IS NULL OR expires_ms > $1)
             ORDER BY created_ms, id"
        ),
        params![now],
    )
    .await
}

/// Every hold a title ever had, the last first.
pub async fn of_title(tx: &mut Tx, title: TitleId) -> Result<Vec<Hold>> {
    tx.all(
        concat!(
            select!(),
            "WHERE title = $1 ORDER BY created_ms DESC, id DESC"
        ),
        params![title],
    )
    .await
}
