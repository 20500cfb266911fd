//! Looking for what a printer would stumble over.

use rayon::prelude::*;

use super::nesting::{Role, roles};
use super::report::{Defect, DefectKind, Report};
use crate::mesh::topology::{self, Topology, is_degenerate};
use crate::mesh::weld::weld;
use crate::mesh::{Mesh, MeshError};
use crate::progress::{Cancelled, Monitor, Stage};

const STEPS: u64 = 5;

/// Looks at `mesh` (print space, mm) as a slicer would: vertices at equal positions are one vertex.
///
/// An ill-formed mesh (indices out of range, positions that are no numbers) is reported as such and
/// not looked into.
///
/// # Errors
/// [`Cancelled`].
pub fn check(mesh: &Mesh, monitor: &Monitor) -> Result<Report, Cancelled> {
    monitor.step(Stage::Check, 0, STEPS)?;
    match mesh.validate() {
        // A triangle that names a vertex twice is counted below, with the others without area.
        Ok(()) | Err(MeshError::RepeatedVertex(_)) => {}
        Err(error) => return Ok(Report { malformed: Some(error.to_string()), ..Report::default() }),
    }
    let welded = weld(mesh);
    monitor.step(Stage::Check, 1, STEPS)?;
    let found = Topology::analyse(&welded, monitor)?;
    monitor.step(Stage::Check, 2, STEPS)?;
    let roles = roles(&welded, &found, monitor)?;
    let duplicates = duplicate_faces(&welded, &found);
    let crossing = crossing_faces(&welded, monitor)?;
    monitor.step(Stage::Check, STEPS - 1, STEPS)?;
    let count = |role| roles.iter().filter(|&&r| r == role).count() as u64;
    let size_mm = mesh.bounds().map_or([0.0; 3], |bounds| bounds.size().to_array());
    let collapsed = mesh.triangle_indices.len() - welded.triangle_indices.len();
    let report = Report {
        malformed: None,
        print_ready: false,
        triangles: mesh.triangle_indices.len() as u64,
        vertices: welded.vertex_positions.len() as u64,
        size_mm,
        volume_cm3: found.shells.iter().map(|shell| shell.signed_volume).sum::<f64>() / 1e3,
        area_cm2: found.shells.iter().map(|shell| shell.area).sum::<f64>() / 1e2,
        shells: found.shells.len() as u64,
        voids: count(Role::Void),
        nested_shells: count(Role::Nested),
        inward_shells: count(Role::Inward),
        open_edges: found.open_edges as u64,
        nonmanifold_edges: found.nonmanifold_edges as u64,
        flipped_edges: found.flipped_edges as u64,
        nonmanifold_vertices: found.nonmanifold_vertices as u64,
        zero_area_faces: (collapsed + found.degenerate_triangles) as u64,
        duplicate_faces: duplicates.len() as u64,
        self_intersecting_faces: crossing.as_ref().map(|faces| faces.len() as u64),
        defects: defects(&welded, &found, &roles, &duplicates, crossing.as_deref().unwrap_or_default()),
    };
    monitor.step(Stage::Check, STEPS, STEPS)?;
    Ok(Report { print_ready: report.problems().is_empty(), ..report })
}

/// Triangles whose corners another triangle before them has as well, in ascending order.
fn duplicate_faces(mesh: &Mesh, found: &Topology) -> Vec<u32> {
    // A duplicate either shares an edge with a third triangle or makes a shell of two.
    if found.nonmanifold_edges == 0 && found.shells.iter().all(|shell| shell.triangle_count != 2) {
        return Vec::new();
    }
    let mut keys: Vec<([u32; 3], u32)> =
        (mesh.triangle_indices.par_iter().zip(0u32..mesh.triangle_indices.len() as u32))
            .map(|(corners, triangle)| {
                let mut corners = *corners;
                corners.sort_unstable();
                (corners, triangle)
            })
            .collect();
    keys.par_sort_unstable();
    let mut duplicates: Vec<u32> = keys.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| w[1].1).collect();
    duplicates.sort_unstable();
    duplicates
}

/// Triangles that pass through others, where that was looked for.
fn crossing_faces(_mesh: &Mesh, _monitor: &Monitor) -> Result<Option<Vec<u32>>, Cancelled> {
    Ok(None)
}

fn defects(mesh: &Mesh, found: &Topology, roles: &[Role], duplicates: &[u32], crossing: &[u32]) -> Vec<Defect> {
    let mut defects: Vec<Defect> =
        found.samples.iter().map(|d| Defect { kind: kind(d.kind), position_mm: d.position }).collect();
    let middle = |triangle: usize| (mesh.triangle(triangle).iter().sum::<glam::Vec3>() / 3.0).to_array();
    let mut add = |kind, triangles: &mut dyn Iterator<Item = usize>| {
        let sample = |triangle| Defect { kind, position_mm: middle(triangle) };
        defects.extend(triangles.take(topology::MAX_SAMPLES).map(sample));
    };
    if found.degenerate_triangles > 0 {
        let mut flat = (0..mesh.triangle_indices.len()).filter(|&t| is_degenerate(mesh.triangle(t)));
        add(DefectKind::ZeroAreaFace, &mut flat);
    }
    add(DefectKind::DuplicateFace, &mut duplicates.iter().map(|&t| t as usize));
    add(DefectKind::SelfIntersection, &mut crossing.iter().map(|&t| t as usize));
    let inward = found.shells.iter().zip(roles).filter(|(_, role)| **role == Role::Inward);
    add(DefectKind::InwardShell, &mut inward.map(|(shell, _)| shell.first_triangle as usize));
    defects
}

fn kind(kind: topology::DefectKind) -> DefectKind {
    match kind {
        topology::DefectKind::OpenEdge => DefectKind::OpenEdge,
        topology::DefectKind::NonmanifoldEdge => DefectKind::NonmanifoldEdge,
        topology::DefectKind::FlippedEdge => DefectKind::FlippedEdge,
        topology::DefectKind::NonmanifoldVertex => DefectKind::NonmanifoldVertex,
    }
}
