//! Cue times, read leniently and written strictly.

use std::fmt;

use super::cues::TIME_LIMIT_MS;

/// Reads `00:00:01,500 --> 00:00:03,000`, with or without hours, with a comma or a point, whatever follows.
pub(super) fn timing(line: &str) -> Option<(u64, u64)> {
    // A long line is no time, and looking at it twice is not worth it.
    if line.len() > 1000 {
        return None;
    }
    let (start, rest) = line.split_once("-->")?;
    let end = rest.split_whitespace().next()?;
    Some((time(start.trim())?, time(end)?))
}

/// Reads `1:02:03.4` or `02:03,4` in milliseconds.
pub(super) fn time(text: &str) -> Option<u64> {
    let (whole, fraction) = match text.split_once([',', '.']) {
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    let mut seconds = 0_u64;
    let mut parts = 0;
    for part in whole.split(':') {
        let part = part.trim();
        if part.is_empty() || part.len() > 4 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        seconds = seconds * 60 + part.parse::<u64>().ok()?;
        parts += 1;
        if parts > 3 {
            return None;
        }
    }
    if parts < 2 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = fraction
        .bytes()
        .chain(*b"000")
        .take(3)
        .fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    Some(seconds * 1000 + thousandths).filter(|ms| *ms < TIME_LIMIT_MS)
}

/// A time as WebVTT writes it, with hours.
pub(super) struct Shown(pub(super) u64);

impl fmt::Display for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, ms) = (self.0 / 1000, self.0 % 1000);
        write!(
            out,
            "{:02}:{:02}:{:02}.{ms:03}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_usual_spelling() {
        assert_eq!(timing("00:00:01,500 --> 00:00:03,000"), Some((1500, 3000)));
        assert_eq!(timing("1:02:03.4-->1:02:04"), Some((3_723_400, 3_724_000)));
        assert_eq!(timing("00:01.000 --> 00:02.000 line:0"), Some((1000, 2000)));
        for wrong in [
            "a --> b",
            "00:00:01,500",
            "1 --> 2",
            "-1:00 --> 00:01",
            "999:00:00,0 --> 999:00:01,0",
            "1:2:3:4 --> 1:2:3:5",
        ] {
            assert_eq!(timing(wrong), None, "{wrong}");
        }
    }
}
