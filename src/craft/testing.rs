//! What the tests of several crafts look for in a mesh.

use std::collections::HashMap;

use glam::Vec2;
use image::{Rgba, RgbaImage};

use super::{Body, Solid};
use crate::image::ConditionImage;
use crate::mesh::Mesh;
use crate::progress::Monitor;

/// An object drawn as a renderer would: `distance` in model units, negative inside, and a grey.
pub(super) fn object(side: u32, distance: impl Fn(Vec2) -> f32, grey: impl Fn(Vec2) -> u8) -> ConditionImage {
    let pixels = RgbaImage::from_fn(side, side, |i, j| {
        let pixel = 2.0 / side as f32;
        let point = Vec2::new((i as f32 + 0.5) * pixel - 1.0, 1.0 - (j as f32 + 0.5) * pixel);
        let alpha = (0.5 - distance(point) / pixel).clamp(0.0, 1.0);
        let v = grey(point);
        Rgba([v, v, v, (alpha * 255.0).round() as u8])
    });
    ConditionImage { pixels }
}

/// The mesh of a solid; a field is meshed.
pub(super) fn mesh_of(solid: Solid) -> Mesh {
    match solid.body {
        Body::Mesh(mesh) => mesh,
        Body::Field(grid) => crate::surface::extract(&grid, &Monitor::silent()).unwrap(),
    }
}

/// Number of shells of a closed mesh.
pub(super) fn shells(mesh: &Mesh) -> usize {
    let mut parent: Vec<u32> = (0..mesh.vertex_positions.len() as u32).collect();
    fn root(parent: &mut [u32], mut v: u32) -> u32 {
        while parent[v as usize] != v {
            parent[v as usize] = parent[parent[v as usize] as usize];
            v = parent[v as usize];
        }
        v
    }
    for &[a, b, c] in &mesh.triangle_indices {
        for other in [b, c] {
            let (one, other) = (root(&mut parent, a), root(&mut parent, other));
            parent[one as usize] = other;
        }
    }
    let mut used: Vec<u32> = mesh.triangle_indices.iter().map(|t| root(&mut parent, t[0])).collect();
    used.sort_unstable();
    used.dedup();
    used.len()
}

/// Asserts that `mesh` is well-formed, closed, manifold, winds outward and has no zero-area triangle.
pub(super) fn assert_solid(mesh: &Mesh) {
    mesh.validate().unwrap();
    let mut edges: HashMap<[u32; 2], i32> = HashMap::new();
    for &[a, b, c] in &mesh.triangle_indices {
        for edge in [[a, b], [b, c], [c, a]] {
            assert!(edges.insert(edge, 1).is_none(), "the directed edge {edge:?} is used twice");
        }
    }
    assert!(edges.keys().all(|&[a, b]| edges.contains_key(&[b, a])), "the mesh has open edges");
    // Around every vertex the triangles form one fan.
    let mut next: HashMap<u32, HashMap<u32, u32>> = HashMap::new();
    for &[a, b, c] in &mesh.triangle_indices {
        for [vertex, from, to] in [[a, b, c], [b, c, a], [c, a, b]] {
            next.entry(vertex).or_default().insert(from, to);
        }
    }
    for (vertex, fan) in &next {
        let start = *fan.keys().next().unwrap();
        let (mut at, mut steps) = (fan[&start], 1);
        while at != start {
            (at, steps) = (fan[&at], steps + 1);
        }
        assert_eq!(steps, fan.len(), "vertex {vertex} joins several fans");
    }
    assert!((0..mesh.triangle_indices.len()).all(|t| {
        let [a, b, c] = mesh.triangle(t);
        (b - a).cross(c - a).length() > 0.0
    }));
    assert!(mesh.signed_volume() > 0.0);
}

/// Number of handles of a closed mesh of one shell.
pub(super) fn genus(mesh: &Mesh) -> i64 {
    let euler = mesh.vertex_positions.len() as i64 - mesh.triangle_indices.len() as i64 / 2;
    (2 - euler) / 2
}
