//! The steps of a flow: which times are visited, and how latents move from one to the next.
//!
//! σ = 0 is pure noise, σ = 1 is data. A denoiser gives the velocity from noise to data, and one step of
//! Euler's method is `x ← x + (σ' − σ) v`.

use burn::tensor::f16;

use crate::engine::Tensor;

/// Why a schedule cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// No steps, or more than the model was trained for.
    #[error("{0} steps cannot be made; choose between 1 and 1000")]
    Steps(usize),
    /// The length of a consistency model's table.
    #[error("a table of {0} times cannot be made; the published models have 100, and at most 1000 are possible")]
    Table(usize),
    /// The shift of a schedule is not a positive number.
    #[error("the schedule's shift must be a positive number; the published models have 1")]
    Shift,
}

/// Times that the models were trained for.
const TRAIN_STEPS: usize = 1000;

/// The times of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// One per step, and the final 1.
    sigmas: Vec<f32>,
}

/// NumPy's: from `start` to `stop` in `count` numbers, the last one exactly.
fn linspace(start: f64, stop: f64, count: usize) -> Vec<f64> {
    let step = if count > 1 { (stop - start) / (count - 1) as f64 } else { 0.0 };
    (0..count).map(|i| if i > 0 && i + 1 == count { stop } else { start + i as f64 * step }).collect()
}

fn steps_in_range(steps: usize) -> Result<(), ScheduleError> {
    if (1..=TRAIN_STEPS).contains(&steps) { Ok(()) } else { Err(ScheduleError::Steps(steps)) }
}

impl Schedule {
    /// As the pipeline sets it: σ from 0 to 1 evenly, then shifted: `s σ / (1 + (s − 1) σ)`.
    ///
    /// The last step goes from 1 to 1 and changes nothing, unless it is the only one.
    ///
    /// # Errors
    /// See [`ScheduleError`].
    pub fn flow_matching(steps: usize, shift: f32) -> Result<Self, ScheduleError> {
        steps_in_range(steps)?;
        Self::shifted(linspace(0.0, 1.0, steps), shift)
    }

    /// As the scheduler sets it when it is told the number of steps alone: from 0.001 to 1.
    ///
    /// # Errors
    /// See [`ScheduleError`].
    pub fn flow_matching_alone(steps: usize, shift: f32) -> Result<Self, ScheduleError> {
        steps_in_range(steps)?;
        Self::shifted(linspace(1.0 / TRAIN_STEPS as f64, 1.0, steps), shift)
    }

    fn shifted(sigmas: Vec<f64>, shift: f32) -> Result<Self, ScheduleError> {
        if !(shift > 0.0 && shift.is_finite()) {
            return Err(ScheduleError::Shift);
        }
        let shifted = |sigma: f32| shift * sigma / (1.0 + (shift - 1.0) * sigma);
        let sigmas = sigmas.into_iter().map(|sigma| shifted(sigma as f32)).chain([1.0]).collect();
        Ok(Self { sigmas })
    }

    /// The consistency variant of the turbo models: `steps` evenly from a table of `table_length` times.
    ///
    /// # Errors
    /// See [`ScheduleError`].
    pub fn consistency(steps: usize, table_length: usize) -> Result<Self, ScheduleError> {
        steps_in_range(steps)?;
        let table = Self::consistency_table(table_length)?;
        // In 64 bits, as NumPy spaces them: a whole number may come out just below itself.
        let stride = table_length as f64 / steps as f64;
        let sigmas = (0..steps).map(|k| table[(k as f64 * stride) as usize]).chain([1.0]).collect();
        Ok(Self { sigmas })
    }

    /// The times that a consistency model was distilled for.
    ///
    /// # Errors
    /// [`ScheduleError::Table`]
    pub fn consistency_table(length: usize) -> Result<Vec<f32>, ScheduleError> {
        if !(1..=TRAIN_STEPS).contains(&length) {
            return Err(ScheduleError::Table(length));
        }
        let base = linspace(0.0, 1.0, TRAIN_STEPS);
        let stride = TRAIN_STEPS / length;
        Ok((0..length).map(|j| if j == 0 { base[0] } else { base[j * stride - 1] } as f32).collect())
    }

    /// Number of steps.
    pub fn steps(&self) -> usize {
        self.sigmas.len() - 1
    }

    /// σ at the start of each step, and the final 1.
    pub fn sigmas(&self) -> &[f32] {
        &self.sigmas
    }

    /// 1000 σ at the start of each step.
    pub fn timesteps(&self) -> Vec<f32> {
        self.sigmas[..self.steps()].iter().map(|sigma| sigma * TRAIN_STEPS as f32).collect()
    }

    /// The time that the denoiser is given at step `k`: σ, through the roundings of the reference.
    pub fn model_time(&self, k: usize) -> f32 {
        self.sigmas[k] * TRAIN_STEPS as f32 / TRAIN_STEPS as f32
    }

    /// The same as the reference rounds it when it runs in 16 bits.
    pub fn model_time_f16(&self, k: usize) -> f32 {
        let timestep = f16::from_f32(self.sigmas[k] * TRAIN_STEPS as f32);
        f16::from_f32(timestep.to_f32() / TRAIN_STEPS as f32).to_f32()
    }

    /// σ' − σ of step `k`; 0 where the step changes nothing.
    pub fn step_size(&self, k: usize) -> f32 {
        self.sigmas[k + 1] - self.sigmas[k]
    }

    /// Latents after step `k`, both in `f32`.
    ///
    /// # Shapes
    /// - latents, velocity, output: `[batch, tokens, channels]`
    pub fn euler(&self, k: usize, latents: Tensor<3>, velocity: Tensor<3>) -> Tensor<3> {
        latents + velocity.mul_scalar(self.step_size(k))
    }

    /// Where the flow would end if it went on straight from the start of step `k`.
    ///
    /// # Shapes
    /// - latents, velocity, output: `[batch, tokens, channels]`
    pub fn predicted_data(&self, k: usize, latents: Tensor<3>, velocity: Tensor<3>) -> Tensor<3> {
        latents + velocity.mul_scalar(1.0 - self.sigmas[k])
    }
}
