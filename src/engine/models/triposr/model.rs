//! TripoSR as a [`LearnedModel`]: its latents are the scene codes.

use std::path::Path;

use burn::tensor::backend::Backend as _;
use glam::Vec3;

use super::extract::{Evaluation, ExtractError, ExtractOptions, colors, extract_field};
use super::field::{EvaluationError, FieldDecoder, SceneField};
use super::picture::{FOREGROUND_RATIO, ModelPicture};
use super::published::Published;
use super::{SceneCodes, TripoSr, codes_to_numbers};
use crate::engine::error::EngineError;
use crate::engine::learned::{
    Colors, DecodeMethod, DecodeOptions, EncodeOptions, Latents, LearnedModel, Part, Place, Shown, Work,
};
use crate::engine::models::Description;
use crate::engine::weights::{LoadOptions, Precision};
use crate::engine::{Backend, guard};
use crate::field::ScalarGrid;
use crate::progress::{Monitor, Stage};

const REPORTED: Stage = Stage::Shape;
/// Share of the bar for loading the network; the rest is for the pictures.
const LOAD: f64 = 0.2;
/// Share of the bar for loading the field; the rest is for its points.
const LOAD_FIELD: f64 = 0.05;

/// What the folder's configuration says of the pictures it wants. They are prepared by
/// [`ModelPicture::prepare`], in `0..=1`.
///
/// # Errors
/// See [`EngineError`].
pub fn describe(folder: &Path, weights: Option<&Path>) -> Result<Description, EngineError> {
    let published = Published::open_with(folder, weights)?;
    Ok(Description {
        files: vec![folder.join("config.yaml"), published.weights().path().to_owned()],
        picture_size_px: published.config().cond_image_size,
        border_ratio: 1.0 - FOREGROUND_RATIO,
        nature: None,
    })
}

/// A published folder and what of it is loaded.
pub struct TripoSrModel {
    published: Published,
    network: Option<TripoSr>,
    field: Option<FieldDecoder>,
}

impl TripoSrModel {
    /// Opens a folder: configuration and the index of the weights are read and checked, nothing is loaded.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn open(folder: &Path, weights: Option<&Path>) -> Result<Self, EngineError> {
        Ok(Self { published: Published::open_with(folder, weights)?, network: None, field: None })
    }

    fn load_network(&mut self, work: &Work, monitor: &Monitor) -> Result<&TripoSr, EngineError> {
        work.take_memory(Part::Conditioner)?;
        let network = match self.network.take() {
            Some(network) => network,
            None => {
                let options = load_options(work.place, work.place.precision, monitor);
                attempt(work, || Ok(self.published.load_network(&options)?))?
            }
        };
        Ok(self.network.insert(network))
    }

    fn load_field(&mut self, work: &Work, monitor: &Monitor) -> Result<&FieldDecoder, EngineError> {
        work.take_memory(Part::Decoder)?;
        let field = match self.field.take() {
            Some(field) => field,
            None => {
                let options = load_options(work.place, Precision::F32, monitor);
                attempt(work, || Ok(self.published.load_field(&options)?))?
            }
        };
        Ok(self.field.insert(field))
    }

    /// Does `work` with the field of a shape.
    fn with_scene<T>(
        &mut self,
        latents: &Latents,
        work: &Work,
        f: impl FnOnce(&SceneField, &Monitor) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let shape = self.latents_shape();
        latents.check(Some(&shape))?;
        let codes = SceneCodes { numbers: latents.values.clone(), shape: [1, shape[0], shape[1], shape[2], shape[3]] };
        work.monitor.part(REPORTED, [0.0, LOAD_FIELD], |monitor| self.load_field(work, monitor).map(|_| ()))?;
        let field = self.load_field(work, &work.monitor)?;
        work.take_memory(Part::Points)?;
        attempt(work, || {
            let codes = codes.picture(0, &work.place.device);
            let codes = codes.ok_or_else(|| EngineError::Invalid("the stored shape is damaged".to_owned()))?;
            let scene = field.scene(codes)?;
            work.monitor.part(REPORTED, [LOAD_FIELD, 1.0], |monitor| f(&scene, monitor))
        })
    }
}

fn load_options<'a>(place: &Place, precision: Precision, monitor: &Monitor<'a>) -> LoadOptions<'a> {
    LoadOptions { device: place.device.clone(), precision, prefix: "", monitor: *monitor }
}

/// Does `work` and waits for the device: what a driver does about a full memory comes back as an error.
fn attempt<T>(work: &Work, f: impl FnOnce() -> Result<T, EngineError>) -> Result<T, EngineError> {
    guard(|| {
        let done = f()?;
        Backend::sync(&work.place.device).map_err(|error| EngineError::from_driver(&format!("{error:?}")))?;
        Ok(done)
    })
}

impl LearnedModel for TripoSrModel {
    fn latents_shape(&self) -> Vec<usize> {
        let config = self.published.config();
        let side = 2 * config.tokenizer.plane_size;
        vec![3, config.post_processor.out_channels, side, side]
    }

    fn encode(&mut self, objects: &[Shown], _: &EncodeOptions, work: &Work) -> Result<Vec<Latents>, EngineError> {
        let (side, shape) = (self.published.config().cond_image_size, self.latents_shape());
        let wrong = || EngineError::Invalid(format!("the model takes pictures of 3 × {side} × {side} numbers"));
        let picture =
            |shown: &Shown| ModelPicture::from_planes(shown.alone()?).filter(|p| p.side_px == side).ok_or_else(wrong);
        let pictures: Vec<_> = objects.iter().map(picture).collect::<Result<_, _>>()?;
        work.monitor.part(REPORTED, [0.0, LOAD], |monitor| self.load_network(work, monitor).map(|_| ()))?;
        let network = self.load_network(work, &work.monitor)?;
        work.take_memory(Part::Denoising)?;
        let mut all = Vec::new();
        for (number, picture) in pictures.iter().enumerate() {
            let share = |n: usize| LOAD + (1.0 - LOAD) * n as f64 / pictures.len() as f64;
            let codes = work.monitor.part(REPORTED, [share(number), share(number + 1)], |monitor| {
                attempt(work, || {
                    let codes = network.scene_codes(std::slice::from_ref(picture), monitor)?;
                    codes_to_numbers(codes).map_err(|error| EngineError::from_driver(&error))
                })
            })?;
            all.push(Latents::new(shape.clone(), codes.numbers)?);
        }
        Ok(all)
    }

    /// The box is the model's own, and bands and few tokens are for models that have tokens: only the
    /// resolution, the level and whether all points are wanted count.
    fn decode(&mut self, latents: &Latents, options: &DecodeOptions, work: &Work) -> Result<ScalarGrid, EngineError> {
        let threshold = options.level;
        let evaluation = match options.method {
            DecodeMethod::Dense => Evaluation::Dense,
            _ => Evaluation::following(threshold),
        };
        let options = ExtractOptions { resolution: options.resolution.saturating_add(1), threshold, evaluation };
        self.with_scene(latents, work, |scene, monitor| Ok(extract_field(scene, &options, monitor)?.grid))
    }

    fn colors(
        &mut self,
        latents: &Latents,
        points: &[Vec3],
        _: &DecodeOptions,
        work: &Work,
    ) -> Result<Option<Colors>, EngineError> {
        self.with_scene(latents, work, |scene, monitor| Ok(Some(Colors::Own(colors(scene, points, monitor)?))))
    }

    fn weights_bytes(&self, place: &Place) -> u64 {
        let bytes = match place.precision {
            Precision::F32 => 4,
            Precision::F16 | Precision::Bf16 => 2,
        };
        let tensors = self.published.config().tensors();
        tensors.values().map(|shape| bytes * shape.iter().product::<usize>() as u64).sum()
    }

    fn is_loaded(&self) -> bool {
        self.network.is_some() || self.field.is_some()
    }

    fn release(&mut self) {
        (self.network, self.field) = (None, None);
    }
}

impl From<EvaluationError> for EngineError {
    fn from(error: EvaluationError) -> Self {
        match error {
            EvaluationError::NotFinite => Self::NotFinite,
            EvaluationError::Device(what) => Self::from_driver(&what),
            EvaluationError::Channels { .. } => Self::Invalid(error.to_string()),
            EvaluationError::Cancelled(cancelled) => cancelled.into(),
        }
    }
}

impl From<ExtractError> for EngineError {
    fn from(error: ExtractError) -> Self {
        match error {
            ExtractError::Options { .. } => Self::Invalid(error.to_string()),
            ExtractError::Evaluation(error) => error.into(),
            ExtractError::Field(error) => error.into(),
        }
    }
}
