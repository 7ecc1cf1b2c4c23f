//! How far each track reaches: the stretches that are looked at, and the marks of sound behind the picture's end.

use std::collections::BTreeSet;

use super::build::Builder;
use super::survey::Survey;
use super::walk::Block;
use super::{Clusters, Mark};
use crate::error::Result;
use crate::index::cuts::SEGMENTS_LIMIT;
use crate::index::{Index, TARGET_SEGMENT_MS, signed};
use crate::model::Kind;
use crate::source::ReadAt;

/// So many stretches are looked at as a whole.
const SURVEYS: usize = 8;

/// No more of those between are: a film of a day has fewer, and what was seen of each is kept for a while.
const BETWEEN_LIMIT: usize = 4_096;

/// A stretch's number, and what was seen of it.
pub(super) type Surveyed = (usize, Survey);

impl<S: ReadAt + ?Sized> Builder<'_, S> {
    /// Some stretches, evenly apart, the first and the last among them, with their numbers.
    pub(super) fn surveys(&self, clusters: &Clusters) -> Result<Vec<Surveyed>> {
        let last = clusters.marks.len() - 1;
        let mut numbers: Vec<usize> = (0..SURVEYS).map(|n| n * last / (SURVEYS - 1)).collect();
        numbers.dedup();
        let mut surveys = Vec::with_capacity(numbers.len());
        for n in numbers {
            let place = clusters.place(n as u32).expect("there is such a mark");
            let survey = Survey::of(self.source, self.size_bytes, self.head, place)?;
            surveys.push((n, survey));
        }
        Ok(surveys)
    }

    /// Where sound is neither seen in the last stretch nor, or not to its end, in the others looked at, those in which it
    /// may end.
    pub(super) fn between(
        &self,
        index: &Index,
        clusters: &Clusters,
        surveys: &[Surveyed],
    ) -> Result<Vec<Surveyed>> {
        let mut between: Vec<Surveyed> = Vec::new();
        let mut known: BTreeSet<usize> = surveys.iter().map(|(n, _)| *n).collect();
        for (place, _) in (0..)
            .zip(&index.tracks)
            .filter(|(_, track)| track.is_playable())
        {
            let is_seen = |(_, survey): &Surveyed| survey.tracks[place].first().is_some();
            let numbers = match surveys.iter().rposition(is_seen) {
                Some(at) if at + 1 < surveys.len() => surveys[at].0 + 1..surveys[at + 1].0,
                Some(_) => continue,
                None => 0..clusters.marks.len(),
            };
            for n in numbers {
                if between.len() == BETWEEN_LIMIT {
                    return Ok(between);
                }
                if !known.insert(n) {
                    continue;
                }
                let place = clusters.place(n as u32).expect("there is such a mark");
                let survey = Survey::of(self.source, self.size_bytes, self.head, place)?;
                between.push((n, survey));
            }
        }
        Ok(between)
    }

    /// Where sound that goes on behind the picture is cut: at the clusters nearest behind a segment's length each.
    pub(super) fn behind(
        &self,
        index: &Index,
        lead: usize,
        clusters: &Clusters,
    ) -> Result<Vec<Mark>> {
        let mut marks: Vec<Mark> = Vec::new();
        let end_ms = index.tracks[lead].duration_ms;
        let playable = index.tracks.iter().filter(|track| track.is_playable());
        let longest_ms = playable.map(|track| track.duration_ms).max().unwrap_or(0);
        let picture = &self.head.tracks[lead];
        let (Some(last), Some(Kind::Video)) = (clusters.marks.last(), picture.kind) else {
            return Ok(marks);
        };
        if longest_ms <= end_ms.saturating_add(TARGET_SEGMENT_MS) {
            return Ok(marks);
        }
        let target = signed(self.ticks(TARGET_SEGMENT_MS));
        // Not before the picture has ended, which may be long after its last key frame.
        let ended = clusters.zero.saturating_add(signed(self.ticks(end_ms)));
        let first_due = ended.max(last.time + target);
        let is_sound = |number| {
            let mut tracks = index.tracks.iter();
            tracks.any(|track| {
                track.kind == Kind::Audio && track.is_playable() && track.stored.number == number
            })
        };
        let mut walk = self.walk(last.cluster, self.end);
        let mut block = Block::default();
        let mut seen = last.cluster;
        while clusters.marks.len() + marks.len() < SEGMENTS_LIMIT && walk.next(&mut block)? {
            if block.track == picture.number {
                // A picture after all: sound is not alone before it.
                marks.clear();
                seen = block.cluster;
            }
            if block.cluster == seen || !is_sound(block.track) {
                continue;
            }
            seen = block.cluster;
            let due = marks.last().map_or(first_due, |mark| mark.time + target);
            if block.time >= due {
                marks.push(Mark {
                    cluster: block.cluster,
                    time: block.time,
                    ..Mark::default()
                });
            }
        }
        Ok(marks)
    }
}
