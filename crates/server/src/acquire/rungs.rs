//! Other sizes of a film: files whose picture is a choice beside the film's own, and which never play by themselves.
//!
//! **Invariant:** a file becomes another size of a film only while players can switch between the two. By itself it does
//! only where its name says so too; else staff do.

use std::collections::HashMap;

use cineclub_db::assets::{self, Asset, AssetState};
use cineclub_db::{Result as DbResult, Tx};
use cineclub_domain::id::{AssetId, EditId};
use cineclub_domain::reason::Reason;
use cineclub_media::{Index, Kind as TrackKind, Ladder, Misfit};

use super::examine::Examined;
use super::names::stem;
use crate::App;
use crate::catalogue::Entry;
use crate::error::{Error, Kind, Result};
use crate::reasons;

/// The file of an edit that plays, or would if its disk were there.
pub(super) async fn leading(tx: &mut Tx, edit: EditId) -> DbResult<Option<Asset>> {
    let files = assets::of_edit(tx, edit).await?;
    let in_state = |state| {
        let mut leading = files.iter().filter(|file| file.rung_of.is_none());
        leading.find(|file| file.state == state).cloned()
    };
    Ok(in_state(AssetState::Ready).or_else(|| in_state(AssetState::Missing)))
}

/// Why a file can't be another size of `lead` beside those that there are, if it can't.
pub(super) async fn misfit(tx: &mut Tx, lead: &Asset, new: &Index) -> DbResult<Option<Misfit>> {
    let Some(film) = index(tx, lead.id).await? else {
        return Ok(Some(Misfit::NoPicture));
    };
    let mut others = Vec::new();
    if let Some(edit) = lead.edit {
        for file in assets::of_edit(tx, edit).await?.into_iter().rev() {
            if file.rung_of == Some(lead.id) {
                others.push(index(tx, file.id).await?);
            }
        }
    }
    let mut indexes: Vec<_> = others.iter().map(Option::as_ref).collect();
    indexes.push(Some(new));
    let ladder = Ladder::new(&film, &indexes);
    Ok(ladder.misfit(indexes.len() as u32).cloned())
}

/// Whether a file that is taken in is another size of the one that is there, by its name and by what is in both.
pub(super) async fn joins(tx: &mut Tx, there: &Asset, found: &Examined) -> DbResult<bool> {
    if there.root != found.root || found.film.state != AssetState::Ready {
        return Ok(false);
    }
    let new = found.film.index.as_deref().map(Index::from_bytes);
    let (Some(Ok(new)), Some(known)) = (new, index(tx, there.id).await?) else {
        return Ok(false);
    };
    let is_named = is_named_so((&there.path, &known), (&found.path, &new));
    Ok(is_named && misfit(tx, there, &new).await?.is_none())
}

/// The index of a file, where this version can read it.
pub(super) async fn index(tx: &mut Tx, asset: AssetId) -> DbResult<Option<Index>> {
    let bytes = assets::media_index(tx, asset).await?;
    Ok(bytes.and_then(|bytes| Index::from_bytes(&bytes).ok()))
}

/// Staff are told why a file can't be another size of a film.
pub(super) fn refused(why: &Misfit) -> Error {
    Error::new(Kind::Conflict, why.to_string()).telling(reasons::of_misfit(why))
}

/// Whether a new file says by its name that it is another size of the one that is there, and takes nothing away: of a
/// size only the picture is played.
fn is_named_so(there: (&str, &Index), new: (&str, &Index)) -> bool {
    let sounds = |index: &Index| {
        let tracks = index.tracks.iter();
        tracks
            .filter(|track| track.kind == TrackKind::Audio)
            .count()
    };
    let ((one, is_sized), (other, is_also_sized)) = (bare(there.0), bare(new.0));
    one == other && (is_sized || is_also_sized) && sounds(new.1) <= sounds(there.1)
}

/// A path without its ending and the size in it (`Film (2020) - 720p.mp4`), and whether there was one.
fn bare(path: &str) -> (&str, bool) {
    let path = stem(path);
    let sized = path.rsplit_once(" - ").filter(|(_, size)| {
        let height = size.strip_suffix('p').unwrap_or_default();
        matches!(height.len(), 3..=4) && height.bytes().all(|byte| byte.is_ascii_digit())
    });
    sized.map_or((path, false), |(film, _)| (film, true))
}

/// Why files that were taken for other sizes of a film are not offered, by their ids: they were replaced since.
///
/// # Errors
/// If the database can't be read.
pub async fn misfits(app: &App, entry: &Entry) -> Result<HashMap<AssetId, Reason>> {
    let Some(film) = entry.film() else {
        return Ok(HashMap::new());
    };
    let ids: Vec<_> = entry.rungs(film).map(|rung| rung.asset.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let lead = film.asset.id;
    let read = async |tx: &mut Tx| -> DbResult<_> {
        let mut indexes = Vec::new();
        for id in &ids {
            indexes.push(index(tx, *id).await?);
        }
        Ok((index(tx, lead).await?, indexes))
    };
    let (Some(lead), others) = app.db().read(read).await? else {
        return Ok(HashMap::new());
    };
    let ladder = Ladder::new(
        &lead,
        &others.iter().map(Option::as_ref).collect::<Vec<_>>(),
    );
    let told = (1..).zip(ids).filter_map(|(place, id)| {
        let why = ladder.misfit(place)?;
        Some((id, reasons::of_misfit(why)))
    });
    Ok(told.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_told_by_the_end_of_a_name_and_by_nothing_else() {
        assert_eq!(bare("a/Film (2020) - 720p.mp4"), ("a/Film (2020)", true));
        assert_eq!(bare("a/Film (2020).mp4"), ("a/Film (2020)", false));
        for whole in [
            "Film - Part 2",
            "Film - 20p",
            "Film 720p",
            "Film - 72Op",
            "Film - 10800p",
        ] {
            assert_eq!(bare(&format!("{whole}.mkv")), (whole, false));
        }
    }

    #[test]
    fn files_of_one_name_are_sizes_only_where_one_of_them_says_so() {
        let film = cineclub_media::example_film();
        let (index, _) = cineclub_media::open(&film, film.len() as u64).unwrap();
        let so = |there, new| is_named_so((there, &index), (new, &index));
        assert!(so("a/Film (2020).mp4", "a/Film (2020) - 720p.mp4"));
        assert!(so("a/Film (2020) - 720p.mp4", "a/Film (2020).mkv"));
        assert!(so("a/Film - 720p.mp4", "a/Film - 360p.mp4"));
        assert!(!so("a/Film.mp4", "a/Film.mkv"));
        assert!(!so("a/Film.mp4", "b/Film - 720p.mp4"));
        assert!(!so("a/Film.mp4", "a/Films - 720p.mp4"));
    }
}
