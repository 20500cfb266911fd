//! Meshes of sheets: a front and a back surface over one rectangular grid, joined by walls.
//!
//! Closed and manifold by construction, since front, back and walls share their vertices. The back
//! is usually plain, so it is built from larger blocks than the front; along the outer edges it
//! keeps every vertex, so that no gap opens.

use std::collections::HashMap;

use glam::Vec3;
use rayon::prelude::*;

use crate::mesh::Mesh;
use crate::progress::{Cancelled, Monitor, Stage};

/// Front cells along one side of a block of a flat back.
pub(super) const FLAT_BLOCK: usize = 8;

/// A function of a grid node `(column, row)`.
pub(super) type AtNode<'a, T> = &'a (dyn Fn(usize, usize) -> T + Sync);

/// A sheet over `columns × rows` nodes. Columns run to the right and rows upward for a viewer who
/// looks at the front.
pub(super) struct Sheet<'a> {
    /// At least 2, at least 3 when the sheet wraps.
    pub(super) columns: usize,
    /// At least 2.
    pub(super) rows: usize,
    /// Whether the last column is followed by the first, as around a cylinder.
    pub(super) wraps: bool,
    /// Positions of the front; in front of the back everywhere.
    pub(super) front: AtNode<'a, Vec3>,
    /// Positions of the back.
    pub(super) back: AtNode<'a, Vec3>,
    /// Front columns that one block of the back spans, at least 1; a wrapped back needs three blocks.
    pub(super) back_block: usize,
    /// Rows at which blocks of the back must end, because the back bends there; ascending.
    pub(super) back_bends: &'a [usize],
    /// Colours, if there are any.
    pub(super) color: Option<AtNode<'a, [u8; 3]>>,
}

impl Sheet<'_> {
    /// The closed mesh: about two triangles per node.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(super) fn build(&self, monitor: &Monitor) -> Result<Mesh, Cancelled> {
        let mut mesh = Mesh { vertex_colors: self.color.map(|_| Vec::new()), ..Mesh::default() };
        self.add_front(&mut mesh, monitor)?;
        let back = self.add_back(&mut mesh);
        self.add_walls(&mut mesh, &back);
        Ok(mesh)
    }

    fn node(&self, column: usize, row: usize) -> u32 {
        ((column % self.columns) * self.rows + row) as u32
    }

    fn last_row(&self) -> usize {
        self.rows - 1
    }

    /// Number of cells along the columns.
    fn cells_across(&self) -> usize {
        if self.wraps { self.columns } else { self.columns - 1 }
    }

    fn add_front(&self, mesh: &mut Mesh, monitor: &Monitor) -> Result<(), Cancelled> {
        for first in (0..self.columns).step_by(64) {
            monitor.step(Stage::Shape, first as u64, self.columns as u64)?;
            let columns = first..(first + 64).min(self.columns);
            let nodes = columns.flat_map(|c| (0..self.rows).map(move |r| (c, r))).collect::<Vec<_>>();
            mesh.vertex_positions.par_extend(nodes.par_iter().map(|&(c, r)| (self.front)(c, r)));
            if let (Some(colors), Some(color)) = (&mut mesh.vertex_colors, self.color) {
                colors.par_extend(nodes.par_iter().map(|&(c, r)| color(c, r)));
            }
        }
        let positions = &mesh.vertex_positions;
        mesh.triangle_indices.par_extend((0..self.cells_across()).into_par_iter().flat_map_iter(|c| {
            (0..self.last_row()).flat_map(move |r| {
                let quad = [self.node(c, r), self.node(c + 1, r), self.node(c + 1, r + 1), self.node(c, r + 1)];
                let [a, b, c, d] = quad.map(|i| positions[i as usize]);
                // The shorter diagonal follows ridges instead of cutting through them.
                if a.distance_squared(c) <= b.distance_squared(d) { split(quad) } else { split_other(quad) }
            })
        }));
        Ok(())
    }

    /// Adds the back and returns the vertex of each node that it uses.
    fn add_back(&self, mesh: &mut Mesh) -> HashMap<u32, u32> {
        let mut vertices = HashMap::new();
        for columns in blocks(self.cells_across(), self.back_block, &[]).windows(2) {
            for rows in blocks(self.last_row(), FLAT_BLOCK, self.back_bends).windows(2) {
                let ring = self.ring([columns[0], columns[1]], [rows[0], rows[1]]);
                let ring: Vec<u32> = ring.iter().map(|&at| self.back_vertex(mesh, &mut vertices, at)).collect();
                if let &[a, b, c, d] = &ring[..] {
                    mesh.triangle_indices.extend(split([d, c, b, a]));
                    continue;
                }
                let corners = [(columns[0], rows[0]), (columns[1], rows[0]), (columns[1], rows[1]), (columns[0], rows[1])];
                let center = corners.iter().map(|&(c, r)| (self.back)(c % self.columns, r)).sum::<Vec3>() * 0.25;
                let hub = push(mesh, center, self.color.map(|color| color(columns[0], rows[0])));
                for (k, &vertex) in ring.iter().enumerate() {
                    mesh.triangle_indices.push([hub, ring[(k + 1) % ring.len()], vertex]);
                }
            }
        }
        vertices
    }

    /// The nodes around a block, counter-clockwise from the front: its corners, and every node along
    /// an outer edge of the sheet.
    fn ring(&self, [left, right]: [usize; 2], [bottom, top]: [usize; 2]) -> Vec<(usize, usize)> {
        let outer_left = !self.wraps && left == 0;
        let outer_right = !self.wraps && right == self.columns - 1;
        let step = |outer: bool, length: usize| if outer { 1 } else { length };
        let mut ring = Vec::new();
        ring.extend((left..right).step_by(step(bottom == 0, right - left)).map(|c| (c, bottom)));
        ring.extend((bottom..top).step_by(step(outer_right, top - bottom)).map(|r| (right, r)));
        let across = step(top == self.last_row(), right - left);
        ring.extend((left + across..=right).rev().step_by(across).map(|c| (c, top)));
        let along = step(outer_left, top - bottom);
        ring.extend((bottom + along..=top).rev().step_by(along).map(|r| (left, r)));
        ring
    }

    fn back_vertex(&self, mesh: &mut Mesh, vertices: &mut HashMap<u32, u32>, (c, r): (usize, usize)) -> u32 {
        *vertices.entry(self.node(c, r)).or_insert_with(|| {
            let c = c % self.columns;
            push(mesh, (self.back)(c, r), self.color.map(|color| color(c, r)))
        })
    }

    fn add_walls(&self, mesh: &mut Mesh, back: &HashMap<u32, u32>) {
        let (across, top) = (self.cells_across(), self.last_row());
        let mut edges: Vec<[(usize, usize); 2]> = Vec::new();
        edges.extend((0..across).map(|c| [(c, 0), (c + 1, 0)]));
        edges.extend((0..across).map(|c| [(c + 1, top), (c, top)]));
        if !self.wraps {
            let right = self.columns - 1;
            edges.extend((0..top).map(|r| [(right, r), (right, r + 1)]));
            edges.extend((0..top).map(|r| [(0, r + 1), (0, r)]));
        }
        for [from, to] in edges {
            let (from, to) = (self.node(from.0, from.1), self.node(to.0, to.1));
            // Every outer node is in the back; see `ring`.
            if let (Some(&back_from), Some(&back_to)) = (back.get(&from), back.get(&to)) {
                mesh.triangle_indices.extend(split([to, from, back_from, back_to]));
            }
        }
    }
}

/// The ends of blocks of at most `length` cells over `0..=cells`, each bend among them.
fn blocks(cells: usize, length: usize, bends: &[usize]) -> Vec<usize> {
    let mut ends = vec![0];
    let mut last = 0;
    for &bend in bends.iter().chain([&cells]) {
        let bend = bend.min(cells);
        while bend > last {
            last = (last + length.max(1)).min(bend);
            ends.push(last);
        }
    }
    ends
}

fn push(mesh: &mut Mesh, position: Vec3, color: Option<[u8; 3]>) -> u32 {
    mesh.vertex_positions.push(position);
    if let (Some(colors), Some(color)) = (&mut mesh.vertex_colors, color) {
        colors.push(color);
    }
    (mesh.vertex_positions.len() - 1) as u32
}

fn split([a, b, c, d]: [u32; 4]) -> [[u32; 3]; 2] {
    [[a, b, c], [a, c, d]]
}

fn split_other([a, b, c, d]: [u32; 4]) -> [[u32; 3]; 2] {
    [[a, b, d], [b, c, d]]
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_solid;
    use super::*;

    #[test]
    fn flat_and_wrapped_sheets_are_closed_and_enclose_their_volume() {
        for (columns, rows, bends) in [(2, 2, &[][..]), (9, 9, &[3]), (10, 30, &[1, 2, 29]), (41, 18, &[5, 40])] {
            let front = |c: usize, r: usize| Vec3::new(c as f32, r as f32, 2.0);
            let back = |c: usize, r: usize| Vec3::new(c as f32, r as f32, 0.0);
            let sheet = Sheet { columns, rows, wraps: false, front: &front, back: &back, back_block: 8, back_bends: bends, color: None };
            let mesh = sheet.build(&Monitor::silent()).unwrap();
            assert_solid(&mesh);
            let expected = ((columns - 1) * (rows - 1)) as f64 * 2.0;
            assert!((mesh.signed_volume() - expected).abs() < 1e-3 * expected);
        }
        for columns in [8, 50, 180] {
            let around = |radius: f32| {
                move |c: usize, r: usize| {
                    let (sin, cos) = (c as f32 * std::f32::consts::TAU / columns as f32).sin_cos();
                    Vec3::new(radius * sin, r as f32, radius * cos)
                }
            };
            let (front, back) = (around(6.0), around(4.0));
            let color = |c: usize, _: usize| [c as u8, 0, 0];
            let sheet =
                Sheet { columns, rows: 11, wraps: true, front: &front, back: &back, back_block: columns / 8, back_bends: &[], color: Some(&color) };
            let mesh = sheet.build(&Monitor::silent()).unwrap();
            assert_solid(&mesh);
            assert!(mesh.signed_volume() > 0.7 * std::f64::consts::PI * 200.0);
        }
    }
}
