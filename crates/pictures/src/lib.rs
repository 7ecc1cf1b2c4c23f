//! Pictures: decoded within limits, cut to a shape, and written anew as JPEG, never passed on as they came.

use std::io::Cursor;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageFormat, ImageReader, Limits, RgbImage};

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
pub struct Picture(RgbImage);

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
        Ok(Self(picture.into_rgb8()))
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
        // One kind of pixel is named: for all of them the resizer takes minutes to build.
        let source = TypedImageRef::<U8x3>::from_buffer(self.0.width(), self.0.height(), &self.0)
            .map_err(Unreadable::because)?;
        let mut pixels = vec![0; width as usize * height as usize * 3];
        let mut target = TypedImage::<U8x3>::from_buffer(width, height, &mut pixels)
            .map_err(Unreadable::because)?;
        let options = ResizeOptions::new().fit_into_destination(None);
        Resizer::new()
            .resize_typed(&source, &mut target, &options)
            .map_err(Unreadable::because)?;
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY)
            .encode(&pixels, width, height, ExtendedColorType::Rgb8)
            .map_err(Unreadable::because)?;
        Ok(Jpeg {
            width,
            height,
            bytes,
        })
    }
}
