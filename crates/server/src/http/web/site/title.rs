//! A title's page: what it is, on what terms it is shown, and how to watch it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use cineclub_db::progress::Progress;
use cineclub_domain::grant::Grant;
use cineclub_domain::title::TitleKind;
use serde::Deserialize;

use crate::App;
use crate::catalogue::{Entry, Shelf, Snapshot};
use crate::error::{Error, Kind, Result};
use crate::http::problem;
use crate::http::web::errors::{ProblemPage, actions, heading};
use crate::http::web::layout::{Layout, Visit, page, page_with};
use crate::http::web::site::cards::{Cards, Picture, Row, tint, to_page};
use crate::http::web::site::series::{self, Season, Watch};
use crate::http::web::site::{facts, watching};
use crate::rights;
use crate::translations::T;

/// How many other titles are offered below one.
const OTHERS: usize = 12;

/// Which season of a series to show.
#[derive(Deserialize)]
pub struct Chosen {
    season: Option<u32>,
}

/// The terms on which a title is shown.
pub struct Terms {
    /// The licence's name.
    pub licence: String,
    /// Where it can be read.
    pub address: Option<&'static str>,
    /// The line that must be shown.
    pub attribution: Option<String>,
}

#[derive(Template)]
#[template(path = "site/title.html")]
struct TitlePage {
    page: Layout,
    name: String,
    above: Option<(String, String)>,
    tagline: String,
    synopsis: String,
    facts: Vec<String>,
    age: Option<String>,
    poster: Option<Picture>,
    tint: u8,
    backdrop: Option<Picture>,
    watch: Option<Watch>,
    away: Option<String>,
    seasons: Vec<Season>,
    details: Vec<(String, String)>,
    terms: Terms,
    rows: Vec<Row>,
}

/// `GET /title/{slug}`.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let entry = snapshot.by_slug(&slug).ok_or_else(Error::not_found)?;
    let grant = match rights::show(&app, &snapshot, visit.visitor.audience, entry) {
        Ok(grant) => grant,
        Err(error) => return refused(&app, &visit, &snapshot, entry, error),
    };
    let shelf = snapshot.shelf(visit.visitor.audience, app.now());
    if let Some(address) = page_of_season(&snapshot, &shelf, entry) {
        return Ok(Redirect::to(&address).into_response());
    }
    let history = match &visit.visitor.member {
        Some(member) => watching::history(&app, member.account.id).await?,
        None => Vec::new(),
    };
    let language = visit.visitor.language.language();
    let cards = Cards {
        snapshot: &snapshot,
        shelf: &shelf,
        t: &visit.t,
        language: &language,
    };
    page(&title_page(
        &app,
        &visit,
        &cards,
        entry,
        grant,
        &history,
        chosen.season,
    ))
}

/// The answer where a title may not be shown or played: what has left is told with what there is
/// instead; the rest is an ordinary failure.
pub fn refused(
    app: &App,
    visit: &Visit,
    snapshot: &Snapshot,
    entry: &Entry,
    error: Error,
) -> Result<Response> {
    if error.kind != Kind::Gone {
        return Err(error);
    }
    let shelf = snapshot.shelf(visit.visitor.audience, app.now());
    let language = visit.visitor.language.language();
    let cards = Cards {
        snapshot,
        shelf: &shelf,
        t: &visit.t,
        language: &language,
    };
    let title = match error.key {
        Some("error-ended") => visit.t.one("problem-gone-named", "name", cards.name(entry)),
        _ => heading(&visit.t, error.kind),
    };
    let (status, _) = problem::status(error.kind);
    let template = ProblemPage {
        page: visit.page(title.clone()).kind("problem"),
        code: status.as_u16(),
        title,
        text: visit.t.error(&error),
        actions: actions(&visit.t, error.kind, visit.visitor.member.is_some()),
        instead: cards.row(
            "instead",
            visit.t.get("row-instead"),
            shelf.like(entry, OTHERS),
        ),
    };
    page_with(status, &template)
}

/// A season is a part of its series' page, if that may be shown.
fn page_of_season(snapshot: &Snapshot, shelf: &Shelf<'_>, entry: &Entry) -> Option<String> {
    let series = snapshot
        .parent(entry)
        .filter(|series| entry.title.kind == TitleKind::Season && shelf.shows(series))?;
    Some(format!(
        "/title/{}?season={}",
        series.title.slug,
        entry.title.ordinal.unwrap_or(1)
    ))
}

/// Why a title that is shown can't be watched now: for want of a file, or for what its grants leave of it.
fn away(t: &T, denied: Option<&Error>, sample: &Entry) -> String {
    match denied {
        Some(denied) => t.error(denied),
        None if sample.title.kind.is_watched() && !sample.is_embodied() => t.get("error-no-film"),
        None => t.get("error-not-playable"),
    }
}

fn title_page(
    app: &App,
    visit: &Visit,
    cards: &Cards<'_>,
    entry: &Entry,
    grant: &Grant,
    history: &[Progress],
    season: Option<u32>,
) -> TitlePage {
    let t = cards.t;
    let text = entry.text(cards.language);
    let series = cards.series_of(entry);
    let name = cards.name(entry);
    let sample = cards.first_episode(entry).unwrap_or(entry);
    let offered = rights::offered(app, cards.snapshot, visit.visitor.audience, sample);
    // The terms are those of the grant a play would name.
    let granted = offered.as_ref().ok().copied().flatten();
    let grant = granted.map_or(grant, |granted| granted.grant);
    let watch = watch(cards, cards.shelf, entry, history);
    let seasons = series::seasons(cards, entry, history, season, watch.as_ref());
    TitlePage {
        page: visit.page(name.clone()).kind("title").over(),
        above: series.map(|series| (to_page(series), above(cards, series, entry))),
        tagline: text.map(|text| text.tagline.clone()).unwrap_or_default(),
        synopsis: text.map(|text| text.synopsis.clone()).unwrap_or_default(),
        facts: facts::short(cards, entry),
        age: facts::age(t, entry),
        poster: Picture::poster(entry).or_else(|| series.and_then(Picture::poster)),
        tint: tint(entry),
        backdrop: Picture::backdrop(entry).or_else(|| series.and_then(Picture::backdrop)),
        away: watch
            .is_none()
            .then(|| away(t, offered.as_ref().err(), sample)),
        watch,
        seasons,
        details: facts::details(t, entry, sample, grant, granted),
        terms: terms(t, grant),
        rows: cards
            .row(
                "more",
                t.get("row-more"),
                cards.shelf.like(series.unwrap_or(entry), OTHERS),
            )
            .into_iter()
            .collect(),
        name,
    }
}

fn above(cards: &Cards<'_>, series: &Entry, entry: &Entry) -> String {
    match cards.place(entry) {
        Some(place) => format!("{} · {place}", cards.name(series)),
        None => cards.name(series),
    }
}

fn terms(t: &T, grant: &Grant) -> Terms {
    let (licence, address) = facts::licence(t, grant.licence);
    Terms {
        licence,
        address,
        attribution: grant.attribution.clone(),
    }
}

/// What to watch first: the title itself, or of a series where the member is in it.
fn watch(
    cards: &Cards<'_>,
    shelf: &Shelf<'_>,
    entry: &Entry,
    history: &[Progress],
) -> Option<Watch> {
    let t = cards.t;
    let entry = cards.snapshot.title(entry.title.id)?;
    let (target, watched) = if entry.title.kind == TitleKind::Series {
        series::current(cards.snapshot, shelf, entry, history)?
    } else {
        (entry, watching::watched(history, entry.title.id))
    };
    let href = cards.to_watch(target)?;
    let short = (target.title.id != entry.title.id)
        .then(|| series::short_place(cards, target))
        .flatten();
    let label = match (watched.is_some(), short) {
        (true, Some(place)) => t.one("resume-episode", "place", place),
        (true, None) => t.get("resume"),
        (false, Some(place)) => t.one("play-episode", "place", place),
        (false, None) => t.get("play"),
    };
    let left = watched
        .map(|w| t.one("resume-left", "length", t.length(w.total_ms - w.done_ms)))
        .unwrap_or_default();
    let again = watched.map(|_| format!("{href}?from=start"));
    Some(Watch {
        href,
        label,
        again,
        watched,
        left,
    })
}
