//! How far a surface with fewer triangles is from the one that it was made of.

use std::cell::OnceCell;

use glam::Vec3;
use rayon::prelude::*;

use crate::mesh::Mesh;
use crate::mesh::adjacency::{Rows, edge_uses, vertex_neighbors};
use crate::mesh::box_tree::BoxTree;
use crate::progress::{Cancelled, Monitor};

const POINTS_PER_STEP: usize = 4096;
/// So many edges around a place are kept with it.
const RINGS: usize = 1;

/// The surface that came in.
pub(super) struct Original<'a> {
    mesh: &'a Mesh,
    /// Made when they are first needed.
    tree: OnceCell<BoxTree>,
    neighbors: OnceCell<Rows<u32>>,
}

impl<'a> Original<'a> {
    pub(super) fn of(mesh: &'a Mesh) -> Self {
        Self { mesh, tree: OnceCell::new(), neighbors: OnceCell::new() }
    }

    /// Where this surface is farther than `allowed` from `other`: vertices, and how far. Looked at are its vertices
    /// and the middles of the triangles and edges of `other`; for these their `corners` are named, as vertices of this
    /// surface, or the first vertex where no corners are given. Takes about a second per million vertices and core.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(super) fn too_far_from(
        &self,
        other: &Mesh,
        corners: &[[u32; 3]],
        allowed: f32,
        monitor: &Monitor,
    ) -> Result<Vec<(u32, f32)>, Cancelled> {
        let mut far = beyond(&self.mesh.vertex_positions, &BoxTree::of(other), other, allowed, monitor)?;
        let middles: Vec<Vec3> = (0..other.triangle_indices.len())
            .into_par_iter()
            .flat_map_iter(|t| {
                let [a, b, c] = other.triangle(t);
                [(a + b + c) / 3.0, (a + b) / 2.0, (b + c) / 2.0, (c + a) / 2.0]
            })
            .collect();
        let tree = self.tree.get_or_init(|| BoxTree::of(self.mesh));
        let stray = beyond(&middles, tree, self.mesh, allowed, monitor)?;
        for (middle, distance) in stray {
            let corners = corners.get(middle as usize / 4).copied().unwrap_or_default();
            far.extend(corners.map(|v| (v, distance)));
        }
        Ok(far)
    }

    /// Marks these vertices and those around them.
    pub(super) fn keep(&self, far: &[(u32, f32)], kept: &mut [bool]) {
        let mesh = self.mesh;
        let uses = || edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
        let neighbors = self.neighbors.get_or_init(|| vertex_neighbors(&uses()));
        let mut rim: Vec<u32> = far.iter().map(|&(v, _)| v).collect();
        rim.iter().for_each(|&v| kept[v as usize] = true);
        for _ in 0..RINGS {
            rim = rim.iter().flat_map(|&v| neighbors.row(v as usize)).copied().collect();
            rim.retain(|&v| !std::mem::replace(&mut kept[v as usize], true));
        }
    }
}

/// The points that are farther than `allowed` from `mesh`, and how far.
fn beyond(
    points: &[Vec3],
    tree: &BoxTree,
    mesh: &Mesh,
    allowed: f32,
    monitor: &Monitor,
) -> Result<Vec<(u32, f32)>, Cancelled> {
    let enough = allowed * allowed;
    let chunks = points.par_chunks(POINTS_PER_STEP).enumerate();
    let found: Vec<Vec<(u32, f32)>> = chunks
        .map(|(chunk, points)| {
            monitor.check()?;
            let numbered = points.iter().zip((chunk * POINTS_PER_STEP) as u32..);
            let far = numbered.map(|(&p, number)| (number, tree.distance_squared(mesh, p, enough)));
            Ok(far.filter(|&(_, square)| square > enough).map(|(number, square)| (number, square.sqrt())).collect())
        })
        .collect::<Result<_, Cancelled>>()?;
    Ok(found.concat())
}
