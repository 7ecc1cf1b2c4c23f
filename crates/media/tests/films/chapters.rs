//! Chapters are those ffprobe lists, on the time line that is played; what it doesn't tell apart stands here by hand.

use cineclub_media as media;
use media::Chapter;
use serde_json::Value;

use crate::make::{Film, ffprobe, run, usual};

/// The chapters of the usual film, with names in other scripts.
const USUAL: [(u64, &str); 4] = [
    (0, "Arrival"),
    (2_000, "L’été à Zürich"),
    (4_480, "南へ · إلى الجنوب"),
    (8_200, "Ends & <credits>"),
];

/// ffmpeg's list of `chapters`, the last of which ends with the film.
fn metadata(chapters: &[(u64, &str)]) -> String {
    let ends = chapters.iter().map(|chapter| chapter.0).skip(1);
    let mut text = ";FFMETADATA1\n".to_owned();
    for ((start, name), end) in chapters.iter().zip(ends.chain([10_000])) {
        text += &format!("[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={end}\n");
        if !name.is_empty() {
            text += &format!("title={name}\n");
        }
    }
    text
}

/// The usual film with these chapters, under a name that tells ffmpeg the container.
fn with_chapters(name: &str, chapters: &[(u64, &str)]) -> Film {
    let source = usual();
    let list = source.write("chapters.txt", metadata(chapters).as_bytes());
    let (film, list) = (source.path.display(), list.display());
    Film::make_as(
        name,
        &format!("-i {film} -i {list} -map 0 -map_chapters 1 -c copy"),
    )
}

/// What ffprobe says: starts in milliseconds, and names.
fn theirs(film: &Film) -> Vec<(u64, String)> {
    let said = ffprobe(&["-show_chapters", "-of", "json"], &film.path);
    let said: Value = serde_json::from_str(&said).expect("JSON");
    let chapters = said["chapters"].as_array().expect("a list");
    let of_one = |chapter: &Value| {
        let seconds = chapter["start_time"].as_str().and_then(|s| s.parse().ok());
        let ms: f64 = seconds.map(|s: f64| s * 1000.0).expect("a start");
        let title = chapter["tags"]["title"].as_str().unwrap_or_default();
        (ms.round() as u64, title.to_owned())
    };
    chapters.iter().map(of_one).collect()
}

/// What `media probe --json` says of the same.
fn ours(bytes: &[u8]) -> Vec<(u64, String)> {
    let probe = media::probe(bytes, bytes.len() as u64).expect("a description");
    let probe = serde_json::to_value(probe).expect("JSON");
    let chapters = probe["chapters"].as_array().expect("a list");
    let of_one = |chapter: &Value| {
        let title = chapter["names"][0]["text"].as_str().unwrap_or_default();
        let start_ms = chapter["start_ms"].as_u64().expect("a start");
        (start_ms, title.to_owned())
    };
    chapters.iter().map(of_one).collect()
}

fn indexed(bytes: &[u8]) -> media::Index {
    let (index, _) = media::open(bytes, bytes.len() as u64).expect("an index");
    let again = media::Index::from_bytes(&index.to_bytes()).expect("our own bytes");
    assert_eq!(again, index, "chapters are stored");
    index
}

fn owned(chapters: &[(u64, &str)]) -> Vec<(u64, String)> {
    let chapters = chapters.iter().map(|(at, name)| (*at, (*name).to_owned()));
    chapters.collect()
}

/// The usual film, written by mkvmerge with a file of chapters.
fn merged(file: &str, chapters: &str) -> Film {
    let source = usual();
    let list = source.write(file, chapters.as_bytes());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("film.mkv");
    let words = [&path, &list, &source.path].map(|path| path.to_str().expect("a plain path"));
    let [path_word, list, film] = words;
    run(
        "mkvmerge",
        &["-q", "-o", path_word, "--chapters", list, film],
    );
    Film { folder, path }
}

#[test]
fn chapters_agree_with_ffprobe_in_every_container() {
    for name in ["film.mp4", "film.mov", "film.mkv"] {
        let film = with_chapters(name, &USUAL);
        let bytes = film.bytes();
        assert_eq!(ours(&bytes), theirs(&film), "{name}");
        assert_eq!(ours(&bytes), owned(&USUAL), "{name}");
        let tracks = indexed(&bytes).tracks;
        let texts = tracks.iter().filter(|track| track.is_text()).count();
        assert_eq!(texts, 0, "{name}: a list of chapters is no subtitles");
    }
}

#[test]
fn a_chapter_that_is_elsewhere_or_called_otherwise_would_be_noticed() {
    let film = with_chapters("film.mp4", &USUAL);
    let bytes = film.bytes();
    let expected = theirs(&film);
    let mut moved = USUAL;
    moved[2].0 += 40;
    assert_ne!(ours(&with_chapters("film.mp4", &moved).bytes()), expected);
    let mut renamed = bytes.clone();
    for at in 0..bytes.len() - 7 {
        if &bytes[at..at + 7] == b"Arrival" {
            renamed[at] = b'B';
        }
    }
    assert_ne!(ours(&renamed), expected);
    assert_eq!(ours(&usual().bytes()), []);
}

#[test]
fn a_chapter_without_a_name_has_its_place_and_the_first_may_begin_late() {
    let found = [(1_520, "One"), (4_000, ""), (7_000, "Two")];
    let film = with_chapters("film.mkv", &found);
    assert_eq!(ours(&film.bytes()), theirs(&film));
    assert_eq!(ours(&film.bytes()), owned(&found));
    // Into the track of an MP4 ffmpeg writes neither the late start nor the chapter without a name, into the list both;
    // reading, it puts the one over the other number by number, so that the last is there twice.
    let film = with_chapters("film.mp4", &found);
    assert_eq!(ours(&film.bytes()), owned(&found));
    let last = |chapters: &[(u64, String)]| chapters.last().cloned();
    assert_eq!(last(&ours(&film.bytes())), last(&theirs(&film)));
}

#[test]
fn without_a_track_of_them_neros_list_gives_the_chapters() {
    let film = with_chapters("film.mp4", &USUAL);
    let mut bytes = film.bytes();
    let references: Vec<usize> = (0..bytes.len() - 4)
        .filter(|at| &bytes[*at..*at + 4] == b"tref")
        .collect();
    assert!(!references.is_empty());
    for at in references {
        bytes[at..at + 4].copy_from_slice(b"free");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("film.mp4");
    let film = Film { folder, path };
    film.write("film.mp4", &bytes);
    assert_eq!(ours(&bytes), theirs(&film));
    assert_eq!(ours(&bytes), owned(&USUAL));
    let film = with_chapters("film.mp4", &[]);
    assert_eq!(ours(&film.bytes()), []);
}

/// Red when chapters keep the time of the edit list while the film begins at the key frame before it.
#[test]
fn chapters_move_with_a_film_that_begins_at_the_key_frame_before_its_edit() {
    let whole = with_chapters("film.mp4", &USUAL);
    let film = whole.again("-ss 3.4", "-map 0:v -map 0:a -map_chapters 0 -c copy");
    let bytes = film.bytes();
    let index = indexed(&bytes);
    assert_eq!(index.shift_ms, 400);
    let moved: Vec<_> = theirs(&film)
        .into_iter()
        .map(|(start_ms, name)| (start_ms + index.shift_ms, name))
        .collect();
    assert_eq!(ours(&bytes), moved);
    // The third is 4.48 s into the whole film, and so 1.48 s behind the key frame at 3 s.
    assert!(moved.contains(&(1_480, USUAL[2].1.to_owned())), "{moved:?}");
}

#[test]
fn simple_lists_of_mkvmerge_agree_with_ffprobe() {
    let list =
        "CHAPTER01=00:00:00.000\nCHAPTER01NAME=Début\nCHAPTER02=00:00:03.040\nCHAPTER02NAME=Ü\n";
    let film = merged("chapters.txt", list);
    assert_eq!(ours(&film.bytes()), theirs(&film));
    assert_eq!(ours(&film.bytes()), owned(&[(0, "Début"), (3_040, "Ü")]));
}

fn atom(time: &str, more: &str, name: &str) -> String {
    let name = match name {
        "" => String::new(),
        name => format!("<ChapterDisplay><ChapterString>{name}</ChapterString></ChapterDisplay>"),
    };
    format!("<ChapterAtom><ChapterTimeStart>{time}</ChapterTimeStart>{more}{name}</ChapterAtom>")
}

fn edition(flags: &str, atoms: &[String]) -> String {
    format!("<EditionEntry>{flags}{}</EditionEntry>", atoms.concat())
}

fn editions(editions: &[String]) -> Film {
    let text = editions.concat();
    let xml = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Chapters>{text}</Chapters>\n");
    merged("chapters.xml", &xml)
}

#[test]
fn of_a_matroska_film_the_visible_chapters_of_the_first_level_count() {
    let hidden = "<ChapterFlagHidden>1</ChapterFlagHidden>";
    let disabled = "<ChapterFlagEnabled>0</ChapterFlagEnabled>";
    let french = "<ChapterDisplay><ChapterString>La fin</ChapterString><ChapterLanguage>fre</ChapterLanguage></ChapterDisplay>";
    let inside = atom("00:00:05.000000000", "", "Inside");
    let film = editions(&[edition(
        "",
        &[
            atom("00:00:00.000000000", "", "One"),
            atom("00:00:02.000000000", hidden, "Hidden"),
            atom("00:00:03.000000000", disabled, "Disabled"),
            atom("00:00:04.000000000", &inside, "Two"),
            atom("00:00:06.500000000", french, "The end"),
            atom("00:00:08.000000000", "", ""),
            atom("00:01:00.000000000", "", "Beyond"),
        ],
    )]);
    let chapters = indexed(&film.bytes()).chapters;
    let names = |chapter: &Chapter| {
        let names = chapter.names.iter();
        let names = names.map(|name| format!("{:?} {}", name.language, name.text));
        names.collect::<Vec<_>>().join(", ")
    };
    let found: Vec<_> = chapters.iter().map(|c| (c.start_ms, names(c))).collect();
    assert_eq!(
        found,
        owned(&[
            (0, "Some(\"en\") One"),
            (4_000, "Some(\"en\") Two"),
            (6_500, "Some(\"fr\") La fin, Some(\"en\") The end"),
            (8_000, ""),
        ])
    );
}

#[test]
fn of_several_editions_the_default_counts_and_never_an_ordered_one() {
    let one = |name: &str| vec![atom("00:00:01.000000000", "", name)];
    let flag = |name: &str| format!("<EditionFlag{name}>1</EditionFlag{name}>");
    let ordered = |name: &str| {
        let end = "<ChapterTimeEnd>00:00:05.000000000</ChapterTimeEnd>";
        vec![atom("00:00:00.000000000", end, name)]
    };
    for (written, name, is_ordered) in [
        (
            vec![edition("", &one("first")), edition("", &one("second"))],
            "first",
            false,
        ),
        (
            vec![
                edition("", &one("first")),
                edition(&flag("Default"), &one("default")),
            ],
            "default",
            false,
        ),
        (
            vec![
                edition(&(flag("Hidden") + &flag("Default")), &one("hidden")),
                edition("", &one("shown")),
            ],
            "shown",
            false,
        ),
        (
            vec![
                edition(&(flag("Default") + &flag("Ordered")), &ordered("ordered")),
                edition("", &one("plain")),
            ],
            "plain",
            true,
        ),
        (
            vec![edition(&flag("Ordered"), &ordered("ordered"))],
            "",
            true,
        ),
    ] {
        let index = indexed(&editions(&written).bytes());
        let names = index.chapters.iter().flat_map(|chapter| &chapter.names);
        let names: Vec<_> = names.map(|name| name.text.as_str()).collect();
        assert_eq!(names.concat(), name, "{written:?}");
        assert_eq!(index.has_ordered_chapters, is_ordered, "{written:?}");
    }
}

#[test]
fn the_multivariant_playlist_names_the_list_where_there_is_one() {
    let named = "#EXT-X-SESSION-DATA:DATA-ID=\"com.apple.hls.chapters\",URI=\"chapters.json\"\n";
    let master = |index: &media::Index| {
        media::hls::multivariant(index, &media::Selection::everything(index)).expect("a playlist")
    };
    let index = indexed(&with_chapters("film.mp4", &USUAL).bytes());
    assert!(master(&index).contains(named), "{}", master(&index));
    let list = serde_json::to_string(&media::hls::chapters(&index)[1..3]).expect("JSON");
    insta::assert_snapshot!(list, @r#"[{"chapter":2,"start-time":2.0,"duration":2.48,"titles":[{"language":"en","title":"L’été à Zürich"}]},{"chapter":3,"start-time":4.48,"duration":3.72,"titles":[{"language":"en","title":"南へ · إلى الجنوب"}]}]"#);
    let index = indexed(&usual().bytes());
    assert!(!master(&index).contains("SESSION-DATA"));
    assert_eq!(media::hls::chapters(&index), []);
}
