//! The commands as an operator types them: what they print, and with which exit code.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod delivery_support;
mod support;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use cineclub_db::{Db, Engine, Settings};
use delivery_support::{Film, example_in};
use serde_json::{Value, json};
use support::TestApp;

/// The program in `place`, where its data lies too, in an environment of its own.
fn command(place: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cineclub"));
    command
        .args(arguments)
        .current_dir(place)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("CINECLUB_DATA__FOLDER", place.join("data"));
    command
}

/// Runs `cineclub` in `place` with `input` typed into it.
fn cineclub(place: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = command(place, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

/// What it printed, where it must succeed.
fn said(place: &Path, arguments: &[&str], input: &str) -> String {
    let output = cineclub(place, arguments, input);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// What it complained of, where it must fail.
fn refused(place: &Path, arguments: &[&str]) -> String {
    let output = cineclub(place, arguments, "");
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_probe_tells_what_a_file_holds_or_why_it_holds_no_film() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(
        place.path().join("film.mp4"),
        cineclub_media::example_film(),
    )
    .unwrap();
    let told: Value = serde_json::from_str(&said(
        place.path(),
        &["media", "probe", "film.mp4", "--json"],
        "",
    ))
    .unwrap();
    for promised in ["container", "duration_ms", "tracks"] {
        assert!(told.get(promised).is_some(), "{promised}: {told}");
    }
    let promised = [
        "kind",
        "codec",
        "rfc6381",
        "language",
        "width",
        "height",
        "frame_rate",
        "channels",
        "sample_rate",
        "samples",
    ];
    for track in told["tracks"].as_array().unwrap() {
        let missing = |name: &&str| track.get(name).is_none();
        assert_eq!(promised.into_iter().find(missing), None, "{track}");
    }
    assert_eq!(told["container"], "mp4");
    assert!(
        told["tracks"]
            .as_array()
            .unwrap()
            .iter()
            .any(|track| track["kind"] == "video" && track["samples"].as_u64() > Some(0))
    );
    assert!(said(place.path(), &["media", "probe", "film.mp4"], "").contains("film.mp4 · mp4 · "));

    std::fs::write(place.path().join("notes.mp4"), "only words").unwrap();
    std::fs::write(place.path().join("nothing.mp4"), "").unwrap();
    for (name, expected) in [
        ("notes.mp4", "a text file, not a film"),
        ("nothing.mp4", "the file is empty"),
    ] {
        let told = said(place.path(), &["media", "probe", name], "");
        assert!(told.contains(expected), "{name}: {told}");
    }
    let told = refused(place.path(), &["media", "probe", "missing.mp4"]);
    assert!(told.contains("missing.mp4 can't be read"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_packaged_is_what_the_server_serves_byte_by_byte() {
    let app = TestApp::start(Engine::Sqlite).await;
    let bytes = cineclub_media::example_film();
    let film = Film::make(&app.app, app.folder.path(), "bunny", bytes).await;
    let viewer = app.subscriber("v@example.org").await;
    let play = viewer
        .post_json(
            "/api/v1/titles/bunny/play",
            &json!({"device": {"name": "A test"}}),
        )
        .await
        .json();
    let base = play["manifest"]
        .as_str()
        .unwrap()
        .strip_suffix("master.m3u8")
        .unwrap()
        .to_owned();

    let place = tempfile::tempdir().unwrap();
    let source = film.path.to_str().unwrap();
    said(place.path(), &["media", "package", source, "out"], "");
    let mut files = Vec::new();
    collect(&place.path().join("out"), "", &mut files);
    assert!(files.len() >= 6, "{files:?}");
    for name in &files {
        let packaged = std::fs::read(place.path().join("out").join(name)).unwrap();
        let served = app.visitor().get(&format!("{base}{name}")).await;
        assert_eq!(served.status, 200, "{name}");
        assert!(served.body == packaged, "{name} differs");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_are_packaged_as_the_server_serves_them_and_what_fits_not_is_refused() {
    let app = TestApp::start(Engine::Sqlite).await;
    let bytes = cineclub_media::example_film();
    let film = Film::make(&app.app, app.folder.path(), "bunny", bytes).await;
    // The second has its key frames elsewhere: nothing but the beginning is common, and all is one segment.
    let sizes = [
        ("same.mp4", example_in((160, 90), 1)),
        ("other.mp4", example_in((480, 270), 3)),
    ];
    for (count, (name, bytes)) in (1..).zip(&sizes) {
        film.add_size(&app.app, name, bytes).await;
        let viewer = app.subscriber(&format!("v{count}@example.org")).await;
        let asked = json!({"device": {"name": "A test"}});
        let play = viewer.post_json("/api/v1/titles/bunny/play", &asked).await;
        let manifest = play.json()["manifest"].as_str().unwrap().to_owned();
        let base = manifest.strip_suffix("master.m3u8").unwrap();
        let place = tempfile::tempdir().unwrap();
        let at = film.path.parent().unwrap();
        let names = ["film.mp4", "same.mp4", "other.mp4"].map(|name| at.join(name));
        let mut arguments = vec!["media", "package"];
        arguments.extend(names[..=count].iter().map(|name| name.to_str().unwrap()));
        arguments.push("out");
        said(place.path(), &arguments, "");
        let mut files = Vec::new();
        collect(&place.path().join("out"), "", &mut files);
        let segments = |rung: &str| {
            let of_rung = |name: &&String| name.starts_with(rung) && !name.contains("/k");
            files
                .iter()
                .filter(of_rung)
                .filter(|name| name.ends_with(".m4s"))
                .count()
        };
        assert_eq!(
            (segments("1/"), segments("1-1/")),
            if count == 1 { (3, 3) } else { (1, 1) }
        );
        for name in &files {
            let packaged = std::fs::read(place.path().join("out").join(name)).unwrap();
            let served = app.visitor().get(&format!("{base}{name}")).await;
            assert_eq!(served.status, 200, "{name}");
            assert!(served.body == packaged, "{name} differs");
        }
    }
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("wide.mp4"), example_in((480, 180), 1)).unwrap();
    let film = film.path.to_str().unwrap();
    let told = refused(place.path(), &["media", "package", film, "wide.mp4", "out"]);
    assert!(
        told.contains("wide.mp4 is no other size of the film: its picture has another shape"),
        "{told}"
    );
    app.stop().await;
}

/// The names of every file below a folder.
fn collect(folder: &Path, above: &str, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = format!("{above}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.push(name);
        }
    }
}

/// What a check tells, and whether all is well, with these variables beside the usual ones.
fn checked(place: &Path, variables: &[(&str, &str)]) -> (bool, String) {
    let output = command(place, &["check"])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    (output.status.success(), told)
}

fn assert_told(told: &str, lines: &[&str]) {
    for line in lines {
        assert!(told.contains(line), "{line} is missing:\n{told}");
    }
}

#[test]
fn a_check_says_what_is_there_and_what_to_do() {
    let place = tempfile::tempdir().unwrap();
    said(place.path(), &["admin", "owner-code"], "");
    let told = said(place.path(), &["check"], "");
    assert_told(
        &told,
        &[
            "ok      configuration",
            "data folder: ",
            "ok      secrets: present",
            "ok      database: Sqlite, schema up to date",
            "ok      storage: ",
            "advice  watch folders: none yet",
            "advice  owner",
            "cineclub admin owner-code",
        ],
    );
    std::fs::write(
        place.path().join("cineclub.toml"),
        "[server]\nlisten = \"127.0.0.1:0\"\nlitsen = 3\n",
    )
    .unwrap();
    let told = refused(place.path(), &["check"]);
    assert!(
        told.contains("FAILED  configuration") && told.contains("litsen") && told.contains('3'),
        "{told}"
    );
}

#[test]
fn a_check_before_the_first_start_makes_nothing_and_says_what_will_be_made() {
    let place = tempfile::tempdir().unwrap();
    let (good, told) = checked(place.path(), &[]);
    assert!(good, "{told}");
    assert_told(
        &told,
        &[
            "data is not there yet; it will be made at first start",
            "secrets: none yet; they will be made at first start",
            "database: none yet; it will be made at first start",
            "objects will be made at first start",
        ],
    );
    let left: Vec<_> = std::fs::read_dir(place.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    std::fs::write(place.path().join("data"), "a file").unwrap();
    let (good, told) = checked(place.path(), &[]);
    assert!(!good && told.contains("FAILED  data folder"), "{told}");
}

#[tokio::test]
async fn a_check_of_an_older_database_does_not_migrate_it() {
    let place = tempfile::tempdir().unwrap();
    said(place.path(), &["admin", "owner-code"], "");
    let path = place.path().join("data/cineclub.db");
    let settings = Settings::new(format!("sqlite:{}", path.display()));
    let db = Db::connect(&settings).await.unwrap();
    cineclub_db::testing::forget_last_migration(&db).await;
    db.close().await;
    let files = || {
        let found = std::fs::read_dir(place.path().join("data")).unwrap();
        let mut found: Vec<_> = found.map(|entry| entry.unwrap().file_name()).collect();
        found.sort();
        found
    };
    let expected = ["cineclub.db", "objects", "secrets.toml"];
    assert_eq!(files(), expected, "closing leaves no log behind");
    let before = std::fs::read(&path).unwrap();
    for _ in 0..2 {
        let (good, told) = checked(place.path(), &[]);
        assert!(good && told.contains("needs migration (1 to go)"), "{told}");
        assert_told(&told, &["advice  watch folders: not looked at"]);
        assert_eq!(files(), expected, "nor does looking");
    }
    assert!(std::fs::read(&path).unwrap() == before, "it was written to");
}

#[test]
fn a_check_without_a_database_still_tells_of_the_rest() {
    let place = tempfile::tempdir().unwrap();
    // Nothing listens on the port of the discard service (RFC 863).
    let nowhere = "postgres://cineclub:hunter2@127.0.0.1:9/cineclub";
    let (good, told) = checked(place.path(), &[("CINECLUB_DATA__DATABASE", nowhere)]);
    assert!(!good, "{told}");
    assert_told(
        &told,
        &[
            "FAILED  database: the database cannot be reached",
            "refused",
            "storage: ",
            "watch folders: not looked at",
        ],
    );
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn a_check_without_ffmpeg_says_when_it_is_needed() {
    let place = tempfile::tempdir().unwrap();
    let (good, told) = checked(place.path(), &[("PATH", "/nowhere")]);
    assert!(good, "{told}");
    assert_told(&told, &["advice  ffmpeg: not found", "apt install ffmpeg"]);
}

#[test]
fn a_check_reads_the_certificate_that_is_configured() {
    let place = tempfile::tempdir().unwrap();
    let configure = |files: &str| {
        let text =
            format!("[server]\npublic_url = \"https://films.example\"\n[server.tls]\n{files}");
        std::fs::write(place.path().join("cineclub.toml"), text).unwrap();
    };
    configure("");
    let (good, told) = checked(place.path(), &[]);
    assert!(
        good && told.contains("tls: a certificate will be made"),
        "{told}"
    );
    configure("certificate = \"chain.pem\"\nkey = \"key.pem\"\n");
    let (good, told) = checked(place.path(), &[]);
    assert!(
        !good && told.contains("FAILED  tls: The TLS certificate chain.pem"),
        "{told}"
    );
    let (one, other) = (signed(), signed());
    std::fs::write(place.path().join("chain.pem"), one.cert.pem()).unwrap();
    std::fs::write(place.path().join("key.pem"), "no key").unwrap();
    let (good, told) = checked(place.path(), &[]);
    assert!(
        !good && told.contains("FAILED  tls: The TLS key key.pem"),
        "{told}"
    );
    std::fs::write(
        place.path().join("key.pem"),
        other.signing_key.serialize_pem(),
    )
    .unwrap();
    let (good, told) = checked(place.path(), &[]);
    assert!(
        !good && told.contains("belong to the certificate"),
        "{told}"
    );
    std::fs::write(
        place.path().join("key.pem"),
        one.signing_key.serialize_pem(),
    )
    .unwrap();
    let (good, told) = checked(place.path(), &[]);
    assert!(good && told.contains("ok      tls"), "{told}");
}

fn signed() -> rcgen::CertifiedKey<rcgen::KeyPair> {
    rcgen::generate_simple_self_signed(vec!["films.example".to_owned()]).unwrap()
}

#[test]
fn a_secret_that_is_empty_or_open_to_others_refuses_every_start() {
    let place = tempfile::tempdir().unwrap();
    said(place.path(), &["admin", "owner-code"], "");
    let secrets = place.path().join("data/secrets.toml");
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o640)).unwrap();
    for command in [
        &["serve"][..],
        &["work"],
        &["check"],
        &["admin", "owner-code"],
    ] {
        let told = refused(place.path(), command);
        assert!(
            told.contains("can be read by others; run: chmod 600"),
            "{command:?}: {told}"
        );
    }
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&secrets, "[[token_keys]]\nid = 1\nsecret = \"\"\n").unwrap();
    let told = refused(place.path(), &["serve"]);
    assert!(
        told.contains("Restore it from a backup") && !told.contains("panicked"),
        "{told}"
    );
}

#[test]
fn the_host_makes_the_first_owner_and_gives_roles_passwords_and_vouchers() {
    let place = tempfile::tempdir().unwrap();
    let code = said(place.path(), &["admin", "owner-code"], "");
    assert!(code.trim().len() >= 14, "{code}");
    let voucher = said(
        place.path(),
        &[
            "admin", "voucher", "--days", "7", "--uses", "2", "--note", "press",
        ],
        "",
    );
    assert_ne!(voucher, said(place.path(), &["admin", "voucher"], ""));
    for command in [
        &["admin", "role", "nobody@example.org", "owner"][..],
        &["admin", "password", "nobody@example.org"],
    ] {
        let told = refused(place.path(), command);
        assert!(
            told.contains("cineclub: ") && !told.contains("panicked"),
            "{command:?}: {told}"
        );
    }
    let told = refused(
        place.path(),
        &["admin", "role", "nobody@example.org", "king"],
    );
    assert!(told.contains("viewer, programmer or owner"), "{told}");
}

/// Starts the demo on an empty folder of films, and reads the guests' voucher from what it says.
fn demo_voucher(place: &Path) -> String {
    let mut child = command(
        place,
        &[
            "demo",
            "--films",
            "films",
            "--data",
            "data",
            "--listen",
            "127.0.0.1:0",
        ],
    )
    .stdout(Stdio::piped())
    .stderr(Stdio::null())
    .spawn()
    .unwrap();
    let said = BufReader::new(child.stdout.take().unwrap());
    let code = said.lines().map_while(Result::ok).find_map(|line| {
        line.split_once("Voucher for guests: ")
            .map(|(_, code)| code.to_owned())
    });
    child.kill().unwrap();
    child.wait().unwrap();
    code.expect("the demo tells its voucher")
}

#[tokio::test]
async fn the_demo_hands_out_one_voucher_until_it_is_used_up_or_stopped() {
    let place = tempfile::tempdir().unwrap();
    std::fs::create_dir(place.path().join("films")).unwrap();
    let first = demo_voucher(place.path());
    assert_eq!(demo_voucher(place.path()), first);
    let url = format!("sqlite:{}", place.path().join("data/cineclub.db").display());
    let db = Db::connect(&Settings::new(url)).await.unwrap();
    let now = cineclub_domain::time::Timestamp::from_millis(1);
    db.write(async |tx| {
        let made = cineclub_db::vouchers::list(tx).await?;
        assert_eq!(made.len(), 1);
        cineclub_db::vouchers::stop(tx, made[0].id, now).await
    })
    .await
    .unwrap();
    db.close().await;
    assert_ne!(demo_voucher(place.path()), first, "the control");
}

#[test]
fn the_demo_says_how_to_choose_another_port_when_its_own_is_taken() {
    let place = tempfile::tempdir().unwrap();
    std::fs::create_dir(place.path().join("films")).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = refused(
        place.path(),
        &["demo", "--films", "films", "--listen", &address],
    );
    assert!(
        told.contains("DEMO_ARGS=\"--listen 127.0.0.1:PORT\"") && !told.contains("[server]"),
        "{told}"
    );
    // The script looks before the long build, so this ends at once.
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
    for arguments in [
        format!("--listen {address}"),
        format!("--data elsewhere --listen={address}"),
    ] {
        let mut demo = Command::new(scripts.join("demo"));
        let output = demo.env("DEMO_ARGS", &arguments).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{arguments}");
        assert!(told.contains("DEMO_ARGS=\"--listen"), "{arguments}: {told}");
    }
    drop(taken);
    let free = Command::new(scripts.join("is-free")).arg(&address).status();
    assert!(free.unwrap().success(), "the control");
}
