//! Plans, subscriptions, and what they let an account watch.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, PlanId, SubscriptionId};
use crate::money::Money;
use crate::offer::Offer;
use crate::time::Timestamp;

/// What is sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its identifier.
    pub id: PlanId,
    /// Its name.
    pub name: String,
    /// Simultaneous plays it allows.
    pub streams: u16,
    /// The tallest picture it allows, in pixels; `None` is any.
    pub max_height: Option<u32>,
    /// Whether it allows downloads.
    pub downloads: bool,
    /// What one period costs.
    pub price: Money,
    /// How long one period lasts, in days.
    pub period_days: u16,
}

/// One account's purchase of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its identifier.
    pub id: SubscriptionId,
    /// Who bought it.
    pub account: AccountId,
    /// What they bought.
    pub plan: Plan,
    /// From when.
    pub started: Timestamp,
    /// The first instant that is not paid for.
    pub paid_until: Timestamp,
}

/// What an account may watch by paying, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entitlement {
    /// The plan it comes from.
    pub plan: PlanId,
    /// Simultaneous plays.
    pub streams: u16,
    /// The tallest picture, in pixels; `None` is any.
    pub max_height: Option<u32>,
    /// Whether downloads are allowed.
    pub downloads: bool,
    /// The first instant it no longer holds.
    pub until: Timestamp,
}

impl Subscription {
    /// What the subscription lets its account watch at `now`; nothing once the paid time is over.
    pub fn entitlement(&self, now: Timestamp) -> Option<Entitlement> {
        (self.started <= now && now < self.paid_until).then_some(Entitlement {
            plan: self.plan.id,
            streams: self.plan.streams,
            max_height: self.plan.max_height,
            downloads: self.plan.downloads,
            until: self.paid_until,
        })
    }
}

impl Entitlement {
    /// Whether it opens works offered this way.
    pub fn opens(&self, offer: Offer, now: Timestamp) -> bool {
        offer == Offer::Subscription && now < self.until
    }
}
