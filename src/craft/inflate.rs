//! A plump figure: the silhouette, inflated like a balloon.
//!
//! The half thickness is h = √(t² u) with ∇²u = −4 inside the silhouette and u = 0 on its outline
//! (Johnston 2002, "Lumo"; Baran, Lehtinen 2009, "Notes on inflating curves"), so a disc becomes a
//! sphere at thickness t = 1, and every limb gets the thickness that suits its width. The field is
//! (z² − h²) / |∇(z² − h²)|: near the surface almost a distance, and smooth across the rim, where h
//! itself has a vertical tangent.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::tone::{self, Raster, percentiles};
use super::{Body, CraftError, Pose, Solid, Unit, sizing};
use crate::field::silhouette::{Lattice, Outline, Placement, Silhouette};
use crate::field::{ScalarGrid, closure, poisson};
use crate::image::ConditionImage;
use crate::progress::{Cancelled, Monitor, Stage};
use crate::request::{InflateParams, Request};

/// Opacity of the outline; the cut-out has already bent opacities so that this is the threshold.
pub(super) const ALPHA_LEVEL: f32 = 0.5;
/// At most this many samples (half a gigabyte); a finer resolution than fits is made coarser.
const MAX_SAMPLES: f32 = 120e6;
/// Empty cells around the solid.
const PADDING: usize = 2;
/// Half the width, in samples, that every part of the silhouette gets at least.
const MIN_HALF_WIDTH: f32 = 0.7;
/// `u` is divided by the depth below the outline only where that is at least this many samples.
const RELIABLE_DEPTH: f32 = 0.4;
/// Depth below the outline, as a share of the longest side, over which the brightness relief fades in.
const DETAIL_FADE: f32 = 0.03;

/// Makes the figure, in model units.
///
/// # Errors
/// [`CraftError::Empty`], [`CraftError::Cancelled`].
pub(super) fn inflate(request: &Request, object: &ConditionImage, monitor: &Monitor) -> Result<Solid, CraftError> {
    let params = &request.inflate;
    let outline = outline_of(object);
    let bounds = outline.bounds().ok_or(CraftError::Empty)?;
    monitor.step(Stage::Shape, 0, 4)?;
    let (balloon, layers, note) = within(MAX_SAMPLES, &outline, bounds, request, monitor)?;
    monitor.step(Stage::Shape, 1, 4)?;
    let stretch = front_stretch(object, &balloon, params.detail);
    monitor.step(Stage::Shape, 2, 4)?;
    let mut grid = balloon.field(&layers, &stretch, params.back, monitor)?;
    monitor.step(Stage::Shape, 3, 4)?;
    closure::close(&mut grid, &balloon.silhouette, balloon.min_wall, monitor)?;
    if params.back == 0.0 {
        cut_flat(&mut grid);
    }
    monitor.step(Stage::Shape, 4, 4)?;
    let pose = if params.lies_flat() { Pose::Lying } else { Pose::Standing };
    Ok(Solid { body: Body::Field(grid), unit: Unit::Model, pose, notes: note.into_iter().collect() })
}

/// The balloon at the resolution asked for, or at the finest that takes no more than `most` samples;
/// then with a note.
fn within(
    most: f32,
    outline: &Outline,
    bounds: [Vec2; 2],
    request: &Request,
    monitor: &Monitor,
) -> Result<(Balloon, Layers, Option<String>), CraftError> {
    let longest = (bounds[1] - bounds[0]).max_element();
    let cells = request.solid.cells();
    let asked = longest / cells as f32;
    let mut spacing = asked;
    loop {
        let balloon = Balloon::blow(outline, bounds, spacing, request, monitor)?;
        let layers = Layers::around(&balloon, &request.inflate);
        let samples = balloon.silhouette.lattice.sample_count() as f32 * layers.count as f32;
        if samples <= most {
            let (made, most) = ((longest / spacing).round(), most / 1e6);
            let note =
                || format!("the longest side has {made} cells, not {cells}: at most {most} million samples are made");
            let note = (spacing > asked).then(note);
            return Ok((balloon, layers, note));
        }
        spacing *= (samples / most).cbrt() * 1.01;
    }
}

/// The curves where the object's opacity crosses one half, in model space.
pub(super) fn outline_of(object: &ConditionImage) -> Outline {
    let side = object.side_px() as usize;
    let alpha = tone::alpha(&object.pixels);
    let placement = Placement::square(side, Vec2::ZERO, 1.0);
    Outline::trace([side; 2], ALPHA_LEVEL, 0.0, placement, |i, j| alpha.values[j * side + i])
}

/// The squared half thickness over the lattice of a silhouette.
pub(super) struct Balloon {
    pub(super) silhouette: Silhouette,
    /// h² of the front without relief; continued smoothly to negative values outside the outline.
    pub(super) square: Vec<f32>,
    /// Smallest thickness, in model units.
    min_wall: f32,
}

impl Balloon {
    fn blow(
        outline: &Outline,
        bounds: [Vec2; 2],
        spacing: f32,
        request: &Request,
        monitor: &Monitor,
    ) -> Result<Self, CraftError> {
        let params = &request.inflate;
        let lattice = Lattice::around(bounds, spacing, PADDING);
        let mut silhouette = Silhouette::of_outline(outline, lattice, monitor)?;
        silhouette.widen_thin_parts(outline, MIN_HALF_WIDTH * spacing, monitor)?;
        if silhouette.is_empty() {
            return Err(CraftError::Empty);
        }
        let mut square = poisson::solve(&silhouette, 4.0, monitor)?;
        let thickest = params.thickness * square.iter().copied().fold(0.0, f32::max).sqrt();
        let size = bounds[1] - bounds[0];
        let extent = [size.x, size.y, thickest * (1.0 + params.back)];
        let millimetre = 1.0 / sizing::figure_millimetres_per_unit(extent, &request.size);
        let min_wall = (request.solid.min_wall_mm * millimetre).max(2.0 * spacing);
        // Thin limbs: at least a rod whose front and back together are as thick as the smallest wall.
        let rod = min_wall / (1.0 + params.back);
        for (square, &distance) in square.iter_mut().zip(&silhouette.distances) {
            let rounded = rod_square(rod, -distance, *square, spacing);
            *square = if distance < 0.0 { (params.thickness.powi(2) * *square).hypot(rounded) } else { 0.0 };
        }
        continue_outside(&silhouette, &mut square);
        Ok(Self { silhouette, square, min_wall })
    }

    /// The largest half thickness.
    fn thickest(&self) -> f32 {
        self.square.iter().copied().fold(0.0, f32::max).sqrt()
    }

    /// The field over `layers`; `stretch` is a factor per column on the front, `back` one on the back.
    fn field(&self, layers: &Layers, stretch: &[f32], back: f32, monitor: &Monitor) -> Result<ScalarGrid, Cancelled> {
        let lattice = self.silhouette.lattice;
        let [nx, ny] = lattice.samples_per_axis;
        let nz = layers.count;
        let mut samples = vec![0.0; nx * ny * nz];
        samples.par_chunks_mut(ny * nz).enumerate().try_for_each(|(ix, slab)| {
            monitor.check()?;
            for (iy, column) in slab.chunks_mut(nz).enumerate() {
                let here = ix * ny + iy;
                let square = self.square[here];
                let slope = self.slope_squared(ix, iy);
                for (iz, sample) in column.iter_mut().enumerate() {
                    let z = layers.first + iz as f32 * lattice.spacing;
                    let factor = if z >= 0.0 { stretch[here] } else { back };
                    *sample = if factor == 0.0 {
                        -z
                    } else {
                        let rise = z / factor;
                        let gradient = (slope + (2.0 * rise / factor).powi(2)).sqrt();
                        // Deep inside, the gradient vanishes; there only the sign matters.
                        (rise * rise - square) / gradient.max(square.abs().sqrt()).max(1e-6)
                    };
                }
            }
            Ok(())
        })?;
        let origin = Vec3::new(lattice.origin.x, lattice.origin.y, layers.first);
        Ok(ScalarGrid { samples, samples_per_axis: [nx, ny, nz], origin, spacing: lattice.spacing })
    }

    /// |∇h²|² at a sample.
    fn slope_squared(&self, ix: usize, iy: usize) -> f32 {
        let Lattice { samples_per_axis: [nx, ny], spacing, .. } = self.silhouette.lattice;
        let at = |ix: usize, iy: usize| self.square[ix * ny + iy];
        let (left, right) = (ix.saturating_sub(1), (ix + 1).min(nx - 1));
        let (down, up) = (iy.saturating_sub(1), (iy + 1).min(ny - 1));
        let along_x = (at(right, iy) - at(left, iy)) / ((right - left).max(1) as f32 * spacing);
        let along_y = (at(ix, up) - at(ix, down)) / ((up - down).max(1) as f32 * spacing);
        along_x * along_x + along_y * along_y
    }
}

/// h² of the least limb, `depth` below the outline where the balloon has `u`: from there it rises to the
/// height `rod` at the depth `rod`, or at the middle where the limb is too narrow for that.
fn rod_square(rod: f32, depth: f32, u: f32, spacing: f32) -> f32 {
    if depth <= 0.0 {
        return 0.0;
    }
    // In a band of half the width w, u = 2 d (2 w − d). Its middle is up to half a cell from the nearest
    // sample, and from few samples u comes out a little too large.
    let half_width = 0.5 * (0.5 * u / depth + depth);
    let rise = rod.min(half_width - 0.75 * spacing).max(0.1 * spacing);
    let to_top = (1.0 - depth / rise).max(0.0);
    rod * rod * (1.0 - to_top * to_top)
}

/// The layers of the grid along z.
struct Layers {
    first: f32,
    count: usize,
}

impl Layers {
    fn around(balloon: &Balloon, params: &InflateParams) -> Self {
        let spacing = balloon.silhouette.lattice.spacing;
        let front = balloon.thickest() * (1.0 + params.detail);
        let cells = |height: f32| (height / spacing).ceil() as usize + PADDING;
        if params.back == 0.0 {
            // The flat back lies half a cell below a layer, so that its outline is sampled.
            let first = (0.5 - PADDING as f32) * spacing;
            return Self { first, count: PADDING + cells(front) + 1 };
        }
        // A layer lies on the plane of the rim, so that the outline is sampled exactly.
        let behind = cells(balloon.thickest() * params.back);
        Self { first: -(behind as f32) * spacing, count: behind + cells(front) + 1 }
    }
}

/// Continues h² past the outline as −w S with w = h²/depth, taken from the nearest samples inside. So
/// h² passes through zero exactly on the outline, with one slope on both sides. Samples just inside,
/// where a small value is divided by a smaller one, get it in the same way, if deeper ones are beside.
fn continue_outside(silhouette: &Silhouette, square: &mut [f32]) {
    let Lattice { samples_per_axis: [nx, ny], spacing, .. } = silhouette.lattice;
    let distances = &silhouette.distances;
    let around = |k: usize| {
        let (ix, iy) = (k / ny, k % ny);
        let rows = move || iy.saturating_sub(1)..(iy + 2).min(ny);
        (ix.saturating_sub(1)..(ix + 2).min(nx)).flat_map(move |jx| rows().map(move |jy| jx * ny + jy))
    };
    // Along a line whose middle lies between two rows of samples none is deep, but these are all there is.
    let is_middle = |k: usize| {
        distances[k] < -0.1 * spacing && around(k).all(|beside| distances[beside] > distances[k] - 0.1 * spacing)
    };
    let reliable: Vec<bool> =
        (0..square.len()).map(|k| distances[k] < -RELIABLE_DEPTH * spacing || is_middle(k)).collect();
    let mut slopes: Vec<f32> =
        (0..square.len()).map(|k| if reliable[k] { square[k] / -distances[k] } else { 0.0 }).collect();
    for _ in 0..4 {
        let known = slopes.clone();
        slopes.par_iter_mut().enumerate().filter(|(_, slope)| **slope == 0.0).for_each(|(k, slope)| {
            let neighbours = around(k).map(|beside| known[beside]).filter(|&neighbour| neighbour > 0.0);
            let (sum, count) = neighbours.fold((0.0, 0.0), |(sum, count), neighbour| (sum + neighbour, count + 1.0));
            if count > 0.0 {
                *slope = sum / count;
            }
        });
    }
    for (k, square) in square.iter_mut().enumerate().filter(|(k, _)| !reliable[*k]) {
        // Far outside nothing but the sign matters.
        let slope = if slopes[k] > 0.0 { slopes[k] } else { 2.0 * spacing };
        *square = -slope * distances[k];
    }
}

/// The factor on the front height of every column: 1 without relief, more where the picture is
/// brighter than its surroundings. It fades to 1 at the outline, which therefore stays as it is.
fn front_stretch(object: &ConditionImage, balloon: &Balloon, detail: f32) -> Vec<f32> {
    let lattice = balloon.silhouette.lattice;
    let ny = lattice.samples_per_axis[1];
    if detail == 0.0 {
        return vec![1.0; lattice.sample_count()];
    }
    let half_side = 0.5 * object.side_px() as f32;
    let relief = band_passed(object, 0.6 * lattice.spacing * half_side, 0.08 * half_side);
    let fade = DETAIL_FADE * 2.0 * ConditionImage::OBJECT_SHARE;
    (0..lattice.sample_count())
        .into_par_iter()
        .map(|k| {
            let point = lattice.position(k / ny, k % ny);
            let [x, y] = object.pixel_from_model(point.x, point.y);
            let inward = (-balloon.silhouette.distances[k] / fade).clamp(0.0, 1.0);
            1.0 + detail * relief.bilinear(x, y) * inward * inward * (3.0 - 2.0 * inward)
        })
        .collect()
}

/// The lightness of the object between the scales `fine` and `coarse` (standard deviations in
/// pixels), spread over about −1..1; all 0 where the object has no contrast.
fn band_passed(object: &ConditionImage, fine: f32, coarse: f32) -> Raster {
    let lightness = tone::lightness(&object.pixels);
    let inside = tone::alpha(&object.pixels).map(|a| if a >= ALPHA_LEVEL { 1.0 } else { 0.0 });
    let band = lightness
        .blur_weighted(&inside, fine)
        .zip(&lightness.blur_weighted(&inside, coarse), |sharp, smooth| sharp - smooth);
    let covered = band.values.iter().zip(&inside.values).filter(|(_, w)| **w > 0.0).map(|(v, _)| v.abs()).collect();
    match percentiles(covered, 0.0, 0.95) {
        Some([_, spread]) if spread > 0.004 => band.map(|v| (v / spread).tanh()),
        _ => band.map(|_| 0.0),
    }
}

/// Cuts off everything behind z = 0.
fn cut_flat(grid: &mut ScalarGrid) {
    let (first, spacing) = (grid.origin.z, grid.spacing);
    grid.samples.par_chunks_mut(grid.samples_per_axis[2]).for_each(|column| {
        for (iz, sample) in column.iter_mut().enumerate() {
            *sample = sample.max(-(first + iz as f32 * spacing));
        }
    });
}

#[cfg(test)]
mod tests;
