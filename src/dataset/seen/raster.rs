//! The front and the back of a mesh, by rasterising every triangle.

use glam::{Vec2, Vec3};

use super::super::pack::PackedMesh;
use super::super::solid::Columns;
use super::super::solid::of_mesh::{Plane, pixel};
use super::super::view::View;
use super::Seen;
use crate::mesh::scan::scan;

/// Coverage is counted in this many samples along each side of a pixel.
const SAMPLES: usize = 4;
/// Facets that meet at less than this angle (its cosine) are shaded as one curved surface.
const CREASE: f32 = 0.7;
const NONE: u32 = u32::MAX;

/// What is seen of a mesh whose corners lie in the frame at `positions`. Facets are shaded as curved
/// surfaces when `smooth`.
pub fn raster(mesh: &PackedMesh, positions: &[Vec3], view: &View, side: usize, smooth: bool) -> Seen {
    let mut seen = Seen::nothing(side);
    let projected: Vec<Vec3> = positions.iter().map(|&p| view.project(p)).collect();
    let planes: Vec<Option<Plane>> =
        mesh.triangles.iter().map(|t| Plane::of(t.map(|i| positions[i as usize]))).collect();
    let mut owners = [vec![NONE; side * side], vec![NONE; side * side]];
    for (t, triangle) in mesh.triangles.iter().enumerate() {
        let Some(plane) = planes[t] else { continue };
        let depths = triangle.map(|i| positions[i as usize].z);
        let (low, high) = (depths[0].min(depths[1]).min(depths[2]), depths[0].max(depths[1]).max(depths[2]));
        scan(triangle.map(|i| pixel(side, projected[i as usize])), side, |i, j| {
            let at = j * side + i;
            let depth = plane.depth(view, Columns::place(side, i), -Columns::place(side, j));
            let depth = if depth.is_finite() { depth.clamp(low, high) } else { high };
            if owners[0][at] == NONE || seen.front[at] < depth {
                (seen.front[at], owners[0][at]) = (depth, t as u32);
            }
            if owners[1][at] == NONE || seen.back[at] > depth {
                (seen.back[at], owners[1][at]) = (depth, t as u32);
            }
        });
    }
    let corner_normals = if smooth { corner_normals(mesh, &planes) } else { Vec::new() };
    for (at, (&front, &back)) in owners[0].iter().zip(&owners[1]).enumerate() {
        if front == NONE {
            continue;
        }
        let normal = |t: u32| planes[t as usize].map_or(Vec3::Z, |p| p.normal);
        // Where an inward pocket is seen, turn its normal to the viewer.
        let facing = |n: Vec3, sign: f32| if n.z * sign < 0.0 { -n } else { n };
        seen.front_normals[at] = facing(normal(front), 1.0);
        seen.back_normals[at] = facing(normal(back), -1.0);
        let (x, y) = seen.place(at);
        let point = view.on_ray(x, y, seen.front[at]);
        seen.places[at] = view.solid_from_frame(point);
        let triangle = mesh.triangles[front as usize];
        let weights = barycentric(triangle.map(|i| positions[i as usize]), point);
        let mix = |values: [Vec3; 3]| values[0] * weights[0] + values[1] * weights[1] + values[2] * weights[2];
        seen.colors[at] = mix(triangle.map(|i| mesh.colors[i as usize]));
        seen.shading_normals[at] = seen.front_normals[at];
        if smooth {
            let n = mix([0, 1, 2].map(|c| corner_normals[3 * front as usize + c]));
            let n = n / n.length().max(1e-6);
            seen.shading_normals[at] = if n.z > -0.2 { n } else { seen.front_normals[at] };
        }
    }
    seen.coverage = coverage(mesh, &projected, side);
    seen
}

/// Marks where the first stretch of material along the ray is shorter than two cells.
pub fn mark_thin(seen: &mut Seen, columns: &Columns) {
    let cell = columns.cell();
    for at in 0..seen.front.len() {
        if seen.is_hit(at) {
            let (x, y) = seen.place(at);
            let steps = [0.5, 1.0, 1.5, 2.0];
            // Of what is cut off at the frame's very end nothing is known.
            let front = if seen.front[at] < 1.0 { seen.front[at] } else { 1.0 - cell };
            seen.thin[at] = steps.iter().any(|s| columns.at(x, y, front - s * cell) > 0.0)
                || seen.front[at] - seen.back[at] < 2.0 * cell;
        }
    }
}

fn coverage(mesh: &PackedMesh, projected: &[Vec3], side: usize) -> Vec<f32> {
    let fine = SAMPLES * side;
    let mut covered = vec![false; fine * fine];
    for triangle in &mesh.triangles {
        let corners: [Vec2; 3] = triangle.map(|i| pixel(fine, projected[i as usize]));
        // The fronts cover everything that the backs do.
        if (corners[1] - corners[0]).perp_dot(corners[2] - corners[0]) <= 0.0 {
            scan(corners, fine, |i, j| covered[j * fine + i] = true);
        }
    }
    let share = 1.0 / (SAMPLES * SAMPLES) as f32;
    let count = |at: usize| {
        let (i, j) = (at % side * SAMPLES, at / side * SAMPLES);
        let row = |j: usize| covered[j * fine + i..][..SAMPLES].iter().filter(|c| **c).count();
        (j..j + SAMPLES).map(row).sum::<usize>() as f32 * share
    };
    (0..side * side).map(count).collect()
}

fn barycentric([a, b, c]: [Vec3; 3], p: Vec3) -> [f32; 3] {
    let (e, f, g) = (b - a, c - a, p - a);
    let (ee, ef, ff) = (e.length_squared(), e.dot(f), f.length_squared());
    let (ge, gf) = (g.dot(e), g.dot(f));
    let area = (ee * ff - ef * ef).max(1e-20);
    let v = ((ff * ge - ef * gf) / area).clamp(0.0, 1.0);
    let w = ((ee * gf - ef * ge) / area).clamp(0.0, 1.0 - v);
    [1.0 - v - w, v, w]
}

/// For each corner of each triangle the mean normal of the facets around it that are nearly in one
/// plane with it. Corners at one place count as one, whatever their colours.
fn corner_normals(mesh: &PackedMesh, planes: &[Option<Plane>]) -> Vec<Vec3> {
    let mut order: Vec<u32> = (0..3 * mesh.triangles.len() as u32).collect();
    let corner = |c: u32| mesh.keys[mesh.triangles[c as usize / 3][c as usize % 3] as usize];
    let normal = |c: u32| planes[c as usize / 3].map_or(Vec3::ZERO, |p| p.normal);
    order.sort_unstable_by_key(|&c| (corner(c), c));
    let mut normals = vec![Vec3::Z; order.len()];
    for group in order.chunk_by(|&a, &b| corner(a) == corner(b)) {
        for &c in group {
            let own = normal(c);
            let sum = group.iter().map(|&o| normal(o)).filter(|n| n.dot(own) > CREASE).fold(Vec3::ZERO, |s, n| s + n);
            normals[c as usize] = sum;
        }
    }
    normals
}
