//! Damage in the middle of a film, as it is kept and told.

/// Places in the middle of a film where its file is damaged; what lies there is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holes {
    /// How many were found. Of a film that lists its key frames not every place is looked at.
    pub count: u32,
    /// When the first begins.
    pub first_ms: u64,
}

impl std::fmt::Display for Holes {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = self.first_ms / 1000;
        match self.count {
            1 => write!(out, "the file is damaged {first} s after its beginning")?,
            count => write!(
                out,
                "the file is damaged in {count} places, the first {first} s after its beginning"
            )?,
        }
        write!(out, ": what lies there is left out; deliver it again")
    }
}
