//! What a running job holds: its lease, a place to tell how far it is, and the pen for its end.

use std::sync::Arc;

use cineclub_db::{Tx, jobs};
use cineclub_domain::id::JobId;
use cineclub_domain::job::Failure;
use cineclub_domain::reason::Reason;
use cineclub_domain::time::Timestamp;
use tokio::sync::watch;

/// Which of its steps a job is at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) at: u64,
    pub(super) total: u64,
    pub(super) message: Option<Reason>,
}

/// A running job's handle on itself.
#[derive(Debug, Clone)]
pub(crate) struct Hand {
    id: JobId,
    owner: Arc<str>,
    progress: watch::Sender<Progress>,
}

/// Why a job stops without having ended.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The lease is somebody else's now, or a person cancelled the job: write nothing more.
    Lost,
    /// It failed.
    Failed(Failure),
}

impl Hand {
    pub(super) fn new(id: JobId, owner: Arc<str>) -> (Self, watch::Receiver<Progress>) {
        let (progress, heard) = watch::channel(Progress::default());
        (
            Self {
                id,
                owner,
                progress,
            },
            heard,
        )
    }

    /// Says which of its steps the job begins, from 1. Costs nothing: it is saved now and then.
    pub(crate) fn step(&self, at: u64, total: u64, message: Reason) {
        self.progress.send_replace(Progress {
            at,
            total,
            message: Some(message),
        });
    }

    /// Ends the job in the transaction that holds its result.
    ///
    /// # Errors
    /// [`Stop::Lost`] when the job is no longer ours, and then the transaction must not stand.
    pub(crate) async fn finish(
        &self,
        tx: &mut Tx,
        message: &Reason,
        now: Timestamp,
    ) -> Result<(), Stop> {
        if jobs::finish(tx, self.id, &self.owner, message, now).await? {
            Ok(())
        } else {
            Err(Stop::Lost)
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<cineclub_db::Error> for Stop {
    fn from(error: cineclub_db::Error) -> Self {
        tracing::warn!(%error, "a job met a failure of the database");
        Failure::Retry(Reason::new("reason-database")).into()
    }
}
