//! The descriptors inside `esds` (ISO/IEC 14496-1, clause 7.2.6).

use std::ops::Range;

use super::boxes::Fields;
use crate::error::{Result, bad};

/// What `esds` says of an elementary stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Elementary {
    /// The object type indication: 0x40 is MPEG-4 audio, 0x6B is MP3.
    pub(crate) object_type: u8,
    /// The decoder's own configuration; for AAC an AudioSpecificConfig.
    pub(crate) specific: Vec<u8>,
}

/// Reads the body of an `esds` box.
pub(crate) fn elementary(all: &[u8], body: Range<usize>) -> Result<Elementary> {
    let mut fields = Fields::new(all, body, b"esds");
    fields.version_and_flags()?;
    let mut stream = descriptor(all, &mut fields, 3)?;
    stream.skip(2)?;
    let flags = stream.u8()?;
    if flags & 0x80 != 0 {
        stream.skip(2)?;
    }
    if flags & 0x40 != 0 {
        let url = stream.u8()?;
        stream.skip(usize::from(url))?;
    }
    if flags & 0x20 != 0 {
        stream.skip(2)?;
    }
    let mut decoder = descriptor(all, &mut stream, 4)?;
    let object_type = decoder.u8()?;
    decoder.skip(12)?;
    let specific = match descriptor(all, &mut decoder, 5) {
        Ok(mut specific) => specific.rest().to_vec(),
        Err(_) => Vec::new(),
    };
    Ok(Elementary {
        object_type,
        specific,
    })
}

fn descriptor<'a>(all: &'a [u8], fields: &mut Fields<'a>, tag: u8) -> Result<Fields<'a>> {
    if fields.u8()? != tag {
        return Err(bad(b"esds", "its descriptors are not in order"));
    }
    let mut size = 0_usize;
    for _ in 0..4 {
        let byte = fields.u8()?;
        size = size << 7 | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            break;
        }
    }
    // Some writers count too much here; the box ends where it ends.
    let start = fields.position();
    let size = size.min(fields.remaining());
    fields.skip(size)?;
    Ok(Fields::new(all, start..start + size, b"esds"))
}

/// Writes the body of an `esds` box, version and flags included, for sound of this object type with this configuration
/// (MP3 has none).
pub(crate) fn write_elementary(out: &mut Vec<u8>, object_type: u8, specific: &[u8]) {
    let size = |out: &mut Vec<u8>, len: usize| {
        out.extend([
            0x80,
            0x80,
            0x80 | (len >> 7 & 0x7F) as u8,
            (len & 0x7F) as u8,
        ]);
    };
    out.extend([0; 4]);
    out.push(3);
    let own = if specific.is_empty() {
        0
    } else {
        5 + specific.len()
    };
    size(out, 3 + 5 + 13 + own + 6);
    out.extend([0, 0, 0]);
    out.push(4);
    size(out, 13 + own);
    // An audio stream; buffer size and bit rates are not known.
    out.extend([object_type, 0x15]);
    out.extend([0; 11]);
    if !specific.is_empty() {
        out.push(5);
        size(out, specific.len());
        out.extend(specific);
    }
    // Synchronisation "as MP4 does it" (ISO/IEC 14496-14, clause 3.1.2).
    out.push(6);
    size(out, 1);
    out.push(2);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut body = Vec::new();
        write_elementary(&mut body, 0x40, &[0x11, 0x90]);
        let read = elementary(&body, 0..body.len()).expect("our own descriptor");
        assert_eq!(read.object_type, 0x40);
        assert_eq!(read.specific, [0x11, 0x90]);
    }
}
