mod hidden;

use std::path::Path;

use glam::Vec2;

use super::prediction::Channel;
use super::solid::{Back, Controls, View};
use super::trunk::Sizes;
use super::*;
use crate::engine::weights::Precision;
use crate::field::ScalarGrid;
use crate::mesh::components::{Largeness, drop_floaters};
use crate::mesh::topology::Topology;
use crate::progress::CancelToken;
use crate::surface;

/// As in the trainer.
const TINY: ColumnsConfig = ColumnsConfig {
    name: "tiny",
    side: 32,
    bins: 4,
    trunk: Sizes {
        stem: 4,
        fine: 4,
        coarse: 8,
        token: 8,
        heads: 2,
        encoder_blocks: 1,
        decoder_blocks: 1,
        transformer_blocks: 1,
        last: 4,
    },
    column_hidden: 8,
    picture_hidden: 4,
};

fn fixture() -> WeightFile {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/columns/tiny.safetensors"));
    WeightFile::open(path).unwrap()
}

/// The input that the trainer's export makes too.
fn noise(side: usize) -> Input {
    let count = input::CHANNELS * side * side;
    let value = |k: u64| {
        let v = ((k * 2_654_435_761) >> 12 & 255) as f32 / 256.0 - 0.25;
        match k as usize / (side * side) {
            3 => (4.0 * v).clamp(0.0, 1.0),
            5 => v.abs(),
            6 => f32::from(u8::from(v > -0.1)),
            _ => v,
        }
    };
    Input { side, values: (0..count as u64).map(value).collect() }
}

fn tiny(precision: Precision) -> Columns {
    let options = LoadOptions { prefix: "model.", precision, ..LoadOptions::new(Device::Flex(Default::default())) };
    let network = weights::load(&fixture(), &options, |w| {
        // The expected numbers lie in the same file.
        Network::load(w, &TINY)
    });
    Columns { config: TINY, side: TINY.side, network: network.unwrap(), device: options.device }
}

fn largest_difference(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn the_network_gives_what_the_trainer_gives() {
    let (file, input) = (fixture(), noise(32));
    let expected = |name: &str| file.get(&format!("expected.{name}")).unwrap().to_f32();
    let [columns, picture, view] = tiny(Precision::F32).residuals(&input, 0, &Monitor::silent()).unwrap();
    // Every fourth row is stored.
    let picture: Vec<f32> = picture.chunks(32).step_by(4).flatten().copied().collect();
    for (found, name) in [(columns, "columns"), (picture, "picture"), (view, "view")] {
        let difference = largest_difference(&found, &expected(name));
        assert!(difference <= 1e-4, "{name}: {difference}");
    }
    let start = prediction::balloon(&input, TINY.bins);
    assert!(largest_difference(&start, &expected("balloon")) <= 1e-4);
}

#[test]
fn sixteen_bit_weights_change_little() {
    let file = fixture();
    let mut header = serde_json::Map::new();
    let mut bytes = Vec::new();
    for name in file.names() {
        let view = file.get(name).unwrap();
        let start = bytes.len();
        bytes.extend(view.to_f32().iter().flat_map(|&v| burn::tensor::f16::from_f32(v).to_le_bytes()));
        let entry = serde_json::json!({ "dtype": "F16", "shape": view.shape(), "data_offsets": [start, bytes.len()] });
        header.insert(name.to_owned(), entry);
    }
    let header = serde_json::Value::Object(header).to_string();
    let mut whole = (header.len() as u64).to_le_bytes().to_vec();
    whole.extend(header.into_bytes());
    whole.extend(bytes);
    let small = WeightFile::embedded(&[Box::leak(whole.into_boxed_slice())], "half").unwrap();
    let options = LoadOptions { prefix: "model.", ..LoadOptions::new(Device::Flex(Default::default())) };
    let half = Columns::load_config(&small, TINY, &options).unwrap();
    let (exact, input) = (tiny(Precision::F32), noise(32));
    let [found, expected] = [&half, &exact].map(|model| model.residuals(&input, 0, &Monitor::silent()).unwrap());
    for (found, expected) in found.iter().zip(&expected) {
        let largest = expected.iter().fold(0.0f32, |m, v| m.max(v.abs()));
        assert!(largest_difference(found, expected) <= 1e-2 * largest);
    }
}

#[test]
fn weights_inside_the_program_are_checked_as_files_are() {
    let whole: &'static [u8] = Box::leak(std::fs::read(fixture().path()).unwrap().into_boxed_slice());
    let file = WeightFile::embedded(&[whole], "inside").unwrap();
    assert_eq!(file.names().count(), fixture().names().count());
    assert!(matches!(WeightFile::embedded(&[whole, whole], "inside"), Err(WeightsError::Damaged { .. })));
    assert!(matches!(WeightFile::embedded(&[&whole[..999]], "inside"), Err(WeightsError::Damaged { .. })));
    let options = LoadOptions::new(Device::Flex(Default::default()));
    assert!(matches!(Columns::load(&file, &options), Err(ColumnsError::UnknownConfig(_))));
    // The tensors of a part that is missing are told by name.
    let wrong = Columns::load_config(&file, ColumnsConfig::S, &options).map(|_| ()).unwrap_err();
    assert!(wrong.to_string().contains("missing: coarse.0.a.bias"), "{wrong}");
}

/// A picture of a shape, `distance` in the frame's unit, with a pattern of colours.
fn drawn(side: usize, distance: impl Fn(Vec2) -> f32) -> Vec<u8> {
    let pixel = 2.0 / side as f32;
    (0..side * side)
        .flat_map(|at| {
            let (i, j) = ((at % side) as f32, (at / side) as f32);
            let point = Vec2::new((i + 0.5) * pixel - 1.0, 1.0 - (j + 0.5) * pixel);
            let alpha = (0.5 - distance(point) / pixel).clamp(0.0, 1.0);
            [(i * 7.0) as u8, (j * 5.0) as u8, (i * j) as u8, (alpha * 255.0).round() as u8]
        })
        .collect()
}

/// A figure with limbs, a hole and a thin rod.
fn figure(p: Vec2) -> f32 {
    let body = (p.distance(Vec2::new(0.0, 0.1)) - 0.45).max(0.12 - p.distance(Vec2::new(0.05, 0.2)));
    let leg = (p.x - 0.2).abs().max((p.y + 0.5).abs() - 0.4) - 0.08;
    let rod = (p.y - 0.3).abs().max((p.x + 0.5).abs() - 0.4) - 0.03;
    body.min(leg).min(rod)
}

/// A prediction of noise: nothing of it is a solid.
fn wild(seed: u64, side: usize, bins: usize, amplitude: f32) -> Prediction {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    let grid = side / 2;
    Prediction {
        side,
        bins,
        columns: (0..bins * grid * grid).map(|_| amplitude * (random() + 0.4)).collect(),
        picture: (0..network::PICTURE_CHANNELS * side * side).map(|_| random()).collect(),
        view: vec![0.0; network::ELEVATION_BINS + network::VIEW_BINS],
    }
}

/// IoU of the front view of `grid` with a shape.
fn front_iou(grid: &ScalarGrid, shape: impl Fn(Vec2) -> f32) -> f64 {
    let (mut both, mut either) = (0, 0);
    for at in 0..400 * 400 {
        let point = Vec2::new((at % 400) as f32, (at / 400) as f32) * 0.005 - 0.9975;
        let cell = (point - grid.origin.truncate()) / grid.spacing;
        let [nx, ny, nz] = grid.samples_per_axis;
        let inside = cell.cmpge(Vec2::ZERO).all() && cell.x < (nx - 1) as f32 && cell.y < (ny - 1) as f32;
        let t = cell - cell.floor();
        let made = inside
            && (0..nz).any(|iz| {
                let at = |dx, dy| grid.samples[grid.index(cell.x as usize + dx, cell.y as usize + dy, iz)];
                let low = at(0, 0) + (at(1, 0) - at(0, 0)) * t.x;
                let high = at(0, 1) + (at(1, 1) - at(0, 1)) * t.x;
                low + (high - low) * t.y < 0.0
            });
        let asked = shape(point) < 0.0;
        both += u32::from(made && asked);
        either += u32::from(made || asked);
    }
    f64::from(both) / f64::from(either)
}

fn assert_closed(grid: &ScalarGrid) {
    let mesh = surface::extract(grid, &Monitor::silent()).unwrap();
    mesh.validate().unwrap();
    let topology = Topology::of(&mesh);
    assert!(topology.is_closed() && topology.is_manifold());
    assert!(mesh.signed_volume() > 0.0);
}

#[test]
fn even_noise_is_closed_to_the_outline() {
    let pixels = drawn(300, figure);
    for (seed, amplitude) in [(1, 0.3), (2, 1.0), (3, 30.0)] {
        for back in [Back::Predicted, Back::Mirrored, Back::Flat] {
            let controls = Controls { cells: 96, back, ..Controls::default() };
            let grid = solid::build(&wild(seed, 32, 16, amplitude), &pixels, 300, &controls, &Monitor::silent());
            let grid = grid.unwrap();
            let iou = front_iou(&grid, figure);
            assert!(iou >= 0.99, "seed {seed}, {back:?}: {iou}");
            assert_closed(&grid);
            let mesh = surface::extract(&grid, &Monitor::silent()).unwrap();
            let kept = drop_floaters(&mesh, 0.01, Largeness::Outline, &Monitor::silent()).unwrap();
            // Voids inside are shells too.
            let pieces = Topology::of(&kept.mesh).shells.iter().filter(|shell| shell.signed_volume > 0.0).count();
            assert_eq!(pieces, 1, "seed {seed}, {back:?}: the outline is in one piece");
        }
    }
}

/// A frame of rods, thinner than a cell of 64 along it.
fn rods(p: Vec2) -> f32 {
    let cell = Vec2::new(p.x - (p.x / 0.3).round() * 0.3, p.y - (p.y / 0.3).round() * 0.3).abs();
    cell.min_element().max(p.abs().max_element() - 0.7) - 0.008
}

#[test]
fn thin_parts_are_sampled_finer() {
    let spacing = |shape: fn(Vec2) -> f32, cells: u32| {
        let controls = Controls { cells, ..Controls::default() };
        let grid = solid::build(&wild(1, 32, 16, 0.3), &drawn(512, shape), 512, &controls, &Monitor::silent());
        grid.unwrap().spacing
    };
    let plain = spacing(|p| p.length() - 0.7, 64);
    assert!((plain - 1.4 / 64.0).abs() < 1e-4, "{plain}");
    assert!((spacing(rods, 64) * 64.0 - 1.416 / 1.6).abs() < 1e-3);
}

#[test]
fn what_is_deeper_than_the_frame_ends_with_it() {
    let mut deep = wild(1, 32, 16, 1.0);
    deep.columns.fill(-1.0);
    for depth_scale in [0.5, 1.0, 2.0] {
        let controls = Controls { cells: 64, depth_scale, snaps: false, ..Controls::default() };
        let grid = solid::build(&deep, &drawn(300, figure), 300, &controls, &Monitor::silent()).unwrap();
        assert_closed(&grid);
        let bounds = surface::extract(&grid, &Monitor::silent()).unwrap().bounds().unwrap();
        assert!((bounds.size().z - 2.0 * depth_scale).abs() < 0.02 && bounds.center().z.abs() < 0.01, "{bounds:?}");
    }
}

#[test]
fn a_thin_part_is_hardly_deeper_than_wide_and_a_thick_one_as_predicted() {
    let shape = |p: Vec2| (p.distance(Vec2::new(0.0, 0.4)) - 0.4).min(p.x.abs().max((p.y + 0.4).abs() - 0.5) - 0.04);
    let mut thick = wild(1, 64, 64, 1.0);
    // The depth picture has its middle where the columns have it.
    thick.picture.fill(0.1);
    let area = 32 * 32;
    for (at, value) in thick.columns.iter_mut().enumerate() {
        let z = (2 * (at / area) + 1) as f32 / 64.0 - 1.0;
        *value =
            ((z - 0.1).abs() - 0.15).clamp(-prediction::TRUNCATION, prediction::TRUNCATION) / prediction::TRUNCATION;
    }
    let depth = |cells: u32, depth_scale: f32, place: Vec2| {
        let controls = Controls { cells, depth_scale, snaps: false, ..Controls::default() };
        let grid = solid::build(&thick, &drawn(400, shape), 400, &controls, &Monitor::silent()).unwrap();
        assert_closed(&grid);
        let [ix, iy] = ((place - grid.origin.truncate()) / grid.spacing).round().to_array().map(|v| v as usize);
        let inside = (0..grid.samples_per_axis[2]).filter(|&iz| grid.samples[grid.index(ix, iy, iz)] < 0.0).count();
        inside as f32 * grid.spacing
    };
    for (cells, depth_scale) in [(96, 1.0), (160, 1.0), (128, 1.5)] {
        let [stick, disc] =
            [Vec2::new(0.0, -0.5), Vec2::new(0.0, 0.4)].map(|p| depth(cells, depth_scale, p) / depth_scale);
        assert!((0.07..0.14).contains(&stick), "{cells}: {stick}");
        assert!((disc - 0.3).abs() < 0.03, "{cells}: {disc}");
    }
}

#[test]
fn a_solid_reaches_as_far_to_the_back_as_to_the_front() {
    let ball = |p: Vec2| p.length() - 0.6;
    let mut off = wild(1, 64, 64, 1.0);
    off.picture.fill(0.0);
    // A cone's worth of depths: 0.1 to the back, up to 0.5 to the front.
    for (at, value) in off.columns.iter_mut().enumerate() {
        let (bin, column) = (at / (32 * 32), at % (32 * 32));
        let place = Vec2::new((column % 32) as f32, (column / 32) as f32) / 16.0 - 0.97;
        let z = (2 * bin + 1) as f32 / 64.0 - 1.0;
        let front = 0.5 - 0.5 * place.length();
        *value = ((z - front).max(-0.1 - z) / prediction::TRUNCATION).clamp(-1.0, 1.0);
    }
    let built = |back: Back, view: View| {
        let controls = Controls { back, view, snaps: false, ..Controls::default() };
        let grid = solid::build(&off, &drawn(300, ball), 300, &controls, &Monitor::silent()).unwrap();
        assert_closed(&grid);
        (front_iou(&grid, ball), grid.surface_bounds().unwrap())
    };
    for field_of_view in [0.0, 0.5] {
        let (iou, bounds) = built(Back::Predicted, View { field_of_view, elevation: 0.0 });
        assert!(bounds.center().z.abs() < 0.015 && (bounds.size().z - 0.6).abs() < 0.06, "{bounds:?}");
        assert!(field_of_view > 0.0 || iou >= 0.99, "{iou}");
    }
    // A back that was asked for stays where it is.
    let (_, flat) = built(Back::Flat, View::FRONT);
    assert!(flat.center().z > 0.1, "{flat:?}");
}

#[test]
fn many_samples_are_all_closed_and_manifold() {
    for seed in 0..100 {
        let turn = seed as f32;
        let shape = move |p: Vec2| figure(Vec2::from_angle(turn).rotate(p)) + 0.1 * (turn * p.x * 3.0).sin();
        let view = View { field_of_view: 0.3 * (seed % 3) as f32, elevation: 0.2 * (seed % 2) as f32 };
        let controls =
            Controls { cells: 24 + seed as u32 % 9, depth_scale: 0.5 + 0.01 * turn, view, ..Controls::default() };
        let prediction = wild(seed, 16, 8, 0.2 + 0.05 * turn);
        assert_closed(&solid::build(&prediction, &drawn(64, shape), 64, &controls, &Monitor::silent()).unwrap());
    }
}

#[test]
fn odd_pictures_make_solids_too() {
    let model = tiny(Precision::F32);
    type Shape = Box<dyn Fn(Vec2) -> f32>;
    let shapes: [(&str, Shape); 6] = [
        ("a dot", Box::new(|p| p.length() - 0.03)),
        ("a hairline", Box::new(|p| p.y.abs().max(p.x.abs() - 0.9) - 0.004)),
        ("a full frame", Box::new(|_| -1.0)),
        ("several", Box::new(|p| (p - 0.5).length().min((p + 0.5).length()) - 0.3)),
        ("a ring", Box::new(|p| (p.length() - 0.8).abs() - 0.05)),
        ("speckles", Box::new(|p| (p.x * 90.0).sin() * (p.y * 80.0).cos() + 0.2)),
    ];
    for (name, shape) in shapes {
        for (side, colors) in [(64, true), (500, false)] {
            let pixels = drawn(side, &shape);
            // What is thinner than half a pixel of the network's has no outline there; it is strengthened.
            let input = Input::of_object(&pixels, side, 32, colors, &Monitor::silent());
            let input = input.unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut prediction = model.predict(&input, &Monitor::silent()).unwrap();
            solid::doubt(&mut prediction, &input);
            let controls = Controls { cells: 48, ..Controls::default() };
            match solid::build(&prediction, &pixels, side, &controls, &Monitor::silent()) {
                Ok(field) => assert_closed(&field),
                // What covers no pixel by half has no outline to fill, which is said.
                Err(error) => assert!(side == 64 && error.to_string().len() > 20, "{name}: {error}"),
            }
        }
    }
}

#[test]
fn the_mirrored_picture_gives_the_mirrored_prediction() {
    let model = tiny(Precision::F32);
    let pixels = drawn(32, |p| figure(p * 1.1));
    let input = Input::new(&pixels, 32, true, &Monitor::silent()).unwrap();
    let one = model.predict(&input, &Monitor::silent()).unwrap();
    let other = model.predict(&input.mirrored(), &Monitor::silent()).unwrap().mirrored();
    assert!(largest_difference(&one.columns, &other.columns) < 1e-5);
    assert!(largest_difference(&one.picture, &other.picture) < 1e-5);
    assert_eq!(one, model.predict(&input, &Monitor::silent()).unwrap());
}

#[test]
fn threads_change_nothing_and_cancelling_stops() {
    let model = tiny(Precision::F32);
    let pixels = drawn(64, figure);
    let small = Frame::whole(64).crop(&pixels, [64; 2], 32);
    let made = || {
        let input = Input::new(&small, 32, true, &Monitor::silent()).unwrap();
        let prediction = model.predict(&input, &Monitor::silent()).unwrap();
        solid::build(&prediction, &pixels, 64, &Controls::default(), &Monitor::silent()).unwrap()
    };
    let whole = made();
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let input = alone.install(|| Input::new(&small, 32, true, &Monitor::silent()).unwrap());
    let prediction = model.predict(&input, &Monitor::silent()).unwrap();
    let controls = Controls::default();
    let again = alone.install(|| solid::build(&prediction, &pixels, 64, &controls, &Monitor::silent()).unwrap());
    assert_eq!(whole, again);
    let token = CancelToken::new();
    token.cancel();
    let stopped = Monitor::new(&token, &|_| {});
    assert!(matches!(model.predict(&input, &stopped), Err(ColumnsError::Cancelled(_))));
    let built = solid::build(&prediction, &pixels, 64, &controls, &stopped);
    assert!(matches!(built, Err(ColumnsError::Cancelled(_))));
}

#[test]
fn doubt_turns_to_the_balloon() {
    let pixels = drawn(32, figure);
    let input = Input::new(&pixels, 32, true, &Monitor::silent()).unwrap();
    let mut sure = wild(4, 32, 8, 1.0);
    for channel in [Channel::LogFront, Channel::LogBack] {
        sure.picture[channel as usize * 1024..][..1024].fill(-3.0);
    }
    let before = sure.clone();
    solid::doubt(&mut sure, &input);
    assert_eq!(sure, before);
    for channel in [Channel::LogFront, Channel::LogBack] {
        sure.picture[channel as usize * 1024..][..1024].fill(1.0);
    }
    solid::doubt(&mut sure, &input);
    assert_eq!(sure.columns, prediction::balloon(&input, 8));
}
