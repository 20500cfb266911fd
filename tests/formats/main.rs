//! Every format: what is written comes back, damaged files are refused, nothing is half written.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod foreign;
mod hostile;
mod shapes;
mod slicers;

use std::fs;
use std::path::Path;

use glam::Vec3;
use orfeas::export::{self, ExportError, ExportOptions, Format};
use orfeas::files::{IfExists, WriteError};
use orfeas::import::{self, ImportError};
use orfeas::mesh::Mesh;
use orfeas::mesh::weld::weld;
use orfeas::progress::{CancelToken, Monitor};
use shapes::{cube, painted_torus, torus};

fn options(title: &str) -> ExportOptions {
    ExportOptions { title: title.to_owned(), ..ExportOptions::default() }
}

fn bytes(mesh: &Mesh, format: Format) -> Vec<u8> {
    export::to_bytes(mesh, format, &options("A torus & <friends>\n№ 1")).unwrap()
}

type Corners = ([Vec3; 3], Option<[[u8; 3]; 3]>);

/// Triangles by the positions and colours of their corners, in an order that all formats keep.
fn corners(mesh: &Mesh) -> Vec<Corners> {
    let colors = |t: &[u32; 3]| mesh.vertex_colors.as_ref().map(|c| t.map(|i| c[i as usize]));
    mesh.triangle_indices.iter().map(|t| (t.map(|i| mesh.vertex_positions[i as usize]), colors(t))).collect()
}

#[test]
fn what_is_written_comes_back() {
    for mesh in [torus(40, 20), painted_torus(40, 20)] {
        for &format in Format::ALL {
            let back = import::read_bytes(&bytes(&mesh, format), format).unwrap();
            assert_eq!(back.vertex_positions.len(), mesh.vertex_positions.len(), "{format:?}");
            let colored = format.has_colors() && mesh.vertex_colors.is_some();
            assert_eq!(back.vertex_colors.is_some(), colored, "{format:?}");
            for ((p, color), (q, expected)) in corners(&back).into_iter().zip(corners(&mesh)) {
                for (p, q) in p.into_iter().zip(q) {
                    // Text and binary millimetres are exact; metres round once each way.
                    let tolerance = if format == Format::Glb { 4e-6 } else { 0.0 };
                    assert!(p.distance(q) <= tolerance, "{format:?}: {p} instead of {q}");
                }
                assert!(!colored || color == expected, "{format:?}: {color:?} instead of {expected:?}");
            }
        }
    }
}

#[test]
fn the_same_mesh_gives_the_same_bytes_on_any_number_of_threads() {
    // Large enough for several blocks in every format.
    let mesh = painted_torus(300, 160);
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let three_threads = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for &format in Format::ALL {
        let first = one_thread.install(|| bytes(&mesh, format));
        assert!(first == three_threads.install(|| bytes(&mesh, format)), "{format:?}");
    }
}

#[test]
fn sizes_and_axes_are_those_of_the_format() {
    let mut mesh = torus(40, 20);
    mesh.transform(|p| p * Vec3::new(1.0, 0.5, 2.0));
    let size = mesh.bounds().unwrap().size();
    let (document, buffers) = {
        let glb = gltf::Gltf::from_slice(&bytes(&mesh, Format::Glb)).unwrap();
        (glb.document, glb.blob.unwrap())
    };
    let primitive = document.meshes().next().unwrap().primitives().next().unwrap();
    let bounds = primitive.bounding_box();
    let extent = Vec3::from_array(bounds.max) - Vec3::from_array(bounds.min);
    // Metres, and print space's up (z) is glTF's up (y).
    assert!(extent.distance(Vec3::new(size.x, size.z, size.y) * 1e-3) < 1e-6, "{extent} for {size}");
    assert!(bounds.min[1].abs() < 1e-9, "it stands on the ground");
    let positions = primitive.reader(|_| Some(&buffers)).read_positions().unwrap();
    assert_eq!(positions.len(), mesh.vertex_positions.len());

    let (models, _) =
        tobj::load_obj_buf(&mut bytes(&mesh, Format::Obj).as_slice(), &tobj::LoadOptions::default(), |_| {
            Err(tobj::LoadError::OpenFileFailed)
        })
        .unwrap();
    let z = models[0].mesh.positions.chunks(3).map(|p| p[2]);
    assert_eq!(z.fold(f32::MIN, f32::max), mesh.bounds().unwrap().max.z);

    let stl = stl_io::read_stl(&mut std::io::Cursor::new(bytes(&mesh, Format::Stl))).unwrap();
    assert_eq!(stl.faces.len(), mesh.triangle_indices.len());
    for (face, corners) in stl.faces.iter().zip(0..) {
        let [a, b, c] = mesh.triangle(corners);
        let normal = Vec3::new(face.normal[0], face.normal[1], face.normal[2]);
        assert!(normal.dot((b - a).cross(c - a).normalize()) > 0.9999, "{normal}");
    }
}

#[test]
fn a_3mf_is_what_an_independent_reader_expects() {
    let mesh = painted_torus(24, 12);
    let file = bytes(&mesh, Format::ThreeMf);
    let model = lib3mf::Model::from_reader(std::io::Cursor::new(&file)).unwrap();
    assert_eq!(model.unit, "millimeter");
    // This reader ends a text at its first entity.
    assert!(model.get_metadata("Title").unwrap().starts_with("A torus"));
    let part = model.resources.objects[0].mesh.as_ref().unwrap();
    assert_eq!(part.vertices.len(), mesh.vertex_positions.len());
    assert!(part.triangles.iter().all(|t| t.pid == Some(1) && t.p1.is_some() && t.p3.is_some()));
    let png = lib3mf::Model::read_thumbnail(std::io::Cursor::new(&file)).unwrap().unwrap();
    let picture = image::load_from_memory(&png).unwrap().to_rgba8();
    assert_eq!(picture.dimensions(), (256, 256));
}

#[test]
fn a_stl_header_never_looks_like_text() {
    let file = bytes(&torus(8, 6), Format::Stl);
    assert!(!file.starts_with(b"solid"));
    assert_eq!(file.len(), 84 + 50 * 96);
}

#[test]
fn a_cut_file_is_refused_wherever_it_is_cut() {
    let mesh = painted_torus(16, 10);
    let folder = tempfile::tempdir().unwrap();
    for &format in Format::ALL {
        let whole = bytes(&mesh, format);
        for place in 0..10 {
            let length = whole.len() * place / 10;
            let path = folder.path().join(format!("cut-{place}.{}", format.extension()));
            fs::write(&path, &whole[..length]).unwrap();
            let error = import::read_file(&path).unwrap_err();
            let text = error.to_string();
            assert!(text.lines().count() == 1 && text.ends_with(&path.display().to_string()), "{text}");
        }
        // Also without its very last byte; a text file may lack its last line's end.
        let last = import::read_bytes(&whole[..whole.len() - 1], format);
        assert!(last.is_err() || format == Format::Obj, "{format:?}");
    }
}

#[test]
fn text_stl_of_several_solids_is_read_and_its_cuts_are_refused() {
    let solid = |name: &str, z: f32| {
        let mut text = format!("solid {name}\n");
        for [a, b, c] in cube(Vec3::splat(z), 1.0)
            .triangle_indices
            .iter()
            .map(|t| t.map(|i| cube(Vec3::splat(z), 1.0).vertex_positions[i as usize]))
        {
            text += "  facet normal 0 0 0\n    outer loop\n";
            for p in [a, b, c] {
                text += &format!("      vertex {} {:e} {}\n", p.x, p.y, p.z);
            }
            text += "    endloop\n  endfacet\n";
        }
        text + &format!("endsolid {name}\n")
    };
    let text = solid("facet normal of a cube", 0.0) + &solid("", 5.0);
    let mesh = import::read_bytes(text.as_bytes(), Format::Stl).unwrap();
    assert_eq!((mesh.triangle_indices.len(), mesh.vertex_positions.len()), (24, 16));
    for place in 1..10 {
        let cut = &text.as_bytes()[..text.len() * place / 10];
        let error = import::read_bytes(cut, Format::Stl).unwrap_err();
        assert!(matches!(error, ImportError::Truncated { .. } | ImportError::Malformed { .. }), "{error}");
    }
    let upper = text.to_uppercase().replace("E0", "e0");
    assert_eq!(import::read_bytes(upper.as_bytes(), Format::Stl).unwrap().triangle_indices.len(), 24);
}

#[test]
fn a_binary_stl_may_start_with_solid() {
    let mut file = bytes(&torus(8, 6), Format::Stl);
    file[..5].copy_from_slice(b"solid");
    assert_eq!(import::read_bytes(&file, Format::Stl).unwrap().triangle_indices.len(), 96);
}

#[test]
fn nothing_is_overwritten_unasked_and_a_failure_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let entries = || fs::read_dir(folder.path()).unwrap().count();
    let (old, new) = (torus(8, 6), torus(12, 6));
    let path = folder.path().join("figure.stl");
    export::write_file(&old, Format::Stl, &path, &ExportOptions::default()).unwrap();
    let before = fs::read(&path).unwrap();
    let error = export::write_file(&new, Format::Stl, &path, &ExportOptions::default()).unwrap_err();
    assert!(matches!(error, ExportError::Write(WriteError::Exists(_))), "{error}");
    assert_eq!((fs::read(&path).unwrap(), entries()), (before, 1));
    let replace = ExportOptions { if_exists: IfExists::Replace, ..ExportOptions::default() };
    export::write_file(&new, Format::Stl, &path, &replace).unwrap();
    assert_eq!(import::read_file(&path).unwrap().triangle_indices.len(), 144);

    let token = CancelToken::new();
    token.cancel();
    for &format in Format::ALL {
        let path = folder.path().join("cancelled").with_extension(format.extension());
        let error = export::write_file_with(&new, format, &path, &replace, &Monitor::new(&token, &|_| {})).unwrap_err();
        assert!(matches!(error, ExportError::Write(WriteError::Cancelled(_))), "{format:?}: {error}");
        let empty = export::write_file(&Mesh::default(), format, &path, &replace).unwrap_err();
        assert!(matches!(empty, ExportError::Mesh(_)), "{empty}");
    }
    assert_eq!(entries(), 1, "nothing is left of what failed");
}

#[test]
fn endings_name_formats_in_any_case() {
    assert_eq!(Format::from_path(Path::new("a/b.STL")), Some(Format::Stl));
    assert_eq!(Format::from_name("3mf"), Some(Format::ThreeMf));
    let error = Format::require(Path::new("figure.step")).unwrap_err().to_string();
    assert!(Format::ALL.iter().all(|f| error.contains(f.extension())) && error.ends_with("figure.step"), "{error}");
    assert!(matches!(import::read_file(Path::new("figure.step")), Err(ImportError::UnknownFormat(_))));
    assert_eq!(import::format_of(Path::new("a.gltf")).unwrap(), Format::Glb);
}

#[test]
fn a_file_of_another_kind_is_told_by_its_content() {
    let mesh = torus(8, 6);
    let cases = [
        (bytes(&mesh, Format::ThreeMf), Format::Stl),
        (bytes(&mesh, Format::Glb), Format::Ply),
        (bytes(&mesh, Format::Ply), Format::Obj),
        (b"\x89PNG\r\n\x1a\n0000".to_vec(), Format::Glb),
    ];
    for (content, named) in cases {
        let error = import::read_bytes(&content, named).unwrap_err();
        assert!(matches!(error, ImportError::WrongEnding { .. }), "{named:?}: {error}");
    }
    assert!(matches!(import::read_bytes(b"", Format::Stl), Err(ImportError::EmptyFile)));
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("folder.stl")).unwrap();
    assert!(import::read_file(&folder.path().join("folder.stl")).unwrap_err().to_string().contains("not a file"));
}

#[test]
fn reading_welds_what_the_format_tore_apart() {
    let mesh = painted_torus(20, 12);
    let mut torn = Mesh { vertex_colors: Some(Vec::new()), ..Mesh::default() };
    for (positions, colors) in corners(&mesh) {
        let first = torn.vertex_positions.len() as u32;
        torn.vertex_positions.extend(positions);
        torn.vertex_colors.as_mut().unwrap().extend(colors.unwrap());
        torn.triangle_indices.push([first, first + 1, first + 2]);
    }
    for &format in Format::ALL {
        let back = import::read_bytes(&bytes(&torn, format), format).unwrap();
        assert_eq!(back.vertex_positions.len(), weld(&mesh).vertex_positions.len(), "{format:?}");
    }
}
