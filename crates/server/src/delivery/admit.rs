//! Letting a token in: its seal first, then the gate.

use cineclub_domain::time::{SECOND_MS, Timestamp};
use cineclub_domain::token::{Sealed, TokenError};
use cineclub_media::{ContentKey, Encryption};

use super::encrypt;
use super::gate::Refusal;
use crate::App;
use crate::error::{Error, Kind, Result};

/// A token that was let in.
#[derive(Debug, Clone)]
pub struct Admitted {
    /// What it permits.
    pub sealed: Sealed,
    /// The key under which its segments leave; none where they leave as they are.
    pub key: Option<ContentKey>,
    token: String,
    at: Timestamp,
}

impl Admitted {
    /// What its playlists say of the key, where there is one.
    pub(super) fn encryption(&self) -> Option<Encryption> {
        let key = self.key.as_ref()?;
        Some(encrypt::encryption(key, &self.token))
    }

    /// For how many seconds more.
    pub fn seconds_left(&self) -> i64 {
        self.sealed.expires.millis_since(self.at) / SECOND_MS
    }
}

/// Opens a token and asks the gate.
///
/// # Errors
/// [`Kind::NotFound`] for what we did not seal, [`Kind::Gone`] for what is over or was withdrawn,
/// [`Kind::Unavailable`] while the gate knows too little to say.
pub fn admit(app: &App, token: &str) -> Result<Admitted> {
    let now = app.now();
    let sealed = app.keys().open(token, now).map_err(|error| match error {
        // Told apart in the log from an address that is merely mistyped.
        TokenError::Invalid => Error::not_found().because(error),
        TokenError::Expired => refused(Refusal::Expired),
    })?;
    app.gate().check(&sealed, now).map_err(refused)?;
    Ok(Admitted {
        key: encrypt::content_key(app.keys(), token, &sealed.permit)?,
        sealed,
        token: token.to_owned(),
        at: now,
    })
}

/// A refusal as the person is told of it.
fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Revoked => Error::new(
            Kind::Gone,
            "The permission to play this was withdrawn. Go back to see what is on offer.",
        )
        .keyed("error-play-withdrawn"),
        Refusal::Expired => Error::new(
            Kind::Gone,
            "This playback link has expired. Press play to go on.",
        )
        .keyed("error-play-expired"),
        Refusal::Stale => Error::new(
            Kind::Unavailable,
            "Playback pauses until permissions can be checked again. Try again in a moment.",
        )
        .keyed("error-play-stale"),
    }
}
