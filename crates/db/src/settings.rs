//! Where the database is and how carefully it writes.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::{Error, Result};

/// How SQLite treats the disk at each commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Every commit is on the disk before it is acknowledged. The product knows no other.
    Full,
    /// A commit may be lost when the power goes. It exists so that the power-cut test can be seen to fail.
    Normal,
}

/// What [`Db::connect`](crate::Db::connect) needs.
#[derive(Clone)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`. May hold a password, so it is never printed.
    pub url: String,
    /// Only for SQLite; see [`Durability::Normal`].
    pub durability: Durability,
    /// SQLite: connections that read. PostgreSQL: connections in all.
    pub connections: u32,
    /// SQLite: at most this many writes share one commit. 1 switches group commit off.
    pub batch_writes: usize,
    /// SQLite: no further write joins a commit that has been open this long.
    pub batch_time: Duration,
}

impl Settings {
    /// The product's settings for a database URL.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            durability: Durability::Full,
            connections: 16,
            batch_writes: 256,
            batch_time: Duration::from_millis(20),
        }
    }

    pub(crate) fn target(&self) -> Result<Target> {
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.contains(":memory:") || path.contains('?') {
                return Err(Error::BadUrl(
                    "sqlite: needs the path of a file and nothing else",
                ));
            }
            return Ok(Target::Sqlite(PathBuf::from(path)));
        }
        if self.url.starts_with("postgres://") || self.url.starts_with("postgresql://") {
            return Ok(Target::Postgres);
        }
        Err(Error::BadUrl("it must begin with sqlite: or postgres://"))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("durability", &self.durability)
            .field("connections", &self.connections)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Sqlite(PathBuf),
    Postgres,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_or_a_server_and_nothing_else() {
        let target = |url: &str| Settings::new(url).target();
        assert_eq!(
            target("sqlite:/a/b.db").unwrap(),
            Target::Sqlite("/a/b.db".into())
        );
        assert_eq!(
            target("sqlite:///a/b.db").unwrap(),
            Target::Sqlite("/a/b.db".into())
        );
        assert_eq!(target("postgres://h/d").unwrap(), Target::Postgres);
        for bad in [
            "",
            "sqlite:",
            "sqlite::memory:",
            "sqlite:a.db?mode=ro",
            "mysql://h/d",
        ] {
            assert!(matches!(target(bad), Err(Error::BadUrl(_))), "{bad}");
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        let printed = format!("{:?}", Settings::new("postgres://u:hunter2@h/d"));
        assert!(!printed.contains("hunter2"));
    }
}
