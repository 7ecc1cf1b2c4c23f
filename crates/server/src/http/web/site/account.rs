//! A member's account: plan, language and country, password, devices.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use cineclub_db::sessions::Session;
use cineclub_domain::id::SessionId;
use serde::Deserialize;

use crate::App;
use crate::accounts::password::Secret;
use crate::error::{Error, Kind, Result};
use crate::http::problem;
use crate::http::session::{self, Member};
use crate::http::web::layout::{Flash, Layout, Tone, Visit, after, page, page_with};
use crate::http::web::network::Network;
use crate::http::web::site::gate::{Pick, is_for_the_form, territories};
use crate::http::web::site::language::cookie;
use crate::translations::{PageLanguage, T};
use crate::{accounts, billing};

/// What was bought, in words.
struct PlanView {
    name: String,
    until: String,
    screens: u16,
    picture: String,
}

/// A browser or device that is signed in.
struct DeviceView {
    id: SessionId,
    icon: &'static str,
    name: String,
    seen: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "site/account.html")]
struct AccountPage {
    page: Layout,
    email: String,
    plan: Option<PlanView>,
    territories: Vec<Pick>,
    wrong: WrongPassword,
    devices: Vec<DeviceView>,
}

/// What is wrong with the form of the password, beside the field it is about.
#[derive(Default)]
struct WrongPassword {
    current: Option<String>,
    new: Option<String>,
}

/// `GET /account`.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response> {
    let layout = visit.page(visit.t.get("account"));
    page(&account_page(&app, &visit, layout, WrongPassword::default()).await?)
}

async fn account_page(
    app: &App,
    visit: &Visit,
    layout: Layout,
    wrong: WrongPassword,
) -> Result<AccountPage> {
    let member = visit.member()?;
    let sessions = accounts::sessions(app, member.account.id).await?;
    let plan = billing::subscription(app, member.account.id)
        .await?
        .map(|subscription| PlanView {
            until: visit.t.date(subscription.paid_until),
            screens: subscription.plan.streams,
            picture: match subscription.plan.max_height {
                Some(height) => visit.t.one("plan-picture-up-to", "height", height),
                None => visit.t.get("plan-picture-any"),
            },
            name: subscription.plan.name,
        });
    Ok(AccountPage {
        page: layout.kind("account"),
        email: member.account.email.clone(),
        plan,
        territories: territories(visit, member.account.territory),
        wrong,
        devices: sessions
            .into_iter()
            .map(|session| device(&visit.t, member, session))
            .collect(),
    })
}

/// What a member chose.
#[derive(Deserialize)]
pub struct Preferences {
    language: String,
    #[serde(default)]
    territory: String,
}

/// `POST /account`: language of pages, and where one lives.
pub async fn save(
    State(app): State<App>,
    visit: Visit,
    Form(form): Form<Preferences>,
) -> Result<Response> {
    let account = &visit.member()?.account;
    let language = form
        .language
        .parse()
        .ok()
        .and_then(|tag| PageLanguage::of(&tag))
        .ok_or_else(unreadable)?;
    let territory = match form.territory.as_str() {
        "" => None,
        code => Some(code.parse().map_err(|_| unreadable())?),
    };
    accounts::set_preferences(&app, account, &language.language(), territory).await?;
    let mut response = after("/account", Flash::good("done-preferences"));
    response.headers_mut().append(
        header::SET_COOKIE,
        HeaderValue::from_static(cookie(language)),
    );
    Ok(response)
}

/// The password there is, and the one there shall be.
#[derive(Deserialize)]
pub struct PasswordForm {
    current: String,
    password: String,
}

/// `POST /account/password`: a new password; every other device is signed out.
pub async fn set_password(
    State(app): State<App>,
    Network(network): Network,
    visit: Visit,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    let member = visit.member()?;
    let (current, new) = (Secret::new(form.current), Secret::new(form.password));
    let changed =
        accounts::change_password(&app, &member.account, member.session, network, current, new);
    match changed.await {
        Ok(()) => Ok(after("/account", Flash::good("done-password"))),
        Err(error) if is_for_the_form(&error) => {
            let layout = visit.page(visit.t.get("account"));
            let (layout, wrong) = told(layout, &visit.t, &error);
            let template = account_page(&app, &visit, layout, wrong).await?;
            let page = page_with(problem::status(error.kind).0, &template)?;
            Ok(problem::telling(page, error))
        }
        Err(error) => Err(error),
    }
}

/// What went wrong, at the head of the page and beside the field it is about.
fn told(layout: Layout, t: &T, error: &Error) -> (Layout, WrongPassword) {
    let text = t.error(error);
    let mut wrong = WrongPassword::default();
    match error.key {
        Some("error-current-password") => wrong.current = Some(text),
        Some("error-password-short" | "error-password-long" | "error-password-common") => {
            wrong.new = Some(text);
        }
        _ => return (layout.saying(Tone::Bad, text), wrong),
    }
    (layout.saying(Tone::Bad, t.get("password-kept")), wrong)
}

/// Which device to sign out.
#[derive(Deserialize)]
pub struct Which {
    session: String,
}

/// `POST /account/sessions/end`: signs one device out; what it plays stops.
pub async fn end_session(
    State(app): State<App>,
    visit: Visit,
    Form(which): Form<Which>,
) -> Result<Response> {
    let member = visit.member()?;
    let session = which.session.parse().map_err(|_| unreadable())?;
    accounts::sign_out(&app, member.account.id, session).await?;
    if session == member.session {
        return Ok(signed_out(&app, "done-signed-out"));
    }
    Ok(after("/account", Flash::good("done-device-signed-out")))
}

/// `POST /account/sessions/end-all`: signs every device out, this one too.
pub async fn end_all(State(app): State<App>, visit: Visit) -> Result<Response> {
    accounts::sign_out_everywhere(&app, visit.member()?.account.id).await?;
    Ok(signed_out(&app, "done-signed-out-everywhere"))
}

fn signed_out(app: &App, key: &'static str) -> Response {
    let mut response = after("/sign-in", Flash::good(key));
    response
        .headers_mut()
        .append(header::SET_COOKIE, session::set_session(app, None));
    response
}

fn unreadable() -> Error {
    Error::new(
        Kind::BadInput,
        "This form could not be read. Go back and try again.",
    )
    .keyed("error-form-unreadable")
}

fn device(t: &T, member: &Member, session: Session) -> DeviceView {
    let here = session.id == member.session;
    DeviceView {
        id: session.id,
        icon: match session.device.as_str() {
            name if name.contains("TV") => "live",
            name if ["Android", "iPhone", "iPad"]
                .iter()
                .any(|mark| name.contains(mark)) =>
            {
                "phone"
            }
            _ => "device",
        },
        seen: if here {
            t.get("device-this")
        } else {
            t.one("device-seen", "when", t.moment(session.last_seen))
        },
        name: if session.device == "?" {
            t.get("device-unknown")
        } else {
            session.device
        },
        here,
    }
}
