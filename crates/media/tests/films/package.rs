//! Writes a film's playlists, init segments and segments to a folder, as a server would serve them.

use std::fs;
use std::path::{Path, PathBuf};

use cineclub_media as media;
use media::hls::{key_playlist, media_playlist, multivariant};
use media::{Index, Kind, Lookup, Part, ReadAt as _, Samples, Segment, Selection, TablePlaces};

/// A film that was indexed and cut.
pub(crate) struct Packaged {
    pub(crate) index: Index,
    pub(crate) master: PathBuf,
    pub(crate) manifest: PathBuf,
    pub(crate) folder: PathBuf,
}

/// Packages `bytes` into a new folder called `name` in `within`, through the stored form of the index.
pub(crate) fn package(bytes: &[u8], within: &Path, name: &str) -> Packaged {
    let (index, _) = media::open(bytes, bytes.len() as u64).expect("the film can be indexed");
    let index = {
        let stored = index.to_bytes();
        let read = Index::from_bytes(&stored).expect("what was stored can be read");
        assert_eq!(read, index, "the stored index says the same");
        read
    };
    let lookup = Lookup::open(bytes, &index).expect("the film can be read again");
    let samples = lookup.samples();
    let places = left_in_file(samples);
    let folder = within.join(name);
    let selection = Selection::everything(&index);
    write(
        &folder,
        "master.m3u8",
        multivariant(&index, &selection)
            .expect("a playlist")
            .as_bytes(),
    );
    write(
        &folder,
        "manifest.mpd",
        media::dash::manifest(&index, &selection)
            .expect("a manifest")
            .as_bytes(),
    );
    for number in &selection.tracks {
        let at = folder.join(number.to_string());
        let playlist = media_playlist(&index, *number).expect("a playlist");
        write(&at, "index.m3u8", playlist.as_bytes());
        write(
            &at,
            "init.mp4",
            &media::init_segment(&index, *number).expect("an init segment"),
        );
        let track = index.track(*number).expect("it is selected");
        let mut segment = Segment::default();
        for n in 0..track.segment_count() {
            let body = segment_bytes(bytes, &index, samples, *number, n, &mut segment);
            if let Some(places) = &places {
                let source = |offset, buffer: &mut [u8]| bytes.read_at(offset, buffer);
                let left = Samples::Places(places, &source);
                let again = segment_bytes(bytes, &index, left, *number, n, &mut segment);
                assert!(
                    again == body,
                    "by tables in the file segment {n} is the same"
                );
            }
            write(&at, &format!("{n}.m4s"), &body);
            if track.kind == Kind::Video {
                media::plan_key_frame(&index, samples, *number, n, &mut segment)
                    .expect("the key frame can be planned");
                write(&at, &format!("k{n}.m4s"), &sent(bytes, &segment));
            }
        }
        if track.kind == Kind::Video {
            let keys = key_playlist(&index, *number).expect("a playlist of key frames");
            write(&at, "keys.m3u8", keys.as_bytes());
        }
    }
    Packaged {
        index: index.clone(),
        master: folder.join("master.m3u8"),
        manifest: folder.join("manifest.mpd"),
        folder,
    }
}

/// The same tables, left in the file, where they can be.
pub(crate) fn left_in_file(samples: Samples<'_>) -> Option<TablePlaces> {
    match samples {
        Samples::Tables(tables) => tables.clone().into_places().ok(),
        _ => None,
    }
}

/// The bytes of one segment.
pub(crate) fn segment_bytes(
    film: &[u8],
    index: &Index,
    samples: Samples<'_>,
    track: u32,
    n: u32,
    segment: &mut Segment,
) -> Vec<u8> {
    media::plan_segment(index, samples, track, n, segment).expect("the segment can be planned");
    sent(film, segment)
}

/// What is sent of a planned fragment.
pub(crate) fn sent(film: &[u8], segment: &Segment) -> Vec<u8> {
    let mut body = Vec::new();
    for part in segment.slice(0, segment.len) {
        match part {
            Part::Header(bytes) => body.extend(bytes),
            Part::Source(range) => body.extend(&film[range.offset as usize..range.end() as usize]),
        }
    }
    assert_eq!(
        body.len() as u64,
        segment.len,
        "Content-Length is what is sent"
    );
    body
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join(name), bytes).expect("a file");
}
