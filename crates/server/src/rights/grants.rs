//! Entering, changing and ending grants.

use cineclub_db::plays::Which;
use cineclub_db::{events, grants, plays, revocations};
use cineclub_domain::grant::{Evidence, Grant};
use cineclub_domain::id::{AccountId, GrantId, TitleId};
use cineclub_domain::play::PlayEnd;
use cineclub_domain::time::Timestamp;
use cineclub_domain::token::LONGEST_MS;
use serde::Serialize;

use crate::App;
use crate::accounts::digest;
use crate::error::{Error, Kind, Result};
use crate::record::{self, Change};

/// Every grant, newest first.
pub async fn list(app: &App) -> Result<Vec<Grant>> {
    Ok(app.db().read(async |tx| grants::list(tx).await).await?)
}

/// One grant.
///
/// # Errors
/// [`Kind::NotFound`] if there is none.
pub async fn get(app: &App, id: GrantId) -> Result<Grant> {
    app.db()
        .read(async |tx| grants::by_id(tx, id).await)
        .await?
        .ok_or_else(Error::not_found)
}

/// The grants that name a title or one it belongs to.
pub async fn of_titles(app: &App, titles: &[TitleId]) -> Result<Vec<Grant>> {
    let all = list(app).await?;
    Ok(all
        .into_iter()
        .filter(|grant| grant.titles.iter().any(|title| titles.contains(title)))
        .collect())
}

/// Enters a new grant.
///
/// # Errors
/// The rule it breaks.
pub async fn enter(app: &App, actor: Option<AccountId>, grant: &Grant) -> Result<()> {
    check(grant)?;
    let now = app.now();
    let event = record::event(
        app,
        actor,
        "grant.entered",
        "grant",
        grant.id,
        &Change::to(&Summary::of(grant)),
    );
    app.db()
        .write(async |tx| {
            grants::insert(tx, grant, actor, now).await?;
            events::append(tx, &event).await
        })
        .await
        .map_err(unknown_title)
}

/// Changes a grant. Plays that rest on it ask again; those it still allows go on.
///
/// # Errors
/// The rule it breaks; a grant that has ended can't be changed.
pub async fn change(app: &App, actor: AccountId, grant: &Grant) -> Result<()> {
    check(grant)?;
    let before = get(app, grant.id).await?;
    if before.ended_at.is_some() {
        return Err(
            Error::new(Kind::Conflict, "This grant has ended. Enter a new one.")
                .keyed("error-grant-ended"),
        );
    }
    let now = app.now();
    let change = Change::from_to(&Summary::of(&before), &Summary::of(grant));
    let event = record::event(
        app,
        Some(actor),
        "grant.changed",
        "grant",
        grant.id,
        &change,
    );
    app.db()
        .write(async |tx| {
            grants::update(tx, grant, now).await?;
            let subject = grant.id.to_string();
            revocations::append(
                tx,
                revocations::Kind::Grant,
                &subject,
                now,
                now.plus_millis(LONGEST_MS),
            )
            .await?;
            events::append(tx, &event).await
        })
        .await
        .map_err(unknown_title)
}

/// Ends a grant now: its titles go dark, and what plays on it stops.
///
/// # Errors
/// [`Kind::NotFound`] if there is none.
pub async fn end(app: &App, actor: AccountId, id: GrantId) -> Result<()> {
    let now = app.now();
    let event = record::event(
        app,
        Some(actor),
        "grant.ended",
        "grant",
        id,
        &Change::to(&serde_json::json!({ "ended_at": now })),
    );
    app.db()
        .write(async |tx| {
            if grants::end(tx, id, Some(actor), now).await? {
                stop_plays(tx, id, now).await?;
                events::append(tx, &event).await?;
            }
            Ok::<_, cineclub_db::Error>(())
        })
        .await?;
    Ok(())
}

/// Evidence as it is kept: the statement with its hash.
pub fn evidence(url: Option<String>, statement: String, seen_at: Timestamp) -> Evidence {
    Evidence {
        url,
        sha256: digest(&statement),
        statement,
        seen_at,
    }
}

async fn stop_plays(
    tx: &mut cineclub_db::Tx,
    id: GrantId,
    now: Timestamp,
) -> cineclub_db::Result<()> {
    plays::end(tx, Which::Grant(id), PlayEnd::Revoked, now).await?;
    let until = now.plus_millis(LONGEST_MS);
    revocations::append(tx, revocations::Kind::Grant, &id.to_string(), now, until).await?;
    Ok(())
}

fn check(grant: &Grant) -> Result<()> {
    grant
        .check()
        .map_err(|error| Error::new(Kind::BadInput, error.to_string()).because(error))
}

fn unknown_title(error: cineclub_db::Error) -> Error {
    if matches!(error, cineclub_db::Error::MissingReference) {
        return Error::new(Kind::BadInput, "One of the titles no longer exists.")
            .keyed("error-title-unknown");
    }
    error.into()
}

/// A grant as the record of changes keeps it.
#[derive(Serialize)]
struct Summary<'g> {
    licensor: &'g str,
    reference: &'g str,
    titles: &'g [TitleId],
    offers: &'g [cineclub_domain::offer::Offer],
    territories: &'g cineclub_domain::territory::TerritorySet,
    audio: &'g cineclub_domain::language::LanguageRule,
    subtitles: &'g cineclub_domain::language::LanguageRule,
    window: &'g cineclub_domain::window::Window,
    exclusive: bool,
    limits: cineclub_domain::grant::Limits,
    protection: cineclub_domain::grant::Protection,
    licence: cineclub_domain::licence::Licence,
    evidence: &'g Option<Evidence>,
    attribution: &'g Option<String>,
}

impl<'g> Summary<'g> {
    fn of(grant: &'g Grant) -> Self {
        Self {
            licensor: &grant.licensor,
            reference: &grant.reference,
            titles: &grant.titles,
            offers: &grant.offers,
            territories: &grant.territories,
            audio: &grant.audio,
            subtitles: &grant.subtitles,
            window: &grant.window,
            exclusive: grant.exclusive,
            limits: grant.limits,
            protection: grant.protection,
            licence: grant.licence,
            evidence: &grant.evidence,
            attribution: &grant.attribution,
        }
    }
}
