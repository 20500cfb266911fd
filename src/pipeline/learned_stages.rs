//! The stages of a learned model: latents, the field decoded from them, the colours.

use std::sync::Arc;
use std::time::Instant;

use super::codec::{self, Draft};
use super::company::Company;
use super::error::{About as _, PipelineError};
use super::learned::{self, Found};
use super::stages::Run;
use super::{finish, fit, solid};
use crate::cache::Key;
use crate::craft::{Body, Pose, Solid, Unit};
use crate::engine::learned::{Colors, Latents, Made};
use crate::image::recenter;
use crate::progress::{Cancelled, Monitor, Stage};
use crate::surface;

/// Share of the bar of [`Stage::Mesh`] for all but the colours, where the model is asked for them.
const FINISH_SHARE: f64 = 0.5;

impl Run<'_> {
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
        let mine = self.shown(found)?;
        if let Some(tell) = self.around.plan {
            let plan = self.around.tools.engine.plan(&found.source, mine.views().count(), self.monitor)?;
            plan.into_iter().for_each(tell);
        }
        let mut company = Company::gather(self, found, mine)?;
        let turn = self.around.tools.wait_for_turn(self.monitor)?;
        // Somebody else may have taken this picture along meanwhile.
        if let Some(stored) = self.stored::<Latents>(Stage::Latents, &key)? {
            return Ok(Arc::clone(self.latents.insert(Arc::new(stored))));
        }
        let made = self.timed(Stage::Latents, |run| company.encode(run, found))?;
        let made = self.take(made);
        let mut all = made.into_iter();
        let latents = all.next().ok_or(PipelineError::Cancelled(Cancelled))?;
        if self.as_asked {
            codec::put(self.cache, &key, &latents);
            company.keys.iter().zip(all).for_each(|(key, latents)| codec::put(self.cache, key, &latents));
        }
        drop(turn);
        self.monitor.check()?;
        Ok(Arc::clone(self.latents.insert(Arc::new(latents))))
    }

    /// What was made, its notes kept.
    pub(super) fn take<T>(&mut self, made: Made<T>) -> T {
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
    pub(super) fn learned_shape(&mut self, found: &Found) -> Result<Solid, PipelineError> {
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
        let mut grid = self.take(made);
        if !grid.samples.iter().any(|sample| *sample < 0.0) {
            let advice = learned::advice(self.request.model.model);
            return Err(PipelineError::NothingSolid { advice, path: self.path.to_owned() });
        }
        let mut notes = Vec::new();
        if learned::closes_silhouette(&self.request.model) {
            let cut_out = self.cut_out()?;
            let is_own_frame = learned::is_in_the_pictures_frame(self.request.model.model);
            let note = self.timed(Stage::Shape, |run| {
                let condition = recenter::condition(&cut_out).about(run.path)?;
                fit::close_to_silhouette(&mut grid, &condition, is_own_frame, run.monitor).about(run.path)
            })?;
            notes.extend(note);
        }
        let pose = if self.request.lies_flat() { Pose::Lying } else { Pose::Standing };
        let solid = Solid { body: Body::Field(grid), unit: Unit::Model, pose, notes };
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

    /// The same for a solid that a learned model saw: its colours are the model's, or those of the
    /// picture for a model that works in the picture's frame.
    pub(super) fn finished_learned(
        &mut self,
        found: &Found,
        draft: Draft,
        is_painted: bool,
    ) -> Result<Draft, PipelineError> {
        let key = self.keys.finished;
        let is_painted = is_painted && learned::has_colors(self.request.model.model);
        let latents = if is_painted { Some(self.latents(found)?) } else { None };
        let cut_out = if is_painted { Some(self.cut_out()?) } else { None };
        self.make(Stage::Mesh, &key, |run| {
            let finish = |monitor: &Monitor| finish::finish(draft, None, run.request, monitor).about(run.path);
            let mut draft =
                run.monitor.part(Stage::Mesh, [0.0, if is_painted { FINISH_SHARE } else { 1.0 }], finish)?;
            let (Some(latents), Some(cut_out)) = (latents, cut_out) else { return Ok(draft) };
            let points = draft.mesh.vertex_positions.clone();
            let colors = run.monitor.part(Stage::Mesh, [FINISH_SHARE, 1.0], |monitor| {
                let options = learned::decode_options(run.request);
                Ok::<_, PipelineError>(run.around.tools.engine.colors(
                    &found.source,
                    &latents,
                    points,
                    options,
                    monitor,
                )?)
            })?;
            draft.mesh.vertex_colors = match colors.value {
                None => None,
                Some(Colors::Own(colors)) => Some(colors),
                Some(Colors::Picture(places)) => {
                    let condition = recenter::condition(&cut_out).about(run.path)?;
                    Some(places.into_iter().map(|p| condition.color_at(p.x, p.y)).collect())
                }
            };
            Ok(draft)
        })
    }
}
