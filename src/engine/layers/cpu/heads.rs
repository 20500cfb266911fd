//! Heads of attention, laid out anew: on all cores, and a head's channels at a time.

use burn::tensor::TensorData;
use rayon::prelude::*;

use super::slice;

/// Part `part` of `parts` of every head.
///
/// # Shapes
/// - x: `[batch, tokens, heads · parts · width]`
/// - result: `[batch, heads, tokens, width]`
pub fn cut_heads(x: &TensorData, [heads, tokens, width]: [usize; 3], [part, parts]: [usize; 2]) -> Vec<f32> {
    let x = slice(x);
    let token = heads * parts * width;
    let mut out = vec![0.0; x.len() / parts.max(1)];
    out.par_chunks_mut((tokens * width).max(1)).enumerate().for_each(|(which, out)| {
        let start = which / heads * tokens * token + (which % heads * parts + part) * width;
        for (number, to) in out.chunks_exact_mut(width).enumerate() {
            let from = start + number * token;
            to.copy_from_slice(&x[from..from + width]);
        }
    });
    out
}

/// The heads of a token side by side again.
///
/// # Shapes
/// - x: `[batch, heads, tokens, width]`
/// - result: `[batch, tokens, heads · width]`
pub fn merge_heads(x: &TensorData, [heads, tokens, width]: [usize; 3]) -> Vec<f32> {
    /// Tokens that a thread takes at once.
    const TOKENS: usize = 64;
    let x = slice(x);
    let mut out = vec![0.0; x.len()];
    let row = tokens * heads * width;
    out.par_chunks_mut(row.max(1)).zip(x.par_chunks(row.max(1))).for_each(|(out, x)| {
        out.par_chunks_mut(TOKENS * heads * width).enumerate().for_each(|(block, out)| {
            for (token, out) in out.chunks_exact_mut(heads * width).enumerate() {
                for (head, to) in out.chunks_exact_mut(width).enumerate() {
                    let from = (head * tokens + block * TOKENS + token) * width;
                    to.copy_from_slice(&x[from..from + width]);
                }
            }
        });
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_cut_and_merged_as_they_are_numbered() {
        let [batch, tokens, heads, parts, width] = [2, 130, 3, 2, 4];
        let numbers: Vec<f32> = (0..batch * tokens * heads * parts * width).map(|i| i as f32).collect();
        let x = TensorData::new(numbers.clone(), [batch, tokens, heads * parts * width]);
        for part in 0..parts {
            let cut = cut_heads(&x, [heads, tokens, width], [part, parts]);
            let merged = merge_heads(&TensorData::new(cut.clone(), [cut.len()]), [heads, tokens, width]);
            for (i, (number, again)) in cut.iter().zip(&merged).enumerate() {
                let (b, h, t, c) =
                    (i / (heads * tokens * width), i / (tokens * width) % heads, i / width % tokens, i % width);
                assert_eq!(*number, numbers[((b * tokens + t) * heads * parts + h * parts + part) * width + c]);
                let (b, t, h) = (i / (tokens * heads * width), i / (heads * width) % tokens, i / width % heads);
                assert_eq!(*again, numbers[((b * tokens + t) * heads * parts + h * parts + part) * width + c]);
            }
        }
    }
}
