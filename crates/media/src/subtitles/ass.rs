//! ASS and SSA scripts: the words and when they are shown, of a language made for drawing.
//!
//! There is no standard; what the columns and sections mean is what the programs that write and show scripts agree on.

use std::collections::BTreeSet;

use super::ass_text::text;
use super::cues::Cues;
use super::times::time;
use super::{Cue, TEXT_LIMIT_BYTES, lines};

/// A script with more columns than this lies about them.
const COLUMN_LIMIT: usize = 64;

/// More styles than this are not looked at.
const STYLE_LIMIT: usize = 1_000;

/// Which styles are italic: how scripts mark thoughts and voices from elsewhere.
///
/// Other looks of a style say nothing about its words; a whole film is often bold.
#[derive(Clone, Debug, Default)]
pub(super) struct Styles {
    italic: BTreeSet<String>,
}

impl Styles {
    /// The styles of a script, or of the head of one: what Matroska keeps as the codec's private data.
    pub(super) fn of(head: &str) -> Styles {
        let mut script = Script::default();
        for line in lines(head) {
            script.line(line);
        }
        script.styles
    }

    /// Whether there is a style of this name and its letters are italic.
    pub(super) fn is_italic(&self, name: &str) -> bool {
        self.italic.contains(style_name(name))
    }
}

/// Whether a file is a script: the first line that says anything is the name of a section.
pub(super) fn is_script(text: &str) -> bool {
    let says = |line: &&str| !line.is_empty() && !line.starts_with([';', '!']);
    let first = lines(text).find(says);
    first.is_some_and(|line| section(line).is_some())
}

/// Reads the lines of talk of a script.
pub(super) fn read(script_text: &str, cues: &mut Cues) {
    let mut script = Script::default();
    for line in lines(script_text) {
        if let Some(line) = script.line(line) {
            let words = text(line.text, line.style, &script.styles, TEXT_LIMIT_BYTES);
            cues.add(Cue::new(line.start_ms, line.end_ms, words));
        }
        if cues.is_full() {
            return;
        }
    }
}

/// The text of a block of Matroska: `ReadOrder, Layer, Style, Name, MarginL, MarginR, MarginV, Effect, Text`.
///
/// The order is fixed, whatever the script's own `Format:` said (Matroska Media Container Codec Specifications,
/// `S_TEXT/ASS` and `S_TEXT/SSA`).
pub(super) fn block(payload: &str, styles: &Styles) -> String {
    let mut columns = payload.splitn(9, ',');
    let style = columns.nth(2).unwrap_or_default();
    let words = columns.nth(5).unwrap_or_default();
    text(words, style, styles, TEXT_LIMIT_BYTES)
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Section {
    Styles,
    Events,
    #[default]
    Other,
}

/// A line of talk as the script has it.
struct Line<'a> {
    start_ms: u64,
    end_ms: u64,
    style: &'a str,
    text: &'a str,
}

/// What has been read of a script so far.
#[derive(Default)]
struct Script {
    section: Section,
    columns: Columns,
    name_and_italic: Option<(usize, usize)>,
    styles: Styles,
}

impl Script {
    /// Reads one line; when it is one of talk, returns it.
    fn line<'a>(&mut self, line: &'a str) -> Option<Line<'a>> {
        if line.starts_with('[') {
            self.section = section(line).unwrap_or_default();
            return None;
        }
        let (key, value) = line.split_once(':')?;
        let is = |name: &str| key.trim_end().eq_ignore_ascii_case(name);
        match self.section {
            Section::Events if is("Format") => {
                self.columns = Columns::of(value).unwrap_or(self.columns);
            }
            Section::Events if is("Dialogue") => return self.columns.line(value),
            Section::Styles if is("Format") => {
                let place = |name| place_of(value, name);
                self.name_and_italic = place("Name").zip(place("Italic"));
            }
            Section::Styles if is("Style") => self.style(value),
            _ => {}
        }
        None
    }

    fn style(&mut self, value: &str) {
        // Both versions of the format have these two in the same places.
        let (name, italic) = self.name_and_italic.unwrap_or((0, 8));
        let column = |at| value.split(',').nth(at).map(str::trim);
        let is_italic = column(italic).is_some_and(|value| !matches!(value, "" | "0"));
        if let Some(name) = column(name).filter(|_| is_italic)
            && self.styles.italic.len() < STYLE_LIMIT
        {
            self.styles.italic.insert(style_name(name).to_owned());
        }
    }
}

/// Where in a line of talk the columns are that we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Columns {
    start: usize,
    end: usize,
    style: Option<usize>,
    text: usize,
}

impl Default for Columns {
    /// `Layer` (in SSA `Marked`)`, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text`.
    fn default() -> Columns {
        Columns {
            start: 1,
            end: 2,
            style: Some(3),
            text: 9,
        }
    }
}

impl Columns {
    /// What a `Format:` line says; `None` when no line of talk could be read by it.
    ///
    /// The text has commas in it, so it is the rest of the line: what is said to follow it cannot be there.
    fn of(format: &str) -> Option<Columns> {
        let text = place_of(format, "Text")?;
        let before = |place: &usize| *place < text;
        Some(Columns {
            start: place_of(format, "Start").filter(before)?,
            end: place_of(format, "End").filter(before)?,
            style: place_of(format, "Style").filter(before),
            text,
        })
    }

    fn line<'a>(&self, value: &'a str) -> Option<Line<'a>> {
        let columns: Vec<&str> = value.splitn(self.text + 1, ',').collect();
        let column = |at: usize| columns.get(at).copied();
        Some(Line {
            start_ms: time(column(self.start)?.trim())?,
            end_ms: time(column(self.end)?.trim())?,
            style: self.style.and_then(column).unwrap_or_default(),
            text: column(self.text)?,
        })
    }
}

fn place_of(format: &str, name: &str) -> Option<usize> {
    let mut names = format.split(',').take(COLUMN_LIMIT);
    names.position(|column| column.trim().eq_ignore_ascii_case(name))
}

fn section(line: &str) -> Option<Section> {
    let is = |name: &str| line.trim().eq_ignore_ascii_case(name);
    match () {
        () if is("[Script Info]") => Some(Section::Other),
        () if is("[V4 Styles]") || is("[V4+ Styles]") => Some(Section::Styles),
        () if is("[Events]") => Some(Section::Events),
        () => None,
    }
}

/// Some programs write a star before the name where they use a style.
fn style_name(name: &str) -> &str {
    name.trim().trim_start_matches('*')
}

#[cfg(test)]
mod tests {
    use super::super::{parse, to_webvtt};
    use super::*;
    use crate::Error;

    const SCRIPT: &str = r"[Script Info]
; made by hand
Title: <b>x</b>
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,-1,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0
Style: Thoughts,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,-1,0,0,100,100,0,0,1,1,0,2,10,10,10,0

[Fonts]
fontname: x.ttf
Dialogue: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,no

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,no
Dialogue: 0,0:00:04.00,0:00:05.50,Thoughts,Anna,0,0,0,,It was the wind, {\i0}only{\i} the wind.
Dialogue: 1,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\an8}First line\N{\b1}second{\b0}, with comma
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\an8\blur3}First line\N{\b1}second{\b0}, with comma
Dialogue: 0,0:00:06.00,0:00:07.00,Default,,0,0,0,,{\p1}m 0 0 l 100 0 100 100{\p0}
Dialogue: 0,0:00:09.00,0:00:08.00,Default,,0,0,0,,never
Dialogue: 0,-0:00:01.00,0:00:08.00,Default,,0,0,0,,never
Dialogue: 0,99:99:99.99,100:00:00.00,Default,,0,0,0,,never
Dialogue: 0,0:00:10.00
";

    const SHOWN: &str = "WEBVTT

00:00:01.000 --> 00:00:02.000
First line
<b>second</b>, with comma

00:00:04.000 --> 00:00:05.500
<i>It was the wind, </i>only<i> the wind.</i>
";

    #[test]
    fn a_script_becomes_webvtt_with_its_words_and_times_alone() {
        assert_eq!(to_webvtt(SCRIPT.as_bytes()).expect("two cues"), SHOWN);
    }

    #[test]
    fn a_script_is_known_with_any_line_ends_letters_and_encoding() {
        let windows = SCRIPT.replace('\n', "\r\n");
        let old = SCRIPT.replace('\n', "\r");
        let marked = format!("\u{feff}; a remark\n\n{SCRIPT}");
        let loud = SCRIPT
            .replace("[Events]", "[EVENTS]")
            .replace("Dialogue:", "dialogue :");
        let wide: Vec<u8> = SCRIPT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let all = [
            windows.as_bytes(),
            old.as_bytes(),
            marked.as_bytes(),
            loud.as_bytes(),
            &wide,
        ];
        for bytes in all {
            assert_eq!(to_webvtt(bytes).expect("two cues"), SHOWN);
        }
    }

    #[test]
    fn ssa_has_other_names_for_the_same_places() {
        let script = "[Script Info]\nScriptType: v4.00\n\n[V4 Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, TertiaryColour, BackColour, Bold, Italic\nStyle: Far,Arial,16,1,2,3,4,0,-1\n\n[Events]\nFormat: Marked, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: Marked=0,0:00:01.00,0:00:02.00,*Far,,0000,0000,0000,!Effect,a\\nb\n";
        assert_eq!(
            to_webvtt(script.as_bytes()).expect("a cue"),
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<i>a\nb</i>\n"
        );
    }

    #[test]
    fn the_format_line_tells_the_order_of_the_columns() {
        let script = "[Events]\nFormat: End, Start, Text\nDialogue: 0:00:02.00,0:00:01.00,a, b\n";
        assert_eq!(
            to_webvtt(script.as_bytes()).expect("a cue"),
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\na, b\n"
        );
    }

    #[test]
    fn a_format_line_that_lies_is_not_believed_and_harms_nothing() {
        let usual = "Dialogue: 0,0:00:01.00,0:00:02.00,S,,0,0,0,,a, b\n";
        let long = format!("{}Start, End, Text", "x,".repeat(1_000_000));
        for lie in [
            "",
            "Text",
            "Start, Text, End",
            "Layer, Start, End",
            long.as_str(),
        ] {
            let script = format!("[Events]\nFormat: {lie}\n{usual}");
            let cues = parse(script.as_bytes()).expect(lie);
            assert_eq!(cues[0].text, "a, b", "{lie}");
        }
        let missing = format!("[Events]\n{usual}");
        assert_eq!(parse(missing.as_bytes()).expect("a cue")[0].text, "a, b");
        let more =
            "[Events]\nFormat: Start, End, A, B, C, Text\nDialogue: 0:00:01.00,0:00:02.00,a\n";
        assert!(matches!(parse(more.as_bytes()), Err(Error::Subtitles(_))));
    }

    #[test]
    fn words_about_scripts_do_not_make_a_script() {
        let srt = "1\n00:00:01,000 --> 00:00:02,000\n[Events]\n";
        assert!(!is_script(srt));
        assert_eq!(parse(srt.as_bytes()).expect("a cue")[0].text, "[Events]");
        assert!(!is_script("[Music]\n[Events]\n"));
        assert!(!is_script(""));
    }

    #[test]
    fn a_script_has_no_more_cues_and_no_longer_ones_than_any_file() {
        let line = "Dialogue: 0,0:00:01.00,0:00:02.00,S,,0,0,0,,";
        let many: String = (0..100_000).map(|n| format!("{line}{n}\n")).collect();
        let cues = parse(format!("[Events]\n{many}").as_bytes()).expect("cues");
        assert_eq!((cues.len(), cues[49_999].text.as_str()), (50_000, "49999"));
        let long = format!("[Events]\n{line}{}", "x".repeat(10_000_000));
        assert_eq!(parse(long.as_bytes()).expect("a cue")[0].text.len(), 2_000);
        let huge = format!("[Events]\n{line}{}", "x".repeat(100_000_000));
        assert!(matches!(parse(huge.as_bytes()), Err(Error::Subtitles(_))));
    }
}
