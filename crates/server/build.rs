//! Refuses to build without the pages' scripts and styles, which the binary carries.

use std::path::Path;

fn main() {
    let manifest = Path::new("../../web/dist/manifest.json");
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        // A release binary carries the files themselves; other builds read them where they lie.
        println!("cargo::rerun-if-changed=../../web/dist");
    }
    if !manifest.exists() {
        println!("cargo::rerun-if-changed={}", manifest.display());
        println!(
            "cargo::error=the pages' scripts and styles are not built: run `make web` first (web/dist is missing)"
        );
    }
}
