//! The index: the little that is kept of a film so that playlists and segments need no second look at it.

mod bandwidth;
mod build;
mod bytes;
mod chapters;
pub(crate) mod cuts;
mod holes;
mod marks;

use sha2::{Digest, Sha256};

use crate::chapters::Chapter;
use crate::codecs::Entry;
use crate::error::{Error, Result};
use crate::matroska::{Clusters, Stored};
use crate::model::{Kind, LightRange, Role, Waiting};
use crate::source::ByteRange;

pub(crate) use bandwidth::{Weight, rates, target_seconds};
pub(crate) use build::build;
#[doc(hidden)]
pub use bytes::seal_index;
pub use holes::Holes;

/// Grows with every change of the bytes we serve or of the stored index: segments, init segments, playlists.
pub const FORMAT_VERSION: u16 = 6;

/// How long a segment should be; key frames decide how long it is.
pub const TARGET_SEGMENT_MS: u64 = 4_000;

/// A film whose key frames make a longer segment waits for the workshop.
///
/// **A film without key frames** (one at the start only) is therefore playable up to this length, as one
/// segment; a longer one is listed as waiting with [`Waiting::KeyFrames`], because a segment that does
/// not begin with a key frame cannot be decoded, and one of many minutes cannot be sought.
pub const LONGEST_SEGMENT_MS: u64 = 30_000;

/// What is stored of an asset: tracks, their configuration, and segment boundaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The size of the file the index was made from.
    pub file_size: u64,
    /// The body of `moov`: where [`crate::SampleTables::read`] begins. Nothing, where the film is Matroska.
    pub moov: ByteRange,
    /// How frames are found where there is no `moov`.
    pub(crate) clusters: Option<Clusters>,
    /// The running time of what can be played.
    pub duration_ms: u64,
    /// The file is cut off, and the index ends where the file does.
    pub damage: Option<Damage>,
    /// The file is damaged before its end.
    pub holes: Option<Holes>,
    /// The film has an edit list of several stretches, and is played as one.
    pub has_ignored_edits: bool,
    /// The film asks to be played in another order than it lies in the file, and is played as it lies.
    pub has_ordered_chapters: bool,
    /// How much earlier than its edit list says the film begins, because of key frames: subtitles beside it
    /// must be delayed by as much.
    pub shift_ms: u64,
    /// All tracks, playable or not, in file order.
    pub tracks: Vec<Track>,
    /// In order of their start.
    pub chapters: Vec<Chapter>,
}

/// What is left of a film that is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// How much of it is there from the start.
    pub playable_ms: u64,
    /// How long the file says it is; 0 where it does not, as fragmented films may leave open.
    pub declared_ms: u64,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (playable, declared) = (self.playable_ms / 1000, self.declared_ms / 1000);
        match self.declared_ms {
            0 => write!(
                out,
                "the file is cut off: its first {playable} s can be played; deliver it again"
            ),
            _ => write!(
                out,
                "the file is cut off: {playable} s of {declared} s can be played; deliver it again"
            ),
        }
    }
}

/// One track of the film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Counted from 1 in file order; the `{track}` of our URIs.
    pub number: u32,
    /// Picture, sound, subtitles or other.
    pub kind: Kind,
    /// ffprobe's name of the codec.
    pub codec: String,
    /// The codec string of RFC 6381, where it can be told.
    pub rfc6381: Option<String>,
    /// As the file says it: three letters of ISO 639-2, or BCP 47.
    pub language: Option<String>,
    /// The name the file gives the track.
    pub name: Option<String>,
    /// A guess from the name.
    pub role: Role,
    /// The file marks the track as one to play by default.
    pub default: bool,
    /// Why the track cannot be played; `None` is playable.
    pub waiting: Option<Waiting>,
    /// Coded width in pixels; 0 for sound.
    pub width: u32,
    /// Coded height in pixels.
    pub height: u32,
    /// The shape of a pixel, width to height.
    pub pixel: (u32, u32),
    /// Degrees clockwise to turn the picture upright.
    pub rotation: u16,
    /// Standard or high dynamic range, as far as the container says.
    pub range: LightRange,
    /// Frames per second as a fraction, averaged over the track.
    pub frame_rate: Option<(u64, u64)>,
    /// Channels of sound.
    pub channels: u16,
    /// Samples of sound per second and channel.
    pub sample_rate: u32,
    /// How many samples (frames) the file declares.
    pub samples: u32,
    /// Ticks per second.
    pub timescale: u32,
    /// Running time of what can be played, or of what is declared where nothing can.
    pub duration_ms: u64,
    /// The highest segment bit rate (RFC 8216bis, section 4.4.6.2, BANDWIDTH), headers included.
    pub peak_bps: u64,
    /// Bits per second over the whole track, headers included.
    pub average_bps: u64,
    /// The same of the key frames alone, of a picture: what a player takes while a viewer winds.
    pub keys_peak_bps: u64,
    /// See [`Track::keys_peak_bps`].
    pub keys_average_bps: u64,
    /// Some segment has pictures shown before the key frame it begins with, which need the segment before (open groups).
    pub has_leading: bool,
    pub(crate) entry: [u8; 4],
    pub(crate) private: Vec<u8>,
    pub(crate) extra: Vec<u8>,
    pub(crate) matrix: [u8; 36],
    /// The duration most samples have; predicts times in the stored form.
    pub(crate) typical_duration: u32,
    /// Where the presentation's zero lies on the media's own time line, in ticks.
    pub(crate) origin: i64,
    /// Our decode times run ahead of presentation times by this much, which the init's edit list takes back.
    pub(crate) delay: u64,
    /// Added to every composition offset so that none is negative: ffmpeg takes fragments with negative
    /// ones for late by as much. The init's edit list takes this back too.
    pub(crate) lift: u32,
    /// How the track lies in a Matroska file.
    pub(crate) stored: Stored,
    /// Presentation time at the end of the last sample, in ticks.
    pub(crate) end: u64,
    pub(crate) segments: Vec<Cut>,
}

/// Where one segment of a track begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) first_sample: u32,
    pub(crate) samples: u32,
    /// `tfdt` of the segment.
    pub(crate) decode_time: u64,
    /// Presentation time, in ticks; 0 for the first segment, whenever its first sample is shown.
    pub(crate) start: u64,
}

/// Whether a film can be shown as it is; the sentences name each track that cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every track plays.
    Playable,
    /// It plays, but not every track.
    Partly(Vec<String>),
    /// Its picture or its sound does not play: it waits.
    Waiting(Vec<String>),
}

impl Index {
    /// The track with this number.
    ///
    /// # Errors
    /// [`Error::NoSuchTrack`].
    pub fn track(&self, number: u32) -> Result<&Track> {
        number
            .checked_sub(1)
            .and_then(|index| self.tracks.get(index as usize))
            .ok_or(Error::NoSuchTrack(number))
    }

    /// The track with this number, if it can be played.
    ///
    /// # Errors
    /// [`Error::NoSuchTrack`], or [`Error::NotPlayable`] with the reason.
    pub fn playable_track(&self, number: u32) -> Result<&Track> {
        let track = self.track(number)?;
        match track.waiting {
            None => Ok(track),
            Some(waiting) => Err(Error::NotPlayable {
                track: number,
                reason: waiting.sentence(track.kind, &track.codec),
            }),
        }
    }

    /// The picture that is shown.
    pub fn video(&self) -> Option<&Track> {
        self.tracks
            .iter()
            .find(|track| track.kind == Kind::Video && track.is_playable())
    }

    /// Whether the film can be shown as it is.
    pub fn verdict(&self) -> Verdict {
        let all = |kind| {
            self.tracks
                .iter()
                .filter(move |track: &&Track| track.kind == kind)
        };
        let lacks = |kind| all(kind).next().is_some() && !all(kind).any(Track::is_playable);
        let reasons: Vec<String> = self
            .tracks
            .iter()
            .filter(|track| track.kind != Kind::Other)
            .filter_map(|track| Some(format!("track {}: {}", track.number, track.reason()?)))
            .collect();
        let nothing = !self.tracks.iter().any(Track::is_playable);
        if nothing || lacks(Kind::Video) || lacks(Kind::Audio) {
            Verdict::Waiting(reasons)
        } else if reasons.is_empty() {
            Verdict::Playable
        } else {
            Verdict::Partly(reasons)
        }
    }

    /// When the film ends; one that waits is as long as its tracks are.
    pub(crate) fn longest_ms(&self) -> u64 {
        let longest = self.tracks.iter().map(|track| track.duration_ms).max();
        let played = Some(self.duration_ms).filter(|ms| *ms > 0);
        played.or(longest).unwrap_or(0)
    }

    /// What a cache should count for this value, in bytes.
    pub fn memory_bytes(&self) -> usize {
        let cuts = |track: &Track| track.segments.capacity() * size_of::<Cut>();
        let own = |track: &Track| size_of::<Track>() + track.private.capacity() + cuts(track);
        let marks = self
            .clusters
            .as_ref()
            .map_or(0, |clusters| clusters.marks.capacity());
        let marks = marks * size_of::<crate::matroska::Mark>();
        let names = self.chapters.iter().flat_map(|chapter| &chapter.names);
        let names = names.map(|name| size_of_val(name) + name.text.capacity());
        let chapters = self.chapters.capacity() * size_of::<Chapter>() + names.sum::<usize>();
        size_of::<Index>() + marks + chapters + self.tracks.iter().map(own).sum::<usize>()
    }

    /// Where stretch `n` of a Matroska film lies, counted from 0: a caller can have it fetched before it is read.
    pub fn stretch_place(&self, n: u32) -> Option<ByteRange> {
        self.clusters.as_ref()?.place(n)
    }

    /// Cuts every track that plays where the marks of a Matroska film are.
    pub(crate) fn cut_like_marks(&mut self) {
        let Some(clusters) = &self.clusters else {
            return;
        };
        for track in self.tracks.iter_mut().filter(|track| track.is_playable()) {
            let place = |mark: &crate::matroska::Mark| {
                let begin = mark.time - i64::from(mark.early);
                let shown = clusters.ticks(mark.time, track.timescale).max(0) as u64;
                let decoded = match track.kind {
                    Kind::Video => clusters.ticks(begin, track.timescale),
                    _ => clusters.ticks(mark.time, track.timescale),
                };
                Cut {
                    first_sample: 0,
                    samples: 0,
                    decode_time: track.delay.saturating_add_signed(decoded),
                    start: shown,
                }
            };
            let own = clusters.of(track);
            track.segments = clusters.marks[own].iter().map(place).collect();
            if let Some(first) = track.segments.first_mut() {
                first.start = 0;
            }
        }
    }

    /// SHA-256 of [`Index::to_bytes`]: with it, [`crate::segment_tag`] names a segment's bytes.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }
}

impl Track {
    /// A track of which only the codec is known.
    pub(crate) fn of_entry(entry: Entry) -> Track {
        Track {
            number: 0,
            kind: Kind::Other,
            codec: String::new(),
            rfc6381: None,
            language: None,
            name: None,
            role: Role::Main,
            default: false,
            waiting: entry.waiting,
            width: u32::from(entry.width),
            height: u32::from(entry.height),
            pixel: entry.pixel,
            rotation: 0,
            range: entry.range,
            frame_rate: None,
            channels: entry.channels,
            sample_rate: entry.sample_rate,
            samples: 0,
            timescale: 1,
            duration_ms: 0,
            peak_bps: 0,
            average_bps: 0,
            keys_peak_bps: 0,
            keys_average_bps: 0,
            has_leading: false,
            entry: entry.kind,
            private: entry.private,
            extra: entry.extra,
            matrix: [0; 36],
            typical_duration: 0,
            origin: 0,
            delay: 0,
            lift: 0,
            stored: Stored::default(),
            end: 0,
            segments: Vec::new(),
        }
    }

    /// Whether segments can be cut from it.
    pub fn is_playable(&self) -> bool {
        self.waiting.is_none()
    }

    /// Whether it lies in clusters, and has no table.
    pub(crate) fn is_stretched(&self) -> bool {
        self.stored.number > 0
    }

    /// Whether it is text that can be read out of the film: see [`crate::read_texts`].
    pub fn is_text(&self) -> bool {
        self.waiting == Some(Waiting::Text)
    }

    /// Why it cannot be played, as a sentence.
    pub fn reason(&self) -> Option<String> {
        let waiting = self.waiting.filter(|_| !self.is_text())?;
        Some(waiting.sentence(self.kind, &self.codec))
    }

    /// How many segments it has; 0 when it waits.
    pub fn segment_count(&self) -> u32 {
        self.segments.len() as u32
    }

    /// When segment `n`, counted from 0, begins.
    pub fn segment_start_ms(&self, n: u32) -> Option<u64> {
        let cut = self.segments.get(n as usize)?;
        Some(scale(cut.start, self.timescale, 1000))
    }

    /// Where segment `n`, counted from 0, lies.
    pub(crate) fn cut(&self, n: u32) -> Result<&Cut> {
        self.segments.get(n as usize).ok_or(Error::NoSuchSegment {
            track: self.number,
            segment: n,
        })
    }

    /// How long segment `n`, counted from 0, is, in ticks of the track's timescale.
    pub(crate) fn segment_ticks(&self, n: usize) -> u64 {
        let start = self.segments.get(n).map_or(self.end, |cut| cut.start);
        let end = self.segments.get(n + 1).map_or(self.end, |cut| cut.start);
        end.saturating_sub(start)
    }

    /// Width and height as shown: pixels made square, the picture turned upright.
    pub fn shown_size(&self) -> (u32, u32) {
        let (across, down) = self.pixel;
        let width = (u64::from(self.width) * u64::from(across) + u64::from(down) / 2)
            / u64::from(down.max(1));
        let width = width.min(u64::from(u32::MAX)) as u32;
        if self.rotation % 180 == 90 {
            (self.height, width)
        } else {
            (width, self.height)
        }
    }
}

/// `ticks` at `from` ticks per second, as ticks at `to` per second, rounded to the nearest.
pub(crate) fn scale(ticks: u64, from: u32, to: u32) -> u64 {
    let from = from.max(1);
    // Divisions of 64 bits take a fraction of the time of wider ones.
    let narrow = ticks
        .checked_mul(u64::from(to))
        .and_then(|scaled| scaled.checked_add(u64::from(from / 2)));
    if let Some(scaled) = narrow {
        return scaled / u64::from(from);
    }
    let from = u128::from(from);
    let scaled = (u128::from(ticks) * u128::from(to) + from / 2) / from;
    scaled.min(u128::from(u64::MAX)) as u64
}

/// Ticks as a signed number that can still be added to another without overflow.
pub(crate) fn signed(ticks: u64) -> i64 {
    ticks.min(1 << 61) as i64
}

/// A fraction in its lowest terms; of nothing by nothing it is that.
pub(crate) fn reduced(numerator: u64, denominator: u64) -> (u64, u64) {
    let (mut a, mut b) = (numerator, denominator);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (numerator / a.max(1), denominator / a.max(1))
}
