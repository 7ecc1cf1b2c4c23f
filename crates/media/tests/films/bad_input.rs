//! Damaged, cut and hostile files get a clear answer; nothing panics, and nothing large is allocated.

use std::cell::Cell;

use cineclub_media as media;
use media::{Error, ReadAt as _, Samples};
use proptest::prelude::*;

use crate::make::{Film, encode, sources, usual};
use crate::package::package;

pub(crate) fn open(bytes: &[u8]) -> media::Result<media::Index> {
    media::open(bytes, bytes.len() as u64).map(|(index, _)| index)
}

#[test]
fn a_text_file_and_an_empty_file_called_mp4_are_named() {
    let text = open(b"not a film at all, just some words in a file\n").expect_err("no film");
    assert_eq!(text.to_string(), "this is a text file, not a film");
    let playlist = open(b"#EXTM3U\nfile:///etc/passwd\n").expect_err("no film");
    assert_eq!(playlist.to_string(), "this is a playlist, not a film");
    assert!(matches!(open(b""), Err(Error::Empty)));
    assert!(matches!(
        open(b"\x1A\x45\xDF\xA3\x01\x02\x03\x04"),
        Err(Error::BadElement(_))
    ));
    assert!(matches!(open(b"OggS\0\x02"), Err(Error::NotYet(_))));
}

#[test]
fn a_film_without_key_frames_for_long_waits_with_the_reason() {
    let film = Film::make(&format!("{} {}", sources(32, 5), encode(1000)));
    let index = open(&film.bytes()).expect("it is indexed");
    assert!(
        matches!(
            index.tracks[0].waiting,
            Some(media::Waiting::KeyFrames {
                longest_ms: 31_900..=32_100
            })
        ),
        "{:?}",
        index.tracks[0].waiting
    );
    assert!(matches!(index.verdict(), media::Verdict::Waiting(_)));
    assert!(matches!(
        media::init_segment(&index, 1),
        Err(Error::NotPlayable { .. })
    ));
}

#[test]
fn a_cut_off_film_says_how_much_of_it_plays() {
    let film = usual().again("", "-c copy -movflags +faststart");
    let whole = film.bytes();
    let cut = &whole[..whole.len() * 6 / 10];
    let index = open(cut).expect("the beginning is there");
    let damage = index.damage.expect("it is cut off");
    assert!(
        (4000..8000).contains(&damage.playable_ms) && damage.declared_ms >= 10_000,
        "{damage:?}"
    );
    assert_eq!(index.duration_ms / 100, damage.playable_ms / 100);
    // What is left can be packaged: every range lies in the file.
    let packaged = package(cut, film.folder.path(), "out");
    assert!(
        packaged
            .index
            .tracks
            .iter()
            .all(|track| track.segment_count() >= 1)
    );

    let late = usual();
    let bytes = late.bytes();
    assert!(matches!(
        open(&bytes[..bytes.len() / 2]),
        Err(Error::Truncated { .. })
    ));
    assert!(
        open(&whole[..whole.len() - 1])
            .expect("nearly whole")
            .damage
            .is_some()
    );
    assert!(open(&whole).expect("whole").damage.is_none());
}

#[test]
fn another_film_behind_the_same_index_is_noticed() {
    let (one, other) = (
        usual(),
        Film::make(&format!("{} {}", sources(6, 30), encode(30))),
    );
    let index = open(&one.bytes()).expect("an index");
    let bytes = other.bytes();
    let (_, tables) = media::open(&bytes, bytes.len() as u64).expect("an index");
    let tables = tables.expect("an MP4 has tables");
    let found = media::plan_segment(&index, &tables, 1, 1, &mut media::Segment::default());
    assert!(matches!(found, Err(Error::IndexMismatch)));
    assert!(matches!(
        media::plan_segment(&index, &tables, 1, 99, &mut media::Segment::default()),
        Err(Error::NoSuchSegment { .. })
    ));
    assert!(matches!(
        media::plan_segment(&index, &tables, 0, 0, &mut media::Segment::default()),
        Err(Error::NoSuchTrack(0))
    ));
}

#[test]
fn a_two_hour_film_has_an_index_below_64_kb_and_its_tables_may_stay_in_its_file() {
    // Small pictures and low sound, looped without encoding: two hours in a second or two.
    let second = Film::make(&format!(
        "-f lavfi -i color=s=32x32:r=25:d=60 -f lavfi -i anullsrc=r=48000:d=60 -map 0:v -map 1:a -map 1:a -map 1:a {} -b:a 16k",
        encode(48)
    ));
    let film = second.again("-stream_loop 119", "-map 0 -c copy");
    let bytes = film.bytes();
    let (index, tables) = media::open(&bytes, bytes.len() as u64).expect("an index");
    assert!(index.duration_ms > 7_190_000, "{}", index.duration_ms);
    let stored = index.to_bytes();
    assert!(stored.len() < 64 << 10, "{} bytes", stored.len());
    let tables = tables.expect("an MP4 has tables");
    assert!(tables.memory_bytes() < (index.moov.len as usize) + (256 << 10));
    assert!(index.tracks[0].segment_count() > 1700);

    let places = tables.clone().into_places().expect("it has no fragments");
    let (whole, left) = (tables.memory_bytes(), places.memory_bytes());
    assert!(left * 20 < whole, "{left} bytes are kept of {whole}");
    let (reads, read_bytes) = (Cell::new(0_usize), Cell::new(0_usize));
    let source = |offset: u64, buffer: &mut [u8]| {
        reads.set(reads.get() + 1);
        read_bytes.set(read_bytes.get() + buffer.len());
        bytes.as_slice().read_at(offset, buffer)
    };
    let (mut one, mut other) = (media::Segment::default(), media::Segment::default());
    for track in &index.tracks {
        for n in (0..track.segment_count()).step_by(13) {
            reads.set(0);
            read_bytes.set(0);
            let found = Samples::Places(&places, &source);
            media::plan_segment(&index, found, track.number, n, &mut one).expect("a segment");
            media::plan_segment(&index, &tables, track.number, n, &mut other).expect("a segment");
            assert!(one == other, "segment {n} of track {}", track.number);
            let cost = (reads.get(), read_bytes.get());
            assert!(
                cost.0 <= 6 && cost.1 <= 24 << 10,
                "{cost:?} reads and bytes for segment {n}"
            );
        }
    }
    // Control: tables that changed under the marks are not believed.
    let mut other = bytes.clone();
    let moov = index.moov.offset as usize..index.moov.end() as usize;
    let at = bytes[moov]
        .windows(4)
        .position(|kind| kind == b"stts")
        .expect("it has times");
    other[index.moov.offset as usize + at + 19] ^= 1;
    let found = Samples::Places(&places, &other);
    let found = media::plan_segment(&index, found, 1, 900, &mut one);
    assert!(matches!(found, Err(Error::IndexMismatch)), "{found:?}");
}

#[test]
fn a_changed_bit_in_a_stored_index_is_noticed() {
    let film = media::example_film();
    let stored = open(&film).expect("the example is a film").to_bytes();
    for byte in 0..stored.len() {
        for bit in 0..8 {
            let mut changed = stored.clone();
            changed[byte] ^= 1 << bit;
            assert!(
                media::Index::from_bytes(&changed).is_err(),
                "bit {bit} of byte {byte}"
            );
        }
    }
    assert!((0..stored.len()).all(|end| media::Index::from_bytes(&stored[..end]).is_err()));
}

/// Everything a server would do with a file; answers may be errors, never panics.
pub(crate) fn exercise(bytes: &[u8]) {
    let _ = media::probe(bytes, bytes.len() as u64);
    let Ok((index, _)) = media::open(bytes, bytes.len() as u64) else {
        return;
    };
    let lookup = media::Lookup::open(bytes, &index).expect("it was read a moment ago");
    let stored = index.to_bytes();
    assert_eq!(
        media::Index::from_bytes(&stored).expect("our own bytes"),
        index
    );
    let selection = media::Selection::everything(&index);
    let _ = media::hls::multivariant(&index, &selection);
    let mut segment = media::Segment::default();
    for number in selection.tracks {
        media::hls::media_playlist(&index, number).expect("a playable track has a playlist");
        media::init_segment(&index, number).expect("a playable track has an init segment");
        for n in 0..index.track(number).expect("selected").segment_count() {
            if media::plan_segment(&index, lookup.samples(), number, n, &mut segment).is_ok() {
                assert!(
                    segment
                        .ranges
                        .iter()
                        .all(|range| range.end() <= bytes.len() as u64)
                );
                let sum: u64 = segment.ranges.iter().map(|range| range.len).sum();
                assert_eq!(segment.len, segment.header.len() as u64 + sum);
            }
        }
    }
}

/// Changes a file at places chosen by `seed`: bits, bytes, whole counts, and its end.
pub(crate) fn mutate(bytes: &mut Vec<u8>, moov: std::ops::Range<usize>, mut seed: u64) {
    let mut next = |below: usize| {
        // SplitMix64: good enough to spread mutations, and the same on every machine.
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = seed;
        value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((value ^ value >> 31) % below.max(1) as u64) as usize
    };
    for _ in 0..1 + next(4) {
        let at = moov.start + next(moov.len());
        match next(6) {
            0 => bytes[at] ^= 1 << next(8),
            1 => bytes[at] = next(256) as u8,
            2 => bytes[at..(at + 4).min(moov.end)].fill(0xFF),
            3 => bytes[at..(at + 4).min(moov.end)].fill(0),
            4 => bytes[at..(at + 8).min(moov.end)].rotate_left(1),
            _ => bytes.truncate(moov.end + next(bytes.len().saturating_sub(moov.end).max(1))),
        }
        if bytes.len() < moov.end {
            return;
        }
    }
}

#[test]
fn ten_thousand_damaged_films_get_an_answer() {
    let film = Film::make(&format!(
        "{} {} -movflags +faststart",
        sources(2, 10),
        encode(10)
    ))
    .bytes();
    let index = open(&film).expect("the film is whole");
    let moov = index.moov.offset as usize - 8..index.moov.end() as usize;
    let mut refused = 0;
    for seed in 0..10_000 {
        let mut bytes = film.clone();
        mutate(&mut bytes, moov.clone(), seed);
        refused += u32::from(open(&bytes).is_err());
        exercise(&bytes);
    }
    assert!(
        (100..9_900).contains(&refused),
        "{refused} of 10000 refused: the mutations do something, and not too much"
    );
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        exercise(&bytes);
        let _ = media::sniff(&bytes);
        let _ = media::subtitles::to_webvtt(&bytes);
        let _ = media::Index::from_bytes(&bytes);
    }

    #[test]
    fn any_text_between_times_comes_out_as_one_harmless_cue(text in "[^\n\r]{0,80}") {
        let srt = format!("1\n00:00:01,000 --> 00:00:02,000\n{text}\n");
        if let Ok(vtt) = media::subtitles::to_webvtt(srt.as_bytes()) {
            let cues = media::subtitles::parse(vtt.as_bytes()).expect("our own writing");
            prop_assert_eq!(media::subtitles::write_webvtt(&cues), vtt.clone());
            let bare = vtt.replace("<b>", "").replace("</b>", "").replace("<i>", "").replace("</i>", "").replace("<u>", "").replace("</u>", "");
            prop_assert!(!bare.contains('<'), "{}", vtt);
        }
    }
}
