//! A member's home: one work in large, and rows.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use cineclub_db::artwork::ArtworkKind;
use cineclub_db::progress::Progress;

use crate::App;
use crate::catalogue::{Entry, Shelf, Snapshot};
use crate::error::Result;
use crate::http::web::layout::{Layout, Visit, page};
use crate::http::web::site::cards::{Cards, Picture, Row, to_page};
use crate::http::web::site::facts;
use crate::http::web::site::watching;

/// How many titles there are in a row of the latest, and in "continue watching".
const LATEST: usize = 18;
/// How many works there must be before genres have rows of their own: of fewer they would only repeat the films.
const WORKS_FOR_GENRES: usize = 20;
/// How many genres have rows of their own, and how many works a genre needs for one.
const GENRES: (usize, usize) = (8, 3);

/// The work shown in large.
struct Hero {
    href: String,
    watch: Option<String>,
    name: String,
    line: String,
    facts: Vec<String>,
    age: Option<String>,
    picture: Option<Picture>,
}

#[derive(Template)]
#[template(path = "site/home.html")]
struct Home {
    page: Layout,
    hero: Option<Hero>,
    rows: Vec<Row>,
}

/// `GET /home`.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response> {
    let member = visit.member()?;
    let history = watching::history(&app, member.account.id).await?;
    let snapshot = app.catalogue().current(&app).await?;
    let shelf = snapshot.shelf(visit.visitor.audience, app.now());
    let language = visit.visitor.language.language();
    let cards = Cards {
        snapshot: &snapshot,
        shelf: &shelf,
        t: &visit.t,
        language: &language,
    };
    let hero = featured(&shelf).map(|entry| hero(&cards, entry));
    let layout = visit
        .page(visit.t.get("nav-home"))
        .kind("home")
        .place("home");
    page(&Home {
        page: if hero.is_some() {
            layout.over()
        } else {
            layout
        },
        hero,
        rows: rows(&cards, &snapshot, &shelf, &history),
    })
}

/// The latest work that has a picture for it, films that can be played now before all else.
fn featured<'s>(shelf: &Shelf<'s>) -> Option<&'s Entry> {
    let latest = shelf.latest();
    let pictured = |entry: &&&'s Entry| entry.art(ArtworkKind::Backdrop).is_some();
    let film = latest
        .iter()
        .filter(|entry| entry.playable().is_some())
        .find(pictured);
    film.or_else(|| latest.iter().find(pictured))
        .or(latest.first())
        .copied()
}

fn hero(cards: &Cards<'_>, entry: &Entry) -> Hero {
    let text = entry.text(cards.language);
    Hero {
        href: to_page(entry),
        watch: cards.to_watch(entry),
        name: cards.name(entry),
        line: text.map(|text| text.tagline.clone()).unwrap_or_default(),
        facts: facts::short(cards, entry),
        age: facts::age(cards.t, entry),
        picture: Picture::backdrop(entry),
    }
}

fn rows(
    cards: &Cards<'_>,
    snapshot: &Snapshot,
    shelf: &Shelf<'_>,
    history: &[Progress],
) -> Vec<Row> {
    let t = cards.t;
    let resumed: Vec<_> = watching::to_resume(snapshot, shelf, history, LATEST)
        .into_iter()
        .map(|(entry, watched)| cards.resume(entry, watched))
        .collect();
    let resume = (!resumed.is_empty()).then(|| Row {
        id: "continue".to_owned(),
        name: t.get("row-continue"),
        wide: true,
        cards: resumed,
    });
    let latest = shelf.latest().into_iter().take(LATEST);
    let lists = [
        resume,
        cards.wide_row("added", t.get("row-added"), latest),
        cards.row("films", t.get("nav-films"), shelf.films()),
        cards.wide_row("series", t.get("nav-series"), shelf.series()),
    ];
    lists
        .into_iter()
        .flatten()
        .chain(genres(cards, shelf))
        .collect()
}

fn genres(cards: &Cards<'_>, shelf: &Shelf<'_>) -> Vec<Row> {
    let (most, least) = GENRES;
    if shelf.works().count() < WORKS_FOR_GENRES {
        return Vec::new();
    }
    let with = |genre: &str| {
        let genre = genre.to_owned();
        shelf
            .works()
            .filter(move |entry| entry.title.genres.contains(&genre))
    };
    shelf
        .genres()
        .into_iter()
        .filter(|genre| with(genre).count() >= least)
        .take(most)
        .enumerate()
        .filter_map(|(number, genre)| {
            cards.row(
                format!("genre-{number}"),
                facts::genre(cards.t, genre),
                with(genre),
            )
        })
        .collect()
}
