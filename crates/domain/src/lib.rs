//! Cineclub's rules without I/O: who may see and play what, where, when, on whose permission.
//!
//! Nothing here reads a clock, a random source, a file or a socket; all of that is handed in.
//! [`decide`](decide::decide) is the only maker of a [`Permit`](permit::Permit), and without a
//! permit no media byte leaves the server.

pub mod account;
pub mod codec;
pub mod decide;
pub mod grant;
pub mod hold;
pub mod id;
pub mod job;
pub mod language;
pub mod licence;
pub mod money;
pub mod offer;
pub mod openings;
pub mod permit;
pub mod plan;
pub mod play;
pub mod reason;
pub mod territory;
pub mod time;
pub mod title;
pub mod token;
pub mod window;

#[cfg(test)]
mod model;
