//! Sizes of the network, under the names of the published `config.yaml`.
//!
//! Promises: a configuration that passed its `check` makes a module; wrong sizes and options that no
//! published model uses are told by name before anything is allocated.

use serde::{Deserialize, Serialize};

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A number is zero, absurdly large, or does not fit another.
    #[error("the model's configuration has {name} = {value}, which is not {expected}; use the published config.yaml")]
    Size {
        /// Name of the option.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// An option that the published model does not use.
    #[error("the model's configuration asks for {0}, which the published model does not; use its config.yaml")]
    Unsupported(String),
}

/// Largest size of any axis that a configuration may name.
const SIZE_MAX: usize = 1 << 16;

/// Largest side of the model's picture, in pixels.
const PICTURE_MAX_PX: usize = 4096;

/// Everything that the published `config.yaml` says, and the image encoder that it names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TripoSrConfig {
    /// Side of the model's picture in pixels.
    pub cond_image_size: usize,
    /// Which image encoder.
    pub image_tokenizer: ImageTokenizerConfig,
    /// The learned tokens of the planes.
    pub tokenizer: PlaneTokensConfig,
    /// The transformer.
    pub backbone: BackboneConfig,
    /// The upsampler.
    pub post_processor: UpsamplerConfig,
    /// The field's network.
    pub decoder: DecoderConfig,
    /// What a field's values mean.
    pub renderer: RendererConfig,
    /// The image encoder's sizes, which stand in no file of the model.
    #[serde(default)]
    pub vit: VitConfig,
}

/// `DINOSingleImageTokenizer`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageTokenizerConfig {
    /// Where the encoder's sizes were published.
    pub pretrained_model_name_or_path: String,
}

/// `ViTModel`; the default is `facebook/dino-vitb16`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the published names say it")]
pub struct VitConfig {
    pub hidden_size: usize,
    pub intermediate_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub num_channels: usize,
    /// Side in pixels of the pictures that it was trained on: gives the grid of stored positions.
    pub image_size: usize,
    /// Side of a patch in pixels.
    pub patch_size: usize,
    pub layer_norm_eps: f64,
    pub qkv_bias: bool,
}

/// The encoder of every published TripoSR.
const DINO_VIT_B16: &str = "facebook/dino-vitb16";

impl Default for VitConfig {
    fn default() -> Self {
        Self {
            hidden_size: 768,
            intermediate_size: 3072,
            num_hidden_layers: 12,
            num_attention_heads: 12,
            num_channels: 3,
            image_size: 224,
            patch_size: 16,
            layer_norm_eps: 1e-12,
            qkv_bias: true,
        }
    }
}

impl VitConfig {
    /// Patches along a side of the pictures that it was trained on.
    pub fn grid(&self) -> usize {
        self.image_size / self.patch_size
    }
}

/// `Triplane1DTokenizer`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the published names say it")]
pub struct PlaneTokensConfig {
    /// Tokens along a side of a plane.
    pub plane_size: usize,
    pub num_channels: usize,
}

/// `Transformer1D`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the published names say it")]
pub struct BackboneConfig {
    pub in_channels: usize,
    pub num_attention_heads: usize,
    pub attention_head_dim: usize,
    pub num_layers: usize,
    pub cross_attention_dim: usize,
    #[serde(default = "groups")]
    pub norm_num_groups: usize,
}

fn groups() -> usize {
    32
}

impl BackboneConfig {
    /// Width of the transformer.
    pub fn width(&self) -> usize {
        self.num_attention_heads * self.attention_head_dim
    }
}

/// `TriplaneUpsampleNetwork`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the published names say it")]
pub struct UpsamplerConfig {
    pub in_channels: usize,
    pub out_channels: usize,
}

/// `NeRFMLP`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the published names say it")]
pub struct DecoderConfig {
    pub in_channels: usize,
    pub n_neurons: usize,
    pub n_hidden_layers: usize,
    /// Only `silu` is used.
    pub activation: String,
}

/// `TriplaneNeRFRenderer`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RendererConfig {
    /// The field covers `[-radius, radius]³`.
    pub radius: f64,
    /// Only `concat` is used.
    #[serde(default = "concat")]
    pub feature_reduction: String,
    /// Only `exp` is used.
    #[serde(default = "exp")]
    pub density_activation: String,
    /// Added before the activation.
    #[serde(default = "minus_one")]
    pub density_bias: f64,
    /// Only `sigmoid` is used.
    #[serde(default = "sigmoid")]
    pub color_activation: String,
}

fn concat() -> String {
    "concat".to_owned()
}

fn exp() -> String {
    "exp".to_owned()
}

fn sigmoid() -> String {
    "sigmoid".to_owned()
}

fn minus_one() -> f64 {
    -1.0
}

impl TripoSrConfig {
    /// Fails on sizes that make no network, and on options that are not used.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_sizes()?;
        self.check_options()?;
        let Self { vit, tokenizer, backbone, post_processor, decoder, .. } = self;
        let same = |name, value: usize, expected_value: usize, expected| {
            if value == expected_value { Ok(()) } else { Err(size(name, value, expected)) }
        };
        same("num_channels", vit.num_channels, 3, "3: a picture's colours")?;
        same("hidden_size", vit.hidden_size % vit.num_attention_heads, 0, "a multiple of num_attention_heads")?;
        same("cross_attention_dim", backbone.cross_attention_dim, vit.hidden_size, "the image encoder's width")?;
        same("tokenizer.num_channels", tokenizer.num_channels, backbone.in_channels, "backbone.in_channels")?;
        same("backbone.in_channels", backbone.in_channels % backbone.norm_num_groups, 0, "a multiple of the groups")?;
        same("post_processor.in_channels", post_processor.in_channels, backbone.in_channels, "backbone.in_channels")?;
        same("decoder.in_channels", decoder.in_channels, 3 * post_processor.out_channels, "three planes' channels")?;
        if self.cond_image_size > PICTURE_MAX_PX {
            return Err(size("cond_image_size", self.cond_image_size, "at most 4096"));
        }
        if self.cond_image_size < vit.patch_size || vit.image_size < vit.patch_size {
            return Err(size("cond_image_size", self.cond_image_size, "at least a patch"));
        }
        Ok(())
    }

    fn check_sizes(&self) -> Result<(), ConfigError> {
        let Self { vit, tokenizer, backbone, post_processor, decoder, .. } = self;
        let sizes = [
            ("cond_image_size", self.cond_image_size),
            ("hidden_size", vit.hidden_size),
            ("intermediate_size", vit.intermediate_size),
            ("num_hidden_layers", vit.num_hidden_layers),
            ("num_attention_heads", vit.num_attention_heads),
            ("image_size", vit.image_size),
            ("patch_size", vit.patch_size),
            ("plane_size", tokenizer.plane_size),
            ("num_channels", tokenizer.num_channels),
            ("backbone.in_channels", backbone.in_channels),
            ("backbone.num_attention_heads", backbone.num_attention_heads),
            ("attention_head_dim", backbone.attention_head_dim),
            ("num_layers", backbone.num_layers),
            ("norm_num_groups", backbone.norm_num_groups),
            ("out_channels", post_processor.out_channels),
            ("n_neurons", decoder.n_neurons),
            ("n_hidden_layers", decoder.n_hidden_layers),
        ];
        match sizes.into_iter().find(|(_, value)| !(1..=SIZE_MAX).contains(value)) {
            Some((name, value)) => Err(size(name, value, "between 1 and 65536")),
            None => Ok(()),
        }
    }

    fn check_options(&self) -> Result<(), ConfigError> {
        let Self { image_tokenizer, decoder, renderer, vit, .. } = self;
        let options = [
            ("the activation", &decoder.activation, "silu"),
            ("the reduction of features", &renderer.feature_reduction, "concat"),
            ("the activation of density", &renderer.density_activation, "exp"),
            ("the activation of colour", &renderer.color_activation, "sigmoid"),
        ];
        if let Some((what, value, _)) = options.into_iter().find(|(_, value, used)| value != used) {
            return Err(ConfigError::Unsupported(format!("{what} {value}")));
        }
        let encoder = &image_tokenizer.pretrained_model_name_or_path;
        if encoder != DINO_VIT_B16 && *vit == VitConfig::default() {
            return Err(ConfigError::Unsupported(format!("the image encoder {encoder}")));
        }
        if !renderer.radius.is_finite() || renderer.radius <= 0.0 || !renderer.density_bias.is_finite() {
            let value = renderer.radius.to_string();
            return Err(ConfigError::Size { name: "radius", value, expected: "a positive number" });
        }
        Ok(())
    }
}

fn size(name: &'static str, value: usize, expected: &'static str) -> ConfigError {
    ConfigError::Size { name, value: value.to_string(), expected }
}
