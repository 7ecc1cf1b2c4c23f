//! What the samples of one segment have in common, and so need not be said of each.

use super::{put_box, put_full_box, put_u32, put_u64};
use crate::model::Sample;

/// "Depends on no other sample" (ISO/IEC 14496-12, clause 8.8.3.1).
const SYNC: u32 = 0x0200_0000;
/// "Depends on others, and is not a sync sample".
const NON_SYNC: u32 = 0x0101_0000;

const DEFAULT_BASE_IS_MOOF: u32 = 0x02_0000;
const STYP: &[u8; 24] = b"\0\0\0\x18stypmsdh\0\0\0\0msdhcmfs";

/// A summary of a segment's samples, made by showing it each of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shape {
    samples: u32,
    first_duration: u32,
    first_is_sync: bool,
    durations_differ: bool,
    has_compositions: bool,
    later_sync: u32,
    payload: u64,
}

impl Shape {
    pub(crate) fn add(&mut self, sample: &Sample) {
        if self.samples == 0 {
            self.first_duration = sample.duration;
            self.first_is_sync = sample.is_sync;
        } else {
            self.later_sync += u32::from(sample.is_sync);
        }
        self.durations_differ |= sample.duration != self.first_duration;
        self.has_compositions |= sample.composition_offset != 0;
        self.samples += 1;
        self.payload = self.payload.saturating_add(u64::from(sample.size));
    }

    pub(crate) fn samples(&self) -> u32 {
        self.samples
    }

    /// The sum of the sample sizes.
    pub(crate) fn payload(&self) -> u64 {
        self.payload
    }

    /// The bytes before the first sample's: `styp`, `moof`, and the header of `mdat`.
    pub(crate) fn header_len(&self) -> usize {
        STYP.len() + self.moof_len() + 8
    }

    fn moof_len(&self) -> usize {
        let first_flags = if self.says_first_flags() { 4 } else { 0 };
        let trun = 20 + first_flags + self.entry_len() * self.samples as usize;
        // moof, mfhd, traf, tfhd with duration and flags, tfdt with 64 bits.
        8 + 16 + 8 + 24 + 20 + trun
    }

    fn entry_len(&self) -> usize {
        4 + 4
            * (usize::from(self.durations_differ)
                + usize::from(self.says_each_flags())
                + usize::from(self.has_compositions))
    }

    fn all_sync(&self) -> bool {
        self.first_is_sync && self.later_sync + 1 == self.samples
    }

    /// The usual picture: one key frame, and it comes first.
    fn says_first_flags(&self) -> bool {
        self.first_is_sync && self.later_sync == 0 && self.samples > 1
    }

    fn says_each_flags(&self) -> bool {
        !self.all_sync() && !self.says_first_flags() && (self.first_is_sync || self.later_sync > 0)
    }

    /// Writes `styp`, `moof` and the header of `mdat`; `mdat_len` counts the eight bytes of that header.
    pub(crate) fn write_header(
        &self,
        out: &mut Vec<u8>,
        track: u32,
        sequence: u32,
        decode_time: u64,
        mdat_len: u32,
        samples: impl Iterator<Item = Sample>,
    ) {
        out.reserve(self.header_len());
        out.extend(STYP);
        let default_flags = if self.all_sync() { SYNC } else { NON_SYNC };
        put_box(out, b"moof", |out| {
            put_full_box(out, b"mfhd", 0, 0, |out| put_u32(out, sequence));
            put_box(out, b"traf", |out| {
                // Default duration (0x8) and default flags (0x20) are given.
                put_full_box(out, b"tfhd", 0, DEFAULT_BASE_IS_MOOF | 0x28, |out| {
                    put_u32(out, track);
                    put_u32(out, self.first_duration);
                    put_u32(out, default_flags);
                });
                put_full_box(out, b"tfdt", 1, 0, |out| put_u64(out, decode_time));
                self.write_run(out, samples);
            });
        });
        put_u32(out, mdat_len);
        out.extend(b"mdat");
    }

    /// `trun`, version 1: composition offsets are signed (clause 8.8.8).
    fn write_run(&self, out: &mut Vec<u8>, samples: impl Iterator<Item = Sample>) {
        let (first, each) = (self.says_first_flags(), self.says_each_flags());
        let flags = 0x201
            | u32::from(first) << 2
            | u32::from(self.durations_differ) << 8
            | u32::from(each) << 10
            | u32::from(self.has_compositions) << 11;
        put_full_box(out, b"trun", 1, flags, |out| {
            put_u32(out, self.samples);
            put_u32(out, self.moof_len() as u32 + 8);
            if first {
                put_u32(out, SYNC);
            }
            for sample in samples {
                let mut entry = [0; 16];
                let mut len = 0;
                let mut put = |value: u32| {
                    entry[len..len + 4].copy_from_slice(&value.to_be_bytes());
                    len += 4;
                };
                if self.durations_differ {
                    put(sample.duration);
                }
                put(sample.size);
                if each {
                    put(if sample.is_sync { SYNC } else { NON_SYNC });
                }
                if self.has_compositions {
                    put(sample.composition_offset as u32);
                }
                out.extend_from_slice(&entry[..len]);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_has_the_length_that_was_foretold() {
        let sample = |duration, is_sync, composition_offset| Sample {
            size: 100,
            duration,
            is_sync,
            composition_offset,
            ..Sample::default()
        };
        let runs = [
            vec![sample(10, true, 0)],
            vec![sample(10, true, 0), sample(10, true, 0)],
            vec![sample(10, true, 5), sample(10, false, -5)],
            vec![
                sample(10, true, 5),
                sample(11, false, -5),
                sample(10, true, 0),
            ],
            vec![sample(10, false, 0), sample(10, false, 0)],
            vec![sample(10, false, 0), sample(10, true, 0)],
        ];
        for run in runs {
            let mut shape = Shape::default();
            run.iter().for_each(|sample| shape.add(sample));
            let mut out = Vec::new();
            shape.write_header(&mut out, 1, 1, 0, 8, run.iter().copied());
            assert_eq!(out.len(), shape.header_len(), "{run:?}");
        }
    }
}
