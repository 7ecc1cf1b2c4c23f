//! How the domain's types are stored: ids and tags as text, instants as milliseconds, rules as JSON.

use std::fmt::Display;
use std::str::FromStr;

use cineclub_domain::account::Role;
use cineclub_domain::grant::Protection;
use cineclub_domain::id::{
    AccountId, AssetId, EditId, EventId, FolderId, GrantId, HoldId, JobId, PlanId, PlayId, RootId,
    SessionId, SubscriptionId, TitleId, VoucherId,
};
use cineclub_domain::language::Language;
use cineclub_domain::licence::Licence;
use cineclub_domain::offer::Offer;
use cineclub_domain::play::PlayEnd;
use cineclub_domain::reason::Reason;
use cineclub_domain::territory::Territory;
use cineclub_domain::time::Timestamp;
use cineclub_domain::title::{TitleKind, TrackKind};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::value::{Column, Param, Row, Value};
use crate::{Error, Result};

macro_rules! stored_as_text {
    ($($rust:ty),* $(,)?) => {$(
        impl Param for $rust {
            fn value(&self) -> Value {
                Value::Text(Some(self.to_string()))
            }
            fn null() -> Value {
                Value::Text(None)
            }
        }
        impl Column for $rust {
            fn read_nullable(row: &Row, name: &str) -> Result<Option<Self>> {
                parsed(row, name)
            }
        }
    )*};
}

stored_as_text!(
    AccountId,
    AssetId,
    EditId,
    EventId,
    FolderId,
    GrantId,
    HoldId,
    JobId,
    PlanId,
    PlayId,
    RootId,
    SessionId,
    SubscriptionId,
    TitleId,
    VoucherId,
    Language,
    Territory,
);

fn parsed<T: FromStr<Err: Display>>(row: &Row, name: &str) -> Result<Option<T>> {
    String::read_nullable(row, name)?
        .map(|text| {
            text.parse()
                .map_err(|error: T::Err| unreadable(name, &error))
        })
        .transpose()
}

macro_rules! stored_as_word {
    ($($rust:ty => $parse:expr),* $(,)?) => {$(
        impl Param for $rust {
            fn value(&self) -> Value {
                Value::Text(Some(self.as_str().to_owned()))
            }
            fn null() -> Value {
                Value::Text(None)
            }
        }
        impl Column for $rust {
            fn read_nullable(row: &Row, name: &str) -> Result<Option<Self>> {
                String::read_nullable(row, name)?
                    .map(|word| $parse(&word).ok_or_else(|| unreadable(name, &word)))
                    .transpose()
            }
        }
    )*};
}

stored_as_word!(
    Role => Role::parse,
    Offer => Offer::parse,
    Protection => Protection::parse,
    TitleKind => TitleKind::parse,
    TrackKind => TrackKind::parse,
    Licence => licence,
    PlayEnd => play_end,
);

fn licence(word: &str) -> Option<Licence> {
    Licence::ALL
        .into_iter()
        .find(|licence| licence.as_str() == word)
}

fn play_end(word: &str) -> Option<PlayEnd> {
    [
        PlayEnd::Closed,
        PlayEnd::Replaced,
        PlayEnd::Lost,
        PlayEnd::Revoked,
    ]
    .into_iter()
    .find(|end| end.as_str() == word)
}

impl Param for Timestamp {
    fn value(&self) -> Value {
        Value::Int(Some(self.as_millis()))
    }
    fn null() -> Value {
        Value::Int(None)
    }
}

impl Column for Timestamp {
    fn read_nullable(row: &Row, name: &str) -> Result<Option<Self>> {
        Ok(i64::read_nullable(row, name)?.map(Self::from_millis))
    }
}

/// Reasons are JSON; what is none is a sentence from before they were.
impl Param for Reason {
    fn value(&self) -> Value {
        Value::Text(Some(told(Some(self))))
    }
    fn null() -> Value {
        Value::Text(None)
    }
}

impl Column for Reason {
    fn read_nullable(row: &Row, name: &str) -> Result<Option<Self>> {
        Ok(String::read_nullable(row, name)?.and_then(heard))
    }
}

/// A reason for a column that is never NULL: nothing is told by an empty text.
pub(crate) fn told(reason: Option<&Reason>) -> String {
    // A document of strings and numbers can always be written.
    reason.map_or_else(String::new, |reason| {
        serde_json::to_string(reason).unwrap_or_default()
    })
}

/// What [`told`] wrote, or the sentence that an older version did.
fn heard(text: String) -> Option<Reason> {
    (!text.is_empty()).then(|| serde_json::from_str(&text).unwrap_or_else(|_| text.into()))
}

/// A value stored whole, as JSON text.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> Json<T> {
    /// Writes it as JSON.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] if it can't be written, as maps with keys that aren't text can't.
    pub(crate) fn text(&self) -> Result<String> {
        serde_json::to_string(&self.0).map_err(|error| Error::NotAllowed(error.to_string()))
    }
}

impl<T: DeserializeOwned> Column for Json<T> {
    fn read_nullable(row: &Row, name: &str) -> Result<Option<Self>> {
        String::read_nullable(row, name)?
            .map(|text| {
                serde_json::from_str(&text)
                    .map(Json)
                    .map_err(|error| unreadable(name, &error))
            })
            .transpose()
    }
}

fn unreadable(column: &str, problem: &dyn Display) -> Error {
    Error::Unreadable {
        column: column.to_owned(),
        problem: problem.to_string(),
    }
}

/// A size in bytes for a BIGINT column. Files beyond 8 EiB are not.
pub(crate) fn bytes(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_read_as_it_was_written_and_an_older_versions_sentence_as_it_stands() {
        let reason = Reason::new("cut-off")
            .text("path", "a \"b\".mp4")
            .word("what", "a-film")
            .bytes("size", u64::MAX)
            .count("tracks", 2_u8)
            .and(Reason::from("It was said in English."));
        assert_eq!(heard(told(Some(&reason))), Some(reason));
        assert_eq!(heard(told(None)), None);
        for sentence in ["The file is empty. Copy it again.", "{}", "3", "null"] {
            assert_eq!(heard(sentence.to_owned()), Some(Reason::from(sentence)));
        }
    }
}
