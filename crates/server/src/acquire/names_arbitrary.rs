//! Names nobody would write: whatever a file is called, it is read without a panic, and to the end.

use proptest::prelude::*;

use super::corpus::CORPUS;
use super::{Named, read};

/// What names are made of, as the rules see them, and what might be taken for it.
const PIECES: [&str; 44] = [
    "S01E02",
    "s1e",
    "S",
    "E05",
    "1x02",
    "-E03",
    "E04",
    "Season ",
    "Saison 1",
    "Specials",
    "s",
    "/",
    "2024-11-23",
    "1999.02.30",
    "(1999)",
    "[2010]",
    "(",
    ")",
    "[",
    "]",
    "{edition-",
    "}",
    " - ",
    "012",
    "05v2",
    "4294967296",
    "99999999999999999999",
    "0",
    "1080p",
    "x264",
    "DTS-HD.MA.5.1",
    "WEB-DL",
    "Director's Cut",
    "Épisode ",
    "folge",
    "İ",
    "ß",
    "字幕",
    "\u{301}",
    "\u{202E}",
    ".",
    "_",
    " ",
    "-",
];

/// The most bytes a file's name has on the file systems there are, and a path.
const LONGEST_NAME: usize = 255;
const LONGEST_PATH: usize = 4_096;

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        2 => "\\PC{0,6}",
        1 => any::<char>().prop_map(String::from),
    ]
}

/// Pieces side by side, or a name of the corpus into which some are put.
fn path() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat());
    let known = (
        prop::sample::select(CORPUS),
        any::<prop::sample::Index>(),
        piece(),
    );
    let known = known.prop_map(|((path, _), at, piece)| {
        let at = at.index(path.len() + 1);
        let at = (0..=at).rev().find(|at| path.is_char_boundary(*at));
        let (before, after) = path.split_at(at.unwrap_or(0));
        format!("{before}{piece}{after}")
    });
    prop_oneof![pieces, known, "\\PC{0,255}\\.[a-z0-9]{0,6}"]
}

fn assert_plain(name: &str, path: &str) {
    assert_eq!(name.trim(), name, "{path:?}");
    assert!(
        name.len() <= path.len().max(40) * 3,
        "{path:?} gives {name:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn any_name_is_read_as_something(path in path()) {
        match read(&path) {
            Named::Film { name, year, .. } => {
                assert_plain(&name, &path);
                prop_assert!(year.is_none_or(|year| (1870..2200).contains(&year)), "{path:?} {year:?}");
            }
            Named::Episode { series, name, .. } => {
                assert_plain(&series, &path);
                assert_plain(&name, &path);
                prop_assert!(!series.is_empty(), "{path:?}");
            }
        }
    }
}

/// Each piece as often as a name, and a path, has room for it.
#[test]
fn the_longest_names_are_read_to_the_end() {
    for piece in PIECES {
        let name = piece.repeat(LONGEST_NAME / piece.len());
        let path = format!("{name}/").repeat(LONGEST_PATH / LONGEST_NAME);
        for path in [
            name.clone(),
            format!("{path}{name}.mp4"),
            format!("{path}[{name}(1999)].mkv"),
        ] {
            read(&path);
        }
    }
}

/// The crate that reads the names of releases panics over this one.
#[test]
fn a_name_over_which_others_stumble_is_read_as_it_stands() {
    for path in [" 0  -  - 𐀀", "films/ 0  -  - 𐀀.mkv"] {
        assert!(
            matches!(read(path), Named::Film { name, .. } if name.contains('0')),
            "{path:?}"
        );
    }
}
