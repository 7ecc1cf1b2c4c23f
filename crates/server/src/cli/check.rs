//! `check`: whether this installation can work, and what to do where it can't.

use std::process::{Command, ExitCode};

use super::say;
use crate::config::Config;
use crate::error::Result;
use crate::{accounts, acquire};

/// How one check came out.
enum Outcome {
    Good(String),
    /// It works, but the operator should know.
    Advice(String),
    Bad(String),
}

/// Checks everything and prints a line for each.
pub(super) async fn run(config: Result<Config>) -> ExitCode {
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            report("configuration", &Outcome::Bad(error.to_string()));
            return ExitCode::FAILURE;
        }
    };
    report(
        "configuration",
        &Outcome::Good(format!("listens on {}", config.server.listen)),
    );
    let mut good = true;
    for (what, outcome) in [("data folder", data_folder(&config)), ("ffmpeg", ffmpeg())] {
        good &= report(what, &outcome);
    }
    match super::open(config).await {
        Err(error) => good &= report("start", &Outcome::Bad(error.to_string())),
        Ok(app) => {
            report(
                "database",
                &Outcome::Good(format!("{:?}, schema up to date", app.db().engine())),
            );
            good &= report("storage", &storage(&app).await);
            good &= report("owner", &owner(&app).await);
            app.db().close().await;
        }
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

fn data_folder(config: &Config) -> Outcome {
    let folder = &config.data.folder;
    let probe = folder.join(".cineclub-check");
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&probe, b"x"));
    let _ = std::fs::remove_file(&probe);
    if let Err(error) = written {
        return Outcome::Bad(format!(
            "{} can't be written ({error}); set [data] folder, or change its owner",
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

async fn storage(app: &crate::App) -> Outcome {
    match acquire::list_folders(app).await {
        Err(error) => Outcome::Bad(error.to_string()),
        Ok(folders) if folders.is_empty() => {
            Outcome::Advice("no watch folder yet; add one under Admin, Folders".to_owned())
        }
        Ok(folders) => {
            let away: Vec<_> = folders
                .iter()
                .filter(|folder| !folder.online)
                .map(|folder| folder.path.clone())
                .collect();
            if away.is_empty() {
                Outcome::Good(format!("{} watch folders, all there", folders.len()))
            } else {
                Outcome::Bad(format!(
                    "not there: {}; mount them, their titles come back by themselves",
                    away.join(", ")
                ))
            }
        }
    }
}

async fn owner(app: &crate::App) -> Outcome {
    match accounts::owner::is_missing(app).await {
        Ok(false) => Outcome::Good("present".to_owned()),
        Ok(true) => Outcome::Advice("none yet; run: cineclub admin owner-code".to_owned()),
        Err(error) => Outcome::Bad(error.to_string()),
    }
}
