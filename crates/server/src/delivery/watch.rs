//! The task that keeps the gate's knowledge fresh, and ends plays whose player fell silent.

use std::time::Duration;

use cineclub_db::revocations::{self, Kind, Revocation};
use cineclub_db::{changes, plays};
use cineclub_domain::id::{AccountId, AssetId, GrantId, PlayId, SessionId, TitleId};

use super::gate::{Revoked, Subject};
use crate::App;
use crate::error::{Error, Kind as ErrorKind, Result};

/// How often the database is asked for news.
const EVERY: Duration = Duration::from_secs(2);
/// How long one question may take: a database that hangs must not hide that it does.
const PATIENCE: Duration = Duration::from_secs(10);

/// Loads every revocation that still matters. `serve` does this before it answers anyone.
///
/// # Errors
/// When the database can't be read; the gate then stays shut.
pub async fn learn_all(app: &App) -> Result<()> {
    let now = app.now();
    let (news, seq) = app
        .db()
        .read(async |tx| {
            Ok::<_, cineclub_db::Error>((
                revocations::unexpired(tx, now).await?,
                changes::latest(tx).await?,
            ))
        })
        .await?;
    learn(app, &news, seq, now).await;
    Ok(())
}

/// Asks for news until the program is asked to stop.
pub async fn poll(app: App) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut was_well = true;
    loop {
        tokio::select! {
            () = app.shutdown().cancelled() => return,
            _ = ticks.tick() => {}
        }
        let outcome = tokio::time::timeout(PATIENCE, turn(&app)).await;
        let outcome = outcome.unwrap_or_else(|late| {
            Err(Error::new(
                ErrorKind::Unavailable,
                "The database did not answer in time.",
            )
            .because(late))
        });
        // Said once when it begins and once when it is over, not every two seconds.
        match (&outcome, was_well) {
            (Err(error), true) => {
                tracing::error!(
                    cause = error.chain(),
                    "revocations could not be read; media stops in 30 s"
                );
            }
            (Ok(()), false) => tracing::info!("revocations are read again"),
            _ => {}
        }
        was_well = outcome.is_ok();
    }
}

async fn turn(app: &App) -> Result<()> {
    // News first: a database that can be read but not written must not shut the gate.
    catch_up(app).await?;
    let now = app.now();
    let lost = app
        .db()
        .write(async |tx| plays::expire_lost(tx, now).await)
        .await;
    match lost {
        Ok(lost) if !lost.is_empty() => catch_up(app).await?,
        Ok(_) => {}
        Err(error) => {
            let error: cineclub_db::Error = error;
            tracing::warn!(%error, "silent plays could not be ended");
        }
    }
    Ok(())
}

/// Reads what is new since the last time.
pub(super) async fn catch_up(app: &App) -> Result<()> {
    let Some(seq) = app.gate().heard_of() else {
        return learn_all(app).await;
    };
    // The time before the question: what it brings is at least as old.
    let now = app.now();
    let (news, changed, seq) = app
        .db()
        .read(async |tx| {
            Ok::<_, cineclub_db::Error>((
                revocations::after(tx, seq).await?,
                changes::subjects_after(tx, changes::Kind::Asset, seq).await?,
                changes::latest(tx).await?,
            ))
        })
        .await?;
    // Before the gate has heard of it, so that whoever asks it first finds what is new. Plays go on: something was added,
    // as thumbnails are.
    for asset in changed.iter().filter_map(|asset| asset.parse().ok()) {
        app.library().forget(asset).await;
    }
    learn(app, &news, seq, now).await;
    Ok(())
}

async fn learn(app: &App, news: &[Revocation], seq: i64, now: cineclub_domain::time::Timestamp) {
    let revoked: Vec<_> = news.iter().filter_map(read).collect();
    app.gate().learn(&revoked, seq, now);
    for news in news.iter().filter(|news| news.kind == Kind::Asset) {
        if let Ok(asset) = news.subject.parse() {
            app.library().forget(asset).await;
        }
    }
}

fn read(news: &Revocation) -> Option<Revoked> {
    let Some(subject) = subject(news.kind, &news.subject) else {
        tracing::error!(
            seq = news.seq,
            "a revocation names something that is no id, and stops nothing"
        );
        return None;
    };
    Some(Revoked {
        seq: news.seq,
        subject,
        at: news.at_ms,
        expires: news.expires_ms,
    })
}

fn subject(kind: Kind, text: &str) -> Option<Subject> {
    Some(match kind {
        Kind::Play => Subject::Play(text.parse::<PlayId>().ok()?.to_bytes()),
        Kind::Session => Subject::Session(text.parse::<SessionId>().ok()?.to_bytes()),
        Kind::Account => Subject::Account(text.parse::<AccountId>().ok()?.to_bytes()),
        Kind::Title => Subject::Title(text.parse::<TitleId>().ok()?.to_bytes()),
        Kind::Grant => Subject::Grant(text.parse::<GrantId>().ok()?.to_bytes()),
        Kind::Asset => Subject::Asset(text.parse::<AssetId>().ok()?.to_bytes()),
    })
}
