//! Sample entries: which codec a track has, whether browsers play it, and what a decoder must be told.

use std::ops::Range;

use super::boxes::{Boxes, Fields};
use super::descriptors::elementary;
use crate::codecs::{Entry, config_box};
use crate::error::{Result, bad};
use crate::model::{Codec, Kind, LightRange, Waiting};

/// Reads the first sample entry in `stsd`.
pub(crate) fn parse(all: &[u8], stsd: Range<usize>, kind: Kind) -> Result<Entry> {
    let mut fields = Fields::new(all, stsd.clone(), b"stsd");
    fields.version_and_flags()?;
    if fields.u32()? == 0 {
        return Err(bad(b"stsd", "it describes nothing"));
    }
    let first = Boxes::new(all, fields.position()..stsd.end)
        .next()
        .ok_or_else(|| bad(b"stsd", "it ends early"))??;
    let mut entry = Entry {
        kind: first.kind,
        pixel: (1, 1),
        ..Entry::default()
    };
    match kind {
        Kind::Video => visual(all, first.body, &mut entry)?,
        Kind::Audio => audio(all, first.body, &mut entry)?,
        Kind::Subtitle => {
            entry.codec = Some(named(&first.kind));
            entry.waiting = Some(match &first.kind {
                b"tx3g" | b"text" => Waiting::Text,
                _ => Waiting::SubtitleInside,
            });
        }
        Kind::Other => {
            entry.codec = Some(named(&first.kind));
            entry.waiting = Some(Waiting::NotShown);
        }
    }
    Ok(entry)
}

fn visual(all: &[u8], body: Range<usize>, entry: &mut Entry) -> Result<()> {
    let mut fields = Fields::new(all, body.clone(), &entry.kind);
    fields.skip(24)?;
    entry.width = fields.u16()?;
    entry.height = fields.u16()?;
    fields.skip(50)?;
    let boxes = || Boxes::new(all, fields.position()..body.end);
    for child in boxes() {
        // What follows the known fields may be junk in old files: only what we look for must be right.
        let Ok(child) = child else { break };
        if &child.kind == b"pasp" || &child.kind == b"colr" {
            keep_extra(all, &child.kind, child.body.clone(), entry)?;
        }
    }
    let config = |kind: &[u8; 4]| -> Result<Option<&[u8]>> {
        Ok(boxes().find(kind)?.map(|range| &all[range]))
    };
    let mut codec = named(&entry.kind);
    entry.waiting = Some(Waiting::Codec);
    let kind = entry.kind;
    match &kind {
        b"avc1" | b"avc3" | b"hvc1" | b"hev1" | b"av01" | b"vp09" => {
            let name = config_box(&kind).expect("each of these has one");
            let config = config(name)?.ok_or(crate::Error::MissingBox(name.into()))?;
            entry.configure(&mut codec, config)?;
        }
        b"mp4v" => {
            if let Some(esds) = boxes().find(b"esds")? {
                let stream = elementary(all, esds)?;
                codec = object_type(stream.object_type);
            }
        }
        b"encv" => entry.waiting = Some(Waiting::Encrypted),
        _ => {}
    }
    entry.codec = Some(codec);
    Ok(())
}

fn keep_extra(all: &[u8], kind: &[u8; 4], body: Range<usize>, entry: &mut Entry) -> Result<()> {
    let bytes = &all[body.clone()];
    if kind == b"pasp" {
        let mut fields = Fields::new(all, body, kind);
        let (width, height) = (fields.u32()?, fields.u32()?);
        if width == 0 || height == 0 || width > 1 << 16 || height > 1 << 16 {
            return Ok(());
        }
        entry.pixel = (width, height);
    } else if bytes.starts_with(b"nclx") || bytes.starts_with(b"nclc") {
        if let Some([high, low]) = bytes.get(6..8) {
            entry.range = LightRange::of_transfer(u16::from_be_bytes([*high, *low]));
        }
    } else {
        return Ok(());
    }
    if bytes.len() <= 32 && entry.extra.len() <= 128 {
        entry.extra.extend((bytes.len() as u32 + 8).to_be_bytes());
        entry.extra.extend(kind);
        entry.extra.extend(bytes);
    }
    Ok(())
}

fn audio(all: &[u8], body: Range<usize>, entry: &mut Entry) -> Result<()> {
    let mut fields = Fields::new(all, body.clone(), &entry.kind);
    fields.skip(8)?;
    let version = fields.u16()?;
    fields.skip(6)?;
    entry.channels = fields.u16()?;
    fields.skip(6)?;
    entry.sample_rate = fields.u32()? >> 16;
    // QuickTime's longer sound descriptions (QTFF, "Sound Sample Description Version 1" and 2).
    match version {
        1 => fields.skip(16)?,
        2 => {
            fields.skip(4)?;
            let rate = f64::from_bits(fields.u64()?);
            entry.sample_rate = if rate.is_finite() && (0.0..=1e6).contains(&rate) {
                rate as u32
            } else {
                0
            };
            entry.channels = fields.u32()?.min(u32::from(u16::MAX)) as u16;
            fields.skip(20)?;
        }
        _ => {}
    }
    let within = fields.position()..body.end;
    let mut codec = named(&entry.kind);
    entry.waiting = Some(Waiting::Codec);
    match &entry.kind {
        b"mp4a" => {
            let esds = match Boxes::new(all, within.clone()).find(b"esds")? {
                Some(esds) => esds,
                // QuickTime puts it one level down.
                None => Boxes::new(all, Boxes::new(all, within).need(b"wave")?).need(b"esds")?,
            };
            let stream = elementary(all, esds)?;
            codec = object_type(stream.object_type);
            match codec.name.as_str() {
                "aac" => entry.configure_aac(&mut codec, &stream.specific)?,
                "mp3" => entry.waiting = None,
                _ => {}
            }
        }
        b".mp3" => entry.waiting = None,
        b"ac-3" | b"ec-3" | b"Opus" | b"fLaC" => {
            for child in Boxes::new(all, within).flatten() {
                let config = &all[child.body];
                if config_box(&entry.kind) == Some(&child.kind) {
                    entry.configure(&mut codec, config)?;
                }
            }
        }
        b"enca" => entry.waiting = Some(Waiting::Encrypted),
        _ => {}
    }
    entry.codec = Some(codec);
    Ok(())
}

/// The registered object types (ISO/IEC 14496-1, table 5, and the MP4 registration authority).
fn object_type(value: u8) -> Codec {
    let (name, rfc6381) = match value {
        0x40 | 0x66..=0x68 => ("aac", None),
        0x69 | 0x6B => ("mp3", Some(format!("mp4a.{value:02X}"))),
        0x20 => ("mpeg4", Some("mp4v.20".to_owned())),
        0x60..=0x65 => ("mpeg2video", None),
        0x6A => ("mpeg1video", None),
        0x6C => ("mjpeg", None),
        0xA5 => ("ac3", Some("ac-3".to_owned())),
        0xA6 => ("eac3", Some("ec-3".to_owned())),
        0xA9 => ("dts", Some("dtsc".to_owned())),
        0xAD => ("opus", Some("opus".to_owned())),
        0xDD => ("vorbis", None),
        _ => ("unknown", None),
    };
    Codec {
        name: name.to_owned(),
        rfc6381,
    }
}

/// ffprobe's name for a sample entry, and its codec string where the entry's name is all there is to it.
fn named(kind: &[u8; 4]) -> Codec {
    let same = |name: &str, rfc6381: &str| Codec {
        name: name.to_owned(),
        rfc6381: Some(rfc6381.to_owned()),
    };
    let name = match kind {
        b"avc1" | b"avc3" => "h264",
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => "hevc",
        b"av01" => "av1",
        b"vp08" => "vp8",
        b"vp09" => "vp9",
        b"ac-3" => return same("ac3", "ac-3"),
        b"ec-3" => return same("eac3", "ec-3"),
        b"ac-4" => "ac4",
        b"Opus" => return same("opus", "Opus"),
        b"fLaC" => return same("flac", "fLaC"),
        b"alac" => return same("alac", "alac"),
        b".mp3" => return same("mp3", "mp4a.6B"),
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" => "dts",
        b"mlpa" => "truehd",
        b"samr" => "amr_nb",
        b"sawb" => "amr_wb",
        b"sowt" | b"lpcm" => "pcm_s16le",
        b"twos" => "pcm_s16be",
        b"in24" => "pcm_s24le",
        b"in32" => "pcm_s32le",
        b"ulaw" => "pcm_mulaw",
        b"alaw" => "pcm_alaw",
        b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "prores",
        b"AVdn" | b"AVdh" => "dnxhd",
        b"mp4v" => "mpeg4",
        b"jpeg" | b"mjpa" | b"mjpb" => "mjpeg",
        b"png " => "png",
        b"s263" | b"h263" => "h263",
        b"tx3g" | b"text" => return same("mov_text", "tx3g"),
        b"wvtt" => return same("webvtt", "wvtt"),
        b"stpp" => return same("ttml", "stpp"),
        b"c608" => "eia_608",
        b"encv" | b"enca" => "encrypted",
        b"tmcd" => "timecode",
        other => {
            return Codec {
                name: other.escape_ascii().to_string().trim().to_owned(),
                rfc6381: None,
            };
        }
    };
    Codec {
        name: name.to_owned(),
        rfc6381: None,
    }
}
