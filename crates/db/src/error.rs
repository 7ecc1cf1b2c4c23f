//! What can go wrong in the database, as kinds that callers branch on.

use std::error::Error as StdError;
use std::sync::Arc;

/// The result of a database function.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the database, by what the caller can do about it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The row asked for does not exist.
    #[error("there is no such row")]
    NotFound,
    /// A unique constraint refused the write; the name is `table_column` (several columns joined by `_`).
    #[error("another row already has this value ({0})")]
    Conflict(String),
    /// The write names a row that does not exist, or removes one that others name.
    #[error("the write refers to a row that does not exist")]
    MissingReference,
    /// A value breaks a CHECK or NOT NULL rule of the schema, which is named.
    #[error("a value is not allowed by the schema ({0})")]
    NotAllowed(String),
    /// The stored value of a column is not one this version knows.
    #[error("column {column} holds a value this version cannot read: {problem}")]
    Unreadable {
        /// The column's name in the statement.
        column: String,
        /// What is wrong with the value.
        problem: String,
    },
    /// The database was migrated by a newer version of the program.
    #[error(
        "the database has schema version {found}, this program knows {known}: run the newer program, or restore a backup"
    )]
    NewerSchema {
        /// The version the database says it has.
        found: i64,
        /// The newest version this program can read.
        known: i64,
    },
    /// A migration that was applied earlier is not the one this program carries.
    #[error("migration {version} ({name}) differs from the one this database was made with")]
    ChangedMigration {
        /// The migration's number.
        version: i64,
        /// The migration's name.
        name: String,
    },
    /// SQLite's write-ahead log needs shared memory, which a network file system does not give.
    #[error(
        "{path} is on a network file system ({kind}): SQLite would lose data there; use a local disk, or PostgreSQL"
    )]
    NetworkFileSystem {
        /// The folder that was asked about.
        path: String,
        /// The file system's name.
        kind: &'static str,
    },
    /// The settings do not name a database.
    #[error("the database URL is not understood: {0}")]
    BadUrl(&'static str),
    /// Another writer held the database for too long; the same write may succeed later.
    #[error("the database is busy, try again")]
    Busy,
    /// The server or the disk cannot be reached, or has no space left.
    #[error("the database cannot be reached or cannot write")]
    Unavailable(#[source] Arc<dyn StdError + Send + Sync>),
    /// Anything else; the source says what.
    #[error("the database refused a statement")]
    Other(#[source] Arc<dyn StdError + Send + Sync>),
}

impl Error {
    /// Whether the same transaction may succeed if it is simply run again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy)
    }

    /// Whether this is a conflict on the named constraint.
    #[must_use]
    pub fn conflicts_on(&self, constraint: &str) -> bool {
        matches!(self, Self::Conflict(name) if name == constraint)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::ColumnDecode { index, source } => Self::Unreadable {
                column: index,
                problem: source.to_string(),
            },
            sqlx::Error::Database(ref refused) => match classify(refused.as_ref()) {
                Kind::Known(error) => error,
                Kind::Unavailable => Self::Unavailable(Arc::new(error)),
                Kind::Other => Self::Other(Arc::new(error)),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(Arc::new(error)),
            other => Self::Other(Arc::new(other)),
        }
    }
}

enum Kind {
    Known(Error),
    Unavailable,
    Other,
}

fn classify(error: &dyn sqlx::error::DatabaseError) -> Kind {
    let code = error.code().unwrap_or_default();
    if error.is_unique_violation() {
        return Kind::Known(Error::Conflict(constraint(error)));
    }
    if error.is_foreign_key_violation() {
        return Kind::Known(Error::MissingReference);
    }
    match error.kind() {
        sqlx::error::ErrorKind::CheckViolation | sqlx::error::ErrorKind::NotNullViolation => {
            return Kind::Known(Error::NotAllowed(constraint(error)));
        }
        _ => {}
    }
    match code.as_ref() {
        // PostgreSQL: serialization_failure, deadlock_detected, lock_not_available.
        "40001" | "40P01" | "55P03" => Kind::Known(Error::Busy),
        // PostgreSQL: connection and resource trouble, an administrator's shutdown.
        code if code.len() == 5
            && (code.starts_with("08") || code.starts_with("53") || code.starts_with("57P")) =>
        {
            Kind::Unavailable
        }
        // SQLite gives extended codes in decimal: the low byte is the primary one.
        code if code.len() < 5 => match code.parse::<i32>().map(|c| c & 0xff) {
            // SQLITE_BUSY, SQLITE_LOCKED.
            Ok(5 | 6) => Kind::Known(Error::Busy),
            // SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN.
            Ok(8 | 10 | 13 | 14) => Kind::Unavailable,
            _ => Kind::Other,
        },
        _ => Kind::Other,
    }
}

/// The name of the constraint that refused a write, the same on both engines.
fn constraint(error: &dyn sqlx::error::DatabaseError) -> String {
    match error.constraint() {
        Some(name) => name.to_owned(),
        None => sqlite_constraint(error.message()),
    }
}

/// SQLite says "UNIQUE constraint failed: redemption.voucher, redemption.account";
/// the schema names the same constraint `redemption_voucher_account` for PostgreSQL.
fn sqlite_constraint(message: &str) -> String {
    let columns = message
        .rsplit_once("failed: ")
        .map_or(message, |(_, columns)| columns);
    let mut name = String::new();
    for column in columns.split(", ") {
        match column.split_once('.') {
            Some((table, column)) if name.is_empty() => {
                name.push_str(table);
                name.push('_');
                name.push_str(column);
            }
            Some((_, column)) => {
                name.push('_');
                name.push_str(column);
            }
            None => name.push_str(column),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::sqlite_constraint;

    #[test]
    fn sqlite_names_a_constraint_by_its_columns_and_we_by_its_name() {
        let said = "UNIQUE constraint failed: redemption.voucher, redemption.account";
        assert_eq!(sqlite_constraint(said), "redemption_voucher_account");
        assert_eq!(
            sqlite_constraint("CHECK constraint failed: voucher_uses"),
            "voucher_uses"
        );
    }
}
