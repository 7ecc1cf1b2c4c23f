//! Watch folders.

use cineclub_domain::id::{FolderId, RootId};
use cineclub_domain::reason::Reason;
use cineclub_domain::time::Timestamp;

use crate::value::{params, row, words};
use crate::{Result, Tx};

words! {
    /// Whether a folder is watched.
    pub enum FolderState {
        /// It is.
        Watching = "watching",
        /// Its root can't be found, from which nothing is concluded.
        Absent = "absent",
    }
}

row! {
    /// A folder whose files are taken in.
    pub struct Folder {
        /// Its id.
        pub id: FolderId,
        /// The root it is: a watch folder is a storage root of its own.
        pub root: RootId,
        /// What staff call it.
        pub name: String,
        /// When it was added.
        pub created_ms: Timestamp,
        /// Whether it is watched.
        pub state: FolderState,
        /// For staff: why it is not, or what is strange about it.
        pub reason: Option<Reason>,
    }
}

/// Adds a folder.
///
/// # Errors
/// [`Conflict("folder_root")`](crate::Error::Conflict) if the root is watched already.
pub async fn insert(tx: &mut Tx, folder: &Folder) -> Result<()> {
    tx.execute(
        "INSERT INTO folder (id, root, name, created_ms, state, reason) VALUES ($1, $2, $3, $4, $5, $6)",
        params![folder.id, folder.root, folder.name, folder.created_ms, folder.state, folder.reason],
    )
    .await?;
    Ok(())
}

/// Says whether a folder is watched, and if not, why.
pub async fn set_state(
    tx: &mut Tx,
    id: FolderId,
    state: FolderState,
    reason: Option<&Reason>,
) -> Result<()> {
    tx.execute_one(
        "UPDATE folder SET state = $2, reason = $3 WHERE id = $1",
        params![id, state, reason],
    )
    .await
}

/// The folder with this id.
pub async fn by_id(tx: &mut Tx, id: FolderId) -> Result<Option<Folder>> {
    tx.optional(
        "SELECT id, root, name, created_ms, state, reason FROM folder WHERE id = $1",
        params![id],
    )
    .await
}

/// Every folder, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Folder>> {
    tx.all(
        "SELECT id, root, name, created_ms, state, reason FROM folder ORDER BY name, id",
        params![],
    )
    .await
}

/// Stops watching a folder. Its files, and what was made of them, stay.
pub async fn delete(tx: &mut Tx, id: FolderId) -> Result<()> {
    tx.execute_one("DELETE FROM folder WHERE id = $1", params![id])
        .await
}
