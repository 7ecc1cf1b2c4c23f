//! A segment's samples from the frames of its stretch and the stretches beside it.

use super::codec::FrameLength;
use super::stretch::{Frame, Stretches};
use super::{Clusters, rescaled};
use crate::error::{Error, Result};
use crate::index::{Track, signed};
use crate::model::Sample;

/// The samples of segment `n` of a picture, in the order of decoding, their times moved as in the segment.
///
/// # Errors
/// [`Error::IndexMismatch`] when its key frame is not where it was, and what the stretches report.
pub(crate) fn picture(
    clusters: &Clusters,
    track: &Track,
    n: u32,
    stretches: &dyn Stretches,
) -> Result<Vec<Sample>> {
    let mark = clusters.marks.get(n as usize).ok_or(Error::IndexMismatch)?;
    let next = clusters.marks[..clusters.of(track).end].get(n as usize + 1);
    let begins = |frame: &Frame, time| frame.is_key && frame.time == time;
    let own = stretches.stretch(n)?;
    let mut frames: Vec<Frame> = own
        .of(track.number)
        .skip_while(|frame| !begins(frame, mark.time))
        .collect();
    if frames.is_empty() {
        return Err(Error::IndexMismatch);
    }
    if let Some(next) = next.filter(|next| next.is_inside) {
        let behind = stretches.stretch(n + 1)?;
        let rest = behind.of(track.number);
        frames.extend(rest.take_while(|frame| !begins(frame, next.time)));
    }
    let end = match next {
        Some(next) => clusters.ticks(next.time - i64::from(next.early), track.timescale),
        None => signed(track.end),
    };
    let shown: Vec<i64> = frames
        .iter()
        .map(|frame| clusters.ticks(frame.time, track.timescale))
        .collect();
    let decoded = decode_times(&shown, i64::from(track.lift));
    let samples = frames.iter().enumerate().map(|(place, frame)| {
        let until = decoded.get(place + 1).copied().unwrap_or(end);
        Sample {
            offset: frame.offset,
            size: frame.size,
            dts: moved(decoded[place], track),
            composition_offset: clamped(shown[place] - decoded[place] + i64::from(track.lift)),
            duration: span(decoded[place], until),
            is_sync: frame.is_key,
        }
    });
    Ok(samples.collect())
}

/// When pictures are decoded that are shown at these times: at the same times in ascending order, or earlier where one
/// would else be decoded more than `lift` after it is shown.
fn decode_times(shown: &[i64], lift: i64) -> Vec<i64> {
    let mut times = shown.to_vec();
    times.sort_unstable();
    let mut latest = i64::MAX;
    for (time, shown) in times.iter_mut().zip(shown).rev() {
        latest = latest.min(shown.saturating_add(lift));
        *time = (*time).min(latest);
    }
    times
}

/// The samples of segment `n` of a sound, from its mark to the next; the first and the last have what lies beyond.
///
/// # Errors
/// What the stretches report.
pub(crate) fn sound(
    clusters: &Clusters,
    track: &Track,
    n: u32,
    stretches: &dyn Stretches,
) -> Result<Vec<Sample>> {
    let own_marks = clusters.of(track);
    let place = own_marks.start + n as usize;
    if place >= own_marks.end {
        return Err(Error::IndexMismatch);
    }
    let marks = &clusters.marks[..own_marks.end];
    let from = if n > 0 { marks[place].time } else { i64::MIN };
    let until = marks.get(place + 1).map_or(i64::MAX, |mark| mark.time);
    let is_its = |frame: &Frame| frame.time >= from && frame.time < until;
    let own = stretches.stretch(place as u32)?;
    let mut frames: Vec<Frame> = Vec::with_capacity(512);
    // What was written ahead of the picture lies in the stretch before.
    let is_ahead = own
        .of(track.number)
        .next()
        .is_none_or(|first| first.time > from);
    if place > 0 && is_ahead {
        let before = stretches.stretch(place as u32 - 1)?;
        frames.extend(before.of(track.number).filter(is_its));
    }
    frames.extend(own.of(track.number).filter(is_its));
    // And what was written behind it in the one after.
    let mut next = own.of(track.number).find(|frame| frame.time >= until);
    if next.is_none() && place + 1 < clusters.marks.len() {
        let behind = stretches.stretch(place as u32 + 1)?;
        frames.extend(behind.of(track.number).filter(is_its));
        next = behind.of(track.number).find(|frame| frame.time >= until);
    }
    Ok(timed(clusters, track, &frames, next))
}

/// Sound is exact to the sample although the file's ticks are coarse: a frame that is where the one before ends, or on the
/// grid of frames that begins with the track's first, as nearly as a tick can tell, is exactly there.
fn timed(clusters: &Clusters, track: &Track, frames: &[Frame], next: Option<Frame>) -> Vec<Sample> {
    let clock = Clock::new(clusters, track);
    let mut samples: Vec<Sample> = Vec::with_capacity(frames.len());
    let mut expected = None;
    for frame in frames.iter().chain(&next) {
        let time = clock.time(frame, expected);
        if let Some(last) = samples.last_mut() {
            last.duration = span(last.dts as i64 - signed(track.delay), time);
        }
        expected = (frame.samples > 0).then_some(time + i64::from(frame.samples));
        samples.push(Sample {
            offset: frame.offset,
            size: frame.size,
            dts: moved(time, track),
            composition_offset: 0,
            duration: match frame.samples {
                0 => track.typical_duration,
                samples => samples,
            },
            is_sync: true,
        });
    }
    samples.truncate(frames.len());
    samples
}

/// Ticks of the file as samples of a sound.
struct Clock<'a> {
    clusters: &'a Clusters,
    track: &'a Track,
    /// Where the grid begins, and how far its lines are apart; 0 is no grid.
    base: i64,
    step: i64,
    /// How far off a coarse time may be.
    tolerance: i64,
}

impl<'a> Clock<'a> {
    fn new(clusters: &'a Clusters, track: &'a Track) -> Clock<'a> {
        let step = match track.stored.length {
            FrameLength::Fixed(samples) => i64::from(samples),
            FrameLength::Opus => i64::from(track.typical_duration),
            FrameLength::Timed => 0,
        };
        let tick = rescaled(1, clusters.scale_ns, track.timescale);
        // What was copied from a file with coarse times keeps them, however fine its own ticks are.
        let millisecond = i64::from(track.timescale) / 1000;
        let mut clock = Clock {
            clusters,
            track,
            base: 0,
            step,
            tolerance: if step > 0 {
                (2 * tick).max(millisecond).saturating_add(1).min(step / 2)
            } else {
                0
            },
        };
        clock.base = clock.coarse(track.stored.first);
        clock
    }

    fn coarse(&self, time: i64) -> i64 {
        self.clusters.ticks(time, self.track.timescale) - i64::from(self.track.stored.priming)
    }

    fn time(&self, frame: &Frame, expected: Option<i64>) -> i64 {
        let coarse = self.coarse(frame.time);
        let is_near = |exact: &i64| (exact - coarse).abs() <= self.tolerance;
        if let Some(expected) = expected.filter(|_| frame.follows) {
            return expected;
        }
        let on_grid = || {
            let steps = (coarse - self.base + self.step / 2).checked_div_euclid(self.step)?;
            Some(self.base + steps * self.step)
        };
        expected
            .filter(is_near)
            .or_else(|| on_grid().filter(is_near))
            .unwrap_or(coarse.max(expected.map_or(i64::MIN, |expected| expected - self.step)))
    }
}

fn moved(time: i64, track: &Track) -> u64 {
    time.saturating_add(signed(track.delay)).max(0) as u64
}

fn span(from: i64, until: i64) -> u32 {
    until.saturating_sub(from).clamp(0, i64::from(u32::MAX)) as u32
}

fn clamped(offset: i64) -> i32 {
    offset.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_decoded_in_the_order_of_their_times_and_never_too_late() {
        // I P B B, with two pictures shown before the P.
        assert_eq!(decode_times(&[0, 120, 40, 80], 80), [0, 40, 80, 120]);
        // With less room the last two would be late: they are decoded as soon as they must.
        assert_eq!(decode_times(&[0, 120, 40, 80], 40), [0, 40, 80, 120]);
        assert_eq!(
            decode_times(&[0, 160, 120, 80, 40], 40),
            [0, 40, 80, 80, 80]
        );
    }
}
