//! Tracks: the streams of a file, and the subtitles that lie beside it.

use cineclub_domain::id::AssetId;
use cineclub_domain::language::Language;
use cineclub_domain::title::TrackKind;

use crate::value::{params, row};
use crate::{Result, Tx};

row! {
    /// One video, audio or subtitle stream.
    pub struct Track {
        /// The file.
        pub asset: AssetId,
        /// Its number, from 1.
        pub number: u8,
        /// Video, audio or subtitle.
        pub kind: TrackKind,
        /// The codec as people say it.
        pub codec: String,
        /// The codec as RFC 6381 writes it.
        pub rfc6381: String,
        /// Its language.
        pub language: Language,
        /// main, dub, description, sdh, forced, commentary.
        pub role: String,
        /// What a viewer reads in the menu; empty if the language says enough.
        pub name: String,
        /// Width of the picture, in pixels.
        pub width: Option<u32>,
        /// Height of the picture, in lines.
        pub height: Option<u32>,
        /// Pictures a second.
        pub frame_rate: Option<f64>,
        /// Channels of sound.
        pub channels: Option<u16>,
        /// Samples a second.
        pub sample_rate: Option<u32>,
        /// For a sidecar: the SHA-256 of the stored WebVTT.
        pub sidecar: Option<String>,
    }
}

macro_rules! columns {
    () => {
        "asset, number, kind, codec, rfc6381, language, role, name, width, height, frame_rate, channels,
         sample_rate, sidecar"
    };
}

/// Makes these the file's only tracks. Call it in the transaction of [`assets::upsert`](crate::assets::upsert),
/// which notes the change.
pub async fn replace(tx: &mut Tx, asset: AssetId, tracks: &[Track]) -> Result<()> {
    delete_all(tx, asset).await?;
    for track in tracks {
        insert(tx, asset, track).await?;
    }
    Ok(())
}

async fn delete_all(tx: &mut Tx, asset: AssetId) -> Result<u64> {
    tx.execute("DELETE FROM track WHERE asset = $1", params![asset])
        .await
}

async fn insert(tx: &mut Tx, asset: AssetId, track: &Track) -> Result<()> {
    tx.execute(
        concat!(
            "INSERT INTO track (",
            columns!(),
            ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
        ),
        params![
            asset,
            track.number,
            track.kind,
            track.codec,
            track.rfc6381,
            track.language,
            track.role,
            track.name,
            track.width,
            track.height,
            track.frame_rate,
            track.channels,
            track.sample_rate,
            track.sidecar,
        ],
    )
    .await?;
    Ok(())
}

/// The tracks of a file, by number.
pub async fn of_asset(tx: &mut Tx, asset: AssetId) -> Result<Vec<Track>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM track WHERE asset = $1 ORDER BY number"
        ),
        params![asset],
    )
    .await
}

/// Every track of every file.
pub async fn list(tx: &mut Tx) -> Result<Vec<Track>> {
    tx.all(
        concat!("SELECT ", columns!(), " FROM track ORDER BY asset, number"),
        params![],
    )
    .await
}
