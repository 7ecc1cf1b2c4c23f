//! `check`: whether this installation can work, and what to do where it can't.
//!
//! **Invariant:** a check makes and changes nothing: what the wrong user made first, the right one
//! could not read.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use cineclub_db::{Db, Schema, Settings, accounts, folders};
use cineclub_domain::id::RootId;
use rustix::fs::Access;

use super::{contradiction, run, say};
use crate::config::{Config, Tls, secrets};
use crate::error::{Error, Result};
use crate::http::tls;
use crate::storage::{Buckets, Roots};

/// How long a disk may take to answer: a network mount can hang for minutes.
const ANSWER: Duration = Duration::from_secs(2);
/// How long a bucket may take, asked again where it stumbles.
const BUCKET_ANSWER: Duration = Duration::from_secs(20);

/// How one check came out.
enum Outcome {
    Good(String),
    /// It works, but the operator should know.
    Advice(String),
    Bad(String),
}

/// Checks everything and prints a line for each.
pub(super) async fn run(config: Result<Config>) -> ExitCode {
    let checked = config.and_then(|config| match config.check() {
        Ok(()) => Ok(config),
        Err(error) => Err(contradiction(error)),
    });
    let config = match checked {
        Ok(config) => config,
        Err(error) => {
            report("configuration", &Outcome::Bad(error.to_string()));
            return ExitCode::FAILURE;
        }
    };
    let (db, database) = database(&config).await;
    let buckets = Buckets::open(&config.buckets).map_err(|error| error.to_string());
    let lines = [
        (
            "configuration",
            Some(Outcome::Good(format!(
                "listens on {}",
                config.server.listen
            ))),
        ),
        ("data folder", Some(data_folder(&config.data.folder))),
        ("secrets", Some(secrets(&config.data.folder))),
        (
            "tls",
            config
                .server
                .tls
                .as_ref()
                .map(|tls| certificate(&config, tls)),
        ),
        ("ffmpeg", Some(ffmpeg())),
        ("database", Some(database)),
        ("storage", Some(storage(&config.data.folder))),
        ("buckets", buckets_answer(&buckets).await),
        (
            "watch folders",
            Some(watch_folders(db.as_ref(), buckets).await),
        ),
        ("owner", Some(owner(db.as_ref()).await)),
    ];
    if let Some(db) = db {
        db.close().await;
    }
    let mut good = true;
    for (what, outcome) in &lines {
        good &= outcome.as_ref().is_none_or(|outcome| report(what, outcome));
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn report(what: &str, outcome: &Outcome) -> bool {
    let (mark, text) = match outcome {
        Outcome::Good(text) => ("ok    ", text),
        Outcome::Advice(text) => ("advice", text),
        Outcome::Bad(text) => ("FAILED", text),
    };
    say(format!("{mark}  {what}: {text}"));
    !matches!(outcome, Outcome::Bad(_))
}

fn data_folder(folder: &Path) -> Outcome {
    if let Err(why) = can_be_written(folder) {
        return Outcome::Bad(format!(
            "{} can't be written ({why}); set [data] folder, or change its owner",
            folder.display()
        ));
    }
    if !folder.exists() {
        return Outcome::Advice(format!(
            "{} is not there yet; it will be made at first start",
            folder.display()
        ));
    }
    match rustix::fs::statvfs(folder) {
        Ok(space) => {
            let free_gb = space.f_bavail.saturating_mul(space.f_frsize) / 1_000_000_000;
            let text = format!("{}, {free_gb} GB free", folder.display());
            if free_gb < 5 {
                Outcome::Advice(format!("{text}: make room before it fills"))
            } else {
                Outcome::Good(text)
            }
        }
        Err(_) => Outcome::Good(folder.display().to_string()),
    }
}

/// Whether a folder may be written, or made where the nearest folder above it is. Asked, not tried.
fn can_be_written(folder: &Path) -> Result<(), String> {
    let whole = std::path::absolute(folder).map_err(|error| error.to_string())?;
    let nearest: PathBuf = whole
        .ancestors()
        .find(|above| above.exists())
        .map_or_else(|| whole.clone(), Path::to_owned);
    if !nearest.is_dir() {
        return Err(format!("{} is not a folder", nearest.display()));
    }
    rustix::fs::access(&nearest, Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|error| std::io::Error::from(error).to_string())
}

fn secrets(folder: &Path) -> Outcome {
    match secrets::load(folder) {
        Ok(Some(_)) => Outcome::Good("present, for their owner alone".to_owned()),
        Ok(None) => Outcome::Advice("none yet; they will be made at first start".to_owned()),
        Err(error) => Outcome::Bad(error.to_string()),
    }
}

fn certificate(config: &Config, settings: &Tls) -> Outcome {
    let folder = &config.data.folder;
    if tls::would_sign(settings, folder) {
        return Outcome::Advice(
            "a certificate will be made and signed at first start; browsers warn of such ones"
                .to_owned(),
        );
    }
    match tls::acceptor(settings, folder, &run::host_of(&config.server.public_url)) {
        Ok(_) => Outcome::Good("certificate and key belong together".to_owned()),
        Err(error) => Outcome::Bad(format!("{error} {}", error.chain())),
    }
}

fn ffmpeg() -> Outcome {
    match Command::new("ffmpeg").arg("-version").output() {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            Outcome::Good(text.lines().next().unwrap_or("present").to_owned())
        }
        _ => Outcome::Advice(
            "not found. Films that browsers play need none; converting others will: apt install ffmpeg".to_owned(),
        ),
    }
}

/// How the database is; with it, where this program can read what is in it.
async fn database(config: &Config) -> (Option<Db>, Outcome) {
    let found = async {
        let Some(db) = Db::look(&Settings::new(config.database_url())).await? else {
            return Ok(None);
        };
        let schema = db.schema().await?;
        Ok::<_, cineclub_db::Error>(Some((db, schema)))
    };
    let (db, schema) = match found.await {
        Ok(Some(found)) => found,
        Ok(None) => return (None, none_yet()),
        Err(error) => return (None, Outcome::Bad(Error::internal(error).chain())),
    };
    let engine = db.engine();
    match schema {
        Schema::Current => (
            Some(db),
            Outcome::Good(format!("{engine:?}, schema up to date")),
        ),
        Schema::Empty => (None, none_yet()),
        Schema::Behind(n) => (
            None,
            Outcome::Advice(format!(
                "{engine:?}, needs migration ({n} to go): the next start does it; make a backup first"
            )),
        ),
    }
}

fn none_yet() -> Outcome {
    Outcome::Advice("none yet; it will be made at first start".to_owned())
}

/// The store of what the program makes itself.
fn storage(folder: &Path) -> Outcome {
    let objects = folder.join("objects");
    match can_be_written(&objects) {
        Err(why) => Outcome::Bad(format!("{} can't be written ({why})", objects.display())),
        Ok(()) if objects.exists() => Outcome::Good(objects.display().to_string()),
        Ok(()) => Outcome::Advice(format!("{} will be made at first start", objects.display())),
    }
}

/// Whether the buckets of the configuration answer; nothing is said where there are none.
async fn buckets_answer(buckets: &Result<Buckets, String>) -> Option<Outcome> {
    let buckets = match buckets {
        Ok(buckets) if buckets.names().next().is_none() => return None,
        Ok(buckets) => buckets,
        Err(why) => return Some(Outcome::Bad(why.clone())),
    };
    let mut away = Vec::new();
    for name in buckets.names() {
        match tokio::time::timeout(BUCKET_ANSWER, buckets.ask(name)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => away.push(error.to_string()),
            Err(_) => away.push(format!("s3://{name} does not answer in time")),
        }
    }
    Some(match away.is_empty() {
        true => Outcome::Good(format!("{}, all answer", buckets.names().count())),
        false => Outcome::Bad(format!(
            "{}; see to [buckets] and its credentials, their titles come back by themselves",
            away.join("; ")
        )),
    })
}

async fn watch_folders(db: Option<&Db>, buckets: Result<Buckets, String>) -> Outcome {
    let Some(db) = db else {
        return Outcome::Advice("not looked at: the list of them is in the database".to_owned());
    };
    match absent(db, buckets.unwrap_or_default()).await {
        Err(error) => Outcome::Bad(Error::internal(error).chain()),
        Ok((0, _)) => Outcome::Advice("none yet; add one under Admin, Folders".to_owned()),
        Ok((all, away)) if away.is_empty() => Outcome::Good(format!("{all}, all there")),
        Ok((_, away)) => Outcome::Bad(format!(
            "not there: {}; mount them, their titles come back by themselves",
            away.join(", ")
        )),
    }
}

/// How many folders are watched, and where those are that can't be found.
async fn absent(db: &Db, buckets: Buckets) -> cineclub_db::Result<(usize, Vec<String>)> {
    let roots = Roots::new(buckets);
    roots.refresh(db).await?;
    let folders = db.read(async |tx| folders::list(tx).await).await?;
    let mut away = Vec::new();
    for folder in &folders {
        if !is_there(&roots, folder.root).await {
            away.push(match roots.place(folder.root) {
                Some(place) => place.to_string(),
                None => folder.name.clone(),
            });
        }
    }
    Ok((folders.len(), away))
}

async fn is_there(roots: &Roots, root: RootId) -> bool {
    let looking = roots.look_for(root);
    matches!(tokio::time::timeout(ANSWER, looking).await, Ok(Ok(())))
}

async fn owner(db: Option<&Db>) -> Outcome {
    let owners = match db {
        Some(db) => db.read(async |tx| accounts::count_owners(tx).await).await,
        None => Ok(0),
    };
    match owners {
        Err(error) => {
            let error: cineclub_db::Error = error;
            Outcome::Bad(Error::internal(error).chain())
        }
        Ok(0) if db.is_some() => {
            Outcome::Advice("none yet; run: cineclub admin owner-code".to_owned())
        }
        Ok(0) => Outcome::Advice(
            "not looked at; where there is none, a start prints the code for the first, and so does: cineclub admin owner-code".to_owned(),
        ),
        Ok(_) => Outcome::Good("present".to_owned()),
    }
}
