//! Passwords: argon2id, with a bound on how many hashes are computed at a time.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::App;
use crate::error::{Error, Kind, Result};

/// The least length of a password, in characters.
const SHORTEST: usize = 8;
/// The greatest length of a password, in bytes.
const LONGEST: usize = 1_024;
/// How long a password waits for its turn to be hashed.
const PATIENCE: Duration = Duration::from_secs(8);
/// Passwords that everyone tries first, at least eight characters long.
const COMMON: [&str; 16] = [
    "password",
    "password1",
    "12345678",
    "123456789",
    "1234567890",
    "qwertyui",
    "qwertyuiop",
    "azertyuiop",
    "11111111",
    "00000000",
    "motdepasse",
    "iloveyou",
    "football",
    "baseball",
    "princess",
    "sunshine",
];
/// The hash that an unknown address is checked against, so that it takes as long as a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y2luZWNsdWJub2JvZHk$pGL0ybZB0BIfBHkUBFmVCdkyTdkmAKFbv9QFCXBrSzM";

/// A password as a person typed it. It can't be printed.
pub struct Secret(String);

impl Secret {
    /// Takes a password from a form.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Whether it may be used with this address. Long ones are welcome; there are no rules of
    /// composition (OWASP ASVS 5.0 §6.2).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, email: &str) -> Result<()> {
        let refuse = |message: &str, key| Err(Error::new(Kind::BadInput, message).keyed(key));
        let lower = self.0.to_lowercase();
        if self.0.chars().count() < SHORTEST {
            return refuse(
                "A password needs at least eight characters.",
                "error-password-short",
            );
        }
        if self.0.len() > LONGEST {
            return refuse("This password is too long.", "error-password-long");
        }
        if COMMON.contains(&lower.as_str()) || lower == email.to_lowercase() {
            return refuse(
                "This password is among the first that are tried. Choose another.",
                "error-password-common",
            );
        }
        Ok(())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Hashes a password.
pub async fn hash(app: &App, password: Secret) -> Result<String> {
    let mut salt = [0; 16];
    app.entropy().fill(&mut salt);
    bounded(app.hashing(), PATIENCE, move || {
        Argon2::default()
            .hash_password_with_salt(password.0.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(Error::internal)
    })
    .await
}

/// Whether a password fits a stored hash. Without a hash it takes as long, and never fits.
pub async fn verify(app: &App, password: Secret, hash: Option<String>) -> Result<bool> {
    bounded(app.hashing(), PATIENCE, move || {
        let stored =
            PasswordHash::new(hash.as_deref().unwrap_or(NOBODY)).map_err(Error::internal)?;
        let fits = Argon2::default()
            .verify_password(password.0.as_bytes(), &stored)
            .is_ok();
        Ok(fits && hash.is_some())
    })
    .await
}

/// Computes a hash off the request threads, a bounded number at a time: each takes 19 MiB.
///
/// The turn goes with the work, not with whoever waits for it: a client that hangs up ends the
/// waiting, but a hash that has begun is computed to its end.
async fn bounded<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    patience: Duration,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let turn = tokio::time::timeout(patience, Arc::clone(turns).acquire_owned())
        .await
        .map_err(|_| too_many_wait())?
        .map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    })
    .await
    .map_err(Error::internal)?
}

fn too_many_wait() -> Error {
    Error::new(
        Kind::Unavailable,
        "The service is busy. Try again in a moment.",
    )
    .keyed("error-unavailable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_common_and_own_address_are_refused_and_long_ones_welcome() {
        let check = |text: &str| {
            Secret::new(text.to_owned())
                .check("zoe@example.org")
                .is_ok()
        };
        assert!(!check("short"));
        assert!(!check("Password1"));
        assert!(!check("ZOE@example.org"));
        assert!(check("une longue phrase de passe, avec des espaces"));
        assert!(!check(&"x".repeat(2_000)));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_client_that_hangs_up_does_not_free_the_turn_its_hash_still_takes() {
        let turns = Arc::new(Semaphore::new(1));
        let (begun, started) = std::sync::mpsc::channel();
        let (finish, finished) = std::sync::mpsc::channel::<()>();
        let client = tokio::spawn({
            let turns = Arc::clone(&turns);
            async move {
                bounded(&turns, PATIENCE, move || {
                    begun.send(()).unwrap();
                    finished.recv().map_err(Error::internal)
                })
                .await
            }
        });
        tokio::task::spawn_blocking(move || started.recv().unwrap())
            .await
            .unwrap();
        client.abort();
        assert!(client.await.is_err_and(|error| error.is_cancelled()));
        assert_eq!(turns.available_permits(), 0, "the hash still runs");
        let refused = bounded(&turns, Duration::from_millis(20), || Ok(())).await;
        assert_eq!(
            refused.map_err(|error| error.kind),
            Err(Kind::Unavailable),
            "who waits too long is told so"
        );
        finish.send(()).unwrap();
        assert!(bounded(&turns, PATIENCE, || Ok(())).await.is_ok());
    }

    #[test]
    fn nobodys_hash_is_well_formed_and_costs_what_ours_cost() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let ours = Argon2::default()
            .hash_password_with_salt(b"x", b"0123456789abcdef")
            .unwrap();
        assert_eq!(nobody.params, ours.params);
        assert_eq!(nobody.algorithm, ours.algorithm);
    }
}
