//! Two servers on one PostgreSQL: what is withdrawn on one stops on the other, whatever the player does.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests"
)]

mod delivery_support;
mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cineclub_db::Engine;
use cineclub_db::testing::TestDb;
use cineclub_domain::account::Account;
use cineclub_server::accounts::password::Secret;
use cineclub_server::accounts::{self, NewAccount};
use cineclub_server::app::Outside;
use cineclub_server::clock::{SystemClock, SystemEntropy};
use cineclub_server::config::Config;
use cineclub_server::{App, billing, rights};
use delivery_support::Film;
use serde_json::Value;

/// The promise: bytes stop everywhere within a minute.
const PROMISE: Duration = Duration::from_secs(60);
/// What a healthy pair of nodes does: one poll of two seconds, and some room for a busy machine.
const EXPECTED: Duration = Duration::from_secs(10);

/// The program, serving.
struct Node {
    child: Child,
    address: SocketAddr,
    config: std::path::PathBuf,
}

impl Node {
    fn start(folder: &std::path::Path, database: &str, name: &str) -> Self {
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let config = folder.join(format!("{name}.toml"));
        let data = folder.join("data");
        let text = format!(
            "[server]\nlisten = \"{address}\"\npublic_url = \"http://{address}\"\n\
             [data]\nfolder = {data:?}\ndatabase = {database:?}\n[work]\nin_serve = false\n"
        );
        std::fs::write(&config, text).unwrap();
        let mut node = Self {
            child: run(&config),
            address,
            config,
        };
        node.wait();
        node
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "the server listens"
            );
            assert!(self.child.try_wait().unwrap().is_none(), "the server runs");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends it without a warning and starts it again.
    fn restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = run(&self.config);
        self.wait();
    }

    fn open(
        &self,
        method: &str,
        path: &str,
        cookie: &str,
        body: &str,
    ) -> (u16, u64, BufReader<TcpStream>) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}",
            self.address
        )
        .unwrap();
        let mut reader = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        reader.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                return (status, length, reader);
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
    }

    fn send(&self, method: &str, path: &str, cookie: &str, body: &str) -> (u16, Vec<u8>) {
        let (status, _, mut reader) = self.open(method, path, cookie, body);
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        (status, bytes)
    }

    fn status(&self, path: &str) -> u16 {
        self.send("GET", path, "", "").0
    }

    /// How long it takes until `path` is no longer served, or the promise if it still is by then.
    fn stops(&self, path: &str) -> Duration {
        let begun = Instant::now();
        while begun.elapsed() < PROMISE {
            match self.status(path) {
                200 => std::thread::sleep(Duration::from_millis(100)),
                410 => return begun.elapsed(),
                other => panic!("{path} answered {other}"),
            }
        }
        PROMISE
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(config: &std::path::Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_cineclub"))
        .args(["serve", "--config"])
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Two nodes, and a third hand on their database that prepares and withdraws.
struct Pair {
    nodes: [Node; 2],
    app: App,
    folder: tempfile::TempDir,
    database: TestDb,
}

impl Pair {
    async fn start() -> Self {
        let database = TestDb::new(Engine::Postgres).await;
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::load(None, []).unwrap();
        config.data.folder = folder.path().join("data");
        config.data.database = Some(database.url.clone());
        let outside = Outside {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            metrics: None,
        };
        let app = App::open(config, outside).await.unwrap();
        billing::ensure_plan(&app).await.unwrap();
        let nodes = ["a", "b"].map(|name| Node::start(folder.path(), &database.url, name));
        Self {
            nodes,
            app,
            folder,
            database,
        }
    }

    async fn stop(self) {
        drop(self.nodes);
        self.app.db().close().await;
        self.database.remove().await;
    }

    /// A subscriber's account and the cookie of a signed-in browser.
    async fn viewer(&self, email: &str) -> (Account, String) {
        use billing::Provider;
        let password = Secret::new("a long enough password".to_owned());
        let new = NewAccount {
            email: email.to_owned(),
            password,
            language: "en".parse().unwrap(),
            territory: None,
        };
        let account = accounts::sign_up(&self.app, new).await.unwrap();
        let plan = billing::ensure_plan(&self.app).await.unwrap().id;
        let voucher = billing::vouchers::NewVoucher {
            plan,
            days: 30,
            uses: 1,
            expires: None,
            note: String::new(),
        };
        let code = billing::vouchers::create(&self.app, None, voucher)
            .await
            .unwrap();
        billing::vouchers::Vouchers
            .settle(&self.app, account.id, &code)
            .await
            .unwrap();
        let signed = accounts::open_session(&self.app, account, "test")
            .await
            .unwrap();
        (signed.account, format!("session={}", signed.token))
    }

    async fn film(&self, slug: &str, bytes: Vec<u8>) -> Film {
        Film::make(&self.app, self.folder.path(), slug, bytes).await
    }

    /// Presses play on the first node; the address of the first segment.
    fn play(&self, slug: &str, cookie: &str) -> (Value, String) {
        let (status, body) =
            self.nodes[0].send("POST", &format!("/api/v1/titles/{slug}/play"), cookie, "{}");
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        let play: Value = serde_json::from_slice(&body).unwrap();
        let segment = play["manifest"]
            .as_str()
            .unwrap()
            .replace("master.m3u8", "1/0.m4s");
        (play, segment)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withdrawn_on_one_node_stops_on_the_other_even_across_a_restart() {
    let mut pair = Pair::start().await;
    let mut times = Vec::new();
    for (place, slug) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let film = pair.film(slug, cineclub_media::example_film()).await;
        let (account, cookie) = pair.viewer(&format!("{slug}@example.org")).await;
        let (play, segment) = pair.play(slug, &cookie);
        assert_eq!(
            (
                pair.nodes[0].status(&segment),
                pair.nodes[1].status(&segment)
            ),
            (200, 200)
        );
        let by = account.id;
        match place {
            0 => rights::grants::end(&pair.app, by, film.grant.id)
                .await
                .unwrap(),
            1 => rights::holds::place(&pair.app, by, film.title, "a complaint", None)
                .await
                .unwrap(),
            2 => accounts::sign_out_everywhere(&pair.app, account.id)
                .await
                .unwrap(),
            _ => {
                let (status, _) = pair.nodes[0].send(
                    "POST",
                    play["end"].as_str().unwrap(),
                    &cookie,
                    "{\"position_ms\":5}",
                );
                assert_eq!(status, 204);
            }
        }
        let taken = pair.nodes[1].stops(&segment);
        assert!(taken < EXPECTED, "{slug}: {taken:?}");
        times.push(taken);
        if place == 0 {
            pair.nodes[1].restart();
            assert_eq!(
                pair.nodes[1].status(&segment),
                410,
                "a node that was just born knows what was withdrawn before"
            );
        }
    }
    println!("bytes stopped on the other node after {times:?} (ended, held, signed out, closed)");
    pair.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_beats_is_stopped_on_both_nodes_within_a_minute() {
    let pair = Pair::start().await;
    pair.film("bunny", cineclub_media::example_film()).await;
    let (_, cookie) = pair.viewer("v@example.org").await;
    let (_, segment) = pair.play("bunny", &cookie);
    let begun = Instant::now();
    assert!(
        pair.nodes[1].stops(&segment) > Duration::from_secs(30),
        "control: a slot lasts a while without a beat"
    );
    pair.nodes[0].stops(&segment);
    assert!(begun.elapsed() < PROMISE, "{:?}", begun.elapsed());
    println!("a silent client was stopped after {:?}", begun.elapsed());
    pair.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_under_way_to_a_viewer_who_reads_slowly_or_not_at_all_is_cut() {
    let pair = Pair::start().await;
    let film = pair.film("noise", noise()).await;
    let (account, cookie) = pair.viewer("v@example.org").await;
    let (_, segment) = pair.play("noise", &cookie);
    let whole = film.segment(1, 0).len() as u64;
    assert!(
        whole > 16 << 20,
        "larger than any buffer between us: {whole}"
    );
    let (status, length, mut control) = pair.nodes[1].open("GET", &segment, "", "");
    assert_eq!((status, length), (200, whole));
    let (_, _, mut idle) = pair.nodes[1].open("GET", &segment, "", "");
    let mut some = vec![0; 64 << 10];
    idle.read_exact(&mut some).unwrap();
    assert_eq!(
        drain(&mut control),
        whole,
        "control: while it is allowed, all of it comes"
    );
    rights::grants::end(&pair.app, account.id, film.grant.id)
        .await
        .unwrap();
    // A poll, and the ten seconds within which a running answer asks again.
    std::thread::sleep(Duration::from_secs(13));
    let came = some.len() as u64 + drain(&mut idle);
    assert!(came < whole, "{came} of {whole} bytes came");
    pair.stop().await;
}

/// Reads to the end or to the cut, and says how much came.
fn drain(reader: &mut impl Read) -> u64 {
    let mut bytes = vec![0; 1 << 20];
    let mut came = 0;
    loop {
        match reader.read(&mut bytes) {
            Ok(0) | Err(_) => return came,
            Ok(count) => came += count as u64,
        }
    }
}

/// Ten seconds of noise that no encoder can make small, as one segment.
fn noise() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (raw, film) = (
        folder.path().join("noise.yuv"),
        folder.path().join("noise.mp4"),
    );
    let mut state = 1_u64;
    let bytes: Vec<u8> = (0..320 * 240 * 3 / 2 * 250)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .collect();
    std::fs::write(&raw, bytes).unwrap();
    let done = Command::new("ffmpeg")
        .args([
            "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "320x240", "-r", "25",
            "-i",
        ])
        .arg(&raw)
        .args([
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-qp",
            "4",
            "-g",
            "250",
            "-keyint_min",
            "250",
            "-sc_threshold",
            "0",
        ])
        .arg(&film)
        .status()
        .expect("ffmpeg is installed: scripts/install-packages");
    assert!(done.success());
    std::fs::read(film).unwrap()
}
