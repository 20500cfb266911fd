//! The keychain: a plate around the object with raised lines, and a tab with a hole for the ring.

use glam::Vec2;

use super::super::CraftError;
use super::seal::raised_region;
use super::{Shape, bridges, extrude, fit_scale, height_mm, layer, spacing_mm};
use crate::field::ScalarGrid;
use crate::field::silhouette::Silhouette;
use crate::image::ConditionImage;
use crate::progress::Monitor;
use crate::request::{Request, StampParams};

/// Longest side, tab included, when no size is asked for.
pub(super) const LONGEST_MM: f32 = 45.0;
/// Height of the plate when it is left open.
pub(super) const HEIGHT_MM: f32 = 3.0;
/// Height of the raised lines above the plate.
const RAISED_MM: f32 = 0.8;
/// Width of the tab around the hole.
const TAB_MM: f32 = 2.0;
/// Least distance between the hole and the object.
const HOLE_CLEARANCE_MM: f32 = 1.0;
/// How deep the hole may reach into the plate's margin.
const HOLE_OVERLAP_MM: f32 = 2.0;
/// Half the width of thin parts of the raised silhouette.
const LINE_HALF_WIDTH_MM: f32 = 0.3;
/// Half the width of the plate and its bars where they are thinnest.
const PLATE_HALF_WIDTH_MM: f32 = 1.0;

/// The field of the keychain, its back at z = 0.
pub(super) fn keychain(
    request: &Request,
    object: &ConditionImage,
    monitor: &Monitor,
    notes: &mut Vec<String>,
) -> Result<ScalarGrid, CraftError> {
    let params = &request.stamp;
    let shape = Shape::of(object, false)?;
    let tab_reach = if params.hole_mm > 0.0 { params.hole_mm + 2.0 * TAB_MM } else { 0.0 };
    let reach = params.margin_mm.max(PLATE_HALF_WIDTH_MM) + tab_reach;
    let added = [2.0 * params.margin_mm; 2];
    let rough = |scale: f32| Ok(scale * shape.extent + 2.0 * params.margin_mm);
    let first = fit_scale(request, &shape, added, LONGEST_MM, rough)?;
    let size = first * shape.extent + 2.0 * params.margin_mm;
    let height = height_mm(params);
    let size = (size + tab_reach).extend(height + RAISED_MM);
    let spacing = spacing_mm(request, size, 2.0 * LINE_HALF_WIDTH_MM, notes);
    let region_at = |scale: f32| shape.region(scale, spacing, reach, LINE_HALF_WIDTH_MM, monitor);
    // The tab stays at one place of the object while the size is found, which else would jump.
    let tab = Plan::new(&region_at(first)?, params, None, monitor)?.hole.map(|(center, _)| center.x / first);
    let measure = |scale: f32| {
        let plan = Plan::new(&region_at(scale)?, params, tab.map(|x| x * scale), monitor)?;
        let [min, max] = plan.plate.outline(0.0).bounds().ok_or(CraftError::Empty)?;
        Ok(max - min)
    };
    let scale = fit_scale(request, &shape, added, LONGEST_MM, measure).map_err(|error| match error {
        CraftError::TooSmall { .. } if tab.is_some() => CraftError::NoRoomBesideRing { tab_mm: tab_reach },
        error => error,
    })?;
    let silhouette = region_at(scale)?;
    let plan = Plan::new(&silhouette, params, tab.map(|x| x * scale), monitor)?;
    let raised = raised_region(request, object, &shape, &silhouette, scale, monitor)?;
    let lattice = silhouette.lattice;
    let ny = lattice.samples_per_axis[1];
    let field = |column: usize, z: f32| {
        let plate = plan.plate.distances[column].max(layer(z, [0.0, height]));
        let lines = raised[column].max(layer(z, [0.5 * height, height + RAISED_MM]));
        plate.min(lines).max(-plan.distance_to_hole(lattice.position(column / ny, column % ny)))
    };
    Ok(extrude(lattice, [0.0, height + RAISED_MM], field, monitor)?)
}

/// The keychain seen from above.
struct Plan {
    /// Plate, bars and tab, the hole filled.
    plate: Silhouette,
    /// Centre and radius of the hole.
    hole: Option<(Vec2, f32)>,
}

impl Plan {
    /// `tab_x` says where the tab goes; without it, or where there is no plate, the best place is found.
    fn new(
        silhouette: &Silhouette,
        params: &StampParams,
        tab_x: Option<f32>,
        monitor: &Monitor,
    ) -> Result<Self, CraftError> {
        let margin = params.margin_mm;
        let distances = silhouette.distances.iter().map(|d| d - margin).collect();
        let mut plate = Silhouette { lattice: silhouette.lattice, distances };
        bridges::join(&mut plate, margin.max(PLATE_HALF_WIDTH_MM), monitor)?;
        if params.hole_mm <= 0.0 {
            return Ok(Self { plate, hole: None });
        }
        let radius = 0.5 * params.hole_mm;
        let overlap = (margin - HOLE_CLEARANCE_MM).clamp(0.0, HOLE_OVERLAP_MM);
        let top = tab_x.and_then(|x| upper_edge(&plate, x));
        let top = match top {
            Some(top) => top,
            None => tab_place(&plate).and_then(|x| upper_edge(&plate, x)).ok_or(CraftError::Empty)?,
        };
        // A disc around it contains `top`, which is part of the plate, whatever the overlap.
        let lowest = top + Vec2::new(0.0, radius - overlap);
        // Beside it the object may be higher than below it: between two lobes, or where the margin is small.
        let center = clear_of(silhouette, lowest, radius + HOLE_CLEARANCE_MM);
        plate.unite([lowest, center], radius + TAB_MM);
        Ok(Self { plate, hole: Some((center, radius)) })
    }

    fn distance_to_hole(&self, point: Vec2) -> f32 {
        self.hole.map_or(f32::INFINITY, |(center, radius)| point.distance(center) - radius)
    }
}

/// The first point from `point` upward that is `clearance` away from the object, to a hundredth of a mm.
fn clear_of(silhouette: &Silhouette, mut point: Vec2, clearance: f32) -> Vec2 {
    loop {
        let missing = clearance - silhouette.distance_at(point);
        if missing.is_nan() || missing < 0.01 {
            return point;
        }
        // No step changes the distance by more than itself, so none leads past the first such point.
        point.y += missing;
    }
}

/// The x from whose upper edge the plate hangs best: high, and above its centre of mass.
fn tab_place(plate: &Silhouette) -> Option<f32> {
    let lattice = plate.lattice;
    let [nx, ny] = lattice.samples_per_axis;
    let inside = |ix: usize, iy: usize| plate.distances[ix * ny + iy] < 0.0;
    let columns: Vec<(usize, usize, usize)> = (0..nx)
        .filter_map(|ix| {
            let top = (0..ny).rev().find(|&iy| inside(ix, iy))?;
            Some((ix, top, (0..ny).filter(|&iy| inside(ix, iy)).count()))
        })
        .collect();
    let mass: usize = columns.iter().map(|c| c.2).sum();
    let center = columns.iter().map(|c| (c.0 * c.2) as f64).sum::<f64>() / mass.max(1) as f64;
    let score = |c: &(usize, usize, usize)| c.1 as f64 - 1.5 * (c.0 as f64 - center).abs();
    let best = columns.into_iter().max_by(|a, b| score(a).total_cmp(&score(b)))?;
    Some(lattice.position(best.0, 0).x)
}

/// The highest y at `x` on the edge of the plate, between the samples.
fn upper_edge(plate: &Silhouette, x: f32) -> Option<Vec2> {
    let lattice = plate.lattice;
    let point = |iy: usize| Vec2::new(x, lattice.position(0, iy).y);
    let top = (0..lattice.samples_per_axis[1]).rev().find(|&iy| plate.distance_at(point(iy)) < 0.0)?;
    let (below, above) = (plate.distance_at(point(top)), plate.distance_at(point(top + 1)));
    Some(point(top) + Vec2::new(0.0, lattice.spacing * below / (below - above)))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::object;
    use super::*;

    #[test]
    fn the_hole_stays_clear_of_the_object_and_its_tab_hangs_on() {
        type Outline = fn(Vec2) -> f32;
        let heart: Outline = |p| {
            let lobes = Vec2::new(p.x.abs() - 0.4, p.y - 0.3).length() - 0.42;
            lobes.min((0.75 * p.x.abs() - 0.66 * p.y - 0.4).max(p.y - 0.3))
        };
        let vee: Outline = |p| ((0.9 * p.x.abs() - 0.4 * p.y - 0.3).abs() - 0.12).max(p.y.abs() - 0.9);
        let triangle: Outline = |p| (0.87 * p.x.abs() + 0.5 * p.y - 0.4).max(-p.y - 0.8);
        for (name, outline) in [("heart", heart), ("vee", vee), ("triangle", triangle)] {
            let shape = Shape::of(&object(200, outline, |_| 60), false).unwrap();
            let silhouette = shape.region(20.0, 0.3, 19.0, LINE_HALF_WIDTH_MM, &Monitor::silent()).unwrap();
            for (margin_mm, hole_mm) in [0.0, 1.0, 3.0].into_iter().flat_map(|margin| [(margin, 4.0), (margin, 12.0)]) {
                let params = StampParams { margin_mm, hole_mm, ..StampParams::default() };
                let plan = Plan::new(&silhouette, &params, None, &Monitor::silent()).unwrap();
                let (center, radius) = plan.hole.unwrap();
                let clearance = silhouette.distance_at(center) - radius;
                assert!(clearance > HOLE_CLEARANCE_MM - 0.05, "{name}, {margin_mm}, {hole_mm}: {clearance}");
                let mut pierced = plan.plate.clone();
                let ny = pierced.lattice.samples_per_axis[1];
                for (k, distance) in pierced.distances.iter_mut().enumerate() {
                    let point = silhouette.lattice.position(k / ny, k % ny);
                    *distance = distance.max(-plan.distance_to_hole(point));
                }
                assert_eq!(bridges::part_count(&pierced), 1, "{name}, {margin_mm}, {hole_mm}");
            }
        }
    }
}
