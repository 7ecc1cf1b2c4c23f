//! The staff's pages, through the router, as a browser without script meets them.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests"
)]
#![expect(clippy::duplicate_mod, reason = "the same stories on each engine")]

#[path = "../support/mod.rs"]
mod support;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use cineclub_db::Engine;
use cineclub_db::titles::TitleText;
use cineclub_domain::account::Role;
use cineclub_domain::id::TitleId;
use cineclub_domain::title::TitleKind;
use cineclub_server::{billing, rights};
use support::{Browser, Reply, TestApp};

const POISON: &str = "<script>alert(1)</script>\"'&";

struct Staff {
    server: TestApp,
    owner: Browser,
    programmer: Browser,
    viewer: Browser,
}

// The same stories on each engine: their files are compiled once for each.
#[path = "."]
mod sqlite {
    use super::*;

    #[path = "doors.rs"]
    mod doors;
    #[path = "keeping.rs"]
    mod keeping;
    #[path = "terms.rs"]
    mod terms;
    #[path = "texts.rs"]
    mod texts;

    async fn staff() -> Staff {
        staff_on(Engine::Sqlite).await
    }
}

#[path = "."]
mod postgres {
    use super::*;

    #[path = "doors.rs"]
    mod doors;
    #[path = "keeping.rs"]
    mod keeping;
    #[path = "terms.rs"]
    mod terms;
    #[path = "texts.rs"]
    mod texts;

    async fn staff() -> Staff {
        staff_on(Engine::Postgres).await
    }
}

async fn staff_on(engine: Engine) -> Staff {
    let server = TestApp::start(engine).await;
    let owner = server.member("owner@example.org", Role::Owner).await;
    let programmer = server
        .member("programmer@example.org", Role::Programmer)
        .await;
    let viewer = server.subscriber("viewer@example.org").await;
    Staff {
        server,
        owner,
        programmer,
        viewer,
    }
}

/// A grant form that would be saved.
fn grant_form(slug: &str) -> Vec<(&str, &str)> {
    vec![
        ("do", "save"),
        ("licensor", "Films du Cap"),
        ("reference", "FC-9"),
        ("title", slug),
        ("offer", "subscription"),
        ("end_rule", "open"),
        ("zone", "Europe/Paris"),
        ("protection", "none"),
        ("licence", "contract"),
    ]
}

fn otherwise<'f>(
    mut fields: Vec<(&'f str, &'f str)>,
    name: &'f str,
    value: &'f str,
) -> Vec<(&'f str, &'f str)> {
    fields.retain(|(known, _)| *known != name);
    fields.push((name, value));
    fields
}

/// The value of a hidden field.
fn hidden(reply: &Reply, name: &str) -> String {
    let text = reply.text();
    let mark = format!("name=\"{name}\" value=\"");
    let from = text
        .find(&mark)
        .unwrap_or_else(|| panic!("no field {name}"))
        + mark.len();
    text[from..]
        .split('"')
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn assert_harmless(text: &str, page: &str) {
    assert!(!text.contains("<script>alert"), "{page} let markup through");
    assert!(
        !text.contains("\"'&"),
        "{page} let a quote out of its attribute"
    );
}
