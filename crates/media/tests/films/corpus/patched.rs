//! Films with bytes changed to what ffmpeg does not write, and is correct.

use crate::fragments::{boxes, later};

/// Tables of places with 64 bits (`co64`) instead of 32, and data whose own size has 64: what a film above 4 GB has.
pub(super) fn with_wide_offsets(mut film: Vec<u8>) -> Vec<u8> {
    let moov = *boxes(&film, b"moov").last().expect("a film");
    // ffmpeg keeps an empty box in front of the data, for the longer head.
    let free = *boxes(&film, b"free").first().expect("room");
    let data = free + 8;
    assert_eq!(&film[data + 4..data + 8], b"mdat");
    assert!(moov > data, "what grows lies behind the data");
    for name in [b"moov", b"trak", b"mdia", b"minf", b"stbl"] {
        for at in boxes(&film, name).into_iter().filter(|at| *at >= moov) {
            let size = number(&film, at);
            let own = &film[at..at + size];
            let more: usize = boxes(own, b"stco")
                .iter()
                .map(|at| 4 * number(own, at + 12))
                .sum();
            film[at..at + 4].copy_from_slice(&((size + more) as u32).to_be_bytes());
        }
    }
    for at in boxes(&film, b"stco").into_iter().rev() {
        let (size, count) = (number(&film, at), number(&film, at + 12));
        let mut wide = ((size + 4 * count) as u32).to_be_bytes().to_vec();
        wide.extend(b"co64\0\0\0\0");
        wide.extend((count as u32).to_be_bytes());
        for entry in film[at + 16..at + size].chunks(4) {
            wide.extend([0; 4]);
            wide.extend(entry);
        }
        film.splice(at..at + size, wide);
    }
    let size = number(&film, data) as u64 + 8;
    film[free..free + 8].copy_from_slice(b"\0\0\0\x01mdat");
    film[free + 8..free + 16].copy_from_slice(&size.to_be_bytes());
    film
}

/// From the third fragment on everything is a second later.
pub(super) fn paused(mut film: Vec<u8>) -> Vec<u8> {
    let third = boxes(&film, b"moof")[2];
    later(&mut film[third..], 1);
    film
}

fn number(bytes: &[u8], at: usize) -> usize {
    let four = bytes[at..].first_chunk::<4>().expect("the box is whole");
    u32::from_be_bytes(*four) as usize
}
