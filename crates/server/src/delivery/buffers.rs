//! Reused read buffers: a fresh one per segment would cost more in page faults than all the rest.

use std::sync::{Arc, Mutex, PoisonError};

use futures::task::AtomicWaker;

/// Bytes one buffer can send. Of 32 KiB to 1 MiB this is where a byte stops getting cheaper (bench/README.md).
pub(super) const ROOM: usize = 512 * 1024;
/// Bytes behind them for what lies between the pieces of a read and is not sent.
pub(super) const GAP_ROOM: usize = 32 * 1024;
/// Bytes a buffer can send when many are out.
const SMALL_ROOM: usize = 64 * 1024;
/// When this many large buffers are out, on slow connections mostly, further ones are small.
const LARGE_OUT: usize = 160;
/// Idle large buffers kept.
const LARGE_IDLE: usize = 64;

/// Where buffers come from and go back to. Cloning gives another handle.
#[derive(Debug, Clone, Default)]
pub(super) struct Pool {
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    idle: Vec<Vec<u8>>,
    out: usize,
}

/// A buffer on loan: room for bytes to send, then [`GAP_ROOM`] for bytes to skip.
#[derive(Debug)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    len: usize,
    pool: Pool,
    flight: Option<Arc<Flight>>,
}

/// Tells a body when the buffer it sent last has left for the network.
#[derive(Debug, Default)]
pub(super) struct Flight {
    waker: AtomicWaker,
    up: std::sync::atomic::AtomicBool,
}

impl Pool {
    /// Lends a buffer, the one used last if any is idle: it is still in the processor's cache.
    pub(super) fn take(&self) -> Buffer {
        let bytes = {
            let mut shelf = self.shelf();
            if shelf.out >= LARGE_OUT {
                None
            } else {
                shelf.out += 1;
                Some(shelf.idle.pop().unwrap_or_default())
            }
        };
        let bytes = match bytes {
            Some(bytes) if !bytes.is_empty() => bytes,
            Some(_) => vec![0; ROOM + GAP_ROOM],
            None => vec![0; SMALL_ROOM + GAP_ROOM],
        };
        Buffer {
            bytes,
            len: 0,
            pool: self.clone(),
            flight: None,
        }
    }

    fn give_back(&self, bytes: Vec<u8>) {
        if bytes.len() != ROOM + GAP_ROOM {
            return;
        }
        let mut shelf = self.shelf();
        shelf.out = shelf.out.saturating_sub(1);
        if shelf.idle.len() < LARGE_IDLE {
            shelf.idle.push(bytes);
        }
    }

    fn shelf(&self) -> std::sync::MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Buffer {
    /// How many bytes it can send.
    pub(super) fn room(&self) -> usize {
        self.bytes.len() - GAP_ROOM
    }

    /// The part to send, and the part for bytes to skip.
    pub(super) fn split(&mut self) -> (&mut [u8], &mut [u8]) {
        let room = self.room();
        self.bytes.split_at_mut(room)
    }

    /// Says that the first `len` bytes are to be sent, and sets off: `flight` is up until they are gone.
    pub(super) fn send(mut self, len: usize, flight: &Arc<Flight>) -> bytes::Bytes {
        self.len = len.min(self.room());
        flight.up.store(true, std::sync::atomic::Ordering::Release);
        self.flight = Some(Arc::clone(flight));
        bytes::Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.pool.give_back(std::mem::take(&mut self.bytes));
        if let Some(flight) = &self.flight {
            flight.up.store(false, std::sync::atomic::Ordering::Release);
            flight.waker.wake();
        }
    }
}

impl Flight {
    /// Whether the buffer sent last is still on its way; if so the task of `cx` is woken when it is gone.
    pub(super) fn is_up(&self, cx: &std::task::Context<'_>) -> bool {
        let up = || self.up.load(std::sync::atomic::Ordering::Acquire);
        if !up() {
            return false;
        }
        self.waker.register(cx.waker());
        // Again, since the buffer may have gone before the waker was in place.
        up()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_when_the_last_handle_to_its_bytes_is_gone() {
        let pool = Pool::default();
        let flight = Arc::new(Flight::default());
        let mut buffer = pool.take();
        buffer.split().0[..3].copy_from_slice(b"abc");
        let home = buffer.split().0.as_ptr();
        let sent = buffer.send(3, &flight);
        let piece = sent.slice(1..2);
        drop(sent);
        let cx = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(flight.is_up(&cx), "a slice is still held");
        assert_eq!(&piece[..], b"b");
        drop(piece);
        assert!(!flight.is_up(&cx));
        assert_eq!(
            pool.take().split().0.as_ptr(),
            home,
            "the same memory is lent again"
        );
    }

    #[test]
    fn when_many_buffers_are_out_further_ones_are_small_and_none_is_kept_beyond_the_bound() {
        let pool = Pool::default();
        let large: Vec<_> = (0..LARGE_OUT).map(|_| pool.take()).collect();
        assert!(large.iter().all(|buffer| buffer.room() == ROOM));
        let small = pool.take();
        assert_eq!(small.room(), SMALL_ROOM);
        drop(large);
        drop(small);
        let shelf = pool.shelf();
        assert_eq!((shelf.idle.len(), shelf.out), (LARGE_IDLE, 0));
    }
}
