//! Languages of tracks, texts and people.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A language tag (BCP 47), kept in lower case with its region in upper case: `fr`, `pt-BR`, `und`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// A text that is not a language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a language tag; use one such as fr, en or pt-BR")]
pub struct InvalidLanguage(pub String);

/// The three-letter codes (ISO 639-2) that files use most, with their two-letter form.
const THREE_LETTER: &[(&str, &str)] = &[
    ("ara", "ar"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("chi", "zh"),
    ("cze", "cs"),
    ("dan", "da"),
    ("deu", "de"),
    ("dut", "nl"),
    ("ell", "el"),
    ("eng", "en"),
    ("est", "et"),
    ("eus", "eu"),
    ("fas", "fa"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("ger", "de"),
    ("gle", "ga"),
    ("gre", "el"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("ice", "is"),
    ("ind", "id"),
    ("isl", "is"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kor", "ko"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("nld", "nl"),
    ("nor", "no"),
    ("per", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rum", "ro"),
    ("rus", "ru"),
    ("slk", "sk"),
    ("slo", "sk"),
    ("slv", "sl"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tha", "th"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("vie", "vi"),
    ("zho", "zh"),
];

impl Language {
    /// The tag of a track whose language is not known (`und`).
    pub fn unknown() -> Self {
        Self("und".to_owned())
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language without script or region: `pt` of `pt-BR`.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

impl FromStr for Language {
    type Err = InvalidLanguage;
    fn from_str(text: &str) -> Result<Self, InvalidLanguage> {
        let invalid = || InvalidLanguage(text.to_owned());
        let mut parts = text.split(['-', '_']);
        let primary = parts.next().unwrap_or_default().to_ascii_lowercase();
        if !(2..=3).contains(&primary.len()) || !primary.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(invalid());
        }
        let short = THREE_LETTER
            .iter()
            .find(|(long, _)| *long == primary)
            .map(|(_, short)| *short);
        let mut tag = short.unwrap_or(&primary).to_owned();
        for part in parts {
            if part.is_empty() || part.len() > 8 || !part.bytes().all(|b| b.is_ascii_alphanumeric())
            {
                return Err(invalid());
            }
            tag.push('-');
            if part.len() == 2 {
                tag.push_str(&part.to_ascii_uppercase());
            } else {
                tag.push_str(&part.to_ascii_lowercase());
            }
        }
        if tag.len() > 35 {
            Err(invalid())
        } else {
            Ok(Self(tag))
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Language {
    type Error = InvalidLanguage;
    fn try_from(text: String) -> Result<Self, InvalidLanguage> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

/// Which languages a grant covers, for sound or for subtitles.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageRule {
    /// Every language.
    #[default]
    All,
    /// These alone. A region covers itself; a bare language covers all its regions.
    Only(Vec<Language>),
}

impl LanguageRule {
    /// Whether a track in `language` is covered. A track of unknown language is covered only by
    /// [`LanguageRule::All`]: what we can't tell, we may not show.
    pub fn covers(&self, language: &Language) -> bool {
        match self {
            Self::All => true,
            Self::Only(languages) => languages.iter().any(|l| {
                l == language || (l.as_str() == l.primary() && l.primary() == language.primary())
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> Language {
        text.parse().unwrap()
    }

    #[test]
    fn tags_are_read_as_files_write_them() {
        assert_eq!(tag("FRE").as_str(), "fr");
        assert_eq!(tag("pt_br").as_str(), "pt-BR");
        assert_eq!(tag("zh-Hant-TW").as_str(), "zh-hant-TW");
        assert!("".parse::<Language>().is_err());
        assert!("français".parse::<Language>().is_err());
        assert!("en-".parse::<Language>().is_err());
    }

    #[test]
    fn a_bare_language_covers_its_regions_and_a_region_only_itself() {
        let brazil = LanguageRule::Only(vec![tag("pt-BR")]);
        let portuguese = LanguageRule::Only(vec![tag("pt")]);
        assert!(portuguese.covers(&tag("pt-BR")));
        assert!(!brazil.covers(&tag("pt")));
        assert!(!portuguese.covers(&Language::unknown()));
        assert!(LanguageRule::All.covers(&Language::unknown()));
    }
}
