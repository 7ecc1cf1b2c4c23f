//! A track's codec in the terms of MP4, since that is what goes out: its sample entry and its configuration.
//!
//! The mappings are those of the Matroska codec specifications (RFC 9559, section 27.2, and the codec registry).

use super::dolby::{dac3, dec3};
use super::tracks::{Colour, Encoding, TrackEntry};
use crate::bits::Bits;
use crate::codecs::{Entry, RATES};
use crate::model::{Codec, Kind, LightRange, Waiting};
use crate::subtitles::InsideFormat;

/// So much of a track's first frame is wanted: some codecs are described by it alone.
pub(super) fn first_frame_bytes(codec: &str) -> usize {
    match codec {
        // What depends on a substream follows it, and each has up to 4 KB.
        "A_EAC3" => 16 << 10,
        _ => 64,
    }
}

/// How long each frame of a sound is, in samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FrameLength {
    /// By the times of the frames; pictures.
    #[default]
    Timed,
    /// All alike.
    Fixed(u32),
    /// As the first two bytes of each frame say (Opus, RFC 6716, section 3.1).
    Opus,
}

/// What a track is coded with; `first` is the beginning of its first frame.
pub(super) fn entry(track: &TrackEntry, first: &[u8]) -> (Entry, FrameLength) {
    let mut entry = Entry {
        width: track.video.width.min(u32::from(u16::MAX)) as u16,
        height: track.video.height.min(u32::from(u16::MAX)) as u16,
        pixel: match track.video.pixel {
            (0, _) | (_, 0) => (1, 1),
            pixel => pixel,
        },
        channels: track.audio.channels,
        sample_rate: rate(track.audio.rate),
        ..Entry::default()
    };
    let (name, kind, rfc6381) = named(&track.codec);
    let mut codec = Codec {
        name,
        rfc6381: rfc6381.map(str::to_owned),
    };
    entry.waiting = Some(match track.kind {
        Some(Kind::Subtitle) if is_drawn(&track.codec) => Waiting::BurnIn,
        Some(Kind::Subtitle) if InsideFormat::of_codec(&track.codec).is_some() => Waiting::Text,
        Some(Kind::Subtitle) => Waiting::SubtitleInside,
        Some(Kind::Video | Kind::Audio) => Waiting::Codec,
        _ => Waiting::NotShown,
    });
    let mut length = FrameLength::Timed;
    if let Some(kind) = kind {
        entry.kind = *kind;
        length = configure(track, first, &mut entry, &mut codec);
    }
    colour(track.video.colour, &mut entry);
    match track.encoding {
        Encoding::Encrypted => entry.waiting = Some(Waiting::Encrypted),
        // Text is read out by us; frames are not.
        Encoding::Zlib if entry.waiting.is_none() => entry.waiting = Some(Waiting::Compressed),
        Encoding::Other if matches!(entry.waiting, None | Some(Waiting::Text)) => {
            entry.waiting = Some(Waiting::Compressed);
        }
        _ => {}
    }
    entry.codec = Some(codec);
    (entry, length)
}

fn rate(rate: f64) -> u32 {
    if (1.0..=1e6).contains(&rate) {
        rate.round() as u32
    } else {
        0
    }
}

/// ffprobe's name for a codec, MP4's sample entry where we carry it, and its string where it is always the same.
fn named(codec: &str) -> (String, Option<&'static [u8; 4]>, Option<&'static str>) {
    let (name, kind, rfc6381): (_, Option<&[u8; 4]>, _) = match codec {
        "V_MPEG4/ISO/AVC" => ("h264", Some(b"avc1"), None),
        "V_MPEGH/ISO/HEVC" => ("hevc", Some(b"hvc1"), None),
        "V_AV1" => ("av1", Some(b"av01"), None),
        "V_VP9" => ("vp9", Some(b"vp09"), None),
        "V_VP8" => ("vp8", None, None),
        "V_MPEG1" => ("mpeg1video", None, None),
        "V_MPEG2" => ("mpeg2video", None, None),
        "V_MPEG4/ISO/SP" | "V_MPEG4/ISO/ASP" | "V_MPEG4/ISO/AP" => ("mpeg4", None, None),
        "V_THEORA" => ("theora", None, None),
        "V_PRORES" => ("prores", None, None),
        "V_FFV1" => ("ffv1", None, None),
        "V_MJPEG" => ("mjpeg", None, None),
        "A_AC3" | "A_AC3/BSID9" | "A_AC3/BSID10" => ("ac3", Some(b"ac-3"), Some("ac-3")),
        "A_EAC3" => ("eac3", Some(b"ec-3"), Some("ec-3")),
        "A_OPUS" => ("opus", Some(b"Opus"), Some("Opus")),
        "A_FLAC" => ("flac", Some(b"fLaC"), Some("fLaC")),
        "A_MPEG/L3" => ("mp3", Some(b"mp4a"), None),
        "A_MPEG/L2" => ("mp2", None, None),
        "A_MPEG/L1" => ("mp1", None, None),
        "A_VORBIS" => ("vorbis", None, None),
        "A_DTS" | "A_DTS/EXPRESS" | "A_DTS/LOSSLESS" => ("dts", None, None),
        "A_TRUEHD" => ("truehd", None, None),
        "A_MLP" => ("mlp", None, None),
        "A_ALAC" => ("alac", None, None),
        "A_PCM/INT/LIT" => ("pcm_s16le", None, None),
        "A_PCM/INT/BIG" => ("pcm_s16be", None, None),
        "A_PCM/FLOAT/IEEE" => ("pcm_f32le", None, None),
        "S_TEXT/UTF8" | "S_TEXT/ASCII" => ("subrip", None, None),
        "S_TEXT/ASS" | "S_ASS" | "S_TEXT/SSA" | "S_SSA" => ("ass", None, None),
        "S_TEXT/WEBVTT" | "D_WEBVTT/SUBTITLES" | "D_WEBVTT/CAPTIONS" => ("webvtt", None, None),
        "S_HDMV/PGS" => ("hdmv_pgs_subtitle", None, None),
        "S_HDMV/TEXTST" => ("hdmv_text_subtitle", None, None),
        "S_VOBSUB" => ("dvd_subtitle", None, None),
        "S_DVBSUB" => ("dvb_subtitle", None, None),
        other if other.starts_with("A_AAC") => ("aac", Some(b"mp4a"), None),
        other => return (other.to_lowercase(), None, None),
    };
    (name.to_owned(), kind, rfc6381)
}

/// Subtitles that are pictures of text.
fn is_drawn(codec: &str) -> bool {
    matches!(
        codec,
        "S_HDMV/PGS" | "S_VOBSUB" | "S_DVBSUB" | "S_HDMV/TEXTST"
    )
}

/// Takes over the configuration, making it from the first frame where the file has none.
fn configure(
    track: &TrackEntry,
    first: &[u8],
    entry: &mut Entry,
    codec: &mut Codec,
) -> FrameLength {
    let private = track.private.as_slice();
    let (config, length) = match &entry.kind {
        b"mp4a" if codec.name == "mp3" => {
            let (rfc6381, samples) = if entry.sample_rate >= 32_000 {
                ("mp4a.6B", 1152)
            } else {
                ("mp4a.69", 576)
            };
            codec.rfc6381 = Some(rfc6381.to_owned());
            entry.waiting = None;
            return FrameLength::Fixed(samples);
        }
        b"mp4a" => return aac(track, entry, codec),
        b"avc1" | b"av01" => (Some(private.to_vec()), FrameLength::Timed),
        b"hvc1" => (Some(complete_arrays(private)), FrameLength::Timed),
        b"vp09" => (vp9(track, first), FrameLength::Timed),
        b"ac-3" => (dac3(first), FrameLength::Fixed(1536)),
        b"ec-3" => match dec3(first, track.default_duration_ns, entry.sample_rate) {
            Some((config, samples)) => (Some(config), FrameLength::Fixed(samples)),
            None => (None, FrameLength::Timed),
        },
        b"Opus" => (dops(private), FrameLength::Opus),
        _ => match dfla(private) {
            Some((config, samples)) => (Some(config), samples),
            None => (None, FrameLength::Timed),
        },
    };
    let is_read = config.is_some_and(|config| entry.configure(codec, &config).is_ok());
    if !is_read {
        entry.waiting = Some(Waiting::Damaged);
    }
    // Opus always comes out at 48 kHz (RFC 7845, section 5.1).
    if codec.name == "opus" {
        entry.sample_rate = 48_000;
    }
    length
}

/// Old files name the profile instead of having a configuration: `A_AAC/MPEG2/LC/SBR`.
fn aac(track: &TrackEntry, entry: &mut Entry, codec: &mut Codec) -> FrameLength {
    let made;
    let mut specific = track.private.as_slice();
    if specific.is_empty() {
        made = audio_specific(
            profile(&track.codec),
            entry.sample_rate,
            track.audio.channels,
        );
        specific = &made;
    }
    // 960 samples where the flag says so (ISO/IEC 14496-3, clause 4.4.1); the bit follows rate and channels.
    let is_short = specific.len() >= 2 && specific[0] >> 3 == 2 && specific[1] & 4 != 0;
    let core = entry.sample_rate;
    if entry.configure_aac(codec, specific).is_err() {
        entry.waiting = Some(Waiting::Damaged);
    }
    let samples = if is_short { 960 } else { 1024 };
    // With SBR twice as many samples come out as were coded.
    FrameLength::Fixed(if core > 0 && entry.sample_rate == core * 2 {
        samples * 2
    } else {
        samples
    })
}

/// The audio object type that the name of an old file's codec says; LC where it says none.
fn profile(codec: &str) -> u16 {
    let named = ["/MAIN", "/LC", "/SSR", "/LTP"];
    let found = (1..).zip(named).find(|(_, name)| codec.contains(name));
    found.map_or(2, |(profile, _)| profile)
}

/// An AudioSpecificConfig for AAC of such a type.
fn audio_specific(profile: u16, rate: u32, channels: u16) -> Vec<u8> {
    let Some(index) = RATES.iter().position(|known| *known == rate) else {
        return Vec::new();
    };
    let layout = if channels == 8 { 7 } else { channels.min(6) };
    (profile << 11 | (index as u16) << 7 | layout << 3)
        .to_be_bytes()
        .to_vec()
}

/// An `hvcC` whose parameter sets are said to be complete, as a sample entry `hvc1` promises (ISO/IEC 14496-15, clause 8.3.3).
fn complete_arrays(hvcc: &[u8]) -> Vec<u8> {
    let mut hvcc = hvcc.to_vec();
    let mut at = 23;
    for _ in 0..hvcc.get(22).copied().unwrap_or(0) {
        let Some(&[kind, high, low]) = hvcc.get(at..).and_then(|rest| rest.first_chunk()) else {
            break;
        };
        if (32..=34).contains(&(kind & 63)) {
            hvcc[at] |= 0x80;
        }
        at += 3;
        for _ in 0..u16::from_be_bytes([high, low]) {
            let size = hvcc.get(at..).and_then(|rest| rest.first_chunk::<2>());
            let Some(size) = size else { break };
            at += 2 + usize::from(u16::from_be_bytes(*size));
        }
    }
    hvcc
}

/// `vpcC` from the first frame, which is a key frame (VP9 bitstream, section 6.2; VP codecs in ISO base media).
fn vp9(track: &TrackEntry, first: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Bits::new(first);
    if bits.take(2)? != 2 {
        return None;
    }
    let profile = bits.take(1)? | bits.take(1)? << 1;
    if profile == 3 {
        bits.take(1)?;
    }
    // Not a repeated frame, a key frame, and the two flags behind, then the start code.
    if bits.take(1)? != 0 || bits.take(1)? != 0 {
        return None;
    }
    bits.take(2)?;
    if bits.take(24)? != 0x49_8342 {
        return None;
    }
    let depth = match profile {
        2 | 3 => 10 + 2 * bits.take(1)?,
        _ => 8,
    };
    let space = bits.take(3)?;
    let (full_range, sampling) = if space == 7 {
        (1, 3)
    } else {
        let full = bits.take(1)?;
        let sampling = if profile == 1 || profile == 3 {
            match (bits.take(1)?, bits.take(1)?) {
                (1, 1) => 1,
                (1, 0) => 2,
                _ => 3,
            }
        } else {
            1
        };
        (full, sampling)
    };
    // What the stream says of its colours, in the numbers of ISO/IEC 23091-2: primaries, transfer, matrix.
    let of_stream = match space {
        1 | 3 => [6, 6, 6],
        2 => [1, 1, 1],
        4 => [7, 7, 7],
        5 => [9, 14, 9],
        7 => [1, 13, 0],
        _ => [2, 2, 2],
    };
    let colour = track.video.colour;
    let told = colour.filter(|colour| colour.transfer != 2);
    let [primaries, transfer, matrix] = told.map_or(of_stream, |colour| {
        [colour.primaries, colour.transfer, colour.matrix].map(|value| value.min(255) as u8)
    });
    let level = vp9_level(track);
    Some(vec![
        1,
        0,
        0,
        0,
        profile as u8,
        level,
        (depth << 4 | sampling << 1 | full_range) as u8,
        primaries,
        transfer,
        matrix,
        0,
        0,
    ])
}

/// The lowest level whose picture size and rate the track keeps to (VP9 bitstream, annex A).
fn vp9_level(track: &TrackEntry) -> u8 {
    const LEVELS: [(u8, u64, u64); 14] = [
        (10, 829_440, 36_864),
        (11, 2_764_800, 73_728),
        (20, 4_608_000, 122_880),
        (21, 9_216_000, 245_760),
        (30, 20_736_000, 552_960),
        (31, 36_864_000, 983_040),
        (40, 83_558_400, 2_228_224),
        (41, 160_432_128, 2_228_224),
        (50, 311_951_360, 8_912_896),
        (51, 588_251_136, 8_912_896),
        (52, 1_176_502_272, 8_912_896),
        (60, 1_176_502_272, 35_651_584),
        (61, 2_353_004_544, 35_651_584),
        (62, 4_706_009_088, 35_651_584),
    ];
    let size = u64::from(track.video.width) * u64::from(track.video.height);
    let each_ns = match track.default_duration_ns {
        0 => 33_333_333,
        each => each,
    };
    let rate = size.saturating_mul(1_000_000_000) / each_ns;
    let fits = |row: &&(u8, u64, u64)| rate <= row.1 && size <= row.2;
    LEVELS.iter().find(fits).map_or(62, |row| row.0)
}

/// `dOps` from the head of Ogg Opus (RFC 7845, section 5.1), whose numbers are the other way round.
fn dops(head: &[u8]) -> Option<Vec<u8>> {
    let rest = head.strip_prefix(b"OpusHead")?;
    let [
        _,
        channels,
        skip0,
        skip1,
        r0,
        r1,
        r2,
        r3,
        g0,
        g1,
        family,
        table @ ..,
    ] = rest
    else {
        return None;
    };
    let mut out = vec![
        0, *channels, *skip1, *skip0, *r3, *r2, *r1, *r0, *g1, *g0, *family,
    ];
    if *family != 0 {
        out.extend(table.get(..2 + usize::from(*channels))?);
    }
    Some(out)
}

/// `dfLa` from FLAC's own head, and how long its frames are (RFC 9639, sections 8.2 and 12).
fn dfla(head: &[u8]) -> Option<(Vec<u8>, FrameLength)> {
    let blocks = head.strip_prefix(b"fLaC").unwrap_or(head);
    let info = blocks.get(..38).filter(|info| info[0] & 0x7F == 0)?;
    let size = |at: usize| u32::from(u16::from_be_bytes([info[at], info[at + 1]]));
    let length = match (size(4), size(6)) {
        (least, most) if least == most && most > 0 => FrameLength::Fixed(most),
        _ => FrameLength::Timed,
    };
    Some(([&[0; 4], info].concat(), length))
}

/// Colours as a `colr` box, to be repeated in the init segment (ISO/IEC 14496-12, clause 12.1.5).
fn colour(colour: Option<Colour>, entry: &mut Entry) {
    if entry.pixel != (1, 1) {
        entry.extra.extend(b"\0\0\0\x10pasp");
        entry.extra.extend(entry.pixel.0.to_be_bytes());
        entry.extra.extend(entry.pixel.1.to_be_bytes());
    }
    let Some(colour) =
        colour.filter(|colour| (colour.matrix, colour.transfer, colour.primaries) != (2, 2, 2))
    else {
        return;
    };
    entry.range = LightRange::of_transfer(colour.transfer);
    entry.extra.extend(b"\0\0\0\x13colrnclx");
    for number in [colour.primaries, colour.transfer, colour.matrix] {
        entry.extra.extend(number.to_be_bytes());
    }
    entry.extra.push(if colour.full_range { 0x80 } else { 0 });
}

/// How many samples at 48 kHz an Opus packet has, by its first two bytes (RFC 6716, section 3.1 and 3.2).
pub(super) fn opus_samples(packet: &[u8]) -> Option<u32> {
    let first = *packet.first()?;
    let each = match first >> 3 {
        mode @ 0..=11 => [480, 960, 1920, 2880][usize::from(mode & 3)],
        mode @ 12..=15 => [480, 960][usize::from(mode & 1)],
        mode => [120, 240, 480, 960][usize::from(mode & 3)],
    };
    let frames = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(*packet.get(1)? & 63),
    };
    Some(each * frames).filter(|samples| (1..=5760).contains(samples))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_are_made_as_other_writers_make_them() {
        let opus = b"OpusHead\x01\x02\x38\x01\x80\xBB\0\0\x05\x01\0";
        let expected = [0, 2, 1, 0x38, 0, 0, 0xBB, 0x80, 1, 5, 0];
        assert_eq!(dops(opus).as_deref(), Some(expected.as_slice()));
        assert_eq!(dops(b"OpusHead\x01"), None);
    }

    #[test]
    fn aac_without_a_configuration_is_what_its_codec_is_called() {
        for (name, rfc6381, waiting) in [
            ("A_AAC/MPEG2/MAIN", "mp4a.40.1", Some(Waiting::Profile)),
            ("A_AAC/MPEG4/LC/SBR", "mp4a.40.2", None),
            ("A_AAC/MPEG2/SSR", "mp4a.40.3", Some(Waiting::Profile)),
            ("A_AAC/MPEG4/LTP", "mp4a.40.4", Some(Waiting::Profile)),
            ("A_AAC", "mp4a.40.2", None),
        ] {
            let mut track = TrackEntry {
                codec: name.to_owned(),
                kind: Some(Kind::Audio),
                ..TrackEntry::default()
            };
            (track.audio.rate, track.audio.channels) = (48_000.0, 2);
            let (entry, _) = entry(&track, b"");
            let said = entry.codec.and_then(|codec| codec.rfc6381);
            assert_eq!(
                (said.as_deref(), entry.waiting),
                (Some(rfc6381), waiting),
                "{name}"
            );
        }
    }

    #[test]
    fn flac_and_opus_say_how_long_their_frames_are() {
        let mut flac = b"fLaC\x80\0\0\x22\x10\0\x10\0".to_vec();
        flac.resize(42, 0);
        let (config, length) = dfla(&flac).expect("it has a head");
        assert_eq!((config.len(), length), (42, FrameLength::Fixed(4096)));
        flac[11] = 1;
        assert_eq!(dfla(&flac).map(|found| found.1), Some(FrameLength::Timed));

        // RFC 6716, table 2: CELT of 20 ms once and twice, SILK of 60 ms, three frames of 2.5 ms.
        for (packet, samples) in [
            (b"\xFC\0", 960),
            (b"\xFD\0", 1920),
            (b"\x18\0", 2880),
            (b"\xE3\x03", 360),
        ] {
            assert_eq!(opus_samples(packet), Some(samples), "{packet:?}");
        }
        assert_eq!(opus_samples(b""), None);
        assert_eq!(opus_samples(b"\xFF\x3F"), None, "more than 120 ms");
    }

    #[test]
    fn vp9_is_described_by_its_first_frame() {
        let mut track = TrackEntry::default();
        (track.video.width, track.video.height) = (1280, 720);
        let frame = b"\x82\x49\x83\x42\x20";
        let expected = [1, 0, 0, 0, 0, 31, 0x82, 6, 6, 6, 0, 0];
        assert_eq!(vp9(&track, frame).as_deref(), Some(expected.as_slice()));
        assert_eq!(vp9(&track, b"\x86\x49\x83\x42\x20"), None, "no key frame");
    }

    #[test]
    fn parameter_sets_are_said_to_be_complete() {
        let mut hvcc = vec![0; 22];
        hvcc.extend(b"\x02\x20\0\x01\0\x02ab\x27\0\x01\0\x01c");
        let complete = complete_arrays(&hvcc);
        // The video parameter set's array is marked, the supplement's is not.
        assert_eq!(&complete[22..], b"\x02\xA0\0\x01\0\x02ab\x27\0\x01\0\x01c");
        assert_eq!(complete_arrays(b"\x01"), b"\x01");
    }
}
