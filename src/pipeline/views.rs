//! Pictures of the object from further sides than the front: read, cut out and stored as the front's.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use super::error::{About as _, PipelineError};
use super::keys::Keys;
use super::learned::{self, Found};
use super::stages::Run;
use super::{Input, Views};
use crate::cache::{self, Digest};
use crate::engine::learned::{Made, Planes, Shown};
use crate::image::intake::{self, Limits};
use crate::image::matte::CutOut;
use crate::progress::{Monitor, Stage};
use crate::request::{Request, Side, relevance};

/// Share of the bar of [`Stage::Latents`] in which further views are cut out.
const SHARE: f64 = 0.1;

/// A picture from a further side.
pub(super) struct View<'a> {
    side: Side,
    path: &'a Path,
    bytes: Vec<u8>,
    digest: Digest,
}

/// What a model is to see of one of them.
struct Seen {
    planes: Planes,
    /// Whether its cut-out was stored.
    is_cached: bool,
    /// What is to be said of its cut-out, stored or not.
    notes_on_cut_out: Vec<String>,
    /// What is to be said of how it was made.
    notes: Vec<String>,
    /// Whether it was made as asked for.
    as_asked: bool,
}

/// Refuses pictures from further sides that would change nothing.
pub(super) fn check(request: &Request, input: &Input) -> Result<(), PipelineError> {
    match (input.views.first_key_value(), relevance::needed_for_views(request)) {
        (Some((&side, path)), Some(needed)) => Err(PipelineError::View { side, needed, path: path.clone() }),
        _ => Ok(()),
    }
}

/// Reads them, in the order of the models.
pub(super) fn read<'a>(views: &'a Views, monitor: &Monitor) -> Result<Vec<View<'a>>, PipelineError> {
    let mut all = Vec::with_capacity(views.len());
    for (&side, path) in views {
        let bytes = intake::read_file_or_cancel(path, &Limits::default(), monitor).about(path)?;
        all.push(View { side, path, digest: cache::digest(&bytes), bytes });
    }
    Ok(all)
}

/// What keys depend on.
pub(super) fn digests(views: &[View]) -> Vec<(Side, Digest)> {
    views.iter().map(|view| (view.side, view.digest)).collect()
}

/// What is to be said of the cut-out that `run` made of the picture from a side.
fn notes_on(side: Side, run: &Run, cut_out: &CutOut) -> Vec<String> {
    let unsure = cut_out.is_unsure().then(|| {
        format!(
            "the program is not sure about the cut-out of the picture from the {}; one on a plain or transparent \
             background leaves no doubt",
            side.name()
        )
    });
    let size = run.note_on_size(&cut_out.pixels).map(|note| format!("the picture from the {}: {note}", side.name()));
    unsure.into_iter().chain(size).collect()
}

impl Run<'_> {
    /// The object as the learned model is to see it, from all sides that there are pictures of.
    pub(super) fn shown(&mut self, found: &Found) -> Result<Shown, PipelineError> {
        let cut_out = self.cut_out()?;
        let front = learned::planes(found, &self.request.model, &cut_out.pixels).about(self.path)?;
        let (begun, mut all_cached) = (Instant::now(), true);
        let mut further = BTreeMap::new();
        let (mut told, mut notes, mut all_as_asked) = (Vec::new(), Vec::new(), true);
        for (number, view) in self.views.iter().enumerate() {
            let share = [number, number + 1].map(|n| SHARE * n as f64 / self.views.len() as f64);
            let seen = |monitor: &Monitor| self.planes_of(view, found, monitor);
            let seen = self.monitor.part(Stage::Latents, share, seen)?;
            self.monitor.check()?;
            all_cached &= seen.is_cached;
            all_as_asked &= seen.as_asked;
            told.extend(seen.notes_on_cut_out);
            notes.extend(seen.notes);
            further.insert(view.side.view_number(), seen.planes);
        }
        self.take(Made { value: (), notes, as_asked: all_as_asked });
        if !further.is_empty() {
            self.spend(Stage::CutOut, begun, all_cached);
        }
        self.told_of_views = Some(told);
        Ok(Shown { front, further })
    }

    /// What is to be said of the cut-outs of further views, also where all that was made of them is stored.
    pub(super) fn notes_on_views(&mut self) -> Result<Vec<String>, PipelineError> {
        if let Some(notes) = self.told_of_views.take() {
            return Ok(notes);
        }
        let unseen = Monitor::new(self.monitor.cancel_token(), &|_| {});
        let mut notes = Vec::new();
        for view in &self.views {
            let mut run = self.of_view(view, &unseen);
            let cut_out = run.cut_out()?;
            notes.extend(notes_on(view.side, &run, &cut_out));
        }
        Ok(notes)
    }

    /// What a view's picture alone is made into.
    fn of_view<'a>(&'a self, view: &'a View, monitor: &'a Monitor) -> Run<'a> {
        let keys = Keys::of(self.request, &view.digest, None, None, &[]);
        Run::of_picture(self.request, view.path, view.bytes.clone(), keys, (self.around, monitor))
    }

    fn planes_of(&self, view: &View, found: &Found, monitor: &Monitor) -> Result<Seen, PipelineError> {
        let mut run = self.of_view(view, monitor);
        let cut_out = run.cut_out()?;
        let planes = learned::planes(found, &self.request.model, &cut_out.pixels).about(view.path)?;
        let is_cached = run.reports().iter().all(|report| report.cached);
        let notes_on_cut_out = notes_on(view.side, &run, &cut_out);
        let (notes, as_asked) = (std::mem::take(&mut run.notes), run.as_asked);
        Ok(Seen { planes, is_cached, notes_on_cut_out, notes, as_asked })
    }

    /// Share of the bar of [`Stage::Latents`] that is left for the model.
    pub(super) fn model_share(&self) -> [f64; 2] {
        [if self.views.is_empty() { 0.0 } else { SHARE }, 1.0]
    }
}
