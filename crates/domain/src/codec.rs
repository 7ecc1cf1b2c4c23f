//! Codecs, as far as a screen plays one and not another.

/// A way of coding pictures or sound that players tell apart: ten bits are another matter than eight, and so is HEVC
/// whose parameter sets may change within the film (`hev1`, ISO/IEC 14496-15 §8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// H.264, AVC.
    H264,
    /// H.265, HEVC, in eight bits.
    Hevc,
    /// HEVC in ten bits.
    HevcTen,
    /// HEVC with parameter sets among the pictures, in eight bits.
    HevcInBand,
    /// HEVC with parameter sets among the pictures, in ten bits.
    HevcInBandTen,
    /// AV1 in eight bits.
    Av1,
    /// AV1 in ten bits.
    Av1Ten,
    /// VP9 in eight bits.
    Vp9,
    /// VP9 in ten bits or twelve.
    Vp9Ten,
    /// AAC.
    Aac,
    /// MPEG-1 audio layer III.
    Mp3,
    /// AC-3, Dolby Digital.
    Ac3,
    /// E-AC-3, Dolby Digital Plus.
    Eac3,
    /// Opus.
    Opus,
    /// FLAC.
    Flac,
    /// One that we ask no player about: text, and what is not served.
    Other,
}

impl Codec {
    /// The codec that a codec string (RFC 6381 §3.3) speaks of.
    pub fn of_string(text: &str) -> Self {
        let mut parts = text.split('.');
        let (entry, first) = (parts.next().unwrap_or(""), parts.next());
        // Of AV1 and VP9 the fourth part is the depth; of HEVC the profile tells it.
        let depth = parts
            .nth(1)
            .and_then(|depth| depth.parse().ok())
            .unwrap_or(8);
        match (entry, first) {
            ("avc1" | "avc3", _) => Self::H264,
            ("hvc1", Some("2")) => Self::HevcTen,
            ("hvc1", _) => Self::Hevc,
            ("hev1", Some("2")) => Self::HevcInBandTen,
            ("hev1", _) => Self::HevcInBand,
            ("av01", _) if depth > 8 => Self::Av1Ten,
            ("av01", _) => Self::Av1,
            ("vp09", _) if depth > 8 => Self::Vp9Ten,
            ("vp09", _) => Self::Vp9,
            ("mp4a", Some("40")) => Self::Aac,
            ("mp4a", Some("69" | "6B" | "6b")) => Self::Mp3,
            ("ac-3", _) => Self::Ac3,
            ("ec-3", _) => Self::Eac3,
            ("Opus" | "opus", _) => Self::Opus,
            ("fLaC" | "flac", _) => Self::Flac,
            _ => Self::Other,
        }
    }

    /// Whether what is coded in it can leave encrypted.
    pub fn can_be_encrypted(self) -> bool {
        matches!(self, Self::H264 | Self::Aac)
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::H264 => "H.264",
            Self::Hevc | Self::HevcTen | Self::HevcInBand | Self::HevcInBandTen => "HEVC",
            Self::Av1 | Self::Av1Ten => "AV1",
            Self::Vp9 | Self::Vp9Ten => "VP9",
            Self::Aac => "AAC",
            Self::Mp3 => "MP3",
            Self::Ac3 => "AC-3",
            Self::Eac3 => "E-AC-3",
            Self::Opus => "Opus",
            Self::Flac => "FLAC",
            Self::Other => "",
        }
    }
}

/// Codecs, as a screen says which it plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodecSet(u16);

impl CodecSet {
    /// Every codec: of a screen that has not said which it plays.
    pub const ALL: Self = Self(u16::MAX);

    /// Whether a codec is among them. What we ask no player about always is.
    pub fn has(self, codec: Codec) -> bool {
        codec == Codec::Other || self.0 & (1 << codec as u16) != 0
    }
}

impl FromIterator<Codec> for CodecSet {
    fn from_iter<I: IntoIterator<Item = Codec>>(codecs: I) -> Self {
        let codecs = codecs.into_iter();
        Self(codecs.fold(0, |set, codec| set | 1 << codec as u16))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_plays_what_its_codec_strings_speak_of() {
        let said = [
            "avc1.640028",
            "mp4a.40.2",
            "opus",
            "av01.0.08M.08",
            "hvc1.1.6.L120.B0",
            "mp4a",
            "x",
        ];
        let set: CodecSet = said.into_iter().map(Codec::of_string).collect();
        for (string, plays) in [
            ("avc1.42E01E", true),
            ("mp4a.40.5", true),
            ("Opus", true),
            ("av01.0.04M.08", true),
            ("wvtt", true),
            ("av01.0.04M.10.0.110.09.16.09.0", false),
            ("hvc1.1.6.L93.90", true),
            ("hvc1.2.4.L153.B0", false),
            ("hev1.1.6.L93.90", false),
            ("vp09.00.10.08", false),
            ("vp09.02.10.10", false),
            ("mp4a.6B", false),
            ("ac-3", false),
            ("ec-3", false),
            ("fLaC", false),
        ] {
            assert_eq!(set.has(Codec::of_string(string)), plays, "{string}");
            assert!(CodecSet::ALL.has(Codec::of_string(string)));
        }
    }
}
