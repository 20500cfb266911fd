//! Fewer triangles for almost the same surface.
//!
//! Quadric error simplification by meshopt, which is fast but does not promise a manifold result. So
//! sheets that came to touch are parted, and every result is checked: closed and manifold by
//! position, no triangle without area or through another, no piece turned inside out. Where it is
//! not as good as the mesh that came in, the surroundings are kept as they were and it is tried
//! again, at last with more triangles; then the exact kernel of `manifold-rust` tries; and when that
//! fails as well the full mesh comes back with a note that says so.
//!
//! A large mesh is first reduced in blocks, side by side on all cores, and then as a whole. Blocks
//! depend on the mesh alone, so the result does not depend on the number of threads.

mod background;
mod blocks;
mod crossings;
mod exact;
pub mod levels;
mod mend;
mod verdict;

use super::intersect::self_intersections;
use super::weld::{gather, weld};
use super::{Mesh, MeshError};
use crate::progress::{Cancelled, Monitor, Stage};
use blocks::Reduction;
use verdict::Verdict;

/// How far to go. What is reached first ends the work; with neither nothing is done.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Target {
    /// About this many triangles.
    pub triangles: Option<u32>,
    /// How far the surface may move, in the mesh's units, as the root mean square distance from the
    /// planes of the triangles that a vertex replaces.
    pub max_error: Option<f32>,
}

/// A mesh with fewer triangles.
#[derive(Clone, Debug, PartialEq)]
pub struct Simplified {
    /// The mesh; its vertices are some of those that came in, with their colours, and a few that part
    /// sheets which would touch.
    pub mesh: Mesh,
    /// How far the surface moved, in the mesh's units, measured like [`Target::max_error`].
    pub achieved_error: f32,
    /// What the user should know: that less was done than asked for, and why.
    pub note: Option<String>,
}

/// Why a mesh cannot be simplified.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimplifyError {
    /// The mesh is not well-formed.
    #[error(transparent)]
    Mesh(#[from] MeshError),
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// How many times the triangles asked for (and what share of the error) each attempt goes for. Each
/// keeps the surroundings of what went wrong before.
const ATTEMPTS: [usize; 5] = [1, 1, 1, 2, 4];
/// The exact kernel cannot be cancelled and slows down with size, so it gets no more than this.
const MAX_EXACT_TRIANGLES: usize = 1_500_000;

/// Reduces the number of triangles.
///
/// Vertices at equal positions are merged first. The result is closed and manifold if `mesh` was,
/// and otherwise has no more defects than `mesh`.
///
/// # Errors
/// [`SimplifyError`].
pub fn simplify(mesh: &Mesh, target: Target, monitor: &Monitor) -> Result<Simplified, SimplifyError> {
    mesh.validate()?;
    monitor.check()?;
    let whole = weld(mesh);
    let enough = target.triangles.is_some_and(|t| whole.triangle_indices.len() <= t as usize);
    let nothing_asked = target.triangles.is_none() && target.max_error.is_none();
    if enough || nothing_asked || target.max_error.is_some_and(|e| e.is_nan() || e <= 0.0) {
        return Ok(Simplified { mesh: whole, achieved_error: 0.0, note: None });
    }
    let goal = Reduction {
        triangles: target.triangles.unwrap_or(0) as usize,
        max_error: target.max_error.filter(|e| e.is_finite()),
    };
    let mut before: Option<Verdict> = None;
    let mut kept = vec![false; whole.vertex_positions.len()];
    let mut reached = 0.0;
    for (attempt, &times) in ATTEMPTS.iter().enumerate() {
        let milder = Reduction {
            triangles: goal.triangles.saturating_mul(times),
            max_error: goal.max_error.map(|e| e / times as f32),
        };
        if milder.triangles >= whole.triangle_indices.len() {
            break;
        }
        let reduced = blocks::reduce(&whole, &kept, milder, monitor)?;
        reached = reduced.error;
        let candidate = gather(&whole.vertex_positions, whole.vertex_colors.as_deref(), reduced.triangles);
        let (candidate, verdict) = mended(candidate, monitor)?;
        if before.is_none() && !verdict.is_perfect() {
            let crossing = self_intersections(&whole, monitor)?.unwrap_or_default();
            before = Some(Verdict::of(&whole, &crossing, monitor)?);
        }
        let no_worse = before.as_ref().is_none_or(|before| verdict.is_no_worse_than(before));
        let count = candidate.triangle_indices.len();
        // An error larger than the mesh would let all of it collapse.
        if no_worse && count > 0 {
            let is_short = count > goal.triangles + goal.triangles / 10 && goal.max_error.is_none();
            let note = (attempt > 0 && is_short).then(|| left_over(count));
            return Ok(Simplified { mesh: candidate, achieved_error: reduced.error, note });
        }
        monitor.step(Stage::Mesh, attempt as u64 + 1, ATTEMPTS.len() as u64 + 1)?;
        verdict.keep_surroundings(&candidate, &whole, &mut kept);
    }
    if whole.triangle_indices.len() <= MAX_EXACT_TRIANGLES
        && let Some(before) = before
        && let Some(exact) = exact::simplify(&whole, goal, reached, &before, monitor)?
    {
        return Ok(exact);
    }
    let note = "the mesh keeps all its triangles: with fewer, the surface would tear or pass through itself";
    Ok(Simplified { mesh: whole, achieved_error: 0.0, note: Some(note.to_owned()) })
}

/// What to say when more triangles are left than asked for.
fn left_over(count: usize) -> String {
    format!("{count} triangles are left: with fewer, the surface would tear or pass through itself")
}

/// Mends what simplification broke, as far as that can be done, and judges the result.
fn mended(mesh: Mesh, monitor: &Monitor) -> Result<(Mesh, Verdict), Cancelled> {
    let mut mesh = mend::mended(mesh, monitor)?;
    let crossing = crossings::part(&mut mesh, monitor)?;
    let verdict = Verdict::of(&mesh, &crossing, monitor)?;
    Ok((mesh, verdict))
}

#[cfg(test)]
mod tests;
