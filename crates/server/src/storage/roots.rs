//! Storage roots: folders known by an id file, so that an empty mount point is seen to be absent, and folders in buckets,
//! known by the bucket's answer.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use cineclub_db::Db;
use cineclub_db::assets::AssetState;
use cineclub_domain::id::RootId;
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;
use tokio::runtime::Handle;

use super::ahead::Ahead;
use super::beneath::{self, DirEntry, RelativePath};
use super::bucket::Buckets;
use super::bucket_folder::BucketFolder;
use super::objects::sync_folder;
use super::place::{BucketPlace, Place};
use super::turns::Turns;
use super::wait::wait_for;
use super::{Absence, Error, SourceFile};

/// The name of the file that tells which root a folder is.
pub const ID_FILE: &str = ".cineclub-root";

/// What the system says when this process, or the machine, has no room for another open file.
const TOO_MANY_FILES: [i32; 2] = [Errno::MFILE.raw_os_error(), Errno::NFILE.raw_os_error()];

/// The roots this process knows, by id. Their places come from the database.
#[derive(Debug, Default)]
pub struct Roots {
    places: RwLock<HashMap<RootId, Place>>,
    presences: RwLock<HashMap<RootId, Presence>>,
    turns: RwLock<HashMap<RootId, Turns>>,
    buckets: Buckets,
}

/// Whether a root was there when it was last looked for. Cloning gives another view of the same root.
#[derive(Debug, Clone, Default)]
pub struct Presence(Arc<AtomicBool>);

impl Presence {
    /// Whether the root was found missing. No I/O; a root nobody has looked for yet counts as there.
    pub fn is_away(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The state of a file on the root, as long as the root is there: what can be played can't without its disk.
    pub fn state_now(&self, stored: AssetState) -> AssetState {
        match stored {
            AssetState::Ready if self.is_away() => AssetState::Missing,
            state => state,
        }
    }

    /// Notes what a look found, for every view of the root. True if that is new.
    pub(crate) fn note(&self, is_away: bool) -> bool {
        self.0.swap(is_away, Ordering::Relaxed) != is_away
    }
}

/// A root as it is read.
#[derive(Debug)]
pub enum OpenRoot {
    /// A folder found in place: its id file has just been read through this descriptor.
    Folder(OwnedFd),
    /// A folder in a bucket. Nothing was asked of it yet: every read of it tells whether it is there.
    Bucket(BucketFolder),
}

impl Roots {
    /// None yet, of which some will lie in these buckets.
    pub fn new(buckets: Buckets) -> Self {
        Self {
            buckets,
            ..Self::default()
        }
    }

    /// Learns the roots the database lists, and forgets those it no longer does.
    ///
    /// # Errors
    /// If the database can't be read.
    pub async fn refresh(&self, db: &Db) -> Result<(), cineclub_db::Error> {
        let rows = db
            .read(async |tx| cineclub_db::roots::list(tx).await)
            .await?;
        let places = rows
            .into_iter()
            .map(|root| (root.id, Place::stored(&root.path)))
            .collect();
        *self.places.write().unwrap_or_else(PoisonError::into_inner) = places;
        Ok(())
    }

    /// Learns one root.
    pub fn learn(&self, id: RootId, place: Place) {
        self.places
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, place);
    }

    /// Where a root is, if it is known.
    pub fn place(&self, id: RootId) -> Option<Place> {
        self.places
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    /// Every root there is.
    pub fn ids(&self) -> Vec<RootId> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        places.keys().copied().collect()
    }

    /// Whether a root is there, as far as this process has seen: it goes on telling.
    pub fn presence(&self, id: RootId) -> Presence {
        let mut known = self
            .presences
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        known.entry(id).or_default().clone()
    }

    /// The turns of those who let a thread wait for a root's disk.
    pub fn turns(&self, id: RootId) -> Turns {
        let mut known = self.turns.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(id).or_default().clone()
    }

    /// A folder in a bucket.
    ///
    /// # Errors
    /// [`Error::Offline`] when the configuration has no such bucket.
    pub fn bucket(&self, place: &BucketPlace) -> Result<BucketFolder, Error> {
        let offline = || Error::Offline {
            path: place.to_string(),
            why: Absence::UnknownBucket,
        };
        let bucket = self.buckets.get(&place.bucket).ok_or_else(offline)?;
        Ok(BucketFolder::new(bucket.clone(), place.clone()))
    }

    /// Opens a root, and makes sure that a folder of a disk is the one with this id. Blocks.
    ///
    /// # Errors
    /// [`Error::Offline`] when the folder or its id file is missing or another's.
    pub fn open(&self, id: RootId) -> Result<OpenRoot, Error> {
        match self.place(id).ok_or(Error::UnknownRoot)? {
            Place::Folder(place) => OpenRoot::at(&place, id),
            Place::Bucket(place) => self.bucket(&place).map(OpenRoot::Bucket),
        }
    }

    /// Opens a media file of a root. Blocks.
    ///
    /// # Errors
    /// As [`Self::open`]; [`Error::Gone`] when the root is there but not the file.
    pub fn open_file(&self, id: RootId, path: &str) -> Result<SourceFile, Error> {
        self.open(id)?.open_file(&RelativePath::parse(path)?)
    }

    /// Makes sure that a root is there.
    ///
    /// # Errors
    /// [`Error::Offline`] when it is not.
    pub async fn look_for(&self, id: RootId) -> Result<(), Error> {
        match self.place(id).ok_or(Error::UnknownRoot)? {
            Place::Folder(place) => {
                // Turns of its own: a disk is not away because many read from it.
                let turn = self.turns(id).take_look().await?;
                let look = move || {
                    let _turn = turn;
                    OpenRoot::at(&place, id).map(|_| ())
                };
                on_a_thread(look).await
            }
            Place::Bucket(place) => self.bucket(&place)?.ask().await,
        }
    }

    /// Opens a media file of a root; no thread waits for a bucket.
    ///
    /// # Errors
    /// As [`Self::open_file`].
    pub async fn find_file(&self, id: RootId, path: &str) -> Result<SourceFile, Error> {
        let path = RelativePath::parse(path)?;
        match self.place(id).ok_or(Error::UnknownRoot)? {
            Place::Folder(place) => {
                let turn = self.turns(id).take().await?;
                let open = move || {
                    let _turn = turn;
                    OpenRoot::at(&place, id)?.open_file(&path)
                };
                on_a_thread(open).await
            }
            Place::Bucket(place) => {
                let file = self.bucket(&place)?.open_file(&path).await?;
                Ok(SourceFile::Bucket(Ahead::of(file)))
            }
        }
    }

    /// How often a root in a bucket is looked at; nothing of one on a disk.
    pub fn rescan(&self, id: RootId) -> Option<Duration> {
        match self.place(id)? {
            Place::Folder(_) => None,
            Place::Bucket(place) => Some(self.buckets.get(&place.bucket)?.rescan()),
        }
    }
}

async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|stopped| Err(Error::Io(io::Error::other(stopped))))
}

impl OpenRoot {
    fn at(place: &Path, id: RootId) -> Result<Self, Error> {
        let offline = |why: Absence| Error::Offline {
            path: place.display().to_string(),
            why,
        };
        let away = |error: io::Error| match (error.kind(), error.raw_os_error()) {
            (io::ErrorKind::NotFound, _) => offline(Absence::NoFolder),
            (io::ErrorKind::InvalidData, _) => offline(Absence::BadId),
            // That we have too many files open says nothing about a disk.
            (_, Some(code)) if TOO_MANY_FILES.contains(&code) => Error::Io(error),
            _ => offline(Absence::Unreadable(error)),
        };
        let folder = File::open(place).map_err(away)?;
        match read_id(&folder) {
            Ok(Some(found)) if found == id => Ok(Self::Folder(folder.into())),
            Ok(Some(_)) => Err(offline(Absence::AnotherRoot)),
            Ok(None) => Err(offline(Absence::NoId)),
            Err(error) => Err(away(error)),
        }
    }

    /// Opens a plain file. Blocks.
    ///
    /// # Errors
    /// [`Error::Gone`] when it isn't there, [`Error::Io`] otherwise.
    pub fn open_file(&self, path: &RelativePath) -> Result<SourceFile, Error> {
        match self {
            Self::Folder(folder) => {
                let file = beneath::open_file(folder.as_fd(), path)?;
                Ok(SourceFile::on_disk(file)?)
            }
            Self::Bucket(bucket) => {
                let (bucket, path) = (bucket.clone(), path.clone());
                let opening = async move { bucket.open_file(&path).await };
                let file = wait_for(&Handle::current(), opening)?;
                Ok(SourceFile::Bucket(Ahead::of(file)))
            }
        }
    }

    /// What lies in a folder; the empty path is the root. Blocks.
    ///
    /// # Errors
    /// [`Error::Gone`] when the folder isn't there, [`Error::Io`] otherwise.
    pub fn list(&self, path: &str) -> Result<Vec<DirEntry>, Error> {
        match self {
            Self::Folder(root) => {
                let folder = beneath::open_folder(root.as_fd(), path)?;
                Ok(beneath::list(folder.as_fd())?)
            }
            Self::Bucket(bucket) => {
                let (bucket, path) = (bucket.clone(), path.to_owned());
                let listing = async move { bucket.list(&path).await };
                wait_for(&Handle::current(), listing)
            }
        }
    }

    /// Reads a small file whole; `None` when it is larger than `limit_bytes`. Blocks.
    ///
    /// # Errors
    /// As [`Self::open_file`].
    pub fn read_small(
        &self,
        path: &RelativePath,
        limit_bytes: u64,
    ) -> Result<Option<Vec<u8>>, Error> {
        let folder = match self {
            Self::Folder(folder) => folder,
            Self::Bucket(bucket) => {
                let (bucket, path) = (bucket.clone(), path.clone());
                let reading = async move { bucket.read_small(&path, limit_bytes).await };
                return wait_for(&Handle::current(), reading);
            }
        };
        let file = beneath::open_file(folder.as_fd(), path)?;
        let mut bytes = Vec::new();
        file.take(limit_bytes + 1).read_to_end(&mut bytes)?;
        Ok((bytes.len() as u64 <= limit_bytes).then_some(bytes))
    }

    /// A folder below the root, for writing into. Blocks.
    ///
    /// # Errors
    /// As [`Self::list`]; [`Error::InABucket`] where nothing is written.
    pub fn folder(&self, path: &str) -> Result<OwnedFd, Error> {
        match self {
            Self::Folder(folder) => Ok(beneath::open_folder(folder.as_fd(), path)?),
            Self::Bucket(_) => Err(Error::InABucket),
        }
    }
}

/// Gives a folder its id file, or returns the id it already has. Blocks.
///
/// # Errors
/// If the folder can't be read or written.
pub(crate) fn mark(place: &Path, fresh: RootId) -> io::Result<RootId> {
    if let Some(id) = read_id(&File::open(place)?)? {
        return Ok(id);
    }
    let temporary = place.join(format!("{ID_FILE}.{fresh}.tmp"));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&temporary)?;
    writeln!(file, "{fresh}")?;
    file.sync_all()?;
    // A hard link, unlike a rename, never replaces the mark somebody else made meanwhile.
    let linked = fs::hard_link(&temporary, place.join(ID_FILE));
    let marked = match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // Some network file systems have no hard links.
        Err(_) => fs::rename(&temporary, place.join(ID_FILE)),
        Ok(()) => Ok(()),
    };
    drop(fs::remove_file(&temporary));
    marked?;
    sync_folder(place)?;
    read_id(&File::open(place)?)?
        .ok_or_else(|| io::Error::other("the id file could not be read back"))
}

fn read_id(folder: &File) -> io::Result<Option<RootId>> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = match openat(folder.as_fd(), ID_FILE, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut text = String::new();
    file.take(100).read_to_string(&mut text)?;
    let id = text.trim().parse();
    id.map(Some).map_err(|_| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "its id file .cineclub-root is damaged",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> RootId {
        RootId::from_bytes([n; 16])
    }

    #[test]
    fn a_root_is_recognised_by_its_id_file_and_comes_back_by_itself() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("films");
        fs::create_dir(&folder).unwrap();
        assert_eq!(mark(&folder, id(1)).unwrap(), id(1));
        assert_eq!(
            mark(&folder, id(2)).unwrap(),
            id(1),
            "a mark is never replaced"
        );
        fs::write(folder.join("a.mp4"), "film").unwrap();
        let roots = Roots::default();
        roots.learn(id(1), Place::Folder(folder.clone()));
        assert!(roots.open_file(id(1), "a.mp4").is_ok());

        let away = place.path().join("away");
        fs::rename(&folder, &away).unwrap();
        assert!(matches!(
            roots.open_file(id(1), "a.mp4"),
            Err(Error::Offline { .. })
        ));
        fs::create_dir(&folder).unwrap();
        assert!(
            matches!(roots.open_file(id(1), "a.mp4"), Err(Error::Offline { .. })),
            "an empty mount point is offline"
        );
        fs::write(folder.join(ID_FILE), id(3).to_string()).unwrap();
        assert!(
            matches!(roots.open(id(1)), Err(Error::Offline { .. })),
            "another disk is offline"
        );
        fs::write(folder.join(ID_FILE), "garbage").unwrap();
        assert!(matches!(roots.open(id(1)), Err(Error::Offline { .. })));

        fs::remove_dir_all(&folder).unwrap();
        fs::rename(&away, &folder).unwrap();
        assert!(roots.open_file(id(1), "a.mp4").is_ok());
        assert!(matches!(roots.open_file(id(1), "b.mp4"), Err(Error::Gone)));
        assert!(matches!(
            roots.open_file(id(1), "../films/a.mp4"),
            Err(Error::UnsafePath(_))
        ));
        assert!(matches!(roots.open(id(9)), Err(Error::UnknownRoot)));
    }

    #[test]
    fn a_large_file_is_not_read_as_a_small_one() {
        let place = tempfile::tempdir().unwrap();
        let id = mark(place.path(), id(1)).unwrap();
        fs::write(place.path().join("x.nfo"), vec![b'x'; 11]).unwrap();
        let root = OpenRoot::at(place.path(), id).unwrap();
        let path = RelativePath::parse("x.nfo").unwrap();
        assert_eq!(root.read_small(&path, 10).unwrap(), None);
        assert_eq!(root.read_small(&path, 11).unwrap().unwrap().len(), 11);
    }
}
