//! CMAF out (ISO/IEC 23000-19): an init segment per track, and fragments that point into the source.

mod cbcs;
mod init;
mod segment;
mod shape;

#[doc(hidden)]
pub use cbcs::encrypted_parts;
pub use cbcs::{ContentKey, LARGEST_ENCRYPTED_BYTES, encrypt_fragment};
pub(crate) use init::turned_matrix;
pub use init::{encrypted_init_segment, init_segment};
pub use segment::{Part, Samples, Segment, plan_key_frame, plan_run, plan_segment};
pub(crate) use shape::Shape;

/// Appends one box: its size is filled in when `body` has written what it holds.
fn put_box(out: &mut Vec<u8>, kind: &[u8; 4], body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; 4]);
    out.extend(kind);
    body(out);
    let size = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&size.to_be_bytes());
}

/// As [`put_box`], with version and flags in front.
fn put_full_box(
    out: &mut Vec<u8>,
    kind: &[u8; 4],
    version: u8,
    flags: u32,
    body: impl FnOnce(&mut Vec<u8>),
) {
    put_box(out, kind, |out| {
        put_u32(out, u32::from(version) << 24 | flags);
        body(out);
    });
}

fn put_u16(out: &mut Vec<u8>, value: u16) {
    out.extend(value.to_be_bytes());
}

fn put_u32(out: &mut Vec<u8>, value: u32) {
    out.extend(value.to_be_bytes());
}

fn put_u64(out: &mut Vec<u8>, value: u64) {
    out.extend(value.to_be_bytes());
}
