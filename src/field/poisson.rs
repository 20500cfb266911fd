//! Poisson's equation ∇²u = −c inside a silhouette, u = 0 on its sub-pixel boundary.
//!
//! Discretisation: five-point stencil; an arm cut by the boundary at the fraction θ of its length
//! contributes 1/θ to the diagonal (Gibou, Fedkiw, Cheng, Kang 2002, "A second-order-accurate
//! symmetric discretization of the Poisson equation on irregular domains"), so the matrix stays
//! symmetric positive definite. Solver: conjugate gradients, preconditioned by a multigrid V-cycle
//! whose coarse levels join 2×2 nodes (aggregation), so thin parts are never lost on the way down.
//! The result does not depend on the number of threads.

use rayon::prelude::*;

use super::silhouette::Silhouette;
use crate::progress::{Cancelled, Monitor};

/// Shortest cut arm, as a share of the spacing; below it the matrix would become stiff for nothing.
const SHORTEST_ARM: f32 = 0.02;
/// The residual, relative to the right-hand side, at which the solution is good enough: heights are
/// then off by less than a thousandth.
const TOLERANCE: f64 = 1e-5;
const MAX_ITERATIONS: usize = 400;
const SMOOTHING_ROUNDS: usize = 2;
const DAMPING: f32 = 0.8;
/// Levels with at most this many nodes are only smoothed.
const COARSEST: usize = 16;

/// Solves ∇²u = −`source` at the samples of `silhouette`'s lattice; 0 outside. In units of length²
/// when `source` is a pure number: for a disc of radius R and `source` 4, u = R² − r².
///
/// # Errors
/// [`Cancelled`].
pub fn solve(silhouette: &Silhouette, source: f32, monitor: &Monitor) -> Result<Vec<f32>, Cancelled> {
    let levels = Level::hierarchy(silhouette);
    let Some(fine) = levels.first() else { return Ok(Vec::new()) };
    let scale = source * silhouette.lattice.spacing.powi(2);
    let right: Vec<f32> = fine.diagonal.iter().map(|&d| if d > 0.0 { 1.0 } else { 0.0 }).collect();
    let mut solution = vec![0.0; right.len()];
    let mut residual = right.clone();
    let target = TOLERANCE * TOLERANCE * fine.dot(&right, &right);
    let mut direction = vec![0.0; right.len()];
    let mut previous = 0.0;
    for iteration in 0..MAX_ITERATIONS {
        monitor.check()?;
        if fine.dot(&residual, &residual) <= target {
            break;
        }
        let preconditioned = v_cycle(&levels, &residual);
        let slope = fine.dot(&residual, &preconditioned);
        let blend = if iteration == 0 { 0.0 } else { (slope / previous) as f32 };
        previous = slope;
        direction.par_iter_mut().zip(&preconditioned).for_each(|(d, p)| *d = p + blend * *d);
        let applied = fine.apply(&direction);
        let step = (slope / fine.dot(&direction, &applied)) as f32;
        solution.par_iter_mut().zip(&direction).for_each(|(u, d)| *u += step * d);
        residual.par_iter_mut().zip(&applied).for_each(|(r, a)| *r -= step * a);
    }
    solution.par_iter_mut().for_each(|u| *u = (*u * scale).max(0.0));
    Ok(solution)
}

/// A weighted five-point operator: `(A u)ᵢ = diagonalᵢ uᵢ − Σ weightᵢⱼ uⱼ`. Nodes outside have a zero
/// diagonal. Node `[ix, iy]` is stored at `ix * ny + iy`.
struct Level {
    nx: usize,
    ny: usize,
    diagonal: Vec<f32>,
    /// Weight between `[ix, iy]` and `[ix + 1, iy]`.
    next_x: Vec<f32>,
    /// Weight between `[ix, iy]` and `[ix, iy + 1]`.
    next_y: Vec<f32>,
}

impl Level {
    fn hierarchy(silhouette: &Silhouette) -> Vec<Self> {
        let mut levels = vec![Self::finest(silhouette)];
        while let Some(last) = levels.last().filter(|l| l.nx * l.ny > COARSEST) {
            levels.push(last.coarser());
        }
        levels
    }

    fn finest(silhouette: &Silhouette) -> Self {
        let [nx, ny] = silhouette.lattice.samples_per_axis;
        let distances = &silhouette.distances;
        let mut level =
            Self { nx, ny, diagonal: vec![0.0; nx * ny], next_x: vec![0.0; nx * ny], next_y: vec![0.0; nx * ny] };
        for (ix, iy) in (0..nx).flat_map(|ix| (0..ny).map(move |iy| (ix, iy))) {
            let here = ix * ny + iy;
            if distances[here] >= 0.0 {
                continue;
            }
            let neighbours =
                [(ix > 0).then(|| here - ny), (ix + 1 < nx).then_some(here + ny), (iy > 0).then(|| here - 1), {
                    (iy + 1 < ny).then_some(here + 1)
                }];
            for (arm, neighbour) in neighbours.into_iter().enumerate() {
                let beyond = neighbour.map_or(f32::INFINITY, |n| distances[n]);
                if beyond < 0.0 {
                    level.diagonal[here] += 1.0;
                    match arm {
                        1 => level.next_x[here] = 1.0,
                        3 => level.next_y[here] = 1.0,
                        _ => {}
                    }
                } else {
                    let share = if beyond.is_finite() { distances[here] / (distances[here] - beyond) } else { 1.0 };
                    level.diagonal[here] += 1.0 / share.max(SHORTEST_ARM);
                }
            }
        }
        level
    }

    /// Joins 2×2 nodes. Half the summed weights: an edge of the coarse lattice is twice as long.
    fn coarser(&self) -> Self {
        let (nx, ny) = (self.nx.div_ceil(2), self.ny.div_ceil(2));
        let mut coarse =
            Self { nx, ny, diagonal: vec![0.0; nx * ny], next_x: vec![0.0; nx * ny], next_y: vec![0.0; nx * ny] };
        for (ix, iy) in (0..self.nx).flat_map(|ix| (0..self.ny).map(move |iy| (ix, iy))) {
            let (fine, here) = (ix * self.ny + iy, (ix / 2) * ny + iy / 2);
            coarse.diagonal[here] += 0.5 * self.diagonal[fine];
            // Inner edges vanish from both of their ends' diagonals.
            let (x, y) = (self.next_x[fine], self.next_y[fine]);
            if ix % 2 == 1 {
                coarse.next_x[here] += 0.5 * x
            } else {
                coarse.diagonal[here] -= x
            }
            if iy % 2 == 1 { coarse.next_y[here] += 0.5 * y } else { coarse.diagonal[here] -= y }
        }
        coarse
    }

    /// `Σ weightᵢⱼ uⱼ` of node `[ix, iy]`.
    #[inline]
    fn neighbours(&self, u: &[f32], ix: usize, iy: usize) -> f32 {
        let here = ix * self.ny + iy;
        let mut sum = 0.0;
        if ix > 0 {
            sum += self.next_x[here - self.ny] * u[here - self.ny];
        }
        if ix + 1 < self.nx {
            sum += self.next_x[here] * u[here + self.ny];
        }
        if iy > 0 {
            sum += self.next_y[here - 1] * u[here - 1];
        }
        if iy + 1 < self.ny {
            sum += self.next_y[here] * u[here + 1];
        }
        sum
    }

    /// `f(node, Σ weightᵢⱼ uⱼ)` of every inner node, 0 elsewhere.
    fn each(&self, u: &[f32], f: impl Fn(usize, f32) -> f32 + Sync) -> Vec<f32> {
        let mut out = vec![0.0; u.len()];
        out.par_chunks_mut(self.ny).with_min_len(16).enumerate().for_each(|(ix, column)| {
            for (iy, value) in column.iter_mut().enumerate() {
                let here = ix * self.ny + iy;
                if self.diagonal[here] > 0.0 {
                    *value = f(here, self.neighbours(u, ix, iy));
                }
            }
        });
        out
    }

    fn apply(&self, u: &[f32]) -> Vec<f32> {
        self.each(u, |here, sum| self.diagonal[here] * u[here] - sum)
    }

    /// One damped Jacobi round.
    fn smooth(&self, u: &[f32], right: &[f32]) -> Vec<f32> {
        self.each(u, |here, sum| {
            let correction = (right[here] + sum) / self.diagonal[here] - u[here];
            u[here] + DAMPING * correction
        })
    }

    /// Summed per column first, in order, so that it does not depend on the number of threads.
    fn dot(&self, a: &[f32], b: &[f32]) -> f64 {
        let columns: Vec<f64> = a
            .par_chunks(self.ny)
            .zip(b.par_chunks(self.ny))
            .map(|(a, b)| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum())
            .collect();
        columns.iter().sum()
    }
}

/// An approximation of `A⁻¹ right`; symmetric, as conjugate gradients need it.
fn v_cycle(levels: &[Level], right: &[f32]) -> Vec<f32> {
    let Some((level, coarser)) = levels.split_first() else { return right.to_vec() };
    let mut u = vec![0.0; right.len()];
    let rounds = if coarser.is_empty() { 8 * SMOOTHING_ROUNDS } else { SMOOTHING_ROUNDS };
    for _ in 0..rounds {
        u = level.smooth(&u, right);
    }
    if let Some(coarse) = coarser.first() {
        let applied = level.apply(&u);
        let mut joined = vec![0.0; coarse.nx * coarse.ny];
        let owner = |node: usize| (node / level.ny / 2) * coarse.ny + (node % level.ny) / 2;
        for (node, (r, a)) in right.iter().zip(&applied).enumerate() {
            joined[owner(node)] += r - a;
        }
        let correction = v_cycle(coarser, &joined);
        u.par_iter_mut().enumerate().filter(|(node, _)| level.diagonal[*node] > 0.0).for_each(|(node, u)| {
            *u += correction[owner(node)];
        });
    }
    for _ in 0..rounds {
        u = level.smooth(&u, right);
    }
    u
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::silhouette::Lattice;
    use crate::progress::CancelToken;
    use glam::Vec2;

    fn silhouette(cells: usize, shape: impl Fn(Vec2) -> f32) -> Silhouette {
        let lattice = Lattice::around([Vec2::NEG_ONE, Vec2::ONE], 2.0 / cells as f32, 0);
        let [nx, ny] = lattice.samples_per_axis;
        let distances = (0..nx * ny).map(|k| shape(lattice.position(k / ny, k % ny))).collect();
        Silhouette { lattice, distances }
    }

    #[test]
    fn a_disc_gives_the_paraboloid_and_a_ring_the_textbook_profile() {
        let center = Vec2::new(0.03, -0.02);
        let disc = silhouette(100, |p| p.distance(center) - 0.9);
        let u = solve(&disc, 4.0, &Monitor::silent()).unwrap();
        for (k, &found) in u.iter().enumerate() {
            let r = disc.lattice.position(k / 101, k % 101).distance(center);
            assert!((found - (0.81 - r * r).max(0.0)).abs() < 2e-3, "{r}: {found}");
        }
        // Between radii a < b: u = b² − r² − (b² − a²) ln(b/r) / ln(b/a).
        let (a, b) = (0.4f32, 0.9f32);
        let ring = silhouette(100, |p| (p.length() - 0.65).abs() - 0.25);
        let u = solve(&ring, 4.0, &Monitor::silent()).unwrap();
        for (k, &found) in u.iter().enumerate() {
            let r = ring.lattice.position(k / 101, k % 101).length();
            let inside = b * b - r * r - (b * b - a * a) * (b / r).ln() / (b / a).ln();
            let expected = if (a..b).contains(&r) { inside } else { 0.0 };
            assert!((found - expected).abs() < 2e-3, "{r}: {found} for {expected}");
        }
    }

    #[test]
    fn a_hairline_next_to_a_body_is_solved_too() {
        let shape = |p: Vec2| (p.length() - 0.5).min((p.y - 0.013).abs().max(p.x.abs() - 0.95) - 0.008);
        let both = silhouette(200, shape);
        let u = solve(&both, 4.0, &Monitor::silent()).unwrap();
        assert!((0.0..200.0).contains(&u.iter().copied().fold(0.0, f32::max)));
        for (k, &found) in u.iter().enumerate() {
            assert_eq!(found > 0.0, both.distances[k] < 0.0);
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits_and_cancel_stops() {
        let shape = silhouette(60, |p| p.length() - 0.8 + 0.1 * (9.0 * p.x).sin());
        let solved = solve(&shape, 4.0, &Monitor::silent()).unwrap();
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            assert_eq!(pool.install(|| solve(&shape, 4.0, &Monitor::silent())).unwrap(), solved);
        }
        let token = CancelToken::new();
        token.cancel();
        assert_eq!(solve(&shape, 4.0, &Monitor::new(&token, &|_| {})), Err(Cancelled));
    }
}
