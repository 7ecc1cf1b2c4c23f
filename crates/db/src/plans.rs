//! Plans: what is sold.

use cineclub_domain::id::PlanId;
use cineclub_domain::money::{Currency, Money};
use cineclub_domain::plan::Plan;
use cineclub_domain::time::Timestamp;

use crate::value::{FromRow, Row, params};
use crate::{Error, Result, Tx, changes};

impl FromRow for Plan {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("plan_id")?,
            name: row.get("plan_name")?,
            streams: row.get("streams")?,
            max_height: row.get("max_height")?,
            downloads: row.get("downloads")?,
            price: Money {
                minor: row.get("price_minor")?,
                currency: currency(row)?,
            },
            period_days: row.get("period_days")?,
        })
    }
}

fn currency(row: &Row) -> Result<Currency> {
    Currency::parse(&row.get::<String>("currency")?).map_err(|error| Error::Unreadable {
        column: "currency".to_owned(),
        problem: error.to_string(),
    })
}

macro_rules! columns {
    () => {
        "id AS plan_id, name AS plan_name, streams, max_height, downloads, price_minor, currency, period_days"
    };
}

/// Adds a plan, or changes the one with its id.
///
/// # Errors
/// [`Conflict("plan_name")`](crate::Error::Conflict) if another plan has the name.
pub async fn save(tx: &mut Tx, plan: &Plan, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO plan (id, name, streams, max_height, downloads, price_minor, currency, period_days)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, streams = excluded.streams,
             max_height = excluded.max_height, downloads = excluded.downloads,
             price_minor = excluded.price_minor, currency = excluded.currency, period_days = excluded.period_days",
        params![
            plan.id,
            plan.name,
            plan.streams,
            plan.max_height,
            plan.downloads,
            plan.price.minor,
            plan.price.currency.code(),
            plan.period_days,
        ],
    )
    .await?;
    changes::append(tx, changes::Kind::Plan, &plan.id.to_string(), now).await?;
    Ok(())
}

/// The plan with this id.
pub async fn by_id(tx: &mut Tx, id: PlanId) -> Result<Option<Plan>> {
    tx.optional(
        concat!("SELECT ", columns!(), " FROM plan WHERE id = $1"),
        params![id],
    )
    .await
}

/// Every plan, the cheapest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Plan>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM plan ORDER BY price_minor, name"
        ),
        params![],
    )
    .await
}
