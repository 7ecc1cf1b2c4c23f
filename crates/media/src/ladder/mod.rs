//! Several sizes of one film, which players switch between: a ladder, and its rungs.
//!
//! Each rung is a file of its own with cuts of its own. A ladder is cut where all of them are, so that a segment of it
//! is one or several of a rung's own segments, sent as one fragment. Sound is the leading film's alone.

mod listed;
mod misfit;

use std::ops::Range;

use crate::error::{Error, Result};
use crate::index::{Index, Track, scale};

pub use listed::Sizes;
pub(crate) use listed::{Listed, sort};
pub use misfit::Misfit;

/// How many rungs a ladder may have beside the leading film.
pub const RUNGS_LIMIT: usize = 8;

/// No segment of a ladder is longer: with longer ones a player switches too late, and all sizes would have them.
const LONGEST_COMMON_MS: u64 = 12_000;

/// Lengths may differ by so much: encoders end at different frames.
const LENGTH_SLACK_MS: u64 = 500;

/// Where several films are cut together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// In the order they were given; the first leads.
    rungs: Vec<Rung>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rung {
    /// The number of its picture.
    picture: u32,
    /// How many segments of its own the picture has.
    own: u32,
    /// Which of its own segments begins each segment of the ladder.
    firsts: std::result::Result<Vec<u32>, Misfit>,
}

impl Ladder {
    /// Finds where a leading film and others are cut together. One that does not fit is left out, and whether it fits may
    /// depend on those before it; of one that is not at hand the place stays empty.
    pub fn new(lead: &Index, others: &[Option<&Index>]) -> Ladder {
        let picture = lead.video();
        let first = picture.map_or(Rung::left_out(Misfit::NoPicture), |picture| {
            Rung::of(picture, Ok((0..picture.segment_count()).collect()))
        });
        let mut ladder = Ladder { rungs: vec![first] };
        for (place, other) in others.iter().enumerate() {
            let both = other.and_then(|other| Some((picture?, other, other.video()?)));
            let rung = match both {
                _ if place >= RUNGS_LIMIT => Rung::left_out(Misfit::TooMany),
                None => Rung::left_out(Misfit::NoPicture),
                Some((picture, other, own)) => {
                    let joined = misfit::of_films((lead, picture), (other, own))
                        .and_then(|()| ladder.joined(picture, own));
                    Rung::of(own, joined.map(|common| ladder.keep(&common)))
                }
            };
            ladder.rungs.push(rung);
        }
        ladder
    }

    /// Why a film is left out, by its place: 0 is the leading film's, and the others follow.
    pub fn misfit(&self, rung: u32) -> Option<&Misfit> {
        self.rungs.get(rung as usize)?.firsts.as_ref().err()
    }

    /// The number of a rung's picture, unless it is left out.
    pub fn picture(&self, rung: u32) -> Option<u32> {
        let rung = self.rungs.get(rung as usize)?;
        rung.firsts.is_ok().then_some(rung.picture)
    }

    /// How many segments each picture has.
    pub fn segment_count(&self) -> u32 {
        let lead = self
            .rungs
            .first()
            .and_then(|lead| lead.firsts.as_ref().ok());
        lead.map_or(0, |firsts| firsts.len() as u32)
    }

    /// Which of a rung's own segments are sent as segment `n` of the ladder: see [`crate::plan_run`].
    ///
    /// # Errors
    /// [`Error::NoSuchTrack`] for a rung that is left out, [`Error::NoSuchSegment`].
    pub fn run(&self, rung: u32, n: u32) -> Result<Range<u32>> {
        let found = self.rungs.get(rung as usize);
        let (found, firsts) = found
            .and_then(|found| Some((found, found.firsts.as_ref().ok()?)))
            .ok_or(Error::NoSuchTrack(0))?;
        let first = firsts.get(n as usize).ok_or(Error::NoSuchSegment {
            track: found.picture,
            segment: n,
        })?;
        let next = n.checked_add(1).and_then(|next| firsts.get(next as usize));
        Ok(*first..*next.unwrap_or(&found.own))
    }

    /// What a cache should count for this value, in bytes.
    pub fn memory_bytes(&self) -> usize {
        let own = |rung: &Rung| {
            let firsts = rung.firsts.as_ref().map_or(0, Vec::capacity);
            size_of::<Rung>() + firsts * size_of::<u32>()
        };
        size_of::<Ladder>() + self.rungs.iter().map(own).sum::<usize>()
    }

    pub(crate) fn firsts(&self, rung: u32) -> Option<&[u32]> {
        let rung = self.rungs.get(rung as usize)?;
        rung.firsts.as_deref().ok()
    }

    /// The places in the ladder at which `own` has a cut as well, with its number there.
    fn joined(&self, lead: &Track, own: &Track) -> std::result::Result<Vec<(u32, u32)>, Misfit> {
        let slack = half_frame_micros(lead).max(half_frame_micros(own));
        let firsts = self.firsts(0).unwrap_or_default();
        let at = |n: &u32| start_micros(lead, *n);
        let mut common = Vec::new();
        let mut theirs = 0;
        for (place, first) in (0..).zip(firsts) {
            let time = at(first);
            while theirs < own.segment_count()
                && start_micros(own, theirs).saturating_add(slack) < time
            {
                theirs += 1;
            }
            if theirs < own.segment_count() && start_micros(own, theirs) <= time + slack {
                common.push((place, theirs));
                theirs += 1;
            }
        }
        let times = common
            .iter()
            .filter_map(|(place, _)| firsts.get(*place as usize));
        let end = scale(lead.end, lead.timescale, 1_000_000);
        let mut times: Vec<u64> = times.map(at).chain([end]).collect();
        times.dedup();
        let longest = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
        let longest_ms = longest.max().unwrap_or(end) / 1000;
        if longest_ms > LONGEST_COMMON_MS {
            return Err(Misfit::KeyFrames { longest_ms });
        }
        Ok(common)
    }

    /// Keeps the places that a new rung has too, and returns the new rung's own cuts there.
    fn keep(&mut self, common: &[(u32, u32)]) -> Vec<u32> {
        for firsts in self
            .rungs
            .iter_mut()
            .filter_map(|rung| rung.firsts.as_mut().ok())
        {
            let kept = common
                .iter()
                .filter_map(|(place, _)| firsts.get(*place as usize));
            *firsts = kept.copied().collect();
        }
        common.iter().map(|(_, own)| *own).collect()
    }
}

impl Rung {
    fn of(picture: &Track, firsts: std::result::Result<Vec<u32>, Misfit>) -> Rung {
        Rung {
            picture: picture.number,
            own: picture.segment_count(),
            firsts,
        }
    }

    fn left_out(why: Misfit) -> Rung {
        Rung {
            picture: 0,
            own: 0,
            firsts: Err(why),
        }
    }
}

fn start_micros(track: &Track, n: u32) -> u64 {
    let start = track
        .segments
        .get(n as usize)
        .map_or(track.end, |cut| cut.start);
    scale(start, track.timescale, 1_000_000)
}

/// Half of how long a frame is shown: times that near to each other are one time.
fn half_frame_micros(track: &Track) -> u64 {
    match track.frame_rate {
        Some((frames, seconds)) if frames > 0 => {
            (u128::from(seconds) * 500_000 / u128::from(frames)).min(100_000) as u64
        }
        _ => 20_000,
    }
}
