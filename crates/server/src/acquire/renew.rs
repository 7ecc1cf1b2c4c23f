//! Files whose index an older version of the program made: they are taken in anew.

use cineclub_db::{assets, folders, sightings};
use cineclub_media::FORMAT_VERSION;

use crate::App;

/// How many files are forgotten in one transaction: others who write wait for it.
const BATCH: u32 = 50;

/// Forgets that files with an older index were taken in, so that the next look at their folders takes them again.
/// Until then they play from an index made on the spot. Returns how many there are.
///
/// # Errors
/// When the database refuses.
pub async fn renew(app: &App) -> cineclub_db::Result<usize> {
    let version = u32::from(FORMAT_VERSION);
    let folders = app.db().read(async |tx| folders::list(tx).await).await?;
    let (mut after, mut sum) = (None, 0);
    while !app.shutdown().is_cancelled() {
        let old = app
            .db()
            .read(async |tx| assets::of_older_format(tx, version, after, BATCH).await)
            .await?;
        let Some(last) = old.last() else { break };
        (after, sum) = (Some(last.id), sum + old.len());
        let forgotten: cineclub_db::Result<()> = app
            .db()
            .write(async |tx| {
                for asset in &old {
                    for folder in folders.iter().filter(|folder| folder.root == asset.root) {
                        sightings::forget(tx, folder.id, &asset.path).await?;
                    }
                }
                Ok(())
            })
            .await;
        forgotten?;
    }
    Ok(sum)
}
