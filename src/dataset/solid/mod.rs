//! The truth behind every pixel: a column of signed distances.

pub mod of_mesh;
pub mod of_tape;
mod survey;

pub use survey::survey;

/// Distances are known up to this, in units of the frame.
pub const REACH: f32 = 0.125;

/// Signed distances behind the pixels of a coarse picture, negative inside.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// Columns along each axis of the picture, and samples in a column.
    pub side: usize,
    /// `[z, y, x]`: the back first, top to bottom, left to right; clamped to ±[`REACH`].
    pub distances: Vec<f32>,
}

impl Columns {
    /// Edge length of a cell.
    pub fn cell(&self) -> f32 {
        2.0 / self.side as f32
    }

    /// Position along x (or z) of sample `i`.
    pub fn place(side: usize, i: usize) -> f32 {
        (2 * i + 1) as f32 / side as f32 - 1.0
    }

    /// The distance at a point given by the picture's x, y and the depth z, from the nearest samples
    /// (trilinear); [`REACH`] outside.
    pub fn at(&self, x: f32, y: f32, z: f32) -> f32 {
        let side = self.side;
        let half = 0.5 * side as f32;
        let [u, v, w] = [(x + 1.0) * half - 0.5, (1.0 - y) * half - 0.5, (z + 1.0) * half - 0.5];
        let limit = (side - 1) as f32;
        if !(u >= 0.0 && v >= 0.0 && w >= 0.0 && u < limit && v < limit && w < limit) {
            return REACH;
        }
        let (i, j, k) = (u as usize, v as usize, w as usize);
        let (a, b, c) = (u - i as f32, v - j as f32, w - k as f32);
        let at = |k: usize, j: usize| {
            let row = (k * side + j) * side + i;
            self.distances[row] * (1.0 - a) + self.distances[row + 1] * a
        };
        let layer = |k: usize| at(k, j) * (1.0 - b) + at(k, j + 1) * b;
        layer(k) * (1.0 - c) + layer(k + 1) * c
    }

    /// Either solid; inside, the distance is at least what is given. Both have the same side.
    pub fn union(mut self, other: Self) -> Self {
        self.distances.iter_mut().zip(other.distances).for_each(|(a, b)| *a = a.min(b));
        self
    }

    /// Share of the samples that are inside.
    pub fn fill(&self) -> f32 {
        self.distances.iter().filter(|d| **d < 0.0).count() as f32 / self.distances.len() as f32
    }

    /// Share of the inner samples that belong to the largest connected piece (faces touch).
    pub fn largest_piece(&self) -> f32 {
        let side = self.side;
        let area = side * side;
        let mut open: Vec<bool> = self.distances.iter().map(|d| *d < 0.0).collect();
        let (mut total, mut largest) = (0usize, 0usize);
        let mut stack = Vec::new();
        for start in 0..open.len() {
            if !std::mem::take(&mut open[start]) {
                continue;
            }
            stack.push(start);
            let mut size = 0;
            while let Some(at) = stack.pop() {
                size += 1;
                let (i, j, k) = (at % side, at / side % side, at / area);
                let mut visit = |inside: bool, near: usize| {
                    if inside && std::mem::take(&mut open[near]) {
                        stack.push(near);
                    }
                };
                visit(i > 0, at.wrapping_sub(1));
                visit(i + 1 < side, at + 1);
                visit(j > 0, at.wrapping_sub(side));
                visit(j + 1 < side, at + side);
                visit(k > 0, at.wrapping_sub(area));
                visit(k + 1 < side, at + area);
            }
            total += size;
            largest = largest.max(size);
        }
        largest as f32 / total.max(1) as f32
    }
}
