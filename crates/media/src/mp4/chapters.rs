//! The chapters of an MP4: the samples of the tracks of text that others refer to (QTFF, "Chapter Lists"), or the list
//! that Nero's programs write beside the tracks.
//!
//! The tracks count, as everywhere, unless the list has more: ffmpeg leaves chapters without a name out of its track.

use std::borrow::Cow;

use encoding_rs::{Encoding, MACINTOSH};

use super::boxes::Fields;
use super::file::Mp4;
use super::tables::Tables;
use crate::chapters::{CHAPTERS_LIMIT, Chapter, Chapters, NAME_LIMIT_BYTES};
use crate::error::Result;
use crate::index::{Index, scale, signed};
use crate::source::{ReadAt, read_exact_at};

/// Nero's list counts in tenths of a microsecond.
const TICKS_A_MS: u64 = 10_000;

/// The chapters of a film, whose `index` has everything else already.
///
/// # Errors
/// When the source fails. Chapters that are damaged are none.
pub(crate) fn chapters(
    source: &(impl ReadAt + ?Sized),
    mp4: &Mp4,
    index: &Index,
) -> Result<Vec<Chapter>> {
    let mut found = Chapters::default();
    for (source_track, track) in mp4.movie.tracks.iter().zip(&index.tracks) {
        let tables = source_track.tables.as_ref();
        if let Some(tables) = tables.filter(|_| source_track.is_chapters) {
            let shift_ms = signed(index.shift_ms);
            let place = |pts: i64| {
                let ticks = pts.saturating_sub(track.origin);
                let ms = signed(scale(ticks.unsigned_abs(), track.timescale, 1000));
                (ms * ticks.signum()).saturating_add(shift_ms)
            };
            let language = track.language.as_deref();
            of_samples(source, mp4, index.file_size, tables, |pts, name| {
                found.add(place(pts), language, name);
            })?;
        }
    }
    if let Some(list) = mp4.movie.nero.clone() {
        let mut listed = Chapters::default();
        // Damage within ends the list.
        let _ = nero(Fields::new(&mp4.bytes, list, b"chpl"), |start_ms, name| {
            listed.add(signed(start_ms.saturating_add(index.shift_ms)), None, name);
        });
        if listed.len() > found.len() {
            found = listed;
        }
    }
    Ok(found.finish(index.longest_ms()))
}

/// One chapter is one sample: a length, the name, and boxes that say how it looks. It begins when the sample is shown.
fn of_samples(
    source: &(impl ReadAt + ?Sized),
    mp4: &Mp4,
    file_size: u64,
    tables: &Tables,
    mut add: impl FnMut(i64, &str),
) -> Result<()> {
    let mut buffer = [0; 2 + NAME_LIMIT_BYTES];
    for sample in tables.samples(&mp4.bytes, 0..CHAPTERS_LIMIT as u32) {
        if sample.offset.saturating_add(sample.size.into()) > file_size {
            continue;
        }
        let room = buffer.len();
        let near = &mut buffer[..room.min(sample.size as usize)];
        read_exact_at(source, sample.offset, near)?;
        let (length, text) = near.split_at(near.len().min(2));
        let length = length
            .iter()
            .fold(0, |all, byte| all << 8 | usize::from(*byte));
        add(sample.pts(), &letters(&text[..length.min(text.len())]));
    }
    Ok(())
}

/// The list of `chpl`, as programs read it that know it: a count of one byte, then times and names.
fn nero(mut fields: Fields<'_>, mut add: impl FnMut(u64, &str)) -> Result<()> {
    let (version, _) = fields.version_and_flags()?;
    if version > 0 {
        fields.skip(4)?;
    }
    for _ in 0..fields.u8()? {
        let start_ms = fields.u64()? / TICKS_A_MS;
        let length = fields.u8()?;
        let name = fields.take(length.into())?;
        add(start_ms, &String::from_utf8_lossy(name));
    }
    Ok(())
}

/// UTF-8, or UTF-16 with a byte order mark; what is neither comes from QuickTime on old Macintoshes.
fn letters(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    match std::str::from_utf8(bytes) {
        // A name that is cut ends within a letter.
        Err(error) if error.error_len().is_some() => MACINTOSH.decode(bytes).0,
        _ => String::from_utf8_lossy(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(list: &[u8]) -> Vec<(u64, String)> {
        let mut found = Vec::new();
        let _ = nero(
            Fields::new(list, 0..list.len(), b"chpl"),
            |start_ms, name| {
                found.push((start_ms, name.to_owned()));
            },
        );
        found
    }

    #[test]
    fn a_list_that_ends_early_or_lies_about_its_length_gives_what_is_there() {
        let entries = b"\0\0\0\0\0\0\0\0\x01a\0\0\0\0\0\x98\x96\x80\x02bc";
        let expected = [(0, "a".to_owned()), (1_000, "bc".to_owned())];
        assert_eq!(
            listed(&[b"\x01\0\0\0\0\0\0\0\x02", &entries[..]].concat()),
            expected
        );
        assert_eq!(listed(&[b"\0\0\0\0\xFF", &entries[..]].concat()), expected);
        assert_eq!(
            listed(&[b"\0\0\0\0\x02", &entries[..15]].concat()),
            expected[..1]
        );
        assert_eq!(listed(b""), []);
    }

    #[test]
    fn names_are_read_in_the_encodings_that_programs_wrote_them_in() {
        for (bytes, text) in [
            ("Été".as_bytes(), "Été"),
            (b"\xFE\xFF\x53\x57", "南"),
            (b"\xFF\xFE\x57\x53", "南"),
            (b"\x83t\x8E", "Été"),
            // Cut within its last letter.
            (b"a\xE5\xAD", "a\u{FFFD}"),
        ] {
            assert_eq!(letters(bytes), text);
        }
    }
}
