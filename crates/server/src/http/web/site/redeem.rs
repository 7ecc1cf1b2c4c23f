//! Redeeming a voucher.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use crate::billing::Provider;
use crate::billing::vouchers::Vouchers;
use crate::error::{Kind, Result};
use crate::http::problem;
use crate::http::web::layout::{Flash, Layout, Visit, after, page, page_with};
use crate::http::web::site::gate::{Beside, beside};

/// What was typed.
#[derive(Deserialize)]
pub struct CodeForm {
    code: String,
}

#[derive(Template)]
#[template(path = "site/redeem.html")]
struct RedeemPage {
    page: Layout,
    code: String,
    error: Option<String>,
    beside: Option<Beside>,
}

/// `GET /redeem`.
pub async fn form(State(app): State<App>, visit: Visit) -> Result<Response> {
    page(&redeem_page(&app, &visit, String::new(), None).await?)
}

/// `POST /redeem`.
pub async fn redeem(
    State(app): State<App>,
    visit: Visit,
    Form(form): Form<CodeForm>,
) -> Result<Response> {
    match Vouchers
        .settle(&app, visit.member()?.account.id, &form.code)
        .await
    {
        Ok(subscription) => {
            let until = visit.t.date(subscription.paid_until);
            Ok(after("/home", Flash::good("done-redeemed").what(until)))
        }
        Err(error)
            if matches!(
                error.kind,
                Kind::Conflict | Kind::BadInput | Kind::TooManyRequests
            ) =>
        {
            let text = visit.t.error(&error);
            let page = page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &redeem_page(&app, &visit, form.code, Some(text)).await?,
            )?;
            Ok(problem::telling(page, error))
        }
        Err(error) => Err(error),
    }
}

async fn redeem_page(
    app: &App,
    visit: &Visit,
    code: String,
    error: Option<String>,
) -> Result<RedeemPage> {
    let beside = beside(app, visit).await?;
    Ok(RedeemPage {
        page: visit.page(visit.t.get("redeem-title")).kind("gate"),
        code,
        error,
        beside,
    })
}
