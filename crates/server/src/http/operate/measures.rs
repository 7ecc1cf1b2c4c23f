//! What an operator watches by numbers: gauges are read when they are asked for, beside the counters.
//!
//! No label names a person, a title or an address: each takes one of a few words.

use std::time::Duration;

use axum::http::StatusCode;
use cineclub_db::folders::FolderState;
use cineclub_db::jobs::JobState;
use cineclub_db::{folders, jobs, plays};
use cineclub_domain::time::SECOND_MS;
use metrics::{counter, describe_counter, describe_gauge, gauge};

use crate::App;
use crate::delivery::MEDIA_BYTES;

/// How long the database may take to answer. Prometheus waits ten seconds unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(5);

const REQUESTS: &str = "cineclub_http_requests_total";
const BUILD: &str = "cineclub_build_info";
const DATABASE: &str = "cineclub_database_up";
const PLAYS: &str = "cineclub_plays";
const JOBS: &str = "cineclub_jobs";
const ABSENT: &str = "cineclub_folders_absent";
const REVOCATIONS: &str = "cineclub_revocations_age_seconds";

/// Counts a request by its route as declared and the class of its status.
pub(super) fn count_request(route: &str, status: StatusCode) {
    counter!(REQUESTS, "route" => route.to_owned(), "class" => class(status)).increment(1);
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// Everything in the Prometheus text format; nothing where no recorder was installed.
pub(super) async fn render(app: &App) -> String {
    let Some(metrics) = app.metrics() else {
        return String::new();
    };
    describe();
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    counter!(MEDIA_BYTES).increment(0);
    let age = app.gate().age_ms(app.now());
    gauge!(REVOCATIONS).set(age.map_or(f64::NAN, |ms| ms as f64 / SECOND_MS as f64));
    let stored = read(app).await;
    gauge!(DATABASE).set(f64::from(stored.is_some()));
    // What can't be told now must not go on being told as it was.
    let number = |n: Option<u64>| n.map_or(f64::NAN, |n| n as f64);
    gauge!(PLAYS).set(number(stored.as_ref().map(|stored| stored.plays)));
    gauge!(ABSENT).set(number(stored.as_ref().map(|stored| stored.absent)));
    for state in JobState::ALL {
        let n = stored.as_ref().map(|stored| stored.jobs_in(*state));
        gauge!(JOBS, "state" => state.as_str()).set(number(n));
    }
    metrics.render()
}

fn describe() {
    describe_counter!(REQUESTS, "Requests answered, by route and class of status.");
    describe_counter!(MEDIA_BYTES, "Bytes of films handed to connections.");
    describe_gauge!(BUILD, "The version that runs; always 1.");
    describe_gauge!(DATABASE, "Whether the database answered this question.");
    describe_gauge!(PLAYS, "Plays that hold a stream now, on all nodes.");
    describe_gauge!(
        JOBS,
        "Jobs kept, by state, on all nodes; failed ones until somebody has seen to them."
    );
    describe_gauge!(ABSENT, "Watch folders whose disk is away.");
    describe_gauge!(
        REVOCATIONS,
        "How long ago this node last heard what was revoked; above 30 it refuses media."
    );
}

/// What is counted in the database.
struct Stored {
    plays: u64,
    absent: u64,
    jobs: Vec<jobs::JobCount>,
}

impl Stored {
    /// How many jobs are in a state; of those that failed, the ones that nobody has seen to.
    fn jobs_in(&self, state: JobState) -> u64 {
        let counted = self.jobs.iter().filter(|count| count.state == state);
        counted
            .filter(|count| state != JobState::Failed || count.settled.is_none())
            .map(|count| count.n)
            .sum()
    }
}

/// Counts what the database holds; nothing where it doesn't answer while a monitor still waits.
async fn read(app: &App) -> Option<Stored> {
    let counted = tokio::time::timeout(PATIENCE, count(app)).await;
    let problem = match counted {
        Ok(Ok(stored)) => return Some(stored),
        Ok(Err(error)) => error.to_string(),
        Err(late) => late.to_string(),
    };
    tracing::warn!(problem, "the database could not be asked for its numbers");
    None
}

async fn count(app: &App) -> cineclub_db::Result<Stored> {
    let now = app.now();
    app.db()
        .read(async |tx| {
            let folders = folders::list(tx).await?;
            let absent = folders
                .iter()
                .filter(|folder| folder.state == FolderState::Absent)
                .count();
            Ok(Stored {
                plays: plays::count_live(tx, now).await?,
                absent: absent as u64,
                jobs: jobs::counts(tx).await?,
            })
        })
        .await
}
