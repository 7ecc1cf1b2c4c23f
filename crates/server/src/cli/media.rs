//! `media`: looking into a film.

use std::path::{Path, PathBuf};

use cineclub_media as media;
use clap::Subcommand;

use super::source::{open, refused};
use super::{package, say};
use crate::error::{Error, Result};

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
        /// The film; further files are other sizes of it, which players switch between.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The folder to write to.
        folder: PathBuf,
    },
}

pub(super) fn run(command: &Media) -> Result<()> {
    match command {
        Media::Probe { file, json } => probe(file, *json),
        Media::Package { files, folder } => package::package(files, folder),
    }
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
