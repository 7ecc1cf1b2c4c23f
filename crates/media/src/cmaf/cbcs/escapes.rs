//! The bytes that keep start codes out of a unit (ISO/IEC 14496-10, clause 7.4.1.1): left out to read, counted to cut.

/// The first bytes of a unit, up to `limit`, without those that keep start codes out of it (clause 7.4.1.1).
pub(super) fn unescaped(unit: &[u8], limit: usize) -> Vec<u8> {
    let mut plain = Vec::with_capacity(unit.len().min(limit));
    let mut zeros = 0;
    for byte in unit {
        if plain.len() == limit {
            break;
        }
        let is_escape = zeros >= 2 && *byte == 3;
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        if !is_escape {
            plain.push(*byte);
        }
    }
    plain
}

/// How many bytes of a unit are its first `count` without escapes.
pub(super) fn escaped_len(unit: &[u8], count: usize) -> usize {
    let (mut zeros, mut found) = (0, 0);
    for (at, byte) in unit.iter().enumerate() {
        if found == count {
            return at;
        }
        let is_escape = zeros >= 2 && *byte == 3;
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        found += usize::from(!is_escape);
    }
    unit.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_left_out_to_read_and_counted_to_cut() {
        let unit = [1, 0, 0, 3, 0, 0, 3, 1, 0, 3];
        assert_eq!(unescaped(&unit, 99), [1, 0, 0, 0, 0, 1, 0, 3]);
        assert_eq!(unescaped(&unit, 4), [1, 0, 0, 0]);
        let lengths: Vec<_> = (0..=8).map(|count| escaped_len(&unit, count)).collect();
        assert_eq!(lengths, [0, 1, 2, 3, 5, 6, 8, 9, 10]);
    }
}
