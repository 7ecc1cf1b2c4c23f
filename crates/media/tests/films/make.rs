//! Makes films with ffmpeg; a machine without it fails the tests with a sentence.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A film in a folder that goes away with it.
pub(crate) struct Film {
    pub(crate) folder: TempDir,
    pub(crate) path: PathBuf,
}

impl Film {
    /// Runs ffmpeg with `arguments`, in which the words are separated by white space, to make `film.mp4`.
    pub(crate) fn make(arguments: &str) -> Film {
        Film::make_as("film.mp4", arguments)
    }

    /// As [`Film::make`], under a name that tells ffmpeg the container.
    pub(crate) fn make_as(name: &str, arguments: &str) -> Film {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join(name);
        let mut words: Vec<&str> = arguments.split_whitespace().collect();
        let out = path.to_str().expect("a plain path");
        words.push(out);
        ffmpeg(&words);
        Film { folder, path }
    }

    /// Makes a film from this one.
    pub(crate) fn again(&self, before: &str, after: &str) -> Film {
        let source = self.path.to_str().expect("a plain path");
        Film::make(&format!("{before} -i {source} {after}"))
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).expect("the film was just made")
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("the folder can be written to");
        path
    }
}

/// Ten seconds of moving picture with B-frames and a key frame each second, and a tone.
pub(crate) fn usual() -> Film {
    Film::make(&format!("{} {}", sources(10, 25), encode(25)))
}

pub(crate) fn sources(seconds: u32, rate: u32) -> String {
    format!(
        "-f lavfi -i testsrc2=s=160x90:r={rate}:d={seconds} -f lavfi -i sine=f=440:r=48000:d={seconds}"
    )
}

/// H.264 with B-frames, a key frame every `key` frames, and AAC in stereo.
pub(crate) fn encode(key: u32) -> String {
    format!(
        "-c:v libx264 -preset ultrafast -bf 2 -b_strategy 0 -g {key} -keyint_min {key} -sc_threshold 0 -pix_fmt yuv420p -c:a aac -ac 2 -b:a 96k"
    )
}

/// Runs ffmpeg and returns what it prints.
pub(crate) fn ffmpeg(words: &[&str]) -> String {
    let usual = ["-v", "error", "-nostdin", "-y", "-bitexact"];
    run("ffmpeg", &[&usual, words].concat())
}

/// Runs ffprobe and returns what it prints.
pub(crate) fn ffprobe(words: &[&str], path: &Path) -> String {
    let path = path.to_str().expect("a plain path");
    run("ffprobe", &[&["-v", "error"], words, &[path]].concat())
}

pub(crate) fn run(program: &str, words: &[&str]) -> String {
    let output = match Command::new(program).args(words).output() {
        Ok(output) => output,
        Err(error) => {
            panic!("{program} is needed to make and check test films: install ffmpeg ({error})")
        }
    };
    assert!(
        output.status.success(),
        "{program} {}: {}",
        words.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
