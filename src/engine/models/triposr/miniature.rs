//! A published folder in miniature: the whole way from a picture to a mesh in a second on any machine,
//! where the published weights cannot be had.
//!
//! The network's numbers are random and move the surface a little, with the picture. The learned planes
//! and the field's network are made by hand, so that what comes out is known: [`is_inside`] and [`color`].

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;

use super::config::TripoSrConfig;
use crate::engine::weights::{Numbers, random_tensors, write_checkpoint};
use crate::files::{IfExists, WriteError, write_atomically};

/// The configuration: as published, at the smallest sizes that have every part.
pub const CONFIG: &str = "\
cond_image_size: 64
image_tokenizer_cls: tsr.models.tokenizers.image.DINOSingleImageTokenizer
image_tokenizer:
  pretrained_model_name_or_path: facebook/dino-vitb16
vit:
  hidden_size: 16
  intermediate_size: 32
  num_hidden_layers: 2
  num_attention_heads: 2
  num_channels: 3
  image_size: 48
  patch_size: 16
  layer_norm_eps: 1.0e-12
  qkv_bias: true
tokenizer_cls: tsr.models.tokenizers.triplane.Triplane1DTokenizer
tokenizer:
  plane_size: 16
  num_channels: 8
backbone_cls: tsr.models.transformer.transformer_1d.Transformer1D
backbone:
  in_channels: 8
  num_attention_heads: 2
  attention_head_dim: 8
  num_layers: 2
  cross_attention_dim: 16
  norm_num_groups: 4
post_processor_cls: tsr.models.network_utils.TriplaneUpsampleNetwork
post_processor:
  in_channels: 8
  out_channels: 4
decoder_cls: tsr.models.network_utils.NeRFMLP
decoder:
  in_channels: 12
  n_neurons: 8
  n_hidden_layers: 3
  activation: silu
renderer_cls: tsr.models.nerf_renderer.TriplaneNeRFRenderer
renderer:
  radius: 0.87
  feature_reduction: concat
  density_activation: exp
  density_bias: -1.0
  num_samples_per_ray: 128
";

/// Tokens along a side of a plane, their channels, and those of the features.
const SIDE: usize = 16;
const CHANNELS: usize = 8;
const FEATURES: usize = 4;
/// Added to what passes the field's network, where its activation hardly bends.
const LIFT: f32 = 12.0;
/// What a feature is inside, and the opposite of what it is outside.
const STEP: f32 = 4.0;
/// Half way between the inside and the outside, the density is the published threshold, 25: `ln 25 + 1 - 4`.
const MIDDLE: f32 = 0.22;
/// Share of the random network in the planes.
const SHARE: f32 = 0.05;

/// Whether a point of the field, in `-1..=1` of its box, is well inside the solid: seen from the front an
/// L whose foot points to the right of the picture, and comes forward. In the model's axes: x to the
/// viewer, y right, z up.
pub fn is_inside([x, y, z]: [f32; 3]) -> bool {
    is_in_front_view(y, z) && is_in_side_view(x, z)
}

/// The colour there: red at the top, green on the right, blue before the middle.
pub fn color([x, y, z]: [f32; 3]) -> [bool; 3] {
    [z > 0.0, y > 0.0, x > 0.0]
}

fn is_in_front_view(y: f32, z: f32) -> bool {
    let (is_bar, is_foot) = ((-0.5..0.0).contains(&y), (-0.5..0.5).contains(&y));
    (is_bar && (-0.75..0.75).contains(&z)) || (is_foot && (-0.75..-0.25).contains(&z))
}

fn is_in_side_view(x: f32, z: f32) -> bool {
    let front = if z < -0.25 { 0.625 } else { 0.25 };
    (-0.25..front).contains(&x)
}

/// Writes the folder. The same seed gives the same bytes.
///
/// # Errors
/// [`WriteError`]
pub fn write(folder: &Path, seed: u64) -> Result<(), WriteError> {
    write_atomically(&folder.join("config.yaml"), IfExists::Replace, |out| out.write_all(CONFIG.as_bytes()))?;
    let config = TripoSrConfig::from_yaml(CONFIG).map_err(|error| {
        let source = io::Error::new(io::ErrorKind::InvalidData, error.to_string());
        WriteError::Io { source, path: folder.to_owned() }
    })?;
    write_checkpoint(&folder.join("model.ckpt"), &tensors(&config, seed))
}

/// All tensors, by their published names.
fn tensors(config: &TripoSrConfig, seed: u64) -> BTreeMap<String, Numbers> {
    let mut all = random_tensors(&config.tensors(), seed);
    for (name, (shape, numbers)) in &mut all {
        match name.as_str() {
            "tokenizer.embeddings" => planes(numbers),
            "backbone.proj_out.weight" => numbers.iter_mut().for_each(|n| *n *= SHARE),
            "backbone.proj_out.bias" => numbers.fill(0.0),
            "post_processor.upsample.weight" => each(numbers, 4 * FEATURES, |token, feature| token == feature / 4),
            "post_processor.upsample.bias" => numbers.fill(0.0),
            name if name.starts_with("decoder.") => field(name, shape, numbers),
            _ => (),
        }
    }
    all
}

/// Ones where `is_one` says so of row and column, zeros elsewhere.
fn each(numbers: &mut [f32], columns: usize, is_one: impl Fn(usize, usize) -> bool) {
    numbers.iter_mut().enumerate().for_each(|(i, n)| *n = f32::from(is_one(i / columns, i % columns)));
}

/// `[3, channels, side, side]`: the first channel of each plane is what is inside there, the next three
/// are colours; those after them stay random.
fn planes(numbers: &mut [f32]) {
    let place = |i: usize| (i as f32 + 0.5) * 2.0 / SIDE as f32 - 1.0;
    let sign = |is: bool| if is { STEP } else { -STEP };
    for (i, number) in numbers.iter_mut().enumerate() {
        let (across, down) = (place(i % SIDE), place(i / SIDE % SIDE));
        let plane = i / (SIDE * SIDE * CHANNELS);
        // Planes are (x, y), (x, z), (y, z): the first across, the second down.
        match (i / (SIDE * SIDE) % CHANNELS, plane) {
            (0, 0) => *number = MIDDLE,
            (0, 1) => *number = sign(is_in_side_view(across, down)),
            (0, _) => *number = sign(is_in_front_view(across, down)),
            (1, 2) => *number = sign(down > 0.0),
            (2, 2) => *number = sign(across > 0.0),
            (3, 1) => *number = sign(across > 0.0),
            (1..=3, _) => *number = 0.0,
            _ => (),
        }
    }
}

/// One map of the field's network: the planes' features are added up, then handed through.
fn field(name: &str, shape: &[usize], numbers: &mut [f32]) {
    let (is_first, is_last) = (name.starts_with("decoder.layers.0."), shape.first() == Some(&FEATURES));
    match shape {
        [_, inputs] if is_first => each(numbers, *inputs, |output, input| output == input % FEATURES),
        [_, inputs] => each(numbers, *inputs, |output, input| output == input && output < FEATURES),
        _ if is_first => numbers.fill(LIFT),
        _ if is_last => numbers.fill(-LIFT),
        _ => numbers.fill(0.0),
    }
}
