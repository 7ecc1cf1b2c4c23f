//! Reading MP4 and QuickTime (ISO/IEC 14496-12, QTFF): finding `moov`, its tracks, and their sample tables.

pub(crate) mod boxes;
mod descriptors;
mod entry;
pub(crate) mod movie;
mod scan;
pub(crate) mod tables;

pub(crate) use descriptors::write_elementary;
pub use scan::{Layout, MOOV_LIMIT_BYTES, Scan, Step};
