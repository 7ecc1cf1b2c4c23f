//! A process that receives and takes in films is killed again and again: nothing half done is ever seen,
//! no acknowledged upload is lost, and when it may at last live no job is stuck.
//!
//! The process is this test's own binary, run with an environment variable: it opens the same database and
//! folder, runs the scanner and the worker, uploads films and says a line for each one acknowledged.
//! 20 kills on each engine; `CINECLUB_SOAK=1` makes it 200.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod ingest_support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use cineclub_db::artwork::{self, Artwork, ArtworkKind};
use cineclub_db::assets::{self, Asset};
use cineclub_db::edits::{self, Edit};
use cineclub_db::jobs::JobState;
use cineclub_db::on_both_engines;
use cineclub_db::titles::{self, Title, TitleText};
use cineclub_domain::id::{AssetId, EditId, FolderId, TitleId};
use cineclub_domain::job::{MAX_ATTEMPTS, backoff_ms};
use cineclub_server::acquire::FileState;
use cineclub_server::{App, acquire, jobs};
use ingest_support::{Cinema, film, half_published, live_jobs, open, picture, start};

/// What tells this binary to be the process that is killed: place, database, folder, first number.
const ROLE: &str = "CINECLUB_TEST_INGEST";
/// How long the last run takes at most to bring everything in, beside the longest wait of a job whose every attempt but
/// the last was killed: no longer than that, or it is stuck.
const PATIENCE: Duration = Duration::from_secs(120);

on_both_engines! {
    async fn the_look_for_what_is_half_done_sees_what_a_split_ingest_would_leave(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        cinema.write("Whole (2001).mp4", film(1));
        cinema.wait_for("Whole (2001).mp4", FileState::Ready).await;
        assert_eq!(half_published(&cinema.app).await, [""; 0]);
        let (whole, title) = (cinema.asset("Whole (2001).mp4").await, cinema.title("whole-2001").await);
        let (now, entropy) = (cinema.app.now(), cinema.app.entropy());
        let new = |slug: &str| Title { id: TitleId::new(now, entropy), slug: slug.to_owned(), ..title.clone() };
        let (nameless, bare) = (new("nameless"), new("bare"));
        let name = TitleText { title: bare.id, language: "en".parse().unwrap(), name: "Bare".to_owned(), tagline: String::new(), synopsis: String::new() };
        let edit = Edit { id: EditId::new(now, entropy), title: bare.id, name: String::new() };
        let of_nameless = Edit { id: EditId::new(now, entropy), title: nameless.id, name: String::new() };
        let file = Asset { id: AssetId::new(now, entropy), edit: Some(of_nameless.id), path: "mute.mp4".to_owned(), ..whole };
        let picture = Artwork { title: title.id, kind: ArtworkKind::Poster, object: "0".repeat(64), width: 2, height: 3 };
        // Each is what a kill would leave between two of the writes of an ingest that wasn't one transaction.
        cinema.app.db().write(async |tx| {
            titles::upsert(tx, &nameless).await?;
            titles::upsert(tx, &bare).await?;
            titles::save_text(tx, &name, now).await?;
            edits::upsert(tx, &edit, now).await?;
            edits::upsert(tx, &of_nameless, now).await?;
            assets::upsert(tx, &file, None).await?;
            artwork::save(tx, &picture, now).await
        }).await.unwrap();
        let mut seen = half_published(&cinema.app).await;
        seen.sort();
        let object = format!("object {} is named but not there", picture.object);
        assert_eq!(seen, ["bare has no file", "mute.mp4 has no index", "mute.mp4 has no tracks", "nameless has no name", &object]);
        cinema.close().await;
    }

    async fn a_killed_process_leaves_nothing_half_done_and_loses_nothing(database: &TestDb) {
        let kills = if std::env::var_os("CINECLUB_SOAK").is_some() { 200 } else { 20 };
        let place = tempfile::tempdir().unwrap();
        let films = place.path().join("films");
        std::fs::create_dir(&films).unwrap();
        let app = open(place.path(), &database.url).await;
        let folder = acquire::add_folder(&app, None, &films).await.unwrap().id;
        let mut acknowledged = BTreeMap::new();
        let mut killed_at_work = 0;
        for round in 0..kills {
            let mut worker = Worker::start(place.path(), &database.url, folder, round * 1_000);
            // Seeded by the round, spread over the whole of what the process does.
            std::thread::sleep(Duration::from_millis(40 + u64::from(round * 7_919 % 900)));
            worker.kill();
            killed_at_work += u32::from(live_jobs(&app).await > 0);
            acknowledged.extend(worker.acknowledged());
            let wrong = half_published(&app).await;
            assert!(wrong.is_empty(), "after kill {round}: {wrong:?}");
            check_uploads(&films, &acknowledged);
        }
        assert!(killed_at_work > kills / 4, "control: only {killed_at_work} of {kills} kills met a job at work");
        let began = Instant::now();
        let wait = u64::try_from(backoff_ms(MAX_ATTEMPTS - 1)).unwrap();
        let patience = PATIENCE + Duration::from_millis(wait);
        let tasks = start(&app);
        while !is_all_in(&app, &acknowledged).await {
            assert!(began.elapsed() < patience, "stuck: {:?}", stuck(&app).await);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        println!("{kills} kills, {} uploads acknowledged, all in after {:.1} s", acknowledged.len(), began.elapsed().as_secs_f64());
        assert!(half_published(&app).await.is_empty());
        check_uploads(&films, &acknowledged);
        let failed: Vec<_> = jobs::list(&app, 0, 10_000).await.unwrap().into_iter().filter(|job| job.state == JobState::Failed).collect();
        assert!(failed.is_empty(), "{failed:?}");
        app.shutdown().cancel();
        for task in tasks {
            task.await.unwrap();
        }
        app.db().close().await;
    }
}

/// Every acknowledged upload is there, byte for byte.
fn check_uploads(films: &Path, acknowledged: &BTreeMap<String, u32>) {
    for (name, number) in acknowledged {
        let bytes = std::fs::read(films.join(name))
            .unwrap_or_else(|error| panic!("{name} was lost: {error}"));
        assert!(bytes == film(*number), "{name} is not what was sent");
    }
}

async fn is_all_in(app: &App, acknowledged: &BTreeMap<String, u32>) -> bool {
    let assets = app
        .db()
        .read(async |tx| cineclub_db::assets::list(tx).await)
        .await
        .unwrap();
    let in_place = acknowledged
        .keys()
        .all(|name| assets.iter().any(|asset| &asset.path == name));
    in_place && live_jobs(app).await == 0
}

async fn stuck(app: &App) -> Vec<String> {
    let rows = jobs::list(app, 0, 100).await.unwrap();
    rows.into_iter()
        .filter(|job| job.state != JobState::Done)
        .map(|job| format!("{job:?}"))
        .collect()
}

/// The process that is killed.
struct Worker {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Worker {
    fn start(place: &Path, database: &str, folder: FolderId, first: u32) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "the_process_that_is_killed",
                "--nocapture",
                "--include-ignored",
            ])
            .env(
                ROLE,
                format!("{}\n{database}\n{folder}\n{first}", place.display()),
            )
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let worker = Self { child, lines };
        // The clock of the round starts when the process is at work.
        let ready = worker.lines.iter().find(|line| line.contains("at work"));
        assert!(ready.is_some(), "the process ended before it was at work");
        worker
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The uploads that were acknowledged before the kill.
    fn acknowledged(&self) -> Vec<(String, u32)> {
        let lines = self.lines.iter().filter_map(|line| {
            let (number, name) = line.strip_prefix("acknowledged ")?.split_once(' ')?;
            Some((name.to_owned(), number.parse().ok()?))
        });
        lines.collect()
    }
}

/// Not a test: what the worker process runs.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test above, as a process of its own"]
async fn the_process_that_is_killed() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let parts: Vec<_> = role.lines().collect();
    let [place, database, folder, first] = parts.as_slice() else {
        panic!("{ROLE} is not what it should be: {role:?}");
    };
    let (folder, first): (FolderId, u32) = (folder.parse().unwrap(), first.parse().unwrap());
    let app = open(Path::new(place), database).await;
    let _tasks = start(&app);
    println!("\nat work");
    let poster = picture(120, 180);
    for number in first.. {
        let base = format!("Film {number} (2001)");
        send(
            &app,
            folder,
            &format!("{base}.nfo"),
            format!("<movie><title>Film no. {number}</title></movie>").as_bytes(),
        )
        .await;
        send(&app, folder, &format!("{base}-poster.png"), &poster).await;
        let name = format!("{base}.mp4");
        send(&app, folder, &name, &film(number)).await;
        println!("acknowledged {number} {name}");
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
}

async fn send(app: &App, folder: FolderId, name: &str, bytes: &[u8]) {
    let pieces: Vec<Result<bytes::Bytes, std::io::Error>> = bytes
        .chunks(64)
        .map(|piece| Ok(bytes::Bytes::copy_from_slice(piece)))
        .collect();
    acquire::receive(app, folder, name, None, futures::stream::iter(pieces))
        .await
        .unwrap();
}
