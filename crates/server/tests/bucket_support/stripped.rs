//! A Matroska film whose frames of sound lack the bytes they begin with (RFC 9559 §5.1.4.1.31).

#![allow(unreachable_pub, clippy::unwrap_used, reason = "test code")]

use std::path::Path;
use std::process::Command;

/// What the frames of MPEG audio begin with: sync, version 1, layer III, no checksum.
const COMMON: [u8; 2] = [0xff, 0xfb];
/// As long as the element that takes its place.
const NAME: &str = "fifteen letters";
const TRACK: u64 = 2;

/// Twelve seconds of picture and sound, written whole by ffmpeg, then stripped in place.
pub fn film(path: &Path) -> Vec<u8> {
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i"])
        .arg("testsrc2=s=640x368:r=25:d=12,noise=alls=20:allf=t")
        .args(["-f", "lavfi", "-i", "sine=f=440:r=48000:d=12"])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1"])
        .args(["-b:v", "800k", "-pix_fmt", "yuv420p", "-g", "50"])
        .args(["-c:a", "libmp3lame", "-b:a", "96k", "-write_crc32", "0"])
        .args(["-metadata:s:a:0", &format!("title={NAME}")])
        .arg(path)
        .status()
        .unwrap();
    assert!(done.success(), "ffmpeg makes a film");
    let mut bytes = std::fs::read(path).unwrap();
    say_so(&mut bytes);
    strip(&mut bytes);
    bytes
}

/// Says in place of the track's name what its frames lack.
fn say_so(bytes: &mut [u8]) {
    let named: Vec<u8> = [&[0x53, 0x6e, 0x8f], NAME.as_bytes()].concat();
    let settings = [&[0x42, 0x54, 0x81, 3, 0x42, 0x55, 0x82], &COMMON[..]].concat();
    let encodings: Vec<u8> = [
        &[0x6d, 0x80, 0x8f, 0x62, 0x40, 0x8c, 0x50, 0x34, 0x89][..],
        &settings,
    ]
    .concat();
    assert_eq!(named.len(), encodings.len());
    let at = bytes.windows(named.len()).position(|w| w == named).unwrap();
    bytes[at..at + encodings.len()].copy_from_slice(&encodings);
}

/// Takes the bytes out of each block of the track, and writes its length with as many bytes more.
fn strip(bytes: &mut [u8]) {
    let (mut at, mut stripped) = (0, 0);
    while at < bytes.len() {
        let id = bytes[at];
        let id_len = id.leading_zeros() as usize + 1;
        let size_at = at + id_len;
        let (size, size_len) = number(&bytes[size_at..]);
        let body = size_at + size_len;
        at = match &bytes[at..size_at] {
            // A segment and its clusters: into them.
            [0x18, 0x53, 0x80, 0x67] | [0x1f, 0x43, 0xb6, 0x75] => body,
            // A block with more about it, the last of the sound: it becomes a void.
            [0xa0] => {
                bytes[at] = 0xec;
                body + size as usize
            }
            // A simple block: track, time, flags, and the frame.
            [0xa3] if number(&bytes[body..]).0 == TRACK => {
                assert_eq!(bytes[body + 4..body + 6], COMMON);
                bytes.copy_within(body..body + 4, body + 2);
                let len = size_len + COMMON.len();
                let mut wide = (size - COMMON.len() as u64).to_be_bytes();
                wide[8 - len] |= 0x80 >> (len - 1);
                bytes[size_at..size_at + len].copy_from_slice(&wide[8 - len..]);
                stripped += 1;
                body + size as usize
            }
            _ => body + size as usize,
        };
    }
    assert!(stripped > 400, "{stripped} frames");
}

/// A number of variable length (RFC 8794 §4), and how many bytes it takes.
fn number(bytes: &[u8]) -> (u64, usize) {
    let len = bytes[0].leading_zeros() as usize + 1;
    let first = u64::from(bytes[0]) & ((1 << (8 - len)) - 1);
    let rest = &bytes[1..len];
    (
        rest.iter().fold(first, |n, byte| n << 8 | u64::from(*byte)),
        len,
    )
}
