//! Sessions: signed-in browsers and devices, known by the hash of their cookie.

use cineclub_domain::account::Account;
use cineclub_domain::id::{AccountId, SessionId};
use cineclub_domain::time::Timestamp;

use crate::value::{FromRow, Row, params};
use crate::{Result, Tx};

/// A signed-in browser or device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who is signed in.
    pub account: AccountId,
    /// When they signed in.
    pub created: Timestamp,
    /// When it was last used, to the precision the server chooses.
    pub last_seen: Timestamp,
    /// When it is over.
    pub expires: Timestamp,
    /// What the person reads in the list of devices.
    pub device: String,
}

impl FromRow for Session {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("session_id")?,
            account: row.get("account")?,
            created: row.get("session_created_ms")?,
            last_seen: row.get("last_seen_ms")?,
            expires: row.get("expires_ms")?,
            device: row.get("device")?,
        })
    }
}

struct SessionAndAccount(Session, Account);

impl FromRow for SessionAndAccount {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self(Session::from_row(row)?, Account::from_row(row)?))
    }
}

/// Adds a session. `token_hash` is the SHA-256 of the cookie's secret.
pub async fn create(tx: &mut Tx, session: &Session, token_hash: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO session (id, token_hash, account, created_ms, last_seen_ms, expires_ms, device)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            session.id,
            token_hash,
            session.account,
            session.created,
            session.last_seen,
            session.expires,
            session.device,
        ],
    )
    .await?;
    Ok(())
}

/// The session of a cookie and its account; none if it is over at `now` or the account is shut.
pub async fn by_token(
    tx: &mut Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<(Session, Account)>> {
    let found: Option<SessionAndAccount> = tx
        .optional(
            "SELECT s.id AS session_id, s.account, s.created_ms AS session_created_ms, s.last_seen_ms,
                    s.expires_ms, s.device,
                    a.id, a.email, a.role, a.language, a.territory, a.age, a.created_ms, a.disabled_ms
             FROM session s JOIN account a ON a.id = s.account
             WHERE s.token_hash = $1 AND s.expires_ms > $2
               AND (a.disabled_ms IS NULL OR a.disabled_ms > $2)",
            params![token_hash, now],
        )
        .await?;
    Ok(found.map(|both| (both.0, both.1)))
}

/// Notes that the session was used. Nothing happens if it is gone.
pub async fn touch(tx: &mut Tx, id: SessionId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE session SET last_seen_ms = $2 WHERE id = $1 AND last_seen_ms < $2",
        params![id, now],
    )
    .await?;
    Ok(())
}

/// The account's sessions that are not over at `now`, the last used first.
pub async fn list(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<Vec<Session>> {
    tx.all(
        "SELECT id AS session_id, account, created_ms AS session_created_ms, last_seen_ms, expires_ms, device
         FROM session WHERE account = $1 AND expires_ms > $2 ORDER BY last_seen_ms DESC, id",
        params![account, now],
    )
    .await
}

/// Signs one session of the account out; false if it had none of that id.
pub async fn delete(tx: &mut Tx, account: AccountId, id: SessionId) -> Result<bool> {
    Ok(tx
        .execute(
            "DELETE FROM session WHERE id = $1 AND account = $2",
            params![id, account],
        )
        .await?
        > 0)
}

/// Signs the account out everywhere and returns how many sessions that ended.
pub async fn delete_all(tx: &mut Tx, account: AccountId) -> Result<u64> {
    tx.execute("DELETE FROM session WHERE account = $1", params![account])
        .await
}

/// Signs the account out everywhere but here, and returns what that ended.
pub async fn delete_others(
    tx: &mut Tx,
    account: AccountId,
    here: SessionId,
) -> Result<Vec<SessionId>> {
    let ended: Vec<Ended> = tx
        .all(
            "DELETE FROM session WHERE account = $1 AND id <> $2 RETURNING id",
            params![account, here],
        )
        .await?;
    Ok(ended.into_iter().map(|Ended(id)| id).collect())
}

/// The id of a session that was ended.
struct Ended(SessionId);

impl FromRow for Ended {
    fn from_row(row: &Row) -> Result<Self> {
        row.get("id").map(Self)
    }
}

/// Removes sessions that were over before `before`.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM session WHERE expires_ms < $1", params![before])
        .await
}
