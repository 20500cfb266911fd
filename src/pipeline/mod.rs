//! The product as one function.

use std::path::PathBuf;
use std::sync::Arc;

use crate::cache::Cache;
use crate::mesh::Mesh;
use crate::progress::{Cancelled, Monitor, Stage};
use crate::request::Request;

/// What a request is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The picture.
    pub path: PathBuf,
    /// A mask that takes the place of the cut-out.
    pub mask: Option<PathBuf>,
}

/// What one stage took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StageReport {
    /// The stage.
    pub stage: Stage,
    /// Wall-clock time.
    pub secs: f32,
    /// Whether its result was read from the cache.
    pub cached: bool,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Output {
    /// The solid in print space (millimetres).
    pub mesh: Arc<Mesh>,
    /// What each stage took.
    pub stages: Vec<StageReport>,
    /// Things worth telling.
    pub notes: Vec<String>,
}

/// Why nothing came out.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl PipelineError {
    /// Whether this is a cancellation and not a failure.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled(_))
    }
}

/// Makes the solid that `request` asks for from `input`.
///
/// # Errors
/// [`PipelineError`].
pub fn run(_request: &Request, _input: &Input, _cache: &Cache, monitor: &Monitor) -> Result<Output, PipelineError> {
    monitor.check()?;
    Ok(Output { mesh: Arc::default(), stages: vec![], notes: vec![] })
}
