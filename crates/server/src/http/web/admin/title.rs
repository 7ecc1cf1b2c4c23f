//! `/admin/titles/{slug}`: looking at one title, changing its words, holding it back and letting it go.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use cineclub_db::titles::TitleText;
use cineclub_domain::id::HoldId;

use super::dates;
use super::form::{Fields, FormView};
use super::studio;
use super::title_page::{Refused, stood, view};
use crate::App;
use crate::catalogue::edit;
use crate::error::{Error, Result};
use crate::http::web::layout::{Flash, Tone, Visit, after};
use crate::rights::holds;
use crate::translations::PageLanguage;

/// `GET /admin/titles/{slug}`
///
/// # Errors
/// When there is no such title.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
) -> Result<Response> {
    studio::page(&view(&app, &visit, &slug, Refused::default()).await?)
}

/// `POST /admin/titles/{slug}/texts`
///
/// # Errors
/// When there is no such title.
pub async fn save_text(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
    fields: Fields,
) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let entry = snapshot.by_slug(&slug).ok_or_else(Error::not_found)?;
    let language = PageLanguage::ALL
        .into_iter()
        .find(|language| language.as_str() == fields.get("language"));
    let language = language.ok_or_else(Error::not_found)?.language();
    let saved = if fields.get("stood") == stood(entry, &language) {
        let text = TitleText {
            title: entry.title.id,
            language,
            name: fields.get("name").trim().to_owned(),
            tagline: fields.get("tagline").trim().to_owned(),
            synopsis: fields.get("synopsis").trim().to_owned(),
        };
        edit::save_text(&app, visit.member()?.account.id, text).await
    } else {
        Err(super::stale())
    };
    match saved {
        Ok(()) => Ok(after(
            &format!("/admin/titles/{slug}"),
            Flash::good("admin-done-text"),
        )),
        Err(error) => {
            let sentence = studio::sentence(&visit.t, error)?;
            let refused = Refused {
                text: Some((fields, sentence)),
                ..Refused::default()
            };
            refuse(&app, &visit, &slug, refused).await
        }
    }
}

/// `POST /admin/titles/{slug}/hold`
///
/// # Errors
/// When there is no such title.
pub async fn hold(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
    fields: Fields,
) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let entry = snapshot.by_slug(&slug).ok_or_else(Error::not_found)?;
    let refused = |field, text| Refused {
        hold: FormView::refused(fields.clone(), vec![(field, text)]),
        ..Refused::default()
    };
    if fields.text("reason").is_none() {
        return refuse(
            &app,
            &visit,
            &slug,
            refused("reason", visit.t.get("admin-error-hold-reason")),
        )
        .await;
    }
    let zone =
        jiff::tz::TimeZone::get(&app.config().service.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let until = match dates::through(&fields, "until", &zone) {
        Ok(until) => until,
        Err(_) => {
            return refuse(
                &app,
                &visit,
                &slug,
                refused("until", visit.t.get("admin-error-date")),
            )
            .await;
        }
    };
    let actor = visit.member()?.account.id;
    match holds::place(&app, actor, entry.title.id, fields.get("reason"), until).await {
        Ok(()) => Ok(after(
            &format!("/admin/titles/{slug}"),
            Flash::good("admin-done-hold"),
        )),
        Err(error) => {
            let sentence = studio::sentence(&visit.t, error)?;
            refuse(&app, &visit, &slug, refused("until", sentence)).await
        }
    }
}

/// `POST /admin/titles/{slug}/holds/{hold}/lift`
///
/// # Errors
/// When there is no such title or hold.
pub async fn lift(
    State(app): State<App>,
    visit: Visit,
    Path((slug, hold)): Path<(String, String)>,
) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let entry = snapshot.by_slug(&slug).ok_or_else(Error::not_found)?;
    let id: HoldId = hold.parse().map_err(|_| Error::not_found())?;
    let known = holds::of_title(&app, entry.title.id).await?;
    let found = known
        .iter()
        .find(|hold| hold.id == id)
        .ok_or_else(Error::not_found)?;
    let back = format!("/admin/titles/{slug}");
    if found.until.is_some_and(|until| until <= app.now()) {
        return Ok(after(&back, Flash::warn("admin-done-lift-already")));
    }
    holds::lift(&app, visit.member()?.account.id, entry.title.id, id).await?;
    Ok(after(&back, Flash::good("admin-done-lift")))
}

async fn refuse(app: &App, visit: &Visit, slug: &str, refused: Refused) -> Result<Response> {
    let mut view = view(app, visit, slug, refused).await?;
    view.page = view.page.saying(Tone::Bad, visit.t.get("admin-not-saved"));
    studio::page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
}
