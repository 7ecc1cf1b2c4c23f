//! What is true of a film once its fragments are known: which tracks can be used, where it begins, how much is there.

use super::extends::Extends;
use super::fragments::Fragments;
use super::movie::{Movie, TrackBox};
use crate::index::scale;
use crate::model::{Kind, Waiting};

/// What is declared may be longer by this than what is found before the film is called cut off: writers round, and
/// count tracks and edits in different ways.
const SHORT_MS: u64 = 1_000;

/// A film in which nothing happens for longer than this at first is a recording that was joined late.
const LATE_MS: u64 = 1_000;

/// A stretch of time, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    start: u64,
    end: u64,
}

impl Span {
    /// From `start` to `end` in ticks of a `timescale`.
    pub(super) fn new(start: u64, end: u64, timescale: u32) -> Span {
        Span {
            start: scale(start, timescale, 1000),
            end: scale(end, timescale, 1000),
        }
    }

    /// Both, and what lies between them.
    pub(super) fn join(one: Option<Span>, other: Option<Span>) -> Option<Span> {
        match (one, other) {
            (Some(one), Some(other)) => Some(Span {
                start: one.start.min(other.start),
                end: one.end.max(other.end),
            }),
            (one, other) => one.or(other),
        }
    }

    fn ms(self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

/// Makes the tracks ready to take fragments, after the samples that `moov` lists.
pub(super) fn prepare(movie: &mut Movie, moov: &[u8]) {
    for tables in movie.tracks.iter_mut().filter_map(|t| t.tables.as_mut()) {
        let count = tables.count();
        let last = tables.samples(moov, count.saturating_sub(1)..count).last();
        tables.fragments = last.map_or_else(Fragments::default, |last| {
            Fragments::after(count, last.dts, last.dts + u64::from(last.duration))
        });
    }
}

/// Draws the conclusions. `indexed` is what `sidx` boxes speak of; a file whose boxes are cut off should have
/// `expected_bytes` at least, instead of the `size_bytes` it has.
pub(super) fn settle(
    movie: &mut Movie,
    bytes: &[u8],
    extends: &Extends,
    indexed: Option<Span>,
    expected_bytes: Option<u64>,
    size_bytes: u64,
) {
    let timescale = movie.timescale;
    for track in &mut movie.tracks {
        settle_track(track, timescale);
    }
    let spans = movie.tracks.iter().filter_map(span);
    let found_ms = spans
        .fold(None, |all, span| Span::join(all, Some(span)))
        .map_or(0, Span::ms);
    let declared_ms = scale(extends.duration, timescale, 1000);
    movie.declared_ms = declared_ms.max(indexed.map_or(0, Span::ms));
    let is_short = found_ms.saturating_add(SHORT_MS) < movie.declared_ms;
    movie.cut = expected_bytes.or(is_short.then(|| size_bytes.saturating_add(1)));
    begin_at_first_sample(movie, bytes);
}

fn settle_track(track: &mut TrackBox, timescale: u32) {
    let Some(tables) = &mut track.tables else {
        return;
    };
    tables.fragments.shrink();
    if tables.fragments.is_damaged() {
        track.tables = None;
        track.waiting = track.waiting.or(Some(Waiting::Damaged));
        return;
    }
    if !tables.has_one_description() {
        track.waiting = track.waiting.or(Some(Waiting::FormatChanges));
    }
    // An edit that ends with the samples in `moov` was written when there were no others yet: it goes on.
    let own_ms = scale(tables.own_ticks(), track.timescale, 1000);
    let is_own = scale(track.edit.duration, timescale, 1000) <= own_ms.saturating_add(1);
    if tables.count > 0 && tables.fragments.count() > 0 && is_own {
        track.edit.duration = 0;
    }
}

/// From the first to the last sample of a track.
fn span(track: &TrackBox) -> Option<Span> {
    let tables = track.tables.as_ref().filter(|tables| tables.count() > 0)?;
    let start = match tables.fragments.times() {
        Some(times) if tables.count == 0 => times.start,
        _ => 0,
    };
    Some(Span::new(
        start,
        start + tables.ticks(),
        track.timescale.max(1),
    ))
}

/// Moves the beginning to the first picture, in a film whose clock ran long before; or to the first sound, where that
/// comes much earlier.
///
/// Live recordings keep the time of the broadcast. All tracks are moved by the same time, which is exact for the one
/// that decides and rounded to half a tick for the others.
fn begin_at_first_sample(movie: &mut Movie, bytes: &[u8]) {
    let first = |kind| {
        let tracks = movie.tracks.iter();
        tracks
            .filter(|track| track.waiting.is_none() && track.kind == kind)
            .filter_map(|track| wait(track, bytes, movie.timescale))
            .min_by_key(|wait| wait.ms)
    };
    let (picture, sound) = (first(Kind::Video), first(Kind::Audio));
    let chosen = match (picture, sound) {
        (Some(picture), Some(sound)) if sound.ms + LATE_MS < picture.ms => sound,
        (Some(found), _) | (None, Some(found)) => found,
        (None, None) => return,
    };
    if chosen.ms < LATE_MS {
        return;
    }
    for track in &mut movie.tracks {
        let late = scale(chosen.ticks, chosen.timescale, track.timescale);
        track.edit.start = track.edit.start.saturating_add_unsigned(late);
    }
}

/// How long it takes until a track's first sample is shown.
struct Wait {
    ticks: u64,
    timescale: u32,
    ms: u64,
}

fn wait(track: &TrackBox, bytes: &[u8], timescale: u32) -> Option<Wait> {
    let first = track.tables.as_ref()?.samples(bytes, 0..1).next()?;
    let empty = scale(track.edit.empty, timescale, track.timescale);
    let begins = track.edit.start.saturating_sub_unsigned(empty);
    let ticks = first.pts().saturating_sub(begins).max(0) as u64;
    Some(Wait {
        ticks,
        timescale: track.timescale,
        ms: scale(ticks, track.timescale, 1000),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{boxed, example_film_from, words};
    use crate::open::find_moov;

    /// Ten seconds in `moov`, begun by its edit list at `start_ms`, and one more second in a fragment.
    fn hybrid(start_ms: u32) -> Vec<u8> {
        let mut film = example_film_from(start_ms);
        let moov = find_moov(&film, film.len() as u64).expect("it has one");
        let mut trex = Vec::new();
        boxed(
            &mut trex,
            b"trex",
            &[&words([0, 1, 1, 512, 1, 0].into_iter())],
        );
        let mut mvex = Vec::new();
        boxed(&mut mvex, b"mvex", &[&trex]);
        let size = (moov.len as u32 + 8 + mvex.len() as u32).to_be_bytes();
        let (start, end) = (moov.offset as usize, moov.end() as usize);
        film[start - 8..start - 4].copy_from_slice(&size);
        film.splice(end..end, mvex);

        let mut traf = Vec::new();
        boxed(&mut traf, b"tfhd", &[&words([0x02_0000, 1].into_iter())]);
        boxed(&mut traf, b"trun", &[&words([0, 25].into_iter())]);
        let mut moof = Vec::new();
        boxed(&mut moof, b"traf", &[&traf]);
        boxed(&mut film, b"moof", &[&moof]);
        film
    }

    /// Red when the film ends where its edit list ended before there were fragments.
    #[test]
    fn an_edit_written_before_the_fragments_goes_on_to_their_end() {
        for (start_ms, duration_ms) in [(0, 11_000), (2_000, 9_000)] {
            let film = hybrid(start_ms);
            let (index, _) = crate::open(&film, film.len() as u64).expect("it is whole");
            assert_eq!(index.duration_ms, duration_ms, "begun at {start_ms} ms");
            assert_eq!(index.tracks[0].samples, 275);
        }
    }

    #[test]
    fn spans_of_several_tracks_become_one() {
        let joined = Span::join(
            Some(Span::new(2_000, 4_000, 1_000)),
            Some(Span::new(48_000, 144_000, 48_000)),
        );
        assert_eq!(joined.map(Span::ms), Some(3_000));
        assert_eq!(Span::join(None, None), None);
    }
}
