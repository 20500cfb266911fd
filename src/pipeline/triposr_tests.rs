//! The way through TripoSR, with a model in miniature whose solid is known.

use std::fs;
use std::sync::Mutex;

use glam::{Vec2, Vec3};
use image::{Rgba, RgbaImage};

use super::studio::{Studio, fresh};
use super::*;
use crate::engine::learned::Part;
use crate::engine::models::triposr::miniature;
use crate::mesh::topology::Topology;
use crate::progress::{CancelToken, Progress};
use crate::request::{Mode, Model};

/// Millimetres to a unit of the field's box.
const SCALE: f32 = 50.0;

fn new_studio() -> Studio {
    Studio::new(|model| miniature::write(model, 1).unwrap(), "model.ckpt", drawing)
}

/// A rounded L, in another colour for each number.
fn drawing(number: u32) -> RgbaImage {
    RgbaImage::from_fn(80, 90 + number, |x, y| {
        let p = Vec2::new(x as f32, y as f32);
        let from = |a: Vec2, b: Vec2| {
            p.distance(a + (b - a) * ((p - a).dot(b - a) / (b - a).length_squared()).clamp(0.0, 1.0))
        };
        let corner = Vec2::new(24.0, 70.0);
        let inside = from(corner, Vec2::new(24.0, 18.0)).min(from(corner, Vec2::new(58.0, 70.0))) < 11.0;
        Rgba([(40 * number) as u8, x as u8, 200, if inside { 255 } else { 0 }])
    })
}

/// Small enough for a second.
fn request() -> Request {
    let mut request = Request { mode: Mode::Model, ..Request::default() };
    request.model.model = Model::Triposr;
    request.model.octree = Some(64);
    request.size.height_mm = Some(1.5 * SCALE);
    request
}

fn made(studio: &Studio, request: &Request) -> Output {
    studio.run(request, &Cache::disabled()).unwrap()
}

/// A place of print space in the model's axes and units: x to the viewer, y right, z up.
fn place(p: Vec3) -> [f32; 3] {
    [0.1875 - p.y / SCALE, p.x / SCALE, p.z / SCALE - 0.75]
}

#[test]
fn a_picture_becomes_the_closed_coloured_solid_of_the_field_the_right_way_round() {
    let studio = new_studio();
    let output = made(&studio, &request());
    let topology = Topology::of(&output.mesh);
    assert!(topology.is_closed() && topology.is_manifold(), "{}", output.report);
    assert!(output.mesh.signed_volume() > 0.0 && output.notes.is_empty(), "{:?}", output.notes);
    let [width, depth, height] = output.report.size_mm;
    assert!((width - SCALE).abs() < 3.0 && (depth - 0.875 * SCALE).abs() < 3.0, "{width} × {depth} mm");
    assert!((height - 1.5 * SCALE).abs() < 0.05, "{height} mm");
    // All of the surface is where the field's inside ends, and coloured as it is there.
    let colors = output.mesh.vertex_colors.as_ref().unwrap();
    let reach = 0.07;
    for (p, found) in output.mesh.vertex_positions.iter().zip(colors) {
        let [x, y, z] = place(*p);
        let corners = (0..8).map(|i| [1, 2, 4].map(|bit| if i & bit == 0 { -reach } else { reach }));
        let inside = corners.filter(|[dx, dy, dz]| miniature::is_inside([x + dx, y + dy, z + dz])).count();
        assert!((1..8).contains(&inside), "{p} is {inside} eighths inside");
        for ((c, is_full), level) in [z, y, x].into_iter().zip(miniature::color([x, y, z])).zip(found) {
            assert!(c.abs() < 0.2 || (*level > 128) == is_full, "{found:?} at {p}");
        }
    }
}

#[test]
fn the_same_request_gives_the_same_bytes_and_colours_are_left_out_when_asked() {
    let studio = new_studio();
    let first = made(&studio, &request());
    assert!(made(&studio, &request()).mesh == first.mesh);
    assert!(made(&new_studio(), &request()).mesh == first.mesh, "another engine");
    let mut plain = request();
    plain.mesh.color = false;
    let without = made(&studio, &plain).mesh;
    assert!(without.vertex_colors.is_none() && without.vertex_positions == first.mesh.vertex_positions);
    let tools = studio.tools(Cache::disabled());
    let other = run_with(&request(), &studio.picture(2), &Circumstances::of(&tools), &Monitor::silent()).unwrap();
    assert!(other.mesh != first.mesh, "another picture");
}

#[test]
fn another_resolution_or_density_leaves_the_network_alone() {
    let studio = new_studio();
    let cache = studio.cache("cache");
    let base = request();
    let first = studio.run(&base, &cache).unwrap();
    assert!(fresh(&first).contains(&Stage::Latents));
    // Whoever asks for the network now, or for its weights, fails.
    studio.engine.faults().plan(Part::Conditioner, 1000);
    studio.engine.faults().plan(Part::Denoising, 1000);
    let changes: [fn(&mut Request); 5] = [
        |r| r.model.octree = Some(48),
        |r| r.model.octree = Some(80),
        |r| r.model.density = 50.0,
        |r| r.model.close_silhouette = true,
        |r| r.solid.hollow_mm = 1.5,
    ];
    let changed = changes.map(|change| {
        let mut changed = base;
        change(&mut changed);
        let output = studio.run(&changed, &cache).unwrap();
        assert!(!fresh(&output).contains(&Stage::Latents) && output.mesh != first.mesh);
        assert!(!stages_to_redo(&base, &changed).contains(&Stage::Latents));
        assert!(Topology::of(&output.mesh).is_closed() && output.mesh.vertex_colors.is_some());
        (changed, output)
    });
    studio.engine.faults().forget();
    assert!(changed[2].1.mesh.signed_volume() < first.mesh.signed_volume(), "denser is thinner");
    for (request, output) in &changed {
        assert!(made(&studio, request).mesh == output.mesh, "as without a cache");
    }
    let again = studio.run(&base, &cache).unwrap();
    assert!(again.stages.iter().all(|s| s.cached) && again.mesh == first.mesh);
    // The share of the frame that the object takes is what the network sees.
    let mut smaller = base;
    smaller.model.foreground = 0.6;
    assert_eq!(stages_to_redo(&base, &smaller).first(), Some(&Stage::Latents));
    assert!(studio.run(&smaller, &cache).unwrap().mesh != first.mesh);
    // What other models read changes nothing.
    let mut same = base;
    (same.model.seed, same.model.guidance, same.model.steps, same.model.iso_level) = (7, 2.0, Some(3), 0.3);
    assert_eq!(stages_to_redo(&base, &same), []);
}

/// Whether the front view of the mesh covers a point of its own box, `0..1` to the right and up.
fn front_view(output: &Output, side: usize) -> Vec<bool> {
    let bounds = output.mesh.bounds().unwrap();
    let to_view = |p: Vec3| ((p - bounds.min) / bounds.size() * side as f32).with_y(0.0);
    let mut view = vec![false; side * side];
    for triangle in &output.mesh.triangle_indices {
        let [a, b, c] =
            triangle.map(|i| to_view(output.mesh.vertex_positions[i as usize])).map(|p| Vec2::new(p.x, p.z));
        let (low, high) = (a.min(b).min(c).floor().max(Vec2::ZERO), a.max(b).max(c).ceil());
        for row in low.y as usize..(high.y as usize).min(side) {
            for column in low.x as usize..(high.x as usize).min(side) {
                let p = Vec2::new(column as f32 + 0.5, row as f32 + 0.5);
                let signs = [(a, b), (b, c), (c, a)].map(|(from, to)| (to - from).perp_dot(p - from));
                view[row * side + column] |= signs.iter().all(|s| *s >= 0.0) || signs.iter().all(|s| *s <= 0.0);
            }
        }
    }
    view
}

/// The same of what is opaque in the cut-out.
fn silhouette(output: &Output, side: usize) -> Vec<bool> {
    let pixels = &output.cut_out.as_ref().unwrap().pixels;
    let opaque = || pixels.enumerate_pixels().filter(|(_, _, p)| p[3] > 127).map(|(x, y, _)| [x, y]);
    let (min, max) = ([0, 1].map(|i| opaque().map(|p| p[i]).min()), [0, 1].map(|i| opaque().map(|p| p[i]).max()));
    let at = |axis: usize, share: f32| {
        let (min, max) = (min[axis].unwrap() as f32, max[axis].unwrap() as f32 + 1.0);
        (min + share * (max - min)) as u32
    };
    let share = |i: usize| (i as f32 + 0.5) / side as f32;
    let is_opaque = |i: usize| pixels.get_pixel(at(0, share(i % side)), at(1, 1.0 - share(i / side)))[3] > 127;
    (0..side * side).map(is_opaque).collect()
}

#[test]
fn the_front_view_is_the_silhouette_when_asked() {
    let studio = new_studio();
    let mut request = request();
    request.model.octree = Some(128);
    let agreement = |output: &Output| {
        let (view, shown) = (front_view(output, 200), silhouette(output, 200));
        let count = |both: fn(bool, bool) -> bool| view.iter().zip(&shown).filter(|(a, b)| both(**a, **b)).count();
        count(|a, b| a && b) as f32 / count(|a, b| a || b) as f32
    };
    let free = agreement(&made(&studio, &request));
    request.model.close_silhouette = true;
    let output = made(&studio, &request);
    let closed = agreement(&output);
    assert!(closed >= 0.99 && free < 0.97, "{closed} closed, {free} as the model saw it");
    let (bounds, topology) = (output.mesh.bounds().unwrap().size(), Topology::of(&output.mesh));
    assert!(topology.is_closed() && topology.is_manifold() && output.mesh.vertex_colors.is_some());
    assert!((bounds.x / bounds.z - 56.0 / 74.0).abs() < 0.015, "{bounds}");
}

#[test]
fn pictures_in_company_come_out_as_alone() {
    let studio = new_studio();
    let requests: Vec<_> = (1..=3).map(|n| (request(), studio.picture(n))).collect();
    let tools = studio.tools(studio.cache("cache"));
    for (number, (request, input)) in requests.iter().enumerate() {
        let around = Circumstances { upcoming: &requests[number + 1..], ..Circumstances::of(&tools) };
        let output = run_with(request, input, &around, &Monitor::silent()).unwrap();
        let alone = studio.tools(Cache::disabled());
        let alone = run_with(request, input, &Circumstances::of(&alone), &Monitor::silent()).unwrap();
        assert!(output.mesh == alone.mesh, "picture {number}");
    }
}

#[test]
fn every_layer_and_slab_is_told_and_can_be_the_last() {
    let studio = new_studio();
    let seen: Mutex<Vec<(Stage, f64)>> = Mutex::default();
    let sink = |p: Progress| seen.lock().unwrap().push((p.stage, p.done as f64 / p.total as f64));
    let (tools, never) = (studio.tools(Cache::disabled()), CancelToken::new());
    run_with(&request(), &studio.picture(1), &Circumstances::of(&tools), &Monitor::new(&never, &sink)).unwrap();
    let seen = seen.into_inner().unwrap();
    let mut stages: Vec<Stage> = seen.iter().map(|(stage, _)| *stage).collect();
    stages.dedup();
    let all = [Stage::Intake, Stage::CutOut, Stage::Latents, Stage::Shape, Stage::Surface, Stage::Mesh, Stage::Check];
    assert_eq!(stages, all);
    for (stage, least) in [(Stage::Latents, 5), (Stage::Shape, 3)] {
        let steps: Vec<f64> = seen.iter().filter(|(s, _)| *s == stage).map(|(_, share)| *share).collect();
        assert!(steps.is_sorted() && steps.len() > least, "{stage:?}: {steps:?}");
    }

    let clean = made(&studio, &request());
    let moments = [(Stage::Latents, 0.0), (Stage::Latents, 0.5), (Stage::Shape, 0.3), (Stage::Mesh, 0.5)];
    for (number, (stage, share)) in moments.into_iter().enumerate() {
        let cache = studio.cache(&format!("cache-{number}"));
        let (tools, cancel) = (studio.tools(cache.clone()), CancelToken::new());
        let sink = |progress: Progress| {
            if progress.stage == stage && progress.done as f64 >= share * progress.total as f64 {
                cancel.cancel();
            }
        };
        let monitor = Monitor::new(&cancel, &sink);
        let result = run_with(&request(), &studio.picture(1), &Circumstances::of(&tools), &monitor);
        assert!(result.is_err_and(|e| e.is_cancelled()), "{stage:?} {share}");
        let finished = ["mesh", "result"].map(|name| cache.stats().stages.get(name).map_or(0, |s| s.entries));
        assert_eq!(finished, [0, 0], "{stage:?} {share}");
        assert!(stage != Stage::Latents || Studio::entries(&cache) == 0, "{share}");
        assert!(studio.run(&request(), &cache).unwrap().mesh == clean.mesh);
    }
}

#[test]
fn a_field_with_nothing_inside_says_what_to_change() {
    let studio = new_studio();
    let cache = studio.cache("cache");
    // No density reaches this one.
    write_with(&studio, |name, numbers| {
        if name == "decoder.layers.6.bias" {
            numbers[0] -= 6.0;
        }
    });
    let error = studio.run(&request(), &cache).unwrap_err().to_string();
    assert!(error.contains("--density") && error.ends_with("1.png") && !error.contains('\n'), "{error}");
    assert_eq!(Studio::entries(&cache), 1, "the latents alone");
    let mut thinner = request();
    thinner.model.density = 1.0;
    let output = studio.run(&thinner, &cache).unwrap();
    assert!(!fresh(&output).contains(&Stage::Latents) && Topology::of(&output.mesh).is_closed());
}

/// Writes the model again with other numbers.
fn write_with(studio: &Studio, change: impl Fn(&str, &mut Vec<f32>)) {
    use crate::engine::weights::{WeightFile, write_checkpoint};
    let file = WeightFile::open(&studio.weights()).unwrap();
    let tensor = |name: &str| {
        let view = file.get(name).unwrap();
        let mut numbers = view.to_f32();
        change(name, &mut numbers);
        (name.to_owned(), (view.shape().to_vec(), numbers))
    };
    let all = file.names().map(tensor).collect();
    write_checkpoint(&studio.weights(), &all).unwrap();
}

/// What a run says of a folder that was spoiled, and that it left nothing behind.
fn refusal(spoil: impl Fn(&Studio)) -> String {
    let studio = new_studio();
    spoil(&studio);
    studio.refusal(&request())
}

#[test]
fn folders_that_are_not_the_model_are_told_by_what_is_wrong() {
    let spoil = |change: fn(&mut Vec<u8>)| {
        move |studio: &Studio| {
            let mut bytes = fs::read(studio.weights()).unwrap();
            change(&mut bytes);
            fs::write(studio.weights(), bytes).unwrap();
        }
    };
    let truncated = refusal(spoil(|bytes| bytes.truncate(bytes.len() / 2)));
    assert!(truncated.contains("damaged") && truncated.ends_with("model.ckpt"), "{truncated}");
    let text = refusal(spoil(|bytes| *bytes = b"hello hello hello".to_vec()));
    assert!(text.contains("not a file of weights"), "{text}");
    let nothing = refusal(|studio| fs::remove_file(studio.weights()).unwrap());
    assert!(nothing.contains("has no weights") && nothing.contains("model.ckpt"), "{nothing}");
    let config = |from: &'static str, to: &'static str| {
        refusal(move |studio| {
            let path = studio.model().join("config.yaml");
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains(from), "{from}");
            fs::write(path, text.replacen(from, to, 1)).unwrap();
        })
    };
    let other = config("num_layers: 2", "num_layers: 3");
    assert!(other.contains("not those of this model") && other.contains("missing"), "{other}");
    let sizes = config("cross_attention_dim: 16", "cross_attention_dim: 24");
    assert!(sizes.contains("cross_attention_dim = 24") && sizes.ends_with("config.yaml"), "{sizes}");
    let unknown = config("Transformer1D", "UNet");
    assert!(unknown.contains("UNet") && unknown.ends_with("config.yaml"), "{unknown}");
    let name = "backbone.transformer_blocks.1.attn1.to_q.weight";
    let no_number = refusal(|studio| {
        write_with(studio, |tensor, numbers| {
            if tensor == name {
                numbers[3] = f32::NAN;
            }
        });
    });
    assert!(no_number.contains(name) && no_number.contains("not a finite number"), "{no_number}");
    let overflow = refusal(|studio| {
        write_with(studio, |tensor, numbers| {
            if tensor == "post_processor.upsample.weight" {
                numbers.fill(3e38);
            }
        });
    });
    assert!(overflow.contains("not numbers"), "{overflow}");
}

#[test]
fn a_model_that_is_not_there_offers_to_fetch_it() {
    let studio = new_studio();
    let library = crate::models::Library::new(
        crate::models::Catalogue::builtin().clone(),
        studio.folder.path().join("models"),
        Vec::new(),
        crate::models::Hub::from_environment(),
    );
    let models = Models::Shared(Arc::new(std::sync::RwLock::new(library)));
    let tools = Tools::new(Cache::disabled(), studio.engine.clone(), models);
    let error = run_with(&request(), &studio.picture(1), &Circumstances::of(&tools), &Monitor::silent()).unwrap_err();
    assert!(matches!(error, PipelineError::NoModel(_)));
    let text = error.to_string();
    assert!(text.contains("orfeas models pull triposr") && !text.contains('\n'), "{text}");
}
