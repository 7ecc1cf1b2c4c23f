//! `media probe` says what ffprobe says, on every field both have.

use cineclub_media as media;
use serde_json::Value;

use super::row::{Limit, Row};
use crate::make::{Film, ffprobe};

/// What ffprobe is asked.
pub(super) const WORDS: [&str; 6] = [
    "-show_streams",
    "-show_format",
    "-show_chapters",
    "-count_packets",
    "-of",
    "json",
];

/// What is said otherwise.
pub(super) fn differences(row: &Row, film: &Film) -> Vec<String> {
    let bytes = film.bytes();
    let ours = media::probe(&bytes[..], bytes.len() as u64).expect("a description");
    let ours = serde_json::to_value(ours).expect("JSON");
    let theirs = serde_json::from_str(&ffprobe(&WORDS, &film.path)).expect("JSON");
    let mut wrong = unlike(&ours, &theirs);
    wrong.retain(|(field, _)| !row.has(Limit::Field(field)));
    wrong.into_iter().map(|(_, said)| said).collect()
}

/// Fields and what is said of each, by us and by ffprobe.
pub(super) fn unlike(ours: &Value, theirs: &Value) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    let mut see = |field, ours: Value, theirs: Value, where_: &str| {
        if ours != theirs {
            wrong.push((
                field,
                format!("{field}{where_}: {ours}, and {theirs} by ffprobe"),
            ));
        }
    };
    let container = ours["container"].as_str().unwrap_or_default();
    let format = theirs["format"]["format_name"].as_str().unwrap_or_default();
    let is_named = format.split(',').any(|name| name == container);
    see(
        "container",
        container.into(),
        if is_named { container } else { format }.into(),
        "",
    );
    let empty = Vec::new();
    let tracks = ours["tracks"].as_array().unwrap_or(&empty);
    if tracks.is_empty() {
        // Recognised, and not read.
        return wrong;
    }
    let theirs_ms = seconds(&theirs["format"]["duration"]).map(|seconds| seconds * 1000.0);
    let ours_ms = ours["duration_ms"].as_f64();
    if theirs_ms.is_some() {
        see(
            "duration",
            ours_ms.into(),
            near(ours_ms, theirs_ms, 2.0).into(),
            "",
        );
    }
    let streams = theirs["streams"].as_array().unwrap_or(&empty);
    // A cover and other attachments are counted among the streams, last.
    let is_attached = |stream: &&Value| {
        stream["codec_type"] == "attachment" || stream["disposition"]["attached_pic"] == 1
    };
    let streams: Vec<&Value> = streams
        .iter()
        .filter(|stream| !is_attached(stream))
        .collect();
    see("tracks", tracks.len().into(), streams.len().into(), "");
    for (stream, track) in streams.into_iter().zip(tracks) {
        let at = format!(" of track {}", track["number"]);
        for (field, ours, theirs) in fields(track, stream) {
            see(field, ours, theirs, &at);
        }
    }
    let chapters = |list: &Value, begin: &dyn Fn(&Value) -> Value| -> Value {
        let all = list.as_array().into_iter().flatten();
        all.map(begin).collect()
    };
    let of_ours = chapters(&ours["chapters"], &|chapter| {
        serde_json::json!([chapter["start_ms"], chapter["names"][0]["text"]])
    });
    let of_theirs = chapters(&theirs["chapters"], &|chapter| {
        let start_ms = seconds(&chapter["start_time"]).map(|start| (start * 1000.0).round() as u64);
        serde_json::json!([start_ms, chapter["tags"]["title"]])
    });
    see("chapters", of_ours, of_theirs, "");
    wrong
}

/// What both say of one track: a field, ours, theirs.
fn fields(track: &Value, stream: &Value) -> Vec<(&'static str, Value, Value)> {
    let both = |ours: &Value, theirs: Value| {
        (!ours.is_null() && !theirs.is_null()).then(|| (ours.clone(), theirs))
    };
    let kind = match stream["codec_type"].as_str() {
        Some("data") => "other".into(),
        _ => stream["codec_type"].clone(),
    };
    // Its head of a fragmented film counts none, or a part; packets of text and of PCM are not samples.
    let plays = track["waiting"].is_null()
        && ["video", "audio"].contains(&track["kind"].as_str().unwrap_or_default());
    let counted = if plays {
        "nb_read_packets"
    } else {
        "nb_frames"
    };
    let language = stream["tags"]["language"]
        .as_str()
        .filter(|code| *code != "und");
    let whole = |text: &Value| {
        text.as_str()
            .and_then(|text| text.parse::<u64>().ok())
            .into()
    };
    let turned = |side: &Value| side["rotation"].as_i64();
    let turned = stream["side_data_list"]
        .as_array()
        .and_then(|list| list.iter().find_map(turned));
    let is_picture = track["kind"] == "video";
    let turned = Some(turned.unwrap_or(0)).filter(|_| is_picture);
    let rate = stream["avg_frame_rate"].as_str().and_then(fraction);
    let ours_rate = track["frame_rate"].as_f64();
    let flag = |name| stream["disposition"][name] == 1;
    let role = match (
        flag("comment"),
        flag("visual_impaired"),
        flag("forced"),
        flag("hearing_impaired"),
    ) {
        (true, ..) => "commentary".into(),
        (_, true, ..) => "audio-description".into(),
        (_, _, true, _) => "forced".into(),
        (.., true) => "sdh".into(),
        // A name may say more than ffprobe reads from it.
        _ => track["role"].clone(),
    };
    let said = [
        ("kind", both(&track["kind"], kind)),
        // What is neither seen nor heard it calls data.
        (
            "codec",
            both(&track["codec"], stream["codec_name"].clone())
                .filter(|_| track["kind"] != "other"),
        ),
        ("width", both(&track["width"], stream["width"].clone())),
        ("height", both(&track["height"], stream["height"].clone())),
        (
            "channels",
            both(&track["channels"], stream["channels"].clone()),
        ),
        (
            "sample_rate",
            both(&track["sample_rate"], whole(&stream["sample_rate"])),
        ),
        (
            "language",
            Some((track["language"].clone(), language.into())),
        ),
        ("samples", both(&track["samples"], whole(&stream[counted]))),
        (
            "name",
            both(&track["name"], stream["tags"]["title"].clone()),
        ),
        ("role", both(&track["role"], role)),
        // ffprobe counts against the clock.
        (
            "rotation",
            both(
                &track["rotation"],
                turned.map(|turn| (360 - turn) % 360).into(),
            ),
        ),
        (
            "frame_rate",
            rate.zip(ours_rate)
                .map(|_| (ours_rate.into(), near(ours_rate, rate, 0.01).into())),
        ),
    ];
    let said = said
        .into_iter()
        .filter_map(|(field, said)| Some((field, said?)));
    said.map(|(field, (ours, theirs))| (field, ours, theirs))
        .collect()
}

fn seconds(text: &Value) -> Option<f64> {
    text.as_str()?.parse().ok()
}

fn fraction(text: &str) -> Option<f64> {
    let (above, below) = text.split_once('/')?;
    let below = below.parse::<f64>().ok().filter(|below| *below > 0.0)?;
    Some(above.parse::<f64>().ok()? / below)
}

/// Ours where the two are as near as that, or else theirs.
fn near(ours: Option<f64>, theirs: Option<f64>, tolerance: f64) -> Option<f64> {
    let is_near = ours
        .zip(theirs)
        .is_some_and(|(ours, theirs)| (ours - theirs).abs() <= tolerance);
    if is_near { ours } else { theirs }
}
