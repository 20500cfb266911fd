//! Bad meshes. They go through `convert`, which reads, checks and writes.

use glam::Vec3;
use orfeas::export::{self, ExportOptions, Format};
use orfeas::mesh::Mesh;

use super::bytes::{glb, stl, three_mf, three_mf_of, truncated};
use super::desk::{Desk, assert_refused};

const CONVERT: &[&str] = &["convert", "{}", "solid.stl", "--quiet"];
/// Failed to read, or read and found to be open.
const REFUSED: &[i32] = &[1, 3];

fn cube() -> Mesh {
    let corner = |i: usize| Vec3::new((i & 1) as f32, (i >> 1 & 1) as f32, (i >> 2 & 1) as f32) * 10.0;
    let faces = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    Mesh {
        vertex_positions: (0..8).map(corner).collect(),
        triangle_indices: faces.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
        vertex_colors: Some(vec![[200, 120, 40]; 8]),
    }
}

fn encoded(format: Format) -> Vec<u8> {
    export::to_bytes(&cube(), format, &ExportOptions::default()).unwrap()
}

fn ascii_stl() -> String {
    let mesh = cube();
    let facets: String = (0..mesh.triangle_indices.len())
        .map(|t| {
            let corners = mesh.triangle(t).map(|p| format!("      vertex {} {} {}\n", p.x, p.y, p.z)).concat();
            format!("  facet normal 0 0 0\n    outer loop\n{corners}    endloop\n  endfacet\n")
        })
        .collect();
    format!("solid cube\n{facets}endsolid cube\n")
}

/// An ASCII PLY with these lines after the header.
fn ply(vertices: u64, faces: u64, lines: &str) -> Vec<u8> {
    format!(
        "ply\nformat ascii 1.0\nelement vertex {vertices}\nproperty float x\nproperty float y\nproperty float z\n\
         element face {faces}\nproperty list uchar int vertex_indices\nend_header\n{lines}"
    )
    .into_bytes()
}

fn named(files: Vec<(&str, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

#[test]
fn the_undamaged_meshes_are_taken() {
    let mut files: Vec<_> = Format::ALL.iter().map(|f| (format!("cube.{}", f.extension()), encoded(*f))).collect();
    files.push(("ascii.stl".to_owned(), ascii_stl().into_bytes()));
    for (name, bytes) in files {
        let desk = Desk::new();
        desk.put(&name, &bytes);
        let outcome = desk.run(&["convert", &name, "solid.stl", "--quiet"]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{name}");
    }
}

#[test]
fn truncated_meshes_are_refused() {
    let mut files: Vec<_> = Format::ALL.iter().flat_map(|f| truncated(f.extension(), &encoded(*f))).collect();
    files.extend(truncated("stl", ascii_stl().as_bytes()).into_iter().map(|(name, b)| (format!("ascii-{name}"), b)));
    assert_refused(files, CONVERT, REFUSED);
}

#[test]
fn what_is_no_mesh_is_refused() {
    let text = b"This is a shopping list: bread, cheese, filament.\n".to_vec();
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".to_vec();
    let mut files = Vec::new();
    for format in Format::ALL {
        let ending = format.extension();
        files.push((format!("empty.{ending}"), Vec::new()));
        files.push((format!("text.{ending}"), text.clone()));
        files.push((format!("picture.{ending}"), picture.clone()));
        files.push((format!("zeros.{ending}"), vec![0; 1000]));
    }
    files.push(("cube.xyz".to_owned(), encoded(Format::Stl)));
    files.push(("cube".to_owned(), encoded(Format::Stl)));
    assert_refused(files, CONVERT, &[1, 2]);
}

#[test]
fn bad_stl_is_refused() {
    let triangle = |x: f32| [[0.0, 0.0, 0.0], [x, 0.0, 0.0], [0.0, 1.0, 0.0]];
    let files = vec![
        ("no-triangles.stl", stl(0, &[])),
        ("four-billion.stl", stl(u32::MAX, &[triangle(1.0)])),
        ("one-too-many.stl", stl(3, &[triangle(1.0); 2])),
        ("nan.stl", stl(1, &[triangle(f32::NAN)])),
        ("infinite.stl", stl(1, &[triangle(f32::NEG_INFINITY)])),
        ("astronomic.stl", stl(1, &[triangle(3e38)])),
        ("points.stl", stl(4, &[[[1.0; 3]; 3]; 4])),
        ("ascii-nan.stl", ascii_stl().replacen("10", "nan", 1).into_bytes()),
        ("ascii-words.stl", ascii_stl().replacen("10", "ten", 1).into_bytes()),
        ("ascii-empty.stl", b"solid nothing\nendsolid nothing\n".to_vec()),
        ("ascii-two-corners.stl", ascii_stl().replacen("      vertex 0 0 0\n", "", 1).into_bytes()),
    ];
    assert_refused(named(files), CONVERT, REFUSED);
}

#[test]
fn bad_ply_is_refused() {
    let corners = "0 0 0\n1 0 0\n0 1 0\n";
    let header = |vertex: &str, face: &str| {
        format!("ply\nformat binary_little_endian 1.0\n{vertex}\n{face}\nend_header\n").into_bytes()
    };
    let floats = "element vertex 3\nproperty float x\nproperty float y\nproperty float z";
    let files = vec![
        ("no-triangles.ply", ply(3, 0, corners)),
        ("no-vertices.ply", ply(0, 1, "3 0 1 2\n")),
        ("beyond.ply", ply(3, 1, &format!("{corners}3 0 1 3\n"))),
        ("negative.ply", ply(3, 1, &format!("{corners}3 0 1 -1\n"))),
        ("nan.ply", ply(3, 1, "0 0 0\nnan 0 0\n0 1 0\n3 0 1 2\n")),
        ("infinite.ply", ply(3, 1, "0 0 0\ninf 0 0\n0 1 0\n3 0 1 2\n")),
        ("line.ply", ply(3, 1, &format!("{corners}2 0 1\n"))),
        ("eighteen-trillion.ply", ply(18_000_000_000_000, 1, corners)),
        ("beyond-64-bits.ply", replaced(&ply(777, 1, corners), "777", "99999999999999999999")),
        ("many-faces.ply", ply(3, u64::from(u32::MAX), &format!("{corners}3 0 1 2\n"))),
        ("no-end.ply", b"ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\n".to_vec()),
        ("no-format.ply", b"ply\nend_header\n".to_vec()),
        ("unknown-type.ply", header("element vertex 1\nproperty quaternion x", "")),
        ("no-z.ply", replaced(&ply(3, 1, corners), "property float z\n", "")),
        (
            "endless-list.ply",
            [header(floats, "element face 1\nproperty list uint int vertex_indices"), vec![0; 36], vec![0xFF; 64]]
                .concat(),
        ),
    ];
    assert_refused(named(files), CONVERT, REFUSED);
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn bad_obj_is_refused() {
    let corners = "v 0 0 0\nv 1 0 0\nv 0 1 0\n";
    let with = |tail: &str| format!("{corners}{tail}").into_bytes();
    let files = vec![
        ("no-triangles.obj", corners.into()),
        ("beyond.obj", with("f 1 2 4\n")),
        ("far-beyond.obj", with("f 1 2 99999999999999999999\n")),
        ("zero.obj", with("f 0 1 2\n")),
        ("too-negative.obj", with("f -1 -2 -4\n")),
        ("nan.obj", b"v 0 0 0\nv nan 0 0\nv 0 1 0\nf 1 2 3\n".to_vec()),
        ("infinite.obj", b"v 0 0 0\nv 1e999 0 0\nv 0 1 0\nf 1 2 3\n".to_vec()),
        ("two-numbers.obj", b"v 0 0\nv 1 0\nv 0 1\nf 1 2 3\n".to_vec()),
        ("line.obj", with("l 1 2\nf 1 2\n")),
        ("point.obj", with("f 1 1 1\n")),
        ("no-vertices.obj", b"f 1 2 3\n".to_vec()),
        ("bad-letters.obj", [&with("f 1 2 3\n")[..], b"\xFF\xFE\x00\x80"].concat()),
    ];
    assert_refused(named(files), CONVERT, REFUSED);
}

/// A GLB of one triangle whose JSON is changed by `edit` and whose binary part is given.
fn glb_with(edit: impl Fn(String) -> String, binary: &[u8]) -> Vec<u8> {
    let json = r#"{"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],
        "meshes":[{"primitives":[{"attributes":{"POSITION":0},"indices":1}]}],
        "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3","min":[0,0,0],"max":[1,1,0]},
                     {"bufferView":1,"componentType":5125,"count":3,"type":"SCALAR"}],
        "bufferViews":[{"buffer":0,"byteOffset":0,"byteLength":36},{"buffer":0,"byteOffset":36,"byteLength":12}],
        "buffers":[{"byteLength":48}]}"#;
    glb(&edit(json.to_owned()), binary)
}

#[test]
fn bad_glb_is_refused() {
    let binary = |corner: f32, index: u32| -> Vec<u8> {
        let positions = [0.0, 0.0, 0.0, corner, 0.0, 0.0, 0.0, 1.0, 0.0_f32];
        positions
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .chain([0, 1, index].iter().flat_map(|i| i.to_le_bytes()))
            .collect()
    };
    let good = binary(1.0, 2);
    let edited = |from: &str, to: &str| {
        glb_with(
            |json| {
                assert!(json.contains(from), "{from}");
                json.replacen(from, to, 1)
            },
            &good,
        )
    };
    let mut wrong_version = edited("2.0", "2.0");
    wrong_version[4] = 9;
    let mut long = edited("2.0", "2.0");
    long[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut long_chunk = edited("2.0", "2.0");
    long_chunk[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
    let files = vec![
        ("open.glb", edited("2.0", "2.0")),
        ("beyond.glb", glb_with(|json| json, &binary(1.0, 3))),
        ("nan.glb", glb_with(|json| json, &binary(f32::NAN, 2))),
        ("infinite.glb", glb_with(|json| json, &binary(f32::INFINITY, 2))),
        ("no-triangles.glb", edited("\"meshes\":[{", "\"unused\":[{")),
        ("empty-scene.glb", edited("[{\"nodes\":[0]}]", "[{\"nodes\":[]}]")),
        ("huge-count.glb", edited("\"count\":3", "\"count\":4000000000")),
        ("outside-view.glb", edited("\"byteOffset\":36", "\"byteOffset\":44")),
        ("outside-buffer.glb", edited("\"byteLength\":36", "\"byteLength\":3600")),
        ("no-buffer.glb", edited("\"buffers\":[{\"byteLength\":48}]", "\"buffers\":[]")),
        ("other-file.glb", edited("{\"byteLength\":48}", "{\"byteLength\":48,\"uri\":\"/etc/passwd\"}")),
        ("no-such-accessor.glb", edited("\"POSITION\":0", "\"POSITION\":7")),
        ("no-positions.glb", edited("\"POSITION\":0", "\"NORMAL\":0")),
        ("lines.glb", edited("\"indices\":1}", "\"indices\":1,\"mode\":1}")),
        ("own-child.glb", edited("{\"mesh\":0}", "{\"mesh\":0,\"children\":[0]}")),
        ("flat.glb", edited("{\"mesh\":0}", "{\"mesh\":0,\"scale\":[0,0,0]}")),
        ("not-json.glb", glb("{\"asset\":", &good)),
        ("deep.glb", glb(&"[".repeat(200_000), &good)),
        ("wrong-version.glb", wrong_version),
        ("long.glb", long),
        ("long-chunk.glb", long_chunk),
    ];
    assert_refused(named(files), CONVERT, REFUSED);
}

const TRIANGLE: &str = "<object id=\"1\" type=\"model\"><mesh><vertices><vertex x=\"0\" y=\"0\" z=\"0\"/>\
    <vertex x=\"1\" y=\"0\" z=\"0\"/><vertex x=\"0\" y=\"1\" z=\"0\"/></vertices>\
    <triangles><triangle v1=\"0\" v2=\"1\" v3=\"2\"/></triangles></mesh></object>";
const ITEM: &str = "<item objectid=\"1\"/>";

#[test]
fn bad_3mf_is_refused() {
    let edited = |from: &str, to: &str| {
        assert!(TRIANGLE.contains(from), "{from}");
        three_mf(&TRIANGLE.replacen(from, to, 1), ITEM)
    };
    let component = |id: u32, of: u32| {
        format!("<object id=\"{id}\" type=\"model\"><components><component objectid=\"{of}\"/></components></object>")
    };
    let doubling: String = (2..40)
        .map(|id| {
            let twice = format!("<component objectid=\"{}\"/>", id - 1).repeat(2);
            format!("<object id=\"{id}\" type=\"model\"><components>{twice}</components></object>")
        })
        .collect();
    let mut stored = three_mf(TRIANGLE, ITEM);
    let middle = stored.len() / 2;
    stored[middle..middle + 8].fill(0xA5);
    let files = vec![
        ("open.3mf", three_mf(TRIANGLE, ITEM)),
        ("no-triangles.3mf", edited("<triangle v1=\"0\" v2=\"1\" v3=\"2\"/>", "")),
        ("beyond.3mf", edited("v3=\"2\"", "v3=\"3\"")),
        ("negative.3mf", edited("v3=\"2\"", "v3=\"-1\"")),
        ("nan.3mf", edited("x=\"1\"", "x=\"nan\"")),
        ("infinite.3mf", edited("x=\"1\"", "x=\"inf\"")),
        ("words.3mf", edited("x=\"1\"", "x=\"one\"")),
        ("no-x.3mf", edited("x=\"1\" ", "")),
        ("nothing-to-build.3mf", three_mf(TRIANGLE, "")),
        ("no-such-object.3mf", three_mf(TRIANGLE, "<item objectid=\"9\"/>")),
        ("own-part.3mf", three_mf(&component(1, 1), ITEM)),
        ("ring.3mf", three_mf(&(component(2, 1) + &component(1, 2)), ITEM)),
        ("doubled-38-times.3mf", three_mf(&format!("{TRIANGLE}{doubling}"), "<item objectid=\"39\"/>")),
        ("unclosed.3mf", three_mf("<object id=\"1\"><mesh>", ITEM)),
        ("deep.3mf", three_mf(&"<object id=\"1\"><components>".repeat(100_000), ITEM)),
        ("flipped.3mf", stored),
        ("not-a-package.3mf", three_mf_of(std::iter::empty())),
    ];
    assert_refused(named(files), CONVERT, REFUSED);
}

#[test]
fn zip_bombs_are_refused() {
    let laughs: String = (1..30).fold("<!ENTITY a0 \"ha\">".to_owned(), |text, i| {
        text + &format!("<!ENTITY a{i} \"{}\">", format!("&a{};", i - 1).repeat(10))
    });
    let laughs = format!("<?xml version=\"1.0\"?><!DOCTYPE model [{laughs}]><model>&a29;</model>");
    let head = b"<model xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\"><resources>".to_vec();
    // Four gigabytes of spaces pack into four megabytes; of vertices, into a little more.
    let spaces = (0..4096).map(|_| vec![b' '; 1 << 20]);
    let vertices = b"<vertex x=\"0\" y=\"0\" z=\"0\"/>".repeat(1 << 15);
    let vertices = (0..4096).map(move |_| vertices.clone());
    let mesh = b"<object id=\"1\" type=\"model\"><mesh><vertices>".to_vec();
    let start = || std::iter::once(head.clone());
    let files = vec![
        ("laughs.3mf", three_mf_of(std::iter::once(laughs.into_bytes()))),
        ("spaces.3mf", three_mf_of(start().chain(spaces))),
        ("vertices.3mf", three_mf_of(start().chain(std::iter::once(mesh)).chain(vertices))),
    ];
    assert_refused(named(files), CONVERT, &[1]);
}

#[test]
fn every_command_refuses_a_bad_mesh() {
    let files = || named(vec![("text.stl", b"solid but not really".to_vec()), ("empty.glb", Vec::new())]);
    assert_refused(files(), &["check", "{}", "--quiet"], &[1]);
    assert_refused(files(), &["check", "{}", "--json"], &[1]);
    assert_refused(files(), &["render", "{}", "-o", "picture.png", "--quiet"], &[1]);
}
