//! An open media file of a disk that is known not to have changed since it was indexed.

use std::fs::File;
use std::io::{self, IoSliceMut};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{AtFlags, StatxFlags, statx};
use rustix::io::ReadWriteFlags;

use super::buffers::Buffer;
use super::file::{Identity, changed};
use super::reads::Fill;
use crate::storage::Turns;

/// A media file of a disk, open for reading, with the identity it was indexed under.
#[derive(Debug)]
pub(super) struct DiskFile {
    file: File,
    identity: Identity,
    exact: (i64, i64),
    turns: Turns,
    /// Something of it could not be read: its mount may have gone, and come back as another.
    has_failed: AtomicBool,
}

/// How a question may treat what is not in memory. A thread of connections never waits for a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Give up at once, with [`io::ErrorKind::WouldBlock`].
    None,
    /// Wait for the disk.
    Disk,
}

impl DiskFile {
    /// Takes an open file if it is still the one that was indexed.
    ///
    /// # Errors
    /// The system's, or [`io::ErrorKind::InvalidData`] for another file than `expected`.
    pub(super) fn new(file: File, expected: Identity, turns: Turns) -> io::Result<Self> {
        let meta = file.metadata()?;
        if !meta.is_file() || identity(&meta) != expected {
            return Err(changed());
        }
        Ok(Self {
            file,
            identity: expected,
            exact: (meta.mtime(), meta.mtime_nsec()),
            turns,
            has_failed: AtomicBool::new(false),
        })
    }

    /// The turns of those who let a thread wait for its disk.
    pub(super) fn turns(&self) -> &Turns {
        &self.turns
    }

    /// Checks that the open file has not been written to since it was opened.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] when it has.
    pub(super) fn verify(&self, patience: Patience) -> io::Result<()> {
        self.links(patience).map(|_| ())
    }

    /// Whether the file still has a name, so that its content can change only by being written to, and was readable; as
    /// far as that is known without waiting.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub(super) fn is_named(&self) -> io::Result<bool> {
        Ok(self.links(Patience::None)? > 0 && !self.has_failed.load(Ordering::Relaxed))
    }

    /// Remembers that the disk refused: who asks next opens the file anew.
    fn noting<T>(&self, read: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &read
            && !matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
            )
        {
            self.has_failed.store(true, Ordering::Relaxed);
        }
        read
    }

    fn links(&self, patience: Patience) -> io::Result<u32> {
        let how = match patience {
            // Of a network mount: what was heard last, since a server that is away answers no one.
            Patience::None => AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC,
            Patience::Disk => AtFlags::EMPTY_PATH,
        };
        let meta = statx(&self.file, c"", how, StatxFlags::BASIC_STATS).map_err(io::Error::from);
        let meta = self.noting(meta)?;
        let written = (meta.stx_mtime.tv_sec, i64::from(meta.stx_mtime.tv_nsec));
        if meta.stx_size == self.identity.size_bytes && written == self.exact {
            Ok(meta.stx_nlink)
        } else {
            Err(changed())
        }
    }

    /// How large it is, in bytes.
    pub(super) fn size_bytes(&self) -> u64 {
        self.identity.size_bytes
    }

    /// When it was last written, in milliseconds since 1970.
    pub(super) fn modified_ms(&self) -> i64 {
        self.identity.modified_ms
    }

    /// As [`Self::read_at`], of bytes that are in memory alone.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when they are not; the system's.
    pub(super) fn read_at_hand(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let slices = &mut [IoSliceMut::new(buffer)];
        self.read_some(offset, slices, Patience::None)
    }

    /// Reads some bytes from `offset` on, and says how many; 0 is the end.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.noting(self.file.read_at(buffer, offset))
    }

    /// Fills a buffer as planned, the header's part from `header`, and checks that the file is unchanged.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] without patience when bytes are not in memory,
    /// [`io::ErrorKind::UnexpectedEof`] when the file is shorter than planned,
    /// [`io::ErrorKind::InvalidData`] when it was written to.
    pub(super) fn fill(
        &self,
        header: &[u8],
        fill: &Fill,
        buffer: &mut Buffer,
        patience: Patience,
    ) -> io::Result<()> {
        let (room, gaps) = buffer.split();
        let (head, mut room) = room.split_at_mut(fill.header.len());
        head.copy_from_slice(&header[fill.header.clone()]);
        let mut pieces = fill.pieces.as_slice();
        for run in &fill.runs {
            let (mine, rest) = pieces.split_at(run.pieces);
            pieces = rest;
            if let [piece] = mine {
                let (target, rest) = room.split_at_mut(piece.len);
                room = rest;
                self.read(run.offset, &mut [IoSliceMut::new(target)], patience)?;
                continue;
            }
            let mut slices = Vec::with_capacity(mine.len() * 2);
            let mut gaps = &mut *gaps;
            for piece in mine {
                if piece.gap > 0 {
                    let (target, rest) = gaps.split_at_mut(piece.gap);
                    gaps = rest;
                    slices.push(IoSliceMut::new(target));
                }
                let (target, rest) = room.split_at_mut(piece.len);
                room = rest;
                slices.push(IoSliceMut::new(target));
            }
            self.read(run.offset, &mut slices, patience)?;
        }
        self.verify(patience)
    }

    /// Asks the system to fetch a part of the file before it is read. A refusal changes nothing.
    pub(super) fn will_need(&self, offset: u64, len: u64) {
        let _ = rustix::fs::fadvise(
            &self.file,
            offset,
            std::num::NonZeroU64::new(len),
            rustix::fs::Advice::WillNeed,
        );
    }

    fn read(
        &self,
        offset: u64,
        slices: &mut [IoSliceMut<'_>],
        patience: Patience,
    ) -> io::Result<()> {
        let mut slices = slices;
        let mut offset = offset;
        while slices.iter().any(|slice| !slice.is_empty()) {
            match self.read_some(offset, slices, patience)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => {
                    offset += count as u64;
                    IoSliceMut::advance_slices(&mut slices, count);
                }
            }
        }
        Ok(())
    }

    /// Reads some bytes from `offset` on, and says how many; 0 is the end.
    fn read_some(
        &self,
        offset: u64,
        slices: &mut [IoSliceMut<'_>],
        patience: Patience,
    ) -> io::Result<usize> {
        let flags = match patience {
            Patience::None => ReadWriteFlags::NOWAIT,
            Patience::Disk => ReadWriteFlags::empty(),
        };
        loop {
            match rustix::io::preadv2(&self.file, slices, offset, flags) {
                Ok(count) => return Ok(count),
                Err(rustix::io::Errno::INTR) => {}
                // Some file systems can't say whether bytes are in memory: then the disk is asked.
                Err(rustix::io::Errno::OPNOTSUPP) if patience == Patience::None => {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                Err(error) => return self.noting(Err(error.into())),
            }
        }
    }
}

/// The identity of what `meta` describes.
pub(super) fn identity(meta: &std::fs::Metadata) -> Identity {
    Identity {
        size_bytes: meta.size(),
        modified_ms: meta
            .mtime()
            .saturating_mul(1000)
            .saturating_add(meta.mtime_nsec() / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::super::buffers::Pool;
    use super::super::reads::Cursor;
    use super::*;
    use cineclub_media::ByteRange;

    fn file_of(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf, DiskFile) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("film.mp4");
        std::fs::write(&path, bytes).unwrap();
        let expected = identity(&std::fs::metadata(&path).unwrap());
        let file = DiskFile::new(File::open(&path).unwrap(), expected, Turns::default()).unwrap();
        (dir, path, file)
    }

    #[test]
    fn one_fill_brings_header_and_pieces_and_leaves_the_holes_out() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
        let (_dir, _path, file) = file_of(&bytes);
        let ranges = [(10, 20), (50, 5), (90_000, 100), (60, 1)]
            .map(|(offset, len)| ByteRange { offset, len });
        let (mut fill, mut buffer) = (Fill::default(), Pool::default().take());
        let count = Cursor::new(3, &ranges, 0, 129).advance(3, &ranges, buffer.room(), &mut fill);
        file.fill(b"HDR", &fill, &mut buffer, Patience::None)
            .unwrap();
        let expected = [
            b"HDR",
            &bytes[10..30],
            &bytes[50..55],
            &bytes[90_000..90_100],
            &bytes[60..61],
        ]
        .concat();
        assert_eq!(&buffer.split().0[..count], expected);
    }

    #[test]
    fn a_file_that_was_replaced_written_to_or_cut_short_is_noticed() {
        let (_dir, path, file) = file_of(&[7; 5000]);
        let ranges = [ByteRange {
            offset: 0,
            len: 5000,
        }];
        let mut fill = Fill::default();
        Cursor::new(0, &ranges, 0, 5000).advance(0, &ranges, 5000, &mut fill);
        let pool = Pool::default();
        file.fill(&[], &fill, &mut pool.take(), Patience::Disk)
            .unwrap();

        let stale = Identity {
            size_bytes: 5000,
            modified_ms: 1,
        };
        assert_eq!(
            DiskFile::new(File::open(&path).unwrap(), stale, Turns::default())
                .unwrap_err()
                .kind(),
            io::ErrorKind::InvalidData
        );

        std::thread::sleep(std::time::Duration::from_millis(20));
        std::fs::OpenOptions::new()
            .write(true)
            .open(&path)
            .unwrap()
            .write_all_at(&[8; 10], 0)
            .unwrap();
        let error = file
            .fill(&[], &fill, &mut pool.take(), Patience::Disk)
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);

        std::fs::OpenOptions::new()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(100)
            .unwrap();
        let error = file
            .fill(&[], &fill, &mut pool.take(), Patience::Disk)
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_file_that_could_not_be_read_is_opened_anew_by_who_asks_next() {
        let (_dir, path, _) = file_of(&[7; 5000]);
        let expected = identity(&std::fs::metadata(&path).unwrap());
        let unreadable = File::options().write(true).open(&path).unwrap();
        let file = DiskFile::new(unreadable, expected, Turns::default()).unwrap();
        assert!(file.is_named().unwrap(), "control");
        assert!(file.read_at(0, &mut [0]).is_err());
        assert!(!file.is_named().unwrap());
    }

    #[test]
    fn a_film_replaced_by_another_under_the_same_name_keeps_its_own_bytes_but_is_seen_to_be_nameless()
     {
        let (dir, path, file) = file_of(&[7; 5000]);
        assert!(file.is_named().unwrap());
        let other = dir.path().join("new");
        std::fs::write(&other, [9; 6000]).unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert!(!file.is_named().unwrap());
        let mut bytes = [0; 4];
        file.file.read_exact_at(&mut bytes, 0).unwrap();
        assert_eq!(bytes, [7; 4]);
    }
}
