//! Licences a grant can rest on, and what each forbids whatever the contract says.

use serde::{Deserialize, Serialize};

use crate::offer::Offer;

/// The licence behind a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Licence {
    /// Terms agreed with the licensor in a contract.
    #[serde(rename = "contract")]
    Contract,
    /// No rights remain, or none ever arose, in the territories of the grant.
    #[serde(rename = "public-domain")]
    PublicDomain,
    /// Creative Commons Zero.
    #[serde(rename = "CC0-1.0")]
    Cc0,
    /// Creative Commons Attribution, 3.0.
    #[serde(rename = "CC-BY-3.0")]
    CcBy3,
    /// Creative Commons Attribution, 4.0.
    #[serde(rename = "CC-BY-4.0")]
    CcBy4,
    /// Creative Commons Attribution-ShareAlike, 4.0.
    #[serde(rename = "CC-BY-SA-4.0")]
    CcBySa4,
    /// Creative Commons Attribution-NoDerivatives, 4.0.
    #[serde(rename = "CC-BY-ND-4.0")]
    CcByNd4,
    /// Creative Commons Attribution-NonCommercial, 4.0.
    #[serde(rename = "CC-BY-NC-4.0")]
    CcByNc4,
}

/// A text that names no licence we know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a licence this service knows; use one of contract, public-domain, CC0-1.0, CC-BY-3.0, CC-BY-4.0, CC-BY-SA-4.0, CC-BY-ND-4.0, CC-BY-NC-4.0"
)]
pub struct UnknownLicence(pub String);

impl Licence {
    /// Every licence, in the order forms show them.
    pub const ALL: [Self; 8] = [
        Self::Contract,
        Self::PublicDomain,
        Self::Cc0,
        Self::CcBy3,
        Self::CcBy4,
        Self::CcBySa4,
        Self::CcByNd4,
        Self::CcByNc4,
    ];

    /// The name it is stored and exchanged under (SPDX where SPDX has one).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::PublicDomain => "public-domain",
            Self::Cc0 => "CC0-1.0",
            Self::CcBy3 => "CC-BY-3.0",
            Self::CcBy4 => "CC-BY-4.0",
            Self::CcBySa4 => "CC-BY-SA-4.0",
            Self::CcByNd4 => "CC-BY-ND-4.0",
            Self::CcByNc4 => "CC-BY-NC-4.0",
        }
    }

    /// Reads a stored name.
    ///
    /// # Errors
    /// [`UnknownLicence`] names what is accepted.
    pub fn parse(text: &str) -> Result<Self, UnknownLicence> {
        Self::ALL
            .into_iter()
            .find(|licence| licence.as_str() == text)
            .ok_or_else(|| UnknownLicence(text.to_owned()))
    }

    /// Whether the work may be offered this way. Non-commercial works can't sit behind payment.
    pub fn allows(self, offer: Offer) -> bool {
        self != Self::CcByNc4 || offer == Offer::Free
    }

    /// Whether the licence asks for the author to be named on screen.
    pub fn needs_attribution(self) -> bool {
        matches!(
            self,
            Self::CcBy3 | Self::CcBy4 | Self::CcBySa4 | Self::CcByNd4 | Self::CcByNc4
        )
    }

    /// Whether the claim rests on a published statement, kept as evidence, instead of a contract.
    pub fn needs_evidence(self) -> bool {
        self != Self::Contract
    }
}
