//! The first owner: whoever reads the code that is printed on the host, and nobody else.

use cineclub_db::{accounts, host_code};
use cineclub_domain::account::{Account, Role};
use cineclub_domain::time::DAY_MS;

use super::{NewAccount, digest, prepare, taken};
use crate::App;
use crate::error::{Error, Kind, Result};

/// Letters that are not mistaken for one another when read from a screen.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Whether the service still waits for its first owner.
pub async fn is_missing(app: &App) -> Result<bool> {
    Ok(app
        .db()
        .read(async |tx| accounts::count_owners(tx).await)
        .await?
        == 0)
}

/// Makes a new code for the first owner, to be printed on the host. An earlier one stops working.
pub async fn new_code(app: &App) -> Result<String> {
    let code = readable_code(app, 3);
    let (hash, now) = (digest(&code), app.now());
    app.db()
        .write(async |tx| host_code::replace(tx, &hash, now, now.plus_millis(DAY_MS)).await)
        .await?;
    Ok(code)
}

/// Makes the first owner's account for whoever has the code.
///
/// # Errors
/// When the code is wrong or used, or the account can't be made; the code then stays good.
pub async fn claim(app: &App, code: &str, new: NewAccount) -> Result<Account> {
    let (code, now) = (digest(&normal(code)), app.now());
    // Looked at before the password is hashed, so that a wrong code costs next to nothing.
    if !app
        .db()
        .read(async |tx| host_code::is_good(tx, &code, now).await)
        .await?
    {
        return Err(wrong_code());
    }
    let (account, hash) = prepare(app, new, Role::Owner).await?;
    let made = app
        .db()
        .write(async |tx| {
            accounts::take_owners_turn(tx).await?;
            let taken =
                accounts::count_owners(tx).await? == 0 && host_code::take(tx, &code, now).await?;
            if taken {
                accounts::create(tx, &account, &hash).await?;
            }
            Ok::<_, cineclub_db::Error>(taken)
        })
        .await
        .map_err(taken)?;
    if made {
        return Ok(account);
    }
    Err(wrong_code())
}

fn wrong_code() -> Error {
    Error::new(
        Kind::Forbidden,
        "This code is not the one printed on the host, or it has been used.",
    )
    .keyed("error-host-code")
}

/// A code of `groups` times four letters, for people to read and type.
pub(crate) fn readable_code(app: &App, groups: usize) -> String {
    let mut bytes = vec![0; groups * 4];
    app.entropy().fill(&mut bytes);
    let letters: Vec<_> = bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect();
    letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

/// A typed code as it was printed: capitals, one hyphen every four letters.
pub(crate) fn normal(code: &str) -> String {
    let letters: Vec<_> = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn a_code_may_be_typed_carelessly() {
        assert_eq!(normal(" abcd efgh-ijkl "), "ABCD-EFGH-IJKL");
    }
}
