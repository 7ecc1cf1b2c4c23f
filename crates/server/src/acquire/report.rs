//! What became of each file in a watch folder, and why.

use std::collections::HashMap;

use cineclub_db::assets::{self, Asset, AssetState};
use cineclub_db::jobs::{self, JobRow, JobState};
use cineclub_db::sightings::{self, Sighting, SightingState};
use cineclub_db::{Tx, edits, folders};
use cineclub_domain::id::{AssetId, EditId, FolderId, JobId, TitleId};
use cineclub_domain::job::Job;
use cineclub_domain::reason::Reason;
use cineclub_domain::time::Timestamp;

use super::attach;
use super::folders::{FolderView, list_folders};
use super::sidecars::{Role, role};
use crate::App;
use crate::error::{Error, Result};
use crate::jobs::Steps;
use crate::reasons;
use crate::storage::{Presence, RelativePath};

/// Of how many files that wait for staff it is told whose they seem to be.
const LOOK_AT: usize = 500;

/// A folder and its files.
#[derive(Debug, Clone, PartialEq)]
pub struct FolderReport {
    /// The folder.
    pub folder: FolderView,
    /// Its films, by path; sidecars are not listed by themselves.
    pub files: Vec<FileView>,
}

/// A file of a folder.
#[derive(Debug, Clone, PartialEq)]
pub struct FileView {
    /// Its path below the folder. It may hold anything: escape it.
    pub path: String,
    /// Its size, in bytes.
    pub size_bytes: u64,
    /// When it was last written, in milliseconds since 1970.
    pub modified_ms: i64,
    /// When it was last seen changing.
    pub since: Option<Timestamp>,
    /// What became of it.
    pub state: FileState,
    /// Why, or what is being done.
    pub reason: Option<Reason>,
    /// How far its job is, while it is being read.
    pub steps: Option<Steps>,
    /// Its job, the latest.
    pub job: Option<JobId>,
    /// Its title.
    pub title: Option<TitleId>,
    /// What staff are asked, when it waits for them to say that it is another file of a title.
    pub asks: Option<Question>,
}

/// Whether a file is the film its name speaks of, though that has another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The file.
    pub asset: AssetId,
    /// The title its name speaks of.
    pub title: TitleId,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// It has not lain still for long enough: it may still be growing.
    Arriving,
    /// It is complete and waits for its turn.
    Queued,
    /// It is being read.
    Reading,
    /// It belongs to a title and can be played.
    Ready,
    /// Browsers can't play it as it is, or staff must say which title it belongs to.
    Waiting,
    /// It belongs to a title, but is damaged.
    Damaged,
    /// It belongs to a title, but is not there, or its disk is not: without a reason it is the disk.
    Missing,
    /// It could not be taken; the reason says what to do.
    Refused,
}

impl FileState {
    /// The word for it in keys and class names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Arriving => "arriving",
            Self::Queued => "queued",
            Self::Reading => "reading",
            Self::Ready => "ready",
            Self::Waiting => "waiting",
            Self::Damaged => "damaged",
            Self::Missing => "missing",
            Self::Refused => "refused",
        }
    }
}

/// What became of each file in a folder.
///
/// # Errors
/// [`Kind::NotFound`](crate::error::Kind::NotFound) when there is no such folder.
pub async fn folder_report(app: &App, id: FolderId) -> Result<FolderReport> {
    let folder = list_folders(app)
        .await?
        .into_iter()
        .find(|folder| folder.id == id)
        .ok_or_else(Error::not_found)?;
    let known = app.db().read(async |tx| known(tx, id).await).await?;
    let presence = app.roots().presence(folder.root);
    let jobs = jobs_by_path(known.jobs);
    let title = |asset: &Asset| asset.edit.and_then(|edit| known.titles.get(&edit).copied());
    let asks = |asset: &Asset| known.questions.get(&asset.id).copied();
    let mut assets: HashMap<String, Asset> = known
        .assets
        .into_iter()
        .map(|asset| (asset.path.clone(), asset))
        .collect();
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let films = known
        .sightings
        .into_iter()
        .filter(|seen| role(&name(&seen.path)) != Role::Sidecar);
    let mut files: Vec<FileView> = films
        .map(|seen| {
            let asset = assets.remove(&seen.path);
            FileView {
                title: asset.as_ref().and_then(title),
                asks: asset.as_ref().and_then(asks),
                ..file(&seen, jobs.get(&seen.path), asset.as_ref(), &presence)
            }
        })
        .collect();
    files.extend(assets.into_values().map(|asset| FileView {
        title: title(&asset),
        asks: asks(&asset),
        ..unseen(&asset, &presence)
    }));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(FolderReport { folder, files })
}

/// What the database knows of a folder and its files.
struct Known {
    sightings: Vec<Sighting>,
    assets: Vec<Asset>,
    jobs: Vec<JobRow>,
    titles: HashMap<EditId, TitleId>,
    questions: HashMap<AssetId, Question>,
}

async fn known(tx: &mut Tx, id: FolderId) -> cineclub_db::Result<Known> {
    let folder = folders::by_id(tx, id).await?;
    let root = folder.ok_or(cineclub_db::Error::NotFound)?.root;
    let assets = assets::of_root(tx, root).await?;
    let edits = edits::list(tx).await?;
    Ok(Known {
        sightings: sightings::list(tx, id).await?,
        jobs: jobs::of_folder(tx, id).await?,
        titles: edits
            .into_iter()
            .map(|edit| (edit.id, edit.title))
            .collect(),
        questions: questions(tx, &assets).await?,
        assets,
    })
}

async fn questions(
    tx: &mut Tx,
    assets: &[Asset],
) -> cineclub_db::Result<HashMap<AssetId, Question>> {
    let mut questions = HashMap::new();
    let waiting = assets.iter().filter(|asset| asset.edit.is_none());
    for asset in waiting.take(LOOK_AT) {
        let told = attach::told(tx, asset.id).await?;
        if let Some(meant) = told.and_then(|told| told.meant) {
            let (asset, title) = (asset.id, meant.title);
            questions.insert(asset, Question { asset, title });
        }
    }
    Ok(questions)
}

/// The last job about each file.
fn jobs_by_path(rows: Vec<JobRow>) -> HashMap<String, JobRow> {
    let mut jobs = HashMap::new();
    for row in rows {
        if let Some(Job::Ingest { path, .. }) = &row.job {
            jobs.insert(path.clone(), row);
        }
    }
    jobs
}

fn file(
    seen: &Sighting,
    job: Option<&JobRow>,
    asset: Option<&Asset>,
    presence: &Presence,
) -> FileView {
    let mut view = FileView {
        path: seen.path.clone(),
        size_bytes: seen.size_bytes,
        modified_ms: seen.modified_ms,
        since: Some(seen.stable_since_ms),
        state: FileState::Arriving,
        reason: None,
        steps: None,
        job: job.map(|job| job.id),
        title: None,
        asks: None,
    };
    if let Err(refused) = RelativePath::parse(&seen.path) {
        view.state = FileState::Refused;
        view.reason = Some(reasons::of_path(refused));
        return view;
    }
    let said = job.and_then(|job| job.message.clone());
    match (seen.state, job.map(|job| job.state)) {
        (SightingState::Seen, _) => {}
        (SightingState::Taken, Some(JobState::Queued)) => {
            (view.state, view.reason) = (FileState::Queued, said);
        }
        (SightingState::Taken, Some(JobState::Running)) => {
            (view.state, view.reason) = (FileState::Reading, said);
            view.steps = job.and_then(Steps::of);
        }
        (SightingState::Taken, Some(JobState::Failed | JobState::Cancelled)) => {
            let stopped = || Reason::new("reason-job-stopped");
            (view.state, view.reason) = (FileState::Refused, Some(said.unwrap_or_else(stopped)));
        }
        (SightingState::Taken, Some(JobState::Done) | None) => match asset {
            Some(asset) => {
                let told = asset.reason.clone().or(said);
                (view.state, view.reason) = judged(asset, told, presence);
            }
            None => view.state = FileState::Queued,
        },
    }
    view
}

/// An asset whose file is not seen.
fn unseen(asset: &Asset, presence: &Presence) -> FileView {
    let (state, reason) = judged(asset, asset.reason.clone(), presence);
    FileView {
        path: asset.path.clone(),
        size_bytes: asset.size_bytes,
        modified_ms: asset.modified_ms,
        since: None,
        state,
        reason,
        steps: None,
        job: None,
        title: None,
        asks: None,
    }
}

/// What became of a file that was taken in, and why: nothing that was `told` of it explains an absent disk.
fn judged(asset: &Asset, told: Option<Reason>, presence: &Presence) -> (FileState, Option<Reason>) {
    let now = presence.state_now(asset.state);
    let reason = told.filter(|_| now == asset.state);
    let state = match now {
        // It could be played, but nobody knows as what.
        AssetState::Ready if asset.edit.is_none() => FileState::Waiting,
        AssetState::Ready => FileState::Ready,
        AssetState::Waiting => FileState::Waiting,
        AssetState::Damaged => FileState::Damaged,
        AssetState::Missing => FileState::Missing,
    };
    (state, reason)
}
