//! Cards and rows of cards: how titles are shown in lists.

use cineclub_db::artwork::{Artwork, ArtworkKind};
use cineclub_domain::language::Language;
use cineclub_domain::title::TitleKind;

use crate::catalogue::{Entry, Shelf, Snapshot};
use crate::http::web::art;
use crate::translations::T;

/// A picture in two sizes, for the browser to choose from.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The address of the larger.
    pub src: String,
    /// Both, with their widths.
    pub srcset: String,
    /// The larger's width, in pixels.
    pub width: u32,
    /// The larger's height, in pixels.
    pub height: u32,
}

impl Picture {
    /// A title's poster.
    pub fn poster(entry: &Entry) -> Option<Self> {
        entry
            .art(ArtworkKind::Poster)
            .map(|picture| Self::of(picture, 400, 800))
    }

    /// A title's wide picture.
    pub fn wide(entry: &Entry) -> Option<Self> {
        let picture = entry
            .art(ArtworkKind::Still)
            .or_else(|| entry.art(ArtworkKind::Backdrop));
        picture.map(|picture| Self::of(picture, 640, 1600))
    }

    /// A title's picture to lie behind its page.
    pub fn backdrop(entry: &Entry) -> Option<Self> {
        let picture = entry
            .art(ArtworkKind::Backdrop)
            .or_else(|| entry.art(ArtworkKind::Still));
        picture.map(|picture| Self::of(picture, 640, 1600))
    }

    fn of(picture: &Artwork, small: u32, large: u32) -> Self {
        let (small_src, src) = (art::address(picture, small), art::address(picture, large));
        let srcset = format!(
            "{small_src} {}w, {src} {}w",
            small.min(picture.width),
            picture.width
        );
        Self {
            src,
            srcset,
            width: picture.width,
            height: picture.height,
        }
    }
}

/// How far someone got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// Milliseconds seen.
    pub done_ms: i64,
    /// Milliseconds in all.
    pub total_ms: i64,
}

/// A title in a list.
#[derive(Debug, Clone)]
pub struct Card {
    /// Where it leads.
    pub href: String,
    /// The title's name.
    pub name: String,
    /// What is said below the name.
    pub meta: String,
    /// Its picture.
    pub picture: Option<Picture>,
    /// Which ground its name stands on where it has no picture.
    pub tint: u8,
    /// Whether the picture is wide.
    pub wide: bool,
    /// How far the member got.
    pub watched: Option<Watched>,
    /// Whether it can't be played for now, where one would go on with it.
    pub away: bool,
}

/// The page that tells of a title.
pub fn to_page(entry: &Entry) -> String {
    format!("/title/{}", entry.title.slug)
}

/// A row of cards.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its id on the page.
    pub id: String,
    /// Its heading.
    pub name: String,
    /// Whether its pictures are wide.
    pub wide: bool,
    /// Its cards.
    pub cards: Vec<Card>,
}

/// Makes cards in one language, for one audience.
#[derive(Clone, Copy)]
pub struct Cards<'a> {
    /// The catalogue.
    pub snapshot: &'a Snapshot,
    /// What the audience may see of it.
    pub shelf: &'a Shelf<'a>,
    /// The words.
    pub t: &'a T,
    /// The language of names.
    pub language: &'a Language,
}

impl<'a> Cards<'a> {
    /// A title with its poster.
    pub fn poster(&self, entry: &Entry) -> Card {
        Card {
            href: to_page(entry),
            name: self.name(entry),
            meta: self.meta(entry),
            picture: self.own_or_above(entry),
            tint: tint(entry),
            wide: false,
            watched: None,
            away: false,
        }
    }

    /// A title with its wide picture.
    pub fn wide(&self, entry: &Entry) -> Card {
        Card {
            picture: Picture::wide(entry),
            wide: true,
            ..self.poster(entry)
        }
    }

    /// Where a title is watched, unless there is no file of it to play now, or nobody may play it.
    pub fn to_watch(&self, entry: &Entry) -> Option<String> {
        entry
            .playable()
            .filter(|_| self.shelf.offers(entry))
            .map(|_| format!("/watch/{}", entry.title.slug))
    }

    /// A title to go on with.
    pub fn resume(&self, entry: &Entry, watched: Option<Watched>) -> Card {
        let series = self.series_of(entry);
        let player = self.to_watch(entry);
        let state = match (&player, watched) {
            (None, _) => self.t.get("away"),
            (Some(_), None) => self.t.get("resume-next"),
            (Some(_), Some(watched)) => self.t.one(
                "resume-left",
                "length",
                self.t.length(watched.total_ms - watched.done_ms),
            ),
        };
        let meta = match self.place(entry) {
            Some(place) => format!("{place} · {state}"),
            None => state,
        };
        Card {
            away: player.is_none(),
            href: player.unwrap_or_else(|| to_page(entry)),
            name: self.name(series.unwrap_or(entry)),
            meta,
            picture: Picture::wide(entry).or_else(|| series.and_then(Picture::wide)),
            tint: tint(entry),
            wide: true,
            watched,
        }
    }

    /// A row with posters, unless there is nothing to put in it.
    pub fn row<'e>(
        &self,
        id: impl Into<String>,
        name: String,
        entries: impl IntoIterator<Item = &'e Entry>,
    ) -> Option<Row> {
        let cards: Vec<_> = entries
            .into_iter()
            .map(|entry| self.poster(entry))
            .collect();
        (!cards.is_empty()).then(|| Row {
            id: id.into(),
            name,
            wide: false,
            cards,
        })
    }

    /// A row with wide pictures, unless there is nothing to put in it.
    pub fn wide_row<'e>(
        &self,
        id: &str,
        name: String,
        entries: impl IntoIterator<Item = &'e Entry>,
    ) -> Option<Row> {
        let cards: Vec<_> = entries.into_iter().map(|entry| self.wide(entry)).collect();
        (!cards.is_empty()).then(|| Row {
            id: id.to_owned(),
            name,
            wide: true,
            cards,
        })
    }

    /// A title's name.
    pub fn name(&self, entry: &Entry) -> String {
        entry.name(self.language).to_owned()
    }

    /// "Season 1, episode 2", of an episode.
    pub fn place(&self, entry: &Entry) -> Option<String> {
        let season = self.snapshot.parent(entry)?;
        let (season, episode) = (season.title.ordinal?, entry.title.ordinal?);
        (entry.title.kind == TitleKind::Episode).then(|| {
            self.t
                .two("episode-place", "season", season, "episode", episode)
        })
    }

    /// The series an episode or season belongs to, if it may be shown: a grant can name an episode alone.
    pub fn series_of(&self, entry: &Entry) -> Option<&'a Entry> {
        let above = self.snapshot.parent(entry)?;
        Some(self.snapshot.parent(above).unwrap_or(above)).filter(|series| self.shelf.shows(series))
    }

    /// A title's poster, or that of its season or series.
    fn own_or_above(&self, entry: &Entry) -> Option<Picture> {
        let season = self
            .snapshot
            .parent(entry)
            .filter(|season| self.shelf.shows(season));
        Picture::poster(entry)
            .or_else(|| season.and_then(Picture::poster))
            .or_else(|| self.series_of(entry).and_then(Picture::poster))
    }

    /// The first episode of a series that may be listed.
    pub fn first_episode(&self, series: &Entry) -> Option<&'a Entry> {
        let series = self
            .snapshot
            .title(series.title.id)
            .filter(|entry| entry.title.kind == TitleKind::Series)?;
        self.shelf.episodes(series).next()
    }

    fn meta(&self, entry: &Entry) -> String {
        let mut parts = Vec::new();
        match entry.title.kind {
            TitleKind::Series => {
                parts.push(self.t.one("count-seasons", "n", self.shelf_of(entry).0));
                parts.push(self.t.one("count-episodes", "n", self.shelf_of(entry).1));
            }
            TitleKind::Episode => parts.extend(
                self.series_of(entry)
                    .map(|series| self.name(series))
                    .into_iter()
                    .chain(self.place(entry)),
            ),
            _ => {
                parts.extend(entry.title.year.map(|year| year.to_string()));
                parts.extend(length_ms(entry).map(|length| self.t.length(length)));
            }
        }
        parts.join(" · ")
    }

    /// How many seasons and episodes of a series may be listed.
    fn shelf_of(&self, series: &Entry) -> (usize, usize) {
        let Some(series) = self.snapshot.title(series.title.id) else {
            return (0, 0);
        };
        (
            self.shelf.below(series).count(),
            self.shelf.episodes(series).count(),
        )
    }
}

/// Which of the six grounds a title without a picture stands on: always the same one.
pub fn tint(entry: &Entry) -> u8 {
    let id = entry.title.id.to_bytes();
    id.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)) % 6
}

/// How long a title runs: as its file does, or as it was announced.
pub fn length_ms(entry: &Entry) -> Option<i64> {
    entry
        .playable()
        .and_then(|playable| playable.asset.duration_ms)
        .or(entry.title.runtime_ms)
}
