//! Looks at some stretches of a film as a whole: how large each track is, how far pictures are out of order.

use super::head::Head;
use super::holes::Hole;
use super::walk::{Block, Walk};
use crate::error::Result;
use crate::source::{ByteRange, ReadAt};

/// What a fragment of ours adds to each frame, roughly, in bytes.
const FRAME_OVERHEAD: u64 = 12;

/// No stretch of a film has more blocks.
const BLOCKS_LIMIT: u32 = 200_000;

/// What was seen of one track.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) frames: u64,
    /// Of its frames, with what a fragment adds to them.
    pub(super) bytes: u64,
    /// Times of the frames seen, in ticks, in the order of the file.
    pub(super) times: Vec<i64>,
    /// How long its last block says that it is shown, in ticks.
    pub(super) last_duration: Option<u64>,
}

/// One stretch, looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Survey {
    /// As many as the head has tracks.
    pub(super) tracks: Vec<Seen>,
    /// The file ends within the stretch.
    pub(super) is_cut_off: bool,
    /// Damage in it.
    pub(super) holes: Vec<Hole>,
}

impl Survey {
    /// Looks at what lies at `place`.
    pub(super) fn of(
        source: &(impl ReadAt + ?Sized),
        size_bytes: u64,
        head: &Head,
        place: ByteRange,
    ) -> Result<Survey> {
        let mut walk = Walk::new(source, size_bytes, place.offset, place.end());
        let mut survey = Survey {
            tracks: vec![Seen::default(); head.tracks.len()],
            ..Survey::default()
        };
        let mut block = Block::default();
        let mut blocks = 0;
        while blocks < BLOCKS_LIMIT && walk.next(&mut block)? {
            blocks += 1;
            let track = head.tracks.iter().position(|t| t.number == block.track);
            if let Some(seen) = track.map(|track| &mut survey.tracks[track]) {
                seen.add(&block);
            }
        }
        survey.is_cut_off = walk.is_cut_off;
        survey.holes = walk.holes;
        Ok(survey)
    }
}

impl Seen {
    fn add(&mut self, block: &Block) {
        let bytes: u64 = block.frames.iter().map(|frame| frame.len).sum();
        let count = block.frames.len() as u64;
        self.frames += count;
        self.bytes = self.bytes.saturating_add(bytes + count * FRAME_OVERHEAD);
        self.times.push(block.time);
        self.last_duration = block.duration;
    }

    pub(super) fn first(&self) -> Option<i64> {
        self.times.iter().copied().min()
    }

    pub(super) fn last(&self) -> Option<i64> {
        self.times.iter().copied().max()
    }

    /// How much later a picture is decoded than it is shown if all are decoded in the order of their times, at most.
    pub(super) fn disorder(&self) -> i64 {
        let mut sorted = self.times.clone();
        sorted.sort_unstable();
        let late = sorted
            .iter()
            .zip(&self.times)
            .map(|(sorted, time)| sorted - time);
        late.max().unwrap_or(0)
    }

    /// The time from one block to the next that is seen most often, in ticks.
    pub(super) fn usual_step(&self) -> Option<i64> {
        let mut sorted = self.times.clone();
        sorted.sort_unstable();
        let mut steps: Vec<i64> = sorted.windows(2).map(|pair| pair[1] - pair[0]).collect();
        steps.sort_unstable();
        steps.get(steps.len() / 2).copied().filter(|step| *step > 0)
    }
}
