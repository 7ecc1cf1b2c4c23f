//! One error for the whole server: a kind to branch on, a sentence for the person, a source for the log.

use std::error::Error as StdError;
use std::fmt;

use cineclub_domain::reason::{Fact, Reason};

/// The result of a service.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it is. HTTP turns each into one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request can't be understood or breaks a rule; the message says which.
    BadInput,
    /// Nobody is signed in, or the name and password don't fit.
    Unauthenticated,
    /// It is for members, and this account isn't one now.
    PaymentRequired,
    /// The account may not do this.
    Forbidden,
    /// There is no such thing, as far as this viewer may know.
    NotFound,
    /// It was here and has left.
    Gone,
    /// The state of things doesn't allow it now.
    Conflict,
    /// More bytes than are taken.
    TooLarge,
    /// Too often; try later.
    TooManyRequests,
    /// It came by a way that leads around the proxy in front.
    Misdirected,
    /// Not where this viewer is.
    UnavailableForLegalReasons,
    /// Something this needs is away for now.
    Unavailable,
    /// Our fault.
    Internal,
}

/// A failure: what kind, what to tell the person, and what to tell the log.
#[derive(Debug)]
pub struct Error {
    /// What callers and HTTP branch on.
    pub kind: Kind,
    /// One sentence for the person, which says what to do. English; pages translate by key.
    pub message: String,
    /// The key of the sentence in the translations, for those a viewer may meet.
    pub key: Option<&'static str>,
    /// What the sentence mentions, by the name the translations give it.
    pub facts: Vec<(&'static str, Fact)>,
    /// The cause, for the log.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A failure with a sentence for the person.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            key: None,
            facts: Vec::new(),
            source: None,
        }
    }

    /// The same, with the key under which the translations have the sentence.
    #[must_use]
    pub fn keyed(mut self, key: &'static str) -> Self {
        self.key = Some(key);
        self
    }

    /// The same, with something the sentence mentions.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.push((name, Fact::Text(value.to_string())));
        self
    }

    /// The same, told as a reason of ours is.
    #[must_use]
    pub fn telling(mut self, reason: Reason) -> Self {
        let (key, facts) = reason.named();
        self.key = key;
        self.facts = facts;
        self
    }

    /// The same, with its cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// There is no such thing, as far as this viewer may know.
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound, "There is nothing at this address.").keyed("error-not-found")
    }

    /// Our fault, with its cause.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(
            Kind::Internal,
            "Something went wrong on our side. Try again in a moment.",
        )
        .keyed("error-internal")
        .because(source)
    }

    /// The chain of causes, for the log.
    pub fn chain(&self) -> String {
        let mut text = String::new();
        let mut cause = self.source.as_deref().map(|source| source as &dyn StdError);
        while let Some(error) = cause {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &dyn StdError)
    }
}

/// A failure as a reason that can be stored.
impl From<&Error> for Reason {
    fn from(error: &Error) -> Self {
        let Some(key) = error.key else {
            return error.message.as_str().into();
        };
        let facts = error.facts.iter().cloned();
        facts.fold(Self::new(key), |reason, (name, fact)| {
            reason.with(name, fact)
        })
    }
}

impl From<cineclub_db::Error> for Error {
    fn from(error: cineclub_db::Error) -> Self {
        use cineclub_db::Error as Db;
        match error {
            Db::NotFound => Self::not_found().because(error),
            Db::Busy | Db::Unavailable(_) => Self::new(
                Kind::Unavailable,
                "The service is busy. Try again in a moment.",
            )
            .keyed("error-unavailable")
            .because(error),
            other => Self::internal(other),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::internal(error)
    }
}
