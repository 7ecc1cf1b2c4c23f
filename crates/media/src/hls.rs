//! HLS playlists (RFC 8216bis), written from the index alone, with relative URIs only.

mod chapters;
mod tiles;

use std::fmt::Write as _;

use crate::error::{Error, Result};
use crate::index::{Index, Track, scale, target_seconds};
use crate::key_system::KeySystem;
use crate::ladder::{Ladder, Listed, Sizes};
use crate::languages;
use crate::model::{Kind, LightRange, Role};
use crate::selection::{Chosen, Selection, SubtitleRendition};

pub use chapters::{ListedChapter, ListedTitle, chapters};
pub use tiles::tile_playlist;

/// Every segment can be decoded by itself (section 4.4.2.1).
const INDEPENDENT: &str = "#EXT-X-INDEPENDENT-SEGMENTS\n";
/// Every segment is one key frame (section 4.4.3.6).
const KEYS_ONLY: &str = "#EXT-X-I-FRAMES-ONLY\n";

/// Where the chapters are (section 4.4.6.4), which a player may read or not.
const CHAPTERS: &str =
    "#EXT-X-SESSION-DATA:DATA-ID=\"com.apple.hls.chapters\",URI=\"chapters.json\"\n";

/// The multivariant playlist, `master.m3u8`.
///
/// # Errors
/// [`Error::NoSuchTrack`] for a number the film has not, [`Error::NoTracks`] when nothing playable is selected,
/// [`Error::Subtitles`] for a subtitle track that cannot be a part of a URI.
pub fn multivariant<'a>(film: impl Into<Sizes<'a>>, selection: &Selection) -> Result<String> {
    let film = film.into();
    let chosen = selection.chosen(film)?;
    let mut out = String::with_capacity(1024);
    out.push_str("#EXTM3U\n#EXT-X-VERSION:7\n");
    if !chosen.pictures.iter().any(|video| video.track.has_leading) {
        out.push_str(INDEPENDENT);
    }
    if !film.lead.chapters.is_empty() {
        out.push_str(CHAPTERS);
    }
    let mut names = Vec::new();
    let groups = groups(&chosen);
    // One sound alone still gets its rendition: players then know its language and its channels.
    for (id, sounds) in &groups {
        names.clear();
        for (place, track) in sounds {
            let uri = (!chosen.pictures.is_empty() || *place > 0).then_some(track.number);
            let name = selection.sound_name(track);
            let is_default = *place == chosen.default_sound;
            sound(&mut out, (id, track), name, &mut names, is_default, uri);
        }
    }
    names.clear();
    for subtitles in &selection.subtitles {
        subtitle(&mut out, subtitles, &mut names);
    }
    let has_text = !selection.subtitles.is_empty();
    let silence = [(String::new(), Vec::new())];
    let heard = if groups.is_empty() {
        &silence
    } else {
        groups.as_slice()
    };
    for (id, sounds) in heard {
        for video in &chosen.pictures {
            variant(&mut out, Some(video), (id, sounds), has_text);
        }
        if chosen.pictures.is_empty() {
            variant(&mut out, None, (id, sounds), has_text);
        }
    }
    for video in &chosen.pictures {
        key_frames(&mut out, video);
    }
    if let Some(tiles) = chosen.tiles {
        tiles::image_stream(&mut out, tiles);
    }
    Ok(out)
}

/// A group of sounds: its id, and each sound with its place among all.
type Group<'a> = (String, Vec<(usize, &'a Track)>);

/// The sounds in groups of one codec each, the one that is heard by default first: a player that lacks a codec leaves
/// out the variants that name it (section 4.4.6.2.1).
fn groups<'a>(chosen: &Chosen<'a>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let places = chosen.sounds.iter().copied().enumerate();
    let default = places.clone().skip(chosen.default_sound).take(1);
    let mut codecs: Vec<&str> = Vec::new();
    for (_, track) in default.chain(places.clone()) {
        if !codecs.contains(&track.codec.as_str()) {
            codecs.push(&track.codec);
        }
    }
    for codec in &codecs {
        // Of one codec alone the group needs no other name.
        let id = match codecs.len() {
            1 => "sound".to_owned(),
            _ => format!("sound-{codec}"),
        };
        let own = places.clone().filter(|(_, track)| track.codec == *codec);
        groups.push((id, own.collect()));
    }
    groups
}

fn sound(
    out: &mut String,
    (group, track): (&str, &Track),
    name: String,
    names: &mut Vec<String>,
    is_default: bool,
    uri: Option<u32>,
) {
    write(
        out,
        format_args!("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{group}\""),
    );
    naming(out, name, track.language.as_deref(), names);
    let is_main = matches!(track.role, Role::Main | Role::Dub);
    flags(out, is_default, is_default || is_main);
    if track.role == Role::AudioDescription {
        out.push_str(",CHARACTERISTICS=\"public.accessibility.describes-video\"");
    }
    write(out, format_args!(",CHANNELS=\"{}\"", track.channels));
    if let Some(number) = uri {
        write(out, format_args!(",URI=\"{number}/index.m3u8\""));
    }
    out.push('\n');
}

fn subtitle(out: &mut String, subtitles: &SubtitleRendition, names: &mut Vec<String>) {
    out.push_str("#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"text\"");
    naming(
        out,
        subtitles.shown_name(),
        subtitles.language.as_deref(),
        names,
    );
    flags(out, subtitles.default, true);
    out.push_str(if subtitles.forced {
        ",FORCED=YES"
    } else {
        ",FORCED=NO"
    });
    if subtitles.sdh {
        out.push_str(
            ",CHARACTERISTICS=\"public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound\"",
        );
    }
    write(
        out,
        format_args!(",URI=\"{}/index.m3u8\"\n", subtitles.track),
    );
}

/// NAME, unlike every other of its group (section 4.4.6.1.1), and LANGUAGE.
fn naming(out: &mut String, name: String, language: Option<&str>, names: &mut Vec<String>) {
    let name = quotable(&name);
    let mut unlike = name.clone();
    let mut count = 1;
    while names.contains(&unlike) {
        count += 1;
        unlike = format!("{name} {count}");
    }
    write(out, format_args!(",NAME=\"{unlike}\""));
    names.push(unlike);
    let language = language.map(|code| quotable(languages::bcp47(code)));
    if let Some(language) = language.filter(|language| !language.is_empty()) {
        write(out, format_args!(",LANGUAGE=\"{language}\""));
    }
}

/// A quoted string has neither quotes nor line ends in it (RFC 8216bis, section 4.2).
fn quotable(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|letter| if letter == '"' { '\'' } else { letter })
        .filter(|letter| !letter.is_control())
        .collect();
    plain.trim().to_owned()
}

fn flags(out: &mut String, is_default: bool, is_chosen_automatically: bool) {
    out.push_str(if is_default {
        ",DEFAULT=YES"
    } else {
        ",DEFAULT=NO"
    });
    let automatic = is_default || is_chosen_automatically;
    out.push_str(if automatic {
        ",AUTOSELECT=YES"
    } else {
        ",AUTOSELECT=NO"
    });
}

fn variant(
    out: &mut String,
    video: Option<&Listed<'_>>,
    (group, sounds): (&str, &[(usize, &Track)]),
    has_text: bool,
) {
    let heard = sounds.first().map(|(_, track)| *track);
    let Some(listed) = video.copied().or(heard.map(Listed::alone)) else {
        return;
    };
    let (main, is_picture) = (listed.track, video.is_some());
    let sounds = sounds.iter().map(|(_, track)| *track);
    let loudest = |rate: fn(&Track) -> u64| {
        let sound = sounds.clone().map(rate).max().unwrap_or(0);
        if is_picture {
            rate(main) + sound
        } else {
            sound
        }
    };
    let mut codecs: Vec<&str> = Vec::new();
    for track in is_picture.then_some(main).into_iter().chain(sounds.clone()) {
        let codec = track.rfc6381.as_deref().unwrap_or_default();
        if !codec.is_empty() && !codecs.contains(&codec) {
            codecs.push(codec);
        }
    }
    write(
        out,
        format_args!(
            "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\"",
            loudest(|track| track.peak_bps),
            loudest(|track| track.average_bps),
            codecs.join(",")
        ),
    );
    if is_picture {
        picture(out, main);
    }
    if heard.is_some() {
        write(out, format_args!(",AUDIO=\"{group}\""));
    }
    if has_text {
        out.push_str(",SUBTITLES=\"text\"");
    }
    if is_picture {
        out.push_str(",CLOSED-CAPTIONS=NONE");
    }
    write(out, format_args!("\n{}/index.m3u8\n", listed.place()));
}

/// RESOLUTION, FRAME-RATE and VIDEO-RANGE of a picture.
fn picture(out: &mut String, video: &Track) {
    let (width, height) = video.shown_size();
    write(out, format_args!(",RESOLUTION={width}x{height}"));
    if let Some((frames, seconds)) = video.frame_rate {
        // Three decimals, without going through floating point.
        let thousandths = scaled_rate(frames, seconds);
        let (whole, rest) = (thousandths / 1000, thousandths % 1000);
        write(out, format_args!(",FRAME-RATE={whole}.{rest:03}"));
    }
    write(out, format_args!(",VIDEO-RANGE={}", range(video)));
}

fn range(video: &Track) -> &'static str {
    match video.range {
        LightRange::Standard => "SDR",
        LightRange::Pq => "PQ",
        LightRange::Hlg => "HLG",
    }
}

/// The key frames alone, which players show while a viewer winds (section 4.4.6.3).
fn key_frames(out: &mut String, listed: &Listed<'_>) {
    let video = listed.track;
    let codec = video.rfc6381.as_deref().unwrap_or_default();
    let (width, height) = video.shown_size();
    write(
        out,
        format_args!(
            "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{codec}\",\
             RESOLUTION={width}x{height},VIDEO-RANGE={},URI=\"{}/keys.m3u8\"\n",
            video.keys_peak_bps,
            video.keys_average_bps,
            range(video),
            listed.place()
        ),
    );
}

fn scaled_rate(frames: u64, seconds: u64) -> u64 {
    let seconds = u128::from(seconds.max(1));
    let thousandths = (u128::from(frames) * 1000 + seconds / 2) / seconds;
    thousandths.min(u128::from(u64::MAX)) as u64
}

/// The media playlist of a track, `{track}/index.m3u8`.
///
/// EXTINF has microseconds, and the rounding does not add up: each is the distance of two rounded times.
///
/// # Errors
/// When there is no such track or it cannot be played.
pub fn media_playlist(index: &Index, track: u32) -> Result<String> {
    Ok(whole(&Listed::alone(index.playable_track(track)?), None))
}

/// The same playlist of a track whose segments are encrypted.
///
/// # Errors
/// As [`media_playlist`].
pub fn encrypted_media_playlist(index: &Index, track: u32, keys: &KeySystem) -> Result<String> {
    let track = Listed::alone(index.playable_track(track)?);
    Ok(whole(&track, Some(keys)))
}

/// The media playlist of a picture of a ladder, with the segments that all its rungs have: that of the leading film
/// too, `{track}/index.m3u8`, and of the others `{rung}-{track}/index.m3u8`. With `keys` the segments are encrypted.
///
/// # Errors
/// [`Error::NoSuchTrack`] where the film is no rung of the ladder.
pub fn rung_playlist(
    index: &Index,
    ladder: &Ladder,
    rung: u32,
    keys: Option<&KeySystem>,
) -> Result<String> {
    let picture = Listed::picture(index, ladder, rung).ok_or(Error::NoSuchTrack(0))?;
    Ok(whole(&picture, keys))
}

fn whole(listed: &Listed<'_>, keys: Option<&KeySystem>) -> String {
    let independent = if listed.track.has_leading {
        ""
    } else {
        INDEPENDENT
    };
    let tag = keys.map(KeySystem::tag).unwrap_or_default();
    segments(listed, &[independent, &tag].concat(), "")
}

/// The playlist of a picture's key frames, `{track}/keys.m3u8` (section 4.4.3.6): the one that begins each segment,
/// as a fragment of its own, `k{n}.m4s`.
///
/// # Errors
/// When there is no such track, it cannot be played, or it is no picture.
pub fn key_playlist(index: &Index, track: u32) -> Result<String> {
    let picture = Listed::alone(pictured(index, track)?);
    Ok(segments(&picture, KEYS_ONLY, "k"))
}

/// The same playlist of a picture that is encrypted.
///
/// # Errors
/// As [`key_playlist`].
pub fn encrypted_key_playlist(index: &Index, track: u32, keys: &KeySystem) -> Result<String> {
    let tags = [KEYS_ONLY, &keys.tag()].concat();
    Ok(segments(
        &Listed::alone(pictured(index, track)?),
        &tags,
        "k",
    ))
}

fn pictured(index: &Index, track: u32) -> Result<&Track> {
    let track = index.playable_track(track)?;
    match track.kind {
        Kind::Video => Ok(track),
        _ => Err(Error::NoSuchTrack(track.number)),
    }
}

/// Every segment with its length behind these tags, its name beginning with `prefix`.
fn segments(listed: &Listed<'_>, tags: &str, prefix: &str) -> String {
    let (count, timescale) = (listed.count(), listed.track.timescale);
    let mut out = String::with_capacity(200 + count * 32);
    write(
        &mut out,
        format_args!(
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:0\n\
             #EXT-X-PLAYLIST-TYPE:VOD\n{tags}#EXT-X-MAP:URI=\"init.mp4\"\n",
            target_seconds(listed.longest(), timescale)
        ),
    );
    let micros = |ticks| scale(ticks, timescale, 1_000_000);
    let mut begun = 0;
    for n in 0..count {
        let end = micros(listed.start(n + 1));
        extinf(&mut out, end.saturating_sub(begun));
        out.push_str(prefix);
        out.push_str(itoa::Buffer::new().format(n));
        out.push_str(".m4s\n");
        begun = end;
    }
    out.push_str("#EXT-X-ENDLIST\n");
    out
}

/// The media playlist of subtitles beside the film: one segment, `text.vtt`, as long as the film.
pub fn subtitle_playlist(duration_ms: u64) -> String {
    let mut out = String::with_capacity(200);
    write(
        &mut out,
        format_args!(
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n",
            target_seconds(duration_ms, 1000)
        ),
    );
    extinf(&mut out, duration_ms.saturating_mul(1000));
    out.push_str("text.vtt\n#EXT-X-ENDLIST\n");
    out
}

/// Thousands of them are in a playlist: this takes a fifth of the time of `write!`.
fn extinf(out: &mut String, micros: u64) {
    const SECOND: u64 = 1_000_000;
    let mut digits = itoa::Buffer::new();
    out.push_str("#EXTINF:");
    out.push_str(digits.format(micros / SECOND));
    out.push('.');
    // A 1 in front keeps the zeros.
    out.push_str(&digits.format(SECOND + micros % SECOND)[1..]);
    out.push_str(",\n");
}

fn write(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text)
        .expect("writing to a String cannot fail");
}
