//! Failures on the wire: each kind is one status; programs get RFC 9457 problem documents.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::session;
use crate::App;
use crate::error::{Error, Kind};
use crate::translations::T;

/// The status of each kind of failure, and the `type` of its problem document.
pub fn status(kind: Kind) -> (StatusCode, &'static str) {
    match kind {
        Kind::BadInput => (StatusCode::UNPROCESSABLE_ENTITY, "bad-input"),
        Kind::Unauthenticated => (StatusCode::UNAUTHORIZED, "not-signed-in"),
        Kind::PaymentRequired => (StatusCode::PAYMENT_REQUIRED, "no-subscription"),
        Kind::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
        Kind::NotFound => (StatusCode::NOT_FOUND, "not-found"),
        Kind::Gone => (StatusCode::GONE, "gone"),
        Kind::Conflict => (StatusCode::CONFLICT, "conflict"),
        Kind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
        Kind::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "too-many-requests"),
        Kind::Misdirected => (StatusCode::MISDIRECTED_REQUEST, "misdirected"),
        Kind::UnavailableForLegalReasons => (StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS, "not-here"),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        Kind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

/// The `type` of a failure's document: what ended a play, where one is over, since a player goes on
/// after some ends and not after others; else its kind.
pub fn name(error: &Error) -> &'static str {
    let sentence = error.key.and_then(|key| key.split_once('-'));
    sentence
        .map(|(_, name)| name)
        .filter(|name| name.starts_with("play-"))
        .unwrap_or_else(|| status(error.kind).1)
}

/// A problem document (RFC 9457 §3).
#[derive(Debug, Serialize)]
pub struct Problem {
    /// Which kind of problem, as a relative reference.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The sentence for the person.
    pub title: String,
    /// The status, again.
    pub status: u16,
    /// What the person can do about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
}

impl Problem {
    /// What is told of a failure that nothing can be done about here.
    pub fn of(error: &Error, title: String) -> Self {
        Self {
            kind: name(error),
            title,
            status: status(error.kind).0.as_u16(),
            actions: Vec::new(),
        }
    }
}

/// Something a person can do about a problem.
#[derive(Debug, Clone, Serialize)]
pub struct Action {
    /// What the button says.
    pub label: String,
    /// Where it goes.
    pub href: String,
    /// `GET` follows it, `POST` sends it.
    pub method: &'static str,
}

/// The failure that a response stands for, for whoever dresses it.
#[derive(Debug, Clone)]
pub struct Failure(pub Arc<Error>);

impl IntoResponse for Error {
    /// A bare status with the error attached; [`render`] or the pages' own layer dresses it.
    fn into_response(self) -> Response {
        telling(status(self.kind).0.into_response(), self)
    }
}

/// Turns a problem into its document.
pub fn respond(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let kind = HeaderValue::from_static("application/problem+json");
    let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Attaches the failure that a response tells of, so that it can be logged.
pub fn telling(mut response: Response, error: Error) -> Response {
    response.extensions_mut().insert(Failure(Arc::new(error)));
    response
}

/// Whether a response already says what failed: as a document, or as a page.
pub fn is_dressed(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| {
        kind.as_bytes().starts_with(b"text/html")
            || kind.as_bytes().starts_with(b"application/problem+json")
    })
}

/// The way to the sign-in page, for whoever must go there first.
pub fn sign_in(t: &T) -> Action {
    Action {
        label: t.get("sign-in"),
        href: "/sign-in".to_owned(),
        method: "GET",
    }
}

/// Dresses bare failures of the API and media faces as problem documents, in the reader's language.
pub async fn render(State(app): State<App>, request: Request, next: Next) -> Response {
    let language = session::language(&app, None, request.headers());
    let response = next.run(request).await;
    let Some(Failure(error)) = response.extensions().get::<Failure>().cloned() else {
        return response;
    };
    if is_dressed(&response) {
        return response;
    }
    let t = app.words(language);
    let mut problem = Problem::of(&error, t.error(&error));
    if error.kind == Kind::Unauthenticated {
        problem.actions.push(sign_in(&t));
    }
    let mut dressed = respond(&problem);
    dressed.extensions_mut().insert(Failure(error));
    dressed
}
