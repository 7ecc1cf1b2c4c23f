//! Values on their way into a statement and columns on their way out, the same on both engines.

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::{Error, Result};

/// One bound parameter. A missing value keeps its type, which PostgreSQL needs to know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// TEXT
    Text(Option<String>),
    /// BIGINT
    Int(Option<i64>),
    /// DOUBLE PRECISION
    Real(Option<f64>),
    /// BOOLEAN
    Bool(Option<bool>),
    /// BLOB (BYTEA)
    Blob(Option<Vec<u8>>),
}

/// What can be bound to a placeholder.
pub(crate) trait Param {
    /// The value to bind.
    fn value(&self) -> Value;
    /// The absent value of the same type.
    fn null() -> Value;
}

macro_rules! param {
    ($rust:ty, $variant:ident, |$this:ident| $make:expr) => {
        impl Param for $rust {
            fn value(&self) -> Value {
                let $this = self;
                Value::$variant(Some($make))
            }
            fn null() -> Value {
                Value::$variant(None)
            }
        }
    };
}

param!(String, Text, |v| v.clone());
param!(str, Text, |v| v.to_owned());
param!(i64, Int, |v| *v);
param!(i32, Int, |v| i64::from(*v));
param!(u32, Int, |v| i64::from(*v));
param!(u16, Int, |v| i64::from(*v));
param!(u8, Int, |v| i64::from(*v));
param!(f64, Real, |v| *v);
param!(bool, Bool, |v| *v);
param!(Vec<u8>, Blob, |v| v.clone());
param!([u8], Blob, |v| v.to_vec());

impl<T: Param> Param for Option<T> {
    fn value(&self) -> Value {
        self.as_ref().map_or_else(T::null, Param::value)
    }
    fn null() -> Value {
        T::null()
    }
}

impl<T: Param + ?Sized> Param for &T {
    fn value(&self) -> Value {
        (**self).value()
    }
    fn null() -> Value {
        T::null()
    }
}

/// The parameters of one statement, `$1` first.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::value::Param::value(&$value)),*]
    };
}
pub(crate) use params;

/// One row of either engine.
#[derive(Debug)]
pub(crate) enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

impl Row {
    /// Reads a column by name.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if the value is not one of `T`.
    pub(crate) fn get<T: Column>(&self, name: &str) -> Result<T> {
        T::read(self, name)
    }
}

/// A type that a column can be read into.
pub(crate) trait Column: Sized {
    /// Reads the column, `None` where it is NULL.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if the value is not one of this type.
    fn read_nullable(row: &Row, name: &str) -> Result<Option<Self>>;

    /// Reads the column.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if the value is NULL or not one of this type.
    fn read(row: &Row, name: &str) -> Result<Self> {
        Self::read_nullable(row, name)?.ok_or_else(|| Error::Unreadable {
            column: name.to_owned(),
            problem: "it is NULL".to_owned(),
        })
    }
}

macro_rules! plain_column {
    ($($rust:ty),*) => {$(
        impl Column for $rust {
            fn read_nullable(row: &Row, name: &str) -> Result<Option<Self>> {
                Ok(match row {
                    Row::Sqlite(row) => row.try_get(name)?,
                    Row::Postgres(row) => row.try_get(name)?,
                })
            }
        }
    )*};
}

plain_column!(String, i64, f64, bool, Vec<u8>);

impl<T: Column> Column for Option<T> {
    fn read_nullable(row: &Row, name: &str) -> Result<Option<Self>> {
        T::read_nullable(row, name).map(Some)
    }
    fn read(row: &Row, name: &str) -> Result<Self> {
        T::read_nullable(row, name)
    }
}

macro_rules! narrow_column {
    ($($rust:ty),*) => {$(
        impl Column for $rust {
            fn read_nullable(row: &Row, name: &str) -> Result<Option<Self>> {
                i64::read_nullable(row, name)?
                    .map(|wide| <$rust>::try_from(wide).map_err(|error| Error::Unreadable {
                        column: name.to_owned(),
                        problem: error.to_string(),
                    }))
                    .transpose()
            }
        }
    )*};
}

narrow_column!(i32, u32, u16, u8, u64);

/// A row as a value: each statement's result is read through this.
pub(crate) trait FromRow: Sized {
    /// Reads the columns it needs.
    ///
    /// # Errors
    /// [`Error::Unreadable`] for a value this version does not know.
    fn from_row(row: &Row) -> Result<Self>;
}

/// Declares a struct whose fields are read from the columns of the same names.
macro_rules! row {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }

        impl $crate::value::FromRow for $name {
            fn from_row(row: &$crate::value::Row) -> $crate::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?,)* })
            }
        }
    };
}
pub(crate) use row;

/// Declares an enum that is stored as a word.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_meta])* $variant,)* }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word it is stored as.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The value a stored word names.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl $crate::value::Param for $name {
            fn value(&self) -> $crate::value::Value {
                $crate::value::Value::Text(Some(self.as_str().to_owned()))
            }
            fn null() -> $crate::value::Value {
                $crate::value::Value::Text(None)
            }
        }

        impl $crate::value::Column for $name {
            fn read_nullable(row: &$crate::value::Row, name: &str) -> $crate::Result<Option<Self>> {
                String::read_nullable(row, name)?
                    .map(|word| Self::parse(&word).ok_or_else(|| $crate::Error::Unreadable {
                        column: name.to_owned(),
                        problem: format!("{word:?} is not a {}", stringify!($name)),
                    }))
                    .transpose()
            }
        }
    };
}
pub(crate) use words;
