//! Accounts: who signs in, and in what role.

use cineclub_domain::account::{Account, Role};
use cineclub_domain::id::AccountId;
use cineclub_domain::language::Language;
use cineclub_domain::territory::Territory;
use cineclub_domain::time::Timestamp;

use crate::value::{FromRow, Row, params};
use crate::{Result, Tx};

/// An account with the hash its password is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The account.
    pub account: Account,
    /// An argon2id PHC string.
    pub password_hash: String,
}

impl FromRow for Account {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            email: row.get("email")?,
            role: row.get("role")?,
            language: row.get("language")?,
            territory: row.get("territory")?,
            age: row.get("age")?,
            created: row.get("created_ms")?,
            disabled: row.get("disabled_ms")?,
        })
    }
}

impl FromRow for Credentials {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            account: Account::from_row(row)?,
            password_hash: row.get("password_hash")?,
        })
    }
}

macro_rules! columns {
    () => {
        "id, email, role, language, territory, age, created_ms, disabled_ms"
    };
}

/// What makes two addresses the same account: trimmed and lower-cased.
#[must_use]
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Adds an account.
///
/// # Errors
/// [`Conflict("account_email_key")`](crate::Error::Conflict) if the address has one already.
pub async fn create(tx: &mut Tx, account: &Account, password_hash: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO account
            (id, email, email_key, password_hash, role, language, territory, age, created_ms, disabled_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            account.id,
            account.email.trim(),
            email_key(&account.email),
            password_hash,
            account.role,
            account.language,
            account.territory,
            account.age,
            account.created,
            account.disabled,
        ],
    )
    .await?;
    Ok(())
}

/// The account with this id.
pub async fn by_id(tx: &mut Tx, id: AccountId) -> Result<Option<Account>> {
    tx.optional(
        concat!("SELECT ", columns!(), " FROM account WHERE id = $1"),
        params![id],
    )
    .await
}

/// The account with this address, however it is written, with its password's hash.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<Credentials>> {
    tx.optional(
        concat!(
            "SELECT ",
            columns!(),
            ", password_hash FROM account WHERE email_key = $1"
        ),
        params![email_key(email)],
    )
    .await
}

/// The account with this id, with its password's hash.
pub async fn credentials(tx: &mut Tx, id: AccountId) -> Result<Option<Credentials>> {
    tx.optional(
        concat!(
            "SELECT ",
            columns!(),
            ", password_hash FROM account WHERE id = $1"
        ),
        params![id],
    )
    .await
}

/// Accounts by address, at most `limit`, after `after` (an address key; empty for the first page).
pub async fn list(tx: &mut Tx, after: &str, limit: u32) -> Result<Vec<Account>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM account WHERE email_key > $1 ORDER BY email_key LIMIT $2"
        ),
        params![after, limit],
    )
    .await
}

/// How many owners there are who may sign in.
pub async fn count_owners(tx: &mut Tx) -> Result<u64> {
    tx.count(
        "SELECT COUNT(*) AS n FROM account WHERE role = 'owner' AND disabled_ms IS NULL",
        params![],
    )
    .await
}

/// Makes those who change what hangs on an account take turns: its row is written first, which on both
/// engines holds the others back until the transaction ends.
///
/// # Errors
/// [`NotFound`](crate::Error::NotFound) if there is no such account.
pub async fn take_turn(tx: &mut Tx, id: AccountId) -> Result<()> {
    tx.execute_one(
        "UPDATE account SET password_hash = password_hash WHERE id = $1",
        params![id],
    )
    .await
}

/// Takes the account's turn if it is still open and its password is still the one with this hash.
pub async fn take_turn_with(tx: &mut Tx, id: AccountId, password_hash: &str) -> Result<bool> {
    let held = tx
        .execute(
            "UPDATE account SET password_hash = password_hash
             WHERE id = $1 AND password_hash = $2 AND disabled_ms IS NULL",
            params![id, password_hash],
        )
        .await?;
    Ok(held > 0)
}

/// Makes those who change who owns the service take turns, so that each counts what the last one left.
pub async fn take_owners_turn(tx: &mut Tx) -> Result<()> {
    tx.execute(
        "INSERT INTO sequence (name, value) VALUES ('owners', 1)
         ON CONFLICT (name) DO UPDATE SET value = sequence.value + 1",
        params![],
    )
    .await?;
    Ok(())
}

/// Changes the password.
pub async fn set_password(tx: &mut Tx, id: AccountId, password_hash: &str) -> Result<()> {
    tx.execute_one(
        "UPDATE account SET password_hash = $2 WHERE id = $1",
        params![id, password_hash],
    )
    .await
}

/// Changes the role.
pub async fn set_role(tx: &mut Tx, id: AccountId, role: Role) -> Result<()> {
    tx.execute_one(
        "UPDATE account SET role = $2 WHERE id = $1",
        params![id, role],
    )
    .await
}

/// Shuts the account from an instant on, or opens it again.
pub async fn set_disabled(tx: &mut Tx, id: AccountId, disabled: Option<Timestamp>) -> Result<()> {
    tx.execute_one(
        "UPDATE account SET disabled_ms = $2 WHERE id = $1",
        params![id, disabled],
    )
    .await
}

/// Changes what the person says about themselves: language, territory, age.
pub async fn set_profile(
    tx: &mut Tx,
    id: AccountId,
    language: &Language,
    territory: Option<Territory>,
    age: Option<u8>,
) -> Result<()> {
    tx.execute_one(
        "UPDATE account SET language = $2, territory = $3, age = $4 WHERE id = $1",
        params![id, language, territory, age],
    )
    .await
}
