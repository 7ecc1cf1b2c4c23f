//! What staff do to accounts: roles, closing, passwords.

use cineclub_db::{accounts, events};
use cineclub_domain::account::{Account, Role};
use cineclub_domain::id::AccountId;

use super::end_sessions;
use super::password::{self, Secret};
use crate::App;
use crate::error::{Error, Kind, Result};
use crate::record::{self, Change};

/// Accounts shown on one page.
const PAGE: u32 = 50;

/// Accounts in the order of addresses, after `after`.
pub async fn list(app: &App, after: &str) -> Result<Vec<Account>> {
    Ok(app
        .db()
        .read(async |tx| accounts::list(tx, after, PAGE).await)
        .await?)
}

/// The account with this address.
///
/// # Errors
/// [`Kind::NotFound`] if there is none.
pub async fn find(app: &App, email: &str) -> Result<Account> {
    let found = app
        .db()
        .read(async |tx| accounts::by_email(tx, email).await)
        .await?;
    found.map(|found| found.account).ok_or_else(|| {
        Error::new(Kind::NotFound, "No account has this address.").keyed("error-no-account")
    })
}

/// Gives an account a role. There is always an owner.
///
/// # Errors
/// [`Kind::Conflict`] when it would leave the service without one.
pub async fn set_role(
    app: &App,
    actor: Option<AccountId>,
    id: AccountId,
    role: Role,
) -> Result<()> {
    app.db()
        .write(async |tx| {
            accounts::take_owners_turn(tx).await?;
            let before = get(tx, id).await?;
            accounts::set_role(tx, id, role).await?;
            keep_an_owner(tx, &before).await?;
            let change = Change::from_to(&before.role, &role);
            let event = record::event(app, actor, "account.role", "account", id, &change);
            events::append(tx, &event).await?;
            Ok(())
        })
        .await
        .map_err(|Refused(error)| error)
}

/// Closes an account, or opens it again. A closed one is signed out and what it plays stops.
///
/// # Errors
/// [`Kind::Conflict`] when it would leave the service without an owner.
pub async fn set_closed(app: &App, actor: AccountId, id: AccountId, closed: bool) -> Result<()> {
    let now = app.now();
    let action = if closed {
        "account.closed"
    } else {
        "account.opened"
    };
    let event = record::event(app, Some(actor), action, "account", id, &Change::default());
    app.db()
        .write(async |tx| {
            accounts::take_owners_turn(tx).await?;
            let before = get(tx, id).await?;
            accounts::set_disabled(tx, id, closed.then_some(now)).await?;
            keep_an_owner(tx, &before).await?;
            if closed {
                end_sessions(tx, id, now).await?;
            }
            events::append(tx, &event).await?;
            Ok(())
        })
        .await
        .map_err(|Refused(error)| error)
}

/// Sets a password and signs the account out everywhere.
///
/// # Errors
/// When the password can't be taken.
pub async fn set_password(
    app: &App,
    actor: Option<AccountId>,
    account: &Account,
    password: Secret,
) -> Result<()> {
    password.check(&account.email)?;
    let hash = password::hash(app, password).await?;
    let (id, now) = (account.id, app.now());
    let event = record::event(
        app,
        actor,
        "account.password",
        "account",
        id,
        &Change::default(),
    );
    app.db()
        .write(async |tx| {
            accounts::set_password(tx, id, &hash).await?;
            end_sessions(tx, id, now).await?;
            events::append(tx, &event).await
        })
        .await?;
    Ok(())
}

async fn get(tx: &mut cineclub_db::Tx, id: AccountId) -> Result<Account, Refused> {
    let found = accounts::by_id(tx, id).await?;
    found.ok_or_else(|| Refused(Error::not_found()))
}

/// Refuses what would take the last owner away.
async fn keep_an_owner(tx: &mut cineclub_db::Tx, before: &Account) -> Result<(), Refused> {
    if before.role == Role::Owner && accounts::count_owners(tx).await? == 0 {
        return Err(Refused(last_owner()));
    }
    Ok(())
}

fn last_owner() -> Error {
    Error::new(
        Kind::Conflict,
        "The service would be left without an owner.",
    )
    .keyed("error-last-owner")
}

/// Undoes the transaction it is returned from.
struct Refused(Error);

impl From<cineclub_db::Error> for Refused {
    fn from(error: cineclub_db::Error) -> Self {
        Self(error.into())
    }
}
