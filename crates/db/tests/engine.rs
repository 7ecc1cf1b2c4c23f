//! The promises of the engine itself: what is acknowledged, what is undone, what is refused.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod world;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Poll;

use cineclub_db::testing::{
    TestDb, forget_last_migration, lose_the_transaction, pretend_changed, pretend_newer,
};
use cineclub_db::{
    Db, Engine, Error, Result, Schema, Settings, Tx, accounts, changes, on_both_engines,
    settings_table,
};
use tokio::sync::Notify;
use world::{account, at};

on_both_engines! {
    async fn a_write_is_seen_by_the_next_read(database: &TestDb) {
        let account = account(1);
        database.db.write(async |tx: &mut Tx| accounts::create(tx, &account, "hash").await).await.unwrap();
        let found = database.db.read(async |tx: &mut Tx| accounts::by_id(tx, account.id).await).await.unwrap();
        assert_eq!(found, Some(account));
    }

    async fn a_write_that_fails_leaves_nothing(database: &TestDb) {
        let failed: Result<()> = database.db.write(async |tx: &mut Tx| {
            settings_table::set(tx, "a", "1").await?;
            Err(Error::NotFound)
        }).await;
        assert!(matches!(failed, Err(Error::NotFound)));
        assert_eq!(setting(&database.db, "a").await, None);
    }

    async fn a_read_cannot_write(database: &TestDb) {
        let refused = database.db.read(async |tx: &mut Tx| settings_table::set(tx, "a", "1").await).await;
        assert!(refused.is_err());
        assert_eq!(setting(&database.db, "a").await, None);
    }

    async fn a_read_sees_one_state_from_beginning_to_end(database: &TestDb) {
        let (before, after): (i64, i64) = database.db.read(async |tx: &mut Tx| -> Result<_> {
            let before = changes::latest(tx).await?;
            change(&database.db).await;
            Ok((before, changes::latest(tx).await?))
        }).await.unwrap();
        assert_eq!(before, after);
        let now: i64 = database.db.read(async |tx: &mut Tx| changes::latest(tx).await).await.unwrap();
        assert_eq!(now, before + 1, "the change did happen meanwhile");
    }

    async fn a_database_of_a_newer_program_is_refused(database: &TestDb) {
        let newer = pretend_newer(&database.db).await;
        match Db::connect(&Settings::new(database.url.clone())).await {
            Err(Error::NewerSchema { found, known }) => assert_eq!((found, known), (newer, newer - 1)),
            other => panic!("{other:?}"),
        }
    }

    async fn a_look_tells_how_the_schema_stands_and_can_write_nothing(database: &TestDb) {
        let look = async || Db::look(&Settings::new(database.url.clone())).await.unwrap().unwrap();
        assert_eq!(look().await.schema().await.unwrap(), Schema::Current);
        let refused: Result<()> = look().await.write(async |tx: &mut Tx| settings_table::set(tx, "a", "1").await).await;
        assert!(refused.is_err());
        assert_eq!(setting(&database.db, "a").await, None);
        forget_last_migration(&database.db).await;
        assert_eq!(look().await.schema().await.unwrap(), Schema::Behind(1));
        let newer = pretend_newer(&database.db).await;
        match look().await.schema().await {
            Err(Error::NewerSchema { found, .. }) => assert_eq!(found, newer),
            other => panic!("{other:?}"),
        }
    }

    async fn a_database_made_with_another_text_of_a_migration_is_refused(database: &TestDb) {
        let changed = pretend_changed(&database.db).await;
        let refused = Db::connect(&Settings::new(database.url.clone())).await;
        assert!(matches!(refused, Err(Error::ChangedMigration { version, .. }) if version == changed), "{refused:?}");
    }

    async fn opening_twice_migrates_once(database: &TestDb) {
        let second = Db::connect(&Settings::new(database.url.clone())).await.unwrap();
        change(&database.db).await;
        let seen: i64 = second.read(async |tx: &mut Tx| changes::latest(tx).await).await.unwrap();
        assert_eq!(seen, 1);
        second.close().await;
    }

    async fn many_tasks_write_at_once_and_each_has_its_number(database: &TestDb) {
        let tasks: Vec<_> = (0..200).map(|_| {
            let db = database.db.clone();
            tokio::spawn(async move { change(&db).await })
        }).collect();
        let mut numbers = Vec::new();
        for task in tasks {
            numbers.push(task.await.unwrap());
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=200).collect::<Vec<i64>>());
    }

    async fn a_write_that_is_abandoned_halfway_leaves_nothing_and_blocks_nobody(database: &TestDb) {
        let db = database.db.clone();
        let halfway = Arc::new(Notify::new());
        let reached = Arc::clone(&halfway);
        let task = tokio::spawn(async move {
            db.write(async |tx: &mut Tx| -> Result<()> {
                settings_table::set(tx, "a", "1").await?;
                halfway.notify_one();
                std::future::pending().await
            }).await
        });
        reached.notified().await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        change(&database.db).await;
        assert_eq!(setting(&database.db, "a").await, None);
    }

    // Whoever comes next on that connection could not write, or would see the state of that moment for ever.
    async fn whoever_goes_away_at_any_moment_leaves_no_transaction_open(database: &TestDb) {
        let one = with_one_connection(database).await;
        for turns in 0..100 {
            given_up_after(turns, setting(&one, "a")).await;
            change(&one).await;
            given_up_after(turns, change(&one)).await;
            let before = latest(&one).await;
            change(&database.db).await;
            assert!(latest(&one).await > before, "given up after {turns} turns: the latest is not seen");
        }
        one.close().await;
    }

    async fn a_transaction_that_ended_by_itself_does_not_freeze_its_connection(database: &TestDb) {
        let one = with_one_connection(database).await;
        lose_the_transaction(&one).await;
        let before = latest(&one).await;
        change(&database.db).await;
        assert_eq!(latest(&one).await, before + 1);
        one.close().await;
    }

    async fn a_write_that_passes_over_a_failed_statement_is_not_acknowledged(database: &TestDb) {
        let account = account(1);
        database.db.write(async |tx: &mut Tx| accounts::create(tx, &account, "hash").await).await.unwrap();
        let outcome: Result<()> = database.db.write(async |tx: &mut Tx| {
            settings_table::set(tx, "a", "1").await?;
            let _ = accounts::create(tx, &account, "hash").await;
            Ok(())
        }).await;
        assert!(matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}");
        assert_eq!(setting(&database.db, "a").await, None);
        change(&database.db).await;
    }

    async fn a_panic_inside_a_write_leaves_nothing_and_blocks_nobody(database: &TestDb) {
        let db = database.db.clone();
        let task = tokio::spawn(async move {
            db.write(async |tx: &mut Tx| -> Result<()> {
                settings_table::set(tx, "a", "1").await?;
                panic!("as a bug would")
            }).await
        });
        assert!(task.await.unwrap_err().is_panic());
        change(&database.db).await;
        assert_eq!(setting(&database.db, "a").await, None);
    }

    async fn a_closed_database_says_so(database: &TestDb) {
        let db = Db::connect(&Settings::new(database.url.clone())).await.unwrap();
        db.close().await;
        let write = db.write(async |tx: &mut Tx| settings_table::set(tx, "a", "1").await).await;
        assert!(matches!(write, Err(Error::Unavailable(_))), "{write:?}");
        let read = db.read(async |tx: &mut Tx| settings_table::list(tx).await).await;
        assert!(matches!(read, Err(Error::Unavailable(_))), "{read:?}");
    }
}

/// Makes one change and returns its number. Being spawned by a test, it also shows that writes are `Send`.
async fn change(db: &Db) -> i64 {
    db.write(async |tx: &mut Tx| changes::append(tx, changes::Kind::Title, "x", at(1)).await)
        .await
        .unwrap()
}

async fn setting(db: &Db, name: &str) -> Option<String> {
    db.read(async |tx: &mut Tx| settings_table::get(tx, name).await)
        .await
        .unwrap()
}

/// Another handle on the same database, whose readers share one connection.
async fn with_one_connection(database: &TestDb) -> Db {
    let settings = Settings::new(database.url.clone());
    Db::connect(&Settings {
        connections: 1,
        ..settings
    })
    .await
    .unwrap()
}

async fn latest(db: &Db) -> i64 {
    db.read(async |tx: &mut Tx| changes::latest(tx).await)
        .await
        .unwrap()
}

/// Goes on with `work` only so many times.
async fn given_up_after(turns: u32, work: impl Future) {
    let mut work = pin!(work);
    for _ in 0..turns {
        if poll_fn(|context| Poll::Ready(work.as_mut().poll(context).is_ready())).await {
            return;
        }
        tokio::task::yield_now().await;
    }
}

async fn two_hundred_writes(database: &TestDb, fails: fn(u32) -> bool) {
    let failed = Arc::new(AtomicU32::new(0));
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let (db, failed) = (database.db.clone(), Arc::clone(&failed));
            tokio::spawn(async move {
                let name = format!("{n}");
                let done = db
                    .write(async |tx: &mut Tx| {
                        settings_table::set(tx, &name, "1").await?;
                        if fails(n) {
                            Err(Error::NotFound)
                        } else {
                            Ok(())
                        }
                    })
                    .await;
                failed.fetch_add(u32::from(done.is_err()), Ordering::Relaxed);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(
        failed.load(Ordering::Relaxed),
        (0..200).filter(|n| fails(*n)).count() as u32
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_that_wait_on_sqlite_share_a_commit() {
    let database = TestDb::new(Engine::Sqlite).await;
    let before = database.db.write_counts();
    two_hundred_writes(&database, |_| false).await;
    let after = database.db.write_counts();
    assert_eq!(after.writes - before.writes, 200);
    let commits = after.commits - before.commits;
    assert!(commits <= 50, "{commits} commits for 200 writes");
    database.remove().await;
}

/// The control of the test above: with batches of one, the same count finds 200 commits.
#[tokio::test(flavor = "multi_thread")]
async fn without_group_commit_each_write_has_its_own() {
    let database = TestDb::with(Engine::Sqlite, |settings| Settings {
        batch_writes: 1,
        ..settings
    })
    .await;
    let before = database.db.write_counts();
    two_hundred_writes(&database, |_| false).await;
    assert_eq!(database.db.write_counts().commits - before.commits, 200);
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_undoes_nothing_of_those_it_shares_a_commit_with() {
    let database = TestDb::new(Engine::Sqlite).await;
    two_hundred_writes(&database, |n| n % 3 == 0).await;
    let kept = database
        .db
        .read(async |tx: &mut Tx| settings_table::list(tx).await)
        .await
        .unwrap();
    assert_eq!(kept.len(), (0..200).filter(|n| n % 3 != 0).count());
    assert!(
        kept.iter()
            .all(|setting| setting.name.parse::<u32>().unwrap() % 3 != 0)
    );
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_on_postgresql_is_retried_until_both_are_done() {
    let database = TestDb::new(Engine::Postgres).await;
    let db = &database.db;
    for name in ["a", "b"] {
        db.write(async |tx: &mut Tx| settings_table::set(tx, name, "").await)
            .await
            .unwrap();
    }
    let runs = AtomicU32::new(0);
    let both = tokio::sync::Barrier::new(2);
    let cross = async |first: &str, second: &str| {
        let met = AtomicBool::new(false);
        db.write(async |tx: &mut Tx| -> Result<()> {
            runs.fetch_add(1, Ordering::Relaxed);
            settings_table::set(tx, first, first).await?;
            if !met.swap(true, Ordering::Relaxed) {
                both.wait().await;
            }
            settings_table::set(tx, second, first).await
        })
        .await
    };
    let (one, other) = tokio::join!(cross("a", "b"), cross("b", "a"));
    one.unwrap();
    other.unwrap();
    assert_eq!(
        runs.load(Ordering::Relaxed),
        3,
        "one of the two was run again"
    );
    database.remove().await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    std::fs::write(
        &path,
        "Dear Sir or Madam, this is not a database. ".repeat(100),
    )
    .unwrap();
    let refused = Db::connect(&Settings::new(format!("sqlite:{}", path.display()))).await;
    assert!(refused.is_err());
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .starts_with("Dear Sir")
    );
}

#[tokio::test]
async fn a_folder_that_is_missing_and_a_server_that_is_away_are_unavailable() {
    for url in [
        "sqlite:/no/such/folder/cineclub.db",
        "postgres://nobody@127.0.0.1:1/none",
    ] {
        let refused = Db::connect(&Settings::new(url)).await;
        assert!(
            matches!(refused, Err(Error::Unavailable(_))),
            "{url}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_look_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cineclub.db");
    let settings = Settings::new(format!("sqlite:{}", path.display()));
    assert!(Db::look(&settings).await.unwrap().is_none());
    assert!(!path.exists());
    std::fs::write(&path, "").unwrap();
    let db = Db::look(&settings).await.unwrap().unwrap();
    assert_eq!(db.schema().await.unwrap(), Schema::Empty);
}
