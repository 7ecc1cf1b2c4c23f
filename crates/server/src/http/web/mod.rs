//! Pages: HTML rendered here, for people. They work without script, but for the player.

pub mod admin;
pub mod art;
pub mod assets;
pub mod errors;
pub mod layout;
pub mod network;
pub mod prose;
pub mod site;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::App;
use crate::error::Error;
use crate::http::policy::{Policy, Routes};
use crate::http::session;
use layout::{FLASH_COOKIE, Furniture};

/// What pages may load: our own files, and nothing written into the page itself.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Every page, and what pages need.
pub fn routes(routes: Routes) -> Routes {
    let routes = routes
        .get("/assets/{file}", Policy::Public, assets::serve)
        .get("/favicon.ico", Policy::Public, assets::favicon)
        .get("/art/{object}/{width}", Policy::Public, art::serve);
    admin::routes(site::routes(routes))
}

/// Puts around the pages what all of them have: their texts, error pages, compression, and the
/// headers that tell browsers what a page may do.
pub fn dress(router: Router<App>, app: &App) -> Router<App> {
    let compressed = DefaultPredicate::new().and(NotForContentType::const_new("font/"));
    router
        .fallback(async || Error::not_found())
        .layer(from_fn_with_state(
            (app.clone(), Furniture::load(app)),
            errors::dress,
        ))
        .layer(CompressionLayer::new().gzip(true).compress_when(compressed))
        .layer(from_fn(guard))
}

/// Sets the headers every page has, and forgets a message once a page has shown it.
async fn guard(request: Request, next: Next) -> Response {
    let shows = request.method() == Method::GET
        && !request.headers().contains_key("x-requested-with")
        && session::cookie(request.headers(), FLASH_COOKIE).is_some_and(|flash| !flash.is_empty());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", CONTENT_POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    let is_page = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        headers.append(
            header::VARY,
            HeaderValue::from_static("cookie, accept-language"),
        );
    }
    if is_page && shows {
        headers.append(
            header::SET_COOKIE,
            HeaderValue::from_static("flash=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
        );
    }
    response
}
