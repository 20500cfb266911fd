//! Wavefront OBJ: positions in millimetres, colours (sRGB, 0–1) behind them, triangles.

use std::io::{self, Write};

use super::blocks::Sink;
use super::{ExportOptions, one_line};
use crate::mesh::Mesh;

/// Begins the first line; the numbers of vertices and triangles follow, so that a reader can tell
/// that a file was cut, which the format itself does not.
pub const SIGNATURE: &str = "# ORFEAS Studio:";
const LINES_PER_BLOCK: usize = 1 << 14;

pub fn write<W: Write + Send>(mesh: &Mesh, options: &ExportOptions, sink: &mut Sink<W>) -> io::Result<()> {
    let Mesh { vertex_positions, triangle_indices, vertex_colors } = mesh;
    let title = one_line(&options.title);
    // A backslash at its end would join the next line, and what begins with # would be a comment.
    let is_out = |mark: char| move |c: char| c == mark || c.is_whitespace();
    let name = title.trim_start_matches(is_out('#')).trim_end_matches(is_out('\\'));
    let name = if name.is_empty() { "orfeas" } else { name };
    let (vertices, triangles) = (vertex_positions.len(), triangle_indices.len());
    let counts = format!("{SIGNATURE} {vertices} vertices, {triangles} triangles, unit millimetre, +Z up");
    sink.bytes(format!("{counts}\no {name}\n").as_bytes())?;
    sink.expect(vertex_positions.len() + triangle_indices.len());
    // Four digits bring every 8-bit colour back exactly.
    let levels: Vec<String> = (0..=255).map(|level| format!("{:.4}", f64::from(level) / 255.0)).collect();
    sink.blocks(vertex_positions.len(), LINES_PER_BLOCK, |range, out| {
        for i in range {
            let p = vertex_positions[i];
            // Writing to memory cannot fail.
            let _ = write!(out, "v {} {} {}", p.x, p.y, p.z);
            if let Some([r, g, b]) = vertex_colors.as_ref().map(|colors| colors[i].map(usize::from)) {
                let _ = write!(out, " {} {} {}", levels[r], levels[g], levels[b]);
            }
            out.push(b'\n');
        }
    })?;
    sink.blocks(triangle_indices.len(), LINES_PER_BLOCK, |range, out| {
        for corners in &triangle_indices[range] {
            let [a, b, c] = corners.map(|i| u64::from(i) + 1);
            let _ = writeln!(out, "f {a} {b} {c}");
        }
    })
}
