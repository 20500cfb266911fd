//! The whole grid, or bands around the surface from coarse to fine.

use rayon::prelude::*;

use super::mask::{NOT_EVALUATED, dilate, near_surface};
use super::{FieldEvaluator, NEAR, Volume, VolumeError, VolumeOptions};
use crate::progress::{Monitor, Stage};
use crate::surface::follow::Lattice;

/// Cells per axis of every level, coarse to fine: halves of `finest` that are at least `min`.
pub fn level_resolutions(finest: usize, min: usize) -> Vec<usize> {
    let halves = std::iter::successors(Some(finest), |r| Some(r / 2));
    let mut levels: Vec<usize> = halves.take_while(|&r| r >= min.max(1)).collect();
    if levels.is_empty() {
        levels.push(finest);
    }
    levels.reverse();
    levels
}

/// Counts points over all levels.
pub(super) struct Counter<'a> {
    pub(super) monitor: &'a Monitor<'a>,
    pub(super) done: u64,
    pub(super) total: u64,
}

impl Counter<'_> {
    /// Evaluates the samples `indices` of `lattice` into `grid`.
    pub(super) fn evaluate(
        &mut self,
        evaluator: &FieldEvaluator,
        lattice: &Lattice,
        indices: &mut dyn Iterator<Item = usize>,
        grid: &mut [f32],
    ) -> Result<(), VolumeError> {
        /// Points that are held at once.
        const BLOCK: usize = 1 << 20;
        loop {
            let block: Vec<usize> = indices.take(BLOCK).collect();
            if block.is_empty() {
                return Ok(());
            }
            let points: Vec<_> = block.par_iter().map(|&i| lattice.position(i)).collect();
            let mut values = vec![0.0; block.len()];
            let (monitor, before, total) = (self.monitor, self.done, self.total);
            evaluator.logits(&points, &mut values, &mut |points| {
                let done = before + points as u64;
                monitor.step(Stage::Shape, done, total.max(done))
            })?;
            block.iter().zip(values).for_each(|(&i, value)| grid[i] = value);
            self.done += block.len() as u64;
        }
    }
}

/// Every sample.
pub(super) fn dense(
    evaluator: &FieldEvaluator,
    options: &VolumeOptions,
    monitor: &Monitor,
) -> Result<Volume, VolumeError> {
    let cells = options.octree_resolution;
    let lattice = options.lattice(cells);
    let count = lattice.sample_count()?;
    let mut logits = vec![0.0; count];
    let mut counter = Counter { monitor, done: 0, total: count as u64 };
    counter.evaluate(evaluator, &lattice, &mut (0..count), &mut logits)?;
    Ok(Volume::new(logits, cells, options, counter.done))
}

/// Every sample of the coarsest level, then what is near the surface.
pub(super) fn hierarchical(
    evaluator: &FieldEvaluator,
    options: &VolumeOptions,
    monitor: &Monitor,
) -> Result<Volume, VolumeError> {
    let levels = level_resolutions(options.octree_resolution, options.min_resolution);
    let lattice = options.lattice(levels[0]);
    let count = lattice.sample_count()?;
    let mut grid = vec![0.0; count];
    let mut counter = Counter { monitor, done: 0, total: count as u64 };
    counter.evaluate(evaluator, &lattice, &mut (0..count), &mut grid)?;
    for pair in levels.windows(2) {
        let (lattice, last) = (options.lattice(pair[1]), pair[1] == options.octree_resolution);
        let wanted = wanted_samples(&grid, pair[0] + 1, pair[1] + 1, options.mc_level, last);
        let mut next = vec![NOT_EVALUATED; lattice.sample_count()?];
        counter.total = counter.done + wanted.iter().filter(|w| **w).count() as u64;
        let mut indices = (0..wanted.len()).filter(|&i| wanted[i]);
        counter.evaluate(evaluator, &lattice, &mut indices, &mut next)?;
        grid = next;
    }
    forget_unevaluated(&mut grid);
    Ok(Volume::new(grid, options.octree_resolution, options, counter.done))
}

/// Which samples of the next level are to be evaluated. `side` and `next_side` are samples per axis.
pub(super) fn wanted_samples(grid: &[f32], side: usize, next_side: usize, mc_level: f32, last: bool) -> Vec<bool> {
    let mut near = near_surface(grid, side, mc_level);
    near.iter_mut().zip(grid).for_each(|(near, value)| *near |= value.abs() < NEAR);
    if !last {
        dilate(&mut near, side);
    }
    let mut wanted = vec![false; next_side * next_side * next_side];
    for i in (0..near.len()).filter(|&i| near[i]) {
        let [x, y, z] = [i / (side * side), i / side % side, i % side].map(|place| 2 * place);
        if [x, y, z].iter().all(|&place| place < next_side) {
            wanted[(x * next_side + y) * next_side + z] = true;
        }
    }
    for _ in 0..if last { 2 } else { 1 } {
        dilate(&mut wanted, next_side);
    }
    wanted
}

/// Samples that were not evaluated become NaN.
pub(super) fn forget_unevaluated(grid: &mut [f32]) {
    grid.iter_mut().filter(|v| **v == NOT_EVALUATED).for_each(|v| *v = f32::NAN);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_halves_down_to_the_least() {
        assert_eq!(level_resolutions(256, 63), [64, 128, 256]);
        assert_eq!(level_resolutions(384, 63), [96, 192, 384]);
        assert_eq!(level_resolutions(512, 63), [64, 128, 256, 512]);
        assert_eq!(level_resolutions(40, 63), [40]);
        assert_eq!(level_resolutions(4, 0), [1, 2, 4]);
    }
}
