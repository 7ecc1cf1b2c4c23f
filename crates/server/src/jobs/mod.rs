//! The worker: jobs are claimed under a lease, run a few at a time, and end with a sentence for staff.
//!
//! **Invariant:** a job whose worker died is taken up again: at once when the dead process ran on this
//! machine, at the end of its lease otherwise.
//! **Invariant:** what a job writes and its end are one transaction, so a job that ran twice wrote once.

mod hand;
mod owner;
mod services;
mod worker;

pub(crate) use hand::{Hand, Stop};
pub use services::{JobView, Steps, Tally, cancel, dismiss, list, retry, tally};
pub use worker::run;
