//! Where a ray meets a mesh first: picking for the viewport.
//!
//! Goes through all triangles in parallel, some milliseconds for a million: fine for a click, not for
//! rendering.

use glam::Vec3;
use rayon::prelude::*;

use super::Mesh;

/// A point on a mesh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Along the ray, in lengths of its direction, > 0.
    pub distance: f32,
    /// The point.
    pub position: Vec3,
    /// The triangle's place in `triangle_indices`.
    pub triangle: usize,
}

/// The first triangle that the ray from `origin` along `direction` meets, from either side.
pub fn first_hit(mesh: &Mesh, origin: Vec3, direction: Vec3) -> Option<Hit> {
    let nearest = (0..mesh.triangle_indices.len())
        .into_par_iter()
        .filter_map(|t| distance_to(mesh.triangle(t), origin, direction).map(|distance| (distance, t)))
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    nearest.map(|(distance, triangle)| Hit { distance, position: origin + direction * distance, triangle })
}

/// Möller and Trumbore, "Fast, minimum storage ray/triangle intersection", 1997.
fn distance_to([a, b, c]: [Vec3; 3], origin: Vec3, direction: Vec3) -> Option<f32> {
    let (ab, ac) = (b - a, c - a);
    let p = direction.cross(ac);
    let determinant = ab.dot(p);
    if determinant == 0.0 {
        return None;
    }
    let s = origin - a;
    let u = s.dot(p) / determinant;
    let q = s.cross(ab);
    let v = direction.dot(q) / determinant;
    let distance = ac.dot(q) / determinant;
    (u >= 0.0 && v >= 0.0 && u + v <= 1.0 && distance > 0.0).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_of_two_sheets_is_hit_and_a_miss_is_none() {
        let sheet = |z: f32| [Vec3::new(-1.0, -1.0, z), Vec3::new(3.0, -1.0, z), Vec3::new(-1.0, 3.0, z)];
        let mesh = Mesh {
            vertex_positions: sheet(0.0).into_iter().chain(sheet(2.0)).collect(),
            triangle_indices: vec![[0, 1, 2], [3, 5, 4]],
            vertex_colors: None,
        };
        let hit = first_hit(&mesh, Vec3::new(0.0, 0.0, 5.0), Vec3::NEG_Z).unwrap();
        assert_eq!((hit.triangle, hit.distance, hit.position), (1, 3.0, Vec3::new(0.0, 0.0, 2.0)));
        assert!(first_hit(&mesh, Vec3::new(0.0, 0.0, 5.0), Vec3::Z).is_none());
        assert!(first_hit(&mesh, Vec3::new(9.0, 0.0, 5.0), Vec3::NEG_Z).is_none());
    }
}
