//! Names for bytes we serve: they change with the bytes, and with [`FORMAT_VERSION`].

use std::fmt::Write as _;
use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::cmaf::ContentKey;
use crate::index::FORMAT_VERSION;

/// The strong ETag of a segment, quotes included, known before the segment is made.
///
/// `index_digest` is [`crate::Index::digest`]; the index names the film's size, its tables and its cuts.
pub fn segment_tag(index_digest: &[u8; 32], track: u32, n: u32) -> String {
    fragment_tag(b"segment", index_digest, track, n)
}

/// The strong ETag of several segments sent as one fragment ([`crate::plan_run`]), quotes included: that of the segment
/// where it is one alone.
pub fn run_tag(index_digest: &[u8; 32], track: u32, run: Range<u32>) -> String {
    match run.end.saturating_sub(run.start) {
        ..=1 => segment_tag(index_digest, track, run.start),
        count => fragment_tag(
            format!("run of {count}").as_bytes(),
            index_digest,
            track,
            run.start,
        ),
    }
}

/// The strong ETag of the file as it is, quotes included. `modified_ms` is when it was last written: nothing else tells two
/// files apart that are made alike.
pub fn original_tag(index_digest: &[u8; 32], modified_ms: i64) -> String {
    let mut hash = Sha256::new();
    hash.update(b"original");
    hash.update(index_digest);
    hash.update(modified_ms.to_be_bytes());
    quoted(&hash.finalize())
}

/// The strong ETag of a key frame as a fragment of its own, quotes included.
pub fn key_frame_tag(index_digest: &[u8; 32], track: u32, n: u32) -> String {
    fragment_tag(b"key", index_digest, track, n)
}

fn fragment_tag(what: &[u8], index_digest: &[u8; 32], track: u32, n: u32) -> String {
    let mut hash = Sha256::new();
    hash.update(what);
    hash.update(FORMAT_VERSION.to_be_bytes());
    hash.update(index_digest);
    hash.update(track.to_be_bytes());
    hash.update(n.to_be_bytes());
    quoted(&hash.finalize())
}

/// The strong ETag of a fragment that is encrypted, quotes included; `clear` is what it is called in the clear.
pub fn encrypted_tag(clear: &str, key: &ContentKey) -> String {
    let mut hash = Sha256::new();
    hash.update(b"encrypted");
    hash.update(clear.as_bytes());
    hash.update(key.id);
    hash.update(key.iv);
    quoted(&hash.finalize())
}

/// The strong ETag of bytes at hand, quotes included: playlists, init segments, subtitles.
pub fn text_tag(bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"text");
    hash.update(FORMAT_VERSION.to_be_bytes());
    hash.update(bytes);
    quoted(&hash.finalize())
}

fn quoted(digest: &[u8]) -> String {
    let mut tag = String::with_capacity(34);
    tag.push('"');
    for byte in digest.iter().take(16) {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_changes_the_tag() {
        let tag = segment_tag(&[7; 32], 1, 0);
        insta::assert_snapshot!(tag, @r#""d02c9690445203b70d4828b4b711e586""#);
        assert_ne!(tag, key_frame_tag(&[7; 32], 1, 0));
        assert_ne!(tag, segment_tag(&[8; 32], 1, 0));
        assert_ne!(tag, segment_tag(&[7; 32], 2, 0));
        assert_ne!(tag, segment_tag(&[7; 32], 1, 1));
        assert_eq!(tag, run_tag(&[7; 32], 1, 0..1));
        assert_ne!(tag, run_tag(&[7; 32], 1, 0..2));
        assert_ne!(run_tag(&[7; 32], 1, 0..3), run_tag(&[7; 32], 1, 0..2));
        let key = |id| ContentKey {
            id: [id; 16],
            secret: [1; 16],
            iv: [2; 16],
        };
        let encrypted = encrypted_tag(&tag, &key(1));
        insta::assert_snapshot!(encrypted, @r#""8da18b4bfdd6128d447a7876aedc07aa""#);
        assert_ne!(encrypted, encrypted_tag(&tag, &key(2)));
    }
}
