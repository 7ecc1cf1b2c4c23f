//! The catalogue: every title, held in memory and always as new as the database.

pub mod edit;
pub mod entry;
pub mod shelf;
pub mod snapshot;

use std::ops::Deref;
use std::sync::{Arc, RwLock};

use cineclub_db::changes::{self, Marks};
use tokio::sync::Mutex;

pub use entry::{AssetEntry, Entry};
pub use shelf::Shelf;
pub use snapshot::Snapshot;

use crate::App;
use crate::error::{Error, Result};

/// The catalogue in memory. It is read again whenever something in it has changed in the database.
#[derive(Default)]
pub struct Catalogue {
    latest: RwLock<Option<Arc<Snapshot>>>,
    /// One at a time reads the catalogue; the others wait for what it finds.
    loading: Mutex<()>,
}

/// The catalogue, and how far the change sequence had come when it was found to be the latest.
pub struct Current {
    snapshot: Arc<Snapshot>,
    seen: i64,
}

impl Current {
    /// The last number of the change sequence that a decision on this catalogue takes into account:
    /// what a token is sealed with. Revocations have later numbers, or happened before the decision.
    pub fn seen(&self) -> i64 {
        self.seen
    }
}

impl Deref for Current {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl Catalogue {
    /// The catalogue as of the last committed change.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn current(&self, app: &App) -> Result<Current> {
        let marks = marks(app).await?;
        let snapshot = self.at_least(marks.changed, app).await?;
        Ok(Current {
            snapshot,
            seen: marks.latest,
        })
    }

    async fn at_least(&self, changed: i64, app: &App) -> Result<Arc<Snapshot>> {
        if let Some(snapshot) = self.known(changed) {
            return Ok(snapshot);
        }
        let _turn = self.loading.lock().await;
        if let Some(snapshot) = self.known(changed) {
            return Ok(snapshot);
        }
        let now = app.now();
        let snapshot = Arc::new(
            app.db()
                .read(async |tx| snapshot::load(tx, now, app.roots()).await)
                .await?,
        );
        if let Ok(mut latest) = self.latest.write() {
            *latest = Some(Arc::clone(&snapshot));
        }
        Ok(snapshot)
    }

    fn known(&self, changed: i64) -> Option<Arc<Snapshot>> {
        let latest = self.latest.read().ok()?;
        latest
            .as_ref()
            .filter(|snapshot| snapshot.changed >= changed)
            .cloned()
    }
}

async fn marks(app: &App) -> Result<Marks> {
    app.db()
        .read(async |tx| changes::marks(tx).await)
        .await
        .map_err(|error: cineclub_db::Error| Error::from(error))
}
