//! Masks as files: white is the object, black the background.

use std::path::Path;

use image::GrayImage;

use super::intake::{self, IntakeError, Limits};
use super::matte::CutOut;
use super::png;
use crate::files::{IfExists, WriteError};
use crate::progress::Monitor;

/// Longest side of a mask that is a drawing.
const DRAWN_PX: u32 = 2048;

/// Reads a mask from any picture: its opacity if it has any transparency, else its brightness
/// (Rec. 709 luma of the sRGB values). Turned upright, in its own size.
///
/// # Errors
/// As [`intake::decode`].
pub fn read(path: &Path, limits: &Limits) -> Result<GrayImage, IntakeError> {
    from_bytes(&intake::read_file(path, limits)?, limits)
}

/// As [`read`], from the bytes of a file.
///
/// # Errors
/// As [`intake::decode`].
pub fn from_bytes(bytes: &[u8], limits: &Limits) -> Result<GrayImage, IntakeError> {
    let decoded = intake::decode_whole(bytes, DRAWN_PX, limits, &Monitor::silent())?;
    let mut image = decoded.image;
    image.apply_orientation(decoded.orientation);
    if !image.color().has_alpha() {
        return Ok(image.into_luma8());
    }
    let pixels = image.into_luma_alpha8();
    let by_alpha = pixels.pixels().any(|p| p[1] < 255);
    Ok(GrayImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        image::Luma([pixels.get_pixel(x, y)[usize::from(by_alpha)]])
    }))
}

/// Writes the opacity of a cut-out as an 8-bit grey PNG that [`read`] reads back exactly.
///
/// # Errors
/// See [`WriteError`]; a failed write leaves what was there before.
pub fn write(cut_out: &CutOut, path: &Path, if_exists: IfExists) -> Result<(), WriteError> {
    png::write(&cut_out.mask(), path, if_exists)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::matte::Method;
    use image::{Rgba, RgbaImage};

    fn cut_out() -> CutOut {
        let pixels = RgbaImage::from_fn(31, 17, |x, y| Rgba([200, 10, 10, (x * 8 + y) as u8]));
        CutOut { pixels, confidence: 1.0, method: Method::Alpha }
    }

    #[test]
    fn a_written_mask_reads_back_exactly_and_is_not_overwritten_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mask.png");
        write(&cut_out(), &path, IfExists::Keep).unwrap();
        assert_eq!(read(&path, &Limits::default()).unwrap(), cut_out().mask());
        assert!(matches!(write(&cut_out(), &path, IfExists::Keep), Err(WriteError::Exists(_))));
        write(&cut_out(), &path, IfExists::Replace).unwrap();
    }

    #[test]
    fn opacity_counts_where_there_is_any_and_brightness_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.png");
        cut_out().pixels.save(&path).unwrap();
        assert_eq!(read(&path, &Limits::default()).unwrap(), cut_out().mask());
        let grey = RgbaImage::from_fn(8, 8, |x, _| if x < 4 { Rgba([255; 4]) } else { Rgba([0, 0, 0, 255]) });
        grey.save(&path).unwrap();
        let mask = read(&path, &Limits::default()).unwrap();
        assert_eq!((mask.get_pixel(1, 1)[0], mask.get_pixel(6, 1)[0]), (255, 0));
    }
}
