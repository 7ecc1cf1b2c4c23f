//! Accounts, sessions, limits on sign-in, and what is paid for.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod world;

use cineclub_db::pages::Page;
use cineclub_db::sessions::Session;
use cineclub_db::subscriptions::NewSubscription;
use cineclub_db::vouchers::{Redeemed, Voucher};
use cineclub_db::{
    Db, Error, Result, Tx, accounts, attempts, events, host_code, on_both_engines, pages, plans,
    sessions, settings_table, subscriptions, testing, vouchers,
};
use cineclub_domain::account::Role;
use cineclub_domain::id::*;
use world::{account, at, furnish, id, plan};

on_both_engines! {
    async fn an_address_has_one_account_however_it_is_written(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let mut again = account(7);
        again.email = " VIEWER1@example.ORG ".to_owned();
        let refused = db.write(async |tx: &mut Tx| accounts::create(tx, &again, "hash").await).await.unwrap_err();
        assert!(refused.conflicts_on("account_email_key"), "{refused}");
        let found = db.read(async |tx: &mut Tx| accounts::by_email(tx, "viewer1@EXAMPLE.org").await).await.unwrap();
        let found = found.unwrap();
        assert_eq!((found.account, found.password_hash.as_str()), (account(1), "hash"));
    }

    async fn what_is_changed_about_an_account_stays(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let id = account(1).id;
        db.write(async |tx: &mut Tx| -> Result<()> {
            assert_eq!(accounts::count_owners(tx).await?, 0);
            accounts::set_password(tx, id, "other").await?;
            accounts::set_role(tx, id, Role::Owner).await?;
            assert_eq!(accounts::count_owners(tx).await?, 1);
            accounts::set_disabled(tx, id, Some(at(5))).await?;
            assert_eq!(accounts::count_owners(tx).await?, 0, "a shut account owns nothing");
            accounts::set_profile(tx, id, &"en-GB".parse().unwrap(), None, None).await
        }).await.unwrap();
        let found = db.read(async |tx: &mut Tx| accounts::by_email(tx, &account(1).email).await).await.unwrap().unwrap();
        assert_eq!(found.password_hash, "other");
        assert_eq!(found.account.role, Role::Owner);
        assert_eq!(found.account.disabled, Some(at(5)));
        assert_eq!(found.account.language.as_str(), "en-GB");
        assert_eq!((found.account.territory, found.account.age), (None, None));
        let nobody = db.write(async |tx: &mut Tx| accounts::set_password(tx, id!(AccountId, 99), "x").await).await;
        assert!(matches!(nobody, Err(Error::NotFound)));
    }

    async fn owners_who_give_it_up_at_once_take_turns_and_one_stays(database: &TestDb) {
        let db = &database.db;
        many_accounts(db, 1..9).await;
        db.write(async |tx: &mut Tx| -> Result<()> {
            for n in 1..9 {
                accounts::set_role(tx, account(n).id, Role::Owner).await?;
            }
            Ok(())
        }).await.unwrap();
        let tries: Vec<_> = (1..9).map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write(async |tx: &mut Tx| -> Result<()> {
                    accounts::take_owners_turn(tx).await?;
                    if accounts::count_owners(tx).await? > 1 {
                        accounts::set_role(tx, account(n).id, Role::Viewer).await?;
                    }
                    Ok(())
                }).await.unwrap();
            })
        }).collect();
        for one in tries {
            one.await.unwrap();
        }
        assert_eq!(db.read(async |tx: &mut Tx| accounts::count_owners(tx).await).await.unwrap(), 1);
    }

    async fn accounts_are_listed_by_address_page_by_page(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let (all, first, rest) = db.read(async |tx: &mut Tx| -> Result<_> {
            let first = accounts::list(tx, "", 1).await?;
            let rest = accounts::list(tx, &accounts::email_key(&first[0].email), 10).await?;
            Ok((accounts::list(tx, "", 10).await?, first, rest))
        }).await.unwrap();
        assert_eq!(all, [account(1), account(2)]);
        assert_eq!((first, rest), (vec![account(1)], vec![account(2)]));
    }

    async fn a_session_opens_its_account_until_it_is_over(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let session = session(1, 1);
        db.write(async |tx: &mut Tx| sessions::create(tx, &session, "secret").await).await.unwrap();
        let open = async |token: &str, now: i64| {
            db.read(async |tx: &mut Tx| sessions::by_token(tx, token, at(now)).await).await.unwrap()
        };
        assert_eq!(open("secret", 50).await, Some((session.clone(), account(1))));
        assert_eq!(open("secret", 100).await, None, "it ends at the instant it ends");
        assert_eq!(open("Secret", 50).await, None);
        db.write(async |tx: &mut Tx| accounts::set_disabled(tx, account(1).id, Some(at(40))).await).await.unwrap();
        assert!(open("secret", 39).await.is_some());
        assert_eq!(open("secret", 40).await, None, "a shut account has no sessions");
    }

    async fn sessions_are_seen_listed_and_signed_out(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        db.write(async |tx: &mut Tx| -> Result<()> {
            for (n, account) in [(1, 1), (2, 1), (3, 1), (4, 2)] {
                sessions::create(tx, &session(n, account), &format!("secret {n}")).await?;
            }
            sessions::touch(tx, id!(SessionId, 2), at(30)).await?;
            sessions::touch(tx, id!(SessionId, 2), at(20)).await?;
            let devices = sessions::list(tx, account(1).id, at(50)).await?;
            let seen: Vec<_> = devices.iter().map(|s| (s.id, s.last_seen)).collect();
            assert_eq!(seen[0], (id!(SessionId, 2), at(30)), "the last used first, and never earlier than before");
            assert_eq!(seen.len(), 3);
            assert!(!sessions::delete(tx, account(1).id, id!(SessionId, 4)).await?, "somebody else's");
            assert!(sessions::delete(tx, account(1).id, id!(SessionId, 1)).await?);
            assert_eq!(sessions::delete_all(tx, account(1).id).await?, 2);
            assert_eq!(sessions::list(tx, account(1).id, at(50)).await?, []);
            assert_eq!(sessions::list(tx, account(2).id, at(50)).await?.len(), 1);
            assert_eq!(sessions::sweep(tx, at(100)).await?, 0);
            assert_eq!(sessions::sweep(tx, at(101)).await?, 1);
            Ok(())
        }).await.unwrap();
    }

    async fn failed_sign_ins_are_counted_over_a_window(database: &TestDb) {
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            for second in [1, 2, 3, 10] {
                attempts::record(tx, "account:x", at(second)).await?;
            }
            attempts::record(tx, "network:y", at(10)).await?;
            assert_eq!(attempts::count(tx, "account:x", at(3)).await?, 2);
            attempts::clear(tx, "account:x").await?;
            assert_eq!(attempts::count(tx, "account:x", at(0)).await?, 0);
            assert_eq!(attempts::count(tx, "network:y", at(0)).await?, 1);
            assert_eq!(attempts::sweep(tx, at(11)).await?, 1);
            Ok(())
        }).await.unwrap();
    }

    async fn an_accounts_turn_is_taken_by_the_password_it_has_and_while_it_is_open(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        db.write(async |tx: &mut Tx| -> Result<()> {
            let id = account(1).id;
            accounts::take_turn(tx, id).await?;
            accounts::set_password(tx, id, "new").await?;
            assert!(accounts::take_turn_with(tx, id, "new").await?);
            assert!(!accounts::take_turn_with(tx, id, "old").await?);
            accounts::set_disabled(tx, id, Some(at(1))).await?;
            assert!(!accounts::take_turn_with(tx, id, "new").await?);
            Ok(())
        }).await.unwrap();
        let nobody = db.write(async |tx: &mut Tx| accounts::take_turn(tx, id!(AccountId, 99)).await).await;
        assert!(matches!(nobody, Err(Error::NotFound)));
    }

    async fn the_owners_code_works_once_and_only_while_it_is_the_last(database: &TestDb) {
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            assert!(!host_code::take(tx, "none", at(0)).await?);
            host_code::replace(tx, "first", at(0), at(10)).await?;
            host_code::replace(tx, "second", at(0), at(10)).await?;
            assert!(!host_code::take(tx, "first", at(1)).await?);
            assert!(!host_code::take(tx, "second", at(10)).await?, "over");
            for (code, second, good) in [("first", 1, false), ("second", 10, false), ("second", 9, true)] {
                assert_eq!(host_code::is_good(tx, code, at(second)).await?, good, "{code} at {second}");
            }
            assert!(host_code::take(tx, "second", at(9)).await?);
            assert!(!host_code::take(tx, "second", at(9)).await?, "used");
            assert!(!host_code::is_good(tx, "second", at(9)).await?, "used");
            host_code::replace(tx, "third", at(0), at(10)).await?;
            assert!(host_code::take(tx, "third", at(9)).await?);
            Ok(())
        }).await.unwrap();
    }

    async fn plans_are_kept_whole(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let mut changed = plan(1);
        changed.max_height = None;
        changed.price.minor = 999;
        let refused = db.write(async |tx: &mut Tx| -> Result<()> {
            plans::save(tx, &changed, at(1)).await?;
            plans::save(tx, &plan(2), at(1)).await?;
            assert_eq!(plans::by_id(tx, changed.id).await?, Some(changed.clone()));
            assert_eq!(plans::list(tx).await?, [plan(2), changed.clone()], "the cheapest first");
            let mut namesake = plan(3);
            namesake.name = plan(2).name;
            plans::save(tx, &namesake, at(1)).await
        }).await.unwrap_err();
        assert!(refused.conflicts_on("plan_name"), "{refused}");
    }

    async fn the_subscription_in_force_is_the_one_paid_for_longest(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        db.write(async |tx: &mut Tx| -> Result<()> {
            subscriptions::insert(tx, &subscription(1, 0, 100)).await?;
            subscriptions::insert(tx, &subscription(2, 50, 200)).await?;
            let in_force = async |tx: &mut Tx, second| -> Result<Option<SubscriptionId>> {
                Ok(subscriptions::current(tx, account(1).id, at(second)).await?.map(|s| s.id))
            };
            assert_eq!(in_force(tx, -1).await?, None);
            assert_eq!(in_force(tx, 0).await?, Some(id!(SubscriptionId, 1)));
            assert_eq!(in_force(tx, 50).await?, Some(id!(SubscriptionId, 2)));
            assert_eq!(in_force(tx, 200).await?, None, "the end is the first instant not paid for");
            subscriptions::extend(tx, id!(SubscriptionId, 2), at(300)).await?;
            subscriptions::extend(tx, id!(SubscriptionId, 2), at(250)).await?;
            let current = subscriptions::current(tx, account(1).id, at(299)).await?.unwrap();
            assert_eq!((current.paid_until, current.plan), (at(300), plan(1)), "never moved back");
            Ok(())
        }).await.unwrap();
        let mut twice = subscription(3, 0, 100);
        twice.provider_ref = "purchase 1".to_owned();
        let refused = db.write(async |tx: &mut Tx| subscriptions::insert(tx, &twice).await).await.unwrap_err();
        assert!(refused.conflicts_on("subscription_provider_provider_ref"), "{refused}");
        let mut nothing = subscription(4, 0, 100);
        nothing.plan = id!(PlanId, 99);
        let refused = db.write(async |tx: &mut Tx| subscriptions::insert(tx, &nothing).await).await;
        assert!(matches!(refused, Err(Error::MissingReference)), "{refused:?}");
    }

    async fn each_answer_to_a_voucher_code_is_the_right_one(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        db.write(async |tx: &mut Tx| -> Result<()> {
            vouchers::create(tx, &voucher(1, 1), "code").await?;
            assert_eq!(vouchers::redeem(tx, "codes", account(1).id, at(1)).await?, Redeemed::Unknown);
            assert_eq!(vouchers::redeem(tx, "code", account(1).id, at(50)).await?, Redeemed::Expired);
            assert_eq!(vouchers::redeem(tx, "code", account(1).id, at(49)).await?, Redeemed::Yes(Voucher { uses: 1, ..voucher(1, 1) }));
            assert_eq!(vouchers::redeem(tx, "code", account(1).id, at(49)).await?, Redeemed::Already);
            assert_eq!(vouchers::redeem(tx, "code", account(2).id, at(49)).await?, Redeemed::UsedUp);

            vouchers::create(tx, &voucher(2, 2), "two").await?;
            assert!(matches!(vouchers::redeem(tx, "two", account(1).id, at(1)).await?, Redeemed::Yes(_)));
            assert_eq!(vouchers::redeem(tx, "two", account(1).id, at(1)).await?, Redeemed::Already);
            assert_eq!(vouchers::by_code(tx, "two").await?.unwrap().uses, 1, "the second try gave its use back");
            assert!(matches!(vouchers::redeem(tx, "two", account(2).id, at(1)).await?, Redeemed::Yes(_)));
            assert_eq!(vouchers::list(tx).await?.len(), 2);

            vouchers::create(tx, &voucher(3, 2), "three").await?;
            assert!(matches!(vouchers::redeem(tx, "three", account(1).id, at(1)).await?, Redeemed::Yes(_)));
            assert!(vouchers::stop(tx, voucher(3, 2).id, at(2)).await?);
            assert!(!vouchers::stop(tx, voucher(3, 2).id, at(3)).await?, "it was stopped before");
            assert_eq!(vouchers::redeem(tx, "three", account(1).id, at(4)).await?, Redeemed::Already);
            assert_eq!(vouchers::redeem(tx, "three", account(2).id, at(60)).await?, Redeemed::Stopped);
            assert_eq!(vouchers::by_id(tx, voucher(3, 2).id).await?.unwrap().stopped_ms, Some(at(2)));
            Ok(())
        }).await.unwrap();
        let refused = db.write(async |tx: &mut Tx| vouchers::create(tx, &voucher(4, 1), "two").await).await.unwrap_err();
        assert!(refused.conflicts_on("voucher_code_hash"), "{refused}");
    }

    async fn the_last_use_of_a_voucher_has_one_winner_among_many(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        many_accounts(db, 3..43).await;
        db.write(async |tx: &mut Tx| vouchers::create(tx, &voucher(1, 1), "code").await).await.unwrap();
        let tries: Vec<_> = (3..43).map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write(async |tx: &mut Tx| vouchers::redeem(tx, "code", account(n).id, at(1)).await).await.unwrap()
            })
        }).collect();
        let mut answers = Vec::new();
        for one in tries {
            answers.push(one.await.unwrap());
        }
        assert_eq!(answers.iter().filter(|answer| matches!(answer, Redeemed::Yes(_))).count(), 1);
        assert_eq!(answers.iter().filter(|answer| **answer == Redeemed::UsedUp).count(), 39);
    }

    async fn one_person_clicking_twice_uses_a_voucher_once(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        db.write(async |tx: &mut Tx| vouchers::create(tx, &voucher(1, 10), "code").await).await.unwrap();
        let redeem = async || db.write(async |tx: &mut Tx| vouchers::redeem(tx, "code", account(1).id, at(1)).await).await;
        let (a, b, c) = tokio::join!(redeem(), redeem(), redeem());
        let answers = [a.unwrap(), b.unwrap(), c.unwrap()];
        assert_eq!(answers.iter().filter(|answer| matches!(answer, Redeemed::Yes(_))).count(), 1);
        let after = db.read(async |tx: &mut Tx| vouchers::by_code(tx, "code").await).await.unwrap().unwrap();
        assert_eq!(after.uses, 1);
    }

    async fn the_record_of_what_staff_did_is_kept_in_order(database: &TestDb) {
        let event = |n: u64| events::Event {
            id: id!(EventId, n),
            at_ms: at(n.try_into().unwrap()),
            actor: (n > 1).then_some(id!(AccountId, 1)),
            action: "grant.ended".to_owned(),
            subject_kind: "grant".to_owned(),
            subject: format!("{}", n % 2),
            from_json: None,
            to_json: Some("{\"a\":1}".to_owned()),
        };
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            for n in 1..=4 {
                events::append(tx, &event(n)).await?;
            }
            assert_eq!(events::of_subject(tx, "grant", "1").await?, [event(3), event(1)]);
            assert_eq!(events::latest(tx, 2).await?, [event(4), event(3)]);
            Ok(())
        }).await.unwrap();
    }

    async fn a_page_has_one_text_a_language_and_its_change_is_noticed(database: &TestDb) {
        let page = |language: &str, body: &str| Page {
            page: "terms".to_owned(),
            language: language.parse().unwrap(),
            title: "Terms".to_owned(),
            body: body.to_owned(),
            updated_ms: at(1),
            updated_by: None,
        };
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            pages::save(tx, &page("en", "old")).await?;
            pages::save(tx, &page("en", "new")).await?;
            pages::save(tx, &page("fr", "neuf")).await?;
            assert_eq!(pages::get(tx, "terms", &"en".parse().unwrap()).await?, Some(page("en", "new")));
            assert_eq!(pages::get(tx, "privacy", &"en".parse().unwrap()).await?, None);
            assert_eq!(pages::list(tx).await?, [page("en", "new"), page("fr", "neuf")]);
            let noticed = testing::changes_after(tx, 0, 10).await?;
            assert_eq!(noticed.last().unwrap().subject, "terms/fr");
            assert_eq!(noticed.len(), 3);
            Ok(())
        }).await.unwrap();
    }

    async fn a_setting_is_what_it_was_last_set_to(database: &TestDb) {
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            assert_eq!(settings_table::get(tx, "name").await?, None);
            settings_table::set(tx, "name", "a").await?;
            settings_table::set(tx, "name", "b").await?;
            assert_eq!(settings_table::get(tx, "name").await?.as_deref(), Some("b"));
            assert_eq!(settings_table::list(tx).await?.len(), 1);
            Ok(())
        }).await.unwrap();
    }

    async fn hostile_text_is_kept_as_text(database: &TestDb) {
        let hostile = ["'; DROP TABLE setting; --", "$1", "\\", "%_", "line\nline", "💿 é\u{301}", ""];
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            for (n, text) in hostile.iter().enumerate() {
                settings_table::set(tx, &n.to_string(), text).await?;
                assert_eq!(settings_table::get(tx, &n.to_string()).await?.as_deref(), Some(*text));
            }
            Ok(())
        }).await.unwrap();
    }
}

async fn many_accounts(db: &Db, numbers: std::ops::Range<u64>) {
    db.write(async |tx: &mut Tx| -> Result<()> {
        for n in numbers {
            accounts::create(tx, &account(n), "hash").await?;
        }
        Ok(())
    })
    .await
    .unwrap();
}

fn session(n: u64, account: u64) -> Session {
    Session {
        id: id!(SessionId, n),
        account: id!(AccountId, account),
        created: at(0),
        last_seen: at(0),
        expires: at(100),
        device: "Firefox on Linux".to_owned(),
    }
}

fn subscription(n: u64, started: i64, paid_until: i64) -> NewSubscription {
    NewSubscription {
        id: id!(SubscriptionId, n),
        account: id!(AccountId, 1),
        plan: id!(PlanId, 1),
        provider: "voucher".to_owned(),
        provider_ref: format!("purchase {n}"),
        started: at(started),
        paid_until: at(paid_until),
    }
}

fn voucher(n: u64, uses_max: u32) -> Voucher {
    Voucher {
        id: id!(VoucherId, n),
        plan: id!(PlanId, 1),
        days: 30,
        uses_max,
        uses: 0,
        expires_ms: Some(at(50)),
        note: "for the press".to_owned(),
        created_ms: at(0),
        stopped_ms: None,
    }
}
