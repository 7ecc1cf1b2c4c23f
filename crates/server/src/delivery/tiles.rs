//! Thumbnails of a film: which of them may be seen, and where they are kept.

use cineclub_db::tiles::Tiles as Stored;
use cineclub_domain::grant::Protection;
use cineclub_domain::permit::Permit;
use cineclub_media::{self as media, hls};

use super::admit::Admitted;
use super::failure::away;
use super::film::Film;
use crate::App;
use crate::error::{Error, Result};

/// The thumbnails of a film, as its catalogue knows them.
#[derive(Debug)]
pub(super) struct Thumbnails {
    told: media::Tiles,
    /// The object of each sheet, in order.
    sheets: Vec<String>,
}

impl Thumbnails {
    /// Those that players can be told of.
    pub(super) fn of(stored: &Stored) -> Option<Self> {
        let sheets: Vec<_> = stored.objects().map(str::to_owned).collect();
        let told = media::Tiles {
            across: stored.across,
            down: stored.down,
            width: stored.width,
            height: stored.height,
            interval_ms: stored.interval_ms,
            sheets: u32::try_from(sheets.len()).ok()?,
            largest_bytes: u64::try_from(stored.largest_bytes).ok()?,
        };
        let told = told.checked()?;
        Some(Self { told, sheets })
    }
}

impl Film {
    /// The thumbnails that a permit covers: those of a picture that may be sent as it is, in whichever size.
    pub(super) fn tiles(&self, permit: &Permit) -> Option<media::Tiles> {
        Some(self.thumbnails(permit)?.told)
    }

    fn thumbnails(&self, permit: &Permit) -> Option<&Thumbnails> {
        let own = self
            .index
            .video()
            .and_then(|own| u8::try_from(own.number).ok());
        let has_picture =
            own.is_some_and(|own| permit.allows_track(own)) || !permit.rungs().is_empty();
        let may = has_picture && permit.protection() == Protection::None;
        self.thumbnails.as_ref().filter(|_| may)
    }

    /// The playlist of the thumbnails.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::error::Kind::NotFound) where there are none, or none that may be seen.
    pub fn tile_playlist(&self, admitted: &Admitted) -> Result<String> {
        let tiles = self
            .tiles(&admitted.sealed.permit)
            .ok_or_else(Error::not_found)?;
        Ok(hls::tile_playlist(&tiles, self.index.duration_ms))
    }

    /// Sheet `n` of the thumbnails, counted from 0.
    ///
    /// # Errors
    /// As [`Self::tile_playlist`]; [`Kind::Unavailable`](crate::error::Kind::Unavailable) when it can't be read.
    pub async fn tile_sheet(&self, app: &App, admitted: &Admitted, n: u32) -> Result<Vec<u8>> {
        let seen = self.thumbnails(&admitted.sealed.permit);
        let object = seen.and_then(|seen| seen.sheets.get(n as usize));
        let object = object.ok_or_else(Error::not_found)?.to_owned();
        let store = app.store().clone();
        let read = move || store.read(&object).map_err(|error| away().because(error));
        tokio::task::spawn_blocking(read)
            .await
            .map_err(Error::internal)?
    }
}
