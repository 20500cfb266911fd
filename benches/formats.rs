//! Mesh files of 3.2 million triangles: our times, and trimesh's on the same file in the same run.
//!
//! `cargo bench --bench formats`. trimesh is looked for in the Python that `ORFEAS_PYTHON` names, or
//! `python3`; without it the comparison is left out and that is said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a bench fails")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use criterion::{Criterion, Throughput};
use glam::Vec3;
use orfeas::export::{self, ExportOptions, Format};
use orfeas::files::IfExists;
use orfeas::import;
use orfeas::mesh::Mesh;
use orfeas::print;
use orfeas::progress::Monitor;

use common::Rounds;

/// A closed torus of 3.2 million triangles, 160 MB as STL.
fn torus() -> Mesh {
    let (around, along) = (2000u32, 800u32);
    let mut mesh = Mesh::default();
    for i in 0..around {
        for j in 0..along {
            let u = i as f32 / around as f32 * std::f32::consts::TAU;
            let v = j as f32 / along as f32 * std::f32::consts::TAU;
            let ring = 30.0 + 12.0 * v.cos();
            mesh.vertex_positions.push(Vec3::new(ring * u.cos(), ring * u.sin(), 12.0 + 12.0 * v.sin()));
            let at = |i: u32, j: u32| (i % around) * along + j % along;
            let [a, b, c, d] = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
            mesh.triangle_indices.extend([[a, b, c], [a, c, d]]);
        }
    }
    mesh
}

fn measure<T>(work: impl FnMut() -> T) -> Rounds {
    common::time(3, work)
}

/// Seconds that trimesh takes to read (merging vertices) and to write `path`.
fn trimesh_secs(path: &Path) -> Result<[f64; 2], String> {
    const SCRIPT: &str = "
import sys, time, trimesh
path = sys.argv[1]
def best(work):
    times = []
    for _ in range(3):
        start = time.perf_counter(); result = work(); times.append(time.perf_counter() - start)
    return min(times), result
read, mesh = best(lambda: trimesh.load(path, force='mesh'))
assert len(mesh.faces) == 3200000 and mesh.is_watertight
write, _ = best(lambda: mesh.export(path + '.trimesh.stl'))
print(read, write)
";
    let python = std::env::var_os("ORFEAS_PYTHON").unwrap_or_else(|| "python3".into());
    let output = Command::new(python).arg("-c").arg(SCRIPT).arg(path).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [read, write] => Ok([read, write]),
        _ => Err(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned()),
    }
}

fn report(what: &str, bytes: usize, taken: Rounds) -> f64 {
    let secs = taken.best();
    let peak = taken.peak_mib.map_or_else(String::new, |peak| format!(", {peak:.0} MiB more at the peak"));
    eprintln!("{what:32} {secs:8.3} s {:7.0} MB/s{peak}", bytes as f64 / 1e6 / secs);
    secs
}

fn compare(mesh: &Mesh) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let replace = ExportOptions { if_exists: IfExists::Replace, ..ExportOptions::default() };
    let mut ours = [0.0; 3];
    for &format in Format::ALL {
        let path = folder.path().join("torus").with_extension(format.extension());
        let write = measure(|| export::write_file(mesh, format, &path, &replace).expect("written"));
        let bytes = fs::metadata(&path).expect("written").len() as usize;
        let label = format.label();
        let written = report(&format!("{label} to a synced file"), bytes, write);
        let read =
            report(&format!("{label} read and welded"), bytes, measure(|| import::read_file(&path).expect("read")));
        if format == Format::Stl {
            let file = fs::File::create(folder.path().join("plain.stl")).expect("a file");
            let memory = export::to_bytes(mesh, format, &replace).expect("bytes");
            let plain = measure(|| fs::write(folder.path().join("plain.stl"), &memory).expect("written"));
            drop(file);
            report("  a plain copy of the same bytes", bytes, plain);
            ours = [read, written, report("  to memory", bytes, measure(|| export::to_bytes(mesh, format, &replace)))];
        }
    }
    report("print check", 50 * mesh.triangle_indices.len(), measure(|| print::check(mesh, &Monitor::silent())));
    match trimesh_secs(&folder.path().join("torus.stl")) {
        Ok([read, write]) => {
            eprintln!("trimesh: read and merge {read:.3} s, write {write:.3} s (not synced)");
            eprintln!("STL read and weld: {:.1} × trimesh", read / ours[0]);
            eprintln!(
                "STL write: {:.1} × trimesh to a synced file, {:.1} × to memory",
                write / ours[1],
                write / ours[2]
            );
        }
        Err(reason) => eprintln!("trimesh was not compared: {reason}"),
    }
}

fn main() {
    let mesh = torus();
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let bytes = export::to_bytes(&mesh, Format::Stl, &ExportOptions::default()).expect("bytes");
    let mut group = criterion.benchmark_group("stl_3200k");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("write", |b| b.iter(|| export::to_bytes(&mesh, Format::Stl, &ExportOptions::default())));
    group.bench_function("read_and_weld", |b| b.iter(|| import::read_bytes(&bytes, Format::Stl)));
    group.finish();
    drop(bytes);
    compare(&mesh);
    criterion.final_summary();
}
