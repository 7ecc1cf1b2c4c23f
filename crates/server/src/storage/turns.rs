//! How many threads may wait for one root's disk: a disk that hangs keeps those, and no film of another waits for it.

use std::io;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Threads that may wait for one root. There are 512 that may wait for anything at all, and no disk gets quicker with more
/// than this many readers.
const MOST: usize = 64;

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
        let turn = Arc::clone(&self.0).acquire_owned().await;
        turn.map_err(io::Error::other)
    }
}
