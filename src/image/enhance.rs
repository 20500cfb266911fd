//! Sharpening after the resize.

use image::RgbaImage;
use rayon::prelude::*;

/// Sharpens in place: each colour moves away from its smoothed value, `smooth + factor · (colour −
/// smooth)`, as Pillow's `ImageEnhance.Sharpness` does with its 3×3 `SMOOTH` kernel (centre 5, others
/// 1, over 13). Unlike there, neighbours count by their opacity, so colours hidden under transparent
/// pixels do not bleed in. Alpha and the outermost pixels stay; a factor of 1 changes nothing.
pub fn sharpen(pixels: &mut RgbaImage, factor: f32) {
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    if factor == 1.0 || width < 3 || height < 3 {
        return;
    }
    let source = pixels.as_raw().clone();
    let row_bytes = width * 4;
    let samples: &mut [u8] = pixels;
    let targets = &mut samples[row_bytes..row_bytes * (height - 1)];
    targets.par_chunks_exact_mut(row_bytes).enumerate().for_each(|(y, target)| {
        sharpen_row(&source[y * row_bytes..(y + 3) * row_bytes], target, factor);
    });
}

/// `rows` are the three source rows around `target`.
fn sharpen_row(rows: &[u8], target: &mut [u8], factor: f32) {
    let row_bytes = target.len();
    for x in (4..row_bytes - 4).step_by(4) {
        let mut colors = [0_u32; 3];
        let mut weights = 0_u32;
        for (row, line) in rows.chunks_exact(row_bytes).enumerate() {
            for (column, pixel) in line[x - 4..x + 8].chunks_exact(4).enumerate() {
                let weight = u32::from(pixel[3]) * if row == 1 && column == 1 { 5 } else { 1 };
                weights += weight;
                for c in 0..3 {
                    colors[c] += weight * u32::from(pixel[c]);
                }
            }
        }
        if weights == 0 {
            continue;
        }
        for c in 0..3 {
            let smooth = colors[c] as f32 / weights as f32;
            let own = f32::from(rows[row_bytes + x + c]);
            // A float cast saturates, so overshoot clips to black or white.
            target[x + c] = (smooth + factor * (own - smooth)).round() as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;

    #[test]
    fn an_edge_overshoots_as_in_pillow() {
        // Pillow 11: ImageEnhance.Sharpness(step).enhance(1.2), a vertical step from 100 to 200,
        // gives 95 and 204 beside it (smooth: 123.08 and 176.92); it truncates, we round.
        let mut step =
            RgbaImage::from_fn(
                8,
                8,
                |x, _| if x < 4 { Rgba([100, 100, 100, 255]) } else { Rgba([200, 200, 200, 255]) },
            );
        sharpen(&mut step, 1.2);
        assert_eq!(step.get_pixel(3, 4).0, [95, 95, 95, 255]);
        assert_eq!(step.get_pixel(4, 4).0, [205, 205, 205, 255]);
        assert_eq!(step.get_pixel(1, 4).0, [100, 100, 100, 255]);
        assert_eq!(step.get_pixel(3, 0).0, [100, 100, 100, 255], "the outermost pixels stay");
    }

    #[test]
    fn transparent_neighbours_have_no_say() {
        let mut pixels =
            RgbaImage::from_fn(8, 8, |x, _| if x < 4 { Rgba([100, 100, 100, 255]) } else { Rgba([255, 0, 0, 0]) });
        sharpen(&mut pixels, 3.0);
        assert_eq!(pixels.get_pixel(3, 4).0, [100, 100, 100, 255]);
    }

    #[test]
    fn one_changes_nothing_and_thin_pictures_survive() {
        let original = RgbaImage::from_fn(9, 7, |x, y| Rgba([(x * 20) as u8, (y * 30) as u8, 7, 255]));
        let mut same = original.clone();
        sharpen(&mut same, 1.0);
        assert_eq!(same, original);
        for (width, height) in [(1, 1), (1, 50), (2, 9)] {
            sharpen(&mut RgbaImage::new(width, height), 2.0);
        }
    }
}
