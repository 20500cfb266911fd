//! Marching cubes on a 385³ field, on one core, against scikit-image; and field operations.
//!
//! `cargo bench --bench surface`. The peer runs when `ORFEAS_PYTHON` (or `python3`) can import it.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "helpers of a bench")]

mod common;

use criterion::{BatchSize, Criterion};
use glam::Vec3;
use orfeas::field::{ScalarGrid, distance, ops};
use orfeas::progress::Monitor;
use orfeas::surface::extract;

const SAMPLES: usize = 385;

fn grid(samples: usize, value_at: impl Fn(Vec3) -> f32 + Sync) -> ScalarGrid {
    ScalarGrid::from_fn([samples; 3], Vec3::splat(-1.0), 2.0 / (samples as f32 - 1.0), value_at)
}

fn sphere(p: Vec3) -> f32 {
    p.length() - 0.8
}

/// A gyroid cut to a ball, so that it is closed within the grid.
fn gyroid(p: Vec3) -> f32 {
    let q = 4.0 * std::f32::consts::PI * p;
    let wave = q.x.sin() * q.y.cos() + q.y.sin() * q.z.cos() + q.z.sin() * q.x.cos();
    wave.max(12.0 * (p.length() - 0.95))
}

/// The same fields, in the same precision.
const PEER: &str = r#"
import numpy as np
from skimage.measure import marching_cubes
axis = np.linspace(-1, 1, SAMPLES, dtype=np.float32)
x, y, z = np.meshgrid(axis, axis, axis, indexing="ij", sparse=True)
radius = np.sqrt(x * x + y * y + z * z)
if FIELD == "sphere":
    field = radius - np.float32(0.8)
else:
    x, y, z = (np.float32(4 * np.pi) * c for c in (x, y, z))
    field = np.sin(x) * np.cos(y) + np.sin(y) * np.cos(z) + np.sin(z) * np.cos(x)
    field = np.maximum(field, np.float32(12) * (radius - np.float32(0.95)))
field = np.ascontiguousarray(field, dtype=np.float32)
measure(3, lambda: len(marching_cubes(field, 0.0)[1]))
"#;

fn against_scikit_image() {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for (name, value_at) in [("sphere", sphere as fn(Vec3) -> f32), ("gyroid", gyroid)] {
        let field = grid(SAMPLES, value_at);
        let work = || extract(&field, &Monitor::silent()).unwrap().triangle_indices.len();
        let ours = one.install(|| common::measure(5, work));
        drop(field);
        let theirs = common::peer(&format!("SAMPLES, FIELD = {SAMPLES}, '{name}'{PEER}"));
        common::compare(&format!("marching cubes, {name} {SAMPLES}³, one core"), ours, "scikit-image", theirs);
    }
}

fn benches(criterion: &mut Criterion) {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut group = criterion.benchmark_group("surface");
    group.sample_size(10);
    for (name, value_at) in [("sphere", sphere as fn(Vec3) -> f32), ("gyroid", gyroid)] {
        let field = grid(257, value_at);
        let work = || extract(&field, &Monitor::silent()).unwrap();
        group.bench_function(format!("{name} 257³, one core"), |b| b.iter_with_large_drop(|| one.install(work)));
        group.bench_function(format!("{name} 257³, all cores"), |b| b.iter_with_large_drop(work));
    }
    group.finish();
    let mut group = criterion.benchmark_group("field");
    group.sample_size(10);
    let ball = grid(129, sphere);
    let monitor = Monitor::silent();
    group.bench_function("redistance 129³", |b| {
        let everywhere = || distance::redistance_within(&ball, f32::INFINITY, &monitor).unwrap();
        b.iter_batched(|| (), |()| everywhere(), BatchSize::PerIteration);
    });
    group.bench_function("hollow 129³, wall of 4 cells", |b| {
        b.iter_batched(|| (), |()| ops::hollow(&ball, 0.0625, &monitor).unwrap(), BatchSize::PerIteration);
    });
    group.finish();
}

fn main() {
    if common::is_real_run() {
        against_scikit_image();
    }
    let mut criterion = Criterion::default().configure_from_args();
    benches(&mut criterion);
    criterion.final_summary();
}
