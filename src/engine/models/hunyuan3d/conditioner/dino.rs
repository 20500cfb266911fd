//! DINOv2: a picture's patches to tokens.

use burn::tensor::TensorData;
use burn::tensor::activation::silu;

use super::super::config::DinoConfig;
use super::bicubic;
use crate::engine::Tensor;
use crate::engine::layers::{Activation, LayerNorm, Linear, Mlp, attend, merge_heads, split_heads};
use crate::engine::weights::{Precision, Weights};
use crate::progress::Cancelled;

/// The encoder, `Dinov2Model`.
pub struct Dino {
    /// `[3 · patch · patch, hidden_size]`
    patches: Tensor<2>,
    patches_bias: Tensor<1>,
    /// `[1, 1, hidden_size]`
    class_token: Tensor<3>,
    /// `[1, 1 + grid², hidden_size]`, in `f32`
    positions: Tensor<3>,
    layers: Vec<Layer>,
    norm: LayerNorm,
    config: DinoConfig,
    precision: Precision,
}

impl Dino {
    /// Of these sizes. The configuration must have passed its check.
    pub fn load(w: &Weights, config: &DinoConfig) -> Self {
        let (width, patch, channels) = (config.hidden_size, config.patch_size, config.num_channels);
        let embeddings = w.at("embeddings");
        let projection = embeddings.at("patch_embeddings").at("projection");
        // For training by masks; inference never needs it.
        embeddings.unused("mask_token", [1, width]);
        let patches = projection.tensor("weight", [width, channels, patch, patch]);
        Self {
            patches: patches.reshape([width, channels * patch * patch]).transpose(),
            patches_bias: projection.tensor("bias", [width]),
            class_token: embeddings.tensor("cls_token", [1, 1, width]),
            positions: embeddings.exact("position_embeddings", [1, 1 + config.grid() * config.grid(), width]),
            layers: (0..config.num_hidden_layers)
                .map(|i| Layer::load(&w.at("encoder").at("layer").at(i), config))
                .collect(),
            norm: LayerNorm::load(&w.at("layernorm"), width, config.layer_norm_eps),
            config: config.clone(),
            precision: w.precision(),
        }
    }

    /// # Shapes
    /// - pixels: `[batch, 3, height, width]`, normalised
    /// - output: `[batch, 1 + patches, hidden_size]`: class token, then patches row by row
    ///
    /// # Errors
    /// Those of `each`, called after every layer.
    pub fn forward(
        &self,
        pixels: Tensor<4>,
        each: &mut dyn FnMut(usize, &Tensor<3>) -> Result<(), Cancelled>,
    ) -> Result<Tensor<3>, Cancelled> {
        let mut x = self.embed(pixels);
        for (index, layer) in self.layers.iter().enumerate() {
            x = layer.forward(x);
            each(index, &x)?;
        }
        Ok(self.norm.forward(x))
    }

    /// Tokens as they enter the first layer.
    ///
    /// # Shapes
    /// - pixels: `[batch, 3, height, width]`, normalised
    /// - output: `[batch, 1 + patches, hidden_size]`
    pub fn embed(&self, pixels: Tensor<4>) -> Tensor<3> {
        let [batch, channels, height, width] = pixels.dims();
        let patch = self.config.patch_size;
        let (rows, columns) = (height / patch, width / patch);
        // A convolution whose windows do not overlap is a product.
        let windows = pixels
            .narrow(2, 0, rows * patch)
            .narrow(3, 0, columns * patch)
            .cast(self.precision.dtype())
            .reshape([batch, channels, rows, patch, columns, patch])
            .permute([0, 2, 4, 1, 3, 5])
            .reshape([batch * rows * columns, channels * patch * patch]);
        let tokens = windows.matmul(self.patches.clone()) + self.patches_bias.clone().unsqueeze();
        let tokens = tokens.reshape([batch, rows * columns, self.config.hidden_size]);
        let x = Tensor::cat(vec![self.class_token.clone().repeat_dim(0, batch), tokens], 1);
        x + self.positions(rows, columns).cast(self.precision.dtype())
    }

    /// Position embeddings for a grid of patches, resized if it is not the stored one.
    fn positions(&self, rows: usize, columns: usize) -> Tensor<3> {
        let grid = self.config.grid();
        if rows == grid && columns == grid {
            return self.positions.clone();
        }
        let width = self.config.hidden_size;
        let matrix = |output: usize| {
            Tensor::<2>::from_data(TensorData::new(bicubic(grid, output), [output, grid]), &self.positions.device())
        };
        let stored = self.positions.clone().narrow(1, 1, grid * grid);
        let along_rows = matrix(rows).matmul(stored.reshape([grid, grid * width])).reshape([rows, grid, width]);
        let resized = matrix(columns).unsqueeze::<3>().matmul(along_rows).reshape([1, rows * columns, width]);
        Tensor::cat(vec![self.positions.clone().narrow(1, 0, 1), resized], 1)
    }
}

/// One transformer layer.
struct Layer {
    norm1: LayerNorm,
    /// Queries, keys and values, one after another.
    projection: Linear,
    dense: Linear,
    /// Weights of the two branches, per channel.
    scales: [Tensor<1>; 2],
    norm2: LayerNorm,
    ffn: FeedForward,
    heads: usize,
}

enum FeedForward {
    Plain(Mlp),
    /// `outer(silu(a) · b)`, where `inner` gives a and b.
    Gated {
        inner: Linear,
        outer: Linear,
    },
}

impl Layer {
    fn load(w: &Weights, config: &DinoConfig) -> Self {
        let (width, hidden) = (config.hidden_size, config.ffn_size());
        let norm = |name| LayerNorm::load(&w.at(name), width, config.layer_norm_eps);
        let (attention, mlp) = (w.at("attention"), w.at("mlp"));
        let parts = ["query", "key", "value"];
        Self {
            norm1: norm("norm1"),
            projection: Linear::load_stacked(&attention.at("attention"), &parts, width, width, config.qkv_bias),
            dense: Linear::load(&attention.at("output").at("dense"), width, width),
            scales: ["layer_scale1", "layer_scale2"].map(|name| w.at(name).tensor("lambda1", [width])),
            norm2: norm("norm2"),
            ffn: if config.use_swiglu_ffn {
                FeedForward::Gated {
                    inner: Linear::load(&mlp.at("weights_in"), width, 2 * hidden),
                    outer: Linear::load(&mlp.at("weights_out"), hidden, width),
                }
            } else {
                FeedForward::Plain(Mlp::load(&mlp, ["fc1", "fc2"], [width, hidden, width], Activation::Gelu))
            },
            heads: config.num_attention_heads,
        }
    }

    /// # Shapes
    /// - x, output: `[batch, tokens, hidden_size]`
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let [scale1, scale2] = self.scales.clone().map(Tensor::unsqueeze::<3>);
        let x = x.clone() + self.attend(self.norm1.forward(x)) * scale1;
        x.clone() + self.ffn.forward(self.norm2.forward(x)) * scale2
    }

    fn attend(&self, x: Tensor<3>) -> Tensor<3> {
        let [_, _, width] = x.dims();
        let projected = self.projection.forward(x);
        let [q, k, v] = std::array::from_fn(|i| split_heads(projected.clone().narrow(2, i * width, width), self.heads));
        self.dense.forward(merge_heads(attend(q, k, v)))
    }
}

impl FeedForward {
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        match self {
            Self::Plain(mlp) => mlp.forward(x),
            Self::Gated { inner, outer } => {
                let both = inner.forward(x);
                let [_, _, width] = both.dims();
                let gate = silu(both.clone().narrow(2, 0, width / 2));
                outer.forward(gate * both.narrow(2, width / 2, width / 2))
            }
        }
    }
}
