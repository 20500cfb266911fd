//! Hunyuan3D-2.1 at full size, with random weights, on a graphics card: seconds per guided step and per
//! million points, peak memory, what the host takes, and a picture to a mesh; beside the same computation in
//! PyTorch, as it stands and compiled, and how far the results are apart.
//!
//! `cargo bench --features cuda --bench gpu`, with a Python that has torch and numpy (`ORFEAS_PYTHON`, else
//! `python3`). For a machine without cargo: `cargo bench --features cuda --bench gpu --no-run` names a file
//! that needs nothing beside it; copy it there and run it with `--bench`. Options:
//! * `--device cuda:0`, `--precision bf16`, `--steps 50`, `--octree 384`
//! * `--folder DIR` keeps the 7 GB of random weights there for the next run
//! * `--tiny` is the same in miniature, in a minute on any machine: a dry run
//!
//! Every part runs in a process of its own, so that each one's peak memory is its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs, reason = "helpers of a bench")]

#[path = "../common/mod.rs"]
mod common;
mod parts;
mod watch;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use orfeas::engine::models::hunyuan3d::cost;
use orfeas::engine::models::hunyuan3d::miniature;
use orfeas::engine::models::hunyuan3d::published::{Published, VelocityConfig};
use orfeas::engine::models::hunyuan3d::sampler::Effort;
use orfeas::engine::models::hunyuan3d::vae::VaeConfig;
use orfeas::progress::Monitor;

use watch::{Seen, watched};

const FULL: &str = include_str!("hunyuan3d-2.1.yaml");
const SCRIPT: &str = include_str!("../python/gpu.py");
const WEIGHTS: &str = include_str!("../python/weights.py");
const GUIDANCE: f32 = 5.0;
/// Points whose values are compared.
const COMPARED: usize = 4096;

/// What was asked for.
pub struct Options {
    pub device: String,
    pub precision: String,
    pub steps: usize,
    pub octree: usize,
    pub tiny: bool,
    pub folder: PathBuf,
}

impl Options {
    /// From the command line; `folder` is where nothing else was said.
    fn read(folder: &Path) -> Self {
        let words: Vec<String> = std::env::args().collect();
        let tiny = words.iter().any(|w| w == "--tiny");
        let value = |name: &str| words.iter().position(|w| w == name).and_then(|at| words.get(at + 1)).cloned();
        let number = |name: &str, full: usize, small: usize| {
            value(name).map_or(if tiny { small } else { full }, |text| text.parse().unwrap())
        };
        Self {
            device: value("--device").unwrap_or_else(|| if tiny { "cpu" } else { "cuda:0" }.to_owned()),
            precision: value("--precision").unwrap_or_else(|| if tiny { "f32" } else { "bf16" }.to_owned()),
            steps: number("--steps", 50, 5),
            octree: number("--octree", 384, 64),
            tiny,
            folder: value("--folder").map_or_else(|| folder.to_owned(), PathBuf::from),
        }
    }

    /// The same for a process of its own.
    fn arguments(&self) -> Vec<String> {
        let (steps, octree) = (self.steps.to_string(), self.octree.to_string());
        let folder = self.folder.display().to_string();
        let named = [
            ("--device", &self.device),
            ("--precision", &self.precision),
            ("--steps", &steps),
            ("--octree", &octree),
            ("--folder", &folder),
        ];
        let mut words: Vec<String> =
            named.iter().flat_map(|(name, value)| [(*name).to_owned(), (*value).clone()]).collect();
        words.extend(self.tiny.then(|| "--tiny".to_owned()));
        words
    }

    /// Steps and passes over the points that are timed, and the number of points.
    pub fn rounds(&self) -> usize {
        if self.tiny { 3 } else { 10 }
    }

    pub fn points(&self) -> usize {
        if self.tiny { 1 << 13 } else { 1 << 20 }
    }

    /// Points at a time: as published, and what a large card may like better.
    pub fn chunks(&self) -> &'static [usize] {
        if self.tiny { &[1000, 8192] } else { &[8000, 1 << 16, 1 << 18] }
    }
}

/// The model's folder; its weights are written where there are none.
fn prepare(options: &Options) {
    fs::create_dir_all(&options.folder).unwrap();
    let config = if options.tiny { miniature::CONFIG } else { FULL };
    let same = fs::read_to_string(options.folder.join("config.yaml")).is_ok_and(|found| found == config);
    if same && options.folder.join("model.fp16.safetensors").exists() {
        return;
    }
    println!("writing random weights to {}", options.folder.display());
    miniature::write_sized(&options.folder, config, 5, &Monitor::silent()).unwrap();
    parts::smooth_field(&options.folder);
}

/// What the script must know besides the files.
fn settings(options: &Options, mode: &str) -> String {
    let published = Published::open(&options.folder).unwrap();
    let VelocityConfig::Moe(moe) = &published.config().velocity else { unreachable!("written above") };
    let vae: VaeConfig = serde_json::from_value(published.config().vae.clone()).unwrap();
    let device = options.device.replace("vulkan:0", "cpu");
    let (folder, rounds, chunks) = (options.folder.display().to_string(), options.rounds(), options.chunks());
    let numbers = [
        ("ROUNDS", rounds),
        ("STEPS", options.steps),
        ("COMPARED", COMPARED.min(options.points())),
        ("TOKENS", vae.num_latents),
        ("CHANNELS", moe.in_channels),
        ("WIDTH", moe.hidden_size),
        ("CONTEXT_WIDTH", moe.context_dim),
        ("HEADS", moe.num_heads),
        ("DEPTH", moe.depth),
        ("EXPERTS", moe.num_experts),
        ("EXPERT_LAYERS", moe.num_moe_layers),
        ("TOP_K", moe.moe_top_k),
        ("GEO_WIDTH", vae.geo_width()),
        ("GEO_HEADS", vae.geo_heads()),
        ("OCTAVES", vae.num_freqs),
    ];
    let numbers: String = numbers.iter().map(|(name, value)| format!("{name} = {value}\n")).collect();
    format!(
        "{numbers}GUIDANCE = {GUIDANCE}\nCHUNKS = {chunks:?}\nFOLDER = {folder:?}\nDEVICE = {device:?}\nPRECISION = \
         {:?}\nMODE = {mode:?}\n",
        options.precision
    )
}

/// One part of ours, or of the script's.
fn run(options: &Options, part: &str) -> Result<Seen, String> {
    let command = match part.strip_prefix("torch-") {
        Some(mode) => {
            let python = std::env::var("ORFEAS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
            let mut command = Command::new(python);
            command.args(["-c", &format!("{WEIGHTS}\n{}\n{SCRIPT}", settings(options, mode))]);
            command
        }
        None => {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--bench", "--part", part]).args(options.arguments());
            command
        }
    };
    watched(command, &options.device)
}

/// `‖a − b‖ / ‖b‖` of two files of numbers.
fn distance(folder: &Path, [a, b]: [&str; 2]) -> Option<f64> {
    let read = |name: &str| -> Option<Vec<f64>> {
        let bytes = fs::read(folder.join(format!("{name}.f32"))).ok()?;
        Some(bytes.as_chunks::<4>().0.iter().map(|b| f64::from(f32::from_le_bytes(*b))).collect())
    };
    let (a, b) = (read(a)?, read(b)?);
    let square = |sum: f64, x: f64| sum + x * x;
    let length = b.iter().copied().fold(0.0, square).sqrt();
    (a.len() == b.len()).then(|| a.iter().zip(&b).map(|(a, b)| a - b).fold(0.0, square).sqrt() / length)
}

fn report_distances(folder: &Path) {
    for [a, b] in [
        ["velocities-orfeas", "velocities-float"],
        ["velocities-eager", "velocities-float"],
        ["velocities-orfeas", "velocities-eager"],
        ["logits-orfeas", "logits-float"],
        ["logits-eager", "logits-float"],
        ["logits-orfeas", "logits-eager"],
    ] {
        if let Some(distance) = distance(folder, [a, b]) {
            println!("rel. L2 of {a} to {b}: {distance:.1e}");
        }
    }
}

fn report(options: &Options, seen: &BTreeMap<&str, Result<Seen, String>>) {
    let value = |part: &str, name: &str| seen.get(part)?.as_ref().ok()?.values.get(name).copied();
    let show = |value: Option<f64>, scale: f64, unit: &str| {
        value.map_or("–".to_owned(), |v| format!("{:.1} {unit}", scale * v))
    };
    println!("\n{} at {}, {} steps, octree {}", options.device, options.precision, options.steps, options.octree);
    println!("{:<46}{:>16}{:>16}{:>16}", "", "orfeas", "PyTorch", "compiled");
    let row = |what: &str, ours: String, name: &str, scale: f64, unit: &str| {
        let [eager, compiled] = ["torch-eager", "torch-compiled"].map(|part| show(value(part, name), scale, unit));
        println!("{what:<46}{ours:>16}{eager:>16}{compiled:>16}");
    };
    let ours = |part: &str, name: &str, scale: f64, unit: &str| show(value(part, name), scale, unit);
    row("guided step, all of the work", ours("steps", "step_all_secs", 1e3, "ms"), "step_secs", 1e3, "ms");
    row("guided step, what changes the result", ours("steps", "step_secs", 1e3, "ms"), "", 1e3, "ms");
    row("  of which the host hands over", ours("steps", "step_host_secs", 1e3, "ms"), "step_host_secs", 1e3, "ms");
    for chunk in options.chunks() {
        let name = format!("points_secs_{chunk}");
        row(&format!("a million points, {chunk} at a time"), ours("points", &name, 1.0, "s"), &name, 1.0, "s");
    }
    for (what, name) in [("load the denoiser", "load_denoiser_secs"), ("read the picture", "conditioner_secs")] {
        row(what, ours("steps", name, 1.0, "s"), "", 1.0, "s");
    }
    for (what, name, unit) in [
        ("picture to latents", "encode_secs", "s"),
        ("latents to field", "decode_secs", "s"),
        ("field to mesh", "surface_secs", "s"),
        ("picture to mesh, the second time", "whole_secs", "s"),
        ("triangles", "triangles", ""),
    ] {
        row(what, ours("whole", name, 1.0, unit), "", 1.0, unit);
    }
    // The script has no image encoder and no mesh; what there is makes nearly all of the time.
    let dense = (options.octree as f64 + 1.0).powi(3) / 1e6;
    let added = |steps: &str, points: &str| {
        let each = options.chunks().iter().filter_map(|chunk| value(points, &format!("points_secs_{chunk}")));
        let point = each.reduce(f64::min)?;
        Some(value(steps, "step_secs")? * options.steps as f64 + point * dense)
    };
    let what = format!("{} steps and all {dense:.1} million points", options.steps);
    let [ours, eager, compiled] =
        [("steps", "points"), ("torch-eager", "torch-eager"), ("torch-compiled", "torch-compiled")]
            .map(|(steps, points)| show(added(steps, points), 1.0, "s"));
    println!("{what:<46}{ours:>16}{eager:>16}{compiled:>16}");
    for (part, result) in seen {
        match result {
            Ok(seen) => println!("{part:<16} {seen}"),
            Err(why) => println!("{part:<16} absent ({why})"),
        }
    }
    report_distances(&options.folder);
    if let (Some(secs), false) = (value("steps", "step_secs"), options.tiny) {
        let published = Published::open(&options.folder).unwrap();
        let VelocityConfig::Moe(moe) = &published.config().velocity else { return };
        let operations = cost::guided_step(moe, 4096, 1370, Effort::Needed) as f64;
        println!("{:.0} TFLOP per guided step, {:.0} TFLOP/s", operations / 1e12, operations / 1e12 / secs);
    }
}

fn main() {
    // Not a bench of small things that are repeated: `cargo test` leaves it out.
    if !common::is_real_run() {
        return;
    }
    let temporary = tempfile::tempdir().unwrap();
    let options = Options::read(temporary.path());
    let words: Vec<String> = std::env::args().collect();
    if let Some(part) = words.iter().position(|w| w == "--part").and_then(|at| words.get(at + 1)) {
        return parts::run(part, &options);
    }
    prepare(&options);
    let mut seen = BTreeMap::new();
    for part in ["steps", "points", "whole", "torch-float", "torch-eager", "torch-compiled"] {
        println!("{part} …");
        seen.insert(part, run(&options, part));
    }
    report(&options, &seen);
}
