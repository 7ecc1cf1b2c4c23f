//! Where bytes lie: the operator's roots on disks and in buckets, the media files below them, and the store of made
//! objects.
//!
//! **Invariant:** nothing here deletes an operator's file or writes to a bucket, and a root that can't be recognised is
//! offline, never empty.

mod ahead;
mod beneath;
mod bucket;
mod bucket_file;
mod bucket_folder;
mod objects;
mod place;
mod roots;
mod source;
mod turns;
mod wait;

pub use ahead::Ahead;
pub use beneath::{DirEntry, EntryKind, RelativePath, UnsafePath};
pub use bucket::{BadBucket, Buckets, Unlisted};
pub use bucket_folder::{BucketFolder, Everything};
pub use objects::{ObjectStore, UnknownObject};
pub use place::{BucketPlace, Place};
pub use roots::{ID_FILE, OpenRoot, Presence, Roots};
pub use source::{DiskFile, Identity, SourceFile};
pub use turns::Turns;

pub(crate) use ahead::{Held, Piece};
pub(crate) use bucket_file::{BucketFile, Download};
pub(crate) use objects::hex;
pub(crate) use roots::mark;

use std::io;

/// Why a stored file can't be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The root isn't there or isn't the one we know: its titles are unavailable until it returns.
    #[error("the storage root at {path} is offline: {why}")]
    Offline {
        /// Where the root was expected.
        path: String,
        /// What was found there.
        why: Absence,
    },
    /// The program knows no such root.
    #[error("no storage root with this id is known here")]
    UnknownRoot,
    /// The path could lead out of its root.
    #[error(transparent)]
    UnsafePath(#[from] UnsafePath),
    /// The root is there, the file is not.
    #[error("the file is not there")]
    Gone,
    /// A link, a pipe or a device lies where a file was expected.
    #[error("it is not a plain file")]
    NotAFile,
    /// The root lies in a bucket, to which nothing is ever written.
    #[error("nothing is written to a bucket")]
    InABucket,
    /// Reading or writing failed.
    #[error("the storage could not be read or written: {0}")]
    Io(#[source] io::Error),
}

/// What was found where a root was expected.
#[derive(Debug, thiserror::Error)]
pub enum Absence {
    /// No folder.
    #[error("the folder is not there")]
    NoFolder,
    /// A folder with another root's id.
    #[error("another storage root lies in its place")]
    AnotherRoot,
    /// A folder without an id, as a mount point without its disk.
    #[error("its id file {ID_FILE} is missing; is the disk mounted?")]
    NoId,
    /// A folder whose id can't be understood.
    #[error("its id file {ID_FILE} is damaged")]
    BadId,
    /// The configuration names no such bucket.
    #[error("the configuration names no such bucket")]
    UnknownBucket,
    /// The store has no such bucket.
    #[error("the store has no such bucket")]
    NoBucket,
    /// The store refused our key.
    #[error("the store refuses the key, or does not let it list and read")]
    Refused,
    /// The store, or the network before it, did not answer as it should.
    #[error("the store does not answer: {0}")]
    Unanswered(String),
    /// The system refused.
    #[error("{0}")]
    Unreadable(#[source] io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Gone,
            _ if error
                .get_ref()
                .is_some_and(|inner| inner.is::<beneath::NotAFile>()) =>
            {
                Self::NotAFile
            }
            _ => Self::Io(error),
        }
    }
}

impl From<rustix::io::Errno> for Error {
    fn from(error: rustix::io::Errno) -> Self {
        io::Error::from(error).into()
    }
}
