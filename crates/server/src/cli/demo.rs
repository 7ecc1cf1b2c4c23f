//! `demo`: a whole service on a folder of films that carry their licences beside them.
//!
//! The films come in through a watch folder like any operator's. What a rights owner would do by
//! hand is done here by the program, and said so: each claim found beside a film becomes a grant.

use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cineclub_domain::account::Role;
use cineclub_domain::grant::{Grant, Limits, Protection};
use cineclub_domain::id::{AccountId, GrantId};
use cineclub_domain::language::LanguageRule;
use cineclub_domain::licence::Licence;
use cineclub_domain::offer::Offer;
use cineclub_domain::territory::TerritorySet;
use cineclub_domain::time::DAY_MS;
use cineclub_domain::title::TitleKind;
use cineclub_domain::window::Window;

use super::{run, say};
use crate::accounts::password::Secret;
use crate::accounts::{NewAccount, staff};
use crate::acquire::Claim;
use crate::catalogue::Entry;
use crate::config::Server;
use crate::error::{Error, Kind, Result};
use crate::{App, accounts, acquire, billing, rights};

/// The demo owner's address. The domain is reserved (RFC 2606 §3).
const OWNER: &str = "owner@cineclub.example";
/// Where the demo keeps the owner's password, for the next start.
const PASSWORD_FILE: &str = "demo-owner-password";
/// Where the demo keeps the code of its voucher, which is otherwise kept nowhere.
const VOUCHER_FILE: &str = "demo-voucher";
/// How another address is chosen, for who runs the program and for who runs `make demo`.
const LISTEN: &str = "--listen; with make: make demo DEMO_ARGS=\"--listen 127.0.0.1:PORT\"";
/// How long the first start may take over the films.
const PATIENCE: Duration = Duration::from_secs(300);

/// Serves the demo library.
#[derive(clap::Args)]
pub(super) struct Demo {
    /// The folder of films.
    #[arg(long, default_value = "demo/films")]
    films: PathBuf,
    /// Where the demo keeps its data.
    #[arg(long, default_value = "data/demo")]
    data: PathBuf,
    /// Where it listens.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// Serves the demo until asked to stop.
pub(super) async fn run(demo: Demo) -> Result<()> {
    let mut config = super::read(None)?;
    config.data.folder = demo.data;
    config.server.listen = demo.listen;
    if config.server.public_url == Server::default().public_url {
        config.server.public_url = format!("http://localhost:{}", demo.listen.port());
    }
    config.service.territory = Some("FR".parse().map_err(Error::internal)?);
    let films = std::fs::canonicalize(&demo.films).map_err(|error| {
        Error::new(
            Kind::NotFound,
            format!(
                "There are no films in {}; run: make demo",
                demo.films.display()
            ),
        )
        .because(error)
    })?;
    let app = super::open(config).await?;
    let (owner, password) = owner(&app).await?;
    run::serve_and(app, LISTEN, async |app| {
        watch(&app, owner, &films).await?;
        arrive(&app, count_films(&films)).await?;
        grant_claims(&app, owner).await?;
        let voucher = voucher(&app, owner).await?;
        welcome(&app, &password, &voucher);
        app.shutdown().cancelled().await;
        Ok(())
    })
    .await
}

/// The demo's owner and their password, made at the first start and kept for the next.
async fn owner(app: &App) -> Result<(AccountId, String)> {
    let path = app.config().data.folder.join(PASSWORD_FILE);
    if let (Ok(account), Ok(password)) = (
        staff::find(app, OWNER).await,
        std::fs::read_to_string(&path),
    ) {
        return Ok((account.id, password.trim().to_owned()));
    }
    let password = accounts::owner::readable_code(app, 4).to_lowercase();
    let secret = Secret::new(password.clone());
    let account = match staff::find(app, OWNER).await {
        Ok(account) => {
            staff::set_password(app, None, &account, secret).await?;
            account
        }
        Err(_) => {
            let language = app.config().service.language.clone();
            let new = NewAccount {
                email: OWNER.to_owned(),
                password: secret,
                language,
                territory: app.config().service.territory,
            };
            accounts::sign_up(app, new).await?
        }
    };
    staff::set_role(app, None, account.id, Role::Owner).await?;
    keep(&path, &password)?;
    Ok((account.id, password))
}

/// Keeps a secret of the demo in a file that only its owner can read.
fn keep(path: &Path, secret: &str) -> Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(secret.as_bytes())?;
    Ok(())
}

/// Watches the folder of films, if it isn't watched yet.
async fn watch(app: &App, owner: AccountId, films: &Path) -> Result<()> {
    let known = acquire::list_folders(app)
        .await?
        .iter()
        .any(|folder| Path::new(&folder.path) == films);
    if !known {
        acquire::add_folder(app, owner, &films.display().to_string()).await?;
    }
    Ok(())
}

/// Waits until every film has come in, and shows how far it is.
async fn arrive(app: &App, expected: usize) -> Result<()> {
    let mut told = usize::MAX;
    let mut waited = Duration::ZERO;
    loop {
        let snapshot = app.catalogue().current(app).await?;
        let here = snapshot
            .all()
            .map(|entry| entry.assets.len())
            .sum::<usize>();
        if here != told {
            say(format!("Films taken in: {here} of {expected}"));
            told = here;
        }
        if here >= expected {
            return Ok(());
        }
        if waited > PATIENCE {
            say("Some films did not come in; Admin, Folders says why.");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        waited += Duration::from_millis(250);
    }
}

/// Makes a grant of each claim found beside a film or series that has no grant yet.
async fn grant_claims(app: &App, owner: AccountId) -> Result<()> {
    let snapshot = app.catalogue().current(app).await?;
    let mut made = 0;
    for entry in snapshot
        .all()
        .filter(|entry| matches!(entry.title.kind, TitleKind::Film | TitleKind::Series))
    {
        let granted = snapshot
            .grants
            .iter()
            .any(|grant| grant.titles.contains(&entry.title.id));
        if let Some(claim) = acquire::claim_of(app, entry.title.id)
            .await?
            .filter(|_| !granted)
        {
            rights::grants::enter(app, Some(owner), &grant_of(app, entry, claim)).await?;
            made += 1;
        }
    }
    if made > 0 {
        say(format!(
            "Grants made from the licences beside the films: {made}"
        ));
    }
    Ok(())
}

fn grant_of(app: &App, entry: &Entry, claim: Claim) -> Grant {
    let now = app.now();
    let statement = claim
        .statement
        .unwrap_or_else(|| claim.licence.as_str().to_owned());
    let seen = claim
        .seen
        .and_then(|day| day.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok())
        .map_or(now, |start| {
            cineclub_domain::time::Timestamp::from_millis(start.timestamp().as_millisecond())
        });
    let free = claim.licence == Licence::CcByNc4;
    Grant {
        id: GrantId::new(now, app.entropy()),
        licensor: claim.licensor,
        reference: entry.title.slug.clone(),
        titles: vec![entry.title.id],
        offers: vec![if free {
            Offer::Free
        } else {
            Offer::Subscription
        }],
        territories: TerritorySet::world(),
        audio: LanguageRule::All,
        subtitles: LanguageRule::All,
        window: Window::always(),
        exclusive: false,
        limits: Limits::default(),
        protection: Protection::None,
        licence: claim.licence,
        evidence: Some(rights::grants::evidence(claim.licence_url, statement, seen)),
        attribution: claim.attribution,
        ended_at: None,
    }
}

/// A voucher for whoever is shown the demo: the last start's, while it can be redeemed.
async fn voucher(app: &App, owner: AccountId) -> Result<String> {
    let path = app.config().data.folder.join(VOUCHER_FILE);
    if let Ok(code) = std::fs::read_to_string(&path)
        && billing::vouchers::is_usable(app, &code).await?
    {
        return Ok(code);
    }
    let plan = billing::ensure_plan(app).await?.id;
    let expires = Some(app.now().plus_millis(7 * DAY_MS));
    let new = billing::vouchers::NewVoucher {
        plan,
        days: 30,
        uses: 20,
        expires,
        note: "Demo".to_owned(),
    };
    let code = billing::vouchers::create(app, Some(owner), new).await?;
    keep(&path, &code)?;
    Ok(code)
}

fn welcome(app: &App, password: &str, voucher: &str) {
    let url = &app.config().server.public_url;
    say(format!(
        "\n  Cineclub is open:   {url}\n  Owner's sign-in:    {OWNER}   password: {password}\n  Voucher for guests: {voucher}\n\n  Ctrl-C stops it.\n"
    ));
}

/// How many film files lie in a folder.
fn count_films(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .map(|path| match path.is_dir() {
            true => count_films(&path),
            false => usize::from(
                path.file_name()
                    .is_some_and(|name| acquire::may_be_film(&name.to_string_lossy())),
            ),
        })
        .sum()
}
