//! Pieces of packed solids: what a random box leaves of them. A piece has an outline that no whole solid
//! has, with surfaces and colours as whole ones have.

use std::collections::HashMap;
use std::ops::RangeBounds;

use glam::{Mat3, Vec3};
use manifold_rust::manifold::Manifold;
use manifold_rust::types::{Error, MeshGL};

use super::pack::PackedMesh;
use super::random::{Random, rotation_about};

/// How many boxes lie along the solid's axes.
const STRAIGHT: f32 = 0.6;
/// How many boxes take something away instead of being what is kept.
const CARVES: f32 = 0.3;
/// Shares of the solid's extent between which a side of a box lies that cuts through the solid.
const WITHIN: [f32; 2] = [0.2, 0.8];
/// A piece has at least this share of the solid's volume, and at most.
const KEPT: [f64; 2] = [0.03, 0.95];
/// Half the edge of a box that ends outside of any solid.
const FAR: f32 = 4.0;

/// The largest connected piece of what is left of a solid; `None` where that is almost nothing or almost all, or
/// where the solid touches itself, so that its inside is not what it seems.
pub fn cut(mesh: &PackedMesh, random: &mut Random) -> Option<PackedMesh> {
    let solid = Manifold::from_mesh_gl(&to_kernel(mesh));
    if solid.status() != Error::NoError {
        return None;
    }
    let carves = random.chance(CARVES);
    let cutter = Manifold::from_mesh_gl(&to_kernel(&cutter(mesh, carves, random)));
    let left = if carves { solid.difference(&cutter) } else { solid.intersection(&cutter) };
    if left.status() != Error::NoError {
        return None;
    }
    largest(&left, solid.volume(), KEPT[0]..=KEPT[1])
}

/// The largest connected piece of a solid, brought to the usual size; `None` when its volume as a share of `volume`
/// lies outside of `shares`.
pub(super) fn largest(solid: &Manifold, volume: f64, shares: impl RangeBounds<f64>) -> Option<PackedMesh> {
    let pieces = solid.decompose().into_iter().map(|piece| (piece.volume(), piece));
    let (size, piece) = pieces.max_by(|a, b| a.0.total_cmp(&b.0))?;
    shares.contains(&(size / volume)).then(|| from_kernel(&piece.get_mesh_gl(-1))).flatten().map(enlarged)
}

/// Centred, the longest side of its box 2 as that of a whole solid.
fn enlarged(mut mesh: PackedMesh) -> PackedMesh {
    let (low, high) = mesh.corners();
    let scale = 2.0 / (high - low).max_element().max(1e-6);
    mesh.positions.iter_mut().for_each(|p| *p = (*p - 0.5 * (low + high)) * scale);
    mesh
}

/// A box of one colour whose sides partly run through the solid: one or two of them when the box is kept, else a
/// corner or an edge of it.
fn cutter(mesh: &PackedMesh, carves: bool, random: &mut Random) -> PackedMesh {
    let turn = if random.chance(STRAIGHT) {
        Mat3::IDENTITY
    } else {
        rotation_about(random.direction(), random.range(0.0, std::f32::consts::PI))
    };
    let mut sides = [Vec3::splat(-FAR), Vec3::splat(FAR)];
    let count = random.pick(if carves { &[2, 2, 3] } else { &[1, 1, 2] });
    let first = random.whole(0, 2);
    for axis in (first..first + count).map(|axis| axis % 3) {
        let along = turn.col(axis);
        let places = mesh.positions.iter().map(|p| along.dot(*p));
        let (low, high) = places.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        sides[random.whole(0, 1)][axis] = low + (high - low) * random.range(WITHIN[0], WITHIN[1]);
    }
    let color = random.pick(&mesh.colors) * random.range(0.7, 1.0);
    let corner = |k: usize| turn * Vec3::from_array([0, 1, 2].map(|axis| sides[k >> axis & 1][axis]));
    let quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    PackedMesh {
        positions: (0..8).map(corner).collect(),
        keys: (0..8).collect(),
        colors: vec![color; 8],
        triangles: quads.iter().flat_map(|q| [[q[0], q[1], q[2]], [q[0], q[2], q[3]]]).collect(),
    }
}

/// Corners at one place are named as one, whatever their colours.
fn to_kernel(mesh: &PackedMesh) -> MeshGL {
    let mut first = HashMap::new();
    let (mut merge_from_vert, mut merge_to_vert) = (Vec::new(), Vec::new());
    for (corner, key) in (0u32..).zip(&mesh.keys) {
        let known = *first.entry(key).or_insert(corner);
        if known != corner {
            merge_from_vert.push(corner);
            merge_to_vert.push(known);
        }
    }
    let vertices = mesh.positions.iter().zip(&mesh.colors);
    MeshGL {
        num_prop: 6,
        vert_properties: vertices.flat_map(|(p, c)| [p.x, p.y, p.z, c.x, c.y, c.z]).collect(),
        tri_verts: mesh.triangles.as_flattened().to_vec(),
        merge_from_vert,
        merge_to_vert,
        ..MeshGL::default()
    }
}

fn from_kernel(mesh: &MeshGL) -> Option<PackedMesh> {
    let vertices = mesh.vert_properties.chunks_exact(6);
    let positions: Vec<Vec3> = vertices.clone().map(Vec3::from_slice).collect();
    let mut keys: Vec<u64> = (0..positions.len() as u64).collect();
    for (&from, &to) in mesh.merge_from_vert.iter().zip(&mesh.merge_to_vert) {
        keys[from as usize] = keys[to as usize];
    }
    let (triangles, _) = mesh.tri_verts.as_chunks::<3>();
    let colors = vertices.map(|v| Vec3::from_slice(&v[3..]).clamp(Vec3::ZERO, Vec3::ONE)).collect();
    let is_sound = mesh.num_prop == 6 && !triangles.is_empty() && positions.iter().all(|p| p.is_finite());
    is_sound.then(|| PackedMesh { positions, keys, colors, triangles: triangles.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step: two boxes of two colours as one solid.
    fn step() -> PackedMesh {
        let outline = [[-1.0, -1.0], [1.0, -1.0], [1.0, 0.0], [0.0, 0.0], [0.0, 1.0], [-1.0, 1.0]];
        let corner = |k: usize| Vec3::new(outline[k % 6][0], outline[k % 6][1], if k < 6 { -1.0 } else { 1.0 });
        let fan = [[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 5]];
        let back = fan.map(|[a, b, c]| [a, c, b]);
        let front = fan.map(|t| t.map(|i| i + 6));
        let sides = (0..6u32).flat_map(|k| {
            let next = (k + 1) % 6;
            [[k, next, next + 6], [k, next + 6, k + 6]]
        });
        PackedMesh {
            positions: (0..12).map(corner).collect(),
            keys: (0..12).collect(),
            colors: (0..12).map(|k| if k < 6 { Vec3::X } else { Vec3::Y }).collect(),
            triangles: back.into_iter().chain(front).chain(sides).collect(),
        }
    }

    #[test]
    fn a_piece_is_a_solid_of_the_usual_size() {
        assert!((step().volume() - 6.0).abs() < 1e-3);
        let mut made = 0;
        for number in 0..100 {
            let Some(piece) = cut(&step(), &mut Random::new(9, number)) else { continue };
            made += 1;
            assert!(piece.volume() > 0.05, "{number}: {}", piece.volume());
            let high = piece.positions.iter().copied().reduce(Vec3::max).unwrap();
            let low = piece.positions.iter().copied().reduce(Vec3::min).unwrap();
            assert!((high - 1.0).max_element().abs() < 1e-4 && (low + high).abs().max_element() < 1e-4, "{number}");
            assert!(piece.is_closed(), "{number}: every edge has both its sides");
            assert!(piece.colors.iter().all(|c| c.max_element() > 0.3), "{number}: what is new has a colour too");
            assert_eq!(Some(piece), cut(&step(), &mut Random::new(9, number)), "{number}");
        }
        assert!(made > 70, "{made}");
    }

    #[test]
    fn what_touches_itself_or_is_open_stays_whole() {
        let mut open = step();
        open.triangles.pop();
        assert!((0..20).all(|number| cut(&open, &mut Random::new(2, number)).is_none()));
    }
}
