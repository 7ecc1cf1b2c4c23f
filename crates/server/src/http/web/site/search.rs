//! Search, among what may be shown to the member.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use crate::error::Result;
use crate::http::session::escape_query;
use crate::http::web::layout::{Layout, Visit, page};
use crate::http::web::site::cards::{Card, Cards};

/// Titles on a page of results.
const PER_PAGE: usize = 24;
/// The most results one can page through.
const MOST: usize = 480;
/// The longest question, in letters.
const LONGEST: usize = 100;

/// What was asked for.
#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "site/search.html")]
struct SearchPage {
    page: Layout,
    question: String,
    asked: bool,
    count: usize,
    cards: Vec<Card>,
    number: usize,
    pages: usize,
    before: Option<String>,
    after: Option<String>,
}

/// `GET /search?q=`.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Query(question): Query<Question>,
) -> Result<Response> {
    let asked: String = question.q.trim().chars().take(LONGEST).collect();
    let snapshot = app.catalogue().current(&app).await?;
    let shelf = snapshot.shelf(visit.visitor.audience, app.now());
    let language = visit.visitor.language.language();
    let cards = Cards {
        snapshot: &snapshot,
        shelf: &shelf,
        t: &visit.t,
        language: &language,
    };
    let found = shelf.search(&asked, &language, MOST);
    let pages = found.len().div_ceil(PER_PAGE).max(1);
    let number = question.page.unwrap_or(1).clamp(1, pages);
    let shown = found.iter().skip((number - 1) * PER_PAGE).take(PER_PAGE);
    let link = |number: usize| format!("/search?q={}&page={number}", escape_query(&asked));
    page(&SearchPage {
        page: visit
            .page(visit.t.get("search"))
            .kind("search")
            .place("search"),
        cards: shown.map(|entry| cards.poster(entry)).collect(),
        count: found.len(),
        asked: !asked.is_empty(),
        before: (number > 1).then(|| link(number - 1)),
        after: (number < pages).then(|| link(number + 1)),
        question: asked,
        number,
        pages,
    })
}
