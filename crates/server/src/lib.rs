//! The library behind the one binary `cineclub`: a streaming service that plays nothing without a grant.

pub mod accounts;
pub mod acquire;
pub mod app;
pub mod billing;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod config;
pub mod delivery;
pub mod error;
pub mod housekeeping;
pub mod http;
pub mod jobs;
pub mod legal;
mod reasons;
pub mod record;
pub mod rights;
pub mod storage;
pub mod translations;

pub use app::App;
