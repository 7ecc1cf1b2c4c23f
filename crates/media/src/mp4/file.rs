//! An MP4 as it is read: its `moov`, and the fragments that follow it where `moov` announces any.

use super::boxes::Fields;
use super::movie::Movie;
use super::scan::{Header, MOOV_LIMIT_BYTES};
use super::traf::Collector;
use super::whole::{Span, prepare, settle};
use crate::error::{Error, Result, bad};
use crate::source::{ByteRange, ReadAt, read_exact_at};

/// As much is read at once: a box's header comes with what lies behind it.
const WINDOW_BYTES: u64 = 16 << 10;

/// No film has more boxes: a million fragments of four each.
const BOXES_LIMIT: u32 = 1 << 22;

/// What is kept of an MP4.
pub(crate) struct Mp4 {
    /// The body of `moov`, and what is kept of fragments after it.
    pub(crate) bytes: Vec<u8>,
    /// Where the body of `moov` lies in the file.
    pub(crate) place: ByteRange,
    pub(crate) movie: Movie,
}

impl Mp4 {
    /// Reads the `moov` at `place`, and all fragments after it when it is that of a fragmented film.
    ///
    /// # Errors
    /// When the boxes cannot be as they are, or are larger than [`MOOV_LIMIT_BYTES`] together.
    pub(crate) fn read(
        source: &(impl ReadAt + ?Sized),
        place: ByteRange,
        size_bytes: u64,
    ) -> Result<Mp4> {
        check_size(b"moov", place.len)?;
        let mut moov = vec![0; place.len as usize];
        read_exact_at(source, place.offset, &mut moov)?;
        let mut mp4 = Mp4::of_moov(moov, place)?;
        mp4.fragments(source, size_bytes)?;
        Ok(mp4)
    }

    /// Without fragments: from the body of a `moov` that lies at `place`.
    pub(crate) fn of_moov(bytes: Vec<u8>, place: ByteRange) -> Result<Mp4> {
        let movie = Movie::parse(&bytes)?;
        Ok(Mp4 {
            bytes,
            place,
            movie,
        })
    }

    fn fragments(&mut self, source: &(impl ReadAt + ?Sized), size_bytes: u64) -> Result<()> {
        let Some(extends) = self.movie.extends.take() else {
            return Ok(());
        };
        prepare(&mut self.movie, &self.bytes);
        let mut walk = Walk {
            window: Window::new(source, size_bytes),
            left_bytes: MOOV_LIMIT_BYTES - self.place.len,
            indexed: None,
            expected_bytes: None,
        };
        let collector = Collector::new(&extends, &mut self.movie.tracks, &mut self.bytes);
        walk.run(self.place.end(), collector)?;
        self.bytes.shrink_to_fit();
        settle(
            &mut self.movie,
            &self.bytes,
            &extends,
            walk.indexed,
            walk.expected_bytes,
            size_bytes,
        );
        self.movie.extends = Some(extends);
        Ok(())
    }
}

fn check_size(kind: &[u8; 4], size_bytes: u64) -> Result<()> {
    if size_bytes > MOOV_LIMIT_BYTES {
        return Err(Error::TooLarge {
            kind: kind.into(),
            size_bytes,
            limit_bytes: MOOV_LIMIT_BYTES,
        });
    }
    Ok(())
}

/// The walk over the boxes behind `moov`.
struct Walk<'s, S: ?Sized> {
    window: Window<'s, S>,
    /// How many bytes the bodies of further `moof` boxes may have.
    left_bytes: u64,
    /// What the `sidx` boxes speak of.
    indexed: Option<Span>,
    /// The file is cut off: so many bytes it should have at least.
    expected_bytes: Option<u64>,
}

impl<S: ReadAt + ?Sized> Walk<'_, S> {
    fn run(&mut self, start: u64, mut collector: Collector<'_>) -> Result<()> {
        let size_bytes = self.window.size_bytes;
        let mut at = start;
        let (mut seen, mut fragments) = (0, 0);
        while at < size_bytes {
            seen += 1;
            if seen > BOXES_LIMIT {
                return Err(bad(b"moof", "there are millions of boxes"));
            }
            let left = size_bytes - at;
            let first = self.window.get(at, left.min(16))?;
            let Some(header) = Header::read(first, left).ok().flatten().filter(is_box) else {
                // Behind the last whole box there is something that is none: what was written last is lost.
                self.expected_bytes = Some(size_bytes.saturating_add(1));
                return Ok(());
            };
            if header.size > left {
                self.note_cut(&header, at);
                return Ok(());
            }
            let body_len = header.size - header.len;
            match &header.kind {
                b"moof" => {
                    self.spend(body_len)?;
                    let body = self.window.get(at + header.len, body_len)?;
                    if let Err(error) = collector.moof(body, at) {
                        if fragments == 0 {
                            return Err(error);
                        }
                        // What came before plays; where the damage ends is not known.
                        self.expected_bytes = Some(size_bytes.saturating_add(1));
                        return Ok(());
                    }
                    fragments += 1;
                }
                // One for a day of segments has less than this.
                b"sidx" if body_len <= WINDOW_BYTES * 64 => {
                    let body = self.window.get(at + header.len, body_len)?;
                    // Nothing depends on it: a damaged one is as good as none.
                    self.indexed = Span::join(self.indexed, indexed(body).ok().flatten());
                }
                _ => {}
            }
            at += header.size;
        }
        Ok(())
    }

    fn spend(&mut self, body_len: u64) -> Result<()> {
        self.left_bytes = self
            .left_bytes
            .checked_sub(body_len)
            .ok_or(Error::TooLarge {
                kind: b"moof".into(),
                size_bytes: body_len.saturating_add(MOOV_LIMIT_BYTES - self.left_bytes),
                limit_bytes: MOOV_LIMIT_BYTES,
            })?;
        Ok(())
    }

    /// A box goes on where the file has ended. What is missing of `mdat` the samples tell; the others that are allowed
    /// to hold no part of the film.
    fn note_cut(&mut self, header: &Header, at: u64) {
        if !matches!(
            &header.kind,
            b"mdat" | b"mfra" | b"free" | b"skip" | b"udta" | b"meta" | b"uuid"
        ) {
            self.expected_bytes = Some(at.saturating_add(header.size));
        }
    }
}

/// Space that was set aside and never written to is no box.
fn is_box(header: &Header) -> bool {
    header.kind != [0; 4]
}

/// The stretch of time that a `sidx` speaks of (clause 8.16.3).
fn indexed(body: &[u8]) -> Result<Option<Span>> {
    let mut fields = Fields::new(body, 0..body.len(), b"sidx");
    let (version, _) = fields.version_and_flags()?;
    fields.skip(4)?;
    let timescale = fields.u32()?;
    let start = if version == 0 {
        let start = fields.u32()?;
        fields.skip(4)?;
        u64::from(start)
    } else {
        let start = fields.u64()?;
        fields.skip(8)?;
        start
    };
    fields.skip(2)?;
    let count = fields.u16()?;
    let mut ticks = 0;
    for _ in 0..count {
        fields.skip(4)?;
        ticks += u64::from(fields.u32()?);
        fields.skip(4)?;
    }
    Ok((timescale > 0).then(|| Span::new(start, start.saturating_add(ticks), timescale)))
}

/// The part of the file that was read last.
struct Window<'s, S: ?Sized> {
    source: &'s S,
    size_bytes: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl<'s, S: ReadAt + ?Sized> Window<'s, S> {
    fn new(source: &'s S, size_bytes: u64) -> Window<'s, S> {
        Window {
            source,
            size_bytes,
            start: 0,
            bytes: Vec::new(),
        }
    }

    /// `len` bytes at `at`, all of which lie in the file.
    fn get(&mut self, at: u64, len: u64) -> Result<&[u8]> {
        let end = self.start + self.bytes.len() as u64;
        if at < self.start || at + len > end {
            let wanted = len.max(WINDOW_BYTES).min(self.size_bytes - at);
            self.start = at;
            self.bytes.clear();
            self.bytes.reserve_exact(wanted as usize);
            self.bytes.resize(wanted as usize, 0);
            read_exact_at(self.source, at, &mut self.bytes)?;
        }
        let from = (at - self.start) as usize;
        Ok(&self.bytes[from..from + len as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{boxed, example_fragmented, words};
    use crate::open::find_moov;

    fn moof(offset: u32) -> Vec<u8> {
        let mut traf = Vec::new();
        boxed(&mut traf, b"tfhd", &[&words([0x02_0000, 1].into_iter())]);
        boxed(
            &mut traf,
            b"trun",
            &[&words([0x201, 1, offset, 10].into_iter())],
        );
        let mut moof = Vec::new();
        boxed(&mut moof, b"traf", &[&traf]);
        moof
    }

    /// A box whose size takes 64 bits.
    fn large(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = (body.len() as u64 + 16).to_be_bytes();
        [&[0, 0, 0, 1], &kind[..], &size, body].concat()
    }

    fn read(behind: &[u8]) -> Result<Mp4> {
        let film = example_fragmented(behind);
        let place = find_moov(&film, film.len() as u64)?;
        Mp4::read(&film, place, film.len() as u64)
    }

    /// Red when the offset counts from behind the header, or a size of 64 bits is taken for one byte.
    #[test]
    fn boxes_with_large_sizes_and_boxes_of_other_kinds_are_passed() {
        let mut behind = large(b"styp", b"msdh\0\0\0\0");
        let first = behind.len() as u64;
        behind.extend(large(b"moof", &moof(100)));
        behind.extend(large(b"mdat", &[0; 40_000]));
        let second = behind.len() as u64;
        boxed(&mut behind, b"moof", &[&moof(200)]);
        // To the end of the file.
        behind.extend(b"\0\0\0\0mdatxxxxxxxxxx");
        let mp4 = read(&behind).expect("it is whole");
        let tables = mp4.movie.tracks[0].tables.as_ref().expect("no damage");
        let offsets: Vec<u64> = tables.samples(&mp4.bytes, 0..9).map(|s| s.offset).collect();
        let start = example_fragmented(&[]).len() as u64;
        assert_eq!(offsets, [start + first + 100, start + second + 200]);
        assert_eq!(mp4.movie.cut, None);
    }

    #[test]
    fn what_follows_the_last_whole_box_decides_whether_the_film_is_cut_off() {
        for (end, is_cut) in [
            (&b"\0\0\0\x08free"[..], false),
            (b"\0\0\x01\0mfra", false),
            (b"\0\0\x01\0mdat", false),
            (b"\0\0\x01\0moof", true),
            (b"\0\0\x01\0styp", true),
            (b"\0\0\0", true),
            (&[0; 40], true),
            (b"\0\0\0\x07moof", true),
        ] {
            let mut behind = Vec::new();
            boxed(&mut behind, b"moof", &[&moof(0)]);
            behind.extend(end);
            let mp4 = read(&behind).expect("there is a fragment");
            assert_eq!(mp4.movie.cut.is_some(), is_cut, "{}", end.escape_ascii());
        }
    }
}
