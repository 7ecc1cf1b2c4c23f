//! The viewers' pages, through the router, as a browser without script meets them.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]
#![expect(clippy::duplicate_mod, reason = "the same stories on each engine")]

#[path = "../support/mod.rs"]
mod support;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use cineclub_db::Engine;
use cineclub_db::artwork::{Artwork, ArtworkKind};
use cineclub_db::assets::AssetState;
use cineclub_db::progress::Progress;
use cineclub_domain::account::Role;
use cineclub_domain::id::TitleId;
use cineclub_domain::licence::Licence;
use cineclub_domain::offer::Offer;
use cineclub_domain::territory::TerritorySet;
use cineclub_domain::title::TitleKind;
use cineclub_domain::window::{Window, WindowEnd, WindowRule};
use support::{Browser, PASSWORD, Reply, TestApp};

const POISON: &str = "<script>alert(1)</script>\"'&";

// The same stories on each engine: their files are compiled once for each.
#[path = "."]
mod sqlite {
    use super::*;

    const ENGINE: Engine = Engine::Sqlite;

    #[path = "face.rs"]
    mod face;
    #[path = "gate.rs"]
    mod gate;
    #[path = "titles.rs"]
    mod titles;

    async fn server() -> TestApp {
        server_on(ENGINE).await
    }
}

#[path = "."]
mod postgres {
    use super::*;

    const ENGINE: Engine = Engine::Postgres;

    #[path = "face.rs"]
    mod face;
    #[path = "gate.rs"]
    mod gate;
    #[path = "titles.rs"]
    mod titles;

    async fn server() -> TestApp {
        server_on(ENGINE).await
    }
}

async fn server_on(engine: Engine) -> TestApp {
    let server = TestApp::start(engine).await;
    server.member("first-owner@example.org", Role::Owner).await;
    server
}

/// The cookies an answer sets, as `name=value`.
fn cookies(reply: &Reply) -> Vec<String> {
    let set = reply
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|value| value.to_str().ok());
    set.map(|value| value.split(';').next().unwrap_or_default().to_owned())
        .collect()
}

/// The same browser with what an answer told it to remember.
fn remembering(browser: &Browser, reply: &Reply) -> Browser {
    let mut next = browser.clone();
    let known = browser.cookie.clone().into_iter();
    next.cookie = Some(known.chain(cookies(reply)).collect::<Vec<_>>().join("; "));
    next
}

async fn picture(server: &TestApp, title: TitleId, kind: ArtworkKind) -> String {
    let bytes = [
        b"\xff\xd8\xff picture of ".as_slice(),
        title.to_string().as_bytes(),
        kind.as_str().as_bytes(),
    ]
    .concat();
    let object = server.app.store().put(&bytes).unwrap();
    let artwork = Artwork {
        title,
        kind,
        object: object.clone(),
        width: 800,
        height: 1200,
    };
    let now = server.app.now();
    server
        .app
        .db()
        .write(async |tx| cineclub_db::artwork::save(tx, &artwork, now).await)
        .await
        .unwrap();
    object
}

/// A series of two seasons with two episodes each; the series, then the episodes in order.
async fn series(server: &TestApp) -> (TitleId, Vec<TitleId>) {
    let series = server.title("tides", TitleKind::Series, None, None).await;
    let mut episodes = Vec::new();
    for number in 1..=2 {
        let season = server
            .title(
                &format!("tides-s{number}"),
                TitleKind::Season,
                Some(series),
                Some(number),
            )
            .await;
        for episode in 1..=2 {
            let slug = format!("tides-s{number}e{episode}");
            episodes.push(
                server
                    .title(&slug, TitleKind::Episode, Some(season), Some(episode))
                    .await,
            );
        }
    }
    (series, episodes)
}

async fn watched(
    server: &TestApp,
    browser: &Browser,
    title: TitleId,
    position_ms: i64,
    finished: bool,
) {
    let account = browser.account.as_ref().unwrap().id;
    let updated_ms = server.app.now();
    let progress = Progress {
        account,
        title,
        position_ms,
        duration_ms: 60_000,
        finished,
        updated_ms,
    };
    server
        .app
        .db()
        .write(async |tx| cineclub_db::progress::save(tx, &progress).await)
        .await
        .unwrap();
    server.clock.advance_ms(1_000);
}
