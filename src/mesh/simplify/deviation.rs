//! How far a surface with fewer triangles is from the one that it was made of.

use std::cell::OnceCell;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use glam::Vec3;
use rayon::prelude::*;

use crate::mesh::Mesh;
use crate::mesh::box_tree::BoxTree;
use crate::progress::{Cancelled, Monitor};

const POINTS_PER_STEP: usize = 4096;

/// The surface that came in.
pub(super) struct Original<'a> {
    mesh: &'a Mesh,
    /// Made when it is first needed.
    tree: OnceCell<BoxTree>,
}

impl<'a> Original<'a> {
    pub(super) fn of(mesh: &'a Mesh) -> Self {
        Self { mesh, tree: OnceCell::new() }
    }

    /// The largest distance between this surface and `other`, from the vertices of this one and the middles of
    /// the triangles and edges of the other (whose vertices are mostly those of this one); or `enough` where it
    /// is no more than that, which takes about a second per million vertices and core.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(super) fn deviation(&self, other: &Mesh, enough: f32, monitor: &Monitor) -> Result<f32, Cancelled> {
        let there = farthest(&self.mesh.vertex_positions, &BoxTree::of(other), other, enough, monitor)?;
        let middles: Vec<Vec3> = (0..other.triangle_indices.len())
            .into_par_iter()
            .flat_map_iter(|t| {
                let [a, b, c] = other.triangle(t);
                [(a + b + c) / 3.0, (a + b) / 2.0, (b + c) / 2.0, (c + a) / 2.0]
            })
            .collect();
        farthest(&middles, self.tree.get_or_init(|| BoxTree::of(self.mesh)), self.mesh, there, monitor)
    }
}

/// The largest distance of any of `points` from `mesh`, at least `enough`.
fn farthest(points: &[Vec3], tree: &BoxTree, mesh: &Mesh, enough: f32, monitor: &Monitor) -> Result<f32, Cancelled> {
    // Bits of numbers that are not negative have their order. What a thread passes over for being no farther than
    // the farthest so far does not change the farthest, so the result does not depend on their order.
    let farthest = AtomicU32::new((enough * enough).to_bits());
    points.par_chunks(POINTS_PER_STEP).try_for_each(|points| {
        monitor.check()?;
        for &point in points {
            let so_far = f32::from_bits(farthest.load(Relaxed));
            let distance = tree.distance_squared(mesh, point, so_far);
            if distance > so_far {
                farthest.fetch_max(distance.to_bits(), Relaxed);
            }
        }
        Ok::<_, Cancelled>(())
    })?;
    let square = f32::from_bits(farthest.into_inner());
    Ok(if square > enough * enough { square.sqrt() } else { enough })
}
