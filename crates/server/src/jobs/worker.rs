//! The loop that claims jobs, keeps their leases alive while they run, and notes how they ended.

use std::sync::Arc;
use std::time::Duration;

use cineclub_db::Tx;
use cineclub_db::jobs::{self, JobRow, JobState};
use cineclub_domain::id::JobId;
use cineclub_domain::job::{Failure, JOB_LEASE_MS, Job};
use cineclub_domain::reason::Reason;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::hand::{Hand, Progress, Stop};
use super::owner;
use crate::App;
use crate::acquire;
use crate::translations::PageLanguage;

/// How long an idle worker waits before it looks for work again.
const IDLE: Duration = Duration::from_millis(500);
/// How long a job runs before its progress is saved for the first time.
const FIRST_SAVE: Duration = Duration::from_millis(100);
/// How often progress is saved, at most.
const SAVE: Duration = Duration::from_millis(500);
/// How often a lease is renewed while there is no progress to save.
const RENEW: Duration = Duration::from_millis(JOB_LEASE_MS as u64 / 4);
/// How often leases that ran out are looked for.
const RECLAIM: Duration = Duration::from_secs(5);
/// How long running jobs may take to end when the program is asked to stop.
const FAREWELL: Duration = Duration::from_secs(10);
/// How many jobs are looked at when those of dead processes are taken back.
const LOOK_AT: u32 = 100;

/// Runs jobs, as many at a time as the configuration says, until the program is asked to stop; then ends or
/// gives back those that run.
pub async fn run(app: App) {
    let shutdown = app.shutdown().clone();
    let owner: Arc<str> = owner::this_process().into();
    let mut running = JoinSet::new();
    let mut reclaim = tokio::time::interval(RECLAIM);
    reclaim.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            _ = reclaim.tick() => take_back(&app).await,
            Some(_) = running.join_next(), if !running.is_empty() => {}
            () = tokio::time::sleep(IDLE), if running.len() < app.config().work.jobs => {}
        }
        while running.len() < app.config().work.jobs && !shutdown.is_cancelled() {
            match claim(&app, &owner).await {
                Some(row) => running.spawn(attend(
                    app.clone(),
                    row,
                    Arc::clone(&owner),
                    shutdown.clone(),
                )),
                None => break,
            };
        }
    }
    let all_ended = async { while running.join_next().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, all_ended).await.is_err() {
        // What is left gave itself back when its time was over; its blocking part ends with the process.
        running.abort_all();
    }
}

async fn claim(app: &App, owner: &str) -> Option<JobRow> {
    let now = app.now();
    let claimed = async {
        // Looking first spares the one writer of SQLite an empty transaction twice a second.
        let is_due = async |tx: &mut Tx| jobs::is_any_due(tx, now).await;
        if !app.db().read(is_due).await? {
            return Ok(None);
        }
        app.db()
            .write(async |tx| jobs::claim(tx, owner, now).await)
            .await
    };
    let claimed: cineclub_db::Result<Option<JobRow>> = claimed.await;
    claimed.unwrap_or_else(|error| {
        tracing::warn!(%error, "no job could be claimed");
        None
    })
}

/// Runs one job and notes its end.
async fn attend(app: App, row: JobRow, owner: Arc<str>, shutdown: CancellationToken) {
    let id = row.id;
    let (hand, progress) = Hand::new(id, Arc::clone(&owner));
    let work = tokio::spawn(perform(app.clone(), hand, row));
    let stop_work = work.abort_handle();
    let ended = tokio::select! {
        ended = work => ended.unwrap_or_else(|stopped| Err(stumbled(&stopped))),
        () = keep_alive(&app, id, &owner, progress) => Err(Stop::Lost),
        () = patience(&shutdown) => Err(Failure::Retry(Reason::new("reason-job-interrupted")).into()),
    };
    stop_work.abort();
    match ended {
        Ok(()) => {}
        Err(Stop::Lost) => {
            tracing::info!(job = %id, "a job was cancelled, or taken over by another worker")
        }
        Err(Stop::Failed(failure)) => note_failure(&app, id, &owner, &failure).await,
    }
}

async fn patience(shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    tokio::time::sleep(FAREWELL / 2).await;
}

async fn perform(app: App, hand: Hand, row: JobRow) -> Result<(), Stop> {
    match row.job {
        Some(Job::Ingest {
            folder,
            path,
            size_bytes,
            modified_ms,
        }) => acquire::ingest(&app, &hand, folder, &path, (size_bytes, modified_ms)).await,
        None => Err(Failure::Fail(Reason::new("reason-job-newer")).into()),
    }
}

fn stumbled(stopped: &tokio::task::JoinError) -> Stop {
    tracing::error!(error = %stopped, "a job stopped unexpectedly");
    Failure::Fail(Reason::new("reason-stumbled")).into()
}

/// Saves progress and renews the lease; returns when the lease is no longer ours.
async fn keep_alive(app: &App, id: JobId, owner: &str, mut progress: watch::Receiver<Progress>) {
    // A job that is over sooner costs no write of its progress.
    tokio::time::sleep(FIRST_SAVE).await;
    loop {
        // A job that says nothing for long is kept alive all the same.
        let said = tokio::time::timeout(RENEW, progress.changed()).await;
        let is_ended = matches!(said, Ok(Err(_)));
        let now_at = progress.borrow_and_update().clone();
        let kept: cineclub_db::Result<bool> = app
            .db()
            .write(async |tx| {
                jobs::progress(
                    tx,
                    id,
                    owner,
                    now_at.at,
                    now_at.total,
                    now_at.message.as_ref(),
                    app.now(),
                )
                .await
            })
            .await;
        match kept {
            Ok(false) => return,
            Ok(true) => {}
            Err(error) => tracing::warn!(job = %id, %error, "a job's progress could not be saved"),
        }
        tokio::time::sleep(if is_ended { RENEW } else { SAVE }).await;
    }
}

async fn note_failure(app: &App, id: JobId, owner: &str, failure: &Failure) {
    let message = app.words(PageLanguage::En).reason(failure.reason());
    tracing::warn!(job = %id, message, "a job failed");
    let noted: cineclub_db::Result<_> = app
        .db()
        .write(async |tx| jobs::fail(tx, id, owner, failure, app.now()).await)
        .await;
    if let Err(error) = noted {
        // Its lease runs out, and it is taken up again.
        tracing::warn!(job = %id, %error, "a job's failure could not be noted");
    }
}

/// Takes back the jobs of workers that died.
async fn take_back(app: &App) {
    let each_time = Reason::new("reason-job-stopped-each-time");
    let taken = async {
        let rows = app
            .db()
            .read(async |tx| jobs::list(tx, 0, LOOK_AT).await)
            .await?;
        for row in rows
            .into_iter()
            .filter(|row| row.state == JobState::Running)
        {
            if let Some(dead) = row.lease_owner.filter(|owner| owner::is_dead(owner)) {
                let failure = Failure::Retry(Reason::new("reason-job-begins-again"));
                app.db()
                    .write(async |tx| jobs::fail(tx, row.id, &dead, &failure, app.now()).await)
                    .await?;
            }
        }
        app.db()
            .write(async |tx| jobs::reclaim(tx, &each_time, app.now()).await)
            .await
    };
    let taken: cineclub_db::Result<Vec<JobRow>> = taken.await;
    if let Err(error) = taken {
        tracing::warn!(%error, "the jobs of dead workers could not be taken back");
    }
}
