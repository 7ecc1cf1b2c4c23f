//! The text of a line of an ASS script: words, and codes in braces for how they are drawn.

use super::ass::Styles;
use super::cue_text::{CueText, Face};

/// A weight from here on is bold; `\b1` says bold too.
const BOLD_WEIGHT: u32 = 600;

/// Writes the words of a line in `style` as cue text of about `limit` bytes at most.
///
/// `\b`, `\i`, `\u` and `\r` in braces change how the words after them look; other codes, remarks in braces and
/// drawings are left out. Braces that are not closed are words. Nothing else has a meaning: a `<` is a letter.
pub(super) fn text(raw: &str, style: &str, styles: &Styles, limit: usize) -> String {
    let mut writer = Writer::new(style, styles, limit);
    // Looked for once, so that a million braces that are never closed are not each looked after to the end.
    let last_close = raw.rfind('}').unwrap_or(0);
    let mut at = 0;
    while let Some(letter) = raw[at..].chars().next() {
        if writer.out.is_full() {
            break;
        }
        let rest = &raw[at..];
        let is_code = letter == '{' && at < last_close;
        at += match is_code.then(|| rest.find('}')).flatten() {
            Some(end) => {
                writer.codes(&rest[1..end]);
                end + 1
            }
            None if writer.is_drawing => after_drawing(rest, letter),
            None => writer.word(letter, rest),
        };
    }
    writer.out.finish()
}

struct Writer<'a> {
    out: CueText,
    styles: &'a Styles,
    own: Face,
    face: Face,
    /// After `\p1` come the lines and curves of a drawing, until `\p0`.
    is_drawing: bool,
}

impl<'a> Writer<'a> {
    fn new(style: &str, styles: &'a Styles, limit: usize) -> Writer<'a> {
        let own = face_of(style, styles);
        Writer {
            out: CueText::new(limit),
            styles,
            own,
            face: own,
            is_drawing: false,
        }
    }

    /// Writes the letter at the start of `rest`, and says how many bytes it was written with.
    fn word(&mut self, letter: char, rest: &str) -> usize {
        let next = rest.as_bytes().get(1).copied();
        match (letter, next) {
            ('\n', _) => self.out.end_line(),
            ('\\', Some(b'N' | b'n')) => {
                self.out.end_line();
                return 2;
            }
            ('\\', Some(b'h')) => {
                self.out.letter_in(self.face, '\u{a0}');
                return 2;
            }
            ('\\', Some(brace @ (b'{' | b'}'))) => {
                self.out.letter_in(self.face, char::from(brace));
                return 2;
            }
            (letter, _) => self.out.letter_in(self.face, letter),
        }
        letter.len_utf8()
    }

    /// Reads what stands between braces: a remark, then codes, each after a backslash.
    fn codes(&mut self, inside: &str) {
        let mut rest = inside;
        while let Some(at) = rest.find('\\') {
            let (code, after) = rest[at + 1..].split_at(code_end(&rest[at + 1..]));
            self.code(code.trim());
            rest = after;
        }
    }

    fn code(&mut self, code: &str) {
        let mut letters = code.chars();
        let name = letters.next();
        let said = letters.as_str().trim_matches(['(', ')', ' ', '\t']);
        let (own, face) = (self.own, &mut self.face);
        match name {
            Some('b') => {
                let is_bold = |weight| weight == 1 || weight >= BOLD_WEIGHT;
                face.bold = switched(said, own.bold, face.bold, is_bold);
            }
            Some('i') => face.italic = switched(said, own.italic, face.italic, |on| on > 0),
            Some('u') => {
                face.underline = switched(said, own.underline, face.underline, |on| on > 0)
            }
            Some('p') => {
                self.is_drawing = switched(said, false, self.is_drawing, |scale| scale > 0)
            }
            Some('r') if said.is_empty() => self.face = own,
            Some('r') => self.face = face_of(said, self.styles),
            _ => {}
        }
    }
}

/// What a code makes of a look that was `now`: nothing said is as the style has it, and what is no number is another
/// code that begins with the same letter, as `\pos(1,2)` or `\blur3`.
fn switched(said: &str, own: bool, now: bool, is_on: impl Fn(u32) -> bool) -> bool {
    if said.is_empty() {
        return own;
    }
    let digits = said.trim_start_matches(['-', '+']);
    let end = digits.find(|letter: char| !letter.is_ascii_digit());
    match &digits[..end.unwrap_or(digits.len())] {
        "" => now,
        _ if said.starts_with('-') => false,
        digits => is_on(digits.parse().unwrap_or(u32::MAX)),
    }
}

fn face_of(style: &str, styles: &Styles) -> Face {
    Face {
        italic: styles.is_italic(style),
        ..Face::default()
    }
}

/// How far it is to the next brace, the one at the start of `rest` aside.
fn after_drawing(rest: &str, first: char) -> usize {
    let next = rest[first.len_utf8()..].find('{');
    next.map_or(rest.len(), |next| first.len_utf8() + next)
}

/// How long a code is: up to the next backslash outside of its parentheses.
fn code_end(codes: &str) -> usize {
    let mut is_inside = false;
    let end = codes.find(|letter| {
        match letter {
            '(' => is_inside = true,
            ')' => is_inside = false,
            _ => {}
        }
        letter == '\\' && !is_inside
    });
    end.unwrap_or(codes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[V4+ Styles]\nFormat: Name, Italic\nStyle: Voice,-1\nStyle: Plain,0\n";

    fn plain(raw: &str) -> String {
        text(raw, "Plain", &Styles::of(HEAD), 200)
    }

    #[test]
    fn bold_italic_and_underline_stay_and_every_other_code_goes() {
        for (raw, kept) in [
            (r"{\i1}a{\i0} b", "<i>a</i> b"),
            (r"{\b1}a{\b0}b", "<b>a</b>b"),
            (r"{\b700}a{\b400}b{\b}c", "<b>a</b>bc"),
            (r"{\u1}a{\u0}b", "<u>a</u>b"),
            (r"{\i1\b1}a{\r}b", "<b><i>a</i></b>b"),
            (r"{\i(1)}a{\i}b", "<i>a</i>b"),
            (
                r"{\an8\pos(1,2)\fad(1,2)\blur3\be1\bord2\iclip(1,2,3,4)\1c&H0&\fnImpact}a",
                "a",
            ),
            (r"{\k20}Ka{\kf30}ra{\K5}o{\ko9}ke", "Karaoke"),
            (r"{\t(0,500,\i1\fscx200)}a{\t(\b1", r"a{t(\b1"),
            (r"{a remark}a{}b{ \i1 and more}c", "ab<i>c</i>"),
        ] {
            assert_eq!(plain(raw), kept, "{raw}");
        }
    }

    #[test]
    fn line_breaks_and_hard_spaces_are_words_not_codes() {
        assert_eq!(plain(r"a\Nb\nc\hd"), "a\nb\nc\u{a0}d");
        assert_eq!(plain(r"\N\N a \N\N b\N"), "a\nb");
        assert_eq!(plain(r"C:\dir \{x\}"), r"C:\dir {x}");
    }

    #[test]
    fn drawings_show_nothing_even_when_codes_come_between() {
        assert_eq!(plain(r"{\p1}m 0 0 l 9 9{\i1} b 1 2\N3{\p0}a"), "<i>a</i>");
        assert_eq!(plain(r"a{\p4}m 0 0"), "a");
        assert_eq!(
            plain(r"{\p99999999999999999999}m 0 0 {\pos(1,2)\pbo3}l 1 1"),
            ""
        );
        assert_eq!(plain(r"{\p1}m 0 0{\p-1}a{\p1}m{\p}b"), "ab");
    }

    #[test]
    fn an_italic_style_is_italic_and_can_be_returned_to() {
        let styles = Styles::of(HEAD);
        let voice = |raw| text(raw, "*Voice", &styles, 200);
        assert_eq!(voice("a"), "<i>a</i>");
        assert_eq!(voice(r"{\i0}a{\i}b{\i0}c{\r}d"), "a<i>b</i>c<i>d</i>");
        assert_eq!(voice(r"{\rPlain}a{\rVoice}b{\rNobody}c"), "a<i>b</i>c");
    }

    #[test]
    fn what_looks_like_markup_is_text() {
        assert_eq!(
            plain("<script>alert(1)</script> <i>a</i> &amp; --> <img src=x onerror=y>"),
            "&lt;script&gt;alert(1)&lt;/script&gt; &lt;i&gt;a&lt;/i&gt; &amp;amp; --&gt; &lt;img src=x onerror=y&gt;"
        );
    }

    #[test]
    fn braces_that_are_nested_or_open_leave_text_and_no_code() {
        assert_eq!(plain(r"{\i1{\b1}a}b"), "<b><i>a}b</i></b>");
        assert_eq!(plain(r"a{\i1 b"), "a{i1 b");
        assert_eq!(plain(r"a}b{"), "a}b{");
    }

    #[test]
    fn a_line_of_megabytes_of_braces_codes_and_drawings_is_read_in_one_go() {
        let begun = std::time::Instant::now();
        let megabytes = |what: &str| what.repeat((4 << 20) / what.len());
        let drawing = r"{\p1}".to_owned();
        assert_eq!(plain(&(drawing.clone() + &megabytes("{"))), "");
        assert_eq!(plain(&(drawing + &megabytes("m 0 0 l 1 1 "))), "");
        assert_eq!(plain(&megabytes(r"{\i1}")), "");
        assert_eq!(plain(&format!("{{{}}}a", megabytes(r"\i1"))), "<i>a</i>");
        assert!(plain(&megabytes("&")).len() < 210);
        assert!(begun.elapsed().as_secs() < 30);
    }
}
