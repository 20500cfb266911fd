//! The denoising loop: from noise to latents, along a schedule, with guidance.

use super::denoiser::{Context, Denoiser, EachBlock};
use super::flux::FluxDenoiser;
use super::scheduler::Schedule;
use crate::engine::Tensor;
use crate::engine::weights::WeightsError;
use crate::progress::{Monitor, Stage};

/// How much of the work that cannot change the result is done all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effort {
    /// What is known beforehand is not computed: steps of size 0, cross attention to a context of
    /// zeros, keys and values of the context in every step, what both guided halves share.
    #[default]
    Needed,
    /// Everything, as the reference does: to measure and test against.
    All,
}

/// How the two halves of guidance, with the picture and without, go through the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Branches {
    /// As one batch.
    #[default]
    Together,
    /// One after the other: half the memory, and what they share is computed twice.
    Apart,
}

/// A denoiser of either family.
pub enum VelocityModel {
    /// 2.1
    Moe(Box<Denoiser>),
    /// 2.0, 2mini, 2mv, and their fast and turbo variants
    Flux(Box<FluxDenoiser>),
}

/// One run of the loop.
pub struct Sampling<'a> {
    /// The times.
    pub schedule: &'a Schedule,
    /// Weight of the context: 5 is the published default.
    pub guidance_scale: f32,
    /// Share of the steps, from the first, that are guided; 1 is exact. Later ones follow the picture
    /// alone, which takes half the time and is approximate. Models that know the scale ignore it.
    pub guided_share: f32,
    /// How guided halves are evaluated.
    pub branches: Branches,
    /// Whether to skip what cannot change the result.
    pub effort: Effort,
    /// Told of every block of every step under [`Stage::Shape`]; cancels between blocks.
    pub monitor: Monitor<'a>,
}

/// What a step did.
pub struct Step<'a> {
    /// Its number, from 0.
    pub index: usize,
    /// Velocities `[rows, tokens, channels]`: conditional rows, then unconditional ones if there are any.
    pub velocities: &'a Tensor<3>,
    /// `[batch, tokens, channels]` after the step, in `f32`.
    pub latents: &'a Tensor<3>,
    /// `[batch, tokens, channels]`: where the flow is heading, for previews.
    pub predicted: &'a Tensor<3>,
}

/// What the loop needs of a network.
trait Velocity {
    /// A context made ready for all steps.
    type Context;

    /// Blocks of one evaluation.
    fn blocks(&self) -> usize;

    /// Whether each step evaluates every row with and without its context.
    fn is_guided_by_pairs(&self) -> bool;

    /// Makes a context ready.
    fn prepare(&self, context: Tensor<3>, effort: Effort) -> Result<Self::Context, WeightsError>;

    /// Velocities of the conditional rows, then of the unconditional ones if it is guided by pairs and
    /// `rows` asks for both.
    fn velocities(
        &self,
        latents: Tensor<3>,
        time: f32,
        context: &Self::Context,
        sampling: &Sampling,
        rows: Rows,
        each: EachBlock,
    ) -> Result<Tensor<3>, WeightsError>;
}

/// Which rows of a guided pair are evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rows {
    Both,
    With,
    Without,
}

/// Conditional rows, then as many of zeros.
fn with_zeros(context: Tensor<3>) -> Tensor<3> {
    Tensor::cat(vec![context.clone(), context.zeros_like()], 0)
}

impl Velocity for Denoiser {
    type Context = Context;

    fn blocks(&self) -> usize {
        self.config().depth
    }

    fn is_guided_by_pairs(&self) -> bool {
        true
    }

    fn prepare(&self, context: Tensor<3>, effort: Effort) -> Result<Context, WeightsError> {
        match effort {
            Effort::Needed => self.context(context),
            Effort::All => self.context(with_zeros(context)),
        }
    }

    fn velocities(
        &self,
        latents: Tensor<3>,
        time: f32,
        context: &Context,
        sampling: &Sampling,
        rows: Rows,
        each: EachBlock,
    ) -> Result<Tensor<3>, WeightsError> {
        let [batch, _, _] = latents.dims();
        match (rows, sampling.effort) {
            (Rows::Both, Effort::Needed) => self.forward_pair(latents, time, context, each),
            (Rows::Both, Effort::All) => self.forward(latents.repeat_dim(0, 2), &vec![time; 2 * batch], context, each),
            (Rows::With, _) => self.forward(latents, &vec![time; batch], context, each),
            (Rows::Without, _) => self.forward_unconditional(latents, &vec![time; batch], context, each),
        }
    }
}

impl Velocity for FluxDenoiser {
    type Context = Tensor<3>;

    fn blocks(&self) -> usize {
        self.config().depth + self.config().depth_single_blocks
    }

    fn is_guided_by_pairs(&self) -> bool {
        !self.config().guidance_embed
    }

    fn prepare(&self, context: Tensor<3>, _: Effort) -> Result<Tensor<3>, WeightsError> {
        Ok(self.context(if self.is_guided_by_pairs() { with_zeros(context) } else { context }))
    }

    fn velocities(
        &self,
        latents: Tensor<3>,
        time: f32,
        context: &Tensor<3>,
        sampling: &Sampling,
        rows: Rows,
        each: EachBlock,
    ) -> Result<Tensor<3>, WeightsError> {
        let [batch, _, _] = latents.dims();
        // A context of pairs holds the rows of zeros behind the others.
        let (latents, context) = match rows {
            Rows::Both if self.is_guided_by_pairs() => (latents.repeat_dim(0, 2), context.clone()),
            Rows::Both | Rows::With => (latents, context.clone().narrow(0, 0, batch)),
            Rows::Without => (latents, context.clone().narrow(0, batch, batch)),
        };
        let [rows, _, _] = latents.dims();
        self.forward(latents, &vec![time; rows], &vec![sampling.guidance_scale; rows], &context, each)
    }
}

impl VelocityModel {
    /// Whether blocks are loaded when their turn comes.
    pub fn is_stored(&self) -> bool {
        match self {
            Self::Moe(moe) => moe.is_stored(),
            Self::Flux(flux) => flux.is_stored(),
        }
    }

    /// Channels of a latent token.
    pub fn channels(&self) -> usize {
        match self {
            Self::Moe(moe) => moe.config().in_channels,
            Self::Flux(flux) => flux.config().in_channels,
        }
    }

    /// Latents at the end of the flow that starts from `noise`.
    ///
    /// # Shapes
    /// - noise: `[batch, tokens, channels]`
    /// - context: `[batch, context tokens, context width]`
    /// - output: as the noise, in `f32`
    ///
    /// # Errors
    /// [`WeightsError::Cancelled`], and those of loading blocks that take turns.
    pub fn sample(
        &self,
        noise: Tensor<3>,
        context: Tensor<3>,
        sampling: &Sampling,
        observe: impl FnMut(Step),
    ) -> Result<Tensor<3>, WeightsError> {
        match self {
            Self::Moe(moe) => run(moe.as_ref(), noise, context, sampling, observe),
            Self::Flux(flux) => run(flux.as_ref(), noise, context, sampling, observe),
        }
    }
}

fn run<V: Velocity>(
    model: &V,
    noise: Tensor<3>,
    context: Tensor<3>,
    sampling: &Sampling,
    mut observe: impl FnMut(Step),
) -> Result<Tensor<3>, WeightsError> {
    let Sampling { schedule, guidance_scale, guided_share, branches, effort, monitor } = sampling;
    let [batch, _, _] = noise.dims();
    let counts = |k: &usize| *effort == Effort::All || schedule.step_size(*k) != 0.0;
    let steps: Vec<usize> = (0..schedule.steps()).filter(counts).collect();
    let (blocks, total) = (model.blocks() as u64, (steps.len() * model.blocks()) as u64);
    let guided_steps = (steps.len() as f32 * guided_share).ceil() as u64;
    monitor.step(Stage::Shape, 0, total)?;
    let mut ready = model.prepare(context.clone(), *effort)?;
    let mut latents = noise;
    for (done, &index) in (0..).zip(&steps) {
        if *effort == Effort::All && done > 0 {
            ready = model.prepare(context.clone(), *effort)?;
        }
        let all = *effort == Effort::All;
        let apart = *branches == Branches::Apart && !all;
        let guided = model.is_guided_by_pairs() && (done < guided_steps || all);
        let mut each = |block: usize, _: &Tensor<3>| {
            monitor.step(Stage::Shape, (done * blocks + block as u64 + 1).min(total), total)
        };
        let mut evaluate = |rows: Rows| {
            model.velocities(latents.clone(), schedule.model_time(index), &ready, sampling, rows, &mut each)
        };
        let velocities = match (guided, apart) {
            (true, true) => Tensor::cat(vec![evaluate(Rows::With)?, evaluate(Rows::Without)?], 0),
            (true, false) => evaluate(Rows::Both)?,
            (false, _) => evaluate(Rows::With)?,
        };
        let velocity = if guided {
            let with = velocities.clone().narrow(0, 0, batch);
            let without = velocities.clone().narrow(0, batch, batch);
            without.clone() + (with - without).mul_scalar(*guidance_scale)
        } else {
            velocities.clone()
        };
        let predicted = schedule.predicted_data(index, latents.clone(), velocity.clone());
        latents = schedule.euler(index, latents, velocity);
        observe(Step { index, velocities: &velocities, latents: &latents, predicted: &predicted });
    }
    Ok(latents)
}
