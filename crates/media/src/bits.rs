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
}
