//! `Db`: one handle for SQLite and PostgreSQL, with reads and writes as closures on a transaction.

use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, Postgres};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Transaction};

use crate::migrate::Schema;
use crate::settings::{Durability, Settings, Target};
use crate::writer::{Batch, Counters, WriteCounts, Writer};
use crate::{Engine, Error, Result, Tx, migrate, network_fs};

/// How often a PostgreSQL transaction is run again after a serialisation failure or a deadlock.
const ATTEMPTS: u32 = 8;

/// How long SQLite waits for another process that holds the write lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The database. Cloning gives another handle to the same connections.
#[derive(Debug, Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

#[derive(Debug)]
enum Inner {
    Sqlite {
        readers: SqlitePool,
        writer: Writer,
        counters: Arc<Counters>,
    },
    Postgres {
        pool: PgPool,
        counters: Counters,
    },
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To work with it: it is made where there is none.
    Serve,
    /// To see how it is.
    Look,
}

impl Db {
    /// Opens the database, making it and migrating it where needed.
    ///
    /// # Errors
    /// [`Error::BadUrl`], [`Error::NewerSchema`], [`Error::ChangedMigration`],
    /// [`Error::NetworkFileSystem`], or [`Error::Unavailable`] when nothing answers.
    pub async fn connect(settings: &Settings) -> Result<Self> {
        let inner = match settings.target()? {
            Target::Sqlite(path) => connect_sqlite(&path, settings, Purpose::Serve).await?,
            Target::Postgres => connect_postgres(settings, Purpose::Serve).await?,
        };
        let db = Self::of(inner);
        migrate::run(&db, migrate::MIGRATIONS).await?;
        Ok(db)
    }

    /// Opens the database to look at it and nothing else: nothing is made, migrated or written.
    /// None while SQLite's file isn't there.
    ///
    /// # Errors
    /// As [`connect`](Self::connect), but for what a migration finds: [`schema`](Self::schema) tells that.
    pub async fn look(settings: &Settings) -> Result<Option<Self>> {
        let inner = match settings.target()? {
            Target::Sqlite(path) if !path.exists() => return Ok(None),
            Target::Sqlite(path) => connect_sqlite(&path, settings, Purpose::Look).await?,
            Target::Postgres => connect_postgres(settings, Purpose::Look).await?,
        };
        Ok(Some(Self::of(inner)))
    }

    /// How the database's schema stands to the one this program knows.
    ///
    /// # Errors
    /// [`Error::NewerSchema`], [`Error::ChangedMigration`], or the engine's.
    pub async fn schema(&self) -> Result<Schema> {
        migrate::look(self, migrate::MIGRATIONS).await
    }

    fn of(inner: Inner) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match &*self.inner {
            Inner::Sqlite { .. } => Engine::Sqlite,
            Inner::Postgres { .. } => Engine::Postgres,
        }
    }

    /// Reads: the closure sees one unchanging state of the database, and cannot write.
    ///
    /// # Errors
    /// The closure's, or the engine's when no connection is to be had.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E>,
        E: From<Error>,
    {
        let mut tx = self.begin_read().await?;
        let value = work(&mut tx).await?;
        tx.roll_back().await?;
        Ok(value)
    }

    /// Writes: returns once everything the closure did will survive a power cut, or none of it happened.
    ///
    /// On PostgreSQL the closure may run several times (it is cloned, so it can't change what it
    /// captures), so it must do nothing but talk to `tx`.
    /// On SQLite everyone waits for it, so it must not wait for anything else.
    ///
    /// # Errors
    /// The closure's, in which case its writes are undone; or the engine's.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
        E: From<Error>,
    {
        let mut attempt = 1;
        loop {
            let mut tx = self.begin_write().await?;
            let (failure, again) = match work.clone()(&mut tx).await {
                Ok(value) => match tx.commit().await {
                    Ok(()) => {
                        self.count_commit();
                        return Ok(value);
                    }
                    Err(error) => {
                        let again = error.is_retryable();
                        (E::from(error), again)
                    }
                },
                Err(error) => {
                    let again = tx.wants_retry();
                    // If even this fails the connection is gone, and the work with it.
                    let _ = tx.roll_back().await;
                    (error, again)
                }
            };
            if !again || attempt == ATTEMPTS || self.engine() == Engine::Sqlite {
                return Err(failure);
            }
            tokio::time::sleep(Duration::from_millis(2 << attempt)).await;
            attempt += 1;
        }
    }

    /// How many writes were acknowledged, and how many commits that took.
    #[must_use]
    pub fn write_counts(&self) -> WriteCounts {
        match &*self.inner {
            Inner::Sqlite { counters, .. } => counters.read(),
            Inner::Postgres { counters, .. } => counters.read(),
        }
    }

    /// Finishes the writes that wait and closes every connection. Later calls get [`Error::Unavailable`].
    pub async fn close(&self) {
        match &*self.inner {
            Inner::Sqlite {
                readers, writer, ..
            } => {
                // The writer goes last, so that the write-ahead log is folded into the file.
                readers.close().await;
                writer.stop().await;
            }
            Inner::Postgres { pool, .. } => pool.close().await,
        }
    }

    async fn begin_read(&self) -> Result<Tx> {
        Ok(match &*self.inner {
            Inner::Sqlite { readers, .. } => Tx::sqlite_read(readers.begin().await?),
            Inner::Postgres { pool, .. } => {
                Tx::postgres(begin(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    pub(crate) async fn begin_write(&self) -> Result<Tx> {
        Ok(match &*self.inner {
            Inner::Sqlite { writer, .. } => Tx::sqlite_write(writer.lease().await?),
            Inner::Postgres { pool, .. } => Tx::postgres(begin(pool, "BEGIN").await?),
        })
    }

    fn count_commit(&self) {
        if let Inner::Postgres { counters, .. } = &*self.inner {
            counters.committed(1);
        }
    }
}

/// Begins in a task of its own, which ends even if nobody waits for it any more.
///
/// A `BEGIN` that is given up before it is answered is forgotten by sqlx 0.9, and its connection goes back to the pool
/// with a transaction open: read-only, if a reader hung up, and the next one who writes on it is refused.
async fn begin(pool: &PgPool, statement: &'static str) -> Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    match begun.await {
        Ok(transaction) => Ok(transaction?),
        // The program is stopping.
        Err(error) => Err(Error::Unavailable(Arc::new(error))),
    }
}

async fn connect_sqlite(path: &Path, settings: &Settings, purpose: Purpose) -> Result<Inner> {
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => {
            return Err(Error::BadUrl(
                "sqlite: needs the path of a file, this is a folder",
            ));
        }
    };
    network_fs::require_local(folder)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(purpose == Purpose::Serve)
        .synchronous(match settings.durability {
            Durability::Full => SqliteSynchronous::Full,
            Durability::Normal => SqliteSynchronous::Normal,
        })
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    // Not opened read-only for a look: the last to close a read-only database leaves its log behind.
    let options = match purpose {
        Purpose::Serve => options.journal_mode(SqliteJournalMode::Wal),
        Purpose::Look => options.pragma("query_only", "ON"),
    };
    let mut conn = sqlx::SqliteConnection::connect_with(&options).await?;
    // A file that is no database fails here, before anything waits for the writer.
    conn.ping().await?;
    let counters = Arc::new(Counters::default());
    let batch = Batch {
        writes: settings.batch_writes.max(1),
        time: settings.batch_time,
    };
    let writer = Writer::start(conn, batch, Arc::clone(&counters));
    let readers = SqlitePoolOptions::new()
        .max_connections(settings.connections.max(1))
        // After an I/O error SQLite has ended the transaction by itself, and sqlx still counts it: on that connection
        // every later read would see one and the same state.
        .before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
        .connect_lazy_with(options.pragma("query_only", "ON"));
    Ok(Inner::Sqlite {
        readers,
        writer,
        counters,
    })
}

async fn connect_postgres(settings: &Settings, purpose: Purpose) -> Result<Inner> {
    let options = PgConnectOptions::from_str(&settings.url)
        .map_err(|_| {
            Error::BadUrl("the part after postgres:// is not user:password@host:port/database")
        })?
        .application_name("cineclub")
        .disable_statement_logging();
    let options = match purpose {
        Purpose::Serve => options,
        Purpose::Look => options.options([("default_transaction_read_only", "on")]),
    };
    // The pool would go on asking a server that is not there until its own patience ends.
    sqlx::PgConnection::connect_with(&options)
        .await?
        .close()
        .await?;
    let pool = PgPoolOptions::new()
        .max_connections(settings.connections.max(1))
        .connect_with(options)
        .await?;
    Ok(Inner::Postgres {
        pool,
        counters: Counters::default(),
    })
}
