//! Which surface points the encoder starts its tokens from.

use glam::Vec3;
use rayon::prelude::*;

use super::VaeConfig;
use crate::progress::{Cancelled, Monitor};

/// Why surface points cannot be sampled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SamplingError {
    /// Too few surface points.
    #[error("the encoder needs {needed} surface points and was given {found}")]
    Count {
        /// What the configuration asks for.
        needed: usize,
        /// What was given.
        found: usize,
    },
    /// The order is not a permutation of the points.
    #[error("the order of the surface points does not name each of them once")]
    Order,
    /// The configuration leaves fewer points than tokens.
    #[error("the encoder is to make {latents} tokens of {points} surface points")]
    TooFew {
        /// Tokens to make.
        latents: usize,
        /// Points to make them of.
        points: usize,
    },
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// In which order surface points are taken; shared by a whole batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleOrder {
    /// A permutation of the evenly spread points.
    pub even: Vec<usize>,
    /// A permutation of the points on sharp edges; empty where there are none.
    pub sharp: Vec<usize>,
    /// Which of the kept points, in their order, the farthest-point sampling starts from.
    pub start: usize,
}

impl SampleOrder {
    /// An order of our own, the same on every machine.
    pub fn seeded(seed: u64, config: &VaeConfig) -> Self {
        let mut state = seed;
        let even = shuffled(config.pc_size, &mut state);
        let sharp = shuffled(config.pc_sharpedge_size, &mut state);
        Self { even, sharp, start: 0 }
    }
}

/// A random permutation by Fisher and Yates.
fn shuffled(count: usize, state: &mut u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        // A 64-bit product: the bias is below 1 in 2^43.
        let pick = (u128::from(next_random(state)) * (last as u128 + 1)) >> 64;
        order.swap(last, pick as usize);
    }
    order
}

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// One kind of points: which are kept, and which of these are queries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// Indices into the points of the shape, in the order they are kept in.
    pub(super) data: Vec<usize>,
    /// Positions in `data`, in the order of the tokens.
    pub(super) queries: Vec<usize>,
}

/// Takes the first `latents * ratio` of `order`, whose entries count from `first`, and from these
/// `latents` that are far from one another.
pub(super) fn keep(
    positions: &[Vec3],
    order: &[usize],
    first: usize,
    (latents, ratio, start): (usize, usize, usize),
    monitor: &Monitor,
) -> Result<Kept, SamplingError> {
    let mut seen = vec![false; order.len()];
    if order.iter().any(|&i| i >= seen.len() || std::mem::replace(&mut seen[i], true)) {
        return Err(SamplingError::Order);
    }
    let data: Vec<usize> = order.iter().take(latents.saturating_mul(ratio)).map(|i| first + i).collect();
    if data.len() < latents || data.iter().any(|&i| i >= positions.len()) {
        return Err(SamplingError::TooFew { latents, points: data.len() });
    }
    let kept: Vec<Vec3> = data.iter().map(|&i| positions[i]).collect();
    let queries = farthest_points(&kept, latents, start, monitor)?;
    Ok(Kept { data, queries })
}

/// `count` of `points`, as indices: first `start`, then always the one that is farthest from all
/// before it; of equally far ones the first. Distances are squared, in `f32`.
///
/// Time is proportional to `count * points.len()`.
///
/// # Errors
/// [`Cancelled`].
pub fn farthest_points(
    points: &[Vec3],
    count: usize,
    start: usize,
    monitor: &Monitor,
) -> Result<Vec<usize>, Cancelled> {
    const CHUNK: usize = 4096;
    let count = count.min(points.len());
    let mut nearest = vec![f32::INFINITY; points.len()];
    let mut chosen = Vec::with_capacity(count);
    let mut next = start.min(points.len().saturating_sub(1));
    while chosen.len() < count {
        if chosen.len() % 64 == 0 {
            monitor.check()?;
        }
        chosen.push(next);
        let from = points[next];
        let farthest = |(chunk, (nearest, points)): (usize, (&mut [f32], &[Vec3]))| {
            let mut best = (f32::NEG_INFINITY, 0);
            for (i, (nearest, point)) in nearest.iter_mut().zip(points).enumerate() {
                let d = *point - from;
                *nearest = nearest.min(d.x * d.x + d.y * d.y + d.z * d.z);
                if *nearest > best.0 {
                    best = (*nearest, chunk * CHUNK + i);
                }
            }
            best
        };
        let chunks = nearest.par_chunks_mut(CHUNK).zip(points.par_chunks(CHUNK)).enumerate().map(farthest);
        let first_of_farther =
            |a: (f32, usize), b: (f32, usize)| if b.0 > a.0 || (b.0 == a.0 && b.1 < a.1) { b } else { a };
        next = chunks.reduce(|| (f32::NEG_INFINITY, usize::MAX), first_of_farther).1.min(points.len() - 1);
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_taken_before_what_lies_between() {
        let points: Vec<Vec3> = (0..11).map(|i| Vec3::new(i as f32, 0.0, 0.0)).collect();
        let chosen = farthest_points(&points, 4, 3, &Monitor::silent()).unwrap();
        assert_eq!(chosen, [3, 10, 0, 6]);
        assert_eq!(farthest_points(&points, 99, 0, &Monitor::silent()).unwrap().len(), 11);
        assert_eq!(farthest_points(&[], 3, 0, &Monitor::silent()), Ok(Vec::new()));
    }

    #[test]
    fn a_seed_gives_one_order_of_all_points() {
        let config = |pc_size| VaeConfig {
            pc_size,
            ..serde_json::from_str(
                r#"{"num_latents":8,"embed_dim":4,"width":8,"heads":2,"num_decoder_layers":1,"scale_factor":1.0}"#,
            )
            .unwrap()
        };
        let order = SampleOrder::seeded(7, &config(1000));
        assert_eq!(order, SampleOrder::seeded(7, &config(1000)));
        assert_ne!(order.even, SampleOrder::seeded(8, &config(1000)).even);
        let mut sorted = order.even.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..1000).collect::<Vec<_>>());
        assert!(order.sharp.is_empty());
    }

    #[test]
    fn an_order_that_is_none_is_refused() {
        let points = vec![Vec3::ZERO; 4];
        let try_order = |order: &[usize], sizes| keep(&points, order, 0, sizes, &Monitor::silent());
        assert_eq!(try_order(&[0, 1, 1, 2], (2, 2, 0)), Err(SamplingError::Order));
        assert_eq!(try_order(&[0, 1, 4, 2], (2, 2, 0)), Err(SamplingError::Order));
        assert_eq!(try_order(&[0, 1], (3, 1, 0)), Err(SamplingError::TooFew { latents: 3, points: 2 }));
        assert_eq!(try_order(&[2, 1, 0, 3], (1, 2, 0)), Ok(Kept { data: vec![2, 1], queries: vec![0] }));
    }
}
