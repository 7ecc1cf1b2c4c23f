//! What lies between two marks: the frames of every track that plays, found by the headers of their blocks.

use std::sync::Arc;

use super::codec::{FrameLength, opus_samples};
use super::walk::{Block, Walk};
use super::{Clusters, Stored};
use crate::error::{Error, Result};
use crate::index::{Index, Track};
use crate::source::{ByteRange, ReadAt};

/// No stretch of a film has more frames: half a minute of forty tracks has fewer.
const FRAMES_LIMIT: usize = 200_000;

/// The frames of one stretch of a Matroska film.
#[derive(Clone, Debug)]
pub struct Stretch {
    frames: Vec<Frame>,
}

/// One frame of a track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// When it is shown, in ticks of the file.
    pub(crate) time: i64,
    pub(crate) offset: u64,
    pub(crate) size: u32,
    /// How many samples of sound it has, where it says so.
    pub(crate) samples: u32,
    pub(crate) track: u16,
    pub(crate) is_key: bool,
    /// It lies in a block behind another, and is shown when that has been.
    pub(crate) follows: bool,
}

/// Hands out stretches, read or remembered. A closure `Fn(u32) -> Result<Arc<Stretch>>` does.
pub trait Stretches {
    /// Stretch `n`, counted from 0.
    ///
    /// # Errors
    /// What [`Stretch::read`] reports; an [`Error::Read`] of the kind "would block" from one that has it not at hand.
    fn stretch(&self, n: u32) -> Result<Arc<Stretch>>;
}

impl<F: Fn(u32) -> Result<Arc<Stretch>>> Stretches for F {
    fn stretch(&self, n: u32) -> Result<Arc<Stretch>> {
        self(n)
    }
}

impl Stretch {
    /// Reads the headers of the blocks in stretch `n`, counted from 0, of a Matroska film.
    ///
    /// # Errors
    /// [`Error::IndexMismatch`] when the film has no such stretch, [`Error::BadElement`] for one with more frames than
    /// any film has, and what the source reports.
    pub fn read(source: &(impl ReadAt + ?Sized), index: &Index, n: u32) -> Result<Stretch> {
        let clusters = index.clusters.as_ref().ok_or(Error::IndexMismatch)?;
        let place = clusters.place(n).ok_or(Error::IndexMismatch)?;
        let playable: Vec<&Track> = index.tracks.iter().filter(|t| t.is_playable()).collect();
        let mut walk = Walk::new(source, index.file_size, place.offset, place.end());
        let mut block = Block::default();
        let mut frames = Vec::with_capacity(512);
        while walk.next(&mut block)? {
            let of_block = |track: &&&Track| track.stored.number == block.track;
            if let Some(track) = playable.iter().find(of_block) {
                add_frames(&mut walk, &block, track, clusters, &mut frames)?;
            }
            if frames.len() > FRAMES_LIMIT {
                return Err(Error::BadElement("more frames in a row than any film has"));
            }
        }
        frames.shrink_to_fit();
        Ok(Stretch { frames })
    }

    /// What a cache should count for this value, in bytes.
    pub fn memory_bytes(&self) -> usize {
        size_of::<Stretch>() + self.frames.capacity() * size_of::<Frame>()
    }

    /// The frames of a track, as they lie in the file.
    pub(super) fn of(&self, track: u32) -> impl Iterator<Item = Frame> + '_ {
        let of_track = move |frame: &&Frame| u32::from(frame.track) == track;
        self.frames.iter().filter(of_track).copied()
    }
}

impl Clusters {
    /// Where stretch `n` lies in the file.
    pub(crate) fn place(&self, n: u32) -> Option<ByteRange> {
        let n = n as usize;
        let offset = self.marks.get(n)?.cluster;
        let end = self.marks.get(n + 1).map_or(self.end, |mark| mark.cluster);
        Some(ByteRange {
            offset,
            len: end.saturating_sub(offset),
        })
    }
}

/// The frames of a block; each but the first is shown when the one before has been.
fn add_frames<S: ReadAt + ?Sized>(
    walk: &mut Walk<'_, S>,
    block: &Block,
    track: &Track,
    clusters: &Clusters,
    frames: &mut Vec<Frame>,
) -> Result<()> {
    let mut later_ns = 0_u64;
    for (number, place) in block.frames.iter().enumerate() {
        let samples = match track.stored.length {
            FrameLength::Opus => opus_samples(walk.peek(*place, 2)?).unwrap_or(0),
            FrameLength::Fixed(samples) => samples,
            FrameLength::Timed => 0,
        };
        frames.push(Frame {
            time: block.time + ((later_ns + clusters.scale_ns / 2) / clusters.scale_ns) as i64,
            offset: place.offset,
            size: u32::try_from(place.len).map_err(|_| Error::BadElement("a frame has 4 GB"))?,
            samples,
            track: track.number as u16,
            is_key: block.is_key,
            follows: number > 0,
        });
        later_ns = later_ns.saturating_add(each_ns(&track.stored, samples, track.timescale));
    }
    Ok(())
}

/// How long a frame is shown, in nanoseconds.
pub(super) fn each_ns(stored: &Stored, samples: u32, rate: u32) -> u64 {
    match samples {
        0 => stored.each_ns,
        samples => u64::from(samples) * 1_000_000_000 / u64::from(rate.max(1)),
    }
    .min(60_000_000_000)
}
