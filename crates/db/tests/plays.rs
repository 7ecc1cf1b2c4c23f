//! Stream slots, positions and revocations.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod world;

use cineclub_db::plays::{NewPlay, Started, Which};
use cineclub_db::progress::Progress;
use cineclub_db::testing::{self, TestDb};
use cineclub_db::{Db, Error, Result, Tx, accounts, on_both_engines, plays, progress, revocations};
use cineclub_domain::id::*;
use cineclub_domain::offer::Offer;
use cineclub_domain::play::{LEASE_MS, PlayEnd};
use world::{account, at, furnish, id};

on_both_engines! {
    async fn of_a_thousand_that_start_at_once_exactly_the_limit_may(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let tries: Vec<_> = (1..=1000).map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write(async |tx: &mut Tx| plays::start(tx, &new_play(n, 1), 3, at(0)).await).await.unwrap()
            })
        }).collect();
        let mut granted = 0;
        for one in tries {
            match one.await.unwrap() {
                Started::Yes => granted += 1,
                Started::TooMany(live) => assert_eq!(live.len(), 3),
            }
        }
        assert_eq!(granted, 3);
        let live = db.read(async |tx: &mut Tx| plays::live_of(tx, account(1).id, at(0)).await).await.unwrap();
        assert_eq!(live.len(), 3);
    }

    async fn a_slot_is_kept_by_beats_and_free_when_they_stop(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        db.write(async |tx: &mut Tx| -> Result<()> {
            assert_eq!(plays::start(tx, &new_play(1, 1), 1, at(0)).await?, Started::Yes);
            assert!(matches!(plays::start(tx, &new_play(2, 1), 1, at(1)).await?, Started::TooMany(_)));
            assert_eq!(plays::start(tx, &new_play(3, 2), 1, at(1)).await?, Started::Yes, "another account");
            let beaten = plays::beat(tx, id!(PlayId, 1), account(1).id, 9_000, at(10)).await?.unwrap();
            assert_eq!((beaten.position_ms, beaten.last_beat_ms), (9_000, at(10)));
            assert_eq!(plays::beat(tx, id!(PlayId, 1), account(2).id, 0, at(10)).await?, None, "not theirs");
            let gone = at(10).plus_millis(LEASE_MS);
            assert!(matches!(plays::start(tx, &new_play(2, 1), 1, gone.plus_millis(-1)).await?, Started::TooMany(_)));
            assert_eq!(plays::start(tx, &new_play(2, 1), 1, gone).await?, Started::Yes);
            assert_eq!(plays::beat(tx, id!(PlayId, 1), account(1).id, 0, gone).await?, None, "its slot is another's");
            Ok(())
        }).await.unwrap();
    }

    async fn a_shut_account_starts_nothing(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        db.write(async |tx: &mut Tx| accounts::set_disabled(tx, account(1).id, Some(at(1))).await).await.unwrap();
        let refused = db.write(async |tx: &mut Tx| plays::start(tx, &new_play(1, 1), 3, at(1)).await).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }

    async fn plays_end_by_what_they_have_in_common_and_each_is_revoked_once(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let all = [
            (Which::Play(id!(PlayId, 1)), 1),
            (Which::Session(id!(SessionId, 1)), 2),
            (Which::Account(account(1).id), 2),
            (Which::Title(id!(TitleId, 1)), 3),
            (Which::Grant(id!(GrantId, 1)), 3),
            (Which::Asset(id!(AssetId, 1)), 3),
        ];
        for (which, expected) in all {
            let undone: Result<()> = db.write(async |tx: &mut Tx| {
                for (n, account) in [(1, 1), (2, 1), (3, 2)] {
                    assert_eq!(plays::start(tx, &new_play(n, account), 3, at(0)).await?, Started::Yes);
                }
                let ended = plays::end(tx, which, PlayEnd::Revoked, at(5)).await?;
                assert_eq!(ended.len(), expected, "{which:?}");
                assert!(ended.iter().all(|play| play.ended_ms == Some(at(5)) && play.end_reason == Some(PlayEnd::Revoked)));
                let revoked = revocations::after(tx, 0).await?;
                assert_eq!(revoked.len(), expected);
                assert_eq!(revoked[0].kind, revocations::Kind::Play);
                assert_eq!(revoked[0].expires_ms, at(1000), "as long as its token");
                assert_eq!(plays::end(tx, which, PlayEnd::Closed, at(6)).await?, [], "once");
                assert_eq!(plays::live(tx, at(5)).await?.len(), 3 - expected);
                assert_eq!(plays::beat(tx, id!(PlayId, 1), account(1).id, 0, at(6)).await?, None);
                Err(Error::NotFound)
            }).await;
            assert!(undone.is_err());
        }
    }

    async fn a_play_that_gives_no_sign_of_life_ends_and_is_revoked(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        db.write(async |tx: &mut Tx| -> Result<()> {
            plays::start(tx, &new_play(1, 1), 3, at(0)).await?;
            plays::start(tx, &new_play(2, 1), 3, at(1)).await?;
            let first = at(0).plus_millis(LEASE_MS);
            assert_eq!(plays::expire_lost(tx, first.plus_millis(-1)).await?, []);
            let lost = plays::expire_lost(tx, first).await?;
            assert_eq!((lost.len(), lost[0].id, lost[0].end_reason), (1, id!(PlayId, 1), Some(PlayEnd::Lost)));
            assert_eq!(revocations::after(tx, 0).await?[0].subject, id!(PlayId, 1).to_string());
            let play = plays::by_id(tx, id!(PlayId, 1)).await?.unwrap();
            assert_eq!(play.ended_ms, Some(first));
            Ok(())
        }).await.unwrap();
    }

    async fn revocations_come_in_order_and_matter_until_they_expire(database: &TestDb) {
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            let first = revocations::append(tx, revocations::Kind::Grant, "g", at(0), at(10)).await?;
            let second = revocations::append(tx, revocations::Kind::Title, "t", at(0), at(20)).await?;
            assert_eq!(second, first + 1);
            let after: Vec<_> = revocations::after(tx, first).await?.into_iter().map(|one| one.subject).collect();
            assert_eq!(after, ["t"]);
            assert_eq!(revocations::unexpired(tx, at(9)).await?.len(), 2);
            assert_eq!(revocations::unexpired(tx, at(10)).await?.len(), 1);
            assert_eq!(revocations::sweep(tx, at(10)).await?, 0);
            assert_eq!(revocations::sweep(tx, at(11)).await?, 1);
            Ok(())
        }).await.unwrap();
    }

    async fn a_late_position_never_replaces_a_newer_one(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let position = |title: u64, position_ms: i64, updated: i64, finished: bool| Progress {
            account: account(1).id, title: id!(TitleId, title), position_ms, duration_ms: 60_000, finished, updated_ms: at(updated),
        };
        db.write(async |tx: &mut Tx| -> Result<()> {
            assert!(progress::save(tx, &position(1, 5_000, 10, false)).await?);
            assert!(!progress::save(tx, &position(1, 1_000, 9, false)).await?);
            assert_eq!(progress::of_title(tx, account(1).id, id!(TitleId, 1)).await?, Some(position(1, 5_000, 10, false)));
            assert!(progress::save(tx, &position(1, 1_000, 11, false)).await?, "going back is a newer wish");
            assert!(progress::save(tx, &position(2, 2_000, 20, false)).await?);
            assert!(progress::save(tx, &position(3, 59_000, 30, true)).await?);
            let all = [position(3, 59_000, 30, true), position(2, 2_000, 20, false), position(1, 1_000, 11, false)];
            assert_eq!(progress::history(tx, account(1).id, 9).await?, all, "the last first");
            assert_eq!(progress::history(tx, account(1).id, 2).await?, all[..2]);
            assert_eq!(progress::history(tx, account(2).id, 9).await?, []);
            Ok(())
        }).await.unwrap();
    }
}

/// The control of the exactness above: without the write to the account's row, tasks that count and
/// then insert go past the limit on PostgreSQL, where they do not take turns by themselves.
#[tokio::test(flavor = "multi_thread")]
async fn counting_without_taking_turns_goes_past_the_limit() {
    let database = TestDb::new(cineclub_db::Engine::Postgres).await;
    furnish(&database.db).await;
    let together = std::sync::Arc::new(tokio::sync::Barrier::new(8));
    let tries: Vec<_> = (1..=8)
        .map(|n| {
            let (db, together) = (database.db.clone(), together.clone());
            tokio::spawn(async move { start_without_a_turn(&db, n, &together).await })
        })
        .collect();
    for one in tries {
        one.await.unwrap();
    }
    let live = database
        .db
        .read(async |tx: &mut Tx| plays::live_of(tx, account(1).id, at(0)).await)
        .await
        .unwrap();
    assert!(live.len() > 3, "{} live", live.len());
    database.remove().await;
}

async fn start_without_a_turn(db: &Db, n: u64, together: &tokio::sync::Barrier) {
    db.write(async |tx: &mut Tx| -> Result<()> {
        let live = plays::live_of(tx, account(1).id, at(0)).await?;
        together.wait().await;
        if live.len() < 3 {
            testing::insert_without_a_turn(tx, &new_play(n, 1), at(0)).await?;
        }
        Ok(())
    })
    .await
    .unwrap();
}

fn new_play(n: u64, account: u64) -> NewPlay {
    NewPlay {
        id: id!(PlayId, n),
        account: id!(AccountId, account),
        session: id!(SessionId, account),
        title: id!(TitleId, 1),
        asset: id!(AssetId, 1),
        grant: id!(GrantId, 1),
        offer: Offer::Subscription,
        device: "Firefox on Linux".to_owned(),
        token_until: at(1000),
        position_ms: 0,
    }
}
