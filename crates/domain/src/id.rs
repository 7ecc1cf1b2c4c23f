//! Identifiers: one type per thing, so that a title can't be mistaken for an asset.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

use crate::time::Timestamp;

/// A source of unpredictable bytes, handed in wherever chance is needed.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with unpredictable values.
    fn fill(&self, bytes: &mut [u8]);
}

/// A text that is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not a valid identifier: expected a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057"
)]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a new identifier (UUID version 7, RFC 9562 §5.7): sortable by `now`.
            pub fn new(now: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(new_uuid(now, entropy))
            }

            /// The identifier as 16 bytes, as it travels in a playback token.
            pub fn to_bytes(self) -> [u8; 16] {
                self.0.into_bytes()
            }

            /// The identifier read back from [`Self::to_bytes`].
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
            }
        }
    )*};
}

ids! {
    /// A film, series, season, episode or extra.
    TitleId;
    /// A version of a title.
    EditId;
    /// A file that embodies an edit.
    AssetId;
    /// Permission from a licensor.
    GrantId;
    /// A title held back by hand.
    HoldId;
    /// Who pays and signs in.
    AccountId;
    /// One signed-in browser or device.
    SessionId;
    /// What is sold.
    PlanId;
    /// One account's purchase of a plan.
    SubscriptionId;
    /// A code that buys time on a plan.
    VoucherId;
    /// One viewing session.
    PlayId;
    /// A place where media files live, recognised by its id file.
    RootId;
    /// A watch folder.
    FolderId;
    /// A unit of background work.
    JobId;
    /// An entry of the staff's record of changes.
    EventId;
}

fn new_uuid(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0u8; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    #[test]
    fn ids_sort_by_the_time_they_were_made_and_survive_text_and_bytes() {
        let chance = Counting(0.into());
        let early = TitleId::new(Timestamp::from_millis(1_000), &chance);
        let late = TitleId::new(Timestamp::from_millis(2_000), &chance);
        assert!(early < late);
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!(TitleId::from_bytes(early.to_bytes()), early);
        assert_eq!("no such".parse::<TitleId>(), Err(InvalidId));
    }
}
