//! The true signed distance to the surface of a field.

use glam::Vec3;
use rayon::prelude::*;

use super::crossing::{MARGIN, crossing};
use super::nearest::{NONE, nearest_sites};
use super::{FieldError, ScalarGrid};
use crate::progress::{Cancelled, Monitor, Stage};

/// A field with the same surface as `grid` whose values are the signed Euclidean distance to it, in
/// the unit of positions, negative inside.
///
/// Signs stay as they are, sample by sample; where the surface cuts grid edges it moves by a few
/// hundredths of a cell. Distances are within a tenth of a cell of the truth where the surface is
/// smooth at the scale of a cell, and within a quarter near sharp edges. A solid that reaches the
/// border of the grid ends there. Samples farther than `reach` (in the unit of positions) from the
/// surface only get `reach` or `-reach`: much faster when that is a few cells.
///
/// Time and memory are proportional to the number of samples (about 12 bytes for each beside the two grids).
///
/// # Errors
/// [`FieldError::Empty`] when nothing is inside, a malformed grid, or cancellation.
pub fn redistance_within(grid: &ScalarGrid, reach: f32, monitor: &Monitor) -> Result<ScalarGrid, FieldError> {
    let cells = reach / grid.spacing;
    let feet = Feet::of(grid, cells, monitor)?;
    let mut samples = feet.signed_distances(grid, cells, monitor)?;
    samples.par_iter_mut().for_each(|v| *v *= grid.spacing);
    Ok(ScalarGrid { samples, ..*grid })
}

/// For every sample its nearest point of the surface, in cells counted from the first sample.
struct Feet {
    /// Where the surface cuts the edges of the grid.
    points: Vec<Vec3>,
    /// The outward unit normals there.
    normals: Vec<Vec3>,
    /// For every sample the number of its nearest point, or [`NONE`] when none is within reach.
    nearest: Vec<u32>,
}

impl Feet {
    /// Finds the surface, and the nearest point for every sample within `reach` cells of it.
    fn of(grid: &ScalarGrid, reach: f32, monitor: &Monitor) -> Result<Self, FieldError> {
        grid.validate_size()?;
        let mut feet = Self { points: Vec::new(), normals: Vec::new(), nearest: Vec::new() };
        for axis in 0..3 {
            monitor.step(Stage::Shape, axis as u64, 3)?;
            let first = feet.points.len() as u32;
            let (owners, cuts) = cuts_along(grid, axis, monitor)?;
            if cuts.is_empty() {
                continue;
            }
            let (points, normals): (Vec<_>, Vec<_>) = cuts.into_iter().unzip();
            let nearest = nearest_sites(grid.samples_per_axis, axis, owners, &points, reach, monitor)?;
            feet.points.extend(points);
            feet.normals.extend(normals);
            feet.merge(nearest, first, grid.samples_per_axis);
        }
        monitor.step(Stage::Shape, 3, 3)?;
        if feet.points.is_empty() { Err(FieldError::Empty) } else { Ok(feet) }
    }

    /// Takes for every sample the nearer of the known point and the one `nearest` names, counted
    /// from `first`.
    fn merge(&mut self, nearest: Vec<u32>, first: u32, [_, ny, nz]: [usize; 3]) {
        let mut known = std::mem::take(&mut self.nearest);
        if known.is_empty() {
            known = vec![NONE; nearest.len()];
        }
        known.par_iter_mut().zip(nearest).enumerate().filter(|(_, (_, other))| *other != NONE).for_each(
            |(sample, (known, other))| {
                let place = Vec3::new((sample / (ny * nz)) as f32, (sample / nz % ny) as f32, (sample % nz) as f32);
                let far = |point: u32| self.points[point as usize].distance_squared(place);
                if *known == NONE || far(first + other) < far(*known) {
                    *known = first + other;
                }
            },
        );
        self.nearest = known;
    }

    /// The distance of every sample in cells, with the sign it has in `grid`; `reach` where no point
    /// is known.
    fn signed_distances(&self, grid: &ScalarGrid, reach: f32, monitor: &Monitor) -> Result<Vec<f32>, Cancelled> {
        let [_, ny, nz] = grid.samples_per_axis;
        let mut distances = vec![0.0; grid.samples.len()];
        distances.par_chunks_mut(ny * nz).enumerate().try_for_each(|(x, layer)| {
            monitor.check()?;
            for (i, distance) in layer.iter_mut().enumerate() {
                let sample = x * ny * nz + i;
                let place = Vec3::new(x as f32, (i / nz) as f32, (i % nz) as f32);
                let far = match self.nearest[sample] {
                    NONE => reach,
                    foot => self.distance(foot, place),
                };
                *distance = if grid.samples[sample] < 0.0 { -far } else { far };
            }
            Ok::<_, Cancelled>(())
        })?;
        Ok(distances)
    }

    /// How far `place` is from the surface around a point of it.
    ///
    /// The surface between neighbouring points is taken as a disc across the normal, which makes
    /// the distance to a plane exact. The disc shrinks with the distance: far away it matters
    /// little where a plane goes on, but beyond a sharp edge it does not.
    fn distance(&self, foot: u32, place: Vec3) -> f32 {
        const RADIUS: f32 = 0.5;
        let offset = place - self.points[foot as usize];
        let height = offset.dot(self.normals[foot as usize]);
        let sideways = (offset.length_squared() - height * height).max(0.0).sqrt();
        let beyond = (sideways - RADIUS / height.abs().max(1.0)).max(0.0);
        height.hypot(beyond).max(1e-6)
    }
}

/// A point of the surface and the outward normal there.
type Cut = (Vec3, Vec3);

/// Where the surface cuts edges along `axis`, and for every sample the number of the cut between it
/// and the next sample. Where the solid reaches the border the outermost sample has the cut beyond.
fn cuts_along(grid: &ScalarGrid, axis: usize, monitor: &Monitor) -> Result<(Vec<u32>, Vec<Cut>), Cancelled> {
    let [_, ny, nz] = grid.samples_per_axis;
    let mut owners = vec![NONE; grid.samples.len()];
    let layers: Vec<Vec<Cut>> = owners
        .par_chunks_mut(ny * nz)
        .enumerate()
        .map(|(x, owners)| {
            monitor.check()?;
            let mut cuts = Vec::new();
            for (i, owner) in owners.iter_mut().enumerate() {
                if let Some(cut) = cut_at(grid, axis, [x, i / nz, i % nz]) {
                    *owner = cuts.len() as u32;
                    cuts.push(cut);
                }
            }
            Ok(cuts)
        })
        .collect::<Result<_, Cancelled>>()?;
    let firsts: Vec<u32> = layers
        .iter()
        .scan(0, |next, layer| {
            let first = *next;
            *next += layer.len() as u32;
            Some(first)
        })
        .collect();
    owners.par_chunks_mut(ny * nz).zip(firsts).for_each(|(owners, first)| {
        owners.iter_mut().filter(|o| **o != NONE).for_each(|o| *o += first);
    });
    Ok((owners, layers.into_iter().flatten().collect()))
}

/// The cut that the sample at `index` owns.
fn cut_at(grid: &ScalarGrid, axis: usize, index: [usize; 3]) -> Option<Cut> {
    let last = grid.samples_per_axis[axis] - 1;
    let sample = grid.index(index[0], index[1], index[2]);
    let value = grid.samples[sample];
    let mut place = Vec3::from_array(index.map(|i| i as f32));
    let border = value < 0.0 && (index[axis] == 0 || index[axis] == last);
    if border {
        let mut outward = Vec3::ZERO;
        outward[axis] = if index[axis] == 0 { -1.0 } else { 1.0 };
        return Some((place + MARGIN * outward, outward));
    }
    if index[axis] == last {
        return None;
    }
    let stride = strides(grid)[axis];
    let next = grid.samples[sample + stride];
    if (value < 0.0) == (next < 0.0) {
        return None;
    }
    let mut normal = Vec3::ZERO;
    normal[axis] = next - value;
    for other in (0..3).filter(|&other| other != axis) {
        let [here, there] = [sample, sample + stride].map(|s| slope(grid, s, other, index[other]));
        // Behind a ridge or a valley the field turns back, so the smaller one misses the surface.
        normal[other] = if here.abs() > there.abs() { here } else { there };
    }
    place[axis] += crossing(value, next);
    // Scaled first: values may be as large as f32 holds.
    let normal = normal / normal.abs().max_element().max(f32::MIN_POSITIVE);
    Some((place, normal.try_normalize().unwrap_or(Vec3::Y)))
}

fn strides(grid: &ScalarGrid) -> [usize; 3] {
    [grid.samples_per_axis[1] * grid.samples_per_axis[2], grid.samples_per_axis[2], 1]
}

/// The central difference per cell along `axis`, one-sided at the border. `index` is the sample's
/// place along the axis.
fn slope(grid: &ScalarGrid, sample: usize, axis: usize, index: usize) -> f32 {
    let stride = strides(grid)[axis];
    let (before, behind) = (index > 0, index + 1 < grid.samples_per_axis[axis]);
    let low = if before { grid.samples[sample - stride] } else { grid.samples[sample] };
    let high = if behind { grid.samples[sample + stride] } else { grid.samples[sample] };
    (high - low) / (f32::from(u8::from(before)) + f32::from(u8::from(behind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redistance(field: &ScalarGrid, monitor: &Monitor) -> Result<ScalarGrid, FieldError> {
        redistance_within(field, f32::INFINITY, monitor)
    }

    /// The largest error of `redistance` in cells, over samples `keep` picks.
    fn worst(field: &ScalarGrid, truth: impl Fn(Vec3) -> f32, keep: impl Fn(Vec3) -> bool) -> f32 {
        let found = redistance(field, &Monitor::silent()).unwrap();
        let [nx, ny, nz] = field.samples_per_axis;
        let mut worst = 0f32;
        for (x, y, z) in (0..nx).flat_map(|x| (0..ny).flat_map(move |y| (0..nz).map(move |z| (x, y, z)))) {
            let truth = truth(field.position(x, y, z));
            let i = field.index(x, y, z);
            assert_eq!(found.samples[i] < 0.0, field.samples[i] < 0.0, "the sign changed");
            if keep(field.position(x, y, z)) {
                worst = worst.max((found.samples[i] - truth).abs() / field.spacing);
            }
        }
        worst
    }

    #[test]
    fn a_ball_is_measured_to_a_tenth_of_a_cell_whatever_the_values_were() {
        let center = Vec3::new(0.1, 0.03, -0.2);
        let ball = |p: Vec3| p.distance(center) - 0.6;
        for distort in [|d: f32| d, |d: f32| 40.0 * d, |d: f32| d * (2.0 + d), |d: f32| d.clamp(-0.1, 0.1)] {
            let field = ScalarGrid::from_fn([56, 50, 60], Vec3::splat(-1.0), 0.036, |p| distort(ball(p)));
            let error = worst(&field, ball, |_| true);
            assert!(error < 0.1, "{error} cells");
        }
    }

    #[test]
    fn an_oblique_plane_is_measured_to_hundredths_of_a_cell() {
        let normal = Vec3::new(0.5, -0.8, 0.3).normalize();
        let plane = |p: Vec3| p.dot(normal) - 0.07;
        let field = ScalarGrid::from_fn([40; 3], Vec3::splat(-1.0), 2.0 / 39.0, plane);
        // Far from the border, where the solid ends.
        let error = worst(&field, plane, |p| p.length() < 0.5 && plane(p).abs() < 0.3);
        assert!(error < 0.05, "{error} cells");
    }

    #[test]
    fn a_thin_oblique_sheet_keeps_both_sides() {
        let normal = Vec3::new(0.6, 0.0, 0.8);
        let sheet = |p: Vec3| (p.dot(normal).abs() - 0.05).max(p.length() - 0.8);
        let field = ScalarGrid::from_fn([60; 3], Vec3::splat(-1.0), 2.0 / 59.0, sheet);
        let found = redistance(&field, &Monitor::silent()).unwrap();
        for (i, (x, y, z)) in
            (0..60).flat_map(|x| (0..60).flat_map(move |y| (0..60).map(move |z| (x, y, z)))).enumerate()
        {
            let p = field.position(x, y, z);
            if p.length() < 0.5 {
                let error = (found.samples[i] - sheet(p)).abs() / field.spacing;
                assert!(error < 0.15, "{error} cells at {p}");
            }
        }
    }

    #[test]
    fn a_solid_at_the_border_ends_there_and_nothing_inside_is_an_error() {
        let full = ScalarGrid::from_fn([9; 3], Vec3::ZERO, 1.0, |_| -1.0);
        let found = redistance(&full, &Monitor::silent()).unwrap();
        assert!((found.samples[full.index(4, 4, 4)] + 4.0).abs() < 0.1);
        let empty = ScalarGrid::from_fn([9; 3], Vec3::ZERO, 1.0, |_| 1.0);
        assert_eq!(redistance(&empty, &Monitor::silent()), Err(FieldError::Empty));
    }

    #[test]
    fn threads_do_not_change_it_and_cancelling_stops_it() {
        let field = ScalarGrid::from_fn([33, 40, 20], Vec3::splat(-1.0), 0.05, |p| p.length() - 0.4);
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| redistance(&field, &Monitor::silent()).unwrap())
        };
        assert_eq!(run(1), run(4));
        let token = crate::progress::CancelToken::new();
        token.cancel();
        let stopped = redistance(&field, &Monitor::new(&token, &|_| {}));
        assert_eq!(stopped, Err(FieldError::Cancelled(Cancelled)));
    }
}
