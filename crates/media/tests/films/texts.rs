//! Subtitles inside a film's file come out as text, at the times the file has for them.

use cineclub_media as media;
use media::subtitles::{Cue, write_webvtt};

use crate::make::{Film, encode, run, sources};

const SRT: &str = "1\n00:00:01,000 --> 00:00:02,500\n<i>Who</i> is there?\n\n2\n00:00:04,040 --> 00:00:05,000\nRené & Zoë\n2 < 3\n";

const EXPECTED: &str = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n<i>Who</i> is there?\n\n00:00:04.040 --> 00:00:05.000\nRené &amp; Zoë\n2 &lt; 3\n";

fn texts(film: &Film) -> Vec<(u32, Vec<Cue>)> {
    let bytes = film.bytes();
    let (index, tables) = media::open(&bytes, bytes.len() as u64).expect("an index");
    assert_eq!(index.verdict(), media::Verdict::Playable);
    media::read_texts(&bytes, &index, tables.as_ref()).expect("the texts")
}

/// A film called `name` with the subtitles in it.
fn with_texts(name: &str, before: &str, words: &str) -> Film {
    let folder = Film::make(&format!("{} {}", sources(6, 25), encode(25)));
    let srt = folder.write("text.srt", SRT.as_bytes());
    let (film, srt) = (folder.path.display(), srt.display());
    Film::make_as(
        name,
        &format!("{before} -i {film} -i {srt} -map 0 -map 1 -c copy {words}"),
    )
}

#[test]
fn subtitles_come_out_of_every_container_and_format_with_text_and_times() {
    for (name, words) in [
        ("film.mkv", "-c:s srt"),
        ("film.mkv", "-c:s ass"),
        ("film.mkv", "-c:s webvtt"),
        ("film.mp4", "-c:s mov_text"),
        ("film.mov", "-c:s mov_text"),
    ] {
        let film = with_texts(name, "", &format!("{words} -metadata:s:s:0 language=fra"));
        let found = texts(&film);
        let [(number, cues)] = found.as_slice() else {
            panic!("{name}: {found:?}");
        };
        let text = write_webvtt(cues);
        let shift = match name {
            // The sound's warming up comes first in a Matroska film, and the picture and its text 21 ms later.
            "film.mkv" => 21,
            _ => 0,
        };
        let mut expected = media::subtitles::parse(EXPECTED.as_bytes()).expect("our own");
        media::subtitles::delay(&mut expected, shift);
        let rounding = |text: &str| text.replace("1.020", "1.021");
        assert_eq!(
            rounding(&text).lines().count(),
            write_webvtt(&expected).lines().count(),
            "{name} {words}: {text}"
        );
        for (cue, expected) in cues.iter().zip(&expected) {
            assert_eq!(cue.text, expected.text, "{name} {words}");
            // ASS and a container's ticks are coarser than a millisecond.
            assert!(
                cue.start_ms.abs_diff(expected.start_ms) <= 10,
                "{cue:?} {expected:?}"
            );
            assert!(
                cue.end_ms.abs_diff(expected.end_ms) <= 10,
                "{cue:?} {expected:?}"
            );
        }
        assert_eq!(*number, 3);
    }
}

#[test]
fn compressed_subtitles_are_read_as_well() {
    let film = with_texts("film.mkv", "", "-c:s srt");
    let path = film.path.to_str().expect("a plain path");
    let out = film.folder.path().join("zlib.mkv");
    let out_path = out.to_str().expect("a plain path");
    run(
        "mkvmerge",
        &["-q", "-o", out_path, "--compression", "2:zlib", path],
    );
    let film = Film {
        folder: tempfile::tempdir().expect("a temporary folder"),
        path: out,
    };
    let found = texts(&film);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1[0].text, "<i>Who</i> is there?");
}
