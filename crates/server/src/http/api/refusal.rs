//! Refusals of the API: problem documents (RFC 9457) in the viewer's language, with what can be done.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cineclub_db::plays::Play;
use serde::Serialize;

use crate::catalogue::Snapshot;
use crate::error::{Error, Kind};
use crate::http::problem::{Action, name, sign_in, status, telling};
use crate::translations::T;

/// A problem document: a title that says what, a detail that says why and what now.
#[derive(Debug, Serialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    detail: String,
    status: u16,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Action>,
}

/// A failure on its way to a viewer.
#[derive(Debug)]
pub(super) struct Refused {
    t: T,
    error: Error,
}

impl Refused {
    /// A failure, to be told in these words.
    pub(super) fn new(t: T, error: Error) -> Self {
        Self { t, error }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let kind = name(&self.error);
        let (title, actions) = if goes_on(kind) {
            ("play-stopped", Vec::new())
        } else {
            ("play-refused", actions(&self.t, self.error.kind))
        };
        let response = respond(&Problem {
            kind,
            title: self.t.get(title),
            detail: self.t.error(&self.error),
            status: status(self.error.kind).0.as_u16(),
            actions,
        });
        telling(response, self.error)
    }
}

/// Every stream slot is taken: what plays where since when, and how to stop each.
pub(super) fn too_many(t: &T, snapshot: &Snapshot, others: &[Play]) -> Response {
    let language = t.language().language();
    let name = |play: &Play| {
        let entry = snapshot.title(play.title);
        entry.map_or_else(String::new, |entry| entry.name(&language).to_owned())
    };
    let stop = |play: &Play| Action {
        label: t.with(
            "play-stop-device",
            &[
                ("device", &play.device),
                ("name", &name(play)),
                ("time", &t.time_of_day(play.started_ms)),
            ],
        ),
        href: format!("/api/v1/plays/{}/stop", play.id),
        method: "POST",
    };
    respond(&Problem {
        kind: "too-many-streams",
        title: t.get("play-too-many"),
        detail: t.get("play-too-many-text"),
        status: StatusCode::CONFLICT.as_u16(),
        actions: others.iter().map(stop).collect(),
    })
}

/// Whether pressing play again goes on after this. The player offers that itself, since it alone knows
/// where the film stood.
fn goes_on(kind: &str) -> bool {
    matches!(kind, "play-lost" | "play-closed" | "play-replaced")
}

/// What a person can do about it.
fn actions(t: &T, kind: Kind) -> Vec<Action> {
    let link = |label, href: &str| Action {
        label,
        href: href.to_owned(),
        method: "GET",
    };
    match kind {
        Kind::PaymentRequired => vec![link(t.get("redeem-title"), "/redeem")],
        Kind::Unauthenticated => vec![sign_in(t)],
        Kind::Gone | Kind::NotFound | Kind::Forbidden | Kind::UnavailableForLegalReasons => {
            vec![link(t.get("play-see-programme"), "/")]
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
