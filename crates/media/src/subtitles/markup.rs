//! What may stay inside a cue: text, and three tags that cannot do harm.

/// A tag longer than this is text.
const TAG_LIMIT: usize = 300;

/// Joins the lines of a cue as WebVTT cue text of about `limit` bytes at most.
///
/// `<b>`, `<i>` and `<u>` stay and are closed in order; other tags and `{\...}` codes go, their content stays;
/// everything else is escaped, so that nothing in it can be taken for markup or for a time.
pub(super) fn clean(lines: &[&str], limit: usize) -> String {
    let mut out = String::new();
    let mut open: Vec<char> = Vec::new();
    for line in lines {
        let mut piece = String::new();
        add_line(&mut piece, &mut open, line, limit.saturating_sub(out.len()));
        let piece = piece.trim();
        // A line with nothing but tags in it must not become an empty one, which would end the cue.
        if has_text(&out) && has_text(piece) {
            out.push('\n');
        }
        out.push_str(piece);
        if out.len() >= limit {
            break;
        }
    }
    if !has_text(&out) {
        return String::new();
    }
    while let Some(tag) = open.pop() {
        out.extend(['<', '/', tag, '>']);
    }
    out
}

fn add_line(out: &mut String, open: &mut Vec<char>, line: &str, limit: usize) {
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        if out.len() >= limit {
            return;
        }
        let used = match letter {
            '<' => tag(out, open, rest),
            '{' if rest.starts_with("{\\") => limited_find(rest, '}'),
            '&' => entity(out, rest),
            _ => None,
        };
        let used = used.unwrap_or_else(|| {
            escape(out, letter);
            letter.len_utf8()
        });
        rest = &rest[used..];
    }
}

/// The length up to and with `end`, if that is near.
fn limited_find(rest: &str, end: char) -> Option<usize> {
    let near = rest.char_indices().take(TAG_LIMIT);
    near.into_iter()
        .find(|(_, letter)| *letter == end)
        .map(|(at, _)| at + end.len_utf8())
}

/// Handles a tag at the start of `rest` and says how long it is; `None` when it is none.
fn tag(out: &mut String, open: &mut Vec<char>, rest: &str) -> Option<usize> {
    let used = limited_find(rest, '>')?;
    let inside = &rest[1..used - 1];
    let closing = inside.starts_with('/');
    let name = inside.trim_start_matches('/');
    if !name.is_empty()
        && !name.starts_with(|letter: char| {
            letter.is_ascii_alphanumeric() || letter == '!' || letter == '?'
        })
    {
        return None;
    }
    let end = name
        .find(|letter: char| !letter.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    let kept = match &name[..end] {
        "b" | "B" => Some('b'),
        "i" | "I" => Some('i'),
        "u" | "U" => Some('u'),
        _ => None,
    };
    match kept {
        Some(kind) if !closing && !open.contains(&kind) => {
            open.push(kind);
            out.extend(['<', kind, '>']);
        }
        Some(kind) if closing && open.contains(&kind) => {
            while let Some(last) = open.pop() {
                out.extend(['<', '/', last, '>']);
                if last == kind {
                    break;
                }
            }
        }
        _ => {}
    }
    Some(used)
}

/// Decodes the entities subtitles use, and says how long the one at the start of `rest` is.
fn entity(out: &mut String, rest: &str) -> Option<usize> {
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
    escape(out, *letter);
    Some(name.len())
}

fn escape(out: &mut String, letter: char) {
    match letter {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\t' => out.push(' '),
        // A byte order mark in the middle shows as nothing, and is taken for white space by some.
        letter if letter.is_control() || letter == '\u{feff}' => {}
        letter => out.push(letter),
    }
}

/// Whether anything is left besides tags and white space. Our own tags are the only `<` there are.
fn has_text(text: &str) -> bool {
    let mut in_tag = false;
    text.chars().any(|letter| {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ => return !in_tag && !letter.is_whitespace(),
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_closed_in_order_and_never_left_open() {
        assert_eq!(clean(&["<b>a<i>b</b>c</i>"], 100), "<b>a<i>b</i></b>c");
        assert_eq!(clean(&["<u>", "x"], 100), "<u>x</u>");
        assert_eq!(clean(&["<b></b>"], 100), "");
    }

    #[test]
    fn what_is_no_tag_is_escaped() {
        assert_eq!(clean(&["a < b > c"], 100), "a &lt; b &gt; c");
        assert_eq!(clean(&["I <3 you", "<- no"], 100), "I &lt;3 you\n&lt;- no");
        assert_eq!(
            clean(&["&amp;lt; & &copy;"], 100),
            "&amp;lt; &amp; &amp;copy;"
        );
        assert_eq!(clean(&["<img src=x onerror=alert(1)>hi"], 100), "hi");
    }
}
