//! Coordinates as sines and cosines of octaves.

use burn::tensor::{DType, TensorData};

use super::VaeConfig;
use crate::engine::{Device, Tensor};

/// `[p | sin(2^i p) | cos(2^i p)]`, always in `f32`: at the highest octave half precision would be off
/// by 0.06 rad.
pub struct FourierEmbedding {
    /// `[1, 1, 1, octaves]`
    frequencies: Tensor<4>,
    octaves: usize,
}

impl FourierEmbedding {
    /// Of the configured octaves.
    pub fn new(config: &VaeConfig, device: &Device) -> Self {
        let octaves = config.num_freqs;
        let unit = if config.include_pi { std::f32::consts::PI } else { 1.0 };
        let frequencies: Vec<f32> = (0..octaves as i32).map(|i| unit * 2f32.powi(i)).collect();
        let data = TensorData::new(frequencies, [1, 1, 1, octaves]);
        Self { frequencies: Tensor::from_data(data, (device, DType::F32)), octaves }
    }

    /// # Shapes
    /// - points: `[batch, points, 3]`
    /// - output: `[batch, points, 3 · (2 · octaves + 1)]`: the point, all sines (x in every octave, then
    ///   y, then z), all cosines
    pub fn forward(&self, points: Tensor<3>) -> Tensor<3> {
        let [batch, count, axes] = points.dims();
        if self.octaves == 0 {
            return points;
        }
        let angles = points.clone().reshape([batch, count, axes, 1]) * self.frequencies.clone();
        let angles = angles.reshape([batch, count, axes * self.octaves]);
        Tensor::cat(vec![points, angles.clone().sin(), angles.cos()], 2)
    }
}
