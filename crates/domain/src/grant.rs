//! Grants: what a licensor lets us show, to whom, where, when and how.

use serde::{Deserialize, Serialize};

use crate::id::{GrantId, TitleId};
use crate::language::LanguageRule;
use crate::licence::Licence;
use crate::offer::Offer;
use crate::territory::TerritorySet;
use crate::time::Timestamp;
use crate::title::Lineage;
use crate::window::{Phase, Window};

/// The protection a licensor demands, or an installation can give. Later ones include earlier ones.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Permission alone.
    #[default]
    None,
    /// Encrypted segments; not DRM.
    Encrypted,
    /// DRM, by software.
    DrmSoftware,
    /// DRM, by hardware.
    DrmHardware,
}

impl Protection {
    /// Every level, weakest first.
    pub const ALL: [Self; 4] = [
        Self::None,
        Self::Encrypted,
        Self::DrmSoftware,
        Self::DrmHardware,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Encrypted => "encrypted",
            Self::DrmSoftware => "drm_software",
            Self::DrmHardware => "drm_hardware",
        }
    }

    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

/// What a grant limits besides place and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Limits {
    /// The tallest picture allowed, in pixels; `None` is any.
    pub max_height: Option<u32>,
    /// Whether the original may be downloaded.
    pub downloads: bool,
    /// Simultaneous plays per account; `None` leaves it to the plan.
    pub max_streams: Option<u16>,
}

/// What was seen when the right was claimed, kept so that it can be shown later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where the statement stood.
    pub url: Option<String>,
    /// The statement, word for word.
    pub statement: String,
    /// SHA-256 of the statement, in hexadecimal.
    pub sha256: String,
    /// When it was seen.
    pub seen_at: Timestamp,
}

/// Permission from a licensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its identifier.
    pub id: GrantId,
    /// Who gives it.
    pub licensor: String,
    /// The operator's or licensor's own reference.
    pub reference: String,
    /// The titles it names. A series stands for all its episodes.
    pub titles: Vec<TitleId>,
    /// The ways the titles may be offered.
    pub offers: Vec<Offer>,
    /// Where.
    pub territories: TerritorySet,
    /// Which sound.
    pub audio: LanguageRule,
    /// Which subtitles.
    pub subtitles: LanguageRule,
    /// When.
    pub window: Window,
    /// Whether nobody else was granted the same.
    pub exclusive: bool,
    /// Further limits.
    pub limits: Limits,
    /// The protection it demands.
    pub protection: Protection,
    /// The licence it rests on.
    pub licence: Licence,
    /// What was seen when it was claimed.
    pub evidence: Option<Evidence>,
    /// The line that must be shown with the work.
    pub attribution: Option<String>,
    /// When a person ended it before its window did.
    pub ended_at: Option<Timestamp>,
}

/// Why a grant can't be entered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// It names no title.
    #[error("a grant must name at least one title")]
    NoTitle,
    /// It names no offer.
    #[error("a grant must allow at least one offer (free, subscription, …)")]
    NoOffer,
    /// Nobody gives it.
    #[error("a grant must name its licensor")]
    NoLicensor,
    /// Its licence forbids one of its offers.
    #[error("{} forbids the offer {}: a non-commercial work can't sit behind payment", .0.as_str(), .1.as_str())]
    LicenceForbids(Licence, Offer),
    /// Its licence asks for an attribution.
    #[error("{} asks for an attribution line to be shown with the work", .0.as_str())]
    AttributionMissing(Licence),
    /// Its licence rests on a statement that was not kept.
    #[error("{} rests on a published statement: keep its text and address as evidence", .0.as_str())]
    EvidenceMissing(Licence),
}

impl Grant {
    /// Checks what must hold of any grant, whoever enters it.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn check(&self) -> Result<(), GrantError> {
        if self.titles.is_empty() {
            return Err(GrantError::NoTitle);
        }
        if self.licensor.trim().is_empty() {
            return Err(GrantError::NoLicensor);
        }
        if self.offers.is_empty() {
            return Err(GrantError::NoOffer);
        }
        if let Some(offer) = self
            .offers
            .iter()
            .find(|offer| !self.licence.allows(**offer))
        {
            return Err(GrantError::LicenceForbids(self.licence, *offer));
        }
        if self.licence.needs_attribution()
            && self.attribution.as_deref().unwrap_or("").trim().is_empty()
        {
            return Err(GrantError::AttributionMissing(self.licence));
        }
        if self.licence.needs_evidence() && self.evidence.is_none() {
            return Err(GrantError::EvidenceMissing(self.licence));
        }
        Ok(())
    }

    /// Whether it names the title or something the title belongs to.
    pub fn names(&self, lineage: &Lineage) -> bool {
        self.titles.iter().any(|title| lineage.contains(*title))
    }

    /// Where `instant` lies, counting both its window and an early end by hand.
    pub fn phase(&self, instant: Timestamp) -> Phase {
        match self.ended_at {
            Some(ended) if instant >= ended => {
                Phase::After(self.window.end().map_or(ended, |end| end.min(ended)))
            }
            _ => self.window.phase(instant),
        }
    }

    /// The first instant at which it no longer holds, if one is known.
    pub fn end(&self) -> Option<Timestamp> {
        match (self.window.end(), self.ended_at) {
            (Some(end), Some(ended)) => Some(end.min(ended)),
            (end, ended) => end.or(ended),
        }
    }

    /// Whether there was or will be an instant at which it holds: not when it was ended before it began.
    pub fn has_held(&self) -> bool {
        let span = self.window.start().zip(self.end());
        span.is_none_or(|(start, end)| start < end)
    }

    /// Whether it allows the offer, and its licence does not forbid it.
    pub fn allows(&self, offer: Offer) -> bool {
        self.offers.contains(&offer) && self.licence.allows(offer)
    }
}
