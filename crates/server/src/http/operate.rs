//! For operators: health, metrics, and a log line for what failed and what was refused.

mod measures;

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use axum::extract::{MatchedPath, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cineclub_domain::time::{MINUTE_MS, Timestamp};
use cineclub_domain::token::TokenError;
use serde::Serialize;

use crate::App;
use crate::error::{Error, Kind};
use crate::http::listen;
use crate::http::policy::{Policy, Routes, host_of};
use crate::http::problem::Failure;

/// Refusals logged in a minute; the rest of them are only counted.
const REFUSALS_A_MINUTE: u32 = 60;
/// Headers by which proxies say for whom they ask.
const FORWARDED: [&str; 4] = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/// The operator's routes.
pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/healthz", Policy::Public, health)
        .get("/metrics", Policy::Public, metrics)
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

/// Whether this process can do its work: the database answers, and revocations are fresh.
async fn health(State(app): State<App>) -> Response {
    let database = app
        .db()
        .read(async |tx| cineclub_db::changes::latest(tx).await)
        .await;
    if let Err(error) = &database {
        // For the log alone: an engine's own words may tell where it is and who asked.
        let error: &cineclub_db::Error = error;
        tracing::warn!(%error, "the database did not answer a health check");
    }
    let fresh = app.gate().is_fresh(app.now());
    let checks = vec![
        Check {
            name: "database",
            ok: database.is_ok(),
            detail: database
                .is_err()
                .then_some("the database does not answer; the log says why"),
        },
        Check {
            name: "revocations",
            ok: fresh,
            detail: (!fresh).then_some("no successful poll in 30 s: media is refused"),
        },
    ];
    let ok = checks.iter().all(|check| check.ok);
    let code = if ok {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let health = Health {
        status: if ok { "ok" } else { "failing" },
        checks,
    };
    (
        code,
        [(header::CACHE_CONTROL, "no-store")],
        axum::Json(health),
    )
        .into_response()
}

/// The Prometheus text format. Only for whoever asks from this host.
async fn metrics(State(app): State<App>, request: Request) -> Result<Response, Error> {
    if !is_from_this_host(&app, &request) {
        return Err(Error::not_found());
    }
    let text = measures::render(&app).await;
    let kind = HeaderValue::from_static("text/plain; version=0.0.4");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Whether a request was made on this host for itself. A proxy on it asks from here too, for anyone:
/// one that is listed is known, and others are by what they add or by the host they ask for.
fn is_from_this_host(app: &App, request: &Request) -> bool {
    let peer = listen::peer(request).map(|peer| peer.ip());
    let names_itself = host_of(request)
        .and_then(|host| host.parse::<Authority>().ok())
        .is_some_and(|host| is_loopback(host.host()));
    peer.is_some_and(|peer| peer.is_loopback() && !app.config().server.is_proxy(peer))
        && names_itself
        && !FORWARDED
            .iter()
            .any(|name| request.headers().contains_key(*name))
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Which refusals are logged: so many a minute, that nobody fills the disk by being refused.
#[derive(Clone)]
pub struct RefusalLog {
    app: App,
    minute: Arc<Mutex<Minute>>,
}

#[derive(Default)]
struct Minute {
    began: Option<Timestamp>,
    refusals: u32,
}

impl Minute {
    /// Counts a refusal; how many went unlogged in the minute that it ends, if it is to be logged.
    fn count(&mut self, now: Timestamp) -> Option<u32> {
        let mut unlogged = 0;
        if self
            .began
            .is_none_or(|began| now.millis_since(began) >= MINUTE_MS)
        {
            unlogged = self.refusals.saturating_sub(REFUSALS_A_MINUTE);
            *self = Self {
                began: Some(now),
                refusals: 0,
            };
        }
        self.refusals = self.refusals.saturating_add(1);
        (self.refusals <= REFUSALS_A_MINUTE).then_some(unlogged)
    }
}

impl RefusalLog {
    /// A log that nothing was written to.
    pub fn new(app: &App) -> Self {
        Self {
            app: app.clone(),
            minute: Arc::default(),
        }
    }

    fn count(&self) -> Option<u32> {
        let now = self.app.now();
        let mut minute = self
            .minute
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        minute.count(now)
    }
}

/// Counts every request by route, and logs what failed on our side and what was refused, once.
///
/// A log line names the route as declared, never the address: addresses hold tokens and titles.
pub async fn observe(State(log): State<RefusalLog>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let response = next.run(request).await;
    let path = route.as_ref().map_or("(none)", MatchedPath::as_str);
    let status = response.status();
    measures::count_request(path, status);
    let failure = response
        .extensions()
        .get::<Failure>()
        .map(|Failure(error)| Arc::clone(error));
    let (status, key) = (
        status.as_u16(),
        failure.as_ref().and_then(|error| error.key).unwrap_or(""),
    );
    match failure {
        Some(error) if is_ours(&error) => {
            tracing::error!(route = path, %method, status, cause = error.chain(), "request failed");
        }
        Some(error) if tells_something(&error) => {
            if let Some(unlogged) = log.count() {
                let cause = cause(&error).map(tracing::field::display);
                tracing::info!(route = path, %method, status, key, cause, unlogged, "request refused");
            }
        }
        _ => {}
    }
    response
}

/// Whether it failed on our side. What is only busy has no cause to tell.
fn is_ours(error: &Error) -> bool {
    match error.kind {
        Kind::Internal => true,
        Kind::Unavailable => error.source.is_some(),
        _ => false,
    }
}

/// Why a playback token was refused. Other causes may quote what a person typed, and stay unlogged.
fn cause(error: &Error) -> Option<&TokenError> {
    error.source.as_ref()?.downcast_ref()
}

/// Whether a refusal is worth a line: an address that leads nowhere is not, unless it was meant to lead
/// somewhere.
fn tells_something(error: &Error) -> bool {
    error.kind != Kind::NotFound || error.source.is_some() || error.key != Some("error-not-found")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_logged_up_to_a_number_a_minute_and_the_rest_are_told_of() {
        let (mut minute, at) = (Minute::default(), Timestamp::from_millis);
        let logged = (0..100).filter(|n| minute.count(at(*n)).is_some()).count();
        assert_eq!(logged, REFUSALS_A_MINUTE as usize);
        assert_eq!(minute.count(at(MINUTE_MS - 1)), None);
        assert_eq!(minute.count(at(MINUTE_MS)), Some(101 - REFUSALS_A_MINUTE));
        assert_eq!(minute.count(at(MINUTE_MS + 1)), Some(0));
    }

    #[test]
    fn this_host_is_known_by_name_and_by_address() {
        for host in ["localhost", "127.0.0.1", "127.8.0.1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["films.example", "localhost.films.example", "10.0.0.1", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
