//! Counting and connecting, on sign bits alone but for cells with ambiguous faces.
//!
//! The vertices of a row `[x, y]` are those on its edges along z, then along y, then along x, then the
//! inner ones of its cells, each in the order of z. A cell needs the numbers of the vertices on its twelve
//! edges and its own, which lie in nine such lists. Cells of a row are visited in the order of z, so nine
//! counters suffice: a crossed edge always belongs to a cell that is visited.

use glam::Vec3;
use rayon::prelude::*;

use super::Samples;
use super::bits::SignBits;
use super::decide::{self, Corners};
use super::table::{CASES, CENTER};
use crate::field::ScalarGrid;
use crate::mesh::Mesh;
use crate::progress::{Cancelled, Monitor};

/// Where the parts of a row `[x, y]` and of its cells begin in the mesh.
#[derive(Clone, Copy, Default)]
pub(super) struct RowStart {
    /// The first vertices on edges along z, y and x, and within cells; so they follow in the mesh.
    vertices: [u32; 4],
    /// The first triangle of the cells between this row, the next along y, and the same two of the
    /// next layer.
    triangle: u32,
    /// The first of these cells among those of the [layer](Cells).
    cell: u32,
}

/// What the surface passes between a layer and the next, row by row: reading it off the samples once is
/// enough.
#[derive(Default)]
struct Cells {
    cases: Vec<u16>,
    /// Where their inner vertices lie, in cells from the grid's first sample.
    centers: Vec<Vec3>,
}

/// Where every row's part of the mesh begins.
pub(super) struct Layers {
    /// One per row, and one for the end.
    rows: Vec<RowStart>,
    rows_per_layer: usize,
    /// One per layer.
    cells: Vec<Cells>,
    totals: (u64, u64),
}

impl Layers {
    /// Counts vertices and triangles.
    pub(super) fn count(grid: &ScalarGrid, bits: &SignBits, monitor: &Monitor) -> Result<Self, Cancelled> {
        let [layer_count, rows_per_layer, _] = bits.size;
        let mut rows = vec![RowStart::default(); layer_count * rows_per_layer + 1];
        let layers = rows[..layer_count * rows_per_layer].par_chunks_mut(rows_per_layer).enumerate();
        let cells = layers.map(|(x, rows)| {
            monitor.check()?;
            let mut cells = Cells::default();
            rows.iter_mut().enumerate().for_each(|(y, row)| *row = count_row(grid, bits, [x, y], &mut cells));
            Ok(cells)
        });
        let cells = cells.collect::<Result<_, _>>()?;
        let totals = accumulate(&mut rows);
        Ok(Self { rows, rows_per_layer, cells, totals })
    }

    /// Number of layers, the added ones included.
    pub(super) fn len(&self) -> usize {
        self.rows.len() / self.rows_per_layer
    }

    /// Numbers of vertices and triangles.
    pub(super) fn totals(&self) -> (u64, u64) {
        self.totals
    }

    /// The rows from the first of layer `x` to the last of layer `x + 1`, and the one after it.
    fn rows(&self, x: usize) -> &[RowStart] {
        let first = x * self.rows_per_layer;
        &self.rows[first..(first + 2 * self.rows_per_layer + 1).min(self.rows.len())]
    }

    /// Every layer's part of the mesh.
    pub(super) fn split<'a>(&self, mesh: &'a mut Mesh) -> Vec<(&'a mut [Vec3], &'a mut [[u32; 3]])> {
        let (mut positions, mut triangles) =
            (mesh.vertex_positions.as_mut_slice(), mesh.triangle_indices.as_mut_slice());
        let take = |x: usize| {
            let (start, end) = (self.rows[x * self.rows_per_layer], self.rows[(x + 1) * self.rows_per_layer]);
            let (vertex_count, triangle_count) = (end.vertices[0] - start.vertices[0], end.triangle - start.triangle);
            let (own_positions, rest) = std::mem::take(&mut positions).split_at_mut(vertex_count as usize);
            positions = rest;
            let (own_triangles, rest) = std::mem::take(&mut triangles).split_at_mut(triangle_count as usize);
            triangles = rest;
            (own_positions, own_triangles)
        };
        (0..self.len()).map(take).collect()
    }
}

/// Turns the counts of the rows into starts, and gives the totals.
fn accumulate(rows: &mut [RowStart]) -> (u64, u64) {
    let (mut vertices, mut triangles) = (0u64, 0u64);
    for row in rows {
        for list in &mut row.vertices {
            // Too large a total is refused by the caller before anyone reads the starts.
            let count = std::mem::replace(list, vertices as u32);
            vertices += u64::from(count);
        }
        let count = std::mem::replace(&mut row.triangle, triangles as u32);
        triangles += u64::from(count);
    }
    (vertices, triangles)
}

/// Counts the vertices of a row and the triangles of its cells, which it adds to `cells`.
fn count_row(grid: &ScalarGrid, bits: &SignBits, [x, y]: [usize; 2], cells: &mut Cells) -> RowStart {
    let (centers, table) = (cells.centers.len(), CASES.as_slice());
    let mut row = RowStart { cell: cells.cases.len() as u32, ..RowStart::default() };
    // A crossed edge of the row is an edge of a cell that the surface passes, in the same word.
    for_each_active_word(bits, x, y, |word, low, high, mut active| {
        for (count, end) in row.vertices.iter_mut().zip([high[0], low[2], low[1]]) {
            *count += (low[0] ^ end).count_ones();
        }
        while active != 0 {
            let z = active.trailing_zeros();
            active &= active - 1;
            let corners = |words: [u64; 4]| (0..4).fold(0, |pattern, c| pattern | (words[c] >> z & 1) << c);
            let mut number = (corners(low) | corners(high) << 4) as u16;
            if table[usize::from(number)].ambiguous != 0 {
                number = decided(grid, [x, y, 64 * word + z as usize], number, &mut cells.centers);
            }
            row.triangle += u32::from(table[usize::from(number)].triangle_count);
            cells.cases.push(number);
        }
    });
    row.vertices[3] = (cells.centers.len() - centers) as u32;
    row
}

/// The case of an ambiguous cell by its samples; its inner vertex, if it has one, goes to `centers`.
#[cold]
fn decided(grid: &ScalarGrid, place: [usize; 3], pattern: u16, centers: &mut Vec<Vec3>) -> u16 {
    let [x, y, z] = place;
    let rows = [[x, y], [x + 1, y], [x, y + 1], [x + 1, y + 1]].map(|[x, y]| Samples::row(grid, x, y));
    let corners: Corners = std::array::from_fn(|c| rows[c & 3].at(z + (c >> 2)));
    let case = &CASES[usize::from(pattern)];
    let number = case.decided(decide::joined_faces(case, &corners));
    let case = &CASES[usize::from(number)];
    if case.around_center != 0 {
        centers.push(Vec3::from(place.map(|i| i as f32 - 1.0)) + decide::center(case, &corners));
    }
    number
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

/// Calls `f(word index, low, high, active)` for every word with cells that the surface passes between rows
/// `[x, y]`, `[x + 1, y]`, `[x, y + 1]` and `[x + 1, y + 1]`, and sets their bits in `active`. The words of
/// the four rows are `low`, and `high` those moved to the samples behind.
fn for_each_active_word(bits: &SignBits, x: usize, y: usize, mut f: impl FnMut(usize, [u64; 4], [u64; 4], u64)) {
    if x + 1 >= bits.size[0] || y + 1 >= bits.size[1] {
        return;
    }
    let rows = [bits.row(x, y), bits.row(x + 1, y), bits.row(x, y + 1), bits.row(x + 1, y + 1)];
    let [a, b, c, d] = rows;
    let any_and_all = |word: usize| {
        let words = (a.get(word), b.get(word), c.get(word), d.get(word));
        let (Some(a), Some(b), Some(c), Some(d)) = words else { return [0, 0] };
        [a | b | c | d, a & b & c & d]
    };
    let mut next = any_and_all(0);
    for word in 0..bits.size[2] {
        let [any, all] = next;
        next = any_and_all(word + 1);
        let active = (any | any >> 1 | next[0] << 63) & !(all & (all >> 1 | next[1] << 63));
        if active != 0 {
            f(word, rows.map(|row| row[word]), rows.map(|row| shifted(row, word)), active);
        }
    }
}

impl Layers {
    /// The rows of layer `x` that have vertices, and where the inner ones of their cells lie.
    pub(super) fn rows_with_vertices(&self, x: usize) -> impl Iterator<Item = (usize, &[Vec3])> {
        let rows = &self.rows[x * self.rows_per_layer..(x + 1) * self.rows_per_layer + 1];
        let mut centers = self.cells[x].centers.as_slice();
        let filled = (0..self.rows_per_layer).filter(|&y| rows[y].vertices[0] != rows[y + 1].vertices[0]);
        filled.map(move |y| {
            let (own, rest) = centers.split_at((rows[y + 1].vertices[0] - rows[y].vertices[3]) as usize);
            centers = rest;
            (y, own)
        })
    }

    /// Writes the triangles of the cells between layers `x` and `x + 1`.
    pub(super) fn connect(&self, x: usize, triangles: &mut [[u32; 3]]) {
        let (table, cases, rows) = (CASES.as_slice(), &self.cells[x].cases, self.rows(x));
        let mut slots = triangles.iter_mut();
        for y in (0..self.rows_per_layer - 1).filter(|&y| rows[y].cell != rows[y + 1].cell) {
            let far = y + self.rows_per_layer;
            let mut counters = Counters::at([rows[y], rows[far], rows[y + 1], rows[far + 1]].map(|row| row.vertices));
            for &case in &cases[rows[y].cell as usize..rows[y + 1].cell as usize] {
                let case = &table[usize::from(case)];
                let vertices = counters.pass(case.crossed);
                for (corners, slot) in case.triangles().iter().zip(&mut slots) {
                    *slot = corners.map(|edge| vertices[usize::from(edge & 15)]);
                }
            }
        }
    }
}

/// The next vertices on the edges around a row of cells.
struct Counters {
    along_x: [u32; 2],
    along_y: [u32; 2],
    along_z: [u32; 4],
    center: u32,
}

impl Counters {
    /// At the start of the cells between four rows: the first, the next along x, along y, along both.
    fn at(rows: [[u32; 4]; 4]) -> Self {
        Self {
            along_x: [rows[0][2], rows[2][2]],
            along_y: [rows[0][1], rows[1][1]],
            along_z: rows.map(|row| row[0]),
            center: rows[0][3],
        }
    }

    /// The vertices of the next cell by edge, as the table numbers edges, and the inner one; sixteen so
    /// that no index needs a check. Only those of crossed edges mean anything.
    fn pass(&mut self, crossed: u16) -> [u32; 16] {
        let crossed = |edge: usize| u32::from(crossed >> edge & 1);
        let mut vertices = [0; 16];
        for (i, next) in self.along_x.iter_mut().enumerate() {
            vertices[i] = *next;
            *next += crossed(i);
            vertices[i + 2] = *next;
        }
        for (i, next) in self.along_y.iter_mut().enumerate() {
            vertices[i + 4] = *next;
            *next += crossed(i + 4);
            vertices[i + 6] = *next;
        }
        for (i, next) in self.along_z.iter_mut().enumerate() {
            vertices[i + 8] = *next;
            *next += crossed(i + 8);
        }
        let center = usize::from(CENTER);
        vertices[center] = self.center;
        self.center += crossed(center);
        vertices
    }
}
