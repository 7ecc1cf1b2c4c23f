//! Playlists and the manifest of a film: well formed, complete, and as long as the film.

use std::collections::BTreeMap;
use std::path::Path;

use cineclub_media::Track;
use quick_xml::events::{BytesStart, Event};

use super::row::Row;
use crate::package::Packaged;

/// What is wrong with them.
pub(super) fn faults(row: &Row, packaged: &Packaged) -> Vec<String> {
    let mut wrong = Vec::new();
    let read = |path: &Path| std::fs::read_to_string(path).expect("it was written");
    let master = read(&packaged.master);
    for said in row.says.iter().filter(|said| !master.contains(**said)) {
        wrong.push(format!("{said} is not said in {master}"));
    }
    match m3u8_rs::parse_master_playlist_res(master.as_bytes()) {
        Ok(master) => {
            let uris = master.variants.iter().map(|variant| variant.uri.clone());
            let sounds = master
                .alternatives
                .iter()
                .filter_map(|other| other.uri.clone());
            let named = uris.chain(sounds);
            let missing = named.filter(|uri| !packaged.folder.join(uri).is_file());
            wrong.extend(missing.map(|uri| format!("{uri} is listed and not there")));
        }
        Err(error) => wrong.push(format!("the multivariant playlist: {error}")),
    }
    let timelines = match timelines(&read(&packaged.manifest)) {
        Ok(timelines) => timelines,
        Err(error) => {
            wrong.push(format!("the manifest: {error}"));
            BTreeMap::new()
        }
    };
    let mut counted = row.segments;
    for track in packaged
        .index
        .tracks
        .iter()
        .filter(|track| track.is_playable())
    {
        let at = packaged.folder.join(track.number.to_string());
        let count = track.segment_count();
        if counted.take().is_some_and(|counted| counted != count) {
            wrong.push(format!("track {} has {count} segments", track.number));
        }
        let by_dash = timelines.get(&track.number.to_string());
        let lengths = playlist(&read(&at.join("index.m3u8")), &at, track);
        let of_track = match (lengths, by_dash) {
            (Err(what), _) => Some(what),
            (_, None) => Some("the manifest does not list it".to_owned()),
            (Ok(hls), Some(dash)) => unlike(track, &hls, dash),
        };
        wrong.extend(of_track.map(|what| format!("track {}: {what}", track.number)));
    }
    wrong
}

/// The lengths of the segments in a media playlist, in seconds.
fn playlist(text: &str, folder: &Path, track: &Track) -> Result<Vec<f64>, String> {
    let parsed = m3u8_rs::parse_media_playlist_res(text.as_bytes())
        .map_err(|error| format!("its playlist: {error}"))?;
    let is_there = |uri: &str| folder.join(uri).metadata().is_ok_and(|file| file.len() > 0);
    if let Some(lost) = parsed
        .segments
        .iter()
        .find(|segment| !is_there(&segment.uri))
    {
        return Err(format!("{} is listed and not there", lost.uri));
    }
    // Read again, since the parser rounds lengths.
    let lengths: Result<Vec<f64>, _> = text
        .lines()
        .filter_map(|line| line.strip_prefix("#EXTINF:"))
        .map(|length| length.trim_end_matches(',').parse::<f64>())
        .collect();
    let lengths = lengths.map_err(|error| format!("a length: {error}"))?;
    // RFC 8216bis, section 4.4.3.1: rounded, none is longer.
    let longest = lengths.iter().copied().fold(0.0, f64::max).round();
    if lengths.iter().any(|length| *length <= 0.0) {
        return Err(format!("a segment that lasts no time: {text}"));
    }
    let is_whole = parsed.end_list && lengths.len() == track.segment_count() as usize;
    match is_whole && longest <= parsed.target_duration as f64 {
        true => Ok(lengths),
        false => Err(format!("its playlist is not that of a whole film: {text}")),
    }
}

/// Whether the two lists differ, or their sum is not the track's length.
fn unlike(track: &Track, hls: &[f64], dash: &[f64]) -> Option<String> {
    let is_near = |a: f64, b: f64| (a - b).abs() < 0.000_01 * hls.len() as f64;
    let is_alike = hls.len() == dash.len() && hls.iter().zip(dash).all(|(a, b)| is_near(*a, *b));
    let (sum, length) = (hls.iter().sum::<f64>(), track.duration_ms as f64 / 1000.0);
    if !is_alike {
        return Some(format!(
            "segments of {hls:?} s by HLS, of {dash:?} s by DASH"
        ));
    }
    ((sum - length).abs() > 0.001).then(|| format!("segments of {sum} s in {length} s"))
}

/// The lengths of all segments, in seconds, of each representation in a manifest.
fn timelines(manifest: &str) -> Result<BTreeMap<String, Vec<f64>>, String> {
    let mut reader = quick_xml::Reader::from_str(manifest);
    let mut found = BTreeMap::new();
    let (mut timescale, mut lengths) = (1.0, Vec::new());
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let element = match &event {
            Event::Eof => return Ok(found),
            Event::Start(element) | Event::Empty(element) => element,
            _ => continue,
        };
        match element.name().as_ref() {
            "SegmentTemplate" => {
                timescale = number(element, "timescale")?.ok_or("no timescale")?;
                lengths.clear();
            }
            "S" => {
                let length = number(element, "d")?.ok_or("no length")?;
                let more = number(element, "r")?.unwrap_or(0.0) as usize;
                lengths.extend(vec![length / timescale; more + 1]);
            }
            "Representation" => {
                let id = attribute(element, "id")?.ok_or("no id")?;
                found.insert(id, lengths.clone());
            }
            _ => {}
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let found = element
        .try_get_attribute(name)
        .map_err(|error| error.to_string())?;
    Ok(found.map(|found| found.value.into_owned()))
}

fn number(element: &BytesStart<'_>, name: &str) -> Result<Option<f64>, String> {
    let text = attribute(element, name)?;
    let number = text.map(|text| text.parse().map_err(|_| format!("{name} is {text}")));
    number.transpose()
}
