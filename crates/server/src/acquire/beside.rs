//! The files beside a film, read and made fit for it.

use std::fmt::Display;

use cineclub_db::artwork::ArtworkKind;
use cineclub_domain::job::Failure;
use cineclub_domain::language::Language;
use cineclub_domain::reason::Reason;
use cineclub_domain::title::TrackKind;
use cineclub_media as media;

use super::artwork::{self, ArtworkError, Stored};
use super::claims::{self, Claim, parse_claim};
use super::film::{Film, MAX_TRACK, Track, refused};
use super::nfo::{self, Nfo, NfoError};
use super::sidecars::{Level, Sidecars};
use crate::reasons;
use crate::storage::{EntryKind, ObjectStore, OpenRoot, RelativePath};

/// The largest subtitle file that is read, in bytes.
const SUBTITLE_LIMIT_BYTES: u64 = 8 << 20;

/// The files beside a film. What can't be used is noted and passed over: a bad poster stops no film.
pub(super) struct Beside<'a> {
    pub(super) open: &'a OpenRoot,
    pub(super) store: &'a ObjectStore,
    /// What was passed over, and why: for staff.
    pub(super) notes: Vec<Reason>,
}

impl Beside<'_> {
    pub(super) fn names(&mut self, folder: &str) -> Vec<String> {
        match self.open.list(folder) {
            Ok(entries) => entries
                .into_iter()
                .filter(|entry| entry.kind == EntryKind::File)
                .map(|entry| entry.name)
                .collect(),
            Err(error) => {
                self.note(folder, reasons::of_storage(&error), &error);
                Vec::new()
            }
        }
    }

    fn read(&mut self, path: &str, limit_bytes: u64) -> Option<Vec<u8>> {
        let read = RelativePath::parse(path)
            .map_err(crate::storage::Error::from)
            .and_then(|path| self.open.read_small(&path, limit_bytes));
        match read {
            Ok(Some(bytes)) => Some(bytes),
            Ok(None) => {
                let larger = Reason::new("reason-sidecar-large").bytes("limit", limit_bytes);
                self.note(path, larger, &"it is too large");
                None
            }
            Err(error) => {
                self.note(path, reasons::of_storage(&error), &error);
                None
            }
        }
    }

    /// Notes what staff are told; the log gets the cause in its own words.
    fn note(&mut self, path: &str, why: Reason, cause: &dyn Display) {
        tracing::info!(path, %cause, "a file beside a film was passed over");
        let passed_over = Reason::new("reason-passed-over").text("path", path);
        self.notes.push(passed_over.and(why));
    }

    pub(super) fn texts(&mut self, sidecars: &Sidecars) -> Vec<(Level, Option<Language>, Nfo)> {
        let mut texts = Vec::new();
        for (level, language, path) in &sidecars.texts {
            let Some(bytes) = self.read(path, nfo::LIMIT_BYTES) else {
                continue;
            };
            match nfo::parse(&bytes) {
                Ok(nfo) => texts.push((*level, language.clone(), nfo)),
                Err(error) => {
                    let why = match &error {
                        NfoError::NotKodi => Reason::new("reason-nfo-other"),
                        NfoError::Malformed(_) => Reason::new("reason-nfo-malformed"),
                    };
                    self.note(path, why, &error);
                }
            }
        }
        texts
    }

    pub(super) fn claim(&mut self, sidecars: &Sidecars) -> Option<(Level, Claim)> {
        let (level, path) = sidecars.claim.as_ref()?;
        let bytes = self.read(path, claims::LIMIT_BYTES)?;
        match parse_claim(&String::from_utf8_lossy(&bytes)) {
            Ok(claim) => Some((*level, claim)),
            Err(error) => {
                self.note(path, Reason::from(&error), &error);
                None
            }
        }
    }

    pub(super) fn pictures(
        &mut self,
        sidecars: &Sidecars,
    ) -> Result<Vec<(Level, ArtworkKind, Stored)>, Failure> {
        let mut pictures = Vec::new();
        for (level, kind, path) in &sidecars.pictures {
            let Some(bytes) = self.read(path, artwork::LIMIT_BYTES) else {
                continue;
            };
            match artwork::keep(self.store, *kind, &bytes) {
                Ok(stored) => pictures.push((*level, *kind, stored)),
                Err(ArtworkError::Store(error)) => return Err(refused(error)),
                Err(ArtworkError::Unreadable(error)) => {
                    self.note(path, Reason::new("reason-picture"), &error);
                }
            }
        }
        Ok(pictures)
    }

    pub(super) fn subtitles(
        &mut self,
        sidecars: &Sidecars,
        film: &Film,
    ) -> Result<Vec<Track>, Failure> {
        let mut tracks = Vec::new();
        let first = film.last_number + 1;
        for file in &sidecars.subtitles {
            let Some(number) = u8::try_from(first + tracks.len())
                .ok()
                .filter(|n| usize::from(*n) <= MAX_TRACK)
            else {
                let why = Reason::new("reason-tracks").count("most", MAX_TRACK as u64);
                self.note(&file.path, why, &"the film has too many tracks");
                continue;
            };
            let Some(bytes) = self.read(&file.path, SUBTITLE_LIMIT_BYTES) else {
                continue;
            };
            // In the time of the file it came from: delivery moves it to the film's.
            let text = match media::subtitles::to_webvtt(&bytes) {
                Ok(text) => text,
                Err(error) => {
                    self.note(&file.path, reasons::of_media(&error), &error);
                    continue;
                }
            };
            let object = self.store.put(text.as_bytes()).map_err(refused)?;
            tracks.push(Track {
                number,
                kind: TrackKind::Subtitle,
                codec: "webvtt".to_owned(),
                rfc6381: "wvtt".to_owned(),
                language: file.language.clone(),
                role: match (file.forced, file.sdh) {
                    (true, _) => "forced",
                    (_, true) => "sdh",
                    _ => "main",
                },
                name: String::new(),
                width: None,
                height: None,
                frame_rate: None,
                channels: None,
                sample_rate: None,
                sidecar: Some(object),
            });
        }
        Ok(tracks)
    }
}
