//! Names a container by its first bytes, never by the file's name.

use serde::Serialize;

/// How many bytes from the start of a file [`sniff`] can make use of.
pub const SNIFF_BYTES: usize = 4096;

/// What a file's first bytes say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// ISO base media (MP4) or QuickTime.
    Mp4,
    /// Matroska or WebM.
    Matroska,
    /// MPEG transport stream, with packets of 188, 192 or 204 bytes.
    MpegTs,
    /// AVI.
    Avi,
    /// MXF.
    Mxf,
    /// Flash video.
    Flv,
    /// ASF, known as WMV and WMA.
    Asf,
    /// Ogg.
    Ogg,
    /// MPEG audio without a container, with or without an ID3 tag.
    Mp3,
    /// A text that makes a careless reader open other files: HLS, ffconcat, SMIL, DASH, SDP, PLS.
    Playlist,
    /// Any other text.
    Text,
    /// A still picture.
    Image,
    /// No bytes at all.
    Empty,
    /// Something else.
    Unknown,
}

impl Container {
    /// The name used in `media probe --json` and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Container::Mp4 => "mp4",
            Container::Matroska => "matroska",
            Container::MpegTs => "mpegts",
            Container::Avi => "avi",
            Container::Mxf => "mxf",
            Container::Flv => "flv",
            Container::Asf => "asf",
            Container::Ogg => "ogg",
            Container::Mp3 => "mp3",
            Container::Playlist => "playlist",
            Container::Text => "text",
            Container::Image => "image",
            Container::Empty => "empty",
            Container::Unknown => "unknown",
        }
    }

    /// The container in words that fit after "this is".
    pub(crate) fn described(self) -> &'static str {
        match self {
            Container::Mp4 => "MP4",
            Container::Matroska => "Matroska or WebM",
            Container::MpegTs => "MPEG transport stream",
            Container::Avi => "AVI",
            Container::Mxf => "MXF",
            Container::Flv => "Flash video",
            Container::Asf => "Windows Media",
            Container::Ogg => "Ogg",
            Container::Mp3 => "MP3 sound",
            Container::Playlist => "a playlist",
            Container::Text => "a text file",
            Container::Image => "a still picture",
            Container::Empty => "an empty file",
            Container::Unknown => "a file of an unknown kind",
        }
    }

    /// Whether this is a container of pictures or sound at all.
    pub fn is_film(self) -> bool {
        !matches!(
            self,
            Container::Playlist
                | Container::Text
                | Container::Image
                | Container::Empty
                | Container::Unknown
        )
    }
}

/// Names the container whose first bytes are `head`; give it [`SNIFF_BYTES`] where the file has them.
///
/// Text wins over everything that is not an unmistakable signature, so a playlist called `film.mp4`
/// is a playlist: the file's name is not even an argument.
pub fn sniff(head: &[u8]) -> Container {
    if head.is_empty() {
        return Container::Empty;
    }
    if let Some(found) = by_signature(head) {
        return found;
    }
    if is_transport_stream(head) {
        return Container::MpegTs;
    }
    if let Some(found) = as_text(head) {
        return found;
    }
    if is_mpeg_audio(head) {
        return Container::Mp3;
    }
    Container::Unknown
}

fn by_signature(head: &[u8]) -> Option<Container> {
    let at = |offset: usize, signature: &[u8]| {
        head.get(offset..)
            .is_some_and(|rest| rest.starts_with(signature))
    };
    if is_iso_media(head) {
        // HEIF and AVIF are MP4 boxes around a still picture.
        let brand = head.get(8..12).unwrap_or_default();
        let still: [&[u8]; 6] = [b"heic", b"heix", b"mif1", b"avif", b"msf1", b"crx "];
        return Some(if at(4, b"ftyp") && still.contains(&brand) {
            Container::Image
        } else {
            Container::Mp4
        });
    }
    let table: [(usize, &[u8], Container); 17] = [
        (0, b"\x1A\x45\xDF\xA3", Container::Matroska),
        (0, b"FLV\x01", Container::Flv),
        (
            0,
            b"\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C",
            Container::Asf,
        ),
        (0, b"OggS", Container::Ogg),
        (0, b"ID3", Container::Mp3),
        (0, b"\x89PNG\r\n\x1A\n", Container::Image),
        (0, b"\xFF\xD8\xFF", Container::Image),
        (0, b"GIF87a", Container::Image),
        (0, b"GIF89a", Container::Image),
        (0, b"BM", Container::Image),
        (0, b"II*\0", Container::Image),
        (0, b"MM\0*", Container::Image),
        (0, b"\0\0\x01\0", Container::Image),
        (0, b"\xFF\x0A", Container::Image),
        (0, b"8BPS", Container::Image),
        (8, b"WEBP", Container::Image),
        (0, b"\x76\x2F\x31\x01", Container::Image),
    ];
    if at(0, b"RIFF") && (at(8, b"AVI ") || at(8, b"AVIX")) {
        return Some(Container::Avi);
    }
    if is_mxf(head) {
        return Some(Container::Mxf);
    }
    table
        .iter()
        .find(|(offset, signature, found)| {
            at(*offset, signature)
                // "BM" also begins ordinary words: a bitmap has its own size, zeros and a header offset.
                && (*signature != b"BM" || at(6, &[0, 0, 0, 0]))
                && (*found != Container::Image || *signature != b"WEBP" || at(0, b"RIFF"))
        })
        .map(|row| row.2)
}

/// The first box has a known name and a size that can be true (ISO/IEC 14496-12, clause 4.2).
fn is_iso_media(head: &[u8]) -> bool {
    let (Some(size), Some(kind)) = (head.first_chunk::<4>(), head.get(4..8)) else {
        return false;
    };
    let size = u32::from_be_bytes(*size);
    let known: [&[u8]; 10] = [
        b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof", b"sidx",
    ];
    (size == 0 || size == 1 || size >= 8) && known.contains(&kind)
}

/// The partition pack key may follow a run-in of up to 64 KiB (SMPTE ST 377-1, clause 6.5).
fn is_mxf(head: &[u8]) -> bool {
    let key = b"\x06\x0E\x2B\x34\x02\x05\x01\x01\x0D\x01\x02\x01\x01\x02";
    head.windows(key.len()).any(|window| window == key)
}

/// The sync byte returns at the packet length, at least four times or to the end of what we have.
fn is_transport_stream(head: &[u8]) -> bool {
    [(0, 188), (4, 192), (0, 204)].iter().any(|&(start, step)| {
        let syncs: Vec<bool> = head
            .iter()
            .skip(start)
            .step_by(step)
            .map(|byte| *byte == 0x47)
            .collect();
        syncs.len() >= 4 && syncs.iter().all(|sync| *sync)
    })
}

fn as_text(head: &[u8]) -> Option<Container> {
    let utf16 = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    let plain = !head.iter().any(|byte| is_never_in_text(*byte));
    if !utf16 && !plain {
        return None;
    }
    let text: String = head
        .iter()
        .filter(|byte| byte.is_ascii() && **byte != 0)
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    let text = text.trim_start();
    let names_other_files = ["#extm3u", "ffconcat", "[playlist]", "v=0", "[reference]"]
        .iter()
        .any(|start| text.starts_with(start))
        || [
            "<smil",
            "<mpd",
            "<asx",
            "<smoothstreamingmedia",
            "<playlist",
        ]
        .iter()
        .any(|tag| text.contains(tag));
    Some(if names_other_files {
        Container::Playlist
    } else if text.contains("<svg") {
        Container::Image
    } else {
        Container::Text
    })
}

/// Control codes that no text encoding in use writes (escape is left in: ISO-2022-JP needs it).
fn is_never_in_text(byte: u8) -> bool {
    matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127)
}

/// An MPEG audio frame header: sync, a layer, a bit rate and a sample rate that exist.
fn is_mpeg_audio(head: &[u8]) -> bool {
    let [a, b, c, ..] = head else { return false };
    *a == 0xFF && b & 0xE6 == 0xE2 && c >> 4 != 15 && c >> 4 != 0 && c & 0x0C != 0x0C
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_file_is_text_whatever_it_is_called() {
        assert_eq!(sniff(b"hello, I am not a film\n"), Container::Text);
        assert_eq!(
            sniff("caf\u{e9} \u{65e5}\u{672c}".as_bytes()),
            Container::Text
        );
        assert_eq!(sniff(b"\xFF\xFEh\0i\0"), Container::Text);
        assert_eq!(sniff(b"BMW is a car"), Container::Text);
        assert_eq!(sniff(b""), Container::Empty);
    }

    #[test]
    fn texts_that_name_other_files_are_playlists() {
        for text in [
            "#EXTM3U\n/etc/passwd",
            "\u{feff}  #EXTM3U",
            "ffconcat version 1.0\nfile /etc/passwd",
            "<?xml version=\"1.0\"?>\n<smil><body/></smil>",
            "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"/>",
            "v=0\no=- 0 0 IN IP4 127.0.0.1",
        ] {
            assert_eq!(sniff(text.as_bytes()), Container::Playlist, "{text}");
        }
    }

    #[test]
    fn each_container_is_known_by_its_signature() {
        let mut ts = vec![0xFF; 188 * 5];
        ts.iter_mut().step_by(188).for_each(|byte| *byte = 0x47);
        let rows: [(&[u8], Container); 13] = [
            (b"\0\0\0\x20ftypisom", Container::Mp4),
            (b"\0\0\0\x08wide\0\0\0\x01mdat", Container::Mp4),
            (b"\0\0\0\x20ftypavif", Container::Image),
            (b"\x1A\x45\xDF\xA3\x01", Container::Matroska),
            (b"RIFF\x10\0\0\0AVI LIST", Container::Avi),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Container::Image),
            (b"FLV\x01\x05", Container::Flv),
            (b"OggS\0\x02", Container::Ogg),
            (b"ID3\x04\0", Container::Mp3),
            (b"\xFF\xFB\x90\x64\0\0", Container::Mp3),
            (b"\x89PNG\r\n\x1A\n\0", Container::Image),
            (b"\0\x01\x02\x03", Container::Unknown),
            (&ts, Container::MpegTs),
        ];
        for (head, expected) in rows {
            assert_eq!(sniff(head), expected, "{}", head.escape_ascii());
        }
    }
}
