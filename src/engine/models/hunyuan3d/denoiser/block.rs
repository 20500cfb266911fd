//! One block of the 2.1 denoiser.

use super::super::config::DenoiserConfig;
use super::super::turns::InTurn;
use super::{ContextKeys, CrossAttention, EPSILON, Experts, SelfAttention};
use crate::engine::Tensor;
use crate::engine::layers::{Activation, LayerNorm, Linear, Mlp};
use crate::engine::weights::Weights;

/// Self attention, cross attention, feed-forward; each on a norm and added to what came in.
pub struct Block {
    /// Only in blocks after the middle one.
    skip: Option<(Linear, LayerNorm)>,
    norm1: LayerNorm,
    attn1: SelfAttention,
    norm2: LayerNorm,
    attn2: CrossAttention,
    norm3: LayerNorm,
    ffn: FeedForward,
}

enum FeedForward {
    Dense(Box<Mlp>),
    Experts(Box<Experts>),
}

impl InTurn for Block {
    type Config = DenoiserConfig;
    const LIST: &str = "blocks";

    fn load(w: &Weights, config: &DenoiserConfig, index: usize) -> Self {
        let width = config.hidden_size;
        let norm = |name| LayerNorm::load(&w.at(name), width, EPSILON);
        let skip = || {
            (Linear::load(&w.at("skip_linear"), 2 * width, width), LayerNorm::load(&w.at("skip_norm"), width, EPSILON))
        };
        let widths = [width, config.ffn_size(), width];
        Self {
            skip: config.takes_skip(index).then(skip),
            norm1: norm("norm1"),
            attn1: SelfAttention::load(&w.at("attn1"), config),
            norm2: norm("norm2"),
            attn2: CrossAttention::load(&w.at("attn2"), config),
            norm3: norm("norm3"),
            ffn: if config.has_experts(index) {
                let experts = [config.num_experts, config.moe_top_k];
                FeedForward::Experts(Box::new(Experts::load(&w.at("moe"), width, config.ffn_size(), experts)))
            } else {
                FeedForward::Dense(Box::new(Mlp::load(&w.at("mlp"), ["fc1", "fc2"], widths, Activation::Gelu)))
            },
        }
    }
}

impl Block {
    /// Keys and values of a context for this block's cross attention.
    pub fn context(&self, context: Tensor<3>) -> ContextKeys {
        self.attn2.context(context)
    }

    /// The output `skip` of an earlier block and the current tokens, made one.
    ///
    /// # Shapes
    /// - skip, z, output: `[batch, tokens, hidden_size]`
    pub fn merge_skip(&self, skip: Tensor<3>, z: Tensor<3>) -> Tensor<3> {
        match &self.skip {
            Some((linear, norm)) => norm.forward(linear.forward(Tensor::cat(vec![skip, z], 2))),
            None => z,
        }
    }

    /// # Shapes
    /// - z, output: `[batch, tokens, hidden_size]`
    pub fn self_attend(&self, z: Tensor<3>) -> Tensor<3> {
        z.clone() + self.attn1.forward(self.norm1.forward(z))
    }

    /// The first `rows` rows attend to the context; the others, without one, get a constant.
    ///
    /// # Shapes
    /// - z, output: `[batch, tokens, hidden_size]`
    pub fn cross_attend(&self, z: Tensor<3>, context: &ContextKeys, rows: usize) -> Tensor<3> {
        let [batch, _, _] = z.dims();
        if rows == 0 {
            return z + context.nothing.clone();
        }
        let with = z.clone().narrow(0, 0, rows.min(batch));
        let with = with.clone() + self.attn2.forward(self.norm2.forward(with), context);
        if rows >= batch {
            return with;
        }
        let without = z.narrow(0, rows, batch - rows) + context.nothing.clone();
        Tensor::cat(vec![with, without], 0)
    }

    /// # Shapes
    /// - z, output: `[batch, tokens, hidden_size]`
    pub fn feed_forward(&self, z: Tensor<3>) -> Tensor<3> {
        let y = self.norm3.forward(z.clone());
        z + match &self.ffn {
            FeedForward::Dense(mlp) => mlp.forward(y),
            FeedForward::Experts(experts) => experts.forward(y),
        }
    }
}
