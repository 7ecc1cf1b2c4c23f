//! Damage in the middle of a Matroska film: nothing of it is sent, the rest plays, and it is told of where it is noticed.

use std::ops::Range;

use cineclub_media as media;
use media::{Holes, Index, Lookup, Segment};

use crate::make::{Film, sources};
use crate::way::{Cues, Way, element, written};

/// A cluster's first bytes.
const MARKER: &[u8] = b"\x1F\x43\xB6\x75";

/// A minute of small pictures and a tone: sixty clusters, of which four make a segment.
fn source() -> Film {
    let words =
        "-c:v libx264 -preset ultrafast -crf 40 -g 5 -bf 2 -b_strategy 0 -c:a ac3 -ac 2 -b:a 96k";
    Film::make_as("film.mkv", &format!("{} {words}", sources(60, 5)))
}

fn film(cues: Cues) -> Vec<u8> {
    written(&source(), Way { cues, ..Way::PLAIN }).bytes()
}

/// Where the clusters begin.
fn clusters(bytes: &[u8]) -> Vec<usize> {
    let places = 0..bytes.len();
    places
        .filter(|at| bytes[*at..].starts_with(MARKER))
        .collect()
}

/// Places in a film: inside a cluster, over the head of one at which no segment begins, of one at which one does, over three.
fn places(at: &[usize]) -> [(Range<usize>, u64); 4] {
    [
        (at[10] + 9_000..at[10] + 12_000, 10),
        (at[21] - 1_000..at[21] + 700, 20),
        (at[32] - 1_000..at[32] + 700, 31),
        (at[41] - 100..at[43] + 900, 40),
    ]
}

/// Bytes that may lie where a film should: none, noise, and what looks like clusters.
fn fillings(len: usize) -> [Vec<u8>; 3] {
    let mut state = 1_u32;
    let noise = (0..len).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    let marks = MARKER.iter().copied().cycle().take(len);
    [vec![0; len], noise.collect(), marks.collect()]
}

fn opened(bytes: &[u8]) -> Index {
    let (index, _) = media::open(bytes, bytes.len() as u64).expect("an index");
    assert_eq!(index.verdict(), media::Verdict::Playable);
    let stored = Index::from_bytes(&index.to_bytes()).expect("what was stored can be read");
    assert_eq!(stored, index);
    index
}

/// The places in the file of which each segment of picture and sound is made.
fn sent(bytes: &[u8], index: &Index) -> Vec<Range<usize>> {
    let lookup = Lookup::open(bytes, index).expect("a Matroska film has no tables");
    let mut segment = Segment::default();
    let mut sent = Vec::new();
    for track in 1..=2 {
        for n in 0..index.track(track).expect("two tracks").segment_count() {
            media::plan_segment(index, lookup.samples(), track, n, &mut segment)
                .expect("what is listed can be had");
            let ranges = segment.ranges.iter();
            sent.extend(ranges.map(|range| range.offset as usize..range.end() as usize));
        }
    }
    sent
}

/// Red when the frame in which a hole begins is believed because its own head is whole.
#[test]
fn nothing_of_a_hole_is_sent_and_nearly_all_else_is() {
    for cues in [Cues::None, Cues::Right] {
        let whole = film(cues);
        let all: usize = sent(&whole, &opened(&whole)).iter().map(Range::len).sum();
        for (hole, _) in places(&clusters(&whole)) {
            let mut bytes = whole.clone();
            bytes[hole.clone()].fill(0);
            let sent = sent(&bytes, &opened(&bytes));
            let touches = |range: &&Range<usize>| range.start < hole.end && range.end > hole.start;
            assert_eq!(sent.iter().find(touches), None, "{cues:?}: {hole:?}");
            let left: usize = sent.iter().map(Range::len).sum();
            assert!((all * 9 / 10..all).contains(&left), "{left} of {all} bytes");
        }
    }
}

#[test]
fn holes_in_a_film_that_is_walked_are_told() {
    let whole = film(Cues::None);
    assert_eq!(opened(&whole).holes, None, "the control");
    let places = places(&clusters(&whole));
    for (hole, second) in &places {
        for filling in fillings(hole.len()) {
            let mut bytes = whole.clone();
            bytes[hole.clone()].copy_from_slice(&filling);
            let index = opened(&bytes);
            let holes = index.holes.expect("it is told");
            assert_eq!(holes.count, 1, "{hole:?}");
            assert_eq!(holes.first_ms / 1000, *second, "{hole:?}");
            assert_eq!(index.damage, None, "its end is there");
        }
    }
    let mut bytes = whole.clone();
    for (hole, _) in places {
        bytes[hole].fill(0);
    }
    let holes = opened(&bytes).holes;
    assert!(
        matches!(
            holes,
            Some(Holes {
                count: 4,
                first_ms: 10_000..11_000
            })
        ),
        "{holes:?}"
    );
    let probed = media::probe(&bytes, bytes.len() as u64).expect("a film");
    insta::assert_snapshot!(probed.remarks.join("\n"), @"the file is damaged in 4 places, the first 10 s after its beginning: what lies there is left out; deliver it again");
}

/// To see all of it a film with a list would have to be read whole, which the list is there to spare.
#[test]
fn holes_in_a_film_with_a_list_are_told_where_it_is_looked_at() {
    let whole = film(Cues::Right);
    assert_eq!(opened(&whole).holes, None, "the control");
    let at = clusters(&whole);
    let found = |hole: Range<usize>| {
        let mut bytes = whole.clone();
        bytes[hole].fill(0);
        opened(&bytes).holes.map(|holes| holes.first_ms / 1000)
    };
    // Of fifteen stretches every second is looked at, and of all others the key frame they begin with.
    assert_eq!(found(at[10] + 9_000..at[10] + 12_000), Some(10));
    assert_eq!(found(at[28] - 500..at[28] + 500), Some(27));
    assert_eq!(found(at[29] + 9_000..at[29] + 12_000), None);
}

/// Red when they are taken to begin with the film.
#[test]
fn blocks_of_a_cluster_that_says_no_time_are_left_out() {
    let mut bytes = film(Cues::None);
    let at = clusters(&bytes);
    // The first element of a cluster is its time; another that nobody knows is made of it.
    bytes[at[10] + 12] ^= 1;
    let index = opened(&bytes);
    let holes = index.holes.expect("it is told");
    assert_eq!((holes.count, holes.first_ms / 1000), (1, 9));
    let is_elsewhere = |range: &Range<usize>| range.end <= at[10] || range.start >= at[11];
    assert!(sent(&bytes, &index).iter().all(is_elsewhere));
}

#[test]
fn elements_that_nobody_knows_are_no_hole() {
    let way = Way {
        has_unknown_sizes: true,
        ..Way::PLAIN
    };
    let whole = written(&source(), way).bytes();
    let with = |between: &[u8]| {
        let mut bytes = Vec::new();
        let mut begin = 0;
        for at in clusters(&whole).into_iter().skip(1) {
            bytes.extend(&whole[begin..at]);
            bytes.extend(between);
            begin = at;
        }
        bytes.extend(&whole[begin..]);
        bytes
    };
    let unknown = [element(0x4DEF, &[0; 900]), element(0xD2, b"what")].concat();
    let bytes = with(&unknown);
    let frames = |bytes: &[u8]| {
        let index = opened(bytes);
        let lens = sent(bytes, &index).iter().map(Range::len).sum::<usize>();
        (index.holes, lens)
    };
    assert_eq!(frames(&bytes), (None, frames(&whole).1));
    let holes = frames(&with(&[0; 40]))
        .0
        .expect("the control: zeros are told");
    assert!(holes.count > 50, "{holes:?}");
}
