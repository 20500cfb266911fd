//! The stamp proper: raised lines on a rounded plate, with a grip under it.

use glam::Vec2;

use super::super::CraftError;
use super::{Shape, extrude, fit_scale, height_mm, layer, lines, spacing_mm, widened};
use crate::field::ScalarGrid;
use crate::field::silhouette::{Outline, Silhouette};
use crate::image::ConditionImage;
use crate::progress::Monitor;
use crate::request::Request;

/// Longest side of the plate when no size is asked for.
pub(super) const LONGEST_MM: f32 = 50.0;
/// Height of the raised picture when it is left open.
pub(super) const HEIGHT_MM: f32 = 2.0;
/// Half the width that lines get at least.
const LINE_HALF_WIDTH_MM: f32 = 0.3;
/// Width of the line along the outline, which a photo does not have.
const RIM_MM: f32 = 0.8;
/// By how much lines get wider towards the plate, per mm of height, so that they do not break off.
const DRAFT: f32 = 0.15;
/// Largest corner radius of the plate, as a share of its shorter side.
const CORNER_SHARE: f32 = 0.15;
/// Half the width of the grip: this share of the plate's shorter side, within the range.
const GRIP_SHARE: f32 = 0.25;
const GRIP_RANGE_MM: [f32; 2] = [5.0, 11.0];

/// The field of the stamp; the top of its lines is its top.
pub(super) fn seal(
    request: &Request,
    object: &ConditionImage,
    monitor: &Monitor,
    notes: &mut Vec<String>,
) -> Result<ScalarGrid, CraftError> {
    let params = &request.stamp;
    let shape = Shape::of(object, true)?;
    let added = [2.0 * params.margin_mm; 2];
    let plate_at = |scale: f32| Plate::around(&shape.outline(scale), params.margin_mm).ok_or(CraftError::Empty);
    let measure = |scale: f32| plate_at(scale).map(|plate| 2.0 * plate.half);
    let scale = fit_scale(request, &shape, added, LONGEST_MM, measure)?;
    let plate = plate_at(scale)?;

    let height = height_mm(params);
    let [under, bottom] = [-params.plate_mm, -params.plate_mm - params.handle_mm];
    let size = (2.0 * plate.half).extend(height - bottom);
    let spacing = spacing_mm(request, size, 2.0 * LINE_HALF_WIDTH_MM, notes);
    let silhouette = shape.region(scale, spacing, params.margin_mm, LINE_HALF_WIDTH_MM, monitor)?;
    let raised = raised_region(request, object, &shape, &silhouette, scale, monitor)?;
    let lattice = silhouette.lattice;
    let ny = lattice.samples_per_axis[1];
    let shorter = plate.half.min_element();
    let grip = shorter - (2.0 * GRIP_SHARE * shorter).clamp(GRIP_RANGE_MM[0], GRIP_RANGE_MM[1]);
    let field = |column: usize, z: f32| {
        let point = lattice.position(column / ny, column % ny);
        let to_plate = plate.distance(point);
        let lines = (raised[column] + DRAFT * (z - height)).max(layer(z, [0.5 * under, height])).max(to_plate);
        let slab = to_plate.max(layer(z, [under, 0.0]));
        // The grip narrows by 45°, which prints without supports.
        let inset = (under - z).clamp(0.0, grip.max(0.0));
        let handle = plate.shrunk(inset).distance(point).max(layer(z, [bottom, 0.5 * under]));
        lines.min(slab).min(handle)
    };
    Ok(extrude(lattice, [bottom, height], field, monitor)?)
}

/// Signed distances to what is raised: the drawing's lines and a line along the outline, or the
/// whole silhouette where lines are not wanted or the object is of one colour.
pub(super) fn raised_region(
    request: &Request,
    object: &ConditionImage,
    shape: &Shape,
    silhouette: &Silhouette,
    scale: f32,
    monitor: &Monitor,
) -> Result<Vec<f32>, CraftError> {
    let whole = || silhouette.distances.clone();
    if !request.stamp.lines {
        return Ok(whole());
    }
    let mm_per_px = shape.placement(scale).step.x.abs();
    let Some(raster) = lines::raised(object, mm_per_px, monitor)? else { return Ok(whole()) };
    let outline = shape.outline_of(&raster, scale);
    let lines = widened(&outline, silhouette.lattice, LINE_HALF_WIDTH_MM, monitor)?;
    let along_outline = |distance: f32| (distance + 0.5 * RIM_MM).abs() - 0.5 * RIM_MM;
    let pairs = silhouette.distances.iter().zip(&lines.distances);
    Ok(pairs.map(|(&inside, &line)| line.min(along_outline(inside)).max(inside)).collect())
}

/// A rectangle with rounded corners.
struct Plate {
    center: Vec2,
    half: Vec2,
    corner: f32,
}

impl Plate {
    /// The plate that reaches at least `margin` beyond `outline` everywhere, corners included.
    fn around(outline: &Outline, margin: f32) -> Option<Self> {
        let [min, max] = outline.bounds()?;
        let half = 0.5 * (max - min) + margin;
        // A point at the distances a and b from two sides of the box around the outline lies in that
        // box's rounded corner up to the radius a + b + √(2ab), where it lies on the arc. The plate's
        // corner is the margin larger.
        let roundest = |point: Vec2| {
            let to_sides = (point - min).min(max - point);
            to_sides.element_sum() + (2.0 * to_sides.element_product()).max(0.0).sqrt()
        };
        let roundest = outline.segments().iter().flatten().map(|&p| roundest(p)).fold(f32::INFINITY, f32::min);
        let corner = (CORNER_SHARE * 2.0 * half.min_element()).min(margin + roundest);
        Some(Self { center: 0.5 * (min + max), half, corner })
    }

    /// The plate with every side moved inward, and rounder for it.
    fn shrunk(&self, inset: f32) -> Self {
        let half = self.half - inset;
        Self { center: self.center, half, corner: (self.corner + 0.6 * inset).min(half.min_element()) }
    }

    fn distance(&self, point: Vec2) -> f32 {
        let beyond = (point - self.center).abs() - self.half + self.corner;
        beyond.max(Vec2::ZERO).length() + beyond.max_element().min(0.0) - self.corner
    }
}
