//! What each fuzz target does with its bytes: everything a server would do, and the promises checked.

use std::alloc::{GlobalAlloc, Layout, System};

use cineclub_media as media;
use media::{Index, Lookup, SampleTables, Samples, Segment};

/// The largest piece of memory anything may ask for at once: the promise of the crates under test.
const ALLOCATION_LIMIT_BYTES: usize = 64 << 20;

/// libFuzzer's own limit on allocations needs a sanitizer's hooks, which a stable build has not.
struct Capped;

#[global_allocator]
static ALLOCATOR: Capped = Capped;

// SAFETY: every call is handed on to the system's allocator unchanged, or ends the process.
unsafe impl GlobalAlloc for Capped {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        check(size);
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        unsafe { System.dealloc(old, layout) }
    }
}

fn check(size: usize) {
    if size > ALLOCATION_LIMIT_BYTES {
        // Unwinding out of an allocator is not allowed; an abort is what the fuzzer looks for.
        eprintln!("an allocation of {size} bytes: at most {ALLOCATION_LIMIT_BYTES} are promised");
        std::process::abort();
    }
}

/// Any first bytes have a container.
pub fn sniff(bytes: &[u8]) {
    let found = media::sniff(bytes);
    assert_eq!(found == media::Container::Empty, bytes.is_empty());
}

/// A file: probe, index, store, playlists, and every segment.
pub fn film(bytes: &[u8]) {
    let _ = media::probe(bytes, bytes.len() as u64);
    if let Ok((index, tables)) = media::open(bytes, bytes.len() as u64) {
        assert_eq!(
            Index::from_bytes(&index.to_bytes()).expect("our own bytes are read back"),
            index
        );
        let texts = media::read_texts(bytes, &index, tables.as_ref());
        for (_, cues) in texts.unwrap_or_default() {
            readable(&cues);
        }
        let lookup = Lookup::new(bytes, &index, tables);
        serve(&index, lookup.samples());
        encrypt(bytes, &index, lookup.samples());
    }
}

/// The first segments of each track, encrypted where they can be.
fn encrypt(film: &[u8], index: &Index, samples: Samples<'_>) {
    let key = media::ContentKey {
        id: [1; 16],
        secret: [2; 16],
        iv: [3; 16],
    };
    let mut segment = Segment::default();
    for number in media::Selection::everything(index).tracks {
        let _ = media::encrypted_init_segment(index, number, &key);
        for n in 0..4 {
            let planned = media::plan_segment(index, samples, number, n, &mut segment);
            if planned.is_err() || segment.len > 1 << 20 {
                continue;
            }
            let mut clear = segment.header.clone();
            for range in &segment.ranges {
                clear.extend(&film[range.offset as usize..range.end() as usize]);
            }
            if let Ok(encrypted) = media::encrypt_fragment(index, number, clear.clone(), &key) {
                assert!(encrypted.len() >= clear.len());
            }
        }
    }
}

/// What follows the heads of a Matroska file, as [`film`].
pub fn matroska(bytes: &[u8]) {
    let head =
        b"\x1A\x45\xDF\xA3\x8B\x42\x82\x88matroska\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
    film(&[head, bytes].concat());
    film(bytes);
}

/// Lists of chapters: what is in Matroska's element, and in the box of Nero's programs.
pub fn chapters(bytes: &[u8]) {
    let number = |id: &[u8], value: u8| [id, &[0x81, value]].concat();
    let track = [
        number(b"\xD7", 1),
        number(b"\x83", 0x11),
        b"\x86\x86S_TEXT".to_vec(),
    ]
    .concat();
    let length = [b"\x44\x89\x88", &60_000_f64.to_be_bytes()[..]].concat();
    let matroska = [
        b"\x1A\x45\xDF\xA3\x8B\x42\x82\x88matroska\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
            .to_vec(),
        element(b"\x15\x49\xA9\x66", &length),
        element(b"\x16\x54\xAE\x6B", &element(b"\xAE", &track)),
        element(b"\x10\x43\xA7\x70", bytes),
        element(b"\x1F\x43\xB6\x75", &number(b"\xE7", 0)),
    ];
    for film in [matroska.concat(), media::example_with_chapters(bytes)] {
        let (index, _) =
            media::open(&film, film.len() as u64).expect("all but the chapters is whole");
        let stored = index.to_bytes();
        assert!(stored.len() < 32 << 10, "{} bytes", stored.len());
        assert_eq!(
            Index::from_bytes(&stored).expect("our own bytes are read back"),
            index
        );
        let _ = media::hls::chapters(&index);
        let starts = index.chapters.iter().map(|chapter| chapter.start_ms);
        assert!(starts.clone().is_sorted_by(|one, next| one < next));
        assert!(starts.last().is_none_or(|last| last < 60_000));
        for name in index.chapters.iter().flat_map(|chapter| &chapter.names) {
            assert!(!name.text.is_empty() && !name.text.contains(char::is_control));
        }
    }
}

fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    let size = (1 << 56 | body.len() as u64).to_be_bytes();
    [id, &size, body].concat()
}

/// A stored index, its checksum made right so that what lies behind it is reached too.
pub fn index(bytes: &[u8]) {
    let _ = Index::from_bytes(bytes);
    let mut whole = b"CcIx".to_vec();
    whole.extend(media::FORMAT_VERSION.to_be_bytes());
    whole.extend(bytes);
    media::seal_index(&mut whole);
    if let Ok(index) = Index::from_bytes(&whole) {
        let again = Index::from_bytes(&index.to_bytes()).expect("our own bytes are read back");
        assert_eq!(again, index);
        serve(&index, Samples::Tables(&tables_of_example()));
        // With the file's own bytes for a film: what an index of clusters speaks of is then looked for in them.
        if let Ok(lookup) = Lookup::open(bytes, &index) {
            serve(&index, lookup.samples());
        }
    }
}

/// A sample of H.264 that is to be encrypted, with parameters from the same bytes and with parameters that are as they should be.
pub fn slices(bytes: &[u8]) {
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let (config, sample) = rest.split_at(rest.len().min(usize::from(*first)));
    for (config, sample) in [(config, sample), (AVCC, bytes)] {
        let Ok(parts) = media::encrypted_parts(config, sample) else {
            continue;
        };
        let told: usize = parts
            .iter()
            .map(|(clear, encrypted)| usize::from(*clear) + *encrypted as usize)
            .sum();
        assert_eq!(told, sample.len(), "every byte is told of");
    }
}

/// Parameters of a film of 64 by 64 pixels.
const AVCC: &[u8] = b"\x01\x42\xc0\x0a\xff\xe1\0\x16\x67\x42\xc0\x0a\xda\x10\x9b\x01\x10\0\0\x03\0\x10\0\0\x03\x03\x20\xf1\x22\x6a\x01\0\x04\x68\xce\x0f\xc8";

/// Sample tables of one film with the index of another.
pub fn segmenter(bytes: &[u8]) {
    let film = media::example_film();
    let (mut index, _) = media::open(&film, film.len() as u64).expect("the example is a film");
    index.file_size = bytes.len() as u64;
    index.moov = media::ByteRange {
        offset: 0,
        len: index.file_size,
    };
    if let Ok(tables) = SampleTables::read(bytes, &index) {
        serve(&index, Samples::Tables(&tables));
        left_in_file(&index, &tables, &bytes.to_vec());
    }
    // The same tables in a file said to be large: offsets and counts are then all in range.
    let head = boxed(b"moov", bytes);
    let film = Large(&head);
    if let Ok((index, Some(tables))) = media::open(&film, 1 << 40) {
        serve(&index, Samples::Tables(&tables));
        left_in_file(&index, &tables, &film);
    }
}

/// Tables that were left in the file tell the same as those in memory. They fail where those do, or where reading does.
fn left_in_file(index: &Index, tables: &SampleTables, film: &dyn media::ReadAt) {
    let Ok(places) = tables.clone().into_places() else {
        return;
    };
    let (mut one, mut other) = (Segment::default(), Segment::default());
    for track in index.tracks.iter().filter(|track| track.is_playable()) {
        for n in (0..track.segment_count()).take(40) {
            let number = track.number;
            let by_file =
                media::plan_segment(index, Samples::Places(&places, film), number, n, &mut one);
            let by_memory = media::plan_segment(index, tables, number, n, &mut other);
            let is_alike = match (&by_file, &by_memory) {
                (Ok(()), Ok(())) => one == other,
                (Err(media::Error::Read(_) | media::Error::EndedEarly { .. }), _) => true,
                (by_file, by_memory) => by_file.is_err() && by_memory.is_err(),
            };
            assert!(
                is_alike,
                "segment {n} of track {number}: {by_file:?}, {by_memory:?}"
            );
        }
    }
}

/// Fragments behind a `moov` that is as it should be.
pub fn fragments(bytes: &[u8]) {
    let film = media::example_fragmented(bytes);
    self::film(&film);
    let Ok((index, Some(tables))) = media::open(&Large(&film), 1 << 40) else {
        return;
    };
    let again = SampleTables::read(&Large(&film), &index).expect("it was read before");
    assert_eq!(again.memory_bytes(), tables.memory_bytes());
    serve(&index, Samples::Tables(&tables));
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = (body.len() as u32 + 8).to_be_bytes();
    [&size[..], kind, body].concat()
}

/// A file of a terabyte that begins with some bytes, followed by an `mdat` without an end.
struct Large<'a>(&'a [u8]);

impl media::ReadAt for Large<'_> {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = (1_u64 << 40)
            .saturating_sub(offset)
            .min(buffer.len() as u64) as usize;
        for (at, byte) in (offset..).zip(&mut buffer[..count]) {
            let behind = at.checked_sub(self.0.len() as u64);
            *byte = match behind {
                None => self.0[at as usize],
                Some(behind) => b"\0\0\0\0mdat".get(behind as usize).copied().unwrap_or(0),
            };
        }
        Ok(count)
    }
}

/// Subtitles beside a film.
pub fn subtitles(bytes: &[u8]) {
    if let Ok(cues) = media::subtitles::parse(bytes) {
        assert!(!cues.is_empty());
        readable(&cues);
    }
}

/// Scripts beside a film, and cues inside one in each format, the bytes being the track's head and every cue.
pub fn ass(bytes: &[u8]) {
    use media::subtitles::{InsideFormat, InsideTrack};
    // As UTF-8: the other targets try what a file's encoding may be, which takes longer than all of this.
    let text = String::from_utf8_lossy(bytes);
    subtitles(text.as_bytes());
    subtitles(format!("[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,{text}").as_bytes());
    let length = (bytes.len().min(65_535) as u16).to_be_bytes();
    for format in [
        InsideFormat::Text,
        InsideFormat::WebVtt,
        InsideFormat::WebmVtt,
        InsideFormat::Ass,
        InsideFormat::MovText,
    ] {
        let mut track = InsideTrack::new(format, bytes);
        track.add(bytes, 0, 1);
        track.add(&[b"0,0,Default,,0,0,0,,", bytes].concat(), 1, 2);
        track.add(&[&length, bytes].concat(), 2, 3);
        for (at, piece) in (3..).zip(bytes.split(|byte| *byte == b'\n').take(100)) {
            track.add(piece, at, at + 2);
        }
        readable(&track.finish());
    }
}

/// What we write is read back as it is, and has no markup but ours in it.
fn readable(cues: &[media::subtitles::Cue]) {
    let text = media::subtitles::write_webvtt(cues);
    assert!(text.starts_with("WEBVTT\n"));
    let again = media::subtitles::parse(text.as_bytes()).unwrap_or_default();
    assert_eq!(again, cues, "{text}");
    let tags = ["<b>", "</b>", "<i>", "</i>", "<u>", "</u>"];
    for cue in cues {
        assert!(cue.start_ms < cue.end_ms && !cue.text.contains("\n\n"));
        let bare = tags
            .iter()
            .fold(cue.text.clone(), |text, tag| text.replace(tag, ""));
        assert!(!bare.contains(['<', '>']), "{bare}");
    }
}

/// As [`subtitles`], behind a WebVTT header.
pub fn webvtt(bytes: &[u8]) {
    subtitles(&[b"WEBVTT\n\n", bytes].concat());
}

fn tables_of_example() -> SampleTables {
    let film = media::example_film();
    media::open(&film, film.len() as u64)
        .expect("the example is a film")
        .1
        .expect("an MP4 has tables")
}

fn serve(index: &Index, samples: Samples<'_>) {
    let _ = index.verdict();
    let selection = media::Selection::everything(index);
    let _ = media::hls::multivariant(index, &selection);
    let _ = media::dash::manifest(index, &selection);
    let mut segment = Segment::default();
    for number in selection.tracks {
        let _ = media::hls::media_playlist(index, number);
        let _ = media::hls::key_playlist(index, number);
        let _ = media::init_segment(index, number);
        let count = index.track(number).map_or(0, |track| track.segment_count());
        for n in 0..count.min(200) {
            if media::plan_segment(index, samples, number, n, &mut segment).is_err() {
                continue;
            }
            assert!(
                segment
                    .ranges
                    .iter()
                    .all(|range| range.end() <= index.file_size)
            );
            let sum: u64 = segment.ranges.iter().map(|range| range.len).sum();
            assert_eq!(segment.len, segment.header.len() as u64 + sum);
            if media::plan_key_frame(index, samples, number, n, &mut segment).is_ok() {
                let is_inside = |range: &media::ByteRange| range.end() <= index.file_size;
                assert!(segment.ranges.iter().all(is_inside));
            }
        }
    }
}
