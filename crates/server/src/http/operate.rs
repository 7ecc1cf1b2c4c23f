//! For operators: health, metrics, and one log line for each request that failed.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::App;
use crate::error::{Error, Kind};
use crate::http::policy::{Policy, Routes};
use crate::http::problem::Failure;

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
    detail: Option<String>,
}

/// Whether this process can do its work: the database answers, and revocations are fresh.
async fn health(State(app): State<App>) -> Response {
    let database = app
        .db()
        .read(async |tx| cineclub_db::changes::latest(tx).await)
        .await;
    let fresh = app.gate().is_fresh(app.now());
    let checks = vec![
        Check {
            name: "database",
            ok: database.is_ok(),
            detail: database
                .err()
                .map(|error: cineclub_db::Error| error.to_string()),
        },
        Check {
            name: "revocations",
            ok: fresh,
            detail: (!fresh).then(|| "no successful poll in 30 s: media is refused".to_owned()),
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
    if !crate::http::listen::peer(&request).is_some_and(|peer| peer.ip().is_loopback())
        || request.headers().contains_key("x-forwarded-for")
    {
        return Err(Error::not_found());
    }
    let text = app
        .metrics()
        .map(|metrics| metrics.render())
        .unwrap_or_default();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Counts every request by route, and logs those that failed on our side, once.
///
/// A log line names the route as declared, never the address: addresses hold tokens and titles.
pub async fn observe(State(_): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let response = next.run(request).await;
    let path = route.as_ref().map_or("(none)", MatchedPath::as_str);
    let status = response.status();
    metrics::counter!("cineclub_http_requests_total", "route" => path.to_owned(), "status" => status.as_u16().to_string())
        .increment(1);
    let failure = response
        .extensions()
        .get::<Failure>()
        .map(|Failure(error)| Arc::clone(error));
    if let Some(error) = failure {
        if matches!(error.kind, Kind::Internal | Kind::Unavailable) {
            tracing::error!(route = path, %method, status = status.as_u16(), cause = error.chain(), "request failed");
        } else {
            tracing::debug!(route = path, %method, status = status.as_u16(), "request refused");
        }
    }
    response
}
