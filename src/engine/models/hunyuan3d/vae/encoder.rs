//! The encoder half: surface points to latent tokens.

use burn::tensor::{DType, TensorData};
use glam::Vec3;

use super::VaeConfig;
use super::blocks::{BlockSize, CrossBlock, Transformer};
use super::fourier::FourierEmbedding;
use super::sampling::{Kept, SampleOrder, SamplingError, keep};
use crate::engine::layers::{LayerNorm, Linear};
use crate::engine::weights::Weights;
use crate::engine::{Device, Tensor};
use crate::progress::{Cancelled, Monitor};

/// Points of a surface as the encoder reads them, and those that its tokens start from.
pub struct PointFeatures {
    /// `[batch, tokens, embedded point and features]`
    pub queries: Tensor<3>,
    /// `[batch, kept points, embedded point and features]`
    pub data: Tensor<3>,
    /// For each shape of the batch the positions among the kept evenly spread points that tokens start
    /// from, then those among the kept sharp ones.
    pub chosen: Vec<[Vec<usize>; 2]>,
}

/// A distribution of latents.
pub struct Encoding {
    /// `[batch, latents, channels]`
    pub mean: Tensor<3>,
    /// `[batch, latents, channels]`, in [-30, 20]
    pub log_variance: Tensor<3>,
}

impl Encoding {
    /// The standard deviation.
    pub fn std(&self) -> Tensor<3> {
        (self.log_variance.clone() * 0.5).exp()
    }

    /// Latents drawn with `noise` from the standard normal distribution, of the shape of the mean.
    pub fn sample(&self, noise: Tensor<3>) -> Tensor<3> {
        self.mean.clone() + self.std() * noise
    }
}

/// `encoder` and `pre_kl`.
pub struct ShapeEncoder {
    fourier: FourierEmbedding,
    input_proj: Linear,
    cross_attn: CrossBlock,
    self_attn: Transformer,
    ln_post: LayerNorm,
    pre_kl: Linear,
    config: VaeConfig,
    device: Device,
    dtype: DType,
}

impl ShapeEncoder {
    /// Of the configured sizes. The decoder half is left where it is.
    pub fn load(w: &Weights, config: &VaeConfig) -> Self {
        ["post_kl.", "transformer.", "geo_decoder."].into_iter().for_each(|start| w.ignore(start));
        let (encoder, size) = (w.at("encoder"), BlockSize::of(config));
        let VaeConfig { width, embed_dim, point_feats, num_encoder_layers, .. } = *config;
        Self {
            fourier: FourierEmbedding::new(config, w.device()),
            input_proj: Linear::load(&encoder.at("input_proj"), config.fourier_size() + point_feats, width),
            cross_attn: CrossBlock::load(&encoder.at("cross_attn"), &size),
            self_attn: Transformer::load(&encoder.at("self_attn"), &size, num_encoder_layers),
            ln_post: LayerNorm::load(&encoder.at("ln_post"), width, 1e-5),
            pre_kl: Linear::load(&w.at("pre_kl"), width, 2 * embed_dim),
            config: config.clone(),
            device: w.device().clone(),
            dtype: w.precision().dtype(),
        }
    }

    /// Chooses and embeds points. Each of `surfaces` holds, point by point, three coordinates and the
    /// configured features: evenly spread points first, then those on sharp edges.
    ///
    /// # Errors
    /// [`SamplingError`].
    pub fn point_features(
        &self,
        surfaces: &[Vec<f32>],
        order: &SampleOrder,
        monitor: &Monitor,
    ) -> Result<PointFeatures, SamplingError> {
        let (mut data, mut queries, mut chosen) = (Vec::new(), Vec::new(), Vec::new());
        for surface in surfaces {
            let kinds = self.kept(surface, order, monitor)?;
            data.extend(kinds.iter().flat_map(|kept| &kept.data).map(|&i| self.point(surface, i)));
            let of_kind = |kept: &Kept| kept.queries.iter().map(|&q| kept.data[q]).collect::<Vec<_>>();
            queries.extend(kinds.iter().flat_map(of_kind).map(|i| self.point(surface, i)));
            chosen.push(kinds.map(|kept| kept.queries));
        }
        Ok(PointFeatures {
            queries: self.embed(&queries, surfaces.len()),
            data: self.embed(&data, surfaces.len()),
            chosen,
        })
    }

    fn kept(&self, surface: &[f32], order: &SampleOrder, monitor: &Monitor) -> Result<[Kept; 2], SamplingError> {
        let VaeConfig { pc_size, pc_sharpedge_size, point_feats, downsample_ratio, .. } = self.config;
        let (needed, stride) = (pc_size + pc_sharpedge_size, 3 + point_feats);
        if surface.len() != needed * stride {
            return Err(SamplingError::Count { needed, found: surface.len() / stride });
        }
        if order.even.len() != pc_size || order.sharp.len() != pc_sharpedge_size {
            return Err(SamplingError::Order);
        }
        let positions: Vec<Vec3> = surface.chunks_exact(stride).map(|p| Vec3::new(p[0], p[1], p[2])).collect();
        let ([even, sharp], start) = (self.config.latents_by_kind(), order.start);
        let of_kind = |order: &[usize], first, latents| {
            keep(&positions, order, first, (latents, downsample_ratio, start), monitor)
        };
        Ok([of_kind(&order.even, 0, even)?, of_kind(&order.sharp, pc_size, sharp)?])
    }

    fn point<'a>(&self, surface: &'a [f32], index: usize) -> &'a [f32] {
        let stride = 3 + self.config.point_feats;
        &surface[index * stride..(index + 1) * stride]
    }

    /// Coordinates embedded, features behind them.
    fn embed(&self, points: &[&[f32]], batch: usize) -> Tensor<3> {
        let columns = |range: std::ops::Range<usize>| -> Tensor<3> {
            let shape = [batch, points.len() / batch.max(1), range.len()];
            let numbers: Vec<f32> = points.iter().flat_map(|p| &p[range.clone()]).copied().collect();
            Tensor::from_data(TensorData::new(numbers, shape), (&self.device, DType::F32))
        };
        let embedded = self.fourier.forward(columns(0..3));
        match self.config.point_feats {
            0 => embedded,
            features => Tensor::cat(vec![embedded, columns(3..3 + features)], 2),
        }
    }

    /// Tokens after the cross attention, to look at on their own.
    ///
    /// # Shapes
    /// - output: `[batch, latents, width]`
    pub fn cross_attention(&self, points: &PointFeatures) -> Tensor<3> {
        let project = |x: &Tensor<3>| self.input_proj.forward(x.clone().cast(self.dtype));
        let data = self.cross_attn.key_values(project(&points.data));
        self.cross_attn.forward(project(&points.queries), &data)
    }

    /// The blocks after the cross attention, and the last norm.
    pub fn rest(&self) -> (&Transformer, &LayerNorm) {
        (&self.self_attn, &self.ln_post)
    }

    /// The distribution of latents of these points; stops between two blocks.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn encode(&self, points: &PointFeatures, monitor: &Monitor) -> Result<Encoding, Cancelled> {
        let mut x = self.cross_attention(points);
        for next in self.self_attn.steps(x.clone()) {
            monitor.check()?;
            x = next;
        }
        Ok(self.moments(self.ln_post.forward(x)))
    }

    /// # Shapes
    /// - tokens: `[batch, latents, width]`, after `ln_post`
    pub fn moments(&self, tokens: Tensor<3>) -> Encoding {
        let channels = self.config.embed_dim;
        let moments = self.pre_kl.forward(tokens).cast(DType::F32);
        let log_variance = moments.clone().narrow(2, channels, channels).clamp(-30.0, 20.0);
        Encoding { mean: moments.narrow(2, 0, channels), log_variance }
    }
}
