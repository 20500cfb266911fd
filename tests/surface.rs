//! What marching cubes promises: closed and manifold for any field, before and after welding, and
//! in print space after rounding; close to the true surface; the same on any number of threads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

use glam::Vec3;
use orfeas::field::{FieldError, ScalarGrid};
use orfeas::mesh::Mesh;
use orfeas::mesh::intersect::self_intersections;
use orfeas::mesh::topology::Topology;
use orfeas::mesh::weld::weld;
use orfeas::progress::{CancelToken, Cancelled, Monitor};
use orfeas::surface::{SurfaceError, extract};
use proptest::prelude::*;

fn mesh_of(grid: &ScalarGrid) -> Mesh {
    let mesh = extract(grid, &Monitor::silent()).unwrap();
    mesh.validate().unwrap();
    mesh
}

/// Closed, manifold and without flat triangles, by index and by position, as it is and at the size
/// and place of a print.
fn assert_sound(mesh: &Mesh, name: &str) {
    let mut printed = mesh.clone();
    let bounds = mesh.bounds().unwrap();
    let scale = 80.0 / bounds.size().max_element();
    printed.transform(|p| (p - bounds.min) * scale + 100.0);
    for (mesh, place) in [(mesh, "as made"), (&printed, "at 80 mm, 100 mm off")] {
        let by_index = Topology::of(mesh);
        assert!(by_index.is_manifold(), "{name} {place}, by index: {:?}", by_index.samples);
        assert_eq!(by_index.degenerate_triangles, 0, "{name} {place}");
        let welded = weld(mesh);
        assert_eq!(welded.vertex_positions.len(), mesh.vertex_positions.len(), "{name} {place}: vertices coincide");
        assert!(Topology::of(&welded).is_manifold(), "{name} {place}, welded");
        assert!(mesh.signed_volume() > 0.0, "{name} {place}: inside out");
    }
    assert_eq!(self_intersections(mesh, &Monitor::silent()), Ok(Some(Vec::new())), "{name}");
}

/// A hash of three coordinates as noise in [-1, 1).
fn noise(p: [i32; 3], seed: u32) -> f32 {
    let mut h = seed;
    for c in p {
        h = (h ^ c as u32).wrapping_mul(0x9e37_79b1);
        h = (h ^ h >> 15).wrapping_mul(0x85eb_ca77);
    }
    (h >> 8) as f32 / (1 << 23) as f32 - 1.0
}

/// A grid over [-1, 1]³.
fn grid(samples: usize, value_at: impl Fn(Vec3) -> f32 + Sync) -> ScalarGrid {
    ScalarGrid::from_fn([samples; 3], Vec3::splat(-1.0), 2.0 / (samples as f32 - 1.0), value_at)
}

fn lattice(grid: &ScalarGrid, p: Vec3) -> [i32; 3] {
    ((p - grid.origin) / grid.spacing).round().as_ivec3().to_array()
}

#[test]
fn ambiguous_fields_are_closed_and_manifold() {
    let base = grid(64, |_| 0.0);
    let checkerboard = |p| if lattice(&base, p).iter().sum::<i32>() % 2 == 0 { -1.0 } else { 1.0 };
    let zeros = |p| [0.0, -1.0, 1.0, 0.0][(noise(lattice(&base, p), 5).abs() * 3.99) as usize];
    let sheet = |p: Vec3| (p.x + 0.3 * p.y).abs() - 0.2 * base.spacing;
    let touching = |p: Vec3| (p - Vec3::X * 0.4).length().min((p + Vec3::X * 0.4).length()) - 0.4;
    let wild = |p| {
        let p = lattice(&base, p);
        10f32.powf(4.0 * noise(p, 7)).copysign(noise(p, 8))
    };
    // The patterns with six ambiguous faces, among others.
    let disturbed = |p| if noise(lattice(&base, p), 9) < 0.7 { checkerboard(p) * wild(p).abs() } else { wild(p) };
    let fields: [(&str, ScalarGrid); 9] = [
        ("noise", grid(64, |p| noise(lattice(&base, p), 1))),
        ("noise of all sizes", grid(33, wild)),
        ("a disturbed checkerboard", grid(33, disturbed)),
        ("checkerboard", grid(64, checkerboard)),
        ("zeros on the grid", grid(64, zeros)),
        ("an octahedron with zeros on the grid", grid(65, |p| (p.x.abs() + p.y.abs() + p.z.abs()) - 0.75)),
        ("a thin sheet", grid(64, sheet)),
        ("touching balls", grid(64, touching)),
        ("balls touching at a grid point", grid(66, touching)),
    ];
    for (name, field) in fields {
        assert_sound(&mesh_of(&field), name);
    }
}

#[test]
fn every_sign_pattern_of_a_cell_is_closed_and_manifold() {
    for mask in 1..256 {
        for (inside, outside) in [(-1.0, 1.0), (-1.0, 0.0), (-1e-30, 1e30), (-1e30, 1e-30)] {
            let value = |p: Vec3| {
                let corner = p.x as u32 + 2 * p.y as u32 + 4 * p.z as u32;
                if mask >> corner & 1 == 1 { inside } else { outside }
            };
            let cell = ScalarGrid::from_fn([2; 3], Vec3::ZERO, 1.0, value);
            assert_sound(&mesh_of(&cell), &format!("signs {mask:08b}"));
        }
        // Other sizes, so that faces are decided one way and the other.
        for seed in 0..8 {
            let value = |p: Vec3| {
                let corner = p.x as u32 + 2 * p.y as u32 + 4 * p.z as u32;
                let size = [0.01, 0.9, 1.0, 1.1, 100.0][(noise([corner as i32, mask, 0], seed).abs() * 4.99) as usize];
                if mask >> corner & 1 == 1 { -size } else { size }
            };
            let cell = ScalarGrid::from_fn([2; 3], Vec3::ZERO, 1.0, value);
            assert_sound(&mesh_of(&cell), &format!("signs {mask:08b}, sizes {seed}"));
        }
    }
}

#[test]
fn corners_across_a_face_hang_together_where_its_middle_is_inside() {
    // On each of the faces of a cell; the mean of the four is negative just where the saddle is.
    for (axis, side) in (0..3).flat_map(|axis| [0.0, 1.0].map(|side| (axis, side))) {
        for (inside, outside, pieces) in [(-2.0, 1.0, 1), (-1.0, 2.0, 2), (-1.0, 1.0, 2)] {
            let value = |p: Vec3| {
                let across = (p.x + p.y + p.z - p[axis]) as i32;
                if p[axis] == side && across % 2 == 0 { inside } else { outside }
            };
            let mesh = mesh_of(&ScalarGrid::from_fn([2; 3], Vec3::ZERO, 1.0, value));
            assert_eq!(Topology::of(&mesh).shells.len(), pieces, "axis {axis}, {inside} and {outside}");
        }
    }
}

#[test]
fn a_thin_slanting_wall_has_no_holes() {
    // Less than a cell thick, along the diagonal of faces: inside samples touch across diagonals alone.
    let base = grid(33, |_| 0.0);
    let wall = |p: Vec3| ((p.x + p.y).abs() * 0.5f32.sqrt() - 0.4 * base.spacing).max(p.abs().max_element() - 0.8);
    let mesh = mesh_of(&grid(33, wall));
    assert_sound(&mesh, "a slanting wall");
    let topology = Topology::of(&mesh);
    let euler = mesh.vertex_positions.len() as i64 - topology.edges as i64 + mesh.triangle_indices.len() as i64;
    assert_eq!((topology.shells.len(), euler), (1, 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn samples_of_any_size_are_closed_and_manifold(
        values in prop::collection::vec(prop_oneof![
            3 => any::<f32>(),
            1 => prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN]),
            1 => prop::sample::select(vec![0.0, -0.0, 1e-45, -1e-45, f32::MIN_POSITIVE, -f32::MIN_POSITIVE]),
            1 => prop::sample::select(vec![1.0, -1.0]),
        ], 64),
    ) {
        let field =
            ScalarGrid { samples: values, samples_per_axis: [4; 3], origin: Vec3::splat(0.1), spacing: 0.01 };
        if let Ok(mesh) = extract(&field, &Monitor::silent()) {
            assert_sound(&mesh, "any size");
        }
    }

    #[test]
    fn random_small_grids_are_closed_and_manifold(
        size in prop::array::uniform3(2usize..5),
        values in prop::collection::vec(prop_oneof![Just(0.0f32), Just(-1.0), Just(1.0), -1.0f32..1.0], 64),
    ) {
        let count = size.iter().product::<usize>();
        let field = ScalarGrid {
            samples: values[..count].to_vec(),
            samples_per_axis: size,
            origin: Vec3::new(-0.3, 0.7, 0.1),
            spacing: 0.005,
        };
        match extract(&field, &Monitor::silent()) {
            Ok(mesh) => {
                assert_sound(&mesh, "random");
                prop_assert_eq!(field.surface_bounds(), mesh.bounds());
            }
            Err(error) => {
                prop_assert_eq!(error, SurfaceError::Field(FieldError::Empty));
                prop_assert!(field.samples.iter().all(|&v| v >= 0.0));
            }
        }
    }
}

#[test]
fn the_box_of_a_field_rounds_as_its_mesh_does() {
    let field = ScalarGrid {
        samples: vec![1.0, 0.233_585_67, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 1.0, 0.0],
        samples_per_axis: [2, 3, 2],
        origin: Vec3::new(-0.3, 0.7, 0.1),
        spacing: 0.005,
    };
    assert_eq!(field.surface_bounds(), mesh_of(&field).bounds());
}

#[test]
fn an_off_centre_ball_is_met_within_half_a_cell_and_half_a_percent() {
    let (center, radius) = (Vec3::new(0.13, -0.07, 0.21), 0.61);
    let field = grid(64, |p| p.distance(center) - radius);
    let mesh = mesh_of(&field);
    let farthest = mesh.vertex_positions.iter().map(|p| (p.distance(center) - radius).abs()).fold(0.0, f32::max);
    assert!(farthest < 0.5 * field.spacing, "{farthest} of {}", field.spacing);
    let volume = 4.0 / 3.0 * std::f64::consts::PI * f64::from(radius).powi(3);
    assert!((mesh.signed_volume() / volume - 1.0).abs() < 0.005, "{} of {volume}", mesh.signed_volume());
    let outward = (0..mesh.triangle_indices.len()).all(|t| {
        let [a, b, c] = mesh.triangle(t);
        (b - a).cross(c - a).dot((a + b + c) / 3.0 - center) > 0.0
    });
    assert!(outward, "a triangle faces inward");
    assert_eq!(field.surface_bounds(), mesh.bounds());
    assert_eq!(Topology::of(&mesh).shells.len(), 1);
}

#[test]
fn axes_are_not_mixed_up() {
    let (center, radii) = (Vec3::new(1.0, 2.0, 3.0), Vec3::new(0.5, 1.0, 1.5));
    let field =
        ScalarGrid::from_fn([40, 60, 80], Vec3::new(0.0, 0.5, 1.0), 0.05, |p| ((p - center) / radii).length() - 1.0);
    let bounds = mesh_of(&field).bounds().unwrap();
    assert!((bounds.center() - center).abs().max_element() < 0.01, "{bounds:?}");
    assert!((bounds.size() - 2.0 * radii).abs().max_element() < 0.02, "{bounds:?}");
}

#[test]
fn a_solid_cut_off_by_the_border_is_closed() {
    assert_sound(&mesh_of(&grid(40, |p| p.length() - 1.2)), "a ball through the border");
    let full = mesh_of(&grid(9, |_| -1.0));
    assert_sound(&full, "all inside");
    assert!((full.signed_volume() - 8.0).abs() < 0.2, "{}", full.signed_volume());
}

#[test]
fn threads_do_not_change_the_mesh() {
    let field = grid(70, |p| (7.0 * p.x).sin() * (7.0 * p.y).cos() + noise([p.z as i32; 3], 3) * 0.1 + p.z);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| mesh_of(&field))
    };
    assert_eq!(run(1), run(5));
}

#[test]
fn cancelling_returns_no_mesh() {
    let token = CancelToken::new();
    let stop_half_way = |progress: orfeas::progress::Progress| {
        if progress.done > progress.total / 2 {
            token.cancel();
        }
    };
    let result = extract(&grid(64, |p| p.length() - 0.7), &Monitor::new(&token, &stop_half_way));
    assert_eq!(result, Err(SurfaceError::Cancelled(Cancelled)));
}

#[test]
fn bad_grids_are_refused_and_bad_samples_are_outside() {
    let mut short = grid(8, |p| p.length() - 0.7);
    let mut holed = short.clone();
    short.samples.pop();
    let refused = extract(&short, &Monitor::silent());
    assert!(matches!(refused, Err(SurfaceError::Field(FieldError::SampleCount { .. }))), "{refused:?}");
    assert_eq!(extract(&grid(8, |_| 1.0), &Monitor::silent()), Err(SurfaceError::Field(FieldError::Empty)));
    let middle = holed.index(4, 4, 4);
    holed.samples[middle] = f32::NAN;
    holed.samples[middle + 1] = f32::INFINITY;
    holed.samples[middle + 2] = f32::NEG_INFINITY;
    assert_sound(&mesh_of(&holed), "not a number");
}
