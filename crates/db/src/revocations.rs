//! Revocations: what must stop giving bytes on every node.

use cineclub_domain::time::Timestamp;

use crate::value::{params, row, words};
use crate::{Result, Tx, changes};

words! {
    /// What a revocation names.
    pub enum Kind {
        /// One play.
        Play = "play",
        /// Everything a sign-in started.
        Session = "session",
        /// Everything an account started.
        Account = "account",
        /// Every play of a title, and of what is below it.
        Title = "title",
        /// Every play a grant allowed.
        Grant = "grant",
        /// Every play of a file.
        Asset = "asset",
    }
}

row! {
    /// One revocation.
    pub struct Revocation {
        /// Its number, from the change sequence. Tokens that had seen it are not concerned.
        pub seq: i64,
        /// What it names.
        pub kind: Kind,
        /// Which one.
        pub subject: String,
        /// When it was made.
        pub at_ms: Timestamp,
        /// When no token it could concern is left.
        pub expires_ms: Timestamp,
    }
}

/// Adds a revocation and returns its number.
///
/// `expires` must not lie before the end of any token it is meant to stop.
pub async fn append(
    tx: &mut Tx,
    kind: Kind,
    subject: &str,
    now: Timestamp,
    expires: Timestamp,
) -> Result<i64> {
    let seq = changes::next(tx).await?;
    tx.execute(
        "INSERT INTO revocation (seq, kind, subject, at_ms, expires_ms) VALUES ($1, $2, $3, $4, $5)",
        params![seq, kind, subject, now, expires],
    )
    .await?;
    Ok(seq)
}

/// The revocations after `seq`, in order.
pub async fn after(tx: &mut Tx, seq: i64) -> Result<Vec<Revocation>> {
    tx.all(
        "SELECT seq, kind, subject, at_ms, expires_ms FROM revocation WHERE seq > $1 ORDER BY seq",
        params![seq],
    )
    .await
}

/// The revocations that still matter at `now`, in order: what a node loads before its first answer.
pub async fn unexpired(tx: &mut Tx, now: Timestamp) -> Result<Vec<Revocation>> {
    tx.all(
        "SELECT seq, kind, subject, at_ms, expires_ms FROM revocation WHERE expires_ms > $1 ORDER BY seq",
        params![now],
    )
    .await
}

/// Removes revocations that ended before `before`.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM revocation WHERE expires_ms < $1",
        params![before],
    )
    .await
}
