//! The field on the processor: sampling and network in one go, a few points after another on each core.

use burn::tensor::DType;
use glam::Vec3;
use rayon::prelude::*;

use super::field::{EvaluationError, FieldDecoder, FieldValue, OUTPUTS};
use crate::engine::Tensor;
use crate::engine::layers::cpu::{Matrix, multiply_add, silu, vectorized};

/// Points that go through the network together: their numbers stay in the nearest cache.
const POINTS: usize = 128;

/// Everything that an evaluation needs, as plain numbers.
pub(super) struct HostField {
    /// `[3, side, side, channels]`: the features of a pixel side by side.
    planes: Vec<f32>,
    channels: usize,
    /// Rows and columns of a plane.
    size: [usize; 2],
    maps: Vec<HostMap>,
    /// Widest row of numbers on the way.
    widest: usize,
    scale: f32,
}

struct HostMap {
    /// `[d_input, d_output]`
    weight: Vec<f32>,
    bias: Vec<f32>,
}

fn numbers<const D: usize>(x: Tensor<D>) -> Result<Vec<f32>, EvaluationError> {
    let device_error = |error: String| EvaluationError::Device(error);
    let data = x.cast(DType::F32).try_into_data().map_err(|error| device_error(format!("{error:?}")))?;
    data.into_vec::<f32>().map_err(|error| device_error(format!("{error:?}")))
}

impl HostField {
    /// Of the scene with these codes, `[3, channels, side, side]`.
    pub(super) fn new(decoder: &FieldDecoder, codes: Tensor<4>) -> Result<Self, EvaluationError> {
        let [planes, channels, rows, columns] = codes.dims();
        let map = |map: &super::field::Map| {
            Ok(HostMap { weight: numbers(map.weight.clone())?, bias: numbers(map.bias.clone())? })
        };
        let maps = decoder.maps.iter().map(map).collect::<Result<Vec<_>, EvaluationError>>()?;
        let widest = maps.iter().map(|map| map.bias.len()).max().unwrap_or(0).max(planes * channels);
        Ok(Self {
            planes: numbers(codes.permute([0, 2, 3, 1]))?,
            channels,
            size: [rows, columns],
            maps,
            widest,
            scale: 1.0 / decoder.radius(),
        })
    }

    /// Writes the values of `points`.
    pub(super) fn evaluate(&self, points: &[Vec3], values: &mut [FieldValue]) {
        let room = || [vec![0.0; POINTS * self.widest], vec![0.0; POINTS * self.widest]];
        points.par_chunks(POINTS).zip(values.par_chunks_mut(POINTS)).for_each_init(room, |room, (points, values)| {
            let found = self.evaluate_few(points, room);
            for (value, number) in values.iter_mut().zip(found.chunks_exact(OUTPUTS)) {
                *value = FieldValue { density: number[0], color: [number[1], number[2], number[3]] };
            }
        });
    }

    /// At most [`POINTS`]; the outputs stand in one of the two rooms.
    fn evaluate_few<'r>(&self, points: &[Vec3], [now, next]: &'r mut [Vec<f32>; 2]) -> &'r [f32] {
        let (mut now, mut next) = (now, next);
        let mut width = 3 * self.channels;
        for (point, features) in points.iter().zip(now.chunks_exact_mut(width)) {
            self.sample(*point * self.scale, features);
        }
        for (number, map) in self.maps.iter().enumerate() {
            let output = map.bias.len();
            let x = Matrix::new(now, [points.len(), width], [width, 1]);
            multiply_add(next, output, x, Matrix::new(&map.weight, [width, output], [output, 1]), false);
            let last = number + 1 == self.maps.len();
            vectorized(
                #[inline(always)]
                || {
                    for row in next.chunks_exact_mut(output).take(points.len()) {
                        row.iter_mut().zip(&map.bias).for_each(|(x, bias)| *x += bias);
                        if !last {
                            row.iter_mut().for_each(|x| *x = silu(*x));
                        }
                    }
                },
            );
            std::mem::swap(&mut now, &mut next);
            width = output;
        }
        &now[..points.len() * width]
    }

    /// Features of a place in `-1..=1`, bilinear, pixel centres at halves, zero outside.
    fn sample(&self, place: Vec3, features: &mut [f32]) {
        let [rows, columns] = self.size;
        features.fill(0.0);
        // Across, then down.
        let pairs = [[place.x, place.y], [place.x, place.z], [place.y, place.z]];
        for (plane, ([across, down], features)) in
            pairs.iter().zip(features.chunks_exact_mut(self.channels)).enumerate()
        {
            let (x, y) = (taps(*across, columns), taps(*down, rows));
            for (row, down) in y {
                for (column, across) in x {
                    let Some(from) = row.zip(column).map(|(r, c)| ((plane * rows + r) * columns + c) * self.channels)
                    else {
                        continue;
                    };
                    let weight = across * down;
                    let pixel = &self.planes[from..from + self.channels];
                    vectorized(
                        #[inline(always)]
                        || features.iter_mut().zip(pixel).for_each(|(sum, x)| *sum += weight * x),
                    );
                }
            }
        }
    }
}

/// The two pixels around a place on an axis, where there are any, and their weights.
fn taps(place: f32, count: usize) -> [(Option<usize>, f32); 2] {
    let at = ((place + 1.0) * count as f32 - 1.0) / 2.0;
    // Farther out there is nothing anyway, and the numbers below stay small.
    let at = at.clamp(-2.0, count as f32 + 1.0);
    let first = at.floor();
    let share = at - first;
    let pixel = |n: f32| (n >= 0.0 && n < count as f32).then_some(n as usize);
    [(pixel(first), 1.0 - share), (pixel(first + 1.0), share)]
}

#[cfg(test)]
mod tests {
    use super::taps;

    #[test]
    fn pixel_centres_are_at_halves_and_nothing_is_outside() {
        assert_eq!(taps(0.0, 4), [(Some(1), 0.5), (Some(2), 0.5)]);
        assert_eq!(taps(-1.0, 4), [(None, 0.5), (Some(0), 0.5)]);
        assert_eq!(taps(1.0, 4), [(Some(3), 0.5), (None, 0.5)]);
        assert_eq!(taps(1e30, 4).map(|(pixel, _)| pixel), [None, None]);
        assert_eq!(taps(-1e30, 4).map(|(pixel, _)| pixel), [None, None]);
        assert_eq!(taps(f32::NAN, 4).map(|(pixel, _)| pixel), [None, None]);
    }
}
