//! `/admin/jobs`: work in the background as it happens, to be tried again or stopped.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use cineclub_db::jobs::{JobState, Settled};
use cineclub_domain::id::JobId;
use cineclub_domain::time::Timestamp;
use serde::Deserialize;

use super::show;
use super::studio::{self, Act, Badge, Mood, Place, Progress, Studio};
use crate::App;
use crate::error::{Error, Kind, Result};
use crate::http::web::layout::{Flash, Visit, after};
use crate::jobs::{self, JobView, Tally};
use crate::translations::T;

/// Jobs on one page.
const PER_PAGE: u32 = 100;

/// Which page of the list is looked at.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    page: String,
}

#[derive(Template)]
#[template(path = "admin/jobs.html")]
struct JobsPage {
    page: Studio,
    live: String,
    list: List,
}

#[derive(Template)]
#[template(path = "admin/jobs_live.html")]
struct JobsLive {
    page: Studio,
    list: List,
}

/// A page of the list, and what is around it.
struct List {
    figures: Vec<Figure>,
    jobs: Vec<Row>,
    counted: String,
    earlier: Option<String>,
    later: Option<String>,
}

struct Figure {
    value: String,
    label: String,
}

struct Row {
    name: String,
    path: String,
    state: Badge,
    progress: Option<Progress>,
    message: String,
    made: String,
    acts: Vec<Act>,
}

/// `GET /admin/jobs`
///
/// # Errors
/// When the database can't be read.
pub async fn list(
    State(app): State<App>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let page = Studio::new(&app, &visit, Place::Jobs, visit.t.get("admin-jobs"))?;
    let (number, list) = read(&app, &visit.t, &wanted).await?;
    let live = address("/admin/jobs/live", number);
    studio::page(&JobsPage { page, live, list })
}

/// `GET /admin/jobs/live`: what the page's script puts in place of the list.
///
/// # Errors
/// When the database can't be read.
pub async fn live(
    State(app): State<App>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let page = Studio::new(&app, &visit, Place::Jobs, visit.t.get("admin-jobs"))?;
    let (_, list) = read(&app, &visit.t, &wanted).await?;
    studio::page(&JobsLive { page, list })
}

/// `POST /admin/jobs/{id}/retry`
///
/// # Errors
/// When there is no such job.
pub async fn retry(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    let done = jobs::retry(&app, visit.member()?.account.id, parse(&id)?).await;
    retried("/admin/jobs", done)
}

/// `POST /admin/jobs/{id}/cancel`
///
/// # Errors
/// When there is no such job.
pub async fn cancel(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    let done = jobs::cancel(&app, visit.member()?.account.id, parse(&id)?).await;
    answer(
        "/admin/jobs",
        done,
        "admin-done-cancel",
        "admin-done-cancel-not",
    )
}

/// `POST /admin/jobs/{id}/dismiss`
///
/// # Errors
/// When there is no such job.
pub async fn dismiss(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    let done = jobs::dismiss(&app, visit.member()?.account.id, parse(&id)?).await;
    answer(
        "/admin/jobs",
        done,
        "admin-done-dismiss",
        "admin-done-dismiss-not",
    )
}

/// What the page at `place` says when a job was to be tried again.
///
/// # Errors
/// Failures that are no answer to that.
pub fn retried(place: &str, done: Result<()>) -> Result<Response> {
    answer(place, done, "admin-done-retry", "admin-done-retry-not")
}

fn answer(
    place: &str,
    done: Result<()>,
    well: &'static str,
    late: &'static str,
) -> Result<Response> {
    match done {
        Ok(()) => Ok(after(place, Flash::good(well))),
        Err(error) if error.kind == Kind::Conflict => Ok(after(place, Flash::warn(late))),
        Err(error) => Err(error),
    }
}

fn parse(id: &str) -> Result<JobId> {
    id.parse().map_err(|_| Error::not_found())
}

/// The page of the list that is asked for, or the last there is.
async fn read(app: &App, t: &T, wanted: &Wanted) -> Result<(u64, List)> {
    let now = app.now();
    let tally = jobs::tally(app).await?;
    let number = wanted
        .page
        .parse()
        .unwrap_or(1)
        .clamp(1, tally.all.div_ceil(PER_PAGE.into()).max(1));
    let first = (number - 1) * u64::from(PER_PAGE);
    let found = jobs::list(app, first, PER_PAGE).await?;
    let last = first + found.len() as u64;
    let list = List {
        figures: figures(t, tally),
        jobs: found.iter().map(|job| row(t, job, now)).collect(),
        counted: t.with(
            "admin-jobs-counted",
            &[
                ("first", &(first + 1)),
                ("last", &last),
                ("all", &tally.all),
            ],
        ),
        earlier: (number > 1).then(|| address("/admin/jobs", number - 1)),
        later: (last < tally.all).then(|| address("/admin/jobs", number + 1)),
    };
    Ok((number, list))
}

fn address(path: &str, number: u64) -> String {
    match number {
        1 => path.to_owned(),
        _ => format!("{path}?page={number}"),
    }
}

fn figures(t: &T, tally: Tally) -> Vec<Figure> {
    let figure = |n: u64, key: &str| Figure {
        value: n.to_string(),
        label: t.one(key, "n", n),
    };
    vec![
        figure(tally.running, "admin-jobs-running"),
        figure(tally.queued, "admin-jobs-queued"),
        figure(tally.failed, "admin-jobs-failed"),
    ]
}

fn badge(t: &T, job: &JobView) -> Badge {
    let (mood, key) = match (job.state, job.settled) {
        (JobState::Running, _) => (Mood::Live, "admin-running"),
        (JobState::Queued, _) => (Mood::Plain, "admin-queued"),
        (JobState::Done, _) => (Mood::Good, "admin-done"),
        (JobState::Cancelled, _) => (Mood::Plain, "admin-cancelled"),
        (JobState::Failed, None) => (Mood::Bad, "admin-failed"),
        (JobState::Failed, Some(Settled::Superseded)) => (Mood::Plain, "admin-failed-before"),
        (JobState::Failed, Some(Settled::Moot)) => (Mood::Plain, "admin-failed-moot"),
        (JobState::Failed, Some(Settled::Dismissed)) => (Mood::Plain, "admin-dismissed"),
    };
    Badge::new(mood, t.get(key))
}

fn acts(t: &T, job: &JobView) -> Vec<Act> {
    let act = |verb: &str, key: &str| {
        let action = format!("/admin/jobs/{}/{verb}", job.id);
        Act::new(action, t.get(key))
    };
    let mut acts = Vec::new();
    if job.can_retry() {
        acts.push(act("retry", "admin-retry"));
    }
    if job.needs_somebody() {
        acts.push(act("dismiss", "admin-dismiss"));
    }
    if job.can_cancel() {
        acts.push(act("cancel", "admin-stop"));
    }
    acts
}

fn row(t: &T, job: &JobView, now: Timestamp) -> Row {
    let told = job.message.as_ref().map(|reason| t.reason(reason));
    let told = told.unwrap_or_default();
    let message = match job.next_try {
        Some(at) if at > now => {
            let wait = at.millis_since(now) / 1_000 + 1;
            t.two("admin-next-try", "why", &told, "n", wait)
        }
        _ => told.clone(),
    };
    Row {
        name: match job.kind.as_str() {
            "ingest" => t.get("admin-job-ingest"),
            other => other.to_owned(),
        },
        path: job.subject.clone(),
        state: badge(t, job),
        progress: (job.state == JobState::Running).then(|| Progress::of(t, job.steps, &told)),
        message,
        made: show::ago(t, job.created, now),
        acts: acts(t, job),
    }
}
