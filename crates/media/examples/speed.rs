//! Prints what indexing a film, writing its playlists and planning its segments costs: `speed FILE`.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use cineclub_media as media;
use media::Selection;
use media::hls::{media_playlist, multivariant};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: speed FILE")?;
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let source = |offset: u64, buffer: &mut [u8]| file.read_at(buffer, offset);
    let (index, tables) = media::open(&source, size)?;
    let stored = index.to_bytes();
    println!(
        "{} s, {} samples, moov {} bytes, index {} bytes, tables in memory {} bytes",
        index.duration_ms / 1000,
        index.tracks.iter().map(|track| track.samples).sum::<u32>(),
        index.moov.len,
        stored.len(),
        tables.as_ref().map_or(0, media::SampleTables::memory_bytes)
    );
    report("index the file", 20, || {
        media::open(&source, size).map(|_| ())
    })?;
    if tables.is_some() {
        report("read the tables", 20, || {
            media::SampleTables::read(&source, &index).map(|_| ())
        })?;
    } else {
        let count = index.tracks[0].segment_count();
        let mut n = 0;
        report("read the headers of a stretch", 500, || {
            n = (n + 7919) % count;
            media::Stretch::read(&source, &index, n).map(|_| ())
        })?;
    }
    let places = tables.clone().and_then(|tables| tables.into_places().ok());
    if let Some(places) = &places {
        println!(
            "tables left in the file: {} bytes in memory",
            places.memory_bytes()
        );
    }
    let lookup = media::Lookup::new(&source, &index, tables);
    report("read the stored index", 200, || {
        media::Index::from_bytes(&stored).map(|_| ())
    })?;
    let selection = Selection::everything(&index);
    report("multivariant playlist", 2000, || {
        multivariant(&index, &selection).map(|_| ())
    })?;
    let mut segment = media::Segment::default();
    for number in &selection.tracks {
        let count = index.track(*number)?.segment_count();
        report(
            &format!("track {number}: media playlist ({count} segments)"),
            200,
            || media_playlist(&index, *number).map(|_| ()),
        )?;
        report(&format!("track {number}: init segment"), 2000, || {
            media::init_segment(&index, *number).map(|_| ())
        })?;
        let mut n = 0;
        report(&format!("track {number}: plan a segment"), 5000, || {
            n = (n + 7919) % count;
            media::plan_segment(&index, lookup.samples(), *number, n, &mut segment)
        })?;
        if let Some(places) = &places {
            let what = format!("track {number}: plan a segment, tables in the file");
            report(&what, 5000, || {
                n = (n + 7919) % count;
                let samples = media::Samples::Places(places, &source);
                media::plan_segment(&index, samples, *number, n, &mut segment)
            })?;
        }
    }
    Ok(())
}

fn report(what: &str, times: u32, mut run: impl FnMut() -> media::Result<()>) -> media::Result<()> {
    let begun = Instant::now();
    for _ in 0..times {
        run()?;
    }
    let each: Duration = begun.elapsed() / times;
    println!("{what}: {each:?}");
    Ok(())
}
