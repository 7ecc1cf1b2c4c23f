//! Thumbnails: small pictures of a film at equal distances, many to a sheet, that players show while a viewer winds.

/// The sheets of a film's thumbnails, which lie beside its playlists as `tiles/{n}.jpg`, counted from 0.
///
/// A sheet is read in lines, the first thumbnail being at its top left; the last sheet may have empty places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiles {
    /// Thumbnails in a line.
    pub across: u16,
    /// Lines in a sheet.
    pub down: u16,
    /// The width of one thumbnail, in pixels.
    pub width: u16,
    /// Its height, in pixels.
    pub height: u16,
    /// From one thumbnail to the next, in milliseconds.
    pub interval_ms: u32,
    /// How many sheets there are.
    pub sheets: u32,
    /// The size of the largest sheet, in bytes.
    pub largest_bytes: u64,
}

impl Tiles {
    /// Themselves, when players can be told of them: there are some, and they have a size and a distance.
    pub fn checked(self) -> Option<Tiles> {
        let sizes = [self.across, self.down, self.width, self.height];
        let is_there = !sizes.contains(&0) && self.interval_ms > 0 && self.sheets > 0;
        is_there.then_some(self)
    }

    /// Width and height of a sheet, in pixels.
    pub(crate) fn sheet_size(&self) -> (u32, u32) {
        let size = |each: u16, count: u16| u32::from(each) * u32::from(count);
        (size(self.width, self.across), size(self.height, self.down))
    }

    /// How long a whole sheet lasts, in milliseconds.
    pub(crate) fn sheet_ms(&self) -> u64 {
        u64::from(self.across) * u64::from(self.down) * u64::from(self.interval_ms)
    }

    /// When each sheet begins and ends in a film of this length, in milliseconds: none after its end.
    pub(crate) fn times(&self, duration_ms: u64) -> impl Iterator<Item = (u64, u64)> + '_ {
        let sheet_ms = self.sheet_ms();
        let begin = (0..self.sheets).map(move |n| u64::from(n) * sheet_ms);
        begin
            .take_while(move |begin| *begin < duration_ms)
            .map(move |begin| (begin, (begin + sheet_ms).min(duration_ms)))
    }

    /// As if all sheets were as large as the largest, in bits a second.
    pub(crate) fn bits_per_second(&self) -> u64 {
        let bits = self.largest_bytes.saturating_mul(8_000);
        bits.div_ceil(self.sheet_ms().max(1)).max(1)
    }
}
