//! Small repairs where simplification went wrong.
//!
//! meshopt may leave edges with four triangles, and vertices where two fans meet: places where two
//! sheets of the surface have come together. Topologically they are still two sheets, so they are
//! parted by a hair: a doubled edge gets a vertex of its own in its middle, a second fan a copy of
//! the vertex, each moved into the solid it belongs to. It may also leave triangles whose corners lie
//! on a line, or beside it by no more than rounding: see [`slivers`].

use std::f32::consts::TAU;

use glam::Vec3;

use crate::mesh::Mesh;
use crate::mesh::adjacency::{edge_uses, next_corner, start_of};
use crate::mesh::slivers;
use crate::mesh::topology::{Shell, Topology, bad_vertices};
use crate::mesh::weld::gather;
use crate::progress::{Cancelled, Monitor};
use crate::union_find::UnionFind;

/// How far a new vertex is moved, as a share of the way to its neighbours.
const APART: f32 = 0.1;
/// Rounds over the edges: a triangle with several bad edges is split once a round.
const ROUNDS: usize = 4;

/// Parts the sheets of `mesh` where they touch along an edge or at a vertex, turns triangles that have
/// no area, or would lose it when the mesh is moved, into others, and drops pieces that have collapsed
/// to nothing. What cannot be mended stays.
pub(super) fn mended(mut mesh: Mesh, monitor: &Monitor) -> Result<Mesh, Cancelled> {
    let mut topology = Topology::analyse(&mesh, monitor)?;
    let is_torn = topology.nonmanifold_edges + topology.nonmanifold_vertices > 0;
    if is_torn {
        part_sheets(&mut mesh, monitor)?;
    }
    if slivers::turn(&mut mesh, monitor)? || is_torn {
        topology = Topology::analyse(&mesh, monitor)?;
    }
    let flat: Vec<bool> = topology.shells.iter().map(is_flat).collect();
    if flat.contains(&true) && flat.contains(&false) {
        let mut shells = topology.shell_of_triangle.iter();
        mesh.triangle_indices.retain(|_| shells.next().is_some_and(|&s| !flat[s as usize]));
    }
    Ok(gather(&mesh.vertex_positions, mesh.vertex_colors.as_deref(), mesh.triangle_indices))
}

/// Whether a closed piece has collapsed to almost no volume: all that is left of a speck.
fn is_flat(shell: &Shell) -> bool {
    // Of a ball the volume is 0.094 of this power of the area; of a needle it is little, too, but a
    // needle has more triangles.
    shell.closed && shell.triangle_count < 16 && shell.signed_volume.abs() < 1e-4 * shell.area.powf(1.5)
}

fn part_sheets(mesh: &mut Mesh, monitor: &Monitor) -> Result<(), Cancelled> {
    for _ in 0..ROUNDS {
        monitor.check()?;
        // Not `||`: both have to run.
        if !(drop_flaps(mesh) | part_edges(mesh)) {
            break;
        }
    }
    part_fans(mesh, monitor)
}

/// Drops pairs of triangles on the same corners that face each other's back, at edges with more than
/// two triangles: a part that has become flat there. Says whether there were any.
fn drop_flaps(mesh: &mut Mesh) -> bool {
    let uses = edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
    let mut dropped = vec![false; mesh.triangle_indices.len()];
    let third = |h: u32| start_of(mesh, next_corner(next_corner(h)));
    for v in 0..uses.len() {
        for edge in uses.edges(v).filter(|edge| edge.len() > 2) {
            let (along, back): (Vec<u32>, Vec<u32>) =
                edge.iter().map(|e| e.half_edge()).partition(|&h| start_of(mesh, h) == v as u32);
            for h in along {
                let is_other_side = |&&other: &&u32| third(other) == third(h) && !dropped[other as usize / 3];
                if !dropped[h as usize / 3]
                    && let Some(&other) = back.iter().find(is_other_side)
                {
                    dropped[h as usize / 3] = true;
                    dropped[other as usize / 3] = true;
                }
            }
        }
    }
    if !dropped.contains(&true) {
        return false;
    }
    let mut dropped = dropped.into_iter();
    mesh.triangle_indices.retain(|_| !dropped.next().unwrap_or(false));
    true
}

/// Whether there was an edge to part.
fn part_edges(mesh: &mut Mesh) -> bool {
    let uses = edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
    let mut touched = vec![false; mesh.triangle_indices.len()];
    let mut found = false;
    for v in 0..uses.len() {
        for edge in uses.edges(v).filter(|edge| edge.len() > 2) {
            let half_edges: Vec<u32> = edge.iter().map(|e| e.half_edge()).collect();
            if half_edges.iter().any(|&h| touched[h as usize / 3]) {
                found = true;
                continue;
            }
            // One sheet may keep the edge itself.
            for pair in sheets(mesh, v as u32, edge[0].other(), &half_edges).into_iter().skip(1) {
                found = true;
                split(mesh, pair);
                pair.iter().for_each(|&h| touched[h as usize / 3] = true);
            }
        }
    }
    found
}

fn opposite(mesh: &Mesh, half_edge: u32) -> Vec3 {
    mesh.vertex_positions[start_of(mesh, next_corner(next_corner(half_edge))) as usize]
}

/// The half-edges of the edge from `a` to `b` in pairs that have solid between them; none when they
/// do not pair up.
fn sheets(mesh: &Mesh, a: u32, b: u32, half_edges: &[u32]) -> Vec<[u32; 2]> {
    let [from, to] = [a, b].map(|v| mesh.vertex_positions[v as usize]);
    let axis = (to - from).try_normalize().unwrap_or(Vec3::Z);
    let (right, up) = axis.any_orthonormal_pair();
    let angle = |h: u32| {
        let aside = opposite(mesh, h) - from;
        aside.dot(up).atan2(aside.dot(right))
    };
    // Seen against the axis, the solid lies clockwise of a triangle that runs along the edge and
    // counter-clockwise of one that runs back.
    let (mut along, back): (Vec<_>, Vec<_>) =
        half_edges.iter().map(|&h| (angle(h), h)).partition(|&(_, h)| start_of(mesh, h) == a);
    if along.len() != back.len() {
        return Vec::new();
    }
    let mut pairs = Vec::new();
    for (start, h) in back {
        let turn = |end: f32| (end - start).rem_euclid(TAU);
        let nearest = (0..along.len()).min_by(|&i, &j| turn(along[i].0).total_cmp(&turn(along[j].0)));
        if let Some(nearest) = nearest {
            pairs.push([along.swap_remove(nearest).1, h]);
        }
    }
    pairs
}

/// Splits the two triangles of an edge at a new vertex near its middle.
fn split(mesh: &mut Mesh, pair: [u32; 2]) {
    let [a, b] = [pair[0], next_corner(pair[0])].map(|h| start_of(mesh, h));
    let middle = 0.5 * (mesh.vertex_positions[a as usize] + mesh.vertex_positions[b as usize]);
    let aside = 0.5 * (opposite(mesh, pair[0]) + opposite(mesh, pair[1]));
    let added = mesh.vertex_positions.len() as u32;
    mesh.vertex_positions.push(middle.lerp(aside, APART));
    if let Some(colors) = &mut mesh.vertex_colors {
        let (a, b) = (colors[a as usize], colors[b as usize]);
        colors.push(std::array::from_fn(|i| a[i].midpoint(b[i])));
    }
    for h in pair {
        let [start, end, third] = [h, next_corner(h), next_corner(next_corner(h))].map(|h| start_of(mesh, h));
        mesh.triangle_indices[h as usize / 3] = [start, added, third];
        mesh.triangle_indices.push([added, end, third]);
    }
}

/// Gives every fan of triangles around a vertex but the first a vertex of its own.
fn part_fans(mesh: &mut Mesh, monitor: &Monitor) -> Result<(), Cancelled> {
    let bad = bad_vertices(mesh, monitor)?;
    let mut corners: Vec<(u32, usize)> = Vec::new();
    for (t, vertices) in mesh.triangle_indices.iter().enumerate() {
        corners.extend(vertices.iter().filter(|v| bad.binary_search(v).is_ok()).map(|&v| (v, t)));
    }
    corners.sort_unstable();
    for around in corners.chunk_by(|a, b| a.0 == b.0) {
        let vertex = around[0].0;
        let triangles: Vec<usize> = around.iter().map(|&(_, t)| t).collect();
        for fan in fans(mesh, vertex, &triangles).into_iter().skip(1) {
            let ring: Vec<Vec3> = fan.iter().flat_map(|&t| mesh.triangle(t)).collect();
            let center = ring.iter().sum::<Vec3>() / ring.len() as f32;
            let added = mesh.vertex_positions.len() as u32;
            let here = mesh.vertex_positions[vertex as usize];
            mesh.vertex_positions.push(here.lerp(center, APART));
            if let Some(colors) = &mut mesh.vertex_colors {
                colors.push(colors[vertex as usize]);
            }
            for t in fan {
                mesh.triangle_indices[t] = mesh.triangle_indices[t].map(|v| if v == vertex { added } else { v });
            }
        }
    }
    Ok(())
}

/// The triangles around `vertex` by fans: joined where they share an edge at it.
fn fans(mesh: &Mesh, vertex: u32, triangles: &[usize]) -> Vec<Vec<usize>> {
    let joined = UnionFind::new(triangles.len());
    let mut spokes: Vec<(u32, u32)> = Vec::with_capacity(2 * triangles.len());
    for (i, &t) in (0..).zip(triangles) {
        spokes.extend(mesh.triangle_indices[t].into_iter().filter(|&v| v != vertex).map(|v| (v, i)));
    }
    spokes.sort_unstable();
    for pair in spokes.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        joined.union(pair[0].1, pair[1].1);
    }
    let mut fan_of: Vec<Option<usize>> = vec![None; triangles.len()];
    let mut fans: Vec<Vec<usize>> = Vec::new();
    for (i, &t) in (0..).zip(triangles) {
        let fan = *fan_of[joined.find(i) as usize].get_or_insert(fans.len());
        if fan == fans.len() {
            fans.push(Vec::new());
        }
        fans[fan].push(t);
    }
    fans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::ScalarGrid;
    use crate::mesh::weld::weld;
    use crate::surface::extract;

    /// Two cubes on a grid that share an edge or a corner, every vertex on its own place.
    fn touching(by: Vec3) -> Mesh {
        let one = |center: Vec3| {
            let field = ScalarGrid::from_fn([2; 3], center - 0.5, 1.0, |_| -1.0);
            let mut cube = extract(&field, &Monitor::silent()).unwrap();
            // From 1/64 outside the samples to exactly touching cubes.
            cube.transform(|p| center + (p - center).round_to_half());
            weld(&cube)
        };
        let mut both = one(Vec3::ZERO);
        both.append(&one(by)).unwrap();
        weld(&both)
    }

    trait RoundToHalf {
        fn round_to_half(self) -> Self;
    }
    impl RoundToHalf for Vec3 {
        fn round_to_half(self) -> Self {
            (self * 2.0).round() / 2.0
        }
    }

    #[test]
    fn triangles_without_area_are_turned_away() {
        // A vertex in the middle of an edge of a cube, badly connected: the triangle from one end to
        // the other over it has no area, or next to none.
        for aside in [0.0, 4e-6] {
            let mut mesh = touching(Vec3::new(9.0, 0.0, 0.0));
            let before = mesh.clone();
            let [a, b, c] = mesh.triangle_indices[0];
            let [from, to, third] = mesh.triangle(0);
            let middle = mesh.vertex_positions.len() as u32;
            mesh.vertex_positions.push(from.midpoint(to).lerp(third, aside));
            mesh.triangle_indices[0] = [a, b, middle];
            mesh.triangle_indices.push([middle, b, c]);
            mesh.triangle_indices.push([a, middle, c]);
            assert_eq!(Topology::of(&mesh).degenerate_triangles, usize::from(aside == 0.0));
            let mut mesh = mended(mesh, &Monitor::silent()).unwrap();
            assert!((mesh.signed_volume() - before.signed_volume()).abs() < 1e-5);
            // Rounded anew, it loses no area either.
            for _ in 0..2 {
                let after = Topology::of(&mesh);
                assert!(after.is_manifold() && after.degenerate_triangles == 0, "{aside}: {after:?}");
                mesh.transform(|p| p + 300.0);
            }
        }
    }

    #[test]
    fn cubes_that_touch_are_parted_without_losing_volume() {
        for by in [Vec3::new(1.0, 1.0, 0.0), Vec3::new(1.0, 1.0, 1.0)] {
            let mut mesh = touching(by);
            let before = Topology::of(&mesh);
            assert!(before.nonmanifold_edges + before.nonmanifold_vertices > 0, "{by}: {before:?}");
            mesh.paint(|p| [p.x.abs() as u8, 0, 0]);
            let mesh = mended(mesh, &Monitor::silent()).unwrap();
            mesh.validate().unwrap();
            assert!(Topology::of(&weld(&mesh)).is_manifold(), "{by}: {:?}", Topology::of(&mesh).samples);
            assert!((1.8..=2.0).contains(&mesh.signed_volume()), "{by}: {}", mesh.signed_volume());
        }
    }
}
