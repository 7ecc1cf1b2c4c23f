//! The grant editor's form: what was typed becomes a grant, or errors beside the fields.

use cineclub_domain::grant::{Evidence, Grant, GrantError, Limits, Protection};
use cineclub_domain::id::{GrantId, TitleId};
use cineclub_domain::language::{Language, LanguageRule};
use cineclub_domain::licence::Licence;
use cineclub_domain::offer::Offer;
use cineclub_domain::territory::{Territory, TerritorySet};
use cineclub_domain::time::Timestamp;
use cineclub_domain::window::{Window, WindowEnd, WindowError, WindowRule};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::dates;
use super::form::Fields;
use crate::rights::grants::evidence;
use crate::translations::T;

/// The longest text of one line that is taken, in characters.
const LINE: usize = 2_000;
/// The longest statement that is taken, in characters.
const STATEMENT: usize = 50_000;

/// Errors, each beside its field; those of the grant as a whole are under `form`.
pub type Errors = Vec<(&'static str, String)>;

/// What a form is read with.
pub struct Reading<'r> {
    /// The words of errors.
    pub t: &'r T,
    /// The id that the grant has or will have.
    pub id: GrantId,
    /// The grant as it is, if it is changed and not new.
    pub before: Option<&'r Grant>,
    /// The present instant.
    pub now: Timestamp,
}

/// Reads the form.
///
/// # Errors
/// Everything that is wrong with it, not only the first.
pub fn read(
    fields: &Fields,
    with: &Reading<'_>,
    title: impl Fn(&str) -> Option<TitleId>,
) -> Result<Grant, Errors> {
    let mut errors = Errors::new();
    let wrong = &mut errors;
    let licence = licence(fields, with.t, wrong);
    let offers: Vec<Offer> = fields.all("offer").filter_map(Offer::parse).collect();
    let window = window(fields, with.t, wrong);
    let grant = Grant {
        id: with.id,
        licensor: line(fields, "licensor", with.t, wrong).unwrap_or_default(),
        reference: line(fields, "reference", with.t, wrong).unwrap_or_default(),
        titles: titles(fields, title),
        territories: TerritorySet {
            included: Some(territories(fields, "included", with.t, wrong))
                .filter(|listed| !listed.is_empty()),
            excluded: territories(fields, "excluded", with.t, wrong),
        },
        audio: languages(fields, "audio", with.t, wrong),
        subtitles: languages(fields, "subtitles", with.t, wrong),
        exclusive: fields.has("exclusive", "yes"),
        limits: limits(fields, with.t, wrong),
        protection: Protection::parse(fields.get("protection")).unwrap_or_default(),
        evidence: read_evidence(fields, with, &window, licence, wrong),
        attribution: line(fields, "attribution", with.t, wrong),
        ended_at: with.before.and_then(|before| before.ended_at),
        offers,
        window,
        licence,
    };
    check(&grant, with.t, wrong);
    if errors.is_empty() {
        Ok(grant)
    } else {
        Err(errors)
    }
}

/// The form's fields for a grant as it is.
pub fn fields(grant: &Grant, slugs: impl Iterator<Item = String>) -> Fields {
    let rule = grant.window.rule();
    let zone = TimeZone::get(&rule.zone).unwrap_or(TimeZone::UTC);
    let codes = |set: &[Territory]| {
        set.iter()
            .map(Territory::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (end_rule, end) = match rule.end {
        WindowEnd::Open => ("open", String::new()),
        WindowEnd::Through(date) => ("through", date.to_string()),
        WindowEnd::Until(date) => ("until", date.to_string()),
    };
    let kept = grant.evidence.as_ref();
    let mut fields = vec![
        ("licensor", grant.licensor.clone()),
        ("reference", grant.reference.clone()),
        (
            "included",
            grant
                .territories
                .included
                .as_deref()
                .map(codes)
                .unwrap_or_default(),
        ),
        ("excluded", codes(&grant.territories.excluded)),
        (
            "window_start",
            rule.start.map(|date| date.to_string()).unwrap_or_default(),
        ),
        ("window_end", end),
        ("end_rule", end_rule.to_owned()),
        ("zone", rule.zone.clone()),
        ("audio", tags(&grant.audio)),
        ("subtitles", tags(&grant.subtitles)),
        ("max_height", number(grant.limits.max_height)),
        ("max_streams", number(grant.limits.max_streams)),
        ("protection", grant.protection.as_str().to_owned()),
        ("licence", grant.licence.as_str().to_owned()),
        ("attribution", grant.attribution.clone().unwrap_or_default()),
        (
            "evidence_url",
            kept.and_then(|kept| kept.url.clone()).unwrap_or_default(),
        ),
        (
            "statement",
            kept.map(|kept| kept.statement.clone()).unwrap_or_default(),
        ),
        (
            "seen",
            kept.map(|kept| dates::field(kept.seen_at, &zone))
                .unwrap_or_default(),
        ),
    ];
    fields.extend(slugs.map(|slug| ("title", slug)));
    fields.extend(
        grant
            .offers
            .iter()
            .map(|offer| ("offer", offer.as_str().to_owned())),
    );
    fields.extend(
        grant
            .limits
            .downloads
            .then(|| ("downloads", "yes".to_owned())),
    );
    fields.extend(grant.exclusive.then(|| ("exclusive", "yes".to_owned())));
    Fields::of(fields)
}

fn tags(rule: &LanguageRule) -> String {
    match rule {
        LanguageRule::All => String::new(),
        LanguageRule::Only(listed) => listed
            .iter()
            .map(Language::as_str)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn number(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The titles ticked, each once. One that is gone meanwhile is left out; [`check`] sees if none is left.
fn titles(fields: &Fields, title: impl Fn(&str) -> Option<TitleId>) -> Vec<TitleId> {
    let mut titles: Vec<_> = fields.all("title").filter_map(title).collect();
    titles.sort();
    titles.dedup();
    titles
}

fn line(fields: &Fields, name: &'static str, t: &T, wrong: &mut Errors) -> Option<String> {
    let text = fields.text(name)?;
    if text.chars().count() > LINE {
        wrong.push((name, t.get("admin-error-too-long")));
    }
    Some(text.to_owned())
}

fn territories(fields: &Fields, name: &'static str, t: &T, wrong: &mut Errors) -> Vec<Territory> {
    let mut listed: Vec<Territory> = Vec::new();
    for word in fields.words(name) {
        match word.parse() {
            Ok(territory) if !listed.contains(&territory) => listed.push(territory),
            Ok(_) => {}
            Err(_) => wrong.push((name, t.one("admin-error-territory", "code", word))),
        }
    }
    listed
}

fn languages(fields: &Fields, name: &'static str, t: &T, wrong: &mut Errors) -> LanguageRule {
    let mut listed: Vec<Language> = Vec::new();
    for word in fields.words(name) {
        match word.parse() {
            Ok(language) if !listed.contains(&language) => listed.push(language),
            Ok(_) => {}
            Err(_) => wrong.push((name, t.one("admin-error-language", "code", word))),
        }
    }
    if listed.is_empty() {
        LanguageRule::All
    } else {
        LanguageRule::Only(listed)
    }
}

fn limits(fields: &Fields, t: &T, wrong: &mut Errors) -> Limits {
    let max_height = fields
        .text("max_height")
        .and_then(|text| match text.parse() {
            Ok(height) if (1..=8_640).contains(&height) => Some(height),
            _ => {
                wrong.push(("max_height", t.get("admin-error-number")));
                None
            }
        });
    let max_streams = fields
        .text("max_streams")
        .and_then(|text| match text.parse() {
            Ok(streams) if (1..=999).contains(&streams) => Some(streams),
            _ => {
                wrong.push(("max_streams", t.get("admin-error-number")));
                None
            }
        });
    Limits {
        max_height,
        max_streams,
        downloads: fields.has("downloads", "yes"),
    }
}

fn licence(fields: &Fields, t: &T, wrong: &mut Errors) -> Licence {
    Licence::parse(fields.get("licence")).unwrap_or_else(|_| {
        wrong.push(("licence", t.get("admin-error-licence")));
        Licence::Contract
    })
}

/// The window; while it can't be read, one that is always open, which is never saved.
fn window(fields: &Fields, t: &T, wrong: &mut Errors) -> Window {
    let mut date = |name: &'static str| -> Option<Date> {
        dates::day(fields, name).unwrap_or_else(|_| {
            wrong.push((name, t.get("admin-error-date")));
            None
        })
    };
    let (start, end) = (date("window_start"), date("window_end"));
    let end = match (fields.get("end_rule"), end) {
        ("through", Some(date)) => WindowEnd::Through(date),
        ("until", Some(date)) => WindowEnd::Until(date),
        ("open", None) => WindowEnd::Open,
        // A contract's end that was typed is never dropped: whoever chose "no end" beside it is asked which it is.
        (rule, _) => {
            let text = match rule {
                "open" => "admin-error-window-open",
                _ => "admin-error-window-end",
            };
            if !wrong.iter().any(|(name, _)| *name == "window_end") {
                wrong.push(("window_end", t.get(text)));
            }
            WindowEnd::Open
        }
    };
    let zone = fields.text("zone").unwrap_or("").to_owned();
    Window::new(WindowRule { zone, start, end }).unwrap_or_else(|error| {
        wrong.push(match error {
            WindowError::UnknownZone(_) => ("zone", t.get("admin-error-zone")),
            WindowError::Empty => ("window_end", t.get("admin-error-window-empty")),
            WindowError::OutOfRange => ("window_end", t.get("admin-error-date")),
        });
        Window::always()
    })
}

/// The evidence. What was not touched is kept to the letter, with the instant it was seen.
fn read_evidence(
    fields: &Fields,
    with: &Reading<'_>,
    window: &Window,
    licence: Licence,
    wrong: &mut Errors,
) -> Option<Evidence> {
    let url = line(fields, "evidence_url", with.t, wrong);
    if url
        .as_deref()
        .is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://"))
    {
        wrong.push(("evidence_url", with.t.get("admin-error-url")));
    }
    let seen = dates::day(fields, "seen").unwrap_or_else(|_| {
        wrong.push(("seen", with.t.get("admin-error-date")));
        None
    });
    let statement = fields.text("statement").map(str::to_owned);
    if statement
        .as_ref()
        .is_some_and(|statement| statement.chars().count() > STATEMENT)
    {
        wrong.push(("statement", with.t.get("admin-error-too-long")));
    }
    let Some(statement) = statement else {
        if licence.needs_evidence() || url.is_some() {
            wrong.push(("statement", with.t.get("admin-error-evidence")));
        }
        return None;
    };
    let zone = TimeZone::get(&window.rule().zone).unwrap_or(TimeZone::UTC);
    let kept = with.before.and_then(|before| before.evidence.as_ref());
    let seen_text = seen.map(|day| day.to_string());
    if let Some(kept) = kept.filter(|kept| {
        kept.statement.trim() == statement
            && kept.url == url
            && seen_text
                .as_ref()
                .is_none_or(|day| *day == dates::field(kept.seen_at, &zone))
    }) {
        return Some(kept.clone());
    }
    let seen_at = seen
        .and_then(|day| dates::first_instant(day, &zone).ok())
        .unwrap_or(with.now);
    Some(evidence(url, statement, seen_at))
}

/// The rules of any grant, each beside the field that would mend it.
fn check(grant: &Grant, t: &T, wrong: &mut Errors) {
    let mut beside = |name: &'static str, text: String| {
        if !wrong.iter().any(|(field, _)| *field == name) {
            wrong.push((name, text));
        }
    };
    if grant.licensor.is_empty() {
        beside("licensor", t.get("admin-error-licensor"));
    }
    if grant.titles.is_empty() {
        beside("title", t.get("admin-error-title"));
    }
    if grant.offers.is_empty() {
        beside("offer", t.get("admin-error-offer"));
    }
    if grant
        .offers
        .iter()
        .any(|offer| !grant.licence.allows(*offer))
    {
        beside(
            "offer",
            t.one(
                "admin-error-licence-forbids",
                "licence",
                grant.licence.as_str(),
            ),
        );
    }
    if grant.licence.needs_attribution() && grant.attribution.is_none() {
        beside(
            "attribution",
            t.one("admin-error-attribution", "licence", grant.licence.as_str()),
        );
    }
    // Beside their fields already. The pattern names every rule, so that a new one has to find its field here.
    let (Ok(())
    | Err(
        GrantError::NoTitle
        | GrantError::NoOffer
        | GrantError::NoLicensor
        | GrantError::LicenceForbids(..)
        | GrantError::AttributionMissing(_)
        | GrantError::EvidenceMissing(_),
    )) = grant.check();
}

#[cfg(test)]
#[path = "grant_form_tests.rs"]
mod tests;
