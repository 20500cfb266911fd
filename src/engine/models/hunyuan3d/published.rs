//! A published model: a folder with `config.yaml` and one file of weights.
//!
//! Promises: the parts are loaded one by one, so that only what a stage needs is in memory; whatever is
//! wrong in the folder is told before the first tensor is loaded.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::conditioner::Conditioner;
use super::config::{ConditionerConfig, ConfigError, DenoiserConfig, DinoConfig, FluxConfig};
use super::denoiser::Denoiser;
use super::flux::FluxDenoiser;
use super::sampler::VelocityModel;
use super::scheduler::{Schedule, ScheduleError};
use super::turns::StoredBlocks;
use crate::engine::models::published::{self, PublishedError, WeightNames};
use crate::engine::weights::{LoadOptions, WeightFile, Weights, WeightsError, inventory, load};

/// What the names of the denoiser's tensors start with.
const DENOISER: &str = "model.";

/// Names that the weights are published under.
const WEIGHTS: WeightNames = WeightNames {
    all: &[
        "model.fp16.safetensors",
        "model.fp16.ckpt",
        "model.bf16.safetensors",
        "model.safetensors",
        "model.bf16.ckpt",
        "model.ckpt",
    ],
    usual: "model.fp16.safetensors or model.fp16.ckpt",
};

/// Sizes of a model's denoiser.
#[derive(Clone, Debug, PartialEq)]
pub enum VelocityConfig {
    /// 2.1
    Moe(DenoiserConfig),
    /// 2.0, 2mini, 2mv
    Flux(FluxConfig),
}

/// How a model's noise becomes latents.
#[derive(Clone, Debug, PartialEq)]
pub enum ScheduleConfig {
    /// Flow matching with this shift; 1 in the published models.
    FlowMatching {
        /// How much later times are preferred.
        shift: f32,
    },
    /// The turbo models: times of a table of this length.
    Consistency {
        /// Length of the table.
        table_length: usize,
    },
}

impl ScheduleConfig {
    /// The times of a run of so many steps.
    ///
    /// # Errors
    /// See [`ScheduleError`].
    pub fn schedule(&self, steps: usize) -> Result<Schedule, ScheduleError> {
        match *self {
            Self::FlowMatching { shift } => Schedule::flow_matching(steps, shift),
            Self::Consistency { table_length } => Schedule::consistency(steps, table_length),
        }
    }
}

/// Everything that a published `config.yaml` says.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedConfig {
    /// The denoiser.
    pub velocity: VelocityConfig,
    /// The conditioner.
    pub conditioner: ConditionerConfig,
    /// The schedule.
    pub schedule: ScheduleConfig,
    /// The ShapeVAE's `params`, as they stand.
    pub vae: Value,
    /// The image processor's `params`: `size` in pixels and `border_ratio`.
    pub image_processor: Value,
}

impl PublishedConfig {
    /// Reads a `config.yaml`. On failure the error has an empty path.
    ///
    /// # Errors
    /// [`PublishedError::Malformed`], [`PublishedError::Sizes`]
    pub fn from_yaml(text: &str) -> Result<Self, PublishedError> {
        let file: File = serde_yaml_ng::from_str(text).map_err(|error| PublishedError::malformed(error.to_string()))?;
        let conditioner = conditioner(file.conditioner.params)?;
        let velocity = match file.model.class() {
            "HunYuanDiTPlain" => VelocityConfig::Moe(part("model", file.model.params)?),
            "Hunyuan3DDiT" => VelocityConfig::Flux(part("model", file.model.params)?),
            other => return Err(PublishedError::malformed(format!("a denoiser of unknown kind {other}"))),
        };
        let number =
            |name: &str, default: f64| file.scheduler.params.get(name).and_then(Value::as_f64).unwrap_or(default);
        let schedule = match file.scheduler.class() {
            "FlowMatchEulerDiscreteScheduler" => ScheduleConfig::FlowMatching { shift: number("shift", 1.0) as f32 },
            "ConsistencyFlowMatchEulerDiscreteScheduler" => {
                ScheduleConfig::Consistency { table_length: number("pcm_timesteps", 50.0) as usize }
            }
            other => return Err(PublishedError::malformed(format!("a scheduler of unknown kind {other}"))),
        };
        let config = Self {
            velocity,
            conditioner,
            schedule,
            vae: file.vae.params,
            image_processor: file.image_processor.map_or(Value::Null, |p| p.params),
        };
        config.check().map_err(PublishedError::sizes)?;
        config.schedule.schedule(1).map_err(|error| PublishedError::malformed(error.to_string()))?;
        Ok(config)
    }

    /// Names and shapes of the tensors of conditioner and denoiser, as in a file of weights.
    pub fn tensors(&self) -> BTreeMap<String, Vec<usize>> {
        let conditioner = inventory(|w| Conditioner::load(w, &self.conditioner));
        let velocity = inventory(|w| load_velocity(w, &self.velocity));
        let named = |part: &'static str, tensors: BTreeMap<String, Vec<usize>>| {
            tensors.into_iter().map(move |(name, shape)| (format!("{part}.{name}"), shape))
        };
        named("conditioner", conditioner).chain(named("model", velocity)).collect()
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.conditioner.check()?;
        match &self.velocity {
            VelocityConfig::Moe(moe) => moe.check(),
            VelocityConfig::Flux(flux) => flux.check(),
        }
    }
}

fn load_velocity(w: &Weights, config: &VelocityConfig) -> VelocityModel {
    match config {
        VelocityConfig::Moe(config) => VelocityModel::Moe(Box::new(Denoiser::load(w, config))),
        VelocityConfig::Flux(config) => VelocityModel::Flux(Box::new(FluxDenoiser::load(w, config))),
    }
}

fn part<T: DeserializeOwned>(name: &str, params: Value) -> Result<T, PublishedError> {
    serde_json::from_value(params).map_err(|error| PublishedError::malformed(format!("{name}: {error}")))
}

#[derive(Deserialize)]
struct File {
    model: Part,
    vae: Part,
    conditioner: Part,
    scheduler: Part,
    image_processor: Option<Part>,
}

/// A class by its Python path, and its constructor's arguments.
#[derive(Deserialize)]
struct Part {
    target: String,
    #[serde(default)]
    params: Value,
}

impl Part {
    fn class(&self) -> &str {
        self.target.rsplit('.').next().unwrap_or("")
    }
}

fn conditioner(mut params: Value) -> Result<ConditionerConfig, PublishedError> {
    #[derive(Deserialize)]
    struct Encoder {
        r#type: String,
        kwargs: Arguments,
    }
    #[derive(Deserialize)]
    struct Arguments {
        config: DinoConfig,
        image_size: usize,
        #[serde(default = "yes")]
        use_cls_token: bool,
        #[serde(default = "four")]
        view_num: usize,
    }
    fn yes() -> bool {
        true
    }
    fn four() -> usize {
        4
    }
    let encoder: Encoder = part("conditioner", params["main_image_encoder"].take())?;
    let Arguments { config, image_size, use_cls_token, view_num } = encoder.kwargs;
    let view_num = match encoder.r#type.as_str() {
        "DinoImageEncoder" => None,
        "DinoImageEncoderMV" => Some(view_num),
        other => return Err(PublishedError::malformed(format!("an image encoder of unknown kind {other}"))),
    };
    Ok(ConditionerConfig { dino: config, image_size, use_cls_token, view_num })
}

/// A model's folder, opened: configuration read and checked, weights mapped.
pub struct Published {
    config: PublishedConfig,
    weights: Arc<WeightFile>,
}

impl Published {
    /// Opens a folder such as `hunyuan3d-dit-v2-1`.
    ///
    /// # Errors
    /// See [`PublishedError`].
    pub fn open(folder: &Path) -> Result<Self, PublishedError> {
        Self::open_with(folder, None)
    }

    /// The same with this file of weights, in the place of the one that is found in the folder.
    ///
    /// # Errors
    /// See [`PublishedError`].
    pub fn open_with(folder: &Path, weights: Option<&Path>) -> Result<Self, PublishedError> {
        let (config, weights) = published::open(folder, weights, &WEIGHTS, PublishedConfig::from_yaml)?;
        Ok(Self { config, weights: Arc::new(weights) })
    }

    /// What the model is.
    pub fn config(&self) -> &PublishedConfig {
        &self.config
    }

    /// The file of weights, for parts that are loaded elsewhere (prefix `vae.`).
    pub fn weights(&self) -> &WeightFile {
        &self.weights
    }

    /// Loads the conditioner.
    ///
    /// # Errors
    /// See [`WeightsError`].
    pub fn load_conditioner(&self, options: &LoadOptions) -> Result<Conditioner, WeightsError> {
        let options = LoadOptions { prefix: "conditioner.", ..options.clone() };
        load(&self.weights, &options, |w| Conditioner::load(w, &self.config.conditioner))
    }

    /// Loads the denoiser.
    ///
    /// # Errors
    /// See [`WeightsError`].
    pub fn load_velocity(&self, options: &LoadOptions) -> Result<VelocityModel, WeightsError> {
        let options = LoadOptions { prefix: DENOISER, ..options.clone() };
        load(&self.weights, &options, |w| load_velocity(w, &self.config.velocity))
    }

    /// Loads what stands around the denoiser's blocks; these are loaded one by one when their turn comes.
    ///
    /// # Errors
    /// See [`WeightsError`].
    pub fn load_velocity_by_blocks(&self, options: &LoadOptions) -> Result<VelocityModel, WeightsError> {
        let options = LoadOptions { prefix: DENOISER, ..options.clone() };
        let LoadOptions { device, precision, .. } = options.clone();
        let blocks = StoredBlocks { file: Arc::clone(&self.weights), prefix: DENOISER, device, precision };
        load(&self.weights, &options, |w| match &self.config.velocity {
            VelocityConfig::Moe(config) => VelocityModel::Moe(Box::new(Denoiser::load_around(w, config, &blocks))),
            VelocityConfig::Flux(config) => {
                VelocityModel::Flux(Box::new(FluxDenoiser::load_around(w, config, &blocks)))
            }
        })
    }
}
