//! The DASH manifest (ISO/IEC 23009-1), written from the index alone: the same segments as in the playlists of HLS.

use std::fmt::Display;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::writer::ElementWriter;

use crate::error::Result;
use crate::index::Track;
use crate::key_system::Encryption;
use crate::ladder::{Listed, Sizes};
use crate::languages;
use crate::model::{Kind, Role};
use crate::selection::{Selection, SubtitleRendition};
use crate::tiles::Tiles;

/// Segments named by number (clause 8.4).
const PROFILES: &str = "urn:mpeg:dash:profile:isoff-live:2011";
/// What a track is for (clause 5.8.5.5).
const ROLES: &str = "urn:mpeg:dash:role:2011";
/// How the channels of sound are laid out (ISO/IEC 23091-3, table 2).
const CHANNELS: &str = "urn:mpeg:mpegB:cicp:ChannelConfiguration";
/// The key frames of another set, for winding (DASH-IF IOP, clause 3.2.9).
const TRICK_MODE: &str = "http://dashif.org/guidelines/trickmode";

/// Thumbnails in sheets (DASH-IF IOP, clause 6.2.6).
const THUMBNAILS: &str = "http://dashif.org/guidelines/thumbnail_tile";
/// Common Encryption (ISO/IEC 23001-7).
const COMMON_ENCRYPTION: &str = "urn:mpeg:dash:mp4protection:2011";

type Xml = Writer<Vec<u8>>;

/// The static manifest, `manifest.mpd`.
///
/// # Errors
/// As [`crate::hls::multivariant`].
pub fn manifest<'a>(film: impl Into<Sizes<'a>>, selection: &Selection) -> Result<String> {
    let film = film.into();
    let chosen = selection.chosen(film)?;
    let mut xml = Writer::new_with_indent(Vec::with_capacity(4096), b' ', 1);
    let sounds = chosen.sounds.iter().copied().map(Listed::alone);
    let listed = chosen.pictures.iter().copied().chain(sounds);
    let longest_ms = listed.map(|track| track.longest_ms()).max().unwrap_or(0);
    let encryption = selection.encryption.as_ref();
    let written = (|| {
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let mut mpd = element(
            &mut xml,
            "MPD",
            &[
                ("xmlns", &"urn:mpeg:dash:schema:mpd:2011"),
                ("profiles", &PROFILES),
                ("type", &"static"),
                ("mediaPresentationDuration", &Seconds(film.lead.duration_ms)),
                ("maxSegmentDuration", &Seconds(longest_ms)),
                ("minBufferTime", &Seconds(longest_ms)),
            ],
        );
        if encryption.is_some() {
            mpd = mpd.with_attributes([
                ("xmlns:cenc", "urn:mpeg:cenc:2013"),
                ("xmlns:dashif", "https://dashif.org/CPS"),
            ]);
        }
        mpd.write_inner_content(|xml| {
            let period = element(xml, "Period", &[("id", &"film"), ("start", &Seconds(0))]);
            period.write_inner_content(|xml| {
                if !chosen.pictures.is_empty() {
                    picture(xml, chosen.picture_set, &chosen.pictures, encryption)?;
                }
                for video in &chosen.pictures {
                    key_frames(xml, chosen.picture_set, &video.uncut(), encryption)?;
                }
                for (place, track) in chosen.sounds.iter().enumerate() {
                    let name = selection.sound_name(track);
                    sound(xml, track, &name, place == chosen.default_sound, encryption)?;
                }
                for subtitles in &selection.subtitles {
                    text(xml, subtitles)?;
                }
                if let Some(tiles) = chosen.tiles {
                    thumbnails(xml, tiles)?;
                }
                Ok(())
            })?;
            Ok(())
        })?;
        Ok::<(), io::Error>(())
    })();
    // Neither writing to memory nor UTF-8 from UTF-8 can fail; a caller still gets an error, not a panic.
    written?;
    let text = String::from_utf8(xml.into_inner()).map_err(io::Error::other)?;
    Ok(text + "\n")
}

/// A length of time in milliseconds, as XML Schema writes it.
struct Seconds(u64);

impl Display for Seconds {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "PT{}.{:03}S", self.0 / 1000, self.0 % 1000)
    }
}

fn element<'w>(
    xml: &'w mut Xml,
    name: &'static str,
    attributes: &[(&str, &dyn Display)],
) -> ElementWriter<'w, Vec<u8>> {
    let mut element = xml.create_element(name);
    for (key, value) in attributes {
        element = element.with_attribute((*key, value.to_string().as_str()));
    }
    element
}

/// An element of a scheme and a value.
fn descriptor(
    xml: &mut Xml,
    name: &'static str,
    scheme: &str,
    value: &dyn Display,
) -> io::Result<()> {
    element(xml, name, &[("schemeIdUri", &scheme), ("value", value)]).write_empty()?;
    Ok(())
}

/// The picture: one representation for each size, all with segments at the same times.
fn picture(
    xml: &mut Xml,
    id: u32,
    sizes: &[Listed<'_>],
    encryption: Option<&Encryption>,
) -> io::Result<()> {
    let leans = sizes.iter().any(|video| video.track.has_leading);
    let set = element(
        xml,
        "AdaptationSet",
        &[
            ("id", &id),
            ("contentType", &"video"),
            ("mimeType", &"video/mp4"),
            ("segmentAlignment", &"true"),
            // With pictures before the key frame a segment begins with access of type 3 (ISO/IEC 14496-12, annex I).
            ("startWithSAP", if leans { &3 } else { &1 }),
        ],
    );
    set.write_inner_content(|xml| {
        protection(xml, encryption)?;
        descriptor(xml, "Role", ROLES, &"main")?;
        if let [only] = sizes {
            template(xml, only, "")?;
            return representation(xml, only, ("", only.track.peak_bps), false);
        }
        for size in sizes {
            // Each has its own timescale, so each says the times.
            representation(xml, size, ("", size.track.peak_bps), true)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The key frame of each of a picture's own segments, as a set of its own beside the set `of`.
fn key_frames(
    xml: &mut Xml,
    of: u32,
    video: &Listed<'_>,
    encryption: Option<&Encryption>,
) -> io::Result<()> {
    let set = element(
        xml,
        "AdaptationSet",
        &[
            ("contentType", &"video"),
            ("mimeType", &"video/mp4"),
            ("segmentAlignment", &"true"),
            ("startWithSAP", &1),
            ("codingDependency", &"false"),
        ],
    );
    set.write_inner_content(|xml| {
        protection(xml, encryption)?;
        descriptor(xml, "EssentialProperty", TRICK_MODE, &of)?;
        template(xml, video, "k")?;
        representation(xml, video, ("k", video.track.keys_peak_bps), false)
    })?;
    Ok(())
}

fn sound(
    xml: &mut Xml,
    track: &Track,
    name: &str,
    is_default: bool,
    encryption: Option<&Encryption>,
) -> io::Result<()> {
    let mut set = element(
        xml,
        "AdaptationSet",
        &[
            ("id", &track.number),
            ("contentType", &"audio"),
            ("mimeType", &"audio/mp4"),
            ("segmentAlignment", &"true"),
            ("startWithSAP", &1),
        ],
    );
    if let Some(code) = &track.language {
        set = set.with_attribute(("lang", languages::bcp47(code)));
    }
    set.write_inner_content(|xml| {
        protection(xml, encryption)?;
        label(xml, name)?;
        if track.role == Role::AudioDescription {
            descriptor(xml, "Accessibility", ROLES, &"description")?;
        }
        if is_default {
            descriptor(xml, "Role", ROLES, &"main")?;
        }
        match track.role {
            Role::Main if !is_default => descriptor(xml, "Role", ROLES, &"alternate")?,
            Role::Dub => descriptor(xml, "Role", ROLES, &"dub")?,
            Role::Commentary => descriptor(xml, "Role", ROLES, &"commentary")?,
            Role::AudioDescription => descriptor(xml, "Role", ROLES, &"description")?,
            _ => {}
        }
        let listed = Listed::alone(track);
        template(xml, &listed, "")?;
        representation(xml, &listed, ("", track.peak_bps), false)
    })?;
    Ok(())
}

/// How the samples of a set are encrypted, and who has the key (ISO/IEC 23001-7, clause 11.2).
fn protection(xml: &mut Xml, encryption: Option<&Encryption>) -> io::Result<()> {
    let Some(encryption) = encryption else {
        return Ok(());
    };
    let common = [
        ("schemeIdUri", &COMMON_ENCRYPTION as &dyn Display),
        ("value", &"cbcs"),
        ("cenc:default_KID", &encryption.key_name()),
    ];
    element(xml, "ContentProtection", &common).write_empty()?;
    let system = encryption.system.descriptor();
    let own = [
        ("schemeIdUri", &system.scheme as &dyn Display),
        ("value", &system.value),
    ];
    element(xml, "ContentProtection", &own).write_inner_content(|xml| {
        let address = BytesText::new(system.licence_uri);
        element(xml, "dashif:Laurl", &[]).write_text_content(address)?;
        Ok(())
    })?;
    Ok(())
}

/// Subtitles beside the film: one file, without segments.
fn text(xml: &mut Xml, subtitles: &SubtitleRendition) -> io::Result<()> {
    let mut set = element(
        xml,
        "AdaptationSet",
        &[("contentType", &"text"), ("mimeType", &"text/vtt")],
    );
    if let Some(code) = &subtitles.language {
        set = set.with_attribute(("lang", languages::bcp47(code)));
    }
    set.write_inner_content(|xml| {
        label(xml, &subtitles.shown_name())?;
        if subtitles.sdh {
            descriptor(xml, "Accessibility", ROLES, &"caption")?;
        }
        let role = match (subtitles.forced, subtitles.sdh) {
            (true, _) => "forced-subtitle",
            (_, true) => "caption",
            _ => "subtitle",
        };
        descriptor(xml, "Role", ROLES, &role)?;
        if subtitles.default {
            descriptor(xml, "Role", ROLES, &"main")?;
        }
        // A bit rate is demanded of every representation; text has as good as none.
        let only = element(
            xml,
            "Representation",
            &[
                ("id", &format_args!("s{}", subtitles.track)),
                ("bandwidth", &1000),
            ],
        );
        only.write_inner_content(|xml| {
            let address = format!("{}/text.vtt", subtitles.track);
            element(xml, "BaseURL", &[]).write_text_content(BytesText::new(&address))?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

/// The thumbnails, in sheets of equal length.
fn thumbnails(xml: &mut Xml, tiles: &Tiles) -> io::Result<()> {
    let set = element(
        xml,
        "AdaptationSet",
        &[("contentType", &"image"), ("mimeType", &"image/jpeg")],
    );
    set.write_inner_content(|xml| {
        let template = [
            ("timescale", &1000 as &dyn Display),
            ("duration", &tiles.sheet_ms()),
            ("startNumber", &0),
            ("media", &"tiles/$Number$.jpg"),
        ];
        element(xml, "SegmentTemplate", &template).write_empty()?;
        let (width, height) = tiles.sheet_size();
        let only = [
            ("id", &"tiles" as &dyn Display),
            ("bandwidth", &tiles.bits_per_second()),
            ("width", &width),
            ("height", &height),
        ];
        element(xml, "Representation", &only).write_inner_content(|xml| {
            let layout = format_args!("{}x{}", tiles.across, tiles.down);
            descriptor(xml, "EssentialProperty", THUMBNAILS, &layout)
        })?;
        Ok(())
    })?;
    Ok(())
}

/// The usual layout of so many channels; of others nothing is said.
fn layout(channels: u16) -> Option<u16> {
    match channels {
        1..=6 => Some(channels),
        7 => Some(11),
        8 => Some(12),
        _ => None,
    }
}

/// A name for people, without what XML can't hold (XML 1.0, section 2.2).
fn label(xml: &mut Xml, name: &str) -> io::Result<()> {
    let is_plain =
        |letter: &char| !letter.is_control() && !('\u{FFFE}'..='\u{FFFF}').contains(letter);
    let plain: String = name.chars().filter(is_plain).collect();
    element(xml, "Label", &[]).write_text_content(BytesText::new(&plain))?;
    Ok(())
}

/// Every segment with its time and length (clause 5.3.9.6), their names beginning with `prefix`.
fn template(xml: &mut Xml, track: &Listed<'_>, prefix: &str) -> io::Result<()> {
    let place = track.place();
    let template = element(
        xml,
        "SegmentTemplate",
        &[
            ("timescale", &track.track.timescale),
            ("initialization", &format_args!("{place}/init.mp4")),
            ("media", &format_args!("{place}/{prefix}$Number$.m4s")),
            ("startNumber", &0),
        ],
    );
    template.write_inner_content(|xml| {
        element(xml, "SegmentTimeline", &[]).write_inner_content(|xml| timeline(xml, track))?;
        Ok(())
    })?;
    Ok(())
}

fn timeline(xml: &mut Xml, track: &Listed<'_>) -> io::Result<()> {
    let (mut n, count) = (0, track.count());
    while n < count {
        let ticks = track.ticks(n);
        let repeats = (n + 1..count)
            .take_while(|next| track.ticks(*next) == ticks)
            .count();
        let mut run = xml.create_element("S");
        if n == 0 {
            run = run.with_attribute(("t", track.start(n).to_string().as_str()));
        }
        run = run.with_attribute(("d", ticks.to_string().as_str()));
        if repeats > 0 {
            run = run.with_attribute(("r", repeats.to_string().as_str()));
        }
        run.write_empty()?;
        n += repeats + 1;
    }
    Ok(())
}

/// One way to have a set's content, with the times of its segments where the set does not say them for all.
fn representation(
    xml: &mut Xml,
    listed: &Listed<'_>,
    (prefix, bits_per_second): (&str, u64),
    has_times: bool,
) -> io::Result<()> {
    let track = listed.track;
    let mut only = element(
        xml,
        "Representation",
        &[
            ("id", &format_args!("{prefix}{}", listed.place())),
            ("bandwidth", &bits_per_second),
            ("codecs", &track.rfc6381.as_deref().unwrap_or_default()),
        ],
    );
    if track.kind == Kind::Video {
        let (across, down) = track.pixel;
        for (key, value) in [
            ("width", track.width.to_string()),
            ("height", track.height.to_string()),
            ("sar", format!("{across}:{down}")),
        ] {
            only = only.with_attribute((key, value.as_str()));
        }
        if let Some((frames, seconds)) = track.frame_rate.filter(|_| prefix.is_empty()) {
            only = only.with_attribute(("frameRate", format!("{frames}/{seconds}").as_str()));
        }
    } else {
        let rate = track.sample_rate.to_string();
        only = only.with_attribute(("audioSamplingRate", rate.as_str()));
    }
    let layout = layout(track.channels);
    if layout.is_none() && !has_times {
        only.write_empty()?;
        return Ok(());
    }
    only.write_inner_content(|xml| {
        if let Some(layout) = layout {
            descriptor(xml, "AudioChannelConfiguration", CHANNELS, &layout)?;
        }
        if has_times {
            template(xml, listed, prefix)?;
        }
        Ok(())
    })?;
    Ok(())
}
