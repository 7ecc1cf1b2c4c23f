//! Several sizes of one film are cut together, and what is switched between plays on.

use std::path::{Path, PathBuf};

use cineclub_media as media;
use m3u8_rs::{MasterPlaylist, MediaPlaylist};
use media::hls::{key_playlist, media_playlist, multivariant, rung_playlist};
use media::{Index, Kind, Ladder, Lookup, Segment, Selection, Sizes};

use crate::compare::{PICTURE, assert_frames, frames, sound};
use crate::make::{Film, ffprobe};
use crate::package::sent;

/// A film of so many seconds in a size, with a key frame every `key` frames and nowhere else, and with sound.
fn size(seconds: u32, (size, rate): (&str, u32), key: u32, more: &str) -> Film {
    Film::make_as("film.mp4", &words(seconds, (size, rate), key, more))
}

fn words(seconds: u32, (size, rate): (&str, u32), key: u32, more: &str) -> String {
    format!(
        "-f lavfi -i testsrc2=s=640x360:r={rate}:d={seconds} -f lavfi -i sine=r=48000:d={seconds} -s {size} \
         -c:v libx264 -preset ultrafast -bf 2 -b_strategy 0 -g {key} -keyint_min {key} -sc_threshold 0 \
         -pix_fmt yuv420p -c:a aac -ac 2 -b:a 96k {more}"
    )
}

struct Rung {
    film: Film,
    bytes: Vec<u8>,
    index: Index,
}

impl Rung {
    fn of(film: Film) -> Rung {
        let bytes = film.bytes();
        let (index, _) = media::open(&bytes, bytes.len() as u64).expect("an index");
        Rung { film, bytes, index }
    }
}

/// A ladder written to a folder as a server would serve it.
struct Packaged {
    ladder: Ladder,
    folder: PathBuf,
    master: String,
    manifest: String,
}

fn ladder(rungs: &[Rung]) -> Ladder {
    let others: Vec<_> = rungs[1..].iter().map(|rung| Some(&rung.index)).collect();
    Ladder::new(&rungs[0].index, &others)
}

fn package(rungs: &[Rung], within: &Path) -> Packaged {
    let ladder = ladder(rungs);
    let folder = within.join("ladder");
    let lead = &rungs[0];
    let others: Vec<_> = (1..)
        .zip(rungs[1..].iter().map(|rung| &rung.index))
        .collect();
    let sizes = Sizes::new(&lead.index, &ladder, &others);
    let selection = Selection::everything(&lead.index);
    let master = multivariant(sizes, &selection).expect("a playlist");
    let manifest = media::dash::manifest(sizes, &selection).expect("a manifest");
    write(&folder, "master.m3u8", master.as_bytes());
    write(&folder, "manifest.mpd", manifest.as_bytes());
    for (place, rung) in (0..).zip(rungs) {
        let lookup = Lookup::open(&rung.bytes, &rung.index).expect("the film can be read again");
        for track in rung.index.tracks.iter().filter(|track| track.is_playable()) {
            let is_picture = track.kind == Kind::Video;
            let joined = ladder.picture(place).filter(|_| is_picture);
            if joined.is_none() && place > 0 {
                continue;
            }
            let at = folder.join(match place {
                0 => track.number.to_string(),
                _ => format!("{place}-{}", track.number),
            });
            let list = match joined {
                Some(_) => rung_playlist(&rung.index, &ladder, place, None),
                None => media_playlist(&rung.index, track.number),
            };
            write(&at, "index.m3u8", list.expect("a playlist").as_bytes());
            let init = media::init_segment(&rung.index, track.number).expect("an init segment");
            write(&at, "init.mp4", &init);
            let count = joined.map_or(track.segment_count(), |_| ladder.segment_count());
            let mut segment = Segment::default();
            for n in 0..count {
                let run = match joined {
                    Some(_) => ladder.run(place, n).expect("it has such a segment"),
                    None => n..n + 1,
                };
                media::plan_run(
                    &rung.index,
                    lookup.samples(),
                    track.number,
                    run,
                    &mut segment,
                )
                .expect("the segment can be planned");
                write(&at, &format!("{n}.m4s"), &sent(&rung.bytes, &segment));
            }
            if is_picture {
                let keys = key_playlist(&rung.index, track.number).expect("a playlist");
                write(&at, "keys.m3u8", keys.as_bytes());
            }
        }
    }
    Packaged {
        ladder,
        folder,
        master,
        manifest,
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join(name), bytes).expect("a file");
}

fn master(text: &str) -> MasterPlaylist {
    m3u8_rs::parse_master_playlist_res(text.as_bytes()).expect("a multivariant playlist")
}

fn playlist(path: &Path) -> MediaPlaylist {
    let text = std::fs::read(path).expect("the playlist");
    m3u8_rs::parse_media_playlist_res(&text).expect("a media playlist")
}

/// When each segment of a rung begins, in milliseconds.
fn starts(rung: &Rung, ladder: &Ladder, place: u32) -> Vec<u64> {
    let picture = ladder.picture(place).expect("it fits");
    let track = rung.index.track(picture).expect("it is there");
    let runs = (0..ladder.segment_count()).map(|n| ladder.run(place, n).expect("a run"));
    runs.map(|run| track.segment_start_ms(run.start).expect("a cut"))
        .collect()
}

/// When frames are shown, in milliseconds, and how tall they are.
fn shown(path: &Path) -> Vec<(i64, u32)> {
    let words = [
        "-select_streams",
        "v",
        "-show_entries",
        "frame=best_effort_timestamp_time,height",
        "-of",
        "csv=p=0",
    ];
    let listing = ffprobe(&words, path);
    let frame = |line: &str| {
        let numbers: Vec<f64> = line
            .split(',')
            .filter_map(|field| field.trim().parse().ok())
            .collect();
        // The order of fields is ffprobe's own; a picture is taller than a film is long, here.
        let tall = numbers.iter().copied().fold(0.0, f64::max);
        let time = numbers.iter().copied().fold(f64::INFINITY, f64::min);
        ((time * 1000.0).round() as i64, tall as u32)
    };
    listing
        .lines()
        .filter(|line| !line.trim_matches(',').is_empty())
        .map(frame)
        .collect()
}

#[test]
fn rungs_have_a_cut_at_each_boundary_and_decode_to_their_own_frames() {
    // The second has its key frames every three seconds, the third half the frames, the fourth another container.
    let other = words(24, ("256x144", 25), 50, "-map 0:v");
    let rungs = [
        size(24, ("640x360", 25), 50, ""),
        size(24, ("320x180", 25), 75, ""),
        size(24, ("480x270", 50), 100, ""),
        Film::make_as("film.mkv", &other),
    ]
    .map(Rung::of);
    let folder = tempfile::tempdir().expect("a folder");
    let packaged = package(&rungs, folder.path());
    for place in 0..4 {
        let rung = &rungs[place as usize];
        assert_eq!(starts(rung, &packaged.ladder, place), [0, 12_000]);
        let at = match place {
            0 => "1".to_owned(),
            _ => format!("{place}-1"),
        };
        let list = packaged.folder.join(at).join("index.m3u8");
        assert_frames(
            &frames(&list, &[], PICTURE),
            &frames(&rung.film.path, &[], PICTURE),
        );
    }
    // Sound keeps its own segments.
    let heard = packaged.folder.join("2/index.m3u8");
    assert_eq!(playlist(&heard).segments.len(), 6);
    assert_frames(&sound(&heard, 0), &sound(&rungs[0].film.path, 0));
}

#[test]
fn a_switch_at_each_boundary_decodes_and_goes_on_where_the_other_stopped() {
    let rungs = [
        size(24, ("640x360", 25), 50, ""),
        size(24, ("320x180", 25), 50, ""),
        size(24, ("480x270", 25), 50, ""),
    ]
    .map(Rung::of);
    let folder = tempfile::tempdir().expect("a folder");
    let packaged = package(&rungs, folder.path());
    assert_eq!(packaged.ladder.segment_count(), 6);
    let (mut next, mut heights) = (None, Vec::new());
    for n in 0..6_u32 {
        let at = packaged.folder.join(["1", "1-1", "2-1"][n as usize % 3]);
        let piece = ["init.mp4".to_owned(), format!("{n}.m4s")];
        let bytes = piece.map(|name| std::fs::read(at.join(name)).expect("it was written"));
        let path = rungs[0].film.write("piece.mp4", &bytes.concat());
        for (time, height) in shown(&path) {
            assert_eq!(time, next.unwrap_or(time), "segment {n}");
            next = Some(time + 40);
            heights.push(height);
        }
    }
    assert_eq!(heights.len(), 600);
    heights.dedup();
    assert_eq!(heights, [360, 180, 270, 360, 180, 270]);
}

#[test]
fn the_playlists_list_every_size_and_begin_with_one_that_is_neither_slow_nor_small() {
    let rungs = [
        size(12, ("1920x1080", 25), 50, ""),
        size(12, ("640x360", 25), 50, ""),
        size(12, ("1280x720", 25), 50, ""),
    ]
    .map(Rung::of);
    let folder = tempfile::tempdir().expect("a folder");
    let packaged = package(&rungs, folder.path());
    let parsed = master(&packaged.master);
    assert!(parsed.independent_segments);
    let (keys, variants): (Vec<_>, Vec<_>) = parsed
        .variants
        .iter()
        .partition(|variant| variant.is_i_frame);
    let places: Vec<_> = variants
        .iter()
        .map(|variant| variant.uri.as_str())
        .collect();
    assert_eq!(places, ["2-1/index.m3u8", "1-1/index.m3u8", "1/index.m3u8"]);
    let keys: Vec<_> = keys.iter().map(|variant| variant.uri.as_str()).collect();
    assert_eq!(keys, ["2-1/keys.m3u8", "1-1/keys.m3u8", "1/keys.m3u8"]);
    for variant in variants {
        let list = packaged.folder.join(&variant.uri);
        let sound = packaged.folder.join("2/index.m3u8");
        let mut most = 0.0;
        for list in [list, sound] {
            let at = list.parent().expect("a folder").to_owned();
            let rates = playlist(&list).segments.into_iter().map(|segment| {
                let size = std::fs::metadata(at.join(&segment.uri))
                    .expect("a segment")
                    .len();
                size as f64 * 8.0 / f64::from(segment.duration)
            });
            most += rates.fold(0.0, f64::max);
        }
        assert!(
            variant.bandwidth as f64 >= most * 0.999,
            "{} < {most}",
            variant.bandwidth
        );
        assert!(
            variant.bandwidth as f64 <= most * 1.01,
            "{} > {most}",
            variant.bandwidth
        );
        assert_eq!(variant.audio.as_deref(), Some("sound"));
    }
    let sets = packaged.manifest.matches("<AdaptationSet").count();
    assert_eq!(
        sets,
        1 + 3 + 1,
        "one picture, its key frames in each size, one sound"
    );
    for id in ["1", "1-1", "2-1"] {
        assert!(
            packaged
                .manifest
                .contains(&format!("<Representation id=\"{id}\""))
        );
        assert!(
            packaged
                .manifest
                .contains(&format!("media=\"{id}/$Number$.m4s\""))
        );
    }
}

/// What is joined is never faster than what it is joined of: the rates of the index hold for the ladder too.
#[test]
fn joined_segments_keep_to_the_rates_that_are_told() {
    let rungs = [
        size(24, ("640x360", 25), 50, "-b:v 600k"),
        size(24, ("320x180", 25), 75, "-b:v 300k"),
    ]
    .map(Rung::of);
    let folder = tempfile::tempdir().expect("a folder");
    let packaged = package(&rungs, folder.path());
    for (rung, at) in rungs.iter().zip(["1", "1-1"]) {
        let list = packaged.folder.join(at).join("index.m3u8");
        for segment in playlist(&list).segments {
            let size = std::fs::metadata(packaged.folder.join(at).join(&segment.uri));
            let rate = size.expect("a segment").len() as f64 * 8.0 / f64::from(segment.duration);
            assert!(rate <= rung.index.tracks[0].peak_bps as f64, "{at}: {rate}");
        }
    }
}

/// The negative control: what can't be switched to is left out, with its reason, and the rest stays a ladder.
#[test]
fn a_film_that_does_not_fit_is_left_out_with_its_reason() {
    let rungs = [
        size(36, ("640x360", 25), 100, ""),
        size(36, ("320x180", 25), 93, ""),
        size(37, ("320x180", 25), 100, ""),
        size(36, ("320x240", 25), 100, "-vf scale=320:240,setsar=1"),
        size(
            36,
            ("320x180", 25),
            100,
            "-c:v libvpx-vp9 -deadline realtime -cpu-used 8",
        ),
        Film::make("-f lavfi -i sine=r=48000:d=36 -c:a aac"),
        size(40, ("320x180", 25), 100, "").again("-ss 3.3", "-t 32.7 -c copy"),
        size(36, ("480x270", 25), 100, ""),
    ]
    .map(Rung::of);
    let ladder = ladder(&rungs);
    let whys: Vec<_> = (0..8)
        .map(|rung| match ladder.misfit(rung) {
            None => "fits".to_owned(),
            Some(why) => why.to_string(),
        })
        .collect();
    insta::assert_snapshot!(whys.join("\n"), @"
    fits
    its key frames lie elsewhere: for 36.0 s there is no common one; encode all sizes with the same key frames
    it is 37.0 s long and the film 36.0 s
    its picture has another shape: 320×240 instead of 640×360
    its picture is coded as vp9 and the film's as h264: players switch within one codec
    there is no picture to switch to
    its edit list begins elsewhere between key frames than the film's
    fits
    ");
    assert_eq!(ladder.segment_count(), 9);
    assert!(ladder.run(1, 0).is_err() && ladder.run(7, 9).is_err() && ladder.run(8, 0).is_err());
    assert_eq!(ladder.run(7, 8).ok(), Some(8..9));
    let lead = &rungs[0].index;
    let listed: Vec<_> = (1..)
        .zip(rungs[1..].iter().map(|rung| &rung.index))
        .collect();
    let text = multivariant(
        Sizes::new(lead, &ladder, &listed),
        &Selection::everything(lead),
    );
    assert_eq!(
        master(&text.expect("a playlist")).variants.len(),
        4,
        "two sizes and their key frames"
    );
}

/// A permit may leave out the leading film's own picture: its sound is still the ladder's.
#[test]
fn the_leading_picture_may_be_left_out() {
    let rungs = [
        size(12, ("640x360", 25), 50, ""),
        size(12, ("320x180", 25), 50, "-an"),
    ]
    .map(Rung::of);
    let ladder = ladder(&rungs);
    let others = [(1, &rungs[1].index)];
    let sizes = Sizes::new(&rungs[0].index, &ladder, &others);
    let selection = Selection {
        tracks: vec![2],
        ..Selection::default()
    };
    let text = multivariant(sizes, &selection).expect("a playlist");
    let variants = master(&text).variants;
    assert!(
        variants
            .iter()
            .all(|variant| variant.uri.starts_with("1-1/")),
        "{text}"
    );
    let manifest = media::dash::manifest(sizes, &selection).expect("a manifest");
    assert!(
        manifest.contains("<AdaptationSet id=\"1\" contentType=\"video\""),
        "{manifest}"
    );
    assert!(manifest.contains("media=\"2/$Number$.m4s\""), "{manifest}");
}
