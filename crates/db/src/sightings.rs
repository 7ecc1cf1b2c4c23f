//! Sightings: files seen in watch folders that may still be growing.

use cineclub_domain::id::FolderId;
use cineclub_domain::time::Timestamp;

use crate::convert::bytes;
use crate::value::{params, row, words};
use crate::{Result, Tx};

words! {
    /// What is done about a file that was seen.
    pub enum SightingState {
        /// It is still being watched.
        Seen = "seen",
        /// A job has been made for this size and time.
        Taken = "taken",
    }
}

row! {
    /// A file seen in a watch folder.
    pub struct Sighting {
        /// The folder.
        pub folder: FolderId,
        /// Its path below it.
        pub path: String,
        /// Its size, in bytes.
        pub size_bytes: u64,
        /// Its time of modification, in milliseconds since 1970.
        pub modified_ms: i64,
        /// Since when it has had this size and time.
        pub stable_since_ms: Timestamp,
        /// When it was last seen.
        pub last_seen_ms: Timestamp,
        /// What is done about it.
        pub state: SightingState,
    }
}

impl Sighting {
    /// How long it has had this size and time, in milliseconds.
    #[must_use]
    pub fn stable_ms(&self) -> i64 {
        self.last_seen_ms.millis_since(self.stable_since_ms)
    }
}

macro_rules! columns {
    () => {
        "folder, path, size_bytes, modified_ms, stable_since_ms, last_seen_ms, state"
    };
}

/// Notes that a file was seen, and returns what is known of it. Another size or time starts it anew.
pub async fn observe(
    tx: &mut Tx,
    folder: FolderId,
    path: &str,
    size_bytes: u64,
    modified_ms: i64,
    now: Timestamp,
) -> Result<Sighting> {
    tx.one(
        concat!(
            "INSERT INTO sighting (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $5, 'seen')
             ON CONFLICT (folder, path) DO UPDATE SET
                 stable_since_ms = CASE
                     WHEN sighting.size_bytes = excluded.size_bytes AND sighting.modified_ms = excluded.modified_ms
                     THEN sighting.stable_since_ms ELSE excluded.stable_since_ms END,
                 state = CASE
                     WHEN sighting.size_bytes = excluded.size_bytes AND sighting.modified_ms = excluded.modified_ms
                     THEN sighting.state ELSE 'seen' END,
                 size_bytes = excluded.size_bytes, modified_ms = excluded.modified_ms,
                 last_seen_ms = excluded.last_seen_ms
             RETURNING ",
            columns!()
        ),
        params![folder, path, bytes(size_bytes), modified_ms, now],
    )
    .await
}

/// Notes that a job has been made for the file as it was last seen.
pub async fn take(tx: &mut Tx, folder: FolderId, path: &str) -> Result<()> {
    tx.execute_one(
        "UPDATE sighting SET state = 'taken' WHERE folder = $1 AND path = $2",
        params![folder, path],
    )
    .await
}

/// Forgets a file. What was made of it stays.
pub async fn forget(tx: &mut Tx, folder: FolderId, path: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM sighting WHERE folder = $1 AND path = $2",
        params![folder, path],
    )
    .await?;
    Ok(())
}

/// The files seen in a folder, by path.
pub async fn list(tx: &mut Tx, folder: FolderId) -> Result<Vec<Sighting>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM sighting WHERE folder = $1 ORDER BY path"
        ),
        params![folder],
    )
    .await
}
