use glam::Vec3;

use super::*;
use crate::field::ScalarGrid;
use crate::mesh::intersect::self_intersections;
use crate::mesh::topology::Topology;
use crate::progress::CancelToken;
use crate::surface::extract;

fn grid(samples: usize, value_at: impl Fn(Vec3) -> f32 + Sync) -> Mesh {
    let field = ScalarGrid::from_fn([samples; 3], Vec3::splat(-1.0), 2.0 / (samples as f32 - 1.0), value_at);
    extract(&field, &Monitor::silent()).unwrap()
}

fn noise(p: Vec3) -> f32 {
    let h = (p * 1e4)
        .to_array()
        .map(|c| c.round() as i32 as u32)
        .iter()
        .fold(7u32, |h, &c| (h ^ c).wrapping_mul(0x9e37_79b1));
    (h >> 8) as f32 / (1 << 23) as f32 - 1.0
}

/// A ball about the origin with a void in it; the wall is that share of the radius.
fn hollow(ball: &Mesh, wall: f32) -> Mesh {
    let mut hollow = ball.clone();
    let first = ball.vertex_positions.len() as u32;
    hollow.vertex_positions.extend(ball.vertex_positions.iter().map(|p| p * (1.0 - wall)));
    hollow.triangle_indices.extend(ball.triangle_indices.iter().map(|&[a, b, c]| [a + first, c + first, b + first]));
    hollow
}

fn to_triangles(triangles: u32) -> Target {
    Target { triangles: Some(triangles), max_error: None }
}

fn assert_sound(mesh: &Mesh) {
    mesh.validate().unwrap();
    let topology = Topology::of(&weld(mesh));
    assert!(topology.is_manifold() && topology.degenerate_triangles == 0, "{:?}", topology.samples);
    assert_eq!(self_intersections(mesh, &Monitor::silent()), Ok(Some(Vec::new())));
}

#[test]
fn a_ball_keeps_its_shape_with_a_tenth_of_the_triangles() {
    let ball = grid(64, |p| p.length() - 0.7);
    let goal = ball.triangle_indices.len() as u32 / 10;
    let few = simplify(&ball, to_triangles(goal), &Monitor::silent()).unwrap();
    assert_eq!(few.note, None);
    assert!(few.mesh.triangle_indices.len() <= goal as usize);
    assert!(few.mesh.triangle_indices.len() > goal as usize * 9 / 10);
    assert_sound(&few.mesh);
    assert!((few.mesh.signed_volume() / ball.signed_volume() - 1.0).abs() < 0.01);
    assert!(few.achieved_error > 0.0 && few.achieved_error < 0.005, "{}", few.achieved_error);
    assert!(few.mesh.vertex_positions.iter().all(|p| (p.length() - 0.7).abs() < 0.01));
}

#[test]
fn a_thin_shell_has_as_few_triangles_as_its_walls_allow() {
    let shell = hollow(&grid(64, |p| p.length() - 0.9), 0.012 / 0.9);
    // With so few, the walls pass through each other everywhere.
    let few = simplify(&shell, to_triangles(200), &Monitor::silent()).unwrap();
    let count = few.mesh.triangle_indices.len();
    assert!(count > 220 && count < 5000, "{count} of {}", shell.triangle_indices.len());
    assert!(few.note.is_some_and(|note| note.starts_with(&count.to_string())));
    assert_sound(&few.mesh);
}

#[test]
fn an_error_in_units_is_kept_whatever_the_size() {
    let mut block = grid(48, |p| p.abs().max_element() - 0.61);
    for scale in [1.0, 40.0] {
        block.transform(|p| p * scale);
        let max_error = 0.002 * block.bounds().unwrap().size().x;
        let target = Target { triangles: None, max_error: Some(max_error) };
        let few = simplify(&block, target, &Monitor::silent()).unwrap();
        assert!(few.achieved_error <= max_error, "{} of {max_error}", few.achieved_error);
        assert!(few.mesh.triangle_indices.len() < block.triangle_indices.len() / 20);
        assert_sound(&few.mesh);
        assert!((few.mesh.signed_volume() / block.signed_volume() - 1.0).abs() < 0.01);
    }
}

/// The farthest of the middles and corners of `from`'s triangles from `to`.
fn farthest(from: &Mesh, to: &Mesh) -> f32 {
    let tree = crate::mesh::box_tree::BoxTree::of(to);
    let points = (0..from.triangle_indices.len()).flat_map(|t| {
        let [a, b, c] = from.triangle(t);
        [a, b, c, (a + b + c) / 3.0]
    });
    points.map(|p| tree.distance_squared(to, p, 0.0, &mut 0)).fold(0.0, f32::max).sqrt()
}

#[test]
fn no_part_of_the_surface_moves_farther_than_allowed() {
    let ball = grid(48, |p| p.length() - 0.7);
    let rod = grid(48, |p| (p.truncate().length() - 0.5).max(p.z.abs() - 0.83));
    let wavy = grid(56, |p| glam::vec2(p.truncate().length() - 0.6, p.z).length() - 0.2 - 0.03 * (9.0 * p.x).sin());
    for mesh in [ball, rod, wavy] {
        let mut before = usize::MAX;
        for max_error in [0.0005, 0.005, 0.025] {
            let target = Target { triangles: None, max_error: Some(max_error) };
            let few = simplify(&mesh, target, &Monitor::silent()).unwrap().mesh;
            assert_sound(&few);
            let moved = farthest(&mesh, &few).max(farthest(&few, &mesh));
            assert!(moved <= 1.02 * max_error, "{moved} for {max_error}");
            // Less is not done out of caution.
            assert!(max_error < 0.005 || moved > 0.3 * max_error, "{moved} for {max_error}");
            assert!(few.triangle_indices.len() < before);
            before = few.triangle_indices.len();
        }
    }
}

#[test]
fn a_number_that_the_error_does_not_allow_is_told() {
    let ball = grid(48, |p| p.length() - 0.7);
    let all = ball.triangle_indices.len();
    let few = |triangles: usize, max_error: f32| {
        let target = Target { triangles: Some(triangles as u32), max_error: Some(max_error) };
        simplify(&ball, target, &Monitor::silent()).unwrap()
    };
    let close = few(100, 0.005);
    let count = close.mesh.triangle_indices.len();
    assert!(count > 110 && count < all, "{count} of {all}");
    let told = format!("{count} triangles are left, not 100: with fewer, the surface would move farther than allowed");
    assert!(close.note.as_ref().is_some_and(|note| note.starts_with(&told)), "{:?}", close.note);
    let enough = few(all / 4, 0.5);
    assert!(enough.mesh.triangle_indices.len() <= all / 4 + all / 40);
    assert_eq!(enough.note, None);
}

#[test]
fn a_rod_of_long_strips_gets_fewer_of_them() {
    let (sides, radius, height) = (210u32, 10.0, 80.0);
    let at = |i: u32, z: f32| {
        (Vec3::from((glam::Vec2::from_angle(std::f32::consts::TAU * i as f32 / sides as f32), 0.0)) * radius).with_z(z)
    };
    let mut rod = Mesh {
        vertex_positions: vec![Vec3::ZERO, Vec3::Z * height],
        triangle_indices: Vec::new(),
        vertex_colors: None,
    };
    rod.vertex_positions.extend((0..sides).flat_map(|i| [at(i, 0.0), at(i, height)]));
    for i in 0..sides {
        let [a, b] = [i, (i + 1) % sides].map(|i| 2 * i + 2);
        rod.triangle_indices.extend([[0, b, a], [1, a + 1, b + 1], [a, b, b + 1], [a, b + 1, a + 1]]);
    }
    let max_error = 0.01;
    let few = simplify(&rod, Target { triangles: None, max_error: Some(max_error) }, &Monitor::silent()).unwrap();
    assert_eq!(few.note, None);
    assert_sound(&few.mesh);
    // A chord over four sides is 0.018 off, over two 0.0045.
    let count = few.mesh.triangle_indices.len();
    assert!(count < rod.triangle_indices.len() * 3 / 4, "{count} of {}", rod.triangle_indices.len());
    assert!(farthest(&rod, &few.mesh).max(farthest(&few.mesh, &rod)) <= 1.02 * max_error);
}

#[test]
fn noise_stays_manifold_or_comes_back_with_a_note() {
    let blurred = |p: Vec3| {
        let q = (p / 0.07).floor();
        let t = p / 0.07 - q;
        let corner = |i: u32| {
            let d = Vec3::new((i & 1) as f32, (i >> 1 & 1) as f32, (i >> 2) as f32);
            let w = (Vec3::ONE - d) * (Vec3::ONE - t) + d * t;
            w.x * w.y * w.z * noise(q + d)
        };
        (0..8).map(corner).sum::<f32>().max(p.length() - 0.9)
    };
    let rough = grid(48, blurred);
    assert!(Topology::of(&rough).is_manifold());
    for goal in [8000, 2000] {
        let few = simplify(&rough, to_triangles(goal), &Monitor::silent()).unwrap();
        assert_sound(&few.mesh);
        assert!(few.mesh.signed_volume() > 0.0);
        let reached = few.mesh.triangle_indices.len() <= goal as usize * 11 / 10;
        assert!(reached || few.note.is_some(), "{} triangles and no note", few.mesh.triangle_indices.len());
    }
}

#[test]
fn an_error_larger_than_the_mesh_does_not_empty_it() {
    let ball = grid(24, |p| p.length() - 0.7);
    let few = simplify(&ball, Target { triangles: None, max_error: Some(50.0) }, &Monitor::silent()).unwrap();
    assert_sound(&few.mesh);
    assert!(few.mesh.signed_volume() > 0.0);
}

#[test]
fn voids_and_colours_survive() {
    let mut hollow = grid(56, |p| (p.length() - 0.8).max(0.5 - p.length()));
    hollow.paint(|p| if p.x < 0.0 { [200, 10, 10] } else { [10, 10, 200] });
    let few = simplify(&hollow, to_triangles(3000), &Monitor::silent()).unwrap().mesh;
    assert_sound(&few);
    let volumes: Vec<f64> = Topology::of(&few).shells.iter().map(|s| s.signed_volume).collect();
    assert!(volumes.len() == 2 && volumes[0] > 2.0 && volumes[1] < -0.5, "{volumes:?}");
    for (p, color) in few.vertex_positions.iter().zip(few.vertex_colors.unwrap()) {
        assert_eq!(color, if p.x < 0.0 { [200, 10, 10] } else { [10, 10, 200] });
    }
}

#[test]
fn a_large_mesh_goes_through_blocks_the_same_on_any_number_of_threads() {
    let field = |p: Vec3| {
        let q = 12.0 * p;
        (q.x.sin() * q.y.cos() + q.y.sin() * q.z.cos() + q.z.sin() * q.x.cos()).max(12.0 * (p.length() - 0.9))
    };
    let gyroid = grid(150, field);
    assert!(gyroid.triangle_indices.len() > 300_000, "{}", gyroid.triangle_indices.len());
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| simplify(&gyroid, to_triangles(20_000), &Monitor::silent())).unwrap()
    };
    let few = run(1);
    assert_eq!(few, run(3));
    assert_sound(&few.mesh);
    assert!(few.mesh.triangle_indices.len() <= 20_100, "{} {:?}", few.mesh.triangle_indices.len(), few.note);
    assert!((few.mesh.signed_volume() / gyroid.signed_volume() - 1.0).abs() < 0.01);
}

#[test]
fn a_large_mesh_keeps_its_shape_with_very_few_triangles() {
    let ball = globe(1.0, 560);
    assert!(ball.triangle_indices.len() > 300_000);
    let few = simplify(&ball, to_triangles(2000), &Monitor::silent()).unwrap();
    assert!(few.note.is_none() && few.mesh.triangle_indices.len() <= 2000);
    assert_sound(&few.mesh);
    for t in 0..few.mesh.triangle_indices.len() {
        let [a, b, c] = few.mesh.triangle(t);
        assert!((a + b + c).length() / 3.0 > 0.98 && a.length().max(b.length()).max(c.length()) < 1.001, "{a} {b} {c}");
        assert!(a.distance(b) < 0.3, "{a} {b}");
    }
}

#[test]
fn walls_of_a_large_mesh_stay_thick_with_very_few_triangles() {
    let wall = 0.05;
    let shell = hollow(&globe(1.0, 400), wall);
    assert!(shell.triangle_indices.len() > 300_000);
    let few = simplify(&shell, to_triangles(4000), &Monitor::silent()).unwrap();
    assert!(few.note.is_none() && few.mesh.triangle_indices.len() <= 4000);
    assert_sound(&few.mesh);
    let is_inside = |t: &[u32; 3]| few.mesh.vertex_positions[t[0] as usize].length() < 1.0 - wall / 2.0;
    let (inside, outside): (Vec<[u32; 3]>, _) = few.mesh.triangle_indices.iter().partition(|t| is_inside(t));
    let [inside, outside] = [inside, outside].map(|t| Mesh { triangle_indices: t, ..few.mesh.clone() });
    let tree = crate::mesh::box_tree::BoxTree::of(&outside);
    let thickness = |p: Vec3| tree.distance_squared(&outside, p, 0.0, &mut 0).sqrt();
    let corners = (0..inside.triangle_indices.len()).flat_map(|t| inside.triangle(t));
    let thinnest = corners.map(thickness).fold(f32::INFINITY, f32::min);
    assert!(thinnest > 0.6 * wall, "{thinnest}");
}

#[test]
fn who_asks_for_too_few_gets_no_more_than_who_asks_for_what_can_be() {
    for (wall, columns, can_be) in [(0.03, 170, 900), (0.013, 120, 3500)] {
        let shell = hollow(&globe(1.0, columns), wall);
        let enough = simplify(&shell, to_triangles(can_be), &Monitor::silent()).unwrap();
        assert!(enough.note.is_none() && enough.mesh.triangle_indices.len() <= can_be as usize);
        for goal in [60, 200] {
            let few = simplify(&shell, to_triangles(goal), &Monitor::silent()).unwrap();
            let count = few.mesh.triangle_indices.len();
            assert!(count <= can_be as usize, "{count} for {goal}");
            assert!(few.note.is_some_and(|note| note.starts_with(&count.to_string())));
            assert_sound(&few.mesh);
        }
    }
}

#[test]
fn nothing_to_do_and_bad_meshes() {
    let ball = grid(20, |p| p.length() - 0.7);
    for target in [Target::default(), to_triangles(1_000_000), Target { triangles: None, max_error: Some(0.0) }] {
        let same = simplify(&ball, target, &Monitor::silent()).unwrap();
        assert_eq!((same.mesh, same.achieved_error, same.note), (ball.clone(), 0.0, None));
    }
    let empty = simplify(&Mesh::default(), to_triangles(10), &Monitor::silent());
    assert_eq!(empty, Err(SimplifyError::Mesh(MeshError::Empty)));
    let token = CancelToken::new();
    token.cancel();
    let stopped = simplify(&ball, to_triangles(10), &Monitor::new(&token, &|_| {}));
    assert_eq!(stopped, Err(SimplifyError::Cancelled(Cancelled)));
}

#[test]
fn an_open_mesh_keeps_its_hole_and_gets_no_other() {
    let mut open = grid(40, |p| p.length() - 0.7);
    open.triangle_indices.retain(|t| open.vertex_positions[t[0] as usize].y < 0.4);
    let before = Topology::of(&open);
    let few = simplify(&open, to_triangles(1000), &Monitor::silent()).unwrap();
    let after = Topology::of(&few.mesh);
    assert!(after.open_edges > 0 && after.open_edges <= before.open_edges);
    assert!(after.nonmanifold_edges == 0 && after.nonmanifold_vertices <= before.nonmanifold_vertices);
    assert!(few.mesh.triangle_indices.len() <= 1000);
}

#[test]
fn flat_sides_and_sharp_edges_come_out_clean() {
    let boxes = grid(90, |p| {
        let (a, b) = ((p - 0.01).abs().max_element() - 0.5, (p - Vec3::new(0.6, 0.1, 0.2)).abs().max_element() - 0.3);
        a.min(b).min((p.truncate().length() - 0.1).max(p.z.abs() - 0.9))
    });
    for divisor in [4, 16, 40] {
        let goal = boxes.triangle_indices.len() as u32 / divisor;
        let few = simplify(&boxes, to_triangles(goal), &Monitor::silent()).unwrap();
        assert_sound(&few.mesh);
        assert_eq!(few.note, None);
        assert!(few.mesh.triangle_indices.len() <= goal as usize * 11 / 10);
    }
}

/// A ball of `columns * (columns - 2)` triangles about the origin.
pub(super) fn globe(radius: f32, columns: u32) -> Mesh {
    let rows = columns / 2;
    let at = |row: u32, column: u32| {
        let (polar, around) = (std::f32::consts::PI * row as f32 / rows as f32, column as f32 / columns as f32);
        let rim = glam::Vec2::from_angle(std::f32::consts::TAU * around) * polar.sin();
        radius * rim.extend(polar.cos())
    };
    let mut globe = Mesh {
        vertex_positions: vec![radius * Vec3::Z, -radius * Vec3::Z],
        triangle_indices: Vec::new(),
        vertex_colors: None,
    };
    globe.vertex_positions.extend((1..rows).flat_map(|row| (0..columns).map(move |column| at(row, column))));
    let id = |row: u32, column: u32| 2 + (row - 1) * columns + column % columns;
    for i in 0..columns {
        globe.triangle_indices.extend([[0, id(1, i), id(1, i + 1)], [1, id(rows - 1, i + 1), id(rows - 1, i)]]);
        for row in 1..rows - 1 {
            let [a, b, c, d] = [id(row, i), id(row + 1, i), id(row + 1, i + 1), id(row, i + 1)];
            globe.triangle_indices.extend([[a, b, c], [a, c, d]]);
        }
    }
    globe
}

fn globe_at(center: Vec3) -> Mesh {
    let mut globe = globe(20.0, 80);
    globe.vertex_positions.iter_mut().for_each(|p| *p += center);
    globe
}

fn crossing(mesh: &Mesh) -> usize {
    self_intersections(mesh, &Monitor::silent()).unwrap().unwrap().len()
}

#[test]
fn bodies_that_overlap_keep_their_shape_where_they_meet() {
    let centers = [Vec3::ZERO, Vec3::new(25.3, 1.1, 0.7)];
    let [mut both, other] = centers.map(globe_at);
    both.append(&other).unwrap();
    assert!(crossing(&both) > 100);
    let off = |p: &Vec3| centers.iter().map(|c| (p.distance(*c) - 20.0).abs()).fold(f32::INFINITY, f32::min);
    for goal in [12000, 8000, 2000] {
        let few = simplify(&both, to_triangles(goal), &Monitor::silent()).unwrap();
        assert!(few.note.is_none() && few.mesh.triangle_indices.len() <= goal as usize);
        let farthest = few.mesh.vertex_positions.iter().map(off).fold(0.0, f32::max);
        assert!(farthest < 0.01, "{farthest} off for {goal}");
        let topology = Topology::of(&few.mesh);
        assert!(topology.is_manifold() && topology.shells.len() == 2 && crossing(&few.mesh) <= crossing(&both));
    }
}

#[test]
fn bodies_that_overlap_get_about_as_few_triangles_as_apart() {
    let beside = |shift: f32| {
        let mut both = globe_at(Vec3::ZERO);
        both.append(&globe_at(Vec3::new(shift, 1.1, 0.7))).unwrap();
        both
    };
    let (over, apart) = (beside(25.3), beside(55.3));
    for max_error in [0.05, 0.5] {
        let target = Target { triangles: None, max_error: Some(max_error) };
        let [few, alone] = [&over, &apart].map(|mesh| simplify(mesh, target, &Monitor::silent()).unwrap());
        assert_eq!(few.note, None);
        let [count, enough] = [&few, &alone].map(|few| few.mesh.triangle_indices.len());
        assert!(count < over.triangle_indices.len() * 4 / 5 && count <= enough * 3 / 2, "{count}, apart {enough}");
        assert!(farthest(&over, &few.mesh).max(farthest(&few.mesh, &over)) <= 1.02 * max_error);
    }
}

#[test]
fn a_body_that_passes_through_itself_gets_fewer_triangles() {
    // A tube along a lying eight, whose halves pass through each other in the middle.
    let (length, sides) = (300u32, 24u32);
    let at = |i: u32, j: u32| {
        let [a, b] = [(i, length), (j, sides)].map(|(i, of)| std::f32::consts::TAU * i as f32 / of as f32);
        let along = Vec3::new(40.0 * a.cos(), 40.0 * (2.0 * a).cos(), -4.0 * a.sin()).normalize();
        let right = along.cross(Vec3::Z).normalize();
        let middle = Vec3::new(40.0 * a.sin(), 20.0 * (2.0 * a).sin(), 4.0 * a.cos());
        middle + 6.0 * (b.cos() * right + b.sin() * right.cross(along))
    };
    let id = |i: u32, j: u32| i % length * sides + j % sides;
    let quads = (0..length).flat_map(|i| (0..sides).map(move |j| (i, j)));
    let tube = Mesh {
        vertex_positions: (0..length).flat_map(|i| (0..sides).map(move |j| at(i, j))).collect(),
        triangle_indices: quads
            .map(|(i, j)| [id(i, j), id(i + 1, j), id(i + 1, j + 1), id(i, j + 1)])
            .flat_map(|[a, b, c, d]| [[a, b, c], [a, c, d]])
            .collect(),
        vertex_colors: None,
    };
    assert!(tube.signed_volume() > 0.0 && Topology::of(&tube).is_manifold() && crossing(&tube) > 50);
    let target = Target { triangles: None, max_error: Some(0.1) };
    let few = simplify(&tube, target, &Monitor::silent()).unwrap();
    assert_eq!(few.note, None);
    let count = few.mesh.triangle_indices.len();
    assert!(count < tube.triangle_indices.len() / 2, "{count}");
    assert!(Topology::of(&few.mesh).is_manifold() && crossing(&few.mesh) <= crossing(&tube));
    assert!(farthest(&tube, &few.mesh).max(farthest(&few.mesh, &tube)) <= 0.102);
}
