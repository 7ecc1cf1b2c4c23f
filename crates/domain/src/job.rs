//! Jobs as data: what is to be done, and how a failure is to be taken.

use serde::{Deserialize, Serialize};

use crate::id::FolderId;
use crate::reason::Reason;
use crate::time::{MINUTE_MS, SECOND_MS};

/// Background work. It can run twice without harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Index a file that has arrived complete, and attach it to its title.
    Ingest {
        /// The watch folder it lies in.
        folder: FolderId,
        /// Its path below the folder.
        path: String,
        /// Its size when it was found complete, in bytes.
        size_bytes: u64,
        /// Its time of modification when it was found complete, in milliseconds since 1970.
        modified_ms: i64,
    },
}

impl Job {
    /// The name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Ingest { .. } => "ingest",
        }
    }

    /// Two live jobs with the same key are one job.
    pub fn dedupe_key(&self) -> String {
        match self {
            Self::Ingest { folder, path, .. } => format!("ingest:{folder}:{path}"),
        }
    }
}

/// How a failure is to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The cause may pass: try again later.
    Retry(Reason),
    /// Trying again would change nothing: a person must act. The reason says what to do.
    Fail(Reason),
}

impl Failure {
    /// What is told of it.
    pub fn reason(&self) -> &Reason {
        let (Self::Retry(reason) | Self::Fail(reason)) = self;
        reason
    }
}

/// How long a job may run without a sign of life before another worker takes it, in milliseconds.
pub const JOB_LEASE_MS: i64 = 30 * SECOND_MS;
/// How often a job is tried.
pub const MAX_ATTEMPTS: u32 = 5;

/// How long to wait before the next attempt, in milliseconds: 5 s, 20 s, 80 s, then ten minutes at most.
pub fn backoff_ms(attempts: u32) -> i64 {
    let factor = 4_i64.saturating_pow(attempts.saturating_sub(1));
    (5 * SECOND_MS).saturating_mul(factor).min(10 * MINUTE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_and_stays_bounded() {
        assert_eq!(backoff_ms(1), 5_000);
        assert_eq!(backoff_ms(2), 20_000);
        assert_eq!(backoff_ms(60), 600_000);
    }
}
