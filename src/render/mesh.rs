//! Meshes in graphics memory.
//!
//! [`PreparedMesh`] does the work that needs no device (normals, packing) and can be made on any
//! thread; [`GpuMesh`] uploads it once. Buffers are split so that none exceeds the device's limits.

use std::sync::atomic::{AtomicU64, Ordering};

use bytemuck::{Pod, Zeroable};
use glam::Vec3;
use rayon::prelude::*;

use super::{RenderError, normals};
use crate::mesh::simplify::levels::{self, Level};
use crate::mesh::weld::gather;
use crate::mesh::{Bounds, Mesh, MeshError};

/// Triangles of the version that is drawn while the view moves; twice as many cost half as much again.
const QUICK: usize = 20_000;
/// Error of the version that looks the same, as a share of the mesh's largest side: under half a
/// pixel where the mesh fills a screen.
const UNSEEN: f32 = 0.0004;

/// Largest buffer that is made even where the device could more: drivers stumble over larger ones.
const LARGEST_BUFFER_BYTES: u64 = 512 << 20;
/// Bytes copied to the device at a time, so that staging memory stays small.
const UPLOAD_BYTES: usize = 32 << 20;

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
    vertices: Vec<Vertex>,
    triangles: Vec<[u32; 3]>,
    bounds: Bounds,
    hull: Vec<Vec3>,
}

/// A coarser version of a [`PreparedMesh`], on the same vertices.
#[derive(Clone, Debug)]
pub struct PreparedLevel(Level);

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
        if mesh.triangle_indices.len() <= GpuMesh::SMALL {
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

    fn is_colored(&self) -> bool {
        self.vertices.first().is_some_and(|v| v.color[3] > 0)
    }

    fn level(&self, make: impl FnOnce(&[u8], &[[u32; 3]]) -> Option<Level>) -> Option<PreparedLevel> {
        let vertices = bytemuck::cast_slice(&self.vertices);
        let large = self.triangles.len() > GpuMesh::SMALL;
        large.then(|| make(vertices, &self.triangles)).flatten().map(PreparedLevel)
    }

    /// Computes normals and packs the vertices of a mesh in print space (mm, +Z up).
    ///
    /// # Errors
    /// [`RenderError::Mesh`] when the mesh is empty or not well-formed. Triangles that name a vertex
    /// twice are drawn as nothing, not refused: an imported file may have some.
    pub fn new(mesh: &Mesh) -> Result<Self, RenderError> {
        check(mesh)?;
        let bounds = mesh.bounds().ok_or(MeshError::Empty)?;
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
    fn pieces(&self, limit_bytes: u64) -> Vec<(Vec<Vertex>, Vec<[u32; 3]>)> {
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

/// Triangles that name a vertex twice are let pass.
fn check(mesh: &Mesh) -> Result<(), RenderError> {
    match mesh.validate() {
        Err(MeshError::RepeatedVertex(_)) | Ok(()) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// For each of 96 even directions the vertex that lies farthest that way, of at most some 50 000.
fn outermost(positions: &[Vec3]) -> Vec<Vec3> {
    const DIRECTIONS: usize = 96;
    let step = positions.len().div_ceil(50_000).max(1);
    let farthest = |i: usize| {
        let z = 1.0 - (2 * i + 1) as f32 / DIRECTIONS as f32;
        let (sin, cos) = (i as f32 * 2.399_963).sin_cos();
        let direction = Vec3::new(cos, sin, 0.0) * (1.0 - z * z).sqrt() + Vec3::Z * z;
        positions.iter().step_by(step).copied().max_by(|a, b| a.dot(direction).total_cmp(&b.dot(direction)))
    };
    (0..DIRECTIONS).into_par_iter().filter_map(farthest).collect()
}

/// One pair of buffers.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub vertices: wgpu::Buffer,
    pub indices: wgpu::Buffer,
    pub index_count: u32,
}

/// A coarser version in graphics memory.
#[derive(Clone, Debug)]
struct GpuLevel {
    piece: Piece,
    error_mm: f32,
    is_faithful: bool,
}

/// A mesh in graphics memory; drawn as often as wished. Clones share it.
#[derive(Clone, Debug)]
pub struct GpuMesh {
    pub(super) pieces: Vec<Piece>,
    /// From many triangles to few.
    levels: Vec<GpuLevel>,
    id: u64,
    bounds: Bounds,
    hull: Vec<Vec3>,
    triangle_count: usize,
    is_colored: bool,
}

impl GpuMesh {
    /// Meshes up to this many triangles are drawn as they are, on any device.
    pub const SMALL: usize = 150_000;

    /// Uploads a mesh. May be called from any thread.
    ///
    /// # Errors
    /// [`RenderError::OutOfMemory`] when graphics memory is short.
    pub fn upload(device: &wgpu::Device, queue: &wgpu::Queue, mesh: &PreparedMesh) -> Result<Self, RenderError> {
        let limits = device.limits();
        let limit = limits.max_buffer_size.min(limits.max_storage_buffer_binding_size).min(LARGEST_BUFFER_BYTES);
        Self::upload_in_pieces(device, queue, mesh, limit)
    }

    pub(super) fn upload_in_pieces(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        mesh: &PreparedMesh,
        limit_bytes: u64,
    ) -> Result<Self, RenderError> {
        let fits =
            size_of_val(mesh.vertices.as_slice()).max(size_of_val(mesh.triangles.as_slice())) as u64 <= limit_bytes;
        let pieces = if fits {
            vec![Piece::upload(device, queue, &mesh.vertices, &mesh.triangles)?]
        } else {
            let split = mesh.pieces(limit_bytes);
            split.iter().map(|(v, t)| Piece::upload(device, queue, v, t)).collect::<Result<_, _>>()?
        };
        static NEXT_ID: AtomicU64 = AtomicU64::new(1);
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            pieces,
            levels: Vec::new(),
            id,
            bounds: mesh.bounds,
            hull: mesh.hull.clone(),
            triangle_count: mesh.triangles.len(),
            is_colored: mesh.is_colored(),
        })
    }

    /// Unique in the process for what was uploaded together; coarser versions do not change it.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The same mesh with a coarser version beside it. Meshes in several pieces stay as they are.
    ///
    /// # Errors
    /// [`RenderError::OutOfMemory`] when graphics memory is short.
    pub fn with_level(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        level: &PreparedLevel,
    ) -> Result<Self, RenderError> {
        let mut mesh = self.clone();
        if let [whole] = mesh.pieces.as_slice() {
            let Level { triangles, error, is_faithful } = &level.0;
            let indices = buffer_of(device, "coarse mesh indices", triangles.as_slice(), wgpu::BufferUsages::INDEX)?;
            write(queue, &indices, bytemuck::cast_slice(triangles));
            let piece = Piece { vertices: whole.vertices.clone(), indices, index_count: triangles.len() as u32 * 3 };
            mesh.levels.push(GpuLevel { piece, error_mm: *error, is_faithful: *is_faithful });
            mesh.levels.sort_by_key(|l| std::cmp::Reverse(l.piece.index_count));
        }
        Ok(mesh)
    }

    /// Whether its vertices have colours.
    pub(super) fn is_colored(&self) -> bool {
        self.is_colored
    }

    /// The mesh as it is.
    pub(super) fn exact(&self) -> AtLevel<'_> {
        AtLevel { mesh: self, level: None }
    }

    /// The version of the fewest triangles that is off by at most `max_error_mm`, and with colours and
    /// closedness kept if it has to be faithful.
    pub(super) fn within(&self, max_error_mm: f32, faithful: bool) -> AtLevel<'_> {
        let fits = |l: &GpuLevel| l.error_mm <= max_error_mm && (l.is_faithful || !faithful);
        AtLevel { mesh: self, level: self.levels.iter().rposition(fits) }
    }

    /// The box around the mesh, in mm.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Outermost vertices in many directions, in mm.
    pub fn hull(&self) -> &[Vec3] {
        &self.hull
    }

    /// Number of triangles.
    pub fn triangle_count(&self) -> usize {
        self.triangle_count
    }
}

/// A mesh, or one of its coarser versions.
#[derive(Clone, Copy, Debug)]
pub(super) struct AtLevel<'a> {
    pub mesh: &'a GpuMesh,
    level: Option<usize>,
}

impl AtLevel<'_> {
    /// Tells all versions of all meshes apart.
    pub fn key(&self) -> (u64, Option<usize>) {
        (self.mesh.id, self.level)
    }

    /// Draws every piece with the pipeline that is set.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        let level = self.level.and_then(|l| self.mesh.levels.get(l)).map(|l| std::slice::from_ref(&l.piece));
        for piece in level.unwrap_or(&self.mesh.pieces) {
            pass.set_vertex_buffer(0, piece.vertices.slice(..));
            pass.set_index_buffer(piece.indices.slice(..), wgpu::IndexFormat::Uint32);
            pass.draw_indexed(0..piece.index_count, 0, 0..1);
        }
    }
}

/// An empty buffer for `contents`.
fn buffer_of<T: Pod>(
    device: &wgpu::Device,
    label: &str,
    contents: &[T],
    usage: wgpu::BufferUsages,
) -> Result<wgpu::Buffer, RenderError> {
    let out_of_memory = device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: size_of_val(contents) as u64,
        // Wireframes read both as storage.
        usage: usage | wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    match pollster::block_on(out_of_memory.pop()) {
        Some(error) => Err(error.into()),
        None => Ok(buffer),
    }
}

impl Piece {
    fn upload(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        vertices: &[Vertex],
        triangles: &[[u32; 3]],
    ) -> Result<Self, RenderError> {
        let (vertex_bytes, index_bytes) = (bytemuck::cast_slice(vertices), bytemuck::cast_slice(triangles));
        let vertices = buffer_of(device, "mesh vertices", vertices, wgpu::BufferUsages::VERTEX)?;
        let indices = buffer_of(device, "mesh indices", triangles, wgpu::BufferUsages::INDEX)?;
        write(queue, &vertices, vertex_bytes);
        write(queue, &indices, index_bytes);
        Ok(Self { vertices, indices, index_count: triangles.len() as u32 * 3 })
    }
}

fn write(queue: &wgpu::Queue, buffer: &wgpu::Buffer, bytes: &[u8]) {
    for (i, part) in bytes.chunks(UPLOAD_BYTES).enumerate() {
        queue.write_buffer(buffer, (i * UPLOAD_BYTES) as u64, part);
        // Hands the staging memory over instead of piling it up.
        queue.submit([]);
    }
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
    fn broken_meshes_are_refused() {
        let mut mesh = shapes::cuboid(Vec3::ONE);
        mesh.triangle_indices[3][1] = 99;
        assert!(matches!(PreparedMesh::new(&mesh), Err(RenderError::Mesh(MeshError::IndexOutOfRange { .. }))));
        assert!(matches!(PreparedMesh::new(&Mesh::default()), Err(RenderError::Mesh(MeshError::Empty))));
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
