//! What staff can switch while the service runs. So far nothing can be, and the table serves the tests of the engine.

use crate::value::{params, row};
use crate::{Result, Tx};

row! {
    /// One switch.
    pub struct Setting {
        /// Its name.
        pub name: String,
        /// Its value.
        pub value: String,
    }
}

/// The value of a setting; none while nobody has set it.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    let found: Option<Setting> = tx
        .optional(
            "SELECT name, value FROM setting WHERE name = $1",
            params![name],
        )
        .await?;
    Ok(found.map(|setting| setting.value))
}

/// Sets a setting.
pub async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, value],
    )
    .await?;
    Ok(())
}

/// Every setting that has been set.
pub async fn list(tx: &mut Tx) -> Result<Vec<Setting>> {
    tx.all("SELECT name, value FROM setting ORDER BY name", params![])
        .await
}
