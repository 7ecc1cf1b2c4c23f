//! The playback token: a permit, sealed (HMAC-SHA256), small enough for a URL path.
//!
//! The token stands in the path, so that every relative address in a playlist carries it. It lives
//! for the running time and six hours, never past the permit's own end: revocation, not expiry, is
//! what stops bytes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::grant::Protection;
use crate::id::{AccountId, AssetId, GrantId, PlayId, SessionId, TitleId};
use crate::offer::Offer;
use crate::permit::{Permit, RUNGS_LIMIT, Rung};
use crate::time::{DAY_MS, HOUR_MS, Timestamp};
use crate::title::Lineage;

/// How long a token outlives the running time, in milliseconds: pauses, and films seen twice.
const SLACK_MS: i64 = 6 * HOUR_MS;
/// The longest life of a token, in milliseconds: what must stop tokens needs to be remembered for as long.
pub const LONGEST_MS: i64 = 7 * DAY_MS;
/// The only form of token there is. The first did not say how the bytes are protected.
const VERSION: u8 = 2;
/// Bytes before the rungs.
const BODY: usize = 1 + 4 + 8 + 8 + 16 * 8 + 8 + 1 + 1 + 1 + 2;
/// Bytes of each rung.
const RUNG: usize = 16 + 1;
/// Bytes of the seal.
const SEAL: usize = 32;

/// Names a key. Old keys stay readable while tokens they sealed may be alive.
pub type KeyId = u32;

/// A key for sealing tokens.
#[derive(Clone)]
pub struct TokenKey {
    /// Its name, carried in the token.
    pub id: KeyId,
    secret: [u8; 32],
}

impl TokenKey {
    /// A key from 32 secret bytes.
    ///
    /// # Errors
    /// [`WeakKey`] when the bytes are all alike, as an empty or forgotten secret is.
    pub fn new(id: KeyId, secret: [u8; 32]) -> Result<Self, WeakKey> {
        if secret.iter().all(|byte| *byte == secret[0]) {
            Err(WeakKey)
        } else {
            Ok(Self { id, secret })
        }
    }
}

impl std::fmt::Debug for TokenKey {
    /// Leaves the secret out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A secret that anybody could guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token key is empty; remove it from the secrets file to have a new one made")]
pub struct WeakKey;

/// A permit under seal, with the play it was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// What may be sent.
    pub permit: Permit,
    /// The play that leases the stream slot.
    pub play: PlayId,
    /// The change sequence that the decision had seen. A revocation with a higher number reaches it.
    pub seen: i64,
    /// The first instant at which the token is no longer good.
    pub expires: Timestamp,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is not one of ours, or has been changed.
    #[error("this playback link is not valid")]
    Invalid,
    /// Its time is over.
    #[error("this playback link has expired")]
    Expired,
}

/// The keys of an installation: the first seals, all open.
#[derive(Debug, Clone)]
pub struct TokenKeys {
    current: TokenKey,
    older: Vec<TokenKey>,
}

impl TokenKeys {
    /// The key that seals, and older ones whose tokens are still honoured.
    pub fn new(current: TokenKey, older: Vec<TokenKey>) -> Self {
        Self { current, older }
    }

    /// When a token made at `now` for a work of `duration_ms` stops being good.
    pub fn expiry(permit: &Permit, duration_ms: i64, now: Timestamp) -> Timestamp {
        let life = duration_ms.max(0).saturating_add(SLACK_MS).min(LONGEST_MS);
        let end = now.plus_millis(life);
        permit.until.map_or(end, |until| until.min(end))
    }

    /// Seals a permit into a token.
    pub fn seal(&self, sealed: &Sealed) -> String {
        let mut bytes = encode(sealed, self.current.id);
        bytes.extend_from_slice(&mac(&self.current.secret, &bytes).finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Opens a token. The seal is compared in constant time, before anything in it is believed.
    ///
    /// # Errors
    /// [`TokenError::Invalid`] for whatever this installation did not seal, and
    /// [`TokenError::Expired`] after its time.
    pub fn open(&self, token: &str, now: Timestamp) -> Result<Sealed, TokenError> {
        // What is longer is not even decoded.
        if token.len() > (BODY + RUNGS_LIMIT * RUNG + SEAL).div_ceil(3) * 4 {
            return Err(TokenError::Invalid);
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(token)
            .map_err(|_| TokenError::Invalid)?;
        let (body, seal) = bytes
            .split_last_chunk::<SEAL>()
            .ok_or(TokenError::Invalid)?;
        let mut reader = Reader(body);
        let key = self.sealer(&mut reader).ok_or(TokenError::Invalid)?;
        mac(&key.secret, body)
            .verify_slice(seal)
            .map_err(|_| TokenError::Invalid)?;
        let sealed = decode(reader)?;
        if now < sealed.expires {
            Ok(sealed)
        } else {
            Err(TokenError::Expired)
        }
    }

    /// Secret bytes for one `purpose` and one thing, from the key that sealed `token`, which must have been opened before:
    /// a new key does not change what runs. Nothing if it is no token of ours.
    ///
    /// The purpose first makes a key of its own, so that no seal is ever such a secret, nor the other way round.
    pub fn derive(&self, token: &str, purpose: &str, of: &[u8]) -> Option<[u8; 32]> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let key = self.sealer(&mut Reader(&bytes))?;
        let own = mac(&key.secret, purpose.as_bytes()).finalize().into_bytes();
        Some(mac(&own, of).finalize().into_bytes().into())
    }

    /// The key that a token's first bytes name.
    fn sealer(&self, reader: &mut Reader<'_>) -> Option<&TokenKey> {
        let (version, id) = (reader.take::<1>().ok()?[0], reader.take().ok()?);
        std::iter::once(&self.current)
            .chain(&self.older)
            .find(|known| known.id == u32::from_be_bytes(id) && version == VERSION)
    }
}

fn mac(secret: &[u8], body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(body);
    mac
}

fn encode(sealed: &Sealed, key: KeyId) -> Vec<u8> {
    let permit = &sealed.permit;
    let mut bytes = Vec::with_capacity(BODY + permit.rungs.len() * RUNG + SEAL);
    bytes.push(VERSION);
    bytes.extend_from_slice(&key.to_be_bytes());
    bytes.extend_from_slice(&sealed.seen.to_be_bytes());
    bytes.extend_from_slice(&sealed.expires.as_millis().to_be_bytes());
    for title in permit.lineage.slots() {
        bytes.extend_from_slice(&title.map_or([0; 16], TitleId::to_bytes));
    }
    bytes.extend_from_slice(&sealed.play.to_bytes());
    bytes.extend_from_slice(&permit.grant.to_bytes());
    bytes.extend_from_slice(&permit.asset.to_bytes());
    bytes.extend_from_slice(&permit.account.to_bytes());
    bytes.extend_from_slice(&permit.session.to_bytes());
    bytes.extend_from_slice(&permit.tracks.to_be_bytes());
    bytes.push(u8::from(permit.whole));
    bytes.push(place(&Protection::ALL, permit.protection));
    bytes.push(place(&Offer::ALL, permit.offer));
    bytes.extend_from_slice(&permit.max_streams.to_be_bytes());
    // Last, so that the token of a film in one size is as short as it can be.
    for rung in &permit.rungs {
        bytes.extend_from_slice(&rung.asset.to_bytes());
        bytes.push(rung.picture);
    }
    bytes
}

/// Where a value stands among all of its kind, which it does.
fn place<T: PartialEq>(all: &[T], value: T) -> u8 {
    all.iter().position(|one| *one == value).unwrap_or(0) as u8
}

fn decode(mut reader: Reader<'_>) -> Result<Sealed, TokenError> {
    let seen = i64::from_be_bytes(reader.take()?);
    let expires = Timestamp::from_millis(i64::from_be_bytes(reader.take()?));
    let mut titles = [None; 3];
    for slot in &mut titles {
        let bytes = reader.take()?;
        *slot = (bytes != [0; 16]).then(|| TitleId::from_bytes(bytes));
    }
    let play = PlayId::from_bytes(reader.take()?);
    let permit = Permit {
        lineage: Lineage::from_slots(titles).ok_or(TokenError::Invalid)?,
        grant: GrantId::from_bytes(reader.take()?),
        asset: AssetId::from_bytes(reader.take()?),
        account: AccountId::from_bytes(reader.take()?),
        session: SessionId::from_bytes(reader.take()?),
        tracks: u64::from_be_bytes(reader.take()?),
        whole: reader.take::<1>()? == [1],
        protection: *Protection::ALL
            .get(usize::from(reader.take::<1>()?[0]))
            .ok_or(TokenError::Invalid)?,
        offer: *Offer::ALL
            .get(usize::from(reader.take::<1>()?[0]))
            .ok_or(TokenError::Invalid)?,
        max_streams: u16::from_be_bytes(reader.take()?),
        until: Some(expires),
        rungs: rungs(reader)?,
    };
    Ok(Sealed {
        permit,
        play,
        seen,
        expires,
    })
}

/// Everything that is left.
fn rungs(mut reader: Reader<'_>) -> Result<Vec<Rung>, TokenError> {
    let mut rungs = Vec::new();
    while !reader.0.is_empty() {
        if rungs.len() == RUNGS_LIMIT {
            return Err(TokenError::Invalid);
        }
        rungs.push(Rung {
            asset: AssetId::from_bytes(reader.take()?),
            picture: reader.take::<1>()?[0],
        });
    }
    Ok(rungs)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], TokenError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(TokenError::Invalid)?;
        self.0 = rest;
        Ok(*head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: KeyId, seed: u8) -> TokenKey {
        let mut secret = [seed; 32];
        secret[0] = !seed;
        TokenKey::new(id, secret).unwrap()
    }

    fn sealed() -> Sealed {
        let permit = Permit {
            grant: GrantId::from_bytes([1; 16]),
            offer: Offer::Subscription,
            lineage: Lineage::below(
                TitleId::from_bytes([2; 16]),
                Lineage::of(TitleId::from_bytes([3; 16])),
            ),
            asset: AssetId::from_bytes([4; 16]),
            account: AccountId::from_bytes([5; 16]),
            session: SessionId::from_bytes([6; 16]),
            tracks: 0b1011,
            whole: false,
            protection: Protection::Encrypted,
            max_streams: 3,
            until: Some(Timestamp::from_millis(5_000)),
            rungs: Vec::new(),
        };
        Sealed {
            permit,
            play: PlayId::from_bytes([7; 16]),
            seen: 42,
            expires: Timestamp::from_millis(5_000),
        }
    }

    const NOW: Timestamp = Timestamp::from_millis(4_000);

    #[test]
    fn a_sealed_permit_comes_back_as_it_was_until_it_expires() {
        let keys = TokenKeys::new(key(1, 9), vec![]);
        let token = keys.seal(&sealed());
        assert_eq!(keys.open(&token, NOW), Ok(sealed()));
        assert_eq!(
            keys.open(&token, Timestamp::from_millis(5_000)),
            Err(TokenError::Expired)
        );
        assert!(token.len() < 300, "{} characters", token.len());
    }

    #[test]
    fn a_token_carries_the_other_sizes_of_a_film_and_no_more_than_there_may_be() {
        let keys = TokenKeys::new(key(1, 9), vec![]);
        let rung = |n| Rung {
            asset: AssetId::from_bytes([n; 16]),
            picture: n,
        };
        let mut tall = sealed();
        tall.permit.rungs = (1..=RUNGS_LIMIT as u8).map(rung).collect();
        let token = keys.seal(&tall);
        assert_eq!(keys.open(&token, NOW), Ok(tall.clone()));
        assert!(token.len() < 500, "{} characters", token.len());
        tall.permit.rungs.push(rung(9));
        assert_eq!(keys.open(&keys.seal(&tall), NOW), Err(TokenError::Invalid));
        tall.permit.rungs.truncate(2);
        let token = keys.seal(&tall);
        assert!(token.len() < 350, "{} characters", token.len());
        // The rungs of one token don't pass under the seal of another.
        let alone = keys.seal(&sealed());
        let seal = alone.len() - 40;
        let swapped = format!("{}{}", &token[..token.len() - 40], &alone[seal..]);
        assert_eq!(keys.open(&swapped, NOW), Err(TokenError::Invalid));
    }

    #[test]
    fn an_older_key_is_honoured_and_a_foreign_one_is_not() {
        let before = TokenKeys::new(key(1, 9), vec![]);
        let after = TokenKeys::new(key(2, 8), vec![key(1, 9)]);
        let token = before.seal(&sealed());
        assert!(after.open(&token, NOW).is_ok());
        let foreign = TokenKeys::new(key(1, 7), vec![]);
        assert_eq!(foreign.open(&token, NOW), Err(TokenError::Invalid));
        assert!(
            TokenKey::new(1, [0; 32]).is_err(),
            "an empty secret must not seal"
        );
    }

    #[test]
    fn what_is_derived_depends_on_the_sealing_key_the_purpose_and_the_thing() {
        let before = TokenKeys::new(key(1, 9), vec![]);
        let token = before.seal(&sealed());
        let derived = before.derive(&token, "a key", b"film");
        assert!(derived.is_some());
        let after = TokenKeys::new(key(2, 8), vec![key(1, 9)]);
        assert_eq!(after.derive(&token, "a key", b"film"), derived);
        let newer = after.seal(&sealed());
        for other in [
            after.derive(&newer, "a key", b"film"),
            before.derive(&token, "another", b"film"),
            before.derive(&token, "a key", b"other"),
            before.derive("AQAAAAA", "a key", b"film"),
        ] {
            assert_ne!(other, derived);
        }
    }

    #[test]
    fn a_token_lives_for_the_running_time_and_six_hours_but_never_past_its_permit() {
        let hour = |n| Timestamp::from_millis(n * HOUR_MS);
        let mut permit = sealed().permit;
        permit.until = Some(hour(100));
        assert_eq!(TokenKeys::expiry(&permit, 2 * HOUR_MS, hour(0)), hour(8));
        permit.until = Some(hour(1));
        assert_eq!(TokenKeys::expiry(&permit, 2 * HOUR_MS, hour(0)), hour(1));
        permit.until = None;
        let longest = Timestamp::from_millis(LONGEST_MS);
        assert_eq!(TokenKeys::expiry(&permit, i64::MAX, hour(0)), longest);
    }

    /// Bit flips, other letters, cuts, doublings, swapped halves, other keys' seals: none is accepted.
    #[test]
    fn of_a_million_mutated_tokens_none_is_accepted() {
        let keys = TokenKeys::new(key(1, 9), vec![key(0, 3)]);
        let token = keys.seal(&sealed());
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.%";
        let mut state = 1_u64;
        let mut next = |n: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % n
        };
        let (mut tried, mut accepted) = (0, 0);
        while tried < 1_000_000 {
            let mut mutant = token.clone().into_bytes();
            for _ in 0..=next(3) {
                let at = next(mutant.len());
                match next(6) {
                    0 => mutant.truncate(at.max(1)),
                    1 => mutant.insert(at, alphabet[next(alphabet.len())]),
                    _ => mutant[at] = alphabet[next(alphabet.len())],
                }
            }
            if mutant == token.as_bytes() {
                continue;
            }
            tried += 1;
            let mutant = String::from_utf8(mutant).unwrap();
            accepted += usize::from(keys.open(&mutant, NOW).is_ok());
        }
        assert_eq!(accepted, 0);
        assert!(
            keys.open(&token, NOW).is_ok(),
            "control: the token itself is accepted"
        );
    }
}
