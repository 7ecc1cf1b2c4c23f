//! Accounts: signing up, in and out.

mod change;
mod limits;
pub mod owner;
pub mod password;
pub mod staff;

use std::net::IpAddr;

use cineclub_db::{accounts, revocations, sessions};
use cineclub_domain::account::{Account, Role};
use cineclub_domain::id::{AccountId, SessionId};
use cineclub_domain::language::Language;
use cineclub_domain::territory::Territory;
use cineclub_domain::time::{DAY_MS, MINUTE_MS, Timestamp};
use cineclub_domain::token::LONGEST_MS;

use crate::App;
use crate::error::{Error, Kind, Result};
pub use change::change_password;
use limits::Attempt;
use password::Secret;

/// How long a session lasts at most, in milliseconds.
const SESSION_MS: i64 = 90 * DAY_MS;
/// How long a session may lie unused, in milliseconds.
const IDLE_MS: i64 = 30 * DAY_MS;
/// How stale the record of a session's last use may be, in milliseconds.
const TOUCH_MS: i64 = 5 * MINUTE_MS;

/// What a person gives to sign up.
pub struct NewAccount {
    /// The address, as written.
    pub email: String,
    /// The password.
    pub password: Secret,
    /// The language of pages.
    pub language: Language,
    /// Where the person lives.
    pub territory: Option<Territory>,
}

/// A browser that has just signed in.
pub struct SignedIn {
    /// The token for its cookie. Only its hash is kept.
    pub token: String,
    /// The account.
    pub account: Account,
    /// The session.
    pub session: SessionId,
}

/// Makes a viewer's account for someone on a network, from where only so many are taken at a time.
///
/// # Errors
/// [`Kind::TooManyRequests`] after too many from there; else as [`sign_up`].
pub async fn sign_up_from(app: &App, new: NewAccount, network: IpAddr) -> Result<Account> {
    check(&new)?;
    limits::count_sign_up(app, network).await?;
    sign_up(app, new).await
}

/// Makes a viewer's account.
///
/// # Errors
/// When the address or password can't be taken, or the address has an account already.
pub async fn sign_up(app: &App, new: NewAccount) -> Result<Account> {
    let (account, hash) = prepare(app, new, Role::Viewer).await?;
    app.db()
        .write(async |tx| accounts::create(tx, &account, &hash).await)
        .await
        .map_err(taken)?;
    Ok(account)
}

/// Signs a browser in.
///
/// An unknown address takes the same time and gets the same answer as a wrong password.
///
/// # Errors
/// [`Kind::Unauthenticated`] when they don't fit, [`Kind::TooManyRequests`] after too many failures.
pub async fn sign_in(
    app: &App,
    email: &str,
    password: Secret,
    network: IpAddr,
    device: &str,
) -> Result<SignedIn> {
    let attempt = Attempt::begin(app, email, network).await?;
    let found = app
        .db()
        .read(async |tx| accounts::by_email(tx, email).await)
        .await?;
    let hash = found.as_ref().map(|found| found.password_hash.clone());
    let fits = password::verify(app, password, hash).await?;
    let proven = found
        .filter(|found| fits && found.account.disabled.is_none())
        .ok_or_else(wrong_password)?;
    enter(app, proven, &attempt, device).await
}

/// Opens the session of someone whose password fitted, if it still is theirs.
///
/// The account's turn comes first: a password that was set in the meantime ends every session there
/// is, so none may be added for the old one.
async fn enter(
    app: &App,
    proven: accounts::Credentials,
    attempt: &Attempt,
    device: &str,
) -> Result<SignedIn> {
    let (token, session) = new_session(app, proven.account.id, device);
    let hash = digest(&token);
    let still = app
        .db()
        .write(async |tx| {
            if !accounts::take_turn_with(tx, session.account, &proven.password_hash).await? {
                return Ok(false);
            }
            sessions::create(tx, &session, &hash).await?;
            attempt.forgive(tx).await?;
            Ok::<_, cineclub_db::Error>(true)
        })
        .await?;
    if !still {
        return Err(wrong_password());
    }
    Ok(SignedIn {
        token,
        account: proven.account,
        session: session.id,
    })
}

fn wrong_password() -> Error {
    Error::new(
        Kind::Unauthenticated,
        "This address and password don't fit together.",
    )
    .keyed("error-wrong-password")
}

/// Makes a session for an account whose owner has just proven to be who they are.
pub async fn open_session(app: &App, account: Account, device: &str) -> Result<SignedIn> {
    let (token, session) = new_session(app, account.id, device);
    let hash = digest(&token);
    app.db()
        .write(async |tx| sessions::create(tx, &session, &hash).await)
        .await?;
    Ok(SignedIn {
        token,
        account,
        session: session.id,
    })
}

/// A session that is not stored yet, with the token for its cookie.
fn new_session(app: &App, account: AccountId, device: &str) -> (String, sessions::Session) {
    let now = app.now();
    let session = sessions::Session {
        id: SessionId::new(now, app.entropy()),
        account,
        created: now,
        last_seen: now,
        expires: now.plus_millis(SESSION_MS),
        device: device_label(device),
    };
    (random_token(app), session)
}

/// The account and session behind a cookie's token, if it is good.
pub async fn signed_in(app: &App, token: &str) -> Result<Option<(Account, SessionId)>> {
    let now = app.now();
    let hash = digest(token);
    let found = app
        .db()
        .read(async |tx| sessions::by_token(tx, &hash, now).await)
        .await?;
    let Some((session, account)) = found else {
        return Ok(None);
    };
    let idle = now.millis_since(session.last_seen);
    if account.disabled.is_some() || idle > IDLE_MS {
        return Ok(None);
    }
    if idle > TOUCH_MS {
        touch(app, session.id, now).await;
    }
    Ok(Some((account, session.id)))
}

/// Notes that a session was used. When that can't be written, whoever uses it is served all the same.
async fn touch(app: &App, session: SessionId, now: Timestamp) {
    let touched = app
        .db()
        .write(async |tx| sessions::touch(tx, session, now).await)
        .await;
    if let Err(error) = touched {
        let error: &cineclub_db::Error = &error;
        tracing::warn!(%error, "the last use of a session could not be noted");
    }
}

/// The browsers and devices an account is signed in on, the last used first.
pub async fn sessions(app: &App, account: AccountId) -> Result<Vec<sessions::Session>> {
    let now = app.now();
    Ok(app
        .db()
        .read(async |tx| sessions::list(tx, account, now).await)
        .await?)
}

/// Signs one browser or device out; what it plays stops.
pub async fn sign_out(app: &App, account: AccountId, session: SessionId) -> Result<()> {
    let now = app.now();
    app.db()
        .write(async |tx| {
            if sessions::delete(tx, account, session).await? {
                let subject = session.to_string();
                revocations::append(
                    tx,
                    revocations::Kind::Session,
                    &subject,
                    now,
                    now.plus_millis(LONGEST_MS),
                )
                .await?;
            }
            Ok::<_, cineclub_db::Error>(())
        })
        .await?;
    Ok(())
}

/// Signs an account out everywhere; whatever it plays stops.
pub async fn sign_out_everywhere(app: &App, account: AccountId) -> Result<()> {
    let now = app.now();
    app.db()
        .write(async |tx| end_sessions(tx, account, now).await)
        .await?;
    Ok(())
}

/// Changes the language of an account's pages and where its owner lives.
pub async fn set_preferences(
    app: &App,
    account: &Account,
    language: &Language,
    territory: Option<Territory>,
) -> Result<()> {
    let (id, age) = (account.id, account.age);
    app.db()
        .write(async |tx| accounts::set_profile(tx, id, language, territory, age).await)
        .await?;
    Ok(())
}

/// Ends every session of an account and revokes what they play.
pub(crate) async fn end_sessions(
    tx: &mut cineclub_db::Tx,
    account: AccountId,
    now: Timestamp,
) -> cineclub_db::Result<()> {
    sessions::delete_all(tx, account).await?;
    let subject = account.to_string();
    revocations::append(
        tx,
        revocations::Kind::Account,
        &subject,
        now,
        now.plus_millis(LONGEST_MS),
    )
    .await?;
    Ok(())
}

/// Checks what a person gave and hashes the password.
async fn prepare(app: &App, new: NewAccount, role: Role) -> Result<(Account, String)> {
    check(&new)?;
    let hash = password::hash(app, new.password).await?;
    let now = app.now();
    let account = Account {
        id: AccountId::new(now, app.entropy()),
        email: new.email.trim().to_owned(),
        role,
        language: new.language,
        territory: new.territory,
        age: None,
        created: now,
        disabled: None,
    };
    Ok((account, hash))
}

/// Whether an account can be made of what a person gave.
fn check(new: &NewAccount) -> Result<()> {
    let email = new.email.trim();
    check_email(email)?;
    new.password.check(email)
}

fn taken(error: cineclub_db::Error) -> Error {
    if error.conflicts_on("account_email_key") {
        return Error::new(
            Kind::Conflict,
            "This address has an account already. Sign in instead.",
        )
        .keyed("error-address-taken");
    }
    error.into()
}

/// Accepts what looks like an address; only a mail to it could prove more.
fn check_email(email: &str) -> Result<()> {
    let well_formed = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && !domain.contains('@')
        });
    if well_formed {
        return Ok(());
    }
    Err(Error::new(Kind::BadInput, "This is not an e-mail address.").keyed("error-not-an-address"))
}

/// A token nobody can guess: 256 bits, in base64url.
pub(crate) fn random_token(app: &App) -> String {
    use base64::Engine;
    let mut bytes = [0; 32];
    app.entropy().fill(&mut bytes);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a token or code: its SHA-256, in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    use sha2::Digest;
    crate::config::secrets::to_hex(&sha2::Sha256::digest(text.as_bytes()))
}

/// A short name for a browser, from its user agent, for the list of devices.
fn device_label(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 7] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 8] = [
        ("Tizen", "Samsung TV"),
        ("Web0S", "LG TV"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("Linux", "Linux"),
    ];
    let find = |table: &[(&str, &'static str)]| {
        table
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_must_look_like_one() {
        for good in ["a@b.c", "Zoë+film@exämple.org", "o'neil@x.co.uk"] {
            assert!(check_email(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.c",
            "a@b",
            "a@b.",
            "a b@c.d",
            "a@b@c.d",
            "a@b.c\r\nBcc: x@y.z",
        ] {
            assert!(check_email(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_device_is_named_by_browser_and_system() {
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36";
        assert_eq!(device_label(chrome), "Chrome · Linux");
        assert_eq!(device_label("<script>"), "?");
    }
}
