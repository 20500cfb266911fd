//! Hunyuan3D as a [`LearnedModel`]: conditioner, denoiser and decoder, each loaded when it is needed.
//!
//! Where memory is too small for all three they take turns; where it is too small for the work, the work
//! is cut smaller, in steps that are each said to the user:
//! 1. the other parts make room;
//! 2. pictures go through by fewer at a time, then the two halves of guidance one after the other, or
//!    fewer points at a time;
//! 3. the blocks of the denoiser take turns, or the resolution is lowered.

mod decode;
mod encode;
mod plan;

use std::path::{Path, PathBuf};

use burn::tensor::backend::Backend as _;

use super::conditioner::Conditioner;
use super::config::ConfigError;
use super::published::{Published, PublishedConfig, VelocityConfig};
use super::sampler::VelocityModel;
use super::vae::{ShapeDecoder, VaeConfig};
use crate::engine::error::EngineError;
use crate::engine::learned::{DecodeOptions, EncodeOptions, Latents, LearnedModel, Part, Place, Shown, Work};
use crate::engine::models::published::PublishedError;
use crate::engine::models::{Description, Nature};
use crate::engine::weights::{LoadOptions, load};
use crate::engine::{Backend, Tensor};
use crate::field::ScalarGrid;
use crate::progress::Monitor;
use plan::Plan;

/// Side of the picture and its border where the configuration does not say.
const PICTURE: (u64, f64) = (512, 0.15);
/// Most pictures that go through the denoiser at once.
const BATCH_MAX: usize = 4;

/// What the folder's configuration says of the pictures it wants.
///
/// # Errors
/// See [`EngineError`].
pub fn describe(folder: &Path, weights: Option<&Path>) -> Result<Description, EngineError> {
    let model = Hunyuan3d::open(folder, weights)?;
    let processor = &model.published.config().image_processor;
    let size = processor["size"].as_u64().unwrap_or(PICTURE.0);
    Ok(Description {
        files: vec![folder.join("config.yaml"), model.published.weights().path().to_owned()],
        picture_size_px: usize::try_from(size).unwrap_or(usize::MAX),
        border_ratio: processor["border_ratio"].as_f64().unwrap_or(PICTURE.1),
        nature: Some(nature(model.published.config())),
    })
}

fn nature(config: &PublishedConfig) -> Nature {
    let (has_experts, is_told_guidance) = match &config.velocity {
        VelocityConfig::Moe(_) => (true, false),
        VelocityConfig::Flux(flux) => (false, flux.guidance_embed),
    };
    Nature { has_experts, is_told_guidance, takes_views: config.conditioner.view_num.is_some() }
}

/// A published folder and what of it is loaded.
pub struct Hunyuan3d {
    published: Published,
    vae: VaeConfig,
    conditioner: Option<Conditioner>,
    velocity: Option<VelocityModel>,
    decoder: Option<ShapeDecoder>,
    /// Tokens of the shape that was decoded last: a preview is followed by the real thing.
    features: Option<(Latents, Tensor<3>)>,
}

/// The parts, in the order of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Conditioner,
    Denoiser,
    Decoder,
}

impl Hunyuan3d {
    /// Opens a folder such as `hunyuan3d-dit-v2-1`: configuration and the index of the weights are read
    /// and checked, nothing is loaded.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn open(folder: &Path, weights: Option<&Path>) -> Result<Self, EngineError> {
        let published = Published::open_with(folder, weights)?;
        let path = folder.join("config.yaml");
        let vae = vae_config(&published, &path)?;
        check_together(&published, &vae).map_err(|error| PublishedError::sizes(error).at(&path))?;
        Ok(Self { published, vae, conditioner: None, velocity: None, decoder: None, features: None })
    }

    fn channels(&self) -> usize {
        self.vae.embed_dim
    }

    /// For objects of as many views as the model takes.
    fn plan(&self, place: &Place) -> Plan {
        self.plan_for(self.published.config().conditioner.view_num.unwrap_or(1), place)
    }

    fn plan_for(&self, views: usize, place: &Place) -> Plan {
        Plan::new(self.published.config(), &self.vae, self.published.weights(), views, place)
    }

    /// Lets go what is not needed for `stage`, and returns whether that was anything.
    fn make_room(&mut self, stage: Stage, place: &Place) -> bool {
        let mut freed = false;
        if stage != Stage::Conditioner {
            freed |= self.conditioner.take().is_some();
        }
        if stage != Stage::Denoiser {
            freed |= self.velocity.take().is_some();
        }
        if stage != Stage::Decoder {
            freed |= self.decoder.take().is_some();
            self.features = None;
        }
        if freed {
            Backend::memory_cleanup(&place.device);
        }
        freed
    }

    fn load_options<'a>(place: &Place, monitor: &Monitor<'a>, prefix: &'a str) -> LoadOptions<'a> {
        LoadOptions { device: place.device.clone(), precision: place.precision, prefix, monitor: *monitor }
    }

    fn load_conditioner(&mut self, work: &Work, monitor: &Monitor) -> Result<(), EngineError> {
        work.take_memory(Part::Conditioner)?;
        if self.conditioner.is_none() {
            let options = Self::load_options(work.place, monitor, "");
            self.conditioner = Some(attempt(work, || Ok(self.published.load_conditioner(&options)?))?);
        }
        Ok(())
    }

    /// As a whole, or such that its blocks take turns. The other way is let go.
    fn load_velocity(&mut self, by_blocks: bool, work: &Work, monitor: &Monitor) -> Result<(), EngineError> {
        if self.velocity.take_if(|velocity| velocity.is_stored() != by_blocks).is_some() {
            Backend::memory_cleanup(&work.place.device);
        }
        work.take_memory(Part::DenoiserWeights)?;
        if self.velocity.is_none() {
            let options = Self::load_options(work.place, monitor, "");
            let published = &self.published;
            self.velocity = Some(attempt(work, || {
                let loaded = if by_blocks {
                    published.load_velocity_by_blocks(&options)
                } else {
                    published.load_velocity(&options)
                };
                Ok(loaded?)
            })?);
        }
        Ok(())
    }

    /// Whether blocks of the denoiser can take turns, and do not yet.
    fn has_blocks_at_once(&self) -> bool {
        !self.velocity.as_ref().is_some_and(VelocityModel::is_stored)
    }

    fn load_decoder(&mut self, work: &Work, monitor: &Monitor) -> Result<(), EngineError> {
        work.take_memory(Part::Decoder)?;
        if self.decoder.is_none() {
            let options = Self::load_options(work.place, monitor, "vae.");
            let file = self.published.weights();
            self.decoder = Some(attempt(work, || Ok(load(file, &options, |w| ShapeDecoder::load(w, &self.vae))?))?);
        }
        Ok(())
    }
}

impl LearnedModel for Hunyuan3d {
    fn latents_shape(&self) -> Vec<usize> {
        vec![self.vae.num_latents, self.channels()]
    }

    fn batch_max(&self, place: &Place) -> usize {
        self.plan(place).batch_max(BATCH_MAX)
    }

    fn plan_in_words(&self, views: usize, place: &Place) -> Option<String> {
        Some(self.plan_for(views, place).in_words())
    }

    fn encode(&mut self, objects: &[Shown], options: &EncodeOptions, work: &Work) -> Result<Vec<Latents>, EngineError> {
        self.encode_all(objects, options, work)
    }

    fn decode(&mut self, latents: &Latents, options: &DecodeOptions, work: &Work) -> Result<ScalarGrid, EngineError> {
        latents.check(Some(&self.latents_shape()))?;
        self.decode_stepping_down(latents, options, work)
    }

    fn weights_bytes(&self, place: &Place) -> u64 {
        self.plan(place).all_bytes()
    }

    fn is_loaded(&self) -> bool {
        self.conditioner.is_some() || self.velocity.is_some() || self.decoder.is_some()
    }

    fn loaded_bytes(&self, place: &Place) -> u64 {
        let velocity = self.velocity.as_ref().is_some_and(|velocity| !velocity.is_stored());
        let loaded = [self.conditioner.is_some(), velocity, self.decoder.is_some()];
        self.plan(place).bytes_of(loaded)
    }

    fn release(&mut self) {
        (self.conditioner, self.velocity, self.decoder, self.features) = (None, None, None, None);
    }
}

fn vae_config(published: &Published, path: &Path) -> Result<VaeConfig, EngineError> {
    let params = published.config().vae.clone();
    let malformed = |error: serde_json::Error| PublishedError::malformed(format!("vae: {error}")).at(path);
    let vae: VaeConfig = serde_json::from_value(params).map_err(malformed)?;
    vae.check().map_err(|error| PublishedError::sizes(error).at(path))?;
    Ok(vae)
}

/// Whether the parts' sizes fit one another.
fn check_together(published: &Published, vae: &VaeConfig) -> Result<(), ConfigError> {
    let config = published.config();
    let (channels, context) = match &config.velocity {
        VelocityConfig::Moe(moe) => (moe.in_channels, moe.context_dim),
        VelocityConfig::Flux(flux) => (flux.in_channels, flux.context_in_dim),
    };
    if channels != vae.embed_dim {
        let expected = "as many as the VAE's embed_dim";
        return Err(ConfigError::Size { name: "in_channels", value: channels, expected });
    }
    if context != config.conditioner.dino.hidden_size {
        let expected = "as wide as the image encoder's hidden_size";
        return Err(ConfigError::Size { name: "context_dim", value: context, expected });
    }
    Ok(())
}

/// Does `work` and waits for the device: what a driver does about a full memory, errors and panics, comes
/// back as an error.
fn attempt<T>(work: &Work, f: impl FnOnce() -> Result<T, EngineError>) -> Result<T, EngineError> {
    crate::engine::guard(|| {
        let done = f()?;
        Backend::sync(&work.place.device).map_err(|error| EngineError::from_driver(&format!("{error:?}")))?;
        Ok(done)
    })
}

/// The model's own files, for messages.
impl Hunyuan3d {
    /// The file of weights.
    pub fn weights_path(&self) -> PathBuf {
        self.published.weights().path().to_owned()
    }
}
