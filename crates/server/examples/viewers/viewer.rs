//! One viewer: presses play, reads the playlists, and watches in real time from a random place, seeking now and then.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep_until};

use crate::playhead::{Next, Playhead};
use crate::playlist::{self, Track};
use crate::tally::Tally;
use crate::wire::{Ask, Broken, Connection, Scratch};

/// How often a player gives a sign of life when the service doesn't say.
const BEAT_SECONDS: u64 = 15;

/// Who watches what: the member's session, as its cookie, and the film's name in addresses.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) slug: String,
    pub(crate) cookie: String,
}

/// What all viewers of a run have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) server: SocketAddr,
    /// From which instants are counted.
    pub(crate) begun: Instant,
    /// When every viewer has begun.
    pub(crate) steady: Instant,
    pub(crate) end: Instant,
    /// How likely a viewer seeks after a segment of the picture.
    pub(crate) seek: f64,
}

impl Run {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Chance, from a seed: the same viewers go the same ways in every run (SplitMix64).
#[derive(Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of so many.
    fn of(&mut self, count: usize) -> usize {
        // What is left of a division by a `usize` fits in one.
        (self.draw() % count.max(1) as u64) as usize
    }

    /// Whether something of this likelihood happens.
    fn happens(&mut self, likely: f64) -> bool {
        ((self.draw() >> 11) as f64 / (1_u64 << 53) as f64) < likely
    }
}

/// The parts of the answer to pressing play that a player needs.
#[derive(Debug, Deserialize)]
struct Play {
    manifest: String,
    beat: String,
    beat_seconds: Option<u64>,
}

/// A viewer in front of a film.
struct Viewer {
    run: Run,
    cookie: String,
    connection: Connection,
    scratch: Scratch,
    play: Play,
    /// The picture first, then the sound.
    tracks: Vec<Track>,
    /// The number of the next segment of each.
    next: Vec<usize>,
    chance: Chance,
    tally: Rc<RefCell<Tally>>,
}

/// Watches until the run ends.
pub(crate) async fn watch(
    run: Run,
    seat: Seat,
    chance: Chance,
    scratch: Scratch,
    tally: Rc<RefCell<Tally>>,
) -> Result<(), Broken> {
    let asked_ms = run.now_ms();
    let mut connection = Connection::open(run.server, Rc::clone(&scratch)).await?;
    let ask = Ask::Post {
        cookie: &seat.cookie,
        body: "{}",
    };
    let path = format!("/api/v1/titles/{}/play", seat.slug);
    let play: Play = serde_json::from_str(&connection.read(&path, ask).await?)
        .map_err(|_| Broken::Strange("the answer to pressing play"))?;
    let tracks = read_tracks(&mut connection, &play.manifest).await?;
    let viewer = Viewer {
        run,
        cookie: seat.cookie,
        connection,
        scratch,
        play,
        next: vec![0; tracks.len()],
        tracks,
        chance,
        tally,
    };
    viewer.watch(asked_ms).await
}

async fn read_tracks(connection: &mut Connection, manifest: &str) -> Result<Vec<Track>, Broken> {
    let master = connection.read(manifest, Ask::Get).await?;
    let mut tracks = Vec::new();
    for path in playlist::tracks(manifest, &master)? {
        let track = Track::parse(&path, &connection.read(&path, Ask::Get).await?)?;
        connection.pass(&track.init).await?;
        tracks.push(track);
    }
    Ok(tracks)
}

impl Viewer {
    async fn watch(mut self, asked_ms: u64) -> Result<(), Broken> {
        let every = Duration::from_secs(self.play.beat_seconds.unwrap_or(BEAT_SECONDS));
        let mut beat = Instant::now() + every;
        let mut playhead = self.seek(asked_ms);
        let mut has_begun = false;
        while Instant::now() < self.run.end {
            if beat <= Instant::now() {
                beat += every;
                self.beat(playhead.place_ms(self.run.now_ms()));
                continue;
            }
            match playhead.next(self.run.now_ms()) {
                Next::Rest(until_ms) => self.rest(until_ms, beat).await,
                Next::Fetch(track) if self.next[track] < self.tracks[track].segments.len() => {
                    self.fetch(&mut playhead, track).await?;
                    if !has_begun && !playhead.is_waiting() {
                        has_begun = true;
                        let waited = short(self.run.now_ms() - asked_ms);
                        self.tally.borrow_mut().starts_ms.push(waited);
                    }
                    if track == 0 && has_begun && self.chance.happens(self.run.seek) {
                        self.tally.borrow_mut().seeks += 1;
                        playhead = self.seek(self.run.now_ms());
                    }
                }
                // All of the film is there: to its end, and on to another place in it.
                Next::Fetch(_) => {
                    let now_ms = self.run.now_ms();
                    let shown_ms = playhead.shown_ms(now_ms);
                    if shown_ms > now_ms {
                        self.rest(shown_ms, beat).await;
                    } else {
                        // The service may have closed a connection that was silent for so long.
                        self.connection = self.connect().await?;
                        playhead = self.seek(now_ms);
                    }
                }
            }
        }
        Ok(())
    }

    async fn connect(&self) -> Result<Connection, Broken> {
        Connection::open(self.run.server, Rc::clone(&self.scratch)).await
    }

    /// Waits for an instant, unless a sign of life is due before or the run ends.
    async fn rest(&self, until_ms: u64, beat: Instant) {
        let rest = self.run.begun + Duration::from_millis(until_ms);
        sleep_until(rest.min(beat).min(self.run.end)).await;
    }

    /// Goes to the beginning of a random segment of the picture.
    fn seek(&mut self, asked_ms: u64) -> Playhead {
        let picture = &self.tracks[0].segments;
        let place_ms = picture[self.chance.of(picture.len())].start_ms;
        self.next = self.tracks.iter().map(|t| t.segment_at(place_ms)).collect();
        let firsts = self.tracks.iter().zip(&self.next);
        let starts_ms = firsts.map(|(track, n)| track.segments[*n].start_ms);
        Playhead::new(place_ms, starts_ms.collect(), asked_ms)
    }

    async fn fetch(&mut self, playhead: &mut Playhead, track: usize) -> Result<(), Broken> {
        let segment = &self.tracks[track].segments[self.next[track]];
        let asked_ms = self.run.now_ms();
        let bytes = self.connection.pass(&segment.path).await?;
        let now_ms = self.run.now_ms();
        let late = playhead.arrived(track, segment.end_ms, now_ms);
        self.next[track] += 1;
        let mut tally = self.tally.borrow_mut();
        tally.segments_ms.push(short(now_ms - asked_ms));
        tally.late_ms.extend(late.map(short));
        let now = Instant::now();
        if now >= self.run.steady && now < self.run.end {
            tally.steady_bytes += bytes;
        }
        Ok(())
    }

    /// Gives a sign of life beside what is fetched, as a player does: on a connection of its own.
    fn beat(&self, place_ms: u64) {
        let (run, scratch, tally) = (self.run, Rc::clone(&self.scratch), Rc::clone(&self.tally));
        let (path, cookie) = (self.play.beat.clone(), self.cookie.clone());
        spawn_local(async move {
            let asked_ms = run.now_ms();
            let body = format!(r#"{{"position_ms":{place_ms}}}"#);
            let ask = Ask::Post {
                cookie: &cookie,
                body: &body,
            };
            let beating = async {
                let mut connection = Connection::open(run.server, scratch).await?;
                connection.read(&path, ask).await
            };
            let beaten = beating.await;
            let mut tally = tally.borrow_mut();
            match beaten {
                Ok(_) => tally.beats_ms.push(short(run.now_ms() - asked_ms)),
                Err(broken) => tally.fail(&broken),
            }
        });
    }
}

/// Milliseconds of a span that is short.
fn short(ms: u64) -> u32 {
    u32::try_from(ms).unwrap_or(u32::MAX)
}
