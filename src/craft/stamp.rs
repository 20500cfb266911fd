//! Stamps, cookie cutters and keychains: the outline of the object, extruded.
//!
//! All three are fields in millimetres, made of a few plane regions (signed distances on one
//! lattice) that reach over ranges of z, so they are closed by construction. The spacing is at most
//! the thinnest wall asked for divided by 2.5, in a draft by 1.8; beyond [`MAX_SAMPLES`] samples it
//! grows instead, and walls that it could no longer hold are made as thick as it can. Where that is
//! not the resolution or the wall asked for, a note says so.
//!
//! Stamps and cutters are mirrored: what they leave behind is the right way round. All lie with
//! their working side up, which prints without supports.

mod bridges;
mod cutter;
mod keychain;
mod lines;
mod seal;

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::sizing::{self, DefaultSize};
use super::tone::{self, Raster};
use super::{Body, CraftError, Pose, Solid, Unit, inflate};
use crate::field::ScalarGrid;
use crate::field::silhouette::{Lattice, Outline, Placement, Silhouette};
use crate::image::ConditionImage;
use crate::progress::{Cancelled, Monitor, Stage};
use crate::request::{Quality, Request, StampKind, StampParams};

/// A quarter of a gigabyte.
const MAX_SAMPLES: f32 = 60e6;
/// Samples across the thinnest wall.
const SAMPLES_PER_WALL: f32 = 2.5;
/// Samples across a wall below which it would get holes.
const LEAST_SAMPLES_PER_WALL: f32 = 1.8;
/// Cells beyond the outermost region.
const PADDING: usize = 2;

/// Makes the stamp, cutter or keychain, in millimetres.
///
/// # Errors
/// See [`CraftError`].
pub(super) fn stamp(request: &Request, object: &ConditionImage, monitor: &Monitor) -> Result<Solid, CraftError> {
    check(request)?;
    monitor.step(Stage::Shape, 0, 1)?;
    let mut notes = Vec::new();
    let grid = match request.stamp.kind {
        StampKind::Stamp => seal::seal(request, object, monitor, &mut notes)?,
        StampKind::CookieCutter => cutter::cutter(request, object, monitor, &mut notes)?,
        StampKind::Keychain => keychain::keychain(request, object, monitor, &mut notes)?,
    };
    monitor.step(Stage::Shape, 1, 1)?;
    Ok(Solid { body: Body::Field(grid), unit: Unit::Millimetre, pose: Pose::Lying, notes })
}

/// Whether the settings go together.
///
/// # Errors
/// [`CraftError::DepthIsSet`], [`CraftError::Order`].
pub(super) fn check(request: &Request) -> Result<(), CraftError> {
    if request.size.depth_mm.is_some() {
        let settings = "--stamp-height, --stamp-plate and --stamp-handle";
        return Err(CraftError::DepthIsSet { craft: "stamp, cutter or keychain", settings });
    }
    match request.stamp.kind {
        StampKind::CookieCutter => cutter::check(&request.stamp),
        StampKind::Stamp | StampKind::Keychain => Ok(()),
    }
}

/// Height in mm of what `--stamp-height` sets, also where that is left open.
pub fn height_mm(params: &StampParams) -> f32 {
    params.height_mm.unwrap_or(match params.kind {
        StampKind::Stamp => seal::HEIGHT_MM,
        StampKind::CookieCutter => cutter::HEIGHT_MM.max(params.plate_mm + cutter::ABOVE_RIM_MM),
        StampKind::Keychain => keychain::HEIGHT_MM,
    })
}

/// Longest side in mm when no size is asked for.
pub(super) fn longest_mm(kind: StampKind) -> f32 {
    match kind {
        StampKind::Stamp => seal::LONGEST_MM,
        StampKind::CookieCutter => cutter::LONGEST_MM,
        StampKind::Keychain => keychain::LONGEST_MM,
    }
}

/// The object as a raster of opacities that can be laid out at any size.
struct Shape {
    alpha: Raster,
    mirrored: bool,
    /// Width and height of the outline at scale 1, in model units.
    extent: Vec2,
}

impl Shape {
    fn new(alpha: Raster, mirrored: bool) -> Result<Self, CraftError> {
        let mut shape = Self { alpha, mirrored, extent: Vec2::ZERO };
        let [min, max] = shape.outline(1.0).bounds().ok_or(CraftError::Empty)?;
        shape.extent = max - min;
        Ok(shape)
    }

    fn of(object: &ConditionImage, mirrored: bool) -> Result<Self, CraftError> {
        Self::new(tone::alpha(&object.pixels), mirrored)
    }

    /// Where pixels lie when a model unit is `scale` mm.
    fn placement(&self, scale: f32) -> Placement {
        let [width, height] = self.alpha.size.map(|n| n as f32);
        let step = 2.0 * scale / width.max(height);
        let side = if self.mirrored { -1.0 } else { 1.0 };
        let step = Vec2::new(side * step, -step);
        Placement { origin: -0.5 * step * Vec2::new(width - 1.0, height - 1.0), step }
    }

    /// The outline when a model unit is `scale` mm.
    fn outline(&self, scale: f32) -> Outline {
        self.outline_of(&self.alpha, scale)
    }

    /// The outline of another raster in the same place.
    fn outline_of(&self, raster: &Raster, scale: f32) -> Outline {
        let width = raster.size[0];
        let value = |i: usize, j: usize| raster.values[j * width + i];
        Outline::trace(raster.size, inflate::ALPHA_LEVEL, 0.0, self.placement(scale), value)
    }

    /// The object's signed distances in mm on a lattice that reaches `reach` mm beyond it, with parts
    /// thinner than `2 * half_width` widened to that.
    fn region(
        &self,
        scale: f32,
        spacing: f32,
        reach: f32,
        half_width: f32,
        monitor: &Monitor,
    ) -> Result<Silhouette, CraftError> {
        let outline = self.outline(scale);
        let [min, max] = outline.bounds().ok_or(CraftError::Empty)?;
        let reach = reach + half_width;
        let lattice = Lattice::around([min - reach, max + reach], spacing, PADDING);
        let region = widened(&outline, lattice, half_width, monitor)?;
        if region.is_empty() { Err(CraftError::Empty) } else { Ok(region) }
    }
}

/// Signed distances to `outline`, thin parts widened and measured anew.
fn widened(outline: &Outline, lattice: Lattice, half_width: f32, monitor: &Monitor) -> Result<Silhouette, Cancelled> {
    let plain = Silhouette::of_outline(outline, lattice, monitor)?;
    let half_width = half_width.max(0.5 * LEAST_SAMPLES_PER_WALL * lattice.spacing);
    let mut wide = plain.clone();
    wide.widen_thin_parts(outline, half_width, monitor)?;
    if wide == plain { Ok(plain) } else { Silhouette::of_outline(&wide.outline(0.0), lattice, monitor) }
}

/// The scale at which a plan has the size asked for: `measure` gives the width and height in mm of
/// the whole plan at a scale. Exact when only constants are added to the outline, and within a few
/// hundredths of a millimetre when thin parts were widened.
fn fit_scale(
    request: &Request,
    shape: &Shape,
    added: [f32; 2],
    default_mm: f32,
    mut measure: impl FnMut(f32) -> Result<Vec2, CraftError>,
) -> Result<f32, CraftError> {
    let size = &request.size;
    let aspect = shape.extent.x / shape.extent.y;
    let picture = sizing::picture_size_mm(aspect, added, size, DefaultSize::Longest(default_mm))?;
    let mut scale = picture[0] / shape.extent.x;
    let limits = sizing::limits_mm(size, default_mm);
    for _ in 0..4 {
        let whole = measure(scale)?;
        let correction = (0..2)
            .filter_map(|axis| limits[axis].map(|limit| (limit - whole[axis]) / shape.extent[axis]))
            .fold(f32::INFINITY, f32::min);
        if !correction.is_finite() || (correction * shape.extent.max_element()).abs() < 0.01 {
            break;
        }
        // A shape that has to shrink to less than a third has no room for what is added around it.
        if scale + correction < 0.3 * scale {
            let room = shape.extent * (scale + correction).max(0.0);
            return Err(CraftError::TooSmall { width_mm: room.x, height_mm: room.y, frame_mm: added });
        }
        scale += correction;
    }
    Ok(scale)
}

/// The spacing for a box of `size` mm whose thinnest wall is `wall_mm` thick; `notes` gets what it could
/// not keep.
fn spacing_mm(request: &Request, size: Vec3, wall_mm: f32, notes: &mut Vec<String>) -> f32 {
    let (longest, cells) = (size.x.max(size.y), request.solid.cells());
    let asked = longest / cells as f32;
    let is_draft = request.solid.quality == Quality::Draft;
    let per_wall = if is_draft { LEAST_SAMPLES_PER_WALL } else { SAMPLES_PER_WALL };
    let wanted = asked.min(wall_mm / per_wall);
    // Solved for the padded box; the padding hardly changes with the spacing.
    let padded = size + 2.0 * (PADDING + 1) as f32 * wanted;
    let samples = (padded / wanted).element_product();
    let spacing = if samples > MAX_SAMPLES { wanted * (samples / MAX_SAMPLES).cbrt() } else { wanted };

    let made = (longest / spacing).round();
    if spacing > 1.01 * asked {
        let most = MAX_SAMPLES / 1e6;
        notes.push(format!("the longest side has {made} cells, not {cells}: at most {most} million samples are made"));
    } else if request.solid.resolution.is_some() && spacing < 0.99 * asked {
        notes.push(format!("the longest side has {made} cells, not {cells}: walls of {wall_mm} mm take that many"));
    }
    let thinnest = LEAST_SAMPLES_PER_WALL * spacing;
    if thinnest > 1.01 * wall_mm {
        notes.push(format!(
            "nothing was made thinner than {thinnest:.2} mm, not {wall_mm} mm: thinner walls take a smaller size"
        ));
    }
    spacing
}

/// The field `value(column, z)` over `lattice` from `bottom` to `top`, with empty layers beyond.
fn extrude(
    lattice: Lattice,
    [bottom, top]: [f32; 2],
    value: impl Fn(usize, f32) -> f32 + Sync,
    monitor: &Monitor,
) -> Result<ScalarGrid, Cancelled> {
    let Lattice { samples_per_axis: [nx, ny], origin, spacing } = lattice;
    // The bottom lies half way between two layers, where no sample is exactly zero.
    let first = bottom - (PADDING as f32 - 0.5) * spacing;
    let nz = ((top - first) / spacing).ceil() as usize + PADDING;
    let mut samples = vec![0.0; nx * ny * nz];
    samples.par_chunks_mut(ny * nz).enumerate().try_for_each(|(ix, slab)| {
        monitor.check()?;
        for (k, sample) in slab.iter_mut().enumerate() {
            *sample = value(ix * ny + k / nz, first + (k % nz) as f32 * spacing);
        }
        Ok(())
    })?;
    Ok(ScalarGrid { samples, samples_per_axis: [nx, ny, nz], origin: origin.extend(first), spacing })
}

/// Signed distance to the layer between two heights.
fn layer(z: f32, [low, high]: [f32; 2]) -> f32 {
    (low - z).max(z - high)
}

#[cfg(test)]
mod tests;
