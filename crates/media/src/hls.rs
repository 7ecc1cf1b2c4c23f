//! HLS playlists (RFC 8216bis), written from the index alone, with relative URIs only.

use std::fmt::Write as _;

use crate::error::{Error, Result};
use crate::index::{Index, Track, scale, target_seconds};
use crate::languages;
use crate::model::{Kind, Role};

/// What of a film is listed: a permit may narrow it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Track numbers; tracks that wait are left out by themselves.
    pub tracks: Vec<u32>,
    /// Names to show for tracks, where the language's own name is not enough.
    pub names: Vec<(u32, String)>,
    /// Subtitles beside the film.
    pub subtitles: Vec<SubtitleRendition>,
}

/// Subtitles beside the film, served as `{track}/text.vtt`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubtitleRendition {
    /// The first part of the URI; letters, digits, `-` and `_` only.
    pub track: String,
    /// The name to show; without one, the language's own name.
    pub name: Option<String>,
    /// ISO 639-2 or BCP 47.
    pub language: Option<String>,
    /// Shown even when subtitles are off.
    pub forced: bool,
    /// For the deaf and hard of hearing.
    pub sdh: bool,
    /// Shown unless the viewer chooses otherwise.
    pub default: bool,
}

impl Selection {
    /// Everything in the film that can be played.
    pub fn everything(index: &Index) -> Selection {
        let playable = index.tracks.iter().filter(|track| track.is_playable());
        Selection {
            tracks: playable.map(|track| track.number).collect(),
            ..Selection::default()
        }
    }
}

/// The multivariant playlist, `master.m3u8`.
///
/// # Errors
/// [`Error::NoSuchTrack`] for a number the film has not, [`Error::NoTracks`] when nothing playable is selected,
/// [`Error::Subtitles`] for a subtitle track that cannot be a part of a URI.
pub fn multivariant(index: &Index, selection: &Selection) -> Result<String> {
    let mut video = None;
    let mut sounds = Vec::new();
    for number in &selection.tracks {
        let track = index.track(*number)?;
        match track.kind {
            Kind::Video if track.is_playable() => video = video.or(Some(track)),
            Kind::Audio if track.is_playable() => sounds.push(track),
            _ => {}
        }
    }
    let main = video
        .or_else(|| sounds.first().copied())
        .ok_or(Error::NoTracks)?;
    let mut out = String::with_capacity(1024);
    out.push_str("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    let mut names = Vec::new();
    // One sound alone still gets its rendition: players then know its language and its channels.
    let default = sounds
        .iter()
        .position(|track| track.default && track.role == Role::Main)
        .unwrap_or(0);
    for (place, track) in sounds.iter().enumerate() {
        let uri = (video.is_some() || place > 0).then_some(track.number);
        sound(
            &mut out,
            track,
            selection,
            &mut names,
            place == default,
            uri,
        );
    }
    names.clear();
    for subtitles in &selection.subtitles {
        subtitle(&mut out, subtitles, &mut names)?;
    }
    variant(&mut out, main, &sounds, !selection.subtitles.is_empty());
    Ok(out)
}

fn sound(
    out: &mut String,
    track: &Track,
    selection: &Selection,
    names: &mut Vec<String>,
    is_default: bool,
    uri: Option<u32>,
) {
    let given = selection
        .names
        .iter()
        .find(|(number, _)| *number == track.number);
    let name = given
        .map(|(_, name)| name.clone())
        .or_else(|| spoken_name(track))
        .unwrap_or_else(|| format!("{}", track.number));
    out.push_str("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\"");
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

/// The language's own name, and what the file adds to it.
fn spoken_name(track: &Track) -> Option<String> {
    let language = track.language.as_deref().and_then(languages::endonym);
    match (language, &track.name) {
        (Some(language), Some(name)) if !name.eq_ignore_ascii_case(language) => {
            Some(format!("{language} ({name})"))
        }
        (Some(language), _) => Some(language.to_owned()),
        (None, name) => name.clone(),
    }
}

fn subtitle(
    out: &mut String,
    subtitles: &SubtitleRendition,
    names: &mut Vec<String>,
) -> Result<()> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if subtitles.track.is_empty() || !subtitles.track.chars().all(is_plain) {
        return Err(Error::Subtitles(
            "the track's name cannot be part of an address",
        ));
    }
    let own = subtitles.language.as_deref().and_then(languages::endonym);
    let name = subtitles.name.clone().or(own.map(str::to_owned));
    out.push_str("#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"text\"");
    let name = name.unwrap_or_else(|| subtitles.track.clone());
    naming(out, name, subtitles.language.as_deref(), names);
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
    Ok(())
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

fn variant(out: &mut String, main: &Track, sounds: &[&Track], has_text: bool) {
    let is_picture = main.kind == Kind::Video;
    let loudest = |rate: fn(&Track) -> u64| {
        let sound = sounds.iter().map(|track| rate(track)).max().unwrap_or(0);
        if is_picture {
            rate(main) + sound
        } else {
            sound
        }
    };
    let mut codecs: Vec<&str> = Vec::new();
    for track in is_picture.then_some(main).iter().chain(sounds) {
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
        let (width, height) = main.shown_size();
        write(out, format_args!(",RESOLUTION={width}x{height}"));
        if let Some((frames, seconds)) = main.frame_rate {
            // Three decimals, without going through floating point.
            let thousandths = scaled_rate(frames, seconds);
            write(
                out,
                format_args!(
                    ",FRAME-RATE={}.{:03}",
                    thousandths / 1000,
                    thousandths % 1000
                ),
            );
        }
        out.push_str(",VIDEO-RANGE=SDR");
    }
    if !sounds.is_empty() {
        out.push_str(",AUDIO=\"sound\"");
    }
    if has_text {
        out.push_str(",SUBTITLES=\"text\"");
    }
    if is_picture {
        out.push_str(",CLOSED-CAPTIONS=NONE");
    }
    write(out, format_args!("\n{}/index.m3u8\n", main.number));
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
    let track = index.playable_track(track)?;
    let count = track.segments.len();
    let longest = (0..count)
        .map(|n| track.segment_ticks(n))
        .max()
        .unwrap_or(0);
    let mut out = String::with_capacity(200 + count * 32);
    write(
        &mut out,
        format_args!(
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:0\n\
             #EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"init.mp4\"\n",
            target_seconds(longest, track.timescale)
        ),
    );
    let micros = |ticks| scale(ticks, track.timescale, 1_000_000);
    let mut begun = 0;
    for n in 0..count {
        let end = micros(track.segments.get(n + 1).map_or(track.end, |cut| cut.start));
        extinf(&mut out, end.saturating_sub(begun));
        write(&mut out, format_args!("{n}.m4s\n"));
        begun = end;
    }
    out.push_str("#EXT-X-ENDLIST\n");
    Ok(out)
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

fn extinf(out: &mut String, micros: u64) {
    write(
        out,
        format_args!(
            "#EXTINF:{}.{:06},\n",
            micros / 1_000_000,
            micros % 1_000_000
        ),
    );
}

fn write(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text)
        .expect("writing to a String cannot fail");
}
