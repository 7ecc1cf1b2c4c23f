//! Matroska as other programs have written it over twenty years: a film is taken apart and written anew in each of their ways.

use cineclub_media as media;

use crate::bad_input::{exercise, mutate};
use crate::make::{Film, sources};
use crate::package::segment_bytes;
use crate::way::{Cues, Way, element, number, written};

fn source() -> Film {
    Film::make_as(
        "film.mkv",
        &format!(
            "{} -c:v libx264 -preset ultrafast -g 50 -bf 2 -b_strategy 0 -c:a ac3 -ac 2",
            sources(12, 25)
        ),
    )
}

#[test]
fn every_way_to_write_a_film_gives_the_same_frames() {
    let source = source();
    let expected = frames(&written(&source, Way::PLAIN).bytes());
    for (name, way) in crate::corpus::ways().filter(|(_, way)| way.without == 0) {
        let found = frames(&written(&source, way).bytes());
        assert!(found == expected, "{name}: the bytes of all frames");
    }
}

/// The bytes of all frames of picture and sound, one after the other.
fn frames(bytes: &[u8]) -> [Vec<u8>; 2] {
    let (index, tables) = media::open(bytes, bytes.len() as u64).expect("an index");
    let lookup = media::Lookup::new(bytes, &index, tables);
    let mut segment = media::Segment::default();
    [1, 2].map(|track| {
        let all = 0..index.track(track).expect("two tracks").segment_count();
        let mut frames = Vec::new();
        for n in all {
            let body = segment_bytes(bytes, &index, lookup.samples(), track, n, &mut segment);
            frames.extend(&body[segment.header.len()..]);
        }
        frames
    })
}

#[test]
fn a_film_that_begins_at_a_negative_time_is_the_same_film() {
    let source = source();
    let early = Way {
        before_zero: 200,
        ..Way::PLAIN
    };
    let usual = segments(&written(&source, Way::PLAIN).bytes());
    let early = segments(&written(&source, early).bytes());
    assert!(usual == early, "times count from the first");
}

#[test]
fn a_recording_behind_another_is_left_out() {
    let way = Way {
        has_unknown_sizes: true,
        ..Way::PLAIN
    };
    let one = written(&source(), way);
    let whole = segments(&one.bytes());
    let two = [one.bytes(), one.bytes()].concat();
    assert!(segments(&two) == whole, "the second changes nothing");
}

#[test]
fn a_list_that_leaves_places_out_is_made_anew() {
    let long = Film::make_as(
        "film.mkv",
        "-f lavfi -i color=s=32x32:r=10:d=40 -f lavfi -i sine=r=48000:d=40 -c:v libx264 -preset ultrafast -g 20 -c:a ac3",
    );
    let way = Way {
        cues: Cues::Sparse,
        ..Way::PLAIN
    };
    let film = written(&long, way);
    assert_eq!(segments(&film.bytes()).len(), 10);
}

/// Red when it is one segment to the end, however long.
#[test]
fn sound_behind_the_picture_is_cut_like_the_rest() {
    let film = Film::make_as(
        "film.mkv",
        "-f lavfi -i testsrc2=s=160x90:r=25:d=3 -f lavfi -i sine=r=48000:d=20 -c:v libx264 -preset ultrafast -tune zerolatency -c:a ac3 -ac 2",
    );
    let bytes = film.bytes();
    let (index, _) = media::open(&bytes, bytes.len() as u64).expect("an index");
    assert_eq!(index.tracks[0].segment_count(), 1);
    let sound = &index.tracks[1];
    let starts = (0..sound.segment_count()).filter_map(|n| sound.segment_start_ms(n));
    let starts: Vec<u64> = starts.chain([20_000]).collect();
    let mut lengths = starts.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(
        lengths.all(|length| (2_000..8_000).contains(&length)),
        "{starts:?}"
    );
}

/// Red when it is looked for in the first 32 MB alone, and then said to have none.
#[test]
fn sound_that_begins_deep_in_the_file_is_found() {
    let picture = [
        number(0xD7, 1),
        number(0x83, 1),
        element(0x86, b"V_AV1"),
        element(0x63A2, b"\x81\0\x0C\0"),
        element(0xE0, &[number(0xB0, 64), number(0xBA, 64)].concat()),
    ];
    let sound = [
        number(0xD7, 2),
        number(0x83, 2),
        element(0x86, b"A_OPUS"),
        element(0x63A2, b"OpusHead\x01\x02\0\0\x80\xBB\0\0\0\0\0"),
    ];
    let tracks = [picture.concat(), sound.concat()].map(|track| element(0xAE, &track));
    let mut segment = element(0x1654_AE6B, &tracks.concat());
    for second in 0..12 {
        let mut cluster = number(0xE7, second * 1000);
        cluster.extend(element(0xA3, b"\x81\0\0\x80\x12\0"));
        if second >= 6 {
            cluster.extend(element(0xA3, b"\x82\0\0\x80\xFC\xFF\xFE"));
        }
        segment.extend(element(0x1F43_B675, &cluster));
        if second == 3 {
            // Room left empty, as large as a minute of picture.
            segment.extend(element(0xEC, &vec![0; 40 << 20]));
        }
    }
    let head = element(0x1A45_DFA3, &element(0x4282, b"matroska"));
    let film = [head, element(0x1853_8067, &segment)].concat();
    let (index, _) = media::open(&film, film.len() as u64).expect("an index");
    assert_eq!(index.verdict(), media::Verdict::Playable);
    assert_eq!(
        index.tracks[1].segment_count(),
        2,
        "six seconds of silence and the first two of sound, and the rest"
    );
    exercise(&film);
}

/// Times and lengths that no film has, in a file of a few bytes.
#[test]
fn impossible_times_get_an_answer() {
    for (times, each_ns) in [
        ([0, 1 << 50], 0),
        ([0, 1 << 55], 40_000_000),
        ([0, 40], u64::MAX),
    ] {
        let track = [
            number(0xD7, 1),
            number(0x83, 1),
            element(0x86, b"V_AV1"),
            element(0x63A2, b"\x81\0\x0C\0"),
            number(0x23_E383, each_ns),
        ];
        let mut segment = element(0x1654_AE6B, &element(0xAE, &track.concat()));
        for time in times {
            let frame = element(0xA3, b"\x81\0\0\x80\x12\0");
            segment.extend(element(0x1F43_B675, &[number(0xE7, time), frame].concat()));
        }
        let head = element(0x1A45_DFA3, &element(0x4282, b"matroska"));
        let film = [head, element(0x1853_8067, &segment)].concat();
        exercise(&film);
    }
}

/// All segments of the picture.
fn segments(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (index, tables) = media::open(bytes, bytes.len() as u64).expect("an index");
    assert_eq!(index.verdict(), media::Verdict::Playable);
    let lookup = media::Lookup::new(bytes, &index, tables);
    let mut segment = media::Segment::default();
    let all = 0..index.tracks[0].segment_count();
    all.map(|n| segment_bytes(bytes, &index, lookup.samples(), 1, n, &mut segment))
        .collect()
}

#[test]
fn a_film_that_is_cut_off_plays_as_far_as_it_goes() {
    let film = written(
        &source(),
        Way {
            cues: Cues::Right,
            ..Way::PLAIN
        },
    );
    let bytes = film.bytes();
    let cut = &bytes[..bytes.len() * 6 / 10];
    let (index, _) = media::open(cut, cut.len() as u64).expect("an index");
    let damage = index.damage.expect("it is told");
    assert!((6_000..8_500).contains(&damage.playable_ms), "{damage:?}");
    assert_eq!(index.verdict(), media::Verdict::Playable);
    let lookup = media::Lookup::open(cut, &index).expect("a Matroska film has no tables");
    let mut segment = media::Segment::default();
    for track in 1..=2 {
        for n in 0..index.tracks[track as usize - 1].segment_count() {
            segment_bytes(cut, &index, lookup.samples(), track, n, &mut segment);
        }
    }
    // Wherever it is cut, what is listed can be had.
    for tenth in 4..10 {
        let cut = &bytes[..bytes.len() * tenth / 10 + 77];
        let (index, _) = media::open(cut, cut.len() as u64).expect("an index");
        let lookup = media::Lookup::open(cut, &index).expect("no tables");
        let last = index.tracks[0].segment_count() - 1;
        segment_bytes(cut, &index, lookup.samples(), 1, last, &mut segment);
    }
}

#[test]
fn a_hole_in_a_film_costs_the_segment_it_lies_in_and_no_other() {
    let film = written(
        &source(),
        Way {
            cues: Cues::Right,
            ..Way::PLAIN
        },
    );
    let bytes = film.bytes();
    let whole = segments(&bytes);
    let mut damaged = bytes.clone();
    let middle = bytes.len() / 2;
    damaged[middle..middle + 3000].fill(0);
    let left = segments(&damaged);
    assert_eq!(whole.len(), left.len());
    let same = whole.iter().zip(&left).filter(|(one, other)| one == other);
    assert_eq!(same.count(), whole.len() - 1);
}

#[test]
fn two_thousand_damaged_films_get_an_answer() {
    let source = Film::make_as(
        "film.mkv",
        &format!(
            "{} -c:v libx264 -preset ultrafast -g 5 -c:a ac3",
            sources(2, 10)
        ),
    );
    let film = written(
        &source,
        Way {
            cues: Cues::Right,
            lacing: 3,
            ..Way::PLAIN
        },
    )
    .bytes();
    let mut refused = 0;
    for seed in 0..2_000 {
        let mut bytes = film.clone();
        let heads = 0..1_500.min(bytes.len());
        mutate(&mut bytes, heads, seed);
        refused += u32::from(media::open(&bytes, bytes.len() as u64).is_err());
        exercise(&bytes);
    }
    assert!((20..1_980).contains(&refused), "{refused} of 2000 refused");
}
