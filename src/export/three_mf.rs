//! 3MF (core specification 1.3, materials extension 1.2): millimetres, title, thumbnail, colours.
//!
//! The model is streamed as text into the package, so a large mesh needs no more memory than a small
//! one. Nothing in the package depends on time or chance. The materials extension is declared but
//! not required: a slicer that does not know it still prints the shape.

use std::io::{self, Cursor, Seek, SeekFrom, Write};

use image::{ImageFormat, RgbaImage};
use rayon::prelude::*;
use zip::write::{FileOptions, SimpleFileOptions};
use zip::{CompressionMethod, System, ZipWriter};

use super::blocks::{Output, Sink};
use super::{ExportOptions, thumbnail};
use crate::mesh::Mesh;
use crate::progress::Monitor;

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
 <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
 <Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>
 <Default Extension="png" ContentType="image/png"/>
</Types>
"#;
const RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
 <Relationship Target="/3D/3dmodel.model" Id="model" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>
 <Relationship Target="/Metadata/thumbnail.png" Id="thumbnail" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"/>
</Relationships>
"#;
const LINES_PER_BLOCK: usize = 1 << 14;
/// Level 4 of 9: twice as fast as the usual 6, and a few percent larger.
const COMPRESSION_LEVEL: i64 = 4;
/// More text than any vertex, triangle or colour takes.
const MAX_BYTES_PER_LINE: u64 = 160;

/// Writes the whole package.
pub fn write<W: Output>(mesh: &Mesh, options: &ExportOptions, writer: &mut W, monitor: &Monitor) -> io::Result<()> {
    let picture = match &options.thumbnail {
        Some(picture) => png(picture)?,
        None => png(&thumbnail::draw(mesh, thumbnail::SIZE_PX, monitor).map_err(io::Error::other)?)?,
    };
    let lines = 2 * mesh.vertex_positions.len() as u64 + mesh.triangle_indices.len() as u64;
    // Time and system are fixed, so that the same mesh gives the same bytes anywhere.
    let packed: SimpleFileOptions = FileOptions::DEFAULT
        .system(System::Unix)
        .unix_permissions(0o644)
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(COMPRESSION_LEVEL));
    let mut package = ZipWriter::new(Fused { writer, position: 0, end: 0, failed: false });
    let parts = [("[Content_Types].xml", CONTENT_TYPES), ("_rels/.rels", RELATIONSHIPS)];
    for (name, text) in parts {
        package.start_file(name, packed)?;
        package.write_all(text.as_bytes())?;
    }
    package.start_file(
        "Metadata/thumbnail.png",
        packed.compression_method(CompressionMethod::Stored).compression_level(None),
    )?;
    package.write_all(&picture)?;
    let large = lines * MAX_BYTES_PER_LINE >= u64::from(u32::MAX);
    package.start_file("3D/3dmodel.model", packed.large_file(large))?;
    write_model(mesh, options, &mut Sink::new(&mut package, monitor))?;
    package.finish()?;
    Ok(())
}

/// A writer that is asked no more once it has failed: [`ZipWriter`] would try again when it is
/// dropped, and complain on standard error. The first error is the one that is told; from then on
/// bytes go nowhere, and positions are as if they had been written.
struct Fused<'a, W> {
    writer: &'a mut W,
    position: u64,
    end: u64,
    failed: bool,
}

impl<W: Output> Fused<'_, W> {
    /// The result of `operation`, or `otherwise` once something has failed.
    fn attempt<T>(&mut self, otherwise: T, operation: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.failed {
            return Ok(otherwise);
        }
        operation(self.writer).inspect_err(|_| self.failed = true)
    }
}

impl<W: Output> Write for Fused<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.attempt(bytes.len(), |w| w.write(bytes))?;
        self.position += written as u64;
        self.end = self.end.max(self.position);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), W::flush)
    }
}

impl<W: Output> Seek for Fused<'_, W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
            SeekFrom::End(offset) => self.end.checked_add_signed(offset),
        };
        let target = target.ok_or(io::ErrorKind::InvalidInput)?;
        self.position = self.attempt(target, |w| w.seek(to))?;
        Ok(self.position)
    }
}

fn png(picture: &RgbaImage) -> io::Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(io::Error::other)?;
    Ok(bytes.into_inner())
}

fn write_model<W: Write + Send>(mesh: &Mesh, options: &ExportOptions, sink: &mut Sink<W>) -> io::Result<()> {
    let Mesh { vertex_positions, triangle_indices, vertex_colors } = mesh;
    let palette = vertex_colors.as_ref().map(|colors| Palette::new(colors));
    let color_count = palette.as_ref().map_or(0, |p| p.colors.len());
    sink.expect(color_count + vertex_positions.len() + triangle_indices.len());
    sink.bytes(head(&options.title).as_bytes())?;
    if let Some(palette) = &palette {
        sink.bytes(b"  <m:colorgroup id=\"1\">\n")?;
        sink.blocks(color_count, LINES_PER_BLOCK, |range, out| {
            for [r, g, b] in &palette.colors[range] {
                // Writing to memory cannot fail.
                let _ = writeln!(out, "   <m:color color=\"#{r:02X}{g:02X}{b:02X}\"/>");
            }
        })?;
        sink.bytes(b"  </m:colorgroup>\n  <object id=\"2\" type=\"model\" pid=\"1\" pindex=\"0\">\n")?;
    } else {
        sink.bytes(b"  <object id=\"2\" type=\"model\">\n")?;
    }
    sink.bytes(b"   <mesh>\n    <vertices>\n")?;
    sink.blocks(vertex_positions.len(), LINES_PER_BLOCK, |range, out| {
        for p in &vertex_positions[range] {
            let _ = writeln!(out, "     <vertex x=\"{}\" y=\"{}\" z=\"{}\"/>", p.x, p.y, p.z);
        }
    })?;
    sink.bytes(b"    </vertices>\n    <triangles>\n")?;
    sink.blocks(triangle_indices.len(), LINES_PER_BLOCK, |range, out| {
        for &[a, b, c] in &triangle_indices[range] {
            let _ = write!(out, "     <triangle v1=\"{a}\" v2=\"{b}\" v3=\"{c}\"");
            if let Some(palette) = &palette {
                let [p1, p2, p3] = [a, b, c].map(|i| palette.index_of_vertex[i as usize]);
                let _ = write!(out, " pid=\"1\" p1=\"{p1}\" p2=\"{p2}\" p3=\"{p3}\"");
            }
            out.extend_from_slice(b"/>\n");
        }
    })?;
    sink.bytes(b"    </triangles>\n   </mesh>\n  </object>\n </resources>\n <build>\n  <item objectid=\"2\"/>\n </build>\n</model>\n")
}

fn head(title: &str) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model unit=\"millimeter\" xml:lang=\"en-US\" \
         xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\" \
         xmlns:m=\"http://schemas.microsoft.com/3dmanufacturing/material/2015/02\">\n",
    );
    if !title.trim().is_empty() {
        text.push_str(&format!(" <metadata name=\"Title\">{}</metadata>\n", escape(title.trim())));
    }
    let version = env!("CARGO_PKG_VERSION");
    text.push_str(&format!(" <metadata name=\"Application\">ORFEAS Studio {version}</metadata>\n <resources>\n"));
    text
}

/// `text` as XML character data; characters that XML forbids become spaces.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The colours of a mesh, each once and sorted, and which of them every vertex has.
struct Palette {
    colors: Vec<[u8; 3]>,
    index_of_vertex: Vec<u32>,
}

impl Palette {
    fn new(vertex_colors: &[[u8; 3]]) -> Self {
        let mut colors = vertex_colors.to_vec();
        colors.par_sort_unstable();
        colors.dedup();
        let find = |color| colors.binary_search(color).unwrap_or_default() as u32;
        let index_of_vertex = vertex_colors.par_iter().map(find).collect();
        Self { colors, index_of_vertex }
    }
}
