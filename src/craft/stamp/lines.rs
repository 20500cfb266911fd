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
/// Lightness below which flat colours are ink on any paper.
const INK: f32 = 0.45;
/// A picture of flat colours has so large a share of its pixels in so few of 256 steps of lightness.
const FLAT_SHARE: f64 = 0.85;
const FLAT_LEVELS: usize = 16;
/// Raised specks and gaps smaller than this are left out: no nozzle makes them.
const SPECK_MM2: f32 = 0.5;

/// The raised part of `object` as opacities with the contour at 1/2, for `mm_per_px`; `None` where
/// the object is of one colour, so that there is nothing to tell apart.
///
/// Difference of Gaussians added to the lightness, then thresholded between the object's dark and
/// bright tones (Winnemöller, Kyprianidis, Olsen 2012, "XDoG"; threshold by Otsu 1979). In a drawing of flat
/// colours all that is dark on paper is raised, also beside a line that is darker still; in a photo of
/// something dark the lighter half is what it is told from.
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
    let histogram = histogram(&inside);
    let threshold = otsu(&histogram);
    let threshold = if is_flat(&histogram) { threshold.max(INK) } else { threshold };
    let sharpened = fine.zip(&coarse, |fine, coarse| fine + SHARPENING * (fine - coarse));
    let mut raised = sharpened.map(|l| (0.5 + (threshold - l) * 4.0).clamp(0.0, 1.0));
    raised = raised.zip(&alpha, |raised, alpha| if alpha > 0.0 { raised } else { 0.0 });
    let speck_px = (SPECK_MM2 / (mm_per_px * mm_per_px)) as usize;
    drop_specks(&mut raised, speck_px, monitor)?;
    Ok(Some(raised))
}

/// How many of the values 0–1 lie in each of 256 steps.
fn histogram(values: &[f32]) -> [u64; 256] {
    let mut histogram = [0u64; 256];
    values.iter().for_each(|v| histogram[(v.clamp(0.0, 1.0) * 255.0) as usize] += 1);
    histogram
}

/// Whether nearly all lies in a few steps, as in a drawing, where noise and soft edges are few.
fn is_flat(histogram: &[u64; 256]) -> bool {
    let mut counts = *histogram;
    counts.sort_unstable();
    let most: u64 = counts[counts.len() - FLAT_LEVELS..].iter().sum();
    most as f64 >= FLAT_SHARE * histogram.iter().sum::<u64>() as f64
}

/// The threshold that parts the values 0–1 of a histogram into the two classes with the largest variance
/// between them.
fn otsu(histogram: &[u64; 256]) -> f32 {
    let count = histogram.iter().sum::<u64>() as f64;
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
    use glam::Vec2;

    use super::super::super::testing::object;
    use super::*;

    /// The share of the object that is raised.
    fn raised_share(grey: impl Fn(Vec2) -> u8) -> f32 {
        let disc = object(300, |p| p.length() - 0.9, grey);
        let raised = raised(&disc, 0.15, &Monitor::silent()).unwrap().unwrap();
        let raised = raised.values.iter().filter(|v| **v >= 0.5).count();
        raised as f32 / tone::alpha(&disc.pixels).values.iter().filter(|v| **v >= 0.5).count() as f32
    }

    #[test]
    fn dark_colours_are_raised_beside_a_darker_line_and_a_dark_photo_keeps_its_tones() {
        // Black and navy, black and a dark green; then with a bright colour beside them.
        let is_line = |p: Vec2| p.length() > 0.82;
        for fill in [33, 85] {
            let share = raised_share(|p| if is_line(p) { 0 } else { fill });
            assert!(share > 0.9, "{fill}: {share}");
            let share = raised_share(|p| {
                if p.x > 0.0 {
                    230
                } else if is_line(p) {
                    0
                } else {
                    fill
                }
            });
            assert!((0.4..0.6).contains(&share), "{fill} beside a bright half: {share}");
        }
        // Of light colours the darker is raised, and of a dark photo what is darker than the rest.
        let share = raised_share(|p| if is_line(p) { 150 } else { 230 });
        assert!((0.1..0.3).contains(&share), "{share}");
        let share = raised_share(|p| (50.0 + 50.0 * p.x) as u8);
        assert!((0.3..0.7).contains(&share), "{share}");
    }

    #[test]
    fn otsu_parts_two_tones_and_specks_go() {
        let values: Vec<f32> = (0..300).map(|k| if k % 3 == 0 { 0.2 } else { 0.8 } + (k % 7) as f32 * 0.01).collect();
        assert!((0.25..0.8).contains(&otsu(&histogram(&values))));
        let mut raster = Raster { size: [8, 8], values: vec![0.0; 64] };
        for pixel in [9, 27, 28, 35, 36] {
            raster.values[pixel] = 1.0;
        }
        drop_specks(&mut raster, 3, &Monitor::silent()).unwrap();
        let raised: Vec<usize> = (0..64).filter(|&k| raster.values[k] > 0.5).collect();
        assert_eq!(raised, [27, 28, 35, 36]);
    }
}
