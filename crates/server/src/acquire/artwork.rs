//! Pictures beside a film: decoded within limits and written anew as JPEG, never passed on as they came.

use std::io::{self, Cursor};

use cineclub_db::artwork::ArtworkKind;
use fast_image_resize::{IntoImageView, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};

use crate::storage::ObjectStore;

/// The largest picture file that is read, in bytes.
pub const LIMIT_BYTES: u64 = 32 << 20;
/// The most pixels a picture may have on one side.
const LIMIT_SIDE: u32 = 8_192;
/// The most memory decoding may take, in bytes.
const LIMIT_MEMORY: u64 = 256 << 20;
/// The quality pictures are written with: no marks are seen at it, on a bright screen, from near.
const QUALITY: u8 = 86;

/// A picture in the object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The SHA-256 of the large version, in hexadecimal.
    pub object: String,
    /// The width of the large version, in pixels.
    pub width: u32,
    /// Its height, in pixels.
    pub height: u32,
}

/// Why a picture is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ArtworkError {
    /// It can't be decoded, or only with more than we give.
    #[error(
        "the picture can't be read ({0}): use a JPEG, PNG or WebP of at most 8192 pixels a side"
    )]
    Unreadable(String),
    /// The object store refused.
    #[error("the picture can't be kept: {0}")]
    Store(#[from] io::Error),
}

/// The widths a picture is kept in, the large one first. Pages name them to ask for one.
pub const fn widths(kind: ArtworkKind) -> [u32; 2] {
    match kind {
        ArtworkKind::Poster => [800, 400],
        ArtworkKind::Backdrop | ArtworkKind::Still => [1600, 640],
    }
}

/// Width and height of a picture of a kind, as the smallest whole numbers.
const fn shape(kind: ArtworkKind) -> (u32, u32) {
    match kind {
        ArtworkKind::Poster => (2, 3),
        ArtworkKind::Backdrop | ArtworkKind::Still => (16, 9),
    }
}

/// Decodes a picture and keeps it in its two sizes, cut to its kind's shape. Blocks, and takes CPU time.
///
/// # Errors
/// [`ArtworkError`], a sentence for staff.
pub fn keep(store: &ObjectStore, kind: ArtworkKind, bytes: &[u8]) -> Result<Stored, ArtworkError> {
    let picture = decode(bytes)?;
    let [large, small] = widths(kind);
    let first = scale(&picture, kind, large)?;
    let stored = Stored {
        object: store.put(&first.jpeg)?,
        width: first.width,
        height: first.height,
    };
    if first.width > small {
        store.put_width(&stored.object, small, &scale(&picture, kind, small)?.jpeg)?;
    }
    Ok(stored)
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, ArtworkError> {
    let unreadable = |error: &dyn std::fmt::Display| ArtworkError::Unreadable(error.to_string());
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    if !matches!(
        reader.format(),
        Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)
    ) {
        return Err(unreadable(&"it is neither JPEG, PNG nor WebP"));
    }
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(LIMIT_SIDE);
    limits.max_image_height = Some(LIMIT_SIDE);
    limits.max_alloc = Some(LIMIT_MEMORY);
    reader.limits(limits);
    Ok(DynamicImage::ImageRgb8(
        reader
            .decode()
            .map_err(|error| unreadable(&error))?
            .into_rgb8(),
    ))
}

struct Scaled {
    width: u32,
    height: u32,
    jpeg: Vec<u8>,
}

/// Cuts the middle of a picture to its kind's shape and makes it `width` wide, but never larger than it was.
fn scale(picture: &DynamicImage, kind: ArtworkKind, width: u32) -> Result<Scaled, ArtworkError> {
    let unreadable = |error: &dyn std::fmt::Display| ArtworkError::Unreadable(error.to_string());
    let (across, down) = shape(kind);
    let fits = picture.width().min(picture.height() * across / down);
    let width = width.min(fits).max(1);
    let height = (width * down / across).max(1);
    let kind_of_pixel = picture
        .pixel_type()
        .ok_or_else(|| unreadable(&"its pixels are of an unknown kind"))?;
    let mut target = fast_image_resize::images::Image::new(width, height, kind_of_pixel);
    let options = ResizeOptions::new().fit_into_destination(None);
    Resizer::new()
        .resize(picture, &mut target, &options)
        .map_err(|error| unreadable(&error))?;
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode(
            target.buffer(),
            width,
            height,
            image::ExtendedColorType::Rgb8,
        )
        .map_err(|error| unreadable(&error))?;
    Ok(Scaled {
        width,
        height,
        jpeg,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::RgbImage;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([(x % 256) as u8, (y % 256) as u8, 90])
        });
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    fn size(jpeg: &[u8]) -> (u32, u32) {
        ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg)
            .into_dimensions()
            .unwrap()
    }

    #[test]
    fn a_picture_is_kept_in_two_sizes_of_its_kinds_shape_and_never_as_it_came() {
        let place = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(place.path()).unwrap();
        let bytes = png(1000, 1700);
        let poster = keep(&store, ArtworkKind::Poster, &bytes).unwrap();
        assert_eq!((poster.width, poster.height), (800, 1200));
        assert_eq!(size(&store.read(&poster.object).unwrap()), (800, 1200));
        assert_eq!(
            size(&store.read_width(&poster.object, 400).unwrap()),
            (400, 600)
        );
        let small = keep(&store, ArtworkKind::Backdrop, &png(300, 300)).unwrap();
        assert_eq!(
            (small.width, small.height),
            (300, 168),
            "a small picture is not blown up"
        );
        assert_eq!(
            size(&store.read_width(&small.object, 640).unwrap()),
            (300, 168)
        );
        let tail = [png(20, 30), b"<script>alert(1)</script>".to_vec()].concat();
        let kept = store
            .read(&keep(&store, ArtworkKind::Poster, &tail).unwrap().object)
            .unwrap();
        assert!(
            !kept.windows(7).any(|w| w == b"<script"),
            "what trails the picture is gone"
        );
    }

    #[test]
    fn a_picture_that_would_fill_the_memory_is_refused_before_it_does() {
        let place = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(place.path()).unwrap();
        // The header of a PNG of 60,000 by 60,000 pixels: 33 bytes that ask for 10 GB.
        let mut bomb = png(8, 8);
        bomb[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
        assert!(matches!(
            keep(&store, ArtworkKind::Still, &bomb),
            Err(ArtworkError::Unreadable(_))
        ));
        for bad in [
            &b""[..],
            b"GIF89a........",
            b"not a picture",
            &png(50, 50)[..60],
        ] {
            assert!(matches!(
                keep(&store, ArtworkKind::Still, bad),
                Err(ArtworkError::Unreadable(_))
            ));
        }
    }
}
