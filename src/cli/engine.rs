//! The flags that say where and how learned models run.

use std::path::PathBuf;

use crate::cache::Cache;
use crate::engine::device::DeviceChoice;
use crate::engine::weights::Precision;
use crate::engine::{Engine, EngineOptions};
use crate::pipeline::{Models, Tools};
use crate::request::{Model, Request};

use super::destination::check_is_folder;
use super::failure::Failure;

/// Where and how learned models run.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Model")]
pub struct EngineArgs {
    /// Where a learned model runs: auto, cpu, cuda:0 or vulkan:0; `orfeas doctor` lists what this build can use here
    #[arg(long, value_name = "DEVICE", default_value = "auto", hide_default_value = true)]
    device: DeviceChoice,
    /// Number format of a learned model: f32, f16 or bf16; NVIDIA cards may round products of f32 to TF32
    /// [default: f32 on the processor, f16 on cards; columns takes f32 alone]
    #[arg(long, value_name = "FORMAT")]
    precision: Option<Precision>,
    /// Use the learned model in this folder (config.yaml and weights) in the place of the one by that name
    #[arg(long, value_name = "DIR")]
    model_folder: Option<PathBuf>,
}

impl EngineArgs {
    /// Refuses what would have no effect on `request`.
    ///
    /// # Errors
    /// [`Failure::Usage`], which names the flag and what it would need.
    pub fn check(&self, request: &Request) -> Result<(), Failure> {
        let precision = self.precision.map(|precision| ("--precision", precision));
        let folder = self.model_folder.as_ref().map(|_| "--model-folder");
        let (flag, needed) = match request.learned_model() {
            None => {
                let device = (self.device != DeviceChoice::Auto).then_some("--device");
                (device.or(precision.map(|(flag, _)| flag)).or(folder), "--mode model")
            }
            Some(Model::Columns) => match precision.filter(|(_, precision)| *precision != Precision::F32) {
                Some((flag, _)) => (Some(flag), "f32, or another --model"),
                // It comes with the program.
                None => (folder, "another --model"),
            },
            Some(_) => (None, ""),
        };
        let Some(flag) = flag else { return Ok(()) };
        Err(Failure::Usage(format!("{flag} has no effect here; leave it out, or choose {needed}")))
    }

    /// Refuses a folder of a model that is not there, once, before the work.
    ///
    /// # Errors
    /// A sentence about the folder.
    pub fn check_folder(&self) -> Result<(), Failure> {
        self.model_folder.as_deref().map_or(Ok(()), check_is_folder)
    }

    /// What the pipeline works with.
    pub fn tools(&self, cache: Cache) -> Tools {
        let engine = Engine::shared();
        engine.set_options(EngineOptions { device: self.device, precision: self.precision, gives_way: false });
        let models = self.model_folder.clone().map_or(Models::OfUser, Models::Folder);
        Tools::new(cache, engine.clone(), models)
    }
}
