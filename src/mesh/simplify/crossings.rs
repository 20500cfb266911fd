//! Slivers that have folded over and pass through their surroundings.

use glam::Vec3;

use crate::mesh::Mesh;
use crate::mesh::adjacency::{edge_uses, vertex_neighbors};
use crate::mesh::intersect::self_intersections;
use crate::progress::{Cancelled, Monitor};

/// How often vertices of crossing triangles are drawn towards their neighbours.
const DRAWS: usize = 6;

/// Draws the vertices of triangles that pass through others towards their neighbours, until they do
/// not any more or it does not help. Gives the triangles that still do; none where that cannot be
/// told.
pub(super) fn part(mesh: &mut Mesh, monitor: &Monitor) -> Result<Vec<u32>, Cancelled> {
    let mut crossing = self_intersections(mesh, monitor)?.unwrap_or_default();
    if crossing.is_empty() || crossing.len() > mesh.triangle_indices.len() / 10 {
        return Ok(crossing);
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
        match self_intersections(mesh, monitor)? {
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
    Ok(crossing)
}
