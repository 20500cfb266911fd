//! Columns of a tape, evaluated only near its surface.

use glam::Vec3;

use super::super::tape::{BATCH, Points, Scratch, Tape};
use super::super::view::View;
use super::{Columns, REACH};

/// The field of a tape on the grid, as it came out of the tape.
pub struct RawField {
    /// Cells along each axis; a multiple of 8.
    pub side: usize,
    /// `[z, y, x]`, in units of the frame; ±[`REACH`] where the surface is farther than that.
    pub values: Vec<f32>,
    /// For every block of 4³ samples whether it was evaluated.
    near: Vec<bool>,
}

/// How much farther apart samples can be in perspective, at most.
pub fn widening(view: &View) -> f32 {
    let c = view.converge;
    (1.0 + c) * (1.0 + 2.0 * c * c).sqrt()
}

/// Evaluates `tape` on the grid of `side` cells, in blocks from coarse to fine.
pub fn evaluate(tape: &Tape, view: &View, side: usize, scratch: &mut Scratch) -> RawField {
    let cell = 2.0 / side as f32;
    let blocks = side / 4;
    let mut field =
        RawField { side, values: vec![REACH; side * side * side], near: vec![false; blocks * blocks * blocks] };
    let radius = |cells: f32| 0.5 * cells * cell * 1.7321 * widening(view) + REACH;
    let center =
        |x: f32, y: f32, z: f32| view.solid_from_frame(view.on_ray(x * cell - 1.0, 1.0 - y * cell, z * cell - 1.0));
    let coarse: Vec<[usize; 3]> = (0..(side / 8).pow(3))
        .map(|b| [b % (side / 8), b / (side / 8) % (side / 8), b / (side / 8) / (side / 8)])
        .collect();
    let mut fine = Vec::new();
    let middle = |[x, y, z]: [usize; 3], size: usize| {
        let at = |b: usize| (b * size) as f32 + 0.5 * size as f32;
        center(at(x), at(y), at(z))
    };
    for (block, value) in values_at(tape, view, scratch, &coarse, |&b| middle(b, 8)) {
        if value.abs() <= radius(8.0) {
            fine.extend((0..8).map(|i| [2 * block[0] + (i & 1), 2 * block[1] + (i >> 1 & 1), 2 * block[2] + (i >> 2)]));
        } else if value < 0.0 {
            field.fill(block, 8, -REACH);
        }
    }
    let (mut points, mut values) = (Points::new(), [0.0; BATCH]);
    for (block, value) in values_at(tape, view, scratch, &fine, |&b| middle(b, 4)) {
        if value.abs() > radius(4.0) {
            if value < 0.0 {
                field.fill(block, 4, -REACH);
            }
            continue;
        }
        let [x, y, z] = block.map(|b| 4 * b);
        for i in 0..BATCH {
            let (x, y, z) = (x + i % 4, y + i / 4 % 4, z + i / 16);
            points.set(i, center(x as f32 + 0.5, y as f32 + 0.5, z as f32 + 0.5));
        }
        tape.evaluate(&points, scratch, &mut values);
        field.near[(block[2] * blocks + block[1]) * blocks + block[0]] = true;
        for (i, value) in values.iter().enumerate() {
            let at = ((z + i / 16) * side + y + i / 4 % 4) * side + x + i % 4;
            field.values[at] = value * view.scale;
        }
    }
    field
}

/// The values, in units of the frame, at one point for each item.
fn values_at<T: Copy>(
    tape: &Tape,
    view: &View,
    scratch: &mut Scratch,
    items: &[T],
    place: impl Fn(&T) -> Vec3,
) -> Vec<(T, f32)> {
    let (mut points, mut values) = (Points::new(), [0.0; BATCH]);
    let mut all = Vec::with_capacity(items.len());
    for chunk in items.chunks(BATCH) {
        for (i, item) in chunk.iter().enumerate() {
            points.set(i, place(item));
        }
        tape.evaluate(&points, scratch, &mut values);
        all.extend(chunk.iter().zip(&values).map(|(item, value)| (*item, value * view.scale)));
    }
    all
}

impl RawField {
    fn fill(&mut self, [x, y, z]: [usize; 3], size: usize, value: f32) {
        for k in 0..size {
            for j in 0..size {
                let row = ((z * size + k) * self.side + y * size + j) * self.side + x * size;
                self.values[row..row + size].fill(value);
            }
        }
    }

    fn is_near(&self, x: usize, y: usize, z: usize) -> bool {
        let blocks = self.side / 4;
        self.near[(z / 4 * blocks + y / 4) * blocks + x / 4]
    }

    /// The columns: each value divided by how fast the field changes there, which makes it the
    /// distance up to second order.
    pub fn columns(&self, view: &View) -> Columns {
        let side = self.side;
        let blocks = side / 4;
        let mut distances: Vec<f32> = self.values.iter().map(|v| v.clamp(-REACH, REACH)).collect();
        for block in (0..blocks * blocks * blocks).filter(|b| self.near[*b]) {
            let [x, y, z] = [block % blocks, block / blocks % blocks, block / blocks / blocks].map(|b| 4 * b);
            for i in 0..BATCH {
                let (x, y, z) = (x + i % 4, y + i / 4 % 4, z + i / 16);
                let at = (z * side + y) * side + x;
                let slope = self.slope(view, x, y, z).clamp(0.15, 1.0);
                distances[at] = (self.values[at] / slope).clamp(-REACH, REACH);
            }
        }
        Columns { side, distances }
    }

    /// The length of the field's gradient. The larger of both one-sided differences counts: in the
    /// middle of a wall the central one vanishes.
    fn slope(&self, view: &View, x: usize, y: usize, z: usize) -> f32 {
        let side = self.side;
        let at = (z * side + y) * side + x;
        let here = self.values[at];
        let difference = |i: usize, stride: usize, near: &dyn Fn(usize) -> bool| {
            let before = if i > 0 && near(i - 1) { here - self.values[at - stride] } else { 0.0 };
            let after = if i + 1 < side && near(i + 1) { self.values[at + stride] - here } else { 0.0 };
            if before.abs() > after.abs() { before } else { after }
        };
        let cell = 2.0 / side as f32;
        let dx = difference(x, 1, &|x| self.is_near(x, y, z)) / cell;
        let dy = -difference(y, side, &|y| self.is_near(x, y, z)) / cell;
        let dz = difference(z, side * side, &|z| self.is_near(x, y, z)) / cell;
        let depth = Columns::place(side, z);
        let spread = 1.0 - depth * view.converge;
        let (dx, dy) = (dx / spread, dy / spread);
        // Steps in depth go along the ray, which leans in perspective.
        let (px, py) = (Columns::place(side, x), -Columns::place(side, y));
        let dz = dz + view.converge * (px * dx + py * dy);
        (dx * dx + dy * dy + dz * dz).sqrt()
    }
}
