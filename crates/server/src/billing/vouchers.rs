//! Vouchers: the way of paying that needs nobody else.

use cineclub_db::vouchers::{self, Redeemed, Standing, Voucher};
use cineclub_db::{accounts, plans, subscriptions};
use cineclub_domain::id::{AccountId, PlanId, SubscriptionId, VoucherId};
use cineclub_domain::plan::Subscription;
use cineclub_domain::time::{DAY_MS, Timestamp};

use super::Provider;
use crate::App;
use crate::accounts::digest;
use crate::accounts::owner::{normal, readable_code};
use crate::error::{Error, Kind, Result};
use crate::record::{self, Change};

/// The embedded provider.
#[derive(Debug, Clone, Copy, Default)]
pub struct Vouchers;

impl Provider for Vouchers {
    fn name(&self) -> &'static str {
        "voucher"
    }

    async fn settle(&self, app: &App, account: AccountId, presented: &str) -> Result<Subscription> {
        redeem(app, account, presented, self.name()).await
    }
}

/// What a new voucher is to be.
#[derive(Debug, Clone)]
pub struct NewVoucher {
    /// The plan it opens.
    pub plan: PlanId,
    /// Days it gives.
    pub days: u16,
    /// How many accounts may use it.
    pub uses: u32,
    /// When it stops being good.
    pub expires: Option<Timestamp>,
    /// Whom it is for.
    pub note: String,
}

/// Makes a voucher and returns its code, which is shown this once: only its hash is kept.
///
/// # Errors
/// [`Kind::BadInput`] if it would give nothing.
pub async fn create(app: &App, actor: Option<AccountId>, new: NewVoucher) -> Result<String> {
    let id = VoucherId::new(app.now(), app.entropy());
    create_once(app, actor, id, new)
        .await?
        .ok_or_else(|| Error::internal("a new voucher has the id of another"))
}

/// Makes the voucher `id` and returns its code; nothing if it was made before, for a form sent twice.
///
/// # Errors
/// [`Kind::BadInput`] if it would give nothing.
pub async fn create_once(
    app: &App,
    actor: Option<AccountId>,
    id: VoucherId,
    new: NewVoucher,
) -> Result<Option<String>> {
    if new.days == 0 || new.uses == 0 {
        return Err(Error::new(
            Kind::BadInput,
            "A voucher needs at least one day and one use.",
        )
        .keyed("error-voucher-empty"));
    }
    let now = app.now();
    let code = readable_code(app, 4);
    let voucher = Voucher {
        id,
        plan: new.plan,
        days: new.days,
        uses_max: new.uses,
        uses: 0,
        expires_ms: new.expires,
        note: new.note,
        created_ms: now,
        stopped_ms: None,
    };
    let hash = digest(&code);
    let event = record::event(
        app,
        actor,
        "voucher.created",
        "voucher",
        voucher.id,
        &Change::to(&serde_json::json!({ "days": voucher.days, "uses": voucher.uses_max })),
    );
    let made = app
        .db()
        .write(async |tx| {
            let made = vouchers::create(tx, &voucher, &hash).await?;
            if made {
                cineclub_db::events::append(tx, &event).await?;
            }
            Ok::<_, cineclub_db::Error>(made)
        })
        .await?;
    Ok(made.then_some(code))
}

/// Every voucher, newest first.
pub async fn list(app: &App) -> Result<Vec<Voucher>> {
    Ok(app.db().read(async |tx| vouchers::list(tx).await).await?)
}

/// Stops a voucher: nobody redeems it any more. What was redeemed with it stays. False if it was
/// stopped before.
///
/// # Errors
/// [`Kind::NotFound`] if there is no such voucher.
pub async fn stop(app: &App, actor: AccountId, id: VoucherId) -> Result<bool> {
    let now = app.now();
    app.db()
        .write(async |tx| {
            let voucher = vouchers::by_id(tx, id)
                .await?
                .ok_or(cineclub_db::Error::NotFound)?;
            let stopped = vouchers::stop(tx, id, now).await?;
            if stopped {
                let change = Change::to(&voucher.note);
                let event =
                    record::event(app, Some(actor), "voucher.stopped", "voucher", id, &change);
                cineclub_db::events::append(tx, &event).await?;
            }
            Ok::<_, cineclub_db::Error>(stopped)
        })
        .await
        .map_err(Error::from)
}

/// Whether a code can still be redeemed by somebody who hasn't.
pub async fn is_usable(app: &App, code: &str) -> Result<bool> {
    let (hash, now) = (digest(&normal(code)), app.now());
    let found = app
        .db()
        .read(async |tx| vouchers::by_code(tx, &hash).await)
        .await?;
    Ok(found.is_some_and(|voucher| voucher.standing(now) == Standing::Usable))
}

/// Uses a voucher: its days are added to what the account has.
async fn redeem(app: &App, account: AccountId, code: &str, provider: &str) -> Result<Subscription> {
    let now = app.now();
    let hash = digest(&normal(code));
    let id = SubscriptionId::new(now, app.entropy());
    let outcome = app
        .db()
        .write(async |tx| {
            // Two vouchers of one account at once take turns: each adds to what the other left.
            accounts::take_turn(tx, account).await?;
            let redeemed = vouchers::redeem(tx, &hash, account, now).await?;
            let Redeemed::Yes(voucher) = &redeemed else {
                return Ok::<_, cineclub_db::Error>(Err(redeemed));
            };
            let running = subscriptions::current(tx, account, now)
                .await?
                .filter(|s| s.plan.id == voucher.plan);
            let days = i64::from(voucher.days) * DAY_MS;
            match &running {
                Some(running) => {
                    subscriptions::extend(tx, running.id, running.paid_until.plus_millis(days))
                        .await?
                }
                None => {
                    let new = subscriptions::NewSubscription {
                        id,
                        account,
                        plan: voucher.plan,
                        provider: provider.to_owned(),
                        // Each use of a voucher is a payment of its own.
                        provider_ref: format!("{}/{account}", voucher.id),
                        started: now,
                        paid_until: now.plus_millis(days),
                    };
                    subscriptions::insert(tx, &new).await?;
                }
            }
            let plan = plans::by_id(tx, voucher.plan)
                .await?
                .ok_or(cineclub_db::Error::NotFound)?;
            let (id, started, from) = running.map_or((id, now, now), |running| {
                (running.id, running.started, running.paid_until)
            });
            Ok(Ok(Subscription {
                id,
                account,
                plan,
                started,
                paid_until: from.plus_millis(days),
            }))
        })
        .await?;
    outcome.map_err(refusal)
}

fn refusal(redeemed: Redeemed) -> Error {
    let (message, key) = match redeemed {
        Redeemed::Yes(_) | Redeemed::Unknown => (
            "This code is not one of ours. Check it letter by letter.",
            "error-voucher-unknown",
        ),
        Redeemed::Expired => ("This code is no longer good.", "error-voucher-expired"),
        Redeemed::UsedUp => (
            "This code has been used by somebody else already.",
            "error-voucher-used",
        ),
        Redeemed::Stopped => (
            "This code was withdrawn. Ask whoever gave it to you for another.",
            "error-voucher-stopped",
        ),
        Redeemed::Already => ("You have used this code already.", "error-voucher-already"),
    };
    Error::new(Kind::Conflict, message).keyed(key)
}
