//! What `media probe --json` says of a file.

use serde::Serialize;

use crate::chapters::Chapter;
use crate::error::Result;
use crate::index::Index;
use crate::model::{Kind, Role};
use crate::mp4::Mp4;
use crate::open::{find_moov, head, index_of};
use crate::sniff::{Container, sniff};
use crate::source::ReadAt;

/// A file's container and tracks, in words other programs know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Probe {
    /// [`Container::name`].
    pub container: &'static str,
    /// The running time the file declares, or that of its samples where it declares none; if it could be read.
    pub duration_ms: Option<u64>,
    /// The tracks, in file order; none where the container is only recognised.
    pub tracks: Vec<ProbeTrack>,
    /// The chapters, in order of their start.
    pub chapters: Vec<Chapter>,
    /// Why the film cannot be played, or not all of it; empty when all is well.
    pub remarks: Vec<String>,
}

/// One track, as [`Probe`] lists it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProbeTrack {
    /// Counted from 1 in file order.
    pub number: u32,
    /// Picture, sound, subtitles or other.
    pub kind: Kind,
    /// ffprobe's name.
    pub codec: String,
    /// The codec string of RFC 6381.
    pub rfc6381: Option<String>,
    /// As the file says it.
    pub language: Option<String>,
    /// The track's name.
    pub name: Option<String>,
    /// A guess from the name.
    pub role: Role,
    /// Pixels; only for pictures.
    pub width: Option<u32>,
    /// Pixels; only for pictures.
    pub height: Option<u32>,
    /// Degrees clockwise; only for pictures.
    pub rotation: Option<u16>,
    /// Frames per second, average; only for pictures.
    pub frame_rate: Option<f64>,
    /// Only for sound.
    pub channels: Option<u16>,
    /// Hz; only for sound.
    pub sample_rate: Option<u32>,
    /// Samples (frames) the file declares; a Matroska file declares none.
    pub samples: Option<u32>,
    /// Why the track cannot be played; absent when it can.
    pub waiting: Option<String>,
}

/// Reads just enough of a file to describe it.
///
/// A file that is no film, or of a kind not read yet, is described too, with a remark that says so.
///
/// # Errors
/// When the source fails, or an MP4 is damaged beyond description.
pub fn probe(source: &(impl ReadAt + ?Sized), size_bytes: u64) -> Result<Probe> {
    let container = sniff(&head(source, size_bytes)?);
    let mut probe = Probe {
        container: container.name(),
        duration_ms: None,
        tracks: Vec::new(),
        chapters: Vec::new(),
        remarks: Vec::new(),
    };
    if container == Container::Matroska {
        let index = crate::matroska::build(source, size_bytes)?;
        let declared_ms = crate::matroska::declared_ms(source, size_bytes)?;
        probe.duration_ms = declared_ms.or(Some(index.duration_ms));
        probe.describe(&index);
        return Ok(probe);
    }
    if container != Container::Mp4 {
        let error = crate::open::refusal(container);
        probe.remarks.push(error.to_string());
        return Ok(probe);
    }
    let mp4 = Mp4::read(source, find_moov(source, size_bytes)?, size_bytes)?;
    probe.duration_ms = Some(mp4.movie.declared_ms).filter(|ms| *ms > 0);
    match index_of(source, &mp4, size_bytes) {
        Ok(index) => probe.describe(&index),
        Err(error) => probe.remarks.push(error.to_string()),
    }
    Ok(probe)
}

impl Probe {
    fn describe(&mut self, index: &Index) {
        let longest = index.tracks.iter().map(|track| track.duration_ms).max();
        let found = Some(index.duration_ms).filter(|ms| *ms > 0).or(longest);
        self.duration_ms = self.duration_ms.or(found);
        if let Some(damage) = index.damage {
            self.remarks.push(damage.to_string());
        }
        if let Some(holes) = index.holes {
            self.remarks.push(holes.to_string());
        }
        if index.has_ignored_edits {
            self.remarks
                .push("the film's edit list has several parts: it is played as one".to_owned());
        }
        if index.has_ordered_chapters {
            self.remarks.push(
                "the film's chapters ask for another order: it is played as it lies in the file"
                    .to_owned(),
            );
        }
        self.chapters.clone_from(&index.chapters);
        self.tracks = index
            .tracks
            .iter()
            .map(|track| {
                let picture = track.kind == Kind::Video;
                let sound = track.kind == Kind::Audio;
                ProbeTrack {
                    number: track.number,
                    kind: track.kind,
                    codec: track.codec.clone(),
                    rfc6381: track.rfc6381.clone(),
                    language: track.language.clone(),
                    name: track.name.clone(),
                    role: track.role,
                    width: picture.then_some(track.width),
                    height: picture.then_some(track.height),
                    rotation: picture.then_some(track.rotation),
                    frame_rate: track.frame_rate.map(|(frames, seconds)| {
                        (frames as f64 / seconds as f64 * 1e6).round() / 1e6
                    }),
                    channels: sound.then_some(track.channels),
                    sample_rate: sound.then_some(track.sample_rate),
                    samples: (!track.is_stretched()).then_some(track.samples),
                    waiting: track.reason(),
                }
            })
            .collect();
    }
}
