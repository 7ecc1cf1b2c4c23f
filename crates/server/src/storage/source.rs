//! An opened media file: read by position, and recognised again.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};

use cineclub_media::ReadAt;

use super::ahead::Ahead;
use super::beneath::millis;

/// What tells a file from one put in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Its size in bytes.
    pub size_bytes: u64,
    /// When it was last written, in milliseconds since 1970.
    pub modified_ms: i64,
    /// Its number in its file system; nothing of an object.
    pub inode: u64,
}

impl Identity {
    fn of(file: &File) -> io::Result<Self> {
        let meta = file.metadata()?;
        Ok(Self {
            size_bytes: meta.len(),
            modified_ms: millis(meta.mtime(), meta.mtime_nsec()),
            inode: meta.ino(),
        })
    }

    /// Whether the file still has the size and time the database noted.
    pub fn is(&self, size_bytes: u64, modified_ms: i64) -> bool {
        self.size_bytes == size_bytes && self.modified_ms == modified_ms
    }
}

/// A media file opened for reading.
#[derive(Debug)]
pub enum SourceFile {
    /// On a disk.
    Disk(DiskFile),
    /// In a bucket. Whoever reads must be on a thread that may wait.
    Bucket(Ahead),
}

/// A file of a disk, with what it was when it was opened.
#[derive(Debug)]
pub struct DiskFile {
    file: File,
    identity: Identity,
}

impl SourceFile {
    /// Takes an open file of a disk.
    ///
    /// # Errors
    /// If the file system doesn't answer.
    pub(crate) fn on_disk(file: File) -> io::Result<Self> {
        let identity = Identity::of(&file)?;
        Ok(Self::Disk(DiskFile { file, identity }))
    }

    /// What it was when it was opened.
    pub fn identity(&self) -> Identity {
        match self {
            Self::Disk(disk) => disk.identity,
            Self::Bucket(ahead) => ahead.file().identity(),
        }
    }

    /// Whether the opened file has been written to since, or the object replaced.
    ///
    /// # Errors
    /// If the file system or the bucket doesn't answer.
    pub fn has_changed(&self) -> io::Result<bool> {
        match self {
            Self::Disk(disk) => Ok(Identity::of(&disk.file)? != disk.identity),
            Self::Bucket(ahead) => ahead.has_changed(),
        }
    }
}

impl DiskFile {
    /// The descriptor, for reads of our own.
    pub(crate) fn into_file(self) -> File {
        self.file
    }
}

impl ReadAt for SourceFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Disk(disk) => FileExt::read_at(&disk.file, buffer, offset),
            Self::Bucket(ahead) => ahead.read_at(offset, buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_written_to_after_it_was_opened_is_noticed() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("film.mp4");
        std::fs::write(&path, b"0123456789").unwrap();
        let source = SourceFile::on_disk(File::open(&path).unwrap()).unwrap();
        let mut buffer = [0; 4];
        assert_eq!(ReadAt::read_at(&source, 3, &mut buffer).unwrap(), 4);
        assert_eq!(&buffer, b"3456");
        assert!(!source.has_changed().unwrap());
        File::options()
            .append(true)
            .open(&path)
            .unwrap()
            .write_all(b"x")
            .unwrap();
        assert!(source.has_changed().unwrap());
        assert!(source.identity().is(10, source.identity().modified_ms));
    }
}
