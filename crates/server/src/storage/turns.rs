//! How many threads may wait for one root's disk while films play: a disk that hangs keeps those, and plays of other films
//! find threads. Looks at folders and jobs have few threads by themselves, and take no turns.

use std::io;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Threads that may wait for one root. There are 512 that may wait for anything at all, and no disk gets quicker with more
/// than this many readers.
const MOST: usize = 64;
/// Turns that are taken to read a whole segment into memory: so many wait for a disk that hangs that most of the room there
/// is left to others.
const WHOLE: u32 = 4;

/// The turns of a root. Cloning gives another view of the same ones.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST)))
    }
}

impl Turns {
    /// Leave to let a thread wait for the disk, which lasts as long as the thread does.
    ///
    /// # Errors
    /// None that happens: nobody closes the turns.
    pub async fn take(&self) -> io::Result<OwnedSemaphorePermit> {
        self.several(1).await
    }

    /// The same for reading a whole segment into memory.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub(crate) async fn take_for_whole(&self) -> io::Result<OwnedSemaphorePermit> {
        self.several(WHOLE).await
    }

    async fn several(&self, turns: u32) -> io::Result<OwnedSemaphorePermit> {
        let taken = Arc::clone(&self.0).acquire_many_owned(turns).await;
        taken.map_err(io::Error::other)
    }
}
