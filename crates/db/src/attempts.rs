//! Attempts to come in, counted over a sliding window by account and by network.

use cineclub_domain::time::Timestamp;

use crate::value::params;
use crate::{Result, Tx};

/// Waits until nobody else counts under `key`; until this transaction ends, nobody else does.
pub async fn take_turn(tx: &mut Tx, key: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO attempt_turn (limit_key, at_ms) VALUES ($1, $2)
         ON CONFLICT (limit_key) DO UPDATE SET at_ms = excluded.at_ms",
        params![key, now],
    )
    .await?;
    Ok(())
}

/// Notes an attempt under `key`, a digest of what is limited.
pub async fn record(tx: &mut Tx, key: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO signin_attempt (limit_key, at_ms) VALUES ($1, $2)",
        params![key, now],
    )
    .await?;
    Ok(())
}

/// How many attempts were noted under `key` since `since`.
pub async fn count(tx: &mut Tx, key: &str, since: Timestamp) -> Result<u64> {
    tx.count(
        "SELECT COUNT(*) AS n FROM signin_attempt WHERE limit_key = $1 AND at_ms >= $2",
        params![key, since],
    )
    .await
}

/// Forgets the attempts under `key`, as a right password does.
pub async fn clear(tx: &mut Tx, key: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM signin_attempt WHERE limit_key = $1",
        params![key],
    )
    .await?;
    Ok(())
}

/// Removes attempts older than `before`.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM attempt_turn WHERE at_ms < $1", params![before])
        .await?;
    tx.execute(
        "DELETE FROM signin_attempt WHERE at_ms < $1",
        params![before],
    )
    .await
}
