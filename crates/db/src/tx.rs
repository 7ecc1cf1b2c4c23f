//! A transaction on either engine: the one thing every database function takes.

use sqlx::postgres::Postgres;
use sqlx::sqlite::Sqlite;
use sqlx::{Database, Transaction};

use crate::value::{FromRow, Row, Value};
use crate::writer::Lease;
use crate::{Error, Result};

/// Which engine is behind a transaction; only searches and job claims may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one writer.
    Sqlite,
    /// A server, many writers.
    Postgres,
}

/// An open transaction. Functions of this crate take `&mut Tx`; what they did is undone
/// unless the closure that got it returns `Ok`.
#[derive(Debug)]
pub struct Tx {
    conn: Conn,
    wants_retry: bool,
    failed: Option<Error>,
}

#[derive(Debug)]
enum Conn {
    SqliteRead(Transaction<'static, Sqlite>),
    SqliteWrite(Lease),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) fn sqlite_read(transaction: Transaction<'static, Sqlite>) -> Self {
        Self {
            conn: Conn::SqliteRead(transaction),
            wants_retry: false,
            failed: None,
        }
    }

    pub(crate) fn sqlite_write(lease: Lease) -> Self {
        Self {
            conn: Conn::SqliteWrite(lease),
            wants_retry: false,
            failed: None,
        }
    }

    pub(crate) fn postgres(transaction: Transaction<'static, Postgres>) -> Self {
        Self {
            conn: Conn::Postgres(transaction),
            wants_retry: false,
            failed: None,
        }
    }

    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.conn {
            Conn::SqliteRead(_) | Conn::SqliteWrite(_) => Engine::Sqlite,
            Conn::Postgres(_) => Engine::Postgres,
        }
    }

    /// Whether a statement failed in a way that running the transaction again may cure.
    pub(crate) fn wants_retry(&self) -> bool {
        self.wants_retry
    }

    /// Makes the writes last. On SQLite this returns after the commit they share with others.
    ///
    /// After a statement has failed there is nothing to commit, even if the closure passed over the
    /// error: PostgreSQL would answer COMMIT with a rollback and no error at all.
    pub(crate) async fn commit(mut self) -> Result<()> {
        if let Some(error) = self.failed.take() {
            self.roll_back().await?;
            return Err(error);
        }
        match self.conn {
            Conn::SqliteRead(transaction) => Ok(transaction.commit().await?),
            Conn::SqliteWrite(lease) => lease.commit().await,
            Conn::Postgres(transaction) => Ok(transaction.commit().await?),
        }
    }

    /// Undoes the writes.
    pub(crate) async fn roll_back(self) -> Result<()> {
        match self.conn {
            Conn::SqliteRead(transaction) => Ok(transaction.rollback().await?),
            Conn::SqliteWrite(lease) => {
                drop(lease);
                Ok(())
            }
            Conn::Postgres(transaction) => Ok(transaction.rollback().await?),
        }
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, params: Vec<Value>) -> Result<u64> {
        let changed = match &mut self.conn {
            Conn::SqliteRead(tx) => sqlite(sql, params)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
            Conn::SqliteWrite(lease) => sqlite(sql, params)
                .execute(lease.connection()?)
                .await
                .map(|done| done.rows_affected()),
            Conn::Postgres(tx) => postgres(sql, params)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
        };
        self.note(changed)
    }

    /// Runs a statement that must change a row: [`Error::NotFound`] if it changed none.
    pub(crate) async fn execute_one(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<()> {
        match self.execute(sql, params).await? {
            0 => Err(Error::NotFound),
            _ => Ok(()),
        }
    }

    /// Every row a statement returns.
    pub(crate) async fn all<T: FromRow>(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Vec<T>> {
        let rows: Result<Vec<Row>, sqlx::Error> = match &mut self.conn {
            Conn::SqliteRead(tx) => sqlite(sql, params)
                .fetch_all(&mut **tx)
                .await
                .map(wrap(Row::Sqlite)),
            Conn::SqliteWrite(lease) => sqlite(sql, params)
                .fetch_all(lease.connection()?)
                .await
                .map(wrap(Row::Sqlite)),
            Conn::Postgres(tx) => postgres(sql, params)
                .fetch_all(&mut **tx)
                .await
                .map(wrap(Row::Postgres)),
        };
        self.note(rows)?.iter().map(T::from_row).collect()
    }

    /// The first row a statement returns, if any.
    ///
    /// A write with RETURNING runs to its end even though one row is wanted, so this reads all of them.
    pub(crate) async fn optional<T: FromRow>(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Option<T>> {
        Ok(self.all(sql, params).await?.into_iter().next())
    }

    /// The first row a statement returns: [`Error::NotFound`] if there is none.
    pub(crate) async fn one<T: FromRow>(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<T> {
        self.optional(sql, params).await?.ok_or(Error::NotFound)
    }

    /// The number a `SELECT COUNT(*) AS n` finds.
    pub(crate) async fn count(&mut self, sql: &'static str, params: Vec<Value>) -> Result<u64> {
        Ok(self.one::<Count>(sql, params).await?.0)
    }

    /// Runs a script of several statements, as migrations are.
    pub(crate) async fn script(&mut self, sql: &'static str) -> Result<()> {
        let done = match &mut self.conn {
            Conn::SqliteRead(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ()),
            Conn::SqliteWrite(lease) => sqlx::raw_sql(sql)
                .execute(lease.connection()?)
                .await
                .map(|_| ()),
            Conn::Postgres(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ()),
        };
        self.note(done)
    }

    fn note<T>(&mut self, result: Result<T, sqlx::Error>) -> Result<T> {
        result.map_err(|error| {
            let error = Error::from(error);
            self.wants_retry |= error.is_retryable();
            self.failed.get_or_insert_with(|| error.clone());
            error
        })
    }
}

struct Count(u64);

impl FromRow for Count {
    fn from_row(row: &Row) -> Result<Self> {
        row.get("n").map(Self)
    }
}

fn wrap<R>(variant: fn(R) -> Row) -> impl Fn(Vec<R>) -> Vec<Row> {
    move |rows| rows.into_iter().map(variant).collect()
}

type Query<D> = sqlx::query::Query<'static, D, <D as Database>::Arguments>;

macro_rules! bind {
    ($name:ident, $database:ty) => {
        fn $name(sql: &'static str, params: Vec<Value>) -> Query<$database> {
            params
                .into_iter()
                .fold(sqlx::query(sql), |query, value| match value {
                    Value::Text(v) => query.bind(v),
                    Value::Int(v) => query.bind(v),
                    Value::Real(v) => query.bind(v),
                    Value::Bool(v) => query.bind(v),
                    Value::Blob(v) => query.bind(v),
                })
        }
    };
}

bind!(sqlite, Sqlite);
bind!(postgres, Postgres);
