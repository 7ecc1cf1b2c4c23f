//! Why a look at a folder was not at all of it: nothing is concluded then from what was not seen, and staff are told.

use cineclub_domain::reason::Reason;

use super::walk::{MAX_DEPTH, MAX_FILES};
use crate::storage::Unlisted;

/// What kept a look from all of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unseen {
    /// More files than one folder is looked through for.
    TooMany,
    /// Files below this folder lie deeper than is looked.
    TooDeep(String),
    /// This folder can't be read.
    Unreadable(String),
    /// The list of a bucket breaks off.
    Broken,
}

impl Unseen {
    /// The reason it gives a folder.
    pub(super) fn reason(&self) -> Reason {
        match self {
            Self::TooMany => Reason::new("reason-folder-full").count("most", MAX_FILES as u64),
            Self::TooDeep(path) => Reason::new("reason-folder-deep")
                .text("path", path)
                .count("most", MAX_DEPTH as u64),
            Self::Unreadable(path) => Reason::new("reason-folder-part")
                .text("path", if path.is_empty() { "." } else { path }),
            Self::Broken => Reason::new("reason-bucket-list"),
        }
    }
}

impl From<Unlisted> for Unseen {
    fn from(unlisted: Unlisted) -> Self {
        match unlisted {
            Unlisted::TooMany => Self::TooMany,
            Unlisted::Broken => Self::Broken,
        }
    }
}
