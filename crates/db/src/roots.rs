//! Storage roots: the places where media files lie.

use cineclub_domain::id::RootId;
use cineclub_domain::time::Timestamp;

use crate::value::{params, row};
use crate::{Result, Tx, changes};

row! {
    /// A place where media files lie.
    pub struct Root {
        /// The id that a file at its top carries.
        pub id: RootId,
        /// Where it is on this installation.
        pub path: String,
        /// What staff call it.
        pub label: String,
        /// When it was added.
        pub created_ms: Timestamp,
    }
}

/// Adds a root, or says where the one with its id is now.
pub async fn save(tx: &mut Tx, root: &Root, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO storage_root (id, path, label, created_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET path = excluded.path, label = excluded.label",
        params![root.id, root.path, root.label, root.created_ms],
    )
    .await?;
    changes::append(tx, changes::Kind::Root, &root.id.to_string(), now).await?;
    Ok(())
}

/// Every root, by label.
pub async fn list(tx: &mut Tx) -> Result<Vec<Root>> {
    tx.all(
        "SELECT id, path, label, created_ms FROM storage_root ORDER BY label, id",
        params![],
    )
    .await
}
