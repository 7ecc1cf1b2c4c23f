//! Every route × method × role: what is not declared is closed.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests"
)]

mod support;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use cineclub_domain::account::Role;
use cineclub_server::http::policy::Policy;
use support::TestApp;

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
        let browsers = [
            (None, server.visitor()),
            (Some(Role::Viewer), server.member("viewer@example.org", Role::Viewer).await),
            (Some(Role::Programmer), server.member("programmer@example.org", Role::Programmer).await),
            (Some(Role::Owner), server.member("owner@example.org", Role::Owner).await),
        ];
        let mut swept = 0;
        for route in &server.declared {
            let path = concrete(route.path);
            for method in &METHODS {
                let declared = server.declared.iter().find(|other| {
                    other.path == route.path
                        && (other.method == method.as_str() || (other.method == "GET" && *method == Method::HEAD))
                });
                for (role, browser) in &browsers {
                    // The routes that end the session of whoever calls them are called with a copy's.
                    if declared.is_some_and(|declared| declared.path.starts_with("/sign-out") || declared.path.starts_with("/account/")) && role.is_some() {
                        continue;
                    }
                    let reply = browser.send(method.clone(), &path, &[("sec-fetch-site", "same-origin")], Body::empty()).await;
                    swept += 1;
                    let what = format!("{method} {} as {role:?} answered {}", route.path, reply.status);
                    match declared.map(|declared| declared.policy) {
                        None => assert!(
                            matches!(reply.status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_FOUND),
                            "{what}, but is not declared"
                        ),
                        Some(Policy::Public) => assert!(!reply.status.is_server_error(), "{what}"),
                        Some(Policy::Token) => assert_eq!(reply.status, StatusCode::NOT_FOUND, "{what}"),
                        Some(policy) => {
                            let least = match policy {
                                Policy::Member => Role::Viewer,
                                Policy::Programmer => Role::Programmer,
                                _ => Role::Owner,
                            };
                            if role.is_some_and(|role| role >= least) {
                                assert!(!reply.status.is_server_error(), "{what}");
                                assert_ne!(reply.status, StatusCode::UNAUTHORIZED, "{what}");
                            } else {
                                let closed = [
                                    StatusCode::NOT_FOUND,
                                    StatusCode::UNAUTHORIZED,
                                    StatusCode::SEE_OTHER,
                                ];
                                assert!(closed.contains(&reply.status), "{what}");
                                let goes = reply.header("location").to_owned();
                                assert!(goes.is_empty() || goes.starts_with("/sign-in"), "{what}, to {goes}");
                            }
                        }
                    }
                }
            }
        }
        assert!(swept > 500, "only {swept} calls were made");
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
