//! What uploads leave behind whose program was killed: hidden files that nobody will ever finish.

use std::os::fd::AsFd;

use cineclub_domain::id::JobId;
use cineclub_domain::time::{DAY_MS, Timestamp};
use rustix::fs::{AtFlags, unlinkat};

use crate::storage::{EntryKind, OpenRoot};

/// The hidden name an upload has until it is whole.
pub(super) fn hidden_name(id: JobId) -> String {
    format!(".cineclub-{id}.part")
}

/// Whether a name is one that [`hidden_name`] gives, and nobody else.
fn is_ours(name: &str) -> bool {
    let id = name
        .strip_prefix(".cineclub-")
        .and_then(|rest| rest.strip_suffix(".part"))
        .and_then(|id| id.parse().ok());
    id.is_some_and(|id| hidden_name(id) == name)
}

/// Removes from the top of a folder what uploads left there that nothing was written to for a day. Blocks.
pub(super) fn sweep(root: &OpenRoot, now: Timestamp) {
    // Nothing was ever written to a bucket.
    let OpenRoot::Folder(_) = root else {
        return;
    };
    let Ok(entries) = root.list("") else {
        return;
    };
    let day_ago = now.plus_millis(-DAY_MS).as_millis();
    let old = entries.into_iter().filter(|entry| {
        entry.kind == EntryKind::File && is_ours(&entry.name) && entry.modified_ms < day_ago
    });
    for entry in old {
        let removed = root
            .folder("")
            .map(|place| unlinkat(place.as_fd(), &entry.name, AtFlags::empty()));
        match removed {
            Ok(Ok(())) => tracing::info!(name = entry.name, "an unfinished upload was removed"),
            Ok(Err(error)) => {
                tracing::warn!(name = entry.name, %error, "an unfinished upload stays")
            }
            Err(error) => tracing::warn!(name = entry.name, %error, "an unfinished upload stays"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_that_uploads_give_are_ours() {
        let id = JobId::from_bytes([0xab; 16]);
        assert!(is_ours(&hidden_name(id)));
        for other in [
            ".cineclub-.part".to_owned(),
            ".cineclub-film.part".to_owned(),
            "film.part".to_owned(),
            format!(".cineclub-{}.part", id.to_string().to_uppercase()),
            format!(".cineclub-{id}.part.mp4"),
            format!("x.cineclub-{id}.part"),
        ] {
            assert!(!is_ours(&other), "{other}");
        }
    }
}
