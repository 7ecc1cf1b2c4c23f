//! Cineclub's media engine: bytes in, bytes out, no I/O.
//!
//! A film's file is read once, to make its [`Index`]: a few kilobytes that are stored with the asset. From the
//! index alone come the playlists ([`hls`], [`dash`]) and the init segments ([`init_segment`]). A segment is *planned*
//! from the index and the film's own [`SampleTables`], or of Matroska from the [`Stretch`]es near by: a header of ours and
//! ranges of the source ([`plan_segment`]).
//! So its length, its ETag and any byte range of it are known before a byte of film is read.
//!
//! ```
//! use cineclub_media as media;
//!
//! # fn main() -> Result<(), media::Error> {
//! # let file: Vec<u8> = media::example_film();
//! // At ingest, from anything that can be read by position. Store `index.to_bytes()` and `index.digest()`.
//! let (index, _) = media::open(&file, file.len() as u64)?;
//! let stored = index.to_bytes();
//! let digest = index.digest();
//!
//! // When somebody plays it: playlists from the stored index.
//! let index = media::Index::from_bytes(&stored)?;
//! let selection = media::Selection::everything(&index);
//! assert!(media::hls::multivariant(&index, &selection)?.starts_with("#EXTM3U\n"));
//! assert!(media::hls::media_playlist(&index, 1)?.contains("0.m4s"));
//! let init = media::init_segment(&index, 1)?;
//!
//! // Segments: the tables are read once and cached by `memory_bytes()`, the `Segment` is reused.
//! let tables = media::SampleTables::read(&file, &index)?;
//! let mut segment = media::Segment::default();
//! media::plan_segment(&index, &tables, 1, 0, &mut segment)?;
//! let etag = media::segment_tag(&digest, 1, 0);
//!
//! // What is sent: `segment.len` bytes, or any range of them.
//! let mut body: Vec<u8> = Vec::new();
//! for part in segment.slice(0, segment.len) {
//!     match part {
//!         media::Part::Header(bytes) => body.extend(bytes),
//!         media::Part::Source(range) => {
//!             body.extend(&file[range.offset as usize..range.end() as usize]);
//!         }
//!     }
//! }
//! assert_eq!(body.len() as u64, segment.len);
//! # assert!(init.len() > 400 && etag.len() == 34);
//! # Ok(())
//! # }
//! ```

mod bits;
mod chapters;
mod cmaf;
mod codecs;
pub mod dash;
mod error;
mod example;
pub mod hls;
mod index;
mod key_system;
mod ladder;
pub mod languages;
mod lookup;
mod matroska;
mod model;
pub mod mp4;
mod open;
mod probe;
mod selection;
mod sniff;
mod source;
pub mod subtitles;
mod tables;
mod tag;
mod texts;
mod tiles;

pub use chapters::{Chapter, ChapterName};
#[doc(hidden)]
pub use cmaf::encrypted_parts;
pub use cmaf::{
    ContentKey, LARGEST_ENCRYPTED_BYTES, Part, Samples, Segment, encrypt_fragment,
    encrypted_init_segment, init_segment, plan_key_frame, plan_run, plan_segment,
};
pub use error::{Error, FourCc, Result};
pub use example::{example_film, example_film_from, example_fragmented, example_with_chapters};
#[doc(hidden)]
pub use index::seal_index;
pub use index::{
    Damage, FORMAT_VERSION, Holes, Index, LONGEST_SEGMENT_MS, TARGET_SEGMENT_MS, Track, Verdict,
};
pub use key_system::{Encryption, KeySystem};
pub use ladder::{Ladder, Misfit, RUNGS_LIMIT, Sizes};
pub use lookup::Lookup;
pub use matroska::{Stretch, Stretches};
pub use model::{Kind, LightRange, Role, Sample, Waiting};
pub use open::open;
pub use probe::{Probe, ProbeTrack, probe};
pub use selection::{Selection, SubtitleRendition};
pub use sniff::{Container, SNIFF_BYTES, sniff};
pub use source::{ByteRange, ReadAt, read_exact_at};
pub use tables::{SampleTables, TablePlaces};
pub use tag::{encrypted_tag, key_frame_tag, original_tag, run_tag, segment_tag, text_tag};
pub use texts::read_texts;
pub use tiles::Tiles;
