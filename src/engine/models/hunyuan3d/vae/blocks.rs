//! Transformer blocks of the ShapeVAE.

use super::VaeConfig;
use crate::engine::Tensor;
use crate::engine::layers::{Activation, LayerNorm, Linear, Mlp, attend, interleaved_heads, merge_heads, split_heads};
use crate::engine::weights::Weights;

/// ε of every norm but the two `ln_post`.
const EPSILON: f64 = 1e-6;

/// Layer norms of queries and keys over each head's channels, shared by the heads; or none.
struct QkNorm(Option<[LayerNorm; 2]>);

impl QkNorm {
    fn load(w: &Weights, width: usize, normalised: bool) -> Self {
        Self(normalised.then(|| ["q_norm", "k_norm"].map(|name| LayerNorm::load(&w.at(name), width, EPSILON))))
    }

    fn queries(&self, q: Tensor<4>) -> Tensor<4> {
        match &self.0 {
            Some([norm, _]) => norm.forward(q),
            None => q,
        }
    }

    fn keys(&self, k: Tensor<4>) -> Tensor<4> {
        match &self.0 {
            Some([_, norm]) => norm.forward(k),
            None => k,
        }
    }
}

/// Sizes of a block.
#[derive(Clone, Copy, Debug)]
pub struct BlockSize {
    /// Channels of a token.
    pub width: usize,
    /// Attention heads.
    pub heads: usize,
    /// Width of the feed-forward layer over the token's.
    pub expand: usize,
    /// Whether the projections to queries, keys and values have biases.
    pub qkv_bias: bool,
    /// Whether queries and keys are normalised.
    pub qk_norm: bool,
}

impl BlockSize {
    /// Of both transformers.
    pub fn of(config: &VaeConfig) -> Self {
        let VaeConfig { width, heads, qkv_bias, qk_norm, .. } = *config;
        Self { width, heads, expand: 4, qkv_bias, qk_norm }
    }

    /// Of the geometry decoder.
    pub fn of_geo_decoder(config: &VaeConfig) -> Self {
        Self {
            width: config.geo_width(),
            heads: config.geo_heads(),
            expand: config.geo_decoder_mlp_expand_ratio,
            qkv_bias: config.qkv_bias,
            qk_norm: config.qk_norm && config.geo_decoder_ln_post,
        }
    }

    fn mlp(&self, w: &Weights) -> Mlp {
        let widths = [self.width, self.expand * self.width, self.width];
        Mlp::load(&w.at("mlp"), ["c_fc", "c_proj"], widths, Activation::Gelu)
    }

    fn norm(&self, w: &Weights, name: &str) -> LayerNorm {
        LayerNorm::load(&w.at(name), self.width, EPSILON)
    }
}

/// Tokens that attend to one another.
struct SelfBlock {
    norms: [LayerNorm; 2],
    /// To queries, keys and values of each head in turn.
    projection: Linear,
    qk_norm: QkNorm,
    out: Linear,
    mlp: Mlp,
    heads: usize,
}

impl SelfBlock {
    fn load(w: &Weights, size: &BlockSize) -> Self {
        let attention = w.at("attn");
        Self {
            norms: ["ln_1", "ln_2"].map(|name| size.norm(w, name)),
            projection: Linear::load_with(&attention.at("c_qkv"), size.width, 3 * size.width, size.qkv_bias),
            qk_norm: QkNorm::load(&attention.at("attention"), size.width / size.heads, size.qk_norm),
            out: Linear::load(&attention.at("c_proj"), size.width, size.width),
            mlp: size.mlp(w),
            heads: size.heads,
        }
    }

    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let [q, k, v] = interleaved_heads(self.projection.forward(self.norms[0].forward(x.clone())), self.heads);
        let context = attend(self.qk_norm.queries(q), self.qk_norm.keys(k), v);
        let x = x + self.out.forward(merge_heads(context));
        x.clone() + self.mlp.forward(self.norms[1].forward(x))
    }
}

/// A stack of blocks in which tokens attend to one another; no final norm.
pub struct Transformer(Vec<SelfBlock>);

impl Transformer {
    /// `resblocks.0` and on.
    pub fn load(w: &Weights, size: &BlockSize, depth: usize) -> Self {
        let blocks = w.at("resblocks");
        Self((0..depth).map(|i| SelfBlock::load(&blocks.at(i), size)).collect())
    }

    /// The outputs of all blocks, in turn: each when it is asked for.
    ///
    /// # Shapes
    /// - input, outputs: `[batch, tokens, width]`
    pub fn steps(&self, x: Tensor<3>) -> impl Iterator<Item = Tensor<3>> {
        self.0.iter().scan(x, |x, block| {
            *x = block.forward(x.clone());
            Some(x.clone())
        })
    }

    /// Number of blocks.
    pub fn depth(&self) -> usize {
        self.0.len()
    }
}

/// Keys and values by head, `[batch, heads, tokens, head width]` each.
#[derive(Clone, Debug)]
pub struct KeyValues {
    /// After their norm.
    pub keys: Tensor<4>,
    /// As projected.
    pub values: Tensor<4>,
}

/// Tokens that attend to others.
pub struct CrossBlock {
    norms: [LayerNorm; 3],
    queries: Linear,
    /// To keys and values of each head in turn.
    projection: Linear,
    qk_norm: QkNorm,
    out: Linear,
    mlp: Mlp,
    heads: usize,
}

impl CrossBlock {
    /// Of this size; both kinds of tokens have its width.
    pub fn load(w: &Weights, size: &BlockSize) -> Self {
        let attention = w.at("attn");
        Self {
            norms: ["ln_1", "ln_2", "ln_3"].map(|name| size.norm(w, name)),
            queries: Linear::load_with(&attention.at("c_q"), size.width, size.width, size.qkv_bias),
            projection: Linear::load_with(&attention.at("c_kv"), size.width, 2 * size.width, size.qkv_bias),
            qk_norm: QkNorm::load(&attention.at("attention"), size.width / size.heads, size.qk_norm),
            out: Linear::load(&attention.at("c_proj"), size.width, size.width),
            mlp: size.mlp(w),
            heads: size.heads,
        }
    }

    /// What the tokens attend to; it does not depend on them.
    ///
    /// # Shapes
    /// - data: `[batch, data tokens, width]`
    pub fn key_values(&self, data: Tensor<3>) -> KeyValues {
        let [keys, values] = interleaved_heads(self.projection.forward(self.norms[1].forward(data)), self.heads);
        // Laid out once here instead of at every use.
        KeyValues { keys: contiguous(self.qk_norm.keys(keys)), values: contiguous(values) }
    }

    /// Queries by head, after their norm.
    ///
    /// # Shapes
    /// - x: `[batch, tokens, width]`
    /// - output: `[batch, heads, tokens, head width]`
    pub fn project(&self, x: Tensor<3>) -> Tensor<4> {
        self.qk_norm.queries(split_heads(self.queries.forward(self.norms[0].forward(x)), self.heads))
    }

    /// The rest of the block after the attention.
    ///
    /// # Shapes
    /// - x, output: `[batch, tokens, width]`
    /// - context: `[batch, heads, tokens, head width]`
    pub fn finish(&self, x: Tensor<3>, context: Tensor<4>) -> Tensor<3> {
        let x = x + self.out.forward(merge_heads(context));
        x.clone() + self.mlp.forward(self.norms[2].forward(x))
    }

    /// # Shapes
    /// - x, output: `[batch, tokens, width]`
    pub fn forward(&self, x: Tensor<3>, data: &KeyValues) -> Tensor<3> {
        let context = attend(self.project(x.clone()), data.keys.clone(), data.values.clone());
        self.finish(x, context)
    }
}

/// The same numbers in row-major order.
fn contiguous(x: Tensor<4>) -> Tensor<4> {
    let [batch, heads, tokens, width] = x.dims();
    x.reshape([batch * heads * tokens * width]).reshape([batch, heads, tokens, width])
}
