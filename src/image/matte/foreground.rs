//! Colours of the object alone where a picture shows a mix of object and background (Forte,
//! "Approximate Fast Foreground Colour Estimation", ICIP 2021).

use image::{GrayImage, RgbaImage};
use rayon::prelude::*;

use super::filter::{Plane, box_mean};
use crate::progress::{Cancelled, Monitor};

/// Replaces the colours of pixels that are neither opaque nor transparent by those of the object.
///
/// # Errors
/// When cancelled.
pub(super) fn decontaminate(colors: &mut RgbaImage, alpha: &GrayImage, monitor: &Monitor) -> Result<(), Cancelled> {
    let (width, height) = (colors.width() as usize, colors.height() as usize);
    let opacity = Plane::from_fn(width, height, |i| f32::from(alpha.as_raw()[i]) / 255.0);
    // Wide enough to see past a soft rim also in a small picture.
    let wide = width.max(height).div_ceil(12).max(24);
    let soft: Vec<usize> = (0..opacity.values.len()).filter(|&i| !matches!(alpha.as_raw()[i], 0 | 255)).collect();
    if soft.is_empty() {
        return Ok(());
    }
    for c in 0..3 {
        let picture = Plane::from_fn(width, height, |i| f32::from(colors.as_raw()[i * 4 + c]) / 255.0);
        // First from far around, then mended from close by.
        let (object, background) = blur_fusion(&picture, &picture, &picture, &opacity, wide);
        monitor.check()?;
        let (object, _) = blur_fusion(&picture, &object, &background, &opacity, 6);
        monitor.check()?;
        let raw: &mut [u8] = colors;
        for &i in &soft {
            raw[i * 4 + c] = (object.values[i] * 255.0).round() as u8;
        }
    }
    Ok(())
}

/// Equations 4–7 of the paper: means of object and background colours, weighted by their opacity, and
/// the object's colour moved so that the mix gives the picture.
fn blur_fusion(picture: &Plane, object: &Plane, background: &Plane, opacity: &Plane, radius: usize) -> (Plane, Plane) {
    let a = &opacity.values;
    let mean_opacity = box_mean(opacity, radius);
    let weighted_object = box_mean(&Plane::like(opacity, |i| object.values[i] * a[i]), radius);
    let weighted_background = box_mean(&Plane::like(opacity, |i| background.values[i] * (1.0 - a[i])), radius);
    let mean_background =
        Plane::like(opacity, |i| weighted_background.values[i] / (1.0 - mean_opacity.values[i] + 1e-5));
    let values = (0..a.len())
        .into_par_iter()
        .map(|i| {
            let mean_object = weighted_object.values[i] / (mean_opacity.values[i] + 1e-5);
            let mixed = a[i] * mean_object + (1.0 - a[i]) * mean_background.values[i];
            (mean_object + a[i] * (picture.values[i] - mixed)).clamp(0.0, 1.0)
        })
        .collect();
    (Plane { width: opacity.width, height: opacity.height, values }, mean_background)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgba};

    #[test]
    fn the_rim_loses_the_background() {
        // A soft vertical edge between an orange object and a blue background.
        let alpha = GrayImage::from_fn(60, 20, |x, _| Luma([(255 - (x.clamp(25, 35) - 25) * 25).min(255) as u8]));
        let mix =
            |a: u8, o: u8, b: u8| ((u32::from(o) * u32::from(a) + u32::from(b) * (255 - u32::from(a))) / 255) as u8;
        let mut colors = RgbaImage::from_fn(60, 20, |x, y| {
            let a = alpha.get_pixel(x, y)[0];
            Rgba([mix(a, 240, 20), mix(a, 140, 40), mix(a, 30, 220), 255])
        });
        decontaminate(&mut colors, &alpha, &Monitor::silent()).unwrap();
        for x in 26..34 {
            let p = colors.get_pixel(x, 10);
            assert!(p[0].abs_diff(240) < 25 && p[2].abs_diff(30) < 25, "{x}: {p:?}");
        }
    }
}
