//! The triangles of the 256 ways in which a surface can pass through a cell, made at first use.
//!
//! Corners of a cell are numbered `dx + 2 dy + 4 dz`; bit *c* of a case is set when corner *c* is
//! inside. Edges along x are `dy + 2 dz`, along y `4 + dx + 2 dz`, along z `8 + dx + 2 dy`.
//!
//! Two rules make neighbouring cells fit, so that the whole surface is closed and manifold:
//! * On a face with two inside corners across a diagonal the inside corners are **separated**. The
//!   choice depends on that face alone, so both cells at the face agree.
//! * No diagonal of a triangulated loop lies in a face of the cell: the neighbour might draw the
//!   same diagonal, and then four triangles would meet at it. Every loop has such a triangulation;
//!   a test says so.

use std::sync::LazyLock;

/// The most triangles that a cell needs.
const MAX_TRIANGLES: usize = 5;

/// How the surface passes through one kind of cell.
#[derive(Clone, Copy, Default)]
pub(super) struct Case {
    /// Bit *e* is set when edge *e* is crossed.
    pub(super) crossed: u16,
    /// Number of triangles.
    pub(super) triangle_count: u8,
    triangles: [[u8; 3]; MAX_TRIANGLES],
}

impl Case {
    /// The edges on which the corners of each triangle lie, counter-clockwise seen from outside.
    pub(super) fn triangles(&self) -> &[[u8; 3]] {
        &self.triangles[..usize::from(self.triangle_count).min(MAX_TRIANGLES)]
    }
}

/// One entry per case.
pub(super) static CASES: LazyLock<[Case; 256]> = LazyLock::new(|| std::array::from_fn(|mask| case(mask as u8)));

/// Corners of each face, counter-clockwise seen from outside the cell.
const FACES: [[u8; 4]; 6] = [[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]];

/// The edge between two neighbouring corners.
fn edge_between(a: u8, b: u8) -> u8 {
    let low = a.min(b);
    match a ^ b {
        1 => low >> 1,
        2 => 4 + (low & 1) + 2 * (low >> 2),
        _ => 8 + low,
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

fn case(mask: u8) -> Case {
    let next = segments(mask);
    let mut case = Case::default();
    for first in 0..12u8 {
        let mut polygon = Vec::new();
        let mut edge = first;
        while let Some(after) = next[usize::from(edge)].filter(|_| case.crossed & 1 << edge == 0) {
            case.crossed |= 1 << edge;
            polygon.push(edge);
            edge = after;
        }
        for triangle in triangulate(&polygon).unwrap_or_default() {
            case.triangles[usize::from(case.triangle_count)] = triangle;
            case.triangle_count += 1;
        }
    }
    case
}

/// For every crossed edge the one that follows it on its loop, clockwise seen from outside.
fn segments(mask: u8) -> [Option<u8>; 12] {
    let inside = |corner: u8| mask >> corner & 1 == 1;
    let mut next = [None; 12];
    for face in FACES {
        for i in 0..4 {
            // Each run of inside corners around the face is cut off by a segment of its own.
            if inside(face[i]) && !inside(face[(i + 3) % 4]) {
                let last = (i..i + 3).find(|&j| !inside(face[(j + 1) % 4])).unwrap_or(i);
                let exit = edge_between(face[last % 4], face[(last + 1) % 4]);
                next[usize::from(exit)] = Some(edge_between(face[(i + 3) % 4], face[i]));
            }
        }
    }
    next
}

/// The triangulation of `polygon` without diagonals in faces that has the shortest diagonals
/// (measured between the middles of the edges).
fn triangulate(polygon: &[u8]) -> Option<Vec<[u8; 3]>> {
    if polygon.len() < 3 {
        return Some(Vec::new());
    }
    cheapest(polygon).map(|(_, triangles)| triangles)
}

/// Triangulates the polygon whose closing side joins its first and last corner.
fn cheapest(polygon: &[u8]) -> Option<(u32, Vec<[u8; 3]>)> {
    let [first, .., last] = *polygon else { return None };
    if polygon.len() == 2 {
        return Some((0, Vec::new()));
    }
    let apexes = 1..polygon.len() - 1;
    let split = |apex: usize| {
        let (left, right) = (&polygon[..=apex], &polygon[apex..]);
        let cost = diagonal_cost(left)? + diagonal_cost(right)?;
        let (left, right) = (cheapest(left)?, cheapest(right)?);
        let mut triangles = vec![[last, polygon[apex], first]];
        triangles.extend(left.1.into_iter().chain(right.1));
        Some((cost + left.0 + right.0, triangles))
    };
    apexes.filter_map(split).min_by_key(|(cost, _)| *cost)
}

/// The cost of cutting `part` off along the line between its ends: nothing when that is a side of
/// the loop, `None` when it is forbidden.
fn diagonal_cost(part: &[u8]) -> Option<u32> {
    match *part {
        [_, _] => Some(0),
        [a, .., b] if !share_a_face(a, b) => {
            let (a, b) = (middle(a), middle(b));
            Some((0..3).map(|i| a[i].abs_diff(b[i]).pow(2)).sum())
        }
        _ => None,
    }
}

/// The middle of an edge in half cells.
fn middle(edge: u8) -> [u32; 3] {
    let (low, high) = (u32::from(edge & 1) * 2, u32::from(edge >> 1 & 1) * 2);
    match edge / 4 {
        0 => [1, low, high],
        1 => [low, 1, high],
        _ => [low, high, 1],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_loop_is_triangulated_without_diagonals_in_faces() {
        for (mask, case) in CASES.iter().enumerate() {
            let mut loop_lengths = Vec::new();
            let mut seen = 0u16;
            let next = segments(mask as u8);
            for first in 0..12u8 {
                let (mut edge, mut length) = (first, 0);
                while let Some(after) = next[usize::from(edge)].filter(|_| seen & 1 << edge == 0) {
                    seen |= 1 << edge;
                    (edge, length) = (after, length + 1);
                }
                loop_lengths.extend((length > 0).then_some(length));
            }
            assert!(loop_lengths.iter().all(|&n| n >= 3), "case {mask}: {loop_lengths:?}");
            let expected: i32 = loop_lengths.iter().map(|n| n - 2).sum();
            assert_eq!(i32::from(case.triangle_count), expected, "case {mask}");
            for &[a, b, c] in case.triangles() {
                for (from, to) in [(a, b), (b, c), (c, a)] {
                    let side = next[usize::from(to)] == Some(from);
                    assert!(side || !share_a_face(from, to), "case {mask}: {from} to {to}");
                }
            }
        }
    }

    #[test]
    fn crossed_edges_are_those_whose_ends_differ() {
        for (mask, case) in CASES.iter().enumerate() {
            for (a, b) in (0..8u8).flat_map(|a| [a ^ 1, a ^ 2, a ^ 4].map(|b| (a, b))) {
                let differ = (mask >> a ^ mask >> b) & 1 == 1;
                assert_eq!(case.crossed >> edge_between(a, b) & 1 == 1, differ, "case {mask}, corners {a} {b}");
            }
        }
    }
}
