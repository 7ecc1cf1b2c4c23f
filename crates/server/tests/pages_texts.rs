//! The texts of pages held against one another and against the code that uses them.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cineclub_domain::language::Language;
use cineclub_domain::territory::Territory;
use cineclub_domain::time::Timestamp;
use cineclub_server::translations::{PageLanguage, T, Translations, files};
use fluent_bundle::FluentResource;

/// Keys that are made of a code: every code there is has one, which another test checks.
const BY_CODE: [&str; 2] = ["territory-", "language-"];

/// Every key of a language with its text as the file has it.
fn texts(language: PageLanguage) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for file in files(language) {
        let mut key = String::new();
        for line in file.lines() {
            match line
                .split_once(" =")
                .filter(|_| line.starts_with(|c: char| c.is_ascii_alphabetic()))
            {
                Some((name, text)) => {
                    key = name.to_owned();
                    assert!(
                        texts.insert(key.clone(), text.trim().to_owned()).is_none(),
                        "{key} is there twice"
                    );
                }
                None if line.starts_with(' ') || line.starts_with('}') => {
                    texts.get_mut(&key).expect("a text goes on").push_str(line);
                }
                None => assert!(
                    line.is_empty() || line.starts_with('#'),
                    "{line:?} is neither text nor comment"
                ),
            }
        }
    }
    texts
}

/// The places in a text: `$name`. What a text only chooses a form by is not one: languages differ there.
fn places(text: &str) -> BTreeSet<&str> {
    let names = text.split('$').skip(1);
    names
        .map(|rest| {
            rest.split_at(
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(rest.len()),
            )
        })
        .filter(|(_, rest)| !rest.trim_start().starts_with("->"))
        .map(|(name, _)| name)
        .collect()
}

/// The sources of this crate, its templates, and the rules it is built on, tests aside.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![
        root.join("src"),
        root.join("templates"),
        root.join("../domain/src"),
    ];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.to_string_lossy().contains("_tests") {
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                let text = text
                    .split("#[cfg(test)]\nmod tests")
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                found.push((path, text));
            }
        }
    }
    found
}

fn is_key(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.contains(|c: char| c.is_ascii_lowercase()) && text.chars().all(fits)
}

/// The keys a source asks for by name.
fn asked(source: &str) -> BTreeSet<String> {
    const CALLS: [&str; 9] = [
        ".get(\"",
        ".one(\"",
        ".two(\"",
        ".with(\"",
        ".keyed(\"",
        "Flash::good(\"",
        "Flash::bad(\"",
        "Flash::warn(\"",
        "key = \"",
    ];
    let mut keys = BTreeSet::new();
    for call in CALLS {
        // Only calls on the words of a page: `t.get("…")`, and errors and messages by key.
        for (at, _) in source.match_indices(call) {
            let before = &source[..at];
            let on_words = !call.starts_with('.')
                || call == ".keyed(\""
                || before.ends_with(".t")
                || before.ends_with(" t")
                || before.ends_with("(t");
            let key = source[at + call.len()..]
                .split('"')
                .next()
                .unwrap_or_default();
            if on_words && is_key(key) {
                keys.insert(key.to_owned());
            }
        }
    }
    keys.extend(named(source).map(str::to_owned));
    keys
}

/// What is told of refusals, files and jobs, wherever a source names it: it is often picked from a table first.
fn named(source: &str) -> impl Iterator<Item = &str> {
    let told = ["\"error-", "\"reason-", "\"word-"];
    let places = told
        .into_iter()
        .flat_map(|start| source.match_indices(start));
    // A key that is compared with is made elsewhere; the attributes of a template are none.
    places
        .filter(|(at, _)| !source[..*at].ends_with("Some(") && !source[..*at].ends_with('='))
        .filter_map(|(at, _)| source[at + 1..].split('"').next())
        .filter(|key| is_key(key))
}

/// The functions of a source, each with what stands above the next.
fn functions(source: &str) -> Vec<String> {
    let mut functions = vec![String::new()];
    for line in source.lines() {
        let words = line.trim_start();
        let begins = ["fn ", "pub fn ", "pub(", "async fn ", "pub async fn "]
            .iter()
            .any(|start| words.starts_with(start) && words.contains("fn "));
        if begins {
            functions.push(String::new());
        }
        let function = functions.last_mut().expect("there is always one");
        function.push_str(line);
        function.push('\n');
    }
    functions
}

/// The facts a function gives: the names in `.with("…"` and its kin.
fn given(function: &str) -> BTreeSet<&str> {
    [".with(", ".text(", ".word(", ".count(", ".bytes("]
        .into_iter()
        .flat_map(|call| function.split(call).skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .collect()
}

/// The facts that texts have a place for, or choose a form by, and that the code which names them doesn't give.
fn ungiven(texts: &BTreeMap<String, String>, source: &str) -> Vec<String> {
    let mut ungiven = Vec::new();
    for function in functions(source) {
        let given = given(&function);
        for key in named(&function) {
            let text = texts.get(key).map_or("", String::as_str);
            let needs = text.split('$').skip(1).filter_map(|rest| {
                rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .next()
            });
            let lacks = needs.filter(|need| !given.contains(need));
            ungiven.extend(lacks.map(|lack| format!("{key}: ${lack}")));
        }
    }
    ungiven
}

/// The keys of `texts` that no source has as a whole word in quotes.
fn unused<'t>(texts: &'t BTreeMap<String, String>, sources: &[(PathBuf, String)]) -> Vec<&'t str> {
    let used = |key: &str| {
        sources
            .iter()
            .any(|(_, source)| source.contains(&format!("\"{key}\"")))
    };
    texts
        .keys()
        .map(String::as_str)
        .filter(|key| !BY_CODE.iter().any(|code| key.starts_with(code)) && !used(key))
        .collect()
}

fn words(language: PageLanguage) -> T {
    T::new(Arc::new(Translations::load("Europe/Paris")), language)
}

#[test]
fn every_file_is_read_whole() {
    for language in PageLanguage::ALL {
        for file in files(language) {
            if let Err((_, errors)) = FluentResource::try_new(file.to_owned()) {
                panic!("{}: {errors:?}", language.as_str());
            }
        }
    }
    assert!(
        FluentResource::try_new("a = { $b".to_owned()).is_err(),
        "the control: a broken text is noticed"
    );
}

#[test]
fn both_languages_say_the_same_things() {
    let (english, french) = (texts(PageLanguage::En), texts(PageLanguage::Fr));
    assert_eq!(
        english.keys().collect::<Vec<_>>(),
        french.keys().collect::<Vec<_>>()
    );
    for (key, text) in &english {
        assert_eq!(places(text), places(&french[key]), "{key}");
    }
    assert_ne!(
        places("{ $a } of { $b }"),
        places("{ $a }"),
        "the control: a missing place is noticed"
    );
}

#[test]
fn every_key_that_is_asked_for_exists_and_none_lies_idle() {
    let (texts, sources) = (texts(PageLanguage::En), sources());
    assert!(sources.len() > 50, "the sources were found");
    let missing: Vec<_> = sources
        .iter()
        .flat_map(|(path, source)| asked(source).into_iter().map(move |key| (key, path)))
        .filter(|(key, _)| !texts.contains_key(key))
        .collect();
    assert!(missing.is_empty(), "asked for, but not there: {missing:#?}");
    let idle = unused(&texts, &sources);
    assert!(idle.is_empty(), "there, but never asked for: {idle:#?}");
    let control: BTreeMap<_, _> = [("nobody-asks".to_owned(), String::new())].into();
    assert_eq!(
        unused(&control, &sources),
        ["nobody-asks"],
        "the control: an idle key is noticed"
    );
    assert_eq!(
        asked("page.t.get(\"no-such\") map.get(\"other-thing\")"),
        ["no-such".to_owned()].into()
    );
}

#[test]
fn every_fact_that_a_reason_or_a_refusal_mentions_is_given_to_it() {
    for language in PageLanguage::ALL {
        let texts = texts(language);
        for (path, source) in sources() {
            let ungiven = ungiven(&texts, &source);
            assert!(ungiven.is_empty(), "{}: {ungiven:?}", path.display());
        }
    }
    let control = texts(PageLanguage::Fr);
    let without = "fn a() {\n    Reason::new(\"reason-gone-before-read\")\n}\nfn b(path: &str) {\n    Reason::new(\"reason-passed-over\")\n}";
    assert_eq!(
        ungiven(&control, without),
        ["reason-passed-over: $path"],
        "the control: a fact that isn't given is noticed"
    );
}

#[test]
fn french_has_its_spaces() {
    let before = |text: &str| {
        [" :", " ;", " !", " ?", " »", "« "]
            .iter()
            .any(|wrong| text.contains(wrong))
    };
    let without_places = |text: &str| text.replace(['{', '}'], "");
    for (key, text) in texts(PageLanguage::Fr) {
        assert!(
            !before(&without_places(&text)),
            "{key}: an ordinary space where it must not break: {text}"
        );
        assert!(
            !text.contains('\''),
            "{key}: a typewriter's apostrophe: {text}"
        );
    }
    assert!(
        before("Vraiment ?"),
        "the control: an ordinary space is noticed"
    );
}

#[test]
fn every_territory_and_every_language_of_files_has_a_name() {
    for language in PageLanguage::ALL {
        let t = words(language);
        for territory in Territory::all() {
            assert!(
                t.has(&format!("territory-{territory}")),
                "{territory} in {}",
                t.tag()
            );
        }
        for tag in ["fr", "en", "de", "ja", "zh", "ar", "pt"] {
            assert!(t.has(&format!("language-{tag}")), "{tag} in {}", t.tag());
        }
    }
    assert_eq!(
        words(PageLanguage::Fr).language_name(&"pt-BR".parse().unwrap()),
        "Portugais (Brésil)"
    );
    assert_eq!(
        words(PageLanguage::Fr).language_name(&Language::unknown()),
        "Langue non précisée"
    );
    assert_eq!(
        words(PageLanguage::En)
            .territories()
            .first()
            .map(|(_, name)| name.as_str()),
        Some("Afghanistan")
    );
}

#[test]
fn days_and_lengths_are_told_as_people_tell_them() {
    let (en, fr) = (words(PageLanguage::En), words(PageLanguage::Fr));
    // 2027-02-28T23:30:00Z is 1 March in Paris.
    let night = Timestamp::from_millis(1_803_857_400_000);
    assert_eq!(
        (en.date(night), fr.date(night)),
        ("1 March 2027".to_owned(), "1er mars 2027".to_owned())
    );
    assert_eq!(fr.moment(night), "1er mars 2027 à 00:30");
    assert_eq!(
        en.last_day(Timestamp::from_millis(1_803_855_600_000)),
        "28 February 2027"
    );
    let lengths =
        [0, 33_900, 60_000, 200_000, 3_599_999, 6_720_000].map(|millis| en.length(millis));
    assert_eq!(
        lengths,
        ["0 s", "33 s", "1 min", "3 min 20 s", "59 min", "1 h 52 min"]
    );
    assert_eq!(fr.one("count-seasons", "n", 0_usize), "0 saison");
    assert_eq!(en.get("no-such-key"), "no-such-key");
}
