//! `media package`: a film, alone or in several sizes, written to a folder as the server would serve it.

use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use cineclub_media::{self as media, Index, Ladder, Lookup, Segment, Sizes};

use super::say;
use super::source::{Source, open, refused};
use crate::error::{Error, Kind, Result};

/// A film that was opened.
struct Opened<'p> {
    path: &'p Path,
    source: Source,
    index: Index,
    tables: Option<media::SampleTables>,
}

/// Writes the first film and, as rungs of its ladder, those that follow.
pub(super) fn package(paths: &[PathBuf], folder: &Path) -> Result<()> {
    let films: Vec<_> = paths.iter().map(|path| film(path)).collect::<Result<_>>()?;
    let Some((lead, rungs)) = films.split_first() else {
        return Err(Error::not_found());
    };
    let others = rungs.iter().map(|rung| Some(&rung.index));
    let ladder = (!rungs.is_empty()).then(|| Ladder::new(&lead.index, &others.collect::<Vec<_>>()));
    refuse_misfits(&films, ladder.as_ref())?;
    let others: Vec<_> = (1..).zip(rungs.iter().map(|rung| &rung.index)).collect();
    let sizes = match &ladder {
        Some(ladder) => Sizes::new(&lead.index, ladder, &others),
        None => Sizes::from(&lead.index),
    };
    let selection = media::Selection::everything(&lead.index);
    let master = media::hls::multivariant(sizes, &selection).map_err(|e| refused(lead.path, e))?;
    let manifest = media::dash::manifest(sizes, &selection).map_err(|e| refused(lead.path, e))?;
    std::fs::create_dir_all(folder)?;
    let mut tracks = 0;
    for (place, film) in (0..).zip(&films) {
        let ladder = ladder.as_ref().map(|ladder| (ladder, place));
        tracks += write(film, ladder, folder).map_err(|failure| match failure {
            Failure::Media(error) => refused(film.path, error),
            Failure::Disk(error) => error.into(),
        })?;
    }
    std::fs::write(folder.join("manifest.mpd"), manifest)?;
    if !lead.index.chapters.is_empty() {
        let chapters = media::hls::chapters(&lead.index);
        let list = serde_json::to_vec(&chapters).map_err(Error::internal)?;
        std::fs::write(folder.join("chapters.json"), list)?;
    }
    // Last, so that a folder with a master playlist is a whole one.
    std::fs::write(folder.join("master.m3u8"), master)?;
    let master = folder.join("master.m3u8");
    say(format!("{} written; {tracks} tracks", master.display()));
    Ok(())
}

fn film(path: &Path) -> Result<Opened<'_>> {
    let (source, size) = open(path)?;
    let (index, tables) = media::open(&source, size).map_err(|error| refused(path, error))?;
    Ok(Opened {
        path,
        source,
        index,
        tables,
    })
}

/// Who names a file wants it in: one that can't be switched to is an error here.
fn refuse_misfits(films: &[Opened<'_>], ladder: Option<&Ladder>) -> Result<()> {
    for (place, film) in (0..).zip(films) {
        if let Some(why) = ladder.and_then(|ladder| ladder.misfit(place)) {
            let told = format!(
                "{} is no other size of the film: {why}",
                film.path.display()
            );
            return Err(Error::new(Kind::BadInput, told));
        }
    }
    Ok(())
}

enum Failure {
    Media(media::Error),
    Disk(std::io::Error),
}

impl From<media::Error> for Failure {
    fn from(error: media::Error) -> Self {
        Self::Media(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Writes a film's tracks and says how many: all of them or, of a rung that does not lead, its picture.
fn write(
    film: &Opened<'_>,
    ladder: Option<(&Ladder, u32)>,
    folder: &Path,
) -> std::result::Result<usize, Failure> {
    let Opened { index, source, .. } = film;
    let lookup = Lookup::new(source, index, film.tables.clone());
    let mut written = 0;
    for track in index.tracks.iter().filter(|track| track.is_playable()) {
        let number = track.number;
        let joined = ladder.filter(|(ladder, rung)| ladder.picture(*rung) == Some(number));
        let rung = ladder.map_or(0, |(_, rung)| rung);
        if rung > 0 && joined.is_none() {
            continue;
        }
        let place = folder.join(match rung {
            0 => number.to_string(),
            rung => format!("{rung}-{number}"),
        });
        std::fs::create_dir_all(&place)?;
        let playlist = match joined {
            Some((ladder, rung)) => media::hls::rung_playlist(index, ladder, rung, None)?,
            None => media::hls::media_playlist(index, number)?,
        };
        std::fs::write(place.join("index.m3u8"), playlist)?;
        std::fs::write(place.join("init.mp4"), media::init_segment(index, number)?)?;
        let (mut segment, mut bytes) = (Segment::default(), Vec::new());
        let own = track.segment_count();
        for n in 0..joined.map_or(own, |(ladder, _)| ladder.segment_count()) {
            let run = match joined {
                Some((ladder, rung)) => ladder.run(rung, n)?,
                None => n..n + 1,
            };
            media::plan_run(index, lookup.samples(), number, run, &mut segment)?;
            fill(&mut bytes, &segment, source)?;
            std::fs::write(place.join(format!("{n}.m4s")), &bytes)?;
        }
        if track.kind == media::Kind::Video {
            for n in 0..own {
                media::plan_key_frame(index, lookup.samples(), number, n, &mut segment)?;
                fill(&mut bytes, &segment, source)?;
                std::fs::write(place.join(format!("k{n}.m4s")), &bytes)?;
            }
            let keys = media::hls::key_playlist(index, number)?;
            std::fs::write(place.join("keys.m3u8"), keys)?;
        }
        written += 1;
    }
    Ok(written)
}

/// What is sent of a planned fragment.
fn fill(bytes: &mut Vec<u8>, segment: &Segment, source: &Source) -> std::io::Result<()> {
    bytes.clear();
    bytes.extend_from_slice(&segment.header);
    for range in &segment.ranges {
        let start = bytes.len();
        let len = usize::try_from(range.len).map_err(std::io::Error::other)?;
        bytes.resize(start + len, 0);
        source.0.read_exact_at(&mut bytes[start..], range.offset)?;
    }
    Ok(())
}
