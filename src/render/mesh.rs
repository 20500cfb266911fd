//! Meshes in graphics memory: [`GpuMesh`] uploads a [`PreparedMesh`] once. Buffers are split so that none exceeds the
//! device's limits.

use std::sync::atomic::{AtomicU64, Ordering};

use bytemuck::Pod;
use glam::Vec3;

use super::RenderError;
use super::prepared::{self, PreparedLevel, PreparedMesh, Vertex};
use crate::mesh::Bounds;
use crate::mesh::simplify::levels::Level;

/// Largest buffer that is made even where the device could more: drivers stumble over larger ones.
const LARGEST_BUFFER_BYTES: u64 = 512 << 20;
/// Bytes copied to the device at a time, so that staging memory stays small.
const UPLOAD_BYTES: usize = 32 << 20;

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
    pub const SMALL: usize = prepared::SMALL;

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
            bounds: mesh.bounds(),
            hull: mesh.hull().to_vec(),
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
