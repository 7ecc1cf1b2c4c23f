//! Which letters the bytes of a subtitle file are.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1252};

/// How much of a file is looked at to tell one old encoding from another.
const LOOK_BYTES: usize = 256 << 10;

/// A file is UTF-8 with damage in it when it has this many good letters for each bad place.
const GOOD_PER_BAD: usize = 8;

/// The text of a file: by its byte order mark, else by its look.
///
/// Without a mark, zeros in every second byte are UTF-16, and what is UTF-8 but for a little damage is UTF-8; which
/// of the encodings from before Unicode it is else, a detector tells by what the letters would say. It could be told
/// the language too: that helps files of one or two cues, and spoils whole films whose name says the wrong one.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => guess(bytes),
    };
    encoding.decode_with_bom_removal(bytes).0
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    if let Some(encoding) = utf_16(bytes) {
        return encoding;
    }
    if is_utf_8(bytes) {
        return UTF_8;
    }
    // Nothing is learnt from the ASCII before; a little of it is the word the first other letter stands in.
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let look = &bytes[first.saturating_sub(16)..];
    let part = &look[..look.len().min(LOOK_BYTES)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(part, part.len() == look.len());
    let encoding = detector.guess(None, Utf8Detection::Deny);
    if encoding == WINDOWS_1252 && is_hungarian(part) {
        return WINDOWS_1250;
    }
    encoding
}

/// UTF-16 without a mark: the upper halves of times and of Latin letters are zero, and no other text has zeros.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096)];
    let zeros = |first: usize| {
        let every_second = head.iter().skip(first).step_by(2);
        every_second.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    match head.len() > 8 {
        true if odd * 16 > head.len() && odd > even * 8 => Some(UTF_16LE),
        true if even * 16 > head.len() && even > odd * 8 => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether the bytes are UTF-8, or were before a few of them were cut off or overwritten.
fn is_utf_8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        let letters = chunk.valid().chars();
        good += letters.filter(|letter| !letter.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good >= bad * GOOD_PER_BAD
}

/// Whether what reads in Windows-1252 as õ and û is Hungarian's ő and ű: two letters the detector knows too rarely.
///
/// No other language has one of them, ö or ü, and á or é, without any letter that Hungarian lacks.
fn is_hungarian(bytes: &[u8]) -> bool {
    let has = |letters: &[u8]| bytes.iter().any(|byte| letters.contains(&(byte | 0x20)));
    has(b"\xF5\xFB")
        && has(b"\xF6\xFC")
        && has(b"\xE1\xE9")
        && bytes
            .iter()
            .filter(|byte| **byte >= 0xC0)
            .all(|byte| b"\xE1\xE9\xED\xF3\xF6\xF5\xFA\xFC\xFB".contains(&(byte | 0x20)))
}

#[cfg(test)]
mod tests {
    use encoding_rs::{
        BIG5, EUC_JP, EUC_KR, GBK, ISO_8859_2, KOI8_R, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251,
        WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256,
    };

    use super::*;

    /// Thirty lines of one talk, as subtitles say them, in the language of the file's name.
    macro_rules! sample {
        ($name:literal) => {
            ($name, include_str!(concat!("samples/", $name, ".txt")))
        };
    }

    const SAMPLES: [((&str, &str), &Encoding); 19] = [
        (sample!("pl"), WINDOWS_1250),
        (sample!("pl"), ISO_8859_2),
        (sample!("cs"), WINDOWS_1250),
        (sample!("hu"), WINDOWS_1250),
        (sample!("ru"), WINDOWS_1251),
        (sample!("ru"), KOI8_R),
        (sample!("uk"), WINDOWS_1251),
        (sample!("fr"), WINDOWS_1252),
        (sample!("de"), WINDOWS_1252),
        (sample!("es"), WINDOWS_1252),
        (sample!("el"), WINDOWS_1253),
        (sample!("tr"), WINDOWS_1254),
        (sample!("he"), WINDOWS_1255),
        (sample!("ar"), WINDOWS_1256),
        (sample!("ja"), SHIFT_JIS),
        (sample!("ja"), EUC_JP),
        (sample!("zh-Hant"), BIG5),
        (sample!("zh-Hans"), GBK),
        (sample!("ko"), EUC_KR),
    ];

    #[test]
    fn every_encoding_in_use_reads_as_what_was_written_from_three_cues_on() {
        for ((language, text), encoding) in SAMPLES {
            let lines: Vec<&str> = text
                .lines()
                .filter(|line| !encoding.encode(line).2)
                .collect();
            for count in [3, 10, lines.len()] {
                let written = srt(&lines[..count]);
                let read = decode(&encoding.encode(&written).0).into_owned();
                assert_eq!(read, written, "{language}, {}, {count}", encoding.name());
            }
        }
    }

    #[test]
    fn unicode_is_known_with_and_without_a_mark_in_every_language() {
        for ((language, text), _) in SAMPLES {
            let written = srt(&text.lines().collect::<Vec<_>>());
            let little: Vec<u8> = written.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = written.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let marks: [(&[u8], &[u8]); 3] = [
                (b"\xEF\xBB\xBF", written.as_bytes()),
                (b"\xFF\xFE", &little),
                (b"\xFE\xFF", &big),
            ];
            for (mark, bytes) in marks {
                assert_eq!(decode(bytes), written, "{language} {mark:?}");
                assert_eq!(decode(&[mark, bytes].concat()), written, "{language}");
            }
        }
    }

    #[test]
    fn a_damaged_byte_does_not_spoil_the_rest_of_a_utf_8_file() {
        let written = srt(&SAMPLES[0].0.1.lines().collect::<Vec<_>>());
        let at = written.find('ń').expect("a Polish letter") + 1;
        let mut bytes = written.clone().into_bytes();
        bytes.remove(at);
        assert_eq!(decode(&bytes), written.replacen('ń', "\u{fffd}", 1));
    }

    #[test]
    fn hungarian_is_not_western_and_the_west_is_not_hungarian() {
        let latin = |text: &str| WINDOWS_1252.encode(text).0.into_owned();
        assert!(is_hungarian(
            &WINDOWS_1250.encode("Őrült? Jó reggelt, bátyám, kövér").0
        ));
        for (other, why) in [
            ("Põe a mesa, avó", "Portuguese: no ö and no ü"),
            ("Õhtul köögis", "Estonian: no á and no é"),
            ("Sûr, l’été, à Noël, Müller", "French: à and ë"),
            ("É avó, pö, põe, não", "ã"),
        ] {
            assert!(!is_hungarian(&latin(other)), "{why}");
        }
    }

    fn srt(lines: &[&str]) -> String {
        let cue = |(at, line): (usize, &&str)| {
            let (number, minute) = (at + 1, at);
            format!("{number}\r\n00:{minute:02}:01,000 --> 00:{minute:02}:03,500\r\n{line}\r\n\r\n")
        };
        lines.iter().enumerate().map(cue).collect()
    }
}
