//! Secrets: made at first start, in a file only its owner can read.

use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use cineclub_domain::id::Entropy;
use cineclub_domain::token::{TokenKey, TokenKeys};
use serde::{Deserialize, Serialize};

/// The file's name in the data folder.
const FILE: &str = "secrets.toml";

/// Why the secrets are refused.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The file can't be read or written.
    #[error("the secrets file {path} can't be used: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others than its owner can read it.
    #[error("the secrets file {0} can be read by others; run: chmod 600 {0}")]
    Exposed(PathBuf),
    /// It doesn't hold what it should.
    #[error(
        "the secrets file {path} is not understood: {reason}. Restore it from a backup, or remove it to have new secrets made; playback links given out before will stop working"
    )]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    /// The first seals playback tokens; all open them.
    token_keys: Vec<StoredKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredKey {
    id: u32,
    /// 32 bytes, in hexadecimal.
    secret: String,
}

/// Reads the secrets of the installation, making them if there are none yet.
///
/// # Errors
/// When the file is exposed, unreadable, or holds an empty or malformed secret.
pub fn load_or_make(folder: &Path, entropy: &dyn Entropy) -> Result<TokenKeys, SecretsError> {
    if let Some(keys) = load(folder)? {
        return Ok(keys);
    }
    let path = folder.join(FILE);
    let text = make(entropy).map_err(|reason| SecretsError::Invalid {
        path: path.clone(),
        reason,
    })?;
    write_new(&path, &text).map_err(|source| SecretsError::Io {
        path: path.clone(),
        source,
    })?;
    parse(&text).map_err(|reason| SecretsError::Invalid { path, reason })
}

/// Reads the secrets of the installation; None if there are none yet.
///
/// # Errors
/// As [`load_or_make`].
pub fn load(folder: &Path) -> Result<Option<TokenKeys>, SecretsError> {
    let path = folder.join(FILE);
    let io = |source| SecretsError::Io {
        path: path.clone(),
        source,
    };
    let mut file = match std::fs::File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    if file.metadata().map_err(io)?.mode() & 0o077 != 0 {
        return Err(SecretsError::Exposed(path));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(io)?;
    parse(&text)
        .map(Some)
        .map_err(|reason| SecretsError::Invalid { path, reason })
}

fn make(entropy: &dyn Entropy) -> Result<String, String> {
    let mut secret = [0; 32];
    entropy.fill(&mut secret);
    let stored = Stored {
        token_keys: vec![StoredKey {
            id: 1,
            secret: to_hex(&secret),
        }],
    };
    let body = toml::to_string(&stored).map_err(|error| error.to_string())?;
    Ok(format!(
        "# Keep this file secret and in your backups: it seals every playback link.\n{body}"
    ))
}

/// Writes a file that did not exist, readable by its owner alone from its first byte.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn parse(text: &str) -> Result<TokenKeys, String> {
    let stored: Stored = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    let keys = stored.token_keys.iter().map(|key| {
        let secret = from_hex(&key.secret).ok_or("a token key must be 64 hexadecimal digits")?;
        TokenKey::new(key.id, secret).map_err(|error| error.to_string())
    });
    let mut keys = keys.collect::<Result<Vec<_>, String>>()?.into_iter();
    let current = keys.next().ok_or("it names no token key")?;
    Ok(TokenKeys::new(current, keys.collect()))
}

/// Bytes in hexadecimal.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn secrets_are_made_once_and_only_their_owner_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        load_or_make(folder.path(), &SystemEntropy).unwrap();
        let path = folder.path().join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let first = std::fs::read_to_string(&path).unwrap();
        load_or_make(folder.path(), &SystemEntropy).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            load_or_make(folder.path(), &SystemEntropy),
            Err(SecretsError::Exposed(_))
        ));
    }

    #[test]
    fn an_empty_secret_refuses_to_start() {
        let zeroes = "0".repeat(64);
        for secret in ["", "00", zeroes.as_str()] {
            let text = format!("[[token_keys]]\nid = 1\nsecret = \"{secret}\"\n");
            assert!(parse(&text).is_err(), "{secret:?}");
        }
        assert!(parse("token_keys = []\n").is_err());
    }
}
