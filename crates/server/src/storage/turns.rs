//! How many threads may wait for one root's disk while films play: a disk that hangs keeps those, and plays of other films
//! find threads. Looks at folders and jobs have few threads by themselves, and take no turns.

use std::io;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Threads that may wait for one root. There are 512 that may wait for anything at all, and no disk gets quicker with more
/// than this many readers.
const MOST: usize = 64;
/// Whole segments of one root that may be read into memory at a time: of the usual few megabytes they leave most of the room
/// to others when their disk hangs.
const MOST_WHOLE: usize = 16;

/// The turns of a root. Cloning gives another view of the same ones.
#[derive(Debug, Clone)]
pub struct Turns {
    threads: Arc<Semaphore>,
    whole: Arc<Semaphore>,
}

impl Default for Turns {
    fn default() -> Self {
        let [threads, whole] = [MOST, MOST_WHOLE].map(|most| Arc::new(Semaphore::new(most)));
        Self { threads, whole }
    }
}

impl Turns {
    /// Leave to let a thread wait for the disk, which lasts as long as the thread does.
    ///
    /// # Errors
    /// None that happens: nobody closes the turns.
    pub async fn take(&self) -> io::Result<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.threads).acquire_owned().await;
        turn.map_err(io::Error::other)
    }

    /// Leave to read a whole segment into memory, to be had before room is taken for it.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub(crate) async fn take_whole(&self) -> io::Result<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.whole).acquire_owned().await;
        turn.map_err(io::Error::other)
    }
}
