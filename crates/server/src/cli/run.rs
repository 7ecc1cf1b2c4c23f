//! `serve` and `work`: running until asked to stop.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::TaskTracker;

use super::say;
use crate::error::{Error, Result};
use crate::http::{self, listen, tls};
use crate::{App, accounts, acquire, billing, delivery, housekeeping, jobs};

/// How long tasks may take to end once the program is asked to stop. What they leave half done, the next start undoes.
const PATIENCE: Duration = Duration::from_secs(8);
/// Files that may be open beside those for connections: databases, films, folders.
const OTHER_FILES: u64 = 256;

/// Serves until asked to stop.
pub(super) async fn serve(app: App) -> Result<()> {
    serve_and(app, "[server] listen", async |_| Ok(())).await
}

/// Serves until asked to stop; `meanwhile` runs once the service answers. `listen` names where the
/// address it listens on was set.
pub(super) async fn serve_and(
    app: App,
    listen: &str,
    meanwhile: impl AsyncFnOnce(App) -> Result<()>,
) -> Result<()> {
    let config = app.config().clone();
    billing::ensure_plan(&app).await?;
    delivery::learn_all(&app).await?;
    let tls = config
        .server
        .tls
        .as_ref()
        .map(|settings| {
            let host = host_of(&config.server.public_url);
            tls::acceptor(settings, &config.data.folder, &host)
        })
        .transpose()?;
    let threads = listen::Threads::start()?;
    let listener = threads.bind(config.server.listen, listen)?;
    let tasks = TaskTracker::new();
    stop_on_signal(&app)?;
    tasks.spawn(delivery::poll(app.clone()));
    tasks.spawn(housekeeping::run(app.clone()));
    tasks.spawn(acquire::attend(app.clone()));
    if config.work.in_serve {
        spawn_work(&app, &tasks);
    }
    let (router, _) = http::router(&app);
    let limits = listen::Limits {
        connections: connections(config.server.connections, open_files()),
        ..listen::Limits::default()
    };
    let server = threads.serve(listener, tls, router, limits, app.shutdown().clone());
    tracing::info!(address = %config.server.listen, url = config.server.public_url, "serving");
    let outcome = async {
        invite_owner(&app).await?;
        meanwhile(app.clone()).await
    };
    let outcome = tokio::select! {
        outcome = outcome => outcome,
        () = app.shutdown().cancelled() => Ok(()),
    };
    if outcome.is_err() {
        app.shutdown().cancel();
    }
    let _ = server.await;
    finish(&app, &tasks).await;
    tracing::info!("stopped");
    outcome
}

/// Does background work until asked to stop.
pub(super) async fn work(app: App) -> Result<()> {
    let tasks = TaskTracker::new();
    stop_on_signal(&app)?;
    spawn_work(&app, &tasks);
    tracing::info!("working");
    app.shutdown().cancelled().await;
    finish(&app, &tasks).await;
    Ok(())
}

/// Waits for the tasks to end, but not for ever: one may hang on a disk that does not answer.
async fn finish(app: &App, tasks: &TaskTracker) {
    tasks.close();
    if tokio::time::timeout(PATIENCE, tasks.wait()).await.is_err() {
        tracing::warn!(tasks = tasks.len(), "stopped without waiting any longer");
    }
    app.db().close().await;
}

/// How many files the program may have open, after asking for as many as the system allows it.
fn open_files() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: maximum,
        maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, wanted) {
        tracing::warn!(%error, "the number of open files could not be raised");
        return current.unwrap_or(u64::MAX);
    }
    maximum.unwrap_or(u64::MAX)
}

/// How many connections are held at once: those asked for, as far as each can have a socket and a film open.
fn connections(asked: usize, open_files: u64) -> usize {
    let room = usize::try_from(open_files.saturating_sub(OTHER_FILES) / 2).unwrap_or(usize::MAX);
    if room < asked {
        tracing::warn!(
            open_files,
            connections = room,
            "fewer connections than configured: raise the limit of open files"
        );
    }
    asked.min(room).max(1)
}

fn spawn_work(app: &App, tasks: &TaskTracker) {
    tasks.spawn(acquire::watch(app.clone()));
    tasks.spawn(jobs::run(app.clone()));
}

/// Says on the host, and only there, how the first owner gets in.
async fn invite_owner(app: &App) -> Result<()> {
    if accounts::owner::is_missing(app).await? {
        let code = accounts::owner::new_code(app).await?;
        let url = app.config().server.public_url.trim_end_matches('/');
        say(format!(
            "This service has no owner yet. Open {url}/welcome and enter this code: {code}"
        ));
    }
    Ok(())
}

/// Ctrl-C and the service manager's stop both end the program in good order.
fn stop_on_signal(app: &App) -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::from)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::from)?;
    let shutdown = app.shutdown().clone();
    tokio::spawn(async move {
        let mut asked = async || {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        };
        asked().await;
        shutdown.cancel();
        asked().await;
        // Whoever asks twice does not want to wait. Nothing acknowledged is lost by this.
        std::process::exit(130);
    });
    Ok(())
}

/// The host of an address, for a certificate.
pub(super) fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    // An IPv6 address has colons of its own, and brackets around it (RFC 3986 §3.2.2).
    match authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((address, _)) => address.to_owned(),
        None => authority.split(':').next().unwrap_or(authority).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{connections, host_of};

    #[test]
    fn connections_leave_files_for_the_films_they_play() {
        assert_eq!(connections(4096, 1_048_576), 4096);
        assert_eq!(connections(4096, 1024), 384);
        assert_eq!(connections(4096, 64), 1);
    }

    #[test]
    fn a_certificate_names_the_host_and_nothing_else() {
        for (url, host) in [
            ("https://films.example", "films.example"),
            ("https://films.example:8443/", "films.example"),
            ("https://192.0.2.1:8443", "192.0.2.1"),
            ("https://[2001:db8::1]:8443/x", "2001:db8::1"),
        ] {
            assert_eq!(host_of(url), host);
        }
    }
}
