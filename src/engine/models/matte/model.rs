//! The network whose weights lie in the program.

use std::sync::LazyLock;

use super::{Matte, MatteNetworkError};
use crate::engine::Device;
use crate::engine::error::EngineError;
use crate::engine::weights::{LoadOptions, WeightFile, WeightsError};
use crate::progress::Monitor;

const WEIGHTS: &[u8] = include_bytes!("../../../../models/matte/M.safetensors");
/// What messages call them.
const NAME: &str = "the weights for cutting out inside the program";

/// The weights' index and notes.
static FILE: LazyLock<Result<WeightFile, WeightsError>> = LazyLock::new(|| WeightFile::embedded(&[WEIGHTS], NAME));

fn file() -> Result<&'static WeightFile, EngineError> {
    FILE.as_ref().map_err(|error| EngineError::Invalid(error.to_string()))
}

/// Side of the pictures to show it, in pixels.
pub fn side() -> usize {
    let config = file().and_then(|file| Ok(Matte::sizes(file)?));
    config.map_or(0, |config| config.side)
}

/// See [`Matte::logits`]. It runs on the processor: that takes less time than to wake another device.
///
/// # Errors
/// See [`EngineError`].
pub fn logits(rgb: &[u8], monitor: &Monitor) -> Result<Vec<f32>, EngineError> {
    // Silently: reading these few megabytes is no stage of its own.
    let options = LoadOptions::new(Device::Flex(Default::default()));
    Ok(Matte::load(file()?, &options)?.logits(rgb, monitor)?)
}

impl From<MatteNetworkError> for EngineError {
    fn from(error: MatteNetworkError) -> Self {
        match error {
            MatteNetworkError::Cancelled(cancelled) => cancelled.into(),
            MatteNetworkError::Weights(error) => error.into(),
            MatteNetworkError::NotFinite => Self::NotFinite,
            MatteNetworkError::Device(what) => Self::from_driver(&what),
            MatteNetworkError::Size { .. } | MatteNetworkError::UnknownConfig(_) => Self::Invalid(error.to_string()),
        }
    }
}
