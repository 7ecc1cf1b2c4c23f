//! A file on this machine, as the media crate reads it.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use cineclub_media as media;

use crate::error::{Error, Kind, Result};

/// A file as the media crate reads it.
pub(super) struct Source(pub(super) File);

impl media::ReadAt for Source {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read_at(buffer, offset)
    }
}

/// Opens a film, and says how many bytes it has.
pub(super) fn open(path: &Path) -> Result<(Source, u64)> {
    let unreadable = |error| {
        Error::new(Kind::NotFound, format!("{} can't be read", path.display())).because(error)
    };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Error::new(
            Kind::BadInput,
            format!("{} is not a file", path.display()),
        ));
    }
    Ok((Source(file), metadata.len()))
}

/// What the media engine says of a file, with its name.
pub(super) fn refused(path: &Path, error: media::Error) -> Error {
    Error::new(Kind::BadInput, format!("{}: {error}", path.display()))
}
