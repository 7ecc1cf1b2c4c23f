//! What every part of a running server shares: configuration, database, clock, keys, caches.

use std::sync::Arc;

use cineclub_db::Db;
use cineclub_domain::id::Entropy;
use cineclub_domain::time::{Clock, Timestamp};
use cineclub_domain::token::TokenKeys;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::catalogue::Catalogue;
use crate::config::{Config, secrets};
use crate::delivery::{Gate, Library};
use crate::error::{Error, Kind, Result};
use crate::storage::{Buckets, ObjectStore, Roots};
use crate::translations::{PageLanguage, T, Translations};

/// A running server. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    runtime: Handle,
    config: Config,
    db: Db,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    keys: TokenKeys,
    catalogue: Catalogue,
    gate: Gate,
    library: Library,
    store: ObjectStore,
    roots: Roots,
    words: T,
    hashing: Arc<Semaphore>,
    shutdown: CancellationToken,
    metrics: Option<PrometheusHandle>,
}

/// What a server is given from outside: time, chance, and where its counters are read.
pub struct Outside {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Renders the counters, where a recorder was installed.
    pub metrics: Option<PrometheusHandle>,
}

impl App {
    /// Opens the data folder and the database, and makes what a first start needs.
    ///
    /// # Errors
    /// When the configuration's folder, secrets or database can't be used; the message says why.
    pub async fn open(config: Config, outside: Outside) -> Result<Self> {
        let Outside {
            clock,
            entropy,
            metrics,
        } = outside;
        let folder = &config.data.folder;
        std::fs::create_dir_all(folder).map_err(|error| {
            Error::new(
                Kind::Unavailable,
                format!("The data folder {} can't be made.", folder.display()),
            )
            .because(error)
        })?;
        let keys = secrets::load_or_make(folder, entropy.as_ref())
            .map_err(|error| Error::new(Kind::BadInput, error.to_string()).because(error))?;
        let buckets = Buckets::open(&config.buckets)
            .map_err(|error| Error::new(Kind::BadInput, error.to_string()).because(error))?;
        let store = ObjectStore::open(&folder.join("objects"))?;
        let db = Db::connect(&cineclub_db::Settings::new(config.database_url()))
            .await
            .map_err(|error| Error::new(Kind::Unavailable, error.to_string()).because(error))?;
        Ok(Self(Arc::new(Shared {
            runtime: Handle::current(),
            library: Library::new(config.work.index_cache_bytes),
            gate: Gate::default(),
            catalogue: Catalogue::default(),
            roots: Roots::new(buckets),
            hashing: Arc::new(Semaphore::new(config.work.password_hashes)),
            shutdown: CancellationToken::new(),
            words: T::new(
                Arc::new(Translations::load(&config.service.zone)),
                PageLanguage::En,
            ),
            config,
            db,
            clock,
            entropy,
            keys,
            store,
            metrics,
        })))
    }

    /// The runtime that it was opened in, where database and jobs are. Connections have another.
    pub fn runtime(&self) -> &Handle {
        &self.0.runtime
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The source of chance.
    pub fn entropy(&self) -> &dyn Entropy {
        self.0.entropy.as_ref()
    }

    /// The keys that seal playback tokens.
    pub fn keys(&self) -> &TokenKeys {
        &self.0.keys
    }

    /// The catalogue in memory.
    pub fn catalogue(&self) -> &Catalogue {
        &self.0.catalogue
    }

    /// What has been revoked.
    pub fn gate(&self) -> &Gate {
        &self.0.gate
    }

    /// The films in use.
    pub fn library(&self) -> &Library {
        &self.0.library
    }

    /// Artwork and subtitles we made.
    pub fn store(&self) -> &ObjectStore {
        &self.0.store
    }

    /// The storage roots.
    pub fn roots(&self) -> &Roots {
        &self.0.roots
    }

    /// The words of a language. The log and the command line speak English.
    pub fn words(&self, language: PageLanguage) -> T {
        self.0.words.in_language(language)
    }

    /// Bounds how many password hashes are computed at a time.
    pub fn hashing(&self) -> &Arc<Semaphore> {
        &self.0.hashing
    }

    /// Renders the counters, where a recorder was installed.
    pub fn metrics(&self) -> Option<&PrometheusHandle> {
        self.0.metrics.as_ref()
    }

    /// Cancelled when the program is asked to stop.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }
}
