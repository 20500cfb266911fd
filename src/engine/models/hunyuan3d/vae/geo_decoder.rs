//! The field of a shape at any point: queries that attend to the shape's tokens.

use burn::tensor::{DType, TensorData};

use super::VaeConfig;
use super::blocks::{BlockSize, CrossBlock, KeyValues};
use super::fourier::FourierEmbedding;
use crate::engine::Tensor;
use crate::engine::layers::{LayerNorm, Linear, attend};
use crate::engine::weights::Weights;

/// ε of `ln_post`: PyTorch's default, unlike every other norm of the model.
const POST_EPSILON: f64 = 1e-5;

/// `geo_decoder`: points to logits, positive inside. Points do not depend on one another.
pub struct GeoDecoder {
    fourier: FourierEmbedding,
    query_proj: Linear,
    /// Only where the geometry decoder is narrower than the transformer.
    latents_proj: Option<Linear>,
    block: CrossBlock,
    ln_post: Option<LayerNorm>,
    output_proj: Linear,
    /// The number format of the weights.
    dtype: DType,
}

/// Points on their way through the [`GeoDecoder`].
pub struct Queries {
    /// `[batch, points, width]`
    pub tokens: Tensor<3>,
    /// After their norm, `[batch, heads, points, head width]`
    pub by_head: Tensor<4>,
}

impl GeoDecoder {
    /// Of the configured sizes.
    pub fn load(w: &Weights, config: &VaeConfig) -> Self {
        let width = config.geo_width();
        let narrower = config.geo_decoder_downsample_ratio > 1;
        let ln_post = || LayerNorm::load(&w.at("ln_post"), width, POST_EPSILON);
        Self {
            fourier: FourierEmbedding::new(config, w.device()),
            query_proj: Linear::load(&w.at("query_proj"), config.fourier_size(), width),
            latents_proj: narrower.then(|| Linear::load(&w.at("latents_proj"), config.width, width)),
            block: CrossBlock::load(&w.at("cross_attn_decoder"), &BlockSize::of_geo_decoder(config)),
            ln_post: config.geo_decoder_ln_post.then(ln_post),
            output_proj: Linear::load(&w.at("output_proj"), width, 1),
            dtype: w.precision().dtype(),
        }
    }

    /// Keys and values of a shape's tokens: computed once, used by every point.
    ///
    /// # Shapes
    /// - features: `[batch, tokens, transformer width]`
    pub fn key_values(&self, features: Tensor<3>) -> KeyValues {
        let features = match &self.latents_proj {
            Some(proj) => proj.forward(features),
            None => features,
        };
        self.block.key_values(features)
    }

    /// # Shapes
    /// - points: `[batch, points, 3]`, in `f32`
    pub fn queries(&self, points: Tensor<3>) -> Queries {
        let tokens = self.query_proj.forward(self.fourier.forward(points).cast(self.dtype));
        let by_head = self.block.project(tokens.clone());
        Queries { tokens, by_head }
    }

    /// The logits, from what the queries attended to.
    ///
    /// # Shapes
    /// - tokens: `[batch, points, width]`
    /// - context: `[batch, heads, points, head width]`
    /// - output: `[batch, points, 1]`
    pub fn finish(&self, tokens: Tensor<3>, context: Tensor<4>) -> Tensor<3> {
        let tokens = self.block.finish(tokens, context);
        let tokens = match &self.ln_post {
            Some(norm) => norm.forward(tokens),
            None => tokens,
        };
        self.output_proj.forward(tokens)
    }

    /// Logits of points, attending to all tokens.
    ///
    /// # Shapes
    /// - points: `[batch, points, 3]`, in `f32`
    /// - output: `[batch, points, 1]`
    pub fn forward(&self, points: Tensor<3>, shape: &KeyValues) -> Tensor<3> {
        let Queries { tokens, by_head } = self.queries(points);
        let context = attend(by_head, shape.keys.clone(), shape.values.clone());
        self.finish(tokens, context)
    }
}

/// Points as a tensor `[1, points, 3]` where `like` is.
pub fn points_tensor(points: &[glam::Vec3], like: &Tensor<4>) -> Tensor<3> {
    let numbers: Vec<f32> = points.iter().flat_map(|p| p.to_array()).collect();
    Tensor::from_data(TensorData::new(numbers, [1, points.len(), 3]), (&like.device(), DType::F32))
}
