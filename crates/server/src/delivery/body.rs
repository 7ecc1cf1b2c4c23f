//! A running answer: bytes of a segment, read as the viewer takes them, cut off when the gate says so.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use cineclub_media::Segment;
use futures::future::BoxFuture;
use http_body::{Frame, SizeHint};
use metrics::Counter;
use tokio::time::{Interval, MissedTickBehavior};

use super::MEDIA_BYTES;
use super::buffers::{Buffer, Flight, Pool};
use super::fetch::Fetch;
use super::file::MediaFile;
use super::gate::Refusal;
use super::reads::{Cursor, Fill};
use super::room::Taken;
use crate::storage::Held;

/// How often a body that waits for its viewer asks the gate again. A body that flows asks before
/// every buffer.
pub(super) const CHECK_EVERY: Duration = Duration::from_secs(5);
/// Bytes of an answer's first piece: a viewer who seeks waits for no more. To ask for more of what is not in memory sets
/// the disk to work on all of it, and the first bytes then wait for the last.
const FIRST: usize = 64 * 1024;

/// Asks the gate whether the bytes may still flow.
pub(super) type Ask = Box<dyn Fn() -> Result<(), Refusal> + Send + Sync>;

/// The body of an answer with part of a segment, or all of it.
///
/// At most one buffer is on its way at a time. That keeps the memory of a slow viewer small, and the
/// connection asking for more, so that a viewer who takes nothing is cut off as well. Whoever gathers
/// the frames instead of sending them waits for ever: copy each and let go of it.
pub struct SegmentBody {
    file: Arc<MediaFile>,
    /// What comes from a bucket, unless it is being waited for.
    fetch: Option<Fetch>,
    segment: Arc<Segment>,
    cursor: Cursor,
    fill: Fill,
    pool: Pool,
    flight: Arc<Flight>,
    state: State,
    has_begun: bool,
    ask: Ask,
    tick: Option<Pin<Box<Interval>>>,
    /// How often it ticked since the last read.
    ticks: u32,
    sent: Counter,
    /// The room that an encrypted segment takes in memory.
    _room: Option<Taken>,
}

enum State {
    /// The next buffer can be read.
    Ready,
    /// The disk is being waited for.
    Reading(BoxFuture<'static, io::Result<(Buffer, Fill)>>, usize),
    /// The bucket is being waited for.
    Fetching(BoxFuture<'static, (io::Result<Buffer>, Fetch)>, usize),
    /// Something went wrong, and nothing more is sent.
    Broken,
}

impl SegmentBody {
    /// The bytes from `start` up to, not including, `end` of a segment of `file`.
    pub(super) fn new(
        file: Arc<MediaFile>,
        segment: Segment,
        (start, end): (u64, u64),
        pool: Pool,
        ask: Ask,
    ) -> Self {
        let end = end.min(segment.len);
        let cursor = Cursor::new(segment.header.len(), &segment.ranges, start.min(end), end);
        Self {
            file,
            fetch: None,
            segment: Arc::new(segment),
            cursor,
            fill: Fill::default(),
            pool,
            flight: Arc::default(),
            state: State::Ready,
            has_begun: false,
            ask,
            tick: None,
            ticks: 0,
            sent: metrics::counter!(MEDIA_BYTES),
            _room: None,
        }
    }

    /// Gives this room back only when the body is gone.
    pub(super) fn keeping(self, room: Option<Taken>) -> Self {
        Self {
            _room: room,
            ..self
        }
    }

    /// Asks a bucket for the first bytes, but for those that are held, so that a refusal is known before anything is
    /// answered. A disk is not asked.
    pub(super) async fn begun(mut self, held: Held) -> io::Result<Self> {
        if let MediaFile::Bucket(file) = self.file.as_ref() {
            let segment = &self.segment;
            let ahead = self.cursor.ahead(segment.header.len(), &segment.ranges);
            let mut fetch = Fetch::new(file.clone(), held, ahead);
            fetch.begin().await?;
            self.fetch = Some(fetch);
        }
        Ok(self)
    }

    /// Waits for the viewer to take what was sent, asking the gate now and then.
    fn poll_gate(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let tick = self.tick.get_or_insert_with(|| {
            let mut interval = tokio::time::interval(CHECK_EVERY);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            Box::pin(interval)
        });
        while tick.poll_tick(cx).is_ready() {
            if let Err(refusal) = (self.ask)() {
                return Poll::Ready(Err(refused(refusal)));
            }
            // The first tick since the last read may come at once; at the second a whole period has passed.
            self.ticks = self.ticks.saturating_add(1);
            if let Some(fetch) = self.fetch.as_mut().filter(|_| self.ticks > 1) {
                fetch.pause();
            }
        }
        Poll::Pending
    }

    /// Reads the next buffer from memory, or sets the disk or the bucket to work.
    fn read(&mut self) -> io::Result<Option<Bytes>> {
        (self.ask)().map_err(refused)?;
        self.ticks = 0;
        let mut buffer = self.pool.take();
        let begun = std::mem::replace(&mut self.has_begun, true);
        let room = if begun {
            buffer.room()
        } else {
            FIRST.min(buffer.room())
        };
        let count = self.plan(room)?;
        match self
            .file
            .fill_at_hand(&self.segment.header, &self.fill, &mut buffer)
        {
            Ok(()) => Ok(Some(buffer.send(count, &self.flight))),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.state = self.set_to_work(buffer, count);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Plans the next at most `room` bytes, and says how many they are.
    fn plan(&mut self, room: usize) -> io::Result<usize> {
        let segment = &self.segment;
        let header_len = segment.header.len();
        let (cursor, fill) = (&mut self.cursor, &mut self.fill);
        match cursor.advance(header_len, &segment.ranges, room, fill) {
            0 => Err(io::Error::other(
                "the segment's ranges are shorter than its length",
            )),
            count => Ok(count),
        }
    }

    fn set_to_work(&mut self, buffer: Buffer, count: usize) -> State {
        let (file, segment) = (Arc::clone(&self.file), Arc::clone(&self.segment));
        let fill = std::mem::take(&mut self.fill);
        match (file.as_ref(), self.fetch.take()) {
            (MediaFile::Bucket(_), Some(fetch)) => {
                State::Fetching(fetch_into(buffer, fill, fetch, segment), count)
            }
            _ => State::Reading(read_from_disk(buffer, fill, file, segment), count),
        }
    }

    fn poll_bytes(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Bytes>>> {
        loop {
            match &mut self.state {
                State::Broken => return Poll::Ready(Ok(None)),
                State::Reading(reading, count) => {
                    let count = *count;
                    let (buffer, fill) = ready!(reading.as_mut().poll(cx))?;
                    self.fill = fill;
                    self.state = State::Ready;
                    // A disk can take its time: the gate may have closed meanwhile.
                    (self.ask)().map_err(refused)?;
                    return Poll::Ready(Ok(Some(buffer.send(count, &self.flight))));
                }
                State::Fetching(fetching, count) => {
                    let count = *count;
                    let (buffer, fetch) = ready!(fetching.as_mut().poll(cx));
                    (self.fetch, self.state) = (Some(fetch), State::Ready);
                    let buffer = buffer?;
                    // So can a bucket.
                    (self.ask)().map_err(refused)?;
                    return Poll::Ready(Ok(Some(buffer.send(count, &self.flight))));
                }
                State::Ready if self.cursor.remaining == 0 => return Poll::Ready(Ok(None)),
                State::Ready if self.flight.is_up(cx) => {
                    ready!(self.poll_gate(cx))?;
                }
                State::Ready => {
                    if let Some(bytes) = self.read()? {
                        return Poll::Ready(Ok(Some(bytes)));
                    }
                }
            }
        }
    }
}

impl http_body::Body for SegmentBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        let result = ready!(this.poll_bytes(cx));
        match &result {
            Err(_) => this.state = State::Broken,
            Ok(bytes) => this
                .sent
                .increment(bytes.as_ref().map_or(0, Bytes::len) as u64),
        }
        Poll::Ready(result.map(|bytes| bytes.map(Frame::data)).transpose())
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.state, State::Ready) && self.cursor.remaining == 0
    }

    fn size_hint(&self) -> SizeHint {
        // While the disk or the bucket is waited for, the bytes of that buffer have not been sent either.
        let reading = match &self.state {
            State::Reading(_, count) | State::Fetching(_, count) => *count as u64,
            State::Ready | State::Broken => 0,
        };
        SizeHint::with_exact(self.cursor.remaining + reading)
    }
}

fn read_from_disk(
    mut buffer: Buffer,
    fill: Fill,
    file: Arc<MediaFile>,
    segment: Arc<Segment>,
) -> BoxFuture<'static, io::Result<(Buffer, Fill)>> {
    Box::pin(async move {
        let turn = file.turn().await?;
        let read = move || {
            let _turn = turn;
            file.fill(&segment.header, &fill, &mut buffer)?;
            Ok((buffer, fill))
        };
        let read = tokio::task::spawn_blocking(read).await;
        read.map_err(io::Error::other)?
    })
}

/// No thread waits for a bucket: whoever polls the body does.
fn fetch_into(
    mut buffer: Buffer,
    fill: Fill,
    mut fetch: Fetch,
    segment: Arc<Segment>,
) -> BoxFuture<'static, (io::Result<Buffer>, Fetch)> {
    Box::pin(async move {
        let filled = fetch.fill(&segment.header, &fill, &mut buffer).await;
        (filled.map(|()| buffer), fetch)
    })
}

fn refused(refusal: Refusal) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, refusal)
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
