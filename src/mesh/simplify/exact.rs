//! The solid kernel of `manifold-rust`, slower but made to keep solids solid.

use glam::Vec3;
use manifold_rust::manifold::Manifold;
use manifold_rust::types::{Error, MeshGL};

use super::background;
use super::blocks::Reduction;
use super::crossings::Known;
use super::verdict::Verdict;
use super::{Simplified, left_over, mended};
use crate::mesh::Mesh;
use crate::mesh::weld::weld;
use crate::progress::{Cancelled, Monitor};

/// Tolerances tried to meet a number of triangles: it takes a tolerance only.
const TRIES: u32 = 3;

/// Simplifies `mesh`, or gives `None` when that fails or comes out with more defects than
/// `before` names. `error_hint` is
/// about how far the surface must move.
pub(super) fn simplify(
    mesh: &Mesh,
    goal: Reduction,
    error_hint: f32,
    before: &Verdict,
    known: &Known,
    monitor: &Monitor,
) -> Result<Option<Simplified>, Cancelled> {
    let input = to_kernel(mesh);
    let Some(solid) = background::run(monitor, move || Manifold::from_mesh_gl(&input))? else { return Ok(None) };
    if solid.status() != Error::NoError || solid.is_empty() {
        return Ok(None);
    }
    let largest = goal.max_error.unwrap_or(f32::MAX);
    let mut tolerance = error_hint.min(largest);
    let mut best: Option<Simplified> = None;
    for _ in 0..TRIES {
        let (solid, amount) = (solid.clone(), f64::from(tolerance));
        let simplified = background::run(monitor, move || solid.simplify(amount).get_mesh_gl(-1))?;
        let Some(simplified) = simplified.and_then(|m| from_kernel(&m, mesh.vertex_colors.is_some())) else { break };
        let (candidate, verdict) = mended(simplified, known, monitor)?;
        // Rounded to f32 it may touch itself although the kernel's own is sound.
        if candidate.triangle_indices.is_empty() || !verdict.is_no_worse_than(before) {
            break;
        }
        let count = candidate.triangle_indices.len();
        let note = left_over(count, goal, true);
        best = Some(Simplified { mesh: candidate, achieved_error: tolerance, note });
        if tolerance >= largest || count <= goal.triangles + goal.triangles / 10 {
            break;
        }
        tolerance = (2.0 * tolerance).min(largest);
    }
    Ok(best)
}

fn to_kernel(mesh: &Mesh) -> MeshGL {
    let mut properties = Vec::new();
    for (v, position) in mesh.vertex_positions.iter().enumerate() {
        properties.extend(position.to_array());
        if let Some(colors) = &mesh.vertex_colors {
            properties.extend(colors[v].map(f32::from));
        }
    }
    MeshGL {
        num_prop: if mesh.vertex_colors.is_some() { 6 } else { 3 },
        vert_properties: properties,
        tri_verts: mesh.triangle_indices.as_flattened().to_vec(),
        ..MeshGL::default()
    }
}

/// The kernel's mesh with equal positions merged; `None` when it is not well-formed.
fn from_kernel(mesh: &MeshGL, colored: bool) -> Option<Mesh> {
    let width = mesh.num_prop as usize;
    if width < if colored { 6 } else { 3 } {
        return None;
    }
    let vertices = mesh.vert_properties.chunks_exact(width);
    let (triangles, _) = mesh.tri_verts.as_chunks::<3>();
    let read = Mesh {
        vertex_positions: vertices.clone().map(Vec3::from_slice).collect(),
        triangle_indices: triangles.to_vec(),
        vertex_colors: colored.then(|| vertices.map(|v| [v[3], v[4], v[5]].map(|c| c.round() as u8)).collect()),
    };
    read.validate().is_ok().then(|| weld(&read))
}
