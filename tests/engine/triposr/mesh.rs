//! From scene codes to a mesh.

use std::collections::BTreeMap;

use glam::Vec3;
use orfeas::engine::models::triposr::extract::{
    Evaluation, ExtractError, ExtractOptions, colors, extract_field, model_from_product,
};
use orfeas::engine::models::triposr::field::{FieldDecoder, SceneField};
use orfeas::field::ScalarGrid;
use orfeas::mesh::Mesh;
use orfeas::mesh::topology::Topology;
use orfeas::progress::{CancelToken, Monitor};
use orfeas::surface::extract;

use super::decoder;
use super::field::{expect_densities, values};
use crate::support::Vectors;
use crate::surface::farthest;

/// The reverse of [`model_from_product`].
fn product_from_model(p: Vec3) -> Vec3 {
    Vec3::new(p.y, p.z, p.x)
}

fn scene<'a>(v: &Vectors, decoder: &'a FieldDecoder) -> SceneField<'a> {
    decoder.scene(v.tensor::<5>("in.scene_codes").squeeze_dim(0)).unwrap()
}

fn options(v: &Vectors) -> ExtractOptions {
    let config = v.config();
    let threshold = config["threshold"].as_f64().unwrap() as f32;
    let resolution = config["resolution"].as_u64().unwrap() as usize;
    ExtractOptions { resolution, threshold, evaluation: Evaluation::Dense }
}

fn points(v: &Vectors, name: &str) -> Vec<Vec3> {
    v.floats(name).chunks_exact(3).map(Vec3::from_slice).collect()
}

/// The recorded grid in the product's conventions: other axes, other sign.
fn recorded_grid(v: &Vectors, radius: f32) -> ScalarGrid {
    let (field, side) = (v.floats("out.mc_field"), v.shape("out.mc_field")[0]);
    let spacing = 2.0 * radius / (side - 1) as f32;
    ScalarGrid::from_fn([side; 3], Vec3::splat(-radius), spacing, |p| {
        let [x, y, z] = ((model_from_product(p) + radius) / spacing).to_array().map(|i| i.round() as usize);
        -field[(x * side + y) * side + z]
    })
}

/// Fails unless the mesh has a vertex on the same edges of the grid as the reference, at the same places;
/// ours keep 1/64 of an edge away from its ends.
fn expect_vertices(v: &Vectors, mesh: &Mesh, radius: f32, tolerance: f32) {
    let spacing = 2.0 * radius / (v.config()["resolution"].as_f64().unwrap() as f32 - 1.0);
    // An edge by its lower end and its axis, and the place on it.
    let edge = |p: &Vec3| {
        let cells = ((*p + radius) / spacing).to_array();
        let off = |c: f32| (c - c.round()).abs();
        let axis = (0..3).max_by(|a, b| off(cells[*a]).total_cmp(&off(cells[*b]))).unwrap();
        let base: [i32; 3] =
            std::array::from_fn(|i| if i == axis { cells[i].floor() } else { cells[i].round() } as i32);
        ((base, axis), cells[axis] - cells[axis].floor())
    };
    let ours: BTreeMap<_, _> = mesh.vertex_positions.iter().map(|p| edge(&model_from_product(*p))).collect();
    assert_eq!(ours.len(), mesh.vertex_positions.len());
    let (mut met, mut worst) = (0, 0.0_f32);
    let mut at_ends = 0;
    for p in points(v, "out.verts") {
        let (edge, share) = edge(&p);
        // On a sample the edge cannot be told.
        if !(1e-3..=1.0 - 1e-3).contains(&share) {
            at_ends += 1;
            continue;
        }
        let Some(our_share) = ours.get(&edge) else { panic!("no vertex on edge {edge:?} at {share}") };
        worst = worst.max((our_share - share.clamp(1.0 / 64.0, 1.0 - 1.0 / 64.0)).abs() * spacing);
        met += 1;
    }
    eprintln!(
        "mesh: {met} vertices of {} differ by {worst:.2e} (tolerance {tolerance:.0e}), {at_ends} on samples",
        ours.len()
    );
    assert!(worst <= tolerance && met > 0);
    let merged = v.floats("out.stats_merged_1e-5")[0] as usize;
    assert!(ours.len().abs_diff(merged) <= at_ends, "{} vertices instead of {merged}", ours.len());
}

/// Closed, with the volume, area and Euler number of the reference.
fn expect_stats(v: &Vectors, mesh: &Mesh) {
    let expected = v.floats("out.stats_merged_1e-5");
    let topology = Topology::of(mesh);
    let euler = mesh.vertex_positions.len() as f32 - topology.edges as f32 + mesh.triangle_indices.len() as f32;
    let (volume, area) = (mesh.signed_volume() as f32 / expected[3] - 1.0, mesh.area() as f32 / expected[4] - 1.0);
    eprintln!("mesh: volume {:.3} % and area {:.3} % off, Euler number {euler}", 100.0 * volume, 100.0 * area);
    assert!(topology.is_manifold(), "{topology:?}");
    assert!(volume.abs() < 0.005 && area.abs() < 0.005);
    assert_eq!(euler, expected[5]);
}

#[test]
fn the_grid_has_the_densities_of_the_reference() {
    let Some(v) = Vectors::open("triposr/mesh") else { return };
    let (decoder, options) = (decoder(&v), options(&v));
    let scene = scene(&v, &decoder);
    if v.has("out.grid_points") {
        let found = values(&scene, &points(&v, "out.grid_points"));
        expect_densities(
            "density at the grid's points",
            found.iter().map(|f| scene.activated(f)),
            &v.floats("out.density"),
        );
    }
    let grid = extract_field(&scene, &options, &Monitor::silent()).unwrap().grid;
    let recorded = recorded_grid(&v, decoder.radius());
    let density = |grid: &ScalarGrid| grid.samples.iter().map(|s| options.threshold - s).collect::<Vec<_>>();
    expect_densities("density", density(&grid).into_iter(), &density(&recorded));
    assert!(grid.position(0, 0, 0).distance(Vec3::splat(-decoder.radius())) < 1e-6);
    let last = options.resolution - 1;
    assert!(grid.position(last, last, last).distance(Vec3::splat(decoder.radius())) < 1e-5);
}

#[test]
fn the_recorded_grid_becomes_the_mesh_of_the_reference() {
    let Some(v) = Vectors::open("triposr/mesh") else { return };
    let radius = decoder(&v).radius();
    let mesh = extract(&recorded_grid(&v, radius), &Monitor::silent()).unwrap();
    expect_vertices(&v, &mesh, radius, 1e-5);
    expect_stats(&v, &mesh);
}

#[test]
fn scene_codes_become_the_coloured_mesh_of_the_reference() {
    let Some(v) = Vectors::open("triposr/mesh") else { return };
    let decoder = decoder(&v);
    let scene = scene(&v, &decoder);
    let grid = extract_field(&scene, &options(&v), &Monitor::silent()).unwrap().grid;
    let mesh = extract(&grid, &Monitor::silent()).unwrap();
    mesh.validate().unwrap();
    expect_stats(&v, &mesh);
    // Densities may differ by 1e-4 of their value, which moves vertices on flat parts further than 1e-5.
    expect_vertices(&v, &mesh, decoder.radius(), 1e-4);
    let places: Vec<Vec3> = points(&v, "out.verts").into_iter().map(product_from_model).collect();
    let found = colors(&scene, &places, &Monitor::silent());
    let expected = v.floats("out.colors");
    let levels = found.unwrap().into_iter().flatten();
    assert!(levels.zip(&expected).all(|(level, color)| (f32::from(level) - 255.0 * color).abs() < 0.55));
    let cell = 2.0 * decoder.radius() / (options(&v).resolution - 1) as f32;
    assert!(farthest(&mesh.vertex_positions, &places) < cell * (1.0 / 64.0 + 1e-3));
}

#[test]
fn following_the_surface_gives_the_whole_grids_mesh_for_a_tenth_of_the_points() {
    let Some(v) = Vectors::open("triposr/mesh") else { return };
    let decoder = decoder(&v);
    let scene = scene(&v, &decoder);
    for resolution in [64, 128] {
        let dense = ExtractOptions { resolution, ..options(&v) };
        let following = ExtractOptions { evaluation: Evaluation::following(dense.threshold), ..dense };
        let [dense, followed] =
            [dense, following].map(|options| extract_field(&scene, &options, &Monitor::silent()).unwrap());
        let share = followed.evaluated as f64 / dense.evaluated as f64;
        eprintln!("{resolution}³: {} of {} points, {:.1} %", followed.evaluated, dense.evaluated, 100.0 * share);
        assert_eq!(dense.evaluated, (resolution * resolution * resolution) as u64);
        let [a, b] = [&dense.grid, &followed.grid].map(|grid| extract(grid, &Monitor::silent()).unwrap());
        assert_eq!(a, b, "{resolution}³");
        assert!(resolution < 128 || share <= 0.1, "{share}");
    }
}

#[test]
fn impossible_grids_empty_fields_and_cancelling_are_told() {
    let Some(v) = Vectors::open("triposr/mesh") else { return };
    let decoder = decoder(&v);
    let scene = scene(&v, &decoder);
    for (resolution, threshold) in [(1, 25.0), (4096, 25.0), (64, 0.0), (64, f32::NAN)] {
        let options = ExtractOptions { resolution, threshold, ..options(&v) };
        let error = extract_field(&scene, &options, &Monitor::silent()).unwrap_err();
        assert!(matches!(error, ExtractError::Options { .. }), "{error}");
    }
    let nothing = ExtractOptions { threshold: 1e30, ..options(&v) };
    let empty = extract_field(&scene, &nothing, &Monitor::silent()).unwrap().grid;
    let error = extract(&empty, &Monitor::silent()).unwrap_err();
    assert!(error.to_string().contains("nothing in it is inside"), "{error}");
    let cancel = CancelToken::new();
    cancel.cancel();
    assert!(extract_field(&scene, &options(&v), &Monitor::new(&cancel, &|_| ())).is_err());
}
