//! How a viewer gets access to a work.

use serde::{Deserialize, Serialize};

/// How a viewer gets access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// Anyone may watch (FVOD).
    Free,
    /// Members may watch (SVOD).
    Subscription,
    /// Paid once, for a time (TVOD).
    Rental,
    /// Paid once, for good (EST).
    Purchase,
    /// A seat in a virtual screening.
    Ticket,
}

impl Offer {
    /// Every way, in the order forms show them.
    pub const ALL: [Self; 5] = [
        Self::Free,
        Self::Subscription,
        Self::Rental,
        Self::Purchase,
        Self::Ticket,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Subscription => "subscription",
            Self::Rental => "rental",
            Self::Purchase => "purchase",
            Self::Ticket => "ticket",
        }
    }

    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|offer| offer.as_str() == text)
    }
}
