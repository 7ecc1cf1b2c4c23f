//! Playlists say what is there, and another program reads them so.

use cineclub_media as media;
use m3u8_rs::{AlternativeMediaType, MasterPlaylist, MediaPlaylist};
use media::hls::{key_playlist, media_playlist, multivariant, subtitle_playlist, tile_playlist};
use media::{Selection, SubtitleRendition, Tiles};

use crate::make::{Film, encode, sources};
use crate::package::{package, segment_bytes};

fn film() -> Film {
    Film::make(&format!(
        "{} -map 0:v -map 1:a -map 1:a {} -metadata:s:a:0 language=fre -metadata:s:a:1 language=eng -metadata:s:a:1 title=Commentary",
        sources(10, 25),
        encode(30)
    ))
}

fn master(text: &str) -> MasterPlaylist {
    m3u8_rs::parse_master_playlist_res(text.as_bytes()).expect("a multivariant playlist")
}

fn playlist(text: &str) -> MediaPlaylist {
    m3u8_rs::parse_media_playlist_res(text.as_bytes()).expect("a media playlist")
}

#[test]
fn the_multivariant_playlist_lists_the_selection_and_nothing_else() {
    let film = film();
    let bytes = film.bytes();
    let (index, _) = media::open(&bytes, bytes.len() as u64).expect("an index");
    let mut selection = Selection::everything(&index);
    selection.subtitles = vec![
        SubtitleRendition {
            track: "s1".into(),
            language: Some("fra".into()),
            sdh: true,
            ..Default::default()
        },
        SubtitleRendition {
            track: "s2".into(),
            name: Some("a \"b\"\n".into()),
            language: Some("ger".into()),
            forced: true,
            default: true,
            ..Default::default()
        },
    ];
    let text = multivariant(&index, &selection).expect("a playlist");
    let parsed = master(&text);
    assert!(parsed.independent_segments);
    let variant = &parsed.variants[0];
    let keys: Vec<bool> = parsed
        .variants
        .iter()
        .map(|variant| variant.is_i_frame)
        .collect();
    assert_eq!(keys, [false, true]);
    assert_eq!(variant.uri, "1/index.m3u8");
    assert_eq!(
        variant.resolution.map(|size| (size.width, size.height)),
        Some((160, 90))
    );
    assert_eq!(variant.frame_rate, Some(25.0));
    let codecs = variant.codecs.as_deref().unwrap_or_default();
    assert!(
        codecs.starts_with("avc1.") && codecs.ends_with(",mp4a.40.2"),
        "{codecs}"
    );
    let sounds: Vec<_> = parsed
        .alternatives
        .iter()
        .filter(|media| media.media_type == AlternativeMediaType::Audio)
        .collect();
    assert_eq!(
        sounds
            .iter()
            .map(|media| media.name.as_str())
            .collect::<Vec<_>>(),
        ["Français", "English (Commentary)"]
    );
    assert_eq!(sounds[0].language.as_deref(), Some("fr"));
    assert_eq!(
        sounds
            .iter()
            .map(|media| (media.default, media.autoselect))
            .collect::<Vec<_>>(),
        [(true, true), (false, false)]
    );
    let texts: Vec<_> = parsed
        .alternatives
        .iter()
        .filter(|media| media.media_type == AlternativeMediaType::Subtitles)
        .collect();
    assert_eq!(texts[0].name, "Français");
    assert!(
        texts[0]
            .characteristics
            .as_deref()
            .unwrap_or_default()
            .contains("transcribes-spoken-dialog")
    );
    assert_eq!(
        (texts[1].name.as_str(), texts[1].forced, texts[1].default),
        ("a 'b'", true, true)
    );

    let narrow = Selection {
        tracks: vec![1, 3],
        ..Selection::default()
    };
    let text = multivariant(&index, &narrow).expect("a playlist");
    assert!(
        !text.contains("2/index.m3u8") && !text.contains("Fran") && !text.contains("SUBTITLES"),
        "{text}"
    );
    assert!(multivariant(&index, &Selection::default()).is_err());
    let hostile = Selection {
        tracks: vec![1],
        subtitles: vec![SubtitleRendition {
            track: "../x".into(),
            ..Default::default()
        }],
        ..Selection::default()
    };
    assert!(multivariant(&index, &hostile).is_err());
}

#[test]
fn segments_have_the_lengths_and_the_rates_the_playlists_say() {
    let film = film();
    let bytes = film.bytes();
    let (index, tables) = media::open(&bytes, bytes.len() as u64).expect("an index");
    let lookup = media::Lookup::new(&bytes, &index, tables);
    let mut peaks = 0.0;
    let mut averages = 0.0;
    for number in [1, 2] {
        let parsed = playlist(&media_playlist(&index, number).expect("a playlist"));
        let track = index.track(number).expect("it is there");
        assert!(parsed.end_list);
        assert_eq!(parsed.segments.len() as u32, track.segment_count());
        let lengths: Vec<f64> = parsed
            .segments
            .iter()
            .map(|segment| f64::from(segment.duration))
            .collect();
        let total: f64 = lengths.iter().sum();
        assert!(
            (total - track.duration_ms as f64 / 1000.0).abs() < 0.001,
            "{total}"
        );
        let target = parsed.target_duration as f64;
        assert!(
            lengths.iter().all(|length| length.round() <= target),
            "{lengths:?} against {target}"
        );
        let mut segment = media::Segment::default();
        let sizes: Vec<f64> = (0..track.segment_count())
            .map(|n| {
                segment_bytes(&bytes, &index, lookup.samples(), number, n, &mut segment).len()
                    as f64
                    * 8.0
            })
            .collect();
        let whole: f64 = sizes.iter().sum();
        averages += whole / total;
        peaks += sizes
            .iter()
            .zip(&lengths)
            .filter(|(_, length)| **length >= target / 2.0)
            .map(|(size, length)| size / length)
            .fold(0.0, f64::max);
    }
    let text = multivariant(
        &index,
        &Selection {
            tracks: vec![1, 2],
            ..Selection::default()
        },
    )
    .expect("a playlist");
    let variant = &master(&text).variants[0];
    let near = |said: u64, found: f64| (said as f64 - found).abs() <= found * 0.002;
    assert!(
        near(variant.average_bandwidth.unwrap_or(0), averages),
        "{text}: {averages}"
    );
    assert!(variant.bandwidth as f64 >= peaks * 0.998, "{text}: {peaks}");
    assert!(variant.bandwidth as f64 <= peaks * 1.5, "{text}: {peaks}");
}

#[test]
fn picture_and_sound_share_their_boundaries_to_a_frame() {
    let film = film();
    let packaged = package(&film.bytes(), film.folder.path(), "out");
    let [picture, sound, ..] = packaged.index.tracks.as_slice() else {
        panic!("two tracks")
    };
    assert_eq!(picture.segment_count(), sound.segment_count());
    for n in 0..picture.segment_count() {
        let (seen, heard) = (picture.segment_start_ms(n), sound.segment_start_ms(n));
        let late = heard.unwrap_or(0).checked_sub(seen.unwrap_or(0));
        assert!(
            late.is_some_and(|late| late <= 22),
            "segment {n}: {seen:?} and {heard:?}"
        );
    }
}

#[test]
fn subtitles_are_one_segment_as_long_as_the_film() {
    let parsed = playlist(&subtitle_playlist(5_400_250));
    assert_eq!(parsed.target_duration, 5400);
    assert_eq!(parsed.segments[0].uri, "text.vtt");
}

#[test]
fn another_reader_of_boxes_understands_init_and_segments() {
    use mp4_atom::{Any, Moof, Moov, ReadFrom};
    let film = film();
    let packaged = package(&film.bytes(), film.folder.path(), "out");
    for number in [1, 2] {
        let folder = packaged.folder.join(number.to_string());
        let init = std::fs::read(folder.join("init.mp4")).expect("the init segment");
        let mut rest = init.as_slice();
        let mut moov: Option<Moov> = None;
        while !rest.is_empty() {
            if let Any::Moov(found) = Any::read_from(&mut rest).expect("a box") {
                moov = Some(found);
            }
        }
        let moov = moov.expect("a film header");
        assert_eq!(moov.trak.len(), 1);
        assert_eq!(moov.trak[0].tkhd.track_id, number);
        assert!(moov.mvex.is_some());

        let segment = std::fs::read(folder.join("1.m4s")).expect("the second segment");
        let mut rest = segment.as_slice();
        let mut moof: Option<Moof> = None;
        let mut payload = 0;
        while !rest.is_empty() {
            match Any::read_from(&mut rest).expect("a box") {
                Any::Moof(found) => moof = Some(found),
                Any::Mdat(found) => payload = found.data.len(),
                _ => {}
            }
        }
        let moof = moof.expect("a fragment");
        assert_eq!(moof.mfhd.sequence_number, 2);
        let traf = &moof.traf[0];
        assert!(traf.tfhd.base_data_offset.is_none());
        let track = packaged.index.track(number).expect("it is there");
        let decode = traf
            .tfdt
            .as_ref()
            .map_or(0, |tfdt| tfdt.base_media_decode_time)
            * 1000
            / u64::from(track.timescale);
        let start = track.segment_start_ms(1).expect("it has two");
        assert!(decode.abs_diff(start) < 90, "{decode} and {start}");
        let sizes: usize = traf
            .trun
            .iter()
            .flat_map(|run| run.samples.iter())
            .map(|entry| entry.size.unwrap_or(0) as usize)
            .sum();
        assert_eq!(sizes, payload);
    }
}

#[test]
fn every_key_frame_is_listed_and_is_one_picture_shown_as_long_as_its_segment() {
    let film = film();
    let packaged = package(&film.bytes(), film.folder.path(), "out");
    let text = std::fs::read_to_string(packaged.folder.join("1/keys.m3u8")).expect("a playlist");
    let keys = playlist(&text);
    let whole = playlist(&media_playlist(&packaged.index, 1).expect("a playlist"));
    assert!(keys.i_frames_only && !whole.i_frames_only && keys.segments.len() > 1);
    let lengths = |list: &MediaPlaylist| -> Vec<f32> {
        list.segments
            .iter()
            .map(|segment| segment.duration)
            .collect()
    };
    assert_eq!(lengths(&keys), lengths(&whole));
    let master = master(&std::fs::read_to_string(&packaged.master).expect("a playlist"));
    let stream = master.variants.iter().find(|variant| variant.is_i_frame);
    let stream = stream.expect("the multivariant playlist names it");
    assert_eq!(stream.uri, "1/keys.m3u8");
    let init = std::fs::read(packaged.folder.join("1/init.mp4")).expect("an init segment");
    let mut heaviest = 0.0_f64;
    for (n, listed) in keys.segments.iter().enumerate() {
        let fragment =
            std::fs::read(packaged.folder.join("1").join(&listed.uri)).expect("it is there");
        if f64::from(listed.duration) >= f64::from(keys.target_duration as u32) / 2.0 {
            heaviest = heaviest.max(fragment.len() as f64 * 8.0 / f64::from(listed.duration));
        }
        let alone = film.folder.path().join(format!("key {n}.mp4"));
        std::fs::write(&alone, [init.as_slice(), &fragment].concat()).expect("a file");
        let frames = crate::make::ffprobe(
            &["-show_entries", "frame=pict_type", "-of", "csv=p=0"],
            &alone,
        );
        let frames: Vec<&str> = frames
            .lines()
            .map(|line| line.trim_matches(','))
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(frames, ["I"], "key frame {n}");
    }
    assert!(
        stream.bandwidth as f64 >= heaviest * 0.6,
        "{} {heaviest}",
        stream.bandwidth
    );
    assert!(
        key_playlist(&packaged.index, 2).is_err(),
        "sound has no key frames"
    );
}

/// A player that lacks a codec leaves out the variants that name it, so each codec of sound has a variant of its own.
#[test]
fn sounds_of_different_codecs_are_groups_of_their_own() {
    let film = Film::make(&format!(
        "{} -map 0:v -map 1:a -map 1:a -map 1:a -c:v libx264 -preset ultrafast -c:a:0 ac3 -c:a:1 aac -c:a:2 ac3 -ac 2 -metadata:s:a:0 language=fre -metadata:s:a:1 language=fre -metadata:s:a:2 language=eng",
        sources(2, 25)
    ));
    let bytes = film.bytes();
    let (index, _) = media::open(&bytes, bytes.len() as u64).expect("an index");
    let parsed = master(&multivariant(&index, &Selection::everything(&index)).expect("a playlist"));
    let variants: Vec<_> = parsed
        .variants
        .iter()
        .filter(|variant| !variant.is_i_frame)
        .map(|variant| {
            (
                variant.audio.as_deref().unwrap_or_default(),
                variant.codecs.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(
        variants[0].0, "sound-ac3",
        "the one heard by default comes first"
    );
    assert!(
        variants[0].1.ends_with(",ac-3") && variants[1].1.ends_with(",mp4a.40.2"),
        "{variants:?}"
    );
    let groups: Vec<_> = parsed
        .alternatives
        .iter()
        .map(|sound| (sound.group_id.as_str(), sound.name.as_str(), sound.default))
        .collect();
    assert_eq!(
        groups,
        [
            ("sound-ac3", "Français", true),
            ("sound-ac3", "English", false),
            ("sound-aac", "Français", false)
        ]
    );
}

/// Pictures that follow a key frame and are shown before it need the segment before: then no independence is promised.
#[test]
fn segments_of_open_groups_are_not_called_independent() {
    for (open, sap) in [(1, "3"), (0, "1")] {
        let film = Film::make(&format!(
            "{} -map 0:v -c:v libx265 -x265-params log-level=none:open-gop={open}:keyint=27:min-keyint=27:scenecut=0:bframes=3:b-adapt=0 -preset ultrafast -tag:v hvc1",
            sources(10, 25)
        ));
        let packaged = package(&film.bytes(), film.folder.path(), "out");
        let read = |name: &str| {
            std::fs::read_to_string(packaged.folder.join(name)).expect("it was written")
        };
        for list in ["master.m3u8", "1/index.m3u8"] {
            let promised = read(list).contains("#EXT-X-INDEPENDENT-SEGMENTS");
            assert_eq!(promised, open == 0, "{list} with open-gop={open}");
        }
        let manifest = read("manifest.mpd");
        let said = format!(
            "contentType=\"video\" mimeType=\"video/mp4\" segmentAlignment=\"true\" startWithSAP=\"{sap}\""
        );
        assert!(manifest.contains(&said), "{manifest}");
    }
}

#[test]
fn thumbnails_are_listed_with_a_picture_in_the_clear_and_last_as_long_as_the_film() {
    let film = media::example_film();
    let (index, _) = media::open(&film, film.len() as u64).expect("the example is a film");
    let tiles = Tiles {
        across: 2,
        down: 2,
        width: 160,
        height: 90,
        interval_ms: 1500,
        sheets: 2,
        largest_bytes: 9_001,
    };
    let told = |selection: &Selection| {
        let hls = multivariant(&index, selection).expect("a playlist");
        let dash = media::dash::manifest(&index, selection).expect("a manifest");
        let lines = hls.lines().chain(dash.lines());
        let names = ["IMAGE", "tiles", "image", "thumbnail"];
        let of_tiles = lines.filter(|line| names.iter().any(|name| line.contains(name)));
        of_tiles
            .map(|line| line.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let everything = Selection::everything(&index);
    assert!(told(&everything).is_empty());
    let with = Selection {
        tiles: tiles.checked(),
        ..everything
    };
    insta::assert_snapshot!(told(&with).join("\n"), @r##"
    #EXT-X-IMAGE-STREAM-INF:BANDWIDTH=12002,CODECS="jpeg",RESOLUTION=160x90,URI="tiles/index.m3u8"
    <AdaptationSet contentType="image" mimeType="image/jpeg">
    <SegmentTemplate timescale="1000" duration="6000" startNumber="0" media="tiles/$Number$.jpg"/>
    <Representation id="tiles" bandwidth="12002" width="320" height="180">
    <EssentialProperty schemeIdUri="http://dashif.org/guidelines/thumbnail_tile" value="2x2"/>
    "##);
    let text = tile_playlist(&tiles, index.duration_ms);
    insta::assert_snapshot!(text, @r##"
    #EXTM3U
    #EXT-X-VERSION:7
    #EXT-X-TARGETDURATION:6
    #EXT-X-MEDIA-SEQUENCE:0
    #EXT-X-PLAYLIST-TYPE:VOD
    #EXT-X-IMAGES-ONLY
    #EXTINF:6.000000,
    #EXT-X-TILES:RESOLUTION=160x90,LAYOUT=2x2,DURATION=1.500
    0.jpg
    #EXTINF:4.000000,
    #EXT-X-TILES:RESOLUTION=160x90,LAYOUT=2x2,DURATION=1.500
    1.jpg
    #EXT-X-ENDLIST
    "##);
    let lasting: f32 = playlist(&text).segments.iter().map(|s| s.duration).sum();
    assert!((lasting - 10.0).abs() < 0.001, "{lasting} s of ten");
    for harm in [
        Tiles { across: 0, ..tiles },
        Tiles {
            interval_ms: 0,
            ..tiles
        },
        Tiles { sheets: 0, ..tiles },
    ] {
        assert_eq!(harm.checked(), None);
    }
    let without_picture = Selection {
        tracks: Vec::new(),
        ..with
    };
    assert!(
        multivariant(&index, &without_picture).is_err(),
        "thumbnails alone are no film"
    );
}
