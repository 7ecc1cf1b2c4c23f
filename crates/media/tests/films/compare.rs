//! Every frame of every film comes out with the same content and at the same time.

use std::path::Path;

use crate::make::{Film, encode, ffmpeg, ffprobe, sources, usual};
use crate::package::{Packaged, package};

/// A frame's hash and its time after the first one, in microseconds.
pub(crate) type Frames = Vec<(String, i64)>;

/// Decoded frames, or with `-c copy` among the words, packets.
pub(crate) fn frames(path: &Path, before: &[&str], words: &[&str]) -> Frames {
    let path = path.to_str().expect("a plain path");
    let input = ["-noautorotate", "-i", path];
    let output = [
        "-fps_mode",
        "passthrough",
        "-enc_time_base",
        "-1",
        "-f",
        "framemd5",
        "-",
    ];
    let listing = ffmpeg(&[before, &input, words, &output].concat());
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

/// When the first packets of picture and sound are shown, in seconds, one after the other.
pub(crate) fn distance(path: &Path) -> f64 {
    let first = |stream: &str| -> f64 {
        let words = [
            "-select_streams",
            stream,
            "-show_entries",
            "packet=pts_time",
            "-of",
            "csv=p=0",
            "-read_intervals",
            "%+1",
        ];
        let listing = ffprobe(&words, path);
        let times = listing
            .lines()
            .filter_map(|line| line.trim_matches([',', ' ']).parse::<f64>().ok());
        times.fold(f64::INFINITY, f64::min)
    };
    first("v:0") - first("a:0")
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

pub(crate) fn assert_carried(film: &Film, sounds: usize) -> Packaged {
    let packaged = package(&film.bytes(), film.folder.path(), "out");
    assert_eq!(packaged.index.verdict(), cineclub_media::Verdict::Playable);
    let expected = picture(&film.path);
    for list in [&packaged.master, &packaged.manifest] {
        assert_frames(&picture(list), &expected);
        for number in 0..sounds {
            assert_frames(&sound(list, number), &sound(&film.path, number));
        }
        if sounds > 0 {
            let (found, expected) = (distance(list), distance(&film.path));
            assert!(
                (found - expected).abs() < 0.000_03,
                "{}: sound is {found} s apart, not {expected}",
                list.display()
            );
        }
    }
    packaged
}

#[test]
fn a_film_with_b_frames_and_moov_at_the_end_is_carried_frame_by_frame() {
    let packaged = assert_carried(&usual(), 1);
    let starts: Vec<_> = (0..3)
        .map(|n| packaged.index.tracks[0].segment_start_ms(n))
        .collect();
    assert_eq!(starts, [Some(0), Some(4000), Some(8000)]);
}

#[test]
fn a_film_with_moov_in_front_and_several_sounds_is_carried() {
    let film = Film::make(&format!(
        "{} -f lavfi -i sine=f=880:r=44100:d=9 -map 0:v -map 1:a -map 2:a -map 1:a {} -metadata:s:a:0 language=fra -metadata:s:a:1 language=eng -movflags +faststart",
        sources(9, 25),
        encode(50)
    ));
    assert_carried(&film, 3);
}

#[test]
fn a_film_without_sound_is_carried() {
    assert_carried(&usual().again("", "-map 0:v -c copy"), 0);
}

#[test]
fn sound_alone_is_carried() {
    let film = usual().again("", "-map 0:a -c copy");
    let packaged = package(&film.bytes(), film.folder.path(), "out");
    assert_eq!(packaged.index.tracks[0].segment_count(), 3);
    assert_frames(&sound(&packaged.master, 0), &sound(&film.path, 0));
}

/// What is coded in any of these goes out as it came in: decoded it is the same, and its string names it.
#[test]
fn every_codec_is_carried_as_it_is() {
    let quiet = "-x265-params log-level=none:keyint=25:bframes=2";
    for (picture, sound, strings) in [
        (
            format!("-c:v libx265 {quiet} -preset ultrafast -tag:v hvc1"),
            "-c:a ac3",
            ["hvc1.1.", "ac-3"],
        ),
        (
            format!("-c:v libx265 {quiet} -preset ultrafast -tag:v hev1 -pix_fmt yuv420p10le"),
            "-c:a eac3",
            ["hev1.2.", "ec-3"],
        ),
        (
            "-c:v libsvtav1 -preset 12 -g 25".to_owned(),
            "-c:a libopus -strict -2",
            ["av01.0.", "Opus"],
        ),
        (
            "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25".to_owned(),
            "-c:a flac -strict -2",
            ["vp09.00.", "fLaC"],
        ),
        (
            "-c:v libx264 -preset ultrafast -g 25".to_owned(),
            "-c:a libmp3lame",
            ["avc1.", "mp4a.6B"],
        ),
    ] {
        let film = Film::make(&format!("{} {picture} {sound} -ac 2", sources(6, 25)));
        let packaged = assert_carried(&film, 1);
        let master = std::fs::read_to_string(&packaged.master).expect("the playlist");
        for string in strings {
            assert!(master.contains(string), "{string}: {master}");
        }
    }
}

/// HDR is told by the numbers the container has for it.
#[test]
fn a_picture_in_hdr_is_told_so() {
    let colours = "-color_primaries bt2020 -colorspace bt2020nc -color_range tv";
    for (transfer, range) in [
        ("smpte2084", "PQ"),
        ("arib-std-b67", "HLG"),
        ("bt709", "SDR"),
    ] {
        let film = Film::make(&format!(
            "{} -map 0:v -c:v libx265 -x265-params log-level=none -preset ultrafast -tag:v hvc1 -pix_fmt yuv420p10le {colours} -color_trc {transfer}",
            sources(1, 25)
        ));
        let packaged = package(&film.bytes(), film.folder.path(), "out");
        let master = std::fs::read_to_string(&packaged.master).expect("the playlist");
        assert!(
            master.contains(&format!("VIDEO-RANGE={range}")),
            "{transfer}: {master}"
        );
    }
}

#[test]
fn odd_frame_rates_are_carried() {
    let film = Film::make(&format!(
        "-f lavfi -i testsrc2=s=160x90:r=24000/1001:d=10 -f lavfi -i sine=r=44100:d=10 {}",
        encode(24)
    ));
    let packaged = assert_carried(&film, 1);
    assert_eq!(packaged.index.tracks[0].frame_rate, Some((24000, 1001)));
}

#[test]
fn a_variable_frame_rate_is_carried() {
    let film = Film::make(&format!(
        "{} -vf select='not(eq(mod(n\\,7)\\,3)+eq(mod(n\\,5)\\,1))' -fps_mode vfr {}",
        sources(10, 30),
        encode(20)
    ));
    assert_carried(&film, 1);
}

#[test]
fn a_rotated_film_is_carried_and_its_resolution_is_turned() {
    let film = usual().again("", "-c copy -metadata:s:v:0 rotate=90");
    let packaged = assert_carried(&film, 1);
    let master = std::fs::read_to_string(&packaged.master).expect("the playlist");
    assert!(master.contains("RESOLUTION=90x160"), "{master}");
    let theirs = turn(&film.path);
    assert_eq!(theirs.abs(), 90);
    // ffprobe counts against the clock.
    assert_eq!(
        i32::from(packaged.index.tracks[0].rotation),
        (360 - theirs) % 360
    );
    assert_eq!(
        turn(&packaged.folder.join("1/init.mp4")),
        theirs,
        "the init segment keeps the turn"
    );
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

#[test]
fn sound_that_begins_late_is_carried_at_its_time() {
    let source = usual();
    let path = source.path.to_str().expect("a plain path");
    let film = Film::make(&format!(
        "-i {path} -itsoffset 5.5 -i {path} -map 0:v -map 1:a -c copy"
    ));
    let packaged = assert_carried(&film, 1);
    assert!(packaged.index.tracks[1].segment_count() < 4);
}

#[test]
fn an_edit_that_begins_between_key_frames_begins_at_the_key_frame_before() {
    let film = usual().again("-ss 3.3", "-c copy");
    let packaged = package(&film.bytes(), film.folder.path(), "out");
    // ffmpeg hides the 0.3 s that the edit list cuts off; the rule shows them, and moves all tracks alike.
    let ours = picture(&packaged.master);
    let whole = frames(&film.path, &["-ignore_editlist", "1"], PICTURE);
    assert_frames(&ours, &whole);
    let cut = picture(&film.path);
    let hidden = ours.len() - cut.len();
    assert!(
        (7..=8).contains(&hidden),
        "{hidden} frames lie before the edit"
    );
    let moved: Frames = ours[hidden..]
        .iter()
        .map(|(hash, at)| (hash.clone(), at - ours[hidden].1))
        .collect();
    assert_frames(&moved, &cut);
    assert_eq!(packaged.index.shift_ms, 300);
    let (ours, source) = (distance(&packaged.master), distance(&film.path));
    // The picture's first packet now is the key frame in both listings, so the distance is the same.
    assert!(
        (ours - source).abs() < 0.1,
        "sound is {ours} s apart, not {source}"
    );
}

#[test]
fn a_key_frame_each_frame_and_one_for_the_whole_film_are_carried() {
    let every = usual().again("", "-map 0:v -c:v libx264 -preset ultrafast -g 1");
    assert_eq!(assert_carried(&every, 0).index.tracks[0].segment_count(), 3);
    let one = Film::make(&format!("{} {}", sources(10, 25), encode(1000)));
    assert_eq!(assert_carried(&one, 1).index.tracks[0].segment_count(), 1);
}

#[test]
fn negative_composition_offsets_are_carried() {
    assert_carried(
        &usual().again("", "-c copy -movflags +negative_cts_offsets"),
        1,
    );
}

#[test]
fn a_quicktime_file_is_carried() {
    let film = usual().again("", "-c copy -f mov");
    assert_carried(&film, 1);
}

/// The negative control of this file: the comparison must see one wrong byte, and one wrong time.
#[test]
fn a_changed_byte_and_a_changed_time_are_seen_by_the_comparison() {
    let film = Film::make(&format!("{} {}", sources(10, 25), encode(100)));
    let packaged = package(&film.bytes(), film.folder.path(), "out");
    let expected = picture(&film.path);
    let at = packaged.folder.join("1/1.m4s");
    let good = std::fs::read(&at).expect("a segment");
    let see = |bytes: &[u8]| {
        std::fs::write(&at, bytes).expect("the segment can be changed");
        picture(&packaged.master) != expected
    };
    assert!(!see(&good), "unchanged it is the same");

    let find = |name: &[u8]| {
        good.windows(4)
            .position(|window| window == name)
            .expect("the box")
    };
    let mut wrong_byte = good.clone();
    wrong_byte[find(b"mdat") + 4 + 2000] ^= 0x10;
    assert!(see(&wrong_byte), "a wrong byte in mdat");

    // Version and flags, sample count, data offset, first flags; then size and composition offset of each sample.
    let mut wrong_time = good.clone();
    let second_offset = find(b"trun") + 4 + 16 + 8 + 4;
    let mut value = [0; 4];
    value.copy_from_slice(&wrong_time[second_offset..second_offset + 4]);
    let moved = (i32::from_be_bytes(value) + 256).to_be_bytes();
    wrong_time[second_offset..second_offset + 4].copy_from_slice(&moved);
    assert!(see(&wrong_time), "a wrong composition offset in trun");
}
