//! Jobs: work in the background, claimed under a lease so that a dead worker's job is taken up again.

use cineclub_domain::id::{FolderId, JobId};
use cineclub_domain::job::{Failure, JOB_LEASE_MS, Job, MAX_ATTEMPTS, backoff_ms};
use cineclub_domain::time::Timestamp;

use crate::convert::Json;
use crate::value::{FromRow, Row, params, row, words};
use crate::{Engine, Result, Tx};

words! {
    /// Where a job stands.
    pub enum JobState {
        /// It waits for its turn.
        Queued = "queued",
        /// Someone holds its lease.
        Running = "running",
        /// It is done.
        Done = "done",
        /// It will not be tried again unless a person says so.
        Failed = "failed",
        /// A person stopped it.
        Cancelled = "cancelled",
    }
}

/// A job with everything known about its running.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// What is to be done; none if a newer version of the program made it.
    pub job: Option<Job>,
    /// The word for its kind.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// The higher, the earlier.
    pub priority: i64,
    /// Not before this instant.
    pub run_at: Timestamp,
    /// Who runs it.
    pub lease_owner: Option<String>,
    /// Until when that is believed.
    pub lease_until: Option<Timestamp>,
    /// How often it was begun.
    pub attempts: u32,
    /// How often it may be.
    pub max_attempts: u32,
    /// How far it is, in its own unit.
    pub progress_done: u64,
    /// How far it has to go; 0 while not known.
    pub progress_total: u64,
    /// What it is doing, or why it failed.
    pub message: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it ended.
    pub finished: Option<Timestamp>,
}

impl FromRow for JobRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            job: row.get::<Json<Job>>("payload").ok().map(|json| json.0),
            kind: row.get("kind")?,
            state: row.get("state")?,
            priority: row.get("priority")?,
            run_at: row.get("run_at_ms")?,
            lease_owner: row.get("lease_owner")?,
            lease_until: row.get("lease_until_ms")?,
            attempts: row.get("attempts")?,
            max_attempts: row.get("max_attempts")?,
            progress_done: row.get("progress_done")?,
            progress_total: row.get("progress_total")?,
            message: row.get("message")?,
            created: row.get("created_ms")?,
            finished: row.get("finished_ms")?,
        })
    }
}

row! {
    /// How many jobs are in a state.
    pub struct JobCount {
        /// The state.
        pub state: JobState,
        /// How many.
        pub n: u64,
    }
}

macro_rules! columns {
    () => {
        "id, payload, kind, state, priority, run_at_ms, lease_owner, lease_until_ms, attempts, max_attempts,
         progress_done, progress_total, message, created_ms, finished_ms"
    };
}

/// Queues a job; false if a live one has its key, which then does for both.
pub async fn enqueue(
    tx: &mut Tx,
    id: JobId,
    job: &Job,
    priority: i64,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let added = tx
        .execute(
            "INSERT INTO job (id, kind, payload, dedupe_key, state, priority, run_at_ms, attempts, max_attempts,
                 created_ms)
             VALUES ($1, $2, $3, $4, 'queued', $5, $6, 0, $7, $8)
             ON CONFLICT (dedupe_key) WHERE state IN ('queued', 'running') DO NOTHING",
            params![id, job.kind(), Json(job).text()?, job.dedupe_key(), priority, run_at, MAX_ATTEMPTS, now],
        )
        .await?;
    Ok(added > 0)
}

/// Takes the job whose turn it is, under a lease of [`JOB_LEASE_MS`]; none if nothing is due.
pub async fn claim(tx: &mut Tx, owner: &str, now: Timestamp) -> Result<Option<JobRow>> {
    let sql = match tx.engine() {
        // The one writer makes claims take turns.
        Engine::Sqlite => concat!(
            "UPDATE job SET state = 'running', lease_owner = $1, lease_until_ms = $2, attempts = attempts + 1
             WHERE id = (SELECT id FROM job WHERE state = 'queued' AND run_at_ms <= $3
                         ORDER BY priority DESC, run_at_ms, id LIMIT 1)
             RETURNING ",
            columns!()
        ),
        // Rows that another worker is claiming are passed over instead of waited for.
        Engine::Postgres => concat!(
            "UPDATE job SET state = 'running', lease_owner = $1, lease_until_ms = $2, attempts = attempts + 1
             WHERE id = (SELECT id FROM job WHERE state = 'queued' AND run_at_ms <= $3
                         ORDER BY priority DESC, run_at_ms, id LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING ",
            columns!()
        ),
    };
    tx.optional(sql, params![owner, now.plus_millis(JOB_LEASE_MS), now])
        .await
}

/// Says that the job is alive and how far it is; false if the lease is no longer `owner`'s, who must then stop.
pub async fn progress(
    tx: &mut Tx,
    id: JobId,
    owner: &str,
    done: u64,
    total: u64,
    message: &str,
    now: Timestamp,
) -> Result<bool> {
    let kept = tx
        .execute(
            "UPDATE job SET lease_until_ms = $3, progress_done = $4, progress_total = $5, message = $6
             WHERE id = $1 AND lease_owner = $2 AND state = 'running'",
            params![
                id,
                owner,
                now.plus_millis(JOB_LEASE_MS),
                crate::convert::bytes(done),
                crate::convert::bytes(total),
                message
            ],
        )
        .await?;
    Ok(kept > 0)
}

/// Says only that the job is alive; false if the lease is no longer `owner`'s.
pub async fn renew(tx: &mut Tx, id: JobId, owner: &str, now: Timestamp) -> Result<bool> {
    let kept = tx
        .execute(
            "UPDATE job SET lease_until_ms = $3 WHERE id = $1 AND lease_owner = $2 AND state = 'running'",
            params![id, owner, now.plus_millis(JOB_LEASE_MS)],
        )
        .await?;
    Ok(kept > 0)
}

/// Ends the job well; false if the lease is no longer `owner`'s, and then the caller's other writes
/// in this transaction should not stand either.
pub async fn finish(
    tx: &mut Tx,
    id: JobId,
    owner: &str,
    message: &str,
    now: Timestamp,
) -> Result<bool> {
    let done = tx
        .execute(
            "UPDATE job SET state = 'done', lease_owner = NULL, lease_until_ms = NULL, message = $3, finished_ms = $4
             WHERE id = $1 AND lease_owner = $2 AND state = 'running'",
            params![id, owner, message, now],
        )
        .await?;
    Ok(done > 0)
}

/// Notes a failure: the job is queued again after a wait that grows, or has failed for good.
///
/// Returns where it stands now; none if the lease is no longer `owner`'s.
pub async fn fail(
    tx: &mut Tx,
    id: JobId,
    owner: &str,
    failure: &Failure,
    now: Timestamp,
) -> Result<Option<JobState>> {
    let Some(job) = by_id(tx, id).await? else {
        return Ok(None);
    };
    let (retry, message) = match failure {
        Failure::Retry(message) => (job.attempts < job.max_attempts, message),
        Failure::Fail(message) => (false, message),
    };
    let (state, finished) = if retry {
        (JobState::Queued, None)
    } else {
        (JobState::Failed, Some(now))
    };
    let run_at = if retry {
        now.plus_millis(backoff_ms(job.attempts))
    } else {
        job.run_at
    };
    let noted = tx
        .execute(
            "UPDATE job SET state = $3, run_at_ms = $4, message = $5, finished_ms = $6, lease_owner = NULL,
                 lease_until_ms = NULL
             WHERE id = $1 AND lease_owner = $2 AND state = 'running'",
            params![id, owner, state, run_at, message, finished],
        )
        .await?;
    Ok((noted > 0).then_some(state))
}

/// Takes jobs back whose lease ran out: queued again, or failed if they have been begun often enough.
/// Returns them as they stand now.
pub async fn reclaim(tx: &mut Tx, now: Timestamp) -> Result<Vec<JobRow>> {
    tx.all(
        concat!(
            "UPDATE job SET
                 state = CASE WHEN attempts < max_attempts THEN 'queued' ELSE 'failed' END,
                 finished_ms = CASE WHEN attempts < max_attempts THEN NULL ELSE $1 END,
                 message = CASE WHEN attempts < max_attempts THEN message
                     ELSE 'the program stopped each time while it worked on this' END,
                 run_at_ms = $1, lease_owner = NULL, lease_until_ms = NULL
             WHERE state = 'running' AND lease_until_ms <= $1
             RETURNING ",
            columns!()
        ),
        params![now],
    )
    .await
}

/// The job with this id.
pub async fn by_id(tx: &mut Tx, id: JobId) -> Result<Option<JobRow>> {
    tx.optional(
        concat!("SELECT ", columns!(), " FROM job WHERE id = $1"),
        params![id],
    )
    .await
}

/// The live jobs first, then the others, each the newest first; at most `limit`.
pub async fn list(tx: &mut Tx, limit: u32) -> Result<Vec<JobRow>> {
    tx.all(
        concat!(
            "SELECT ", columns!(), " FROM job
             ORDER BY CASE state WHEN 'running' THEN 0 WHEN 'queued' THEN 1 ELSE 2 END, id DESC LIMIT $1"
        ),
        params![limit],
    )
    .await
}

/// What the jobs about the files seen in a folder say of each: the live one, else the newest. The live ones
/// come first.
pub async fn of_folder(tx: &mut Tx, folder: FolderId) -> Result<Vec<JobRow>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM job
             WHERE id IN (
                 SELECT MAX(j.id) FROM sighting s
                 JOIN job j ON j.dedupe_key = 'ingest:' || s.folder || ':' || s.path
                 WHERE s.folder = $1 GROUP BY j.dedupe_key
                 UNION ALL
                 SELECT j.id FROM sighting s
                 JOIN job j ON j.dedupe_key = 'ingest:' || s.folder || ':' || s.path
                 WHERE s.folder = $1 AND j.state IN ('queued', 'running'))
             ORDER BY CASE state WHEN 'running' THEN 0 WHEN 'queued' THEN 1 ELSE 2 END, id DESC"
        ),
        params![folder],
    )
    .await
}

/// Whether [`claim`] would find a job.
pub async fn is_any_due(tx: &mut Tx, now: Timestamp) -> Result<bool> {
    let due = tx
        .count(
            "SELECT COUNT(*) AS n FROM (SELECT 1 FROM job WHERE state = 'queued' AND run_at_ms <= $1 LIMIT 1) AS due",
            params![now],
        )
        .await?;
    Ok(due > 0)
}

/// How many jobs are in each state that has any.
pub async fn counts(tx: &mut Tx) -> Result<Vec<JobCount>> {
    tx.all(
        "SELECT state, COUNT(*) AS n FROM job GROUP BY state ORDER BY state",
        params![],
    )
    .await
}

/// Queues a job again that has failed or was cancelled; false if it is in another state.
///
/// # Errors
/// [`Conflict("job_dedupe_key")`](crate::Error::Conflict) if a live one has its key.
pub async fn retry(tx: &mut Tx, id: JobId, now: Timestamp) -> Result<bool> {
    let queued = tx
        .execute(
            "UPDATE job SET state = 'queued', attempts = 0, run_at_ms = $2, finished_ms = NULL, message = ''
             WHERE id = $1 AND state IN ('failed', 'cancelled')",
            params![id, now],
        )
        .await?;
    Ok(queued > 0)
}

/// Stops a job that is live; its worker learns of it at its next sign of life. False if it was over.
pub async fn cancel(tx: &mut Tx, id: JobId, now: Timestamp) -> Result<bool> {
    let cancelled = tx
        .execute(
            "UPDATE job SET state = 'cancelled', finished_ms = $2, lease_owner = NULL, lease_until_ms = NULL
             WHERE id = $1 AND state IN ('queued', 'running')",
            params![id, now],
        )
        .await?;
    Ok(cancelled > 0)
}

/// Removes jobs that were done or cancelled before `before`. Failed ones stay until a person saw to them.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM job WHERE state IN ('done', 'cancelled') AND finished_ms < $1",
        params![before],
    )
    .await
}
