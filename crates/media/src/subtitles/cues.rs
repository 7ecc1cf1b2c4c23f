//! Cues being collected, within what one film may have.

use super::{CUE_LIMIT, Cue, SUBTITLE_LIMIT_BYTES};

/// Times from here on are mistakes.
pub(super) const TIME_LIMIT_MS: u64 = 100 * 3_600_000;

/// What a cue takes besides its text when it is written: two times, an arrow, three ends of lines.
const CUE_BYTES: usize = 32;

/// Cues in the order they are found.
#[derive(Debug, Default)]
pub(super) struct Cues {
    list: Vec<Cue>,
    size_bytes: usize,
    is_full: bool,
}

impl Cues {
    /// Takes a cue, if there is one and room for it.
    pub(super) fn add(&mut self, cue: Option<Cue>) {
        let Some(cue) = cue.filter(|_| !self.is_full) else {
            return;
        };
        self.size_bytes += CUE_BYTES + cue.text.len();
        // Written as a file they must be one that is read again, the line at its head included.
        if self.size_bytes + CUE_BYTES > SUBTITLE_LIMIT_BYTES {
            self.is_full = true;
            return;
        }
        self.list.push(cue);
        self.is_full = self.list.len() >= CUE_LIMIT;
    }

    /// Whether everything that comes will be left out.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// The cues in order of their start, without repetitions: scripts draw a shadow by showing a text twice.
    pub(super) fn finish(mut self) -> Vec<Cue> {
        self.list.sort_by_key(|cue| cue.start_ms);
        self.list.dedup();
        self.list
    }
}

impl Cue {
    /// A cue, unless it lasts no time, lies beyond all films, or says nothing.
    pub(super) fn new(start_ms: u64, end_ms: u64, text: String) -> Option<Cue> {
        let lasts = start_ms < end_ms && end_ms < TIME_LIMIT_MS;
        (lasts && !text.is_empty()).then_some(Cue {
            start_ms,
            end_ms,
            text,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(start_ms: u64, text: &str) -> Option<Cue> {
        Cue::new(start_ms, start_ms + 1, text.to_owned())
    }

    #[test]
    fn a_film_has_fifty_thousand_cues_and_no_more() {
        let mut cues = Cues::default();
        for at in 0..1_000_000 {
            assert_eq!(cues.is_full(), at >= 50_000);
            cues.add(cue(at, "x"));
        }
        let list = cues.finish();
        assert_eq!((list.len(), list[49_999].start_ms), (50_000, 49_999));
    }

    #[test]
    fn the_cues_of_a_film_written_as_a_file_can_be_read_again() {
        let mut cues = Cues::default();
        for at in 0..20_000 {
            cues.add(cue(at, &"x".repeat(2_000)));
        }
        assert!(cues.is_full());
        let written = super::super::write_webvtt(&cues.finish());
        let room = SUBTITLE_LIMIT_BYTES - written.len();
        assert!(room < 2_100, "{room}");
    }

    #[test]
    fn cues_are_in_order_and_are_not_repeated() {
        let mut cues = Cues::default();
        for (start_ms, text) in [(5, "late"), (1, "a"), (1, "a"), (1, "b"), (2, "a")] {
            cues.add(cue(start_ms, text));
        }
        let list = cues.finish();
        let found: Vec<_> = list.iter().map(|c| (c.start_ms, c.text.as_str())).collect();
        assert_eq!(found, [(1, "a"), (1, "b"), (2, "a"), (5, "late")]);
    }

    #[test]
    fn what_lasts_no_time_or_says_nothing_or_lies_beyond_all_films_is_no_cue() {
        assert_eq!(Cue::new(2, 2, "x".to_owned()), None);
        assert_eq!(Cue::new(2, 1, "x".to_owned()), None);
        assert_eq!(Cue::new(1, 2, String::new()), None);
        assert_eq!(Cue::new(1, TIME_LIMIT_MS, "x".to_owned()), None);
        assert_eq!(Cue::new(1, u64::MAX, "x".to_owned()), None);
        assert!(Cue::new(0, TIME_LIMIT_MS - 1, "x".to_owned()).is_some());
    }
}
