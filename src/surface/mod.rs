//! From a field to a mesh: marching cubes, indexed and in parallel.
//!
//! [`extract`] promises, for **any** field, noise and exact zeros on grid points included:
//! * the mesh is closed, two-sided and manifold at every edge and vertex, by index and also after
//!   vertices at equal positions are merged;
//! * no triangle is without area, and no two vertices on grid edges are closer than 1/64 of a cell, up to
//!   rounding;
//! * a vertex lies on the grid edge it cuts, where the line through the two samples is zero, but
//!   never nearer to a sample than 1/64 of the edge; or, rarely, it is the mean of eight or more of these,
//!   within a cell;
//! * the order of vertices and triangles does not depend on the number of threads.
//!
//! Nor has a triangle been found that passes through another, in any field tried. It does not keep
//! edges sharp: details below a cell are lost.
//!
//! A solid that reaches the border of the grid is closed 1/64 of a cell outside it.
//!
//! Where inside and outside alternate around a face of a cell, the bilinear interpolant of its four
//! samples says which of them hang together. Within a cell pieces of the surface stay apart: the trilinear
//! interpolant sometimes joins two by a tunnel thinner than the cell, at about one in a hundred of the cells
//! of noise that have several.
//!
//! After Lorensen and Cline, "Marching cubes" (1987), with the face rule of Nielson and Hamann, "The
//! asymptotic decider" (1991), and inner vertices as in Chernyaev, "Marching cubes 33" (1995). Vertices are
//! numbered by counting crossed edges in rows of sign bits, so no map from edges to vertices is stored.

mod bits;
mod cells;
mod decide;
pub mod follow;
mod table;

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use glam::Vec3;
use rayon::prelude::*;

use crate::field::{FieldError, ScalarGrid};
use crate::mesh::Mesh;
use crate::progress::{Cancelled, Monitor, Stage};
use bits::SignBits;
use cells::Layers;

/// Why a field cannot be meshed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SurfaceError {
    /// The grid is not well-formed, or nothing is inside.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// More vertices or triangle corners than a 32-bit index can name.
    #[error("the surface needs {vertices} vertices, more than a mesh can hold; use a lower resolution")]
    TooLarge {
        /// Number of vertices.
        vertices: u64,
    },
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Meshes the zero level of `grid`, negative inside; triangles wind counter-clockwise seen from
/// outside. A sample that is not a number counts as outside.
///
/// # Errors
/// [`SurfaceError`]; an empty mesh is never returned.
pub fn extract(grid: &ScalarGrid, monitor: &Monitor) -> Result<Mesh, SurfaceError> {
    grid.validate_size()?;
    monitor.check()?;
    let bits = SignBits::of(grid);
    monitor.check()?;
    let layers = Layers::count(grid, &bits, monitor)?;
    let (vertices, triangles) = layers.totals();
    if triangles == 0 {
        return Err(FieldError::Empty.into());
    }
    if vertices.max(triangles) > u64::from(u32::MAX / 3) {
        return Err(SurfaceError::TooLarge { vertices });
    }
    let mut mesh = Mesh {
        vertex_positions: vec![Vec3::ZERO; vertices as usize],
        triangle_indices: vec![[0; 3]; triangles as usize],
        vertex_colors: None,
    };
    let done = AtomicU64::new(0);
    let total = layers.len() as u64;
    let slices = layers.split(&mut mesh);
    slices.into_par_iter().enumerate().try_for_each(|(x, (positions, triangles))| {
        monitor.step(Stage::Surface, done.fetch_add(1, Relaxed), total)?;
        place_vertices(grid, &bits, x, layers.rows_with_vertices(x), positions);
        layers.connect(x, triangles);
        Ok::<_, Cancelled>(())
    })?;
    monitor.step(Stage::Surface, total, total)?;
    Ok(mesh)
}

/// Writes the vertices of layer `x` (counted with the added layer): row by row those on edges along z, y
/// and x, then those within cells, which `rows` gives. [`Layers`] counts in the same order.
fn place_vertices<'a>(
    grid: &ScalarGrid,
    bits: &SignBits,
    x: usize,
    rows: impl Iterator<Item = (usize, &'a [Vec3])>,
    positions: &mut [Vec3],
) {
    let mut slots = positions.iter_mut();
    for (y, centers) in rows {
        let corner = Vec3::new(x as f32 - 1.0, y as f32 - 1.0, -1.0);
        let here = (bits.row(x, y), Samples::row(grid, x, y));
        place_along::<2>(grid, corner, (here, here), &mut slots);
        if y + 1 < bits.size[1] {
            let there = (bits.row(x, y + 1), Samples::row(grid, x, y + 1));
            place_along::<1>(grid, corner, (here, there), &mut slots);
        }
        if x + 1 < bits.size[0] {
            let there = (bits.row(x + 1, y), Samples::row(grid, x + 1, y));
            place_along::<0>(grid, corner, (here, there), &mut slots);
        }
        for (center, slot) in centers.iter().zip(&mut slots) {
            *slot = grid.origin + grid.spacing * *center;
        }
    }
}

/// Signs and samples of a row.
type Row<'a> = (&'a [u64], Samples<'a>);

/// Writes the vertices on the edges along `AXIS` between two rows, or within one along z. `corner` is
/// the place of the first row in cells.
fn place_along<'m, const AXIS: usize>(
    grid: &ScalarGrid,
    corner: Vec3,
    (here, there): (Row, Row),
    slots: &mut impl Iterator<Item = &'m mut Vec3>,
) {
    cells::for_each_word(here.0, there.0, AXIS == 2, |word, crossed| {
        for_each_bit(crossed, |bit| {
            let z = 64 * word + bit;
            let share = crate::field::crossing(here.1.at(z), there.1.at(if AXIS == 2 { z + 1 } else { z }));
            let mut cell = corner;
            cell.z += z as f32;
            match AXIS {
                0 => cell.x += share,
                1 => cell.y += share,
                _ => cell.z += share,
            }
            if let Some(slot) = slots.next() {
                *slot = grid.origin + grid.spacing * cell;
            }
        });
    });
}

fn for_each_bit(mut word: u64, mut f: impl FnMut(usize)) {
    while word != 0 {
        f(word.trailing_zeros() as usize);
        word &= word - 1;
    }
}

/// A row of samples along z with the added layer around the grid.
#[derive(Clone, Copy)]
struct Samples<'a>(&'a [f32]);

impl<'a> Samples<'a> {
    /// Row `[x, y]`, counted with the added layer.
    fn row(grid: &'a ScalarGrid, x: usize, y: usize) -> Self {
        let [nx, ny, nz] = grid.samples_per_axis;
        if !(1..=nx).contains(&x) || !(1..=ny).contains(&y) {
            return Self(&[]);
        }
        let start = grid.index(x - 1, y - 1, 0);
        Self(&grid.samples[start..start + nz])
    }

    /// The sample at `z`, counted with the added layer. Around the grid everything is as far
    /// outside as can be, so that a cut-off solid ends as near to the border as vertices may lie.
    fn at(&self, z: usize) -> f32 {
        z.checked_sub(1).and_then(|z| self.0.get(z)).copied().unwrap_or(f32::MAX)
    }
}
