//! Holding a title back by hand, and letting it go.

use cineclub_db::{events, holds, revocations};
use cineclub_domain::hold::Hold;
use cineclub_domain::id::{AccountId, HoldId, TitleId};
use cineclub_domain::time::Timestamp;
use cineclub_domain::token::LONGEST_MS;

use crate::App;
use crate::error::{Error, Kind, Result};
use crate::record::{self, Change};

/// The holds a title has or had, the last first.
pub async fn of_title(app: &App, title: TitleId) -> Result<Vec<Hold>> {
    Ok(app
        .db()
        .read(async |tx| holds::of_title(tx, title).await)
        .await?)
}

/// Holds a title back, with everything below it; what plays stops.
///
/// # Errors
/// When it has no reason, or ends before it begins.
pub async fn place(
    app: &App,
    actor: AccountId,
    title: TitleId,
    reason: &str,
    until: Option<Timestamp>,
) -> Result<()> {
    let now = app.now();
    if reason.trim().is_empty() {
        return Err(
            Error::new(Kind::BadInput, "Say why the title is held back.")
                .keyed("error-hold-reason"),
        );
    }
    if until.is_some_and(|until| until <= now) {
        return Err(
            Error::new(Kind::BadInput, "The hold would be over before it begins.")
                .keyed("error-hold-over"),
        );
    }
    let id = HoldId::new(now, app.entropy());
    let hold = Hold {
        id,
        title,
        reason: reason.trim().to_owned(),
        by: actor,
        since: now,
        until,
    };
    let event = record::event(
        app,
        Some(actor),
        "title.held",
        "title",
        title,
        &Change::to(&hold.reason),
    );
    app.db()
        .write(async |tx| {
            holds::insert(tx, &hold).await?;
            let until = now.plus_millis(LONGEST_MS);
            revocations::append(tx, revocations::Kind::Title, &title.to_string(), now, until)
                .await?;
            events::append(tx, &event).await
        })
        .await?;
    Ok(())
}

/// Lets a title go again.
///
/// # Errors
/// [`Kind::NotFound`] if the title has no such hold.
pub async fn lift(app: &App, actor: AccountId, title: TitleId, hold: HoldId) -> Result<()> {
    let now = app.now();
    let event = record::event(
        app,
        Some(actor),
        "title.released",
        "title",
        title,
        &Change::default(),
    );
    app.db()
        .write(async |tx| {
            if holds::of_title(tx, title)
                .await?
                .iter()
                .all(|one| one.id != hold)
            {
                return Err(Error::not_found());
            }
            if holds::lift(tx, hold, actor, now).await? {
                events::append(tx, &event).await?;
            }
            Ok(())
        })
        .await
}
