//! Text from files, made fit to be stored and shown.

/// A text without control characters; lines and tabs stay.
///
/// A file may hold anything. PostgreSQL refuses a NUL, and nobody wants to see the others.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| is_plain(*c)).collect()
}

fn is_plain(character: char) -> bool {
    matches!(character, '\n' | '\t') || !character.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_go_and_lines_and_tabs_stay() {
        let text = "a\0b\u{1}c\r\n\td\u{7f}\u{85}é";
        assert_eq!(plain(text), "abc\n\tdé");
    }
}
