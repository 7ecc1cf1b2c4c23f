//! The markup of SRT and WebVTT: what of it stays inside a cue.

use super::cue_text::CueText;

/// A tag longer than this is text.
const TAG_LIMIT: usize = 300;

/// Joins the lines of a cue as WebVTT cue text of about `limit` bytes at most.
///
/// `<b>`, `<i>` and `<u>` stay and are closed in order; other tags and `{\...}` codes go, their content stays;
/// everything else is escaped, so that nothing in it can be taken for markup or for a time.
pub(super) fn clean<'a>(lines: impl IntoIterator<Item = &'a str>, limit: usize) -> String {
    let mut out = CueText::new(limit);
    for line in lines {
        add_line(&mut out, line);
        out.end_line();
        if out.is_full() {
            break;
        }
    }
    out.finish()
}

fn add_line(out: &mut CueText, line: &str) {
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        if out.is_full() {
            return;
        }
        let used = match letter {
            '<' => tag(out, rest),
            '{' if rest.starts_with("{\\") => limited_find(rest, '}'),
            '&' => entity(out, rest),
            _ => None,
        };
        let used = used.unwrap_or_else(|| {
            out.letter(letter);
            letter.len_utf8()
        });
        rest = &rest[used..];
    }
}

/// The length up to and with `end`, if that is near.
fn limited_find(rest: &str, end: char) -> Option<usize> {
    let mut near = rest.char_indices().take(TAG_LIMIT);
    let (at, _) = near.find(|(_, letter)| *letter == end)?;
    Some(at + end.len_utf8())
}

/// Handles a tag at the start of `rest` and says how long it is; `None` when it is none.
fn tag(out: &mut CueText, rest: &str) -> Option<usize> {
    let used = limited_find(rest, '>')?;
    let inside = &rest[1..used - 1];
    let name = inside.trim_start_matches('/');
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '!' || letter == '?';
    if !name.is_empty() && !name.starts_with(is_name) {
        return None;
    }
    let end = name.find(|letter: char| !letter.is_ascii_alphanumeric());
    let kept = match &name[..end.unwrap_or(name.len())] {
        "b" | "B" => 'b',
        "i" | "I" => 'i',
        "u" | "U" => 'u',
        _ => return Some(used),
    };
    match inside.starts_with('/') {
        true => out.close(kept),
        false => out.open(kept),
    }
    Some(used)
}

/// Decodes the entities subtitles use, and says how long the one at the start of `rest` is.
fn entity(out: &mut CueText, rest: &str) -> Option<usize> {
    let table = [
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&nbsp;", '\u{a0}'),
        ("&lrm;", '\u{200e}'),
        ("&rlm;", '\u{200f}'),
        ("&#39;", '\''),
    ];
    let (name, letter) = table.iter().find(|(name, _)| rest.starts_with(name))?;
    out.letter(*letter);
    Some(name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_closed_in_order_and_never_left_open() {
        assert_eq!(clean(["<b>a<i>b</b>c</i>"], 100), "<b>a<i>b</i></b>c");
        assert_eq!(clean(["<u>", "x"], 100), "<u>x</u>");
        assert_eq!(clean(["<b></b>"], 100), "");
    }

    #[test]
    fn what_is_no_tag_is_escaped() {
        assert_eq!(clean(["a < b > c"], 100), "a &lt; b &gt; c");
        assert_eq!(clean(["I <3 you", "<- no"], 100), "I &lt;3 you\n&lt;- no");
        assert_eq!(
            clean(["&amp;lt; & &copy;"], 100),
            "&amp;lt; &amp; &amp;copy;"
        );
        assert_eq!(clean(["<img src=x onerror=alert(1)>hi"], 100), "hi");
    }

    #[test]
    fn a_code_with_something_hidden_in_it_does_not_come_alive_when_read_again() {
        for hidden in ["{{\\a}\\i1}x", "{\u{1}\\i1}x", "{<x>\\i1}x"] {
            let once = clean([hidden], 100);
            assert_eq!(once, "{i1}x", "{hidden}");
            assert_eq!(clean([once.as_str()], 100), once);
        }
    }

    #[test]
    fn many_lines_of_tags_without_text_are_read_in_one_go() {
        let begun = std::time::Instant::now();
        // Almost as much as a cue may have, and still no text: looking through it for each line would take minutes.
        let tags = "<i><b></b></i>".repeat(140);
        let lines = std::iter::repeat_n("<x>", 1_000_000);
        assert_eq!(
            clean(std::iter::once(tags.as_str()).chain(lines), 2_000),
            ""
        );
        assert!(begun.elapsed().as_secs() < 30);
    }
}
