//! Sample entries: which codec a track has, whether browsers play it, and what a decoder must be told.

use std::ops::Range;

use super::boxes::{Boxes, Fields};
use super::descriptors::{audio_config, elementary};
use crate::error::{Result, bad};
use crate::model::{Codec, Kind, LightRange, Waiting};

/// A decoder's configuration larger than this is not one.
const PRIVATE_LIMIT: usize = 4096;

/// One sample entry of `stsd` (ISO/IEC 14496-12, clause 8.5.2).
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) kind: [u8; 4],
    pub(crate) codec: Option<Codec>,
    pub(crate) waiting: Option<Waiting>,
    /// The body of the codec's own box (`avcC`, `hvcC`, `dOps`, …), or AAC's AudioSpecificConfig.
    pub(crate) private: Vec<u8>,
    /// Whole `pasp` and `colr` boxes, to be repeated in the init segment.
    pub(crate) extra: Vec<u8>,
    pub(crate) range: LightRange,
    pub(crate) width: u16,
    pub(crate) height: u16,
    /// The shape of a pixel, width to height.
    pub(crate) pixel: (u32, u32),
    pub(crate) channels: u16,
    pub(crate) sample_rate: u32,
}

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
            entry.waiting = Some(Waiting::SubtitleInside);
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
        b"avc1" | b"avc3" => {
            let avcc = config(b"avcC")?.ok_or(crate::Error::MissingBox(b"avcC".into()))?;
            let (rfc6381, waiting) = avc(&kind, avcc)?;
            entry.carry(&mut codec, avcc, Some(rfc6381), waiting);
        }
        b"hvc1" | b"hev1" => {
            let hvcc = config(b"hvcC")?.ok_or(crate::Error::MissingBox(b"hvcC".into()))?;
            // Main and Main 10; the others have 4:2:2, 4:4:4 or more than ten bits.
            let profile = hvcc.get(1).map_or(0, |byte| byte & 31);
            let waiting = (![1, 2].contains(&profile)).then_some(Waiting::Profile);
            entry.carry(&mut codec, hvcc, hevc(&kind, hvcc), waiting);
        }
        b"av01" => {
            let av1c = config(b"av1C")?.ok_or(crate::Error::MissingBox(b"av1C".into()))?;
            let profile = av1c.get(1).map_or(0, |byte| byte >> 5);
            let waiting = (profile != 0).then_some(Waiting::Profile);
            entry.carry(&mut codec, av1c, av1(av1c), waiting);
        }
        b"vp09" => {
            let vpcc = config(b"vpcC")?.ok_or(crate::Error::MissingBox(b"vpcC".into()))?;
            // 4:2:0 with eight bits, and with more.
            let profile = vpcc.get(4).copied().unwrap_or(u8::MAX);
            let waiting = (![0, 2].contains(&profile)).then_some(Waiting::Profile);
            if let Some(transfer) = vpcc.get(8) {
                entry.range = LightRange::of_transfer(u16::from(*transfer));
            }
            entry.carry(&mut codec, vpcc, vp9(vpcc), waiting);
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

impl Entry {
    /// Takes over a decoder's configuration; without a codec string it can't be told to players, and waits.
    fn carry(
        &mut self,
        codec: &mut Codec,
        config: &[u8],
        rfc6381: Option<String>,
        waiting: Option<Waiting>,
    ) {
        self.waiting = match &rfc6381 {
            Some(_) if !config.is_empty() && config.len() <= PRIVATE_LIMIT => waiting,
            _ => Some(Waiting::Damaged),
        };
        if self.waiting != Some(Waiting::Damaged) {
            self.private = config.to_vec();
        }
        codec.rfc6381 = rfc6381;
    }
}

/// The codec string of AV1 (AV1 in ISO base media, clause 5).
fn av1(av1c: &[u8]) -> Option<String> {
    let [_, profile_level, rest, ..] = *av1c else {
        return None;
    };
    let tier = if rest & 0x80 != 0 { 'H' } else { 'M' };
    let depth = match (rest & 0x40 != 0, rest & 0x20 != 0) {
        (true, true) => 12,
        (true, false) => 10,
        _ => 8,
    };
    let (profile, level) = (profile_level >> 5, profile_level & 31);
    Some(format!("av01.{profile}.{level:02}{tier}.{depth:02}"))
}

/// The codec string of VP9 (VP codecs in ISO base media, "Codecs Parameter String").
fn vp9(vpcc: &[u8]) -> Option<String> {
    let [_, _, _, _, profile, level, depth, ..] = *vpcc else {
        return None;
    };
    Some(format!("vp09.{profile:02}.{level:02}.{:02}", depth >> 4))
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

/// Checks an `avcC` (ISO/IEC 14496-15, clause 5.3.3) and says what browsers make of its profile.
fn avc(kind: &[u8; 4], avcc: &[u8]) -> Result<(String, Option<Waiting>)> {
    let [version, profile, compatibility, level, lengths, sets, ..] = *avcc else {
        return Err(bad(b"avcC", "it ends early"));
    };
    if version != 1 || avcc.len() > PRIVATE_LIMIT {
        return Err(bad(b"avcC", "it is not a version we know"));
    }
    if lengths & 3 == 2 {
        return Err(bad(b"avcC", "its units have lengths of three bytes"));
    }
    let mut at = 6;
    for _ in 0..sets & 31 {
        let size = avcc.get(at..).and_then(|rest| rest.first_chunk::<2>());
        at = size.map_or(usize::MAX, |size| {
            at + 2 + usize::from(u16::from_be_bytes(*size))
        });
    }
    if at > avcc.len() || (sets & 31 == 0 && kind == b"avc1") {
        return Err(bad(b"avcC", "its parameter sets are not there"));
    }
    let name = String::from_utf8_lossy(kind);
    let rfc6381 = format!("{name}.{profile:02x}{compatibility:02x}{level:02x}");
    // Baseline, Main and High; the others have 10 bits, 4:2:2 or tools no browser decodes.
    let waiting = (![66, 77, 100].contains(&profile)).then_some(Waiting::Profile);
    Ok((rfc6381, waiting))
}

/// ISO/IEC 14496-15, annex E.3.
fn hevc(kind: &[u8; 4], hvcc: &[u8]) -> Option<String> {
    let general = hvcc.get(1..13)?;
    let space = ["", "A", "B", "C"][usize::from(general[0] >> 6)];
    let tier = if general[0] & 0x20 != 0 { 'H' } else { 'L' };
    let compatibility = u32::from_be_bytes(*general.get(1..5)?.first_chunk()?).reverse_bits();
    let mut text = format!(
        "{}.{space}{}.{compatibility:X}.{tier}{}",
        String::from_utf8_lossy(kind),
        general[0] & 31,
        general[11]
    );
    let constraints = &general[5..11];
    let used = constraints
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    for byte in &constraints[..used] {
        text.push_str(&format!(".{byte:X}"));
    }
    Some(text)
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
                "aac" => aac(stream.specific, &mut codec, entry)?,
                "mp3" => entry.waiting = None,
                _ => {}
            }
        }
        b".mp3" => entry.waiting = None,
        b"ac-3" | b"ec-3" | b"Opus" | b"fLaC" => {
            for child in Boxes::new(all, within).flatten() {
                let config = &all[child.body];
                if config_box(&entry.kind) == Some(&child.kind) {
                    let own;
                    let config = match &child.kind {
                        b"dfLa" => {
                            own = stream_info(config, entry);
                            own.as_slice()
                        }
                        _ => config,
                    };
                    let rfc6381 = codec.rfc6381.clone();
                    entry.carry(&mut codec, config, rfc6381, None);
                    // The entry says 2 whatever the number is: the codec's own box knows.
                    let channels = coded_channels(&child.kind, config);
                    entry.channels = channels.unwrap_or(entry.channels);
                }
            }
        }
        b"enca" => entry.waiting = Some(Waiting::Encrypted),
        _ => {}
    }
    entry.codec = Some(codec);
    Ok(())
}

/// Channels by ETSI TS 102 366, annex F, and by the encapsulation of Opus in ISO base media.
fn coded_channels(kind: &[u8; 4], config: &[u8]) -> Option<u16> {
    let of_mode = |mode: u8| [2, 1, 2, 3, 3, 4, 4, 5][usize::from(mode & 7)];
    match kind {
        b"dac3" => {
            let [_, modes, ..] = *config else { return None };
            Some(of_mode(modes >> 3) + u16::from(modes >> 2 & 1))
        }
        b"dec3" => {
            let [_, _, _, modes, ..] = *config else {
                return None;
            };
            Some(of_mode(modes >> 1) + u16::from(modes & 1))
        }
        b"dOps" => config.get(1).map(|count| u16::from(*count)),
        _ => None,
    }
}

/// FLAC's STREAMINFO alone, of all the blocks in `dfLa`; it knows rate and channels better than the entry does
/// (RFC 9639, section 8.2; FLAC in ISO base media, section 3.3.2).
fn stream_info(dfla: &[u8], entry: &mut Entry) -> Vec<u8> {
    // Version and flags, the block's header, 34 bytes of it.
    let Some(info) = dfla.first_chunk::<42>().filter(|info| info[4] & 0x7F == 0) else {
        return Vec::new();
    };
    let mut info = *info;
    info[4] |= 0x80;
    let rate = u32::from(info[18]) << 12 | u32::from(info[19]) << 4 | u32::from(info[20] >> 4);
    (entry.sample_rate, entry.channels) = (rate, u16::from(info[20] >> 1 & 7) + 1);
    info.to_vec()
}

/// The box in which a sample entry keeps its decoder's configuration.
pub(crate) fn config_box(entry: &[u8; 4]) -> Option<&'static [u8; 4]> {
    Some(match entry {
        b"avc1" | b"avc3" => b"avcC",
        b"hvc1" | b"hev1" => b"hvcC",
        b"av01" => b"av1C",
        b"vp09" => b"vpcC",
        b"ac-3" => b"dac3",
        b"ec-3" => b"dec3",
        b"Opus" => b"dOps",
        b"fLaC" => b"dfLa",
        _ => return None,
    })
}

fn aac(specific: Vec<u8>, codec: &mut Codec, entry: &mut Entry) -> Result<()> {
    let config = audio_config(&specific)
        .filter(|_| specific.len() <= PRIVATE_LIMIT)
        .ok_or_else(|| bad(b"esds", "it has no configuration for AAC"))?;
    codec.rfc6381 = Some(format!("mp4a.40.{}", config.object_type));
    entry.waiting = (![2, 5, 29].contains(&config.object_type)).then_some(Waiting::Profile);
    entry.sample_rate = config.sample_rate;
    if config.channels != 0 {
        entry.channels = config.channels;
    }
    entry.private = specific;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ten_bit_profile_waits_and_high_plays() {
        let avcc = |profile| [1, profile, 0, 0x28, 0xFF, 0xE1, 0, 1, 0x67, 1, 0, 1, 0x68];
        let (name, waiting) = avc(b"avc1", &avcc(100)).expect("a High avcC");
        assert_eq!((name.as_str(), waiting), ("avc1.640028", None));
        assert_eq!(
            avc(b"avc1", &avcc(110)).expect("a High 10 avcC").1,
            Some(Waiting::Profile)
        );
        assert!(avc(b"avc1", &avcc(100)[..8]).is_err());
    }

    #[test]
    fn hevc_names_follow_annex_e() {
        let mut hvcc = [0_u8; 23];
        hvcc[..13].copy_from_slice(&[1, 2, 0x20, 0, 0, 0, 0xB0, 0, 0, 0, 0, 0, 93]);
        assert_eq!(hevc(b"hvc1", &hvcc).as_deref(), Some("hvc1.2.4.L93.B0"));
    }
}
