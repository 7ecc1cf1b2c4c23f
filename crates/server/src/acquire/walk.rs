//! What lies in a watch folder, on a disk or in a bucket.

use std::collections::HashSet;

use cineclub_domain::id::RootId;

use super::leftovers;
use super::sidecars::{self, Role};
use super::unseen::Unseen;
use crate::App;
use crate::storage::{self, EntryKind, Everything, OpenRoot, Place, RelativePath};

/// The most files one folder is looked through for.
pub(super) const MAX_FILES: usize = 200_000;
/// How many folders deep is looked.
pub(super) const MAX_DEPTH: usize = 12;

/// A file seen in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) path: String,
    pub(super) role: Role,
    pub(super) size_bytes: u64,
    pub(super) modified_ms: i64,
    /// Whether it is a file, and not a link or a name that can't be stored.
    pub(super) is_file: bool,
}

/// Everything seen in a folder.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) files: Vec<Seen>,
    /// Why that is not all: then nothing is concluded from what was not seen.
    pub(super) unseen: Option<Unseen>,
}

impl Walk {
    pub(super) fn films(&self) -> usize {
        let is_film = |seen: &&Seen| seen.role == Role::Film;
        self.files.iter().filter(is_film).count()
    }

    pub(super) fn paths(&self) -> HashSet<&str> {
        self.files.iter().map(|seen| seen.path.as_str()).collect()
    }
}

/// Walks through a root, wherever it is.
///
/// # Errors
/// When it is not there.
pub(super) async fn walk(app: &App, root: RootId) -> Result<Walk, storage::Error> {
    if let Some(Place::Bucket(place)) = app.roots().place(root) {
        let bucket = app.roots().bucket(&place)?;
        return Ok(walk_bucket(bucket.everything(MAX_FILES, is_wanted).await?));
    }
    let app = app.clone();
    let walked = tokio::task::spawn_blocking(move || {
        let open = app.roots().open(root)?;
        leftovers::sweep(&open, app.now());
        Ok(walk_root(&open))
    });
    walked
        .await
        .unwrap_or_else(|stopped| Err(storage::Error::Io(std::io::Error::other(stopped))))
}

/// The folders that a path leads through, and the name at its end.
fn parts(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Whether an object is looked at: what is neither a film nor beside one fills no list.
fn is_wanted(path: &str) -> bool {
    let (folders, name) = parts(path);
    sidecars::role(name) != Role::Nothing && !folders.split('/').any(is_passed_over)
}

/// The objects below a folder of a bucket that are wanted, by the rules for files.
fn walk_bucket(everything: Everything) -> Walk {
    let mut walk = Walk {
        unseen: everything.unlisted.map(Unseen::from),
        files: Vec::new(),
    };
    for object in everything.files {
        let (folders, name) = parts(&object.name);
        if folders.split('/').count() > MAX_DEPTH {
            let deep = || Unseen::TooDeep(folders.to_owned());
            walk.unseen.get_or_insert_with(deep);
            continue;
        }
        walk.files.push(Seen {
            role: sidecars::role(name),
            size_bytes: object.size_bytes,
            modified_ms: object.modified_ms,
            is_file: true,
            path: object.name,
        });
    }
    walk.files.sort_by(|a, b| a.path.cmp(&b.path));
    walk
}

/// Whether a folder of this name is never looked into.
fn is_passed_over(folder: &str) -> bool {
    folder.starts_with('.') || folder == "lost+found"
}

fn walk_root(root: &OpenRoot) -> Walk {
    let mut walk = Walk::default();
    let mut folders = vec![(String::new(), 0_usize)];
    while let Some((folder, depth)) = folders.pop() {
        let entries = match root.list(&folder) {
            Ok(entries) => entries,
            // The folder was removed since its parent was read.
            Err(storage::Error::Gone) if depth > 0 => continue,
            Err(error) => {
                tracing::warn!(folder, %error, "a folder could not be read");
                let unreadable = || Unseen::Unreadable(folder.clone());
                walk.unseen.get_or_insert_with(unreadable);
                continue;
            }
        };
        for entry in entries {
            let path = if folder.is_empty() {
                entry.name.clone()
            } else {
                format!("{folder}/{}", entry.name)
            };
            match entry.kind {
                EntryKind::Folder if is_passed_over(&entry.name) => {}
                EntryKind::Folder if depth >= MAX_DEPTH => {
                    walk.unseen.get_or_insert(Unseen::TooDeep(path));
                }
                // A folder whose name can't be stored is looked into no further; it is listed by itself.
                EntryKind::Folder if RelativePath::parse(&path).is_err() => {
                    walk.files.push(Seen {
                        path,
                        role: Role::Film,
                        size_bytes: 0,
                        modified_ms: 0,
                        is_file: false,
                    });
                }
                EntryKind::Folder => folders.push((path, depth + 1)),
                EntryKind::File => {
                    let role = sidecars::role(&entry.name);
                    if role != Role::Nothing {
                        let (size_bytes, modified_ms) = (entry.size_bytes, entry.modified_ms);
                        walk.files.push(Seen {
                            path,
                            role,
                            size_bytes,
                            modified_ms,
                            is_file: true,
                        });
                    }
                }
                // A film that is a link is not followed, and its job says so.
                EntryKind::Other if sidecars::role(&entry.name) == Role::Film => {
                    walk.files.push(Seen {
                        path,
                        role: Role::Film,
                        size_bytes: entry.size_bytes,
                        modified_ms: entry.modified_ms,
                        is_file: false,
                    });
                }
                EntryKind::Other => {}
            }
        }
        if walk.files.len() > MAX_FILES {
            walk.unseen.get_or_insert(Unseen::TooMany);
            break;
        }
    }
    walk.files.sort_by(|a, b| a.path.cmp(&b.path));
    walk
}
