//! Which shells lie inside which: what tells a hollow from a piece that is inside out.

use std::sync::atomic::{AtomicI32, Ordering};

use glam::{DVec2, DVec3};
use rayon::prelude::*;

use super::Mesh;
use super::topology::{Shell, Topology};
use crate::progress::{Cancelled, Monitor};

/// Weights of the corners for a point inside a triangle. Uneven, so that on a regular grid no ray
/// from it meets another triangle's edge.
const WEIGHTS: [f64; 3] = [0.318_305_871, 0.271_823_649, 0.409_870_480];
const TRIANGLES_PER_TASK: usize = 1 << 15;
/// Points looked at of one shell: between these, so that all of them are about [`POINTS`].
const POINTS_PER_SHELL: [usize; 2] = [3, 12];
const POINTS: usize = 1 << 16;
/// How far inside its shell a point lies, as a share of the longest side of the shell's box: enough
/// to tell on which side of a face the shell lies that touches it, in spite of rounding.
const DEPTH_SHARE: f64 = 1e-4;
/// Points of a part of the list that is not halved any more.
const LEAF: usize = 8;

/// What a closed shell is within the whole mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Material inside, facing outward, not wholly inside another piece.
    Body,
    /// Wholly inside other pieces' material, facing outward; or a hollow that is filled by another
    /// piece all the same. It changes nothing about what is solid.
    Nested,
    /// A hollow inside a body: facing inward, as it should.
    Void,
    /// Facing inward without a body around it.
    Inward,
    /// Not closed, or without volume: inside and outside mean nothing.
    Open,
}

/// The role of every shell of `topology`, which belongs to `mesh`.
pub(crate) fn roles(mesh: &Mesh, topology: &Topology, monitor: &Monitor) -> Result<Vec<Role>, Cancelled> {
    let depths = depths(mesh, topology, |_| 1, monitor)?;
    let is_solid = |shell: &Shell| shell.closed && !shell.is_flat();
    let role = |(shell, depth): (&Shell, Depth)| match (is_solid(shell), shell.signed_volume) {
        (true, volume) if volume > 0.0 && depth.least > 0 => Role::Nested,
        (true, volume) if volume > 0.0 => Role::Body,
        (true, volume) if volume < 0.0 && depth.least > 1 => Role::Nested,
        // A hollow may break through a thin wall here and there.
        (true, volume) if volume < 0.0 && depth.middle > 0 => Role::Void,
        (true, volume) if volume < 0.0 => Role::Inward,
        _ => Role::Open,
    };
    Ok(topology.shells.iter().zip(depths).map(role).collect())
}

/// For every shell whether it is closed and lies in one of the `chosen` ones, whichever way these face.
pub(crate) fn within(
    mesh: &Mesh,
    topology: &Topology,
    chosen: &[bool],
    monitor: &Monitor,
) -> Result<Vec<bool>, Cancelled> {
    let outward = |shell: u32| if topology.shells[shell as usize].signed_volume < 0.0 { -1 } else { 1 };
    let weight = |shell: u32| if chosen[shell as usize] { outward(shell) } else { 0 };
    Ok(depths(mesh, topology, weight, monitor)?.iter().map(|depth| depth.middle > 0).collect())
}

/// How often larger closed shells wind around the points of a shell: 1 inside one solid.
#[derive(Clone, Copy, Default)]
struct Depth {
    least: i32,
    middle: i32,
}

/// A point just inside a shell, from which a ray goes up.
struct Query {
    shell: u32,
    origin: DVec3,
}

/// Points just inside every closed shell, spread evenly over the list of its triangles. None where
/// there is only one shell.
fn queries(mesh: &Mesh, topology: &Topology) -> Vec<Query> {
    let shells = &topology.shells;
    let closed = shells.iter().filter(|shell| shell.closed).count();
    if shells.len() < 2 || closed == 0 {
        return Vec::new();
    }
    let most = (POINTS / closed).clamp(POINTS_PER_SHELL[0], POINTS_PER_SHELL[1]) as u64;
    let mut seen = vec![0u64; shells.len()];
    let mut queries = Vec::new();
    for (triangle, &shell) in topology.shell_of_triangle.iter().enumerate() {
        let (info, seen) = (&shells[shell as usize], &mut seen[shell as usize]);
        let count = u64::from(info.triangle_count);
        let points = most.min(count);
        if info.closed && *seen * points % count < points {
            let corners @ [a, b, c] = mesh.triangle(triangle).map(|p| p.as_dvec3());
            let on_surface: DVec3 = corners.iter().zip(WEIGHTS).map(|(&p, weight)| p * weight).sum();
            let outward = (b - a).cross(c - a).normalize_or_zero() * info.signed_volume.signum();
            let depth = DEPTH_SHARE * f64::from(info.bounds.size().max_element());
            queries.push(Query { shell, origin: on_surface - depth * outward });
        }
        *seen += 1;
    }
    queries
}

/// Points in halves of halves along the longest side of what is around them, whichever way they are
/// spread: pieces often stand in a row, along any axis.
struct QueryTree {
    queries: Vec<Query>,
    /// The least and the largest coordinates of each part; that at `i` has its halves at `2 i` and `2 i + 1`,
    /// and all is at 1.
    boxes: Vec<[DVec3; 2]>,
}

impl QueryTree {
    fn of(mut queries: Vec<Query>) -> Self {
        let mut boxes = Vec::new();
        halve(&mut queries, 1, &mut boxes);
        Self { queries, boxes }
    }

    /// Calls `look` with the place of every point from `min` to `max`, and of a few beside it.
    fn look_around(&self, min: DVec3, max: DVec3, mut look: impl FnMut(usize)) {
        let mut open = vec![(1, 0..self.queries.len())];
        while let Some((node, range)) = open.pop() {
            let [low, high] = self.boxes[node];
            if low.cmpgt(max).any() || high.cmplt(min).any() {
                continue;
            }
            if range.len() <= LEAF {
                range.for_each(&mut look);
            } else {
                let middle = range.start + range.len() / 2;
                open.extend([(2 * node, range.start..middle), (2 * node + 1, middle..range.end)]);
            }
        }
    }
}

/// Brings the points into the order of the tree whose part `node` they are.
fn halve(queries: &mut [Query], node: usize, boxes: &mut Vec<[DVec3; 2]>) {
    let around = |[low, high]: [DVec3; 2], query: &Query| [low.min(query.origin), high.max(query.origin)];
    let [low, high] = queries.iter().fold([DVec3::INFINITY, DVec3::NEG_INFINITY], around);
    boxes.resize(boxes.len().max(node + 1), [DVec3::INFINITY, DVec3::NEG_INFINITY]);
    boxes[node] = [low, high];
    if queries.len() > LEAF {
        let (axis, middle) = ((high - low).max_position(), queries.len() / 2);
        queries.select_nth_unstable_by(middle, |a, b| a.origin[axis].total_cmp(&b.origin[axis]));
        let (left, right) = queries.split_at_mut(middle);
        halve(left, 2 * node, boxes);
        halve(right, 2 * node + 1, boxes);
    }
}

/// How deep every shell lies in larger ones, each counted `weight` times. Only these can hold it, and
/// of two that nearly coincide only one may be taken for the inner one.
fn depths(
    mesh: &Mesh,
    topology: &Topology,
    weight: impl Fn(u32) -> i32 + Sync,
    monitor: &Monitor,
) -> Result<Vec<Depth>, Cancelled> {
    let shells = &topology.shells;
    let tree = QueryTree::of(queries(mesh, topology));
    let queries = &tree.queries;
    let winding: Vec<AtomicI32> = queries.iter().map(|_| AtomicI32::new(0)).collect();
    let size = |shell: u32| shells[shell as usize].signed_volume.abs();
    let is_larger = |one: u32, other: u32| size(one).total_cmp(&size(other)).then(other.cmp(&one)).is_gt();
    if !queries.is_empty() {
        let tasks = topology.shell_of_triangle.par_chunks(TRIANGLES_PER_TASK).enumerate();
        tasks.try_for_each(|(task, shell_of_triangle)| {
            for (i, &shell) in shell_of_triangle.iter().enumerate() {
                if i % 64 == 0 {
                    monitor.check()?;
                }
                let weight = weight(shell);
                let info = &shells[shell as usize];
                if !info.closed || weight == 0 {
                    continue;
                }
                let corners = mesh.triangle(task * TRIANGLES_PER_TASK + i).map(|p| p.as_dvec3());
                crossings(corners, f64::from(info.bounds.min.z), &tree, |query, sign| {
                    if is_larger(shell, queries[query].shell) {
                        winding[query].fetch_add(sign * weight, Ordering::Relaxed);
                    }
                });
            }
            Ok(())
        })?;
    }
    let mut found: Vec<(u32, i32)> =
        queries.iter().zip(winding).map(|(query, winding)| (query.shell, winding.into_inner())).collect();
    found.sort_unstable();
    let mut depths = vec![Depth::default(); shells.len()];
    for of_shell in found.chunk_by(|a, b| a.0 == b.0) {
        let (shell, least) = of_shell[0];
        depths[shell as usize] = Depth { least, middle: of_shell[of_shell.len() / 2].1 };
    }
    Ok(depths)
}

/// The least and the largest coordinates of points whose upward rays may meet the triangle, from `bottom` on.
fn reach([a, b, c]: [DVec3; 3], bottom: f64) -> [DVec3; 2] {
    [a.min(b).min(c).with_z(bottom), a.max(b).max(c)]
}

/// Calls `cross` with the place of every query whose upward ray meets the triangle, and 1 where it
/// leaves the solid or -1 where it enters. Left out are those below `bottom`, that of the whole shell:
/// what is outside of its box is not in it.
fn crossings([a, b, c]: [DVec3; 3], bottom: f64, tree: &QueryTree, mut cross: impl FnMut(usize, i32)) {
    let [min, max] = reach([a, b, c], bottom);
    tree.look_around(min, max, |place| {
        let p = tree.queries[place].origin;
        if p.cmplt(min).any() || p.cmpgt(max).any() {
            return;
        }
        let side = |from: DVec3, to: DVec3| (to - from).truncate().perp_dot(DVec2::new(p.x, p.y) - from.truncate());
        let weights = DVec3::new(side(b, c), side(c, a), side(a, b));
        let twice_area = weights.element_sum();
        let inside = weights.min_element() >= 0.0 || weights.max_element() <= 0.0;
        if !inside || twice_area == 0.0 {
            return;
        }
        let height = weights.dot(DVec3::new(a.z, b.z, c.z)) / twice_area;
        if height > p.z {
            cross(place, if twice_area > 0.0 { 1 } else { -1 });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::Vec3;

    fn cubes(centers: impl Iterator<Item = Vec3>) -> Mesh {
        let mut mesh = Mesh::default();
        let quads = [[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]];
        let bit = |i: u32| (i & 1) as f32 - 0.5;
        for center in centers {
            let cube = Mesh {
                vertex_positions: (0..8).map(|i| center + Vec3::new(bit(i), bit(i >> 1), bit(i >> 2))).collect(),
                triangle_indices: quads.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
                vertex_colors: None,
            };
            mesh.append(&cube).unwrap();
        }
        mesh
    }

    /// How many points are looked at for all triangles.
    fn steps(mesh: &Mesh) -> usize {
        let topology = Topology::of(mesh);
        assert!(roles(mesh, &topology, &Monitor::silent()).unwrap().iter().all(|role| *role == Role::Body));
        let tree = QueryTree::of(queries(mesh, &topology));
        let mut steps = 0;
        for (triangle, &shell) in topology.shell_of_triangle.iter().enumerate() {
            let corners = mesh.triangle(triangle).map(|p| p.as_dvec3());
            let [min, max] = reach(corners, f64::from(topology.shells[shell as usize].bounds.min.z));
            tree.look_around(min, max, |_| steps += 1);
        }
        steps
    }

    #[test]
    fn pieces_take_as_many_steps_whichever_way_they_stand_in_a_row() {
        let side = 20;
        let wall = |right: Vec3, up: Vec3| {
            let place = |i: u32| 1.5 * (right * (i % side) as f32 + up * (i / side) as f32);
            steps(&cubes((0..side * side).map(place)))
        };
        let flat = wall(Vec3::X, Vec3::Y);
        assert!(flat > 0);
        for (right, up) in [(Vec3::Y, Vec3::Z), (Vec3::X, Vec3::Z)] {
            let upright = wall(right, up);
            assert!(upright <= 3 * flat, "{upright} for {flat}");
        }
        for axis in Vec3::AXES {
            let row = steps(&cubes((0..side * side).map(|i| 1.5 * axis * i as f32)));
            assert!(row <= 3 * flat, "{row} for {flat} along {axis}");
        }
    }

    #[test]
    fn every_point_within_is_looked_at_once() {
        let mesh = cubes((0..300u32).map(|i| Vec3::new((i % 7) as f32, (i * i % 11) as f32, (i % 13) as f32) * 1.5));
        let tree = QueryTree::of(queries(&mesh, &Topology::of(&mesh)));
        for i in 0..50 {
            let min = DVec3::new(f64::from(i % 5), f64::from(i % 7), f64::from(i % 9)) * 1.7;
            let max = min + f64::from(i) * 0.1;
            let is_within = |place: &usize| {
                let p = tree.queries[*place].origin;
                min.cmple(p).all() && p.cmple(max).all()
            };
            let mut seen = Vec::new();
            tree.look_around(min, max, |place| seen.push(place));
            seen.retain(is_within);
            seen.sort_unstable();
            assert_eq!(seen, (0..tree.queries.len()).filter(is_within).collect::<Vec<_>>());
        }
    }
}
