//! Many films gone at once: a disk that is half mounted, a slip of the hand. Nothing is concluded from it before
//! a person says so.

use cineclub_domain::reason::{Fact, Reason};

/// Fewer films than these may go at once without a question.
const FEW: usize = 3;

/// Films that were not seen where they were, of those known in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vanished {
    /// How many are not there.
    pub gone: usize,
    /// How many are known.
    pub known: usize,
}

impl Vanished {
    /// Whether so many are gone that a person must confirm it. `here` is how many films are seen.
    pub(super) fn is_strange(self, here: usize) -> bool {
        let is_empty = here == 0 && self.gone > 0;
        is_empty || self.gone >= FEW && self.gone * 2 > self.known
    }

    /// The reason it gives a folder; [`Vanished::in_reason`] reads it back.
    pub(super) fn reason(self) -> Reason {
        let known = self.known as u64;
        if self.gone == self.known {
            return Reason::new("reason-folder-emptied").count("known", known);
        }
        Reason::new("reason-folder-vanished")
            .count("gone", self.gone as u64)
            .count("known", known)
    }

    /// What a folder's reason says of vanished films, if it is about them.
    pub fn in_reason(reason: &Reason) -> Option<Self> {
        let count = |name| match reason.fact(name) {
            Some(Fact::Count(count)) => usize::try_from(*count).ok(),
            _ => None,
        };
        let known = count("known")?;
        let vanished = Self {
            gone: count("gone").unwrap_or(known),
            known,
        };
        (vanished.reason() == *reason).then_some(vanished)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vanished(gone: usize, known: usize) -> Vanished {
        Vanished { gone, known }
    }

    #[test]
    fn more_than_half_or_everything_at_once_is_strange() {
        assert!(vanished(3, 5).is_strange(2) && vanished(3, 3).is_strange(9));
        assert!(vanished(1, 1).is_strange(0), "the folder is empty");
        assert!(!vanished(2, 3).is_strange(1), "too few to be a disk's");
        assert!(!vanished(3, 6).is_strange(3), "half is not more than half");
        assert!(!vanished(0, 0).is_strange(0) && !vanished(1, 2).is_strange(1));
    }

    #[test]
    fn a_folders_reason_is_read_back() {
        for vanished in [vanished(3, 5), vanished(7, 7), vanished(1, 1)] {
            assert_eq!(Vanished::in_reason(&vanished.reason()), Some(vanished));
        }
        let offline = Reason::new("reason-offline-no-folder").text("path", "5");
        for other in [Reason::from("2 of 3"), offline] {
            assert_eq!(Vanished::in_reason(&other), None, "{other:?}");
        }
    }
}
