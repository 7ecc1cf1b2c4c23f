//! Encryption on the way out: the scheme `cbcs` of Common Encryption (ISO/IEC 23001-7), for H.264 and AAC.
//!
//! A clear fragment is planned as ever, put together in memory, and encrypted there: what is said of its slices in its head
//! depends on every one of them. This is encryption and not DRM: whoever gets the key has the film.

mod avc;
mod boxes;
mod cipher;
mod escapes;
mod fragment;
mod sets;
mod slice;

use std::fmt;

use crate::error::{Error, Result};
use crate::index::{Index, Track};
use crate::model::Kind;
use avc::Units;
pub(super) use boxes::{put_key_names, put_scheme};
use cipher::Cipher;
pub(super) use cipher::Pattern;
use fragment::Layout;

/// The largest fragment that is encrypted, since it has to be held in memory: in bytes.
pub const LARGEST_ENCRYPTED_BYTES: u64 = 64 << 20;
/// A sample is told of in at most 255 bytes (`saiz`): that is so many parts.
const MOST_PARTS: usize = 42;
const SLICES: &str = "a picture has more slices than can be told of";

/// A key for the samples of a film.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ContentKey {
    /// Its name, which playlists and init segments say.
    pub id: [u8; 16],
    /// The key itself.
    pub secret: [u8; 16],
    /// The initialisation vector every encrypted part begins from; no secret.
    pub iv: [u8; 16],
}

impl fmt::Debug for ContentKey {
    /// Leaves the secret out.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ContentKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Which parts of a sample are encrypted: bytes in the clear, then encrypted ones, and again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parts {
    list: Vec<(u16, u32)>,
    clear: usize,
}

impl Parts {
    fn list(&self) -> &[(u16, u32)] {
        &self.list
    }

    fn clear(&mut self, len: usize) {
        self.clear += len;
    }

    fn encrypted(&mut self, len: usize) {
        if len > 0 {
            self.push(len);
        }
    }

    fn finish(&mut self) {
        if self.clear > 0 {
            self.push(0);
        }
    }

    /// More in the clear than sixteen bits can say takes several entries.
    fn push(&mut self, encrypted: usize) {
        while self.clear > 0xFFFF {
            self.list.push((0xFFFF, 0));
            self.clear -= 0xFFFF;
        }
        self.list.push((self.clear as u16, encrypted as u32));
        self.clear = 0;
    }
}

/// Encrypts a fragment, a whole segment or a key frame, of a track.
///
/// # Errors
/// [`Error::NoSuchTrack`] and [`Error::NotPlayable`]; [`Error::NotEncrypted`] for a codec that is not encrypted and for slices
/// that are not understood; [`Error::TooLarge`] beyond [`LARGEST_ENCRYPTED_BYTES`].
pub fn encrypt_fragment(
    index: &Index,
    track: u32,
    mut fragment: Vec<u8>,
    key: &ContentKey,
) -> Result<Vec<u8>> {
    let track = index.playable_track(track)?;
    let refuse = |reason| not_encrypted(track, reason);
    pattern(track)?;
    if fragment.len() as u64 > LARGEST_ENCRYPTED_BYTES {
        return Err(Error::TooLarge {
            kind: b"mdat".into(),
            size_bytes: fragment.len() as u64,
            limit_bytes: LARGEST_ENCRYPTED_BYTES,
        });
    }
    let cipher = Cipher::new(key);
    match track.kind {
        Kind::Audio => sound(&mut fragment, &cipher)?,
        _ => {
            let units = Units::of_config(&track.private);
            let units = units.ok_or_else(|| refuse("its configuration is not understood"))?;
            pictures(&mut fragment, units, &cipher)?.map_err(refuse)?;
        }
    }
    Ok(fragment)
}

/// Encrypts every sample from end to end, with one vector for all: nothing has to be said of each (clause 10.4.1).
fn sound(fragment: &mut [u8], cipher: &Cipher) -> Result<()> {
    for sample in Layout::of(fragment)?.samples {
        cipher.encrypt(&mut fragment[sample], Pattern::SOUND);
    }
    Ok(())
}

/// Encrypts the slices, and says which parts of each sample they are; or why that can't be done.
fn pictures(
    fragment: &mut Vec<u8>,
    mut units: Units,
    cipher: &Cipher,
) -> Result<std::result::Result<(), &'static str>> {
    let layout = Layout::of(fragment)?;
    let mut parts = Vec::with_capacity(layout.samples.len());
    for sample in &layout.samples {
        let mut rest = &mut fragment[sample.clone()];
        let own = match units.parts(rest) {
            Ok(own) if own.list().len() > MOST_PARTS => return Ok(Err(SLICES)),
            Ok(own) => own,
            Err(reason) => return Ok(Err(reason)),
        };
        for (clear, encrypted) in own.list() {
            let (_, behind) = rest.split_at_mut(usize::from(*clear));
            let (part, behind) = behind.split_at_mut(*encrypted as usize);
            cipher.encrypt(part, Pattern::PICTURE);
            rest = behind;
        }
        parts.push(own);
    }
    let boxes = boxes::parts_of_samples(&parts, layout.end_of_traf());
    layout.add(fragment, &boxes);
    Ok(Ok(()))
}

/// Which parts of a sample of H.264 are encrypted, by an `avcC`: for fuzzing.
#[doc(hidden)]
pub fn encrypted_parts(
    avcc: &[u8],
    sample: &[u8],
) -> std::result::Result<Vec<(u16, u32)>, &'static str> {
    let mut units = Units::of_config(avcc).ok_or("it is no configuration")?;
    Ok(units.parts(sample)?.list)
}

/// How a track is encrypted.
///
/// # Errors
/// [`Error::NotEncrypted`] where its codec is not.
pub(super) fn pattern(track: &Track) -> Result<Pattern> {
    let is_aac = |name: &str| name.starts_with("mp4a.40.");
    match (&track.entry, track.rfc6381.as_deref()) {
        (b"avc1" | b"avc3", _) => Ok(Pattern::PICTURE),
        (b"mp4a", Some(name)) if is_aac(name) => Ok(Pattern::SOUND),
        _ => Err(not_encrypted(track, "only H.264 and AAC are encrypted")),
    }
}

fn not_encrypted(track: &Track, reason: &'static str) -> Error {
    Error::NotEncrypted {
        track: track.number,
        codec: track.codec.to_uppercase(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_clear_part_is_told_in_pieces_and_an_empty_encrypted_one_not_at_all() {
        let mut parts = Parts::default();
        parts.clear(0x1_0000);
        parts.encrypted(32);
        parts.clear(4);
        parts.encrypted(0);
        parts.clear(5);
        parts.finish();
        assert_eq!(parts.list(), [(0xFFFF, 0), (1, 32), (9, 0)]);
    }

    /// The parameters of a small film, and the first bytes of two of its slices, a key frame's and another's.
    const AVCC: &[u8] = b"\x01\x42\xc0\x0a\xff\xe1\0\x16\x67\x42\xc0\x0a\xda\x10\x9b\x01\x10\0\0\x03\0\x10\0\0\x03\x03\x20\xf1\x22\x6a\x01\0\x04\x68\xce\x0f\xc8";
    const SLICES: [&[u8]; 2] = [
        b"\x65\x88\x84\x3a\x0c\x60\0\x83\x12\x5c\x64\xaa",
        b"\x41\x9a\x20\x8b\xc9\xc0\x75\xef\x95\xe3\xc1\x27",
    ];

    /// A fragment of two samples, each a slice of 300 bytes.
    fn fragment() -> Vec<u8> {
        let samples = SLICES.map(|_| crate::Sample {
            size: 304,
            duration: 1,
            ..crate::Sample::default()
        });
        let mut shape = crate::cmaf::Shape::default();
        samples.iter().for_each(|sample| shape.add(sample));
        let mut out = Vec::new();
        shape.write_header(&mut out, 1, 1, 0, 616, samples.into_iter());
        for slice in SLICES {
            out.extend(300_u32.to_be_bytes());
            out.extend(slice);
            out.extend((slice.len()..300).map(|n| n as u8));
        }
        out
    }

    const KEY: ContentKey = ContentKey {
        id: [1; 16],
        secret: [0xAB; 16],
        iv: [2; 16],
    };

    #[test]
    fn the_bytes_of_a_fixed_fragment_do_not_change() {
        let (clear, mut encrypted) = (fragment(), fragment());
        let cipher = Cipher::new(&KEY);
        let units = || Units::of_config(AVCC).expect("an avcC");
        let done = pictures(&mut encrypted, units(), &cipher);
        done.expect("a fragment").expect("slices");
        // Unit lengths and headers as they were; then one block in ten is another.
        let (one, other) = (
            &clear[clear.len() - 608..],
            &encrypted[encrypted.len() - 608..],
        );
        let differs: Vec<_> = (0..608).filter(|n| one[*n] != other[*n]).collect();
        let expected: Vec<_> = [8..24, 168..184, 312..328, 472..488]
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(differs, expected);
        insta::assert_snapshot!(crate::text_tag(&encrypted), @r#""8fac0bf6349b1ebecb76ff48018e7bdb""#);
    }

    #[test]
    fn a_fragment_that_is_cut_off_is_refused_and_a_flipped_bit_does_no_harm() {
        let clear = fragment();
        let cipher = Cipher::new(&KEY);
        for at in 0..clear.len() {
            for bit in 0..8 {
                let mut harmed = clear.clone();
                harmed[at] ^= 1 << bit;
                let units = Units::of_config(AVCC).expect("an avcC");
                let _ = pictures(&mut harmed, units, &cipher);
            }
            let mut cut = clear[..at].to_vec();
            let units = Units::of_config(AVCC).expect("an avcC");
            assert!(pictures(&mut cut, units, &cipher).is_err(), "{at}");
            let _ = Units::of_config(&AVCC[..at.min(AVCC.len())]);
        }
    }

    #[test]
    fn a_key_is_not_shown_where_it_is_logged() {
        assert!(!format!("{KEY:?}").contains("171"));
    }
}
