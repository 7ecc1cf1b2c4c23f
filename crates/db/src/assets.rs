//! Assets: the files that embody edits. A file that is gone is a row that says so.

use cineclub_domain::id::{AssetId, EditId, RootId};
use cineclub_domain::reason::Reason;
use cineclub_domain::time::Timestamp;

use crate::convert::bytes;
use crate::value::{FromRow, Row, params, words};
use crate::{Result, Tx, changes};

words! {
    /// Whether an asset can be played.
    pub enum AssetState {
        /// It can.
        Ready = "ready",
        /// It is kept, but browsers can't play it.
        Waiting = "waiting",
        /// It can't be read.
        Damaged = "damaged",
        /// The file, or its root, is not there.
        Missing = "missing",
    }
}

/// A file, without its index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// The edit it embodies; none while nobody knows.
    pub edit: Option<EditId>,
    /// The file that it is another size of; none of a film of its own.
    pub rung_of: Option<AssetId>,
    /// Where it lies.
    pub root: RootId,
    /// Its path below the root.
    pub path: String,
    /// Its size, in bytes.
    pub size_bytes: u64,
    /// Its time of modification, in milliseconds since 1970.
    pub modified_ms: i64,
    /// What tells two contents apart.
    pub fingerprint: String,
    /// What our sniffer named it.
    pub container: String,
    /// Its length, in milliseconds; none if it can't be read.
    pub duration_ms: Option<i64>,
    /// Whether it can be played.
    pub state: AssetState,
    /// For staff: why it can't, or not on every screen.
    pub reason: Option<Reason>,
    /// The version of the format its index is written in.
    pub format_version: u32,
    /// When it was first written down.
    pub created: Timestamp,
    /// When its row last changed.
    pub updated: Timestamp,
}

impl FromRow for Asset {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            edit: row.get("edit")?,
            rung_of: row.get("rung_of")?,
            root: row.get("root")?,
            path: row.get("path")?,
            size_bytes: row.get("size_bytes")?,
            modified_ms: row.get("modified_ms")?,
            fingerprint: row.get("fingerprint")?,
            container: row.get("container")?,
            duration_ms: row.get("duration_ms")?,
            state: row.get("state")?,
            reason: row.get("reason")?,
            format_version: row.get("format_version")?,
            created: row.get("created_ms")?,
            updated: row.get("updated_ms")?,
        })
    }
}

macro_rules! columns {
    () => {
        "id, edit, rung_of, root, path, size_bytes, modified_ms, fingerprint, container, duration_ms, state, reason,
         format_version, created_ms, updated_ms"
    };
}

/// Adds a file with its index, or replaces what is known of the file at its place; returns the id it has.
///
/// The id, the time of creation and, where the new row has none, the edit of a file that was known and what it is another
/// size of stay.
pub async fn upsert(tx: &mut Tx, asset: &Asset, media_index: Option<&[u8]>) -> Result<AssetId> {
    let saved: Asset = tx
        .one(
            concat!(
                "INSERT INTO asset (", columns!(), ", media_index)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                 ON CONFLICT (root, path) DO UPDATE SET edit = COALESCE(excluded.edit, asset.edit),
                     rung_of = COALESCE(excluded.rung_of, asset.rung_of),
                     size_bytes = excluded.size_bytes, modified_ms = excluded.modified_ms,
                     fingerprint = excluded.fingerprint, container = excluded.container,
                     duration_ms = excluded.duration_ms, state = excluded.state, reason = excluded.reason,
                     format_version = excluded.format_version, updated_ms = excluded.updated_ms,
                     media_index = excluded.media_index
                 RETURNING ",
                columns!()
            ),
            params![
                asset.id,
                asset.edit,
                asset.rung_of,
                asset.root,
                asset.path,
                bytes(asset.size_bytes),
                asset.modified_ms,
                asset.fingerprint,
                asset.container,
                asset.duration_ms,
                asset.state,
                asset.reason,
                asset.format_version,
                asset.created,
                asset.updated,
                media_index,
            ],
        )
        .await?;
    changes::append(
        tx,
        changes::Kind::Asset,
        &saved.id.to_string(),
        asset.updated,
    )
    .await?;
    Ok(saved.id)
}

/// Says whether a file can be played, and if not, why.
pub async fn set_state(
    tx: &mut Tx,
    id: AssetId,
    state: AssetState,
    reason: Option<&Reason>,
    now: Timestamp,
) -> Result<()> {
    tx.execute_one(
        "UPDATE asset SET state = $2, reason = $3, updated_ms = $4 WHERE id = $1",
        params![id, state, reason, now],
    )
    .await?;
    changes::append(tx, changes::Kind::Asset, &id.to_string(), now).await?;
    Ok(())
}

/// Files whose index an older version than `version` made, at most `limit`, by their ids from the one behind `after` on.
/// Missing ones are left out: they are taken in anew when they are back.
pub async fn of_older_format(
    tx: &mut Tx,
    version: u32,
    after: Option<AssetId>,
    limit: u32,
) -> Result<Vec<Asset>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM asset WHERE format_version < $1 AND state <> $2 AND ($3 IS NULL OR id > $3) ORDER BY id LIMIT $4"
        ),
        params![version, AssetState::Missing, after, limit],
    )
    .await
}

/// Says which edit a file embodies, and of which file of it it is another size, if of any.
pub async fn attach(
    tx: &mut Tx,
    id: AssetId,
    edit: Option<EditId>,
    rung_of: Option<AssetId>,
    now: Timestamp,
) -> Result<()> {
    tx.execute_one(
        "UPDATE asset SET edit = $2, rung_of = $3, updated_ms = $4 WHERE id = $1",
        params![id, edit, rung_of, now],
    )
    .await?;
    changes::append(tx, changes::Kind::Asset, &id.to_string(), now).await?;
    Ok(())
}

/// Says that a file was moved to `path` below `root`; false if it is no longer known where `from` says.
///
/// # Errors
/// [`Conflict("asset_root_path")`](crate::Error::Conflict) if another is known there.
pub async fn relocate(
    tx: &mut Tx,
    from: &Asset,
    root: RootId,
    path: &str,
    now: Timestamp,
) -> Result<bool> {
    let moved = tx
        .execute(
            "UPDATE asset SET root = $4, path = $5, updated_ms = $6 WHERE id = $1 AND root = $2 AND path = $3",
            params![from.id, from.root, from.path, root, path, now],
        )
        .await?;
    if moved > 0 {
        changes::append(tx, changes::Kind::Asset, &from.id.to_string(), now).await?;
    }
    Ok(moved > 0)
}

/// The file with this id.
pub async fn by_id(tx: &mut Tx, id: AssetId) -> Result<Option<Asset>> {
    tx.optional(
        concat!("SELECT ", columns!(), " FROM asset WHERE id = $1"),
        params![id],
    )
    .await
}

/// The file at this place.
pub async fn by_path(tx: &mut Tx, root: RootId, path: &str) -> Result<Option<Asset>> {
    tx.optional(
        concat!(
            "SELECT ",
            columns!(),
            " FROM asset WHERE root = $1 AND path = $2"
        ),
        params![root, path],
    )
    .await
}

/// The files with these contents, the newest first.
pub async fn by_fingerprint(tx: &mut Tx, fingerprint: &str) -> Result<Vec<Asset>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM asset WHERE fingerprint = $1 ORDER BY created_ms DESC, id DESC"
        ),
        params![fingerprint],
    )
    .await
}

/// The files of an edit, the newest first.
pub async fn of_edit(tx: &mut Tx, edit: EditId) -> Result<Vec<Asset>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM asset WHERE edit = $1 ORDER BY created_ms DESC, id DESC"
        ),
        params![edit],
    )
    .await
}

/// The files below a root, by path.
pub async fn of_root(tx: &mut Tx, root: RootId) -> Result<Vec<Asset>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM asset WHERE root = $1 ORDER BY path"
        ),
        params![root],
    )
    .await
}

/// Every file.
pub async fn list(tx: &mut Tx) -> Result<Vec<Asset>> {
    tx.all(
        concat!("SELECT ", columns!(), " FROM asset ORDER BY created_ms, id"),
        params![],
    )
    .await
}

struct Index(Option<Vec<u8>>);

impl FromRow for Index {
    fn from_row(row: &Row) -> Result<Self> {
        row.get("media_index").map(Self)
    }
}

/// The index of a file; none if there is no such file or it has no index.
pub async fn media_index(tx: &mut Tx, id: AssetId) -> Result<Option<Vec<u8>>> {
    let found: Option<Index> = tx
        .optional("SELECT media_index FROM asset WHERE id = $1", params![id])
        .await?;
    Ok(found.and_then(|index| index.0))
}
