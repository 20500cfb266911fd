//! Our parts: each in a process of its own, saying what it found as lines `RESULT name value`.

use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use burn::tensor::backend::Backend as _;
use glam::Vec3;
use orfeas::engine::device::find;
use orfeas::engine::learned::{DecodeMethod, DecodeOptions, EncodeOptions, Planes};
use orfeas::engine::models::columns::model::Figure;
use orfeas::engine::models::hunyuan3d::noise::{normal_noise, normal_numbers};
use orfeas::engine::models::hunyuan3d::published::Published;
use orfeas::engine::models::hunyuan3d::sampler::{Branches, Effort, Sampling, VelocityModel};
use orfeas::engine::models::hunyuan3d::scheduler::Schedule;
use orfeas::engine::models::hunyuan3d::vae::{ShapeDecoder, VaeConfig};
use orfeas::engine::models::hunyuan3d::volume::FieldEvaluator;
use orfeas::engine::models::{Family, ModelSource};
use orfeas::engine::weights::{LoadOptions, load};
use orfeas::engine::{Backend, Device, Engine, EngineOptions, Tensor};
use orfeas::progress::Monitor;
use orfeas::surface;

use super::{COMPARED, GUIDANCE, Options};

fn say(name: &str, value: f64) {
    println!("RESULT {name} {value}");
}

fn save(folder: &Path, name: &str, numbers: &[f32]) {
    let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
    fs::write(folder.join(format!("{name}.f32")), bytes).unwrap();
}

fn numbers<const D: usize>(x: Tensor<D>) -> Vec<f32> {
    x.into_data().convert::<f32>().to_vec().unwrap()
}

fn wait(device: &Device) {
    Backend::sync(device).unwrap();
}

fn median(mut secs: Vec<f64>) -> f64 {
    secs.sort_by(f64::total_cmp);
    secs[secs.len() / 2]
}

/// Runs one part.
pub fn run(part: &str, options: &Options) {
    match part {
        "steps" => steps(options),
        "points" => points(options),
        _ => whole(options),
    }
    if let Some(mib) = super::common::peak_mib() {
        say("host_mib", mib);
    }
}

/// Lets the geometry decoder see two octaves of a point's place and no finer ones: random weights would
/// make a field that is all surface, at the same cost for each point.
pub fn smooth_field(folder: &Path) {
    const KEPT: usize = 2;
    let name = "vae.geo_decoder.query_proj.weight";
    let mut file = fs::File::options().read(true).write(true).open(folder.join("model.fp16.safetensors")).unwrap();
    let mut length = [0; 8];
    file.read_exact(&mut length).unwrap();
    let mut header = vec![0; u64::from_le_bytes(length) as usize];
    file.read_exact(&mut header).unwrap();
    let header_end = 8 + header.len() as u64;
    let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
    let start = header_end + header[name]["data_offsets"][0].as_u64().unwrap();
    let size = |axis: usize| header[name]["shape"][axis].as_u64().unwrap() as usize;
    let (rows, columns) = (size(0), size(1));
    // The point, then sines and cosines of each axis in every octave.
    let octaves = (columns - 3) / 6;
    let is_fine = |column: usize| column >= 3 && (column - 3) % octaves >= KEPT;
    for row in 0..rows {
        for column in (0..columns).filter(|c| is_fine(*c)) {
            file.seek(SeekFrom::Start(start + 2 * (row * columns + column) as u64)).unwrap();
            file.write_all(&[0; 2]).unwrap();
        }
    }
}

struct Opened {
    published: Published,
    vae: VaeConfig,
    device: Device,
    load: LoadOptions<'static>,
}

fn open(options: &Options) -> Opened {
    let published = Published::open(&options.folder).unwrap();
    let vae: VaeConfig = serde_json::from_value(published.config().vae.clone()).unwrap();
    let device = find(options.device.parse().unwrap()).unwrap().open().unwrap();
    let load = LoadOptions { precision: options.precision.parse().unwrap(), ..LoadOptions::new(device.clone()) };
    Opened { published, vae, device, load }
}

/// A picture of noise as the model reads it.
fn picture(published: &Published) -> Planes {
    let side = published.config().image_processor["size"].as_u64().unwrap() as usize;
    let values = normal_numbers(3, 3 * side * side).iter().map(|n| n.clamp(-1.0, 1.0)).collect();
    Planes { shape: [3, side, side], values }
}

/// Context, then guided steps: with everything done as the reference does it, and with what is needed.
fn steps(options: &Options) {
    let Opened { published, vae, device, load } = open(options);
    let conditioner = published.load_conditioner(&load).unwrap();
    let Planes { shape: [channels, height, width], values } = picture(&published);
    let image = Tensor::<1>::from_floats(values.as_slice(), &device).reshape([1, channels, height, width]);
    let read = || conditioner.forward(image.clone(), &mut |_, _| Ok(())).unwrap();
    let context = read();
    wait(&device);
    let start = Instant::now();
    let again = read();
    wait(&device);
    say("conditioner_secs", start.elapsed().as_secs_f64());
    drop(again);
    save(&options.folder, "context", &numbers(context.clone()));
    drop(conditioner);
    let start = Instant::now();
    let model = published.load_velocity(&load).unwrap();
    wait(&device);
    say("load_denoiser_secs", start.elapsed().as_secs_f64());
    let noise = normal_noise(7, [1, vae.num_latents, vae.embed_dim], &device);
    save(&options.folder, "noise", &numbers(noise.clone()));
    let runs = Runs { model, noise, context, device, rounds: options.rounds() };
    let (_, first) = runs.run(Effort::Needed, true);
    save(&options.folder, "velocities-orfeas", &first);
    say("begin", 0.0);
    let (secs, _) = runs.run(Effort::Needed, true);
    say("end", 0.0);
    say("step_secs", median(secs));
    let (handed, _) = runs.run(Effort::Needed, false);
    say("step_host_secs", median(handed));
    runs.run(Effort::All, true);
    say("step_all_secs", median(runs.run(Effort::All, true).0));
}

struct Runs {
    model: VelocityModel,
    noise: Tensor<3>,
    context: Tensor<3>,
    device: Device,
    rounds: usize,
}

impl Runs {
    /// Seconds of each step, the card waited for after each or not at all; and the first velocities.
    fn run(&self, effort: Effort, waits: bool) -> (Vec<f64>, Vec<f32>) {
        // The last step of a schedule goes nowhere.
        let schedule = Schedule::flow_matching(self.rounds + 2, 1.0).unwrap();
        let sampling = Sampling {
            schedule: &schedule,
            guidance_scale: GUIDANCE,
            guided_share: 1.0,
            branches: Branches::Together,
            effort,
            monitor: Monitor::silent(),
        };
        let (mut secs, mut first, mut kept) = (Vec::new(), None, Vec::new());
        wait(&self.device);
        let mut last = Instant::now();
        self.model
            .sample(self.noise.clone(), self.context.clone(), &sampling, |step| {
                if waits {
                    wait(&self.device);
                }
                secs.push(last.elapsed().as_secs_f64());
                first.get_or_insert_with(|| step.velocities.clone());
                kept.push(step.index);
                last = Instant::now();
            })
            .unwrap();
        wait(&self.device);
        // The first one prepares the context, too.
        (secs.split_off(1), first.map(numbers).unwrap_or_default())
    }
}

/// Points through the geometry decoder, from the host and back.
fn points(options: &Options) {
    let Opened { published, vae, device, load: loading } = open(options);
    let loading = LoadOptions { prefix: "vae.", ..loading };
    let decoder: ShapeDecoder = load(published.weights(), &loading, |w| ShapeDecoder::load(w, &vae)).unwrap();
    let latents = normal_noise(9, [1, vae.num_latents, vae.embed_dim], &device);
    let dtype = loading.precision.dtype();
    let features = decoder.features(decoder.unscale(latents).cast(dtype), &Monitor::silent()).unwrap();
    save(&options.folder, "features", &numbers(features.clone()));
    let coordinates = normal_numbers(11, 3 * options.points());
    let places: Vec<Vec3> = coordinates.chunks_exact(3).map(|p| 0.4 * Vec3::from_slice(p)).collect();
    save(&options.folder, "places", &places.iter().flat_map(Vec3::to_array).collect::<Vec<_>>());
    let mut values = vec![0.0; places.len()];
    for chunk in options.chunks() {
        let key_values = decoder.geo_decoder().key_values(features.clone());
        let evaluator = FieldEvaluator::new(decoder.geo_decoder(), key_values, *chunk);
        let mut pass = || {
            let start = Instant::now();
            evaluator.logits(&places, &mut values, &mut |_| Ok(())).unwrap();
            start.elapsed().as_secs_f64() * 1e6 / places.len() as f64
        };
        pass();
        say(&format!("points_secs_{chunk}"), median((0..3).map(|_| pass()).collect()));
        save(&options.folder, "logits-orfeas", &values[..COMPARED.min(places.len())]);
    }
}

/// A picture to a mesh, as the program does it, twice: the first time kernels are made and chosen.
fn whole(options: &Options) {
    let device = options.device.parse().unwrap();
    let precision = Some(options.precision.parse().unwrap());
    let engine = Engine::new(EngineOptions { device, precision, gives_way: false });
    let source = ModelSource { family: Family::Hunyuan3d, folder: options.folder.clone(), weights: None };
    let monitor = Monitor::silent();
    let planes = picture(&Published::open(&options.folder).unwrap());
    let encode = EncodeOptions { steps: options.steps, guidance_scale: GUIDANCE, guidance_until: 1.0, seed: 1 };
    for _ in 0..2 {
        let begun = Instant::now();
        let made = engine.encode(&source, vec![planes.clone().into()], encode, &monitor).unwrap();
        made.notes.iter().for_each(|note| println!("{note}"));
        let latents = Arc::new(made.value.into_iter().next().unwrap());
        let encoded = begun.elapsed().as_secs_f64();
        // Random weights have their surface anywhere: at the level that half of the box is above.
        let coarse = decode_options(64, -1e3, DecodeMethod::Dense);
        let mut samples = engine.decode(&source, &latents, coarse, &monitor).unwrap().value.samples;
        samples.sort_by(f32::total_cmp);
        let level = -1e3 - samples[samples.len() / 2];
        let start = Instant::now();
        let decode = decode_options(options.octree, level, DecodeMethod::SurfaceFollowing);
        let made = engine.decode(&source, &latents, decode, &monitor).unwrap();
        made.notes.iter().for_each(|note| println!("{note}"));
        let decoded = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let mesh = surface::extract(&made.value, &monitor).unwrap();
        let extracted = start.elapsed().as_secs_f64();
        say("encode_secs", encoded);
        say("decode_secs", decoded);
        say("surface_secs", extracted);
        say("whole_secs", encoded + decoded + extracted);
        say("triangles", mesh.triangle_indices.len() as f64);
    }
}

fn decode_options(resolution: usize, level: f32, method: DecodeMethod) -> DecodeOptions {
    let (half_box, chunk_points, figure) = (1.01, 8000, Figure::default());
    DecodeOptions { resolution, level, half_box, method, chunk_points, figure }
}
