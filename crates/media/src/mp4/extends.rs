//! `mvex`: what `moov` says of the fragments that follow (ISO/IEC 14496-12, clauses 8.8.1 to 8.8.3).

use std::ops::Range;

use super::boxes::{Boxes, Fields};
use crate::error::{Result, bad};

/// A film with more tracks than this is an attack or a mistake.
pub(super) const TRACK_LIMIT: usize = 64;

/// The `mvex` box, understood.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extends {
    /// The running time with all fragments, in the film's timescale; 0 is not said.
    pub(super) duration: u64,
    tracks: Vec<(u32, Defaults)>,
}

/// What holds for samples of which a fragment does not say it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Defaults {
    /// Which sample entry, counted from 1.
    pub(super) description: u32,
    pub(super) duration: u32,
    pub(super) size: u32,
    pub(super) flags: u32,
}

impl Defaults {
    /// Reads the four numbers that end `trex`.
    fn read(fields: &mut Fields<'_>) -> Result<Defaults> {
        Ok(Defaults {
            description: fields.u32()?,
            duration: fields.u32()?,
            size: fields.u32()?,
            flags: fields.u32()?,
        })
    }
}

impl Extends {
    pub(super) fn parse(moov: &[u8], body: Range<usize>) -> Result<Extends> {
        let mut extends = Extends::default();
        for child in Boxes::new(moov, body) {
            let child = child?;
            let mut fields = Fields::new(moov, child.body, &child.kind);
            match &child.kind {
                b"mehd" => {
                    let (version, _) = fields.version_and_flags()?;
                    extends.duration = match version {
                        1 => fields.u64()?,
                        _ => u64::from(fields.u32()?),
                    };
                }
                b"trex" if extends.tracks.len() == TRACK_LIMIT => {
                    return Err(bad(b"trex", "there are more than 64 tracks"));
                }
                b"trex" => {
                    fields.version_and_flags()?;
                    let track = fields.u32()?;
                    extends.tracks.push((track, Defaults::read(&mut fields)?));
                }
                _ => {}
            }
        }
        Ok(extends)
    }

    /// The defaults of the track with this `track_ID`; a track without any has zeros.
    pub(super) fn defaults(&self, track: u32) -> Defaults {
        let found = self.tracks.iter().find(|(id, _)| *id == track);
        found.map(|(_, defaults)| *defaults).unwrap_or_default()
    }
}
