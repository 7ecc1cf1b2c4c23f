//! What was acknowledged survives the writer's death, and the power's.
//!
//! A power cut is simulated on an ext4 in a file: the writer is stopped, the file is copied as the
//! disk would be found, and the copy is mounted. What the kernel had not been asked to write through
//! is not in it. Killing a process can't show this: the kernel keeps what a dead process wrote.

#![expect(clippy::print_stdout, reason = "a test says what it measured")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cineclub_db::testing::{TestDb, integrity_problems};
use cineclub_db::{Db, Durability, Engine, Error, Result, Settings, Tx, settings_table};
use tempfile::TempDir;

const URL: &str = "CINECLUB_WRITER_URL";
const FIRST: &str = "CINECLUB_WRITER_FIRST";
const NORMAL: &str = "CINECLUB_WRITER_NORMAL";

/// How many times; the full size runs when `CINECLUB_SOAK` is set.
fn rounds(usual: u64, soak: u64) -> u64 {
    if std::env::var_os("CINECLUB_SOAK").is_some() {
        soak
    } else {
        usual
    }
}

#[test]
fn no_acknowledged_write_is_lost_in_a_power_cut() {
    if !has_disks() {
        return;
    }
    let cuts = rounds(15, 50);
    let mut acknowledged = 0;
    for cut in 0..cuts {
        let outcome = cut_the_power(cut, Durability::Full);
        assert_eq!(
            outcome.lost,
            BTreeSet::new(),
            "cut {cut}: of {} acknowledged writes",
            outcome.acknowledged
        );
        assert_eq!(outcome.problems, Vec::<String>::new(), "cut {cut}");
        acknowledged += outcome.acknowledged;
    }
    println!("{cuts} power cuts, {acknowledged} acknowledged writes, 0 lost");
}

/// The control: the same cuts lose writes when SQLite does not wait for the disk.
#[test]
fn with_synchronous_normal_the_same_cuts_lose_acknowledged_writes() {
    if !has_disks() {
        return;
    }
    let cuts = rounds(5, 50);
    let outcomes: Vec<_> = (0..cuts)
        .map(|cut| cut_the_power(cut, Durability::Normal))
        .collect();
    let red = outcomes
        .iter()
        .filter(|outcome| !outcome.lost.is_empty())
        .count();
    let lost: usize = outcomes.iter().map(|outcome| outcome.lost.len()).sum();
    println!(
        "{cuts} power cuts with synchronous=NORMAL: {red} lost something, {lost} acknowledged writes in all"
    );
    assert!(
        red > 0,
        "the simulated cut takes nothing away, so it proves nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_write_is_lost_when_a_sqlite_writer_is_killed() {
    kill_the_writer(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_write_is_lost_when_a_postgresql_writer_is_killed() {
    kill_the_writer(Engine::Postgres).await;
}

async fn kill_the_writer(engine: Engine) {
    let database = TestDb::new(engine).await;
    let mut acknowledged = BTreeSet::new();
    let kills = rounds(10, 200);
    for kill in 0..kills {
        let mut writer = Writer::start(&database.url, kill * 1_000_000, Durability::Full);
        writer.wait_for_writes(20 + kill * 7 % 40);
        writer.process.kill().expect("the writer is killed");
        writer.process.wait().expect("the writer is dead");
        acknowledged.extend(writer.all_acknowledged());
        let missing: Vec<_> = acknowledged
            .difference(&written(&database.db).await)
            .copied()
            .collect();
        assert_eq!(missing, Vec::<u64>::new(), "kill {kill}");
    }
    assert_eq!(integrity_problems(&database.db).await, Vec::<String>::new());
    println!(
        "{kills} kills, {} acknowledged writes, 0 lost",
        acknowledged.len()
    );
    database.remove().await;
}

/// Writes share commits, and a full disk makes SQLite give up a whole one: nobody in it may be told "done".
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_writing_and_loses_nothing_acknowledged() {
    if !has_disks() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disk = folder.path().join("disk.img");
    make_disk(&disk, 6 << 20);
    let mount = Mount::new(&disk, folder.path().join("small"));
    std::fs::write(mount.at.join("ballast"), vec![1; 1 << 20]).expect("there is room");
    let url = format!("sqlite:{}", mount.at.join("cineclub.db").display());
    let db = Db::connect(&Settings::new(url.clone()))
        .await
        .expect("there is room for the schema");
    let tasks: Vec<_> = (0..8)
        .map(|task| tokio::spawn(write_until_full(db.clone(), task * 100_000)))
        .collect();
    let mut acknowledged = BTreeSet::new();
    for task in tasks {
        acknowledged.extend(task.await.expect("a task ends with an error, not a panic"));
    }
    let missing: Vec<_> = acknowledged
        .difference(&written(&db).await)
        .copied()
        .collect();
    assert_eq!(missing, Vec::<u64>::new(), "of {}", acknowledged.len());
    db.close().await;

    std::fs::remove_file(mount.at.join("ballast")).expect("room is made");
    let db = Db::connect(&Settings::new(url))
        .await
        .expect("the database opens again");
    let missing: Vec<_> = acknowledged
        .difference(&written(&db).await)
        .copied()
        .collect();
    assert_eq!(missing, Vec::<u64>::new());
    assert_eq!(integrity_problems(&db).await, Vec::<String>::new());
    db.write(async |tx: &mut Tx| settings_table::set(tx, "1", "written").await)
        .await
        .expect("writing goes on");
    db.close().await;
}

async fn write_until_full(db: Db, first: u64) -> BTreeSet<u64> {
    let mut acknowledged = BTreeSet::new();
    let long = "x".repeat(4000);
    for number in first.. {
        let name = number.to_string();
        match db
            .write(async |tx: &mut Tx| settings_table::set(tx, &name, &long).await)
            .await
        {
            Ok(()) => acknowledged.insert(number),
            Err(Error::Unavailable(_) | Error::Other(_)) => break,
            Err(other) => panic!("a full disk is said to be {other}"),
        };
        assert!(number < first + 10_000, "the disk never fills");
    }
    acknowledged
}

/// Not a test but the process that the tests above start: several tasks write numbers for ever and
/// say so once each is acknowledged.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the other tests"]
async fn writer() {
    let url = std::env::var(URL).expect("the other tests name the database");
    let first: u64 = std::env::var(FIRST)
        .expect("and the first number")
        .parse()
        .expect("a number");
    let durability = if std::env::var_os(NORMAL).is_some() {
        Durability::Normal
    } else {
        Durability::Full
    };
    let db = Db::connect(&Settings {
        durability,
        ..Settings::new(url)
    })
    .await
    .expect("the database opens");
    let tasks: Vec<_> = (0..8)
        .map(|task| tokio::spawn(write_for_ever(db.clone(), first + task * 100_000)))
        .collect();
    for task in tasks {
        task.await.expect("a task only ends with the process");
    }
}

async fn write_for_ever(db: Db, first: u64) {
    for number in first.. {
        let name = number.to_string();
        db.write(async |tx: &mut Tx| settings_table::set(tx, &name, "written").await)
            .await
            .expect("a write");
        // One write call, so that lines of different tasks don't mix.
        std::io::stderr()
            .write_all(format!("ack {number}\n").as_bytes())
            .expect("the other test listens");
    }
}

struct Outcome {
    acknowledged: usize,
    lost: BTreeSet<u64>,
    problems: Vec<String>,
}

fn cut_the_power(cut: u64, durability: Durability) -> Outcome {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disk = folder.path().join("disk.img");
    make_disk(&disk, 48 << 20);
    let mount = Mount::new(&disk, folder.path().join("before"));
    let writer = Writer::start(
        &format!("sqlite:{}", mount.at.join("cineclub.db").display()),
        0,
        durability,
    );
    // The cut falls at another point of the writer's life each time.
    writer.wait_for_writes(50 + cut * 37 % 400);
    let acknowledged = writer.stop();
    let found = folder.path().join("found.img");
    std::fs::copy(&disk, &found).expect("the disk is copied as it is");
    drop(writer);
    drop(mount);
    inspect(&folder, &found, acknowledged)
}

/// Looks at the copy as the program would after the power is back.
fn inspect(folder: &TempDir, found: &Path, acknowledged: BTreeSet<u64>) -> Outcome {
    let mount = Mount::new(found, folder.path().join("after"));
    let url = format!("sqlite:{}", mount.at.join("cineclub.db").display());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let db = Db::connect(&Settings::new(url))
            .await
            .expect("the database opens after the cut");
        let problems = integrity_problems(&db).await;
        let lost = acknowledged
            .difference(&written(&db).await)
            .copied()
            .collect();
        db.close().await;
        Outcome {
            acknowledged: acknowledged.len(),
            lost,
            problems,
        }
    })
}

async fn written(db: &Db) -> BTreeSet<u64> {
    let settings: Result<_> = db
        .read(async |tx: &mut Tx| settings_table::list(tx).await)
        .await;
    settings
        .expect("a read")
        .into_iter()
        .map(|setting| setting.name.parse().expect("a number"))
        .collect()
}

/// Whether disks can be simulated here. Where root and loop devices exist they can, and nothing is passed over.
fn has_disks() -> bool {
    let has = rustix::process::geteuid().is_root() && Path::new("/dev/loop-control").exists();
    if !has {
        // Past the harness, which keeps to itself what a test prints.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: simulating a disk needs root and loop devices; its promise is not proven here"
        );
    }
    has
}

fn make_disk(path: &Path, size_bytes: u64) {
    let disk = std::fs::File::create(path).expect("a file");
    disk.set_len(size_bytes).expect("a sparse file");
    run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(path));
}

fn run(command: &mut Command) {
    let done = command.output().expect("the command is installed");
    assert!(
        done.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// A disk image, mounted until dropped.
struct Mount {
    at: PathBuf,
}

impl Mount {
    fn new(disk: &Path, at: PathBuf) -> Self {
        std::fs::create_dir(&at).expect("a mount point");
        run(Command::new("mount")
            .args(["-o", "loop"])
            .arg(disk)
            .arg(&at));
        Self { at }
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily, for a process that has just been killed may still be letting go of its files.
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

/// The process that writes, killed when dropped.
struct Writer {
    process: Child,
    acknowledged: Arc<Mutex<BTreeSet<u64>>>,
    listener: Option<std::thread::JoinHandle<()>>,
}

impl Writer {
    fn start(url: &str, first: u64, durability: Durability) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this test's own program"));
        command
            .args(["--exact", "writer", "--ignored", "--nocapture"])
            .env(URL, url)
            .env(FIRST, first.to_string());
        if durability == Durability::Normal {
            command.env(NORMAL, "1");
        }
        let mut process = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the writer starts");
        let said = BufReader::new(process.stderr.take().expect("it is piped"));
        let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
        let heard = Arc::clone(&acknowledged);
        let listener = std::thread::spawn(move || {
            for line in said.lines().map_while(std::result::Result::ok) {
                match line.strip_prefix("ack ").map(str::parse) {
                    Some(Ok(number)) => {
                        heard.lock().expect("nobody panics with it").insert(number);
                    }
                    _ => println!("the writer says: {line}"),
                }
            }
        });
        Self {
            process,
            acknowledged,
            listener: Some(listener),
        }
    }

    fn heard(&self) -> usize {
        self.acknowledged
            .lock()
            .expect("nobody panics with it")
            .len()
    }

    fn wait_for_writes(&self, count: u64) {
        let patience = Instant::now() + Duration::from_secs(30);
        while (self.heard() as u64) < count {
            assert!(
                Instant::now() < patience,
                "the writer wrote {} of {count} in 30 s",
                self.heard()
            );
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Stops the process where it is, and returns everything it had acknowledged by then.
    fn stop(&self) -> BTreeSet<u64> {
        let pid = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(pid, rustix::process::Signal::STOP)
            .expect("the writer is stopped");
        // What it said before it stopped is still on its way through the pipe.
        let mut before = None;
        while before != Some(self.heard()) {
            before = Some(self.heard());
            std::thread::sleep(Duration::from_millis(10));
        }
        self.acknowledged
            .lock()
            .expect("nobody panics with it")
            .clone()
    }

    /// Everything a dead process had acknowledged.
    fn all_acknowledged(&mut self) -> BTreeSet<u64> {
        if let Some(listener) = self.listener.take() {
            listener.join().expect("the listener ends with the pipe");
        }
        self.acknowledged
            .lock()
            .expect("nobody panics with it")
            .clone()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
