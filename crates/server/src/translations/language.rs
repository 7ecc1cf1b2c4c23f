//! The languages that pages are written in, as their tags.

use cineclub_domain::language::Language;

/// The languages that pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageLanguage {
    /// English.
    En,
    /// French.
    Fr,
}

impl PageLanguage {
    /// Every language, in the order the switch shows them.
    pub const ALL: [Self; 2] = [Self::En, Self::Fr];

    /// The tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// The page language nearest to a tag.
    pub fn of(tag: &Language) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.as_str() == tag.primary())
    }

    /// The tag as a [`Language`].
    pub fn language(self) -> Language {
        self.as_str()
            .parse()
            .unwrap_or_else(|_| Language::unknown())
    }
}
