//! What leaves encrypted because its grant demands it: never in the clear, and its key to nobody who may not have the segments.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests"
)]

mod delivery_support;
mod support;

use std::path::Path;
use std::process::Command;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use cineclub_db::Engine;
use cineclub_domain::account::Role;
use cineclub_domain::grant::Protection;
use cineclub_domain::time::HOUR_MS;
use cineclub_server::{delivery, rights};
use delivery_support::Film;
use serde_json::{Value, json};
use support::{Browser, Reply, TestApp};

/// Eight seconds of H.264 and AAC, with a key frame every so many frames.
fn moving_picture(size: &str, keys: u32) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("film.mp4");
    let words = format!(
        "-v error -f lavfi -i testsrc2=s={size}:r=25:d=8 -f lavfi -i sine=d=8 -c:v libx264 -preset ultrafast -crf 40 -g {keys} -c:a aac"
    );
    let mut ffmpeg = Command::new("ffmpeg");
    let done = ffmpeg.args(words.split(' ')).arg(&file).status().unwrap();
    assert!(done.success(), "ffmpeg makes a film");
    std::fs::read(file).unwrap()
}

/// A film that its licensor wants protected so.
async fn film(app: &TestApp, slug: &str, protection: Protection) -> Film {
    let mut film = Film::make(
        &app.app,
        app.folder.path(),
        slug,
        moving_picture("160x90", 50),
    )
    .await;
    let staff = app
        .member(&format!("{slug}@example.org"), Role::Owner)
        .await;
    let staff = staff.account.unwrap().id;
    rights::grants::end(&app.app, staff, film.grant.id)
        .await
        .unwrap();
    film.grant = cineclub_domain::grant::Grant {
        protection,
        ..support::rights::grant_of(&app.app, &[film.title])
    };
    rights::grants::enter(&app.app, None, &film.grant)
        .await
        .unwrap();
    delivery::learn_all(&app.app).await.unwrap();
    film
}

async fn press_play(browser: &Browser, slug: &str, device: Value) -> Reply {
    let address = format!("/api/v1/titles/{slug}/play");
    browser
        .post_json(&address, &json!({ "device": device }))
        .await
}

async fn playing(browser: &Browser, slug: &str) -> Value {
    let reply = press_play(browser, slug, json!({"encryption": true})).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    reply.json()
}

/// The address of something of the play: `1/0.m4s`.
fn media(play: &Value, what: &str) -> String {
    let manifest = play["manifest"].as_str().unwrap();
    format!("{}/{what}", manifest.strip_suffix("/master.m3u8").unwrap())
}

/// Every packet of a file, decrypted with a key.
fn packets(file: &Path, secret: Option<&str>) -> String {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-fflags", "+ignidx"]);
    if let Some(secret) = secret {
        ffmpeg.args(["-decryption_key", secret]);
    }
    ffmpeg.arg("-i").arg(file);
    ffmpeg.args(["-c", "copy", "-f", "framemd5", "-"]);
    let done = ffmpeg.output().unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let text = String::from_utf8(done.stdout).unwrap();
    let frames = text.lines().filter(|line| !line.starts_with('#'));
    // What ffmpeg hangs on a packet comes behind, such as how it was encrypted.
    let bare = frames.map(|line| line.split(", S=").next().unwrap_or(line));
    bare.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_leave_encrypted_alone_is_the_film_under_its_key_and_nothing_else() {
    let app = TestApp::start(Engine::Sqlite).await;
    let film = film(&app, "bunny", Protection::Encrypted).await;
    let play = playing(&app.subscriber("v@example.org").await, "bunny").await;
    let anyone = app.visitor();
    let get = async |what: &str| {
        let reply = anyone.get(&media(&play, what)).await;
        assert_eq!(reply.status, StatusCode::OK, "{what}: {}", reply.text());
        reply
    };

    let list = get("1/index.m3u8").await.text();
    assert!(
        list.contains("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"../key\""),
        "{list}"
    );
    assert!(
        get("1/keys.m3u8")
            .await
            .text()
            .contains("#EXT-X-KEY:METHOD=SAMPLE-AES")
    );
    let manifest = get("manifest.mpd").await.text();
    assert!(
        manifest.contains(&format!("<dashif:Laurl>{}<", media(&play, "licence"))),
        "{manifest}"
    );

    let key = get("key").await;
    assert_eq!(
        (key.body.len(), key.header("cache-control")),
        (16, "no-store")
    );
    let licence = get("licence").await;
    assert_eq!(
        (
            licence.header("content-type"),
            licence.header("cache-control")
        ),
        ("application/json", "no-store")
    );
    let asked = anyone
        .send(
            Method::POST,
            &media(&play, "licence"),
            &[],
            Body::from("{\"kids\":[]}"),
        )
        .await;
    assert_eq!(asked.json(), licence.json());
    assert_eq!(licence.json()["keys"][0]["kty"], "oct");

    // What ffmpeg makes of it with the key is the film; without, it is not.
    let secret: String = key.body.iter().map(|byte| format!("{byte:02x}")).collect();
    for (track, count) in [(1, 2), (2, 2)] {
        let mut clear = cineclub_media::init_segment(&index(&film), track).unwrap();
        let mut sent = get(&format!("{track}/init.mp4")).await.body.to_vec();
        for n in 0..count {
            clear.extend(film.segment(track, n));
            sent.extend(&get(&format!("{track}/{n}.m4s")).await.body[..]);
        }
        let at = |name: &str| app.folder.path().join(format!("{track}-{name}.mp4"));
        std::fs::write(at("clear"), clear).unwrap();
        std::fs::write(at("sent"), sent).unwrap();
        let expected = packets(&at("clear"), None);
        assert!(
            packets(&at("sent"), Some(&secret)) == expected,
            "track {track}"
        );
        let wrong = packets(&at("sent"), Some(&"5".repeat(32)));
        let alike = wrong
            .lines()
            .zip(expected.lines())
            .filter(|(one, other)| one == other);
        assert!(
            alike.count() * 20 < expected.lines().count(),
            "control: the key is needed"
        );
    }

    // By whatever name and in whatever part, never in the clear.
    let whole = get("1/0.m4s").await;
    let tag = whole.header("etag").to_owned();
    let clear_tag = cineclub_media::segment_tag(&index(&film).digest(), 1, 0);
    assert_ne!(tag, clear_tag);
    let address = media(&play, "1/0.m4s");
    let range = [("range", "bytes=100-9999"), ("if-range", &tag)];
    let part = anyone
        .send(Method::GET, &address, &range, Body::empty())
        .await;
    assert_eq!(
        (part.status, &part.body[..]),
        (StatusCode::PARTIAL_CONTENT, &whole.body[100..10_000])
    );
    let known = anyone
        .send(
            Method::GET,
            &address,
            &[("if-none-match", &clear_tag)],
            Body::empty(),
        )
        .await;
    assert_eq!(
        known.body, whole.body,
        "the clear segment's name is not its own"
    );
    let head = anyone
        .send(Method::HEAD, &address, &[], Body::empty())
        .await;
    assert_eq!(head.header("content-length"), whole.body.len().to_string());
    for picture in ["1/0.m4s", "1/k0.m4s"] {
        let body = get(picture).await.body;
        assert!(body.windows(4).any(|name| name == b"senc"), "{picture}");
        let clear = film.segment(1, 0);
        // A key frame's first kilobyte: some of it must be another.
        let start = clear.windows(4).position(|name| name == b"mdat").unwrap() + 4;
        let first = &clear[start..start + 1024];
        assert!(
            !body.windows(1024).any(|bytes| bytes == first),
            "{picture} has it in the clear"
        );
    }
    app.stop().await;
}

fn index(film: &Film) -> cineclub_media::Index {
    let (index, _) = cineclub_media::open(&film.bytes, film.bytes.len() as u64).unwrap();
    index
}

#[tokio::test(flavor = "multi_thread")]
async fn every_size_of_a_film_leaves_encrypted_under_the_one_key() {
    let app = TestApp::start(Engine::Sqlite).await;
    let film = film(&app, "bunny", Protection::Encrypted).await;
    // One key frame alone: what the film has in two segments is sent in one.
    let tall = moving_picture("320x180", 200);
    film.add_size(&app.app, "tall.mp4", &tall).await;
    let play = playing(&app.subscriber("v@example.org").await, "bunny").await;
    let get = async |what: &str| {
        let reply = app.visitor().get(&media(&play, what)).await;
        assert_eq!(reply.status, StatusCode::OK, "{what}: {}", reply.text());
        reply.body.to_vec()
    };
    let master = String::from_utf8(get("master.m3u8").await).unwrap();
    let secret: String = get("key")
        .await
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for (place, bytes) in [("1", &film.bytes), ("1-1", &tall)] {
        assert!(
            master.contains(&format!("\n{place}/index.m3u8")),
            "{master}"
        );
        let list = String::from_utf8(get(&format!("{place}/index.m3u8")).await).unwrap();
        assert!(list.contains("METHOD=SAMPLE-AES"), "{list}");
        assert_eq!(list.matches(".m4s").count(), 1, "{list}");
        let (init, segment) = (
            get(&format!("{place}/init.mp4")).await,
            get(&format!("{place}/0.m4s")).await,
        );
        for picture in [&segment, &get(&format!("{place}/k0.m4s")).await] {
            assert!(picture.windows(4).any(|name| name == b"senc"), "{place}");
        }
        let at = |name: &str| app.folder.path().join(format!("{place}-{name}.mp4"));
        std::fs::write(at("sent"), [init, segment].concat()).unwrap();
        std::fs::write(at("clear"), bytes).unwrap();
        let (sent, clear) = (
            packets(&at("sent"), Some(&secret)),
            packets(&at("clear"), None),
        );
        let hashes = |text: &str, of: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| line.starts_with(of));
            lines
                .filter_map(|line| Some(line.rsplit_once(", ")?.1.to_owned()))
                .collect()
        };
        let (sent, clear) = (hashes(&sent, "0,"), hashes(&clear, "0,"));
        assert_eq!(sent.len(), 200, "{place}");
        assert!(sent == clear, "{place}: the frames are the film's");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_goes_to_nobody_whose_segments_do_not_go_too() {
    let app = TestApp::start(Engine::Sqlite).await;
    let film_of_bunny = film(&app, "bunny", Protection::Encrypted).await;
    film(&app, "other", Protection::Encrypted).await;
    film(&app, "plain", Protection::None).await;
    let keys = async |play: &Value| {
        let mut replies = Vec::new();
        for what in ["key", "licence", "1/0.m4s"] {
            replies.push(app.visitor().get(&media(play, what)).await);
        }
        replies
    };
    let none = async |play: &Value, status: StatusCode, why: &str| {
        for reply in keys(play).await {
            assert_eq!(reply.status, status, "{why}: {}", reply.text());
            assert!(!reply.text().contains("\"k\""), "{why}");
        }
    };
    let viewer = app.subscriber("v@example.org").await;
    let play = playing(&viewer, "bunny").await;
    let first = keys(&play).await;
    assert!(
        first.iter().all(|reply| reply.status == StatusCode::OK),
        "control: a paying viewer has it"
    );

    // Nobody, and somebody with a link of another house.
    let mut foreign = play.clone();
    let manifest = play["manifest"].as_str().unwrap();
    let (start, end) = manifest.rsplit_once('/').unwrap();
    let last = if start.ends_with('A') { 'E' } else { 'A' };
    foreign["manifest"] = json!(format!("{}{last}/{end}", &start[..start.len() - 1]));
    none(&foreign, StatusCode::NOT_FOUND, "a foreign link").await;
    none(
        &json!({"manifest": "/media/x/master.m3u8"}),
        StatusCode::NOT_FOUND,
        "no link",
    )
    .await;

    // What leaves in the clear has no key.
    let other = app.subscriber("w@example.org").await;
    let plain = playing(&other, "plain").await;
    for what in ["key", "licence"] {
        let reply = app.visitor().get(&media(&plain, what)).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
    }
    assert!(
        !app.visitor()
            .get(&media(&plain, "1/index.m3u8"))
            .await
            .text()
            .contains("EXT-X-KEY")
    );
    let clear = app.visitor().get(&media(&plain, "1/0.m4s")).await;
    assert!(!clear.body.windows(4).any(|name| name == b"senc"));

    // Every viewer of a file has the same key, and every file another.
    let again = playing(&other, "bunny").await;
    assert_eq!(keys(&again).await[0].body, first[0].body);
    let elsewhere = playing(&other, "other").await;
    assert_ne!(keys(&elsewhere).await[0].body, first[0].body);

    // Ended, expired, revoked.
    viewer
        .post_json(play["end"].as_str().unwrap(), &json!({"position_ms": 1}))
        .await;
    none(&play, StatusCode::GONE, "an ended play").await;
    let expiring = playing(&viewer, "bunny").await;
    app.clock.advance_ms(7 * HOUR_MS);
    delivery::learn_all(&app.app).await.unwrap();
    none(&expiring, StatusCode::GONE, "an expired link").await;
    let revoked = playing(&viewer, "bunny").await;
    let owner = app
        .member("o@example.org", Role::Owner)
        .await
        .account
        .unwrap();
    rights::grants::end(&app.app, owner.id, film_of_bunny.grant.id)
        .await
        .unwrap();
    delivery::learn_all(&app.app).await.unwrap();
    none(&revoked, StatusCode::GONE, "a grant that was ended").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_or_a_codec_without_encryption_is_told_so() {
    let app = TestApp::start(Engine::Sqlite).await;
    let film = film(&app, "bunny", Protection::Encrypted).await;
    let viewer = app.subscriber("v@example.org").await;
    let refused = press_play(&viewer, "bunny", json!({"encryption": false})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.text().contains("which this screen doesn’t play"),
        "{}",
        refused.text()
    );
    let page = viewer.get("/title/bunny").await;
    assert_eq!(
        page.status,
        StatusCode::OK,
        "its page is for everyone who may see it"
    );

    film.recode(&app.app, "hevc", "hvc1.1.6.L120.90").await;
    let refused = press_play(&viewer, "bunny", json!({"encryption": true})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused
            .text()
            .contains("HEVC, which it is coded in, can’t be"),
        "{}",
        refused.text()
    );
    assert!(
        !viewer.get("/home").await.text().contains("/title/bunny"),
        "nobody could play it"
    );
    app.stop().await;
}
