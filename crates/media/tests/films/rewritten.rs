//! Matroska as other programs have written it over twenty years: a film is taken apart and written anew in each of their ways.

use cineclub_media as media;
use matroska_demuxer::{Frame, MatroskaFile, TrackType};

use crate::bad_input::{exercise, mutate};
use crate::make::{Film, sources};
use crate::matroska::assert_carried;
use crate::package::segment_bytes;

/// How a film is written.
#[derive(Clone, Copy, Default)]
struct Way {
    /// As RFC 9559, section 10.3, numbers them: 1 is Xiph's, 2 fixed size, 3 EBML's.
    lacing: u8,
    /// The first two bytes of each frame of sound are taken off.
    is_stripped: bool,
    has_unknown_sizes: bool,
    has_groups: bool,
    /// Clusters begin so many blocks before their key frame.
    early: usize,
    /// Sound lies so many blocks later than it should.
    late_sound: usize,
    /// So many pictures at the start are left out.
    without: usize,
    /// Everything is shown so many milliseconds earlier: the first frames at negative times.
    before_zero: u64,
    cues: Cues,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Cues {
    #[default]
    None,
    Right,
    /// Each says the place of the cluster after its own.
    Wrong,
    /// The first alone.
    Sparse,
}

fn element(id: u32, body: &[u8]) -> Vec<u8> {
    let mut out = name(id);
    out.extend((1_u64 << 56 | body.len() as u64).to_be_bytes());
    out.extend(body);
    out
}

fn name(id: u32) -> Vec<u8> {
    let bytes = id.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes[zeros..].to_vec()
}

fn number(id: u32, value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

/// What is written: the heads of the tracks, and the frames as they lay in the source.
struct Parts {
    tracks: Vec<Vec<u8>>,
    sound: u64,
    frames: Vec<Frame>,
}

fn parts(source: &Film, way: Way) -> Parts {
    let file = std::fs::File::open(&source.path).expect("the film was just made");
    let mut file = MatroskaFile::open(file).expect("it is Matroska");
    let mut parts = Parts {
        tracks: Vec::new(),
        sound: 0,
        frames: Vec::new(),
    };
    for track in file.tracks() {
        let id = track.track_number().get();
        let is_sound = track.track_type() == TrackType::Audio;
        let mut entry = [
            number(0xD7, id),
            number(0x83, if is_sound { 2 } else { 1 }),
            element(0x86, track.codec_id().as_bytes()),
        ]
        .concat();
        if let Some(private) = track.codec_private() {
            entry.extend(element(0x63A2, private));
        }
        if let Some(video) = track.video() {
            let sizes = [
                number(0xB0, video.pixel_width().get()),
                number(0xBA, video.pixel_height().get()),
            ];
            entry.extend(element(0xE0, &sizes.concat()));
        }
        if let Some(audio) = track.audio() {
            parts.sound = id;
            let rate = element(0xB5, &audio.sampling_frequency().to_be_bytes());
            entry.extend(element(
                0xE1,
                &[rate, number(0x9F, audio.channels().get())].concat(),
            ));
            // AC-3's frames begin with 0x0B77.
            if way.is_stripped {
                let settings = [number(0x4254, 3), element(0x4255, b"\x0B\x77")].concat();
                let encoding = element(0x6240, &element(0x5034, &settings));
                entry.extend(element(0x6D80, &encoding));
            }
        }
        parts.tracks.push(element(0xAE, &entry));
    }
    let mut frame = Frame::default();
    let mut pictures = 0;
    while file.next_frame(&mut frame).expect("its frames can be read") {
        let is_left_out = frame.track != parts.sound && pictures < way.without;
        pictures += usize::from(frame.track != parts.sound);
        if !is_left_out {
            parts.frames.push(frame.clone());
        }
    }
    parts
}

/// Blocks in the order they are written: the number of frames in each is what lacing makes of it.
fn blocks(parts: &Parts, way: Way) -> Vec<Vec<Frame>> {
    let mut blocks: Vec<Vec<Frame>> = Vec::new();
    let mut open: Vec<Frame> = Vec::new();
    for frame in &parts.frames {
        if frame.track == parts.sound && way.lacing > 0 {
            open.push(frame.clone());
            if open.len() == 3 {
                blocks.push(std::mem::take(&mut open));
            }
        } else {
            blocks.push(vec![frame.clone()]);
        }
    }
    blocks.extend((!open.is_empty()).then_some(open));
    if way.late_sound > 0 {
        let (sound, picture): (Vec<_>, Vec<_>) = blocks
            .into_iter()
            .enumerate()
            .partition(|(_, block)| block[0].track == parts.sound);
        let sound = sound
            .into_iter()
            .map(|(place, block)| (place + way.late_sound, block));
        let mut all: Vec<_> = sound.chain(picture).collect();
        all.sort_by_key(|(place, _)| *place);
        blocks = all.into_iter().map(|(_, block)| block).collect();
    }
    blocks
}

fn body(block: &[Frame], begun: u64, way: Way, sound: u64) -> Vec<u8> {
    let data = |frame: &Frame| -> Vec<u8> {
        let skip = if way.is_stripped && frame.track == sound {
            2
        } else {
            0
        };
        frame.data[skip..].to_vec()
    };
    let mut out = vec![0x80 | block[0].track as u8];
    out.extend(
        (block[0].timestamp as i64 - begun as i64 - way.before_zero as i64)
            .to_string()
            .parse::<i16>()
            .expect("near")
            .to_be_bytes(),
    );
    let key = if block[0].is_keyframe != Some(false) && !way.has_groups {
        0x80
    } else {
        0
    };
    let lacing = if block.len() > 1 { way.lacing } else { 0 };
    out.push(key | lacing << 1);
    let sizes: Vec<usize> = block.iter().map(|frame| data(frame).len()).collect();
    if lacing > 0 {
        out.push(block.len() as u8 - 1);
    }
    match lacing {
        1 => {
            for size in &sizes[..sizes.len() - 1] {
                out.extend(vec![255; size / 255]);
                out.push((size % 255) as u8);
            }
        }
        3 => {
            out.extend((1_u32 << 28 | sizes[0] as u32).to_be_bytes());
            for pair in sizes[..sizes.len() - 1].windows(2) {
                let difference = pair[1] as i64 - pair[0] as i64 + (1 << 27) - 1;
                out.extend((1_u32 << 28 | difference as u32).to_be_bytes());
            }
        }
        _ => {}
    }
    block.iter().for_each(|frame| out.extend(data(frame)));
    out
}

fn written(source: &Film, way: Way) -> Film {
    let parts = parts(source, way);
    let blocks = blocks(&parts, way);
    let is_key =
        |block: &Vec<Frame>| block[0].track != parts.sound && block[0].is_keyframe == Some(true);
    let mut begins: Vec<usize> = (0..blocks.len())
        .filter(|place| is_key(&blocks[*place]))
        .map(|place| place.saturating_sub(way.early))
        .collect();
    // Sound in front of the first key frame has a cluster of its own.
    if begins[0] > 0 {
        begins.insert(0, 0);
    }
    let heads = [
        element(0x1549_A966, &number(0x2A_D7B1, 1_000_000)),
        element(0x1654_AE6B, &parts.tracks.concat()),
    ]
    .concat();
    let mut clusters: Vec<(Option<u64>, Vec<u8>)> = Vec::new();
    for (n, begin) in begins.iter().enumerate() {
        let end = begins.get(n + 1).copied().unwrap_or(blocks.len());
        let own = &blocks[*begin..end];
        let begun = own[0][0].timestamp;
        let mut cluster = number(0xE7, begun);
        for block in own {
            let body = body(block, begun, way, parts.sound);
            if way.has_groups {
                let mut group = element(0xA1, &body);
                if block[0].is_keyframe == Some(false) {
                    group.extend(element(0xFB, &[0xFF]));
                }
                cluster.extend(element(0xA0, &group));
            } else {
                cluster.extend(element(0xA3, &body));
            }
        }
        let mut whole = element(0x1F43_B675, &cluster);
        if way.has_unknown_sizes {
            whole[4..12].copy_from_slice(&[0x01, 255, 255, 255, 255, 255, 255, 255]);
        }
        let key = own
            .iter()
            .find(|block| is_key(block))
            .map(|block| block[0].timestamp);
        clusters.push((key, whole));
    }
    let mut place = heads.len() as u64;
    let mut cues = Vec::new();
    for (n, (key, cluster)) in clusters.iter().enumerate() {
        let shift = match way.cues {
            Cues::Wrong if n > 0 => cluster.len() as u64,
            _ => 0,
        };
        let position = [
            number(0xF7, parts.tracks.len() as u64 + 1 - parts.sound),
            number(0xF1, place + shift),
        ];
        let is_listed = way.cues != Cues::Sparse || cues.is_empty();
        if let Some(key) = key.filter(|_| is_listed) {
            let point = [number(0xB3, key), element(0xB7, &position.concat())];
            cues.extend(element(0xBB, &point.concat()));
        }
        place += cluster.len() as u64;
    }
    let mut segment = heads;
    clusters
        .iter()
        .for_each(|(_, cluster)| segment.extend(cluster));
    if way.cues != Cues::None {
        segment.extend(element(0x1C53_BB6B, &cues));
    }
    let mut out = element(0x1A45_DFA3, &element(0x4282, b"matroska"));
    let mut whole = element(0x1853_8067, &segment);
    if way.has_unknown_sizes {
        whole[4..12].copy_from_slice(&[0x01, 255, 255, 255, 255, 255, 255, 255]);
    }
    out.extend(whole);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("film.mkv");
    std::fs::write(&path, out).expect("the folder can be written to");
    Film { folder, path }
}

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
fn every_way_to_write_the_same_film_gives_the_same_film() {
    let source = source();
    let usual = Way::default();
    let ways = [
        ("plain", usual),
        (
            "listed",
            Way {
                cues: Cues::Right,
                ..usual
            },
        ),
        (
            "listed wrongly",
            Way {
                cues: Cues::Wrong,
                ..usual
            },
        ),
        ("laced by Xiph's way", Way { lacing: 1, ..usual }),
        ("laced in fixed sizes", Way { lacing: 2, ..usual }),
        ("laced by EBML's way", Way { lacing: 3, ..usual }),
        (
            "in groups",
            Way {
                has_groups: true,
                ..usual
            },
        ),
        (
            "as a live recording",
            Way {
                has_unknown_sizes: true,
                ..usual
            },
        ),
        (
            "with heads stripped",
            Way {
                is_stripped: true,
                lacing: 1,
                ..usual
            },
        ),
        (
            "with key frames inside clusters",
            Way {
                early: 9,
                cues: Cues::Right,
                ..usual
            },
        ),
        (
            "with late sound",
            Way {
                late_sound: 40,
                cues: Cues::Right,
                ..usual
            },
        ),
        (
            "with late sound in live clusters",
            Way {
                late_sound: 70,
                has_unknown_sizes: true,
                ..usual
            },
        ),
    ];
    let mut expected: Option<Vec<Vec<u8>>> = None;
    for (what, way) in ways {
        eprintln!("{what}");
        let film = written(&source, way);
        let packaged = assert_carried(&film, 1);
        let payloads: Vec<Vec<u8>> = (1..=2)
            .map(|track| {
                let all = 0..packaged
                    .index
                    .track(track)
                    .expect("two tracks")
                    .segment_count();
                let read = |n| std::fs::read(packaged.folder.join(format!("{track}/{n}.m4s")));
                let payload = |segment: Vec<u8>| {
                    let at = segment.windows(4).position(|four| four == b"mdat");
                    segment[at.expect("it has one") + 4..].to_vec()
                };
                all.map(|n| payload(read(n).expect("it was written")))
                    .collect::<Vec<_>>()
                    .concat()
            })
            .collect();
        let expected = expected.get_or_insert_with(|| payloads.clone());
        assert!(
            *expected == payloads,
            "{what}: the bytes of all frames are the same"
        );
    }
}

#[test]
fn sound_in_front_of_the_first_key_frame_is_played() {
    // The source has a key frame every fifty pictures: the sound begins two seconds earlier.
    let way = Way {
        without: 50,
        ..Way::default()
    };
    assert_carried(&written(&source(), way), 1);
}

#[test]
fn a_film_that_begins_at_a_negative_time_is_the_same_film() {
    let source = source();
    let early = Way {
        before_zero: 200,
        ..Way::default()
    };
    let usual = segments(&written(&source, Way::default()).bytes());
    let early = segments(&written(&source, early).bytes());
    assert!(usual == early, "times count from the first");
}

#[test]
fn a_recording_behind_another_is_left_out() {
    let way = Way {
        has_unknown_sizes: true,
        ..Way::default()
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
        ..Way::default()
    };
    let film = written(&long, way);
    assert_eq!(segments(&film.bytes()).len(), 10);
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
            ..Way::default()
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
            ..Way::default()
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
            ..Way::default()
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

/// Files of others, which came with the reader we compare with: tracks as ffprobe has them, and frames as ffmpeg has.
#[test]
fn odd_files_of_others_are_read() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let listing = crate::make::run(
        &cargo,
        &["metadata", "--format-version", "1", "--offline", "--locked"],
    );
    let listing: serde_json::Value = serde_json::from_str(&listing).expect("JSON");
    let packages = listing["packages"].as_array().expect("packages");
    let theirs = packages
        .iter()
        .find(|package| package["name"] == "matroska-demuxer");
    let manifest = theirs.expect("a dependency of the tests")["manifest_path"].as_str();
    let folder = std::path::Path::new(manifest.expect("a path")).with_file_name("tests/data");
    let mut played = 0;
    for entry in std::fs::read_dir(folder).expect("its test data").flatten() {
        let path = entry.path();
        eprintln!("{}", path.display());
        let bytes = std::fs::read(&path).expect("a file");
        let ours = media::probe(&bytes, bytes.len() as u64).expect("it can be described");
        let words = ["-show_entries", "stream=codec_name", "-of", "csv=p=0"];
        let theirs = crate::make::ffprobe(&words, &path);
        let names: Vec<&str> = ours
            .tracks
            .iter()
            .map(|track| track.codec.as_str())
            .collect();
        assert_eq!(
            names,
            theirs
                .lines()
                .map(|line| line.trim_end_matches(','))
                // It counts attachments among the streams, a cover last.
                .filter(|name| !name.is_empty())
                .take(names.len())
                .collect::<Vec<_>>()
        );
        let (index, _) = media::open(&bytes, bytes.len() as u64).expect("an index");
        if index.video().is_some() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let packaged = crate::package::package(&bytes, folder.path(), "out");
            let found = crate::compare::picture(&packaged.master);
            assert!(
                found == crate::compare::picture(&path),
                "{}",
                path.display()
            );
            played += 1;
        }
    }
    assert_eq!(played, 3, "those with AV1 play; 4:4:4 and MPEG-4 wait");
}
