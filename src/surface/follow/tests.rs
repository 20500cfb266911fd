use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::mesh::Mesh;
use crate::mesh::topology::Topology;
use crate::progress::CancelToken;
use crate::surface::extract;

/// A lattice over [-1.01, 1.01]³.
fn lattice(cells: usize) -> Lattice {
    Lattice { samples_per_axis: [cells + 1; 3], origin: DVec3::splat(-1.01), spacing: 2.02 / cells as f64 }
}

fn followed(value_at: impl Fn(Vec3) -> f32 + Sync, cells: usize, options: FollowOptions) -> Followed {
    let mut field = |points: &[Vec3], values: &mut [f32]| {
        values.iter_mut().zip(points).for_each(|(value, point)| *value = value_at(*point));
        Ok::<_, FieldError>(())
    };
    follow(&mut field, &lattice(cells), &options, &Monitor::silent()).unwrap()
}

fn dense(value_at: impl Fn(Vec3) -> f32 + Sync, cells: usize) -> ScalarGrid {
    let lattice = lattice(cells);
    let samples = (0..lattice.sample_count().unwrap()).into_par_iter().map(|i| value_at(lattice.position(i)));
    ScalarGrid {
        samples: samples.collect(),
        samples_per_axis: lattice.samples_per_axis,
        origin: lattice.origin.as_vec3(),
        spacing: lattice.spacing as f32,
    }
}

fn mesh(grid: &ScalarGrid) -> Mesh {
    extract(grid, &Monitor::silent()).unwrap()
}

fn ball(center: [f32; 3], radius: f32) -> impl Fn(Vec3) -> f32 + Sync + Copy {
    move |p| p.distance(Vec3::from(center)) - radius
}

/// A rod from `a` to `b`.
fn rod(a: [f32; 3], b: [f32; 3], radius: f32) -> impl Fn(Vec3) -> f32 + Sync + Copy {
    let (a, b) = (Vec3::from(a), Vec3::from(b));
    move |p| {
        let share = ((p - a).dot(b - a) / (b - a).length_squared()).clamp(0.0, 1.0);
        p.distance(a.lerp(b, share)) - radius
    }
}

/// A hollow ball, a ring through it, a plate, thin rods, small balls: signed distances.
fn bestiary(p: Vec3) -> f32 {
    let shell = ball([-0.35, 0.1, 0.0], 0.35)(p).abs() - 0.012;
    let ring = (Vec3::new(p.x - 0.3, 0.0, p.z).length() - 0.4).hypot(p.y) - 0.06;
    let plate = {
        let q = (p - Vec3::new(0.2, -0.8, 0.1)).abs() - Vec3::new(0.6, 0.008, 0.5);
        q.max(Vec3::ZERO).length() + q.max_element().min(0.0)
    };
    let rods = rod([-0.9, -0.9, -0.9], [0.9, 0.9, 0.8], 0.011)(p).min(rod([0.7, 0.9, -0.9], [0.7, -0.2, 0.9], 0.02)(p));
    let small = ball([0.8, 0.0, -0.8], 0.07)(p).min(ball([-0.8, 0.8, 0.8], 0.06)(p));
    shell.min(ring).min(plate).min(rods).min(small)
}

#[test]
fn the_mesh_is_that_of_the_whole_grid_at_a_thirtieth_of_the_points() {
    let torus = |p: Vec3| (Vec3::new(p.x, 0.0, p.z).length() - 0.6).hypot(p.y) - 0.25;
    let blobs = |p: Vec3| {
        let bump = |c: [f32; 3], s: f32| (-(p - Vec3::from(c)).length_squared() / (s * s)).exp();
        (0.5 - bump([0.3, 0.2, 0.0], 0.4) - bump([-0.4, -0.1, 0.2], 0.3) - bump([0.1, -0.5, -0.4], 0.25)).tanh()
    };
    type Field<'a> = &'a (dyn Fn(Vec3) -> f32 + Sync);
    // The last one has a large thin plate that passes between the samples of the lattice.
    let fields: [(&str, Field, Trust, usize); 5] = [
        ("ball", &ball([0.1, -0.05, 0.2], 0.7), Trust::Signs, 256),
        ("torus", &torus, Trust::Signs, 256),
        ("blobs", &blobs, Trust::Magnitude(0.1), 256),
        ("bestiary", &bestiary, Trust::Magnitude(0.03), 256),
        ("bestiary", &bestiary, Trust::Magnitude(0.03), 384),
    ];
    for (name, field, trust, cells) in fields {
        let found = followed(field, cells, FollowOptions { trust, ..FollowOptions::default() });
        let all = found.grid.samples.len() as u64;
        eprintln!("{name}, {cells} cells: one point in {:.1}", all as f64 / found.evaluated as f64);
        assert!(found.evaluated * 30 <= all, "{name}, {cells} cells: {} of {all}", found.evaluated);
        if cells == 256 {
            assert!(mesh(&found.grid) == mesh(&dense(field, cells)), "{name}");
        }
    }
}

#[test]
fn a_slope_makes_it_certain() {
    // Below a cell of the coarsest lattice, and far from any other surface.
    let speck = ball([0.5, 0.13, -0.31], 0.012);
    let field = move |p| ball([-0.4, 0.0, 0.0], 0.4)(p).min(speck(p));
    let options = |trust| FollowOptions { trust, ..FollowOptions::default() };
    let whole = mesh(&dense(field, 192));
    assert_eq!(Topology::of(&whole).shells.len(), 2);
    let signs = followed(field, 192, options(Trust::Signs));
    assert_eq!(Topology::of(&mesh(&signs.grid)).shells.len(), 1, "chosen so that it is missed");
    let near = followed(field, 192, options(Trust::Magnitude(0.06)));
    assert!(mesh(&near.grid) == whole);
    let certain = followed(field, 192, options(Trust::Lipschitz(1.0)));
    assert!(mesh(&certain.grid) == whole);
    assert!(certain.evaluated * 10 < certain.grid.samples.len() as u64, "{}", certain.evaluated);
    let (full, bound) = (dense(field, 192), &certain.grid.samples);
    assert!(full.samples.iter().zip(bound).all(|(v, b)| (*v < 0.0) == (*b < 0.0) && b.abs() <= v.abs() + 1e-6));
}

#[test]
fn everything_is_found_on_the_whole_bestiary_with_a_slope() {
    let certain = followed(bestiary, 128, FollowOptions { trust: Trust::Lipschitz(1.0), coarse_cells: 10 });
    assert!(mesh(&certain.grid) == mesh(&dense(bestiary, 128)));
}

#[test]
fn ambiguous_faces_are_decided_as_on_the_whole_grid() {
    // Waves of three cells, turned against the lattice: it undersamples them, and many faces are ambiguous.
    let turn = glam::Quat::from_euler(glam::EulerRot::XYZ, 0.3, 0.5, 0.7);
    let wave = |p: Vec3| {
        let q = 50.0 * (turn * p);
        (q.x.sin() + q.y.sin() + q.z.sin()) / 90.0 + 0.1 * (p.length() - 0.7)
    };
    let grid = dense(wave, 48);
    let whole = mesh(&grid);
    let within_a_cell = |p: &Vec3| {
        let place = (*p - grid.origin) / grid.spacing;
        (place - place.round()).abs().to_array().iter().filter(|off| **off > 1e-3).count() == 3
    };
    assert!(whole.vertex_positions.iter().any(within_a_cell), "chosen so that some cells have inner vertices");
    for trust in [Trust::Signs, Trust::Magnitude(0.05), Trust::Lipschitz(1.1)] {
        let found = followed(wave, 48, FollowOptions { coarse_cells: 12, trust });
        if let Trust::Lipschitz(_) = trust {
            assert!(found.evaluated < found.grid.samples.len() as u64, "some samples are bounds");
            assert!(mesh(&found.grid) == whole);
        }
        assert!(pieces(&mesh(&found.grid)).is_subset(&pieces(&whole)), "{trust:?}");
    }
}

#[test]
fn solids_that_reach_the_border_are_closed_there() {
    for field in [&(|p: Vec3| p.x + 0.3 * p.y) as &(dyn Fn(Vec3) -> f32 + Sync), &|p: Vec3| 0.9 - p.length(), &|_| -1.0]
    {
        let found = followed(field, 96, FollowOptions { coarse_cells: 20, trust: Trust::Signs });
        assert!(mesh(&found.grid) == mesh(&dense(field, 96)));
    }
    let none = followed(|_| 1.0, 96, FollowOptions::default());
    assert!(none.grid.samples.iter().all(|&v| v > 0.0));
}

#[test]
fn what_is_not_a_number_is_outside() {
    let holed = |p: Vec3| if p.y > 0.1 { f32::NAN } else { p.length() - 0.6 };
    let found = followed(holed, 96, FollowOptions { coarse_cells: 20, trust: Trust::Signs });
    assert!(mesh(&found.grid) == mesh(&dense(holed, 96)));
    found.grid.validate().unwrap();
}

#[test]
fn gaps_take_the_sign_around_them() {
    let field = ball([0.1, 0.2, -0.1], 0.6);
    let mut grid = dense(field, 40);
    let whole = mesh(&grid);
    grid.samples.iter_mut().filter(|v| v.abs() > 0.12).for_each(|v| *v = f32::NAN);
    fill_gaps(&mut grid);
    grid.validate().unwrap();
    assert!(mesh(&grid) == whole);
    grid.samples.fill(f32::NAN);
    fill_gaps(&mut grid);
    assert!(extract(&grid, &Monitor::silent()).is_err());
}

#[test]
fn odd_sizes_and_threads_change_nothing() {
    for [x, y, z] in [[97, 41, 60], [83, 84, 85], [50, 200, 13]] {
        let lattice = Lattice { samples_per_axis: [x, y, z], origin: DVec3::new(-1.0, -0.5, -0.3), spacing: 0.013 };
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut field = |points: &[Vec3], values: &mut [f32]| {
                values.iter_mut().zip(points).for_each(|(v, p)| *v = (9.0 * p.x).sin() + (8.0 * p.y).cos() + 3.0 * p.z);
                Ok::<_, FieldError>(())
            };
            let options = FollowOptions { coarse_cells: 12, trust: Trust::Signs };
            pool.install(|| follow(&mut field, &lattice, &options, &Monitor::silent())).unwrap()
        };
        let one = run(1);
        assert!(one == run(3));
        let full = (0..one.grid.samples.len()).map(|i| {
            let p = lattice.position(i);
            (9.0 * p.x).sin() + (8.0 * p.y).cos() + 3.0 * p.z
        });
        assert!(mesh(&one.grid) == mesh(&ScalarGrid { samples: full.collect(), ..one.grid.clone() }));
    }
}

#[test]
fn cancelling_and_failures_come_back() {
    let token = CancelToken::new();
    let stop = |progress: crate::progress::Progress| {
        if progress.done * 2 > progress.total {
            token.cancel();
        }
    };
    let mut field = |points: &[Vec3], values: &mut [f32]| {
        values.iter_mut().zip(points).for_each(|(v, p)| *v = p.length() - 0.5);
        Ok::<_, FieldError>(())
    };
    let options = FollowOptions::default();
    let result = follow(&mut field, &lattice(128), &options, &Monitor::new(&token, &stop));
    assert_eq!(result, Err(FieldError::Cancelled(Cancelled)));
    let mut broken = |_: &[Vec3], _: &mut [f32]| Err(FieldError::Empty);
    assert_eq!(follow(&mut broken, &lattice(64), &options, &Monitor::silent()), Err(FieldError::Empty));
    let flat = Lattice { samples_per_axis: [9, 1, 9], ..lattice(8) };
    let refused = follow(&mut field, &flat, &options, &Monitor::silent());
    assert!(matches!(refused, Err(FieldError::SampleCount { .. })), "{refused:?}");
}

/// The pieces of a mesh as sets of triangles by position.
fn pieces(mesh: &Mesh) -> BTreeSet<BTreeSet<[[u32; 3]; 3]>> {
    let topology = Topology::of(mesh);
    let mut pieces: BTreeMap<u32, BTreeSet<_>> = BTreeMap::new();
    for (t, shell) in topology.shell_of_triangle.iter().enumerate() {
        let corners = mesh.triangle(t).map(|p| p.to_array().map(f32::to_bits));
        pieces.entry(*shell).or_default().insert(corners);
    }
    pieces.into_values().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_field_gives_whole_pieces_of_its_mesh(
        waves in prop::collection::vec((prop::array::uniform3(-20.0f32..20.0), 0.0f32..6.3), 1..5),
        offset in -1.5f32..1.5,
        near in prop_oneof![Just(None), (0.0f32..0.5).prop_map(Some)],
    ) {
        let field = |p: Vec3| {
            waves.iter().map(|(k, phase)| (p.dot(Vec3::from(*k)) + phase).sin()).sum::<f32>() + offset
        };
        let trust = near.map_or(Trust::Signs, Trust::Magnitude);
        let found = followed(field, 40, FollowOptions { coarse_cells: 10, trust });
        let all = dense(field, 40);
        prop_assume!(all.samples.iter().any(|&v| v < 0.0) && found.grid.samples.iter().any(|&v| v < 0.0));
        let (found, all) = (pieces(&mesh(&found.grid)), pieces(&mesh(&all)));
        prop_assert!(found.is_subset(&all), "{} of {}", found.len(), all.len());
    }
}
