//! What of an H.264 sample is encrypted: the slices' data, and neither lengths nor headers nor parameters
//! (ISO/IEC 23001-7, clauses 9.5.2 and 10.4.2).

use super::Parts;
use super::cipher::BLOCK;
use super::sets::Sets;
use super::slice::header_len;

/// Why a sample can't be taken apart.
const LENGTHS: &str = "its units are longer than its frames";
const SLICE: &str = "the header of a slice is not understood";
const EXTENSION: &str = "it has slices of an extension that browsers don't play";

/// Takes the samples of a track apart, one after the other.
pub(super) struct Units {
    sets: Sets,
    length_size: usize,
}

impl Units {
    /// A reader for a track with this `avcC`; `None` where it is none.
    pub(super) fn of_config(avcc: &[u8]) -> Option<Units> {
        let (sets, length_size) = Sets::of_config(avcc)?;
        Some(Units { sets, length_size })
    }

    /// The clear and the encrypted parts of the next sample; parameter sets in it hold from there on.
    pub(super) fn parts(&mut self, sample: &[u8]) -> Result<Parts, &'static str> {
        let mut parts = Parts::default();
        let mut rest = sample;
        while !rest.is_empty() {
            let (length, behind) = rest.split_at_checked(self.length_size).ok_or(LENGTHS)?;
            let length = length
                .iter()
                .fold(0_usize, |all, byte| all << 8 | usize::from(*byte));
            let (unit, behind) = behind.split_at_checked(length).ok_or(LENGTHS)?;
            let clear = self.clear_len(unit)?;
            parts.clear(self.length_size + clear);
            parts.encrypted(unit.len() - clear);
            rest = behind;
        }
        parts.finish();
        Ok(parts)
    }

    /// How much of a unit stays as it is.
    fn clear_len(&mut self, unit: &[u8]) -> Result<usize, &'static str> {
        match unit.first().map_or(0, |first| first & 31) {
            1 | 5 => {
                let header = header_len(unit, &self.sets).ok_or(SLICE)?;
                // Less than a block of data is left as it is in any case.
                let has_block = unit.len() - header >= BLOCK;
                Ok(if has_block { header } else { unit.len() })
            }
            // Partitions, auxiliary pictures and further views are slices too: they must not leave unencrypted.
            2..=4 | 19..=21 => Err(EXTENSION),
            kind => {
                if matches!(kind, 7 | 8) {
                    self.sets.add(unit);
                }
                Ok(unit.len())
            }
        }
    }
}
