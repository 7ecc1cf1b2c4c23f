//! Refusals of the API: problem documents (RFC 9457) in the viewer's language, with what can be done.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cineclub_db::plays::Play;
use serde::Serialize;

use super::strings::{self, Text};
use crate::error::{Error, Kind};
use crate::http::problem::{Action, status, telling};
use crate::translations::PageLanguage;

/// A problem document: a title that says what, a detail that says why and what now.
#[derive(Debug, Serialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    detail: String,
    status: u16,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Action>,
}

/// A failure on its way to a viewer.
#[derive(Debug)]
pub(super) struct Refused {
    language: PageLanguage,
    error: Error,
}

impl Refused {
    /// A failure, to be told in a language.
    pub(super) fn new(language: PageLanguage, error: Error) -> Self {
        Self { language, error }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (code, kind) = status(self.error.kind);
        let response = respond(&Problem {
            kind,
            title: strings::get(self.language, Text::CantPlay),
            detail: strings::sentence(self.language, &self.error),
            status: code.as_u16(),
            actions: actions(self.language, self.error.kind),
        });
        telling(response, self.error)
    }
}

/// Every stream slot is taken: who has them, and how to stop each.
pub(super) fn too_many(language: PageLanguage, others: &[Play]) -> Response {
    let stop = |play: &Play| Action {
        label: strings::stop(language, &play.device),
        href: format!("/api/v1/plays/{}/stop", play.id),
        method: "POST",
    };
    respond(&Problem {
        kind: "too-many-streams",
        title: strings::get(language, Text::TooMany),
        detail: strings::get(language, Text::TooManyDetail).to_owned(),
        status: StatusCode::CONFLICT.as_u16(),
        actions: others.iter().map(stop).collect(),
    })
}

/// What a person can do about it.
fn actions(language: PageLanguage, kind: Kind) -> Vec<Action> {
    let link = |text, href: &str| Action {
        label: strings::get(language, text).to_owned(),
        href: href.to_owned(),
        method: "GET",
    };
    match kind {
        Kind::PaymentRequired => vec![link(Text::Redeem, "/redeem")],
        Kind::Unauthenticated => vec![link(Text::SignIn, "/sign-in")],
        Kind::Gone | Kind::NotFound | Kind::Forbidden | Kind::UnavailableForLegalReasons => {
            vec![link(Text::Home, "/")]
        }
        _ => Vec::new(),
    }
}

fn respond(problem: &Problem) -> Response {
    let code = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    // A document of strings and numbers can always be written.
    (
        code,
        headers,
        serde_json::to_vec(problem).unwrap_or_default(),
    )
        .into_response()
}
