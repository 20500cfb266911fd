//! Scaled dot-product attention and its heads.

use burn::tensor::TensorData;
use burn::tensor::module::attention;
use burn::tensor::ops::AttentionModuleOptions;

use super::cpu::{self, Heads};
use crate::engine::Tensor;

/// On a graphics card queries come in whole multiples of so many: with any other number burn silently
/// takes the attention that keeps all scores in memory, a gigabyte for each layer of 4097 tokens.
const CARD_ROWS: usize = 128;

/// `softmax(q kᵀ / √width) v`.
///
/// # Shapes
/// - q: `[batch, heads, queries, width]`
/// - k, v: `[batch, heads, tokens, width]`
/// - output: `[batch, heads, queries, width]`
pub fn attend(q: Tensor<4>, k: Tensor<4>, v: Tensor<4>) -> Tensor<4> {
    let [batch, heads, queries, width] = q.dims();
    let [_, _, tokens, value_width] = v.dims();
    if cpu::is_here(&q) {
        let layout = Heads { batch, heads, width, value_width, heads_first: true };
        let [q, k, v] = [q, k, v].map(cpu::numbers);
        let numbers = cpu::attend_heads(&q, &k, &v, layout, [queries, tokens]);
        return cpu::tensor(TensorData::new(numbers, [batch, heads, queries, value_width]));
    }
    // Rows of zeros change no other row.
    let added = queries.next_multiple_of(CARD_ROWS) - queries;
    if added == 0 || queries < CARD_ROWS {
        return attention(q, k, v, None, None, AttentionModuleOptions::default());
    }
    let zeros = Tensor::zeros([batch, heads, added, width], (&q.device(), q.dtype()));
    let q = Tensor::cat(vec![q, zeros], 2);
    attention(q, k, v, None, None, AttentionModuleOptions::default()).narrow(2, 0, queries)
}

/// As [`attend`], with the heads of a token side by side.
///
/// # Shapes
/// - q: `[batch, queries, heads · width]`
/// - k, v: `[batch, tokens, heads · width]`
/// - output: `[batch, queries, heads · width]`
pub fn attend_tokens(q: Tensor<3>, k: Tensor<3>, v: Tensor<3>, heads: usize) -> Tensor<3> {
    let [batch, queries, channels] = q.dims();
    let [_, tokens, _] = k.dims();
    if cpu::is_here(&q) {
        let width = channels / heads;
        let layout = Heads { batch, heads, width, value_width: width, heads_first: false };
        let [q, k, v] = [q, k, v].map(cpu::numbers);
        let numbers = cpu::attend_heads(&q, &k, &v, layout, [queries, tokens]);
        return cpu::tensor(TensorData::new(numbers, [batch, queries, channels]));
    }
    let [q, k, v] = [q, k, v].map(|x| split_heads(x, heads));
    merge_heads(attend(q, k, v))
}

/// Head i is channels `i·width .. (i+1)·width`.
///
/// # Shapes
/// - input: `[batch, tokens, heads · width]`
/// - output: `[batch, heads, tokens, width]`
pub fn split_heads(x: Tensor<3>, heads: usize) -> Tensor<4> {
    let [heads_of] = interleaved_heads::<1>(x, heads);
    heads_of
}

/// The reverse of [`split_heads`].
///
/// # Shapes
/// - input: `[batch, heads, tokens, width]`
/// - output: `[batch, tokens, heads · width]`
pub fn merge_heads(x: Tensor<4>) -> Tensor<3> {
    let [batch, heads, tokens, width] = x.dims();
    if cpu::is_here(&x) {
        let numbers = cpu::merge_heads(&cpu::numbers(x), [heads, tokens, width]);
        return cpu::tensor(TensorData::new(numbers, [batch, tokens, heads * width]));
    }
    x.swap_dims(1, 2).reshape([batch, tokens, heads * width])
}

/// Cuts projections into heads and each head into its `N` parts: head i's parts are neighbours.
///
/// # Shapes
/// - input: `[batch, tokens, heads · N · width]`
/// - output: N times `[batch, heads, tokens, width]`
pub fn interleaved_heads<const N: usize>(x: Tensor<3>, heads: usize) -> [Tensor<4>; N] {
    let [batch, tokens, channels] = x.dims();
    let width = channels / (heads * N);
    if cpu::is_here(&x) {
        let x = cpu::numbers(x);
        return std::array::from_fn(|part| {
            let numbers = cpu::cut_heads(&x, [heads, tokens, width], [part, N]);
            cpu::tensor(TensorData::new(numbers, [batch, heads, tokens, width]))
        });
    }
    let x = x.reshape([batch, tokens, heads, N * width]);
    std::array::from_fn(|part| x.clone().narrow(3, part * width, width).swap_dims(1, 2))
}
