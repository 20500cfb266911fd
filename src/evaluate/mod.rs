//! The benchmark: pictures of known solids go through any generator, and what comes out is compared
//! with the truth.
//!
//! Promises: the same solids, views and generators give the same figures (but for seconds and
//! memory). Truth and result are compared as the viewer of the picture sees them: +z to the viewer,
//! both boxes centred, the result scaled to the truth's width or height, whichever is longer.

mod case;
mod generator;
mod metrics;
mod objects;
mod table;

#[cfg(test)]
mod tests;

pub use case::{Case, SHEET_TILE, contact_sheet};
pub use generator::Generator;
pub use metrics::{Scores, compare};
pub use objects::{Object, meshes_in, read as read_objects};
pub use table::{Mean, Outcome, Table};

use std::path::PathBuf;

use crate::progress::Cancelled;

/// Why the benchmark cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// There is nothing to measure with.
    #[error("there are no solids here; name a folder of meshes or a file of packed solids: {}", .0.display())]
    NoSolids(PathBuf),
    /// Packed solids that cannot be read.
    #[error(transparent)]
    Pack(#[from] crate::dataset::pack::PackError),
    /// A mesh that cannot be read.
    #[error(transparent)]
    Import(#[from] crate::import::ImportError),
    /// The system said no.
    #[error("{what} ({source}): {}", path.display())]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: std::io::Error,
        /// Where.
        path: PathBuf,
    },
    /// A generator made nothing of a picture.
    #[error("{generator} failed on {case}: {source}")]
    Generator {
        /// Its name.
        generator: String,
        /// On which picture.
        case: String,
        /// Why.
        source: Box<crate::pipeline::PipelineError>,
    },
    /// A picture could not be written or a sheet not be drawn.
    #[error("a picture could not be written: {0}")]
    Picture(#[from] image::ImageError),
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
