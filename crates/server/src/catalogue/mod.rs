//! The catalogue: every title, held in memory and always as new as the database.

pub mod edit;
pub mod entry;
pub mod shelf;
pub mod snapshot;

use std::sync::{Arc, RwLock};

use tokio::sync::Mutex;

pub use entry::{AssetEntry, Entry};
pub use shelf::Shelf;
pub use snapshot::Snapshot;

use crate::App;
use crate::error::{Error, Result};

/// The catalogue in memory. It is read again whenever the database's change sequence has moved.
#[derive(Default)]
pub struct Catalogue {
    latest: RwLock<Option<Arc<Snapshot>>>,
    /// One at a time reads the catalogue; the others wait for what it finds.
    loading: Mutex<()>,
}

impl Catalogue {
    /// The catalogue as of the last committed change.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn current(&self, app: &App) -> Result<Arc<Snapshot>> {
        let seq = latest_change(app).await?;
        if let Some(snapshot) = self.at_least(seq) {
            return Ok(snapshot);
        }
        let _turn = self.loading.lock().await;
        if let Some(snapshot) = self.at_least(seq) {
            return Ok(snapshot);
        }
        let now = app.now();
        let snapshot = Arc::new(
            app.db()
                .read(async |tx| snapshot::load(tx, now).await)
                .await?,
        );
        if let Ok(mut latest) = self.latest.write() {
            *latest = Some(Arc::clone(&snapshot));
        }
        Ok(snapshot)
    }

    fn at_least(&self, seq: i64) -> Option<Arc<Snapshot>> {
        let latest = self.latest.read().ok()?;
        latest
            .as_ref()
            .filter(|snapshot| snapshot.seq >= seq)
            .cloned()
    }
}

async fn latest_change(app: &App) -> Result<i64> {
    app.db()
        .read(async |tx| cineclub_db::changes::latest(tx).await)
        .await
        .map_err(|error: cineclub_db::Error| Error::from(error))
}
