//! The films in use, held in memory within a bound, each read once however many ask for it at a time.

use std::ops::Range;
use std::sync::Arc;

use cineclub_db::assets::{self, Asset, AssetState};
use cineclub_db::tiles::{self, Tiles};
use cineclub_db::tracks::{self, Track};
use cineclub_domain::id::AssetId;
use cineclub_domain::permit::Permit;
use cineclub_media::{self as media, ByteRange, Index, SampleTables, Segment};
use moka::future::Cache;
use tokio::sync::Semaphore;
use tokio_util::task::AbortOnDropHandle;

use super::admit::Admitted;
use super::body::SegmentBody;
use super::buffers::Pool;
use super::disk::Patience;
use super::failure::{again, away};
use super::file::{Identity, MediaFile};
use super::film::{Film, Part, Tables};
use super::room::{Encrypted, Room};
use super::shelf::Shelf;
use super::sizes::Ladders;
use super::tiles::Thumbnails;
use crate::App;
use crate::error::{Error, Result};
use crate::storage::{self, Held, SourceFile};

/// The stretches of Matroska films may take one part in so many of what films' tables may.
const STRETCHES_SHARE: u64 = 4;

/// The films in use.
#[derive(Debug)]
pub struct Library {
    films: Cache<AssetId, Arc<Film>>,
    pub(super) ladders: Ladders,
    shelf: Shelf,
    /// How much room there is for tables of MP4 films in memory, in kibibytes.
    tables: Arc<Semaphore>,
    pool: Pool,
    room: Room,
}

/// Where a film finds room: for its stretches, and for its tables.
type Rooms = (Shelf, Arc<Semaphore>);

/// A segment, as a token may have it.
#[derive(Debug)]
enum Coated {
    Clear(Segment, Held),
    Encrypted(Encrypted),
}

/// A segment on its way to whoever was let in.
#[derive(Debug)]
pub struct Outgoing {
    coated: Coated,
    film: Arc<Film>,
}

impl Outgoing {
    /// Its length in bytes.
    pub fn len(&self) -> u64 {
        match &self.coated {
            Coated::Clear(segment, _) => segment.len,
            Coated::Encrypted(encrypted) => encrypted.segment.len,
        }
    }
}

/// The first films may keep the tables of an MP4 in one part in so many of what films may take. Those of others stay in their
/// files: they are read a little slower, and a thousand films at a time are as good as one.
const TABLES_SHARE: u64 = 2;

/// What the database knows of a film.
struct Known {
    asset: Asset,
    index: Vec<u8>,
    tracks: Vec<Track>,
    tiles: Option<Tiles>,
}

impl Library {
    /// A library that keeps films in up to `budget_bytes` of memory, and stretches in a quarter as much.
    pub fn new(budget_bytes: u64) -> Self {
        let tables_kib = usize::try_from(budget_bytes / TABLES_SHARE / 1024).unwrap_or(usize::MAX);
        let films = Cache::builder()
            .max_capacity(budget_bytes)
            .weigher(|_, film: &Arc<Film>| film.memory_bytes())
            .build();
        Self {
            films,
            ladders: Ladders::new(),
            shelf: Shelf::new(budget_bytes / STRETCHES_SHARE),
            tables: Arc::new(Semaphore::new(tables_kib)),
            pool: Pool::default(),
            room: Room::default(),
        }
    }

    /// A film, from memory or read from its file.
    ///
    /// # Errors
    /// Not found for a file nobody knows; unavailable when it is away, is not the one
    /// that was indexed, or has no index this version reads.
    pub async fn film(&self, app: &App, id: AssetId) -> Result<Arc<Film>> {
        let film = self.read_once(app, id).await?;
        if film.file.is_named().unwrap_or(false) {
            return Ok(film);
        }
        // Written to, replaced or removed since: what is there now decides.
        self.forget(id).await;
        self.read_once(app, id).await
    }

    /// Forgets a film, so that the next who asks reads it again.
    pub async fn forget(&self, id: AssetId) {
        self.films.invalidate(&id).await;
        self.ladders.forget();
    }

    /// A run of a track's segments, counted from 0, as whoever was let in may have it: in the clear or encrypted.
    ///
    /// # Errors
    /// As [`Film::segment`]; unavailable when it can't be encrypted, or not now.
    pub async fn segment(
        &self,
        film: &Arc<Film>,
        admitted: &Admitted,
        number: u8,
        (run, part): (Range<u32>, Part),
    ) -> Result<Outgoing> {
        let (segment, held) = film.segment(number, run, part).await?;
        let coated = match admitted.key {
            None => Coated::Clear(segment, held),
            Some(key) => {
                let account = admitted.sealed.permit.account();
                let planned = (segment, held);
                let encrypt = self.room.encrypt(film, number, planned, (key, account));
                Coated::Encrypted(encrypt.await?)
            }
        };
        Ok(Outgoing {
            coated,
            film: Arc::clone(film),
        })
    }

    /// The file of a film as it is.
    ///
    /// # Errors
    /// Not found where it may not leave whole.
    pub fn original(&self, film: &Arc<Film>, admitted: &Admitted) -> Result<Outgoing> {
        if !film.may_leave_whole(&admitted.sealed.permit) {
            return Err(Error::not_found());
        }
        let len = film.file.size_bytes();
        let whole = Segment {
            len,
            ranges: vec![ByteRange { offset: 0, len }],
            ..Segment::default()
        };
        Ok(Outgoing {
            coated: Coated::Clear(whole, Held::default()),
            film: Arc::clone(film),
        })
    }

    /// How large the file is that a permit lets leave as it is; none where it may not, or can't be read now.
    pub async fn original_bytes(&self, app: &App, permit: &Permit) -> Option<u64> {
        if !permit.allows_original() {
            return None;
        }
        let film = self.film(app, permit.asset()).await.ok()?;
        film.may_leave_whole(permit).then(|| film.file.size_bytes())
    }

    /// The body of an answer with part of a segment. Where that lies in a bucket, the bucket is asked for it before
    /// anything is answered.
    ///
    /// # Errors
    /// Unavailable when the bucket doesn't answer, or the film is not the one that was indexed.
    pub async fn stream(
        &self,
        app: &App,
        outgoing: Outgoing,
        window: (u64, u64),
        admitted: &Admitted,
    ) -> Result<SegmentBody> {
        let (app, sealed) = (app.clone(), admitted.sealed.clone());
        let ask = Box::new(move || app.gate().check(&sealed, app.now()));
        let Outgoing { coated, film } = outgoing;
        let (segment, held, room) = match coated {
            Coated::Clear(segment, held) => (segment, held, None),
            Coated::Encrypted(Encrypted { segment, room }) => {
                (segment, Held::default(), Some(room))
            }
        };
        let file = Arc::clone(&film.file);
        let body = SegmentBody::new(file, segment, window, self.pool.clone(), ask).keeping(room);
        body.begun(held)
            .await
            .map_err(|error| away().because(error))
    }

    async fn read_once(&self, app: &App, id: AssetId) -> Result<Arc<Film>> {
        let read = async {
            let room = (self.shelf.for_a_film(), Arc::clone(&self.tables));
            let owned = app.clone();
            // Where the database is: on the threads of connections it would wait for other films' bytes, and a connection
            // to the database that was opened there would always be answered there.
            let load = async move { load(&owned, id, &room).await.map(Arc::new) };
            let loading = AbortOnDropHandle::new(app.runtime().spawn(load));
            loading.await.map_err(Error::internal)?
        };
        self.films
            .try_get_with(id, read)
            .await
            .map_err(|error: Arc<Error>| again(&error))
    }
}

/// Reads a film, and once more when it was replaced in the meantime: nobody would forget it afterwards.
async fn load(app: &App, id: AssetId, room: &Rooms) -> Result<Film> {
    let before = known(app, id).await?;
    let since = before.asset.updated;
    let film = read_from_disk(app, before, room).await;
    let after = known(app, id).await?;
    if after.asset.updated == since {
        return film;
    }
    read_from_disk(app, after, room).await
}

async fn read_from_disk(app: &App, known: Known, room: &Rooms) -> Result<Film> {
    match open(app, &known.asset).await {
        // Another process may have added or moved the root after this one read the list.
        Err(storage::Error::UnknownRoot | storage::Error::Offline { .. }) => {
            app.roots().refresh(app.db()).await?;
            build(app, open(app, &known.asset).await, known, room).await
        }
        opened => build(app, opened, known, room).await,
    }
}

async fn known(app: &App, id: AssetId) -> Result<Known> {
    app.db()
        .read(async |tx| {
            let asset = assets::by_id(tx, id).await?.ok_or_else(Error::not_found)?;
            if asset.state != AssetState::Ready {
                return Err(away());
            }
            let index = assets::media_index(tx, id).await?.ok_or_else(away)?;
            let tracks = tracks::of_asset(tx, id).await?;
            let tiles = tiles::of_asset(tx, id).await?;
            Ok(Known {
                asset,
                index,
                tracks,
                tiles,
            })
        })
        .await
}

/// How many chapters a file has; one that was not read by this version has none yet.
///
/// # Errors
/// When the database can't be read.
pub async fn chapters_of(app: &App, id: AssetId) -> Result<usize> {
    let stored = app
        .db()
        .read(async |tx| assets::media_index(tx, id).await)
        .await?;
    let index = stored.and_then(|bytes| Index::from_bytes(&bytes).ok());
    Ok(index.map_or(0, |index| index.chapters.len()))
}

async fn open(app: &App, asset: &Asset) -> Result<SourceFile, storage::Error> {
    app.roots().find_file(asset.root, &asset.path).await
}

async fn build(
    app: &App,
    opened: Result<SourceFile, storage::Error>,
    known: Known,
    room: &Rooms,
) -> Result<Film> {
    let unplayable = |error| away().because(error);
    let opened = opened.map_err(|error| away().because(error))?;
    let expected = Identity {
        size_bytes: known.asset.size_bytes,
        modified_ms: known.asset.modified_ms,
    };
    let turns = app.roots().turns(known.asset.root);
    let file = MediaFile::new(opened, expected, turns).map_err(unplayable)?;
    let turn = file.turn().await.map_err(unplayable)?;
    let room = room.clone();
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        read(file, known, room)
    })
    .await
    .map_err(Error::internal)?
}

/// Reads the sample tables of a file that is still the one that was indexed.
fn read(file: MediaFile, known: Known, (shelf, room): Rooms) -> Result<Film> {
    let read = match Index::from_bytes(&known.index) {
        Ok(index) => tables(&file, &index).map(|tables| (index, tables)),
        // Its folder is looked at anew after an upgrade; until that is done the film plays all the same.
        Err(media::Error::IndexVersion { .. }) => {
            media::open(&file.reader(None), known.asset.size_bytes)
        }
        Err(error) => Err(error),
    };
    let (index, tables) = read.map_err(|error| away().because(error))?;
    file.verify(Patience::Disk)
        .map_err(|error| away().because(error))?;
    Ok(Film {
        digest: index.digest(),
        index,
        tables: keep(tables, room, &file),
        shelf,
        file: Arc::new(file),
        container: known.asset.container,
        tracks: known.tracks,
        thumbnails: known.tiles.as_ref().and_then(Thumbnails::of),
    })
}

/// Keeps tables in memory if there is room, and leaves them in their file if not.
fn keep(tables: Option<SampleTables>, room: Arc<Semaphore>, file: &MediaFile) -> Tables {
    let Some(tables) = tables else {
        return Tables::None;
    };
    let kib = u32::try_from(tables.memory_bytes().div_ceil(1024)).unwrap_or(u32::MAX);
    let _room = room.try_acquire_many_owned(kib).ok();
    if _room.is_some() || !file.is_near() {
        return Tables::Memory { tables, _room };
    }
    match tables.into_places() {
        Ok(places) => Tables::File(places),
        // Those of a fragmented film lie all over it: the cache of films bounds them.
        Err(tables) => Tables::Memory {
            tables: *tables,
            _room,
        },
    }
}

/// Reads the sample tables that the index speaks of, if it does.
fn tables(file: &MediaFile, index: &Index) -> media::Result<Option<SampleTables>> {
    if index.file_size != file.size_bytes() {
        return Err(media::Error::IndexMismatch);
    }
    if index.moov.len == 0 {
        return Ok(None);
    }
    SampleTables::read(&file.reader(Some(index.moov)), index).map(Some)
}
