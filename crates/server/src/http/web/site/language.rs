//! The language switch.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::App;
use crate::accounts;
use crate::error::{Error, Result};
use crate::http::web::layout::{Visit, local};
use crate::translations::PageLanguage;

/// What was chosen, and the page it was chosen on.
#[derive(Deserialize)]
pub struct Choice {
    language: String,
    back: Option<String>,
}

/// `POST /language`: remembered by the browser, and by the account of whoever is signed in.
pub async fn choose(
    State(app): State<App>,
    visit: Visit,
    Form(choice): Form<Choice>,
) -> Result<Response> {
    let language = choice
        .language
        .parse()
        .ok()
        .and_then(|tag| PageLanguage::of(&tag))
        .ok_or_else(Error::not_found)?;
    if let Some(member) = &visit.visitor.member {
        let account = &member.account;
        accounts::set_preferences(&app, account, &language.language(), account.territory).await?;
    }
    let mut response = Redirect::to(local(choice.back.as_deref(), "/")).into_response();
    response.headers_mut().append(
        header::SET_COOKIE,
        HeaderValue::from_static(cookie(language)),
    );
    Ok(response)
}

/// The cookie that remembers a language for a year.
pub fn cookie(language: PageLanguage) -> &'static str {
    match language {
        PageLanguage::En => "language=en; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000",
        PageLanguage::Fr => "language=fr; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000",
    }
}
