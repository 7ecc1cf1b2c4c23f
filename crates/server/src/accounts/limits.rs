//! How often a network may try to come in: failed sign-ins and sign-ups, counted over a sliding span.

use std::net::IpAddr;

use cineclub_db::{Tx, attempts};
use cineclub_domain::time::{MINUTE_MS, Timestamp};

use super::digest;
use crate::App;
use crate::error::{Error, Kind, Result};

/// The span over which attempts are counted, in milliseconds.
const SPAN_MS: i64 = 15 * MINUTE_MS;
/// Failed sign-ins to one account from one network before the rest must wait. Counting the pair
/// keeps a stranger from locking an owner out.
const ATTEMPTS_PER_PAIR: u64 = 10;
/// Failed sign-ins from one network before the rest must wait.
const ATTEMPTS_PER_NETWORK: u64 = 60;
/// Sign-ups from one network before the rest must wait: a class that signs up together gets in.
const SIGN_UPS_PER_NETWORK: u64 = 30;

/// A sign-in under way. It counts as failed until it has succeeded, so that many at once don't slip
/// past the limits.
pub(super) struct Attempt {
    pair: String,
    network: NetworkKeys,
    at: Timestamp,
}

impl Attempt {
    /// Notes that one begins.
    ///
    /// # Errors
    /// [`Kind::TooManyRequests`] when too many failed before it.
    pub(super) async fn begin(app: &App, email: &str, network: IpAddr) -> Result<Self> {
        let attempt = Self {
            pair: pair_key(email, network),
            network: network_keys(network),
            at: app.now(),
        };
        if app.db().write(async |tx| attempt.note(tx).await).await? {
            return Ok(attempt);
        }
        Err(Error::new(
            Kind::TooManyRequests,
            "Too many failed sign-ins. Wait a quarter of an hour, then try again.",
        )
        .keyed("error-too-many-sign-ins"))
    }

    /// Notes it under both keys; false, and nothing is noted, where too many failed before it.
    async fn note(&self, tx: &mut Tx) -> cineclub_db::Result<bool> {
        let since = self.at.plus_millis(-SPAN_MS);
        attempts::take_turn(tx, &self.pair, self.at).await?;
        attempts::take_turn(tx, &self.network.sign_ins, self.at).await?;
        let from_pair = attempts::count(tx, &self.pair, since).await?;
        let begun = attempts::count(tx, &self.network.sign_ins, since).await?;
        let succeeded = attempts::count(tx, &self.network.successes, since).await?;
        if from_pair >= ATTEMPTS_PER_PAIR || begun >= ATTEMPTS_PER_NETWORK + succeeded {
            return Ok(false);
        }
        attempts::record(tx, &self.pair, self.at).await?;
        attempts::record(tx, &self.network.sign_ins, self.at).await?;
        Ok(true)
    }

    /// Takes it back after a success, with the failures of this account from this network. What failed
    /// from there for others stays: an account of one's own must not pay for guesses at theirs.
    pub(super) async fn forgive(&self, tx: &mut Tx) -> cineclub_db::Result<()> {
        attempts::clear(tx, &self.pair).await?;
        attempts::record(tx, &self.network.successes, self.at).await?;
        Ok(())
    }
}

/// Notes that an account is about to be made from a network.
///
/// # Errors
/// [`Kind::TooManyRequests`] when many were made from there just now.
pub(super) async fn count_sign_up(app: &App, network: IpAddr) -> Result<()> {
    let (key, now) = (network_keys(network).sign_ups, app.now());
    let allowed = app
        .db()
        .write(async |tx| {
            attempts::take_turn(tx, &key, now).await?;
            let made = attempts::count(tx, &key, now.plus_millis(-SPAN_MS)).await?;
            if made < SIGN_UPS_PER_NETWORK {
                attempts::record(tx, &key, now).await?;
            }
            Ok::<_, cineclub_db::Error>(made < SIGN_UPS_PER_NETWORK)
        })
        .await?;
    if allowed {
        return Ok(());
    }
    Err(Error::new(
        Kind::TooManyRequests,
        "Many accounts were made from here just now. Wait a quarter of an hour, then try again.",
    )
    .keyed("error-too-many-sign-ups"))
}

/// The keys under which a network's attempts are counted. Hashed: the table of attempts names nobody.
struct NetworkKeys {
    /// Sign-ins that were begun.
    sign_ins: String,
    /// Those of them that succeeded.
    successes: String,
    /// Accounts that were made.
    sign_ups: String,
}

fn network_keys(network: IpAddr) -> NetworkKeys {
    let network = network_name(network);
    NetworkKeys {
        sign_ins: digest(&format!("network {network}")),
        successes: digest(&format!("network, in {network}")),
        sign_ups: digest(&format!("network, up {network}")),
    }
}

/// The key under which failures to one account from one network are counted.
fn pair_key(email: &str, network: IpAddr) -> String {
    let email = email.trim().to_lowercase();
    digest(&format!("pair {email} {}", network_name(network)))
}

/// What counts as one network. An IPv4 address is the same one when it is written as IPv6.
fn network_name(network: IpAddr) -> String {
    match network.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        // A household has a /64 (RFC 6177), so the rest of the address tells nothing.
        IpAddr::V6(address) => format!("{:x?}", &address.segments()[..4]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_households_addresses_count_as_one_network() {
        let key = |address: &str| network_keys(address.parse().unwrap()).sign_ins;
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("::ffff:192.0.2.1"), key("::ffff:192.0.2.2"));
    }
}
