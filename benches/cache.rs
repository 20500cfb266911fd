//! A request answered from the cache against the same request made afresh, and what each takes of
//! memory.
//!
//! `cargo bench --bench cache`. The folder lies in the system's folder for temporary files; what it
//! holds is in the system's memory when it is read, as after a request of the same minute.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a bench fails")]

mod common;

use std::path::Path;

use criterion::{Criterion, Throughput};
use orfeas::cache::{Cache, CacheOptions, KeyBuilder};
use orfeas::pipeline::{self, Input, Output};
use orfeas::progress::Monitor;
use orfeas::request::{Quality, Request};

const FRESH_RUNS: usize = 5;
const HITS: usize = 50;

fn mib(mib: Option<f64>) -> String {
    mib.map_or("not known".to_owned(), |mib| format!("{mib:.0} MiB"))
}

#[allow(clippy::print_stdout, reason = "a bench tells what it found")]
fn compare(name: &str, request: &Request, input: &Input, cache: &Cache) {
    let run = |cache: &Cache| -> Output {
        pipeline::run(request, input, cache, &Monitor::silent()).expect("the sample makes a solid")
    };
    let fresh = common::time(FRESH_RUNS, || {
        cache.clear().expect("the folder can be cleared");
        run(cache)
    });
    let uncached = common::time(FRESH_RUNS, || run(&Cache::disabled()));
    let output = run(cache);
    let hit = common::time(HITS, || run(cache));
    assert!(output.mesh == run(&Cache::disabled()).mesh, "a hit must be the fresh mesh");
    println!(
        "{name}: {} triangles; fresh {:.1} ms ({} more memory), without a cache {:.1} ms; hit {:.2} ms ({}): {:.2} % \
         of the fresh run; the cache holds {:.1} MB",
        output.mesh.triangle_indices.len(),
        1e3 * fresh.median(),
        mib(fresh.peak_mib),
        1e3 * uncached.median(),
        1e3 * hit.median(),
        mib(hit.peak_mib),
        1e2 * hit.median() / fresh.median(),
        cache.stats().bytes as f64 / 1e6,
    );
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let cache = Cache::open(&CacheOptions { folder: Some(folder.path().to_owned()), ..CacheOptions::default() });
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/fox.png");
    let input = Input::of(sample);
    for quality in [Quality::Draft, Quality::Standard, Quality::Fine] {
        let mut request = Request::default();
        request.solid.quality = quality;
        compare(&format!("inflate, {}", quality.name()), &request, &input, &cache);
    }

    let mut criterion = Criterion::default().configure_from_args();
    let request = Request::default();
    let mut group = criterion.benchmark_group("inflate");
    group.sample_size(20);
    group.bench_function("hit", |b| b.iter(|| pipeline::run(&request, &input, &cache, &Monitor::silent())));
    group.finish();

    let payload = vec![0x5a_u8; 64 << 20];
    let key = KeyBuilder::new("bench", "1").finish();
    let mut group = criterion.benchmark_group("entry of 64 MiB");
    group.sample_size(10).throughput(Throughput::Bytes(payload.len() as u64));
    group.bench_function("put", |b| b.iter(|| cache.put(&key, &payload)));
    group.bench_function("get", |b| b.iter(|| cache.get(&key)));
    group.finish();
    criterion.final_summary();
}
