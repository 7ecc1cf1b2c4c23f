//! What is sold, and who has bought it.

pub mod vouchers;

use cineclub_db::{plans, subscriptions};
use cineclub_domain::id::{AccountId, PlanId};
use cineclub_domain::money::{Currency, Money};
use cineclub_domain::plan::{Entitlement, Plan, Subscription};

use crate::App;
use crate::error::{Error, Result};

/// A way of paying. What it reports is turned into subscriptions; entitlement follows from those.
///
/// Vouchers are the embedded one and need no service outside. A card provider is another: it sends
/// people to its own page and tells us afterwards where to look.
pub trait Provider {
    /// The name kept with each subscription that came through it.
    fn name(&self) -> &'static str;

    /// Turns what a person presented (a code, a returned checkout) into paid time.
    fn settle(
        &self,
        app: &App,
        account: AccountId,
        presented: &str,
    ) -> impl Future<Output = Result<Subscription>> + Send;
}

/// The account's running subscription, if it has one.
pub async fn subscription(app: &App, account: AccountId) -> Result<Option<Subscription>> {
    let now = app.now();
    Ok(app
        .db()
        .read(async |tx| subscriptions::current(tx, account, now).await)
        .await?)
}

/// What the account may watch by paying, now.
pub async fn entitlement(app: &App, account: AccountId) -> Result<Option<Entitlement>> {
    Ok(subscription(app, account)
        .await?
        .and_then(|subscription| subscription.entitlement(app.now())))
}

/// What is sold.
pub async fn plans(app: &App) -> Result<Vec<Plan>> {
    Ok(app.db().read(async |tx| plans::list(tx).await).await?)
}

/// Makes the plan a new service starts with, if it has none.
pub async fn ensure_plan(app: &App) -> Result<Plan> {
    if let Some(plan) = plans(app).await?.into_iter().next() {
        return Ok(plan);
    }
    let now = app.now();
    let plan = Plan {
        id: PlanId::new(now, app.entropy()),
        name: "Cineclub".to_owned(),
        streams: 2,
        max_height: None,
        downloads: false,
        price: Money {
            minor: 599,
            currency: Currency::parse("EUR").map_err(Error::internal)?,
        },
        period_days: 30,
    };
    app.db()
        .write(async |tx| plans::save(tx, &plan, now).await)
        .await?;
    Ok(plan)
}
