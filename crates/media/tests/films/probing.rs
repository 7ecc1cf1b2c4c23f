//! `probe` says what ffprobe says, on every field both have.

use cineclub_media as media;
use serde_json::Value;

use crate::make::{Film, ffprobe, sources, usual};

fn assert_agrees(film: &Film) -> Value {
    let bytes = film.bytes();
    let ours = media::probe(&bytes, bytes.len() as u64).expect("a description");
    let ours = serde_json::to_value(ours).expect("JSON");
    let theirs: Value = serde_json::from_str(&ffprobe(
        &["-show_streams", "-show_format", "-of", "json"],
        &film.path,
    ))
    .expect("JSON");
    let seconds: f64 = theirs["format"]["duration"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .expect("a duration");
    let ms = ours["duration_ms"].as_f64().expect("a duration");
    assert!(
        (seconds * 1000.0 - ms).abs() <= 2.0,
        "{seconds} s and {ms} ms"
    );
    let streams = theirs["streams"].as_array().expect("streams");
    let tracks = ours["tracks"].as_array().expect("tracks");
    assert_eq!(streams.len(), tracks.len());
    for (stream, track) in streams.iter().zip(tracks) {
        for (theirs, ours) in [
            ("codec_type", "kind"),
            ("codec_name", "codec"),
            ("width", "width"),
            ("height", "height"),
            ("channels", "channels"),
        ] {
            if !stream[theirs].is_null() {
                assert_eq!(stream[theirs], track[ours], "{theirs}");
            }
        }
        let language = stream["tags"]["language"]
            .as_str()
            .filter(|code| *code != "und");
        assert_eq!(language, track["language"].as_str());
        if track["kind"] == "audio" {
            assert_eq!(
                stream["sample_rate"].as_str(),
                Some(track["sample_rate"].to_string().as_str())
            );
        }
        let samples = track["samples"].as_u64().map(|samples| samples.to_string());
        assert_eq!(stream["nb_frames"].as_str(), samples.as_deref());
        if let (Some(rate), Some(ours)) = (
            stream["avg_frame_rate"].as_str(),
            track["frame_rate"].as_f64(),
        ) {
            let (frames, per) = rate.split_once('/').expect("a fraction");
            let theirs =
                frames.parse::<f64>().expect("a number") / per.parse::<f64>().expect("a number");
            assert!((theirs - ours).abs() < 0.01, "{theirs} and {ours}");
        }
    }
    ours
}

#[test]
fn h264_and_aac_agree_with_ffprobe() {
    let ours = assert_agrees(&usual());
    assert_eq!(ours["container"], "mp4");
    assert_eq!(ours["tracks"][1]["rfc6381"], "mp4a.40.2");
    assert!(
        ours["tracks"][0]["rfc6381"]
            .as_str()
            .is_some_and(|codec| codec.starts_with("avc1.64") || codec.starts_with("avc1.4d"))
    );
}

#[test]
fn matroska_agrees_with_ffprobe() {
    let words = "-map 0:v -map 1:a -map 1:a -map 1:a -c:v libx264 -preset ultrafast -vf setsar=16/15 -c:a:0 libopus -c:a:1 ac3 -c:a:2 aac -ac 2 -metadata:s:a:1 language=fre";
    let ours = assert_agrees(&Film::make_as(
        "film.mkv",
        &format!("{} {words}", sources(4, 25)),
    ));
    assert_eq!(ours["container"], "matroska");
    assert_eq!(ours["tracks"][2]["language"], "fre");
}

#[test]
fn every_codec_has_its_string_and_what_no_browser_plays_waits_with_a_reason() {
    let film = Film::make(&format!(
        "{} -map 0:v -map 1:a -map 1:a -map 1:a -map 1:a -map 1:a -c:v libx265 -x265-params log-level=none -preset ultrafast -tag:v hvc1 -ac:a:0 2 -c:a:0 libmp3lame -c:a:1 ac3 -c:a:2 libopus -c:a:3 eac3 -c:a:4 flac -strict -2",
        sources(1, 25)
    ));
    let ours = assert_agrees(&film);
    let codecs: Vec<_> = (0..6)
        .map(|track| {
            ours["tracks"][track]["rfc6381"]
                .as_str()
                .unwrap_or_default()
        })
        .collect();
    assert_eq!(
        codecs,
        ["hvc1.1.6.L30.90", "mp4a.6B", "ac-3", "Opus", "ec-3", "fLaC"]
    );
    let bytes = film.bytes();
    let (index, _) = media::open(&bytes, bytes.len() as u64).expect("it is indexed");
    assert_eq!(index.verdict(), media::Verdict::Playable);

    let film = Film::make(&format!(
        "{} -map 0:v -c:v prores_ks -f mov",
        sources(1, 25)
    ));
    assert_agrees(&film);
    let bytes = film.bytes();
    let (index, _) = media::open(&bytes, bytes.len() as u64).expect("it is indexed all the same");
    let media::Verdict::Waiting(reasons) = index.verdict() else {
        panic!("nothing in it plays")
    };
    assert_eq!(
        reasons,
        ["track 1: PRORES picture does not play in every browser; needs the workshop"]
    );
}

#[test]
fn subtitles_inside_the_film_are_listed() {
    let source = usual();
    let srt = source.write("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n");
    let film = source.again(
        "",
        &format!(
            "-i {} -map 0 -map 1 -c copy -c:s mov_text -metadata:s:s:0 language=ger",
            srt.display()
        ),
    );
    let ours = assert_agrees(&film);
    assert_eq!(ours["tracks"][2]["codec"], "mov_text");
    let bytes = film.bytes();
    let (index, _) = media::open(&bytes, bytes.len() as u64).expect("an index");
    assert_eq!(index.verdict(), media::Verdict::Playable);
    assert!(index.tracks[2].is_text());
}

#[test]
fn a_list_of_chapters_is_no_subtitles() {
    let source = usual();
    let chapters = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=4000\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=4000\nEND=10000\ntitle=Two\n";
    let list = source.write("chapters.txt", chapters.as_bytes());
    let words = format!("-i {} -map 0 -map_metadata 1 -c copy", list.display());
    let bytes = source.again("", &words).bytes();
    let (index, _) = media::open(&bytes, bytes.len() as u64).expect("an index");
    assert_eq!(
        index.tracks.len(),
        3,
        "the chapters are a track of their own"
    );
    assert_eq!(index.tracks[2].kind, media::Kind::Other);
}

#[test]
fn a_ten_bit_picture_waits() {
    let film = Film::make(&format!(
        "{} -map 0:v -c:v libx264 -preset ultrafast -pix_fmt yuv420p10le",
        sources(1, 25)
    ));
    let bytes = film.bytes();
    let (index, _) = media::open(&bytes, bytes.len() as u64).expect("an index");
    assert_eq!(index.tracks[0].waiting, Some(media::Waiting::Profile));
}
