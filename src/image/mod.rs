//! From an image file to a [`ConditionImage`]: reading, cutting out, centring.
//!
//! Pixels are sRGB 8-bit with straight (not premultiplied) alpha; row 0 is the top.

mod drawing;
pub mod enhance;
mod format;
pub mod intake;
mod jpeg;
pub mod mask;
pub mod matte;
pub mod png;
pub mod processor;
mod profile;
pub mod recenter;
mod resample;
mod tiff;

use image::RgbaImage;

/// A decoded picture: oriented as its EXIF says, at most the working size.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Colours and straight alpha.
    pub pixels: RgbaImage,
    /// Whether the file's transparency means something: some pixel is not opaque, and not all are
    /// transparent.
    pub has_alpha: bool,
}

impl Picture {
    /// Whether there is nothing to see: every pixel is wholly transparent.
    pub fn is_invisible(&self) -> bool {
        self.pixels.pixels().all(|p| p[3] == 0)
    }
}

/// An object cut out of its picture, in the frame that every generator works in.
///
/// The image is square and covers [-1, 1]² of model space, x to the right and y **up** (row 0 is at
/// y = +1). The object's box (alpha ≥ 0.5) is centred and its longest side is
/// [`ConditionImage::OBJECT_SHARE`] of the frame. Colours are continued under and past the soft rim,
/// so that no background shines through.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionImage {
    /// Square; colours and straight alpha.
    pub pixels: RgbaImage,
}

impl ConditionImage {
    /// Share of the frame that the object's longest side takes.
    pub const OBJECT_SHARE: f32 = 0.9;

    /// Side length in pixels.
    pub fn side_px(&self) -> u32 {
        self.pixels.width()
    }

    /// The position in pixels (centre of the first pixel at 0, 0; y down) of the model point `x, y`.
    pub fn pixel_from_model(&self, x: f32, y: f32) -> [f32; 2] {
        let half = self.side_px() as f32 * 0.5;
        [(x + 1.0) * half - 0.5, (1.0 - y) * half - 0.5]
    }

    /// Opacity 0–1 at the model point `x, y`, bilinear; 0 outside the frame.
    pub fn alpha_at(&self, x: f32, y: f32) -> f32 {
        self.bilinear(x, y)[3]
    }

    /// sRGB 8-bit colour at the model point `x, y`, bilinear, clamped to the frame.
    pub fn color_at(&self, x: f32, y: f32) -> [u8; 3] {
        let [r, g, b, _] = self.bilinear(x.clamp(-1.0, 1.0), y.clamp(-1.0, 1.0));
        [r, g, b].map(|c| (c * 255.0).round() as u8)
    }

    /// Components 0–1; alpha is 0 outside the frame, colours are those of the nearest pixel.
    fn bilinear(&self, x: f32, y: f32) -> [f32; 4] {
        let side = self.side_px() as i64;
        let [px, py] = self.pixel_from_model(x, y);
        let (x0, y0) = (px.floor(), py.floor());
        let mut sum = [0.0; 4];
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let weight = (1.0 - (px - x0 - dx as f32).abs()) * (1.0 - (py - y0 - dy as f32).abs());
            let (ix, iy) = (x0 as i64 + dx, y0 as i64 + dy);
            let inside = (0..side).contains(&ix) && (0..side).contains(&iy);
            let pixel = self.pixels.get_pixel(ix.clamp(0, side - 1) as u32, iy.clamp(0, side - 1) as u32);
            for c in 0..4 {
                let value = if c == 3 && !inside { 0.0 } else { f32::from(pixel[c]) / 255.0 };
                sum[c] += weight * value;
            }
        }
        sum
    }
}
