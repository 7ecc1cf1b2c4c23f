//! Writes what an ingest learned: texts, pictures, the asset and its tracks, in the caller's transaction.
//!
//! A file is known again by its place and, when it was moved, by its content; a new one by what its name says.
//! So a file that is replaced, moved, or taken in twice, keeps the title's id.
//!
//! **Invariant:** what a person wrote of a title stays. Once staff have edited it, sidecars only add what is missing.

use cineclub_db::artwork::{self, Artwork};
use cineclub_db::assets::{self, Asset};
use cineclub_db::edits::{self, Edit};
use cineclub_db::events;
use cineclub_db::revocations::{self, Kind};
use cineclub_db::titles::{self, ExternalId, Title, TitleText};
use cineclub_db::tracks::{self, Track};
use cineclub_db::{Result, Tx};
use cineclub_domain::id::{AssetId, EditId, TitleId};
use cineclub_domain::language::Language;
use cineclub_domain::reason::Reason;
use cineclub_domain::time::{MINUTE_MS, Timestamp};
use cineclub_domain::title::TitleKind;
use cineclub_domain::token::LONGEST_MS;
use serde::Serialize;

use super::attach::{self, INGESTED, Meant, Told, rival};
use super::circumstances::Circumstances;
use super::claims::{self, Claim};
use super::examine::Examined;
use super::family::{Family, family, sort_key};
use super::names::Named;
use super::nfo::Nfo;
use super::rungs;
use super::sidecars::Level;
use crate::App;
use crate::record::{Change, event};

/// Which edit a file embodies or, if it waits for staff to say so, which it seems to, and why it waits.
enum Belongs {
    /// Its edit and, of another size of a film, the file it is a size of.
    To(EditId, Option<AssetId>),
    Waits(Meant, Reason),
}

/// Writes an examined file and everything about it. Returns why it waits for staff, if it does.
pub(super) async fn record(
    tx: &mut Tx,
    found: &Examined,
    at: &Circumstances<'_>,
) -> Result<Option<Reason>> {
    let before = known(tx, found, at).await?;
    let known = |asset: &Asset| Some((asset.edit?, asset.rung_of));
    let edit = match before.as_ref().and_then(known) {
        Some(edit) => Some(edit),
        None => twin_of_copy(tx, found, at).await?.as_ref().and_then(known),
    };
    let belongs = match edit {
        // The file is known: whatever its name says now, it stays with its title.
        Some((edit, rung_of)) => {
            if let Some(edit) = edits::by_id(tx, edit).await? {
                known_family(tx, edit.title, found, at).await?;
            }
            Belongs::To(edit, rung_of)
        }
        None => placed(tx, found, at).await?,
    };
    let id = write_asset(tx, found, &belongs, before.as_ref(), at).await?;
    let (meant, waits) = match belongs {
        Belongs::To(..) => (None, None),
        Belongs::Waits(meant, why) => (Some(meant), Some(why)),
    };
    let told = Told {
        path: found.path.clone(),
        state: found.film.state.as_str().to_owned(),
        reason: found.film.reason.clone(),
        meant,
    };
    append(tx, at, INGESTED, "asset", &id.to_string(), &told).await?;
    Ok(waits)
}

/// What is known of a file: of the one at its place or, if it was moved here, of the one that is gone.
async fn known(tx: &mut Tx, found: &Examined, at: &Circumstances<'_>) -> Result<Option<Asset>> {
    if let Some(asset) = assets::by_path(tx, found.root, &found.path).await? {
        return Ok(Some(asset));
    }
    for twin in at.twins.iter().filter(|twin| twin.is_gone) {
        // Another copy of it may have been first.
        if assets::relocate(tx, &twin.asset, found.root, &found.path, at.now).await? {
            return assets::by_id(tx, twin.asset.id).await;
        }
    }
    Ok(None)
}

/// A file of the same name and content in another folder, with its edit: this is a copy of it.
async fn twin_of_copy(
    tx: &mut Tx,
    found: &Examined,
    at: &Circumstances<'_>,
) -> Result<Option<Asset>> {
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
    for twin in at.twins {
        let copied = assets::by_id(tx, twin.asset.id).await?.filter(|asset| {
            asset.fingerprint == found.fingerprint && name(&asset.path) == name(&found.path)
        });
        if let Some(copied) = copied.filter(|asset| asset.edit.is_some()) {
            return Ok(Some(copied));
        }
    }
    Ok(None)
}

/// Gives a new file its title by what its name says, unless that has another file already.
async fn placed(tx: &mut Tx, found: &Examined, at: &Circumstances<'_>) -> Result<Belongs> {
    let family = family(tx, found, at).await?;
    let name = match &found.named {
        Named::Film { edit, .. } => edit.clone(),
        Named::Episode { .. } => String::new(),
    };
    let edit = Edit {
        id: EditId::new(at.now, at.app.entropy()),
        title: family.own.id,
        name,
    };
    let id = edits::upsert(tx, &edit, at.now).await?;
    let mut others = assets::of_edit(tx, id).await?;
    others.retain(|other| other.rung_of.is_none());
    let contents = (found.fingerprint.as_str(), found.identity.size_bytes);
    if let Some(rival) = rival(&others, contents, family.is_sure) {
        if rungs::joins(tx, rival, found).await? {
            return Ok(Belongs::To(id, Some(rival.id)));
        }
        let why = attach::why(tx, edit.title, rival).await?;
        let meant = Meant {
            title: edit.title,
            edit: edit.name,
        };
        return Ok(Belongs::Waits(meant, why));
    }
    describe_all(tx, &family, found, at).await?;
    Ok(Belongs::To(id, None))
}

async fn describe_all(
    tx: &mut Tx,
    family: &Family<'_>,
    found: &Examined,
    at: &Circumstances<'_>,
) -> Result<()> {
    for member in &family.members {
        describe(tx, member.title, found, member.level, member.name, at).await?;
    }
    Ok(())
}

/// The claim that was found beside a title or, failing that, beside what it belongs to.
///
/// # Errors
/// If the database can't be read.
pub async fn claim_of(app: &App, title: TitleId) -> crate::error::Result<Option<Claim>> {
    Ok(app
        .db()
        .read(async |tx| stored_claim(tx, title).await)
        .await?)
}

async fn stored_claim(tx: &mut Tx, title: TitleId) -> Result<Option<Claim>> {
    let mut at = Some(title);
    while let Some(id) = at {
        if let Some(json) = last_claim(tx, id).await? {
            return Ok(serde_json::from_str(&json).ok());
        }
        at = titles::by_id(tx, id).await?.and_then(|title| title.parent);
    }
    Ok(None)
}

async fn last_claim(tx: &mut Tx, title: TitleId) -> Result<Option<String>> {
    let events = events::of_subject(tx, "title", &title.to_string()).await?;
    Ok(events
        .into_iter()
        .find(|event| event.action == claims::ACTION)
        .and_then(|event| event.to_json))
}

/// Writes again what lies beside a file whose title is known.
async fn known_family(
    tx: &mut Tx,
    title: TitleId,
    found: &Examined,
    at: &Circumstances<'_>,
) -> Result<()> {
    let mut next = Some(title);
    while let Some(id) = next {
        let Some(title) = titles::by_id(tx, id).await? else {
            return Ok(());
        };
        let (level, name) = match (title.kind, &found.named) {
            (TitleKind::Series, Named::Episode { series, .. }) => (Level::Series, series.as_str()),
            (TitleKind::Season, Named::Episode { .. }) => (Level::Season, ""),
            (TitleKind::Episode, Named::Episode { name, .. }) => (Level::Own, name.as_str()),
            (TitleKind::Film | TitleKind::Extra, Named::Film { name, .. }) => {
                (Level::Own, name.as_str())
            }
            // Staff have attached the file to a title of another kind: its sidecars don't speak of that one.
            _ => return Ok(()),
        };
        describe(tx, id, found, level, name, at).await?;
        next = title.parent;
    }
    Ok(())
}

/// Writes what the sidecars of a level say of a title.
async fn describe(
    tx: &mut Tx,
    id: TitleId,
    found: &Examined,
    level: Level,
    file_name: &str,
    at: &Circumstances<'_>,
) -> Result<()> {
    let Some(title) = titles::by_id(tx, id).await? else {
        return Ok(());
    };
    let texts = found.texts_of(level);
    let is_edited = is_edited(tx, id).await?;
    if !is_edited {
        let changed = merged(&title, &texts, file_name, at.now);
        if (Title {
            updated: title.updated,
            ..changed.clone()
        }) != title
        {
            titles::upsert(tx, &changed).await?;
        }
    }
    let known = titles::texts_of(tx, id).await?;
    for text in words(&title, &texts, found, file_name, at.language) {
        let before = known.iter().find(|known| known.language == text.language);
        let is_only_a_guess = texts.is_empty() && title.kind != TitleKind::Season;
        if before == Some(&text) || before.is_some() && (is_edited || is_only_a_guess) {
            continue;
        }
        titles::save_text(tx, &text, at.now).await?;
    }
    for (scheme, value) in texts.iter().flat_map(|(_, nfo)| &nfo.ids) {
        if matches!(scheme.as_str(), "eidr" | "isan" | "imdb" | "tmdb" | "tvdb") {
            let external = ExternalId {
                scheme: scheme.clone(),
                value: value.clone(),
                title: id,
            };
            titles::save_external_id(tx, &external, at.now).await?;
        }
    }
    dress(tx, id, found, level, at).await
}

/// Gives a title its pictures and the claim found beside it.
async fn dress(
    tx: &mut Tx,
    id: TitleId,
    found: &Examined,
    level: Level,
    at: &Circumstances<'_>,
) -> Result<()> {
    let known = artwork::of_title(tx, id).await?;
    for (_, kind, stored) in found.pictures.iter().filter(|(whose, ..)| *whose == level) {
        let picture = Artwork {
            title: id,
            kind: *kind,
            object: stored.object.clone(),
            width: stored.width,
            height: stored.height,
        };
        if !known.contains(&picture) {
            artwork::save(tx, &picture, at.now).await?;
        }
    }
    if let Some((_, claim)) = found.claim.as_ref().filter(|(whose, _)| *whose == level) {
        let known = last_claim(tx, id).await?;
        let known = known.and_then(|json| serde_json::from_str(&json).ok());
        if known.as_ref() != Some(claim) {
            append(tx, at, claims::ACTION, "title", &id.to_string(), claim).await?;
        }
    }
    Ok(())
}

fn merged(
    title: &Title,
    texts: &[(Option<Language>, &Nfo)],
    file_name: &str,
    now: Timestamp,
) -> Title {
    let first = texts.first().map(|(_, nfo)| *nfo);
    let Some(nfo) = first else {
        return title.clone();
    };
    let name = [&nfo.sort_title, &nfo.title]
        .into_iter()
        .find(|name| !name.is_empty())
        .map_or(file_name, String::as_str);
    Title {
        year: nfo
            .year
            .filter(|_| title.kind != TitleKind::Season)
            .or(title.year),
        runtime_ms: nfo
            .runtime_min
            .map(|minutes| i64::from(minutes) * MINUTE_MS)
            .or(title.runtime_ms),
        rating_age: nfo.rating_age.or(title.rating_age),
        genres: if nfo.genres.is_empty() {
            title.genres.clone()
        } else {
            nfo.genres.clone()
        },
        sort_key: sort_key(name),
        original_language: nfo
            .original_language
            .clone()
            .unwrap_or_else(|| title.original_language.clone()),
        updated: now,
        ..title.clone()
    }
}

/// A title's words in each language there are some in.
fn words(
    title: &Title,
    texts: &[(Option<Language>, &Nfo)],
    found: &Examined,
    file_name: &str,
    service: &Language,
) -> Vec<TitleText> {
    let text = |language: &Language, name: String, nfo: Option<&Nfo>| TitleText {
        title: title.id,
        language: language.clone(),
        name,
        tagline: nfo.map_or_else(String::new, |nfo| nfo.tagline.clone()),
        synopsis: nfo.map_or_else(String::new, |nfo| nfo.plot.clone()),
    };
    if title.kind == TitleKind::Season {
        return season_words(title.ordinal.unwrap_or(1), texts, found, service)
            .into_iter()
            .map(|(language, name, nfo)| text(&language, name, nfo))
            .collect();
    }
    let mut words: Vec<TitleText> = Vec::new();
    for (language, nfo) in texts {
        let language = language
            .as_ref()
            .or(nfo.language.as_ref())
            .unwrap_or(service);
        let name = if nfo.title.is_empty() {
            named(title, file_name)
        } else {
            nfo.title.clone()
        };
        if !words.iter().any(|text| text.language == *language) {
            words.push(text(language, name, Some(nfo)));
        }
    }
    if words.is_empty() {
        words.push(text(service, named(title, file_name), None));
    }
    words
}

/// A name when no NFO gives one: the file's, or the episode's number.
fn named(title: &Title, file_name: &str) -> String {
    match title.ordinal {
        Some(number) if file_name.is_empty() => format!("Episode {number}"),
        _ => file_name.to_owned(),
    }
}

/// A season's name: its own NFO's, its series' NFO's, or its number in the languages the pages speak.
fn season_words<'n>(
    number: u32,
    texts: &[(Option<Language>, &'n Nfo)],
    found: &'n Examined,
    service: &Language,
) -> Vec<(Language, String, Option<&'n Nfo>)> {
    let mut words: Vec<(Language, String, Option<&Nfo>)> = Vec::new();
    let mut add = |language: &Language, name: String, nfo: Option<&'n Nfo>| {
        if !name.is_empty() && !words.iter().any(|(known, ..)| known == language) {
            words.push((language.clone(), name, nfo));
        }
    };
    for (language, nfo) in texts {
        add(
            language
                .as_ref()
                .or(nfo.language.as_ref())
                .unwrap_or(service),
            nfo.title.clone(),
            Some(nfo),
        );
    }
    for (language, nfo) in found.texts_of(Level::Series) {
        let name = nfo
            .seasons
            .iter()
            .find(|(named, _)| *named == number)
            .map(|(_, name)| name.clone());
        add(
            language
                .as_ref()
                .or(nfo.language.as_ref())
                .unwrap_or(service),
            name.unwrap_or_default(),
            None,
        );
    }
    for (tag, word, specials) in [("en", "Season", "Specials"), ("fr", "Saison", "Hors-série")] {
        if let Ok(language) = tag.parse() {
            add(
                &language,
                if number == 0 {
                    specials.to_owned()
                } else {
                    format!("{word} {number}")
                },
                None,
            );
        }
    }
    words
}

async fn write_asset(
    tx: &mut Tx,
    found: &Examined,
    belongs: &Belongs,
    before: Option<&Asset>,
    at: &Circumstances<'_>,
) -> Result<AssetId> {
    let film = &found.film;
    let (edit, rung_of, reason) = match belongs {
        Belongs::To(edit, rung_of) => (Some(*edit), *rung_of, film.reason.clone()),
        Belongs::Waits(_, why) => (None, None, Some(why.clone())),
    };
    let asset = Asset {
        id: before.map_or_else(|| AssetId::new(at.now, at.app.entropy()), |asset| asset.id),
        edit,
        rung_of,
        root: found.root,
        path: found.path.clone(),
        size_bytes: found.identity.size_bytes,
        modified_ms: found.identity.modified_ms,
        fingerprint: found.fingerprint.clone(),
        container: film.container.to_owned(),
        duration_ms: film.duration_ms,
        state: film.state,
        reason,
        format_version: u32::from(cineclub_media::FORMAT_VERSION),
        created: at.now,
        updated: at.now,
    };
    let id = assets::upsert(tx, &asset, film.index.as_deref()).await?;
    let rows: Vec<_> = film.tracks.iter().map(|track| row(id, track)).collect();
    if let Some(before) = before
        && (contents(before) != contents(&asset) || tracks::of_asset(tx, id).await? != rows)
    {
        // Playlists that are out describe what is no more, and tokens name tracks by their numbers:
        // players must ask again.
        let until = at.now.plus_millis(LONGEST_MS);
        revocations::append(tx, Kind::Asset, &id.to_string(), at.now, until).await?;
    }
    tracks::replace(tx, id, &rows).await?;
    Ok(id)
}

/// What tells one file from another at the same place.
fn contents(asset: &Asset) -> (&str, u64, i64) {
    (&asset.fingerprint, asset.size_bytes, asset.modified_ms)
}

fn row(asset: AssetId, track: &super::film::Track) -> Track {
    Track {
        asset,
        number: track.number,
        kind: track.kind,
        codec: track.codec.clone(),
        rfc6381: track.rfc6381.clone(),
        language: track.language.clone(),
        role: track.role.to_owned(),
        name: track.name.clone(),
        width: track.width,
        height: track.height,
        frame_rate: track.frame_rate,
        channels: track.channels,
        sample_rate: track.sample_rate,
        sidecar: track.sidecar.clone(),
    }
}

/// Whether a person has written about this title: then sidecars only add.
async fn is_edited(tx: &mut Tx, title: TitleId) -> Result<bool> {
    let events = events::of_subject(tx, "title", &title.to_string()).await?;
    Ok(events
        .iter()
        .any(|event| event.actor.is_some() && event.action == "title.text"))
}

async fn append(
    tx: &mut Tx,
    at: &Circumstances<'_>,
    action: &str,
    subject_kind: &str,
    subject: &str,
    what: &impl Serialize,
) -> Result<()> {
    let change = Change::to(what);
    events::append(
        tx,
        &event(at.app, None, action, subject_kind, subject, &change),
    )
    .await
}
