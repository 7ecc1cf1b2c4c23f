//! Finds the titles a file belongs to by what its name says, and makes those that are new.
//!
//! A film is known again by its name and year, a series by its name and the year in it, a season and an
//! episode by their numbers.
//!
//! **Invariant:** an address never decides whether two files are one title: it is cut short and loses signs.

use cineclub_db::search::search_key;
use cineclub_db::titles::{self, ExternalId, Title};
use cineclub_db::{Result, Tx};
use cineclub_domain::id::TitleId;
use cineclub_domain::language::Language;
use cineclub_domain::title::TitleKind;

use super::circumstances::Circumstances;
use super::examine::Examined;
use super::names::Named;
use super::sidecars::Level;

/// The scheme of the ids that keep under which name files speak of a title.
const SCHEME: &str = "file-name";

/// A title of a file's family: which sidecars speak of it, and what the file calls it.
pub(super) struct Member<'f> {
    pub(super) title: TitleId,
    pub(super) level: Level,
    pub(super) name: &'f str,
}

/// The title of a new file, and those it belongs to.
pub(super) struct Family<'f> {
    pub(super) own: Title,
    /// The outermost first, the file's own last.
    pub(super) members: Vec<Member<'f>>,
    /// Whether the name tells this work from every other: it has a year, or the numbers of an episode.
    pub(super) is_sure: bool,
}

/// Where a title stands, what it is known again by, and the address it is to have.
struct Place {
    kind: TitleKind,
    parent: Option<TitleId>,
    ordinal: Option<u32>,
    key: Option<String>,
    slug: String,
    year: Option<u16>,
}

/// Finds or makes the title of a new file, and those it belongs to.
pub(super) async fn family<'f>(
    tx: &mut Tx,
    found: &'f Examined,
    at: &Circumstances<'_>,
) -> Result<Family<'f>> {
    match &found.named {
        Named::Film { name, year, .. } => film(tx, found, name, *year, at).await,
        Named::Episode { .. } => episode(tx, found, at).await,
    }
}

async fn film<'f>(
    tx: &mut Tx,
    found: &Examined,
    name: &'f str,
    year: Option<u16>,
    at: &Circumstances<'_>,
) -> Result<Family<'f>> {
    let year = year.or_else(|| year_of(found, Level::Own));
    let place = Place {
        kind: TitleKind::Film,
        parent: None,
        ordinal: None,
        key: key(TitleKind::Film, name, year),
        slug: dated(&slug(name), year),
        year,
    };
    let own = find_or_make(tx, &place, name, at).await?;
    Ok(Family {
        members: vec![member(&own, Level::Own, name)],
        own,
        is_sure: year.is_some(),
    })
}

async fn episode<'f>(
    tx: &mut Tx,
    found: &'f Examined,
    at: &Circumstances<'_>,
) -> Result<Family<'f>> {
    let Named::Episode {
        series: series_name,
        series_year,
        season: season_number,
        episode,
        name,
        ..
    } = &found.named
    else {
        return Err(cineclub_db::Error::NotFound);
    };
    let place = Place {
        kind: TitleKind::Series,
        parent: None,
        ordinal: None,
        // The year of a late NFO must not part the episodes of one series.
        key: key(TitleKind::Series, series_name, *series_year),
        slug: dated(&slug(series_name), *series_year),
        year: series_year.or_else(|| year_of(found, Level::Series)),
    };
    let series = find_or_make(tx, &place, series_name, at).await?;
    let address = format!("{}-s{season_number:02}", series.slug);
    let place = part(TitleKind::Season, &series, *season_number, address);
    let season = find_or_make(tx, &place, "", at).await?;
    let address = format!("{}e{episode:02}", season.slug);
    let place = part(TitleKind::Episode, &season, *episode, address);
    let own = find_or_make(tx, &place, name, at).await?;
    Ok(Family {
        members: vec![
            member(&series, Level::Series, series_name),
            member(&season, Level::Season, ""),
            member(&own, Level::Own, name),
        ],
        own,
        is_sure: true,
    })
}

fn member<'f>(title: &Title, level: Level, name: &'f str) -> Member<'f> {
    Member {
        title: title.id,
        level,
        name,
    }
}

fn part(kind: TitleKind, whole: &Title, ordinal: u32, slug: String) -> Place {
    Place {
        kind,
        parent: Some(whole.id),
        ordinal: Some(ordinal),
        key: None,
        slug,
        year: None,
    }
}

fn year_of(found: &Examined, level: Level) -> Option<u16> {
    found.texts_of(level).first().and_then(|(_, nfo)| nfo.year)
}

async fn find_or_make(
    tx: &mut Tx,
    place: &Place,
    name: &str,
    at: &Circumstances<'_>,
) -> Result<Title> {
    let mut tried = 0_u32;
    loop {
        // Asked anew each time: an address that is taken may have been taken by another worker, for this title.
        if let Some(title) = find(tx, place).await? {
            return Ok(title);
        }
        let title = fresh(place, address(place, tried), name, at);
        if titles::insert(tx, &title).await? {
            remember(tx, place, &title, at).await?;
            return Ok(title);
        }
        tried += 1;
    }
}

async fn find(tx: &mut Tx, place: &Place) -> Result<Option<Title>> {
    if let (Some(parent), Some(ordinal)) = (place.parent, place.ordinal) {
        return titles::by_ordinal(tx, parent, place.kind, ordinal).await;
    }
    match &place.key {
        Some(key) => titles::by_external_id(tx, SCHEME, key).await,
        None => Ok(None),
    }
}

async fn remember(tx: &mut Tx, place: &Place, title: &Title, at: &Circumstances<'_>) -> Result<()> {
    let Some(key) = place.key.clone() else {
        return Ok(());
    };
    let id = ExternalId {
        scheme: SCHEME.to_owned(),
        value: key,
        title: title.id,
    };
    titles::save_external_id(tx, &id, at.now).await
}

fn fresh(place: &Place, slug: String, name: &str, at: &Circumstances<'_>) -> Title {
    Title {
        id: TitleId::new(at.now, at.app.entropy()),
        slug,
        kind: place.kind,
        parent: place.parent,
        ordinal: place.ordinal,
        year: place.year,
        runtime_ms: None,
        rating_age: None,
        genres: Vec::new(),
        sort_key: sort_key(name),
        original_language: Language::unknown(),
        created: at.now,
        updated: at.now,
    }
}

/// The address to try next when so many were taken.
fn address(place: &Place, tried: u32) -> String {
    match tried {
        0 => place.slug.clone(),
        1 => format!("{}-{}", place.slug, place.kind.as_str()),
        n => format!("{}-{n}", place.slug),
    }
}

/// What a title is known again by: its kind, its year and its whole name, folded; a name of signs alone as it is.
fn key(kind: TitleKind, name: &str, year: Option<u16>) -> Option<String> {
    let folded = search_key(name);
    let name = match folded.trim() {
        "" => name.trim(),
        folded => folded,
    };
    let year = year.map_or_else(String::new, |year| year.to_string());
    (!name.is_empty()).then(|| format!("{}:{year}:{name}", kind.as_str()))
}

fn dated(slug: &str, year: Option<u16>) -> String {
    year.map_or_else(|| slug.to_owned(), |year| format!("{slug}-{year}"))
}

/// A name as part of an address: small letters and digits, words joined by dashes, at most 80 characters.
fn slug(name: &str) -> String {
    let joined = search_key(name).trim().replace(' ', "-");
    let cut: String = joined.chars().take(80).collect();
    match cut.trim_matches('-') {
        "" => "untitled".to_owned(),
        slug => slug.to_owned(),
    }
}

/// What lists sort by: folded, without a leading article.
pub(super) fn sort_key(name: &str) -> String {
    const ARTICLES: [&str; 9] = [
        "the ", "an ", "a ", "le ", "la ", "les ", "l ", "un ", "une ",
    ];
    let folded = search_key(name);
    let folded = folded.trim();
    let bare = ARTICLES
        .iter()
        .find_map(|article| folded.strip_prefix(article))
        .unwrap_or(folded);
    bare.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_plain_and_sort_keys_go_without_articles() {
        assert_eq!(slug("L'Été à l'Ouest: Part II"), "l-ete-a-l-ouest-part-ii");
        assert_eq!(slug("?!"), "untitled");
        assert_eq!(slug("七人の侍"), "七人の侍");
        assert_eq!(dated("sintel", Some(2010)), "sintel-2010");
        assert_eq!(sort_key("The Building Opposite"), "building opposite");
        assert_eq!(sort_key("L'Immeuble d'en face"), "immeuble d en face");
        assert_eq!(sort_key("A"), "a");
    }

    #[test]
    fn a_title_is_known_again_by_its_whole_name_kind_and_year() {
        let film = |name: &str, year| key(TitleKind::Film, name, year);
        assert_eq!(film("L’Été", None), film("l'ete", None));
        assert_ne!(film("Heat", None), film("Heat", Some(1995)));
        assert_ne!(film("?!", None), film("!!", None));
        assert_ne!(film("Dark", None), key(TitleKind::Series, "Dark", None));
        let long = |end: &str| film(&format!("{} {end}", "long ".repeat(20)), None);
        assert_ne!(long("one"), long("two"));
        assert_eq!(film(" ", Some(2001)), None, "no name is no likeness");
    }
}
