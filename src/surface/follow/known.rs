//! What is known of a field's samples, and where the surface leads from there.

use rayon::prelude::*;

use super::lattice::Axis;
use super::{Lattice, fill};
use crate::field::FieldError;

/// Samples of a field.
pub(super) struct Known {
    pub(super) lattice: Lattice,
    /// NaN where nothing is known.
    pub(super) samples: Vec<f32>,
    /// One bit per sample: whether its value is the field's own.
    evaluated: Vec<u64>,
}

impl Known {
    /// Nothing is known yet.
    pub(super) fn nothing(lattice: Lattice) -> Result<Self, FieldError> {
        let count = lattice.sample_count()?;
        Ok(Self { lattice, samples: vec![f32::NAN; count], evaluated: vec![0; count.div_ceil(64)] })
    }

    /// The field has `value` at a sample.
    pub(super) fn learn(&mut self, index: usize, value: f32) {
        self.samples[index] = if value.is_nan() { f32::MAX } else { value.clamp(f32::MIN, f32::MAX) };
        self.evaluated[index / 64] |= 1 << (index % 64);
    }

    fn is_evaluated(&self, index: usize) -> bool {
        fill::is_set(&self.evaluated, index)
    }

    fn is_inside(&self, index: usize) -> bool {
        self.samples[index] < 0.0
    }

    /// Gives all other samples a sign.
    pub(super) fn fill_signs(&mut self) {
        fill::fill_signs(&mut self.samples, &self.evaluated, self.lattice.samples_per_axis);
    }

    /// See [`fill::contradictions`].
    pub(super) fn contradictions(&self, exact: bool) -> Vec<usize> {
        fill::contradictions(&self.samples, &self.evaluated, &self.lattice, exact)
    }

    /// Between two samples of the lattice with different signs everything is evaluated. Returns the
    /// samples from which to follow the surface.
    pub(super) fn seeds(&self, stride: usize) -> Vec<Seed> {
        let axes = self.lattice.samples_per_axis.map(|n| Axis { samples: n, stride });
        let of_slab = |x: usize| {
            let mut seeds = Vec::new();
            for (y, z) in axes[1].places().flat_map(|y| axes[2].places().map(move |z| (y, z))) {
                let place = [x, y, z];
                let index = self.lattice.index(place);
                if !self.is_evaluated(index) {
                    continue;
                }
                if self.is_inside(index) && self.lattice.is_on_border(place) {
                    seeds.push(Seed::Known(index));
                }
                for axis in 0..3 {
                    let Some(next) = axes[axis].after(place[axis]) else { continue };
                    let mut other = place;
                    other[axis] = next;
                    let other = self.lattice.index(other);
                    if self.is_evaluated(other) && self.is_inside(index) != self.is_inside(other) {
                        let step = (other - index) / (next - place[axis]);
                        seeds.push(Seed::Known(index));
                        seeds.extend((index + step..other).step_by(step).map(Seed::New));
                    }
                }
            }
            seeds
        };
        axes[0].places().collect::<Vec<_>>().into_par_iter().flat_map_iter(of_slab).collect()
    }

    /// The samples, not yet evaluated, of all cells around the cut edges at sample `index`.
    pub(super) fn around_cuts(&self, index: usize) -> Vec<usize> {
        let mut wanted = Vec::new();
        let place = self.lattice.place(index);
        let inside = self.is_inside(index);
        for axis in 0..3 {
            for other in self.lattice.neighbors(place, axis) {
                let cut = match other {
                    Some(other) => self.is_evaluated(other) && self.is_inside(other) != inside,
                    // Everything around the grid is outside.
                    None => inside,
                };
                if cut {
                    let ends = [Some(index), other].into_iter().flatten();
                    wanted.extend(ends.flat_map(|end| self.square(end, axis)).filter(|&i| !self.is_evaluated(i)));
                }
            }
        }
        wanted
    }

    /// The samples of the square of 3 × 3 across `axis` around sample `index`.
    fn square(&self, index: usize, axis: usize) -> impl Iterator<Item = usize> + '_ {
        let place = self.lattice.place(index);
        let (a, b) = ((axis + 1) % 3, (axis + 2) % 3);
        let around = move |axis: usize| {
            place[axis].saturating_sub(1)..(place[axis] + 2).min(self.lattice.samples_per_axis[axis])
        };
        around(a).flat_map(move |i| {
            around(b).map(move |j| {
                let mut place = place;
                (place[a], place[b]) = (i, j);
                self.lattice.index(place)
            })
        })
    }
}

/// Where to start following.
#[derive(Clone, Copy)]
pub(super) enum Seed {
    /// Evaluated already.
    Known(usize),
    /// To be evaluated first.
    New(usize),
}

impl Seed {
    pub(super) fn index(self) -> usize {
        match self {
            Self::Known(index) | Self::New(index) => index,
        }
    }

    pub(super) fn new_index(&self) -> Option<usize> {
        match self {
            Self::Known(_) => None,
            Self::New(index) => Some(*index),
        }
    }
}
