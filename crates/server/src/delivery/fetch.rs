//! The bytes of a segment that lies in a bucket: few requests, each answered as the viewer takes it.

use std::collections::{BTreeMap, VecDeque};
use std::io;

use cineclub_media::ByteRange;

use super::buffers::Buffer;
use super::reads::Fill;
use crate::storage::{BucketFile, Download, Held};

/// A hole between two ranges up to this size is fetched and thrown away: a request costs more than so many bytes.
const MAX_HOLE: u64 = 1 << 20;
/// What is wanted again and again and is no longer than this is fetched once: the beginning that a Matroska track's
/// frames have in common (RFC 9559 §5.1.4.1.31.7), in bytes.
const MAX_COMMON: u64 = 64;
/// So many of them, the most wanted: a segment is of one track.
const MOST_COMMON: usize = 4;

/// A segment's bytes on their way from a bucket.
#[derive(Debug)]
pub(super) struct Fetch {
    file: BucketFile,
    /// What is there already.
    held: Held,
    /// What is wanted more than once, and its bytes once they were fetched.
    common: Vec<(ByteRange, Option<Vec<u8>>)>,
    /// What is still to be asked for, in order.
    spans: VecDeque<ByteRange>,
    /// The answer that is being taken, and the span it answers.
    open: Option<(Download, ByteRange)>,
}

impl Fetch {
    /// Will fetch these ranges, in this order, but for those that are held.
    pub(super) fn new(
        file: BucketFile,
        held: Held,
        ranges: impl IntoIterator<Item = ByteRange>,
    ) -> Self {
        let missing: Vec<_> = ranges
            .into_iter()
            .filter(|range| range.len > 0 && !held.holds(*range))
            .collect();
        let common = common(&missing);
        let once = missing.into_iter().filter(|range| !common.contains(range));
        Self {
            spans: spans(once),
            common: common.iter().map(|range| (*range, None)).collect(),
            file,
            held,
            open: None,
        }
    }

    /// Asks for what comes first, so that a refusal is known before anything is sent.
    ///
    /// # Errors
    /// The bucket's, or [`io::ErrorKind::InvalidData`] when the object was replaced.
    pub(super) async fn begin(&mut self) -> io::Result<()> {
        if self.open.is_none()
            && let Some(span) = self.spans.pop_front()
        {
            self.open = Some((self.file.download(span).await?, span));
        }
        Ok(())
    }

    /// Lets go of the connection; what is still wanted is asked for anew.
    pub(super) fn pause(&mut self) {
        if let Some((_, span)) = self.open.take() {
            self.spans.push_front(span);
        }
    }

    /// Fills a buffer as planned, the header's part from `header`.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub(super) async fn fill(
        &mut self,
        header: &[u8],
        fill: &Fill,
        buffer: &mut Buffer,
    ) -> io::Result<()> {
        let (room, _) = buffer.split();
        let (head, mut room) = room.split_at_mut(fill.header.len());
        head.copy_from_slice(&header[fill.header.clone()]);
        let mut pieces = fill.pieces.iter();
        for run in &fill.runs {
            let mut at = run.offset;
            for piece in pieces.by_ref().take(run.pieces) {
                at += piece.gap as u64;
                let (target, rest) = room.split_at_mut(piece.len);
                room = rest;
                self.read(at, target).await?;
                at += piece.len as u64;
            }
        }
        Ok(())
    }

    /// Fills `buffer` from `offset` on.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub(super) async fn read(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        if self.held.copy(offset, buffer) || self.copy_common(offset, buffer).await? {
            return Ok(());
        }
        let len = buffer.len() as u64;
        if let Some((download, _)) = self
            .open
            .as_mut()
            .filter(|(open, _)| open.holds(offset, len))
        {
            match download.read(offset, buffer).await {
                Err(error) if error.kind() != io::ErrorKind::InvalidData => {
                    // Its connection may have died of old age while the viewer took what was there.
                    tracing::info!(%error, "a download from a bucket is begun anew");
                    self.pause();
                }
                read => return read,
            }
        }
        let (download, _) = self
            .open
            .insert(open(&self.file, &mut self.spans, offset).await?);
        download.read(offset, buffer).await
    }

    /// Fills `buffer` from `offset` on, if that is part of what is wanted more than once; it is fetched when first wanted.
    async fn copy_common(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<bool> {
        let end = offset.saturating_add(buffer.len() as u64);
        let holds = |range: &ByteRange| range.offset <= offset && end <= range.end();
        let Some((range, bytes)) = self.common.iter_mut().find(|(range, _)| holds(range)) else {
            return Ok(false);
        };
        let bytes = match bytes {
            Some(bytes) => bytes,
            None => {
                // No longer than MAX_COMMON.
                let mut fetched = vec![0; range.len as usize];
                let mut download = self.file.download(*range).await?;
                download.read(range.offset, &mut fetched).await?;
                bytes.insert(fetched)
            }
        };
        // It lies within bytes that are in memory, so it fits.
        buffer.copy_from_slice(&bytes[(offset - range.offset) as usize..][..buffer.len()]);
        Ok(true)
    }
}

/// What is wanted more than once, and short; each once, the most wanted first.
fn common(ranges: &[ByteRange]) -> Vec<ByteRange> {
    let mut counts: BTreeMap<(u64, u64), u32> = BTreeMap::new();
    for range in ranges.iter().filter(|range| range.len <= MAX_COMMON) {
        *counts.entry((range.offset, range.len)).or_default() += 1;
    }
    let mut again: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
    again.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    again.truncate(MOST_COMMON);
    again
        .into_iter()
        .map(|((offset, len), _)| ByteRange { offset, len })
        .collect()
}

/// Asks for the span that `offset` lies in, from there on.
async fn open(
    file: &BucketFile,
    spans: &mut VecDeque<ByteRange>,
    offset: u64,
) -> io::Result<(Download, ByteRange)> {
    while let Some(span) = spans.pop_front() {
        if (span.offset..span.end()).contains(&offset) {
            let rest = ByteRange {
                offset,
                len: span.end() - offset,
            };
            return Ok((file.download(rest).await?, span));
        }
    }
    Err(io::Error::other("bytes are wanted that nobody announced"))
}

/// Ranges as they are asked for: those that lie near each other, one behind the other, with one request.
fn spans(ranges: impl IntoIterator<Item = ByteRange>) -> VecDeque<ByteRange> {
    let mut spans: VecDeque<ByteRange> = VecDeque::new();
    for range in ranges.into_iter().filter(|range| range.len > 0) {
        match spans.back_mut() {
            Some(last) if (last.end()..=last.end() + MAX_HOLE).contains(&range.offset) => {
                last.len = range.end() - last.offset;
            }
            _ => spans.push_back(range),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_near_each_other_are_one_request_and_far_or_backward_ones_are_others() {
        let of = |ranges: &[(u64, u64)]| {
            let ranges = ranges.iter().map(|(offset, len)| ByteRange {
                offset: *offset,
                len: *len,
            });
            spans(ranges)
                .iter()
                .map(|span| (span.offset, span.len))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&[(10, 5), (15, 5), (400, 10)]), [(10, 400)]);
        let far = 20 + MAX_HOLE;
        assert_eq!(of(&[(10, 10), (far, 1)]), [(10, far - 9)]);
        assert_eq!(of(&[(10, 10), (far + 1, 1)]), [(10, 10), (far + 1, 1)]);
        assert_eq!(of(&[(100, 10), (50, 10)]), [(100, 10), (50, 10)]);
        assert_eq!(
            of(&[(100, 10), (105, 10)]),
            [(100, 10), (105, 10)],
            "overlapping"
        );
        assert_eq!(of(&[(1, 0), (5, 0)]), []);
    }

    #[test]
    fn what_is_short_and_wanted_again_is_common_and_what_is_long_is_not() {
        let of = |ranges: &[(u64, u64)]| {
            let ranges: Vec<_> = ranges
                .iter()
                .map(|(offset, len)| ByteRange {
                    offset: *offset,
                    len: *len,
                })
                .collect();
            common(&ranges)
                .iter()
                .map(|range| (range.offset, range.len))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&[(9, 2), (50, 4), (9, 2), (70, 5), (9, 2)]), [(9, 2)]);
        assert_eq!(of(&[(9, 1), (9, 2)]), [], "not the same");
        let long = MAX_COMMON + 1;
        assert_eq!(of(&[(9, long), (9, long)]), []);
        let many: Vec<_> = (0..20).map(|n| (n % 10, 5)).chain([(7, 5)]).collect();
        let kept = of(&many);
        assert_eq!((kept.len(), kept[0]), (MOST_COMMON, (7, 5)));
    }
}
