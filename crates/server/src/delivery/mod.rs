//! Plays and the bytes they let flow.
//!
//! **Invariant:** bytes flow only while the gate lets them, and the gate refuses what it can't judge.
//! **Invariant:** what may leave encrypted alone never leaves in the clear ([`encrypt`]).
//! **Invariant:** a film's bytes are sent only while its file is the one that was indexed.

mod admit;
mod body;
mod buffers;
mod disk;
mod encrypt;
mod failure;
mod fetch;
mod file;
mod film;
mod gate;
mod library;
pub mod plays;
mod reads;
mod room;
mod shelf;
mod sizes;
mod tiles;
mod watch;

/// The counter of the bytes of films that were handed to connections.
pub const MEDIA_BYTES: &str = "cineclub_media_bytes_total";

pub use admit::{Admitted, admit};
pub use encrypt::licence;
pub use film::{Film, Part};
pub use gate::{Gate, Refusal, STALE_MS};
pub use library::{Library, chapters_of};
pub use shelf::Text;
pub use sizes::{Place, Sizes, Track};
pub use watch::{learn_all, poll};
