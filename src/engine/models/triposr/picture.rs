//! From a picture with transparency to the square that the model looks at.
//!
//! Follows the published preparation to the level, its quirk included: the crop leaves out the object's
//! last row and column, because the model was trained so.

use burn::tensor::{DType, TensorData};
use rayon::prelude::*;

use crate::engine::learned::Planes;
use crate::engine::{Device, Tensor};

/// Share of the frame that the object takes, as published.
pub const FOREGROUND_RATIO: f64 = 0.85;

/// Largest side of a prepared picture, in pixels.
const SIDE_MAX: usize = 1 << 15;

/// Why a picture cannot be prepared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PictureError {
    /// Nothing, or less than two pixels across, is visible.
    #[error("nothing is left of the picture to model: everything in it is transparent")]
    Empty,
    /// Numbers of pixels and size do not agree.
    #[error("a picture of {width_px} × {height_px} pixels cannot have {levels} levels")]
    Size {
        /// Width said.
        width_px: usize,
        /// Height said.
        height_px: usize,
        /// Levels there are.
        levels: usize,
    },
    /// The share is out of range.
    #[error("the object cannot take {0} of the frame; choose from 0.1 to 1")]
    Ratio(f64),
    /// The frame would be too large.
    #[error("the picture is too large to model; choose one below {SIDE_MAX} pixels, or a larger share of the frame")]
    TooLarge,
}

/// A square of sRGB levels with opacity, `[side, side, 4]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreground {
    /// Side in pixels.
    pub side_px: usize,
    /// Levels, row 0 on top; straight alpha.
    pub rgba: Vec<u8>,
}

/// The object of a picture in the middle of a square, of which its longer side takes `ratio`; all around
/// is transparent.
///
/// # Shapes
/// - rgba: `[height, width, 4]`, straight alpha
///
/// # Errors
/// [`PictureError`].
pub fn center_foreground(rgba: &[u8], [height, width]: [usize; 2], ratio: f64) -> Result<Foreground, PictureError> {
    if !(0.1..=1.0).contains(&ratio) {
        return Err(PictureError::Ratio(ratio));
    }
    if height.checked_mul(width).and_then(|n| n.checked_mul(4)) != Some(rgba.len()) || rgba.is_empty() {
        return Err(PictureError::Size { width_px: width, height_px: height, levels: rgba.len() });
    }
    let [top, bottom, left, right] = extent(rgba, width).ok_or(PictureError::Empty)?;
    // The last row and column are left out.
    let (rows, columns) = (bottom - top, right - left);
    if rows == 0 || columns == 0 {
        return Err(PictureError::Empty);
    }
    let size = rows.max(columns);
    let side = (size as f64 / ratio) as usize;
    if side > SIDE_MAX {
        return Err(PictureError::TooLarge);
    }
    // First to a square, then to the frame; each half is rounded by itself.
    let before = |length: usize| (size - length) / 2 + (side - size) / 2;
    let (down, across) = (before(rows), before(columns));
    let mut framed = vec![0; side * side * 4];
    for row in 0..rows {
        let from = 4 * ((top + row) * width + left);
        let to = 4 * ((down + row) * side + across);
        framed[to..to + 4 * columns].copy_from_slice(&rgba[from..from + 4 * columns]);
    }
    Ok(Foreground { side_px: side, rgba: framed })
}

/// First and last rows and columns with any opacity: top, bottom, left, right.
fn extent(rgba: &[u8], width: usize) -> Option<[usize; 4]> {
    let mut extent: Option<[usize; 4]> = None;
    for (y, row) in rgba.chunks_exact(4 * width).enumerate() {
        let visible = |pixel: &[u8]| pixel[3] > 0;
        let Some(first) = row.chunks_exact(4).position(visible) else { continue };
        let last = row.chunks_exact(4).rposition(visible).unwrap_or(first);
        let [top, _, left, right] = extent.unwrap_or([y, y, first, last]);
        extent = Some([top, y, left.min(first), right.max(last)]);
    }
    extent
}

impl Foreground {
    /// Levels on grey, `[side, side, 3]`.
    pub fn on_grey(&self) -> Vec<u8> {
        let level = |rgb: u8, alpha: f32| {
            let mixed = f32::from(rgb) / 255.0 * alpha + (1.0 - alpha) * 0.5;
            // Cut off, not rounded.
            (mixed * 255.0) as u8
        };
        let pixel = |p: &[u8]| {
            let alpha = f32::from(p[3]) / 255.0;
            [level(p[0], alpha), level(p[1], alpha), level(p[2], alpha)]
        };
        self.rgba.chunks_exact(4).flat_map(pixel).collect()
    }
}

/// A picture as the model reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelPicture {
    /// Side in pixels.
    pub side_px: usize,
    /// Colours in `0..=1`, `[side, side, 3]`.
    pub rgb: Vec<f32>,
}

impl ModelPicture {
    /// Centres the object, puts it on grey, and resizes.
    ///
    /// # Shapes
    /// - rgba: `[height, width, 4]`, straight alpha
    ///
    /// # Errors
    /// [`PictureError`].
    pub fn prepare(rgba: &[u8], size: [usize; 2], ratio: f64, side_px: usize) -> Result<Self, PictureError> {
        let foreground = center_foreground(rgba, size, ratio)?;
        let levels: Vec<f32> = foreground.on_grey().iter().map(|level| f32::from(*level) / 255.0).collect();
        Ok(Self { side_px, rgb: resize(&levels, [foreground.side_px; 2], side_px) })
    }

    /// The same colours as planes, `[3, side, side]`.
    pub fn planes(&self) -> Planes {
        let plane = |channel: usize| self.rgb.iter().skip(channel).step_by(3).copied();
        Planes { shape: [3, self.side_px, self.side_px], values: (0..3).flat_map(plane).collect() }
    }

    /// From planes; `None` if they are no square of three channels.
    pub fn from_planes(planes: &Planes) -> Option<Self> {
        let [channels, side_px, width] = planes.shape;
        let count = side_px * width;
        if channels != 3 || side_px != width || planes.values.len() != 3 * count {
            return None;
        }
        let rgb = (0..count).flat_map(|i| [0, 1, 2].map(|channel| planes.values[channel * count + i])).collect();
        Some(Self { side_px, rgb })
    }
}

/// Source pixels of one target pixel on an axis: the first, and their weights.
type Taps = (usize, Vec<f32>);

/// A triangle as wide as an output pixel, or as an input pixel if that is wider. Rounded to 32 bits where
/// the reference does, which shows in the sixth place.
fn antialiased(input: usize, output: usize) -> Vec<Taps> {
    let scale = input as f32 / output as f32;
    let support = scale.max(1.0);
    let inverse = if scale >= 1.0 { 1.0 / scale } else { 1.0 };
    let taps = |i: usize| {
        let center = (f64::from(scale) * (i as f64 + 0.5)) as f32;
        let first = (f64::from(center - support) + 0.5).max(0.0) as usize;
        let end = ((f64::from(center + support) + 0.5) as usize).min(input);
        let weight = |j: usize| {
            let off = ((f64::from(j as f32 - center) + 0.5) * f64::from(inverse)) as f32;
            (1.0 - off.abs()).max(0.0)
        };
        let weights: Vec<f32> = (first..end).map(weight).collect();
        let sum: f32 = weights.iter().sum();
        (first, weights.into_iter().map(|weight| weight / sum).collect())
    };
    (0..output).map(taps).collect()
}

/// Changes the size of colours, bilinear with antialiasing.
///
/// # Shapes
/// - rgb: `[height, width, 3]`
/// - result: `[side, side, 3]`
pub fn resize(rgb: &[f32], [height, width]: [usize; 2], side: usize) -> Vec<f32> {
    let (columns, rows) = (antialiased(width, side), antialiased(height, side));
    let mut narrow = vec![0.0_f32; height * side * 3];
    narrow.par_chunks_mut((side * 3).max(1)).zip(rgb.par_chunks((width * 3).max(1))).for_each(|(out, row)| {
        for (pixel, (first, weights)) in out.chunks_exact_mut(3).zip(&columns) {
            for (weight, from) in weights.iter().zip(row[3 * first..].chunks_exact(3)) {
                pixel.iter_mut().zip(from).for_each(|(sum, value)| *sum += weight * value);
            }
        }
    });
    let mut out = vec![0.0; side * side * 3];
    out.par_chunks_mut((side * 3).max(1)).zip(&rows).for_each(|(out, (first, weights))| {
        for (weight, row) in weights.iter().zip(narrow[first * side * 3..].chunks_exact(side * 3)) {
            out.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
        }
    });
    out
}

/// Pictures of one size as a tensor.
///
/// # Shapes
/// - output: `[pictures, side, side, 3]`
pub fn tensor(pictures: &[ModelPicture], device: &Device) -> Tensor<4> {
    let side = pictures.first().map_or(0, |picture| picture.side_px);
    let numbers: Vec<f32> = pictures.iter().flat_map(|picture| picture.rgb.iter().copied()).collect();
    Tensor::from_data(TensorData::new(numbers, [pictures.len(), side, side, 3]), (device, DType::F32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(size: [usize; 2], [top, bottom, left, right]: [usize; 4]) -> Vec<u8> {
        let inside = |i: usize| (top..bottom).contains(&(i / size[1])) && (left..right).contains(&(i % size[1]));
        (0..size[0] * size[1]).flat_map(|i| [200, 100, 50, if inside(i) { 255 } else { 0 }]).collect()
    }

    #[test]
    fn the_object_stands_in_the_middle_of_its_share() {
        let found = center_foreground(&block([60, 90], [10, 51, 20, 82]), [60, 90], 0.85).unwrap();
        // 61 wide without the last column, in a frame of 61 / 0.85.
        assert_eq!(found.side_px, 71);
        let [top, bottom, left, right] = extent(&found.rgba, 71).unwrap();
        assert_eq!((left, right), (5, 65));
        assert_eq!((top, bottom), (15, 54));
        assert_eq!(&found.on_grey()[..3], [127; 3]);
    }

    #[test]
    fn pictures_without_an_object_are_told() {
        assert_eq!(center_foreground(&block([9, 9], [0; 4]), [9, 9], 0.85), Err(PictureError::Empty));
        assert_eq!(center_foreground(&block([9, 9], [3, 4, 2, 8]), [9, 9], 0.85), Err(PictureError::Empty));
        assert!(matches!(center_foreground(&[0; 8], [3, 1], 0.85), Err(PictureError::Size { .. })));
        for ratio in [0.0, -1.0, 1.01, f64::NAN] {
            assert!(matches!(center_foreground(&[0; 4], [1, 1], ratio), Err(PictureError::Ratio(_))));
        }
    }
}
