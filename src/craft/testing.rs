//! What the tests of several crafts look for in a mesh.

use std::collections::HashMap;

use crate::mesh::Mesh;

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
