//! A plain upload into a watch folder: acknowledged means it is on the disk, whole, under its name.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};

use bytes::Bytes;
use cineclub_db::folders;
use cineclub_domain::id::{FolderId, JobId};
use futures::{Stream, StreamExt};
use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags, openat, renameat_with, statat, unlinkat};
use rustix::io::Errno;
use tokio::sync::mpsc;

use super::sidecars::{Role, role};
use crate::App;
use crate::error::{Error, Kind, Result};
use crate::storage::RelativePath;

/// How many pieces wait between the network and the disk.
const QUEUE: usize = 8;

/// A file that was received and is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its name in the folder.
    pub name: String,
    /// Its size, in bytes.
    pub size_bytes: u64,
}

/// Writes an upload into the top of a watch folder; the scanner takes it from there.
///
/// Until it is whole it has a hidden name. When this returns `Ok` the file would survive a power cut.
///
/// # Errors
/// [`Kind::BadInput`] for a name that can't be used or an upload that breaks off, [`Kind::Conflict`] when the
/// name is taken, [`Kind::Unavailable`] when the folder is offline or the disk refuses.
pub async fn receive<S, E>(
    app: &App,
    folder: FolderId,
    name: &str,
    mut stream: S,
) -> Result<Received>
where
    S: Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    E: std::error::Error + Send + Sync + 'static,
{
    let name = checked(name)?;
    let row = app
        .db()
        .read(async |tx| folders::by_id(tx, folder).await)
        .await?
        .ok_or_else(Error::not_found)?;
    app.roots().refresh(app.db()).await?;
    let (pieces, arrived) = mpsc::channel(QUEUE);
    let temporary = format!(".cineclub-{}.part", JobId::new(app.now(), app.entropy()));
    let write = {
        let (app, name) = (app.clone(), name.clone());
        move || -> Result<Received> {
            let place = app.roots().open(row.root)?.folder("")?;
            Upload {
                place,
                temporary,
                name,
                arrived,
            }
            .write()
        }
    };
    let writing = tokio::task::spawn_blocking(write);
    let mut broken = None;
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|error| broken = Some(error)).ok();
        let is_last = piece.is_none();
        // The writer has gone when it could not write: its answer says why.
        if pieces.send(piece).await.is_err() || is_last {
            break;
        }
    }
    if broken.is_none() {
        // An upload that was broken off sends nothing here, and the writer removes what it wrote.
        let _ = pieces.send(Some(Bytes::new())).await;
    }
    drop(pieces);
    let received = writing.await.map_err(Error::internal)?;
    match broken {
        Some(error) => Err(Error::new(
            Kind::BadInput,
            "The upload broke off. Send the file again.",
        )
        .because(error)),
        None => received,
    }
}

fn checked(name: &str) -> Result<String> {
    let bad = |text: String| Error::new(Kind::BadInput, text);
    // A browser may send a path of its own machine: nothing of it is used.
    if name.contains(['/', '\\']) {
        return Err(bad(
            "The name must be a plain file name, without folders.".to_owned()
        ));
    }
    let path = RelativePath::parse(name).map_err(|error| bad(super::examine::sentence(&error)))?;
    if name.len() > 200 {
        return Err(bad(
            "The name is longer than 200 bytes: shorten it.".to_owned()
        ));
    }
    match role(name) {
        Role::Nothing => Err(bad(format!(
            "{name:?} is no film, subtitle, picture or NFO: send files such as .mp4, .srt, .jpg or .nfo."
        ))),
        Role::Film | Role::Sidecar => Ok(path.as_str().to_owned()),
    }
}

struct Upload {
    place: OwnedFd,
    temporary: String,
    name: String,
    /// Pieces; an empty one is the end. A channel that closes without it, or `None`, is an upload broken off.
    arrived: mpsc::Receiver<Option<Bytes>>,
}

impl Upload {
    fn write(mut self) -> Result<Received> {
        if statat(self.place.as_fd(), &self.name, AtFlags::SYMLINK_NOFOLLOW).is_ok() {
            return Err(taken(&self.name));
        }
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let file = openat(
            self.place.as_fd(),
            &self.temporary,
            flags,
            Mode::from_raw_mode(0o644),
        )
        .map_err(refused)?;
        let written = self.fill(File::from(file)).and_then(|size_bytes| {
            self.give_name()?;
            Ok(Received {
                name: self.name.clone(),
                size_bytes,
            })
        });
        if written.is_err() {
            // The first error is the one to tell; what stays behind is hidden and never read.
            let _ = unlinkat(self.place.as_fd(), &self.temporary, AtFlags::empty());
        }
        written
    }

    fn fill(&mut self, mut file: File) -> Result<u64> {
        let mut size_bytes = 0_u64;
        loop {
            match self.arrived.blocking_recv().flatten() {
                None => {
                    return Err(Error::new(
                        Kind::BadInput,
                        "The upload broke off. Send the file again.",
                    ));
                }
                Some(end) if end.is_empty() => break,
                Some(piece) => {
                    file.write_all(&piece).map_err(failed)?;
                    size_bytes += piece.len() as u64;
                }
            }
        }
        if size_bytes == 0 {
            return Err(Error::new(Kind::BadInput, "The file is empty."));
        }
        file.sync_all().map_err(failed)?;
        Ok(size_bytes)
    }

    fn give_name(&self) -> Result<()> {
        let place = self.place.as_fd();
        match renameat_with(
            place,
            &self.temporary,
            place,
            &self.name,
            RenameFlags::NOREPLACE,
        ) {
            Ok(()) => {}
            Err(Errno::EXIST) => return Err(taken(&self.name)),
            // Some network file systems can't refuse to replace; whether the name is free was looked at before.
            Err(Errno::INVAL | Errno::NOSYS) => {
                rustix::fs::renameat(place, &self.temporary, place, &self.name).map_err(refused)?;
            }
            Err(error) => return Err(refused(error)),
        }
        rustix::fs::fsync(place).map_err(refused)
    }
}

fn taken(name: &str) -> Error {
    Error::new(
        Kind::Conflict,
        format!("There is a file named {name:?} already. Give this one another name."),
    )
}

fn refused(error: Errno) -> Error {
    failed(error.into())
}

fn failed(error: io::Error) -> Error {
    let text = match error.kind() {
        io::ErrorKind::StorageFull => "The disk is full: nothing was kept of this file.",
        _ => "The file could not be written: nothing was kept of it.",
    };
    Error::new(Kind::Unavailable, text).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(place: &std::path::Path, name: &str, pieces: Vec<Option<Bytes>>) -> Result<Received> {
        let (sender, arrived) = mpsc::channel(16);
        for piece in pieces {
            sender.try_send(piece).unwrap();
        }
        drop(sender);
        let place = OwnedFd::from(File::open(place).unwrap());
        Upload {
            place,
            temporary: ".cineclub-1.part".to_owned(),
            name: name.to_owned(),
            arrived,
        }
        .write()
    }

    fn names(place: &std::path::Path) -> Vec<String> {
        std::fs::read_dir(place)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_file_appears_whole_or_not_at_all_and_never_in_anothers_place() {
        let place = tempfile::tempdir().unwrap();
        let end = || Some(Bytes::new());
        let piece = || Some(Bytes::from_static(b"film"));
        assert_eq!(
            upload(place.path(), "a.mp4", vec![piece(), piece(), end()])
                .unwrap()
                .size_bytes,
            8
        );
        assert_eq!(
            std::fs::read(place.path().join("a.mp4")).unwrap(),
            b"filmfilm"
        );
        assert_eq!(
            upload(place.path(), "a.mp4", vec![piece(), end()])
                .unwrap_err()
                .kind,
            Kind::Conflict
        );
        assert_eq!(
            upload(place.path(), "b.mp4", vec![piece()])
                .unwrap_err()
                .kind,
            Kind::BadInput
        );
        assert_eq!(
            upload(place.path(), "b.mp4", vec![piece(), None])
                .unwrap_err()
                .kind,
            Kind::BadInput
        );
        assert_eq!(
            upload(place.path(), "b.mp4", vec![end()]).unwrap_err().kind,
            Kind::BadInput
        );
        assert_eq!(names(place.path()), ["a.mp4"], "nothing stays behind");
    }

    #[test]
    fn a_name_that_leads_elsewhere_or_says_nothing_is_refused() {
        for bad in [
            "../x.mp4",
            "a/b.mp4",
            "C:\\x.mp4",
            "x\n.mp4",
            "",
            ".hidden.mp4",
            "x.exe",
            "x.mp4.part",
            "..",
            &"a".repeat(300),
        ] {
            assert_eq!(checked(bad).unwrap_err().kind, Kind::BadInput, "{bad:?}");
        }
        assert_eq!(checked("Été (2020).mp4").unwrap(), "Été (2020).mp4");
    }
}
