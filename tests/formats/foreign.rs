//! Files as other programs write them.

use std::f64::consts::FRAC_1_SQRT_2;
use std::io::Write as _;

use glam::Vec3;
use orfeas::export::Format;
use orfeas::import;
use orfeas::mesh::Mesh;
use serde_json::{Value, json};

use super::shapes::cube;

/// A 3MF package of the parts given.
pub fn package(parts: &[(&str, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The `<mesh>` of a unit cube around the origin, with attributes on each triangle.
pub fn cube_xml(attributes: &str) -> String {
    let cube = cube(Vec3::ZERO, 0.5);
    let vertices = cube.vertex_positions.iter().map(|p| format!("<vertex x=\"{}\" y='{}' z=\"{}\" />", p.x, p.y, p.z));
    let triangles = cube
        .triangle_indices
        .iter()
        .map(|t| format!("<triangle v1=\"{}\" v2=\"{}\" v3=\"{}\" {attributes}/>", t[0], t[1], t[2]));
    let (vertices, triangles): (String, String) = (vertices.collect(), triangles.collect());
    format!("<mesh><vertices>{vertices}</vertices><triangles>{triangles}</triangles></mesh>")
}

fn close(mesh: &Mesh, min: [f32; 3], max: [f32; 3]) {
    let bounds = mesh.bounds().unwrap();
    let (min, max) = (Vec3::from_array(min), Vec3::from_array(max));
    assert!(bounds.min.distance(min) < 1e-3 && bounds.max.distance(max) < 1e-3, "{bounds:?}");
    assert!(mesh.signed_volume() > 0.0, "it is not inside out");
}

#[test]
fn a_3mf_with_units_components_mirrors_and_parts_in_other_files() {
    let root = format!(
        "<?xml version=\"1.0\"?><model unit=\"inch\" xmlns=\"c\" xmlns:m=\"m\" xmlns:p=\"p\"><resources>\
         <m:colorgroup id=\"5\"><m:color color=\"#FF0000FF\"/><m:color color=\"#00ff00\"/></m:colorgroup>\
         <object id=\"1\" pid=\"5\" pindex=\"1\">{}</object>\
         <object id=\"2\"><components><component objectid=\"1\"/>\
         <component objectid=\"7\" p:path=\"/3D/other.model\" transform=\"-1 0 0 0 1 0 0 0 1 2 0 0\"/></components></object>\
         </resources><build><item objectid=\"2\" transform=\"1 0 0 0 2 0 0 0 1 0 0 0.5\"/></build></model>",
        cube_xml("")
    );
    let other = format!("<model><resources><object id=\"7\">{}</object></resources></model>", cube_xml(""));
    let relationships = "<Relationships><Relationship Target=\"/3D/root.model\" Id=\"a\" \
         Type=\"http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel\"/></Relationships>";
    let file = package(&[("_rels/.rels", relationships.into()), ("3D/root.model", root), ("3D/other.model", other)]);
    let mesh = import::read_bytes(&file, Format::ThreeMf).unwrap();
    assert_eq!(mesh.triangle_indices.len(), 24);
    close(&mesh, [-12.7, -25.4, 0.0], [63.5, 25.4, 25.4]);
    let colors = mesh.vertex_colors.unwrap();
    assert_eq!(colors.iter().filter(|color| **color == [0, 255, 0]).count(), 8, "the object's own colour");
}

/// A glTF document around a binary chunk: a unit cube with indices of the kind given.
fn gltf(nodes: Value, component_type: u32) -> (Value, Vec<u8>) {
    let cube = cube(Vec3::ZERO, 0.5);
    let mut binary: Vec<u8> =
        cube.vertex_positions.iter().flat_map(|p| p.to_array()).flat_map(f32::to_le_bytes).collect();
    let indices = cube.triangle_indices.iter().flatten().copied();
    match component_type {
        5121 => binary.extend(indices.map(|i| i as u8)),
        5123 => binary.extend(indices.flat_map(|i| (i as u16).to_le_bytes())),
        _ => binary.extend(indices.flat_map(u32::to_le_bytes)),
    }
    binary.resize(binary.len().next_multiple_of(4), 0);
    let document = json!({
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": nodes,
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 8},
            {"bufferView": 1, "componentType": component_type, "type": "SCALAR", "count": 36},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 96},
            {"buffer": 0, "byteOffset": 96, "byteLength": binary.len() - 96},
        ],
        "buffers": [{"byteLength": binary.len()}],
    });
    (document, binary)
}

/// A GLB of a document and its binary chunk.
pub fn glb(document: &Value, binary: &[u8]) -> Vec<u8> {
    let mut text = document.to_string().into_bytes();
    text.resize(text.len().next_multiple_of(4), b' ');
    let word = |n: usize| (n as u32).to_le_bytes();
    let parts: [&[u8]; 9] = [
        b"glTF",
        &word(2),
        &word(28 + text.len() + binary.len()),
        &word(text.len()),
        b"JSON",
        &text,
        &word(binary.len()),
        b"BIN\0",
        binary,
    ];
    parts.concat()
}

/// [`gltf`] as a file, changed by `change`.
pub fn changed_glb(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (mut document, binary) = gltf(json!([{"mesh": 0}]), 5125);
    change(&mut document);
    glb(&document, &binary)
}

#[test]
fn a_glb_with_nested_nodes_and_any_kind_of_index() {
    let nodes = json!([
        {"children": [1, 2], "scale": [0.01, 0.01, 0.01]},
        {"mesh": 0, "translation": [0.0, 2.0, 0.0], "rotation": [0.0, 0.0, FRAC_1_SQRT_2, FRAC_1_SQRT_2]},
        // Mirrored: x to −x.
        {"mesh": 0, "matrix": [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 3, 1]},
    ]);
    for component_type in [5121, 5123, 5125] {
        let (document, binary) = gltf(nodes.clone(), component_type);
        let mesh = import::read_bytes(&glb(&document, &binary), Format::Glb).unwrap();
        assert_eq!(mesh.triangle_indices.len(), 24);
        // Metres times a hundredth are centimetres; up is z, and the viewer's side is −y.
        close(&mesh, [-5.0, -35.0, -5.0], [5.0, 5.0, 25.0]);
        assert_eq!(mesh.vertex_colors, None);
    }
}

#[test]
fn a_gltf_with_its_data_inside_is_read_and_one_with_files_is_refused() {
    let (mut document, binary) = gltf(json!([{"mesh": 0}]), 5123);
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::from("data:application/octet-stream;base64,");
    for group in binary.chunks(3) {
        let bits = u32::from_be_bytes([0, group[0], *group.get(1).unwrap_or(&0), *group.get(2).unwrap_or(&0)]);
        (0..=group.len()).for_each(|i| text.push(DIGITS[(bits >> (18 - 6 * i) & 63) as usize] as char));
        (group.len()..3).for_each(|_| text.push('='));
    }
    document["buffers"][0]["uri"] = text.into();
    let mesh = import::read_bytes(document.to_string().as_bytes(), Format::Glb).unwrap();
    close(&mesh, [-500.0; 3], [500.0; 3]);
    document["buffers"][0]["uri"] = "cube.bin".into();
    let error = import::read_bytes(document.to_string().as_bytes(), Format::Glb).unwrap_err().to_string();
    assert!(error.contains("separate file"), "{error}");
}

#[test]
fn an_obj_with_quads_negative_indices_normals_and_joined_lines() {
    let text = "# a comment\nmtllib none.mtl\nv -1 -1 0 1.0\nv 1 -1 \\\n 0\nv 1 1 0\nv -1 1 0\nvn 0 0 1\nvt 0 0\n\
                v 0 0 1 255 0 0\ng side\nusemtl red\ns off\nf -5/1/1 -4/1/1 -1//1\nf 2 3 5\nf 3//1 4//1 5\nf 4 1 5\nf 4 3 2 1\nl 1 2\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let mesh = import::read_bytes(text.as_bytes(), Format::Obj).unwrap();
        assert_eq!((mesh.triangle_indices.len(), mesh.vertex_positions.len()), (6, 5));
        close(&mesh, [-1.0, -1.0, 0.0], [1.0, 1.0, 1.0]);
        assert_eq!(mesh.vertex_colors.unwrap().iter().filter(|color| **color == [255, 0, 0]).count(), 1);
    }
}

#[test]
fn a_comment_of_an_obj_that_ends_in_a_backslash_ends_there() {
    let solid = "v 0 0 0\nv 9 0 0\nv 0 8 0\nv 0 0 7\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n";
    let read = |comment: &str| import::read_bytes(format!("{comment}\n{solid}").as_bytes(), Format::Obj).unwrap();
    let expected = read("# made from C:\\models");
    for comment in ["# made from C:\\models\\", " \t#\\", "#\\\r", "g part # of C:\\models\\"] {
        assert_eq!(read(comment), expected, "{comment:?}");
    }
}

#[test]
fn a_ply_of_text_and_one_of_big_endian_quads() {
    let cube = cube(Vec3::ZERO, 1.0);
    let vertices: String =
        cube.vertex_positions.iter().map(|p| format!("{} {} {} 0.5 1.0 0\n", p.x, p.y, p.z)).collect();
    let faces: String = cube.triangle_indices.iter().map(|t| format!("3 {} {} {}\n", t[0], t[1], t[2])).collect();
    let text = format!(
        "ply\nformat ascii 1.0\ncomment x\nelement vertex 8\nproperty double x\nproperty double y\nproperty double z\n\
         property float red\nproperty float green\nproperty float blue\nelement face 12\n\
         property list uint8 int32 vertex_index\nend_header\n{vertices}{faces}"
    );
    let mesh = import::read_bytes(text.as_bytes(), Format::Ply).unwrap();
    close(&mesh, [-1.0; 3], [1.0; 3]);
    assert_eq!(mesh.vertex_colors.unwrap()[0], [128, 255, 0]);

    let mut file = b"ply\nformat binary_big_endian 1.0\nelement vertex 8\nproperty float x\nproperty float y\nproperty float z\n\
        property float quality\nelement face 6\nproperty uchar flags\nproperty list uchar ushort vertex_indices\nend_header\n".to_vec();
    for p in &cube.vertex_positions {
        [p.x, p.y, p.z, 7.0].iter().for_each(|n| file.extend(n.to_be_bytes()));
    }
    for pair in cube.triangle_indices.chunks(2) {
        file.extend([1, 4]);
        [pair[0][0], pair[0][1], pair[0][2], pair[1][2]].iter().for_each(|&i| file.extend((i as u16).to_be_bytes()));
    }
    let mesh = import::read_bytes(&file, Format::Ply).unwrap();
    assert_eq!(mesh.triangle_indices.len(), 12);
    close(&mesh, [-1.0; 3], [1.0; 3]);
}

#[test]
fn comments_of_a_ply_may_be_in_any_encoding() {
    let cube = cube(Vec3::ZERO, 1.0);
    let points: Vec<[f32; 3]> = cube.vertex_positions.iter().map(Vec3::to_array).collect();
    let text = points.iter().map(|p| format!("{} {} {}\n", p[0], p[1], p[2])).collect::<String>()
        + &cube.triangle_indices.iter().map(|t| format!("3 {} {} {}\n", t[0], t[1], t[2])).collect::<String>();
    // Bytes that are no ASCII, in the payload as well.
    let mut binary: Vec<u8> = points.iter().flatten().flat_map(|n| n.to_le_bytes()).collect();
    for triangle in &cube.triangle_indices {
        binary.push(3);
        binary.extend(triangle.iter().flat_map(|corner| corner.to_le_bytes()));
    }
    for (encoding, body) in [("ascii", text.as_bytes()), ("binary_little_endian", &binary)] {
        for (comment, end) in [(&b"Gr\xf6\xdfe \x80"[..], "\n"), (b"C:\\J\xfcrgen", "\r\n"), ("Größe".as_bytes(), "\n")]
        {
            let mut file = format!("ply{end}format {encoding} 1.0{end}comment ").into_bytes();
            file.extend([comment, end.as_bytes(), b"obj_info ", comment, end.as_bytes()].concat());
            for line in [
                "element vertex 8",
                "property float x",
                "property float y",
                "property float z",
                "element face 12",
                "property list uchar int vertex_indices",
                "end_header",
            ] {
                file.extend(format!("{line}{end}").bytes());
            }
            file.extend(body);
            let mesh = import::read_bytes(&file, Format::Ply).unwrap_or_else(|e| panic!("{encoding} {comment:?}: {e}"));
            assert_eq!(mesh, cube, "{encoding} {comment:?}");
        }
    }
}

/// A text STL of a cube with these normals and this name.
fn text_stl(normal: &str, name: &str) -> String {
    let cube = cube(Vec3::ZERO, 1.0);
    let facet = |t: usize| {
        let corners = cube.triangle(t).map(|p| format!("vertex {} {} {}\n", p.x, p.y, p.z)).concat();
        format!("facet normal {normal}\nouter loop\n{corners}endloop\nendfacet\n")
    };
    let facets: String = (0..cube.triangle_indices.len()).map(facet).collect();
    format!("solid {name}\n{facets}endsolid {name}\n")
}

#[test]
fn a_text_stl_may_have_any_three_words_as_a_normal_and_begin_with_a_byte_order_mark() {
    for normal in ["-1.#IND -1.#IND -1.#IND", "-nan(ind) -nan(ind) -nan(ind)", "nan nan nan", "0 0 1"] {
        for name in ["", "würfel"] {
            let text = text_stl(normal, name);
            for text in [text.clone(), format!("\u{feff}{text}"), format!("\u{feff}\n{text}")] {
                let mesh = import::read_bytes(text.as_bytes(), Format::Stl).unwrap();
                assert_eq!((mesh.triangle_indices.len(), mesh.vertex_positions.len()), (12, 8), "{normal}");
                close(&mesh, [-1.0; 3], [1.0; 3]);
            }
        }
    }
    let short = text_stl("0 0", "");
    assert!(import::read_bytes(short.as_bytes(), Format::Stl).is_err());
}

#[test]
fn a_binary_stl_that_starts_with_solid_may_have_bytes_after_its_triangles() {
    let mesh = cube(Vec3::ZERO, 1.0);
    let mut file = orfeas::export::to_bytes(&mesh, Format::Stl, &Default::default()).unwrap();
    file[..80].fill(b' ');
    file[..13].copy_from_slice(b"solid figure\n");
    for trailing in [1, 2, 4096] {
        let file = [file.as_slice(), &vec![b'x'; trailing]].concat();
        assert_eq!(import::read_bytes(&file, Format::Stl).unwrap().triangle_indices.len(), 12, "{trailing}");
    }
    let file = [file.as_slice(), &[b'x'; 4097]].concat();
    assert!(import::read_bytes(&file, Format::Stl).is_err(), "more is another kind of file");
}

#[test]
fn a_glb_may_require_extensions_that_leave_the_shape_alone() {
    for extension in [
        "KHR_texture_basisu",
        "KHR_texture_transform",
        "EXT_texture_webp",
        "EXT_texture_avif",
        "MSFT_texture_dds",
        "KHR_lights_punctual",
        "EXT_lights_image_based",
        "KHR_xmp",
        "KHR_xmp_json_ld",
        "KHR_materials_variants",
        "KHR_mesh_quantization",
    ] {
        let file = changed_glb(|document| document["extensionsRequired"] = json!([extension]));
        let mesh = import::read_bytes(&file, Format::Glb).map_err(|error| error.to_string());
        assert!(mesh.as_ref().is_ok_and(|mesh| mesh.triangle_indices.len() == 12), "{extension}: {mesh:?}");
    }
}

#[test]
fn colours_of_an_obj_count_to_1_or_to_255_in_the_whole_file() {
    let read = |colors: [&str; 4]| {
        let corners = ["0 0 0", "1 0 0", "0 1 0", "0 0 1"].iter().zip(colors).map(|(p, rgb)| format!("v {p} {rgb}\n"));
        let text = corners.collect::<String>() + "f 1 3 2\nf 1 2 4\nf 2 3 4\nf 3 1 4\n";
        import::read_bytes(text.as_bytes(), Format::Obj).unwrap().vertex_colors.unwrap()
    };
    let grey = [200; 3];
    assert_eq!(read(["0 0 1", "1 1 1", "", "255 128 2"]), [[0, 0, 1], [1, 1, 1], grey, [255, 128, 2]]);
    assert_eq!(read(["", "0 0 1", "1.0001 .5 .25", "-0.1 1 0"]), [grey, [0, 0, 255], [255, 128, 64], [0, 255, 0]]);
    assert_eq!(read(["300 -1 0", "0 0 0", "0 0 0.4", "0 0 0"]), [[255, 0, 0], [0; 3], [0; 3], [0; 3]]);
}

#[test]
fn parts_of_a_glb_without_vertex_colours_keep_their_material_beside_those_with_them() {
    let (mut document, mut binary) = gltf(json!([{"mesh": 0}]), 5125);
    let start = binary.len();
    binary.extend([0, 255, 0, 255].repeat(8));
    document["materials"] = json!([{"pbrMetallicRoughness": {"baseColorFactor": [1.0, 0.0, 0.0, 1.0]}}]);
    document["accessors"]
        .as_array_mut()
        .unwrap()
        .push(json!({"bufferView": 2, "componentType": 5121, "normalized": true, "type": "VEC4", "count": 8}));
    let view = json!({"buffer": 0, "byteOffset": start, "byteLength": 32});
    document["bufferViews"].as_array_mut().unwrap().push(view);
    document["buffers"][0]["byteLength"] = json!(binary.len());
    let plain = json!({"attributes": {"POSITION": 0}, "indices": 1, "material": 0});
    document["meshes"] = json!([
        {"primitives": [plain]},
        {"primitives": [{"attributes": {"POSITION": 0, "COLOR_0": 2}, "indices": 1, "material": 0}]},
    ]);
    document["scenes"][0]["nodes"] = json!([0, 1]);
    document["nodes"] = json!([{"mesh": 0}, {"mesh": 1, "translation": [3.0, 0.0, 0.0]}]);
    let mesh = import::read_bytes(&glb(&document, &binary), Format::Glb).unwrap();
    let colors = mesh.vertex_colors.unwrap();
    // Red times green is black.
    assert_eq!((&colors[..8], &colors[8..]), ([[255, 0, 0]; 8].as_slice(), [[0; 3]; 8].as_slice()));
}

#[test]
fn a_u_of_concave_faces_is_a_solid_in_obj_and_ply_whatever_comes_first() {
    let outline = [[0, 0], [30, 0], [30, 40], [20, 40], [20, 10], [10, 10], [10, 40], [0, 40]];
    let position = |z: u32| outline.iter().map(move |[x, y]| format!("{x} {y} {z}"));
    let positions: Vec<String> = position(0).chain(position(8)).collect();
    let mut faces: Vec<Vec<usize>> = vec![(0..8).rev().collect(), (8..16).collect()];
    faces.extend((0..8).map(|i| vec![i, (i + 1) % 8, (i + 1) % 8 + 8, i + 8]));
    let listed = |face: &Vec<usize>, add: usize| face.iter().map(|i| format!(" {}", i + add)).collect::<String>();
    let obj_vertices: String = positions.iter().map(|p| format!("v {p}\n")).collect();
    let obj_faces: String = faces.iter().map(|face| format!("f{}\n", listed(face, 1))).collect();
    let (vertices, faces) = (
        positions.iter().map(|p| format!("{p}\n")).collect::<String>(),
        faces.iter().map(|face| format!("{}{}\n", face.len(), listed(face, 0))).collect::<String>(),
    );
    let vertex = "element vertex 16\nproperty float x\nproperty float y\nproperty float z\n";
    let face = "element face 10\nproperty list uchar int vertex_indices\n";
    let ply = |header: [&str; 2], body: [&str; 2]| {
        format!("ply\nformat ascii 1.0\n{}end_header\n{}", header.concat(), body.concat())
    };
    for (text, format) in [
        (obj_vertices.clone() + &obj_faces, Format::Obj),
        (obj_faces + &obj_vertices, Format::Obj),
        (ply([vertex, face], [&vertices, &faces]), Format::Ply),
        (ply([face, vertex], [&faces, &vertices]), Format::Ply),
    ] {
        let mesh = import::read_bytes(text.as_bytes(), format).unwrap();
        close(&mesh, [0.0; 3], [30.0, 40.0, 8.0]);
        assert_eq!(mesh.triangle_indices.len(), 28, "{format:?}");
        // Two faces of 900 mm², and 200 mm around them.
        assert!((mesh.signed_volume() - 7200.0).abs() < 1e-3 && (mesh.area() - 3400.0).abs() < 1e-3, "{text}");
        let area = |[a, b, c]: [Vec3; 3]| (b - a).cross(c - a).length();
        assert!((0..28).all(|t| area(mesh.triangle(t)) > 1.0), "{text}");
    }
}

#[test]
fn an_obj_may_have_words_behind_its_numbers_and_comments_that_end_in_a_backslash() {
    let text = "# made from C:\\models\\\nv 0 0 0 # the first\nv 1 0 0\nv 0 1 0\nv 0 0 1 #\n".to_owned();
    let faces = "f 1 3 2 # below\nf 1 2 4\nf 2 3 4 #\nf 3 1 4\n";
    let mesh = import::read_bytes((text + faces).as_bytes(), Format::Obj).unwrap();
    close(&mesh, [0.0; 3], [1.0; 3]);
    assert!((mesh.signed_volume() - 1.0 / 6.0).abs() < 1e-6);
}

#[test]
fn an_obj_of_our_own_may_be_added_to_and_named_as_one_likes() {
    let mesh = cube(Vec3::ZERO, 1.0);
    for name in ["cat\\", "# cat", "\\", "#\\#\\", "a\\b", "a\\ \\", "# #cat"] {
        let options = orfeas::export::ExportOptions { title: name.to_owned(), ..Default::default() };
        let file = orfeas::export::to_bytes(&mesh, Format::Obj, &options).unwrap();
        let read = |file: &[u8]| import::read_bytes(file, Format::Obj);
        assert_eq!(read(&file).unwrap(), mesh, "{name}");
        let text = String::from_utf8(file).unwrap();
        let more = format!("{text}v 2 0 0\nf 1 2 9\n");
        assert_eq!(read(more.as_bytes()).unwrap().triangle_indices.len(), 13, "{name}");
        let end = text.trim_end().rfind('\n').unwrap();
        assert!(read(&text.as_bytes()[..end]).unwrap_err().to_string().contains("11 of 12"), "{name}");
    }
}

#[test]
fn colours_of_a_ply_have_any_number_of_bits() {
    for (kind, colors) in
        [("uchar", "255 128 0"), ("ushort", "65535 32896 0"), ("float", "1 0.502 0"), ("int", "255 128 0")]
    {
        let text = format!(
            "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n\
             property {kind} red\nproperty {kind} green\nproperty {kind} blue\nelement face 1\n\
             property list uchar int vertex_indices\nend_header\n0 0 0 {colors}\n1 0 0 {colors}\n0 1 0 {colors}\n3 0 1 2\n"
        );
        let mesh = import::read_bytes(text.as_bytes(), Format::Ply).unwrap();
        assert_eq!(mesh.vertex_colors.unwrap(), [[255, 128, 0]; 3], "{kind}");
    }
}
