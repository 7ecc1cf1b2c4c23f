//! What playlists list of a ladder: each picture, where it lies, and where its segments begin.

use std::fmt;

use super::Ladder;
use crate::index::{Index, Track, scale};

/// A film as playlists are written of it: alone, or with the rungs of its ladder.
#[derive(Clone, Copy, Debug)]
pub struct Sizes<'a> {
    pub(crate) lead: &'a Index,
    pub(crate) ladder: Option<&'a Ladder>,
    pub(crate) rungs: &'a [(u32, &'a Index)],
}

impl<'a> Sizes<'a> {
    /// The leading film, and those of the ladder's other rungs that are listed, by their places in it.
    pub fn new(lead: &'a Index, ladder: &'a Ladder, rungs: &'a [(u32, &'a Index)]) -> Sizes<'a> {
        Sizes {
            lead,
            ladder: Some(ladder),
            rungs,
        }
    }
}

impl<'a> From<&'a Index> for Sizes<'a> {
    fn from(lead: &'a Index) -> Sizes<'a> {
        Sizes {
            lead,
            ladder: None,
            rungs: &[],
        }
    }
}

/// A track as it is listed.
#[derive(Clone, Copy)]
pub(crate) struct Listed<'a> {
    pub(crate) track: &'a Track,
    /// Whose it is, as a place in the ladder; 0 for the leading film.
    rung: u32,
    /// Which of its own segments begins each that is listed; all do, where nothing is said.
    firsts: Option<&'a [u32]>,
}

impl<'a> Listed<'a> {
    /// With its own segments.
    pub(crate) fn alone(track: &'a Track) -> Listed<'a> {
        Listed {
            track,
            rung: 0,
            firsts: None,
        }
    }

    /// The picture of a rung; none where the film is not the one that the ladder was made of, or was left out.
    pub(crate) fn picture(index: &'a Index, ladder: &'a Ladder, rung: u32) -> Option<Listed<'a>> {
        let firsts = ladder.firsts(rung)?;
        let track = index.playable_track(ladder.picture(rung)?).ok()?;
        let is_there = firsts
            .last()
            .is_some_and(|last| *last < track.segment_count());
        is_there.then_some(Listed {
            track,
            rung,
            firsts: Some(firsts),
        })
    }

    /// The same track with all its own segments.
    pub(crate) fn uncut(self) -> Listed<'a> {
        Listed {
            firsts: None,
            ..self
        }
    }

    /// The first part of its addresses.
    pub(crate) fn place(&self) -> Place {
        Place {
            rung: self.rung,
            track: self.track.number,
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.firsts.map_or(self.track.segments.len(), <[u32]>::len)
    }

    /// When segment `n` begins, in ticks; where there is none any more, the end.
    pub(crate) fn start(&self, n: usize) -> u64 {
        let own = match self.firsts {
            Some(firsts) => firsts.get(n).map(|first| *first as usize),
            None => Some(n),
        };
        let cut = own.and_then(|own| self.track.segments.get(own));
        cut.map_or(self.track.end, |cut| cut.start)
    }

    /// How long segment `n` is, in ticks.
    pub(crate) fn ticks(&self, n: usize) -> u64 {
        self.start(n + 1).saturating_sub(self.start(n))
    }

    pub(crate) fn longest(&self) -> u64 {
        (0..self.count()).map(|n| self.ticks(n)).max().unwrap_or(0)
    }

    pub(crate) fn longest_ms(&self) -> u64 {
        scale(self.longest(), self.track.timescale, 1000)
    }
}

/// The part of an address that names a track: its number, and for a rung that does not lead the rung's place before it.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    rung: u32,
    track: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rung {
            0 => write!(out, "{}", self.track),
            rung => write!(out, "{rung}-{}", self.track),
        }
    }
}

/// A picture that players may begin with is no taller than this.
const FIRST_HEIGHT: u32 = 720;

/// Sorts pictures as players should meet them. Many begin with the first that is named: that is the tallest which is
/// neither slow to begin nor sorry to look at; the others follow from small to large.
pub(crate) fn sort(pictures: &mut [Listed<'_>]) {
    let size = |picture: &Listed<'_>| (picture.track.shown_size().1, picture.track.peak_bps);
    pictures.sort_by_key(size);
    let small = pictures.partition_point(|picture| size(picture).0 <= FIRST_HEIGHT);
    if let Some(first) = pictures.get_mut(..small) {
        first.rotate_right(usize::from(small > 0));
    }
}
