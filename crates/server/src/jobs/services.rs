//! Jobs as staff see and steer them.

use cineclub_db::Tx;
use cineclub_db::events;
use cineclub_db::jobs::{self, JobRow, JobState, Settled};
use cineclub_domain::id::{AccountId, JobId};
use cineclub_domain::job::Job;
use cineclub_domain::reason::Reason;
use cineclub_domain::time::Timestamp;

use crate::App;
use crate::error::{Error, Kind, Result};
use crate::record::{self, Change};

/// A job, as a page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct JobView {
    /// Its id.
    pub id: JobId,
    /// The word for its kind: `ingest`.
    pub kind: String,
    /// What it is about: for an ingest, the file's path.
    pub subject: String,
    /// Where it stands.
    pub state: JobState,
    /// Why nobody need look at it, though it failed.
    pub settled: Option<Settled>,
    /// How far it is; none while nobody knows.
    pub steps: Option<Steps>,
    /// What it is doing, or why it failed.
    pub message: Option<Reason>,
    /// How often it was begun.
    pub attempts: u32,
    /// When it is tried again, if it waits for that.
    pub next_try: Option<Timestamp>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ended.
    pub finished: Option<Timestamp>,
}

/// Which of its steps a job is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    /// The one that is under way, from 1; those before it are done.
    pub at: u64,
    /// In all; never 0.
    pub total: u64,
}

impl Steps {
    /// How far a job is; none while nobody knows.
    pub(crate) fn of(row: &JobRow) -> Option<Self> {
        let (at, total) = (row.progress_done, row.progress_total);
        (total > 0).then_some(Self {
            at: at.min(total),
            total,
        })
    }
}

/// How many jobs there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Running now.
    pub running: u64,
    /// Waiting for their turn.
    pub queued: u64,
    /// Failed, and nobody has seen to it.
    pub failed: u64,
    /// All that are known, whatever became of them.
    pub all: u64,
}

impl JobView {
    /// Whether it failed and somebody should look at it.
    pub fn needs_somebody(&self) -> bool {
        self.state == JobState::Failed && self.settled.is_none()
    }

    /// Whether it may be tried again by hand.
    pub fn can_retry(&self) -> bool {
        matches!(self.state, JobState::Failed | JobState::Cancelled)
            && matches!(self.settled, None | Some(Settled::Dismissed))
    }

    /// Whether it may be stopped.
    pub fn can_cancel(&self) -> bool {
        matches!(self.state, JobState::Queued | JobState::Running)
    }
}

impl From<JobRow> for JobView {
    fn from(row: JobRow) -> Self {
        Self {
            id: row.id,
            steps: Steps::of(&row),
            kind: row.kind,
            subject: subject(row.job),
            next_try: (row.state == JobState::Queued && row.attempts > 0).then_some(row.run_at),
            state: row.state,
            settled: row.settled,
            message: row.message,
            attempts: row.attempts,
            created: row.created,
            finished: row.finished,
        }
    }
}

fn subject(job: Option<Job>) -> String {
    match job {
        Some(Job::Ingest { path, .. }) => path,
        None => String::new(),
    }
}

/// The running jobs first, then those that need somebody, the waiting ones, and the others, each the newest first;
/// at most `limit`, without the `first` ones.
///
/// # Errors
/// If the database can't be read.
pub async fn list(app: &App, first: u64, limit: u32) -> Result<Vec<JobView>> {
    let rows = app
        .db()
        .read(async |tx| jobs::list(tx, first, limit).await)
        .await?;
    Ok(rows.into_iter().map(JobView::from).collect())
}

/// How many jobs there are.
///
/// # Errors
/// If the database can't be read.
pub async fn tally(app: &App) -> Result<Tally> {
    let counts = app.db().read(async |tx| jobs::counts(tx).await).await?;
    let mut tally = Tally::default();
    for count in counts {
        tally.all += count.n;
        match (count.state, count.settled) {
            (JobState::Running, _) => tally.running += count.n,
            (JobState::Queued, _) => tally.queued += count.n,
            (JobState::Failed, None) => tally.failed += count.n,
            _ => {}
        }
    }
    Ok(tally)
}

/// Queues a job again that failed or was cancelled.
///
/// # Errors
/// [`Kind::Conflict`] when it is in no state for that, or the same work is queued already.
pub async fn retry(app: &App, actor: AccountId, id: JobId) -> Result<()> {
    let now = app.now();
    let queued: cineclub_db::Result<bool> = app
        .db()
        .write(async |tx| {
            let queued = jobs::retry(tx, id, now).await?;
            if queued {
                note(tx, app, actor, "job.retried", id).await?;
            }
            Ok(queued)
        })
        .await;
    match queued {
        Err(error) if error.conflicts_on("job_dedupe_key") => Err(Error::new(
            Kind::Conflict,
            "The same work is queued already.",
        )),
        queued => or_conflict(
            queued?,
            "Only a job that failed or was stopped can be tried again.",
        ),
    }
}

/// Stops a job that waits or runs; a running one stops within seconds.
///
/// # Errors
/// [`Kind::Conflict`] when it was over.
pub async fn cancel(app: &App, actor: AccountId, id: JobId) -> Result<()> {
    let now = app.now();
    let cancelled: cineclub_db::Result<bool> = app
        .db()
        .write(async |tx| {
            let cancelled = jobs::cancel(tx, id, now).await?;
            if cancelled {
                note(tx, app, actor, "job.cancelled", id).await?;
            }
            Ok(cancelled)
        })
        .await;
    or_conflict(cancelled?, "The job was over before it could be stopped.")
}

/// Takes a failed job off the list of what needs somebody. It can still be tried again.
///
/// # Errors
/// [`Kind::Conflict`] when it has not failed, or needs nobody any more.
pub async fn dismiss(app: &App, actor: AccountId, id: JobId) -> Result<()> {
    let dismissed: cineclub_db::Result<bool> = app
        .db()
        .write(async |tx| {
            let dismissed = jobs::dismiss(tx, id).await?;
            if dismissed {
                note(tx, app, actor, "job.dismissed", id).await?;
            }
            Ok(dismissed)
        })
        .await;
    or_conflict(dismissed?, "Only a job that failed can be dismissed.")
}

fn or_conflict(done: bool, message: &'static str) -> Result<()> {
    if done {
        Ok(())
    } else {
        Err(Error::new(Kind::Conflict, message))
    }
}

/// Writes into the record what somebody did with a job, and what it was about.
async fn note(
    tx: &mut Tx,
    app: &App,
    actor: AccountId,
    action: &str,
    id: JobId,
) -> cineclub_db::Result<()> {
    let job = jobs::by_id(tx, id).await?.and_then(|row| row.job);
    let change = Change::to(&serde_json::json!({ "path": subject(job) }));
    let event = record::event(app, Some(actor), action, "job", id, &change);
    events::append(tx, &event).await
}
