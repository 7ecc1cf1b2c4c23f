//! `/admin/jobs`: work in the background as it happens, to be tried again or stopped.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use cineclub_db::jobs::JobState;
use cineclub_domain::id::JobId;
use cineclub_domain::time::Timestamp;

use super::show;
use super::studio::{self, Act, Badge, Mood, Place, Progress, Studio};
use crate::App;
use crate::error::{Error, Kind, Result};
use crate::http::web::layout::{Flash, Visit, after};
use crate::http::web::translations::T;
use crate::jobs::{self, JobView};

/// Jobs shown; the live ones come first.
const SHOWN: u32 = 100;

#[derive(Template)]
#[template(path = "admin/jobs.html")]
struct JobsPage {
    page: Studio,
    figures: Vec<Figure>,
    jobs: Vec<Row>,
}

#[derive(Template)]
#[template(path = "admin/jobs_live.html")]
struct JobsLive {
    page: Studio,
    figures: Vec<Figure>,
    jobs: Vec<Row>,
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
    act: Option<Act>,
}

/// `GET /admin/jobs`
///
/// # Errors
/// When the database can't be read.
pub async fn list(State(app): State<App>, visit: Visit) -> Result<Response> {
    let page = Studio::new(&app, &visit, Place::Jobs, visit.t.get("admin-jobs"))?;
    let (figures, jobs) = rows(&app, &visit.t).await?;
    studio::page(&JobsPage {
        page,
        figures,
        jobs,
    })
}

/// `GET /admin/jobs/live`: what the page's script puts in place of the list.
///
/// # Errors
/// When the database can't be read.
pub async fn live(State(app): State<App>, visit: Visit) -> Result<Response> {
    let page = Studio::new(&app, &visit, Place::Jobs, visit.t.get("admin-jobs"))?;
    let (figures, jobs) = rows(&app, &visit.t).await?;
    studio::page(&JobsLive {
        page,
        figures,
        jobs,
    })
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
    answer(done, "admin-done-retry", "admin-done-retry-not")
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
    answer(done, "admin-done-cancel", "admin-done-cancel-not")
}

fn answer(done: Result<()>, well: &'static str, late: &'static str) -> Result<Response> {
    match done {
        Ok(()) => Ok(after("/admin/jobs", Flash::good(well))),
        Err(error) if error.kind == Kind::Conflict => Ok(after("/admin/jobs", Flash::warn(late))),
        Err(error) => Err(error),
    }
}

fn parse(id: &str) -> Result<JobId> {
    id.parse().map_err(|_| Error::not_found())
}

async fn rows(app: &App, t: &T) -> Result<(Vec<Figure>, Vec<Row>)> {
    let now = app.now();
    let counts = app
        .db()
        .read(async |tx| cineclub_db::jobs::counts(tx).await)
        .await?;
    let count = |state| {
        counts
            .iter()
            .find(|count| count.state == state)
            .map_or(0, |count| count.n)
    };
    let figure = |state, key: &str| {
        let n = count(state);
        Figure {
            value: n.to_string(),
            label: t.one(key, "n", n),
        }
    };
    let figures = vec![
        figure(JobState::Running, "admin-jobs-running"),
        figure(JobState::Queued, "admin-jobs-queued"),
        figure(JobState::Failed, "admin-jobs-failed"),
    ];
    let jobs = jobs::list(app, SHOWN).await?;
    Ok((figures, jobs.iter().map(|job| row(t, job, now)).collect()))
}

fn row(t: &T, job: &JobView, now: Timestamp) -> Row {
    let (mood, key) = match job.state {
        JobState::Running => (Mood::Live, "admin-running"),
        JobState::Queued => (Mood::Plain, "admin-queued"),
        JobState::Done => (Mood::Good, "admin-done"),
        JobState::Failed => (Mood::Bad, "admin-failed"),
        JobState::Cancelled => (Mood::Plain, "admin-cancelled"),
    };
    let act = if job.can_retry() {
        Some(Act::new(
            format!("/admin/jobs/{}/retry", job.id),
            t.get("admin-retry"),
        ))
    } else if job.can_cancel() {
        Some(Act::new(
            format!("/admin/jobs/{}/cancel", job.id),
            t.get("admin-stop"),
        ))
    } else {
        None
    };
    let message = match job.next_try {
        Some(at) if at > now => t.two(
            "admin-next-try",
            "why",
            job.message.trim_end_matches('.'),
            "n",
            at.millis_since(now) / 1_000 + 1,
        ),
        _ => job.message.clone(),
    };
    Row {
        name: match job.kind.as_str() {
            "ingest" => t.get("admin-job-ingest"),
            other => other.to_owned(),
        },
        path: job.subject.clone(),
        state: Badge::new(mood, t.get(key)),
        progress: job
            .percent
            .filter(|_| job.state == JobState::Running)
            .map(|percent| Progress {
                done: u64::from(percent),
                total: 100,
                text: t.two("admin-percent", "n", percent, "what", &job.message),
            }),
        message,
        made: show::ago(t, job.created, now),
        act,
    }
}
