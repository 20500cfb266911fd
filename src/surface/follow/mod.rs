//! A field evaluated only where its surface is.
//!
//! Marching cubes needs the sign of every sample of a grid, but values only at the two ends of every
//! edge that the surface cuts: all four edges of an ambiguous face are such edges. [`follow`] evaluates a coarse lattice, refines it near the surface, and
//! then follows the surface from cell to cell along sign changes; what lies between is filled with the
//! sign around it.
//!
//! # What is promised
//! Let *dense* be the mesh that [`extract`](super::extract) makes of all samples. Its **pieces** are
//! what hangs together through faces of cells: two cells that share a cut edge.
//! * Every cut edge of the resulting grid has both ends evaluated, and so have all samples of the four
//!   cells around it. A cell with a triangle has a cut edge; so all its eight samples are true, and its
//!   triangles are those of *dense*, to the bit. The mesh is *dense* with pieces left out as wholes,
//!   never a piece cut short: it is closed and manifold like any other.
//! * A piece is left out only if none of its cut edges was ever evaluated at both ends. One that parts
//!   two neighbouring samples of the lattice is found, unless another that is left out as well parts
//!   them a second time.
//! * With [`Trust::Lipschitz`] nothing is left out, as long as the bound holds.
//!
//! So what can be missed without that bound is a whole loose piece or void that fits between the
//! lattice's samples; how close these are, see [`Trust`]. Thin walls, rods and necks of pieces that were
//! found are never lost.

mod fill;
mod known;
mod lattice;
mod refine;

pub use fill::fill_gaps;

use glam::{DVec3, Vec3};
use rayon::prelude::*;

use crate::field::{FieldError, ScalarGrid};
use crate::progress::{Cancelled, Monitor, Stage};
use known::{Known, Seed};
use lattice::Axis;

/// A field that can be evaluated anywhere, many points at once.
///
/// Closures `FnMut(&[Vec3], &mut [f32]) -> Result<(), E>` are such fields; they are called with at most
/// 8192 points at a time.
pub trait PointField {
    /// Why an evaluation can fail.
    type Error: From<FieldError>;

    /// Writes the value at each of `points`, negative inside; NaN counts as outside.
    ///
    /// `done` is to be called with the number of points done so far, at least every 0.1 s, and its
    /// error handed on.
    ///
    /// # Errors
    /// Whatever keeps the field from being evaluated; cancellation.
    fn evaluate(
        &mut self,
        points: &[Vec3],
        values: &mut [f32],
        done: &mut dyn FnMut(usize) -> Result<(), Cancelled>,
    ) -> Result<(), Self::Error>;
}

impl<F, E> PointField for F
where
    F: FnMut(&[Vec3], &mut [f32]) -> Result<(), E>,
    E: From<FieldError>,
{
    type Error = E;

    fn evaluate(
        &mut self,
        points: &[Vec3],
        values: &mut [f32],
        done: &mut dyn FnMut(usize) -> Result<(), Cancelled>,
    ) -> Result<(), E> {
        const CHUNK: usize = 8192;
        for (chunk, (points, values)) in points.chunks(CHUNK).zip(values.chunks_mut(CHUNK)).enumerate() {
            self(points, values)?;
            done(chunk * CHUNK + points.len()).map_err(FieldError::from)?;
        }
        Ok(())
    }
}

/// Where the samples of a grid lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    /// `[nx, ny, nz]`, each at least 2.
    pub samples_per_axis: [usize; 3],
    /// Position of sample `[0, 0, 0]`.
    pub origin: DVec3,
    /// Edge length of a cell, > 0.
    pub spacing: f64,
}

impl Lattice {
    /// The position of the sample stored at `index`, computed in `f64`.
    pub fn position(&self, index: usize) -> Vec3 {
        let [x, y, z] = self.place(index).map(|i| i as f64);
        (self.origin + self.spacing * DVec3::new(x, y, z)).as_vec3()
    }

    /// Number of samples.
    ///
    /// # Errors
    /// [`FieldError`] where sizes are below 2 or overflow, or a number is not finite.
    pub fn sample_count(&self) -> Result<usize, FieldError> {
        let count = self.samples_per_axis.iter().try_fold(1usize, |product, &n| product.checked_mul(n));
        match count {
            Some(count) if self.samples_per_axis.iter().all(|&n| n >= 2) && count <= isize::MAX as usize / 4 => {
                let finite = self.origin.is_finite() && self.spacing.is_finite() && self.spacing > 0.0;
                if finite { Ok(count) } else { Err(FieldError::NotFinite) }
            }
            _ => Err(FieldError::SampleCount { found: 0, expected: self.samples_per_axis }),
        }
    }

    fn place(&self, index: usize) -> [usize; 3] {
        let [_, ny, nz] = self.samples_per_axis;
        [index / (ny * nz), index / nz % ny, index % nz]
    }

    fn index(&self, [x, y, z]: [usize; 3]) -> usize {
        let [_, ny, nz] = self.samples_per_axis;
        (x * ny + y) * nz + z
    }

    /// The neighbours of `place` on a line along `axis`, before and behind.
    fn neighbors(&self, place: [usize; 3], axis: usize) -> [Option<usize>; 2] {
        let step = |to: Option<usize>| {
            let mut other = place;
            other[axis] = to.filter(|&i| i < self.samples_per_axis[axis])?;
            Some(self.index(other))
        };
        [step(place[axis].checked_sub(1)), step(Some(place[axis] + 1))]
    }
}

/// What the values of a field tell about the surface, besides their sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Trust {
    /// Nothing. A loose piece that passes between the samples of the coarsest lattice is missed: a small
    /// one, or a plate however large.
    Signs,
    /// Values nearer to zero than this are near the surface, as in fields that saturate: the lattice is
    /// refined there to every second or third sample. Loose pieces can be missed if they are smaller
    /// than that, or so small that no sample of the coarsest lattice near them falls below the threshold.
    Magnitude(f32),
    /// The field changes by at most this much per unit of position; 1 for a signed distance. Nothing is
    /// missed, and for a signed distance no more points are evaluated than otherwise; but every sample
    /// of the grid is looked at, which takes longer beside the evaluation.
    Lipschitz(f32),
}

/// How to look for the surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FollowOptions {
    /// The coarsest lattice has at least this many cells along its longest axis, as far as the grid
    /// itself has. More of them find smaller loose pieces: costs grow with the third power.
    pub coarse_cells: usize,
    /// What to make of values.
    pub trust: Trust,
}

impl Default for FollowOptions {
    fn default() -> Self {
        Self { coarse_cells: 40, trust: Trust::Signs }
    }
}

/// What [`follow`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed {
    /// Evaluated values where the surface is; elsewhere the right sign on a value that means nothing
    /// more (a lower bound of the magnitude with [`Trust::Lipschitz`]).
    pub grid: ScalarGrid,
    /// Number of points that were evaluated.
    pub evaluated: u64,
}

/// Evaluates `field` on `lattice` where its surface is, and fills in the signs of the rest.
///
/// # Errors
/// Those of the field; a lattice without size; cancellation.
pub fn follow<F: PointField>(
    field: &mut F,
    lattice: &Lattice,
    options: &FollowOptions,
    monitor: &Monitor,
) -> Result<Followed, F::Error> {
    let mut work = Work::new(field, *lattice, monitor)?;
    let strides = lattice::strides(lattice.samples_per_axis, options.coarse_cells);
    let exact = matches!(options.trust, Trust::Lipschitz(_));
    work.evaluate_lattice(strides[0])?;
    for pair in strides.windows(2).filter(|pair| pair[1] > 1 || exact) {
        let wanted = refine::refine(&mut work.known.samples, lattice, [pair[0], pair[1]], options.trust, monitor)
            .map_err(FieldError::from)?;
        work.evaluate(&wanted)?;
    }
    if strides.len() > 1 && !exact {
        let last = strides[strides.len() - 2];
        let seeds = work.known.seeds(last);
        work.flood(seeds)?;
    }
    if strides.len() > 1 {
        work.settle(exact)?;
    }
    Ok(work.finish())
}

/// About so many points are handed to the field at once.
const BLOCK: usize = 1 << 20;

/// Samples under way.
struct Work<'a, F> {
    field: &'a mut F,
    known: Known,
    count: u64,
    /// Points that will probably be evaluated in all.
    estimate: u64,
    monitor: &'a Monitor<'a>,
}

impl<'a, F: PointField> Work<'a, F> {
    fn new(field: &'a mut F, lattice: Lattice, monitor: &'a Monitor<'a>) -> Result<Self, F::Error> {
        Ok(Self { field, known: Known::nothing(lattice)?, count: 0, estimate: 0, monitor })
    }

    /// Evaluates all samples of a lattice of this stride.
    fn evaluate_lattice(&mut self, stride: usize) -> Result<(), F::Error> {
        let [x, y, z] = self.known.lattice.samples_per_axis.map(|n| Axis { samples: n, stride });
        self.estimate = (x.len() * y.len() * z.len()) as u64;
        if stride > 1 {
            // A guess: half of the points are spent on the lattice.
            self.estimate *= 2;
        }
        let mut block = Vec::new();
        for slab in x.places() {
            let places = y.places().flat_map(|y| z.places().map(move |z| [slab, y, z]));
            block.extend(places.map(|place| self.known.lattice.index(place)));
            if block.len() >= BLOCK {
                self.evaluate(&block)?;
                block.clear();
            }
        }
        self.evaluate(&block)
    }

    /// Evaluates these samples.
    fn evaluate(&mut self, indices: &[usize]) -> Result<(), F::Error> {
        for block in indices.chunks(BLOCK) {
            let points: Vec<Vec3> = block.par_iter().map(|&i| self.known.lattice.position(i)).collect();
            let mut values = vec![f32::NAN; block.len()];
            let (before, estimate, monitor) = (self.count, self.estimate, self.monitor);
            let mut done = |points: usize| {
                let done = before + points as u64;
                monitor.step(Stage::Shape, done, estimate.max(done))
            };
            self.field.evaluate(&points, &mut values, &mut done)?;
            for (&i, value) in block.iter().zip(values) {
                self.known.learn(i, value);
            }
            self.count += block.len() as u64;
        }
        Ok(())
    }

    /// Evaluates what is new of `seeds`, and follows the surface from them.
    fn flood(&mut self, seeds: Vec<Seed>) -> Result<(), F::Error> {
        let mut new: Vec<usize> = seeds.iter().filter_map(Seed::new_index).collect();
        new.par_sort_unstable();
        new.dedup();
        // The seeds cross the surface at about every `stride²`-th cell; this only steers the progress bar.
        self.estimate = self.count + 8 * new.len() as u64;
        self.evaluate(&new)?;
        let known = seeds.into_iter().map(|seed| seed.index());
        let mut front: Vec<usize> = known.collect();
        front.par_sort_unstable();
        front.dedup();
        while !front.is_empty() {
            self.monitor.check().map_err(FieldError::from)?;
            let mut next: Vec<usize> = front.par_iter().flat_map_iter(|&i| self.known.around_cuts(i)).collect();
            next.par_sort_unstable();
            next.dedup();
            self.evaluate(&next)?;
            front = next;
        }
        Ok(())
    }

    /// Fills in signs, and evaluates on where these contradict one another: there the surface passes,
    /// and was not met before.
    fn settle(&mut self, exact: bool) -> Result<(), F::Error> {
        loop {
            self.monitor.check().map_err(FieldError::from)?;
            if !exact {
                self.known.fill_signs();
            }
            let seeds = self.known.contradictions(exact);
            if seeds.is_empty() {
                return Ok(());
            }
            if exact {
                // Signs are known already; only the values at cut edges are wanted.
                self.evaluate(&seeds)?;
            } else {
                self.flood(seeds.into_iter().map(Seed::New).collect())?;
            }
        }
    }

    fn finish(self) -> Followed {
        let Known { samples, lattice: Lattice { samples_per_axis, origin, spacing }, .. } = self.known;
        let grid = ScalarGrid { samples, samples_per_axis, origin: origin.as_vec3(), spacing: spacing as f32 };
        Followed { grid, evaluated: self.count }
    }
}

#[cfg(test)]
mod tests;
