//! One look at a watch folder: what lies there, what is complete, what is gone.

use std::collections::{HashMap, HashSet};

use cineclub_db::assets::{self, Asset, AssetState};
use cineclub_db::folders::{self, Folder, FolderState};
use cineclub_db::sightings::{self, Sighting, SightingState};
use cineclub_db::{Tx, jobs};
use cineclub_domain::id::{FolderId, JobId};
use cineclub_domain::job::Job;
use cineclub_domain::reason::Reason;
use cineclub_domain::time::Timestamp;

use super::sidecars::{Films, Role};
use super::vanished::Vanished;
use super::walk::{Seen, Walk, walk};
use crate::App;
use crate::reasons;
use crate::storage::RelativePath;
use crate::translations::PageLanguage;

/// How many files are noted in one transaction: others who write wait for it.
const BATCH: usize = 50;

/// What a look at a folder found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// Whether what was not seen is gone, as far as one can tell; else nothing was concluded from it.
    pub(super) is_conclusive: bool,
    /// How many files are still being watched: they may be growing.
    pub(super) unsettled: usize,
    /// How many jobs were made.
    pub(super) queued: usize,
}

/// Looks at one folder: notes what lies there, makes jobs for what is complete, marks what is gone.
///
/// `whole` are files known to be complete because a rename gave them their name. So many films as `conceded` are
/// gone because a person says so.
///
/// # Errors
/// When the database refuses; an absent root is no error.
pub(super) async fn look(
    app: &App,
    folder: &Folder,
    whole: &HashSet<String>,
    conceded: usize,
) -> cineclub_db::Result<Look> {
    let walk = match walk(app, folder.root).await {
        Ok(walk) => walk,
        Err(error) => {
            let reason = reasons::of_storage(&error);
            set_state(app, folder, FolderState::Absent, Some(&reason)).await?;
            return Ok(Look::default());
        }
    };
    let mut known = app
        .db()
        .read(async |tx| sightings::list(tx, folder.id).await)
        .await?;
    let assets = app
        .db()
        .read(async |tx| assets::of_root(tx, folder.root).await)
        .await?;
    if folder.state == FolderState::Absent {
        forget_untaken(app, folder.id, &mut known, &assets).await?;
    }
    let gone = gone(&walk, &assets);
    let present = assets
        .iter()
        .filter(|asset| asset.state != AssetState::Missing)
        .count();
    let vanished = Vanished {
        gone: gone.len(),
        known: present,
    };
    let is_strange = vanished.is_strange(walk.films()) && vanished.gone > conceded;
    let is_conclusive = walk.unseen.is_none() && !is_strange;
    let reason = match &walk.unseen {
        Some(unseen) => Some(unseen.reason()),
        None => is_strange.then(|| vanished.reason()),
    };
    set_state(app, folder, FolderState::Watching, reason.as_ref()).await?;
    let look = note(app, folder.id, &walk, &known, whole).await?;
    if is_conclusive {
        let here = walk.paths();
        let lost: Vec<_> = known
            .iter()
            .map(|sighting| sighting.path.as_str())
            .filter(|path| !here.contains(path))
            .collect();
        mark_gone(app, folder.id, &gone, &lost).await?;
    }
    Ok(Look {
        is_conclusive,
        ..look
    })
}

/// The files that are known and not seen.
fn gone<'a>(walk: &Walk, assets: &'a [Asset]) -> Vec<&'a Asset> {
    // A link in a file's place is not the file.
    let files = walk.files.iter().filter(|seen| seen.is_file);
    let here: HashSet<&str> = files.map(|seen| seen.path.as_str()).collect();
    assets
        .iter()
        .filter(|asset| asset.state != AssetState::Missing)
        .filter(|asset| !here.contains(asset.path.as_str()))
        .collect()
}

/// A root that is back: files whose jobs gave up while it was away are looked at anew.
async fn forget_untaken(
    app: &App,
    folder: FolderId,
    known: &mut Vec<Sighting>,
    assets: &[Asset],
) -> cineclub_db::Result<()> {
    let taken: HashSet<_> = assets
        .iter()
        .map(|asset| (asset.path.as_str(), asset.size_bytes, asset.modified_ms))
        .collect();
    let is_untaken =
        |seen: &Sighting| !taken.contains(&(seen.path.as_str(), seen.size_bytes, seen.modified_ms));
    let untaken: Vec<_> = known
        .iter()
        .filter(|seen| is_untaken(seen))
        .map(|seen| seen.path.as_str())
        .collect();
    forget(app, folder, &untaken).await?;
    known.retain(|seen| !is_untaken(seen));
    Ok(())
}

async fn set_state(
    app: &App,
    folder: &Folder,
    state: FolderState,
    reason: Option<&Reason>,
) -> cineclub_db::Result<()> {
    if folder.state == state && folder.reason.as_ref() == reason {
        return Ok(());
    }
    let told = reason.map(|reason| app.words(PageLanguage::En).reason(reason));
    tracing::info!(folder = %folder.id, state = state.as_str(), reason = told, "a watch folder changed");
    app.db()
        .write(async |tx| folders::set_state(tx, folder.id, state, reason).await)
        .await
}

/// Notes what was seen, and makes jobs for what has become complete.
async fn note(
    app: &App,
    folder: FolderId,
    walk: &Walk,
    known: &[Sighting],
    whole: &HashSet<String>,
) -> cineclub_db::Result<Look> {
    let known: HashMap<&str, &Sighting> = known
        .iter()
        .map(|sighting| (sighting.path.as_str(), sighting))
        .collect();
    let mut pass = Pass {
        app,
        folder,
        known,
        whole,
        taken: Films::default(),
    };
    pass.taken = pass.taken_films(walk);
    let news: Vec<&Seen> = walk
        .files
        .iter()
        .filter(|seen| !pass.is_done_with(seen))
        .collect();
    let mut sum = Noted::default();
    for batch in news.chunks(BATCH) {
        let now = app.now();
        let noted: cineclub_db::Result<Noted> = app
            .db()
            .write(async |tx| {
                let mut noted = sum.clone();
                for seen in batch {
                    pass.note_one(tx, seen, now, &mut noted).await?;
                }
                Ok(noted)
            })
            .await;
        sum = noted?;
    }
    Ok(Look {
        unsettled: sum.unsettled,
        queued: sum.queued.len(),
        ..Look::default()
    })
}

/// What one pass works with.
struct Pass<'a> {
    app: &'a App,
    folder: FolderId,
    known: HashMap<&'a str, &'a Sighting>,
    whole: &'a HashSet<String>,
    /// The films taken before this pass, for sidecars to find theirs.
    taken: Films<'a, Seen>,
}

/// What one pass has noted so far.
#[derive(Clone, Default)]
struct Noted {
    unsettled: usize,
    /// The films a job has been made for in this pass.
    queued: HashSet<String>,
}

impl<'a> Pass<'a> {
    /// Whether a job has been made for a file exactly as it is now.
    fn is_done_with(&self, seen: &Seen) -> bool {
        self.known.get(seen.path.as_str()).is_some_and(|before| {
            before.state == SightingState::Taken
                && (before.size_bytes, before.modified_ms) == (seen.size_bytes, seen.modified_ms)
        })
    }

    async fn note_one(
        &self,
        tx: &mut Tx,
        seen: &'a Seen,
        now: Timestamp,
        noted: &mut Noted,
    ) -> cineclub_db::Result<()> {
        let Seen {
            path,
            size_bytes,
            modified_ms,
            ..
        } = seen;
        let sighting =
            sightings::observe(tx, self.folder, path, *size_bytes, *modified_ms, now).await?;
        let settle_ms = i64::try_from(self.app.config().work.settle_ms).unwrap_or(i64::MAX);
        // One look proves nothing, however old the file's own time is: a copy may keep its original's.
        let is_known = self.known.contains_key(path.as_str());
        if !(is_known && sighting.stable_ms() >= settle_ms || self.whole.contains(path)) {
            noted.unsettled += 1;
            return Ok(());
        }
        // A file whose name can't be stored stays listed with what is wrong; no job could open it.
        let mut is_taken = true;
        for film in self.films_of(seen) {
            let job = Job::Ingest {
                folder: self.folder,
                path: film.path.clone(),
                size_bytes: film.size_bytes,
                modified_ms: film.modified_ms,
            };
            if noted.queued.contains(&film.path) {
                continue;
            }
            if jobs::enqueue(tx, JobId::new(now, self.app.entropy()), &job, 0, now, now).await? {
                noted.queued.insert(film.path.clone());
            } else if film.path == *path {
                // A job that is under way may have read the file as it was: another follows it.
                is_taken = false;
            } else {
                // It may have read without this sidecar: the film, and only it, is looked at anew.
                sightings::forget(tx, self.folder, &film.path).await?;
                noted.unsettled += 1;
            }
        }
        if is_taken {
            sightings::take(tx, self.folder, path).await
        } else {
            noted.unsettled += 1;
            Ok(())
        }
    }

    /// The films to be taken in because of a file: itself, or those a sidecar concerns that have been taken before.
    fn films_of(&self, seen: &'a Seen) -> Vec<&'a Seen> {
        if seen.role != Role::Film {
            return self.taken.concerned(&seen.path);
        }
        let can_open = RelativePath::parse(&seen.path).is_ok();
        can_open.then_some(seen).into_iter().collect()
    }

    fn taken_films(&self, walk: &'a Walk) -> Films<'a, Seen> {
        let mut films = Films::default();
        for seen in walk.files.iter().filter(|seen| seen.role == Role::Film) {
            if self.is_done_with(seen) && RelativePath::parse(&seen.path).is_ok() {
                films.add(&seen.path, seen);
            }
        }
        films
    }
}

/// Forgets sightings and marks assets as missing, so that a file that comes back is taken in again.
///
/// In this order: a power cut between the two leaves an asset to be marked by the next look.
async fn mark_gone(
    app: &App,
    folder: FolderId,
    gone: &[&Asset],
    lost: &[&str],
) -> cineclub_db::Result<()> {
    forget(app, folder, lost).await?;
    let now = app.now();
    let reason = Reason::new("reason-missing");
    for batch in gone.chunks(BATCH) {
        let marked: cineclub_db::Result<()> = app
            .db()
            .write(async |tx| {
                for asset in batch {
                    // Meanwhile a job may have found it again where it was moved to.
                    let known = assets::by_path(tx, asset.root, &asset.path).await?;
                    if known.is_some_and(|known| known.id == asset.id) {
                        let id = asset.id;
                        assets::set_state(tx, id, AssetState::Missing, Some(&reason), now).await?;
                    }
                }
                Ok(())
            })
            .await;
        marked?;
    }
    Ok(())
}

async fn forget(app: &App, folder: FolderId, paths: &[&str]) -> cineclub_db::Result<()> {
    for batch in paths.chunks(BATCH) {
        let forgotten: cineclub_db::Result<()> = app
            .db()
            .write(async |tx| {
                for path in batch {
                    sightings::forget(tx, folder, path).await?;
                    jobs::moot(tx, folder, path).await?;
                }
                Ok(())
            })
            .await;
        forgotten?;
    }
    Ok(())
}
