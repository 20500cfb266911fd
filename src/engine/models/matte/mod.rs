//! `matte`, the small model that tells an object from its background: a logit of opacity for each
//! pixel of a picture that is shrunk to a square.
//!
//! It says where the object is; where exactly its outline runs, the picture's own colours say (see
//! `image::matte`). No type of burn is seen outside. How weights are made is told in
//! `models/matte/README.md`.

pub mod config;
pub mod model;
pub mod network;

use burn::tensor::TensorData;

pub use config::MatteConfig;

use self::network::{CHANNELS, Network};
use super::super::weights::{self, LoadOptions, WeightFile, WeightsError};
use crate::engine::{Device, Tensor};
use crate::progress::{Cancelled, Monitor};

/// Why the network said nothing.
#[derive(Debug, thiserror::Error)]
pub enum MatteNetworkError {
    /// The weights are not those of any configuration.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The weights are of a configuration that this program does not know.
    #[error("the weights are of the configuration {0:?}, which this version does not know; use its own")]
    UnknownConfig(String),
    /// The picture has another size.
    #[error("the picture has {found} bytes, but this network reads {side} × {side} pixels of three")]
    Size {
        /// Bytes of the picture.
        found: usize,
        /// Pixels that are read along each side.
        side: usize,
    },
    /// The device gave numbers that are none.
    #[error("the network gave values that are not finite numbers; cut out by colours instead")]
    NotFinite,
    /// The device failed.
    #[error("the device failed ({0}); cut out by colours instead")]
    Device(String),
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// The loaded network.
pub struct Matte {
    side: usize,
    network: Network,
    device: Device,
}

impl Matte {
    /// The network of a file of weights, whose notes name the configuration.
    ///
    /// # Errors
    /// [`MatteNetworkError::UnknownConfig`], [`MatteNetworkError::Weights`].
    pub fn load(file: &WeightFile, options: &LoadOptions) -> Result<Self, MatteNetworkError> {
        Self::load_config(file, &Self::sizes(file)?, options)
    }

    /// What the notes of a file say: its configuration, with the side that it was trained on last.
    ///
    /// # Errors
    /// [`MatteNetworkError::UnknownConfig`].
    pub fn sizes(file: &WeightFile) -> Result<MatteConfig, MatteNetworkError> {
        let note = |name: &str| file.metadata().get(name).map_or("", String::as_str);
        let unknown = || MatteNetworkError::UnknownConfig(note("config").to_owned());
        let config = MatteConfig::named(note("config")).ok_or_else(unknown)?;
        let side = note("side").parse().ok().filter(|side| side % 16 == 0 && (16..=512).contains(side));
        Ok(MatteConfig { side: side.unwrap_or(config.side), ..config })
    }

    /// The network of one configuration, whatever the file's notes say.
    ///
    /// # Errors
    /// [`MatteNetworkError::Weights`].
    pub fn load_config(
        file: &WeightFile,
        config: &MatteConfig,
        options: &LoadOptions,
    ) -> Result<Self, MatteNetworkError> {
        let network = weights::load(file, options, |w| Network::load(w, config))?;
        Ok(Self { side: config.side, network, device: options.device.clone() })
    }

    /// Side of the pictures to show it, in pixels: that which it was trained on last.
    pub fn side(&self) -> usize {
        self.side
    }

    /// ln(object : background) of each pixel of a picture, `[side, side, 3]` in sRGB levels: the mean
    /// of what the network says to it and to its mirror image.
    ///
    /// # Errors
    /// See [`MatteNetworkError`].
    pub fn logits(&self, rgb: &[u8], monitor: &Monitor) -> Result<Vec<f32>, MatteNetworkError> {
        let side = self.side;
        if rgb.len() != CHANNELS * side * side {
            return Err(MatteNetworkError::Size { found: rgb.len(), side });
        }
        let plane = |channel: usize| rgb.iter().skip(channel).step_by(CHANNELS).map(|&v| f32::from(v) / 127.5 - 1.0);
        let one: Vec<f32> = (0..CHANNELS).flat_map(plane).collect();
        let other = self.forward(mirrored(&one, side), monitor)?;
        let mean = self.forward(one, monitor)?.into_iter().zip(mirrored(&other, side)).map(|(a, b)| 0.5 * (a + b));
        let logits: Vec<f32> = mean.collect();
        if logits.iter().all(|v| v.is_finite()) { Ok(logits) } else { Err(MatteNetworkError::NotFinite) }
    }

    /// What the network gives for planes of colours.
    fn forward(&self, planes: Vec<f32>, monitor: &Monitor) -> Result<Vec<f32>, MatteNetworkError> {
        let data = TensorData::new(planes, [1, CHANNELS, self.side, self.side]);
        let logits = self.network.forward(Tensor::from_data(data, &self.device), &mut || monitor.check())?;
        let data = logits.try_into_data().map_err(|error| MatteNetworkError::Device(format!("{error:?}")))?;
        Ok(data.iter::<f32>().collect())
    }
}

/// Each row reversed.
fn mirrored(planes: &[f32], side: usize) -> Vec<f32> {
    planes.chunks_exact(side.max(1)).flat_map(|row| row.iter().rev().copied()).collect()
}

#[cfg(test)]
mod tests;
