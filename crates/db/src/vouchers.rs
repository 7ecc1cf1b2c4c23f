//! Vouchers: codes that buy days on a plan, each use of which has exactly one winner.

use cineclub_domain::id::{AccountId, PlanId, VoucherId};
use cineclub_domain::time::Timestamp;

use crate::value::{params, row};
use crate::{Result, Tx};

row! {
    /// A voucher as staff see it. The code itself is not kept.
    pub struct Voucher {
        /// Its id.
        pub id: VoucherId,
        /// The plan it buys days on.
        pub plan: PlanId,
        /// How many days one use buys.
        pub days: u16,
        /// How many uses it has in all.
        pub uses_max: u32,
        /// How many were made.
        pub uses: u32,
        /// No use from this instant on.
        pub expires_ms: Option<Timestamp>,
        /// Whom it was made for.
        pub note: String,
        /// When it was made.
        pub created_ms: Timestamp,
        /// When staff stopped it: no use from then on.
        pub stopped_ms: Option<Timestamp>,
    }
}

/// Whether a voucher can be redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Usable,
    /// Every use was made.
    UsedUp,
    /// It had an end, which has passed.
    Expired,
    /// Staff stopped it.
    Stopped,
}

impl Voucher {
    /// How it stands at `now`. That it was stopped outweighs the rest: somebody decided it.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        if self.stopped_ms.is_some() {
            Standing::Stopped
        } else if self.expires_ms.is_some_and(|expires| expires <= now) {
            Standing::Expired
        } else if self.uses >= self.uses_max {
            Standing::UsedUp
        } else {
            Standing::Usable
        }
    }
}

/// The answer to a person who typed a code.
#[derive(Debug, Clone, PartialEq)]
pub enum Redeemed {
    /// The use is theirs; the voucher is as it stands after it.
    Yes(Voucher),
    /// No voucher has this code.
    Unknown,
    /// It had an end, which has passed.
    Expired,
    /// Others were first.
    UsedUp,
    /// Staff stopped it.
    Stopped,
    /// This account has used it.
    Already,
}

macro_rules! columns {
    () => {
        "id, plan, days, uses_max, uses, expires_ms, note, created_ms, stopped_ms"
    };
}

/// Adds a voucher; false if it was added before. `code_hash` is the SHA-256 of its code; `voucher.uses` is taken as 0.
///
/// # Errors
/// [`Conflict("voucher_code_hash")`](crate::Error::Conflict) if the code exists.
pub async fn create(tx: &mut Tx, voucher: &Voucher, code_hash: &str) -> Result<bool> {
    let made = tx
        .execute(
        "INSERT INTO voucher (id, code_hash, plan, days, uses_max, uses, expires_ms, note, created_ms)
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
        params![
            voucher.id,
            code_hash,
            voucher.plan,
            voucher.days,
            voucher.uses_max,
            voucher.expires_ms,
            voucher.note,
            voucher.created_ms,
        ],
    )
    .await?;
    Ok(made > 0)
}

/// Every voucher, the newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Voucher>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM voucher ORDER BY created_ms DESC, id"
        ),
        params![],
    )
    .await
}

/// The voucher with this code.
pub async fn by_code(tx: &mut Tx, code_hash: &str) -> Result<Option<Voucher>> {
    tx.optional(
        concat!("SELECT ", columns!(), " FROM voucher WHERE code_hash = $1"),
        params![code_hash],
    )
    .await
}

/// The voucher with this id.
pub async fn by_id(tx: &mut Tx, id: VoucherId) -> Result<Option<Voucher>> {
    tx.optional(
        concat!("SELECT ", columns!(), " FROM voucher WHERE id = $1"),
        params![id],
    )
    .await
}

/// Stops a voucher; false if it was stopped before, or is not there.
pub async fn stop(tx: &mut Tx, id: VoucherId, now: Timestamp) -> Result<bool> {
    let stopped = tx
        .execute(
            "UPDATE voucher SET stopped_ms = $2 WHERE id = $1 AND stopped_ms IS NULL",
            params![id, now],
        )
        .await?;
    Ok(stopped > 0)
}

/// Uses a voucher for an account.
///
/// The voucher's own row is raised first: of two who want the last use the second waits, and finds none left.
pub async fn redeem(
    tx: &mut Tx,
    code_hash: &str,
    account: AccountId,
    now: Timestamp,
) -> Result<Redeemed> {
    let Some(voucher) = take_use(tx, code_hash, now).await? else {
        return why_not(tx, code_hash, account, now).await;
    };
    if add_redemption(tx, voucher.id, account, now).await? {
        return Ok(Redeemed::Yes(voucher));
    }
    give_back_use(tx, voucher.id).await?;
    Ok(Redeemed::Already)
}

async fn take_use(tx: &mut Tx, code_hash: &str, now: Timestamp) -> Result<Option<Voucher>> {
    tx.optional(
        concat!(
            "UPDATE voucher SET uses = uses + 1
             WHERE code_hash = $1 AND uses < uses_max AND (expires_ms IS NULL OR expires_ms > $2)
                 AND stopped_ms IS NULL
             RETURNING ",
            columns!()
        ),
        params![code_hash, now],
    )
    .await
}

async fn give_back_use(tx: &mut Tx, id: VoucherId) -> Result<()> {
    tx.execute_one(
        "UPDATE voucher SET uses = uses - 1 WHERE id = $1",
        params![id],
    )
    .await
}

async fn add_redemption(
    tx: &mut Tx,
    voucher: VoucherId,
    account: AccountId,
    now: Timestamp,
) -> Result<bool> {
    let added = tx
        .execute(
            "INSERT INTO redemption (voucher, account, at_ms) VALUES ($1, $2, $3)
             ON CONFLICT (voucher, account) DO NOTHING",
            params![voucher, account, now],
        )
        .await?;
    Ok(added > 0)
}

async fn why_not(
    tx: &mut Tx,
    code_hash: &str,
    account: AccountId,
    now: Timestamp,
) -> Result<Redeemed> {
    let Some(voucher) = by_code(tx, code_hash).await? else {
        return Ok(Redeemed::Unknown);
    };
    if has_redeemed(tx, voucher.id, account).await? {
        return Ok(Redeemed::Already);
    }
    Ok(match voucher.standing(now) {
        Standing::Stopped => Redeemed::Stopped,
        Standing::Expired => Redeemed::Expired,
        Standing::UsedUp | Standing::Usable => Redeemed::UsedUp,
    })
}

async fn has_redeemed(tx: &mut Tx, voucher: VoucherId, account: AccountId) -> Result<bool> {
    let count = tx
        .count(
            "SELECT COUNT(*) AS n FROM redemption WHERE voucher = $1 AND account = $2",
            params![voucher, account],
        )
        .await?;
    Ok(count > 0)
}
