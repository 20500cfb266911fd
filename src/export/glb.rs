//! Binary glTF 2.0: metres, +Y up, normals, linear vertex colours, one material.
//!
//! Follows the glTF 2.0 specification, sections 3.6.2 (accessors), 3.7.2 (meshes), 4.4 (GLB).

use std::io::{self, Write};

use glam::Vec3;
use serde_json::{Value, json};

use super::blocks::Sink;
use super::{ExportOptions, one_line};
use crate::color::linear_u16_from_srgb;
use crate::mesh::Mesh;

const ELEMENTS_PER_BLOCK: usize = 1 << 15;
const FLOAT: u32 = 5126;
const UNSIGNED_SHORT: u32 = 5123;
const UNSIGNED_INT: u32 = 5125;
const ARRAY_BUFFER: u32 = 34962;
const ELEMENT_ARRAY_BUFFER: u32 = 34963;

/// Print space (mm, +Z up, front towards −Y) to glTF (m, +Y up, front towards +Z).
fn gltf_from_print(p: Vec3) -> Vec3 {
    let metres = |mm: f32| (f64::from(mm) * 0.001) as f32;
    Vec3::new(metres(p.x), metres(p.z), metres(-p.y))
}

/// One array in the binary chunk. Every element is a multiple of 4 bytes, so all stay aligned.
struct Array {
    bytes_per_element: usize,
    count: usize,
    target: u32,
    accessor: Value,
}

fn arrays(mesh: &Mesh) -> Vec<Array> {
    let vertices = mesh.vertex_positions.len();
    let array =
        |bytes_per_element, accessor| Array { bytes_per_element, count: vertices, target: ARRAY_BUFFER, accessor };
    let (mut min, mut max) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
    for p in mesh.vertex_positions.iter().map(|&p| gltf_from_print(p)) {
        (min, max) = (min.min(p), max.max(p));
    }
    let mut arrays = vec![
        array(12, json!({"componentType": FLOAT, "type": "VEC3", "min": min.to_array(), "max": max.to_array()})),
        array(12, json!({"componentType": FLOAT, "type": "VEC3"})),
    ];
    if mesh.vertex_colors.is_some() {
        arrays.push(array(8, json!({"componentType": UNSIGNED_SHORT, "type": "VEC4", "normalized": true})));
    }
    arrays.push(Array {
        bytes_per_element: 4,
        count: mesh.triangle_indices.len() * 3,
        target: ELEMENT_ARRAY_BUFFER,
        accessor: json!({"componentType": UNSIGNED_INT, "type": "SCALAR"}),
    });
    arrays
}

/// The JSON chunk's text, padded to a multiple of four, and the size of the binary chunk.
fn json_chunk(mesh: &Mesh, options: &ExportOptions) -> (Vec<u8>, u64) {
    let (mut accessors, mut views, mut offset) = (Vec::new(), Vec::new(), 0u64);
    for Array { bytes_per_element, count, target, mut accessor } in arrays(mesh) {
        let bytes = bytes_per_element as u64 * count as u64;
        views.push(json!({"buffer": 0, "byteOffset": offset, "byteLength": bytes, "target": target}));
        accessor["bufferView"] = (views.len() - 1).into();
        accessor["count"] = count.into();
        accessors.push(accessor);
        offset += bytes;
    }
    let indices = accessors.len() - 1;
    let mut attributes = json!({"POSITION": 0, "NORMAL": 1});
    // Colours multiply the base colour: white lets them through, a light grey looks like filament.
    let base = if mesh.vertex_colors.is_some() {
        attributes["COLOR_0"] = 2.into();
        [1.0, 1.0, 1.0, 1.0]
    } else {
        [0.6, 0.6, 0.6, 1.0]
    };
    let title = one_line(&options.title);
    let name = if title.trim().is_empty() { "orfeas" } else { title.trim() };
    let document = json!({
        "asset": {"version": "2.0", "generator": concat!("ORFEAS Studio ", env!("CARGO_PKG_VERSION"))},
        "scene": 0,
        "scenes": [{"name": name, "nodes": [0]}],
        "nodes": [{"name": name, "mesh": 0}],
        "meshes": [{"name": name, "primitives": [
            {"attributes": attributes, "indices": indices, "material": 0, "mode": 4}
        ]}],
        "materials": [{"name": "print", "pbrMetallicRoughness": {
            "baseColorFactor": base, "metallicFactor": 0.0, "roughnessFactor": 0.7
        }}],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": offset}],
    });
    let mut text = document.to_string().into_bytes();
    text.resize(text.len().next_multiple_of(4), b' ');
    (text, offset)
}

fn total_bytes(json_bytes: usize, binary_bytes: u64) -> u64 {
    12 + 8 + json_bytes as u64 + 8 + binary_bytes
}

pub fn size_bytes(mesh: &Mesh, options: &ExportOptions) -> u64 {
    let (json, binary_bytes) = json_chunk(mesh, options);
    total_bytes(json.len(), binary_bytes)
}

pub fn write<W: Write + Send>(mesh: &Mesh, options: &ExportOptions, sink: &mut Sink<W>) -> io::Result<()> {
    let (json, binary_bytes) = json_chunk(mesh, options);
    let word = |number: u64| (number as u32).to_le_bytes();
    let header = [
        b"glTF".as_slice(),
        &word(2),
        &word(total_bytes(json.len(), binary_bytes)),
        &word(json.len() as u64),
        b"JSON",
        &json,
        &word(binary_bytes),
        b"BIN\0",
    ];
    sink.bytes(&header.concat())?;
    write_arrays(mesh, sink)
}

fn write_arrays<W: Write + Send>(mesh: &Mesh, sink: &mut Sink<W>) -> io::Result<()> {
    let Mesh { vertex_positions, triangle_indices, vertex_colors } = mesh;
    let normals = mesh.vertex_normals();
    sink.expect(vertex_positions.len() * (2 + usize::from(vertex_colors.is_some())) + triangle_indices.len());
    let vector = |v: Vec3, out: &mut Vec<u8>| v.to_array().iter().for_each(|n| out.extend_from_slice(&n.to_le_bytes()));
    sink.blocks(vertex_positions.len(), ELEMENTS_PER_BLOCK, |range, out| {
        vertex_positions[range].iter().for_each(|&p| vector(gltf_from_print(p), out));
    })?;
    sink.blocks(normals.len(), ELEMENTS_PER_BLOCK, |range, out| {
        normals[range].iter().for_each(|n| vector(Vec3::new(n.x, n.z, -n.y), out));
    })?;
    if let Some(colors) = vertex_colors {
        let linear: Vec<[u8; 2]> = (0..=255).map(|level| linear_u16_from_srgb(level).to_le_bytes()).collect();
        sink.blocks(colors.len(), ELEMENTS_PER_BLOCK, |range, out| {
            for color in &colors[range] {
                color.iter().for_each(|&level| out.extend_from_slice(&linear[usize::from(level)]));
                out.extend_from_slice(&[255, 255]);
            }
        })?;
    }
    sink.blocks(triangle_indices.len(), ELEMENTS_PER_BLOCK, |range, out| {
        triangle_indices[range].iter().flatten().for_each(|index| out.extend_from_slice(&index.to_le_bytes()));
    })
}
