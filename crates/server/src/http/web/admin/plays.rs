//! `/admin/plays`: what is being watched now. Who watches is not shown, and nothing of it is kept here.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use cineclub_db::plays::Play;
use cineclub_domain::id::{GrantId, PlayId};

use super::studio::{self, Act, Cell, Place, Studio};
use super::{show, titles};
use crate::App;
use crate::catalogue::Snapshot;
use crate::delivery;
use crate::error::{Error, Result};
use crate::http::web::layout::{Flash, Visit, after};

#[derive(Template)]
#[template(path = "admin/plays.html")]
struct PlaysPage {
    page: Studio,
    plays: Vec<Row>,
}

#[derive(Template)]
#[template(path = "admin/plays_live.html")]
struct PlaysLive {
    page: Studio,
    plays: Vec<Row>,
}

struct Row {
    cell: Cell,
    device: String,
    grant: String,
    since: String,
    beat: String,
    stop: Act,
}

/// `GET /admin/plays`
///
/// # Errors
/// When the database can't be read.
pub async fn list(State(app): State<App>, visit: Visit) -> Result<Response> {
    let page = Studio::new(&app, &visit, Place::Plays, visit.t.get("admin-plays"))?;
    let plays = rows(&app, &page).await?;
    studio::page(&PlaysPage { page, plays })
}

/// `GET /admin/plays/live`: what the page's script puts in place of the list.
///
/// # Errors
/// When the database can't be read.
pub async fn live(State(app): State<App>, visit: Visit) -> Result<Response> {
    let page = Studio::new(&app, &visit, Place::Plays, visit.t.get("admin-plays"))?;
    let plays = rows(&app, &page).await?;
    studio::page(&PlaysLive { page, plays })
}

/// `POST /admin/plays/{id}/stop`
///
/// # Errors
/// When there is no such play.
pub async fn stop(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    let id: PlayId = id.parse().map_err(|_| Error::not_found())?;
    let stopped = delivery::plays::stop(&app, visit.member()?.account.id, id).await?;
    let flash = if stopped {
        Flash::good("admin-done-play")
    } else {
        Flash::warn("admin-done-play-already")
    };
    Ok(after("/admin/plays", flash))
}

/// How many plays rest on a grant now.
///
/// # Errors
/// When the database can't be read.
pub async fn on_grant(app: &App, grant: GrantId) -> Result<usize> {
    Ok(all(app)
        .await?
        .iter()
        .filter(|play| play.grant_id == grant)
        .count())
}

/// Every play that is live now.
///
/// # Errors
/// When the database can't be read.
pub async fn all(app: &App) -> Result<Vec<Play>> {
    delivery::plays::live(app).await
}

async fn rows(app: &App, page: &Studio) -> Result<Vec<Row>> {
    let snapshot = app.catalogue().current(app).await?;
    let plays = all(app).await?;
    Ok(plays
        .iter()
        .filter_map(|play| row(app, page, &snapshot, play))
        .collect())
}

fn row(app: &App, page: &Studio, snapshot: &Snapshot, play: &Play) -> Option<Row> {
    let (t, now) = (&page.t, app.now());
    let entry = snapshot.title(play.title)?;
    let grant = snapshot
        .grants
        .iter()
        .find(|grant| grant.id == play.grant_id);
    let stop = Act::new(
        format!("/admin/plays/{}/stop", play.id),
        t.get("admin-stop"),
    )
    .taking_away()
    .after_asking(
        t.get("admin-stop-question"),
        t.get("admin-stop-yes"),
        t.get("admin-leave-it"),
    );
    Some(Row {
        cell: titles::cell(t, snapshot, entry, &t.language().language()),
        device: play.device.clone(),
        grant: grant.map(show::reference).unwrap_or_default(),
        since: t.moment(play.started_ms),
        beat: show::ago(t, play.last_beat_ms, now),
        stop,
    })
}
