//! A film in use: its index, its sample tables, its open file, and what can be cut from them.

use std::cell::RefCell;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use cineclub_db::tracks::Track;
use cineclub_domain::permit::Permit;
use cineclub_domain::title::TrackKind;
use cineclub_media::{
    self as media, Encryption, Index, SampleTables, Samples, Segment, Selection, Stretch,
    SubtitleRendition, TablePlaces, hls,
};
use tokio::sync::OwnedSemaphorePermit;

use super::admit::Admitted;
use super::disk::Patience;
use super::failure::{away, unplayable};
use super::file::MediaFile;
use super::shelf::{List, Shelf, Text};
use super::tiles::Thumbnails;
use crate::App;
use crate::error::{Error, Result};
use crate::storage::{Held, Piece};

/// What a film takes beside its tables and its index, roughly: the names, in bytes.
const OVERHEAD: usize = 16 * 1024;

/// What of a segment is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// The key frame it begins with, as a fragment of its own.
    Key,
}

/// A film in use. Everything but segments comes from memory.
#[derive(Debug)]
pub struct Film {
    pub(super) index: Index,
    pub(super) digest: [u8; 32],
    pub(super) tables: Tables,
    pub(super) shelf: Shelf,
    pub(super) file: Arc<MediaFile>,
    pub(super) container: String,
    /// The tracks as the catalogue knows them, sidecars included.
    pub(super) tracks: Vec<Track>,
    pub(super) thumbnails: Option<Thumbnails>,
}

/// Where the samples of a film are looked up.
#[derive(Debug)]
pub(super) enum Tables {
    /// A Matroska film has none, but stretches.
    None,
    /// In memory.
    Memory {
        tables: SampleTables,
        /// Their room, which is given back when the film is.
        _room: Option<OwnedSemaphorePermit>,
    },
    /// In the film's own file.
    File(TablePlaces),
}

impl Film {
    /// The film's own tracks that a permit allows.
    pub(super) fn selection(&self, admitted: &Admitted) -> Selection {
        let permit = &admitted.sealed.permit;
        let allowed = |track: &&Track| permit.allows_track(track.number);
        let mut selection = Selection {
            encryption: admitted.encryption(),
            tiles: self.tiles(permit),
            ..Selection::default()
        };
        for track in self.tracks.iter().filter(allowed) {
            match &track.sidecar {
                None => {
                    let number = u32::from(track.number);
                    selection.tracks.push(number);
                    if !track.name.is_empty() && track.kind == TrackKind::Audio {
                        selection.names.push((number, track.name.clone()));
                    }
                }
                Some(_) => selection.subtitles.push(rendition(track)),
            }
        }
        selection
    }

    /// A track's own playlist.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::error::Kind::NotFound) for a track that is not there or can't be played.
    pub fn playlist(&self, number: u8, admitted: &Admitted) -> Result<Text> {
        if self.sidecar(number).is_some() {
            return Ok(hls::subtitle_playlist(self.index.duration_ms)
                .into_bytes()
                .into());
        }
        let text = match admitted.encryption() {
            None => {
                let write = || hls::media_playlist(&self.index, number.into());
                self.shelf.playlist(List::Segments(number), write)
            }
            Some(Encryption { system, .. }) => {
                let write = || hls::encrypted_media_playlist(&self.index, number.into(), &system);
                self.shelf.playlist(List::EncryptedSegments(number), write)
            }
        };
        text.map_err(unplayable)
    }

    /// The playlist of a picture's key frames.
    ///
    /// # Errors
    /// As [`Self::playlist`].
    pub fn keys(&self, number: u8, admitted: &Admitted) -> Result<Text> {
        let text = match admitted.encryption() {
            None => {
                let write = || hls::key_playlist(&self.index, number.into());
                self.shelf.playlist(List::Keys(number), write)
            }
            Some(Encryption { system, .. }) => {
                let write = || hls::encrypted_key_playlist(&self.index, number.into(), &system);
                self.shelf.playlist(List::EncryptedKeys(number), write)
            }
        };
        text.map_err(unplayable)
    }

    /// A track's init segment.
    ///
    /// # Errors
    /// As [`Self::playlist`].
    pub fn init(&self, number: u8, admitted: &Admitted) -> Result<Vec<u8>> {
        let init = match &admitted.key {
            None => media::init_segment(&self.index, number.into()),
            Some(key) => media::encrypted_init_segment(&self.index, number.into(), key),
        };
        init.map_err(unplayable)
    }

    /// What a track's init segment and segments are.
    ///
    /// # Errors
    /// As [`Self::playlist`].
    pub fn mime(&self, number: u8) -> Result<&'static str> {
        let track = self
            .index
            .playable_track(number.into())
            .map_err(unplayable)?;
        Ok(if track.kind == media::Kind::Audio {
            "audio/mp4"
        } else {
            "video/mp4"
        })
    }

    /// What a run of a track's segments, counted from 0, is made of in the clear, or the key frame it begins with; and what
    /// of it has been read from a bucket on the way.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::error::Kind::NotFound) for one that is not there; [`Kind::Unavailable`](crate::error::Kind::Unavailable) when the file is not the one
    /// that was indexed.
    pub(super) async fn segment(
        self: &Arc<Self>,
        number: u8,
        run: Range<u32>,
        part: Part,
    ) -> Result<(Segment, Held)> {
        self.file
            .verify(Patience::None)
            .map_err(|error| away().because(error))?;
        let at_hand = |n| self.shelf.at_hand(n);
        let read = |offset, buffer: &mut [u8]| self.file.read_at_hand(offset, buffer);
        match self.plan(number, run.clone(), part, self.samples(&at_hand, &read)) {
            Err(media::Error::Read(error)) if error.kind() == io::ErrorKind::WouldBlock => {}
            planned => {
                let segment = planned.map_err(unplayable)?;
                return Ok((segment, Held::default()));
            }
        }
        let turn = self.file.turn().await;
        let turn = turn.map_err(|error| away().because(error))?;
        let film = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let read = RefCell::default();
            let fetched = |n| film.shelf.fetched(n, || film.stretch(n, &read));
            let reader = film.file.reader(None);
            let samples = film.samples(&fetched, &reader);
            let segment = film.plan(number, run, part, samples).map_err(unplayable)?;
            film.file
                .verify(Patience::Disk)
                .map_err(|error| away().because(error))?;
            Ok((segment, film.file.hold(read.into_inner())))
        })
        .await
        .map_err(Error::internal)?
    }

    /// Where its samples are looked up, with what is read of the file for it.
    fn samples<'a>(
        &'a self,
        stretches: &'a dyn media::Stretches,
        source: &'a dyn media::ReadAt,
    ) -> Samples<'a> {
        match &self.tables {
            Tables::None => Samples::Stretches(stretches),
            Tables::Memory { tables, .. } => Samples::Tables(tables),
            Tables::File(places) => Samples::Places(places, source),
        }
    }

    fn plan(
        &self,
        number: u8,
        run: Range<u32>,
        part: Part,
        samples: Samples<'_>,
    ) -> media::Result<Segment> {
        let mut segment = Segment::default();
        match part {
            Part::Whole => {
                media::plan_run(&self.index, samples, number.into(), run, &mut segment)?;
            }
            Part::Key => {
                let n = run.start;
                media::plan_key_frame(&self.index, samples, number.into(), n, &mut segment)?;
            }
        }
        Ok(segment)
    }

    /// Reads a stretch from where the file is, and notes what of the film came with it.
    fn stretch(&self, n: u32, read: &RefCell<Vec<Piece>>) -> media::Result<Stretch> {
        let reader = self.file.reader(self.index.stretch_place(n));
        let stretch = Stretch::read(&reader, &self.index, n)?;
        read.borrow_mut().extend(reader.into_pieces());
        Ok(stretch)
    }

    /// The name of those bytes, quotes included.
    pub fn segment_tag(
        &self,
        number: u8,
        run: Range<u32>,
        part: Part,
        admitted: &Admitted,
    ) -> String {
        let clear = match part {
            Part::Whole => media::run_tag(&self.digest, number.into(), run),
            Part::Key => media::key_frame_tag(&self.digest, number.into(), run.start),
        };
        match &admitted.key {
            None => clear,
            Some(key) => media::encrypted_tag(&clear, key),
        }
    }

    /// Whether the file may leave as it is: the permit says so, and nothing is in it that the permit was not asked about.
    pub(super) fn may_leave_whole(&self, permit: &Permit) -> bool {
        let is_listed = |track: &media::Track| {
            let mut listed = self.tracks.iter();
            listed.any(|known| u32::from(known.number) == track.number)
        };
        permit.allows_original() && self.index.tracks.iter().all(is_listed)
    }

    /// The name of the file's bytes, quotes included.
    pub fn original_tag(&self) -> String {
        media::original_tag(&self.digest, self.file.modified_ms())
    }

    /// What the file is as it is (RFC 4337 §3, RFC 9559 §27.3).
    pub fn original_mime(&self) -> &'static str {
        match (self.container.as_str(), self.index.video().is_some()) {
            ("matroska", true) => "video/matroska",
            ("matroska", false) => "audio/matroska",
            (_, true) => "video/mp4",
            (_, false) => "audio/mp4",
        }
    }

    /// The subtitles that lie beside the film, as WebVTT, timed to the film as we play it.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::error::Kind::NotFound) for a track that is none; [`Kind::Unavailable`](crate::error::Kind::Unavailable) when they can't be read.
    pub async fn subtitles(&self, app: &App, number: u8) -> Result<Vec<u8>> {
        let object = self
            .sidecar(number)
            .ok_or_else(Error::not_found)?
            .to_owned();
        let (store, shift_ms) = (app.store().clone(), self.index.shift_ms);
        let read = move || {
            let bytes = store.read(&object).map_err(|error| away().because(error))?;
            if shift_ms == 0 {
                return Ok(bytes);
            }
            let mut cues =
                media::subtitles::parse(&bytes).map_err(|error| away().because(error))?;
            media::subtitles::delay(&mut cues, shift_ms);
            Ok(media::subtitles::write_webvtt(&cues).into_bytes())
        };
        tokio::task::spawn_blocking(read)
            .await
            .map_err(Error::internal)?
    }

    /// What it takes in memory, in bytes.
    pub(super) fn memory_bytes(&self) -> u32 {
        let tables = match &self.tables {
            Tables::None => 0,
            Tables::Memory { tables, .. } => tables.memory_bytes(),
            Tables::File(places) => places.memory_bytes(),
        };
        u32::try_from(tables + self.index.memory_bytes() + OVERHEAD).unwrap_or(u32::MAX)
    }

    fn sidecar(&self, number: u8) -> Option<&str> {
        self.tracks
            .iter()
            .find(|track| track.number == number)?
            .sidecar
            .as_deref()
    }
}

fn rendition(track: &Track) -> SubtitleRendition {
    SubtitleRendition {
        track: track.number.to_string(),
        name: Some(track.name.clone()).filter(|name| !name.is_empty()),
        language: Some(track.language.as_str().to_owned()).filter(|language| language != "und"),
        forced: track.role == "forced",
        sdh: track.role == "sdh",
        default: false,
    }
}
