//! glTF 2.0: GLB, or JSON with its data embedded. Metres with +Y up become millimetres with +Z up.
//!
//! Reads the triangles of the scene with their placement and colours (`COLOR_0` and base colours). Textures, skins, morphs and animations are passed over; compressed
//! geometry, sparse accessors and external files are refused. Only the parts of the document that
//! are used are parsed, so nothing else in it can be wrong.

mod accessor;
mod document;

use std::borrow::Cow;
use std::collections::HashSet;

use glam::{DAffine3, DMat4, DQuat, DVec3, Vec3};

use super::{Assembly, ImportError, Limits, Parsed};
use crate::color::srgb_from_linear;
use crate::export::Format;
use crate::progress::Monitor;
use accessor::Accessors;
use document::{Document, Node, Primitive};

const MILLIMETRES_PER_METRE: f64 = 1000.0;
const MAX_DEPTH: usize = 256;
/// Each opening bracket costs more memory than it takes in the file.
const MAX_JSON_OBJECTS: usize = 1_000_000;
/// How the names of extensions begin that change nothing about the shape, or nothing that is read
/// differently.
const HARMLESS: [&str; 8] = [
    "KHR_materials_",
    "KHR_texture_",
    "EXT_texture_",
    "MSFT_texture_dds",
    "KHR_lights_",
    "EXT_lights_",
    "KHR_xmp",
    "KHR_mesh_quantization",
];

pub fn read(bytes: &[u8], limits: &Limits, monitor: &Monitor) -> Result<Parsed, ImportError> {
    let (json, binary) = if bytes.starts_with(b"glTF") { chunks(bytes)? } else { (bytes, None) };
    if json.iter().filter(|&&byte| byte == b'{').count() > MAX_JSON_OBJECTS {
        return Err(malformed("its description is absurdly large"));
    }
    let document: Document = serde_json::from_slice(json).map_err(|error| match error.is_eof() {
        true => ImportError::truncated(Format::Glb, "its description ends in the middle"),
        false => malformed(error.to_string()),
    })?;
    if let Some(extension) =
        document.extensions_required.iter().find(|name| !HARMLESS.iter().any(|h| name.starts_with(h)))
    {
        return Err(ImportError::unsupported(Format::Glb, format!("the extension {extension}")));
    }
    let buffers = buffers(&document, binary)?;
    let scene = Scene { accessors: Accessors { document: &document, buffers: &buffers }, document: &document };
    let mut assembly = Assembly::new(Format::Glb, limits);
    let use_base_colors = scene.has_base_colors() || scene.has_vertex_colors();
    for (node, placement) in scene.nodes()? {
        monitor.check()?;
        let Some(mesh) = node.mesh else { continue };
        for primitive in &get(&document.meshes, mesh, "mesh")?.primitives {
            scene.add(primitive, placement, use_base_colors, &mut assembly)?;
        }
    }
    Ok(assembly.finish().into())
}

fn malformed(detail: impl Into<String>) -> ImportError {
    ImportError::malformed(Format::Glb, detail)
}

fn get<'a, T>(items: &'a [T], index: u32, what: &str) -> Result<&'a T, ImportError> {
    items.get(index as usize).ok_or_else(|| malformed(format!("it names {what} {index}, which is not there")))
}

/// The JSON and the binary chunk of a GLB.
fn chunks(bytes: &[u8]) -> Result<(&[u8], Option<&[u8]>), ImportError> {
    let short = |what: &str| ImportError::truncated(Format::Glb, format!("{what} is not complete"));
    let word = |bytes: &[u8], at: usize| {
        bytes.get(at..at + 4).and_then(|word| word.first_chunk()).map(|word| u32::from_le_bytes(*word))
    };
    let (Some(version), Some(length)) = (word(bytes, 4), word(bytes, 8)) else { return Err(short("its header")) };
    if version != 2 {
        return Err(ImportError::unsupported(Format::Glb, format!("version {version} of the format")));
    }
    if length as usize > bytes.len() {
        return Err(ImportError::truncated(Format::Glb, format!("{} of {length} bytes are there", bytes.len())));
    }
    let mut rest = bytes.get(12..length as usize).ok_or_else(|| short("its header"))?;
    let (mut json, mut binary) = (None, None);
    while !rest.is_empty() {
        let (Some(length), Some(kind)) = (word(rest, 0), word(rest, 4)) else { return Err(short("a chunk's header")) };
        let end = 8usize.saturating_add(length as usize);
        let chunk = rest.get(8..end).ok_or_else(|| short("a chunk"))?;
        match &kind.to_le_bytes() {
            b"JSON" if json.is_none() => json = Some(chunk),
            b"BIN\0" if binary.is_none() => binary = Some(chunk),
            _ => {}
        }
        rest = &rest[end..];
    }
    Ok((json.ok_or_else(|| malformed("it has no description"))?, binary))
}

/// The bytes of every buffer: the binary chunk or embedded base64.
fn buffers<'a>(document: &'a Document, binary: Option<&'a [u8]>) -> Result<Vec<Cow<'a, [u8]>>, ImportError> {
    let mut buffers = Vec::new();
    for (i, buffer) in document.buffers.iter().enumerate() {
        let content = match (&buffer.uri, binary) {
            (None, Some(binary)) if i == 0 => Cow::Borrowed(binary),
            (None, _) => return Err(malformed(format!("buffer {i} has no data"))),
            (Some(uri), _) => match uri.strip_prefix("data:").and_then(|data| data.split_once(',')) {
                Some((kind, text)) => {
                    let content = if kind.ends_with(";base64") { base64(text) } else { unescaped(text) };
                    Cow::Owned(content.ok_or_else(|| malformed(format!("the data of buffer {i} are not valid")))?)
                }
                None => return Err(ImportError::unsupported(Format::Glb, "data in a separate file")),
            },
        };
        if (content.len() as u64) < buffer.byte_length {
            let detail = format!("{} of {} bytes of buffer {i} are there", content.len(), buffer.byte_length);
            return Err(ImportError::truncated(Format::Glb, detail));
        }
        buffers.push(content);
    }
    Ok(buffers)
}

/// RFC 3986: bytes as `%` and two hexadecimal digits, or as they are.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    Some(bytes)
}

/// RFC 4648, with or without padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.chunks(4) {
        let mut bits = 0u32;
        for (i, digit) in group.iter().enumerate() {
            let value = match digit {
                b'A'..=b'Z' => digit - b'A',
                b'a'..=b'z' => digit - b'a' + 26,
                b'0'..=b'9' => digit - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                _ => return None,
            };
            bits |= u32::from(value) << (18 - 6 * i);
        }
        let [_, content @ ..] = bits.to_be_bytes();
        bytes.extend_from_slice(&content[..group.len().checked_sub(1).filter(|&count| count > 0)?]);
    }
    Some(bytes)
}

struct Scene<'a> {
    document: &'a Document,
    accessors: Accessors<'a>,
}

impl<'a> Scene<'a> {
    /// Every node of the scene with its placement in the world.
    fn nodes(&self) -> Result<Vec<(&'a Node, DAffine3)>, ImportError> {
        let Document { scene, scenes, nodes, .. } = self.document;
        let roots = match (scene, scenes.first()) {
            (Some(scene), _) => get(scenes, *scene, "scene")?.nodes.clone(),
            (None, Some(first)) => first.nodes.clone(),
            (None, None) => {
                let children: HashSet<u32> = nodes.iter().flat_map(|node| &node.children).copied().collect();
                (0..nodes.len() as u32).filter(|node| !children.contains(node)).collect()
            }
        };
        let mut placed = Vec::new();
        let mut seen = vec![false; nodes.len()];
        let mut open: Vec<(u32, DAffine3, usize)> =
            roots.into_iter().rev().map(|root| (root, DAffine3::IDENTITY, 0)).collect();
        while let Some((index, parent, depth)) = open.pop() {
            let node = get(nodes, index, "node")?;
            if std::mem::replace(&mut seen[index as usize], true) || depth > MAX_DEPTH {
                return Err(malformed(format!("node {index} hangs below itself, twice, or too deep")));
            }
            let placement = parent * placement(node);
            placed.push((node, placement));
            open.extend(node.children.iter().rev().map(|&child| (child, placement, depth + 1)));
        }
        Ok(placed)
    }

    fn base_color(&self, primitive: &Primitive) -> [f32; 4] {
        let material = primitive.material.and_then(|index| self.document.materials.get(index as usize));
        material.and_then(|material| material.pbr_metallic_roughness.base_color_factor).unwrap_or([1.0; 4])
    }

    /// Whether materials have colours: several, or one that is no grey, which stands for none.
    fn has_base_colors(&self) -> bool {
        let mut colors = self.document.meshes.iter().flat_map(|mesh| &mesh.primitives).map(|p| self.base_color(p));
        let is_grey = |[r, g, b, _]: [f32; 4]| r == g && g == b;
        colors.next().is_some_and(|first| !is_grey(first) || colors.any(|color| color != first))
    }

    /// Whether any part is coloured by vertices. The others show the colour of their material beside it.
    fn has_vertex_colors(&self) -> bool {
        self.document.meshes.iter().flat_map(|mesh| &mesh.primitives).any(|p| p.attributes.color.is_some())
    }

    fn add(
        &self,
        primitive: &Primitive,
        placement: DAffine3,
        use_base_color: bool,
        assembly: &mut Assembly,
    ) -> Result<(), ImportError> {
        const TRIANGLES: u32 = 4;
        const TRIANGLE_STRIP: u32 = 5;
        const TRIANGLE_FAN: u32 = 6;
        let mode = primitive.mode.unwrap_or(TRIANGLES);
        let is_surface = matches!(mode, TRIANGLES | TRIANGLE_STRIP | TRIANGLE_FAN);
        let Some(position) = primitive.attributes.position.filter(|_| is_surface) else { return Ok(()) };
        let positions: Vec<Vec3> =
            self.accessors.vectors(position)?.into_iter().map(|[x, y, z, _]| Vec3::new(x, y, z)).collect();
        let corners = match primitive.indices {
            Some(indices) => self.accessors.indices(indices)?,
            None => (0..positions.len() as u32).collect(),
        };
        let triangles: Vec<[u32; 3]> = match mode {
            TRIANGLES => corners.as_chunks::<3>().0.to_vec(),
            // Every second triangle of a strip winds the other way.
            TRIANGLE_STRIP => corners
                .windows(3)
                .enumerate()
                .map(|(i, w)| if i % 2 == 0 { [w[0], w[1], w[2]] } else { [w[1], w[0], w[2]] })
                .collect(),
            _ => corners.get(1..).unwrap_or_default().windows(2).map(|w| [corners[0], w[0], w[1]]).collect(),
        };
        let base = self.base_color(primitive);
        let colors = match primitive.attributes.color {
            Some(color) => {
                Some(self.accessors.vectors(color)?.into_iter().map(|color| srgb(color, base)).collect::<Vec<_>>())
            }
            None if use_base_color => Some(vec![srgb([1.0; 4], base); positions.len()]),
            None => None,
        };
        if colors.as_ref().is_some_and(|colors| colors.len() != positions.len()) {
            return Err(malformed("a part has more or fewer colours than vertices"));
        }
        let place = |p: Vec3| {
            let p = placement.transform_point3(p.as_dvec3()) * MILLIMETRES_PER_METRE;
            Vec3::new(p.x as f32, -p.z as f32, p.y as f32)
        };
        let mirrored = placement.matrix3.determinant() < 0.0;
        assembly.add(&positions, &triangles, colors.as_deref(), place, mirrored)
    }
}

fn placement(node: &Node) -> DAffine3 {
    let vector = |v: [f64; 3]| DVec3::from_array(v);
    match &node.matrix {
        Some(matrix) => DAffine3::from_mat4(DMat4::from_cols_array(matrix)),
        None => DAffine3::from_scale_rotation_translation(
            vector(node.scale.unwrap_or([1.0; 3])),
            DQuat::from_array(node.rotation.unwrap_or([0.0, 0.0, 0.0, 1.0])),
            vector(node.translation.unwrap_or_default()),
        ),
    }
}

/// A linear colour times the material's as sRGB levels.
fn srgb(color: [f32; 4], base: [f32; 4]) -> [u8; 3] {
    [0, 1, 2].map(|i| srgb_from_linear(color[i] * base[i]))
}
