//! Silhouette closure: the front view of the solid becomes exactly the picture's silhouette.
//!
//! With a field f and the signed distance S of the silhouette, both negative inside:
//! 1. f₁ = max(f, S): nothing outside the silhouette's prism.
//! 2. m(x, y) = min over z of f₁, t = max(S, −τ₀); where m > t, f₂ = min(f₁, max(|z − c| − h, S)) with h ≥ τ₀:
//!    no missing pixel. c(x, y) is a smooth surface through the middle of what the field has, h(x, y) makes thin
//!    parts round and goes down to the outline from where the field ends (`seam`).
//!
//! Then min over z of f₂ is at most t, so the silhouette of {f₂ < 0} along z is {S < 0}. On samples one
//! more thing is needed:
//! 3. where the four columns of a cell are inside at no common depth, so that one could look between
//!    them, a patch joins them at the depth where least is missing.
//!
//! Beside what is missing, material is added to what f has, so that one goes over into the other. Elsewhere what f had
//! right is not touched, but for columns whose samples just miss t: those are lowered by less than a quarter of a sample.

use rayon::prelude::*;

use super::seam::{self, Depth, Girth};
use super::silhouette::Silhouette;
use super::{FieldError, ScalarGrid};
use crate::progress::Monitor;

/// Columns this many samples outside the outline are lowered to S too, so that the crossing between
/// an inner and an outer sample lies where S has it and not next to the inner sample.
const COLLAR_SAMPLES: f32 = 2.0;
/// By how many samples the field may lie above t in a column, and at the common depth of a cell's columns.
const TOLERANCE_SAMPLES: f32 = 0.25;
/// What joins the made to what is there reaches this far into both, as a share of the lattice's longer side.
const OVERLAP: f32 = 0.06;
/// Width, in samples, in which it is rounded off against it.
const BLEND_SAMPLES: f32 = 2.0;
/// What is made is no deeper than this share of the lattice's longer side, if what is beside it is not.
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
    close_along(grid, silhouette, None, min_wall, monitor)
}

/// The same with a guess, for each column of the lattice, of the z at which what is missing has its middle.
///
/// # Errors
/// As [`close`]; also when there are not as many guesses as columns.
pub fn close_along(
    grid: &mut ScalarGrid,
    silhouette: &Silhouette,
    guess: Option<&[f32]>,
    min_wall: f32,
    monitor: &Monitor,
) -> Result<(), FieldError> {
    let [nx, ny, nz] = grid.samples_per_axis;
    silhouette.check_lattice(grid)?;
    if let Some(guess) = guess.filter(|guess| guess.len() != nx * ny) {
        return Err(FieldError::SampleCount { found: guess.len(), expected: [nx, ny, 1] });
    }
    let spacing = grid.spacing;
    let membrane = Membrane { depth: (0.5 * min_wall).max(spacing), spacing };
    let columns = grid.samples.par_chunks_mut(nz).zip(&silhouette.distances);
    let found: Vec<Found> = columns.map(|(column, &distance)| membrane.cut(column, distance)).collect();
    monitor.check()?;
    if found.iter().any(|column| column.lacks) {
        let origin = grid.origin.z;
        let guess: Option<Vec<f32>> = guess.map(|guess| guess.iter().map(|z| (z - origin) / spacing).collect());
        fill(grid, silhouette, &membrane, &found, guess.as_deref(), monitor)?;
    }
    patch(grid, silhouette, &membrane);
    Ok(())
}

/// Step 2. The guess is in samples.
fn fill(
    grid: &mut ScalarGrid,
    silhouette: &Silhouette,
    membrane: &Membrane,
    found: &[Found],
    guess: Option<&[f32]>,
    monitor: &Monitor,
) -> Result<(), FieldError> {
    let [nx, ny, nz] = grid.samples_per_axis;
    let longest = nx.max(ny) as f32;
    let depths: Vec<Depth> = found.iter().map(|column| column.depth).collect();
    let halves: Vec<f32> = found.iter().map(|column| column.half).collect();
    let heights = seam::heights(silhouette, &depths, guess, monitor)?;
    let girth = Girth::of(silhouette, &halves, 0.5 * MAX_DEPTH * longest * grid.spacing, monitor)?;
    let shares = shares(found, ny, OVERLAP * longest);
    let columns = grid.samples.par_chunks_mut(nz).zip(&silhouette.distances).enumerate();
    columns.filter(|(at, _)| found[*at].lacks || shares[*at] > 0.0).for_each(|(at, (column, &distance))| {
        let counts = [if found[at].lacks { 1.0 } else { shares[at] }, shares[at]];
        membrane.add(column, distance, heights[at], |away| girth.distance(at, counts, away));
        if found[at].lacks {
            membrane.insert(column, distance, heights[at]);
        }
    });
    Ok(())
}

/// What a column says.
struct Found {
    /// Whether something has to be made in it.
    lacks: bool,
    depth: Depth,
    /// Half the thickness of what is inside.
    half: f32,
}

/// How much of what joins the made to what is there counts in each column: all where they meet, falling to nothing at
/// `reach` samples from there, on either side.
fn shares(found: &[Found], ny: usize, reach: f32) -> Vec<f32> {
    let [from_lacking, from_known] =
        [|column: &Found| column.lacks, |column: &Found| !column.lacks && column.half > 0.0]
            .map(|is_source| distances(found.iter().map(is_source), ny));
    let share = |(column, away): (&Found, f32)| {
        let near = if column.depth == Depth::Away { 0.0 } else { (1.0 - away / reach).clamp(0.0, 1.0) };
        near * near * (3.0 - 2.0 * near)
    };
    let away = from_lacking.into_iter().zip(from_known).map(|(lacking, known)| lacking.max(known));
    found.iter().zip(away).map(share).collect()
}

/// Steps from the nearest source, along the axes and the diagonals, in two passes (Borgefors 1986).
fn distances(is_source: impl Iterator<Item = bool>, ny: usize) -> Vec<f32> {
    let mut away: Vec<f32> = is_source.map(|is_source| if is_source { 0.0 } else { f32::INFINITY }).collect();
    let steps = [(1, 1.0), (ny, 1.0), (ny + 1, std::f32::consts::SQRT_2), (ny - 1, std::f32::consts::SQRT_2)];
    for at in 0..away.len() {
        let before = steps.iter().filter_map(|&(step, length)| Some(away[at.checked_sub(step)?] + length));
        away[at] = before.fold(away[at], f32::min);
    }
    for at in (0..away.len()).rev() {
        let after = steps.iter().filter_map(|&(step, length)| Some(away.get(at + step)? + length));
        away[at] = after.fold(away[at], f32::min);
    }
    away
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
            let samples = &mut grid.samples[column * nz..(column + 1) * nz];
            membrane.insert(samples, silhouette.distances[column], layer);
        }
    }
}

/// What is made where the field has nothing.
struct Membrane {
    /// Half its least thickness, τ₀.
    depth: f32,
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

    /// Step 1 for the column with silhouette distance `distance`.
    fn cut(&self, column: &mut [f32], distance: f32) -> Found {
        let (mut lowest, mut layer) = (f32::INFINITY, 0);
        for (iz, sample) in column.iter_mut().enumerate() {
            *sample = sample.max(distance);
            if *sample < lowest {
                (lowest, layer) = (*sample, iz);
            }
        }
        if !self.is_near(distance) {
            return Found { lacks: false, depth: Depth::Away, half: 0.0 };
        }
        let missing = lowest - self.target(distance);
        let is_little = missing <= TOLERANCE_SAMPLES * self.spacing;
        if missing > 0.0 && is_little {
            // The samples miss the depth at which the field is lowest.
            column.iter_mut().for_each(|sample| *sample -= missing);
        }
        let run = longest_run(column);
        let depth = match run {
            Some((first, last)) => Depth::Known(0.5 * (first + last) as f32),
            // What is there is only too thin for the samples, or ends just before the outline.
            None if lowest < self.spacing => Depth::Known(layer as f32),
            None => Depth::Likely(layer as f32),
        };
        let half = run.map_or(0.0, |(first, last)| 0.5 * (last - first + 1) as f32 * self.spacing);
        Found { lacks: !is_little, depth, half }
    }

    /// Makes the membrane around a height of a column, in samples.
    fn insert(&self, column: &mut [f32], distance: f32, height: f32) {
        let reach = self.depth / self.spacing + 1.0;
        // It lies in the grid.
        let height = height.min(column.len() as f32 - 1.0 - reach).max(reach);
        for (iz, sample) in column.iter_mut().enumerate() {
            let slab = (iz as f32 - height).abs() * self.spacing - self.depth;
            *sample = sample.min(slab.max(distance));
        }
    }

    /// Makes what has a negative `shape`, by its distance from a height in samples, and goes over into what is there.
    fn add(&self, column: &mut [f32], distance: f32, height: f32, shape: impl Fn(f32) -> f32) {
        let end = column.len() - 1;
        for (iz, sample) in column.iter_mut().enumerate() {
            let added = shape((iz as f32 - height).abs() * self.spacing);
            // It is closed at the grid's ends.
            let beyond = if iz == 0 || iz == end { self.spacing } else { f32::NEG_INFINITY };
            *sample = sample.min(smooth_min(*sample, added, BLEND_SAMPLES * self.spacing).max(distance).max(beyond));
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

/// The smaller one, rounded where they are within `width` of each other (quadratic, by at most `width / 4`).
fn smooth_min(a: f32, b: f32, width: f32) -> f32 {
    let near = (1.0 - (a - b).abs() / width).max(0.0);
    a.min(b) - 0.25 * width * near * near
}

/// The first and the last of the longest stretch of inner samples.
fn longest_run(column: &[f32]) -> Option<(usize, usize)> {
    let mut longest: Option<(usize, usize)> = None;
    let mut first = 0;
    for (iz, sample) in column.iter().enumerate() {
        if *sample >= 0.0 {
            first = iz + 1;
        } else if longest.is_none_or(|(from, to)| iz - first > to - from) {
            longest = Some((first, iz));
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::silhouette::{Lattice, Outline, Placement};
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
    fn where_the_field_knows_nothing_a_rod_is_as_deep_as_it_is_wide_and_leans_as_is_guessed() {
        let outline = |p: Vec2| p.x.abs().max(p.y.abs() - 0.8) - 0.05;
        // Truncated, and hardly lower in one place.
        let field = ScalarGrid::from_fn([97; 3], Vec3::NEG_ONE, 2.0 / 96.0, |p| 0.12 + 0.01 * (p.z - 0.3).abs());
        let lattice = Lattice::of_grid(&field);
        let place = |at: usize| lattice.position(at / 97, at % 97);
        let silhouette = Silhouette { lattice, distances: (0..97 * 97).map(|at| outline(place(at))).collect() };
        let guess: Vec<f32> = (0..97 * 97).map(|at| 0.5 * place(at).y - 0.1).collect();
        let silent = Monitor::silent();
        for guess in [None, Some(&guess[..])] {
            let mut grid = field.clone();
            close_along(&mut grid, &silhouette, guess, 0.03, &silent).unwrap();
            for (at, sample) in grid.samples.iter().enumerate().filter(|(_, sample)| **sample < 0.0) {
                let z = (at % 97) as f32 / 48.0 - 1.0;
                assert!((z - guess.map_or(0.3, |guess| guess[at / 97])).abs() < 0.1, "{z}: {sample}");
            }
            assert!(covers(&grid, Vec2::new(0.04, 0.7)) && !covers(&grid, Vec2::new(0.06, 0.7)));
        }
        // What the field only just misses it knows.
        let mut grid = ScalarGrid::from_fn([97; 3], Vec3::NEG_ONE, 2.0 / 96.0, |p| 0.01 + (p.z - 0.3).abs());
        close_along(&mut grid, &silhouette, Some(&guess), 0.03, &silent).unwrap();
        let inside = grid.samples.iter().enumerate().filter(|(_, sample)| **sample < 0.0);
        inside.for_each(|(at, _)| assert!(((at % 97) as f32 / 48.0 - 1.3).abs() < 0.1));
        assert!(close_along(&mut grid, &silhouette, Some(&guess[1..]), 0.03, &silent).is_err());
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
