//! Triangles that pass through others.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};

use glam::DVec3;
use rayon::prelude::*;

use super::Mesh;
use super::box_tree::BoxTree;
use crate::progress::{Cancelled, Monitor};

/// Triangles of the largest mesh that is looked into.
pub const MAX_TRIANGLES: usize = 8_000_000;
/// Pairs of triangles per triangle whose boxes may meet before the search gives up: an ordinary
/// surface has about ten.
const MAX_PAIRS: u64 = 200;
/// So many pairs in all may have a vertex in common besides, as the spokes of a lid do: a lid of five thousand corners
/// is no tangle. Takes about a second per core. Of large meshes as many as of other pairs: there each triangle has about
/// six with its neighbours.
const MAX_FANNED: u64 = 1 << 25;

/// The triangles that pass through another, ascending, or `None` when `mesh` is too large or too
/// tangled to look into. Takes about a second per million triangles and core.
///
/// Counted is what properly crosses, on more than a point, and neighbours that are folded flat onto each other. Triangles
/// that only touch, or lie in one plane without sharing an edge, are not counted. Neighbours are
/// told by index: weld first where vertices repeat. Indices must be in range.
///
/// # Errors
/// [`Cancelled`].
pub fn self_intersections(mesh: &Mesh, monitor: &Monitor) -> Result<Option<Vec<u32>>, Cancelled> {
    self_intersections_where(mesh, |_, _| true, monitor)
}

/// [`self_intersections`], of the crossing pairs of triangles that `counts` says yes to.
pub(super) fn self_intersections_where(
    mesh: &Mesh,
    counts: impl Fn(u32, u32) -> bool + Sync,
    monitor: &Monitor,
) -> Result<Option<Vec<u32>>, Cancelled> {
    let count = mesh.triangle_indices.len();
    if count > MAX_TRIANGLES {
        return Ok(None);
    }
    monitor.check()?;
    let tree = BoxTree::of(mesh);
    let crossing: Vec<AtomicBool> = (0..count).map(|_| AtomicBool::new(false)).collect();
    let (pairs, fanned) = (AtomicU64::new(0), AtomicU64::new(0));
    let [most_pairs, most_fanned] = limits(count);
    let is_given_up = || pairs.load(Relaxed) > most_pairs || fanned.load(Relaxed) > most_fanned;
    // Whether a limit is reached does not depend on the order of the leaves, so neither does the
    // answer.
    (0..tree.leaf_count()).into_par_iter().with_min_len(16).try_for_each(|leaf| {
        monitor.check()?;
        let mut looked_at = [0; 2];
        if !is_given_up() {
            tree.for_each_leaf_touching(leaf, |other| {
                tree.for_each_pair(leaf, other, |a, b| {
                    looked_at[usize::from(have_common_vertex(mesh, a, b))] += 1;
                    if intersect(mesh, a, b) && counts(a, b) {
                        crossing[a as usize].store(true, Relaxed);
                        crossing[b as usize].store(true, Relaxed);
                    }
                });
            });
        }
        pairs.fetch_add(looked_at[0], Relaxed);
        fanned.fetch_add(looked_at[1], Relaxed);
        Ok::<_, Cancelled>(())
    })?;
    if is_given_up() {
        return Ok(None);
    }
    Ok(Some((0..count as u32).filter(|&t| crossing[t as usize].load(Relaxed)).collect()))
}

/// Pairs without and with a common vertex after which it is given up among so many triangles.
fn limits(count: usize) -> [u64; 2] {
    let pairs = MAX_PAIRS * count.max(1000) as u64;
    [pairs, pairs.max(MAX_FANNED)]
}

fn have_common_vertex(mesh: &Mesh, a: u32, b: u32) -> bool {
    let [a, b] = [a, b].map(|t| mesh.triangle_indices[t as usize]);
    a.iter().any(|v| b.contains(v))
}

/// Whether triangles `a` and `b` pass through each other.
fn intersect(mesh: &Mesh, a: u32, b: u32) -> bool {
    let [mut first, mut second] = [a, b].map(|t| mesh.triangle_indices[t as usize]);
    // Shared vertices come first in both, in the same order.
    let mut shared = 0;
    for i in 0..3 {
        if let Some(j) = (shared..3).find(|&j| second[j] == first[i]) {
            first.swap(shared, i);
            second.swap(shared, j);
            shared += 1;
        }
    }
    let position = |v: u32| mesh.vertex_positions[v as usize].as_dvec3();
    let (p, q) = (first.map(position), second.map(position));
    if shared == 2 {
        return is_folded_flat(p[0], p[1], p[2], q[2]);
    }
    if shared == 3 {
        return true;
    }
    // Each must have corners on both sides of the other's plane. Most pairs end here.
    let straddles = |sides: [i32; 3]| sides.contains(&1) && sides.contains(&-1);
    let q_sides = sides(&p, &q, shared);
    if !straddles(q_sides) {
        return false;
    }
    let p_sides = sides(&q, &p, shared);
    if !straddles(p_sides) {
        return false;
    }
    cross_along_a_line(p, p_sides, q, q_sides)
}

/// On which side of the first triangle's plane the corners of the second lie; the first `shared` of
/// them lie in it.
fn sides([a, b, c]: &[DVec3; 3], corners: &[DVec3; 3], shared: usize) -> [i32; 3] {
    std::array::from_fn(|i| if i < shared { 0 } else { side(*a, *b, *c, corners[i]) })
}

/// Whether two triangles, each with corners on both sides of the other's plane, have more than a point
/// in common.
///
/// The line in which the planes meet runs through each of them for a stretch, and the stretches must
/// overlap. That holds as well where an edge passes exactly through the edge on which two triangles
/// join, but not where bodies only touch edge to edge. After Guigue and Devillers, *Fast and robust
/// triangle-triangle overlap test using orientation predicates*, 2003.
fn cross_along_a_line(mut p: [DVec3; 3], p_sides: [i32; 3], mut q: [DVec3; 3], q_sides: [i32; 3]) -> bool {
    // The corner that is alone on its side comes first: both edges from it end the stretch.
    let lone = |sides: [i32; 3]| {
        let is_alone = |i: usize| sides[i] != 0 && sides[i] != sides[(i + 1) % 3] && sides[i] != sides[(i + 2) % 3];
        (0..2).find(|&i| is_alone(i)).unwrap_or(2)
    };
    let (i, j) = (lone(p_sides), lone(q_sides));
    p.rotate_left(i);
    q.rotate_left(j);
    // Wound so that both lone corners lie on positive sides, which orders the ends along the line.
    if p_sides[i] < 0 {
        q.swap(1, 2);
    }
    if q_sides[j] < 0 {
        p.swap(1, 2);
    }
    // Neither stretch ends before or where the other begins.
    side(p[0], p[1], q[0], q[1]) < 0 && side(p[0], p[2], q[2], q[0]) < 0
}

/// On which side of the plane through `a`, `b` and `c` the point `d` lies: 1, -1, or 0 where rounding
/// could decide.
fn side(a: DVec3, b: DVec3, c: DVec3, d: DVec3) -> i32 {
    let (u, v, w) = (a - d, b - d, c - d);
    let determinant = u.dot(v.cross(w));
    // Differences of f32 coordinates lose next to nothing in f64; products lose a few bits.
    let magnitude = u.abs().dot(DVec3::new(
        v.y.abs() * w.z.abs() + v.z.abs() * w.y.abs(),
        v.z.abs() * w.x.abs() + v.x.abs() * w.z.abs(),
        v.x.abs() * w.y.abs() + v.y.abs() * w.x.abs(),
    ));
    let uncertain = 1e-15 * magnitude;
    i32::from(determinant > uncertain) - i32::from(determinant < -uncertain)
}

/// Whether two triangles on the edge from `a` to `b` lie on top of each other.
fn is_folded_flat(a: DVec3, b: DVec3, c: DVec3, d: DVec3) -> bool {
    side(a, b, c, d) == 0 && {
        let (normal, other) = ((b - a).cross(c - a), (b - a).cross(d - a));
        normal.dot(other) > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::ScalarGrid;
    use crate::progress::CancelToken;
    use crate::surface::extract;
    use glam::Vec3;

    fn ball(center: Vec3, radius: f32) -> Mesh {
        let field = ScalarGrid::from_fn([40; 3], Vec3::splat(-1.0), 2.0 / 39.0, |p| p.length() - 0.8);
        let mut mesh = extract(&field, &Monitor::silent()).unwrap();
        mesh.transform(|p| center + p * (radius / 0.8));
        mesh
    }

    fn found(mesh: &Mesh) -> Vec<u32> {
        self_intersections(mesh, &Monitor::silent()).unwrap().unwrap()
    }

    #[test]
    fn the_neighbours_of_a_large_mesh_are_no_tangle() {
        for count in [12, 100_000, MAX_TRIANGLES] {
            assert!(limits(count).iter().all(|&limit| limit >= 50 * count as u64), "{count}");
        }
    }

    #[test]
    fn a_ball_and_two_balls_apart_do_not_cross() {
        let mut mesh = ball(Vec3::ZERO, 1.0);
        assert!(found(&mesh).is_empty());
        mesh.append(&ball(Vec3::new(2.1, 0.0, 0.0), 1.0)).unwrap();
        mesh.append(&ball(Vec3::ZERO, 0.5)).unwrap();
        assert!(found(&mesh).is_empty());
    }

    #[test]
    fn overlapping_balls_cross_along_their_circle_and_nowhere_else() {
        let mut mesh = ball(Vec3::ZERO, 1.0);
        mesh.append(&ball(Vec3::new(1.0, 0.013, 0.007), 1.0)).unwrap();
        let crossing = found(&mesh);
        assert!(crossing.len() > 100, "{}", crossing.len());
        for &t in &crossing {
            let [a, b, c] = mesh.triangle(t as usize);
            let middle = (a + b + c) / 3.0;
            assert!((middle.x - 0.5).abs() < 0.1 && (middle.yz_length() - 0.866).abs() < 0.1, "{middle}");
        }
        // Every triangle is found that a slow search finds.
        let all = mesh.triangle_indices.len() as u32;
        let near = |t: u32| (mesh.triangle(t as usize)[0].x - 0.5).abs() < 0.15;
        let candidates: Vec<u32> = (0..all).filter(|&t| near(t)).collect();
        let slow = candidates.iter().filter(|&&a| candidates.iter().any(|&b| a != b && intersect(&mesh, a, b)));
        assert_eq!(slow.copied().collect::<Vec<_>>(), crossing);
    }

    trait YzLength {
        fn yz_length(self) -> f32;
    }
    impl YzLength for Vec3 {
        fn yz_length(self) -> f32 {
            self.y.hypot(self.z)
        }
    }

    #[test]
    fn neighbours_count_when_they_pass_through_or_fold_flat() {
        let mesh = |positions: &[[f32; 3]], triangles: &[[u32; 3]]| Mesh {
            vertex_positions: positions.iter().map(|&p| Vec3::from_array(p)).collect(),
            triangle_indices: triangles.to_vec(),
            vertex_colors: None,
        };
        let square = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.2, 0.3, 0.0]];
        assert!(found(&mesh(&square, &[[0, 1, 2], [1, 3, 2]])).is_empty(), "flat, side by side");
        assert_eq!(found(&mesh(&square, &[[0, 1, 2], [1, 0, 4]])), [0, 1], "folded over");
        let tent = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.4, 0.2, 0.5], [0.2, 0.3, -0.5]];
        assert_eq!(found(&mesh(&tent, &[[0, 1, 2], [0, 3, 4]])), [0, 1], "through, from a shared vertex");
        let edge = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 0.5], [0.5, 0.5, -0.5]];
        assert_eq!(found(&mesh(&edge, &[[0, 1, 2], [0, 3, 4]])), [0, 1], "through as far as the opposite edge");
        let above = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.4, 0.2, 0.5], [0.2, 0.3, 0.0]];
        assert!(found(&mesh(&above, &[[0, 1, 2], [0, 3, 4]])).is_empty(), "only touching");
    }

    #[test]
    fn bodies_cross_though_their_edges_meet_and_do_not_where_they_only_touch() {
        let solid = |positions: &[Vec3], triangles: &[[u32; 3]]| Mesh {
            vertex_positions: positions.to_vec(),
            triangle_indices: triangles.to_vec(),
            vertex_colors: None,
        };
        let crossing = |a: &Mesh, b: &Mesh, shift: Vec3| {
            let (mut both, mut other) = (a.clone(), b.clone());
            other.transform(|p| p + shift);
            both.append(&other).unwrap();
            found(&both).len()
        };
        let bit = |i: u32| (i & 1) as f32;
        let corners: Vec<Vec3> = (0..8).map(|i| 20.0 * Vec3::new(bit(i), bit(i >> 1), bit(i >> 2))).collect();
        let quads = [[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]];
        let sides: Vec<[u32; 3]> = quads.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect();
        let cube = solid(&corners, &sides);
        // Shifted evenly, the edges of either pass through the diagonals of the other.
        assert_eq!(crossing(&cube, &cube, Vec3::splat(5.0)), 12);
        assert_eq!(crossing(&cube, &cube, Vec3::new(5.1, 4.7, 5.3)), 12);
        for beside in [[20.0, 0.0, 0.0], [20.0, 5.0, 3.0], [20.0, 20.0, 5.0], [20.0, 20.0, 20.0]] {
            assert_eq!(crossing(&cube, &cube, Vec3::from_array(beside)), 0, "{beside:?}");
        }
        // An edge of one lies across an edge of the other, on the plane between them.
        let wedge = |corners: [[f32; 3]; 4]| {
            solid(&corners.map(Vec3::from_array), &[[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])
        };
        let upright = wedge([[0.0, 0.0, -1.0], [0.0, 0.0, 1.0], [-2.0, -1.0, 0.0], [-1.0, -2.0, 0.0]]);
        let across = wedge([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [2.0, 2.0, 1.0], [2.0, 2.0, -1.0]]);
        assert_eq!(crossing(&upright, &across, Vec3::ZERO), 0, "touching");
        assert_eq!(crossing(&upright, &across, Vec3::new(-0.5, -0.5, 0.0)), 4, "overlapping");
    }

    #[test]
    fn a_tangle_is_given_up_and_a_cancellation_noticed() {
        let spike = |i: u32| {
            let angle = i as f32;
            let tip = Vec3::new(angle.cos(), angle.sin(), (0.7 * angle).sin());
            [tip, -tip, tip.yzx() * 0.1]
        };
        use glam::Vec3Swizzles;
        let mesh = Mesh {
            vertex_positions: (0..3000).flat_map(spike).collect(),
            triangle_indices: (0..3000).map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect(),
            vertex_colors: None,
        };
        assert_eq!(self_intersections(&mesh, &Monitor::silent()), Ok(None));
        let token = CancelToken::new();
        token.cancel();
        assert_eq!(self_intersections(&mesh, &Monitor::new(&token, &|_| {})), Err(Cancelled));
    }
}
