//! The list of chapters that players of HLS know (Apple, "JSON Chapters"): the multivariant playlist names it.

use serde::Serialize;

use crate::index::Index;
use crate::languages::bcp47;

/// One chapter of the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ListedChapter<'a> {
    /// Counted from 1.
    pub chapter: usize,
    /// In seconds.
    pub start_time: f64,
    /// In seconds, until the next one or the end.
    pub duration: f64,
    /// What it is called; may be nothing.
    pub titles: Vec<ListedTitle<'a>>,
}

/// What a chapter is called in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ListedTitle<'a> {
    /// BCP 47; `und` where the file does not say.
    pub language: &'a str,
    /// One line.
    pub title: &'a str,
}

/// The chapters of a film, for `chapters.json` beside its multivariant playlist; none is an empty list.
pub fn chapters(index: &Index) -> Vec<ListedChapter<'_>> {
    let starts = index.chapters.iter().map(|chapter| chapter.start_ms);
    let ends = starts.skip(1).chain([index.duration_ms]);
    let seconds = |ms: u64| ms as f64 / 1000.0;
    (1..)
        .zip(index.chapters.iter().zip(ends))
        .map(|(number, (chapter, end_ms))| ListedChapter {
            chapter: number,
            start_time: seconds(chapter.start_ms),
            duration: seconds(end_ms.saturating_sub(chapter.start_ms)),
            titles: chapter
                .names
                .iter()
                .map(|name| ListedTitle {
                    language: name.language.as_deref().map_or("und", bcp47),
                    title: &name.text,
                })
                .collect(),
        })
        .collect()
}
