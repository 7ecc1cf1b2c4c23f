//! Encrypted films: ffmpeg decrypts them to the same frames, and what must stay readable does.

use std::path::Path;

use cineclub_media as media;
use media::{ContentKey, Error, Index, Kind, Lookup};

use crate::compare::{Frames, PICTURE, assert_frames, frames};
use crate::make::{Film, encode, sources, usual};
use crate::package::segment_bytes;

const KEY: ContentKey = ContentKey {
    id: *b"a key's own name",
    secret: *b"not for everyone",
    iv: *b"sixteen to begin",
};
const SECRET: &str = "6e6f7420666f722065766572796f6e65";
const WRONG: &str = "6e6f7420666f722065766572796f6e66";

/// A track as it is sent in the clear, and encrypted: init segment and segments, one after the other.
struct Sent {
    clear: Vec<Vec<u8>>,
    encrypted: Vec<Vec<u8>>,
}

fn sent(film: &[u8], index: &Index, track: u32) -> Sent {
    let lookup = Lookup::open(film, index).expect("the film can be read again");
    let mut segment = media::Segment::default();
    let count = index.track(track).expect("it is there").segment_count();
    let mut clear = vec![media::init_segment(index, track).expect("an init segment")];
    let init = media::encrypted_init_segment(index, track, &KEY).expect("an init segment");
    let mut encrypted = vec![init];
    for n in 0..count {
        let body = segment_bytes(film, index, lookup.samples(), track, n, &mut segment);
        let coated = media::encrypt_fragment(index, track, body.clone(), &KEY);
        encrypted.push(coated.expect("the segment can be encrypted"));
        clear.push(body);
    }
    Sent { clear, encrypted }
}

fn index_of(film: &[u8]) -> Index {
    let (index, _) = media::open(film, film.len() as u64).expect("a film");
    index
}

fn decoded(file: &Path, secret: Option<&str>, words: &[&str]) -> Frames {
    // Fragment by fragment, as a player reads: ffmpeg applies what the last one says to all that it has read ahead.
    let mut before = vec!["-fflags", "+ignidx"];
    before.extend(secret.iter().flat_map(|secret| ["-decryption_key", secret]));
    frames(file, &before, words)
}

/// Decrypted with the key, both tracks have the frames of the film in the clear; with another they have not.
fn assert_only_the_key_opens(film: &Film) {
    let bytes = film.bytes();
    let index = index_of(&bytes);
    for track in index.tracks.iter().filter(|track| track.is_playable()) {
        let sent = sent(&bytes, &index, track.number);
        let clear = film.write("clear.mp4", &sent.clear.concat());
        let encrypted = film.write("encrypted.mp4", &sent.encrypted.concat());
        let words: &[&str] = match track.kind {
            Kind::Video => PICTURE,
            _ => &["-map", "0:a:0", "-c", "copy"],
        };
        let expected = decoded(&clear, None, words);
        assert_frames(&decoded(&encrypted, Some(SECRET), words), &expected);
        // What a decoder says of noise is not the question: the packets are.
        let packets = &["-map", "0:0", "-c", "copy"];
        let noise = decoded(&encrypted, Some(WRONG), packets);
        let expected = decoded(&clear, None, packets);
        let same = noise.iter().zip(&expected).filter(|(a, b)| a.0 == b.0);
        let most = expected.len() / 2;
        assert!(
            same.count() < most,
            "track {} is as good as clear",
            track.number
        );
    }
}

#[test]
fn ffmpeg_decrypts_to_the_frames_of_the_clear_film_with_the_key_alone() {
    assert_only_the_key_opens(&usual());
}

#[test]
fn a_matroska_film_is_encrypted_as_an_mp4_is() {
    let arguments = format!("{} {}", sources(6, 25), encode(50));
    assert_only_the_key_opens(&Film::make_as("film.mkv", &arguments));
}

/// Slices, weights, fields, one way and both ways of coding, parameters among the pictures.
const PICTURES: [&str; 5] = [
    "-profile:v baseline -x264-params slices=4:keyint=25",
    "-profile:v high -x264-params slices=2:weightp=2:weightb=1:bframes=3:ref=6:b-pyramid=normal:keyint=50 -vf fade=in:0:60",
    "-profile:v high -flags +ilme+ildct -x264-params tff=1:bframes=2:keyint=25",
    "-profile:v main -x264-params bluray-compat=1:slices=4:keyint=25:open-gop=1:bframes=3",
    "-profile:v high -x264-params cqm=jvt:no-deblock=1:keyint=25 -tag:v avc3 -bsf:v dump_extra",
];

fn pictures(words: &str) -> Film {
    let source = "-f lavfi -i testsrc2=s=320x192:r=25:d=3";
    Film::make(&format!("{source} -c:v libx264 -pix_fmt yuv420p {words}"))
}

#[test]
fn slices_of_every_kind_are_encrypted() {
    for words in PICTURES {
        assert_only_the_key_opens(&pictures(words));
    }
}

/// ffmpeg's own reader of headers says how long each slice's is; ours leaves exactly as much in the clear.
#[test]
fn exactly_the_headers_of_slices_stay_readable() {
    for words in PICTURES {
        let film = pictures(words);
        let bytes = film.bytes();
        let index = index_of(&bytes);
        let sent = sent(&bytes, &index, 1);
        let clear = film.write("clear.mp4", &sent.clear.concat());
        let expected = traced(&clear);
        assert!(expected.len() >= 75, "{} slices", expected.len());
        let found = sent.encrypted[1..].iter().flat_map(|body| slices(body));
        let found: Vec<_> = found.collect();
        assert_eq!(found.len(), expected.len());
        let coated = found.iter().filter(|(_, encrypted)| *encrypted > 0);
        assert!(coated.count() > found.len() * 9 / 10);
        for (n, ((clear, encrypted), expected)) in found.iter().zip(&expected).enumerate() {
            match encrypted {
                // It has less than a block of data.
                0 => assert!(clear - expected < 16, "slice {n}"),
                _ => assert_eq!(clear, expected, "slice {n}"),
            }
        }
    }
}

/// The lengths of all slice headers, unit headers included and escapes left out, in bytes, by ffmpeg.
fn traced(file: &Path) -> Vec<usize> {
    let path = file.to_str().expect("a plain path");
    let words = [
        "-v",
        "trace",
        "-nostdin",
        "-i",
        path,
        "-c",
        "copy",
        "-bsf:v",
        "trace_headers",
        "-f",
        "null",
        "-",
    ];
    let output = std::process::Command::new("ffmpeg")
        .args(words)
        .output()
        .expect("ffmpeg runs");
    let text = String::from_utf8_lossy(&output.stderr);
    let (mut lengths, mut end, mut within) = (Vec::new(), 0, false);
    for line in text.lines().filter_map(|line| {
        line.split_once("] ")
            .filter(|(name, _)| name.contains("trace_headers"))
    }) {
        // "12   slice_qp_delta   00101 = -2": a place in bits, a name, the bits themselves.
        let fields: Vec<&str> = line.1.split_whitespace().collect();
        match (
            fields.first().and_then(|at| at.parse::<usize>().ok()),
            fields.get(2),
        ) {
            (Some(at), Some(bits)) if fields.len() >= 4 => end = at + bits.len(),
            _ => {
                if within {
                    lengths.push(end.div_ceil(8));
                }
                within = line.1 == "Slice Header";
            }
        }
    }
    if within {
        lengths.push(end.div_ceil(8));
    }
    lengths
}

/// Of each slice in an encrypted fragment, how many bytes are clear, escapes left out, and how many are encrypted.
fn slices(fragment: &[u8]) -> Vec<(usize, usize)> {
    let at = |name: &[u8]| {
        let found = fragment.windows(4).position(|bytes| bytes == name);
        found.expect("the box is there") + 4
    };
    let number = |at: usize, len: usize| {
        let bytes = fragment[at..at + len].iter();
        bytes.fold(0_usize, |all, byte| all << 8 | usize::from(*byte))
    };
    let (mut entry, mut unit) = (at(b"senc") + 8, at(b"mdat"));
    let mut found = Vec::new();
    for _ in 0..number(entry - 4, 4) {
        let count = number(entry, 2);
        entry += 2;
        let (mut at, mut coats) = (unit, Vec::new());
        for _ in 0..count {
            let (clear, encrypted) = (number(entry, 2), number(entry + 2, 4));
            coats.push(at + clear..at + clear + encrypted);
            at += clear + encrypted;
            entry += 6;
        }
        while unit < at {
            let end = unit + 4 + number(unit, 4);
            if matches!(fragment[unit + 4] & 31, 1 | 5) {
                let mine = |coat: &&std::ops::Range<usize>| coat.start > unit && coat.end == end;
                let clear_end = coats.iter().find(mine).map_or(end, |coat| coat.start);
                let clear = &fragment[unit + 4..clear_end];
                let escapes = clear.windows(3).filter(|bytes| bytes == b"\0\0\x03");
                found.push((clear.len() - escapes.count(), end - clear_end));
            }
            unit = end;
        }
        assert_eq!(unit, at, "units fill the sample");
    }
    assert_eq!(unit, fragment.len(), "samples fill the fragment");
    found
}

#[test]
fn other_codecs_refuse_with_a_reason() {
    let film = Film::make(&format!(
        "{} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -c:a libopus",
        sources(2, 25)
    ));
    let bytes = film.bytes();
    let index = index_of(&bytes);
    let refused = |track| {
        let init = media::encrypted_init_segment(&index, track, &KEY).expect_err("it is refused");
        let body = media::encrypt_fragment(&index, track, Vec::new(), &KEY);
        assert_eq!(init.to_string(), body.expect_err("so is this").to_string());
        init
    };
    assert!(matches!(refused(2), Error::NotEncrypted { track: 2, .. }));
    insta::assert_snapshot!(refused(1), @"track 1 (VP9) cannot be encrypted: only H.264 and AAC are encrypted");
}

/// The samples of the example hold no real picture: what isn't understood must not leave as it is.
#[test]
fn what_is_not_understood_is_refused() {
    let film = media::example_film();
    let index = index_of(&film);
    let lookup = Lookup::open(&film, &index).expect("the film can be read again");
    let mut segment = media::Segment::default();
    let body = segment_bytes(&film, &index, lookup.samples(), 1, 0, &mut segment);
    let refused = media::encrypt_fragment(&index, 1, body, &KEY).expect_err("it is refused");
    insta::assert_snapshot!(refused, @"track 1 (H264) cannot be encrypted: its units are longer than its frames");
}
