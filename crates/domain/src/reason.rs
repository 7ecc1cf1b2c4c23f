//! Why a file waits, why a job failed, what is being done: a key and facts, for which each language has its sentence.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is to be told, in no language yet. It is stored, and put into words where it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Reason {
    key: Cow<'static, str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    facts: BTreeMap<Cow<'static, str>, Fact>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    then: Vec<Reason>,
}

/// Something that a sentence mentions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// A name, a path, a code: the same in every language.
    Text(String),
    /// The key of words that every language has its own for.
    Word(Cow<'static, str>),
    /// How many, or which.
    Count(u64),
    /// A size, in bytes.
    Bytes(u64),
    /// A length of time, in milliseconds.
    LengthMs(u64),
}

/// A reason as it may be stored: older rows hold a sentence.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Keyed {
        key: Cow<'static, str>,
        #[serde(default)]
        facts: BTreeMap<Cow<'static, str>, Fact>,
        #[serde(default)]
        then: Vec<Reason>,
    },
    Sentence(String),
}

impl Reason {
    /// What the translations have a sentence for under `key`.
    pub fn new(key: &'static str) -> Self {
        Self {
            key: key.into(),
            facts: BTreeMap::new(),
            then: Vec::new(),
        }
    }

    /// The same, with something the sentence mentions.
    #[must_use]
    pub fn with(mut self, name: &'static str, fact: Fact) -> Self {
        self.facts.insert(name.into(), fact);
        self
    }

    /// The same, with a name, a path or a code.
    #[must_use]
    pub fn text(self, name: &'static str, text: impl Into<String>) -> Self {
        self.with(name, Fact::Text(text.into()))
    }

    /// The same, with words that every language has its own for.
    #[must_use]
    pub fn word(self, name: &'static str, key: &'static str) -> Self {
        self.with(name, Fact::Word(key.into()))
    }

    /// The same, with a number.
    #[must_use]
    pub fn count(self, name: &'static str, count: impl Into<u64>) -> Self {
        self.with(name, Fact::Count(count.into()))
    }

    /// The same, with a size in bytes.
    #[must_use]
    pub fn bytes(self, name: &'static str, bytes: u64) -> Self {
        self.with(name, Fact::Bytes(bytes))
    }

    /// The same, and after it another sentence.
    #[must_use]
    pub fn and(mut self, next: Reason) -> Self {
        self.then.push(next);
        self
    }

    /// The key of its sentence.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What its sentence mentions, by name.
    pub fn facts(&self) -> impl Iterator<Item = (&str, &Fact)> {
        self.facts.iter().map(|(name, fact)| (name.as_ref(), fact))
    }

    /// One thing its sentence mentions.
    pub fn fact(&self, name: &str) -> Option<&Fact> {
        self.facts.get(name)
    }

    /// Its key and facts under the code's own names; what was read from where it is stored has none of these.
    pub fn named(self) -> (Option<&'static str>, Vec<(&'static str, Fact)>) {
        let own = |name| match name {
            Cow::Borrowed(name) => Some(name),
            Cow::Owned(_) => None,
        };
        let facts = self.facts.into_iter();
        let facts = facts.filter_map(|(name, fact)| Some((own(name)?, fact)));
        (own(self.key), facts.collect())
    }

    /// What is told after it.
    pub fn then(&self) -> &[Reason] {
        &self.then
    }
}

/// Words that were written down whole: they are shown as they are.
impl From<String> for Reason {
    fn from(sentence: String) -> Self {
        Self::new("reason-as-written").text("text", sentence)
    }
}

impl From<&str> for Reason {
    fn from(sentence: &str) -> Self {
        sentence.to_owned().into()
    }
}

impl From<Stored> for Reason {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Keyed { key, facts, then } => Self { key, facts, then },
            Stored::Sentence(sentence) => sentence.into(),
        }
    }
}
