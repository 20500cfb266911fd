//! A published folder in miniature, of random numbers: the whole way from a picture to a mesh in seconds
//! on any machine, where the published weights cannot be had. What comes out is a lump.

use std::io::{self, Write as _};
use std::path::Path;

use super::published::PublishedConfig;
use super::vae::{ShapeDecoder, VaeConfig};
use crate::engine::weights::{Precision, inventory, write_random};
use crate::files::{IfExists, WriteError, write_atomically};
use crate::progress::Monitor;

/// The configuration: as published, at the smallest sizes that have every part. Few octaves, so that the
/// field of random weights is smooth.
pub const CONFIG: &str = "\
model:
  target: hy3dshape.models.denoisers.hunyuandit.HunYuanDiTPlain
  params:
    input_size: 24
    in_channels: 8
    hidden_size: 32
    context_dim: 24
    depth: 5
    num_heads: 4
    qk_norm: true
    qk_norm_type: rms
    qkv_bias: false
    num_moe_layers: 2
    num_experts: 4
    moe_top_k: 2
    with_decoupled_ca: false
    use_attention_pooling: false
    use_pos_emb: false
vae:
  target: hy3dshape.models.autoencoders.ShapeVAE
  params:
    num_latents: 24
    embed_dim: 8
    width: 32
    heads: 4
    num_encoder_layers: 1
    num_decoder_layers: 2
    num_freqs: 1
    include_pi: false
    qkv_bias: false
    qk_norm: true
    scale_factor: 1.0039506158752403
    geo_decoder_mlp_expand_ratio: 4
    geo_decoder_downsample_ratio: 1
    geo_decoder_ln_post: true
    point_feats: 4
    pc_size: 480
    pc_sharpedge_size: 0
conditioner:
  target: hy3dshape.models.conditioner.SingleImageEncoder
  params:
    main_image_encoder:
      type: DinoImageEncoder
      kwargs:
        config:
          hidden_size: 24
          num_hidden_layers: 2
          num_attention_heads: 4
          patch_size: 14
          image_size: 56
          mlp_ratio: 4
          layer_norm_eps: 1.e-6
          qkv_bias: true
          use_swiglu_ffn: false
        image_size: 56
scheduler:
  target: hy3dshape.schedulers.FlowMatchEulerDiscreteScheduler
  params:
    num_train_timesteps: 1000
image_processor:
  target: hy3dshape.preprocessors.ImageProcessorV2
  params:
    size: 64
    border_ratio: 0.15
";

/// The denoiser of the family's other branch, in miniature.
const FLUX: &str = "\
model:
  target: hy3dgen.shapegen.models.Hunyuan3DDiT
  params:
    in_channels: 8
    context_in_dim: 24
    hidden_size: 32
    mlp_ratio: 4.0
    num_heads: 4
    depth: 2
    depth_single_blocks: 2
    qkv_bias: true
    guidance_embed: false
";

/// The configuration of a model of several views, as 2mv.
pub fn views_config() -> String {
    let rest = CONFIG.find("vae:").map_or("", |start| &CONFIG[start..]);
    let rest = rest.replace("DinoImageEncoder", "DinoImageEncoderMV").replace("ImageProcessorV2", "MVImageProcessorV2");
    format!("{FLUX}{rest}")
}

/// Writes the folder of a model of several views. The same seed gives the same bytes.
///
/// # Errors
/// [`WriteError`]
pub fn write_views(folder: &Path, seed: u64) -> Result<(), WriteError> {
    write_sized(folder, &views_config(), seed, &Monitor::silent())
}

/// Writes the folder. The same seed gives the same bytes.
///
/// # Errors
/// [`WriteError`]
pub fn write(folder: &Path, seed: u64) -> Result<(), WriteError> {
    write_sized(folder, CONFIG, seed, &Monitor::silent())
}

/// The same at the sizes of another `config.yaml`, which is written beside the weights. Reports numbers
/// under [`Stage::Export`](crate::progress::Stage::Export).
///
/// # Errors
/// [`WriteError`]
pub fn write_sized(folder: &Path, config: &str, seed: u64, monitor: &Monitor) -> Result<(), WriteError> {
    write_atomically(&folder.join("config.yaml"), IfExists::Replace, |out| out.write_all(config.as_bytes()))?;
    let config = PublishedConfig::from_yaml(config).map_err(|error| invalid(&error, folder))?;
    let vae: VaeConfig = serde_json::from_value(config.vae.clone()).map_err(|error| invalid(&error, folder))?;
    let mut tensors = config.tensors();
    let decoder = inventory(|w| ShapeDecoder::load(w, &vae));
    tensors.extend(decoder.into_iter().map(|(name, shape)| (format!("vae.{name}"), shape)));
    let path = folder.join("model.fp16.safetensors");
    write_random(&path, &tensors, Precision::F16, seed, monitor)
}

fn invalid(error: &impl ToString, folder: &Path) -> WriteError {
    let source = io::Error::new(io::ErrorKind::InvalidData, error.to_string());
    WriteError::Io { source, path: folder.to_owned() }
}
