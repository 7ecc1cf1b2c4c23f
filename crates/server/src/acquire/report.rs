//! What became of each file in a watch folder, with the reason in a sentence.

use std::collections::HashMap;

use cineclub_db::assets::{self, Asset, AssetState};
use cineclub_db::jobs::{self, JobRow, JobState};
use cineclub_db::sightings::{self, Sighting, SightingState};
use cineclub_db::{edits, folders};
use cineclub_domain::id::{FolderId, JobId, TitleId};
use cineclub_domain::job::Job;
use cineclub_domain::time::Timestamp;

use super::folders::{FolderView, list_folders};
use super::sidecars::{Role, role};
use crate::App;
use crate::error::{Error, Result};
use crate::storage::RelativePath;

/// How many jobs are looked through for those of the folder.
const LOOK_AT: u32 = 20_000;

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
    /// Why, or what is being done: a sentence.
    pub reason: Option<String>,
    /// How far its job is, in percent.
    pub percent: Option<u8>,
    /// Its job, the latest.
    pub job: Option<JobId>,
    /// Its title.
    pub title: Option<TitleId>,
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
    /// It belongs to a title, but browsers can't play it as it is.
    Waiting,
    /// It belongs to a title, but is damaged.
    Damaged,
    /// It belongs to a title, but is not there.
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
    let known: cineclub_db::Result<_> = app
        .db()
        .read(async |tx| {
            let root = folders::by_id(tx, id)
                .await?
                .ok_or(cineclub_db::Error::NotFound)?
                .root;
            let titles: HashMap<_, _> = edits::list(tx)
                .await?
                .into_iter()
                .map(|edit| (edit.id, edit.title))
                .collect();
            let sightings = sightings::list(tx, id).await?;
            Ok((
                sightings,
                assets::of_root(tx, root).await?,
                jobs::list(tx, LOOK_AT).await?,
                titles,
            ))
        })
        .await;
    let (sightings, assets, rows, titles) = known?;
    let jobs = latest_jobs(id, rows);
    let mut assets: HashMap<String, Asset> = assets
        .into_iter()
        .map(|asset| (asset.path.clone(), asset))
        .collect();
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let films = sightings
        .into_iter()
        .filter(|seen| role(&name(&seen.path)) != Role::Sidecar);
    let title = |asset: &Asset| asset.edit.and_then(|edit| titles.get(&edit).copied());
    let mut files: Vec<FileView> = films
        .map(|seen| {
            let asset = assets.remove(&seen.path);
            let of = asset.as_ref().and_then(title);
            FileView {
                title: of,
                ..file(&seen, jobs.get(&seen.path), asset.as_ref())
            }
        })
        .collect();
    files.extend(assets.into_values().map(|asset| FileView {
        title: title(&asset),
        ..unseen(&asset)
    }));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(FolderReport { folder, files })
}

/// The job that says most of each file: the live one, else the newest.
fn latest_jobs(folder: FolderId, rows: Vec<JobRow>) -> HashMap<String, JobRow> {
    let mut jobs = HashMap::new();
    for row in rows {
        if let Some(Job::Ingest {
            folder: theirs,
            path,
            ..
        }) = &row.job
            && *theirs == folder
        {
            let path = path.clone();
            jobs.entry(path).or_insert(row);
        }
    }
    jobs
}

fn file(seen: &Sighting, job: Option<&JobRow>, asset: Option<&Asset>) -> FileView {
    let mut view = FileView {
        path: seen.path.clone(),
        size_bytes: seen.size_bytes,
        modified_ms: seen.modified_ms,
        since: Some(seen.stable_since_ms),
        state: FileState::Arriving,
        reason: None,
        percent: None,
        job: job.map(|job| job.id),
        title: None,
    };
    if let Err(refused) = RelativePath::parse(&seen.path) {
        view.state = FileState::Refused;
        view.reason = Some(super::examine::sentence(&refused));
        return view;
    }
    let said = job
        .map(|job| job.message.clone())
        .filter(|message| !message.is_empty());
    match (seen.state, job.map(|job| job.state)) {
        (SightingState::Seen, _) => {}
        (SightingState::Taken, Some(JobState::Queued)) => {
            (view.state, view.reason) = (FileState::Queued, said);
        }
        (SightingState::Taken, Some(JobState::Running)) => {
            (view.state, view.reason) = (FileState::Reading, said);
            view.percent = job.and_then(percent);
        }
        (SightingState::Taken, Some(JobState::Failed | JobState::Cancelled)) => {
            let stopped =
                || "Somebody stopped its job. Try it again from the list of jobs.".to_owned();
            (view.state, view.reason) = (FileState::Refused, Some(said.unwrap_or_else(stopped)));
        }
        (SightingState::Taken, Some(JobState::Done) | None) => match asset {
            Some(asset) => {
                (view.state, view.reason) = (state(asset.state), asset.reason.clone().or(said))
            }
            None => view.state = FileState::Queued,
        },
    }
    view
}

/// An asset whose file is not seen.
fn unseen(asset: &Asset) -> FileView {
    FileView {
        path: asset.path.clone(),
        size_bytes: asset.size_bytes,
        modified_ms: asset.modified_ms,
        since: None,
        state: state(asset.state),
        reason: asset.reason.clone(),
        percent: None,
        job: None,
        title: None,
    }
}

fn percent(job: &JobRow) -> Option<u8> {
    let done = job.progress_done.min(job.progress_total) * 100;
    u8::try_from(done.checked_div(job.progress_total)?).ok()
}

fn state(asset: AssetState) -> FileState {
    match asset {
        AssetState::Ready => FileState::Ready,
        AssetState::Waiting => FileState::Waiting,
        AssetState::Damaged => FileState::Damaged,
        AssetState::Missing => FileState::Missing,
    }
}
