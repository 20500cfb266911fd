//! ShapeVAE: surface points to latent tokens, and latent tokens to a field.
//!
//! Both halves load by themselves: to make shapes only the decoder is needed, and the files of 2.0 and
//! 2mini hold nothing else.

mod blocks;
mod config;
mod encoder;
mod fourier;
mod geo_decoder;
mod sampling;

pub use blocks::{BlockSize, CrossBlock, KeyValues, Transformer};
pub use config::VaeConfig;
pub use encoder::{Encoding, PointFeatures, ShapeEncoder};
pub use fourier::FourierEmbedding;
pub use geo_decoder::{GeoDecoder, Queries, points_tensor};
pub use sampling::{SampleOrder, SamplingError, farthest_points};

use crate::engine::Tensor;
use crate::engine::layers::Linear;
use crate::engine::weights::Weights;
use crate::progress::{Cancelled, Monitor, Stage};

/// The decoder half: `post_kl`, `transformer` and `geo_decoder`.
pub struct ShapeDecoder {
    post_kl: Linear,
    transformer: Transformer,
    geo_decoder: GeoDecoder,
    scale_factor: f64,
}

impl ShapeDecoder {
    /// Of the configured sizes, or [as stored](VaeConfig::as_stored) where the file differs. The encoder
    /// half is left where it is if the file has one.
    pub fn load(w: &Weights, config: &VaeConfig) -> Self {
        let config = &config.as_stored(|name| w.shape(name));
        w.ignore("encoder.");
        w.ignore("pre_kl.");
        Self {
            post_kl: Linear::load(&w.at("post_kl"), config.embed_dim, config.width),
            transformer: Transformer::load(&w.at("transformer"), &BlockSize::of(config), config.num_decoder_layers),
            geo_decoder: GeoDecoder::load(&w.at("geo_decoder"), config),
            scale_factor: config.scale_factor,
        }
    }

    /// What the denoiser's latents are as this decoder reads them.
    ///
    /// # Shapes
    /// - input, output: `[batch, latents, channels]`
    pub fn unscale(&self, latents: Tensor<3>) -> Tensor<3> {
        latents / self.scale_factor
    }

    /// The tokens of a shape; reports a step per block, and stops between two.
    ///
    /// # Shapes
    /// - latents: `[batch, latents, channels]`, already [unscaled](Self::unscale)
    /// - output: `[batch, latents, width]`
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn features(&self, latents: Tensor<3>, monitor: &Monitor) -> Result<Tensor<3>, Cancelled> {
        let total = self.transformer.depth() as u64;
        let mut x = self.post_kl.forward(latents);
        for (step, next) in self.transformer.steps(x.clone()).enumerate() {
            monitor.step(Stage::Shape, step as u64, total)?;
            x = next;
        }
        monitor.step(Stage::Shape, total, total)?;
        Ok(x)
    }

    /// The part that gives the field at points.
    pub fn geo_decoder(&self) -> &GeoDecoder {
        &self.geo_decoder
    }

    /// The first map alone, `[batch, latents, channels]` to `[batch, latents, width]`, and the blocks
    /// after it.
    pub fn parts(&self) -> (&Linear, &Transformer) {
        (&self.post_kl, &self.transformer)
    }
}
