//! Why a film can't be played, as its viewer is told.

use std::sync::Arc;

use cineclub_media as media;

use crate::error::{Error, Kind};

/// The same failure for everyone who waited for it.
pub(super) fn again(error: &Arc<Error>) -> Error {
    let mut same = Error::new(error.kind, error.message.clone()).because(Shared(Arc::clone(error)));
    same.key = error.key;
    same.facts = error.facts.clone();
    same
}

/// A cause that several have in common.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.chain())]
struct Shared(Arc<Error>);

/// The file is away or is not the one that was indexed: for now the film can't be played.
pub(super) fn away() -> Error {
    Error::new(
        Kind::Unavailable,
        "This film can't be played at the moment. Try again later.",
    )
    .keyed("error-not-playable")
}

/// What the media engine refuses: things that are not there are not there; the rest is the file's fault.
pub(super) fn unplayable(error: media::Error) -> Error {
    match error {
        media::Error::NoSuchTrack(_)
        | media::Error::NoSuchSegment { .. }
        | media::Error::NotPlayable { .. } => Error::not_found().because(error),
        other => away().because(other),
    }
}
