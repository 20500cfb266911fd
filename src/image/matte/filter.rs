//! Means over square windows, in time that does not depend on the window's size.

use rayon::prelude::*;

/// One number per pixel, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Plane {
    pub fn from_fn(width: usize, height: usize, value: impl Fn(usize) -> f32 + Sync) -> Self {
        Self { width, height, values: (0..width * height).into_par_iter().map(&value).collect() }
    }

    pub fn like(other: &Self, value: impl Fn(usize) -> f32 + Sync) -> Self {
        Self::from_fn(other.width, other.height, value)
    }

    /// The value at a position in pixels (centre of the first pixel at 0, 0), bilinear, clamped to the
    /// frame.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(self.width - 1), (y0 + 1).min(self.height - 1));
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let row = |y: usize| {
            let (left, right) = (self.values[y * self.width + x0], self.values[y * self.width + x1]);
            left + (right - left) * fx
        };
        row(y0) + (row(y1) - row(y0)) * fy
    }
}

/// The mean over a square of 2 · `radius` + 1 pixels; windows are cut off at the frame.
pub(super) fn box_mean(plane: &Plane, radius: usize) -> Plane {
    let rows = mean_along_rows(plane, radius);
    transposed(&mean_along_rows(&transposed(&rows), radius))
}

fn mean_along_rows(plane: &Plane, radius: usize) -> Plane {
    let width = plane.width;
    let mut values = vec![0.0; plane.values.len()];
    values.par_chunks_exact_mut(width).zip(plane.values.par_chunks_exact(width)).for_each(|(target, source)| {
        let mut sum: f64 = source[..radius.min(width)].iter().map(|&v| f64::from(v)).sum();
        for x in 0..width {
            if x + radius < width {
                sum += f64::from(source[x + radius]);
            }
            if x > radius {
                sum -= f64::from(source[x - radius - 1]);
            }
            let count = (x + radius + 1).min(width) - x.saturating_sub(radius);
            target[x] = (sum / count as f64) as f32;
        }
    });
    Plane { width, height: plane.height, values }
}

fn transposed(plane: &Plane) -> Plane {
    /// Columns handled together, so that a cache line is used whole.
    const BLOCK: usize = 16;
    let (width, height) = (plane.width, plane.height);
    let mut values = vec![0.0; plane.values.len()];
    values.par_chunks_mut(height * BLOCK).enumerate().for_each(|(block, target)| {
        let first = block * BLOCK;
        for y in 0..height {
            let source = &plane.values[y * width + first..y * width + (first + BLOCK).min(width)];
            for (column, &value) in source.iter().enumerate() {
                target[column * height + y] = value;
            }
        }
    });
    Plane { width: height, height: width, values }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_those_of_the_window() {
        for (width, height, radius) in [(13, 7, 2), (5, 40, 9), (1, 6, 1), (33, 18, 0)] {
            let plane = Plane::from_fn(width, height, |i| ((i * 37) % 101) as f32);
            let mean = box_mean(&plane, radius);
            for (x, y) in [(0, 0), (width - 1, height - 1), (width / 2, height / 2)] {
                let xs = x.saturating_sub(radius)..(x + radius + 1).min(width);
                let ys = y.saturating_sub(radius)..(y + radius + 1).min(height);
                let window: Vec<f32> = ys
                    .flat_map(|y| xs.clone().map(move |x| (x, y)))
                    .map(|(x, y)| plane.values[y * width + x])
                    .collect();
                let wanted = window.iter().sum::<f32>() / window.len() as f32;
                assert!((mean.values[y * width + x] - wanted).abs() < 1e-3, "{width}×{height}, {radius} at {x},{y}");
            }
        }
    }
}
