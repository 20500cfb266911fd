//! TripoSR: a picture to a field of density and colour, in one pass (Tochilkin et al., "TripoSR: Fast 3D
//! Object Reconstruction from a Single Image", 2024).
//!
//! Parts in the order of the paper: image tokenizer, triplane transformer, upsampler, field, extraction.
//! Between the last two stand the scene codes: three planes of features, small enough to be kept, from
//! which a mesh of any resolution and threshold can be made without the network's bulk.

pub mod backbone;
pub mod config;
pub mod extract;
pub mod field;
mod host;
pub mod miniature;
pub mod model;
pub mod picture;
pub mod published;
pub mod tokenizer;
pub mod upsampler;

use burn::tensor::{DType, TensorData};

use self::backbone::Backbone;
use self::config::TripoSrConfig;
use self::picture::ModelPicture;
use self::tokenizer::ImageTokenizer;
use self::upsampler::Upsampler;
use crate::engine::weights::Weights;
use crate::engine::{Device, Tensor};
use crate::progress::{Cancelled, Monitor, Stage};

/// The network from picture to scene codes. The field's part loads by itself: [`field::FieldDecoder`].
pub struct TripoSr {
    tokenizer: ImageTokenizer,
    backbone: Backbone,
    upsampler: Upsampler,
    config: TripoSrConfig,
    device: Device,
}

impl TripoSr {
    /// Of these sizes. The configuration must have passed its check.
    pub fn load(w: &Weights, config: &TripoSrConfig) -> Self {
        w.ignore("decoder.");
        Self {
            tokenizer: ImageTokenizer::load(&w.at("image_tokenizer").at("model"), &config.vit),
            backbone: Backbone::load(w, config),
            upsampler: Upsampler::load(&w.at("post_processor").at("upsample"), &config.post_processor),
            config: config.clone(),
            device: w.device().clone(),
        }
    }

    /// The sizes.
    pub fn config(&self) -> &TripoSrConfig {
        &self.config
    }

    /// The parts, in the order of the paper.
    pub fn parts(&self) -> (&ImageTokenizer, &Backbone, &Upsampler) {
        (&self.tokenizer, &self.backbone, &self.upsampler)
    }

    /// Scene codes of pictures of the configured size, one after another: a picture alone keeps a device
    /// busy, and its codes do not depend on its company. A step per layer and block under
    /// [`Stage::Shape`].
    ///
    /// # Shapes
    /// - output: `[pictures, 3, channels, side, side]`, in `f32`
    ///
    /// # Errors
    /// [`Cancelled`], between two layers.
    pub fn scene_codes(&self, pictures: &[ModelPicture], monitor: &Monitor) -> Result<Tensor<5>, Cancelled> {
        let count = pictures.len() as f64;
        let codes = pictures.iter().enumerate().map(|(number, picture)| {
            let share = [number as f64 / count, (number + 1) as f64 / count];
            let images = picture::tensor(std::slice::from_ref(picture), &self.device);
            monitor.part(Stage::Shape, share, |monitor| self.forward(images, monitor))
        });
        Ok(Tensor::cat(codes.collect::<Result<Vec<_>, _>>()?, 0))
    }

    /// Scene codes of a batch. A step per layer and block under [`Stage::Shape`].
    ///
    /// # Shapes
    /// - images: `[batch, height, width, 3]` in `0..=1`
    /// - output: `[batch, 3, channels, side, side]`, in `f32`
    ///
    /// # Errors
    /// [`Cancelled`], between two layers.
    pub fn forward(&self, images: Tensor<4>, monitor: &Monitor) -> Result<Tensor<5>, Cancelled> {
        let total = self.steps();
        let mut done = 0;
        let mut step = |x: Option<&Tensor<3>>| {
            if let (false, Some(x)) = (matches!(self.device, Device::Flex(_)), x) {
                // Work is only queued there: without waiting, cancelling would come too late.
                settle(x);
            }
            done += 1;
            monitor.step(Stage::Shape, done, total)
        };
        monitor.step(Stage::Shape, 0, total)?;
        let context = self.tokenizer.forward(images, &mut |_, x| step(Some(x)))?;
        let planes = self.backbone.forward(context, &mut |_, x| step(Some(x)))?;
        let codes = self.upsampler.forward(planes);
        step(None)?;
        Ok(codes)
    }

    /// Steps of one pass.
    fn steps(&self) -> u64 {
        (self.config.vit.num_hidden_layers + self.config.backbone.num_layers + 1) as u64
    }
}

/// Waits until the device has computed `x`.
fn settle(x: &Tensor<3>) {
    let [batch, tokens, width] = x.dims();
    // One number: reading it waits for all that stands before it.
    let _ = x.clone().slice([batch - 1..batch, tokens - 1..tokens, width - 1..width]).try_into_data();
}

/// Numbers of scene codes, to be kept.
///
/// # Errors
/// What the device says when it fails.
pub fn codes_to_numbers(codes: Tensor<5>) -> Result<SceneCodes, String> {
    let [batch, planes, channels, rows, columns] = codes.dims();
    let data = codes.try_into_data().map_err(|error| format!("{error:?}"))?;
    let numbers = data.convert::<f32>().into_vec::<f32>().map_err(|error| format!("{error:?}"))?;
    Ok(SceneCodes { numbers, shape: [batch, planes, channels, rows, columns] })
}

/// Scene codes as plain numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneCodes {
    /// In row-major order.
    pub numbers: Vec<f32>,
    /// `[pictures, 3, channels, side, side]`
    pub shape: [usize; 5],
}

impl SceneCodes {
    /// The codes of one picture, on a device; `None` if there is none of that number, or numbers and shape
    /// do not agree.
    ///
    /// # Shapes
    /// - output: `[3, channels, side, side]`
    pub fn picture(&self, number: usize, device: &Device) -> Option<Tensor<4>> {
        let [batch, planes, channels, rows, columns] = self.shape;
        let count = [planes, channels, rows, columns].iter().try_fold(1_usize, |n, axis| n.checked_mul(*axis))?;
        if number >= batch || count.checked_mul(batch)? != self.numbers.len() {
            return None;
        }
        let part = self.numbers.get(number * count..(number + 1) * count)?.to_vec();
        Some(Tensor::from_data(TensorData::new(part, [planes, channels, rows, columns]), (device, DType::F32)))
    }
}
