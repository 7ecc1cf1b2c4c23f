//! Everything in a Matroska file but its frames: what it is, its tracks, and where its clusters begin (RFC 9559).

use super::chapters::{self, Listed};
use super::ebml::{Element, Elements, HEADER_LIMIT, Header};
use super::tracks::{self, TrackEntry};
use super::window::Window;
use crate::error::{Error, Result};
use crate::source::{ReadAt, read_exact_at};

pub(super) const CLUSTER: u32 = 0x1F43_B675;
pub(super) const SEGMENT: u32 = 0x1853_8067;
pub(super) const EBML: u32 = 0x1A45_DFA3;
const SEEK_HEAD: u32 = 0x114D_9B74;
const INFO: u32 = 0x1549_A966;
const TRACKS: u32 = 0x1654_AE6B;
const CUES: u32 = 0x1C53_BB6B;
const CHAPTERS: u32 = 0x1043_A770;
const TAGS: u32 = 0x1254_C367;
const ATTACHMENTS: u32 = 0x1941_A469;

/// No element but a cluster or an attachment is larger.
const BODY_LIMIT_BYTES: u64 = 32 << 20;

/// More elements than this before the first cluster, and it is no film.
const ELEMENTS_LIMIT: usize = 10_000;

/// No file lists more places of its elements.
const PLACES_LIMIT: usize = 1000;

/// Cue points of two days of film, a key frame twice a second.
pub(super) const CUES_LIMIT: usize = 400_000;

/// The head of a film.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    /// Where the body of the segment begins: positions in the file are counted from here.
    pub(crate) start: u64,
    /// Where the segment ends, as it says; `None` for a recording that was not finished.
    pub(crate) declared_end: Option<u64>,
    /// Nanoseconds a tick.
    pub(crate) scale_ns: u64,
    pub(crate) duration_ns: Option<u64>,
    pub(crate) tracks: Vec<TrackEntry>,
    /// Where the first cluster is.
    pub(crate) clusters: u64,
    /// In order of time; none when the file has none that can be used.
    pub(crate) cues: Vec<Cue>,
    pub(crate) chapters: Listed,
    found: Found,
}

/// Which elements have been read.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    info: bool,
    tracks: bool,
    cues: bool,
    chapters: bool,
}

/// A place to begin at, as the file lists it (section 5.1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cue {
    /// In ticks.
    pub(crate) time: i64,
    /// The number of the track that has a frame there to begin with.
    pub(crate) track: u64,
    /// Where the cluster is.
    pub(crate) cluster: u64,
}

impl Head {
    /// Reads the head of a film.
    ///
    /// # Errors
    /// When the file is another kind of EBML, or has no tracks or no cluster.
    pub(crate) fn read(source: &(impl ReadAt + ?Sized), size_bytes: u64) -> Result<Head> {
        let mut window = Window::new(source, size_bytes);
        let (start, declared_end) = open_segment(&mut window)?;
        let mut head = Head {
            start,
            declared_end,
            scale_ns: 1_000_000,
            ..Head::default()
        };
        let end = declared_end.unwrap_or(size_bytes).min(size_bytes);
        let elsewhere = head.read_front(source, &mut window, end)?;
        for place in elsewhere {
            head.read_element(source, &mut window, place, end)?;
        }
        if !head.found.tracks {
            return Err(Error::BadElement("the list of tracks is missing"));
        }
        if head.clusters == 0 {
            return Err(Error::Truncated {
                actual_bytes: size_bytes,
                expected_bytes: declared_end.unwrap_or(size_bytes + 1),
            });
        }
        if !head.found.cues {
            head.look_behind_clusters(source, &mut window, end)?;
        }
        head.cues.sort_unstable();
        Ok(head)
    }

    /// Reads what lies before the first cluster, and returns the places of elements that lie behind.
    fn read_front<S: ReadAt + ?Sized>(
        &mut self,
        source: &S,
        window: &mut Window<'_, S>,
        end: u64,
    ) -> Result<Vec<u64>> {
        let mut places = Vec::new();
        let mut at = self.start;
        for _ in 0..ELEMENTS_LIMIT {
            let Some(header) = Header::parse(window.look(at, HEADER_LIMIT)?) else {
                break;
            };
            if header.id == CLUSTER {
                self.clusters = at;
                break;
            }
            let Some(size) = header.size else {
                return Err(Error::BadElement("one of unknown size is no cluster"));
            };
            let body = at + header.len;
            if header.id == SEEK_HEAD && body.saturating_add(size) <= end {
                let bytes = read_body(source, body, size)?;
                self.seek_head(Elements::new(&bytes, body), &mut places)?;
            } else {
                self.read_element(source, window, at, end)?;
            }
            at = body.saturating_add(size);
            if at >= end {
                break;
            }
        }
        places.retain(|place| *place > self.clusters && *place < end);
        places.sort_unstable();
        places.dedup();
        places.truncate(16);
        Ok(places)
    }

    /// Where the head says that elements lie (section 5.1.1).
    fn seek_head(&self, seeks: Elements<'_>, places: &mut Vec<u64>) -> Result<()> {
        for seek in seeks {
            let seek = seek?;
            if let Some(position) = seek.children().find(0x53AC) {
                places.push(self.start.saturating_add(position.number()));
                if places.len() == PLACES_LIMIT {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Reads the element at `at`, if it is one we want and have not read; a place where there is none is passed over.
    fn read_element<S: ReadAt + ?Sized>(
        &mut self,
        source: &S,
        window: &mut Window<'_, S>,
        at: u64,
        end: u64,
    ) -> Result<()> {
        let Some(header) = Header::parse(window.look(at, HEADER_LIMIT)?) else {
            return Ok(());
        };
        let seen = match header.id {
            INFO => &mut self.found.info,
            TRACKS => &mut self.found.tracks,
            CUES => &mut self.found.cues,
            CHAPTERS => &mut self.found.chapters,
            _ => return Ok(()),
        };
        let body = at + header.len;
        let size = header.size.filter(|size| body.saturating_add(*size) <= end);
        let Some(size) = size.filter(|_| !*seen) else {
            return Ok(());
        };
        *seen = true;
        let bytes = read_body(source, body, size)?;
        let elements = Elements::new(&bytes, body);
        match header.id {
            INFO => self.info(elements)?,
            TRACKS => self.tracks = tracks::parse(elements)?,
            CUES => self.cues(elements, end),
            _ => self.chapters = chapters::parse(elements),
        }
        Ok(())
    }

    /// Goes from cluster to cluster, to what lies behind the last: a file without a list of places is read so.
    fn look_behind_clusters<S: ReadAt + ?Sized>(
        &mut self,
        source: &S,
        window: &mut Window<'_, S>,
        end: u64,
    ) -> Result<()> {
        let mut at = self.clusters;
        while at < end {
            let header = Header::parse(window.look(at, HEADER_LIMIT)?);
            let Some((header, size)) = header.and_then(|header| Some((header, header.size?)))
            else {
                break;
            };
            if header.id != CLUSTER {
                self.read_element(source, window, at, end)?;
            }
            at = at.saturating_add(header.len).saturating_add(size);
        }
        Ok(())
    }

    fn info(&mut self, info: Elements<'_>) -> Result<()> {
        let mut duration = 0.0;
        for element in info {
            let element = element?;
            match element.id {
                0x2A_D7B1 => self.scale_ns = element.number(),
                0x4489 => duration = element.float(),
                _ => {}
            }
        }
        if !(1..=1_000_000_000).contains(&self.scale_ns) {
            return Err(Error::BadElement(
                "a tick lasts no time, or more than a second",
            ));
        }
        let nanoseconds = duration * self.scale_ns as f64;
        let is_possible = nanoseconds.is_finite() && (1.0..1e18).contains(&nanoseconds);
        self.duration_ns = is_possible.then_some(nanoseconds as u64);
        Ok(())
    }

    /// Damage here costs the list, not the film: it can be made anew.
    fn cues(&mut self, cues: Elements<'_>, end: u64) {
        for point in cues.flatten().filter(|element| element.id == 0xBB) {
            let time = point.children().find(0xB3).map_or(0, |time| time.number());
            let positions = point.children().flatten();
            for position in positions.filter(|element| element.id == 0xB7) {
                let value = |id| {
                    let found = position.children().find(id);
                    found.map(|element: Element<'_>| element.number())
                };
                let (Some(track), Some(cluster)) = (value(0xF7), value(0xF1)) else {
                    continue;
                };
                let cluster = self.start.saturating_add(cluster);
                let is_possible = cluster >= self.clusters && cluster < end && time < 1 << 60;
                let time = time as i64;
                if is_possible && self.cues.len() < CUES_LIMIT {
                    self.cues.push(Cue {
                        time,
                        track,
                        cluster,
                    });
                }
            }
        }
    }
}

/// Whether a cluster may have such an element (RFC 9559, section 5.1.3), or one may lie between clusters or behind the last.
pub(super) fn is_known(header: &Header) -> bool {
    match header.id {
        0xE7 | 0xA7 | 0xAB => header.size.is_some_and(|size| size <= 8),
        0xBF => header.size == Some(4),
        id => {
            let of_cluster = [0xA0, 0xA3, 0xAF, 0xEC, 0x5854];
            let of_segment = [INFO, TRACKS, CUES, CHAPTERS, SEEK_HEAD, TAGS, ATTACHMENTS];
            let is_large = matches!(id, CLUSTER | SEGMENT | EBML);
            is_large || of_cluster.contains(&id) || of_segment.contains(&id)
        }
    }
}

/// Reads the head of EBML and that of the segment: where its body begins and, if it says so, ends.
fn open_segment<S: ReadAt + ?Sized>(window: &mut Window<'_, S>) -> Result<(u64, Option<u64>)> {
    let header = Header::parse(window.look(0, HEADER_LIMIT)?);
    let (header, size) = header
        .filter(|header| header.id == EBML)
        .and_then(|header| Some((header, header.size.filter(|size| *size <= 4096)?)))
        .ok_or(Error::BadElement("the head is missing"))?;
    let all = window.look(header.len, size as usize)?;
    let body = all
        .get(..size as usize)
        .ok_or(Error::BadElement("the head is cut off"))?;
    let kind = Elements::new(body, header.len).find(0x4282);
    let kind = kind.map(|kind| kind.text(20)).unwrap_or_default();
    if kind != "matroska" && kind != "webm" {
        return Err(Error::BadElement("it is neither Matroska nor WebM"));
    }
    let mut at = header.len + size;
    for _ in 0..16 {
        let Some(header) = Header::parse(window.look(at, HEADER_LIMIT)?) else {
            break;
        };
        let body = at + header.len;
        match (header.id, header.size) {
            (SEGMENT, size) => return Ok((body, size.map(|size| body.saturating_add(size)))),
            (_, Some(size)) => at = body.saturating_add(size),
            (_, None) => break,
        }
    }
    Err(Error::BadElement("the segment is missing"))
}

fn read_body(source: &(impl ReadAt + ?Sized), at: u64, size: u64) -> Result<Vec<u8>> {
    if size > BODY_LIMIT_BYTES {
        return Err(Error::BadElement("one has more than 32 MB"));
    }
    let mut bytes = vec![0; size as usize];
    read_exact_at(source, at, &mut bytes)?;
    Ok(bytes)
}
