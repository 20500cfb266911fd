//! The way through a learned model, with a model in miniature: everything but the published numbers.

mod refusals;

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use image::{Rgba, RgbaImage};

use super::studio::{Studio, fresh};
use super::*;
use crate::engine::learned::Part;
use crate::engine::models::hunyuan3d::miniature;
use crate::mesh::topology::Topology;
use crate::progress::{CancelToken, Progress};
use crate::request::{Decode, Mode, Model};

/// A seed of weights whose field has a surface well inside the box.
const SEED: u64 = 5;

fn new_studio() -> Studio {
    Studio::new(
        |model| miniature::write(model, SEED).unwrap(),
        "model.fp16.safetensors",
        |number| {
            RgbaImage::from_fn(80, 70 + number, |x, y| {
                let inside = (x + 3 * number) % 80 > 20 && (15..60).contains(&y);
                Rgba([(40 * number) as u8, x as u8, 200, if inside { 255 } else { 0 }])
            })
        },
    )
}

/// Small enough for seconds.
fn request() -> Request {
    let mut request = Request { mode: Mode::Model, ..Request::default() };
    request.model.model = Model::Hunyuan3d21;
    request.model.steps = Some(4);
    request.model.octree = Some(32);
    request.size.height_mm = Some(40.0);
    request
}

#[test]
fn a_picture_becomes_a_closed_mesh_and_the_same_seed_the_same_bytes() {
    let studio = new_studio();
    let first = studio.run(&request(), &Cache::disabled()).unwrap();
    let topology = Topology::of(&first.mesh);
    assert!(topology.is_closed() && topology.is_manifold(), "{}", first.report);
    assert!((first.report.size_mm[2] - 40.0).abs() < 0.05, "{:?}", first.report.size_mm);
    assert!(first.notes.is_empty() && first.mesh.vertex_colors.is_none(), "{:?}", first.notes);
    assert!(studio.run(&request(), &Cache::disabled()).unwrap().mesh == first.mesh);
    let mut other = request();
    other.model.seed += 1;
    assert!(studio.run(&other, &Cache::disabled()).unwrap().mesh != first.mesh, "another seed");
    let tools = studio.tools(Cache::disabled());
    let picture = studio.picture(2);
    let other = run_with(&request(), &picture, &Circumstances::of(&tools), &Monitor::silent()).unwrap();
    assert!(other.mesh != first.mesh, "another picture");
}

#[test]
fn another_resolution_level_or_box_is_decoded_without_sampling() {
    let studio = new_studio();
    let cache = studio.cache("cache");
    let base = request();
    let first = studio.run(&base, &cache).unwrap();
    assert!(fresh(&first).contains(&Stage::Latents));
    let changes: [fn(&mut Request); 6] = [
        |r| r.model.octree = Some(48),
        |r| r.model.iso_level = 0.1,
        |r| r.model.half_box = 0.9,
        |r| r.model.decode = Decode::Hierarchical,
        |r| r.model.decode = Decode::FlashVdmMerge,
        |r| r.solid.hollow_mm = 1.0,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut changed = base;
        change(&mut changed);
        let output = studio.run(&changed, &cache).unwrap();
        assert!(!fresh(&output).contains(&Stage::Latents) && !fresh(&output).is_empty(), "change {number}");
        // Bands around the surface miss none of it here.
        let same = changed.model.decode == Decode::Hierarchical;
        assert!(same || output.mesh != first.mesh, "change {number}");
        assert!(output.mesh == studio.run(&changed, &Cache::disabled()).unwrap().mesh, "change {number}");
        assert!(!stages_to_redo(&base, &changed).contains(&Stage::Latents), "change {number}");
    }
    let mut denser = base;
    denser.model.decode = Decode::Dense;
    assert!(studio.run(&denser, &cache).unwrap().mesh == first.mesh, "following the surface is exact");
    assert!(studio.run(&base, &cache).unwrap().stages.iter().all(|s| s.cached));
    for change in [(|r| r.model.steps = Some(5)) as fn(&mut Request), |r| r.model.guidance = 3.0] {
        let mut changed = base;
        change(&mut changed);
        assert_eq!(stages_to_redo(&base, &changed).first(), Some(&Stage::Latents));
        assert!(fresh(&studio.run(&changed, &cache).unwrap()).contains(&Stage::Latents));
    }
    let mut published = base;
    published.model.steps = None;
    let mut said = base;
    said.model.steps = Some(50);
    assert_eq!(stages_to_redo(&published, &said), []);
}

#[test]
fn pictures_in_company_come_out_as_alone() {
    let studio = new_studio();
    let requests: Vec<_> = (1..=6).map(|n| (request(), studio.picture(n))).collect();
    let alone: Vec<_> = requests
        .iter()
        .map(|(request, input)| {
            let tools = studio.tools(Cache::disabled());
            run_with(request, input, &Circumstances::of(&tools), &Monitor::silent()).unwrap()
        })
        .collect();
    let tools = studio.tools(studio.cache("cache"));
    let mut sampled = 0;
    for (number, (request, input)) in requests.iter().enumerate() {
        let around = Circumstances { upcoming: &requests[number + 1..], ..Circumstances::of(&tools) };
        let output = run_with(request, input, &around, &Monitor::silent()).unwrap();
        assert_alike(&output, &alone[number]);
        sampled += usize::from(fresh(&output).contains(&Stage::Latents));
    }
    assert_eq!(sampled, 2, "four, then two");
}

#[test]
fn a_coarse_mesh_is_shown_before_the_fine_one() {
    let studio = new_studio();
    let mut request = request();
    request.model.octree = Some(128);
    let tools = studio.tools(studio.cache("cache"));
    let seen = Mutex::new(Vec::new());
    let preview = |mesh: Arc<Mesh>| seen.lock().unwrap().push(mesh);
    let around = Circumstances { preview: Some(&preview), ..Circumstances::of(&tools) };
    let output = run_with(&request, &studio.picture(1), &around, &Monitor::silent()).unwrap();
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen.len(), 1);
    let (coarse, fine) = (seen[0].bounds().unwrap(), output.mesh.bounds().unwrap());
    assert!(seen[0].triangle_indices.len() < output.mesh.triangle_indices.len());
    assert!((coarse.size() - fine.size()).abs().max_element() < 0.2 * fine.size().max_element());
}

#[test]
fn cancelling_leaves_nothing_half_done() {
    let studio = new_studio();
    let clean = studio.run(&request(), &Cache::disabled()).unwrap();
    // While weights load, in the middle of the steps, among the points.
    for (number, (stage, share)) in
        [(Stage::Latents, 0.0), (Stage::Latents, 0.5), (Stage::Shape, 0.3)].iter().enumerate()
    {
        let cache = studio.cache(&format!("cache-{number}"));
        let tools = studio.tools(cache.clone());
        let cancel = CancelToken::new();
        let sink = |progress: Progress| {
            if progress.stage == *stage && progress.done as f64 >= share * progress.total as f64 {
                cancel.cancel();
            }
        };
        let monitor = Monitor::new(&cancel, &sink);
        let result = run_with(&request(), &studio.picture(1), &Circumstances::of(&tools), &monitor);
        assert!(result.is_err_and(|e| e.is_cancelled()), "{stage:?} {share}");
        let latents = cache.stats().stages.get("latents").map_or(0, |s| s.entries);
        assert_eq!(Studio::entries(&cache), latents, "{stage:?}: nothing after the latents");
        assert_eq!(latents, u64::from(*stage == Stage::Shape));
        assert!(studio.run(&request(), &cache).unwrap().mesh == clean.mesh);
    }
}

#[test]
fn progress_goes_forward_through_every_stage() {
    let studio = new_studio();
    let tools = studio.tools(Cache::disabled());
    let seen: Mutex<Vec<(Stage, f64)>> = Mutex::default();
    let sink = |p: Progress| seen.lock().unwrap().push((p.stage, p.done as f64 / p.total as f64));
    let cancel = CancelToken::new();
    let monitor = Monitor::new(&cancel, &sink);
    run_with(&request(), &studio.picture(1), &Circumstances::of(&tools), &monitor).unwrap();
    let seen = seen.into_inner().unwrap();
    let mut stages: Vec<Stage> = seen.iter().map(|(stage, _)| *stage).collect();
    stages.dedup();
    let all = [Stage::Intake, Stage::CutOut, Stage::Latents, Stage::Shape, Stage::Surface, Stage::Mesh, Stage::Check];
    assert_eq!(stages, all);
    let sampling: Vec<f64> = seen.iter().filter(|(s, _)| *s == Stage::Latents).map(|(_, share)| *share).collect();
    assert!(sampling.is_sorted() && sampling.len() > 20, "{sampling:?}");
}

/// The same solid up to rounding: products of more rows at once add up in another order.
fn assert_alike(a: &Output, b: &Output) {
    let (volume_a, volume_b) = (a.mesh.signed_volume(), b.mesh.signed_volume());
    assert!((volume_a - volume_b).abs() <= 0.01 * volume_b, "{volume_a} mm³ and {volume_b} mm³");
    let [size_a, size_b] = [a, b].map(|output| output.mesh.bounds().unwrap().size());
    assert!((size_a - size_b).abs().max_element() <= 0.01 * size_b.max_element(), "{size_a} mm and {size_b} mm");
}

/// Runs with `times` failures of `part`, planned for an engine of its own.
fn run_short_of(part: Part, times: usize) -> (Studio, Cache, Result<Output, PipelineError>) {
    let studio = new_studio();
    let cache = studio.cache("cache");
    studio.engine.faults().plan(part, times);
    let result = studio.run(&request(), &cache);
    (studio, cache, result)
}

#[test]
fn a_full_memory_steps_down_says_so_and_gives_the_same() {
    let clean = new_studio().run(&request(), &Cache::disabled()).unwrap();
    for (part, times, words) in [
        (Part::Denoising, 1, "made room for the denoiser"),
        (Part::Denoising, 2, "one after the other"),
        (Part::Points, 1, "made room for the decoder"),
    ] {
        let (_, _, result) = run_short_of(part, times);
        let output = result.unwrap();
        assert!(output.notes.iter().any(|n| n.contains(words)), "{part:?}: {:?}", output.notes);
        assert_alike(&output, &clean);
    }
    for (part, times) in [(Part::DenoiserWeights, 2), (Part::Denoising, 3)] {
        let (studio, cache, result) = run_short_of(part, times);
        let output = result.unwrap();
        assert!(output.notes.iter().any(|n| n.contains("took turns")), "{part:?}: {:?}", output.notes);
        assert_alike(&output, &clean);
        // With room again, all of it is loaded.
        let mut other = request();
        other.model.seed += 1;
        assert!(studio.run(&other, &cache).unwrap().notes.is_empty());
    }
    let (_, _, result) = run_short_of(Part::Points, 3);
    let output = result.unwrap();
    assert!(output.notes.iter().any(|n| n.contains("fewer points")), "{:?}", output.notes);
    assert_alike(&output, &clean);
}

#[test]
fn a_lower_resolution_is_said_and_not_stored() {
    let studio = new_studio();
    let cache = studio.cache("cache");
    let mut request = request();
    request.model.octree = Some(80);
    // Room is made, points are halved four times; then the resolution goes.
    studio.engine.faults().plan(Part::Points, 6);
    let output = studio.run(&request, &cache).unwrap();
    assert!(output.notes.iter().any(|n| n.contains("lowered to 64")), "{:?}", output.notes);
    assert_eq!(Studio::entries(&cache), 1, "the latents alone");
    let whole = studio.run(&request, &cache).unwrap();
    assert!(whole.notes.is_empty() && whole.mesh != output.mesh, "{:?}", whole.notes);
}

#[test]
fn a_memory_that_stays_full_is_an_error_and_the_next_run_works() {
    for part in [Part::Conditioner, Part::DenoiserWeights, Part::Denoising, Part::Decoder, Part::Points] {
        let (studio, cache, result) = run_short_of(part, 40);
        let error = result.unwrap_err().to_string();
        assert!(error.contains("does not fit into the memory"), "{part:?}: {error}");
        let latents = u64::from(matches!(part, Part::Decoder | Part::Points));
        assert_eq!(Studio::entries(&cache), latents, "{part:?}");
        studio.engine.faults().forget();
        assert!(studio.run(&request(), &cache).is_ok(), "{part:?}");
    }
}

#[test]
fn a_panic_of_a_driver_fails_one_run_and_the_engine_goes_on() {
    let studio = new_studio();
    let clean = studio.run(&request(), &Cache::disabled()).unwrap();
    studio.engine.faults().panic_in(Part::Denoising);
    let cache = studio.cache("cache");
    let error = studio.run(&request(), &cache).unwrap_err().to_string();
    assert!(error.contains("the model stopped") && error.contains("on purpose"), "{error}");
    assert_eq!(Studio::entries(&cache), 0);
    assert!(studio.run(&request(), &cache).unwrap().mesh == clean.mesh);
}

#[test]
fn new_weights_are_another_model() {
    let studio = new_studio();
    let cache = studio.cache("cache");
    let first = studio.run(&request(), &cache).unwrap();
    miniature::write(&studio.model(), SEED + 1).unwrap();
    let second = studio.run(&request(), &cache);
    let mesh = second.map(|output| output.mesh).ok();
    assert!(mesh.as_ref() != Some(&first.mesh), "the old weights' result was given for the new ones");
    assert!(Path::new(&studio.weights()).exists());
}
