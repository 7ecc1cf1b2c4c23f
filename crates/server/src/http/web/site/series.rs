//! The seasons and episodes on a series' page.

use cineclub_db::progress::Progress;
use cineclub_domain::title::TitleKind;

use crate::catalogue::{Entry, Shelf, Snapshot};
use crate::http::web::site::cards::{Cards, Picture, Watched, length_ms, to_page};
use crate::http::web::site::watching;

/// What the button says and where it leads.
pub struct Watch {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: String,
    /// Where one starts from the beginning, if one would otherwise go on.
    pub again: Option<String>,
    /// How far the member got.
    pub watched: Option<Watched>,
    /// How much is left, in words.
    pub left: String,
}

/// A season: a tab, and its episodes if it is the chosen one.
pub struct Season {
    /// Where the tab leads.
    pub href: String,
    /// What it says.
    pub name: String,
    /// Whether it is the one shown.
    pub chosen: bool,
    /// Its episodes, if it is.
    pub episodes: Vec<Episode>,
}

/// An episode in the list.
pub struct Episode {
    /// Where it leads.
    pub href: String,
    /// Whether it can't be played for now.
    pub away: bool,
    /// Its number.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// How long it is.
    pub length: String,
    /// What it is about.
    pub text: String,
    /// Its picture.
    pub picture: Option<Picture>,
    /// How far the member got.
    pub watched: Option<Watched>,
}

/// The seasons of a series; none of anything else. The chosen one, the one with the episode to watch
/// next, or the first has its episodes.
pub fn seasons(
    cards: &Cards<'_>,
    series: &Entry,
    history: &[Progress],
    chosen: Option<u32>,
    watch: Option<&Watch>,
) -> Vec<Season> {
    let Some(series) = cards
        .snapshot
        .title(series.title.id)
        .filter(|entry| entry.title.kind == TitleKind::Series)
    else {
        return Vec::new();
    };
    let all: Vec<&Entry> = cards.shelf.below(series).collect();
    let holds = |season: &Entry| {
        cards
            .shelf
            .below(season_in(cards.snapshot, season))
            .any(|episode| {
                watch.is_some_and(|watch| watch.href == format!("/watch/{}", episode.title.slug))
            })
    };
    let asked = chosen.and_then(|number| {
        all.iter()
            .position(|season| season.title.ordinal == Some(number))
    });
    let shown = asked
        .or_else(|| all.iter().position(|season| holds(season)))
        .unwrap_or(0);
    let tabs = all.into_iter().enumerate();
    tabs.map(|(place, season)| season_view(cards, series, season, history, place == shown))
        .collect()
}

/// The episode a member is at: where they stopped, the one after the last they saw, or the first.
pub fn current<'s>(
    snapshot: &'s Snapshot,
    shelf: &Shelf<'s>,
    series: &'s Entry,
    history: &[Progress],
) -> Option<(&'s Entry, Option<Watched>)> {
    let own: Vec<Progress> = history
        .iter()
        .filter(|progress| {
            snapshot
                .title(progress.title)
                .is_some_and(|entry| entry.lineage.contains(series.title.id))
        })
        .cloned()
        .collect();
    let resumed = watching::to_resume(snapshot, shelf, &own, 1)
        .into_iter()
        .next();
    resumed.or_else(|| {
        shelf
            .episodes(series)
            .next()
            .map(|first| (first, watching::watched(history, first.title.id)))
    })
}

/// "S1 E2".
pub fn short_place(cards: &Cards<'_>, episode: &Entry) -> Option<String> {
    let season = cards.snapshot.parent(episode)?.title.ordinal?;
    Some(cards.t.two(
        "episode-place-short",
        "season",
        season,
        "episode",
        episode.title.ordinal?,
    ))
}

fn season_view(
    cards: &Cards<'_>,
    series: &Entry,
    season: &Entry,
    history: &[Progress],
    chosen: bool,
) -> Season {
    let number = season.title.ordinal.unwrap_or(0);
    let season = season_in(cards.snapshot, season);
    let episodes = if chosen {
        cards
            .shelf
            .below(season)
            .map(|episode| episode_view(cards, series, episode, history))
            .collect()
    } else {
        Vec::new()
    };
    Season {
        href: format!("/title/{}?season={number}", series.title.slug),
        name: cards.t.one("season", "n", number),
        chosen,
        episodes,
    }
}

fn episode_view(
    cards: &Cards<'_>,
    series: &Entry,
    episode: &Entry,
    history: &[Progress],
) -> Episode {
    let player = cards.to_watch(episode);
    Episode {
        away: player.is_none(),
        href: player.unwrap_or_else(|| to_page(episode)),
        number: episode.title.ordinal.unwrap_or(0),
        name: cards.name(episode),
        length: length_ms(episode)
            .map(|length| cards.t.length(length))
            .unwrap_or_default(),
        text: episode
            .text(cards.language)
            .map(|text| text.synopsis.clone())
            .unwrap_or_default(),
        picture: Picture::wide(episode).or_else(|| Picture::wide(series)),
        watched: watching::bar(history, episode.title.id),
    }
}

/// The same season, as the snapshot holds it.
fn season_in<'s>(snapshot: &'s Snapshot, season: &'s Entry) -> &'s Entry {
    snapshot.title(season.title.id).unwrap_or(season)
}
