//! The configuration: one TOML file, with an overlay from the environment.
//!
//! A key nobody knows is an error that names its line. `CINECLUB_SERVER__LISTEN` in the environment
//! stands for `listen` in the table `[server]`, and wins.

mod buckets;
pub mod secrets;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use cineclub_domain::language::Language;
use cineclub_domain::territory::Territory;
use serde::Deserialize;

pub use buckets::{Bucket, CredentialsError};

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
    /// The buckets of object stores that films may lie in, by name.
    #[serde(default)]
    pub buckets: BTreeMap<String, Bucket>,
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
    /// The address people use, for links and cookies. With TLS or a proxy it begins with https://.
    pub public_url: String,
    /// Proxies in front, whose forwarding headers are believed. Nobody else's are. With plain HTTP, only they and this host are answered.
    pub proxies: Vec<IpAddr>,
    /// Connections open at a time; further ones wait to be accepted.
    pub connections: usize,
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
            connections: 4_096,
            tls: None,
        }
    }
}

impl Server {
    /// Whether this address is one of the proxies. IPv4 is the same when it is written as IPv6.
    pub fn is_proxy(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let mut proxies = self.proxies.iter();
        proxies.any(|proxy| proxy.to_canonical() == address)
    }

    /// Whether a connection from this address is served: past a proxy, plain HTTP is for this host alone.
    pub fn serves(&self, peer: IpAddr) -> bool {
        self.tls.is_some()
            || self.proxies.is_empty()
            || peer.to_canonical().is_loopback()
            || self.is_proxy(peer)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let has_proxy = !self.proxies.is_empty();
        if self.tls.is_none() && !self.listen.ip().is_loopback() && !has_proxy {
            return refuse(
                "plain HTTP is for loopback only: set [server.tls], or list the proxy in front under [server] proxies",
            );
        }
        let is_https = self.public_url.starts_with("https://");
        if !is_https && !self.public_url.starts_with("http://") {
            return refuse("[server] public_url must begin with https:// or http://");
        }
        if !is_https && (self.tls.is_some() || has_proxy) {
            return refuse(
                "with [server.tls] or proxies, people come over https: set [server] public_url to the address they use, such as https://films.example.org",
            );
        }
        if let Some(tls) = &self.tls
            && tls.certificate.is_some() != tls.key.is_some()
        {
            return refuse(
                "[server.tls] needs both certificate and key, or neither for a self-signed one",
            );
        }
        if self.connections == 0 {
            return refuse("[server] connections must be at least 1");
        }
        Ok(())
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

    /// Whether the values go together. Whoever changes some after reading asks again.
    ///
    /// # Errors
    /// What contradicts what, and what to set.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.server.check()?;
        if jiff::tz::TimeZone::get(&self.service.zone).is_err() {
            return refuse(
                "[service] zone is not a time zone; use an IANA name such as Europe/Paris",
            );
        }
        if self.work.jobs == 0 || self.work.password_hashes == 0 || self.work.rescan_seconds == 0 {
            return refuse("[work] jobs, password_hashes and rescan_seconds must be at least 1");
        }
        let mut buckets = self.buckets.iter();
        buckets.try_for_each(|(name, bucket)| bucket.check(name))
    }
}

fn refuse(text: &str) -> Result<(), ConfigError> {
    Err(ConfigError::Contradiction(text.to_owned()))
}

/// The variables of the environment that are text. Others are passed over, unless they are ours.
///
/// # Errors
/// When one of ours is not text.
pub fn environment(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Vec<(String, String)>, ConfigError> {
    let mut texts = Vec::new();
    for (name, value) in variables {
        let Ok(name) = name.into_string() else {
            continue;
        };
        match value.into_string() {
            Ok(value) => texts.push((name, value)),
            Err(_) if is_ours(&name) => {
                let reason = "it is not UTF-8 text".to_owned();
                return Err(ConfigError::Environment { name, reason });
            }
            Err(_) => {}
        }
    }
    Ok(texts)
}

/// Whether a variable stands for a key: `CINECLUB_TABLE__KEY`.
fn is_ours(name: &str) -> bool {
    name.strip_prefix("CINECLUB_")
        .is_some_and(|key| key.contains("__"))
}

/// Lays one variable over the table; variables that aren't ours are passed over.
fn overlay(table: &mut toml::Table, name: &str, value: &str) -> Result<(), ConfigError> {
    let Some(key) = name.strip_prefix("CINECLUB_").filter(|_| is_ours(name)) else {
        return Ok(());
    };
    let refused = |reason: String| ConfigError::Environment {
        name: name.to_owned(),
        reason,
    };
    let key = key.to_ascii_lowercase();
    let mut reason = None;
    for candidate in candidates(value) {
        let mut tried = table.clone();
        put(&mut tried, &key, candidate).map_err(refused)?;
        match tried.clone().try_into::<Config>() {
            Ok(_) => {
                *table = tried;
                return Ok(());
            }
            Err(error) => reason = reason.or(Some(error.message().to_owned())),
        }
    }
    Err(refused(reason.unwrap_or_default()))
}

/// What a variable's value may mean, the likelier first: `8080`, `true` and `["10.0.0.1"]` are read as
/// TOML where the key takes that, and a text may look like any of them.
fn candidates(value: &str) -> impl Iterator<Item = toml::Value> {
    let parsed = toml::from_str::<toml::Table>(&format!("v = {value}"))
        .ok()
        .and_then(|mut t| t.remove("v"));
    parsed
        .into_iter()
        .chain([toml::Value::String(value.to_owned())])
}

/// Puts a value where `table__key` says.
fn put(table: &mut toml::Table, key: &str, value: toml::Value) -> Result<(), String> {
    let (parents, last) = key.rsplit_once("__").ok_or("it names no key")?;
    let mut at = table;
    for parent in parents.split("__") {
        let entry = at
            .entry(parent)
            .or_insert_with(|| toml::Value::Table(toml::Table::new()));
        at = entry
            .as_table_mut()
            .ok_or_else(|| format!("{parent} is not a table"))?;
    }
    at.insert(last.to_owned(), value);
    Ok(())
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
        let open = format!("{open}public_url = \"https://films.example\"\n");
        assert!(load(&open, &[]).unwrap_err().contains("loopback"));
        assert!(load(&format!("{open}proxies = [\"10.0.0.2\"]\n"), &[]).is_ok());
        assert!(load(&format!("{open}[server.tls]\n"), &[]).is_ok());
    }

    #[test]
    fn where_strangers_come_the_address_they_use_is_https() {
        for strangers in ["proxies = [\"127.0.0.1\"]\n", "[server.tls]\n"] {
            let plain = format!("[server]\npublic_url = \"http://films.example\"\n{strangers}");
            let error = load(&plain, &[]).unwrap_err();
            assert!(error.contains("set [server] public_url"), "{error}");
            let left_out = load(&format!("[server]\n{strangers}"), &[]).unwrap_err();
            assert!(left_out.contains("set [server] public_url"), "{left_out}");
            assert!(load(&plain.replace("http:", "https:"), &[]).is_ok());
        }
        let nowhere = load("[server]\npublic_url = \"films.example\"\n", &[]);
        assert!(nowhere.unwrap_err().contains("public_url"));
    }

    #[test]
    fn what_is_changed_after_reading_is_held_to_the_same_rules() {
        let mut config = load("", &[]).unwrap();
        assert!(config.check().is_ok());
        config.server.listen = SocketAddr::from(([0, 0, 0, 0], 8080));
        assert!(config.check().is_err());
    }

    #[test]
    fn past_a_proxy_plain_http_is_for_this_host_alone() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let mut server = Server {
            proxies: vec![ip("10.0.0.2")],
            ..Server::default()
        };
        for served in [
            "10.0.0.2",
            "::ffff:10.0.0.2",
            "127.0.0.1",
            "::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(server.serves(ip(served)), "{served}");
        }
        assert!(!server.serves(ip("10.0.0.3")) && !server.serves(ip("::ffff:10.0.0.3")));
        server.tls = Some(Tls {
            certificate: None,
            key: None,
        });
        assert!(server.serves(ip("10.0.0.3")), "over TLS anyone may come");
        assert!(
            Server::default().serves(ip("10.0.0.3")),
            "no proxy, no question"
        );
    }

    #[test]
    fn a_text_may_look_like_a_number_and_a_number_may_not_be_a_text() {
        for (value, name) in [
            ("2026", "2026"),
            ("true", "true"),
            ("2026-01-01", "2026-01-01"),
            ("\"Le Club\"", "Le Club"),
            ("Le Club", "Le Club"),
        ] {
            let config = load("", &[("CINECLUB_SERVICE__NAME", value)]).unwrap();
            assert_eq!(config.service.name, name);
        }
        assert!(load("", &[("CINECLUB_WORK__JOBS", "many")]).is_err());
    }

    #[test]
    fn a_variable_that_is_not_text_is_passed_over_unless_it_is_ours() {
        use std::os::unix::ffi::OsStringExt;
        let broken = OsString::from_vec(vec![0xff]);
        let variables = [
            (OsString::from("HOME"), broken.clone()),
            (broken.clone(), OsString::from("x")),
            (OsString::from("CINECLUB_WORK__JOBS"), OsString::from("3")),
        ];
        let texts = environment(variables).unwrap();
        assert_eq!(texts, [("CINECLUB_WORK__JOBS".to_owned(), "3".to_owned())]);
        let ours = environment([(OsString::from("CINECLUB_DATA__FOLDER"), broken)]);
        assert!(
            ours.unwrap_err()
                .to_string()
                .contains("CINECLUB_DATA__FOLDER")
        );
    }
}
