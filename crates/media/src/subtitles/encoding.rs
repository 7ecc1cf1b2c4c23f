//! Which letters the bytes of a subtitle file are.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252};

/// The text of a file: by its byte order mark, else UTF-8 if it is valid, else by its look.
///
/// Without a mark, zeros in every second byte are UTF-16; mostly accented letters are Cyrillic
/// (Windows-1251), because no Latin text has them in the majority; the rest is Windows-1252.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => guess(bytes),
    };
    encoding.decode_with_bom_removal(bytes).0
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let head = &bytes[..bytes.len().min(4096)];
    let zeros = |first: usize| {
        head.iter()
            .skip(first)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let half = head.len() / 2;
    if half > 4 && zeros(1) * 2 > half {
        return UTF_16LE;
    }
    if half > 4 && zeros(0) * 2 > half {
        return UTF_16BE;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let high = bytes.iter().filter(|byte| **byte >= 0xC0).count();
    let plain = bytes
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .count();
    if high > plain {
        WINDOWS_1251
    } else {
        WINDOWS_1252
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_usual_encoding_is_recognised() {
        let french = "1\n00:00:01,000 --> 00:00:02,000\nL’été, ça commence où ?\n";
        let russian = "1\n00:00:01,000 --> 00:00:02,000\nПривет, как дела?\n";
        assert_eq!(decode(french.as_bytes()), french);
        assert_eq!(
            decode(&[b"\xEF\xBB\xBF", french.as_bytes()].concat()),
            french
        );
        let little: Vec<u8> = french.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = french.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&little), french);
        assert_eq!(decode(&big), french);
        assert_eq!(decode(&[b"\xFF\xFE".as_slice(), &little].concat()), french);
        assert_eq!(decode(&[b"\xFE\xFF".as_slice(), &big].concat()), french);
        assert_eq!(decode(&WINDOWS_1252.encode(french).0), french);
        assert_eq!(decode(&WINDOWS_1251.encode(russian).0), russian);
    }
}
