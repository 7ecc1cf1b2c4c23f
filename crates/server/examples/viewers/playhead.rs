//! Where a viewer is in a film, and whether a segment came in time: decided here, with time handed in.

/// How far ahead a player buffers, in milliseconds.
const AHEAD_MS: u64 = 12_000;
/// How much of each track a player has before it shows the film, in milliseconds: who begins with less stands still at once.
const FIRST_MS: u64 = 1_000;
/// How long a viewer waits without complaint after pressing play or seeking, in milliseconds.
pub(crate) const ALLOWED_MS: u64 = 2_000;

/// What is shown, and what is buffered of each track. Instants are milliseconds of the run, places milliseconds of the film.
#[derive(Debug)]
pub(crate) struct Playhead {
    place_ms: u64,
    state: State,
    /// Up to where each track is buffered.
    buffered_ms: Vec<u64>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Nothing is shown; what is waited for is late after this instant.
    Waiting { until_ms: u64 },
    /// It has been shown since this instant.
    Playing { since_ms: u64 },
}

/// What a player does next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Fetches the next segment of this track.
    Fetch(usize),
    /// Has enough until this instant.
    Rest(u64),
}

impl Playhead {
    /// A player that was told at `asked_ms` to show the film from `place_ms` on; of each track the segment that begins at
    /// `starts_ms` is the first it needs.
    pub(crate) fn new(place_ms: u64, starts_ms: Vec<u64>, asked_ms: u64) -> Self {
        Self {
            place_ms,
            state: State::Waiting {
                until_ms: asked_ms + ALLOWED_MS,
            },
            buffered_ms: starts_ms,
        }
    }

    /// What is shown now: never more than is there.
    pub(crate) fn place_ms(&self, now_ms: u64) -> u64 {
        match self.state {
            State::Waiting { .. } => self.place_ms,
            State::Playing { since_ms } => (self.place_ms + (now_ms - since_ms)).min(self.least()),
        }
    }

    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting { .. })
    }

    /// What to do next: the track with the least goes first.
    pub(crate) fn next(&self, now_ms: u64) -> Next {
        let least = self.least();
        let ahead_ms = least.saturating_sub(self.place_ms(now_ms));
        let track = self.buffered_ms.iter().position(|end| *end == least);
        match (self.state, track) {
            (State::Playing { .. }, _) if ahead_ms >= AHEAD_MS => {
                Next::Rest(now_ms + ahead_ms - AHEAD_MS + 1)
            }
            (_, track) => Next::Fetch(track.unwrap_or_default()),
        }
    }

    /// When all that is there has been shown; now, where nothing is.
    pub(crate) fn shown_ms(&self, now_ms: u64) -> u64 {
        match self.state {
            State::Waiting { .. } => now_ms,
            State::Playing { .. } => now_ms + self.least().saturating_sub(self.place_ms(now_ms)),
        }
    }

    /// The next segment of a track is there, up to `end_ms`. By how many milliseconds it came late, if it did.
    pub(crate) fn arrived(&mut self, track: usize, end_ms: u64, now_ms: u64) -> Option<u64> {
        let due_ms = match self.state {
            State::Waiting { until_ms } => until_ms,
            State::Playing { since_ms } => {
                since_ms + self.buffered_ms[track].saturating_sub(self.place_ms)
            }
        };
        self.run_dry(now_ms);
        self.buffered_ms[track] = end_ms;
        if self.is_waiting() && self.least() >= self.place_ms + FIRST_MS {
            self.state = State::Playing { since_ms: now_ms };
        }
        now_ms.checked_sub(due_ms).filter(|late| *late > 0)
    }

    /// Stands still where the buffer has ended before now.
    fn run_dry(&mut self, now_ms: u64) {
        let least = self.least();
        if let State::Playing { since_ms } = self.state
            && self.place_ms + (now_ms - since_ms) > least
        {
            let until_ms = since_ms + (least - self.place_ms);
            self.place_ms = least;
            self.state = State::Waiting { until_ms };
        }
    }

    fn least(&self) -> u64 {
        self.buffered_ms.iter().copied().min().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pressed play at 1,000, at four seconds of the film, with picture and sound.
    fn started() -> Playhead {
        Playhead::new(4_000, vec![4_000, 3_900], 1_000)
    }

    #[test]
    fn two_seconds_after_pressing_play_are_allowed_and_no_more() {
        let mut soon = started();
        assert_eq!(soon.arrived(1, 7_900, 1_500), None);
        assert!(soon.is_waiting(), "the picture is missing");
        assert_eq!(soon.arrived(0, 8_000, 3_000), None);
        assert!(!soon.is_waiting());
        assert_eq!(started().arrived(0, 8_000, 3_001), Some(1));
    }

    #[test]
    fn a_segment_is_late_when_the_one_before_it_has_been_shown_to_its_end() {
        let mut playhead = started();
        playhead.arrived(1, 20_000, 1_500);
        playhead.arrived(0, 8_000, 2_000);
        assert_eq!(playhead.place_ms(3_000), 5_000);
        assert_eq!(playhead.arrived(0, 12_000, 6_000), None, "just in time");
        assert_eq!(playhead.place_ms(99_000), 12_000, "no more is there");
        assert_eq!(playhead.arrived(0, 16_000, 10_250), Some(250));
        assert_eq!(
            playhead.place_ms(10_350),
            12_100,
            "it stood still in between"
        );
        assert_eq!(
            playhead.arrived(0, 20_000, 14_250),
            None,
            "and plays on from there"
        );
    }

    #[test]
    fn what_keeps_a_film_standing_still_is_late_and_the_other_track_is_not() {
        let mut playhead = started();
        playhead.arrived(1, 8_000, 1_500);
        playhead.arrived(0, 8_000, 2_000);
        playhead.arrived(0, 12_000, 3_000);
        assert_eq!(playhead.arrived(0, 16_000, 7_000), None);
        assert!(playhead.is_waiting(), "the sound is missing");
        assert_eq!(playhead.arrived(1, 12_000, 7_500), Some(1_500));
    }

    #[test]
    fn less_than_a_second_of_a_track_is_not_shown_and_the_last_one_is_shown_to_its_end() {
        let mut playhead = started();
        playhead.arrived(0, 8_000, 1_500);
        playhead.arrived(1, 4_990, 1_500);
        assert!(playhead.is_waiting(), "ten milliseconds are missing");
        assert_eq!(playhead.shown_ms(1_700), 1_700);
        playhead.arrived(1, 7_000, 2_000);
        assert_eq!(playhead.shown_ms(2_000), 5_000);
        assert_eq!(playhead.shown_ms(4_000), 5_000);
        assert_eq!(playhead.shown_ms(9_000), 9_000);
    }

    #[test]
    fn the_track_with_the_least_goes_first_until_twelve_seconds_are_there() {
        let mut playhead = started();
        assert_eq!(playhead.next(1_000), Next::Fetch(1));
        playhead.arrived(1, 16_000, 1_000);
        assert_eq!(playhead.next(1_000), Next::Fetch(0));
        playhead.arrived(0, 17_000, 1_000);
        assert_eq!(playhead.next(1_000), Next::Rest(1_001));
        assert_eq!(playhead.next(1_001), Next::Fetch(1));
    }
}
