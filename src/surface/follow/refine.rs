//! From a lattice to a finer one.

use rayon::prelude::*;

use super::lattice::Axis;
use super::{Lattice, Trust};
use crate::progress::{Cancelled, Monitor};

/// Looks at every sample of the lattice of the second stride that is not of the first, and returns
/// those to evaluate, ascending. With [`Trust::Lipschitz`] the others get a lower bound of their
/// magnitude, with its sign.
pub(super) fn refine(
    samples: &mut [f32],
    lattice: &Lattice,
    [coarse, fine]: [usize; 2],
    trust: Trust,
    monitor: &Monitor,
) -> Result<Vec<usize>, Cancelled> {
    let parents = Parents::of(samples, lattice, coarse);
    let [_, ny, nz] = lattice.samples_per_axis;
    let axes = lattice.samples_per_axis.map(|n| Axis { samples: n, stride: fine });
    let belongs = |x: usize| x.is_multiple_of(fine) || x + 1 == axes[0].samples;
    let slabs = samples.par_chunks_mut(ny * nz).enumerate().filter(|(x, _)| belongs(*x));
    let wanted = slabs.map(|(x, slab)| {
        monitor.check()?;
        let mut wanted = Vec::new();
        let across = parents.axes[0].bracket(x);
        for y in axes[1].places() {
            let down = parents.axes[1].bracket(y);
            for z in axes[2].places() {
                let along = parents.axes[2].bracket(z);
                if [across, down, along].iter().all(|[low, high]| low == high) {
                    continue;
                }
                match parents.judge([x, y, z], [across, down, along], trust, lattice.spacing) {
                    Verdict::Evaluate => wanted.push(lattice.index([x, y, z])),
                    Verdict::Bound(bound) => slab[y * nz + z] = bound,
                    Verdict::Unknown => {}
                }
            }
        }
        Ok(wanted)
    });
    let wanted: Vec<Vec<usize>> = wanted.collect::<Result<_, _>>()?;
    Ok(wanted.concat())
}

/// What to do with a sample.
enum Verdict {
    Evaluate,
    /// The field is at least this far from zero, on this side.
    Bound(f32),
    Unknown,
}

/// A copy of the coarser lattice's samples.
struct Parents {
    axes: [Axis; 3],
    values: Vec<f32>,
}

impl Parents {
    fn of(samples: &[f32], lattice: &Lattice, stride: usize) -> Self {
        let axes = lattice.samples_per_axis.map(|n| Axis { samples: n, stride });
        let places = |x| axes[1].places().flat_map(move |y| axes[2].places().map(move |z| [x, y, z]));
        let values = axes[0].places().flat_map(places).map(|place| samples[lattice.index(place)]).collect();
        Self { axes, values }
    }

    fn value(&self, [x, y, z]: [usize; 3]) -> f32 {
        self.values[(x * self.axes[1].len() + y) * self.axes[2].len() + z]
    }

    /// A bound from the nearest corner alone, where the surface is so far that a better one is of no use.
    fn far_away(&self, place: [usize; 3], brackets: [[usize; 2]; 3], slope: f32, spacing: f64) -> Option<f32> {
        let mut numbers = [0; 3];
        let mut squared = 0;
        for (axis, number) in numbers.iter_mut().enumerate() {
            let apart = brackets[axis].map(|number| self.axes[axis].place(number).abs_diff(place[axis]));
            let side = usize::from(apart[1] < apart[0]);
            *number = brackets[axis][side];
            squared += apart[side] * apart[side];
        }
        let (value, cell) = (self.value(numbers), slope * spacing as f32);
        let bound = value.abs() - cell * (squared as f32).sqrt() * 1.0001;
        (bound > 4.0 * cell * self.axes[0].stride as f32).then(|| bound.copysign(value))
    }

    fn judge(&self, place: [usize; 3], brackets: [[usize; 2]; 3], trust: Trust, spacing: f64) -> Verdict {
        let corners = (0..8usize).map(|corner| {
            let numbers = [0, 1, 2].map(|axis| brackets[axis][corner >> axis & 1]);
            (numbers, self.value(numbers))
        });
        match trust {
            Trust::Lipschitz(slope) => {
                if let Some(bound) = self.far_away(place, brackets, slope, spacing) {
                    return Verdict::Bound(bound);
                }
                let far = |(numbers, value): ([usize; 3], f32)| {
                    let apart = [0, 1, 2].map(|axis| self.axes[axis].place(numbers[axis]).abs_diff(place[axis]) as f64);
                    let distance = apart.iter().map(|d| d * d).sum::<f64>().sqrt() * spacing;
                    (f64::from(value.abs()) - f64::from(slope) * distance, value)
                };
                let (bound, value) =
                    corners.map(far).fold((f64::NEG_INFINITY, 0.0), |a, b| if b.0 > a.0 { b } else { a });
                // A hair is left for the rounding of values and positions.
                let bound = (bound - 1e-6 * f64::from(value.abs())) as f32;
                if bound > 0.0 { Verdict::Bound(bound.copysign(value)) } else { Verdict::Evaluate }
            }
            Trust::Signs | Trust::Magnitude(_) => {
                let near = if let Trust::Magnitude(near) = trust { near } else { 0.0 };
                let (mut inside, mut outside, mut close) = (false, false, false);
                for (_, value) in corners.filter(|(_, value)| !value.is_nan()) {
                    inside |= value < 0.0;
                    outside |= value >= 0.0;
                    close |= value.abs() < near;
                }
                if close || (inside && outside) { Verdict::Evaluate } else { Verdict::Unknown }
            }
        }
    }
}
