//! The first page a stranger sees.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use cineclub_domain::plan::Plan;
use cineclub_domain::title::TitleKind;

use crate::App;
use crate::catalogue::{Entry, Shelf, Snapshot};
use crate::error::Result;
use crate::http::web::layout::{Layout, Visit, page};
use crate::http::web::site::cards::{Cards, Picture, Row};
use crate::{accounts, billing};

/// How many titles a row shows to strangers.
const SHOWN: usize = 12;

#[derive(Template)]
#[template(path = "site/landing.html")]
struct Landing {
    page: Layout,
    backdrop: Option<Picture>,
    rows: Vec<Row>,
    plan: Option<Plan>,
    height: Option<u32>,
}

/// `GET /`: what this is, with works that may be shown where the visitor is. Members go home, and
/// the operator of a new service to its first sign-in.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response> {
    if visit.visitor.member.is_some() {
        return Ok(Redirect::to("/home").into_response());
    }
    if accounts::owner::is_missing(&app).await? {
        return Ok(Redirect::to("/welcome").into_response());
    }
    let snapshot = app.catalogue().current(&app).await?;
    let shelf = snapshot.shelf(visit.visitor.audience, app.now());
    let plan = billing::plans(&app).await?.into_iter().next();
    page(&Landing {
        page: visit
            .page(visit.t.get("landing-name"))
            .kind("landing")
            .over(),
        backdrop: shelf.latest().into_iter().find_map(Picture::backdrop),
        rows: rows(&visit, &snapshot, &shelf),
        height: plan.as_ref().and_then(|plan| plan.max_height),
        plan,
    })
}

fn rows(visit: &Visit, snapshot: &Snapshot, shelf: &Shelf<'_>) -> Vec<Row> {
    let language = visit.visitor.language.language();
    let cards = Cards {
        snapshot,
        shelf,
        t: &visit.t,
        language: &language,
    };
    let films: Vec<&Entry> = shelf
        .latest()
        .into_iter()
        .filter(|entry| entry.title.kind == TitleKind::Film)
        .take(SHOWN)
        .collect();
    let series: Vec<&Entry> = shelf.series().take(SHOWN).collect();
    let films = cards.row("now", visit.t.get("row-showing-now"), films);
    let series = cards.wide_row("series", visit.t.get("nav-series"), series);
    films.into_iter().chain(series).collect()
}

/// `GET /robots.txt`: search engines may read what strangers may, and find nothing else.
pub async fn robots() -> Response {
    let text = "User-agent: *\nDisallow: /account\nDisallow: /admin\nDisallow: /api/\nDisallow: /home\n\
                Disallow: /media/\nDisallow: /search\nDisallow: /watch/\n";
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
