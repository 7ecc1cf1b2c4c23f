//! Makes the index of a Matroska file from its list of places ("Cues"), or, where there is none, by a walk over all blocks.
//!
//! The rule for where a film begins: at the first frame of the first track that plays. Pictures before the first key frame
//! are left out.

use super::codec::{self, FrameLength};
use super::head::{CUES_LIMIT, Cue, Head};
use super::holes::{self, Hole};
use super::reach::Surveyed;
use super::stretch::each_ns;
use super::survey::Survey;
use super::tracks::{Encoding, TrackEntry};
use super::walk::{Block, Walk};
use super::{Clusters, Mark, Stored, rescaled};
use crate::codecs::Entry;
use crate::error::{Error, Result};
use crate::index::cuts::{SEGMENTS_LIMIT, first_key, key_cuts};
use crate::index::{
    Damage, Index, LONGEST_SEGMENT_MS, TARGET_SEGMENT_MS, Track, Weight, rates, reduced, scale,
    signed,
};
use crate::model::{Kind, Sample, Waiting};
use crate::source::{ByteRange, ReadAt, read_exact_at};

/// So many pictures behind a key frame may be shown before it.
const LEADING_LIMIT: u32 = 32;

/// Reads a film's head and makes its index.
///
/// # Errors
/// When the file is damaged beyond reading, or nothing of the film is in it.
pub(crate) fn build(source: &(impl ReadAt + ?Sized), size_bytes: u64) -> Result<Index> {
    let head = Head::read(source, size_bytes)?;
    if head.tracks.is_empty() {
        return Err(Error::NoTracks);
    }
    let end = head.declared_end.unwrap_or(size_bytes).min(size_bytes);
    let builder = Builder {
        source,
        size_bytes,
        end,
        head: &head,
    };
    let firsts = builder.opening()?;
    let mut index = builder.described(&firsts);
    if let Some(lead) = lead(&index.tracks) {
        match firsts[lead].key {
            None => index.tracks[lead].waiting = Some(Waiting::NoSamples),
            Some(first) => {
                let places = builder.marks(lead, first)?;
                builder.complete(&mut index, lead, places, &firsts)?;
            }
        }
    }
    index.chapters = head.chapters.placed(&index);
    Ok(index)
}

/// The running time that the head declares, if it does, in milliseconds.
///
/// # Errors
/// As [`build`].
pub(crate) fn declared_ms(source: &(impl ReadAt + ?Sized), size_bytes: u64) -> Result<Option<u64>> {
    let head = Head::read(source, size_bytes)?;
    Ok(head
        .duration_ns
        .map(|duration| (duration + 500_000) / 1_000_000))
}

/// The first frame of a track.
#[derive(Clone, Debug, Default)]
struct First {
    time: Option<i64>,
    /// Its first bytes.
    bytes: Vec<u8>,
    /// The first with which decoding may begin: its time and its cluster.
    key: Option<Cue>,
}

pub(super) struct Builder<'a, S: ?Sized> {
    pub(super) source: &'a S,
    pub(super) size_bytes: u64,
    pub(super) end: u64,
    pub(super) head: &'a Head,
}

/// A mark, and how many bytes its key frame has.
#[derive(Clone, Copy)]
struct Found {
    mark: Mark,
    key_bytes: u64,
}

/// Where a film is cut.
struct Places {
    marks: Vec<Found>,
    /// What a walk over the whole film stepped over, where there was one.
    holes: Option<Vec<Hole>>,
}

/// The track whose key frames decide: the picture, or else the first sound.
fn lead(tracks: &[Track]) -> Option<usize> {
    let of = |kind| {
        tracks
            .iter()
            .position(|t| t.kind == kind && t.is_playable())
    };
    of(Kind::Video).or_else(|| of(Kind::Audio))
}

impl<S: ReadAt + ?Sized> Builder<'_, S> {
    pub(super) fn walk(&self, start: u64, end: u64) -> Walk<'_, S> {
        Walk::new(self.source, self.size_bytes, start, end)
    }

    /// Looks for the first frame of each track of picture and sound: as far as it takes, to the end where one has none.
    fn opening(&self) -> Result<Vec<First>> {
        let mut firsts = vec![First::default(); self.head.tracks.len()];
        let mut walk = self.walk(self.head.clusters, self.end);
        let mut block = Block::default();
        while walk.next(&mut block)? {
            let number = |track: &TrackEntry| track.number == block.track;
            let Some(at) = self.head.tracks.iter().position(number) else {
                continue;
            };
            let first = &mut firsts[at];
            first.time = first.time.or(Some(block.time));
            if first.key.is_none() && block.is_key {
                first.key = Some(Cue {
                    time: block.time,
                    track: block.track,
                    cluster: block.cluster,
                });
                first.bytes = self.first_bytes(&mut walk, &block, &self.head.tracks[at])?;
            }
            let is_seen = |(track, first): (&TrackEntry, &First)| {
                !matches!(track.kind, Some(Kind::Video | Kind::Audio)) || first.key.is_some()
            };
            if self.head.tracks.iter().zip(&firsts).all(is_seen) {
                break;
            }
        }
        Ok(firsts)
    }

    fn first_bytes(
        &self,
        walk: &mut Walk<'_, S>,
        block: &Block,
        track: &TrackEntry,
    ) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if let Encoding::Stripped(prefix) = track.encoding {
            bytes.resize(prefix.len as usize, 0);
            read_exact_at(self.source, prefix.offset, &mut bytes)?;
        }
        if let Some(frame) = block.frames.first() {
            bytes.extend(walk.peek(*frame, codec::first_frame_bytes(&track.codec))?);
        }
        Ok(bytes)
    }

    /// The film as its head describes it, not yet cut.
    fn described(&self, firsts: &[First]) -> Index {
        let declared_ms = self.head.duration_ns.unwrap_or(0) / 1_000_000;
        let mut tracks: Vec<Track> = Vec::new();
        for ((number, entry), first) in (1..).zip(&self.head.tracks).zip(firsts) {
            let (codec, length) = codec::entry(entry, &first.bytes);
            let mut track = track(number, entry, codec);
            let is_second = tracks
                .iter()
                .any(|known| known.kind == Kind::Video && known.is_playable());
            if track.kind == Kind::Video && track.is_playable() && is_second {
                track.waiting = Some(Waiting::SecondPicture);
            }
            if track.is_playable() && first.time.is_none() {
                track.waiting = Some(Waiting::NoSamples);
            }
            track.duration_ms = declared_ms;
            track.stored = stored(entry, first, length, &track);
            if track.kind == Kind::Video {
                track.timescale = timescale(self.head.scale_ns);
                track.frame_rate = frame_rate(entry.default_duration_ns);
            }
            tracks.push(track);
        }
        Index {
            file_size: self.size_bytes,
            moov: ByteRange::default(),
            clusters: None,
            duration_ms: declared_ms,
            damage: None,
            holes: None,
            has_ignored_edits: false,
            has_ordered_chapters: self.head.chapters.is_ordered,
            shift_ms: 0,
            tracks,
            chapters: Vec::new(),
        }
    }

    /// The places to cut at: those the file lists, if they are right, or else those found by a walk.
    fn marks(&self, lead: usize, first: Cue) -> Result<Places> {
        let number = self.head.tracks[lead].number;
        let listed: Vec<Cue> = self
            .head
            .cues
            .iter()
            .copied()
            .filter(|cue| cue.track == number)
            .collect();
        if !listed.is_empty()
            && let Some(marks) = self.verified(&self.chosen(first, &listed))?
            && !self.has_long_gap(lead, &marks)?
        {
            let marks = self.beginning_with_the_film(marks)?;
            return Ok(Places { marks, holes: None });
        }
        let (walked, holes) = self.walked(number)?;
        let marks = self.verified(&self.chosen(first, &walked))?;
        Ok(Places {
            marks: self.beginning_with_the_film(marks.ok_or(Error::IndexMismatch)?)?,
            holes: Some(holes),
        })
    }

    /// The first stretch begins with the film: in front of its key frame lies sound, which is played.
    fn beginning_with_the_film(&self, mut marks: Vec<Found>) -> Result<Vec<Found>> {
        if marks.len() > SEGMENTS_LIMIT {
            return Err(Error::BadElement(
                "there are more segments than any film has",
            ));
        }
        marks[0].mark.cluster = self.head.clusters;
        Ok(marks)
    }

    /// Whether two marks, or the last and the end, are further apart than a segment may be long: the list leaves some out.
    fn has_long_gap(&self, lead: usize, marks: &[Found]) -> Result<bool> {
        let total = match (self.head.duration_ns, marks.last()) {
            (Some(duration_ns), _) => Some(signed(duration_ns / self.head.scale_ns)),
            (None, Some(last)) => {
                let place = ByteRange {
                    offset: last.mark.cluster,
                    len: self.end.saturating_sub(last.mark.cluster),
                };
                let survey = Survey::of(self.source, self.size_bytes, self.head, place)?;
                survey.tracks[lead].last()
            }
            (None, None) => None,
        };
        let longest = signed(self.ticks(LONGEST_SEGMENT_MS));
        let times = marks.iter().map(|found| found.mark.time);
        let mut ends = times.clone().skip(1).chain(total);
        Ok(times
            .zip(&mut ends)
            .any(|(begin, end)| end.saturating_sub(begin) > longest))
    }

    pub(super) fn ticks(&self, ms: u64) -> u64 {
        ms.saturating_mul(1_000_000) / self.head.scale_ns
    }

    /// Every place where decoding may begin, found by a walk over all blocks, and the holes between them.
    fn walked(&self, number: u64) -> Result<(Vec<Cue>, Vec<Hole>)> {
        let mut cues = Vec::new();
        let mut walk = self.walk(self.head.clusters, self.end);
        let mut block = Block::default();
        while walk.next(&mut block)? {
            let is_new = cues
                .last()
                .is_none_or(|cue: &Cue| cue.cluster < block.cluster);
            if block.track == number && block.is_key && is_new && cues.len() < CUES_LIMIT {
                cues.push(Cue {
                    time: block.time,
                    track: number,
                    cluster: block.cluster,
                });
            }
        }
        Ok((cues, walk.holes))
    }

    /// Of `first` and the places that follow it, one in a cluster, those nearest to the length a segment should have.
    fn chosen(&self, first: Cue, cues: &[Cue]) -> Vec<Cue> {
        let mut usable = vec![first];
        for cue in cues {
            let last = usable.last().expect("there is the first");
            if cue.time > last.time && cue.cluster > last.cluster {
                usable.push(*cue);
            }
        }
        // Times are counted from the first, which may be negative.
        let after = |time: i64| time.saturating_sub(first.time).max(0) as u64;
        let last = usable.last().map_or(0, |cue| after(cue.time));
        let total = self.head.duration_ns.unwrap_or(0) / self.head.scale_ns;
        let sample = |(number, cue): (u32, &Cue)| Sample {
            dts: after(cue.time),
            duration: match usable.len() - 1 == number as usize {
                true => total.saturating_sub(last).min(u64::from(u32::MAX)) as u32,
                false => 0,
            },
            is_sync: true,
            ..Sample::default()
        };
        let samples = || (0..).zip(&usable).map(sample);
        let begin = first_key(samples(), 0).expect("there is the first");
        let numbered = (0..).zip(samples()).map(|(n, sample)| (n, sample, true));
        let target = signed(self.ticks(TARGET_SEGMENT_MS)).max(1);
        let cuts = key_cuts(numbered, begin, target).cuts;
        cuts.iter().map(|cut| usable[*cut as usize]).collect()
    }

    /// The marks at these places, or nothing when at one of them there is no such key frame.
    fn verified(&self, cues: &[Cue]) -> Result<Option<Vec<Found>>> {
        let mut marks = Vec::with_capacity(cues.len());
        for (place, cue) in cues.iter().enumerate() {
            let end = cues.get(place + 1).map_or(self.end, |next| next.cluster);
            match self.mark(*cue, end)? {
                Some(found) => marks.push(found),
                None => return Ok(None),
            }
        }
        Ok(Some(marks))
    }

    fn mark(&self, cue: Cue, end: u64) -> Result<Option<Found>> {
        let mut walk = self.walk(cue.cluster, end);
        let mut block = Block::default();
        let mut mark = Mark {
            cluster: cue.cluster,
            time: cue.time,
            ..Mark::default()
        };
        let mut key_bytes = None;
        let mut behind = 0;
        while walk.next(&mut block)? {
            if block.cluster != cue.cluster && key_bytes.is_none() {
                return Ok(None);
            }
            if block.track != cue.track {
                continue;
            }
            match key_bytes {
                None if block.is_key && block.time == mark.time => {
                    key_bytes = Some(block.frames.iter().map(|frame| frame.len).sum());
                }
                None => mark.is_inside = true,
                Some(_) if block.time > mark.time || behind == LEADING_LIMIT => break,
                Some(_) => {
                    let early = mark.time - block.time;
                    mark.early = mark.early.max(early.clamp(0, 1 << 31) as u32);
                    behind += 1;
                }
            }
        }
        Ok(key_bytes.map(|key_bytes| Found { mark, key_bytes }))
    }

    /// Cuts the film at the marks, and leaves a reason in a track where that cannot be done.
    fn complete(
        &self,
        index: &mut Index,
        lead: usize,
        places: Places,
        firsts: &[First],
    ) -> Result<()> {
        let found = places.marks;
        let playable = index.tracks.iter().zip(firsts);
        let zero = playable
            .filter(|(track, _)| track.is_playable())
            .filter_map(|(track, first)| match track.kind {
                Kind::Video => first.key.map(|key| key.time),
                _ => first.time,
            })
            .min()
            .unwrap_or(0);
        let mut clusters = Clusters {
            scale_ns: self.head.scale_ns,
            zero,
            end: self.end,
            marks: found.iter().map(|found| found.mark).collect(),
        };
        let surveys = self.surveys(&clusters)?;
        index.holes = holes::told(places.holes.as_deref(), &clusters, &surveys);
        let between = self.between(index, &clusters, &surveys)?;
        for place in 0..index.tracks.len() {
            if index.tracks[place].is_playable() {
                let track = &mut index.tracks[place];
                self.measure(track, place, &clusters, (&surveys, &between));
            }
        }
        self.weigh(index, lead, &found, &clusters, &surveys);
        let behind = self.behind(index, lead, &clusters)?;
        clusters.marks.extend(behind);
        index.clusters = Some(clusters);
        index.cut_like_marks();
        let longest_ms = longest_ms(&index.tracks[lead], index.clusters.as_ref());
        if longest_ms > LONGEST_SEGMENT_MS && index.tracks[lead].kind == Kind::Video {
            index.tracks[lead].waiting = Some(Waiting::KeyFrames { longest_ms });
            index.tracks[lead].segments.clear();
        }
        let playable = index.tracks.iter().filter(|track| track.is_playable());
        index.duration_ms = playable.map(|track| track.duration_ms).max().unwrap_or(0);
        let is_short = self
            .head
            .declared_end
            .is_some_and(|end| end > self.size_bytes);
        if is_short || surveys.last().is_some_and(|(_, last)| last.is_cut_off) {
            index.damage = Some(Damage {
                playable_ms: index.duration_ms,
                declared_ms: self.head.duration_ns.unwrap_or(0) / 1_000_000,
            });
        }
        Ok(())
    }

    /// What only frames tell: how long a track is, how its frames follow each other.
    fn measure(
        &self,
        track: &mut Track,
        place: usize,
        clusters: &Clusters,
        (surveys, between): (&[Surveyed], &[Surveyed]),
    ) {
        let seen = || {
            surveys
                .iter()
                .chain(between)
                .map(|(n, survey)| (*n, &survey.tracks[place]))
        };
        let ticks = |time: i64| rescaled(time, clusters.scale_ns, track.timescale);
        let step = seen().filter_map(|(_, seen)| seen.usual_step()).min();
        let each = rescaled(track.stored.each_ns as i64, 1, track.timescale);
        let typical = match (track.stored.length, each) {
            (FrameLength::Fixed(samples), _) => i64::from(samples),
            (_, 0) => step.map_or(0, ticks),
            (_, each) => each,
        };
        track.typical_duration = typical.clamp(1, 1 << 31) as u32;
        if track.kind == Kind::Video {
            let disorder = seen().map(|(_, seen)| seen.disorder()).max().unwrap_or(0);
            let leads = clusters.marks.iter().map(|mark| i64::from(mark.early));
            let disorder = ticks(disorder.max(leads.max().unwrap_or(0)));
            // Elsewhere in the film pictures may be more out of order than where it was looked at.
            let room = if disorder > 0 || is_reordering(&track.codec) {
                (disorder + 2 * typical).max(4 * typical)
            } else {
                0
            };
            track.lift = room.clamp(0, 1 << 30) as u32;
            track.has_leading = clusters.marks.iter().any(|mark| mark.early > 0);
            if track.frame_rate.is_none() {
                track.frame_rate = step
                    .and_then(|step| frame_rate((step as u64).saturating_mul(clusters.scale_ns)));
            }
        } else if self.is_scattered(place, clusters, surveys) {
            track.waiting = Some(Waiting::Scattered);
        }
        let early = match track.kind {
            Kind::Video => clusters.marks.first().map_or(0, |mark| mark.early),
            _ => 0,
        };
        let first = track.stored.first - i64::from(early);
        let first = clusters.ticks(first, track.timescale) - i64::from(track.stored.priming);
        track.delay = first.min(0).unsigned_abs();
        let last = seen()
            .filter_map(|(_, seen)| Some((seen.last()?, seen.last_duration)))
            .max();
        if let Some((last, duration)) = last {
            let duration = duration.map_or(typical, |duration| ticks(signed(duration)));
            let end = clusters.ticks(last, track.timescale) - i64::from(track.stored.priming);
            track.end = (end + duration).max(0) as u64;
        }
        track.duration_ms = scale(track.end, track.timescale, 1000);
    }

    /// Whether sound lies further than a stretch from its picture, where it was looked at.
    fn is_scattered(&self, place: usize, clusters: &Clusters, surveys: &[Surveyed]) -> bool {
        let time = |n: usize| clusters.marks.get(n).map(|mark| mark.time);
        surveys.iter().any(|(n, survey)| {
            let seen = &survey.tracks[place];
            let from = n.checked_sub(1).and_then(time).unwrap_or(i64::MIN);
            let until = time(n + 2).unwrap_or(i64::MAX);
            seen.first().is_some_and(|first| first < from)
                || seen.last().is_some_and(|last| last >= until)
        })
    }

    /// Bit rates: of sound as it was seen, and of the picture by what else lies between the marks.
    fn weigh(
        &self,
        index: &mut Index,
        lead: usize,
        found: &[Found],
        clusters: &Clusters,
        surveys: &[Surveyed],
    ) {
        let span = |n: usize| {
            let start = clusters.marks[n].time;
            let end = match clusters.marks.get(n + 1) {
                Some(next) => next.time,
                None => {
                    let lead = &index.tracks[lead];
                    let total = signed(scale(lead.end, lead.timescale, 1_000_000));
                    clusters.zero + total.saturating_mul(1000) / signed(clusters.scale_ns)
                }
            };
            (end - start).max(1)
        };
        let seen_ticks: i64 = surveys.iter().map(|(n, _)| span(*n)).sum();
        let mut beside = 0_u128;
        let mut of_sound = Vec::new();
        for place in 0..index.tracks.len() {
            let bytes: u64 = surveys.iter().map(|(_, s)| s.tracks[place].bytes).sum();
            if place != lead {
                beside += u128::from(bytes);
            }
            let weights: Vec<Weight> = surveys
                .iter()
                .map(|(n, survey)| Weight {
                    bytes: survey.tracks[place].bytes,
                    ticks: rescaled(span(*n), clusters.scale_ns, 1_000_000) as u64,
                })
                .collect();
            of_sound.push(rates(&weights, 1_000_000));
        }
        let mut weights = Vec::with_capacity(found.len());
        let mut keys = Vec::with_capacity(found.len());
        for (n, found) in found.iter().enumerate() {
            let ticks = rescaled(span(n), clusters.scale_ns, 1_000_000) as u64;
            let all = clusters.place(n as u32).map_or(0, |place| place.len);
            let beside = beside * span(n) as u128 / seen_ticks.max(1) as u128;
            let bytes = all.saturating_sub(beside.min(u128::from(u64::MAX)) as u64);
            weights.push(Weight { bytes, ticks });
            keys.push(Weight {
                bytes: found.key_bytes + 150,
                ticks,
            });
        }
        for (place, track) in index.tracks.iter_mut().enumerate() {
            if !track.is_playable() {
                continue;
            }
            (track.peak_bps, track.average_bps) = if place == lead {
                rates(&weights, 1_000_000)
            } else {
                of_sound[place]
            };
            if track.kind == Kind::Video {
                (track.keys_peak_bps, track.keys_average_bps) = rates(&keys, 1_000_000);
            }
        }
    }
}

/// The longest time from one key frame to the next, or to the end.
fn longest_ms(track: &Track, clusters: Option<&Clusters>) -> u64 {
    let Some(clusters) = clusters else { return 0 };
    let shown = |mark: &Mark| clusters.ticks(mark.time, track.timescale);
    let begins = clusters.marks[clusters.of(track)].iter().map(shown);
    let ends = begins.clone().skip(1).chain([signed(track.end)]);
    let longest = begins.zip(ends).map(|(begin, end)| end - begin).max();
    scale(longest.unwrap_or(0).max(0) as u64, track.timescale, 1000)
}

/// Whether a codec stores pictures in another order than they are shown in.
fn is_reordering(codec: &str) -> bool {
    matches!(codec, "h264" | "hevc")
}

/// Ticks per second of a picture: those of the file where they are a whole number, or else microseconds.
fn timescale(scale_ns: u64) -> u32 {
    match reduced(1_000_000_000, scale_ns.max(1)).0 {
        exact @ ..=50_000_000 => exact as u32,
        _ => 1_000_000,
    }
}

/// Frames per second of frames that are so long, as one of the usual rates where it is one.
fn frame_rate(each_ns: u64) -> Option<(u64, u64)> {
    if each_ns == 0 {
        return None;
    }
    let is_near = |frames: u64, seconds: u64| {
        let exact = seconds * 1_000_000_000 / frames;
        exact.abs_diff(each_ns) <= 1 + exact / 20_000
    };
    let whole = (1..=240).find(|frames| is_near(*frames, 1));
    let ntsc = [24, 30, 48, 60, 120]
        .into_iter()
        .find(|frames| is_near(frames * 1000, 1001));
    Some(match (whole, ntsc) {
        (Some(frames), _) => (frames, 1),
        (_, Some(frames)) => (frames * 1000, 1001),
        _ => (1_000_000_000, each_ns),
    })
}

fn stored(entry: &TrackEntry, first: &First, length: FrameLength, track: &Track) -> Stored {
    let rate = u128::from(track.sample_rate);
    let priming = (u128::from(entry.codec_delay_ns) * rate + 500_000_000) / 1_000_000_000;
    let mut stored = Stored {
        number: entry.number,
        prefix: match entry.encoding {
            Encoding::Stripped(prefix) => prefix,
            _ => ByteRange::default(),
        },
        length,
        first: match entry.kind {
            Some(Kind::Video) => first.key.map_or(0, |key| key.time),
            _ => first.time.unwrap_or(0),
        },
        each_ns: entry.default_duration_ns,
        priming: priming.min(u128::from(u32::MAX)) as u32,
    };
    if length == FrameLength::Opus && stored.each_ns == 0 {
        let samples = codec::opus_samples(&first.bytes).unwrap_or(960);
        stored.each_ns = each_ns(&stored, samples, 48_000);
    }
    stored
}

/// A track as the head describes it.
fn track(number: u32, entry: &TrackEntry, codec: Entry) -> Track {
    let named = codec.codec.clone();
    let turned = (-entry.video.roll).rem_euclid(360.0).round() as u16 % 360;
    let turned = if turned.is_multiple_of(90) { turned } else { 0 };
    Track {
        number,
        kind: entry.kind.unwrap_or(Kind::Other),
        codec: named
            .as_ref()
            .map_or_else(String::new, |codec| codec.name.clone()),
        rfc6381: named.and_then(|codec| codec.rfc6381),
        language: entry.language.clone(),
        name: entry.name.clone(),
        role: entry.role,
        default: entry.default,
        waiting: codec.waiting,
        width: u32::from(codec.width),
        height: u32::from(codec.height),
        rotation: turned,
        timescale: codec.sample_rate.max(1),
        matrix: crate::cmaf::turned_matrix(turned),
        ..Track::of_entry(codec)
    }
}
