//! What every page of the staff has around its subject, and the small parts that pages share.

use std::ops::Deref;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use cineclub_domain::account::Role;
use jiff::tz::TimeZone;

use crate::App;
use crate::error::{Error, Kind, Result};
use crate::http::web::layout::{self, Layout, Tone, Visit};
use crate::jobs::Steps;
use crate::translations::T;

/// The entries of the staff's navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// How things stand.
    Overview,
    /// Films, series and what is in them.
    Titles,
    /// What may be shown, on whose permission.
    Grants,
    /// Codes that buy time.
    Vouchers,
    /// Watch folders.
    Folders,
    /// Work in the background.
    Jobs,
    /// Who is being served, without saying who.
    Plays,
    /// Pages the owner writes.
    Pages,
    /// Accounts and roles.
    People,
    /// What staff did.
    Events,
}

/// An entry of the navigation as shown.
pub struct PlaceView {
    /// Where it leads.
    pub href: &'static str,
    /// What it is called.
    pub name: String,
    /// Its icon, by its name in the sprite.
    pub icon: &'static str,
    /// Whether the page is it.
    pub current: bool,
}

/// What every page of the staff has around its subject. Templates have it as `page`.
pub struct Studio {
    /// Whether the person runs the service, and not the catalogue alone.
    pub owner: bool,
    /// The zone whose calendar dates are told and read in.
    pub zone: TimeZone,
    layout: Layout,
    at: Place,
}

impl Deref for Studio {
    type Target = Layout;

    fn deref(&self) -> &Layout {
        &self.layout
    }
}

impl Studio {
    /// The surroundings of a page named `title` at `at` for whoever visits.
    ///
    /// # Errors
    /// When nobody is signed in, which the route's policy rules out.
    pub fn new(app: &App, visit: &Visit, at: Place, title: impl Into<String>) -> Result<Self> {
        let member = visit.member()?;
        Ok(Self {
            owner: member.account.role >= Role::Owner,
            zone: TimeZone::get(&app.config().service.zone).unwrap_or(TimeZone::UTC),
            layout: visit.page(title).kind("studio").script("admin.js"),
            at,
        })
    }

    /// The same with a message that needs no redirect first.
    #[must_use]
    pub fn saying(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.layout = self.layout.saying(tone, text);
        self
    }

    /// The navigation: what a programmer may not enter is not in it.
    pub fn places(&self) -> Vec<PlaceView> {
        let entry = |place: Place, href, key: &str, icon| PlaceView {
            href,
            name: self.t.get(key),
            icon,
            current: place == self.at,
        };
        let mut places = vec![
            entry(Place::Overview, "/admin", "admin-overview", "home"),
            entry(Place::Titles, "/admin/titles", "admin-titles", "film"),
        ];
        if self.owner {
            places.push(entry(
                Place::Grants,
                "/admin/grants",
                "admin-grants",
                "rights",
            ));
            places.push(entry(
                Place::Vouchers,
                "/admin/vouchers",
                "admin-vouchers",
                "ticket",
            ));
        }
        places.push(entry(
            Place::Folders,
            "/admin/folders",
            "admin-folders",
            "folder",
        ));
        places.push(entry(Place::Jobs, "/admin/jobs", "admin-jobs", "jobs"));
        places.push(entry(Place::Plays, "/admin/plays", "admin-plays", "live"));
        if self.owner {
            places.push(entry(Place::Pages, "/admin/pages", "admin-pages", "page"));
            places.push(entry(
                Place::People,
                "/admin/people",
                "admin-people",
                "person",
            ));
            places.push(entry(
                Place::Events,
                "/admin/events",
                "admin-events",
                "info",
            ));
        }
        places
    }
}

/// A small coloured word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// How it sounds.
    pub tone: Mood,
    /// The word.
    pub text: String,
}

/// How a small coloured word sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Nothing to say.
    Plain,
    /// All is well.
    Good,
    /// Look at it some time.
    Warn,
    /// Look at it.
    Bad,
    /// It is happening now.
    Live,
}

impl Badge {
    /// A word under a tone.
    pub fn new(tone: Mood, text: impl Into<String>) -> Self {
        Self {
            tone,
            text: text.into(),
        }
    }

    /// What is added to the element's class.
    pub fn class(&self) -> &'static str {
        match self.tone {
            Mood::Plain => "",
            Mood::Good => " badge--good",
            Mood::Warn => " badge--warn",
            Mood::Bad => " badge--bad",
            Mood::Live => " badge--live",
        }
    }
}

/// A question before something that can't be taken back.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What is asked.
    pub question: String,
    /// The button that goes on.
    pub yes: String,
    /// The button that doesn't.
    pub no: String,
}

/// A form that is one button.
#[derive(Debug, Clone)]
pub struct Act {
    /// Where it posts to.
    pub action: String,
    /// What the button says.
    pub label: String,
    /// Whether it takes something away.
    pub danger: bool,
    /// What is asked first.
    pub confirm: Option<Ask>,
}

impl Act {
    /// A button that posts to `action`.
    pub fn new(action: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            label: label.into(),
            danger: false,
            confirm: None,
        }
    }

    /// The same, marked as taking something away.
    #[must_use]
    pub fn taking_away(mut self) -> Self {
        self.danger = true;
        self
    }

    /// The same, with a question first.
    #[must_use]
    pub fn after_asking(mut self, question: String, yes: String, no: String) -> Self {
        self.confirm = Some(Ask { question, yes, no });
        self
    }
}

/// An entry of a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// An entry, chosen if its value is `current`.
    pub fn of(value: impl Into<String>, label: impl Into<String>, current: &str) -> Self {
        let value = value.into();
        Self {
            chosen: value == current,
            label: label.into(),
            value,
        }
    }
}

/// A title in a table: its picture, its name, and a line below.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The address of its picture.
    pub art: Option<String>,
    /// Where its name leads.
    pub href: String,
    /// Its name.
    pub name: String,
    /// The line below.
    pub sub: String,
}

/// A fact under its name.
#[derive(Debug, Clone)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// The fact.
    pub value: String,
}

impl Fact {
    /// A fact under its name.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The steps that are done, of how many; none while nobody knows.
    pub bar: Option<(u64, u64)>,
    /// The same in words, with what is being done.
    pub text: String,
}

impl Progress {
    /// How far a job is that runs, and `what` it is doing: the step under way is not done.
    pub fn of(t: &T, steps: Option<Steps>, what: &str) -> Self {
        let told = steps.map(|Steps { at, total }| t.two("admin-step", "n", at, "total", total));
        let what = Some(what.to_owned()).filter(|what| !what.is_empty());
        Self {
            bar: steps.map(|Steps { at, total }| (at.saturating_sub(1), total)),
            text: told.into_iter().chain(what).collect::<Vec<_>>().join(" · "),
        }
    }
}

/// Renders a page of the staff: never kept by anything on the way.
///
/// # Errors
/// When the template fails, which is our fault.
pub fn page(template: &impl Template) -> Result<Response> {
    page_with(StatusCode::OK, template)
}

/// Renders a page of the staff under another status, such as a form with errors under 422.
///
/// # Errors
/// When the template fails, which is our fault.
pub fn page_with(status: StatusCode, template: &impl Template) -> Result<Response> {
    let mut response = layout::page_with(status, template)?;
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The sentence of a failure that belongs beside a form, in the page's language; other failures go on.
///
/// # Errors
/// Failures that are no answer to what was typed.
pub fn sentence(t: &T, error: Error) -> Result<String> {
    if !matches!(
        error.kind,
        Kind::BadInput | Kind::Conflict | Kind::Forbidden | Kind::TooLarge | Kind::NotFound
    ) {
        return Err(error);
    }
    Ok(t.error(&error))
}
