//! Real bit rates from the sizes and lengths of segments.

/// A segment's size on the wire and its length in ticks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weight {
    pub(crate) bytes: u64,
    pub(crate) ticks: u64,
}

/// Peak and average bits per second, rounded up.
///
/// The peak is the largest rate of any run of segments that lasts between half and one and a half target
/// durations (RFC 8216bis, section 4.1); a film shorter than that is one run.
pub(crate) fn rates(weights: &[Weight], timescale: u32) -> (u64, u64) {
    let all = weights.iter().fold(Weight { bytes: 0, ticks: 0 }, add);
    let average = bits_per_second(all, timescale);
    let longest = weights.iter().map(|weight| weight.ticks).max().unwrap_or(0);
    let target = u128::from(target_seconds(longest, timescale)) * u128::from(timescale);
    let mut peak = 0;
    for start in 0..weights.len() {
        let mut run = Weight { bytes: 0, ticks: 0 };
        for weight in &weights[start..] {
            run = add(run, weight);
            if u128::from(run.ticks) * 2 > target * 3 {
                break;
            }
            if u128::from(run.ticks) * 2 >= target {
                peak = peak.max(bits_per_second(run, timescale));
            } else if run.ticks == 0 {
                // A run without length has no rate, and many of them would make this loop long.
                break;
            }
        }
    }
    (peak.max(average), average)
}

/// EXT-X-TARGETDURATION: the longest segment rounded to the nearest second, and at least 1.
pub(crate) fn target_seconds(longest_ticks: u64, timescale: u32) -> u64 {
    super::scale(longest_ticks, timescale, 1).max(1)
}

fn add(sum: Weight, weight: &Weight) -> Weight {
    Weight {
        bytes: sum.bytes.saturating_add(weight.bytes),
        ticks: sum.ticks.saturating_add(weight.ticks),
    }
}

fn bits_per_second(weight: Weight, timescale: u32) -> u64 {
    let ticks = u128::from(weight.ticks.max(1));
    let bits = u128::from(weight.bytes) * 8 * u128::from(timescale);
    bits.div_ceil(ticks).min(u128::from(u64::MAX)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_last_segment_does_not_make_the_peak() {
        let weights = [
            Weight {
                bytes: 1000,
                ticks: 4000,
            },
            Weight {
                bytes: 3000,
                ticks: 4000,
            },
            Weight {
                bytes: 1000,
                ticks: 100,
            },
        ];
        // The last, of 0.1 s, counts only together with its neighbour: 4000 bytes in 4.1 s.
        assert_eq!(rates(&weights, 1000), (7805, 4939));
    }
}
