//! Files that are wrong on purpose: every one gives a sentence, none a panic, and none takes memory
//! by a number that it only claims.

use std::io::Write as _;
use std::sync::LazyLock;

use orfeas::export::{self, ExportOptions, Format};
use orfeas::import::{self, ImportError, Limits};
use orfeas::progress::{CancelToken, Monitor};
use proptest::prelude::*;
use serde_json::json;

use super::foreign::{changed_glb, cube_xml, package};
use super::shapes::painted_torus;

/// Reads `file` and returns the one sentence that it must be refused with.
fn refusal(file: &[u8], format: Format) -> String {
    let error = import::read_bytes(file, format).unwrap_err();
    let text = error.to_string();
    assert!(text.lines().count() == 1 && text.len() < 400, "{text}");
    assert!(!text.contains("makes no sense"), "a parser panicked: {text}");
    text
}

fn stl_file(count: u32, triangles: &[[f32; 9]]) -> Vec<u8> {
    let mut file = vec![b'x'; 80];
    file.extend(count.to_le_bytes());
    for triangle in triangles {
        file.extend([0; 12]);
        triangle.iter().for_each(|number| file.extend(number.to_le_bytes()));
        file.extend([0; 2]);
    }
    file
}

#[test]
fn stl() {
    let good = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let with = |bad: f32| {
        let mut triangle = good;
        triangle[4] = bad;
        triangle
    };
    assert!(refusal(&stl_file(u32::MAX, &[good]), Format::Stl).contains("1 of 4294967295"));
    assert!(refusal(&stl_file(1, &[with(f32::NAN)]), Format::Stl).contains("finite"));
    assert!(refusal(&stl_file(1, &[with(f32::INFINITY)]), Format::Stl).contains("finite"));
    assert!(refusal(&stl_file(0, &[]), Format::Stl).contains("no triangles"));
    assert!(refusal(&stl_file(2, &[[1.0; 9]; 2]), Format::Stl).contains("no triangles"));
    assert!(refusal(&stl_file(0, &[good; 200]), Format::Stl).contains("do not make"));
    assert!(refusal(b"hello", Format::Stl).contains("cut short"));
    for text in [
        "solid",
        "solid x\nfacet normal 0 0 z",
        "solid\nendsolid\nsolix",
        "solid x\nfacet normal 0 0 1 outer loop vertex 1 2",
    ] {
        refusal(text.as_bytes(), Format::Stl);
    }
    assert!(refusal(b"solid x\nendsolid x\n", Format::Stl).contains("no triangles"));
}

#[test]
fn obj() {
    let vertices = "v 0 0 0\nv 1 0 0\nv 0 1 0\n";
    for (text, word) in [
        ("f 1 2 4\n", "vertex 3"),
        ("f 0 1 2\n", "names no vertex"),
        ("f -4 1 2\n", "names no vertex"),
        ("f 1 2 99999999999999999999\n", "names no vertex"),
        ("f 1 2 4294967296\n", "names vertex"),
        ("f 1 2\n", "fewer than three"),
        ("f\n", "fewer than three"),
        ("v 1 2\n", "fewer than three"),
        ("v 1 2 x\n", "not a number"),
        ("v 1 2 nan\nf 1 2 4\n", "finite"),
        ("v 1 2 1e999\nf 1 2 4\n", "finite"),
        ("f 1 1 1\n", "no triangles"),
        ("l 1 2\n", "no triangles"),
        ("f 1 2 3\nv 1", "cut short"),
        ("f 1 2 3 \\", "cut short"),
    ] {
        let refused =
            import::read_bytes(format!("{vertices}{text}").as_bytes(), Format::Obj).map_err(|e| e.to_string());
        // A continued last line without a continuation is harmless.
        assert!(refused.as_ref().is_err_and(|e| e.contains(word)) || text.ends_with('\\'), "{text:?}: {refused:?}");
    }
}

#[test]
fn an_obj_of_nothing_but_continued_lines_ends() {
    // Joined anew line by line, this would take hours.
    refusal(&b"\\\n".repeat(2_000_000), Format::Obj);
}

#[test]
fn ply() {
    let header = |format: &str, vertices: &str, faces: &str, list: &str| {
        format!(
            "ply\nformat {format} 1.0\nelement vertex {vertices}\nproperty float x\nproperty float y\nproperty float z\n\
                 element face {faces}\nproperty list {list} vertex_indices\nend_header\n"
        )
    };
    let vertices = "0 0 0\n1 0 0\n0 1 0\n";
    let text = |faces: &str, count: &str| header("ascii", "3", count, "uchar int") + vertices + faces;
    assert!(refusal(text("3 0 1 3\n", "1").as_bytes(), Format::Ply).contains("vertex 3"));
    assert!(refusal(text("3 0 1 -1\n", "1").as_bytes(), Format::Ply).contains("PLY"));
    assert!(refusal(text("3 0 1\n", "1").as_bytes(), Format::Ply).contains("PLY"));
    assert!(refusal(text("2 0 1\n", "1").as_bytes(), Format::Ply).contains("fewer than three"));
    assert!(refusal(text("3 0 1 2\n", "99999999999").as_bytes(), Format::Ply).contains("do not fit"));
    assert!(refusal(text("", "0").as_bytes(), Format::Ply).contains("no triangles"));
    let absurd = header("binary_little_endian", "18446744073709551615", "1", "uchar int");
    assert!(refusal(absurd.as_bytes(), Format::Ply).contains("do not fit"));
    // A list that says it has four thousand million numbers.
    let mut list = header("binary_little_endian", "0", "1", "uint int").into_bytes();
    list.extend(u32::MAX.to_le_bytes());
    list.extend([0; 64]);
    assert!(refusal(&list, Format::Ply).contains("cut short"));
    let empty = "ply\nformat ascii 1.0\nelement ghost 1000000000000\nelement face 0\nproperty list uchar int vertex_indices\nend_header\n";
    assert!(refusal(empty.as_bytes(), Format::Ply).contains("no properties"));
    assert!(refusal(b"ply\nformat ascii 1.0\nelement vertex", Format::Ply).contains("header does not end"));
    refusal(b"ply\nend_header\n", Format::Ply);
    // More vertices than any allowed mesh has are refused before one of them is read.
    let many = header("ascii", "4", "1", "uchar int") + "no number\n0 0 0\n1 0 0\n0 1 0\n3 1 2 3\n";
    let limits = Limits { max_triangles: 1, ..Limits::default() };
    let refused = import::read_bytes_with(many.as_bytes(), Format::Ply, &limits, &Monitor::silent());
    assert!(matches!(refused, Err(ImportError::TooManyTriangles { limit: 1 })), "{refused:?}");
    refusal(text("3 0 1 2\n", "1").replace("0 0 0", "nan 0 0").as_bytes(), Format::Ply);
}

#[test]
fn glb() {
    type Change = fn(&mut serde_json::Value);
    let cases: [(&str, Change); 20] = [
        ("past the end", |d| d["accessors"][0]["count"] = json!(4_000_000_000u64)),
        ("past the end", |d| d["accessors"][0]["byteOffset"] = json!(u64::MAX)),
        ("past the end", |d| d["bufferViews"][1]["byteLength"] = json!(u64::MAX)),
        ("past the end", |d| d["bufferViews"][1]["byteOffset"] = json!(u64::MAX)),
        ("overlap", |d| d["bufferViews"][0]["byteStride"] = json!(0)),
        ("accessor 9", |d| d["meshes"][0]["primitives"][0]["indices"] = json!(9)),
        ("no whole numbers", |d| d["accessors"][1]["componentType"] = json!(5126)),
        ("no kind of number", |d| d["accessors"][1]["componentType"] = json!(1)),
        ("instead of vectors", |d| d["accessors"][0]["type"] = json!("SCALAR")),
        ("vertex", |d| d["accessors"][0]["count"] = json!(3)),
        ("hangs below itself", |d| d["nodes"] = json!([{"children": [0], "mesh": 0}])),
        ("node 7", |d| d["nodes"] = json!([{"children": [7]}])),
        ("KHR_draco_mesh_compression", |d| d["extensionsRequired"] = json!(["KHR_draco_mesh_compression"])),
        ("EXT_meshopt_compression", |d| d["extensionsRequired"] = json!(["KHR_xmp", "EXT_meshopt_compression"])),
        ("sparse", |d| d["accessors"][0]["sparse"] = json!({"count": 1})),
        ("sparse", |d| d["accessors"][0] = json!({"componentType": 5126, "type": "VEC3", "count": 8, "sparse": {}})),
        ("compressed geometry", |d| d["accessors"][0] = json!({"componentType": 5126, "type": "VEC3", "count": 8})),
        ("of buffer 0", |d| d["buffers"][0]["byteLength"] = json!(1_000_000)),
        ("no triangles", |d| d["meshes"][0]["primitives"][0]["mode"] = json!(0)),
        ("finite", |d| d["nodes"] = json!([{"mesh": 0, "scale": [1e300, 1, 1]}])),
    ];
    for (word, change) in cases {
        let refused = refusal(&changed_glb(change), Format::Glb);
        assert!(refused.contains(word), "{refused} should tell of {word}");
    }
    let mut version = changed_glb(|_| {});
    version[4] = 1;
    assert!(refusal(&version, Format::Glb).contains("version 1"));
    refusal(&[b"{\"asset\":".as_slice(), "[".repeat(100_000).as_bytes()].concat(), Format::Glb);
    refusal("{\"nodes\":[{".repeat(1_000_001).as_bytes(), Format::Glb);
    refusal(b"{}", Format::Glb);
}

/// Namespaces of two extensions of 3MF, of which only the materials may be passed over.
const BOOLEAN: &str = "xmlns:m=\"http://schemas.microsoft.com/3dmanufacturing/material/2015/02\" \
    xmlns:bo=\"http://schemas.3mf.io/3dmanufacturing/booleanoperations/2023/07\"";

#[test]
fn three_mf() {
    let model = |resources: &str, build: &str| {
        let text =
            format!("<model unit=\"millimeter\"><resources>{resources}</resources><build>{build}</build></model>");
        package(&[("3D/3dmodel.model", text)])
    };
    let item = "<item objectid=\"1\"/>";
    let object = |mesh: &str| format!("<object id=\"1\">{mesh}</object>");
    let cube = cube_xml("");
    for (file, word) in [
        (model(&object(&cube), ""), "set to be built"),
        (model(&object(&cube), "<item objectid=\"2\"/>"), "object 2"),
        (model(&object(&cube), "<item objectid=\"1\" transform=\"1 2 3\"/>"), "twelve"),
        (model(&object(&cube.replace("v1=\"0\"", "v1=\"8\"")), item), "vertex 8"),
        (model(&object(&cube.replace("v1=\"0\"", "v1=\"-1\"")), item), "corner"),
        (model(&object(&cube.replace("x=\"0.5\"", "x=\"inf\"")), item), "finite"),
        (model(&object(&cube.replace("x=\"0.5\"", "")), item), "coordinate"),
        (model("<object id=\"1\"><components><component objectid=\"1\"/></components></object>", item), "each other"),
        (model("<object id=\"x\"/>", item), "id"),
        (package(&[("3D/3dmodel.model", "<model><resources>".into())]), "ends in the middle"),
        (package(&[("3D/3dmodel.model", "<model></resources></model>".into())]), "3MF"),
        (package(&[("3D/3dmodel.model", "<model unit=\"parsec\"/>".into())]), "parsec"),
        (
            package(&[("3D/3dmodel.model", format!("<model {BOOLEAN} requiredextensions=\"m bo\"/>"))]),
            "booleanoperations",
        ),
        (package(&[("3D/3dmodel.model", "<model requiredextensions=\"own\"/>".into())]), "extension own"),
        (model(&object(&cube).replace("id=\"1\"", "id=\"1\" type=\"support\""), item), "set not to be printed"),
        (package(&[("other", String::new())]), "missing"),
        (b"not a package".to_vec(), "ZIP"),
    ] {
        let refused = refusal(&file, Format::ThreeMf);
        assert!(refused.contains(word), "{refused} should tell of {word}");
    }
    // Ten objects, each of ten times the one before: 10¹⁰ cubes.
    let mut resources = object(&cube);
    for id in 2..12 {
        let component = format!("<component objectid=\"{}\"/>", id - 1).repeat(10);
        resources += &format!("<object id=\"{id}\"><components>{component}</components></object>");
    }
    refusal(&model(&resources, "<item objectid=\"11\"/>"), Format::ThreeMf);
    let flipped = {
        let mut file = model(&object(&cube), item);
        // Somewhere in the packed model: the checksum, or the packing itself, tells.
        file[120] ^= 0x10;
        file
    };
    refusal(&flipped, Format::ThreeMf);
}

#[test]
fn a_zip_bomb_is_refused_by_what_it_claims_and_by_what_comes_out() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("3D/3dmodel.model", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(b"<model><!--").unwrap();
    let blanks = vec![b' '; 1 << 20];
    (0..160).for_each(|_| zip.write_all(&blanks).unwrap());
    let bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    assert!(matches!(import::read_bytes(&bomb, Format::ThreeMf), Err(ImportError::Inflates { .. })));

    // The same with lies about its size, in the entry and in the directory.
    let size = (160u32 << 20) + 11;
    let mut liar = bomb;
    let places: Vec<usize> = (0..liar.len() - 4).filter(|&i| liar[i..i + 4] == size.to_le_bytes()).collect();
    assert!(places.len() >= 2);
    places.iter().for_each(|&i| liar[i..i + 4].copy_from_slice(&1000u32.to_le_bytes()));
    let error = import::read_bytes(&liar, Format::ThreeMf).unwrap_err();
    assert!(!error.to_string().contains("makes no sense"), "{error}");
}

#[test]
fn limits_and_cancellation_hold_for_every_format() {
    let token = CancelToken::new();
    token.cancel();
    let small = Limits { max_triangles: 100, ..Limits::default() };
    let short = Limits { max_file_bytes: 1000, ..Limits::default() };
    for (file, &format) in VALID.iter().zip(Format::ALL) {
        let silent = Monitor::silent();
        let error = import::read_bytes_with(file, format, &small, &silent).unwrap_err();
        assert!(matches!(error, ImportError::TooManyTriangles { limit: 100 }), "{format:?}: {error}");
        let error = import::read_bytes_with(file, format, &short, &silent).unwrap_err();
        assert!(matches!(error, ImportError::FileTooLarge { limit: 1000, .. }), "{format:?}: {error}");
        let error = import::read_bytes_with(file, format, &Limits::default(), &Monitor::new(&token, &|_| {}));
        assert!(matches!(error, Err(ImportError::Cancelled(_))), "{format:?}");
    }
}

/// A small good file of every format.
static VALID: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mesh = painted_torus(12, 8);
    Format::ALL.iter().map(|&format| export::to_bytes(&mesh, format, &ExportOptions::default()).unwrap()).collect()
});

/// What any input must come to: a well-formed mesh or a sentence, without a panic on the way.
fn is_handled(bytes: &[u8], format: Format) -> Result<(), TestCaseError> {
    match import::read_bytes(bytes, format) {
        Ok(mesh) => prop_assert!(mesh.validate().is_ok()),
        Err(error) => prop_assert!(!error.to_string().contains("makes no sense"), "a parser panicked"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), start in 0usize..8) {
        let starts: [&[u8]; 8] = [b"", b"solid x\nfacet", b"PK\x03\x04", b"glTF\x02\0\0\0", b"{\"asset\":{",
            b"v 0 0 0\nf ", b"ply\nformat ascii 1.0\n", b"ply\nformat binary_little_endian 1.0\nelement vertex 3\n"];
        let bytes = [starts[start], &bytes].concat();
        for &format in Format::ALL {
            is_handled(&bytes, format)?;
        }
    }

    #[test]
    fn random_changes_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        for (file, &format) in VALID.iter().zip(Format::ALL) {
            let mut bytes = file.clone();
            changes.iter().for_each(|(place, value)| bytes[place.index(file.len())] = *value);
            // The headers are where the numbers are.
            changes.iter().for_each(|(place, value)| bytes[place.index(file.len().min(400))] = *value);
            if is_cut {
                bytes.truncate(cut.index(file.len()));
            }
            is_handled(&bytes, format)?;
        }
    }
}

#[test]
fn copies_far_beyond_the_size_of_the_file_are_refused() {
    let list = |id: u32, of: u32| {
        let components = format!("<component objectid=\"{of}\"/>").repeat(700);
        format!("<object id=\"{id}\"><components>{components}</components></object>")
    };
    let model = format!(
        "<model unit=\"millimeter\"><resources><object id=\"1\">{}</object>{}{}</resources>\
         <build><item objectid=\"3\"/></build></model>",
        cube_xml(""),
        list(2, 1),
        list(3, 2)
    );
    let error = import::read_bytes(&package(&[("3D/3dmodel.model", model)]), Format::ThreeMf).unwrap_err();
    assert!(matches!(error, ImportError::TooManyCopies { limit: 5_000_000 }), "{error}");
}
