//! Fragmented films come out like others, frame by frame, however they were fragmented.

use std::fs;

use cineclub_media as media;
use media::{Error, SampleTables};

use crate::bad_input::{exercise, mutate, open};
use crate::compare::{assert_frames, picture};
use crate::make::{Film, encode, sources, usual};
use crate::package::{Packaged, package};

fn fragmented(film: &Film, flags: &str) -> Film {
    film.again("", &format!("-map 0 -c copy -movflags {flags}"))
}

/// The bytes of every segment of a track.
fn segments(packaged: &Packaged, track: u32) -> Vec<Vec<u8>> {
    let folder = packaged.folder.join(track.to_string());
    let count = packaged.index.tracks[track as usize - 1].segment_count();
    (0..count)
        .map(|n| fs::read(folder.join(format!("{n}.m4s"))).expect("a segment"))
        .collect()
}

/// Where boxes of this name begin; what looks like one in the picture does not count.
pub(crate) fn boxes(bytes: &[u8], kind: &[u8; 4]) -> Vec<usize> {
    let names = bytes.windows(4).enumerate();
    let found = names.filter(|(_, name)| name == kind).map(|(at, _)| at - 4);
    let is_one = |at: &usize| bytes[*at] == 0 && bytes[*at + 1] == 0 && bytes[*at + 3] >= 8;
    found.filter(is_one).collect()
}

/// Adds `seconds` to the decode times in `bytes`, in picture (12,800 ticks) and sound (48,000).
pub(crate) fn later(bytes: &mut [u8], seconds: u64) {
    for at in boxes(bytes, b"tfdt") {
        let head = boxes(&bytes[..at], b"tfhd").pop().expect("one precedes it");
        let timescale = if bytes[head + 15] == 1 {
            12_800
        } else {
            48_000
        };
        let value = bytes[at + 12..at + 20]
            .first_chunk::<8>()
            .expect("version 1");
        let moved = u64::from_be_bytes(*value) + seconds * timescale;
        bytes[at + 12..at + 20].copy_from_slice(&moved.to_be_bytes());
    }
}

/// Red when anything is different from what the tables of the same film say.
#[test]
fn segments_are_the_same_bytes_as_those_of_the_film_in_one_piece() {
    let whole = usual();
    let parts = fragmented(&whole, "+frag_keyframe+delay_moov");
    let whole = package(&whole.bytes(), whole.folder.path(), "out");
    let parts = package(&parts.bytes(), parts.folder.path(), "out");
    for track in [1, 2] {
        assert!(
            segments(&whole, track) == segments(&parts, track),
            "track {track}"
        );
    }
}

/// Red when the clock of the broadcast is taken for a long wait at the beginning.
#[test]
fn a_recording_joined_late_begins_at_its_first_picture() {
    let film = fragmented(&usual(), "+frag_keyframe+delay_moov+default_base_moof");
    let early = package(&film.bytes(), film.folder.path(), "early");
    let mut bytes = film.bytes();
    later(&mut bytes, 100_000);
    let late = package(&bytes, film.folder.path(), "late");
    for track in [1, 2] {
        assert!(
            segments(&early, track) == segments(&late, track),
            "track {track}"
        );
    }
    assert_eq!(late.index.duration_ms, early.index.duration_ms);
}

/// Red when the first part of the picture is lost, or what is not there is promised.
#[test]
fn a_film_cut_off_in_the_middle_plays_up_to_there() {
    let film = fragmented(&usual(), "+frag_keyframe+empty_moov+default_base_moof");
    let bytes = film.bytes();
    let moofs = boxes(&bytes, b"moof");
    let expected = picture(&film.path);
    for (end, declared) in [
        // In the data of the sixth second, in the box that lists the seventh, and cleanly between the two.
        (moofs[5] + 9_000, Some(0)),
        (moofs[6] + 50, Some(0)),
        (moofs[6] + 5, Some(0)),
        (moofs[6], None),
    ] {
        let packaged = package(&bytes[..end], film.folder.path(), "out");
        let damage = packaged.index.damage;
        assert_eq!(damage.map(|damage| damage.declared_ms), declared, "{end}");
        let found = picture(&packaged.master);
        assert!((125..=150).contains(&found.len()), "{} frames", found.len());
        assert_frames(&found, &expected[..found.len()].to_vec());
        let about = packaged.index.duration_ms;
        assert!((5_000..=6_100).contains(&about), "{about} ms");
    }
    let damage = open(&bytes[..moofs[6] + 50])
        .expect("the beginning is there")
        .damage;
    let sentence = damage.expect("it is cut off").to_string();
    assert_eq!(
        sentence,
        "the file is cut off: its first 6 s can be played; deliver it again"
    );
    let nothing = open(&bytes[..moofs[0] + 50]);
    assert!(
        matches!(nothing, Err(Error::Truncated { .. })),
        "{nothing:?}"
    );
}

/// Red when the list of all segments in front of the film is not read.
#[test]
fn a_film_that_lists_its_segments_says_how_much_is_missing() {
    let film = fragmented(&usual(), "+dash+global_sidx");
    let bytes = film.bytes();
    assert_eq!(open(&bytes).expect("it is whole").damage, None);
    let damage = open(&bytes[..boxes(&bytes, b"moof")[6]])
        .expect("six seconds are there")
        .damage;
    let damage = damage.expect("four seconds are missing");
    assert!((10_000..10_100).contains(&damage.declared_ms), "{damage:?}");
    assert!((6_000..6_100).contains(&damage.playable_ms), "{damage:?}");
}

#[test]
fn another_film_or_a_longer_one_behind_the_same_index_is_noticed() {
    let (one, other) = (
        usual(),
        Film::make(&format!("{} {}", sources(6, 30), encode(30))),
    );
    let [one, other] =
        [one, other].map(|film| fragmented(&film, "+frag_keyframe+empty_moov").bytes());
    let mut index = open(&one).expect("an index");
    let longer = [&one[..], b"\0\0\0\x08free"].concat();
    for bytes in [&longer[..], &one[..one.len() - 1], &other] {
        assert!(matches!(
            SampleTables::read(bytes, &index),
            Err(Error::IndexMismatch)
        ));
    }
    index.file_size = other.len() as u64;
    let tables = SampleTables::read(&other[..], &index).expect("its moov lies at the same place");
    let found = media::plan_segment(&index, &tables, 1, 1, &mut media::Segment::default());
    assert!(matches!(found, Err(Error::IndexMismatch)));
}

#[test]
fn two_hours_take_less_than_twenty_bytes_a_sample() {
    let second = Film::make(&format!(
        "-f lavfi -i color=s=32x32:r=25:d=60 -f lavfi -i anullsrc=r=48000:d=60 -map 0:v -map 1:a {} -b:a 16k",
        encode(48)
    ));
    let film = second.again(
        "-stream_loop 119",
        "-map 0 -c copy -movflags +frag_keyframe+empty_moov",
    );
    let bytes = film.bytes();
    let (index, tables) = media::open(&bytes, bytes.len() as u64).expect("an index");
    assert!(index.duration_ms > 7_190_000, "{}", index.duration_ms);
    let samples: u32 = index.tracks.iter().map(|track| track.samples).sum();
    let each = tables.expect("an MP4 has tables").memory_bytes() / samples as usize;
    assert!(
        samples > 500_000 && each < 20,
        "{each} bytes for each of {samples} samples"
    );
    assert!(index.to_bytes().len() < 64 << 10);
}

#[test]
fn thousands_of_damaged_fragments_get_an_answer() {
    let film = Film::make(&format!(
        "{} {} -movflags +frag_keyframe+frag_every_frame+default_base_moof",
        sources(1, 10),
        encode(5)
    ));
    let bytes = film.bytes();
    let moofs = boxes(&bytes, b"moof");
    assert!(moofs.len() > 20);
    let mut refused = 0;
    for seed in 0..4_000 {
        let mut bytes = bytes.clone();
        let moof = moofs[seed as usize % moofs.len()];
        mutate(&mut bytes, moof..moof + 108, seed);
        // What comes before the damage plays, and the index tells of it.
        refused += u32::from(open(&bytes).map_or(true, |index| index.damage.is_some()));
        exercise(&bytes);
    }
    assert!(
        (40..3_960).contains(&refused),
        "{refused} of 4000 refused or told to be damaged"
    );
}
