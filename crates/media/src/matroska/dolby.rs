//! AC-3 and E-AC-3, which are described by their first frame alone (ETSI TS 102 366).

use crate::bits::Bits;

/// `dac3` from the first frame (ETSI TS 102 366, clause 4.4 and annex F.4).
pub(super) fn dac3(first: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Bits::new(first);
    if bits.take(16)? != 0x0B77 {
        return None;
    }
    bits.take(16)?;
    let rate = bits.take(2)?;
    let size = bits.take(6)?;
    let (id, mode) = (bits.take(5)?, bits.take(3)?);
    let channels = bits.take(3)?;
    if channels & 1 != 0 && channels != 1 {
        bits.take(2)?;
    }
    if channels & 4 != 0 {
        bits.take(2)?;
    }
    if channels == 2 {
        bits.take(2)?;
    }
    let low = bits.take(1)?;
    let packed = rate << 22 | id << 17 | mode << 14 | channels << 11 | low << 10 | (size >> 1) << 5;
    Some(packed.to_be_bytes()[1..].to_vec())
}

/// `dec3` from the first frame, and how many samples a frame has (annexes E and F.6).
///
/// Of one independent substream: what its dependent ones add to it, they say by their channel maps.
pub(super) fn dec3(first: &[u8], duration_ns: u64, sample_rate: u32) -> Option<(Vec<u8>, u32)> {
    let own = Substream::parse(first)?;
    let (mut bytes, mut places, mut count) = (own.bytes, 0_u16, 0_u8);
    while let Some(next) = first.get(bytes..).and_then(Substream::parse) {
        if !next.is_dependent || count == DEPENDENT_LIMIT {
            break;
        }
        bytes += next.bytes;
        places |= next.places;
        count += 1;
    }
    // Several frames of fewer blocks are kept together as six (Matroska codec specifications, A_EAC3).
    let by_time = (u128::from(duration_ns) * u128::from(sample_rate) + 500_000_000) / 1_000_000_000;
    let samples = match by_time as u32 {
        0 => 1536,
        samples => samples,
    };
    let bits_per_second = bytes as u64 * 8 * u64::from(sample_rate) / (u64::from(own.blocks) * 256);
    let kilobits = (bits_per_second / 1000).min(0x1FFF) as u16;
    let mut config = vec![
        (kilobits >> 5) as u8,
        (kilobits << 3) as u8,
        (own.rate << 6 | own.id << 1) as u8,
        (own.mode << 1 | own.low) as u8,
        count << 1 | (places >> 8) as u8,
    ];
    if count > 0 {
        config.push(places as u8);
    }
    Some((config, samples))
}

/// No more of them belong to one that is independent (clause E.1.3.1.2).
const DEPENDENT_LIMIT: u8 = 8;

/// The head of a substream's frame (clause E.1.2.2).
struct Substream {
    is_dependent: bool,
    bytes: usize,
    rate: u32,
    blocks: u32,
    mode: u32,
    low: u32,
    id: u32,
    /// Where it has channels that the independent one has not, in the order of `chan_loc` (table F.2).
    places: u16,
}

impl Substream {
    fn parse(frame: &[u8]) -> Option<Substream> {
        let mut bits = Bits::new(frame);
        if bits.take(16)? != 0x0B77 {
            return None;
        }
        let is_dependent = bits.take(2)? == 1;
        bits.take(3)?;
        let bytes = 2 * (bits.take(11)? as usize + 1);
        let rate = bits.take(2)?;
        let blocks = if rate == 3 {
            bits.take(2)?;
            6
        } else {
            [1, 2, 3, 6][bits.take(2)? as usize]
        };
        let (mode, low) = (bits.take(3)?, bits.take(1)?);
        let id = bits.take(5)?;
        let places = match is_dependent {
            true => channel_map(&mut bits, mode).map_or(0, places),
            false => 0,
        };
        Some(Substream {
            is_dependent,
            bytes,
            rate,
            blocks,
            mode,
            low,
            id,
            places,
        })
    }
}

/// The channel map of a dependent substream, behind loudness and compression; in dual mono there are two of these.
fn channel_map(bits: &mut Bits<'_>, mode: u32) -> Option<u16> {
    for _ in 0..if mode == 0 { 2 } else { 1 } {
        bits.take(5)?;
        if bits.flag()? {
            bits.take(8)?;
        }
    }
    let is_there = bits.flag()?;
    Some(if is_there { bits.take(16)? as u16 } else { 0 })
}

/// A channel map (table E.1.4) as `chan_loc` has it: from the pair beside the centre to the one in the height's, from the
/// lowest bit up, then the second low one. What is the independent substream's own, and is coded better, is not counted.
fn places(map: u16) -> u16 {
    let eight = (0..8).filter(|place| map >> (10 - place) & 1 != 0);
    eight.fold(map >> 1 << 8 & 0x100, |all, place| all | 1 << place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_are_made_as_other_writers_make_them() {
        // 192 kbit/s in stereo at 48 kHz, as ffmpeg writes both into MP4.
        let ac3 = b"\x0B\x77\0\0\x14\x40\x40";
        assert_eq!(dac3(ac3), Some(vec![0x10, 0x11, 0x40]));
        let eac3 = b"\x0B\x77\x01\x7F\x34\x80";
        let expected = (vec![0x06, 0, 0x20, 0x04, 0], 1536);
        assert_eq!(dec3(eac3, 0, 48_000), Some(expected));
        assert_eq!(dac3(b"\x0B\x78\0\0\x14\x40\x40"), None);
    }

    #[test]
    fn dependent_substreams_are_counted_and_say_where_their_channels_are() {
        // 5.1 in 768 bytes, then surround and rear surround (7.1 in all) in 256, with its channel map 0x1A00.
        let mut unit = b"\x0B\x77\x01\x7F\x3F\x80".to_vec();
        unit.resize(768, 0);
        unit.extend(b"\x0B\x77\x40\x7F\x3C\x80\x11\xA0\0");
        unit.resize(1024, 0);
        let (config, _) = dec3(&unit, 0, 48_000).expect("two substreams");
        assert_eq!(config, [0x08, 0, 0x20, 0x0F, 0x02, 0x02]);
        assert_eq!(crate::codecs::coded_channels(b"ec-3", &config), Some(8));
        // Another independent one behind it is the next frame.
        unit.truncate(768);
        let twice = unit.repeat(2);
        let (config, _) = dec3(&twice, 0, 48_000).expect("one substream");
        assert_eq!(config, [0x06, 0, 0x20, 0x0F, 0]);
        assert_eq!(crate::codecs::coded_channels(b"ec-3", &config), Some(6));
    }
}
