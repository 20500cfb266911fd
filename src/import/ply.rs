//! PLY, text and binary: positions, colours, faces of any number of corners. Coordinates are taken
//! as millimetres with +Z up.

use std::io::{Cursor, ErrorKind};

use glam::Vec3;
use ply_rs_bw::parser::{ParseError, Parser, Reader};
use ply_rs_bw::ply::{
    ElementDef, Encoding, Header, Property, PropertyAccess, PropertyAccessResult, PropertyType, ScalarType,
};

use super::{Assembly, ImportError, Limits, Parsed};
use crate::export::Format;
use crate::mesh::polygon::Faces;
use crate::progress::Monitor;

const NAMES_OF_CORNERS: [&str; 2] = ["vertex_indices", "vertex_index"];
const MAX_HEADER_BYTES: usize = 1 << 16;

pub fn read(bytes: &[u8], limits: &Limits, monitor: &Monitor) -> Result<Parsed, ImportError> {
    // Without its end a header would be looked for in the whole file.
    let start = &bytes[..bytes.len().min(MAX_HEADER_BYTES)];
    if !bytes.starts_with(b"ply") {
        return Err(ImportError::malformed(Format::Ply, "it does not start with `ply`"));
    }
    if !start.windows(10).any(|window| window == b"end_header") {
        return Err(ImportError::truncated(Format::Ply, "its header does not end"));
    }
    let mut reader = Reader::new(Cursor::new(bytes));
    let header = Parser::<Skipped>::new().read_header(&mut reader).map_err(explain)?;
    let (mut vertices, mut faces) = (Vec::new(), Faces::default());
    for (name, element) in &header.elements {
        check_size(element, &header, &reader)?;
        let limit = limits.max_triangles;
        let most = match name.as_str() {
            "face" => limit,
            "vertex" => limit.saturating_mul(3),
            _ => u64::MAX,
        };
        if element.count as u64 > most {
            return Err(ImportError::TooManyTriangles { limit });
        }
        monitor.check()?;
        match name.as_str() {
            "vertex" => vertices = payload::<Vertex>(&mut reader, element, &header)?,
            "face" => faces = collected(payload::<Face>(&mut reader, element, &header)?)?,
            _ => drop(payload::<Skipped>(&mut reader, element, &header)?),
        }
    }
    let positions: Vec<Vec3> = vertices.iter().map(|vertex| vertex.position).collect();
    // Only now: faces may stand before the vertices.
    let triangles = faces.finish(&positions, monitor)?;
    let mut assembly = Assembly::new(Format::Ply, limits);
    let colors: Option<Vec<[u8; 3]>> =
        has_colors(&header, "vertex").then(|| vertices.iter().map(|vertex| vertex.color).collect());
    assembly.add(&positions, &triangles, colors.as_deref(), |p| p, false)?;
    let note = (colors.is_none() && has_colors(&header, "face"))
        .then(|| "the colours of the faces are not read; give them to the vertices, in a mesh editor".to_owned());
    Ok(Parsed { mesh: assembly.finish(), notes: note.into_iter().collect() })
}

type Source<'a> = Reader<Cursor<&'a [u8]>>;

fn payload<E: PropertyAccess>(
    reader: &mut Source,
    element: &ElementDef,
    header: &Header,
) -> Result<Vec<E>, ImportError> {
    Parser::new().read_payload_for_element(reader, element, header).map_err(explain)
}

fn explain(error: ParseError) -> ImportError {
    if error.kind() == ErrorKind::UnexpectedEof {
        return ImportError::truncated(Format::Ply, "not all of its elements are there");
    }
    // The library's messages quote the whole line; its first line says enough.
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default().chars().take(160).collect::<String>();
    ImportError::malformed(Format::Ply, first)
}

/// Makes sure that so many elements can be in the bytes that are left, before any is read.
fn check_size(element: &ElementDef, header: &Header, reader: &Source) -> Result<(), ImportError> {
    let cursor = reader.get_ref();
    let left = (cursor.get_ref().len() as u64).saturating_sub(cursor.position());
    let least: u64 = match header.encoding {
        // A digit and the end of the line.
        Encoding::Ascii => 2 * element.properties.len() as u64,
        _ => element.properties.values().map(|property| least_bytes(&property.data_type)).sum(),
    };
    if element.count > 0 && least == 0 {
        return Err(ImportError::malformed(Format::Ply, format!("its element `{}` has no properties", element.name)));
    }
    // The last line of a text need not end.
    if (element.count as u64).saturating_mul(least) > left + 1 {
        let detail = format!("its {} elements `{}` do not fit into {left} bytes", element.count, element.name);
        return Err(ImportError::truncated(Format::Ply, detail));
    }
    Ok(())
}

fn least_bytes(property: &PropertyType) -> u64 {
    let (PropertyType::Scalar(scalar) | PropertyType::List(scalar, _)) = property;
    match scalar {
        ScalarType::Char | ScalarType::UChar => 1,
        ScalarType::Short | ScalarType::UShort => 2,
        ScalarType::Int | ScalarType::UInt | ScalarType::Float => 4,
        ScalarType::Double => 8,
    }
}

fn has_colors(header: &Header, element: &str) -> bool {
    let named = |name: &str| header.elements.get(element).is_some_and(|e| e.properties.contains_key(name));
    named("red") || named("diffuse_red")
}

fn collected(polygons: Vec<Face>) -> Result<Faces, ImportError> {
    let mut faces = Faces::with_capacity(polygons.len());
    for Face { corners } in polygons {
        if !corners.is_empty() && !faces.add(&corners) {
            return Err(ImportError::malformed(Format::Ply, "a face has fewer than three corners"));
        }
    }
    Ok(faces)
}

/// An element that is read only to get past it.
struct Skipped;

impl PropertyAccess for Skipped {
    fn new() -> Self {
        Self
    }
}

#[derive(Clone, Copy)]
struct Vertex {
    position: Vec3,
    color: [u8; 3],
}

impl PropertyAccess for Vertex {
    fn new() -> Self {
        Self { position: Vec3::NAN, color: super::NO_COLOR }
    }

    fn set_property(&mut self, name: &str, property: Property) -> PropertyAccessResult {
        let number = property.to_f32_lossy();
        let level = match property {
            Property::Float(_) | Property::Double(_) => number.map(|level| (level * 255.0).round() as u8),
            Property::UShort(level) => Some((f32::from(level) / 257.0).round() as u8),
            // Conversion clamps.
            _ => number.map(|level| level as u8),
        };
        match (name, number, level) {
            ("x", Some(number), _) => self.position.x = number,
            ("y", Some(number), _) => self.position.y = number,
            ("z", Some(number), _) => self.position.z = number,
            ("red" | "diffuse_red", _, Some(level)) => self.color[0] = level,
            ("green" | "diffuse_green", _, Some(level)) => self.color[1] = level,
            ("blue" | "diffuse_blue", _, Some(level)) => self.color[2] = level,
            ("x" | "y" | "z", None, _) => return PropertyAccessResult::UnsupportedType,
            _ => return PropertyAccessResult::Ignored,
        }
        PropertyAccessResult::Set
    }
}

struct Face {
    corners: Vec<u32>,
}

impl PropertyAccess for Face {
    fn new() -> Self {
        Self { corners: Vec::new() }
    }

    fn set_property(&mut self, name: &str, property: Property) -> PropertyAccessResult {
        if !NAMES_OF_CORNERS.contains(&name) {
            return PropertyAccessResult::Ignored;
        }
        match property.to_u32_list() {
            Some(corners) => self.corners = corners,
            None => return PropertyAccessResult::UnsupportedType,
        }
        PropertyAccessResult::Set
    }
}
