//! The cookie cutter: a wall along the outline with a tapered blade, on a wide rim.

use glam::Vec2;

use super::super::CraftError;
use super::super::tone::{self, Raster};
use super::{LEAST_SAMPLES_PER_WALL, Shape, bridges, extrude, fit_scale, height_mm, layer, spacing_mm};
use crate::field::ScalarGrid;
use crate::field::silhouette::Silhouette;
use crate::image::ConditionImage;
use crate::progress::Monitor;
use crate::request::{Request, StampParams};

/// Longest side, rim included, when no size is asked for.
pub(super) const LONGEST_MM: f32 = 75.0;
/// Height of the wall when it is left open, and how far it then stands above the rim at least.
pub(super) const HEIGHT_MM: f32 = 12.0;
pub(super) const ABOVE_RIM_MM: f32 = 6.0;
/// Half the width that every part of the dough gets at least: thinner, it would not come out.
const DOUGH_HALF_WIDTH_MM: f32 = 1.5;
/// Gaps narrower than twice this are filled: their two walls would touch.
const GAP_HALF_WIDTH_MM: f32 = 0.8;
/// Standard deviation of the smoothing of the outline; finer detail does not show in dough.
const SMOOTHING_MM: f32 = 0.5;
/// Shares of the outline from which it is told that holes and gaps were left out: no noise at its rim.
const HOLES_TOLD: f32 = 0.005;
const GAPS_TOLD: f32 = 0.02;
/// The blade tapers over this share of the wall's height, at most so many mm.
const TAPER_SHARE: f32 = 0.4;
const TAPER_MAX_MM: f32 = 5.0;

/// The field of the cutter: rim at the bottom, blade up. It is open inside; holes in the object, and
/// those that arise where narrow gaps are filled, are not cut, since their walls would hang in the air.
/// Parts of the object that lie apart get a wall each, joined at the rim.
pub(super) fn cutter(
    request: &Request,
    object: &ConditionImage,
    monitor: &Monitor,
    notes: &mut Vec<String>,
) -> Result<ScalarGrid, CraftError> {
    let params = &request.stamp;
    let height = height_mm(params);
    let drawn = tone::alpha(&object.pixels);
    let shape = Shape::new(without_holes(drawn.clone()), true)?;
    notes.extend(holes_left_out(&drawn, &shape.alpha));
    let rim = params.wall_mm + params.margin_mm;
    let added = [2.0 * rim; 2];
    let rough = fit_scale(request, &shape, added, LONGEST_MM, |scale| Ok(scale * shape.extent + 2.0 * rim))?;
    let size = rough * shape.extent + 2.0 * rim;
    let spacing = spacing_mm(request, size.extend(height), params.blade_mm, notes);
    let region_at = |scale: f32| {
        let region = shape.region(scale, spacing, rim, DOUGH_HALF_WIDTH_MM, monitor)?;
        smoothed(region, monitor)
    };
    let measure = |scale: f32| {
        let [min, max] = region_at(scale)?.outline(0.0).bounds().ok_or(CraftError::Empty)?;
        Ok(max - min + Vec2::splat(2.0 * rim))
    };
    let scale = fit_scale(request, &shape, added, LONGEST_MM, measure)?;
    let dough = region_at(scale)?;
    notes.extend(gaps_filled(&shape, &dough, scale, monitor)?);
    let base = base_of(&dough, rim, params.wall_mm, monitor)?;

    let blade = params.blade_mm.max(LEAST_SAMPLES_PER_WALL * spacing);
    let taper = (TAPER_SHARE * height).min(TAPER_MAX_MM);
    let field = |column: usize, z: f32| {
        let outside = dough.distances[column];
        let sharpness = ((z - height + taper) / taper).clamp(0.0, 1.0);
        let thickness = params.wall_mm.max(blade) * (1.0 - sharpness) + blade * sharpness;
        let wall = (-outside).max(outside - thickness).max(layer(z, [0.0, height]));
        let plate = (-outside).max(base[column]).max(layer(z, [0.0, params.plate_mm]));
        wall.min(plate)
    };
    Ok(extrude(dough.lattice, [0.0, height], field, monitor)?)
}

/// Whether the blade fits on its wall, and the wall above its rim.
///
/// # Errors
/// [`CraftError::Order`].
pub(super) fn check(params: &StampParams) -> Result<(), CraftError> {
    if params.blade_mm > params.wall_mm {
        let (low_mm, high_mm) = (params.blade_mm, params.wall_mm);
        return Err(CraftError::Order { low: "--stamp-blade", low_mm, high: "--stamp-wall", high_mm });
    }
    let (low_mm, high_mm) = (params.plate_mm, height_mm(params));
    if high_mm <= low_mm {
        return Err(CraftError::Order { low: "--stamp-plate", low_mm, high: "--stamp-height", high_mm });
    }
    Ok(())
}

/// The dough's outline without narrow gaps, without detail that dough cannot hold, and without holes:
/// a closed gap turns a bay into one.
fn smoothed(region: Silhouette, monitor: &Monitor) -> Result<Silhouette, CraftError> {
    let lattice = region.lattice;
    let mut filled = Silhouette::of_outline(&region.outline(GAP_HALF_WIDTH_MM), lattice, monitor)?;
    for (distance, before) in filled.distances.iter_mut().zip(&region.distances) {
        // Filling never takes away, not even the hundredths that measuring anew is off by.
        *distance = (*distance + GAP_HALF_WIDTH_MM).min(*before);
    }
    let [nx, ny] = lattice.samples_per_axis;
    let raster = Raster { size: [ny, nx], values: filled.distances };
    let mut smooth = Silhouette { lattice, distances: raster.blur(SMOOTHING_MM / lattice.spacing).values };
    let around = reached_from_border([ny, nx], |k| smooth.distances[k] >= 0.0);
    for (distance, around) in smooth.distances.iter_mut().zip(around) {
        if *distance >= 0.0 && !around {
            *distance = -lattice.spacing;
        }
    }
    Ok(Silhouette::of_outline(&smooth.outline(0.0), lattice, monitor)?)
}

/// What is said where holes of the picture were filled.
fn holes_left_out(drawn: &Raster, filled: &Raster) -> Option<String> {
    let area = |raster: &Raster| raster.values.iter().filter(|alpha| **alpha >= 0.5).count() as f32;
    (area(filled) - area(drawn) > HOLES_TOLD * area(filled))
        .then(|| "the picture's holes are not cut: walls there would hang in the air".to_owned())
}

/// What is said where gaps of the picture, and what they lead to, are dough.
fn gaps_filled(shape: &Shape, dough: &Silhouette, scale: f32, monitor: &Monitor) -> Result<Option<String>, CraftError> {
    let drawn = Silhouette::of_outline(&shape.outline(scale), dough.lattice, monitor)?;
    // Around a thin part that was widened no dough lies so deep.
    let is_gap = |(drawn, dough): &(&f32, &f32)| **drawn > 0.0 && **dough < -DOUGH_HALF_WIDTH_MM;
    let gaps = drawn.distances.iter().zip(&dough.distances).filter(is_gap).count() as f32;
    let whole = dough.distances.iter().filter(|distance| **distance < 0.0).count() as f32;
    Ok((gaps > GAPS_TOLD * whole).then(|| {
        let [gap, part] = [GAP_HALF_WIDTH_MM, DOUGH_HALF_WIDTH_MM].map(|half| 2.0 * half);
        format!("gaps narrower than {gap} mm between parts of at least {part} mm are not cut: their walls would touch")
    }))
}

/// Signed distances to the filled area of the rim: what is within `rim` of the dough, in one part.
fn base_of(dough: &Silhouette, rim: f32, bar: f32, monitor: &Monitor) -> Result<Vec<f32>, CraftError> {
    let distances = dough.distances.iter().map(|d| d - rim).collect();
    let mut base = Silhouette { lattice: dough.lattice, distances };
    bridges::join(&mut base, bar.max(2.0), monitor)?;
    Ok(base.distances)
}

/// Which clear cells hang together (4-neighbours) with clear ones at the border of a raster of `size`
/// (width, height) whose cell `(i, j)` is number `j * width + i`.
fn reached_from_border([width, height]: [usize; 2], clear: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut around = vec![false; width * height];
    let border = (0..width).flat_map(|i| [i, (height.max(1) - 1) * width + i]);
    let border = border.chain((0..height).flat_map(|j| [j * width, j * width + width - 1]));
    let mut open: Vec<usize> = border.filter(|&k| clear(k)).collect();
    open.iter().for_each(|&k| around[k] = true);
    while let Some(pixel) = open.pop() {
        let (i, j) = (pixel % width, pixel / width);
        let neighbours = [
            (i > 0).then(|| pixel - 1),
            (i + 1 < width).then_some(pixel + 1),
            (j > 0).then(|| pixel - width),
            (j + 1 < height).then_some(pixel + width),
        ];
        for neighbour in neighbours.into_iter().flatten() {
            if !around[neighbour] && clear(neighbour) {
                around[neighbour] = true;
                open.push(neighbour);
            }
        }
    }
    around
}

/// Fills every transparent area that is not connected to the border of the raster.
fn without_holes(mut alpha: Raster) -> Raster {
    let [width, height] = alpha.size;
    let around = reached_from_border(alpha.size, |k| alpha.values[k] < 0.5);
    let soft = alpha.clone();
    let beside_outside = |k: usize| {
        let (i, j) = (k % width, k / width);
        let (columns, rows) = (i.saturating_sub(1)..(i + 2).min(width), j.saturating_sub(1)..(j + 2).min(height));
        columns.flat_map(|i| rows.clone().map(move |j| j * width + i)).any(|n| around[n])
    };
    for (k, value) in alpha.values.iter_mut().enumerate() {
        // The soft rim towards the outside keeps its opacity, which tells where the outline is.
        if !around[k] && !beside_outside(k) {
            *value = 1.0;
        } else {
            *value = soft.values[k];
        }
    }
    alpha
}
