//! The entries of a `trun`: which fields they have, and what holds where they are silent.

use super::boxes::u32_at;

/// How the entries of a run are written, and what holds where they are silent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// Which fields an entry has: the flags 0x100 to 0x800 of `trun` (clause 8.8.8), moved down by eight bits.
    pub(super) fields: u8,
    pub(super) duration: u32,
    pub(super) size: u32,
    pub(super) is_sync: bool,
    /// What holds for the first sample instead, whatever its own entry says.
    pub(super) first_is_sync: Option<bool>,
    /// Decoding may begin at every sample, whatever the flags say.
    pub(super) all_sync: bool,
}

/// What one entry says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) duration: u32,
    pub(super) size: u32,
    pub(super) is_sync: bool,
    pub(super) composition_offset: i32,
}

/// What the entries of a run add up to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) ticks: u64,
    pub(super) size_bytes: u64,
    pub(super) longest: u32,
    pub(super) last: u32,
}

const DURATION: u8 = 1;
const SIZE: u8 = 2;
const FLAGS: u8 = 4;
const COMPOSITION: u8 = 8;

impl Form {
    /// How many bytes an entry has.
    pub(super) fn entry_len(self) -> usize {
        4 * self.fields.count_ones() as usize
    }

    /// What holds after the first sample.
    pub(super) fn later(self) -> Form {
        Form {
            first_is_sync: None,
            ..self
        }
    }

    /// Adds up `count` entries from `at` on, in one step where none of them has a field that counts.
    pub(super) fn sum(self, bytes: &[u8], at: usize, count: u32) -> Sum {
        if self.fields & (DURATION | SIZE) == 0 {
            return Sum {
                ticks: u64::from(count) * u64::from(self.duration),
                size_bytes: u64::from(count) * u64::from(self.size),
                longest: self.duration,
                last: self.duration,
            };
        }
        let mut sum = Sum::default();
        for index in 0..count as usize {
            let entry = self.entry(bytes, at + index * self.entry_len(), false);
            sum.ticks += u64::from(entry.duration);
            sum.size_bytes += u64::from(entry.size);
            sum.longest = sum.longest.max(entry.duration);
            sum.last = entry.duration;
        }
        sum
    }

    pub(super) fn entry(self, bytes: &[u8], at: usize, is_first: bool) -> Entry {
        let mut at = at;
        let mut next = |field: u8| {
            (self.fields & field != 0).then(|| {
                at += 4;
                u32_at(bytes, at - 4)
            })
        };
        let duration = next(DURATION).unwrap_or(self.duration);
        let size = next(SIZE).unwrap_or(self.size);
        let own = next(FLAGS).map_or(self.is_sync, is_sync);
        let first = self.first_is_sync.filter(|_| is_first);
        Entry {
            duration,
            size,
            is_sync: self.all_sync || first.unwrap_or(own),
            // Version 0 is unsigned on paper, but writers put negative offsets there as well.
            composition_offset: next(COMPOSITION).unwrap_or(0) as i32,
        }
    }
}

/// Whether decoding may begin at a sample with these flags (clause 8.8.3.1): it neither calls itself a sample that is
/// not for that, nor depends on others.
pub(super) fn is_sync(flags: u32) -> bool {
    flags & 0x0001_0000 == 0 && flags >> 24 & 3 != 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// Red when a field is read from another's place, or a default is taken although the field is there.
    #[test]
    fn an_entry_has_the_fields_its_flags_name_and_defaults_for_the_others() {
        let bytes = entries(&[11, 22, 0x0100_0000, -33_i32 as u32]);
        for fields in 0..16_u8 {
            let form = Form {
                fields,
                duration: 1,
                size: 2,
                is_sync: true,
                ..Form::default()
            };
            let chosen: Vec<u8> = (0..4)
                .filter(|field| fields & 1 << field != 0)
                .flat_map(|field| bytes[field * 4..][..4].to_vec())
                .collect();
            assert_eq!(form.entry_len(), chosen.len());
            let entry = form.entry(&chosen, 0, true);
            let has = |field| fields & field != 0;
            assert_eq!(entry.duration, if has(DURATION) { 11 } else { 1 });
            assert_eq!(entry.size, if has(SIZE) { 22 } else { 2 });
            assert_eq!(entry.is_sync, !has(FLAGS));
            assert_eq!(
                entry.composition_offset,
                if has(COMPOSITION) { -33 } else { 0 }
            );
            let first = Form {
                first_is_sync: Some(false),
                ..form
            };
            assert!(!first.entry(&chosen, 0, true).is_sync);
            assert_eq!(first.entry(&chosen, 0, false).is_sync, !has(FLAGS));
        }
    }

    #[test]
    fn decoding_begins_where_neither_flag_forbids_it() {
        assert!(is_sync(0) && is_sync(0x0200_0000));
        assert!(!is_sync(0x0001_0000) && !is_sync(0x0100_0000) && !is_sync(0x0201_0000));
    }
}
