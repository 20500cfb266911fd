//! Meshes to try things on.

use glam::Vec3;
use orfeas::mesh::Mesh;

/// A closed torus standing on z = 0, of `2 * around * along` triangles.
pub fn torus(around: u32, along: u32) -> Mesh {
    let (major, minor) = (20.0, 8.0);
    let mut mesh = Mesh::default();
    for i in 0..around {
        for j in 0..along {
            let u = i as f32 / around as f32 * std::f32::consts::TAU;
            let v = j as f32 / along as f32 * std::f32::consts::TAU;
            let ring = major + minor * v.cos();
            mesh.vertex_positions.push(Vec3::new(ring * u.cos(), ring * u.sin(), minor + minor * v.sin()));
            let at = |i: u32, j: u32| (i % around) * along + j % along;
            let [a, b, c, d] = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
            mesh.triangle_indices.extend([[a, b, c], [a, c, d]]);
        }
    }
    mesh
}

/// [`torus`] with a different colour at every vertex.
pub fn painted_torus(around: u32, along: u32) -> Mesh {
    let mut mesh = torus(around, along);
    let level = |n: f32| (n.abs() * 6.0) as u8;
    mesh.paint(|p| [level(p.x), level(p.y), 255 - level(p.z)]);
    mesh
}

/// A cube of side `2 * half`, wound outward.
pub fn cube(center: Vec3, half: f32) -> Mesh {
    let sign = |bit: u32| if bit == 1 { half } else { -half };
    let corner = |i: u32| center + Vec3::new(sign(i & 1), sign(i >> 1 & 1), sign(i >> 2 & 1));
    let quads = [[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]];
    Mesh {
        vertex_positions: (0..8).map(corner).collect(),
        triangle_indices: quads.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
        vertex_colors: None,
    }
}
