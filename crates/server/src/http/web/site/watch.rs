//! The player's page. Its script asks the API for the play.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use cineclub_domain::decide::Screen;
use cineclub_domain::title::TitleKind;

use crate::App;
use crate::catalogue::Entry;
use crate::error::{Error, Result};
use crate::http::web::layout::{Layout, Visit, page};
use crate::http::web::site::cards::{Cards, to_page};
use crate::http::web::site::title::refused;
use crate::rights;

#[derive(Template)]
#[template(path = "site/watch.html")]
struct WatchPage {
    page: Layout,
    slug: String,
    name: String,
    subtitle: String,
    back: String,
    next: Option<(String, String)>,
    strings: String,
}

/// `GET /watch/{slug}`: refused here as the play itself would be, so that nobody waits for a refusal.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let entry = snapshot.by_slug(&slug).ok_or_else(Error::not_found)?;
    let member = visit.member()?;
    let audience = visit.visitor.audience;
    if let Err(error) = rights::show(&app, &snapshot, audience, entry) {
        return refused(&app, &visit, &snapshot, entry, error);
    }
    if !entry.title.kind.is_watched() {
        return Ok(Redirect::to(&format!("/title/{slug}")).into_response());
    }
    if let Err(error) = rights::permit(
        &app,
        &snapshot,
        &member.account,
        member.session,
        audience,
        // What the screen plays is not known before its script runs.
        Screen::ANY,
        entry,
    )
    .await
    {
        return refused(&app, &visit, &snapshot, entry, error);
    }
    let shelf = snapshot.shelf(audience, app.now());
    let language = visit.visitor.language.language();
    let cards = Cards {
        snapshot: &snapshot,
        shelf: &shelf,
        t: &visit.t,
        language: &language,
    };
    page(&watch_page(&visit, &cards, entry))
}

fn watch_page(visit: &Visit, cards: &Cards<'_>, entry: &Entry) -> WatchPage {
    let series = cards
        .series_of(entry)
        .filter(|_| entry.title.kind == TitleKind::Episode);
    let subtitle = match (series, cards.place(entry)) {
        (Some(series), Some(place)) => format!("{} · {place}", cards.name(series)),
        (Some(series), None) => cards.name(series),
        (None, _) => entry
            .title
            .year
            .map(|year| year.to_string())
            .unwrap_or_default(),
    };
    let next = cards.shelf.next(entry);
    let name = cards.name(entry);
    WatchPage {
        page: visit.page(name.clone()).kind("player").script("player.js"),
        slug: entry.title.slug.clone(),
        name,
        subtitle,
        back: to_page(series.unwrap_or(entry)),
        next: next.and_then(|next| Some((cards.to_watch(next)?, cards.name(next)))),
        strings: visit.player_strings().to_owned(),
    }
}
