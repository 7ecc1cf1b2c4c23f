//! What was counted, and how it is told.

use serde::Serialize;

use crate::wire::Broken;

/// What the viewers of a thread have counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Bytes of media that came once every viewer had begun.
    pub(crate) steady_bytes: u64,
    /// How long each segment took from the request to its last byte, in milliseconds.
    pub(crate) segments_ms: Vec<u32>,
    /// How long each viewer waited from pressing play to the picture.
    pub(crate) starts_ms: Vec<u32>,
    /// How long each sign of life took.
    pub(crate) beats_ms: Vec<u32>,
    /// How late each late segment was.
    pub(crate) late_ms: Vec<u32>,
    pub(crate) seeks: u64,
    pub(crate) failed: u64,
    /// What the first that failed met with.
    pub(crate) failure: Option<String>,
}

/// The report, one line of JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    viewers: usize,
    segments: usize,
    steady_bytes: u64,
    late: usize,
    late_most_ms: u32,
    segment_p50_ms: u32,
    segment_p99_ms: u32,
    segment_most_ms: u32,
    start_p50_ms: u32,
    start_p99_ms: u32,
    beat_p99_ms: u32,
    seeks: u64,
    failed: u64,
    failure: Option<String>,
}

impl Tally {
    /// Counts what broke, and keeps the first of it.
    pub(crate) fn fail(&mut self, broken: &Broken) {
        self.failed += 1;
        self.failure.get_or_insert_with(|| broken.to_string());
    }

    /// One tally of two.
    #[must_use]
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.steady_bytes += other.steady_bytes;
        self.segments_ms.extend(other.segments_ms);
        self.starts_ms.extend(other.starts_ms);
        self.beats_ms.extend(other.beats_ms);
        self.late_ms.extend(other.late_ms);
        self.seeks += other.seeks;
        self.failed += other.failed;
        self.failure = self.failure.or(other.failure);
        self
    }

    pub(crate) fn report(mut self, viewers: usize) -> Report {
        self.segments_ms.sort_unstable();
        self.starts_ms.sort_unstable();
        self.beats_ms.sort_unstable();
        Report {
            viewers,
            segments: self.segments_ms.len(),
            steady_bytes: self.steady_bytes,
            late: self.late_ms.len(),
            late_most_ms: self.late_ms.iter().copied().max().unwrap_or_default(),
            segment_p50_ms: share(&self.segments_ms, 50),
            segment_p99_ms: share(&self.segments_ms, 99),
            segment_most_ms: share(&self.segments_ms, 100),
            start_p50_ms: share(&self.starts_ms, 50),
            start_p99_ms: share(&self.starts_ms, 99),
            beat_p99_ms: share(&self.beats_ms, 99),
            seeks: self.seeks,
            failed: self.failed,
            failure: self.failure,
        }
    }
}

/// The value that `percent` of the sorted ones do not exceed; 0 of none.
fn share(sorted: &[u32], percent: usize) -> u32 {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_nine_of_a_hundred_do_not_exceed_the_ninety_ninth() {
        let all: Vec<u32> = (1..=200).collect();
        assert_eq!([50, 99, 100].map(|p| share(&all, p)), [100, 198, 200]);
        assert_eq!((share(&[], 99), share(&[7], 50)), (0, 7));
    }
}
