//! The program as processes of its own: one that serves, one that works, and commands beside them.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod ingest_support;

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use cineclub_db::assets::AssetState;
use cineclub_db::{assets, jobs, on_both_engines, sightings};
use cineclub_domain::account::Role;
use cineclub_server::accounts::password::Secret;
use cineclub_server::accounts::{self, NewAccount};
use cineclub_server::{App, acquire};
use ingest_support::{film, open, until};

on_both_engines! {
    async fn a_film_is_taken_in_by_the_process_that_works_and_not_by_the_one_that_serves(database: &TestDb) {
        let place = tempfile::tempdir().unwrap();
        let films = place.path().join("films");
        std::fs::create_dir(&films).unwrap();
        let app = open(place.path(), &database.url).await;
        let folder = acquire::add_folder(&app, None, &films).await.unwrap().id;
        app.db().close().await;
        std::fs::write(films.join("Elsewhere (2021).mp4"), film(1)).unwrap();

        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let mut serve = Running::start(place.path(), &database.url, &["serve"], &[
            ("CINECLUB_SERVER__LISTEN", &address),
            ("CINECLUB_WORK__IN_SERVE", "false"),
        ]);
        until("it serves", async || TcpStream::connect(&address).is_ok()).await;
        // Longer than a look at the folders, had it been looking.
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        let (seen, made) = database.db.read(async |tx| {
            Ok::<_, cineclub_db::Error>((sightings::list(tx, folder).await?, jobs::list(tx, 0, 9).await?))
        }).await.unwrap();
        assert!(seen.is_empty() && made.is_empty(), "{seen:?} {made:?}");

        let mut work = Running::start(place.path(), &database.url, &["work"], &[]);
        until("the film is in", async || {
            let known = database.db.read(async |tx| assets::list(tx).await).await.unwrap();
            known.iter().any(|asset| asset.path == "Elsewhere (2021).mp4" && asset.state == AssetState::Ready)
        }).await;
        assert_eq!(work.stop(), Some(0));
        assert_eq!(serve.stop(), Some(0));
    }

    async fn a_role_and_a_password_given_on_the_host_hold(database: &TestDb) {
        let place = tempfile::tempdir().unwrap();
        let app = open(place.path(), &database.url).await;
        let email = "ada@example.org";
        let new = NewAccount {
            email: email.to_owned(),
            password: Secret::new("a long enough password".to_owned()),
            language: "en".parse().unwrap(),
            territory: None,
        };
        let account = accounts::sign_up(&app, new).await.unwrap();
        let session = accounts::open_session(&app, account, "test").await.unwrap();
        let said = |arguments: &[&str], input: &str| run(place.path(), &database.url, arguments, input);
        for role in ["programmer", "owner"] {
            let told = said(&["admin", "role", email, role], "");
            assert!(told.contains(&format!("{email} is now {role}")), "{told}");
        }
        let signed_in = accounts::signed_in(&app, &session.token).await.unwrap();
        assert_eq!(signed_in.map(|(account, _)| account.role), Some(Role::Owner));

        said(&["admin", "password", email], "another long password\n");
        assert!(accounts::signed_in(&app, &session.token).await.unwrap().is_none(), "it is signed out");
        assert!(!signs_in(&app, email, "a long enough password").await);
        assert!(signs_in(&app, email, "another long password").await);
        app.db().close().await;
    }
}

async fn signs_in(app: &App, email: &str, password: &str) -> bool {
    let network = [127, 0, 0, 1].into();
    let password = Secret::new(password.to_owned());
    accounts::sign_in(app, email, password, network, "test")
        .await
        .is_ok()
}

/// The program in `place`, on the database, as its configuration would have it there.
fn cineclub(place: &Path, database: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cineclub"));
    command
        .args(arguments)
        .current_dir(place)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("CINECLUB_DATA__FOLDER", place.join("data"))
        .env("CINECLUB_DATA__DATABASE", database)
        .env("CINECLUB_WORK__RESCAN_SECONDS", "1")
        .env("CINECLUB_WORK__SETTLE_MS", "200")
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped());
    command
}

/// What a command printed, which must succeed, with `input` typed into it.
fn run(place: &Path, database: &str, arguments: &[&str], input: &str) -> String {
    let mut child = cineclub(place, database, arguments)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut typed = child.stdin.take().unwrap();
    typed.write_all(input.as_bytes()).unwrap();
    drop(typed);
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&stderr).into_owned();
    assert!(status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(stdout).unwrap()
}

/// A process that runs until it is asked to stop, and no longer than the test.
struct Running(Child);

impl Running {
    fn start(place: &Path, database: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut command = cineclub(place, database, arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        Self(command.envs(settings.iter().copied()).spawn().unwrap())
    }

    /// Asks it to stop, as a service manager does, and tells with which code it did.
    fn stop(&mut self) -> Option<i32> {
        let process = i32::try_from(self.0.id()).unwrap();
        let process = rustix::process::Pid::from_raw(process).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It is over already unless the test failed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
