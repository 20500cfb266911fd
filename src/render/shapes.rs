//! Solids for this module's tests.

use std::f32::consts::TAU;

use glam::Vec3;

use crate::mesh::Mesh;

/// A box of `size`, centred at the origin.
pub(crate) fn cuboid(size: Vec3) -> Mesh {
    let corner = |i: usize| Vec3::new((i & 1) as f32, (i >> 1 & 1) as f32, (i >> 2) as f32) - 0.5;
    let quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    Mesh {
        vertex_positions: (0..8).map(|i| corner(i) * size).collect(),
        triangle_indices: quads.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
        vertex_colors: None,
    }
}

/// A sphere of `rings` rings and twice as many segments.
pub(crate) fn sphere(center: Vec3, radius: f32, rings: u32) -> Mesh {
    let segments = 2 * rings;
    let mut mesh = Mesh::default();
    mesh.vertex_positions.push(center + radius * Vec3::Z);
    for ring in 1..rings {
        for segment in 0..segments {
            let (sin_polar, cos_polar) = (ring as f32 / rings as f32 * TAU * 0.5).sin_cos();
            let (sin, cos) = (segment as f32 / segments as f32 * TAU).sin_cos();
            mesh.vertex_positions.push(center + radius * Vec3::new(cos * sin_polar, sin * sin_polar, cos_polar));
        }
    }
    mesh.vertex_positions.push(center - radius * Vec3::Z);
    let at = |ring: u32, segment: u32| 1 + (ring - 1) * segments + segment % segments;
    let last = mesh.vertex_positions.len() as u32 - 1;
    for segment in 0..segments {
        mesh.triangle_indices.push([0, at(1, segment), at(1, segment + 1)]);
        mesh.triangle_indices.push([last, at(rings - 1, segment + 1), at(rings - 1, segment)]);
        for ring in 1..rings - 1 {
            let [a, b] = [at(ring, segment), at(ring, segment + 1)];
            let [c, d] = [at(ring + 1, segment), at(ring + 1, segment + 1)];
            mesh.triangle_indices.extend([[a, c, d], [a, d, b]]);
        }
    }
    mesh
}

/// A (2, 3) torus knot standing on z = 0, about 80 mm tall, coloured around its way.
pub(crate) fn torus_knot(steps: u32, sides: u32) -> Mesh {
    let path = |t: f32| {
        let (a, r) = (TAU * t, 2.0 + (3.0 * TAU * t).cos());
        Vec3::new(r * (2.0 * a).cos(), (3.0 * a).sin(), r * (2.0 * a).sin()) * 11.5
    };
    let mut mesh = Mesh::default();
    let mut colors = Vec::new();
    for step in 0..steps {
        let t = step as f32 / steps as f32;
        let along = (path(t + 1e-3) - path(t - 1e-3)).normalize();
        let side = along.cross(Vec3::Y).normalize();
        let up = side.cross(along);
        for i in 0..sides {
            let (sin, cos) = (i as f32 / sides as f32 * TAU).sin_cos();
            mesh.vertex_positions.push(path(t) + (side * cos + up * sin) * 6.0);
            colors.push([0.0, 1.0 / 3.0, 2.0 / 3.0].map(|shift| (128.0 + 110.0 * ((t + shift) * TAU).cos()) as u8));
        }
    }
    let at = |step: u32, i: u32| (step % steps) * sides + i % sides;
    for step in 0..steps {
        for i in 0..sides {
            let [a, b, c, d] = [at(step, i), at(step, i + 1), at(step + 1, i), at(step + 1, i + 1)];
            mesh.triangle_indices.extend([[a, b, d], [a, d, c]]);
        }
    }
    mesh.vertex_colors = Some(colors);
    if mesh.signed_volume() < 0.0 {
        mesh.triangle_indices.iter_mut().for_each(|t| t.swap(1, 2));
    }
    if let Some(bounds) = mesh.bounds() {
        let shift = Vec3::new(-bounds.center().x, -bounds.center().y, -bounds.min.z);
        mesh.transform(|p| p + shift);
    }
    mesh
}
