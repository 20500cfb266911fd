//! Simplifying 3.2 M triangles to 200 k against fast_simplification, welding a soup of 3.2 M against
//! trimesh, and the other operations on meshes.
//!
//! `cargo bench --bench mesh`. The peers run when `ORFEAS_PYTHON` (or `python3`) can import them.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "helpers of a bench")]

mod common;

use criterion::Criterion;
use glam::Vec3;
use orfeas::field::ScalarGrid;
use orfeas::mesh::Mesh;
use orfeas::mesh::components::{Largeness, drop_floaters};
use orfeas::mesh::intersect::self_intersections;
use orfeas::mesh::simplify::{Target, simplify};
use orfeas::mesh::smooth::taubin_along_z;
use orfeas::mesh::topology::Topology;
use orfeas::mesh::weld::weld;
use orfeas::progress::Monitor;
use orfeas::surface::extract;

/// A gyroid block: 3.2 M triangles from 270³ samples.
fn gyroid(samples: usize) -> Mesh {
    let field = ScalarGrid::from_fn([samples; 3], Vec3::splat(-1.0), 2.0 / (samples as f32 - 1.0), |p| {
        let q = 4.0 * std::f32::consts::PI * p;
        q.x.sin() * q.y.cos() + q.y.sin() * q.z.cos() + q.z.sin() * q.x.cos()
    });
    extract(&field, &Monitor::silent()).unwrap()
}

fn soup_of(mesh: &Mesh) -> Mesh {
    Mesh {
        vertex_positions: (0..mesh.triangle_indices.len()).flat_map(|t| mesh.triangle(t)).collect(),
        triangle_indices: (0..mesh.triangle_indices.len() as u32).map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect(),
        vertex_colors: None,
    }
}

/// Writes a mesh as raw little-endian arrays into a folder that the peers read.
fn write_raw(mesh: &Mesh, folder: &std::path::Path) {
    std::fs::write(folder.join("positions"), bytemuck::cast_slice::<Vec3, u8>(&mesh.vertex_positions)).unwrap();
    std::fs::write(folder.join("triangles"), bytemuck::cast_slice::<[u32; 3], u8>(&mesh.triangle_indices)).unwrap();
}

const READ: &str = r#"
import numpy as np
positions = np.fromfile(FOLDER + "/positions", dtype=np.float32).reshape(-1, 3)
triangles = np.fromfile(FOLDER + "/triangles", dtype=np.int32).reshape(-1, 3)
"#;

fn against_peers() {
    let mesh = gyroid(270);
    let folder = tempfile::tempdir().unwrap();
    let script = |body: &str| format!("FOLDER = {:?}{READ}{body}", folder.path());
    write_raw(&mesh, folder.path());
    let target = Target { triangles: Some(200_000), max_error: None };
    let ours = common::measure(3, || {
        let few = simplify(&mesh, target, &Monitor::silent()).unwrap();
        assert!(few.note.is_none(), "{:?}", few.note);
        few.mesh.triangle_indices.len()
    });
    let theirs = common::peer(&script(
        "import fast_simplification\n\
         measure(1, lambda: len(fast_simplification.simplify(positions, triangles, target_count=200_000)[1]))",
    ));
    let what = format!("simplify {} triangles to 200 000, all cores, checked", mesh.triangle_indices.len());
    common::compare(&what, ours, "fast_simplification", theirs);

    let soup = soup_of(&mesh);
    drop(mesh);
    write_raw(&soup, folder.path());
    let ours = common::measure(3, || weld(&soup).triangle_indices.len());
    let theirs = common::peer(&script(
        "import trimesh\n\
         def work():\n\
         \x20   mesh = trimesh.Trimesh(positions, triangles, process=False)\n\
         \x20   mesh.merge_vertices()\n\
         \x20   return len(mesh.faces)\n\
         measure(1, work)",
    ));
    let what = format!("weld a soup of {} triangles, all cores", soup.triangle_indices.len());
    common::compare(&what, ours, "trimesh", theirs);
}

fn benches(criterion: &mut Criterion) {
    let mesh = gyroid(96);
    let soup = soup_of(&mesh);
    let monitor = Monitor::silent();
    let mut group = criterion.benchmark_group(format!("mesh of {} triangles", mesh.triangle_indices.len()));
    group.sample_size(10);
    group.bench_function("weld a soup", |b| b.iter_with_large_drop(|| weld(&soup)));
    group.bench_function("topology", |b| b.iter_with_large_drop(|| Topology::of(&mesh)));
    group.bench_function("self-intersections", |b| b.iter(|| self_intersections(&mesh, &monitor).unwrap()));
    group.bench_function("drop floaters", |b| {
        b.iter_with_large_drop(|| drop_floaters(&mesh, 0.01, Largeness::Volume, &monitor).unwrap())
    });
    group.bench_function("taubin along z, 4 rounds", |b| {
        b.iter_with_large_drop(|| {
            let mut smooth = mesh.clone();
            taubin_along_z(&mut smooth, 4, &[], &monitor).unwrap();
            smooth
        });
    });
    let tenth = Target { triangles: Some(mesh.triangle_indices.len() as u32 / 10), max_error: None };
    group.bench_function("simplify to a tenth", |b| {
        b.iter_with_large_drop(|| simplify(&mesh, tenth, &monitor).unwrap());
    });
    // A quarter of the distance between samples.
    let near = Target { triangles: None, max_error: Some(0.005) };
    group.bench_function("simplify by an error", |b| {
        b.iter_with_large_drop(|| simplify(&mesh, near, &monitor).unwrap());
    });
    group.finish();
}

fn main() {
    if common::is_real_run() {
        against_peers();
    }
    let mut criterion = Criterion::default().configure_from_args();
    benches(&mut criterion);
    criterion.final_summary();
}
