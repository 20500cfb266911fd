//! What is done to the triangles.

use glam::Vec3;

use super::codec::Draft;
use crate::craft::{Pose, Unit};
use crate::image::ConditionImage;
use crate::mesh::components::{Kept, Largeness, drop_floaters};
use crate::mesh::simplify::{SimplifyError, Target, simplify};
use crate::mesh::smooth::taubin_along_z;
use crate::mesh::topology::Topology;
use crate::mesh::{Mesh, slivers};
use crate::print;
use crate::progress::{Monitor, Stage};
use crate::request::{Request, SizeParams};

const SMOOTH_SHARE: [f64; 2] = [0.1, 0.4];
const SIMPLIFY_SHARE: [f64; 2] = [0.4, 1.0];

/// Drops floaters, smooths, simplifies and paints. `condition` has the colours to paint with.
///
/// # Errors
/// [`SimplifyError`].
pub(super) fn finish(
    mut draft: Draft,
    condition: Option<&ConditionImage>,
    request: &Request,
    monitor: &Monitor,
) -> Result<Draft, SimplifyError> {
    let params = &request.mesh;
    monitor.step(Stage::Mesh, 0, 10)?;
    // A height field lost them before it got its size.
    if params.drop_floaters > 0.0 && draft.from_field {
        let kept = drop_floaters(&draft.mesh, params.drop_floaters, largeness(request), monitor)?;
        // Where a field was cleared of some, all were told of then.
        if !draft.notes.iter().any(|note| Kept::is_note(note)) {
            draft.notes.extend(kept.note());
        }
        draft.mesh = kept.mesh;
    }
    monitor.step(Stage::Mesh, 1, 10)?;
    if draft.from_field {
        // Along the view ray only: the silhouette, and a flat base, stay exactly where they are. A void stays, too, or
        // walls would become thinner.
        let rounds = params.smooth_rounds;
        let voids = if request.solid.hollow_mm > 0.0 && rounds > 0 { void_vertices(&draft.mesh) } else { Vec::new() };
        monitor.part(Stage::Mesh, SMOOTH_SHARE, |monitor| taubin_along_z(&mut draft.mesh, rounds, &voids, monitor))?;
    }
    let scale = draft.mesh.bounds().map(|b| print::millimetres_per_unit(b, draft.unit, &request.size));
    let max_error = params.max_error_mm.zip(scale).map(|(mm, scale)| mm / scale);
    if params.triangles.is_some() || max_error.is_some() {
        let target = Target { triangles: params.triangles, max_error };
        let simplified = monitor.part(Stage::Mesh, SIMPLIFY_SHARE, |monitor| simplify(&draft.mesh, target, monitor))?;
        draft.mesh = simplified.mesh;
        draft.notes.extend(simplified.note);
    }
    if !params.color {
        draft.mesh.vertex_colors = None;
    } else if let Some(condition) = condition {
        // Both sides get the colours of the front; past the rim the condition image goes on.
        draft.mesh.paint(|p: Vec3| condition.color_at(p.x, p.y));
    }
    monitor.step(Stage::Mesh, 10, 10)?;
    Ok(draft)
}

/// What is too small to stay: what the picture shows apart is no noise, however thin it was guessed to be.
pub(super) fn largeness(request: &Request) -> Largeness {
    if request.keeps_outline() { Largeness::Outline } else { Largeness::Volume }
}

/// Which vertices belong to voids.
fn void_vertices(mesh: &Mesh) -> Vec<bool> {
    let topology = Topology::of(mesh);
    let mut of_void = vec![false; mesh.vertex_positions.len()];
    for (triangle, &shell) in mesh.triangle_indices.iter().zip(&topology.shell_of_triangle) {
        if topology.shells[shell as usize].signed_volume < 0.0 {
            triangle.iter().for_each(|&v| of_void[v as usize] = true);
        }
    }
    of_void
}

/// Brings the mesh to print space. Vertices that fall together when they are rounded to millimetres
/// are merged, and triangles whose corners fall on a line are turned, so that none is left without area.
pub(super) fn place(mesh: Mesh, unit: Unit, pose: Pose, size: &SizeParams) -> Mesh {
    slivers::settled(print::place(mesh, unit, pose, size))
}
