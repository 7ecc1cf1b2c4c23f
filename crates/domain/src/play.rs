//! Plays: one viewing session, which leases a stream slot and must keep it warm.

use serde::{Deserialize, Serialize};

use crate::time::{SECOND_MS, Timestamp};

/// How often a player reports, in milliseconds.
pub const BEAT_MS: i64 = 15 * SECOND_MS;
/// How long a stream lease lasts after its last beat, in milliseconds. With the poll of five seconds
/// that every node makes, a player that falls silent is cut off within a minute.
pub const LEASE_MS: i64 = 45 * SECOND_MS;
/// A play that gets this near the end counts as finished, in thousandths of the running time.
const FINISHED_PER_MILLE: i64 = 950;

/// Why a play ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlayEnd {
    /// The viewer closed the player.
    Closed,
    /// The viewer stopped it from another device.
    Replaced,
    /// The player fell silent and its lease ran out.
    Lost,
    /// Its permission was withdrawn.
    Revoked,
}

impl PlayEnd {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Replaced => "replaced",
            Self::Lost => "lost",
            Self::Revoked => "revoked",
        }
    }
}

/// The end of a lease renewed at `now`.
pub fn lease_until(now: Timestamp) -> Timestamp {
    now.plus_millis(LEASE_MS)
}

/// Whether a viewer at `position_ms` of `duration_ms` has seen the work to its end.
pub fn is_finished(position_ms: i64, duration_ms: i64) -> bool {
    duration_ms > 0
        && position_ms.saturating_mul(1000) >= duration_ms.saturating_mul(FINISHED_PER_MILLE)
}

/// Where to resume: the old position, or the start for one that was barely begun or already seen.
pub fn resume_at(position_ms: i64, duration_ms: i64) -> i64 {
    if position_ms < 3 * SECOND_MS || is_finished(position_ms, duration_ms) {
        0
    } else {
        position_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_work_seen_to_its_credits_starts_again_and_one_left_halfway_resumes() {
        assert_eq!(resume_at(30_000, 60_000), 30_000);
        assert_eq!(resume_at(2_999, 60_000), 0);
        assert_eq!(resume_at(57_000, 60_000), 0);
        assert!(!is_finished(0, 0));
    }
}
