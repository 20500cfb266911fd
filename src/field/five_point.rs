//! Linear systems on a plane lattice whose nodes depend on their four neighbours.
//!
//! Conjugate gradients, preconditioned by a multigrid V-cycle whose coarse levels join 2×2 nodes (aggregation), so
//! thin parts are never lost on the way down. The result does not depend on the number of threads.

use rayon::prelude::*;

use crate::progress::{Cancelled, Monitor};

const MAX_ITERATIONS: usize = 400;
const SMOOTHING_ROUNDS: usize = 2;
const DAMPING: f32 = 0.8;
/// Levels with at most this many nodes are only smoothed.
const COARSEST: usize = 16;

/// Solves A u = `right` until the residual, relative to `right`, is at most `tolerance`; 0 outside.
///
/// # Errors
/// [`Cancelled`].
pub(super) fn solve(matrix: Level, right: &[f32], tolerance: f64, monitor: &Monitor) -> Result<Vec<f32>, Cancelled> {
    let levels = Level::hierarchy(matrix);
    let Some(fine) = levels.first() else { return Ok(Vec::new()) };
    let mut solution = vec![0.0; right.len()];
    let mut residual = right.to_vec();
    let target = tolerance * tolerance * fine.dot(right, right);
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
    Ok(solution)
}

/// A weighted five-point operator: `(A u)ᵢ = diagonalᵢ uᵢ − Σ weightᵢⱼ uⱼ`, where the diagonal is at least the sum of
/// the weights. Nodes outside have a zero diagonal. Node `[ix, iy]` is stored at `ix * ny + iy`.
pub(super) struct Level {
    pub(super) nx: usize,
    pub(super) ny: usize,
    pub(super) diagonal: Vec<f32>,
    /// Weight between `[ix, iy]` and `[ix + 1, iy]`.
    pub(super) next_x: Vec<f32>,
    /// Weight between `[ix, iy]` and `[ix, iy + 1]`.
    pub(super) next_y: Vec<f32>,
}

impl Level {
    fn hierarchy(finest: Self) -> Vec<Self> {
        let mut levels = vec![finest];
        while let Some(last) = levels.last().filter(|l| l.nx * l.ny > COARSEST) {
            levels.push(last.coarser());
        }
        levels
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
