//! What staff and the program did, as lines that can be read: who, when, what, to what.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use cineclub_db::events::Event;
use cineclub_db::{accounts, events};
use cineclub_domain::account::Role;
use cineclub_domain::id::AccountId;
use cineclub_domain::licence::Licence;
use cineclub_domain::reason::Reason;
use serde_json::Value;

use super::pages;
use super::people;
use super::show;
use super::studio::{self, Place, Studio};
use super::titles;
use crate::App;
use crate::catalogue::Snapshot;
use crate::error::Result;
use crate::http::web::layout::Visit;
use crate::translations::T;

/// Lines on the page of the whole record.
const LINES: u32 = 200;
/// Lines on the overview.
const LINES_IN_SHORT: u32 = 8;
/// What of a change says something to people.
const TOLD: [&str; 7] = [
    "path",
    "reason",
    "reference",
    "licence",
    "name",
    "days",
    "uses",
];
/// Characters of a detail that are shown.
const DETAIL: usize = 240;

/// One line of the record.
#[derive(Debug, Clone)]
pub struct Line {
    /// The instant, for machines.
    pub iso: String,
    /// The instant, for people.
    pub when: String,
    /// Who did it.
    pub who: String,
    /// What was done.
    pub what: String,
    /// To what; empty where that has no name.
    pub subject: String,
    /// Where that is.
    pub href: Option<String>,
    /// Further words, such as a reason.
    pub detail: String,
}

#[derive(Template)]
#[template(path = "admin/events.html")]
struct EventsPage {
    page: Studio,
    log: Vec<Line>,
}

/// `GET /admin/events`
///
/// # Errors
/// When the database can't be read.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let page = Studio::new(&app, &visit, Place::Events, visit.t.get("admin-events"))?;
    let log = latest(&app, &page, &snapshot, LINES).await?;
    studio::page(&EventsPage { page, log })
}

/// The last few lines of the record.
///
/// # Errors
/// When the database can't be read.
pub async fn in_short(app: &App, page: &Studio, snapshot: &Snapshot) -> Result<Vec<Line>> {
    latest(app, page, snapshot, LINES_IN_SHORT).await
}

/// What was done to one thing, the last first.
///
/// # Errors
/// When the database can't be read.
pub async fn of(
    app: &App,
    page: &Studio,
    snapshot: &Snapshot,
    kind: &str,
    subject: &str,
) -> Result<Vec<Line>> {
    let found = app
        .db()
        .read(async |tx| events::of_subject(tx, kind, subject).await)
        .await?;
    let mut lines = lines(app, page, snapshot, found).await?;
    for line in &mut lines {
        // The page is about it already.
        line.href = None;
    }
    Ok(lines)
}

async fn latest(app: &App, page: &Studio, snapshot: &Snapshot, limit: u32) -> Result<Vec<Line>> {
    let found = app
        .db()
        .read(async |tx| events::latest(tx, limit).await)
        .await?;
    lines(app, page, snapshot, found).await
}

async fn lines(
    app: &App,
    page: &Studio,
    snapshot: &Snapshot,
    found: Vec<Event>,
) -> Result<Vec<Line>> {
    let people = people(app, &found).await?;
    Ok(found
        .iter()
        .map(|event| line(page, snapshot, &people, event))
        .collect())
}

/// The addresses of those who did something, and of those to whom something was done.
async fn people(app: &App, found: &[Event]) -> Result<HashMap<AccountId, String>> {
    let actors = found.iter().filter_map(|event| event.actor);
    let subjects = found
        .iter()
        .filter(|event| event.subject_kind == "account")
        .filter_map(|event| event.subject.parse().ok());
    let mut wanted: Vec<AccountId> = actors.chain(subjects).collect();
    wanted.sort();
    wanted.dedup();
    let read: cineclub_db::Result<_> = app
        .db()
        .read(async |tx| {
            let mut people = HashMap::new();
            for id in &wanted {
                if let Some(account) = accounts::by_id(tx, *id).await? {
                    people.insert(*id, account.email);
                }
            }
            Ok(people)
        })
        .await;
    Ok(read?)
}

fn line(
    page: &Studio,
    snapshot: &Snapshot,
    people: &HashMap<AccountId, String>,
    event: &Event,
) -> Line {
    let t = &page.t;
    let who = match event.actor {
        None => t.get("admin-program"),
        Some(actor) => people
            .get(&actor)
            .cloned()
            .unwrap_or_else(|| t.get("admin-somebody")),
    };
    let (subject, href) = subject(page, snapshot, people, event);
    Line {
        iso: event.at_ms.to_string(),
        when: t.moment(event.at_ms),
        who,
        what: what(t, &event.action),
        subject,
        href,
        detail: detail(t, event),
    }
}

fn what(t: &T, action: &str) -> String {
    t.get(match action {
        "title.text" => "admin-event-title-text",
        "title.held" => "admin-event-title-held",
        "title.released" => "admin-event-title-released",
        "licence.claimed" => "admin-event-licence-claimed",
        "asset.ingested" => "admin-event-asset-ingested",
        "asset.attached" => "admin-event-asset-attached",
        "asset.sized" => "admin-event-asset-sized",
        "grant.entered" => "admin-event-grant-entered",
        "grant.changed" => "admin-event-grant-changed",
        "grant.ended" => "admin-event-grant-ended",
        "voucher.created" => "admin-event-voucher-created",
        "voucher.stopped" => "admin-event-voucher-stopped",
        "folder.added" => "admin-event-folder-added",
        "folder.removed" => "admin-event-folder-removed",
        "folder.conceded" => "admin-event-folder-conceded",
        "page.written" => "admin-event-page-written",
        "account.role" => "admin-event-account-role",
        "account.closed" => "admin-event-account-closed",
        "account.password" => "admin-event-account-password",
        "account.opened" => "admin-event-account-opened",
        "play.stopped" => "admin-event-play-stopped",
        "job.retried" => "admin-event-job-retried",
        "job.cancelled" => "admin-event-job-cancelled",
        "job.dismissed" => "admin-event-job-dismissed",
        other => return t.one("admin-event-other", "action", other),
    })
}

fn subject(
    page: &Studio,
    snapshot: &Snapshot,
    people: &HashMap<AccountId, String>,
    event: &Event,
) -> (String, Option<String>) {
    let t = &page.t;
    let language = t.language().language();
    let nothing = (String::new(), None);
    match event.subject_kind.as_str() {
        "title" => {
            let entry = event.subject.parse().ok().and_then(|id| snapshot.title(id));
            entry.map_or(nothing, |entry| {
                let name = titles::name(t, snapshot, entry, &language);
                (name, Some(format!("/admin/titles/{}", entry.title.slug)))
            })
        }
        "grant" => {
            let grant = snapshot
                .grants
                .iter()
                .find(|grant| grant.id.to_string() == event.subject);
            grant.map_or(nothing, |grant| {
                (
                    show::reference(grant),
                    page.owner.then(|| format!("/admin/grants/{}", grant.id)),
                )
            })
        }
        "account" => {
            let email = event
                .subject
                .parse()
                .ok()
                .and_then(|id: AccountId| people.get(&id).cloned());
            (email.unwrap_or_default(), None)
        }
        "page" => pages::by_address(&event.subject).map_or(nothing, |(legal, language)| {
            (
                pages::name(t, legal, language),
                page.owner.then(|| pages::address(legal, language)),
            )
        }),
        _ => nothing,
    }
}

/// The words of a change that say something to people: a reason, a path, a role.
fn detail(t: &T, event: &Event) -> String {
    let read = |json: &Option<String>| {
        json.as_deref()
            .and_then(|json| serde_json::from_str::<Value>(json).ok())
    };
    let told = |value: Option<Value>| match value {
        Some(Value::String(text)) if event.action == "account.role" => {
            Role::parse(&text).map_or(text, |role| people::role(t, role))
        }
        Some(Value::String(text)) => text,
        Some(Value::Object(fields)) => TOLD
            .into_iter()
            .filter_map(|name| said(t, name, fields.get(name)?))
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        _ => String::new(),
    };
    let (from, to) = (told(read(&event.from_json)), told(read(&event.to_json)));
    let text = if from.is_empty() || from == to {
        to
    } else {
        format!("{from} → {to}")
    };
    text.chars().take(DETAIL).collect()
}

/// A word or a number that stands in an event under this name, or a reason.
fn said(t: &T, name: &str, value: &Value) -> Option<String> {
    match (name, value) {
        ("licence", Value::String(text)) => {
            let licence = Licence::parse(text).ok();
            Some(licence.map_or_else(|| text.clone(), |licence| show::licence(t, licence)))
        }
        (_, Value::String(text)) => Some(text.clone()),
        ("days", Value::Number(n)) => Some(t.one("admin-event-days", "n", n.as_i64()?)),
        ("uses", Value::Number(n)) => Some(t.one("admin-event-uses", "n", n.as_i64()?)),
        (_, Value::Object(_)) => {
            let reason: Reason = serde_json::from_value(value.clone()).ok()?;
            Some(t.reason(&reason))
        }
        _ => None,
    }
}
