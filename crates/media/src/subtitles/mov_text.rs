//! Timed text of MP4 and QuickTime: a sample is a length, the text, and boxes that say how it looks (3GPP TS 26.245).

use encoding_rs::UTF_8;

use super::cue_text::{CueText, Face};
use crate::mp4::boxes::Boxes;

/// `StyleRecord`: two offsets, a font, flags, a size, a colour (clause 5.15).
const RECORD_BYTES: usize = 12;

/// The text of a sample (clause 5.17), with what is bold, italic and underlined in it.
///
/// A sample without text is how a track shows nothing for a while. What the track's description says of looks is not
/// read: it is that of the whole film.
pub(super) fn text(sample: &[u8], limit: usize) -> String {
    let mut out = CueText::new(limit);
    let Some((length, rest)) = sample.split_first_chunk::<2>() else {
        return String::new();
    };
    let length = usize::from(u16::from_be_bytes(*length));
    let (bytes, boxes) = rest.split_at(length.min(rest.len()));
    let mut looks = looks(boxes);
    // UTF-8, or UTF-16 with a byte order mark, which is not a letter (clauses 5.1 and 5.2).
    let letters = UTF_8.decode(bytes).0;
    for (at, letter) in letters.chars().enumerate() {
        match letter {
            '\n' | '\r' | '\u{2028}' => out.end_line(),
            letter => out.letter_in(looks.at(at), letter),
        }
    }
    out.finish()
}

/// The first `styl` box after the text (clause 5.17.1.1). A box that lies about its size says nothing.
fn looks(boxes: &[u8]) -> Looks<'_> {
    let records = Boxes::new(boxes, 0..boxes.len())
        .find(b"styl")
        .ok()
        .flatten()
        .and_then(|body| boxes[body].split_first_chunk::<2>());
    let (count, records) = match records {
        Some((count, records)) => (usize::from(u16::from_be_bytes(*count)), records),
        None => (0, [].as_slice()),
    };
    let whole = count.min(records.len() / RECORD_BYTES) * RECORD_BYTES;
    Looks {
        records: &records[..whole],
    }
}

/// The records of a `styl` box that have not been passed yet: in order, without overlaps (clause 5.2).
struct Looks<'a> {
    records: &'a [u8],
}

impl Looks<'_> {
    /// How the letter at this place looks, which is after the ones asked for before.
    fn at(&mut self, at: usize) -> Face {
        while let Some((record, rest)) = self.records.split_first_chunk::<RECORD_BYTES>() {
            let [s0, s1, e0, e1, _, _, flags, ..] = *record;
            let offset = |high, low| usize::from(u16::from_be_bytes([high, low]));
            if at < offset(s0, s1) {
                break;
            }
            if at < offset(e0, e1) {
                return Face {
                    bold: flags & 1 != 0,
                    italic: flags & 2 != 0,
                    underline: flags & 4 != 0,
                };
            }
            self.records = rest;
        }
        Face::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &[u8], boxes: &[&[u8]]) -> Vec<u8> {
        let length = u16::try_from(text.len()).expect("a short text");
        [&length.to_be_bytes(), text, &boxes.concat()].concat()
    }

    fn styl(records: &[(u16, u16, u8)]) -> Vec<u8> {
        let size = 10 + RECORD_BYTES * records.len();
        let mut out = (size as u32).to_be_bytes().to_vec();
        out.extend(b"styl");
        out.extend((records.len() as u16).to_be_bytes());
        for (start, end, flags) in records {
            out.extend([start.to_be_bytes(), end.to_be_bytes(), [0, 1]].concat());
            out.extend([*flags, 16, 255, 255, 255, 255]);
        }
        out
    }

    #[test]
    fn a_sample_of_a_common_program_is_read() {
        // What ffmpeg writes for "<i>Ité <b>a</b></i> <u>u</u>\nline".
        let bytes = b"\x00\x0dIt\xc3\xa9 a u\nline\x00\x00\x00\x2estyl\x00\x03\x00\x00\x00\x04\x00\x01\x02\x10\xff\xff\xff\xff\x00\x04\x00\x05\x00\x01\x01\x10\xff\xff\xff\xff\x00\x06\x00\x07\x00\x01\x04\x10\xff\xff\xff\xff";
        assert_eq!(text(bytes, 100), "<i>Ité </i><b>a</b> <u>u\n</u>line");
    }

    #[test]
    fn offsets_count_letters_and_not_bytes() {
        let looks = styl(&[(1, 2, 1), (3, 4, 6)]);
        let expected = "é<b>😀</b>é<i><u>字</u></i>x";
        assert_eq!(
            text(&sample("é😀é字x".as_bytes(), &[&looks]), 100),
            expected
        );
        let wide: Vec<u8> = "\u{feff}é😀é字x"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(text(&sample(&wide, &[&looks]), 100), expected);
        let little: Vec<u8> = "\u{feff}é😀é字x"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(text(&sample(&little, &[&looks]), 100), expected);
    }

    #[test]
    fn a_sample_without_text_shows_nothing() {
        for empty in [
            b"".as_slice(),
            b"\0",
            b"\0\0",
            b"\0\x02 \n",
            &sample(b"", &[&styl(&[(0, 9, 1)])]),
        ] {
            assert_eq!(text(empty, 100), "");
        }
    }

    #[test]
    fn other_boxes_are_passed_over_and_what_looks_like_markup_is_text() {
        let wrap = b"\0\0\0\x09twrp\x01";
        let link = b"\0\0\0\x14href\0\0\0\x09\x07http://";
        let looks = styl(&[(0, 1, 2)]);
        assert_eq!(
            text(&sample(b"<a>\r\n{\\i1}&", &[wrap, link, &looks]), 100),
            "<i>&lt;</i>a&gt;\n{i1}&amp;"
        );
    }

    #[test]
    fn counts_sizes_and_ranges_that_lie_are_not_believed() {
        let head = |size: &[u8], count: &[u8]| [size, b"styl", count, &[0; 12]].concat();
        for lie in [
            head(b"\xff\xff\xff\xff", b"\xff\xff"),
            head(b"\0\0\0\x01", b"\xff\xff"),
            head(b"\0\0\0\x02", b"\0\x01"),
            head(b"\0\0\0\0", b"\xff\xff"),
            head(b"\0\0\0\x0a", b"\xff\xff"),
            b"\0\0\0\x08styl".to_vec(),
            styl(&[(9, 1, 7), (1, 0, 7), (65_535, 0, 7), (65_535, 65_535, 7)]),
        ] {
            assert_eq!(text(&sample(b"abc", &[&lie]), 100), "abc", "{lie:?}");
        }
        let many = styl(&vec![(0, 0, 7); 65_535]);
        assert_eq!(text(&sample(b"abc", &[&many]), 100), "abc");
        assert_eq!(text(b"\xff\xffab", 100), "ab");
    }
}
