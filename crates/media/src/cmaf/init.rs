//! The init segment of a track: a film header without samples (ISO/IEC 23000-19, clause 7.3.1).

use super::cbcs::{self, ContentKey, put_key_names, put_scheme};
use super::{put_box, put_full_box, put_u16, put_u32, put_u64};
use crate::codecs::config_box;
use crate::error::Result;
use crate::index::{Index, Track};
use crate::model::Kind;
use crate::mp4;

const UNITY: [u8; 36] = {
    let mut matrix = [0; 36];
    matrix[1] = 1;
    matrix[17] = 1;
    matrix[32] = 0x40;
    matrix
};

/// The matrix of a picture that is turned clockwise by so many degrees, a multiple of 90 (ISO/IEC 14496-12, clause 8.3.2).
pub(crate) fn turned_matrix(degrees: u16) -> [u8; 36] {
    let (a, b) = [(1_i32, 0_i32), (0, 1), (-1, 0), (0, -1)][usize::from(degrees / 90 % 4)];
    let mut matrix = UNITY;
    for (place, value) in [(0, a), (4, b), (12, -b), (16, a)] {
        matrix[place..place + 4].copy_from_slice(&(value << 16).to_be_bytes());
    }
    matrix
}

/// The init segment of a track, made from the index alone.
///
/// Decode times begin at 0 with the first sample. Where the first sample shown is not the first decoded
/// (B-frames, a sound decoder's priming), an edit list says how much to leave out, as in the source.
///
/// # Errors
/// When there is no such track or it cannot be played.
pub fn init_segment(index: &Index, track: u32) -> Result<Vec<u8>> {
    Ok(write(index.playable_track(track)?, &Coat::default()))
}

/// The init segment of a track whose samples are encrypted with `key`.
///
/// # Errors
/// As [`init_segment`]; [`crate::Error::NotEncrypted`] where the track's codec is not.
pub fn encrypted_init_segment(index: &Index, track: u32, key: &ContentKey) -> Result<Vec<u8>> {
    let track = index.playable_track(track)?;
    let coat = Coat(Some((cbcs::pattern(track)?, key)));
    Ok(write(track, &coat))
}

/// How the samples of a track are encrypted, if they are.
#[derive(Default)]
struct Coat<'a>(Option<(cbcs::Pattern, &'a ContentKey)>);

impl Coat<'_> {
    /// A sample entry: `plain`, or of the kind that stands for it, with its name and how to get at its samples behind.
    fn put_entry(
        &self,
        out: &mut Vec<u8>,
        plain: &[u8; 4],
        coated: &[u8; 4],
        body: impl FnOnce(&mut Vec<u8>),
    ) {
        put_box(out, if self.0.is_some() { coated } else { plain }, |out| {
            body(out);
            if let Some((pattern, key)) = self.0 {
                put_scheme(out, plain, pattern, key);
            }
        });
    }
}

fn write(track: &Track, coat: &Coat<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    put_box(&mut out, b"ftyp", |out| {
        out.extend(b"iso6\0\0\0\0iso6cmfcmp41");
    });
    put_box(&mut out, b"moov", |out| {
        put_full_box(out, b"mvhd", 0, 0, |out| {
            out.extend([0; 8]);
            put_u32(out, track.timescale);
            // The length is in mehd; rate 1, volume 1.
            out.extend([0, 0, 0, 0, 0, 1, 0, 0, 1, 0]);
            out.extend([0; 10]);
            out.extend(UNITY);
            out.extend([0; 24]);
            put_u32(out, track.number.saturating_add(1));
        });
        put_box(out, b"trak", |out| trak(out, track, coat));
        put_box(out, b"mvex", |out| {
            put_full_box(out, b"mehd", 1, 0, |out| put_u64(out, track.end));
            put_full_box(out, b"trex", 0, 0, |out| {
                put_u32(out, track.number);
                put_u32(out, 1);
                out.extend([0; 12]);
            });
        });
        if let Some((_, key)) = coat.0 {
            put_key_names(out, key);
        }
    });
    out
}

fn trak(out: &mut Vec<u8>, track: &Track, coat: &Coat<'_>) {
    // Enabled, in the film, in the preview.
    put_full_box(out, b"tkhd", 0, 7, |out| {
        out.extend([0; 8]);
        put_u32(out, track.number);
        out.extend([0; 8]);
        out.extend([0; 12]);
        put_u16(out, if track.kind == Kind::Audio { 0x100 } else { 0 });
        put_u16(out, 0);
        out.extend(track.matrix);
        let (across, down) = track.pixel;
        let width =
            u128::from(track.width) * u128::from(across) * 0x1_0000 / u128::from(down.max(1));
        put_u32(out, width.min(u128::from(u32::MAX)) as u32);
        put_u32(out, track.height.min(0xFFFF) << 16);
    });
    let hidden = track.delay.saturating_add(u64::from(track.lift));
    if hidden > 0 {
        put_box(out, b"edts", |out| {
            // A duration of 0 reaches over all fragments (ISO/IEC 14496-12, clause 8.6.6.1).
            put_full_box(out, b"elst", 1, 0, |out| {
                put_u32(out, 1);
                put_u64(out, 0);
                put_u64(out, hidden);
                put_u32(out, 0x1_0000);
            });
        });
    }
    put_box(out, b"mdia", |out| {
        put_full_box(out, b"mdhd", 0, 0, |out| {
            out.extend([0; 8]);
            put_u32(out, track.timescale);
            put_u32(out, 0);
            put_u16(out, packed_language(track.language.as_deref()));
            put_u16(out, 0);
        });
        put_full_box(out, b"hdlr", 0, 0, |out| {
            put_u32(out, 0);
            out.extend(if track.kind == Kind::Audio {
                b"soun"
            } else {
                b"vide"
            });
            out.extend([0; 12]);
            out.push(0);
        });
        put_box(out, b"minf", |out| minf(out, track, coat));
    });
}

fn minf(out: &mut Vec<u8>, track: &Track, coat: &Coat<'_>) {
    if track.kind == Kind::Audio {
        put_full_box(out, b"smhd", 0, 0, |out| put_u32(out, 0));
    } else {
        put_full_box(out, b"vmhd", 0, 1, |out| put_u64(out, 0));
    }
    put_box(out, b"dinf", |out| {
        put_full_box(out, b"dref", 0, 0, |out| {
            put_u32(out, 1);
            put_full_box(out, b"url ", 0, 1, |_| {});
        });
    });
    put_box(out, b"stbl", |out| {
        put_full_box(out, b"stsd", 0, 0, |out| {
            put_u32(out, 1);
            if track.kind == Kind::Audio {
                sound_entry(out, track, coat);
            } else {
                picture_entry(out, track, coat);
            }
        });
        for kind in [b"stts", b"stsc", b"stco"] {
            put_full_box(out, kind, 0, 0, |out| put_u32(out, 0));
        }
        put_full_box(out, b"stsz", 0, 0, |out| put_u64(out, 0));
    });
}

fn picture_entry(out: &mut Vec<u8>, track: &Track, coat: &Coat<'_>) {
    coat.put_entry(out, &track.entry, b"encv", |out| {
        out.extend([0, 0, 0, 0, 0, 0, 0, 1]);
        out.extend([0; 16]);
        put_u16(out, track.width.min(0xFFFF) as u16);
        put_u16(out, track.height.min(0xFFFF) as u16);
        // 72 dots per inch each way, one frame a sample, no compressor's name, 24 bits, no colour table.
        put_u32(out, 0x48_0000);
        put_u32(out, 0x48_0000);
        put_u32(out, 0);
        put_u16(out, 1);
        out.extend([0; 32]);
        put_u16(out, 24);
        put_u16(out, 0xFFFF);
        put_config(out, track);
        out.extend(&track.extra);
    });
}

/// The decoder's configuration in its own box.
fn put_config(out: &mut Vec<u8>, track: &Track) {
    if let Some(kind) = config_box(&track.entry) {
        put_box(out, kind, |out| out.extend(&track.private));
    }
}

fn sound_entry(out: &mut Vec<u8>, track: &Track, coat: &Coat<'_>) {
    // MP3 under QuickTime's own name plays nowhere but there.
    let entry = match &track.entry {
        b".mp3" => b"mp4a",
        entry => entry,
    };
    coat.put_entry(out, entry, b"enca", |out| {
        out.extend([0, 0, 0, 0, 0, 0, 0, 1]);
        out.extend([0; 8]);
        put_u16(out, track.channels);
        put_u16(out, sample_bits(track));
        put_u32(out, 0);
        // A rate beyond sixteen bits is halved until it fits; the decoder's configuration has the true one.
        let halves = (0..).find(|halves| track.sample_rate >> halves <= 0xFFFF);
        put_u32(out, track.sample_rate >> halves.unwrap_or(0) << 16);
        if entry == b"mp4a" {
            let object_type = match track.rfc6381.as_deref() {
                Some("mp4a.69") => 0x69,
                Some("mp4a.6B") => 0x6B,
                _ => 0x40,
            };
            put_box(out, b"esds", |out| {
                mp4::write_elementary(out, object_type, &track.private);
            });
        } else {
            put_config(out, track);
        }
    });
}

/// How many bits a sample has: FLAC's own number, which players hold against it (FLAC in ISO base media, section 3.3.1), or else
/// 16, whatever the codec (ISO/IEC 14496-12, clause 12.2.3).
fn sample_bits(track: &Track) -> u16 {
    match (&track.entry, track.private.get(20..22)) {
        (b"fLaC", Some([high, low])) => (u16::from(high & 1) << 4 | u16::from(low >> 4)) + 1,
        _ => 16,
    }
}

/// Three letters of five bits; what is not three letters is "und".
fn packed_language(language: Option<&str>) -> u16 {
    let letters = language.unwrap_or("und").as_bytes();
    let letters = match letters {
        [a, b, c] if letters.iter().all(u8::is_ascii_lowercase) => [*a, *b, *c],
        _ => *b"und",
    };
    letters
        .iter()
        .fold(0, |packed, letter| packed << 5 | u16::from(letter & 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_wider_than_can_be_said_is_as_wide_as_can_be_said() {
        let film = crate::example_film();
        let (mut index, _) =
            crate::open(film.as_slice(), film.len() as u64).expect("the example is a film");
        let usual = init_segment(&index, 1).expect("it has a picture");
        (index.tracks[0].width, index.tracks[0].pixel) = (u32::MAX, (u32::MAX, 1));
        let wide = init_segment(&index, 1).expect("it is still one");
        assert_ne!(usual, wide);
        assert!(wide.windows(4).any(|four| four == [0xff; 4]));
    }
}
