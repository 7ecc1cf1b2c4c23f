//! Reading MP4 and QuickTime (ISO/IEC 14496-12, QTFF): finding `moov`, its tracks, their sample tables and
//! fragments.

pub(crate) mod boxes;
mod chapters;
mod descriptors;
mod entry;
mod extends;
mod file;
mod form;
mod fragments;
mod moov;
pub(crate) mod movie;
mod samples;
mod scan;
pub(crate) mod tables;
mod traf;
mod whole;

pub(crate) use chapters::chapters;
pub(crate) use descriptors::write_elementary;
pub(crate) use file::Mp4;
pub use scan::{Layout, MOOV_LIMIT_BYTES, Scan, Step};
