//! Brightness of pictures as numbers, and smoothing of rasters.

use image::RgbaImage;
use rayon::prelude::*;

use crate::color::linear_from_srgb;

/// One number per pixel; pixel `(i, j)` is stored at `j * width + i`, row 0 at the top.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Raster {
    pub(super) size: [usize; 2],
    pub(super) values: Vec<f32>,
}

/// CIE lightness L*/100 of a relative luminance 0–1.
pub(super) fn lightness_from_luminance(luminance: f32) -> f32 {
    if luminance <= 216.0 / 24389.0 { luminance * 24389.0 / 2700.0 } else { 1.16 * luminance.cbrt() - 0.16 }
}

/// The relative luminance of a CIE lightness L*/100.
pub(super) fn luminance_from_lightness(lightness: f32) -> f32 {
    if lightness <= 0.08 { lightness * 2700.0 / 24389.0 } else { ((lightness + 0.16) / 1.16).powi(3) }
}

/// Relative luminance 0–1 (linear light, Rec. 709 weights) of every pixel, laid on white.
pub(super) fn luminance_on_white(pixels: &RgbaImage) -> Raster {
    let table: [f32; 256] = std::array::from_fn(|c| linear_from_srgb(c as u8));
    let weigh = |p: &[u8]| {
        let light = 0.2126 * table[p[0] as usize] + 0.7152 * table[p[1] as usize] + 0.0722 * table[p[2] as usize];
        let alpha = f32::from(p[3]) / 255.0;
        light * alpha + (1.0 - alpha)
    };
    Raster { size: size_of(pixels), values: pixels.as_raw().par_chunks_exact(4).map(weigh).collect() }
}

/// CIE lightness 0–1 of every pixel's colour, whatever its opacity.
pub(super) fn lightness(pixels: &RgbaImage) -> Raster {
    let table: [f32; 256] = std::array::from_fn(|c| linear_from_srgb(c as u8));
    let weigh = |p: &[u8]| {
        let light = 0.2126 * table[p[0] as usize] + 0.7152 * table[p[1] as usize] + 0.0722 * table[p[2] as usize];
        lightness_from_luminance(light)
    };
    Raster { size: size_of(pixels), values: pixels.as_raw().par_chunks_exact(4).map(weigh).collect() }
}

/// Opacity 0–1 of every pixel.
pub(super) fn alpha(pixels: &RgbaImage) -> Raster {
    let values = pixels.as_raw().par_chunks_exact(4).map(|p| f32::from(p[3]) / 255.0).collect();
    Raster { size: size_of(pixels), values }
}

fn size_of(pixels: &RgbaImage) -> [usize; 2] {
    [pixels.width() as usize, pixels.height() as usize]
}

impl Raster {
    /// Pixel `(i, j)`; the nearest one where that is outside.
    pub(super) fn at(&self, i: i64, j: i64) -> f32 {
        let [width, height] = self.size;
        let (i, j) = (i.clamp(0, width as i64 - 1), j.clamp(0, height as i64 - 1));
        self.values.get(j as usize * width + i as usize).copied().unwrap_or(0.0)
    }

    /// Bilinear value at `(x, y)` in pixels, the centre of the first pixel at (0, 0).
    pub(super) fn bilinear(&self, x: f32, y: f32) -> f32 {
        let (i, j) = (x.floor(), y.floor());
        let (tx, ty) = (x - i, y - j);
        let (i, j) = (i as i64, j as i64);
        let low = self.at(i, j) * (1.0 - tx) + self.at(i + 1, j) * tx;
        let high = self.at(i, j + 1) * (1.0 - tx) + self.at(i + 1, j + 1) * tx;
        low * (1.0 - ty) + high * ty
    }

    /// Mean over the rectangle of `extent` pixels centred at `(x, y)`, pixels being little squares:
    /// picture values survive unblurred where the rectangle lies inside one pixel, and are averaged
    /// without gaps where it covers several.
    pub(super) fn mean_over(&self, [x, y]: [f32; 2], [width, height]: [f32; 2]) -> f32 {
        let spans = |center: f32, extent: f32| {
            let (low, high) = (center + 0.5 - 0.5 * extent, center + 0.5 + 0.5 * extent);
            (low.floor() as i64..high.ceil().max(low.floor() + 1.0) as i64).map(move |pixel| {
                let covered = (high.min(pixel as f32 + 1.0) - low.max(pixel as f32)).max(1e-6);
                (pixel, covered)
            })
        };
        let (mut sum, mut weight) = (0.0f64, 0.0f64);
        for (j, covered_y) in spans(y, height) {
            for (i, covered_x) in spans(x, width) {
                let covered = f64::from(covered_x * covered_y);
                sum += f64::from(self.at(i, j)) * covered;
                weight += covered;
            }
        }
        (sum / weight) as f32
    }

    /// Combines two rasters of one size pixel by pixel.
    pub(super) fn zip(&self, other: &Self, combine: impl Fn(f32, f32) -> f32 + Sync) -> Self {
        let values = self.values.par_iter().zip(&other.values).map(|(&a, &b)| combine(a, b)).collect();
        Self { size: self.size, values }
    }

    /// Applies `f` to every pixel.
    pub(super) fn map(&self, f: impl Fn(f32) -> f32 + Sync) -> Self {
        Self { size: self.size, values: self.values.par_iter().map(|&v| f(v)).collect() }
    }

    /// Gaussian smoothing with standard deviation `sigma` in pixels; the border is continued. Three
    /// box means of fractional width in each direction (Gwosdek et al. 2011, "Theoretical foundations
    /// of Gaussian convolution by extended box filtering"), so time does not depend on `sigma`.
    pub(super) fn blur(&self, sigma: f32) -> Self {
        if sigma.is_nan() || sigma <= 0.05 || self.values.is_empty() {
            return self.clone();
        }
        self.blur_rows(sigma).transposed().blur_rows(sigma).transposed()
    }

    /// Smoothing that ignores pixels where `weight` is 0: the mean of the weighted ones around.
    pub(super) fn blur_weighted(&self, weight: &Self, sigma: f32) -> Self {
        let sums = self.zip(weight, |v, w| v * w).blur(sigma);
        let weights = weight.blur(sigma);
        let smoothed = sums.zip(&weights, |sum, w| if w > 1e-4 { sum / w } else { f32::NAN });
        smoothed.zip(self, |smooth, own| if smooth.is_nan() { own } else { smooth })
    }

    fn blur_rows(&self, sigma: f32) -> Self {
        let mut out = self.clone();
        out.values.par_chunks_mut(self.size[0]).for_each(|row| {
            let mut scratch = row.to_vec();
            for _ in 0..3 {
                box_mean(row, &mut scratch, sigma);
                row.copy_from_slice(&scratch);
            }
        });
        out
    }

    fn transposed(&self) -> Self {
        let [width, height] = self.size;
        let mut values = vec![0.0; self.values.len()];
        values.par_chunks_mut(height).enumerate().for_each(|(i, column)| {
            column.iter_mut().enumerate().for_each(|(j, v)| *v = self.values[j * width + i]);
        });
        Self { size: [height, width], values }
    }
}

/// One of three box means whose sequence has the variance `sigma`².
fn box_mean(row: &[f32], out: &mut [f32], sigma: f32) {
    // Variance per pass is sigma²/3. A box of whole radius r and end weights a has the variance below.
    let variance = sigma * sigma / 3.0;
    let radius = (0.5 * ((12.0 * variance + 1.0).sqrt() - 1.0)).floor();
    let whole = 2.0 * radius + 1.0;
    let end = whole * (radius * (radius + 1.0) - 3.0 * variance) / (6.0 * (variance - (radius + 1.0).powi(2)));
    let (r, scale) = (radius as i64, 1.0 / f64::from(whole + 2.0 * end));
    let last = row.len() as i64 - 1;
    let at = |i: i64| f64::from(row[i.clamp(0, last) as usize]);
    let mut sum: f64 = (-r..=r).map(at).sum();
    for (i, value) in out.iter_mut().enumerate() {
        let i = i as i64;
        *value = ((sum + f64::from(end) * (at(i - r - 1) + at(i + r + 1))) * scale) as f32;
        sum += at(i + r + 1) - at(i - r);
    }
}

/// The values below which the shares `low` and `high` (0–1) of `values` lie; `None` without values.
pub(super) fn percentiles(mut values: Vec<f32>, low: f32, high: f32) -> Option<[f32; 2]> {
    values.sort_unstable_by(f32::total_cmp);
    let last = values.len().checked_sub(1)?;
    Some([low, high].map(|share| values[(share * last as f32).round() as usize]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blur_has_the_variance_of_its_gaussian_and_keeps_the_sum() {
        for sigma in [0.3, 0.8, 2.0, 7.5] {
            let mut raster = Raster { size: [101, 91], values: vec![0.0; 101 * 91] };
            raster.values[45 * 101 + 50] = 1.0;
            let blurred = raster.blur(sigma);
            let sum: f32 = blurred.values.iter().sum();
            let variance: f32 =
                blurred.values.iter().enumerate().map(|(k, v)| ((k % 101) as f32 - 50.0).powi(2) * v).sum();
            assert!((sum - 1.0).abs() < 1e-4 && (variance - sigma * sigma).abs() < 0.01 * sigma * sigma, "{variance}");
        }
    }

    #[test]
    fn a_mean_over_less_than_a_pixel_is_that_pixel() {
        let raster = Raster { size: [3, 2], values: vec![0.0, 1.0, 0.25, 0.5, 0.75, 0.125] };
        assert_eq!(raster.mean_over([1.0, 0.0], [0.5, 0.5]), 1.0);
        assert!((raster.mean_over([0.5, 0.0], [1.0, 1.0]) - 0.5).abs() < 1e-6);
        assert!((raster.mean_over([1.0, 0.5], [3.0, 2.0]) - 2.625 / 6.0).abs() < 1e-6);
    }

    #[test]
    fn middle_grey_has_half_lightness() {
        assert!((lightness_from_luminance(0.184_186) - 0.5).abs() < 1e-4);
        for y in [0.0, 0.004, 0.2, 1.0] {
            assert!((luminance_from_lightness(lightness_from_luminance(y)) - y).abs() < 1e-5);
        }
        assert_eq!((linear_from_srgb(0), linear_from_srgb(255)), (0.0, 1.0));
    }
}
