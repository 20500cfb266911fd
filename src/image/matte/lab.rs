//! Pictures in CIE L*a*b* (D65, 2°), where distances are about as large as they look.

use std::sync::LazyLock;

use image::RgbaImage;
use rayon::prelude::*;

use crate::color::linear_from_srgb;

/// L* 0–100, a* and b* about −128–127.
pub(super) type Lab = [f32; 3];

/// A picture in L*a*b*, row by row.
#[derive(Clone, Debug)]
pub(super) struct LabImage {
    pub width: usize,
    pub height: usize,
    pub samples: Vec<Lab>,
}

impl LabImage {
    /// Alpha is ignored.
    pub fn from_rgba(pixels: &RgbaImage) -> Self {
        let samples = pixels.as_raw().par_chunks_exact(4).map(|p| lab_from_srgb([p[0], p[1], p[2]])).collect();
        Self { width: pixels.width() as usize, height: pixels.height() as usize, samples }
    }

    /// Whether there is one colour and noise: next to no pixel (one in a thousand) is further than 3 from the mean.
    pub fn is_of_one_color(&self) -> bool {
        let mean: Lab = std::array::from_fn(|c| {
            let sum: f64 = self.samples.iter().map(|sample| f64::from(sample[c])).sum();
            (sum / self.samples.len() as f64) as f32
        });
        let others = self.samples.iter().filter(|&sample| distance2(sample, &mean) > 9.0).count();
        others * 1000 <= self.samples.len()
    }

    /// Position of a pixel's centre; both in [-1, 1], the longer side fills that range.
    pub fn position(&self, index: usize) -> [f32; 2] {
        let half = self.width.max(self.height) as f32 * 0.5;
        let (x, y) = (index % self.width, index / self.width);
        [(x as f32 + 0.5 - self.width as f32 * 0.5) / half, (y as f32 + 0.5 - self.height as f32 * 0.5) / half]
    }
}

/// Linear light 0–1 of each sRGB level.
static LINEAR: LazyLock<[f32; 256]> = LazyLock::new(|| std::array::from_fn(|level| linear_from_srgb(level as u8)));

/// CIE 15:2004, section 8.2.1, white point D65.
fn lab_from_srgb(rgb: [u8; 3]) -> Lab {
    let [r, g, b] = rgb.map(|v| LINEAR[usize::from(v)]);
    let x = (0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b) / 0.950_47;
    let y = 0.212_672_9 * r + 0.715_152_2 * g + 0.072_175 * b;
    let z = (0.019_333_9 * r + 0.119_192 * g + 0.950_304_1 * b) / 1.088_83;
    let f = |t: f32| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 };
    let (fx, fy, fz) = (f(x), f(y), f(z));
    [116.0 * fy - 16.0, 500.0 * (fx - fy), 200.0 * (fy - fz)]
}

/// Squared distance.
pub(super) fn distance2(a: &Lab, b: &Lab) -> f32 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)
}

#[cfg(test)]
mod tests {
    use super::lab_from_srgb;

    #[test]
    fn known_colours() {
        // Reference values: Lindbloom's calculator, sRGB, D65.
        for (rgb, lab) in [
            ([255, 255, 255], [100.0, 0.0, 0.0]),
            ([0, 0, 0], [0.0, 0.0, 0.0]),
            ([255, 0, 0], [53.24, 80.09, 67.2]),
            ([0, 0, 255], [32.3, 79.19, -107.86]),
            ([119, 119, 119], [50.03, 0.0, 0.0]),
        ] {
            let ours = lab_from_srgb(rgb);
            for c in 0..3 {
                assert!((ours[c] - lab[c]).abs() < 0.1, "{rgb:?}: {ours:?}");
            }
        }
    }
}
