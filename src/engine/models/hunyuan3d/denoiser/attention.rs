//! Self and cross attention of the 2.1 denoiser, with its interleaved heads.
//!
//! The projections are concatenated first and cut into heads afterwards, so a head's queries, keys and
//! values come from neighbouring channels of the concatenation, not from the projections of their names.

use super::super::config::DenoiserConfig;
use crate::engine::Tensor;
use crate::engine::layers::{Linear, RmsNorm, attend, interleaved_heads, merge_heads, split_heads};
use crate::engine::weights::Weights;

/// Norms of queries and keys, one weight for all heads.
struct QkNorm(Option<(RmsNorm, RmsNorm)>);

impl QkNorm {
    fn load(w: &Weights, config: &DenoiserConfig) -> Self {
        let width = config.hidden_size / config.num_heads;
        let norm = |name| RmsNorm::load(&w.at(name), "weight", width);
        Self(config.qk_norm.then(|| (norm("q_norm"), norm("k_norm"))))
    }

    fn queries(&self, q: Tensor<4>) -> Tensor<4> {
        self.0.as_ref().map_or(q.clone(), |(norm, _)| norm.forward(q))
    }

    fn keys(&self, k: Tensor<4>) -> Tensor<4> {
        self.0.as_ref().map_or(k.clone(), |(_, norm)| norm.forward(k))
    }
}

/// `blocks.N.attn1`.
pub struct SelfAttention {
    /// Queries, keys and values, concatenated.
    projection: Linear,
    norm: QkNorm,
    out: Linear,
    heads: usize,
}

impl SelfAttention {
    /// Of the sizes of the network.
    pub fn load(w: &Weights, config: &DenoiserConfig) -> Self {
        let width = config.hidden_size;
        Self {
            projection: Linear::load_stacked(w, &["to_q", "to_k", "to_v"], width, width, config.qkv_bias),
            norm: QkNorm::load(w, config),
            out: Linear::load(&w.at("out_proj"), width, width),
            heads: config.num_heads,
        }
    }

    /// Queries and keys after their norms, and values.
    ///
    /// # Shapes
    /// - input: `[batch, tokens, hidden_size]`
    /// - output: `[batch, heads, tokens, head width]` each
    pub fn project(&self, x: Tensor<3>) -> [Tensor<4>; 3] {
        let [q, k, v] = interleaved_heads(self.projection.forward(x), self.heads);
        [self.norm.queries(q), self.norm.keys(k), v]
    }

    /// # Shapes
    /// - input, output: `[batch, tokens, hidden_size]`
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let [q, k, v] = self.project(x);
        self.out.forward(merge_heads(attend(q, k, v)))
    }
}

/// `blocks.N.attn2`.
pub struct CrossAttention {
    queries: Linear,
    /// Keys and values, concatenated.
    projection: Linear,
    norm: QkNorm,
    out: Linear,
    heads: usize,
    context_width: usize,
}

/// What one block's cross attention needs of a context.
pub struct ContextKeys {
    /// `[rows, heads, tokens, head width]`, after the norm.
    pub keys: Tensor<4>,
    /// `[rows, heads, tokens, head width]`
    pub values: Tensor<4>,
    /// `[1, 1, hidden_size]`: what every token gets from a context of zeros.
    pub nothing: Tensor<3>,
}

impl CrossAttention {
    /// Of the sizes of the network.
    pub fn load(w: &Weights, config: &DenoiserConfig) -> Self {
        let (width, context_width) = (config.hidden_size, config.context_dim);
        Self {
            queries: Linear::load_with(&w.at("to_q"), width, width, config.qkv_bias),
            projection: Linear::load_stacked(w, &["to_k", "to_v"], context_width, width, config.qkv_bias),
            norm: QkNorm::load(w, config),
            out: Linear::load(&w.at("out_proj"), width, width),
            heads: config.num_heads,
            context_width,
        }
    }

    /// Keys and values of a context.
    ///
    /// # Shapes
    /// - context: `[rows, tokens, context_dim]`
    pub fn context(&self, context: Tensor<3>) -> ContextKeys {
        // Tokens that are all alike give the same whatever the weights of the attention: one is enough.
        let zero = Tensor::zeros([1, 1, self.context_width], (&context.device(), context.dtype()));
        let [_, value] = interleaved_heads(self.projection.forward(zero), self.heads);
        let [keys, values] = interleaved_heads(self.projection.forward(context), self.heads);
        ContextKeys { keys: self.norm.keys(keys), values, nothing: self.out.forward(merge_heads(value)) }
    }

    /// Queries after their norm.
    ///
    /// # Shapes
    /// - input: `[batch, tokens, hidden_size]`
    /// - output: `[batch, heads, tokens, head width]`
    pub fn queries(&self, x: Tensor<3>) -> Tensor<4> {
        self.norm.queries(split_heads(self.queries.forward(x), self.heads))
    }

    /// # Shapes
    /// - input: `[rows, tokens, hidden_size]`, as many rows as the context
    /// - output: the same
    pub fn forward(&self, x: Tensor<3>, context: &ContextKeys) -> Tensor<3> {
        let attended = attend(self.queries(x), context.keys.clone(), context.values.clone());
        self.out.forward(merge_heads(attended))
    }
}
