//! Buckets of object stores that films may lie in, and the keys that open them.
//!
//! **Invariant:** a key is read from a file of its own, never from the configuration, and is never written anywhere.

use std::fmt;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::ConfigError;

/// The longest file of keys that is read, in bytes.
const LIMIT_BYTES: u64 = 64 * 1024;

/// A bucket that films may lie in. `NAME` is what the service calls it: a folder in it is added as `s3://NAME/folder`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Where its store answers: `https://`, a host and perhaps a port. With `http://` films and listings cross the network in the clear.
    pub endpoint: String,
    /// The store's region.
    #[serde(default = "region")]
    pub region: String,
    /// What the store calls the bucket; left out, `NAME`.
    pub bucket: Option<String>,
    /// A TOML file with `access_key_id` and `secret_access_key`, which only its owner can read; left out, requests are not signed. The key needs to list the bucket and to read what is in it, no more.
    pub credentials: Option<PathBuf>,
    /// Whether the bucket is named in the host, as at Amazon, and not in the path.
    #[serde(default)]
    pub virtual_host: bool,
    /// Seconds between two looks at a folder in it: a look is one request for every thousand objects.
    #[serde(default = "rescan_seconds")]
    pub rescan_seconds: u64,
}

fn region() -> String {
    "us-east-1".to_owned()
}

fn rescan_seconds() -> u64 {
    60
}

impl Bucket {
    /// Whether the values can be used, for the bucket of this name.
    ///
    /// # Errors
    /// What to set.
    pub(super) fn check(&self, name: &str) -> Result<(), ConfigError> {
        let bad = |what: &str| {
            let text = format!("[buckets.{name}] {what}");
            Err(ConfigError::Contradiction(text))
        };
        let is_plain =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        if name.is_empty() || name.len() > 63 || !name.chars().all(is_plain) {
            return bad("a bucket's name is of lower-case letters, digits, '-' and '.'");
        }
        let address = self.endpoint.parse::<http::Uri>();
        let is_host = address.is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri
                    .authority()
                    .is_some_and(|host| !host.as_str().contains('@'))
                && uri.query().is_none()
                && uri.path() == "/"
        });
        if !is_host || self.endpoint.ends_with('/') {
            return bad(
                "endpoint must be https:// or http://, a host and perhaps a port, such as https://s3.eu-west-3.amazonaws.com",
            );
        }
        if self.rescan_seconds == 0 {
            return bad("rescan_seconds must be at least 1");
        }
        Ok(())
    }

    /// The key that opens the bucket, if it has one.
    ///
    /// # Errors
    /// When its file can't be read, can be read by others, or is not understood.
    pub(crate) fn credentials(&self) -> Result<Option<Credentials>, CredentialsError> {
        self.credentials.as_deref().map(read).transpose()
    }
}

/// A key of an object store. Its secret is never shown.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

/// Why a key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// Its file can't be read.
    #[error("the credentials {path} can't be read: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others than its owner can read it.
    #[error("the credentials {0} can be read by others; run: chmod 600 {0}")]
    Exposed(PathBuf),
    /// It doesn't hold what it should. What it holds is not told.
    #[error(
        "the credentials {0} must hold two lines: access_key_id = \"…\" and secret_access_key = \"…\""
    )]
    Invalid(PathBuf),
}

fn read(path: &Path) -> Result<Credentials, CredentialsError> {
    let io = |source| CredentialsError::Io {
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(io)?;
    if file.metadata().map_err(io)?.mode() & 0o077 != 0 {
        return Err(CredentialsError::Exposed(path.to_owned()));
    }
    let mut text = String::new();
    file.take(LIMIT_BYTES)
        .read_to_string(&mut text)
        .map_err(io)?;
    let invalid = || CredentialsError::Invalid(path.to_owned());
    let read: Credentials = toml::from_str(&text).map_err(|_| invalid())?;
    if read.access_key_id.is_empty() || read.secret_access_key.is_empty() {
        return Err(invalid());
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn bucket(endpoint: &str) -> Bucket {
        toml::from_str(&format!("endpoint = \"{endpoint}\"")).unwrap()
    }

    #[test]
    fn an_endpoint_is_a_host_and_nothing_that_could_hide_a_secret() {
        for good in [
            "https://s3.example.org",
            "http://127.0.0.1:9000",
            "http://[::1]:9000",
        ] {
            assert!(bucket(good).check("archive").is_ok(), "{good}");
        }
        for bad in [
            "s3.example.org",
            "ftp://s3.example.org",
            "https://key:secret@s3.example.org",
            "https://s3.example.org/films",
            "https://s3.example.org/",
            "https://s3.example.org?x",
            "file:///etc",
            "",
        ] {
            let error = bucket(bad).check("archive").unwrap_err().to_string();
            assert!(error.contains("[buckets.archive] endpoint"), "{error}");
        }
        for name in ["", "Archive", "a/b", "a b"] {
            assert!(bucket("https://s3.example.org").check(name).is_err());
        }
    }

    #[test]
    fn a_key_that_others_could_read_is_refused_and_what_is_in_a_bad_file_is_not_told() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("key.toml");
        let write = |text: &str, mode| {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            read(&path)
        };
        let good = "access_key_id = \"id\"\nsecret_access_key = \"hushhush\"\n";
        let error = write(good, 0o640).unwrap_err();
        assert!(matches!(error, CredentialsError::Exposed(_)));
        let key = write(good, 0o600).unwrap();
        assert_eq!(key.secret_access_key, "hushhush");
        assert!(!format!("{key:?}").contains("hushhush"));
        for bad in [
            "secret_access_key = hushhush",
            "secret_access_key = \"hushhush\"",
            "",
        ] {
            let error = write(bad, 0o600).unwrap_err();
            assert!(!format!("{error:?} {error}").contains("hushhush"));
        }
    }
}
