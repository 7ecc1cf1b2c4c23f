//! Plays: starting one, keeping it alive, ending it, and stopping another's.

use std::time::Duration;

use cineclub_db::plays::{NewPlay, Play, Started, Which};
use cineclub_db::progress::Progress;
use cineclub_db::{Tx, assets, plays, progress, sessions};
use cineclub_domain::account::Account;
use cineclub_domain::decide::{Audience, Screen};
use cineclub_domain::id::{AccountId, PlayId, SessionId};
use cineclub_domain::language::Language;
use cineclub_domain::permit::Permit;
use cineclub_domain::play::{PlayEnd, is_finished, resume_at};
use cineclub_domain::time::Timestamp;
use cineclub_domain::token::{Sealed, TokenKeys};

use super::gate::Subject;
use super::watch;
use crate::App;
use crate::catalogue::{Entry, Snapshot};
use crate::error::{Error, Kind, Result};
use crate::record::{self, Change};
use crate::rights;

/// The longest name of a device that is kept, in characters.
const DEVICE_CHARS: usize = 60;

/// How long a play waits to know whether its file may be had whole.
const PATIENCE: Duration = Duration::from_secs(1);

/// Who asks, from where, on what.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// The account.
    pub account: &'a Account,
    /// The signed-in browser or device.
    pub session: SessionId,
    /// Where they are and how old.
    pub audience: Audience,
    /// The language for names.
    pub language: &'a Language,
    /// What the device calls itself.
    pub device: &'a str,
    /// What it plays.
    pub screen: Screen,
}

/// A play that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playback {
    /// The play.
    pub play: PlayId,
    /// The sealed permit, the first part of every media address.
    pub token: String,
    /// Where to begin, in milliseconds.
    pub position_ms: i64,
    /// How long the film is, in milliseconds.
    pub duration_ms: i64,
    /// The episode after this one.
    pub next: Option<Next>,
    /// The line that must be shown with the work.
    pub attribution: Option<String>,
    /// The file as it is, where it may be had.
    pub original: Option<Original>,
}

/// A film's file as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// What to call it when it is kept.
    pub name: String,
    /// How large it is, in bytes.
    pub bytes: u64,
}

/// The episode that follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// The answer to someone who pressed play.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It plays.
    Playing(Playback),
    /// Every stream slot of the account is taken, by these.
    TooMany(Vec<Play>),
}

/// Starts a play of the title with this name in addresses.
///
/// A session that plays already gives its older play up, so that loading the page again costs no slot.
///
/// # Errors
/// The reason of the decision; [`Kind::Unauthenticated`] when the session was signed out meanwhile.
pub async fn start(app: &App, asker: Asker<'_>, slug: &str) -> Result<Answer> {
    let snapshot = app.catalogue().current(app).await?;
    if app.gate().heard_of() < Some(snapshot.seen()) {
        // The decision knows of changes that the films in memory may not: a replaced file is forgotten here.
        watch::catch_up(app).await?;
    }
    let entry = snapshot.by_slug(slug).ok_or_else(Error::not_found)?;
    let (permit, asset) = rights::permit(
        app,
        &snapshot,
        asker.account,
        asker.session,
        asker.audience,
        asker.screen,
        entry,
    )
    .await?;
    let duration_ms = asset.asset.duration_ms.unwrap_or(0);
    warm(app, &permit);
    let now = app.now();
    let expires = TokenKeys::expiry(&permit, duration_ms, now);
    let new = NewPlay {
        id: PlayId::new(now, app.entropy()),
        account: asker.account.id,
        session: asker.session,
        title: entry.title.id,
        asset: permit.asset(),
        grant: permit.grant(),
        offer: permit.offer(),
        device: device_name(asker.device),
        token_until: expires,
        position_ms: 0,
    };
    let limit = permit.max_streams();
    let (started, position_ms) = app
        .db()
        .write(async |tx| take_slot(tx, new.clone(), duration_ms, limit, now).await)
        .await?;
    if let Started::TooMany(others) = started {
        return Ok(Answer::TooMany(others));
    }
    let attribution = snapshot
        .grants
        .iter()
        .find(|grant| grant.id == permit.grant())
        .and_then(|g| g.attribution.clone());
    // Nobody waits for a slow disk to be told of a link.
    let original = app.library().original_bytes(app, &permit);
    let original = tokio::time::timeout(PATIENCE, original)
        .await
        .ok()
        .flatten();
    let original = original.map(|bytes| Original {
        name: file_name(entry, asker.language, &asset.asset.path),
        bytes,
    });
    let sealed = Sealed {
        permit,
        play: new.id,
        seen: snapshot.seen(),
        expires,
    };
    Ok(Answer::Playing(Playback {
        play: new.id,
        token: app.keys().seal(&sealed),
        position_ms,
        duration_ms,
        next: next(&snapshot, &asker, entry, now),
        attribution,
        original,
    }))
}

/// What to call a title's file: `Slow Light (2024).mkv`, and nothing of what its owner calls it.
fn file_name(entry: &Entry, language: &Language, path: &str) -> String {
    let name = entry.name(language).replace(['/', '\\'], "-");
    let year = entry.title.year.map(|year| format!(" ({year})"));
    let (_, extension) = path.rsplit_once('.').unwrap_or_default();
    format!("{name}{}.{extension}", year.unwrap_or_default())
}

/// Reads the film, in each of its sizes, ahead of the first request for it. A failure shows there.
fn warm(app: &App, permit: &Permit) {
    let (app, assets) = (app.clone(), permit.assets().collect::<Vec<_>>());
    tokio::spawn(async move {
        for asset in assets {
            let _ = app.library().film(&app, asset).await;
        }
    });
}

/// Takes a slot and says where to begin.
async fn take_slot(
    tx: &mut Tx,
    mut new: NewPlay,
    duration_ms: i64,
    limit: u16,
    now: Timestamp,
) -> Result<(Started, i64)> {
    // The decision may rest on a session that ended after the request came in. Ended before this,
    // it is not in the list; ended after, its revocation has a number the token has not seen.
    let sessions = sessions::list(tx, new.account, now).await?;
    if sessions.iter().all(|session| session.id != new.session) {
        return Err(
            Error::new(Kind::Unauthenticated, "Sign in first.").keyed("error-sign-in-first")
        );
    }
    plays::end(tx, Which::Session(new.session), PlayEnd::Replaced, now).await?;
    // Plays of devices that were signed out get no bytes any more; they must not hold slots either.
    for play in plays::live_of(tx, new.account, now).await? {
        if sessions.iter().all(|session| session.id != play.session) {
            plays::end(tx, Which::Play(play.id), PlayEnd::Revoked, now).await?;
        }
    }
    let before = progress::of_title(tx, new.account, new.title).await?;
    new.position_ms = before.map_or(0, |progress| resume_at(progress.position_ms, duration_ms));
    let position_ms = new.position_ms;
    Ok((plays::start(tx, &new, limit, now).await?, position_ms))
}

fn next(snapshot: &Snapshot, asker: &Asker<'_>, entry: &Entry, now: Timestamp) -> Option<Next> {
    let shelf = snapshot.shelf(asker.audience, now);
    let next = shelf
        .next(entry)
        .filter(|episode| episode.playable().is_some())?;
    Some(Next {
        slug: next.title.slug.clone(),
        name: next.name(asker.language).to_owned(),
    })
}

/// A sign of life from a player: keeps its slot and notes how far it got.
///
/// # Errors
/// [`Kind::Gone`] with the reason when the play is over, and the player must stop; [`Kind::NotFound`]
/// for a play that is none of this account's.
pub async fn beat(app: &App, asker: Asker<'_>, play: PlayId, position_ms: i64) -> Result<()> {
    let (now, account) = (app.now(), asker.account.id);
    let position_ms = position_ms.max(0);
    let kept = app
        .db()
        .write(async |tx| {
            let kept = plays::beat(tx, play, account, position_ms, now).await?;
            if let Some(play) = &kept {
                note(tx, play, position_ms, now).await?;
            }
            Ok::<_, Error>(kept)
        })
        .await?;
    let Some(play) = kept else {
        return Err(why_over(app, account, play).await?);
    };
    let snapshot = app.catalogue().current(app).await?;
    if !is_withdrawn(app, &snapshot, &play) || is_still_allowed(app, &snapshot, asker, &play).await
    {
        return Ok(());
    }
    let which = Which::Play(play.id);
    app.db()
        .write(async |tx| plays::end(tx, which, PlayEnd::Revoked, now).await)
        .await?;
    Err(over(PlayEnd::Revoked))
}

/// Whether something the play rests on was withdrawn after it began.
fn is_withdrawn(app: &App, snapshot: &Snapshot, play: &Play) -> bool {
    let titles: Vec<_> = match snapshot.title(play.title) {
        Some(entry) => entry.lineage.iter().collect(),
        None => vec![play.title],
    };
    let fixed = [
        Subject::Session(play.session.to_bytes()),
        Subject::Account(play.account.to_bytes()),
        Subject::Grant(play.grant_id.to_bytes()),
        Subject::Asset(play.asset.to_bytes()),
    ];
    let titles = titles
        .into_iter()
        .map(|title| Subject::Title(title.to_bytes()));
    app.gate()
        .withdrew(fixed.into_iter().chain(titles), play.started_ms)
}

/// Whether the viewer could press play again now. A grant that was changed may still allow the play:
/// its old link is dead, and the player, refused a segment, asks for a new one by itself.
async fn is_still_allowed(app: &App, snapshot: &Snapshot, asker: Asker<'_>, play: &Play) -> bool {
    let Some(entry) = snapshot.title(play.title) else {
        return false;
    };
    let (account, session) = (asker.account, asker.session);
    let (audience, screen) = (asker.audience, asker.screen);
    rights::permit(app, snapshot, account, session, audience, screen, entry)
        .await
        .is_ok()
}

async fn note(tx: &mut Tx, play: &Play, position_ms: i64, now: Timestamp) -> Result<()> {
    let asset = assets::by_id(tx, play.asset).await?;
    let duration_ms = asset.and_then(|asset| asset.duration_ms).unwrap_or(0);
    let position_ms = if duration_ms > 0 {
        position_ms.min(duration_ms)
    } else {
        position_ms
    };
    let progress = Progress {
        account: play.account,
        title: play.title,
        position_ms,
        duration_ms,
        finished: is_finished(position_ms, duration_ms),
        updated_ms: now,
    };
    progress::save(tx, &progress).await?;
    Ok(())
}

async fn why_over(app: &App, account: AccountId, play: PlayId) -> Result<Error> {
    let found = app
        .db()
        .read(async |tx| plays::by_id(tx, play).await)
        .await?;
    let found = found
        .filter(|found: &Play| found.account == account)
        .ok_or_else(Error::not_found)?;
    Ok(over(found.end_reason.unwrap_or(PlayEnd::Lost)))
}

/// Why a player must stop, as the person is told.
fn over(reason: PlayEnd) -> Error {
    let (message, key) = match reason {
        PlayEnd::Closed => (
            "This viewing was ended. Press play to go on.",
            "error-play-closed",
        ),
        PlayEnd::Replaced => (
            "This was stopped because the film goes on elsewhere on your account.",
            "error-play-replaced",
        ),
        PlayEnd::Lost => (
            "The connection was lost for too long. Press play to go on.",
            "error-play-lost",
        ),
        PlayEnd::Revoked => (
            "The permission to play this was withdrawn. Go back to see what is on offer.",
            "error-play-withdrawn",
        ),
    };
    Error::new(Kind::Gone, message).keyed(key)
}

/// The player was closed at `position_ms`, if it could still say where.
///
/// # Errors
/// [`Kind::NotFound`] for a play that is none of this account's. Ending it twice does no harm.
pub async fn end(
    app: &App,
    account: AccountId,
    play: PlayId,
    position_ms: Option<i64>,
) -> Result<()> {
    finish(app, account, play, position_ms, PlayEnd::Closed).await
}

/// The viewer stops a play of theirs on another device.
///
/// # Errors
/// As [`end`].
pub async fn stop_other(app: &App, account: AccountId, play: PlayId) -> Result<()> {
    finish(app, account, play, None, PlayEnd::Replaced).await
}

async fn finish(
    app: &App,
    account: AccountId,
    id: PlayId,
    position_ms: Option<i64>,
    reason: PlayEnd,
) -> Result<()> {
    let now = app.now();
    app.db()
        .write(async |tx| {
            let found = plays::by_id(tx, id)
                .await?
                .filter(|play| play.account == account);
            let play = found.ok_or_else(Error::not_found)?;
            if play.ended_ms.is_some() {
                return Ok(());
            }
            if let Some(position_ms) = position_ms {
                note(tx, &play, position_ms.max(0), now).await?;
            }
            plays::end(tx, Which::Play(id), reason, now).await?;
            Ok::<_, Error>(())
        })
        .await?;
    watch::catch_up(app).await
}

/// Every play that holds a stream slot now, the newest first: for staff.
pub async fn live(app: &App) -> Result<Vec<Play>> {
    let now = app.now();
    Ok(app.db().read(async |tx| plays::live(tx, now).await).await?)
}

/// Staff stop a play. False if it was over already.
///
/// # Errors
/// When the database can't be written.
pub async fn stop(app: &App, actor: AccountId, play: PlayId) -> Result<bool> {
    let now = app.now();
    let event = record::event(
        app,
        Some(actor),
        "play.stopped",
        "play",
        play,
        &Change::default(),
    );
    let stopped = app
        .db()
        .write(async |tx| {
            let ended = plays::end(tx, Which::Play(play), PlayEnd::Revoked, now).await?;
            if !ended.is_empty() {
                cineclub_db::events::append(tx, &event).await?;
            }
            Ok::<_, cineclub_db::Error>(!ended.is_empty())
        })
        .await?;
    watch::catch_up(app).await?;
    Ok(stopped)
}

/// A device's name as it can be listed: one line, not long.
fn device_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .filter(|c| !c.is_control())
        .take(DEVICE_CHARS)
        .collect();
    let plain = plain.trim();
    if plain.is_empty() {
        "Browser".to_owned()
    } else {
        plain.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_listed_under_one_short_line() {
        assert_eq!(device_name("Firefox\non Linux"), "Firefoxon Linux");
        assert_eq!(device_name(" \u{0}\n "), "Browser");
        assert_eq!(device_name(&"x".repeat(1000)).len(), DEVICE_CHARS);
    }
}
