//! Subtitles beside the film and inside it: every text format in, our own WebVTT out, nothing in it but text.
//!
//! A file beside the film is SRT, WebVTT, ASS or SSA ([`parse`]); what lies inside one comes from its container, a
//! piece for each cue ([`InsideTrack`]).

mod ass;
mod ass_text;
mod cue_text;
mod cues;
mod encoding;
mod inside;
mod markup;
mod mov_text;
mod timed;
mod times;

pub use inside::{InsideFormat, InsideTrack, PAYLOAD_LIMIT_BYTES};

use std::fmt::Write as _;

use crate::error::{Error, Result};
use cues::Cues;

/// A subtitle file larger than this is not one, and what we write is not larger either.
pub const SUBTITLE_LIMIT_BYTES: usize = 16 << 20;

/// A film has a few thousand cues; more than this are left out.
const CUE_LIMIT: usize = 50_000;

/// What one cue may say; the rest is cut off.
const TEXT_LIMIT_BYTES: usize = 2_000;

/// A text and when it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// From when on.
    pub start_ms: u64,
    /// Until when, always later.
    pub end_ms: u64,
    /// WebVTT cue text: `<b>`, `<i>` and `<u>`, closed in order; everything else is escaped. No empty lines.
    pub text: String,
}

/// Rewrites SRT, WebVTT, ASS or SSA in any usual encoding as WebVTT.
///
/// # Errors
/// [`Error::Subtitles`] when the file is too large or no cue is found in it.
pub fn to_webvtt(bytes: &[u8]) -> Result<String> {
    Ok(write_webvtt(&parse(bytes)?))
}

/// Reads the cues of an SRT, WebVTT, ASS or SSA file, in order of their start.
///
/// Styles, regions, notes, positions, drawings and cues that last no time are left out.
///
/// # Errors
/// [`Error::Subtitles`] when the file is too large or no cue is found in it.
pub fn parse(bytes: &[u8]) -> Result<Vec<Cue>> {
    if bytes.len() > SUBTITLE_LIMIT_BYTES {
        return Err(Error::Subtitles("the file is larger than 16 MB"));
    }
    let text = encoding::decode(bytes);
    let mut cues = Cues::default();
    match ass::is_script(&text) {
        true => ass::read(&text, &mut cues),
        false => timed::read(&text, &mut cues),
    }
    match cues.finish() {
        list if list.is_empty() => Err(Error::Subtitles("there is no text with times in it")),
        list => Ok(list),
    }
}

/// Moves cues to later: by [`crate::Index::shift_ms`], for a film that begins before its edit list says.
pub fn delay(cues: &mut [Cue], by_ms: u64) {
    for cue in cues {
        cue.start_ms = cue.start_ms.saturating_add(by_ms);
        cue.end_ms = cue.end_ms.saturating_add(by_ms);
    }
}

/// Writes cues as a WebVTT file (W3C WebVTT, section 4.1).
pub fn write_webvtt(cues: &[Cue]) -> String {
    let mut out = String::with_capacity(16 + cues.len() * 80);
    out.push_str("WEBVTT\n");
    for cue in cues {
        let (start, end) = (times::Shown(cue.start_ms), times::Shown(cue.end_ms));
        write!(out, "\n{start} --> {end}\n{}\n", cue.text)
            .expect("writing to a String cannot fail");
    }
    out
}

/// The lines of a file without the space around them. They end with LF, CR LF, or in very old files with CR alone.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let end = if text.contains('\n') { '\n' } else { '\r' };
    text.split(end)
        .map(|line| line.trim_matches(['\u{feff}', ' ', '\t', '\r', '\0']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srt_becomes_webvtt_and_only_bold_italic_and_underline_stay() {
        let srt = "1\r\n00:00:01,500 --> 00:00:03,000 X1:10\r\n<i>Hello</i> & <font color=\"red\">you</font>\r\n{\\an8}2 < 3 --> x\r\n\r\n2\r\n0:00:04.2 --> 00:00:05,000\r\n<b>bold <I>both\r\n<script>alert(1)</script>\r\n";
        insta::assert_snapshot!(to_webvtt(srt.as_bytes()).expect("two cues"), @r"
        WEBVTT

        00:00:01.500 --> 00:00:03.000
        <i>Hello</i> &amp; you
        2 &lt; 3 --&gt; x

        00:00:04.200 --> 00:00:05.000
        <b>bold <i>both
        alert(1)</i></b>
        ");
    }

    #[test]
    fn webvtt_loses_its_styles_notes_regions_and_settings() {
        let vtt = "\u{feff}WEBVTT - title\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\nSTYLE\n::cue { background: url(http://evil/) }\n\nNOTE\nhidden\n\nintro\n00:01.000 --> 00:02.000 line:0 align:start\n<v Anna><c.red>Bonjour</c> &lt;b&gt; &amp;&nbsp;<00:01.500>fin\n\n01:00:00.000 --> 00:59:00.000\nnever\n";
        assert_eq!(
            to_webvtt(vtt.as_bytes()).expect("one cue"),
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nBonjour &lt;b&gt; &amp;\u{a0}fin\n"
        );
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let cues = parse(b"1\n00:00:01,000 --> 00:00:02,000\n<i>a & b</i>\n<u>c\n\n2\n00:00:01,500 --> 99:59:59,999\n-- &lt;x&gt;\n").expect("two cues");
        assert_eq!(
            parse(write_webvtt(&cues).as_bytes()).expect("our own"),
            cues
        );
    }

    #[test]
    fn a_file_without_cues_is_refused() {
        assert!(matches!(parse(b"hello"), Err(Error::Subtitles(_))));
        assert!(matches!(parse(b""), Err(Error::Subtitles(_))));
    }

    #[test]
    fn cues_are_put_in_order_and_can_be_moved() {
        let mut cues = parse(
            b"00:00:05,000 --> 00:00:06,000\nlate\n7\n00:00:01,000 --> 00:00:02,000\nearly\n",
        )
        .expect("two cues");
        delay(&mut cues, 250);
        let found: Vec<_> = cues
            .iter()
            .map(|cue| (cue.start_ms, cue.text.as_str()))
            .collect();
        assert_eq!(found, [(1250, "early"), (5250, "late")]);
    }
}
