//! Subtitles inside a film's file: the container has the times, and for each cue a piece of some text format.

use super::ass::{self, Styles};
use super::cues::Cues;
use super::markup::clean;
use super::{Cue, TEXT_LIMIT_BYTES, mov_text};

/// A piece larger than this is no cue, and not worth reading out of the film's file.
pub const PAYLOAD_LIMIT_BYTES: usize = 1 << 20;

/// What the pieces of a subtitle track are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsideFormat {
    /// The text of an SRT cue: Matroska's `S_TEXT/UTF8`.
    Text,
    /// The text of a WebVTT cue: Matroska's `S_TEXT/WEBVTT`. Its settings are beside it, in block additions.
    WebVtt,
    /// A cue's name, its settings, each ended by a line end, and its text: WebM's `D_WEBVTT/SUBTITLES` and its like.
    WebmVtt,
    /// A line of an ASS or SSA script without its times: Matroska's `S_TEXT/ASS` and `S_TEXT/SSA`.
    Ass,
    /// 3GPP timed text, `tx3g` in MP4: a length, the text, boxes (3GPP TS 26.245, clause 5.17).
    MovText,
}

impl InsideFormat {
    /// The format of a track by its name in the container: Matroska's codec ID, or the sample entry in MP4.
    ///
    /// `None` for pictures (PGS, VobSub, DVB) and for formats that are not read, as TTML.
    pub fn of_codec(name: &str) -> Option<InsideFormat> {
        match name {
            "S_TEXT/UTF8" | "S_TEXT/ASCII" => Some(InsideFormat::Text),
            "S_TEXT/WEBVTT" => Some(InsideFormat::WebVtt),
            "D_WEBVTT/SUBTITLES" | "D_WEBVTT/CAPTIONS" => Some(InsideFormat::WebmVtt),
            "S_TEXT/ASS" | "S_TEXT/SSA" | "S_ASS" | "S_SSA" => Some(InsideFormat::Ass),
            "tx3g" => Some(InsideFormat::MovText),
            _ => None,
        }
    }
}

/// The cues of one track of a film's file.
///
/// It takes at most 50,000 of them, which written as WebVTT are at most 16 MB, and of each at most about 2,000 bytes.
///
/// ```
/// use cineclub_media::subtitles::{InsideFormat, InsideTrack, write_webvtt};
///
/// let mut track = InsideTrack::new(InsideFormat::Ass, b"[Script Info]\nScriptType: v4.00+\n");
/// track.add(br"0,0,Default,,0,0,0,,{\i1}Who{\i0} is there?", 1_000, 2_500);
/// assert_eq!(
///     write_webvtt(&track.finish()),
///     "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n<i>Who</i> is there?\n"
/// );
/// ```
#[derive(Debug)]
pub struct InsideTrack {
    format: InsideFormat,
    styles: Styles,
    cues: Cues,
}

impl InsideTrack {
    /// A track before its first cue.
    ///
    /// `head` is what the container keeps for the whole track: Matroska's `CodecPrivate`, for ASS the script up to its
    /// lines of talk. The other formats need none.
    pub fn new(format: InsideFormat, head: &[u8]) -> InsideTrack {
        let head = &head[..head.len().min(PAYLOAD_LIMIT_BYTES)];
        let styles = match format {
            InsideFormat::Ass => Styles::of(&String::from_utf8_lossy(head)),
            _ => Styles::default(),
        };
        InsideTrack {
            format,
            styles,
            cues: Cues::default(),
        }
    }

    /// One cue: the payload of a block or sample, shown from `start_ms` until `end_ms` of the film.
    ///
    /// `None` when nothing is shown: no text in it, no time, more than [`PAYLOAD_LIMIT_BYTES`], past 100 hours.
    pub fn cue(&self, payload: &[u8], start_ms: u64, end_ms: u64) -> Option<Cue> {
        if payload.len() > PAYLOAD_LIMIT_BYTES {
            return None;
        }
        // Matroska has all text in UTF-8; what is not is shown as such, letter by letter.
        let utf_8 = || String::from_utf8_lossy(payload);
        let text = match self.format {
            InsideFormat::Text | InsideFormat::WebVtt => {
                clean(utf_8().split(['\n', '\r']), TEXT_LIMIT_BYTES)
            }
            InsideFormat::WebmVtt => {
                let text = utf_8();
                let lines = text.split('\n').skip(2).flat_map(|line| line.split('\r'));
                clean(lines, TEXT_LIMIT_BYTES)
            }
            InsideFormat::Ass => ass::block(&utf_8(), &self.styles),
            InsideFormat::MovText => mov_text::text(payload, TEXT_LIMIT_BYTES),
        };
        Cue::new(start_ms, end_ms, text)
    }

    /// Keeps [`InsideTrack::cue`] unless the track is full. The pieces may come in any order.
    pub fn add(&mut self, payload: &[u8], start_ms: u64, end_ms: u64) {
        if !self.is_full() {
            self.cues.add(self.cue(payload, start_ms, end_ms));
        }
    }

    /// Whether a film's cues are all here that it may have: no more need be read.
    pub fn is_full(&self) -> bool {
        self.cues.is_full()
    }

    /// The cues in order of their start, for [`write_webvtt`](super::write_webvtt). May be none.
    pub fn finish(self) -> Vec<Cue> {
        self.cues.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, write_webvtt};
    use super::*;

    const HEAD: &[u8] = b"[Script Info]\n\n[V4+ Styles]\nFormat: Name, Italic\nStyle: Far,-1\n\n[Events]\nFormat: Text, Start\n";

    fn said(format: InsideFormat, payload: &[u8]) -> String {
        let cue = InsideTrack::new(format, HEAD).cue(payload, 1, 2);
        cue.map(|cue| cue.text).unwrap_or_default()
    }

    #[test]
    fn each_format_keeps_its_words_and_three_looks() {
        use InsideFormat::{Ass, MovText, Text, WebVtt};
        for (format, payload, text) in [
            (
                Text,
                "<i>a</i>\r\n\r\n<font color=red>b</font> & {\\an8}c".as_bytes(),
                "<i>a</i>\nb &amp; c",
            ),
            (
                WebVtt,
                b"<v Anna><c.red>a</c> &lt;b&gt;<00:01.500>\nb",
                "a &lt;b&gt;\nb",
            ),
            (
                Ass,
                b"7,0,Default,Anna,0,0,0,Banner;1,{\\b1}a{\\b0}, b\\Nc",
                "<b>a</b>, b\nc",
            ),
            (Ass, b"7,0,*Far,,0000,0000,0000,,a", "<i>a</i>"),
            (Ass, b"7,0,Default,,0,0,0,,{\\p1}m 0 0 l 1 1", ""),
            (Ass, b"7,0,Default,,0,0,0,", ""),
            (MovText, b"\0\x03a<b", "a&lt;b"),
            (MovText, b"\0\0", ""),
            (Text, b"\0\xff\x1b[1m x", "\u{fffd}[1m x"),
        ] {
            assert_eq!(said(format, payload), text, "{format:?} {payload:?}");
        }
    }

    #[test]
    fn nothing_active_survives_in_any_format() {
        for attack in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<i onclick=alert(1)>x</i>",
            "<<script>script>x",
            "x\n\n00:00:00.000 --> 99:00:00.000\n<u>",
            "{\\i1}<script>{\\i0}{\\fs<b>}x{<b>\\b1",
            "<v \n>x <c.a href='javascript:x'>",
        ] {
            let ass = format!("0,0,<script>,<b>,0,0,0,<b>,{attack}");
            let length = (attack.len() as u16).to_be_bytes();
            let mov = [&length, attack.as_bytes()].concat();
            for (format, payload) in [
                (InsideFormat::Text, attack.as_bytes()),
                (InsideFormat::WebVtt, attack.as_bytes()),
                (InsideFormat::Ass, ass.as_bytes()),
                (InsideFormat::MovText, &mov),
            ] {
                let mut track = InsideTrack::new(format, b"");
                track.add(payload, 1, 2);
                let cues = track.finish();
                let file = write_webvtt(&cues);
                let kept = ["<b>", "</b>", "<i>", "</i>", "<u>", "</u>"];
                let bare = kept
                    .iter()
                    .fold(file.clone(), |text, tag| text.replace(tag, ""));
                assert!(!bare.contains('<'), "{format:?} {file}");
                assert_eq!(file.matches("-->").count(), cues.len(), "{format:?} {file}");
                assert_eq!(
                    parse(file.as_bytes()).unwrap_or_default(),
                    cues,
                    "{format:?} {file}"
                );
            }
        }
    }

    #[test]
    fn a_piece_that_lasts_no_time_or_is_too_large_is_no_cue() {
        let track = InsideTrack::new(InsideFormat::Text, b"");
        assert_eq!(track.cue(b"x", 5, 5), None);
        assert_eq!(track.cue(b"x", 5, 4), None);
        assert_eq!(track.cue(b"x", u64::MAX - 1, u64::MAX), None);
        assert_eq!(track.cue(&vec![b'x'; PAYLOAD_LIMIT_BYTES + 1], 1, 2), None);
        let largest = track.cue(&vec![b'x'; PAYLOAD_LIMIT_BYTES], 1, 2);
        assert_eq!(largest.map(|cue| cue.text.len()), Some(2_000));
    }

    #[test]
    fn a_track_is_full_after_fifty_thousand_cues() {
        let mut track = InsideTrack::new(InsideFormat::Text, b"");
        for at in (0..60_000).rev() {
            assert_eq!(track.is_full(), at < 10_000);
            track.add(b"x", at, at + 2);
        }
        let cues = track.finish();
        assert_eq!((cues.len(), cues[0].start_ms), (50_000, 10_000));
    }

    #[test]
    fn the_names_containers_use_are_known() {
        use InsideFormat::{Ass, MovText, Text, WebVtt};
        for (name, format) in [
            ("S_TEXT/UTF8", Some(Text)),
            ("S_TEXT/WEBVTT", Some(WebVtt)),
            ("S_TEXT/ASS", Some(Ass)),
            ("S_TEXT/SSA", Some(Ass)),
            ("tx3g", Some(MovText)),
            ("S_HDMV/PGS", None),
            ("stpp", None),
        ] {
            assert_eq!(InsideFormat::of_codec(name), format, "{name}");
        }
    }
}
