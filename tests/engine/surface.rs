//! From grids of logits to meshes, and what is done to these before they are written.

use glam::Vec3;
use orfeas::engine::models::hunyuan3d::volume::{VertexScale, Volume};
use orfeas::mesh::Mesh;
use orfeas::mesh::topology::Topology;
use orfeas::mesh::weld::weld;
use orfeas::progress::Monitor;

use crate::support::{Vectors, are_others};

pub fn mesh(vertices: &[f32], faces: &[i64]) -> Mesh {
    Mesh {
        vertex_positions: vertices.chunks_exact(3).map(Vec3::from_slice).collect(),
        triangle_indices: faces.chunks_exact(3).map(|f| [f[0], f[1], f[2]].map(|i| i as u32)).collect(),
        vertex_colors: None,
    }
}

/// Fails unless `found` is closed and has the volume and area, to half a percent, of `expected`, whose last numbers
/// these are. Gives its Euler number and number of pieces, and those expected.
pub fn expect_closed_as(name: &str, found: &Mesh, expected: &[f32]) -> [[f32; 2]; 2] {
    let [watertight, volume, area, euler, bodies] = *expected.last_chunk::<5>().unwrap();
    let topology = Topology::of(found);
    let count = |n: usize| n as f32;
    let found_euler = count(found.vertex_positions.len()) - count(topology.edges) + count(found.triangle_indices.len());
    let (volume_error, area_error) = (found.signed_volume() as f32 / volume - 1.0, found.area() as f32 / area - 1.0);
    eprintln!(
        "{name}: volume {:.3} % and area {:.3} % off (tolerance 0.5 %), Euler number {found_euler} of {euler}, {} pieces of {bodies}",
        100.0 * volume_error,
        100.0 * area_error,
        topology.shells.len()
    );
    assert_eq!(watertight, 1.0, "{name}");
    assert!(topology.is_manifold(), "{name}: {topology:?}");
    assert!(volume_error.abs() < 0.005 && area_error.abs() < 0.005, "{name}");
    [[found_euler, count(topology.shells.len())], [euler, bodies]]
}

/// As [`expect_closed_as`], and with the Euler number and the number of pieces of the reference.
pub fn expect_stats(name: &str, found: &Mesh, expected: &[f32]) {
    let [found, expected] = expect_closed_as(name, found, expected);
    assert_eq!(found, expected, "{name}");
}

/// A recorded grid with the published scale.
fn volume(v: &Vectors, name: &str) -> Volume {
    let cells = v.shape(name)[0] - 1;
    let box_v = v.config()["bounds"].as_f64().unwrap();
    Volume { logits: v.floats(name), cells, octree_resolution: cells, box_v, evaluated: 0 }
}

/// Fails unless the vertices of `found` are those of the reference, `expected`, to within 1/64 of an edge: ours keep as
/// far away from samples. The few that lie within cells, where a cell's faces leave its inside open, lie elsewhere there.
pub fn expect_vertices(name: &str, found: &Mesh, volume: &Volume, expected: &[f32]) {
    let expected: Vec<Vec3> = expected.chunks_exact(3).map(Vec3::from_slice).collect();
    let cell = 2.0 * volume.box_v as f32 / (volume.cells + 1) as f32;
    let is_on_edge = |p: &Vec3| {
        let place = (*p + volume.box_v as f32) / cell;
        (place - place.round()).abs().to_array().iter().filter(|off| **off < 1e-3).count() >= 2
    };
    let (on_edges, within): (Vec<Vec3>, Vec<Vec3>) = found.vertex_positions.iter().partition(|p| is_on_edge(p));
    let off = farthest(&on_edges, &expected) / cell;
    eprintln!("{name}: vertices at most {off:.4} of a cell off, {} within cells", within.len());
    assert!(off < 1.0 / 64.0 + 1e-3, "{name}: {off}");
    let share = if are_others() { 10 } else { 40 };
    assert!(share * within.len() < on_edges.len(), "{name}: {}", within.len());
}

/// The largest distance from a vertex of `from` to the nearest of `to`.
pub fn farthest(from: &[Vec3], to: &[Vec3]) -> f32 {
    // With holes the reference also has vertices that are not numbers.
    let mut sorted: Vec<Vec3> = to.iter().copied().filter(|p| p.is_finite()).collect();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x));
    let nearest = |p: &Vec3| {
        let mut best = f32::INFINITY;
        let middle = sorted.partition_point(|q| q.x < p.x);
        for q in sorted[middle..].iter().take_while(|q| q.x - p.x < 0.1) {
            best = best.min(q.distance(*p));
        }
        for q in sorted[..middle].iter().rev().take_while(|q| p.x - q.x < 0.1) {
            best = best.min(q.distance(*p));
        }
        best
    };
    from.iter().map(nearest).fold(0.0, f32::max)
}

#[test]
fn grids_become_the_meshes_of_the_reference() {
    let Some(v) = Vectors::open("hunyuan3d21/surface_extraction") else { return };
    for (name, grid, level, stats) in [
        ("vanilla", "in.vanilla", 0.0, "vanilla.stats"),
        ("level", "in.vanilla", 0.1, "level.stats"),
        ("holes", "in.holes", 0.0, "holes.finite_stats"),
        ("noise", "in.noise", 0.0, "noise.stats"),
    ] {
        if !v.has(grid) {
            continue;
        }
        let volume = volume(&v, grid);
        let found = volume.mesh(level, VertexScale::Published, &Monitor::silent()).unwrap();
        expect_stats(name, &found, &v.floats(&format!("out.{stats}")));
        expect_vertices(name, &found, &volume, &v.floats(&format!("out.{name}.verts")));
    }
}

#[test]
fn the_true_scale_puts_vertices_where_the_samples_are() {
    let Some(v) = Vectors::open("hunyuan3d21/surface_extraction") else { return };
    let volume = volume(&v, "in.vanilla");
    let of = |scale| volume.mesh(0.0, scale, &Monitor::silent()).unwrap().vertex_positions;
    let ratio = volume.cells as f32 / (volume.cells + 1) as f32;
    let origin = Vec3::splat(-volume.box_v as f32);
    for (real, published) in of(VertexScale::True).into_iter().zip(of(VertexScale::Published)) {
        assert!((origin + (real - origin) * ratio).distance(published) < 1e-6);
    }
}

#[test]
fn degenerate_triangles_go_by_the_published_rule() {
    let Some(v) = Vectors::open("hunyuan3d21/postprocess") else { return };
    let cleaned = weld(&mesh(&v.floats("in.degen_verts"), &v.ints("in.degen_faces")));
    assert_eq!(cleaned, mesh(&v.floats("out.degen_verts"), &v.ints("out.degen_faces")));
}
