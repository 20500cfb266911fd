//! The triangles of all the ways in which a surface can pass through a cell, made at first use.
//!
//! Corners of a cell are numbered `dx + 2 dy + 4 dz`; bit *c* of a sign pattern is set when corner *c*
//! is inside. Edges along x are `dy + 2 dz`, along y `4 + dx + 2 dz`, along z `8 + dx + 2 dy`.
//!
//! A face with two inside corners across a diagonal is ambiguous: the inside corners may hang together
//! across it, or the outside ones. [`Case::decided`] leads from such a pattern to the case for what was
//! [decided](super::decide) about its faces.
//!
//! Two rules make neighbouring cells fit, so that the whole surface is closed and manifold:
//! * What is decided about a face depends on the samples at its corners alone, so both cells at the face
//!   agree.
//! * No diagonal of a triangulated loop lies in a face of the cell: the neighbour might draw the
//!   same diagonal, and then four triangles would meet at it. Loops of up to seven edges have such a
//!   triangulation (a test says so); it is the one whose diagonals are nearest to the surface. Longer
//!   loops, which pass between joined corners, get a vertex at their [centre](CENTER), as in Chernyaev,
//!   "Marching Cubes 33" (1995).

use std::sync::LazyLock;

/// The most triangles that a cell needs.
const MAX_TRIANGLES: usize = 12;

/// The number of a cell's inner vertex, after those of its edges: the mean of the vertices of its longest
/// loop.
pub(super) const CENTER: u8 = 12;

/// The shortest loop that has an inner vertex. Two do not fit into a cell.
const LOOP_WITH_CENTER: usize = 8;

/// The number of sign patterns; their cases come first in [`CASES`].
const PATTERNS: usize = 256;

/// How the surface passes through one kind of cell.
#[derive(Clone, Default)]
pub(super) struct Case {
    /// Bit *e* is set when edge *e* is crossed, bit [`CENTER`] when there is an inner vertex.
    pub(super) crossed: u16,
    /// The edges of the loop around the inner vertex.
    pub(super) around_center: u16,
    /// Bit *f* is set when face *f* is ambiguous, and not decided yet.
    pub(super) ambiguous: u8,
    /// Number of triangles.
    pub(super) triangle_count: u8,
    triangles: [[u8; 3]; MAX_TRIANGLES],
    /// The first of the cases that this one becomes when its faces are decided.
    first_decided: u16,
}

impl Case {
    /// The edges on which the corners of each triangle lie, counter-clockwise seen from outside.
    pub(super) fn triangles(&self) -> &[[u8; 3]] {
        &self.triangles[..usize::from(self.triangle_count).min(MAX_TRIANGLES)]
    }

    /// The number of the case that this one is when on the ambiguous faces in `joined` the inside corners
    /// hang together, and on the others the outside ones.
    pub(super) fn decided(&self, joined: u8) -> u16 {
        // The bits of `joined` at ambiguous faces, close together.
        let (mut subset, mut bit) = (0, 0);
        for face in (0..6).filter(|face| self.ambiguous >> face & 1 == 1) {
            subset |= u16::from(joined >> face & 1) << bit;
            bit += 1;
        }
        self.first_decided + subset
    }
}

/// One case per sign pattern, then those of ambiguous patterns by what is decided about their faces.
pub(super) static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let mut cases = vec![Case::default(); PATTERNS];
    for pattern in 0..PATTERNS {
        let ambiguous = ambiguous_faces(pattern as u8);
        if ambiguous == 0 {
            cases[pattern] = case(pattern as u8, 0);
            continue;
        }
        cases[pattern] = Case { ambiguous, first_decided: cases.len() as u16, ..Case::default() };
        let subsets = (0..64).filter(|joined| joined & !ambiguous == 0);
        cases.extend(subsets.map(|joined| case(pattern as u8, joined)));
    }
    cases
});

/// Corners of each face, counter-clockwise seen from outside the cell.
pub(super) const FACES: [[u8; 4]; 6] =
    [[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]];

/// The edge between two neighbouring corners.
fn edge_between(a: u8, b: u8) -> u8 {
    let low = a.min(b);
    match a ^ b {
        1 => low >> 1,
        2 => 4 + (low & 1) + 2 * (low >> 2),
        _ => 8 + low,
    }
}

/// The corners at the ends of an edge, the lower one first.
pub(super) fn ends(edge: u8) -> [u8; 2] {
    let (low, high) = (edge & 1, edge >> 1 & 1);
    match edge / 4 {
        0 => [2 * low + 4 * high, 1 + 2 * low + 4 * high],
        1 => [low + 4 * high, low + 2 + 4 * high],
        _ => [low + 2 * high, low + 2 * high + 4],
    }
}

/// The edges of each face as bits.
fn face_edges() -> [u16; 6] {
    FACES.map(|f| (0..4).fold(0, |bits, i| bits | 1 << edge_between(f[i], f[(i + 1) % 4])))
}

fn share_a_face(a: u8, b: u8) -> bool {
    let both = 1u16 << a | 1 << b;
    face_edges().iter().any(|edges| edges & both == both)
}

/// The faces where inside and outside corners alternate, as bits.
fn ambiguous_faces(pattern: u8) -> u8 {
    let inside = |corner: u8| pattern >> corner & 1 == 1;
    let alternate = |face: &[u8; 4]| (0..4).all(|i| inside(face[i]) != inside(face[(i + 1) % 4]));
    (0..6).fold(0, |bits, f| bits | u8::from(alternate(&FACES[f])) << f)
}

fn case(pattern: u8, joined: u8) -> Case {
    let mut case = Case::default();
    for polygon in loops(&segments(pattern, joined)) {
        let edges = polygon.iter().fold(0, |bits, edge| bits | 1 << edge);
        case.crossed |= edges;
        let triangles = if polygon.len() < LOOP_WITH_CENTER {
            triangulate(pattern, &polygon).unwrap_or_default()
        } else {
            case.crossed |= 1 << CENTER;
            case.around_center = edges;
            let sides = polygon.iter().zip(polygon.iter().cycle().skip(1));
            sides.map(|(&from, &to)| [from, CENTER, to]).collect()
        };
        for triangle in triangles {
            case.triangles[usize::from(case.triangle_count)] = triangle;
            case.triangle_count += 1;
        }
    }
    case
}

/// For every crossed edge the one that follows it on its loop, clockwise seen from outside.
type Segments = [Option<u8>; 12];

/// The lines in which the surface meets the faces; on the ambiguous faces in `joined` inside corners hang
/// together.
fn segments(pattern: u8, joined: u8) -> Segments {
    let inside = |corner: u8| pattern >> corner & 1 == 1;
    let mut next = [None; 12];
    for (f, face) in FACES.iter().enumerate() {
        let joined = ambiguous_faces(pattern) & joined & 1 << f != 0;
        for i in 0..4 {
            if inside(face[i]) && !inside(face[(i + 3) % 4]) {
                // Each run of inside corners around the face is cut off by a segment of its own; where
                // they are joined, each of the outside corners.
                let last = (i..i + 3).find(|&j| !inside(face[(j + 1) % 4])).unwrap_or(i);
                let last = if joined { i + 2 } else { last };
                let exit = edge_between(face[last % 4], face[(last + 1) % 4]);
                next[usize::from(exit)] = Some(edge_between(face[(i + 3) % 4], face[i]));
            }
        }
    }
    next
}

/// The closed loops of crossed edges.
fn loops(next: &Segments) -> Vec<Vec<u8>> {
    let mut loops = Vec::new();
    let mut seen = 0u16;
    for first in 0..12u8 {
        let mut polygon = Vec::new();
        let mut edge = first;
        while let Some(after) = next[usize::from(edge)].filter(|_| seen & 1 << edge == 0) {
            seen |= 1 << edge;
            polygon.push(edge);
            edge = after;
        }
        if !polygon.is_empty() {
            loops.push(polygon);
        }
    }
    loops
}

/// The triangulation of `polygon` without diagonals in faces whose diagonals are nearest to the surface.
fn triangulate(pattern: u8, polygon: &[u8]) -> Option<Vec<[u8; 3]>> {
    cheapest(pattern, polygon).map(|(_, triangles)| triangles)
}

/// Triangulates the polygon whose closing side joins its first and last corner.
fn cheapest(pattern: u8, polygon: &[u8]) -> Option<(u32, Vec<[u8; 3]>)> {
    let [first, .., last] = *polygon else { return None };
    if polygon.len() == 2 {
        return Some((0, Vec::new()));
    }
    let apexes = 1..polygon.len() - 1;
    let split = |apex: usize| {
        let (left, right) = (&polygon[..=apex], &polygon[apex..]);
        let cost = diagonal_cost(pattern, left)? + diagonal_cost(pattern, right)?;
        let (left, right) = (cheapest(pattern, left)?, cheapest(pattern, right)?);
        let mut triangles = vec![[last, polygon[apex], first]];
        triangles.extend(left.1.into_iter().chain(right.1));
        Some((cost + left.0 + right.0, triangles))
    };
    apexes.filter_map(split).min_by_key(|(cost, _)| *cost)
}

/// The cost of cutting `part` off along the line between its ends: nothing when that is a side of
/// the loop, `None` when it is forbidden.
fn diagonal_cost(pattern: u8, part: &[u8]) -> Option<u32> {
    match *part {
        [_, _] => Some(0),
        [a, .., b] if !share_a_face(a, b) => Some(distance_from_zero(pattern, a, b)),
        _ => None,
    }
}

/// How far from zero the samples' trilinear interpolant is half-way between the middles of two edges, in
/// 1/64, if all samples are -1 or 1.
fn distance_from_zero(pattern: u8, a: u8, b: u8) -> u32 {
    let (a, b) = (middle(a), middle(b));
    let interpolate = |sum: i32, corner: u8| {
        let weight = |axis: usize| if corner >> axis & 1 == 1 { a[axis] + b[axis] } else { 4 - a[axis] - b[axis] };
        let weight = weight(0) * weight(1) * weight(2);
        sum + if pattern >> corner & 1 == 1 { -weight } else { weight }
    };
    (0..8).fold(0, interpolate).unsigned_abs()
}

/// The middle of an edge in half cells.
fn middle(edge: u8) -> [i32; 3] {
    let [low, high] = ends(edge);
    [0, 1, 2].map(|axis| i32::from(low >> axis & 1) + i32::from(high >> axis & 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pattern with every decision about its ambiguous faces, and its case.
    fn all() -> impl Iterator<Item = (u8, u8, &'static Case)> {
        (0..=255u8).flat_map(|pattern| {
            let joined = (0..64).filter(move |joined| joined & !ambiguous_faces(pattern) == 0);
            joined.map(move |joined| {
                let undecided = &CASES[usize::from(pattern)];
                let number = if undecided.ambiguous == 0 { u16::from(pattern) } else { undecided.decided(joined) };
                (pattern, joined, &CASES[usize::from(number)])
            })
        })
    }

    #[test]
    fn every_loop_is_spanned_without_diagonals_in_faces() {
        for (pattern, joined, case) in all() {
            let name = format!("pattern {pattern:08b}, joined {joined:06b}");
            let next = segments(pattern, joined);
            let lengths: Vec<usize> = loops(&next).iter().map(Vec::len).collect();
            assert!(lengths.iter().all(|&n| n >= 3), "{name}: {lengths:?}");
            let long = lengths.iter().filter(|&&n| n >= LOOP_WITH_CENTER).count();
            assert_eq!(usize::from(case.crossed >> CENTER & 1 == 1), long, "{name}");
            let spanning = lengths.iter().map(|&n| if n < LOOP_WITH_CENTER { n - 2 } else { n });
            assert_eq!(usize::from(case.triangle_count), spanning.sum::<usize>(), "{name}");
            // Sides of loops appear once, the other way round; all others twice, once in each direction.
            let sides = case.triangles().iter().flat_map(|&[a, b, c]| [(a, b), (b, c), (c, a)]);
            let sides: Vec<(u8, u8)> = sides.collect();
            for &(from, to) in &sides {
                let of_loop = to != CENTER && next[usize::from(to)] == Some(from);
                let back = sides.iter().filter(|&&side| side == (to, from)).count();
                assert_eq!(back, usize::from(!of_loop), "{name}: {from} to {to}");
                let inner = from == CENTER || to == CENTER;
                assert!(of_loop || inner || !share_a_face(from, to), "{name}: {from} to {to}");
            }
            let rims = next.iter().zip(0..).filter_map(|(after, edge)| after.map(|after| (after, edge)));
            assert!(rims.into_iter().all(|rim| sides.contains(&rim)), "{name}");
        }
    }

    #[test]
    fn crossed_edges_are_those_whose_ends_differ() {
        for (pattern, _, case) in all() {
            for edge in 0..12 {
                let [a, b] = ends(edge);
                assert_eq!(edge_between(a, b), edge);
                let differ = (pattern >> a ^ pattern >> b) & 1 == 1;
                assert_eq!(case.crossed >> edge & 1 == 1, differ, "pattern {pattern:08b}, corners {a} {b}");
            }
        }
    }

    #[test]
    fn joining_turns_inside_out_what_separating_does() {
        // The lines on the faces are the same when inside and outside change places, but run backwards.
        for (pattern, joined, _) in all() {
            let there = segments(pattern, joined);
            let back = segments(!pattern, ambiguous_faces(pattern) & !joined);
            for (edge, after) in there.iter().enumerate() {
                assert!(after.is_none_or(|after| back[usize::from(after)] == Some(edge as u8)));
            }
        }
    }
}
