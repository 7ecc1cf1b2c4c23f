//! The scanner: looks at every watch folder again and again, sooner when the system says something changed.
//!
//! Network file systems say nothing; the regular look is what counts, and notices only make it early. Buckets say nothing
//! either, and a look at one costs requests: they are looked at more rarely, and no disk waits for them.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use cineclub_db::folders::{self, Folder, FolderState};
use cineclub_domain::id::FolderId;
use notify::event::{EventKind, ModifyKind, RenameMode};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::renew::renew;
use super::scan::look;
use super::sidecars::is_temporary;
use crate::App;
use crate::storage::Place;

/// How long notices are gathered before a look: a copy makes thousands.
const GATHER: Duration = Duration::from_millis(300);
/// The longest pause between two looks at a bucket, whatever is configured: an instant has an end.
const LONGEST_PAUSE: Duration = Duration::from_secs(365 * 24 * 3600);
/// How many notices wait to be gathered; beyond it they are dropped, and the regular look finds everything.
const NOTICES: usize = 1_024;

/// Watches the folders until the program is asked to stop.
pub async fn watch(app: App) {
    match renew(&app).await {
        Ok(0) => {}
        Ok(files) => tracing::info!(files, "films indexed by an older version are read anew"),
        Err(error) => {
            tracing::warn!(%error, "films indexed by an older version could not be found")
        }
    }
    tokio::join!(watch_disks(&app), watch_buckets(&app));
}

async fn watch_disks(app: &App) {
    let shutdown = app.shutdown().clone();
    let (notices, mut heard) = mpsc::channel(NOTICES);
    let mut watchers = Watchers {
        notices,
        by_folder: HashMap::new(),
    };
    let mut whole = HashMap::new();
    loop {
        let unsettled =
            look_at_all(app, &mut watchers, &std::mem::take(&mut whole), &shutdown).await;
        let work = &app.config().work;
        let pause = match unsettled {
            true => Duration::from_secs(work.rescan_seconds)
                .min(Duration::from_millis(work.settle_ms.max(100))),
            false => Duration::from_secs(work.rescan_seconds),
        };
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
            Some(notice) = heard.recv() => {
                remember(&mut whole, notice);
                tokio::time::sleep(GATHER).await;
            }
        }
        while let Ok(notice) = heard.try_recv() {
            remember(&mut whole, notice);
        }
    }
}

/// Looks at the folders in buckets, at each when its time has come, however long the look at another takes.
async fn watch_buckets(app: &App) {
    let settle = Duration::from_millis(app.config().work.settle_ms.max(100));
    // None while it is being looked at.
    let mut due: HashMap<FolderId, Option<Instant>> = HashMap::new();
    let mut looks = JoinSet::new();
    while !app.shutdown().is_cancelled() {
        let now = Instant::now();
        let is_due = |due: &Option<Instant>| due.is_some_and(|due| due <= now);
        for (folder, rescan) in folders_of(app, true).await {
            if due.get(&folder.id).is_none_or(is_due) {
                due.insert(folder.id, None);
                let app = app.clone();
                looks.spawn(async move {
                    let unsettled = look_at(&app, &folder, &HashSet::new()).await;
                    let pause = if unsettled {
                        settle.min(rescan)
                    } else {
                        rescan
                    };
                    (folder.id, now + pause.min(LONGEST_PAUSE))
                });
            }
        }
        tokio::select! {
            () = app.shutdown().cancelled() => return,
            () = tokio::time::sleep(settle.min(Duration::from_secs(1))) => {}
        }
        while let Some(looked) = looks.try_join_next() {
            match looked {
                Ok((folder, next)) => {
                    due.insert(folder, Some(next));
                }
                // Which it was isn't known: all are looked at again that are not being looked at.
                Err(error) => {
                    tracing::error!(%error, "a look at a bucket broke off");
                    due.retain(|_, due| due.is_some());
                }
            }
        }
    }
}

/// Looks at every folder of a disk; true if some file is still being watched.
async fn look_at_all(
    app: &App,
    watchers: &mut Watchers,
    whole: &HashMap<FolderId, HashSet<String>>,
    shutdown: &CancellationToken,
) -> bool {
    let folders: Vec<_> = folders_of(app, false).await;
    let folders: Vec<_> = folders.into_iter().map(|(folder, _)| folder).collect();
    watchers.keep_to(app, &folders);
    let mut unsettled = false;
    let none = HashSet::new();
    for folder in &folders {
        if shutdown.is_cancelled() {
            return false;
        }
        unsettled |= look_at(app, folder, whole.get(&folder.id).unwrap_or(&none)).await;
    }
    unsettled
}

/// Looks at one folder; true if some file in it is still being watched.
async fn look_at(app: &App, folder: &Folder, whole: &HashSet<String>) -> bool {
    match look(app, folder, whole, 0).await {
        Ok(look) => look.unsettled > 0,
        Err(error) => {
            tracing::warn!(folder = %folder.id, %error, "a watch folder could not be looked at");
            false
        }
    }
}

/// The folders in buckets, or those on disks, with how often each is looked at.
async fn folders_of(app: &App, in_buckets: bool) -> Vec<(Folder, Duration)> {
    let all: cineclub_db::Result<_> = async {
        app.roots().refresh(app.db()).await?;
        app.db().read(async |tx| folders::list(tx).await).await
    }
    .await;
    let usual = Duration::from_secs(app.config().work.rescan_seconds);
    match all {
        Ok(all) => all
            .into_iter()
            .map(|folder| (app.roots().rescan(folder.root), folder))
            .filter(|(rescan, _)| rescan.is_some() == in_buckets)
            .map(|(rescan, folder)| (folder, rescan.unwrap_or(usual)))
            .collect(),
        Err(error) => {
            tracing::warn!(%error, "the watch folders could not be listed");
            Vec::new()
        }
    }
}

/// Something happened in a folder.
struct Notice {
    folder: FolderId,
    /// The file that got its name by a rename from an unfinished one's.
    whole: Option<String>,
}

fn remember(whole: &mut HashMap<FolderId, HashSet<String>>, notice: Notice) {
    if let Some(path) = notice.whole {
        whole.entry(notice.folder).or_default().insert(path);
    }
}

/// The system's watchers, one for each folder.
struct Watchers {
    notices: mpsc::Sender<Notice>,
    by_folder: HashMap<FolderId, (PathBuf, Option<RecommendedWatcher>)>,
}

impl Watchers {
    fn keep_to(&mut self, app: &App, folders: &[Folder]) {
        let places: HashMap<_, _> = folders
            .iter()
            .filter_map(|folder| match app.roots().place(folder.root)? {
                Place::Folder(place) => Some((folder.id, place)),
                Place::Bucket(_) => None,
            })
            .collect();
        self.by_folder
            .retain(|id, (place, _)| places.get(id) == Some(place));
        for folder in folders {
            let Some(place) = places.get(&folder.id) else {
                continue;
            };
            if folder.state == FolderState::Absent {
                // When the disk is back the watcher of what was there before would see nothing.
                self.by_folder.remove(&folder.id);
            } else if !self.by_folder.contains_key(&folder.id) {
                let watcher = self.start(folder.id, place);
                self.by_folder.insert(folder.id, (place.clone(), watcher));
            }
        }
    }

    fn start(&self, folder: FolderId, place: &Path) -> Option<RecommendedWatcher> {
        let (notices, root) = (self.notices.clone(), place.to_owned());
        let tell = move |event: notify::Result<notify::Event>| {
            let Some(event) = event
                .ok()
                .filter(|event| !matches!(event.kind, EventKind::Access(_)))
            else {
                return;
            };
            // A full queue means a look is due anyway.
            let _ = notices.try_send(Notice {
                folder,
                whole: whole(&event, &root),
            });
        };
        let started = notify::recommended_watcher(tell).and_then(|mut watcher| {
            watcher.watch(place, RecursiveMode::Recursive)?;
            Ok(watcher)
        });
        started
            .map_err(|error| tracing::info!(%folder, %error, "no notices for this folder: it is looked at regularly"))
            .ok()
    }
}

/// The path below `root` of a file that was renamed from an unfinished file's name.
fn whole(event: &notify::Event, root: &Path) -> Option<String> {
    let EventKind::Modify(ModifyKind::Name(RenameMode::Both)) = event.kind else {
        return None;
    };
    let [from, to] = event.paths.as_slice() else {
        return None;
    };
    let name = from.file_name()?.to_str()?;
    let path = to.strip_prefix(root).ok()?.to_str()?;
    is_temporary(name).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_rename_from_an_unfinished_name_proves_a_file_complete() {
        let event = |kind, from: &str, to: &str| {
            notify::Event::new(kind)
                .add_path(from.into())
                .add_path(to.into())
        };
        let both = EventKind::Modify(ModifyKind::Name(RenameMode::Both));
        let root = Path::new("/films");
        assert_eq!(
            whole(&event(both, "/films/a.mp4.part", "/films/x/a.mp4"), root).as_deref(),
            Some("x/a.mp4")
        );
        assert_eq!(
            whole(&event(both, "/films/b.mp4", "/films/a.mp4"), root),
            None
        );
        assert_eq!(
            whole(&event(both, "/films/a.part", "/else/a.mp4"), root),
            None
        );
        let data = EventKind::Modify(ModifyKind::Any);
        assert_eq!(
            whole(&event(data, "/films/a.part", "/films/a.mp4"), root),
            None
        );
    }
}
