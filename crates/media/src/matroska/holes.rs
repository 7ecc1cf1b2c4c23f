//! Holes: where a film has no element although there should be one, and what is kept of them.

use std::collections::BTreeMap;

use super::Clusters;
use super::survey::Survey;
use crate::index::Holes;

/// A place where there is no element, or none that makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hole {
    /// Where it begins in the file.
    pub(crate) at: u64,
    /// When the block in front of it is shown, in ticks; `None` where the walk had found none before.
    pub(crate) time: Option<i64>,
}

/// What is told of the holes found by a walk over the whole film, or else of those in the stretches looked at.
pub(super) fn told(
    walked: Option<&[Hole]>,
    clusters: &Clusters,
    surveys: &[(usize, Survey)],
) -> Option<Holes> {
    let of_film = |hole: &Hole| (hole.at, hole.time.unwrap_or(clusters.zero));
    let found: BTreeMap<u64, i64> = match walked {
        Some(holes) => holes.iter().map(of_film).collect(),
        None => surveys
            .iter()
            .flat_map(|(n, survey)| {
                let begin = clusters.marks[*n].time;
                let of_stretch = move |hole: &Hole| (hole.at, hole.time.unwrap_or(begin));
                survey.holes.iter().map(of_stretch)
            })
            .collect(),
    };
    let (_, time) = found.first_key_value()?;
    Some(Holes {
        count: u32::try_from(found.len()).unwrap_or(u32::MAX),
        first_ms: clusters.ticks(*time, 1000).max(0) as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::super::head::CLUSTER;
    use super::super::walk::{Block, Walk};
    use super::*;

    fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
        [id, &[0x80 | body.len() as u8], body].concat()
    }

    /// A cluster with two frames of so many bytes, ten ticks apart.
    fn cluster(time: u8, frame: &[u8]) -> Vec<u8> {
        let block = |later: u8| element(b"\xA3", &[b"\x81\0", &[later, 0x80][..], frame].concat());
        let body = [element(b"\xE7", &[time]), block(0), block(10)].concat();
        element(&CLUSTER.to_be_bytes(), &body)
    }

    /// The times of the blocks that are found, the holes, and whether it is cut off.
    fn walked(film: &[u8]) -> (Vec<i64>, Vec<Hole>, bool) {
        let size_bytes = film.len() as u64;
        let mut walk = Walk::new(film, size_bytes, 0, size_bytes);
        let (mut block, mut times) = (Block::default(), Vec::new());
        while walk.next(&mut block).expect("bytes can be read") {
            times.push(block.time);
        }
        (times, walk.holes, walk.is_cut_off)
    }

    #[test]
    fn a_film_that_ends_anywhere_is_cut_off_there_and_has_no_hole() {
        let film = [cluster(0, &[7; 20]), cluster(20, &[7; 20])].concat();
        assert_eq!(walked(&film), (vec![0, 10, 20, 30], Vec::new(), false));
        // Where an element ends, nothing tells that another should follow.
        for end in 9..film.len() {
            let (times, holes, is_cut_off) = walked(&film[..end]);
            assert_eq!(times, [0, 10, 20][..times.len()], "{end}");
            assert_eq!(holes, [], "{end}");
            let is_between = [34, 60, 65, 68, 94].contains(&end);
            assert_eq!(is_cut_off, !is_between, "{end}");
        }
    }

    #[test]
    fn a_clusters_marker_counts_for_nothing_without_a_cluster() {
        let marked = [&CLUSTER.to_be_bytes()[..], b"\x90", &[7; 20]].concat();
        let mut film = [
            cluster(0, &[7; 20]),
            cluster(20, &marked),
            cluster(40, b"7"),
        ]
        .concat();
        let whole = walked(&film);
        assert_eq!(whole, (vec![0, 10, 20, 30, 40, 50], Vec::new(), false));
        // The time of the second cluster, and the head of its first block.
        let second = cluster(0, &[7; 20]).len();
        film[second + 5..second + 12].fill(0);
        let (times, holes, _) = walked(&film);
        assert_eq!(times, [0, 10, 40, 50]);
        let (at, time) = (second as u64 + 5, Some(10));
        assert_eq!(holes, [Hole { at, time }]);
    }

    #[test]
    fn a_frame_is_believed_where_something_follows_it() {
        let mut film = [cluster(0, &[7; 20]), cluster(20, &[7; 20])].concat();
        let second_block = 5 + 3 + 26;
        film[second_block - 5..second_block + 5].fill(0);
        let (times, holes, _) = walked(&film);
        assert_eq!(times, [20, 30], "the first block runs into it");
        let (at, time) = (5 + 3, None);
        assert_eq!(holes, [Hole { at, time }]);
    }

    #[test]
    fn a_film_that_is_nothing_but_holes_fills_no_memory_with_them() {
        // A block without a head, and one without a frame, again and again.
        let pairs = b"\xA3\x80\xA3\x84\x81\0\0\x80".repeat(8);
        let body = [element(b"\xE7", &[0]), pairs].concat();
        let film = element(&CLUSTER.to_be_bytes(), &body).repeat(1_000);
        let (times, holes, _) = walked(&film);
        assert_eq!((times.len(), holes.len()), (8_000, 1_000));
    }
}
