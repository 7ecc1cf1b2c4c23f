//! Encryption on the way out, for grants that demand it: the key of a film, and who hands it out.
//!
//! **This is not DRM:** whoever may have the segments is given the key, and can keep both. **A licensed DRM plugs in here**, with
//! a [`KeySystem`] of its own: its licence server gets the key of [`content_key`] instead of the viewer, and segments stay as
//! they are.
//!
//! **Invariant:** a permit that demands protection never gets a clear byte of picture or sound, and a key is never stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cineclub_domain::grant::Protection;
use cineclub_domain::permit::Permit;
use cineclub_domain::token::TokenKeys;
use cineclub_media::{ContentKey, Encryption, KeySystem};

use super::failure::away;
use crate::error::{Error, Result};

/// The key under which a permit's segments leave; none where they leave as they are.
///
/// It is made of the secret that sealed the token and the file's name, so every node makes the same one, and none keeps it.
///
/// # Errors
/// When the permit demands a protection that nothing here gives.
pub(super) fn content_key(
    keys: &TokenKeys,
    token: &str,
    permit: &Permit,
) -> Result<Option<ContentKey>> {
    match permit.protection() {
        Protection::None => return Ok(None),
        Protection::Encrypted => {}
        Protection::DrmSoftware | Protection::DrmHardware => return Err(away()),
    }
    let asset = permit.asset().to_bytes();
    let part = |purpose| {
        let secret = keys.derive(token, purpose, &asset);
        let first = secret.and_then(|secret| secret.first_chunk::<16>().copied());
        first.ok_or_else(Error::not_found)
    };
    Ok(Some(ContentKey {
        id: part("cineclub content key id")?,
        secret: part("cineclub content key")?,
        iv: part("cineclub content vector")?,
    }))
}

/// Who hands the key out to the players of a token.
pub(super) fn key_system(token: &str) -> KeySystem {
    KeySystem::ClearKey {
        // Seen from a track's playlist, and so the same for every token: those playlists are remembered.
        key_uri: "../key".to_owned(),
        // Players take a relative address of this kind for one of the page they stand on.
        licence_uri: format!("/media/{token}/licence"),
    }
}

/// What the playlists of a token say of its key.
pub(super) fn encryption(key: &ContentKey, token: &str) -> Encryption {
    Encryption {
        key_id: key.id,
        system: key_system(token),
    }
}

/// The key as a JSON Web Key set (Encrypted Media Extensions, section 9.1.4).
pub fn licence(key: &ContentKey) -> serde_json::Value {
    serde_json::json!({
        "keys": [{
            "kty": "oct",
            "kid": URL_SAFE_NO_PAD.encode(key.id),
            "k": URL_SAFE_NO_PAD.encode(key.secret),
        }],
        "type": "temporary",
    })
}
