//! The product as one function: a [`Request`] and a picture in, a placed and checked mesh out.
//!
//! ```text
//! picture ─► cut-out ─► [latents] ─► shape ─► surface ─► mesh ─► result
//! ```
//! Latents are what a learned model knows of a picture; crafts have none.
//!
//! Each arrow is a stage whose result is stored under a key of everything that it depends on. Work
//! starts at the end: whatever is stored already is read, and only what is missing is made, so the
//! same request again costs reading one mesh, and another size costs placing it.
//!
//! Promises: the same picture and request give the same bytes, stored or not; a cancelled run leaves
//! nothing but whole stored stages; what a setting could not do is said in [`Output::notes`].

mod codec;
mod company;
mod error;
mod finder;
mod finish;
mod fit;
mod keys;
mod learned;
mod learned_stages;
mod solid;
mod stages;
mod tools;
mod views;

#[cfg(test)]
mod columns_tests;
#[cfg(test)]
mod craft_tests;
#[cfg(test)]
mod cut_out_tests;
#[cfg(test)]
mod learned_tests;
#[cfg(test)]
mod studio;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod triposr_tests;
#[cfg(test)]
mod views_tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::cache::Cache;
use crate::image::matte::{CutOut, Method};
use crate::mesh::Mesh;
use crate::print;
use crate::progress::{Monitor, Stage};
use crate::request::{Background, CutOutMethod, Request, Side, relevance};

pub use error::PipelineError;
pub use finder::Asked;
pub use keys::stages_to_redo;
pub use learned::weights_digest;
pub use solid::cut_off_mm;
pub use tools::{Models, Tools};

use stages::Run;

/// What is said with every solid of a cut-out that is more likely wrong than right.
pub(crate) const UNSURE: &str = "the program is not sure about the cut-out; look at it (--save-mask, or Edit cut-out in \
                                 the window), and where it is wrong mend it there or give a mask (--mask)";

/// What is said where a way to remove the background was chosen, and there was none to remove.
pub(crate) const CUT_BY_ALPHA: &str = "the object was cut out by the picture's own transparency, so how a background is \
                                       removed (--cut-out) changed nothing; --background remove has it removed all the \
                                       same";

/// What a request is made from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Input {
    /// The picture.
    pub path: PathBuf,
    /// A picture in grey that takes the place of the cut-out: white is the object.
    pub mask: Option<PathBuf>,
    /// Pictures of the object from further sides, for models that take them.
    pub views: Views,
}

/// Pictures of an object from further sides than the front.
pub type Views = BTreeMap<Side, PathBuf>;

impl Input {
    /// A picture alone.
    pub fn of(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), mask: None, views: Views::new() }
    }
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

/// Everything around one run.
#[derive(Clone, Copy)]
pub struct Circumstances<'a> {
    /// What it works with.
    pub tools: &'a Tools,
    /// What will be asked for next: pictures that go through the same learned model in the same way are
    /// taken along, and their latents stored. Changes no result.
    pub upcoming: &'a [(Request, Input)],
    /// Gets a coarse mesh in print space when a learned model has one before the real one is done.
    pub preview: Option<Preview<'a>>,
    /// Gets a sentence about what a learned model is going to need, before it starts.
    pub plan: Option<&'a (dyn Fn(String) + Sync)>,
}

/// Takes a preview.
pub type Preview<'a> = &'a (dyn Fn(Arc<Mesh>) + Sync);

impl<'a> Circumstances<'a> {
    /// Nothing comes next, and nobody looks on.
    pub fn of(tools: &'a Tools) -> Self {
        Self { tools, upcoming: &[], preview: None, plan: None }
    }
}

/// Makes the solid that `request` asks for from `input`, with the engine of this process and the
/// models of the user.
///
/// # Errors
/// As [`run_with`].
pub fn run(request: &Request, input: &Input, cache: &Cache, monitor: &Monitor) -> Result<Output, PipelineError> {
    run_with(request, input, &Circumstances::of(&Tools::from(cache.clone())), monitor)
}

/// Makes the solid that `request` asks for from `input`.
///
/// # Errors
/// [`PipelineError`]: a wrong setting, a bad picture or mask, nothing to make a solid of, a model that
/// is not there or fails, or a cancellation. A mesh that is not print-ready is no error here: see
/// [`Output::report`].
pub fn run_with(
    request: &Request,
    input: &Input,
    around: &Circumstances,
    monitor: &Monitor,
) -> Result<Output, PipelineError> {
    let mut run = Run::start(request, input, around, monitor)?;
    let result = run.result().map_err(|error| run.explained(error))?;
    let cut_out = run.needs_cut_out().then(|| run.cut_out()).transpose()?;
    let mut notes = result.notes;
    notes.extend_from_slice(&run.notes);
    // Not stored with the results: the cut-out itself tells.
    notes.extend(cut_out.as_ref().filter(|cut_out| cut_out.is_unsure()).map(|_| UNSURE.to_owned()));
    notes.extend(cut_out.as_ref().and_then(|cut_out| run.note_on_size(&cut_out.pixels)));
    notes.extend(cut_out.as_ref().and_then(|cut_out| run.note_on_mask(&cut_out.pixels)));
    notes.extend(unused_mask(request, input));
    notes.extend(run.notes_on_views()?);
    let has_way = request.cut_out.background == Background::Auto && request.cut_out.method != CutOutMethod::Auto;
    let is_by_alpha = |cut_out: &&Arc<CutOut>| has_way && cut_out.method == Method::Alpha;
    notes.extend(cut_out.as_ref().filter(is_by_alpha).map(|_| CUT_BY_ALPHA.to_owned()));
    notes.extend(around.tools.cache.take_warning());
    Ok(Output { mesh: Arc::new(result.mesh), report: result.report, cut_out, stages: run.reports(), notes })
}

/// What is said where a mask is given, and nothing is cut out.
fn unused_mask(request: &Request, input: &Input) -> Option<String> {
    let needed = relevance::needed_for_mask(request).filter(|_| input.mask.is_some())?;
    Some(format!("the given cut-out changed nothing, since the whole frame was used; for a cut-out choose {needed}"))
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
    let tools = Tools::from(cache.clone());
    Run::start_with(None, request, input, &Circumstances::of(&tools), monitor)?.cut_out()
}
