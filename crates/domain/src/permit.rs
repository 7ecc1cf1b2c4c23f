//! Permits: the value that lets bytes flow.

use crate::grant::Protection;
use crate::id::{AccountId, AssetId, GrantId, SessionId};
use crate::offer::Offer;
use crate::time::Timestamp;
use crate::title::Lineage;

/// Lets the bytes of one asset flow to one session, and the pictures of assets that hold other sizes of it. Only [`decide`](crate::decide::decide) makes one;
/// a [token](crate::token) carries it, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    pub(crate) grant: GrantId,
    pub(crate) offer: Offer,
    pub(crate) lineage: Lineage,
    pub(crate) asset: AssetId,
    pub(crate) account: AccountId,
    pub(crate) session: SessionId,
    pub(crate) tracks: u64,
    pub(crate) whole: bool,
    pub(crate) protection: Protection,
    pub(crate) max_streams: u16,
    pub(crate) until: Option<Timestamp>,
    pub(crate) rungs: Vec<Rung>,
}

/// How many other sizes of its film a permit may name: the token that carries it stands in addresses.
pub const RUNGS_LIMIT: usize = 8;

/// Another size of the film, in a file of its own: its picture may be sent instead, and nothing else of that file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// The file.
    pub asset: AssetId,
    /// The number of its picture's track.
    pub picture: u8,
}

impl Permit {
    /// The grant that allows it.
    pub fn grant(&self) -> GrantId {
        self.grant
    }

    /// The offer under which it is allowed.
    pub fn offer(&self) -> Offer {
        self.offer
    }

    /// The title, and those it belongs to.
    pub fn lineage(&self) -> &Lineage {
        &self.lineage
    }

    /// The asset whose bytes may flow.
    pub fn asset(&self) -> AssetId {
        self.asset
    }

    /// The other sizes of the film whose pictures may flow.
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    /// Every asset of which bytes may flow.
    pub fn assets(&self) -> impl Iterator<Item = AssetId> + '_ {
        std::iter::once(self.asset).chain(self.rungs.iter().map(|rung| rung.asset))
    }

    /// Whose account it is.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The session it was made for.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// Whether the track with this number may be sent.
    pub fn allows_track(&self, number: u8) -> bool {
        number < 64 && self.tracks & (1 << number) != 0
    }

    /// Whether the original file may be sent whole, if it holds no other tracks than those that were told of: each of them
    /// is covered, and so is downloading.
    pub fn allows_original(&self) -> bool {
        self.whole
    }

    /// The protection without which no picture and no sound of it may be sent.
    pub fn protection(&self) -> Protection {
        self.protection
    }

    /// Simultaneous plays this account may have while this one runs.
    pub fn max_streams(&self) -> u16 {
        self.max_streams
    }

    /// The first instant at which it no longer holds; `None` when no end is known.
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }
}
