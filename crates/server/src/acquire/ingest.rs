//! The ingest job: a complete file is examined, and what was learned is written whole, or not at all.

use cineclub_db::assets::{self, Asset, AssetState};
use cineclub_domain::id::{FolderId, RootId};
use cineclub_domain::job::Failure;
use cineclub_domain::reason::Reason;

use super::circumstances::{Circumstances, Twin};
use super::examine::{Examined, Places, examine};
use super::film::Refusal;
use super::record::record;
use crate::App;
use crate::jobs::{Hand, Stop};
use crate::storage;

/// Takes in the file at `path` of a watch folder, found complete with this size and time.
///
/// When it returns `Ok` the job has ended in the transaction that wrote the title.
pub(crate) async fn ingest(
    app: &App,
    hand: &Hand,
    folder: FolderId,
    path: &str,
    complete: (u64, i64),
) -> Result<(), Stop> {
    let root = root_of(app, folder).await?;
    let found = match examined(app, hand, root, path, complete).await {
        Ok(found) => found,
        Err(Refusal { failure, state }) => {
            if let Some(state) = state {
                told_of(app, root, path, state, &failure).await?;
            }
            return Err(failure.into());
        }
    };
    let twins = twins(app, &found).await?;
    hand.step(5, STEPS, Reason::new("reason-step-writing"));
    let at = app.now();
    app.db()
        .write(async |tx| {
            let circumstances = Circumstances {
                app,
                now: at,
                language: &app.config().service.language,
                twins: &twins,
            };
            let waits = record(tx, &found, &circumstances).await?;
            hand.finish(tx, &message(&found, waits), at).await
        })
        .await
}

/// The files with this one's content: those that have a title first.
async fn twins(app: &App, found: &Examined) -> Result<Vec<Twin>, Stop> {
    let mut same = app
        .db()
        .read(async |tx| assets::by_fingerprint(tx, &found.fingerprint).await)
        .await?;
    same.retain(|asset| asset.size_bytes == found.identity.size_bytes);
    same.sort_by_key(|asset| asset.edit.is_none());
    same.truncate(TWINS);
    let app = app.clone();
    let looking = tokio::task::spawn_blocking(move || {
        let twin = |asset: Asset| Twin {
            is_gone: is_gone(&app, &asset),
            asset,
        };
        same.into_iter().map(twin).collect()
    });
    Ok(looking.await.unwrap_or_default())
}

/// Whether a file's folder is there without it: of a disk that is away nothing is concluded.
fn is_gone(app: &App, asset: &Asset) -> bool {
    let opened = app.roots().open_file(asset.root, &asset.path);
    matches!(opened, Err(storage::Error::Gone | storage::Error::NotAFile))
}

/// How many files with one content are looked for in their places.
const TWINS: usize = 100;

/// How many steps an ingest has.
const STEPS: u64 = 5;

async fn root_of(app: &App, folder: FolderId) -> Result<RootId, Stop> {
    let row = app
        .db()
        .read(async |tx| cineclub_db::folders::by_id(tx, folder).await)
        .await?;
    let gone = || Stop::from(Failure::Fail(Reason::new("reason-unknown-root")));
    let root = row.ok_or_else(gone)?.root;
    if app.roots().place(root).is_none() {
        app.roots().refresh(app.db()).await?;
    }
    Ok(root)
}

async fn examined(
    app: &App,
    hand: &Hand,
    root: RootId,
    path: &str,
    complete: (u64, i64),
) -> Result<Examined, Refusal> {
    let (app, hand, path) = (app.clone(), hand.clone(), path.to_owned());
    let work = move || {
        let places = Places {
            roots: app.roots(),
            store: app.store(),
        };
        examine(&places, root, &path, complete, &|done, what| {
            hand.step(done, STEPS, what)
        })
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer,
        Err(stopped) => {
            tracing::error!(error = %stopped, "an ingest stopped unexpectedly");
            Err(Failure::Fail(Reason::new("reason-stumbled")).into())
        }
    }
}

/// Notes on an asset that was there what is wrong with its file now.
async fn told_of(
    app: &App,
    root: RootId,
    path: &str,
    state: AssetState,
    failure: &Failure,
) -> Result<(), Stop> {
    let reason = failure.reason();
    let now = app.now();
    app.db()
        .write(async |tx| -> Result<(), Stop> {
            match assets::by_path(tx, root, path).await? {
                Some(asset) if asset.state != state || asset.reason.as_ref() != Some(reason) => {
                    Ok(assets::set_state(tx, asset.id, state, Some(reason), now).await?)
                }
                _ => Ok(()),
            }
        })
        .await
}

fn message(found: &Examined, waits: Option<Reason>) -> Reason {
    let state = Reason::new(match found.film.state {
        _ if waits.is_some() => "reason-taken-asks",
        AssetState::Ready => "reason-taken",
        AssetState::Waiting => "reason-taken-waits",
        AssetState::Damaged | AssetState::Missing => "reason-taken-damaged",
    });
    let notes = waits.iter().chain(&found.film.reason).chain(&found.notes);
    notes.cloned().fold(state, Reason::and)
}
