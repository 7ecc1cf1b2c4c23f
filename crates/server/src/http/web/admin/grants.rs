//! `/admin/grants`: what may be shown, on whose permission; entering, changing and ending it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use cineclub_domain::grant::Grant;
use cineclub_domain::id::GrantId;
use cineclub_domain::licence::Licence;
use cineclub_domain::offer::Offer;
use cineclub_domain::time::Timestamp;
use serde::Deserialize;

use super::form::{Fields, FormView};
use super::grant_form::{self, Errors, Reading};
use super::grant_page::{Editing, mark, view};
use super::studio::{self, Badge, Place, Studio};
use super::{claims, dates, effects, show, titles};
use crate::App;
use crate::catalogue::Snapshot;
use crate::error::{Error, Kind, Result};
use crate::http::web::layout::{Flash, Visit, after};
use crate::rights;

/// Titles a row of the list names.
const NAMED: usize = 3;

#[derive(Template)]
#[template(path = "admin/grants.html")]
struct GrantsPage {
    page: Studio,
    grants: Vec<Row>,
}

struct Row {
    href: String,
    reference: String,
    licensor: String,
    licence: String,
    state: Badge,
    titles: String,
    offers: String,
    territories: String,
    until: String,
}

/// What the editor is opened with.
#[derive(Deserialize)]
pub struct Opening {
    /// The title to attach a grant to, by its name in addresses.
    title: Option<String>,
}

/// `GET /admin/grants`
///
/// # Errors
/// When the catalogue can't be read.
pub async fn list(State(app): State<App>, visit: Visit) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let page = Studio::new(&app, &visit, Place::Grants, visit.t.get("admin-grants"))?;
    let now = app.now();
    let mut grants: Vec<_> = rights::grants::list(&app).await?;
    // What is in force comes before what is over.
    grants.sort_by_key(|grant| grant.end().is_some_and(|end| end <= now));
    let grants = grants
        .iter()
        .map(|grant| row(&page, &snapshot, grant, now))
        .collect();
    studio::page(&GrantsPage { page, grants })
}

/// `GET /admin/grants/new`
///
/// # Errors
/// When the catalogue can't be read.
pub async fn blank(
    State(app): State<App>,
    visit: Visit,
    Query(opening): Query<Opening>,
) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let entry = opening
        .title
        .as_deref()
        .and_then(|slug| snapshot.by_slug(slug));
    let claim = match entry {
        Some(entry) => claims::of(&app, entry.title.id).await?,
        None => None,
    };
    let mut fields = match &claim {
        Some(claim) => claims::fields(claim),
        None => Fields::of([
            ("licence", Licence::Contract.as_str()),
            ("offer", Offer::Subscription.as_str()),
        ]),
    };
    fields.add("end_rule", "open");
    fields.add("zone", &app.config().service.zone);
    fields.add("seen", &dates::field(app.now(), &zone(&app)));
    if let Some(entry) = entry {
        fields.add("title", &entry.title.slug);
    }
    let editing = Editing {
        from_claim: claim.is_some(),
        ..Editing::default()
    };
    studio::page(&view(&app, &visit, &snapshot, FormView::new(fields), editing).await?)
}

/// `POST /admin/grants`
///
/// # Errors
/// When the catalogue can't be read or written.
pub async fn create(State(app): State<App>, visit: Visit, fields: Fields) -> Result<Response> {
    // The form carries the id of the grant it makes, so that sending it twice makes one.
    let id = fields
        .get("stood")
        .parse()
        .unwrap_or_else(|_| GrantId::new(app.now(), app.entropy()));
    match rights::grants::get(&app, id).await {
        Ok(_) => {
            return Ok(after(
                &format!("/admin/grants/{id}"),
                Flash::good("admin-done-grant"),
            ));
        }
        Err(error) if error.kind == Kind::NotFound => {}
        Err(error) => return Err(error),
    }
    act(&app, &visit, fields, None, id).await
}

/// `GET /admin/grants/{id}`
///
/// # Errors
/// When there is no such grant.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let grant = rights::grants::get(&app, parse(&id)?).await?;
    let slugs = grant
        .titles
        .iter()
        .filter_map(|id| snapshot.title(*id))
        .map(|entry| entry.title.slug.clone());
    let form = FormView::new(grant_form::fields(&grant, slugs));
    let effects = effects::of(
        &visit.t,
        &snapshot,
        &grant,
        titles::everyone(&app),
        app.now(),
    );
    let editing = Editing {
        before: Some(&grant),
        effects,
        ..Editing::default()
    };
    studio::page(&view(&app, &visit, &snapshot, form, editing).await?)
}

/// `POST /admin/grants/{id}`
///
/// # Errors
/// When there is no such grant.
pub async fn change(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response> {
    let grant = rights::grants::get(&app, parse(&id)?).await?;
    let id = grant.id;
    act(&app, &visit, fields, Some(grant), id).await
}

/// `POST /admin/grants/{id}/end`
///
/// # Errors
/// When there is no such grant.
pub async fn end(State(app): State<App>, visit: Visit, Path(id): Path<String>) -> Result<Response> {
    let grant = rights::grants::get(&app, parse(&id)?).await?;
    let back = format!("/admin/grants/{}", grant.id);
    if grant.ended_at.is_some() {
        return Ok(after(&back, Flash::warn("admin-done-end-already")));
    }
    rights::grants::end(&app, visit.member()?.account.id, grant.id).await?;
    Ok(after(&back, Flash::good("admin-done-end")))
}

/// Does what the pressed button says: looks for titles, shows what would change, or saves.
async fn act(
    app: &App,
    visit: &Visit,
    fields: Fields,
    before: Option<Grant>,
    id: GrantId,
) -> Result<Response> {
    let snapshot = app.catalogue().current(app).await?;
    let editing = Editing {
        before: before.as_ref(),
        id: Some(id),
        ..Editing::default()
    };
    if fields.get("do") == "find" {
        return studio::page(&view(app, visit, &snapshot, FormView::new(fields), editing).await?);
    }
    let reading = Reading {
        t: &visit.t,
        id,
        before: before.as_ref(),
        now: app.now(),
    };
    let title = |slug: &str| snapshot.by_slug(slug).map(|entry| entry.title.id);
    let read = match (&before, stale(&fields, before.as_ref())) {
        (Some(_), true) => Err(vec![("form", visit.t.get("admin-error-stale"))]),
        _ => grant_form::read(&fields, &reading, title),
    };
    match read {
        Err(errors) => refuse(app, visit, &snapshot, fields, editing, errors).await,
        Ok(grant) if fields.get("do") != "save" => {
            let effects = effects::of(
                &visit.t,
                &snapshot,
                &grant,
                titles::everyone(app),
                app.now(),
            );
            let editing = Editing { effects, ..editing };
            studio::page(&view(app, visit, &snapshot, FormView::new(fields), editing).await?)
        }
        Ok(grant) => match save(app, visit, &grant, before.is_some()).await {
            Ok(()) => Ok(after(
                &format!("/admin/grants/{id}"),
                Flash::good("admin-done-grant"),
            )),
            Err(error) => {
                let errors = vec![("form", studio::sentence(&visit.t, error)?)];
                refuse(app, visit, &snapshot, fields, editing, errors).await
            }
        },
    }
}

async fn save(app: &App, visit: &Visit, grant: &Grant, exists: bool) -> Result<()> {
    let actor = visit.member()?.account.id;
    if exists {
        rights::grants::change(app, actor, grant).await
    } else {
        rights::grants::enter(app, Some(actor), grant).await
    }
}

async fn refuse(
    app: &App,
    visit: &Visit,
    snapshot: &Snapshot,
    fields: Fields,
    editing: Editing<'_>,
    errors: Errors,
) -> Result<Response> {
    let view = view(
        app,
        visit,
        snapshot,
        FormView::refused(fields, errors),
        editing,
    )
    .await?;
    studio::page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

/// Whether the grant has changed since the form was made of it.
fn stale(fields: &Fields, before: Option<&Grant>) -> bool {
    before.is_some_and(|before| fields.get("stood") != mark(before))
}
fn parse(id: &str) -> Result<GrantId> {
    id.parse().map_err(|_| Error::not_found())
}

fn zone(app: &App) -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get(&app.config().service.zone).unwrap_or(jiff::tz::TimeZone::UTC)
}

fn row(page: &Studio, snapshot: &Snapshot, grant: &Grant, now: Timestamp) -> Row {
    let t = &page.t;
    let language = t.language().language();
    let names: Vec<_> = grant
        .titles
        .iter()
        .take(NAMED)
        .filter_map(|id| snapshot.title(*id))
        .map(|entry| titles::name(t, snapshot, entry, &language))
        .collect();
    let names = names.join(", ");
    Row {
        href: format!("/admin/grants/{}", grant.id),
        reference: show::reference(grant),
        licensor: grant.licensor.clone(),
        licence: show::licence(t, grant.licence),
        state: show::grant_state(t, grant, now),
        titles: match grant.titles.len().saturating_sub(NAMED) {
            0 => names,
            more => t.two("admin-and-more", "names", names, "n", more),
        },
        offers: grant
            .offers
            .iter()
            .map(|offer| show::offer(t, *offer))
            .collect::<Vec<_>>()
            .join(", "),
        territories: show::territories(t, &grant.territories),
        until: show::until(t, &page.zone, grant),
    }
}
