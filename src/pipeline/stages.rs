//! The stages, each asking for the one before only when its own result is not stored.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::codec::{self, Draft, Final, Stored};
use super::company::Company;
use super::error::{About as _, PipelineError};
use super::keys::Keys;
use super::learned::{self, Found};
use super::{Circumstances, Input, StageReport, finish, solid};
use crate::cache::{self, Cache, Key};
use crate::craft::{self, Body, Pose, Solid, Unit};
use crate::engine::learned::{Latents, Made, Planes};
use crate::image::intake::{self, IntakeError, Limits};
use crate::image::matte::{self, CutOut, MatteError};
use crate::image::{Picture, mask, recenter};
use crate::progress::{Monitor, Stage};
use crate::request::Request;
use crate::{print, surface};

/// One way through the stages.
pub(super) struct Run<'a> {
    request: &'a Request,
    path: &'a Path,
    cache: &'a Cache,
    around: &'a Circumstances<'a>,
    monitor: &'a Monitor<'a>,
    keys: Keys,
    learned: Option<Found>,
    picture_bytes: Vec<u8>,
    mask_bytes: Option<Vec<u8>>,
    mask_path: Option<&'a Path>,
    picture: Option<Arc<Picture>>,
    cut_out: Option<Arc<CutOut>>,
    latents: Option<Arc<Latents>>,
    /// What was done in another way than usual, and concerns this run alone.
    notes: Vec<String>,
    /// Whether everything so far is what was asked for, so that it may be stored.
    as_asked: bool,
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
        let picture_bytes = intake::read_file(&input.path, &limits).about(&input.path)?;
        let mask_path = input.mask.as_deref();
        let mask_bytes = match mask_path {
            Some(path) => Some(intake::read_file(path, &limits).map_err(|source| mask_error(source, path))?),
            None => None,
        };
        let mask_digest = mask_bytes.as_deref().map(cache::digest);
        let model_digest = learned.as_ref().map(|found| found.digest);
        let keys = Keys::of(request, &cache::digest(&picture_bytes), mask_digest.as_ref(), model_digest.as_ref());
        Ok(Self {
            request,
            path: &input.path,
            cache: &around.tools.cache,
            around,
            monitor,
            keys,
            learned,
            picture_bytes,
            mask_bytes,
            mask_path,
            picture: None,
            cut_out: None,
            latents: None,
            notes: Vec::new(),
            as_asked: true,
            spent: BTreeMap::new(),
        })
    }

    pub(super) fn around(&self) -> &'a Circumstances<'a> {
        self.around
    }

    pub(super) fn request(&self) -> &'a Request {
        self.request
    }

    pub(super) fn monitor(&self) -> &'a Monitor<'a> {
        self.monitor
    }

    pub(super) fn needs_cut_out(&self) -> bool {
        self.keys.needs_cut_out
    }

    /// What was done in another way than usual in this run.
    pub(super) fn notes(&self) -> &[String] {
        &self.notes
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
                self.make(Stage::CutOut, &key, |run| {
                    let mask = match (&run.mask_bytes, run.mask_path) {
                        (Some(bytes), Some(path)) => {
                            let mask = mask::from_bytes(bytes, &Limits::default());
                            Some(mask.map_err(|source| mask_error(source, path))?)
                        }
                        _ => None,
                    };
                    matte::cut_out(&picture, &run.request.cut_out, mask.as_ref(), run.monitor).about(run.path)
                })?
            }
        };
        Ok(Arc::clone(self.cut_out.insert(Arc::new(cut_out))))
    }

    /// The object as the learned model is to see it.
    pub(super) fn planes(&mut self, found: &Found) -> Result<Planes, PipelineError> {
        let cut_out = self.cut_out()?;
        learned::planes(found, &self.request.model, &cut_out.pixels).about(self.path)
    }

    /// The key of the latents, where they are not stored yet.
    pub(super) fn missing_latents(&self) -> Option<Key> {
        self.keys.latents.filter(|key| !self.cache.contains(key))
    }

    /// What the learned model knows of the picture. Pictures that come next go through it in the same
    /// call, as far as it takes them.
    fn latents(&mut self, found: &Found) -> Result<Arc<Latents>, PipelineError> {
        if let Some(latents) = &self.latents {
            return Ok(Arc::clone(latents));
        }
        let key = self.keys.latents.unwrap_or(self.keys.shape);
        if let Some(stored) = self.stored::<Latents>(Stage::Latents, &key)? {
            return Ok(Arc::clone(self.latents.insert(Arc::new(stored))));
        }
        let mine = self.planes(found)?;
        let mut company = Company::gather(self, found, mine)?;
        let turn = self.around.tools.wait_for_turn(self.monitor)?;
        // Somebody else may have taken this picture along meanwhile.
        if let Some(stored) = self.stored::<Latents>(Stage::Latents, &key)? {
            return Ok(Arc::clone(self.latents.insert(Arc::new(stored))));
        }
        let made = self.timed(Stage::Latents, |run| company.encode(run, found))?;
        let made = self.take(made);
        let mut all = made.into_iter();
        let latents = all.next().ok_or(PipelineError::Cancelled(crate::progress::Cancelled))?;
        if self.as_asked {
            codec::put(self.cache, &key, &latents);
            company.keys.iter().zip(all).for_each(|(key, latents)| codec::put(self.cache, key, &latents));
        }
        drop(turn);
        self.monitor.check()?;
        Ok(Arc::clone(self.latents.insert(Arc::new(latents))))
    }

    /// What was made, its notes kept.
    fn take<T>(&mut self, made: Made<T>) -> T {
        let Made { value, notes, as_asked } = made;
        notes.into_iter().for_each(|note| {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        });
        self.as_asked &= as_asked;
        value
    }

    /// The solid that the learned model sees.
    fn learned_shape(&mut self, found: &Found) -> Result<Solid, PipelineError> {
        let key = self.keys.shape;
        if let Some(stored) = self.stored(Stage::Shape, &key)? {
            return Ok(stored);
        }
        let latents = self.latents(found)?;
        self.preview(found, &latents)?;
        let begun = Instant::now();
        let options = learned::decode_options(self.request);
        let made = self.timed(Stage::Shape, |run| {
            run.monitor.part(Stage::Shape, solid::CRAFT_SHARE, |monitor| {
                Ok(run.around.tools.engine.decode(&found.source, &latents, options, monitor)?)
            })
        })?;
        let grid = self.take(made);
        let solid = Solid { body: Body::Field(grid), unit: Unit::Model, pose: Pose::Standing };
        if self.as_asked {
            codec::put_if_quicker(self.cache, &key, &solid, begun.elapsed());
        }
        self.monitor.check()?;
        Ok(solid)
    }

    /// Shows a coarse mesh to who wants to see one. That it cannot be made is no failure.
    fn preview(&mut self, found: &Found, latents: &Arc<Latents>) -> Result<(), PipelineError> {
        let (Some(show), Some(options)) = (self.around.preview, learned::preview_options(self.request)) else {
            return Ok(());
        };
        let silent = |_| ();
        let monitor = Monitor::new(self.monitor.cancel_token(), &silent);
        let made = self.around.tools.engine.decode(&found.source, latents, options, &monitor);
        if let Ok(mesh) = made.map_err(|_| ()).and_then(|m| surface::extract(&m.value, &monitor).map_err(|_| ())) {
            show(Arc::new(finish::place(mesh, Unit::Model, Pose::Standing, &self.request.size)));
        }
        Ok(self.monitor.check()?)
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
                craft::make(run.request, &picture, condition.as_ref(), monitor).about(run.path)
            })
        })
    }

    /// The raw mesh, after the field operations.
    fn surface(&mut self) -> Result<Draft, PipelineError> {
        let key = self.keys.surface;
        if let Some(stored) = self.stored(Stage::Surface, &key)? {
            return Ok(stored);
        }
        let Solid { body, unit, pose } = self.shape()?;
        let mut notes = Vec::new();
        let from_field = matches!(body, Body::Field(_));
        let body = match body {
            Body::Field(grid) => Body::Field(self.timed(Stage::Shape, |run| {
                solid::operate(grid, unit, pose, run.request, run.monitor, &mut notes).about(run.path)
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

    /// The same for a solid that a learned model saw: its colours are the model's, or those of the
    /// picture for a model that works in the picture's frame.
    fn finished_learned(&mut self, found: &Found, draft: Draft, is_painted: bool) -> Result<Draft, PipelineError> {
        let key = self.keys.finished;
        let is_painted = is_painted && learned::has_colors(self.request.model.model);
        let latents = if is_painted { Some(self.latents(found)?) } else { None };
        let cut_out = if is_painted { Some(self.cut_out()?) } else { None };
        self.make(Stage::Mesh, &key, |run| {
            let mut draft = finish::finish(draft, None, run.request, run.monitor).about(run.path)?;
            let (Some(latents), Some(cut_out)) = (latents, cut_out) else { return Ok(draft) };
            let points = draft.mesh.vertex_positions.clone();
            let colors = run.around.tools.engine.colors(&found.source, &latents, points, run.monitor)?;
            match colors.value {
                Some(colors) => draft.mesh.vertex_colors = Some(colors),
                None => {
                    let condition = recenter::condition(&cut_out).about(run.path)?;
                    draft.mesh.paint(|p| condition.color_at(p.x, p.y));
                }
            }
            Ok(draft)
        })
    }

    fn place_and_check(&self, draft: Draft) -> Result<Final, PipelineError> {
        let Draft { mesh, unit, pose, notes, .. } = draft;
        let mesh = finish::place(mesh, unit, pose, &self.request.size);
        mesh.validate().map_err(|source| PipelineError::Mesh { source, path: self.path.to_owned() })?;
        let report = print::check(&mesh, self.monitor)?;
        Ok(Final { mesh, report, notes })
    }

    /// What is stored under `key`, which saves `stage`.
    fn stored<T: Stored>(&mut self, stage: Stage, key: &Key) -> Result<Option<T>, PipelineError> {
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
    fn make<T: Stored>(
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
    fn timed<R>(
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

    fn spend(&mut self, stage: Stage, begun: Instant, cached: bool) {
        let report = self.spent.entry(stage).or_insert(StageReport { stage, secs: 0.0, cached });
        report.secs += begun.elapsed().as_secs_f32();
        report.cached &= cached;
    }
}

fn mask_error(source: IntakeError, path: &Path) -> PipelineError {
    PipelineError::Mask { source, path: path.to_owned() }
}
