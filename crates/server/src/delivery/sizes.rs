//! A film in the sizes that a permit names: which of them are there, and where they are cut together.
//!
//! **Invariant:** where a ladder is cut follows from the permit alone, and not from which files are there: what a player
//! was told of segments stays true while it plays.

use std::ops::Range;
use std::sync::Arc;

use cineclub_db::assets;
use cineclub_domain::id::AssetId;
use cineclub_domain::permit::Permit;
use cineclub_media::{self as media, Index, Ladder, dash, hls};
use moka::future::Cache;

use super::admit::Admitted;
use super::failure::{again, away, unplayable};
use super::film::{Film, Part};
use super::library::Outgoing;
use super::shelf::Text;
use crate::App;
use crate::error::{Error, Result};

/// All ladders together may take so much, in bytes: of hundreds of films of two hours.
const LADDERS_BYTES: u64 = 8 << 20;

/// The ladders in use, by their files.
#[derive(Debug)]
pub(super) struct Ladders(Cache<Vec<AssetId>, Arc<Joined>>);

/// A ladder, and what it was made of.
#[derive(Debug)]
struct Joined {
    ladder: Ladder,
    /// The digest of each index; none of a file of which nothing was known.
    digests: Vec<Option<[u8; 32]>>,
}

impl Ladders {
    pub(super) fn new() -> Self {
        let weigher = |assets: &Vec<AssetId>, joined: &Arc<Joined>| {
            let bytes = joined.ladder.memory_bytes() + assets.len() * 64;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let ladders = Cache::builder().max_capacity(LADDERS_BYTES);
        Self(ladders.weigher(weigher).build())
    }

    /// Forgets them all: one of the files has changed, and they are quickly made.
    pub(super) fn forget(&self) {
        self.0.invalidate_all();
    }

    /// The ladder of a permit with several sizes, made of `film` at `place` as it is now.
    async fn of(
        &self,
        app: &App,
        permit: &Permit,
        (place, film): (u32, &Film),
    ) -> Result<Option<Arc<Joined>>> {
        if permit.rungs().is_empty() {
            return Ok(None);
        }
        let assets: Vec<_> = permit.assets().collect();
        if let Some(known) = self.0.get(&assets).await {
            if known.digests.get(place as usize) == Some(&Some(film.digest)) {
                return Ok(Some(known));
            }
            // A file was replaced or came back since.
            self.0.invalidate(&assets).await;
        }
        let made = async { join(app, &assets).await.map(Arc::new) };
        let made = self.0.try_get_with(assets.clone(), made).await;
        made.map(Some).map_err(|error: Arc<Error>| again(&error))
    }
}

/// An index that a ladder is made of.
enum Known {
    Film(Arc<Film>),
    Stored(Box<Index>),
}

impl Known {
    fn index(&self) -> &Index {
        match self {
            Self::Film(film) => &film.index,
            Self::Stored(index) => index,
        }
    }
}

async fn join(app: &App, assets: &[AssetId]) -> Result<Joined> {
    let mut known = Vec::with_capacity(assets.len());
    for asset in assets {
        known.push(match app.library().film(app, *asset).await {
            Ok(film) => Some(Known::Film(film)),
            // It is not listed, but the others are cut as if it were: it may come back.
            Err(_) => stored(app, *asset).await?.map(Known::Stored),
        });
    }
    let indexes: Vec<_> = known
        .iter()
        .map(|known| known.as_ref().map(Known::index))
        .collect();
    let (lead, others) = indexes.split_first().ok_or_else(away)?;
    Ok(Joined {
        ladder: Ladder::new((*lead).ok_or_else(away)?, others),
        digests: indexes
            .iter()
            .map(|index| index.map(Index::digest))
            .collect(),
    })
}

/// The index of a file that is away, where this version can read it.
async fn stored(app: &App, asset: AssetId) -> Result<Option<Box<Index>>> {
    let bytes = app
        .db()
        .read(async |tx| assets::media_index(tx, asset).await)
        .await?;
    let index = bytes.and_then(|bytes| Index::from_bytes(&bytes).ok());
    Ok(index.map(Box::new))
}

/// A film as its playlists list it.
#[derive(Debug)]
pub struct Sizes {
    lead: Arc<Film>,
    /// Those of the other sizes that are there, by their places in the permit.
    rungs: Vec<(u32, Arc<Film>)>,
    joined: Option<Arc<Joined>>,
}

impl Sizes {
    /// Opens the film, and those of its other sizes that are there.
    ///
    /// # Errors
    /// As [`super::Library::film`], of the film itself.
    pub async fn open(app: &App, permit: &Permit) -> Result<Self> {
        let library = app.library();
        let lead = library.film(app, permit.asset()).await?;
        let mut rungs = Vec::new();
        for (place, rung) in (1..).zip(permit.rungs()) {
            match library.film(app, rung.asset).await {
                Ok(film) => rungs.push((place, film)),
                Err(error) => {
                    tracing::warn!(asset = %rung.asset, cause = error.chain(), "a size of a film is left out");
                }
            }
        }
        let joined = library.ladders.of(app, permit, (0, &lead)).await?;
        // The picture that the permit names, and no other of that file.
        rungs.retain(|(place, _)| {
            let picture = permit
                .rungs()
                .get(*place as usize - 1)
                .map(|rung| rung.picture);
            let ladder = joined.as_ref().map(|joined| &joined.ladder);
            picture.map(u32::from) == ladder.and_then(|ladder| ladder.picture(*place))
        });
        // A film whose picture is away is not played as sound alone.
        let own = lead
            .index
            .video()
            .and_then(|own| u8::try_from(own.number).ok());
        let has_own = own.is_some_and(|own| permit.allows_track(own));
        if rungs.is_empty() && !permit.rungs().is_empty() && !has_own {
            return Err(away());
        }
        Ok(Self {
            lead,
            rungs,
            joined,
        })
    }

    /// The multivariant playlist of HLS, with the tracks a permit allows and no others.
    ///
    /// # Errors
    /// [`Kind::Unavailable`](crate::error::Kind::Unavailable) when none of them can be played.
    pub fn master(&self, admitted: &Admitted) -> Result<String> {
        let selection = self.lead.selection(admitted);
        hls::multivariant(self.listed(&self.rungs()), &selection).map_err(unplayable)
    }

    /// The manifest of DASH, with the same tracks.
    ///
    /// # Errors
    /// As [`Self::master`].
    pub fn manifest(&self, admitted: &Admitted) -> Result<String> {
        let selection = self.lead.selection(admitted);
        dash::manifest(self.listed(&self.rungs()), &selection).map_err(unplayable)
    }

    /// The chapters, as JSON that players of HLS know; none is an empty list.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn chapters(&self, _: &Admitted) -> Result<String> {
        serde_json::to_string(&hls::chapters(&self.lead.index)).map_err(Error::internal)
    }

    fn rungs(&self) -> Vec<(u32, &Index)> {
        let rungs = self.rungs.iter();
        rungs.map(|(place, film)| (*place, &film.index)).collect()
    }

    fn listed<'a>(&'a self, rungs: &'a [(u32, &'a Index)]) -> media::Sizes<'a> {
        match &self.joined {
            Some(joined) => media::Sizes::new(&self.lead.index, &joined.ladder, rungs),
            None => media::Sizes::from(&self.lead.index),
        }
    }
}

/// One track as an address names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Whose: 0 for the film's own, else the place of another size in the permit.
    pub rung: u32,
    /// Its number.
    pub track: u8,
}

impl Place {
    /// The file it is in, if a permit allows it.
    pub fn asset(self, permit: &Permit) -> Option<AssetId> {
        let Some(before) = self.rung.checked_sub(1) else {
            return permit.allows_track(self.track).then(|| permit.asset());
        };
        let rung = permit.rungs().get(before as usize);
        let rung = rung.filter(|rung| rung.picture == self.track)?;
        Some(rung.asset)
    }
}

/// A track that may be sent.
#[derive(Debug)]
pub struct Track {
    /// The film it is of.
    pub film: Arc<Film>,
    place: Place,
    /// The ladder it is cut with, of a picture with several sizes.
    joined: Option<Arc<Joined>>,
}

impl Track {
    /// Opens the file of a track.
    ///
    /// # Errors
    /// Not found for one that the permit does not allow; else as [`super::Library::film`].
    pub async fn open(app: &App, permit: &Permit, place: Place) -> Result<Self> {
        let asset = place.asset(permit).ok_or_else(Error::not_found)?;
        let film = app.library().film(app, asset).await?;
        let number = u32::from(place.track);
        let track = film.index.playable_track(number);
        let joined = match track.map(|track| track.kind) {
            Ok(media::Kind::Video) => {
                let ladders = &app.library().ladders;
                ladders.of(app, permit, (place.rung, &film)).await?
            }
            _ => None,
        };
        let joined = joined.filter(|joined| joined.ladder.picture(place.rung) == Some(number));
        if place.rung > 0 && joined.is_none() {
            return Err(Error::not_found());
        }
        Ok(Self {
            film,
            place,
            joined,
        })
    }

    /// What its init segment and segments are.
    ///
    /// # Errors
    /// As [`Film::mime`].
    pub fn mime(&self) -> Result<&'static str> {
        self.film.mime(self.place.track)
    }

    /// Its playlist.
    ///
    /// # Errors
    /// As [`Film::playlist`].
    pub fn playlist(&self, admitted: &Admitted) -> Result<Text> {
        let Some(joined) = &self.joined else {
            return self.film.playlist(self.place.track, admitted);
        };
        let encryption = admitted.encryption();
        let keys = encryption.as_ref().map(|encryption| &encryption.system);
        let list = hls::rung_playlist(&self.film.index, &joined.ladder, self.place.rung, keys);
        Ok(list.map_err(unplayable)?.into_bytes().into())
    }

    /// Segment `n`, counted from 0, as whoever was let in may have it.
    ///
    /// # Errors
    /// As [`super::Library::segment`].
    pub async fn segment(
        &self,
        app: &App,
        admitted: &Admitted,
        (n, part): (u32, Part),
    ) -> Result<Outgoing> {
        let (number, run) = (self.place.track, self.run(n, part)?);
        let segment = app
            .library()
            .segment(&self.film, admitted, number, (run, part));
        segment.await
    }

    /// The name of that segment's bytes, quotes included, which is known before they are made.
    ///
    /// # Errors
    /// Not found for one that no film has.
    pub fn segment_tag(&self, admitted: &Admitted, (n, part): (u32, Part)) -> Result<String> {
        let run = self.run(n, part)?;
        Ok(self.film.segment_tag(self.place.track, run, part, admitted))
    }

    /// Which of the track's own segments are sent: key frames have no others.
    fn run(&self, n: u32, part: Part) -> Result<Range<u32>> {
        match &self.joined {
            Some(joined) if part == Part::Whole => {
                joined.ladder.run(self.place.rung, n).map_err(unplayable)
            }
            _ => Ok(n..n.checked_add(1).ok_or_else(Error::not_found)?),
        }
    }
}
