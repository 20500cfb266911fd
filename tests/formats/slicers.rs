//! Packages as slicers write them, and colours that belong to faces.

use std::fs;

use orfeas::export::Format;
use orfeas::import::{self, Imported};
use orfeas::progress::Monitor;
use serde_json::json;

use super::foreign::{changed_glb, cube_xml, package};

/// The whole of what is read from a file of these bytes.
fn imported(bytes: &[u8], format: Format) -> Imported {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("thing.{}", format.extension()));
    fs::write(&path, bytes).unwrap();
    import::import_file(&path, &import::Limits::default(), &Monitor::silent()).unwrap()
}

/// A 3MF package of these resources and this build.
fn project(resources: &str, build: &str) -> Vec<u8> {
    let model = format!(
        "<?xml version=\"1.0\"?><model unit=\"millimeter\" xmlns:m=\"m\" xmlns:s=\"s\"><resources>{resources}</resources>\
         <build>{build}</build></model>"
    );
    package(&[("3D/3dmodel.model", model)])
}

#[test]
fn modifiers_and_what_is_set_aside_are_left_out_and_told() {
    let resources = format!(
        "<object id=\"1\">{0}</object><object id=\"2\" type=\"other\">{0}</object>\
         <object id=\"3\"><components><component objectid=\"1\"/>\
         <component objectid=\"2\" transform=\"9 0 0 0 9 0 0 0 9 0 0 0\"/></components></object>",
        cube_xml("")
    );
    let build = "<item objectid=\"3\"/><item objectid=\"1\" transform=\"5 0 0 0 5 0 0 0 5 50 0 0\" printable=\"0\"/>";
    let Imported { mesh, notes, .. } = imported(&project(&resources, build), Format::ThreeMf);
    assert!((mesh.signed_volume() - 1.0).abs() < 1e-4 && mesh.triangle_indices.len() == 12);
    assert!(notes.len() == 1 && notes[0].starts_with("2 parts that are not to be printed"), "{notes:?}");
}

#[test]
fn a_project_of_which_nothing_is_printed_says_so() {
    let resources = format!("<object id=\"1\">{0}</object><object id=\"2\" type=\"other\">{0}</object>", cube_xml(""));
    for build in ["<item objectid=\"2\"/>", "<item objectid=\"1\" printable=\"0\"/>"] {
        let error = import::read_bytes(&project(&resources, build), Format::ThreeMf).unwrap_err().to_string();
        assert!(error.contains("set not to be printed"), "{build}: {error}");
    }
}

#[test]
fn vertices_of_slices_between_objects_are_none_of_theirs() {
    let slices = |id: u32| {
        format!(
            "<s:slicestack id=\"{id}\" zbottom=\"0\"><s:slice ztop=\"1\"><s:vertices><s:vertex x=\"0\" y=\"0\"/>\
             <s:vertex x=\"1\" y=\"0\"/></s:vertices><s:polygon startv=\"0\"><s:segment v2=\"1\"/></s:polygon></s:slice>\
             </s:slicestack>"
        )
    };
    let cube = cube_xml("");
    let resources =
        format!("{}<object id=\"2\">{cube}</object>{}<object id=\"4\">{cube}</object>", slices(1), slices(3));
    let build = "<item objectid=\"2\"/><item objectid=\"4\" transform=\"1 0 0 0 1 0 0 0 1 5 0 0\"/>";
    let Imported { mesh, notes, .. } = imported(&project(&resources, build), Format::ThreeMf);
    assert_eq!((mesh.triangle_indices.len(), notes), (24, Vec::new()));
}

#[test]
fn parts_may_be_in_16_bit_characters_and_spelled_in_another_case() {
    let model = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?><model unit=\"centimeter\"><resources><object id=\"1\" name=\"Würfel\">{}\
         </object></resources><build><item objectid=\"1\"/></build></model>",
        cube_xml("")
    );
    for bytes_of in [u16::to_le_bytes, u16::to_be_bytes] {
        let bytes: Vec<u8> = std::iter::once(0xfeff).chain(model.encode_utf16()).flat_map(bytes_of).collect();
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("3d/3DModel.Model", zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, &bytes).unwrap();
        let file = zip.finish().unwrap().into_inner();
        let mesh = import::read_bytes(&file, Format::ThreeMf).unwrap();
        assert!((mesh.signed_volume() - 1000.0).abs() < 0.1, "{}", mesh.signed_volume());
    }
}

#[test]
fn colours_of_faces_that_share_corners_are_blended_and_that_is_told() {
    let half = |entry: u32| cube_xml(&format!("pid=\"5\" p1=\"{entry}\""));
    // The first six triangles of one, the last six of the other.
    let (first, second) = (half(0), half(1));
    let starts: Vec<usize> = first.match_indices("<triangle ").map(|(at, _)| at).collect();
    assert_eq!((starts.len(), first.len()), (12, second.len()));
    let cube = format!("{}{}", &first[..starts[6]], &second[starts[6]..]);
    let colors = "<m:colorgroup id=\"5\"><m:color color=\"#FF0000\"/><m:color color=\"#0000FF\"/></m:colorgroup>";
    let resources = format!("{colors}<object id=\"1\">{cube}</object>");
    let Imported { mesh, notes, .. } = imported(&project(&resources, "<item objectid=\"1\"/>"), Format::ThreeMf);
    assert_eq!((mesh.vertex_positions.len(), mesh.triangle_indices.len()), (8, 12));
    assert!(notes.len() == 1 && notes[0].contains("faces of different colours"), "{notes:?}");
    let colors = mesh.vertex_colors.unwrap();
    let mixed = [128, 0, 128];
    assert!(
        colors.contains(&mixed) && colors.iter().all(|c| [mixed, [255, 0, 0], [0, 0, 255]].contains(c)),
        "{colors:?}"
    );
    // One colour everywhere is nothing to tell of.
    let resources = format!(
        "{}<object id=\"1\">{first}</object>",
        "<m:colorgroup id=\"5\"><m:color color=\"#FF0000\"/></m:colorgroup>"
    );
    let Imported { mesh, notes, .. } = imported(&project(&resources, "<item objectid=\"1\"/>"), Format::ThreeMf);
    assert_eq!((mesh.vertex_colors.unwrap(), notes), (vec![[255, 0, 0]; 8], Vec::new()));
}

#[test]
fn a_triangle_may_not_name_a_vertex_that_a_colour_has_added() {
    let colors = "<m:colorgroup id=\"5\"><m:color color=\"#FF0000\"/><m:color color=\"#0000FF\"/></m:colorgroup>";
    let mesh = "<mesh><vertices><vertex x=\"0\" y=\"0\" z=\"0\"/><vertex x=\"9\" y=\"0\" z=\"0\"/><vertex x=\"0\" y=\"9\" z=\"0\"/>\
        </vertices><triangles><triangle v1=\"0\" v2=\"1\" v3=\"2\" pid=\"5\" p1=\"0\"/>\
        <triangle v1=\"0\" v2=\"1\" v3=\"2\" pid=\"5\" p1=\"1\"/><triangle v1=\"0\" v2=\"1\" v3=\"3\"/></triangles></mesh>";
    let resources = format!("{colors}<object id=\"1\">{mesh}</object>");
    let file = project(&resources, "<item objectid=\"1\"/>");
    let error = import::read_bytes(&file, Format::ThreeMf).unwrap_err().to_string();
    assert!(error.contains("vertex 3") && error.contains("only 3"), "{error}");
}

#[test]
fn the_colour_of_a_glbs_only_material_is_kept_but_grey_is_none() {
    let colored = |color: [f32; 4]| {
        let file = changed_glb(|document| {
            document["materials"] = json!([{"pbrMetallicRoughness": {"baseColorFactor": color}}]);
            document["meshes"][0]["primitives"][0]["material"] = json!(0);
        });
        import::read_bytes(&file, Format::Glb).unwrap().vertex_colors
    };
    assert_eq!(colored([1.0, 0.0, 0.0, 1.0]), Some(vec![[255, 0, 0]; 8]));
    for grey in [0.6, 1.0, 0.8] {
        assert_eq!(colored([grey, grey, grey, 1.0]), None, "{grey}");
    }
}

#[test]
fn data_of_a_gltf_may_be_escaped_instead_of_base64() {
    let positions: Vec<u8> =
        [0.0f32, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    let text: String = positions.iter().map(|byte| format!("%{byte:02X}")).collect();
    let document = |uri: String| {
        json!({
            "asset": {"version": "2.0"}, "nodes": [{"mesh": 0}],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
            "accessors": [{"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 3}],
            "bufferViews": [{"buffer": 0, "byteLength": 36}],
            "buffers": [{"byteLength": 36, "uri": uri}],
        })
        .to_string()
    };
    let read = |uri: String| import::read_bytes(document(uri).as_bytes(), Format::Glb);
    assert_eq!(read(format!("data:application/octet-stream,{text}")).unwrap().triangle_indices.len(), 1);
    let error = read(format!("data:,%0g{text}")).unwrap_err().to_string();
    assert!(error.contains("buffer 0 are not valid"), "{error}");
}

/// A PLY of two squares side by side, of properties of vertices and faces with a colour that may be left empty.
fn squares(vertex: &str, vertex_color: &str, face: &str, face_colors: [&str; 2]) -> Vec<u8> {
    let corners =
        ["0 0", "1 0", "2 0", "0 1", "1 1", "2 1"].map(|place| format!("{place} 0 {vertex_color}\n")).concat();
    let [left, right] = face_colors;
    format!(
        "ply\nformat ascii 1.0\nelement vertex 6\nproperty float x\nproperty float y\nproperty float z\n{vertex}\
         element face 2\nproperty list uchar int vertex_indices\n{face}end_header\n{corners}4 0 1 4 3 {left}\n\
         4 1 2 5 4 {right}\n"
    )
    .into_bytes()
}

fn levels(kind: &str) -> String {
    ["red", "green", "blue"].map(|part| format!("property {kind}{part}\n")).concat()
}

#[test]
fn a_ply_may_call_its_colours_diffuse_and_those_of_vertices_come_before_those_of_faces() {
    let (plain, diffuse) = (levels("uchar "), levels("uchar diffuse_"));
    let of_vertices = imported(&squares(&diffuse, "255 128 0", "", ["", ""]), Format::Ply);
    assert_eq!((of_vertices.mesh.vertex_colors.unwrap(), of_vertices.notes), (vec![[255, 128, 0]; 6], Vec::new()));
    let of_both = imported(&squares(&plain, "255 128 0", &plain, ["0 0 255"; 2]), Format::Ply);
    assert_eq!(of_both.mesh.vertex_colors.unwrap(), [[255, 128, 0]; 6]);
    assert!(of_both.notes.len() == 1 && of_both.notes[0].contains("those of the faces"), "{:?}", of_both.notes);
}

#[test]
fn faces_of_a_ply_give_their_corners_their_colours_which_are_mixed_where_they_meet() {
    let (red, mixed, blue) = ([255, 0, 0], [128, 0, 128], [0, 0, 255]);
    for (kind, colors) in [
        ("uchar ", ["255 0 0", "0 0 255"]),
        ("uchar diffuse_", ["255 0 0", "0 0 255"]),
        ("ushort ", ["65535 0 0", "0 0 65535"]),
        ("float ", ["1 0 0", "0 0 1"]),
    ] {
        let Imported { mesh, notes, .. } = imported(&squares("", "", &levels(kind), colors), Format::Ply);
        assert_eq!((mesh.vertex_positions.len(), mesh.triangle_indices.len()), (6, 4), "{kind}");
        assert_eq!(mesh.vertex_colors.unwrap(), [red, mixed, blue, red, mixed, blue], "{kind}");
        assert!(notes.len() == 1 && notes[0].starts_with("2 corners have faces of different colours"), "{notes:?}");
    }
    // One colour everywhere is nothing to tell of.
    let Imported { mesh, notes, .. } = imported(&squares("", "", &levels("uchar "), ["255 0 0"; 2]), Format::Ply);
    assert_eq!((mesh.vertex_colors.unwrap(), notes), (vec![red; 6], Vec::new()));
    // Colours add vertices, which no face may name.
    let beyond = String::from_utf8(squares("", "", &levels("uchar "), ["255 0 0", "0 0 255"])).unwrap();
    let beyond = beyond.replace("4 1 2 5 4", "4 1 2 5 6");
    let error = import::read_bytes(beyond.as_bytes(), Format::Ply).unwrap_err().to_string();
    assert!(error.contains("vertex 6") && error.contains("only 6"), "{error}");
}
