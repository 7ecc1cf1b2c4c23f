//! `media`: looking into a film, and packaging it as the server would serve it.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use cineclub_media as media;
use clap::Subcommand;

use super::say;
use crate::error::{Error, Kind, Result};

/// Looks into a film, or packages it.
#[derive(Subcommand)]
pub(super) enum Media {
    /// Say what a file holds.
    Probe {
        /// The file.
        file: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write `master.m3u8`, `manifest.mpd` and everything they name, as the server would serve it.
    Package {
        /// The file.
        file: PathBuf,
        /// The folder to write to.
        folder: PathBuf,
    },
}

pub(super) fn run(command: &Media) -> Result<()> {
    match command {
        Media::Probe { file, json } => probe(file, *json),
        Media::Package { file, folder } => package(file, folder),
    }
}

/// A file as the media crate reads it.
struct Source(File);

impl media::ReadAt for Source {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read_at(buffer, offset)
    }
}

fn open(path: &Path) -> Result<(Source, u64)> {
    let unreadable = |error| {
        Error::new(Kind::NotFound, format!("{} can't be read", path.display())).because(error)
    };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Error::new(
            Kind::BadInput,
            format!("{} is not a file", path.display()),
        ));
    }
    Ok((Source(file), metadata.len()))
}

fn refused(path: &Path, error: media::Error) -> Error {
    Error::new(Kind::BadInput, format!("{}: {error}", path.display()))
}

fn probe(path: &Path, json: bool) -> Result<()> {
    let (source, size) = open(path)?;
    let probe = media::probe(&source, size).map_err(|error| refused(path, error))?;
    if json {
        say(serde_json::to_string_pretty(&probe).map_err(Error::internal)?);
        return Ok(());
    }
    let seconds = probe.duration_ms.map_or("unknown length".to_owned(), |ms| {
        format!("{:.1} s", ms as f64 / 1000.0)
    });
    say(format!(
        "{} · {} · {seconds}",
        path.display(),
        probe.container
    ));
    for (number, track) in probe.tracks.iter().enumerate() {
        let value = serde_json::to_value(track).map_err(Error::internal)?;
        let facts: Vec<_> = value
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| format!("{name} {}", value.to_string().trim_matches('"')))
            .collect();
        say(format!("  {}: {}", number + 1, facts.join(", ")));
    }
    if !probe.chapters.is_empty() {
        say(format!("  {} chapters", probe.chapters.len()));
    }
    for remark in &probe.remarks {
        say(format!("  {remark}"));
    }
    Ok(())
}

fn package(path: &Path, folder: &Path) -> Result<()> {
    let (source, size) = open(path)?;
    let (index, tables) = media::open(&source, size).map_err(|error| refused(path, error))?;
    let lookup = media::Lookup::new(&source, &index, tables);
    let samples = lookup.samples();
    let selection = media::Selection::everything(&index);
    let master =
        media::hls::multivariant(&index, &selection).map_err(|error| refused(path, error))?;
    let manifest =
        media::dash::manifest(&index, &selection).map_err(|error| refused(path, error))?;
    std::fs::create_dir_all(folder)?;
    let mut segment = media::Segment::default();
    let mut bytes = Vec::new();
    for number in &selection.tracks {
        let number = *number;
        let track = index.track(number).map_err(|error| refused(path, error))?;
        let place = folder.join(number.to_string());
        std::fs::create_dir_all(&place)?;
        let playlist =
            media::hls::media_playlist(&index, number).map_err(|error| refused(path, error))?;
        let init = media::init_segment(&index, number).map_err(|error| refused(path, error))?;
        std::fs::write(place.join("index.m3u8"), playlist)?;
        std::fs::write(place.join("init.mp4"), init)?;
        for n in 0..track.segment_count() {
            media::plan_segment(&index, samples, number, n, &mut segment)
                .map_err(|error| refused(path, error))?;
            fill(&mut bytes, &segment, &source)?;
            std::fs::write(place.join(format!("{n}.m4s")), &bytes)?;
            if track.kind == media::Kind::Video {
                media::plan_key_frame(&index, samples, number, n, &mut segment)
                    .map_err(|error| refused(path, error))?;
                fill(&mut bytes, &segment, &source)?;
                std::fs::write(place.join(format!("k{n}.m4s")), &bytes)?;
            }
        }
        if track.kind == media::Kind::Video {
            let keys =
                media::hls::key_playlist(&index, number).map_err(|error| refused(path, error))?;
            std::fs::write(place.join("keys.m3u8"), keys)?;
        }
    }
    std::fs::write(folder.join("manifest.mpd"), manifest)?;
    if !index.chapters.is_empty() {
        let chapters = media::hls::chapters(&index);
        let list = serde_json::to_vec(&chapters).map_err(Error::internal)?;
        std::fs::write(folder.join("chapters.json"), list)?;
    }
    // Last, so that a folder with a master playlist is a whole one.
    std::fs::write(folder.join("master.m3u8"), master)?;
    say(format!(
        "{} written; {} tracks",
        folder.join("master.m3u8").display(),
        selection.tracks.len()
    ));
    Ok(())
}

/// What is sent of a planned fragment.
fn fill(bytes: &mut Vec<u8>, segment: &media::Segment, source: &Source) -> Result<()> {
    bytes.clear();
    bytes.extend_from_slice(&segment.header);
    for range in &segment.ranges {
        let start = bytes.len();
        let len = usize::try_from(range.len).map_err(Error::internal)?;
        bytes.resize(start + len, 0);
        source.0.read_exact_at(&mut bytes[start..], range.offset)?;
    }
    Ok(())
}
