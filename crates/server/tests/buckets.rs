//! Films in a bucket are films in a folder: the same bytes, by few requests, and never others.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests"
)]

mod bucket_support;
#[path = "bucket_support/house.rs"]
mod house;
mod ingest_support;
#[path = "support/log.rs"]
pub mod log;
#[path = "bucket_support/stripped.rs"]
mod stripped;
#[path = "bucket_support/waiting.rs"]
mod waiting;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use axum::http::StatusCode;
use bucket_support::{BUCKET, Mood, SECRET, Store};
use cineclub_db::assets::AssetState;
use cineclub_db::on_both_engines;
use cineclub_media as media;
use cineclub_server::acquire;
use cineclub_server::storage::{BucketPlace, Unlisted};
use house::{House, configure};
use ingest_support::{film, until};
use tokio::task::JoinSet;

const MP4: &str = "Alpha (2001).mp4";
const MKV: &str = "Beta (2002).mkv";
const SRT: &str = "1\n00:00:01,000 --> 00:00:02,000\nHello\n";

type Films = BTreeMap<&'static str, Vec<u8>>;

/// Twelve seconds of picture and sound, interleaved, in both containers: made once for all tests.
fn films() -> &'static Films {
    static FILMS: OnceLock<Films> = OnceLock::new();
    FILMS.get_or_init(|| {
        let place = tempfile::tempdir().unwrap();
        let made = [(MP4, "640x360"), (MKV, "640x352")].map(|(name, size)| {
            let path = place.path().join(name);
            make_film(&path, size);
            (name, std::fs::read(path).unwrap())
        });
        made.into_iter().collect()
    })
}

fn make_film(path: &Path, size: &str) {
    let picture = format!("testsrc2=s={size}:r=25:d=12,noise=alls=40:allf=t");
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &picture])
        .args(["-f", "lavfi", "-i", "sine=f=440:r=48000:d=12"])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1"])
        .args(["-b:v", "1500k"])
        .args(["-maxrate", "1500k", "-bufsize", "1M", "-pix_fmt", "yuv420p"])
        .args(["-g", "50", "-c:a", "aac", "-b:a", "96k"])
        .arg(path)
        .status()
        .unwrap();
    assert!(done.success(), "ffmpeg makes a film");
}

/// A bucket with the two films, and a folder with the same.
async fn stocked() -> (Store, tempfile::TempDir, &'static Films) {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open().await;
    let beside = ("Alpha (2001).fr.srt", SRT.as_bytes());
    let films = films()
        .iter()
        .map(|(name, bytes)| (*name, bytes.as_slice()));
    for (name, bytes) in films.chain([beside]) {
        std::fs::write(place.path().join(name), bytes).unwrap();
        store.write(&format!("films/{name}"), bytes);
    }
    (store, place, self::films())
}

/// From the first byte of a segment in its file to its last.
fn span(bytes: &[u8], track: u32, n: u32) -> u64 {
    let (index, tables) = media::open(bytes, bytes.len() as u64).unwrap();
    let lookup = media::Lookup::new(bytes, &index, tables);
    let mut segment = media::Segment::default();
    media::plan_segment(&index, lookup.samples(), track, n, &mut segment).unwrap();
    let first = segment
        .ranges
        .iter()
        .map(|range| range.offset)
        .min()
        .unwrap();
    segment
        .ranges
        .iter()
        .map(|range| range.end())
        .max()
        .unwrap()
        - first
}

fn fetched(reads: &[(u64, u64)]) -> u64 {
    reads.iter().map(|(first, last)| last + 1 - first).sum()
}

on_both_engines! {
    async fn a_film_in_a_bucket_plays_byte_for_byte_as_the_same_film_in_a_folder(database: &TestDb) {
        let (store, folder, films) = stocked().await;
        let before = store.listing();
        let local = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", local.path().join("local.db").display());
        let disk = House::open(&url, &store, folder.path().to_str().unwrap()).await;
        let bucket = House::open(&database.url, &store, "s3://archive/films").await;
        disk.opens_with(2).await;
        bucket.opens_with(2).await;
        let (at_disk, at_bucket) = (disk.viewer("v@example.org").await, bucket.viewer("v@example.org").await);
        for slug in ["alpha-2001", "beta-2002"] {
            let (one, other) = (disk.play(&at_disk, slug).await, bucket.play(&at_bucket, slug).await);
            let (one, other) = (one.whole().await, other.whole().await);
            assert!(one.len() > 15, "{} parts of {slug}", one.len());
            for ((name, bytes), (twin, same)) in one.iter().zip(&other) {
                assert!(name == twin && bytes == same, "{slug}: {name} differs");
            }
            assert_eq!(one.len(), other.len());
        }
        let sound = bucket.play(&at_bucket, "alpha-2001").await;
        let part = sound.range("1/1.m4s", Some("bytes=100000-300000")).await;
        let whole = sound.get("1/1.m4s").await.body.unwrap();
        assert_eq!((part.status, &part.body.unwrap()[..]), (StatusCode::PARTIAL_CONTENT, &whole[100_000..=300_000]));
        assert!(sound.get("3/text.vtt").await.text().contains("Hello"), "what lies beside it was read");

        let asked = store.asked();
        let writes: Vec<_> = asked.iter().filter(|asked| !matches!(asked.method.as_str(), "GET" | "HEAD")).collect();
        assert!(writes.is_empty() && store.listing() == before, "nothing is written to a bucket: {writes:?}");
        for film in films.keys() {
            let key = format!("films/{film}");
            let reads = asked.iter().filter(|asked| asked.method == "GET" && asked.key == key);
            assert!(reads.clone().count() > 5 && reads.clone().all(|asked| asked.range.is_some()), "ranges alone");
        }
        disk.close().await;
        bucket.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interleaved_segment_is_one_request_and_hardly_more_bytes_than_it_spans() {
    let (store, place, films) = stocked().await;
    let url = format!("sqlite:{}", place.path().join("data.db").display());
    let house = House::open(&url, &store, "s3://archive/films").await;
    house.opens_with(2).await;
    let viewer = house.viewer("v@example.org").await;
    let (alpha, beta) = (
        house.play(&viewer, "alpha-2001").await,
        house.play(&viewer, "beta-2002").await,
    );
    // Whatever is read once for the whole film has been read.
    alpha.get("1/0.m4s").await.body.unwrap();
    beta.get("1/0.m4s").await.body.unwrap();
    let (key, bytes) = (format!("films/{MP4}"), &films[MP4]);
    for (track, n) in [(1, 1), (2, 1), (1, 2), (2, 2)] {
        store.asked();
        let segment = alpha.get(&format!("{track}/{n}.m4s")).await.body.unwrap();
        let reads = store.reads(&key);
        let (got, span) = (fetched(&reads), span(bytes, track, n));
        println!(
            "MP4 {track}/{n}: {} bytes, span {span}, {reads:?}",
            segment.len()
        );
        assert_eq!(reads.len(), 1, "one request: {reads:?}");
        assert!(got * 10 <= span * 13, "{got} bytes for a span of {span}");
    }
    // A Matroska film's frames are found by reading the stretches they lie in: who reads them has the segment with them,
    // which may lap over into the next one.
    let (key, bytes) = (format!("films/{MKV}"), &films[MKV]);
    for (name, most) in [("1/1", 2), ("2/1", 2), ("1/2", 1), ("2/2", 1), ("1/1", 1)] {
        store.asked();
        beta.get(&format!("{name}.m4s")).await.body.unwrap();
        let reads = store.reads(&key);
        println!("MKV {name}: {reads:?} of {}", bytes.len());
        let twice = reads
            .windows(2)
            .any(|two| two[0].0.max(two[1].0) <= two[0].1.min(two[1].1));
        assert!(
            !reads.is_empty() && reads.len() <= most && !twice,
            "{name}: {reads:?}"
        );
    }
    // The control: what is asked twice is counted twice.
    store.is(Mood::Torn(1));
    alpha.get("1/2.m4s").await.body.unwrap();
    assert_eq!(store.reads(&format!("films/{MP4}")).len(), 2);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_frames_of_a_matroska_track_begin_with_is_fetched_once_and_not_with_each() {
    let (store, place) = (Store::open().await, tempfile::tempdir().unwrap());
    let bytes = stripped::film(&place.path().join("Gamma (2003).mkv"));
    std::fs::write(place.path().join("Gamma (2003).mkv"), &bytes).unwrap();
    store.write("films/Gamma (2003).mkv", &bytes);
    let data = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite:{}", data.path().join(name).display());
    let disk = House::open(&url("disk.db"), &store, place.path().to_str().unwrap()).await;
    let bucket = House::open(&url("bucket.db"), &store, "s3://archive/films").await;
    disk.opens_with(1).await;
    bucket.opens_with(1).await;
    let at_disk = disk
        .play(&disk.viewer("v@example.org").await, "gamma-2003")
        .await;
    let viewer = bucket.viewer("v@example.org").await;
    let at_bucket = bucket.play(&viewer, "gamma-2003").await;
    at_bucket.get("1/0.m4s").await.body.unwrap();
    for name in ["2/1.m4s", "2/2.m4s"] {
        store.asked();
        let segment = at_bucket.get(name).await.body.unwrap();
        let reads = store.reads("films/Gamma (2003).mkv");
        println!("{name}: {} bytes, {reads:?}", segment.len());
        // What stands before each frame, the stretches that tell where the frames are, and the frames.
        assert!(reads.len() <= 4, "{} requests: {reads:?}", reads.len());
        assert_eq!(segment, at_disk.get(name).await.body.unwrap());
        let begin = segment.windows(2).filter(|two| *two == [0xff, 0xfb]);
        assert!(begin.count() > 50, "the frames are whole again");
        // From within what frames begin with, and up to long before the end.
        let first = segment
            .windows(2)
            .position(|two| two == [0xff, 0xfb])
            .unwrap();
        for (from, to) in [
            (0, 999),
            (first + 1, first + 2_000),
            (first + 5_000, segment.len() - 1),
        ] {
            let part = at_bucket
                .range(name, Some(&format!("bytes={from}-{to}")))
                .await;
            assert_eq!(part.body.unwrap(), &segment[from..=to], "{from} to {to}");
        }
    }
    disk.close().await;
    bucket.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_was_replaced_is_refused_and_none_of_its_bytes_are_sent() {
    let (store, place, films) = stocked().await;
    let url = format!("sqlite:{}", place.path().join("data.db").display());
    let house = House::open(&url, &store, "s3://archive/films").await;
    house.opens_with(2).await;
    let viewer = house.viewer("v@example.org").await;
    for (slug, name) in [("alpha-2001", MP4), ("beta-2002", MKV)] {
        let film = house.play(&viewer, slug).await;
        let before = film.get("1/1.m4s").await.body.unwrap();
        // Of the same size and time: the tag alone tells.
        let path = store.bucket.join("films").join(name);
        let time = path.metadata().unwrap().modified().unwrap();
        let mut other = films[name].clone();
        other.iter_mut().for_each(|byte| *byte ^= 0x55);
        replace(&path, &other, time);
        let reply = film.get("1/1.m4s").await;
        assert_eq!(
            reply.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{slug}: {:?}",
            reply.body
        );
        // And as a replacement is: with a time of its own, until it has been taken in anew.
        replace(&path, &other, time + Duration::from_secs(7));
        let reply = film.get("1/1.m4s").await;
        assert!(reply.status != StatusCode::OK, "{slug}: {:?}", reply.status);
        replace(&path, &films[name], time);
        until("the film is back", async || {
            film.get("1/1.m4s").await.status == StatusCode::OK
        })
        .await;
        assert_eq!(
            film.get("1/1.m4s").await.body.unwrap(),
            before,
            "the control"
        );
    }
    house.close().await;
}

fn replace(path: &Path, bytes: &[u8], time: SystemTime) {
    std::fs::write(path, bytes).unwrap();
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(time).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_is_away_is_a_disk_that_is_away_and_nothing_is_deleted() {
    let (store, place, _) = stocked().await;
    let films = place.path().to_str().unwrap();
    let data = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite:{}", data.path().join(name).display());
    let disk = House::open(&url("disk.db"), &store, films).await;
    let bucket = House::open(&url("bucket.db"), &store, "s3://archive/films").await;
    disk.opens_with(2).await;
    bucket.opens_with(2).await;
    let (at_disk, at_bucket) = (
        disk.viewer("v@example.org").await,
        bucket.viewer("v@example.org").await,
    );
    // Of somebody else, since a play ends when its viewer begins another.
    let other = bucket.viewer("o@example.org").await;
    let film = bucket.play(&other, "alpha-2001").await;
    let away = place.path().with_extension("away");
    std::fs::rename(place.path(), &away).unwrap();
    store.is(Mood::Away);
    let is_refused = async |house: &House, viewer| {
        house.ask_to_play(viewer, "alpha-2001").await.0 != StatusCode::OK
    };
    until("the disk is missed", async || {
        is_refused(&disk, &at_disk).await
    })
    .await;
    until("the bucket is missed", async || {
        is_refused(&bucket, &at_bucket).await
    })
    .await;
    let told = async |house: &House, viewer| {
        let (status, problem) = house.ask_to_play(viewer, "alpha-2001").await;
        (status, problem["type"].clone(), problem["detail"].clone())
    };
    assert_eq!(told(&bucket, &at_bucket).await, told(&disk, &at_disk).await);
    let reply = film.get("1/1.m4s").await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    let folder = async || acquire::list_folders(&bucket.app).await.unwrap().remove(0);
    until("the folder says so", async || {
        folder().await.reason.is_some()
    })
    .await;
    assert_eq!(
        folder().await.reason.unwrap().key(),
        "reason-offline-bucket-silent"
    );
    let assets = bucket.assets().await;
    assert!(
        assets.len() == 2 && assets.iter().all(|asset| asset.state == AssetState::Ready),
        "nothing is concluded"
    );

    store.is(Mood::Well);
    std::fs::rename(&away, place.path()).unwrap();
    until("the bucket is back", async || {
        !is_refused(&bucket, &at_bucket).await
    })
    .await;
    assert_eq!(film.get("1/1.m4s").await.status, StatusCode::OK);
    // Answering and empty is another matter: that is asked, and still nothing is deleted.
    let kept = store.bucket.with_extension("kept");
    std::fs::rename(store.bucket.join("films"), &kept).unwrap();
    until("the emptiness is noticed", async || {
        folder()
            .await
            .reason
            .is_some_and(|reason| reason.key() == "reason-folder-emptied")
    })
    .await;
    assert!(
        bucket
            .assets()
            .await
            .iter()
            .all(|asset| asset.state == AssetState::Ready)
    );
    std::fs::rename(&kept, store.bucket.join("films")).unwrap();
    disk.close().await;
    bucket.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_stumbles_is_asked_again_and_one_that_lies_is_not_believed() {
    let (store, place, _) = stocked().await;
    let url = format!("sqlite:{}", place.path().join("data.db").display());
    let house = House::open(&url, &store, "s3://archive/films").await;
    house.opens_with(2).await;
    let viewer = house.viewer("v@example.org").await;
    for slug in ["alpha-2001", "beta-2002"] {
        let film = house.play(&viewer, slug).await;
        let whole = film.get("1/2.m4s").await.body.unwrap();
        for (mood, must_come) in [
            (Mood::Busy(2), true),
            (Mood::Torn(1), true),
            (Mood::Torn(2), true),
            (Mood::Slow(Duration::from_millis(300)), true),
            (Mood::Busy(100), false),
            (Mood::Torn(100), false),
            (Mood::Short, false),
            (Mood::Away, false),
        ] {
            store.is(mood);
            let reply = film.get("1/2.m4s").await;
            store.is(Mood::Well);
            match (reply.status, reply.body) {
                (StatusCode::OK, Ok(bytes)) => {
                    assert!(must_come, "{slug}, {mood:?}: it can't have come whole");
                    assert!(bytes == whole, "{slug}, {mood:?}: other bytes");
                }
                (status, body) => {
                    assert!(
                        !must_come,
                        "{slug}, {mood:?}: {status}, {:?}",
                        body.map(|_| ())
                    );
                }
            }
        }
        assert_eq!(
            film.get("1/2.m4s").await.body.unwrap(),
            whole,
            "the control"
        );
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_without_an_end_ends_and_a_redirect_leads_nowhere() {
    let (store, place, _) = stocked().await;
    let trap = Store::open().await;
    let url = format!("sqlite:{}", place.path().join("data.db").display());
    let house = House::open(&url, &store, "s3://archive/films").await;
    house.opens_with(2).await;
    let folder = async || acquire::list_folders(&house.app).await.unwrap().remove(0);
    store.is(Mood::Endless);
    let id = folder().await.id;
    acquire::rescan_now(&house.app, id).await.unwrap();
    assert!(
        house
            .assets()
            .await
            .iter()
            .all(|asset| asset.state == AssetState::Ready),
        "nothing is concluded"
    );
    assert_eq!(folder().await.reason.unwrap().key(), "reason-bucket-list");
    store.is(Mood::Well);
    let deep = "films/a/b/c/d/e/f/g/h/i/j/k/l/m";
    store.write(&format!("{deep}/Deep (2004).mp4"), b"too deep to be seen");
    acquire::rescan_now(&house.app, id).await.unwrap();
    assert_eq!(folder().await.reason.unwrap().key(), "reason-folder-deep");
    std::fs::remove_dir_all(store.bucket.join("films/a")).unwrap();
    acquire::rescan_now(&house.app, id).await.unwrap();
    assert_eq!(folder().await.reason, None, "control: all is seen again");
    store.sends_to(&format!("{}/{BUCKET}/films", trap.url));
    acquire::rescan_now(&house.app, id).await.unwrap();
    assert_eq!(
        folder().await.reason.unwrap().key(),
        "reason-offline-bucket-silent"
    );
    assert!(trap.asked().is_empty(), "nobody followed");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_looked_at_does_not_count_towards_what_a_listing_may_hold() {
    let (store, place, _) = stocked().await;
    for n in 0..5 {
        store.write(&format!("films/{n}.m4s"), b"somebody's segment");
    }
    let url = format!("sqlite:{}", place.path().join("data.db").display());
    let house = House::open(&url, &store, "s3://archive/films").await;
    let films = BucketPlace::parse("s3://archive/films").unwrap().unwrap();
    let films = house.app.roots().bucket(&films).unwrap();
    let is_film = |path: &str| path.ends_with(".mp4") || path.ends_with(".mkv");
    let all = films.everything(2, is_film).await.unwrap();
    assert_eq!((all.files.len(), all.unlisted), (2, None));
    let most = films.everything(1, is_film).await.unwrap();
    assert_eq!(most.unlisted, Some(Unlisted::TooMany), "control");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_a_bucket_is_watched_once_and_its_films_are_known_again() {
    let (store, place, _) = stocked().await;
    let url = format!("sqlite:{}", place.path().join("data.db").display());
    let house = House::open(&url, &store, "s3://archive/films").await;
    house.opens_with(2).await;
    let add = async |path: &str| acquire::add_folder(&house.app, None, path).await;
    for (path, key) in [
        ("s3://archive/films/", "error-folder-watched"),
        ("s3://archive", "error-folder-overlaps"),
        ("s3://archive/films/old", "error-folder-overlaps"),
        ("s3://elsewhere/films", "reason-offline-bucket-unknown"),
        ("s3://archive/../films", "reason-path-leaving"),
    ] {
        let error = add(path).await.unwrap_err();
        assert_eq!(error.key, Some(key), "{path}: {error}");
    }
    let folder = acquire::list_folders(&house.app).await.unwrap().remove(0);
    assert_eq!(
        (folder.path.as_str(), folder.name.as_str()),
        ("s3://archive/films", "films")
    );
    assert!(folder.is_in_bucket && folder.online);
    let sent = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"film"))]);
    let refused = acquire::receive(&house.app, folder.id, "x.mp4", None, sent).await;
    assert_eq!(refused.unwrap_err().key, Some("reason-in-a-bucket"));
    let owner = ingest_support::viewer::Viewer::new(
        &house.app,
        "o@example.org",
        cineclub_domain::account::Role::Owner,
    )
    .await;
    acquire::remove_folder(&house.app, owner.account().id, folder.id)
        .await
        .unwrap();
    assert_eq!(add("s3://archive/films").await.unwrap().root, folder.root);
    assert_eq!(house.assets().await.len(), 2);
    house.close().await;
}

#[tokio::test]
async fn no_secret_is_logged_and_a_check_says_which_bucket_does_not_answer() {
    let (log, _guard) = log::Log::listen();
    let (store, place, _) = stocked().await;
    let url = format!("sqlite:{}", place.path().join("data.db").display());
    let house = House::open(&url, &store, "s3://archive/films").await;
    house.opens_with(2).await;
    store.is(Mood::Away);
    let folder = acquire::list_folders(&house.app).await.unwrap().remove(0);
    acquire::rescan_now(&house.app, folder.id).await.unwrap();
    store.is(Mood::Well);
    house.close().await;
    assert!(
        log.text().contains("reason") || log.text().contains("does not answer"),
        "the control: {}",
        log.text()
    );
    assert!(!log.text().contains(SECRET));

    let says_of = async |secret: &str, mood| {
        store.is(mood);
        let told = check(configure(place.path(), &store, secret), place.path()).await;
        assert!(!told.contains(secret), "{told}");
        told
    };
    for (secret, mood, says) in [
        (SECRET, Mood::Well, "ok      buckets: 1, all answer"),
        (
            "another-secret",
            Mood::Well,
            "FAILED  buckets: the storage root at s3://archive is offline: the store refuses the key",
        ),
        (
            SECRET,
            Mood::Away,
            "FAILED  buckets: the storage root at s3://archive is offline: the store does not answer",
        ),
    ] {
        let told = says_of(secret, mood).await;
        assert!(told.contains(says), "{told}");
    }
    std::fs::rename(&store.bucket, store.bucket.with_extension("gone")).unwrap();
    let told = says_of(SECRET, Mood::Well).await;
    assert!(
        told.contains("s3://archive is offline: the store has no such bucket"),
        "{told}"
    );
}

async fn check(config: PathBuf, place: &Path) -> String {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_cineclub"))
        .args(["check", "--config"])
        .arg(config)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("CINECLUB_DATA__FOLDER", place.join("data"))
        .output()
        .await
        .unwrap();
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
