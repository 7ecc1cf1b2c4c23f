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

/// Looks at a time whether a root is there, which wait for none of those who read from it.
const MOST_LOOKS: usize = 2;

/// The turns of a root. Cloning gives another view of the same ones.
#[derive(Debug, Clone)]
pub struct Turns {
    threads: Arc<Semaphore>,
    whole: Arc<Semaphore>,
    looks: Arc<Semaphore>,
}

impl Default for Turns {
    fn default() -> Self {
        let of = |most| Arc::new(Semaphore::new(most));
        Self {
            threads: of(MOST),
            whole: of(MOST_WHOLE),
            looks: of(MOST_LOOKS),
        }
    }
}

impl Turns {
    /// Leave to let a thread wait for the disk, which lasts as long as the thread does.
    ///
    /// # Errors
    /// None that happens: nobody closes the turns.
    pub async fn take(&self) -> io::Result<OwnedSemaphorePermit> {
        taken(&self.threads).await
    }

    /// Leave to read a whole segment into memory, to be had before room is taken for it.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub(crate) async fn take_whole(&self) -> io::Result<OwnedSemaphorePermit> {
        taken(&self.whole).await
    }

    /// Leave to let a thread look whether the root is there.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub(super) async fn take_look(&self) -> io::Result<OwnedSemaphorePermit> {
        taken(&self.looks).await
    }
}

async fn taken(turns: &Arc<Semaphore>) -> io::Result<OwnedSemaphorePermit> {
    let turn = Arc::clone(turns).acquire_owned().await;
    turn.map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn however_many_look_at_a_disk_that_hangs_two_threads_wait_for_it() {
        let turns = Turns::default();
        let mut waiting = Vec::new();
        let patience = std::time::Duration::from_secs(2);
        while let Ok(look) = tokio::time::timeout(patience, turns.take_look()).await {
            waiting.push(look);
            assert!(waiting.len() <= 2);
        }
        assert!(turns.take().await.is_ok(), "those who read have their own");
        waiting.pop();
        assert!(turns.take_look().await.is_ok());
    }
}
