//! The corpus: one table of films over all containers, codecs and ways to write them, and the checks each must pass.
//!
//! A row says how ffmpeg makes its film, and what of it is expected to differ. Everything else is the same for all: what
//! comes out by HLS and by DASH has the source's frames at the source's times, sound to the sample, and the film is
//! described as ffprobe describes it.

mod checks;
mod control;
mod listing;
mod lists;
mod made;
mod matroska;
mod mp4;
mod patched;
mod probed;
mod row;

use row::{Finish, Row};

use crate::way::Way;

/// All of them.
const TABLE: [&[Row]; 8] = [
    mp4::WHOLE,
    mp4::CODED,
    mp4::TIMED,
    mp4::FRAGMENTED,
    matroska::BY_FFMPEG,
    matroska::BY_MKVMERGE,
    matroska::BY_OTHERS,
    mp4::WAITING,
];

/// Checks rows, and names each that fails with what differs and how to make its film again.
fn assert_all(rows: &[Row]) {
    let failures: Vec<String> = rows.iter().filter_map(checks::failure).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// The ways in which the table's Matroska films are written, each with its row's name.
pub(crate) fn ways() -> impl Iterator<Item = (&'static str, Way)> {
    matroska::BY_OTHERS
        .iter()
        .filter_map(|row| match row.finish {
            Finish::Way(way) => Some((row.name, way)),
            _ => None,
        })
}

#[test]
fn films_with_a_table_of_samples_are_carried() {
    assert_all(mp4::WHOLE);
}

#[test]
fn every_codec_is_carried_as_it_is() {
    assert_all(mp4::CODED);
}

#[test]
fn odd_times_and_edit_lists_are_kept() {
    assert_all(mp4::TIMED);
}

#[test]
fn films_are_carried_however_they_are_fragmented() {
    assert_all(mp4::FRAGMENTED);
}

#[test]
fn matroska_is_carried_as_ffmpeg_writes_it() {
    assert_all(matroska::BY_FFMPEG);
}

#[test]
fn matroska_is_carried_as_mkvmerge_writes_it() {
    assert_all(matroska::BY_MKVMERGE);
}

#[test]
fn matroska_is_carried_as_it_was_written_over_twenty_years() {
    assert_all(matroska::BY_OTHERS);
}

#[test]
fn what_no_browser_plays_is_recognised_and_waits_with_a_reason() {
    assert_all(mp4::WAITING);
}

#[test]
fn the_table_has_sixty_films_and_each_its_own_name() {
    let mut names: Vec<&str> = TABLE.concat().iter().map(|row| row.name).collect();
    assert!(names.len() >= 60, "{} rows", names.len());
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "names of rows are not given twice");
}
