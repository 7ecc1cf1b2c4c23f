//! Lacing: how the frames of a block that has several share its bytes (RFC 9559, section 10.3).

use super::ebml::vint;

/// How many bytes the list of sizes has, and the sizes of the frames in a block whose `len` bytes begin with `head`.
///
/// The four ways of section 10.3; `None` when the sizes contradict the block's own, or `head` ends before they do.
pub(super) fn frame_sizes(head: &[u8], len: u64, flags: u8) -> Option<(u64, Vec<u64>)> {
    let lacing = flags >> 1 & 3;
    if lacing == 0 {
        return Some((0, vec![len]));
    }
    let count = usize::from(*head.first()?) + 1;
    let mut at = 1;
    let mut sizes = Vec::with_capacity(count);
    match lacing {
        2 => {
            let each = (len - 1) / count as u64;
            if each * count as u64 != len - 1 {
                return None;
            }
            sizes.resize(count, each);
            return Some((1, sizes));
        }
        1 => {
            for _ in 1..count {
                let mut size = 0;
                loop {
                    let byte = *head.get(at)?;
                    at += 1;
                    size += u64::from(byte);
                    if byte != 255 {
                        break;
                    }
                }
                sizes.push(size);
            }
        }
        _ => {
            let mut size = 0_i64;
            for frame in 1..count {
                let (value, used) = vint(head.get(at..)?, 8)?;
                let bits = 7 * used as u32;
                let value = (value & !(1 << bits)) as i64;
                // The first is a size, the others are differences, shifted so that none is negative.
                size = if frame == 1 {
                    value
                } else {
                    size + value - ((1_i64 << (bits - 1)) - 1)
                };
                sizes.push(u64::try_from(size).ok().filter(|size| *size <= len)?);
                at += used;
            }
        }
    }
    let taken = sizes
        .iter()
        .try_fold(at as u64, |sum, size| sum.checked_add(*size))?;
    sizes.push(len.checked_sub(taken)?);
    Some((at as u64, sizes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_ways_of_lacing_give_the_sizes_of_the_frames() {
        let sizes = |head: &[u8], len, lacing: u8| frame_sizes(head, len, lacing << 1);
        assert_eq!(sizes(b"", 900, 0), Some((0, vec![900])));
        assert_eq!(sizes(b"\x02", 31, 2), Some((1, vec![10, 10, 10])));
        // The example of RFC 9559, section 10.3.2: 800, 500 and the rest of 1000.
        let xiph = b"\x02\xFF\xFF\xFF\x23\xFF\xF5";
        assert_eq!(sizes(xiph, 2307, 1), Some((7, vec![800, 500, 1000])));
        // And of section 10.3.3.
        let ebml = b"\x02\x43\x20\x5E\xD3";
        assert_eq!(sizes(ebml, 2305, 3), Some((5, vec![800, 500, 1000])));
    }

    #[test]
    fn sizes_that_do_not_fit_the_block_are_refused() {
        assert_eq!(frame_sizes(b"\x02", 30, 2 << 1), None);
        assert_eq!(frame_sizes(b"\x02\xFF\xFF", 2307, 1 << 1), None);
        assert_eq!(frame_sizes(b"\x01\x7F\xFF", 100, 3 << 1), None);
        assert_eq!(frame_sizes(b"", 0, 3 << 1), None);
    }
}
