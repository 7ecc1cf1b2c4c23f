//! The seam to wherever the bytes are: the caller supplies reads, this crate opens nothing.

use std::io;

use crate::error::{Error, Result};

/// Bytes in a source, by position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ByteRange {
    /// The first byte, counted from the start of the file.
    pub offset: u64,
    /// How many bytes.
    pub len: u64,
}

impl ByteRange {
    /// The byte after the last one.
    pub fn end(self) -> u64 {
        self.offset.saturating_add(self.len)
    }
}

/// Positioned reads, as files, object stores and plain bytes offer them.
///
/// A closure `Fn(u64, &mut [u8]) -> io::Result<usize>` is one too.
pub trait ReadAt {
    /// Reads into `buffer` from `offset` on and says how many bytes; 0 is the end of the file.
    ///
    /// # Errors
    /// Whatever the source reports.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

impl<F: Fn(u64, &mut [u8]) -> io::Result<usize>> ReadAt for F {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self(offset, buffer)
    }
}

impl ReadAt for [u8] {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| self.get(offset..))
            .unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

impl ReadAt for Vec<u8> {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buffer)
    }
}

/// Fills `buffer` from `offset` on.
///
/// # Errors
/// [`Error::EndedEarly`] when the source has fewer bytes, [`Error::Read`] when it fails.
pub fn read_exact_at(
    source: &(impl ReadAt + ?Sized),
    offset: u64,
    buffer: &mut [u8],
) -> Result<()> {
    let mut done = 0;
    while done < buffer.len() {
        let at = offset.saturating_add(done as u64);
        match source.read_at(at, &mut buffer[done..]) {
            Ok(0) => {
                return Err(Error::EndedEarly {
                    at,
                    size_bytes: offset.saturating_add(buffer.len() as u64),
                });
            }
            Ok(count) => done = (done + count).min(buffer.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_shrinks_is_told_apart_from_one_that_fails() {
        let bytes = vec![1_u8, 2, 3];
        let mut buffer = [0; 4];
        assert!(matches!(
            read_exact_at(&bytes, 0, &mut buffer),
            Err(Error::EndedEarly { at: 3, .. })
        ));
        let broken = |_: u64, _: &mut [u8]| Err(io::Error::other("unplugged"));
        assert!(matches!(
            read_exact_at(&broken, 0, &mut buffer),
            Err(Error::Read(_))
        ));
    }
}
