//! A walk over the blocks of a Matroska file: their headers are read, their frames stepped over (RFC 9559, section 10).

use super::ebml::{HEADER_LIMIT, Header, vint};
use super::head::{CLUSTER, EBML, SEGMENT};
use super::window::Window;
use crate::error::Result;
use crate::source::{ByteRange, ReadAt};

/// Enough of a block for its header and most lists of frame sizes.
const BLOCK_HEAD: usize = 512;

/// The longest list of frame sizes that is read.
const LACING_LIMIT: usize = 64 << 10;

/// Times of clusters beyond this are no film's. A block adds at most sixteen bits of its own, and what is then stored is read
/// again up to 2⁶⁰.
const TICKS_LIMIT: i64 = (1 << 60) - (1 << 16);

/// One block: frames of a track that follow each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// Where its cluster begins.
    pub(crate) cluster: u64,
    pub(crate) track: u64,
    /// When its first frame is shown, in ticks.
    pub(crate) time: i64,
    /// Decoding may begin here.
    pub(crate) is_key: bool,
    /// How long it is shown, in ticks, where it says so.
    pub(crate) duration: Option<u64>,
    /// Its frames, in order.
    pub(crate) frames: Vec<ByteRange>,
}

/// Walks from a cluster on.
pub(crate) struct Walk<'s, S: ?Sized> {
    window: Window<'s, S>,
    at: u64,
    end: u64,
    cluster: Cluster,
    /// The file ends within an element.
    pub(crate) is_cut_off: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cluster {
    at: u64,
    /// Where it ends; 0 when that is not known.
    end: u64,
    time: i64,
    is_open: bool,
}

impl<'s, S: ReadAt + ?Sized> Walk<'s, S> {
    /// Begins at the cluster at `start`; nothing at `end` or behind it is looked at.
    pub(crate) fn new(source: &'s S, size_bytes: u64, start: u64, end: u64) -> Walk<'s, S> {
        Walk {
            window: Window::new(source, size_bytes).until(end),
            at: start,
            end: end.min(size_bytes),
            cluster: Cluster::default(),
            is_cut_off: false,
        }
    }

    /// The first bytes of a frame.
    ///
    /// # Errors
    /// When the source fails.
    pub(crate) fn peek(&mut self, frame: ByteRange, wanted: usize) -> Result<&[u8]> {
        let wanted = wanted.min(usize::try_from(frame.len).unwrap_or(usize::MAX));
        let bytes = self.window.look(frame.offset, wanted)?;
        Ok(&bytes[..bytes.len().min(wanted)])
    }

    /// Finds the next block and puts it into `block`; `false` at the end.
    ///
    /// # Errors
    /// When the source fails. Damage is stepped over, up to the next cluster.
    pub(crate) fn next(&mut self, block: &mut Block) -> Result<bool> {
        while self.at < self.end {
            let Some(header) = Header::parse(self.window.look(self.at, HEADER_LIMIT)?) else {
                self.recover()?;
                continue;
            };
            if header.id == EBML {
                // Another film begins behind this one.
                break;
            }
            let body = self.at + header.len;
            let Some(size) = header.size else {
                self.enter(&header, body)?;
                continue;
            };
            let next = body.saturating_add(size);
            if header.id == CLUSTER || header.id == SEGMENT {
                self.enter(&header, body)?;
                continue;
            }
            let room = self.room();
            if next > room {
                self.overflow(next)?;
                continue;
            }
            let place = ByteRange {
                offset: body,
                len: size,
            };
            self.at = next;
            match header.id {
                0xE7 if self.cluster.is_open => self.cluster_time(place)?,
                0xA3 if self.simple(place, block)? => return Ok(true),
                0xA0 if self.group(place, block)? => return Ok(true),
                _ => {}
            }
            self.leave();
        }
        Ok(false)
    }

    /// Where the element that is being looked at must end at the latest.
    fn room(&self) -> u64 {
        let size_bytes = self.window.size_bytes();
        if self.cluster.is_open && self.cluster.end > 0 {
            self.cluster.end.min(size_bytes)
        } else {
            size_bytes
        }
    }

    fn enter(&mut self, header: &Header, body: u64) -> Result<()> {
        match header.id {
            CLUSTER => {
                self.cluster = Cluster {
                    at: self.at,
                    end: header.size.map_or(0, |size| body.saturating_add(size)),
                    time: 0,
                    is_open: true,
                };
                self.at = body;
                self.leave();
                Ok(())
            }
            SEGMENT => {
                self.at = body;
                Ok(())
            }
            _ => self.recover(),
        }
    }

    /// Leaves a cluster of known size at its end.
    fn leave(&mut self) {
        if self.cluster.end > 0 && self.at >= self.cluster.end {
            self.cluster.is_open = false;
        }
    }

    /// An element is larger than what it lies in: the file ends there, or it is damaged.
    fn overflow(&mut self, next: u64) -> Result<()> {
        let is_past_the_file = next > self.window.size_bytes();
        self.recover()?;
        if is_past_the_file && self.at == self.end {
            self.is_cut_off = true;
        }
        Ok(())
    }

    /// Goes on at the next cluster behind bytes that make no sense.
    fn recover(&mut self) -> Result<()> {
        self.cluster.is_open = false;
        let mut at = self.at + 1;
        while at < self.end {
            let bytes = self.window.look(at, 4)?;
            let marker = CLUSTER.to_be_bytes();
            if let Some(found) = bytes.windows(4).position(|four| four == marker) {
                self.at = (at + found as u64).min(self.end);
                return Ok(());
            }
            // The marker may lie across the end of what was looked at.
            at += (bytes.len().saturating_sub(3) as u64).max(1);
        }
        self.at = self.end;
        Ok(())
    }

    fn cluster_time(&mut self, place: ByteRange) -> Result<()> {
        let bytes = self.peek(place, 8)?;
        let time = bytes
            .iter()
            .fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        self.cluster.time = i64::try_from(time).unwrap_or(TICKS_LIMIT).min(TICKS_LIMIT);
        Ok(())
    }

    fn simple(&mut self, place: ByteRange, block: &mut Block) -> Result<bool> {
        block.duration = None;
        let Some(flags) = self.block(place, block)? else {
            return Ok(false);
        };
        block.is_key = flags & 0x80 != 0;
        Ok(true)
    }

    /// A block with what is said of it; one that refers to no other can be begun with (section 10.3).
    fn group(&mut self, group: ByteRange, block: &mut Block) -> Result<bool> {
        let mut at = group.offset;
        let (mut duration, mut is_key, mut found) = (None, true, None);
        while at < group.end() {
            let Some(header) = Header::parse(self.window.look(at, HEADER_LIMIT)?) else {
                break;
            };
            let place = ByteRange {
                offset: at + header.len,
                len: header.size.unwrap_or(u64::MAX),
            };
            if place.end() > group.end() {
                break;
            }
            match header.id {
                0xA1 if found.is_none() => found = Some(place),
                0x9B => {
                    let bytes = self.peek(place, 8)?;
                    let value = |value, byte: &u8| value << 8 | u64::from(*byte);
                    duration = Some(bytes.iter().fold(0_u64, value).min(TICKS_LIMIT as u64));
                }
                0xFB => is_key = false,
                _ => {}
            }
            at = place.end();
        }
        let Some(place) = found else {
            return Ok(false);
        };
        (block.duration, block.is_key) = (duration, is_key);
        Ok(self.block(place, block)?.is_some())
    }

    /// Reads the head of a block and the sizes of its frames, and returns its flags; `None` when they make no sense.
    fn block(&mut self, place: ByteRange, block: &mut Block) -> Result<Option<u8>> {
        block.frames.clear();
        block.cluster = self.cluster.at;
        if !self.cluster.is_open {
            return Ok(None);
        }
        let cluster_time = self.cluster.time;
        let mut head = self.peek(place, BLOCK_HEAD)?;
        let Some((number, used)) = vint(head, 8) else {
            return Ok(None);
        };
        block.track = number & !(1 << (7 * used));
        let Some([high, low, flags]) = head.get(used..).and_then(|rest| rest.first_chunk()) else {
            return Ok(None);
        };
        let flags = *flags;
        block.time = cluster_time + i64::from(i16::from_be_bytes([*high, *low]));
        let used = used + 3;
        let mut sizes = frame_sizes(&head[used..], place.len - used as u64, flags);
        if sizes.is_none() && place.len > BLOCK_HEAD as u64 {
            head = self.peek(place, LACING_LIMIT)?;
            sizes = frame_sizes(&head[used..], place.len - used as u64, flags);
        }
        let Some((skip, sizes)) = sizes else {
            return Ok(None);
        };
        let mut offset = place.offset + used as u64 + skip;
        for len in sizes {
            block.frames.push(ByteRange { offset, len });
            offset += len;
        }
        Ok(Some(flags))
    }
}

/// How many bytes the list of sizes has, and the sizes of the frames in a block whose `len` bytes begin with `head`.
///
/// The four ways of section 10.3; `None` when the sizes contradict the block's own, or `head` ends before they do.
fn frame_sizes(head: &[u8], len: u64, flags: u8) -> Option<(u64, Vec<u64>)> {
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
