//! Slivers that have folded over and pass through their surroundings.

use std::cell::OnceCell;

use glam::Vec3;

use crate::mesh::Mesh;
use crate::mesh::adjacency::{edge_uses, vertex_neighbors};
use crate::mesh::box_tree::BoxTree;
use crate::mesh::intersect::{self_intersections, self_intersections_where};
use crate::mesh::weld::gather;
use crate::progress::{Cancelled, Monitor};

/// How often vertices of crossing triangles are drawn towards their neighbours.
const DRAWS: usize = 6;

/// Where the mesh that came in passes through itself: bodies that overlap are meant to, and still do
/// with fewer triangles.
pub(super) struct Known<'a> {
    mesh: &'a Mesh,
    /// The triangles, and a tree over them if there are any. Looked for when they are first needed.
    found: OnceCell<(Vec<u32>, Option<BoxTree>)>,
}

impl<'a> Known<'a> {
    pub(super) fn of(mesh: &'a Mesh) -> Self {
        Self { mesh, found: OnceCell::new() }
    }

    /// The triangles that pass through others; none where that cannot be told.
    pub(super) fn triangles(&self, monitor: &Monitor) -> Result<&[u32], Cancelled> {
        Ok(&self.found(monitor)?.0)
    }

    fn found(&self, monitor: &Monitor) -> Result<&(Vec<u32>, Option<BoxTree>), Cancelled> {
        if let Some(found) = self.found.get() {
            return Ok(found);
        }
        let crossing = self_intersections(self.mesh, monitor)?.unwrap_or_default();
        let corners: Vec<[u32; 3]> = crossing.iter().map(|&t| self.mesh.triangle_indices[t as usize]).collect();
        let tree =
            (!corners.is_empty()).then(|| BoxTree::of(&gather(&self.mesh.vertex_positions, None, corners.clone())));
        Ok(self.found.get_or_init(|| (crossing, tree)))
    }
}

/// Draws the vertices of triangles that pass through others towards their neighbours, until they do
/// not any more or it does not help; not where that is `known` of the mesh that came in, for the
/// surface would only get a groove there. Gives all triangles that still pass through others; none
/// where that cannot be told.
pub(super) fn part(mesh: &mut Mesh, known: &Known, monitor: &Monitor) -> Result<Vec<u32>, Cancelled> {
    let all = self_intersections(mesh, monitor)?.unwrap_or_default();
    if all.is_empty() {
        return Ok(all);
    }
    let known = known.found(monitor)?.1.as_ref();
    let is_new = |mesh: &Mesh, a: u32, b: u32| known.is_none_or(|known| !known.touches_common_box(mesh, a, b));
    let found_new = |mesh: &Mesh| self_intersections_where(mesh, |a, b| is_new(mesh, a, b), monitor);
    let mut crossing = if known.is_none() { all.clone() } else { found_new(mesh)?.unwrap_or_default() };
    if crossing.is_empty() || crossing.len() > mesh.triangle_indices.len() / 10 {
        return Ok(all);
    }
    let uses = edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
    let neighbors = vertex_neighbors(&uses);
    for _ in 0..DRAWS {
        let mut drawn: Vec<u32> = crossing.iter().flat_map(|&t| mesh.triangle_indices[t as usize]).collect();
        drawn.sort_unstable();
        drawn.dedup();
        let before = mesh.vertex_positions.clone();
        for &v in &drawn {
            let around = neighbors.row(v as usize);
            let mean = around.iter().map(|&n| before[n as usize]).sum::<Vec3>() / around.len().max(1) as f32;
            mesh.vertex_positions[v as usize] = before[v as usize].lerp(mean, 0.5);
        }
        match found_new(mesh)? {
            Some(left) if left.len() < 2 * crossing.len() => crossing = left,
            _ => {
                mesh.vertex_positions = before;
                break;
            }
        }
        if crossing.is_empty() {
            break;
        }
    }
    if known.is_none() { Ok(crossing) } else { Ok(self_intersections(mesh, monitor)?.unwrap_or_default()) }
}
