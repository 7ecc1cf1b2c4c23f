//! Frames and packets of a film as ffmpeg lists them, to be compared one by one.

use std::path::Path;

use crate::make::{ffmpeg, ffprobe, usual};
use crate::package::package;

/// A frame's hash and its time after the first one, in microseconds.
pub(crate) type Frames = Vec<(String, i64)>;

/// Has ffmpeg list frames at their own times.
pub(crate) const AS_LISTING: [&str; 7] = [
    "-fps_mode",
    "passthrough",
    "-enc_time_base",
    "-1",
    "-f",
    "framemd5",
    "-",
];

/// Decoded frames, or with `-c copy` among the words, packets.
pub(crate) fn frames(path: &Path, before: &[&str], words: &[&str]) -> Frames {
    let path = path.to_str().expect("a plain path");
    let input = ["-noautorotate", "-i", path];
    let listing = ffmpeg(&[before, &input, words, &AS_LISTING].concat());
    let mut micros_per_tick = 0.0;
    let mut frames = Frames::new();
    for line in listing.lines() {
        if let Some(base) = line.strip_prefix("#tb 0: ") {
            let (numerator, denominator) = base.split_once('/').expect("a fraction");
            let number = |text: &str| text.trim().parse::<f64>().expect("a number");
            micros_per_tick = number(numerator) / number(denominator) * 1e6;
        } else if !line.starts_with('#') {
            let fields: Vec<&str> = line.split(',').map(str::trim).collect();
            let pts: f64 = fields[2].parse().expect("a time");
            frames.push((fields[5].to_owned(), (pts * micros_per_tick).round() as i64));
        }
    }
    let first = frames.iter().map(|frame| frame.1).min().unwrap_or(0);
    frames.iter_mut().for_each(|frame| frame.1 -= first);
    frames
}

pub(crate) const PICTURE: &[&str] = &["-map", "0:v:0"];

pub(crate) fn picture(path: &Path) -> Frames {
    frames(path, &[], PICTURE)
}

/// The packets of a sound, edit lists left aside: all of them are carried.
pub(crate) fn sound(path: &Path, number: usize) -> Frames {
    let map = format!("0:a:{number}");
    let ignore: &[&str] = if path.extension().is_some_and(|end| end == "mp4") {
        &["-ignore_editlist", "1"]
    } else {
        &[]
    };
    frames(path, ignore, &["-map", &map, "-c", "copy"])
}

pub(crate) fn assert_frames(found: &Frames, expected: &Frames) {
    assert!(!expected.is_empty(), "the source has frames");
    for (number, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found.0, expected.0, "frame {number} has another content");
        // Times pass through both files' own time bases: a microsecond is rounding.
        assert!(
            (found.1 - expected.1).abs() <= 1,
            "frame {number} is at {} µs instead of {}",
            found.1,
            expected.1
        );
    }
    assert_eq!(found.len(), expected.len(), "the number of frames");
}

#[test]
fn a_picture_on_its_side_is_turned_by_its_init_segment() {
    let film = usual().again("", "-c copy -metadata:s:v:0 rotate=90");
    let packaged = package(&film.bytes(), film.folder.path(), "out");
    let theirs = turn(&film.path);
    assert_eq!(theirs.abs(), 90);
    assert_eq!(turn(&packaged.folder.join("1/init.mp4")), theirs);
}

fn turn(path: &Path) -> i32 {
    let words = [
        "-select_streams",
        "v",
        "-show_entries",
        "stream_side_data=rotation",
        "-of",
        "csv=p=0",
    ];
    let listing = ffprobe(&words, path);
    listing
        .trim()
        .trim_matches(',')
        .parse()
        .expect("a rotation")
}
