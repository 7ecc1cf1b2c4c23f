//! The table's negative control: whatever is harmed in what is sent, or said otherwise of a film, is seen.

use std::path::PathBuf;

use super::checks::carried;
use super::made::{Recipe, film};
use super::row::Row;
use super::{matroska, mp4, probed};
use crate::make::{Film, ffprobe};
use crate::package::{Packaged, package};

/// A film of each kind, and how it is sent.
fn sent(row: &Row) -> (Film, Packaged) {
    let film = film(row, &mut Recipe::default());
    let packaged = package(&film.bytes(), film.folder.path(), "out");
    (film, packaged)
}

/// Changes a segment, and says what the checks say then.
fn harmed(
    row: &Row,
    (film, packaged): &(Film, Packaged),
    name: &str,
    harm: fn(&mut [u8]),
) -> String {
    let at: PathBuf = packaged.folder.join(name);
    let good = std::fs::read(&at).expect("it was written");
    let mut bad = good.clone();
    harm(&mut bad);
    assert_ne!(bad, good, "something is harmed");
    std::fs::write(&at, bad).expect("it can be changed");
    let wrong = carried(row, film, packaged);
    std::fs::write(&at, good).expect("it can be changed back");
    wrong.join("\n")
}

/// Where a box's body begins.
fn body(bytes: &[u8], name: &[u8; 4]) -> usize {
    let found = bytes.windows(4).position(|window| window == name);
    found.expect("the box is there") + 4
}

fn add(bytes: &mut [u8], at: usize, ticks: i32) {
    let four = bytes[at..].first_chunk::<4>().expect("a number");
    let sum = i32::from_be_bytes(*four) + ticks;
    bytes[at..at + 4].copy_from_slice(&sum.to_be_bytes());
}

/// The last sample of a segment is not listed.
fn without_one(bytes: &mut [u8]) {
    let count = body(bytes, b"trun") + 4;
    add(bytes, count, -1);
}

/// Two bytes of the tenth part of the data change places.
fn swapped(bytes: &mut [u8]) {
    let data = body(bytes, b"mdat");
    let from = data + (bytes.len() - data) / 10;
    let pair = (from..bytes.len() - 1).find(|at| bytes[*at] != bytes[at + 1]);
    let at = pair.expect("not all are alike");
    bytes.swap(at, at + 1);
}

/// Everything in a segment is decoded a tick later (`tfdt` of version 1).
fn later(bytes: &mut [u8]) {
    let low = body(bytes, b"tfdt") + 8;
    add(bytes, low, 1);
}

#[test]
fn a_dropped_sample_a_tick_and_a_byte_are_seen() {
    for row in [&mp4::WHOLE[0], &matroska::BY_FFMPEG[0]] {
        let sent = sent(row);
        assert_eq!(carried(row, &sent.0, &sent.1), Vec::<String>::new());
        for (segment, number) in [("1/1.m4s", 1), ("2/1.m4s", 2)] {
            for (harm, said) in [
                (without_one as fn(&mut [u8]), "frame"),
                (swapped, "has another content"),
                (later, " µs instead of "),
            ] {
                let wrong = harmed(row, &sent, segment, harm);
                for way in ["HLS", "DASH"] {
                    let named = format!("{way}: track {number}: ");
                    let mut lines = wrong.lines();
                    let is_seen = lines.any(|line| line.starts_with(&named) && line.contains(said));
                    // A Matroska film's own times of its sound are coarser: the even steps of it tell.
                    let is_uneven = wrong.contains("does not begin where the one before ends");
                    assert!(
                        is_seen || is_uneven,
                        "{} {segment} {said}: {wrong}",
                        row.name
                    );
                }
            }
        }
    }
}

#[test]
fn lists_that_are_not_the_films_are_seen() {
    let row = &mp4::WHOLE[0];
    let sent = sent(row);
    let replace = |from: &'static str, to: &'static str| {
        move |bytes: &mut Vec<u8>| {
            let text = String::from_utf8_lossy(bytes).replacen(from, to, 1);
            *bytes = text.into_bytes();
        }
    };
    for (file, from, to, said) in [
        ("1/index.m3u8", "4.000000", "3.960000", "by DASH"),
        (
            "1/index.m3u8",
            "1.m4s",
            "7.m4s",
            "7.m4s is listed and not there",
        ),
        (
            "2/index.m3u8",
            "#EXT-X-ENDLIST",
            "",
            "not that of a whole film",
        ),
        ("1/index.m3u8", "4.000000", "0.000000", "lasts no time"),
        (
            "1/index.m3u8",
            "DURATION:4",
            "DURATION:3",
            "not that of a whole film",
        ),
        (
            "master.m3u8",
            "1/index.m3u8",
            "9/index.m3u8",
            "9/index.m3u8 is listed and not there",
        ),
        ("manifest.mpd", "d=\"51200\"", "d=\"51201\"", "by DASH"),
        ("manifest.mpd", "</SegmentTimeline>", "", "the manifest: "),
    ] {
        // What ffmpeg makes of such lists is another question.
        let at = sent.1.folder.join(file);
        let good = std::fs::read(&at).expect("it was written");
        let mut bad = good.clone();
        replace(from, to)(&mut bad);
        assert_ne!(bad, good, "{file} has {from}");
        std::fs::write(&at, bad).expect("it can be changed");
        let wrong = super::lists::faults(row, &sent.1).join("\n");
        assert!(wrong.contains(said), "{file}, {from}: {wrong}");
        std::fs::write(&at, good).expect("it can be changed back");
    }
    let longer = mp4::WHOLE[0].cut_in(3).says(&["avc1.nothing"]);
    let wrong = super::lists::faults(&longer, &sent.1).join("\n");
    assert!(wrong.contains("track 1 has 2 segments"), "{wrong}");
    assert!(wrong.contains("avc1.nothing is not said"), "{wrong}");
}

#[test]
fn a_field_that_is_said_otherwise_is_seen() {
    let film = film(&mp4::WHOLE[0], &mut Recipe::default());
    let bytes = film.bytes();
    let ours = cineclub_media::probe(&bytes[..], bytes.len() as u64).expect("a description");
    let ours = serde_json::to_value(ours).expect("JSON");
    let theirs: serde_json::Value =
        serde_json::from_str(&ffprobe(&probed::WORDS, &film.path)).expect("JSON");
    assert_eq!(probed::unlike(&ours, &theirs), []);
    let said = [
        ("width", "162"),
        ("codec", "\"hevc\""),
        ("frame_rate", "25.1"),
        ("rotation", "90"),
        ("language", "\"fra\""),
        ("samples", "149"),
    ];
    for (field, value) in said {
        let mut other = ours.clone();
        other["tracks"][0][field] = serde_json::from_str(value).expect("JSON");
        let wrong = probed::unlike(&other, &theirs);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert_eq!(wrong[0].0, field);
    }
    let mut other = ours.clone();
    other["duration_ms"] = 6_003.into();
    other["tracks"][1]["sample_rate"] = 44_100.into();
    other["tracks"][1]["channels"] = 1.into();
    let wrong: Vec<_> = probed::unlike(&other, &theirs)
        .into_iter()
        .map(|wrong| wrong.0)
        .collect();
    assert_eq!(wrong, ["duration", "channels", "sample_rate"]);
}
