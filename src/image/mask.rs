//! Masks as files: white is the object, black the background.

use std::path::Path;

use image::{GrayImage, Luma, Pixel as _, RgbaImage};

use super::intake::{self, IntakeError, Limits};
use super::matte::{self, CutOut};
use super::png;
use crate::files::{IfExists, WriteError};
use crate::progress::Monitor;

/// Longest side of a mask that is a drawing.
const DRAWN_PX: u32 = 2048;

/// Reads a mask from the bytes of any picture file: its opacity if it is cut out, else its brightness (Rec. 709 luma of
/// the sRGB values) over black. A mask of white and black is no cut-out, even with a part rubbed out.
/// Turned upright, in its own size.
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
    let pixels = image.into_rgba8();
    let by_alpha = matte::alpha_separates(&pixels) && !is_white_on_black(&pixels);
    Ok(GrayImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let pixel = pixels.get_pixel(x, y);
        let brightness = (u32::from(pixel.to_luma()[0]) * u32::from(pixel[3]) + 127) / 255;
        Luma([if by_alpha { pixel[3] } else { brightness as u8 }])
    }))
}

/// What there is to say of the mask that [`from_bytes`] makes of `bytes` for a picture of so many pixels: that a drawing
/// comes out coarser than that picture.
pub fn note_on_size(bytes: &[u8], picture_px: [u32; 2], limits: &Limits, monitor: &Monitor) -> Option<String> {
    let [width, height] = intake::drawn_size(bytes, DRAWN_PX, limits, monitor)?;
    let (drawn_px, picture_px) = (width.max(height), picture_px[0].max(picture_px[1]));
    // What is reduced to the picture's size has lost nothing.
    let is_coarser = drawn_px < DRAWN_PX.min(picture_px);
    is_coarser.then(|| format!("the mask: {}", intake::coarser(DRAWN_PX, drawn_px)))
}

/// Whether it has white and black and little else, up to the frame: there, what is cut out has nothing.
fn is_white_on_black(pixels: &RgbaImage) -> bool {
    let (width, height) = pixels.dimensions();
    let (mut white, mut black, mut grey, mut colored) = (0_u64, 0_u64, 0_u64, 0_u64);
    let (mut frame, mut opaque_frame) = (0_u64, 0_u64);
    for (x, y, pixel) in pixels.enumerate_pixels() {
        let is_opaque = pixel[3] >= 128;
        if x == 0 || y == 0 || x + 1 == width || y + 1 == height {
            frame += 1;
            opaque_frame += u64::from(is_opaque);
        }
        let [r, g, b, _] = pixel.0;
        let (least, most) = (r.min(g).min(b), r.max(g).max(b));
        match () {
            () if !is_opaque => {}
            () if least >= 224 => white += 1,
            () if most < 32 => black += 1,
            () if most - least <= 16 => grey += 1,
            () => colored += 1,
        }
    }
    let pure = white + black;
    white > 0 && black > 0 && 3 * grey <= pure && 100 * colored <= pure && 2 * opaque_frame >= frame
}

/// Writes the opacity of a cut-out as an 8-bit grey PNG that [`from_bytes`] reads back exactly.
///
/// # Errors
/// See [`WriteError`]; a failed write leaves what was there before.
pub fn write(cut_out: &CutOut, path: &Path, if_exists: IfExists) -> Result<(), WriteError> {
    png::write(&cut_out.mask(), path, if_exists)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::image::matte::Method;
    use image::{ImageFormat, Rgba};

    fn cut_out() -> CutOut {
        let pixels = RgbaImage::from_fn(31, 17, |x, y| Rgba([200, 10, 10, (x * 8 + y) as u8]));
        CutOut { pixels, confidence: 1.0, method: Method::Alpha }
    }

    fn read(path: &Path) -> GrayImage {
        from_bytes(&std::fs::read(path).unwrap(), &Limits::default()).unwrap()
    }

    #[test]
    fn a_written_mask_reads_back_exactly_and_is_not_overwritten_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mask.png");
        write(&cut_out(), &path, IfExists::Keep).unwrap();
        assert_eq!(read(&path), cut_out().mask());
        assert!(matches!(write(&cut_out(), &path, IfExists::Keep), Err(WriteError::Exists(_))));
        write(&cut_out(), &path, IfExists::Replace).unwrap();
    }

    #[test]
    fn opacity_counts_where_there_is_any_and_brightness_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.png");
        cut_out().pixels.save(&path).unwrap();
        assert_eq!(read(&path), cut_out().mask());
        let grey = RgbaImage::from_fn(8, 8, |x, _| if x < 4 { Rgba([255; 4]) } else { Rgba([0, 0, 0, 255]) });
        grey.save(&path).unwrap();
        let mask = read(&path);
        assert_eq!((mask.get_pixel(1, 1)[0], mask.get_pixel(6, 1)[0]), (255, 0));
    }

    /// The mask read from a picture of 40×40 pixels.
    fn read_from(color: impl Fn(u32, u32) -> [u8; 4]) -> GrayImage {
        let mut bytes = Cursor::new(Vec::new());
        let pixels = RgbaImage::from_fn(40, 40, |x, y| Rgba(color(x, y)));
        pixels.write_to(&mut bytes, ImageFormat::Png).unwrap();
        from_bytes(bytes.get_ref(), &Limits::default()).unwrap()
    }

    fn is_inside(x: u32, y: u32) -> bool {
        x.abs_diff(20) < 10 && y.abs_diff(20) < 10
    }

    #[test]
    fn an_eraser_or_a_stray_opacity_does_not_turn_a_mask_into_its_frame() {
        let white_on_black = |x, y| if is_inside(x, y) { [255, 255, 255, 255] } else { [0, 0, 0, 255] };
        let whole = read_from(white_on_black);
        assert_eq!((whole.get_pixel(20, 20)[0], whole.get_pixel(2, 2)[0]), (255, 0));
        let is_spot = |x: u32, y: u32| x.abs_diff(20) < 4 && y.abs_diff(20) < 4;
        let rubbed = read_from(|x, y| if is_spot(x, y) { [255, 255, 255, 0] } else { white_on_black(x, y) });
        for (x, y, level) in rubbed.enumerate_pixels() {
            let wanted = if is_spot(x, y) { 0 } else { whole.get_pixel(x, y)[0] };
            assert_eq!(level[0], wanted, "{x} {y}");
        }
        let stray = read_from(|x, y| if (x, y) == (3, 3) { [0, 0, 0, 254] } else { white_on_black(x, y) });
        assert_eq!(stray, whole);
    }

    #[test]
    fn whatever_is_cut_out_is_a_mask_by_its_opacity() {
        let cut = |color: fn(u32) -> [u8; 3]| {
            read_from(|x, y| {
                let [r, g, b] = color(x);
                [r, g, b, if is_inside(x, y) { 255 } else { 0 }]
            })
        };
        let wanted = cut(|_| [255; 3]);
        assert_eq!((wanted.get_pixel(20, 20)[0], wanted.get_pixel(2, 2)[0]), (255, 0));
        assert_eq!(cut(|_| [0; 3]), wanted, "a black shape");
        assert_eq!(cut(|x| [200, x as u8, 30]), wanted, "a coloured one");
        assert_eq!(cut(|x| if x < 20 { [0; 3] } else { [255; 3] }), wanted, "one of black and white");
    }
}
