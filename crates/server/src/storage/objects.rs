//! The store of what we make ourselves (artwork, subtitles): files named by the SHA-256 of their bytes.
//!
//! **Invariant:** a name is given only to bytes that are on the disk, whole; it never gets others.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// How many names are tried for a temporary file.
const ATTEMPTS: u32 = 1_000;

/// A folder of objects that are written once.
#[derive(Debug, Clone)]
pub struct ObjectStore {
    folder: PathBuf,
}

/// A text that names no object: not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this names no stored object")]
pub struct UnknownObject;

impl ObjectStore {
    /// The store in `folder`, which is made if it isn't there.
    ///
    /// # Errors
    /// If the folder can't be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Keeps `bytes` and returns their name. When it returns they would survive a power cut. Blocks.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn put(&self, bytes: &[u8]) -> io::Result<String> {
        let name = hex(&Sha256::digest(bytes));
        self.write(&self.shelf(&name), &name, bytes)?;
        Ok(name)
    }

    /// Keeps a smaller version of the picture `name`, found again by its width in pixels. Blocks.
    ///
    /// # Errors
    /// If the disk refuses, or `name` names no object.
    pub fn put_width(&self, name: &str, width: u32, bytes: &[u8]) -> io::Result<()> {
        check(name).map_err(|unknown| io::Error::new(io::ErrorKind::InvalidInput, unknown))?;
        self.write(&self.shelf(name), &format!("{name}.{width}"), bytes)
    }

    /// The bytes of an object. Blocks.
    ///
    /// # Errors
    /// `NotFound` if there is no such object.
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        check(name).map_err(|unknown| io::Error::new(io::ErrorKind::NotFound, unknown))?;
        fs::read(self.shelf(name).join(name))
    }

    /// The bytes of the version of a picture that is `width` pixels wide, or of the picture itself
    /// if there is none. Blocks.
    ///
    /// # Errors
    /// `NotFound` if there is no such object.
    pub fn read_width(&self, name: &str, width: u32) -> io::Result<Vec<u8>> {
        check(name).map_err(|unknown| io::Error::new(io::ErrorKind::NotFound, unknown))?;
        match fs::read(self.shelf(name).join(format!("{name}.{width}"))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.read(name),
            answer => answer,
        }
    }

    fn shelf(&self, name: &str) -> PathBuf {
        self.folder.join(name.get(..2).unwrap_or("00"))
    }

    fn write(&self, shelf: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = shelf.join(name);
        if path.exists() {
            return Ok(());
        }
        if !shelf.exists() {
            fs::create_dir_all(shelf)?;
            sync_folder(&self.folder)?;
        }
        let (temporary, mut file) = new_file(shelf, name)?;
        let written = file
            .write_all(bytes)
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&temporary, &path))
            .and_then(|()| sync_folder(shelf));
        if written.is_err() {
            // The first error is the one to tell; a leftover temporary file is never read.
            drop(fs::remove_file(&temporary));
        }
        written
    }
}

/// Makes a folder's entries survive a power cut.
///
/// # Errors
/// If the folder can't be opened or the disk refuses.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn new_file(shelf: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    for attempt in 0..ATTEMPTS {
        let path = shelf.join(format!(".{name}.{}.{attempt}.tmp", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(
        "too many temporary files lie in the object store",
    ))
}

fn check(name: &str) -> Result<(), UnknownObject> {
    let is_name = name.len() == 64 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if is_name { Ok(()) } else { Err(UnknownObject) }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String can't fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_read_back_under_the_digest_of_its_bytes() {
        let place = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(place.path()).unwrap();
        let name = store.put(b"abc").unwrap();
        assert_eq!(
            name,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(store.put(b"abc").unwrap(), name);
        assert_eq!(store.read(&name).unwrap(), b"abc");
        store.put_width(&name, 400, b"small").unwrap();
        assert_eq!(store.read_width(&name, 400).unwrap(), b"small");
        assert_eq!(store.read_width(&name, 640).unwrap(), b"abc");
        let left: Vec<_> = fs::read_dir(place.path().join("ba")).unwrap().collect();
        assert_eq!(left.len(), 2, "no temporary file stays behind");
    }

    #[test]
    fn a_name_that_is_a_path_finds_nothing() {
        let place = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(place.path()).unwrap();
        for bad in [
            "../../etc/passwd",
            "",
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
            &"a".repeat(63),
        ] {
            assert_eq!(store.read(bad).unwrap_err().kind(), io::ErrorKind::NotFound);
        }
    }

    #[test]
    fn many_writers_of_the_same_bytes_do_not_disturb_each_other() {
        let place = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(place.path()).unwrap();
        let bytes = vec![7_u8; 100_000];
        let names: Vec<_> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| store.put(&bytes).unwrap()))
                .collect();
            writers
                .into_iter()
                .map(|writer| writer.join().unwrap())
                .collect()
        });
        assert!(names.iter().all(|name| name == &names[0]));
        assert_eq!(store.read(&names[0]).unwrap(), bytes);
    }
}
