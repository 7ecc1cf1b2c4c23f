//! Failures as pages: one sentence in the visitor's language, and what one can do.

use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::App;
use crate::error::{Error, Kind, Result};
use crate::http::problem::{self, Action, Failure, Problem};
use crate::http::session::Visitor;
use crate::http::web::layout::{Furniture, Layout, Visit, page_with};
use crate::http::web::site::cards::Row;
use crate::translations::T;

/// A page that says what is wrong and what one can do.
#[derive(Template)]
#[template(path = "site/problem.html")]
pub struct ProblemPage {
    /// What is around it.
    pub page: Layout,
    /// The status, as people know it.
    pub code: u16,
    /// What is wrong, in a few words.
    pub title: String,
    /// What is wrong, in a sentence.
    pub text: String,
    /// Where to go from here, the best first.
    pub actions: Vec<Action>,
    /// What could be watched instead.
    pub instead: Option<Row>,
}

/// Hands every page its furniture, and turns bare failures into pages.
pub async fn dress(
    State((app, furniture)): State<(App, Furniture)>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(furniture.clone());
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(error) = failure(&response) else {
        return response;
    };
    let visit = visit(&app, asked.clone(), furniture).await;
    let mut dressed = if wants_page(&asked.headers) {
        render(&visit, &error).unwrap_or_else(|_| problem::respond(&document(&visit.t, &error)))
    } else {
        problem::respond(&document(&visit.t, &error))
    };
    *dressed.status_mut() = response.status();
    dressed.extensions_mut().insert(error);
    dressed
}

/// The heading of a kind of failure.
pub fn heading(t: &T, kind: Kind) -> String {
    t.get(match kind {
        Kind::NotFound => "problem-not-found",
        Kind::Gone => "problem-gone",
        Kind::UnavailableForLegalReasons => "problem-territory",
        Kind::PaymentRequired => "problem-payment",
        Kind::Forbidden => "problem-forbidden",
        Kind::Unauthenticated => "problem-sign-in",
        Kind::TooManyRequests => "problem-too-many",
        Kind::TooLarge => "problem-too-large",
        Kind::BadInput | Kind::Conflict | Kind::Misdirected => "problem-refused",
        Kind::Unavailable => "problem-unavailable",
        Kind::Internal => "problem-internal",
    })
}

/// What one can do about a failure, the best first.
pub fn actions(t: &T, kind: Kind, signed_in: bool) -> Vec<Action> {
    let go = |key: &str, href: &str| Action {
        label: t.get(key),
        href: href.to_owned(),
        method: "GET",
    };
    let home = || {
        if signed_in {
            go("problem-go-home", "/home")
        } else {
            go("problem-go-front", "/")
        }
    };
    match kind {
        Kind::PaymentRequired => vec![
            go("redeem-title", "/redeem"),
            go("problem-go-account", "/account"),
        ],
        Kind::Unauthenticated => vec![go("sign-in", "/sign-in"), go("sign-up", "/sign-up")],
        Kind::NotFound if signed_in => vec![home(), go("search", "/search")],
        Kind::Internal | Kind::Unavailable => vec![go("problem-retry", ""), home()],
        _ => vec![home()],
    }
}

/// The page of a failure that has no better page of its own.
fn render(visit: &Visit, error: &Failure) -> Result<Response> {
    let Failure(error) = error;
    let title = heading(&visit.t, error.kind);
    let (status, _) = problem::status(error.kind);
    let template = ProblemPage {
        page: visit.page(title.clone()).kind("problem"),
        code: status.as_u16(),
        title,
        text: visit.t.error(error),
        actions: actions(&visit.t, error.kind, visit.visitor.member.is_some()),
        instead: None,
    };
    page_with(status, &template)
}

fn document(t: &T, failure: &Failure) -> Problem {
    Problem::of(&failure.0, t.error(&failure.0))
}

/// The failure a response stands for: the one attached, or one for a bare refusal by the framework.
fn failure(response: &Response) -> Option<Failure> {
    if let Some(failure) = response.extensions().get::<Failure>() {
        return (!problem::is_dressed(response)).then(|| failure.clone());
    }
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_bare = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !is_bare || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    Some(Failure(std::sync::Arc::new(bare(status))))
}

fn bare(status: StatusCode) -> Error {
    match status {
        StatusCode::NOT_FOUND => Error::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => Error::new(
            Kind::BadInput,
            "This address doesn't take that kind of request.",
        )
        .keyed("error-method"),
        StatusCode::PAYLOAD_TOO_LARGE => {
            Error::new(Kind::TooLarge, "This is more than is taken.").keyed("error-too-large")
        }
        status if status.is_client_error() => Error::new(
            Kind::BadInput,
            "This form could not be read. Go back and try again.",
        )
        .keyed("error-form-unreadable"),
        status => Error::internal(format!("the framework answered {status}")),
    }
}

/// Whoever asked, as far as can be told: when the database is away, the language is still known.
async fn visit(app: &App, mut parts: Parts, furniture: Furniture) -> Visit {
    parts.extensions.insert(furniture.clone());
    if let Ok(visit) = <Visit as FromRequestParts<App>>::from_request_parts(&mut parts, app).await {
        return visit;
    }
    parts.headers.remove(header::COOKIE);
    let visitor = match Visitor::from_request_parts(&mut parts, app).await {
        Ok(visitor) => visitor,
        Err(_) => Visitor {
            member: None,
            language: crate::translations::PageLanguage::En,
            audience: cineclub_domain::decide::Audience::default(),
            here: "/".to_owned(),
        },
    };
    Visit::stranger(visitor, furniture)
}

/// Whether a person will look at the answer: scripts of ours say that they are scripts.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepts = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    !headers.contains_key("x-requested-with")
        && accepts.is_some_and(|accept| accept.contains("text/html"))
}
