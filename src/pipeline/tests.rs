use std::fs;
use std::sync::Mutex;

use glam::Vec2;
use image::{GrayImage, Luma, Rgba, RgbaImage};

use super::keys::Keys;
use super::*;
use crate::cache::CacheOptions;
use crate::image::{ConditionImage, recenter};
use crate::progress::{CancelToken, Progress};
use crate::request::parameter::{ParamKind, ParamSpec, Value};
use crate::request::{Background, CutOutMethod, Mode, Quality, SizeParams};

/// A picture of a thick ring with a stem, in two colours on a transparent ground, and its folder.
pub(super) struct Scene {
    pub folder: tempfile::TempDir,
    pub input: Input,
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::of(&RgbaImage::from_fn(96, 112, |x, y| {
            let from_center = Vec2::new(x as f32 - 47.5, y as f32 - 40.0).length();
            let ring = (16.0 - (from_center - 22.0).abs() + 0.5).clamp(0.0, 1.0);
            let stem = if (40..56).contains(&x) && (60..104).contains(&y) { 1.0 } else { 0.0 };
            let alpha = (255.0 * f32::max(ring, stem)) as u8;
            if x < 48 { Rgba([200, 40, 30, alpha]) } else { Rgba([30, (2 * y) as u8, 200, alpha]) }
        }))
    }

    /// Another picture.
    pub(super) fn of(pixels: &RgbaImage) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ring.png");
        pixels.save(&path).unwrap();
        Self { folder, input: Input::of(path) }
    }

    pub(super) fn cache(&self) -> Cache {
        let folder = Some(self.folder.path().join("cache"));
        Cache::open(&CacheOptions { folder, ..CacheOptions::default() })
    }

    pub(super) fn run(&self, request: &Request, cache: &Cache) -> Output {
        run(request, &self.input, cache, &Monitor::silent()).unwrap()
    }

    pub(super) fn condition(&self, request: &Request) -> ConditionImage {
        let cut_out = cut_out(request, &self.input, &Cache::disabled(), &Monitor::silent()).unwrap();
        recenter::condition(&cut_out).unwrap()
    }
}

/// Coarse, so that tests are quick.
pub(super) fn request(mode: Mode) -> Request {
    let mut request = Request { mode, ..Request::default() };
    request.solid.resolution = Some(40);
    request.size.height_mm = Some(30.0);
    request.lithophane.pitch_mm = 1.0;
    request
}

/// Everything but the times.
fn assert_same(a: &Output, b: &Output, what: &str) {
    assert!(a.mesh == b.mesh, "{what}: the meshes differ");
    assert_eq!(a.report, b.report, "{what}");
    assert!(a.cut_out == b.cut_out, "{what}: the cut-outs differ");
    assert_eq!(a.notes, b.notes, "{what}");
}

/// The modes that need no weights.
pub(super) fn crafts() -> Vec<Mode> {
    Mode::ALL.iter().copied().filter(|mode| *mode != Mode::Model).collect()
}

/// A value that differs from the current one.
pub(super) fn another(spec: &ParamSpec, current: Value) -> Value {
    let number = match current {
        Value::Number(number) => number,
        Value::Integer(number) => number as f64,
        _ => f64::NAN,
    };
    // Small enough to be worth making, and not a size that the test's picture cannot have.
    let near = [number + spec.step, number - spec.step, spec.min.max(20.0).min(spec.max)];
    let new = near.into_iter().find(|n| n.is_finite() && *n != number && (spec.min..=spec.max).contains(n));
    match spec.kind {
        ParamKind::Flag => Value::Flag(current != Value::Flag(true)),
        ParamKind::Choice(choices) => {
            Value::Choice(choices.iter().map(|c| c.name).find(|n| Value::Choice(n) != current).unwrap())
        }
        ParamKind::Number { .. } => Value::Number(new.unwrap()),
        ParamKind::Integer { .. } => Value::Integer(new.unwrap() as u64),
    }
}

/// The request with each parameter changed, one at a time: group, flag, request.
fn neighbors(base: &Request) -> Vec<(&'static str, &'static str, Request)> {
    let mut found = Vec::new();
    for (index, group) in base.groups().iter().enumerate() {
        for spec in group.specs() {
            let mut changed = *base;
            let value = another(spec, group.get(spec.name).unwrap());
            changed.groups_mut()[index].set(spec.name, value).unwrap();
            assert_ne!(changed, *base, "{}", spec.flag);
            found.push((group.title(), spec.flag, changed));
        }
    }
    found
}

#[test]
fn a_stored_result_is_the_fresh_one_whatever_changed_in_between() {
    // For every parameter: what the cache answers after another request has filled it is what a run
    // without a cache makes. A parameter missing from a key would be found here.
    use rayon::prelude::*;
    crafts().into_par_iter().for_each(|mode| {
        let scene = Scene::new();
        let base = request(mode);
        let cache = scene.cache();
        let first = scene.run(&base, &cache);
        assert_same(&scene.run(&base, &Cache::disabled()), &first, mode.name());
        assert_same(&scene.run(&base, &cache), &first, mode.name());
        neighbors(&base).par_iter().for_each(|(_, flag, changed)| {
            let run = |cache: &Cache| run(changed, &scene.input, cache, &Monitor::silent());
            match (run(&cache), run(&Cache::disabled())) {
                (Ok(stored), Ok(fresh)) => assert_same(&stored, &fresh, &format!("{} {flag}", mode.name())),
                (stored, fresh) => {
                    let texts = [stored, fresh].map(|r| r.err().map(|e| e.to_string()));
                    assert_eq!(texts[0], texts[1], "{} {flag}", mode.name());
                }
            }
        });
    });
}

pub(super) fn is_in_disc(x: u32, y: u32) -> bool {
    Vec2::new(x as f32 - 150.0, y as f32 - 150.0).length() < 90.0
}

#[test]
fn a_doubtful_cut_out_is_told_with_every_solid_made_of_it() {
    let scene = Scene::new();
    let save = |name: &str, color_at: fn(u32, u32) -> [u8; 3]| {
        let path = scene.folder.path().join(name);
        image::RgbImage::from_fn(300, 300, |x, y| image::Rgb(color_at(x, y))).save(&path).unwrap();
        Input::of(path)
    };
    // A disc on white, and patches of any colour.
    let clear = save("clear.png", |x, y| if is_in_disc(x, y) { [200, 40, 30] } else { [240; 3] });
    let busy = save("busy.png", |x, y| {
        let hash = (x / 30).wrapping_mul(0x9E37_79B1) ^ (y / 30).wrapping_mul(0x85EB_CA77);
        let [red, green, blue, _] = hash.wrapping_mul(0xC2B2_AE3D).to_be_bytes();
        [red, green, blue]
    });
    let mask = scene.folder.path().join("mask.png");
    GrayImage::from_fn(300, 300, |x, y| Luma([if is_in_disc(x, y) { 255 } else { 0 }])).save(&mask).unwrap();
    let masked = Input { mask: Some(mask), ..busy.clone() };
    let cache = scene.cache();
    let doubts = |input: &Input, request: &Request, cache: &Cache| {
        let notes = run(request, input, cache, &Monitor::silent()).unwrap().notes;
        notes.iter().filter(|note| note.contains("not sure") && note.contains("--mask")).count()
    };
    let mut request = request(Mode::Inflate);
    request.cut_out.method = CutOutMethod::Colors;
    let mut smaller = request;
    smaller.size.height_mm = Some(20.0);
    let mut thinner = request;
    thinner.inflate.thickness *= 0.5;
    assert_eq!(doubts(&busy, &request, &Cache::disabled()), 1);
    // Made, then all of it stored, then all but the size, then the cut-out alone.
    for request in [&request, &request, &smaller, &thinner] {
        assert_eq!(doubts(&busy, request, &cache), 1);
        assert_eq!(doubts(&clear, request, &cache), 0, "a clear picture");
        assert_eq!(doubts(&masked, request, &cache), 0, "a mask is the user's own");
    }
    let lithophane = Request { mode: Mode::Lithophane, ..request };
    assert_eq!(doubts(&busy, &lithophane, &cache), 0, "nothing is cut out");
}

/// A drawing of a disc; a coarse one has a pattern so large that it is drawn at half the working size of 192 pixels.
pub(super) fn drawing(is_coarse: bool) -> String {
    let pattern = "<pattern id='p' patternUnits='userSpaceOnUse' width='900' height='900'><path d='M0 0h20v20h-20z'/>\
                   </pattern><path d='M9 9h2v2h-2z' fill='url(#p)'/>";
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='20'><circle cx='10' cy='10' r='8' fill='red'/>{}\
         </svg>",
        if is_coarse { pattern } else { "" }
    )
}

#[test]
fn a_drawing_that_came_out_coarser_is_told_with_every_solid_made_of_it() {
    let scene = Scene::new();
    let save = |is_coarse: bool| {
        let path = scene.folder.path().join(format!("{is_coarse}.svg"));
        fs::write(&path, drawing(is_coarse)).unwrap();
        Input::of(path)
    };
    let (fine, coarse) = (save(false), save(true));
    let cache = scene.cache();
    let told = |input: &Input, request: &Request, cache: &Cache| {
        let notes = run(request, input, cache, &Monitor::silent()).unwrap().notes;
        notes.iter().filter(|note| note.contains("at 192 px") && note.contains("at 96 px")).count()
    };
    // With a cut-out, and of the whole frame.
    for mode in [Mode::Inflate, Mode::Lithophane] {
        let mut request = request(mode);
        request.intake.working_size_px = 192;
        let mut smaller = request;
        smaller.size.height_mm = Some(20.0);
        assert_eq!(told(&coarse, &request, &Cache::disabled()), 1, "{mode:?}");
        // Made, then all of it stored, then all but the size.
        for request in [&request, &request, &smaller] {
            assert_eq!(told(&coarse, request, &cache), 1, "{mode:?}");
            assert_eq!(told(&fine, request, &cache), 0, "{mode:?}");
        }
    }
}

#[test]
fn colors_come_back_when_they_were_off_before() {
    let scene = Scene::new();
    let cache = scene.cache();
    for mode in [Mode::Inflate, Mode::Relief] {
        let colored = request(mode);
        let mut plain = colored;
        plain.mesh.color = false;
        assert!(scene.run(&plain, &cache).mesh.vertex_colors.is_none(), "{mode:?}");
        assert_same(&scene.run(&colored, &cache), &scene.run(&colored, &Cache::disabled()), mode.name());
    }
}

#[test]
fn keys_change_where_a_parameter_matters_and_nowhere_else() {
    let mut base = request(Mode::Inflate);
    base.solid.min_wall_mm = 0.0;
    let redo = |changed: &Request| stages_to_redo(&base, changed).first().copied();
    for (group, flag, changed) in neighbors(&base) {
        let expected = match (group, flag) {
            ("Size", _) => Some(Stage::Check),
            ("Picture", _) => Some(Stage::Intake),
            ("Cut-out", _) => Some(Stage::CutOut),
            ("Inflate", _) => Some(Stage::Shape),
            // The resolution is set, so the quality that it would come from does not matter.
            ("Solid", "quality") => None,
            ("Solid", "resolution" | "min-wall") => Some(Stage::Shape),
            ("Solid", _) => Some(Stage::Surface),
            ("Mesh", _) => Some(Stage::Mesh),
            ("Relief" | "Lithophane" | "Stamp" | "Model", _) => None,
            other => panic!("{other:?} is new: say which stage it concerns"),
        };
        assert_eq!(redo(&changed), expected, "{group}: {flag}");
    }
    // Millimetres in the solid make its size matter earlier.
    let with_hollow = |height_mm| {
        let mut request = base;
        request.solid.hollow_mm = 2.0;
        request.size.height_mm = Some(height_mm);
        request
    };
    assert_eq!(stages_to_redo(&with_hollow(30.0), &with_hollow(31.0)).first(), Some(&Stage::Surface));
    assert_eq!(stages_to_redo(&base, &base), []);
    let lithophane = request(Mode::Lithophane);
    assert_eq!(
        stages_to_redo(&base, &lithophane),
        [Stage::Shape, Stage::Surface, Stage::Mesh, Stage::Check],
        "a lithophane needs no cut-out"
    );
    let mut cut_differently = lithophane;
    cut_differently.cut_out.threshold = 0.7;
    assert_eq!(stages_to_redo(&lithophane, &cut_differently), []);
    let mut finer = lithophane;
    (finer.solid.quality, finer.solid.resolution) = (Quality::Fine, None);
    assert_eq!(stages_to_redo(&lithophane, &finer), [], "its pitch says how fine it is");
}

#[test]
fn another_picture_or_mask_has_other_keys() {
    let request = request(Mode::Inflate);
    let keys = [
        Keys::of(&request, &[1; 32], None, None, &[]),
        Keys::of(&request, &[2; 32], None, None, &[]),
        Keys::of(&request, &[1; 32], Some(&[1; 32]), None, &[]),
        Keys::of(&request, &[1; 32], Some(&[2; 32]), None, &[]),
    ];
    for (i, a) in keys.iter().enumerate() {
        for b in &keys[i + 1..] {
            assert_ne!(a.result, b.result);
        }
    }
    assert_eq!(keys[0].picture, keys[2].picture, "a mask does not change the picture");
}

#[test]
fn a_changed_size_only_places_the_mesh_again() {
    let scene = Scene::new();
    let cache = scene.cache();
    let mut small = request(Mode::Inflate);
    small.solid.min_wall_mm = 0.0;
    let first = scene.run(&small, &cache);
    let mut large = small;
    large.size.height_mm = Some(60.0);
    let second = scene.run(&large, &cache);
    let fresh: Vec<_> = second.stages.iter().filter(|s| !s.cached).map(|s| s.stage).collect();
    assert_eq!(fresh, [Stage::Check]);
    let ratio = second.mesh.bounds().unwrap().size() / first.mesh.bounds().unwrap().size();
    assert!((ratio - 2.0).abs().max_element() < 1e-4, "{ratio}");
    assert!(scene.run(&large, &cache).stages.iter().all(|s| s.cached));
}

#[test]
fn damaged_entries_never_reach_the_result() {
    let scene = Scene::new();
    let cache = scene.cache();
    let request = request(Mode::Inflate);
    let first = scene.run(&request, &cache);
    let mut damaged = 0;
    for shard in fs::read_dir(cache.path().unwrap().join("stages-1")).unwrap() {
        for entry in fs::read_dir(shard.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            let mut bytes = fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(&path, bytes).unwrap();
            damaged += 1;
        }
    }
    assert!(damaged >= 3, "{damaged} entries");
    let second = scene.run(&request, &cache);
    assert_same(&second, &first, "after the damage");
    assert!(second.stages.iter().all(|s| !s.cached));
}

#[test]
fn a_mask_takes_the_place_of_the_cut_out() {
    let mut scene = Scene::new();
    let mask = scene.folder.path().join("mask.png");
    GrayImage::from_fn(96, 112, |x, _| Luma([if x < 40 { 255 } else { 0 }])).save(&mask).unwrap();
    let cache = scene.cache();
    let request = request(Mode::Inflate);
    let without = scene.run(&request, &cache);
    scene.input.mask = Some(mask.clone());
    let with = scene.run(&request, &cache);
    assert!(with.mesh != without.mesh);
    let expected = 40.0 / 112.0 * 30.0;
    assert!((with.report.size_mm[0] - expected).abs() < 0.5, "{:?}", with.report.size_mm);
    fs::write(&mask, "not a picture").unwrap();
    let error = run(&request, &scene.input, &cache, &Monitor::silent()).unwrap_err().to_string();
    assert!(error.starts_with("the mask") && error.ends_with("mask.png"), "{error}");
}

#[test]
fn errors_are_one_sentence_with_the_path_at_the_end() {
    let scene = Scene::new();
    let error_for = |name: &str, content: Option<&[u8]>, request: &Request| {
        let path = scene.folder.path().join(name);
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        let input = Input::of(path);
        let error = run(request, &input, &Cache::disabled(), &Monitor::silent()).unwrap_err();
        assert!(!error.is_cancelled());
        let text = error.to_string();
        assert_eq!(text.matches(name).count(), 1, "{text}");
        assert!(text.ends_with(name) && !text.contains('\n'), "{text}");
        text
    };
    let good = request(Mode::Inflate);
    error_for("missing.png", None, &good);
    error_for("empty.png", Some(b""), &good);
    error_for("text.png", Some(b"hello"), &good);
    let png = fs::read(&scene.input.path).unwrap();
    error_for("truncated.png", Some(&png[..png.len() / 2]), &good);
    let blank = scene.folder.path().join("blank.png");
    RgbaImage::new(20, 20).save(&blank).unwrap();
    error_for("blank.png", None, &good);
    let mut all_gone = good;
    all_gone.solid.flat_base_mm = 50.0;
    all_gone.size = SizeParams { width_mm: Some(20.0), ..SizeParams::default() };
    let text = error_for("ring.png", None, &all_gone);
    assert!(text.contains("--flat-base") && !text.contains("field"), "{text}");
    let mut wrong = good;
    wrong.inflate.thickness = f32::NAN;
    let error = run(&wrong, &scene.input, &Cache::disabled(), &Monitor::silent()).unwrap_err();
    assert!(matches!(error, PipelineError::Settings(_)), "{error}");
    let mut opaque = good;
    opaque.cut_out.background = Background::Alpha;
    let jpeg = scene.folder.path().join("opaque.png");
    RgbaImage::from_pixel(20, 20, Rgba([1, 2, 3, 255])).save(&jpeg).unwrap();
    error_for("opaque.png", None, &opaque);
}

#[test]
fn cancelling_in_any_stage_stops_the_run_and_leaves_a_sound_cache() {
    let scene = Scene::new();
    let mut request = request(Mode::Inflate);
    request.solid.hollow_mm = 2.0;
    request.mesh.triangles = Some(500);
    let cache = scene.cache();
    for stage in [Stage::Intake, Stage::CutOut, Stage::Shape, Stage::Surface, Stage::Mesh, Stage::Check] {
        let cancel = CancelToken::new();
        let reached = |progress: Progress| {
            if progress.stage == stage {
                cancel.cancel();
            }
        };
        let result = run(&request, &scene.input, &cache, &Monitor::new(&cancel, &reached));
        assert!(result.is_err_and(|e| e.is_cancelled()), "cancelled in {stage:?}");
    }
    assert_same(&scene.run(&request, &cache), &scene.run(&request, &Cache::disabled()), "after the cancellations");
}

#[test]
fn progress_runs_through_the_stages_in_order() {
    let scene = Scene::new();
    let mut request = request(Mode::Inflate);
    request.solid.quality = Quality::Draft;
    request.solid.hollow_mm = 2.0;
    request.mesh.triangles = Some(500);
    let seen: Mutex<Vec<(Stage, f64)>> = Mutex::default();
    let sink = |p: Progress| seen.lock().unwrap().push((p.stage, p.done as f64 / p.total as f64));
    run(&request, &scene.input, &Cache::disabled(), &Monitor::new(&CancelToken::new(), &sink)).unwrap();
    let seen = seen.into_inner().unwrap();
    let mut stages: Vec<Stage> = seen.iter().map(|(stage, _)| *stage).collect();
    stages.dedup();
    assert_eq!(
        stages,
        [Stage::Intake, Stage::CutOut, Stage::Shape, Stage::Surface, Stage::Mesh, Stage::Check],
        "each stage is entered once"
    );
    assert!(seen.iter().all(|(_, share)| (0.0..=1.0).contains(share)));
}

#[test]
fn the_cut_out_alone_is_the_one_of_the_whole_run() {
    let scene = Scene::new();
    let cache = scene.cache();
    let request = request(Mode::Inflate);
    let alone = cut_out(&request, &scene.input, &cache, &Monitor::silent()).unwrap();
    let output = scene.run(&request, &cache);
    assert_eq!(output.cut_out.as_deref(), Some(&*alone));
    let lithophane = self::request(Mode::Lithophane);
    assert_eq!(scene.run(&lithophane, &cache).cut_out, None);
    assert_eq!(cut_out(&lithophane, &scene.input, &cache, &Monitor::silent()).unwrap(), alone);
    let nowhere = Input::of("nowhere.png");
    assert!(cut_out(&request, &nowhere, &cache, &Monitor::silent()).is_err());
}
