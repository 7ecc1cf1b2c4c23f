//! Chapters: places in a film that have a name, gathered from any container within limits.

use std::collections::BTreeMap;

use serde::Serialize;

/// No film has more; what a file lists beyond these is left out.
pub(crate) const CHAPTERS_LIMIT: usize = 1_000;

/// No chapter is called by more names, one in each language.
pub(crate) const LANGUAGES_LIMIT: usize = 16;

/// All names of a film together take no more, since the index has little room: chapters behind have their place alone.
pub(crate) const NAMES_LIMIT_BYTES: usize = 16 << 10;

/// A name longer than this is cut.
const NAME_LIMIT: usize = 120;

/// So many bytes hold the longest name in any encoding.
pub(crate) const NAME_LIMIT_BYTES: usize = NAME_LIMIT * 4;

/// A place in the film that has a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// When it begins, on the time line that is played.
    pub start_ms: u64,
    /// What it is called: once in each language, or not at all.
    pub names: Vec<ChapterName>,
}

/// What a chapter is called in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChapterName {
    /// As the file says it: three letters of ISO 639-2, or BCP 47.
    pub language: Option<String>,
    /// One line, never empty.
    pub text: String,
}

impl ChapterName {
    /// What it takes of [`NAMES_LIMIT_BYTES`]: two lengths and a flag besides its letters.
    pub(crate) fn stored_bytes(&self) -> usize {
        self.text.len() + self.language.as_ref().map_or(0, String::len) + 3
    }
}

/// The chapters of a film while they are gathered, in any order.
#[derive(Debug, Default)]
pub(crate) struct Chapters {
    found: BTreeMap<i64, Vec<ChapterName>>,
}

impl Chapters {
    /// Adds a chapter that begins at `start_ms` of the time line that is played, which may be before it begins.
    ///
    /// Of the same time it is the same chapter by another name; the first in each language counts.
    pub(crate) fn add(&mut self, start_ms: i64, language: Option<&str>, name: &str) {
        if self.found.len() == CHAPTERS_LIMIT && !self.found.contains_key(&start_ms) {
            return;
        }
        let names = self.found.entry(start_ms).or_default();
        let text = one_line(name);
        let is_new = names
            .iter()
            .all(|known| known.language.as_deref() != language);
        if !text.is_empty() && is_new && names.len() < LANGUAGES_LIMIT {
            let language = language.map(str::to_owned);
            names.push(ChapterName { language, text });
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// Those that begin before the film's end, in order. The one during which the film begins, begins with it.
    pub(crate) fn finish(mut self, end_ms: u64) -> Vec<Chapter> {
        let later = self.found.split_off(&1);
        let first = self.found.pop_last().map(|(_, names)| (0, names));
        let mut left = NAMES_LIMIT_BYTES;
        let within = first
            .into_iter()
            .chain(later)
            .map(|(start_ms, names)| (start_ms.unsigned_abs(), names))
            .take_while(|(start_ms, _)| *start_ms < end_ms);
        within
            .map(|(start_ms, mut names)| {
                names.retain(|name| match left.checked_sub(name.stored_bytes()) {
                    Some(rest) => {
                        left = rest;
                        true
                    }
                    None => false,
                });
                Chapter { start_ms, names }
            })
            .collect()
    }
}

/// A name as one line: what controls a terminal or ends a line is a space.
fn one_line(name: &str) -> String {
    let letters = name
        .trim()
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter });
    letters
        .take(NAME_LIMIT)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::example_film;

    /// The chapters that a film of ten seconds has when these were found in it.
    fn kept(found: &[(i64, Option<&str>, &str)]) -> Vec<Chapter> {
        let film = example_film();
        let (index, _) = crate::open(&film, film.len() as u64).expect("it is whole");
        let mut chapters = Chapters::default();
        for (start_ms, language, name) in found {
            chapters.add(*start_ms, *language, name);
        }
        chapters.finish(index.longest_ms())
    }

    fn places(found: &[(i64, Option<&str>, &str)]) -> Vec<(u64, String)> {
        let name = |chapter: &Chapter| chapter.names.first().map(|name| name.text.clone());
        kept(found)
            .iter()
            .map(|chapter| (chapter.start_ms, name(chapter).unwrap_or_default()))
            .collect()
    }

    #[test]
    fn chapters_are_in_order_and_those_beyond_the_end_are_left_out() {
        assert_eq!(
            places(&[
                (5_000, None, "b"),
                (10_000, None, "d"),
                (9_999, None, "c"),
                (1, None, "a")
            ]),
            [
                (1, "a".to_owned()),
                (5_000, "b".to_owned()),
                (9_999, "c".to_owned())
            ]
        );
    }

    #[test]
    fn of_those_before_the_beginning_the_last_begins_with_the_film() {
        assert_eq!(
            places(&[
                (-4_000, None, "cut"),
                (-20, None, "one"),
                (2_000, None, "two")
            ]),
            [(0, "one".to_owned()), (2_000, "two".to_owned())]
        );
    }

    #[test]
    fn a_name_is_one_line_without_control_characters_and_may_be_missing() {
        let found = places(&[
            (0, None, " \0A\nb\u{1b}[1m\u{85} "),
            (1, None, "\r\n\0"),
            (2, None, &"字".repeat(500)),
        ]);
        assert_eq!(found[0].1, "A b [1m");
        assert_eq!(found[1].1, "");
        assert_eq!(found[2].1.chars().count(), 120);
    }

    #[test]
    fn a_chapter_has_one_name_in_each_language() {
        let found = kept(&[
            (0, Some("fr"), "L’arrivée"),
            (0, Some("en"), "Arrival"),
            (0, Some("fr"), "Autrement"),
            (0, None, ""),
        ]);
        let names: Vec<_> = found[0]
            .names
            .iter()
            .map(|name| name.text.as_str())
            .collect();
        assert_eq!((found.len(), names), (1, vec!["L’arrivée", "Arrival"]));
    }

    #[test]
    fn the_index_of_a_film_with_more_chapters_than_any_grows_by_a_third_of_its_room_at_the_most() {
        let film = example_film();
        let (mut index, _) = crate::open(&film, film.len() as u64).expect("it is whole");
        let without = index.to_bytes().len();
        index.duration_ms = 100 * 3_600_000;
        let mut chapters = Chapters::default();
        let languages: Vec<String> = (0..16).map(|n| format!("x-{n:033}")).collect();
        for at in 0..2_000 {
            for language in &languages {
                chapters.add(at * 300_000, Some(language), "x");
            }
        }
        index.chapters = chapters.finish(index.longest_ms());
        let with = index.to_bytes();
        assert!(
            with.len() - without < 21 << 10,
            "{} bytes",
            with.len() - without
        );
        assert_eq!(crate::Index::from_bytes(&with).expect("our own"), index);
    }

    #[test]
    fn a_thousand_chapters_and_sixteen_kilobytes_of_names_are_kept() {
        let name = "x".repeat(200);
        let found: Vec<_> = (0..3_000).map(|at| (at, None, name.as_str())).collect();
        let chapters = kept(&found);
        let bytes: usize = chapters
            .iter()
            .flat_map(|chapter| &chapter.names)
            .map(|name| name.text.len())
            .sum();
        assert_eq!((chapters.len(), bytes), (1_000, 133 * 120));
    }
}
