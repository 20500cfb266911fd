//! Shading normals: smooth over round surfaces, sharp over edges.
//!
//! A vertex is split where the triangles around it turn by more than the crease angle, so that a
//! cube keeps flat sides and a sphere stays round. Normals are angle-weighted (Thürmer and Wüthrich,
//! "Computing Vertex Normals from Polygonal Facets", 1998).

use glam::Vec3;
use rayon::prelude::*;

use crate::mesh::Mesh;

/// Cosine of the crease angle, 38°: marching cubes' rounded edges stay smooth, printed parts' edges
/// sharp.
const CREASE_COS: f32 = 0.788;
/// Vertices per parallel piece.
const PIECE: usize = 8192;

/// Vertices as they are drawn.
pub(super) struct Split {
    /// For each drawn vertex, the mesh's vertex that it is a copy of.
    pub source: Vec<u32>,
    /// For each drawn vertex, its unit normal.
    pub normals: Vec<Vec3>,
    /// Indices of drawn vertices, three per triangle.
    pub triangles: Vec<[u32; 3]>,
}

/// Splits the vertices of a validated mesh at its creases.
///
/// Deterministic: the result does not depend on the number of threads.
pub(super) fn split(mesh: &Mesh) -> Split {
    let faces: Vec<Vec3> = mesh.triangle_indices.par_iter().map(|t| face_normal(mesh, *t)).collect();
    let (starts, corners) = corners_around(mesh);
    // One bundle of normals per vertex, and for every corner the number of its normal in the bundle.
    let mut bundle_of_corner = vec![0u8; corners.len()];
    let pieces = split_at_vertices(&mut bundle_of_corner, &starts);
    let bundles: Vec<(Vec<Vec3>, Vec<u8>)> = pieces
        .into_par_iter()
        .enumerate()
        .map(|(piece, slots)| {
            let first = piece * PIECE;
            let last = (first + PIECE).min(mesh.vertex_positions.len());
            let offset = starts[first] as usize;
            let (mut normals, mut counts) = (Vec::with_capacity(PIECE), Vec::with_capacity(PIECE));
            for vertex in first..last {
                let (begin, end) = (starts[vertex] as usize, starts[vertex + 1] as usize);
                let slots = &mut slots[begin - offset..end - offset];
                counts.push(bundle(mesh, &faces, &corners[begin..end], slots, &mut normals));
            }
            (normals, counts)
        })
        .collect();
    assemble(mesh, &starts, &corners, &bundle_of_corner, bundles)
}

fn assemble(
    mesh: &Mesh,
    starts: &[u32],
    corners: &[u32],
    bundle_of_corner: &[u8],
    bundles: Vec<(Vec<Vec3>, Vec<u8>)>,
) -> Split {
    let mut source = Vec::with_capacity(mesh.vertex_positions.len());
    let mut triangles = vec![[0; 3]; mesh.triangle_indices.len()];
    let mut normals = Vec::with_capacity(mesh.vertex_positions.len());
    let mut vertex = 0usize;
    for (piece_normals, counts) in bundles {
        normals.extend(piece_normals);
        for count in counts {
            let first_drawn = source.len() as u32;
            for corner in starts[vertex]..starts[vertex + 1] {
                let flat = corners[corner as usize] as usize;
                triangles[flat / 3][flat % 3] = first_drawn + u32::from(bundle_of_corner[corner as usize]);
            }
            source.extend(std::iter::repeat_n(vertex as u32, count.into()));
            vertex += 1;
        }
    }
    Split { source, normals, triangles }
}

/// The corners (`3 * triangle + place`) around every vertex: those of vertex `v` are
/// `corners[starts[v]..starts[v + 1]]`, in the order of the triangles.
fn corners_around(mesh: &Mesh) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; mesh.vertex_positions.len() + 1];
    for &vertex in mesh.triangle_indices.as_flattened() {
        starts[vertex as usize + 1] += 1;
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut next = starts.clone();
    let mut corners = vec![0u32; mesh.triangle_indices.len() * 3];
    for (corner, &vertex) in mesh.triangle_indices.as_flattened().iter().enumerate() {
        let place = &mut next[vertex as usize];
        corners[*place as usize] = corner as u32;
        *place += 1;
    }
    (starts, corners)
}

/// Cuts `slots` into one slice per [`PIECE`] vertices.
fn split_at_vertices<'a>(mut slots: &'a mut [u8], starts: &[u32]) -> Vec<&'a mut [u8]> {
    let mut pieces = Vec::new();
    let vertex_count = starts.len() - 1;
    for first in (0..vertex_count).step_by(PIECE) {
        let last = (first + PIECE).min(vertex_count);
        let (piece, rest) = slots.split_at_mut((starts[last] - starts[first]) as usize);
        pieces.push(piece);
        slots = rest;
    }
    pieces
}

/// Groups the corners of one vertex by direction; appends one normal per group, writes each corner's
/// group to `slots`, and returns the number of groups.
fn bundle(mesh: &Mesh, faces: &[Vec3], corners: &[u32], slots: &mut [u8], normals: &mut Vec<Vec3>) -> u8 {
    let first = normals.len();
    for (slot, &corner) in slots.iter_mut().zip(corners) {
        let face = faces[corner as usize / 3];
        let weighted = face * corner_angle(mesh, corner);
        let groups = &mut normals[first..];
        let near = |sum: &Vec3| sum.dot(face) >= CREASE_COS * sum.length();
        match groups.iter().position(near) {
            Some(group) => {
                groups[group] += weighted;
                *slot = group as u8;
            }
            // A vertex with more directions than this is noise.
            None if groups.len() >= usize::from(u8::MAX) => *slot = 0,
            None => {
                *slot = groups.len() as u8;
                normals.push(weighted);
            }
        }
    }
    normals[first..].iter_mut().for_each(|n| *n = n.try_normalize().unwrap_or(Vec3::Z));
    (normals.len() - first) as u8
}

fn face_normal(mesh: &Mesh, corners: [u32; 3]) -> Vec3 {
    let [a, b, c] = corners.map(|i| mesh.vertex_positions[i as usize]);
    (b - a).cross(c - a).normalize_or_zero()
}

fn corner_angle(mesh: &Mesh, corner: u32) -> f32 {
    let triangle = mesh.triangle_indices[corner as usize / 3];
    let at = |place: usize| mesh.vertex_positions[triangle[place % 3] as usize];
    let place = corner as usize % 3;
    let (here, next, previous) = (at(place), at(place + 1), at(place + 2));
    let cos = (next - here).normalize_or_zero().dot((previous - here).normalize_or_zero());
    // Never quite 0, so that a needle-thin corner still has a direction.
    cos.clamp(-1.0, 1.0).acos().max(1e-4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::shapes;

    #[test]
    fn a_cube_keeps_flat_sides() {
        let split = split(&shapes::cuboid(Vec3::splat(10.0)));
        assert_eq!(split.source.len(), 24);
        for (triangle, mesh_triangle) in split.triangles.iter().zip(&shapes::cuboid(Vec3::splat(10.0)).triangle_indices) {
            for (drawn, original) in triangle.iter().zip(mesh_triangle) {
                assert_eq!(split.source[*drawn as usize], *original);
            }
            let normal = split.normals[triangle[0] as usize];
            assert!(normal.abs().max_element() > 0.9999);
        }
    }

    #[test]
    fn a_sphere_stays_smooth_and_its_normals_point_outward() {
        let sphere = shapes::sphere(Vec3::ZERO, 5.0, 24);
        let split = split(&sphere);
        assert_eq!(split.source.len(), sphere.vertex_positions.len());
        for (normal, &source) in split.normals.iter().zip(&split.source) {
            assert!(normal.dot(sphere.vertex_positions[source as usize] / 5.0) > 0.99);
        }
    }
}
