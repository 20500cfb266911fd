//! The conditioner: a picture, or several views, to context tokens by a DINOv2 image encoder.

mod dino;
mod resample;

pub use dino::Dino;
pub use resample::{antialiased, bicubic, bicubic_by};

use burn::tensor::TensorData;

use super::config::ConditionerConfig;
use crate::engine::weights::{Precision, Weights};
use crate::engine::{Device, Tensor};
use crate::progress::Cancelled;

/// Mean and deviation of the colours that the encoder was trained with (ImageNet).
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];

/// The encoder and what stands around it.
pub struct Conditioner {
    dino: Dino,
    config: ConditionerConfig,
}

impl Conditioner {
    /// Of these sizes. The configuration must have passed its check.
    pub fn load(w: &Weights, config: &ConditionerConfig) -> Self {
        Self { dino: Dino::load(&w.at("main_image_encoder").at("model"), &config.dino), config: config.clone() }
    }

    /// The sizes.
    pub fn config(&self) -> &ConditionerConfig {
        &self.config
    }

    /// The encoder.
    pub fn dino(&self) -> &Dino {
        &self.dino
    }

    /// Context tokens of one picture per row.
    ///
    /// # Shapes
    /// - images: `[batch, 3, height, width]` in `-1..=1`
    /// - output: `[batch, tokens, hidden_size]`
    ///
    /// # Errors
    /// Those of `each`, called after every layer.
    pub fn forward(
        &self,
        images: Tensor<4>,
        each: &mut dyn FnMut(usize, &Tensor<3>) -> Result<(), Cancelled>,
    ) -> Result<Tensor<3>, Cancelled> {
        let tokens = self.dino.forward(self.pixel_values(images), each)?;
        let [_, count, _] = tokens.dims();
        Ok(if self.config.use_cls_token { tokens } else { tokens.narrow(1, 1, count - 1) })
    }

    /// Context tokens of several views of one object per row.
    ///
    /// # Shapes
    /// - images: `[batch, views, 3, height, width]` in `-1..=1`
    /// - views: number of each view, sorted: front 0, left 1, back 2, right 3
    /// - output: `[batch, views · tokens, hidden_size]`
    ///
    /// # Errors
    /// Those of `each`, called after every layer.
    pub fn forward_views(
        &self,
        images: Tensor<5>,
        views: &[usize],
        each: &mut dyn FnMut(usize, &Tensor<3>) -> Result<(), Cancelled>,
    ) -> Result<Tensor<3>, Cancelled> {
        let [batch, count, channels, height, width] = images.dims();
        let tokens = self.forward(images.reshape([batch * count, channels, height, width]), each)?;
        let [_, length, size] = tokens.dims();
        let embedding = view_embedding(views, size, &tokens.device()).cast(tokens.dtype());
        let tokens = tokens.reshape([batch, count, length, size]) + embedding.reshape([1, count, 1, size]);
        Ok(tokens.reshape([batch, count * length, size]))
    }

    /// The picture as the encoder takes it: shorter side to the encoder's size, middle cut out, colours
    /// normalised. In `f32`.
    ///
    /// # Shapes
    /// - images: `[batch, 3, height, width]` in `-1..=1`
    /// - output: `[batch, 3, image_size, image_size]`
    pub fn pixel_values(&self, images: Tensor<4>) -> Tensor<4> {
        let [_, channels, height, width] = images.dims();
        let size = self.config.image_size;
        let device = images.device();
        let images = images.cast(Precision::F32.dtype()).add_scalar(1.0).div_scalar(2.0);
        // Resizing and cutting is a product with a matrix per axis.
        let shorter = height.min(width);
        let axis = |length: usize| {
            let resized = size * length / shorter;
            // Half to even, as Python rounds.
            let offset = ((resized - size) as f64 / 2.0).round_ties_even() as usize;
            let rows = antialiased(length, resized)[offset * length..(offset + size) * length].to_vec();
            Tensor::<2>::from_data(TensorData::new(rows, [size, length]), &device)
        };
        let (rows, columns) = (axis(height).unsqueeze(), axis(width).transpose().unsqueeze());
        let resized = if height == size && width == size { images } else { rows.matmul(images).matmul(columns) };
        let per_channel = |values: [f32; 3]| {
            let values: Vec<f32> = values.iter().copied().cycle().take(channels).collect();
            Tensor::<4>::from_data(TensorData::new(values, [1, channels, 1, 1]), &device)
        };
        (resized - per_channel(MEAN)) / per_channel(DEVIATION)
    }
}

/// What tells the tokens of a view from those of another: `[sin(n w_i) | cos(n w_i)]` of its number n,
/// `w_i = 10000^(−i / (width/2))`.
///
/// # Shapes
/// - output: `[views, width]`, in `f32`
pub fn view_embedding(views: &[usize], width: usize, device: &Device) -> Tensor<2> {
    let half = width / 2;
    let rate = |i: usize| 10_000_f64.powf(-(i as f64) / half as f64);
    let row = |view: &usize| {
        let angles: Vec<f64> = (0..half).map(|i| *view as f64 * rate(i)).collect();
        angles.iter().map(|a| a.sin()).chain(angles.iter().map(|a| a.cos())).map(|n| n as f32).collect::<Vec<_>>()
    };
    Tensor::from_data(TensorData::new(views.iter().flat_map(row).collect(), [views.len(), 2 * half]), device)
}
