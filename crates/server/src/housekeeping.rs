//! What is long over and nothing asks for any more, removed once an hour.

use std::time::Duration;

use cineclub_db::{attempts, changes, jobs, revocations, sessions};
use cineclub_domain::time::DAY_MS;

use crate::App;
use crate::error::Result;

/// How often it is done.
const EVERY: Duration = Duration::from_secs(3600);
/// How long failed sign-ins are kept, in days: they count for a quarter of an hour.
const ATTEMPT_DAYS: i64 = 1;
/// How long revocations are kept beyond the last token they could concern, in days.
const REVOCATION_DAYS: i64 = 1;
/// How long a job that is done can be looked up, in days.
const JOB_DAYS: i64 = 30;
/// How long a change can be looked up, in days.
const CHANGE_DAYS: i64 = 30;

/// Sweeps until the program is asked to stop.
pub async fn run(app: App) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = app.shutdown().cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = sweep(&app).await {
            tracing::warn!(cause = error.chain(), "housekeeping failed");
        }
    }
}

/// Sweeps once.
///
/// # Errors
/// When the database can't be written.
pub async fn sweep(app: &App) -> Result<()> {
    let now = app.now();
    let ago = |days: i64| now.plus_millis(-days * DAY_MS);
    app.db()
        .write(async |tx| {
            sessions::sweep(tx, now).await?;
            attempts::sweep(tx, ago(ATTEMPT_DAYS)).await?;
            revocations::sweep(tx, ago(REVOCATION_DAYS)).await?;
            jobs::sweep(tx, ago(JOB_DAYS)).await?;
            changes::sweep(tx, ago(CHANGE_DAYS)).await?;
            Ok::<_, cineclub_db::Error>(())
        })
        .await?;
    Ok(())
}
