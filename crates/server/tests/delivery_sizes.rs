//! What a film in several sizes promises, on both databases: each size that a permit names, as long as it may, and no other.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod delivery_support;
mod support;

use axum::http::StatusCode;
use cineclub_db::assets::AssetState;
use cineclub_db::{Engine, revocations};
use cineclub_domain::account::Role;
use cineclub_domain::grant::Limits;
use cineclub_domain::id::AssetId;
use cineclub_domain::time::DAY_MS;
use cineclub_server::{delivery, rights};
use delivery_support::{Film, example_in};
use serde_json::json;
use support::TestApp;

/// One story, told on both engines.
macro_rules! stories {
    ($(async fn $name:ident($app:ident: &TestApp) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn story($app: &TestApp) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                let app = TestApp::start(Engine::Sqlite).await;
                story(&app).await;
                app.stop().await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                let app = TestApp::start(Engine::Postgres).await;
                story(&app).await;
                app.stop().await;
            }
        }
    )*};
}

/// A film of 180 lines that is there in 90 and in 270 as well.
async fn film(app: &TestApp) -> (Film, (AssetId, std::path::PathBuf)) {
    let example = cineclub_media::example_film();
    let film = Film::make(&app.app, app.folder.path(), "bunny", example).await;
    let small = film
        .add_size(&app.app, "small.mp4", &example_in((160, 90), 1))
        .await;
    film.add_size(&app.app, "large.mp4", &example_in((480, 270), 1))
        .await;
    (film, small)
}

/// Presses play and says under which address everything is.
async fn play(app: &TestApp, email: &str) -> String {
    let viewer = app.subscriber(email).await;
    let asked = json!({"device": {"name": "A test"}});
    let reply = viewer.post_json("/api/v1/titles/bunny/play", &asked).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let reply = reply.json();
    let manifest = reply["manifest"].as_str().unwrap();
    manifest.strip_suffix("master.m3u8").unwrap().to_owned()
}

/// The tracks whose segments a play lists, in the order of the playlist.
async fn listed(app: &TestApp, base: &str) -> Vec<String> {
    let master = app.visitor().get(&format!("{base}master.m3u8")).await;
    assert_eq!(master.status, StatusCode::OK, "{}", master.text());
    let text = master.text();
    let lists = text
        .lines()
        .filter_map(|line| line.strip_suffix("/index.m3u8"));
    lists.map(str::to_owned).collect()
}

async fn status(app: &TestApp, address: &str) -> StatusCode {
    app.visitor().get(address).await.status
}

stories! {
    async fn a_play_lists_every_size_and_sends_its_picture_alone(app: &TestApp) {
        film(app).await;
        let base = play(app, "v@example.org").await;
        assert_eq!(listed(app, &base).await, ["2-1", "1-1", "1"]);
        let manifest = app.visitor().get(&format!("{base}manifest.mpd")).await.text();
        assert_eq!(manifest.matches("<Representation id=\"2-1\"").count(), 1, "{manifest}");
        for there in ["1/0.m4s", "1-1/2.m4s", "2-1/k0.m4s", "2-1/init.mp4", "1-1/keys.m3u8"] {
            assert_eq!(status(app, &format!("{base}{there}")).await, StatusCode::OK, "{there}");
        }
        for nothing in ["1-1/3.m4s", "1-2/0.m4s", "3-1/0.m4s", "0-1/0.m4s", "1-1/text.vtt", "01-1/0.m4s"] {
            assert_eq!(status(app, &format!("{base}{nothing}")).await, StatusCode::NOT_FOUND, "{nothing}");
        }
        let at = |name: &str| format!("{base}{name}");
        let (own, small) = (app.visitor().get(&at("1/0.m4s")).await, app.visitor().get(&at("1-1/0.m4s")).await);
        assert_ne!(own.header("etag"), small.header("etag"));
    }

    async fn a_size_taller_than_the_grant_allows_is_neither_listed_nor_sent(app: &TestApp) {
        let (film, (asset, small)) = film(app).await;
        let owner = app.member("o@example.org", Role::Owner).await.account.unwrap().id;
        let limit = async |max_height| {
            let limits = Limits { max_height: Some(max_height), ..Limits::default() };
            let grant = cineclub_domain::grant::Grant { limits, ..film.grant.clone() };
            rights::grants::change(&app.app, owner, &grant).await.unwrap();
        };
        limit(200).await;
        let base = play(app, "a@example.org").await;
        assert_eq!(listed(app, &base).await, ["1", "1-1"]);
        assert_eq!(status(app, &format!("{base}2-1/0.m4s")).await, StatusCode::NOT_FOUND);
        // The film's own picture is too tall; a smaller size still plays, and takes the film's place in lists.
        limit(100).await;
        let base = play(app, "b@example.org").await;
        assert_eq!(listed(app, &base).await, ["1-1"]);
        assert_eq!(status(app, &format!("{base}1/0.m4s")).await, StatusCode::NOT_FOUND);
        assert_eq!(status(app, &format!("{base}1-1/0.m4s")).await, StatusCode::OK);
        std::fs::remove_file(&small).unwrap();
        let base = play(app, "d@example.org").await;
        let told = status(app, &format!("{base}master.m3u8")).await;
        assert_eq!(told, StatusCode::SERVICE_UNAVAILABLE, "sound alone is not the film");
        let now = app.app.now();
        let missing = async |tx: &mut cineclub_db::Tx| cineclub_db::assets::set_state(tx, asset, AssetState::Missing, None, now).await;
        app.app.db().write(missing).await.unwrap();
        let viewer = app.subscriber("c@example.org").await;
        let asked = json!({"device": {"name": "A test"}});
        let press_play = async || viewer.post_json("/api/v1/titles/bunny/play", &asked).await;
        let reply = press_play().await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "it would play with the size that is away: {}", reply.text());
        limit(50).await;
        assert_eq!(press_play().await.status, StatusCode::FORBIDDEN);
    }

    async fn a_size_whose_file_is_gone_drops_out_and_the_film_plays_on(app: &TestApp) {
        let (_, (_, small)) = film(app).await;
        let base = play(app, "v@example.org").await;
        let before = app.visitor().get(&format!("{base}1/1.m4s")).await.body;
        let (bytes, meta) = (std::fs::read(&small).unwrap(), std::fs::metadata(&small).unwrap());
        std::fs::remove_file(&small).unwrap();
        assert_eq!(listed(app, &base).await, ["2-1", "1"]);
        assert_eq!(status(app, &format!("{base}1-1/0.m4s")).await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(app.visitor().get(&format!("{base}1/1.m4s")).await.body, before);
        let other = play(app, "w@example.org").await;
        assert_eq!(listed(app, &other).await, ["2-1", "1"], "a play starts without it");
        std::fs::write(&small, bytes).unwrap();
        std::fs::File::options().write(true).open(&small).unwrap().set_modified(meta.modified().unwrap()).unwrap();
        assert_eq!(listed(app, &base).await, ["2-1", "1-1", "1"], "and it comes back by itself");
    }

    async fn a_play_ends_when_one_of_its_files_is_withdrawn(app: &TestApp) {
        let example = cineclub_media::example_film();
        let film = Film::make(&app.app, app.folder.path(), "bunny", example).await;
        let (size, _) = film.add_size(&app.app, "small.mp4", &example_in((160, 90), 1)).await;
        let base = play(app, "v@example.org").await;
        assert_eq!(status(app, &format!("{base}1/0.m4s")).await, StatusCode::OK);
        let (now, until) = (app.app.now(), app.app.now().plus_millis(DAY_MS));
        let id = size.to_string();
        let revoke = async |tx: &mut cineclub_db::Tx| revocations::append(tx, revocations::Kind::Asset, &id, now, until).await;
        app.app.db().write(revoke).await.unwrap();
        delivery::learn_all(&app.app).await.unwrap();
        for gone in ["1/0.m4s", "1-1/0.m4s", "master.m3u8"] {
            assert_eq!(status(app, &format!("{base}{gone}")).await, StatusCode::GONE, "{gone}");
        }
        assert_eq!(listed(app, &play(app, "w@example.org").await).await, ["1", "1-1"]);
    }
}
