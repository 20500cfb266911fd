//! What a trainer and the benchmark rely on.

mod samples;

use glam::{Vec2, Vec3};

use super::families::{self, FAMILIES};
use super::pack::PackedMesh;
use super::random::Random;
use super::seen::raster;
use super::solid::{Columns, REACH, of_mesh};
use super::tape::flat::Flat;
use super::tape::{BATCH, Builder, Fold, Points, Scratch, Shape, Tape};
use super::view::View;
use crate::mesh::scan::scan;

fn values(tape: &Tape, places: &[Vec3]) -> Vec<f32> {
    let (mut points, mut scratch, mut lane) = (Points::new(), Scratch::default(), [0.0; BATCH]);
    let mut all = Vec::new();
    for chunk in places.chunks(BATCH) {
        chunk.iter().enumerate().for_each(|(i, p)| points.set(i, *p));
        tape.evaluate(&points, &mut scratch, &mut lane);
        all.extend(&lane[..chunk.len()]);
    }
    all
}

fn places(count: usize, random: &mut Random) -> Vec<Vec3> {
    (0..count).map(|_| Vec3::new(random.around(1.15), random.around(1.15), random.around(1.15))).collect()
}

fn single(shape: Shape) -> Tape {
    let mut builder = Builder::new();
    builder.put(shape, Vec3::ZERO);
    builder.finish().unwrap()
}

/// Whether a point is in a shape, written independently.
type IsInside = fn(Vec3) -> bool;

fn shapes() -> Vec<(Shape, IsInside)> {
    let p = Vec2::new;
    vec![
        (Shape::Sphere(0.7), |q| q.length() < 0.7),
        (Shape::Box(Vec3::new(0.3, 0.6, 0.8), 0.0), |q| q.x.abs() < 0.3 && q.y.abs() < 0.6 && q.z.abs() < 0.8),
        (Shape::Cylinder(0.5, 0.7, 0.0), |q| q.x.hypot(q.z) < 0.5 && q.y.abs() < 0.7),
        (Shape::Torus(0.6, 0.25), |q| (q.x.hypot(q.z) - 0.6).hypot(q.y) < 0.25),
        (Shape::Chain(vec![(Vec3::Y * -0.6, 0.3), (Vec3::Y * 0.6, 0.3)]), |q| {
            q.distance(Vec3::Y * q.y.clamp(-0.6, 0.6)) < 0.3
        }),
        (Shape::Extrude(Flat::ring(vec![p(-0.8, -0.5), p(0.8, -0.5), p(0.0, 0.9)]), 0.4, 0.0), |q| {
            q.z.abs() < 0.4 && q.y > -0.5 && q.x.abs() < 0.8 * (0.9 - q.y) / 1.4
        }),
        (Shape::Lathe(Flat::profile(vec![p(0.0, -0.6), p(0.8, -0.6), p(0.0, 0.8)], 0.0)), |q| {
            q.y > -0.6 && q.x.hypot(q.z) < 0.8 * (0.8 - q.y) / 1.4
        }),
    ]
}

#[test]
fn shapes_have_the_exact_sign_and_the_exact_distance() {
    let mut random = Random::new(5, 0);
    let cloud = places(60_000, &mut random);
    for (number, (shape, inside)) in shapes().into_iter().enumerate() {
        let tape = single(shape);
        let state: Vec<bool> = cloud.iter().map(|q| inside(*q)).collect();
        let found = values(&tape, &cloud);
        for (i, f) in found.iter().enumerate().filter(|(_, f)| f.abs() > 1e-5) {
            assert_eq!(*f < 0.0, state[i], "shape {number} at {}", cloud[i]);
        }
        for i in (0..cloud.len()).step_by(cloud.len() / 30) {
            // By brute force: how far is the nearest point of the other side?
            let other = cloud.iter().zip(&state).filter(|(_, s)| **s != state[i]);
            let distance = other.map(|(q, _)| q.distance(cloud[i])).fold(f32::MAX, f32::min);
            let error = distance - found[i].abs();
            assert!((-1e-4..0.09).contains(&error), "shape {number} at {}: {} for {distance}", cloud[i], found[i]);
        }
    }
}

#[test]
fn operations_compose_as_sets_do() {
    let all = shapes();
    let mut random = Random::new(6, 0);
    for round in 0..30 {
        let mut builder = Builder::new();
        let mut parts = Vec::new();
        for step in 0..5 {
            let (shape, inside) = all[random.whole(0, all.len() - 1)].clone();
            let (at, turn) = (random.direction() * random.range(0.0, 0.4), random.rotation(3.0));
            let operation = if step == 0 { 0 } else { random.whole(0, 2) };
            match operation {
                0 => builder.add(shape, at, turn),
                1 => builder.cut(shape, at, turn),
                _ => builder.keep(shape, at, turn),
            }
            parts.push((operation, inside, at, turn));
        }
        let is_inside = |q: Vec3| {
            parts.iter().fold(false, |state, (operation, inside, at, turn)| {
                let this = inside(turn.transpose() * (q - *at));
                match operation {
                    0 => state || this,
                    1 => state && !this,
                    _ => state && this,
                }
            })
        };
        let cloud = places(2000, &mut random);
        for (q, f) in cloud.iter().zip(values(&builder.finish().unwrap(), &cloud)) {
            assert!(f.abs() < 1e-5 || (f < 0.0) == is_inside(*q), "round {round} at {q}: {f}");
        }
    }
}

#[test]
fn copies_lie_where_turning_puts_them() {
    for count in 2..10 {
        let mut builder = Builder::new();
        builder.fold = Fold { around_y: count, ..Fold::default() };
        builder.put(Shape::Sphere(0.2), Vec3::new(0.7, 0.1, 0.0));
        let tape = builder.finish().unwrap();
        let cloud = places(500, &mut Random::new(1, count as u64));
        for (q, f) in cloud.iter().zip(values(&tape, &cloud)) {
            let copy = |i: usize| {
                let angle = std::f32::consts::TAU * i as f32 / count as f32;
                q.distance(Vec3::new(0.7 * angle.cos(), 0.1, 0.7 * angle.sin())) - 0.2
            };
            let nearest = (0..count).map(copy).fold(f32::MAX, f32::min);
            assert!((f - nearest).abs() < 1e-3, "{count}: {f} for {nearest}");
        }
    }
}

#[test]
fn no_tape_changes_faster_than_the_distance() {
    for (family, kind) in FAMILIES.iter().enumerate() {
        for number in 0..12 {
            let mut random = Random::new(8, (family * 100 + number) as u64);
            let tape = families::draw_of(family, &mut random).tape;
            assert!(tape.leaf_count() <= 24);
            let from = places(640, &mut random);
            let to: Vec<Vec3> = from.iter().map(|p| *p + random.direction() * random.range(0.0, 0.2)).collect();
            for ((a, b), (p, q)) in values(&tape, &from).iter().zip(values(&tape, &to)).zip(from.iter().zip(&to)) {
                let distance = p.distance(*q);
                let name = kind.name;
                assert!((a - b).abs() <= 1.002 * distance + 1e-4, "{name} {number}: {a} {b} over {distance}");
            }
        }
    }
}

/// A ball of triangles.
fn ball(rings: usize, half: Vec3) -> PackedMesh {
    let sectors = 2 * rings;
    let mut mesh = crate::mesh::Mesh::default();
    let place = |i: usize, j: usize| {
        let (a, b) =
            (std::f32::consts::PI * i as f32 / rings as f32, std::f32::consts::TAU * j as f32 / sectors as f32);
        if i == 0 || i == rings { Vec3::Y * a.cos() } else { Vec3::new(a.sin() * b.sin(), a.cos(), a.sin() * b.cos()) }
    };
    for (i, j) in (0..rings).flat_map(|i| (0..sectors).map(move |j| (i, j))) {
        let next = (j + 1) % sectors;
        let corners = [place(i, j), place(i + 1, j), place(i + 1, next), place(i, next)].map(|p| p * half);
        let first = mesh.vertex_positions.len() as u32;
        mesh.vertex_positions.extend(corners);
        if i + 1 < rings {
            mesh.triangle_indices.push([first, first + 1, first + 2]);
        }
        if i > 0 {
            mesh.triangle_indices.push([first, first + 2, first + 3]);
        }
    }
    PackedMesh::of_mesh(&mesh).unwrap()
}

/// The winding number by solid angles (Van Oosterom, Strackee 1983).
fn winding(mesh: &PackedMesh, positions: &[Vec3], p: Vec3) -> f32 {
    let angle = |t: &[u32; 3]| {
        let [a, b, c] = t.map(|i| positions[i as usize] - p);
        let (la, lb, lc) = (a.length(), b.length(), c.length());
        let below = la * lb * lc + a.dot(b) * lc + b.dot(c) * la + c.dot(a) * lb;
        2.0 * a.dot(b.cross(c)).atan2(below)
    };
    mesh.triangles.iter().map(angle).sum::<f32>() / (4.0 * std::f32::consts::PI)
}

#[test]
fn crossings_agree_with_winding_numbers_and_distances_with_the_nearest_triangle() {
    let mut mesh = ball(7, Vec3::new(1.0, 0.6, 0.8));
    // A second part inside the first one's box, overlapping it.
    let other = ball(5, Vec3::new(0.3, 1.0, 0.4));
    let first = mesh.positions.len() as u32;
    mesh.triangles.extend(other.triangles.iter().map(|t| t.map(|i| i + first)));
    mesh.positions.extend(other.positions.iter().map(|p| *p * 0.6 + Vec3::new(0.3, 0.3, 0.2)));
    for (number, degrees) in [0.0f32, 40.0].into_iter().enumerate() {
        let view = View::new(0.6, 0.3, 0.1, degrees.to_radians()).fitted(&mesh.positions).unwrap();
        let positions: Vec<Vec3> = mesh.positions.iter().map(|&p| view.frame_from_solid(p)).collect();
        let columns = of_mesh::columns(&positions, &mesh.triangles, &view, 32);
        let mut random = Random::new(2, number as u64);
        for _ in 0..400 {
            let [i, j, k] = [0; 3].map(|_: i32| random.whole(0, 31));
            let place = |i| Columns::place(32, i);
            let p = view.on_ray(place(i), -place(j), place(k));
            let found = columns.distances[(k * 32 + j) * 32 + i];
            let inside = winding(&mesh, &positions, p) > 0.5;
            assert!(found.abs() < 1e-4 || (found < 0.0) == inside, "{p}: {found}");
            let nearest = mesh.triangles.iter().map(|t| to_triangle(t.map(|i| positions[i as usize]), p));
            let nearest = nearest.fold(REACH, f32::min);
            assert!((found.abs() - nearest).abs() < 1e-4, "{p}: {found} for {nearest}");
        }
    }
}

/// Distance to a triangle by trying many of its points, then closing in.
fn to_triangle([a, b, c]: [Vec3; 3], p: Vec3) -> f32 {
    let (mut best, mut center, mut size) = (f32::MAX, Vec2::splat(0.34), 0.7);
    for _ in 0..14 {
        let from = center;
        for (i, j) in (-4..=4).flat_map(|i| (-4..=4).map(move |j| (i, j))) {
            let u = (from.x + size * i as f32 / 4.0).clamp(0.0, 1.0);
            let v = (from.y + size * j as f32 / 4.0).clamp(0.0, 1.0 - u);
            let distance = p.distance(a + (b - a) * u + (c - a) * v);
            if distance < best {
                (best, center) = (distance, Vec2::new(u, v));
            }
        }
        size *= 0.5;
    }
    best
}

#[test]
fn triangles_that_share_edges_cover_every_pixel_once() {
    let side = 40;
    let mut random = Random::new(9, 9);
    for _ in 0..40 {
        // A fan around a point inside a square that is larger than the picture.
        let middle = Vec2::new(random.range(2.0, 37.0), random.range(2.0, 37.0));
        let mut rim: Vec<Vec2> = Vec::new();
        for (from, to) in [
            ((-1.0, -1.0), (41.0, -1.0)),
            ((41.0, -1.0), (41.0, 41.0)),
            ((41.0, 41.0), (-1.0, 41.0)),
            ((-1.0, 41.0), (-1.0, -1.0)),
        ] {
            let (from, to) = (Vec2::from(from), Vec2::from(to));
            let cuts = random.whole(1, 4);
            rim.extend((0..cuts).map(|i| from + (to - from) * i as f32 / cuts as f32));
        }
        let mut seen = vec![0; side * side];
        for i in 0..rim.len() {
            scan([middle, rim[i], rim[(i + 1) % rim.len()]], side, |i, j| seen[j * side + i] += 1);
        }
        assert!(seen.iter().all(|&n| n == 1));
    }
}

#[test]
fn a_ball_has_the_silhouette_depth_and_normals_of_a_ball() {
    let mesh = ball(60, Vec3::ONE);
    let view = View::new(0.3, 0.2, 0.0, 0.0).fitted(&mesh.positions).unwrap();
    let positions: Vec<Vec3> = mesh.positions.iter().map(|&p| view.frame_from_solid(p)).collect();
    let side = 96;
    let seen = raster::raster(&mesh, &positions, &view, side, true);
    let covered: f32 = seen.coverage.iter().sum::<f32>() * 4.0 / (side * side) as f32;
    assert!((covered / (std::f32::consts::PI * 0.81) - 1.0).abs() < 0.005, "{covered}");
    for pixel in 0..side * side {
        let (x, y) = seen.place(pixel);
        let r = x.hypot(y);
        assert!((0.89..0.901).contains(&r) || seen.is_hit(pixel) == (r < 0.9));
        if r < 0.8 {
            let z = (0.81 - r * r).sqrt();
            assert!((seen.front[pixel] - z).abs() < 0.01 && (seen.back[pixel] + z).abs() < 0.01);
            let normal = Vec3::new(x, y, z) / 0.9;
            assert!(seen.front_normals[pixel].dot(normal) > 0.99 && seen.shading_normals[pixel].dot(normal) > 0.999);
        }
    }
}
