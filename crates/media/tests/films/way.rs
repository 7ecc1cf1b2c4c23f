//! Writes a Matroska film anew, in the ways in which programs have written it over twenty years.

use matroska_demuxer::{Frame, MatroskaFile, TrackType};

use crate::make::Film;

/// How a film is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    /// As RFC 9559, section 10.3, numbers them: 1 is Xiph's, 2 fixed size, 3 EBML's.
    pub(crate) lacing: u8,
    /// The first two bytes of each frame of sound are taken off.
    pub(crate) is_stripped: bool,
    pub(crate) has_unknown_sizes: bool,
    pub(crate) has_groups: bool,
    /// Clusters begin so many blocks before their key frame.
    pub(crate) early: usize,
    /// Sound lies so many blocks later than it should.
    pub(crate) late_sound: usize,
    /// So many pictures at the start are left out.
    pub(crate) without: usize,
    /// Everything is shown so many milliseconds earlier: the first frames at negative times.
    pub(crate) before_zero: u64,
    pub(crate) cues: Cues,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cues {
    None,
    Right,
    /// Each says the place of the cluster after its own.
    Wrong,
    /// The first alone.
    Sparse,
}

impl Way {
    /// Neither list nor lacing, blocks in the order of the source.
    pub(crate) const PLAIN: Way = Way {
        lacing: 0,
        is_stripped: false,
        has_unknown_sizes: false,
        has_groups: false,
        early: 0,
        late_sound: 0,
        without: 0,
        before_zero: 0,
        cues: Cues::None,
    };
}

pub(crate) fn element(id: u32, body: &[u8]) -> Vec<u8> {
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

pub(crate) fn number(id: u32, value: u64) -> Vec<u8> {
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

/// The film `source` with the same frames, written in this way.
pub(crate) fn written(source: &Film, way: Way) -> Film {
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
