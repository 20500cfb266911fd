//! Smoothing that does not shrink.

use glam::Vec3;
use rayon::prelude::*;

use super::Mesh;
use super::adjacency::{EdgeUse, Rows, edge_uses, vertex_neighbors};
use crate::progress::{Cancelled, Monitor, Stage};

/// How far a vertex moves towards the mean of its neighbours, and then away from it again. The pair
/// passes frequencies below 1/λ + 1/μ = 0.1 unchanged (Taubin, "A signal processing approach to fair
/// surface design", 1995).
const LAMBDA: f32 = 0.5;
const MU: f32 = -LAMBDA / (1.0 - 0.1 * LAMBDA);

/// Smooths with `rounds` rounds of Taubin's λ|μ filter. Vertices move along z only, so that the outline seen along z
/// stays as it is. Those on open or nonmanifold edges do not move, nor do those with `true` in `stays`, of which there
/// may be fewer than vertices. Triangles stay the same; the volume changes by well under one per cent unless the mesh
/// has details of the size of a triangle. Indices must be in range.
///
/// Only the part of a movement across the surface counts: the part within it evens out the spacing of
/// vertices, and its z alone would push them out of the surface.
///
/// # Errors
/// [`Cancelled`]; the mesh is then as it was.
pub fn taubin_along_z(mesh: &mut Mesh, rounds: u32, stays: &[bool], monitor: &Monitor) -> Result<(), Cancelled> {
    if rounds == 0 || mesh.triangle_indices.is_empty() {
        return Ok(());
    }
    monitor.check()?;
    let uses = edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
    let mut fixed = fixed_vertices(&uses);
    fixed.iter_mut().zip(stays).for_each(|(fixed, stays)| *fixed |= stays);
    let neighbors = vertex_neighbors(&uses);
    drop(uses);
    let mut positions = mesh.vertex_positions.clone();
    let mut moved = positions.clone();
    for round in 0..2 * rounds {
        monitor.step(Stage::Mesh, round.into(), (2 * rounds).into())?;
        let factor = if round % 2 == 0 { LAMBDA } else { MU };
        let normals = normals(&positions, mesh);
        moved.par_iter_mut().enumerate().for_each(|(v, moved)| {
            let here = positions[v];
            let around = neighbors.row(v);
            *moved = here;
            if !fixed[v] && !around.is_empty() {
                // Sums of differences: far from the origin, sums of positions would lose digits.
                let sum: Vec3 = around.iter().map(|&n| positions[n as usize] - here).sum();
                let pull = factor * (sum / around.len() as f32);
                moved.z += pull.dot(normals[v]) * normals[v].z;
            }
        });
        std::mem::swap(&mut positions, &mut moved);
    }
    mesh.vertex_positions = positions;
    Ok(())
}

/// The normals of `mesh` with other `positions`.
fn normals(positions: &[Vec3], mesh: &Mesh) -> Vec<Vec3> {
    let mut normals = vec![Vec3::ZERO; positions.len()];
    for triangle in &mesh.triangle_indices {
        let [a, b, c] = triangle.map(|v| positions[v as usize]);
        let normal = (b - a).cross(c - a);
        triangle.iter().for_each(|&v| normals[v as usize] += normal);
    }
    normals.par_iter_mut().for_each(|n| *n = n.normalize_or_zero());
    normals
}

/// The vertices of edges that do not have exactly two triangles.
fn fixed_vertices(uses: &Rows<EdgeUse>) -> Vec<bool> {
    let mut fixed = vec![false; uses.len()];
    for v in 0..uses.len() {
        for edge in uses.edges(v).filter(|edge| edge.len() != 2) {
            fixed[v] = true;
            fixed[edge[0].other() as usize] = true;
        }
    }
    fixed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::ScalarGrid;
    use crate::surface::extract;

    fn noise(p: Vec3) -> f32 {
        let h =
            (p * 1e4).to_array().map(|c| c as i32 as u32).iter().fold(7u32, |h, &c| (h ^ c).wrapping_mul(0x9e37_79b1));
        (h >> 8) as f32 / (1 << 23) as f32 - 1.0
    }

    /// A ball of radius 0.7 with grain of a third of a cell.
    fn rough_ball() -> Mesh {
        let field = ScalarGrid::from_fn([64; 3], Vec3::splat(-1.0), 2.0 / 63.0, |p| p.length() - 0.7 + 0.01 * noise(p));
        extract(&field, &Monitor::silent()).unwrap()
    }

    /// Root mean square of how far vertex normals lean from the radius: what the eye sees as grain.
    fn roughness(mesh: &Mesh) -> f32 {
        let normals = mesh.vertex_normals();
        let leans = mesh.vertex_positions.iter().zip(&normals).map(|(p, n)| n.cross(p.normalize()).length_squared());
        (leans.sum::<f32>() / normals.len() as f32).sqrt()
    }

    #[test]
    fn along_z_the_outline_stays() {
        let rough = rough_ball();
        let mut smooth = rough.clone();
        taubin_along_z(&mut smooth, 5, &[], &Monitor::silent()).unwrap();
        let flat = |m: &Mesh| m.vertex_positions.iter().map(|p| p.truncate()).collect::<Vec<_>>();
        assert_eq!(flat(&rough), flat(&smooth));
        assert_ne!(rough.vertex_positions, smooth.vertex_positions);
        let mut partly = rough.clone();
        let stays: Vec<bool> = rough.vertex_positions.iter().map(|p| p.x < 0.0).collect();
        taubin_along_z(&mut partly, 5, &stays, &Monitor::silent()).unwrap();
        let moved = rough.vertex_positions.iter().zip(&partly.vertex_positions).map(|(a, b)| a != b);
        assert!(moved.zip(&stays).all(|(moved, stays)| !(moved && *stays)) && partly != rough);
        assert!((smooth.signed_volume() / rough.signed_volume() - 1.0).abs() < 0.01);
    }

    #[test]
    fn along_z_a_smooth_surface_stays_smooth_and_grain_goes() {
        let field = ScalarGrid::from_fn([64; 3], Vec3::splat(-1.0), 2.0 / 63.0, |p| p.length() - 0.7);
        let fine = extract(&field, &Monitor::silent()).unwrap();
        let mut still_fine = fine.clone();
        taubin_along_z(&mut still_fine, 10, &[], &Monitor::silent()).unwrap();
        assert!(roughness(&still_fine) < 1.3 * roughness(&fine), "{} {}", roughness(&still_fine), roughness(&fine));
        let rough = rough_ball();
        let mut smooth = rough.clone();
        taubin_along_z(&mut smooth, 10, &[], &Monitor::silent()).unwrap();
        assert!(roughness(&smooth) < 0.95 * roughness(&rough), "{} {}", roughness(&smooth), roughness(&rough));
    }

    #[test]
    fn borders_stay_and_threads_change_nothing() {
        let mut open = rough_ball();
        open.triangle_indices.retain(|t| t.iter().all(|&v| open.vertex_positions[v as usize].y < 0.3));
        let before = open.clone();
        let uses = edge_uses(open.vertex_positions.len(), &open.triangle_indices);
        let fixed = fixed_vertices(&uses);
        assert!(fixed.contains(&true));
        let run = |threads| {
            let mut mesh = before.clone();
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| taubin_along_z(&mut mesh, 6, &[], &Monitor::silent())).unwrap();
            mesh
        };
        let after = run(1);
        assert_eq!(after, run(3));
        let pairs = before.vertex_positions.iter().zip(&after.vertex_positions).zip(&fixed);
        assert!(pairs.filter(|(_, fixed)| **fixed).all(|((a, b), _)| a == b));
    }

    #[test]
    fn cancelling_leaves_the_mesh_alone() {
        let token = crate::progress::CancelToken::new();
        let mut mesh = rough_ball();
        let before = mesh.clone();
        let stop = |p: crate::progress::Progress| {
            if p.done == 3 {
                token.cancel()
            }
        };
        assert_eq!(taubin_along_z(&mut mesh, 5, &[], &Monitor::new(&token, &stop)), Err(Cancelled));
        assert_eq!(mesh, before);
    }
}
