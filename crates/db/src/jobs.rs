//! Jobs: work in the background, claimed under a lease so that a dead worker's job is taken up again.

use cineclub_domain::id::{FolderId, JobId};
use cineclub_domain::job::{Failure, JOB_LEASE_MS, Job, MAX_ATTEMPTS, backoff_ms};
use cineclub_domain::reason::Reason;
use cineclub_domain::time::Timestamp;

use crate::convert::{Json, told};
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

words! {
    /// Why nobody need look at a job that is over.
    pub enum Settled {
        /// A later one was made for the same thing.
        Superseded = "superseded",
        /// What it was about is gone.
        Moot = "moot",
        /// A person has seen that it failed.
        Dismissed = "dismissed",
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
    /// Why nobody need look at it; none while it has the last word.
    pub settled: Option<Settled>,
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
    /// Which of its steps is under way, from 1.
    pub progress_done: u64,
    /// How many it has; 0 while not known.
    pub progress_total: u64,
    /// What it is doing, or why it failed.
    pub message: Option<Reason>,
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
            settled: row.get("settled")?,
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
        /// Why nobody need look at them.
        pub settled: Option<Settled>,
        /// How many.
        pub n: u64,
    }
}

macro_rules! columns {
    () => {
        "id, payload, kind, state, settled, priority, run_at_ms, lease_owner, lease_until_ms, attempts, max_attempts,
         progress_done, progress_total, message, created_ms, finished_ms"
    };
}

/// Queues a job; false if a live one has its key, which then does for both. It supersedes those with its key
/// that are over.
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
    if added > 0 {
        tx.execute(
            "UPDATE job SET settled = 'superseded' WHERE dedupe_key = $1 AND state IN ('done', 'failed', 'cancelled')",
            params![job.dedupe_key()],
        )
        .await?;
    }
    Ok(added > 0)
}

/// Takes the job whose turn it is, under a lease of [`JOB_LEASE_MS`]; none if nothing is due.
pub async fn claim(tx: &mut Tx, owner: &str, now: Timestamp) -> Result<Option<JobRow>> {
    let sql = match tx.engine() {
        // The one writer makes claims take turns.
        Engine::Sqlite => concat!(
            "UPDATE job SET state = 'running', lease_owner = $1, lease_until_ms = $2, attempts = attempts + 1,
                 progress_done = 0, progress_total = 0
             WHERE id = (SELECT id FROM job WHERE state = 'queued' AND run_at_ms <= $3
                         ORDER BY priority DESC, run_at_ms, id LIMIT 1)
             RETURNING ",
            columns!()
        ),
        // Rows that another worker is claiming are passed over instead of waited for.
        Engine::Postgres => concat!(
            "UPDATE job SET state = 'running', lease_owner = $1, lease_until_ms = $2, attempts = attempts + 1,
                 progress_done = 0, progress_total = 0
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
    message: Option<&Reason>,
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
                told(message)
            ],
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
    message: &Reason,
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
    let retry = matches!(failure, Failure::Retry(_)) && job.attempts < job.max_attempts;
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
            params![id, owner, state, run_at, failure.reason(), finished],
        )
        .await?;
    Ok((noted > 0).then_some(state))
}

/// Takes jobs back whose lease ran out: queued again, or failed because of `each_time` if they have been begun
/// often enough. Returns them as they stand now.
pub async fn reclaim(tx: &mut Tx, each_time: &Reason, now: Timestamp) -> Result<Vec<JobRow>> {
    tx.all(
        concat!(
            "UPDATE job SET
                 state = CASE WHEN attempts < max_attempts THEN 'queued' ELSE 'failed' END,
                 finished_ms = CASE WHEN attempts < max_attempts THEN NULL ELSE $1 END,
                 message = CASE WHEN attempts < max_attempts THEN message ELSE $2 END,
                 run_at_ms = $1, lease_owner = NULL, lease_until_ms = NULL
             WHERE state = 'running' AND lease_until_ms <= $1
             RETURNING ",
            columns!()
        ),
        params![now, each_time],
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

/// The running jobs first, then those that failed and need somebody, the waiting ones, and the others, each the
/// newest first; at most `limit`, without the `first` ones.
pub async fn list(tx: &mut Tx, first: u64, limit: u32) -> Result<Vec<JobRow>> {
    tx.all(
        concat!(
            "SELECT ", columns!(), " FROM job
             ORDER BY CASE WHEN state = 'running' THEN 0 WHEN state = 'failed' AND settled IS NULL THEN 1
                 WHEN state = 'queued' THEN 2 ELSE 3 END, id DESC LIMIT $1 OFFSET $2"
        ),
        params![limit, crate::convert::bytes(first)],
    )
    .await
}

/// The last job about each file seen in a folder.
pub async fn of_folder(tx: &mut Tx, folder: FolderId) -> Result<Vec<JobRow>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM job
             WHERE (settled IS NULL OR settled = 'dismissed')
                 AND dedupe_key IN (SELECT 'ingest:' || s.folder || ':' || s.path FROM sighting s WHERE s.folder = $1)
             ORDER BY id DESC"
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

/// How many jobs are in each state that has any; those that nobody need look at are counted apart.
pub async fn counts(tx: &mut Tx) -> Result<Vec<JobCount>> {
    tx.all(
        "SELECT state, settled, COUNT(*) AS n FROM job GROUP BY state, settled ORDER BY state, settled NULLS FIRST",
        params![],
    )
    .await
}

/// Queues a job again that has failed or was cancelled; false if it is in another state, or has not the last word.
///
/// # Errors
/// [`Conflict("job_dedupe_key")`](crate::Error::Conflict) if one with its key is made at this moment.
pub async fn retry(tx: &mut Tx, id: JobId, now: Timestamp) -> Result<bool> {
    let queued = tx
        .execute(
            "UPDATE job SET state = 'queued', settled = NULL, attempts = 0, run_at_ms = $2, finished_ms = NULL,
                 message = ''
             WHERE id = $1 AND state IN ('failed', 'cancelled') AND (settled IS NULL OR settled = 'dismissed')",
            params![id, now],
        )
        .await?;
    Ok(queued > 0)
}

/// Notes that a person has seen that a job failed; false if it did not, or nobody need look at it.
pub async fn dismiss(tx: &mut Tx, id: JobId) -> Result<bool> {
    let dismissed = tx
        .execute(
            "UPDATE job SET settled = 'dismissed' WHERE id = $1 AND state = 'failed' AND settled IS NULL",
            params![id],
        )
        .await?;
    Ok(dismissed > 0)
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

/// Notes that a file is gone, so that nobody need look at a job about it that failed.
pub async fn moot(tx: &mut Tx, folder: FolderId, path: &str) -> Result<()> {
    tx.execute(
        "UPDATE job SET settled = 'moot'
         WHERE dedupe_key = 'ingest:' || $1 || ':' || $2 AND state = 'failed' AND settled IS NULL",
        params![folder, path],
    )
    .await?;
    Ok(())
}

/// Removes jobs that were over before `before`. Failed ones stay until a person saw to them, and the last about a
/// file that never came in stays as long as the file is seen: only it says what became of it.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM job WHERE finished_ms < $1 AND (settled IN ('superseded', 'moot')
             OR (state IN ('done', 'cancelled') OR settled = 'dismissed') AND dedupe_key NOT IN (
                 SELECT 'ingest:' || s.folder || ':' || s.path FROM sighting s
                 JOIN folder f ON f.id = s.folder
                 LEFT JOIN asset a ON a.root = f.root AND a.path = s.path
                 WHERE a.id IS NULL))",
        params![before],
    )
    .await
}
