//! Contact sheets: what samples look like, and what is behind them.

use glam::Vec3;
use image::{Rgb, RgbImage};

use super::sample::Sample;

/// What a sheet shows of each sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// The picture, before a pale background.
    Picture,
    /// Normals of the front as colours.
    Front,
    /// Depth of the front: near is bright.
    Depth,
    /// Normals of the back as colours, mirrored as one would see them from behind.
    Back,
    /// The columns, cut through the middle from top to bottom: the viewer is to the right.
    Slice,
}

/// Samples in rows of `columns`, each shown in every way of `show`, one beside the other.
pub fn sheet(samples: &[Sample], columns: usize, show: &[Show]) -> RgbImage {
    let side = samples.first().map_or(1, |s| s.seen.side) as u32;
    let gap = 2;
    let wide = (side + gap) * show.len() as u32;
    let rows = samples.len().div_ceil(columns.max(1)) as u32;
    let mut sheet = RgbImage::from_pixel(wide * columns as u32, (side + gap) * rows, Rgb([40; 3]));
    for (number, sample) in samples.iter().enumerate() {
        for (place, show) in show.iter().enumerate() {
            let left = wide * (number % columns) as u32 + (side + gap) * place as u32;
            let top = (side + gap) * (number / columns) as u32;
            for (x, y) in (0..side).flat_map(|x| (0..side).map(move |y| (x, y))) {
                let color = color(sample, *show, x as usize, y as usize);
                sheet.put_pixel(left + x, top + y, Rgb(color));
            }
        }
    }
    sheet
}

fn color(sample: &Sample, show: Show, x: usize, y: usize) -> [u8; 3] {
    let seen = &sample.seen;
    let side = seen.side;
    let at = y * side + x;
    let bytes = |c: Vec3| c.to_array().map(|v| (v.clamp(0.0, 1.0) * 255.0) as u8);
    match show {
        Show::Picture => {
            let pixel = &sample.picture.pixels[4 * at..4 * at + 4];
            let alpha = f32::from(pixel[3]) / 255.0;
            let tile = if (x / 8 + y / 8).is_multiple_of(2) { 0.8 } else { 0.7 };
            let mut color = Vec3::new(f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2])) / 255.0;
            if !sample.picture.colors_valid {
                color = Vec3::splat(0.25);
            }
            bytes(color * alpha + Vec3::splat(tile) * (1.0 - alpha))
        }
        Show::Front if seen.is_hit(at) => bytes(seen.front_normals[at] * 0.5 + 0.5),
        Show::Depth if seen.is_hit(at) => {
            bytes(if seen.thin[at] { Vec3::new(1.0, 0.8, 0.5) } else { Vec3::ONE } * (0.5 + 0.5 * seen.front[at]))
        }
        Show::Back => {
            let behind = y * side + side - 1 - x;
            if seen.is_hit(behind) {
                let n = seen.back_normals[behind];
                bytes(Vec3::new(-n.x, n.y, -n.z) * 0.5 + 0.5)
            } else {
                [20; 3]
            }
        }
        Show::Slice => {
            let grid = sample.columns.side;
            let scale = side / grid;
            let (k, j) = (x / scale, y / scale);
            let d = sample.columns.distances[(k * grid + j) * grid + grid / 2] * 8.0;
            if d < 0.0 { bytes(Vec3::new(0.2, 0.5, 1.0) * (1.0 + 0.7 * d)) } else { bytes(Vec3::splat(0.2 + 0.7 * d)) }
        }
        _ => [20; 3],
    }
}
