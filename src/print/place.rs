//! Size and pose.

use glam::{DVec3, Vec3};

use crate::craft::{Pose, Unit};
use crate::mesh::{Bounds, Mesh};
use crate::request::SizeParams;

/// How far from where it stands a mesh may be by rounding alone, as a share of its largest side.
const ROUNDING: f32 = 8.0 * f32::EPSILON;

/// A size that is missed by less, in millimetres and as a share of it, counts as met: as much as the cells of a draft
/// move an outline.
const UNMET_MM: f32 = 0.1;
const UNMET_SHARE: f32 = 5e-4;
/// The same for what is made in millimetres, which keeps to its plan by a part of a cell and is not scaled after that.
const UNMET_PLAN_MM: f32 = 0.25;

/// Height of a print when no size is given: what a hobbyist's shelf figure has.
pub const DEFAULT_HEIGHT_MM: f32 = 80.0;

/// The factor from a solid's coordinates to millimetres.
///
/// `bounds` are those of the solid's surface, in its own axes: width is x, height is y (up in the
/// picture, also when it is printed lying), depth is z (towards the viewer). So the pose changes nothing.
///
/// * [`Unit::Millimetre`]: 1, because the generator has already made the size.
/// * [`Unit::Model`]: proportions are kept. Of several sizes given the most restrictive one counts,
///   so that the print fits all of them; with none it becomes [`DEFAULT_HEIGHT_MM`] high. Then
///   [`SizeParams::scale`] multiplies.
///
/// Always finite and positive, also for an empty or flat solid.
pub fn millimetres_per_unit(bounds: Bounds, unit: Unit, size: &SizeParams) -> f32 {
    if unit == Unit::Millimetre {
        return 1.0;
    }
    let SizeParams { height_mm, width_mm, depth_mm, scale } = *size;
    let extent = bounds.size();
    let given = [(width_mm, extent.x), (height_mm, extent.y), (depth_mm, extent.z)];
    let factors = given.iter().filter_map(|&(target, extent)| target.and_then(|mm| factor(mm, extent)));
    let fitted = factors.reduce(f32::min).or_else(|| factor(DEFAULT_HEIGHT_MM, extent.y));
    let factor = fitted.unwrap_or(1.0) * scale;
    if factor.is_finite() && factor > 0.0 { factor } else { 1.0 }
}

fn factor(target_mm: f32, extent: f32) -> Option<f32> {
    let factor = target_mm / extent;
    (extent > 0.0 && factor.is_finite()).then_some(factor)
}

/// Brings `mesh` to print space: millimetres, +Z up, standing on z = 0, centred in x and y.
///
/// [`Pose::Standing`] turns the picture's up to the printer's up, its front to −Y.
/// [`Pose::Lying`] leaves the axes, so that the viewer of the picture looks down on the bed.
/// Triangles keep their winding. A mesh without vertices comes back as it is.
pub fn place(mut mesh: Mesh, unit: Unit, pose: Pose, size: &SizeParams) -> Mesh {
    let Some(bounds) = mesh.bounds() else { return mesh };
    let factor = f64::from(millimetres_per_unit(bounds, unit, size));
    let turn = |p: Vec3| match pose {
        Pose::Standing => Vec3::new(p.x, -p.z, p.y),
        Pose::Lying => p,
    };
    let (one, other) = (turn(bounds.min), turn(bounds.max));
    let low = one.min(other).as_dvec3();
    let center = bounds.center();
    let center = turn(center).as_dvec3();
    let origin = center.with_z(low.z);
    // In double precision, so that only one rounding happens.
    mesh.transform(|p| ((turn(p).as_dvec3() - origin) * factor).as_vec3());
    mesh
}

/// What is said when several sizes were asked for and the solid, which keeps its proportions, has not all of
/// them: a sentence. `placed` is the extent in millimetres of what [`place`] made. A print that lies on its back
/// is as high as its picture.
pub fn unmet_size(placed: Vec3, unit: Unit, pose: Pose, size: &SizeParams) -> Option<String> {
    let [width, height, depth] = match pose {
        Pose::Standing => [placed.x, placed.z, placed.y],
        Pose::Lying => [placed.x, placed.y, placed.z],
    };
    // The depth of what is made in millimetres does not follow from its width and height.
    let depth_mm = size.depth_mm.filter(|_| unit == Unit::Model);
    let given = [("wide", size.width_mm, width), ("high", size.height_mm, height), ("deep", depth_mm, depth)];
    let slack_mm = if unit == Unit::Millimetre { UNMET_PLAN_MM } else { UNMET_MM };
    let unmet = given.iter().filter_map(|&(name, asked, made)| {
        let asked = asked? * size.scale;
        (asked - made > slack_mm + UNMET_SHARE * asked).then(|| format!("{made:.1} mm {name}, not {asked:.1} mm"))
    });
    let unmet: Vec<String> = unmet.collect();
    let is_one_of_several = given.iter().filter(|(_, asked, _)| asked.is_some()).count() > 1;
    (is_one_of_several && !unmet.is_empty()).then(|| {
        format!(
            "seen from the front, the print is {}: it keeps its proportions, and of several sizes the one that makes \
             it smallest counts",
            unmet.join(" and ")
        )
    })
}

/// What has to be subtracted from the positions of `mesh` (+Z up) for it to stand on z = 0, centred in
/// x and y: exactly nothing where it stands so already, up to rounding, or has no vertices.
pub fn foot(mesh: &Mesh) -> DVec3 {
    let Some(bounds) = mesh.bounds() else { return DVec3::ZERO };
    let foot = bounds.center().with_z(bounds.min.z);
    let is_rounding = foot.abs().max_element() <= ROUNDING * bounds.size().max_element();
    if is_rounding { DVec3::ZERO } else { foot.as_dvec3() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brick() -> Mesh {
        // A brick of 2 × 1 × 0.5 whose centre is off the origin; its front (+Z) is marked by colour.
        let corners = (0..8).map(|i| Vec3::new([-0.5, 1.5][i & 1], [0.25, 1.25][i >> 1 & 1], [-1.0, -0.5][i >> 2]));
        let mut mesh = Mesh { vertex_positions: corners.collect(), ..Mesh::default() };
        mesh.triangle_indices = vec![
            [0, 2, 1],
            [1, 2, 3],
            [4, 5, 6],
            [5, 7, 6],
            [0, 1, 4],
            [1, 5, 4],
            [2, 6, 3],
            [3, 6, 7],
            [0, 4, 2],
            [2, 4, 6],
            [1, 3, 5],
            [3, 7, 5],
        ];
        mesh.paint(|p| if p.z > -0.75 { [255, 0, 0] } else { [0, 0, 0] });
        mesh
    }

    fn size(height_mm: Option<f32>, width_mm: Option<f32>, depth_mm: Option<f32>, scale: f32) -> SizeParams {
        SizeParams { height_mm, width_mm, depth_mm, scale }
    }

    fn placed(unit: Unit, pose: Pose, params: SizeParams) -> (Mesh, Vec3) {
        let mesh = place(brick(), unit, pose, &params);
        let bounds = mesh.bounds().unwrap();
        assert!(bounds.min.z.abs() < 1e-5 && bounds.center().truncate().length() < 1e-4, "{bounds:?}");
        assert!(mesh.signed_volume() > 0.0);
        assert_eq!(foot(&mesh), DVec3::ZERO, "what was placed stands");
        (mesh, bounds.size())
    }

    fn close(found: Vec3, expected: [f32; 3]) {
        assert!((found - Vec3::from_array(expected)).abs().max_element() < 1e-3, "{found} is not {expected:?}");
    }

    #[test]
    fn a_standing_print_has_the_default_height_and_its_front_forward() {
        let (mesh, extent) = placed(Unit::Model, Pose::Standing, SizeParams::default());
        close(extent, [160.0, 40.0, 80.0]);
        let front =
            mesh.vertex_colors.unwrap().iter().zip(&mesh.vertex_positions).all(|(c, p)| (c[0] == 255) == (p.y < 0.0));
        assert!(front, "what faced the viewer must face −Y");
    }

    #[test]
    fn sizes_keep_the_proportions_and_the_smallest_one_wins() {
        close(placed(Unit::Model, Pose::Standing, size(None, Some(50.0), None, 1.0)).1, [50.0, 12.5, 25.0]);
        close(placed(Unit::Model, Pose::Standing, size(Some(60.0), Some(50.0), None, 1.0)).1, [50.0, 12.5, 25.0]);
        close(placed(Unit::Model, Pose::Standing, size(Some(60.0), Some(50.0), Some(1.0), 2.0)).1, [8.0, 2.0, 4.0]);
    }

    #[test]
    fn sizes_that_cannot_all_be_met_are_told() {
        let told = |unit, pose, params: SizeParams| unmet_size(placed(unit, pose, params).1, unit, pose, &params);
        for pose in [Pose::Standing, Pose::Lying] {
            // A solid of 2 × 1 × 0.5.
            assert_eq!(told(Unit::Model, pose, size(None, Some(50.0), None, 1.0)), None);
            assert_eq!(told(Unit::Model, pose, size(Some(25.0), Some(50.0), Some(12.5), 3.0)), None, "all are met");
            let note = told(Unit::Model, pose, size(Some(60.0), Some(50.0), None, 1.0)).unwrap();
            assert!(note.contains("25.0 mm high, not 60.0 mm") && !note.contains("wide"), "{note}");
            let note = told(Unit::Model, pose, size(Some(60.0), Some(50.0), Some(1.0), 2.0)).unwrap();
            assert!(note.contains("8.0 mm wide, not 100.0 mm") && note.contains("4.0 mm high, not 120.0 mm"), "{note}");
            // A relief 2 mm wide, 1 mm high and 0.5 mm deep, whose depth is its own.
            let relief = |height, width, depth| told(Unit::Millimetre, pose, size(height, width, depth, 1.0));
            assert_eq!(relief(None, Some(2.0), Some(5.0)), None);
            // Also where it is little beside the size: a figure then is 399 mm high.
            let note = told(Unit::Model, pose, size(Some(400.0), Some(798.0), None, 1.0));
            assert!(note.is_some_and(|note| note.contains("399.0 mm high, not 400.0 mm")));
        }
        let note = unmet_size(
            Vec3::new(20.0, 2.0, 10.0),
            Unit::Millimetre,
            Pose::Standing,
            &size(Some(30.0), Some(20.0), None, 1.0),
        );
        assert!(note.is_some_and(|note| note.contains("10.0 mm high, not 30.0 mm")));
    }

    #[test]
    fn what_cells_move_an_outline_by_is_not_told() {
        let told = |made: [f32; 2], unit, asked: [f32; 2]| {
            let size = size(Some(asked[1]), Some(asked[0]), None, 1.0);
            unmet_size(Vec3::new(made[0], 10.0, made[1]), unit, Pose::Standing, &size).is_some()
        };
        // Figures and stamps as they are made of pictures whose proportions are just these.
        assert!(!told([199.93, 400.0], Unit::Model, [200.0, 400.0]));
        assert!(!told([75.81, 79.81], Unit::Millimetre, [75.81, 80.0]));
        // A pane of other proportions.
        assert!(told([60.0, 49.5], Unit::Millimetre, [60.0, 50.0]));
    }

    #[test]
    fn a_lying_print_has_its_height_along_y() {
        close(placed(Unit::Model, Pose::Lying, size(Some(60.0), None, None, 1.0)).1, [120.0, 60.0, 30.0]);
        close(placed(Unit::Model, Pose::Lying, size(None, None, Some(3.0), 1.0)).1, [12.0, 6.0, 3.0]);
    }

    #[test]
    fn what_is_in_millimetres_is_only_turned() {
        close(placed(Unit::Millimetre, Pose::Standing, size(Some(60.0), None, None, 3.0)).1, [2.0, 0.5, 1.0]);
        close(placed(Unit::Millimetre, Pose::Lying, SizeParams::default()).1, [2.0, 1.0, 0.5]);
    }

    #[test]
    fn what_does_not_stand_is_moved_to_where_it_does() {
        let mut mesh = brick();
        assert_eq!(foot(&mesh), DVec3::new(0.5, 0.75, -1.0));
        let foot_before = foot(&mesh);
        mesh.transform(|p| (p.as_dvec3() - foot_before).as_vec3());
        assert_eq!(foot(&mesh), DVec3::ZERO);
        assert_eq!(foot(&Mesh::default()), DVec3::ZERO);
    }

    #[test]
    fn an_empty_or_flat_solid_has_a_sane_factor() {
        let flat = Bounds { min: Vec3::ZERO, max: Vec3::new(1.0, 0.0, 0.0) };
        assert_eq!(millimetres_per_unit(flat, Unit::Model, &SizeParams::default()), 1.0);
        assert_eq!(place(Mesh::default(), Unit::Model, Pose::Standing, &SizeParams::default()), Mesh::default());
    }
}
