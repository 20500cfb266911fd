//! Faces of any number of corners, as triangles.
//!
//! A convex face becomes the fan around its first corner. A concave one is cut into ears, because a
//! fan would lie outside of it in places; so is one with corners on a straight side, because a fan
//! would have triangles without area. There are always two triangles fewer than corners.

use std::ops::Range;

use glam::{DVec2, DVec3, Vec3};

use crate::progress::{Cancelled, Monitor};

/// Cutting takes time by the square of the corners; faces of more stay fans.
const MAX_CORNERS: usize = 4096;
/// Outlines of holes may be longer, since a fan is wrong there and nothing better is known.
const MAX_OUTLINE: usize = 1 << 15;
/// What all faces of a file may take together, in points that are looked at: some seconds. What is not
/// cut by then stays fans, so that a hostile file ends.
const MAX_STEPS: u64 = 1 << 30;
/// How far off a straight line rounding may put a point, by the largest coordinate.
const ROUNDING: f64 = 4.0 * f32::EPSILON as f64;

/// Collects the faces of a file. In files whose positions follow them they cannot be cut right away,
/// so all stay fans until [`Faces::finish`].
#[derive(Default)]
pub(crate) struct Faces {
    triangles: Vec<[u32; 3]>,
    /// The triangles of each face that has more than one.
    polygons: Vec<Range<usize>>,
}

impl Faces {
    /// With room for so many triangles.
    pub fn with_capacity(triangles: usize) -> Self {
        Self { triangles: Vec::with_capacity(triangles), polygons: Vec::new() }
    }

    /// How many triangles there are.
    pub fn triangle_count(&self) -> usize {
        self.triangles.len()
    }

    /// Adds a face, or returns false if it has fewer than three corners.
    pub fn add(&mut self, corners: &[u32]) -> bool {
        let [first, rest @ ..] = corners else { return false };
        let start = self.triangles.len();
        self.triangles.extend(rest.windows(2).map(|pair| [*first, pair[0], pair[1]]));
        let face = start..self.triangles.len();
        if face.len() > 1 {
            self.polygons.push(face.clone());
        }
        !face.is_empty()
    }

    /// The triangles, in the order of the faces.
    pub fn finish(mut self, positions: &[Vec3], monitor: &Monitor) -> Result<Vec<[u32; 3]>, Cancelled> {
        let mut cutter = Cutter::default();
        for face in self.polygons {
            monitor.check()?;
            cutter.cut(&mut self.triangles[face], positions, monitor)?;
        }
        Ok(self.triangles)
    }
}

/// The corners of the face that a fan is of.
fn corners(fan: &[[u32; 3]]) -> impl Iterator<Item = u32> {
    fan.first().into_iter().flat_map(|&[a, b, _]| [a, b]).chain(fan.iter().map(|&[_, _, c]| c))
}

/// Cuts one face after another; corners are numbered from 0 in each.
pub(crate) struct Cutter {
    /// The corners in a plane, counter-clockwise.
    points: Vec<DVec2>,
    /// How far off a straight line a point may be by rounding.
    noise: f64,
    /// The corners that are not yet cut off.
    rest: Vec<usize>,
    steps_left: u64,
}

impl Default for Cutter {
    fn default() -> Self {
        Self { points: Vec::new(), noise: 0.0, rest: Vec::new(), steps_left: MAX_STEPS }
    }
}

impl Cutter {
    /// The ears of an outline, as places in it, wound like it; in an outline that goes through a slit
    /// to a hole and back, around the hole. None where they cannot be cut: the outline crosses itself
    /// seen from the side that shows most of it, or is too long.
    pub(crate) fn ears_of(
        &mut self,
        outline: &[Vec3],
        monitor: &Monitor,
    ) -> Result<Option<Vec<[usize; 3]>>, Cancelled> {
        let fan: Vec<[u32; 3]> = (2..outline.len() as u32).map(|c| [0, c - 1, c]).collect();
        if fan.is_empty() || outline.len() > MAX_OUTLINE || self.steps_left == 0 || !self.project(&fan, outline) {
            return Ok(None);
        }
        let ears = self.ears(monitor)?;
        Ok(ears.filter(|ears| ears.iter().all(|&ear| self.area(ear) >= 0.0)))
    }

    /// Whether all that it may take was taken, so that nothing more can be cut.
    pub(crate) fn is_spent(&self) -> bool {
        self.steps_left == 0
    }

    /// Puts ears in place of `fan` where that is better and can be done.
    fn cut(&mut self, fan: &mut [[u32; 3]], positions: &[Vec3], monitor: &Monitor) -> Result<(), Cancelled> {
        let is_worth_it = fan.len() + 2 <= MAX_CORNERS && self.steps_left > 0;
        if !is_worth_it || !self.project(fan, positions) || self.is_strictly_convex() {
            return Ok(());
        }
        let Some(ears) = self.ears(monitor)? else { return Ok(()) };
        let corners: Vec<u32> = corners(fan).collect();
        for (triangle, ear) in fan.iter_mut().zip(ears) {
            *triangle = ear.map(|i| corners[i]);
        }
        Ok(())
    }

    /// Lays the corners into the plane of two axes that the face is nearest to. False if the face lies
    /// in none, or names positions that are not there.
    fn project(&mut self, fan: &[[u32; 3]], positions: &[Vec3]) -> bool {
        // Newell's normal is the sum over any triangles that share the outline, wrong ones included.
        let mut normal = DVec3::ZERO;
        for triangle in fan {
            let [Some(a), Some(b), Some(c)] = triangle.map(|i| positions.get(i as usize).map(|p| p.as_dvec3())) else {
                return false;
            };
            normal += (b - a).cross(c - a);
        }
        let axis = (1..3).fold(0, |best, i| if normal[i].abs() > normal[best].abs() { i } else { best });
        let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
        let (u, v) = if normal[axis] > 0.0 { (u, v) } else { (v, u) };
        self.points.clear();
        self.points.extend(corners(fan).map(|i| {
            let p = positions[i as usize].as_dvec3();
            DVec2::new(p[u], p[v])
        }));
        self.noise = ROUNDING * self.points.iter().map(|p| p.abs().max_element()).fold(0.0, f64::max);
        normal[axis].abs() > 0.0
    }

    fn is_strictly_convex(&self) -> bool {
        let count = self.points.len();
        (0..count).all(|i| self.is_sharp([(i + count - 1) % count, i, (i + 1) % count], self.noise))
    }

    /// Twice the area of a triangle, negative if it is clockwise.
    fn area(&self, [a, b, c]: [usize; 3]) -> f64 {
        (self.points[b] - self.points[a]).perp_dot(self.points[c] - self.points[a])
    }

    /// Whether a triangle is counter-clockwise and its height over the longest side above `least`.
    fn is_sharp(&self, triangle: [usize; 3], least: f64) -> bool {
        let [a, b, c] = triangle.map(|i| self.points[i]);
        let longest_squared = a.distance_squared(b).max(b.distance_squared(c)).max(c.distance_squared(a));
        let area = self.area(triangle);
        area > 0.0 && area * area > least * least * longest_squared
    }

    /// Whether none of the corners that are left is in a triangle or within `margin` of it.
    fn is_free(&mut self, triangle: [usize; 3], margin: f64) -> bool {
        let own = triangle.map(|i| self.points[i]);
        let [a, b, c] = own;
        // Distances to the sides, times the sides' lengths.
        let sides = [(a, b - a), (b, c - b), (c, a - c)].map(|(from, side)| (from, side, -margin * side.length()));
        let is_near = |p: DVec2| sides.iter().all(|&(from, side, least)| side.perp_dot(p - from) >= least);
        // Corners in the same place belong to a slit that leads to a hole.
        let found = self.rest.iter().map(|&i| self.points[i]).position(|p| is_near(p) && !own.contains(&p));
        let looked_at = found.unwrap_or(self.rest.len()) as u64;
        self.steps_left = self.steps_left.saturating_sub(looked_at);
        found.is_none()
    }

    /// Cuts off one ear after another; none if that does not come to an end.
    fn ears(&mut self, monitor: &Monitor) -> Result<Option<Vec<[usize; 3]>>, Cancelled> {
        self.rest.clear();
        self.rest.extend(0..self.points.len());
        let mut ears = Vec::with_capacity(self.points.len() - 2);
        let mut start = 0;
        while self.rest.len() > 3 {
            monitor.check()?;
            let Some(at) = self.find_ear(start, monitor)? else { return Ok(None) };
            ears.push(self.triangle_at(at));
            self.rest.remove(at);
            // Past the neighbour: cutting that off next makes slivers.
            start = at + 1;
        }
        ears.push(self.triangle_at(1));
        Ok(Some(ears))
    }

    /// The corner `at` among those that are left, between its neighbours.
    fn triangle_at(&self, at: usize) -> [usize; 3] {
        let (rest, count) = (&self.rest, self.rest.len());
        [rest[(at + count - 1) % count], rest[at], rest[(at + 1) % count]]
    }

    /// A corner that can be cut off, searched for from `start` on: one that leaves no doubt; else
    /// one that is right if the positions are exact; else one without area, which does no harm.
    fn find_ear(&mut self, start: usize, monitor: &Monitor) -> Result<Option<usize>, Cancelled> {
        let count = self.rest.len();
        let order = (0..count).map(|i| (start + i) % count);
        for margin in [self.noise, 0.0] {
            for at in order.clone() {
                monitor.check()?;
                if !self.may_take(1) {
                    return Ok(None);
                }
                let ear = self.triangle_at(at);
                if self.is_sharp(ear, margin) && self.is_free(ear, margin) {
                    return Ok(Some(at));
                }
            }
        }
        if !self.may_take(count as u64) {
            return Ok(None);
        }
        Ok(order.into_iter().find(|&at| self.area(self.triangle_at(at)) == 0.0))
    }

    /// Whether so many steps are left, which are taken then.
    fn may_take(&mut self, steps: u64) -> bool {
        let is_left = self.steps_left >= steps;
        self.steps_left = self.steps_left.saturating_sub(steps);
        is_left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The triangles of one face of these corners, and the corners in space: in a slanted plane, or in
    /// z = 0 where they are exact.
    fn cut(outline: &[[f32; 2]], is_slanted: bool) -> (Vec<[u32; 3]>, Vec<Vec3>) {
        let (u, v) = match is_slanted {
            true => (Vec3::new(0.8, 0.36, -0.48), Vec3::new(0.0, 0.8, 0.6)),
            false => (Vec3::X, Vec3::Y),
        };
        let positions: Vec<Vec3> = outline.iter().map(|&[x, y]| u * x + v * y).collect();
        let mut faces = Faces::default();
        assert!(faces.add(&(0..positions.len() as u32).collect::<Vec<_>>()));
        let triangles = faces.finish(&positions, &Monitor::silent()).unwrap();
        assert_eq!(triangles.len(), outline.len() - 2);
        (triangles, positions)
    }

    /// Every triangle has area and faces the same way, and together they have the area of the outline.
    fn assert_filled(outline: &[[f32; 2]], is_slanted: bool) {
        let (triangles, positions) = cut(outline, is_slanted);
        let vectors = |t: &[u32; 3]| {
            let [a, b, c] = t.map(|i| positions[i as usize].as_dvec3());
            (b - a).cross(c - a) * 0.5
        };
        let next = outline.iter().cycle().skip(1);
        let expected: f64 = outline.iter().zip(next).map(|(p, q)| f64::from(p[0] * q[1] - p[1] * q[0]) * 0.5).sum();
        let total: DVec3 = triangles.iter().map(vectors).sum();
        for triangle in &triangles {
            let vector = vectors(triangle);
            assert!(vector.length() > 1e-4 && vector.dot(total) > 0.0, "{triangle:?}: {vector}");
        }
        let area: f64 = triangles.iter().map(|t| vectors(t).length()).sum();
        assert!((area - expected.abs()).abs() < 1e-3, "{area} instead of {expected}");
    }

    fn assert_filled_from_any_corner_either_way(outline: &[[f32; 2]]) {
        for first in 0..outline.len() {
            let mut turned = outline.to_vec();
            turned.rotate_left(first);
            for _ in 0..2 {
                assert_filled(&turned, false);
                assert_filled(&turned, true);
                turned.reverse();
            }
        }
    }

    const U: [[f32; 2]; 8] =
        [[0.0, 0.0], [30.0, 0.0], [30.0, 40.0], [20.0, 40.0], [20.0, 10.0], [10.0, 10.0], [10.0, 40.0], [0.0, 40.0]];

    #[test]
    fn concave_faces_are_filled_and_not_webbed_over() {
        assert_filled_from_any_corner_either_way(&U);
        let star: Vec<[f32; 2]> = (0..14)
            .map(|i| {
                let (angle, radius) = (i as f32 * std::f32::consts::TAU / 14.0, if i % 2 == 0 { 30.0 } else { 9.0 });
                [100.0 + radius * angle.cos(), radius * angle.sin()]
            })
            .collect();
        assert_filled_from_any_corner_either_way(&star);
        let teeth = (0..40).flat_map(|i| [[80.0 - 2.0 * i as f32, 20.0], [79.0 - 2.0 * i as f32, 1.0]]);
        let comb: Vec<[f32; 2]> = [[0.0, 0.0], [80.0, 0.0]].into_iter().chain(teeth).collect();
        assert_filled_from_any_corner_either_way(&comb);
        // An arrowhead: of four corners too.
        assert_filled_from_any_corner_either_way(&[[0.0, 0.0], [4.0, -3.0], [1.0, 0.0], [4.0, 3.0]]);
    }

    #[test]
    fn corners_on_straight_sides_leave_no_triangle_without_area() {
        assert_filled_from_any_corner_either_way(&[[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [0.0, 2.0]]);
        let ring = [[0.0, 0.0], [2.0, 0.0], [3.0, 0.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0], [0.0, 3.0], [0.0, 1.5]];
        assert_filled_from_any_corner_either_way(&ring);
    }

    #[test]
    fn a_face_with_a_hole_behind_a_slit_keeps_it() {
        let hole = [[3.0, 3.0], [3.0, 6.0], [6.0, 6.0], [6.0, 3.0], [3.0, 3.0]];
        let outside = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [0.0, 0.0]];
        assert_filled_from_any_corner_either_way(&[outside.as_slice(), &hole].concat());
    }

    #[test]
    fn convex_faces_and_those_that_cannot_be_cut_stay_fans() {
        let fan = |count: u32| (1..count - 1).map(|i| [0, i, i + 1]).collect::<Vec<_>>();
        assert_eq!(cut(&[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], true).0, fan(3));
        assert_eq!(cut(&[[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0]], true).0, fan(4));
        assert_eq!(cut(&[[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0]], false).0, fan(4), "a bow tie");
        let large: Vec<[f32; 2]> = (0..100_000).map(|i| [(i % 7) as f32, i as f32]).collect();
        assert_eq!(cut(&large, false).0, fan(100_000));
        let mut faces = Faces::default();
        assert!(faces.add(&[0, 7, 1, 2]) && faces.add(&[9, 8, 7]) && !faces.add(&[1, 2]) && !faces.add(&[]));
        let found = faces.finish(&[Vec3::NAN, Vec3::X, Vec3::Y], &Monitor::silent()).unwrap();
        assert_eq!(found, [[0, 7, 1], [0, 1, 2], [9, 8, 7]]);
    }

    /// Together the triangles have the outline for a boundary, each of its sides once: none is missing and
    /// none is there twice, whichever way the face was cut.
    fn assert_bounded_by_outline(triangles: &[[u32; 3]], corners: u32) {
        let directed = |from: u32, to: u32| ([from.min(to), from.max(to)], if from < to { 1 } else { -1 });
        let mut sides = BTreeMap::<[u32; 2], i32>::new();
        for &[a, b, c] in triangles {
            for (side, way) in [directed(a, b), directed(b, c), directed(c, a)] {
                *sides.entry(side).or_default() += way;
            }
        }
        sides.retain(|_, net| *net != 0);
        assert!(sides == (0..corners).map(|i| directed(i, (i + 1) % corners)).collect());
    }

    #[test]
    fn an_outline_longer_than_a_face_is_cut_until_all_steps_are_taken() {
        let zigzag = |i: usize| Vec3::new(i as f32, if i.is_multiple_of(2) { 0.0 } else { 1.0 }, 0.0);
        let below = [Vec3::new(-1.0, -9.0, 0.0), Vec3::new(MAX_CORNERS as f32, -9.0, 0.0)];
        let outline: Vec<Vec3> = below.into_iter().chain((0..=MAX_CORNERS).rev().map(zigzag)).collect();
        let ears = |cutter: &mut Cutter| cutter.ears_of(&outline, &Monitor::silent()).unwrap().map(|ears| ears.len());
        let mut cutter = Cutter::default();
        assert_eq!((ears(&mut cutter), cutter.is_spent()), (Some(MAX_CORNERS + 1), false));
        cutter.steps_left = 100;
        assert_eq!((ears(&mut cutter), cutter.is_spent()), (None, true));
    }

    #[test]
    fn hostile_faces_end() {
        // Spirals have few ears, and each is looked for long.
        let spiral: Vec<[f32; 2]> = (0..MAX_CORNERS)
            .map(|i| {
                let (turns, side) = if i < MAX_CORNERS / 2 { (i, 0.0) } else { (MAX_CORNERS - 1 - i, 0.4) };
                let (angle, radius) = (turns as f32 * 0.05, 1.0 + turns as f32 * 0.008 + side);
                [radius * angle.cos(), radius * angle.sin()]
            })
            .collect();
        assert_bounded_by_outline(&cut(&spiral, false).0, MAX_CORNERS as u32);
        let scribble = (0..MAX_CORNERS as u64).map(|i| [i * 7919 % 1009, i * i % 1013].map(|n| n as f32));
        assert_bounded_by_outline(&cut(&scribble.collect::<Vec<_>>(), true).0, MAX_CORNERS as u32);
    }
}
