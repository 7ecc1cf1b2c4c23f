//! The part of a stored index that only Matroska films have: three to eight bytes a mark.

use super::bytes::{Reader, Writer};
use super::cuts::SEGMENTS_LIMIT;
use crate::error::{Error, Result};
use crate::matroska::{Clusters, FrameLength, Mark, Stored};
use crate::source::ByteRange;

/// Times beyond this are no film's, and can't be added up safely.
const TICKS_LIMIT: u64 = 1 << 60;

impl Writer {
    pub(super) fn stored(&mut self, stored: &Stored) {
        self.number(stored.number);
        if stored.number == 0 {
            return;
        }
        self.number(stored.prefix.offset);
        self.number(stored.prefix.len);
        self.number(match stored.length {
            FrameLength::Timed => 0,
            FrameLength::Opus => 1,
            FrameLength::Fixed(samples) => u64::from(samples) + 2,
        });
        self.signed(stored.first);
        self.number(stored.each_ns);
        self.number(u64::from(stored.priming));
    }

    pub(super) fn clusters(&mut self, clusters: &Clusters) {
        self.number(clusters.scale_ns);
        self.signed(clusters.zero);
        self.number(clusters.end);
        self.number(clusters.marks.len() as u64);
        let (mut before, mut step) = (Mark::default(), 0);
        for mark in &clusters.marks {
            self.number(mark.cluster.wrapping_sub(before.cluster));
            let next = mark.time.wrapping_sub(before.time);
            self.signed(next.wrapping_sub(step));
            self.number(u64::from(mark.early) << 1 | u64::from(mark.is_inside));
            (before, step) = (*mark, next);
        }
    }
}

impl Reader<'_> {
    pub(super) fn stored(&mut self) -> Result<Stored> {
        let number = self.number()?;
        if number == 0 {
            return Ok(Stored::default());
        }
        Ok(Stored {
            number,
            prefix: ByteRange {
                offset: self.number()?,
                len: u64::from(self.small::<u8>()?),
            },
            length: match self.number()? {
                0 => FrameLength::Timed,
                1 => FrameLength::Opus,
                more => FrameLength::Fixed(
                    u32::try_from(more - 2).map_err(|_| Error::BadIndex("a frame is too long"))?,
                ),
            },
            first: self.time()?,
            each_ns: self.number()?,
            priming: self.small()?,
        })
    }

    pub(super) fn clusters(&mut self) -> Result<Clusters> {
        let scale_ns = self.number()?;
        if !(1..=1_000_000_000).contains(&scale_ns) {
            return Err(Error::BadIndex("its ticks are impossible"));
        }
        let mut clusters = Clusters {
            scale_ns,
            zero: self.time()?,
            end: self.number()?,
            marks: Vec::new(),
        };
        let count: usize = self.small()?;
        // Each takes at least three bytes.
        if count > self.0.len() / 3 || count > SEGMENTS_LIMIT {
            return Err(Error::BadIndex("it counts more marks than it holds"));
        }
        let (mut before, mut step) = (Mark::default(), 0_i64);
        for _ in 0..count {
            let cluster = before.cluster.checked_add(self.number()?);
            step = step.wrapping_add(self.signed()?);
            let time = before.time.checked_add(step);
            let flags = self.number()?;
            let (Some(cluster), Some(time)) = (cluster, time) else {
                return Err(Error::BadIndex("a mark is out of reach"));
            };
            let mark = Mark {
                cluster,
                time,
                early: u32::try_from(flags >> 1)
                    .map_err(|_| Error::BadIndex("a mark is out of reach"))?,
                is_inside: flags & 1 != 0,
            };
            let is_first = clusters.marks.is_empty();
            let is_behind = mark.cluster > before.cluster && mark.time > before.time;
            if !(is_first || is_behind)
                || mark.time.unsigned_abs() > TICKS_LIMIT
                || mark.cluster > clusters.end
            {
                return Err(Error::BadIndex("its marks are not in order"));
            }
            clusters.marks.push(mark);
            before = mark;
        }
        Ok(clusters)
    }

    fn time(&mut self) -> Result<i64> {
        let time = self.signed()?;
        if time.unsigned_abs() > TICKS_LIMIT {
            return Err(Error::BadIndex("a time is out of reach"));
        }
        Ok(time)
    }
}
