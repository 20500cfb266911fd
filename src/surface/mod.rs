//! From a field to a mesh: marching cubes, indexed and in parallel.
//!
//! [`extract`] promises, for **any** field, noise and exact zeros on grid points included:
//! * the mesh is closed, two-sided and manifold at every edge and vertex, by index and also after
//!   vertices at equal positions are merged;
//! * no triangle is without area, and no two vertices are closer than 1/64 of a cell, up to rounding;
//! * a vertex lies on the grid edge it cuts, where the line through the two samples is zero, but
//!   never nearer to a sample than 1/64 of the edge;
//! * the order of vertices and triangles does not depend on the number of threads.
//!
//! It does not promise freedom from self-intersection within one ambiguous cell, and it does not
//! keep edges sharp: details below a cell are lost.
//!
//! A solid that reaches the border of the grid is closed 1/64 of a cell outside it.
//!
//! After Lorensen and Cline, "Marching cubes" (1987), with the face rule of Nielson and Hamann, "The
//! asymptotic decider" (1991), fixed to one answer. Vertices are numbered by counting crossed edges
//! in rows of sign bits, so no map from edges to vertices is stored.

mod bits;
mod cells;
mod table;

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use glam::Vec3;
use rayon::prelude::*;

use crate::field::{FieldError, ScalarGrid};
use crate::mesh::Mesh;
use crate::progress::{Cancelled, Monitor, Stage};
use bits::SignBits;
use cells::{Layers, RowStart};

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
    let layers = Layers::count(&bits, monitor)?;
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
        let rows = layers.row_starts(x);
        place_vertices(grid, &bits, x, positions);
        cells::connect(&bits, x, rows, layers.row_starts(x + 1), triangles);
        Ok::<_, Cancelled>(())
    })?;
    monitor.step(Stage::Surface, total, total)?;
    Ok(mesh)
}

/// Writes the vertices on the edges of layer `x` (counted with the added layer): row by row those
/// on edges along z, y and x. [`Layers`] counts in the same order.
fn place_vertices(grid: &ScalarGrid, bits: &SignBits, x: usize, positions: &mut [Vec3]) {
    let mut slots = positions.iter_mut();
    for y in 0..bits.size[1] {
        let here = (bits.row(x, y), Samples::row(grid, x, y));
        let corner = Vec3::new(x as f32 - 1.0, y as f32 - 1.0, -1.0);
        let mut place = |axis: usize, crossed: u64, first: usize, there: &Samples| {
            for_each_bit(crossed, |bit| {
                let z = first + bit;
                let (low, high) = (here.1.at(z), there.at(z + usize::from(axis == 2)));
                let mut cell = corner + Vec3::new(0.0, 0.0, z as f32);
                cell[axis] += crate::field::crossing(low, high);
                if let Some(slot) = slots.next() {
                    *slot = grid.origin + grid.spacing * cell;
                }
            });
        };
        cells::for_each_word(here.0, here.0, true, |word, crossed| place(2, crossed, 64 * word, &here.1));
        if y + 1 < bits.size[1] {
            let there = Samples::row(grid, x, y + 1);
            cells::for_each_word(here.0, bits.row(x, y + 1), false, |w, crossed| place(1, crossed, 64 * w, &there));
        }
        if x + 1 < bits.size[0] {
            let there = Samples::row(grid, x + 1, y);
            cells::for_each_word(here.0, bits.row(x + 1, y), false, |w, crossed| place(0, crossed, 64 * w, &there));
        }
    }
}

fn for_each_bit(mut word: u64, mut f: impl FnMut(usize)) {
    while word != 0 {
        f(word.trailing_zeros() as usize);
        word &= word - 1;
    }
}

/// A row of samples along z with the added layer around the grid.
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
