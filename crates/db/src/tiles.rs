//! Thumbnails of files, in sheets that are kept in the object store under their hash.

use cineclub_domain::id::AssetId;
use cineclub_domain::time::Timestamp;

use crate::value::{params, row};
use crate::{Result, Tx, changes};

row! {
    /// The thumbnails of one file's picture.
    pub struct Tiles {
        /// The file.
        pub asset: AssetId,
        /// What the file held when they were made: another content has none.
        pub fingerprint: String,
        /// Thumbnails in a line.
        pub across: u16,
        /// Lines in a sheet.
        pub down: u16,
        /// The width of one thumbnail, in pixels.
        pub width: u16,
        /// Its height, in pixels.
        pub height: u16,
        /// From one thumbnail to the next, in milliseconds.
        pub interval_ms: u32,
        /// The size of the largest sheet, in bytes.
        pub largest_bytes: i64,
        /// The SHA-256 of each sheet in hexadecimal, in order, with a space between.
        pub sheets: String,
    }
}

impl Tiles {
    /// The SHA-256 of each sheet, in order.
    pub fn objects(&self) -> impl Iterator<Item = &str> {
        self.sheets.split_whitespace()
    }
}

/// Gives a file these thumbnails in place of those it has.
pub async fn save(tx: &mut Tx, tiles: &Tiles, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO tiles (asset, fingerprint, across, down, width, height, interval_ms, largest_bytes, sheets)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (asset) DO UPDATE SET fingerprint = excluded.fingerprint, across = excluded.across, down = excluded.down, width = excluded.width,
             height = excluded.height, interval_ms = excluded.interval_ms,
             largest_bytes = excluded.largest_bytes, sheets = excluded.sheets",
        params![
            tiles.asset,
            tiles.fingerprint,
            tiles.across,
            tiles.down,
            tiles.width,
            tiles.height,
            tiles.interval_ms,
            tiles.largest_bytes,
            tiles.sheets
        ],
    )
    .await?;
    changes::append(tx, changes::Kind::Asset, &tiles.asset.to_string(), now).await?;
    Ok(())
}

/// The thumbnails of a file as it is now, if it has any.
pub async fn of_asset(tx: &mut Tx, asset: AssetId) -> Result<Option<Tiles>> {
    tx.optional(
        "SELECT tiles.asset, tiles.fingerprint, across, down, width, height, interval_ms, largest_bytes, sheets
         FROM tiles JOIN asset ON asset.id = tiles.asset AND asset.fingerprint = tiles.fingerprint
         WHERE tiles.asset = $1",
        params![asset],
    )
    .await
}
