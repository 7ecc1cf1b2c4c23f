//! Every route × method × role: what is not declared is closed.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests"
)]

mod support;

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use cineclub_db::Engine;
use cineclub_domain::account::Role;
use cineclub_server::accounts;
use cineclub_server::http::listen::Peer;
use cineclub_server::http::policy::{Declared, Policy, Routes};
use http_body_util::BodyExt;
use support::log::Log;
use support::{Browser, Reply, TestApp};
use tower::ServiceExt;

/// What anyone may call, reviewed by hand. A route that joins this list must be argued for here.
const PUBLIC: &[&str] = &[
    "GET /",
    "GET /art/{object}/{width}",
    "GET /assets/{file}",
    "GET /favicon.ico",
    "GET /healthz",
    "GET /legal/{page}",
    "GET /metrics",
    "GET /robots.txt",
    "GET /search",
    "GET /sign-in",
    "GET /sign-up",
    "GET /title/{slug}",
    "GET /welcome",
    "POST /language",
    "POST /sign-in",
    "POST /sign-up",
    "POST /welcome",
];

/// The mark of a page nobody has written yet: the digest of nothing.
const NOTHING_YET: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

/// A path with its parameters filled by what exists nowhere.
fn concrete(path: &str) -> String {
    path.split('/')
        .map(|part| {
            if part.starts_with('{') {
                "01890a5d-ac96-774b-bcce-b302099a8057"
            } else {
                part
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// A browser for each role there is, and one for nobody's.
struct Crowd {
    browsers: Vec<(Option<Role>, Browser)>,
}

impl Crowd {
    async fn gather(server: &TestApp) -> Self {
        let mut browsers = vec![(None, server.visitor())];
        for (role, email) in [
            (Role::Viewer, "viewer@example.org"),
            (Role::Programmer, "programmer@example.org"),
            (Role::Owner, "owner@example.org"),
        ] {
            browsers.push((Some(role), server.member(email, role).await));
        }
        Self { browsers }
    }

    /// Signs a browser in again: what it called may have ended every session of its account.
    async fn refresh(server: &TestApp, browser: &mut Browser) {
        if let Some(account) = browser.account.clone() {
            let signed = accounts::open_session(&server.app, account, "again").await;
            browser.cookie = Some(format!("session={}", signed.unwrap().token));
        }
    }

    /// Calls every route by every method in every role, and counts the calls.
    ///
    /// # Errors
    /// The first call whose answer is not what the route declares.
    async fn sweep(&mut self, server: &TestApp) -> Result<usize, String> {
        let mut swept = 0;
        for route in &server.declared {
            let path = concrete(route.path);
            for method in &METHODS {
                let declared = server.declared.iter().find(|other| {
                    other.path == route.path
                        && (other.method == method.as_str()
                            || (other.method == "GET" && *method == Method::HEAD))
                });
                let ends_sessions = path.starts_with("/sign-out") || path.starts_with("/account/");
                for (role, browser) in &mut self.browsers {
                    let headers = [("sec-fetch-site", "same-origin")];
                    let reply = browser
                        .send(method.clone(), &path, &headers, Body::empty())
                        .await;
                    swept += 1;
                    judge(declared.map(|declared| declared.policy), *role, &reply)
                        .map_err(|wrong| format!("{method} {} as {role:?}: {wrong}", route.path))?;
                    if ends_sessions && declared.is_some() {
                        Self::refresh(server, browser).await;
                    }
                }
            }
        }
        Ok(swept)
    }
}

/// Whether an answer is one that the policy allows in a role.
fn judge(policy: Option<Policy>, role: Option<Role>, reply: &Reply) -> Result<(), String> {
    let status = reply.status;
    let least = match policy {
        None => {
            let open = !matches!(
                status,
                StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_FOUND
            );
            return fail_if(open, format!("{status}, but it is not declared"));
        }
        Some(Policy::Public) => {
            return fail_if(status.is_server_error(), format!("{status} on our side"));
        }
        Some(Policy::Token) => {
            return fail_if(
                status != StatusCode::NOT_FOUND,
                format!("{status} without a token"),
            );
        }
        Some(Policy::Member) => Role::Viewer,
        Some(Policy::Programmer) => Role::Programmer,
        Some(Policy::Owner) => Role::Owner,
    };
    if role.is_some_and(|role| role >= least) {
        let kept_out = status.is_server_error() || status == StatusCode::UNAUTHORIZED;
        return fail_if(kept_out, format!("{status}, but it is theirs to call"));
    }
    let closed = [
        StatusCode::NOT_FOUND,
        StatusCode::UNAUTHORIZED,
        StatusCode::SEE_OTHER,
    ];
    let goes = reply.header("location");
    let led_in = !goes.is_empty() && !goes.starts_with("/sign-in");
    fail_if(
        !closed.contains(&status) || led_in,
        format!("{status} to {goes:?}, but it is closed to them"),
    )
}

fn fail_if(wrong: bool, what: String) -> Result<(), String> {
    if wrong { Err(what) } else { Ok(()) }
}

/// A server of one route that is guarded by one policy and declared with another.
async fn misdeclared(engine: Engine, guarded: Policy, declared: Policy) -> TestApp {
    let mut server = TestApp::start(engine).await;
    let routes = Routes::new(server.app.clone()).get("/vault", guarded, async || "gold");
    let (router, routes) = routes.finish();
    server.router = router.with_state(server.app.clone());
    server.declared = routes
        .into_iter()
        .map(|route| Declared {
            policy: declared,
            ..route
        })
        .collect();
    server
}

/// Asks from an address, with no header but these.
async fn ask(server: &TestApp, from: &str, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    let peer = SocketAddr::new(from.parse().unwrap(), 40_000);
    request.extensions_mut().insert(Peer(peer));
    let response = server.router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

fn behind_a_proxy(config: &mut cineclub_server::config::Config) {
    config.server.proxies = vec!["10.0.0.2".parse().unwrap(), "127.0.0.1".parse().unwrap()];
    config.server.public_url = "https://films.example".to_owned();
}

#[tokio::test]
async fn refusals_are_logged_by_route_and_reason_and_name_nobody() {
    let server = TestApp::start(Engine::Sqlite).await;
    let zoe = server.member("zoe@example.org", Role::Viewer).await;
    let (log, _logging) = Log::listen();
    let visitor = server.visitor();
    let wrong = [("email", "zoe@example.org"), ("password", "not this one")];
    visitor.form("/sign-in", &wrong).await;
    zoe.form("/redeem", &[("code", "ABCD-EFGH-JKLM-NPQR")])
        .await;
    visitor.get("/media/a-forged-token/master.m3u8").await;
    zoe.post_json("/api/v1/plays/nonsense/beat", &serde_json::json!({}))
        .await;
    visitor.get("/title/nothing-here").await;
    visitor.get("/nothing-here").await;
    let text = log.text();
    let lines: Vec<_> = text.lines().collect();
    for (line, (route, status, key)) in lines.iter().zip([
        ("/sign-in", "401", "error-wrong-password"),
        ("/redeem", "422", "error-voucher-unknown"),
        ("/media/{token}/master.m3u8", "404", "error-not-found"),
        ("/api/v1/plays/{id}/beat", "422", ""),
    ]) {
        for part in [
            "INFO",
            &format!("route=\"{route}\""),
            &format!("status={status}"),
            &format!("key=\"{key}\""),
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
    }
    assert_eq!(lines.len(), 4, "{text}");
    let told: Vec<_> = lines.iter().map(|line| line.contains("cause=")).collect();
    assert_eq!(
        told,
        [false, false, true, false],
        "only a token's cause quotes nobody: {text}"
    );
    assert!(
        lines[2].contains("cause=this playback link is not valid"),
        "{text}"
    );
    for secret in ["zoe", "not this one", "ABCD", "forged"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    server.stop().await;
}

cineclub_db::on_both_engines! {
    async fn what_is_public_is_what_was_reviewed(db: &TestDb) {
        let _ = db;
        let server = TestApp::start(db.db.engine()).await;
        let mut public: Vec<_> = server
            .declared
            .iter()
            .filter(|route| route.policy == Policy::Public)
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        public.sort();
        assert_eq!(public, PUBLIC);
        server.stop().await;
    }

    async fn every_route_is_closed_to_whoever_it_was_not_declared_for(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let swept = Crowd::gather(&server).await.sweep(&server).await;
        assert!(*swept.as_ref().unwrap() > 500, "only {swept:?} calls were made");
        server.stop().await;
    }

    async fn the_sweep_sees_a_route_that_is_not_what_it_declares(db: &TestDb) {
        for (guarded, declared, seen) in [
            (Policy::Member, Policy::Member, None),
            (Policy::Public, Policy::Member, Some("GET /vault as None: 200")),
            (Policy::Member, Policy::Owner, Some("GET /vault as Some(Viewer): 200")),
            (Policy::Programmer, Policy::Owner, Some("GET /vault as Some(Programmer): 200")),
            (Policy::Public, Policy::Token, Some("GET /vault as None: 200")),
        ] {
            let server = misdeclared(db.db.engine(), guarded, declared).await;
            let judged = Crowd::gather(&server).await.sweep(&server).await;
            let wrong = judged.err().unwrap_or_default();
            assert!(wrong.starts_with(seen.unwrap_or("")) && wrong.is_empty() == seen.is_none(), "{guarded:?}, {declared:?}: {wrong}");
            server.stop().await;
        }
    }

    async fn a_form_over_http2_is_held_against_the_address_it_was_sent_to(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let visitor = server.visitor();
        // HTTP/2 has no Host header; the router sees the authority in the address.
        for (origin, refused) in [("https://films.example", false), ("https://elsewhere.example", true)] {
            let headers = [("origin", origin), ("content-type", "application/x-www-form-urlencoded")];
            let reply = visitor.send(Method::POST, "https://films.example/language", &headers, Body::from("language=fr")).await;
            assert_eq!(reply.status == StatusCode::FORBIDDEN, refused, "{origin}: {}", reply.status);
        }
        server.stop().await;
    }

    async fn what_nobody_types_is_refused_with_a_sentence_before_a_database_chokes_on_it(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let visitor = server.visitor();
        let form = [("email", "zoe\u{0}@example.org"), ("password", "a long enough password")];
        let reply = visitor.form("/sign-in", &form).await;
        assert!(reply.status == 400 || reply.status == 422, "{}", reply.status);
        assert!(reply.text().contains("This form could not be read"));
        let reply = visitor.get("/search?q=%00").await;
        assert!(reply.status == 422 && reply.text().contains("This form could not be read"), "{}", reply.status);
        assert_eq!(visitor.get("/title/%00").await.status, 404);
        server.stop().await;
    }

    async fn a_form_has_a_size_and_a_legal_text_a_larger_one(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let long = "x".repeat(70 << 10);
        let form = [("email", long.as_str()), ("password", "")];
        let reply = server.visitor().form("/sign-in", &form).await;
        assert!(reply.status == 413 && reply.text().contains("more than is taken"), "{}", reply.status);
        let owner = server.member("owner@example.org", Role::Owner).await;
        let text = [("title", "Terms"), ("body", long.as_str()), ("stood", NOTHING_YET)];
        let reply = owner.form("/admin/pages/terms/en", &text).await;
        assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/admin/pages"));
        server.stop().await;
    }

    async fn who_comes_around_the_proxy_is_told_where_to_go(db: &TestDb) {
        let server = TestApp::with(db.db.engine(), behind_a_proxy).await;
        for (from, status) in [("10.0.0.2", 200), ("127.0.0.1", 200), ("10.0.0.3", 421), ("203.0.113.9", 421)] {
            assert_eq!(ask(&server, from, "/sign-in", &[]).await.0, status, "{from}");
        }
        let french = [("accept-language", "fr"), ("accept", "text/html")];
        let (_, page) = ask(&server, "203.0.113.9", "/sign-in", &french).await;
        assert!(page.contains("Ce service se trouve à l’adresse https://films.example."), "{page}");
        let (_, document) = ask(&server, "203.0.113.9", "/healthz", &[]).await;
        assert!(document.contains("People reach this service at https://films.example."), "{document}");
        server.stop().await;
    }

    async fn the_counters_are_for_this_host_and_not_for_who_comes_through_a_proxy_on_it(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let local = [("host", "localhost:8080")];
        assert_eq!(ask(&server, "127.0.0.1", "/metrics", &local).await.0, 200);
        assert_eq!(ask(&server, "::1", "/metrics", &[("host", "[::1]:8080")]).await.0, 200);
        for (from, headers) in [
            ("203.0.113.9", &local[..]),
            ("127.0.0.1", &[("host", "films.example")]),
            ("127.0.0.1", &[]),
            ("127.0.0.1", &[("host", "localhost:8080"), ("x-forwarded-for", "203.0.113.9")]),
            ("127.0.0.1", &[("host", "localhost:8080"), ("via", "1.1 proxy")]),
        ] {
            assert_eq!(ask(&server, from, "/metrics", headers).await.0, 404, "{from} {headers:?}");
        }
        server.stop().await;
        let server = TestApp::with(db.db.engine(), behind_a_proxy).await;
        assert_eq!(ask(&server, "127.0.0.1", "/metrics", &local).await.0, 404, "the proxy itself");
        assert_eq!(ask(&server, "::1", "/metrics", &local).await.0, 200);
        server.stop().await;
    }

    async fn a_health_check_says_what_fails_and_not_in_the_databases_words(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        server.app.db().close().await;
        let (status, health) = ask(&server, "203.0.113.9", "/healthz", &[]).await;
        let health: serde_json::Value = serde_json::from_str(&health).unwrap();
        assert_eq!((status, &health["checks"][0]["name"]), (503, &"database".into()));
        assert_eq!(health["checks"][0]["detail"], "the database does not answer; the log says why");
        server.stop().await;
    }

    async fn a_form_from_another_site_changes_nothing(db: &TestDb) {
        let server = TestApp::start(db.db.engine()).await;
        let owner = server.member("owner@example.org", Role::Owner).await;
        let mut tried = 0;
        for route in server.declared.iter().filter(|route| route.method != "GET" && route.policy != Policy::Token) {
            let method: Method = route.method.parse().unwrap();
            for headers in [
                [("sec-fetch-site", "cross-site")],
                [("sec-fetch-site", "same-site")],
                [("origin", "https://elsewhere.example")],
                [("origin", "null")],
            ] {
                let reply = owner.send(method.clone(), &concrete(route.path), &headers, Body::empty()).await;
                assert_eq!(reply.status, StatusCode::FORBIDDEN, "{} {} with {headers:?}", route.method, route.path);
                tried += 1;
            }
        }
        assert!(tried > 40);
        server.stop().await;
    }
}
