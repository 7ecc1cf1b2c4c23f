//! The parameter sets of H.264 (ISO/IEC 14496-10, clauses 7.3.2.1 and 7.3.2.2), as far as the headers of slices rest on them.

use super::escapes::unescaped;
use crate::bits::Bits;

/// The profiles whose sequences say how colour is stored.
const WITH_COLOUR_FORMAT: [u32; 13] =
    [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/// A parameter set is not longer than this, in bytes.
const LONGEST_SET: usize = 4096;

/// What a sequence's parameters say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sequence {
    pub(super) has_separate_planes: bool,
    pub(super) has_colour: bool,
    pub(super) frame_number_bits: usize,
    /// How many bits the order of pictures takes, where they tell it themselves.
    pub(super) order_bits: Option<usize>,
    pub(super) has_order_deltas: bool,
    pub(super) frames_only: bool,
}

/// What a picture's parameters say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Picture {
    sequence: u32,
    pub(super) is_arithmetic: bool,
    pub(super) orders_fields: bool,
    pub(super) references: [u32; 2],
    pub(super) weighs_one_way: bool,
    pub(super) weighs_both_ways: bool,
    pub(super) controls_deblocking: bool,
    pub(super) has_redundant: bool,
}

/// The parameter sets that were seen, the latest of each number: at most 32 and 256.
#[derive(Clone, Debug, Default)]
pub(super) struct Sets {
    sequences: Vec<(u32, Sequence)>,
    pictures: Vec<(u32, Picture)>,
}

impl Sets {
    /// Those of an `avcC` (ISO/IEC 14496-15, clause 5.3.3), and how many bytes the lengths of units have.
    pub(super) fn of_config(avcc: &[u8]) -> Option<(Sets, usize)> {
        let mut sets = Sets::default();
        let length_size = usize::from(avcc.get(4)? & 3) + 1;
        let mut rest = avcc.get(5..)?;
        for mask in [31, 255] {
            let (count, mut units) = rest.split_first()?;
            for _ in 0..count & mask {
                let (length, behind) = units.split_first_chunk::<2>()?;
                let (unit, behind) = behind.split_at_checked(u16::from_be_bytes(*length).into())?;
                sets.add(unit);
                units = behind;
            }
            rest = units;
        }
        Some((sets, length_size))
    }

    /// Takes a parameter set over; one that can't be understood is left out, and slices that name it are refused.
    pub(super) fn add(&mut self, unit: &[u8]) {
        let plain = unescaped(unit, LONGEST_SET);
        let Some((first, rest)) = plain.split_first() else {
            return;
        };
        let mut bits = Bits::new(rest);
        match first & 31 {
            7 => keep(&mut self.sequences, sequence(&mut bits), 32),
            8 => keep(&mut self.pictures, picture(&mut bits), 256),
            _ => {}
        }
    }

    /// The parameters of a slice that names picture parameters `id`.
    pub(super) fn of(&self, id: u32) -> Option<(Sequence, Picture)> {
        let (_, picture) = self.pictures.iter().find(|(known, _)| *known == id)?;
        let (_, sequence) =
            (self.sequences.iter()).find(|(known, _)| *known == picture.sequence)?;
        Some((*sequence, *picture))
    }
}

fn keep<T>(all: &mut Vec<(u32, T)>, read: Option<(u32, T)>, limit: u32) {
    let Some((id, set)) = read.filter(|(id, _)| *id < limit) else {
        return;
    };
    all.retain(|(known, _)| *known != id);
    all.push((id, set));
}

fn sequence(bits: &mut Bits<'_>) -> Option<(u32, Sequence)> {
    let profile = bits.take(8)?;
    bits.take(16)?;
    let id = bits.golomb()?;
    let mut format = 1;
    let mut has_separate_planes = false;
    if WITH_COLOUR_FORMAT.contains(&profile) {
        format = bits.golomb()?;
        has_separate_planes = format == 3 && bits.flag()?;
        bits.golomb()?;
        bits.golomb()?;
        bits.flag()?;
        if bits.flag()? {
            for list in 0..if format == 3 { 12 } else { 8 } {
                if bits.flag()? {
                    scaling_list(bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
    }
    let frame_number_bits = width(bits)?;
    let mut order_bits = None;
    let mut has_order_deltas = false;
    match bits.golomb()? {
        0 => order_bits = Some(width(bits)?),
        1 => {
            has_order_deltas = !bits.flag()?;
            bits.golomb()?;
            bits.golomb()?;
            for _ in 0..bits.golomb().filter(|count| *count < 256)? {
                bits.golomb()?;
            }
        }
        2 => {}
        _ => return None,
    }
    bits.golomb()?;
    bits.flag()?;
    bits.golomb()?;
    bits.golomb()?;
    let sequence = Sequence {
        has_separate_planes,
        has_colour: format != 0 && !has_separate_planes,
        frame_number_bits,
        order_bits,
        has_order_deltas,
        frames_only: bits.flag()?,
    };
    Some((id, sequence))
}

/// A width in bits, of 4 to 16, as clause 7.4.2.1.1 stores it.
fn width(bits: &mut Bits<'_>) -> Option<usize> {
    let over = bits.golomb().filter(|over| *over <= 12)?;
    Some(over as usize + 4)
}

/// Clause 7.3.2.1.1.1: the list ends where the next scale would be 0.
fn scaling_list(bits: &mut Bits<'_>, size: u32) -> Option<()> {
    let mut last = 8_i64;
    for _ in 0..size {
        let code = i64::from(bits.golomb()?);
        let delta = if code % 2 == 1 {
            code / 2 + 1
        } else {
            -(code / 2)
        };
        last = (last + delta).rem_euclid(256);
        if last == 0 {
            break;
        }
    }
    Some(())
}

fn picture(bits: &mut Bits<'_>) -> Option<(u32, Picture)> {
    let (id, sequence) = (bits.golomb()?, bits.golomb()?);
    let (is_arithmetic, orders_fields) = (bits.flag()?, bits.flag()?);
    // Slices in groups are of a profile that no browser plays, and their headers need the picture's size.
    if bits.golomb()? != 0 {
        return None;
    }
    let references = [
        bits.golomb()?.checked_add(1)?,
        bits.golomb()?.checked_add(1)?,
    ];
    let (weighs_one_way, both) = (bits.flag()?, bits.take(2)?);
    for _ in 0..3 {
        bits.golomb()?;
    }
    let controls_deblocking = bits.flag()?;
    bits.flag()?;
    let picture = Picture {
        sequence,
        is_arithmetic,
        orders_fields,
        references,
        weighs_one_way,
        weighs_both_ways: both == 1,
        controls_deblocking,
        has_redundant: bits.flag()?,
    };
    Some((id, picture))
}
