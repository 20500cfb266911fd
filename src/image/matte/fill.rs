//! Continues an object's colours under and past its soft rim (push-pull interpolation: Gortler et
//! al., "The Lumigraph", SIGGRAPH 1996, section 3.4).

use image::RgbaImage;
use rayon::prelude::*;

/// One level of the pyramid: premultiplied colours and weight per pixel, in 0–1.
struct Level {
    width: usize,
    height: usize,
    samples: Vec<[f32; 4]>,
}

impl Level {
    fn at(&self, x: isize, y: isize) -> &[f32; 4] {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        &self.samples[y * self.width + x]
    }

    /// Straight colour at a pixel of the level twice as fine, bilinear.
    fn color_between(&self, x: usize, y: usize) -> [f32; 3] {
        let (near_x, near_y) = ((x / 2) as isize, (y / 2) as isize);
        let (far_x, far_y) =
            (near_x + if x.is_multiple_of(2) { -1 } else { 1 }, near_y + if y.is_multiple_of(2) { -1 } else { 1 });
        let parts = [(near_x, near_y, 9.0), (far_x, near_y, 3.0), (near_x, far_y, 3.0), (far_x, far_y, 1.0)];
        let mut sum = [0.0; 4];
        for (x, y, share) in parts {
            let sample = self.at(x, y);
            for c in 0..4 {
                sum[c] += share * sample[c];
            }
        }
        let weight = sum[3].max(1e-12);
        [sum[0] / weight, sum[1] / weight, sum[2] / weight]
    }
}

/// Replaces the colour of every pixel that is not opaque by a mix of its own and of those of the
/// nearest opaque parts, the less opaque the less of its own. Alpha stays. Does nothing where no
/// pixel has any opacity.
pub(super) fn continue_colors(pixels: &mut RgbaImage) {
    let width = pixels.width() as usize;
    let finest = push_from_pixels(pixels);
    if finest.samples.iter().all(|s| s[3] <= 0.0) {
        return;
    }
    let mut levels = vec![finest];
    while let Some(last) = levels.last().filter(|l| l.width > 1 || l.height > 1) {
        let coarser = push(last);
        levels.push(coarser);
    }
    while levels.len() > 1 {
        let coarser = levels.pop();
        if let (Some(coarser), Some(finer)) = (coarser, levels.last_mut()) {
            pull(&coarser, finer);
        }
    }
    let Some(finest) = levels.pop() else { return };
    pixels.par_chunks_exact_mut(width * 4).enumerate().for_each(|(y, row)| {
        for (x, pixel) in row.chunks_exact_mut(4).enumerate().filter(|(_, p)| p[3] < 255) {
            let own = own_weight(pixel[3]);
            let around = finest.color_between(x, y);
            for c in 0..3 {
                let mixed = own * f32::from(pixel[c]) + (1.0 - own) * around[c] * 255.0;
                pixel[c] = mixed.round() as u8;
            }
        }
    });
}

/// How far a pixel's own colour is trusted: at low opacity it holds background, or rounding noise.
fn own_weight(alpha: u8) -> f32 {
    let opacity = f32::from(alpha) / 255.0;
    opacity.powi(6)
}

fn push_from_pixels(pixels: &RgbaImage) -> Level {
    let (fine_width, fine_height) = (pixels.width() as usize, pixels.height() as usize);
    let raw = pixels.as_raw();
    halve(fine_width, fine_height, |index| {
        let pixel = &raw[index * 4..index * 4 + 4];
        let weight = own_weight(pixel[3]);
        let color = |c: usize| weight * f32::from(pixel[c]) / 255.0;
        [color(0), color(1), color(2), weight]
    })
}

fn push(fine: &Level) -> Level {
    halve(fine.width, fine.height, |index| fine.samples[index])
}

/// Sums 2×2 samples; a sum that weighs more than 1 is scaled back to 1.
fn halve(fine_width: usize, fine_height: usize, sample: impl Fn(usize) -> [f32; 4] + Sync) -> Level {
    let (width, height) = (fine_width.div_ceil(2), fine_height.div_ceil(2));
    let mut samples = vec![[0.0; 4]; width * height];
    samples.par_chunks_exact_mut(width).enumerate().for_each(|(y, row)| {
        for (x, target) in row.iter_mut().enumerate() {
            for fine_y in 2 * y..(2 * y + 2).min(fine_height) {
                for fine_x in 2 * x..(2 * x + 2).min(fine_width) {
                    let part = sample(fine_y * fine_width + fine_x);
                    for c in 0..4 {
                        target[c] += part[c];
                    }
                }
            }
            if target[3] > 1.0 {
                let scale = 1.0 / target[3];
                target.iter_mut().for_each(|v| *v *= scale);
            }
        }
    });
    Level { width, height, samples }
}

/// Fills what `fine` lacks in weight from the coarser level.
fn pull(coarse: &Level, fine: &mut Level) {
    let width = fine.width;
    fine.samples.par_chunks_exact_mut(width).enumerate().for_each(|(y, row)| {
        for (x, sample) in row.iter_mut().enumerate().filter(|(_, s)| s[3] < 1.0) {
            let missing = 1.0 - sample[3];
            let around = coarse.color_between(x, y);
            for c in 0..3 {
                sample[c] += missing * around[c];
            }
            sample[3] = 1.0;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;

    #[test]
    fn colours_reach_every_corner_and_stay_those_nearby() {
        // Left half blue, right half yellow, each a small opaque patch in an odd-sized frame.
        let mut pixels = RgbaImage::from_pixel(101, 57, Rgba([0, 0, 0, 0]));
        for y in 20..30 {
            for x in 10..20 {
                pixels.put_pixel(x, y, Rgba([0, 0, 250, 255]));
                pixels.put_pixel(x + 70, y, Rgba([250, 250, 0, 255]));
            }
        }
        continue_colors(&mut pixels);
        let near_blue = pixels.get_pixel(8, 25);
        let near_yellow = pixels.get_pixel(91, 25);
        assert!(near_blue[2] > 230 && near_blue[0] < 20, "{near_blue:?}");
        assert!(near_yellow[0] > 230 && near_yellow[2] < 20, "{near_yellow:?}");
        for pixel in pixels.pixels() {
            assert!(u32::from(pixel[0]) + u32::from(pixel[2]) > 200, "every pixel has a colour: {pixel:?}");
        }
    }

    #[test]
    fn nothing_opaque_changes_nothing() {
        let mut pixels = RgbaImage::from_pixel(5, 5, Rgba([1, 2, 3, 0]));
        continue_colors(&mut pixels);
        assert!(pixels.pixels().all(|p| p.0 == [1, 2, 3, 0]));
    }
}
