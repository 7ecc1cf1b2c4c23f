//! Simulates viewers of a service on this host, each a client of HLS with a play and a connection of its own, and says
//! in one line of JSON how they fared: see bench/README.md.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod playhead;
mod playlist;
mod tally;
mod viewer;
mod wire;

use std::cell::RefCell;
use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use tally::Tally;
use viewer::{Chance, Run, Seat, watch};
use wire::Broken;

/// As many as one run may have: a host has so many ports.
const MOST_VIEWERS: usize = 20_000;
/// As long as one run may take, in seconds.
const MOST_SECONDS: u64 = 3_600;
/// Files that are open beside the connections.
const OTHER_FILES: u64 = 64;

/// Simulates viewers of a service on this host.
#[derive(Debug, Clone, Parser)]
struct Args {
    /// Address and port of the service: on this host.
    #[arg(long)]
    server: SocketAddr,
    /// Who watches what: on each line a film's name in addresses and a session's cookie. Each is one viewer.
    #[arg(long)]
    seats: PathBuf,
    /// Seconds over which the viewers begin, one after the other.
    #[arg(long, default_value_t = 30)]
    ramp: u64,
    /// Seconds for which they all watch.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// How likely a viewer seeks after a segment.
    #[arg(long, default_value_t = 0.02)]
    seek: f64,
    /// Threads that simulate them.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    if !args.server.ip().is_loopback() {
        return Err("viewers are simulated for a service on this host alone".into());
    }
    if args.ramp.saturating_add(args.seconds) > MOST_SECONDS {
        return Err(format!("a run takes at most {MOST_SECONDS} s").into());
    }
    let seats = seats(&args.seats)?;
    allow_files(seats.len())?;
    let begun = Instant::now();
    let steady = begun + Duration::from_secs(args.ramp);
    let run = Run {
        server: args.server,
        begun,
        steady,
        end: steady + Duration::from_secs(args.seconds),
        seek: args.seek,
    };
    let (seats, threads) = (&seats, args.threads.max(1));
    let stop = CancellationToken::new();
    let tally = std::thread::scope(|scope| {
        let start = |first| {
            let stop = stop.clone();
            scope.spawn(move || simulate(run, seats, (first, threads), &stop))
        };
        let started: Vec<_> = (0..threads).map(start).collect();
        let mut whole: Result<_, Broken> = Ok(Tally::default());
        for thread in started {
            let part = thread
                .join()
                .expect("a thread that simulates does not panic");
            whole = whole.and_then(|whole| Ok(whole.and(part?)));
        }
        whole.map_err(|broken| broken.to_string())
    })?;
    println!("{}", serde_json::to_string(&tally.report(seats.len()))?);
    Ok(())
}

fn seats(path: &Path) -> Result<Vec<Seat>, Box<dyn Error>> {
    let seat = |line: &str| {
        let (slug, cookie) = line.split_once(' ')?;
        Some(Seat {
            slug: slug.to_owned(),
            cookie: cookie.to_owned(),
        })
    };
    let text = std::fs::read_to_string(path)?;
    let seats: Option<Vec<Seat>> = text.lines().map(seat).collect();
    match seats {
        Some(seats) if (1..=MOST_VIEWERS).contains(&seats.len()) => Ok(seats),
        Some(_) => Err(format!("1 to {MOST_VIEWERS} viewers can be simulated").into()),
        None => Err("each line of the seats needs a film and a cookie".into()),
    }
}

/// Raises the limit of open files, since each viewer is a connection.
fn allow_files(viewers: usize) -> Result<(), Box<dyn Error>> {
    let needed = viewers as u64 + OTHER_FILES;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    let wanted = Rlimit {
        current: Some(needed),
        maximum,
    };
    setrlimit(Resource::Nofile, wanted).map_err(|error| {
        format!("{needed} files must be open at once, and may not be ({error}): ulimit -n {needed}")
            .into()
    })
}

/// Simulates every so many-th viewer on this thread.
fn simulate(
    run: Run,
    seats: &[Seat],
    (first, threads): (usize, usize),
    stop: &CancellationToken,
) -> Result<Tally, Broken> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let tally = Rc::new(RefCell::new(Tally::default()));
    let mut watching = JoinSet::new();
    let all = LocalSet::new();
    let scratch = wire::scratch();
    let apart = (run.steady - run.begun) / u32::try_from(seats.len()).unwrap_or(u32::MAX);
    for (n, seat) in seats.iter().enumerate().skip(first).step_by(threads) {
        let (seat, tally, scratch) = (seat.clone(), Rc::clone(&tally), Rc::clone(&scratch));
        let start = run.begun + apart * u32::try_from(n).unwrap_or(u32::MAX);
        let viewer = async move {
            sleep_until(start).await;
            watch(run, seat, Chance(n as u64), scratch, tally).await
        };
        watching.spawn_local_on(viewer, &all);
    }
    let ended = all.block_on(&runtime, async {
        tokio::select! {
            () = stop.cancelled() => Ok(()),
            ended = gather(&mut watching, &tally) => ended,
        }
    });
    if ended.is_err() {
        stop.cancel();
    }
    ended.map(|()| tally.take())
}

/// Waits for every viewer. Those who fail are counted; where no connection is taken any more, that is all.
async fn gather(
    watching: &mut JoinSet<Result<(), Broken>>,
    tally: &RefCell<Tally>,
) -> Result<(), Broken> {
    while let Some(ended) = watching.join_next().await {
        let ended = ended.unwrap_or(Err(Broken::Strange("a viewer that panicked")));
        match ended {
            Ok(()) => {}
            Err(refused @ Broken::Refused(_)) => return Err(refused),
            Err(broken) => tally.borrow_mut().fail(&broken),
        }
    }
    Ok(())
}
