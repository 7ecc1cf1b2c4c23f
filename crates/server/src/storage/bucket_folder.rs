//! A folder in a bucket, read as a folder of a disk is.

use object_store::path::Path as Key;
use object_store::{GetOptions, ObjectMeta, ObjectStore as _};

use super::beneath::{DirEntry, EntryKind, RelativePath};
use super::bucket::{Bucket, Unlisted, absence};
use super::bucket_file::{BucketFile, modified_ms};
use super::place::BucketPlace;
use super::{Absence, Error};

/// The most entries of one folder that are read.
const MOST_ENTRIES: usize = 400_000;

/// A folder in a bucket.
#[derive(Debug, Clone)]
pub struct BucketFolder {
    bucket: Bucket,
    place: BucketPlace,
}

/// Everything below a folder of a bucket.
#[derive(Debug, Default)]
pub struct Everything {
    /// The objects; their names are paths below the folder.
    pub files: Vec<DirEntry>,
    /// Why it is not everything.
    pub unlisted: Option<Unlisted>,
}

impl BucketFolder {
    pub(super) fn new(bucket: Bucket, place: BucketPlace) -> Self {
        Self { bucket, place }
    }

    /// Where it really lies, whatever its bucket is called here: `a` holds `b` if its address begins `b`'s.
    pub fn address(&self) -> String {
        format!("{}/{}", self.bucket.address(), self.prefix(""))
    }

    /// Asks whether the bucket answers.
    ///
    /// # Errors
    /// [`Error::Offline`] if it doesn't.
    pub async fn ask(&self) -> Result<(), Error> {
        self.bucket.ask().await.map_err(|why| self.offline(why))
    }

    /// Everything below the folder that is `wanted` by its path there, up to `most` objects.
    ///
    /// # Errors
    /// [`Error::Offline`] if the bucket doesn't answer.
    pub async fn everything(
        &self,
        most: usize,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Everything, Error> {
        let prefix = self.prefix("");
        let mut found = Everything::default();
        let files = &mut found.files;
        let listed = self.bucket.list(&prefix, true, |page| {
            let below = page
                .objects
                .iter()
                .filter_map(|object| file(object, &prefix));
            files.extend(below.filter(|file| wanted(&file.name)));
            files.len() <= most
        });
        found.unlisted = listed.await.map_err(|why| self.offline(why))?;
        Ok(found)
    }

    /// What lies in a folder below it, as far as that is read; the empty path is the folder itself.
    ///
    /// # Errors
    /// As [`Self::everything`].
    pub(super) async fn list(&self, folder: &str) -> Result<Vec<DirEntry>, Error> {
        let prefix = self.prefix(folder);
        let mut entries = Vec::new();
        let listed = self.bucket.list(&prefix, false, |page| {
            entries.extend(
                page.objects
                    .iter()
                    .filter_map(|object| file(object, &prefix)),
            );
            let folders = page.common_prefixes.iter();
            entries.extend(folders.filter_map(|folder| {
                Some(DirEntry {
                    name: folder.as_ref().strip_prefix(&prefix)?.to_owned(),
                    kind: EntryKind::Folder,
                    size_bytes: 0,
                    modified_ms: 0,
                })
            }));
            entries.len() <= MOST_ENTRIES
        });
        listed.await.map_err(|why| self.offline(why))?;
        Ok(entries)
    }

    /// Opens an object: what it is now is what is read from then on.
    ///
    /// # Errors
    /// [`Error::Gone`] if the bucket is there and the object is not; [`Error::Offline`] otherwise.
    pub(super) async fn open_file(&self, path: &RelativePath) -> Result<BucketFile, Error> {
        let options = GetOptions {
            head: true,
            ..GetOptions::default()
        };
        let key = self.key(path);
        let asked = {
            let _reading = self.bucket.reading().await?;
            self.bucket.store().get_opts(&key, options).await
        };
        match asked {
            Ok(answer) => Ok(BucketFile::new(self.bucket.clone(), key, &answer.meta)),
            Err(error) => Err(self.missing(&error).await),
        }
    }

    /// Reads a small object whole; `None` when it is larger than `limit_bytes`.
    ///
    /// # Errors
    /// As [`Self::open_file`].
    pub(super) async fn read_small(
        &self,
        path: &RelativePath,
        limit_bytes: u64,
    ) -> Result<Option<Vec<u8>>, Error> {
        let file = self.open_file(path).await?;
        let size_bytes = file.identity().size_bytes;
        if size_bytes > limit_bytes {
            return Ok(None);
        }
        Ok(Some(file.read(0, size_bytes).await?))
    }

    /// Why an object was not found: an answer that it is missing means nothing where the bucket itself is.
    async fn missing(&self, error: &object_store::Error) -> Error {
        match error {
            object_store::Error::NotFound { .. } => match self.ask().await {
                Ok(()) => Error::Gone,
                Err(offline) => offline,
            },
            other => self.offline(absence(other)),
        }
    }

    fn offline(&self, why: Absence) -> Error {
        Error::Offline {
            path: self.place.to_string(),
            why,
        }
    }

    /// What the keys of everything in a folder below it begin with.
    fn prefix(&self, folder: &str) -> String {
        let own = self.place.folder.as_ref().map_or("", RelativePath::as_str);
        let parts = [own, folder].into_iter().filter(|part| !part.is_empty());
        parts.map(|part| format!("{part}/")).collect()
    }

    fn key(&self, path: &RelativePath) -> Key {
        // A path of plain names is a key as it stands.
        Key::parse(self.prefix("") + path.as_str()).expect("plain names make a key")
    }
}

fn file(object: &ObjectMeta, prefix: &str) -> Option<DirEntry> {
    Some(DirEntry {
        name: object.location.as_ref().strip_prefix(prefix)?.to_owned(),
        kind: EntryKind::File,
        size_bytes: object.size,
        modified_ms: modified_ms(object),
    })
}
