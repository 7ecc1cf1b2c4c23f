//! A film of a few hundred bytes, for examples, pinned digests and fuzzing; its samples hold no real picture.

/// An MP4 of one H.264 track: 250 frames at 25 per second, a key frame each second, `moov` in front.
///
/// Everything in it is fixed, so what is made from it can be pinned byte by byte.
pub fn example_film() -> Vec<u8> {
    film(None, &[])
}

/// The same film with an edit list that begins it at `start_ms`, between two key frames or on one.
pub fn example_film_from(start_ms: u32) -> Vec<u8> {
    film(Some(start_ms), &[])
}

/// The same film with chapters: `list` is the body of the box in which Nero's programs list them.
pub fn example_with_chapters(list: &[u8]) -> Vec<u8> {
    let mut chpl = Vec::new();
    boxed(&mut chpl, b"chpl", &[list]);
    let mut udta = Vec::new();
    boxed(&mut udta, b"udta", &[&chpl]);
    film(None, &udta)
}

/// A film with the same picture, none of whose samples `moov` lists: `fragments` are the boxes that follow it.
///
/// Samples of which nothing else is said last 512 ticks of 12,800 a second and are no key frames.
pub fn example_fragmented(fragments: &[u8]) -> Vec<u8> {
    let mut moov = movie(0, None, &[]);
    // Counts of zero leave the entries behind them without meaning.
    for (kind, count_at) in [
        (b"stts", 8),
        (b"stss", 8),
        (b"stsc", 8),
        (b"stsz", 12),
        (b"stco", 8),
    ] {
        let found = moov.windows(4).position(|name| name == kind);
        let at = found.expect("the tables have such a box") + count_at;
        moov[at..at + 4].fill(0);
    }
    let mut trex = Vec::new();
    let defaults = words([0, 1, 1, 512, 0, 0x0101_0000].into_iter());
    boxed(&mut trex, b"trex", &[&defaults]);
    let mut mvex = Vec::new();
    boxed(&mut mvex, b"mvex", &[&trex]);

    let mut film = Vec::new();
    boxed(&mut film, b"ftyp", &[b"iso5\0\0\0\0iso5avc1"]);
    boxed(&mut film, b"moov", &[&moov[8..], &mvex]);
    film.extend(fragments);
    film
}

/// `more` are boxes that end its `moov`.
fn film(edit_ms: Option<u32>, more: &[u8]) -> Vec<u8> {
    let mut film = Vec::new();
    boxed(&mut film, b"ftyp", &[b"isom\0\0\0\0isomavc1"]);
    // Two passes: the offsets in `stco` depend on the length of `moov`, which does not depend on them.
    let moov = movie(0, edit_ms, more);
    let start = film.len() + moov.len() + 8;
    film.extend(movie(start as u32, edit_ms, more));
    let frames: Vec<u8> = (0..FRAMES)
        .flat_map(|frame| vec![frame as u8; size(frame) as usize])
        .collect();
    boxed(&mut film, b"mdat", &[&frames]);
    film
}

const FRAMES: u32 = 250;
const FRAMES_PER_SECOND: u32 = 25;

fn size(frame: u32) -> u32 {
    if frame.is_multiple_of(FRAMES_PER_SECOND) {
        40
    } else {
        8 + frame % 5
    }
}

/// An edit list of one stretch (ISO/IEC 14496-12, clause 8.6.6), in ticks of 1/1000 and 1/12800 s.
fn edit_list(start_ms: u32) -> Vec<u8> {
    let mut elst = Vec::new();
    let length = 10_000_u32.saturating_sub(start_ms);
    let stretch = words([0, 1, length, start_ms * 64 / 5, 0x1_0000].into_iter());
    boxed(&mut elst, b"elst", &[&stretch]);
    let mut edts = Vec::new();
    boxed(&mut edts, b"edts", &[&elst]);
    edts
}

fn movie(start: u32, edit_ms: Option<u32>, more: &[u8]) -> Vec<u8> {
    let sizes = words((0..FRAMES).map(size));
    let keys = words(
        (0..FRAMES)
            .step_by(FRAMES_PER_SECOND as usize)
            .map(|frame| frame + 1),
    );
    let avcc: &[u8] = &[
        1, 100, 0, 13, 0xFF, 0xE1, 0, 4, 0x67, 100, 0, 13, 1, 0, 2, 0x68, 0xEE,
    ];
    let matrix = words([0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000].into_iter());

    let mut entry = Vec::new();
    boxed(&mut entry, b"avcC", &[avcc]);
    let picture = [
        words(
            [
                0,
                1,
                0,
                0,
                0,
                0,
                320 << 16 | 180,
                0x48_0000,
                0x48_0000,
                0,
                1 << 16,
            ]
            .into_iter(),
        ),
        vec![0; 30],
        vec![0, 24, 0xFF, 0xFF],
    ]
    .concat();
    let mut stsd = Vec::new();
    boxed(&mut stsd, b"avc1", &[&picture, &entry]);

    let mut stbl = Vec::new();
    boxed(&mut stbl, b"stsd", &[&words([0, 1].into_iter()), &stsd]);
    boxed(
        &mut stbl,
        b"stts",
        &[&words([0, 1, FRAMES, 512].into_iter())],
    );
    boxed(
        &mut stbl,
        b"stss",
        &[&words([0, keys.len() as u32 / 4].into_iter()), &keys],
    );
    boxed(
        &mut stbl,
        b"stsc",
        &[&words([0, 1, 1, FRAMES, 1].into_iter())],
    );
    boxed(
        &mut stbl,
        b"stsz",
        &[&words([0, 0, FRAMES].into_iter()), &sizes],
    );
    boxed(&mut stbl, b"stco", &[&words([0, 1, start].into_iter())]);

    let mut dref = Vec::new();
    boxed(&mut dref, b"url ", &[&words([1].into_iter())]);
    let mut dinf = Vec::new();
    boxed(&mut dinf, b"dref", &[&words([0, 1].into_iter()), &dref]);
    let mut minf = Vec::new();
    boxed(&mut minf, b"vmhd", &[&words([1, 0, 0].into_iter())]);
    boxed(&mut minf, b"dinf", &[&dinf]);
    boxed(&mut minf, b"stbl", &[&stbl]);

    let mut mdia = Vec::new();
    let ticks = FRAMES * 512;
    boxed(
        &mut mdia,
        b"mdhd",
        &[&words([0, 0, 0, 12_800, ticks, 0x55C4_0000].into_iter())],
    );
    boxed(
        &mut mdia,
        b"hdlr",
        &[b"\0\0\0\0\0\0\0\0vide\0\0\0\0\0\0\0\0\0\0\0\0\0"],
    );
    boxed(&mut mdia, b"minf", &[&minf]);
    let mut trak = Vec::new();
    let around = words([3, 0, 0, 1, 0, 10_000, 0, 0, 0, 0].into_iter());
    boxed(
        &mut trak,
        b"tkhd",
        &[&around, &matrix, &words([320 << 16, 180 << 16].into_iter())],
    );
    trak.extend(edit_ms.map(edit_list).unwrap_or_default());
    boxed(&mut trak, b"mdia", &[&mdia]);

    let mut moov = Vec::new();
    let about = words([0, 0, 0, 1000, 10_000, 0x1_0000, 0x100_0000, 0, 0].into_iter());
    boxed(
        &mut moov,
        b"mvhd",
        &[&about, &matrix, &[0; 24], &[0, 0, 0, 2]],
    );
    boxed(&mut moov, b"trak", &[&trak]);
    let mut whole = Vec::new();
    boxed(&mut whole, b"moov", &[&moov, more]);
    whole
}

pub(crate) fn words(values: impl Iterator<Item = u32>) -> Vec<u8> {
    values.flat_map(u32::to_be_bytes).collect()
}

pub(crate) fn boxed(out: &mut Vec<u8>, kind: &[u8; 4], parts: &[&[u8]]) {
    let size = 8 + parts.iter().map(|part| part.len()).sum::<usize>();
    out.extend((size as u32).to_be_bytes());
    out.extend(kind);
    for part in parts {
        out.extend(*part);
    }
}
