//! Reads of an object by code that takes small looks at it, made few by reading ahead. Blocks.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;

use cineclub_media::{ByteRange, ReadAt};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::bucket_file::BucketFile;
use super::wait::wait_for;

/// What the first look at a place brings, in bytes.
const FIRST: u64 = 256 * 1024;
/// What the looks bring of one who goes on and on, at most.
const MOST: u64 = 4 << 20;
/// What one brings who says beforehand how much is read in a row, at most: a stretch of a film.
const LONGEST: u64 = 16 << 20;
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

/// Bytes of an object that were read.
#[derive(Debug)]
pub(crate) struct Piece {
    offset: u64,
    bytes: Vec<u8>,
}

/// Pieces of an object, kept for a viewer who is about to want them.
#[derive(Debug, Default)]
pub(crate) struct Held {
    pieces: Vec<Piece>,
    /// The room they take of what the bucket may keep in memory.
    _room: Option<OwnedSemaphorePermit>,
}

impl Held {
    /// Keeps pieces of a file, if there is room for them.
    pub(crate) fn of(file: &BucketFile, pieces: Vec<Piece>) -> Self {
        let bytes: usize = pieces.iter().map(|piece| piece.bytes.len()).sum();
        match file.room(bytes) {
            Some(room) => Self {
                pieces,
                _room: Some(room),
            },
            None => Self::default(),
        }
    }

    /// Whether these bytes are all there.
    pub(crate) fn holds(&self, range: ByteRange) -> bool {
        self.piece(range).is_some()
    }

    /// Fills `buffer` from `offset` on, if the bytes are all there.
    pub(crate) fn copy(&self, offset: u64, buffer: &mut [u8]) -> bool {
        let len = buffer.len() as u64;
        match self.piece(ByteRange { offset, len }) {
            Some(piece) => piece.copy(offset, buffer) == buffer.len(),
            None => false,
        }
    }

    fn piece(&self, range: ByteRange) -> Option<&Piece> {
        let holds = |piece: &&Piece| piece.offset <= range.offset && range.end() <= piece.end();
        self.pieces.iter().find(holds)
    }
}

impl Piece {
    /// Copies what it has from `offset` on, which lies in it, and says how much that is.
    fn copy(&self, offset: u64, buffer: &mut [u8]) -> usize {
        // It lies within bytes that are in memory, so it fits.
        let there = &self.bytes[(offset - self.offset) as usize..];
        let count = there.len().min(buffer.len());
        buffer[..count].copy_from_slice(&there[..count]);
        count
    }

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
            first: len.clamp(1, LONGEST),
            ..self
        }
    }

    pub(crate) fn file(&self) -> &BucketFile {
        &self.file
    }

    /// The pieces that were read last.
    pub(crate) fn into_pieces(self) -> impl Iterator<Item = Piece> {
        self.pieces.into_inner().into_iter()
    }

    pub(crate) fn into_file(self) -> BucketFile {
        self.file
    }

    /// Whether it is no longer what it was.
    pub(super) fn has_changed(&self) -> io::Result<bool> {
        let file = self.file.clone();
        wait_for(
            &self.runtime,
            async move { file.ask_whether_changed().await },
        )
    }

    fn copy(&self, offset: u64, buffer: &mut [u8]) -> Option<usize> {
        let pieces = self.pieces.borrow();
        let piece = pieces
            .iter()
            .find(|piece| piece.offset <= offset && offset < piece.end())?;
        Some(piece.copy(offset, buffer))
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
        let file = self.file.clone();
        let bytes = wait_for(&self.runtime, async move { file.read(offset, len).await })?;
        let mut pieces = self.pieces.borrow_mut();
        if pieces.len() == PIECES {
            pieces.pop_front();
        }
        pieces.push_back(Piece { offset, bytes });
        drop(pieces);
        Ok(self.copy(offset, buffer).unwrap_or(0))
    }
}
