//! The rules of the house that a compiler doesn't know.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests"
)]

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Every Rust source of the workspace, below `crates/`, with its text.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(root())
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 50, "the sources were not found");
    found
}

/// The product's sources: without tests, and without what follows `#[cfg(test)]` in a file.
fn product() -> Vec<(String, String)> {
    let is_product = |name: &str| {
        name.contains("/src/") && !name.ends_with("_tests.rs") && !name.ends_with("/tests.rs")
    };
    sources()
        .into_iter()
        .filter(|(name, _)| is_product(name))
        .map(|(name, text)| {
            let product = text
                .split("#[cfg(test)]\nmod")
                .next()
                .unwrap_or_default()
                .to_owned();
            (name, product)
        })
        .collect()
}

/// The lines of code, outside comments, that hold one of the words.
fn lines_with(text: &str, words: &[&str]) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .filter(|line| words.iter().any(|word| line.contains(word)))
        .map(|line| line.trim().to_owned())
        .collect()
}

/// Asserts that the words stand only in files that `allowed` accepts, and in at least one of them,
/// so that the rule can't go blind by a renaming.
fn only_in(words: &[&str], allowed: impl Fn(&str) -> bool) {
    let mut seen = false;
    for (name, text) in product() {
        let lines = lines_with(&text, words);
        seen |= !lines.is_empty();
        assert!(
            lines.is_empty() || allowed(&name),
            "{name} may not use {words:?}: {lines:?}"
        );
    }
    assert!(seen, "{words:?} stands nowhere: the rule is blind");
}

#[test]
fn axum_is_used_only_under_http() {
    only_in(&["axum::"], |name| {
        name.starts_with("crates/server/src/http/")
    });
}

#[test]
fn sql_is_spoken_only_in_db() {
    only_in(&["sqlx::"], |name| name.starts_with("crates/db/src/"));
}

#[test]
fn other_programs_are_started_only_by_the_command_line() {
    only_in(&["Command::new"], |name| {
        name.starts_with("crates/server/src/cli/")
    });
}

#[test]
fn domain_and_media_do_no_io_and_know_nobody() {
    for (name, text) in product() {
        let pure = name.starts_with("crates/domain/")
            || name.starts_with("crates/media/")
            || name.starts_with("crates/pictures/");
        let words = [
            "std::fs",
            "std::net",
            "tokio::",
            "cineclub_server",
            "cineclub_db",
        ];
        let found = lines_with(&text, if pure { &words } else { &[] });
        assert!(found.is_empty(), "{name}: {found:?}");
        let other = if name.starts_with("crates/domain/") {
            "cineclub_media"
        } else {
            "cineclub_domain"
        };
        assert!(!pure || !text.contains(other), "{name} names {other}");
    }
}

#[test]
fn the_faces_of_http_never_import_each_other() {
    let faces = ["api", "media", "web", "operate"];
    for (name, text) in product() {
        let Some(own) = faces.iter().find(|face| {
            name.starts_with(&format!("crates/server/src/http/{face}/"))
                || name == format!("crates/server/src/http/{face}.rs")
        }) else {
            continue;
        };
        for other in faces.iter().filter(|other| *other != own) {
            let import = format!("http::{other}");
            assert!(
                lines_with(&text, &[&import]).is_empty(),
                "{name} imports {import}"
            );
        }
    }
}

#[test]
fn nothing_is_global_and_time_and_chance_are_handed_in() {
    for (name, text) in product() {
        let statics = text.lines().map(str::trim_start).filter(|line| {
            line.starts_with("static ")
                || line.starts_with("pub static ")
                || line.starts_with("thread_local!")
        });
        let statics: Vec<_> = statics.collect();
        assert!(statics.is_empty(), "{name}: {statics:?}");
    }
    only_in(&["SystemTime::now()", "getrandom::fill("], |name| {
        name == "crates/server/src/clock.rs"
    });
}

#[test]
fn services_do_not_know_of_http_or_the_command_line() {
    for (name, text) in product() {
        let service = [
            "accounts",
            "billing",
            "rights",
            "catalogue",
            "acquire",
            "delivery",
            "storage",
            "jobs",
            "legal",
            "housekeeping",
        ]
        .iter()
        .any(|service| {
            let rest = name.strip_prefix(&format!("crates/server/src/{service}"));
            rest.is_some_and(|rest| rest.starts_with(['/', '.']))
        });
        let found = lines_with(
            &text,
            if service {
                &["crate::http", "crate::cli"]
            } else {
                &[]
            },
        );
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}

#[test]
fn every_source_opens_with_a_sentence_that_says_what_it_is() {
    for (name, text) in sources() {
        assert!(text.starts_with("//! "), "{name} doesn't open with //!");
    }
}

#[test]
fn no_file_has_more_than_eight_hundred_lines() {
    for (name, text) in sources() {
        assert!(
            text.lines().count() <= 800,
            "{name} has {} lines: it has two subjects",
            text.lines().count()
        );
    }
}

#[test]
fn no_room_is_named_after_nothing() {
    for (name, _) in sources() {
        for empty in [
            "core", "common", "utils", "util", "helpers", "manager", "types", "misc",
        ] {
            let is_room = name
                .split('/')
                .any(|part| part == empty || part == format!("{empty}.rs"));
            assert!(!is_room, "{name}: say what it holds");
        }
    }
}
