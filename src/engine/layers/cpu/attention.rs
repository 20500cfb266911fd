//! Attention in blocks of queries and keys, so that scores stay in a core's cache.
//!
//! Milakov and Gimelshein, "Online normalizer calculation for softmax" (2018): sums are scaled down
//! whenever a larger score is met.

use burn::tensor::TensorData;
use rayon::prelude::*;

use super::product::{Matrix, multiply_add};
use super::slice;
use super::vector::{exp, vectorized};

/// Queries and keys of a block. Not chosen by the number of threads, so that results do not depend on it.
const QUERIES: usize = 96;
const KEYS: usize = 768;

/// How the heads of queries, keys and values lie in memory.
#[derive(Clone, Copy, Debug)]
pub struct Heads {
    /// Rows of the batch.
    pub batch: usize,
    /// Heads of each.
    pub heads: usize,
    /// Channels of a head, of queries and keys.
    pub width: usize,
    /// Channels of a head, of values and the result.
    pub value_width: usize,
    /// Whether a head's tokens follow one another (`[batch, heads, tokens, width]`); otherwise a token's
    /// heads do (`[batch, tokens, heads · width]`).
    pub heads_first: bool,
}

impl Heads {
    /// Numbers from one token of a head to the next.
    fn stride(&self, width: usize) -> usize {
        if self.heads_first { width } else { self.heads * width }
    }

    /// Where a head of `tokens` tokens starts.
    fn start(&self, row: usize, head: usize, tokens: usize, width: usize) -> usize {
        let row = row * self.heads * tokens * width;
        row + head * if self.heads_first { tokens * width } else { width }
    }
}

/// `softmax(q kᵀ / √width) v` for every head.
///
/// # Shapes
/// - q, result: `queries` tokens
/// - k, v: `keys` tokens
pub fn attend_heads(
    q: &TensorData,
    k: &TensorData,
    v: &TensorData,
    layout: Heads,
    [queries, keys]: [usize; 2],
) -> Vec<f32> {
    let Heads { batch, heads, width, value_width, heads_first } = layout;
    let (q, k, v) = (slice(q), slice(k), slice(v));
    let mut out = vec![0.0; batch * heads * queries * value_width];
    if out.is_empty() || keys == 0 {
        return out;
    }
    let keys_by_channel = by_channel(k, &layout, keys);
    let head = |row: usize, head: usize| Head {
        q: &q[layout.start(row, head, queries, width)..],
        q_stride: layout.stride(width),
        k: &keys_by_channel[(row * heads + head) * width * keys..][..width * keys],
        v: &v[layout.start(row, head, keys, value_width)..],
        v_stride: layout.stride(value_width),
        out_stride: layout.stride(value_width),
        keys,
        width,
        value_width,
    };
    // A task has its part of the result to itself: some queries of one head, or of all.
    let heads_together = if heads_first { 1 } else { heads };
    let token = heads_together * value_width;
    out.par_chunks_mut(queries * token).enumerate().for_each(|(part, out)| {
        out.par_chunks_mut(QUERIES * token).enumerate().for_each_init(Scratch::new, |scratch, (block, out)| {
            for number in 0..heads_together {
                let which = part * heads_together + number;
                let out = &mut out[number * value_width..];
                head(which / heads, which % heads).attend(block * QUERIES, out, scratch);
            }
        });
    });
    out
}

/// Keys as `[batch, heads, width, keys]`: products read them along the keys.
fn by_channel(k: &[f32], layout: &Heads, keys: usize) -> Vec<f32> {
    /// Keys that are turned at once.
    const TURN: usize = 16;
    let Heads { batch, heads, width, .. } = *layout;
    let mut turned = vec![0.0; batch * heads * width * keys];
    turned.par_chunks_mut(width * keys).enumerate().for_each(|(which, turned)| {
        let k = &k[layout.start(which / heads, which % heads, keys, width)..];
        let stride = layout.stride(width);
        for start in (0..keys).step_by(TURN) {
            let end = (start + TURN).min(keys);
            for channel in 0..width {
                for (key, to) in (start..end).zip(&mut turned[channel * keys + start..channel * keys + end]) {
                    *to = k[key * stride + channel];
                }
            }
        }
    });
    turned
}

/// One head of one row of the batch.
struct Head<'a> {
    q: &'a [f32],
    q_stride: usize,
    /// `[width, keys]`
    k: &'a [f32],
    v: &'a [f32],
    v_stride: usize,
    out_stride: usize,
    keys: usize,
    width: usize,
    value_width: usize,
}

/// Room for a block, kept from one to the next.
struct Scratch {
    scores: Vec<f32>,
    /// Largest score of each query so far, and the sum of powers relative to it.
    largest: Vec<f32>,
    sums: Vec<f32>,
}

impl Scratch {
    fn new() -> Self {
        Self { scores: vec![0.0; QUERIES * KEYS], largest: vec![0.0; QUERIES], sums: vec![0.0; QUERIES] }
    }
}

impl Head<'_> {
    /// The queries from `first` on, as many as `out` has room for; `out` starts as zeros.
    fn attend(&self, first: usize, out: &mut [f32], scratch: &mut Scratch) {
        let Self { q_stride, v_stride, out_stride, width, value_width, .. } = *self;
        let count = (out.len() + out_stride - value_width) / out_stride;
        let q = Matrix::new(&self.q[first * q_stride..], [count, width], [q_stride, 1]);
        let scale = (1.0 / (width as f64).sqrt()) as f32;
        scratch.largest.fill(f32::NEG_INFINITY);
        scratch.sums.fill(0.0);
        for start in (0..self.keys).step_by(KEYS) {
            let keys = KEYS.min(self.keys - start);
            let k = Matrix::new(&self.k[start..], [width, keys], [self.keys, 1]);
            multiply_add(&mut scratch.scores, keys, q, k, false);
            for row in 0..count {
                let scores = &mut scratch.scores[row * keys..(row + 1) * keys];
                let place = row * out_stride;
                let state = (&mut scratch.largest[row], &mut scratch.sums[row]);
                powers(scores, scale, state, &mut out[place..place + value_width]);
            }
            let scores = Matrix::new(&scratch.scores, [count, keys], [keys, 1]);
            let v = Matrix::new(&self.v[start * v_stride..], [keys, value_width], [v_stride, 1]);
            multiply_add(out, out_stride, scores, v, true);
        }
        for (row, sum) in scratch.sums.iter().enumerate().take(count) {
            let place = row * out_stride;
            out[place..place + value_width].iter_mut().for_each(|x| *x /= sum);
        }
    }
}

/// Turns scores into powers relative to the largest so far, and scales down what was summed before.
fn powers(scores: &mut [f32], scale: f32, (largest, sum): (&mut f32, &mut f32), out: &mut [f32]) {
    vectorized(
        #[inline(always)]
        || {
            let top = scale * maximum(scores);
            let top = if top > *largest { top } else { *largest };
            let factor = exp(*largest - top);
            *largest = top;
            scores.iter_mut().for_each(|s| *s = exp(s.mul_add(scale, -top)));
            *sum = *sum * factor + total(scores);
            if factor != 1.0 {
                out.iter_mut().for_each(|x| *x *= factor);
            }
        },
    );
}

/// Sums and maxima in this many lanes, so that vector instructions can be used.
const LANES: usize = 16;

#[inline(always)]
fn maximum(numbers: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let (lanes, rest) = numbers.as_chunks::<LANES>();
    let mut tops = [f32::NEG_INFINITY; LANES];
    for chunk in lanes {
        tops.iter_mut().zip(chunk).for_each(|(top, x)| *top = larger(*top, *x));
    }
    tops.iter().chain(rest).fold(f32::NEG_INFINITY, |a, b| larger(a, *b))
}

#[inline(always)]
fn total(numbers: &[f32]) -> f32 {
    let (lanes, rest) = numbers.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for chunk in lanes {
        sums.iter_mut().zip(chunk).for_each(|(sum, x)| *sum += x);
    }
    sums.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|i| (((i + seed) * 7919 % 10_007) as f32 / 10_007.0 - 0.5) * 6.0).collect()
    }

    /// In 64 bits, every score at once.
    fn plainly(q: &[f32], k: &[f32], v: &[f32], layout: &Heads, [queries, keys]: [usize; 2]) -> Vec<f32> {
        let Heads { batch, heads, width, value_width, .. } = *layout;
        let mut out = vec![0.0; batch * heads * queries * value_width];
        for (row, head) in (0..batch).flat_map(|row| (0..heads).map(move |head| (row, head))) {
            let at = |tokens: usize, token: usize, width: usize| {
                layout.start(row, head, tokens, width) + token * layout.stride(width)
            };
            for i in 0..queries {
                let score = |j: usize| {
                    let (a, b) = (&q[at(queries, i, width)..], &k[at(keys, j, width)..]);
                    (0..width).map(|c| f64::from(a[c]) * f64::from(b[c])).sum::<f64>() / (width as f64).sqrt()
                };
                let powers: Vec<f64> = (0..keys).map(|j| score(j).exp()).collect();
                for c in 0..value_width {
                    let sum: f64 = (0..keys).map(|j| powers[j] * f64::from(v[at(keys, j, value_width) + c])).sum();
                    out[at(queries, i, value_width) + c] = (sum / powers.iter().sum::<f64>()) as f32;
                }
            }
        }
        out
    }

    #[test]
    fn blocks_give_what_all_scores_at_once_give() {
        for heads_first in [false, true] {
            for (queries, keys) in [(1, 1), (5, 3), (QUERIES + 7, KEYS + 5), (QUERIES, 2 * KEYS)] {
                let layout = Heads { batch: 2, heads: 3, width: 8, value_width: 5, heads_first };
                let (q, k, v) = (noise(6 * queries * 8, 1), noise(6 * keys * 8, 2), noise(6 * keys * 5, 3));
                let data = |x: &[f32]| TensorData::new(x.to_vec(), [x.len()]);
                let found = attend_heads(&data(&q), &data(&k), &data(&v), layout, [queries, keys]);
                let expected = plainly(&q, &k, &v, &layout, [queries, keys]);
                let error = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(error < 2e-6, "{queries} × {keys}: {error}");
            }
        }
    }

    #[test]
    fn scores_that_are_no_numbers_are_not_hidden() {
        let layout = Heads { batch: 1, heads: 1, width: 2, value_width: 2, heads_first: true };
        let data = |x: &[f32]| TensorData::new(x.to_vec(), [x.len()]);
        let found = attend_heads(&data(&[f32::NAN, 1.0]), &data(&[1.0; 4]), &data(&[1.0; 4]), layout, [1, 2]);
        assert!(found.iter().all(|x| x.is_nan()));
    }
}
