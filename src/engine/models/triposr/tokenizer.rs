//! The image tokenizer: a picture's patches to context tokens by a DINO ViT (Caron et al., "Emerging
//! Properties in Self-Supervised Vision Transformers", 2021).

use burn::tensor::TensorData;

use super::config::VitConfig;
use crate::engine::Tensor;
use crate::engine::layers::{Activation, LayerNorm, Linear, Mlp, attend_tokens};
use crate::engine::models::hunyuan3d::conditioner::bicubic_by;
use crate::engine::weights::{Precision, Weights};
use crate::progress::Cancelled;

/// Mean and deviation of the colours that the encoder was trained with (ImageNet).
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];

/// Added to the wanted number of patches before the stored positions are stretched to it. The published
/// model was trained with this and nothing else.
const STRETCH: f64 = 0.1;

/// The encoder, `ViTModel` without its pooler.
pub struct ImageTokenizer {
    /// `[3 · patch · patch, hidden_size]`
    patches: Tensor<2>,
    patches_bias: Tensor<1>,
    /// `[1, 1, hidden_size]`
    class_token: Tensor<3>,
    /// `[1, 1 + grid², hidden_size]`, in `f32`
    positions: Tensor<3>,
    layers: Vec<Layer>,
    norm: LayerNorm,
    config: VitConfig,
    precision: Precision,
}

impl ImageTokenizer {
    /// Of these sizes. The configuration must have passed its check.
    pub fn load(w: &Weights, config: &VitConfig) -> Self {
        let VitConfig { hidden_size: width, patch_size: patch, num_channels: channels, .. } = *config;
        let embeddings = w.at("embeddings");
        let projection = embeddings.at("patch_embeddings").at("projection");
        // Stored, and its output never used.
        w.at("pooler").at("dense").unused("weight", [width, width]);
        w.at("pooler").at("dense").unused("bias", [width]);
        let patches = projection.tensor("weight", [width, channels, patch, patch]);
        let layers = w.at("encoder").at("layer");
        Self {
            patches: patches.reshape([width, channels * patch * patch]).transpose(),
            patches_bias: projection.tensor("bias", [width]),
            class_token: embeddings.tensor("cls_token", [1, 1, width]),
            positions: embeddings.exact("position_embeddings", [1, 1 + config.grid() * config.grid(), width]),
            layers: (0..config.num_hidden_layers).map(|i| Layer::load(&layers.at(i), config)).collect(),
            norm: LayerNorm::load(&w.at("layernorm"), width, config.layer_norm_eps),
            config: config.clone(),
            precision: w.precision(),
        }
    }

    /// # Shapes
    /// - images: `[batch, height, width, 3]` in `0..=1`
    /// - output: `[batch, 1 + patches, hidden_size]`: class token, then patches row by row
    ///
    /// # Errors
    /// Those of `each`, called after every layer.
    pub fn forward(
        &self,
        images: Tensor<4>,
        each: &mut dyn FnMut(usize, &Tensor<3>) -> Result<(), Cancelled>,
    ) -> Result<Tensor<3>, Cancelled> {
        let mut x = self.embed(normalized(images));
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
        let [batch, _, height, width] = pixels.dims();
        let (rows, columns) = (height / self.config.patch_size, width / self.config.patch_size);
        let tokens = self.patch_tokens(pixels);
        let x = Tensor::cat(vec![self.class_token.clone().repeat_dim(0, batch), tokens], 1);
        x + self.positions(rows, columns).cast(self.precision.dtype())
    }

    /// Tokens of the patches alone, row by row.
    ///
    /// # Shapes
    /// - pixels: `[batch, 3, height, width]`, normalised
    /// - output: `[batch, patches, hidden_size]`
    pub fn patch_tokens(&self, pixels: Tensor<4>) -> Tensor<3> {
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
        tokens.reshape([batch, rows * columns, self.config.hidden_size])
    }

    /// Position embeddings for a grid of patches, stretched if it is not the stored one.
    ///
    /// # Shapes
    /// - output: `[1, 1 + rows · columns, hidden_size]`, in `f32`
    pub fn positions(&self, rows: usize, columns: usize) -> Tensor<3> {
        let grid = self.config.grid();
        if rows == grid && columns == grid {
            return self.positions.clone();
        }
        let width = self.config.hidden_size;
        let matrix = |output: usize| {
            let numbers = bicubic_by(grid, output, grid as f64 / (output as f64 + STRETCH));
            Tensor::<2>::from_data(TensorData::new(numbers, [output, grid]), &self.positions.device())
        };
        let stored = self.positions.clone().narrow(1, 1, grid * grid);
        let along_rows = matrix(rows).matmul(stored.reshape([grid, grid * width])).reshape([rows, grid, width]);
        let stretched = matrix(columns).unsqueeze::<3>().matmul(along_rows).reshape([1, rows * columns, width]);
        Tensor::cat(vec![self.positions.clone().narrow(1, 0, 1), stretched], 1)
    }
}

/// Colours as the encoder takes them.
///
/// # Shapes
/// - images: `[batch, height, width, 3]` in `0..=1`
/// - output: `[batch, 3, height, width]`
pub fn normalized(images: Tensor<4>) -> Tensor<4> {
    let device = images.device();
    let per_channel =
        |values: [f32; 3]| Tensor::<4>::from_data(TensorData::new(values.to_vec(), [1, 3, 1, 1]), &device);
    (images.permute([0, 3, 1, 2]) - per_channel(MEAN)) / per_channel(DEVIATION)
}

/// One transformer layer.
struct Layer {
    norms: [LayerNorm; 2],
    /// To queries, keys and values.
    projections: [Linear; 3],
    dense: Linear,
    mlp: Mlp,
    heads: usize,
}

impl Layer {
    fn load(w: &Weights, config: &VitConfig) -> Self {
        let (width, hidden) = (config.hidden_size, config.intermediate_size);
        let attention = w.at("attention");
        let projections = ["query", "key", "value"];
        let norms = ["layernorm_before", "layernorm_after"];
        let maps = ["intermediate.dense", "output.dense"];
        Self {
            norms: norms.map(|name| LayerNorm::load(&w.at(name), width, config.layer_norm_eps)),
            projections: projections
                .map(|name| Linear::load_with(&attention.at("attention").at(name), width, width, config.qkv_bias)),
            dense: Linear::load(&attention.at("output").at("dense"), width, width),
            mlp: Mlp::load(w, maps, [width, hidden, width], Activation::Gelu),
            heads: config.num_attention_heads,
        }
    }

    /// # Shapes
    /// - x, output: `[batch, tokens, hidden_size]`
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let h = self.norms[0].forward(x.clone());
        let [q, k, v] = self.projections.each_ref().map(|projection| projection.forward(h.clone()));
        let x = self.dense.add_to(x, attend_tokens(q, k, v, self.heads));
        let h = self.norms[1].forward(x.clone());
        self.mlp.add_to(x, h)
    }
}
