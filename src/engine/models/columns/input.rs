//! What the network sees: a picture in its frame and what its outline alone tells.
//!
//! The frame covers [-1, 1]² with x to the right and y up; the object's box (alpha ≥ 128) is centred
//! and its longest side is [`OBJECT_SHARE`] of it. Row 0 is the top, pixel `(i, j)` has its centre at
//! x = (2 i + 1)/P − 1, y = 1 − (2 j + 1)/P. Training and use make their input by these functions, so
//! they cannot drift apart.

use glam::Vec2;
use rayon::prelude::*;

use crate::field::poisson;
use crate::field::silhouette::{Lattice, Placement, Silhouette};
use crate::progress::{Cancelled, Monitor};

/// Channels of the input: premultiplied red, green, blue; alpha; signed distance to the outline;
/// half thickness of the inflated outline; whether the colours mean something.
pub const CHANNELS: usize = 7;
/// Share of the frame that the object's longest side takes.
pub const OBJECT_SHARE: f32 = 0.9;
/// Distances to the outline are clamped to ± this.
pub const DISTANCE_REACH: f32 = 0.25;
/// Opacity of the outline.
const ALPHA_LEVEL: f32 = 0.5;
/// Largest side of a picture that is taken, in pixels.
const MAX_SIDE: usize = 1024;

/// Why a picture makes no input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// The buffer is not a square picture of this side.
    #[error("the picture has {found} bytes where a square of {side} RGBA pixels (2 to {MAX_SIDE}) was announced")]
    Size {
        /// Bytes in the buffer.
        found: usize,
        /// Pixels along each side.
        side: usize,
    },
    /// No pixel is inside the outline.
    #[error("nothing is left of the object; lower the threshold or check the mask")]
    Empty,
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// The input of one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Pixels along each side, P.
    pub side: usize,
    /// `[CHANNELS, P, P]`, rows top to bottom.
    pub values: Vec<f32>,
}

impl Input {
    /// The input of a picture that lies in its frame already: `pixels` is straight RGBA, 8 bits each,
    /// `side × side`. Without `colors_valid` (line art, a mere silhouette) the colours are left out.
    ///
    /// # Errors
    /// See [`InputError`].
    pub fn new(pixels: &[u8], side: usize, colors_valid: bool, monitor: &Monitor) -> Result<Self, InputError> {
        let (area, fits) = (side.saturating_mul(side), (2..=MAX_SIDE).contains(&side));
        if !fits || pixels.len() != area * 4 {
            return Err(InputError::Size { found: pixels.len(), side });
        }
        let (distances, thickness) = outline_channels(pixels, side, monitor)?;
        let mut values = vec![0.0; CHANNELS * area];
        for (at, pixel) in pixels.chunks_exact(4).enumerate() {
            let alpha = f32::from(pixel[3]) / 255.0;
            if colors_valid {
                for channel in 0..3 {
                    values[channel * area + at] = f32::from(pixel[channel]) / 255.0 * alpha;
                }
                values[6 * area + at] = 1.0;
            }
            values[3 * area + at] = alpha;
        }
        values[4 * area..5 * area].copy_from_slice(&distances);
        values[5 * area..6 * area].copy_from_slice(&thickness);
        Ok(Self { side, values })
    }

    /// The input of side `side` of a picture of any side that lies in its frame. An object too thin to
    /// have an outline at that size is made more opaque.
    ///
    /// # Errors
    /// See [`InputError`].
    pub fn of_object(
        pixels: &[u8],
        pixels_side: usize,
        side: usize,
        colors_valid: bool,
        monitor: &Monitor,
    ) -> Result<Self, InputError> {
        let mut small = Frame::whole(pixels_side).crop(pixels, [pixels_side; 2], side);
        match Self::new(&small, side, colors_valid, monitor) {
            Err(InputError::Empty) => {}
            other => return other,
        }
        let strongest = u32::from(small.chunks_exact(4).map(|p| p[3]).max().unwrap_or(0).max(1));
        for pixel in small.chunks_exact_mut(4) {
            pixel[3] = (u32::from(pixel[3]) * 255 / strongest) as u8;
        }
        Self::new(&small, side, colors_valid, monitor)
    }

    /// The means over `times × times` pixels, as the trainer makes small pictures of large ones.
    pub fn reduced(&self, times: usize) -> Self {
        let (side, times) = (self.side / times.max(1), times.max(1));
        let area = (times * times) as f32;
        let values = (0..CHANNELS * side * side).map(|at| {
            let (channel, row, column) = (at / (side * side), at / side % side, at % side);
            let first = (channel * self.side + row * times) * self.side + column * times;
            let rows = (0..times).map(|j| &self.values[first + j * self.side..][..times]);
            rows.flatten().sum::<f32>() / area
        });
        Self { side, values: values.collect() }
    }

    /// One channel, `[P, P]`.
    pub fn channel(&self, channel: usize) -> &[f32] {
        let area = self.side * self.side;
        &self.values[channel * area..][..area]
    }

    /// Distance to the outline, clamped; negative inside.
    pub fn distances(&self) -> &[f32] {
        self.channel(4)
    }

    /// Half thickness h = √u of the inflated outline, 0 outside; as [`crate::craft`] inflates it.
    pub fn half_thickness(&self) -> &[f32] {
        self.channel(5)
    }

    /// The input of the mirrored picture.
    pub fn mirrored(&self) -> Self {
        let mut values = self.values.clone();
        values.chunks_exact_mut(self.side).for_each(<[f32]>::reverse);
        Self { side: self.side, values }
    }
}

/// Clamped signed distance and half thickness at the pixels' centres.
fn outline_channels(pixels: &[u8], side: usize, monitor: &Monitor) -> Result<(Vec<f32>, Vec<f32>), InputError> {
    let spacing = 2.0 / side as f32;
    let first = -1.0 + 0.5 * spacing;
    let lattice = Lattice { samples_per_axis: [side; 2], origin: Vec2::splat(first), spacing };
    let placement = Placement::square(side, Vec2::ZERO, 1.0);
    let alpha = |i: usize, j: usize| f32::from(pixels[(j * side + i) * 4 + 3]) / 255.0;
    let silhouette = Silhouette::from_alpha([side; 2], ALPHA_LEVEL, placement, alpha, lattice, monitor)?;
    if silhouette.is_empty() {
        return Err(InputError::Empty);
    }
    let square = poisson::solve(&silhouette, 4.0, monitor)?;
    // The lattice stores columns upward, the picture rows downward.
    let turned = |f: &(dyn Fn(usize) -> f32 + Sync)| {
        (0..side * side).map(|at| f((at % side) * side + side - 1 - at / side)).collect::<Vec<f32>>()
    };
    let distances = turned(&|k| silhouette.distances[k].clamp(-DISTANCE_REACH, DISTANCE_REACH));
    Ok((distances, turned(&|k| square[k].max(0.0).sqrt())))
}

/// A square window of a free picture: what the frame shows of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Left and upper end, in pixels of the picture (the first pixel covers 0 to 1); may lie outside.
    pub origin: [f32; 2],
    /// Length of a side in pixels of the picture.
    pub side: f32,
}

impl Frame {
    /// The frame of the object in a straight RGBA picture of `size`; `None` if no alpha is ≥ 128.
    pub fn of_object(pixels: &[u8], size: [usize; 2]) -> Option<Self> {
        let mut low = [usize::MAX; 2];
        let mut high = [0; 2];
        for (at, pixel) in pixels.chunks_exact(4).take(size[0] * size[1]).enumerate() {
            if pixel[3] >= 128 {
                let here = [at % size[0], at / size[0]];
                low = [low[0].min(here[0]), low[1].min(here[1])];
                high = [high[0].max(here[0] + 1), high[1].max(here[1] + 1)];
            }
        }
        if low[0] == usize::MAX {
            return None;
        }
        let extent = [high[0] - low[0], high[1] - low[1]];
        let side = extent[0].max(extent[1]) as f32 / OBJECT_SHARE;
        let origin = [0, 1].map(|axis| 0.5 * ((low[axis] + high[axis]) as f32 - side));
        Some(Self { origin, side })
    }

    /// The frame that is a whole square picture of `side` pixels.
    pub fn whole(side: usize) -> Self {
        Self { origin: [0.0; 2], side: side as f32 }
    }

    /// What the frame shows of a straight RGBA picture of `size`, as `side × side` straight RGBA
    /// pixels. Each is the mean over its own area, as the pictures of the training are (between two pixels of the picture
    /// where it is smaller than one), colours weighted by alpha; everything around the picture is transparent.
    pub fn crop(&self, pixels: &[u8], size: [usize; 2], side: usize) -> Vec<u8> {
        let [width, height] = size;
        if pixels.len() < width * height * 4 {
            return vec![0; side * side * 4];
        }
        let [columns, rows] = [0, 1].map(|axis| shares(self.origin[axis], self.side, side, size[axis]));
        let reduced: Vec<[f32; 4]> = (0..height)
            .into_par_iter()
            .flat_map_iter(|j| {
                let row = &pixels[j * width * 4..][..width * 4];
                columns.iter().map(move |share| {
                    let pixel = |i: usize| {
                        let alpha = f32::from(row[i * 4 + 3]);
                        [0, 1, 2, 3].map(|c| if c == 3 { alpha } else { f32::from(row[i * 4 + c]) * alpha / 255.0 })
                    };
                    share.mean(pixel)
                })
            })
            .collect();
        (0..side * side)
            .flat_map(|at| {
                let [r, g, b, alpha] = rows[at / side].mean(|j| reduced[j * side + at % side]);
                let straight = |c: f32| if alpha > 0.0 { (c / alpha * 255.0).round() as u8 } else { 0 };
                [straight(r), straight(g), straight(b), alpha.round() as u8]
            })
            .collect()
    }
}

/// The weights of a run of neighbouring pixels; what is missing to 1 lies outside the picture.
struct Share {
    first: usize,
    weights: Vec<f32>,
}

impl Share {
    fn mean(&self, value_at: impl Fn(usize) -> [f32; 4]) -> [f32; 4] {
        let mut sum = [0.0; 4];
        for (at, weight) in self.weights.iter().enumerate() {
            let value = value_at(self.first + at);
            (0..4).for_each(|c| sum[c] += weight * value[c]);
        }
        sum
    }
}

/// What `count` samples over a window of `length` pixels that starts at `origin` have in common with each pixel.
fn shares(origin: f32, length: f32, count: usize, available: usize) -> Vec<Share> {
    let step = length / count as f32;
    let reach = 0.5 * step.max(1.0);
    let share = |k: usize| {
        let center = origin + (k as f32 + 0.5) * step;
        let weight = |i: i64| (((i + 1) as f32).min(center + reach) - (i as f32).max(center - reach)).max(0.0);
        let (low, high) = ((center - reach - 0.5).floor() as i64, (center + reach + 0.5).ceil() as i64);
        let total: f32 = (low..=high).map(weight).sum();
        let (from, to) = (low.clamp(0, available as i64), (high + 1).clamp(0, available as i64));
        Share { first: from as usize, weights: (from..to).map(|i| weight(i) / total).collect() }
    };
    (0..count).map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disc of radius `radius` pixels around `center` in a picture of `size`, a pixel's width soft.
    fn disc(size: [usize; 2], center: [f32; 2], radius: f32) -> Vec<u8> {
        let pixel = |at: usize| {
            let (x, y) = ((at % size[0]) as f32 + 0.5, (at / size[0]) as f32 + 0.5);
            let alpha = (radius + 0.5 - (x - center[0]).hypot(y - center[1])).clamp(0.0, 1.0);
            [200, 100, 50, (alpha * 255.0).round() as u8]
        };
        (0..size[0] * size[1]).flat_map(pixel).collect()
    }

    #[test]
    fn a_disc_has_its_distance_and_inflates_to_a_sphere() {
        let side = 64;
        let input = Input::new(&disc([side; 2], [32.0, 32.0], 20.0), side, true, &Monitor::silent()).unwrap();
        let radius = 20.0 / 32.0;
        for at in 0..side * side {
            let (x, y) = ((2 * (at % side) + 1) as f32 / 64.0 - 1.0, 1.0 - (2 * (at / side) + 1) as f32 / 64.0);
            let r = x.hypot(y);
            let distance = (r - radius).clamp(-DISTANCE_REACH, DISTANCE_REACH);
            assert!((input.distances()[at] - distance).abs() < 0.004, "{r}: {}", input.distances()[at]);
            let height = (radius * radius - r * r).max(0.0).sqrt();
            if (r - radius).abs() > 0.04 {
                assert!((input.half_thickness()[at] - height).abs() < 0.01, "{r}: {}", input.half_thickness()[at]);
            }
        }
        let middle = side * side / 2 + side / 2;
        assert!((input.channel(0)[middle] - 200.0 / 255.0).abs() < 1e-6);
        assert_eq!((input.channel(0)[0], input.channel(3)[0], input.channel(6)[0]), (0.0, 0.0, 1.0));
    }

    #[test]
    fn up_is_up_and_the_mirror_image_is_that_of_the_mirrored_picture() {
        let pixels = disc([64; 2], [20.0, 16.0], 9.0);
        let input = Input::new(&pixels, 64, true, &Monitor::silent()).unwrap();
        assert!(input.distances()[16 * 64 + 20] < -0.2 && input.half_thickness()[16 * 64 + 20] > 0.25);
        let mirrored: Vec<u8> =
            pixels.chunks(64 * 4).flat_map(|row| row.chunks(4).rev().flatten().copied().collect::<Vec<_>>()).collect();
        let other = Input::new(&mirrored, 64, true, &Monitor::silent()).unwrap();
        let differences = input.mirrored().values.into_iter().zip(&other.values).map(|(a, b)| (a - b).abs());
        assert!(differences.fold(0.0, f32::max) < 1e-3);
    }

    #[test]
    fn without_colours_only_the_outline_is_left() {
        let input = Input::new(&disc([32; 2], [16.0; 2], 9.0), 32, false, &Monitor::silent()).unwrap();
        assert!((0..3).chain([6]).all(|c| input.channel(c).iter().all(|&v| v == 0.0)));
        assert!(input.channel(3).contains(&1.0));
    }

    #[test]
    fn the_frame_centres_the_object() {
        let size = [300, 200];
        let pixels = disc(size, [250.0, 90.0], 30.0);
        let frame = Frame::of_object(&pixels, size).unwrap();
        for side in [32, 128, 500] {
            let crop = frame.crop(&pixels, size, side);
            let again = Frame::of_object(&crop, [side; 2]).unwrap();
            assert!((again.side / side as f32 - 1.0).abs() < 3.0 / side as f32, "{again:?}");
            assert!(again.origin.iter().all(|o| o.abs() < 1.5), "{again:?}");
            assert_eq!(crop[(side * side / 2 + side / 2) * 4..][..4], [200, 100, 50, 255]);
            assert_eq!(crop[3], 0);
        }
        // A picture of the size asked for comes through unblurred.
        let picture = disc([200; 2], [100.0; 2], 50.0);
        let same = Frame::whole(200).crop(&picture, [200; 2], 200);
        assert!(same.chunks(4).zip(picture.chunks(4)).all(|(a, b)| a[3] == b[3] && (b[3] == 0 || a == b)));
    }

    #[test]
    fn what_is_reduced_is_the_mean_over_its_area() {
        // Stripes of one pixel come out even, and an edge between two pixels stays one.
        let striped: Vec<u8> = (0..64 * 64)
            .flat_map(|k| [if k % 2 == 0 { 200 } else { 100 }, 60, 0, if k % 64 < 32 { 255 } else { 0 }])
            .collect();
        let crop = Frame::whole(64).crop(&striped, [64; 2], 16);
        for (k, pixel) in crop.chunks_exact(4).enumerate() {
            assert_eq!(pixel, if k % 16 < 8 { [150, 60, 0, 255] } else { [0; 4] }, "{k}");
        }
        let whole = Input::new(&striped, 64, true, &Monitor::silent()).unwrap();
        let half = whole.reduced(2);
        assert_eq!(half.side, 32);
        for (channel, at) in [0, 3, 4, 5, 6].into_iter().zip([0, 15, 100, 512, 1023]) {
            let first = 2 * (at / 32) * 64 + 2 * (at % 32);
            let mean = 0.25 * [0, 1, 64, 65].map(|step| whole.channel(channel)[first + step]).iter().sum::<f32>();
            assert!((half.channel(channel)[at] - mean).abs() < 1e-6, "{channel} {at}");
        }
        assert_eq!(whole.reduced(1), whole);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let silent = Monitor::silent();
        assert_eq!(Input::new(&[0; 100], 5, true, &silent), Err(InputError::Empty));
        assert_eq!(Input::new(&[0; 99], 5, true, &silent), Err(InputError::Size { found: 99, side: 5 }));
        assert!(matches!(Input::new(&[], 0, true, &silent), Err(InputError::Size { .. })));
        assert!(matches!(Input::new(&[], usize::MAX, true, &silent), Err(InputError::Size { .. })));
        assert_eq!(Frame::of_object(&[0; 16], [2, 2]), None);
    }
}
