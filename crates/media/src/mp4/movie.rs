//! What `moov` says of the film and its tracks, before any sample is looked at.

use std::ops::Range;

use super::boxes::{Boxes, Fields};
use super::entry;
use super::extends::{Extends, TRACK_LIMIT};
use super::tables::Tables;
use crate::codecs::Entry;
use crate::error::{Result, bad};
use crate::index::scale;
use crate::model::{Codec, Kind, Role, Waiting};

/// A name longer than this is cut.
const NAME_LIMIT: usize = 120;

/// The `moov` box, understood.
#[derive(Clone, Debug)]
pub(crate) struct Movie {
    pub(crate) timescale: u32,
    /// The running time the file declares, fragments included; 0 where it does not.
    pub(crate) declared_ms: u64,
    /// What is said of fragments, in a fragmented film.
    pub(super) extends: Option<Extends>,
    /// Fragments are missing at the end, whose bytes no sample speaks of: the size the file should have at least.
    pub(crate) cut: Option<u64>,
    /// Where the list of chapters lies that Nero's programs write.
    pub(super) nero: Option<Range<usize>>,
    pub(crate) tracks: Vec<TrackBox>,
}

/// One `trak` box.
#[derive(Clone, Debug)]
pub(crate) struct TrackBox {
    /// `track_ID`, by which fragments name it.
    pub(super) id: u32,
    /// The tracks in which its chapters are named.
    chapters: Vec<u32>,
    /// It names the chapters of another.
    pub(super) is_chapters: bool,
    pub(crate) kind: Kind,
    pub(crate) enabled: bool,
    pub(crate) matrix: [u8; 36],
    pub(crate) timescale: u32,
    pub(crate) language: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) role: Role,
    pub(crate) edit: Edit,
    pub(crate) entry: Entry,
    pub(crate) tables: Option<Tables>,
    pub(crate) waiting: Option<Waiting>,
}

/// An edit list in short (clause 8.6.6): a wait, then one stretch of the media.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edit {
    /// How long nothing is shown at first, in the film's timescale.
    pub(crate) empty: u64,
    /// Where in the media the showing begins, in the track's timescale.
    pub(crate) start: i64,
    /// How long it goes on, in the film's timescale; 0 is to the end.
    pub(crate) duration: u64,
    /// There are further stretches, which are not told apart: the film then plays to its end.
    pub(crate) has_more: bool,
}

impl Movie {
    /// Reads the body of a `moov` box.
    pub(crate) fn parse(moov: &[u8]) -> Result<Movie> {
        let mut movie = Movie {
            timescale: 0,
            declared_ms: 0,
            extends: None,
            cut: None,
            nero: None,
            tracks: Vec::new(),
        };
        for child in Boxes::new(moov, 0..moov.len()) {
            let child = child?;
            match &child.kind {
                b"mvhd" => {
                    let (timescale, duration) = header(moov, child.body, b"mvhd")?;
                    movie.timescale = timescale;
                    movie.declared_ms = scale(duration, timescale, 1000);
                }
                b"mvex" => movie.extends = Some(Extends::parse(moov, child.body)?),
                b"cmov" => return Err(bad(b"cmov", "a compressed film header is not read")),
                b"trak" if movie.tracks.len() == TRACK_LIMIT => {
                    return Err(bad(b"trak", "there are more than 64 tracks"));
                }
                b"trak" => movie.tracks.push(TrackBox::parse(moov, child.body)?),
                // Damage there costs the chapters, not the film.
                b"udta" => movie.nero = Boxes::new(moov, child.body).find(b"chpl").ok().flatten(),
                _ => {}
            }
        }
        if movie.timescale == 0 {
            return Err(crate::Error::MissingBox(b"mvhd".into()));
        }
        movie.set_chapters_apart();
        Ok(movie)
    }

    /// A track of text to which another refers as its chapters is no subtitles (QTFF, "Chapter Lists").
    fn set_chapters_apart(&mut self) {
        let named: Vec<u32> = self
            .tracks
            .iter()
            .flat_map(|track| track.chapters.clone())
            .collect();
        for track in self
            .tracks
            .iter_mut()
            .filter(|track| named.contains(&track.id))
        {
            track.is_chapters = track.waiting == Some(Waiting::Text);
            track.kind = Kind::Other;
            track.waiting = Some(Waiting::NotShown);
        }
    }
}

impl TrackBox {
    fn parse(moov: &[u8], trak: Range<usize>) -> Result<TrackBox> {
        let within = |range: &Range<usize>| Boxes::new(moov, range.clone());
        let tkhd = within(&trak).need(b"tkhd")?;
        let (id, enabled, matrix) = track_header(moov, tkhd)?;
        let mdia = within(&trak).need(b"mdia")?;
        let mdhd = within(&mdia).need(b"mdhd")?;
        let language = language(moov, &mdhd, within(&mdia).find(b"elng")?)?;
        let (timescale, _) = header(moov, mdhd, b"mdhd")?;
        let (kind, handler_name) = handler(moov, within(&mdia).need(b"hdlr")?)?;
        let edit = match within(&trak).find(b"edts")? {
            Some(edts) => match within(&edts).find(b"elst")? {
                Some(elst) => edits(moov, elst)?,
                None => Edit::default(),
            },
            None => Edit::default(),
        };
        let (name, role) = names(moov, &trak, handler_name);
        let mut track = TrackBox {
            id,
            chapters: chapters(moov, &trak),
            is_chapters: false,
            kind,
            enabled,
            matrix,
            timescale,
            language,
            name,
            role,
            edit,
            entry: Entry::default(),
            tables: None,
            waiting: None,
        };
        track.media(moov, within(&mdia).find(b"minf")?);
        Ok(track)
    }

    /// Reads codec and tables; damage there leaves the track listed, with the reason, and the film readable.
    fn media(&mut self, moov: &[u8], minf: Option<Range<usize>>) {
        let read = || -> Result<(Entry, bool, Result<Tables>)> {
            let minf = minf.ok_or(crate::Error::MissingBox(b"minf".into()))?;
            let stbl = Boxes::new(moov, minf.clone()).need(b"stbl")?;
            let stsd = Boxes::new(moov, stbl.clone()).need(b"stsd")?;
            let entry = entry::parse(moov, stsd, self.kind)?;
            let elsewhere = data_is_elsewhere(moov, minf)?;
            Ok((entry, elsewhere, Tables::parse(moov, stbl)))
        };
        match read() {
            Ok((entry, elsewhere, tables)) => {
                self.waiting = entry.waiting;
                self.entry = entry;
                if elsewhere {
                    self.waiting = Some(Waiting::ElsewhereData);
                }
                match tables {
                    Ok(tables) if !tables.has_one_description() && self.waiting.is_none() => {
                        self.waiting = Some(Waiting::FormatChanges);
                        self.tables = Some(tables);
                    }
                    Ok(tables) => self.tables = Some(tables),
                    Err(_) => self.waiting = self.waiting.or(Some(Waiting::Damaged)),
                }
            }
            Err(_) => self.waiting = Some(Waiting::Damaged),
        }
        if self.timescale == 0 {
            self.waiting = Some(Waiting::Damaged);
        }
    }

    /// The codec, or a stand-in where the sample entry could not be read.
    pub(crate) fn codec(&self) -> Codec {
        self.entry.codec.clone().unwrap_or(Codec {
            name: "unknown".to_owned(),
            rfc6381: None,
        })
    }

    /// Degrees clockwise the picture must be turned to stand upright, where the matrix is a plain turn.
    pub(crate) fn rotation(&self) -> u16 {
        let mut fields = Fields::new(&self.matrix, 0..36, b"tkhd");
        let mut next = || fields.i32().unwrap_or_default().signum();
        let (a, b) = (next(), next());
        match (a, b) {
            (0, 1) => 90,
            (-1, 0) => 180,
            (0, -1) => 270,
            _ => 0,
        }
    }
}

/// Timescale and duration of `mvhd` and `mdhd` (clauses 8.2.2 and 8.4.2), which begin alike.
fn header(moov: &[u8], body: Range<usize>, kind: &[u8; 4]) -> Result<(u32, u64)> {
    let mut fields = Fields::new(moov, body, kind);
    let (version, _) = fields.version_and_flags()?;
    if version == 1 {
        fields.skip(16)?;
        return Ok((fields.u32()?, fields.u64()?));
    }
    fields.skip(8)?;
    let (timescale, duration) = (fields.u32()?, fields.u32()?);
    Ok((
        timescale,
        if duration == u32::MAX {
            0
        } else {
            u64::from(duration)
        },
    ))
}

/// Number, whether it is enabled, and matrix (clause 8.3.2).
fn track_header(moov: &[u8], body: Range<usize>) -> Result<(u32, bool, [u8; 36])> {
    let mut fields = Fields::new(moov, body, b"tkhd");
    let (version, flags) = fields.version_and_flags()?;
    fields.skip(if version == 1 { 16 } else { 8 })?;
    let id = fields.u32()?;
    fields.skip(if version == 1 { 12 } else { 8 })?;
    fields.skip(16)?;
    Ok((id, flags & 1 != 0, fields.array()?))
}

fn language(
    moov: &[u8],
    mdhd: &Range<usize>,
    elng: Option<Range<usize>>,
) -> Result<Option<String>> {
    if let Some(elng) = elng {
        let mut fields = Fields::new(moov, elng, b"elng");
        fields.version_and_flags()?;
        let text = printable(fields.rest());
        if !text.is_empty()
            && text.len() <= 35
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        {
            return Ok(Some(text));
        }
    }
    let mut fields = Fields::new(moov, mdhd.clone(), b"mdhd");
    let (version, _) = fields.version_and_flags()?;
    fields.skip(if version == 1 { 28 } else { 16 })?;
    let packed = fields.u16()?;
    Ok(unpack_language(packed))
}

/// Three letters of five bits each (clause 8.4.2.3), or one of QuickTime's numbers.
fn unpack_language(packed: u16) -> Option<String> {
    const QUICKTIME: [&str; 24] = [
        "eng", "fra", "deu", "ita", "nld", "swe", "spa", "dan", "por", "nor", "heb", "jpn", "ara",
        "fin", "ell", "isl", "mlt", "tur", "hrv", "zho", "urd", "hin", "tha", "kor",
    ];
    if packed < 0x400 {
        return QUICKTIME
            .get(usize::from(packed))
            .map(|code| (*code).to_owned());
    }
    let letter = |shift: u16| char::from(0x60 + (packed >> shift & 31) as u8);
    let code: String = [letter(10), letter(5), letter(0)].iter().collect();
    let known = code.chars().all(|letter| letter.is_ascii_lowercase()) && code != "und";
    known.then_some(code)
}

fn handler(moov: &[u8], body: Range<usize>) -> Result<(Kind, String)> {
    let mut fields = Fields::new(moov, body, b"hdlr");
    fields.version_and_flags()?;
    fields.skip(4)?;
    let kind = match &fields.array::<4>()? {
        b"vide" => Kind::Video,
        b"soun" => Kind::Audio,
        b"subt" | b"sbtl" | b"text" | b"clcp" | b"subp" => Kind::Subtitle,
        _ => Kind::Other,
    };
    let name = if fields.skip(12).is_ok() {
        printable(fields.rest())
    } else {
        String::new()
    };
    Ok((kind, name))
}

fn edits(moov: &[u8], body: Range<usize>) -> Result<Edit> {
    let mut fields = Fields::new(moov, body, b"elst");
    let (version, _) = fields.version_and_flags()?;
    let (_, count) = fields.table(if version == 1 { 20 } else { 12 })?;
    let mut edit = Edit::default();
    let mut shown = 0_u32;
    for _ in 0..count {
        let (duration, start) = if version == 1 {
            (fields.u64()?, fields.u64()? as i64)
        } else {
            (u64::from(fields.u32()?), i64::from(fields.i32()?))
        };
        fields.skip(4)?;
        if duration > 1 << 48 || start.unsigned_abs() > 1 << 48 {
            return Err(bad(b"elst", "an edit is longer than any film"));
        }
        match (start, shown) {
            // An empty edit after the first stretch shows nothing; the stretches after it are not told apart.
            (-1, 0) => edit.empty = edit.empty.saturating_add(duration).min(1 << 48),
            (-1, _) => {}
            (start, 0) if start >= 0 => {
                (edit.start, edit.duration) = (start, duration);
                shown = 1;
            }
            (start, _) if start >= 0 => edit.has_more = true,
            _ => return Err(bad(b"elst", "an edit begins before the media does")),
        }
    }
    Ok(edit)
}

/// A data reference whose "self-contained" flag is missing points to another file (clause 8.7.2).
fn data_is_elsewhere(moov: &[u8], minf: Range<usize>) -> Result<bool> {
    let Some(dinf) = Boxes::new(moov, minf).find(b"dinf")? else {
        return Ok(false);
    };
    let Some(dref) = Boxes::new(moov, dinf).find(b"dref")? else {
        return Ok(false);
    };
    let mut fields = Fields::new(moov, dref.clone(), b"dref");
    fields.skip(8)?;
    let Some(first) = Boxes::new(moov, fields.position()..dref.end).next() else {
        return Ok(false);
    };
    let mut fields = Fields::new(moov, first?.body, b"dref");
    Ok(fields.version_and_flags()?.1 & 1 == 0)
}

/// The tracks that this one refers to for its chapters (ISO/IEC 14496-12, clause 8.3.3); damage costs the reference alone.
fn chapters(moov: &[u8], trak: &Range<usize>) -> Vec<u32> {
    let tref = Boxes::new(moov, trak.clone()).find(b"tref").ok().flatten();
    let chap = tref.and_then(|tref| Boxes::new(moov, tref).find(b"chap").ok().flatten());
    let ids = chap.map_or(&[][..], |chap| &moov[chap]).chunks_exact(4);
    ids.filter_map(|id| id.first_chunk().map(|id| u32::from_be_bytes(*id)))
        .take(TRACK_LIMIT)
        .collect()
}

/// The track's own name and what it seems to be for; damage in `udta` costs the name, not the film.
fn names(moov: &[u8], trak: &Range<usize>, handler_name: String) -> (Option<String>, Role) {
    let mut name = None;
    let mut scheme = String::new();
    if let Ok(Some(udta)) = Boxes::new(moov, trak.clone()).find(b"udta") {
        for child in Boxes::new(moov, udta).flatten() {
            let bytes = &moov[child.body.clone()];
            match &child.kind {
                b"name" => name = Some(printable(bytes)),
                // QuickTime's text carries a length and a language in front.
                b"\xA9nam" => name = name.or(bytes.get(4..).map(printable)),
                // A scheme and a value, each ended by NUL (clause 8.10.4).
                b"kind" => {
                    scheme = printable(
                        &bytes
                            .iter()
                            .skip(4)
                            .take(256)
                            .map(|byte| if *byte == 0 { b' ' } else { *byte })
                            .collect::<Vec<u8>>(),
                    )
                }
                _ => {}
            }
        }
    }
    let generic = [
        "handler",
        "core media",
        "gpac",
        "l-smash",
        "iso media",
        "mainconcept",
        "apple",
        "bento4",
        "@",
    ];
    let lower = handler_name.to_lowercase();
    let is_generic = handler_name.is_empty() || generic.iter().any(|word| lower.contains(word));
    let name = name
        .filter(|name| !name.is_empty())
        .or((!is_generic).then_some(handler_name));
    let role =
        Role::of_words(&format!("{} {scheme}", name.as_deref().unwrap_or_default()).to_lowercase());
    (name, role)
}

/// Text up to the first NUL, without control characters, at most [`NAME_LIMIT`] characters.
fn printable(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let text = &text[..text.len().min(NAME_LIMIT * 4)];
    String::from_utf8_lossy(text)
        .chars()
        .filter(|letter| !letter.is_control())
        .take(NAME_LIMIT)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_unpacked_and_undetermined_is_none() {
        assert_eq!(unpack_language(0x15C7).as_deref(), Some("eng"));
        assert_eq!(unpack_language(0x55C4), None);
        assert_eq!(unpack_language(1).as_deref(), Some("fra"));
        assert_eq!(unpack_language(0x7FFF), None);
    }

    #[test]
    fn an_edit_list_is_a_wait_and_a_stretch() {
        let mut elst = vec![0, 0, 0, 0, 0, 0, 0, 2];
        for word in [500_u32, u32::MAX, 0x1_0000, 1000, 1024, 0x1_0000] {
            elst.extend(word.to_be_bytes());
        }
        let edit = edits(&elst, 0..elst.len()).expect("two edits");
        assert_eq!(
            edit,
            Edit {
                empty: 500,
                start: 1024,
                duration: 1000,
                has_more: false
            }
        );
    }
}
