//! What a viewer who presses play is promised, on both databases: the right bytes, as long as they may.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests"
)]

mod delivery_support;
mod support;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use cineclub_db::{Engine, attempts, revocations, sessions, testing};
use cineclub_domain::account::Role;
use cineclub_domain::decide::Screen;
use cineclub_domain::grant::{Grant, Protection};
use cineclub_domain::language::LanguageRule;
use cineclub_domain::time::DAY_MS;
use cineclub_server::delivery::plays::{self, Answer, Asker};
use cineclub_server::{accounts, delivery, housekeeping, rights};
use delivery_support::Film;
use serde_json::{Value, json};
use support::{Browser, Reply, TestApp};

/// One story, told on both engines.
macro_rules! stories {
    ($(async fn $name:ident($app:ident: &TestApp) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn story($app: &TestApp) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                tell(Engine::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                tell(Engine::Postgres).await;
            }

            async fn tell(engine: Engine) {
                let app = TestApp::start(engine).await;
                story(&app).await;
                app.stop().await;
            }
        }
    )*};
}

async fn film(app: &TestApp, slug: &str) -> Film {
    Film::make(
        &app.app,
        app.folder.path(),
        slug,
        cineclub_media::example_film(),
    )
    .await
}

async fn press_play(browser: &Browser, slug: &str) -> Reply {
    browser
        .post_json(
            &format!("/api/v1/titles/{slug}/play"),
            &json!({"device": {"name": "A test"}}),
        )
        .await
}

async fn playing(browser: &Browser, slug: &str) -> Value {
    let reply = press_play(browser, slug).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    reply.json()
}

/// The address of something of the play: `1/0.m4s`.
fn media(play: &Value, what: &str) -> String {
    let manifest = play["manifest"].as_str().unwrap();
    format!("{}/{what}", manifest.strip_suffix("/master.m3u8").unwrap())
}

/// Another browser of the same account.
async fn other_browser(app: &TestApp, browser: &Browser) -> Browser {
    let account = browser.account.clone().unwrap();
    let signed = accounts::open_session(&app.app, account, "other")
        .await
        .unwrap();
    let mut other = browser.clone();
    other.cookie = Some(format!("session={}", signed.token));
    other
}

stories! {
    async fn a_play_brings_every_byte_from_playlist_to_last_segment(app: &TestApp) {
        let texts = [("fr", "WEBVTT\n\n00:01.000 --> 00:02.000\nBonjour\n"), ("de", "WEBVTT\n")];
        let film = Film::with_subtitles(&app.app, app.folder.path(), "bunny", cineclub_media::example_film(), &texts).await;
        let viewer = app.subscriber("v@example.org").await;
        let play = playing(&viewer, "bunny").await;
        assert_eq!((&play["duration_ms"], &play["beat_seconds"], &play["attribution"]), (&json!(10_000), &json!(15), &json!("© Films du Cap")));
        // No cookie: the address carries the permission.
        let anyone = app.visitor();
        let master = anyone.get(play["manifest"].as_str().unwrap()).await;
        assert_eq!((master.status, master.header("content-type")), (StatusCode::OK, "application/vnd.apple.mpegurl"));
        assert!(master.text().contains("1/index.m3u8") && master.text().contains("2/index.m3u8"), "{}", master.text());
        assert!(!master.text().contains("3/index.m3u8"), "the grant covers French subtitles alone");
        assert_eq!(anyone.get(&media(&play, "3/text.vtt")).await.status, StatusCode::NOT_FOUND);
        let text = anyone.get(&media(&play, "2/text.vtt")).await;
        assert!(text.text().contains("Bonjour"), "{}", text.text());
        let list = anyone.get(&media(&play, "1/index.m3u8")).await.text();
        let init = anyone.get(&media(&play, "1/init.mp4")).await;
        assert_eq!((init.status, init.header("content-type")), (StatusCode::OK, "video/mp4"));
        let segments: Vec<_> = list.lines().filter(|line| line.ends_with(".m4s")).collect();
        assert!(!segments.is_empty(), "{list}");
        for (n, name) in segments.iter().enumerate() {
            let reply = anyone.get(&media(&play, &format!("1/{name}"))).await;
            assert_eq!(reply.status, StatusCode::OK);
            assert_eq!(reply.body, film.segment(1, n as u32), "segment {n}");
            assert_eq!(reply.header("content-length"), reply.body.len().to_string());
            assert!(reply.header("cache-control").starts_with("private"));
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
            assert_eq!(reply.header("access-control-allow-origin"), "");
        }
        let keys = anyone.get(&media(&play, "1/keys.m3u8")).await.text();
        assert!(keys.contains("#EXT-X-I-FRAMES-ONLY") && keys.contains("\nk0.m4s\n"), "{keys}");
        let key = anyone.get(&media(&play, "1/k0.m4s")).await;
        let whole = anyone.get(&media(&play, "1/0.m4s")).await;
        assert_eq!((key.status, key.header("content-type")), (StatusCode::OK, "video/mp4"));
        assert!(key.body.len() < whole.body.len() && key.header("etag") != whole.header("etag"));
        let manifest = anyone.get(play["manifest_dash"].as_str().unwrap()).await;
        assert_eq!((manifest.status, manifest.header("content-type")), (StatusCode::OK, "application/dash+xml"));
        let manifest = manifest.text();
        assert!(manifest.contains("1/$Number$.m4s") && manifest.contains("2/text.vtt"), "{manifest}");
        assert!(!manifest.contains("3/text.vtt"), "the grant covers French subtitles alone");
        for nothing in [format!("1/{}.m4s", segments.len()), "9/0.m4s".into(), "1/00.m4s".into(), "1/film.mp4".into(), "x/0.m4s".into()] {
            assert_eq!(anyone.get(&media(&play, &nothing)).await.status, StatusCode::NOT_FOUND, "{nothing}");
        }
    }

    async fn chapters_go_to_who_may_play_and_staff_see_how_many(app: &TestApp) {
        let list = b"\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\x62\x5A\0\x07Two <b>";
        let made = cineclub_media::example_with_chapters(list);
        Film::make(&app.app, app.folder.path(), "bunny", made).await;
        film(app, "plain").await;
        let viewer = app.subscriber("v@example.org").await;
        let play = playing(&viewer, "bunny").await;
        let address = play["chapters"].as_str().unwrap();
        let anyone = app.visitor();
        assert!(anyone.get(&media(&play, "master.m3u8")).await.text().contains("URI=\"chapters.json\""));
        assert_eq!(address, media(&play, "chapters.json"), "beside the playlist that names it");
        let reply = anyone.get(address).await;
        assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, "application/json"));
        let named = json!([{"language": "und", "title": "Two <b>"}]);
        let expected = json!([
            {"chapter": 1, "start-time": 0.0, "duration": 4.0, "titles": []},
            {"chapter": 2, "start-time": 4.0, "duration": 6.0, "titles": named},
        ]);
        assert_eq!(reply.json(), expected);
        viewer.post_json(play["end"].as_str().unwrap(), &json!({})).await;
        for nothing in [address, "/media/forged/chapters.json"] {
            let refused = anyone.get(nothing).await;
            assert!(!refused.status.is_success() && !refused.text().contains("Two"), "{}", refused.text());
        }
        let plain = playing(&viewer, "plain").await;
        assert_eq!(anyone.get(plain["chapters"].as_str().unwrap()).await.json(), json!([]));
        let staff = app.member("p@example.org", Role::Programmer).await;
        let page = async |slug: &str| staff.get(&format!("/admin/titles/{slug}")).await.text();
        assert!(page("bunny").await.contains("2 chapters"));
        assert!(!page("plain").await.contains(" chapters"));
    }

    async fn thumbnails_are_seen_by_who_may_see_the_picture_in_the_clear(app: &TestApp) {
        let film = film(app, "bunny").await;
        let owner = app.member("o@example.org", Role::Owner).await.account.unwrap().id;
        let viewer = app.subscriber("v@example.org").await;
        let before = playing(&viewer, "bunny").await;
        let anyone = app.visitor();
        assert_eq!(anyone.get(&media(&before, "tiles/index.m3u8")).await.status, StatusCode::NOT_FOUND);
        assert!(!anyone.get(&media(&before, "master.m3u8")).await.text().contains("tiles"));
        let sheets: Vec<_> = [b"\xFF\xD8 one", b"\xFF\xD8 two"].map(|sheet| app.app.store().put(sheet).unwrap()).to_vec();
        let (now, asset) = (app.app.now(), film.asset);
        let give = async |tx: &mut cineclub_db::Tx| {
            let fingerprint = cineclub_db::assets::by_id(tx, asset).await?.unwrap().fingerprint;
            let sheets = sheets.join(" ");
            let tiles = cineclub_db::tiles::Tiles { asset, fingerprint, across: 2, down: 2, width: 160, height: 90, interval_ms: 1500, largest_bytes: 6, sheets };
            cineclub_db::tiles::save(tx, &tiles, now).await
        };
        app.app.db().write(give).await.unwrap();
        let play = playing(&viewer, "bunny").await;
        let master = anyone.get(&media(&play, "master.m3u8")).await.text();
        assert!(master.contains("#EXT-X-IMAGE-STREAM-INF") && master.contains("URI=\"tiles/index.m3u8\""), "{master}");
        assert!(anyone.get(&media(&play, "manifest.mpd")).await.text().contains("tiles/$Number$.jpg"));
        let list = anyone.get(&media(&play, "tiles/index.m3u8")).await;
        assert_eq!((list.status, list.header("content-type")), (StatusCode::OK, "application/vnd.apple.mpegurl"));
        assert!(list.text().contains("\n0.jpg\n") && list.text().contains("\n1.jpg\n"), "{}", list.text());
        let sheet = anyone.get(&media(&play, "tiles/1.jpg")).await;
        assert_eq!((sheet.status, sheet.header("content-type"), &sheet.body[..]), (StatusCode::OK, "image/jpeg", &b"\xFF\xD8 two"[..]));
        for nothing in ["tiles/2.jpg", "tiles/01.jpg", "tiles/x.jpg", "tiles/0.png", "tiles/"] {
            assert_eq!(anyone.get(&media(&play, nothing)).await.status, StatusCode::NOT_FOUND, "{nothing}");
        }
        // What may leave encrypted alone has no picture in the clear, however small.
        let guarded = Grant { protection: Protection::Encrypted, ..film.grant.clone() };
        rights::grants::change(&app.app, owner, &guarded).await.unwrap();
        let play = playing(&viewer, "bunny").await;
        assert!(!anyone.get(&media(&play, "master.m3u8")).await.text().contains("tiles"));
        for nothing in ["tiles/index.m3u8", "tiles/0.jpg"] {
            assert_eq!(anyone.get(&media(&play, nothing)).await.status, StatusCode::NOT_FOUND, "{nothing}");
        }
        viewer.post_json(play["end"].as_str().unwrap(), &json!({})).await;
        assert_eq!(anyone.get(&media(&play, "tiles/0.jpg")).await.status, StatusCode::GONE);
    }

    async fn the_file_as_it_is_goes_to_who_may_have_all_of_it_and_to_nobody_else(app: &TestApp) {
        let owner = app.member("o@example.org", Role::Owner).await.account.unwrap().id;
        let viewer = app.subscriber("v@example.org").await;
        let anyone = app.visitor();
        let texts = [("fr", "WEBVTT\n\n00:01.000 --> 00:02.000\nBonjour\n"), ("de", "WEBVTT\n")];
        let made = cineclub_media::example_film();
        let film = Film::with_subtitles(&app.app, app.folder.path(), "bunny", made.clone(), &texts).await;
        let terms = async |downloads: bool, change: fn(&mut Grant)| {
            let mut grant = film.grant.clone();
            (grant.limits.downloads, grant.subtitles) = (downloads, LanguageRule::All);
            change(&mut grant);
            rights::grants::change(&app.app, owner, &grant).await.unwrap();
            let play = playing(&viewer, "bunny").await;
            let reply = anyone.get(&media(&play, "original")).await;
            assert_eq!(play["original"].is_null(), reply.status == StatusCode::NOT_FOUND, "what is offered is what is given");
            (play, reply)
        };
        let unchanged: fn(&mut Grant) = |_| {};
        assert_eq!(terms(true, unchanged).await.1.status, StatusCode::NOT_FOUND, "the plan has no downloads");
        let plan = cineclub_server::billing::ensure_plan(&app.app).await.unwrap();
        let plan = cineclub_domain::plan::Plan { downloads: true, ..plan };
        let now = app.app.now();
        app.app.db().write(async |tx| cineclub_db::plans::save(tx, &plan, now).await).await.unwrap();
        assert_eq!(terms(false, unchanged).await.1.status, StatusCode::NOT_FOUND, "the grant has no downloads");
        let less: [fn(&mut Grant); 2] = [
            |grant| grant.subtitles = LanguageRule::Only(vec!["fr".parse().unwrap()]),
            |grant| grant.protection = Protection::Encrypted,
        ];
        for less in less {
            assert_eq!(terms(true, less).await.1.status, StatusCode::NOT_FOUND, "less than all");
        }
        let (play, reply) = terms(true, unchanged).await;
        let told = (reply.status, reply.header("content-type"), reply.header("content-disposition"));
        assert_eq!(told, (StatusCode::OK, "video/mp4", "attachment"));
        assert_eq!(reply.body, made);
        assert_eq!((&play["original"]["name"], &play["original"]["bytes"]), (&json!("bunny (2024).mp4"), &json!(made.len())));
        let address = play["original"]["url"].as_str().unwrap();
        let tag = reply.header("etag").to_owned();
        let ask = async |headers: &[(&str, &str)]| anyone.send(Method::GET, address, headers, Body::empty()).await;
        let part = ask(&[("range", "bytes=100-199"), ("if-range", &tag)]).await;
        assert_eq!((part.status, &part.body[..]), (StatusCode::PARTIAL_CONTENT, &made[100..200]));
        assert_eq!(ask(&[("if-none-match", &tag)]).await.status, StatusCode::NOT_MODIFIED);
        viewer.post_json(play["end"].as_str().unwrap(), &json!({})).await;
        assert_eq!(ask(&[]).await.status, StatusCode::GONE);

        // Something is in the file that nobody was asked about: a track that isn't played, and so isn't in the catalogue.
        let forget = async |tx: &mut cineclub_db::Tx| {
            let mut tracks = cineclub_db::tracks::of_asset(tx, film.asset).await?;
            tracks.retain(|track| track.number != 1);
            cineclub_db::tracks::replace(tx, film.asset, &tracks).await?;
            revocations::append(tx, revocations::Kind::Asset, &film.asset.to_string(), now, now.plus_millis(DAY_MS)).await
        };
        app.app.db().write(forget).await.unwrap();
        assert_eq!(terms(true, unchanged).await.1.status, StatusCode::NOT_FOUND, "a track that nobody was asked about");
    }

    async fn a_screen_is_given_what_it_plays_and_told_what_it_does_not(app: &TestApp) {
        let film = film(app, "bunny").await;
        let viewer = app.subscriber("v@example.org").await;
        let ask = async |codecs: &[&str]| {
            let body = json!({"device": {"name": "A test", "codecs": codecs}});
            viewer.post_json("/api/v1/titles/bunny/play", &body).await
        };
        let usual = ["avc1.640028", "mp4a.40.2"];
        assert_eq!(ask(&usual).await.status, StatusCode::OK);
        film.recode(&app.app, "hevc", "hvc1.2.4.L120.90").await;
        let refused = ask(&usual).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.json()["detail"].as_str().unwrap().contains("doesn’t play HEVC"), "{}", refused.text());
        assert_eq!(ask(&["hvc1.1.6.L120.B0"]).await.status, StatusCode::FORBIDDEN, "eight bits are not ten");
        assert_eq!(ask(&["hvc1.2.4.L120.B0"]).await.status, StatusCode::OK);
        playing(&viewer, "bunny").await;
    }

    async fn a_film_indexed_by_an_older_version_plays_before_it_is_read_anew(app: &TestApp) {
        let film = film(app, "bunny").await;
        let viewer = app.subscriber("v@example.org").await;
        let expected = film.segment(1, 0);
        film.age(&app.app).await;
        let play = playing(&viewer, "bunny").await;
        assert_eq!(app.visitor().get(&media(&play, "1/0.m4s")).await.body, expected);
    }

    async fn parts_conditions_and_head_follow_the_standard(app: &TestApp) {
        let film = film(app, "bunny").await;
        let play = playing(&app.subscriber("v@example.org").await, "bunny").await;
        let address = media(&play, "1/0.m4s");
        let ask = async |method: Method, headers: &[(&str, &str)]| app.visitor().send(method, &address, headers, Body::empty()).await;
        let whole = film.segment(1, 0);
        let full = ask(Method::GET, &[]).await;
        let tag = full.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");

        let part = ask(Method::GET, &[("range", "bytes=10-29")]).await;
        assert_eq!((part.status, &part.body[..]), (StatusCode::PARTIAL_CONTENT, &whole[10..30]));
        assert_eq!(part.header("content-range"), format!("bytes 10-29/{}", whole.len()));
        let tail = ask(Method::GET, &[("range", "bytes=-5"), ("if-range", &tag)]).await;
        assert_eq!(tail.body, whole[whole.len() - 5..]);
        assert_eq!(ask(Method::GET, &[("range", "bytes=0-1"), ("if-range", "\"old\"")]).await.body, whole);
        assert_eq!(ask(Method::GET, &[("range", "bytes=0-1,4-5")]).await.body, whole);
        let beyond = ask(Method::GET, &[("range", "bytes=99999999-")]).await;
        assert_eq!((beyond.status, beyond.body.len()), (StatusCode::RANGE_NOT_SATISFIABLE, 0));
        assert_eq!(beyond.header("content-range"), format!("bytes */{}", whole.len()));

        let unchanged = ask(Method::GET, &[("if-none-match", &tag)]).await;
        assert_eq!((unchanged.status, unchanged.body.len(), unchanged.header("etag")), (StatusCode::NOT_MODIFIED, 0, &tag[..]));
        assert_eq!(ask(Method::GET, &[("if-match", "\"old\"")]).await.status, StatusCode::PRECONDITION_FAILED);
        let head = ask(Method::HEAD, &[("range", "bytes=0-1")]).await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
        assert_eq!((head.header("content-length"), head.header("etag")), (&whole.len().to_string()[..], &tag[..]));
        assert_eq!(ask(Method::POST, &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
        for small in ["master.m3u8", "1/index.m3u8", "1/init.mp4"] {
            let first = app.visitor().get(&media(&play, small)).await;
            let again = [("if-none-match", first.header("etag"))];
            let again = app.visitor().send(Method::GET, &media(&play, small), &again, Body::empty()).await;
            assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{small}");
        }
    }

    async fn a_link_that_was_changed_or_is_too_old_brings_nothing(app: &TestApp) {
        film(app, "bunny").await;
        let play = playing(&app.subscriber("v@example.org").await, "bunny").await;
        let address = media(&play, "1/0.m4s");
        for place in [7, 40, 100, 200] {
            let mut forged = address.clone().into_bytes();
            forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
            let reply = app.visitor().get(std::str::from_utf8(&forged).unwrap()).await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "byte {place}");
        }
        assert_eq!(app.visitor().get("/media/x/master.m3u8").await.status, StatusCode::NOT_FOUND);
        app.clock.advance_ms(7 * 3_600_000);
        delivery::learn_all(&app.app).await.unwrap();
        let old = app.visitor().get(&address).await;
        assert_eq!((old.status, old.header("content-type")), (StatusCode::GONE, "application/problem+json"));
    }

    async fn only_as_many_as_the_plan_allows_play_at_once_and_one_can_be_stopped(app: &TestApp) {
        film(app, "bunny").await;
        let first = app.subscriber("v@example.org").await;
        let (second, third) = (other_browser(app, &first).await, other_browser(app, &first).await);
        let play = playing(&first, "bunny").await;
        let again = playing(&first, "bunny").await;
        assert_ne!(play["play"], again["play"], "loading the page again starts anew and costs no slot");
        app.clock.advance_ms(1);
        playing(&second, "bunny").await;
        let refused = press_play(&third, "bunny").await;
        assert_eq!((refused.status, refused.header("content-type")), (StatusCode::CONFLICT, "application/problem+json"));
        let problem = refused.json();
        let actions = problem["actions"].as_array().unwrap();
        assert_eq!((problem["type"].as_str(), actions.len()), (Some("too-many-streams"), 2));
        assert!(actions[0]["label"].as_str().unwrap().contains("Stop “bunny” on A test"), "{problem}");
        let stop = actions[0]["href"].as_str().unwrap();
        assert!(stop.contains(again["play"].as_str().unwrap()), "the oldest comes first");
        let stranger = app.subscriber("w@example.org").await;
        assert_eq!(stranger.post_json(stop, &json!({})).await.status, StatusCode::NOT_FOUND);
        assert_eq!(third.post_json(stop, &json!({})).await.status, StatusCode::NO_CONTENT);
        playing(&third, "bunny").await;
        let told = first.post_json(again["beat"].as_str().unwrap(), &json!({"position_ms": 5, "state": "playing"})).await;
        assert_eq!(told.status, StatusCode::GONE);
        assert!(told.json()["detail"].as_str().unwrap().contains("elsewhere"), "{}", told.text());
        assert_eq!(app.visitor().get(&media(&again, "1/0.m4s")).await.status, StatusCode::GONE);
    }

    async fn a_thousand_who_start_at_once_leave_exactly_as_many_plays_as_the_plan_allows(app: &TestApp) {
        film(app, "bunny").await;
        let viewer = app.subscriber("v@example.org").await;
        let account = viewer.account.clone().unwrap();
        let mut asking = tokio::task::JoinSet::new();
        for n in 0..1000 {
            let (app, account) = (app.app.clone(), account.clone());
            asking.spawn(async move {
                let session = accounts::open_session(&app, account.clone(), "one of many").await.unwrap().session;
                let language = "en".parse().unwrap();
                let device = format!("device {n}");
                let audience = rights::audience(&app, Some(&account));
                let asker = Asker { account: &account, session, audience, language: &language, device: &device, screen: Screen::ANY };
                match plays::start(&app, asker, "bunny").await.unwrap() {
                    Answer::Playing(_) => 1,
                    Answer::TooMany(others) => {
                        assert_eq!(others.len(), 2, "whoever is refused sees who plays");
                        0
                    }
                }
            });
        }
        let started: usize = asking.join_all().await.into_iter().sum();
        assert_eq!((started, plays::live(&app.app).await.unwrap().len()), (2, 2));
    }

    async fn what_was_watched_on_one_browser_goes_on_in_another(app: &TestApp) {
        film(app, "bunny").await;
        let first = app.subscriber("v@example.org").await;
        let play = playing(&first, "bunny").await;
        assert_eq!(play["position_ms"], 0);
        let beat = first.post_json(play["beat"].as_str().unwrap(), &json!({"position_ms": 4200.5, "state": "playing", "buffered_ms": 9})).await;
        assert_eq!(beat.status, StatusCode::NO_CONTENT, "{}", beat.text());
        let end = first.post_json(play["end"].as_str().unwrap(), &json!({"position_ms": 6100})).await;
        assert_eq!(end.status, StatusCode::NO_CONTENT);
        assert_eq!(first.post_json(play["end"].as_str().unwrap(), &json!({})).await.status, StatusCode::NO_CONTENT);
        assert_eq!(app.visitor().get(play["manifest"].as_str().unwrap()).await.status, StatusCode::GONE);
        let second = other_browser(app, &first).await;
        assert_eq!(playing(&second, "bunny").await["position_ms"], 6100);
        assert_eq!(playing(&app.subscriber("w@example.org").await, "bunny").await["position_ms"], 0);
    }

    async fn each_way_of_withdrawing_stops_the_bytes_at_the_next_look(app: &TestApp) {
        let owner = app.member("o@example.org", Role::Owner).await.account.unwrap().id;
        let films = [film(app, "a").await, film(app, "b").await, film(app, "c").await, film(app, "d").await];
        for (place, slug) in ["a", "b", "c", "d"].into_iter().enumerate() {
            let viewer = app.subscriber(&format!("{slug}@example.org")).await;
            let play = playing(&viewer, slug).await;
            let bystander = playing(&app.subscriber(&format!("by{slug}@example.org")).await, "d").await;
            let address = media(&play, "1/0.m4s");
            assert_eq!(app.visitor().get(&address).await.status, StatusCode::OK);
            let account = viewer.account.as_ref().unwrap().id;
            match place {
                0 => rights::grants::end(&app.app, owner, films[0].grant.id).await.unwrap(),
                1 => rights::holds::place(&app.app, owner, films[1].title, "a complaint", None).await.unwrap(),
                2 => accounts::sign_out_everywhere(&app.app, account).await.unwrap(),
                _ => assert!(plays::stop(&app.app, owner, play["play"].as_str().unwrap().parse().unwrap()).await.unwrap()),
            }
            if place < 3 {
                assert_eq!(app.visitor().get(&address).await.status, StatusCode::OK, "control: it is the look that stops it");
            }
            delivery::learn_all(&app.app).await.unwrap();
            let reply = app.visitor().get(&address).await;
            assert_eq!(reply.status, StatusCode::GONE, "{place}: {}", reply.text());
            assert_eq!(app.visitor().get(&media(&bystander, "1/0.m4s")).await.status, StatusCode::OK, "others go on");
            let beat = viewer.post_json(play["beat"].as_str().unwrap(), &json!({"position_ms": 1})).await;
            let expected = if place == 2 { StatusCode::UNAUTHORIZED } else { StatusCode::GONE };
            assert_eq!(beat.status, expected, "{place}: {}", beat.text());
            if place < 2 {
                assert_eq!(press_play(&viewer, slug).await.status, StatusCode::GONE, "nor can it be started again");
            }
        }
    }

    async fn a_beat_after_the_end_names_what_ended_the_play_and_offers_nothing_else_where_play_goes_on(app: &TestApp) {
        let owner = app.member("o@example.org", Role::Owner).await.account.unwrap().id;
        film(app, "bunny").await;
        let viewer = app.subscriber("v@example.org").await;
        let told = async |play: &Value| {
            let reply = viewer.post_json(play["beat"].as_str().unwrap(), &json!({"position_ms": 5})).await;
            assert_eq!(reply.status, StatusCode::GONE, "{}", reply.text());
            let problem = reply.json();
            (problem["type"].as_str().unwrap().to_owned(), problem["actions"][0]["href"].as_str().map(str::to_owned))
        };
        let nothing = |name: &str| (name.to_owned(), None);

        let play = playing(&viewer, "bunny").await;
        viewer.post_json(play["end"].as_str().unwrap(), &json!({"position_ms": 4000})).await;
        assert_eq!(told(&play).await, nothing("play-closed"));
        assert_eq!(app.visitor().get(&media(&play, "1/0.m4s")).await.json()["type"], "play-withdrawn");

        let play = playing(&viewer, "bunny").await;
        playing(&viewer, "bunny").await;
        assert_eq!(told(&play).await, nothing("play-replaced"));

        let play = playing(&viewer, "bunny").await;
        assert!(plays::stop(&app.app, owner, play["play"].as_str().unwrap().parse().unwrap()).await.unwrap());
        assert_eq!(told(&play).await, ("play-withdrawn".to_owned(), Some("/".to_owned())));

        let play = playing(&viewer, "bunny").await;
        app.clock.advance_ms(46_000);
        assert_eq!(told(&play).await, nothing("play-lost"));
        app.clock.advance_ms(DAY_MS);
        delivery::learn_all(&app.app).await.unwrap();
        assert_eq!(app.visitor().get(&media(&play, "1/0.m4s")).await.json()["type"], "play-expired");
    }

    async fn a_grant_that_was_changed_and_still_allows_it_makes_the_player_ask_again_not_stop(app: &TestApp) {
        let owner = app.member("o@example.org", Role::Owner).await.account.unwrap().id;
        let mut film = film(app, "bunny").await;
        let viewer = app.subscriber("v@example.org").await;
        let play = playing(&viewer, "bunny").await;
        app.clock.advance_ms(10);
        film.grant.reference = "FC-2".to_owned();
        rights::grants::change(&app.app, owner, &film.grant).await.unwrap();
        delivery::learn_all(&app.app).await.unwrap();
        assert_eq!(app.visitor().get(&media(&play, "1/0.m4s")).await.status, StatusCode::GONE);
        let beat = viewer.post_json(play["beat"].as_str().unwrap(), &json!({"position_ms": 4000})).await;
        assert_eq!(beat.status, StatusCode::NO_CONTENT, "{}", beat.text());
        let again = playing(&viewer, "bunny").await;
        assert_eq!((again["position_ms"].as_i64(), app.visitor().get(&media(&again, "1/0.m4s")).await.status), (Some(4000), StatusCode::OK));
    }

    async fn a_player_that_falls_silent_loses_its_slot_and_its_bytes(app: &TestApp) {
        film(app, "bunny").await;
        let viewer = app.subscriber("v@example.org").await;
        let play = playing(&viewer, "bunny").await;
        let watching = tokio::spawn(delivery::poll(app.app.clone()));
        // In steps, as time passes: the gate is asked at each and stays fresh.
        for _ in 0..4 {
            app.clock.advance_ms(12_000);
            tokio::time::sleep(Duration::from_millis(2_300)).await;
        }
        let reply = app.visitor().get(&media(&play, "1/0.m4s")).await;
        assert_eq!(reply.status, StatusCode::GONE, "48 s without a beat: {}", reply.text());
        let told = viewer.post_json(play["beat"].as_str().unwrap(), &json!({"position_ms": 5})).await;
        assert!(told.json()["detail"].as_str().unwrap().contains("too long"), "{}", told.text());
        assert_eq!(plays::live(&app.app).await.unwrap().len(), 0);
        watching.abort();
    }

    async fn a_server_that_cannot_ask_the_database_refuses_media_after_thirty_seconds(app: &TestApp) {
        film(app, "bunny").await;
        let play = playing(&app.subscriber("v@example.org").await, "bunny").await;
        let address = media(&play, "1/0.m4s");
        app.clock.advance_ms(30_000);
        assert_eq!(app.visitor().get(&address).await.status, StatusCode::OK);
        app.clock.advance_ms(1);
        let reply = app.visitor().get(&address).await;
        assert_eq!((reply.status, reply.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
        delivery::learn_all(&app.app).await.unwrap();
        assert_eq!(app.visitor().get(&address).await.status, StatusCode::OK, "and goes on by itself");
    }

    async fn the_end_of_a_play_does_not_make_the_catalogue_be_read_again(app: &TestApp) {
        film(app, "bunny").await;
        let viewer = app.subscriber("v@example.org").await;
        let before = app.app.catalogue().current(&app.app).await.unwrap();
        let play = playing(&viewer, "bunny").await;
        let ended = viewer.post_json(play["end"].as_str().unwrap(), &json!({"position_ms": 1})).await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.text());
        let after = app.app.catalogue().current(&app.app).await.unwrap();
        assert!(after.seen() > before.seen(), "what is sealed into a token goes on counting");
        assert!(std::ptr::eq(&raw const *before, &raw const *after));
        film(app, "other").await;
        let changed = app.app.catalogue().current(&app.app).await.unwrap();
        assert!(!std::ptr::eq(&raw const *before, &raw const *changed), "control: a new title is read");
    }

    async fn what_is_long_over_is_swept_and_what_counts_stays(app: &TestApp) {
        film(app, "bunny").await;
        let viewer = app.subscriber("v@example.org").await;
        let account = viewer.account.as_ref().unwrap().id;
        let play = playing(&viewer, "bunny").await;
        viewer.post_json(play["end"].as_str().unwrap(), &json!({"position_ms": 1})).await;
        let begun = app.app.now();
        let left = async || {
            app.app.db().read(async |tx| {
                let sessions = sessions::list(tx, account, begun).await?.len();
                let attempts = attempts::count(tx, "k", begun).await?;
                let revocations = revocations::after(tx, 0).await?.len();
                Ok::<_, cineclub_db::Error>((sessions, attempts, revocations, testing::changes_after(tx, 0, 1).await?.len()))
            }).await.unwrap()
        };
        app.app.db().write(async |tx| attempts::record(tx, "k", begun).await).await.unwrap();
        housekeeping::sweep(&app.app).await.unwrap();
        assert_eq!(left().await, (1, 1, 1, 1), "control: nothing is over yet");
        app.clock.advance_ms(100 * DAY_MS);
        housekeeping::sweep(&app.app).await.unwrap();
        assert_eq!(left().await, (0, 0, 0, 1), "the last change stays");
        let shown = app.app.catalogue().current(&app.app).await.unwrap();
        assert!(shown.by_slug("bunny").is_some());
    }

    // A node that nobody asked anything for months takes over, and must not show what another one ended meanwhile.
    async fn a_catalogue_read_long_ago_does_not_pass_for_the_latest(app: &TestApp) {
        let film = film(app, "bunny").await;
        app.app.catalogue().current(&app.app).await.unwrap();
        let owner = app.member("o@example.org", Role::Owner).await.account.unwrap();
        rights::grants::end(&app.app, owner.id, film.grant.id).await.unwrap();
        app.clock.advance_ms(100 * DAY_MS);
        housekeeping::sweep(&app.app).await.unwrap();
        let shown = app.app.catalogue().current(&app.app).await.unwrap();
        assert!(shown.grants.iter().all(|grant| grant.end().is_some()), "the end is seen");
    }

    async fn a_film_that_is_not_the_one_that_was_indexed_is_never_served(app: &TestApp) {
        let film = film(app, "bunny").await;
        let play = playing(&app.subscriber("v@example.org").await, "bunny").await;
        let address = media(&play, "1/0.m4s");
        assert_eq!(app.visitor().get(&address).await.status, StatusCode::OK);
        let other = film.path.with_extension("new");
        let mut bytes = film.bytes.clone();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&other, bytes).unwrap();
        std::fs::rename(&other, &film.path).unwrap();
        let reply = app.visitor().get(&address).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "replaced: {}", reply.text());
        std::fs::remove_file(&film.path).unwrap();
        assert_eq!(app.visitor().get(&address).await.status, StatusCode::SERVICE_UNAVAILABLE, "removed");
    }

    async fn a_refusal_says_what_to_do_in_the_viewers_language(app: &TestApp) {
        film(app, "bunny").await;
        let member = app.member("v@example.org", Role::Viewer).await;
        let headers = [("accept-language", "fr"), ("cookie", "language=fr"), ("sec-fetch-site", "same-origin")];
        let unpaid = press_play(&member, "bunny").await;
        assert_eq!(unpaid.status, StatusCode::PAYMENT_REQUIRED);
        assert_eq!(unpaid.json()["actions"][0]["href"], "/redeem");
        assert_eq!(press_play(&member, "no-such-film").await.status, StatusCode::NOT_FOUND);
        let nobody = app.visitor().send(Method::POST, "/api/v1/titles/bunny/play", &headers, Body::empty()).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
        assert_eq!(nobody.json()["title"], "Connectez-vous pour faire cela.", "{}", nobody.text());
        assert_eq!(nobody.json()["actions"][0]["href"], "/sign-in");
        let garbage = member.send(Method::POST, "/api/v1/titles/bunny/play", &headers, Body::from("{")).await;
        assert_eq!(garbage.status, StatusCode::UNPROCESSABLE_ENTITY);
        let french = member.send(Method::POST, "/api/v1/titles/bunny/play", &headers, Body::empty()).await;
        assert!(french.json()["detail"].as_str().unwrap().contains("réservé aux membres"), "{}", french.text());
        let elsewhere = [("sec-fetch-site", "cross-site")];
        assert_eq!(member.send(Method::POST, "/api/v1/titles/bunny/play", &elsewhere, Body::empty()).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_whose_tables_find_no_room_in_memory_is_cut_by_those_in_its_file() {
    for budget in [128 << 20, 0] {
        let app = TestApp::with(Engine::Sqlite, |config| {
            config.work.index_cache_bytes = budget;
        })
        .await;
        let film = film(&app, "bunny").await;
        let play = playing(&app.subscriber("v@example.org").await, "bunny").await;
        for n in 0..3 {
            let reply = app
                .visitor()
                .get(&media(&play, &format!("1/{n}.m4s")))
                .await;
            assert_eq!(reply.body, film.segment(1, n), "segment {n} of {budget}");
        }
        app.stop().await;
    }
}
