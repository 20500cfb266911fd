//! FlashVDM (Lai et al., "Unleashing Vecset Diffusion Model for Fast Shape Generation", 2025): each
//! region attends only to the tokens that matter there.
//!
//! An approximation. Cells are sorted stably by their number, where the published code leaves the order
//! open; within a cell, points are in the order of the grid.

use glam::Vec3;

use super::hierarchical::{forget_unevaluated, level_resolutions, wanted_samples};
use super::mask::NOT_EVALUATED;
use super::{FieldEvaluator, Volume, VolumeError, VolumeOptions};
use crate::engine::Tensor;
use crate::engine::models::hunyuan3d::vae::KeyValues;
use crate::progress::{Monitor, Stage};

/// How the tokens of a cell are chosen while refining.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlashMode {
    /// For each head those that the cell's points look at most on average.
    Mean,
    /// All that any of the cell's points looks at noticeably.
    Merge,
}

/// Cells per axis around the points of a finer level.
const CELLS: usize = 6;

/// Tokens that are kept of `tokens`.
pub fn kept_tokens(tokens: usize) -> usize {
    match tokens {
        3072 => 1024,
        512 => 256,
        _ => (tokens / 3).max(1),
    }
}

/// The tokens with the largest mean product with `queries`, for each head by itself.
///
/// # Shapes
/// - queries: `[batch, heads, sampled, width]`, after their norm
/// - shape: `[batch, heads, tokens, width]`
/// - output: `[batch, heads, kept tokens, width]`
pub fn select_by_mean(queries: Tensor<4>, shape: &KeyValues) -> KeyValues {
    let [batch, heads, tokens, width] = shape.keys.dims();
    let kept = kept_tokens(tokens);
    // The mean of products is the product with the mean.
    let scores = queries.mean_dim(2).matmul(shape.keys.clone().swap_dims(2, 3)).swap_dims(2, 3);
    let (_, chosen) = scores.topk_with_indices(kept, 2);
    let chosen = chosen.expand([batch, heads, kept, width]);
    KeyValues { keys: shape.keys.clone().gather(2, chosen.clone()), values: shape.values.clone().gather(2, chosen) }
}

/// The tokens, the same for all heads, whose attention averaged over heads exceeds 1e-6 for any of
/// `queries`.
///
/// # Shapes
/// - queries: `[1, heads, sampled, width]`, after their norm
/// - shape: `[1, heads, tokens, width]`
/// - output: `[1, heads, kept tokens, width]`, and their numbers
///
/// # Errors
/// [`VolumeError::Device`].
pub fn select_merged(queries: Tensor<4>, shape: &KeyValues) -> Result<(KeyValues, Vec<usize>), VolumeError> {
    const NOTICEABLE: f32 = 1e-6;
    let scores = queries.matmul(shape.keys.clone().swap_dims(2, 3));
    let attention = burn::tensor::activation::softmax(scores, 3).mean_dim(1).max_dim(2);
    let attention = attention.try_into_data().map_err(|e| VolumeError::Device(format!("{e:?}")))?;
    let attention = attention.convert::<f32>().to_vec::<f32>().map_err(|e| VolumeError::Device(format!("{e:?}")))?;
    let chosen: Vec<usize> = (0..attention.len()).filter(|&i| attention[i] > NOTICEABLE).collect();
    let numbers: Vec<i32> = chosen.iter().map(|&i| i as i32).collect();
    let indices = burn::tensor::Tensor::from_ints(numbers.as_slice(), &shape.keys.device());
    let keys = shape.keys.clone().select(2, indices.clone());
    Ok((KeyValues { keys, values: shape.values.clone().select(2, indices) }, chosen))
}

/// Evaluates groups of samples, each with its own tokens.
struct Groups<'a> {
    evaluator: &'a FieldEvaluator<'a>,
    monitor: &'a Monitor<'a>,
    done: u64,
    total: u64,
}

impl Groups<'_> {
    /// Writes the logits of the samples `indices`, which lie at `points`, into `grid`.
    fn evaluate(
        &mut self,
        indices: &[usize],
        points: &[Vec3],
        mode: Option<FlashMode>,
        grid: &mut [f32],
    ) -> Result<(), VolumeError> {
        let shape = self.evaluator.shape();
        let every = match mode {
            None => 100,
            Some(FlashMode::Mean) => 50,
            Some(FlashMode::Merge) => 30,
        };
        let queries = self.evaluator.sampled_queries(points, every);
        let tokens = match mode {
            None | Some(FlashMode::Mean) => select_by_mean(queries, shape),
            Some(FlashMode::Merge) => select_merged(queries, shape)?.0,
        };
        let mut values = vec![0.0; points.len()];
        let (before, total, monitor) = (self.done, self.total, self.monitor);
        self.evaluator.logits_with(&tokens, points, &mut values, &mut |points| {
            let done = before + points as u64;
            monitor.step(Stage::Shape, done, total.max(done))
        })?;
        indices.iter().zip(values).for_each(|(&i, value)| grid[i] = value);
        self.done += points.len() as u64;
        Ok(())
    }
}

/// Cells per axis of every level: the coarsest is made to fit the mini-grids.
fn flash_resolutions(finest: usize, min: usize, grids: usize) -> Vec<usize> {
    let levels = level_resolutions(finest, min);
    let first = (levels[0] as f64 / grids as f64).round_ties_even() as usize * grids;
    let first = first.max(grids) - 1;
    (0..levels.len()).map(|level| first << level).collect()
}

pub(super) fn flash_vdm(
    evaluator: &FieldEvaluator,
    options: &VolumeOptions,
    mode: FlashMode,
    monitor: &Monitor,
) -> Result<Volume, VolumeError> {
    let levels = flash_resolutions(options.octree_resolution, options.min_resolution, options.mini_grids);
    let lattice = options.lattice(levels[0]);
    let count = lattice.sample_count()?;
    let mut groups = Groups { evaluator, monitor, done: 0, total: count as u64 };
    let mut grid = vec![0.0; count];
    for indices in mini_grids(levels[0] + 1, options.mini_grids) {
        let points: Vec<Vec3> = indices.iter().map(|&i| lattice.position(i)).collect();
        groups.evaluate(&indices, &points, None, &mut grid)?;
    }
    let finest = levels[levels.len() - 1];
    for pair in levels.windows(2) {
        let lattice = options.lattice(pair[1]);
        let wanted = wanted_samples(&grid, pair[0] + 1, pair[1] + 1, options.mc_level, pair[1] == finest);
        let indices: Vec<usize> = (0..wanted.len()).filter(|&i| wanted[i]).collect();
        let points: Vec<Vec3> = indices.iter().map(|&i| lattice.position(i)).collect();
        groups.total = groups.done + indices.len() as u64;
        let mut next = vec![NOT_EVALUATED; lattice.sample_count()?];
        for members in cells(&points) {
            let indices: Vec<usize> = members.iter().map(|&m| indices[m]).collect();
            let points: Vec<Vec3> = members.iter().map(|&m| points[m]).collect();
            groups.evaluate(&indices, &points, Some(mode), &mut next)?;
        }
        grid = next;
    }
    forget_unevaluated(&mut grid);
    Ok(Volume::new(grid, finest, options, groups.done))
}

/// The samples of each of `grids` mini-grids per axis of a grid with `side` samples per axis, in the order of the grid.
fn mini_grids(side: usize, grids: usize) -> impl Iterator<Item = Vec<usize>> {
    let edge = side / grids;
    let triples = |n: usize| (0..n * n * n).map(move |i| [i / (n * n), i / n % n, i % n]);
    triples(grids).map(move |grid| {
        let index = |inner: [usize; 3]| {
            let [x, y, z] = [0, 1, 2].map(|axis| grid[axis] * edge + inner[axis]);
            (x * side + y) * side + z
        };
        triples(edge).map(index).collect()
    })
}

/// Positions in `points` by cell of a grid over their bounding box; empty cells are left out.
fn cells(points: &[Vec3]) -> Vec<Vec<usize>> {
    let (min, max) = points.iter().fold((Vec3::INFINITY, Vec3::NEG_INFINITY), |(a, b), &p| (a.min(p), b.max(p)));
    let mut cells = vec![Vec::new(); CELLS * CELLS * CELLS];
    for (i, point) in points.iter().enumerate() {
        let [x, y, z] = ((*point - min) / (max - min) * (CELLS as f32 - 0.001)).to_array().map(|c| c as usize);
        cells[(x * CELLS + y) * CELLS + z].push(i);
    }
    cells.retain(|members| !members.is_empty());
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_fit_the_mini_grids() {
        assert_eq!(flash_resolutions(256, 63, 4), [63, 126, 252]);
        assert_eq!(flash_resolutions(384, 63, 4), [95, 190, 380]);
        assert_eq!(flash_resolutions(380, 63, 4), [95, 190, 380]);
        assert_eq!(flash_resolutions(196, 63, 4), [95, 190]);
        assert_eq!(flash_resolutions(512, 63, 4), [63, 126, 252, 504]);
        assert_eq!(flash_resolutions(1, 63, 4), [3]);
        assert_eq!(flash_resolutions(64, 15, 3), [14, 28, 56]);
    }

    #[test]
    fn mini_grids_and_cells_take_every_sample_once() {
        let mut seen: Vec<usize> = mini_grids(8, 4).flatten().collect();
        assert_eq!(seen[..9], [0, 1, 8, 9, 64, 65, 72, 73, 2]);
        seen.sort_unstable();
        assert_eq!(seen, (0..512).collect::<Vec<_>>());
        let flat: Vec<Vec3> = (0..100).map(|i| Vec3::new(i as f32, 2.0, (i * i % 17) as f32)).collect();
        let mut seen = cells(&flat).concat();
        seen.sort_unstable();
        assert_eq!(seen, (0..100).collect::<Vec<_>>());
    }
}
