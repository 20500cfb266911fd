//! Colours that hold near by: weighted means around each pixel, for what a background shows that no
//! formula follows.

use super::filter::{Plane, box_mean};
use super::lab::Lab;

/// Weight of a wider window's mean, as a share of the narrower window.
const FROM_FARTHER: f32 = 0.02;

/// A smooth colour, or difference of colours, over the frame.
#[derive(Clone, Debug)]
pub(super) struct LocalColor {
    means: [Plane; 3],
    /// Share of the widest window that counted.
    support: Plane,
}

impl LocalColor {
    /// Means of `color` over the pixels that `counts`, near by where there are some, else from farther
    /// away: `radii` in pixels from the widest to the narrowest.
    pub fn of(
        [width, height]: [usize; 2],
        radii: &[usize],
        counts: impl Fn(usize) -> bool + Sync,
        color: impl Fn(usize) -> Lab + Sync,
    ) -> Self {
        let weight = Plane::from_fn(width, height, |i| f32::from(u8::from(counts(i))));
        let parts = [0, 1, 2]
            .map(|c| Plane::from_fn(width, height, |i| if weight.values[i] > 0.0 { color(i)[c] } else { 0.0 }));
        let mut means = [0, 1, 2].map(|_| Plane::like(&weight, |_| 0.0));
        let mut support = None;
        for &radius in radii {
            let weights = box_mean(&weight, radius);
            // The widest window has nothing to fall back on.
            let farther = if support.is_some() { FROM_FARTHER } else { 1e-6 };
            for (mean, part) in means.iter_mut().zip(&parts) {
                let sums = box_mean(part, radius);
                *mean =
                    Plane::like(&sums, |i| (sums.values[i] + farther * mean.values[i]) / (weights.values[i] + farther));
            }
            support.get_or_insert(weights);
        }
        Self { means, support: support.unwrap_or(weight) }
    }

    /// The colour at a position (see [`super::lab::LabImage::position`]).
    pub fn at(&self, position: [f32; 2]) -> Lab {
        let [x, y] = pixel(&self.support, position);
        [0, 1, 2].map(|c| self.means[c].at(x, y))
    }

    /// How much of the widest window around a position counted, 0–1.
    pub fn support_at(&self, position: [f32; 2]) -> f32 {
        let [x, y] = pixel(&self.support, position);
        self.support.at(x, y)
    }
}

/// A share that changes over the frame.
#[derive(Clone, Debug)]
pub(super) struct LocalShare(Plane);

impl LocalShare {
    /// How many of the pixels that `counts` are such that `has`, near by where any count.
    pub fn of(
        [width, height]: [usize; 2],
        counts: impl Fn(usize) -> bool + Sync,
        has: impl Fn(usize) -> bool + Sync,
    ) -> Self {
        let share =
            LocalColor::of([width, height], &[3, 8].map(|part| (width.max(height) / part).max(1)), counts, |i| {
                [f32::from(u8::from(has(i))), 0.0, 0.0]
            });
        let [share, ..] = share.means;
        Self(share)
    }

    /// The share at a position, 0–1.
    pub fn at(&self, position: [f32; 2]) -> f32 {
        let [x, y] = pixel(&self.0, position);
        self.0.at(x, y)
    }
}

/// Where a position (see [`super::lab::LabImage::position`]) is in a plane over the same frame.
fn pixel(plane: &Plane, [x, y]: [f32; 2]) -> [f32; 2] {
    let (width, height) = (plane.width as f32, plane.height as f32);
    let half = width.max(height) * 0.5;
    [x * half + width * 0.5 - 0.5, y * half + height * 0.5 - 0.5]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_near_ones_and_go_on_where_nothing_counts() {
        // Left half 10, right half 30; the middle third does not count.
        let size = [90, 30];
        let counts = |i: usize| !(30..60).contains(&(i % 90));
        let color = |i: usize| [if i % 90 < 45 { 10.0 } else { 30.0 }, 0.0, 1.0];
        let local = LocalColor::of(size, &[40, 5], counts, color);
        for (x, wanted, tolerance) in [(-0.9, 10.0, 1.0), (0.9, 30.0, 1.0), (0.0, 20.0, 4.0)] {
            let found = local.at([x, 0.0]);
            assert!((found[0] - wanted).abs() < tolerance && (found[2] - 1.0).abs() < 1e-3, "{x}: {found:?}");
        }
        let share = LocalShare::of(size, counts, |i| i % 90 >= 45);
        assert!(share.at([-0.9, 0.0]) < 0.1 && share.at([0.9, 0.0]) > 0.9);
    }
}
