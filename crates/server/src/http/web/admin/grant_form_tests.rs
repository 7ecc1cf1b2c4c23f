//! The grant form: a grant read back is the grant that was written, and each error stands beside its field.

use super::*;
use crate::translations::{PageLanguage, Translations};

fn words() -> T {
    T::new(
        std::sync::Arc::new(Translations::load("Europe/Paris")),
        PageLanguage::En,
    )
}

fn id() -> TitleId {
    TitleId::from_bytes([7; 16])
}

fn good() -> Vec<(&'static str, &'static str)> {
    vec![
        ("licensor", "Films du Cap"),
        ("reference", "FC-1"),
        ("title", "tidelines"),
        ("offer", "subscription"),
        ("included", "FR, be"),
        ("excluded", "PF"),
        ("window_start", "2026-01-01"),
        ("window_end", "2026-06-30"),
        ("end_rule", "through"),
        ("zone", "Pacific/Tahiti"),
        ("audio", "fr, pt-BR"),
        ("max_height", "1080"),
        ("max_streams", "3"),
        ("protection", "none"),
        ("licence", "CC-BY-4.0"),
        ("evidence_url", "https://example.org/licence"),
        ("statement", "Anyone may show it."),
        ("seen", "2026-11-20"),
        ("attribution", "By A. Author, CC BY 4.0"),
        ("exclusive", "yes"),
    ]
}

fn read_form(fields: &[(&str, &str)], before: Option<&Grant>) -> Result<Grant, Errors> {
    let fields = Fields::of(fields.iter().copied());
    let reading = Reading {
        t: &words(),
        id: GrantId::from_bytes([1; 16]),
        before,
        now: Timestamp::from_millis(0),
    };
    read(&fields, &reading, |slug| (slug == "tidelines").then(id))
}

/// The good form with one field otherwise.
fn with<'f>(name: &'f str, value: &'f str) -> Vec<(&'f str, &'f str)> {
    let mut fields: Vec<(&str, &str)> = good()
        .into_iter()
        .filter(|(known, _)| *known != name)
        .collect();
    fields.push((name, value));
    fields
}

#[test]
fn a_grant_read_from_its_own_form_is_the_same_grant() {
    let grant = read_form(&good(), None).unwrap();
    assert_eq!(grant.titles, [id()]);
    assert_eq!(
        grant.window.end().unwrap().to_string(),
        "2026-07-01T10:00:00Z"
    );
    assert_eq!(grant.territories.excluded.len(), 1);
    let again = fields(&grant, std::iter::once("tidelines".to_owned()));
    let reading = Reading {
        t: &words(),
        id: grant.id,
        before: Some(&grant),
        now: Timestamp::from_millis(9),
    };
    assert_eq!(read(&again, &reading, |_| Some(id())).unwrap(), grant);
}

#[test]
fn evidence_that_is_not_touched_keeps_the_instant_it_was_seen() {
    let mut grant = read_form(&good(), None).unwrap();
    let odd = grant.evidence.as_ref().unwrap().seen_at.plus_millis(1_234);
    grant.evidence.as_mut().unwrap().seen_at = odd;
    assert_eq!(
        read_form(&good(), Some(&grant))
            .unwrap()
            .evidence
            .unwrap()
            .seen_at,
        odd
    );
    let other = read_form(&with("statement", "Nobody may."), Some(&grant))
        .unwrap()
        .evidence
        .unwrap();
    assert_ne!(other.seen_at, odd);
    assert_eq!(other.sha256, crate::accounts::digest("Nobody may."));
}

#[test]
fn each_error_stands_beside_the_field_that_mends_it() {
    let cases = [
        ("licensor", " ", "licensor"),
        ("title", "no-such", "title"),
        ("offer", "bribe", "offer"),
        ("included", "FR, UK", "included"),
        ("excluded", "Atlantis", "excluded"),
        ("window_start", "1 January", "window_start"),
        ("window_end", "2025-06-30", "window_end"),
        ("window_end", "", "window_end"),
        ("end_rule", "never", "window_end"),
        ("zone", "Europe/Atlantis", "zone"),
        ("audio", "français", "audio"),
        ("max_height", "tall", "max_height"),
        ("max_streams", "0", "max_streams"),
        ("licence", "do-what-you-want", "licence"),
        ("licence", "CC-BY-NC-4.0", "offer"),
        ("evidence_url", "javascript:alert(1)", "evidence_url"),
        ("statement", "", "statement"),
        ("seen", "yesterday", "seen"),
        ("attribution", "", "attribution"),
    ];
    for (field, value, beside) in cases {
        let errors = read_form(&with(field, value), None).unwrap_err();
        assert!(
            errors.iter().any(|(name, _)| *name == beside),
            "{field}={value:?} gives {errors:?}"
        );
        assert!(
            errors.iter().all(|(_, text)| !text.starts_with("admin-")),
            "{errors:?}"
        );
    }
    assert!(
        read_form(&good(), None).is_ok(),
        "the form they depart from is good"
    );
}

#[test]
fn everything_wrong_is_told_at_once() {
    let errors = read_form(&[], None).unwrap_err();
    for field in ["licensor", "title", "offer", "licence", "window_end"] {
        assert!(
            errors.iter().any(|(name, _)| *name == field),
            "{field} in {errors:?}"
        );
    }
}

#[test]
fn a_last_day_that_was_typed_is_never_dropped() {
    let errors = read_form(&with("end_rule", "open"), None).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].0, "window_end");
    let mut open = with("end_rule", "open");
    open.retain(|(name, _)| *name != "window_end");
    assert_eq!(read_form(&open, None).unwrap().window.end(), None);
}
