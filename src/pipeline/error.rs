//! Why nothing came out.

use std::path::{Path, PathBuf};

use crate::craft::CraftError;
use crate::engine::error::EngineError;
use crate::field::FieldError;
use crate::image::intake::IntakeError;
use crate::image::matte::MatteError;
use crate::image::processor::ProcessorError;
use crate::mesh::MeshError;
use crate::mesh::simplify::SimplifyError;
use crate::models::ModelsError;
use crate::progress::Cancelled;
use crate::request::Side;
use crate::request::parameter::ValueError;
use crate::surface::SurfaceError;

/// Why nothing came out: one sentence each, that ends with the picture's path.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// A setting is out of range, as after reading settings that somebody edited.
    #[error("a setting is wrong: {0}")]
    Settings(#[from] ValueError),
    /// The picture could not be read.
    #[error("{}", with_path(source, path))]
    Picture {
        /// Why.
        source: IntakeError,
        /// The picture.
        path: PathBuf,
    },
    /// Pictures from further sides for what looks at one picture alone.
    #[error(
        "a picture of the {} has no effect here; leave it out, or choose {needed}: {}", side.name(), path.display()
    )]
    View {
        /// The side.
        side: Side,
        /// What would use it, as typed on the command line.
        needed: &'static str,
        /// The picture.
        path: PathBuf,
    },
    /// The mask could not be read.
    #[error("the mask cannot be used: {}", with_path(source, path))]
    Mask {
        /// Why.
        source: IntakeError,
        /// The mask.
        path: PathBuf,
    },
    /// The object could not be cut out.
    #[error("{}", with_path(source, path))]
    CutOut {
        /// Why.
        source: MatteError,
        /// The picture.
        path: PathBuf,
    },
    /// The craft could not make a solid of it.
    #[error("{}", with_path(source, path))]
    Craft {
        /// Why.
        source: CraftError,
        /// The picture.
        path: PathBuf,
    },
    /// The flat base would take the whole solid.
    #[error(
        "a flat base of {cut_mm} mm leaves nothing of the solid, which is {height_mm:.1} mm high before the cut; \
         lower --flat-base or ask for a larger size: {}", path.display()
    )]
    CutAway {
        /// How much was to be cut off.
        cut_mm: f32,
        /// Height of the print with what was to be cut off.
        height_mm: f32,
        /// The picture.
        path: PathBuf,
    },
    /// Hollowing left no solid.
    #[error("the solid could not be built: {}", with_path(source, path))]
    Field {
        /// Why.
        source: FieldError,
        /// The picture.
        path: PathBuf,
    },
    /// The solid could not be meshed.
    #[error("the solid could not be meshed: {}", with_path(source, path))]
    Surface {
        /// Why.
        source: SurfaceError,
        /// The picture.
        path: PathBuf,
    },
    /// The mesh could not be reduced.
    #[error("the mesh could not be simplified: {}", with_path(source, path))]
    Simplify {
        /// Why.
        source: SimplifyError,
        /// The picture.
        path: PathBuf,
    },
    /// The mesh is not well-formed: a mistake of the program.
    #[error(
        "the finished mesh is broken, which is a mistake of the program, please report it: {}",
        with_path(source, path)
    )]
    Mesh {
        /// What is broken.
        source: MeshError,
        /// The picture.
        path: PathBuf,
    },
    /// The learned model is not on this machine, or not whole.
    #[error(transparent)]
    NoModel(#[from] ModelsError),
    /// The folder holds another learned model than was asked for.
    #[error(
        "this is not {model} but another model of its family; name the right one with --model, or another folder: {}",
        folder.display()
    )]
    OtherModel {
        /// What was asked for.
        model: &'static str,
        /// What the configuration was read from.
        folder: PathBuf,
    },
    /// The learned model made nothing.
    #[error(transparent)]
    Model(EngineError),
    /// The learned model made a field with nothing inside.
    #[error("the model sees nothing solid in the picture; {advice}: {}", path.display())]
    NothingSolid {
        /// What to change.
        advice: &'static str,
        /// The picture.
        path: PathBuf,
    },
    /// The picture cannot be shown to the learned model.
    #[error("{}", with_path(source, path))]
    Processor {
        /// Why.
        source: ProcessorError,
        /// The picture.
        path: PathBuf,
    },
    /// Nothing could be made of a cut-out that the network failed to help with, which may be why.
    #[error("{note}; after that: {source}")]
    AfterNetwork {
        /// How the network failed.
        note: String,
        /// What failed in the end.
        source: Box<PipelineError>,
    },
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<EngineError> for PipelineError {
    fn from(error: EngineError) -> Self {
        if error.is_cancelled() { Self::Cancelled(Cancelled) } else { Self::Model(error) }
    }
}

impl PipelineError {
    /// Whether this is a cancellation and not a failure.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled(_))
    }

    /// What failed in the end.
    pub fn last(&self) -> &Self {
        if let Self::AfterNetwork { source, .. } = self { source } else { self }
    }

    /// Whether another cut-out might not fail so.
    pub(super) fn may_come_of_the_cut_out(&self) -> bool {
        matches!(
            self,
            Self::CutOut { .. }
                | Self::Craft { .. }
                | Self::CutAway { .. }
                | Self::Field { .. }
                | Self::Surface { .. }
                | Self::NothingSolid { .. }
                | Self::Processor { .. }
        )
    }
}

/// The sentence of `source`, ending with the path; some name it already.
fn with_path(source: &impl std::fmt::Display, path: &Path) -> String {
    let (sentence, path) = (source.to_string(), path.display().to_string());
    if sentence.ends_with(&path) { sentence } else { format!("{sentence}: {path}") }
}

/// Says which picture an error of a module is about.
pub(super) trait About<T> {
    /// The error with the picture's path.
    fn about(self, path: &Path) -> Result<T, PipelineError>;
}

macro_rules! about {
    ($($error:ty => $variant:ident),+ $(,)?) => {
        $(impl<T> About<T> for Result<T, $error> {
            fn about(self, path: &Path) -> Result<T, PipelineError> {
                self.map_err(|source| PipelineError::$variant { source, path: path.to_owned() })
            }
        })+
    };
}

impl<T> About<T> for Result<T, IntakeError> {
    fn about(self, path: &Path) -> Result<T, PipelineError> {
        self.map_err(|source| match source {
            IntakeError::Cancelled(cancelled) => PipelineError::Cancelled(cancelled),
            source => PipelineError::Picture { source, path: path.to_owned() },
        })
    }
}

about! {
    MatteError => CutOut,
    CraftError => Craft,
    FieldError => Field,
    SurfaceError => Surface,
    SimplifyError => Simplify,
    ProcessorError => Processor,
}
