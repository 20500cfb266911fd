//! Norms in one pass.

use burn::tensor::TensorData;
use rayon::prelude::*;

use super::slice_mut;
use super::vector::vectorized;

/// `x / √(mean(x²) + ε) · weight` of every row, as wide as `weight`.
pub fn rms_norm(x: &mut TensorData, weight: &[f32], epsilon: f32) {
    /// Rows that a thread takes at once.
    const ROWS: usize = 512;
    let width = weight.len().max(1);
    slice_mut(x).par_chunks_mut(ROWS * width).for_each(|rows| {
        vectorized(
            #[inline(always)]
            || {
                for row in rows.chunks_exact_mut(width) {
                    let scale = 1.0 / (square_sum(row) / width as f32 + epsilon).sqrt();
                    row.iter_mut().zip(weight).for_each(|(x, w)| *x *= scale * w);
                }
            },
        );
    });
}

/// In 16 lanes, so that vector instructions can be used.
#[inline(always)]
fn square_sum(row: &[f32]) -> f32 {
    let (lanes, rest) = row.as_chunks::<16>();
    let mut sums = [0.0_f32; 16];
    for chunk in lanes {
        sums.iter_mut().zip(chunk).for_each(|(sum, x)| *sum = x.mul_add(*x, *sum));
    }
    sums.iter().sum::<f32>() + rest.iter().map(|x| x * x).sum::<f32>()
}
