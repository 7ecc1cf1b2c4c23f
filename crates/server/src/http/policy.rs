//! Every route declares who may call it; what is not declared does not exist.

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::App;
use crate::error::{Error, Kind};
use crate::http::{intake, listen, session};
use cineclub_domain::account::Role;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Policy {
    /// Anyone. The list of these is short, and reviewed.
    Public,
    /// Whoever holds a playback token; the handler opens it.
    Token,
    /// Anyone signed in.
    Member,
    /// Staff who keep the catalogue, and owners. Others are told there is nothing here.
    Programmer,
    /// Owners. Others are told there is nothing here.
    Owner,
}

impl Policy {
    fn least_role(self) -> Option<Role> {
        match self {
            Self::Public | Self::Token => None,
            Self::Member => Some(Role::Viewer),
            Self::Programmer => Some(Role::Programmer),
            Self::Owner => Some(Role::Owner),
        }
    }
}

/// A route as declared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declared {
    /// Its path, with parameters in braces.
    pub path: &'static str,
    /// Its method. GET stands for HEAD as well.
    pub method: &'static str,
    /// Who may call it.
    pub policy: Policy,
}

/// Collects routes with their policies. There is no way to add one without.
pub struct Routes {
    app: App,
    router: Router<App>,
    declared: Vec<Declared>,
}

impl Routes {
    /// No routes yet.
    pub fn new(app: App) -> Self {
        Self {
            app,
            router: Router::new(),
            declared: Vec::new(),
        }
    }

    /// Adds a route for GET and HEAD.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.on(path, "GET", MethodFilter::GET, policy, handler)
    }

    /// Adds a route for POST.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.on(path, "POST", MethodFilter::POST, policy, handler)
    }

    /// Adds a route for PUT.
    #[must_use]
    pub fn put<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.on(path, "PUT", MethodFilter::PUT, policy, handler)
    }

    /// The router, and the list of what it declares.
    pub fn finish(self) -> (Router<App>, Vec<Declared>) {
        (self.router, self.declared)
    }

    fn on<H, T>(
        mut self,
        path: &'static str,
        method: &'static str,
        filter: MethodFilter,
        policy: Policy,
        handler: H,
    ) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let guard = axum::middleware::from_fn_with_state((self.app.clone(), policy), enforce);
        let route: MethodRouter<App> = on(filter, handler).route_layer(guard);
        self.router = self.router.route(path, route);
        self.declared.push(Declared {
            path,
            method,
            policy,
        });
        self
    }
}

/// Lets a request through to its handler, or answers in its place.
async fn enforce(
    State((app, policy)): State<(App, Policy)>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Err(error) = admit(&app, policy, &request) {
        return error.into_response();
    }
    let Some(least) = policy.least_role() else {
        return next.run(request).await;
    };
    let wants_page = request.method() == Method::GET && accepts_html(request.headers());
    let member = match session::member(&app, request.headers()).await {
        Ok(member) => member,
        Err(error) => return error.into_response(),
    };
    match member {
        Some(member) if member.account.role >= least => {
            request.extensions_mut().insert(member);
            next.run(request).await
        }
        Some(_) => Error::not_found().into_response(),
        None if least > Role::Viewer && !wants_page => Error::not_found().into_response(),
        None if wants_page => {
            let back = request
                .uri()
                .path_and_query()
                .map_or("/", |path| path.as_str());
            Redirect::to(&format!("/sign-in?next={}", session::escape_query(back))).into_response()
        }
        None => Error::new(Kind::Unauthenticated, "Sign in first.")
            .keyed("error-sign-in-first")
            .into_response(),
    }
}

/// What every request must be, whoever sends it.
fn admit(app: &App, policy: Policy, request: &Request) -> Result<(), Error> {
    let server = &app.config().server;
    let served = listen::peer(request).is_some_and(|peer| server.serves(peer.ip()));
    if !served && !server.proxies.is_empty() {
        return Err(around_the_proxy(&server.public_url));
    }
    if !intake::is_typed(request.uri().path()) {
        return Err(Error::not_found());
    }
    if !request.uri().query().is_none_or(intake::is_typed) {
        return Err(Error::new(
            Kind::BadInput,
            "This form could not be read. Go back and try again.",
        )
        .keyed("error-form-unreadable"));
    }
    if !request.method().is_safe() && policy != Policy::Token && !is_same_origin(app, request) {
        return Err(Error::new(
            Kind::Forbidden,
            "This form came from another site, so it was not acted on.",
        )
        .keyed("error-cross-site"));
    }
    Ok(())
}

fn around_the_proxy(address: &str) -> Error {
    let text = format!("People reach this service at {address}. Open it there.");
    Error::new(Kind::Misdirected, text)
        .keyed("error-around-the-proxy")
        .with("address", address)
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Whether an unsafe request comes from one of our own pages, or from no page at all.
///
/// Browsers tell by `Sec-Fetch-Site`; those that don't send an `Origin`. A program that sends
/// neither carries no cookie it was not given on purpose.
fn is_same_origin(app: &App, request: &Request) -> bool {
    let text = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match text("origin") {
        None => true,
        Some(origin) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some()
                && (host == host_of(request)
                    || origin == app.config().server.public_url.trim_end_matches('/'))
        }
    }
}

/// The host a request is for: HTTP/1.1 says it in a header, HTTP/2 in the address itself.
pub fn host_of(request: &Request) -> Option<&str> {
    let header = request.headers().get(header::HOST);
    header.and_then(|host| host.to_str().ok()).or_else(|| {
        request
            .uri()
            .authority()
            .map(|authority| authority.as_str())
    })
}
