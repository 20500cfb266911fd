//! The product as one function: a [`Request`] and a picture in, a placed and checked mesh out.
//!
//! ```text
//! picture ─► cut-out ─► shape ─► surface ─► mesh ─► result
//! ```
//! Each arrow is a stage whose result is stored under a key of everything that it depends on. Work
//! starts at the end: whatever is stored already is read, and only what is missing is made, so the
//! same request again costs reading one mesh, and another size costs placing it.
//!
//! Promises: the same picture and request give the same bytes, stored or not; a cancelled run leaves
//! nothing but whole stored stages; what a setting could not do is said in [`Output::notes`].

mod codec;
mod error;
mod finish;
mod keys;
mod solid;
mod span;
mod stages;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use crate::cache::Cache;
use crate::image::matte::CutOut;
use crate::mesh::Mesh;
use crate::print;
use crate::progress::{Monitor, Stage};
use crate::request::Request;

pub use error::PipelineError;
pub use keys::stages_to_redo;

use stages::Run;

/// What a request is made from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Input {
    /// The picture.
    pub path: PathBuf,
    /// A picture in grey that takes the place of the cut-out: white is the object.
    pub mask: Option<PathBuf>,
}

/// What one stage took.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct StageReport {
    /// The stage.
    pub stage: Stage,
    /// Wall-clock seconds.
    pub secs: f32,
    /// Whether its result was stored already; 0 s where a later one was.
    pub cached: bool,
}

/// What came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The solid in print space (millimetres, +Z up, standing on z = 0).
    pub mesh: Arc<Mesh>,
    /// What a printer would stumble over.
    pub report: print::Report,
    /// The cut-out, where the request needs one.
    pub cut_out: Option<Arc<CutOut>>,
    /// What each stage took, in the order they run.
    pub stages: Vec<StageReport>,
    /// Things worth telling, a sentence each.
    pub notes: Vec<String>,
}

/// Makes the solid that `request` asks for from `input`.
///
/// # Errors
/// [`PipelineError`]: a wrong setting, a bad picture or mask, nothing to make a solid of, or a
/// cancellation. A mesh that is not print-ready is no error here: see [`Output::report`].
pub fn run(request: &Request, input: &Input, cache: &Cache, monitor: &Monitor) -> Result<Output, PipelineError> {
    let mut run = Run::start(request, input, cache, monitor)?;
    let result = run.result()?;
    let cut_out = run.needs_cut_out().then(|| run.cut_out()).transpose()?;
    let mut notes = result.notes;
    notes.extend(cache.take_warning());
    Ok(Output { mesh: Arc::new(result.mesh), report: result.report, cut_out, stages: run.reports(), notes })
}

/// Cuts the object out and does nothing else: to show it, or to save its mask, before a solid is
/// made. [`run`] finds it stored.
///
/// # Errors
/// As [`run`].
pub fn cut_out(
    request: &Request,
    input: &Input,
    cache: &Cache,
    monitor: &Monitor,
) -> Result<Arc<CutOut>, PipelineError> {
    Run::start(request, input, cache, monitor)?.cut_out()
}
