//! EBML (RFC 8794): elements of an ID, a size and a body, every length checked against the bytes there are.

use crate::error::{Error, Result};

/// The longest header of an element: four bytes of ID, eight of size.
pub(crate) const HEADER_LIMIT: usize = 12;

/// The header of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) id: u32,
    /// How many bytes the header has.
    pub(crate) len: u64,
    /// The size of the body; `None` is "unknown", which a live recording leaves (section 6.2).
    pub(crate) size: Option<u64>,
}

impl Header {
    /// Reads the header at the start of `bytes`; `None` when they are no header, or end within it.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Header> {
        let (id, id_len) = vint(bytes, 4)?;
        let (size, size_len) = vint(bytes.get(id_len..)?, 8)?;
        // The marker bit belongs to an ID, and not to a size.
        let mask = (1_u64 << (7 * size_len)) - 1;
        Some(Header {
            id: id as u32,
            len: (id_len + size_len) as u64,
            size: (size & mask != mask).then_some(size & mask),
        })
    }
}

/// A number whose first byte tells its length in bytes (section 4), marker included, and that length.
pub(crate) fn vint(bytes: &[u8], longest: usize) -> Option<(u64, usize)> {
    let len = bytes.first()?.leading_zeros() as usize + 1;
    if len > longest {
        return None;
    }
    let number = bytes.get(..len)?;
    let value = number
        .iter()
        .fold(0, |value, byte| value << 8 | u64::from(*byte));
    Some((value, len))
}

/// One element inside another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) id: u32,
    pub(crate) body: &'a [u8],
    /// Where the body lies in the file.
    pub(crate) at: u64,
}

/// The elements in a body, in order. Every step consumes at least two bytes.
#[derive(Clone, Debug)]
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
    at: u64,
}

impl<'a> Elements<'a> {
    /// Those in `body`, which lies at `at` in the file.
    pub(crate) fn new(body: &'a [u8], at: u64) -> Elements<'a> {
        Elements { rest: body, at }
    }

    /// The first of them with this ID.
    pub(crate) fn find(self, id: u32) -> Option<Element<'a>> {
        self.flatten().find(|element| element.id == id)
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Element<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let header = Header::parse(self.rest);
        let found = header.and_then(|header| {
            let start = header.len as usize;
            let size = usize::try_from(header.size?).ok()?;
            let body = self.rest.get(start..start.checked_add(size)?)?;
            Some((header, body))
        });
        let Some((header, body)) = found else {
            self.rest = &[];
            return Some(Err(Error::BadElement(
                "one is larger than the element it lies in",
            )));
        };
        let element = Element {
            id: header.id,
            body,
            at: self.at + header.len,
        };
        let used = header.len as usize + body.len();
        self.rest = &self.rest[used..];
        self.at += used as u64;
        Some(Ok(element))
    }
}

impl<'a> Element<'a> {
    /// The elements in this one.
    pub(crate) fn children(&self) -> Elements<'a> {
        Elements::new(self.body, self.at)
    }

    /// An unsigned number (section 7.2); 0 for one of more than eight bytes.
    pub(crate) fn number(&self) -> u64 {
        if self.body.len() > 8 {
            return 0;
        }
        self.body
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    /// The number as one of at most 32 bits.
    pub(crate) fn small(&self) -> u32 {
        self.number().min(u64::from(u32::MAX)) as u32
    }

    pub(crate) fn is_set(&self) -> bool {
        self.number() != 0
    }

    /// A floating-point number (section 7.3); 0 for anything else.
    pub(crate) fn float(&self) -> f64 {
        match *self.body {
            [a, b, c, d] => f64::from(f32::from_be_bytes([a, b, c, d])),
            [a, b, c, d, e, f, g, h] => f64::from_be_bytes([a, b, c, d, e, f, g, h]),
            _ => 0.0,
        }
    }

    /// A text up to its first NUL, without control characters, of at most `limit` characters.
    pub(crate) fn text(&self, limit: usize) -> String {
        let bytes = self.body.split(|byte| *byte == 0).next();
        let bytes = bytes.unwrap_or_default();
        let near = &bytes[..bytes.len().min(limit * 4)];
        let letters = String::from_utf8_lossy(near);
        let letters = letters.chars().filter(|letter| !letter.is_control());
        letters.take(limit).collect::<String>().trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_an_id_with_its_marker_and_a_size_without() {
        let header = |id, len, size| Some(Header { id, len, size });
        assert_eq!(Header::parse(b"\xA3\x85"), header(0xA3, 2, Some(5)));
        assert_eq!(
            Header::parse(b"\x1F\x43\xB6\x75\x01\0\0\0\0\0\x01\0"),
            header(0x1F43_B675, 12, Some(256))
        );
        for unknown in [
            b"\xA3\xFF".as_slice(),
            b"\xA3\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
        ] {
            let header = Header::parse(unknown).expect("a header");
            assert_eq!(header.size, None);
        }
        for none in [
            b"".as_slice(),
            b"\0\x81",
            b"\x08\0\0\0\0\x81",
            b"\xA3\0",
            b"\xA3",
        ] {
            assert_eq!(Header::parse(none), None);
        }
    }

    #[test]
    fn elements_are_listed_with_their_place_until_one_is_too_large() {
        let body = b"\xD7\x81\x07\x53\x6E\x83abc\xEC\x84x";
        let mut elements = Elements::new(body, 100);
        let number = elements.next().expect("one").expect("it is whole");
        assert_eq!((number.id, number.number(), number.at), (0xD7, 7, 102));
        let text = elements.next().expect("two").expect("it is whole");
        assert_eq!(
            (text.id, text.text(2).as_str(), text.at),
            (0x536E, "ab", 106)
        );
        assert!(elements.next().expect("three").is_err());
        assert!(elements.next().is_none());
    }
}
