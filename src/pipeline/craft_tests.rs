//! What the crafts make of a picture.

use glam::Vec2;
use image::{Rgba, RgbaImage};

use super::tests::{Scene, another, crafts, request};
use super::*;
use crate::image::ConditionImage;
use crate::mesh::topology::Topology;
use crate::request::parameter::{ParamKind, ParamSpec, Value};
use crate::request::relevance::is_idle;
use crate::request::{Background, CutOutMethod, LithophaneShape, Mode, Model, ReliefBase, SizeParams, StampKind};

#[test]
fn every_craft_makes_a_solid_of_the_size_asked_for() {
    let scene = Scene::new();
    for mode in crafts() {
        let output = scene.run(&request(mode), &Cache::disabled());
        assert!(output.report.is_print_ready(), "{}: {}", mode.name(), output.report);
        let topology = Topology::of(&output.mesh);
        assert!(topology.is_closed() && topology.is_manifold(), "{}", mode.name());
        let bounds = output.mesh.bounds().unwrap();
        assert!(bounds.min.z.abs() < 1e-4 && bounds.center().truncate().length() < 1e-3, "{}", mode.name());
        let up = if mode == Mode::Inflate { bounds.size().z } else { bounds.size().max_element() };
        assert!((up - 30.0).abs() < 1.5, "{}: {bounds:?}", mode.name());
    }
}

/// Share of pixels of either silhouette that both have, of the mesh seen from the front and the
/// opacity of the condition image; for standing figures whose proportions are the picture's.
fn front_overlap(mesh: &Mesh, condition: &ConditionImage) -> f32 {
    const SIDE: usize = 400;
    let bounds = mesh.bounds().unwrap();
    let (low, size) = (bounds.min, bounds.size());
    let mut covered = vec![false; SIDE * SIDE];
    for triangle in 0..mesh.triangle_indices.len() {
        // x to the right and z up as in the picture, stretched to the raster.
        let [a, b, c] =
            mesh.triangle(triangle).map(|p| Vec2::new((p.x - low.x) / size.x, (p.z - low.z) / size.z) * SIDE as f32);
        let (min, max) = (a.min(b).min(c), a.max(b).max(c));
        let area = (b - a).perp_dot(c - a);
        for y in (min.y - 0.5).ceil().max(0.0) as usize..=(max.y as usize).min(SIDE - 1) {
            for x in (min.x - 0.5).ceil().max(0.0) as usize..=(max.x as usize).min(SIDE - 1) {
                let p = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
                let sides = [(a, b), (b, c), (c, a)].map(|(p0, p1)| (p1 - p0).perp_dot(p - p0) * area.signum());
                covered[y * SIDE + x] |= sides.iter().all(|s| *s >= 0.0);
            }
        }
    }
    // The object's box in the condition image, as the cut-out was centred.
    let opaque = |x: f32, y: f32| condition.alpha_at(x, y) >= 0.5;
    let (mut lowest, mut highest) = (Vec2::splat(1.0), Vec2::splat(-1.0));
    for i in 0..4 * SIDE {
        for j in 0..4 * SIDE {
            let p = Vec2::new(i as f32, j as f32) / (2 * SIDE) as f32 - 1.0;
            if opaque(p.x, p.y) {
                (lowest, highest) = (lowest.min(p), highest.max(p));
            }
        }
    }
    let (mut both, mut either) = (0, 0);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let p = lowest + (highest - lowest) * Vec2::new(x as f32 + 0.5, y as f32 + 0.5) / SIDE as f32;
            let (mesh, picture) = (covered[y * SIDE + x], opaque(p.x, p.y));
            both += i32::from(mesh && picture);
            either += i32::from(mesh || picture);
        }
    }
    both as f32 / either as f32
}

#[test]
fn the_figure_keeps_the_silhouette_also_after_smoothing() {
    let scene = Scene::new();
    let mut request = request(Mode::Inflate);
    request.solid.resolution = Some(128);
    for smooth_rounds in [0, 4] {
        request.mesh.smooth_rounds = smooth_rounds;
        let overlap = front_overlap(&scene.run(&request, &Cache::disabled()).mesh, &scene.condition(&request));
        assert!(overlap >= 0.99, "{smooth_rounds} rounds: {overlap}");
    }
}

#[test]
fn colors_come_from_the_picture() {
    let scene = Scene::new();
    let mut request = request(Mode::Inflate);
    let mesh = scene.run(&request, &Cache::disabled()).mesh;
    let colors = mesh.vertex_colors.as_ref().unwrap();
    for (position, [r, _, b]) in mesh.vertex_positions.iter().zip(colors).filter(|(p, _)| p.x.abs() > 1.5) {
        assert_eq!(position.x < 0.0, r > b, "{position}: red is left, blue is right");
    }
    request.mesh.color = false;
    assert_eq!(scene.run(&request, &Cache::disabled()).mesh.vertex_colors, None);
}

#[test]
fn a_flat_base_and_a_hollow_have_their_millimetres() {
    let scene = Scene::new();
    let mut request = request(Mode::Inflate);
    request.solid.resolution = Some(64);
    let whole = scene.run(&request, &Cache::disabled());
    request.solid.flat_base_mm = 2.0;
    let cut = scene.run(&request, &Cache::disabled());
    assert!((cut.report.size_mm[2] - 30.0).abs() < 0.05, "still as high as asked for: {:?}", cut.report.size_mm);
    // Without its lowest 2 mm it is 28 mm high, and then scaled to 30 mm: so 2 mm are 1/15 of 32 mm.
    let widened = cut.report.size_mm[0] / whole.report.size_mm[0];
    assert!((widened - 32.0 / 30.0).abs() < 0.01, "{widened}");
    request.solid.hollow_mm = 1.5;
    let hollow = scene.run(&request, &Cache::disabled());
    assert_eq!(hollow.report.voids, 1, "{}", hollow.report);
    assert!(hollow.report.volume_cm3 < 0.9 * cut.report.volume_cm3);
    assert!(hollow.report.is_print_ready(), "{}", hollow.report);
}

#[test]
fn a_flat_base_may_take_more_than_is_left() {
    let scene = Scene::new();
    let mut request = request(Mode::Inflate);
    (request.solid.min_wall_mm, request.solid.resolution) = (0.0, Some(64));
    let whole = scene.run(&request, &Cache::disabled()).report.size_mm;
    for (height, cut) in [(30.0, 30.0), (20.0, 30.0), (60.0, 50.0)] {
        request.size.height_mm = Some(height);
        request.solid.flat_base_mm = cut;
        let output = scene.run(&request, &Cache::disabled());
        let size = output.report.size_mm;
        assert!((size[2] - height).abs() < 0.05 && output.notes.is_empty(), "{size:?} {:?}", output.notes);
        // The widest part stays, so its width tells how large the figure was before the cut.
        let widened = size[0] / whole[0] * whole[2];
        assert!((widened - (height + cut)).abs() < 0.02 * widened, "{cut} of {height}: {widened}");
    }
}

#[test]
fn what_a_craft_cannot_do_is_said() {
    let scene = Scene::new();
    let mut request = request(Mode::Lithophane);
    assert_eq!(scene.run(&request, &Cache::disabled()).notes, Vec::<String>::new());
    request.solid.hollow_mm = 2.0;
    let cache = scene.cache();
    for _ in 0..2 {
        let notes = scene.run(&request, &cache).notes;
        assert!(notes.len() == 1 && notes[0].contains("hollow"), "{notes:?}");
    }
}

#[test]
fn settings_that_contradict_each_other_are_told_before_the_picture_is_read() {
    let mut thin = request(Mode::Lithophane);
    (thin.lithophane.min_mm, thin.lithophane.max_mm) = (4.0, 2.0);
    let mut deep = request(Mode::Stamp);
    deep.size.depth_mm = Some(9.0);
    for request in [thin, deep] {
        let nowhere = Input::of("nowhere.png");
        let told = run(&request, &nowhere, &Cache::disabled(), &Monitor::silent()).unwrap_err();
        assert!(matches!(told, PipelineError::Craft { .. }), "{told}");
    }
}

#[test]
fn what_was_asked_for_in_vain_is_told() {
    let scene = Scene::new();
    let cache = scene.cache();
    let notes = |request: &Request, words: &str| {
        let notes = scene.run(request, &cache).notes;
        notes.iter().filter(|note| note.contains(words)).count()
    };
    for mode in crafts() {
        let one_size = request(mode);
        let mut two_sizes = one_size;
        two_sizes.size = SizeParams { height_mm: Some(60.0), width_mm: Some(20.0), ..SizeParams::default() };
        // Made, and then stored.
        for _ in 0..2 {
            assert_eq!(notes(&one_size, "keeps its proportions"), 0, "{}", mode.name());
            assert_eq!(notes(&two_sizes, "keeps its proportions"), 1, "{}", mode.name());
        }
    }
    // The picture is transparent around the object.
    let mut request = request(Mode::Inflate);
    assert_eq!(notes(&request, "--cut-out"), 0);
    request.cut_out.method = CutOutMethod::Network;
    assert_eq!([notes(&request, "--cut-out"), notes(&request, "--cut-out")], [1, 1]);
    (request.cut_out.method, request.cut_out.background) = (CutOutMethod::Colors, Background::Remove);
    assert_eq!(notes(&request, "--cut-out"), 0, "colours were asked");
}

/// A bright disc, and beside it further ones of one grey: centre and radius in pixels.
fn disc_and(further: &[([f32; 2], f32)], grey: u8) -> Scene {
    Scene::of(&RgbaImage::from_fn(300, 300, |x, y| {
        let is_in = |[i, j]: [f32; 2], radius: f32| (x as f32 - i).hypot(y as f32 - j) < radius;
        let (is_disc, is_further) =
            (is_in([110.0, 150.0], 75.0), further.iter().any(|&(at, radius)| is_in(at, radius)));
        let value = if is_disc { 230 } else { grey };
        Rgba([value, value, value, if is_disc || is_further { 255 } else { 0 }])
    }))
}

#[test]
fn a_free_standing_relief_keeps_what_the_outline_shows_and_has_the_size_of_what_is_left() {
    let mut request = request(Mode::Relief);
    request.relief.plate = ReliefBase::Outline;
    request.solid.resolution = Some(64);
    request.size = SizeParams { width_mm: Some(100.0), ..SizeParams::default() };
    // Two percent of the outline, and low, since it is dark; then specks that are dropped.
    let dot = [([230.0, 150.0], 11.0)];
    let specks = [([250.0, 150.0], 3.0), ([240.0, 40.0], 3.0), ([20.0, 270.0], 3.0)];
    for (scene, shells) in [(disc_and(&dot, 20), 2), (disc_and(&specks, 20), 1), (disc_and(&[], 20), 1)] {
        let output = scene.run(&request, &Cache::disabled());
        assert_eq!(Topology::of(&output.mesh).shells.len(), shells);
        let width = output.report.size_mm[0];
        assert!((width - 100.0).abs() < 0.01, "{shells} shells: {width} mm wide");
    }
}

/// Every mode, in the variants that read other settings.
fn variants() -> Vec<Request> {
    let mut bases = crafts().into_iter().map(request).collect::<Vec<_>>();
    let with = |mode, change: &dyn Fn(&mut Request)| {
        let mut request = request(mode);
        change(&mut request);
        request
    };
    bases.push(with(Mode::Inflate, &|r| r.inflate.back = 0.0));
    bases.push(with(Mode::Relief, &|r| r.relief.plate = ReliefBase::Outline));
    bases.push(with(Mode::Lithophane, &|r| r.lithophane.shape = LithophaneShape::Curved));
    bases.push(with(Mode::Stamp, &|r| r.stamp.kind = StampKind::CookieCutter));
    bases.push(with(Mode::Stamp, &|r| r.stamp.kind = StampKind::Keychain));
    bases
}

#[test]
fn a_setting_said_to_have_no_effect_changes_nothing() {
    let scene = Scene::new();
    let cache = scene.cache();
    for base in variants() {
        let mesh = scene.run(&base, &cache).mesh;
        let mut tried = 0;
        for (group, params) in base.groups().iter().enumerate() {
            for spec in params.specs().iter().filter(|spec| is_idle(&base, false, group, spec)) {
                let mut changed = base;
                let value = another(spec, params.get(spec.name).unwrap());
                changed.groups_mut()[group].set(spec.name, value).unwrap();
                assert!(scene.run(&changed, &cache).mesh == mesh, "{}: {}", base.mode.name(), spec.flag);
                tried += 1;
            }
        }
        assert!(tried > 20, "{}: {tried}", base.mode.name());
    }
}

/// All choices but the current one, or a number beside it.
fn others(spec: &ParamSpec, current: Value) -> Vec<Value> {
    match spec.kind {
        ParamKind::Choice(choices) => {
            choices.iter().map(|choice| Value::Choice(choice.name)).filter(|value| *value != current).collect()
        }
        _ => vec![another(spec, current)],
    }
}

#[test]
fn a_setting_that_is_offered_has_a_value_that_asks_for_another_result() {
    let mut bases = variants();
    bases.extend(Model::ALL.iter().map(|&model| {
        let mut request = request(Mode::Model);
        request.model.model = model;
        request
    }));
    for base in bases {
        for (group, params) in base.groups().iter().enumerate() {
            for spec in params.specs().iter().filter(|spec| !is_idle(&base, false, group, spec)) {
                let is_another = |value: Value| {
                    let mut changed = base;
                    changed.groups_mut()[group].set(spec.name, value).unwrap();
                    !stages_to_redo(&base, &changed).is_empty()
                };
                let tried = others(spec, params.get(spec.name).unwrap());
                assert!(tried.into_iter().any(is_another), "{}: {}", base.mode.name(), spec.flag);
            }
        }
    }
}

#[test]
fn a_dark_area_on_white_paper_is_raised_beside_a_darker_line() {
    let scene = Scene::of(&RgbaImage::from_fn(400, 400, |x, y| {
        let from_center = Vec2::new(x as f32 - 199.5, y as f32 - 199.5).length();
        let is_line =
            (from_center - 170.0).abs() < 3.0 || (x.abs_diff(200) < 3 && (100.0..170.0).contains(&from_center));
        Rgba(if is_line {
            [0, 0, 0, 255]
        } else if from_center < 110.0 {
            [0, 0, 128, 255]
        } else {
            [255; 4]
        })
    }));
    let mesh = scene.run(&request(Mode::Stamp), &Cache::disabled()).mesh;
    let top = mesh.bounds().unwrap().max.z;
    // The plate is 2 mm lower.
    let near_center = mesh.vertex_positions.iter().filter(|p| p.truncate().length() < 3.0 && p.z > top - 3.0);
    let depths: Vec<f32> = near_center.map(|p| top - p.z).collect();
    assert!(!depths.is_empty() && depths.iter().all(|&depth| depth < 0.3), "{depths:?}");
}
