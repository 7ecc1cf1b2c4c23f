//! What a member has begun, and what comes next for them.

use std::collections::HashSet;

use cineclub_db::progress::{self, Progress};
use cineclub_domain::id::{AccountId, TitleId};
use cineclub_domain::title::TitleKind;

use crate::App;
use crate::catalogue::{Entry, Shelf, Snapshot};
use crate::error::Result;
use crate::http::web::site::cards::Watched;

/// How many of the titles watched last are looked at.
const HISTORY: u32 = 200;

/// What an account watched, the last first.
pub async fn history(app: &App, account: AccountId) -> Result<Vec<Progress>> {
    Ok(app
        .db()
        .read(async |tx| progress::history(tx, account, HISTORY).await)
        .await?)
}

/// What to go on with, the last watched first, one title a series: where one stopped, or the episode
/// after the one that was seen to its end.
pub fn to_resume<'s>(
    snapshot: &'s Snapshot,
    shelf: &Shelf<'s>,
    history: &[Progress],
    limit: usize,
) -> Vec<(&'s Entry, Option<Watched>)> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for progress in history {
        let Some(entry) = snapshot.title(progress.title) else {
            continue;
        };
        if !seen.insert(work(entry)) || found.len() == limit {
            continue;
        }
        found.extend(step(shelf, entry, progress, history));
    }
    found.retain(|(entry, _)| shelf.lists(entry));
    found
}

/// How far the account got in a title, unless it was seen to its end or not begun.
pub fn watched(history: &[Progress], title: TitleId) -> Option<Watched> {
    let progress = history.iter().find(|progress| progress.title == title)?;
    (!progress.finished && progress.position_ms > 0).then_some(position(progress))
}

/// How far the account got in a title, for a bar: full once it was seen to its end.
pub fn bar(history: &[Progress], title: TitleId) -> Option<Watched> {
    let progress = history.iter().find(|progress| progress.title == title)?;
    let full = Watched {
        done_ms: progress.duration_ms,
        total_ms: progress.duration_ms,
    };
    if progress.finished {
        Some(full)
    } else {
        watched(history, title)
    }
}

fn step<'s>(
    shelf: &Shelf<'s>,
    entry: &'s Entry,
    progress: &Progress,
    history: &[Progress],
) -> Option<(&'s Entry, Option<Watched>)> {
    if !progress.finished {
        return (progress.position_ms > 0).then(|| (entry, Some(position(progress))));
    }
    let next = shelf
        .next(entry)
        .filter(|_| entry.title.kind == TitleKind::Episode)?;
    let finished = history
        .iter()
        .any(|other| other.title == next.title.id && other.finished);
    (!finished).then(|| (next, watched(history, next.title.id)))
}

fn position(progress: &Progress) -> Watched {
    Watched {
        done_ms: progress.position_ms,
        total_ms: progress.duration_ms.max(1),
    }
}

/// What counts as one work in the row: a film, or a whole series.
fn work(entry: &Entry) -> TitleId {
    entry.lineage.iter().last().unwrap_or(entry.title.id)
}
