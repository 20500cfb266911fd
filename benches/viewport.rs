//! Drawing a mesh of a million triangles while the camera orbits, against F3D on the same machine.
//!
//! `cargo bench --bench viewport`. F3D runs when it is installed and a display is there. A drag is drawn
//! as the window draws it on a slow device: coarser and at half the size, until the camera stands
//! still; F3D draws every triangle at full size.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs, reason = "helpers of a bench")]

mod common;

use std::path::Path;
use std::time::Instant;

use common::Cost;
use glam::Vec3;
use orfeas::export::{ExportOptions, Format};
use orfeas::mesh::Mesh;
use orfeas::render::{Bed, Camera, Effort, Gpu, PreparedLevel, PreparedMesh, Projection, Scene, StillMaker, View};

/// Width and height of the pictures, as those of F3D's window.
const SIZE_PX: [u32; 2] = [1280, 800];
const FRAMES: usize = 20;

/// A bumpy sphere of 2 · side · (side − 1) triangles, 80 mm wide.
fn bumpy_sphere(side: u32) -> Mesh {
    let at = |i: u32, j: u32| {
        let (polar, azimuth) =
            (std::f32::consts::PI * i as f32 / side as f32, std::f32::consts::TAU * (j % side) as f32 / side as f32);
        let radius = 40.0 * (1.0 + 0.08 * (9.0 * polar).sin() * (7.0 * azimuth).cos());
        Vec3::new(polar.sin() * azimuth.cos(), polar.sin() * azimuth.sin(), polar.cos()) * radius + Vec3::Z * 40.0
    };
    let ring = |i: u32| (0..side).map(move |j| (i, j));
    let mut vertex_positions = vec![at(0, 0)];
    vertex_positions.extend((1..side).flat_map(ring).map(|(i, j)| at(i, j)));
    vertex_positions.push(at(side, 0));
    let last = vertex_positions.len() as u32 - 1;
    let name = |i: u32, j: u32| match i {
        0 => 0,
        i if i == side => last,
        i => 1 + (i - 1) * side + j % side,
    };
    let mut triangle_indices = Vec::new();
    for (i, j) in (0..side).flat_map(ring) {
        let [a, b, c, d] = [name(i, j), name(i + 1, j), name(i + 1, j + 1), name(i, j + 1)];
        triangle_indices.extend([[a, b, c], [a, c, d]].into_iter().filter(|[x, y, z]| x != y && y != z && z != x));
    }
    Mesh { vertex_positions, triangle_indices, vertex_colors: None }
}

/// What the window shows at its start.
fn scene() -> Scene {
    let mut scene = Scene::new();
    scene.ground.grid = true;
    scene.ground.bed = Some(Bed::default());
    scene.lighting.follow_camera = true;
    scene
}

/// Keeps a coarser version; there is nothing to count.
fn count(levels: &mut Vec<PreparedLevel>, level: Option<PreparedLevel>) -> usize {
    levels.extend(level);
    levels.len()
}

/// Seconds per picture while the camera orbits.
fn orbit(maker: &mut StillMaker, scene: &Scene, effort: Effort, size_px: [u32; 2]) -> Cost {
    maker.renderer_mut().set_effort(effort);
    let mut camera = Camera::fit(maker.mesh().bounds(), View::default(), Projection::Perspective, size_px);
    // Shaders are made at the first.
    maker.still_from(&camera, scene).unwrap();
    let whole = common::measure(1, || {
        for _ in 0..FRAMES {
            camera.orbit(glam::Vec2::new(6.0, 0.0));
            maker.still_from(&camera, scene).unwrap();
        }
        maker.mesh().triangle_count()
    });
    Cost { secs: whole.secs / FRAMES as f64, ..whole }
}

/// Seconds per frame of F3D's window: a recorded drag of [`FRAMES`] steps against one of none.
fn f3d(file: &Path) -> Result<Cost, String> {
    let drag = |frames: usize| {
        let moves = (1..=frames).map(|i| format!("MouseMoveEvent {} 400 0 0 0 0 0\n", 640 + 6 * i));
        format!(
            "# StreamVersion 1.1\nLeftButtonPressEvent 640 400 0 0 0 0 0\n{}LeftButtonReleaseEvent 760 400 0 0 0 0 0\n\
             KeyPressEvent 700 400 0 27 1 Escape 0\nCharEvent 700 400 0 27 1 Escape 0\n",
            moves.collect::<String>()
        )
    };
    let run = |frames: usize| {
        let log = file.with_file_name("drag.log");
        std::fs::write(&log, drag(frames)).map_err(|e| e.to_string())?;
        let start = Instant::now();
        let mut command = std::process::Command::new("f3d");
        command.arg(file).args(["--resolution", &format!("{},{}", SIZE_PX[0], SIZE_PX[1]), "--interaction-test-play"]);
        let output = command.arg(&log).output().map_err(|e| e.to_string())?;
        let secs = start.elapsed().as_secs_f64();
        if output.status.success() { Ok(secs) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    };
    let best = |frames| (0..3).map(|_| run(frames)).collect::<Result<Vec<_>, _>>();
    let least = |all: Vec<f64>| all.into_iter().fold(f64::INFINITY, f64::min);
    let secs = (least(best(FRAMES)?) - least(best(0)?)) / FRAMES as f64;
    Ok(Cost { secs, peak_mib: None, triangles: 0 })
}

fn main() {
    if !common::is_real_run() {
        return;
    }
    let mesh = bumpy_sphere(708);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sphere.stl");
    orfeas::export::write_file(&mesh, Format::Stl, &file, &ExportOptions::default()).unwrap();
    println!("## viewport");
    let mut prepared = None;
    let time = |what: &str, cost: Cost| println!("  {what:<40} {:>9.1} ms", 1e3 * cost.secs);
    let made = common::measure(3, || {
        prepared = Some(PreparedMesh::new(&mesh).unwrap());
        mesh.triangle_indices.len()
    });
    time("normals and packing", made);
    let prepared = prepared.unwrap();
    let mut levels = Vec::new();
    time("quick coarse version", common::measure(1, || count(&mut levels, prepared.quick_level())));
    time("faithful coarse version", common::measure(1, || count(&mut levels, prepared.faithful_level())));
    let mut maker = StillMaker::with_gpu(Gpu::new_headless().unwrap(), &prepared).unwrap();
    levels.iter().for_each(|level| maker.add_level(level).unwrap());
    let scene = scene();
    let half = SIZE_PX.map(|side| side / 2);
    common::compare("drag of 1 M triangles", orbit(&mut maker, &scene, Effort::Glance, half), "f3d", f3d(&file));
    time("settled picture", orbit(&mut maker, &scene, Effort::Look, SIZE_PX));
    time("picture of every triangle", orbit(&mut maker, &scene, Effort::Full, SIZE_PX));
}
