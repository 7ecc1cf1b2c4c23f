//! Paths that can't leave their root, and how they are opened: one component at a time, following no link.

use std::ffi::CStr;
use std::fmt;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;

/// The deepest folder we go down to, counted from the root.
const MAX_DEPTH: usize = 12;
/// The longest path we store, in bytes.
const MAX_PATH_BYTES: usize = 1024;

/// A path below a root: plain names joined by `/`. No `..`, no leading slash, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelativePath(String);

/// Why a path is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsafePath {
    /// It is empty, or longer than is stored.
    #[error("the path is empty or longer than {MAX_PATH_BYTES} bytes: shorten the names")]
    Long,
    /// It leads deeper than is looked.
    #[error("the file lies more than {MAX_DEPTH} folders deep: move it up")]
    Deep,
    /// It could lead out of its root.
    #[error("the path leaves its folder ('..', '.' or an empty name): use plain names")]
    Leaving,
    /// Its bytes are no text.
    #[error("the name is not valid UTF-8: rename the file")]
    NotUtf8,
    /// It would break a line.
    #[error("the name holds a line break or another control character: rename the file")]
    Control,
}

impl RelativePath {
    /// Checks a path as it was stored or sent.
    ///
    /// # Errors
    /// [`UnsafePath`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, UnsafePath> {
        if text.is_empty() || text.len() > MAX_PATH_BYTES {
            return Err(UnsafePath::Long);
        }
        if text.split('/').count() > MAX_DEPTH + 1 {
            return Err(UnsafePath::Deep);
        }
        text.split('/').try_for_each(check_name)?;
        Ok(Self(text.to_owned()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last name.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folder it lies in; empty for the root itself.
    pub fn parent(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(parent, _)| parent)
    }
}

impl fmt::Display for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks one name of a path.
///
/// # Errors
/// [`UnsafePath`] says what is wrong.
pub(super) fn check_name(name: &str) -> Result<(), UnsafePath> {
    if name.is_empty() || name == "." || name == ".." {
        return Err(UnsafePath::Leaving);
    }
    if name.contains('\u{fffd}') {
        return Err(UnsafePath::NotUtf8);
    }
    if name.chars().any(char::is_control) {
        return Err(UnsafePath::Control);
    }
    Ok(())
}

/// What a folder's entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A plain file.
    File,
    /// A folder.
    Folder,
    /// A link, a socket, a device: never followed.
    Other,
}

/// One entry of a folder.
#[derive(Debug, Clone)]
pub struct DirEntry {
    /// Its name; bytes that aren't UTF-8 are shown as U+FFFD, which no path accepts.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// When it was last written, in milliseconds since 1970.
    pub modified_ms: i64,
}

/// Opens a plain file below `root` for reading.
///
/// # Errors
/// Whatever the system says; a link anywhere on the way is `ELOOP` or `ENOTDIR`.
pub(super) fn open_file(root: BorrowedFd<'_>, path: &RelativePath) -> io::Result<File> {
    let folder = open_folder(root, path.parent())?;
    // NONBLOCK, so that a pipe put in a film's place can't hold the worker.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let not_a_file = || io::Error::new(io::ErrorKind::InvalidInput, NotAFile);
    let file = match openat(&folder, path.file_name(), flags, Mode::empty()) {
        Err(Errno::LOOP) => return Err(not_a_file()),
        opened => File::from(opened?),
    };
    if !file.metadata()?.is_file() {
        return Err(not_a_file());
    }
    Ok(file)
}

/// A link, a pipe or a device lies where a file was expected: what an [`io::Error`] of ours then holds.
#[derive(Debug, thiserror::Error)]
#[error("not a plain file")]
pub(super) struct NotAFile;

/// Opens a folder below `root`; the empty path is the root itself.
pub(super) fn open_folder(root: BorrowedFd<'_>, path: &str) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY | OFlags::NOFOLLOW;
    let mut folder = openat(root, ".", flags, Mode::empty())?;
    for name in path.split('/').filter(|name| !name.is_empty()) {
        check_name(name).map_err(|refused| io::Error::new(io::ErrorKind::InvalidInput, refused))?;
        folder = openat(&folder, name, flags, Mode::empty())?;
    }
    Ok(folder)
}

/// What lies in an open folder, sorted by name. Entries that vanish meanwhile are left out.
pub(super) fn list(folder: BorrowedFd<'_>) -> io::Result<Vec<DirEntry>> {
    let mut entries = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        if matches!(entry.file_name().to_bytes(), b"." | b"..") {
            continue;
        }
        match describe(folder, entry.file_name()) {
            Ok(entry) => entries.push(entry),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    entries.sort_by(|a: &DirEntry, b| a.name.cmp(&b.name));
    Ok(entries)
}

fn describe(folder: BorrowedFd<'_>, name: &CStr) -> io::Result<DirEntry> {
    let stat = statat(folder.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW)?;
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => EntryKind::File,
        FileType::Directory => EntryKind::Folder,
        _ => EntryKind::Other,
    };
    Ok(DirEntry {
        name: String::from_utf8_lossy(name.to_bytes()).into_owned(),
        kind,
        size_bytes: u64::try_from(stat.st_size).unwrap_or(0),
        modified_ms: millis(
            stat.st_mtime,
            i64::try_from(stat.st_mtime_nsec).unwrap_or(0),
        ),
    })
}

/// Seconds and nanoseconds as milliseconds.
pub(super) fn millis(seconds: i64, nanoseconds: i64) -> i64 {
    seconds
        .saturating_mul(1000)
        .saturating_add(nanoseconds / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_path_that_could_leave_its_root_is_refused_with_a_reason() {
        for bad in [
            "",
            "../x",
            "a/../../x",
            "/etc/passwd",
            "a//b",
            "./a",
            "a\nb",
            "a\0b",
            "a\u{fffd}b",
            "tab\there",
        ] {
            assert!(RelativePath::parse(bad).is_err(), "{bad:?} was accepted");
        }
        let deep = ["d"; 14].join("/");
        assert!(RelativePath::parse(&deep).is_err());
        let fine = RelativePath::parse("Séries/Saison 01/…e01 [x] 'y'.mp4").unwrap();
        assert_eq!(fine.parent(), "Séries/Saison 01");
        assert_eq!(fine.file_name(), "…e01 [x] 'y'.mp4");
    }

    #[test]
    fn links_are_not_followed_wherever_they_stand() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("root");
        std::fs::create_dir_all(root.join("films")).unwrap();
        std::fs::write(place.path().join("secret"), "s").unwrap();
        std::fs::write(root.join("films/film.mp4"), "f").unwrap();
        symlink(place.path().join("secret"), root.join("films/link.mp4")).unwrap();
        symlink(place.path(), root.join("up")).unwrap();
        let open = File::open(&root).unwrap();
        let try_open = |path: &str| open_file(open.as_fd(), &RelativePath::parse(path).unwrap());
        assert!(try_open("films/film.mp4").is_ok());
        assert!(try_open("films/link.mp4").is_err());
        assert!(try_open("up/secret").is_err());
        assert!(try_open("films").is_err());
        let listed = list(open_folder(open.as_fd(), "films").unwrap().as_fd()).unwrap();
        let kinds: Vec<_> = listed.iter().map(|e| (e.name.as_str(), e.kind)).collect();
        assert_eq!(
            kinds,
            [
                ("film.mp4", EntryKind::File),
                ("link.mp4", EntryKind::Other)
            ]
        );
    }
}
