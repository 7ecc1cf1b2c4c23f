//! Runs a test on both engines: SQLite in a folder of its own, PostgreSQL in a database of its own.
//!
//! The server of the environment variable `CINECLUB_TEST_POSTGRES` is used; without it the
//! PostgreSQL half of every test fails, because a half that is skipped proves nothing.

use std::time::Duration;

use cineclub_domain::time::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};
use tempfile::TempDir;

use crate::changes::Kind;
use crate::plays::{self, NewPlay};
use crate::value::{FromRow, Row, params, row};
use crate::{Db, Engine, Result, Settings, Tx, migrate};

/// The environment variable that names a PostgreSQL server on which databases may be made.
pub const POSTGRES: &str = "CINECLUB_TEST_POSTGRES";

/// Any number, as long as it is the same for all tests.
const TEMPLATE_LOCK: i64 = 0x0063_696E_6574_6573;

/// A database that exists for one test.
#[derive(Debug)]
pub struct TestDb {
    /// The open database.
    pub db: Db,
    /// The URL it was opened with, for opening it again.
    pub url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(#[expect(dead_code, reason = "removes the folder when dropped")] TempDir),
    Server { name: String },
}

impl TestDb {
    /// A new database on the engine, with the schema in place.
    pub async fn new(engine: Engine) -> Self {
        Self::with(engine, |settings| settings).await
    }

    /// The same, with settings changed by `adjust`.
    pub async fn with(engine: Engine, adjust: impl FnOnce(Settings) -> Settings) -> Self {
        let (url, place) = match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let url = format!("sqlite:{}", folder.path().join("cineclub.db").display());
                (url, Place::Folder(folder))
            }
            Engine::Postgres => {
                let (url, name) = new_database().await;
                (url, Place::Server { name })
            }
        };
        let db = Db::connect(&adjust(Settings::new(url.clone())))
            .await
            .expect("a test database opens");
        Self { db, url, place }
    }

    /// Closes the database and removes it.
    pub async fn remove(self) {
        self.db.close().await;
        if let Place::Server { name } = self.place {
            let mut admin = admin().await;
            // WITH (FORCE) also parts a second `Db` that the test opened on the same database.
            run(&mut admin, format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// Runs a test on one engine; [`on_both_engines!`](crate::on_both_engines) makes two tests that call it.
pub async fn on(engine: Engine, test: impl AsyncFnOnce(&TestDb)) {
    let database = TestDb::new(engine).await;
    test(&database).await;
    database.remove().await;
}

/// Makes two tests of one story, `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both_engines {
    ($(async fn $name:ident($database:ident: &TestDb) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn story($database: &$crate::testing::TestDb) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                $crate::testing::on($crate::Engine::Sqlite, async |database| story(database).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                $crate::testing::on($crate::Engine::Postgres, async |database| story(database).await).await;
            }
        }
    )*};
}

/// Pretends that a program newer by one migration has been here.
pub async fn pretend_newer(db: &Db) -> i64 {
    let newer = migrate::MIGRATIONS.len() as i64 + 1;
    db.write(async |tx: &mut Tx| migrate::record(tx, newer, "from the future", "").await)
        .await
        .expect("a row is added");
    newer
}

/// Pretends that the last migration had another text when it was applied.
pub async fn pretend_changed(db: &Db) -> i64 {
    let last = migrate::MIGRATIONS.len() as i64;
    db.write(async |tx: &mut Tx| migrate::forge(tx, last).await)
        .await
        .expect("a row is changed");
    last
}

/// Ends the transaction of a read behind its back, as SQLite does by itself after an I/O error.
pub async fn lose_the_transaction(db: &Db) {
    let lost: Result<()> = db
        .read(async |tx: &mut Tx| tx.script("ROLLBACK").await)
        .await;
    // The engines differ in whether they mind being asked to roll back twice.
    drop(lost);
}

/// Pretends that the last migration has not been here.
pub async fn forget_last_migration(db: &Db) {
    let last = migrate::MIGRATIONS.len() as i64;
    db.write(async |tx: &mut Tx| migrate::forget(tx, last).await)
        .await
        .expect("a row is removed");
}

/// Makes the database refuse every change of a session from now on; sessions can still be read and made.
pub async fn refuse_to_change_sessions(db: &Db) {
    let refusing = match db.engine() {
        Engine::Sqlite => {
            "CREATE TRIGGER refused BEFORE UPDATE ON session BEGIN SELECT RAISE(ABORT, 'refused'); END"
        }
        Engine::Postgres => {
            "ALTER TABLE session ADD CONSTRAINT refused CHECK (last_seen_ms < 0) NOT VALID"
        }
    };
    db.write(async |tx: &mut Tx| tx.script(refusing).await)
        .await
        .expect("the schema is changed");
}

row! {
    /// One change, as the change sequence tells it.
    pub struct Change {
        /// Its number: a higher one was committed later, and none is left out.
        pub seq: i64,
        /// When it was made.
        pub at_ms: Timestamp,
        /// What kind of thing changed.
        pub kind: Kind,
        /// Which one: its id; for a page, `name/language`.
        pub subject: String,
    }
}

/// The changes after `seq`, in order, at most `limit`.
pub async fn changes_after(tx: &mut Tx, seq: i64, limit: u32) -> Result<Vec<Change>> {
    tx.all(
        "SELECT seq, at_ms, kind, subject FROM change WHERE seq > $1 ORDER BY seq LIMIT $2",
        params![seq, limit],
    )
    .await
}

/// What [`plays::start`] would be without its first write: with it the test of the limit can be seen to fail.
pub async fn insert_without_a_turn(tx: &mut Tx, new: &NewPlay, now: Timestamp) -> Result<()> {
    plays::insert(tx, new, now).await
}

/// Makes the database refuse every use of a voucher from now on; vouchers can still be read and made.
pub async fn refuse_to_use_vouchers(db: &Db) {
    let refusing = match db.engine() {
        Engine::Sqlite => {
            "CREATE TRIGGER refused BEFORE UPDATE ON voucher BEGIN SELECT RAISE(ABORT, 'refused'); END"
        }
        Engine::Postgres => "ALTER TABLE voucher ADD CONSTRAINT refused CHECK (uses < 0) NOT VALID",
    };
    db.write(async |tx: &mut Tx| tx.script(refusing).await)
        .await
        .expect("the schema is changed");
}

/// What SQLite finds wrong with its file; nothing on PostgreSQL, which has no such question.
pub async fn integrity_problems(db: &Db) -> Vec<String> {
    if db.engine() == Engine::Postgres {
        return Vec::new();
    }
    let found: Vec<Finding> = db
        .read(async |tx: &mut Tx| tx.all("PRAGMA integrity_check", Vec::new()).await)
        .await
        .expect("the file can be checked");
    found
        .into_iter()
        .map(|finding| finding.0)
        .filter(|finding| finding != "ok")
        .collect()
}

struct Finding(String);

impl FromRow for Finding {
    fn from_row(row: &Row) -> Result<Self> {
        row.get("integrity_check").map(Self)
    }
}

fn server() -> PgConnectOptions {
    let url = std::env::var(POSTGRES).unwrap_or_else(|_| {
        panic!("{POSTGRES} is not set, so nothing can be tested on PostgreSQL: run `scripts/with-postgres COMMAND`")
    });
    url.parse::<PgConnectOptions>()
        .expect("a postgres:// URL")
        .disable_statement_logging()
}

async fn admin() -> PgConnection {
    let mut waited = 0;
    loop {
        match PgConnection::connect_with(&server()).await {
            Ok(admin) => return admin,
            // Many tests at once may use up the server's connections for a moment.
            Err(error) if waited < 50 => {
                tracing::debug!(%error, "waiting for the test server");
                waited += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(error) => panic!("the server of {POSTGRES} does not answer: {error}"),
        }
    }
}

/// Makes a database from the migrated template and returns its URL and name.
async fn new_database() -> (String, String) {
    let mut admin = admin().await;
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut admin)
        .await
        .expect("the lock");
    sqlx::raw_sql("CREATE SEQUENCE IF NOT EXISTS cineclub_test")
        .execute(&mut admin)
        .await
        .expect("a sequence");
    let template = format!("cineclub_template_{}", &migrate::fingerprint()[..16]);
    let made = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(&template)
        .fetch_optional(&mut admin)
        .await
        .expect("the list of databases");
    if made.is_none() {
        let unfinished = format!("{template}_unfinished");
        run(
            &mut admin,
            format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"),
        )
        .await;
        run(&mut admin, format!("CREATE DATABASE {unfinished}")).await;
        let db = Db::connect(&Settings::new(url_of(&unfinished)))
            .await
            .expect("the template is migrated");
        db.close().await;
        run(
            &mut admin,
            format!("ALTER DATABASE {unfinished} RENAME TO {template}"),
        )
        .await;
    }
    let number: i64 = sqlx::query("SELECT nextval('cineclub_test')")
        .fetch_one(&mut admin)
        .await
        .expect("a number")
        .get(0);
    let name = format!("cineclub_test_{number}");
    run(
        &mut admin,
        format!("CREATE DATABASE {name} TEMPLATE {template}"),
    )
    .await;
    sqlx::query("SELECT pg_advisory_unlock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut admin)
        .await
        .expect("the lock");
    (url_of(&name), name)
}

/// The names are made here, of letters and digits; a database's name can't be a parameter.
async fn run(admin: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(admin)
        .await
        .expect("the test server obeys");
}

fn url_of(database: &str) -> String {
    let mut url = server().database(database).to_url_lossy();
    url.set_query(None);
    url.to_string()
}
