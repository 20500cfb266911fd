//! Fewer triangles for almost the same surface.
//!
//! Quadric error simplification by meshopt, which is fast but does not promise a manifold result. So
//! sheets that came to touch are parted, and every result is checked: closed and manifold by
//! position, no triangle without area or through another, no piece turned inside out. Where it is
//! not as good as the mesh that came in, the surroundings are kept as they were and it is tried
//! again, at last with more triangles; then the exact kernel of `manifold-rust` tries; and when that
//! fails as well the full mesh comes back with a note that says so. From a result with more triangles
//! than asked for it goes on, towards as few as can be.
//!
//! A large mesh is first reduced in blocks, side by side on all cores, and then as a whole. Blocks
//! depend on the mesh alone, so the result does not depend on the number of threads.

mod background;
mod bar;
mod blocks;
mod crossings;
mod deviation;
mod exact;
pub mod levels;
mod mend;
mod verdict;

use super::intersect::self_intersections;
use super::weld::{gather, weld};
use super::{Mesh, MeshError};
use crate::progress::{Cancelled, Monitor, Progress, Stage};
use bar::Bar;
use blocks::Reduction;
use crossings::Known;
use deviation::Original;
use verdict::Verdict;

/// How far to go. What is reached first ends the work; with neither nothing is done.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Target {
    /// About this many triangles.
    pub triangles: Option<u32>,
    /// How far the surface may move at most, in the mesh's units: no vertex that came in, and no middle of a
    /// triangle or edge that comes out, lies farther than this from the other surface.
    pub max_error: Option<f32>,
}

/// A mesh with fewer triangles.
#[derive(Clone, Debug, PartialEq)]
pub struct Simplified {
    /// The mesh; its vertices are some of those that came in, with their colours, and a few that part
    /// sheets which would touch.
    pub mesh: Mesh,
    /// How far the surface moved, in the mesh's units, as the root mean square distance from the planes of the
    /// triangles that a vertex replaces; two to four times that in places.
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
/// The same with nothing kept, for meshes of which too much would have to be.
const MILDER: [usize; 4] = [2, 4, 8, 16];
/// That is worth it when more than one in so many vertices had to be kept.
const MANY_KEPT: usize = 8;
/// How many times the triangles after that, where a number of them is asked for: almost any is better than all.
const MILDEST: [usize; 6] = [1 << 6, 1 << 8, 1 << 10, 1 << 12, 1 << 14, 1 << 16];
/// How often numbers of triangles between what was reached and what was asked for are tried.
const NEARER: usize = 6;
/// How often a reduction is made anew where the surface moved too far: the error that meshopt keeps is a mean.
const TRIES: usize = 14;
/// Places are kept as they were when they are no more than one in so many vertices; else all is reduced by less.
const FEW: usize = 1000;
/// What share of the error a new try has at most.
const AIM: f32 = 0.8;
/// And at least, also where the one before left nothing.
const LEAST_STEP: f32 = 0.2;
/// What share of what is left of the progress a try gets: an error takes some, a number of triangles mostly one.
const SHARE_OF_MANY: f64 = 0.3;
const SHARE_OF_FEW: f64 = 0.7;
/// What shares of a try are reducing and comparing with the mesh that came in, and comparing again after the mending.
const REDUCED: [f64; 2] = [0.0, 0.4];
const COMPARED: [f64; 2] = [0.4, 0.8];
const COMPARED_AGAIN: [f64; 2] = [0.9, 1.0];
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
    let bar = Bar::of(if target.max_error.is_some() { SHARE_OF_MANY } else { SHARE_OF_FEW });
    let sink = |progress: Progress| bar.report(progress, monitor);
    let monitor = &Monitor::new(monitor.cancel_token(), &sink);
    monitor.step(Stage::Mesh, 0, 1)?;
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
    let found = searched(&whole, goal, &bar, monitor)?;
    // Of what stayed whole the search has tried everything.
    let is_less = found.mesh.triangle_indices.len() < whole.triangle_indices.len();
    if goal.max_error.is_none() && found.note.is_some() && is_less {
        drop(whole);
        return nearer(found, goal, &bar, monitor);
    }
    Ok(found)
}

/// Goes for the goal by every way there is, until one leaves a result that is no worse than `whole`.
fn searched(whole: &Mesh, goal: Reduction, bar: &Bar, monitor: &Monitor) -> Result<Simplified, SimplifyError> {
    let (original, known) = (Original::of(whole), Known::of(whole));
    let mut search = Search::of(whole, &original, &known, goal, bar, monitor);
    match search.keeping_surroundings()? {
        Some(Found { simplified, is_worth_another: false }) => return Ok(simplified),
        Some(Found { simplified, .. }) => return Ok(search.milder(&simplified.mesh)?.unwrap_or(simplified)),
        None => {}
    }
    bar.next_try(monitor)?;
    if whole.triangle_indices.len() <= MAX_EXACT_TRIANGLES
        && let Some(before) = &search.before
        && let Some(exact) = exact::simplify(whole, goal, search.reached, before, &known, monitor)?
        && search.is_near(&exact.mesh)?
    {
        return Ok(exact);
    }
    if let Some(milder) = search.milder(whole)? {
        return Ok(milder);
    }
    let note = match search.is_too_far {
        true => "the mesh keeps all its triangles: with fewer, the surface would move farther than allowed",
        false => "the mesh keeps all its triangles: with fewer, the surface would tear or pass through itself",
    };
    Ok(Simplified { mesh: whole.clone(), achieved_error: 0.0, note: Some(note.to_owned()) })
}

/// Goes on from a result with more triangles than asked for: to those, and where that goes wrong again to numbers in
/// between. From fewer triangles the way is another one, and each try takes little time.
fn nearer(found: Simplified, goal: Reduction, bar: &Bar, monitor: &Monitor) -> Result<Simplified, SimplifyError> {
    let Simplified { mut mesh, achieved_error: mut error, .. } = found;
    let (mut aim, mut too_few) = (goal.triangles, goal.triangles);
    for _ in 0..NEARER {
        let (original, known, goal) = (Original::of(&mesh), Known::of(&mesh), Reduction { triangles: aim, ..goal });
        let mut search = Search::of(&mesh, &original, &known, goal, bar, monitor);
        let mut kept = vec![false; mesh.vertex_positions.len()];
        match search.attempt(&mut kept, 1)? {
            Some((fewer, moved, verdict)) if search.is_sound(&fewer, &verdict) => {
                (mesh, error) = (fewer, error + moved)
            }
            _ => too_few = aim,
        }
        let count = mesh.triangle_indices.len();
        if !is_short(count, too_few) {
            break;
        }
        aim = (too_few as f64 * count as f64).sqrt() as usize;
    }
    let note = left_over(mesh.triangle_indices.len(), goal, true);
    Ok(Simplified { mesh, achieved_error: error, note })
}

/// Whether so many triangles are clearly more than those asked for.
fn is_short(count: usize, goal: usize) -> bool {
    count > goal + goal / 10
}

/// The search for a result that is no worse than the mesh that came in.
struct Search<'a> {
    whole: &'a Mesh,
    original: &'a Original<'a>,
    /// Where it passes through itself.
    known: &'a Known<'a>,
    goal: Reduction,
    /// The error that meshopt is given, a mean, so that the largest is that of the goal.
    limit: Option<f32>,
    /// What is wrong with the mesh that came in, once that matters.
    before: Option<Verdict>,
    /// The largest error of any attempt.
    reached: f32,
    /// Whether an attempt was given up because the surface moved too far.
    is_too_far: bool,
    bar: &'a Bar,
    monitor: &'a Monitor<'a>,
}

/// What was found by keeping surroundings.
struct Found {
    simplified: Simplified,
    /// Whether so much was kept that an attempt for more triangles that keeps nothing may leave fewer.
    is_worth_another: bool,
}

impl<'a> Search<'a> {
    /// A search that has not begun.
    fn of(
        whole: &'a Mesh,
        original: &'a Original<'a>,
        known: &'a Known<'a>,
        goal: Reduction,
        bar: &'a Bar,
        monitor: &'a Monitor<'a>,
    ) -> Self {
        let limit = goal.max_error;
        Self { whole, original, known, goal, limit, before: None, reached: 0.0, is_too_far: false, bar, monitor }
    }

    /// Goes for the goal, and where that goes wrong again with the surroundings kept as they were.
    fn keeping_surroundings(&mut self) -> Result<Option<Found>, SimplifyError> {
        let mut kept = vec![false; self.whole.vertex_positions.len()];
        for (attempt, &times) in ATTEMPTS.iter().enumerate() {
            let Some((candidate, error, verdict)) = self.attempt(&mut kept, times)? else { break };
            if self.is_sound(&candidate, &verdict) {
                let is_worth_another = kept.iter().filter(|kept| **kept).count() > kept.len() / MANY_KEPT;
                return Ok(Some(Found { simplified: self.found(candidate, error, attempt > 0), is_worth_another }));
            }
            self.monitor.check()?;
            verdict.keep_surroundings(&candidate, self.whole, &mut kept);
        }
        Ok(None)
    }

    /// The first sound result for a milder goal with nothing kept, if it has fewer triangles than `other`: where two
    /// walls come close to each other everywhere, all of them would be kept.
    fn milder(&mut self, other: &Mesh) -> Result<Option<Simplified>, SimplifyError> {
        let most = other.triangle_indices.len();
        let triangles = self.goal.triangles;
        let mildest = if self.goal.max_error.is_none() { &MILDEST[..] } else { &[] };
        let goals = MILDER.iter().chain(mildest).copied();
        for times in goals.take_while(|times| triangles.saturating_mul(*times) < most) {
            let mut kept = vec![false; self.whole.vertex_positions.len()];
            let Some((candidate, error, verdict)) = self.attempt(&mut kept, times)? else { break };
            if candidate.triangle_indices.len() < most && self.is_sound(&candidate, &verdict) {
                return Ok(Some(self.found(candidate, error, true)));
            }
        }
        Ok(None)
    }

    /// One attempt for `times` the triangles, or that share of the error, with the error it reached. None where that
    /// is no reduction.
    fn attempt(&mut self, kept: &mut [bool], times: usize) -> Result<Option<(Mesh, f32, Verdict)>, SimplifyError> {
        let triangles = self.goal.triangles.saturating_mul(times);
        if triangles >= self.whole.triangle_indices.len() {
            return Ok(None);
        }
        let Some((candidate, error, verdict)) = self.reduced(kept, triangles, times as f32)? else { return Ok(None) };
        self.reached = self.reached.max(error);
        if !verdict.is_perfect() {
            self.judge_whole()?;
        }
        Ok(Some((candidate, error, verdict)))
    }

    /// Looks at what is wrong with the mesh that came in, unless that is known.
    fn judge_whole(&mut self) -> Result<(), Cancelled> {
        if self.before.is_none() {
            let crossing = self.known.triangles(self.monitor)?;
            self.before = Some(Verdict::of(self.whole, crossing, self.monitor)?);
        }
        Ok(())
    }

    /// One reduction, to so many triangles and a share of 1 / `times` of the error, mended; and again where the surface
    /// moved farther than it may: with less where that is so in many places, else with these places kept as they were.
    fn reduced(
        &mut self,
        kept: &mut [bool],
        triangles: usize,
        times: f32,
    ) -> Result<Option<(Mesh, f32, Verdict)>, Cancelled> {
        let (whole, monitor) = (self.whole, self.monitor);
        let mut found_before = (usize::MAX, self.limit);
        let mut was_near = false;
        for _ in 0..TRIES {
            self.bar.next_try(monitor)?;
            let limit = self.limit.map(|e| e / times);
            let goal = Reduction { triangles, max_error: limit };
            let reduced = monitor.part(Stage::Mesh, REDUCED, |monitor| blocks::reduce(whole, kept, goal, monitor))?;
            let corners = reduced.triangles;
            let candidate = gather(&whole.vertex_positions, whole.vertex_colors.as_deref(), corners.clone());
            let Some(allowed) = self.goal.max_error else {
                let (candidate, verdict) = mended(candidate, self.known, monitor)?;
                return Ok(Some((candidate, reduced.error, verdict)));
            };
            let mut far = monitor.part(Stage::Mesh, COMPARED, |monitor| {
                self.original.too_far_from(&candidate, &corners, allowed, monitor)
            })?;
            if far.is_empty() {
                let (moved, verdict) = mended(candidate.clone(), self.known, monitor)?;
                if moved == candidate || self.is_near(&moved)? {
                    return Ok(Some((moved, reduced.error, verdict)));
                }
                // Some defects that mending moves the surface for may have been there before.
                let crossing = self_intersections(&candidate, monitor)?.unwrap_or_default();
                let verdict = Verdict::of(&candidate, &crossing, monitor)?;
                self.judge_whole()?;
                if self.is_sound(&candidate, &verdict) {
                    return Ok(Some((candidate, reduced.error, verdict)));
                }
                was_near = true;
                self.limit = self.limit.map(|limit| limit * AIM);
                continue;
            }
            let many = whole.vertex_positions.len() / FEW;
            // Slivers may move by any distance at no error: less error does not help there.
            if far.len() > many && 2 * far.len() < found_before.0 {
                found_before = (far.len(), self.limit);
                far.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
                // What is farther than most is kept.
                let share = (AIM * allowed / far[many].1).clamp(LEAST_STEP, AIM);
                // From what was reached: an error larger than the mesh allows no more than one as large as it.
                self.limit = self.limit.map(|limit| limit.min(reduced.error * times) * share);
                continue;
            }
            if 2 * far.len() >= found_before.0 {
                self.limit = found_before.1;
            }
            self.original.keep(&far, kept);
        }
        self.is_too_far |= !was_near;
        Ok(None)
    }

    /// Whether a mesh is no farther from the one that came in than allowed.
    fn is_near(&self, candidate: &Mesh) -> Result<bool, Cancelled> {
        let Some(allowed) = self.goal.max_error else { return Ok(true) };
        let compare = |monitor: &Monitor| self.original.too_far_from(candidate, &[], allowed, monitor);
        Ok(self.monitor.part(Stage::Mesh, COMPARED_AGAIN, compare)?.is_empty())
    }

    fn is_sound(&self, candidate: &Mesh, verdict: &Verdict) -> bool {
        let no_worse = self.before.as_ref().is_none_or(|before| verdict.is_no_worse_than(before));
        // An error larger than the mesh would let all of it collapse.
        no_worse && !candidate.triangle_indices.is_empty()
    }

    /// `has_torn` tells whether a result was given up because it was not as good as the mesh that came in.
    fn found(&self, mesh: Mesh, achieved_error: f32, has_torn: bool) -> Simplified {
        let count = mesh.triangle_indices.len();
        let is_telling = has_torn || self.goal.max_error.is_some();
        let note = if is_telling { left_over(count, self.goal, has_torn) } else { None };
        Simplified { mesh, achieved_error, note }
    }
}

/// What to say when more triangles are left than asked for, if a number was.
fn left_over(count: usize, goal: Reduction, has_torn: bool) -> Option<String> {
    let asked = goal.triangles;
    // An error alone goes for none at all.
    let is_asked = asked > 0 || goal.max_error.is_none();
    let why = match (goal.max_error, has_torn) {
        (None, _) => "tear or pass through itself",
        (Some(_), false) => "move farther than allowed",
        (Some(_), true) => "move farther than allowed, tear or pass through itself",
    };
    (is_asked && is_short(count, asked))
        .then(|| format!("{count} triangles are left, not {asked}: with fewer, the surface would {why}"))
}

/// Mends what simplification broke, as far as that can be done, and judges the result.
fn mended(mesh: Mesh, known: &Known, monitor: &Monitor) -> Result<(Mesh, Verdict), Cancelled> {
    let mut mesh = mend::mended(mesh, monitor)?;
    let crossing = crossings::part(&mut mesh, known, monitor)?;
    let verdict = Verdict::of(&mesh, &crossing, monitor)?;
    Ok((mesh, verdict))
}

#[cfg(test)]
mod tests;
