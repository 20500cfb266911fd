//! Coarser versions of a mesh for drawing alone.
//!
//! They share its vertices and differ from it by a known error; what is smaller than a pixel is not
//! seen. They promise nothing else: see [`super::simplify`] for a mesh that is to be kept.

use meshopt::{
    SimplifyOptions, VertexDataAdapter, simplify, simplify_scale, simplify_sloppy, simplify_with_attributes_and_locks,
};

/// What the whole range of a colour counts, as a share of the mesh's largest side. Much, because errors
/// are averaged over areas and the rims between colours have little.
const COLOR_WEIGHT: f32 = 0.06;

/// Fewer triangles on the same vertices.
#[derive(Clone, Debug)]
pub struct Level {
    /// Three vertices each.
    pub triangles: Vec<[u32; 3]>,
    /// How far the surface moved, in the mesh's units, as a root mean square of distances to planes.
    pub error: f32,
    /// Whether a closed mesh is still closed, and colours are about where they were.
    pub is_faithful: bool,
}

/// About `count` triangles, at some 15 million triangles a second: vertices are merged in cells,
/// whatever becomes of thin parts and of closedness.
///
/// `vertices` are `stride` bytes each, a multiple of 4, beginning with x, y and z as `f32`. `None` when
/// nothing can be gained.
pub fn quick(vertices: &[u8], stride: usize, triangles: &[[u32; 3]], count: usize) -> Option<Level> {
    let adapter = VertexDataAdapter::new(vertices, stride, 0).ok()?;
    let mut error = 0.0;
    let indices =
        simplify_sloppy(triangles.as_flattened(), &adapter, count.checked_mul(3)?, f32::INFINITY, Some(&mut error));
    level(indices, error * simplify_scale(&adapter), triangles.len(), false)
}

/// As few triangles as `max_error` (a share of the mesh's largest side) allows, at about a million
/// triangles a second. Where there are `colors` (0 to 1, one per vertex) they stay as well, on the whole
/// but not at every rim. Other arguments as of [`quick`].
pub fn faithful(
    vertices: &[u8],
    stride: usize,
    colors: Option<&[[f32; 3]]>,
    triangles: &[[u32; 3]],
    max_error: f32,
) -> Option<Level> {
    let adapter = VertexDataAdapter::new(vertices, stride, 0).ok()?;
    let (indices, options) = (triangles.as_flattened(), SimplifyOptions::empty());
    let mut error = 0.0;
    let indices = match colors.filter(|colors| colors.len() == adapter.vertex_count) {
        Some(colors) => simplify_with_attributes_and_locks(
            indices,
            &adapter,
            colors.as_flattened(),
            &[COLOR_WEIGHT; 3],
            size_of::<[f32; 3]>(),
            &vec![false; colors.len()],
            0,
            max_error,
            options,
            Some(&mut error),
        ),
        None => simplify(indices, &adapter, 0, max_error, options, Some(&mut error)),
    };
    level(indices, error * simplify_scale(&adapter), triangles.len(), true)
}

fn level(indices: Vec<u32>, error: f32, before: usize, is_faithful: bool) -> Option<Level> {
    let triangles = indices.as_chunks().0.to_vec();
    // Half as many are not worth the memory.
    let gains = !triangles.is_empty() && triangles.len() < before / 2 && error.is_finite();
    gains.then_some(Level { triangles, error, is_faithful })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::ScalarGrid;
    use crate::mesh::Mesh;
    use crate::mesh::topology::Topology;
    use crate::progress::Monitor;
    use glam::Vec3;

    fn sphere() -> Mesh {
        let field = ScalarGrid::from_fn([72; 3], Vec3::splat(-36.0), 1.0, |p| p.length() - 30.3);
        crate::surface::extract(&field, &Monitor::silent()).unwrap()
    }

    fn farthest_from_sphere(mesh: &Mesh, level: &Level) -> f32 {
        let corner = |v: u32| mesh.vertex_positions[v as usize];
        let middles = level.triangles.iter().map(|t| t.map(corner).iter().sum::<Vec3>() / 3.0);
        middles.map(|m| (m.length() - 30.3).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn levels_have_few_triangles_and_stay_near_the_surface() {
        let mesh = sphere();
        let vertices = bytemuck::cast_slice(&mesh.vertex_positions);
        let quick = quick(vertices, 12, &mesh.triangle_indices, 3000).unwrap();
        assert!((1000..4000).contains(&quick.triangles.len()), "{}", quick.triangles.len());
        assert!(farthest_from_sphere(&mesh, &quick) < 1.5);
        let faithful = faithful(vertices, 12, None, &mesh.triangle_indices, 0.001).unwrap();
        assert!(faithful.error <= 0.001 * 61.0, "{}", faithful.error);
        assert!(farthest_from_sphere(&mesh, &faithful) < 0.3, "{}", farthest_from_sphere(&mesh, &faithful));
        let coarse = Mesh { triangle_indices: faithful.triangles, ..mesh };
        assert!(Topology::of(&coarse).is_closed());
    }

    #[test]
    fn a_mesh_that_cannot_be_coarser_has_no_level() {
        let mesh = Mesh {
            vertex_positions: vec![Vec3::ZERO, Vec3::X, Vec3::Y, Vec3::Z],
            triangle_indices: vec![[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]],
            vertex_colors: None,
        };
        let vertices = bytemuck::cast_slice(&mesh.vertex_positions);
        assert!(faithful(vertices, 12, None, &mesh.triangle_indices, 1e-4).is_none());
        assert!(quick(vertices, 12, &mesh.triangle_indices, 100).is_none());
    }
}
