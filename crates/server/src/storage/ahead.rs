//! Reads of an object by code that takes small looks at it, made few by reading ahead. Blocks.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;

use cineclub_media::ReadAt;
use tokio::runtime::Handle;

use super::bucket_file::BucketFile;

/// What the first look at a place brings, in bytes.
const FIRST: u64 = 256 * 1024;
/// What the looks bring of one who goes on and on, at most.
const MOST: u64 = 4 << 20;
/// Passing over less than this still counts as going on.
const STEP: u64 = 1 << 20;
/// How many pieces are remembered: one goes back to the head, or between two tables.
const PIECES: usize = 4;

/// An object as parsers read it. Whoever reads must be on a thread that may wait.
#[derive(Debug)]
pub struct Ahead {
    file: BucketFile,
    runtime: Handle,
    first: u64,
    pieces: RefCell<VecDeque<Piece>>,
}

#[derive(Debug)]
struct Piece {
    offset: u64,
    bytes: Vec<u8>,
}

impl Piece {
    fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

impl Ahead {
    /// Reads a file of a bucket through the runtime this is called in.
    pub(crate) fn of(file: BucketFile) -> Self {
        Self {
            file,
            runtime: Handle::current(),
            first: FIRST,
            pieces: RefCell::default(),
        }
    }

    /// The same for one who will read so many bytes in a row, first of all.
    pub(crate) fn by(self, len: u64) -> Self {
        Self {
            first: len.clamp(1, MOST),
            ..self
        }
    }

    pub(crate) fn file(&self) -> &BucketFile {
        &self.file
    }

    pub(crate) fn into_file(self) -> BucketFile {
        self.file
    }

    /// Whether it is no longer what it was.
    pub(super) fn has_changed(&self) -> io::Result<bool> {
        self.runtime.block_on(self.file.ask_whether_changed())
    }

    fn copy(&self, offset: u64, buffer: &mut [u8]) -> Option<usize> {
        let pieces = self.pieces.borrow();
        let piece = pieces
            .iter()
            .find(|piece| piece.offset <= offset && offset < piece.end())?;
        // It lies within bytes that are in memory, so it fits.
        let there = &piece.bytes[(offset - piece.offset) as usize..];
        let count = there.len().min(buffer.len());
        buffer[..count].copy_from_slice(&there[..count]);
        Some(count)
    }

    /// How much is fetched at `offset`: more and more for one who goes on.
    fn stride(&self, offset: u64) -> u64 {
        let pieces = self.pieces.borrow();
        match pieces.back() {
            Some(last) if (last.end()..=last.end() + STEP).contains(&offset) => {
                (last.bytes.len() as u64 * 2).clamp(FIRST, MOST)
            }
            Some(_) => FIRST,
            None => self.first,
        }
    }
}

impl ReadAt for Ahead {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.file.identity().size_bytes.saturating_sub(offset);
        if left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        if let Some(count) = self.copy(offset, buffer) {
            return Ok(count);
        }
        let len = self.stride(offset).max(buffer.len() as u64).min(left);
        let bytes = self.runtime.block_on(self.file.read(offset, len))?;
        let mut pieces = self.pieces.borrow_mut();
        if pieces.len() == PIECES {
            pieces.pop_front();
        }
        pieces.push_back(Piece { offset, bytes });
        drop(pieces);
        Ok(self.copy(offset, buffer).unwrap_or(0))
    }
}
