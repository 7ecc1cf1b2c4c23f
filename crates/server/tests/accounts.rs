//! Signing up, in and out, and who becomes the owner.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests"
)]

mod support;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use cineclub_domain::account::Role;
use cineclub_domain::time::{DAY_MS, MINUTE_MS};
use cineclub_server::accounts::password::{self, Secret};
use cineclub_server::accounts::{self, NewAccount, owner, staff};
use cineclub_server::billing::vouchers::{self, NewVoucher, Vouchers};
use cineclub_server::billing::{self, Provider};
use cineclub_server::error::Kind;
use support::{PASSWORD, TestApp};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn new_account(email: &str) -> NewAccount {
    NewAccount {
        email: email.to_owned(),
        password: secret(PASSWORD),
        language: "fr".parse().unwrap(),
        territory: None,
    }
}

cineclub_db::on_both_engines! {
    async fn one_address_has_one_account_however_it_is_written(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        accounts::sign_up(&server.app, new_account("Zoe@Example.org")).await.unwrap();
        let again = accounts::sign_up(&server.app, new_account(" zoe@example.ORG ")).await.unwrap_err();
        assert_eq!(again.kind, Kind::Conflict);
        let signed = accounts::sign_in(&server.app, "ZOE@example.org", secret(PASSWORD), HOME, "").await;
        assert!(signed.is_ok());
        server.stop().await;
    }

    async fn a_thousand_wrong_passwords_from_elsewhere_do_not_lock_the_member_out(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        accounts::sign_up(&server.app, new_account("zoe@example.org")).await.unwrap();
        let (mut wrong, mut waiting) = (0, 0);
        for _ in 0..1_000 {
            match accounts::sign_in(&server.app, "zoe@example.org", secret("not this one"), ELSEWHERE, "").await {
                Err(error) if error.kind == Kind::Unauthenticated => wrong += 1,
                Err(error) if error.kind == Kind::TooManyRequests => waiting += 1,
                other => panic!("{:?}", other.map(|_| ()).map_err(|error| error.kind)),
            }
        }
        assert_eq!((wrong, waiting), (10, 990), "ten reach the hash, the rest are told to wait");
        assert!(accounts::sign_in(&server.app, "zoe@example.org", secret(PASSWORD), HOME, "").await.is_ok());
        let right = accounts::sign_in(&server.app, "zoe@example.org", secret(PASSWORD), ELSEWHERE, "").await;
        assert_eq!(right.err().map(|error| error.kind), Some(Kind::TooManyRequests));
        server.clock.advance_ms(16 * MINUTE_MS);
        assert!(accounts::sign_in(&server.app, "zoe@example.org", secret(PASSWORD), ELSEWHERE, "").await.is_ok());
        server.stop().await;
    }

    async fn of_a_hundred_guesses_at_once_no_more_reach_the_hash_than_one_by_one(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        accounts::sign_up(&server.app, new_account("zoe@example.org")).await.unwrap();
        let guesses: Vec<_> = (0..100).map(|_| {
            let app = server.app.clone();
            tokio::spawn(async move {
                accounts::sign_in(&app, "zoe@example.org", secret("not this one"), ELSEWHERE, "").await.err().unwrap().kind
            })
        }).collect();
        let mut wrong = 0;
        for guess in guesses {
            wrong += usize::from(guess.await.unwrap() == Kind::Unauthenticated);
        }
        assert_eq!(wrong, 10);
        server.stop().await;
    }

    async fn an_unknown_address_gets_the_same_words_as_a_wrong_password(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        accounts::sign_up(&server.app, new_account("zoe@example.org")).await.unwrap();
        let wrong = accounts::sign_in(&server.app, "zoe@example.org", secret("not this one"), HOME, "").await.err().unwrap();
        let nobody = accounts::sign_in(&server.app, "max@example.org", secret("not this one"), HOME, "").await.err().unwrap();
        assert_eq!((wrong.kind, wrong.message), (nobody.kind, nobody.message));
        server.stop().await;
    }

    async fn signing_out_everywhere_ends_every_session(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let account = accounts::sign_up(&server.app, new_account("zoe@example.org")).await.unwrap();
        let one = accounts::open_session(&server.app, account.clone(), "").await.unwrap();
        let two = accounts::open_session(&server.app, account.clone(), "").await.unwrap();
        accounts::sign_out(&server.app, account.id, one.session).await.unwrap();
        assert!(accounts::signed_in(&server.app, &one.token).await.unwrap().is_none());
        assert!(accounts::signed_in(&server.app, &two.token).await.unwrap().is_some());
        accounts::sign_out_everywhere(&server.app, account.id).await.unwrap();
        assert!(accounts::signed_in(&server.app, &two.token).await.unwrap().is_none());
        server.stop().await;
    }

    async fn a_session_ends_by_lying_unused_and_by_age(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let account = accounts::sign_up(&server.app, new_account("zoe@example.org")).await.unwrap();
        let unused = accounts::open_session(&server.app, account.clone(), "").await.unwrap();
        server.clock.advance_ms(31 * DAY_MS);
        assert!(accounts::signed_in(&server.app, &unused.token).await.unwrap().is_none());
        let used = accounts::open_session(&server.app, account, "").await.unwrap();
        for _ in 0..4 {
            server.clock.advance_ms(20 * DAY_MS);
            assert!(accounts::signed_in(&server.app, &used.token).await.unwrap().is_some());
        }
        server.clock.advance_ms(11 * DAY_MS);
        assert!(accounts::signed_in(&server.app, &used.token).await.unwrap().is_none());
        server.stop().await;
    }

    async fn of_twenty_racers_none_becomes_owner_without_the_hosts_code(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let code = owner::new_code(&server.app).await.unwrap();
        let racers = (0..20).map(|n| {
            let app = server.app.clone();
            async move { owner::claim(&app, "AAAA-BBBB-CCCC", new_account(&format!("racer{n}@example.org"))).await.is_ok() }
        });
        assert!(futures::future::join_all(racers).await.iter().all(|won| !won));
        assert!(owner::is_missing(&server.app).await.unwrap());
        let careless = code.to_lowercase().replace('-', " ");
        let made = owner::claim(&server.app, &careless, new_account("owner@example.org")).await.unwrap();
        assert_eq!(made.role, Role::Owner);
        let twice = owner::claim(&server.app, &code, new_account("second@example.org")).await;
        assert!(twice.is_err(), "the code is good once");
        server.stop().await;
    }

    async fn of_twenty_racers_with_the_hosts_code_exactly_one_becomes_owner(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let code = owner::new_code(&server.app).await.unwrap();
        let racers = (0..20).map(|n| {
            let (app, code) = (server.app.clone(), code.clone());
            tokio::spawn(async move { owner::claim(&app, &code, new_account(&format!("racer{n}@example.org"))).await })
        });
        let outcomes: Vec<_> = futures::future::join_all(racers).await.into_iter().map(Result::unwrap).collect();
        let losers = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        assert!(losers.clone().all(|error| error.key == Some("error-host-code")));
        assert_eq!(losers.count(), 19);
        let accounts = staff::list(&server.app, "").await.unwrap();
        assert_eq!(accounts.iter().map(|account| account.role).collect::<Vec<_>>(), [Role::Owner], "no loser is left behind");
        server.stop().await;
    }

    async fn a_wrong_code_is_refused_before_anything_is_hashed(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        owner::new_code(&server.app).await.unwrap();
        let every_turn = Arc::clone(server.app.hashing()).acquire_many_owned(4).await.unwrap();
        let refused = owner::claim(&server.app, "AAAA-BBBB-CCCC", new_account("zoe@example.org")).await;
        assert_eq!(refused.unwrap_err().key, Some("error-host-code"));
        drop(every_turn);
        server.stop().await;
    }

    async fn a_class_signs_up_from_one_network_and_a_swarm_does_not(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let sign_up = |n: u32, from| accounts::sign_up_from(&server.app, new_account(&format!("pupil{n}@example.org")), from);
        let refused = accounts::sign_up_from(&server.app, new_account("no address"), loopback).await;
        assert_eq!(refused.unwrap_err().kind, Kind::BadInput, "which counts for nothing");
        for n in 0..30 {
            sign_up(n, loopback).await.unwrap();
        }
        assert_eq!(sign_up(30, loopback).await.unwrap_err().kind, Kind::TooManyRequests);
        let form = [("email", "pupil30@example.org"), ("password", PASSWORD), ("terms", "yes")];
        let told = server.visitor().form("/sign-up", &form).await;
        assert!(told.status == 422 && told.text().contains("Many accounts were made from here"), "{}", told.status);
        assert!(accounts::sign_in(&server.app, "pupil1@example.org", secret(PASSWORD), loopback, "").await.is_ok());
        sign_up(31, HOME).await.unwrap();
        server.clock.advance_ms(16 * MINUTE_MS);
        sign_up(30, loopback).await.unwrap();
        server.stop().await;
    }

    async fn an_account_of_ones_own_does_not_pay_for_guesses_at_others(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        accounts::sign_up(&server.app, new_account("own@example.org")).await.unwrap();
        let guess = |n: u32| accounts::sign_in(&server.app, format!("victim{n}@example.org").leak(), secret("a guess"), ELSEWHERE, "");
        let own = || accounts::sign_in(&server.app, "own@example.org", secret(PASSWORD), ELSEWHERE, "");
        for n in 0..60 {
            assert_eq!(guess(n).await.err().map(|error| error.kind), Some(Kind::Unauthenticated), "guess {n}");
            if n % 12 == 0 {
                assert!(own().await.is_ok());
            }
        }
        assert_eq!(guess(60).await.err().map(|error| error.kind), Some(Kind::TooManyRequests));
        assert_eq!(own().await.err().map(|error| error.kind), Some(Kind::TooManyRequests));
        server.stop().await;
    }

    async fn a_whole_school_signs_in_from_one_network(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        accounts::sign_up(&server.app, new_account("zoe@example.org")).await.unwrap();
        for n in 0..61 {
            let signed = accounts::sign_in(&server.app, "zoe@example.org", secret(PASSWORD), HOME, "").await;
            assert!(signed.is_ok(), "the {n}th right password");
        }
        server.stop().await;
    }

    async fn a_password_that_was_set_meanwhile_lets_nobody_in_with_the_old_one(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let zoe = accounts::sign_up(&server.app, new_account("zoe@example.org")).await.unwrap().id;
        let hash = password::hash(&server.app, secret("another long password")).await.unwrap();
        for change in ["password", "closed"] {
            // The sign-in has read the old hash and waits for its turn to compute.
            let every_turn = Arc::clone(server.app.hashing()).acquire_many_owned(4).await.unwrap();
            let app = server.app.clone();
            let (old, new) = if change == "password" { (PASSWORD, hash.clone()) } else { ("another long password", hash.clone()) };
            let waiting = tokio::spawn(async move { accounts::sign_in(&app, "zoe@example.org", secret(old), HOME, "").await });
            tokio::time::sleep(Duration::from_millis(300)).await;
            let now = server.app.now();
            server.app.db().write(async |tx| {
                match change {
                    "password" => cineclub_db::accounts::set_password(tx, zoe, &new).await?,
                    _ => cineclub_db::accounts::set_disabled(tx, zoe, Some(now)).await?,
                }
                cineclub_db::sessions::delete_all(tx, zoe).await
            }).await.unwrap();
            drop(every_turn);
            let refused = waiting.await.unwrap();
            assert_eq!(refused.err().map(|error| error.kind), Some(Kind::Unauthenticated), "{change}");
            assert!(accounts::sessions(&server.app, zoe).await.unwrap().is_empty(), "{change}");
        }
        server.stop().await;
    }

    async fn a_password_is_changed_by_whoever_knows_it_and_other_devices_are_signed_out(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let account = accounts::sign_up(&server.app, new_account("zoe@example.org")).await.unwrap();
        let here = accounts::open_session(&server.app, account.clone(), "").await.unwrap();
        let there = accounts::open_session(&server.app, account.clone(), "").await.unwrap();
        let change = async |current: &str, new: &str| {
            accounts::change_password(&server.app, &account, here.session, HOME, secret(current), secret(new)).await
        };
        let wrong = change("not this one", "another long password").await.unwrap_err();
        assert_eq!((wrong.kind, wrong.key), (Kind::BadInput, Some("error-current-password")));
        let short = change(PASSWORD, "short").await.unwrap_err();
        assert_eq!(short.key, Some("error-password-short"));
        assert!(accounts::signed_in(&server.app, &there.token).await.unwrap().is_some(), "nothing has changed yet");
        change(PASSWORD, "another long password").await.unwrap();
        assert!(accounts::signed_in(&server.app, &here.token).await.unwrap().is_some());
        assert!(accounts::signed_in(&server.app, &there.token).await.unwrap().is_none());
        let revoked: Vec<cineclub_db::revocations::Revocation> = server.app.db().read(async |tx| cineclub_db::revocations::after(tx, 0).await).await
            .map_err(|error: cineclub_db::Error| error).unwrap();
        let subjects: Vec<_> = revoked.into_iter().map(|revoked| revoked.subject).collect();
        assert_eq!(subjects, [there.session.to_string()], "what plays here goes on");
        let old = accounts::sign_in(&server.app, "zoe@example.org", secret(PASSWORD), HOME, "").await;
        assert_eq!(old.err().map(|error| error.kind), Some(Kind::Unauthenticated));
        assert!(accounts::sign_in(&server.app, "zoe@example.org", secret("another long password"), HOME, "").await.is_ok());
        server.stop().await;
    }

    async fn guesses_at_the_current_password_count_as_failed_sign_ins(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let account = accounts::sign_up(&server.app, new_account("zoe@example.org")).await.unwrap();
        let here = accounts::open_session(&server.app, account.clone(), "").await.unwrap().session;
        let change = async |current: &str| {
            accounts::change_password(&server.app, &account, here, HOME, secret(current), secret("another long password")).await
        };
        for _ in 0..10 {
            assert_eq!(change("not this one").await.unwrap_err().key, Some("error-current-password"));
        }
        assert_eq!(change(PASSWORD).await.unwrap_err().kind, Kind::TooManyRequests);
        let sign_in = accounts::sign_in(&server.app, "zoe@example.org", secret(PASSWORD), HOME, "").await;
        assert_eq!(sign_in.err().map(|error| error.kind), Some(Kind::TooManyRequests));
        server.clock.advance_ms(16 * MINUTE_MS);
        change(PASSWORD).await.unwrap();
        server.stop().await;
    }

    async fn of_two_who_change_one_password_at_once_one_wins(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let account = accounts::sign_up(&server.app, new_account("zoe@example.org")).await.unwrap();
        let here = accounts::open_session(&server.app, account.clone(), "").await.unwrap().session;
        let change = async |new: &str| {
            accounts::change_password(&server.app, &account, here, HOME, secret(PASSWORD), secret(new)).await
        };
        let (one, two) = tokio::join!(change("another long password"), change("a third long password"));
        assert!(one.is_ok() != two.is_ok(), "exactly one of the two");
        server.stop().await;
    }

    async fn whoever_is_signed_in_is_served_when_their_last_use_cannot_be_noted(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let zoe = server.member("zoe@example.org", Role::Viewer).await;
        cineclub_db::testing::refuse_to_change_sessions(server.app.db()).await;
        server.clock.advance_ms(10 * MINUTE_MS);
        assert_eq!(zoe.get("/account").await.status, 200);
        server.stop().await;
    }

    async fn the_record_of_roles_says_what_each_change_found(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        server.member("owner@example.org", Role::Owner).await;
        let zoe = server.member("zoe@example.org", Role::Viewer).await.account.unwrap().id;
        for _ in 0..20 {
            let (one, two) = tokio::join!(
                staff::set_role(&server.app, None, zoe, Role::Programmer),
                staff::set_role(&server.app, None, zoe, Role::Owner)
            );
            one.and(two).unwrap();
            staff::set_role(&server.app, None, zoe, Role::Viewer).await.unwrap();
        }
        let events = server.app.db().read(async |tx| cineclub_db::events::of_subject(tx, "account", &zoe.to_string()).await).await;
        // From viewer to viewer again: what was left each time is what was found the next.
        let events: Vec<cineclub_db::events::Event> = events.map_err(|error: cineclub_db::Error| error).unwrap();
        let sorted = |mut roles: Vec<Option<String>>| { roles.sort(); roles };
        let found = sorted(events.iter().map(|event| event.from_json.clone()).collect());
        let left = sorted(events.iter().map(|event| event.to_json.clone()).collect());
        assert_eq!((events.len(), found), (60, left));
        server.stop().await;
    }

    async fn two_vouchers_that_one_account_redeems_at_once_add_up(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let plan = billing::ensure_plan(&server.app).await.unwrap().id;
        let zoe = server.member("zoe@example.org", Role::Viewer).await.account.unwrap().id;
        for round in 1..=20 {
            let new = || NewVoucher { plan, days: 30, uses: 1, expires: None, note: String::new() };
            let one = vouchers::create(&server.app, None, new()).await.unwrap();
            let two = vouchers::create(&server.app, None, new()).await.unwrap();
            let (first, second) = tokio::join!(
                Vouchers.settle(&server.app, zoe, &one),
                Vouchers.settle(&server.app, zoe, &two)
            );
            first.and(second).unwrap();
            let paid = billing::subscription(&server.app, zoe).await.unwrap().unwrap().paid_until;
            assert_eq!(paid, server.app.now().plus_millis(round * 60 * DAY_MS), "round {round}");
        }
        server.stop().await;
    }

    async fn the_last_owner_keeps_the_role(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let one = server.member("one@example.org", Role::Owner).await.account.unwrap();
        let refused = staff::set_role(&server.app, None, one.id, Role::Viewer).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Conflict);
        let still = staff::find(&server.app, "one@example.org").await.unwrap();
        assert_eq!(still.role, Role::Owner);
        let two = server.member("two@example.org", Role::Owner).await.account.unwrap();
        staff::set_closed(&server.app, two.id, one.id, true).await.unwrap();
        assert!(staff::set_closed(&server.app, two.id, two.id, true).await.is_err());
        server.stop().await;
    }

    async fn two_owners_who_take_the_role_from_each_other_leave_one(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let one = server.member("one@example.org", Role::Owner).await.account.unwrap().id;
        let two = server.member("two@example.org", Role::Owner).await.account.unwrap().id;
        for _ in 0..20 {
            staff::set_role(&server.app, None, one, Role::Owner).await.unwrap();
            staff::set_role(&server.app, None, two, Role::Owner).await.unwrap();
            let (first, second) = tokio::join!(
                staff::set_role(&server.app, None, one, Role::Viewer),
                staff::set_role(&server.app, None, two, Role::Viewer)
            );
            assert!(first.is_ok() != second.is_ok(), "exactly one of the two");
            assert!(!owner::is_missing(&server.app).await.unwrap());
        }
        server.stop().await;
    }

    async fn of_two_who_redeem_the_last_use_at_once_one_wins(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let plan = billing::ensure_plan(&server.app).await.unwrap().id;
        for round in 0..10 {
            let one = server.member(&format!("one{round}@example.org"), Role::Viewer).await.account.unwrap().id;
            let two = server.member(&format!("two{round}@example.org"), Role::Viewer).await.account.unwrap().id;
            let new = NewVoucher { plan, days: 30, uses: 1, expires: None, note: String::new() };
            let code = vouchers::create(&server.app, None, new).await.unwrap();
            let (first, second) = tokio::join!(
                Vouchers.settle(&server.app, one, &code),
                Vouchers.settle(&server.app, two, &code)
            );
            assert!(first.is_ok() != second.is_ok(), "exactly one of the two");
            let loser = first.err().or(second.err()).unwrap();
            assert_eq!((loser.kind, loser.key), (Kind::Conflict, Some("error-voucher-used")));
        }
        server.stop().await;
    }

    async fn vouchers_add_up_and_a_used_one_says_so(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let plan = billing::ensure_plan(&server.app).await.unwrap().id;
        let zoe = server.member("zoe@example.org", Role::Viewer).await.account.unwrap().id;
        let expires = Some(server.app.now().plus_millis(DAY_MS));
        let new = |uses| NewVoucher { plan, days: 30, uses, expires, note: String::new() };
        let code = vouchers::create(&server.app, None, new(5)).await.unwrap();
        let first = Vouchers.settle(&server.app, zoe, &code).await.unwrap();
        let twice = Vouchers.settle(&server.app, zoe, &code).await.unwrap_err();
        assert_eq!(twice.key, Some("error-voucher-already"));
        let max = server.member("max@example.org", Role::Viewer).await.account.unwrap().id;
        Vouchers.settle(&server.app, max, &code).await.unwrap();
        let other = vouchers::create(&server.app, None, new(1)).await.unwrap();
        let second = Vouchers.settle(&server.app, zoe, &other).await.unwrap();
        assert_eq!(second.paid_until, first.paid_until.plus_millis(30 * DAY_MS));
        assert_eq!(billing::subscription(&server.app, zoe).await.unwrap().unwrap().paid_until, second.paid_until);
        let late = vouchers::create(&server.app, None, new(1)).await.unwrap();
        server.clock.advance_ms(2 * DAY_MS);
        assert_eq!(Vouchers.settle(&server.app, zoe, &late).await.unwrap_err().key, Some("error-voucher-expired"));
        server.stop().await;
    }
}
