//! Answers with media: the headers all of them carry, and the part of the bytes that was asked for.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::conditions::{Wanted, has_it, wanted};
use crate::delivery::{Admitted, Text};
use crate::error::Result;

/// The longest a browser may keep an answer, in seconds. A token's end comes first.
const KEEP_SECONDS: i64 = 3600;
/// When to ask again after a refusal that is only for now, in seconds.
pub(super) const WAIT: HeaderValue = HeaderValue::from_static("5");

/// The parts of a request that choose among the bytes.
pub(super) struct Asked {
    /// GET or HEAD.
    method: Method,
    /// Conditions and ranges.
    headers: HeaderMap,
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        Ok(Self {
            method: parts.method.clone(),
            headers: parts.headers.clone(),
        })
    }
}

/// What of an answer's bytes is sent, and what is said of it.
struct Cut {
    status: StatusCode,
    window: Option<(u64, u64)>,
    range: Option<String>,
}

impl Cut {
    fn of(asked: &Asked, tag: &str, len: u64) -> Self {
        let (status, window, range) = match wanted(&asked.method, &asked.headers, tag, len) {
            Wanted::Whole => (StatusCode::OK, Some((0, len)), None),
            Wanted::Part { start, end } => (
                StatusCode::PARTIAL_CONTENT,
                Some((start, end)),
                Some(format!("bytes {start}-{}/{len}", end - 1)),
            ),
            Wanted::NotModified => (StatusCode::NOT_MODIFIED, None, None),
            Wanted::Failed => (StatusCode::PRECONDITION_FAILED, None, None),
            Wanted::Unsatisfiable => (
                StatusCode::RANGE_NOT_SATISFIABLE,
                None,
                Some(format!("bytes */{len}")),
            ),
        };
        Self {
            status,
            window,
            range,
        }
    }

    /// The bytes that are sent: for HEAD none would be, and reading them is spared. Their length is told all the same.
    fn body(&self, asked: &Asked) -> Option<(u64, u64)> {
        self.window.filter(|_| asked.method != Method::HEAD)
    }

    fn respond(self, admitted: &Admitted, kind: &'static str, tag: &str, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        insert(headers, header::ETAG, tag);
        let keep = admitted.seconds_left().clamp(0, KEEP_SECONDS);
        insert(
            headers,
            header::CACHE_CONTROL,
            &format!("private, max-age={keep}"),
        );
        if let Some(range) = self.range {
            insert(headers, header::CONTENT_RANGE, &range);
        }
        if let Some((start, end)) = self.window {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(end - start));
        }
        response
    }
}

/// The answer to who has these bytes already, for which they need not be made.
pub(super) fn unchanged(asked: &Asked, admitted: &Admitted, tag: &str) -> Option<Response> {
    let cut = || Cut::of(asked, tag, 0).respond(admitted, "", tag, Body::empty());
    has_it(&asked.headers, tag).then(cut)
}

/// Answers with bytes in memory.
pub(super) fn small(
    asked: &Asked,
    admitted: &Admitted,
    kind: &'static str,
    text: impl Into<Text>,
) -> Response {
    let Text { bytes, tag } = text.into();
    let cut = Cut::of(asked, &tag, bytes.len() as u64);
    let body = cut.body(asked).map_or_else(Body::empty, |(start, end)| {
        // The window lies within the length of bytes that are in memory, so it fits.
        Body::from(bytes.slice(start as usize..end as usize))
    });
    cut.respond(admitted, kind, &tag, body)
}

/// Answers with `len` bytes, of which `body` makes those from a first to before a last one.
///
/// # Errors
/// What `body` reports.
pub(super) async fn stream(
    asked: &Asked,
    admitted: &Admitted,
    kind: &'static str,
    tag: &str,
    len: u64,
    body: impl AsyncFnOnce((u64, u64)) -> Result<Body>,
) -> Result<Response> {
    let cut = Cut::of(asked, tag, len);
    let body = match cut.body(asked) {
        Some(window) => body(window).await?,
        None => Body::empty(),
    };
    Ok(cut.respond(admitted, kind, tag, body))
}

/// Answers with what nobody may keep.
pub(super) fn secret(kind: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Sets a header from text of ours, which holds no byte that a header can't.
fn insert(headers: &mut HeaderMap, name: header::HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
