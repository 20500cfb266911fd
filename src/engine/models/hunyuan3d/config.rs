//! Sizes of the networks, under the names of the published `config.yaml`.
//!
//! Promises: a configuration that passed its `check` makes a module; wrong sizes are told by name
//! before anything is allocated.

use serde::{Deserialize, Serialize};

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A number is zero, absurdly large, or does not divide another.
    #[error("the model's configuration has {name} = {value}, which is not {expected}; use the published config.yaml")]
    Size {
        /// Name of the option.
        name: &'static str,
        /// Its value.
        value: usize,
        /// What it should be.
        expected: &'static str,
    },
    /// An option that no published model uses.
    #[error("the model's configuration asks for {0}, which no published model does; use the published config.yaml")]
    Unsupported(&'static str),
}

/// Largest size of any axis that a configuration may name.
const SIZE_MAX: usize = 1 << 20;

/// Largest side of a picture that an encoder may read, in pixels.
const PICTURE_MAX_PX: usize = 4096;

fn sizes(options: &[(&'static str, usize)]) -> Result<(), ConfigError> {
    match options.iter().find(|(_, value)| !(1..=SIZE_MAX).contains(value)) {
        Some(&(name, value)) => Err(ConfigError::Size { name, value, expected: "between 1 and 1048576" }),
        None => Ok(()),
    }
}

fn supported(options: &[(&'static str, bool)]) -> Result<(), ConfigError> {
    options.iter().find(|(_, fine)| !fine).map_or(Ok(()), |(what, _)| Err(ConfigError::Unsupported(what)))
}

fn divides(name: &'static str, heads: usize, width: usize) -> Result<(), ConfigError> {
    if width.is_multiple_of(heads) {
        Ok(())
    } else {
        Err(ConfigError::Size { name, value: heads, expected: "a divisor of the model's width" })
    }
}

fn yes() -> bool {
    true
}

/// The 2.1 denoiser, `HunYuanDiTPlain`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DenoiserConfig {
    /// Channels of a latent token.
    pub in_channels: usize,
    /// Width of the transformer.
    pub hidden_size: usize,
    /// Width of a context token.
    pub context_dim: usize,
    /// Number of blocks; those after the middle one take a skip from those before it.
    pub depth: usize,
    /// Attention heads.
    pub num_heads: usize,
    /// Whether queries and keys are normalised.
    #[serde(default = "yes")]
    pub qk_norm: bool,
    /// How: only `rms` is used.
    #[serde(default = "rms")]
    pub qk_norm_type: String,
    /// Whether the projections to queries, keys and values have biases.
    #[serde(default)]
    pub qkv_bias: bool,
    /// How many of the last blocks have experts.
    #[serde(default)]
    pub num_moe_layers: usize,
    /// Experts of such a block.
    #[serde(default = "eight")]
    pub num_experts: usize,
    /// Experts that a token goes through.
    #[serde(default = "two")]
    pub moe_top_k: usize,
    /// Not used by any published model; must be false.
    #[serde(default)]
    pub with_decoupled_ca: bool,
    /// Not used by any published model; must be false.
    #[serde(default)]
    pub use_attention_pooling: bool,
    /// Not used by any published model; must be false.
    #[serde(default)]
    pub use_pos_emb: bool,
}

fn rms() -> String {
    "rms".to_owned()
}

fn eight() -> usize {
    8
}

fn two() -> usize {
    2
}

impl DenoiserConfig {
    /// Fails on sizes that make no network.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn check(&self) -> Result<(), ConfigError> {
        sizes(&[
            ("in_channels", self.in_channels),
            ("hidden_size", self.hidden_size),
            ("context_dim", self.context_dim),
            ("depth", self.depth),
            ("num_heads", self.num_heads),
            ("num_experts", self.num_experts),
            ("moe_top_k", self.moe_top_k),
        ])?;
        divides("num_heads", self.num_heads, self.hidden_size)?;
        divides("hidden_size / 2", 2, self.hidden_size)?;
        if self.moe_top_k > self.num_experts {
            return Err(ConfigError::Size {
                name: "moe_top_k",
                value: self.moe_top_k,
                expected: "at most num_experts",
            });
        }
        supported(&[
            ("decoupled cross attention", !self.with_decoupled_ca),
            ("attention pooling", !self.use_attention_pooling),
            ("position embeddings of the latents", !self.use_pos_emb),
            ("another norm of queries and keys than RMS", !self.qk_norm || self.qk_norm_type == "rms"),
        ])
    }

    /// Width of the feed-forward layers.
    pub fn ffn_size(&self) -> usize {
        4 * self.hidden_size
    }

    /// Whether block `index` takes the output of an earlier one.
    pub fn takes_skip(&self, index: usize) -> bool {
        index > self.depth / 2
    }

    /// Whether a later block takes the output of block `index`.
    pub fn gives_skip(&self, index: usize) -> bool {
        index < self.depth / 2
    }

    /// Whether block `index` has experts.
    pub fn has_experts(&self, index: usize) -> bool {
        self.depth - index <= self.num_moe_layers
    }
}

/// The denoiser of 2.0, 2mini and 2mv, `Hunyuan3DDiT`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FluxConfig {
    /// Channels of a latent token.
    pub in_channels: usize,
    /// Width of a context token.
    pub context_in_dim: usize,
    /// Width of the transformer.
    pub hidden_size: usize,
    /// Width of the feed-forward layers over the transformer's.
    pub mlp_ratio: f64,
    /// Attention heads.
    pub num_heads: usize,
    /// Blocks with a stream for the context and one for the latents.
    pub depth: usize,
    /// Blocks with one stream.
    pub depth_single_blocks: usize,
    /// Whether the projections to queries, keys and values have biases.
    #[serde(default = "yes")]
    pub qkv_bias: bool,
    /// Whether the guidance scale is an input, as in the fast and turbo models.
    #[serde(default)]
    pub guidance_embed: bool,
}

impl FluxConfig {
    /// Fails on sizes that make no network.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn check(&self) -> Result<(), ConfigError> {
        sizes(&[
            ("in_channels", self.in_channels),
            ("context_in_dim", self.context_in_dim),
            ("hidden_size", self.hidden_size),
            ("num_heads", self.num_heads),
            ("mlp_ratio * hidden_size", self.ffn_size()),
        ])?;
        sizes(&[
            ("depth + 1", self.depth.saturating_add(1)),
            ("depth_single_blocks + 1", self.depth_single_blocks.saturating_add(1)),
        ])?;
        divides("num_heads", self.num_heads, self.hidden_size)
    }

    /// Width of the feed-forward layers.
    pub fn ffn_size(&self) -> usize {
        (self.hidden_size as f64 * self.mlp_ratio) as usize
    }
}

/// A DINOv2 image encoder, under the names of its `transformers` configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DinoConfig {
    /// Width of the transformer.
    pub hidden_size: usize,
    /// Number of layers.
    pub num_hidden_layers: usize,
    /// Attention heads.
    pub num_attention_heads: usize,
    /// Side of a patch, in pixels.
    pub patch_size: usize,
    /// Side of the picture that the stored position embeddings are for, in pixels.
    pub image_size: usize,
    /// Colour channels.
    #[serde(default = "three")]
    pub num_channels: usize,
    /// Width of the feed-forward layers over the transformer's.
    #[serde(default = "four")]
    pub mlp_ratio: usize,
    /// ε of the norms.
    #[serde(default = "dino_epsilon")]
    pub layer_norm_eps: f64,
    /// Whether queries, keys and values have biases.
    #[serde(default = "yes")]
    pub qkv_bias: bool,
    /// Whether the feed-forward layers are gated, as in the giant.
    #[serde(default)]
    pub use_swiglu_ffn: bool,
}

fn three() -> usize {
    3
}

fn four() -> usize {
    4
}

fn dino_epsilon() -> f64 {
    1e-6
}

impl DinoConfig {
    /// Fails on sizes that make no network.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn check(&self) -> Result<(), ConfigError> {
        sizes(&[
            ("hidden_size", self.hidden_size),
            ("num_hidden_layers", self.num_hidden_layers),
            ("num_attention_heads", self.num_attention_heads),
            ("patch_size", self.patch_size),
            ("image_size", self.image_size),
            ("num_channels", self.num_channels),
            ("mlp_ratio", self.mlp_ratio),
        ])?;
        sizes(&[("image_size / patch_size", self.grid())])?;
        divides("num_attention_heads", self.num_attention_heads, self.hidden_size)
    }

    /// Patches along one side of the picture that the stored position embeddings are for.
    pub fn grid(&self) -> usize {
        self.image_size / self.patch_size
    }

    /// Width of the feed-forward layers; two thirds of it, up to a multiple of 8, if gated.
    pub fn ffn_size(&self) -> usize {
        let size = self.hidden_size * self.mlp_ratio;
        if self.use_swiglu_ffn { (size * 2 / 3).div_ceil(8) * 8 } else { size }
    }
}

/// The conditioner: image encoder, and views in 2mv.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConditionerConfig {
    /// The encoder.
    pub dino: DinoConfig,
    /// Side that pictures are resized and cropped to, in pixels.
    pub image_size: usize,
    /// Whether the class token is part of the context.
    #[serde(default = "yes")]
    pub use_cls_token: bool,
    /// Views that the multi-view model tells apart; absent for one picture.
    #[serde(default)]
    pub view_num: Option<usize>,
}

impl ConditionerConfig {
    /// Fails on sizes that make no network.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn check(&self) -> Result<(), ConfigError> {
        self.dino.check()?;
        sizes(&[
            ("image_size", self.image_size),
            ("image_size / patch_size", self.image_size / self.dino.patch_size),
            ("view_num", self.view_num.unwrap_or(1)),
        ])?;
        if self.image_size > PICTURE_MAX_PX {
            return Err(ConfigError::Size { name: "image_size", value: self.image_size, expected: "at most 4096" });
        }
        divides("hidden_size / 2", 2, self.dino.hidden_size)
    }
}
