//! The generated reference: configuration and routes. `make gen` writes it; this test refuses a difference.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests"
)]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use cineclub_db::Engine;
use support::TestApp;

/// Writes the page when asked to, and otherwise holds it against what is committed.
fn hold(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/reference")
        .join(name);
    if std::env::var_os("CINECLUB_GEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "docs/reference/{name} is not what the sources say; run: make gen"
    );
}

/// The configuration's tables and keys, from the comments that document them.
#[test]
fn the_configuration_reference_is_what_the_sources_say() {
    let source = concat!(
        include_str!("../src/config/mod.rs"),
        include_str!("../src/config/buckets.rs")
    );
    let mut text = String::from(
        "# Configuration\n\nOne TOML file (`--config`, or `cineclub.toml` where the program is started). Any key can be set from the\nenvironment: `CINECLUB_SERVER__LISTEN` stands for `listen` in `[server]`, and wins. A key nobody knows is an error\nthat names its line. Every key has a default, but the endpoint of a bucket.\n",
    );
    for (structure, table) in [
        ("Service", "service"),
        ("Server", "server"),
        ("Tls", "server.tls"),
        ("Data", "data"),
        ("Work", "work"),
        ("Bucket", "buckets.NAME"),
    ] {
        let body = source
            .split(&format!("pub struct {structure} {{\n"))
            .nth(1)
            .unwrap()
            .split("\n}")
            .next()
            .unwrap();
        write!(
            text,
            "\n## [{table}]\n\n| key | type | meaning |\n|---|---|---|\n"
        )
        .unwrap();
        let mut meaning = Vec::new();
        for line in body.lines().map(str::trim) {
            if let Some(comment) = line.strip_prefix("/// ") {
                meaning.push(comment.to_owned());
            } else if let Some((key, kind)) = line
                .strip_prefix("pub ")
                .and_then(|field| field.split_once(": "))
            {
                let kind = kind.trim_end_matches(',');
                if kind != "Option<Tls>" {
                    writeln!(
                        text,
                        "| `{key}` | {} | {} |",
                        in_words(kind),
                        meaning.join(" ")
                    )
                    .unwrap();
                }
                meaning.clear();
            }
        }
    }
    hold("configuration.md", &text);
}

fn in_words(kind: &str) -> &'static str {
    match kind {
        "String" | "Option<String>" => "text",
        "Language" => "language tag",
        "Option<Territory>" => "ISO 3166-1 code",
        "SocketAddr" => "address and port",
        "Vec<IpAddr>" => "list of addresses",
        "PathBuf" | "Option<PathBuf>" => "path",
        "bool" => "true or false",
        "usize" | "u64" => "whole number",
        other => panic!("say what {other} is, in words"),
    }
}

/// Every route with who may call it, from the router itself.
#[tokio::test(flavor = "multi_thread")]
async fn the_route_reference_is_what_the_router_declares() {
    let server = TestApp::start(Engine::Sqlite).await;
    let mut declared = server.declared.clone();
    declared.sort();
    let mut text = String::from(
        "# Routes\n\nEvery route and who may call it. GET stands for HEAD as well. What is not listed does not exist.\n\n| route | method | who |\n|---|---|---|\n",
    );
    for route in declared {
        let who = format!("{:?}", route.policy).to_lowercase();
        writeln!(text, "| `{}` | {} | {who} |", route.path, route.method).unwrap();
    }
    server.stop().await;
    hold("routes.md", &text);
}
