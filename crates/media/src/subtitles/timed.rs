//! SRT and WebVTT files: a line with two times, the lines of the text, an empty line.

use super::cues::Cues;
use super::markup::clean;
use super::times::timing;
use super::{Cue, TEXT_LIMIT_BYTES, lines};

/// Reads the cues of SRT or WebVTT, leniently: what is neither a time nor below one is passed over.
pub(super) fn read(text: &str, cues: &mut Cues) {
    let mut open: Option<(u64, u64)> = None;
    let mut below: Vec<&str> = Vec::new();
    for line in lines(text) {
        if let Some(next) = timing(line) {
            // Some files lack the empty line between cues; the number before a time is then no text.
            if below.last().is_some_and(|last| is_number(last)) {
                below.pop();
            }
            finish(cues, open.take(), &mut below);
            open = Some(next);
        } else if open.is_some() && !line.is_empty() {
            below.push(line);
        } else if line.is_empty() && !below.is_empty() {
            finish(cues, open.take(), &mut below);
        }
        if cues.is_full() {
            return;
        }
    }
    finish(cues, open, &mut below);
}

fn finish(cues: &mut Cues, times: Option<(u64, u64)>, below: &mut Vec<&str>) {
    if let Some((start_ms, end_ms)) = times {
        let text = clean(below.iter().copied(), TEXT_LIMIT_BYTES);
        cues.add(Cue::new(start_ms, end_ms, text));
    }
    below.clear();
}

fn is_number(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}
