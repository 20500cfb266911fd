//! The field of a scene: density and colour at any point, from three planes of features.
//!
//! Coordinates here are the model's own: x towards the viewer of the photo, y to its right, z up, within
//! `±radius`. Everything is in `f32`, whatever the network's precision is: it costs next to nothing, and
//! the density is an exponential.

use burn::tensor::{DType, TensorData, activation};
use glam::Vec3;

use super::config::TripoSrConfig;
use super::host::HostField;
use crate::engine::Tensor;
use crate::engine::weights::Weights;
use crate::progress::Cancelled;

/// Why a field could not be evaluated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvaluationError {
    /// The network gave a value that is not a number.
    #[error("the model gave values that are not numbers; verify the model's files, or choose a higher precision")]
    NotFinite,
    /// The device failed.
    #[error("the device could not evaluate the field ({0})")]
    Device(String),
    /// The scene codes are of another model.
    #[error("the stored scene has planes of {found} channels where the model needs {expected}; make the shape anew")]
    Channels {
        /// Those of the scene.
        found: usize,
        /// Those of the model.
        expected: usize,
    },
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// One affine map of the field's network.
pub(super) struct Map {
    /// `[d_input, d_output]`
    pub(super) weight: Tensor<2>,
    /// `[d_output]`
    pub(super) bias: Tensor<1>,
}

/// `decoder`: features of a point to density and colour, maps with `x σ(x)` between them.
pub struct FieldDecoder {
    pub(super) maps: Vec<Map>,
    radius: f32,
    density_bias: f32,
    channels: usize,
}

/// Numbers that the network gives for a point: density and three colours, before their activations.
pub(super) const OUTPUTS: usize = 4;

impl FieldDecoder {
    /// Of the configured sizes, from `decoder.`. The configuration must have passed its check.
    pub fn load(w: &Weights, config: &TripoSrConfig) -> Self {
        let decoder = &config.decoder;
        let count = decoder.n_hidden_layers + 1;
        let width = |number: usize| match number {
            0 => decoder.in_channels,
            number if number == count => OUTPUTS,
            _ => decoder.n_neurons,
        };
        let map = |number: usize| {
            // Every other layer is an activation.
            let w = w.at("layers").at(2 * number);
            let weight = w.exact("weight", [width(number + 1), width(number)]).transpose();
            Map { weight, bias: w.exact("bias", [width(number + 1)]) }
        };
        Self {
            maps: (0..count).map(map).collect(),
            radius: config.renderer.radius as f32,
            density_bias: config.renderer.density_bias as f32,
            channels: config.post_processor.out_channels,
        }
    }

    /// The field covers `[-radius, radius]³`.
    pub fn radius(&self) -> f32 {
        self.radius
    }

    /// The field of a scene.
    ///
    /// # Shapes
    /// - codes: `[3, channels, side, side]`, in `f32`, where the decoder is
    ///
    /// # Errors
    /// [`EvaluationError::Channels`], [`EvaluationError::Device`].
    pub fn scene(&self, codes: Tensor<4>) -> Result<SceneField<'_>, EvaluationError> {
        let [planes, found, ..] = codes.dims();
        if planes != 3 || found != self.channels {
            return Err(EvaluationError::Channels { found, expected: self.channels });
        }
        let host = HostField::new(self, codes.clone())?;
        Ok(SceneField { decoder: self, codes, host })
    }

    /// Density and colours from features, before their activations.
    ///
    /// # Shapes
    /// - features: `[points, 3 · channels]`
    /// - output: `[points, 4]`
    pub fn forward(&self, features: Tensor<2>) -> Tensor<2> {
        let last = self.maps.len() - 1;
        self.maps.iter().enumerate().fold(features, |x, (number, map)| {
            let y = x.matmul(map.weight.clone()) + map.bias.clone().unsqueeze();
            if number == last { y } else { activation::silu(y) }
        })
    }
}

/// The field of one scene.
pub struct SceneField<'a> {
    decoder: &'a FieldDecoder,
    /// `[3, channels, side, side]`
    codes: Tensor<4>,
    /// On the processor, whatever the device is: there, points together came out otherwise than alone.
    host: HostField,
}

/// What the network says of a point.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FieldValue {
    /// Before the activation.
    pub density: f32,
    /// Before the activation.
    pub color: [f32; 3],
}

impl FieldValue {
    /// sRGB in `0..=1`.
    pub fn rgb(&self) -> [f32; 3] {
        self.color.map(|c| 1.0 / (1.0 + (-c).exp()))
    }
}

impl SceneField<'_> {
    /// The network.
    pub fn decoder(&self) -> &FieldDecoder {
        self.decoder
    }

    /// The density that volume rendering would take: `exp(density + bias)`.
    pub fn activated(&self, value: &FieldValue) -> f32 {
        (value.density + self.decoder.density_bias).exp()
    }

    /// Writes the values of `points`; calls `done` with the number of points done after every chunk.
    ///
    /// # Errors
    /// [`EvaluationError`]; values that are no numbers are returned as they are.
    pub fn evaluate(
        &self,
        points: &[Vec3],
        values: &mut [FieldValue],
        done: &mut dyn FnMut(usize) -> Result<(), Cancelled>,
    ) -> Result<(), EvaluationError> {
        /// Points at once: enough for all cores, few enough to be done in 0.05 s.
        const CHUNK: usize = 1 << 15;
        let mut count = 0;
        for (points, values) in points.chunks(CHUNK).zip(values.chunks_mut(CHUNK)) {
            self.host.evaluate(points, values);
            count += points.len();
            done(count)?;
        }
        Ok(())
    }

    /// Features of points, plane by plane.
    ///
    /// # Shapes
    /// - output: `[points, 3 · channels]`
    pub fn features(&self, points: &[Vec3]) -> Tensor<2> {
        let [planes, channels, ..] = self.codes.dims();
        let scale = 1.0 / self.decoder.radius;
        // Across, then down.
        let pairs = [|p: &Vec3| [p.x, p.y], |p: &Vec3| [p.x, p.z], |p: &Vec3| [p.y, p.z]];
        let places: Vec<f32> = pairs.iter().flat_map(|pair| points.iter().flat_map(pair)).map(|c| c * scale).collect();
        let places = TensorData::new(places, [planes, 1, points.len(), 2]);
        let places = Tensor::<4>::from_data(places, (&self.codes.device(), DType::F32));
        let sampled = self.codes.clone().grid_sample_2d(places, burn::tensor::ops::GridSampleOptions::default());
        sampled.reshape([planes, channels, points.len()]).permute([2, 0, 1]).reshape([points.len(), planes * channels])
    }
}
