//! Which parts of a drawing or photo are raised: dark lines and areas.

use super::super::tone::{self, Raster, percentiles};
use crate::image::ConditionImage;
use crate::progress::{Cancelled, Monitor};

/// Standard deviation of the smaller Gaussian: lines of twice this width come out best.
const LINE_MM: f32 = 0.3;
/// How much edges are sharpened before thresholding.
const SHARPENING: f32 = 6.0;
/// Lightness range below which an object counts as one colour.
const LEAST_CONTRAST: f32 = 0.12;
/// Raised specks and gaps smaller than this are left out: no nozzle makes them.
const SPECK_MM2: f32 = 0.5;

/// The raised part of `object` as opacities with the contour at 1/2, for `mm_per_px`; `None` where
/// the object is of one colour, so that there is nothing to tell apart.
///
/// Difference of Gaussians added to the lightness, then thresholded between the object's dark and
/// bright tones (Winnemöller, Kyprianidis, Olsen 2012, "XDoG"; threshold by Otsu 1979).
pub(super) fn raised(object: &ConditionImage, mm_per_px: f32, monitor: &Monitor) -> Result<Option<Raster>, Cancelled> {
    let alpha = tone::alpha(&object.pixels);
    let lightness = tone::lightness(&object.pixels);
    let inside: Vec<f32> =
        lightness.values.iter().zip(&alpha.values).filter(|(_, a)| **a >= 0.5).map(|(l, _)| *l).collect();
    let Some([dark, bright]) = percentiles(inside.clone(), 0.02, 0.98) else { return Ok(None) };
    if bright - dark < LEAST_CONTRAST {
        return Ok(None);
    }
    monitor.check()?;
    let sigma = LINE_MM / mm_per_px;
    let fine = lightness.blur_weighted(&alpha, sigma);
    let coarse = lightness.blur_weighted(&alpha, 1.6 * sigma);
    monitor.check()?;
    let threshold = otsu(&inside);
    let sharpened = fine.zip(&coarse, |fine, coarse| fine + SHARPENING * (fine - coarse));
    let mut raised = sharpened.map(|l| (0.5 + (threshold - l) * 4.0).clamp(0.0, 1.0));
    raised = raised.zip(&alpha, |raised, alpha| if alpha > 0.0 { raised } else { 0.0 });
    let speck_px = (SPECK_MM2 / (mm_per_px * mm_per_px)) as usize;
    drop_specks(&mut raised, speck_px, monitor)?;
    Ok(Some(raised))
}

/// The threshold that parts values 0–1 into the two classes with the largest variance between them.
fn otsu(values: &[f32]) -> f32 {
    let mut histogram = [0u64; 256];
    values.iter().for_each(|v| histogram[(v.clamp(0.0, 1.0) * 255.0) as usize] += 1);
    let count = values.len() as f64;
    let total: f64 = histogram.iter().enumerate().map(|(level, &n)| level as f64 * n as f64).sum();
    let (mut below, mut sum_below, mut best) = (0.0, 0.0, (0.0, 128.0));
    for (level, &n) in histogram.iter().enumerate() {
        below += n as f64;
        sum_below += level as f64 * n as f64;
        if below == 0.0 || below == count {
            continue;
        }
        let apart = sum_below / below - (total - sum_below) / (count - below);
        let variance = below * (count - below) * apart * apart;
        if variance > best.0 {
            best = (variance, level as f64 + 1.0);
        }
    }
    (best.1 / 255.0) as f32
}

/// Turns connected parts (4-neighbours) of fewer than `least` pixels, on either side of 1/2, to the
/// other side.
fn drop_specks(raster: &mut Raster, least: usize, monitor: &Monitor) -> Result<(), Cancelled> {
    let [width, height] = raster.size;
    let mut seen = vec![false; raster.values.len()];
    let mut part = Vec::new();
    for start in 0..raster.values.len() {
        if start % width == 0 {
            monitor.check()?;
        }
        if seen[start] {
            continue;
        }
        let dark = raster.values[start] >= 0.5;
        part.clear();
        part.push(start);
        seen[start] = true;
        let mut next = 0;
        while let Some(&pixel) = part.get(next) {
            next += 1;
            let (i, j) = (pixel % width, pixel / width);
            let around = [
                (i > 0).then(|| pixel - 1),
                (i + 1 < width).then_some(pixel + 1),
                (j > 0).then(|| pixel - width),
                (j + 1 < height).then_some(pixel + width),
            ];
            for neighbour in around.into_iter().flatten() {
                if !seen[neighbour] && (raster.values[neighbour] >= 0.5) == dark {
                    seen[neighbour] = true;
                    part.push(neighbour);
                }
            }
        }
        if part.len() < least {
            part.iter().for_each(|&pixel| raster.values[pixel] = if dark { 0.0 } else { 1.0 });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn otsu_parts_two_tones_and_specks_go() {
        let values: Vec<f32> = (0..300).map(|k| if k % 3 == 0 { 0.2 } else { 0.8 } + (k % 7) as f32 * 0.01).collect();
        assert!((0.25..0.8).contains(&otsu(&values)));
        let mut raster = Raster { size: [8, 8], values: vec![0.0; 64] };
        for pixel in [9, 27, 28, 35, 36] {
            raster.values[pixel] = 1.0;
        }
        drop_specks(&mut raster, 3, &Monitor::silent()).unwrap();
        let raised: Vec<usize> = (0..64).filter(|&k| raster.values[k] > 0.5).collect();
        assert_eq!(raised, [27, 28, 35, 36]);
    }
}
