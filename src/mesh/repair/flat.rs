//! Triangles without area.

use std::collections::HashSet;

use rayon::prelude::*;

use super::super::Mesh;
use super::super::topology::is_degenerate;
use super::super::weld::weld;
use super::doubled::drop_folds;
use super::edges::{Edges, has_directed, key};
use crate::progress::{Cancelled, Monitor};

/// A collapsed sliver may make a new one beside it; this many rounds settle all but built cases.
const SLIVER_ROUNDS: usize = 8;
/// After so many triangles it is looked whether to go on.
const LOOKED_AT: usize = 1 << 16;

/// Takes triangles without area out without changing the shape; returns how many there were.
pub(super) fn collapse_slivers(mesh: &mut Mesh, monitor: &Monitor) -> Result<usize, Cancelled> {
    let slivers = |mesh: &Mesh| -> Vec<usize> {
        let triangles = (0..mesh.triangle_indices.len()).into_par_iter();
        triangles.filter(|&t| is_degenerate(mesh.triangle(t))).collect()
    };
    let mut left = slivers(mesh);
    let before = left.len();
    for _ in 0..SLIVER_ROUNDS {
        monitor.check()?;
        if left.is_empty() {
            break;
        }
        let edges = Edges::of(mesh);
        // Each triangle changes once a round, since `edges` is of before.
        let mut touched = HashSet::new();
        for (number, t) in left.into_iter().enumerate() {
            if number.is_multiple_of(LOOKED_AT) {
                monitor.check()?;
            }
            take_out(mesh, t, &edges, &mut touched);
        }
        // Dropped slivers name one vertex three times.
        mesh.triangle_indices.retain(|[a, b, c]| a != b && b != c && c != a);
        *mesh = weld(mesh);
        drop_folds(mesh, monitor)?;
        left = slivers(mesh);
    }
    Ok(before - left.len().min(before))
}

/// Takes one triangle without area out. Its middle vertex lies on its longest side: the neighbour
/// across that side is split there. A needle, whose short side is next to nothing, is merged.
fn take_out(mesh: &mut Mesh, t: usize, edges: &Edges, touched: &mut HashSet<u32>) {
    let (corners, triangle) = (mesh.triangle(t), mesh.triangle_indices[t]);
    let length = |i: usize| corners[i % 3].distance(corners[(i + 1) % 3]);
    let longest = (0..3).max_by(|&a, &b| length(a).total_cmp(&length(b))).unwrap_or(0);
    let [a, b, m] = [0, 1, 2].map(|k| triangle[(longest + k) % 3]);
    let (to_a, to_b) = (length(longest + 2), length(longest + 1));
    let merge = |mesh: &mut Mesh| {
        let nearer = if to_a <= to_b { a } else { b };
        mesh.vertex_positions[m as usize] = mesh.vertex_positions[nearer as usize];
    };
    if to_a.min(to_b) <= 1e-6 * length(longest) {
        return merge(mesh);
    }
    let mut others = edges.owners(key(a, b)).filter(|&o| o as usize != t);
    let Some(other) = others.next() else {
        // On a rim: without it the rim goes through the middle vertex.
        mesh.triangle_indices[t] = [m; 3];
        return;
    };
    if others.next().is_some() {
        return merge(mesh);
    }
    if touched.contains(&other) || touched.contains(&(t as u32)) {
        return;
    }
    let neighbor = mesh.triangle_indices[other as usize];
    let Some(apex) = neighbor.into_iter().find(|v| *v != a && *v != b) else { return };
    if apex == m || edges.contains(key(apex, m)) || !has_directed(neighbor, b, a) {
        return merge(mesh);
    }
    mesh.triangle_indices[t] = [b, m, apex];
    mesh.triangle_indices[other as usize] = [m, a, apex];
    touched.extend([t as u32, other]);
}
