//! `columns`, the small model that ships inside the program: a signed-distance column behind every
//! pixel.
//!
//! [`Columns::predict`] turns a cut-out object in its frame into a [`Prediction`]; [`solid::build`] turns
//! that into a field whose front view is the picture's outline. No type of burn is seen outside.
//! How the weights are made is told in `models/columns/README.md`.

pub(in crate::engine::models) mod blocks;
mod calm;
mod column;
pub mod config;
mod flat;
pub mod input;
mod middle;
pub mod model;
pub mod network;
pub mod prediction;
mod rods;
mod shading;
pub mod solid;
mod thin;
pub(in crate::engine::models) mod trunk;
mod warp;

use burn::tensor::TensorData;

pub use config::ColumnsConfig;
pub use input::{Frame, Input, InputError};
pub use prediction::Prediction;

use self::network::{Network, Residuals, STEPS};
use super::super::weights::{self, LoadOptions, WeightFile, WeightsError};
use crate::engine::{Device, Tensor};
use crate::progress::{Cancelled, Monitor, Stage};

/// Why no solid could be predicted.
#[derive(Debug, thiserror::Error)]
pub enum ColumnsError {
    /// The picture makes no input.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The weights are not those of any configuration.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The weights are of a configuration that this program does not know.
    #[error("the weights are of the configuration {0:?}, which this version does not know; use its own")]
    UnknownConfig(String),
    /// The device gave numbers that are none.
    #[error("the network gave values that are not finite numbers; choose another device or precision")]
    NotFinite,
    /// The device failed.
    #[error("the device failed ({0}); choose another device")]
    Device(String),
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// The loaded network.
pub struct Columns {
    config: ColumnsConfig,
    side: usize,
    network: Network,
    device: Device,
}

impl Columns {
    /// The network of a file of weights, whose notes name the configuration.
    ///
    /// # Errors
    /// [`ColumnsError::UnknownConfig`], [`ColumnsError::Weights`].
    pub fn load(file: &WeightFile, options: &LoadOptions) -> Result<Self, ColumnsError> {
        let (config, side) = Self::sizes(file)?;
        Ok(Self { side, ..Self::load_config(file, config, options)? })
    }

    /// The network of one configuration, whatever the file's notes say.
    ///
    /// # Errors
    /// [`ColumnsError::Weights`].
    pub fn load_config(file: &WeightFile, config: ColumnsConfig, options: &LoadOptions) -> Result<Self, ColumnsError> {
        let network = weights::load(file, options, |w| Network::load(w, &config))?;
        Ok(Self { config, side: config.side, network, device: options.device.clone() })
    }

    /// What the notes of a file say: its configuration, and the side of the pictures that it was
    /// trained on last, in pixels.
    ///
    /// # Errors
    /// [`ColumnsError::UnknownConfig`].
    pub fn sizes(file: &WeightFile) -> Result<(ColumnsConfig, usize), ColumnsError> {
        let note = |name: &str| file.metadata().get(name).map_or("", String::as_str);
        let unknown = || ColumnsError::UnknownConfig(note("config").to_owned());
        let config = ColumnsConfig::named(note("config")).ok_or_else(unknown)?;
        let side = note("side").parse().ok().filter(|side| side % 16 == 0 && (16..=512).contains(side));
        Ok((config, side.unwrap_or(config.side)))
    }

    /// Side of the pictures to show it, in pixels.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Its sizes.
    pub fn config(&self) -> &ColumnsConfig {
        &self.config
    }

    /// What it is shown of a picture of any side that lies in its frame. A network that was trained on less than the
    /// full side was shown pictures of the full side that were reduced afterwards, outline and all.
    ///
    /// # Errors
    /// [`ColumnsError::Input`].
    pub fn input(
        &self,
        pixels: &[u8],
        pixels_side: usize,
        colors_valid: bool,
        monitor: &Monitor,
    ) -> Result<Input, ColumnsError> {
        let times = (self.config.side / self.side).max(1);
        let whole = Input::of_object(pixels, pixels_side, times * self.side, colors_valid, monitor)?;
        Ok(whole.reduced(times))
    }

    /// What the network sees in a picture: the mean of what it sees in it and in its mirror image.
    ///
    /// # Errors
    /// See [`ColumnsError`].
    pub fn predict(&self, input: &Input, monitor: &Monitor) -> Result<Prediction, ColumnsError> {
        let [one, mirrored] = [self.residuals(input, 0, monitor)?, self.residuals(&input.mirrored(), STEPS, monitor)?];
        let [one, mirrored] = [one, mirrored].map(|raw| Prediction::of_residuals(&self.config, raw, input.side));
        let prediction = one.averaged(mirrored.mirrored()).on_balloon(input);
        if prediction.is_finite() { Ok(prediction) } else { Err(ColumnsError::NotFinite) }
    }

    /// What the network gives for one picture. `done` of twice [`STEPS`] steps were done before.
    fn residuals(&self, input: &Input, done: u64, monitor: &Monitor) -> Result<[Vec<f32>; 3], ColumnsError> {
        let side = input.side;
        if side == 0 || !side.is_multiple_of(16) {
            return Err(InputError::Size { found: input.values.len() * 4, side }.into());
        }
        let shape = [1, input::CHANNELS, side, side];
        let x = Tensor::<4>::from_data(TensorData::new(shading::replaced(input), shape), &self.device);
        let mut step = done;
        monitor.step(Stage::Shape, step, 2 * STEPS)?;
        let Residuals { columns, picture, view } = self.network.forward(x, &mut || {
            step += 1;
            monitor.step(Stage::Shape, step, 2 * STEPS)
        })?;
        Ok([numbers(columns)?, numbers(picture)?, numbers(view)?])
    }
}

/// The numbers of a tensor, row-major.
fn numbers<const D: usize>(x: Tensor<D>) -> Result<Vec<f32>, ColumnsError> {
    let data = x.try_into_data().map_err(|error| ColumnsError::Device(format!("{error:?}")))?;
    Ok(data.iter::<f32>().collect())
}

#[cfg(test)]
mod tests;
