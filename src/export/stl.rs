//! Binary STL: an 80-byte header, the number of triangles, 50 bytes per triangle.
//!
//! Coordinates are millimetres by custom; the format names no unit and has no colours.

use std::io::{self, Write};

use bytemuck::bytes_of;

use super::blocks::Sink;
use crate::mesh::Mesh;

const HEADER_BYTES: usize = 80;
const TRIANGLE_BYTES: usize = 50;
// Must not start with "solid": readers would take the file for text.
const HEADER: &[u8] = b"Binary STL by ORFEAS Studio, unit: millimetre";
const TRIANGLES_PER_BLOCK: usize = 1 << 14;

pub fn size_bytes(mesh: &Mesh) -> u64 {
    (HEADER_BYTES + 4) as u64 + (mesh.triangle_indices.len() * TRIANGLE_BYTES) as u64
}

pub fn write<W: Write + Send>(mesh: &Mesh, sink: &mut Sink<W>) -> io::Result<()> {
    let count = mesh.triangle_indices.len();
    let mut header = [0u8; HEADER_BYTES + 4];
    header[..HEADER.len()].copy_from_slice(HEADER);
    header[HEADER_BYTES..].copy_from_slice(&(count as u32).to_le_bytes());
    sink.bytes(&header)?;
    sink.expect(count);
    sink.blocks(count, TRIANGLES_PER_BLOCK, |range, out| {
        out.resize(range.len() * TRIANGLE_BYTES, 0);
        for (record, corners) in out.chunks_exact_mut(TRIANGLE_BYTES).zip(&mesh.triangle_indices[range]) {
            let [a, b, c] = corners.map(|i| mesh.vertex_positions[i as usize]);
            // The custom for a triangle without area is the zero vector.
            let normal = (b - a).cross(c - a).normalize_or_zero();
            record[..48].copy_from_slice(bytes_of(&le([normal, a, b, c].map(|v| v.to_array()))));
        }
    })
}

/// The numbers with their bytes in little-endian order; free on the machines we know.
fn le(rows: [[f32; 3]; 4]) -> [[u32; 3]; 4] {
    rows.map(|row| row.map(|number| number.to_bits().to_le()))
}
