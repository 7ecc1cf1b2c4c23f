//! Where the header of an H.264 slice ends (ISO/IEC 14496-10, clause 7.3.3): what decides how a picture is decoded stays
//! readable, and only what is decoded is encrypted.

use super::escapes::{escaped_len, unescaped};
use super::sets::{Picture, Sequence, Sets};
use crate::bits::Bits;

/// The longest header there can be, in bytes: lists of references and weights for 32 pictures each way.
const LONGEST_HEADER: usize = 2048;

/// How many bytes of the unit, its own header and escapes included, its slice header takes; `None` where it can't be told.
pub(super) fn header_len(unit: &[u8], sets: &Sets) -> Option<usize> {
    let plain = unescaped(unit, LONGEST_HEADER);
    let (first, rest) = plain.split_first()?;
    let mut header = Header {
        bits: Bits::new(rest),
        is_idr: first & 31 == 5,
        is_reference: first >> 5 & 3 != 0,
    };
    header.read(sets)?;
    let bytes = 1 + header.bits.position().div_ceil(8);
    Some(escaped_len(unit, bytes))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    P,
    B,
    I,
    Sp,
    Si,
}

/// A header that is being read.
struct Header<'a> {
    bits: Bits<'a>,
    is_idr: bool,
    is_reference: bool,
}

impl Header<'_> {
    fn read(&mut self, sets: &Sets) -> Option<()> {
        self.bits.golomb()?;
        let kind = [Kind::P, Kind::B, Kind::I, Kind::Sp, Kind::Si];
        let kind = kind[self.bits.golomb()? as usize % 5];
        let (sequence, picture) = sets.of(self.bits.golomb()?)?;
        if sequence.has_separate_planes {
            self.bits.take(2)?;
        }
        self.bits.take(sequence.frame_number_bits)?;
        let is_field = !sequence.frames_only && self.bits.flag()?;
        if is_field {
            self.bits.flag()?;
        }
        if self.is_idr {
            self.bits.golomb()?;
        }
        self.order(&sequence, &picture, is_field)?;
        if picture.has_redundant {
            self.bits.golomb()?;
        }
        if kind == Kind::B {
            self.bits.flag()?;
        }
        let counts = self.reference_counts(kind, &picture)?;
        for _ in &counts {
            self.reordering()?;
        }
        let is_weighted = match kind {
            Kind::P | Kind::Sp => picture.weighs_one_way,
            Kind::B => picture.weighs_both_ways,
            Kind::I | Kind::Si => false,
        };
        if is_weighted {
            self.weights(&counts, &sequence)?;
        }
        if self.is_reference {
            self.marking()?;
        }
        self.decoding(kind, &picture)
    }

    /// The order in which pictures are shown.
    fn order(&mut self, sequence: &Sequence, picture: &Picture, is_field: bool) -> Option<()> {
        let has_second = picture.orders_fields && !is_field;
        match sequence.order_bits {
            Some(bits) => {
                self.bits.take(bits)?;
                if has_second {
                    self.bits.golomb()?;
                }
            }
            None if sequence.has_order_deltas => {
                self.bits.golomb()?;
                if has_second {
                    self.bits.golomb()?;
                }
            }
            None => {}
        }
        Some(())
    }

    /// How many pictures it refers to, for each list it has.
    fn reference_counts(&mut self, kind: Kind, picture: &Picture) -> Option<Vec<u32>> {
        let lists = match kind {
            Kind::I | Kind::Si => 0,
            Kind::P | Kind::Sp => 1,
            Kind::B => 2,
        };
        let mut counts = picture.references[..lists].to_vec();
        if lists > 0 && self.bits.flag()? {
            for count in &mut counts {
                *count = self.bits.golomb()?.checked_add(1)?;
            }
        }
        counts.iter().all(|count| *count <= 32).then_some(counts)
    }

    /// Clause 7.3.3.1, of one list.
    fn reordering(&mut self) -> Option<()> {
        if self.bits.flag()? {
            while self.bits.golomb()? != 3 {
                self.bits.golomb()?;
            }
        }
        Some(())
    }

    /// Clause 7.3.3.2.
    fn weights(&mut self, counts: &[u32], sequence: &Sequence) -> Option<()> {
        self.bits.golomb()?;
        if sequence.has_colour {
            self.bits.golomb()?;
        }
        for _ in 0..counts.iter().sum() {
            self.numbers_if_flagged(2)?;
            if sequence.has_colour {
                self.numbers_if_flagged(4)?;
            }
        }
        Some(())
    }

    fn numbers_if_flagged(&mut self, count: u32) -> Option<()> {
        if self.bits.flag()? {
            for _ in 0..count {
                self.bits.golomb()?;
            }
        }
        Some(())
    }

    /// Clause 7.3.3.3.
    fn marking(&mut self) -> Option<()> {
        if self.is_idr {
            self.bits.take(2)?;
        } else if self.bits.flag()? {
            loop {
                let numbers = match self.bits.golomb()? {
                    0 => break,
                    1 | 2 | 4 | 6 => 1,
                    3 => 2,
                    5 => 0,
                    _ => return None,
                };
                for _ in 0..numbers {
                    self.bits.golomb()?;
                }
            }
        }
        Some(())
    }

    /// What is left: how the slice itself is decoded.
    fn decoding(&mut self, kind: Kind, picture: &Picture) -> Option<()> {
        if picture.is_arithmetic && !matches!(kind, Kind::I | Kind::Si) {
            self.bits.golomb()?;
        }
        self.bits.golomb()?;
        if kind == Kind::Sp {
            self.bits.flag()?;
        }
        if matches!(kind, Kind::Sp | Kind::Si) {
            self.bits.golomb()?;
        }
        if picture.controls_deblocking && self.bits.golomb()? != 1 {
            self.bits.golomb()?;
            self.bits.golomb()?;
        }
        Some(())
    }
}
