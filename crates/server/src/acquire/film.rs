//! What a film's file itself holds, and whether browsers can play it.

use cineclub_db::assets::AssetState;
use cineclub_domain::job::Failure;
use cineclub_domain::language::Language;
use cineclub_domain::reason::Reason;
use cineclub_media as media;
use cineclub_media::{Container, Index, Kind, ReadAt, Role, SampleTables, Verdict};

use super::text::plain;
use crate::reasons;
use crate::storage::ObjectStore;

/// The highest track number a playback token can name.
pub(super) const MAX_TRACK: usize = 63;

/// What the file itself holds.
#[derive(Debug, Clone)]
pub(super) struct Film {
    pub(super) container: &'static str,
    pub(super) state: AssetState,
    pub(super) reason: Option<Reason>,
    pub(super) duration_ms: Option<i64>,
    pub(super) index: Option<Vec<u8>>,
    pub(super) tracks: Vec<Track>,
    /// What the file's texts are read with.
    pub(super) opened: Option<(Index, Option<SampleTables>)>,
    /// The highest number of any stream in the file, shown or not: sidecars come after it.
    pub(super) last_number: usize,
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

/// Reads what a source of this size holds. Blocks.
pub(super) fn read_film(source: &impl ReadAt, size_bytes: u64) -> Result<Film, Refusal> {
    let container = container(source, size_bytes).map_err(|error| refuse(&error))?;
    match media::open(source, size_bytes) {
        Ok((index, tables)) => {
            let film = film(container, &index);
            Ok(Film {
                opened: Some((index, tables)),
                ..film
            })
        }
        // Kept, and listed as waiting: a later version, or the workshop, will read it.
        Err(error @ media::Error::NotYet(_)) => Ok(Film {
            container: container.name(),
            state: AssetState::Waiting,
            reason: Some(reasons::of_media(&error)),
            duration_ms: None,
            index: None,
            tracks: Vec::new(),
            opened: None,
            last_number: 0,
        }),
        Err(error) => Err(refuse(&error)),
    }
}

impl Film {
    /// Reads the subtitles inside the file that are text, and keeps them as those beside a film are kept. Blocks for as
    /// long as a Matroska film takes to be walked through.
    pub(super) fn keep_texts(
        &mut self,
        source: &impl ReadAt,
        store: &ObjectStore,
    ) -> Result<(), Refusal> {
        let Some((index, tables)) = self.opened.take() else {
            return Ok(());
        };
        if self.state != AssetState::Ready {
            return Ok(());
        }
        let texts = media::read_texts(source, &index, tables.as_ref());
        for (number, cues) in texts.map_err(|error| refuse(&error))? {
            let track = index.track(number).ok().and_then(stream);
            let Some(track) = track.filter(|_| !cues.is_empty()) else {
                continue;
            };
            let text = media::subtitles::write_webvtt(&cues);
            let object = store.put(text.as_bytes()).map_err(refused)?;
            self.tracks.push(Track {
                codec: "webvtt".to_owned(),
                rfc6381: "wvtt".to_owned(),
                sidecar: Some(object),
                ..track
            });
        }
        Ok(())
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
    // What an engineer can use of it is not in the reason.
    tracing::warn!(%error, "a file was not taken in");
    let reason = reasons::of_media(error);
    let (failure, state) = match error {
        media::Error::Read(_) | media::Error::EndedEarly { .. } => (Failure::Retry(reason), None),
        _ => (Failure::Fail(reason), Some(AssetState::Damaged)),
    };
    Refusal { failure, state }
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
        opened: None,
        last_number: index.tracks.len(),
    }
}

/// Whether browsers can play the film, its picture, and its sound if it has any, and what is to be said of it.
fn judge(index: &Index) -> (AssetState, Option<Reason>) {
    let shown = index
        .tracks
        .iter()
        .filter(|track| track.kind != Kind::Other);
    let damage = index.damage.map(reasons::of_damage).into_iter();
    let damage = damage.chain(index.holes.map(reasons::of_holes));
    let is_damaged = index.damage.is_some() || index.holes.is_some();
    let told = damage
        .chain(shown.filter_map(reasons::of_track))
        .reduce(Reason::and);
    match index.verdict() {
        // What is there of a film that is cut off or has holes is played.
        Verdict::Playable | Verdict::Partly(_) => (AssetState::Ready, told),
        Verdict::Waiting(_) if is_damaged => (AssetState::Damaged, told),
        Verdict::Waiting(_) => (AssetState::Waiting, told),
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

/// The disk refused: it may answer later.
pub(super) fn refused(error: std::io::Error) -> Failure {
    tracing::warn!(%error, "an ingest could not read or write");
    Failure::Retry(reasons::of_io(&error))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io;
    use std::os::unix::fs::FileExt;
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
        assert_eq!(told.key(), "reason-ended-early");
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
        assert_eq!(told.key(), "reason-read");
    }
}
