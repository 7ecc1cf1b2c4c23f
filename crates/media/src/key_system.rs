//! Who hands out the key of an encrypted film, and how playlists say so.

use std::fmt::Write as _;

/// A film whose segments are encrypted, as its playlists speak of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// The name of its key.
    pub key_id: [u8; 16],
    /// Who hands the key out.
    pub system: KeySystem,
}

/// Who hands out keys.
///
/// **A licensed DRM plugs in here**: as another system, with the lines and the licence address that its players ask for. The
/// segments stay as they are; it is the key that is then given to a box that keeps it from the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySystem {
    /// The key itself goes to whoever may have the segments. This is not DRM: a viewer can read the key.
    ClearKey {
        /// The address of the key's sixteen bytes, seen from a track's playlist.
        key_uri: String,
        /// The address of the key as a JSON Web Key set (Encrypted Media Extensions, section 9.1.4).
        licence_uri: String,
    },
}

/// What DASH says of a system (ISO/IEC 23009-1, clause 5.8.4.1; DASH-IF IOP part 6).
pub(crate) struct Descriptor<'a> {
    pub(crate) scheme: &'static str,
    pub(crate) value: &'static str,
    pub(crate) licence_uri: &'a str,
}

impl Encryption {
    /// The key's name as a UUID.
    pub(crate) fn key_name(&self) -> String {
        let mut name = String::with_capacity(36);
        for (place, byte) in self.key_id.iter().enumerate() {
            let dash = if [4, 6, 8, 10].contains(&place) {
                "-"
            } else {
                ""
            };
            // Writing to a String cannot fail.
            let _ = write!(name, "{dash}{byte:02x}");
        }
        name
    }
}

impl KeySystem {
    /// The tag in front of a playlist's segments (RFC 8216bis, section 4.4.4.4).
    ///
    /// There is no EXT-X-SESSION-KEY beside it: without an init segment near by players take the key for another's.
    pub(crate) fn tag(&self) -> String {
        match self {
            KeySystem::ClearKey { key_uri, .. } => format!(
                "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"{key_uri}\",KEYFORMAT=\"identity\",KEYFORMATVERSIONS=\"1\"\n"
            ),
        }
    }

    pub(crate) fn descriptor(&self) -> Descriptor<'_> {
        match self {
            KeySystem::ClearKey { licence_uri, .. } => Descriptor {
                scheme: "urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e",
                value: "ClearKey1.0",
                licence_uri,
            },
        }
    }
}
