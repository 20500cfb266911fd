//! Rims of which one lies around the other: the hole is what lies between them.
//!
//! Such is the end of a pipe, whose inner and outer walls face apart. Closed each by itself they would
//! fill the bore. Rims in one plane always belong together so; those of a rough or curved end do where
//! both walls go off the same way.

use std::collections::HashSet;

use glam::{DVec2, DVec3, Vec3};

use super::super::Mesh;
use super::LONGEST_RIM;
use super::edges::{Edges, key};
use crate::progress::{Cancelled, Monitor};

/// How far off a plane rims may be that lie in it, as a share of the outer one's size.
const FLATNESS: f64 = 1e-3;
/// The same for rims that belong together by their walls; beyond it an end has no clear direction.
const UNEVENNESS: f64 = 0.3;
/// How much of their way walls go along the normal of their rims' plane, at least.
const STEEPNESS: f64 = 0.5;
/// The cosine of the angle that such rims' planes may be inclined by.
const PARALLEL: f64 = 0.9;
/// Among more rims it is not looked for, since each has to be compared with each.
const MOST_RIMS: usize = 10_000;

/// What is to be closed.
pub(super) enum Hole {
    /// Inside a ring.
    Ring(Vec<u32>),
    /// Between rings: an outline that goes round the outer one, and along slits round each inner one.
    Annulus(Vec<u32>),
    /// Between rings, and no slit was found.
    Unclear,
}

/// The holes that `rings` are the rims of.
///
/// # Errors
/// [`Cancelled`].
pub(super) fn holes_of(
    mesh: &Mesh,
    edges: &Edges,
    rings: Vec<Vec<u32>>,
    monitor: &Monitor,
) -> Result<Vec<Hole>, Cancelled> {
    if rings.len() < 2 || rings.len() > MOST_RIMS {
        return Ok(rings.into_iter().map(Hole::Ring).collect());
    }
    let outlines: Vec<Outline> = rings.iter().map(|ring| Outline::of(mesh, edges, ring)).collect();
    let parents = parents(&outlines, monitor)?;
    let mut holes = Vec::with_capacity(rings.len());
    for (i, ring) in rings.iter().enumerate().filter(|(i, _)| parents[*i].is_none()) {
        monitor.check()?;
        let inner: Vec<&Vec<u32>> =
            rings.iter().zip(&parents).filter(|(_, parent)| **parent == Some(i)).map(|(ring, _)| ring).collect();
        let plane = &outlines[i].plane;
        holes.push(match &inner[..] {
            [] => Hole::Ring(ring.clone()),
            inner => joined(ring, inner, |v| plane.flat(mesh.vertex_positions[v as usize]))
                .map_or(Hole::Unclear, Hole::Annulus),
        });
    }
    Ok(holes)
}

/// The two directions of a plane, and its normal.
struct Plane {
    u: DVec3,
    v: DVec3,
    normal: DVec3,
}

impl Plane {
    fn flat(&self, p: Vec3) -> DVec2 {
        DVec2::new(self.u.dot(p.as_dvec3()), self.v.dot(p.as_dvec3()))
    }
}

/// A rim as it lies in space.
struct Outline {
    points: Vec<Vec3>,
    /// Counter-clockwise seen against the normal.
    plane: Plane,
    area: f64,
    low: DVec3,
    high: DVec3,
    /// How far it is off its plane, as a share of its size.
    unevenness: f64,
    /// How much of its way the wall behind it goes along the normal: from -1, where it goes straight
    /// back, to 1.
    steepness: f64,
}

impl Outline {
    fn of(mesh: &Mesh, edges: &Edges, ring: &[u32]) -> Self {
        let points: Vec<Vec3> = ring.iter().map(|&v| mesh.vertex_positions[v as usize]).collect();
        let origin = points[0].as_dvec3();
        let arms = || points.iter().map(|p| p.as_dvec3() - origin);
        let twice_area: DVec3 = arms().zip(arms().skip(1)).map(|(a, b)| a.cross(b)).sum();
        let normal = twice_area.normalize_or_zero();
        let (u, v) = if normal == DVec3::ZERO { (DVec3::X, DVec3::Y) } else { normal.any_orthonormal_pair() };
        let (low, high) =
            arms().fold((origin, origin), |(low, high), arm| (low.min(origin + arm), high.max(origin + arm)));
        let off = arms().map(|arm| arm.dot(normal).abs()).fold(0.0, f64::max);
        let unevenness = if normal == DVec3::ZERO { f64::INFINITY } else { off / (high - low).max_element() };
        let steepness = if unevenness > UNEVENNESS { 0.0 } else { wall(mesh, edges, ring).dot(normal) };
        let area = twice_area.length() / 2.0;
        Self { points, plane: Plane { u, v, normal }, area, low, high, unevenness, steepness }
    }

    fn is_flat(&self) -> bool {
        self.unevenness <= FLATNESS
    }

    /// Whether `inner` lies inside this one, in the same plane or, seen along the normal, where walls
    /// that go off the same way belong to both.
    fn holds(&self, inner: &Outline) -> bool {
        (self.is_flat() && inner.is_flat() && self.holds_in_plane(inner)) || self.holds_along_walls(inner)
    }

    fn holds_along_walls(&self, inner: &Outline) -> bool {
        let are_steep = self.steepness.abs().min(inner.steepness.abs()) >= STEEPNESS;
        // Each by its own normal.
        let is_wall = are_steep && self.steepness * inner.steepness < 0.0;
        let size = (self.high - self.low).max_element();
        let slack = size * (UNEVENNESS * self.plane.normal.abs() + FLATNESS);
        is_wall
            && self.plane.normal.dot(inner.plane.normal) < -PARALLEL
            && self.low.cmple(inner.low + slack).all()
            && self.high.cmpge(inner.high - slack).all()
            && self.surrounds(self.plane.flat(inner.points[0]))
    }

    fn holds_in_plane(&self, inner: &Outline) -> bool {
        let slack = FLATNESS * (self.high - self.low).max_element();
        let is_within = self.low.cmple(inner.low + slack).all() && self.high.cmpge(inner.high - slack).all();
        let first = inner.points[0];
        is_within
            && self.plane.normal.dot(inner.plane.normal).abs() > 1.0 - FLATNESS
            && (first - self.points[0]).as_dvec3().dot(self.plane.normal).abs() <= slack
            && self.surrounds(self.plane.flat(first))
    }

    fn surrounds(&self, p: DVec2) -> bool {
        let next = self.points.iter().cycle().skip(1);
        let sides = self.points.iter().zip(next).map(|(&a, &b)| (self.plane.flat(a), self.plane.flat(b)));
        // Sides that a ray to the right crosses.
        let crossed =
            sides.filter(|&(a, b)| (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x));
        crossed.count() % 2 == 1
    }
}

/// The mean direction in which the triangles behind a rim go off from it; shorter than 1 as far as they
/// go different ways.
fn wall(mesh: &Mesh, edges: &Edges, ring: &[u32]) -> DVec3 {
    let place = |v: u32| mesh.vertex_positions[v as usize].as_dvec3();
    let (mut sum, mut length) = (DVec3::ZERO, 0.0);
    for (&a, &b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let owner = edges.owners(key(a, b)).next().map(|t| mesh.triangle_indices[t as usize]);
        let Some(apex) = owner.and_then(|owner| owner.into_iter().find(|&v| v != a && v != b)) else { continue };
        let (along, way) = ((place(b) - place(a)).normalize_or_zero(), place(apex) - place(a));
        let share = place(a).distance(place(b));
        sum += share * (way - way.dot(along) * along).normalize_or_zero();
        length += share;
    }
    if length > 0.0 { sum / length } else { DVec3::ZERO }
}

/// For every rim the one around it, if it faces the other way and is none within another itself: the
/// rim of a hole's island.
fn parents(outlines: &[Outline], monitor: &Monitor) -> Result<Vec<Option<usize>>, Cancelled> {
    let mut order: Vec<usize> = (0..outlines.len()).filter(|&i| outlines[i].unevenness <= UNEVENNESS).collect();
    order.sort_by(|&i, &j| outlines[j].area.total_cmp(&outlines[i].area));
    let mut parents = vec![None; outlines.len()];
    for (place, &i) in order.iter().enumerate() {
        monitor.check()?;
        // The smallest that holds it.
        let around = order[..place].iter().rev().copied().find(|&j| outlines[j].holds(&outlines[i]));
        parents[i] =
            around.filter(|&j| parents[j].is_none() && outlines[j].plane.normal.dot(outlines[i].plane.normal) < 0.0);
    }
    Ok(parents)
}

/// One outline around `outer` and along a slit round each of the `inner` rings.
fn joined(outer: &[u32], inner: &[&Vec<u32>], flat: impl Fn(u32) -> DVec2) -> Option<Vec<u32>> {
    if outer.len() + inner.iter().map(|ring| ring.len() + 2).sum::<usize>() > LONGEST_RIM {
        return None;
    }
    let mut outline = outer.to_vec();
    // Vertices that are there twice, at the ends of slits.
    let mut taken = HashSet::new();
    let mut rest: Vec<&[u32]> = inner.iter().map(|ring| ring.as_slice()).collect();
    // A slit to the ring that is furthest along meets no other.
    rest.sort_by(|a, b| furthest(a, &flat).total_cmp(&furthest(b, &flat)));
    while let Some(ring) = rest.pop() {
        let sides: Vec<[DVec2; 2]> =
            [&outline[..], ring].into_iter().chain(rest.iter().copied()).flat_map(|r| sides(r, &flat)).collect();
        let (at, from) = slit(&outline, ring, &taken, &sides, &flat)?;
        taken.extend([outline[at], ring[from]]);
        let round = ring[from..].iter().chain(&ring[..=from]).chain([&outline[at]]).copied();
        let round: Vec<u32> = round.collect();
        outline.splice(at + 1..at + 1, round);
    }
    Some(outline)
}

fn furthest(ring: &[u32], flat: impl Fn(u32) -> DVec2) -> f64 {
    ring.iter().map(|&v| flat(v).x).fold(f64::MIN, f64::max)
}

fn sides(ring: &[u32], flat: impl Fn(u32) -> DVec2) -> Vec<[DVec2; 2]> {
    ring.iter().zip(ring.iter().cycle().skip(1)).map(|(&a, &b)| [flat(a), flat(b)]).collect()
}

/// The shortest slit from the outline to the ring that crosses no side: its ends, as places in both.
fn slit(
    outline: &[u32],
    ring: &[u32],
    taken: &HashSet<u32>,
    sides: &[[DVec2; 2]],
    flat: impl Fn(u32) -> DVec2,
) -> Option<(usize, usize)> {
    let ends: Vec<(usize, DVec2)> =
        outline.iter().enumerate().filter(|(_, v)| !taken.contains(v)).map(|(i, &v)| (i, flat(v))).collect();
    // From each corner of the ring the nearest.
    let nearest = |p: DVec2| ends.iter().min_by(|a, b| a.1.distance_squared(p).total_cmp(&b.1.distance_squared(p)));
    let mut slits: Vec<(f64, usize, usize, [DVec2; 2])> = ring
        .iter()
        .enumerate()
        .filter_map(|(from, &v)| {
            let p = flat(v);
            let &(at, q) = nearest(p)?;
            Some((p.distance_squared(q), at, from, [q, p]))
        })
        .collect();
    slits.sort_by(|a, b| a.0.total_cmp(&b.0));
    let is_clear = |slit: &[DVec2; 2]| sides.iter().all(|side| !cross(slit, side));
    slits.iter().find(|(.., slit)| is_clear(slit)).map(|&(_, at, from, _)| (at, from))
}

/// Whether two lines meet other than in a common end.
fn cross(&[a, b]: &[DVec2; 2], &[c, d]: &[DVec2; 2]) -> bool {
    if a == c || a == d || b == c || b == d {
        return false;
    }
    let side = |from: DVec2, to: DVec2, p: DVec2| (to - from).perp_dot(p - from);
    side(a, b, c) * side(a, b, d) <= 0.0 && side(c, d, a) * side(c, d, b) <= 0.0
}
