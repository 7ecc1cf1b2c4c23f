//! A picture is cut to its shape, written anew, and refused before it fills the memory.
//!
//! A file of its own: beside the code, every decoder would be built a second time.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::Cursor;

use cineclub_pictures::{Jpeg, Picture};
use image::{ImageFormat, ImageReader, RgbImage};

const POSTER: (u32, u32) = (2, 3);
const WIDE: (u32, u32) = (16, 9);

fn png(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x % 256) as u8, (y % 256) as u8, 90])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn size(jpeg: &Jpeg) -> (u32, u32) {
    let read = ImageReader::with_format(Cursor::new(&jpeg.bytes), ImageFormat::Jpeg);
    assert_eq!(read.into_dimensions().unwrap(), (jpeg.width, jpeg.height));
    (jpeg.width, jpeg.height)
}

#[test]
fn a_picture_is_cut_to_a_shape_and_never_blown_up_or_sent_as_it_came() {
    let poster = Picture::decode(&png(1000, 1700)).unwrap();
    assert_eq!(size(&poster.cut(POSTER, 800).unwrap()), (800, 1200));
    assert_eq!(size(&poster.cut(POSTER, 400).unwrap()), (400, 600));
    let small = Picture::decode(&png(300, 300)).unwrap();
    assert_eq!(size(&small.cut(WIDE, 1600).unwrap()), (300, 168));
    let tail = [png(20, 30), b"<script>alert(1)</script>".to_vec()].concat();
    let kept = Picture::decode(&tail).unwrap().cut(POSTER, 800).unwrap();
    assert!(
        !kept.bytes.windows(7).any(|w| w == b"<script"),
        "what trails the picture is gone"
    );
}

#[test]
fn a_picture_that_would_fill_the_memory_is_refused_before_it_does() {
    // The header of a PNG of 60,000 by 60,000 pixels: 33 bytes that ask for 10 GB.
    let mut bomb = png(8, 8);
    bomb[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    let bad = [
        &bomb,
        &b""[..],
        b"GIF89a........",
        b"not a picture",
        &png(50, 50)[..60],
    ];
    for bytes in bad {
        assert!(Picture::decode(bytes).is_err());
    }
}
