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

/// How a sheet is laid out: samples in rows, each shown in every way, one beside the other.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'a> {
    /// Samples.
    pub count: usize,
    /// Pixels along each side of one.
    pub side: usize,
    /// Samples in a row, at least 1.
    pub columns: usize,
    /// What is shown of each.
    pub show: &'a [Show],
}

/// Pixels after each tile.
const GAP: usize = 2;

impl Layout<'_> {
    /// Width and height of the sheet.
    pub fn size_px(&self) -> [u64; 2] {
        let step = (self.side + GAP) as u64;
        let (across, rows) = (self.columns * self.show.len(), self.count.div_ceil(self.columns));
        [step * across as u64, step * rows as u64]
    }
}

/// Draws `samples`, of which no more than one is kept.
pub fn sheet(layout: &Layout, samples: impl Iterator<Item = Sample>) -> RgbImage {
    let Layout { count, side, columns, show } = *layout;
    let [width, height] = layout.size_px().map(|pixels| pixels as u32);
    let mut sheet = RgbImage::from_pixel(width, height, Rgb([40; 3]));
    for (number, sample) in samples.take(count).enumerate() {
        for (place, show) in show.iter().enumerate() {
            let left = (side + GAP) * ((number % columns) * layout.show.len() + place);
            let top = (side + GAP) * (number / columns);
            for (x, y) in (0..side).flat_map(|x| (0..side).map(move |y| (x, y))) {
                let color = color(&sample, *show, x, y);
                sheet.put_pixel((left + x) as u32, (top + y) as u32, Rgb(color));
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
