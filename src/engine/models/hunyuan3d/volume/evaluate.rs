//! Points through the geometry decoder, chunk by chunk.

use std::ops::Range;

use glam::Vec3;

use super::VolumeError;
use crate::engine::layers::attend;
use crate::engine::models::hunyuan3d::vae::{GeoDecoder, KeyValues, points_tensor};
use crate::engine::{Device, Tensor};
use crate::progress::Cancelled;

/// The field of one shape. Its keys and values are computed once and serve every point.
pub struct FieldEvaluator<'a> {
    decoder: &'a GeoDecoder,
    shape: KeyValues,
    points_per_call: usize,
}

impl<'a> FieldEvaluator<'a> {
    /// Of the shape with these keys and values, of batch size 1.
    pub fn new(decoder: &'a GeoDecoder, shape: KeyValues, points_per_call: usize) -> Self {
        Self { decoder, shape, points_per_call: points_per_call.max(1) }
    }

    /// The shape's keys and values.
    pub fn shape(&self) -> &KeyValues {
        &self.shape
    }

    /// Writes the logits of `points`, positive inside; calls `done` with the number of points done after
    /// every chunk.
    ///
    /// # Errors
    /// [`VolumeError`].
    pub fn logits(
        &self,
        points: &[Vec3],
        values: &mut [f32],
        done: &mut dyn FnMut(usize) -> Result<(), Cancelled>,
    ) -> Result<(), VolumeError> {
        self.logits_with(&self.shape, points, values, done)
    }

    /// As [`Self::logits`], attending to `tokens` instead of all of the shape's.
    pub(super) fn logits_with(
        &self,
        tokens: &KeyValues,
        points: &[Vec3],
        values: &mut [f32],
        done: &mut dyn FnMut(usize) -> Result<(), Cancelled>,
    ) -> Result<(), VolumeError> {
        // A chunk is read when the next one is under way, so that a device need not wait for us.
        let mut running: Option<(Range<usize>, Tensor<3>)> = None;
        let chunks = (0..points.len()).step_by(self.points_per_call);
        for start in chunks {
            let range = start..(start + self.points_per_call).min(points.len());
            let logits = self.launch(tokens, &points[range.clone()]);
            if let Some((range, logits)) = running.replace((range, logits)) {
                read(logits, &mut values[range.clone()])?;
                done(range.end)?;
            }
        }
        if let Some((range, logits)) = running {
            read(logits, &mut values[range.clone()])?;
            done(range.end)?;
        }
        Ok(())
    }

    fn launch(&self, tokens: &KeyValues, points: &[Vec3]) -> Tensor<3> {
        let points = self.points(points);
        let queries = self.decoder.queries(points);
        let context = attend(queries.by_head, tokens.keys.clone(), tokens.values.clone());
        self.decoder.finish(queries.tokens, context)
    }

    /// Queries of every `every`-th point by head, `[1, heads, points, head width]`.
    pub(super) fn sampled_queries(&self, points: &[Vec3], every: usize) -> Tensor<4> {
        let sampled: Vec<Vec3> = points.iter().copied().step_by(every).collect();
        self.decoder.queries(points_tensor(&sampled, &self.shape.keys)).by_head
    }

    /// `[1, points, 3]`; off the CPU with the last point repeated up to a size that flash attention and
    /// tuned kernels like.
    fn points(&self, points: &[Vec3]) -> Tensor<3> {
        const MULTIPLE: usize = 128;
        let on_cpu = matches!(self.shape.keys.device(), Device::Flex(_));
        let wanted = points.len().next_multiple_of(MULTIPLE);
        match points.last() {
            Some(&last) if !on_cpu && wanted != points.len() => {
                let mut padded = points.to_vec();
                padded.resize(wanted, last);
                points_tensor(&padded, &self.shape.keys)
            }
            _ => points_tensor(points, &self.shape.keys),
        }
    }
}

/// Waits for logits `[1, at least values.len(), 1]`.
fn read(logits: Tensor<3>, values: &mut [f32]) -> Result<(), VolumeError> {
    let device_error = |error: String| VolumeError::Device(error);
    let data = logits.try_into_data().map_err(|e| device_error(format!("{e:?}")))?;
    let numbers = data.convert::<f32>().to_vec::<f32>().map_err(|e| device_error(format!("{e:?}")))?;
    if numbers.iter().any(|v| !v.is_finite()) {
        return Err(VolumeError::NotFinite);
    }
    values.iter_mut().zip(numbers).for_each(|(value, number)| *value = number);
    Ok(())
}
