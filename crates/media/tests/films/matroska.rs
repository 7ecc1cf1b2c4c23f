//! Matroska and WebM come out with the same frames and at the same times, however the file was written.

use std::path::Path;

use crate::compare::{Frames, distance, frames, picture};
use crate::make::{Film, encode, run, sources};
use crate::package::{Packaged, package};

/// A Matroska file says times to the millisecond, rounded; of frames in one block it says the first, and ffmpeg adds
/// lengths that are rounded too.
const COARSE_US: i64 = 3_000;

fn assert_near(found: &Frames, expected: &Frames, tolerance_us: i64) {
    assert!(!expected.is_empty(), "the source has frames");
    for (number, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found.0, expected.0, "frame {number} has another content");
        assert!(
            (found.1 - expected.1).abs() <= tolerance_us,
            "frame {number} is at {} µs instead of {}",
            found.1,
            expected.1
        );
    }
    assert_eq!(found.len(), expected.len(), "the number of frames");
}

/// The packets of a sound, and whether each begins where the one before ends.
fn packets(path: &Path, number: usize) -> Frames {
    let map = format!("0:a:{number}");
    let ignore: &[&str] = match path.extension().and_then(|end| end.to_str()) {
        Some("m3u8" | "mpd" | "mkv" | "webm") => &[],
        _ => &["-ignore_editlist", "1"],
    };
    frames(path, ignore, &["-map", &map, "-c", "copy"])
}

pub(crate) fn assert_carried(film: &Film, sounds: usize) -> Packaged {
    let packaged = package(&film.bytes(), film.folder.path(), "out");
    assert_eq!(packaged.index.verdict(), cineclub_media::Verdict::Playable);
    for list in [&packaged.master, &packaged.manifest] {
        assert_near(&picture(list), &picture(&film.path), 1);
        for number in 0..sounds {
            assert_near(
                &packets(list, number),
                &packets(&film.path, number),
                COARSE_US,
            );
        }
        if sounds > 0 {
            let (found, expected) = (distance(list), distance(&film.path));
            assert!(
                (found - expected).abs() <= 0.001,
                "{}: sound is {found} s apart, not {expected}",
                list.display()
            );
        }
    }
    packaged
}

#[test]
fn a_film_with_b_frames_is_carried_frame_by_frame() {
    let film = Film::make_as("film.mkv", &format!("{} {}", sources(10, 25), encode(25)));
    let packaged = assert_carried(&film, 1);
    let starts: Vec<_> = (0..3)
        .map(|n| packaged.index.tracks[0].segment_start_ms(n))
        .collect();
    // The picture waits for the sound, whose decoder warms up for 21 ms.
    assert_eq!(starts, [Some(0), Some(4021), Some(8021)]);
    assert_exact(&packaged, 0, 1024.0 / 48_000.0);
}

/// Sound comes out exact to the sample, although the file's times are rounded: each packet is `each_s` behind the one before.
fn assert_exact(packaged: &Packaged, track: usize, each_s: f64) {
    for (number, packet) in packets(&packaged.master, track).iter().enumerate() {
        let exact = (number as f64 * each_s * 1e6).round() as i64;
        assert!(
            (packet.1 - exact).abs() <= 1,
            "packet {number} is at {} µs instead of {exact}",
            packet.1
        );
    }
}

const AVC: &str = "-c:v libx264 -preset ultrafast -g 25 -bf 2 -b_strategy 0";
const OPEN: &str = "-c:v libx264 -preset ultrafast -g 25 -x264-params open-gop=1:bframes=3";

/// Codecs, containers and ways to write them: each goes out as it came in.
#[test]
fn every_codec_and_every_way_to_write_is_carried() {
    let cases = [
        (
            "hevc.mkv",
            "-c:v libx265 -x265-params log-level=none:keyint=25:bframes=3 -preset ultrafast",
            "-c:a ac3 -ac 2",
            ["hvc1.1.", "ac-3"],
        ),
        (
            "ten.mkv",
            "-c:v libx265 -x265-params log-level=none:keyint=25:open-gop=1 -preset ultrafast -pix_fmt yuv420p10le",
            "-c:a eac3 -ac 2",
            ["hvc1.2.", "ec-3"],
        ),
        (
            "av1.webm",
            "-c:v libsvtav1 -preset 12 -g 25",
            "-c:a libopus -ac 2",
            ["av01.0.", "Opus"],
        ),
        (
            "vp9.webm",
            "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25",
            "-c:a libopus -frame_duration 60 -ac 2",
            ["vp09.00.1", "Opus"],
        ),
        (
            "deep.mkv",
            "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -pix_fmt yuv420p10le",
            "-c:a flac -ac 2",
            ["vp09.02.1", "fLaC"],
        ),
        (
            "mp3.mkv",
            AVC,
            "-c:a libmp3lame -ar 44100",
            ["avc1.", "mp4a.6B"],
        ),
        (
            "slow.mkv",
            AVC,
            "-c:a libmp3lame -ar 22050",
            ["avc1.", "mp4a.69"],
        ),
        (
            "open.mkv",
            OPEN,
            "-c:a aac -ac 2 -ar 44100",
            ["avc1.", "mp4a.40.2"],
        ),
        (
            "live.mkv",
            AVC,
            "-c:a aac -ac 2 -f matroska -live 1",
            ["avc1.", "mp4a.40.2"],
        ),
        (
            "front.mkv",
            AVC,
            "-c:a aac -ac 2 -reserve_index_space 4000",
            ["avc1.", "mp4a.40.2"],
        ),
        (
            "short.mkv",
            AVC,
            "-c:a aac -ac 2 -cluster_time_limit 300",
            ["avc1.", "mp4a.40.2"],
        ),
        (
            "small.mkv",
            AVC,
            "-c:a aac -ac 2 -cluster_size_limit 4000",
            ["avc1.", "mp4a.40.2"],
        ),
        (
            "wide.mkv",
            AVC,
            "-c:a aac -ac 2 -cluster_time_limit 20000 -cluster_size_limit 50000000",
            ["avc1.", "mp4a.40.2"],
        ),
    ];
    for (name, picture, sound, strings) in cases {
        eprintln!("{name}");
        let film = Film::make_as(name, &format!("{} {picture} {sound}", sources(6, 25)));
        let packaged = assert_carried(&film, 1);
        let master = std::fs::read_to_string(&packaged.master).expect("the playlist");
        for string in strings {
            assert!(master.contains(string), "{string}: {master}");
        }
    }
}

/// What the usual tool for Matroska writes: sound laced, block groups, tracks compressed, clusters of its own choice.
#[test]
fn what_mkvmerge_writes_is_carried() {
    let source = Film::make_as(
        "source.mkv",
        &format!(
            "{} -map 0:v -map 1:a -map 1:a -map 1:a {AVC} -c:a:0 ac3 -c:a:1 aac -c:a:2 libmp3lame -ar:a:2 44100 -ac 2",
            sources(6, 25)
        ),
    );
    let path = source.path.to_str().expect("a plain path");
    for (name, words) in [
        ("usual.mkv", ""),
        ("laced.webm.mkv", "--cluster-length 2000ms"),
        ("simple.mkv", "--disable-lacing --engage no_simpleblocks"),
        ("no-cues.mkv", "--no-cues"),
        ("fine.mkv", "--timestamp-scale 10000 --cluster-length 300ms"),
        ("samples.mkv", "--timestamp-scale -1"),
    ] {
        eprintln!("{name}");
        let out = source.folder.path().join(name);
        let out = out.to_str().expect("a plain path");
        let words: Vec<&str> = words.split_whitespace().collect();
        run(
            "mkvmerge",
            &[&["-q", "-o", out], words.as_slice(), &[path]].concat(),
        );
        let film = Film {
            folder: tempfile::tempdir().expect("a temporary folder"),
            path: out.into(),
        };
        let packaged = assert_carried(&film, 3);
        assert_exact(&packaged, 0, 1536.0 / 48_000.0);
        assert_exact(&packaged, 1, 1024.0 / 48_000.0);
        assert_exact(&packaged, 2, 1152.0 / 44_100.0);
    }
}
