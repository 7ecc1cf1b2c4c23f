//! Edits: the versions of a title.

use cineclub_domain::id::{EditId, TitleId};
use cineclub_domain::time::Timestamp;

use crate::value::{params, row};
use crate::{Result, Tx, changes};

row! {
    /// A version of a title.
    pub struct Edit {
        /// Its id.
        pub id: EditId,
        /// The title.
        pub title: TitleId,
        /// Its name; empty for the one most titles have.
        pub name: String,
    }
}

/// Adds an edit unless the title has one of that name; returns the id it has.
pub async fn upsert(tx: &mut Tx, edit: &Edit, now: Timestamp) -> Result<EditId> {
    let saved: Edit = tx
        .one(
            // The update changes nothing; it makes RETURNING give the row that was there.
            "INSERT INTO edit (id, title, name) VALUES ($1, $2, $3)
             ON CONFLICT (title, name) DO UPDATE SET name = excluded.name RETURNING id, title, name",
            params![edit.id, edit.title, edit.name],
        )
        .await?;
    if saved.id == edit.id {
        changes::append(tx, changes::Kind::Edit, &saved.id.to_string(), now).await?;
    }
    Ok(saved.id)
}

/// The edit with this id.
pub async fn by_id(tx: &mut Tx, id: EditId) -> Result<Option<Edit>> {
    tx.optional(
        "SELECT id, title, name FROM edit WHERE id = $1",
        params![id],
    )
    .await
}

/// Every edit.
pub async fn list(tx: &mut Tx) -> Result<Vec<Edit>> {
    tx.all(
        "SELECT id, title, name FROM edit ORDER BY title, name",
        params![],
    )
    .await
}
