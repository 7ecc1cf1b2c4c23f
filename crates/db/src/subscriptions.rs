//! Subscriptions: an account's purchases of plans.

use cineclub_domain::id::{AccountId, PlanId, SubscriptionId};
use cineclub_domain::plan::{Plan, Subscription};
use cineclub_domain::time::Timestamp;

use crate::value::{FromRow, Row, params};
use crate::{Result, Tx};

/// A purchase to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Who bought it.
    pub account: AccountId,
    /// What was bought.
    pub plan: PlanId,
    /// Who collects the money: `voucher`, or a payment provider's name.
    pub provider: String,
    /// The purchase's name there; the same one twice is refused.
    pub provider_ref: String,
    /// When it began.
    pub started: Timestamp,
    /// The first instant that is not paid for.
    pub paid_until: Timestamp,
}

impl FromRow for Subscription {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            account: row.get("account")?,
            plan: Plan::from_row(row)?,
            started: row.get("started_ms")?,
            paid_until: row.get("paid_until_ms")?,
        })
    }
}

macro_rules! select {
    () => {
        "SELECT s.id, s.account, s.started_ms, s.paid_until_ms, p.id AS plan_id, p.name AS plan_name, p.streams,
                p.max_height, p.downloads, p.price_minor, p.currency, p.period_days
         FROM subscription s JOIN plan p ON p.id = s.plan "
    };
}

/// Writes a purchase down.
///
/// # Errors
/// [`Conflict("subscription_provider_provider_ref")`](crate::Error::Conflict) if it is known already.
pub async fn insert(tx: &mut Tx, new: &NewSubscription) -> Result<()> {
    tx.execute(
        "INSERT INTO subscription (id, account, plan, provider, provider_ref, started_ms, paid_until_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![new.id, new.account, new.plan, new.provider, new.provider_ref, new.started, new.paid_until],
    )
    .await?;
    Ok(())
}

/// The account's subscription in force at `now`; of several, the one paid for longest.
pub async fn current(
    tx: &mut Tx,
    account: AccountId,
    now: Timestamp,
) -> Result<Option<Subscription>> {
    tx.optional(
        concat!(
            select!(),
            "WHERE s.account = $1 AND s.started_ms <= $2 AND s.paid_until_ms > $2
             ORDER BY s.paid_until_ms DESC, s.id LIMIT 1"
        ),
        params![account, now],
    )
    .await
}

/// Moves the end of the paid time, never back.
pub async fn extend(tx: &mut Tx, id: SubscriptionId, paid_until: Timestamp) -> Result<()> {
    tx.execute_one(
        "UPDATE subscription SET paid_until_ms = CASE WHEN paid_until_ms < $2 THEN $2 ELSE paid_until_ms END
         WHERE id = $1",
        params![id, paid_until],
    )
    .await
}
