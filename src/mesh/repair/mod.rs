//! Mends what keeps a mesh from being a closed, outward solid, where there is only one way to do it.
//!
//! Promises: every step leaves good parts of the mesh untouched, what was done is told, and something
//! is always left. Does not promise a print-ready mesh: edges of three or more triangles and pieces
//! that touch at a point need a person's decision and stay. Works by position, in any unit.

mod annulus;
mod cracks;
mod doubled;
mod edges;
mod flat;
mod holes;
mod merge;
mod orient;
mod outward;

use super::Mesh;
use super::weld::weld;
use crate::progress::{Cancelled, Monitor, Stage};
use edges::Edges;

/// A mended mesh and what was done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Repaired {
    /// The mesh, welded.
    pub mesh: Mesh,
    /// One sentence per kind of change; empty when there was nothing to mend.
    pub done: Vec<String>,
    /// A sentence about holes that were left open, since it is not clear what would close them.
    pub left: Option<String>,
}

/// A longest rim that is closed; beyond it a hole is more likely an open side than damage.
const LONGEST_RIM: usize = 20_000;
const STEPS: u64 = 100;
/// How many of them have passed after each part of the work; by time, in a mesh of a million triangles.
const AFTER: [u64; 6] = [0, 40, 45, 55, 62, 68];

/// Merges vertices that are equal, or nearly so along rims; drops doubled triangles and the walls
/// between bodies that touch, collapses triangles without area, turns all triangles of a piece the
/// same way, closes cracks, takes a few loose triangles out, closes holes, and turns pieces outward.
///
/// # Errors
/// [`Cancelled`].
pub fn repair(mesh: &Mesh, monitor: &Monitor) -> Result<Repaired, Cancelled> {
    let original = mesh;
    let mut done = Vec::new();
    let mut tell = |count: usize, names: [&str; 2]| done.extend(counted(count, names));
    let step = |n| monitor.step(Stage::Mesh, n, STEPS);
    step(AFTER[0])?;
    let mut mesh = weld(mesh);
    let mut twice = doubled::drop_doubled(&mut mesh, monitor)?;
    let merged = merge::merge_near(&mut mesh, monitor)?;
    tell(merged, ["vertex was merged", "vertices were merged"]);
    if merged > 0 {
        twice += doubled::drop_doubled(&mut mesh, monitor)?;
    }
    tell(twice, ["doubled triangle was removed", "doubled triangles were removed"]);
    step(AFTER[1])?;
    let slivers = flat::collapse_slivers(&mut mesh, monitor)?;
    tell(slivers, ["triangle without area was removed", "triangles without area were removed"]);
    step(AFTER[2])?;
    let turned = orient::orient(&mut mesh, monitor)?;
    tell(turned, ["triangle was turned round", "triangles were turned round"]);
    step(AFTER[3])?;
    let left = close(&mut mesh, &mut tell, monitor)?;
    step(AFTER[5])?;
    let turned = outward::turn_outward(&mut mesh, monitor)?;
    tell(turned.outward, ["piece was turned outward", "pieces were turned outward"]);
    tell(
        turned.hollows,
        ["hollow was turned with the piece around it", "hollows were turned with the pieces around them"],
    );
    step(STEPS)?;
    if mesh.triangle_indices.is_empty() {
        return Ok(Repaired { mesh: original.clone(), done: Vec::new(), left: None });
    }
    Ok(Repaired { mesh, done, left })
}

/// Closes cracks and holes, and takes loose triangles out between the two. Returns what it says about
/// those that stay open.
fn close(
    mesh: &mut Mesh,
    tell: &mut impl FnMut(usize, [&str; 2]),
    monitor: &Monitor,
) -> Result<Option<String>, Cancelled> {
    let edges = Edges::of(mesh);
    if !edges.has_rim() {
        return Ok(None);
    }
    let sewn = cracks::close_cracks(mesh, edges, monitor)?;
    tell(sewn, ["vertex was sewn into the edge that it lies on", "vertices were sewn into the edges that they lie on"]);
    let loose = holes::drop_loose(mesh, monitor)?;
    tell(loose, ["loose triangle was removed", "loose triangles were removed"]);
    monitor.step(Stage::Mesh, AFTER[4], STEPS)?;
    let holes = holes::close_holes(mesh, monitor)?;
    tell(holes.closed, ["hole was closed", "holes were closed"]);
    if holes.closed > 0 {
        // Vertices of a rim that lie on a line.
        flat::collapse_slivers(mesh, monitor)?;
    }
    let names = [
        "hole stays open, since its rim is too long or tangled",
        "holes stay open, since their rims are too long or tangled",
    ];
    Ok(counted(holes.unclear, names))
}

fn counted(count: usize, [one, many]: [&str; 2]) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    }
}

#[cfg(test)]
mod tests;
