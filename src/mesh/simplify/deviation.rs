//! How far a surface with fewer triangles is from the one that it was made of.

use std::cell::OnceCell;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use glam::Vec3;
use rayon::prelude::*;

use crate::mesh::Mesh;
use crate::mesh::adjacency::{Rows, edge_uses, vertex_neighbors};
use crate::mesh::box_tree::BoxTree;
use crate::progress::{Cancelled, Monitor, Stage};

const POINTS_PER_STEP: usize = 4096;
/// What shares the vertices, the middles of triangles and those of edges have in looking for what is too far.
const PARTS: [[f64; 2]; 3] = [[0.0, 0.4], [0.4, 0.6], [0.6, 1.0]];
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
    /// surface, or the first vertex where no corners are given. Takes about half a second per million vertices and core.
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
        let [vertices, triangles, edges_part] = PARTS;
        let beyond = |points: &[Vec3], tree: &BoxTree, mesh: &Mesh, part: [f64; 2]| {
            monitor.part(Stage::Mesh, part, |monitor| beyond(points, tree, mesh, allowed, monitor))
        };
        let mut far = beyond(&self.mesh.vertex_positions, &BoxTree::of(other), other, vertices)?;
        let tree = self.tree.get_or_init(|| BoxTree::of(self.mesh));
        let mut stray = |triangle: usize, distance: f32| {
            far.extend(corners.get(triangle).copied().unwrap_or_default().map(|v| (v, distance)));
        };
        let count = other.triangle_indices.len();
        let middles: Vec<Vec3> =
            (0..count).into_par_iter().map(|t| other.triangle(t).iter().sum::<Vec3>() / 3.0).collect();
        for (triangle, distance) in beyond(&middles, tree, self.mesh, triangles)? {
            stray(triangle as usize, distance);
        }
        let uses = edge_uses(other.vertex_positions.len(), &other.triangle_indices);
        let rows = 0..uses.len();
        let edges: Vec<_> = rows.flat_map(|v| uses.edges(v).map(move |uses| (v, uses))).collect();
        let place = |v: usize| other.vertex_positions[v];
        let middles: Vec<Vec3> =
            edges.par_iter().map(|(v, uses)| (place(*v) + place(uses[0].other() as usize)) / 2.0).collect();
        for (edge, distance) in beyond(&middles, tree, self.mesh, edges_part)? {
            // Once for each triangle that it belongs to.
            edges[edge as usize].1.iter().for_each(|u| stray(u.half_edge() as usize / 3, distance));
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
    let (done, total) = (AtomicU64::new(0), points.len().div_ceil(POINTS_PER_STEP) as u64);
    let found: Vec<Vec<(u32, f32)>> = chunks
        .map(|(chunk, points)| {
            monitor.step(Stage::Mesh, done.fetch_add(1, Relaxed), total)?;
            let numbered = points.iter().zip((chunk * POINTS_PER_STEP) as u32..);
            let mut leaf = 0;
            let far = numbered.map(|(&p, number)| (number, tree.distance_squared(mesh, p, enough, &mut leaf)));
            Ok(far.filter(|&(_, square)| square > enough).map(|(number, square)| (number, square.sqrt())).collect())
        })
        .collect::<Result<_, Cancelled>>()?;
    Ok(found.concat())
}
