//! Signing up, in and out.

use std::net::IpAddr;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cineclub_domain::territory::Territory;
use serde::Deserialize;

use crate::App;
use crate::accounts::{self, NewAccount, SignedIn, password::Secret};
use crate::billing::Provider;
use crate::billing::vouchers::Vouchers;
use crate::error::{Error, Kind, Result};
use crate::http::problem;
use crate::http::session;
use crate::http::web::layout::{Flash, Layout, Visit, after, local, page, page_with};
use crate::http::web::network::Network;
use crate::http::web::site::cards::Picture;
use crate::translations::T;

/// A picture beside a form, with whose it is.
pub struct Beside {
    /// The picture.
    pub picture: Picture,
    /// The title it shows.
    pub caption: String,
}

/// A picture of something that may be shown to the visitor; the latest work that has one.
pub async fn beside(app: &App, visit: &Visit) -> Result<Option<Beside>> {
    let snapshot = app.catalogue().current(app).await?;
    let shelf = snapshot.shelf(visit.visitor.audience, app.now());
    let language = visit.visitor.language.language();
    Ok(shelf.latest().into_iter().find_map(|entry| {
        let caption = match entry.title.year {
            Some(year) => format!("{}, {year}", entry.name(&language)),
            None => entry.name(&language).to_owned(),
        };
        Picture::backdrop(entry).map(|picture| Beside { picture, caption })
    }))
}

/// Where to go after signing in.
#[derive(Deserialize)]
pub struct Onward {
    next: Option<String>,
}

/// What a person typed to sign in.
#[derive(Deserialize)]
pub struct SignInForm {
    email: String,
    password: String,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "site/sign-in.html")]
struct SignInPage {
    page: Layout,
    email: String,
    next: String,
    error: Option<String>,
    beside: Option<Beside>,
}

/// `GET /sign-in`.
pub async fn sign_in_form(
    State(app): State<App>,
    visit: Visit,
    Query(onward): Query<Onward>,
) -> Result<Response> {
    let next = local(onward.next.as_deref(), "/home").to_owned();
    if visit.visitor.member.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    page(&sign_in_page(&app, &visit, String::new(), next, None).await?)
}

/// `POST /sign-in`.
pub async fn sign_in(
    State(app): State<App>,
    Network(network): Network,
    visit: Visit,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response> {
    let next = local(form.next.as_deref(), "/home");
    match accounts::sign_in(
        &app,
        &form.email,
        Secret::new(form.password),
        network,
        agent(&headers),
    )
    .await
    {
        Ok(signed) => Ok(enter(&app, &signed, next)),
        Err(error) if is_for_the_form(&error) => {
            let text = visit.t.error(&error);
            let template =
                sign_in_page(&app, &visit, form.email, next.to_owned(), Some(text)).await?;
            let page = page_with(problem::status(error.kind).0, &template)?;
            Ok(problem::telling(page, error))
        }
        Err(error) => Err(error),
    }
}

/// `POST /sign-out`.
pub async fn sign_out(State(app): State<App>, visit: Visit) -> Result<Response> {
    if let Some(member) = &visit.visitor.member {
        accounts::sign_out(&app, member.account.id, member.session).await?;
    }
    let mut response = after("/", Flash::good("done-signed-out"));
    response
        .headers_mut()
        .append(header::SET_COOKIE, session::set_session(&app, None));
    Ok(response)
}

/// What a person typed to sign up.
#[derive(Deserialize, Default)]
pub struct SignUpForm {
    email: String,
    password: String,
    #[serde(default)]
    territory: String,
    #[serde(default)]
    voucher: String,
    #[serde(default)]
    terms: String,
    next: Option<String>,
}

/// What is wrong with a form, beside the field it is about.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// With the address.
    pub email: Option<String>,
    /// With the password.
    pub password: Option<String>,
    /// With the code.
    pub code: Option<String>,
    /// With the terms.
    pub terms: Option<String>,
    /// With anything else.
    pub form: Option<String>,
}

impl Wrong {
    /// Puts an error's sentence beside the field it is about.
    pub fn of(error: &Error, text: String) -> Self {
        let (mut wrong, text) = (Self::default(), Some(text));
        match error.key {
            Some("error-not-an-address" | "error-address-taken") => wrong.email = text,
            Some("error-password-short" | "error-password-long" | "error-password-common") => {
                wrong.password = text
            }
            Some("error-host-code") => wrong.code = text,
            Some("error-terms") => wrong.terms = text,
            _ => wrong.form = text,
        }
        wrong
    }
}

/// A choice in a list.
pub struct Pick {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub name: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// Every territory as a choice.
pub fn territories(visit: &Visit, chosen: Option<Territory>) -> Vec<Pick> {
    let all = visit.t.territories().into_iter();
    all.map(|(territory, name)| Pick {
        value: territory.to_string(),
        name,
        chosen: chosen == Some(territory),
    })
    .collect()
}

#[derive(Template)]
#[template(path = "site/sign-up.html")]
struct SignUpPage {
    page: Layout,
    form: SignUpForm,
    next: String,
    territories: Vec<Pick>,
    wrong: Wrong,
    beside: Option<Beside>,
}

/// `GET /sign-up`.
pub async fn sign_up_form(
    State(app): State<App>,
    visit: Visit,
    Query(onward): Query<Onward>,
) -> Result<Response> {
    if visit.visitor.member.is_some() {
        return Ok(Redirect::to("/home").into_response());
    }
    let form = SignUpForm {
        next: onward.next,
        ..SignUpForm::default()
    };
    page(&sign_up_page(&app, &visit, form, Wrong::default()).await?)
}

/// `POST /sign-up`: makes the account, signs it in, and redeems the voucher if there is one.
pub async fn sign_up(
    State(app): State<App>,
    Network(network): Network,
    visit: Visit,
    headers: HeaderMap,
    Form(form): Form<SignUpForm>,
) -> Result<Response> {
    let signed = match begin(&app, &visit, &form, network, agent(&headers)).await {
        Ok(signed) => signed,
        Err(error) if is_for_the_form(&error) => {
            let wrong = Wrong::of(&error, visit.t.error(&error));
            let template = sign_up_page(&app, &visit, form, wrong).await?;
            let page = page_with(StatusCode::UNPROCESSABLE_ENTITY, &template)?;
            return Ok(problem::telling(page, error));
        }
        Err(error) => return Err(error),
    };
    let next = local(form.next.as_deref(), "/home");
    let (next, flash) = redeem_first(&app, &visit.t, &signed, &form.voucher, next).await;
    let mut response = after(next, flash);
    response.headers_mut().append(
        header::SET_COOKIE,
        session::set_session(&app, Some(&signed.token)),
    );
    Ok(response)
}

/// The answer that signs a browser in.
pub fn enter(app: &App, signed: &SignedIn, next: &str) -> Response {
    let mut response = Redirect::to(next).into_response();
    response.headers_mut().append(
        header::SET_COOKIE,
        session::set_session(app, Some(&signed.token)),
    );
    response
}

/// The browser's own description of itself.
pub fn agent(headers: &HeaderMap) -> &str {
    headers
        .get(header::USER_AGENT)
        .map(HeaderValue::as_bytes)
        .and_then(|agent| std::str::from_utf8(agent).ok())
        .unwrap_or("")
}

/// Whether the person can do something about it in the form, which is then shown again.
pub fn is_for_the_form(error: &Error) -> bool {
    matches!(
        error.kind,
        Kind::BadInput
            | Kind::Conflict
            | Kind::Unauthenticated
            | Kind::TooManyRequests
            | Kind::Forbidden
    )
}

async fn begin(
    app: &App,
    visit: &Visit,
    form: &SignUpForm,
    network: IpAddr,
    agent: &str,
) -> Result<SignedIn> {
    if form.terms != "yes" {
        return Err(
            Error::new(Kind::BadInput, "An account needs the terms accepted.").keyed("error-terms"),
        );
    }
    let new = NewAccount {
        email: form.email.clone(),
        password: Secret::new(form.password.clone()),
        language: visit.visitor.language.language(),
        territory: form
            .territory
            .parse()
            .ok()
            .or(app.config().service.territory),
    };
    let account = accounts::sign_up_from(app, new, network).await?;
    accounts::open_session(app, account, agent).await
}

/// Redeems the voucher typed at sign-up, if there was one: where its holder goes on, and what they read.
///
/// The account exists whatever becomes of the voucher, so a failure is told there and logged here.
async fn redeem_first<'n>(
    app: &App,
    t: &T,
    signed: &SignedIn,
    code: &str,
    next: &'n str,
) -> (&'n str, Flash) {
    if code.trim().is_empty() {
        return (next, Flash::good("done-signed-up"));
    }
    match Vouchers.settle(app, signed.account.id, code).await {
        Ok(_) => (next, Flash::good("done-signed-up-redeemed")),
        Err(error) if is_for_the_form(&error) => (
            "/redeem",
            Flash::warn("done-signed-up-voucher-refused").what(t.error(&error)),
        ),
        Err(error) => {
            tracing::error!(
                cause = error.chain(),
                "a voucher could not be redeemed at sign-up"
            );
            ("/redeem", Flash::warn("done-signed-up-voucher-failed"))
        }
    }
}

async fn sign_in_page(
    app: &App,
    visit: &Visit,
    email: String,
    next: String,
    error: Option<String>,
) -> Result<SignInPage> {
    let beside = beside(app, visit).await?;
    Ok(SignInPage {
        page: visit.page(visit.t.get("sign-in-title")).kind("gate"),
        email,
        next,
        error,
        beside,
    })
}

async fn sign_up_page(
    app: &App,
    visit: &Visit,
    form: SignUpForm,
    wrong: Wrong,
) -> Result<SignUpPage> {
    let chosen = form
        .territory
        .parse()
        .ok()
        .or(visit.visitor.audience.territory);
    Ok(SignUpPage {
        page: visit.page(visit.t.get("sign-up-title")).kind("gate"),
        next: local(form.next.as_deref(), "/home").to_owned(),
        territories: territories(visit, chosen),
        beside: beside(app, visit).await?,
        form,
        wrong,
    })
}
