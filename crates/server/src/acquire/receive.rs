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

use super::leftovers::hidden_name;
use super::sidecars::{Role, role};
use crate::App;
use crate::error::{Error, Kind, Result};
use crate::storage::{self, RelativePath};

/// What the network hands to the disk. A channel that closes before the end is an upload broken off.
#[derive(Debug)]
enum Piece {
    /// Some bytes of the file.
    Bytes(Bytes),
    /// There are no more.
    End,
}

/// The longest name a file may be sent under, in bytes.
const LONGEST_NAME: usize = 200;
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
/// Until it is whole it has a hidden name. When this returns `Ok` the file would survive a power cut, and has
/// the size that was declared, if one was.
///
/// # Errors
/// [`Kind::BadInput`] for a name that can't be used or an upload that breaks off or ends early, [`Kind::Conflict`] when the
/// name is taken, [`Kind::Unavailable`] when the folder is offline or the disk refuses.
pub async fn receive<S, E>(
    app: &App,
    folder: FolderId,
    name: &str,
    declared_bytes: Option<u64>,
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
    let temporary = hidden_name(JobId::new(app.now(), app.entropy()));
    let write = {
        let (app, name) = (app.clone(), name.clone());
        move || -> Result<Received> {
            let place = app.roots().open(row.root)?.folder("")?;
            Upload {
                place,
                temporary,
                name,
                declared_bytes,
                arrived,
            }
            .write()
        }
    };
    let writing = tokio::task::spawn_blocking(write);
    let told = tell(&mut stream, &pieces).await;
    drop(pieces);
    let received = writing.await.map_err(Error::internal)?;
    match told {
        Err(error) => Err(broke_off().because(error)),
        Ok(()) => received,
    }
}

/// Hands an upload on piece by piece, and says when it ended as it should.
async fn tell<S, E>(stream: &mut S, pieces: &mpsc::Sender<Piece>) -> std::result::Result<(), E>
where
    S: Stream<Item = std::result::Result<Bytes, E>> + Unpin,
{
    while let Some(bytes) = stream.next().await {
        // The writer has gone when it could not write: its answer says why.
        if pieces.send(Piece::Bytes(bytes?)).await.is_err() {
            return Ok(());
        }
    }
    let _ = pieces.send(Piece::End).await;
    Ok(())
}

pub(crate) fn broke_off() -> Error {
    Error::new(Kind::BadInput, "The upload broke off. Send the file again.")
        .keyed("error-upload-broken")
}

fn checked(name: &str) -> Result<String> {
    let bad = |text: &str, key| Error::new(Kind::BadInput, text).keyed(key);
    // A browser may send a path of its own machine: nothing of it is used.
    if name.contains(['/', '\\']) {
        let text = "The name must be a plain file name, without folders.";
        return Err(bad(text, "error-name-folders"));
    }
    let path = RelativePath::parse(name).map_err(storage::Error::from)?;
    if name.len() > LONGEST_NAME {
        let text = format!("The name is longer than {LONGEST_NAME} bytes: shorten it.");
        return Err(bad(&text, "error-name-long").with("most", LONGEST_NAME));
    }
    match role(name) {
        Role::Nothing => {
            let text = format!(
                "{name:?} is no film, subtitle, picture or NFO: send files such as .mp4, .srt, .jpg or .nfo."
            );
            Err(bad(&text, "error-name-useless").with("name", name))
        }
        Role::Film | Role::Sidecar => Ok(path.as_str().to_owned()),
    }
}

struct Upload {
    place: OwnedFd,
    temporary: String,
    name: String,
    declared_bytes: Option<u64>,
    arrived: mpsc::Receiver<Piece>,
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
        while let Piece::Bytes(bytes) = self.arrived.blocking_recv().ok_or_else(broke_off)? {
            file.write_all(&bytes).map_err(failed)?;
            size_bytes += bytes.len() as u64;
        }
        if self.declared_bytes.is_some_and(|size| size != size_bytes) {
            return Err(broke_off());
        }
        if size_bytes == 0 {
            return Err(Error::new(Kind::BadInput, "The file is empty.").keyed("reason-empty"));
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
    .keyed("error-name-taken")
    .with("name", name)
}

fn refused(error: Errno) -> Error {
    failed(error.into())
}

fn failed(error: io::Error) -> Error {
    let (text, key) = match error.kind() {
        io::ErrorKind::StorageFull => (
            "The disk is full: nothing was kept of this file.",
            "error-disk-full",
        ),
        _ => (
            "The file could not be written: nothing was kept of it.",
            "error-disk-refuses",
        ),
    };
    Error::new(Kind::Unavailable, text)
        .keyed(key)
        .because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(place: &std::path::Path, name: &str, pieces: Vec<Piece>) -> Result<Received> {
        declared(place, name, None, pieces)
    }

    fn declared(
        place: &std::path::Path,
        name: &str,
        declared_bytes: Option<u64>,
        pieces: Vec<Piece>,
    ) -> Result<Received> {
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
            declared_bytes,
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
        let end = || Piece::End;
        let piece = || Piece::Bytes(Bytes::from_static(b"film"));
        let nothing = || Piece::Bytes(Bytes::new());
        assert_eq!(
            upload(
                place.path(),
                "a.mp4",
                vec![piece(), nothing(), piece(), end()]
            )
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
            upload(place.path(), "b.mp4", vec![piece(), nothing()])
                .unwrap_err()
                .kind,
            Kind::BadInput,
            "an empty piece is no end"
        );
        for size in [3, 5] {
            let short = declared(place.path(), "b.mp4", Some(size), vec![piece(), end()]);
            assert_eq!(short.unwrap_err().kind, Kind::BadInput, "{size} declared");
        }
        assert!(declared(place.path(), "c.mp4", Some(4), vec![piece(), end()]).is_ok());
        std::fs::remove_file(place.path().join("c.mp4")).unwrap();
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
