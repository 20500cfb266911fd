//! Silhouette closure: the front view of the solid becomes exactly the picture's silhouette.
//!
//! With a field f and the signed distance S of the silhouette, both negative inside:
//! 1. f₁ = max(f, S): nothing outside the silhouette's prism.
//! 2. m(x, y) = min over z of f₁, t = max(S, −τ₀); where m > t, f₂ = min(f₁, max(|z − c| − τ₀ − |S|, S)):
//!    no missing pixel. c(x, y) is a smooth surface through the middle of what the field has (`seam`); what is
//!    made is as deep as it is wide, up to a limit.
//!
//! Then min over z of f₂ is at most t, so the silhouette of {f₂ < 0} along z is {S < 0}. On samples one
//! more thing is needed:
//! 3. where the four columns of a cell are inside at no common depth, so that one could look between
//!    them, a patch joins them at the depth where least is missing.
//!
//! What f had right is not touched.

use rayon::prelude::*;

use super::seam::{self, Depth};
use super::silhouette::{Lattice, Silhouette};
use super::{FieldError, ScalarGrid};
use crate::progress::Monitor;

/// Columns this many samples outside the outline are lowered to S too, so that the crossing between
/// an inner and an outer sample lies where S has it and not next to the inner sample.
const COLLAR_SAMPLES: f32 = 2.0;
/// By how many samples the field may lie above t at the common depth of a cell's columns.
const TOLERANCE_SAMPLES: f32 = 0.25;
/// What is made is deeper than a membrane by at most this share of the lattice's longer side.
const MAX_DEPTH: f32 = 0.05;

/// Closes `grid` to `silhouette`, which lies on the grid's own xy lattice. `min_wall` is the least
/// thickness, in the grid's unit, of what has to be made where the field has nothing; at least two
/// samples, since a thinner membrane would have holes.
///
/// # Errors
/// [`FieldError::SampleCount`] when the silhouette lies on another lattice; [`FieldError::Cancelled`].
pub fn close(
    grid: &mut ScalarGrid,
    silhouette: &Silhouette,
    min_wall: f32,
    monitor: &Monitor,
) -> Result<(), FieldError> {
    let [nx, ny, nz] = grid.samples_per_axis;
    let counts_agree = silhouette.distances.len() == nx * ny && grid.samples.len() == nx * ny * nz;
    if !counts_agree || silhouette.lattice != Lattice::of_grid(grid) {
        let expected = [silhouette.lattice.samples_per_axis[0], silhouette.lattice.samples_per_axis[1], nz];
        return Err(FieldError::SampleCount { found: grid.samples.len(), expected });
    }
    let spacing = grid.spacing;
    let longest = nx.max(ny) as f32 * spacing;
    let membrane = Membrane { depth: (0.5 * min_wall).max(spacing), growth: 0.5 * MAX_DEPTH * longest, spacing };
    let columns = grid.samples.par_chunks_mut(nz).zip(&silhouette.distances);
    let (lacking, depths): (Vec<bool>, Vec<Depth>) =
        columns.map(|(column, &distance)| membrane.cut(column, distance)).unzip();
    monitor.check()?;
    if lacking.contains(&true) {
        let heights = seam::heights(silhouette, &depths, monitor)?;
        let columns = grid.samples.par_chunks_mut(nz).zip(&silhouette.distances);
        columns.zip(heights).zip(lacking).filter(|(_, lacking)| *lacking).for_each(
            |(((column, &distance), height), _)| {
                membrane.insert(column, distance, height);
            },
        );
    }
    patch(grid, silhouette, &membrane);
    Ok(())
}

/// Step 3.
fn patch(grid: &mut ScalarGrid, silhouette: &Silhouette, membrane: &Membrane) {
    let [nx, ny, nz] = grid.samples_per_axis;
    let patches: Vec<_> = (0..nx.saturating_sub(1))
        .into_par_iter()
        .flat_map_iter(|ix| {
            let (grid, distances) = (&*grid, &silhouette.distances);
            (0..ny.saturating_sub(1)).filter_map(move |iy| {
                let columns = [ix * ny + iy, ix * ny + iy + 1, (ix + 1) * ny + iy, (ix + 1) * ny + iy + 1];
                membrane
                    .patch(columns.map(|c| (&grid.samples[c * nz..(c + 1) * nz], distances[c])))
                    .map(|layer| (columns, layer as f32))
            })
        })
        .collect();
    for (columns, layer) in patches {
        for column in columns {
            membrane.insert(&mut grid.samples[column * nz..(column + 1) * nz], silhouette.distances[column], layer);
        }
    }
}

/// What is made where the field has nothing.
struct Membrane {
    /// Half its least thickness, τ₀.
    depth: f32,
    /// By how much half of it may be more.
    growth: f32,
    /// Of the grid.
    spacing: f32,
}

impl Membrane {
    /// The largest value t that the lowest sample of a column may have.
    fn target(&self, distance: f32) -> f32 {
        distance.max(-self.depth)
    }

    /// Whether a column can take part in covering the silhouette.
    fn is_near(&self, distance: f32) -> bool {
        distance < COLLAR_SAMPLES * self.spacing
    }

    /// Step 1 for the column with silhouette distance `distance`. Gives whether something is missing, and what
    /// the column says about depth.
    fn cut(&self, column: &mut [f32], distance: f32) -> (bool, Depth) {
        let (mut lowest, mut layer) = (f32::INFINITY, 0);
        for (iz, sample) in column.iter_mut().enumerate() {
            *sample = sample.max(distance);
            if *sample < lowest {
                (lowest, layer) = (*sample, iz);
            }
        }
        if !self.is_near(distance) {
            return (false, Depth::Away);
        }
        let depth = longest_run(column).map_or(Depth::Likely(layer as f32), Depth::Known);
        (lowest > self.target(distance), depth)
    }

    /// Makes the membrane around a height of a column, in samples.
    fn insert(&self, column: &mut [f32], distance: f32, height: f32) {
        let half = self.depth + (-distance).clamp(0.0, self.growth);
        let reach = half / self.spacing + 2.0;
        // All of it lies in the grid.
        let height = height.min(column.len() as f32 - reach).max(reach - 1.0);
        let (first, last) = ((height - reach).max(0.0) as usize, (height + reach) as usize);
        for (iz, sample) in column.iter_mut().enumerate().take(last + 1).skip(first) {
            let slab = (iz as f32 - height).abs() * self.spacing - half;
            *sample = sample.min(slab.max(distance));
        }
    }

    /// The layer at which the four columns of a cell need a patch, if they need one.
    fn patch(&self, columns: [(&[f32], f32); 4]) -> Option<usize> {
        let wanted = columns.iter().any(|&(_, d)| d < 0.0) && columns.iter().all(|&(_, d)| self.is_near(d));
        if !wanted {
            return None;
        }
        let missing_at = |iz: usize| {
            let missing = columns.map(|(column, distance)| column[iz] - self.target(distance));
            missing.into_iter().fold(f32::NEG_INFINITY, f32::max)
        };
        let mut best = (f32::INFINITY, 0);
        for iz in 0..columns[0].0.len() {
            let missing = missing_at(iz);
            if missing <= TOLERANCE_SAMPLES * self.spacing {
                return None;
            }
            if missing < best.0 {
                best = (missing, iz);
            }
        }
        Some(best.1)
    }
}

/// The middle of the longest stretch of inner samples.
fn longest_run(column: &[f32]) -> Option<f32> {
    let mut longest: Option<(usize, usize)> = None;
    let mut first = 0;
    for (iz, sample) in column.iter().enumerate() {
        if *sample >= 0.0 {
            first = iz + 1;
        } else if longest.is_none_or(|(from, to)| iz - first > to - from) {
            longest = Some((first, iz));
        }
    }
    longest.map(|(first, last)| 0.5 * (first + last) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::silhouette::{Outline, Placement};
    use crate::progress::Monitor;
    use glam::{Vec2, Vec3};

    /// Smooth noise in about [-1, 1]: a sum of waves whose directions follow from `seed`.
    fn waves(seed: u32, p: Vec3) -> f32 {
        let mut state = seed.wrapping_mul(2_654_435_761) | 1;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        let wave = |_| (13.0 * Vec3::new(random(), random(), random()).dot(p) + 3.0 * random()).sin();
        (0..12).map(wave).sum::<f32>() / 4.0
    }

    /// A figure with limbs, a hole and a thin rod.
    fn figure(p: Vec2) -> f32 {
        let body = (p.distance(Vec2::new(0.0, 0.1)) - 0.35).max(0.12 - p.distance(Vec2::new(0.05, 0.2)));
        let leg = (p.x - 0.2).abs().max((p.y + 0.4).abs() - 0.35) - 0.06;
        let rod = (p.y - 0.3).abs().max((p.x + 0.4).abs() - 0.4) - 0.03;
        body.min(leg).min(rod)
    }

    fn closed(seed: u32, amplitude: f32) -> (ScalarGrid, Silhouette) {
        let spacing = 2.0 / 96.0;
        let mut grid = ScalarGrid::from_fn([97; 3], Vec3::NEG_ONE, spacing, |p| amplitude * (waves(seed, p) + 0.4));
        let pixels = 400;
        let step = 2.0 / pixels as f32;
        let placement = Placement { origin: Vec2::splat(-1.0 + 0.5 * step), step: Vec2::splat(step) };
        let alpha = |i, j| (0.5 - figure(placement.position(i as f32, j as f32)) / step).clamp(0.0, 1.0);
        let outline = Outline::trace([pixels; 2], 0.5, 0.0, placement, alpha);
        let silhouette = Silhouette::of_outline(&outline, Lattice::of_grid(&grid), &Monitor::silent()).unwrap();
        close(&mut grid, &silhouette, 0.03, &Monitor::silent()).unwrap();
        (grid, silhouette)
    }

    /// Whether the surface covers `point` in the front view: some layer, interpolated as marching
    /// cubes would, is inside.
    fn covers(grid: &ScalarGrid, point: Vec2) -> bool {
        let cell = (point - grid.origin.truncate()) / grid.spacing;
        let (ix, iy) = (cell.x as usize, cell.y as usize);
        let t = cell - cell.floor();
        (0..grid.samples_per_axis[2]).any(|iz| {
            let at = |dx, dy| grid.samples[grid.index(ix + dx, iy + dy, iz)];
            let low = at(0, 0) + (at(1, 0) - at(0, 0)) * t.x;
            let high = at(0, 1) + (at(1, 1) - at(0, 1)) * t.x;
            low + (high - low) * t.y < 0.0
        })
    }

    #[test]
    fn the_front_silhouette_of_any_field_becomes_the_outline() {
        for (seed, amplitude) in [(1, 0.05), (2, 0.3), (3, 1.0), (4, 5.0), (5, 100.0)] {
            let (grid, _) = closed(seed, amplitude);
            grid.validate().unwrap();
            let (mut both, mut either) = (0, 0);
            for (i, j) in (0..500).flat_map(|i| (0..500).map(move |j| (i, j))) {
                let point = Vec2::new(i as f32, j as f32) * 0.0039 - 0.97;
                let (made, asked) = (covers(&grid, point), figure(point) < 0.0);
                both += u32::from(made && asked);
                either += u32::from(made || asked);
            }
            let iou = f64::from(both) / f64::from(either);
            assert!(iou >= 0.99, "seed {seed}: {iou}");
        }
    }

    #[test]
    fn where_the_field_knows_nothing_a_rod_is_as_deep_as_it_is_wide() {
        let outline = |p: Vec2| p.x.abs().max(p.y.abs() - 0.8) - 0.05;
        // Truncated, and hardly lower in one place.
        let mut grid = ScalarGrid::from_fn([97; 3], Vec3::NEG_ONE, 2.0 / 96.0, |p| 0.12 + 0.01 * (p.z - 0.3).abs());
        let lattice = Lattice::of_grid(&grid);
        let distances = (0..97 * 97).map(|at| outline(lattice.position(at / 97, at % 97))).collect();
        close(&mut grid, &Silhouette { lattice, distances }, 0.03, &Monitor::silent()).unwrap();
        for (at, sample) in grid.samples.iter().enumerate().filter(|(_, sample)| **sample < 0.0) {
            let z = (at % 97) as f32 / 48.0 - 1.0;
            assert!((z - 0.3).abs() < 0.1, "{z}: {sample}");
        }
        assert!(covers(&grid, Vec2::new(0.04, 0.7)) && !covers(&grid, Vec2::new(0.06, 0.7)));
    }

    #[test]
    fn every_sample_inside_the_outline_has_material_and_none_outside_has() {
        let (grid, silhouette) = closed(7, 100.0);
        for (column, &distance) in grid.samples.chunks(97).zip(&silhouette.distances) {
            let lowest = column.iter().copied().fold(f32::INFINITY, f32::min);
            assert_eq!(lowest < 0.0, distance < 0.0, "{lowest} where the silhouette has {distance}");
        }
    }

    #[test]
    fn a_field_that_already_fits_is_not_touched() {
        let fits = |p: Vec3| p.length() - 0.6;
        let mut grid = ScalarGrid::from_fn([64; 3], Vec3::NEG_ONE, 2.0 / 63.0, fits);
        let before = grid.clone();
        let distances = (0..64 * 64).map(|i| before.position(i / 64, i % 64, 0).truncate().length() - 0.6).collect();
        let silhouette = Silhouette { lattice: Lattice::of_grid(&grid), distances };
        close(&mut grid, &silhouette, 0.05, &Monitor::silent()).unwrap();
        let moved = grid.samples.iter().zip(&before.samples).filter(|(a, b)| a.signum() != b.signum()).count();
        assert_eq!(moved, 0);
        let other = Silhouette { distances: vec![0.0; 9], ..silhouette };
        assert!(close(&mut grid, &other, 0.05, &Monitor::silent()).is_err());
    }
}
