//! Closing holes, and taking out triangles that hang on nothing.

use std::collections::HashMap;

use glam::{DVec3, Vec3};

use super::super::Mesh;
use super::super::polygon::Cutter;
use super::super::topology::{Topology, encloses_nothing};
use super::super::weld::weld;
use super::LONGEST_RIM;
use super::annulus::{Hole, holes_of};
use super::edges::{Edges, Triangle, key, rims, sorted};
use crate::progress::{Cancelled, Monitor};
use crate::union_find::UnionFind;

/// Loose triangles are rubbish where they are at most this part of a mesh; else they are the mesh.
const LOOSE_PART: usize = 20;
/// Part of its area that a piece shows to one side when it lies in a plane.
const FLATNESS: f64 = 1.0 - 1e-6;
/// How far the middle of a rim has to be from each of its edges, as a share of the rim's radius, for
/// a fan around it.
const FAN_MARGIN: f64 = 1e-3;
/// A rim of no more corners gets a fan where no ears were found.
const FANNED: usize = 4096;

/// Takes open pieces out that lie in a plane, single triangles above all, where they are few; returns
/// how many triangles those were. They are no part of any solid.
pub(super) fn drop_loose(mesh: &mut Mesh, monitor: &Monitor) -> Result<usize, Cancelled> {
    let topology = Topology::analyse(mesh, monitor)?;
    let mut faces = vec![DVec3::ZERO; topology.shells.len()];
    for (t, &shell) in topology.shell_of_triangle.iter().enumerate() {
        let [a, b, c] = mesh.triangle(t).map(|p| p.as_dvec3());
        faces[shell as usize] += (b - a).cross(c - a) / 2.0;
    }
    // The areas of what lies in one plane and winds one way add up as vectors.
    let is_loose: Vec<bool> =
        topology.shells.iter().zip(faces).map(|(s, face)| !s.closed && face.length() >= FLATNESS * s.area).collect();
    let loose: usize =
        topology.shells.iter().zip(&is_loose).filter(|(_, is)| **is).map(|(s, _)| s.triangle_count as usize).sum();
    let all = mesh.triangle_indices.len();
    // One alone may always go.
    if loose == 0 || loose == all || loose > all / LOOSE_PART + 1 {
        return Ok(0);
    }
    let mut shells = topology.shell_of_triangle.iter();
    mesh.triangle_indices.retain(|_| shells.next().is_none_or(|&shell| !is_loose[shell as usize]));
    *mesh = weld(mesh);
    Ok(loose)
}

/// How many holes there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Holes {
    /// That are closed now.
    pub closed: usize,
    /// That are open still, since it is not clear what would close them.
    pub unclear: usize,
}

/// Closes every hole whose rim is a simple ring, or that lies between two such rims.
///
/// What would enclose nothing then, such as a flat sheet, stays open.
pub(super) fn close_holes(mesh: &mut Mesh, monitor: &Monitor) -> Result<Holes, Cancelled> {
    let mut edges = Edges::of(mesh);
    if !edges.has_rim() {
        return Ok(Holes::default());
    }
    let mut rings = rims(mesh, &edges);
    rings.retain(|ring| !is_round_one_triangle(mesh, &edges, ring));
    let all = rings.len();
    rings.retain(|ring| ring.len() <= LONGEST_RIM);
    let mut unclear = all - rings.len();
    // A long tangled rim must not use up what short ones take.
    rings.sort_by_key(Vec::len);
    let mut cutter = Cutter::default();
    let mut fills = Vec::new();
    for hole in holes_of(mesh, &edges, rings, monitor)? {
        monitor.check()?;
        let fill = match hole {
            Hole::Ring(ring) => fill_ring(mesh, &edges, &ring, &mut cutter, monitor)?,
            Hole::Annulus(outline) => cut(mesh, &edges, &outline, &mut cutter, monitor)?,
            Hole::Unclear => None,
        };
        for &[a, b, c] in fill.iter().flatten() {
            for edge in [key(a, b), key(b, c), key(c, a)] {
                // That it is there is enough to know.
                edges.change(edge, |_| {});
            }
        }
        unclear += usize::from(fill.is_none());
        fills.extend(fill);
    }
    let before = fills.len();
    drop_flat(mesh, &mut fills);
    let closed = fills.len();
    mesh.triangle_indices.extend(fills.into_iter().flatten());
    if closed < before {
        // Without the middles of those that stay open.
        *mesh = weld(mesh);
    }
    Ok(Holes { closed, unclear })
}

/// Whether a ring is the outside of a single triangle, so that closing it would only double that.
fn is_round_one_triangle(mesh: &Mesh, edges: &Edges, ring: &[u32]) -> bool {
    let &[a, b, c] = ring else { return false };
    edges.owners(key(a, b)).any(|t| sorted(mesh.triangle_indices[t as usize]) == sorted([a, b, c]))
}

/// The triangles for a hole: a fan around its middle where that sees the whole rim, else ears, which
/// do not reach across the outside of a concave rim as a fan does. None where they would take too long.
fn fill_ring(
    mesh: &mut Mesh,
    edges: &Edges,
    ring: &[u32],
    cutter: &mut Cutter,
    monitor: &Monitor,
) -> Result<Option<Vec<Triangle>>, Cancelled> {
    if let &[a, b, c] = ring {
        return Ok(Some(vec![[a, b, c]]));
    }
    let share = 1.0 / ring.len() as f32;
    let middle: Vec3 = ring.iter().map(|&v| mesh.vertex_positions[v as usize] * share).sum();
    if !sees_all(mesh, ring, middle) {
        let ears = cut(mesh, edges, ring, cutter, monitor)?;
        if ears.is_some() || ring.len() > FANNED && cutter.is_spent() {
            return Ok(ears);
        }
    }
    let center = mesh.vertex_positions.len() as u32;
    mesh.vertex_positions.push(middle);
    if let Some(colors) = &mut mesh.vertex_colors {
        let mean = |c: usize| ring.iter().map(|&v| f32::from(colors[v as usize][c])).sum::<f32>() * share;
        let color = [0, 1, 2].map(|c| mean(c).round() as u8);
        colors.push(color);
    }
    let next = ring.iter().skip(1).chain(ring.first());
    Ok(Some(ring.iter().zip(next).map(|(&a, &b)| [a, b, center]).collect()))
}

/// Whether all triangles of the fan around `middle` face the way of the whole rim.
fn sees_all(mesh: &Mesh, ring: &[u32], middle: Vec3) -> bool {
    let arms: Vec<DVec3> = ring.iter().map(|&v| (mesh.vertex_positions[v as usize] - middle).as_dvec3()).collect();
    let sides = || arms.iter().zip(arms.iter().cycle().skip(1));
    let normal = sides().map(|(a, b)| a.cross(*b)).sum::<DVec3>().normalize_or_zero();
    let radius = arms.iter().map(|arm| arm.length()).fold(0.0, f64::max);
    sides().all(|(a, b)| a.cross(*b).dot(normal) > FAN_MARGIN * radius * a.distance(*b))
}

/// The ears of an outline, unless one of them would have an edge that is there already.
fn cut(
    mesh: &Mesh,
    edges: &Edges,
    outline: &[u32],
    cutter: &mut Cutter,
    monitor: &Monitor,
) -> Result<Option<Vec<Triangle>>, Cancelled> {
    let places: Vec<Vec3> = outline.iter().map(|&v| mesh.vertex_positions[v as usize]).collect();
    let Some(ears) = cutter.ears_of(&places, monitor)? else { return Ok(None) };
    let count = outline.len();
    let is_side = |i: usize, j: usize| (i + 1) % count == j || (j + 1) % count == i;
    let is_new = |i: usize, j: usize| {
        outline[i] != outline[j] && (is_side(i, j) || !edges.contains(key(outline[i], outline[j])))
    };
    let is_right = ears.iter().all(|&[i, j, k]| is_new(i, j) && is_new(j, k) && is_new(k, i));
    Ok(is_right.then(|| ears.into_iter().map(|ear| ear.map(|i| outline[i])).collect()))
}

/// What a piece encloses, with what is to close it.
struct Piece {
    origin: DVec3,
    low: DVec3,
    high: DVec3,
    six_volume: f64,
    twice_area: f64,
}

impl Piece {
    fn starting_at(origin: DVec3) -> Self {
        Self { origin, low: origin, high: origin, six_volume: 0.0, twice_area: 0.0 }
    }

    fn add(&mut self, corners: [DVec3; 3]) {
        for corner in corners {
            (self.low, self.high) = (self.low.min(corner), self.high.max(corner));
        }
        let [a, b, c] = corners.map(|p| p - self.origin);
        self.six_volume += a.dot(b.cross(c));
        self.twice_area += (b - a).cross(c - a).length();
    }

    fn is_flat(&self) -> bool {
        let side = (self.high - self.low).max_element();
        encloses_nothing(self.six_volume / 6.0, self.twice_area / 2.0, side)
    }
}

/// Leaves out what would close a piece that encloses nothing even so.
fn drop_flat(mesh: &Mesh, fills: &mut Vec<Vec<Triangle>>) {
    if fills.is_empty() {
        return;
    }
    let sets = UnionFind::new(mesh.vertex_positions.len());
    for &[a, b, c] in mesh.triangle_indices.iter().chain(fills.iter().flatten()) {
        sets.union(a, b);
        sets.union(b, c);
    }
    let corners = |t: &Triangle| t.map(|v| mesh.vertex_positions[v as usize].as_dvec3());
    let mut pieces: HashMap<u32, Piece> = HashMap::new();
    for triangle in fills.iter().flatten() {
        let corners = corners(triangle);
        pieces.entry(sets.find(triangle[0])).or_insert_with(|| Piece::starting_at(corners[0])).add(corners);
    }
    for triangle in &mesh.triangle_indices {
        if let Some(piece) = pieces.get_mut(&sets.find(triangle[0])) {
            piece.add(corners(triangle));
        }
    }
    let piece = |fill: &Vec<Triangle>| fill.first().and_then(|t| pieces.get(&sets.find(t[0])));
    fills.retain(|fill| piece(fill).is_none_or(|piece| !piece.is_flat()));
}
