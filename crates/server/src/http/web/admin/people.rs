//! `/admin/people`: accounts, their roles, and closing them.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use cineclub_db::accounts::email_key;
use cineclub_domain::account::{Account, Role};
use cineclub_domain::id::AccountId;
use serde::Deserialize;

use super::form::Fields;
use super::studio::{self, Act, Badge, Choice, Mood, Place, Studio};
use crate::App;
use crate::accounts::staff;
use crate::error::{Error, Kind, Result};
use crate::http::session::escape_query;
use crate::http::web::layout::{Flash, Visit, after};
use crate::translations::T;

/// Accounts from which on there may be another page.
const FULL_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "admin/people.html")]
struct PeoplePage {
    page: Studio,
    people: Vec<Row>,
    later: Option<String>,
}

struct Row {
    id: String,
    email: String,
    since: String,
    state: Badge,
    role_label: String,
    role_question: String,
    roles: Vec<Choice>,
    door: Act,
}

/// Where the list goes on.
#[derive(Deserialize)]
pub struct From {
    #[serde(default)]
    after: String,
}

/// `GET /admin/people`
///
/// # Errors
/// When the database can't be read.
pub async fn list(
    State(app): State<App>,
    visit: Visit,
    Query(from): Query<From>,
) -> Result<Response> {
    let page = Studio::new(&app, &visit, Place::People, visit.t.get("admin-people"))?;
    // NUL is in no address, and PostgreSQL can't compare with it.
    let found = staff::list(&app, &from.after.replace('\0', "")).await?;
    let later = found
        .last()
        .filter(|_| found.len() >= FULL_PAGE)
        .map(|last| {
            format!(
                "/admin/people?after={}",
                escape_query(&email_key(&last.email))
            )
        });
    let people = found.iter().map(|account| row(&visit.t, account)).collect();
    studio::page(&PeoplePage {
        page,
        people,
        later,
    })
}

/// `POST /admin/people/{id}/role`
///
/// # Errors
/// When there is no such account or role.
pub async fn set_role(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response> {
    let role = Role::parse(fields.get("role")).ok_or_else(|| {
        Error::new(Kind::BadInput, "There is no such role.").keyed("admin-error-role")
    })?;
    let done = staff::set_role(&app, Some(visit.member()?.account.id), parse(&id)?, role).await;
    answer(done, "admin-done-role")
}

/// `POST /admin/people/{id}/close`
///
/// # Errors
/// When there is no such account.
pub async fn close(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    let done = staff::set_closed(&app, visit.member()?.account.id, parse(&id)?, true).await;
    answer(done, "admin-done-close")
}

/// `POST /admin/people/{id}/open`
///
/// # Errors
/// When there is no such account.
pub async fn open(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response> {
    let done = staff::set_closed(&app, visit.member()?.account.id, parse(&id)?, false).await;
    answer(done, "admin-done-open")
}

fn answer(done: Result<()>, key: &'static str) -> Result<Response> {
    match done {
        Ok(()) => Ok(after("/admin/people", Flash::good(key))),
        Err(error) if error.kind == Kind::Conflict => {
            Ok(after("/admin/people", Flash::bad("admin-error-last-owner")))
        }
        Err(error) => Err(error),
    }
}

fn parse(id: &str) -> Result<AccountId> {
    id.parse().map_err(|_| Error::not_found())
}

fn row(t: &T, account: &Account) -> Row {
    let email = &account.email;
    let door = if account.disabled.is_some() {
        Act::new(
            format!("/admin/people/{}/open", account.id),
            t.get("admin-open-account"),
        )
    } else {
        Act::new(
            format!("/admin/people/{}/close", account.id),
            t.get("admin-close-account"),
        )
        .taking_away()
        .after_asking(
            t.one("admin-close-question", "email", email),
            t.get("admin-close-yes"),
            t.get("admin-leave-it"),
        )
    };
    Row {
        id: account.id.to_string(),
        email: email.clone(),
        since: t.one("admin-since-date", "date", t.date(account.created)),
        state: match account.disabled {
            Some(_) => Badge::new(Mood::Bad, t.get("admin-closed")),
            None => Badge::new(Mood::Good, t.get("admin-active")),
        },
        role_label: t.one("admin-role-of", "email", email),
        role_question: t.one("admin-role-question", "email", email),
        roles: Role::ALL
            .map(|role| Choice::of(role.as_str(), self::role(t, role), account.role.as_str()))
            .to_vec(),
        door,
    }
}

/// What a role is called.
pub fn role(t: &T, role: Role) -> String {
    t.get(match role {
        Role::Viewer => "admin-role-viewer",
        Role::Programmer => "admin-role-programmer",
        Role::Owner => "admin-role-owner",
    })
}
