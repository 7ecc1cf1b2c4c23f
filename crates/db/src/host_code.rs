//! The code, printed on the host, that lets the first owner in once.

use cineclub_domain::time::Timestamp;

use crate::value::params;
use crate::{Result, Tx};

/// Makes this the only code; an older one stops working.
pub async fn replace(
    tx: &mut Tx,
    code_hash: &str,
    now: Timestamp,
    expires: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO host_code (id, code_hash, created_ms, expires_ms, used_ms) VALUES ('owner', $1, $2, $3, NULL)
         ON CONFLICT (id) DO UPDATE SET code_hash = excluded.code_hash, created_ms = excluded.created_ms,
             expires_ms = excluded.expires_ms, used_ms = NULL",
        params![code_hash, now, expires],
    )
    .await?;
    Ok(())
}

/// Whether the code would be taken now.
pub async fn is_good(tx: &mut Tx, code_hash: &str, now: Timestamp) -> Result<bool> {
    let found = tx
        .count(
            "SELECT COUNT(*) AS n FROM host_code WHERE code_hash = $1 AND used_ms IS NULL AND expires_ms > $2",
            params![code_hash, now],
        )
        .await?;
    Ok(found > 0)
}

/// Uses the code up; false if it is another one, over, or used already.
pub async fn take(tx: &mut Tx, code_hash: &str, now: Timestamp) -> Result<bool> {
    let taken = tx
        .execute(
            "UPDATE host_code SET used_ms = $2 WHERE code_hash = $1 AND used_ms IS NULL AND expires_ms > $2",
            params![code_hash, now],
        )
        .await?;
    Ok(taken > 0)
}
