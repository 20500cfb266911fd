//! Pictures to latents: conditioner, then denoiser.

use burn::tensor::TensorData;
use burn::tensor::backend::Backend as _;

use super::super::noise::normal_numbers;
use super::super::sampler::{Branches, Effort, Sampling};
use super::{Hunyuan3d, Plan, Stage, attempt};
use crate::engine::error::EngineError;
use crate::engine::learned::{EncodeOptions, Latents, Part, Place, Planes, Shown, Work};
use crate::engine::pace::in_step;
use crate::engine::{Backend, Device, Tensor};
use crate::progress::{self, Monitor};

/// Shares of the bar: loading and running the conditioner, loading and running the denoiser.
const LOAD_CONDITIONER: [f64; 2] = [0.0, 0.03];
const CONDITION: [f64; 2] = [0.03, 0.06];
const LOAD_DENOISER: [f64; 2] = [0.06, 0.15];
const DENOISE: [f64; 2] = [0.15, 1.0];

/// What is said when the denoiser is brought to the device block by block.
const TURNS: &str = "the blocks of the denoiser took turns in memory, which takes much longer";

/// What is said when the denoiser got the others' memory.
const ROOM_FOR_DENOISER: &str = "other parts of the model made room for the denoiser: the memory was full";

/// Reported for all of it; who listens gives it a place of its own.
const REPORTED: progress::Stage = progress::Stage::Shape;

impl Hunyuan3d {
    pub(super) fn encode_all(
        &mut self,
        objects: &[Shown],
        options: &EncodeOptions,
        work: &Work,
    ) -> Result<Vec<Latents>, EngineError> {
        let plan = self.plan_for(objects.iter().map(|o| o.views().count()).max().unwrap_or(1), work.place);
        tracing::info!("{}", plan.in_words());
        plan.check(Stage::Conditioner)?;
        plan.check(Stage::Denoiser)?;
        let keeps_all = plan.keeps_all(objects.len().min(plan.batch_max(super::BATCH_MAX)));
        if !plan.keeps_all(1) {
            work.note(format!("the parts of the model take turns in memory, which takes longer ({})", plan.in_words()));
        }
        if !keeps_all {
            self.make_room(Stage::Conditioner, work.place);
        }
        let contexts = self.contexts(objects, work)?;
        if !keeps_all {
            self.make_room(Stage::Denoiser, work.place);
        }
        let mut apart = Branches::Together;
        if !plan.pair_fits() {
            apart = Branches::Apart;
            work.note("the two halves of the guidance ran one after the other: the memory is too small for both");
        }
        self.load_stepping_down(&plan, work)?;
        let contexts = &contexts;
        let most = plan.batch_max(super::BATCH_MAX);
        work.monitor.part(REPORTED, DENOISE, |monitor| {
            self.denoise_stepping_down(contexts, most, options, apart, work, monitor)
        })
    }

    fn load_stepping_down(&mut self, plan: &Plan, work: &Work) -> Result<(), EngineError> {
        let mut by_blocks = plan.needs_turns();
        if by_blocks {
            work.note(format!("{TURNS}: the memory is too small for all of them ({})", plan.in_words()));
        }
        loop {
            let load = |monitor: &Monitor| self.load_velocity(by_blocks, work, monitor);
            match work.monitor.part(REPORTED, LOAD_DENOISER, load) {
                Err(error) if error.is_out_of_memory() => {
                    if self.make_room(Stage::Denoiser, work.place) {
                        work.note(ROOM_FOR_DENOISER);
                    } else if !by_blocks && self.has_blocks_at_once() {
                        by_blocks = true;
                        work.note(format!("{TURNS}: the memory was full"));
                    } else {
                        return Err(error);
                    }
                }
                result => return result,
            }
        }
    }

    /// Context tokens of each object, `[1, views · tokens, width]`.
    fn contexts(&mut self, objects: &[Shown], work: &Work) -> Result<Vec<Tensor<3>>, EngineError> {
        loop {
            let loaded = work.monitor.part(REPORTED, LOAD_CONDITIONER, |monitor| self.load_conditioner(work, monitor));
            let result = loaded.and_then(|()| {
                let (count, mut contexts) = (objects.len(), Vec::new());
                for (number, shown) in objects.iter().enumerate() {
                    let [from, to] = [number, number + 1]
                        .map(|n| CONDITION[0] + (CONDITION[1] - CONDITION[0]) * n as f64 / count as f64);
                    contexts
                        .push(work.monitor.part(REPORTED, [from, to], |monitor| self.context(shown, work, monitor))?);
                }
                Ok(contexts)
            });
            match result {
                Err(error) if error.is_out_of_memory() && self.make_room(Stage::Conditioner, work.place) => {
                    work.note("other parts of the model made room for the image encoder: the memory was full");
                }
                result => return result,
            }
        }
    }

    /// The views of an object one after the other: the encoder takes a hundredth of the whole time.
    fn context(&self, shown: &Shown, work: &Work, monitor: &Monitor) -> Result<Tensor<3>, EngineError> {
        let Some(most) = self.published.config().conditioner.view_num else {
            return self.context_of_view(None, shown.alone()?, work, monitor);
        };
        let count = shown.views().count();
        let mut tokens = Vec::with_capacity(count);
        for (number, (view, picture)) in shown.views().enumerate() {
            if view >= most {
                return Err(EngineError::Invalid(format!("the model takes {most} views, and none of number {view}")));
            }
            let share = [number, number + 1].map(|n| n as f64 / count as f64);
            tokens.push(
                monitor.part(REPORTED, share, |monitor| self.context_of_view(Some(view), picture, work, monitor))?,
            );
        }
        Ok(Tensor::cat(tokens, 1))
    }

    /// Tokens of one picture; with the number of its view in a model that tells views apart.
    fn context_of_view(
        &self,
        view: Option<usize>,
        picture: &Planes,
        work: &Work,
        monitor: &Monitor,
    ) -> Result<Tensor<3>, EngineError> {
        let [channels, height, width] = picture.shape;
        let conditioner = self.conditioner.as_ref().ok_or_else(not_loaded)?;
        if channels != conditioner.config().dino.num_channels || picture.values.len() != channels * height * width {
            return Err(EngineError::Invalid(format!("the model does not take a picture of {channels} channels")));
        }
        attempt(work, || {
            let data = TensorData::new(picture.values.clone(), [1, channels, height, width]);
            let image = Tensor::<4>::from_data(data, &work.place.device);
            let layers = conditioner.config().dino.num_hidden_layers as u64;
            in_step(work.place, monitor, |monitor| {
                let mut each = |layer: usize, _: &Tensor<3>| monitor.step(REPORTED, layer as u64 + 1, layers);
                Ok(match view {
                    Some(view) => conditioner.forward_views(image.unsqueeze(), &[view], &mut each)?,
                    None => conditioner.forward(image, &mut each)?,
                })
            })
        })
    }

    fn denoise_stepping_down(
        &mut self,
        contexts: &[Tensor<3>],
        most: usize,
        options: &EncodeOptions,
        mut branches: Branches,
        work: &Work,
        monitor: &Monitor,
    ) -> Result<Vec<Latents>, EngineError> {
        let mut batch = contexts.len().min(most).max(1);
        let mut latents: Vec<Latents> = Vec::new();
        while latents.len() < contexts.len() {
            let begun = latents.len();
            // Objects of as many views can share a call.
            let alike = contexts[begun..].iter().take_while(|c| c.dims() == contexts[begun].dims()).count();
            let next = &contexts[begun..begun + batch.min(alike)];
            let ran = next.len();
            let share = [begun, begun + ran].map(|n| n as f64 / contexts.len() as f64);
            let result = monitor.part(REPORTED, share, |monitor| self.denoise(next, options, branches, work, monitor));
            match result {
                Ok(made) => latents.extend(made),
                Err(error) if !error.is_out_of_memory() => return Err(error),
                Err(error) => {
                    Backend::memory_cleanup(&work.place.device);
                    if self.make_room(Stage::Denoiser, work.place) {
                        work.note(ROOM_FOR_DENOISER);
                    } else if ran > 1 {
                        batch = ran.div_ceil(2);
                        let pictures = if batch == 1 { "one picture".to_owned() } else { format!("{batch} pictures") };
                        work.note(format!("{pictures} at a time went through the model: the memory was full"));
                    } else if branches == Branches::Together {
                        branches = Branches::Apart;
                        work.note("the two halves of the guidance ran one after the other: the memory was full");
                    } else if self.has_blocks_at_once() {
                        self.load_velocity(true, work, &Monitor::new(monitor.cancel_token(), &|_| ()))?;
                        work.note(format!("{TURNS}: the memory was full"));
                    } else {
                        return Err(error);
                    }
                }
            }
        }
        Ok(latents)
    }

    /// Latents of some pictures in one batch.
    fn denoise(
        &self,
        contexts: &[Tensor<3>],
        options: &EncodeOptions,
        branches: Branches,
        work: &Work,
        monitor: &Monitor,
    ) -> Result<Vec<Latents>, EngineError> {
        work.take_memory(Part::Denoising)?;
        let velocity = self.velocity.as_ref().ok_or_else(not_loaded)?;
        let schedule = self.published.config().schedule.schedule(options.steps)?;
        let shape = [self.vae.num_latents, self.channels()];
        let EncodeOptions { guidance_scale, guidance_until, seed, .. } = *options;
        let numbers = attempt(work, || {
            let device = &work.place.device;
            let noise = noise(seed, contexts.len(), shape, device);
            let latents = in_step(work.place, monitor, |monitor| {
                let sampling = Sampling {
                    schedule: &schedule,
                    guidance_scale,
                    guided_share: guidance_until,
                    branches,
                    effort: Effort::Needed,
                    monitor: *monitor,
                };
                // A quick card is waited for once a step.
                velocity.sample(noise, Tensor::cat(contexts.to_vec(), 0), &sampling, |_| {
                    let _ = wait(work.place);
                })
            })?;
            let data = latents.try_into_data().map_err(|error| EngineError::from_driver(&format!("{error:?}")))?;
            data.convert::<f32>().to_vec::<f32>().map_err(|error| EngineError::from_driver(&format!("{error:?}")))
        })?;
        monitor.check()?;
        numbers.chunks_exact(shape[0] * shape[1]).map(|row| Latents::new(shape.to_vec(), row.to_vec())).collect()
    }
}

/// The same noise for each row: a picture's latents do not depend on its company.
fn noise(seed: u64, rows: usize, [tokens, channels]: [usize; 2], device: &Device) -> Tensor<3> {
    let numbers = normal_numbers(seed, tokens * channels);
    Tensor::from_data(TensorData::new(numbers.repeat(rows), [rows, tokens, channels]), device)
}

fn wait(place: &Place) -> Result<(), String> {
    Backend::sync(&place.device).map_err(|error| format!("{error:?}"))
}

pub(super) fn not_loaded() -> EngineError {
    EngineError::Broken { what: "a part of the model was not loaded".to_owned() }
}
