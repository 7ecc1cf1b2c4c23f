//! Pictures beside a film, kept in the sizes that pages ask for.

use std::io;

use cineclub_db::artwork::ArtworkKind;
use cineclub_pictures::{Picture, Unreadable};

use crate::storage::ObjectStore;

/// The largest picture file that is read, in bytes.
pub const LIMIT_BYTES: u64 = 32 << 20;

/// A picture in the object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The SHA-256 of the large version, in hexadecimal.
    pub object: String,
    /// The width of the large version, in pixels.
    pub width: u32,
    /// Its height, in pixels.
    pub height: u32,
}

/// Why a picture is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ArtworkError {
    /// It can't be decoded, or only with more than we give.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The object store refused.
    #[error("the picture can't be kept: {0}")]
    Store(#[from] io::Error),
}

/// The widths a picture is kept in, the large one first. Pages name them to ask for one.
pub const fn widths(kind: ArtworkKind) -> [u32; 2] {
    match kind {
        ArtworkKind::Poster => [800, 400],
        ArtworkKind::Backdrop | ArtworkKind::Still => [1600, 640],
    }
}

/// Width and height of a picture of a kind, as the smallest whole numbers.
const fn shape(kind: ArtworkKind) -> (u32, u32) {
    match kind {
        ArtworkKind::Poster => (2, 3),
        ArtworkKind::Backdrop | ArtworkKind::Still => (16, 9),
    }
}

/// Decodes a picture and keeps it in its two sizes, cut to its kind's shape. Blocks, and takes CPU time.
///
/// # Errors
/// [`ArtworkError`], a sentence for staff.
pub fn keep(store: &ObjectStore, kind: ArtworkKind, bytes: &[u8]) -> Result<Stored, ArtworkError> {
    let picture = Picture::decode(bytes)?;
    let [large, small] = widths(kind);
    let first = picture.cut(shape(kind), large)?;
    let stored = Stored {
        object: store.put(&first.bytes)?,
        width: first.width,
        height: first.height,
    };
    if first.width > small {
        let second = picture.cut(shape(kind), small)?;
        store.put_width(&stored.object, small, &second.bytes)?;
    }
    Ok(stored)
}
