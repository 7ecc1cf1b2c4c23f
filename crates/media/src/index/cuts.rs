//! Where segments begin: at key frames for the picture, and at the same times for everything else.

use std::ops::Range;

use super::{TARGET_SEGMENT_MS, scale};
use crate::model::Sample;

/// No film has more segments in a track: two days of them.
pub(crate) const SEGMENTS_LIMIT: usize = 50_000;

/// The cuts of the picture, which the other tracks follow.
pub(super) struct Lead {
    pub(super) timescale: u32,
    /// Presentation ticks; the first is 0.
    pub(super) starts: Vec<u64>,
    pub(super) end: u64,
    /// How far everything is moved back, in this track's ticks.
    pub(super) shift: u64,
}

/// What [`key_cuts`] chose.
pub(crate) struct KeyCuts {
    /// Sample numbers, ascending.
    pub(crate) cuts: Vec<u32>,
    /// What must be added to composition offsets so that none is negative.
    pub(crate) lift: u32,
    /// The longest segment, in ticks.
    pub(crate) longest: u64,
    /// The samples that are kept.
    pub(crate) samples: Range<u32>,
}

/// The last key frame shown at or before `start`, or else the first one.
pub(crate) fn first_key(
    samples: impl Iterator<Item = Sample>,
    start: i64,
) -> Option<(u32, Sample)> {
    let mut found = None;
    for (number, sample) in (0..).zip(samples).filter(|(_, sample)| sample.is_sync) {
        if sample.pts() > start && found.is_some() {
            break;
        }
        found = Some((number, sample));
    }
    found
}

/// Chooses the key frames to cut at, each as near as can be to `target` ticks after the one before.
///
/// `samples` are numbered, and say whether they are shown; those after the last shown one are left out.
pub(crate) fn key_cuts(
    samples: impl Iterator<Item = (u32, Sample, bool)>,
    first: (u32, Sample),
    target: i64,
) -> KeyCuts {
    let mut cuts = vec![first.0];
    let (mut begun, mut longest) = (first.1.pts(), 0);
    let (mut end, mut after_last) = (begun, first.0);
    let mut lowest = 0;
    let mut earlier: Option<(u32, i64)> = None;
    let mut cut = |number, pts, begun: &mut i64| {
        cuts.push(number);
        longest = longest.max(pts - *begun);
        *begun = pts;
        cuts.len()
    };
    for (number, sample, is_shown) in samples {
        lowest = lowest.min(sample.composition_offset);
        if !is_shown {
            continue;
        }
        let pts = sample.pts();
        after_last = number + 1;
        end = end.max(pts + i64::from(sample.duration));
        if !sample.is_sync || pts <= begun {
            continue;
        }
        let aim = begun + target;
        if pts < aim {
            earlier = Some((number, pts));
            continue;
        }
        if let Some((before, at)) = earlier.take()
            && aim - at <= pts - aim
        {
            cut(before, at, &mut begun);
            if pts < begun + target {
                earlier = Some((number, pts));
                continue;
            }
        }
        if cut(number, pts, &mut begun) > SEGMENTS_LIMIT {
            break;
        }
    }
    // What is left may still be more than one segment's worth.
    if let Some((number, at)) = earlier
        && end - begun > target + target / 2
    {
        cut(number, at, &mut begun);
    }
    let longest = longest.max(end - begun).max(0) as u64;
    cuts.retain(|cut| *cut < after_last);
    KeyCuts {
        cuts,
        lift: lowest.unsigned_abs(),
        longest,
        samples: first.0..after_last,
    }
}

/// The times at which sound is cut: the picture's, and every four seconds where there is none.
pub(super) struct Grid<'a> {
    lead: Option<&'a Lead>,
    timescale: u32,
    /// The length of a segment behind the picture's end.
    target: u64,
    /// Where the picture ends.
    end: u64,
    /// Which cut comes next, and when; in the sound's ticks, as all the others.
    next: usize,
    due: u64,
}

impl<'a> Grid<'a> {
    /// A grid for a track with `timescale`.
    pub(super) fn new(lead: Option<&'a Lead>, timescale: u32) -> Grid<'a> {
        let mut grid = Grid {
            lead,
            timescale,
            target: scale(TARGET_SEGMENT_MS, 1000, timescale).max(1),
            end: lead.map_or(0, |lead| scale(lead.end, lead.timescale, timescale)),
            next: 1,
            due: 0,
        };
        grid.due = grid.time(1);
        grid
    }

    /// Whether a cut lies between the last time asked about and `start`, or on it.
    pub(super) fn passes(&mut self, start: i64) -> bool {
        let start = start.max(0) as u64;
        if start < self.due {
            return false;
        }
        let pictured = self.lead.map_or(1, |lead| lead.starts.len());
        while self.next < pictured && self.time(self.next) <= start {
            self.next += 1;
        }
        if self.next >= pictured {
            let behind = start.saturating_sub(self.end) / self.target;
            self.next = self.next.max(pictured.saturating_add(behind as usize));
        }
        self.due = self.time(self.next);
        true
    }

    /// The first time at or after cut `n`.
    fn time(&self, n: usize) -> u64 {
        let cut = self
            .lead
            .and_then(|lead| Some((lead.timescale, lead.starts.get(n)?)));
        if let Some((timescale, at)) = cut {
            let scaled = u128::from(*at) * u128::from(self.timescale);
            let ticks = scaled.div_ceil(u128::from(timescale.max(1)));
            return ticks.min(u128::from(u64::MAX)) as u64;
        }
        let pictured = self.lead.map_or(1, |lead| lead.starts.len());
        let behind = (n.saturating_sub(pictured) as u64).saturating_add(1);
        self.end.saturating_add(behind.saturating_mul(self.target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(times: &[u64]) -> Vec<u32> {
        let sample = |dts: u64| Sample {
            dts,
            duration: 1,
            is_sync: true,
            ..Sample::default()
        };
        let samples = (0..)
            .zip(times)
            .map(|(number, dts)| (number, sample(*dts), true));
        key_cuts(samples, (0, sample(times[0])), 40).cuts
    }

    #[test]
    fn cuts_fall_on_the_key_frame_nearest_to_the_target() {
        assert_eq!(keys(&[0, 10, 20, 30, 40, 50, 80, 120]), [0, 4, 6, 7]);
        // 35 is nearer to 40 than 50 is; then 80 is nearer to 75 than 50.
        assert_eq!(keys(&[0, 35, 50, 80, 90]), [0, 1, 3]);
        assert_eq!(keys(&[0, 20, 70]), [0, 1, 2]);
        assert_eq!(keys(&[0]), [0]);
    }

    #[test]
    fn sound_is_cut_at_or_after_the_pictures_times_and_goes_on_alone() {
        let lead = Lead {
            timescale: 1000,
            starts: vec![0, 4000, 8000],
            end: 10_000,
            shift: 0,
        };
        let mut grid = Grid::new(Some(&lead), 48_000);
        let cuts: Vec<i64> = (0..1000)
            .map(|frame| frame * 1024)
            .filter(|start| grid.passes(*start))
            .collect();
        assert_eq!(cuts, [192_512, 384_000, 672_768, 864_256]);
    }
}
