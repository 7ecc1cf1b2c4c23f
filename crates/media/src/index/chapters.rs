//! The chapters in a stored index: two bytes or three each, and their names.

use super::bytes::{Reader, Writer};
use crate::chapters::{CHAPTERS_LIMIT, Chapter, ChapterName, LANGUAGES_LIMIT, NAMES_LIMIT_BYTES};
use crate::error::{Error, Result};

impl Writer {
    pub(super) fn chapters(&mut self, chapters: &[Chapter]) {
        self.number(chapters.len() as u64);
        let mut before = 0;
        for chapter in chapters {
            self.number(chapter.start_ms.wrapping_sub(before));
            self.number(chapter.names.len() as u64);
            for name in &chapter.names {
                self.optional(name.language.as_deref());
                self.bytes(name.text.as_bytes());
            }
            before = chapter.start_ms;
        }
    }
}

impl Reader<'_> {
    pub(super) fn chapters(&mut self) -> Result<Vec<Chapter>> {
        let count: usize = self.small()?;
        // Each takes at least two bytes.
        if count > self.0.len() / 2 || count > CHAPTERS_LIMIT {
            return Err(Error::BadIndex("it counts more chapters than it holds"));
        }
        let mut chapters: Vec<Chapter> = Vec::with_capacity(count);
        let mut left = NAMES_LIMIT_BYTES;
        for _ in 0..count {
            let after = self.number()?;
            let start_ms = match chapters.last() {
                None => Some(after),
                Some(before) => before.start_ms.checked_add(after).filter(|_| after > 0),
            };
            let chapter = Chapter {
                start_ms: start_ms.ok_or(Error::BadIndex("its chapters are not in order"))?,
                names: self.chapter_names(&mut left)?,
            };
            chapters.push(chapter);
        }
        Ok(chapters)
    }

    fn chapter_names(&mut self, left: &mut usize) -> Result<Vec<ChapterName>> {
        let count: usize = self.small()?;
        if count > LANGUAGES_LIMIT {
            return Err(Error::BadIndex("a chapter has too many names"));
        }
        let mut names = Vec::with_capacity(count);
        for _ in 0..count {
            let name = ChapterName {
                language: self.optional()?,
                text: self.text()?,
            };
            *left = left
                .checked_sub(name.stored_bytes())
                .ok_or(Error::BadIndex("its chapters' names are too long"))?;
            names.push(name);
        }
        Ok(names)
    }
}
