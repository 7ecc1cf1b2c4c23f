//! Cineclub's only SQL: SQLite and PostgreSQL behind one [`Db`].
//!
//! A [`Db`] gives transactions to closures; plain functions on a [`Tx`], one file a subject, hold
//! one statement each in the dialect both engines share.
//!
//! **Invariant:** a write is acknowledged only when it would survive a power cut.
//! **Invariant:** whatever counts against a limit writes its parent row first, which makes those
//! who count take turns on both engines.
//! **Invariant:** no SQL is built from strings at run time.

mod convert;
mod engine;
mod error;
mod migrate;
mod network_fs;
mod settings;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod value;
mod writer;

pub mod accounts;
pub mod artwork;
pub mod assets;
pub mod attempts;
pub mod changes;
pub mod edits;
pub mod events;
pub mod folders;
pub mod grants;
pub mod holds;
pub mod host_code;
pub mod jobs;
pub mod pages;
pub mod plans;
pub mod plays;
pub mod progress;
pub mod revocations;
pub mod roots;
pub mod search;
pub mod sessions;
#[cfg(feature = "testing")]
pub mod settings_table;
pub mod sightings;
pub mod subscriptions;
pub mod tiles;
pub mod titles;
pub mod tracks;
pub mod vouchers;

pub use engine::Db;
pub use error::{Error, Result};
pub use migrate::Schema;
pub use settings::{Durability, Settings};
pub use tx::{Engine, Tx};
pub use writer::WriteCounts;
