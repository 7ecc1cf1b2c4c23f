//! Facts as sentences: sizes, how long ago, where, until when.

use cineclub_domain::grant::{Grant, Protection};
use cineclub_domain::language::Language;
use cineclub_domain::licence::Licence;
use cineclub_domain::offer::Offer;
use cineclub_domain::territory::{Territory, TerritorySet};
use cineclub_domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};
use cineclub_domain::title::TitleKind;
use cineclub_domain::window::{Phase, WindowEnd};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::studio::{Badge, Mood};
use crate::translations::T;

/// How many territories a line names before it only counts them.
const TERRITORIES_NAMED: usize = 6;

/// How long ago something was.
pub fn ago(t: &T, then: Timestamp, now: Timestamp) -> String {
    let passed = now.millis_since(then).max(0);
    match passed {
        _ if passed < MINUTE_MS => t.one("admin-ago-seconds", "n", passed / SECOND_MS),
        _ if passed < HOUR_MS => t.one("admin-ago-minutes", "n", passed / MINUTE_MS),
        _ if passed < DAY_MS => t.one("admin-ago-hours", "n", passed / HOUR_MS),
        _ => t.date(then),
    }
}

/// Where a grant holds.
pub fn territories(t: &T, set: &TerritorySet) -> String {
    let included = match &set.included {
        None => t.get("admin-everywhere"),
        Some(listed) => codes(t, listed),
    };
    if set.excluded.is_empty() {
        return included;
    }
    t.two(
        "admin-except",
        "where",
        included,
        "but",
        codes(t, &set.excluded),
    )
}

fn codes(t: &T, territories: &[Territory]) -> String {
    if territories.len() > TERRITORIES_NAMED {
        return t.one("admin-n-territories", "n", territories.len());
    }
    territories
        .iter()
        .map(Territory::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Until when a grant holds, by its window or by hand.
pub fn until(t: &T, zone: &TimeZone, grant: &Grant) -> String {
    if let Some(ended) = grant.ended_at {
        return t.one("admin-ended-on", "date", t.date(ended));
    }
    match grant.window.rule().end {
        WindowEnd::Open => t.get("admin-no-end"),
        WindowEnd::Through(date) | WindowEnd::Until(date) => {
            // The contract's own dates in its own zone, not ours.
            let last = if matches!(grant.window.rule().end, WindowEnd::Until(_)) {
                date.yesterday().unwrap_or(date)
            } else {
                date
            };
            civil(t, zone, last)
        }
    }
}

/// A calendar day, as people write it. `zone` is the one that pages tell dates in.
pub fn civil(t: &T, zone: &TimeZone, date: Date) -> String {
    let noon = date.at(12, 0, 0, 0).to_zoned_datetime(zone.clone());
    noon.map_or_else(
        |_| date.to_string(),
        |noon| t.date(Timestamp::from_millis(noon.timestamp().as_millisecond())),
    )
}

/// Whether a grant is in force.
pub fn grant_state(t: &T, grant: &Grant, now: Timestamp) -> Badge {
    match grant.phase(now) {
        Phase::Inside => match grant
            .end()
            .filter(|end| end.millis_since(now) < 30 * DAY_MS)
        {
            Some(end) => Badge::new(
                Mood::Warn,
                t.one("admin-ends-in-days", "n", end.millis_since(now) / DAY_MS),
            ),
            None => Badge::new(Mood::Good, t.get("admin-in-force")),
        },
        Phase::Before(from) => {
            Badge::new(Mood::Plain, t.one("admin-from-date", "date", t.date(from)))
        }
        Phase::After(_) => Badge::new(Mood::Plain, t.get("admin-ended")),
    }
}

/// What a way of offering is called.
pub fn offer(t: &T, offer: Offer) -> String {
    t.get(match offer {
        Offer::Free => "admin-offer-free",
        Offer::Subscription => "admin-offer-subscription",
        Offer::Rental => "admin-offer-rental",
        Offer::Purchase => "admin-offer-purchase",
        Offer::Ticket => "admin-offer-ticket",
    })
}

/// What a protection is called.
pub fn protection(t: &T, protection: Protection) -> String {
    t.get(match protection {
        Protection::None => "admin-protection-none",
        Protection::Encrypted => "admin-protection-encrypted",
        Protection::DrmSoftware => "admin-protection-drm-software",
        Protection::DrmHardware => "admin-protection-drm-hardware",
    })
}

/// What a licence is called: its SPDX name where it has one.
pub fn licence(t: &T, licence: Licence) -> String {
    match licence {
        Licence::Contract => t.get("admin-licence-contract"),
        Licence::PublicDomain => t.get("admin-licence-public-domain"),
        other => other.as_str().to_owned(),
    }
}

/// What a kind of title is called.
pub fn kind(t: &T, kind: TitleKind) -> String {
    t.get(match kind {
        TitleKind::Film => "admin-kind-film",
        TitleKind::Series => "admin-kind-series",
        TitleKind::Season => "admin-kind-season",
        TitleKind::Episode => "admin-kind-episode",
        TitleKind::Extra => "admin-kind-extra",
    })
}

/// The languages of some tracks, each once.
pub fn languages<'l>(t: &T, languages: impl Iterator<Item = &'l Language>) -> String {
    let mut names: Vec<String> = Vec::new();
    for language in languages {
        let name = t.language_name(language);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// What a grant is called: its reference, or who gave it.
pub fn reference(grant: &Grant) -> String {
    if grant.reference.trim().is_empty() {
        grant.licensor.clone()
    } else {
        grant.reference.clone()
    }
}
