//! The upsampler: every token of a plane to two by two pixels of features.

use burn::tensor::DType;

use super::config::UpsamplerConfig;
use crate::engine::Tensor;
use crate::engine::weights::Weights;

/// A transposed convolution whose windows do not overlap: a product, in `f32`.
pub struct Upsampler {
    /// `[in, out · 2 · 2]`
    weight: Tensor<2>,
    bias: Tensor<1>,
    channels: usize,
}

impl Upsampler {
    /// Of these sizes.
    pub fn load(w: &Weights, config: &UpsamplerConfig) -> Self {
        let UpsamplerConfig { in_channels, out_channels } = *config;
        let weight = w.exact("weight", [in_channels, out_channels, 2, 2]);
        Self {
            weight: weight.reshape([in_channels, out_channels * 4]),
            bias: w.exact("bias", [out_channels]),
            channels: out_channels,
        }
    }

    /// # Shapes
    /// - planes: `[batch, 3, side, side, in channels]`
    /// - output: `[batch, 3, out channels, 2 · side, 2 · side]`, in `f32`
    pub fn forward(&self, planes: Tensor<5>) -> Tensor<5> {
        let [batch, count, rows, columns, width] = planes.dims();
        let x = planes.cast(DType::F32).reshape([batch * count * rows * columns, width]);
        let x = x.matmul(self.weight.clone()).reshape([batch * count, rows, columns, self.channels, 2, 2]);
        // out[o, 2i + a, 2j + b] is from token (i, j).
        let x = x.permute([0, 3, 1, 4, 2, 5]).reshape([batch, count, self.channels, 2 * rows, 2 * columns]);
        x + self.bias.clone().reshape([1, 1, self.channels, 1, 1])
    }
}
