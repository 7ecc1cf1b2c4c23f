//! Watch folders as staff keep them: added by their path, listed, looked at on demand, forgotten.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cineclub_db::events;
use cineclub_db::folders::{self, Folder, FolderState};
use cineclub_db::roots::{self, Root};
use cineclub_domain::id::{AccountId, FolderId, RootId};
use cineclub_domain::reason::Reason;
use cineclub_domain::time::Timestamp;

use super::scan::{Look, look};
use crate::App;
use crate::error::{Error, Kind, Result};
use crate::record::{self, Change};
use crate::storage::{self, BucketPlace, Place};

/// A watch folder, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderView {
    /// Its id.
    pub id: FolderId,
    /// The storage root it is.
    pub root: RootId,
    /// What staff call it: the last part of its path.
    pub name: String,
    /// Where it is.
    pub path: String,
    /// Whether that is a bucket: then nothing can be sent there.
    pub is_in_bucket: bool,
    /// Whether it is watched.
    pub state: FolderState,
    /// Whether its root is there at this moment.
    pub online: bool,
    /// Why it is not, or what is strange about it.
    pub reason: Option<Reason>,
    /// When it was added.
    pub created: Timestamp,
}

/// The folders and roots the database knows, the roots looked up anew.
async fn known(app: &App) -> Result<(Vec<Folder>, Vec<Root>)> {
    let both: cineclub_db::Result<_> = app
        .db()
        .read(async |tx| Ok((folders::list(tx).await?, roots::list(tx).await?)))
        .await;
    app.roots().refresh(app.db()).await?;
    Ok(both?)
}

/// Every watch folder, by name.
///
/// # Errors
/// If the database can't be read.
pub async fn list_folders(app: &App) -> Result<Vec<FolderView>> {
    let (folders, roots) = known(app).await?;
    let mut views = Vec::new();
    for folder in folders {
        let online = is_online(app, folder.root).await;
        views.push(view(folder, &roots, online));
    }
    Ok(views)
}

/// How long a disk may take to answer before it counts as away: a network mount can hang for minutes.
const ANSWER: Duration = Duration::from_secs(2);
/// How long a bucket may take to answer when a folder in it is added.
const BUCKET_ANSWER: Duration = Duration::from_secs(20);

async fn is_online(app: &App, root: RootId) -> bool {
    let looking = app.roots().look_for(root);
    matches!(tokio::time::timeout(ANSWER, looking).await, Ok(Ok(())))
}

fn view(folder: Folder, roots: &[Root], online: bool) -> FolderView {
    let path = roots
        .iter()
        .find(|root| root.id == folder.root)
        .map_or_else(String::new, |root| root.path.clone());
    FolderView {
        id: folder.id,
        root: folder.root,
        name: folder.name,
        is_in_bucket: BucketPlace::parse(&path).is_some(),
        path,
        state: folder.state,
        online,
        reason: folder.reason,
        created: folder.created_ms,
    }
}

/// Watches a folder from now on. One on a disk gets an id file, by which it is known again wherever it is mounted; one
/// in a bucket, `s3://NAME/folder`, is known by its place.
///
/// # Errors
/// [`Kind::BadInput`] with what is wrong with the path; [`Kind::Conflict`] when it is watched already.
pub async fn add_folder(
    app: &App,
    actor: impl Into<Option<AccountId>>,
    path: impl AsRef<Path>,
) -> Result<FolderView> {
    let actor = actor.into();
    let path = path.as_ref();
    if let Some(place) = path.to_str().and_then(BucketPlace::parse) {
        return add_bucket_folder(app, actor, place.map_err(storage::Error::from)?).await;
    }
    let data = app.config().data.folder.clone();
    let wanted = path.to_owned();
    let fresh = RootId::new(app.now(), app.entropy());
    let known = list_folders(app).await?;
    app.roots().refresh(app.db()).await?;
    let prepare = {
        let app = app.clone();
        move || -> Result<(PathBuf, RootId)> {
            let place = checked(&wanted, &data)?;
            check_overlap(&place, &known)?;
            let id = storage::mark(&place, fresh).map_err(|error| {
                let text = format!("The folder {} can't be written to: its id file .cineclub-root could not be made. Allow this program to write there.", place.display());
                bad(text, "error-folder-unwritable")
                    .with("path", place.display())
                    .because(error)
            })?;
            check_copy(&app, id, &place)?;
            Ok((place, id))
        }
    };
    let (place, root) = tokio::task::spawn_blocking(prepare)
        .await
        .map_err(Error::internal)??;
    let text = place
        .to_str()
        .ok_or_else(|| {
            let text = "The folder's path is not valid UTF-8: rename it.";
            bad(text, "error-folder-not-utf8")
        })?
        .to_owned();
    let name = place
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("/")
        .to_owned();
    let folder = save(app, actor, root, &name, &text).await?;
    app.roots().learn(root, Place::Folder(place));
    Ok(FolderView {
        path: text,
        ..view(folder, &[], true)
    })
}

async fn add_bucket_folder(
    app: &App,
    actor: Option<AccountId>,
    place: BucketPlace,
) -> Result<FolderView> {
    // Whoever asks for it is told on the form, whatever it is.
    let refused = |error| Error {
        kind: Kind::BadInput,
        ..Error::from(error)
    };
    let bucket = app.roots().bucket(&place).map_err(refused)?;
    let answering = tokio::time::timeout(BUCKET_ANSWER, bucket.ask()).await;
    let answer = answering.map_err(|late| {
        bad(
            "The bucket does not answer. Try again later.",
            "error-bucket-late",
        )
        .because(late)
    })?;
    answer.map_err(refused)?;
    let text = place.to_string();
    let (folders, roots) = known(app).await?;
    for folder in &folders {
        if let Some(Place::Bucket(theirs)) = app.roots().place(folder.root)
            && let Ok(theirs) = app.roots().bucket(&theirs)
        {
            check_nesting(&bucket.address(), &theirs.address(), &folder.name)?;
        }
    }
    // A place that was watched before has its films again.
    let known = roots.iter().find(|root| root.path == text);
    let root = known.map_or_else(|| RootId::new(app.now(), app.entropy()), |root| root.id);
    let folder = save(app, actor, root, place.name(), &text).await?;
    app.roots().learn(root, Place::Bucket(place));
    Ok(FolderView {
        path: text,
        is_in_bucket: true,
        ..view(folder, &[], true)
    })
}

/// Whether two folders of buckets lie in one another, told by where they really are.
fn check_nesting(own: &str, theirs: &str, name: &str) -> Result<()> {
    if own == theirs {
        return Err(watched());
    }
    if own.starts_with(theirs) || theirs.starts_with(own) {
        return Err(overlaps(name));
    }
    Ok(())
}

fn overlaps(path: &str) -> Error {
    let text = format!(
        "This folder and {path}, which is watched already, lie in one another: every file would be taken twice."
    );
    Error::new(Kind::Conflict, text)
        .keyed("error-folder-overlaps")
        .with("path", path)
}

async fn save(
    app: &App,
    actor: Option<AccountId>,
    root: RootId,
    name: &str,
    path: &str,
) -> Result<Folder> {
    let now = app.now();
    let folder = Folder {
        id: FolderId::new(now, app.entropy()),
        root,
        name: name.to_owned(),
        created_ms: now,
        state: FolderState::Watching,
        reason: None,
    };
    let saved: cineclub_db::Result<()> = app
        .db()
        .write(async |tx| {
            let row = Root {
                id: root,
                path: path.to_owned(),
                label: name.to_owned(),
                created_ms: now,
            };
            roots::save(tx, &row, now).await?;
            folders::insert(tx, &folder).await?;
            let change = Change::to(&serde_json::json!({ "path": path }));
            let event = record::event(app, actor, "folder.added", "folder", folder.id, &change);
            events::append(tx, &event).await
        })
        .await;
    match saved {
        Ok(()) => Ok(folder),
        Err(error) if error.conflicts_on("folder_root") => Err(watched()),
        Err(error) => Err(error.into()),
    }
}

/// Stops watching a folder. Its files, titles and assets stay as they are.
///
/// # Errors
/// [`Kind::NotFound`] when there is no such folder.
pub async fn remove_folder(app: &App, actor: AccountId, id: FolderId) -> Result<()> {
    let change = Change::default();
    let event = record::event(app, Some(actor), "folder.removed", "folder", id, &change);
    let removed: cineclub_db::Result<()> = app
        .db()
        .write(async |tx| {
            folders::delete(tx, id).await?;
            events::append(tx, &event).await
        })
        .await;
    Ok(removed?)
}

/// Looks at a folder at once. What is new still has to lie still for a while before it is taken.
///
/// # Errors
/// [`Kind::NotFound`] when there is no such folder.
pub async fn rescan_now(app: &App, id: FolderId) -> Result<()> {
    look_now(app, id, 0).await?;
    Ok(())
}

/// Looks at a folder at once, and believes that as many films as `gone` are gone: a person says so.
///
/// # Errors
/// [`Kind::NotFound`] when there is no such folder; [`Kind::Conflict`] when still nothing can be concluded,
/// because more films are gone now or a part of the folder can't be read.
pub async fn concede(app: &App, actor: AccountId, id: FolderId, gone: usize) -> Result<()> {
    let look = look_now(app, id, gone).await?;
    if !look.is_conclusive {
        let text = "Nothing was concluded: more films are gone now, or the folder can't be read whole. Look at it again.";
        return Err(Error::new(Kind::Conflict, text).keyed("error-gone-unclear"));
    }
    let change = Change::to(&serde_json::json!({ "gone": gone }));
    let event = record::event(app, Some(actor), "folder.conceded", "folder", id, &change);
    let noted: cineclub_db::Result<()> = app
        .db()
        .write(async |tx| events::append(tx, &event).await)
        .await;
    Ok(noted?)
}

/// Looks at a folder where it is now; as many films as `gone` may be missing without a question.
async fn look_now(app: &App, id: FolderId, gone: usize) -> Result<Look> {
    app.roots().refresh(app.db()).await?;
    let folder = app
        .db()
        .read(async |tx| folders::by_id(tx, id).await)
        .await?
        .ok_or_else(Error::not_found)?;
    Ok(look(app, &folder, &HashSet::new(), gone).await?)
}

fn bad(message: impl Into<String>, key: &'static str) -> Error {
    Error::new(Kind::BadInput, message).keyed(key)
}

fn watched() -> Error {
    Error::new(Kind::Conflict, "This folder is watched already.").keyed("error-folder-watched")
}

fn checked(wanted: &Path, data: &Path) -> Result<PathBuf> {
    if !wanted.is_absolute() {
        let text = "Give the folder's whole path, beginning with a slash.";
        return Err(bad(text, "error-folder-relative"));
    }
    let place = wanted
        .canonicalize()
        .map_err(|error| unopened(wanted, error))?;
    if !place.is_dir() {
        let text = format!("{} is a file, not a folder.", place.display());
        return Err(bad(text, "error-folder-a-file").with("path", place.display()));
    }
    std::fs::read_dir(&place).map_err(|error| unopened(&place, error))?;
    let data = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    if place.starts_with(&data) || data.starts_with(&place) {
        let text = "This folder holds the service's own data, or lies in it: use another.";
        return Err(bad(text, "error-folder-ours"));
    }
    Ok(place)
}

fn unopened(folder: &Path, error: std::io::Error) -> Error {
    let path = folder.display();
    let refused = match error.kind() {
        std::io::ErrorKind::NotFound => {
            bad(format!("There is no folder {path}."), "error-folder-none")
        }
        std::io::ErrorKind::PermissionDenied => {
            let text = format!("The folder {path} can't be read: allow this program to.");
            bad(text, "error-folder-unreadable")
        }
        _ => {
            let text = format!("The folder {path} can't be opened.");
            bad(text, "error-folder-unopened")
        }
    };
    refused.with("path", path).because(error)
}

fn check_overlap(place: &Path, known: &[FolderView]) -> Result<()> {
    for folder in known {
        let theirs = Path::new(&folder.path);
        if place == theirs {
            return Err(watched());
        }
        if place.starts_with(theirs) || theirs.starts_with(place) {
            return Err(overlaps(&folder.path));
        }
    }
    Ok(())
}

/// A copied folder carries its original's id: taking it would move the original's titles here.
fn check_copy(app: &App, id: RootId, place: &Path) -> Result<()> {
    let other = app.roots().place(id);
    let other = other.filter(|other| *other != Place::Folder(place.to_owned()));
    let Some(other) = other.filter(|_| app.roots().open(id).is_ok()) else {
        return Ok(());
    };
    let text = format!(
        "This folder carries the id of {other}, which is there as well: it is a copy. Remove the file .cineclub-root from the copy."
    );
    Err(Error::new(Kind::Conflict, text)
        .keyed("error-folder-copy")
        .with("path", other))
}
