//! Triangles of the same three vertices.
//!
//! Of two that are the same, one goes. Where two face each other there are two cases: a wall between
//! bodies that touch, which is inside of what they are together, or a surface that was written for
//! both of its sides. Without the wall the edges around it have two triangles each; without the
//! surface those around it would have one.

use rayon::prelude::*;

use super::super::Mesh;
use super::super::adjacency::{EdgeUse, Rows, edge_uses};
use super::super::weld::weld;
use super::edges::{Triangle, sorted};
use super::orient::BETWEEN_CHECKS;
use crate::progress::{Cancelled, Monitor};
use crate::union_find::UnionFind;

/// Rows of vertices that one task looks through.
const ROWS: usize = 1 << 13;
/// No pair.
const NONE: u32 = u32::MAX;

/// Leaves one of triangles with the same three vertices, the first of those that face the way of most,
/// and none where they are a wall inside; returns how many went.
pub(super) fn drop_doubled(mesh: &mut Mesh, monitor: &Monitor) -> Result<usize, Cancelled> {
    let before = mesh.triangle_indices.len();
    let uses = edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
    let sets = copies(mesh, &uses, monitor)?;
    if sets.is_empty() {
        return Ok(0);
    }
    let mut is_dropped = vec![false; before];
    // Of sets that face both ways alike, the one that is left.
    let mut pairs = Vec::new();
    for set in sets {
        let (even, odd): (Vec<u32>, Vec<u32>) = set.iter().partition(|&&t| is_even(mesh.triangle_indices[t as usize]));
        let kept = match even.len().cmp(&odd.len()) {
            std::cmp::Ordering::Greater => even[0],
            std::cmp::Ordering::Less => odd[0],
            std::cmp::Ordering::Equal => set[0],
        };
        set.iter().for_each(|&t| is_dropped[t as usize] = t != kept);
        if even.len() == odd.len() {
            pairs.push(kept);
        }
    }
    let walls = walls(&uses, &pairs, &is_dropped, monitor)?;
    walls.iter().for_each(|&t| is_dropped[t as usize] = true);
    let mut is_dropped = is_dropped.into_iter();
    mesh.triangle_indices.retain(|_| is_dropped.next() != Some(true));
    let dropped = before - mesh.triangle_indices.len();
    if !walls.is_empty() {
        // Without the vertices that were only inside.
        *mesh = weld(mesh);
    }
    Ok(dropped)
}

/// Drops triangles with the same vertices that face each other: a fold without volume.
pub(super) fn drop_folds(mesh: &mut Mesh, monitor: &Monitor) -> Result<(), Cancelled> {
    let uses = edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
    let mut is_dropped = vec![false; mesh.triangle_indices.len()];
    for set in copies(mesh, &uses, monitor)? {
        let even = set.iter().filter(|&&t| is_even(mesh.triangle_indices[t as usize])).count();
        if even > 0 && even < set.len() {
            set.iter().for_each(|&t| is_dropped[t as usize] = true);
        }
    }
    let mut is_dropped = is_dropped.into_iter();
    mesh.triangle_indices.retain(|_| is_dropped.next() != Some(true));
    Ok(())
}

/// Which of the two ways round its vertices a triangle goes.
fn is_even([a, b, c]: Triangle) -> bool {
    !((a > b) ^ (a > c) ^ (b > c))
}

/// All sets of two or more triangles with the same three vertices, each set ascending.
fn copies(mesh: &Mesh, uses: &Rows<EdgeUse>, monitor: &Monitor) -> Result<Vec<Vec<u32>>, Cancelled> {
    let tasks: Vec<usize> = (0..uses.len()).step_by(ROWS).collect();
    let found: Result<Vec<Vec<Vec<u32>>>, Cancelled> = tasks
        .into_par_iter()
        .map(|first| {
            monitor.check()?;
            let (mut found, mut tips) = (Vec::new(), Vec::new());
            for v in first..(first + ROWS).min(uses.len()) {
                for edge in uses.edges(v).filter(|edge| edge.len() > 1) {
                    // Each set at one of its edges only: the one between its two smaller vertices.
                    let tip = |edge: &EdgeUse| {
                        let t = edge.half_edge() / 3;
                        let [_, middle, tip] = sorted(mesh.triangle_indices[t as usize]);
                        (middle == edge.other()).then_some((tip, t))
                    };
                    tips.clear();
                    tips.extend(edge.iter().filter_map(tip));
                    tips.sort_unstable();
                    let sets = tips.chunk_by(|a, b| a.0 == b.0).filter(|set| set.len() > 1);
                    found.extend(sets.map(|set| set.iter().map(|&(_, t)| t).collect()));
                }
            }
            Ok(found)
        })
        .collect();
    Ok(found?.into_iter().flatten().collect())
}

/// Those of `pairs` without which fewer edges have an odd number of triangles, taken together with all
/// that they hang together with. None of a body or sheet that is there once for each side.
fn walls(uses: &Rows<EdgeUse>, pairs: &[u32], is_dropped: &[bool], monitor: &Monitor) -> Result<Vec<u32>, Cancelled> {
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let mut place = vec![NONE; is_dropped.len()];
    (0..).zip(pairs).for_each(|(i, &t)| place[t as usize] = i);
    let groups = UnionFind::new(pairs.len());
    let mut votes = vec![0i64; pairs.len()];
    for v in 0..uses.len() {
        if v.is_multiple_of(BETWEEN_CHECKS) {
            monitor.check()?;
        }
        for edge in uses.edges(v) {
            let (mut others, mut of_pairs, mut last) = (0, 0, NONE);
            for t in edge.iter().map(|edge| edge.half_edge() as usize / 3).filter(|&t| !is_dropped[t]) {
                if place[t] == NONE {
                    others += 1;
                } else {
                    if last != NONE {
                        groups.union(last, place[t]);
                    }
                    last = place[t];
                    of_pairs += 1;
                }
            }
            // Edges that belong to nothing else say nothing.
            if others > 0 && of_pairs % 2 == 1 {
                votes[last as usize] += if others % 2 == 0 { 1 } else { -1 };
            }
        }
    }
    let mut of_group = vec![0i64; pairs.len()];
    (0..).zip(votes).for_each(|(i, vote)| of_group[groups.find(i) as usize] += vote);
    Ok((0..).zip(pairs).filter(|&(i, _)| of_group[groups.find(i) as usize] > 0).map(|(_, &t)| t).collect())
}
