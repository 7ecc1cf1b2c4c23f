//! Brings a database to the schema this program knows, and refuses one that is ahead of it.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::value::{FromRow, Row, params};
use crate::{Db, Engine, Error, Result, Tx};

/// One step of the schema. Where the dialects agree there is one text, else one for each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! both {
    ($version:literal, $name:literal) => {
        Migration {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../migrations/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/", $name, ".sql")),
        }
    };
}

/// Every migration, oldest first. Published ones never change; a new one gets the next number.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "0001_dialect",
        sqlite: include_str!("../migrations/0001_dialect.sqlite.sql"),
        postgres: include_str!("../migrations/0001_dialect.postgres.sql"),
    },
    both!(2, "0002_accounts"),
    both!(3, "0003_catalogue"),
    both!(4, "0004_rights"),
    both!(5, "0005_work"),
    both!(6, "0006_plays"),
    both!(7, "0007_lookups"),
    both!(8, "0008_last_word"),
    both!(9, "0009_voucher_stop"),
    both!(10, "0010_attempt_turn"),
    both!(11, "0011_rungs"),
    both!(12, "0012_tiles"),
];

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_version (
    version BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    digest TEXT NOT NULL
)";

/// Any number will do as long as nobody else in the same database locks on it.
const LOCK: i64 = 0x0063_696E_6563_6C75;

/// How a database's schema stands to the one this program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// It has none yet.
    Empty,
    /// It lacks this many migrations.
    Behind(usize),
    /// It is the one this program knows.
    Current,
}

/// A migration the database says it has.
struct Applied {
    version: i64,
    /// The SHA-256 of its text, in hexadecimal.
    digest: String,
}

impl FromRow for Applied {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            version: row.get("version")?,
            digest: row.get("digest")?,
        })
    }
}

/// Applies what is missing from `migrations`, in one transaction.
pub(crate) async fn run(db: &Db, migrations: &[Migration]) -> Result<()> {
    db.write(async |tx| {
        if tx.engine() == Engine::Postgres {
            // CREATE TABLE IF NOT EXISTS races with itself in PostgreSQL, so nodes take turns.
            tx.execute("SELECT pg_advisory_xact_lock($1)", params![LOCK])
                .await?;
        }
        tx.script(LEDGER).await?;
        let applied = applied(tx).await?;
        check(&applied, migrations, tx.engine())?;
        for migration in missing(&applied, migrations) {
            apply(tx, migration).await?;
        }
        Ok(())
    })
    .await
}

/// What [`run`] would have to do, without doing it.
pub(crate) async fn look(db: &Db, migrations: &[Migration]) -> Result<Schema> {
    db.read(async |tx| {
        if !has_ledger(tx).await? {
            return Ok(Schema::Empty);
        }
        let applied = applied(tx).await?;
        check(&applied, migrations, tx.engine())?;
        Ok(match missing(&applied, migrations).count() {
            0 => Schema::Current,
            n => Schema::Behind(n),
        })
    })
    .await
}

async fn has_ledger(tx: &mut Tx) -> Result<bool> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'"
        }
        Engine::Postgres => {
            "SELECT COUNT(*) AS n FROM pg_tables
             WHERE schemaname = current_schema() AND tablename = 'schema_version'"
        }
    };
    Ok(tx.count(sql, params![]).await? > 0)
}

async fn applied(tx: &mut Tx) -> Result<Vec<Applied>> {
    tx.all(
        "SELECT version, digest FROM schema_version ORDER BY version",
        params![],
    )
    .await
}

fn missing<'m>(
    applied: &[Applied],
    migrations: &'m [Migration],
) -> impl Iterator<Item = &'m Migration> {
    migrations
        .iter()
        .filter(|migration| applied.iter().all(|done| done.version != migration.version))
}

fn check(applied: &[Applied], migrations: &[Migration], engine: Engine) -> Result<()> {
    let known = migrations.last().map_or(0, |migration| migration.version);
    for done in applied {
        let Some(ours) = migrations
            .iter()
            .find(|migration| migration.version == done.version)
        else {
            return Err(Error::NewerSchema {
                found: done.version,
                known,
            });
        };
        if digest(ours.sql(engine)) != done.digest {
            return Err(Error::ChangedMigration {
                version: ours.version,
                name: ours.name.to_owned(),
            });
        }
    }
    Ok(())
}

async fn apply(tx: &mut Tx, migration: &Migration) -> Result<()> {
    let sql = migration.sql(tx.engine());
    tx.script(sql).await?;
    record(tx, migration.version, migration.name, &digest(sql)).await
}

/// Notes that a migration has been applied.
pub(crate) async fn record(tx: &mut Tx, version: i64, name: &str, digest: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO schema_version (version, name, digest) VALUES ($1, $2, $3)",
        params![version, name, digest],
    )
    .await?;
    Ok(())
}

/// Makes it look as if a migration's text had been another one.
#[cfg(feature = "testing")]
pub(crate) async fn forge(tx: &mut Tx, version: i64) -> Result<()> {
    tx.execute_one(
        "UPDATE schema_version SET digest = 'another' WHERE version = $1",
        params![version],
    )
    .await
}

/// Makes it look as if a migration had not been applied.
#[cfg(feature = "testing")]
pub(crate) async fn forget(tx: &mut Tx, version: i64) -> Result<()> {
    tx.execute_one(
        "DELETE FROM schema_version WHERE version = $1",
        params![version],
    )
    .await
}

/// A digest over every migration, by which test databases of different schemas are told apart.
#[cfg(feature = "testing")]
pub(crate) fn fingerprint() -> String {
    digest(
        &MIGRATIONS
            .iter()
            .map(|migration| migration.postgres)
            .collect::<String>(),
    )
}

impl Migration {
    fn sql(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

fn digest(sql: &str) -> String {
    Sha256::digest(sql.as_bytes())
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
