//! Pictures as PNG files.

use std::io::{self, Cursor, Write as _};
use std::path::Path;

use image::{EncodableLayout, ImageBuffer, ImageFormat, Pixel, PixelWithColorType};

use crate::files::{IfExists, WriteError, write_atomically};

/// The bytes of a PNG file that shows `picture`.
///
/// # Errors
/// What the encoder said: a picture without pixels, or too large for the format.
pub fn encode<P>(picture: &ImageBuffer<P, Vec<P::Subpixel>>) -> io::Result<Vec<u8>>
where
    P: Pixel + PixelWithColorType,
    [P::Subpixel]: EncodableLayout,
{
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).map_err(io::Error::other)?;
    Ok(png.into_inner())
}

/// Writes `picture` as a PNG file, whole or not at all.
///
/// # Errors
/// See [`WriteError`]; a failed write leaves what was there before.
pub fn write<P>(picture: &ImageBuffer<P, Vec<P::Subpixel>>, path: &Path, if_exists: IfExists) -> Result<(), WriteError>
where
    P: Pixel + PixelWithColorType,
    [P::Subpixel]: EncodableLayout,
{
    write_atomically(path, if_exists, |writer| writer.write_all(&encode(picture)?))
}
