//! PLY, text and binary: positions, colours of vertices or else of faces, faces of any number of
//! corners. Coordinates are taken as millimetres with +Z up.

use std::io::{Cursor, ErrorKind};

use glam::Vec3;
use ply_rs_bw::parser::{ParseError, Parser, Reader};
use ply_rs_bw::ply::{
    ElementDef, Encoding, Header, Property, PropertyAccess, PropertyAccessResult, PropertyType, ScalarType,
};

use super::painted::Painter;
use super::{Assembly, ImportError, Limits, Parsed};
use crate::export::Format;
use crate::mesh::polygon::Faces;
use crate::progress::Monitor;

const NAMES_OF_CORNERS: [&str; 2] = ["vertex_indices", "vertex_index"];
const MAX_HEADER_BYTES: usize = 1 << 16;
const TRIANGLES_PER_STEP: usize = 1 << 14;

pub fn read(bytes: &[u8], limits: &Limits, monitor: &Monitor) -> Result<Parsed, ImportError> {
    // Without its end a header would be looked for in the whole file.
    let start = &bytes[..bytes.len().min(MAX_HEADER_BYTES)];
    if !bytes.starts_with(b"ply") {
        return Err(ImportError::malformed(Format::Ply, "it does not start with `ply`"));
    }
    if !start.windows(10).any(|window| window == b"end_header") {
        return Err(ImportError::truncated(Format::Ply, "its header does not end"));
    }
    // Comments, names of folders among them, may be in any encoding, and the parser takes UTF-8 alone. No keyword has
    // such letters, and what replaces them is as long.
    let start: Vec<u8> = start.iter().map(|byte| if byte.is_ascii() { *byte } else { b'?' }).collect();
    let mut reader = Reader::new(Cursor::new(&*start));
    let header = Parser::<Skipped>::new().read_header(&mut reader).map_err(explain)?;
    let header_bytes = reader.get_ref().position();
    *reader.get_mut() = Cursor::new(bytes);
    reader.get_mut().set_position(header_bytes);
    let colored = ["vertex", "face"].map(|element| has_colors(&header, element));
    let (mut vertices, mut faces, mut face_colors) = (Vec::new(), Faces::default(), Vec::new());
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
            "face" => {
                let polygons = payload::<Face>(&mut reader, element, &header)?;
                (faces, face_colors) = collected(polygons, colored == [false, true])?;
            }
            _ => drop(payload::<Skipped>(&mut reader, element, &header)?),
        }
    }
    let mut positions: Vec<Vec3> = vertices.iter().map(|vertex| vertex.position).collect();
    // Only now: faces may stand before the vertices.
    let mut triangles = faces.finish(&positions, monitor)?;
    let colors: Option<Vec<[u8; 3]>> = match colored {
        [true, _] => Some(vertices.iter().map(|vertex| vertex.color).collect()),
        [false, true] => Some(painted(&mut positions, &mut triangles, &face_colors, monitor)?),
        [false, false] => None,
    };
    let mut assembly = Assembly::new(Format::Ply, limits);
    assembly.add(&positions, &triangles, colors.as_deref(), |p| p, false)?;
    let note = (colored == [true, true]).then(|| {
        "both the vertices and the faces have colours, and those of the faces were left out; to have them, remove those of \
         the vertices in a mesh editor"
            .to_owned()
    });
    Ok(Parsed { mesh: assembly.finish(), notes: note.into_iter().collect() })
}

/// The colours of all corners, which are those of their faces, given for each triangle.
fn painted(
    positions: &mut Vec<Vec3>,
    triangles: &mut [[u32; 3]],
    face_colors: &[[u8; 3]],
    monitor: &Monitor,
) -> Result<Vec<[u8; 3]>, ImportError> {
    // Before there are more vertices than in the file.
    super::check_indices(Format::Ply, triangles, positions.len())?;
    let (mut painter, mut colors) = (Painter::default(), vec![super::NO_COLOR; positions.len()]);
    for (done, (triangle, color)) in triangles.iter_mut().zip(face_colors).enumerate() {
        if done.is_multiple_of(TRIANGLES_PER_STEP) {
            monitor.check()?;
        }
        *triangle = triangle.map(|corner| painter.paint(corner, *color, positions, &mut colors));
    }
    Ok(colors)
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

/// The faces, and the colour of each of their triangles if those are needed.
fn collected(polygons: Vec<Face>, needs_colors: bool) -> Result<(Faces, Vec<[u8; 3]>), ImportError> {
    let (mut faces, mut colors) = (Faces::with_capacity(polygons.len()), Vec::new());
    for Face { corners, color } in polygons {
        if !corners.is_empty() && !faces.add(&corners) {
            return Err(ImportError::malformed(Format::Ply, "a face has fewer than three corners"));
        }
        if needs_colors {
            colors.resize(faces.triangle_count(), color);
        }
    }
    Ok((faces, colors))
}

/// An element that is read only to get past it.
struct Skipped;

impl PropertyAccess for Skipped {
    fn new() -> Self {
        Self
    }
}

/// Sets the part of a colour that `name` means, if it means one.
fn set_color(color: &mut [u8; 3], name: &str, property: &Property) -> PropertyAccessResult {
    let name = name.strip_prefix("diffuse_").unwrap_or(name);
    let part = ["red", "green", "blue"].iter().position(|part| *part == name);
    let number = property.to_f32_lossy();
    let level = match property {
        Property::Float(_) | Property::Double(_) => number.map(|level| (level * 255.0).round() as u8),
        Property::UShort(level) => Some((f32::from(*level) / 257.0).round() as u8),
        // Conversion clamps.
        _ => number.map(|level| level as u8),
    };
    let Some((part, level)) = part.zip(level) else { return PropertyAccessResult::Ignored };
    color[part] = level;
    PropertyAccessResult::Set
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
        match (name, property.to_f32_lossy()) {
            ("x", Some(number)) => self.position.x = number,
            ("y", Some(number)) => self.position.y = number,
            ("z", Some(number)) => self.position.z = number,
            ("x" | "y" | "z", None) => return PropertyAccessResult::UnsupportedType,
            _ => return set_color(&mut self.color, name, &property),
        }
        PropertyAccessResult::Set
    }
}

struct Face {
    corners: Vec<u32>,
    color: [u8; 3],
}

impl PropertyAccess for Face {
    fn new() -> Self {
        Self { corners: Vec::new(), color: super::NO_COLOR }
    }

    fn set_property(&mut self, name: &str, property: Property) -> PropertyAccessResult {
        if !NAMES_OF_CORNERS.contains(&name) {
            return set_color(&mut self.color, name, &property);
        }
        match property.to_u32_list() {
            Some(corners) => self.corners = corners,
            None => return PropertyAccessResult::UnsupportedType,
        }
        PropertyAccessResult::Set
    }
}
