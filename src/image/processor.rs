//! From a picture with transparency to the square that image-to-3D models look at.
//!
//! Follows `ImageProcessorV2` of Hunyuan3D to the level (the specification's section 3): crop to the
//! object, resize with straight alpha, centre with a border on white, resize to the model's size.
//! The published quirks are kept, because the models were trained on them: the crop leaves out the
//! object's last row and column, and hidden colours bleed in at soft rims.

mod resize;

use image::RgbaImage;
use resize::Pixels;

/// The largest side a model may ask for.
const SIZE_MAX: usize = 4096;

/// How a model wants its picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImageProcessor {
    /// Side of the result in pixels, 1 to 4096; 512 for every published Hunyuan3D.
    pub size_px: usize,
    /// Share of the frame, 0 to below 1, that stays empty; 0.15 for every published Hunyuan3D.
    pub border_ratio: f64,
}

impl Default for ImageProcessor {
    fn default() -> Self {
        Self { size_px: 512, border_ratio: 0.15 }
    }
}

/// Why a picture cannot be prepared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProcessorError {
    /// Nothing, or less than two pixels across, is visible.
    #[error("nothing is left of the picture to model: everything in it is transparent")]
    Empty,
    /// The object would shrink to nothing in its frame.
    #[error("the object is too thin to model: {width_px} × {height_px} pixels")]
    TooThin {
        /// Width of the object.
        width_px: usize,
        /// Height of the object.
        height_px: usize,
    },
    /// The model's settings are out of range.
    #[error("the model asks for a picture of {size_px} pixels with a border of {border_ratio}")]
    Settings {
        /// Side asked for.
        size_px: usize,
        /// Border asked for.
        border_ratio: f64,
    },
}

/// A picture as a model reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessedImage {
    /// Side in pixels.
    pub size_px: usize,
    /// sRGB levels on white, `[size, size, 3]`.
    pub rgb: Vec<u8>,
}

impl ProcessedImage {
    /// The colours as `[3, size, size]` in [-1, 1].
    pub fn image_tensor(&self) -> Vec<f32> {
        let plane = |c: usize| self.rgb.iter().skip(c).step_by(3).map(|&v| f32::from(v) / 255.0 * 2.0 - 1.0);
        (0..3).flat_map(plane).collect()
    }
}

/// The object centred in a square on white: the state before the last resize.
#[derive(Clone, Debug, PartialEq)]
pub struct Recentered {
    /// Side in pixels: the longer one of the picture.
    pub side_px: usize,
    /// sRGB levels on white, `[side, side, 3]`.
    pub rgb: Vec<u8>,
}

impl ImageProcessor {
    /// Prepares `picture` (straight alpha; one without transparency is opaque everywhere).
    ///
    /// # Errors
    /// [`ProcessorError`].
    pub fn process(&self, picture: &RgbaImage) -> Result<ProcessedImage, ProcessorError> {
        let Self { size_px, border_ratio } = *self;
        if !(1..=SIZE_MAX).contains(&size_px) {
            return Err(ProcessorError::Settings { size_px, border_ratio });
        }
        let Recentered { side_px, rgb } = self.recenter(picture)?;
        let rgb = Pixels { width: side_px, height: side_px, channels: 3, data: rgb };
        Ok(ProcessedImage { size_px, rgb: resize::cubic(&rgb, size_px, size_px).data })
    }

    /// Crops `picture` to what is visible, centres it with the border, and puts it on white.
    ///
    /// # Errors
    /// [`ProcessorError`].
    pub fn recenter(&self, picture: &RgbaImage) -> Result<Recentered, ProcessorError> {
        let Self { size_px, border_ratio } = *self;
        if !(0.0..1.0).contains(&border_ratio) {
            return Err(ProcessorError::Settings { size_px, border_ratio });
        }
        let object = crop(picture)?;
        let side = picture.width().max(picture.height()) as usize;
        let desired = (side as f64 * (1.0 - border_ratio)).trunc();
        let scale = desired / object.width.max(object.height) as f64;
        let [width, height] = [object.width, object.height].map(|s| (s as f64 * scale) as usize);
        if width == 0 || height == 0 {
            return Err(ProcessorError::TooThin { width_px: object.width, height_px: object.height });
        }
        let resized = resize::area(&object, width, height);
        Ok(on_white(&resized, side))
    }
}

/// The visible part without its last row and column.
fn crop(picture: &RgbaImage) -> Result<Pixels, ProcessorError> {
    let mut ends: Option<[u32; 4]> = None;
    for (x, y, _) in picture.enumerate_pixels().filter(|(_, _, pixel)| pixel[3] > 0) {
        let [left, top, right, bottom] = ends.unwrap_or([x, y, x, y]);
        ends = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
    }
    let [left, top, right, bottom] = ends.ok_or(ProcessorError::Empty)?;
    let (width, height) = ((right - left) as usize, (bottom - top) as usize);
    if width == 0 || height == 0 {
        return Err(ProcessorError::Empty);
    }
    let data = image::imageops::crop_imm(picture, left, top, right - left, bottom - top).to_image().into_raw();
    Ok(Pixels { width, height, channels: 4, data })
}

/// Pastes `object` in the middle of a square and blends it with white in 32-bit floats, cutting off
/// fractions.
fn on_white(object: &Pixels, side: usize) -> Recentered {
    let (top, left) = ((side - object.height) / 2, (side - object.width) / 2);
    let mut result = Recentered { side_px: side, rgb: vec![255; side * side * 3] };
    for (y, row) in object.data.chunks_exact(object.width * 4).enumerate() {
        for (x, pixel) in row.chunks_exact(4).enumerate() {
            let at = (top + y) * side + left + x;
            let opacity = f32::from(pixel[3]) / 255.0;
            for (level, &color) in result.rgb[at * 3..].iter_mut().zip(&pixel[..3]) {
                let blended = f32::from(color) * opacity + 255.0 * (1.0 - opacity);
                *level = blended.clamp(0.0, 255.0) as u8;
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;

    fn block(size: [u32; 2], block: [u32; 4]) -> RgbaImage {
        let [left, top, right, bottom] = block;
        RgbaImage::from_fn(size[0], size[1], |x, y| {
            let inside = (left..right).contains(&x) && (top..bottom).contains(&y);
            Rgba([180, 90, 30, if inside { 255 } else { 0 }])
        })
    }

    #[test]
    fn the_object_is_centred_on_white_with_its_border() {
        let processed = ImageProcessor::default().process(&block([200, 100], [20, 30, 121, 61])).unwrap();
        let inside = |x: usize, y: usize| processed.rgb[(y * 512 + x) * 3] < 218;
        let columns: Vec<_> = (0..512).filter(|&x| inside(x, 256)).collect();
        let (first, last) = (columns[0], columns[columns.len() - 1]);
        assert!((first + last).abs_diff(511) < 4 && (last - first).abs_diff(435) < 4, "{first} {last}");
        assert_eq!(&processed.rgb[..3], [255; 3]);
        assert_eq!(&processed.rgb[(256 * 512 + 256) * 3..][..3], [180, 90, 30]);
        let tensor = processed.image_tensor();
        assert_eq!((tensor.len(), tensor[0]), (3 * 512 * 512, 1.0));
        assert_eq!(tensor[2 * 512 * 512 + 256 * 512 + 256], 30.0 / 255.0 * 2.0 - 1.0);
    }

    #[test]
    fn what_cannot_be_shown_is_refused() {
        let processor = ImageProcessor::default();
        assert_eq!(processor.process(&block([9, 9], [0, 0, 0, 0])), Err(ProcessorError::Empty));
        assert_eq!(processor.process(&block([9, 9], [4, 4, 5, 9])), Err(ProcessorError::Empty));
        let thin = processor.process(&block([3, 2000], [0, 0, 2, 2000]));
        assert_eq!(thin, Err(ProcessorError::TooThin { width_px: 1, height_px: 1999 }));
        for (size_px, border_ratio) in [(0, 0.15), (1 << 20, 0.15), (64, 1.0), (64, f64::NAN), (64, -0.1)] {
            let refused = ImageProcessor { size_px, border_ratio }.process(&block([9, 9], [1, 1, 8, 8]));
            assert!(matches!(refused, Err(ProcessorError::Settings { .. })), "{refused:?}");
        }
    }
}
