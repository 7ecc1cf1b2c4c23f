//! What each film of the table must pass.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cineclub_media as media;
use media::{Index, Kind, Track, Verdict};

use super::listing::{Frame, Listed, Listing};
use super::made::{self, Recipe};
use super::row::{Limit, Row};
use super::{lists, probed};
use crate::make::Film;
use crate::package::{Packaged, package};

/// Times pass through both files' own time bases: a microsecond is rounding.
const ROUNDING_US: f64 = 1.0;

/// A Matroska file says times to the millisecond, rounded; of frames in one block it says the first, and ffmpeg adds
/// lengths that are rounded too.
const COARSE_US: f64 = 3_000.0;

/// What is wrong with a row's film: a text that names the row, what differs, and how to make the film again.
pub(super) fn failure(row: &Row) -> Option<String> {
    let mut recipe = Recipe::default();
    let checked = catch_unwind(AssertUnwindSafe(|| {
        let film = made::film(row, &mut recipe);
        faults(row, &film)
    }));
    let wrong = checked.unwrap_or_else(|panic| vec![said(panic.as_ref())]);
    let named = format!("{} ({}):", row.name, row.tries);
    let made_by = format!("made by:\n    {}", recipe.0.join("\n    "));
    (!wrong.is_empty()).then(|| [named, wrong.join("\n  "), made_by].join("\n  "))
}

/// What a test says that stops in the middle.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it stopped without a word".to_owned())
}

fn faults(row: &Row, film: &Film) -> Vec<String> {
    let bytes = film.bytes();
    let mut wrong = probed::differences(row, film);
    let index = match media::open(&bytes[..], bytes.len() as u64) {
        Ok((index, _)) => index,
        Err(error) => {
            wrong.extend(other_reasons(row, &[error.to_string()]));
            return wrong;
        }
    };
    let reasons = match index.verdict() {
        Verdict::Playable => Vec::new(),
        Verdict::Partly(reasons) | Verdict::Waiting(reasons) => reasons,
    };
    wrong.extend(other_reasons(row, &reasons));
    wrong.extend(index.damage.map(|damage| damage.to_string()));
    wrong.extend(index.holes.map(|holes| holes.to_string()));
    if index.tracks.iter().any(Track::is_playable) {
        let packaged = package(&bytes, film.folder.path(), "out");
        wrong.extend(carried(row, film, &packaged));
    }
    wrong
}

fn other_reasons(row: &Row, found: &[String]) -> Option<String> {
    (found != row.waits).then(|| format!("it says {found:?} instead of {:?}", row.waits))
}

/// What differs between a film and what is sent of it.
pub(super) fn carried(row: &Row, film: &Film, packaged: &Packaged) -> Vec<String> {
    let index = &packaged.index;
    let mut wrong = lists::faults(row, packaged);
    if index.shift_ms != row.shift_ms {
        wrong.push(format!(
            "it begins {} ms early, not {}",
            index.shift_ms, row.shift_ms
        ));
    }
    let playable: Vec<&Track> = index
        .tracks
        .iter()
        .filter(|track| track.is_playable())
        .collect();
    let streams: Vec<(String, Kind)> = playable
        .iter()
        .map(|track| ((track.number - 1).to_string(), track.kind))
        .collect();
    let source = Listing::of(&film.path, &[], &streams);
    let whole = (row.shift_ms > 0 && !row.has(Limit::ShowsAll))
        .then(|| Listing::of(&film.path, &["-ignore_editlist", "1"], &streams));
    for (way, list) in [("HLS", &packaged.master), ("DASH", &packaged.manifest)] {
        let mut found = Listing::of(list, &[], &in_order(&streams));
        if let Some(whole) = &whole {
            wrong.extend(hidden(row, &mut found, &source, whole));
        }
        let differences = differences(row, index, &playable, &found, &source);
        wrong.extend(differences.map(|difference| format!("{way}: {difference}")));
    }
    wrong
}

/// In what is sent, streams are counted by kind.
fn in_order(streams: &[(String, Kind)]) -> Vec<(String, Kind)> {
    let mut sounds = 0..;
    let name = |kind: Kind| match kind {
        Kind::Video => "v:0".to_owned(),
        _ => format!("a:{}", sounds.next().expect("endless")),
    };
    let mut name = name;
    streams
        .iter()
        .map(|(_, kind)| (name(*kind), *kind))
        .collect()
}

/// Takes the pictures off the front that the edit list hides and our rule shows, which must be those of the whole film.
fn hidden(row: &Row, found: &mut Listing, source: &Listing, whole: &Listing) -> Option<String> {
    let (ours, shown, all) = (&mut found.0[0], &source.0[0], &whole.0[0]);
    if let Some(difference) = frames(&ours.frames, &all.frames, ROUNDING_US) {
        return Some(format!("pictures before the edit: {difference}"));
    }
    let count = ours.frames.len().saturating_sub(shown.frames.len());
    let front: Vec<Frame> = ours.frames.drain(..count).collect();
    let early_us = ours.begin_us() - front.first().map_or(0.0, |frame| frame.at_us);
    let wanted_us = row.shift_ms as f64 * 1000.0;
    let is_right = (early_us - wanted_us).abs() <= ROUNDING_US;
    (!is_right).then(|| format!("{early_us} µs lie before the edit instead of {wanted_us}"))
}

/// What differs, track by track, and between the tracks.
fn differences(
    row: &Row,
    index: &Index,
    playable: &[&Track],
    found: &Listing,
    source: &Listing,
) -> impl Iterator<Item = String> {
    let mut wrong = Vec::new();
    let lists = || playable.iter().zip(&found.0).zip(&source.0);
    for ((track, found), source) in lists() {
        let is_sound = track.kind == Kind::Audio;
        let tolerance_us = match is_sound && row.is_matroska() {
            true => COARSE_US,
            false => ROUNDING_US,
        };
        let of_track = [
            frames(&found.frames, &source.frames, tolerance_us),
            decoded(&found.decoded, &source.decoded)
                .filter(|_| is_sound && !row.has(Limit::Decoded)),
            uneven(row, track, found).filter(|_| is_sound && row.is_matroska()),
        ];
        let said = of_track.into_iter().flatten();
        wrong.extend(said.map(|what| format!("track {}: {what}", track.number)));
    }
    let Some(((_, found_first), source_first)) = lists().next() else {
        return wrong.into_iter();
    };
    for ((track, found), source) in lists().skip(1) {
        let ours_us = found.begin_us() - found_first.begin_us();
        let source_us = match row.has(Limit::Apart) {
            true => 0.0,
            false => source.begin_us() - source_first.begin_us(),
        };
        // In sync to the sample: nearer to it than to the one before and the one behind.
        let allowed_us = match row.is_matroska() {
            true => 1000.0,
            false => 500_000.0 / f64::from(index.tracks[track.number as usize - 1].sample_rate),
        };
        let is_near = (ours_us - source_us).abs() <= allowed_us;
        if !is_near {
            wrong.push(format!(
                "track {} begins {ours_us:.1} µs after the first, not {source_us:.1}",
                track.number
            ));
        }
    }
    wrong.into_iter()
}

/// The first difference between frames: content, or time after the first of them.
pub(super) fn frames(found: &[Frame], expected: &[Frame], tolerance_us: f64) -> Option<String> {
    let begin = |frames: &[Frame]| {
        frames
            .iter()
            .map(|frame| frame.at_us)
            .fold(f64::INFINITY, f64::min)
    };
    let (ours, theirs) = (begin(found), begin(expected));
    for (n, (found, expected)) in found.iter().zip(expected).enumerate() {
        if found.hash != expected.hash {
            return Some(format!("frame {n} has another content"));
        }
        let (at, wanted) = (found.at_us - ours, expected.at_us - theirs);
        if (at - wanted).abs() > tolerance_us {
            return Some(format!("frame {n} is at {at:.1} µs instead of {wanted:.1}"));
        }
    }
    let is_same = found.len() == expected.len() && !expected.is_empty();
    (!is_same).then(|| format!("{} frames instead of {}", found.len(), expected.len()))
}

/// Whether sound decodes to something else. Where it begins and ends within a frame is for players to know, not for
/// frames: the first two and the last are left aside, and a decoder may hide some at the front.
fn decoded(found: &[String], expected: &[String]) -> Option<String> {
    let inner = expected
        .get(2..expected.len().saturating_sub(1))
        .unwrap_or_default();
    let is_there = (0..40).any(|skip| {
        let found = found.iter().skip(skip);
        found
            .zip(inner)
            .filter(|(found, inner)| found == inner)
            .count()
            == inner.len()
    });
    (!is_there).then(|| "its sound decodes to something else".to_owned())
}

/// Sound of a Matroska film is exact to the sample although the file's times are rounded: each packet begins where the one
/// before ends.
fn uneven(row: &Row, track: &Track, found: &Listed) -> Option<String> {
    let samples = row.packet.unwrap_or(match track.codec.as_str() {
        "aac" => 1024,
        "mp3" if track.sample_rate < 32_000 => 576,
        "mp3" => 1152,
        "opus" => 960,
        "flac" => 4608,
        _ => 1536,
    });
    let each_us = f64::from(samples) * 1e6 / f64::from(track.sample_rate);
    let begin_us = found.begin_us();
    let uneven = found.frames.iter().enumerate().find(|(n, frame)| {
        let exact = *n as f64 * each_us;
        (frame.at_us - begin_us - exact).abs() > ROUNDING_US
    });
    uneven.map(|(n, _)| format!("packet {n} does not begin where the one before ends"))
}
