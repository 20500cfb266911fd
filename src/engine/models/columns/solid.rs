//! From a [`Prediction`] to a field whose front view is the picture's outline.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::column::{Column, catmull_rom};
use super::input::{Input, InputError};
use super::middle::Middle;
use super::prediction::{Channel, Prediction, TRUNCATION, balloon, halved};
use super::rods::{self, Rod};
pub use super::warp::View;
use super::warp::Way;
use super::{ColumnsError, flat, warp};
use crate::field::silhouette::{Lattice, Outline, Placement, Silhouette};
use crate::field::{FieldError, ScalarGrid, closure, connect, voids};
use crate::progress::{Cancelled, Monitor};

/// Opacity of the outline.
const ALPHA_LEVEL: f32 = 0.5;
/// Empty cells around the solid.
const PADDING: usize = 2;
/// Half the width, in samples, that every part of the silhouette gets at least.
const MIN_HALF_WIDTH: f32 = 0.7;
/// At most this many samples; a finer resolution than fits is made coarser.
const MAX_SAMPLES: f32 = 120e6;
/// A silhouette that overlaps with the picture's object this far is fine enough.
const COVER: f32 = 0.994;
/// Otherwise cells are made smaller by this factor, where that brings it nearer by `REFINED`.
const REFINEMENT: f32 = 1.6;
const REFINED: f32 = 0.001;
/// The depth picture moves the front by at most this many bins.
const SNAP_REACH_BINS: f32 = 2.0;
/// Expected error of the front, in the frame's unit, at which the depth picture counts half.
const SNAP_DOUBT: f32 = 0.08;
/// Between these expected errors of the depths the prediction gives way to the balloon.
const DOUBT: [f32; 2] = [0.30, 0.60];
/// Solids end here, on either side of z = 0.
const FRAME_END: f32 = 1.0;
/// A flat back, and the plane that a front is mirrored in, lie behind all but this share of the front.
const BACK_QUANTILE: f32 = 0.05;

/// What the back of the solid is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Back {
    /// As the network predicts it.
    #[default]
    Predicted,
    /// The front, mirrored; everything between the two is filled.
    Mirrored,
    /// A plane; everything before it is filled.
    Flat,
}

/// How the solid is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Controls {
    /// Cells along the longest side of the outline; more where thin parts need them.
    pub cells: u32,
    /// Factor on the depth, > 0; 1 is as predicted.
    pub depth_scale: f32,
    /// The hidden side.
    pub back: Back,
    /// Smallest thickness of what has to be made up, in the frame's unit.
    pub min_wall: f32,
    /// How the picture was taken.
    pub view: View,
    /// Whether the front follows the depth picture in detail.
    pub snaps: bool,
}

impl Default for Controls {
    fn default() -> Self {
        let (depth_scale, back, view) = (1.0, Back::default(), View::FRONT);
        Self { cells: 128, depth_scale, back, min_wall: 0.02, view, snaps: true }
    }
}

impl Controls {
    /// How a solid comes to the middle of the frame. A back that was asked for stays where it is.
    fn middle_of(&self, grid: &ScalarGrid) -> Middle {
        match (self.back, grid.surface_bounds()) {
            (Back::Predicted, Some(bounds)) => Middle::of([bounds.min.z, bounds.max.z]),
            _ => Middle::LEFT,
        }
    }
}

/// The field of a prediction, closed to the outline of the picture that it was made of: `pixels` is
/// straight RGBA in its frame, `side × side`, of any side.
///
/// # Errors
/// [`ColumnsError::Input`] if the picture is none or empty; [`ColumnsError::Cancelled`].
pub fn build(
    prediction: &Prediction,
    pixels: &[u8],
    side: usize,
    controls: &Controls,
    monitor: &Monitor,
) -> Result<ScalarGrid, ColumnsError> {
    let outline = trace(pixels, side)?;
    let bounds = outline.bounds().ok_or(InputError::Empty)?;
    let longest = (bounds[1] - bounds[0]).max_element();
    let stand = Stand::of(prediction, controls);
    let reach = stand.reach();
    let depth = (reach[1] - reach[0]).max(1e-3);
    let finest = (longest.powi(2) * depth / MAX_SAMPLES).cbrt();
    let mut spacing = (longest / controls.cells.max(8) as f32).max(finest);
    let mut silhouette = sampled(&outline, bounds, spacing, monitor)?;
    let cover = covers(&silhouette, pixels, side);
    if cover < COVER {
        let finer_spacing = (spacing / REFINEMENT).max(finest);
        let finer = sampled(&outline, bounds, finer_spacing, monitor)?;
        if covers(&finer, pixels, side) > cover + REFINED {
            (silhouette, spacing) = (finer, finer_spacing);
        }
    }
    if silhouette.is_empty() {
        return Err(InputError::Empty.into());
    }
    let mut grid = stand.field(&silhouette, reach, monitor)?;
    let wall = controls.min_wall.max(2.0 * spacing);
    stand.close(&mut grid, &silhouette, (reach, wall), monitor).map_err(|error| match error {
        FieldError::Cancelled(cancelled) => cancelled.into(),
        // The lattice is the grid's own, so this cannot fail but by a defect.
        other => ColumnsError::Device(other.to_string()),
    })?;
    voids::fill_voids(&mut grid, monitor)?;
    let Controls { view, depth_scale, .. } = *controls;
    let way = Way { middle: controls.middle_of(&grid), view, depth_scale };
    Ok(warp::to_space(grid, way, MAX_SAMPLES, monitor)?)
}

/// Gives way to the balloon of `input` where the network itself expects to be far off.
pub fn doubt(prediction: &mut Prediction, input: &Input) {
    let [front, back] = [Channel::LogFront, Channel::LogBack].map(|channel| {
        let log = prediction.channel(channel);
        halved(prediction.side, |at| log[at])
    });
    let trust = |(front, back): (f32, f32)| {
        let expected = 0.5 * (front.exp() + back.exp());
        ((DOUBT[1] - expected) / (DOUBT[1] - DOUBT[0])).clamp(0.0, 1.0)
    };
    let trust: Vec<f32> = front.into_iter().zip(back).map(trust).collect();
    if trust.iter().all(|&t| t >= 1.0) {
        return;
    }
    let start = balloon(input, prediction.bins);
    for (at, (value, start)) in prediction.columns.iter_mut().zip(start).enumerate() {
        *value = start + trust[at % trust.len()] * (*value - start);
    }
}

/// The outline on a lattice of this spacing, thin parts as wide as it can show.
fn sampled(outline: &Outline, bounds: [Vec2; 2], spacing: f32, monitor: &Monitor) -> Result<Silhouette, Cancelled> {
    let lattice = Lattice::around(bounds, spacing, PADDING);
    let mut silhouette = Silhouette::of_outline(outline, lattice, monitor)?;
    silhouette.widen_thin_parts(outline, MIN_HALF_WIDTH * spacing, monitor)?;
    Ok(silhouette)
}

/// Overlap (IoU) of a silhouette, as its samples show it, and the picture's object.
fn covers(silhouette: &Silhouette, pixels: &[u8], side: usize) -> f32 {
    let step = 2.0 / side as f32;
    let row = |(j, row): (usize, &[u8])| {
        let y = 1.0 - (j as f32 + 0.5) * step;
        let pair = |(i, pixel): (usize, &[u8])| {
            let made = silhouette.distance_at(Vec2::new((i as f32 + 0.5) * step - 1.0, y)) < 0.0;
            let asked = f32::from(pixel[3]) >= ALPHA_LEVEL * 255.0;
            [u64::from(made && asked), u64::from(made || asked)]
        };
        row.chunks_exact(4).enumerate().map(pair).fold([0; 2], |a, b| [a[0] + b[0], a[1] + b[1]])
    };
    let [both, either] =
        pixels.par_chunks(4 * side).enumerate().map(row).reduce(|| [0; 2], |a, b| [a[0] + b[0], a[1] + b[1]]);
    both as f32 / either.max(1) as f32
}

/// The curves where the object's opacity crosses one half, in the frame.
fn trace(pixels: &[u8], side: usize) -> Result<Outline, InputError> {
    if side < 2 || side.checked_mul(side).and_then(|n| n.checked_mul(4)) != Some(pixels.len()) {
        return Err(InputError::Size { found: pixels.len(), side });
    }
    let alpha = |i: usize, j: usize| f32::from(pixels[(j * side + i) * 4 + 3]) / 255.0;
    Ok(Outline::trace([side; 2], ALPHA_LEVEL, 0.0, Placement::square(side, Vec2::ZERO, 1.0), alpha))
}

/// The columns, ready to be asked for at any place.
struct Stand<'a> {
    prediction: &'a Prediction,
    controls: &'a Controls,
    /// `[G, G, bins]`
    upright: Vec<f32>,
    /// Height of a flat back, or of the plane that the front is mirrored in.
    plane: f32,
}

impl<'a> Stand<'a> {
    fn of(prediction: &'a Prediction, controls: &'a Controls) -> Self {
        let (grid, bins) = (prediction.side / 2, prediction.bins);
        let area = grid * grid;
        let upright =
            (0..area * bins).into_par_iter().map(|k| prediction.columns[k % bins * area + k / bins]).collect();
        let mut stand = Self { prediction, controls, upright, plane: 0.0 };
        stand.plane = match controls.back {
            Back::Predicted => 0.0,
            Back::Mirrored => (stand.low_front() - 0.5 * controls.min_wall).min(0.0),
            Back::Flat => stand.low_front().min(0.0) - controls.min_wall,
        };
        stand
    }

    /// The height that almost all of the front lies before.
    fn low_front(&self) -> f32 {
        let columns = self.upright.chunks_exact(self.prediction.bins.max(1));
        let mut fronts: Vec<f32> = columns.filter_map(|values| Column { values: values.to_vec() }.front()).collect();
        fronts.sort_unstable_by(f32::total_cmp);
        fronts.get((fronts.len() as f32 * BACK_QUANTILE) as usize).copied().unwrap_or(0.0)
    }

    /// From where to where the solid reaches along z, at least.
    fn reach(&self) -> [f32; 2] {
        let (bins, scale) = (self.prediction.bins, self.controls.depth_scale);
        let step = 2.0 / bins as f32;
        let inside = |k: usize| self.upright.iter().skip(k).step_by(bins).any(|&v| v < 0.0);
        let first = (0..bins).find(|&k| inside(k)).unwrap_or(bins / 2);
        let last = (0..bins).rev().find(|&k| inside(k)).unwrap_or(bins / 2);
        let margin = (SNAP_REACH_BINS + 1.0) * step;
        let [low, high] = [first as f32 * step - 1.0 - margin, (last + 1) as f32 * step - 1.0 + margin];
        let high = high.min(FRAME_END);
        let low = match self.controls.back {
            Back::Predicted => low.max(-FRAME_END),
            Back::Mirrored => 2.0 * self.plane - high,
            Back::Flat => self.plane.max(-FRAME_END),
        };
        [low * scale, high * scale]
    }

    /// Where the depth picture has the middle of the solid, for each place of the lattice; for a back that was asked
    /// for nothing.
    fn guess(&self, lattice: Lattice, reach: [f32; 2]) -> Option<Vec<f32>> {
        let [nx, ny] = lattice.samples_per_axis;
        let middle = |at: usize| {
            let place = lattice.position(at / ny, at % ny);
            let [front, back] = [Channel::Front, Channel::Back].map(|channel| self.picture_at(channel, place));
            (0.5 * (front + back) * self.controls.depth_scale).clamp(reach[0], reach[1])
        };
        (self.controls.back == Back::Predicted).then(|| (0..nx * ny).into_par_iter().map(middle).collect())
    }

    /// Closes a field to its silhouette, with parts of at least `wall`, and joins its pieces.
    fn close(
        &self,
        grid: &mut ScalarGrid,
        silhouette: &Silhouette,
        (reach, wall): ([f32; 2], f32),
        monitor: &Monitor,
    ) -> Result<(), FieldError> {
        let guess = self.guess(silhouette.lattice, reach);
        closure::close_along(grid, silhouette, guess.as_deref(), wall, monitor)?;
        if self.controls.back == Back::Flat {
            // What was made knows nothing of the plane; on it, all that touches is one piece already.
            flat::lay(grid, reach[0], wall);
        }
        connect::connect(grid, silhouette, wall, monitor)
    }

    /// The field on the lattice of `silhouette`, not closed yet.
    fn field(&self, silhouette: &Silhouette, reach: [f32; 2], monitor: &Monitor) -> Result<ScalarGrid, Cancelled> {
        let lattice = silhouette.lattice;
        let [nx, ny] = lattice.samples_per_axis;
        let spacing = lattice.spacing;
        // A flat back lies half a cell below a layer, so that its outline is sampled.
        let flat = self.controls.back == Back::Flat;
        let below = if flat { 0.5 - PADDING as f32 } else { -(PADDING as f32) } * spacing;
        let origin_z = reach[0] + below;
        let nz = ((reach[1] - reach[0]) / spacing).ceil() as usize + 2 * PADDING + 1;
        let widths = rods::half_widths(silhouette);
        let mut samples = vec![0.0; nx * ny * nz];
        samples.par_chunks_mut(ny * nz).enumerate().try_for_each(|(ix, slab)| {
            monitor.check()?;
            for (iy, column) in slab.chunks_mut(nz).enumerate() {
                let distance = silhouette.distances[ix * ny + iy];
                if distance > 3.0 * spacing {
                    // The closure has the last word there.
                    column.fill(distance);
                    continue;
                }
                let profile = self.profile(lattice.position(ix, iy));
                let predicted = self.controls.back == Back::Predicted;
                let rod = predicted.then(|| Rod::of(&profile, widths[ix * ny + iy])).flatten();
                let front = profile.front();
                for (iz, sample) in column.iter_mut().enumerate() {
                    *sample = self.value(&profile, front, rod, origin_z + iz as f32 * spacing);
                }
            }
            Ok(())
        })?;
        let origin = Vec3::new(lattice.origin.x, lattice.origin.y, origin_z);
        Ok(ScalarGrid { samples, samples_per_axis: [nx, ny, nz], origin, spacing })
    }

    /// The field's value at height `z` of the solid, whose front lies at `front`. What goes on beyond the frame ends
    /// there.
    fn value(&self, profile: &Column, front: Option<f32>, rod: Option<Rod>, z: f32) -> f32 {
        let scale = self.controls.depth_scale;
        let z = z / scale;
        let filled = |z: f32| match front {
            Some(front) if z < front => (z - front).max(-TRUNCATION),
            _ => profile.at(z),
        };
        // Behind the plane of the mirror is what lies as far before it.
        let mirrored = self.plane + (z - self.plane).abs();
        let (value, seen) = match self.controls.back {
            Back::Predicted => (rod.map_or(f32::NEG_INFINITY, |rod| rod.distance(z)).max(profile.at(z)), z),
            Back::Mirrored => (filled(mirrored), mirrored),
            Back::Flat => (filled(z).max(self.plane - z), z),
        };
        let beyond = seen.abs() - FRAME_END;
        // Where the sign is, a distance along z scales with the depth.
        value.max(beyond) * scale.min(1.0)
    }

    /// The column at a place of the frame, in the frame's unit, its front in detail.
    fn profile(&self, place: Vec2) -> Column {
        let (grid, bins) = (self.prediction.side / 2, self.prediction.bins);
        let (column, row) = ((place.x + 1.0) * 0.5 * grid as f32 - 0.5, (1.0 - place.y) * 0.5 * grid as f32 - 0.5);
        let ((first_column, across), (first_row, down)) = (catmull_rom(column), catmull_rom(row));
        let inside = |k: i64| k.clamp(0, grid as i64 - 1) as usize;
        let mut values = vec![0.0; bins];
        for (r, weight_row) in down.iter().enumerate() {
            for (c, weight_column) in across.iter().enumerate() {
                let at = inside(first_row + r as i64) * grid + inside(first_column + c as i64);
                let weight = weight_row * weight_column * TRUNCATION;
                values.iter_mut().zip(&self.upright[at * bins..][..bins]).for_each(|(v, f)| *v += weight * f);
            }
        }
        let mut profile = Column { values };
        if self.controls.snaps
            && let Some(front) = profile.front()
        {
            let [depth, log] = [Channel::Front, Channel::LogFront].map(|channel| self.picture_at(channel, place));
            let reach = SNAP_REACH_BINS * profile.spacing();
            let certainty = 1.0 / (1.0 + (log.exp() / SNAP_DOUBT).powi(2));
            profile.shift_front((depth - front).clamp(-reach, reach) * certainty);
        }
        profile
    }

    /// A channel of the picture at a place of the frame, bilinear.
    fn picture_at(&self, channel: Channel, place: Vec2) -> f32 {
        let (side, values) = (self.prediction.side, self.prediction.channel(channel));
        let half = 0.5 * side as f32;
        let last = (side - 1) as f32;
        let (x, y) = (((place.x + 1.0) * half - 0.5).clamp(0.0, last), ((1.0 - place.y) * half - 0.5).clamp(0.0, last));
        let (i, j) = (x as usize, y as usize);
        let (next_i, next_j) = ((i + 1).min(side - 1), (j + 1).min(side - 1));
        let (tx, ty) = (x - i as f32, y - j as f32);
        let at = |i: usize, j: usize| values[j * side + i];
        let upper = at(i, j) + (at(next_i, j) - at(i, j)) * tx;
        let lower = at(i, next_j) + (at(next_i, next_j) - at(i, next_j)) * tx;
        upper + (lower - upper) * ty
    }
}
