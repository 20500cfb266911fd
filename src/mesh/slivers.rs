//! Triangles so thin that rounding may take their area.
//!
//! A position in `f32` is off by half a step of the numbers around it. Where three corners lie on a
//! line up to that, as they do along straight edges and in flat sides that were simplified, the
//! triangle has an area by chance only, and loses it when the mesh is moved or scaled: all positions
//! are rounded anew then. Turning such triangles into others moves the surface by no more than that.

use std::collections::HashSet;

use glam::Vec3;
use rayon::prelude::*;

use super::Mesh;
use super::adjacency::{edge_uses, next_corner, start_of};
use super::topology::is_degenerate;
use super::weld::weld;
use crate::progress::{Cancelled, Monitor};

/// Heights that rounding may take, in steps of `f32` at the mesh's largest side. Rounding the corners
/// once takes up to √3 of them; [`is_degenerate`] wants that many left and rounds as well. The rest is
/// for the next who rounds: another size, another unit.
const STEPS: f32 = 8.0;
/// Of slivers on one line only the outermost can be turned, so a row of them takes a round each.
const ROUNDS: usize = 16;

/// Whether there is a triangle without area.
pub(crate) fn has_degenerate(mesh: &Mesh) -> bool {
    (0..mesh.triangle_indices.len()).into_par_iter().any(|t| is_degenerate(mesh.triangle(t)))
}

/// Makes good what rounding did to a mesh that was moved or scaled: where triangles have lost their
/// area, vertices that fell together are merged, and triangles whose corners fell on a line are
/// turned. A closed and manifold mesh stays so where no two sheets of it fell together.
pub(crate) fn settled(mesh: Mesh) -> Mesh {
    if !has_degenerate(&mesh) {
        return mesh;
    }
    let mut mesh = weld(&mesh);
    // A silent monitor is never cancelled.
    _ = turn(&mut mesh, &Monitor::silent());
    mesh
}

/// Turns every sliver that can be turned: of it and its neighbour behind its longest side two other
/// triangles are made, by cutting the quadrilateral of both along its other diagonal. Says whether
/// there were any. Vertices and the number of triangles stay.
pub(crate) fn turn(mesh: &mut Mesh, monitor: &Monitor) -> Result<bool, Cancelled> {
    let side = mesh.bounds().map_or(0.0, |bounds| bounds.size().max_element());
    let margin = f64::from(STEPS * f32::EPSILON * side);
    let mut any = false;
    for _ in 0..ROUNDS {
        monitor.check()?;
        if !turn_once(mesh, margin) {
            break;
        }
        any = true;
    }
    Ok(any)
}

/// One round: every triangle changes once at most.
fn turn_once(mesh: &mut Mesh, margin: f64) -> bool {
    let count = mesh.triangle_indices.len();
    let is_thin: Vec<bool> = (0..count).into_par_iter().map(|t| height(mesh.triangle(t)) <= margin).collect();
    if !is_thin.contains(&true) {
        return false;
    }
    let uses = edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
    let mut touched = vec![false; count];
    let mut added = HashSet::new();
    for t in (0..count).filter(|&t| is_thin[t]) {
        let longest = longest_side(mesh, t);
        let [a, b, middle] = std::array::from_fn(|k| mesh.triangle_indices[t][(longest + k) % 3]);
        let Some(behind) = uses.edge([a, b]).iter().map(|e| e.half_edge()).find(|&h| start_of(mesh, h) == b) else {
            continue;
        };
        let other = behind as usize / 3;
        // A sliver behind a sliver is turned first, with what lies behind it.
        let is_inner = is_thin[other] && longest_side(mesh, other) != behind as usize % 3;
        if touched[t] || touched[other] || is_inner {
            continue;
        }
        let far = start_of(mesh, next_corner(next_corner(behind)));
        let turned = [[a, far, middle], [far, b, middle]];
        let is_taken = middle == far || !uses.edge([middle, far]).is_empty();
        if is_taken || !is_better(mesh, [t, other], turned) || !added.insert([middle.min(far), middle.max(far)]) {
            continue;
        }
        mesh.triangle_indices[t] = turned[0];
        mesh.triangle_indices[other] = turned[1];
        touched[t] = true;
        touched[other] = true;
    }
    !added.is_empty()
}

/// Whether `turned` should take the place of the triangles `before`, the first of which is a sliver:
/// when the thinner of them is thicker, or else it would be turned to and fro; and always when the
/// sliver has no area, since then other slivers are better.
fn is_better(mesh: &Mesh, before: [usize; 2], turned: [[u32; 3]; 2]) -> bool {
    let thinner = |pair: [[Vec3; 3]; 2]| height(pair[0]).min(height(pair[1]));
    let before = before.map(|t| mesh.triangle(t));
    let turned = turned.map(|t| t.map(|v| mesh.vertex_positions[v as usize]));
    is_degenerate(before[0]) || thinner(turned) > thinner(before)
}

/// The height over the longest side.
fn height([a, b, c]: [Vec3; 3]) -> f64 {
    let [a, b, c] = [a, b, c].map(|p| p.as_dvec3());
    let longest = a.distance_squared(b).max(b.distance_squared(c)).max(c.distance_squared(a)).sqrt();
    if longest > 0.0 { (b - a).cross(c - a).length() / longest } else { 0.0 }
}

/// The longest side of a triangle, by the corner where it starts.
fn longest_side(mesh: &Mesh, triangle: usize) -> usize {
    let corners = mesh.triangle(triangle);
    let length = |k: usize| corners[k].distance_squared(corners[(k + 1) % 3]);
    (0..3).max_by(|&i, &j| length(i).total_cmp(&length(j))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::topology::Topology;

    /// A cube of 10 with a corner in the origin. Along its edge from there to (0, 10, 0) lie `points`,
    /// but only the triangles of one side have them as corners; slivers join these to the other side.
    fn cube(points: &[Vec3]) -> Mesh {
        let corner = |i: u32| 10.0 * Vec3::new((i & 1) as f32, (i >> 1 & 1) as f32, (i >> 2 & 1) as f32);
        let sides = [[3, 1, 0, 2], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
        let mut triangles: Vec<Triangle> = sides.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect();
        let behind = triangles.remove(1);
        assert_eq!(behind, [3, 0, 2]);
        let mut last = 0;
        for point in 8..8 + points.len() as u32 {
            triangles.extend([[last, 2, point], [3, last, point]]);
            last = point;
        }
        triangles.push([3, last, 2]);
        let vertex_positions = (0..8).map(corner).chain(points.iter().copied()).collect();
        Mesh { vertex_positions, triangle_indices: triangles, vertex_colors: None }
    }

    type Triangle = [u32; 3];

    fn degenerate(mesh: &Mesh) -> usize {
        let topology = Topology::of(mesh);
        assert!(topology.is_manifold(), "{:?}", topology.samples);
        assert!((mesh.signed_volume() - 1000.0).abs() < 0.1, "{}", mesh.signed_volume());
        topology.degenerate_triangles
    }

    fn moved(mesh: &Mesh) -> Mesh {
        let mut moved = mesh.clone();
        moved.transform(|p| p + 100.0);
        moved
    }

    #[test]
    fn what_has_an_area_by_chance_keeps_none_that_a_move_could_take() {
        let mut mesh = cube(&[Vec3::new(3e-6, 5.0, 0.0)]);
        assert_eq!((degenerate(&mesh), degenerate(&moved(&mesh))), (0, 1));
        let before = mesh.clone();
        assert_eq!(turn(&mut mesh, &Monitor::silent()), Ok(true));
        assert_eq!((degenerate(&mesh), degenerate(&moved(&mesh))), (0, 0));
        assert_eq!(mesh.vertex_positions, before.vertex_positions);
        assert_eq!(mesh.triangle_indices.len(), before.triangle_indices.len());
        assert_eq!(turn(&mut mesh, &Monitor::silent()), Ok(false));
    }

    #[test]
    fn what_lost_its_area_is_settled_and_what_did_not_is_left_alone() {
        let mesh = cube(&[Vec3::new(3e-6, 5.0, 0.0)]);
        assert_eq!(settled(mesh.clone()), mesh);
        let settled = settled(moved(&mesh));
        assert_eq!(degenerate(&settled), 0);
        assert!(settled.vertex_positions.contains(&Vec3::new(100.0, 105.0, 100.0)));
    }

    #[test]
    fn a_row_of_slivers_is_turned_one_after_the_other() {
        let points: Vec<Vec3> = (1..8).map(|k| Vec3::new(0.0, 1.3 * k as f32, 0.0)).collect();
        let mut mesh = cube(&points);
        assert_eq!(degenerate(&mesh), 7);
        assert_eq!(turn(&mut mesh, &Monitor::silent()), Ok(true));
        assert_eq!(degenerate(&mesh), 0);
    }

    #[test]
    fn what_turning_does_not_better_is_not_turned_to_and_fro() {
        // A vertex so close to a corner that all triangles of both are slivers.
        let mut mesh = cube(&[Vec3::new(2e-6, 6e-6, 0.0)]);
        turn(&mut mesh, &Monitor::silent()).unwrap();
        assert_eq!(degenerate(&mesh), 0);
        assert_eq!(turn(&mut mesh, &Monitor::silent()), Ok(false));
    }

    #[test]
    fn cancel_takes_effect() {
        let cancel = crate::progress::CancelToken::new();
        cancel.cancel();
        assert_eq!(turn(&mut cube(&[]), &Monitor::new(&cancel, &|_| {})), Err(Cancelled));
    }
}
