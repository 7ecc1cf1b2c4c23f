//! Reasons and failures put into a language's words, and the sizes they mention.

use cineclub_domain::reason::{Fact, Reason};
use jiff::civil::Date;

use super::{Argument, T};
use crate::error::{Error, Kind};

impl T {
    /// What a reason tells: its sentence, and those after it.
    pub fn reason(&self, reason: &Reason) -> String {
        let mut told = self.filled(reason.key(), reason.facts());
        for next in reason.then() {
            told.push(' ');
            told.push_str(&self.reason(next));
        }
        told
    }

    /// The sentence of a failure: by its key, with what it mentions; days as people write them.
    pub fn error(&self, error: &Error) -> String {
        match error.key.filter(|key| self.has(key)) {
            Some(key) => self.filled(key, error.facts.iter().map(|(name, fact)| (*name, fact))),
            None if error.kind == Kind::Internal => self.get("error-internal"),
            None => error.message.clone(),
        }
    }

    /// A size as people read it.
    pub fn size(&self, bytes: u64) -> String {
        const STEPS: [(u64, &str); 3] = [
            (1 << 30, "size-gb"),
            (1 << 20, "size-mb"),
            (1 << 10, "size-kb"),
        ];
        for (unit, key) in STEPS {
            if bytes >= unit {
                let tenths = bytes.saturating_mul(10) / unit;
                let number = if tenths >= 100 {
                    (tenths / 10).to_string()
                } else {
                    self.two("decimal", "whole", tenths / 10, "tenth", tenths % 10)
                };
                return self.one(key, "n", number);
            }
        }
        self.one("size-bytes", "n", bytes)
    }

    fn filled<'f>(&self, key: &str, facts: impl Iterator<Item = (&'f str, &'f Fact)>) -> String {
        let facts: Vec<(&str, Box<dyn Argument>)> =
            facts.map(|(name, fact)| (name, self.said(fact))).collect();
        let values: Vec<(&str, &dyn Argument)> = facts
            .iter()
            .map(|(name, value)| (*name, value.as_ref()))
            .collect();
        self.with(key, &values)
    }

    /// A fact as a sentence takes it: a number chooses between one and many.
    fn said(&self, fact: &Fact) -> Box<dyn Argument> {
        match fact {
            Fact::Text(text) => Box::new(self.written(text)),
            Fact::Word(key) => Box::new(self.get(key)),
            Fact::Count(count) => Box::new(*count),
            Fact::Bytes(bytes) => Box::new(self.size(*bytes)),
            Fact::LengthMs(length) => {
                Box::new(self.length(i64::try_from(*length).unwrap_or(i64::MAX)))
            }
        }
    }

    /// A day written as a machine would is written as people do.
    fn written(&self, text: &str) -> String {
        let day: Option<Date> = (text.len() == 10).then(|| text.parse().ok()).flatten();
        day.map_or_else(|| text.to_owned(), |day| self.day(day))
    }
}
