//! A row of the table.

use crate::way::Way;

/// One film: how it is made, and where what is expected of it is not what is expected of all.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its file's name, whose ending names the container to ffmpeg.
    pub(super) name: &'static str,
    pub(super) tries: &'static str,
    /// Words for ffmpeg: each step makes a file, the last one the film. What stands in braces is said in [`super::made`].
    pub(super) steps: &'static [&'static str],
    pub(super) finish: Finish,
    /// What the multivariant playlist must say.
    pub(super) says: &'static [&'static str],
    /// How many segments the first track has.
    pub(super) segments: Option<u32>,
    /// What does not play, in the film's own words.
    pub(super) waits: &'static [&'static str],
    /// How much earlier than its edit list says the film begins.
    pub(super) shift_ms: u64,
    /// How long each packet of a Matroska film's sound is, in samples, where its codec alone does not say.
    pub(super) packet: Option<u32>,
    pub(super) limits: &'static [Limit],
}

/// What is done to the last step's file.
#[derive(Clone, Copy)]
pub(super) enum Finish {
    Nothing,
    /// mkvmerge writes it anew.
    Mkvmerge(&'static str),
    /// We do.
    Way(Way),
    /// Its bytes are changed.
    Changed(fn(Vec<u8>) -> Vec<u8>),
    /// It is none of ours: a file that came with the reader we compare with.
    Theirs,
}

/// What ffmpeg and ffprobe are known to see otherwise, so that it can't be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// ffmpeg shows the source's picture later than its boxes say, by which all tracks begin together.
    Apart,
    /// ffmpeg hides nothing of what an edit list of a fragmented film hides.
    ShowsAll,
    /// ffmpeg wrote packets of sound with the same time, and decodes one of them alone.
    Decoded,
    /// A field of ffprobe's that is a guess, or counts other things.
    Field(&'static str),
}

impl Row {
    /// A film of which nothing differs.
    pub(super) const fn new(
        name: &'static str,
        tries: &'static str,
        steps: &'static [&'static str],
    ) -> Row {
        Row {
            name,
            tries,
            steps,
            finish: Finish::Nothing,
            says: &[],
            segments: None,
            waits: &[],
            shift_ms: 0,
            packet: None,
            limits: &[],
        }
    }

    pub(super) const fn finished(mut self, finish: Finish) -> Row {
        self.finish = finish;
        self
    }

    pub(super) const fn says(mut self, words: &'static [&'static str]) -> Row {
        self.says = words;
        self
    }

    pub(super) const fn cut_in(mut self, segments: u32) -> Row {
        self.segments = Some(segments);
        self
    }

    pub(super) const fn waits(mut self, reasons: &'static [&'static str]) -> Row {
        self.waits = reasons;
        self
    }

    pub(super) const fn shifted(mut self, ms: u64) -> Row {
        self.shift_ms = ms;
        self
    }

    pub(super) const fn packets_of(mut self, samples: u32) -> Row {
        self.packet = Some(samples);
        self
    }

    pub(super) const fn except(mut self, limits: &'static [Limit]) -> Row {
        self.limits = limits;
        self
    }

    pub(super) fn has(&self, limit: Limit) -> bool {
        self.limits.contains(&limit)
    }

    /// Times in it are rounded to the millisecond, mostly.
    pub(super) fn is_matroska(&self) -> bool {
        ["mkv", "webm", "mka"]
            .iter()
            .any(|end| self.name.ends_with(end))
    }
}
