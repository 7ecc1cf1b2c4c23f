//! Territories, by ISO 3166-1 alpha-2 code.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A country or territory (ISO 3166-1 alpha-2). French Polynesia (`PF`) and France (`FR`) are two.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Territory([u8; 2]);

/// A text that is not an ISO 3166-1 code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an ISO 3166-1 territory; use two letters such as FR, GB (not UK) or US")]
pub struct InvalidTerritory(pub String);

/// Every officially assigned code (ISO 3166-1:2020).
const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN \
BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC \
EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR \
HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT \
LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP \
NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL \
SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE \
VG VI VN VU WF WS YE YT ZA ZM ZW";

impl Territory {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }

    /// Every territory, in alphabetical order of code.
    pub fn all() -> impl Iterator<Item = Self> {
        CODES.split(' ').filter_map(|code| code.parse().ok())
    }
}

impl FromStr for Territory {
    type Err = InvalidTerritory;
    fn from_str(text: &str) -> Result<Self, InvalidTerritory> {
        let code = text.trim().to_ascii_uppercase();
        match code.as_bytes() {
            [a, b] if CODES.split(' ').any(|known| known == code) => Ok(Self([*a, *b])),
            _ => Err(InvalidTerritory(text.to_owned())),
        }
    }
}

impl fmt::Display for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Territory {
    type Error = InvalidTerritory;
    fn try_from(text: String) -> Result<Self, InvalidTerritory> {
        text.parse()
    }
}

impl From<Territory> for String {
    fn from(territory: Territory) -> Self {
        territory.as_str().to_owned()
    }
}

/// Where a grant holds: the world or a list, less what is excluded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TerritorySet {
    /// The territories named; `None` is the world.
    pub included: Option<Vec<Territory>>,
    /// The territories taken out again. An exclusion always wins.
    pub excluded: Vec<Territory>,
}

impl TerritorySet {
    /// The whole world.
    pub fn world() -> Self {
        Self::default()
    }

    /// These territories alone.
    pub fn only(territories: impl IntoIterator<Item = Territory>) -> Self {
        Self {
            included: Some(territories.into_iter().collect()),
            excluded: Vec::new(),
        }
    }

    /// Whether the grant holds for a viewer in `territory`. A viewer whose territory is not known
    /// is covered only where the grant holds everywhere without exception.
    pub fn covers(&self, territory: Option<Territory>) -> bool {
        match territory {
            Some(t) => {
                !self.excluded.contains(&t)
                    && self
                        .included
                        .as_ref()
                        .is_none_or(|listed| listed.contains(&t))
            }
            None => self.included.is_none() && self.excluded.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(code: &str) -> Territory {
        code.parse().unwrap()
    }

    #[test]
    fn codes_are_those_of_iso_3166_1() {
        assert_eq!(Territory::all().count(), 249);
        assert_eq!(t("fr"), t("FR"));
        for wrong in ["UK", "EU", "XK", "F", "FRA", "", "é"] {
            assert!(wrong.parse::<Territory>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_exclusion_wins_and_the_unknown_is_covered_only_by_the_whole_world() {
        let world_less_us = TerritorySet {
            included: None,
            excluded: vec![t("US")],
        };
        assert!(world_less_us.covers(Some(t("FR"))));
        assert!(!world_less_us.covers(Some(t("US"))));
        assert!(!world_less_us.covers(None));
        assert!(TerritorySet::world().covers(None));
        let both = TerritorySet {
            included: Some(vec![t("FR")]),
            excluded: vec![t("FR")],
        };
        assert!(!both.covers(Some(t("FR"))));
        assert!(!TerritorySet::only([t("FR")]).covers(Some(t("PF"))));
    }
}
