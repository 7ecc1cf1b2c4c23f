//! The boxes of encryption (ISO/IEC 23001-7, clauses 7 and 8; ISO/IEC 14496-12, clauses 8.7.8, 8.7.9 and 8.12).

use super::cipher::Pattern;
use super::{ContentKey, Parts};
use crate::cmaf::{put_box, put_full_box, put_u16, put_u32};

/// The W3C's own system: the box lists keys by their names, for whatever system knows them (EME, "cenc" init data).
const COMMON_SYSTEM: [u8; 16] = [
    0x10, 0x77, 0xef, 0xec, 0xc0, 0xb2, 0x4d, 0x02, 0xac, 0xe3, 0x3c, 0x1e, 0x52, 0xe2, 0xfb, 0x4b,
];

/// How the samples of a track are encrypted, in its sample entry.
pub(in crate::cmaf) fn put_scheme(
    out: &mut Vec<u8>,
    entry: &[u8; 4],
    pattern: Pattern,
    key: &ContentKey,
) {
    put_box(out, b"sinf", |out| {
        put_box(out, b"frma", |out| out.extend(entry));
        put_full_box(out, b"schm", 0, 0, |out| {
            out.extend(b"cbcs");
            put_u32(out, 0x1_0000);
        });
        put_box(out, b"schi", |out| {
            put_full_box(out, b"tenc", 1, 0, |out| {
                // Every sample is encrypted, and none has a vector of its own.
                out.extend([0, pattern.crypt << 4 | pattern.skip, 1, 0]);
                out.extend(key.id);
                out.push(16);
                out.extend(key.iv);
            });
        });
    });
}

/// Names the key to whatever hands keys out.
pub(in crate::cmaf) fn put_key_names(out: &mut Vec<u8>, key: &ContentKey) {
    put_full_box(out, b"pssh", 1, 0, |out| {
        out.extend(COMMON_SYSTEM);
        put_u32(out, 1);
        out.extend(key.id);
        put_u32(out, 0);
    });
}

/// Which parts of each sample are encrypted; `at` is where the boxes will stand, counted from the start of `moof`.
pub(super) fn parts_of_samples(samples: &[Parts], at: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let count = samples.len() as u32;
    put_full_box(&mut out, b"saiz", 0, 0, |out| {
        out.push(0);
        put_u32(out, count);
        out.extend(
            samples
                .iter()
                .map(|parts| (2 + 6 * parts.list().len()) as u8),
        );
    });
    // This box of 20 bytes, then the head of the next and its count.
    let entries = at + out.len() + 20 + 16;
    put_full_box(&mut out, b"saio", 0, 0, |out| {
        put_u32(out, 1);
        put_u32(out, entries as u32);
    });
    put_full_box(&mut out, b"senc", 0, 2, |out| {
        put_u32(out, count);
        for parts in samples {
            put_u16(out, parts.list().len() as u16);
            for (clear, encrypted) in parts.list() {
                put_u16(out, *clear);
                put_u32(out, *encrypted);
            }
        }
    });
    out
}
