//! Makes the index of an MP4: one walk over the samples to choose the cuts, one to weigh them.
//!
//! The rule for edit lists: presentation begins where the edit list says, moved back to the preceding key
//! frame of the picture, and every track is moved by the same time. Sound keeps up to [`PREROLL_MS`] of
//! what lies before the start (a decoder's priming), which the edit list of its init segment hides.

use super::bandwidth::{Weight, rates};
use super::cuts::{Grid, Lead, SEGMENTS_LIMIT, first_key, key_cuts};
use super::{
    Cut, Damage, Index, LONGEST_SEGMENT_MS, TARGET_SEGMENT_MS, Track, reduced, scale, signed,
};
use crate::cmaf::Shape;
use crate::error::{Error, Result};
use crate::model::{Kind, Sample, Waiting};
use crate::mp4::Mp4;
use crate::mp4::movie::{Movie, TrackBox};
use crate::mp4::tables::Tables;

/// How much sound before the start is kept for the decoder to warm up.
const PREROLL_MS: i64 = 100;

/// No film has more samples in a track: a week of 48 kHz AAC has 28 million, a day four.
const SAMPLES_LIMIT: u32 = 1 << 24;

/// No film has more samples in a segment: planning one takes memory for each of them.
const SEGMENT_SAMPLES_LIMIT: u32 = 100_000;

/// Builds the index of a film from its `moov` and its fragments.
pub(crate) fn build(mp4: &Mp4, file_size: u64) -> Result<Index> {
    let movie = &mp4.movie;
    if movie.tracks.is_empty() {
        return Err(Error::NoTracks);
    }
    let builder = Builder {
        movie,
        moov: &mp4.bytes,
        file_size,
    };
    let mut draft = builder.tracks(None);
    // Fragments that are lost altogether have no samples that could be missed; a film left without any is lost too.
    let lost = movie
        .cut
        .filter(|_| draft.tracks.iter().all(|track| track.samples == 0));
    let missing = draft.missing;
    if let Some(missing) = missing {
        draft = builder.tracks(Some(missing.from_ms));
    }
    let playable_ms = draft.duration_ms();
    let expected = missing.map(|missing| missing.expected_bytes).or(lost);
    if let Some(expected_bytes) = expected.filter(|_| playable_ms == 0) {
        return Err(Error::Truncated {
            actual_bytes: file_size,
            expected_bytes,
        });
    }
    let is_damaged = missing.is_some() || (movie.cut.is_some() && playable_ms > 0);
    let damage = is_damaged.then_some(Damage {
        playable_ms,
        declared_ms: movie.declared_ms,
    });
    Ok(Index {
        file_size,
        moov: mp4.place,
        duration_ms: playable_ms,
        damage,
        holes: None,
        shift_ms: draft.shift_ms,
        clusters: None,
        has_ordered_chapters: false,
        has_ignored_edits: movie.tracks.iter().any(|track| track.edit.has_more),
        tracks: draft.tracks,
        chapters: Vec::new(),
    })
}

struct Builder<'a> {
    movie: &'a Movie,
    moov: &'a [u8],
    file_size: u64,
}

/// Samples that lie beyond the end of the file.
#[derive(Clone, Copy)]
struct Missing {
    from_ms: u64,
    expected_bytes: u64,
}

#[derive(Default)]
struct Draft {
    tracks: Vec<Track>,
    missing: Option<Missing>,
    shift_ms: u64,
}

/// What a walk over one track found.
struct Walk {
    cuts: Vec<Cut>,
    weights: Vec<Weight>,
    /// Of the first sample of each segment, as a fragment of its own.
    keys: Vec<Weight>,
    delay: u64,
    end: u64,
    missing: Option<(i64, u64)>,
    /// Some sample is shown before the one that begins its segment.
    has_leading: bool,
}

impl Draft {
    fn duration_ms(&self) -> u64 {
        let playable = self.tracks.iter().filter(|track| track.is_playable());
        playable.map(|track| track.duration_ms).max().unwrap_or(0)
    }

    fn note_missing(&mut self, track: &Track, missing: Option<(i64, u64)>) {
        let Some((pts, expected_bytes)) = missing else {
            return;
        };
        let ticks = pts.saturating_sub(track.origin).max(0) as u64;
        let ms = u128::from(ticks) * 1000 / u128::from(track.timescale.max(1));
        let from_ms = ms.min(u128::from(u64::MAX)) as u64;
        let known = self.missing.map_or(u64::MAX, |missing| missing.from_ms);
        let expected_bytes =
            expected_bytes.max(self.missing.map_or(0, |missing| missing.expected_bytes));
        self.missing = Some(Missing {
            from_ms: known.min(from_ms),
            expected_bytes,
        });
    }
}

impl Builder<'_> {
    /// All tracks, cut; with `limit_ms` only what is shown before that time.
    fn tracks(&self, limit_ms: Option<u64>) -> Draft {
        let mut draft = Draft {
            tracks: (1..)
                .zip(&self.movie.tracks)
                .map(|(number, source)| Track {
                    origin: begin(self.movie, source),
                    ..described(number, source)
                })
                .collect(),
            ..Draft::default()
        };
        let mut lead: Option<Lead> = None;
        for kind in [Kind::Video, Kind::Audio] {
            for (index, source) in self.movie.tracks.iter().enumerate() {
                let mut track = draft.tracks[index].clone();
                if track.kind != kind || track.waiting.is_some() {
                    continue;
                }
                let missing = if kind == Kind::Video && lead.is_some() {
                    track.waiting = Some(Waiting::SecondPicture);
                    None
                } else {
                    self.cut(source, &mut track, &mut lead, limit_ms)
                };
                draft.note_missing(&track, missing);
                draft.tracks[index] = track;
            }
        }
        draft.shift_ms = lead.map_or(0, |lead| scale(lead.shift, lead.timescale, 1000));
        draft
    }

    /// Cuts one track, and leaves a reason in it where that cannot be done.
    fn cut(
        &self,
        source: &TrackBox,
        track: &mut Track,
        lead: &mut Option<Lead>,
        limit_ms: Option<u64>,
    ) -> Option<(i64, u64)> {
        let tables = match &source.tables {
            Some(tables) if tables.count() > 0 && tables.count() <= SAMPLES_LIMIT => tables,
            Some(tables) if tables.count() == 0 => {
                track.waiting = Some(Waiting::NoSamples);
                return None;
            }
            _ => {
                track.waiting = Some(Waiting::Damaged);
                return None;
            }
        };
        let own_time = |ticks: u64| signed(scale(ticks, self.movie.timescale, track.timescale));
        let begin = begin(self.movie, source);
        let edit_end = match source.edit {
            edit if edit.duration == 0 || edit.has_more => i64::MAX,
            edit => edit.start.saturating_add(own_time(edit.duration)),
        };
        let limit = |origin: i64| match limit_ms {
            Some(ms) => {
                edit_end.min(origin.saturating_add(signed(scale(ms, 1000, track.timescale))))
            }
            None => edit_end,
        };
        let walk = if track.kind == Kind::Video {
            let samples = || tables.samples(self.moov, 0..u32::MAX);
            let Some(first) = first_key(samples(), source.edit.start) else {
                track.waiting = Some(Waiting::KeyFrames {
                    longest_ms: scale(tables.ticks(), track.timescale, 1000),
                });
                return None;
            };
            let shift = begin.saturating_sub(first.1.pts()).max(0);
            track.origin = begin - shift;
            let limit = limit(track.origin);
            let target = signed(scale(TARGET_SEGMENT_MS, 1000, track.timescale)).max(1);
            let shown = (first.0..)
                .zip(tables.samples(self.moov, first.0..u32::MAX))
                .take_while(|(_, sample)| !is_missing(sample, self.file_size))
                .map(|(number, sample)| (number, sample, sample.pts() < limit));
            let keys = key_cuts(shown, first, target);
            let longest_ms = scale(keys.longest, track.timescale, 1000);
            if longest_ms > LONGEST_SEGMENT_MS {
                track.waiting = Some(Waiting::KeyFrames { longest_ms });
                return None;
            }
            track.lift = keys.lift;
            let mut cuts = keys.cuts.iter().peekable();
            let all =
                (keys.samples.start..).zip(tables.samples(self.moov, keys.samples.start..u32::MAX));
            let is_kept = |number, _: &Sample| number < keys.samples.end;
            let walk = self.weigh(all, track, (is_kept, limit), |number, _| {
                cuts.next_if_eq(&&number).is_some()
            });
            *lead = walk.as_ref().map(|walk| Lead {
                timescale: track.timescale,
                starts: walk.cuts.iter().map(|cut| cut.start).collect(),
                end: walk.end,
                shift: shift as u64,
            });
            walk
        } else {
            let shift = lead
                .as_ref()
                .map_or(0, |lead| scale(lead.shift, lead.timescale, track.timescale));
            track.origin = begin - signed(shift);
            let limit = limit(track.origin);
            let earliest = track.origin - PREROLL_MS * i64::from(track.timescale) / 1000;
            let is_early = |sample: &Sample| {
                sample.pts() < earliest
                    && sample.pts() < limit
                    && !is_missing(sample, self.file_size)
            };
            let all = (0..).zip(tables.samples(self.moov, 0..u32::MAX));
            let all = all.skip_while(|(_, sample)| is_early(sample));
            let is_kept =
                |_, sample: &Sample| sample.pts() < limit && !is_missing(sample, self.file_size);
            let mut grid = Grid::new(lead.as_ref(), track.timescale);
            self.weigh(all, track, (is_kept, limit), |_, start| grid.passes(start))
        };
        let Some(walk) = walk else {
            track.waiting = Some(Waiting::Damaged);
            return None;
        };
        if walk.cuts.is_empty() {
            track.waiting = Some(Waiting::NoSamples);
            return walk.missing;
        }
        (track.peak_bps, track.average_bps) = rates(&walk.weights, track.timescale);
        if track.kind == Kind::Video {
            (track.keys_peak_bps, track.keys_average_bps) = rates(&walk.keys, track.timescale);
            track.has_leading = walk.has_leading;
        }
        track.delay = walk.delay;
        track.end = walk.end;
        track.duration_ms = scale(walk.end, track.timescale, 1000);
        track.segments = walk.cuts;
        walk.missing
    }

    /// Sums up the segments of the numbered samples up to the first that is not kept; `cuts` says whether one begins with a
    /// sample (its number, its time). Behind them it looks only for what is missing before `limit`.
    ///
    /// `None` when there would be more segments, or more samples in one, than any film has.
    fn weigh(
        &self,
        mut samples: impl Iterator<Item = (u32, Sample)>,
        track: &Track,
        (is_kept, limit): (impl Fn(u32, &Sample) -> bool, i64),
        mut cuts: impl FnMut(u32, i64) -> bool,
    ) -> Option<Walk> {
        let mut walk = Walk {
            cuts: Vec::new(),
            weights: Vec::new(),
            keys: Vec::new(),
            delay: 0,
            end: 0,
            missing: None,
            has_leading: false,
        };
        let mut begun = i64::MIN;
        let mut first_left = None;
        let mut shape = Shape::default();
        let mut bytes = 0;
        for (number, sample) in &mut samples {
            if !is_kept(number, &sample) {
                first_left = Some(sample);
                break;
            }
            let start = sample.pts() - track.origin;
            let decode = sample.dts as i64 - track.origin;
            let begins = cuts(number, start) || walk.cuts.is_empty();
            if walk.cuts.is_empty() {
                walk.delay = decode.min(0).unsigned_abs();
            }
            if begins {
                begun = start;
                // Sound that is out of order must not make a segment begin before the one before it.
                let earliest = walk.cuts.last().map_or(0, |cut| cut.start);
                let is_first = walk.cuts.is_empty();
                self.close(&mut walk, &mut shape, &mut bytes);
                if walk.cuts.len() == SEGMENTS_LIMIT {
                    return None;
                }
                let mut alone = Shape::default();
                alone.add(&sample.lifted(track.lift));
                walk.keys.push(Weight {
                    bytes: alone.header_len() as u64 + alone.payload(),
                    ticks: 0,
                });
                walk.cuts.push(Cut {
                    first_sample: number,
                    samples: 0,
                    decode_time: decode.saturating_add_unsigned(walk.delay).max(0) as u64,
                    start: if is_first {
                        0
                    } else {
                        (start.max(0) as u64).max(earliest)
                    },
                });
            }
            walk.has_leading |= start < begun;
            if shape.samples() == SEGMENT_SAMPLES_LIMIT {
                return None;
            }
            shape.add(&sample.lifted(track.lift));
            bytes += u64::from(sample.size);
            walk.end = walk
                .end
                .max((start + i64::from(sample.duration)).max(0) as u64);
        }
        self.close(&mut walk, &mut shape, &mut bytes);
        let rest = first_left
            .into_iter()
            .chain(samples.map(|(_, sample)| sample));
        walk.missing = self.first_missing(rest, limit);
        let weights = walk.weights.iter_mut().zip(&mut walk.keys).enumerate();
        for (index, (weight, key)) in weights {
            let next = walk.cuts.get(index + 1).map_or(walk.end, |cut| cut.start);
            weight.ticks = next.saturating_sub(walk.cuts[index].start);
            key.ticks = weight.ticks;
        }
        Some(walk)
    }

    fn close(&self, walk: &mut Walk, shape: &mut Shape, bytes: &mut u64) {
        if let Some(cut) = walk.cuts.last_mut() {
            cut.samples = shape.samples();
            walk.weights.push(Weight {
                bytes: *bytes + shape.header_len() as u64,
                ticks: 0,
            });
        }
        *shape = Shape::default();
        *bytes = 0;
    }

    /// Looks at what follows the kept samples: from when on bytes are missing, and how large the file should be.
    ///
    /// What an edit list hides is not missed.
    fn first_missing(&self, rest: impl Iterator<Item = Sample>, limit: i64) -> Option<(i64, u64)> {
        let mut first: Option<(i64, u64)> = None;
        for sample in
            rest.filter(|sample| sample.pts() < limit && is_missing(sample, self.file_size))
        {
            let end = sample.offset.saturating_add(u64::from(sample.size));
            let (pts, expected) = first.get_or_insert((sample.pts(), end));
            *pts = (*pts).min(sample.pts());
            *expected = (*expected).max(end);
        }
        first
    }
}

/// Where the film begins on a track's own time line, as its edit list says, in ticks.
fn begin(movie: &Movie, source: &TrackBox) -> i64 {
    let empty = scale(source.edit.empty, movie.timescale, source.timescale.max(1));
    source.edit.start - signed(empty)
}

/// The track as the file describes it, not yet cut.
fn described(number: u32, source: &TrackBox) -> Track {
    let codec = source.codec();
    let samples = source.tables.as_ref().map_or(0, Tables::count);
    let ticks = source.tables.as_ref().map_or(0, Tables::ticks);
    let frame_rate = (source.kind == Kind::Video && samples > 0 && ticks > 0)
        .then(|| reduced(u64::from(samples) * u64::from(source.timescale), ticks));
    let typical_duration = (ticks / u64::from(samples.max(1))).min(u64::from(u32::MAX)) as u32;
    Track {
        number,
        kind: source.kind,
        codec: codec.name,
        rfc6381: codec.rfc6381,
        language: source.language.clone(),
        name: source.name.clone(),
        role: source.role,
        default: source.enabled,
        waiting: source.waiting,
        rotation: source.rotation(),
        frame_rate,
        samples,
        timescale: source.timescale.max(1),
        duration_ms: scale(ticks, source.timescale, 1000),
        matrix: source.matrix,
        typical_duration,
        ..Track::of_entry(source.entry.clone())
    }
}

fn is_missing(sample: &Sample, file_size: u64) -> bool {
    sample.offset.saturating_add(u64::from(sample.size)) > file_size
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{example_film, example_film_from};
    use crate::open::find_moov;

    /// The example film, its tables saying that `samples` of one byte follow each other at once.
    fn crowded(samples: u32) -> Index {
        let film = example_film();
        let place = find_moov(&film, film.len() as u64).expect("it has a moov");
        let mut moov = film[place.offset as usize..place.end() as usize].to_vec();
        let mut patch = |kind: &[u8; 4], offset: usize, value: u32| {
            let found = moov.windows(4).position(|name| name == kind);
            let at = found.expect("the box is there") + 4 + offset;
            moov[at..at + 4].copy_from_slice(&value.to_be_bytes());
        };
        patch(b"stts", 8, samples);
        patch(b"stts", 12, 1);
        patch(b"stsc", 12, samples);
        patch(b"stsz", 4, 1);
        patch(b"stsz", 8, samples);
        let mp4 = Mp4::of_moov(moov, place).expect("its boxes can be read");
        build(&mp4, 1 << 30).expect("it has a track")
    }

    #[test]
    fn a_segment_with_more_samples_than_any_film_has_is_damage() {
        let usual = crowded(90_000);
        assert!(usual.tracks[0].is_playable(), "{:?}", usual.tracks[0]);
        assert_eq!(crowded(150_000).tracks[0].waiting, Some(Waiting::Damaged));
    }

    #[test]
    fn a_film_begun_between_two_key_frames_is_shifted_to_the_one_before() {
        for (start_ms, shift_ms) in [(0, 0), (1_000, 0), (1_400, 400)] {
            let film = example_film_from(start_ms);
            let (index, _) = crate::open(&film, film.len() as u64).expect("it is whole");
            assert_eq!(index.shift_ms, shift_ms, "begun at {start_ms} ms");
        }
    }
}
