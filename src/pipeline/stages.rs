//! The stages, each asking for the one before only when its own result is not stored.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use image::RgbaImage;

use super::codec::{self, Draft, Final, Stored};
use super::error::{About as _, PipelineError};
use super::finder::Asked;
use super::keys::Keys;
use super::learned::{self, Found};
use super::views::{self, View};
use super::{Circumstances, Input, StageReport, finish, solid};
use crate::cache::{self, Cache, Key};
use crate::craft::{self, Body, Solid, Unit};
use crate::engine::learned::Latents;
use crate::image::intake::{self, IntakeError, Limits};
use crate::image::matte::{self, CutOut, MatteError};
use crate::image::{Picture, mask, recenter};
use crate::progress::{Monitor, Stage};
use crate::request::{Request, relevance};
use crate::{print, surface};

/// One way through the stages.
pub(super) struct Run<'a> {
    pub(super) request: &'a Request,
    pub(super) path: &'a Path,
    pub(super) cache: &'a Cache,
    pub(super) around: &'a Circumstances<'a>,
    pub(super) monitor: &'a Monitor<'a>,
    pub(super) keys: Keys,
    pub(super) learned: Option<Found>,
    picture_bytes: Vec<u8>,
    mask_bytes: Option<Vec<u8>>,
    mask_path: Option<&'a Path>,
    /// Pictures from further sides, where the model takes them.
    pub(super) views: Vec<View<'a>>,
    picture: Option<Arc<Picture>>,
    cut_out: Option<Arc<CutOut>>,
    pub(super) latents: Option<Arc<Latents>>,
    /// What was done in another way than usual, and concerns this run alone.
    pub(super) notes: Vec<String>,
    /// What is to be said of further views, once their cut-outs were looked at.
    pub(super) told_of_views: Option<Vec<String>>,
    /// Whether everything so far is what was asked for, so that it may be stored.
    pub(super) as_asked: bool,
    spent: BTreeMap<Stage, StageReport>,
}

impl<'a> Run<'a> {
    /// Reads the files, finds the model, and knows by their content what is stored.
    pub(super) fn start(
        request: &'a Request,
        input: &'a Input,
        around: &'a Circumstances<'a>,
        monitor: &'a Monitor<'a>,
    ) -> Result<Self, PipelineError> {
        // What is wrong with the settings is said before what is missing on the machine.
        request.validate()?;
        craft::check(request).about(&input.path)?;
        views::check(request, input)?;
        let learned = learned::find(request, around.tools, monitor)?;
        Self::start_with(learned, request, input, around, monitor)
    }

    /// The same for what comes before a learned model.
    pub(super) fn start_with(
        learned: Option<Found>,
        request: &'a Request,
        input: &'a Input,
        around: &'a Circumstances<'a>,
        monitor: &'a Monitor<'a>,
    ) -> Result<Self, PipelineError> {
        request.validate()?;
        monitor.step(Stage::Intake, 0, 1)?;
        let limits = Limits::default();
        let picture_bytes = intake::read_file_or_cancel(&input.path, &limits, monitor).about(&input.path)?;
        let mask_path = input.mask.as_deref();
        let mask_bytes = match mask_path {
            Some(path) => {
                let read = intake::read_file_or_cancel(path, &limits, monitor);
                Some(read.map_err(|source| mask_error(source, path))?)
            }
            None => None,
        };
        let takes_views = learned.is_some() && relevance::needed_for_views(request).is_none();
        let views = if takes_views { views::read(&input.views, monitor)? } else { Vec::new() };
        let mask_digest = mask_bytes.as_deref().map(cache::digest);
        let model_digest = learned.as_ref().map(|found| found.digest);
        let picture = cache::digest(&picture_bytes);
        let keys = Keys::of(request, &picture, mask_digest.as_ref(), model_digest.as_ref(), &views::digests(&views));
        let run = Self::of_picture(request, &input.path, picture_bytes, keys, (around, monitor));
        Ok(Self { learned, mask_bytes, mask_path, views, ..run })
    }

    /// The way of a picture alone, already read.
    pub(super) fn of_picture(
        request: &'a Request,
        path: &'a Path,
        picture_bytes: Vec<u8>,
        keys: Keys,
        (around, monitor): (&'a Circumstances<'a>, &'a Monitor<'a>),
    ) -> Self {
        Self {
            request,
            path,
            cache: &around.tools.cache,
            around,
            monitor,
            keys,
            learned: None,
            picture_bytes,
            mask_bytes: None,
            mask_path: None,
            views: Vec::new(),
            picture: None,
            cut_out: None,
            latents: None,
            notes: Vec::new(),
            told_of_views: None,
            as_asked: true,
            spent: BTreeMap::new(),
        }
    }

    pub(super) fn needs_cut_out(&self) -> bool {
        self.keys.needs_cut_out
    }

    /// What each stage took; stages before a stored result took nothing.
    pub(super) fn reports(&self) -> Vec<StageReport> {
        let runs = |stage: &Stage| match stage {
            Stage::CutOut => self.needs_cut_out(),
            Stage::Latents => self.learned.is_some(),
            _ => true,
        };
        let stages =
            [Stage::Intake, Stage::CutOut, Stage::Latents, Stage::Shape, Stage::Surface, Stage::Mesh, Stage::Check];
        let stages = stages.into_iter().filter(runs);
        let unused = |stage| StageReport { stage, secs: 0.0, cached: true };
        stages.map(|stage| self.spent.get(&stage).copied().unwrap_or(unused(stage))).collect()
    }

    /// The placed and checked mesh.
    pub(super) fn result(&mut self) -> Result<Final, PipelineError> {
        let key = self.keys.result;
        if let Some(stored) = self.stored(Stage::Check, &key)? {
            return Ok(stored);
        }
        let finished = self.finished()?;
        self.make(Stage::Check, &key, |run| run.place_and_check(finished))
    }

    /// The decoded, resized and enhanced picture.
    fn picture(&mut self) -> Result<Arc<Picture>, PipelineError> {
        if let Some(picture) = &self.picture {
            return Ok(Arc::clone(picture));
        }
        let key = self.keys.picture;
        let picture: Picture = match self.stored(Stage::Intake, &key)? {
            Some(stored) => stored,
            None => self.make(Stage::Intake, &key, |run| {
                let params = run.request.intake_params();
                intake::decode(&run.picture_bytes, &params, &Limits::default(), run.monitor).about(run.path)
            })?,
        };
        Ok(Arc::clone(self.picture.insert(Arc::new(picture))))
    }

    /// The object without its background.
    pub(super) fn cut_out(&mut self) -> Result<Arc<CutOut>, PipelineError> {
        if let Some(cut_out) = &self.cut_out {
            return Ok(Arc::clone(cut_out));
        }
        let key = self.keys.cut_out;
        let cut_out: CutOut = match self.stored(Stage::CutOut, &key)? {
            Some(stored) => stored,
            None => {
                let picture = self.picture()?;
                self.make_cut_out(&picture)?
            }
        };
        Ok(Arc::clone(self.cut_out.insert(Arc::new(cut_out))))
    }

    fn make_cut_out(&mut self, picture: &Picture) -> Result<CutOut, PipelineError> {
        let begun = Instant::now();
        let asked = Asked::new(self.around.tools.network);
        let cut_out = self.timed(Stage::CutOut, |run| {
            let mask = match (&run.mask_bytes, run.mask_path) {
                (Some(bytes), Some(path)) => {
                    let mask = mask::from_bytes(bytes, &Limits::default());
                    Some(mask.map_err(|source| mask_error(source, path))?)
                }
                _ => None,
            };
            let params = &run.request.cut_out;
            matte::cut_out_with(picture, params, mask.as_ref(), asked.help(params), run.monitor).about(run.path)
        });
        if let Some(note) = asked.note_on_failure() {
            self.notes.push(note);
            self.as_asked = false;
        }
        let cut_out = cut_out.map_err(|error| self.explained(error))?;
        if self.as_asked {
            codec::put_if_quicker(self.cache, &self.keys.cut_out, &cut_out, begun.elapsed());
        }
        self.monitor.check()?;
        Ok(cut_out)
    }

    /// `error` as it is told: the network that failed before it may be why.
    pub(super) fn explained(&self, error: PipelineError) -> PipelineError {
        match self.notes.iter().find(|note| Asked::is_note_on_failure(note)) {
            Some(note) if error.may_come_of_the_cut_out() => {
                PipelineError::AfterNetwork { note: note.clone(), source: Box::new(error) }
            }
            _ => error,
        }
    }

    /// What the craft, or the learned model, makes.
    fn shape(&mut self) -> Result<Solid, PipelineError> {
        if let Some(found) = self.learned.clone() {
            return self.learned_shape(&found);
        }
        let key = self.keys.shape;
        if let Some(stored) = self.stored(Stage::Shape, &key)? {
            return Ok(stored);
        }
        let cut_out = if self.needs_cut_out() { Some(self.cut_out()?) } else { None };
        let picture = self.picture()?;
        if picture.is_invisible() {
            return Err(MatteError::AllTransparent).about(self.path);
        }
        self.make(Stage::Shape, &key, |run| {
            let condition = cut_out.map(|c| recenter::condition(&c).about(run.path)).transpose()?;
            run.monitor.part(Stage::Shape, solid::CRAFT_SHARE, |monitor| {
                let mut solid = craft::make(run.request, &picture, condition.as_ref(), monitor).about(run.path)?;
                // Where there is a cut-out, that tells.
                solid.notes.extend(run.note_on_size(&picture.pixels).filter(|_| condition.is_none()));
                Ok(solid)
            })
        })
    }

    /// That the picture was drawn coarser than asked for, by the picture or its cut-out, stored or not.
    pub(super) fn note_on_size(&self, pixels: &RgbaImage) -> Option<String> {
        intake::note_on_size(&self.picture_bytes, pixels.dimensions().into(), &self.request.intake_params())
    }

    /// That the mask was drawn coarser than its cut-out, stored or not.
    pub(super) fn note_on_mask(&self, pixels: &RgbaImage) -> Option<String> {
        let bytes = self.mask_bytes.as_ref()?;
        mask::note_on_size(bytes, pixels.dimensions().into(), &Limits::default(), self.monitor)
    }

    /// The raw mesh, after the field operations.
    fn surface(&mut self) -> Result<Draft, PipelineError> {
        let key = self.keys.surface;
        if let Some(stored) = self.stored(Stage::Surface, &key)? {
            return Ok(stored);
        }
        let Solid { body, unit, pose, mut notes } = self.shape()?;
        let from_field = matches!(body, Body::Field(_));
        let body = match body {
            Body::Field(grid) => Body::Field(self.timed(Stage::Shape, |run| {
                solid::operate(grid, unit, pose, run.request, run.path, run.monitor, &mut notes)
            })?),
            Body::Mesh(mesh) => {
                notes.extend(solid::left_out(self.request));
                Body::Mesh(mesh)
            }
        };
        self.make(Stage::Surface, &key, |run| {
            let mesh = match body {
                Body::Field(grid) => surface::extract(&grid, run.monitor).about(run.path)?,
                Body::Mesh(mesh) => mesh,
            };
            Ok(Draft { mesh, unit, pose, from_field, notes })
        })
    }

    /// The mesh with everything but its size.
    fn finished(&mut self) -> Result<Draft, PipelineError> {
        let key = self.keys.finished;
        if let Some(stored) = self.stored(Stage::Mesh, &key)? {
            return Ok(stored);
        }
        let draft = self.surface()?;
        // Only the balloon lies in the frame of the condition image; the others bring their colours.
        let is_painted = self.request.mesh.color && draft.unit == Unit::Model && draft.mesh.vertex_colors.is_none();
        if let Some(found) = self.learned.clone() {
            return self.finished_learned(&found, draft, is_painted);
        }
        let cut_out = if is_painted && self.needs_cut_out() { Some(self.cut_out()?) } else { None };
        self.make(Stage::Mesh, &key, |run| {
            let condition = cut_out.map(|c| recenter::condition(&c).about(run.path)).transpose()?;
            finish::finish(draft, condition.as_ref(), run.request, run.monitor).about(run.path)
        })
    }

    fn place_and_check(&self, draft: Draft) -> Result<Final, PipelineError> {
        let Draft { mesh, unit, pose, mut notes, .. } = draft;
        let mesh = finish::place(mesh, unit, pose, &self.request.size);
        notes.extend(mesh.bounds().and_then(|b| print::unmet_size(b.size(), unit, pose, &self.request.size)));
        mesh.validate().map_err(|source| PipelineError::Mesh { source, path: self.path.to_owned() })?;
        let report = print::check(&mesh, self.monitor)?;
        Ok(Final { mesh, report, notes })
    }

    /// What is stored under `key`, which saves `stage`.
    pub(super) fn stored<T: Stored>(&mut self, stage: Stage, key: &Key) -> Result<Option<T>, PipelineError> {
        self.monitor.check()?;
        let begun = Instant::now();
        let stored = codec::get(self.cache, key);
        if stored.is_some() {
            self.monitor.step(stage, 1, 1)?;
            self.spend(stage, begun, true);
        }
        Ok(stored)
    }

    /// Makes what `stage` makes and stores it.
    pub(super) fn make<T: Stored>(
        &mut self,
        stage: Stage,
        key: &Key,
        make: impl FnOnce(&Self) -> Result<T, PipelineError>,
    ) -> Result<T, PipelineError> {
        let begun = Instant::now();
        let made = self.timed(stage, make)?;
        if self.as_asked {
            codec::put_if_quicker(self.cache, key, &made, begun.elapsed());
        }
        self.monitor.check()?;
        Ok(made)
    }

    /// Runs `work` and counts its time to `stage`.
    pub(super) fn timed<R>(
        &mut self,
        stage: Stage,
        work: impl FnOnce(&Self) -> Result<R, PipelineError>,
    ) -> Result<R, PipelineError> {
        let begun = Instant::now();
        let result = work(self);
        self.spend(stage, begun, false);
        // Whatever a module says about work that was stopped under its hands: it was cancelled.
        self.monitor.check()?;
        result
    }

    pub(super) fn spend(&mut self, stage: Stage, begun: Instant, cached: bool) {
        let report = self.spent.entry(stage).or_insert(StageReport { stage, secs: 0.0, cached });
        report.secs += begun.elapsed().as_secs_f32();
        report.cached &= cached;
    }
}

fn mask_error(source: IntakeError, path: &Path) -> PipelineError {
    match source {
        IntakeError::Cancelled(cancelled) => PipelineError::Cancelled(cancelled),
        source => PipelineError::Mask { source, path: path.to_owned() },
    }
}
