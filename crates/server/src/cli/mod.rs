//! The command line.

mod admin;
mod check;
mod demo;
mod media;
mod package;
mod run;
mod source;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::App;
use crate::app::Outside;
use crate::clock::{SystemClock, SystemEntropy};
use crate::config::{self, Config, ConfigError};
use crate::error::{Error, Kind, Result};

/// How long blocking work may go on after everything else has ended.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// A streaming service that plays nothing without a grant.
#[derive(Parser)]
#[command(name = "cineclub", version, about)]
struct Cli {
    /// The configuration file. Without one, `cineclub.toml` here is used if it exists.
    #[arg(long, global = true, env = "CINECLUB_CONFIG")]
    config: Option<PathBuf>,
    /// How logs are written.
    #[arg(long, global = true, default_value = "text")]
    log: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages, the API and the films; do background work too unless told otherwise.
    Serve,
    /// Do background work only.
    Work,
    /// Serve the demo library from a folder of films.
    Demo(demo::Demo),
    /// Check configuration, storage, database and tools, and say what to do. Makes and changes nothing.
    Check,
    /// Look into a film, or package it.
    #[command(subcommand)]
    Media(media::Media),
    /// Run the service from the host: the first owner, vouchers, roles, passwords.
    #[command(subcommand)]
    Admin(admin::Admin),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr(cli.log);
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::internal)
        .and_then(|runtime| {
            let outcome = runtime.block_on(dispatch(cli));
            // A read from a disk that does not answer would keep the program from ending.
            runtime.shutdown_timeout(LAST_WAIT);
            outcome
        });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(cli: Cli) -> Result<ExitCode> {
    let config = || configuration(cli.config.as_deref());
    match cli.command {
        Command::Serve => run::serve(open(config()?).await?).await?,
        Command::Work => run::work(open(config()?).await?).await?,
        Command::Demo(demo) => demo::run(demo).await?,
        Command::Check => return Ok(check::run(config()).await),
        Command::Media(media) => media::run(&media)?,
        Command::Admin(admin) => admin::run(open(config()?).await?, admin).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The configuration that is named, or the one lying here, or none.
fn configuration(named: Option<&Path>) -> Result<Config> {
    let here = Path::new("cineclub.toml");
    let path = named.or_else(|| here.exists().then_some(here));
    read(path)
}

/// Reads a configuration, with what the environment lays over it.
fn read(path: Option<&Path>) -> Result<Config> {
    config::environment(std::env::vars_os())
        .and_then(|environment| Config::load(path, environment))
        .map_err(contradiction)
}

fn contradiction(error: ConfigError) -> Error {
    Error::new(Kind::BadInput, error.to_string())
}

/// Opens the installation with the real clock and the system's random source.
///
/// Every start comes by here, so this is where what a command changed of the configuration is checked.
async fn open(config: Config) -> Result<App> {
    config.check().map_err(contradiction)?;
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new()
        .install_recorder()
        .map_err(Error::internal)?;
    let outside = Outside {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        metrics: Some(metrics),
    };
    App::open(config, outside).await
}

/// Logs go to standard error; `RUST_LOG` says how much.
fn log_to_stderr(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new("warn,cineclub_server=info,cineclub_db=info")
    });
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => builder.compact().init(),
        LogFormat::Json => builder.json().init(),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "a command says on the terminal why it failed"
)]
fn complain(error: &Error) {
    eprintln!("cineclub: {error}");
    let chain = error.chain();
    if !chain.is_empty() && !error.message.contains(&chain) {
        eprintln!("  because {chain}");
    }
}

/// Says something to the person at the terminal.
#[expect(clippy::print_stdout, reason = "commands answer on the terminal")]
fn say(text: impl std::fmt::Display) {
    println!("{text}");
}
