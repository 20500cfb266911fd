//! What a trainer and the benchmark rely on.

use glam::{Mat3, Vec2, Vec3};

use super::families::{self, FAMILIES};
use super::look::Care;
use super::pack::{Pack, PackedMesh, Split};
use super::random::Random;
use super::record;
use super::sample::{self, Sample, Source};
use super::seen::raster;
use super::solid::{Columns, REACH, of_mesh};
use super::stream::{Range, stream};
use super::tape::flat::Flat;
use super::tape::{BATCH, Builder, Fold, Points, Scratch, Shape, Tape};
use super::view::View;
use crate::progress::Monitor;

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
            of_mesh::scan([middle, rim[i], rim[(i + 1) % rim.len()]], side, |i, j| seen[j * side + i] += 1);
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

fn drawn(count: u64) -> Vec<Sample> {
    Range { seed: 11, first: 0, count, side: 64 }.samples(&Source::tapes())
}

#[test]
fn front_back_and_columns_agree() {
    let mut checked = 0;
    for (number, sample) in drawn(40).iter().enumerate() {
        let (seen, columns) = (&sample.seen, &sample.columns);
        let cell = columns.cell();
        let hits = seen.hits();
        let rim = seen.rim();
        let inner: Vec<usize> = hits.iter().filter(|p| !rim.contains(p)).map(|p| *p as usize).collect();
        let mut off = 0;
        for &pixel in &inner {
            let (x, y) = seen.place(pixel);
            assert!(seen.back[pixel] <= seen.front[pixel] && seen.front[pixel] < 1.0);
            // Thin parts fall between samples.
            let near = |z: f32| columns.at(x, y, z).abs() < cell;
            off += usize::from(!(near(seen.front[pixel]) && near(seen.back[pixel])));
            assert!(columns.at(x, y, seen.front[pixel] + 2.0 * cell) > -0.5 * cell);
        }
        checked += inner.len();
        assert!(off * 20 <= inner.len(), "sample {number}: {off} of {}", inner.len());
    }
    assert!(checked > 10_000);
}

#[test]
fn distances_of_tapes_are_nearly_euclidean() {
    let mut builder = Builder::new();
    builder.put(Shape::Sphere(0.5), Vec3::new(-0.3, 0.0, 0.0));
    builder.add(Shape::Ellipsoid(Vec3::new(0.6, 0.3, 0.4)), Vec3::X * 0.4, Mat3::IDENTITY);
    let tape = builder.finish().unwrap();
    let view = View::new(0.2, 0.1, 0.0, 0.4);
    let sample = sample::of_tape_seen(&tape, view, 64, Care::Clean, &mut Random::new(1, 1)).unwrap();
    // Against the nearest of all points where the sign changes along x, y or z.
    let (columns, view) = (&sample.columns, &sample.view);
    let side = columns.side;
    let point = |i: usize, j: usize, k: usize| {
        let place = |i| Columns::place(side, i);
        view.on_ray(place(i), -place(j), place(k))
    };
    let at = |i: usize, j: usize, k: usize| columns.distances[(k * side + j) * side + i];
    let mut surface = Vec::new();
    for (i, j, k) in (1..side).flat_map(|i| (1..side).flat_map(move |j| (1..side).map(move |k| (i, j, k)))) {
        for (a, b, c) in [(i - 1, j, k), (i, j - 1, k), (i, j, k - 1)] {
            let (here, there) = (at(i, j, k), at(a, b, c));
            if (here < 0.0) != (there < 0.0) {
                surface.push(point(i, j, k).lerp(point(a, b, c), here / (here - there)));
            }
        }
    }
    let mut errors = Vec::new();
    let mut random = Random::new(4, 4);
    while errors.len() < 600 {
        let [i, j, k] = [0; 3].map(|_: i32| random.whole(0, side - 1));
        if at(i, j, k).abs() < 0.9 * REACH {
            let nearest = surface.iter().map(|p| p.distance(point(i, j, k))).fold(f32::MAX, f32::min);
            errors.push((at(i, j, k).abs() - nearest).abs());
        }
    }
    errors.sort_by(f32::total_cmp);
    let cell = columns.cell();
    assert!(errors[540] < 0.5 * cell, "{} in cells of {cell}", errors[540]);
}

#[test]
fn a_seed_is_a_sample_for_ever_whatever_the_threads() {
    let run = |threads: usize, first: u64, count: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut bytes = Vec::new();
        let range = Range { seed: 3, first, count, side: 32 };
        let write = |record: &[u8]| {
            bytes.extend_from_slice(record);
            Ok(())
        };
        pool.install(|| stream(&Source::tapes(), range, write, &Monitor::silent())).unwrap();
        bytes
    };
    let all = run(1, 0, 12);
    assert_eq!(all.len(), 12 * record::length(32));
    assert!(all == run(3, 0, 12), "the number of threads shows");
    assert!(all[7 * record::length(32)..] == run(2, 7, 5), "the samples before one show");
    // All but the channels that follow from the outline: those use the platform's `hypot`.
    let (area, start) = (32 * 32, 32);
    let fixed = all
        .chunks_exact(record::length(32))
        .flat_map(|r| r[..start + 8 * area].iter().chain(&r[start + 14 * area..]))
        .copied();
    assert_eq!(digest(fixed), DIGEST, "samples have changed: say so in the changelog");
}

/// FNV-1a of twelve samples.
const DIGEST: u64 = 0x0e55_ee83_e7d3_a84c;

fn digest(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[test]
fn every_sample_fills_its_frame_and_all_families_come() {
    let samples = drawn(100);
    let mut groups = [0; FAMILIES.len()];
    for sample in &samples {
        groups[sample.group as usize] += 1;
        let side = sample.seen.side;
        let hits = sample.seen.hits();
        let span = |place: fn(usize, usize) -> usize| {
            let all = hits.iter().map(|p| place(*p as usize, side));
            all.clone().max().unwrap() - all.min().unwrap() + 1
        };
        let longest = span(|p, side| p % side).max(span(|p, side| p / side)) as f32 / side as f32;
        assert!(longest < 0.95, "{longest}");
        assert!(sample.picture.pixels.chunks(4).any(|p| p[3] >= 128));
        assert!(sample.columns.largest_piece() > 0.9);
    }
    assert!(groups.iter().filter(|n| **n > 0).count() >= 8, "{groups:?}");
}

/// A file with one ball.
fn pack_file(tamper: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mesh = ball(4, Vec3::ONE);
    let mut data = Vec::new();
    let mut header = serde_json::Map::new();
    let mut put = |name: &str, kind: &str, bytes: Vec<u8>, shape: Vec<usize>| {
        let range = [data.len(), data.len() + bytes.len()];
        header.insert(name.to_owned(), serde_json::json!({"dtype": kind, "shape": shape, "data_offsets": range}));
        data.extend(bytes);
    };
    let (v, f) = (mesh.positions.len(), mesh.triangles.len());
    let code = |c: f32| (((c + 1.0) * 0.5 * 65535.0).round() as u16).to_le_bytes();
    put("vertices", "U16", mesh.positions.iter().flat_map(|p| p.to_array()).flat_map(code).collect(), vec![v, 3]);
    put("colors", "U8", vec![200; 3 * v], vec![v, 3]);
    let corners = mesh.triangles.iter().flatten().flat_map(|i| (*i as u16).to_le_bytes());
    put("faces", "U16", corners.collect(), vec![f, 3]);
    put("vertex_offsets", "I64", [0, v as i64].iter().flat_map(|n| n.to_le_bytes()).collect(), vec![2]);
    put("face_offsets", "I64", [0, f as i64].iter().flat_map(|n| n.to_le_bytes()).collect(), vec![2]);
    put("split", "U8", vec![0], vec![1]);
    let header = serde_json::to_vec(&header).unwrap();
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header);
    file.extend(data);
    tamper(&mut file);
    file
}

#[test]
fn packed_solids_are_read_and_damaged_files_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("solids.safetensors");
    let read = |bytes: Vec<u8>| {
        std::fs::write(&path, bytes).unwrap();
        Pack::read(&path)
    };
    let pack = read(pack_file(|_| {})).unwrap();
    assert_eq!((pack.numbers(Split::Train), pack.numbers(Split::Val)), (vec![0], vec![]));
    let source = Source::with_pack(pack, vec![0]);
    let samples = Range { seed: 1, first: 0, count: 20, side: 32 }.samples(&source);
    let packed = samples.iter().filter(|s| s.group == sample::PACKED).count();
    // Six in ten.
    assert!((7..18).contains(&packed), "{packed}");
    let length = pack_file(|_| {}).len();
    for cut in [0, 5, 40, length / 2, length - 1] {
        let Err(error) = read(pack_file(|f| f.truncate(cut))) else { panic!("{cut} bytes were taken") };
        assert!(error.to_string().contains("solids.safetensors"), "{error}");
    }
    assert!(read(pack_file(|f| f[0] = 255)).is_err());
    assert!(Pack::read(&folder.path().join("none")).is_err());
}
