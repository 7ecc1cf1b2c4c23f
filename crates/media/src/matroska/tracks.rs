//! `Tracks`: what a Matroska file says of each of its tracks (RFC 9559, section 5.1.4).

use super::ebml::{Element, Elements};
use crate::error::{Error, Result};
use crate::index::reduced;
use crate::model::{Kind, Role};
use crate::source::ByteRange;

/// A film with more tracks than this is an attack or a mistake.
const TRACK_LIMIT: usize = 64;

/// A name longer than this is cut.
const NAME_LIMIT: usize = 120;

/// A decoder's configuration longer than this is not one; the head of ASS subtitles is kept to so many bytes.
const PRIVATE_LIMIT: usize = 64 << 10;

/// Bytes taken off the front of each frame are a few.
const STRIPPED_LIMIT: usize = 64;

/// One `TrackEntry`.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrackEntry {
    pub(crate) number: u64,
    pub(crate) kind: Option<Kind>,
    pub(crate) codec: String,
    pub(crate) private: Vec<u8>,
    /// How long each frame is shown, in nanoseconds; 0 is not said.
    pub(crate) default_duration_ns: u64,
    /// How much the decoder needs before the first sample that is heard, in nanoseconds.
    pub(crate) codec_delay_ns: u64,
    pub(crate) language: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) role: Role,
    pub(crate) default: bool,
    pub(crate) video: Video,
    pub(crate) audio: Audio,
    pub(crate) encoding: Encoding,
}

/// The `Video` element.
#[derive(Clone, Debug, Default)]
pub(crate) struct Video {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The shape of a pixel, width to height, as far as it is said.
    pub(crate) pixel: (u32, u32),
    pub(crate) colour: Option<Colour>,
    /// Degrees the picture is turned anti-clockwise by (`ProjectionPoseRoll`).
    pub(crate) roll: f64,
}

/// The `Colour` element, in the numbers of ISO/IEC 23091-2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Colour {
    pub(crate) matrix: u16,
    pub(crate) transfer: u16,
    pub(crate) primaries: u16,
    /// The picture uses all values, and not only the broadcast range.
    pub(crate) full_range: bool,
}

/// The `Audio` element.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Audio {
    /// Samples per second as coded.
    pub(crate) rate: f64,
    pub(crate) channels: u16,
}

/// What was done to the frames when the file was written (section 5.1.4.1.31).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    #[default]
    None,
    /// These bytes of the file were taken off the front of each frame.
    Stripped(ByteRange),
    /// Each frame is compressed by zlib.
    Zlib,
    /// Compressed otherwise, or several things were done.
    Other,
    Encrypted,
}

/// Reads all of `Tracks`.
pub(crate) fn parse(tracks: Elements<'_>) -> Result<Vec<TrackEntry>> {
    let mut found = Vec::new();
    for element in tracks {
        let element = element?;
        if element.id == 0xAE {
            if found.len() == TRACK_LIMIT {
                return Err(Error::BadElement("there are more than 64 tracks"));
            }
            let entry = TrackEntry::parse(&element)?;
            let is_known = |known: &TrackEntry| known.number == entry.number;
            if entry.number == 0 || found.iter().any(is_known) {
                return Err(Error::BadElement(
                    "two tracks have the same number, or one none",
                ));
            }
            found.push(entry);
        }
    }
    Ok(found)
}

impl TrackEntry {
    fn parse(entry: &Element<'_>) -> Result<TrackEntry> {
        // Without a word the language is English, and the track one to play (sections 5.1.4.1.19 and 5.1.4.1.5).
        let mut track = TrackEntry {
            language: Some("eng".to_owned()),
            default: true,
            ..TrackEntry::default()
        };
        let (mut forced, mut deaf, mut blind, mut comment) = (false, false, false, false);
        let mut bcp47 = None;
        for element in entry.children() {
            let element = element?;
            match element.id {
                0xD7 => track.number = element.number(),
                0x83 => track.kind = kind(element.number()),
                0x86 => track.codec = element.text(40),
                0x63A2 if element.body.len() <= PRIVATE_LIMIT => {
                    track.private = element.body.to_vec();
                }
                0x23_E383 => track.default_duration_ns = element.number(),
                0x56AA => track.codec_delay_ns = element.number().min(10_000_000_000),
                0x22_B59C => track.language = language(&element),
                0x22_B59D => bcp47 = language(&element),
                0x536E => track.name = Some(element.text(NAME_LIMIT)).filter(|n| !n.is_empty()),
                0x88 => track.default = element.is_set(),
                0x55AA => forced = element.is_set(),
                0x55AB => deaf = element.is_set(),
                0x55AC => blind = element.is_set(),
                0x55AF => comment = element.is_set(),
                0xE0 => track.video = Video::parse(&element)?,
                0xE1 => track.audio = Audio::parse(&element)?,
                0x6D80 => track.encoding = encoding(&element)?,
                _ => {}
            }
        }
        track.language = bcp47.or(track.language);
        track.role = match (comment, blind, forced, deaf) {
            (true, ..) => Role::Commentary,
            (_, true, ..) => Role::AudioDescription,
            (_, _, true, _) => Role::Forced,
            (.., true) => Role::Sdh,
            _ => Role::of_words(&track.name.as_deref().unwrap_or_default().to_lowercase()),
        };
        Ok(track)
    }
}

fn kind(number: u64) -> Option<Kind> {
    Some(match number {
        1 => Kind::Video,
        2 => Kind::Audio,
        0x11 => Kind::Subtitle,
        _ => return None,
    })
}

/// A language as the file says it; "undetermined" says nothing.
pub(super) fn language(element: &Element<'_>) -> Option<String> {
    let text = element.text(35);
    let is_plain = text
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    (is_plain && !text.is_empty() && text != "und").then_some(text)
}

impl Video {
    fn parse(video: &Element<'_>) -> Result<Video> {
        let mut found = Video::default();
        let (mut shown, mut unit) = ((0, 0), 0);
        let (mut across, mut down) = (0_u32, 0_u32);
        for element in video.children() {
            let element = element?;
            match element.id {
                0xB0 => found.width = element.small(),
                0xBA => found.height = element.small(),
                0x54B0 => shown.0 = element.small(),
                0x54BA => shown.1 = element.small(),
                0x54B2 => unit = element.number(),
                0x54CC | 0x54DD => across = across.saturating_add(element.small()),
                0x54BB | 0x54AA => down = down.saturating_add(element.small()),
                0x55B0 => found.colour = Some(Colour::parse(&element)?),
                0x7670 => {
                    let roll = element.children().find(0x7675);
                    found.roll = roll.map_or(0.0, |roll| roll.float());
                }
                _ => {}
            }
        }
        // The size shown is that of the cropped picture, in pixels or as a shape (section 5.1.4.1.28.12).
        let width = found.width.saturating_sub(across);
        let height = found.height.saturating_sub(down);
        if matches!(unit, 0 | 3) && shown.0 > 0 && shown.1 > 0 {
            found.pixel = ratio(
                u64::from(shown.0) * u64::from(height),
                u64::from(shown.1) * u64::from(width),
            );
        }
        Ok(found)
    }
}

/// A ratio in its lowest terms; what can't be a pixel's shape is square.
fn ratio(across: u64, down: u64) -> (u32, u32) {
    match reduced(across, down) {
        (across @ 1..=65_536, down @ 1..=65_536) => (across as u32, down as u32),
        _ => (1, 1),
    }
}

impl Colour {
    fn parse(colour: &Element<'_>) -> Result<Colour> {
        // 2 is "unspecified" in each table.
        let mut found = Colour {
            matrix: 2,
            transfer: 2,
            primaries: 2,
            ..Colour::default()
        };
        for element in colour.children() {
            let element = element?;
            let number = element.number().min(u64::from(u16::MAX)) as u16;
            match element.id {
                0x55B1 => found.matrix = number,
                0x55B9 => found.full_range = number == 2,
                0x55BA => found.transfer = number,
                0x55BB => found.primaries = number,
                _ => {}
            }
        }
        Ok(found)
    }
}

impl Audio {
    fn parse(audio: &Element<'_>) -> Result<Audio> {
        let mut found = Audio {
            rate: 8000.0,
            channels: 1,
        };
        for element in audio.children() {
            let element = element?;
            match element.id {
                0xB5 => found.rate = element.float(),
                0x9F => found.channels = element.number().min(64) as u16,
                _ => {}
            }
        }
        Ok(found)
    }
}

fn encoding(encodings: &Element<'_>) -> Result<Encoding> {
    let mut found = Encoding::None;
    for element in encodings.children() {
        let element = element?;
        if element.id == 0x6240 {
            found = match found {
                Encoding::None => one_encoding(&element)?,
                _ => Encoding::Other,
            };
        }
    }
    Ok(found)
}

fn one_encoding(encoding: &Element<'_>) -> Result<Encoding> {
    // Without a word: all frames, by zlib (sections 5.1.4.1.31.3 and 5.1.4.1.31.6).
    let (mut scope, mut is_encrypted, mut algorithm) = (1, false, 0);
    let mut settings = ByteRange::default();
    for element in encoding.children() {
        let element = element?;
        match element.id {
            0x5032 => scope = element.number(),
            0x5033 => is_encrypted = element.is_set(),
            0x5034 => {
                for part in element.children() {
                    let part = part?;
                    match part.id {
                        0x4254 => algorithm = part.number(),
                        0x4255 if part.body.len() <= STRIPPED_LIMIT => {
                            settings = ByteRange {
                                offset: part.at,
                                len: part.body.len() as u64,
                            };
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(match (is_encrypted, scope & 1, algorithm) {
        (true, ..) => Encoding::Encrypted,
        (_, 0, _) => Encoding::None,
        (.., 3) if settings.len > 0 => Encoding::Stripped(settings),
        (.., 3) => Encoding::None,
        (.., 0) => Encoding::Zlib,
        _ => Encoding::Other,
    })
}
