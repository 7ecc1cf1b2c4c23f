//! Makes the film of a row.

use std::path::{Path, PathBuf};

use super::row::{Finish, Row};
use crate::make::{Film, encode, ffmpeg, run, sources};

const SRT: &str =
    "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nYou\n";

const CHAPTERS: &str = ";FFMETADATA1\n\
    [CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\ntitle=One\n\
    [CHAPTER]\nTIMEBASE=1/1000\nSTART=2000\nEND=6000\ntitle=L’été\n";

/// How a row's film is made: commands, one a line, as they stand in a shell.
#[derive(Default)]
pub(super) struct Recipe(pub(super) Vec<String>);

/// Makes a row's film in a folder of its own, and notes how in `recipe`.
pub(super) fn film(row: &Row, recipe: &mut Recipe) -> Film {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut made: Option<PathBuf> = None;
    let last = row.steps.len().saturating_sub(1);
    for (n, step) in row.steps.iter().enumerate() {
        let is_film = n == last && !matches!(row.finish, Finish::Mkvmerge(_));
        let end = row.name.rsplit('.').next().expect("an ending");
        let path = match is_film {
            true => folder.path().join(row.name),
            false => folder.path().join(format!("step{n}.{end}")),
        };
        let line = filled(step, folder.path(), made.as_deref());
        recipe
            .0
            .push(format!("ffmpeg -bitexact {line} {}", path.display()));
        let words: Vec<&str> = line.split_whitespace().chain(path.to_str()).collect();
        ffmpeg(&words);
        made = Some(path);
    }
    let path = folder.path().join(row.name);
    let mut film = Film { folder, path };
    match row.finish {
        Finish::Nothing => {}
        Finish::Mkvmerge(words) => {
            let from = made.expect("a row of mkvmerge's has a step");
            recipe.0.push(format!(
                "mkvmerge -o {} {words} {}",
                film.path.display(),
                from.display()
            ));
            let files = ["-q", "-o"].into_iter().chain(film.path.to_str());
            let words = words.split_whitespace().chain(from.to_str());
            run("mkvmerge", &files.chain(words).collect::<Vec<_>>());
        }
        Finish::Way(way) => {
            recipe.0.push(format!("and written anew: {way:?}"));
            let written = crate::way::written(&film, way).bytes();
            film.write(row.name, &written);
        }
        Finish::Changed(change) => {
            recipe
                .0
                .push("and its bytes changed as the row says".to_owned());
            let changed = change(film.bytes());
            film.write(row.name, &changed);
        }
        Finish::Theirs => {
            film.path = theirs().join(row.name);
            recipe.0.push(format!("it is {}", film.path.display()));
        }
    }
    film
}

/// A step's words: `{both}` is picture and tone of six seconds, `{avc}` and `{aac}` how they are usually coded, `{before}`
/// the file of the step before, `{srt}` and `{chapters}` files of text.
fn filled(step: &str, folder: &Path, before: Option<&Path>) -> String {
    let usual = encode(25);
    let (avc, aac) = usual.split_at(usual.find("-c:a").expect("it has sound"));
    let before = before.map_or(String::new(), |path| path.display().to_string());
    let mut line = step
        .replace("{both}", &sources(6, 25))
        .replace("{avc}", avc.trim())
        .replace("{aac}", aac)
        .replace("{before}", &before);
    for (name, text) in [("{srt}", SRT), ("{chapters}", CHAPTERS)] {
        if line.contains(name) {
            let path = folder.join(name.trim_matches(['{', '}']));
            std::fs::write(&path, text).expect("the folder can be written to");
            line = line.replace(name, path.to_str().expect("a plain path"));
        }
    }
    line
}

/// The folder of files that came with the reader of Matroska we compare with.
fn theirs() -> PathBuf {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let words = ["metadata", "--format-version", "1", "--offline", "--locked"];
    let listing: serde_json::Value = serde_json::from_str(&run(&cargo, &words)).expect("JSON");
    let packages = listing["packages"].as_array().expect("packages");
    let theirs = packages
        .iter()
        .find(|package| package["name"] == "matroska-demuxer");
    let manifest = theirs.expect("a dependency of the tests")["manifest_path"].as_str();
    Path::new(manifest.expect("a path")).with_file_name("tests/data")
}
