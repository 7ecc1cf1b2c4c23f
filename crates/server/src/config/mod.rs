//! The configuration: one TOML file, with an overlay from the environment.
//!
//! A key nobody knows is an error that names its line. `CINECLUB_SERVER__LISTEN` in the environment
//! stands for `listen` in the table `[server]`, and wins.

pub mod secrets;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use cineclub_domain::language::Language;
use cineclub_domain::territory::Territory;
use serde::Deserialize;

/// Everything an operator may set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The service as people see it.
    #[serde(default)]
    pub service: Service,
    /// Where it listens.
    #[serde(default)]
    pub server: Server,
    /// Where its data is.
    #[serde(default)]
    pub data: Data,
    /// How background work is done.
    #[serde(default)]
    pub work: Work,
}

/// The service as people see it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Service {
    /// Its name on every page.
    pub name: String,
    /// The language of pages for those who prefer none that we have.
    pub language: Language,
    /// The territory of a visitor who has not told theirs.
    pub territory: Option<Territory>,
    /// The zone that a new grant's dates are counted in, unless the form says otherwise.
    pub zone: String,
}

/// Where the service listens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port. Plain HTTP binds loopback only, unless a proxy is listed.
    pub listen: SocketAddr,
    /// The address people use, for links and cookies.
    pub public_url: String,
    /// Proxies in front, whose forwarding headers are believed. Nobody else's are.
    pub proxies: Vec<IpAddr>,
    /// TLS by ourselves.
    pub tls: Option<Tls>,
}

/// TLS by ourselves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Certificate chain, PEM. Left out together with `key`: a self-signed one is made, for trials.
    pub certificate: Option<PathBuf>,
    /// Private key, PEM.
    pub key: Option<PathBuf>,
}

/// Where the data is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    /// The data folder: secrets, made artwork and subtitles, and the database unless told otherwise.
    pub folder: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; left out, `cineclub.db` in the data folder.
    pub database: Option<String>,
}

/// How background work is done.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Work {
    /// Whether `serve` does background work too; turn it off where `cineclub work` runs elsewhere.
    pub in_serve: bool,
    /// Jobs at a time.
    pub jobs: usize,
    /// Seconds between two looks at the watch folders.
    pub rescan_seconds: u64,
    /// Milliseconds a file must lie still before it counts as complete.
    pub settle_ms: u64,
    /// Password hashes computed at a time; each takes 19 MiB.
    pub password_hashes: usize,
    /// Bytes of film indexes kept in memory.
    pub index_cache_bytes: u64,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            name: "Cineclub".to_owned(),
            language: "en".parse().expect("en is a language"),
            territory: None,
            zone: "Europe/Paris".to_owned(),
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: "http://localhost:8080".to_owned(),
            proxies: Vec::new(),
            tls: None,
        }
    }
}

impl Default for Data {
    fn default() -> Self {
        Self {
            folder: PathBuf::from("data"),
            database: None,
        }
    }
}

impl Default for Work {
    fn default() -> Self {
        Self {
            in_serve: true,
            jobs: 2,
            rescan_seconds: 3,
            settle_ms: 2_000,
            password_hashes: 4,
            index_cache_bytes: 128 << 20,
        }
    }
}

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("the configuration {path} can't be read: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file doesn't say what it should; the text names the line.
    #[error("in {path}:\n{source}")]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A variable of the environment doesn't say what it should.
    #[error("the environment variable {name} is refused: {reason}")]
    Environment {
        /// Which variable.
        name: String,
        /// Why.
        reason: String,
    },
    /// Values that don't go together.
    #[error("{0}")]
    Contradiction(String),
}

impl Config {
    /// Reads the file, if one is named, lays the environment over it, and checks the whole.
    ///
    /// # Errors
    /// What is wrong, where, and what to do.
    pub fn load(
        path: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = toml::Table::new();
        if let Some(path) = path {
            let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
                path: path.to_owned(),
                source,
            })?;
            let invalid = |source| ConfigError::Invalid {
                path: path.to_owned(),
                source: Box::new(source),
            };
            // Read as a configuration first, so that an error can point into the text.
            toml::from_str::<Self>(&text).map_err(invalid)?;
            table = toml::from_str(&text).map_err(invalid)?;
        }
        for (name, value) in environment {
            overlay(&mut table, &name, &value)?;
        }
        let config: Self = table
            .try_into()
            .map_err(|error| ConfigError::Contradiction(error.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// The database's address.
    pub fn database_url(&self) -> String {
        match &self.data.database {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", self.data.folder.join("cineclub.db").display()),
        }
    }

    /// Whether viewers reach us over TLS, ours or a proxy's.
    pub fn is_secure(&self) -> bool {
        self.server.tls.is_some() || self.server.public_url.starts_with("https://")
    }

    fn check(&self) -> Result<(), ConfigError> {
        let refuse = |text: &str| Err(ConfigError::Contradiction(text.to_owned()));
        let loopback = self.server.listen.ip().is_loopback();
        if self.server.tls.is_none() && !loopback && self.server.proxies.is_empty() {
            return refuse(
                "plain HTTP is for loopback only: set [server.tls], or list the proxy in front under [server] proxies",
            );
        }
        if let Some(tls) = &self.server.tls
            && tls.certificate.is_some() != tls.key.is_some()
        {
            return refuse(
                "[server.tls] needs both certificate and key, or neither for a self-signed one",
            );
        }
        if jiff::tz::TimeZone::get(&self.service.zone).is_err() {
            return refuse(
                "[service] zone is not a time zone; use an IANA name such as Europe/Paris",
            );
        }
        if self.work.jobs == 0 || self.work.password_hashes == 0 || self.work.rescan_seconds == 0 {
            return refuse("[work] jobs, password_hashes and rescan_seconds must be at least 1");
        }
        Ok(())
    }
}

/// Lays one variable over the table; variables that aren't ours are passed over.
fn overlay(table: &mut toml::Table, name: &str, value: &str) -> Result<(), ConfigError> {
    let Some(key) = name
        .strip_prefix("CINECLUB_")
        .filter(|key| key.contains("__"))
    else {
        return Ok(());
    };
    let refuse = |reason: String| ConfigError::Environment {
        name: name.to_owned(),
        reason,
    };
    let lower = key.to_ascii_lowercase();
    let parts: Vec<_> = lower.split("__").collect();
    let (last, parents) = parts
        .split_last()
        .ok_or_else(|| refuse("it names no key".to_owned()))?;
    let mut at = &mut *table;
    for parent in parents {
        let entry = at
            .entry(*parent)
            .or_insert_with(|| toml::Value::Table(toml::Table::new()));
        at = entry
            .as_table_mut()
            .ok_or_else(|| refuse(format!("{parent} is not a table")))?;
    }
    // `8080`, `true` and `["10.0.0.1"]` are read as TOML; anything else is text.
    let parsed = toml::from_str::<toml::Table>(&format!("v = {value}"))
        .ok()
        .and_then(|mut t| t.remove("v"));
    at.insert(
        (*last).to_owned(),
        parsed.unwrap_or_else(|| toml::Value::String(value.to_owned())),
    );
    table
        .clone()
        .try_into::<Config>()
        .map(drop)
        .map_err(|error| refuse(error.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cineclub.toml");
        std::fs::write(&path, text).unwrap();
        let environment = environment
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Config::load(Some(&path), environment).map_err(|error| error.to_string())
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_its_line() {
        let error = load("[server]\nlisten = \"127.0.0.1:1\"\nlissen = 3\n", &[]).unwrap_err();
        assert!(
            error.contains("line 3") && error.contains("lissen"),
            "{error}"
        );
    }

    #[test]
    fn the_environment_wins_and_an_unknown_variable_of_ours_is_refused() {
        let config = load(
            "[work]\njobs = 3\n",
            &[("CINECLUB_WORK__JOBS", "7"), ("HOME", "x")],
        )
        .unwrap();
        assert_eq!(config.work.jobs, 7);
        let error = load("", &[("CINECLUB_WORK__JABS", "7")]).unwrap_err();
        assert!(error.contains("CINECLUB_WORK__JABS"), "{error}");
    }

    #[test]
    fn plain_http_beyond_loopback_needs_tls_or_a_listed_proxy() {
        let open = "[server]\nlisten = \"0.0.0.0:80\"\n";
        assert!(load(open, &[]).unwrap_err().contains("loopback"));
        assert!(load(&format!("{open}proxies = [\"10.0.0.2\"]\n"), &[]).is_ok());
        assert!(load(&format!("{open}[server.tls]\n"), &[]).is_ok());
    }
}
