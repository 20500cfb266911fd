//! The triplane transformer: learned tokens of three planes that attend to one another and to the
//! picture's.

use super::config::{BackboneConfig, TripoSrConfig};
use crate::engine::Tensor;
use crate::engine::layers::{GatedMlp, LayerNorm, Linear, attend_tokens};
use crate::engine::weights::Weights;
use crate::progress::Cancelled;

/// ε of the norm over groups of channels; that of the layer norms is PyTorch's default.
const GROUP_EPSILON: f64 = 1e-6;
const EPSILON: f64 = 1e-5;

/// `tokenizer` and `backbone`.
pub struct Backbone {
    /// `[1, tokens, channels]`: plane by plane, row by row
    tokens: Tensor<3>,
    norm: GroupNorm,
    proj_in: Linear,
    blocks: Vec<Block>,
    proj_out: Linear,
    plane_size: usize,
}

impl Backbone {
    /// Of these sizes, from the root of the names. The configuration must have passed its check.
    pub fn load(w: &Weights, config: &TripoSrConfig) -> Self {
        let (backbone, side) = (&config.backbone, config.tokenizer.plane_size);
        let (channels, width) = (backbone.in_channels, backbone.width());
        let tokens = w.at("tokenizer").tensor("embeddings", [3, channels, side, side]);
        let w = w.at("backbone");
        Self {
            tokens: tokens.permute([0, 2, 3, 1]).reshape([1, 3 * side * side, channels]),
            norm: GroupNorm::load(&w.at("norm"), channels, backbone.norm_num_groups),
            proj_in: Linear::load(&w.at("proj_in"), channels, width),
            blocks: (0..backbone.num_layers)
                .map(|i| Block::load(&w.at("transformer_blocks").at(i), backbone))
                .collect(),
            proj_out: Linear::load(&w.at("proj_out"), width, channels),
            plane_size: side,
        }
    }

    /// # Shapes
    /// - context: `[batch, context tokens, cross_attention_dim]`
    /// - output: `[batch, 3, plane size, plane size, channels]`
    ///
    /// # Errors
    /// Those of `each`, called after every block.
    pub fn forward(
        &self,
        context: Tensor<3>,
        each: &mut dyn FnMut(usize, &Tensor<3>) -> Result<(), Cancelled>,
    ) -> Result<Tensor<5>, Cancelled> {
        let [batch, ..] = context.dims();
        let mut z = self.enter();
        for (index, block) in self.blocks.iter().enumerate() {
            z = block.forward(z, &context);
            each(index, &z)?;
        }
        Ok(self.leave(z).reshape([batch, 3, self.plane_size, self.plane_size, self.tokens.dims()[2]]))
    }

    /// The learned tokens, `[1, tokens, channels]`.
    pub fn tokens(&self) -> Tensor<3> {
        self.tokens.clone()
    }

    /// The learned tokens after their norm, `[1, tokens, channels]`.
    pub fn normalized(&self) -> Tensor<3> {
        self.norm.forward(self.tokens.clone())
    }

    /// What enters the first block, `[1, tokens, width]`: the same for every picture.
    pub fn enter(&self) -> Tensor<3> {
        self.proj_in.forward(self.normalized())
    }

    /// The blocks.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// What follows the last block.
    ///
    /// # Shapes
    /// - z: `[batch, tokens, width]`
    /// - output: `[batch, tokens, channels]`
    pub fn leave(&self, z: Tensor<3>) -> Tensor<3> {
        let [batch, ..] = z.dims();
        self.proj_out.add_to(self.tokens.clone().repeat_dim(0, batch), z)
    }
}

/// One block: the planes among themselves, the picture, and each token by itself.
pub struct Block {
    norms: [LayerNorm; 3],
    among: Attention,
    across: Attention,
    ff: GatedMlp,
}

impl Block {
    /// Of these sizes.
    pub fn load(w: &Weights, config: &BackboneConfig) -> Self {
        let width = config.width();
        let heads = config.num_attention_heads;
        Self {
            norms: ["norm1", "norm2", "norm3"].map(|name| LayerNorm::load(&w.at(name), width, EPSILON)),
            among: Attention::load(&w.at("attn1"), width, width, heads),
            across: Attention::load(&w.at("attn2"), width, config.cross_attention_dim, heads),
            ff: GatedMlp::load(&w.at("ff").at("net"), ["0.proj", "2"], [width, 4 * width, width]),
        }
    }

    /// # Shapes
    /// - z: `[batch, tokens, width]`, or a batch of 1 that stands for all
    /// - context: `[batch, context tokens, cross_attention_dim]`
    /// - output: `[batch, tokens, width]`
    pub fn forward(&self, z: Tensor<3>, context: &Tensor<3>) -> Tensor<3> {
        let z = self.self_attend(z);
        let z = self.cross_attend(z, context);
        self.feed_forward(z)
    }

    /// The first part.
    pub fn self_attend(&self, z: Tensor<3>) -> Tensor<3> {
        let h = self.norms[0].forward(z.clone());
        self.among.add_to(z, h.clone(), h)
    }

    /// The second part. What was the same for all pictures differs from here on.
    pub fn cross_attend(&self, z: Tensor<3>, context: &Tensor<3>) -> Tensor<3> {
        let [batch, ..] = context.dims();
        let z = if z.dims()[0] == batch { z } else { z.repeat_dim(0, batch) };
        let h = self.norms[1].forward(z.clone());
        self.across.add_to(z, h, context.clone())
    }

    /// The third part.
    pub fn feed_forward(&self, z: Tensor<3>) -> Tensor<3> {
        let h = self.norms[2].forward(z.clone());
        self.ff.add_to(z, h)
    }
}

/// Attention with its four maps.
struct Attention {
    to_q: Linear,
    to_k: Linear,
    to_v: Linear,
    to_out: Linear,
    heads: usize,
}

impl Attention {
    fn load(w: &Weights, width: usize, context: usize, heads: usize) -> Self {
        Self {
            to_q: Linear::load_unbiased(&w.at("to_q"), width, width),
            to_k: Linear::load_unbiased(&w.at("to_k"), context, width),
            to_v: Linear::load_unbiased(&w.at("to_v"), context, width),
            to_out: Linear::load(&w.at("to_out").at(0), width, width),
            heads,
        }
    }

    /// `z + attention(h, context)`
    fn add_to(&self, z: Tensor<3>, h: Tensor<3>, context: Tensor<3>) -> Tensor<3> {
        let (k, v) = (self.to_k.forward(context.clone()), self.to_v.forward(context));
        let q = self.to_q.forward(h);
        self.to_out.add_to(z, attend_tokens(q, k, v, self.heads))
    }
}

/// Norm over all tokens and the channels of a group; weight and bias per channel. In `f32`.
struct GroupNorm {
    weight: Tensor<1>,
    bias: Tensor<1>,
    groups: usize,
}

impl GroupNorm {
    fn load(w: &Weights, channels: usize, groups: usize) -> Self {
        Self { weight: w.exact("weight", [channels]), bias: w.exact("bias", [channels]), groups }
    }

    /// # Shapes
    /// - x, output: `[batch, tokens, channels]`
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let (dtype, [batch, tokens, channels]) = (x.dtype(), x.dims());
        let x = x.cast(self.weight.dtype()).reshape([batch, tokens, self.groups, channels / self.groups]);
        let mean = |x: Tensor<4>| x.mean_dim(3).mean_dim(1);
        let centered = x.clone() - mean(x);
        let variance = mean(centered.clone().powi_scalar(2));
        let x = (centered / variance.add_scalar(GROUP_EPSILON).sqrt()).reshape([batch, tokens, channels]);
        (x * self.weight.clone().unsqueeze() + self.bias.clone().unsqueeze()).cast(dtype)
    }
}
