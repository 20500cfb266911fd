//! An object from several sides, with a model of several views in miniature.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use image::{Rgb, RgbImage, Rgba, RgbaImage};

use super::cut_out_tests::breaks;
use super::*;
use crate::cache::CacheOptions;
use crate::engine::device::{DeviceChoice, DeviceId};
use crate::engine::learned::Part;
use crate::engine::models::hunyuan3d::miniature;
use crate::engine::{Engine, EngineOptions};
use crate::mesh::topology::Topology;
use crate::progress::{CancelToken, Progress};
use crate::request::{CutOutMethod, Mode, Model};

/// A seed of weights whose field has a surface well inside the box.
const SEED: u64 = 5;

/// A folder with pictures and a model, and an engine of its own.
struct Studio {
    folder: tempfile::TempDir,
    engine: Engine,
}

impl Studio {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("model")).unwrap();
        miniature::write_views(&folder.path().join("model"), SEED).unwrap();
        let device = DeviceChoice::Named(DeviceId::Cpu);
        Self { folder, engine: Engine::new(EngineOptions { device, ..EngineOptions::default() }) }
    }

    /// The file of a picture, another one for each number.
    fn picture(&self, number: u32) -> PathBuf {
        let path = self.folder.path().join(format!("{number}.png"));
        RgbaImage::from_fn(80, 70 + number, |x, y| {
            let inside = (x + 3 * number) % 80 > 20 && (15..60).contains(&y);
            Rgba([(40 * number) as u8, x as u8, 200, if inside { 255 } else { 0 }])
        })
        .save(&path)
        .unwrap();
        path
    }

    /// The first picture as the front, and these of other sides.
    fn input(&self, views: &[(Side, u32)]) -> Input {
        let views = views.iter().map(|(side, number)| (*side, self.picture(*number))).collect();
        Input { views, ..Input::of(self.picture(1)) }
    }

    fn tools(&self, cache: Cache) -> Tools {
        Tools::new(cache, self.engine.clone(), Models::Folder(self.folder.path().join("model")))
    }

    fn cache(&self, name: &str) -> Cache {
        let folder = Some(self.folder.path().join(name));
        Cache::open(&CacheOptions { folder, ..CacheOptions::default() })
    }

    fn run(&self, input: &Input, cache: &Cache) -> Result<Output, PipelineError> {
        run_with(&request(), input, &Circumstances::of(&self.tools(cache.clone())), &Monitor::silent())
    }

    fn made(&self, views: &[(Side, u32)]) -> Output {
        self.run(&self.input(views), &Cache::disabled()).unwrap()
    }
}

/// Small enough for seconds.
fn request() -> Request {
    let mut request = Request { mode: Mode::Model, ..Request::default() };
    request.model.model = Model::Hunyuan3d2Mv;
    request.model.steps = Some(4);
    request.model.octree = Some(32);
    request.size.height_mm = Some(40.0);
    request
}

fn fresh(output: &Output) -> Vec<Stage> {
    output.stages.iter().filter(|s| !s.cached).map(|s| s.stage).collect()
}

const ALL: [(Side, u32); 3] = [(Side::Left, 2), (Side::Back, 3), (Side::Right, 4)];

#[test]
fn every_view_and_its_side_change_the_solid_and_the_same_views_give_the_same_bytes() {
    let studio = Studio::new();
    let sets: [&[(Side, u32)]; 6] = [&[], &[(Side::Left, 2)], &[(Side::Right, 2)], &[(Side::Left, 3)], &ALL[..2], &ALL];
    let made = sets.map(|views| studio.made(views).mesh);
    for (number, mesh) in made.iter().enumerate() {
        let topology = Topology::of(mesh);
        assert!(topology.is_closed() && topology.is_manifold(), "{number}");
        assert!(made[..number].iter().all(|other| other != mesh), "{:?} makes what others make", sets[number]);
    }
    let backwards: Vec<_> = ALL.into_iter().rev().collect();
    assert!(studio.made(&backwards).mesh == made[5], "the order of giving means nothing");
    assert!(Studio::new().made(&ALL).mesh == made[5], "another engine");
}

#[test]
fn stored_results_are_found_by_the_views_that_they_were_made_with() {
    let studio = Studio::new();
    let cache = studio.cache("cache");
    let alone = studio.run(&studio.input(&[]), &cache).unwrap();
    let first = studio.run(&studio.input(&ALL), &cache).unwrap();
    assert_eq!(fresh(&first).first(), Some(&Stage::CutOut), "those of the views; the front's is stored");
    let cut_outs = || cache.stats().stages.get("cutout").map_or(0, |s| s.entries);
    assert!(cut_outs() <= 4, "cheap ones are not kept");
    let again = studio.run(&studio.input(&ALL), &cache).unwrap();
    assert!(fresh(&again).is_empty() && again.mesh == first.mesh);
    assert!(studio.run(&studio.input(&[]), &cache).unwrap().mesh == alone.mesh);
    // The name of the file means nothing, what is in it everything.
    let mut input = studio.input(&ALL);
    let copy = studio.folder.path().join("copy.png");
    fs::copy(studio.picture(3), &copy).unwrap();
    input.views.insert(Side::Back, copy.clone());
    assert!(fresh(&studio.run(&input, &cache).unwrap()).is_empty());
    fs::copy(studio.picture(5), &copy).unwrap();
    let other = studio.run(&input, &cache).unwrap();
    assert!(fresh(&other).contains(&Stage::Latents) && other.mesh != first.mesh);
    // Another resolution asks no network.
    let mut finer = request();
    finer.model.octree = Some(48);
    let finer = run_with(&finer, &input, &Circumstances::of(&studio.tools(cache)), &Monitor::silent()).unwrap();
    assert!(!fresh(&finer).contains(&Stage::Latents));
}

#[test]
fn views_are_refused_where_nothing_looks_at_them() {
    let studio = Studio::new();
    let cache = studio.cache("cache");
    let input = studio.input(&[(Side::Back, 2)]);
    for (mode, model) in
        [(Mode::Model, Model::Hunyuan3d21), (Mode::Model, Model::Columns), (Mode::Inflate, Model::Hunyuan3d2Mv)]
    {
        let mut request = Request { mode, ..request() };
        request.model.model = model;
        let tools = studio.tools(cache.clone());
        let error = run_with(&request, &input, &Circumstances::of(&tools), &Monitor::silent()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("of the back") && text.contains("--model hunyuan3d-2mv"), "{text}");
        assert!(text.ends_with("2.png") && !text.contains('\n'), "{text}");
    }
    // A folder that is another model than its name says.
    miniature::write(&studio.folder.path().join("model"), SEED).unwrap();
    let text = studio.run(&input, &cache).unwrap_err().to_string();
    assert!(text.contains("this is not hunyuan3d-2mv"), "{text}");
    assert_eq!(cache.stats().stages.get("latents").map_or(0, |s| s.entries), 0);
}

#[test]
fn a_view_that_cannot_be_used_is_named() {
    let studio = Studio::new();
    let cache = studio.cache("cache");
    let input = studio.input(&ALL);
    let back = &input.views[&Side::Back];
    let refusal = || {
        let text = studio.run(&input, &cache).unwrap_err().to_string();
        assert!(text.ends_with("3.png") && !text.contains('\n'), "{text}");
        assert_eq!(cache.stats().stages.get("latents").map_or(0, |s| s.entries), 0);
    };
    let bytes = fs::read(back).unwrap();
    fs::write(back, &bytes[..bytes.len() / 2]).unwrap();
    refusal();
    fs::write(back, b"hello").unwrap();
    refusal();
    RgbaImage::new(20, 20).save(back).unwrap();
    refusal();
    fs::remove_file(back).unwrap();
    refusal();
    fs::write(back, bytes).unwrap();
    studio.run(&input, &cache).unwrap();
}

#[test]
fn a_view_whose_cut_out_is_unsure_is_named() {
    let studio = Studio::new();
    let input = studio.input(&[(Side::Left, 2)]);
    let cache = studio.cache("cache");
    let told = |input: &Input, cache: &Cache| {
        let mut request = request();
        request.cut_out.method = CutOutMethod::Colors;
        let tools = studio.tools(cache.clone());
        let output = run_with(&request, input, &Circumstances::of(&tools), &Monitor::silent()).unwrap();
        let is_told = |note: &&String| note.contains("not sure") && note.contains("from the left");
        output.notes.iter().filter(is_told).count() == 1
    };
    assert!(!told(&input, &cache), "a transparent one leaves no doubt");
    // Patches of all colours, of which none is the background.
    RgbImage::from_fn(300, 300, |x, y| {
        let hash = (x / 30).wrapping_mul(0x9E37_79B1) ^ (y / 30).wrapping_mul(0x85EB_CA77);
        let hash = hash.wrapping_mul(0xC2B2_AE3D);
        Rgb([hash >> 24, hash >> 16 & 255, hash >> 8 & 255].map(|v| v as u8))
    })
    .save(&input.views[&Side::Left])
    .unwrap();
    assert!(told(&input, &cache) && told(&input, &cache), "with every solid that is made of it");
    assert!(told(&input, &Cache::disabled()));
}

#[test]
fn a_view_that_was_drawn_coarser_than_asked_for_is_named() {
    let studio = Studio::new();
    let path = studio.folder.path().join("left.svg");
    fs::write(&path, super::tests::drawing(true)).unwrap();
    let input = Input { views: Views::from([(Side::Left, path)]), ..studio.input(&[]) };
    let mut request = request();
    request.intake.working_size_px = 192;
    let tools = studio.tools(studio.cache("cache"));
    for state in ["made", "stored"] {
        let notes = run_with(&request, &input, &Circumstances::of(&tools), &Monitor::silent()).unwrap().notes;
        let is_told = |note: &&String| note.contains("from the left") && note.contains("at 96 px");
        assert_eq!(notes.iter().filter(is_told).count(), 1, "{state}: {notes:?}");
    }
}

#[test]
fn nothing_is_stored_of_a_view_whose_cut_out_the_network_failed_at() {
    let studio = Studio::new();
    let input = studio.input(&[(Side::Back, 2)]);
    // Not transparent, as the fronts are.
    let is_in = |x: u32, y: u32| (x as f32 - 150.0).hypot(y as f32 - 150.0) < 90.0;
    RgbImage::from_fn(300, 300, |x, y| Rgb(if is_in(x, y) { [200, 40, 30] } else { [240; 3] }))
        .save(&input.views[&Side::Back])
        .unwrap();
    let mut request = request();
    request.cut_out.method = CutOutMethod::Network;
    let cache = studio.cache("cache");
    let tools = studio.tools(cache.clone()).with_network(breaks);
    let latents = || cache.stats().stages.get("latents").map_or(0, |s| s.entries);
    let output = run_with(&request, &input, &Circumstances::of(&tools), &Monitor::silent()).unwrap();
    assert!(output.notes.iter().any(|note| note.contains("by colours alone")), "{:?}", output.notes);
    assert_eq!(latents(), 0);
    // Neither when another picture takes it along.
    let upcoming = [(request, input)];
    let around = Circumstances { upcoming: &upcoming, ..Circumstances::of(&tools) };
    run_with(&request, &studio.input(&[]), &around, &Monitor::silent()).unwrap();
    assert_eq!(latents(), 1, "those of the other");
}

#[test]
fn objects_of_other_views_in_company_come_out_as_alone() {
    let studio = Studio::new();
    let sets: [&[(Side, u32)]; 4] = [&ALL[..1], &ALL[1..2], &[], &ALL];
    let requests: Vec<_> = sets.iter().map(|views| (request(), studio.input(views))).collect();
    let tools = studio.tools(studio.cache("cache"));
    let mut sampled = 0;
    for (number, (request, input)) in requests.iter().enumerate() {
        let around = Circumstances { upcoming: &requests[number + 1..], ..Circumstances::of(&tools) };
        let output = run_with(request, input, &around, &Monitor::silent()).unwrap();
        let alone = studio.made(sets[number]);
        let [a, b] = [&output, &alone].map(|output| output.mesh.signed_volume());
        assert!((a - b).abs() <= 0.01 * b, "object {number}: {a} mm³ and {b} mm³");
        sampled += usize::from(fresh(&output).contains(&Stage::Latents));
    }
    assert_eq!(sampled, 1, "all in one piece of work");
}

#[test]
fn a_full_memory_is_met_with_less_than_what_did_not_fit() {
    // Two that share a call, and one that cannot join them.
    let pair: [&[(Side, u32)]; 3] = [&ALL[..1], &ALL[1..2], &ALL];
    // None can share a call with the first.
    let apart: [&[(Side, u32)]; 3] = [&ALL, &[], &ALL[..1]];
    for (sets, words) in [(pair, "one picture at a time"), (apart, "one after the other")] {
        let studio = Studio::new();
        let requests: Vec<_> = sets.iter().map(|views| (request(), studio.input(views))).collect();
        let tools = studio.tools(studio.cache("cache"));
        // The other parts make room, then fewer go at once.
        studio.engine.faults().plan(Part::Denoising, 2);
        let around = Circumstances { upcoming: &requests[1..], ..Circumstances::of(&tools) };
        let output = run_with(&requests[0].0, &requests[0].1, &around, &Monitor::silent()).unwrap();
        let steps: Vec<_> = output.notes.iter().filter(|n| n.ends_with("the memory was full")).collect();
        let [room, fewer] = steps[..] else { panic!("{steps:?}") };
        assert!(room.contains("made room") && fewer.contains(words), "{steps:?}");
        let [a, b] = [&output, &studio.made(sets[0])].map(|output| output.mesh.signed_volume());
        assert!((a - b).abs() <= 0.01 * b, "{a} mm³ and {b} mm³");
    }
}

#[test]
fn progress_goes_forward_and_every_view_can_be_the_last() {
    let studio = Studio::new();
    let seen: Mutex<Vec<(Stage, f64)>> = Mutex::default();
    let sink = |p: Progress| seen.lock().unwrap().push((p.stage, p.done as f64 / p.total as f64));
    let (tools, never) = (studio.tools(Cache::disabled()), CancelToken::new());
    let input = studio.input(&ALL);
    run_with(&request(), &input, &Circumstances::of(&tools), &Monitor::new(&never, &sink)).unwrap();
    let seen = seen.into_inner().unwrap();
    let mut stages: Vec<Stage> = seen.iter().map(|(stage, _)| *stage).collect();
    stages.dedup();
    let all = [Stage::Intake, Stage::CutOut, Stage::Latents, Stage::Shape, Stage::Surface, Stage::Mesh, Stage::Check];
    assert_eq!(stages, all);
    for share in [0.0, 0.04, 0.08, 0.12, 0.5] {
        let cancel = CancelToken::new();
        let sink = |p: Progress| {
            if p.stage == Stage::Latents && p.done as f64 >= share * p.total as f64 {
                cancel.cancel();
            }
        };
        let result = run_with(&request(), &input, &Circumstances::of(&tools), &Monitor::new(&cancel, &sink));
        assert!(result.is_err_and(|e| e.is_cancelled()), "{share}");
    }
}
