//! Amounts of money, counted in minor units.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A currency by its ISO 4217 code, with the number of decimals it is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency {
    code: [u8; 3],
    decimals: u8,
}

/// A text that is not the code of a currency we sell in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a currency this service knows; use an ISO 4217 code such as EUR, USD or JPY")]
pub struct UnknownCurrency(pub String);

/// The currencies plans can be sold in, with their decimals (ISO 4217, table A.1).
const CURRENCIES: &[(&str, u8)] = &[
    ("AUD", 2),
    ("BRL", 2),
    ("CAD", 2),
    ("CHF", 2),
    ("CZK", 2),
    ("DKK", 2),
    ("EUR", 2),
    ("GBP", 2),
    ("HUF", 2),
    ("INR", 2),
    ("JPY", 0),
    ("KRW", 0),
    ("MAD", 2),
    ("MXN", 2),
    ("NOK", 2),
    ("NZD", 2),
    ("PLN", 2),
    ("RON", 2),
    ("SEK", 2),
    ("TND", 3),
    ("USD", 2),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
    ("ZAR", 2),
];

impl Currency {
    /// Reads an ISO 4217 code.
    ///
    /// # Errors
    /// [`UnknownCurrency`] when it is not one of those this service sells in.
    pub fn parse(code: &str) -> Result<Self, UnknownCurrency> {
        let (code, decimals) = CURRENCIES
            .iter()
            .find(|(known, _)| *known == code)
            .ok_or_else(|| UnknownCurrency(code.to_owned()))?;
        let mut bytes = [0; 3];
        bytes.copy_from_slice(code.as_bytes());
        Ok(Self {
            code: bytes,
            decimals: *decimals,
        })
    }

    /// The ISO 4217 code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("")
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;
    fn try_from(code: String) -> Result<Self, UnknownCurrency> {
        Self::parse(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount in the minor unit of its currency: 499 EUR minor units are 4.99 €, 499 JPY are ¥499.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units.
    pub minor: i64,
    /// The currency it is counted in.
    pub currency: Currency,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_u64.pow(u32::from(self.currency.decimals));
        let amount = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "-" } else { "" };
        write!(f, "{sign}{}", amount / scale)?;
        if self.currency.decimals > 0 {
            write!(
                f,
                ".{:0width$}",
                amount % scale,
                width = usize::from(self.currency.decimals)
            )?;
        }
        write!(f, " {}", self.currency.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_shows_the_decimals_of_its_currency() {
        let shown = |minor, code: &str| {
            Money {
                minor,
                currency: Currency::parse(code).unwrap(),
            }
            .to_string()
        };
        assert_eq!(shown(499, "EUR"), "4.99 EUR");
        assert_eq!(shown(-5, "EUR"), "-0.05 EUR");
        assert_eq!(shown(499, "JPY"), "499 JPY");
        assert_eq!(shown(1_001, "TND"), "1.001 TND");
        assert!(Currency::parse("EURO").is_err());
    }
}
