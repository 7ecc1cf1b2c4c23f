//! A member changes their own password.

use std::net::IpAddr;

use cineclub_db::{Tx, accounts, revocations, sessions};
use cineclub_domain::account::Account;
use cineclub_domain::id::{AccountId, SessionId};
use cineclub_domain::time::Timestamp;
use cineclub_domain::token::LONGEST_MS;

use super::limits::Attempt;
use super::password::{self, Secret};
use crate::App;
use crate::error::{Error, Kind, Result};

/// Sets a new password for whoever knows the current one, and signs every other device of the account
/// out; what those play stops.
///
/// The current password is asked for because a browser left open proves nothing, and guesses at it
/// count as failed sign-ins do.
///
/// # Errors
/// When the new password can't be taken or the current one is wrong; [`Kind::TooManyRequests`] after
/// too many failures.
pub async fn change_password(
    app: &App,
    account: &Account,
    here: SessionId,
    network: IpAddr,
    current: Secret,
    new: Secret,
) -> Result<()> {
    new.check(&account.email)?;
    let attempt = Attempt::begin(app, &account.email, network).await?;
    let id = account.id;
    let stored = app
        .db()
        .read(async |tx| accounts::credentials(tx, id).await)
        .await?
        .map(|found| found.password_hash);
    if !password::verify(app, current, stored.clone()).await? {
        return Err(wrong_current());
    }
    let before = stored.ok_or_else(wrong_current)?;
    let after = password::hash(app, new).await?;
    let now = app.now();
    let changed = app
        .db()
        .write(async |tx| {
            // Of two changes at once, the second knows a password that is no longer the current one.
            if !accounts::take_turn_with(tx, id, &before).await? {
                return Ok(false);
            }
            accounts::set_password(tx, id, &after).await?;
            end_others(tx, id, here, now).await?;
            attempt.forgive(tx).await?;
            Ok::<_, cineclub_db::Error>(true)
        })
        .await?;
    if changed {
        Ok(())
    } else {
        Err(wrong_current())
    }
}

/// Ends every session of an account but one, and revokes what they play.
async fn end_others(
    tx: &mut Tx,
    account: AccountId,
    here: SessionId,
    now: Timestamp,
) -> cineclub_db::Result<()> {
    for session in sessions::delete_others(tx, account, here).await? {
        let until = now.plus_millis(LONGEST_MS);
        let subject = session.to_string();
        revocations::append(tx, revocations::Kind::Session, &subject, now, until).await?;
    }
    Ok(())
}

fn wrong_current() -> Error {
    Error::new(Kind::BadInput, "This is not your current password.").keyed("error-current-password")
}
