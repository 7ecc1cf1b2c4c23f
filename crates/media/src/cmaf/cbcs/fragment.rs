//! A fragment of ours, read again: where its samples are, and room for what has to be said of them.

use std::ops::Range;

use crate::error::{Result, bad};
use crate::mp4::boxes::{Boxes, Fields};

/// What a fragment says of itself.
pub(super) struct Layout {
    /// The boxes it begins with, their heads left out.
    moof: Range<usize>,
    traf: Range<usize>,
    /// Where `trun` says how far the samples are from the start of `moof`.
    offset_at: usize,
    /// The samples, one after the other, up to the end.
    pub(super) samples: Vec<Range<usize>>,
}

impl Layout {
    /// Reads the head of a fragment.
    ///
    /// # Errors
    /// When it is none that [`crate::plan_segment`] plans.
    pub(super) fn of(fragment: &[u8]) -> Result<Layout> {
        let moof = Boxes::new(fragment, 0..fragment.len()).need(b"moof")?;
        let traf = Boxes::new(fragment, moof.clone()).need(b"traf")?;
        let trun = Boxes::new(fragment, traf.clone()).need(b"trun")?;
        let mut fields = Fields::new(fragment, trun, b"trun");
        let (_, flags) = fields.version_and_flags()?;
        let count = fields.u32()?;
        let offset_at = fields.position();
        let offset = fields.u32()? as usize;
        let has = |flag: u32| usize::from(flags & flag != 0);
        fields.skip(4 * has(0x4))?;
        let behind = 4 * (has(0x400) + has(0x800));
        let entry = 4 * has(0x100) + 4 + behind;
        if flags & 0x201 != 0x201 || count as usize > fields.remaining() / entry {
            return Err(bad(b"trun", "it does not list its samples"));
        }
        let mut samples = Vec::with_capacity(count as usize);
        let mut at = (moof.start - 8).saturating_add(offset);
        for _ in 0..count {
            fields.skip(4 * has(0x100))?;
            let end = at.saturating_add(fields.u32()? as usize);
            fields.skip(behind)?;
            samples.push(at..end);
            at = end;
        }
        if at != fragment.len() {
            return Err(bad(b"trun", "its samples are not those of the fragment"));
        }
        Ok(Layout {
            moof,
            traf,
            offset_at,
            samples,
        })
    }

    /// Where boxes may be added, counted from the start of `moof`.
    pub(super) fn end_of_traf(&self) -> usize {
        self.traf.end - (self.moof.start - 8)
    }

    /// Adds boxes to `traf`, and moves the samples behind them.
    pub(super) fn add(&self, fragment: &mut Vec<u8>, boxes: &[u8]) {
        for (at, before) in [
            (self.moof.start - 8, self.moof.len() + 8),
            (self.traf.start - 8, self.traf.len() + 8),
            (self.offset_at, self.offset(fragment)),
        ] {
            let value = (before + boxes.len()) as u32;
            fragment[at..at + 4].copy_from_slice(&value.to_be_bytes());
        }
        // Nothing more than is needed: the fragment may be large.
        fragment.reserve_exact(boxes.len());
        fragment.splice(self.traf.end..self.traf.end, boxes.iter().copied());
    }

    fn offset(&self, fragment: &[u8]) -> usize {
        crate::mp4::boxes::u32_at(fragment, self.offset_at) as usize
    }
}
