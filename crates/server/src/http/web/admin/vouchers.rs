//! `/admin/vouchers`: codes that buy days on a plan. A code is shown once, on the page that made it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use cineclub_db::vouchers::{Standing, Voucher};
use cineclub_domain::id::{PlanId, VoucherId};
use cineclub_domain::plan::Plan;
use cineclub_domain::time::Timestamp;

use super::dates;
use super::form::{Fields, FormView};
use super::grant_form::Errors;
use super::studio::{self, Act, Badge, Choice, Mood, Place, Studio};
use crate::App;
use crate::billing::{self, vouchers};
use crate::error::{Error, Result};
use crate::http::web::layout::{Flash, Visit, after};
use crate::translations::T;

/// The longest note that is taken, in characters.
const NOTE: usize = 300;

#[derive(Template)]
#[template(path = "admin/vouchers.html")]
struct VouchersPage {
    page: Studio,
    made: Option<String>,
    f: FormView,
    plan_options: Vec<Choice>,
    plans: Vec<PlanRow>,
    vouchers: Vec<Row>,
}

struct PlanRow {
    name: String,
    streams: u16,
    height: String,
    price: String,
}

struct Row {
    note: String,
    made: String,
    state: Badge,
    plan: String,
    days: u16,
    used: String,
    until: String,
    /// Only where there is something left to stop.
    stop: Option<Act>,
}

/// `GET /admin/vouchers`
///
/// # Errors
/// When the database can't be read.
pub async fn list(State(app): State<App>, visit: Visit) -> Result<Response> {
    studio::page(&view(&app, &visit, FormView::new(blank(&app)), None).await?)
}

/// `POST /admin/vouchers`: the answer is the page itself, with the code, as the code is kept nowhere.
///
/// # Errors
/// When the database can't be read or written.
pub async fn create(State(app): State<App>, visit: Visit, fields: Fields) -> Result<Response> {
    let plans = billing::plans(&app).await?;
    let zone =
        jiff::tz::TimeZone::get(&app.config().service.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let actor = visit.member()?.account.id;
    let errors = match read(&fields, &plans, &zone, app.now(), &visit.t) {
        Ok((id, new)) => match vouchers::create_once(&app, Some(actor), id, new).await {
            Ok(Some(code)) => {
                let blank = FormView::new(blank(&app));
                return studio::page(&view(&app, &visit, blank, Some(code)).await?);
            }
            Ok(None) => {
                return Ok(after(
                    "/admin/vouchers",
                    Flash::warn("admin-done-voucher-made"),
                ));
            }
            Err(error) => vec![("form", studio::sentence(&visit.t, error)?)],
        },
        Err(errors) => errors,
    };
    let view = view(&app, &visit, FormView::refused(fields, errors), None).await?;
    studio::page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

/// `POST /admin/vouchers/{id}/stop`
///
/// # Errors
/// When there is no such voucher.
pub async fn stop(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    let id = id.parse().map_err(|_| Error::not_found())?;
    let flash = if vouchers::stop(&app, visit.member()?.account.id, id).await? {
        Flash::good("admin-done-voucher")
    } else {
        Flash::warn("admin-done-voucher-already")
    };
    Ok(after("/admin/vouchers", flash))
}

/// A form for a voucher that has its id already: sent twice, it makes one.
fn blank(app: &App) -> Fields {
    let id = VoucherId::new(app.now(), app.entropy()).to_string();
    Fields::of([
        ("id", id),
        ("days", "30".to_owned()),
        ("uses", "1".to_owned()),
    ])
}

fn read(
    fields: &Fields,
    plans: &[Plan],
    zone: &jiff::tz::TimeZone,
    now: Timestamp,
    t: &T,
) -> Result<(VoucherId, vouchers::NewVoucher), Errors> {
    let mut wrong = Errors::new();
    let id: Option<VoucherId> = fields.get("id").parse().ok();
    if id.is_none() {
        wrong.push(("form", t.get("admin-error-stale")));
    }
    let plan: Option<PlanId> = fields
        .get("plan")
        .parse()
        .ok()
        .filter(|id| plans.iter().any(|plan| plan.id == *id));
    if plan.is_none() {
        wrong.push(("plan", t.get("admin-error-plan")));
    }
    let days = fields
        .get("days")
        .trim()
        .parse()
        .ok()
        .filter(|days| (1..=3_660_u16).contains(days));
    if days.is_none() {
        wrong.push(("days", t.one("admin-error-between", "most", 3_660)));
    }
    let uses = fields
        .get("uses")
        .trim()
        .parse()
        .ok()
        .filter(|uses| (1..=100_000_u32).contains(uses));
    if uses.is_none() {
        wrong.push(("uses", t.one("admin-error-between", "most", 100_000)));
    }
    let expires = dates::through(fields, "expires", zone).unwrap_or_else(|_| {
        wrong.push(("expires", t.get("admin-error-date")));
        None
    });
    if expires.is_some_and(|expires| expires <= now) {
        wrong.push(("expires", t.get("admin-error-past")));
    }
    let note = fields.get("note").trim().to_owned();
    if note.chars().count() > NOTE {
        wrong.push(("note", t.get("admin-error-too-long")));
    }
    match (id, plan, days, uses) {
        (Some(id), Some(plan), Some(days), Some(uses)) if wrong.is_empty() => {
            let new = vouchers::NewVoucher {
                plan,
                days,
                uses,
                expires,
                note,
            };
            Ok((id, new))
        }
        _ => Err(wrong),
    }
}

async fn view(app: &App, visit: &Visit, f: FormView, made: Option<String>) -> Result<VouchersPage> {
    let page = Studio::new(app, visit, Place::Vouchers, visit.t.get("admin-vouchers"))?;
    let (t, now) = (&visit.t, app.now());
    let plans = billing::plans(app).await?;
    let vouchers = vouchers::list(app).await?;
    Ok(VouchersPage {
        plan_options: plans
            .iter()
            .map(|plan| Choice::of(plan.id.to_string(), &plan.name, f.value("plan")))
            .collect(),
        vouchers: vouchers
            .iter()
            .map(|voucher| row(t, voucher, &plans, now))
            .collect(),
        plans: plans.iter().map(|plan| plan_row(t, plan)).collect(),
        page,
        made,
        f,
    })
}

fn row(t: &T, voucher: &Voucher, plans: &[Plan], now: Timestamp) -> Row {
    let standing = voucher.standing(now);
    let state = match standing {
        Standing::Usable => Badge::new(Mood::Good, t.get("admin-usable")),
        Standing::UsedUp => Badge::new(Mood::Plain, t.get("admin-used-up")),
        Standing::Expired => Badge::new(Mood::Plain, t.get("admin-expired")),
        Standing::Stopped => Badge::new(Mood::Bad, t.get("admin-stopped")),
    };
    Row {
        note: if voucher.note.is_empty() {
            t.get("admin-no-note")
        } else {
            voucher.note.clone()
        },
        made: t.one("admin-made-on", "date", t.date(voucher.created_ms)),
        state,
        plan: plans
            .iter()
            .find(|plan| plan.id == voucher.plan)
            .map(|plan| plan.name.clone())
            .unwrap_or_default(),
        days: voucher.days,
        used: t.two("admin-n-of-m", "n", voucher.uses, "m", voucher.uses_max),
        until: voucher
            .expires_ms
            .map_or_else(|| t.get("admin-no-end"), |expires| t.last_day(expires)),
        stop: (standing == Standing::Usable).then(|| stopping(t, voucher)),
    }
}

fn stopping(t: &T, voucher: &Voucher) -> Act {
    let left = voucher.uses_max.saturating_sub(voucher.uses);
    Act::new(
        format!("/admin/vouchers/{}/stop", voucher.id),
        t.get("admin-stop-voucher"),
    )
    .taking_away()
    .after_asking(
        t.one("admin-stop-voucher-question", "left", left),
        t.get("admin-stop-voucher-yes"),
        t.get("admin-leave-it"),
    )
}

fn plan_row(t: &T, plan: &Plan) -> PlanRow {
    PlanRow {
        name: plan.name.clone(),
        streams: plan.streams,
        height: plan
            .max_height
            .map_or_else(|| t.get("admin-no-limit"), |height| format!("{height}p")),
        price: t.two(
            "admin-price-per",
            "price",
            t.money(plan.price),
            "n",
            plan.period_days,
        ),
    }
}
