//! A walk over the blocks of a Matroska file: their headers are read, their frames stepped over (RFC 9559, section 10).

use super::ebml::{HEADER_LIMIT, Header, vint};
use super::head::{self, CLUSTER, EBML, SEGMENT};
use super::holes::Hole;
use super::lacing::frame_sizes;
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

/// So many heads in a row are looked at for one that is known: programs have written elements that nobody else knows.
const HEADS_LIMIT: u32 = 3;

/// What makes no sense so often is not searched for more clusters: each search may read far away.
const SEARCHES_LIMIT: u32 = 10_000;
/// Holes that are counted; a hostile file may have one in every few bytes.
const HOLES_LIMIT: usize = 1_000;

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
    /// Where there is no element although there should be one.
    pub(crate) holes: Vec<Hole>,
    /// When the last block is shown, in ticks.
    time: Option<i64>,
    /// No block has been found since the last hole.
    is_in_hole: bool,
    searches: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cluster {
    at: u64,
    /// Where it ends; 0 when that is not known.
    end: u64,
    /// When it begins; blocks count from there.
    time: Option<i64>,
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
            holes: Vec::new(),
            time: None,
            is_in_hole: false,
            searches: 0,
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
    /// A block is believed where an element follows it: one behind which there is none is damaged itself, as a rule.
    ///
    /// # Errors
    /// When the source fails. Damage is stepped over, up to the next cluster.
    pub(crate) fn next(&mut self, block: &mut Block) -> Result<bool> {
        while self.at < self.end {
            let Some(header) = Header::parse(self.window.look(self.at, HEADER_LIMIT)?) else {
                self.step_over(self.at.saturating_add(HEADER_LIMIT as u64))?;
                continue;
            };
            if header.id == EBML {
                // Another film begins behind this one.
                break;
            }
            let body = self.at + header.len;
            if header.id == CLUSTER || header.id == SEGMENT {
                self.enter(&header, body);
                continue;
            }
            let Some(size) = header.size else {
                self.step_over(body)?;
                continue;
            };
            let next = body.saturating_add(size);
            if next > self.room() {
                self.step_over(next)?;
                continue;
            }
            let place = ByteRange {
                offset: body,
                len: size,
            };
            let is_block = match header.id {
                0xE7 if self.cluster.is_open => self.cluster_time(place)?,
                0xA3 => self.simple(place, block)?,
                0xA0 => self.group(place, block)?,
                _ => false,
            };
            if !self.leads_on(next)? {
                self.step_over(next)?;
                continue;
            }
            self.at = next;
            self.leave();
            if is_block {
                self.time = Some(block.time);
                self.is_in_hole = false;
                return Ok(true);
            }
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

    fn enter(&mut self, header: &Header, body: u64) {
        if header.id == CLUSTER {
            self.cluster = Cluster {
                at: self.at,
                end: header.size.map_or(0, |size| body.saturating_add(size)),
                time: None,
                is_open: true,
            };
        }
        self.at = body;
        self.leave();
    }

    /// Leaves a cluster of known size at its end.
    fn leave(&mut self) {
        if self.cluster.end > 0 && self.at >= self.cluster.end {
            self.cluster.is_open = false;
        }
    }

    /// Whether the film goes on at `at`: an element lies there that may, or it is the end.
    fn leads_on(&mut self, mut at: u64) -> Result<bool> {
        let size_bytes = self.window.size_bytes();
        for _ in 0..HEADS_LIMIT {
            if at == self.end || at >= size_bytes {
                return Ok(true);
            }
            let bytes = self.window.look(at, HEADER_LIMIT)?;
            let is_at_end = bytes.len() < HEADER_LIMIT;
            let Some(header) = Header::parse(bytes) else {
                return Ok(is_at_end);
            };
            if head::is_known(&header) {
                return Ok(true);
            }
            let size = header.size.unwrap_or(u64::MAX);
            at = at.saturating_add(header.len).saturating_add(size);
            if at > size_bytes {
                return Ok(false);
            }
        }
        Ok(false)
    }

    /// Goes on behind something that is no element, or is larger than what it lies in: a hole, or the end of a file
    /// that is cut off before `needed`.
    fn step_over(&mut self, needed: u64) -> Result<()> {
        let at = self.at;
        self.recover()?;
        let size_bytes = self.window.size_bytes();
        if needed > size_bytes && self.at == size_bytes {
            self.is_cut_off = true;
        } else {
            self.note(at);
        }
        Ok(())
    }

    /// Remembers a hole, once for each place where blocks are missing.
    fn note(&mut self, at: u64) {
        if !self.is_in_hole && self.holes.len() < HOLES_LIMIT {
            let time = self.time;
            self.holes.push(Hole { at, time });
        }
        self.is_in_hole = true;
    }

    /// Goes on at the next cluster behind bytes that make no sense.
    fn recover(&mut self) -> Result<()> {
        self.cluster.is_open = false;
        let mut at = self.at + 1;
        while at < self.end && self.searches < SEARCHES_LIMIT {
            let bytes = self.window.look(at, 4)?;
            let marker = CLUSTER.to_be_bytes();
            let Some(found) = bytes.windows(4).position(|four| four == marker) else {
                // The marker may lie across the end of what was looked at.
                at += (bytes.len().saturating_sub(3) as u64).max(1);
                continue;
            };
            self.searches += 1;
            at += found as u64;
            if at < self.end && self.is_cluster(at)? {
                self.at = at;
                return Ok(());
            }
            at += 1;
        }
        self.at = self.end;
        Ok(())
    }

    /// Whether the marker of a cluster at `at` is one: frames may have the same bytes.
    fn is_cluster(&mut self, at: u64) -> Result<bool> {
        let header = Header::parse(self.window.look(at, HEADER_LIMIT)?);
        header.map_or(Ok(false), |header| self.leads_on(at + header.len))
    }

    /// Reads when a cluster begins; it is no block.
    fn cluster_time(&mut self, place: ByteRange) -> Result<bool> {
        let bytes = self.peek(place, 8)?;
        let time = bytes
            .iter()
            .fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        let time = i64::try_from(time).unwrap_or(TICKS_LIMIT);
        self.cluster.time = Some(time.min(TICKS_LIMIT));
        Ok(false)
    }

    fn simple(&mut self, place: ByteRange, block: &mut Block) -> Result<bool> {
        block.duration = None;
        let Some(flags) = self.block(place, block)? else {
            self.note(self.at);
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
        let is_readable = self.block(place, block)?.is_some();
        if !is_readable {
            self.note(self.at);
        }
        Ok(is_readable)
    }

    /// Reads the head of a block and the sizes of its frames, and returns its flags; `None` when they make no sense.
    fn block(&mut self, place: ByteRange, block: &mut Block) -> Result<Option<u8>> {
        block.frames.clear();
        block.cluster = self.cluster.at;
        let Some(cluster_time) = self.cluster.time.filter(|_| self.cluster.is_open) else {
            return Ok(None);
        };
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
