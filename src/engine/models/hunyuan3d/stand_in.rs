//! A model's folder of the published layout and size, of random numbers, from a list of its tensors: to try
//! loading, memory and speed where the published files cannot be had. What comes out is noise.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::published::PublishedConfig;
use crate::engine::models::published::PublishedError;
use crate::engine::weights::{Precision, write_random};
use crate::files::{IfExists, WriteError, write_atomically};
use crate::progress::Monitor;

/// Why a list makes no folder.
#[derive(Debug, thiserror::Error)]
pub enum StandInError {
    /// It is no list, or lacks something.
    #[error("this is no list of a model's tensors and sizes ({0})")]
    Malformed(String),
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// A model's tensors and sizes: what `components` and `configs` of a manifest say.
#[derive(Clone, Debug)]
pub struct StandIn {
    config: String,
    tensors: BTreeMap<String, Vec<usize>>,
}

#[derive(Deserialize)]
struct Manifest {
    configs: BTreeMap<String, Value>,
    components: BTreeMap<String, Component>,
}

#[derive(Deserialize)]
struct Component {
    tensors: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    shape: Vec<usize>,
}

impl StandIn {
    /// Reads a manifest: JSON with `configs.{model, vae, conditioner, scheduler, image_processor}` and
    /// `components.{model, vae, conditioner}.tensors[].{name, shape}`.
    ///
    /// # Errors
    /// [`StandInError::Malformed`], also for sizes that make no network.
    pub fn of_manifest(text: &str) -> Result<Self, StandInError> {
        let manifest: Manifest = serde_json::from_str(text).map_err(|e| StandInError::Malformed(e.to_string()))?;
        let config = config(&manifest.configs)?;
        PublishedConfig::from_yaml(&config).map_err(|error| match error {
            PublishedError::Malformed { what, .. } => StandInError::Malformed(what),
            PublishedError::Sizes { source, .. } => StandInError::Malformed(source.to_string()),
            other => StandInError::Malformed(other.to_string()),
        })?;
        let all = manifest.components.into_iter().flat_map(|(part, component)| {
            component.tensors.into_iter().map(move |t| (format!("{part}.{}", t.name), t.shape))
        });
        let tensors = all.collect();
        if !can_be_counted(&tensors) {
            return Err(StandInError::Malformed("its tensors are larger than any file".to_owned()));
        }
        Ok(Self { config, tensors })
    }

    /// Bytes of the weights, 2 a number.
    pub fn bytes(&self) -> u64 {
        self.tensors.values().map(|shape| shape.iter().map(|&n| n as u64).product::<u64>()).sum::<u64>() * 2
    }

    /// Writes `config.yaml` and `model.fp16.safetensors` into a folder, and gives the latter's path. The same
    /// seed gives the same bytes. Reports numbers under [`Stage::Export`](crate::progress::Stage::Export).
    ///
    /// # Errors
    /// [`StandInError::Write`]; files that exist stay.
    pub fn write(&self, folder: &Path, seed: u64, monitor: &Monitor) -> Result<PathBuf, StandInError> {
        let [path, config] = ["model.fp16.safetensors", "config.yaml"].map(|name| folder.join(name));
        if let Some(there) = [&path, &config].into_iter().find(|path| path.exists()) {
            return Err(WriteError::Exists(there.clone()).into());
        }
        write_random(&path, &self.tensors, Precision::F16, seed, monitor)?;
        write_atomically(&config, IfExists::Keep, |out| out.write_all(self.config.as_bytes()))?;
        Ok(path)
    }
}

/// Whether the bytes of all tensors, 4 a number, have a number; of one with an axis of nothing too, whose other
/// axes are multiplied alone.
fn can_be_counted(tensors: &BTreeMap<String, Vec<usize>>) -> bool {
    let bytes = tensors.values().try_fold(0_usize, |sum, shape| {
        sum.checked_add(shape.iter().try_fold(4_usize, |bytes, axis| bytes.checked_mul((*axis).max(1)))?)
    });
    bytes.is_some()
}

/// A `config.yaml` with these sizes. JSON is YAML, so they are put in as they are.
fn config(configs: &BTreeMap<String, Value>) -> Result<String, StandInError> {
    let part =
        |name: &str| configs.get(name).ok_or_else(|| StandInError::Malformed(format!("it has no configs.{name}")));
    let [model, vae, conditioner] = [part("model")?, part("vae")?, part("conditioner")?];
    let kind = |name: &str, default: &str| {
        configs.get(name).and_then(|c| c["type"].as_str()).map_or_else(|| default.to_owned(), str::to_owned)
    };
    let network = if model.get("num_experts").is_some() { "HunYuanDiTPlain" } else { "Hunyuan3DDiT" };
    let encoder = if conditioner.get("view_num").is_some() { "DinoImageEncoderMV" } else { "DinoImageEncoder" };
    let mut arguments = conditioner.clone();
    if let Some(dino) = arguments.as_object_mut().and_then(|a| a.remove("dino")) {
        arguments["config"] = dino;
    }
    let of = |target: &str, params: &Value| serde_json::json!({ "target": target, "params": params });
    let encoder = serde_json::json!({ "main_image_encoder": { "type": encoder, "kwargs": arguments } });
    let nothing = Value::Object(serde_json::Map::new());
    let rest = |name: &str| configs.get(name).unwrap_or(&nothing);
    let all = serde_json::json!({
        "model": of(network, model),
        "vae": of("ShapeVAE", vae),
        "conditioner": of("SingleImageEncoder", &encoder),
        "scheduler": of(&kind("scheduler", "FlowMatchEulerDiscreteScheduler"), rest("scheduler")),
        "image_processor": of(&kind("image_processor", "ImageProcessorV2"), rest("image_processor")),
    });
    Ok(format!("{all:#}\n"))
}
