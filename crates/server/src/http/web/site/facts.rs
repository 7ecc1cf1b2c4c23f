//! What is said of a title in few words: year, length, genres, age, languages, licence.

use cineclub_db::assets::AssetState;
use cineclub_db::tracks::Track;
use cineclub_domain::decide::Offered;
use cineclub_domain::grant::Grant;
use cineclub_domain::language::Language;
use cineclub_domain::licence::Licence;
use cineclub_domain::title::{TitleKind, TrackKind};

use crate::catalogue::Entry;
use crate::http::web::site::cards::{Cards, length_ms};
use crate::translations::T;

/// Year, length or number of seasons, genres, height of the picture.
pub fn short(cards: &Cards<'_>, entry: &Entry) -> Vec<String> {
    let t = cards.t;
    let mut facts: Vec<String> = entry
        .title
        .year
        .map(|year| year.to_string())
        .into_iter()
        .collect();
    if entry.title.kind == TitleKind::Series {
        let seasons = cards
            .snapshot
            .title(entry.title.id)
            .map_or(0, |series| cards.shelf.below(series).count());
        facts.push(t.one("count-seasons", "n", seasons));
    } else {
        facts.extend(length_ms(entry).map(|length| t.length(length)));
    }
    let genres: Vec<_> = entry
        .title
        .genres
        .iter()
        .take(3)
        .map(|name| genre(t, name))
        .collect();
    if !genres.is_empty() {
        facts.push(genres.join(", "));
    }
    let height = entry.playable().and_then(|playable| {
        let files = std::iter::once(playable).chain(entry.rungs(playable));
        files
            .filter(|file| file.state_now() == AssetState::Ready)
            .flat_map(|file| &file.tracks)
            .filter_map(|track| track.height)
            .max()
    });
    facts.extend(height.map(|height| format!("{height}p")));
    facts
}

/// From which age it is meant; nothing where nobody said.
pub fn age(t: &T, entry: &Entry) -> Option<String> {
    entry.title.rating_age.map(|age| {
        if age == 0 {
            t.get("age-all")
        } else {
            format!("{age}+")
        }
    })
}

/// The rows of a title's details: a word and what it says. A series is described by `sample`, its
/// first episode, and its file by the tracks that are `granted`.
pub fn details(
    t: &T,
    entry: &Entry,
    sample: &Entry,
    grant: &Grant,
    granted: Option<Offered<'_>>,
) -> Vec<(String, String)> {
    let file = sample.playable().zip(granted);
    let tracks: Vec<_> = file
        .iter()
        .flat_map(|(file, granted)| {
            let tracks = file.tracks.iter();
            tracks.filter(|track| granted.has_track(track.number))
        })
        .collect();
    let mut rows = vec![(t.get("fact-licensor"), grant.licensor.clone())];
    if entry.title.original_language != Language::unknown() {
        rows.push((
            t.get("fact-original-language"),
            t.language_name(&entry.title.original_language),
        ));
    }
    rows.extend(listed(
        t.get("fact-sound"),
        &tracks,
        TrackKind::Audio,
        |track| sound(t, track),
    ));
    rows.extend(listed(
        t.get("fact-subtitles"),
        &tracks,
        TrackKind::Subtitle,
        |track| subtitles(t, track),
    ));
    rows.extend(
        tracks
            .iter()
            .find(|track| track.kind == TrackKind::Video)
            .and_then(|track| picture(t, track)),
    );
    let until = grant
        .end()
        .map_or_else(|| t.get("fact-no-end"), |end| t.last_day(end));
    rows.push((t.get("fact-shown-until"), until));
    rows
}

/// A genre in the language of the page, where it is one of the usual ones.
pub fn genre(t: &T, name: &str) -> String {
    genre_key(name).map_or_else(|| name.to_owned(), |key| t.get(key))
}

fn genre_key(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().as_str() {
        "action" => "genre-action",
        "adventure" => "genre-adventure",
        "animation" => "genre-animation",
        "biography" => "genre-biography",
        "city" => "genre-city",
        "comedy" => "genre-comedy",
        "crime" => "genre-crime",
        "design" => "genre-design",
        "documentary" => "genre-documentary",
        "drama" => "genre-drama",
        "experimental" => "genre-experimental",
        "abstract" => "genre-abstract",
        "family" => "genre-family",
        "fantasy" => "genre-fantasy",
        "history" => "genre-history",
        "horror" => "genre-horror",
        "music" => "genre-music",
        "mystery" => "genre-mystery",
        "nature" => "genre-nature",
        "romance" => "genre-romance",
        "science" => "genre-science",
        "science fiction" | "sci-fi" => "genre-science-fiction",
        "short" | "short film" => "genre-short",
        "space" => "genre-space",
        "thriller" => "genre-thriller",
        "travel" => "genre-travel",
        "war" => "genre-war",
        "western" => "genre-western",
        _ => return None,
    })
}

/// What a licence is called, and where it can be read.
pub fn licence(t: &T, licence: Licence) -> (String, Option<&'static str>) {
    match licence {
        Licence::Contract => (t.get("licence-contract"), None),
        Licence::PublicDomain => (t.get("licence-public-domain"), None),
        Licence::Cc0 => (
            t.get("licence-cc0"),
            Some("https://creativecommons.org/publicdomain/zero/1.0/"),
        ),
        Licence::CcBy3 => (
            t.get("licence-cc-by-3"),
            Some("https://creativecommons.org/licenses/by/3.0/"),
        ),
        Licence::CcBy4 => (
            t.get("licence-cc-by-4"),
            Some("https://creativecommons.org/licenses/by/4.0/"),
        ),
        Licence::CcBySa4 => (
            t.get("licence-cc-by-sa-4"),
            Some("https://creativecommons.org/licenses/by-sa/4.0/"),
        ),
        Licence::CcByNd4 => (
            t.get("licence-cc-by-nd-4"),
            Some("https://creativecommons.org/licenses/by-nd/4.0/"),
        ),
        Licence::CcByNc4 => (
            t.get("licence-cc-by-nc-4"),
            Some("https://creativecommons.org/licenses/by-nc/4.0/"),
        ),
    }
}

fn listed(
    name: String,
    tracks: &[&Track],
    kind: TrackKind,
    describe: impl Fn(&Track) -> String,
) -> Option<(String, String)> {
    let mut texts: Vec<String> = Vec::new();
    for text in tracks
        .iter()
        .filter(|track| track.kind == kind)
        .map(|track| describe(track))
    {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    (!texts.is_empty()).then(|| (name, texts.join(", ")))
}

/// A sound track's language and channels, as far as they are known.
fn sound(t: &T, track: &Track) -> String {
    let channels = match track.channels {
        Some(1) => t.get("sound-mono"),
        Some(2) => t.get("sound-stereo"),
        Some(6) => "5.1".to_owned(),
        Some(8) => "7.1".to_owned(),
        _ => return language(t, track),
    };
    if track.language == Language::unknown() {
        channels
    } else {
        format!("{} ({channels})", language(t, track))
    }
}

fn subtitles(t: &T, track: &Track) -> String {
    language(t, track)
}

/// A track's language, with its role where that is not the usual one.
fn language(t: &T, track: &Track) -> String {
    let language = t.language_name(&track.language);
    let key = match track.role.as_str() {
        "sdh" => "track-sdh",
        "forced" => "track-forced",
        "description" => "track-description",
        "dub" => "track-dub",
        "commentary" => "track-commentary",
        _ => return language,
    };
    t.one(key, "language", language)
}

fn picture(t: &T, track: &Track) -> Option<(String, String)> {
    let size = format!("{} × {}", track.width?, track.height?);
    let text = match track.frame_rate {
        Some(rate) => {
            let rate = format!("{rate:.3}");
            let rate = rate.trim_end_matches('0').trim_end_matches('.');
            let rate = if t.tag() == "fr" {
                rate.replace('.', ",")
            } else {
                rate.to_owned()
            };
            t.two("fact-picture-size", "size", size, "rate", rate)
        }
        None => size,
    };
    Some((t.get("fact-picture"), text))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::translations::PageLanguage;
    use crate::translations::Translations;

    const DEMO: [&str; 2] = [
        include_str!("../../../../../../demo/texts/films.toml"),
        include_str!("../../../../../../demo/texts/series.toml"),
    ];

    /// The lists of genres under a key, in the order of the titles.
    fn genres(key: &str) -> Vec<Vec<String>> {
        let lines = DEMO.iter().flat_map(|text| text.lines());
        let lists = lines.filter_map(|line| line.strip_prefix(key)?.trim().strip_prefix('='));
        lists
            .map(|list| {
                let names = list.trim().trim_matches(['[', ']']).split(", ");
                names
                    .map(|name| name.trim_matches('"').to_owned())
                    .collect()
            })
            .collect()
    }

    #[test]
    fn every_genre_of_the_demo_is_one_of_the_usual_ones_and_reads_in_french_as_its_maker_wrote_it()
    {
        let french = T::new(Arc::new(Translations::load("UTC")), PageLanguage::Fr);
        let (names, written) = (genres("genre"), genres("fr.genre"));
        assert!(names.len() > 5 && names.len() == written.len(), "{names:?}");
        for (name, written) in names.iter().flatten().zip(written.iter().flatten()) {
            assert!(genre_key(name).is_some(), "{name} has no key");
            assert_eq!(genre(&french, name), *written);
        }
    }
}
