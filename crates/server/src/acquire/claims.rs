//! `rights.toml`: what a file says of its licence. A claim; only a person makes a grant of it.

use cineclub_domain::licence::Licence;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::text::plain;
use crate::error::{Error, Kind, Result};

/// The name of the file, beside a film or in a series' folder.
pub const FILE: &str = "rights.toml";
/// The largest such file that is read, in bytes.
pub const LIMIT_BYTES: u64 = 64 << 10;
/// The action of the event that keeps a title's claim.
pub const ACTION: &str = "licence.claimed";

/// A licence as the file beside a work claims it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The licence.
    pub licence: Licence,
    /// Where its text is.
    pub licence_url: Option<String>,
    /// Who gives it.
    pub licensor: String,
    /// The line to show with the work.
    pub attribution: Option<String>,
    /// The statement that was read, word for word.
    pub statement: Option<String>,
    /// The day it was read.
    pub seen: Option<Date>,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    licence: String,
    #[serde(alias = "url")]
    licence_url: Option<String>,
    #[serde(default)]
    licensor: String,
    attribution: Option<String>,
    statement: Option<String>,
    seen: Option<toml::Value>,
}

/// Reads the text of a `rights.toml`. Keys it doesn't know are passed over.
///
/// # Errors
/// [`Kind::BadInput`] with a sentence that names the line or the value.
pub fn parse_claim(text: &str) -> Result<Claim> {
    let written: Written = toml::from_str(text).map_err(|error| malformed(text, &error))?;
    let licence = Licence::parse(&written.licence).map_err(|error| {
        let known: Vec<_> = Licence::ALL.iter().map(|known| known.as_str()).collect();
        refused(&error.to_string(), "error-claim-licence").with("known", known.join(", "))
    })?;
    if written.licensor.trim().is_empty() {
        let why = "licensor is empty: say who gives the licence";
        return Err(refused(why, "error-claim-licensor"));
    }
    let web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    if written.licence_url.as_ref().is_some_and(|url| !web(url)) {
        let why = "licence_url must begin with https:// or http://";
        return Err(refused(why, "error-claim-url"));
    }
    let attribution = written.attribution.as_deref().unwrap_or_default();
    if licence.needs_attribution() && attribution.trim().is_empty() {
        let licence = licence.as_str();
        let why = format!("{licence} asks for the author to be named: give attribution");
        return Err(refused(&why, "error-claim-attribution").with("licence", licence));
    }
    let undated = || refused("seen is not a date such as 2026-11-23", "error-claim-seen");
    let seen = written.seen.map(|seen| date(&seen).ok_or_else(undated));
    let kept = |text: Option<String>| text.map(|text| plain(&text));
    Ok(Claim {
        licence,
        licence_url: kept(written.licence_url),
        licensor: plain(written.licensor.trim()),
        attribution: kept(written.attribution),
        statement: kept(written.statement),
        seen: seen.transpose()?,
    })
}

fn refused(why: &str, key: &'static str) -> Error {
    let message = format!("The rights.toml can't be used: {why}");
    Error::new(Kind::BadInput, message).keyed(key)
}

fn malformed(text: &str, error: &toml::de::Error) -> Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.unwrap_or_default().matches('\n').count() + 1;
    refused(&error.to_string(), "error-claim-malformed").with("line", line)
}

/// A date written as text or as TOML's own.
fn date(value: &toml::Value) -> Option<Date> {
    match value {
        toml::Value::String(text) => text.parse().ok(),
        toml::Value::Datetime(moment) => moment.date.as_ref()?.to_string().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_read_with_its_date_as_text_or_as_a_date() {
        let text = "licence = \"CC-BY-3.0\"\nlicence_url = \"https://creativecommons.org/licenses/by/3.0/\"\nlicensor = \"Blender Foundation\"\nattribution = \"© 2008\"\nstatement = \"…\"\nseen = ";
        for seen in ["\"2026-11-23\"", "2026-11-23", "2026-11-23T10:00:00Z"] {
            let claim = parse_claim(&format!("{text}{seen}\nelse = 1\n")).unwrap();
            assert_eq!(claim.licence, Licence::CcBy3);
            assert_eq!(claim.seen, Some(jiff::civil::date(2026, 11, 23)));
            let json = serde_json::to_string(&claim).unwrap();
            assert_eq!(serde_json::from_str::<Claim>(&json).unwrap(), claim);
        }
    }

    #[test]
    fn a_claim_that_cannot_be_true_is_refused_with_the_reason() {
        let refused = |text: &str| parse_claim(text).unwrap_err().message;
        assert!(refused("licence = \"free\"\nlicensor = \"x\"").contains("CC0-1.0"));
        assert!(refused("licence = ").contains("line 1"));
        assert!(refused("licence = \"CC0-1.0\"").contains("licensor"));
        assert!(refused("licence = \"CC-BY-4.0\"\nlicensor = \"x\"").contains("attribution"));
        assert!(refused("licence = \"CC0-1.0\"\nlicensor = \"x\"\nseen = 3").contains("seen"));
        assert!(
            refused("licence = \"CC0-1.0\"\nlicensor = \"x\"\nlicence_url = \"javascript:x\"")
                .contains("https")
        );
    }
}
