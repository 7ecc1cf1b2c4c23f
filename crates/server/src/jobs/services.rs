//! Jobs as staff see and steer them.

use cineclub_db::events::{self, Event};
use cineclub_db::jobs::{self, JobRow, JobState};
use cineclub_domain::id::{AccountId, JobId};
use cineclub_domain::job::Job;
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
    /// How far it is, in percent; none while nobody knows.
    pub percent: Option<u8>,
    /// What it is doing, or why it failed: a sentence.
    pub message: String,
    /// How often it was begun.
    pub attempts: u32,
    /// When it is tried again, if it waits for that.
    pub next_try: Option<Timestamp>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ended.
    pub finished: Option<Timestamp>,
}

impl JobView {
    /// Whether it may be tried again by hand.
    pub fn can_retry(&self) -> bool {
        matches!(self.state, JobState::Failed | JobState::Cancelled)
    }

    /// Whether it may be stopped.
    pub fn can_cancel(&self) -> bool {
        matches!(self.state, JobState::Queued | JobState::Running)
    }
}

impl From<JobRow> for JobView {
    fn from(row: JobRow) -> Self {
        let percent = (row.progress_total > 0).then(|| {
            u8::try_from(row.progress_done.min(row.progress_total) * 100 / row.progress_total)
                .unwrap_or(100)
        });
        Self {
            id: row.id,
            kind: row.kind,
            subject: match row.job {
                Some(Job::Ingest { path, .. }) => path,
                None => String::new(),
            },
            percent: if row.state == JobState::Done {
                Some(100)
            } else {
                percent
            },
            next_try: (row.state == JobState::Queued && row.attempts > 0).then_some(row.run_at),
            state: row.state,
            message: row.message,
            attempts: row.attempts,
            created: row.created,
            finished: row.finished,
        }
    }
}

/// The live jobs first, then the others, each the newest first.
///
/// # Errors
/// If the database can't be read.
pub async fn list(app: &App, limit: u32) -> Result<Vec<JobView>> {
    let rows = app
        .db()
        .read(async |tx| jobs::list(tx, limit).await)
        .await?;
    Ok(rows.into_iter().map(JobView::from).collect())
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
                events::append(tx, &event(app, actor, "job.retried", id)).await?;
            }
            Ok(queued)
        })
        .await;
    match queued {
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::new(
            Kind::Conflict,
            "Only a job that failed or was stopped can be tried again.",
        )),
        Err(error) if error.conflicts_on("job_dedupe_key") => Err(Error::new(
            Kind::Conflict,
            "The same work is queued already.",
        )),
        Err(error) => Err(error.into()),
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
                events::append(tx, &event(app, actor, "job.cancelled", id)).await?;
            }
            Ok(cancelled)
        })
        .await;
    if cancelled? {
        Ok(())
    } else {
        Err(Error::new(
            Kind::Conflict,
            "The job was over before it could be stopped.",
        ))
    }
}

fn event(app: &App, actor: AccountId, action: &str, id: JobId) -> Event {
    record::event(app, Some(actor), action, "job", id, &Change::default())
}
