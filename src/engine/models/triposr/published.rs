//! The published model: a folder with `config.yaml` and `model.ckpt`.
//!
//! Promises: network and field are loaded one by one, so that a scene that is stored needs the field's
//! few kilobytes only; whatever is wrong in the folder is told before the first tensor is loaded.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::TripoSr;
use super::config::TripoSrConfig;
use super::field::FieldDecoder;
use crate::engine::models::published::{self, PublishedError, WeightNames};
use crate::engine::weights::{LoadOptions, WeightFile, WeightsError, inventory, load};

/// Names of the weights.
const WEIGHTS: WeightNames = WeightNames { all: &["model.safetensors", "model.ckpt"], usual: "model.ckpt" };

/// What the names of the field's tensors start with.
const FIELD: &str = "decoder.";

/// The parts of the network by their Python paths.
#[derive(Deserialize)]
struct Classes {
    image_tokenizer_cls: String,
    tokenizer_cls: String,
    backbone_cls: String,
    post_processor_cls: String,
    decoder_cls: String,
    renderer_cls: String,
}

impl Classes {
    /// One that is not of this model.
    fn unknown(&self) -> Option<&str> {
        let known = [
            (&self.image_tokenizer_cls, "DINOSingleImageTokenizer"),
            (&self.tokenizer_cls, "Triplane1DTokenizer"),
            (&self.backbone_cls, "Transformer1D"),
            (&self.post_processor_cls, "TriplaneUpsampleNetwork"),
            (&self.decoder_cls, "NeRFMLP"),
            (&self.renderer_cls, "TriplaneNeRFRenderer"),
        ];
        known.into_iter().find(|(path, class)| path.rsplit('.').next() != Some(class)).map(|(path, _)| path.as_str())
    }
}

impl TripoSrConfig {
    /// Reads a `config.yaml`. On failure the error has an empty path.
    ///
    /// # Errors
    /// [`PublishedError::Malformed`], [`PublishedError::Sizes`]
    pub fn from_yaml(text: &str) -> Result<Self, PublishedError> {
        let classes: Classes =
            serde_yaml_ng::from_str(text).map_err(|error| PublishedError::malformed(error.to_string()))?;
        if let Some(class) = classes.unknown() {
            return Err(PublishedError::malformed(format!("a part of unknown kind {class}")));
        }
        let config: Self =
            serde_yaml_ng::from_str(text).map_err(|error| PublishedError::malformed(error.to_string()))?;
        config.check().map_err(PublishedError::sizes)?;
        Ok(config)
    }

    /// Names and shapes of all tensors, as in the file of weights.
    pub fn tensors(&self) -> BTreeMap<String, Vec<usize>> {
        let field = inventory(|w| FieldDecoder::load(w, self));
        let field = field.into_iter().map(|(name, shape)| (format!("{FIELD}{name}"), shape));
        inventory(|w| TripoSr::load(w, self)).into_iter().chain(field).collect()
    }
}

/// A model's folder, opened: configuration read and checked, weights mapped.
pub struct Published {
    config: TripoSrConfig,
    weights: WeightFile,
}

impl Published {
    /// Opens a folder.
    ///
    /// # Errors
    /// See [`PublishedError`].
    pub fn open(folder: &Path) -> Result<Self, PublishedError> {
        Self::open_with(folder, None)
    }

    /// The same with this file of weights, in the place of the one that is found in the folder.
    ///
    /// # Errors
    /// See [`PublishedError`].
    pub fn open_with(folder: &Path, weights: Option<&Path>) -> Result<Self, PublishedError> {
        let (config, weights) = published::open(folder, weights, &WEIGHTS, TripoSrConfig::from_yaml)?;
        Ok(Self { config, weights })
    }

    /// What the model is.
    pub fn config(&self) -> &TripoSrConfig {
        &self.config
    }

    /// The file of weights.
    pub fn weights(&self) -> &WeightFile {
        &self.weights
    }

    /// Loads the network from picture to scene codes.
    ///
    /// # Errors
    /// See [`WeightsError`].
    pub fn load_network(&self, options: &LoadOptions) -> Result<TripoSr, WeightsError> {
        load(&self.weights, &LoadOptions { prefix: "", ..options.clone() }, |w| TripoSr::load(w, &self.config))
    }

    /// Loads the network from a point of a scene to density and colour; always in `f32`.
    ///
    /// # Errors
    /// See [`WeightsError`].
    pub fn load_field(&self, options: &LoadOptions) -> Result<FieldDecoder, WeightsError> {
        load(&self.weights, &LoadOptions { prefix: FIELD, ..options.clone() }, |w| FieldDecoder::load(w, &self.config))
    }
}
