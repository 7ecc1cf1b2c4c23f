//! A media file in a bucket: what it was when it was opened is all that is ever read of it.
//!
//! **Invariant:** every answer is held against the opened file's tag and size and the range that was asked for; bytes of
//! another object, or fewer or more of them than were asked for, are an error.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use cineclub_media::ByteRange;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore as _};
use tokio::sync::OwnedSemaphorePermit;

use super::bucket::{Bucket, cause};
use super::source::Identity;

/// An opened object. Cloning gives another view of the same.
#[derive(Debug, Clone)]
pub(crate) struct BucketFile {
    bucket: Bucket,
    key: Key,
    identity: Identity,
    tag: Option<String>,
    has_changed: Arc<AtomicBool>,
}

/// Bytes of an object on their way, in order.
pub(crate) struct Download {
    bucket: Bucket,
    stream: BoxStream<'static, object_store::Result<Bytes>>,
    /// What came and was not asked for yet.
    rest: Bytes,
    at: u64,
    end: u64,
}

/// The time of an object's last change. Some answers tell it by the second, others more exactly: whole seconds are
/// what all of them agree on.
pub(super) fn modified_ms(object: &ObjectMeta) -> i64 {
    object.last_modified.timestamp().saturating_mul(1000)
}

impl BucketFile {
    pub(super) fn new(bucket: Bucket, key: Key, object: &ObjectMeta) -> Self {
        Self {
            bucket,
            key,
            identity: identity(object),
            tag: object.e_tag.clone(),
            has_changed: Arc::default(),
        }
    }

    /// What it was when it was opened.
    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether a read has found another object, or none, in its place.
    pub(crate) fn is_known_to_have_changed(&self) -> bool {
        self.has_changed.load(Ordering::Relaxed)
    }

    /// Asks whether it is still what it was.
    pub(super) async fn ask_whether_changed(&self) -> io::Result<bool> {
        let options = GetOptions {
            head: true,
            ..GetOptions::default()
        };
        let _reading = self.bucket.reading().await?;
        let asked = self.bucket.store().get_opts(&self.key, options).await;
        let answer = asked.map_err(|error| self.told(&error))?;
        Ok(!self.is(&answer.meta))
    }

    /// Leave to let a thread wait for it.
    pub(crate) async fn turn(&self) -> io::Result<OwnedSemaphorePermit> {
        self.bucket.turn().await
    }

    /// Room for so many of its bytes in memory, if there is any.
    pub(super) fn room(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        self.bucket.room(bytes)
    }

    /// `len` bytes from `offset` on.
    pub(super) async fn read(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(len).map_err(io::Error::other)?];
        if len > 0 {
            let mut download = self.download(ByteRange { offset, len }).await?;
            download.read(offset, &mut bytes).await?;
        }
        Ok(bytes)
    }

    /// Asks for a range with one request; its bytes come as they are taken.
    pub(crate) async fn download(&self, range: ByteRange) -> io::Result<Download> {
        let end = range.end().min(self.identity.size_bytes);
        let is_weak = |tag: &&String| tag.starts_with("W/");
        let options = GetOptions {
            // A weak tag never matches (RFC 9110 §13.1.1); the answer's is compared below all the same.
            if_match: self.tag.as_ref().filter(|tag| !is_weak(tag)).cloned(),
            range: Some(GetRange::Bounded(range.offset..end)),
            ..GetOptions::default()
        };
        let _reading = self.bucket.reading().await?;
        let asked = self.bucket.store().get_opts(&self.key, options).await;
        let answer = asked.map_err(|error| self.told(&error))?;
        if !self.is(&answer.meta) {
            return Err(self.changed());
        }
        if answer.range != (range.offset..end) {
            return Err(io::Error::other("the store answered with another range"));
        }
        Ok(Download {
            bucket: self.bucket.clone(),
            stream: answer.into_stream(),
            rest: Bytes::new(),
            at: range.offset,
            end,
        })
    }

    /// Whether an answer speaks of the object that was opened.
    fn is(&self, object: &ObjectMeta) -> bool {
        object.e_tag == self.tag && identity(object) == self.identity
    }

    fn told(&self, error: &object_store::Error) -> io::Error {
        use object_store::Error;
        match error {
            Error::Precondition { .. } | Error::NotFound { .. } => self.changed(),
            other => unanswered(other),
        }
    }

    fn changed(&self) -> io::Error {
        self.has_changed.store(true, Ordering::Relaxed);
        io::Error::new(
            io::ErrorKind::InvalidData,
            "the object changed after it was indexed",
        )
    }
}

impl Download {
    /// Whether the bytes from `offset` on can still be had from it.
    pub(crate) fn holds(&self, offset: u64, len: u64) -> bool {
        self.at <= offset && offset.saturating_add(len) <= self.end
    }

    /// Fills `buffer` from `offset` on; what lies before is passed over.
    pub(crate) async fn read(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        if !self.holds(offset, buffer.len() as u64) {
            return Err(io::Error::other("the download does not hold these bytes"));
        }
        self.pass_to(offset).await?;
        let mut filled = 0;
        while filled < buffer.len() {
            let rest = self.more().await?;
            let count = rest.len().min(buffer.len() - filled);
            buffer[filled..filled + count].copy_from_slice(&rest[..count]);
            self.take(count);
            filled += count;
        }
        Ok(())
    }

    async fn pass_to(&mut self, offset: u64) -> io::Result<()> {
        while self.at < offset {
            let gap = usize::try_from(offset - self.at).unwrap_or(usize::MAX);
            let count = self.more().await?.len().min(gap);
            self.take(count);
        }
        Ok(())
    }

    fn take(&mut self, count: usize) {
        drop(self.rest.split_to(count));
        self.at += count as u64;
    }

    /// What is there, or what comes next.
    async fn more(&mut self) -> io::Result<&Bytes> {
        while self.rest.is_empty() {
            let _reading = self.bucket.reading().await?;
            let next = self.stream.next().await;
            self.rest = match next {
                Some(Ok(bytes)) => bytes,
                Some(Err(error)) => return Err(unanswered(&error)),
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            };
        }
        if self.at + self.rest.len() as u64 > self.end {
            return Err(io::Error::other("the store sent more than was asked for"));
        }
        Ok(&self.rest)
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download")
            .field("at", &self.at)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

fn identity(object: &ObjectMeta) -> Identity {
    Identity {
        size_bytes: object.size,
        modified_ms: modified_ms(object),
        inode: 0,
    }
}

fn unanswered(error: &object_store::Error) -> io::Error {
    io::Error::other(format!("the store does not answer: {}", cause(error)))
}
