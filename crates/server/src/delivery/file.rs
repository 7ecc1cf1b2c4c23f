//! An opened media file, on a disk or in a bucket, that is known not to have changed since it was indexed.

use std::io;

use cineclub_media::{ByteRange, ReadAt, Segment};
use tokio::sync::OwnedSemaphorePermit;

use super::buffers::Buffer;
use super::disk::{DiskFile, Patience};
use super::fetch::Fetch;
use super::reads::Fill;
use crate::storage::{Ahead, BucketFile, Held, Piece, SourceFile, Turns};

/// What tells one content of a file from another without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    /// Its size in bytes.
    pub(super) size_bytes: u64,
    /// When it was last written, in milliseconds since 1970.
    pub(super) modified_ms: i64,
}

/// A media file, open for reading, with the identity it was indexed under.
#[derive(Debug)]
pub(super) enum MediaFile {
    /// On a disk: each read is checked against the open file.
    Disk(DiskFile),
    /// In a bucket: each answer is checked against the object that was opened.
    Bucket(BucketFile),
}

/// A media file as parsers read it. Blocks.
#[derive(Debug)]
pub(super) enum Reader<'a> {
    Disk(&'a DiskFile),
    Bucket(Ahead),
}

impl MediaFile {
    /// Takes an opened file if it is still the one that was indexed; `turns` are its root's.
    ///
    /// # Errors
    /// The system's, or [`io::ErrorKind::InvalidData`] for another file than `expected`.
    pub(super) fn new(opened: SourceFile, expected: Identity, turns: Turns) -> io::Result<Self> {
        match opened {
            SourceFile::Disk(file) => {
                DiskFile::new(file.into_file(), expected, turns).map(Self::Disk)
            }
            SourceFile::Bucket(ahead) => {
                let file = ahead.into_file();
                match file
                    .identity()
                    .is(expected.size_bytes, expected.modified_ms)
                {
                    true => Ok(Self::Bucket(file)),
                    false => Err(changed()),
                }
            }
        }
    }

    /// Checks that the file has not been written to since it was opened, as far as that can be told without reading it
    /// and, of a disk without patience, without asking another machine.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] when it has.
    pub(super) fn verify(&self, patience: Patience) -> io::Result<()> {
        match self {
            Self::Disk(disk) => disk.verify(patience),
            Self::Bucket(file) if file.is_known_to_have_changed() => Err(changed()),
            Self::Bucket(_) => Ok(()),
        }
    }

    /// Whether what is read under its name is still this file, as far as that is known here.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub(super) fn is_named(&self) -> io::Result<bool> {
        match self {
            Self::Disk(disk) => disk.is_named(),
            Self::Bucket(_) => self.verify(Patience::None).map(|()| true),
        }
    }

    /// How large it is, in bytes.
    pub(super) fn size_bytes(&self) -> u64 {
        match self {
            Self::Disk(disk) => disk.size_bytes(),
            Self::Bucket(file) => file.identity().size_bytes,
        }
    }

    /// When it was last written, in milliseconds since 1970.
    pub(super) fn modified_ms(&self) -> i64 {
        match self {
            Self::Disk(disk) => disk.modified_ms(),
            Self::Bucket(file) => file.identity().modified_ms,
        }
    }

    /// Whether a few bytes of it are had for as good as nothing: of a bucket each costs a request.
    pub(super) fn is_near(&self) -> bool {
        matches!(self, Self::Disk(_))
    }

    /// Reads some bytes that are in memory, and says how many; 0 is the end. Of a bucket there are none.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when they are not; the system's.
    pub(super) fn read_at_hand(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Disk(disk) => disk.read_at_hand(offset, buffer),
            Self::Bucket(_) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Leave to let a thread wait for the file, which the thread keeps.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when too many wait for its bucket.
    pub(super) async fn turn(&self) -> io::Result<OwnedSemaphorePermit> {
        match self {
            Self::Disk(disk) => disk.turns().take().await,
            Self::Bucket(file) => file.turn().await,
        }
    }

    /// The turns of the disk it lies on; a bucket has its own.
    pub(super) fn turns(&self) -> Option<&Turns> {
        match self {
            Self::Disk(disk) => Some(disk.turns()),
            Self::Bucket(_) => None,
        }
    }

    /// The file as parsers read it, who will read `next` first of all.
    pub(super) fn reader(&self, next: Option<ByteRange>) -> Reader<'_> {
        match self {
            Self::Disk(disk) => {
                if let Some(next) = next {
                    disk.will_need(next.offset, next.len.max(1));
                }
                Reader::Disk(disk)
            }
            Self::Bucket(file) => {
                let ahead = Ahead::of(file.clone());
                Reader::Bucket(match next {
                    Some(next) => ahead.by(next.len),
                    None => ahead,
                })
            }
        }
    }

    /// Keeps pieces that were read of it for the one who is about to want them, if there is room.
    pub(super) fn hold(&self, pieces: Vec<Piece>) -> Held {
        match self {
            Self::Bucket(file) if !pieces.is_empty() => Held::of(file, pieces),
            _ => Held::default(),
        }
    }

    /// Fills a buffer from bytes in memory, as [`DiskFile::fill`] does without patience. Of a bucket there are none.
    ///
    /// # Errors
    /// As [`DiskFile::fill`].
    pub(super) fn fill_at_hand(
        &self,
        header: &[u8],
        fill: &Fill,
        buffer: &mut Buffer,
    ) -> io::Result<()> {
        match self {
            Self::Disk(disk) => disk.fill(header, fill, buffer, Patience::None),
            Self::Bucket(_) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Fills a buffer, waiting for the disk. Blocks.
    ///
    /// # Errors
    /// As [`DiskFile::fill`].
    pub(super) fn fill(&self, header: &[u8], fill: &Fill, buffer: &mut Buffer) -> io::Result<()> {
        let Self::Disk(disk) = self else {
            return Err(io::Error::other("a thread does not wait for a bucket"));
        };
        // Frames far apart are fetched all at once; of what lies together the system reads ahead by itself.
        if let Some(span) = fill.span().filter(|_| fill.runs.len() > 1) {
            disk.will_need(span.offset, span.len);
        }
        disk.fill(header, fill, buffer, Patience::Disk)
    }

    /// A segment's bytes, if they lie in a bucket.
    ///
    /// # Errors
    /// The bucket's, or [`io::ErrorKind::InvalidData`] when the object was replaced.
    pub(super) async fn fetched(
        &self,
        segment: &Segment,
        held: Held,
    ) -> io::Result<Option<Vec<u8>>> {
        let Self::Bucket(file) = self else {
            return Ok(None);
        };
        let mut fetch = Fetch::new(file.clone(), held, segment.ranges.iter().copied());
        let mut whole = segment.header.clone();
        for range in &segment.ranges {
            let start = whole.len();
            whole.resize(start + range.len as usize, 0);
            fetch.read(range.offset, &mut whole[start..]).await?;
        }
        Ok(Some(whole))
    }
}

impl Reader<'_> {
    /// What was read of a bucket.
    pub(super) fn into_pieces(self) -> Vec<Piece> {
        match self {
            Self::Disk(_) => Vec::new(),
            Self::Bucket(ahead) => ahead.into_pieces().collect(),
        }
    }
}

impl ReadAt for Reader<'_> {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Disk(disk) => disk.read_at(offset, buffer),
            Self::Bucket(ahead) => ahead.read_at(offset, buffer),
        }
    }
}

pub(super) fn changed() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the file changed after it was indexed",
    )
}
