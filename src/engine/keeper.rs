//! What the engine's thread keeps between pieces of work: the device, and the models on it.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::device::{self, DeviceChoice, DeviceInfo, DeviceKind};
use super::error::EngineError;
use super::learned::{LearnedModel, Place};
use super::memory::Memory;
use super::models::{self, ModelSource};
use super::weights::Precision;
use super::worker::EngineOptions;
use super::{Backend, Device};

/// What the thread keeps.
#[derive(Default)]
pub(super) struct Worker {
    place: Option<(EngineOptions, Place, DeviceInfo)>,
    models: Vec<Kept>,
}

/// A model that was opened, and may be loaded.
struct Kept {
    source: ModelSource,
    stamp: Stamp,
    model: Box<dyn LearnedModel>,
}

/// Tells whether files were changed: their lengths and times.
type Stamp = Vec<(PathBuf, u64, Option<SystemTime>)>;

fn stamp(files: &[PathBuf]) -> Stamp {
    let of = |path: &PathBuf| {
        let about = path.metadata().ok();
        (path.clone(), about.as_ref().map_or(0, std::fs::Metadata::len), about.and_then(|a| a.modified().ok()))
    };
    files.iter().map(of).collect()
}

impl Worker {
    /// The device, opened; models on another one are let go.
    pub(super) fn place(&mut self, options: EngineOptions) -> Result<&Place, EngineError> {
        let same = |known: &EngineOptions| (known.device, known.precision) == (options.device, options.precision);
        if !self.place.as_ref().is_some_and(|(known, ..)| same(known)) {
            self.models.clear();
            self.place = None;
            let (info, device) = match options.device {
                DeviceChoice::Auto => device::best(),
                DeviceChoice::Named(id) => {
                    let info = device::find(id)?;
                    let device = info.open()?;
                    (info, device)
                }
            };
            let precision = options.precision.unwrap_or_else(|| usual_precision(&device));
            if !supports(&device, precision) {
                let (name, card) = (precision.name(), &info.name);
                let problem =
                    format!("{card} does not calculate in {name}; choose f16 or f32, or leave the choice open");
                return Err(EngineError::Invalid(problem));
            }
            let place = Place { id: info.id, name: info.name.clone(), device, precision, memory: Memory::of(&info) };
            tracing::info!("the engine works on {} ({}) in {}", place.id, place.name, place.precision.name());
            self.place = Some((options, place, info));
        }
        self.look_at_memory();
        match &self.place {
            Some((_, place, _)) => Ok(place),
            None => Err(EngineError::Broken { what: "no device".to_owned() }),
        }
    }

    /// What may be taken in all: what is free, and what the loaded models have.
    fn look_at_memory(&mut self) {
        let Some((_, place, info)) = &mut self.place else { return };
        let mut memory = Memory::of(info);
        let shares_the_machine = !matches!(info.kind, DeviceKind::Cuda | DeviceKind::Discrete | DeviceKind::Virtual);
        if shares_the_machine {
            let loaded = self.models.iter().map(|k| k.model.loaded_bytes(place));
            memory.free_bytes = memory.free_bytes.map(|free| free + loaded.sum::<u64>());
        }
        place.memory = memory;
    }

    /// Lets the models of a folder go.
    pub(super) fn release(&mut self, folder: &Path) {
        self.models.retain(|kept| kept.source.folder != folder);
    }

    /// The model, opened, and the device. Others make room for it when they have to.
    pub(super) fn model(
        &mut self,
        source: &ModelSource,
        options: EngineOptions,
    ) -> Result<(&mut dyn LearnedModel, &Place), EngineError> {
        self.place(options)?;
        let stamp = stamp(&models::describe(source)?.files);
        self.models.retain(|kept| kept.source != *source || kept.stamp == stamp);
        let kept = match self.models.iter().position(|kept| kept.source == *source) {
            Some(position) => self.models.remove(position),
            None => Kept { source: source.clone(), stamp, model: models::open(source)? },
        };
        let Some((_, place, _)) = &self.place else {
            return Err(EngineError::Broken { what: "no device".to_owned() });
        };
        let others: u64 = self.models.iter().map(|k| k.model.loaded_bytes(place)).sum();
        // Twice: the work needs room as well.
        let need = others.saturating_add(kept.model.weights_bytes(place).saturating_mul(2));
        if others > 0 && place.memory.free_bytes.is_none_or(|free| need > free) {
            self.models.iter_mut().for_each(|kept| kept.model.release());
            memory_cleanup(&place.device);
        }
        self.models.push(kept);
        match self.models.last_mut() {
            Some(kept) => Ok((kept.model.as_mut(), place)),
            None => Err(EngineError::Broken { what: "no model".to_owned() }),
        }
    }
}

fn memory_cleanup(device: &Device) {
    use burn::tensor::backend::Backend as _;
    Backend::memory_cleanup(device);
}

/// 32 bits on the processor, which is fastest in them; 16 on cards that have them, as published.
fn usual_precision(device: &Device) -> Precision {
    let half = !matches!(device, Device::Flex(_)) && supports(device, Precision::F16);
    if half { Precision::F16 } else { Precision::F32 }
}

/// Whether a device calculates in a number format; the processor does in all. A card's driver would panic.
pub fn supports(device: &Device, precision: Precision) -> bool {
    use burn::tensor::backend::Backend as _;
    matches!(device, Device::Flex(_)) || Backend::supports_dtype(device, precision.dtype())
}
