//! The one place where the text of a cue is written: letters, line breaks, and three tags that cannot do harm.

/// How letters look, as far as a cue keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Face {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) underline: bool,
}

impl Face {
    fn has(self, tag: char) -> bool {
        match tag {
            'b' => self.bold,
            'i' => self.italic,
            _ => self.underline,
        }
    }
}

/// WebVTT cue text being written, of about `limit` bytes at most: what comes after is left out.
///
/// **Invariant:** every `<` in it is one of our own tags, which are closed in order; there is no empty line, no control
/// character, and no `{\`; so that read as a cue by [`clean`](super::markup::clean) it comes out as it is.
pub(super) struct CueText {
    done: String,
    done_has_text: bool,
    line: String,
    line_has_text: bool,
    open: Vec<char>,
    limit: usize,
}

impl CueText {
    pub(super) fn new(limit: usize) -> CueText {
        CueText {
            done: String::new(),
            done_has_text: false,
            line: String::new(),
            line_has_text: false,
            open: Vec::new(),
            limit,
        }
    }

    /// Whether everything that comes will be left out.
    pub(super) fn is_full(&self) -> bool {
        self.done.len() + self.line.len() >= self.limit
    }

    /// Writes a letter, escaped.
    pub(super) fn letter(&mut self, letter: char) {
        if self.shows(letter) && !self.is_full() {
            self.line_has_text |= !letter.is_whitespace();
            match letter {
                '&' => self.line.push_str("&amp;"),
                '<' => self.line.push_str("&lt;"),
                '>' => self.line.push_str("&gt;"),
                '\t' => self.line.push(' '),
                letter => self.line.push(letter),
            }
        }
    }

    /// Writes a letter that looks like `face`, whatever the ones before it looked like.
    pub(super) fn letter_in(&mut self, face: Face, letter: char) {
        if self.shows(letter) {
            self.turn(face);
            self.letter(letter);
        }
    }

    /// Begins `b`, `i` or `u`.
    pub(super) fn open(&mut self, tag: char) {
        if !self.open.contains(&tag) && !self.is_full() {
            self.open.push(tag);
            self.line.extend(['<', tag, '>']);
        }
    }

    /// Ends `b`, `i` or `u`, and with it what was begun after it.
    pub(super) fn close(&mut self, tag: char) {
        if self.open.contains(&tag) && !self.is_full() {
            while let Some(last) = self.open.pop() {
                self.line.extend(['<', '/', last, '>']);
                if last == tag {
                    break;
                }
            }
        }
    }

    /// Ends the line. A line with nothing but tags in it must not become an empty one, which would end the cue.
    pub(super) fn end_line(&mut self) {
        if self.done_has_text && self.line_has_text {
            self.done.push('\n');
        }
        self.done.push_str(self.line.trim_end());
        self.done_has_text |= self.line_has_text;
        self.line_has_text = false;
        self.line.clear();
    }

    /// The text with every tag closed, or nothing when there is nothing to read in it.
    pub(super) fn finish(mut self) -> String {
        self.end_line();
        if !self.done_has_text {
            return String::new();
        }
        while let Some(tag) = self.open.pop() {
            self.done.extend(['<', '/', tag, '>']);
        }
        self.done
    }

    /// Whether a letter is written where we are.
    fn shows(&self, letter: char) -> bool {
        match letter {
            letter if letter.is_whitespace() && !self.line_has_text => false,
            // Subtitle files have style codes in `{\...}`: text must not become one when it is read again.
            '\\' => !self.line.ends_with('{'),
            // A byte order mark in the middle shows as nothing, and is taken for white space by some.
            '\u{feff}' => false,
            letter => letter == '\t' || !letter.is_control(),
        }
    }

    fn turn(&mut self, face: Face) {
        for tag in ['b', 'i', 'u'] {
            if !face.has(tag) {
                self.close(tag);
            }
        }
        // Some may have been closed only because they began inside another.
        for tag in ['b', 'i', 'u'] {
            if face.has(tag) {
                self.open(tag);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOLD: Face = Face {
        bold: true,
        italic: false,
        underline: false,
    };
    const BOTH: Face = Face {
        bold: true,
        italic: true,
        underline: false,
    };

    fn written(limit: usize, parts: &[(Face, &str)]) -> String {
        let mut text = CueText::new(limit);
        for (face, letters) in parts {
            for letter in letters.chars() {
                match letter {
                    '\n' => text.end_line(),
                    letter => text.letter_in(*face, letter),
                }
            }
        }
        text.finish()
    }

    #[test]
    fn looks_that_overlap_become_tags_that_do_not() {
        let parts = [(BOLD, "a"), (BOTH, "b"), (Face::default(), "c")];
        assert_eq!(written(100, &parts), "<b>a<i>b</i></b>c");
        let italic = Face {
            bold: false,
            ..BOTH
        };
        assert_eq!(
            written(100, &[(BOTH, "a"), (italic, "b")]),
            "<b><i>a</i></b><i>b</i>"
        );
    }

    #[test]
    fn looks_without_letters_leave_no_tags() {
        assert_eq!(
            written(100, &[(BOTH, " \n\u{7}"), (BOLD, "x ")]),
            "<b>x</b>"
        );
        assert_eq!(written(100, &[(BOTH, " \n\t\n")]), "");
    }

    #[test]
    fn lines_are_never_empty_and_have_no_space_around_them() {
        let plain = Face::default();
        assert_eq!(written(100, &[(plain, "\n\n a \n \n\tb\n")]), "a\nb");
    }

    #[test]
    fn control_characters_and_style_codes_cannot_be_written() {
        let plain = Face::default();
        assert_eq!(
            written(100, &[(plain, "a\0\u{1b}\u{85}\u{feff}b{\u{1}\\i1}")]),
            "ab{i1}"
        );
    }

    #[test]
    fn a_full_text_takes_nothing_more_and_is_still_closed() {
        assert_eq!(written(6, &[(BOLD, "abc"), (BOTH, "def")]), "<b>abc</b>");
        assert_eq!(
            written(7, &[(BOLD, "abc"), (BOTH, "def")]),
            "<b>abc<i></i></b>"
        );
        // The space that filled it goes, and with it nothing but the space.
        let plain = Face::default();
        assert_eq!(written(7, &[(BOLD, "abc "), (plain, "d")]), "<b>abc</b>");
    }
}
