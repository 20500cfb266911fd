//! PLY, binary and little endian: positions in millimetres, 8-bit sRGB colours, triangles.

use std::io::{self, Write};

use super::blocks::Sink;
use super::{ExportOptions, one_line};
use crate::mesh::Mesh;

const ELEMENTS_PER_BLOCK: usize = 1 << 15;

pub fn size_bytes(mesh: &Mesh, options: &ExportOptions) -> u64 {
    let per_vertex = if mesh.vertex_colors.is_some() { 15 } else { 12 };
    let body = mesh.vertex_positions.len() * per_vertex + mesh.triangle_indices.len() * 13;
    (header(mesh, options).len() + body) as u64
}

fn header(mesh: &Mesh, options: &ExportOptions) -> String {
    let title = one_line(&options.title);
    let title = if title.trim().is_empty() { String::new() } else { format!("comment title: {}\n", title.trim()) };
    let colors = match mesh.vertex_colors {
        Some(_) => "property uchar red\nproperty uchar green\nproperty uchar blue\n",
        None => "",
    };
    // Signed is what most readers know; unsigned only where it is needed.
    let index = if i32::try_from(mesh.vertex_positions.len()).is_ok() { "int" } else { "uint" };
    format!(
        "ply\nformat binary_little_endian 1.0\ncomment ORFEAS Studio, unit: millimetre, +Z up\n{title}\
         element vertex {}\nproperty float x\nproperty float y\nproperty float z\n{colors}\
         element face {}\nproperty list uchar {index} vertex_indices\nend_header\n",
        mesh.vertex_positions.len(),
        mesh.triangle_indices.len()
    )
}

pub fn write<W: Write + Send>(mesh: &Mesh, options: &ExportOptions, sink: &mut Sink<W>) -> io::Result<()> {
    let Mesh { vertex_positions, triangle_indices, vertex_colors } = mesh;
    sink.bytes(header(mesh, options).as_bytes())?;
    sink.expect(vertex_positions.len() + triangle_indices.len());
    sink.blocks(vertex_positions.len(), ELEMENTS_PER_BLOCK, |range, out| {
        for i in range {
            vertex_positions[i].to_array().iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
            if let Some(colors) = vertex_colors {
                out.extend_from_slice(&colors[i]);
            }
        }
    })?;
    sink.blocks(triangle_indices.len(), ELEMENTS_PER_BLOCK, |range, out| {
        for corners in &triangle_indices[range] {
            out.push(3);
            corners.iter().for_each(|index| out.extend_from_slice(&index.to_le_bytes()));
        }
    })
}
