//! The first owner's sign-in, with the code that is printed on the host.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use crate::accounts::{self, NewAccount, SignedIn, owner, password::Secret};
use crate::error::{Error, Result};
use crate::http::web::layout::{Flash, Layout, Visit, after, page, page_with};
use crate::http::web::site::gate::{Wrong, agent, is_for_the_form};
use crate::http::{problem, session};

/// What the first owner types.
#[derive(Deserialize, Default)]
pub struct ClaimForm {
    code: String,
    email: String,
    password: String,
}

/// The code, where the printed address carries it.
#[derive(Deserialize)]
pub struct Printed {
    code: Option<String>,
}

#[derive(Template)]
#[template(path = "site/welcome.html")]
struct WelcomePage {
    page: Layout,
    form: ClaimForm,
    wrong: Wrong,
}

/// `GET /welcome`: there only while the service has no owner.
pub async fn form(
    State(app): State<App>,
    visit: Visit,
    Query(printed): Query<Printed>,
) -> Result<Response> {
    if !owner::is_missing(&app).await? {
        return Err(Error::not_found());
    }
    let form = ClaimForm {
        code: printed.code.unwrap_or_default(),
        ..ClaimForm::default()
    };
    page(&welcome(&visit, form, Wrong::default()))
}

/// `POST /welcome`: makes the owner's account and signs it in.
pub async fn claim(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Form(form): Form<ClaimForm>,
) -> Result<Response> {
    if !owner::is_missing(&app).await? {
        return Err(Error::not_found());
    }
    match begin(&app, &visit, &form, agent(&headers)).await {
        Ok(signed) => {
            let mut response = after("/admin", Flash::good("done-welcome"));
            response.headers_mut().append(
                header::SET_COOKIE,
                session::set_session(&app, Some(&signed.token)),
            );
            Ok(response)
        }
        Err(error) if is_for_the_form(&error) => {
            let wrong = Wrong::of(&error, visit.t.error(&error));
            let page = page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &welcome(&visit, form, wrong),
            )?;
            Ok(problem::telling(page, error))
        }
        Err(error) => Err(error),
    }
}

async fn begin(app: &App, visit: &Visit, form: &ClaimForm, agent: &str) -> Result<SignedIn> {
    let new = NewAccount {
        email: form.email.clone(),
        password: Secret::new(form.password.clone()),
        language: visit.visitor.language.language(),
        territory: app.config().service.territory,
    };
    let account = owner::claim(app, &form.code, new).await?;
    accounts::open_session(app, account, agent).await
}

fn welcome(visit: &Visit, form: ClaimForm, wrong: Wrong) -> WelcomePage {
    WelcomePage {
        page: visit.page(visit.t.get("welcome-title")).kind("gate"),
        form,
        wrong,
    }
}
