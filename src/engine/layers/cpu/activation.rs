//! What follows a matrix product, in one pass over its result.

use burn::tensor::TensorData;
use rayon::prelude::*;

use super::vector::{gelu, silu, vectorized};
use super::{slice, slice_mut};

/// Numbers that a thread takes at once.
const BLOCK: usize = 1 << 15;

/// What is done with every number after the bias was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Keep,
    /// `x Φ(x)`
    Gelu,
    /// `x σ(x)`
    Silu,
}

/// `x = step(x + bias)` for every row; no bias is one of zeros.
///
/// # Shapes
/// - x: `[rows, width]`
/// - bias: `[width]`
pub fn finish_rows(x: &mut TensorData, width: usize, bias: Option<&[f32]>, step: Step) {
    let width = width.max(1);
    let rows = (BLOCK / width).max(1);
    slice_mut(x).par_chunks_mut(rows * width).for_each(|block| {
        vectorized(
            #[inline(always)]
            || {
                for row in block.chunks_exact_mut(width) {
                    if let Some(bias) = bias {
                        row.iter_mut().zip(bias).for_each(|(x, b)| *x += b);
                    }
                    match step {
                        Step::Keep => (),
                        Step::Gelu => row.iter_mut().for_each(|x| *x = gelu(*x)),
                        Step::Silu => row.iter_mut().for_each(|x| *x = silu(*x)),
                    }
                }
            },
        );
    });
}

/// `x += y + bias` for every row.
///
/// # Shapes
/// - x, y: `[rows, width]`
/// - bias: `[width]`
pub fn add_rows(x: &mut [f32], y: &TensorData, width: usize, bias: Option<&[f32]>) {
    let width = width.max(1);
    let rows = (BLOCK / width).max(1);
    let blocks = x.par_chunks_mut(rows * width).zip(slice(y).par_chunks(rows * width));
    blocks.for_each(|(x, y)| {
        vectorized(
            #[inline(always)]
            || {
                for (x, y) in x.chunks_exact_mut(width).zip(y.chunks_exact(width)) {
                    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
                    if let Some(bias) = bias {
                        x.iter_mut().zip(bias).for_each(|(x, b)| *x += b);
                    }
                }
            },
        );
    });
}

/// `a · gelu(g)` of rows `[a | g]`, after the bias was added. The result stands where a was; g is left
/// as it is.
///
/// # Shapes
/// - x: `[rows, 2 · half]`
/// - bias: `[2 · half]`
pub fn gated_gelu(x: &mut TensorData, half: usize, bias: &[f32]) {
    let half = half.max(1);
    let rows = (BLOCK / (2 * half)).max(1);
    let (bias_a, bias_g) = bias.split_at(half.min(bias.len()));
    slice_mut(x).par_chunks_mut(rows * 2 * half).for_each(|block| {
        vectorized(
            #[inline(always)]
            || {
                for row in block.chunks_exact_mut(2 * half) {
                    let (a, g) = row.split_at_mut(half);
                    for (((a, g), p), q) in a.iter_mut().zip(g).zip(bias_a).zip(bias_g) {
                        *a = (*a + p) * gelu(*g + q);
                    }
                }
            },
        );
    });
}
