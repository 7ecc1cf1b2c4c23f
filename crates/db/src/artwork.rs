//! Artwork: the pictures of a title, kept in the object store under their hash.

use cineclub_domain::id::TitleId;
use cineclub_domain::time::Timestamp;

use crate::value::{params, row, words};
use crate::{Result, Tx, changes};

words! {
    /// What a picture is for.
    pub enum ArtworkKind {
        /// Upright, 2:3.
        Poster = "poster",
        /// Wide, behind a title page.
        Backdrop = "backdrop",
        /// Wide, for an episode.
        Still = "still",
    }
}

row! {
    /// One picture.
    pub struct Artwork {
        /// The title.
        pub title: TitleId,
        /// What it is for; a title has one of each kind.
        pub kind: ArtworkKind,
        /// The SHA-256 of its bytes, in hexadecimal.
        pub object: String,
        /// Its width, in pixels.
        pub width: u32,
        /// Its height, in pixels.
        pub height: u32,
    }
}

/// Gives a title a picture in place of the one of its kind.
pub async fn save(tx: &mut Tx, artwork: &Artwork, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO artwork (title, kind, object, width, height) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (title, kind) DO UPDATE SET object = excluded.object, width = excluded.width,
             height = excluded.height",
        params![
            artwork.title,
            artwork.kind,
            artwork.object,
            artwork.width,
            artwork.height
        ],
    )
    .await?;
    changes::append(tx, changes::Kind::Artwork, &artwork.title.to_string(), now).await?;
    Ok(())
}

/// The pictures of a title.
pub async fn of_title(tx: &mut Tx, title: TitleId) -> Result<Vec<Artwork>> {
    tx.all(
        "SELECT title, kind, object, width, height FROM artwork WHERE title = $1 ORDER BY kind",
        params![title],
    )
    .await
}

/// Every picture.
pub async fn list(tx: &mut Tx) -> Result<Vec<Artwork>> {
    tx.all(
        "SELECT title, kind, object, width, height FROM artwork ORDER BY title, kind",
        params![],
    )
    .await
}
