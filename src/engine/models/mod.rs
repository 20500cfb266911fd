//! The model families, one folder each, and what the program needs to know of each before it is
//! loaded.
//!
//! A family is added here in three places: its module, its name in [`Family`], its arm in [`describe`]
//! and [`open`].

pub mod columns;
pub mod hunyuan3d;
pub mod matte;
pub mod published;
pub mod triposr;

use std::path::{Path, PathBuf};

use super::error::EngineError;
use super::learned::LearnedModel;

/// The families.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Hunyuan3D 2.1, 2.0, 2mini, their fast and turbo variants.
    Hunyuan3d,
    /// TripoSR.
    Triposr,
    /// Columns, inside the program.
    Columns,
}

/// A model to run: its family and its folder, laid out as published.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelSource {
    /// Who can run it.
    pub family: Family,
    /// Holds the configuration and the weights; empty for a model inside the program.
    pub folder: PathBuf,
    /// The file of weights, where it is known which of the folder's it is.
    pub weights: Option<PathBuf>,
}

/// What can be told of a model without loading it.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// The files that decide what comes out: another file, another result.
    pub files: Vec<PathBuf>,
    /// Side of the picture that it reads, in pixels.
    pub picture_size_px: usize,
    /// Share of that picture that stays empty around the object.
    pub border_ratio: f64,
    /// Which of its family it is, where the configuration tells.
    pub nature: Option<Nature>,
}

/// What tells the models of one family apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nature {
    /// Whether its denoiser has experts (2.1), or two streams (2.0 and what came of it).
    pub has_experts: bool,
    /// Whether it is told the guidance (fast and turbo variants) instead of being run twice.
    pub is_told_guidance: bool,
    /// Whether it tells the views of an object apart.
    pub takes_views: bool,
}

/// Looks at the model's folder.
///
/// # Errors
/// See [`EngineError`].
pub fn describe(source: &ModelSource) -> Result<Description, EngineError> {
    let (folder, weights): (&Path, _) = (&source.folder, source.weights.as_deref());
    match source.family {
        Family::Hunyuan3d => hunyuan3d::model::describe(folder, weights),
        Family::Columns => Ok(columns::model::describe()),
        Family::Triposr => triposr::model::describe(folder, weights),
    }
}

/// What tells a model inside the program from that of another version; empty for models in folders.
pub fn revision(family: Family) -> String {
    match family {
        Family::Columns => columns::model::revision(),
        Family::Hunyuan3d | Family::Triposr => String::new(),
    }
}

/// Opens the model's folder; weights are loaded later, when they are needed.
///
/// # Errors
/// See [`EngineError`].
pub fn open(source: &ModelSource) -> Result<Box<dyn LearnedModel>, EngineError> {
    let (folder, weights): (&Path, _) = (&source.folder, source.weights.as_deref());
    match source.family {
        Family::Hunyuan3d => Ok(Box::new(hunyuan3d::model::Hunyuan3d::open(folder, weights)?)),
        Family::Columns => Ok(Box::new(columns::model::Embedded::default())),
        Family::Triposr => Ok(Box::new(triposr::model::TripoSrModel::open(folder, weights)?)),
    }
}
