//! The index as bytes: a few per segment, because times are written as their distance from a prediction.

use sha2::{Digest, Sha256};

use super::cuts::SEGMENTS_LIMIT;
use super::{Cut, Damage, FORMAT_VERSION, Holes, Index, Track};
use crate::error::{Error, Result};
use crate::model::{Kind, LightRange, Role, Waiting};
use crate::source::ByteRange;

const MAGIC: &[u8; 4] = b"CcIx";
const CHECKSUM_BYTES: usize = 8;

/// Neither a name nor a codec's configuration is longer than this.
const FIELD_LIMIT: usize = 8192;

impl Index {
    /// The index in our own compact form: at most 64 KB for a film of two hours.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer(Vec::with_capacity(16 << 10));
        out.0.extend(MAGIC);
        out.0.extend(FORMAT_VERSION.to_be_bytes());
        out.number(self.file_size);
        out.number(self.moov.offset);
        out.number(self.moov.len);
        out.number(self.duration_ms);
        out.number(self.shift_ms);
        out.number(u64::from(self.has_ignored_edits));
        out.number(u64::from(self.has_ordered_chapters));
        out.number(u64::from(self.damage.is_some()));
        if let Some(damage) = self.damage {
            out.number(damage.playable_ms);
            out.number(damage.declared_ms);
        }
        out.number(self.holes.map_or(0, |holes| u64::from(holes.count)));
        if let Some(holes) = self.holes {
            out.number(holes.first_ms);
        }
        out.number(self.tracks.len() as u64);
        for track in &self.tracks {
            out.track(track);
        }
        out.number(u64::from(self.clusters.is_some()));
        if let Some(clusters) = &self.clusters {
            out.clusters(clusters);
        }
        out.chapters(&self.chapters);
        seal_index(&mut out.0);
        out.0
    }

    /// Reads what [`Index::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`Error::IndexVersion`] for another version's bytes, [`Error::BadIndex`] for damaged ones.
    pub fn from_bytes(bytes: &[u8]) -> Result<Index> {
        let body = bytes
            .strip_prefix(MAGIC)
            .ok_or(Error::BadIndex("it does not begin like one"))?;
        let (version, _) = body
            .split_first_chunk::<2>()
            .ok_or(Error::BadIndex("it ends early"))?;
        let found = u16::from_be_bytes(*version);
        if found != FORMAT_VERSION {
            return Err(Error::IndexVersion {
                found,
                expected: FORMAT_VERSION,
            });
        }
        let end = bytes
            .len()
            .checked_sub(CHECKSUM_BYTES)
            .filter(|end| *end >= 6)
            .ok_or(Error::BadIndex("it ends early"))?;
        if Sha256::digest(&bytes[..end])[..CHECKSUM_BYTES] != bytes[end..] {
            return Err(Error::BadIndex("its checksum does not match"));
        }
        let mut reader = Reader(&bytes[6..end]);
        let index = reader.index()?;
        if reader.0.is_empty() {
            Ok(index)
        } else {
            Err(Error::BadIndex("something follows its end"))
        }
    }
}

/// Appends the checksum to the bytes of an index; the fuzzer makes its own with it.
#[doc(hidden)]
pub fn seal_index(bytes: &mut Vec<u8>) {
    let checksum = Sha256::digest(&bytes);
    bytes.extend(&checksum[..CHECKSUM_BYTES]);
}

pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// Seven bits a byte, the lowest first.
    pub(super) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// Small distances in either direction take few bytes.
    pub(super) fn signed(&mut self, value: i64) {
        self.number((value << 1 ^ value >> 63) as u64);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let bytes = &bytes[..bytes.len().min(FIELD_LIMIT)];
        self.number(bytes.len() as u64);
        self.0.extend(bytes);
    }

    pub(super) fn optional(&mut self, text: Option<&str>) {
        self.number(u64::from(text.is_some()));
        if let Some(text) = text {
            self.bytes(text.as_bytes());
        }
    }

    fn track(&mut self, track: &Track) {
        self.number(kind_code(track.kind));
        self.bytes(track.codec.as_bytes());
        self.optional(track.rfc6381.as_deref());
        self.optional(track.language.as_deref());
        self.optional(track.name.as_deref());
        self.number(role_code(track.role));
        self.number(u64::from(track.default));
        let (waiting, detail) = waiting_code(track.waiting);
        self.number(waiting);
        self.number(detail);
        for value in [
            u64::from(track.width),
            u64::from(track.height),
            u64::from(track.pixel.0),
            u64::from(track.pixel.1),
            u64::from(track.rotation),
            range_code(track.range),
            track.frame_rate.map_or(0, |rate| rate.0),
            track.frame_rate.map_or(0, |rate| rate.1),
            u64::from(track.channels),
            u64::from(track.sample_rate),
            u64::from(track.samples),
            u64::from(track.timescale),
            track.duration_ms,
            track.peak_bps,
            track.average_bps,
            track.keys_peak_bps,
            track.keys_average_bps,
            u64::from(track.typical_duration),
            track.delay,
            u64::from(track.lift),
            track.end,
        ] {
            self.number(value);
        }
        self.number(u64::from(track.has_leading));
        self.signed(track.origin);
        self.0.extend(track.entry);
        self.bytes(&track.private);
        self.bytes(&track.extra);
        self.0.extend(track.matrix);
        self.stored(&track.stored);
        // The cuts of a Matroska film are those of its marks.
        if track.is_stretched() {
            return;
        }
        self.number(track.segments.len() as u64);
        let mut before = Cut {
            first_sample: track.segments.first().map_or(0, |cut| cut.first_sample),
            samples: 0,
            decode_time: 0,
            start: 0,
        };
        self.number(u64::from(before.first_sample));
        for cut in &track.segments {
            let expected = prediction(&before, track.typical_duration);
            self.number(u64::from(cut.samples));
            self.signed(cut.decode_time.wrapping_sub(expected.decode_time) as i64);
            self.signed(cut.start.wrapping_sub(expected.start) as i64);
            before = *cut;
        }
    }
}

/// Where the next segment begins if every sample of this one lasts as long as most do.
fn prediction(before: &Cut, typical_duration: u32) -> Cut {
    let ticks = u64::from(before.samples).wrapping_mul(u64::from(typical_duration));
    Cut {
        first_sample: before.first_sample.wrapping_add(before.samples),
        samples: 0,
        decode_time: before.decode_time.wrapping_add(ticks),
        start: before.start.wrapping_add(ticks),
    }
}

pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self
            .0
            .split_first()
            .ok_or(Error::BadIndex("it ends early"))?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn number(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Error::BadIndex("a number is too long"))
    }

    pub(super) fn small<T: TryFrom<u64>>(&mut self) -> Result<T> {
        T::try_from(self.number()?).map_err(|_| Error::BadIndex("a number is too large"))
    }

    pub(super) fn signed(&mut self) -> Result<i64> {
        let value = self.number()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        if count > self.0.len() {
            return Err(Error::BadIndex("it ends early"));
        }
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    fn bytes(&mut self) -> Result<&'a [u8]> {
        let count: usize = self.small()?;
        if count > FIELD_LIMIT {
            return Err(Error::BadIndex("a field is too long"));
        }
        self.take(count)
    }

    pub(super) fn text(&mut self) -> Result<String> {
        let text = std::str::from_utf8(self.bytes()?);
        Ok(text
            .map_err(|_| Error::BadIndex("a text is not UTF-8"))?
            .to_owned())
    }

    pub(super) fn flag(&mut self) -> Result<bool> {
        match self.number()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Error::BadIndex("a flag is neither yes nor no")),
        }
    }

    pub(super) fn optional(&mut self) -> Result<Option<String>> {
        if self.flag()? {
            self.text().map(Some)
        } else {
            Ok(None)
        }
    }

    fn index(&mut self) -> Result<Index> {
        let mut index = Index {
            file_size: self.number()?,
            moov: ByteRange {
                offset: self.number()?,
                len: self.number()?,
            },
            duration_ms: self.number()?,
            shift_ms: self.number()?,
            has_ignored_edits: self.flag()?,
            has_ordered_chapters: self.flag()?,
            clusters: None,
            damage: None,
            holes: None,
            tracks: Vec::new(),
            chapters: Vec::new(),
        };
        if self.flag()? {
            index.damage = Some(Damage {
                playable_ms: self.number()?,
                declared_ms: self.number()?,
            });
        }
        let holes: u32 = self.small()?;
        if holes > 0 {
            index.holes = Some(Holes {
                count: holes,
                first_ms: self.number()?,
            });
        }
        let count: u32 = self.small()?;
        if count as usize > self.0.len() {
            return Err(Error::BadIndex("it counts more tracks than it holds"));
        }
        for number in 1..=count {
            let track = self.track(number)?;
            index.tracks.push(track);
        }
        if self.flag()? {
            index.clusters = Some(self.clusters()?);
            if !index.tracks.iter().all(Track::is_stretched) {
                return Err(Error::BadIndex("a track of a film without tables has some"));
            }
            index.cut_like_marks();
        }
        index.chapters = self.chapters()?;
        Ok(index)
    }

    fn track(&mut self, number: u32) -> Result<Track> {
        let unknown = Error::BadIndex("a code is unknown");
        let kind = kind_of(self.number()?).ok_or(unknown)?;
        let codec = self.text()?;
        let rfc6381 = self.optional()?;
        let language = self.optional()?;
        let name = self.optional()?;
        let role = role_of(self.number()?).ok_or(Error::BadIndex("a role is unknown"))?;
        let default = self.flag()?;
        let waiting = waiting_of(self.number()?, self.number()?)
            .ok_or(Error::BadIndex("a reason is unknown"))?;
        let mut track = Track {
            number,
            kind,
            codec,
            rfc6381,
            language,
            name,
            role,
            default,
            waiting,
            width: self.small()?,
            height: self.small()?,
            pixel: (self.small()?, self.small()?),
            rotation: self.small()?,
            range: range_of(self.number()?).ok_or(Error::BadIndex("a range is unknown"))?,
            frame_rate: Some((self.number()?, self.number()?)).filter(|rate| rate.1 != 0),
            channels: self.small()?,
            sample_rate: self.small()?,
            samples: self.small()?,
            timescale: self.small()?,
            duration_ms: self.number()?,
            peak_bps: self.number()?,
            average_bps: self.number()?,
            keys_peak_bps: self.number()?,
            keys_average_bps: self.number()?,
            typical_duration: self.small()?,
            delay: self.number()?,
            lift: self.small()?,
            end: self.number()?,
            has_leading: self.flag()?,
            origin: self.signed()?,
            entry: self.array()?,
            private: self.bytes()?.to_vec(),
            extra: self.bytes()?.to_vec(),
            matrix: self.array()?,
            stored: self.stored()?,
            segments: Vec::new(),
        };
        if !track.is_stretched() {
            track.segments = self.segments(&track)?;
        }
        Ok(track)
    }

    fn segments(&mut self, track: &Track) -> Result<Vec<Cut>> {
        let count: usize = self.small()?;
        // Each takes at least three bytes.
        if count > self.0.len() / 3 || count > SEGMENTS_LIMIT {
            return Err(Error::BadIndex("it counts more segments than it holds"));
        }
        let mut before = Cut {
            first_sample: self.small()?,
            samples: 0,
            decode_time: 0,
            start: 0,
        };
        let mut segments: Vec<Cut> = Vec::with_capacity(count);
        for _ in 0..count {
            let mut cut = prediction(&before, track.typical_duration);
            cut.samples = self.small()?;
            cut.decode_time = cut.decode_time.wrapping_add_signed(self.signed()?);
            cut.start = cut.start.wrapping_add_signed(self.signed()?);
            let end = cut.first_sample.checked_add(cut.samples);
            if cut.samples == 0 || end.is_none_or(|end| end > track.samples) {
                return Err(Error::BadIndex("a segment has samples the track has not"));
            }
            if cut.start < before.start || cut.start > track.end {
                return Err(Error::BadIndex("its segments are not in order"));
            }
            segments.push(cut);
            before = cut;
        }
        Ok(segments)
    }
}

fn kind_code(kind: Kind) -> u64 {
    match kind {
        Kind::Video => 1,
        Kind::Audio => 2,
        Kind::Subtitle => 3,
        Kind::Other => 4,
    }
}

fn kind_of(code: u64) -> Option<Kind> {
    [Kind::Video, Kind::Audio, Kind::Subtitle, Kind::Other]
        .into_iter()
        .find(|kind| kind_code(*kind) == code)
}

fn range_code(range: LightRange) -> u64 {
    match range {
        LightRange::Standard => 0,
        LightRange::Pq => 1,
        LightRange::Hlg => 2,
    }
}

fn range_of(code: u64) -> Option<LightRange> {
    [LightRange::Standard, LightRange::Pq, LightRange::Hlg]
        .into_iter()
        .find(|range| range_code(*range) == code)
}

fn role_code(role: Role) -> u64 {
    match role {
        Role::Main => 1,
        Role::Dub => 2,
        Role::Commentary => 3,
        Role::AudioDescription => 4,
        Role::Sdh => 5,
        Role::Forced => 6,
    }
}

fn role_of(code: u64) -> Option<Role> {
    [
        Role::Main,
        Role::Dub,
        Role::Commentary,
        Role::AudioDescription,
        Role::Sdh,
        Role::Forced,
    ]
    .into_iter()
    .find(|role| role_code(*role) == code)
}

fn waiting_code(waiting: Option<Waiting>) -> (u64, u64) {
    match waiting {
        None => (0, 0),
        Some(Waiting::Codec) => (1, 0),
        Some(Waiting::Profile) => (2, 0),
        Some(Waiting::Encrypted) => (3, 0),
        Some(Waiting::ElsewhereData) => (4, 0),
        Some(Waiting::KeyFrames { longest_ms }) => (5, longest_ms),
        Some(Waiting::FormatChanges) => (6, 0),
        Some(Waiting::SubtitleInside) => (7, 0),
        Some(Waiting::NotShown) => (8, 0),
        Some(Waiting::SecondPicture) => (9, 0),
        Some(Waiting::NoSamples) => (10, 0),
        Some(Waiting::Damaged) => (11, 0),
        Some(Waiting::BurnIn) => (12, 0),
        Some(Waiting::Compressed) => (13, 0),
        Some(Waiting::Scattered) => (14, 0),
        Some(Waiting::Text) => (15, 0),
    }
}

fn waiting_of(code: u64, longest_ms: u64) -> Option<Option<Waiting>> {
    Some(Some(match code {
        0 => return Some(None),
        1 => Waiting::Codec,
        2 => Waiting::Profile,
        3 => Waiting::Encrypted,
        4 => Waiting::ElsewhereData,
        5 => Waiting::KeyFrames { longest_ms },
        6 => Waiting::FormatChanges,
        7 => Waiting::SubtitleInside,
        8 => Waiting::NotShown,
        9 => Waiting::SecondPicture,
        10 => Waiting::NoSamples,
        11 => Waiting::Damaged,
        12 => Waiting::BurnIn,
        13 => Waiting::Compressed,
        14 => Waiting::Scattered,
        15 => Waiting::Text,
        _ => return None,
    }))
}
