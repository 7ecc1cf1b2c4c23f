//! Pictures: decoded within limits, cut to a shape, and written anew as JPEG, never passed on as they came.

use std::io::Cursor;

use fast_image_resize::images::Image;
use fast_image_resize::{IntoImageView, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageFormat, ImageReader, Limits};

/// The most pixels a picture may have on one side.
const LIMIT_SIDE: u32 = 8_192;
/// The most memory decoding may take, in bytes.
const LIMIT_MEMORY: u64 = 256 << 20;
/// The quality pictures are written with: no marks are seen at it, on a bright screen, from near.
const QUALITY: u8 = 86;

/// A picture that can't be decoded, or only with more than we give.
#[derive(Debug, thiserror::Error)]
#[error("the picture can't be read ({0}): use a JPEG, PNG or WebP of at most 8192 pixels a side")]
pub struct Unreadable(String);

impl Unreadable {
    fn because(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// A decoded picture.
#[derive(Debug)]
pub struct Picture(DynamicImage);

/// A picture as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jpeg {
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Decodes a JPEG, PNG or WebP. Takes CPU time.
    ///
    /// # Errors
    /// For another format, a broken file, or one that asks for too much memory.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut reader = ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .map_err(Unreadable::because)?;
        if !matches!(
            reader.format(),
            Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)
        ) {
            return Err(Unreadable::because("it is neither JPEG, PNG nor WebP"));
        }
        let mut limits = Limits::no_limits();
        limits.max_image_width = Some(LIMIT_SIDE);
        limits.max_image_height = Some(LIMIT_SIDE);
        limits.max_alloc = Some(LIMIT_MEMORY);
        reader.limits(limits);
        let picture = reader.decode().map_err(Unreadable::because)?;
        Ok(Self(DynamicImage::ImageRgb8(picture.into_rgb8())))
    }

    /// Cuts the middle to a shape (width to height), `width` pixels wide but never larger than it was.
    /// Takes CPU time.
    ///
    /// # Errors
    /// If it can't be scaled or written; none is known.
    pub fn cut(&self, (across, down): (u32, u32), width: u32) -> Result<Jpeg, Unreadable> {
        let fits = self.0.width().min(self.0.height() * across / down);
        let width = width.min(fits).max(1);
        let height = (width * down / across).max(1);
        let pixels = self
            .0
            .pixel_type()
            .ok_or_else(|| Unreadable::because("its pixels are of an unknown kind"))?;
        let mut target = Image::new(width, height, pixels);
        let options = ResizeOptions::new().fit_into_destination(None);
        Resizer::new()
            .resize(&self.0, &mut target, &options)
            .map_err(Unreadable::because)?;
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY)
            .encode(target.buffer(), width, height, ExtendedColorType::Rgb8)
            .map_err(Unreadable::because)?;
        Ok(Jpeg {
            width,
            height,
            bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::RgbImage;

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
}
