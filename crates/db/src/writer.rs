//! SQLite's one writer: waiting writes run one after the other and share one commit.
//!
//! The writer task owns the connection and lends it. A borrower works inside a savepoint, so its
//! failure undoes its own work and nobody else's; it is told "done" only after the shared COMMIT
//! has returned, which with `synchronous=FULL` means the bytes are on the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::{Error, Result};

/// What the writer has done since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriteCounts {
    /// Transactions acknowledged.
    pub writes: u64,
    /// Commits made for them: one each on PostgreSQL, shared on SQLite.
    pub commits: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    writes: AtomicU64,
    commits: AtomicU64,
}

impl Counters {
    pub(crate) fn read(&self) -> WriteCounts {
        WriteCounts {
            writes: self.writes.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn committed(&self, writes: u64) {
        self.writes.fetch_add(writes, Ordering::Relaxed);
        self.commits.fetch_add(1, Ordering::Relaxed);
    }
}

/// The bounds of one shared commit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch {
    pub(crate) writes: usize,
    pub(crate) time: Duration,
}

type Ack = oneshot::Sender<Result<()>>;

/// The way to the writer task.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Request>,
    stopped: watch::Receiver<()>,
}

type Turn = oneshot::Sender<Result<Lease>>;

#[derive(Debug)]
enum Request {
    Turn(Turn),
    Stop,
}

impl Writer {
    /// Starts the task that owns `conn`.
    pub(crate) fn start(conn: SqliteConnection, batch: Batch, counters: Arc<Counters>) -> Self {
        let (queue, waiting) = mpsc::channel(1024);
        let (running, stopped) = watch::channel(());
        tokio::spawn(async move {
            run(conn, waiting, batch, counters).await;
            drop(running);
        });
        Self { queue, stopped }
    }

    /// Waits for a turn to write.
    pub(crate) async fn lease(&self) -> Result<Lease> {
        let (turn, lease) = oneshot::channel();
        self.queue
            .send(Request::Turn(turn))
            .await
            .map_err(|_| closed())?;
        lease.await.map_err(|_| closed())?
    }

    /// Lets the writes before this one finish, then closes the connection and waits for that.
    pub(crate) async fn stop(&self) {
        let mut stopped = self.stopped.clone();
        // If the queue is gone the task has stopped already.
        let _ = self.queue.send(Request::Stop).await;
        // The only change ever is the end of the sender.
        let _ = stopped.changed().await;
    }
}

fn closed() -> Error {
    Error::Unavailable(Arc::new(std::io::Error::other(
        "the database's writer has stopped",
    )))
}

/// The connection, lent to one write. Dropping it undoes the write.
#[derive(Debug)]
pub(crate) struct Lease {
    held: Option<(SqliteConnection, oneshot::Sender<Returned>)>,
}

#[derive(Debug)]
struct Returned {
    conn: SqliteConnection,
    /// Who waits for the commit; none if the write is to be undone.
    keep: Option<Ack>,
}

impl Lease {
    pub(crate) fn connection(&mut self) -> Result<&mut SqliteConnection, Error> {
        self.held.as_mut().map(|(conn, _)| conn).ok_or_else(closed)
    }

    /// Gives the connection back and waits for the shared commit.
    pub(crate) async fn commit(mut self) -> Result<()> {
        let (ack, acknowledged) = oneshot::channel();
        self.give_back(Some(ack));
        acknowledged.await.map_err(|_| closed())?
    }

    fn give_back(&mut self, keep: Option<Ack>) {
        if let Some((conn, back)) = self.held.take() {
            // The writer task waits for this message; if it is gone, so is the program.
            let _ = back.send(Returned { conn, keep });
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.give_back(None);
    }
}

async fn run(
    mut conn: SqliteConnection,
    mut waiting: mpsc::Receiver<Request>,
    batch: Batch,
    counters: Arc<Counters>,
) {
    let mut stopping = false;
    while !stopping {
        let Some(Request::Turn(first)) = waiting.recv().await else {
            break;
        };
        if let Err(error) = sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut conn).await {
            let _ = first.send(Err(error.into()));
            continue;
        }
        let mut shared = Shared {
            acks: Vec::new(),
            stopping: false,
        };
        let result;
        (conn, result) = share(conn, first, &mut waiting, batch, &mut shared).await;
        stopping = shared.stopping;
        if result.is_ok() {
            counters.committed(shared.acks.len() as u64);
        } else {
            // After some errors SQLite has already rolled back; then this one says so and is ignored.
            let _ = sqlx::raw_sql("ROLLBACK").execute(&mut conn).await;
        }
        for ack in shared.acks {
            let _ = ack.send(result.clone());
        }
    }
    if let Err(error) = conn.close().await {
        tracing::warn!(%error, "closing the database's writer");
    }
}

/// What one commit has gathered.
struct Shared {
    acks: Vec<Ack>,
    stopping: bool,
}

/// Runs one transaction, already begun, for `first` and those who are waiting.
async fn share(
    mut conn: SqliteConnection,
    first: Turn,
    waiting: &mut mpsc::Receiver<Request>,
    batch: Batch,
    shared: &mut Shared,
) -> (SqliteConnection, Result<()>) {
    let opened = Instant::now();
    let mut next = Some(first);
    let mut turns = 0;
    while let Some(turn) = next {
        let (back, result) = take_turn(conn, turn).await;
        conn = back;
        match result {
            Ok(ack) => shared.acks.extend(ack),
            Err(error) => return (conn, Err(error)),
        }
        turns += 1;
        let full = turns >= batch.writes || opened.elapsed() >= batch.time;
        next = match if full { None } else { waiting.try_recv().ok() } {
            Some(Request::Turn(turn)) => Some(turn),
            Some(Request::Stop) => {
                shared.stopping = true;
                None
            }
            None => None,
        };
    }
    let committed = sqlx::raw_sql("COMMIT").execute(&mut conn).await;
    (conn, committed.map(|_| ()).map_err(Error::from))
}

/// Lends the connection once, inside a savepoint.
///
/// An error here means that SQLite has given up the whole transaction (a full disk does that):
/// nobody's write may then be acknowledged.
async fn take_turn(
    mut conn: SqliteConnection,
    turn: Turn,
) -> (SqliteConnection, Result<Option<Ack>>) {
    if let Err(error) = sqlx::raw_sql("SAVEPOINT turn").execute(&mut conn).await {
        let error = Error::from(error);
        let _ = turn.send(Err(error.clone()));
        return (conn, Err(error));
    }
    let (back, returned) = oneshot::channel();
    // If the one who waited is gone, the unsent lease gives itself back when it is dropped here.
    drop(turn.send(Ok(Lease {
        held: Some((conn, back)),
    })));
    let Ok(Returned { mut conn, keep }) = returned.await else {
        unreachable!("a lease gives its connection back when it is dropped")
    };
    let sql = if keep.is_some() {
        "RELEASE turn"
    } else {
        "ROLLBACK TO turn; RELEASE turn"
    };
    match sqlx::raw_sql(sql).execute(&mut conn).await {
        Ok(_) => (conn, Ok(keep)),
        Err(error) => {
            let error = Error::from(error);
            if let Some(ack) = keep {
                let _ = ack.send(Err(error.clone()));
            }
            (conn, Err(error))
        }
    }
}
