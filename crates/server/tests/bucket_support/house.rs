//! A server whose films lie in a folder or a bucket, and somebody who presses play.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    reason = "test code"
)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use cineclub_db::assets::{Asset, AssetState};
use cineclub_domain::account::Role;
use cineclub_domain::id::TitleId;
use cineclub_server::app::Outside;
use cineclub_server::clock::{SystemClock, SystemEntropy};
use cineclub_server::config::Config;
use cineclub_server::http::listen::Peer;
use cineclub_server::{App, acquire, http};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::bucket_support::{BUCKET, KEY_ID, SECRET, Store};
use super::ingest_support::viewer::{self, Viewer};
use super::ingest_support::{start, until};

/// The configuration of an installation in `place` whose bucket `archive` is `store`'s.
pub fn configure(place: &Path, store: &Store, secret: &str) -> std::path::PathBuf {
    let key = place.join("key.toml");
    std::fs::write(
        &key,
        format!("access_key_id = \"{KEY_ID}\"\nsecret_access_key = \"{secret}\"\n"),
    )
    .unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let text = format!(
        "[buckets.archive]\nendpoint = \"{}\"\nbucket = \"{BUCKET}\"\ncredentials = \"{}\"\nrescan_seconds = 1\n",
        store.url,
        key.display()
    );
    let path = place.join("cineclub.toml");
    std::fs::write(&path, text).unwrap();
    path
}

pub struct House {
    pub app: App,
    router: Router,
    work: Vec<tokio::task::JoinHandle<()>>,
    place: tempfile::TempDir,
}

/// A play that was begun.
#[derive(Clone)]
pub struct Screening {
    router: Router,
    base: String,
}

impl House {
    /// One that takes in what lies in `folder`: a path, or a place in the bucket of `store`.
    pub async fn open(database: &str, store: &Store, folder: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        let path = configure(place.path(), store, SECRET);
        let mut config = Config::load(Some(&path), []).unwrap();
        config.data.folder = place.path().join("data");
        config.data.database = Some(database.to_owned());
        config.work.rescan_seconds = 1;
        config.work.settle_ms = 200;
        let outside = Outside {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            metrics: None,
        };
        let app = App::open(config, outside).await.unwrap();
        acquire::add_folder(&app, None, folder).await.unwrap();
        let (router, _) = http::router(&app);
        Self {
            work: start(&app),
            app,
            router,
            place,
        }
    }

    pub async fn close(self) {
        self.app.shutdown().cancel();
        for task in self.work {
            task.await.unwrap();
        }
        self.app.db().close().await;
    }

    pub async fn assets(&self) -> Vec<Asset> {
        let list = self
            .app
            .db()
            .read(async |tx| cineclub_db::assets::list(tx).await);
        list.await.unwrap()
    }

    /// Waits until so many films can be played, and grants their titles.
    pub async fn opens_with(&self, films: usize) {
        let ready = |asset: &Asset| asset.state == AssetState::Ready;
        until("the films are taken in", async || {
            self.assets()
                .await
                .iter()
                .filter(|asset| ready(asset))
                .count()
                == films
        })
        .await;
        for title in self.titles().await {
            viewer::grant(&self.app, title).await;
        }
    }

    pub async fn titles(&self) -> Vec<TitleId> {
        let list = self
            .app
            .db()
            .read(async |tx| cineclub_db::titles::list(tx).await);
        let list: cineclub_db::Result<Vec<_>> = list.await;
        list.unwrap().iter().map(|title| title.id).collect()
    }

    pub async fn viewer(&self, email: &str) -> Viewer {
        Viewer::new(&self.app, email, Role::Viewer).await
    }

    /// Presses play, and says what came of it.
    pub async fn ask_to_play(
        &self,
        viewer: &Viewer,
        slug: &str,
    ) -> (StatusCode, serde_json::Value) {
        cineclub_server::delivery::learn_all(&self.app)
            .await
            .unwrap();
        let mut request = Request::post(format!("/api/v1/titles/{slug}/play"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, format!("session={}", viewer.signed.token))
            .body(Body::from(r#"{"device": {"name": "A test"}}"#))
            .unwrap();
        request.extensions_mut().insert(peer());
        let reply = self.router.clone().oneshot(request).await.unwrap();
        let status = reply.status();
        let bytes = reply.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    pub async fn play(&self, viewer: &Viewer, slug: &str) -> Screening {
        let (status, play) = self.ask_to_play(viewer, slug).await;
        assert_eq!(status, StatusCode::OK, "{play}");
        let master = play["manifest"].as_str().unwrap();
        Screening {
            router: self.router.clone(),
            base: master.strip_suffix("master.m3u8").unwrap().to_owned(),
        }
    }
}

/// What came back; bytes that broke off are an error.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Result<Vec<u8>, String>,
}

impl Reply {
    pub fn text(self) -> String {
        String::from_utf8(self.body.unwrap()).unwrap()
    }
}

impl Screening {
    pub async fn get(&self, what: &str) -> Reply {
        self.range(what, None).await
    }

    pub async fn range(&self, what: &str, range: Option<&str>) -> Reply {
        let mut request = Request::get(format!("{}{what}", self.base));
        if let Some(range) = range {
            request = request.header(header::RANGE, range);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(peer());
        let reply = self.router.clone().oneshot(request).await.unwrap();
        let (parts, mut body) = reply.into_parts();
        let mut taken = Ok(Vec::new());
        while let Some(frame) = body.frame().await {
            match (frame, &mut taken) {
                (Ok(frame), Ok(taken)) => taken.extend_from_slice(frame.data_ref().unwrap()),
                (Err(error), _) => {
                    taken = Err(format!("{error:?}"));
                    break;
                }
                (Ok(_), Err(_)) => unreachable!("nothing comes behind an error"),
            }
        }
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: taken,
        }
    }

    /// Everything of the film: the names that its playlists list, and what they bring.
    pub async fn whole(&self) -> Vec<(String, Vec<u8>)> {
        let mut all = Vec::new();
        for list in ["master.m3u8", "manifest.mpd"] {
            all.push((list.to_owned(), self.get(list).await.body.unwrap()));
        }
        for track in ["1", "2"] {
            for list in ["index.m3u8", "keys.m3u8"] {
                let reply = self.get(&format!("{track}/{list}")).await;
                if reply.status == StatusCode::OK {
                    let text = reply.text();
                    for name in text.lines().filter(|line| line.ends_with(".m4s")) {
                        let name = format!("{track}/{name}");
                        let reply = self.get(&name).await;
                        assert_eq!(reply.status, StatusCode::OK, "{name}");
                        all.push((name, reply.body.unwrap()));
                    }
                    all.push((format!("{track}/{list}"), text.into_bytes()));
                }
            }
            let init = self.get(&format!("{track}/init.mp4")).await;
            all.push((format!("{track}/init.mp4"), init.body.unwrap()));
        }
        all
    }
}

fn peer() -> Peer {
    Peer(([127, 0, 0, 1], 40_000).into())
}
