//! All frames and packets of a film, listed by one run of ffmpeg.

use std::path::Path;

use cineclub_media::Kind;

use crate::compare::AS_LISTING;
use crate::make::ffmpeg;

/// The tracks asked for, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing(pub(super) Vec<Listed>);

#[derive(Clone, Debug, Default)]
pub(super) struct Listed {
    /// Decoded pictures, or packets of sound.
    pub(super) frames: Vec<Frame>,
    /// Hashes of the decoded sound.
    pub(super) decoded: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) hash: String,
    /// When it is shown.
    pub(super) at_us: f64,
}

impl Listing {
    /// Lists the streams with these selectors of ffmpeg's (`0`, `a:1`).
    pub(super) fn of(path: &Path, before: &[&str], streams: &[(String, Kind)]) -> Listing {
        let path = path.to_str().expect("a plain path");
        // ffmpeg's reader of DASH stops all tracks where the first ends: it has to open the manifest for each.
        let is_dash = path.ends_with(".mpd");
        let inputs = if is_dash { streams.len() } else { 1 };
        let input = [before, &["-noautorotate", "-i", path]].concat();
        let mut words: Vec<String> = Vec::new();
        // Which track each output belongs to, and whether it is its decoded sound.
        let mut outputs: Vec<(usize, bool)> = Vec::new();
        for (place, (name, kind)) in streams.iter().enumerate() {
            let map = format!("{}:{name}", if is_dash { place } else { 0 });
            if *kind == Kind::Audio {
                words.extend(["-map".to_owned(), map.clone()]);
                words.extend([format!("-c:{}", outputs.len()), "copy".to_owned()]);
                outputs.push((place, false));
            }
            words.extend(["-map".to_owned(), map]);
            outputs.push((place, *kind == Kind::Audio));
        }
        let words = words.iter().map(String::as_str);
        // Times as they are: ffmpeg would count them from the first, and round that to each track's ticks.
        let all: Vec<&str> = ["-copyts"]
            .into_iter()
            .chain(input.repeat(inputs))
            .chain(words)
            .chain(AS_LISTING)
            .collect();
        let text = ffmpeg(&all);
        let mut listing = Listing(vec![Listed::default(); streams.len()]);
        let mut tick_us = vec![0.0; outputs.len()];
        for line in text.lines() {
            if let Some(base) = line.strip_prefix("#tb ") {
                let (number, fraction) = base.split_once(": ").expect("a number");
                let (above, below) = fraction.split_once('/').expect("a fraction");
                let value = |text: &str| text.trim().parse::<f64>().expect("a number");
                tick_us[value(number) as usize] = value(above) * 1e6 / value(below);
            } else if !line.starts_with('#') {
                let fields: Vec<&str> = line.split(',').map(str::trim).collect();
                let output: usize = fields[0].parse().expect("a stream");
                let (place, is_decoded) = outputs[output];
                let hash = fields[5].to_owned();
                let listed = &mut listing.0[place];
                if is_decoded {
                    listed.decoded.push(hash);
                } else {
                    let pts: f64 = fields[2].parse().expect("a time");
                    let at_us = pts * tick_us[output];
                    listed.frames.push(Frame { hash, at_us });
                }
            }
        }
        listing
    }
}

impl Listed {
    /// When the first is shown.
    pub(super) fn begin_us(&self) -> f64 {
        self.frames
            .iter()
            .map(|frame| frame.at_us)
            .fold(f64::INFINITY, f64::min)
    }
}
