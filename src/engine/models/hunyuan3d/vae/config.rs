//! Sizes of the ShapeVAE, under the names of the published `config.yaml`.

use serde::{Deserialize, Serialize};

use super::super::config::ConfigError;

/// `ShapeVAE`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VaeConfig {
    /// Tokens that stand for one shape.
    pub num_latents: usize,
    /// Channels of a latent token.
    pub embed_dim: usize,
    /// Width of the transformers.
    pub width: usize,
    /// Attention heads.
    pub heads: usize,
    /// Blocks of the encoder after its cross attention.
    #[serde(default = "eight")]
    pub num_encoder_layers: usize,
    /// Blocks of the decoder before the geometry decoder.
    pub num_decoder_layers: usize,
    /// Octaves in which a coordinate is embedded.
    #[serde(default = "eight")]
    pub num_freqs: usize,
    /// Whether the first octave is π instead of 1.
    #[serde(default)]
    pub include_pi: bool,
    /// Whether the projections to queries, keys and values have biases.
    #[serde(default)]
    pub qkv_bias: bool,
    /// Whether queries and keys are normalised.
    #[serde(default = "yes")]
    pub qk_norm: bool,
    /// What latents are multiplied by for the denoiser.
    pub scale_factor: f64,
    /// Width of the geometry decoder's feed-forward layer over its own.
    #[serde(default = "four")]
    pub geo_decoder_mlp_expand_ratio: usize,
    /// Width and heads of the transformers over those of the geometry decoder.
    #[serde(default = "one")]
    pub geo_decoder_downsample_ratio: usize,
    /// Whether the geometry decoder normalises its queries, keys and result.
    #[serde(default = "yes")]
    pub geo_decoder_ln_post: bool,
    /// Numbers beside the coordinates of a surface point: normal, and whether it is on a sharp edge.
    #[serde(default = "four")]
    pub point_feats: usize,
    /// Surface points, spread evenly, that the encoder reads.
    #[serde(default = "published_points")]
    pub pc_size: usize,
    /// Surface points on sharp edges that it reads as well.
    #[serde(default)]
    pub pc_sharpedge_size: usize,
    /// Surface points per latent token.
    #[serde(default = "twenty")]
    pub downsample_ratio: usize,
}

fn yes() -> bool {
    true
}

fn one() -> usize {
    1
}

fn four() -> usize {
    4
}

fn eight() -> usize {
    8
}

fn twenty() -> usize {
    20
}

fn published_points() -> usize {
    81_920
}

/// Largest size of any axis that a configuration may name.
const SIZE_MAX: usize = 1 << 20;

impl VaeConfig {
    /// Fails on sizes that make no network.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn check(&self) -> Result<(), ConfigError> {
        let positive = [
            ("num_latents", self.num_latents),
            ("embed_dim", self.embed_dim),
            ("width", self.width),
            ("heads", self.heads),
            ("geo_decoder_mlp_expand_ratio", self.geo_decoder_mlp_expand_ratio),
            ("geo_decoder_downsample_ratio", self.geo_decoder_downsample_ratio),
            ("downsample_ratio", self.downsample_ratio),
            ("pc_size + pc_sharpedge_size", self.pc_size.saturating_add(self.pc_sharpedge_size)),
        ];
        let any = [
            ("num_encoder_layers", self.num_encoder_layers),
            ("num_decoder_layers", self.num_decoder_layers),
            ("point_feats", self.point_feats),
        ];
        for (name, value) in positive.into_iter().chain(any) {
            let least = usize::from(positive.contains(&(name, value)));
            if !(least..=SIZE_MAX).contains(&value) {
                return Err(ConfigError::Size { name, value, expected: "between 1 and 1048576" });
            }
        }
        if self.num_freqs > 24 {
            return Err(ConfigError::Size { name: "num_freqs", value: self.num_freqs, expected: "at most 24" });
        }
        let heads = [
            ("heads", self.heads, self.width),
            ("geo_decoder_downsample_ratio", self.geo_decoder_downsample_ratio, self.heads),
            ("geo_decoder_downsample_ratio", self.geo_decoder_downsample_ratio, self.width),
        ];
        match heads.into_iter().find(|(_, part, whole)| !whole.is_multiple_of(*part)) {
            Some((name, value, _)) => Err(ConfigError::Size { name, value, expected: "a divisor of width and heads" }),
            None if !self.scale_factor.is_finite() || self.scale_factor == 0.0 => {
                Err(ConfigError::Unsupported("a scale factor of the latents that is no number"))
            }
            None => Ok(()),
        }
    }

    /// With the sizes of the geometry decoder that the stored tensors have, whatever the configuration
    /// says: that of some turbo models is smaller and not described. `shape` gives the shape of a tensor
    /// if it is there; without tensors nothing changes.
    pub fn as_stored(&self, shape: impl Fn(&str) -> Option<Vec<usize>>) -> Self {
        let rows = |name: &str| shape(name).and_then(|s| s.first().copied());
        let width = shape("geo_decoder.output_proj.weight").and_then(|s| s.get(1).copied());
        let hidden = rows("geo_decoder.cross_attn_decoder.mlp.c_fc.weight");
        let (Some(width), Some(hidden), Some(full)) = (width, hidden, rows("post_kl.weight")) else {
            return self.clone();
        };
        let divided = |a: usize, b: usize| (b > 0 && a.is_multiple_of(b) && a > 0).then(|| a / b);
        let (Some(narrower), Some(expand)) = (divided(full, width), divided(hidden, width)) else {
            return self.clone();
        };
        let stored = Self {
            geo_decoder_downsample_ratio: narrower,
            geo_decoder_mlp_expand_ratio: expand,
            geo_decoder_ln_post: rows("geo_decoder.ln_post.weight").is_some(),
            ..self.clone()
        };
        // Sizes that make no network are left to the comparison of names and shapes.
        if stored.check().is_ok() { stored } else { self.clone() }
    }

    /// Width of the geometry decoder.
    pub fn geo_width(&self) -> usize {
        self.width / self.geo_decoder_downsample_ratio
    }

    /// Attention heads of the geometry decoder.
    pub fn geo_heads(&self) -> usize {
        self.heads / self.geo_decoder_downsample_ratio
    }

    /// Numbers that a coordinate triple is embedded as.
    pub fn fourier_size(&self) -> usize {
        3 * (2 * self.num_freqs + 1)
    }

    /// Latent tokens that start from evenly spread points, and those that start from sharp edges.
    pub fn latents_by_kind(&self) -> [usize; 2] {
        let all = self.pc_size + self.pc_sharpedge_size;
        let even = (self.pc_size as f64 / all as f64 * self.num_latents as f64) as usize;
        [even, self.num_latents - even]
    }
}
