//! Counting and connecting, on sign bits alone.
//!
//! The vertices of a row `[x, y]` are those on its edges along z, then along y, then along x, each
//! in the order of z. A cell needs the numbers of the vertices on its twelve edges, which lie in
//! eight such lists. Cells of a row are visited in the order of z, so eight counters suffice: a
//! crossed edge always belongs to a cell that is visited.

use glam::Vec3;
use rayon::prelude::*;

use super::bits::SignBits;
use super::table::CASES;
use crate::mesh::Mesh;
use crate::progress::{Cancelled, Monitor};

/// The numbers of the first vertices of a row, on edges along x, y and z.
#[derive(Clone, Copy, Default)]
pub(super) struct RowStart([u32; 3]);

/// Where every layer's and row's part of the mesh begins.
pub(super) struct Layers {
    /// For every row: first counts, then starts.
    rows: Vec<RowStart>,
    rows_per_layer: usize,
    /// Vertices and triangles of each layer.
    counts: Vec<(u64, u64)>,
}

impl Layers {
    /// Counts vertices and triangles.
    pub(super) fn count(bits: &SignBits, monitor: &Monitor) -> Result<Self, Cancelled> {
        let [layer_count, rows_per_layer, _] = bits.size;
        let mut rows = vec![RowStart::default(); layer_count * rows_per_layer];
        let counts = rows.par_chunks_mut(rows_per_layer).enumerate().map(|(x, rows)| {
            monitor.check()?;
            let (mut vertices, mut triangles) = (0, 0);
            for (y, row) in rows.iter_mut().enumerate() {
                *row = count_row(bits, x, y);
                vertices += row.0.iter().map(|&n| u64::from(n)).sum::<u64>();
                for_each_cell(bits, x, y, |case| triangles += u64::from(CASES[case].triangle_count));
            }
            Ok((vertices, triangles))
        });
        let counts = counts.collect::<Result<Vec<_>, _>>()?;
        let mut layers = Self { rows, rows_per_layer, counts };
        layers.accumulate();
        Ok(layers)
    }

    /// Turns the counts of the rows into starts.
    fn accumulate(&mut self) {
        let mut next = 0u32;
        for row in &mut self.rows {
            let [x, y, z] = row.0;
            // Wraps only when the totals are refused anyway.
            let mut start_of = |count: u32| {
                let start = next;
                next = next.wrapping_add(count);
                start
            };
            let (z, y, x) = (start_of(z), start_of(y), start_of(x));
            row.0 = [x, y, z];
        }
    }

    /// Number of layers, the added ones included.
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Numbers of vertices and triangles.
    pub(super) fn totals(&self) -> (u64, u64) {
        self.counts.iter().fold((0, 0), |sum, &(v, t)| (sum.0 + v, sum.1 + t))
    }

    /// The rows of layer `x`; none behind the last.
    pub(super) fn row_starts(&self, x: usize) -> &[RowStart] {
        self.rows.get(x * self.rows_per_layer..(x + 1) * self.rows_per_layer).unwrap_or(&[])
    }

    /// Every layer's part of the mesh.
    pub(super) fn split<'a>(&self, mesh: &'a mut Mesh) -> Vec<(&'a mut [Vec3], &'a mut [[u32; 3]])> {
        let (mut positions, mut triangles) =
            (mesh.vertex_positions.as_mut_slice(), mesh.triangle_indices.as_mut_slice());
        let take = |&(v, t): &(u64, u64)| {
            let (own_positions, rest) = std::mem::take(&mut positions).split_at_mut(v as usize);
            positions = rest;
            let (own_triangles, rest) = std::mem::take(&mut triangles).split_at_mut(t as usize);
            triangles = rest;
            (own_positions, own_triangles)
        };
        self.counts.iter().map(take).collect()
    }
}

fn count_row(bits: &SignBits, x: usize, y: usize) -> RowStart {
    let here = bits.row(x, y);
    let count = |there: &[u64], along_z: bool| {
        let mut count = 0;
        for_each_word(here, there, along_z, |_, crossed| count += crossed.count_ones());
        count
    };
    let along_x = if x + 1 < bits.size[0] { count(bits.row(x + 1, y), false) } else { 0 };
    let along_y = if y + 1 < bits.size[1] { count(bits.row(x, y + 1), false) } else { 0 };
    RowStart([along_x, along_y, count(here, true)])
}

/// Calls `f(word index, crossed edges)` for every word with crossed edges between `here` and
/// `there`, or within `here` along z.
pub(super) fn for_each_word(here: &[u64], there: &[u64], along_z: bool, mut f: impl FnMut(usize, u64)) {
    for (word, (&a, &b)) in here.iter().zip(there).enumerate() {
        let other = if along_z { shifted(here, word) } else { b };
        if a != other {
            f(word, a ^ other);
        }
    }
}

/// Word `word` of `row` moved down by one bit: bit *k* is the sample after bit *k*'s.
fn shifted(row: &[u64], word: usize) -> u64 {
    row[word] >> 1 | row.get(word + 1).copied().unwrap_or(0) << 63
}

/// Calls `f(case)` for every cell that the surface passes between rows `[x, y]`, `[x + 1, y]`,
/// `[x, y + 1]` and `[x + 1, y + 1]`, in the order of z.
fn for_each_cell(bits: &SignBits, x: usize, y: usize, mut f: impl FnMut(usize)) {
    if x + 1 >= bits.size[0] || y + 1 >= bits.size[1] {
        return;
    }
    let rows = [bits.row(x, y), bits.row(x + 1, y), bits.row(x, y + 1), bits.row(x + 1, y + 1)];
    for word in 0..bits.size[2] {
        let low = rows.map(|row| row[word]);
        let high = rows.map(|row| shifted(row, word));
        let any = low.iter().chain(&high).fold(0, |bits, &w| bits | w);
        let all = low.iter().chain(&high).fold(u64::MAX, |bits, &w| bits & w);
        let mut active = any & !all;
        while active != 0 {
            let z = active.trailing_zeros();
            active &= active - 1;
            let corners = |words: [u64; 4]| (0..4).fold(0, |case, c| case | (words[c] >> z & 1) << c);
            f((corners(low) | corners(high) << 4) as usize);
        }
    }
}

/// Writes the triangles of the cells between layers `x` and `x + 1`, whose rows begin at `here` and
/// `there`.
pub(super) fn connect(bits: &SignBits, x: usize, here: &[RowStart], there: &[RowStart], triangles: &mut [[u32; 3]]) {
    let cases = &*CASES;
    let mut slots = triangles.iter_mut();
    for y in 0..here.len().min(there.len()).saturating_sub(1) {
        let (mut along_x, mut along_y) = ([here[y].0[0], here[y + 1].0[0]], [here[y].0[1], there[y].0[1]]);
        let mut along_z = [here[y], there[y], here[y + 1], there[y + 1]].map(|row| row.0[2]);
        for_each_cell(bits, x, y, |case| {
            let case = &cases[case];
            let crossed = |edge: usize| u32::from(case.crossed >> edge & 1);
            // Edges as the table numbers them; sixteen so that no index needs a check.
            let mut vertices = [0; 16];
            for i in 0..2 {
                (vertices[i], vertices[i + 2]) = (along_x[i], along_x[i] + crossed(i));
                (vertices[i + 4], vertices[i + 6]) = (along_y[i], along_y[i] + crossed(i + 4));
                (along_x[i], along_y[i]) = (vertices[i + 2], vertices[i + 6]);
            }
            for i in 0..4 {
                vertices[i + 8] = along_z[i];
                along_z[i] += crossed(i + 8);
            }
            for (corners, slot) in case.triangles().iter().zip(&mut slots) {
                *slot = corners.map(|edge| vertices[usize::from(edge & 15)]);
            }
        });
    }
}
