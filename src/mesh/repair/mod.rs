//! Mends what keeps a mesh from being a closed, outward solid, where there is only one way to do it.
//!
//! Promises: every step leaves good parts of the mesh untouched, what was done is told, and something
//! is always left. Does not promise a print-ready mesh: edges of three or more triangles and pieces
//! that touch at a point need a person's decision and stay. Works by position, in any unit.

mod annulus;
mod cracks;
mod edges;
mod flat;
mod holes;
mod merge;
mod outward;

use super::Mesh;
use super::weld::weld;
use crate::progress::{Cancelled, Monitor, Stage};
use edges::{by_edge, has_directed, key};

/// A mended mesh and what was done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Repaired {
    /// The mesh, welded.
    pub mesh: Mesh,
    /// One sentence per kind of change; empty when there was nothing to mend.
    pub done: Vec<String>,
}

/// A longest rim that is closed; beyond it a hole is more likely an open side than damage.
const LONGEST_RIM: usize = 20_000;
const STEPS: u64 = 6;

/// Merges vertices that are equal, or nearly so along rims; drops doubled triangles, collapses
/// triangles without area, turns all triangles of a piece the same way, closes cracks, takes a few
/// loose triangles out, closes holes, and turns pieces outward.
///
/// # Errors
/// [`Cancelled`].
pub fn repair(mesh: &Mesh, monitor: &Monitor) -> Result<Repaired, Cancelled> {
    let original = mesh;
    let mut done = Vec::new();
    let mut tell = |count: usize, [one, many]: [&str; 2]| match count {
        0 => {}
        1 => done.push(format!("1 {one}")),
        _ => done.push(format!("{count} {many}")),
    };
    let step = |n| monitor.step(Stage::Mesh, n, STEPS);
    step(0)?;
    let mut mesh = weld(mesh);
    let mut doubled = flat::drop_doubled(&mut mesh);
    let merged = merge::merge_near(&mut mesh, monitor)?;
    tell(merged, ["vertex was merged", "vertices were merged"]);
    if merged > 0 {
        doubled += flat::drop_doubled(&mut mesh);
    }
    tell(doubled, ["doubled triangle was removed", "doubled triangles were removed"]);
    step(1)?;
    let slivers = flat::collapse_slivers(&mut mesh, monitor)?;
    tell(slivers, ["triangle without area was removed", "triangles without area were removed"]);
    step(2)?;
    let turned = orient(&mut mesh);
    tell(turned, ["triangle was turned round", "triangles were turned round"]);
    step(3)?;
    let sewn = cracks::close_cracks(&mut mesh, monitor)?;
    tell(sewn, ["vertex was sewn into the edge that it lies on", "vertices were sewn into the edges that they lie on"]);
    let loose = holes::drop_loose(&mut mesh, monitor)?;
    tell(loose, ["loose triangle was removed", "loose triangles were removed"]);
    step(4)?;
    let holes = holes::close_holes(&mut mesh, monitor)?;
    tell(holes, ["hole was closed", "holes were closed"]);
    if holes > 0 {
        // Vertices of a rim that lie on a line.
        flat::collapse_slivers(&mut mesh, monitor)?;
    }
    step(5)?;
    let turned = outward::turn_outward(&mut mesh, monitor)?;
    tell(turned.outward, ["piece was turned outward", "pieces were turned outward"]);
    tell(
        turned.hollows,
        ["hollow was turned with the piece around it", "hollows were turned with the pieces around them"],
    );
    step(STEPS)?;
    if mesh.triangle_indices.is_empty() {
        return Ok(Repaired { mesh: original.clone(), done: Vec::new() });
    }
    Ok(Repaired { mesh, done })
}

/// Makes the triangles of each piece wind the same way across their edges of two; the larger part of
/// a piece keeps its sense. Returns how many were turned.
fn orient(mesh: &mut Mesh) -> usize {
    let triangles = &mut mesh.triangle_indices;
    let edges = by_edge(triangles);
    let mut turn: Vec<Option<bool>> = vec![None; triangles.len()];
    let mut turned = 0;
    for seed in 0..triangles.len() {
        if turn[seed].is_some() {
            continue;
        }
        turn[seed] = Some(false);
        let (mut piece, mut next) = (vec![seed], 0);
        while let Some(&t) = piece.get(next) {
            next += 1;
            let triangle = triangles[t];
            for i in 0..3 {
                let (a, b) = (triangle[i], triangle[(i + 1) % 3]);
                let Some([x, y]) = edges.get(&key(a, b)).map(Vec::as_slice) else { continue };
                let other = if *x as usize == t { *y } else { *x } as usize;
                if turn[other].is_none() {
                    let against = has_directed(triangles[other], a, b);
                    turn[other] = turn[t].map(|own| own != against);
                    piece.push(other);
                }
            }
        }
        let flipped = piece.iter().filter(|&&t| turn[t] == Some(true)).count();
        let swap = 2 * flipped > piece.len();
        for t in piece {
            if (turn[t] == Some(true)) != swap {
                triangles[t].swap(1, 2);
                turned += 1;
            }
        }
    }
    turned
}

#[cfg(test)]
mod tests;
