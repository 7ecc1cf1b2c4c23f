//! An opened media file: read by position, and recognised again.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};

use cineclub_media::ReadAt;

use super::beneath::millis;

/// What tells a file from one put in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Its size in bytes.
    pub size_bytes: u64,
    /// When it was last written, in milliseconds since 1970.
    pub modified_ms: i64,
    /// Its number in its file system.
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
pub struct SourceFile {
    file: File,
    identity: Identity,
}

impl SourceFile {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let identity = Identity::of(&file)?;
        Ok(Self { file, identity })
    }

    /// What it was when it was opened.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether the opened file has been written to since.
    ///
    /// # Errors
    /// If the file system doesn't answer.
    pub fn has_changed(&self) -> io::Result<bool> {
        Ok(Identity::of(&self.file)? != self.identity)
    }

    /// The descriptor, for reads of our own.
    pub fn file(&self) -> &File {
        &self.file
    }
}

impl ReadAt for SourceFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        FileExt::read_at(&self.file, buffer, offset)
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
        let source = SourceFile::new(File::open(&path).unwrap()).unwrap();
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
