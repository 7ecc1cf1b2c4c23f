//! The change sequence: how other processes learn what to load again.

use cineclub_domain::time::Timestamp;

use crate::value::{FromRow, Row, params, row, words};
use crate::{Result, Tx};

words! {
    /// What changed.
    pub enum Kind {
        /// A title, its texts or its ids.
        Title = "title",
        /// An edit of a title.
        Edit = "edit",
        /// A file or its tracks.
        Asset = "asset",
        /// A picture.
        Artwork = "artwork",
        /// A grant.
        Grant = "grant",
        /// A hold.
        Hold = "hold",
        /// A page the owner writes.
        Page = "page",
        /// A storage root.
        Root = "root",
        /// A plan.
        Plan = "plan",
    }
}

struct Next(i64);

impl FromRow for Next {
    fn from_row(row: &Row) -> Result<Self> {
        row.get("value").map(Self)
    }
}

/// The next number of the sequence. Holds the sequence's row until the commit.
pub(crate) async fn next(tx: &mut Tx) -> Result<i64> {
    let next: Next = tx
        .one(
            "UPDATE sequence SET value = value + 1 WHERE name = 'change' RETURNING value",
            params![],
        )
        .await?;
    Ok(next.0)
}

/// Notes a change and returns its number. The functions that write call this themselves.
pub async fn append(tx: &mut Tx, kind: Kind, subject: &str, now: Timestamp) -> Result<i64> {
    let seq = next(tx).await?;
    tx.execute(
        "INSERT INTO change (seq, at_ms, kind, subject) VALUES ($1, $2, $3, $4)",
        params![seq, now, kind, subject],
    )
    .await?;
    Ok(seq)
}

/// The last number given, to a change or to a revocation.
pub async fn latest(tx: &mut Tx) -> Result<i64> {
    let next: Next = tx
        .one(
            "SELECT value FROM sequence WHERE name = 'change'",
            params![],
        )
        .await?;
    Ok(next.0)
}

struct Subject(String);

impl FromRow for Subject {
    fn from_row(row: &Row) -> Result<Self> {
        row.get("subject").map(Self)
    }
}

/// What of a kind changed after number `seq`, each once.
pub async fn subjects_after(tx: &mut Tx, kind: Kind, seq: i64) -> Result<Vec<String>> {
    let subjects: Vec<Subject> = tx
        .all(
            "SELECT DISTINCT subject FROM change WHERE seq > $1 AND kind = $2",
            params![seq, kind],
        )
        .await?;
    Ok(subjects
        .into_iter()
        .map(|Subject(subject)| subject)
        .collect())
}

row! {
    /// How far the sequence had come at one moment.
    pub struct Marks {
        /// The last change of what the catalogue holds.
        pub changed: i64,
        /// The last number given, to a change or to a revocation.
        pub latest: i64,
    }
}

/// How far the sequence has come. Revocations, which every end of a play makes, leave `changed` as it is.
pub async fn marks(tx: &mut Tx) -> Result<Marks> {
    tx.one(
        "SELECT (SELECT COALESCE(MAX(seq), 0) FROM change) AS changed, value AS latest
         FROM sequence WHERE name = 'change'",
        params![],
    )
    .await
}

/// Removes changes older than `before`, but for the last: a process that has not read the catalogue since then
/// must go on seeing that it is not the latest.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM change WHERE at_ms < $1 AND seq < (SELECT MAX(seq) FROM change)",
        params![before],
    )
    .await
}
