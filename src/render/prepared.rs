//! What a mesh needs before it is drawn and no device is needed for: normals and packing, on any thread.

use bytemuck::{Pod, Zeroable};
use glam::Vec3;
use rayon::prelude::*;

use super::{RenderError, normals};
use crate::mesh::simplify::levels::{self, Level};
use crate::mesh::topology::is_degenerate;
use crate::mesh::weld::gather;
use crate::mesh::{Bounds, Mesh, MeshError};

/// Meshes up to this many triangles are drawn as they are, on any device.
pub(super) const SMALL: usize = 150_000;
/// Triangles of the version that is drawn while the view moves; twice as many cost half as much again.
const QUICK: usize = 20_000;
/// Error of the version that looks the same, as a share of the mesh's largest side: under half a
/// pixel where the mesh fills a screen.
const UNSEEN: f32 = 0.0004;

/// A vertex as the shaders read it. Keep in sync with `surface.wgsl` and `wire.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(super) struct Vertex {
    /// Position in mm.
    position: [f32; 3],
    /// Unit normal on the octahedron, 2 × signed 16 bits (Cigolle et al., "A Survey of Efficient
    /// Representations for Independent Unit Vectors", 2014).
    normal: [i16; 2],
    /// sRGB colour; the fourth is 255 where the mesh has colours and 0 where not.
    color: [u8; 4],
}

impl Vertex {
    pub(super) const LAYOUT: wgpu::VertexBufferLayout<'static> = wgpu::VertexBufferLayout {
        array_stride: size_of::<Self>() as u64,
        step_mode: wgpu::VertexStepMode::Vertex,
        attributes: &wgpu::vertex_attr_array![0 => Float32x3, 1 => Snorm16x2, 2 => Unorm8x4],
    };
}

fn octahedral(normal: Vec3) -> [i16; 2] {
    let n = normal / normal.abs().element_sum().max(1e-9);
    let (x, y) = if n.z >= 0.0 {
        (n.x, n.y)
    } else {
        ((1.0 - n.y.abs()) * 1f32.copysign(n.x), (1.0 - n.x.abs()) * 1f32.copysign(n.y))
    };
    [x, y].map(|v| (v * 32767.0).round() as i16)
}

/// A mesh ready to upload.
#[derive(Clone, Debug)]
pub struct PreparedMesh {
    pub(super) vertices: Vec<Vertex>,
    pub(super) triangles: Vec<[u32; 3]>,
    bounds: Bounds,
    hull: Vec<Vec3>,
}

/// A coarser version of a [`PreparedMesh`], on the same vertices.
#[derive(Clone, Debug)]
pub struct PreparedLevel(pub(super) Level);

impl PreparedLevel {
    /// Number of its triangles.
    pub fn triangle_count(&self) -> usize {
        self.0.triangles.len()
    }
}

impl PreparedMesh {
    /// A coarse mesh to draw until [`Self::new`] is done, made in a third of its time. `None` for meshes
    /// that are small.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn stand_in(mesh: &Mesh) -> Result<Option<Self>, RenderError> {
        if mesh.triangle_indices.len() <= SMALL {
            return Ok(None);
        }
        check(mesh)?;
        let positions = bytemuck::cast_slice(&mesh.vertex_positions);
        let Some(level) = levels::quick(positions, size_of::<Vec3>(), &mesh.triangle_indices, QUICK) else {
            return Ok(None);
        };
        let coarse = gather(&mesh.vertex_positions, mesh.vertex_colors.as_deref(), level.triangles);
        Self::new(&coarse).map(Some)
    }

    /// A version to draw while the view moves, made in a moment. `None` for meshes that are small.
    pub fn quick_level(&self) -> Option<PreparedLevel> {
        self.level(|vertices, triangles| levels::quick(vertices, size_of::<Vertex>(), triangles, QUICK))
    }

    /// A version that looks the same unless one comes near; takes about a second per million
    /// triangles. `None` for meshes that are small.
    pub fn faithful_level(&self) -> Option<PreparedLevel> {
        let colors = || self.vertices.iter().map(|v| [0, 1, 2].map(|c| f32::from(v.color[c]) / 255.0));
        self.level(|vertices, triangles| {
            let colors: Option<Vec<_>> = self.is_colored().then(|| colors().collect());
            levels::faithful(vertices, size_of::<Vertex>(), colors.as_deref(), triangles, UNSEEN)
        })
    }

    pub(super) fn is_colored(&self) -> bool {
        self.vertices.first().is_some_and(|v| v.color[3] > 0)
    }

    fn level(&self, make: impl FnOnce(&[u8], &[[u32; 3]]) -> Option<Level>) -> Option<PreparedLevel> {
        let vertices = bytemuck::cast_slice(&self.vertices);
        let large = self.triangles.len() > SMALL;
        large.then(|| make(vertices, &self.triangles)).flatten().map(PreparedLevel)
    }

    /// Computes normals and packs the vertices of a mesh in print space (mm, +Z up).
    ///
    /// # Errors
    /// [`RenderError::Mesh`] when the mesh is empty or not well-formed, [`RenderError::NoArea`] and
    /// [`RenderError::Size`] when nothing of it could be seen. Triangles that name a vertex twice are drawn
    /// as nothing, not refused: an imported file may have some.
    pub fn new(mesh: &Mesh) -> Result<Self, RenderError> {
        check(mesh)?;
        let bounds = mesh.bounds().ok_or(MeshError::Empty)?;
        check_size(bounds)?;
        if mesh.triangle_indices.len() > (u32::MAX / 3) as usize {
            return Err(MeshError::TooLarge.into());
        }
        let split = normals::split(mesh);
        // The colour count is checked only after repeated vertices, which are let pass.
        let colors = mesh.vertex_colors.as_ref().filter(|colors| colors.len() == mesh.vertex_positions.len());
        let vertices = split.source.par_iter().zip(&split.normals).map(|(&source, &normal)| {
            let [r, g, b] = colors.map_or([255; 3], |colors| colors[source as usize]);
            Vertex {
                position: mesh.vertex_positions[source as usize].to_array(),
                normal: octahedral(normal),
                color: [r, g, b, if colors.is_some() { 255 } else { 0 }],
            }
        });
        let hull = outermost(&mesh.vertex_positions);
        Ok(Self { vertices: vertices.collect(), triangles: split.triangles, bounds, hull })
    }

    /// The box around the mesh, in mm.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Outermost vertices in many directions (mm): what a camera must hold to hold the mesh.
    pub fn hull(&self) -> &[Vec3] {
        &self.hull
    }

    /// Pieces whose vertices and indices each stay below `limit_bytes`, in the order of triangles.
    pub(super) fn pieces(&self, limit_bytes: u64) -> Vec<(Vec<Vertex>, Vec<[u32; 3]>)> {
        let max_vertices = (limit_bytes / size_of::<Vertex>() as u64).max(3) as usize;
        let max_triangles = (limit_bytes / 12).max(1) as usize;
        let mut pieces = Vec::new();
        let mut local = vec![u32::MAX; self.vertices.len()];
        let mut used: Vec<u32> = Vec::new();
        let mut triangles = Vec::new();
        let mut close = |used: &mut Vec<u32>, triangles: &mut Vec<[u32; 3]>, local: &mut [u32]| {
            let vertices = used.iter().map(|&v| self.vertices[v as usize]).collect();
            used.drain(..).for_each(|v| local[v as usize] = u32::MAX);
            pieces.push((vertices, std::mem::take(triangles)));
        };
        for triangle in &self.triangles {
            if used.len() + 3 > max_vertices || triangles.len() == max_triangles {
                close(&mut used, &mut triangles, &mut local);
            }
            triangles.push(triangle.map(|v| {
                let place = &mut local[v as usize];
                if *place == u32::MAX {
                    *place = used.len() as u32;
                    used.push(v);
                }
                *place
            }));
        }
        close(&mut used, &mut triangles, &mut local);
        pieces
    }
}

/// Triangles that name a vertex twice are let pass, as long as others can be seen.
fn check(mesh: &Mesh) -> Result<(), RenderError> {
    match mesh.validate() {
        Err(MeshError::RepeatedVertex(_)) | Ok(()) => {}
        Err(error) => return Err(error.into()),
    }
    let has_area = |t: usize| !is_degenerate(mesh.triangle(t));
    if (0..mesh.triangle_indices.len()).into_par_iter().any(has_area) { Ok(()) } else { Err(RenderError::NoArea) }
}

/// Sizes (longest side, mm) whose squares and cubes the shaders can still tell from nothing and infinity.
const SIZES_MM: std::ops::RangeInclusive<f32> = 1e-5..=1e12;

fn check_size(bounds: Bounds) -> Result<(), RenderError> {
    let longest = bounds.size().max_element();
    if SIZES_MM.contains(&longest) { Ok(()) } else { Err(RenderError::Size(longest)) }
}

/// Directions in which the outermost vertices are looked for.
const DIRECTIONS: usize = 96;
/// Vertices that share a box while they are looked for; neighbours in a mesh mostly lie close together.
const BOXED: usize = 256;

/// One of [`DIRECTIONS`] unit vectors, evenly spread.
fn direction(i: usize) -> Vec3 {
    let z = 1.0 - (2 * i + 1) as f32 / DIRECTIONS as f32;
    let (sin, cos) = (i as f32 * 2.399_963).sin_cos();
    Vec3::new(cos, sin, 0.0) * (1.0 - z * z).sqrt() + Vec3::Z * z
}

/// For each direction the vertex that lies farthest that way. All of them count: a plate of eight
/// vertices below a dense figure is as much of the picture as the figure.
fn outermost(positions: &[Vec3]) -> Vec<Vec3> {
    let around = |part: &[Vec3]| {
        let nothing = (Vec3::INFINITY, Vec3::NEG_INFINITY);
        part.iter().fold(nothing, |(low, high), &p| (low.min(p), high.max(p)))
    };
    let boxes: Vec<(Vec3, Vec3)> = positions.par_chunks(BOXED).map(around).collect();
    (0..DIRECTIONS).into_par_iter().filter_map(|i| farthest(positions, &boxes, direction(i))).collect()
}

/// The vertex that lies farthest in `direction`, where `boxes` are those around every [`BOXED`] of them.
fn farthest(positions: &[Vec3], boxes: &[(Vec3, Vec3)], direction: Vec3) -> Option<Vec3> {
    // A corner is summed up like a vertex, so that rounding takes no vertex beyond its box.
    let reach = |&(low, high): &(Vec3, Vec3)| Vec3::select(direction.cmplt(Vec3::ZERO), low, high).dot(direction);
    // With the farthest box first hardly any other has to be looked into.
    let first = (0..boxes.len()).max_by(|&a, &b| reach(&boxes[a]).total_cmp(&reach(&boxes[b])))?;
    let mut best = (f32::NEG_INFINITY, None);
    for i in std::iter::once(first).chain(0..boxes.len()) {
        if reach(&boxes[i]) <= best.0 {
            continue;
        }
        let start = i * BOXED;
        for &p in &positions[start..positions.len().min(start + BOXED)] {
            let along = p.dot(direction);
            if best.1.is_none() || along > best.0 {
                best = (along, Some(p));
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::shapes;

    #[test]
    fn pieces_stay_below_the_limit_and_hold_every_triangle() {
        let prepared = PreparedMesh::new(&shapes::sphere(Vec3::ZERO, 5.0, 24)).unwrap();
        let limit = 3000;
        let pieces = prepared.pieces(limit);
        assert!(pieces.len() > 5);
        let mut drawn = Vec::new();
        for (vertices, triangles) in &pieces {
            assert!(
                size_of_val(vertices.as_slice()) as u64 <= limit && size_of_val(triangles.as_slice()) as u64 <= limit
            );
            drawn.extend(triangles.iter().map(|t| t.map(|v| vertices[v as usize])));
        }
        let expected: Vec<_> = prepared.triangles.iter().map(|t| t.map(|v| prepared.vertices[v as usize])).collect();
        assert_eq!(drawn, expected);
    }

    #[test]
    fn every_vertex_counts_for_the_hull_however_many_there_are() {
        let dense = shapes::sphere(Vec3::ZERO, 5.0, 200);
        assert!(dense.vertex_positions.len() > 50_000);
        let plate = shapes::cuboid(Vec3::new(60.0, 40.0, 2.0));
        for (first, second) in [(&dense, &plate), (&plate, &dense)] {
            let mut mesh = first.clone();
            mesh.append(second).unwrap();
            let hull = outermost(&mesh.vertex_positions);
            assert!(plate.vertex_positions.iter().all(|corner| hull.contains(corner)));
            // Far-flung neighbours, whose boxes tell little.
            mesh.vertex_positions.sort_by_key(|p| p.to_array().map(|c| c.to_bits().wrapping_mul(0x9E37_79B1)));
            for (i, found) in outermost(&mesh.vertex_positions).into_iter().enumerate() {
                let along = |p: &Vec3| p.dot(direction(i));
                let most = mesh.vertex_positions.iter().map(along).fold(f32::NEG_INFINITY, f32::max);
                assert_eq!(along(&found), most);
            }
        }
    }

    #[test]
    fn broken_meshes_are_refused() {
        let mut mesh = shapes::cuboid(Vec3::ONE);
        mesh.triangle_indices[3][1] = 99;
        assert!(matches!(PreparedMesh::new(&mesh), Err(RenderError::Mesh(MeshError::IndexOutOfRange { .. }))));
        assert!(matches!(PreparedMesh::new(&Mesh::default()), Err(RenderError::Mesh(MeshError::Empty))));
    }

    #[test]
    fn what_cannot_be_seen_is_refused_instead_of_drawn_as_nothing() {
        let line = Mesh {
            vertex_positions: [0.0, 1.0, 3.0].map(Vec3::splat).into(),
            triangle_indices: vec![[0, 1, 2], [0, 2, 1]],
            vertex_colors: None,
        };
        assert_eq!(PreparedMesh::new(&line).unwrap_err(), RenderError::NoArea);
        for (radius, is_drawn) in [(1e-7, false), (1e-5, true), (1e11, true), (1e15, false), (3e38, false)] {
            let found = PreparedMesh::new(&shapes::sphere(Vec3::ZERO, radius, 12));
            assert_eq!(found.is_ok(), is_drawn, "{radius}: {:?}", found.err());
        }
    }

    #[test]
    fn packed_normals_are_close() {
        for i in 0..200 {
            let t = i as f32 * 0.37;
            let n = Vec3::new(t.sin(), (t * 1.7).cos(), (t * 0.9).sin() - 0.3).normalize();
            let [x, y] = octahedral(n).map(|v| f32::from(v) / 32767.0);
            let z = 1.0 - x.abs() - y.abs();
            let fold = (-z).max(0.0);
            let back = Vec3::new(x - fold.copysign(x), y - fold.copysign(y), z).normalize();
            assert!(back.dot(n) > 0.999_999, "{n} {back}");
        }
    }
}
