//! Encrypted segments are put together in memory, within a bound: what is said of their slices depends on every one of them.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use cineclub_domain::id::AccountId;
use cineclub_media::{self as media, ContentKey, LARGEST_ENCRYPTED_BYTES, Segment};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::disk::Patience;
use super::failure::{away, unplayable};
use super::film::Film;
use crate::error::{Error, Result};
use crate::storage::{Held, Turns};

/// All encrypted segments that are being sent may take so much together, in kibibytes.
const ROOM_KIB: u32 = 256 * 1024;
/// Those of one account may take so much, in kibibytes: two segments for each of two screens, of the best pictures there are.
const SHARE_KIB: u32 = 64 * 1024;
/// How long a segment waits for the others to be sent.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is said of encrypted samples takes less, in bytes.
const HEAD_ROOM: usize = 64 * 1024;

/// The memory that encrypted segments may take together, and an account's of it: who takes slowly what was put together
/// for them keeps nobody else waiting.
#[derive(Debug)]
pub(super) struct Room {
    all: Arc<Semaphore>,
    shares: Mutex<HashMap<AccountId, Weak<Semaphore>>>,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(ROOM_KIB as usize)),
            shares: Mutex::default(),
        }
    }
}

/// Room that was taken; it is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Taken {
    _of_all: OwnedSemaphorePermit,
    _of_share: OwnedSemaphorePermit,
}

/// A planned segment that was encrypted.
#[derive(Debug)]
pub(super) struct Encrypted {
    /// Nothing of it is read from the file any more.
    pub(super) segment: Segment,
    pub(super) room: Taken,
}

impl Room {
    /// Reads a planned segment of a film and encrypts it for an account.
    ///
    /// # Errors
    /// Unavailable when it is too large, when the account's others or everybody's take all the room, when the file is not the one that was indexed, and
    /// when something in it can't be encrypted.
    pub(super) async fn encrypt(
        &self,
        film: &Arc<Film>,
        number: u8,
        (segment, held): (Segment, Held),
        (key, account): (ContentKey, AccountId),
    ) -> Result<Encrypted> {
        if segment.len > LARGEST_ENCRYPTED_BYTES {
            return Err(away().because(media::Error::TooLarge {
                kind: b"mdat".into(),
                size_bytes: segment.len,
                limit_bytes: LARGEST_ENCRYPTED_BYTES,
            }));
        }
        let unreadable = |error| away().because(error);
        let bytes = segment.len.saturating_add(HEAD_ROOM as u64);
        let turns = film.file.turns();
        let (room, whole_turn) = self.take(account, bytes, turns).await?;
        let fetched = film.file.fetched(&segment, held).await;
        let fetched = fetched.map_err(unreadable)?;
        let turn = match turns {
            Some(turns) => Some(turns.take().await.map_err(unreadable)?),
            None => None,
        };
        let film = Arc::clone(film);
        let encrypt = move || {
            let clear = fetched.map_or_else(|| whole(&film, &segment), Ok);
            drop((turn, whole_turn));
            let clear = clear.map_err(unreadable)?;
            let header = media::encrypt_fragment(&film.index, number.into(), clear, &key);
            // The room goes along: a request that is given up must not give it back while this goes on.
            header.map(|header| (header, room)).map_err(unplayable)
        };
        let (header, room) = tokio::task::spawn_blocking(encrypt)
            .await
            .map_err(Error::internal)??;
        Ok(Encrypted {
            segment: Segment {
                len: header.len() as u64,
                header,
                ranges: Vec::new(),
            },
            room,
        })
    }

    /// Takes room, of the account's share first: whoever waits for that holds nothing of the others'. Of what all share
    /// the segments of one disk take a part.
    async fn take(
        &self,
        account: AccountId,
        bytes: u64,
        turns: Option<&Turns>,
    ) -> Result<(Taken, Option<OwnedSemaphorePermit>)> {
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let (all, share) = (Arc::clone(&self.all), self.share(account));
        let take = async {
            let of_share = share.acquire_many_owned(kib.min(SHARE_KIB)).await;
            let turn = match turns {
                Some(turns) => Some(turns.take_whole().await?),
                None => None,
            };
            let of_all = all.acquire_many_owned(kib.min(ROOM_KIB)).await;
            let taken = Taken {
                _of_all: of_all.map_err(io::Error::other)?,
                _of_share: of_share.map_err(io::Error::other)?,
            };
            Ok((taken, turn))
        };
        let taken = tokio::time::timeout(PATIENCE, take).await;
        let taken = taken.map_err(|error| away().because(error))?;
        taken.map_err(|error: io::Error| Error::internal(error))
    }

    fn share(&self, account: AccountId) -> Arc<Semaphore> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get(&account).and_then(Weak::upgrade) {
            return share;
        }
        shares.retain(|_, share| share.strong_count() > 0);
        let share = Arc::new(Semaphore::new(SHARE_KIB as usize));
        shares.insert(account, Arc::downgrade(&share));
        share
    }
}

/// A segment's bytes, of a file on a disk that is still the one that was indexed.
fn whole(film: &Film, segment: &Segment) -> io::Result<Vec<u8>> {
    // A bound was checked before; with room for the head no second copy is made.
    let mut whole = Vec::with_capacity(segment.len as usize + HEAD_ROOM);
    whole.extend(&segment.header);
    let reader = film.file.reader(None);
    for range in &segment.ranges {
        let start = whole.len();
        whole.resize(start + range.len as usize, 0);
        media::read_exact_at(&reader, range.offset, &mut whole[start..])
            .map_err(io::Error::other)?;
    }
    film.file.verify(Patience::Disk)?;
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn account(number: u8) -> AccountId {
        AccountId::from_bytes([number; 16])
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_of_what_was_put_together_keeps_nobody_else_waiting() {
        let room = Room::default();
        let [slow, other] = [1, 2].map(account);
        let mut held = Vec::new();
        while let Ok(taken) = room.take(slow, 4 * MIB, None).await {
            held.push(taken);
            assert!(held.len() <= 16, "64 MiB are sixteen times four");
        }
        assert_eq!(held.len(), 16);
        assert!(
            room.take(other, 60 * MIB, None).await.is_ok(),
            "a large one takes a share, and not more of it than there is"
        );
        held.pop();
        assert!(room.take(slow, 4 * MIB, None).await.is_ok());
        held.clear();
        room.share(other);
        assert_eq!(
            room.shares.lock().unwrap().len(),
            1,
            "nothing is kept of accounts that wait for nothing"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn all_accounts_together_take_no_more_than_there_is() {
        let room = Room::default();
        let mut held = Vec::new();
        while let Ok(taken) = room.take(account(held.len() as u8), 16 * MIB, None).await {
            held.push(taken);
            assert!(held.len() <= 16);
        }
        assert_eq!(held.len(), 16);
    }

    #[tokio::test(start_paused = true)]
    async fn a_disk_that_hangs_leaves_room_to_the_films_of_others() {
        let (room, hung, well) = (Room::default(), Turns::default(), Turns::default());
        let mut waiting = Vec::new();
        while let Ok(taken) = room
            .take(account(waiting.len() as u8), 4 * MIB, Some(&hung))
            .await
        {
            waiting.push(taken);
            assert!(waiting.len() <= 16, "a quarter of the room");
        }
        assert!(room.take(account(99), 4 * MIB, Some(&well)).await.is_ok());
        waiting.pop();
        assert!(room.take(account(99), 4 * MIB, Some(&hung)).await.is_ok());
    }
}
