//! Reads a complete file and what lies beside it. Blocks; writes nothing but objects nobody names yet.

use std::fmt::Display;
use std::os::unix::fs::FileExt;

use cineclub_db::artwork::ArtworkKind;
use cineclub_db::assets::AssetState;
use cineclub_domain::id::RootId;
use cineclub_domain::job::Failure;
use cineclub_domain::language::Language;
use cineclub_media as media;
use cineclub_media::{Container, Index, Kind, ReadAt, Role, Verdict};
use sha2::{Digest, Sha256};

use super::artwork::{self, Stored};
use super::claims::{self, Claim, parse_claim};
use super::names::{self, Named};
use super::nfo::{self, About, Nfo};
use super::sidecars::{self, Level, Sidecars};
use super::text::plain;
use crate::storage::{
    self, EntryKind, Identity, ObjectStore, OpenRoot, RelativePath, Roots, SourceFile,
};

/// The largest subtitle file that is read, in bytes.
const SUBTITLE_LIMIT_BYTES: u64 = 8 << 20;
/// How much of each end of a file its fingerprint covers, in bytes.
const FINGERPRINT_BYTES: u64 = 64 << 10;
/// The highest track number a playback token can name.
const MAX_TRACK: usize = 63;

/// Everything an ingest learned of a file.
#[derive(Debug, Clone)]
pub(super) struct Examined {
    pub(super) root: RootId,
    pub(super) path: String,
    pub(super) identity: Identity,
    pub(super) fingerprint: String,
    pub(super) named: Named,
    pub(super) film: Film,
    /// NFO files: whose, the language of a localised one, what it says.
    pub(super) texts: Vec<(Level, Option<Language>, Nfo)>,
    pub(super) pictures: Vec<(Level, ArtworkKind, Stored)>,
    pub(super) claim: Option<(Level, Claim)>,
    /// What was passed over, and why: sentences for staff.
    pub(super) notes: Vec<String>,
}

impl Examined {
    /// The NFO files of a level, that in the service's language first.
    pub(super) fn texts_of(&self, level: Level) -> Vec<(Option<Language>, &Nfo)> {
        let about = |nfo: &Nfo| match level {
            Level::Series => nfo.about == About::Series,
            Level::Season => nfo.about == About::Season,
            Level::Own => matches!(nfo.about, About::Film | About::Episode),
        };
        let of_level = self
            .texts
            .iter()
            .filter(|(whose, _, nfo)| *whose == level && about(nfo));
        let mut texts: Vec<_> = of_level
            .map(|(_, language, nfo)| (language.clone(), nfo))
            .collect();
        texts.sort_by_key(|(language, _)| language.is_some());
        texts
    }
}

/// What the file itself holds.
#[derive(Debug, Clone)]
pub(super) struct Film {
    pub(super) container: &'static str,
    pub(super) state: AssetState,
    pub(super) reason: Option<String>,
    pub(super) duration_ms: Option<i64>,
    pub(super) index: Option<Vec<u8>>,
    pub(super) tracks: Vec<Track>,
    /// The highest number of any stream in the file, shown or not: sidecars come after it.
    last_number: usize,
}

/// One stream of the file, or a subtitle file beside it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Track {
    pub(super) number: u8,
    pub(super) kind: cineclub_domain::title::TrackKind,
    pub(super) codec: String,
    pub(super) rfc6381: String,
    pub(super) language: Language,
    pub(super) role: &'static str,
    pub(super) name: String,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
    pub(super) frame_rate: Option<f64>,
    pub(super) channels: Option<u16>,
    pub(super) sample_rate: Option<u32>,
    pub(super) sidecar: Option<String>,
}

/// Where the bytes are and where made objects go.
pub(super) struct Places<'a> {
    pub(super) roots: &'a Roots,
    pub(super) store: &'a ObjectStore,
}

/// Why a file can't be taken: as the job takes it, and what is then true of an asset that was there.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) failure: Failure,
    /// The state of the file, when the failure tells something about it.
    pub(super) state: Option<AssetState>,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            state: None,
        }
    }
}

/// Reads the file at `path`, which was found complete with this size and time. `step` hears what is being done.
pub(super) fn examine(
    places: &Places<'_>,
    root: RootId,
    path: &str,
    complete: (u64, i64),
    step: &dyn Fn(u64, &str),
) -> Result<Examined, Refusal> {
    let path = RelativePath::parse(path).map_err(|error| Failure::Fail(sentence(&error)))?;
    let open = places.roots.open(root).map_err(unavailable)?;
    let source = open.open_file(&path).map_err(unavailable)?;
    let identity = source.identity();
    if !identity.is(complete.0, complete.1) {
        let changed = "The file has changed since it was found complete. It is taken when it lies still again.";
        return Err(Failure::Fail(changed.to_owned()).into());
    }
    step(1, "reading the film");
    let mut film = read_film(&source, identity.size_bytes)?;
    let fingerprint = fingerprint(&source).map_err(|error| Failure::Retry(sentence(&error)))?;
    if source.has_changed().unwrap_or(true) {
        return Err(Failure::Retry("The file changed while it was read.".to_owned()).into());
    }
    let named = names::read(path.as_str());
    let mut beside = Beside {
        open: &open,
        store: places.store,
        notes: Vec::new(),
    };
    let sidecars = sidecars::find(path.as_str(), &named, &mut |folder| beside.names(folder));
    step(2, "reading the texts beside it");
    let texts = beside.texts(&sidecars);
    let claim = beside.claim(&sidecars);
    step(3, "making pictures");
    let pictures = beside.pictures(&sidecars)?;
    step(4, "making subtitles");
    let subtitles = beside.subtitles(&sidecars, &film)?;
    film.tracks.extend(subtitles);
    let notes = beside.notes;
    Ok(Examined {
        root,
        path: path.to_string(),
        identity,
        fingerprint,
        named,
        film,
        texts,
        pictures,
        claim,
        notes,
    })
}

/// An error as a sentence that can be stored: a capital in front, a full stop behind.
pub(super) fn sentence(error: &dyn Display) -> String {
    let text = plain(&error.to_string());
    let mut chars = text.chars();
    let first = chars
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{first}{}{stop}", chars.as_str())
}

fn unavailable(error: storage::Error) -> Failure {
    match error {
        storage::Error::UnknownRoot => Failure::Fail(sentence(&error)),
        // The scanner takes it as a new file when it is back.
        storage::Error::Gone => Failure::Fail(
            "The file was gone before it could be read. It is taken when it is back.".to_owned(),
        ),
        other => Failure::Retry(sentence(&other)),
    }
}

fn read_film(source: &impl ReadAt, size_bytes: u64) -> Result<Film, Refusal> {
    let container = container(source, size_bytes).map_err(|error| refuse(&error))?;
    match media::open(source, size_bytes) {
        Ok((index, _)) => Ok(film(container, &index)),
        // Kept, and listed as waiting: a later version, or the workshop, will read it.
        Err(error @ (media::Error::NotYet(_) | media::Error::Fragmented)) => Ok(Film {
            container: container.name(),
            state: AssetState::Waiting,
            reason: Some(sentence(&error)),
            duration_ms: None,
            index: None,
            tracks: Vec::new(),
            last_number: 0,
        }),
        Err(error) => Err(refuse(&error)),
    }
}

fn container(source: &impl ReadAt, size_bytes: u64) -> Result<Container, media::Error> {
    let wanted = usize::try_from(size_bytes)
        .unwrap_or(usize::MAX)
        .min(media::SNIFF_BYTES);
    let mut head = vec![0; wanted];
    media::read_exact_at(source, 0, &mut head)?;
    Ok(media::sniff(&head))
}

fn refuse(error: &media::Error) -> Refusal {
    use media::Error as E;
    let (failure, state) = match error {
        E::Read(_) | E::EndedEarly { .. } => (Failure::Retry(sentence(error)), None),
        E::Empty => (fail(error, "Copy it again."), Some(AssetState::Damaged)),
        E::NotAFilm(_) => (
            fail(error, "Remove it, or give it the ending it should have."),
            Some(AssetState::Damaged),
        ),
        _ => (
            fail(error, "Deliver the file again."),
            Some(AssetState::Damaged),
        ),
    };
    Refusal { failure, state }
}

fn fail(error: &media::Error, advice: &str) -> Failure {
    Failure::Fail(format!("{} {advice}", sentence(error)))
}

fn film(container: Container, index: &Index) -> Film {
    let (state, reason) = judge(index);
    let playable_only = state == AssetState::Ready;
    let tracks = index
        .tracks
        .iter()
        .filter(|track| track.is_playable() || !playable_only)
        .filter_map(stream)
        .collect();
    Film {
        container: container.name(),
        state,
        reason,
        duration_ms: i64::try_from(index.duration_ms).ok(),
        index: Some(index.to_bytes()),
        tracks,
        last_number: index.tracks.len(),
    }
}

/// Whether browsers can play the film: its picture, and its sound if it has any.
fn judge(index: &Index) -> (AssetState, Option<String>) {
    if let Some(damage) = &index.damage {
        return (AssetState::Damaged, Some(sentence(damage)));
    }
    let told = |reasons: Vec<String>| {
        Some(
            reasons
                .iter()
                .map(|reason| sentence(reason))
                .collect::<Vec<_>>()
                .join(" "),
        )
    };
    match index.verdict() {
        Verdict::Playable => (AssetState::Ready, None),
        Verdict::Partly(reasons) => (AssetState::Ready, told(reasons)),
        Verdict::Waiting(reasons) => (AssetState::Waiting, told(reasons)),
    }
}

fn stream(track: &media::Track) -> Option<Track> {
    use cineclub_domain::title::TrackKind;
    let kind = match track.kind {
        Kind::Video => TrackKind::Video,
        Kind::Audio => TrackKind::Audio,
        Kind::Subtitle => TrackKind::Subtitle,
        Kind::Other => return None,
    };
    let role = match track.role {
        Role::Main => "main",
        Role::Dub => "dub",
        Role::Commentary => "commentary",
        Role::AudioDescription => "description",
        Role::Sdh => "sdh",
        Role::Forced => "forced",
    };
    let (width, height) = track.shown_size();
    let number = u8::try_from(track.number)
        .ok()
        .filter(|number| usize::from(*number) <= MAX_TRACK)?;
    let frames = track.frame_rate.filter(|(_, per)| *per > 0);
    Some(Track {
        number,
        kind,
        codec: plain(&track.codec),
        rfc6381: plain(track.rfc6381.as_deref().unwrap_or_default()),
        language: track
            .language
            .as_deref()
            .and_then(|tag| tag.parse().ok())
            .unwrap_or_else(Language::unknown),
        role,
        name: plain(track.name.as_deref().unwrap_or_default()),
        width: (width > 0).then_some(width),
        height: (height > 0).then_some(height),
        frame_rate: frames.map(|(count, per)| count as f64 / per as f64),
        channels: (track.channels > 0).then_some(track.channels),
        sample_rate: (track.sample_rate > 0).then_some(track.sample_rate),
        sidecar: None,
    })
}

/// A digest over the size and both ends of the file, where every container keeps what tells contents apart.
fn fingerprint(source: &SourceFile) -> std::io::Result<String> {
    let size = source.identity().size_bytes;
    let mut digest = Sha256::new();
    digest.update(size.to_le_bytes());
    let part = size.min(FINGERPRINT_BYTES);
    let mut buffer = vec![0; usize::try_from(part).unwrap_or(0)];
    for offset in [0, size - part] {
        source.file().read_exact_at(&mut buffer, offset)?;
        digest.update(&buffer);
    }
    Ok(storage::hex(&digest.finalize()))
}

/// The files beside a film. What can't be used is noted and passed over: a bad poster stops no film.
struct Beside<'a> {
    open: &'a OpenRoot,
    store: &'a ObjectStore,
    notes: Vec<String>,
}

impl Beside<'_> {
    fn names(&mut self, folder: &str) -> Vec<String> {
        match self.open.list(folder) {
            Ok(entries) => entries
                .into_iter()
                .filter(|entry| entry.kind == EntryKind::File)
                .map(|entry| entry.name)
                .collect(),
            Err(error) => {
                self.note(folder, &error);
                Vec::new()
            }
        }
    }

    fn read(&mut self, path: &str, limit_bytes: u64) -> Option<Vec<u8>> {
        let read = RelativePath::parse(path)
            .map_err(storage::Error::from)
            .and_then(|path| self.open.read_small(&path, limit_bytes));
        match read {
            Ok(Some(bytes)) => Some(bytes),
            Ok(None) => {
                self.note(
                    path,
                    &format!("it is larger than {} MiB", limit_bytes >> 20),
                );
                None
            }
            Err(error) => {
                self.note(path, &error);
                None
            }
        }
    }

    fn note(&mut self, path: &str, why: &dyn Display) {
        self.notes
            .push(format!("{path} was passed over: {}", sentence(why)));
    }

    fn texts(&mut self, sidecars: &Sidecars) -> Vec<(Level, Option<Language>, Nfo)> {
        let mut texts = Vec::new();
        for (level, language, path) in &sidecars.texts {
            let Some(bytes) = self.read(path, nfo::LIMIT_BYTES) else {
                continue;
            };
            match nfo::parse(&bytes) {
                Ok(nfo) => texts.push((*level, language.clone(), nfo)),
                Err(error) => self.note(path, &error),
            }
        }
        texts
    }

    fn claim(&mut self, sidecars: &Sidecars) -> Option<(Level, Claim)> {
        let (level, path) = sidecars.claim.as_ref()?;
        let bytes = self.read(path, claims::LIMIT_BYTES)?;
        match parse_claim(&String::from_utf8_lossy(&bytes)) {
            Ok(claim) => Some((*level, claim)),
            Err(error) => {
                self.note(path, &error);
                None
            }
        }
    }

    fn pictures(
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
                Err(artwork::ArtworkError::Store(error)) => {
                    return Err(Failure::Retry(sentence(&error)));
                }
                Err(error) => self.note(path, &error),
            }
        }
        Ok(pictures)
    }

    fn subtitles(&mut self, sidecars: &Sidecars, film: &Film) -> Result<Vec<Track>, Failure> {
        let mut tracks = Vec::new();
        let first = film.last_number + 1;
        for file in &sidecars.subtitles {
            let Some(number) = u8::try_from(first + tracks.len())
                .ok()
                .filter(|n| usize::from(*n) <= MAX_TRACK)
            else {
                self.note(&file.path, &"a film can have 63 tracks");
                continue;
            };
            let Some(bytes) = self.read(&file.path, SUBTITLE_LIMIT_BYTES) else {
                continue;
            };
            // In the time of the file it came from: delivery moves it to the film's.
            let text = match media::subtitles::to_webvtt(&bytes) {
                Ok(text) => text,
                Err(error) => {
                    self.note(&file.path, &error);
                    continue;
                }
            };
            let object = self
                .store
                .put(text.as_bytes())
                .map_err(|error| Failure::Retry(sentence(&error)))?;
            tracks.push(Track {
                number,
                kind: cineclub_domain::title::TrackKind::Subtitle,
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

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// A file to which something is done once its first bytes have been read.
    struct Restless<F: Fn()> {
        file: File,
        has_begun: AtomicBool,
        then: F,
    }

    impl<F: Fn()> ReadAt for Restless<F> {
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            let read = FileExt::read_at(&self.file, buffer, offset)?;
            if !self.has_begun.swap(true, Ordering::SeqCst) {
                (self.then)();
            }
            Ok(read)
        }
    }

    /// Reads the example film while `then` is done to it.
    fn read_while(then: impl Fn(&PathBuf)) -> Result<Film, Refusal> {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("film.mp4");
        let bytes = media::example_film();
        std::fs::write(&path, &bytes).unwrap();
        let source = Restless {
            file: File::open(&path).unwrap(),
            has_begun: AtomicBool::new(false),
            then: || then(&path),
        };
        read_film(&source, bytes.len() as u64)
    }

    #[test]
    fn a_file_that_shrinks_while_it_is_read_is_tried_again_and_the_job_says_why() {
        let shrink = |path: &PathBuf| {
            let file = File::options().write(true).open(path).unwrap();
            file.set_len(20).unwrap();
        };
        let Refusal { failure, state } = read_while(shrink).unwrap_err();
        let Failure::Retry(told) = failure else {
            panic!("it isn't tried again: {failure:?}");
        };
        assert!(told.contains("it changed while being read"), "{told}");
        assert_eq!(state, None, "nothing is concluded of the film");
    }

    #[test]
    fn a_file_that_is_unlinked_while_it_is_read_is_read_to_its_end() {
        let film = read_while(|path| std::fs::remove_file(path).unwrap()).unwrap();
        assert_eq!(film.state, AssetState::Ready);
    }

    #[test]
    fn a_disk_that_fails_while_a_film_is_read_is_asked_again_and_the_job_says_why() {
        struct Failing;
        impl ReadAt for Failing {
            fn read_at(&self, _: u64, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the cable was pulled"))
            }
        }
        let Failure::Retry(told) = read_film(&Failing, 1_000).unwrap_err().failure else {
            panic!("it isn't tried again");
        };
        assert!(told.contains("the cable was pulled"), "{told}");
    }
}
