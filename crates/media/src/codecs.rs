//! Decoders' configurations, whatever container they lie in: the codec's string, and whether browsers play it.

use crate::bits::Bits;
use crate::error::{Result, bad};
use crate::model::{Codec, LightRange, Waiting};

/// A decoder's configuration larger than this is not one.
const PRIVATE_LIMIT: usize = 4096;

/// What a track is coded with, as a sample entry of MP4 says it (ISO/IEC 14496-12, clause 8.5.2).
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

impl Entry {
    /// Takes over a decoder's configuration, in the form of MP4's own box for it ([`config_box`]), and says what browsers
    /// make of it.
    ///
    /// # Errors
    /// When a configuration of H.264 contradicts itself.
    pub(crate) fn configure(&mut self, codec: &mut Codec, config: &[u8]) -> Result<()> {
        let kind = self.kind;
        match &kind {
            b"avc1" | b"avc3" => {
                let (rfc6381, waiting) = avc(&kind, config)?;
                self.carry(codec, config, Some(rfc6381), waiting);
            }
            b"hvc1" | b"hev1" => {
                // Main and Main 10; the others have 4:2:2, 4:4:4 or more than ten bits.
                let profile = config.get(1).map_or(0, |byte| byte & 31);
                let waiting = (![1, 2].contains(&profile)).then_some(Waiting::Profile);
                self.carry(codec, config, hevc(&kind, config), waiting);
            }
            b"av01" => {
                let profile = config.get(1).map_or(0, |byte| byte >> 5);
                let waiting = (profile != 0).then_some(Waiting::Profile);
                self.carry(codec, config, av1(config), waiting);
            }
            b"vp09" => {
                // 4:2:0 with eight bits, and with more.
                let profile = config.get(4).copied().unwrap_or(u8::MAX);
                let waiting = (![0, 2].contains(&profile)).then_some(Waiting::Profile);
                if let Some(transfer) = config.get(8) {
                    self.range = LightRange::of_transfer(u16::from(*transfer));
                }
                self.carry(codec, config, vp9(config), waiting);
            }
            _ => {
                let own;
                let config = match &kind {
                    b"fLaC" => {
                        own = self.stream_info(config);
                        own.as_slice()
                    }
                    _ => config,
                };
                let rfc6381 = codec.rfc6381.clone();
                self.carry(codec, config, rfc6381, None);
                // The entry says 2 whatever the number is: the codec's own box knows.
                self.channels = coded_channels(&kind, config).unwrap_or(self.channels);
            }
        }
        Ok(())
    }

    /// Takes over an AudioSpecificConfig (ISO/IEC 14496-3, clause 1.6.2.1).
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn configure_aac(&mut self, codec: &mut Codec, specific: &[u8]) -> Result<()> {
        let config = audio_config(specific)
            .filter(|_| specific.len() <= PRIVATE_LIMIT)
            .ok_or_else(|| bad(b"esds", "it has no configuration for AAC"))?;
        codec.rfc6381 = Some(format!("mp4a.40.{}", config.object_type));
        self.waiting = (![2, 5, 29].contains(&config.object_type)).then_some(Waiting::Profile);
        self.sample_rate = config.sample_rate;
        if config.channels != 0 {
            self.channels = config.channels;
        }
        self.private = specific.to_vec();
        Ok(())
    }

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

    /// FLAC's STREAMINFO alone, of all the blocks in `dfLa`; it knows rate and channels better than the entry does
    /// (RFC 9639, section 8.2; FLAC in ISO base media, section 3.3.2).
    fn stream_info(&mut self, dfla: &[u8]) -> Vec<u8> {
        // Version and flags, the block's header, 34 bytes of it.
        let Some(info) = dfla.first_chunk::<42>().filter(|info| info[4] & 0x7F == 0) else {
            return Vec::new();
        };
        let mut info = *info;
        info[4] |= 0x80;
        let rate = u32::from(info[18]) << 12 | u32::from(info[19]) << 4 | u32::from(info[20] >> 4);
        (self.sample_rate, self.channels) = (rate, u16::from(info[20] >> 1 & 7) + 1);
        info.to_vec()
    }
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

/// What an AudioSpecificConfig says, as far as a player is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AudioConfig {
    /// 2 is LC, 5 is HE (SBR), 29 is HE v2 (PS).
    pub(crate) object_type: u8,
    /// The rate that comes out of the decoder, in Hz.
    pub(crate) sample_rate: u32,
    /// 0 when the channels are listed elsewhere.
    pub(crate) channels: u16,
}

/// Samples per second by their index (ISO/IEC 14496-3, table 1.18).
pub(crate) const RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

/// Reads an AudioSpecificConfig (ISO/IEC 14496-3, clause 1.6.2.1).
pub(crate) fn audio_config(specific: &[u8]) -> Option<AudioConfig> {
    let mut bits = Bits::new(specific);
    let object_type = bits.object_type()?;
    let mut sample_rate = bits.rate()?;
    let channels = match bits.take(4)? {
        7 => 8,
        11 => 7,
        12 | 14 => 8,
        count => count as u16,
    };
    if object_type == 5 || object_type == 29 {
        sample_rate = bits.rate()?;
    }
    Some(AudioConfig {
        object_type,
        sample_rate,
        channels,
    })
}

impl Bits<'_> {
    fn object_type(&mut self) -> Option<u8> {
        Some(match self.take(5)? {
            31 => 32 + self.take(6)? as u8,
            kind => kind as u8,
        })
    }

    fn rate(&mut self) -> Option<u32> {
        match self.take(4)? {
            15 => self.take(24),
            index => RATES.get(index as usize).copied(),
        }
    }
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

/// Channels by ETSI TS 102 366, annex F, and by the encapsulation of Opus in ISO base media.
pub(crate) fn coded_channels(entry: &[u8; 4], config: &[u8]) -> Option<u16> {
    let of_mode = |mode: u8| [2, 1, 2, 3, 3, 4, 4, 5][usize::from(mode & 7)];
    match entry {
        b"ac-3" => {
            let [_, modes, ..] = *config else { return None };
            Some(of_mode(modes >> 3) + u16::from(modes >> 2 & 1))
        }
        b"ec-3" => {
            let [_, _, _, modes, dependent, ref rest @ ..] = *config else {
                return None;
            };
            // Places of more channels (table F.2): five of the nine are pairs.
            let places = match (dependent >> 1 & 15, rest) {
                (1.., [low, ..]) => u16::from(dependent & 1) << 8 | u16::from(*low),
                _ => 0,
            };
            let more = places.count_ones() + (places & 0b0_0111_0011).count_ones();
            Some(of_mode(modes >> 1) + u16::from(modes & 1) + more as u16)
        }
        b"Opus" => config.get(1).map(|count| u16::from(*count)),
        _ => None,
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

    #[test]
    fn aac_lc_and_he_are_told_apart() {
        assert_eq!(
            audio_config(&[0x11, 0x90]),
            Some(AudioConfig {
                object_type: 2,
                sample_rate: 48_000,
                channels: 2
            })
        );
        // HE-AAC at 24 kHz core rate, 48 kHz out.
        assert_eq!(
            audio_config(&[0x2B, 0x11, 0x88, 0x00]),
            Some(AudioConfig {
                object_type: 5,
                sample_rate: 48_000,
                channels: 2
            })
        );
        assert_eq!(audio_config(&[0x11]), None);
    }
}
