//! From where a place on a mesh can be seen.

use glam::Vec3;

use crate::mesh::box_tree::nearest_point;
use crate::mesh::{Bounds, Mesh};
use crate::render::{View, pick};

/// The direction to look from at `point` (mm) of the surface of `mesh`: that of `now` where nothing is in
/// the way, else along the surface's normal there, from outside where the point is seen from there.
pub(super) fn view_of(mesh: &Mesh, bounds: Bounds, point: Vec3, now: View) -> View {
    // Farther away than anything of the mesh.
    let reach = bounds.size().length().max(f32::MIN_POSITIVE);
    let is_seen = |from: Vec3| {
        let hit = pick(mesh, None, point + from * reach, -from);
        hit.is_none_or(|hit| hit.distance > reach * 0.999)
    };
    if is_seen(now.direction()) {
        return now;
    }
    let normal = normal_at(mesh, point);
    if normal == Vec3::ZERO {
        return now;
    }
    // Faces that are inside out are seen from the other side.
    let from = if !is_seen(normal) && is_seen(-normal) { -normal } else { normal };
    View { azimuth: from.x.atan2(-from.y), elevation: from.z.clamp(-1.0, 1.0).asin() }
}

/// Unit normal of the surface at a point on it, the mean over the triangles that meet there; zero where
/// they cancel out.
fn normal_at(mesh: &Mesh, point: Vec3) -> Vec3 {
    let mut nearest = f32::INFINITY;
    let mut sum = Vec3::ZERO;
    for triangle in 0..mesh.triangle_indices.len() {
        let [a, b, c] = mesh.triangle(triangle);
        let Some(normal) = (b - a).cross(c - a).try_normalize() else { continue };
        let (corners, place) = ([a, b, c].map(Vec3::as_dvec3), point.as_dvec3());
        let distance = nearest_point(corners, place).distance(place) as f32;
        // As far as numbers of that size can tell.
        let equal = 1e-5 * (1.0 + point.abs().max_element());
        if distance < nearest - equal {
            sum = Vec3::ZERO;
        }
        if distance < nearest + equal {
            sum += normal;
        }
        nearest = nearest.min(distance);
    }
    sum.normalize_or_zero()
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::block;
    use super::*;

    #[test]
    fn a_hole_on_the_far_side_is_looked_at_from_there() {
        let mut mesh = Mesh::clone(&block(Vec3::new(20.0, 10.0, 30.0)));
        let bounds = mesh.bounds().unwrap();
        let behind = |mesh: &Mesh, t: usize| mesh.triangle(t).iter().all(|corner| corner.y > 4.9);
        let hole = (0..12).find(|&t| behind(&mesh, t)).unwrap();
        let [a, _, c] = mesh.triangle(hole);
        mesh.triangle_indices.remove(hole);
        // On the rim, in the middle of that side.
        let point = a.lerp(c, 0.4);
        let front = View::default();
        let view = view_of(&mesh, bounds, point, front);
        assert!(view.direction().y > 0.1, "{view:?}");
        let eye = point + view.direction() * 100.0;
        let hit = pick(&mesh, None, eye, -view.direction());
        assert!(hit.is_none_or(|hit| hit.distance > 99.9), "{hit:?}");
        let from_behind = View::from_degrees(170.0, 10.0);
        assert_eq!(view_of(&mesh, bounds, point, from_behind), from_behind, "it is seen already");
    }
}
