//! A server for one test: real database, real router, a clock that stands until it is set.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "each test file uses a part of it"
)]

pub mod log;
pub mod rights;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use cineclub_db::Engine;
use cineclub_db::testing::TestDb;
use cineclub_domain::account::{Account, Role};
use cineclub_domain::grant::Grant;
use cineclub_domain::id::{AssetId, EditId, RootId, TitleId};
use cineclub_domain::language::Language;
use cineclub_domain::time::{Clock, Timestamp};
use cineclub_domain::title::{TitleKind, TrackKind};
use cineclub_server::accounts::password::Secret;
use cineclub_server::accounts::{self, NewAccount, staff};
use cineclub_server::app::Outside;
use cineclub_server::clock::SystemEntropy;
use cineclub_server::config::Config;
use cineclub_server::http::listen::Peer;
use cineclub_server::http::policy::Declared;
use cineclub_server::{App, billing, http};
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusHandle;
use rights::grant_of;
use tower::ServiceExt;

/// A Monday in 2030.
pub const START: Timestamp = Timestamp::from_millis(1_893_456_000_000);
pub const PASSWORD: &str = "a long enough password";

pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn advance_ms(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

pub struct TestApp {
    pub app: App,
    pub clock: Arc<TestClock>,
    pub router: Router,
    pub declared: Vec<Declared>,
    pub folder: tempfile::TempDir,
    database: TestDb,
}

/// What came back.
pub struct Reply {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the answer is JSON")
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// A browser: it keeps the session cookie it was given.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookie: Option<String>,
    pub account: Option<Account>,
}

impl TestApp {
    pub async fn start(engine: Engine) -> Self {
        Self::with(engine, |_| ()).await
    }

    pub async fn with(engine: Engine, adjust: impl FnOnce(&mut Config)) -> Self {
        Self::watched(engine, adjust, None).await
    }

    /// The same, with where its counters are read.
    pub async fn watched(
        engine: Engine,
        adjust: impl FnOnce(&mut Config),
        metrics: Option<PrometheusHandle>,
    ) -> Self {
        let database = TestDb::new(engine).await;
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::load(None, []).unwrap();
        config.data.folder = folder.path().join("data");
        config.data.database = Some(database.url.clone());
        config.service.territory = "FR".parse().ok();
        adjust(&mut config);
        let clock = Arc::new(TestClock(AtomicI64::new(START.as_millis())));
        let outside = Outside {
            clock: clock.clone(),
            entropy: Arc::new(SystemEntropy),
            metrics,
        };
        let app = App::open(config, outside).await.unwrap();
        billing::ensure_plan(&app).await.unwrap();
        cineclub_server::delivery::learn_all(&app).await.unwrap();
        let (router, declared) = http::router(&app);
        Self {
            app,
            clock,
            router,
            declared,
            folder,
            database,
        }
    }

    /// Closes everything and removes the database.
    pub async fn stop(self) {
        self.app.shutdown().cancel();
        self.app.db().close().await;
        self.database.remove().await;
    }

    /// A browser nobody has signed in on.
    pub fn visitor(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookie: None,
            account: None,
        }
    }

    /// A browser signed in to a new account with a role.
    pub async fn member(&self, email: &str, role: Role) -> Browser {
        let new = NewAccount {
            email: email.to_owned(),
            password: Secret::new(PASSWORD.to_owned()),
            language: "en".parse().unwrap(),
            territory: "FR".parse().ok(),
        };
        let account = accounts::sign_up(&self.app, new).await.unwrap();
        if role != Role::Viewer {
            staff::set_role(&self.app, None, account.id, role)
                .await
                .unwrap();
        }
        let signed = accounts::open_session(&self.app, account, "test")
            .await
            .unwrap();
        Browser {
            router: self.router.clone(),
            cookie: Some(format!("session={}", signed.token)),
            account: Some(signed.account),
        }
    }

    /// The same browser with thirty days on the first plan.
    pub async fn subscriber(&self, email: &str) -> Browser {
        let browser = self.member(email, Role::Viewer).await;
        self.subscribe(&browser).await;
        browser
    }

    pub async fn subscribe(&self, browser: &Browser) {
        use billing::Provider;
        let plan = billing::ensure_plan(&self.app).await.unwrap().id;
        let new = billing::vouchers::NewVoucher {
            plan,
            days: 30,
            uses: 1,
            expires: None,
            note: String::new(),
        };
        let code = billing::vouchers::create(&self.app, None, new)
            .await
            .unwrap();
        let account = browser.account.as_ref().unwrap().id;
        billing::vouchers::Vouchers
            .settle(&self.app, account, &code)
            .await
            .unwrap();
    }

    /// A film whose file is `path` in a root of its own; nothing grants it yet.
    pub async fn film(&self, slug: &str) -> TitleId {
        self.title(slug, TitleKind::Film, None, None).await
    }

    pub async fn title(
        &self,
        slug: &str,
        kind: TitleKind,
        parent: Option<TitleId>,
        ordinal: Option<u32>,
    ) -> TitleId {
        let (now, entropy) = (self.app.now(), self.app.entropy());
        let title = cineclub_db::titles::Title {
            id: TitleId::new(now, entropy),
            slug: slug.to_owned(),
            kind,
            parent,
            ordinal,
            year: Some(2024),
            runtime_ms: None,
            rating_age: None,
            genres: vec!["Drama".to_owned()],
            sort_key: slug.to_owned(),
            original_language: Language::unknown(),
            created: now,
            updated: now,
        };
        let id = title.id;
        let (edit, asset, root) = (
            EditId::new(now, entropy),
            AssetId::new(now, entropy),
            RootId::new(now, entropy),
        );
        self.app
            .db()
            .write(async |tx| {
                cineclub_db::titles::upsert(tx, &title).await?;
                let text = cineclub_db::titles::TitleText {
                    title: id,
                    language: "en".parse().unwrap(),
                    name: format!("Name of {slug}"),
                    tagline: format!("Tagline of {slug}"),
                    synopsis: format!("Synopsis of {slug}"),
                };
                cineclub_db::titles::save_text(tx, &text, now).await?;
                if !kind.is_watched() {
                    return Ok(());
                }
                let place = cineclub_db::roots::Root {
                    id: root,
                    path: "/nowhere".to_owned(),
                    label: "test".to_owned(),
                    created_ms: now,
                };
                cineclub_db::roots::save(tx, &place, now).await?;
                let made = cineclub_db::edits::Edit {
                    id: edit,
                    title: id,
                    name: String::new(),
                };
                cineclub_db::edits::upsert(tx, &made, now).await?;
                let file = cineclub_db::assets::Asset {
                    id: asset,
                    edit: Some(edit),
                    rung_of: None,
                    root,
                    path: format!("{slug}.mp4"),
                    size_bytes: 1,
                    modified_ms: 1,
                    fingerprint: String::new(),
                    container: "mp4".to_owned(),
                    duration_ms: Some(60_000),
                    state: cineclub_db::assets::AssetState::Ready,
                    reason: None,
                    format_version: 1,
                    created: now,
                    updated: now,
                };
                cineclub_db::assets::upsert(tx, &file, Some(b"")).await?;
                let video = cineclub_db::tracks::Track {
                    asset,
                    number: 1,
                    kind: TrackKind::Video,
                    codec: "h264".to_owned(),
                    rfc6381: "avc1.64001f".to_owned(),
                    language: Language::unknown(),
                    role: "main".to_owned(),
                    name: String::new(),
                    width: Some(1280),
                    height: Some(720),
                    frame_rate: Some(25.0),
                    channels: None,
                    sample_rate: None,
                    sidecar: None,
                };
                let sound = cineclub_db::tracks::Track {
                    number: 2,
                    kind: TrackKind::Audio,
                    codec: "aac".to_owned(),
                    rfc6381: "mp4a.40.2".to_owned(),
                    language: "en".parse().unwrap(),
                    width: None,
                    height: None,
                    frame_rate: None,
                    channels: Some(2),
                    sample_rate: Some(48_000),
                    ..video.clone()
                };
                let subtitles = cineclub_db::tracks::Track {
                    number: 3,
                    kind: TrackKind::Subtitle,
                    codec: "webvtt".to_owned(),
                    rfc6381: "wvtt".to_owned(),
                    language: "fr".parse().unwrap(),
                    channels: None,
                    sample_rate: None,
                    ..sound.clone()
                };
                cineclub_db::tracks::replace(tx, asset, &[video, sound, subtitles]).await?;
                Ok::<_, cineclub_db::Error>(())
            })
            .await
            .unwrap();
        id
    }

    /// A grant of everything, everywhere, for members.
    pub async fn grant(&self, titles: &[TitleId]) -> Grant {
        self.grant_with(titles, |_| ()).await
    }

    pub async fn grant_with(&self, titles: &[TitleId], adjust: impl FnOnce(&mut Grant)) -> Grant {
        let mut grant = grant_of(&self.app, titles);
        adjust(&mut grant);
        cineclub_server::rights::grants::enter(&self.app, None, &grant)
            .await
            .unwrap();
        grant
    }
}

impl Browser {
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    pub async fn head(&self, path: &str) -> Reply {
        self.send(Method::HEAD, path, &[], Body::empty()).await
    }

    /// Sends a form, as one of our own pages does.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect::<Vec<_>>()
            .join("&");
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, path, &headers, Body::from(body))
            .await
    }

    pub async fn post_json(&self, path: &str, value: &serde_json::Value) -> Reply {
        let headers = [
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, path, &headers, Body::from(value.to_string()))
            .await
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "text/html,*/*");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let mut request = request.body(body).unwrap();
        request
            .extensions_mut()
            .insert(Peer(SocketAddr::from(([127, 0, 0, 1], 40_000))));
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, mut body) = response.into_parts();
        // As a connection does: each piece is let go of before the next comes.
        let mut taken = Vec::new();
        while let Some(frame) = body.frame().await {
            match frame.ok().and_then(|frame| frame.into_data().ok()) {
                Some(piece) => taken.extend_from_slice(&piece),
                None => taken.clear(),
            }
        }
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: taken,
        }
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
