//! Turning the triangles of each piece the same way.

use rayon::prelude::*;

use super::super::Mesh;
use super::super::adjacency::{EdgeUse, Rows, edge_uses, start_of};
use crate::progress::{Cancelled, Monitor};

/// Triangles, or rows of vertices, between two looks at the cancellation.
pub(super) const BETWEEN_CHECKS: usize = 1 << 16;
/// No half-edge.
const NONE: u32 = u32::MAX;

/// Makes the triangles of each piece wind the same way across their edges of two; the larger part of
/// a piece keeps its sense. Returns how many were turned.
pub(super) fn orient(mesh: &mut Mesh, monitor: &Monitor) -> Result<usize, Cancelled> {
    monitor.check()?;
    let uses = edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
    let is_turned = |v: usize| pairs(&uses, v).any(|pair| is_against(mesh, pair));
    // Most meshes have nothing to be turned.
    if !(0..uses.len()).into_par_iter().with_min_len(4096).any(is_turned) {
        return Ok(0);
    }
    let partners = partners(mesh, &uses, monitor)?;
    drop(uses);
    let count = mesh.triangle_indices.len();
    let mut turn: Vec<Option<bool>> = vec![None; count];
    let (mut turned, mut looked_at) = (0, 0usize);
    for seed in 0..count {
        if turn[seed].is_some() {
            continue;
        }
        turn[seed] = Some(false);
        let (mut piece, mut next) = (vec![seed], 0);
        while let Some(&t) = piece.get(next) {
            next += 1;
            looked_at += 1;
            if looked_at.is_multiple_of(BETWEEN_CHECKS) {
                monitor.check()?;
            }
            for half_edge in 3 * t as u32..3 * t as u32 + 3 {
                let partner = partners[half_edge as usize];
                let other = partner as usize / 3;
                if partner != NONE && turn[other].is_none() {
                    turn[other] = turn[t].map(|own| own != is_against(mesh, [half_edge, partner]));
                    piece.push(other);
                }
            }
        }
        let flipped = piece.iter().filter(|&&t| turn[t] == Some(true)).count();
        let swap = 2 * flipped > piece.len();
        for t in piece {
            if (turn[t] == Some(true)) != swap {
                mesh.triangle_indices[t].swap(1, 2);
                turned += 1;
            }
        }
    }
    Ok(turned)
}

/// The half-edges of every edge of two triangles in the row of vertex `v`.
fn pairs(uses: &Rows<EdgeUse>, v: usize) -> impl Iterator<Item = [u32; 2]> {
    uses.edges(v).filter_map(|edge| match edge {
        [x, y] => Some([x.half_edge(), y.half_edge()]),
        _ => None,
    })
}

/// Whether the two triangles of an edge have it the same way.
fn is_against(mesh: &Mesh, [x, y]: [u32; 2]) -> bool {
    start_of(mesh, x) == start_of(mesh, y)
}

/// For every half-edge the other one of its edge, if that has just two triangles.
fn partners(mesh: &Mesh, uses: &Rows<EdgeUse>, monitor: &Monitor) -> Result<Vec<u32>, Cancelled> {
    let mut partners = vec![NONE; 3 * mesh.triangle_indices.len()];
    for v in 0..uses.len() {
        if v.is_multiple_of(BETWEEN_CHECKS) {
            monitor.check()?;
        }
        for [x, y] in pairs(uses, v) {
            partners[x as usize] = y;
            partners[y as usize] = x;
        }
    }
    Ok(partners)
}
