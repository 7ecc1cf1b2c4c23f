//! `/admin/titles`: every title with how it stands, narrowed by name, state and kind.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use cineclub_db::artwork::ArtworkKind;
use cineclub_db::search::search_key;
use cineclub_domain::decide::Audience;
use cineclub_domain::language::Language;
use cineclub_domain::time::Timestamp;
use cineclub_domain::title::TitleKind;
use serde::Deserialize;

use super::show;
use super::standing::{Group, Standing};
use super::studio::{self, Badge, Cell, Choice, Place, Studio};
use crate::App;
use crate::catalogue::{Entry, Snapshot};
use crate::error::Result;
use crate::http::session::escape_query;
use crate::http::web::art;
use crate::http::web::layout::Visit;
use crate::rights;
use crate::translations::T;

/// Titles on one page.
const PER_PAGE: usize = 50;
/// The kinds a list can be narrowed to, in the order of the form.
const KINDS: [TitleKind; 5] = [
    TitleKind::Film,
    TitleKind::Series,
    TitleKind::Season,
    TitleKind::Episode,
    TitleKind::Extra,
];

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    page: String,
}

#[derive(Template)]
#[template(path = "admin/titles.html")]
struct TitlesPage {
    page: Studio,
    q: String,
    states: Vec<Choice>,
    kinds: Vec<Choice>,
    rows: Vec<Row>,
    counted: String,
    earlier: Option<String>,
    later: Option<String>,
}

struct Row {
    cell: Cell,
    state: Badge,
    grant: String,
    grant_href: Option<String>,
    until: String,
}

/// `GET /admin/titles`
///
/// # Errors
/// When the catalogue can't be read.
pub async fn list(
    State(app): State<App>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let snapshot = app.catalogue().current(&app).await?;
    let page = Studio::new(&app, &visit, Place::Titles, visit.t.get("admin-titles"))?;
    let (now, audience) = (app.now(), everyone(&app));
    let language = visit.t.language().language();
    let found = find(&snapshot, &wanted, audience, now);
    let number = wanted
        .page
        .parse::<usize>()
        .unwrap_or(1)
        .clamp(1, found.len() / PER_PAGE + 1);
    let first = (number - 1) * PER_PAGE;
    let rows: Vec<_> = found
        .iter()
        .skip(first)
        .take(PER_PAGE)
        .map(|entry| row(&page, &snapshot, entry, &language, audience, now))
        .collect();
    let t = &visit.t;
    let last = first + rows.len();
    studio::page(&TitlesPage {
        states: states(t, &wanted.state),
        kinds: kinds(t, &wanted.kind),
        counted: t.with(
            "admin-counted",
            &[
                ("first", &(first + 1).min(last)),
                ("last", &last),
                ("all", &found.len()),
            ],
        ),
        earlier: (number > 1).then(|| address(&wanted, number - 1)),
        later: (last < found.len()).then(|| address(&wanted, number + 1)),
        q: wanted.q,
        rows,
        page,
    })
}

/// Everyone, where the service is: what "shown" on these pages is about.
pub fn everyone(app: &App) -> Audience {
    rights::audience(app, None)
}

/// A title as tables show it.
pub fn cell(t: &T, snapshot: &Snapshot, entry: &Entry, language: &Language) -> Cell {
    Cell {
        art: art(entry),
        href: format!("/admin/titles/{}", entry.title.slug),
        name: name(t, snapshot, entry, language),
        sub: sub(t, snapshot, entry, language),
    }
}

/// The address of its upright picture, or else of a wide one, in the least width each is kept in.
fn art(entry: &Entry) -> Option<String> {
    let poster = entry
        .art(ArtworkKind::Poster)
        .map(|picture| art::address(picture, 400));
    poster.or_else(|| wide(entry))
}

/// The address of its wide picture.
pub fn wide(entry: &Entry) -> Option<String> {
    let picture = entry
        .art(ArtworkKind::Backdrop)
        .or_else(|| entry.art(ArtworkKind::Still));
    picture.map(|picture| art::address(picture, 640))
}

/// A title's name; a season without one of its own is told by its number.
pub fn name(t: &T, snapshot: &Snapshot, entry: &Entry, language: &Language) -> String {
    if entry.title.kind == TitleKind::Season
        && let (Some(series), Some(number)) = (snapshot.parent(entry), entry.title.ordinal)
    {
        return t.two(
            "admin-season-of",
            "series",
            series.name(language),
            "n",
            number,
        );
    }
    entry.name(language).to_owned()
}

/// What it is: `Film · 2026`, `Series · 6 episodes`, `Tidelines · Season 1, episode 2`.
fn sub(t: &T, snapshot: &Snapshot, entry: &Entry, language: &Language) -> String {
    let kind = show::kind(t, entry.title.kind);
    match entry.title.kind {
        TitleKind::Series => t.two(
            "admin-series-sub",
            "kind",
            kind,
            "n",
            snapshot.episodes(entry.title.id).count(),
        ),
        TitleKind::Season => t.two(
            "admin-series-sub",
            "kind",
            kind,
            "n",
            snapshot.children(entry.title.id).count(),
        ),
        TitleKind::Episode => {
            let season = snapshot.parent(entry);
            let series = season
                .and_then(|season| snapshot.parent(season))
                .map_or("", |series| series.name(language));
            t.with(
                "admin-episode-of",
                &[
                    ("series", &series),
                    (
                        "season",
                        &season.and_then(|season| season.title.ordinal).unwrap_or(0),
                    ),
                    ("episode", &entry.title.ordinal.unwrap_or(0)),
                ],
            )
        }
        TitleKind::Film | TitleKind::Extra => match entry.title.year {
            Some(year) => format!("{kind} · {year}"),
            None => kind,
        },
    }
}

/// Titles that fit, in the order of names. Unless a kind is asked for, parts of series are left out.
fn find<'s>(
    snapshot: &'s Snapshot,
    wanted: &Wanted,
    audience: Audience,
    now: Timestamp,
) -> Vec<&'s Entry> {
    let words = search_key(&wanted.q);
    let words: Vec<_> = words
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(|word| format!(" {word}"))
        .collect();
    let (kind, group) = (TitleKind::parse(&wanted.kind), Group::parse(&wanted.state));
    let is_of_kind = |entry: &Entry| match kind {
        Some(kind) => entry.title.kind == kind,
        None => !matches!(entry.title.kind, TitleKind::Season | TitleKind::Episode),
    };
    let is_named = |entry: &Entry| {
        words.is_empty()
            || entry.texts.iter().any(|text| {
                let key = search_key(&text.name);
                words.iter().all(|word| key.contains(word.as_str()))
            })
    };
    snapshot
        .all()
        .filter(|entry| is_of_kind(entry) && is_named(entry))
        .filter(|entry| {
            group.is_none_or(|group| Standing::of(snapshot, entry, audience, now).group() == group)
        })
        .collect()
}

fn row(
    page: &Studio,
    snapshot: &Snapshot,
    entry: &Entry,
    language: &Language,
    audience: Audience,
    now: Timestamp,
) -> Row {
    let standing = Standing::of(snapshot, entry, audience, now);
    let named = snapshot
        .grants
        .iter()
        .find(|grant| grant.names(&entry.lineage));
    let grant = match standing {
        Standing::Shown(grant, _) => Some(grant),
        _ => named,
    };
    let offer_one = grant.is_none() && page.owner;
    let grant_href = match grant {
        Some(grant) if page.owner => Some(format!("/admin/grants/{}", grant.id)),
        None if offer_one => Some(format!(
            "/admin/grants/new?title={}",
            escape_query(&entry.title.slug)
        )),
        _ => None,
    };
    Row {
        cell: cell(&page.t, snapshot, entry, language),
        state: standing.badge(&page.t, now),
        grant: match grant {
            Some(grant) => show::reference(grant),
            None if offer_one => page.t.get("admin-attach-grant"),
            None => String::new(),
        },
        grant_href,
        until: grant
            .map(|grant| show::until(&page.t, &page.zone, grant))
            .unwrap_or_default(),
    }
}

fn states(t: &T, current: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::of("", t.get("admin-any"), current)];
    choices.extend(Group::ALL.map(|group| Choice::of(group.as_str(), group.name(t), current)));
    choices
}

fn kinds(t: &T, current: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::of("", t.get("admin-works"), current)];
    choices.extend(KINDS.map(|kind| Choice::of(kind.as_str(), show::kind(t, kind), current)));
    choices
}

fn address(wanted: &Wanted, number: usize) -> String {
    let [q, state, kind] = [&wanted.q, &wanted.state, &wanted.kind].map(|text| escape_query(text));
    format!("/admin/titles?q={q}&state={state}&kind={kind}&page={number}")
}
