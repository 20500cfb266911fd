//! Cut-outs that are given, and those that a network helps with.

use glam::Vec2;
use image::{GrayImage, Luma, Rgba, RgbaImage};

use super::finder::Network;
use super::tests::{Scene, crafts, drawing, is_in_disc, request};
use super::*;
use crate::engine::error::EngineError;
use crate::request::{CutOutMethod, Mode, ReliefBase, SizeParams};

/// A network that fails.
pub(super) fn breaks(_: &[u8], _: &Monitor) -> Result<Vec<f32>, EngineError> {
    panic!("a wrong turn")
}

/// One that finds an object in the middle of every picture.
fn middle(rgb: &[u8], _: &Monitor) -> Result<Vec<f32>, EngineError> {
    let side = (rgb.len() / 3).isqrt();
    let from_middle = |i: usize| Vec2::new((i % side) as f32, (i / side) as f32) / side as f32 - 0.5;
    Ok((0..side * side).map(|i| if from_middle(i).length() < 0.3 { 8.0 } else { -8.0 }).collect())
}

#[test]
fn a_cut_out_without_the_network_that_failed_is_told_and_not_stored() {
    let disc = |x, y| if is_in_disc(x, y) { Rgba([200, 40, 30, 255]) } else { Rgba([240, 240, 240, 255]) };
    let scene = Scene::of(&RgbaImage::from_fn(300, 300, disc));
    let mut request = request(Mode::Inflate);
    request.cut_out.method = CutOutMethod::Network;
    let run = |network: Network, cache: Cache| {
        let tools = Tools::from(cache).with_network(network);
        run_with(&request, &scene.input, &Circumstances::of(&tools), &Monitor::silent()).unwrap()
    };
    let tells = |output: &Output| output.notes.iter().any(|note| note.contains("by colours alone"));
    let failed = run(breaks, scene.cache());
    assert!(tells(&failed) && failed.cut_out.as_ref().unwrap().method == Method::Color, "{:?}", failed.notes);
    // As soon as it works again, it is asked again.
    let mended = run(middle, scene.cache());
    assert!(!tells(&mended) && mended.cut_out.as_ref().unwrap().method == Method::Network, "{:?}", mended.notes);
    assert!(mended.mesh == run(middle, Cache::disabled()).mesh);
}

#[test]
fn what_fails_of_a_cut_out_without_the_network_that_failed_names_that_too() {
    let error_of = |scene: &Scene, request: &Request| {
        let tools = Tools::from(Cache::disabled()).with_network(breaks);
        let error = run_with(request, &scene.input, &Circumstances::of(&tools), &Monitor::silent()).unwrap_err();
        error.to_string()
    };
    let mut request = request(Mode::Inflate);
    request.cut_out.method = CutOutMethod::Network;
    // Nothing stands out.
    let glow = |x: u32, _| Rgba([90 + (x / 10) as u8, 140 + (x / 10) as u8, 200, 255]);
    let plain = Scene::of(&RgbaImage::from_fn(300, 300, glow));
    let text = error_of(&plain, &request);
    assert!(text.contains("a wrong turn") && text.contains("no object stands out"), "{text}");
    assert!(text.ends_with("ring.png") && !text.contains('\n'), "{text}");
    // What colours cut out is lower than the flat base.
    let disc = |x, y| if is_in_disc(x, y) { Rgba([200, 40, 30, 255]) } else { Rgba([240, 240, 240, 255]) };
    let disc = Scene::of(&RgbaImage::from_fn(300, 300, disc));
    let mut all_gone = request;
    all_gone.solid.flat_base_mm = 50.0;
    all_gone.size = SizeParams { width_mm: Some(20.0), ..SizeParams::default() };
    let text = error_of(&disc, &all_gone);
    assert!(text.contains("a wrong turn") && text.contains("--flat-base"), "{text}");
    assert_eq!(text.matches("ring.png").count(), 1, "{text}");
    // Nobody asked it.
    request.cut_out.method = CutOutMethod::Colors;
    let text = error_of(&plain, &request);
    assert!(text.starts_with("no object stands out"), "{text}");
}

#[test]
fn a_mask_that_is_a_drawing_coarser_than_its_picture_is_told_with_every_solid_made_of_it() {
    let disc = |x, y| if is_in_disc(x, y) { Rgba([200, 40, 30, 255]) } else { Rgba([240, 240, 240, 255]) };
    let picture = RgbaImage::from_fn(300, 300, disc);
    let scene = Scene::of(&image::imageops::resize(&picture, 600, 600, image::imageops::FilterType::Nearest));
    // This pattern is too large at 1024 pixels.
    let coarse = drawing(true).replace("'900'", "'170'");
    let masked = |name: &str, text: String| {
        let path = scene.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Input { mask: Some(path), ..scene.input.clone() }
    };
    let (fine, coarse) = (masked("fine.svg", drawing(false)), masked("coarse.svg", coarse));
    let cache = scene.cache();
    let told = |input: &Input, request: &Request, cache: &Cache| {
        let notes = run(request, input, cache, &Monitor::silent()).unwrap().notes;
        notes.iter().filter(|note| note.starts_with("the mask: ") && note.contains("at 512 px")).count()
    };
    let request = request(Mode::Inflate);
    let mut thinner = request;
    thinner.inflate.thickness *= 0.5;
    assert_eq!(told(&coarse, &request, &Cache::disabled()), 1);
    // Made, then all of it stored, then the cut-out alone.
    for request in [&request, &request, &thinner] {
        assert_eq!(told(&coarse, request, &cache), 1);
        assert_eq!(told(&fine, request, &cache), 0);
    }
    let mut smaller = request;
    smaller.intake.working_size_px = 512;
    assert_eq!(told(&coarse, &smaller, &cache), 0, "the picture is no finer");
}

#[test]
fn a_mask_changes_the_solid_or_is_said_to_change_nothing() {
    let scene = Scene::new();
    let path = scene.folder.path().join("mask.png");
    // The ring without its stem.
    let from_center = |x: u32, y: u32| Vec2::new(x as f32 - 47.5, y as f32 - 40.0).length();
    let value = |x, y| if (from_center(x, y) - 22.0).abs() < 16.0 { 255 } else { 0 };
    GrayImage::from_fn(96, 112, |x, y| Luma([value(x, y)])).save(&path).unwrap();
    let masked = Input { mask: Some(path), ..scene.input.clone() };
    let mut outline = request(Mode::Relief);
    outline.relief.plate = ReliefBase::Outline;
    for request in crafts().into_iter().map(request).chain([outline]) {
        let made = [&scene.input, &masked].map(|input| {
            let Output { mesh, notes, .. } = run(&request, input, &Cache::disabled(), &Monitor::silent()).unwrap();
            (mesh, notes.iter().any(|note| note.contains("whole frame")))
        });
        let [(plain, is_told_plain), (masked, is_told)] = made;
        let name = format!("{} {}", request.mode.name(), request.relief.plate.name());
        assert_eq!(plain == masked, is_told, "{name}");
        assert!(!is_told_plain, "{name}");
    }
}
