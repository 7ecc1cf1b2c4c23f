//! The little Markdown that owners write their legal pages in, as HTML: headings, paragraphs, lists,
//! quotes, emphasis, links. Everything else is text, and stays text.

/// Turns Markdown into HTML in which nothing of the source is markup but what this file writes.
pub fn html(source: &str) -> String {
    let mut out = String::with_capacity(source.len() * 5 / 4);
    let mut open: Option<Block> = None;
    for line in source.lines().map(str::trim) {
        let (block, text) = block_of(line);
        if block != open || block.is_some_and(Block::stands_alone) {
            close(&mut out, open);
            begin(&mut out, block);
        } else if matches!(block, Some(Block::Paragraph | Block::Quote)) {
            out.push('\n');
        }
        open = block;
        match block {
            Some(Block::List | Block::Numbers) => wrap(&mut out, "li", text),
            Some(_) => inline(&mut out, text),
            None => {}
        }
    }
    close(&mut out, open);
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Heading,
    Subheading,
    Paragraph,
    Quote,
    List,
    Numbers,
}

impl Block {
    fn stands_alone(self) -> bool {
        matches!(self, Self::Heading | Self::Subheading)
    }

    fn tags(self) -> (&'static str, &'static str) {
        match self {
            Self::Heading => ("<h2>", "</h2>\n"),
            Self::Subheading => ("<h3>", "</h3>\n"),
            Self::Paragraph => ("<p>", "</p>\n"),
            Self::Quote => ("<blockquote><p>", "</p></blockquote>\n"),
            Self::List => ("<ul>\n", "</ul>\n"),
            Self::Numbers => ("<ol>\n", "</ol>\n"),
        }
    }
}

fn block_of(line: &str) -> (Option<Block>, &str) {
    let starts = [
        ("### ", Block::Subheading),
        ("## ", Block::Heading),
        ("# ", Block::Heading),
        ("> ", Block::Quote),
        ("- ", Block::List),
        ("* ", Block::List),
    ];
    if line.is_empty() {
        return (None, line);
    }
    for (mark, block) in starts {
        if let Some(text) = line.strip_prefix(mark) {
            return (Some(block), text.trim());
        }
    }
    match line.split_once(". ") {
        Some((number, text))
            if !number.is_empty()
                && number.len() <= 3
                && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            (Some(Block::Numbers), text.trim())
        }
        _ => (Some(Block::Paragraph), line),
    }
}

fn begin(out: &mut String, block: Option<Block>) {
    out.push_str(block.map_or("", |block| block.tags().0));
}

fn close(out: &mut String, block: Option<Block>) {
    out.push_str(block.map_or("", |block| block.tags().1));
}

fn wrap(out: &mut String, tag: &str, text: &str) {
    out.push('<');
    out.push_str(tag);
    out.push('>');
    inline(out, text);
    out.push_str("</");
    out.push_str(tag);
    out.push_str(">\n");
}

/// Emphasis and links within a line.
fn inline(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['*', '[']) {
        escape(out, &rest[..at]);
        rest = &rest[at..];
        let taken = strong(out, rest)
            .or_else(|| emphasis(out, rest))
            .or_else(|| link(out, rest));
        rest = match taken {
            Some(length) => &rest[length..],
            None => {
                escape(out, &rest[..1]);
                &rest[1..]
            }
        };
    }
    escape(out, rest);
}

fn strong(out: &mut String, text: &str) -> Option<usize> {
    let inner = text.strip_prefix("**")?;
    let end = inner.find("**").filter(|end| *end > 0)?;
    marked(out, "strong", &inner[..end]);
    Some(end + 4)
}

fn emphasis(out: &mut String, text: &str) -> Option<usize> {
    let inner = text
        .strip_prefix('*')
        .filter(|inner| !inner.starts_with('*'))?;
    let end = inner.find('*').filter(|end| *end > 0)?;
    marked(out, "em", &inner[..end]);
    Some(end + 2)
}

/// A link to this site, another site or an address for mail. Anything else stays text.
fn link(out: &mut String, text: &str) -> Option<usize> {
    let (name, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (address, _) = rest.split_once(')')?;
    let is_local =
        address.starts_with('/') && !address.starts_with("//") && !address.contains('\\');
    let is_known = ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| address.starts_with(scheme));
    if name.contains(['[', ']']) || !(is_local || is_known) {
        return None;
    }
    out.push_str("<a href=\"");
    escape(out, address);
    out.push_str(if is_local {
        "\">"
    } else {
        "\" rel=\"noopener\">"
    });
    escape(out, name);
    out.push_str("</a>");
    Some(name.len() + address.len() + 4)
}

fn marked(out: &mut String, tag: &str, text: &str) {
    out.push_str(&format!("<{tag}>"));
    escape(out, text);
    out.push_str(&format!("</{tag}>"));
}

fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::html;
    use proptest::prelude::*;

    #[test]
    fn the_marks_owners_use_become_html() {
        let source = "## Who we are\nWe are **us**,\nand *only* us.\n\n- one\n- [two](/legal/terms)\n\n1. first\n2. second\n\n> said\n### Below\nWrite to [us](mailto:a@b.c).";
        insta::assert_snapshot!(html(source), @r#"
        <h2>Who we are</h2>
        <p>We are <strong>us</strong>,
        and <em>only</em> us.</p>
        <ul>
        <li>one</li>
        <li><a href="/legal/terms">two</a></li>
        </ul>
        <ol>
        <li>first</li>
        <li>second</li>
        </ol>
        <blockquote><p>said</p></blockquote>
        <h3>Below</h3>
        <p>Write to <a href="mailto:a@b.c" rel="noopener">us</a>.</p>
        "#);
    }

    #[test]
    fn what_would_run_stays_text() {
        let out = html(
            "<script>alert(1)</script> [x](javascript:alert(1)) [y](//evil.example) **<b>** [\"](https://a\"onclick=)",
        );
        assert!(
            !out.contains("<script")
                && !out.contains("href=\"javascript")
                && !out.contains("href=\"//")
        );
        assert!(out.contains("<strong>&lt;b&gt;</strong>") && !out.contains("\"onclick"));
    }

    proptest! {
        #[test]
        fn no_source_brings_a_tag_of_its_own(source in "[-#*>\\[\\]()<&\"'a-z0-9./: \n]{0,200}") {
            let out = html(&source);
            for tag in out.split('<').skip(1) {
                let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
                let known = ["h2", "h3", "p", "ul", "ol", "li", "blockquote", "strong", "em", "a"];
                prop_assert!(known.contains(&name.as_str()), "{out}");
            }
        }
    }
}
