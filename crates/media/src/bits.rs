//! Bits of a byte string, the highest of each byte first.

/// Where a reader of bits stands.
pub(crate) struct Bits<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(crate) fn new(all: &'a [u8]) -> Bits<'a> {
        Bits { all, at: 0 }
    }

    /// How many bits were taken.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// The next `count` bits, of at most 32, as a number; `None` behind the end.
    pub(crate) fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.all.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// The next bit.
    pub(crate) fn flag(&mut self) -> Option<bool> {
        Some(self.take(1)? == 1)
    }

    /// A number in Exp-Golomb code, `ue(v)` (ISO/IEC 14496-10, clause 9.1); as many bits make `se(v)`.
    pub(crate) fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1_u32 << zeros) - 1 + self.take(zeros)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_golomb_numbers_are_read_and_one_without_an_end_is_none() {
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0000]);
        let read: Vec<_> = (0..4).map_while(|_| bits.golomb()).collect();
        assert_eq!((read.as_slice(), bits.position()), (&[0, 1, 2, 3][..], 12));
        assert_eq!(Bits::new(&[0; 9]).golomb(), None);
        let largest = [0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF];
        assert_eq!(Bits::new(&largest).golomb(), Some(u32::MAX - 1));
    }
}
