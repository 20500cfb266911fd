//! Scaled dot-product attention and its heads.

use burn::tensor::module::attention;
use burn::tensor::ops::AttentionModuleOptions;

use crate::engine::Tensor;

/// `softmax(q kᵀ / √width) v`.
///
/// # Shapes
/// - q: `[batch, heads, queries, width]`
/// - k, v: `[batch, heads, tokens, width]`
/// - output: `[batch, heads, queries, width]`
pub fn attend(q: Tensor<4>, k: Tensor<4>, v: Tensor<4>) -> Tensor<4> {
    attention(q, k, v, None, None, AttentionModuleOptions::default())
}

/// Head i is channels `i·width .. (i+1)·width`.
///
/// # Shapes
/// - input: `[batch, tokens, heads · width]`
/// - output: `[batch, heads, tokens, width]`
pub fn split_heads(x: Tensor<3>, heads: usize) -> Tensor<4> {
    let [batch, tokens, width] = x.dims();
    x.reshape([batch, tokens, heads, width / heads]).swap_dims(1, 2)
}

/// The reverse of [`split_heads`].
///
/// # Shapes
/// - input: `[batch, heads, tokens, width]`
/// - output: `[batch, tokens, heads · width]`
pub fn merge_heads(x: Tensor<4>) -> Tensor<3> {
    let [batch, heads, tokens, width] = x.dims();
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
    let x = x.reshape([batch, tokens, heads, N * width]);
    std::array::from_fn(|part| x.clone().narrow(3, part * width, width).swap_dims(1, 2))
}
