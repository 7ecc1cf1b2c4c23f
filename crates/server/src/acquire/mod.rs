//! How works come in: watch folders, what their files' names and sidecars say, and the ingest of a complete file.
//!
//! **Invariant:** absence is never deletion. A file, a folder or a disk that is gone makes titles
//! unavailable; nothing here removes a title, an asset or an operator's file.
//! **Invariant:** an ingest writes everything about a file in one transaction, together with the end of its job.
//! **Invariant:** an ingest never makes a grant. A licence found beside a film is a claim, for staff to judge.

pub mod artwork;
mod attach;
mod attend;
mod beside;
mod circumstances;
pub mod claims;
mod examine;
mod family;
mod film;
mod folders;
mod ingest;
mod leftovers;
mod names;
mod nfo;
mod receive;
mod record;
mod renew;
mod report;
mod rungs;
mod scan;
mod sidecars;
mod text;
mod unseen;
mod vanished;
mod walk;
mod watch;

pub use attach::{Attachment, attach};
pub use attend::attend;
pub use claims::{Claim, parse_claim};
pub use folders::{FolderView, add_folder, concede, list_folders, remove_folder, rescan_now};
pub(crate) use ingest::ingest;
pub(crate) use receive::broke_off;
pub use receive::{Received, receive};
pub use record::claim_of;
pub use renew::renew;
pub use report::{FileState, FileView, FolderReport, Question, folder_report};
pub use rungs::misfits;
pub(crate) use sidecars::may_be_film;
pub use vanished::Vanished;
pub use watch::watch;
