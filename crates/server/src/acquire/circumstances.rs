//! What writing an examined file needs to know besides the file.

use cineclub_db::assets::Asset;
use cineclub_domain::language::Language;
use cineclub_domain::time::Timestamp;

use crate::App;

/// What every write needs to know.
pub(super) struct Circumstances<'a> {
    pub(super) app: &'a App,
    pub(super) now: Timestamp,
    /// The language of an NFO that doesn't say which, and of names taken from files.
    pub(super) language: &'a Language,
    /// The files with the same content, as they were known before.
    pub(super) twins: &'a [Twin],
}

/// A file with the same content as the one that is taken in.
pub(super) struct Twin {
    pub(super) asset: Asset,
    /// Its folder is there, but not it: it was moved.
    pub(super) is_gone: bool,
}
