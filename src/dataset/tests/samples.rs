//! Whole samples: what a picture shows and the columns behind it agree.

use glam::{Mat3, Vec3};

use super::super::families::FAMILIES;
use super::super::look::Care;
use super::super::pack::{Pack, Split};
use super::super::random::Random;
use super::super::record;
use super::super::sample::{self, Sample, Source};
use super::super::solid::{Columns, REACH};
use super::super::stream::{Range, stream};
use super::super::tape::{Builder, Shape};
use super::super::view::View;
use super::ball;
use crate::progress::Monitor;

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
        pool.install(|| stream(&Source::made_up(), range, write, &Monitor::silent())).unwrap();
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
const DIGEST: u64 = 0x65ea_0b77_9848_5d8a;

fn digest(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[test]
fn things_lie_where_their_columns_are() {
    let source = Source::tapes().with_things(1.0);
    for (number, sample) in (0u64..).zip(Range { seed: 12, first: 0, count: 24, side: 64 }.samples(&source)) {
        assert_eq!(sample.group, sample::THINGS);
        let (seen, columns) = (&sample.seen, &sample.columns);
        let rim = seen.rim();
        let inner: Vec<usize> = seen.hits().iter().filter(|p| !rim.contains(p)).map(|p| *p as usize).collect();
        let near = |pixel: usize| {
            let (x, y) = seen.place(pixel);
            let front = seen.front[pixel];
            front.abs() > 0.95 || columns.at(x, y, front).abs() < columns.cell()
        };
        let off = inner.iter().filter(|pixel| !near(**pixel)).count();
        assert!(off * 10 <= inner.len(), "{number}: {off} of {}", inner.len());
    }
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
    let samples = Range { seed: 1, first: 0, count: 40, side: 32 }.samples(&source);
    let count = |group| samples.iter().filter(|s| s.group == group).count();
    // Four in ten are things, six in ten of the others packed solids.
    assert!((8..25).contains(&count(sample::THINGS)), "{}", count(sample::THINGS));
    assert!((7..22).contains(&count(sample::PACKED)), "{}", count(sample::PACKED));
    let length = pack_file(|_| {}).len();
    for cut in [0, 5, 40, length / 2, length - 1] {
        let Err(error) = read(pack_file(|f| f.truncate(cut))) else { panic!("{cut} bytes were taken") };
        assert!(error.to_string().contains("solids.safetensors"), "{error}");
    }
    assert!(read(pack_file(|f| f[0] = 255)).is_err());
    let notes = path.with_extension("json");
    std::fs::write(&notes, r#"{"meshes": [{"name": "ball", "repo": "maker/balls-2.0"}]}"#).unwrap();
    let told = read(pack_file(|_| {})).unwrap().notes(0);
    assert_eq!((told.name.as_str(), told.group.as_str()), ("ball", "balls"));
    std::fs::write(&notes, r#"{"meshes": [{"name": "ba"#).unwrap();
    let Err(error) = read(pack_file(|_| {})) else { panic!("damaged notes were taken for none") };
    assert!(error.to_string().contains("solids.json"), "{error}");
    assert!(Pack::read(&folder.path().join("none")).is_err());
}
