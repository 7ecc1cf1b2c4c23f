//! Answers with media: the headers all of them carry, and the part of the bytes that was asked for.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::conditions::{Wanted, has_it, wanted};
use crate::delivery::{Admitted, Text};

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

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            method: parts.method.clone(),
            headers: parts.headers.clone(),
        })
    }
}

/// The answer to who has these bytes already, for which they need not be made.
pub(super) fn unchanged(asked: &Asked, admitted: &Admitted, tag: &str) -> Option<Response> {
    let none = |_| Body::empty();
    has_it(&asked.headers, tag).then(|| stream(asked, admitted, "", tag, 0, none))
}

/// Answers with bytes in memory.
pub(super) fn small(
    asked: &Asked,
    admitted: &Admitted,
    kind: &'static str,
    text: impl Into<Text>,
) -> Response {
    let Text { bytes, tag } = text.into();
    stream(
        asked,
        admitted,
        kind,
        &tag,
        bytes.len() as u64,
        |(start, end)| {
            // The window lies within the length of bytes that are in memory, so it fits.
            Body::from(bytes.slice(start as usize..end as usize))
        },
    )
}

/// Answers with `len` bytes, of which `body` makes those from a first to before a last one.
pub(super) fn stream(
    asked: &Asked,
    admitted: &Admitted,
    kind: &'static str,
    tag: &str,
    len: u64,
    body: impl FnOnce((u64, u64)) -> Body,
) -> Response {
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
    // A body for HEAD would be read from the disk for nothing; its length is told all the same.
    let made = window
        .filter(|_| asked.method != Method::HEAD)
        .map_or_else(Body::empty, body);
    let mut response = Response::new(made);
    *response.status_mut() = status;
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
    if let Some(range) = range {
        insert(headers, header::CONTENT_RANGE, &range);
    }
    if let Some((start, end)) = window {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(end - start));
    }
    response
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
